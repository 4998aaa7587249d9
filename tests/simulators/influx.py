"""InfluxDB's two paths for line protocol, as documented for versions 1 and 2."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
import gzip
from typing import override

from aiohttp import web

from .receiver import ReceiverSimulator
from .server import RECEIVED, Request

SECONDS_IN = {
    "s": 1,
    "ms": 1000,
    "us": 10**6,
    "ns": 10**9,
    "u": 10**6,
    "n": 10**9,
    "m": 1 / 60,
    "h": 1 / 3600,
}
# What each version says of points beyond the retention; 0 is none that is known.
_TOO_OLD = {
    0: "partial write: points beyond retention policy",
    1: "partial write: points beyond retention policy dropped={dropped}",
    2: (
        "failure writing points to database: partial write: dropped {dropped} points outside retention policy"
        " of duration 24h0m0s - oldest point heart_rate,person=Anna at 2026-11-20T00:00:00Z dropped because"
        " it violates a Retention Policy Lower Bound at {bound}, newest point heart_rate,person=Anna at"
        " 2026-11-20T00:00:01Z dropped because it violates a Retention Policy Lower Bound at {bound}"
        " dropped={dropped} for database: 9f282d63c7d3a5c0 for retention policy: autogen"
    ),
}
PRECISIONS = {1: {"n", "u", "ms", "s", "m", "h"}, 2: {"ns", "us", "ms", "s"}}


@dataclass(frozen=True)
class Point:
    """One line."""

    measurement: str
    tags: tuple[tuple[str, str], ...]
    field: str
    value: str
    time: int


def split(text: str, at: str) -> list[str]:
    """Split a text at a sign that no backslash escapes; escapes stay."""
    parts, escaped = [""], False
    for sign in text:
        if sign == at and not escaped:
            parts.append("")
        else:
            parts[-1] += sign
        escaped = sign == "\\" and not escaped
    return parts


def plain(text: str, signs: str) -> str:
    """Return a text without the escapes of these signs."""
    for sign in signs:
        text = text.replace(f"\\{sign}", sign)
    return text


def parse(line: str) -> Point:
    """Return the point of a line with one field; raises ValueError."""
    series, fields, time = split(line, " ")
    measurement, *tags = split(series, ",")
    pairs = [split(tag, "=") for tag in tags]
    field, value = split(fields, "=")
    if not measurement or any(len(pair) != 2 or not all(pair) for pair in pairs):
        raise ValueError(line)
    return Point(
        plain(measurement, ", "),
        tuple((plain(key, ",= "), plain(text, ",= ")) for key, text in pairs),
        plain(field, ",= "),
        value,
        int(time),
    )


class InfluxSimulator(ReceiverSimulator):
    """A server with a database (version 1) that is also a bucket of an organization (version 2)."""

    def __init__(self, *, clock: Callable[[], float] | None = None) -> None:
        super().__init__(clock=clock)
        self.database = "health"
        self.organization = "home"
        self.token = "influx-demo-token"
        self.username = ""
        """With a name, `token` is that user's password in version 1."""
        self.points: dict[tuple[str, tuple[tuple[str, str], ...], int], str] = {}
        self.oldest = 0
        """Points before this time lie beyond the retention."""
        self.tells_number = True
        """Whether it says how many points do."""
        self.has_floats = False
        """Whether the field is of another type already."""

    @override
    def routes(self) -> list[web.RouteDef]:
        return [web.post("/write", self._write_v1), web.post("/api/v2/write", self._write_v2)]

    @override
    def forget(self) -> None:
        super().forget()
        self.points.clear()

    async def _write_v1(self, request: web.Request) -> web.Response:
        received = request[RECEIVED]
        user = f"{self.username}:{self.token}".encode()
        if self.username and request.headers.get("Authorization") != f"Basic {b64encode(user).decode()}":
            return _v1(401, "authorization failed")
        if received.query.get("db") != self.database:
            return _v1(404, f'database not found: "{received.query.get("db")}"')
        refused = self._store(received, version=1)
        return _v1(400 if refused[0] == 422 else refused[0], refused[1]) if refused else _stored()

    async def _write_v2(self, request: web.Request) -> web.Response:
        received = request[RECEIVED]
        if request.headers.get("Authorization") != f"Token {self.token}":
            return _v2(401, "unauthorized", "unauthorized access")
        for name, known in (("org", self.organization), ("bucket", self.database)):
            if received.query.get(name) != known:
                return _v2(404, "not found", f'{name} "{received.query.get(name)}" not found')
        refused = self._store(received, version=2)
        codes = {400: "invalid", 413: "request too large", 422: "unprocessable entity"}
        return _v2(refused[0], codes[refused[0]], refused[1]) if refused else _stored()

    def _store(self, request: Request, *, version: int) -> tuple[int, str] | None:
        """Store the good points; return the status and the words for the others, if there are any."""
        if request.query.get("precision") not in PRECISIONS[version]:
            return 400, "invalid precision"
        try:
            points = [parse(line) for line in self.lines(request)]
        except ValueError:
            return 400, "unable to parse"
        unit = SECONDS_IN[request.query["precision"]]
        samples = [(int(point.time / unit), int(point.value.removesuffix("i"))) for point in points]
        if refused := self._refusal(samples):
            return refused
        kept = [
            (point, sample) for point, sample in zip(points, samples, strict=True) if sample[0] >= self.oldest
        ]
        for point, (time, _) in kept:
            self.points[point.measurement, point.tags, time] = point.value
        if kept:
            self.keep(request, points[0].tags[0][1], [sample for _, sample in kept])
        return self._too_old(len(points) - len(kept), version)

    def _refusal(self, samples: list[tuple[int, int]]) -> tuple[int, str] | None:
        """Return the answer to points of which none is stored."""
        if self.max_batch is not None and len(samples) > self.max_batch:
            return 413, "request too large"
        if self.is_refused(samples):
            return 400, "unable to parse"
        if self.has_floats:
            words = 'field type conflict: input field "bpm" on measurement "heart_rate" is type integer'
            return 422, f"partial write: {words}, already exists as type float dropped={len(samples)}"
        return None

    def _too_old(self, dropped: int, version: int) -> tuple[int, str] | None:
        """Return the answer to points of which some lie beyond the retention."""
        if not dropped:
            return None
        words = _TOO_OLD[version if self.tells_number else 0]
        return 422, words.format(dropped=dropped, bound=self.oldest)

    def lines(self, request: Request) -> list[str]:
        """Return the lines that a request brought."""
        is_compressed = request.headers.get("Content-Encoding") == "gzip"
        # aiohttp's server has decompressed it already.
        body = (
            gzip.decompress(request.body)
            if is_compressed and request.body[:2] == b"\x1f\x8b"
            else request.body
        )
        return body.decode().split("\n")


def _stored() -> web.Response:
    return web.Response(status=204)


def _v1(status: int, error: str) -> web.Response:
    return web.json_response({"error": error}, status=status)


def _v2(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"code": code, "message": message}, status=status)
