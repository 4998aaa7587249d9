"""The poll: reads each kind of data that is due into the archive.

Trouble with a side kind stays with that kind; only trouble with the heart rate ends the poll.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta, tzinfo
from functools import partial
import logging
import time
from typing import Any, Final
from zoneinfo import ZoneInfo

from ..archive import samples as samples_table
from ..archive.archive import Archive
from ..archive.facts import Fact
from ..archive.late import COMPLETE_FROM, SOURCE_SINCE, note_complete
from ..archive.samples import Stored
from ..heart_rate.clock import DAY, civil_day, midnight
from ..heart_rate.day import DaySummary
from .by_turns import ByTurns
from .consequences import Consequence, consequence
from .errors import SourceError
from .kinds import (
    DAILY_VALUES,
    DATA_KINDS,
    LAST_SYNC,
    LATE_DATA,
    POLL_EVERY,
    RESTING,
    SAMPLES,
    SLEEP,
    TIME_ZONE,
    WORKOUTS,
    ZONES,
    Kind,
)
from .recheck import Recheck
from .rhythm import REACHED, SAME, Rhythm
from .source import FUTURE, READ_AT_ONCE, SLEEP_AT_ONCE, HeartRateSource, Reading

_LOGGER = logging.getLogger(__name__)

# The first reading reaches back so far; a sync may bring samples a little older than the newest known.
FIRST_READING: Final = DAY
OVERLAP: Final = 5 * 60
# Daily values are asked for again so many days back: they come late too.
DAYS_BACK: Final = 14
# Workouts are read again so far back each time, and those before them together.
NEWEST_WORKOUTS: Final = 3 * DAY
OLDER_WORKOUTS: Final = 27 * DAY

# Facts as the service said last: the account's own time zone, and the last sync of its devices.
TIME_ZONE_NAME: Final = Fact("time_zone", str)
SYNCED_AT: Final = Fact("last_sync", int)


class Poll:
    """Reads the kinds of data of one account when they are due."""

    def __init__(
        self,
        source: HeartRateSource,
        archive: Archive,
        retention: int,
        home_zone: Callable[[], tzinfo],
        name: str,
        *,
        kinds: Sequence[Kind],
        is_borrowed: bool = False,
    ) -> None:
        """Poll these kinds of the source into the archive.

        `name` is used in the log, and `is_borrowed` tells whether the sign-in is. `retention` is in seconds;
        `home_zone` returns the time zone that stands in for an unknown one.
        """
        self.errors: dict[Kind, SourceError] = {}
        # The earliest second of the last poll's samples, in UNIX seconds.
        self.read_from = int(time.time())
        self._source = source
        self._archive = archive
        self._retention = retention
        self._home_zone = home_zone
        self._name = name
        self._is_borrowed = is_borrowed
        self._recheck = Recheck(source, archive)
        self._sessions: Mapping[Kind, ByTurns[Any]] = {
            WORKOUTS: ByTurns(source.workouts, archive.store_workouts, NEWEST_WORKOUTS, OLDER_WORKOUTS),
            SLEEP: ByTurns(source.sleep_sessions, archive.store_sleep, SLEEP_AT_ONCE, SLEEP_AT_ONCE),
        }
        self._read: Mapping[Kind, Callable[[], Awaitable[None]]] = {
            LAST_SYNC: self._read_last_sync,
            SAMPLES: self._read_samples,
            TIME_ZONE: self._read_time_zone,
            RESTING: self._read_resting,
            ZONES: self._read_zones,
            LATE_DATA: self._read_late_data,
            **{kind: partial(self._read_sessions, kind) for kind in self._sessions},
            **{kind: partial(self._read_daily_values, kind) for kind in DAILY_VALUES},
        }
        self.kinds = kinds
        self._due = dict.fromkeys(DATA_KINDS, 0.0)
        # These are early once, so that not all kinds of one rhythm are asked for in the same hour.
        self._early = set(DAILY_VALUES[1::2])
        self._side_paused_until = 0.0
        # By a clock that does not jump, as what is due is.
        self._last_success = dict.fromkeys(DATA_KINDS, time.monotonic())
        self._time_zone: tzinfo | None = None
        self._last_sync: int | None = None
        # The last sync after which samples were read, and the first reading after it, by the same clock.
        self._sync_read: int | None = None
        self._first_read_at = 0.0
        self._read_once_more = False
        self._rhythm = Rhythm()
        self._is_look = False
        # The newest sample, if this poll has read samples.
        self._newest: int | None = None
        # The seconds by which the service's clock is ahead of the one that does not jump, once known.
        self._ahead: float | None = None
        self._source_since = 0

    @property
    def zone(self) -> tzinfo:
        """The account's own time zone, or Home Assistant's where the account's is not known."""
        return self._time_zone or self._home_zone()

    def age(self, kind: Kind) -> float:
        """Return the seconds since the last poll that left this kind without an error, or since set-up."""
        return time.monotonic() - self._last_success[kind]

    @property
    def consequences(self) -> dict[Kind, Consequence]:
        """The consequence of the trouble with each kind that has some."""
        return {kind: self._consequence(error, kind) for kind, error in self.errors.items()}

    def hurry(self, kinds: Iterable[Kind] = DATA_KINDS) -> None:
        """Ask for these kinds, or for everything, with the next poll."""
        self._side_paused_until = 0.0
        self._due |= dict.fromkeys(kinds, 0.0)

    def load(self) -> None:
        """Take up the facts of earlier polls. Blocks on the disk. Raises ArchiveError."""
        recall = self._archive.recall
        self._source_since = recall(SOURCE_SINCE) or 0
        self._last_sync = recall(SYNCED_AT)
        with suppress(KeyError, OSError, ValueError):  # of another computer, which knew more zones
            self._time_zone = ZoneInfo(name) if (name := recall(TIME_ZONE_NAME)) else None

    async def run(self) -> None:
        """Read each kind that is due, and keep the errors of single kinds in `errors`.

        Raises the SourceError of the sign-in or of the heart rate that ends the poll, and ArchiveError.
        """
        await self._source.authorize()
        self._is_look = self._ahead is not None and self._rhythm.is_due(time.monotonic() + self._ahead)
        self._newest = None
        # A side kind that fails does not keep others waiting.
        for kind in sorted(self.kinds, key=lambda kind: kind.is_side and kind in self.errors):
            if self._is_due(kind):
                await self._read_kind(kind)
        self._note_rhythm()
        if not self._sessions.keys().isdisjoint(self.kinds):
            await self._count_figures()
        self._last_success |= dict.fromkeys(set(DATA_KINDS) - set(self.errors), time.monotonic())

    def next_look(self) -> float | None:
        """Return the time of the next poll that the rhythm of the syncs asks for, by `time.monotonic()`."""
        if self._ahead is None:
            return None
        look = self._rhythm.next_look(time.monotonic() + self._ahead)
        return None if look is None else look - self._ahead

    def _is_due(self, kind: Kind) -> bool:
        if kind is LAST_SYNC and (self._read_once_more or self._is_look):
            return False
        if kind is LATE_DATA and SAMPLES in self.errors:
            return False
        if kind.is_side and time.monotonic() < self._side_paused_until:
            return False
        error = self.errors.get(kind)
        is_denied = error is not None and self._consequence(error, kind).is_denied
        if kind is SAMPLES and not is_denied and self._may_bring_samples():
            return True
        return time.monotonic() >= self._due[kind]

    def _may_bring_samples(self) -> bool:
        """Whether a device has synced since the last reading, or may have.

        After a new sync the samples are read twice: they may take a while to appear.
        """
        return (
            self._read_once_more
            or self._is_look
            or LAST_SYNC in self.errors
            or self._last_sync is None
            or self._last_sync != self._sync_read
        )

    async def _read_kind(self, kind: Kind) -> None:
        """Read one kind of data into the archive and note how it went."""
        now = time.monotonic()
        try:
            await self._read[kind]()
        except SourceError as error:
            found = self._consequence(error, kind)
            if found.ends_poll:
                raise
            # The hint has a short time-out of its own, so its failure says little about the others.
            if found.pauses_side and kind.is_side:
                self._side_paused_until = now + found.again_after
            if kind not in self.errors:
                # Nothing depends on the hint: without it the samples are read, and they show what is wrong.
                level = logging.INFO if kind is LAST_SYNC else logging.WARNING
                _LOGGER.log(level, "%s: %s cannot be read: %s", self._name, kind.key, error)
            self.errors[kind] = error
            self._due[kind] = now + found.again_after
        else:
            if self.errors.pop(kind, None):
                _LOGGER.info("%s: %s can be read again", self._name, kind.key)
            self._last_success[kind] = time.monotonic()
            every = kind.every / 2 if kind in self._early else kind.every
            self._early.discard(kind)
            # The poll that comes round a little early counts.
            self._due[kind] = now + every - POLL_EVERY / 2

    async def _read_time_zone(self) -> None:
        zone = await self._source.time_zone()
        await asyncio.to_thread(self._archive.remember, TIME_ZONE_NAME, str(zone) if zone else None)
        self._time_zone = zone

    async def _read_last_sync(self) -> None:
        found = await self._source.last_sync()
        synced = int(found.timestamp()) if found else None
        if synced != self._last_sync:
            await asyncio.to_thread(self._archive.remember, SYNCED_AT, synced)
            self._last_sync = synced
        if synced is not None and self._rhythm.has_reached(synced):
            self._sync_read = synced

    async def _read_samples(self) -> None:
        """Read from the newest known sample on, interval by interval, each stored before the next is read."""
        synced, now = self._last_sync, int(time.time())
        latest = await asyncio.to_thread(self._archive.latest, now)
        newest = latest[0] if latest else 0
        since = newest - OVERLAP if latest else now - FIRST_READING
        self.read_from = start = max(since, self._earliest(now))
        skipped = held_back = 0
        while start < now:
            end = start + READ_AT_ONCE
            reading = await self._source.samples(start, end if end < now else now + FUTURE)
            stored = await asyncio.to_thread(self._store, reading, min(end, now), int(time.time()))
            skipped += reading.skipped
            held_back += stored.held_back
            start = end
            if reading.samples:
                newest = max(newest, min(reading.samples[-1][0], now))
        if skipped or held_back:
            _LOGGER.debug(
                "%s: %d odd points skipped, %d from the future held back", self._name, skipped, held_back
            )
        self._note_reading(synced, newest)

    def _note_reading(self, synced: int | None, newest: int) -> None:
        """Note a reading after a sync; the next polls repeat it until the newest sample reaches the sync."""
        now = time.monotonic()
        self._newest = newest
        is_first = synced != self._sync_read
        if is_first:
            self._sync_read, self._first_read_at = synced, now
        has_time = now - self._first_read_at < POLL_EVERY - SAME
        self._read_once_more = synced is not None and (is_first or (has_time and newest < synced - REACHED))

    def _note_rhythm(self) -> None:
        """Note this poll, by the time of its last answer."""
        moment = self._source.answered_at()
        self._ahead = None if moment is None else moment - time.monotonic()
        if moment is not None:
            self._rhythm.note(moment, self._last_sync, self._newest)

    def _store(self, reading: Reading, end: int, now: int) -> Stored:
        """Store a complete reading up to `end`."""
        with self._archive.writing() as connection:
            note_complete(connection, self.read_from, end, now)
            return samples_table.store(connection, reading.samples, now, detail=reading.detail)

    async def _read_late_data(self) -> None:
        """Read the late data of the time in which the archive is to be complete."""
        now = int(time.time())
        complete_from = await asyncio.to_thread(self._archive.recall, COMPLETE_FROM)
        if complete_from is not None:
            await self._recheck.run(max(complete_from, self._earliest(now)), now)

    def _earliest(self, now: int) -> int:
        """Return the earliest moment that is read."""
        return max(now - self._retention, self._began(now))

    def _began(self, now: int) -> int:
        """Return the moment from which the present source is read; it cannot be one in the future."""
        return self._source_since if self._source_since <= now else 0

    async def _read_resting(self) -> None:
        resting = await self._source.resting_heart_rates(*self._last_days())
        await self._store_days([DaySummary(found.day, found) for found in resting])

    async def _read_zones(self) -> None:
        zones = await self._source.zones(*self._last_days())
        await self._store_days([DaySummary(day, zones=found) for day, found in zones.items()])

    async def _read_sessions(self, kind: Kind) -> None:
        await self._sessions[kind].run(self._began(int(time.time())))

    async def _count_figures(self) -> None:
        """Count the figures of sessions from the samples that this poll may have brought."""
        while await asyncio.to_thread(self._archive.count_figures, int(time.time())):
            pass

    async def _read_daily_values(self, kind: Kind) -> None:
        zone = self.zone
        for key, values in (await self._source.daily_values(kind.key, *self._last_days())).items():
            await asyncio.to_thread(
                self._archive.store_daily_values,
                key,
                values,
                lambda day: midnight(day, zone),
                today=self._today(),
            )

    def _last_days(self) -> tuple[date, date]:
        today = self._today()
        return today - timedelta(days=DAYS_BACK), today

    async def _store_days(self, found: Sequence[DaySummary]) -> None:
        zone = self.zone
        await asyncio.to_thread(
            self._archive.store_days,
            found,
            lambda day: midnight(day, zone),
            zone=str(zone),
            today=self._today(),
        )

    def _today(self) -> date:
        return civil_day(time.time(), self.zone)

    def _consequence(self, error: SourceError, kind: Kind) -> Consequence:
        return consequence(error, kind.importance, is_borrowed=self._is_borrowed)
