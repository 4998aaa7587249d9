"""The trial: Home Assistant is killed again and again while a day of beats drains through faults.

`python -m scripts.world.kills` starts a real one, lets a backlog build up, kills it with SIGKILL at random
moments while the backlog drains, and sees at the end that every beat arrived, and none twice without need.
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import pairwise
import os
from random import Random, randrange
import sys
import time
from typing import NamedTuple

from scripts.waiting import until
from scripts.world.client import Client
from scripts.world.journey import Place, forward_automatically, furnish, states
from scripts.world.proof import Proof, check_log
from scripts.world.stored import archive_path, archived, execute
from scripts.world.world import World, evening, world
from tests.simulators import CardiogramSimulator, Fault
from tests.simulators.server import Request

LARGEST_BATCH = 40
"""Beats; larger batches are refused, so that the backlog needs hundreds of requests."""
LATENCY_PER_KILL, LATENCY_MIN = 1 / 300, 0.05
"""Seconds each way, so that the backlog outlasts the kills."""
GAP = (3, 18)
"""Successful requests between two faults, at least and at most."""
PATIENCE = 120.0

FAULTS = {
    "reset before the work": Fault("POST", kind="reset_before"),
    "reset after the work": Fault("POST", kind="reset_after"),
    "answer cut short": Fault("POST", kind="truncate"),
    "no answer": Fault("POST", kind="hang"),
    "status 500": Fault("POST", 500),
    "status 503": Fault("POST", 503, headers={"Retry-After": "6"}),
}
COUNTS = (
    "SELECT (SELECT delivered FROM destinations), (SELECT count(*) FROM outbox),"
    " (SELECT count(*) FROM quarantine)"
)
ANSWER_LOST = ("reset after the work", "answer cut short", "no answer")


class Moment(NamedTuple):
    """The time of a kill: drawn between two bounds, in seconds after the first request (negative: before it).

    For IN_FLIGHT the bounds are round trips after a batch that is small enough.
    """

    name: str
    earliest: float
    latest: float


SOON = Moment("killed soon", 0, 3)
LATER = Moment("killed later", 3, 15)
IN_FLIGHT = Moment("killed in flight", 0, 1.2)
STARTING = Moment("killed while starting", -4, 0)
MOMENTS = {SOON: 9, LATER: 3, IN_FLIGHT: 5, STARTING: 3}


@dataclass(frozen=True)
class Life:
    """One run of Home Assistant: when it was killed, which requests it made, how many beats were pending."""

    moment: Moment
    requests: range
    pending: int

    @property
    def counts(self) -> bool:
        """Whether the kill met a backlog that was draining, or about to."""
        return self.pending > 0 and (bool(self.requests) or self.moment is STARTING)


@dataclass
class Trial:
    """A world with an account, and its history."""

    around: World
    client: Client
    place: Place
    random: Random
    lives: list[Life] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)
    start_takes: float = 8.0
    """Seconds to the first request."""

    @property
    def cardiogram(self) -> CardiogramSimulator:
        """The receiver of the beats."""
        return self.around.cardiogram

    def archived(self) -> dict[int, int]:
        """Return every sample of the archive."""
        return archived(self.around.config, self.place.entry_id)

    async def make_trouble(self, kills: int) -> None:
        """Let the backlog drain slowly, with faults, and kill Home Assistant until so many kills counted."""
        faults, moments = deal(self.random, FAULTS.values()), deal(self.random, Counter(MOMENTS).elements())
        self.cardiogram.requests.clear()
        self.cardiogram.max_batch = LARGEST_BATCH
        self.cardiogram.latency = max(kills * LATENCY_PER_KILL, LATENCY_MIN)
        self.cardiogram.faults = [
            replace(next(faults), after=self.random.randint(*GAP)) for _ in range(10 * kills)
        ]
        while sum(life.counts for life in self.lives) < kills:
            life = await self.live(next(moments))
            self.lives.append(life)
            said = f"{life.moment.name}, {len(life.requests)} requests, {life.pending:,} beats pending"
            print(f"{len(self.lives):>4}  {said}", flush=True)
            if not life.pending:
                raise RuntimeError("The backlog drained before there were enough kills")

    async def live(self, moment: Moment) -> Life:
        """Start Home Assistant and kill it."""
        requests = self.cardiogram.requests
        first = len(requests)
        delay = self.random.uniform(moment.earliest, moment.latest)
        nth = self.random.randint(1, 4)
        process = await self.around.start()
        try:
            if moment is STARTING:
                delay = max(0.0, self.start_takes + delay)
            else:
                self.start_takes = await self.until(lambda: len(requests) > first)
            if moment is IN_FLIGHT:
                await self.until(lambda: sum(map(is_small, requests[first:])) >= nth)
                delay *= 2 * self.cardiogram.latency
            await asyncio.sleep(delay)
            pending = len(self.archived()) - len(self.cardiogram.values())
            if process.returncode is not None:
                raise RuntimeError(f"Home Assistant has ended:\n{self.around.console.read_text()[-3000:]}")
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        self.logs.append(self.around.log)
        return Life(moment, range(first, len(requests)), pending)

    async def until(self, condition: Callable[[], bool]) -> float:
        """Wait until a condition holds, and return the seconds until then."""
        started = time.monotonic()
        while not condition():
            if time.monotonic() - started > PATIENCE:
                raise RuntimeError(f"Home Assistant forwards nothing:\n{self.around.log[-3000:]}")
            await asyncio.sleep(0.005)
        return time.monotonic() - started

    async def come_to_rest(self, proof: Proof) -> None:
        """Take the trouble away, let the rest drain, and compare account, archive, ledger and counter."""
        service = self.around.source.service
        now = time.time()
        # From now on nothing new is measured.
        service.clock = lambda: now
        self.cardiogram.faults.clear()
        self.cardiogram.max_batch, self.cardiogram.latency = None, 0
        shown = "missing"

        def truth() -> dict[int, int]:
            return dict(service.person.samples(min(self.archived()), int(now), now))

        async def is_at_rest() -> bool:
            nonlocal shown
            if not self.cardiogram.values() == self.archived() == truth():
                return False
            counter = await states(self.client, self.place, ["delivered_beats"])
            shown = str(counter["delivered_beats"]["state"])
            return shown == str(len(self.archived()))

        async with self.around.running() as process:
            with suppress(TimeoutError):
                await until(is_at_rest, PATIENCE)
        self.logs.append(self.around.log)
        samples = self.archived()
        path = archive_path(self.around.config, self.place.entry_id)
        ((integrity,),) = execute(path, "PRAGMA integrity_check")
        ((delivered, pending, refused),) = execute(path, COUNTS)
        proof.note("Samples", f"{len(samples):,}")
        proof.note("Delivered beats", f"{delivered:,} in the archive, {shown} shown")
        proof.check("Ended in order", process.returncode == 0)
        proof.check("Archive whole", integrity == "ok")
        proof.check("Archive equal to account", samples == truth())
        proof.check("Ledger equal to archive", self.cardiogram.values() == samples)
        proof.check("Nothing pending or refused", pending == refused == 0)
        proof.check("Counter equal to archive", str(delivered) == shown == str(len(samples)))


@dataclass
class Findings:
    """Findings in the requests; the counters go by the trouble that a request met, "" for none."""

    met: Counter[str] = field(default_factory=Counter)
    came_again: Counter[str] = field(default_factory=Counter)
    """The next request was the same, byte for byte."""
    accepted_twice: Counter[str] = field(default_factory=Counter)
    after_fault: bool = True
    """Whether the same came again after every fault."""
    mixed: int = 0
    """Batches of new and accepted beats together."""
    altered: int = 0
    """Repeats with another key or body."""

    def check(self, proof: Proof, kills: int) -> None:
        """Note and check the findings."""
        repeats = self.accepted_twice.total()
        lost = sum(self.met[name] for name in ANSWER_LOST)
        proof.note("Repeated batches", repeats)
        proof.check("Every other batch new", not self.mixed)
        proof.check("Repeats equal in key and bytes", not self.altered)
        proof.check("Repeats only after a lost answer", not self.accepted_twice[""])
        proof.check("Repeats no more than lost answers", repeats <= kills + lost)
        proof.check("After each fault the same again", self.after_fault)

    def __str__(self) -> str:
        columns = {"times": self.met, "sent again": self.came_again, "accepted twice": self.accepted_twice}
        rows = [" " * 24 + "".join(f"{title:>16}" for title in columns)]
        for name in (*FAULTS, *(moment.name for moment in MOMENTS)):
            rows += [f"{name:<24}" + "".join(f"{column[name]:>16}" for column in columns.values())]
        return "\n".join(rows)


def examine(cardiogram: CardiogramSimulator, lives: Sequence[Life]) -> Findings:
    """Follow every batch through its tries; a kill may have cost the last answer of a life."""
    found = Findings(met=Counter(life.moment.name for life in lives))
    ends = {life.requests[-1]: life.moment.name for life in lives if life.requests}
    trouble: dict[int, str] = {}
    for index, request in enumerate(cardiogram.requests):
        trouble[id(request)] = fault_name(request.fault) if request.fault else ends.get(index, "")
        found.met[trouble[id(request)]] += bool(request.fault)
    for request, following in pairwise(cardiogram.requests):
        again = sent(request) == sent(following)
        found.came_again[trouble[id(request)]] += again
        found.after_fault &= again or not request.fault
    known: set[int] = set()
    originals: dict[tuple[tuple[int, float], ...], Request] = {}
    for batch, request in zip(cardiogram.batches, cardiogram.accepted, strict=True):
        beats = tuple((beat.start, beat.value) for beat in batch)
        if original := originals.get(beats):
            found.accepted_twice[trouble[id(original)]] += 1
            found.altered += sent(original) != sent(request)
        else:
            found.mixed += len(known | dict(beats).keys()) < len(known) + len(beats)
        originals[beats] = request
        known.update(dict(beats))
    return found


def sent(request: Request) -> tuple[str, bytes]:
    """Return the key and the body, which every try of a batch shares."""
    return request.headers["Idempotency-Key"], request.body


def fault_name(fault: Fault) -> str:
    """Return a fault's name here."""
    return next(name for name, one in FAULTS.items() if (one.kind, one.status) == (fault.kind, fault.status))


