"""Late data: the hours that have to be read again, and the samples that the source has deleted.

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
from typing import Final

from ..heart_rate.clock import DAY, HOUR
from ..heart_rate.interval import Interval
from ..heart_rate.sample import Sample
from . import outbox, samples as stored
from .database import Database
from .facts import Fact
from .history import joined

# The fact from when on everything was read once: late data is looked for from there.
COMPLETE_FROM: Final = Fact("complete_from", int)
# The facts which source the samples come from, and from when on: what is older came from another one.
SOURCE: Final = Fact("source", str)
SOURCE_SINCE: Final = Fact("source_since", int)
# So far back a source is looked through, and no mark is kept for longer.
REACH = 15 * DAY
# How much later another reading has to miss a sample as well.
BELIEVED_AFTER = HOUR


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a source says of an hour, without its samples.

    The `digest` changes when they do. Where the source tells them, `values` are the lowest, the mean and the
    highest bpm.
    """

    digest: int
    values: tuple[float, float, float] | None = None


def note_complete(connection: Connection, start: int, end: int) -> None:
    """Keep that an interval was read as a whole; that counts where it adjoins the complete part already."""
    known = COMPLETE_FROM.get(connection)
    if known is None or start < known <= end:
        COMPLETE_FROM.set(connection, start)


def change_source(archive: Database, source: str) -> bool:
    """Keep the source of the samples; return whether they came from another one before.

    Samples of another source stay as they are: this one may have measured the same at other seconds.
    """
    with archive.writing() as connection:
        known = SOURCE.get(connection)
        if known is not None and known != source and (latest := stored.latest(connection)):
            SOURCE_SINCE.set(connection, latest[0] + 1)
        SOURCE.set(connection, source)
    return known not in (None, source)


def digest(told: object) -> int:
    """Return a number for what was told, which differs where that differs."""
    return int.from_bytes(blake2b(repr(told).encode(), digest_size=8).digest(), signed=True)


def hours_to_read(
    archive: Database, start: int, end: int, marks: Mapping[int, Fingerprint], now: int
) -> list[Interval]:
    """Return the stretches of whole hours that have to be read again, of a range of whole hours.

    What the archive has just as the source tells it needs no reading: its mark is noted at once.
    """
    with archive.writing() as connection:
        _forget_old(connection, now)
        within = (start, end)
        known = dict(
            connection.execute("SELECT hour, digest FROM marks WHERE hour >= ? AND hour < ?", within)
        )
        doubted = dict(
            connection.execute(
                f"SELECT time / {HOUR} * {HOUR}, min(since) FROM missing"
                " WHERE time >= ? AND time < ? GROUP BY 1",
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
    return [*joined(hours)]


def note_reading(
    archive: Database,
    start: int,
    end: int,
    reading: Sequence[Sample],
    marks: Mapping[int, Fingerprint],
    now: int,
) -> None:
    """Take note that these whole hours were read, all of them and stored, after their marks were told."""
    with archive.writing() as connection:
        for hour in range(start, end, HOUR):
            _note(connection, hour, marks.get(hour))
        for hour, samples in groupby(reading, lambda sample: sample[0] // HOUR * HOUR):
            if start <= hour < end:
                _compare(connection, hour, {time for time, _ in samples}, now)


def _agree(told: Iterable[float], counted: Iterable[float] | None) -> bool:
    return counted is not None and all(
        isclose(one, other, rel_tol=1e-9) for one, other in zip(told, counted, strict=True)
    )


def _note(connection: Connection, hour: int, mark: Fingerprint | None) -> None:
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
    gone -= outbox.in_flight(connection, *within)
    connection.executemany(
        "INSERT INTO missing VALUES (?, ?)", [(time, doubted.get(time, now)) for time in missing - gone]
    )
    if gone:
        outbox.withdraw(connection, gone)
        stored.delete(connection, hour, gone)


def purge(connection: Connection, start: int, end: int) -> None:
    """Remove everything known of an interval."""
    connection.execute("DELETE FROM missing WHERE time >= ? AND time < ?", (start, end))
    connection.execute(f"DELETE FROM marks WHERE hour > ? - {HOUR} AND hour < ?", (start, end))
