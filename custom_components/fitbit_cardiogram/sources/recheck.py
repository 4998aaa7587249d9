"""Finds late data: compares the fingerprints of past hours with those of their last reading."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Final

from ..archive.archive import Archive
from ..archive.facts import Fact
from ..archive.late import REACH, Fingerprint, hours_to_read, note_reading
from ..heart_rate.clock import DAY, HOUR
from ..heart_rate.interval import Interval
from .consequences import Importance, consequence
from .errors import SourceError
from .source import HeartRateSource

# The hours that are not compared each time have their turn, so many seconds at once.
TURN_LENGTH: Final = 12 * HOUR
# The fact: the number of the interval that has its turn, counted backwards from those compared each time.
TURN: Final = Fact("late_turn", int)
# Without fingerprints, hours are read as they are, but only so often, in seconds.
READ_EVERY: Final = HOUR
# Changed hours that lie this close together are read at once, in seconds; at most so many seconds at once.
GAP: Final = 2 * HOUR
AT_ONCE: Final = DAY


class Recheck:
    """Goes through the last two weeks of an account: all of them at once, or some of them each time."""

    def __init__(self, source: HeartRateSource, archive: Archive) -> None:
        self._source = source
        self._archive = archive
        self._last_read = 0

    async def run(self, since: int, now: int) -> None:
        """Compare the newest hours and the interval that has its turn, but nothing before `since`.

        Raises a SourceError or an ArchiveError; the same interval has its turn again then. If a service gives
        no fingerprints, the samples themselves are read, before its error is raised.
        """
        next_hour = now // HOUR * HOUR + HOUR
        newest = next_hour - self._source.fingerprints_at_once()
        turns = -(-(newest - next_hour + REACH) // TURN_LENGTH)
        turn = (await asyncio.to_thread(self._archive.recall, TURN) or 0) % turns
        end = newest - turn * TURN_LENGTH
        trouble: SourceError | None = None
        for interval in ((max(newest, since), now), (max(end - TURN_LENGTH, since), end)):
            trouble = await self._compare(interval, now, trouble)
        await asyncio.to_thread(self._archive.remember, TURN, (turn + 1) % turns)
        if trouble:
            self._last_read = now
            raise trouble

    async def _compare(self, interval: Interval, now: int, trouble: SourceError | None) -> SourceError | None:
        """Read again the hours of an interval whose fingerprints have changed; without any, its last hours.

        After `trouble` with another interval, no fingerprints are asked for. Returns the error that kept them
        away, if there was one.
        """
        start, end = _whole_hours(interval)
        if start >= end:
            return trouble
        unread = (max(start, end - TURN_LENGTH), end)
        if trouble:
            await self._read(unread, {}, now)
            return trouble
        try:
            present = await self._source.fingerprints(start, min(end, interval[1]))
        except SourceError as error:
            if consequence(error, Importance.LATE).pauses_side or now - self._last_read < READ_EVERY:
                raise
            await self._read(unread, {}, now)
            return error
        due = await asyncio.to_thread(hours_to_read, self._archive, start, end, present, now)
        for hours in _readings(due):
            await self._read(hours, present, now)
        return None

    async def _read(self, hours: Interval, present: Mapping[int, Fingerprint], now: int) -> None:
        """Read an interval of whole hours again, whose fingerprints are `present`."""
        reading = await self._source.samples(*hours)
        await asyncio.to_thread(self._archive.store, reading.samples, now, detail=reading.detail)
        # If points were left out, it is unknown which samples are missing.
        read = [] if reading.skipped else reading.samples
        await asyncio.to_thread(
            note_reading, self._archive, *hours, read, present, now, detail=reading.detail
        )


def _whole_hours(interval: Interval) -> Interval:
    """Return the interval from its first full hour to the end of the hour in which it ends."""
    start, end = interval
    return -(-start // HOUR) * HOUR, -(-end // HOUR) * HOUR


def _readings(due: Iterable[Interval]) -> list[Interval]:
    """Return the intervals to read for hours that are due, which are in order of time; the newest first."""
    together: list[Interval] = []
    for start, end in due:
        is_near = together and start - together[-1][1] <= GAP
        together.append((together.pop()[0] if is_near else start, end))
    return [
        (part, min(part + AT_ONCE, end))
        for start, end in reversed(together)
        for part in reversed(range(start, end, AT_ONCE))
    ]
