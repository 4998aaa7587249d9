"""What every simulated web service shares: a local server, a record of its requests, and faults."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
import socket
from ssl import SSLContext
import struct
import time
from typing import Literal, Self

from aiohttp import web

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HOST = "127.0.0.1"
LARGEST_BODY = 64 * 1024 * 1024
RESET_AT_ONCE = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class Request:
    """One request as it arrived; header names are matched in any case."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes
    time: float
    fault: Fault | None = None
    """What goes wrong with it."""


@dataclass
class Fault:
    """What goes wrong with the next `times` requests (-1: all) whose "METHOD path" contains `match`.

    The first `after` of them still go well.
    The kinds "answer", "truncate" and "drip" send `status`, `body` and `headers` where `status` or `body` is
    given, the real answer otherwise; "reset_after" does the request's work before it kills the connection.
    """

    match: str
    status: int | None = None
    body: bytes | str = ""
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1
    kind: Literal["answer", "hang", "reset_before", "reset_after", "truncate", "drip"] = "answer"
    after: int = 0


RECEIVED = web.RequestKey("received", Request)


class Simulator:
    """A web service on a local port; subclasses bring the routes."""

    drip_pause = 0.1
    """Seconds between the bytes of a dripping answer."""
    latency = 0.0
    """Seconds that a request needs to get here, and its answer to get back."""

    def __init__(self, *, clock: Callable[[], float] | None = None) -> None:
        # time.time is looked up at each call, so that a frozen clock is seen.
        self.clock: Callable[[], float] = clock or (lambda: time.time())  # noqa: PLW0108
        self.port = 0
        self.scheme = "http"
        self.requests: list[Request] = []
        self.sent: Counter[str] = Counter()
        """The bytes of the answers' bodies by path, as they travel."""
        self.faults: list[Fault] = []
        self._runner: web.AppRunner | None = None
        self._stopping = asyncio.Event()

    def routes(self) -> Iterable[web.RouteDef]:
        """Return the routes of the service."""
        return ()

    @property
    def url(self) -> str:
        """The address of the running service, without a slash at its end."""
        return f"{self.scheme}://{HOST}:{self.port}"

    @property
    def connections(self) -> int:
        """How many connections are open."""
        server = self._runner.server if self._runner else None
        return len(server.connections) if server else 0

    async def start(self, port: int = 0, *, tls: SSLContext | None = None) -> None:
        """Listen on a port, by https where there is a certificate for it; 0 takes a free one."""
        self._stopping = asyncio.Event()
        application = web.Application(middlewares=[self._serve], client_max_size=LARGEST_BODY)
        application.add_routes(self.routes())
        self._runner = web.AppRunner(
            application, access_log=None, handler_cancellation=True, shutdown_timeout=1
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, port, ssl_context=tls).start()
        self.scheme = "https" if tls else "http"
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening and drop every connection, hanging ones too."""
        self._stopping.set()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        """Start on a free port."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop."""
        await self.stop()

    def count(self, match: str) -> int:
        """Count the requests whose "METHOD path" contains this text."""
        return sum(match in f"{request.method} {request.path}" for request in self.requests)

    @web.middleware
    async def _serve(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        body = await request.read()
        fault = self._next_fault(f"{request.method} {request.path}")
        received = Request(
            request.method,
            request.path,
            dict(request.query),
            request.headers.copy(),
            body,
            self.clock(),
            fault,
        )
        self.requests.append(received)
        request[RECEIVED] = received
        await self._travel()
        answer = await (self._fail(fault, request, handler) if fault else handler(request))
        if isinstance(answer, web.Response) and isinstance(answer.body, bytes):
            self.sent[request.path] += len(answer.body)
        await self._travel()
        return answer

    async def _travel(self) -> None:
        if self.latency:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.latency):
                    await self._stopping.wait()

    def _next_fault(self, line: str) -> Fault | None:
        fault = next((fault for fault in self.faults if fault.times and fault.match in line), None)
        if fault and fault.after:
            fault.after -= 1
            return None
        if fault and fault.times > 0:
            fault.times -= 1
            if not fault.times:
                self.faults.remove(fault)
        return fault

    async def _fail(self, fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
        match fault.kind:
            case "hang":
                await self._stopping.wait()
                return _reset(request)
            case "reset_before":
                return _reset(request)
            case "reset_after":
                await handler(request)
                return _reset(request)
        answer = await _answer(fault, request, handler)
        match fault.kind:
            case "truncate":
                return await _truncate(answer, request)
            case "drip":
                return await self._drip(answer, request)
        return answer

    async def _drip(self, answer: web.Response, request: web.Request) -> web.StreamResponse:
        stream, body = await _begin(answer, request)
        for byte in body:
            await stream.write(bytes([byte]))
            with suppress(TimeoutError):
                async with asyncio.timeout(self.drip_pause):
                    await self._stopping.wait()
                return _reset(request)
        return stream


async def _answer(fault: Fault, request: web.Request, handler: Handler) -> web.Response:
    if fault.status is None and not fault.body:
        answer = await handler(request)
        assert isinstance(answer, web.Response)
    else:
        body = fault.body.encode() if isinstance(fault.body, str) else fault.body
        answer = web.Response(status=fault.status or 200, body=body, content_type="application/json")
    answer.headers.update(fault.headers)
    return answer


async def _begin(answer: web.Response, request: web.Request) -> tuple[web.StreamResponse, bytes]:
    body = answer.body if isinstance(answer.body, bytes) else b""
    stream = web.StreamResponse(status=answer.status, headers=answer.headers)
    stream.content_length = len(body)
    await stream.prepare(request)
    return stream, body


async def _truncate(answer: web.Response, request: web.Request) -> web.StreamResponse:
    stream, body = await _begin(answer, request)
    await stream.write(body[: len(body) // 2])
    if request.transport:
        request.transport.close()
    return stream


def _reset(request: web.Request) -> web.Response:
    if request.transport:
        connection: socket.socket = request.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_ONCE)
        request.transport.abort()
    return web.Response()
