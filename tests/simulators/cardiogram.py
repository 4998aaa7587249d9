"""Cardiogram's endpoint for beats."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
import json
from typing import Any, Never, override

from aiohttp import web

from .pages import page
from .server import RECEIVED, Request, Simulator

AUTH_HEADERS = ("Authentication", "Authorization")
BEAT_KEYS = {"start", "end", "value"}
LATEST_SECOND = 10**10
"""UNIX seconds are smaller, milliseconds are not."""
SHOWN = 20

MALFORMED = "Malformed input."
NEGATIVE = "Heart rates contain negative value."
NOT_SECONDS = "Timestamps ('start' or 'end') are not in UNIX seconds"
NO_USER = "User does not exist."
WRONG_USER = "userId does not match access token."
NO_TOKEN = "Unauthorized."
TOO_MANY = "Request entity too large."


@dataclass(frozen=True)
class Beat:
    """One accepted beat."""

    user: str
    start: int
    end: int
    value: float
    received: float


class RefusedError(Exception):
    """An answer other than success."""

    def __init__(self, status: int, message: str) -> None:
        """Keep the status and the words of the answer."""
        super().__init__(message)
        self.status = status


class CardiogramSimulator(Simulator):
    """Takes beats, checks them as documented, and keeps a ledger."""

    def __init__(
        self, users: dict[str, str] | None = None, *, clock: Callable[[], float] | None = None
    ) -> None:
        """Know the users and their access tokens."""
        super().__init__(clock=clock)
        self.users = users if users is not None else {"1": "cardiogram-demo-token"}
        self.empty_success = False
        self.reject: Callable[[dict[str, Any]], bool] | None = None
        self.max_batch: int | None = None
        self.ledger: list[Beat] = []
        self.batches: list[list[Beat]] = []
        self.accepted: list[Request] = []
        """The request that brought each batch."""
        self.auth_headers: list[tuple[str, ...]] = []
        """Which of the two headers each request brought."""

    @override
    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self._show),
            web.post("/heart/oauth/users/{user}/beats", self._take),
        ]

    def values(self, user: str = "1") -> dict[int, float]:
        """Return the last value of each time."""
        return {beat.start: beat.value for beat in self.ledger if beat.user == user}

    def repeats(self) -> int:
        """Count the beats that told nothing new."""
        known: dict[tuple[str, int, int], float] = {}
        repeats = 0
        for beat in self.ledger:
            key = (beat.user, beat.start, beat.end)
            repeats += known.get(key) == beat.value
            known[key] = beat.value
        return repeats

    async def _take(self, request: web.Request) -> web.Response:
        try:
            user = self._authenticate(request)
            beats = self._read(await request.read())
        except RefusedError as refused:
            return web.json_response({"message": str(refused)}, status=refused.status)
        received = self.clock()
        batch = [Beat(user, beat["start"], beat["end"], beat["value"], received) for beat in beats]
        self.batches.append(batch)
        self.accepted.append(request[RECEIVED])
        self.ledger += batch
        return web.json_response({} if self.empty_success else {"success": True})

    def _authenticate(self, request: web.Request) -> str:
        present = tuple(header for header in AUTH_HEADERS if header in request.headers)
        self.auth_headers.append(present)
        credentials = {request.headers[header] for header in present}
        if len(credentials) != 1 or not credentials <= {f"Bearer {token}" for token in self.users.values()}:
            raise RefusedError(401, NO_TOKEN)
        user = request.match_info["user"]
        if user not in self.users:
            raise RefusedError(400, NO_USER)
        if f"Bearer {self.users[user]}" not in credentials:
            raise RefusedError(403, WRONG_USER)
        return user

    def _read(self, body: bytes) -> list[dict[str, Any]]:
        try:
            content = json.loads(body, parse_constant=_refuse_constant)
        except ValueError as error:
            raise RefusedError(400, MALFORMED) from error
        beats = content.get("beats") if isinstance(content, dict) else None
        if not isinstance(beats, list):
            raise RefusedError(400, MALFORMED)
        if self.max_batch is not None and len(beats) > self.max_batch:
            raise RefusedError(413, TOO_MANY)
        for broken, message in (
            (_is_malformed, MALFORMED),
            (_is_negative, NEGATIVE),
            (_is_not_seconds, NOT_SECONDS),
            (_ends_early, MALFORMED),
            (self.reject, MALFORMED),
        ):
            if broken and any(map(broken, beats)):
                raise RefusedError(400, message)
        return beats

    async def _show(self, _: web.Request) -> web.Response:
        rows = "".join(
            f"<tr><td>{escape(beat.user)}</td><td>{_utc(beat.start)}</td>"
            f"<td>{beat.value:g}</td><td>{_utc(beat.received)}</td></tr>"
            for beat in self.ledger[: -SHOWN - 1 : -1]
        )
        times = len({(beat.user, beat.start) for beat in self.ledger})
        content = (
            f"<p><strong>{len(self.ledger)}</strong> beats in {len(self.batches)} batches, "
            f"{times} different times, {self.repeats()} repeats.</p>"
            f"<table><tr><th>User</th><th>Measured (UTC)</th><th>bpm</th><th>Received (UTC)</th></tr>"
            f"{rows}</table>"
        )
        return page("Cardiogram, simulated", content, refresh=5)


def _refuse_constant(constant: str) -> Never:
    raise ValueError(constant)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_malformed(beat: Any) -> bool:
    return not (
        isinstance(beat, dict)
        and beat.keys() == BEAT_KEYS
        and _is_number(beat["value"])
        and all(isinstance(beat[key], str) or _is_number(beat[key]) for key in ("start", "end"))
    )


def _is_negative(beat: dict[str, Any]) -> bool:
    return bool(beat["value"] < 0)


def _is_not_seconds(beat: dict[str, Any]) -> bool:
    return any(
        not isinstance(time, int) or not 0 < time < LATEST_SECOND for time in (beat["start"], beat["end"])
    )


def _ends_early(beat: dict[str, Any]) -> bool:
    return bool(beat["end"] < beat["start"])


def _utc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
