"""The soak: 30 days of samples wait while Cardiogram is down, then drain.

`python -m scripts.world.soak` needs no Home Assistant running. Cardiogram is simulated by a process of its
own, so that neither its work nor its memory is counted as ours. The same bodies posted one after the other,
with no archive behind them, tell how fast the other side is.
"""

import argparse
from array import array
import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import batched
import logging
import multiprocessing
from multiprocessing.connection import Connection
from pathlib import Path
import resource
import signal
import statistics
import sys
import tempfile
import time
from typing import override

from aiohttp import ClientSession

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.archive.outbox import Batch, Outbox, OutboxState
from custom_components.fitbit_cardiogram.destinations.cardiogram import BATCH_SIZE, Cardiogram, encode
from custom_components.fitbit_cardiogram.destinations.forwarder import Forwarder
from custom_components.fitbit_cardiogram.destinations.outcome import Outcome
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from scripts.world.proof import Proof
from scripts.world.world import USERS
from tests.simulators import CardiogramSimulator, Fault

USER, TOKEN = next(iter(USERS.items()))
STEP = 5
"""Seconds between samples."""
LONGEST_WAIT = 30 * DAY
"""Samples that have waited this long are given up, so every one arrives a little later than that ago."""
TICK = 0.002
"""Seconds between two looks at the event loop and the memory."""
HELD_TARGET, HELD_MAX = 0.05, 0.2
"""Seconds for which the event loop may be held: what is aimed at, and what even a busy machine must keep."""
GROWTH_MAX = 20.0
"""Megabytes by which this process may grow."""


