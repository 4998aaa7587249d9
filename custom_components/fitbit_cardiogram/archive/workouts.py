"""Workouts: what the source says of each, and its figures.

A reading has the workouts that begin in its interval. This module owns the table `workouts`.
"""

from sqlite3 import Connection
from typing import Final

import msgspec

from ..heart_rate.figures import Figures, figures, reach
from ..heart_rate.interval import Span
from ..heart_rate.workout import SETTLING, Workout, duplicates, overlap
from . import days, sessions
from .facts import Counter, Fact
from .rows import checked_samples
from .sessions import ANNOUNCED_WITHIN, FIRST, Place, SessionKind, touching

type Kept = sessions.Kept[Workout, Figures]

# The number of the last transaction that changed workouts.
WORKOUTS_VERSION: Final = Counter(
    "workouts_version", "SELECT max(version) FROM workouts WHERE typeof(version) = 'integer'"
)


def _count(connection: Connection, workout: Workout) -> Figures:
    """Count the figures of a workout, and note the day whose limits they are counted with."""
    limits = days.limits(connection, workout.day)
    samples = connection.execute(
        "SELECT time, bpm FROM samples WHERE time >= ? AND time < ? ORDER BY time",
        reach(workout.start, workout.end),
    ).fetchall()
    connection.execute(
        "UPDATE workouts SET limits_day = ? WHERE id = ?",
        (limits.day.isoformat() if limits else None, workout.id),
    )
    return figures(checked_samples(samples), workout.start, workout.end, limits.zones if limits else ())


def _fuller(before: Figures, now: Figures) -> Figures:
    return before if now.count < before.count else now


_WORKOUTS: Final = SessionKind(
    table="workouts",
    anchor="start",
    session=msgspec.json.Decoder(Workout),
    figures=msgspec.json.Decoder(Figures),
    version=WORKOUTS_VERSION,
    announced_from=Fact("workouts_announced_from", int),
    announced_and_gone=Fact("workouts_announced_and_gone", list[Span]),
    duplicates=duplicates,
    overlap=overlap,
    basis=lambda workout: (workout.start, workout.end),
    reach=reach,
    count=_count,
    fuller=_fuller,
    # The limits of another day were the best that there were.
    stale="limits_day IS NOT day AND EXISTS (SELECT 1 FROM days"
    f" WHERE days.day = workouts.day AND {days.HAS_LIMITS})",
)

store = _WORKOUTS.store
count_figures = _WORKOUTS.count_figures
recount = _WORKOUTS.recount
find = _WORKOUTS.find
note_announced = _WORKOUTS.note_announced
purge = _WORKOUTS.purge
mend = _WORKOUTS.mend


def between(
    connection: Connection, start: int, end: int, *, after: Place = FIRST, limit: int = -1
) -> list[Kept]:
    """Return the workouts that touch an interval, in order of their places, without duplicates.

    They are those after a place, at most `limit`; a negative `limit` is none.
    """
    touch, *values = touching(start, end)
    condition = f"{touch} AND duplicate_of IS NULL AND (start, id) > (?, ?) ORDER BY start, id LIMIT ?"
    return _WORKOUTS.select(connection, condition, *values, *after, limit)


def since(connection: Connection, version: int) -> list[Kept]:
    """Return the workouts that changed after a version of them, in order of time, without duplicates."""
    return _WORKOUTS.select(connection, "version > ? AND duplicate_of IS NULL ORDER BY start, id", version)


def last(connection: Connection, now: int) -> Kept | None:
    """Return the finished workout that ended last, or None without one."""
    condition = "duplicate_of IS NULL AND end > start AND end <= ? ORDER BY end DESC, id LIMIT 10"
    found = _WORKOUTS.select(connection, condition, now - SETTLING)
    return next((kept for kept in found if kept.session.is_final(now)), None)


def newest(connection: Connection, now: int, count: int) -> list[Kept]:
    """Return the workouts that began last and are over, newest first."""
    condition = "duplicate_of IS NULL AND end > start AND end <= ? ORDER BY start DESC, id LIMIT ?"
    return _WORKOUTS.select(connection, condition, now, count)


def to_announce(connection: Connection, now: int) -> list[Kept]:
    """Return the finished workouts that are not announced yet, in order of time."""
    found = _WORKOUTS.select(
        connection,
        "announced_at IS NULL AND duplicate_of IS NULL AND end > start AND end > ? AND end <= ?"
        " ORDER BY end, id",
        now - ANNOUNCED_WITHIN,
        now,
    )
    return [kept for kept in found if kept.session.is_final(now)]
