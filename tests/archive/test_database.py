"""Reads wait for no writer, and a backup copies a whole file whatever is closed meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path
import shutil
import sqlite3
import threading

import pytest

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.archive.database import (
    ArchiveDamagedError,
    ArchiveError,
    protect,
    unprotect,
)
from custom_components.fitbit_cardiogram.archive.facts import REVISION, Fact
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, FOREVER

NOW = 1_795_255_200
DAY_OF_NOW = date(2026, 11, 21)
NOTE = Fact("note", str)
# Seconds; far more than a busy machine takes.
PATIENCE = 60


def revision(archive: Archive) -> int:
    return archive.recall(REVISION) or 0


def test_a_read_waits_for_no_writer_that_waits_for_another_program(archive: Archive, path: Path) -> None:
    archive.store([(NOW, 60)], NOW)
    with closing(sqlite3.connect(path, autocommit=True)) as other, ThreadPoolExecutor() as threads:
        other.execute("BEGIN IMMEDIATE")
        writing = threads.submit(archive.store, [(NOW + 5, 61)], NOW + 5)
        assert threads.submit(archive.latest).result(timeout=PATIENCE) == (NOW, 60)
        assert not writing.done()
        other.execute("ROLLBACK")
        assert writing.result(timeout=PATIENCE).added == 1


def test_all_reads_of_a_block_see_the_same_state(archive: Archive) -> None:
    archive.store([(NOW, 60)], NOW)
    with ThreadPoolExecutor(1) as threads, archive.reading():
        before = archive.latest(), archive.count(), archive.version()
        threads.submit(archive.store, [(NOW + 5, 61)], NOW + 5).result(timeout=PATIENCE)
        with archive.reading():
            assert (archive.latest(), archive.count(), archive.version()) == before
    assert archive.latest() == (NOW + 5, 61)


def test_a_read_writes_nothing(archive: Archive) -> None:
    with pytest.raises(ArchiveError, match=r"^SQLITE_READONLY$"), archive.reading() as connection:
        connection.execute("DELETE FROM samples")


def test_the_revision_rises_with_every_change(archive: Archive) -> None:
    seen = [revision(archive)]
    for change in (
        lambda: archive.store([(NOW, 60)], NOW),
        lambda: archive.remember(NOTE, "one"),
        lambda: archive.remember(NOTE, None),
        lambda: archive.purge(0, FOREVER, (DAY_OF_NOW, DAY_OF_NOW), NOW),
    ):
        change()
        seen.append(revision(archive))
    assert seen == sorted(set(seen))


def test_the_revision_stays_where_nothing_changed(archive: Archive) -> None:
    archive.store([(NOW, 60)], NOW)
    archive.remember(NOTE, "one")
    before = revision(archive)
    archive.store([(NOW, 60)], NOW)
    archive.remember(NOTE, "one")
    archive.latest()
    assert revision(archive) == before


def test_a_purge_empties_the_log_though_somebody_reads(archive: Archive, path: Path) -> None:
    archive.store([(NOW - second, 60) for second in reversed(range(5_000))], NOW)
    begun, done = threading.Event(), threading.Event()

    def read() -> None:
        with archive.reading() as connection:
            connection.execute("SELECT count(*) FROM samples").fetchone()
            begun.set()
            done.wait(timeout=1)

    with ThreadPoolExecutor() as threads:
        reading = threads.submit(read)
        assert begun.wait(timeout=PATIENCE)
        archive.purge(0, FOREVER, (DAY_OF_NOW, DAY_OF_NOW), NOW)
        reading.result(timeout=PATIENCE)
    assert path.with_name(f"{path.name}-wal").stat().st_size == 0


def test_closing_leaves_the_main_file_to_a_running_backup(
    archive: Archive, path: Path, tmp_path: Path
) -> None:
    archive.store([(NOW, 60)], NOW)
    archive.pause_checkpoints()
    before = path.read_bytes()
    archive.store([(NOW + 5, 61)], NOW + 5)
    archive.close()
    assert path.read_bytes() == before
    copy = Archive(Path(shutil.copy(path, tmp_path / "copy.db")))
    copy.open()
    assert copy.latest() == (NOW, 60)
    copy.close()
    archive.open()
    assert archive.latest() == (NOW + 5, 61)


def test_opening_leaves_the_main_file_to_a_running_backup(
    archive: Archive, path: Path, tmp_path: Path
) -> None:
    """Protection is the file's: a reload in the middle of a backup does not end it."""
    archive.store([(NOW, 60)], NOW)
    archive.pause_checkpoints()
    before = path.read_bytes()
    for bpm in range(61, 65):
        archive.close()
        archive = Archive(path)
        archive.open()
        archive.store([(NOW + second, bpm) for second in range(20_000)], NOW + DAY)
        archive.purge(NOW + 10_000, NOW + DAY, (DAY_OF_NOW, DAY_OF_NOW), NOW + DAY)
        assert path.read_bytes() == before
    archive.resume_checkpoints()
    archive.close()
    assert path.read_bytes() != before
    assert not path.with_name(f"{path.name}-wal").exists()


def test_a_file_that_is_opened_during_a_backup_is_protected(archive: Archive, path: Path) -> None:
    archive.store([(NOW, 60)], NOW)
    archive.close()
    protect(path.parent)
    before = path.read_bytes()
    archive.open()
    archive.store([(NOW + 5, 61)], NOW + 5)
    archive.close()
    assert path.read_bytes() == before
    unprotect()
    archive.open()
    archive.close()
    assert path.read_bytes() != before


def test_damage_that_a_read_meets_closes_both_connections(archive: Archive, path: Path) -> None:
    archive.store([(NOW - second, 60) for second in reversed(range(20_000))], NOW)
    archive.pause_checkpoints()
    content = bytearray(path.read_bytes())
    # The schema, which opening reads, is in the first half.
    half = len(content) // 2
    content[half:] = b"x" * (len(content) - half)
    path.write_bytes(content)
    archive.resume_checkpoints()
    archive.close()
    archive.open()
    with pytest.raises(ArchiveDamagedError):
        archive.count()
    assert archive.set_aside.exists()
    with pytest.raises(ArchiveDamagedError, match=r"^set aside$"):
        archive.store([(NOW, 60)], NOW)
    again = Archive(path)
    again.open()
    assert again.store([(NOW, 60)], NOW).added == 1
    again.close()


def test_a_header_of_a_release_to_come_is_damage(archive: Archive, path: Path) -> None:
    """SQLite would open such a file for reading only."""
    archive.store([(NOW, 60)], NOW)
    archive.close()
    content = bytearray(path.read_bytes())
    content[18] = 3
    path.write_bytes(content)
    archive.open()
    assert archive.store([(NOW, 60)], NOW).added == 1
    assert archive.set_aside.exists()
