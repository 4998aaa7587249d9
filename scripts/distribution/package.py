"""Packs the integration as the Marketplace and HACS install it; Python 3.11 and newer make the same bytes."""

from hashlib import sha256
from pathlib import Path
import subprocess
from zipfile import ZIP_STORED, ZipFile, ZipInfo

ROOT = Path(__file__).parents[2]
COMPONENT = ROOT / "custom_components" / "fitbit_cardiogram"
LICENCE = ROOT / "LICENSE"
NAME = "fitbit_cardiogram.zip"
SUMS = "SHA256SUMS"
LIST = ("git", "ls-files", "-z")
# The cards are built from these; Home Assistant does not read them.
SOURCES = ("frontend/src/", "frontend/tsconfig.json", "frontend/vite.config.ts")
# The earliest time that a zip can hold.
LONG_AGO = (1980, 1, 1, 0, 0, 0)
READABLE = 0o100644 << 16
UNIX = 3


def packed() -> dict[str, Path]:
    """Return the files of the zip by their names in it: the licence, and the integration as git tracks it."""
    listed = subprocess.run(LIST, cwd=COMPONENT, check=True, stdout=subprocess.PIPE, text=True)
    names = [name for name in listed.stdout.split("\0") if name and not name.startswith(SOURCES)]
    return dict(sorted([(LICENCE.name, LICENCE), *((name, COMPONENT / name) for name in names)]))


def package(folder: Path) -> Path:
    """Write the zip and its checksum into a folder, and return the zip.

    Nothing is compressed, since compressors differ from one system to the next.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAME
    with ZipFile(path, "w", ZIP_STORED) as archive:
        for name, file in packed().items():
            entry = ZipInfo(name, LONG_AGO)
            entry.create_system = UNIX
            entry.external_attr = READABLE
            archive.writestr(entry, file.read_bytes())
    (folder / SUMS).write_text(f"{sha256(path.read_bytes()).hexdigest()}  {NAME}\n")
    return path


if __name__ == "__main__":
    zipped = package(ROOT / "dist")
    print(f"{zipped.relative_to(ROOT)}: {len(packed())} files, {zipped.stat().st_size} bytes")
    print((zipped.parent / SUMS).read_text(), end="")
