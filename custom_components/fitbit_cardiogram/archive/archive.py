"""The archive: one SQLite file per account, the only truth; everything else is a view of it.

Each method is one transaction; the statements on a table stand in the module that owns the table. All times
are UNIX seconds (UTC), intervals are half-open.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from sqlite3 import Connection
import time
from typing import Final, override

from ..heart_rate.clock import FOREVER, HOUR
from ..heart_rate.daily import RESTING_HEART_RATE
from ..heart_rate.day import DaySummary
from ..heart_rate.sample import Sample
from ..heart_rate.sleep import SleepSession
from ..heart_rate.workout import Workout
from . import daily_values, days, facts, late, outbox, purged, samples, sleep, workouts
from .daily_values import DailyValue
from .database import Database
from .facts import Counter, Fact
from .samples import Stored, Summary
from .sleep import Night
from .workouts import Kept


@dataclass(frozen=True, slots=True)
class Purged:
    """The result of a purge: samples removed, and beats that waited for a destination or were quarantined."""

    samples: int
    pending: int


@dataclass(frozen=True, slots=True)
class Holdings:
    """The contents of an archive in numbers, and the times of the oldest and the newest sample."""

    samples: int
    hours: int
    days: int
    workouts: int
    sleep: int
    daily_values: int
    oldest: int | None
    newest: int | None


# The number of damaged rows that were dropped, and the moment at which destinations were last held for that
# or for a lost archive.
DROPPED: Final = Counter("dropped")
REPLACED_AT: Final = Fact("replaced_at", int)


class Archive(Database):
    """One account's samples, hours, days, workouts, sleep, daily values and outboxes."""

    @override
    def mend(self, connection: Connection) -> int:
        hours = samples.mend(connection)
        dropped = len(hours) + late.mend(connection, hours) + days.mend(connection) + facts.mend(connection)
        dropped += workouts.mend(connection) + sleep.mend(connection) + daily_values.mend(connection)
        purged_rows = purged.mend(connection)
        held_rows = outbox.mend(connection, hold_all=purged_rows > 0)
        if purged_rows or held_rows:
            REPLACED_AT.set(connection, int(time.time()))
        dropped += purged_rows + held_rows
        if dropped:
            DROPPED.set(connection, DROPPED.number(connection) + dropped)
        return dropped

    def dropped(self) -> int:
        """Return the number of damaged rows that were ever dropped."""
        with self.reading() as connection:
            return DROPPED.number(connection)

    def store(
        self, reading: Sequence[Sample], now: int, *, detail: int = 0, even_purged: bool = False
    ) -> Stored:
        """Store a reading; see `samples.store`."""
        with self.writing() as connection:
            return samples.store(connection, reading, now, detail=detail, even_purged=even_purged)

    def store_days(
        self,
        summaries: Iterable[DaySummary],
        midnight: Callable[[date], int],
        *,
        zone: str | None = None,
        today: date | None = None,
        even_purged: bool = False,
    ) -> None:
        """Store summaries of civil days; see `days.store`."""
        with self.writing() as connection:
            days.store(connection, summaries, midnight, zone=zone, today=today, even_purged=even_purged)

    def store_workouts(
        self, read: Iterable[Workout], start: int, end: int, now: int, *, even_purged: bool = False
    ) -> None:
        """Store a complete reading of the workouts that begin in an interval; see `workouts.store`."""
        with self.writing() as connection:
            workouts.store(connection, read, start, end, now, even_purged=even_purged)

    def store_sleep(
        self, read: Iterable[SleepSession], start: int, end: int, now: int, *, even_purged: bool = False
    ) -> None:
        """Store a complete reading of the sleep sessions that end in an interval; see `sleep.store`."""
        with self.writing() as connection:
            sleep.store(connection, read, start, end, now, even_purged=even_purged)

    def count_figures(self, now: int) -> bool:
        """Count figures of workouts and sleep; return whether to call it again.

        See `SessionKind.count_figures`.
        """
        with self.writing() as connection:
            left = [kind.count_figures(connection, now) for kind in (workouts, sleep)]
        return any(left)

    def note_announced(self, keys: Iterable[str], now: int) -> None:
        """Mark the workouts with these ids as announced."""
        with self.writing() as connection:
            workouts.note_announced(connection, keys, now)

    def note_nights_announced(self, keys: Iterable[str], now: int) -> None:
        """Mark the nights with these parts as announced."""
        with self.writing() as connection:
            sleep.note_announced(connection, keys, now)

    def store_daily_values(
        self,
        kind: str,
        values: Mapping[date, float],
        midnight: Callable[[date], int],
        *,
        today: date | None = None,
        even_purged: bool = False,
    ) -> None:
        """Store values of a kind by their days; see `daily_values.store`."""
        with self.writing() as connection:
            daily_values.store(connection, kind, values, midnight, today=today, even_purged=even_purged)

    def workouts(self, start: int, end: int) -> list[Kept]:
        """Return the workouts that touch an interval, in order of time, without duplicates."""
        with self.reading() as connection:
            return workouts.between(connection, start, end)

    def workout(self, key: str) -> Kept | None:
        """Return the workout with an id, or None where there is none."""
        with self.reading() as connection:
            return workouts.find(connection, key)

    def last_workout(self, now: int) -> Kept | None:
        """Return the finished workout that ended last, or None without one."""
        with self.reading() as connection:
            return workouts.last(connection, now)

    def workouts_to_announce(self, now: int) -> list[Kept]:
        """Return the finished workouts that are not announced yet, in order of time."""
        with self.reading() as connection:
            return workouts.to_announce(connection, now)

    def nights(self, start: int, end: int) -> list[Night]:
        """Return the nights and naps of which a part touches an interval, in order of time."""
        with self.reading() as connection:
            return sleep.between(connection, start, end)

    def night(self, key: str) -> Night | None:
        """Return the night or nap with a part of an id, or None where there is none."""
        with self.reading() as connection:
            return sleep.find(connection, key)

    def last_night(self, now: int) -> Night | None:
        """Return the last night, as its finished parts make it, or None without one."""
        with self.reading() as connection:
            return sleep.last(connection, now)

    def nights_to_announce(self, now: int) -> list[Night]:
        """Return the finished nights with figures that are not announced yet, in order of time."""
        with self.reading() as connection:
            return sleep.to_announce(connection, now)

    def newest_daily_values(self, last: date) -> list[DailyValue]:
        """Return the newest value of each kind up to a day."""
        with self.reading() as connection:
            return daily_values.newest(connection, last)

    def daily_values(self, kind: str, first: date, last: date) -> dict[date, float]:
        """Return the values of a kind by their days, from the first to the last day, in order.

        The resting heart rate is one of the kinds.
        """
        with self.reading() as connection:
            if kind == RESTING_HEART_RATE:
                return days.resting(connection, first, last)
            return daily_values.between(connection, kind, first, last)

    def latest(self, until: int = FOREVER) -> Sample | None:
        """Return the newest sample up to a moment."""
        with self.reading() as connection:
            return samples.latest(connection, until)

    def summary(self, start: int, end: int, *, newer_than: int = -1) -> Summary | None:
        """Return the summary of an interval; see `samples.summary`."""
        with self.reading() as connection:
            return samples.summary(connection, start, end, newer_than=newer_than)

    def day(self, day: date) -> DaySummary:
        """Return the summary of a civil day, with the newest resting heart rate that is known on it."""
        with self.reading() as connection:
            return days.day(connection, day)

    def version(self) -> int:
        """Return the number of the last transaction that stored or deleted samples."""
        with self.reading() as connection:
            return samples.VERSION.number(connection)

    def count(self) -> int:
        """Return the number of samples."""
        return self.holdings().samples

    def holdings(self) -> Holdings:
        """Return the contents in numbers."""
        tables = ("samples", "hours", "days", "workouts", "sleep", "daily_values")
        counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in tables)
        with self.reading() as connection:
            row = connection.execute(
                f"SELECT {counts}, (SELECT min(time) FROM samples), (SELECT max(time) FROM samples)"
            ).fetchone()
        return Holdings(*row)

    def prune(self, keep: int, now: int, *, start: int = 0, end: int = FOREVER) -> int:
        """Remove the samples of an interval that are older by `keep` seconds than the newest one of all.

        Returns their number. Pending and quarantined beats stay, and so do the hours. Age is counted from the
        newest sample, or a clock that jumps ahead would empty the archive.
        """
        with self.writing() as connection:
            if (newest := samples.latest(connection)) is None:
                return 0
            before = (min(newest[0], now) - keep) // HOUR * HOUR
            purged.add(connection, 0, before)
            end = min(end, before)
            outbox.keep_delivered(connection, start, end)
            return samples.prune(connection, start, end)

    def purge(self, start: int, end: int, civil_days: tuple[date, date], now: int) -> Purged:
        """Remove everything known of an interval, pending beats included.

        `civil_days` are the first and last day that the interval touches. Later readings skip the part of the
        interval up to `now`. There must be no request under way: a batch in flight with beats of the interval
        is taken out of flight.
        """
        if (end := min(end, now + 1)) <= start:
            return Purged(0, 0)
        with self.writing() as connection:
            outbox.keep_delivered(connection, start, end)
            pending = outbox.purge(connection, start, end)
            removed = samples.purge(connection, start, end)
            late.purge(connection, start, end)
            days.purge(connection, *civil_days)
            workouts.purge(connection, start, end)
            sleep.purge(connection, start, end)
            daily_values.purge(connection, *civil_days)
            purged.add(connection, start, end)
        self._shrink()
        return Purged(removed, pending)
