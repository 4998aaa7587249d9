"""Google in a process of its own, so that neither its work nor its memory counts as ours."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
import multiprocessing
from multiprocessing.connection import Connection
import signal
from typing import override

from aiohttp import web

from scripts.benchmark.accounts import SignedIn, sign_in
from tests.simulators import GoogleSimulator, Recording


@dataclass(frozen=True)
class Elsewhere:
    """A Google that runs: where it listens, and who has signed in there."""

    url: str
    signed_in: list[SignedIn]
    pipe: Connection

    async def ask[T](self, question: Callable[[GoogleSimulator], T]) -> T:
        """Let a function look at the simulator over there, and return what it returns."""
        self.pipe.send(question)
        answer: T = await asyncio.to_thread(self.pipe.recv)
        return answer


class Prepared(GoogleSimulator):
    """A Google for people who all measured the same: what was asked once is answered again without work."""

    def __init__(self) -> None:
        super().__init__()
        self._bodies: dict[str, bytes] = {}

    @override
    async def _health(self, request: web.Request) -> web.Response:
        """Answer, from what was answered before where it is about heart rates."""
        if not request.path.endswith("dataPoints:reconcile"):
            return await super()._health(request)
        if request.raw_path not in self._bodies:
            answer = await super()._health(request)
            if not isinstance(answer.body, bytes) or answer.status != HTTPStatus.OK:
                return answer
            self._bodies[request.raw_path] = answer.body
        return web.Response(body=self._bodies[request.raw_path], content_type="application/json")


@asynccontextmanager
async def google_elsewhere(
    people: Sequence[Recording], kind: type[GoogleSimulator] = GoogleSimulator
) -> AsyncIterator[Elsewhere]:
    """Run Google with these people until the block ends."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(people, theirs, kind), daemon=True)
    process.start()
    theirs.close()
    try:
        url, signed_in = await asyncio.to_thread(ours.recv)
        yield Elsewhere(url, signed_in, ours)
    finally:
        ours.close()
        await asyncio.to_thread(process.join, 10)
        process.kill()


def serve(people: Sequence[Recording], pipe: Connection, kind: type[GoogleSimulator]) -> None:
    """Be Google, until the other end of the pipe is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, BrokenPipeError):
        asyncio.run(_serve(people, pipe, kind))


async def _serve(people: Sequence[Recording], pipe: Connection, kind: type[GoogleSimulator]) -> None:
    async with kind() as simulator:
        simulator.people[:] = people
        simulator.checks_answers = False
        pipe.send((simulator.url, sign_in(simulator)))
        while True:
            question = await asyncio.to_thread(pipe.recv)
            pipe.send(question(simulator))
