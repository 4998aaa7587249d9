"""The archive keeps every sample once, through every kind of trouble."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date
from pathlib import Path
import shutil
import sqlite3
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fitbit_cardiogram.archive.archive import Archive, Purged
from custom_components.fitbit_cardiogram.archive.database import (
    FRESH,
    ArchiveDamagedError,
    ArchiveError,
    ArchiveTooNewError,
)
from custom_components.fitbit_cardiogram.archive.days import DAYS_VERSION
from custom_components.fitbit_cardiogram.archive.facts import Fact
from custom_components.fitbit_cardiogram.archive.outbox import Batch, Outbox, OutboxState
from custom_components.fitbit_cardiogram.archive.samples import Stored, Summary
from custom_components.fitbit_cardiogram.archive.schema import SCHEMA_VERSION
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, FOREVER, HOUR, midnight
from custom_components.fitbit_cardiogram.heart_rate.day import DaySummary, RestingHeartRate, Zone
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample, one_per_second
from tests.helpers.archives import NOW, START, contents, hours, open_archive, recount

ZONE = Fact("time_zone", str)


def copy_of(path: Path, folder: Path) -> Archive:
    """Open a copy of the archive's files as a crash would have left them."""
    folder.mkdir()
    for file in path.parent.glob(f"{path.name}*"):
        if not file.name.endswith("-shm"):
            shutil.copy(file, folder)
    archive = Archive(folder / path.name)
    archive.open()
    return archive


# Storing


def test_a_reading_is_stored_once(archive: Archive) -> None:
    reading = [(START, 60), (START + 5, 62), (START + HOUR, 70)]
    assert archive.store(reading, NOW) == Stored(added=3)
    assert (archive.version(), archive.count(), archive.latest()) == (1, 3, (START + HOUR, 70))
    assert archive.store(reading, NOW) == Stored()
    assert archive.store(reading[1:2], NOW) == Stored()
    assert (archive.version(), contents(archive)) == (1, reading)


def test_a_correction_replaces_the_value(archive: Archive) -> None:
    archive.store([(START, 60), (START + 5, 62)], NOW)
    assert archive.store([(START, 60), (START + 5, 64), (START + 7, 66)], NOW) == Stored(added=1, changed=1)
    assert contents(archive) == [(START, 60), (START + 5, 64), (START + 7, 66)]
    assert hours(archive) == [(START, 3, 190, 60, 66)]


def test_late_samples_leave_the_watermark(archive: Archive) -> None:
    archive.store([(START + 100, 60)], NOW)
    assert archive.store([(START, 80)], NOW) == Stored(added=1)
    assert archive.latest() == (START + 100, 60)


def test_the_future_is_held_back_until_it_has_come(archive: Archive) -> None:
    reading = [(NOW - 1, 60), (NOW, 61), (NOW + 1, 62), (NOW + HOUR, 63)]
    assert archive.store(reading, NOW) == Stored(added=2, held_back=2)
    assert archive.latest() == (NOW, 61)
    assert archive.store(reading[2:], NOW) == Stored(held_back=2)
    assert archive.store(reading, NOW + HOUR) == Stored(added=2)
    assert archive.latest() == (NOW + HOUR, 63)


def test_an_empty_archive_knows_nothing(archive: Archive) -> None:
    assert archive.store([], NOW) == Stored()
    assert (archive.version(), archive.count(), archive.latest()) == (0, 0, None)
    assert archive.summary(0, FOREVER) is None
    assert archive.day(date.max) == DaySummary(date.max)


@pytest.mark.parametrize(
    ("start", "end", "newer_than", "span"),
    [
        (START, START + 10, -1, Summary(2, START, START + 5, 61.0, 60, 62)),
        (START + 5, START + 11, -1, Summary(2, START + 5, START + 10, 66.0, 62, 70)),
        (START, START + 11, 1, Summary(1, START + 10, START + 10, 70.0, 70, 70)),
        (START, START + 11, 2, None),
        (START + 5, START + 5, -1, None),
        (START + 11, FOREVER, -1, None),
    ],
)
def test_a_span_is_half_open(
    archive: Archive, start: int, end: int, newer_than: int, span: Summary | None
) -> None:
    archive.store([(START, 60), (START + 5, 62)], NOW)
    archive.store([(START, 60), (START + 10, 70)], NOW)
    assert archive.summary(start, end, newer_than=newer_than) == span


