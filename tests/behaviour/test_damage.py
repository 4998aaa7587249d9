"""Damage: single bytes and single rows that are not what was written."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
import os
from pathlib import Path
from random import Random
import sqlite3
from typing import override

import pytest

from custom_components.fitbit_cardiogram.archive import daily_values, sleep, workouts
from custom_components.fitbit_cardiogram.archive.alerts import alerts_between, count_beyond, hours_beyond
from custom_components.fitbit_cardiogram.archive.archive import REPLACED_AT, Archive
from custom_components.fitbit_cardiogram.archive.daily_ranges import daily_ranges
from custom_components.fitbit_cardiogram.archive.database import (
    FRESH,
    ArchiveDamagedError,
    ArchiveError,
    ArchiveMendedError,
    ArchiveTooNewError,
)
from custom_components.fitbit_cardiogram.archive.days import DAYS_VERSION, between, since
from custom_components.fitbit_cardiogram.archive.facts import REVISION, Fact
from custom_components.fitbit_cardiogram.archive.history import at_most, buckets, ends, hours_since, samples
from custom_components.fitbit_cardiogram.archive.late import (
    COMPLETE_FROM,
    Fingerprint,
    hours_to_read,
    note_reading,
)
from custom_components.fitbit_cardiogram.archive.outbox import Outbox, forget_destinations
from custom_components.fitbit_cardiogram.archive.samples import VERSION
from custom_components.fitbit_cardiogram.heart_rate.alert import AlertKind, Limit
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, FOREVER, HOUR
from custom_components.fitbit_cardiogram.heart_rate.day import DaySummary, RestingHeartRate, Zone
from custom_components.fitbit_cardiogram.heart_rate.sleep import SleepSession, Stage
from custom_components.fitbit_cardiogram.heart_rate.workout import Workout

START = 1_795_255_200
NOW = START + 10 * HOUR
TODAY = date(2026, 11, 21)
FLIPS = int(os.environ.get("FLIPS", "100"))
NAMES = ("first", "second")


@pytest.fixture(autouse=True)
def integration() -> None:
    """Do without Home Assistant."""


WORKOUTS = [
    Workout(str(hour), "WALKING", START + hour * HOUR, START + hour * HOUR + 1800) for hour in (1, 2, 3)
]
SLEEPS = [
    SleepSession(
        str(hour), begun := START + hour * HOUR, begun + 1800, stages=(Stage("REM", begun, begun + 900),)
    )
    for hour in (1, 2, 3)
]


def midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def encode(found: object) -> bytes:
    return repr(found).encode()


def fill(archive: Archive) -> None:
    """Put rows into every table."""
    for name in NAMES:
        Outbox(archive, name).create(start=START - DAY, automatic=True, now=NOW)
    archive.store([(START + 60 * step, 60 + step % 50) for step in range(200)], NOW)
    outbox = Outbox(archive, "first")
    for _ in range(2):
        batch = outbox.next_batch(40, encode, NOW)
        assert batch
        outbox.accepted(batch, NOW)
    refused = outbox.next_batch(1, encode, NOW)
    assert refused
    outbox.quarantine(refused, "beats_refused")
    assert outbox.next_batch(10, encode, NOW)
    archive.store([(START, 99)], NOW)
    rest = [(START + 60 * step, 60 + step % 50) for step in range(1, 59)]
    for now in (NOW, NOW + 2 * HOUR):
        note_reading(archive, START, START + HOUR, rest, {START: Fingerprint(7)}, now)
    note_reading(archive, START, START + HOUR, rest[1:], {START: Fingerprint(8)}, NOW + 3 * HOUR)
    archive.purge(START + 10 * 60, START + 12 * 60, (date.min, date.min), NOW)
    note_reading(archive, START + HOUR, START + 2 * HOUR, [], {START + HOUR: Fingerprint(9)}, NOW)
    dates = [date(2026, 11, day) for day in range(1, 20)]
    zones = (Zone("light", 5.5, 30, 120),)
    days = [DaySummary(day, RestingHeartRate(day, 50), zones) for day in dates]
    archive.store_days(days, midnight, zone="Europe/Berlin")
    archive.store_workouts(WORKOUTS, START, NOW, NOW)
    archive.store_sleep(SLEEPS, START, NOW, NOW)
    assert not archive.count_figures(NOW)
    archive.store_daily_values("heart_rate_variability", dict.fromkeys(dates, 41.5), midnight)
    archive.remember(COMPLETE_FROM, START)
    archive.remember(FRESH, None)


def live(archive: Archive) -> None:
    """Do with an archive whatever an account does."""
    archive.recall(FRESH)
    forget_destinations(archive, but=NAMES)
    for name in NAMES:
        Outbox(archive, name).create(start=START, automatic=True, now=NOW)
    with archive.reading() as connection:
        archive.version()
        archive.latest()
        archive.summary(START, NOW)
        archive.day(TODAY)
        archive.recall(COMPLETE_FROM)
        REVISION.number(connection)
        since(connection, -1)
        between(connection, date.min, date.max)
        workouts.since(connection, -1)
        sleep.since(connection, -1)
        daily_values.since(connection, -1)
    archive.holdings()
    archive.dropped()
    at_most(10**6, samples(archive, 0, FOREVER))
    at_most(10**6, hours_since(archive, -1))
    at_most(10**6, buckets(archive, START - DAY, NOW, 300))
    at_most(10**6, buckets(archive, START - DAY, NOW, HOUR))
    limit = Limit(AlertKind.HIGH, 90)
    for alerts in (alerts_between, hours_beyond):
        [*alerts(archive, limit, START, FOREVER)]
    count_beyond(archive, limit, START, FOREVER)
    [day.range for day in daily_ranges(archive, TODAY - timedelta(days=3), TODAY, UTC, [limit])]
    archive.store([(NOW, 70), (START + 5, 61)], NOW)
    hours_to_read(archive, START - DAY, START + DAY, {START: Fingerprint(9)}, NOW)
    note_reading(archive, START, START + HOUR, [(START + 5, 61)], {START: Fingerprint(9)}, NOW)
    for name in NAMES:
        outbox = Outbox(archive, name)
        outbox.state()
        outbox.quarantined()
        outbox.expire(NOW)
        outbox.release()
        for _ in range(20):
            if not outbox.state().held and (batch := outbox.next_batch(20, encode, NOW)):
                outbox.accepted(batch, NOW)
    archive.store_days([DaySummary(TODAY, RestingHeartRate(TODAY, 55))], midnight, zone="Europe/Berlin")
    archive.workouts(0, FOREVER)
    archive.last_workout(NOW)
    archive.note_announced([kept.session.id for kept in archive.workouts_to_announce(NOW)], NOW)
    archive.store_workouts(WORKOUTS[1:], START, NOW, NOW)
    archive.nights(0, FOREVER)
    archive.night("1")
    archive.last_night(NOW)
    for night in archive.nights_to_announce(NOW):
        archive.note_nights_announced([part.id for part in night.parts], NOW)
    archive.store_sleep(SLEEPS[1:], START, NOW, NOW)
    archive.count_figures(NOW)
    archive.store_daily_values("heart_rate_variability", {TODAY: 40.5}, midnight)
    archive.newest_daily_values(TODAY)
    archive.prune(30 * DAY, NOW)
    archive.purge(START, START + 60, (TODAY, TODAY), NOW)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the content of an archive with rows in every table."""
    path = tmp_path_factory.mktemp("sound") / "archive.db"
    archive = Archive(path)
    archive.open()
    fill(archive)
    with archive.reading() as connection:
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        rows = {name: connection.execute(f"SELECT 1 FROM {name}").fetchone() for (name,) in tables}
    assert None not in rows.values()
    archive.close()
    return path.read_bytes()


