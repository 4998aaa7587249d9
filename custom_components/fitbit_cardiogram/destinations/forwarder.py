"""The forwarder: drains one destination's outbox on a timer of its own.

One batch at a time, oldest first. A batch whose answer was lost is sent again byte for byte before any other.
Trouble that passes is waited out with growing, random pauses; trouble that a person must mend stops the
forwarder until it is asked again or set up anew. Pauses are measured by a clock that does not jump.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
import contextlib
from dataclasses import dataclass, field, replace
from datetime import datetime
import logging
import random
import time
from typing import Any, Final, Protocol

from ..archive.database import ArchiveError
from ..archive.outbox import Batch, Outbox, OutboxState, Quarantined
from ..heart_rate.clock import FOREVER, utc
from ..heart_rate.sample import Sample
from .outcome import Outcome, Problem, Verdict

_LOGGER = logging.getLogger(__name__)

BACK_OFF_MIN: Final = 5.0
BACK_OFF_MAX: Final = 15 * 60.0
RETRY_AFTER_MAX: Final = 60 * 60.0
# If so many single beats are refused and none accepted between them, it is not the beats.
REFUSED_SINGLES_MAX: Final = 5
# How long a request in flight may still take when the forwarder is stopped.
STOP_TIMEOUT: Final = 6.0
# A drain goes turn by turn: others get a word in, and the state is read once a turn, not once a batch.
TURN: Final = 5.0
EXPIRY_INTERVAL: Final = 60 * 60.0

NO_TROUBLE: Final[dict[str, Any]] = {"problem": None, "paused": False, "retry_at": None}
WAITS_FOR_A_CHOICE: Final[dict[str, Any]] = {
    "problem": Problem.ARCHIVE_REPLACED,
    "paused": True,
    "retry_at": None,
}
# Trouble that is over as soon as the archive says so.
ARCHIVE_TROUBLE: Final = (Problem.ARCHIVE_UNUSABLE, Problem.ARCHIVE_REPLACED)

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
        self._resting = asyncio.Lock()
        self._stopping = False
        self._listeners: list[Listener] = []
        self._batch_size = destination.batch_size
        self._refused_singles: list[int] = []
        self._failures = 0
        self._retry_time = self._expiry_time = 0.0

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call the listener with the old and the new state at each change, until the result is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def run(self) -> None:
        """Forward by itself for as long as the switch is on, until stopped."""
        while not self._stopping:
            self._wake.clear()
            if time.monotonic() >= self._expiry_time:
                async with self.at_rest():
                    await self._expire()
            until = self._expiry_time
            state = self.state
            if state.outbox.automatic and (state.outbox.pending or state.problem) and not state.paused:
                until = min(until, self._retry_time)
            pause = until - time.monotonic()
            if pause <= 0:
                async with self.at_rest():
                    await self._turn(lambda: self.state.outbox.automatic)
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()

    @contextlib.asynccontextmanager
    async def at_rest(self) -> AsyncGenerator[None]:
        """Wait until no request is under way, and let none begin until the block ends."""
        async with self._resting:
            yield

    async def stop(self) -> None:
        """Forward no more; a request in flight may finish, but is not waited for longer than a while."""
        self._stopping = True
        self._wake.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_TIMEOUT), self.at_rest():
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

    async def begin(self, start: int) -> None:
        """Hold the destination no longer: it covers everything from `start` on; raises ArchiveError."""
        await asyncio.to_thread(self._outbox.begin, start, int(time.time()))
        await self.refresh()

    async def quarantined(self, start: int, end: int) -> list[Quarantined]:
        """Return what was set aside of a stretch of time; raises ArchiveError."""
        return await asyncio.to_thread(self._outbox.quarantined, start, end)

    async def release(self, start: int = 0, end: int = FOREVER) -> int:
        """Let what was set aside of a stretch of time wait for delivery again; raises ArchiveError."""
        released = await asyncio.to_thread(self._outbox.release, start, end)
        await self.refresh()
        return released

    async def drop(self, start: int = 0, end: int = FOREVER) -> int:
        """Give up what was set aside of a stretch of time; raises ArchiveError."""
        dropped = await asyncio.to_thread(self._outbox.drop, start, end)
        await self.refresh()
        return dropped

    async def forward(self, *, once: bool = False) -> ForwardResult:
        """Forward everything pending now, whatever the switch says and however often it failed before.

        With `once`, for one turn only: long enough to see whether beats get through.
        """
        delivered = 0
        more = True
        while more:
            async with self.at_rest():
                await self.refresh()
                before = self.state.outbox.delivered
                more = await self._turn(lambda: True) and not once
                delivered += self.state.outbox.delivered - before
        self._wake.set()
        return ForwardResult(delivered, self.state.outbox.pending, self.state.problem)

    async def _turn(self, wanted: Callable[[], bool]) -> bool:
        """Post batch after batch for a while; return whether there is more to do right away.

        There is not if nothing is pending, a batch does not get through, or forwarding is not wanted.
        """
        if self.state.outbox.held:
            return False
        end = time.monotonic() + TURN
        try:
            while not self._stopping and wanted():
                batch = await asyncio.to_thread(
                    self._outbox.next_batch, self._batch_size, self._destination.encode
                )
                if batch is None:
                    await self._update(**NO_TROUBLE)
                    return False
                if not await self._settle(batch, await self._destination.post(batch)):
                    return False
                if time.monotonic() > end:
                    await self._update()
                    return True
            await self._update()
        except ArchiveError:
            self._note_unusable_archive()
        return False

    async def _expire(self) -> None:
        """Give up what has waited too long."""
        self._expiry_time = time.monotonic() + EXPIRY_INTERVAL
        try:
            await asyncio.to_thread(self._outbox.expire, int(time.time()))
            await self._update()
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
                if self.state.problem:
                    await self._update(**NO_TROUBLE)
                return True
            case Verdict.REFUSED if batch.count > 1:
                await asyncio.to_thread(self._outbox.split, batch)
                self._batch_size = batch.count // 2
                return True
            case Verdict.REFUSED if len(self._refused_singles) + 1 < REFUSED_SINGLES_MAX:
                await asyncio.to_thread(self._outbox.quarantine, batch, str(outcome.problem))
                self._refused_singles.append(batch.first)
                return True
            case Verdict.REFUSED:
                for single in self._refused_singles:
                    await asyncio.to_thread(self._outbox.release, single, single + 1)
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
        pause = min(max(asked, BACK_OFF_MIN), RETRY_AFTER_MAX)
        self._retry_time = time.monotonic() + pause
        return utc(time.time() + pause)

    async def _update(self, **changes: Any) -> None:
        """Read anew where the destination stands, together with the given changes."""
        outbox = await asyncio.to_thread(self._outbox.state)
        if outbox.held:
            changes = WAITS_FOR_A_CHOICE
        elif self.state.problem in ARCHIVE_TROUBLE:
            changes = NO_TROUBLE | changes
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
        if state.retry_at is None:
            self._retry_time = 0.0
        if state.problem and not old.problem:
            _LOGGER.warning("Forwarding to %s does not get through: %s", self._name, state.problem)
        elif old.problem and not state.problem:
            _LOGGER.info("Forwarding to %s gets through again", self._name)
        given_up = state.outbox.given_up - old.outbox.given_up
        # What was given up before the start was told then.
        if given_up and old.outbox != OutboxState():
            _LOGGER.warning("%d beats for %s are given up", given_up, self._name)
        for listener in list(self._listeners):
            listener(old, state)
