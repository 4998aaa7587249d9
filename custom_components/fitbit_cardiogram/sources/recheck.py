"""Looks for data that came late: what a source has of past hours by now, beside what was read of them."""

import asyncio
from typing import Final

from ..archive.archive import Archive
from ..archive.facts import Fact
from ..archive.late import REACH, hours_to_read, note_reading
from ..heart_rate.clock import HOUR
from .source import HeartRateSource

# The last hours are looked at each time; what lies further back has its turn, stretch after stretch.
RECENT: Final = 8 * HOUR
STRETCH: Final = 12 * HOUR
# The fact which stretch has its turn; a restart leaves it as it is.
TURN: Final = Fact("late_turn", int)


class Recheck:
    """Goes through the last two weeks of an account, some of it each time."""

    def __init__(self, source: HeartRateSource, archive: Archive) -> None:
        self._source = source
        self._archive = archive

    async def run(self, since: int, now: int) -> None:
        """Look at the last hours and at the stretch whose turn it is, but at nothing before `since`.

        Raises a SourceError or an ArchiveError; the same stretch has its turn again then.
        """
        this_hour = now // HOUR * HOUR
        turn = await asyncio.to_thread(self._archive.recall, TURN) or 0
        end = this_hour - turn * STRETCH
        await self._look(max(this_hour - RECENT, since), now, now)
        await self._look(max(end - STRETCH, since), min(end, this_hour - RECENT), now)
        await asyncio.to_thread(self._archive.remember, TURN, (turn + 1) % (REACH // STRETCH))

    async def _look(self, start: int, end: int, now: int) -> None:
        """Read those hours again of which the source tells something new."""
        start = -(-start // HOUR) * HOUR
        if start >= end:
            return
        marks = await self._source.fingerprints(start, end)
        last_end = -(-end // HOUR) * HOUR
        for stretch in await asyncio.to_thread(hours_to_read, self._archive, start, last_end, marks, now):
            reading = await self._source.samples(*stretch)
            await asyncio.to_thread(self._archive.store, reading.samples, now, detail=reading.detail)
            # Where points were left out, nobody can tell which ones are missing.
            read = [] if reading.skipped else reading.samples
            await asyncio.to_thread(
                note_reading, self._archive, *stretch, read, marks, now, detail=reading.detail
            )