class Quick(Archive):
    """An archive that does not wait for the disk."""

    @override
    def open(self) -> None:
        """Open the file."""
        super().open()
        with self._exclusive() as connection:
            connection.execute("PRAGMA synchronous = OFF")


@pytest.mark.timeout(600)
def test_whatever_byte_flips_an_account_goes_on(sound: bytes, tmp_path: Path) -> None:
    """It may lose rows, or the file once; but it neither crashes, nor hangs, nor fails for good."""
    random = Random(0)
    outcomes = {"mended": 0, "set aside": 0, "too new": 0}
    for number in range(FLIPS):
        path = tmp_path / f"{number}.db"
        content = bytearray(sound)
        place = random.randrange(len(content))
        content[place] ^= 1 << random.randrange(8) if random.random() < 0.5 else random.randrange(1, 256)
        path.write_bytes(content)
        set_aside = errors = 0
        for _ in range(6):
            archive = Quick(path)
            before = archive.set_aside.exists()
            try:
                archive.open()
                live(archive)
            except ArchiveTooNewError:
                outcomes["too new"] += 1
                break
            except ArchiveError as error:
                outcomes["mended"] += isinstance(error, ArchiveMendedError)
                errors += 1
            else:
                break
            finally:
                set_aside += archive.set_aside.exists() and not before
                archive.close()
        else:
            pytest.fail(f"flip {number} at {place}: the archive fails for good")
        assert set_aside <= 1
        outcomes["set aside"] += set_aside
        for file in tmp_path.iterdir():
            file.unlink()
    assert outcomes["set aside"]
    if FLIPS >= 2000:
        assert outcomes["mended"]


