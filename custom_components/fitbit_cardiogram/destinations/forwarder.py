"""The forwarder: drains one destination's outbox on a timer of its own.

One batch at a time, oldest first. A batch whose answer was lost is sent again byte for byte before any other.
Trouble that passes is waited out with growing, random pauses. Where a person is asked, a refusal is tried
again rarely, in case it has passed; anything else waits until the person wants a try, or the account is set
up anew. Pauses are measured by a clock that does not jump.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
import contextlib
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
import logging
import random
import time
from typing import Final, Protocol

from ..archive.database import ArchiveError
from ..archive.outbox import Batch, Outbox, OutboxState, Quarantined
from ..heart_rate.clock import FOREVER, utc
from ..heart_rate.sample import Sample
from ..net.back_off import back_off
from ..net.request import RETRY_AFTER_MAX
from .outcome import CONSEQUENCES, Consequence, Outcome, Problem, Verdict

_LOGGER = logging.getLogger(__name__)

PAUSE_MIN: Final = 5.0
# If so many single beats are refused and none accepted between them, it is not the beats.
REFUSED_SINGLES_MAX: Final = 5
# How long a request in flight may still take when the forwarder is stopped.
STOP_TIMEOUT: Final = 6.0
# A drain goes turn by turn: other work comes in between, and the state is read once a turn, not once a batch.
TURN: Final = 5.0
EXPIRY_INTERVAL: Final = 60 * 60.0

# The state of a destination before the archive has been read.
UNREAD: Final = OutboxState()

type Listener = Callable[[ForwarderState, ForwarderState], None]
type Drain = Callable[[], Awaitable[ForwardResult]]


class Destination(Protocol):
    """The receiver of beats."""

    batch_size: int

    def encode(self, samples: Sequence[Sample]) -> bytes:
        """Return the body that carries the samples."""
        ...

    async def post(self, batch: Batch) -> Outcome:
        """Post a batch; return the outcome."""
        ...


@dataclass(frozen=True, slots=True)
class Trouble:
    """The problem that keeps beats from getting through, and when it is tried again by itself, if it is."""

    problem: Problem
    retry_at: datetime | None = None

    @property
    def consequence(self) -> Consequence:
        """The consequence of the problem."""
        return CONSEQUENCES[self.problem]


@dataclass(frozen=True, slots=True)
class ForwarderState:
    """The state of a destination's outbox, and its trouble, if there is any."""

    outbox: OutboxState = UNREAD
    trouble: Trouble | None = None

    @property
    def problem(self) -> Problem | None:
        """The reason for which beats do not get through."""
        return self.trouble.problem if self.trouble else None

    @property
    def paused(self) -> bool:
        """Whether a person has to act; until then, nothing is sent but a rare try where one can help."""
        return self.trouble is not None and not self.trouble.consequence.passes

    @property
    def sends_at_once(self) -> bool:
        """Whether what comes in is sent right away."""
        return self.outbox.automatic and self.trouble is None

    @property
    def retry_at(self) -> datetime | None:
        """The time of the next try, where that is not at once."""
        return self.trouble.retry_at if self.trouble else None


class Next(Enum):
    """The next step after a batch, or after a turn."""

    GO_ON = auto()  # there may be more to send right away
    REST = auto()  # nothing is pending, nothing is wanted, or nothing gets through for now


@dataclass(frozen=True, slots=True)
class ForwardResult:
    """The result of a drain: beats delivered by it, beats still pending, and the problem that ended it."""

    delivered: int
    pending: int
    problem: Problem | None


