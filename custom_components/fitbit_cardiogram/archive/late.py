"""Late data: which hours have to be read again, and what a complete reading of an hour proves.

A source tells in a few bytes what it has of each hour: the hour's mark. An hour whose mark is not the one it
had at its last reading is read again. What the archive has beyond such a reading is missing at the source;
that is believed when another reading, at least an hour later, misses it too. A reading without any sample
proves nothing, since a service that has lost its way may well be empty.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby
from math import isclose
from sqlite3 import Connection

from ..heart_rate.clock import DAY, HOUR
from ..heart_rate.sample import Sample
from .archive import REMOVALS, VERSION, Archive, count_hours, fact, set_fact
from .history import stretches

# The fact from when on everything was read once: late data is looked for from there.
COMPLETE_FROM = "complete_from"
# The facts which source the samples come from, and from when on: what is older came from another one.
SOURCE = "source"
SOURCE_SINCE = "source_since"
# So far back a source is looked through, and no mark is kept for longer.
REACH = 15 * DAY
# How much later another reading has to miss a sample as well.
BELIEVED_AFTER = HOUR

type Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Mark:
    """What a source says of an hour, without its samples.

    The `digest` changes when they do. Where the source tells them, `values` are the lowest, the mean and the
    highest bpm.
    """

    digest: int
    values: tuple[float, float, float] | None = None


def note_complete(archive: Archive, start: int, end: int) -> None:
    """Take note that a range was read as a whole; that counts where it adjoins what is complete already."""
    known = archive.recall(COMPLETE_FROM)
    if known is None or start < known <= end:
        archive.remember(COMPLETE_FROM, start)


def note_source(archive: Archive, source: str) -> bool:
    """Take note of where samples come from; return whether they came from elsewhere before.

    What came from elsewhere stays as it is: another source may have measured the same at other seconds.
    """
    known = archive.recall(SOURCE)
    if known == source:
        return False
    if known is not None and (latest := archive.latest()):
        archive.remember(SOURCE_SINCE, latest[0] + 1)
    archive.remember(SOURCE, source)
    return known is not None


def digest(told: object) -> int:
    """Return a number for what was told, which differs where that differs."""
    return int.from_bytes(blake2b(repr(told).encode(), digest_size=8).digest(), signed=True)


def hours_to_read(archive: Archive, start: int, end: int, marks: Mapping[int, Mark], now: int) -> list[Range]:
    """Return the stretches of whole hours that have to be read again, of a range of whole hours.

    What the archive has just as the source tells it needs no reading: its mark is noted at once.
    """
    with archive.transaction() as connection:
        _forget_old(connection, now)
        within = (start, end)
        known = dict(
            connection.execute("SELECT hour, digest FROM marks WHERE hour >= ? AND hour < ?", within)
        )
        doubted = dict(
            connection.execute(
                "SELECT time / 3600 * 3600, min(since) FROM missing WHERE time >= ? AND time < ? GROUP BY 1",
                within,
            )
        )
        counted = {
            hour: values
            for hour, *values in connection.execute(
                "SELECT hour, min, sum * 1.0 / count, max FROM hours WHERE hour >= ? AND hour < ?", within
            )
        }
        hours: list[int] = []
        for hour in range(start, end, HOUR):
            mark = marks.get(hour)
            is_due = (mark.digest if mark else None) != known.get(hour)
            if hour in doubted:
                is_due = is_due or doubted[hour] <= now - BELIEVED_AFTER
            elif is_due and mark and mark.values and _agree(mark.values, counted.get(hour)):
                _note(connection, hour, mark)
                is_due = False
            if is_due:
                hours.append(hour)
    return [*stretches(hours)]


def note_reading(
    archive: Archive, start: int, end: int, reading: Sequence[Sample], marks: Mapping[int, Mark], now: int
) -> None:
    """Take note that these whole hours were read, all of them and stored, after their marks were told."""
    with archive.transaction() as connection:
        for hour in range(start, end, HOUR):
            _note(connection, hour, marks.get(hour))
        for hour, samples in groupby(reading, lambda sample: sample[0] // HOUR * HOUR):
            if start <= hour < end:
                _compare(connection, hour, {time for time, _ in samples}, now)


def _agree(told: Iterable[float], counted: Iterable[float] | None) -> bool:
    return counted is not None and all(
        isclose(one, other, rel_tol=1e-9) for one, other in zip(told, counted, strict=True)
    )


def _note(connection: Connection, hour: int, mark: Mark | None) -> None:
    if mark is None:
        connection.execute("DELETE FROM marks WHERE hour = ?", (hour,))
    else:
        connection.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", (hour, mark.digest))


def _forget_old(connection: Connection, now: int) -> None:
    """Forget what lies too far back to be looked at again."""
    before = now - REACH - DAY
    connection.execute("DELETE FROM marks WHERE hour < ?", (before,))
    connection.execute("DELETE FROM missing WHERE time < ?", (before,))


def _compare(connection: Connection, hour: int, read: set[int], now: int) -> None:
    """Doubt what an hour has beyond its reading, and remove what has been doubted for long enough."""
    within = (hour, hour + HOUR)
    held = {
        row[0] for row in connection.execute("SELECT time FROM samples WHERE time >= ? AND time < ?", within)
    }
    doubted = dict(connection.execute("SELECT time, since FROM missing WHERE time >= ? AND time < ?", within))
    missing = held - read
    connection.execute("DELETE FROM missing WHERE time >= ? AND time < ?", within)
    gone = {time for time in missing if doubted.get(time, now) <= now - BELIEVED_AFTER}
    # A batch in flight stays as it is; its beats are looked at again when it has landed.
    gone -= {
        row[0]
        for row in connection.execute(
            "SELECT time FROM outbox WHERE time >= ? AND time < ? AND in_flight IS NOT NULL", within
        )
    }
    connection.executemany(
        "INSERT INTO missing VALUES (?, ?)", [(time, doubted.get(time, now)) for time in missing - gone]
    )
    if gone:
        _remove(connection, hour, gone)


def _remove(connection: Connection, hour: int, times: Iterable[int]) -> None:
    """Remove samples of an hour that the source has deleted; where one was delivered, that is counted."""
    rows = [(time,) for time in times]
    connection.executemany(
        "UPDATE destinations SET withdrawn = withdrawn + 1"
        " WHERE EXISTS (SELECT 1 FROM coverage WHERE destination = id AND start <= ?1 AND end > ?1)"
        " AND NOT EXISTS (SELECT 1 FROM outbox WHERE destination = id AND time = ?1)"
        " AND NOT EXISTS (SELECT 1 FROM quarantine WHERE destination = id AND time = ?1)",
        rows,
    )
    for table in ("outbox", "quarantine", "samples"):
        connection.executemany(f"DELETE FROM {table} WHERE time = ?", rows)
    version = fact(connection, VERSION) + 1
    set_fact(connection, VERSION, version)
    count_hours(connection, hour, hour + HOUR, version)
    within = (hour, hour + HOUR)
    if not connection.execute("SELECT 1 FROM samples WHERE time >= ? AND time < ?", within).fetchone():
        # What the source still has of the hour was purged here.
        connection.execute("DELETE FROM hours WHERE hour = ?", (hour,))
        set_fact(connection, REMOVALS, fact(connection, REMOVALS) + 1)