# Single rows

DELIVERY = {
    "destinations": "UPDATE destinations SET given_up = -1 WHERE id = 'first'",
    "coverage": "DELETE FROM coverage WHERE destination = 'first'",
    "outbox": "UPDATE outbox SET arrived = 9e99 WHERE destination = 'first'",
    "purged": "INSERT INTO purged VALUES (5, 4)",
}
READ_AGAIN = {
    "samples": f"UPDATE samples SET bpm = 100000 WHERE time = {START + 30 * 60}",
    "hours": "UPDATE hours SET count = -1",
    "days": "UPDATE days SET summary = '{' WHERE day = '2026-11-05'",
    "facts": "INSERT INTO facts VALUES (CAST(x'ff' AS TEXT), 1)",
    "fingerprints": "UPDATE fingerprints SET digest = 'x'",
    "workouts": "UPDATE workouts SET end = end + 1 WHERE id = '2'",
    "workout": "UPDATE workouts SET session = '{}' WHERE id = '2'",
    "sleep": "UPDATE sleep SET end = end + 1 WHERE id = '2'",
    "sleep_session": "UPDATE sleep SET session = '{' WHERE id = '2'",
    "night_figures": "UPDATE sleep SET figures = 'x' WHERE id = '2'",
    "figures": "UPDATE workouts SET figures = 'x' WHERE id = '2'",
    "daily_values": "UPDATE daily_values SET value = 'x' WHERE day = '2026-11-05'",
    "daily_value": "INSERT INTO daily_values VALUES (CAST(x'ff' AS TEXT), 'today', 1.5, 1)",
}


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Archive]:
    archive = Archive(tmp_path / "filled.db")
    archive.open()
    fill(archive)
    yield archive
    archive.close()


def damage(archive: Archive, statement: str) -> None:
    """Change rows as a flipped bit would, past the checks of their types."""
    archive.close()
    with closing(sqlite3.connect(archive.path, autocommit=True)) as connection:
        tables = connection.execute(
            "SELECT name, sql FROM sqlite_schema WHERE sql LIKE '%STRICT%'"
        ).fetchall()
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_schema SET sql = replace(sql, ' STRICT, ', ' ')")
        connection.execute("UPDATE sqlite_schema SET sql = replace(sql, ' STRICT', '')")
    with closing(sqlite3.connect(archive.path, autocommit=True)) as connection:
        connection.execute(statement)
        connection.execute("PRAGMA writable_schema = ON")
        connection.executemany("UPDATE sqlite_schema SET sql = ?2 WHERE name = ?1", tables)
    archive.open()


def mend(archive: Archive) -> int:
    with archive.writing() as connection:
        return archive.mend(connection)


@pytest.mark.parametrize("table", READ_AGAIN)
def test_what_can_be_read_again_is_dropped_and_counted(filled: Archive, table: str) -> None:
    damage(filled, READ_AGAIN[table])
    assert mend(filled) > 0
    assert filled.dropped() > 0
    assert mend(filled) == 0
    assert not any(Outbox(filled, name).state().held for name in NAMES)


@pytest.mark.parametrize("table", DELIVERY)
def test_doubtful_delivery_holds_its_destination(filled: Archive, table: str) -> None:
    before = Outbox(filled, "second").state()
    damage(filled, DELIVERY[table])
    assert mend(filled) > 0
    assert filled.recall(REPLACED_AT)
    state = Outbox(filled, "first").state()
    assert (state.held, state.pending) == (True, 0)
    second = Outbox(filled, "second").state()
    assert second.held if table == "purged" else second == before
    assert mend(filled) == 0