READINGS = st.lists(
    st.tuples(
        # Around the turn of an hour, few seconds, few values: repeats and corrections are common.
        st.lists(st.tuples(st.integers(START - 8, START + 8), st.integers(60, 63)), max_size=12),
        st.integers(START - 4, START + 8),
    ),
    max_size=6,
)


@settings(max_examples=150)
@given(READINGS)
def test_whatever_comes_the_archive_is_a_dictionary(readings: list[tuple[list[Sample], int]]) -> None:
    archive = open_archive()
    expected: dict[int, int] = {}
    for reading, now in readings:
        samples = one_per_second(reading)
        present = {time: bpm for time, bpm in samples if time <= now}
        known = {time: expected[time] for time in present.keys() & expected.keys()}
        stored = archive.store(samples, now)
        assert stored == Stored(
            added=len(present) - len(known),
            changed=sum(present[time] != bpm for time, bpm in known.items()),
            held_back=len(samples) - len(present),
        )
        expected |= present
        version = archive.version()
        assert archive.store(samples, now) == Stored(held_back=stored.held_back)
        assert archive.version() == version
    assert contents(archive) == sorted(expected.items())
    assert hours(archive) == recount(sorted(expected.items()))
    assert archive.latest() == max(expected.items(), default=None)
    archive.delete()


def test_several_threads_share_an_archive(archive: Archive) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(
            threads.map(
                lambda part: archive.store([(START + part * 10 + second, 60) for second in range(10)], NOW),
                range(40),
            )
        )
    assert archive.count() == 400
    assert archive.version() == 40


# Pruning


def test_pruning_keeps_the_hours(archive: Archive) -> None:
    archive.store([(START, 60), (START + HOUR, 70)], NOW)
    before = hours(archive)
    assert archive.prune(0, NOW) == 1
    assert contents(archive) == [(START + HOUR, 70)]
    assert hours(archive) == before
    assert archive.prune(0, NOW) == 0


def test_what_was_pruned_does_not_come_back(archive: Archive) -> None:
    archive.store([(START, 60), (START + HOUR, 70)], NOW)
    archive.prune(0, NOW)
    assert archive.prune(DAY, NOW) == 0
    assert archive.store([(START, 60), (START + 5, 61), (START + HOUR, 71)], NOW) == Stored(
        changed=1, purged=2
    )
    assert contents(archive) == [(START + HOUR, 71)]
    assert archive.store([(START, 60)], NOW) == Stored(purged=1)


def test_a_half_pruned_hour_would_be_counted_wrong(archive: Archive) -> None:
    """Only whole hours are pruned, so that a late sample does not make one forget what it had."""
    archive.store([(START, 60), (START + 1800, 70)], NOW)
    assert archive.prune(900, NOW) == 0
    archive.store([(START + 2700, 80)], NOW)
    assert hours(archive) == [(START, 3, 210, 60, 80)]


def test_a_clock_that_is_ahead_prunes_nothing(archive: Archive) -> None:
    """A year ahead, every sample looks old; what is dropped could not be told from what is new."""
    archive.store([(START, 60), (START + HOUR, 70)], NOW)
    assert archive.prune(90 * DAY, NOW + 365 * DAY) == 0
    assert archive.store([(START + 5, 61)], NOW) == Stored(added=1)


def test_a_clock_that_is_behind_prunes_nothing(archive: Archive) -> None:
    archive.store([(START, 60), (START + HOUR, 70)], NOW)
    for wrong in (NOW - 365 * DAY, 60):
        assert archive.prune(DAY, wrong) == 0
        assert archive.count() == 2
    with archive.writing() as connection:
        assert archive.mend(connection) == 0, "an interval that ends before its start is damage"


