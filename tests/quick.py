"""Archives for tests that need thousands of them: no disk is waited for."""

from pathlib import Path
from uuid import uuid4

from custom_components.fitbit_cardiogram.archive.archive import Archive


def open_archive() -> Archive:
    """Open a new archive in the machine's memory; `delete` it at the end."""
    archive = Archive(Path("/dev/shm") / f"{uuid4()}.db")  # noqa: S108
    archive.open()
    return archive
