"""The forwarder: drains one destination's outbox on a timer of its own.

One batch at a time, oldest first. A batch whose answer was lost is sent again byte for byte before any other.
Trouble that passes is waited out with growing, random pauses; trouble that a person must mend stops the
forwarder until it is asked again or set up anew.
"""

import asyncio
from collections.abc import Callable, Sequence
import contextlib
from dataclasses import dataclass, field, replace
from datetime import datetime
import logging
import random
import time
from typing import Any, Final, Protocol

from ..heart_rate.archive import ArchiveError
from ..heart_rate.outbox import Batch, Outbox, OutboxState
from ..heart_rate.sample import Sample
from ..http import utc
from .outcome import Outcome, Problem, Verdict

_LOGGER = logging.getLogger(__name__)

BACK_OFF_MIN: Final = 5.0
BACK_OFF_MAX: Final = 15 * 60.0
RETRY_AFTER_MAX: Final = 60 * 60.0
# If so many single beats are refused and none accepted between them, it is not the beats.
REFUSED_SINGLES_MAX: Final = 5
# How long a request in flight may still take when the forwarder is stopped.
STOP_TIMEOUT: Final = 8.0


type Listener = Callable[[ForwarderState, ForwarderState], None]


class Destination(Protocol):
    """Where beats are forwarded to."""

    batch_size: int

    def encode(self, samples: Sequence[Sample]) -> bytes:
        """Return the body that carries the samples."""
        ...

    async def post(self, batch: Batch) -> Outcome:
        """Post a batch and say what came of it."""
        ...


@dataclass(frozen=True, slots=True)
class ForwarderState:
    """Where a destination stands, and what keeps beats from getting through, if anything does."""

    outbox: OutboxState = field(default_factory=OutboxState)
    problem: Problem | None = None
    paused: bool = False
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ForwardResult:
    """What a drain did: beats delivered by it, beats still pending, and the problem that ended it."""

    delivered: int
    pending: int
    problem: Problem | None