class Forwarder:
    """Forwards the pending beats of one destination: by itself, if that is switched on, or when asked."""

    def __init__(
        self,
        outbox: Outbox,
        destination: Destination,
        name: str,
        supervise: Callable[[Drain], Awaitable[ForwardResult]] = lambda drain: drain(),
    ) -> None:
        """Drain the outbox to the destination; `name` is used in the log.

        `supervise` runs a drain that a person asked for, and acts on unexpected errors.
        """
        self.state = ForwarderState()
        self._outbox = outbox
        self._destination = destination
        self._name = name
        self._supervise = supervise
        self._wake = asyncio.Event()
        self._resting = asyncio.Lock()
        self._stopping = False
        self._asked = 0
        self._listeners: list[Listener] = []
        self._batch_size = destination.batch_size
        self._refused_singles: list[int] = []
        self._failures = 0
        self._retry_time = self._expiry_time = self._held_until = 0.0
        # The last answer, until it is noted; a full disk can delay that.
        self._answer: tuple[Batch, Outcome] | None = None

    @property
    def is_stopped(self) -> bool:
        """Whether nothing is forwarded any more."""
        return self._stopping

    @property
    def is_under_way(self) -> bool:
        """Whether beats are being forwarded, or are about to be because a person asked."""
        return self._asked > 0 or self._resting.locked()

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
            is_waiting = state.outbox.pending or state.problem
            if state.outbox.automatic and is_waiting and (state.retry_at or not state.paused):
                until = min(until, max(self._retry_time, self._held_until))
            pause = until - time.monotonic()
            if pause <= 0:
                async with self.at_rest():
                    await self._turn(self._is_automatic)
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()

    def _is_automatic(self) -> bool:
        return self.state.outbox.automatic and time.monotonic() >= self._held_until

    def hold(self, pause: float) -> None:
        """Forward nothing by itself for so many seconds."""
        self._held_until = time.monotonic() + pause

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
        """Read the state again after a change of the archive: there may be something to forward."""
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
        """Cover an interval as well; return the number of beats that became pending by it.

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
        """Return the quarantined beats of an interval; raises ArchiveError."""
        return await asyncio.to_thread(self._outbox.quarantined, start, end)

    async def release(self, start: int = 0, end: int = FOREVER) -> int:
        """Let the quarantined beats of an interval wait for delivery again; raises ArchiveError."""
        released = await asyncio.to_thread(self._outbox.release, start, end)
        await self.refresh()
        return released

    async def drop(self, start: int = 0, end: int = FOREVER) -> int:
        """Give up the quarantined beats of an interval; raises ArchiveError."""
        dropped = await asyncio.to_thread(self._outbox.drop, start, end)
        await self.refresh()
        return dropped

    async def forward(self) -> ForwardResult:
        """Forward everything pending now, whatever the switch says and however often it failed before."""
        return await self._ask(self._drain)

    async def attempt(self, destination: Destination | None = None) -> ForwardResult:
        """Forward for one turn: long enough to see whether beats get through.

        With a `destination`, through this one, which is kept only if they do: the same receiver with other
        credentials.
        """
        return await self._ask(lambda: self._attempt(destination or self._destination))

    async def _ask(self, drain: Drain) -> ForwardResult:
        self._asked += 1
        try:
            result = await self._supervise(drain)
        finally:
            self._asked -= 1
        self.hold(0)
        self._wake.set()
        return result

    async def _drain(self) -> ForwardResult:
        delivered = 0
        following = Next.GO_ON
        while following is Next.GO_ON:
            async with self.at_rest():
                following, more = await self._asked_turn()
            delivered += more
        return ForwardResult(delivered, self.state.outbox.pending, self.state.problem)

    async def _attempt(self, destination: Destination) -> ForwardResult:
        async with self.at_rest():
            kept, self._destination = self._destination, destination
            is_through = False
            try:
                _, delivered = await self._asked_turn()
                is_through = self.state.problem is None
            finally:
                if not is_through:
                    self._destination = kept
            return ForwardResult(delivered, self.state.outbox.pending, self.state.problem)

    async def _asked_turn(self) -> tuple[Next, int]:
        """Take a turn that a person asked for; return what follows, and the number of delivered beats."""
        if self._answer and self._answer[1].verdict is Verdict.PAUSE:
            self._answer = None  # the person wants another one
        await self.refresh()
        before = self.state.outbox.delivered
        following = await self._turn(lambda: True)
        return following, self.state.outbox.delivered - before

    async def _turn(self, wanted: Callable[[], bool]) -> Next:
        """Post batch after batch for a while, as long as forwarding is wanted."""
        if self.state.outbox.held:
            return Next.REST
        end = time.monotonic() + TURN
        try:
            if await self._note_kept_answer() is Next.REST:
                return Next.REST
            while not self._stopping and wanted():
                batch = await asyncio.to_thread(
                    self._outbox.next_batch, self._batch_size, self._destination.encode, int(time.time())
                )
                if batch is None:
                    await self._conclude(None)
                    return Next.REST
                self._answer = batch, await self._destination.post(batch)
                if await self._note_answer() is Next.REST:
                    return Next.REST
                if time.monotonic() > end:
                    await self._update()
                    return Next.GO_ON
            await self._update()
        except ArchiveError:
            self._note_unusable_archive()
        return Next.REST

    async def _expire(self) -> None:
        """Give up the beats that have waited too long."""
        self._expiry_time = time.monotonic() + EXPIRY_INTERVAL
        try:
            await asyncio.to_thread(self._outbox.expire, int(time.time()))
            await self._update()
        except ArchiveError:
            self._note_unusable_archive()

    async def _note_answer(self) -> Next:
        """Note the last answer, unless it is noted already. Raises ArchiveError."""
        if self._answer is None:
            return Next.GO_ON
        batch, outcome = self._answer
        if outcome.verdict is Verdict.RETRY:
            self._answer = None  # there is nothing to note
        following = await self._settle(batch, outcome)
        self._answer = None
        return following

    async def _note_kept_answer(self) -> Next:
        """Note an answer that could not be noted before, unless its batch is no longer in flight."""
        if self._answer and not await asyncio.to_thread(self._outbox.is_in_flight, self._answer[0]):
            self._answer = None
        return await self._note_answer()

    async def _settle(self, batch: Batch, outcome: Outcome) -> Next:
        """Act on the outcome of a batch."""
        if outcome.problem is None:
            await self._accept(batch, outcome.given_up)
            return Next.GO_ON
        match outcome.verdict:
            case Verdict.REFUSED if batch.count > 1:
                await asyncio.to_thread(self._outbox.split, batch)
                self._batch_size = batch.count // 2
                return Next.GO_ON
            case Verdict.REFUSED if len(self._refused_singles) + 1 < REFUSED_SINGLES_MAX:
                await asyncio.to_thread(self._outbox.quarantine, batch, str(outcome.problem))
                self._refused_singles.append(batch.first)
                return Next.GO_ON
            case Verdict.REFUSED:
                for single in self._refused_singles:
                    await asyncio.to_thread(self._outbox.release, single, single + 1)
                self._refused_singles.clear()
        await self._conclude(self._trouble(outcome.problem, outcome.retry_after))
        return Next.REST

    async def _accept(self, batch: Batch, given_up: int) -> None:
        """Note a batch as delivered, but for the beats that are given up; any trouble has passed."""
        await asyncio.to_thread(self._outbox.accepted, batch, int(time.time()), given_up)
        self._failures = 0
        self._refused_singles.clear()
        self._batch_size = min(self._batch_size * 2, self._destination.batch_size)
        if self.state.trouble:
            await self._conclude(None)

    def _trouble(self, problem: Problem, asked: float | None = None) -> Trouble:
        """Return the trouble that a problem is, with the time of the next try where there is one.

        The pause is as many seconds as asked for, else one that grows with each failure.
        """
        consequence = CONSEQUENCES[problem]
        if consequence.again is None:
            return Trouble(problem)
        if self.state.trouble and self.state.trouble.consequence.again != consequence.again:
            self._failures = 0
        self._failures += 1
        pause = back_off(self._failures, *consequence.again)
        if consequence.passes:
            # Random, so that many clients do not come back at once.
            pause = random.uniform(PAUSE_MIN, pause) if asked is None else asked
            pause = min(max(pause, PAUSE_MIN), RETRY_AFTER_MAX)
        self._retry_time = time.monotonic() + pause
        return Trouble(problem, utc(time.time() + pause))

    async def _update(self) -> None:
        """Read the outbox's state again; trouble stays, unless it was trouble with the archive."""
        outbox = await asyncio.to_thread(self._outbox.state)
        trouble = self.state.trouble
        self._set(outbox, None if trouble and trouble.consequence.of_the_archive else trouble)

    async def _conclude(self, trouble: Trouble | None) -> None:
        """Read the outbox's state again, under this trouble or none."""
        self._set(await asyncio.to_thread(self._outbox.state), trouble)

    def _note_unusable_archive(self) -> None:
        if self.state.paused:
            return  # trouble that a person must mend stays visible
        self._set(self.state.outbox, self._trouble(Problem.ARCHIVE_UNUSABLE))

    def _set(self, outbox: OutboxState, trouble: Trouble | None) -> None:
        if outbox.held:
            trouble = Trouble(Problem.ARCHIVE_REPLACED)
        old, self.state = self.state, ForwarderState(outbox, trouble)
        if old != self.state:
            self._announce(old, self.state)

    def _announce(self, old: ForwarderState, state: ForwarderState) -> None:
        """Log a change and call the listeners."""
        if state.retry_at is None:
            self._retry_time = 0.0
        if state.problem and not old.problem:
            _LOGGER.warning("Forwarding to %s does not get through: %s", self._name, state.problem)
        elif old.problem and not state.problem:
            _LOGGER.info("Forwarding to %s gets through again", self._name)
        given_up = state.outbox.given_up - old.outbox.given_up
        # Beats given up before this start were logged at that time.
        if given_up and old.outbox is not UNREAD:
            _LOGGER.warning("%d beats for %s are given up", given_up, self._name)
        for listener in list(self._listeners):
            listener(old, state)