def is_small(request: Request) -> bool:
    """Return whether a batch is small enough to be taken."""
    return request.body.count(b"start") <= LARGEST_BATCH


def deal[T](random: Random, cards: Iterable[T]) -> Iterator[T]:
    """Yield all cards in random order, again and again."""
    deck = list(cards)
    while True:
        yield from random.sample(deck, len(deck))


async def trial(kills: int, seed: int) -> int:
    """Set up, make trouble, and print the findings."""
    started = time.monotonic()
    proof = Proof()
    async with world(time_zone=evening()) as around, Client(f"http://127.0.0.1:{around.port}") as client:
        keep_bytecode(around)
        around.cardiogram.faults = [Fault("POST", 503, times=-1)]
        async with around.running():
            place = await furnish(around, client)
            await forward_automatically(client, place)
            run = Trial(around, client, place, Random(seed))
            await run.until(lambda: bool(around.cardiogram.requests))
        run.logs.append(around.log)
        await run.make_trouble(kills)
        await run.come_to_rest(proof)
        found = examine(around.cardiogram, run.lives)
        found.check(proof, len(run.lives))
        (around.config / "home-assistant.log").write_text("".join(run.logs))
        check_log(proof, around, made=" WARNING ")
    proof.note("Kills that met a backlog", f"{sum(life.counts for life in run.lives)} of {len(run.lives)}")
    proof.note("Seconds", f"{time.monotonic() - started:.0f}")
    print(f"\n{found}\n")
    return proof.conclude()


def keep_bytecode(around: World) -> None:
    """Let Home Assistant compile itself once, not at every start, even if no bytecode is to be kept."""
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        os.environ["PYTHONPYCACHEPREFIX"] = str(around.config / "bytecode")


async def main() -> int:
    """Run a trial with the command line's options."""
    parser = argparse.ArgumentParser(prog="python -m scripts.world.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=20, help="how many have to meet a draining backlog")
    parser.add_argument("--seed", type=int, default=randrange(10**6), help="of the moments and the faults")
    options = parser.parse_args()
    print(f"{options.kills} kills, --seed {options.seed}", flush=True)
    return await trial(options.kills, options.seed)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
