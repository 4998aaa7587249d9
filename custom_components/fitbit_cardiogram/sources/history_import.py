"""Imports the past of a source: newest first, part by part, each stored before the next is read.

The archive keeps its progress, so that it goes on after a restart. Polls come first: the import pauses while
the requests that a service admits are needed for them. Days, workouts, sleep and daily values come in with
the samples; where one of them cannot be read, it is added later, and nothing else waits for it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
import contextlib
from dataclasses import dataclass, field, replace
from datetime import date, tzinfo
from enum import StrEnum, auto
from functools import partial
import logging
from math import ceil
from sqlite3 import Connection
import time
from typing import Final, Protocol

from ..archive import (
    daily_values as daily_values_table,
    days as days_table,
    samples as samples_table,
    sleep as sleep_table,
    workouts as workouts_table,
)
from ..archive.archive import Archive
from ..archive.database import ArchiveError
from ..archive.facts import Fact
from ..archive.late import note_complete
from ..archive.rows import NUMBER_MAX
from ..heart_rate.clock import DAY, HOUR, MINUTE, civil_day, midnight
from ..heart_rate.day import DaySummary
from ..heart_rate.interval import Interval, joined, without
from .consequences import BACK_OFF_MAX, Importance, consequence, import_pause
from .errors import SourceError
from .kinds import DAILY_VALUES, RESTING, SAMPLES, SLEEP, WORKOUTS, ZONES, Kind
from .source import READ_AT_ONCE, HeartRateSource, Reading

_LOGGER = logging.getLogger(__name__)

# Daily values are few, and read for twelve weeks at once; Google rolls up no more than 90 days.
VALUES_AT_ONCE: Final = 12 * READ_AT_ONCE
# Samples older than the retention stay so much longer, for a workout that begins in the interval before.
KEPT_FOR_WORKOUTS: Final = DAY

type Store = Callable[[Connection, bool], None]
"""Stores what was read, into purged intervals only if that is set."""


class StoreSessions[One](Protocol):
    """Stores a complete reading of an interval, into purged ones only if that is set."""

    def __call__(
        self,
        connection: Connection,
        read: list[One],
        start: int,
        end: int,
        now: int,
        /,
        *,
        even_purged: bool,
    ) -> object:
        """Store the reading."""
        ...


class Stage(StrEnum):
    """The stage of an import."""

    RUNNING = auto()
    DONE = auto()
    CANCELLED = auto()


@dataclass(frozen=True, slots=True)
class Cost:
    """About what an import takes."""

    days: int
    requests: int
    minutes: int


class UnconfirmedError(Exception):
    """Raised for an import that is longer than may begin without a person's word; `cost` is what it takes."""

    def __init__(self, cost: Cost) -> None:
        super().__init__("not confirmed")
        self.cost = cost


