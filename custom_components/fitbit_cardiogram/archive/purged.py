"""Purged intervals: removed by the person or by age, they take in no more samples.

This module owns the table `gone`. Intervals are half-open, times are UNIX seconds.
"""

from bisect import bisect_left
from collections.abc import Sequence
from sqlite3 import Connection

from ..heart_rate.sample import Sample


def add(connection: Connection, start: int, end: int) -> None:
    """Add an interval to the purged ones."""
    connection.execute("DELETE FROM gone WHERE start >= ? AND end <= ?", (start, end))
    connection.execute(
        "INSERT INTO gone SELECT ?1, ?2"
        " WHERE NOT EXISTS (SELECT 1 FROM gone WHERE start <= ?1 AND end >= ?2)",
        (start, end),
    )


def touches(connection: Connection, start: int, end: int) -> bool:
    """Return whether anything of an interval was purged."""
    found = connection.execute("SELECT 1 FROM gone WHERE end > ? AND start < ?", (start, end))
    return found.fetchone() is not None


def without(connection: Connection, samples: Sequence[Sample]) -> Sequence[Sample]:
    """Return samples, which are in order of time, without those of purged intervals."""
    if not samples:
        return samples
    purged = connection.execute(
        "SELECT start, end FROM gone WHERE end > ? AND start <= ?", (samples[0][0], samples[-1][0])
    )
    for start, end in purged.fetchall():
        samples = [*samples[: bisect_left(samples, (start,))], *samples[bisect_left(samples, (end,)) :]]
    return samples