class Forwarder:
    """Forwards the pending beats of one destination: by itself, if that is switched on, or when asked."""

    def __init__(self, outbox: Outbox, destination: Destination, name: str) -> None:
        self.state = ForwarderState()
        self._outbox = outbox
        self._destination = destination
        self._name = name
        self._wake = asyncio.Event()
        self._draining = asyncio.Lock()
        self._stopping = False
        self._listeners: list[Listener] = []
        self._batch_size = destination.batch_size
        self._refused_singles: list[int] = []
        self._failures = 0

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call the listener with the old and the new state at each change, until the result is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def run(self) -> None:
        """Forward by itself for as long as the switch is on, until stopped."""
        while not self._stopping:
            self._wake.clear()
            state = self.state
            delay: float | None = None
            if state.outbox.automatic and (state.outbox.pending or state.problem) and not state.paused:
                delay = state.retry_at.timestamp() - time.time() if state.retry_at else 0.0
                if delay <= 0:
                    async with self._draining:
                        await self._drain(lambda: self.state.outbox.automatic)
                    continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(delay):
                    await self._wake.wait()

    async def stop(self) -> None:
        """Forward no more; a request in flight may finish, but is not waited for longer than a while."""
        self._stopping = True
        self._wake.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_TIMEOUT), self._draining:
                pass

    async def refresh(self) -> None:
        """Take note that the archive has changed: there may be something to forward."""
        try:
            await self._update()
        except ArchiveError:
            self._note_unusable_archive()
        self._wake.set()

    async def set_automatic(self, automatic: bool) -> None:
        """Switch forwarding by itself on or off; raises ArchiveError if that cannot be kept."""
        await asyncio.to_thread(self._outbox.set_automatic, automatic)
        await self.refresh()

    async def cover(self, start: int, end: int, *, resend: bool = False) -> int:
        """Cover a stretch of time as well; return how many beats became pending by it.

        Raises ArchiveError if that cannot be kept.
        """
        added = await asyncio.to_thread(self._outbox.cover, start, end, int(time.time()), resend=resend)
        await self.refresh()
        return added

    async def forward(self) -> ForwardResult:
        """Forward everything pending now, whatever the switch says and however often it failed before."""
        async with self._draining:
            await self.refresh()
            before = self.state.outbox.delivered
            await self._drain(lambda: True)
        self._wake.set()
        outbox = self.state.outbox
        return ForwardResult(outbox.delivered - before, outbox.pending, self.state.problem)

    async def _drain(self, wanted: Callable[[], bool]) -> None:
        """Post batch after batch until nothing is pending, one does not get through, or it is not wanted."""
        try:
            while not self._stopping and wanted():
                batch = await asyncio.to_thread(
                    self._outbox.next_batch, self._batch_size, self._destination.encode
                )
                if batch is None:
                    await self._update(problem=None, paused=False, retry_at=None)
                    return
                if not await self._settle(batch, await self._destination.post(batch)):
                    return
        except ArchiveError:
            self._note_unusable_archive()

    async def _settle(self, batch: Batch, outcome: Outcome) -> bool:
        """Act on what came of a batch; return whether to go on with the next."""
        match outcome.verdict:
            case Verdict.DELIVERED:
                await asyncio.to_thread(self._outbox.accepted, batch, int(time.time()))
                self._failures = 0
                self._refused_singles.clear()
                self._batch_size = min(self._batch_size * 2, self._destination.batch_size)
                await self._update(problem=None, paused=False, retry_at=None)
                return True
            case Verdict.REFUSED if batch.count > 1:
                await asyncio.to_thread(self._outbox.split, batch)
                self._batch_size = batch.count // 2
                return True
            case Verdict.REFUSED if len(self._refused_singles) + 1 < REFUSED_SINGLES_MAX:
                await asyncio.to_thread(self._outbox.quarantine, batch, str(outcome.problem))
                self._refused_singles.append(batch.first)
                await self._update()
                return True
            case Verdict.REFUSED:
                await asyncio.to_thread(self._outbox.release, self._refused_singles)
                self._refused_singles.clear()
                await self._update(problem=outcome.problem, paused=True, retry_at=None)
            case Verdict.PAUSE:
                await self._update(problem=outcome.problem, paused=True, retry_at=None)
            case Verdict.RETRY:
                self._failures += 1
                retry_at = self._retry_at(outcome.retry_after)
                await self._update(problem=outcome.problem, paused=False, retry_at=retry_at)
        return False

    def _retry_at(self, asked: float | None) -> datetime:
        """Return when to try again: as asked, else after a random pause that grows with each failure."""
        # After a week of failures the power alone would be too large for a float.
        ceiling = min(BACK_OFF_MAX, BACK_OFF_MIN * 2 ** min(self._failures, 10))
        if asked is None:
            asked = random.uniform(BACK_OFF_MIN, ceiling)
        return utc(time.time() + min(max(asked, BACK_OFF_MIN), RETRY_AFTER_MAX))

    async def _update(self, **changes: Any) -> None:
        """Read anew where the destination stands, together with the given changes."""
        outbox = await asyncio.to_thread(self._outbox.state)
        if self.state.problem is Problem.ARCHIVE_UNUSABLE:
            changes = {"problem": None, "retry_at": None} | changes
        self._set(replace(self.state, outbox=outbox, **changes))

    def _note_unusable_archive(self) -> None:
        if self.state.paused:
            return  # what a person must mend is not hidden by it
        self._failures += 1
        retry_at = self._retry_at(None)
        self._set(replace(self.state, problem=Problem.ARCHIVE_UNUSABLE, retry_at=retry_at))

    def _set(self, state: ForwarderState) -> None:
        old, self.state = self.state, state
        if old == state:
            return
        if state.problem and not old.problem:
            _LOGGER.warning("Forwarding to %s does not get through: %s", self._name, state.problem)
        elif old.problem and not state.problem:
            _LOGGER.info("Forwarding to %s gets through again", self._name)
        for listener in list(self._listeners):
            listener(old, state)
