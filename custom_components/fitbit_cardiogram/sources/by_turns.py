"""Reads workouts, or sleep: the newest each time, those of a month by turns, since some come weeks late."""

import asyncio
from collections.abc import Awaitable, Callable
import time
from typing import Final, Protocol

from ..heart_rate.clock import DAY
from .source import FUTURE

# Each older one has its turn once a day, back to so many seconds ago.
REACH: Final = 30 * DAY


class Store[One](Protocol):
    """Stores a complete reading of an interval."""

    def __call__(self, read: list[One], start: int, end: int, now: int, /) -> None:
        """Store the reading. Blocks on the disk. Raises ArchiveError."""
        ...


class ByTurns[One]:
    """Reads one kind: the last `newest` seconds each time, and of those before `older` seconds at once."""

    def __init__(
        self,
        read: Callable[[int, int], Awaitable[list[One]]],
        store: Store[One],
        newest: int,
        older: int,
    ) -> None:
        self._read = read
        self._store = store
        self._newest = newest
        self._older = older
        self._turns = -(-(REACH - newest) // older)
        self._turn = 0
        # When the next turn is, by a clock that does not jump.
        self._due = time.monotonic()

    async def run(self, since: int) -> None:
        """Read the newest, and what has its turn, but nothing before `since`; each is stored by itself.

        Raises a SourceError or an ArchiveError; the same interval has its turn again then.
        """
        now = int(time.time())
        end = now - self._newest
        await self._take(max(end, since), now + FUTURE, now)
        if time.monotonic() < self._due:
            return
        end -= self._turn * self._older
        start = max(end - self._older, now - REACH, since)
        if start < end:
            await self._take(start, end, now)
        self._turn = (self._turn + 1) % self._turns
        self._due = max(self._due + DAY / self._turns, time.monotonic())

    async def _take(self, start: int, end: int, now: int) -> None:
        await asyncio.to_thread(self._store, await self._read(start, end), start, end, now)
