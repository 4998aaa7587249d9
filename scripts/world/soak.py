"""The soak: 30 days of samples wait while Cardiogram is down, then drain.

`python -m scripts.world.soak` needs no Home Assistant running. Cardiogram is simulated by a process of its
own. The same bodies posted one after the other, with no archive behind them, are the measure.
"""

import argparse
from array import array
import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import batched
import logging
from pathlib import Path
import statistics
import sys
import tempfile
import time
from typing import NamedTuple, override

from aiohttp import ClientSession

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.archive.outbox import Batch, Outbox
from custom_components.fitbit_cardiogram.destinations.cardiogram import BATCH_SIZE, Cardiogram, encode
from custom_components.fitbit_cardiogram.destinations.forwarder import Forwarder
from custom_components.fitbit_cardiogram.destinations.outcome import Outcome
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from scripts.benchmark.rounds import STEP, Memory, samples
from scripts.elsewhere import elsewhere
from scripts.world.proof import Proof
from scripts.world.world import USERS
from tests.simulators import CardiogramSimulator, Fault

USER, TOKEN = next(iter(USERS.items()))
LONGEST_WAIT = 30 * DAY
"""The outbox gives older samples up, so each one arrives a little later than that ago."""
TICK = 0.002
"""Seconds between two looks at the event loop."""
WORKED_MAX = 0.05
"""Seconds that a pass of the event loop may work; a busy machine delays the loop, but adds no work to it."""
GROWTH_MAX = 20.0
"""Megabytes by which this process may grow."""


@dataclass
class Phase:
    """The cost of a part of the run: seconds in all and for posting, and memory in MB.

    `held` is the delay of each pass of the event loop, `worked` the loop's own work in it, in seconds.
    """

    seconds: float = 0.0
    posting: float = 0.0
    memory: Memory = field(default_factory=Memory)
    growth: float = 0.0
    requests: int = 0
    beats: int = 0
    held: array[float] = field(default_factory=lambda: array("d"))
    worked: array[float] = field(default_factory=lambda: array("d"))

    async def watch(self) -> None:
        """Look at the event loop until cancelled."""
        while True:
            due, before = time.perf_counter() + TICK, time.thread_time()
            await asyncio.sleep(TICK)
            self.held.append(time.perf_counter() - due)
            self.worked.append(time.thread_time() - before)


@asynccontextmanager
async def phase() -> AsyncIterator[Phase]:
    """Measure the cost of a block."""
    measured = Phase()
    watch = asyncio.create_task(measured.watch())
    started = time.perf_counter()
    try:
        yield measured
        measured.seconds = time.perf_counter() - started
        await asyncio.sleep(2 * TICK)
        measured.growth = measured.memory.peak
    finally:
        watch.cancel()


class Tally(NamedTuple):
    """The record of a receiver, and whether it holds exactly the measurements."""

    requests: int
    batches: int
    beats: int
    repeats: int
    complete: bool


def tally(receiver: CardiogramSimulator, recorded: Sequence[Sample]) -> Tally:
    """Count requests, batches and beats."""
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


receiver = partial(elsewhere, partial(CardiogramSimulator, dict(USERS)))


class Timed(Cardiogram):
    """Cardiogram that sums up the seconds of posting, from a batch at hand to its verdict."""

    seconds = 0.0

    @override
    async def post(self, batch: Batch) -> Outcome:
        started = time.perf_counter()
        try:
            return await super().post(batch)
        finally:
            self.seconds += time.perf_counter() - started