def test_an_empty_archive_has_nothing_to_prune(archive: Archive) -> None:
    assert archive.prune(0, NOW) == 0
    assert archive.store([(START, 60)], NOW) == Stored(added=1)


def test_what_is_pending_is_not_pruned(archive: Archive) -> None:
    outbox = Outbox(archive, "cardiogram")
    outbox.create(start=START + 5, automatic=True, now=NOW)
    archive.store([(START, 60), (START + 5, 61), (START + 9, 62), (START + HOUR, 63)], NOW)
    assert archive.prune(0, NOW) == 1
    assert contents(archive) == [(START + 5, 61), (START + 9, 62), (START + HOUR, 63)]
    batch = outbox.next_batch(1, repr_of, NOW)
    assert batch
    outbox.accepted(batch, NOW)
    assert archive.prune(0, NOW) == 1
    assert contents(archive) == [(START + 9, 62), (START + HOUR, 63)]


def test_what_was_set_aside_is_not_pruned(archive: Archive) -> None:
    """Released, a beat without a value could never be sent."""
    outbox = Outbox(archive, "cardiogram")
    outbox.create(start=0, automatic=True, now=NOW)
    archive.store([(START, 60), (START + HOUR, 63)], NOW)
    batch = outbox.next_batch(1, repr_of, NOW)
    assert batch
    outbox.quarantine(batch, "beats_refused")
    assert archive.prune(0, NOW) == 0
    assert outbox.release() == 1
    assert outbox.state().pending == 2


def repr_of(samples: object) -> bytes:
    return repr(samples).encode()


# Days and facts


def utc_midnight(day: date) -> int:
    return midnight(day, UTC)


def test_a_day_is_put_together_from_what_is_found_out_about_it(archive: Archive) -> None:
    thursday, friday = date(2026, 11, 19), date(2026, 11, 20)
    zones = (Zone("light", 30.5, 30, 107, 41.5), Zone("peak", 0.0))
    archive.store_days([DaySummary(friday, zones=zones)], utc_midnight)
    archive.store_days([DaySummary(thursday, RestingHeartRate(thursday, 55))], utc_midnight)
    assert archive.day(friday) == DaySummary(friday, RestingHeartRate(thursday, 55), zones)
    archive.store_days([DaySummary(friday, RestingHeartRate(friday, 56))], utc_midnight)
    assert archive.day(friday) == DaySummary(friday, RestingHeartRate(friday, 56), zones)
    # The newest resting heart rate is known on later days, the zones of another day are not.
    assert archive.day(date(2027, 1, 1)) == DaySummary(date(2027, 1, 1), RestingHeartRate(friday, 56))
    assert archive.day(date(2026, 11, 18)) == DaySummary(date(2026, 11, 18))


def test_only_what_is_new_of_a_day_counts_as_stored(archive: Archive) -> None:
    friday = DaySummary(date(2026, 11, 20), RestingHeartRate(date(2026, 11, 20), 55))
    for _ in range(2):
        archive.store_days([friday, DaySummary(date(2026, 11, 21))], utc_midnight)
        assert archive.recall(DAYS_VERSION) == 1
    archive.store_days([DaySummary(friday.day, RestingHeartRate(friday.day, 54))], utc_midnight)
    assert archive.recall(DAYS_VERSION) == 2


@pytest.mark.parametrize("asked", [{"even_purged": True}, {"today": date(2026, 11, 20)}])
def test_a_day_that_was_purged_comes_back_only_if_asked_for(archive: Archive, asked: dict[str, Any]) -> None:
    day = DaySummary(date(2026, 11, 20), RestingHeartRate(date(2026, 11, 20), 55))
    begins = utc_midnight(day.day)
    archive.purge(begins + 60, begins + 120, (day.day, day.day), NOW)
    archive.store_days([day], utc_midnight)
    assert archive.day(day.day) == DaySummary(day.day)
    archive.store_days([day], utc_midnight, **asked)
    assert archive.day(day.day) == day


