"""Samples, and the hours that are counted from them: what is stored, and numbers of what is there.

Samples are unique by time. Every transaction that stores samples has a number, the archive's `version`; a
sample carries the number of the transaction that gave it its present value. So "new or changed" is "carries
this version", and a batch in flight can tell whether a value has changed since. Each touched hour is counted
anew in the same transaction, under the same version.

This module owns the tables `samples` and `hours`. Intervals are half-open, times are UNIX seconds.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Final

from ..heart_rate.clock import FOREVER, HOUR
from ..heart_rate.sample import BPM_MAX, BPM_MIN, TIME_MIN, Sample
from . import outbox, purged
from .facts import HIGHEST_VERSION, Counter
from .rows import NUMBER_MAX, checked, checked_samples

# The number of the last transaction that stored or deleted samples.
VERSION: Final = Counter("version", HIGHEST_VERSION)
# So many samples are read at once, where it is not known how many are needed.
PAGE: Final = 500
# The number of removals of hours or days: when it rises, a copy of them must be made again from the start.
REMOVALS: Final = Counter("removals")


@dataclass(frozen=True, slots=True)
class Stored:
    """The result of storing, in numbers of samples.

    `held_back` lay in the future and were not stored; `purged` lay in purged intervals.
    """

    added: int = 0
    changed: int = 0
    held_back: int = 0
    purged: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """The samples of an interval: their number, first and last time, and mean, lowest and highest bpm."""

    count: int
    first: int
    last: int
    mean: float
    min: int
    max: int


def store(
    connection: Connection,
    samples: Sequence[Sample],
    now: int,
    *,
    detail: int = 0,
    even_purged: bool = False,
) -> Stored:
    """Store samples, in order of time and one for each second, as `one_per_second` gives them.

    A sample that is there already changes nothing; another value for its time replaces it. Samples later than
    `now` are held back: they are read again when their time has come. Each sample may stand for the `detail`
    seconds from its time on: it is left out where there are others in these seconds, measured more finely.
    With `even_purged`, purged intervals take samples in again. New and changed samples enter the outboxes of
    the destinations that cover them.
    """
    present = bisect_left(samples, (now + 1,))
    held_back = len(samples) - present
    samples = samples[:present] if even_purged else purged.without(connection, samples[:present])
    left_out = present - len(samples)
    if detail > 1:
        samples = _without_finer(connection, samples, detail)
    if not samples:
        return Stored(held_back=held_back, purged=left_out)
    first, last = samples[0][0], samples[-1][0]
    version = VERSION.number(connection) + 1
    before = _count(connection, first, last)
    if before:
        statement = (
            f"INSERT INTO samples VALUES (?, ?, {version}) ON CONFLICT (time)"
            " DO UPDATE SET bpm = excluded.bpm, version = excluded.version WHERE bpm <> excluded.bpm"
        )
    else:
        # Faster: SQLite need not watch each row for a change of a delivered value.
        statement = f"INSERT OR IGNORE INTO samples VALUES (?, ?, {version})"
    written = connection.executemany(statement, samples).rowcount
    if written == 0:
        return Stored(held_back=held_back, purged=left_out)
    added = _count(connection, first, last) - before
    VERSION.set(connection, version)
    _count_hours(connection, first, last + 1, version)
    outbox.add_stored(connection, first, last, version, now)
    return Stored(added=added, changed=written - added, held_back=held_back, purged=left_out)


def delete(connection: Connection, hour: int, times: Iterable[int]) -> None:
    """Delete samples of an hour, under a new version, because the source has deleted them."""
    times = [*times]
    outbox.withdraw(connection, times)
    connection.executemany("DELETE FROM samples WHERE time = ?", [(time,) for time in times])
    _count_hours(connection, hour, hour + HOUR, VERSION.rise(connection))
    if summary(connection, hour, hour + HOUR) is None:
        # No sample is left: the others of this hour at the source lie in a purged interval.
        connection.execute("DELETE FROM hours WHERE hour = ?", (hour,))
        REMOVALS.rise(connection)


def purge(connection: Connection, start: int, end: int) -> int:
    """Remove the samples and hours of an interval; return the number of samples."""
    interval = (start, end)
    removed = connection.execute("DELETE FROM samples WHERE time >= ? AND time < ?", interval).rowcount
    connection.execute(f"DELETE FROM hours WHERE hour > ? - {HOUR} AND hour < ?", interval)
    version = VERSION.number(connection)
    for edge in (start, end - 1):
        _count_hours(connection, edge, edge + 1, version)
    REMOVALS.rise(connection)
    return removed


def prune(connection: Connection, start: int, end: int) -> int:
    """Remove the samples of an interval that wait for no destination; return their number."""
    return connection.execute(
        "DELETE FROM samples WHERE time >= ?1 AND time < ?2"
        " AND time NOT IN (SELECT time FROM outbox WHERE time >= ?1 AND time < ?2)"
        " AND time NOT IN (SELECT time FROM quarantine WHERE time >= ?1 AND time < ?2)",
        (start, end),
    ).rowcount


def mend(connection: Connection) -> set[int]:
    """Remove samples that cannot be, and count damaged hours anew; return the hours that lost something."""
    number = f"typeof(version) = 'integer' AND version BETWEEN 0 AND {NUMBER_MAX}"
    is_sample = (
        f"{number} AND typeof(bpm) = 'integer' AND bpm BETWEEN {BPM_MIN} AND {BPM_MAX}"
        f" AND time BETWEEN {TIME_MIN} AND {NUMBER_MAX}"
    )
    is_hour = (
        f"{number} AND typeof(count) = 'integer' AND typeof(sum) = 'integer' AND count > 0"
        f" AND typeof(min) = 'integer' AND typeof(max) = 'integer' AND hour % {HOUR} = 0"
        f" AND hour BETWEEN {TIME_MIN} - {HOUR} AND {NUMBER_MAX} AND count <= {HOUR}"
        f" AND min BETWEEN {BPM_MIN} AND max AND max <= {BPM_MAX} AND sum BETWEEN count * min AND count * max"
    )
    removed = connection.execute(f"DELETE FROM samples WHERE NOT ({is_sample}) RETURNING time").fetchall()
    damaged = connection.execute(f"DELETE FROM hours WHERE NOT ({is_hour}) RETURNING hour").fetchall()
    hours = {time // HOUR * HOUR for (time,) in [*removed, *damaged]}
    version = VERSION.number(connection)
    for hour in hours:
        if abs(hour) < NUMBER_MAX:
            _count_hours(connection, hour, hour + HOUR, version)
    return hours


def latest(connection: Connection, until: int = FOREVER) -> Sample | None:
    """Return the newest sample up to a moment."""
    row: Sample | None = connection.execute(
        "SELECT time, bpm FROM samples WHERE time <= ? ORDER BY time DESC LIMIT 1", (until,)
    ).fetchone()
    return checked_samples([row])[0] if row else None


def newest_first(connection: Connection, start: int, end: int) -> Iterator[Sample]:
    """Yield the samples of a closed interval, from the newest to the oldest, as they are needed."""
    rows = connection.execute(
        "SELECT time, bpm FROM samples WHERE time BETWEEN ? AND ? ORDER BY time DESC", (start, end)
    )
    while page := rows.fetchmany(PAGE):
        yield from checked_samples(page)


def summary(connection: Connection, start: int, end: int, *, newer_than: int = -1) -> Summary | None:
    """Return the summary of an interval, or None where it holds nothing.

    With `newer_than`, only of the samples that got their present value after that version.
    """
    row = connection.execute(
        "SELECT count(*), min(time), max(time), avg(bpm), min(bpm), max(bpm) FROM samples"
        " WHERE time >= ? AND time < ? AND version > ?",
        (start, end, newer_than),
    ).fetchone()
    return Summary(*checked(row, Summary)) if row[0] else None


def _without_finer(connection: Connection, samples: Sequence[Sample], detail: int) -> list[Sample]:
    """Return samples without those whose seconds hold others that were measured more finely."""
    finer = "SELECT 1 FROM samples WHERE time > ? AND time < ? LIMIT 1"
    return [
        (time, bpm)
        for time, bpm in samples
        if not connection.execute(finer, (time, time + detail)).fetchone()
    ]


def _count(connection: Connection, first: int, last: int) -> int:
    count: int = connection.execute(
        "SELECT count(*) FROM samples WHERE time BETWEEN ? AND ?", (first, last)
    ).fetchone()[0]
    return count


def _count_hours(connection: Connection, start: int, end: int, version: int) -> None:
    """Count the hours that an interval touches anew from the samples that they hold."""
    connection.execute(
        "INSERT OR REPLACE INTO hours"
        f" SELECT time / {HOUR} * {HOUR}, count(*), sum(bpm), min(bpm), max(bpm), ? FROM samples"
        f" WHERE time >= ? AND time < ? GROUP BY time / {HOUR}",
        (version, start // HOUR * HOUR, ((end - 1) // HOUR + 1) * HOUR),
    )
