"""Workouts: what the source says of each, and its figures, which outlive the samples.

A workout keeps the number of the transaction that gave it its present value; the number rises with removals
too. Duplicates are remembered, but shown to nobody. Figures are counted again when samples that they depend
on were stored, changed or deleted: each touched hour carries the version of its samples, so that storing
samples costs nothing more.

This module owns the table `workouts`. Intervals are half-open, times are UNIX seconds.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any, Final

import msgspec

from ..heart_rate.clock import DAY, FOREVER, HOUR
from ..heart_rate.figures import Figures, figures, reach
from ..heart_rate.interval import Interval
from ..heart_rate.workout import SETTLING, Workout, duplicates, overlap
from . import days, purged
from .facts import Counter, Fact
from .rows import NUMBER_MAX, DamagedRowsError, checked_samples
from .samples import VERSION

# The number of the last transaction that changed workouts.
WORKOUTS_VERSION: Final = Counter(
    "workouts_version", "SELECT max(version) FROM workouts WHERE typeof(version) = 'integer'"
)
# The moment of the first reading: what was over and known to the source before it is never announced.
ANNOUNCED_FROM: Final = Fact("workouts_announced_from", int)
# Seconds after which a second reading without any workout is believed.
BELIEVED_AFTER: Final = HOUR
# One that ended more seconds ago is not announced any more, although nothing has announced it yet.
ANNOUNCED_WITHIN: Final = 31 * DAY
# Workouts whose figures are counted in one transaction.
COUNTED_AT_ONCE: Final = 50

# The start and the id of a workout, by which workouts are in order.
type Place = tuple[int, str]
FIRST: Final[Place] = (-FOREVER, "")

_WORKOUT: Final = msgspec.json.Decoder(Workout)
_FIGURES: Final = msgspec.json.Decoder(Figures)
_COLUMNS: Final = "workout, figures, version, duplicate_of, suspect_since, announced_at, limits_day"
_BEFORE, _AFTER = -reach(0, 0)[0], reach(0, 0)[1]
# A workout is stale without figures, with those of other samples, or of another day's limits.
_STALE: Final = (
    "counted IS NULL"
    f" OR EXISTS (SELECT 1 FROM hours WHERE hour > workouts.start - {_BEFORE + HOUR}"
    f" AND hour < workouts.end + {_AFTER} AND hours.version > workouts.counted)"
    " OR (limits_day IS NOT day AND EXISTS (SELECT 1 FROM days"
    f" WHERE days.day = workouts.day AND {days.HAS_LIMITS}))"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A workout of the archive, its figures once they are counted, and its version.

    `duplicate_of` is the id of the better one that tells of the same. `suspect_since` is the moment of the
    first reading that lacked it, `announced_at` that of its event. Its figures were counted with the
    limits of the zones on `limits_day`.
    """

    workout: Workout
    figures: Figures | None
    version: int
    duplicate_of: str | None = None
    suspect_since: int | None = None
    announced_at: int | None = None
    limits_day: str | None = None

    @property
    def place(self) -> Place:
        """The place of the workout among others."""
        return self.workout.start, self.workout.id


def store(
    connection: Connection,
    read: Iterable[Workout],
    start: int,
    end: int,
    now: int,
    *,
    even_purged: bool = False,
) -> None:
    """Store a complete reading of the workouts that begin in an interval; those that it lacks are removed.

    A reading without any removes them only if one an hour earlier was without any too: a service in trouble
    may well answer with nothing. New workouts in purged intervals are left out, unless `even_purged` is set.
    """
    if ANNOUNCED_FROM.get(connection) is None:
        ANNOUNCED_FROM.set(connection, now)
    version = WORKOUTS_VERSION.number(connection) + 1
    around = (start - DAY, end + DAY)
    before = {kept.workout.id: kept for kept in _beginning_in(connection, *around)}
    read = [workout for workout in read if start <= workout.start < end]
    for workout in read:
        known = before.get(workout.id) or _find(connection, workout.id)
        is_new = known is None and not even_purged
        if is_new and purged.touches(connection, workout.start, max(workout.end, workout.start + 1)):
            continue
        _put(connection, workout, known, version, now)
    lacking = before.keys() - {workout.id for workout in read}
    gone = [before[key] for key in lacking if start <= before[key].workout.start < end]
    removed = gone if read else _believed(connection, gone, now)
    _remove(connection, removed, version)
    _compare(connection, _beginning_in(connection, *around), removed, version)


def count_figures(connection: Connection, now: int) -> bool:
    """Count the figures of some finished workouts that need it; return whether there may be more of them."""
    rows = _select(
        connection,
        f"duplicate_of IS NULL AND end > start AND end <= ? AND ({_STALE}) ORDER BY start DESC",
        now - SETTLING,
    )
    due = [kept for kept in rows if kept.workout.is_final(now)]
    for kept in due[:COUNTED_AT_ONCE]:
        _count(connection, kept)
    return len(due) > COUNTED_AT_ONCE