@pytest.mark.parametrize("value", ["Europe/Berlin", 1_795_255_200, 0, "", "7"])
def test_facts_keep_their_type(archive: Archive, value: str | int) -> None:
    fact = Fact[Any]("fact", type(value))
    assert archive.recall(fact) is None
    archive.remember(fact, type(value)(1))
    archive.remember(fact, value)
    assert (archive.recall(fact), type(archive.recall(fact))) == (value, type(value))
    archive.remember(fact, None)
    assert archive.recall(fact) is None


# Files


def test_everything_is_there_after_closing(archive: Archive, path: Path) -> None:
    archive.store([(START, 60)], NOW)
    archive.remember(ZONE, "Europe/Berlin")
    archive.close()
    archive.close()
    again = Archive(path)
    again.open()
    assert (contents(again), again.recall(ZONE), again.version()) == (
        [(START, 60)],
        "Europe/Berlin",
        1,
    )
    again.close()


def test_what_was_stored_survives_a_crash(archive: Archive, path: Path, tmp_path: Path) -> None:
    archive.store([(START, 60)], NOW)
    after = copy_of(path, tmp_path / "after")
    assert contents(after) == [(START, 60)]
    after.close()
    with archive.writing() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_transaction_happens_wholly_or_not_at_all(archive: Archive) -> None:
    twice_the_same = [(START,), (START,)]
    with pytest.raises(ArchiveError, match=r"^SQLITE_CONSTRAINT"), archive.writing() as connection:
        connection.executemany("INSERT INTO samples VALUES (?, 60, 1)", twice_the_same)
    assert archive.count() == 0
    assert archive.store([(START, 60)], NOW) == Stored(added=1)


def test_a_full_disk_loses_only_what_did_not_fit(archive: Archive) -> None:
    archive.store([(START, 60)], NOW)
    with archive.writing() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 4}")
    reading = [(START + second, 60) for second in range(20_000)]
    with pytest.raises(ArchiveError, match=r"^SQLITE_FULL$"):
        archive.store(reading, NOW)
    assert (contents(archive), archive.version()) == ([(START, 60)], 1)
    with archive.writing() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")
    assert archive.store(reading, NOW) == Stored(added=19_999)


def test_deleting_leaves_nothing(archive: Archive, path: Path) -> None:
    archive.store([(START, 60)], NOW)
    assert len(list(path.parent.iterdir())) > 1
    archive.delete()
    assert list(path.parent.iterdir()) == []
    Archive(path).delete()
    Archive(path.parent / "nowhere" / "archive.db").delete()


def spoil(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2 :] = b"x" * (len(content) - len(content) // 2)
    path.write_bytes(content)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: path.write_bytes(b"not an archive" * 1000), id="something else"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:5000]), id="cut off"),
        pytest.param(spoil, id="one half spoilt"),
    ],
)
def test_a_damaged_file_is_set_aside(archive: Archive, path: Path, damage: Callable[[Path], object]) -> None:
    """Wherever the damage shows: at the start or in use. A fresh archive takes its place."""
    reading = [(START + second, 60) for second in range(20_000)]
    archive.store(reading, NOW)
    archive.remember(FRESH, None)
    archive.close()
    damage(path)
    before = path.read_bytes()
    archive = Archive(path)
    archive.open()
    if not archive.recall(FRESH):
        with pytest.raises(ArchiveDamagedError, match=r"^SQLITE_CORRUPT"):
            contents(archive)
        with pytest.raises(ArchiveDamagedError, match=r"^set aside$"):
            archive.latest()
        archive = Archive(path)
        archive.open()
    assert (archive.recall(FRESH), archive.count()) == (1, 0)
    assert archive.store(reading, NOW) == Stored(added=20_000)
    assert archive.set_aside.read_bytes() == before
    archive.delete()
    assert list(path.parent.iterdir()) == []


