"""Brings in what a source has of the past: newest first, stretch by stretch, each stored before the next.

How far it got is kept in the archive, so that it goes on where it was after a restart. Polls come first: it
pauses while the requests that a service admits are needed for them.
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
from ..heart_rate.clock import HOUR, civil_day, midnight
from ..heart_rate.day import DaySummary
from .consequences import Importance, consequence, import_pause
from .errors import SourceError
from .source import READ_AT_ONCE, HeartRateSource, Reading

_LOGGER = logging.getLogger(__name__)


class Stage(StrEnum):
    """What has become of an import."""

    RUNNING = auto()
    DONE = auto()
    CANCELLED = auto()


@dataclass(frozen=True, slots=True)
class Import:
    """An import of whole hours, `start` to before `end`: all from `reached` on is in, `added` of it new."""

    start: int
    end: int
    reached: int
    added: int = 0
    stage: Stage = Stage.RUNNING

    @property
    def share(self) -> float:
        """How much of the range is in, from 0 to 1."""
        return (self.end - self.reached) / (self.end - self.start)


# The import that is under way, or the last one.
IMPORT: Final = Fact("import", Import)


class ImportRunningError(Exception):
    """There is an import under way already."""


class HistoryImport:
    """Runs one import at a time for an account."""

    def __init__(
        self,
        source: HeartRateSource,
        archive: Archive,
        time_zone: Callable[[], tzinfo],
        changed: Callable[[], Awaitable[None]],
        name: str,
    ) -> None:
        """Say whose import it is; `changed` is awaited whenever there is something new to show."""
        self.current: Import | None = None
        self.trouble: SourceError | ArchiveError | None = None
        self._source = source
        self._archive = archive
        self._time_zone = time_zone
        self._changed = changed
        self._name = name
        self._wake = asyncio.Event()
        self._storing = asyncio.Lock()
        self._failures = 0
        self._is_stopping = False

    @property
    def is_running(self) -> bool:
        """Whether there is something left to import."""
        return self.current is not None and self.current.stage is Stage.RUNNING

    async def load(self) -> None:
        """Take up where the import was left. Raises ArchiveError."""
        self.current = await asyncio.to_thread(self._archive.recall, IMPORT)

    async def begin(self, start: int, end: int) -> Import:
        """Begin to import a range of UNIX seconds, in whole hours.

        Raises ImportRunningError where one is under way, and ArchiveError.
        """
        start, end = start // HOUR * HOUR, -(-end // HOUR) * HOUR
        job = Import(start, end, end)
        async with self._storing:
            if self.is_running:
                raise ImportRunningError
            await self._keep(job)
        self._failures = 0
        self.trouble = None
        self._wake.set()
        return job

    async def cancel(self) -> None:
        """End the import where it is: what is in stays, and nothing more comes in. Raises ArchiveError."""
        async with self._storing:
            if self.current and self.is_running:
                await self._keep(replace(self.current, stage=Stage.CANCELLED))
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
            pause = await self._step() if self.is_running else None
            if pause == 0:
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()

    async def _step(self) -> float:
        """Bring in the next stretch; return for how many seconds to wait before the one after it."""
        job = self.current
        if job is None or (pause := self._source.pause()):
            return pause
        trouble: SourceError | ArchiveError | None = None
        try:
            await self._bring_in(job, max(job.start, (job.reached - 1) // READ_AT_ONCE * READ_AT_ONCE))
            self._failures = 0
        except (SourceError, ArchiveError) as error:
            trouble = error
            self._failures += 1
            pause = import_pause(error, self._failures)
        if self._is_stopping:
            return pause
        self._note(trouble if self.is_running else None)
        # Trouble with the archive is told by the poll.
        with contextlib.suppress(ArchiveError):
            await self._changed()
        return pause

    async def _bring_in(self, job: Import, start: int) -> None:
        """Read a stretch and store it, unless the import was cancelled meanwhile."""
        reading = await self._source.samples(start, job.reached)
        days = await self._read_days(start, job.reached)
        async with self._storing:
            if self._is_stopping or self.current is not job:
                return
            now = int(time.time())
            self.current = await asyncio.to_thread(self._store, job, start, reading, days, now)

    def _store(
        self, job: Import, start: int, reading: Reading, days: Iterable[DaySummary], now: int
    ) -> Import:
        """Store an interval, even if it was purged before, and how far the import is by that."""
        with self._archive.writing() as connection:
            stored = samples_table.store(
                connection, reading.samples, now, detail=reading.detail, even_purged=True
            )
            days_table.store(connection, days, self._midnight, zone=str(self._time_zone()), even_purged=True)
            note_complete(connection, start, job.end)
            stage = Stage.DONE if start <= job.start else Stage.RUNNING
            job = replace(job, reached=start, added=job.added + stored.added, stage=stage)
            IMPORT.set(connection, job)
        return job

    async def _read_days(self, start: int, end: int) -> list[DaySummary]:
        """Return what is known of the days of a stretch; what the account is denied is left out."""
        zone = self._time_zone()
        first, last = (civil_day(moment, zone) for moment in (start, end - 1))
        days = [DaySummary(found.day, found) for found in await self._source.resting_heart_rates(first, last)]
        try:
            zones = await self._source.zones(first, last)
        except SourceError as error:
            if not consequence(error, Importance.SIDE).is_denied:
                raise
            return days
        return days + [DaySummary(day, zones=found) for day, found in zones.items()]

    def _midnight(self, day: date) -> int:
        return midnight(day, self._time_zone())

    async def _keep(self, job: Import) -> None:
        """Note how far the import is, on the disk first."""
        await asyncio.to_thread(self._archive.remember, IMPORT, job)
        self.current = job

    def _note(self, trouble: SourceError | ArchiveError | None) -> None:
        if trouble and not self.trouble:
            _LOGGER.warning("%s: the import waits: %s", self._name, trouble)
        elif self.trouble and not trouble:
            _LOGGER.info("%s: the import goes on", self._name)
        self.trouble = trouble
