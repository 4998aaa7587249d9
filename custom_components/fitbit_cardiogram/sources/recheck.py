"""Finds late data: compares the fingerprints of past hours with those of their last reading."""

import asyncio
from collections.abc import Mapping
from typing import Final

from ..archive.archive import Archive
from ..archive.facts import Fact
from ..archive.late import REACH, Fingerprint, hours_to_read, note_reading
from ..heart_rate.clock import HOUR
from ..heart_rate.interval import Interval
from .consequences import Importance, consequence
from .errors import SourceError
from .source import HeartRateSource

# The last hours are compared each time; of the time before, one interval has its turn.
RECENT: Final = 8 * HOUR
TURN_LENGTH: Final = 12 * HOUR
# The fact: the number of the interval that has its turn, counted backwards from now.
TURN: Final = Fact("late_turn", int)


# Without fingerprints, these intervals are read as they are, but only so often.
READ_EVERY: Final = HOUR


class Recheck:
    """Goes through the last two weeks of an account, some of it each time."""

    def __init__(self, source: HeartRateSource, archive: Archive) -> None:
        self._source = source
        self._archive = archive
        self._last_read = 0

    async def run(self, since: int, now: int) -> None:
        """Compare the last hours and the interval that has its turn, but nothing before `since`.

        Raises a SourceError or an ArchiveError; the same interval has its turn again then. If a service gives
        no fingerprints, the samples themselves are read, before its error is raised.
        """
        this_hour = now // HOUR * HOUR
        turn = await asyncio.to_thread(self._archive.recall, TURN) or 0
        end = this_hour - turn * TURN_LENGTH
        recent = (max(this_hour - RECENT, since), now)
        in_turn = (max(end - TURN_LENGTH, since), min(end, this_hour - RECENT))
        trouble: SourceError | None = None
        for interval in (recent, in_turn):
            trouble = await self._compare(interval, now, trouble)
        await asyncio.to_thread(self._archive.remember, TURN, (turn + 1) % (REACH // TURN_LENGTH))
        if trouble:
            self._last_read = now
            raise trouble

    async def _compare(self, interval: Interval, now: int, trouble: SourceError | None) -> SourceError | None:
        """Read again the hours of an interval that have another fingerprint; all of them if there is none.

        Returns the error for which there was none, or the `trouble` for which none is asked for.
        """
        start, end = _whole_hours(interval)
        if start >= end:
            return trouble
        if trouble:
            await self._read((start, end), {}, now)
            return trouble
        try:
            present = await self._source.fingerprints(start, min(end, interval[1]))
        except SourceError as error:
            if consequence(error, Importance.LATE).pauses_side or now - self._last_read < READ_EVERY:
                raise
            await self._read((start, end), {}, now)
            return error
        due = await asyncio.to_thread(hours_to_read, self._archive, start, end, present, now)
        for hours in due:
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