def test_after_a_crash_the_file_is_looked_through(archive: Archive, path: Path, tmp_path: Path) -> None:
    """What took the machine down may have harmed the file; otherwise opening does not read all of it."""
    archive.store([(START + second, 60) for second in range(20_000)], NOW)
    archive.pause_checkpoints()
    archive.store([(START + HOUR * 9, 60)], NOW)
    crashed = tmp_path / "crashed" / path.name
    copy_of(path, crashed.parent).close()
    for suffix in ("", "-wal"):
        shutil.copy(f"{path}{suffix}", f"{crashed}{suffix}")
    spoil(crashed)
    again = Archive(crashed)
    again.open()
    assert again.recall(FRESH)
    assert again.set_aside.exists()
    again.close()


def test_a_folder_in_its_place(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(ArchiveError, match=r"^SQLITE_CANTOPEN$"):
        Archive(path).open()


def test_a_folder_that_cannot_be(path: Path) -> None:
    path.parent.write_bytes(b"")
    with pytest.raises(ArchiveError, match=r"^FileExistsError$"):
        Archive(path).open()


def test_a_file_that_another_program_holds(archive: Archive, path: Path) -> None:
    archive.store([(START, 60)], NOW)
    with archive.writing() as connection:
        connection.execute("PRAGMA busy_timeout = 1")
    with closing(sqlite3.connect(path, autocommit=True)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ArchiveError, match=r"^SQLITE_BUSY$"):
            archive.store([(START + 5, 61)], NOW)
        other.execute("ROLLBACK")
    assert archive.store([(START + 5, 61)], NOW) == Stored(added=1)


def test_a_read_only_file_loses_only_what_was_not_stored(archive: Archive, path: Path) -> None:
    archive.store([(START, 60)], NOW)
    with archive.writing() as connection:
        connection.execute("PRAGMA query_only = ON")
    with pytest.raises(ArchiveError, match=r"^SQLITE_READONLY$"):
        archive.store([(START + 5, 61)], NOW)
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT * FROM samples").fetchall() == [(START, 60, 1)]
    archive.close()
    archive.open()
    assert archive.store([(START + 5, 61)], NOW) == Stored(added=1)


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_an_older_archive_is_brought_up_to_date(archive: Archive, tmp_path: Path, version: int) -> None:
    """From every version that was ever released, with all that it held, to just what is made anew."""
    path = tmp_path / "older.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((Path(__file__).parent / f"archive_v{version}.sql").read_text())
    for _ in range(2):
        older = Archive(path)
        older.open()
        assert shape(older) == shape(archive)
        outbox = Outbox(older, "cardiogram")
        assert contents(older) == [(START + second, 60 + second) for second in (0, 5, 6, 7)]
        assert hours(older) == recount(contents(older))
        assert outbox.state() == OutboxState(
            automatic=True, pending=2, oldest_pending=START + 5, delivered=1, last_delivery=NOW, quarantined=1
        )
        batch = outbox.next_batch(1000, repr_of, NOW)
        assert batch == Batch("0123456789abcdef", b'{"beats":[]}', 1, START + 5, START + 5)
        assert older.day(date(2026, 11, 20)).resting == RestingHeartRate(date(2026, 11, 18), 55)
        assert (older.recall(ZONE), older.recall(Fact("kept_from", int))) == ("Europe/Berlin", None)
        assert older.store([(START - 1, 60)], NOW) == Stored(purged=1)
        assert not older.recall(FRESH)
        older.close()


def test_workouts_are_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "older.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((Path(__file__).parent / "archive_v5.sql").read_text())
    older = Archive(path)
    older.open()
    (run,) = older.workouts(START, START + 1)
    assert (run.session.type, run.figures and run.figures.count, run.version) == ("RUNNING", 4, 2)
    copy = older.workout("copy")
    assert copy
    assert (copy.duplicate_of, copy.suspect_since) == ("run", START + 38_400)
    assert older.workouts_to_announce(NOW) == []
    older.store_sleep([], START, NOW, NOW)
    assert older.nights(0, NOW) == []
    older.close()


def shape(archive: Archive) -> dict[str, list[tuple[object, ...]]]:
    """Return the columns of every table, with type, default and key."""
    with archive.writing() as connection:
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        return {name: connection.execute(f"PRAGMA table_info({name})").fetchall() for (name,) in tables}


# Purging


def test_a_purge_removes_all_that_is_known_of_a_stretch(archive: Archive) -> None:
    outbox = Outbox(archive, "cardiogram")
    outbox.create(start=0, automatic=True, now=NOW)
    reading = [(START + 60 * minute, 60 + minute) for minute in range(300)]
    archive.store(reading, NOW)
    for day in (20, 21, 22):
        found = DaySummary(date(2026, 11, day), RestingHeartRate(date(2026, 11, day), 40 + day))
        archive.store_days([found], utc_midnight)
    batch = outbox.next_batch(1, repr_of, NOW)
    assert batch
    outbox.quarantine(batch, "beats_refused")
    assert outbox.next_batch(100, repr_of, NOW)
    start, end = START - 60, START + 90 * 60
    assert archive.purge(start, end, (date(2026, 11, 21), date(2026, 11, 21)), NOW) == Purged(90, 90)
    assert contents(archive) == reading[90:]
    assert hours(archive) == recount(reading[90:])
    for day, resting in ((21, 20), (22, 22)):
        assert archive.day(date(2026, 11, day)).resting == RestingHeartRate(
            date(2026, 11, resting), 40 + resting
        )
    assert (outbox.state().pending, outbox.state().quarantined) == (210, 0)
    # What it took out of flight is cut anew, and nothing of the stretch comes back, nor is it sent.
    rest = outbox.next_batch(1000, repr_of, NOW)
    assert rest
    assert rest.body == repr_of(reading[90:])
    assert archive.store(reading, NOW) == Stored(purged=90)
    outbox.cover(0, FOREVER, NOW, resend=True)
    assert outbox.state().pending == 210


def test_what_comes_after_a_purge_of_everything_is_kept(archive: Archive) -> None:
    archive.store([(START, 60)], NOW)
    everything = (date.min, date.max)
    assert archive.purge(0, FOREVER, everything, NOW) == Purged(1, 0)
    assert archive.store([(START, 60), (NOW, 61)], NOW) == Stored(purged=2)
    assert archive.store([(NOW + 1, 62)], NOW + 1) == Stored(added=1)
    assert archive.purge(0, FOREVER, everything, NOW + 1) == Purged(1, 0)
    with archive.writing() as connection:
        assert connection.execute("SELECT * FROM purged").fetchall() == [(0, NOW + 2)]


def test_a_purge_between_two_beats_leaves_the_batch_in_flight(archive: Archive) -> None:
    """Its answer may have been lost: cut anew, all of it could be sent twice."""
    outbox = Outbox(archive, "cardiogram")
    outbox.create(start=0, automatic=True, now=NOW)
    archive.store([(START, 60), (START + 5, 61)], NOW)
    batch = outbox.next_batch(2, repr_of, NOW)
    archive.purge(START + 1, START + 5, (date.min, date.min), NOW)
    assert outbox.next_batch(2, repr_of, NOW) == batch
    archive.purge(START + 1, START + 6, (date.min, date.min), NOW)
    after = outbox.next_batch(2, repr_of, NOW)
    assert after
    assert after.body == repr_of([(START, 60)])


def test_a_purge_of_the_future_is_none(archive: Archive) -> None:
    archive.store([(NOW, 60)], NOW)
    assert archive.purge(NOW + 10, NOW + 20, (date.max, date.max), NOW) == Purged(0, 0)
    assert archive.store([(NOW, 60), (NOW + 15, 61)], NOW + 30) == Stored(added=1)


def test_purges_side_by_side(archive: Archive) -> None:
    for start, end in ((10, 20), (30, 40), (15, 35), (12, 14)):
        archive.purge(START + start, START + end, (date.min, date.min), NOW)
    reading = [(START + second, 60) for second in range(0, 50, 3)]
    assert archive.store(reading, NOW) == Stored(added=7, purged=10)
    assert contents(archive) == [(time, 60) for time, _ in reading if not 10 <= time - START < 40]


def test_what_was_purged_is_not_in_the_files_any_more(archive: Archive, path: Path) -> None:
    reading = [(START + second, 60) for second in range(50_000)]
    archive.store(reading, NOW)
    sentinel = Fact("sentinel", str)
    archive.remember(sentinel, "a heart that beats")
    archive.remember(sentinel, None)
    before = archive.size()
    archive.purge(0, FOREVER, (date.min, date.max), NOW)
    assert archive.size() < before / 4
    assert not any(b"a heart that beats" in file.read_bytes() for file in path.parent.iterdir())


def test_a_purge_leaves_the_main_file_to_a_running_backup(archive: Archive, path: Path) -> None:
    archive.store([(START + second, 60) for second in range(5_000)], NOW)
    archive.pause_checkpoints()
    before = path.read_bytes()
    archive.purge(0, FOREVER, (date.min, date.max), NOW)
    assert path.read_bytes() == before
    archive.resume_checkpoints()
    archive.close()
    archive.open()
    assert archive.count() == 0


@pytest.mark.parametrize("journal", ["wal", "delete"])
def test_a_newer_archive_is_left_untouched(archive: Archive, path: Path, journal: str) -> None:
    """Whatever a newer release does, going back to this one and forth again loses nothing."""
    archive.store([(START, 60)], NOW)
    archive.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
        assert connection.execute(f"PRAGMA journal_mode = {journal}").fetchone() == (journal,)
    before = path.read_bytes()
    with pytest.raises(ArchiveTooNewError, match=rf"^schema {SCHEMA_VERSION + 1}$"):
        Archive(path).open()
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    "use",
    [
        lambda archive: archive.store([(START, 60)], NOW),
        lambda archive: archive.latest(),
        lambda archive: archive.prune(DAY, NOW),
        lambda archive: archive.remember(ZONE, "UTC"),
        lambda archive: archive.pause_checkpoints(),
        lambda archive: archive.resume_checkpoints(),
        lambda archive: Outbox(archive, "cardiogram").state(),
    ],
)
def test_a_closed_archive_says_so(archive: Archive, use: Callable[[Archive], object]) -> None:
    archive.close()
    with pytest.raises(ArchiveError, match=r"^closed$"):
        use(archive)


