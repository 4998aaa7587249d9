"""Sleep sessions, their figures, and the nights that they make.

A reading has the sessions that end in its interval, and those without an end that begin in it. Each civil day
has one night at most, which is announced once; its heart rate and the time asleep are daily values. This
module owns the table `sleep`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from sqlite3 import Connection
from typing import Final

import msgspec

from ..heart_rate.clock import MINUTE
from ..heart_rate.daily import SLEEPING_HEART_RATE, TIME_ASLEEP
from ..heart_rate.interval import Span
from ..heart_rate.night_figures import NightFigures, fuller, night_figures, reach
from ..heart_rate.sleep import SleepSession, duplicates, main_of, nights, overlap
from . import daily_values, sessions
from .facts import Counter, Fact
from .rows import checked_samples
from .sessions import ANNOUNCED_WITHIN, FIRST, Place, SessionKind, touching

type Kept = sessions.Kept[SleepSession, NightFigures]

# The number of the last transaction that changed sleep sessions.
SLEEP_VERSION: Final = Counter(
    "sleep_version", "SELECT max(version) FROM sleep WHERE typeof(version) = 'integer'"
)
# The last night is looked for on so many days with sleep: others may have naps only.
DAYS_OF_NAPS: Final = 31


@dataclass(frozen=True, slots=True)
class Night:
    """A night, or a nap, as its parts make it; bpm are None where the band was not worn.

    `id` is that of the main part, `day` the civil day of the end. `asleep` are the seconds asleep. `lowest`
    is the lowest mean of five minutes, which begin at `lowest_at`. `dip` is the share by which `mean` is
    below the waking heart rate of the 24 hours before.
    """

    id: str
    day: date
    start: int
    end: int
    asleep: int
    parts: tuple[SleepSession, ...]
    mean: float | None
    lowest: float | None
    lowest_at: int | None
    dip: float | None
    is_nap: bool

    @property
    def place(self) -> Place:
        """The place among others."""
        return self.start, self.id

    def is_final(self, now: int) -> bool:
        """Return whether the sleep is over, and the source has had time to complete it."""
        return all(part.is_final(now) for part in self.parts)


def _count(connection: Connection, session: SleepSession) -> NightFigures:
    """Count the figures of a session."""
    first, until = reach(session.start, session.end)
    samples = connection.execute(
        "SELECT time, bpm FROM samples WHERE time >= ? AND time < ? ORDER BY time", (first, until)
    ).fetchall()
    # Duplicates too tell when the person was asleep.
    others = _SLEEP.select(connection, *touching(first, session.start))
    return night_figures(checked_samples(samples), session, [kept.session for kept in others])


_SLEEP: Final = SessionKind(
    table="sleep",
    anchor="end",
    session=msgspec.json.Decoder(SleepSession),
    figures=msgspec.json.Decoder(NightFigures),
    version=SLEEP_VERSION,
    announced_from=Fact("sleep_announced_from", int),
    announced_and_gone=Fact("sleep_announced_and_gone", list[Span]),
    duplicates=duplicates,
    overlap=overlap,
    basis=lambda session: (session.start, session.end, session.stages),
    reach=reach,
    count=_count,
    fuller=fuller,
    # A day of samples is read for each.
    at_once=10,
)

recount = _SLEEP.recount
mend = _SLEEP.mend
note_announced = _SLEEP.note_announced


def store(
    connection: Connection,
    read: Iterable[SleepSession],
    start: int,
    end: int,
    now: int,
    *,
    even_purged: bool = False,
) -> None:
    """Store a complete reading of the sessions that end in an interval, or that begin in it without an end.

    See `SessionKind.store`.
    """
    # One without an end ends where it begins.
    read = [replace(one, end=max(one.start, one.end)) for one in read]
    before = SLEEP_VERSION.number(connection)
    changed = _SLEEP.store(connection, read, start, end, now, even_purged=even_purged)
    _note_changed(connection, changed)
    _keep_values(connection, before, changed)


def count_figures(connection: Connection, now: int) -> bool:
    """Count the figures of some finished sessions that need it; return whether there may be more."""
    before = SLEEP_VERSION.number(connection)
    there_may_be_more = _SLEEP.count_figures(connection, now)
    _keep_values(connection, before)
    return there_may_be_more


def purge(connection: Connection, start: int, end: int) -> None:
    """Remove the sessions that touch an interval whose samples have been removed already."""
    before = SLEEP_VERSION.number(connection)
    removed = _SLEEP.purge(connection, start, end)
    _note_changed(connection, removed)
    _keep_values(connection, before, removed)


def between(
    connection: Connection, start: int, end: int, *, after: Place = FIRST, limit: int = -1
) -> list[Night]:
    """Return the nights and naps of which a part touches an interval, in order of their places.

    They are those after a place, at most `limit`; a negative `limit` is none.
    """
    condition, *values = touching(max(start, after[0]), end)
    found = _of_days(connection, f"SELECT day FROM sleep WHERE {condition}", *values)
    touched = sorted(
        (night for night in found if night.place > after and _touches(night, start, end)),
        key=lambda night: night.place,
    )
    return touched if limit < 0 else touched[:limit]


def find(connection: Connection, key: str) -> Night | None:
    """Return the night or nap with a part of an id, or None where there is none."""
    found = _of_days(connection, "SELECT day FROM sleep WHERE id = ?", key)
    return next((night for night in found if key in {part.id for part in night.parts}), None)


def since(connection: Connection, version: int) -> list[Night]:
    """Return the nights and naps of the days whose sleep changed after a version of it, in order of time."""
    found = _of_days(connection, "SELECT day FROM sleep WHERE version > ?", version)
    return sorted(found, key=lambda night: night.place)


def last(connection: Connection, now: int) -> Night | None:
    """Return the last night, as its finished parts make it, or None without one."""
    days = connection.execute(
        "SELECT DISTINCT day FROM sleep WHERE duplicate_of IS NULL AND end > start AND end <= ?"
        " ORDER BY day DESC LIMIT ?",
        (now, DAYS_OF_NAPS),
    ).fetchall()
    for (day,) in days:
        finished = [kept for kept in _kept_of_days(connection, "?", day) if kept.session.is_final(now)]
        for parts, is_nap in _groups(finished):
            if not is_nap:
                return _night(parts, is_nap)
    return None


def to_announce(connection: Connection, now: int) -> list[Night]:
    """Return the finished nights with figures of the days that had no announcement, in order of time."""
    days = (
        "SELECT day FROM sleep AS one WHERE end > ? AND end <= ? AND NOT EXISTS (SELECT 1 FROM sleep"
        " WHERE sleep.day = one.day AND announced_at IS NOT NULL AND NOT session ->> '$.is_nap')"
    )
    kept = _kept_of_days(connection, days, now - ANNOUNCED_WITHIN, now)
    found = [
        _night(parts, is_nap)
        for parts, is_nap in _groups(kept)
        if not is_nap and all(part.figures and part.session.is_final(now) for part in parts)
    ]
    return sorted(found, key=lambda night: night.place)


def _note_changed(connection: Connection, changed: Iterable[SleepSession]) -> None:
    """Let figures of later sessions be counted again, and give the days of the changed the newest version."""
    version = SLEEP_VERSION.number(connection)
    for session in changed:
        recount(connection, session.start, session.end)
        connection.execute("UPDATE sleep SET version = ? WHERE day = ?", (version, session.day.isoformat()))


def _keep_values(connection: Connection, before: int, changed: Iterable[SleepSession] = ()) -> None:
    """Put the values of nights that changed after a version among the daily ones, once they are counted."""
    newer = [kept.session for kept in _SLEEP.select(connection, "version > ?", before)]
    for day in {session.day for session in (*newer, *changed)}:
        groups = _groups(_kept_of_days(connection, "?", day.isoformat()))
        parts = next((parts for parts, is_nap in groups if not is_nap), [])
        if all(part.figures for part in parts):
            night = _night(parts, is_nap=False) if parts else None
            mean, asleep = (night.mean, night.asleep / MINUTE) if night else (None, None)
            daily_values.put(connection, SLEEPING_HEART_RATE.key, day, mean)
            daily_values.put(connection, TIME_ASLEEP.key, day, asleep)


def _touches(night: Night, start: int, end: int) -> bool:
    return any(part.start < end and (part.end > start or part.start >= start) for part in night.parts)


def _kept_of_days(connection: Connection, days: str, *values: object) -> list[Kept]:
    """Return the sessions of days, which a query finds, in order of time, without duplicates."""
    condition = f"day IN ({days}) AND duplicate_of IS NULL ORDER BY start, id"
    return _SLEEP.select(connection, condition, *values)


def _of_days(connection: Connection, days: str, *values: object) -> list[Night]:
    """Return the nights and naps of days, which a query finds."""
    return [_night(*group) for group in _groups(_kept_of_days(connection, days, *values))]


def _groups(kept: Iterable[Kept]) -> Iterator[tuple[list[Kept], bool]]:
    """Yield the parts of each night, then each other session alone; each with whether it is a nap.

    One that is not over is a nap only if the source says so.
    """
    left = {one.session.id: one for one in kept}
    for parts in nights([one.session for one in left.values()]):
        yield [left.pop(part.id) for part in parts], False
    for one in left.values():
        yield [one], one.session.is_nap or one.session.end > one.session.start


def _night(kept: Sequence[Kept], is_nap: bool) -> Night:
    """Return the night, or the nap, of parts in order of time."""
    parts = tuple(one.session for one in kept)
    main = main_of(parts)
    figures = [one.figures or NightFigures() for one in kept]
    worn = [(found.count, found.mean) for found in figures if found.mean is not None and found.count > 0]
    mean = sum(count * mean for count, mean in worn) / sum(count for count, _ in worn) if worn else None
    lows = [(found.lowest, found.lowest_at) for found in figures if found.lowest is not None]
    lowest, lowest_at = min(lows, default=(None, None))
    waking = figures[0].waking_mean
    return Night(
        id=main.id,
        day=main.day,
        start=parts[0].start,
        end=parts[-1].end,
        asleep=sum(part.asleep for part in parts),
        parts=parts,
        mean=mean,
        lowest=lowest,
        lowest_at=lowest_at,
        dip=None if mean is None or not waking else 1 - mean / waking,
        is_nap=is_nap,
    )