def test_a_destination_whose_own_row_is_lost_is_held(filled: Archive) -> None:
    with filled.writing() as connection:
        connection.execute("DELETE FROM destinations WHERE id = 'first'")
    outbox = Outbox(filled, "first")
    outbox.create(start=0, automatic=True, now=NOW)
    assert (outbox.state().held, outbox.state().pending) == (True, 0)


def test_a_day_that_cannot_be_read_costs_itself_only(filled: Archive) -> None:
    damage(filled, READ_AGAIN["days"])
    with pytest.raises(ArchiveMendedError):
        filled.day(date(2026, 11, 5))
    assert filled.day(date(2026, 11, 5)).resting == RestingHeartRate(date(2026, 11, 4), 50)
    assert filled.dropped() == 1


@pytest.mark.parametrize("moment", [2**40, 2**61, -5])
def test_a_sample_of_no_time_is_dropped(filled: Archive, moment: int) -> None:
    """It would be the newest or the oldest one, and no time zone has such a date."""
    latest, held = filled.latest(), ends(filled, 0, FOREVER)
    damage(filled, f"INSERT INTO samples VALUES ({moment}, 60, 1)")
    with pytest.raises(ArchiveMendedError):
        assert ends(filled, -FOREVER, FOREVER)
    assert (filled.latest(), ends(filled, -FOREVER, FOREVER)) == (latest, held)
    damage(filled, f"INSERT INTO samples VALUES ({moment}, 60, 1)")
    with pytest.raises(ArchiveMendedError):
        at_most(FOREVER, samples(filled, -FOREVER, FOREVER))


@pytest.mark.parametrize("value", ["'x'", "-1", "4611686018427387904", "NULL"])
def test_a_damaged_counter_goes_on_from_its_rows(filled: Archive, value: str) -> None:
    before = filled.version()
    if value == "NULL":
        damage(filled, "DELETE FROM facts WHERE name IN ('version', 'days_version', 'revision')")
    else:
        names = "('version', 'days_version', 'revision')"
        damage(filled, f"UPDATE facts SET value = {value} WHERE name IN {names}")
    assert filled.version() == before
    filled.store([(NOW, 70)], NOW)
    assert filled.version() == before + 1
    with filled.reading() as connection:
        assert (VERSION.number(connection), DAYS_VERSION.number(connection)) == (before + 1, 1)
        assert REVISION.number(connection) > 0


@pytest.mark.parametrize(
    "statement",
    [
        """UPDATE sleep SET session = replace(session, '"end_offset":', '"end_offset":9')""",
        "UPDATE sleep SET day = '2026-13-01'",
        "UPDATE sleep SET start = start + 1",
    ],
)
def test_sleep_that_cannot_be_costs_itself_only(filled: Archive, statement: str) -> None:
    """One flipped bit in an offset makes it one that no clock has."""
    damage(filled, statement)
    with pytest.raises(ArchiveMendedError):
        filled.nights(0, FOREVER)
    assert filled.nights(0, FOREVER) == []
    assert filled.count() > 0


def test_a_text_that_is_no_text_raises_no_error_that_quotes_it(filled: Archive) -> None:
    """SQLite's own error would quote it, and a debug log may print that."""
    damage(filled, "INSERT INTO facts VALUES ('note', CAST(x'31323320ff' AS TEXT))")
    assert filled.recall(Fact("note", str)) == "123 \ufffd"
    assert filled.recall(Fact("note", int)) is None


# The file


@pytest.mark.parametrize("is_replaced", [False, True])
def test_a_file_that_is_deleted_or_replaced_is_noticed(
    filled: Archive, tmp_path: Path, is_replaced: bool
) -> None:
    """Whoever opens it next takes what is there; nothing of it is set aside."""
    filled.path.unlink()
    if is_replaced:
        (tmp_path / "other.db").write_bytes(b"")
        (tmp_path / "other.db").rename(filled.path)
    with pytest.raises(ArchiveDamagedError, match=r"^replaced$"):
        filled.latest()
    with pytest.raises(ArchiveDamagedError):
        filled.store([(NOW, 60)], NOW)
    assert not filled.set_aside.exists()
    again = Archive(filled.path)
    again.open()
    assert (again.recall(FRESH), again.latest()) == (1, None)
    again.close()


def test_a_read_only_folder_is_an_archive_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("/somewhere/secret")

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(ArchiveError, match=r"^PermissionError$"):
        Archive(tmp_path / "archive.db").open()