# Backup


def test_a_copy_made_while_writing_is_consistent(archive: Archive, path: Path, tmp_path: Path) -> None:
    """The main file alone, read in two halves with more than a checkpoint's worth written in between."""
    reading = [(START + second, 60 + second % 7) for second in range(20_000)]
    archive.store(reading, NOW)
    archive.pause_checkpoints()
    size = path.stat().st_size
    with path.open("rb") as file:
        content = file.read(size // 2)
        for bpm in range(100, 116):
            archive.store([(time, bpm) for time, _ in reading], NOW)
        content += file.read()
    wal = path.with_name(f"{path.name}-wal")
    assert wal.stat().st_size > 1000 * 4096
    (tmp_path / "copy.db").write_bytes(content)
    copy = Archive(tmp_path / "copy.db")
    copy.open()
    assert contents(copy) == reading
    assert hours(copy) == recount(reading)
    with copy.writing() as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    copy.close()
    archive.resume_checkpoints()
    archive.store([(START, 99)], NOW)
    archive.close()
    assert not wal.exists()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*), max(bpm) FROM samples").fetchone() == (20_000, 115)


def test_checkpoints_trouble_is_an_archive_error(archive: Archive) -> None:
    archive.store([(START, 60)], NOW)
    with archive.writing(), pytest.raises(ArchiveError, match=r"^SQLITE_LOCKED$"):
        archive.pause_checkpoints()


def test_the_files_are_for_their_owner_alone(archive: Archive, path: Path) -> None:
    archive.store([(START, 60)], NOW)
    assert {file.stat().st_mode & 0o777 for file in path.parent.glob(f"{path.name}*")} == {0o600}