async def wait(archive: Archive, forwarder: Forwarder, recorded: Sequence[Sample]) -> list[float]:
    """Store hour after hour and refresh the forwarder, as polls do; return the seconds that storing took."""
    took = []
    for hour in batched(recorded, HOUR // STEP, strict=False):
        now = max(hour[-1][0], recorded[-1][0] - LONGEST_WAIT + HOUR)
        started = time.perf_counter()
        await asyncio.to_thread(archive.store, hour, now)
        took.append(time.perf_counter() - started)
        await forwarder.refresh()
    return took


async def soak(
    recorded: Sequence[Sample], path: Path, session: ClientSession, proof: Proof
) -> tuple[Phase, Phase]:
    """Let the samples wait while the receiver is down, drain them once it is back, and check the outcome."""
    archive = Archive(path)
    archive.open()
    outbox = Outbox(archive, "cardiogram")
    outbox.create(start=0, automatic=True, now=recorded[-1][0])
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
    left = outbox.state()
    archive.close()
    proof.note("Storing an hour, median", f"{statistics.median(storing) * 1000:.0f} ms")
    proof.note("Storing an hour, longest", f"{max(storing) * 1000:.0f} ms")
    proof.note("Archive, full and drained", f"{full_size:.1f} MB, {size(path):.1f} MB")
    proof.note("Beats that waited", f"{full.pending:,}")
    accepted = f"{ledger.beats:,} in {ledger.batches:,} batches, {ledger.repeats:,} repeated"
    proof.note("Beats accepted", accepted)
    proof.check("Drained to empty", (left.pending, left.quarantined) == (0, 0))
    proof.check("Nothing lost", ledger.complete and full.pending == left.delivered == len(recorded))
    proof.check("Nothing repeated", ledger.repeats == 0)
    return waiting, drain


async def post_bare(recorded: Sequence[Sample], session: ClientSession) -> Phase:
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
    bare.posting, bare.beats, bare.requests = bare.seconds, len(recorded), len(bodies)
    return bare


async def prove(count: int, path: Path) -> Proof:
    """Soak, post the same without an archive, and compare."""
    recorded = [*samples(int(time.time()) - (count - 1) * STEP, count)]
    proof = Proof()
    async with ClientSession() as session:
        waiting, drain = await soak(recorded, path, session, proof)
        bare = await post_bare(recorded, session)
    tabulate(proof, {"waiting": waiting, "drain": drain, "bare posting": bare})
    proof.note("Drain : bare posting", f"{drain.seconds / bare.seconds:.2f}")
    # Both run at the same time, so a busy machine does not change the ratio.
    proof.note("Drain : its own posting", f"{drain.seconds / drain.posting:.2f}")
    growth = max(waiting.growth, drain.memory.before - waiting.memory.before + drain.growth)
    proof.check(f"Memory grew by less than {GROWTH_MAX:.0f} MB", growth < GROWTH_MAX)
    worked = max(*waiting.worked, *drain.worked)
    proof.check(f"Loop worked {WORKED_MAX * 1000:.0f} ms at most", worked <= WORKED_MAX)
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
        "Loop worked, longest, ms": lambda one: f"{max(one.worked) * 1000:.1f}",
        "Memory growth, MB": lambda one: f"{one.growth:.1f}",
    }
    proof.note("", "".join(f"{name:>14}" for name in phases))
    for name, figure in rows.items():
        proof.note(name, "".join(f"{figure(one):>14}" for one in phases.values()))


def size(path: Path) -> float:
    """Return the size of an archive, with what SQLite keeps beside it, in MB."""
    return sum(file.stat().st_size for file in path.parent.glob(f"{path.name}*")) / 1e6


def main() -> int:
    """Soak, and print the observations."""
    parser = argparse.ArgumentParser(prog="python -m scripts.world.soak", description=__doc__)
    parser.add_argument("--samples", type=int, default=LONGEST_WAIT // STEP, help="how many samples wait")
    options = parser.parse_args()
    # Here the receiver is down on purpose.
    logging.getLogger("custom_components").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="fitbit-cardiogram-") as folder:
        proof = asyncio.run(prove(options.samples, Path(folder) / "archive.db"))
    return proof.conclude()


if __name__ == "__main__":
    sys.exit(main())