@dataclass(frozen=True)
class Recorded:
    """The measurements: `count` of them, the last at `end` (UNIX seconds)."""

    count: int
    end: int

    def __iter__(self) -> Iterator[Sample]:
        """Yield them in order of time."""
        for time_ in range(self.end - (self.count - 1) * STEP, self.end + 1, STEP):
            yield time_, 50 + time_ // STEP % 97

    def readings(self) -> Iterator[tuple[list[Sample], int]]:
        """Yield an hour's samples at a time, and when they arrive."""
        for samples in batched(self, HOUR // STEP, strict=False):
            yield list(samples), max(samples[-1][0], self.end - LONGEST_WAIT + HOUR)


def resident() -> float:
    """Return how much memory this process holds, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


@dataclass
class Phase:
    """What a part of the run took: seconds in all and for posting, and memory at first and at most, in MB.

    `held` is how much later than it should the event loop came round each time, in seconds.
    """

    seconds: float = 0.0
    posting: float = 0.0
    before: float = field(default_factory=resident)
    peak: float = 0.0
    requests: int = 0
    beats: int = 0
    held: array[float] = field(default_factory=lambda: array("d"))
    running: bool = True

    async def watch(self) -> None:
        """Look at the event loop and the memory until the end."""
        while self.running or not self.held:
            due = time.perf_counter() + TICK
            await asyncio.sleep(TICK)
            self.held.append(time.perf_counter() - due)
            self.peak = max(self.peak, resident())


@asynccontextmanager
async def phase() -> AsyncIterator[Phase]:
    """Measure what a block takes."""
    measured = Phase()
    watch = asyncio.create_task(measured.watch())
    started = time.perf_counter()
    try:
        yield measured
    finally:
        measured.seconds = time.perf_counter() - started
        measured.running = False
        await watch


@dataclass(frozen=True)
class Tally:
    """What a receiver has seen, and whether it holds the measurements and nothing else."""

    requests: int
    batches: int
    beats: int
    repeats: int
    complete: bool


def tally(receiver: CardiogramSimulator, recorded: Recorded) -> Tally:
    """Count up."""
    return Tally(
        receiver.count("beats"),
        len(receiver.batches),
        len(receiver.ledger),
        receiver.repeats(),
        receiver.values(USER) == dict(recorded),
    )


def go_down(receiver: CardiogramSimulator) -> None:
    """Answer 503 to everything."""
    receiver.faults = [Fault("", 503, times=-1)]


def come_back(receiver: CardiogramSimulator) -> None:
    """Answer as usual."""
    receiver.faults = []


@dataclass(frozen=True)
class Receiver:
    """Cardiogram in a process of its own."""

    url: str
    pipe: Connection

    async def ask[T](self, question: Callable[[CardiogramSimulator], T]) -> T:
        """Let a function look at the simulator over there, and return what it returns."""
        self.pipe.send(question)
        answer: T = await asyncio.to_thread(self.pipe.recv)
        return answer


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    """Run a receiver until the block ends."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=receive, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Receiver(await asyncio.to_thread(ours.recv), ours)
    finally:
        ours.close()
        await asyncio.to_thread(process.join, 10)
        process.kill()


def receive(pipe: Connection) -> None:
    """Be the receiver, until the other end of the pipe is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, BrokenPipeError):
        asyncio.run(_receive(pipe))


async def _receive(pipe: Connection) -> None:
    async with CardiogramSimulator(dict(USERS)) as simulator:
        pipe.send(simulator.url)
        while True:
            question = await asyncio.to_thread(pipe.recv)
            pipe.send(question(simulator))


class Timed(Cardiogram):
    """Cardiogram, with the seconds summed up that posting takes, from a batch at hand to its verdict."""

    seconds = 0.0

    @override
    async def post(self, batch: Batch) -> Outcome:
        started = time.perf_counter()
        try:
            return await super().post(batch)
        finally:
            self.seconds += time.perf_counter() - started


async def wait(archive: Archive, forwarder: Forwarder, recorded: Recorded) -> list[float]:
    """Store reading after reading and tell the forwarder, as polls do; return what each took to store."""
    took = []
    for samples, now in recorded.readings():
        started = time.perf_counter()
        await asyncio.to_thread(archive.store, samples, now)
        took.append(time.perf_counter() - started)
        await forwarder.refresh()
    return took


@dataclass(frozen=True)
class Soaked:
    """What was seen of the waiting and the drain."""

    waiting: Phase
    drain: Phase
    storing: list[float]
    """Seconds that each reading took to store."""
    full: OutboxState
    drained: OutboxState
    ledger: Tally
    sizes: tuple[float, float]
    """Of the archive before and after the drain, in MB."""


async def soak(recorded: Recorded, path: Path, session: ClientSession) -> Soaked:
    """Let the measurements wait while the receiver is down, and drain them once it is back."""
    archive = Archive(path)
    archive.open()
    outbox = Outbox(archive, "cardiogram")
    outbox.create(start=0, automatic=True, now=recorded.end)
    async with receiver() as other_side:
        destination = Timed(session, other_side.url, USER, TOKEN)
        forwarder = Forwarder(outbox, destination, "Cardiogram")
        await other_side.ask(go_down)
        run = asyncio.create_task(forwarder.run())
        async with phase() as waiting:
            storing = await wait(archive, forwarder, recorded)
        full, full_size = outbox.state(), size(path)
        refused = await other_side.ask(partial(tally, recorded=recorded))
        await other_side.ask(come_back)
        waiting.posting, destination.seconds = destination.seconds, 0.0
        async with phase() as drain:
            await forwarder.forward()
        drain.posting = destination.seconds
        ledger = await other_side.ask(partial(tally, recorded=recorded))
        await forwarder.stop()
        await run
    waiting.beats, waiting.requests = full.pending, refused.requests
    drain.beats, drain.requests = ledger.beats, ledger.requests - refused.requests
    drained = outbox.state()
    archive.close()
    return Soaked(waiting, drain, storing, full, drained, ledger, (full_size, size(path)))


async def post_bare(recorded: Recorded, session: ClientSession) -> Phase:
    """Post the same bodies one after the other, with nothing behind them."""
    bodies = [encode(batch) for batch in batched(recorded, BATCH_SIZE, strict=False)]
    bearer = f"Bearer {TOKEN}"
    headers = {"Content-Type": "application/json", "Authentication": bearer, "Authorization": bearer}
    async with receiver() as other_side, phase() as bare:
        for body in bodies:
            async with session.post(
                f"{other_side.url}/heart/oauth/users/{USER}/beats", data=body, headers=headers
            ) as answer:
                answer.raise_for_status()
                await answer.read()
    bare.posting, bare.beats, bare.requests = bare.seconds, recorded.count, len(bodies)
    return bare


async def prove(count: int, path: Path) -> Proof:
    """Soak, post the same without an archive, and compare."""
    recorded = Recorded(count, int(time.time()))
    async with ClientSession() as session:
        seen = await soak(recorded, path, session)
        bare = await post_bare(recorded, session)
    waiting, drain, ledger, left = seen.waiting, seen.drain, seen.ledger, seen.drained

    proof = Proof()
    tabulate(proof, {"waiting": waiting, "drain": drain, "bare posting": bare})
    proof.note("Drain : bare posting", f"{drain.seconds / bare.seconds:.2f}")
    # The two at the same time on the same machine, however busy that is.
    proof.note("Drain : its own posting", f"{drain.seconds / drain.posting:.2f}")
    proof.note("Storing an hour, median", f"{statistics.median(seen.storing) * 1000:.0f} ms")
    proof.note("Storing an hour, longest", f"{max(seen.storing) * 1000:.0f} ms")
    proof.note("Archive, full and drained", "{:.1f} MB, {:.1f} MB".format(*seen.sizes))
    proof.note("Beats that waited", f"{seen.full.pending:,}")
    proof.note(
        "Beats accepted", f"{ledger.beats:,} in {ledger.batches:,} batches, {ledger.repeats:,} repeated"
    )
    proof.check("Drained to empty", (left.pending, left.quarantined) == (0, 0))
    proof.check("Nothing lost", ledger.complete and seen.full.pending == left.delivered == count)
    proof.check("Nothing repeated", ledger.repeats == 0)
    growth = max(waiting.peak, drain.peak) - waiting.before
    proof.check(f"Memory grew by less than {GROWTH_MAX:.0f} MB", growth < GROWTH_MAX)
    longest = max(*waiting.held, *drain.held)
    proof.note(f"Loop held {HELD_TARGET * 1000:.0f} ms at most", "yes" if longest <= HELD_TARGET else "no")
    proof.check(f"Loop held {HELD_MAX * 1000:.0f} ms at most", longest <= HELD_MAX)
    return proof


def tabulate(proof: Proof, phases: dict[str, Phase]) -> None:
    """Note the figures of the phases side by side."""
    rows: dict[str, Callable[[Phase], str]] = {
        "Seconds": lambda one: f"{one.seconds:.2f}",
        "Seconds of it posting": lambda one: f"{one.posting:.2f}",
        "Requests": lambda one: f"{one.requests:,}",
        "Beats per second": lambda one: f"{one.beats / one.seconds:,.0f}",
        "Loop held, 99 of 100, ms": lambda one: f"{sorted(one.held)[len(one.held) * 99 // 100] * 1000:.1f}",
        "Loop held, longest, ms": lambda one: f"{max(one.held) * 1000:.1f}",
        "Memory growth, MB": lambda one: f"{one.peak - one.before:.1f}",
    }
    proof.note("", "".join(f"{name:>14}" for name in phases))
    for name, figure in rows.items():
        proof.note(name, "".join(f"{figure(one):>14}" for one in phases.values()))


def size(path: Path) -> float:
    """Return the size of an archive, with what SQLite keeps beside it, in MB."""
    return sum(file.stat().st_size for file in path.parent.glob(f"{path.name}*")) / 1e6


def main() -> int:
    """Soak, print what was seen and end."""
    parser = argparse.ArgumentParser(prog="python -m scripts.world.soak", description=__doc__)
    parser.add_argument("--samples", type=int, default=LONGEST_WAIT // STEP, help="how many samples wait")
    options = parser.parse_args()
    # That the receiver is down is what this is about.
    logging.getLogger("custom_components").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="fitbit-cardiogram-") as folder:
        proof = asyncio.run(prove(options.samples, Path(folder) / "archive.db"))
    print(proof)
    for fault in proof.faults:
        print(f"Wrong: {fault}", file=sys.stderr)
    return 1 if proof.faults else 0


if __name__ == "__main__":
    sys.exit(main())
