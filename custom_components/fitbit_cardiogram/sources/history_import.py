"""Imports the past of a source: newest first, interval by interval, each stored before the next is read.

The archive keeps its progress, so that it goes on after a restart. Polls come first: the import pauses while
the requests that a service admits are needed for them.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
import contextlib
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from enum import StrEnum, auto
import logging
import time
from typing import Final

from ..archive import days as days_table, samples as samples_table
from ..archive.archive import Archive
from ..archive.database import ArchiveError
from ..archive.facts import Fact
from ..archive.late import note_complete
from ..archive.rows import NUMBER_MAX
from ..heart_rate.clock import HOUR, civil_day, midnight
from ..heart_rate.day import DaySummary
from ..heart_rate.interval import Interval
from .consequences import BACK_OFF_MAX, Importance, consequence, import_pause
from .errors import SourceError
from .source import READ_AT_ONCE, HeartRateSource, Reading

_LOGGER = logging.getLogger(__name__)


class Stage(StrEnum):
    """The stage of an import."""

    RUNNING = auto()
    DONE = auto()
    CANCELLED = auto()


@dataclass(frozen=True, slots=True)
class Import:
    """An import of whole hours, `start` to before `end`: all from `reached` on is in, `added` of it new.

    `lacking` are the intervals whose samples are in, but whose days could not be read; newest first, and of
    this or an earlier import.
    """

    start: int
    end: int
    reached: int
    added: int = 0
    stage: Stage = Stage.RUNNING
    lacking: tuple[Interval, ...] = ()

    def __post_init__(self) -> None:
        """Refuse numbers that no import has, as a damaged file may hold them."""
        intervals = ((self.start, self.end), *self.lacking)
        if not self.start <= self.reached <= self.end or not all(map(_is_interval, intervals)):
            raise ValueError("no import")

    @property
    def share(self) -> float:
        """The imported part of the interval, from 0 to 1."""
        return (self.end - self.reached) / (self.end - self.start)


def _is_interval(interval: Interval) -> bool:
    return -1 < interval[0] < interval[1] < NUMBER_MAX


# The import that is under way, or the last one.
IMPORT: Final = Fact("import", Import)


class ImportRunningError(Exception):
    """Another import is under way."""


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
    ) -> None:
        """Import from the source into the archive; `changed` is awaited when there is something to show.

        `retention` is in seconds, `time_zone` returns that of the account, `name` is used in the log.
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
        # Days are not asked for before this moment, by a clock that does not jump.
        self._days_due = 0.0

    @property
    def is_running(self) -> bool:
        """Whether there is something left to import."""
        return self.current is not None and self.current.stage is Stage.RUNNING

    async def load(self) -> None:
        """Take up where the import was left. Raises ArchiveError."""
        self.current = await asyncio.to_thread(self._archive.recall, IMPORT)

    async def begin(self, start: int, end: int) -> Import:
        """Begin to import an interval, widened to whole hours.

        Raises ImportRunningError if one is under way, and ArchiveError.
        """
        start, end = start // HOUR * HOUR, -(-end // HOUR) * HOUR
        async with self._storing:
            if self.is_running:
                raise ImportRunningError
            job = Import(start, end, end, lacking=self.current.lacking if self.current else ())
            await self._keep(job)
        self._days_due = 0.0
        self._failures = 0
        self.trouble = None
        self._wake.set()
        return job

    async def cancel(self) -> None:
        """End the import where it is; all that is imported stays. Raises ArchiveError."""
        async with self._storing:
            if self.current and self.is_running:
                await self._keep(replace(self.current, stage=Stage.CANCELLED, lacking=()))
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
        """Read the days of the newest interval that lacks them; return the seconds to wait, or None."""
        job = self.current
        if job is None or not job.lacking:
            return None
        if pause := max(self._source.pause(), self._days_due - time.monotonic()):
            return pause
        interval, *others = job.lacking
        days, is_complete = await self._read_days(interval)
        if not is_complete:
            others = [interval, *others]
        async with self._storing:
            if self._is_stopping or self.current is not job:
                return 0
            filled = replace(job, lacking=tuple(others))
            try:
                self.current = await asyncio.to_thread(self._store_days, filled, days)
            except ArchiveError:
                # The poll reports trouble with the archive.
                return BACK_OFF_MAX
        with contextlib.suppress(ArchiveError):
            await self._changed()
        return 0

    async def _import(self, job: Import, start: int) -> None:
        """Read an interval and store it, unless the import was cancelled meanwhile."""
        interval = (start, job.reached)
        reading = await self._source.samples(*interval)
        days, is_complete = await self._read_days(interval)
        after = job if is_complete else replace(job, lacking=(*job.lacking, interval))
        async with self._storing:
            if self._is_stopping or self.current is not job:
                return
            now = int(time.time())
            self.current = await asyncio.to_thread(self._store, after, start, reading, days, now)
            # Its hours are counted. If old samples stayed to the end, an import of years would fill the disk.
            await asyncio.to_thread(self._archive.prune, self._retention, now, start=start, end=job.reached)

    def _store(
        self, job: Import, start: int, reading: Reading, days: Iterable[DaySummary], now: int
    ) -> Import:
        """Store an interval, even if it was purged before, and the progress."""
        with self._archive.writing() as connection:
            stored = samples_table.store(
                connection, reading.samples, now, detail=reading.detail, even_purged=True
            )
            days_table.store(connection, days, self._midnight, zone=str(self._time_zone()), even_purged=True)
            note_complete(connection, start, job.end, now)
            stage = Stage.DONE if start <= job.start else Stage.RUNNING
            job = replace(job, reached=start, added=job.added + stored.added, stage=stage)
            IMPORT.set(connection, job)
        return job

    def _store_days(self, job: Import, days: Iterable[DaySummary]) -> Import:
        """Store days that an interval lacked, unless they were purged meanwhile, and the progress."""
        with self._archive.writing() as connection:
            days_table.store(connection, days, self._midnight)
            IMPORT.set(connection, job)
        return job

    async def _read_days(self, interval: Interval) -> tuple[list[DaySummary], bool]:
        """Return the days of an interval as far as they can be read, and whether that is all there is.

        Trouble with days never holds the samples. After a failure, days are asked for again an hour later.
        """
        if time.monotonic() < self._days_due:
            return [], False
        zone = self._time_zone()
        first, last = (civil_day(moment, zone) for moment in (interval[0], interval[1] - 1))
        days: list[DaySummary] = []
        is_complete = True
        for read in (self._read_resting, self._read_zones):
            try:
                days += await read(first, last)
            except SourceError as error:
                # A permission that is missing does not come back by waiting.
                is_complete = is_complete and consequence(error, Importance.SIDE).lacks_scope
                _LOGGER.debug("%s: days left out of the import: %s", self._name, error)
        if not is_complete:
            self._days_due = time.monotonic() + BACK_OFF_MAX
        return days, is_complete

    async def _read_resting(self, first: date, last: date) -> list[DaySummary]:
        resting = await self._source.resting_heart_rates(first, last)
        return [DaySummary(found.day, found) for found in resting]

    async def _read_zones(self, first: date, last: date) -> list[DaySummary]:
        zones = await self._source.zones(first, last)
        return [DaySummary(day, zones=found) for day, found in zones.items()]

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