@dataclass(frozen=True, slots=True)
class Import:
    """An import of whole hours, `start` to before `end`: all from `reached` on is in.

    `further` holds the intervals that were asked for while it ran: each is imported by itself after it, the
    newest first, and then joins those that are `over`. Of all of them, `added` samples were new. `left_out`
    holds by the key of a kind the intervals in which it could not be read; newest first, and of this or an
    earlier import. `unconfirmed` are the seconds that were asked for since a person last confirmed it.
    """

    start: int
    end: int
    reached: int
    added: int = 0
    stage: Stage = Stage.RUNNING
    left_out: Mapping[str, tuple[Interval, ...]] = field(default_factory=dict)
    further: tuple[Interval, ...] = ()
    over: tuple[Interval, ...] = ()
    unconfirmed: int = 0
    # As older releases kept those of resting heart rates and zones.
    lacking: tuple[Interval, ...] = ()

    def __post_init__(self) -> None:
        """Refuse numbers that no import has, as a damaged file may hold them."""
        left_out = [interval for intervals in self.left_out.values() for interval in intervals]
        intervals = (*self.asked, *self.lacking, *left_out)
        is_one = self.start <= self.reached <= self.end and self.unconfirmed >= 0
        if not is_one or not all(map(_is_interval, intervals)):
            raise ValueError("no import")

    def leaving_out(self, key: str, interval: Interval) -> Import:
        """Return the import with an interval left out that is older than the others of its kind."""
        others = self.left_out.get(key, ())
        if others and others[-1][0] == interval[1]:
            interval, others = (interval[0], others[-1][1]), others[:-1]
        return replace(self, left_out={**self.left_out, key: (*others, interval)})

    def filled_in(self, key: str, start: int) -> Import:
        """Return the import without the part of a kind's newest interval from a moment on."""
        newest, *others = self.left_out[key]
        older = [(newest[0], start), *others] if newest[0] < start else others
        left_out = {**self.left_out, key: tuple(older)}
        return replace(self, left_out={one: left for one, left in left_out.items() if left})

    def with_more(self, interval: Interval) -> Import:
        """Return the import with an interval beside its own, of which no part is imported twice."""
        more = without(interval, self.asked)
        return replace(self, further=tuple(reversed(joined((*self.further, *more)))))

    def taking_on(self, other: Import) -> Import:
        """Return the import with what another state of it was asked for beside its own interval."""
        return replace(self, further=other.further, unconfirmed=other.unconfirmed)

    def at(self, reached: int, added: int) -> Import:
        """Return the import that has come to a moment; at its start, its next interval begins."""
        added += self.added
        if reached > self.start:
            return replace(self, reached=reached, added=added)
        if not self.further:
            return replace(self, reached=reached, added=added, stage=Stage.DONE)
        (start, end), *further = self.further
        over = tuple(joined((*self.over, (self.start, self.end))))
        return replace(
            self, start=start, end=end, reached=end, added=added, further=tuple(further), over=over
        )

    @property
    def asked(self) -> tuple[Interval, ...]:
        """All intervals that it is to import, or has."""
        return (*self.over, (self.start, self.end), *self.further)

    @property
    def left(self) -> tuple[Interval, ...]:
        """The intervals that are not in yet."""
        return tuple(part for part in ((self.start, self.reached), *self.further) if part[0] < part[1])

    def settled(self, start: int) -> Interval:
        """Return the interval in which old samples can go, once all from `start` on is in.

        Samples beside what is yet to come stay, for a workout that reaches across, and go once that is in.
        """
        first, last = start, self.reached
        if start > self.start or _touching(self.further, end=self.start):
            first += KEPT_FOR_WORKOUTS
        elif _touching(self.over, end=self.start):
            first -= KEPT_FOR_WORKOUTS
        if last < self.end or _touching(self.over, start=self.end):
            last += KEPT_FOR_WORKOUTS
        if _touching(self.further, start=self.end):
            last = min(last, self.end - KEPT_FOR_WORKOUTS)
        return first, last

    @property
    def whole(self) -> Interval:
        """The interval from the start of the oldest to the end of the newest."""
        return min(start for start, _ in self.asked), max(end for _, end in self.asked)

    @property
    def share(self) -> float:
        """The imported part of all, from 0 to 1."""
        return 1 - _length(self.left) / _length(self.asked)


def _is_interval(interval: Interval) -> bool:
    return -1 < interval[0] < interval[1] < NUMBER_MAX


def _touching(intervals: Iterable[Interval], *, start: int | None = None, end: int | None = None) -> bool:
    """Return whether one of these intervals starts or ends at a moment."""
    return any(start == first or end == last for first, last in intervals)


def _length(intervals: Iterable[Interval]) -> int:
    return sum(end - start for start, end in intervals)


# The import that is under way, or the last one.
IMPORT: Final = Fact("import", Import)


