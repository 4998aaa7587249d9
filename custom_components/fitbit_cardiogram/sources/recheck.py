"""Finds late data: compares the fingerprints of past hours with those of their last reading."""

import asyncio
from typing import Final

from ..archive.archive import Archive
from ..archive.facts import Fact
from ..archive.late import REACH, hours_to_read, note_reading
from ..heart_rate.clock import HOUR
from .source import HeartRateSource

# The last hours are compared each time; of the time before, one interval has its turn.
RECENT: Final = 8 * HOUR
TURN_LENGTH: Final = 12 * HOUR
# The fact: the number of the interval that has its turn, counted backwards from now.
TURN: Final = Fact("late_turn", int)


class Recheck:
    """Goes through the last two weeks of an account, some of it each time."""

    def __init__(self, source: HeartRateSource, archive: Archive) -> None:
        self._source = source
        self._archive = archive

    async def run(self, since: int, now: int) -> None:
        """Compare the last hours and the interval that has its turn, but nothing before `since`.

        Raises a SourceError or an ArchiveError; the same interval has its turn again then.
        """
        this_hour = now // HOUR * HOUR
        turn = await asyncio.to_thread(self._archive.recall, TURN) or 0
        end = this_hour - turn * TURN_LENGTH
        await self._compare(max(this_hour - RECENT, since), now, now)
        await self._compare(max(end - TURN_LENGTH, since), min(end, this_hour - RECENT), now)
        await asyncio.to_thread(self._archive.remember, TURN, (turn + 1) % (REACH // TURN_LENGTH))

    async def _compare(self, start: int, end: int, now: int) -> None:
        """Read again the hours that have another fingerprint."""
        start = -(-start // HOUR) * HOUR
        if start >= end:
            return
        fingerprints = await self._source.fingerprints(start, end)
        last_end = -(-end // HOUR) * HOUR
        for interval in await asyncio.to_thread(
            hours_to_read, self._archive, start, last_end, fingerprints, now
        ):
            reading = await self._source.samples(*interval)
            await asyncio.to_thread(self._archive.store, reading.samples, now)
            # If points were left out, it is unknown which samples are missing.
            read = [] if reading.skipped else reading.samples
            await asyncio.to_thread(note_reading, self._archive, *interval, read, fingerprints, now)
