"""The zip of a release: the same wherever it is made, complete, and good for a Home Assistant."""

from collections.abc import Iterator
import importlib
from pathlib import Path
import pkgutil
import shutil
import subprocess
import sys
from types import ModuleType
from zipfile import ZipFile

from homeassistant.config_entries import HANDLERS, ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

import custom_components
from custom_components.fitbit_cardiogram.const import DOMAIN
from scripts.distribution.package import COMPONENT, NAME, ROOT, SUMS, package, packed
from tests.helpers.home import SetUp, state_of

# Read beside the modules: by Home Assistant, by browsers, and by people.
BRAND = ("icon", "logo", "dark_icon", "dark_logo")
READ = {
    "LICENSE",
    "manifest.json",
    "icons.json",
    "palette.json",
    "services.yaml",
    "triggers.yaml",
    "conditions.yaml",
    *(f"translations/{language}.json" for language in ("de", "en", "es", "fr", "nl")),
    *(f"brand/{name}{size}.png" for name in BRAND for size in ("", "@2x")),
    "frontend/fitbit-cardiogram.js",
    "frontend/licenses.txt",
    "quality_scale.yaml",
}
MODULES = f"{custom_components.__name__}.{DOMAIN}"


@pytest.fixture(scope="module")
def zipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the package."""
    return package(tmp_path_factory.mktemp("dist"))


@pytest.fixture
def unpacked(zipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Put the package in the place of the integration that was loaded already.

    All of it is loaded at once: where the clock stands still, times are of a type that decoders do not know.
    """
    ZipFile(zipped).extractall(tmp_path / DOMAIN)
    monkeypatch.setattr(custom_components, "__path__", [str(tmp_path)])
    monkeypatch.delattr(custom_components, DOMAIN)
    handlers, modules = dict(HANDLERS), take_out()
    for module in pkgutil.walk_packages([str(tmp_path)], f"{custom_components.__name__}."):
        importlib.import_module(module.name)
    yield tmp_path / DOMAIN
    take_out()
    sys.modules.update(modules)
    HANDLERS.clear()
    HANDLERS.update(handlers)


def take_out() -> dict[str, ModuleType]:
    """Have Python forget the integration, and return what it knew of it."""
    names = [name for name in sys.modules if name == MODULES or name.startswith(f"{MODULES}.")]
    return {name: sys.modules.pop(name) for name in names}


def test_it_is_the_same_wherever_it_is_made(zipped: Path, tmp_path: Path) -> None:
    """By whoever has the files, whenever they were written and whoever may read them."""
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    for file in packed().values():
        copy = tmp_path / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
        copy.chmod(0o600)
    for command in (["git", "init", "-q"], ["git", "add", "custom_components"], ["scripts/package"]):
        subprocess.run(command, cwd=tmp_path, check=True, stdout=subprocess.DEVNULL)
    assert (tmp_path / "dist" / NAME).read_bytes() == zipped.read_bytes()
    subprocess.run(["sha256sum", "--check", "--quiet", SUMS], cwd=tmp_path / "dist", check=True)


def test_it_holds_what_is_read_and_no_sources(zipped: Path) -> None:
    names = ZipFile(zipped).namelist()
    modules = {path.relative_to(COMPONENT).as_posix() for path in COMPONENT.rglob("*.py")}
    assert set(names) == modules | READ
    assert names == sorted(set(names))
    assert all(ZipFile(zipped).read(name) == file.read_bytes() for name, file in packed().items())


async def test_home_assistant_sets_it_up(
    unpacked: Path, home: HomeAssistant, set_up: SetUp, entry: MockConfigEntry
) -> None:
    await set_up(entry)
    assert entry.state is ConfigEntryState.LOADED
    assert state_of(home, "sensor.sam_sample_heart_rate").state == "79"
    files = {str(module.__file__) for name, module in sys.modules.items() if name.startswith(MODULES)}
    assert files == {str(path) for path in unpacked.rglob("*.py")}