@dataclass(frozen=True, slots=True)
class SideKind:
    """A kind of data beside the samples: read for so many seconds at once, a multiple of READ_AT_ONCE."""

    at_once: int
    read: Callable[[Interval], Awaitable[Store]]

    def newest(self, interval: Interval) -> Interval:
        """Return the newest part of an interval, as long as can be read at once."""
        start, end = interval
        return max(start, (end - 1) // self.at_once * self.at_once), end

    def next(self, job: Import) -> Interval | None:
        """Return the interval to read together with the next samples, or None if it is in already."""
        is_begun = job.reached < job.end and job.reached % self.at_once
        return None if is_begun else self.newest((job.start, job.reached))


class HistoryImport:
    """Runs one import at a time for an account."""

    def __init__(
        self,
        source: HeartRateSource,
        archive: Archive,
        retention: int,
        time_zone: Callable[[], tzinfo],
        changed: Callable[[], Awaitable[None]],
        name: str,
        *,
        kinds: Iterable[Kind],
    ) -> None:
        """Import these kinds, and the samples, from the source into the archive.

        `changed` is awaited when there is something to show. `retention` is in seconds, `time_zone` returns
        that of the account, `name` is used in the log.
        """
        self.current: Import | None = None
        self.trouble: SourceError | ArchiveError | None = None
        self._source = source
        self._archive = archive
        self._retention = retention
        self._time_zone = time_zone
        self._changed = changed
        self._name = name
        self._wake = asyncio.Event()
        self._storing = asyncio.Lock()
        self._failures = 0
        self._is_stopping = False
        side = {
            RESTING: SideKind(READ_AT_ONCE, self._read_resting),
            ZONES: SideKind(READ_AT_ONCE, self._read_zones),
            WORKOUTS: SideKind(READ_AT_ONCE, partial(_read_sessions, source.workouts, workouts_table.store)),
            SLEEP: SideKind(READ_AT_ONCE, partial(_read_sessions, source.sleep_sessions, sleep_table.store)),
        } | {
            kind: SideKind(VALUES_AT_ONCE, partial(self._read_daily_values, kind.key))
            for kind in DAILY_VALUES
        }
        self._side = {kind.key: side[kind] for kind in kinds if kind in side}
        # A kind is not asked for before this moment, by a clock that does not jump.
        self._due = dict.fromkeys(self._side, 0.0)

    @property
    def is_running(self) -> bool:
        """Whether there is something left to import."""
        return self.current is not None and self.current.stage is Stage.RUNNING

    def is_importing(self, start: int, end: int) -> bool:
        """Return whether anything of an interval is part of an import under way."""
        job = self.current if self.is_running else None
        return job is not None and any(first < end and start < last for first, last in job.asked)

    async def load(self) -> None:
        """Take up where the import was left. Raises ArchiveError."""
        job = await asyncio.to_thread(self._archive.recall, IMPORT)
        if job and job.lacking:
            days = dict.fromkeys((RESTING.key, ZONES.key), job.lacking)
            job = replace(job, left_out={**job.left_out, **days}, lacking=())
        self.current = job

    def cost(self, intervals: Iterable[Interval]) -> Cost:
        """Return about what it takes to import intervals."""
        intervals = list(intervals)
        at_once = {SAMPLES.key: READ_AT_ONCE} | {key: side.at_once for key, side in self._side.items()}
        requests = sum(
            self._source.requests_for(key, seconds)
            for key, most in at_once.items()
            for seconds in _lengths(intervals, most)
        )
        seconds = self._source.seconds_for(requests)
        return Cost(-(-_length(intervals) // DAY), requests, ceil(seconds / MINUTE))

    async def begin(self, start: int, end: int, *, unconfirmed_max: int | None = None) -> Import:
        """Begin to import an interval, widened to whole hours; one that is under way takes it on as well.

        Without `unconfirmed_max`, in seconds, it counts as confirmed. Raises ArchiveError, and
        UnconfirmedError where more than that would be imported unconfirmed.
        """
        asked = (start, end)
        start, end = start // HOUR * HOUR, -(-end // HOUR) * HOUR
        async with self._storing:
            running = self.current if self.is_running else None
            if running:
                job = running.with_more((start, end))
                unconfirmed = running.unconfirmed + _length(without(asked, running.asked))
            else:
                job = Import(start, end, end, left_out=self.current.left_out if self.current else {})
                unconfirmed = _length([asked])
            if unconfirmed_max is None:
                unconfirmed = 0
            elif unconfirmed > unconfirmed_max:
                raise UnconfirmedError(self.cost(job.left))
            job = replace(job, unconfirmed=unconfirmed)
            if job != running:
                await self._keep(job)
        if running:
            return job
        self._due = dict.fromkeys(self._side, 0.0)
        self._failures = 0
        self.trouble = None
        self._wake.set()
        return job

    async def cancel(self) -> None:
        """End the import where it is; all that is imported stays. Raises ArchiveError."""
        async with self._storing:
            if self.current and self.is_running:
                await self._keep(replace(self.current, stage=Stage.CANCELLED, left_out={}))
        self.trouble = None
        self._wake.set()

    async def stop(self) -> None:
        """Store nothing more; what is left is imported another time."""
        self._is_stopping = True
        self._wake.set()
        async with self._storing:
            pass

    async def run(self) -> None:
        """Import whatever there is to import, until stopped."""
        while not self._is_stopping:
            self._wake.clear()
            pause = await (self._step() if self.is_running else self._fill_in())
            if pause == 0:
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()

    async def _step(self) -> float:
        """Import the next interval; return the seconds to wait before the one after it."""
        if (job := self.current) is None:
            return 0
        if pause := self._source.pause():
            return pause
        trouble: SourceError | ArchiveError | None = None
        try:
            await self._import(job, max(job.start, (job.reached - 1) // READ_AT_ONCE * READ_AT_ONCE))
            self._failures = 0
        except (SourceError, ArchiveError) as error:
            trouble = error
            self._failures += 1
            pause = import_pause(error, self._failures)
        if self._is_stopping:
            return pause
        self._note(trouble if self.is_running else None)
        # The poll reports trouble with the archive.
        with contextlib.suppress(ArchiveError):
            await self._changed()
        return pause

    async def _fill_in(self) -> float | None:
        """Read something that was left out; return the seconds to wait before the next, or None."""
        job = self.current
        left_out = [key for key in job.left_out if key in self._side] if job else []
        if job is None or not left_out:
            return None
        key = min(left_out, key=self._due.__getitem__)
        if pause := max(self._source.pause(), self._due[key] - time.monotonic()):
            return pause
        interval = self._side[key].newest(job.left_out[key][0])
        if (store := await self._read_side(key, interval)) is None:
            return 0
        async with self._storing:
            if self._is_over(job):
                return 0
            filled = job.filled_in(key, interval[0])
            try:
                self.current = await asyncio.to_thread(self._store_side, filled, store)
            except ArchiveError:
                # The poll reports trouble with the archive.
                return BACK_OFF_MAX
        with contextlib.suppress(ArchiveError):
            await self._changed()
        return 0

    async def _import(self, job: Import, start: int) -> None:
        """Read an interval and store it, unless the import was cancelled meanwhile."""
        reading = await self._source.samples(start, job.reached)
        after, stores = job, list[Store]()
        for key, side in self._side.items():
            if self._is_over(job):
                return
            if (interval := side.next(job)) is None:
                continue
            if store := await self._read_side(key, interval):
                stores.append(store)
            else:
                after = after.leaving_out(key, interval)
        async with self._storing:
            if self._is_over(job) or (current := self.current) is None:
                return
            after, now = after.taking_on(current), int(time.time())
            self.current = await asyncio.to_thread(self._store, after, start, reading, stores, now)
            await asyncio.to_thread(self._shed, after, start, now)

    def _is_over(self, job: Import) -> bool:
        """Return whether an import has been stopped, cancelled or begun anew; one with more added goes on."""
        current = self.current
        return self._is_stopping or current is None or current.taking_on(job) != job

    def _store(self, job: Import, start: int, reading: Reading, stores: Iterable[Store], now: int) -> Import:
        """Store an interval, even if it was purged before, and the progress."""
        with self._archive.writing() as connection:
            stored = samples_table.store(
                connection, reading.samples, now, detail=reading.detail, even_purged=True
            )
            for store in stores:
                store(connection, True)
            note_complete(connection, start, job.end, now)
            job = job.at(start, stored.added)
            IMPORT.set(connection, job)
        return job

    def _store_side(self, job: Import, store: Store) -> Import:
        """Store values that came later, except for purged intervals, and the progress."""
        with self._archive.writing() as connection:
            store(connection, False)
            IMPORT.set(connection, job)
        return job

    def _shed(self, job: Import, start: int, now: int) -> None:
        """Count the figures of workouts, and let old samples go.

        If they stayed to the end, an import of years would fill the disk.
        """
        while self._archive.count_figures(now):
            pass
        first, last = job.settled(start)
        self._archive.prune(self._retention, now, start=first, end=last)

    async def _read_side(self, key: str, interval: Interval) -> Store | None:
        """Read an interval of a kind; return how to store it, or None where it is to be read later.

        After a failure, the kind is asked for again an hour later.
        """
        if time.monotonic() < self._due[key]:
            return None
        try:
            return await self._side[key].read(interval)
        except SourceError as error:
            _LOGGER.debug("%s: %s left out of the import: %s", self._name, key, error)
            # A permission that is missing does not come back by waiting.
            if consequence(error, Importance.SIDE).lacks_scope:
                return _store_nothing
        self._due[key] = time.monotonic() + BACK_OFF_MAX
        return None

    async def _read_resting(self, interval: Interval) -> Store:
        resting = await self._source.resting_heart_rates(*self._days_of(interval))
        return partial(self._store_days, [DaySummary(found.day, found) for found in resting])

    async def _read_zones(self, interval: Interval) -> Store:
        zones = await self._source.zones(*self._days_of(interval))
        return partial(self._store_days, [DaySummary(day, zones=found) for day, found in zones.items()])

    def _store_days(self, days: Iterable[DaySummary], connection: Connection, even_purged: bool) -> None:
        days_table.store(
            connection, days, self._midnight, zone=str(self._time_zone()), even_purged=even_purged
        )

    async def _read_daily_values(self, group: str, interval: Interval) -> Store:
        values = await self._source.daily_values(group, *self._days_of(interval))

        def store(connection: Connection, even_purged: bool) -> None:
            for key, found in values.items():
                daily_values_table.store(connection, key, found, self._midnight, even_purged=even_purged)

        return store

    def _days_of(self, interval: Interval) -> tuple[date, date]:
        """Return the first and the last civil day that an interval touches."""
        zone = self._time_zone()
        return civil_day(interval[0], zone), civil_day(interval[1] - 1, zone)

    def _midnight(self, day: date) -> int:
        return midnight(day, self._time_zone())

    async def _keep(self, job: Import) -> None:
        """Keep the progress, on the disk first."""
        await asyncio.to_thread(self._archive.remember, IMPORT, job)
        self.current = job

    def _note(self, trouble: SourceError | ArchiveError | None) -> None:
        if trouble and not self.trouble:
            _LOGGER.warning("%s: the import waits: %s", self._name, trouble)
        elif self.trouble and not trouble:
            _LOGGER.info("%s: the import goes on", self._name)
        self.trouble = trouble


async def _read_sessions[One](
    read: Callable[[int, int], Awaitable[list[One]]], table: StoreSessions[One], interval: Interval
) -> Store:
    """Read the workouts, or the sleep, of an interval; return how to store them."""
    found = await read(*interval)

    def store(connection: Connection, even_purged: bool) -> None:
        table(connection, found, *interval, int(time.time()), even_purged=even_purged)

    return store


def _lengths(intervals: Iterable[Interval], most: int) -> Iterator[int]:
    """Yield the lengths of the parts in which intervals are read, at multiples of the longest."""
    for start, end in intervals:
        for first in range(start // most * most, end, most):
            yield min(end, first + most) - max(start, first)


def _store_nothing(connection: Connection, even_purged: bool) -> None:
    """Store nothing: there is a permission missing for it."""
