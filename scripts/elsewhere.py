"""Simulators in processes of their own, so that neither their work nor their memory counts as ours."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
import multiprocessing
from multiprocessing.connection import Connection
import signal

from tests.simulators.server import Simulator


@dataclass(frozen=True)
class Elsewhere[Kind: Simulator]:
    """A simulator that runs in another process, and its address."""

    url: str
    pipe: Connection

    async def ask[T](self, question: Callable[[Kind], T]) -> T:
        """Call a function with the simulator over there, and return its result."""
        self.pipe.send(question)
        answer: T = await asyncio.to_thread(self.pipe.recv)
        return answer


@asynccontextmanager
async def elsewhere[Kind: Simulator](create: Callable[[], Kind]) -> AsyncIterator[Elsewhere[Kind]]:
    """Run a simulator until the block ends."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(create, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Elsewhere(await asyncio.to_thread(ours.recv), ours)
    finally:
        ours.close()
        await asyncio.to_thread(process.join, 10)
        process.kill()


def _run(create: Callable[[], Simulator], pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, BrokenPipeError):
        asyncio.run(_serve(create, pipe))


async def _serve(create: Callable[[], Simulator], pipe: Connection) -> None:
    """Answer questions until the other end of the pipe is closed."""
    async with create() as simulator:
        pipe.send(simulator.url)
        while True:
            question = await asyncio.to_thread(pipe.recv)
            pipe.send(question(simulator))