def recount(connection: Connection, start: int, end: int) -> None:
    """Let the figures that depend on samples of an interval be counted again."""
    connection.execute(
        "UPDATE workouts SET counted = NULL WHERE start < ? AND end > ?", _reaching(start, end)
    )


def between(
    connection: Connection, start: int, end: int, *, after: Place = FIRST, limit: int = -1
) -> list[Kept]:
    """Return the workouts that touch an interval, in order of their places, without duplicates.

    They are those after a place, at most `limit`; a negative `limit` is none.
    """
    condition = f"{_TOUCHING} AND duplicate_of IS NULL AND (start, id) > (?, ?) ORDER BY start, id LIMIT ?"
    return [*_select(connection, condition, end, start, start, *after, limit)]


def find(connection: Connection, key: str) -> Kept | None:
    """Return the workout with an id, even one that is a duplicate, or None where there is none."""
    return _find(connection, key)


def since(connection: Connection, version: int) -> list[Kept]:
    """Return the workouts that changed after a version of them, in order of time, without duplicates."""
    return [*_select(connection, "version > ? AND duplicate_of IS NULL ORDER BY start, id", version)]


def last(connection: Connection, now: int) -> Kept | None:
    """Return the finished workout that ended last, or None without one."""
    rows = _select(
        connection,
        "duplicate_of IS NULL AND end > start AND end <= ? ORDER BY end DESC, id LIMIT 10",
        now - SETTLING,
    )
    return next((kept for kept in rows if kept.workout.is_final(now)), None)


def to_announce(connection: Connection, now: int) -> list[Kept]:
    """Return the finished workouts that are not announced yet, in order of time."""
    rows = _select(
        connection,
        "announced_at IS NULL AND duplicate_of IS NULL AND end > start AND end > ? AND end <= ?"
        " ORDER BY end, id",
        now - ANNOUNCED_WITHIN,
        now - SETTLING,
    )
    return [kept for kept in rows if kept.workout.is_final(now)]


def note_announced(connection: Connection, keys: Iterable[str], now: int) -> None:
    """Mark the workouts with these ids as announced."""
    connection.executemany(
        "UPDATE workouts SET announced_at = ? WHERE id = ? AND announced_at IS NULL",
        [(now, key) for key in keys],
    )


def purge(connection: Connection, start: int, end: int) -> None:
    """Remove the workouts that touch an interval whose samples have been removed already.

    Others whose figures depend on these samples are counted again.
    """
    version = WORKOUTS_VERSION.number(connection) + 1
    _remove(connection, [*_select(connection, _TOUCHING, end, start, start)], version)
    for kept in _select(connection, "start < ? AND end > ? AND figures IS NOT NULL", *_reaching(start, end)):
        _count(connection, kept)


