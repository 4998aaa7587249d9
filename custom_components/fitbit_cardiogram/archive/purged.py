"""Purged intervals: removed by the person or by age, they take in no more samples.

This module owns the table `purged`. Intervals are half-open, times are UNIX seconds.
"""

from bisect import bisect_left
from collections.abc import Sequence
from sqlite3 import Connection

from ..heart_rate.sample import Sample


def add(connection: Connection, start: int, end: int) -> None:
    """Add an interval to the purged ones; by a clock that is far behind it is none."""
    if start >= end:
        return
    connection.execute("DELETE FROM purged WHERE start >= ? AND end <= ?", (start, end))
    connection.execute(
        "INSERT INTO purged SELECT ?1, ?2"
        " WHERE NOT EXISTS (SELECT 1 FROM purged WHERE start <= ?1 AND end >= ?2)",
        (start, end),
    )


def touches(connection: Connection, start: int, end: int) -> bool:
    """Return whether anything of an interval was purged."""
    row = connection.execute("SELECT 1 FROM purged WHERE end > ? AND start < ?", (start, end)).fetchone()
    return row is not None


def beginning(connection: Connection) -> int:
    """Return the moment before which everything was purged, as what is too old is; 0 without one."""
    row = connection.execute("SELECT max(end) FROM purged WHERE start <= 0").fetchone()
    return int(row[0] or 0)


def without(connection: Connection, samples: Sequence[Sample]) -> Sequence[Sample]:
    """Return samples, which are in order of time, without those of purged intervals."""
    if not samples:
        return samples
    intervals = connection.execute(
        "SELECT start, end FROM purged WHERE end > ? AND start <= ?", (samples[0][0], samples[-1][0])
    )
    for start, end in intervals.fetchall():
        samples = [*samples[: bisect_left(samples, (start,))], *samples[bisect_left(samples, (end,)) :]]
    return samples


def mend(connection: Connection) -> int:
    """Remove damaged intervals; return their number."""
    return connection.execute(
        "DELETE FROM purged WHERE typeof(start) <> 'integer' OR typeof(end) <> 'integer' OR start >= end"
    ).rowcount
