"""What the tests of the domain share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from custom_components.fitbit_cardiogram.archive.archive import Archive


@pytest.fixture(autouse=True)
def integration() -> None:
    """No Home Assistant is needed here."""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder of its own: an archive in SQLite's memory leaves an empty file of that name."""
    folder = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where an archive can be, in a folder that is not there yet."""
    return tmp_path / "account" / "archive.db"


@pytest.fixture
def archive(path: Path) -> Iterator[Archive]:
    """An empty archive."""
    archive = Archive(path)
    archive.open()
    yield archive
    archive.close()