def mend(connection: Connection) -> int:
    """Remove the workouts that cannot be read, and figures that cannot; return the number of both."""
    texts = ("workout", "figures", "day", "duplicate_of", "limits_day")
    columns = ", ".join(f"CAST({name} AS BLOB) AS {name}" for name in texts)
    numbers = "start, end, version, suspect_since, announced_at, counted"
    cursor = connection.execute(f"SELECT rowid, CAST(id AS BLOB) AS id, {columns}, {numbers} FROM workouts")
    names = [name for name, *_ in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    damaged = [row["rowid"] for row in rows if not _is_workout(row)]
    spoilt = [row["rowid"] for row in rows if _is_workout(row) and not _has_figures(row)]
    connection.executemany("DELETE FROM workouts WHERE rowid = ?", [(row,) for row in damaged])
    connection.executemany(
        "UPDATE workouts SET figures = NULL, counted = NULL, limits_day = NULL WHERE rowid = ?",
        [(row,) for row in spoilt],
    )
    return len(damaged) + len(spoilt)


_TOUCHING: Final = "start < ? AND (end > ? OR start >= ?)"


def _reaching(start: int, end: int) -> Interval:
    """Return the moments before which a workout begins, and after which it ends, to depend on an interval."""
    return end + _BEFORE, start - _AFTER


def _select(connection: Connection, condition: str, *values: object) -> Iterator[Kept]:
    """Yield the workouts that meet a condition. Raises DamagedRowsError."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM workouts WHERE {condition}", values).fetchall()
    for workout, counted, *others in rows:
        yield Kept(_decode(_WORKOUT, workout), counted and _decode(_FIGURES, counted), *others)


def _decode[T](decoder: msgspec.json.Decoder[T], text: str | bytes) -> T:
    try:
        return decoder.decode(text)
    except msgspec.DecodeError, TypeError, UnicodeDecodeError:
        raise DamagedRowsError from None


def _find(connection: Connection, key: str) -> Kept | None:
    return next(_select(connection, "id = ?", key), None)


def _beginning_in(connection: Connection, start: int, end: int) -> list[Kept]:
    return [*_select(connection, "start >= ? AND start < ? ORDER BY start, id", start, end)]


def _put(connection: Connection, workout: Workout, known: Kept | None, version: int, now: int) -> None:
    """Insert a workout, or update the known one; one that is the same stays as it is."""
    if known and known.workout == workout:
        if known.suspect_since is not None:
            connection.execute("UPDATE workouts SET suspect_since = NULL WHERE id = ?", (workout.id,))
        return
    told_from = ANNOUNCED_FROM.get(connection) or 0
    is_old = max(workout.end, workout.created or 0) < told_from
    is_moved = known is None or (known.workout.start, known.workout.end) != (workout.start, workout.end)
    connection.execute(
        "INSERT INTO workouts (id, start, end, day, workout, version, announced_at)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id) DO UPDATE SET"
        " start = ?2, end = ?3, day = ?4, workout = ?5, version = ?6, suspect_since = NULL,"
        " figures = iif(?8, NULL, figures), counted = iif(?8, NULL, counted)",
        (
            workout.id,
            workout.start,
            workout.end,
            workout.day.isoformat(),
            msgspec.json.encode(workout).decode(),
            version,
            now if is_old else None,
            is_moved,
        ),
    )
    WORKOUTS_VERSION.set(connection, version)


def _believed(connection: Connection, gone: Iterable[Kept], now: int) -> list[Kept]:
    """Suspect workouts that a reading without any lacked; return those that are suspect for long enough."""
    gone = [*gone]
    connection.executemany(
        "UPDATE workouts SET suspect_since = ? WHERE id = ? AND suspect_since IS NULL",
        [(now, kept.workout.id) for kept in gone],
    )
    return [
        kept for kept in gone if kept.suspect_since is not None and kept.suspect_since <= now - BELIEVED_AFTER
    ]


def _remove(connection: Connection, removed: Collection[Kept], version: int) -> None:
    connection.executemany("DELETE FROM workouts WHERE id = ?", [(kept.workout.id,) for kept in removed])
    if removed:
        WORKOUTS_VERSION.set(connection, version)


def _compare(connection: Connection, workouts: Sequence[Kept], removed: Iterable[Kept], version: int) -> None:
    """Hide the duplicates among workouts; one that tells of an announced one is not announced again."""
    hidden = duplicates(kept.workout for kept in workouts)
    others = [*removed, *(kept for kept in workouts if kept.workout.id in hidden)]
    announced = [kept for kept in others if kept.announced_at is not None]
    for kept in workouts:
        better = hidden.get(kept.workout.id)
        if better != kept.duplicate_of:
            connection.execute(
                "UPDATE workouts SET duplicate_of = ?, version = ? WHERE id = ?",
                (better, version, kept.workout.id),
            )
            WORKOUTS_VERSION.set(connection, version)
        told = [one.announced_at for one in announced if overlap(one.workout, kept.workout)]
        if kept.announced_at is None and told:
            connection.execute(
                "UPDATE workouts SET announced_at = ? WHERE id = ?", (told[0], kept.workout.id)
            )


def _count(connection: Connection, kept: Kept) -> None:
    """Count the figures of a workout; those of samples that have been purged meanwhile stay."""
    workout = kept.workout
    interval = reach(workout.start, workout.end)
    limits = days.limits(connection, workout.day)
    samples = connection.execute(
        "SELECT time, bpm FROM samples WHERE time >= ? AND time < ? ORDER BY time", interval
    ).fetchall()
    found = figures(checked_samples(samples), workout.start, workout.end, limits.zones if limits else ())
    is_less = kept.figures is not None and found.count < kept.figures.count
    if is_less and purged.touches(connection, *interval):
        found = kept.figures or found
    connection.execute(
        "UPDATE workouts SET figures = ?, counted = ?, limits_day = ? WHERE id = ?",
        (
            msgspec.json.encode(found).decode(),
            VERSION.number(connection),
            limits.day.isoformat() if limits else None,
            workout.id,
        ),
    )
    if found != kept.figures:
        version = WORKOUTS_VERSION.rise(connection)
        connection.execute("UPDATE workouts SET version = ? WHERE id = ?", (version, workout.id))


def _is_workout(row: Mapping[str, Any]) -> bool:
    """Return whether the columns of a row are those of the workout that it holds."""
    try:
        for name in ("duplicate_of", "limits_day"):
            (row[name] or b"").decode()
        workout = _decode(_WORKOUT, row["workout"].decode())
        same = (workout.id, workout.day.isoformat()) == (row["id"].decode(), row["day"].decode())
    except DamagedRowsError, OverflowError, UnicodeDecodeError, ValueError:
        return False
    numbers = [row[name] for name in ("suspect_since", "announced_at") if row[name] is not None]
    return (
        same
        and (workout.start, workout.end) == (row["start"], row["end"])
        and all(isinstance(number, int) and 0 <= number < NUMBER_MAX for number in (*numbers, row["version"]))
    )


def _has_figures(row: Mapping[str, Any]) -> bool:
    """Return whether a row's figures can be read, or there are none."""
    try:
        if row["figures"] is not None:
            _decode(_FIGURES, row["figures"].decode())
    except DamagedRowsError, UnicodeDecodeError:
        return False
    return row["counted"] is None or isinstance(row["counted"], int)
