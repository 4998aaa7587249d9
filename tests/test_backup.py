"""Home Assistant's own backup."""

from pathlib import Path
import shutil
import sqlite3

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram.backup import async_post_backup, async_pre_backup
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from tests.helpers.home import NOW, SetUp

LATER = int(NOW.timestamp()) + 10**6


def samples(start: int, count: int) -> list[Sample]:
    return [(start + second, 60) for second in range(count)]


async def test_a_copy_of_the_main_file_alone_is_whole(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, archives: Path, tmp_path: Path
) -> None:
    """A backup leaves SQLite's side files out, and copies while writing goes on."""
    await set_up(entry)
    archive = entry.runtime_data.archive
    await async_pre_backup(home)
    archive.store(samples(at := int(NOW.timestamp()) - 10**6, 50_000), LATER)
    copy = Path(shutil.copy(archives / f"{entry.entry_id}.db", tmp_path / "copy.db"))
    await async_post_backup(home)

    with sqlite3.connect(copy) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM samples").fetchone() == (175,)
    connection.close()
    assert archive.count() == 175 + 50_000
    assert archive.summary(at, at + 50_000).count == 50_000


async def test_an_unusable_archive_aborts_nobodys_backup(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, caplog: pytest.LogCaptureFixture
) -> None:
    await set_up(entry)
    entry.runtime_data.archive.close()
    await async_pre_backup(home)
    await async_post_backup(home)
    assert "may be missing from the backup" in caplog.text


async def test_a_reload_during_a_backup_leaves_the_main_file_alone(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, archives: Path
) -> None:
    """Whatever is written meanwhile is in the file afterwards."""
    await set_up(entry)
    await async_pre_backup(home)
    file = archives / f"{entry.entry_id}.db"
    before = file.read_bytes()
    await home.config_entries.async_reload(entry.entry_id)
    await home.async_block_till_done()
    entry.runtime_data.archive.store(samples(at := int(NOW.timestamp()) - 10**6, 50_000), LATER)
    assert file.read_bytes() == before
    await async_post_backup(home)
    entry.runtime_data.archive.store(samples(at + 60_000, 1), LATER)
    await home.config_entries.async_unload(entry.entry_id)
    assert file.read_bytes() != before
