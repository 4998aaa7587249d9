"""The table of what services answer while an account is signed in, and what comes of each row."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
import json
from pathlib import Path
import socket
import ssl
from typing import Any, Literal, override

from aiohttp.abc import AbstractResolver, ResolveResult
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.fitbit_cardiogram.const import DATA_ENDPOINTS, DOMAIN
from tests.helpers.home import SetUp, advance, settle, state_of, until
from tests.simulators import Fault, FitbitSimulator, GoogleSimulator, Recording
from tests.simulators.server import HOST

HEART_RATE = "sensor.sam_sample_heart_rate"
# So short that each poll has to renew it.
TOKEN_LIFETIME = 60
# In every body that a service answers with in this table; nobody but us may ever see it.
SECRET = "body-sentinel-5813"
type Provider = Literal["google", "gateway"]
type Where = Literal["token", "API"]
type Door = Literal["", "closed", "unknown name", "another certificate"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What must come of an answer; `words` are those of the page."""

    words: str
    step: str | None = None
    """Where the sign-in stands that a person is asked for."""
    issue: str | None = None
    is_late: bool = False
    """Whether the issue waits until it has been so for a day."""
    reads: bool = False
    """Whether the heart rate is read all the same."""
    lasts_a_day: bool = False
    """Whether it is asked for again after a day only."""


LOADED = ConfigEntryState.LOADED
GOES_ON = Outcome("Renews the token and continues", reads=True)
RETRY = Outcome("Tries again automatically")
SIGN_IN = Outcome("Asks for one new sign-in", "reauth_confirm")
PERMISSION = Outcome("Asks for one new sign-in, and names the permission", "reauth_scope")


def _repair(issue: str, begin: str = "Tries again automatically", **changes: Any) -> Outcome:
    return Outcome(f"{begin}; repair `{issue}`", issue=issue, **changes)


DENIED = _repair("access_denied", "Tries again automatically, and reports it after a day", is_late=True)
NOT_ENABLED = _repair("api_not_enabled")
NOT_LINKED = _repair("account_not_linked")
ENDED = _repair("service_ended")
NO_ZONES = _repair("zones_not_granted", "Reads the rest", reads=True, lasts_a_day=True)
NO_SETTINGS = _repair("settings_not_granted", "Reads the rest", reads=True, lasts_a_day=True)
THE_REST = Outcome("Reads the rest", reads=True)
NO_SLEEP = replace(THE_REST, lasts_a_day=True)
NO_INTRADAY = _repair("intraday_missing", "Reads the rest", lasts_a_day=True)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what a provider answers, and where."""

    provider: Provider
    where: Where
    what: str
    outcome: Outcome
    faults: tuple[Fault, ...] = ()
    switch: str = ""
    door: Door = ""

    @property
    def name(self) -> str:
        """What the row goes by."""
        return f"{self.provider} {self.where}: {self.what}"


# How the lines of each provider's requests begin, and those for the heart rate itself.
TOKEN_LINE: dict[Provider, str] = {"google": "POST /token", "gateway": "POST /oauth2/token"}
API_LINE: dict[Provider, str] = {"google": "/v4/", "gateway": "/1/user/"}
HEART_LINE: dict[Provider, str] = {"google": "dataTypes/heart-rate/", "gateway": "/activities/heart/"}
LINES: dict[Where, dict[Provider, str]] = {"token": TOKEN_LINE, "API": API_LINE}
# The addresses that an account can do without: how the lines of their requests go.
SIDE_LINES: dict[Provider, tuple[str, ...]] = {
    "google": (
        "pairedDevices",
        "settings",
        "/daily-",
        "time-in-heart-rate-zone",
        "rollUp",
        "/exercise/",
        "/sleep/",
    ),
    "gateway": ("devices.json", "2026-11-21.json", "2026-11-22.json"),
}

HTML = {"Content-Type": "text/html"}
A_PAGE = f"<html><body>{SECRET}</body></html>"
HALF_OF_SOMETHING = f'{{"access_token": "{SECRET}", "items": ['
# The codes by which a token endpoint says that nothing but a new sign-in helps. Some are Google's own.
REFUSALS = {
    "invalid_grant": 400,
    "invalid_client": 401,
    "unauthorized_client": 400,
    "access_denied": 403,
    "deleted_client": 401,
    "disabled_client": 401,
    "admin_policy_enforced": 400,
    "org_internal": 403,
}


OF_GOOGLE = {"deleted_client", "disabled_client", "admin_policy_enforced", "org_internal"}
# What somebody between us and the service answers, or the service on a bad day: the same wherever it happens.
ANYWHERE = {
    "302": Fault("", 302, A_PAGE, {"Location": "/elsewhere"}),
    "404 page": Fault("", 404, A_PAGE, HTML),
    "404 JSON": Fault("", 404, json.dumps({"error": "not_found", "message": SECRET})),
    "429": Fault("", 429, json.dumps({"error": "rate_limit_exceeded", "message": SECRET})),
    "429 with Retry-After": Fault("", 429, SECRET, {"Retry-After": "1800"}),
    "500": Fault("", 500, json.dumps({"error": "invalid_grant", "message": SECRET})),
    "502": Fault("", 502, A_PAGE, HTML),
    "503": Fault("", 503, A_PAGE, HTML | {"Retry-After": "120"}),
    "200 page": Fault("", 200, A_PAGE, HTML),
    "broken JSON": Fault("", 200, HALF_OF_SOMETHING),
    "no answer in time": Fault("", kind="hang"),
    "connection reset": Fault("", kind="reset_before"),
    "half an answer": Fault("", 200, HALF_OF_SOMETHING, kind="truncate"),
}


DOORS: dict[str, Door] = {
    "nothing listens": "closed",
    "unknown name": "unknown name",
    "untrusted certificate": "another certificate",
}


def rows() -> Iterator[Row]:
    """Yield the table."""
    for provider in TOKEN_LINE:
        yield from _common(provider, "token")
        yield from _of_the_token_endpoint(provider)
        yield from _common(provider, "API")
        yield from _of_the_api(provider)
        yield from _beside_the_heart_rate(provider)
    yield from _of_googles_api()
    yield from _of_the_gateways_api()


def _row(
    provider: Provider, where: Where, what: str, outcome: Outcome, *faults: Fault, times: int = -1
) -> Row:
    found = tuple(
        replace(fault, match=fault.match or LINES[where][provider], times=times) for fault in faults
    )
    return Row(provider, where, what, outcome, found)


def _common(provider: Provider, where: Where) -> Iterator[Row]:
    for what, fault in ANYWHERE.items():
        yield _row(provider, where, what, RETRY, fault)
    for what, door in DOORS.items():
        yield Row(provider, where, what, RETRY, door=door)


def _of_the_token_endpoint(provider: Provider) -> Iterator[Row]:
    def error(status: int, code: str) -> Fault:
        own = {"error": code, "error_description": SECRET}
        fitbits = {"errors": [{"errorType": code, "message": SECRET}], "success": False}
        return Fault("", status, json.dumps(own if provider == "google" else fitbits))

    for code, status in REFUSALS.items():
        if provider == "google" or code not in OF_GOOGLE:
            yield _row(provider, "token", code, SIGN_IN, error(status, code))
    for code in ("invalid_request", "temporarily_unavailable"):
        yield _row(provider, "token", f"400 {code}", RETRY, error(400, code))
    for status in (401, 403):
        yield _row(provider, "token", f"{status} page", RETRY, Fault("", status, A_PAGE, HTML))
    has_ended = RETRY if provider == "google" else ENDED
    yield _row(provider, "token", "410", has_ended, Fault("", 410, A_PAGE, HTML))
    without = json.dumps({"expires_in": 3600, "refresh_token": SECRET})
    yield _row(provider, "token", "no access token", RETRY, Fault("", 200, without))


def _of_the_api(provider: Provider) -> Iterator[Row]:
    refused = Fault("", 401, json.dumps({"message": SECRET}))
    yield _row(provider, "API", "401 once", GOES_ON, refused, times=1)
    yield _row(provider, "API", "401 for a new token", SIGN_IN, refused)
    yield _row(
        provider, "API", "403 without a reason", DENIED, Fault("", 403, json.dumps({"message": SECRET}))
    )
    yield _row(provider, "API", "403 page", DENIED, Fault("", 403, A_PAGE, HTML))
    yield _row(provider, "API", "410", RETRY if provider == "google" else ENDED, Fault("", 410, SECRET))
    yield _row(provider, "API", "504", RETRY, Fault("", 504, A_PAGE, HTML))


def _beside_the_heart_rate(provider: Provider) -> Iterator[Row]:
    anywhere = ("429", "500", "200 page", "no answer in time", "connection reset")
    faults = {what: ANYWHERE[what] for what in anywhere} | {
        "401": Fault("", 401, json.dumps({"message": SECRET})),
        "410": Fault("", 410, SECRET),
        "too long": Fault("", 200, f'["{SECRET * 400_000}"]'),
    }
    for what, fault in faults.items():
        lines = [replace(fault, match=line) for line in SIDE_LINES[provider]]
        yield _row(provider, "API", f"{what}, but not for the heart rate", THE_REST, *lines)


def _of_googles_api() -> Iterator[Row]:
    def denied(line: str) -> Fault:
        reason = {"reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "metadata": {"method": SECRET}}
        return Fault(line, 403, json.dumps({"error": {"message": SECRET, "details": [reason]}}))

    yield Row("google", "API", "API not enabled", NOT_ENABLED, switch="api_disabled")
    yield Row("google", "API", "account not linked", NOT_LINKED, switch="account_not_linked")
    yield _row("google", "API", "no permission for the heart rate", PERMISSION, denied(HEART_LINE["google"]))
    yield _row("google", "API", "no permission for zones", NO_ZONES, denied("time-in-heart-rate-zone"))
    yield _row("google", "API", "no permission for sleep", NO_SLEEP, denied("/sleep/"))
    settings = denied("pairedDevices"), denied("settings")
    yield _row("google", "API", "no permission for settings", NO_SETTINGS, *settings)


def _of_the_gateways_api() -> Iterator[Row]:
    def denied(line: str, error_type: str = "insufficient_scope") -> Fault:
        error = {"errorType": error_type, "message": SECRET}
        return Fault(line, 403, json.dumps({"errors": [error], "success": False}))

    heart = denied(HEART_LINE["gateway"])
    yield _row("gateway", "API", "no permission for the heart rate", PERMISSION, heart)
    yield _row("gateway", "API", "no permission for settings", NO_SETTINGS, denied("devices.json"))
    intraday = [denied(detail, "insufficient_permissions") for detail in ("/1sec", "min.json")]
    yield _row("gateway", "API", "daily summaries only", NO_INTRADAY, *intraday)


ROWS = list(rows())
ROW = {row.name: row for row in ROWS}


each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


class Names(AbstractResolver):
    """The names of the network that Home Assistant is in."""

    def __init__(self) -> None:
        self.known: set[str] = set()

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the address of a name; raises OSError as the real one does."""
        if host not in self.known:
            raise OSError(None, f"Name {host} does not resolve")
        return [ResolveResult(hostname=host, host=HOST, port=port, family=socket.AF_INET, proto=0, flags=0)]

    @override
    async def close(self) -> None:
        """Nothing is open."""

    real_close = close


class DoorTo:
    """A name, a certificate and an open port in front of a service; each of them can be lost."""

    name = "service.test"

    def __init__(self, names: Names, certificates: Path, behind: int) -> None:
        self._names = names
        self._certificates = certificates
        self._behind = behind
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._server: asyncio.Server | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """Where Home Assistant speaks to the service."""
        return f"https://{self.name}:{self._port}"

    async def stand(self, door: Door) -> None:
        """Open, or fail in this way."""
        await self.close()
        self._names.known = set() if door == "unknown name" else {self.name}
        if door != "closed":
            which = "another" if door == "another certificate" else "right"
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(self._certificates / which / "with_key.pem")
            self._server = await asyncio.start_server(self._lead, HOST, self._port)
            self._port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Let nobody through any more, not even those who are inside."""
        if self._server:
            self._server.close()
            self._server.abort_clients()
            self._server = None

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            await writer.start_tls(self._context)
            inward, outward = await asyncio.open_connection(HOST, self._behind)
            await asyncio.gather(_pass_on(reader, outward), _pass_on(inward, writer))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while some := await reader.read(65536):
        writer.write(some)
    writer.close()


@dataclass
class Stage:
    """One account, and the trouble of one row."""

    home: HomeAssistant
    clock: FrozenDateTimeFactory
    row: Row
    service: GoogleSimulator | FitbitSimulator
    person: Recording
    set_up: SetUp
    entry: MockConfigEntry
    door: DoorTo
    look: Callable[[], object] = bool
    """Called whenever there is something to see."""
    bpm: int = 79
    """What was measured last."""
    shown: list[object] = field(default_factory=list)
    """What a person was shown."""
    waited: int = field(default=0, init=False)

    async def begin(self) -> None:
        """Let the trouble begin; where it is about the token, the one at hand has run out."""
        self.service.faults = [replace(fault) for fault in self.row.faults]
        if self.row.switch:
            setattr(self.service, self.row.switch, True)
        if self.row.door:
            await self.door.stand(self.row.door)
        if self.row.where == "token":
            self.clock.tick(TOKEN_LIFETIME + 1)

    async def end(self) -> None:
        """Let the service work again."""
        self.service.faults = []
        if self.row.switch:
            setattr(self.service, self.row.switch, False)
        if self.row.door:
            await self.door.stand("")

    async def through(self, work: Awaitable[object]) -> None:
        """Wait for something; a request that hangs gets all the time that it is given."""
        task = asyncio.ensure_future(work)
        while not task.done():
            await asyncio.sleep(0)
            hung = sum(
                request.fault is not None and request.fault.kind == "hang"
                for request in self.service.requests
            )
            if hung > self.waited:
                self.waited = hung
                self.clock.tick(61)
                async_fire_time_changed(self.home)
        task.result()

    async def after(self, **delta: float) -> None:
        """Let time pass, and look."""
        await self.through(advance(self.home, self.clock, **delta))
        await self.through(steady(self.home, self.entry))
        self.look()

    async def reload(self) -> None:
        """Set the account up anew, as a restart does."""
        await self.home.config_entries.async_reload(self.entry.entry_id)
        await settle(self.home)

    def measure(self) -> None:
        """Let the device measure something new, and sync."""
        self.bpm += 1
        self.person.synced_at = int(self.clock().timestamp())
        self.person.readings.append((self.person.synced_at, self.bpm))

    def check(self, *, has_lasted: bool = False) -> None:
        """Check for exactly the sign-in and the issue that the row names."""
        self.look()
        outcome = self.row.outcome
        assert self.entry.state is LOADED
        assert steps(self.home) == ([outcome.step] if outcome.step else [])
        is_told = outcome.issue and (has_lasted or not outcome.is_late)
        assert told(self.home) == ({outcome.issue} if is_told else set())

    async def goes_on(self) -> None:
        """Check the account once the trouble is over: it goes on, and withdraws its question."""
        await self.end()
        if self.row.outcome.step:
            # Nobody has answered the question.
            await self.after(hours=1)
        elif self.row.outcome.lasts_a_day:
            await self.after(days=1)
        # Where a gateway says until when its limit holds, that is the end of the hour.
        for _ in range(13):
            self.measure()
            await self.after(minutes=5)
            if self.entry.state is LOADED and state_of(self.home, HEART_RATE).state == str(self.bpm):
                break
        assert self.entry.state is LOADED
        assert state_of(self.home, HEART_RATE).state == str(self.bpm)
        assert (steps(self.home), told(self.home)) == ([], set())


async def steady(home: HomeAssistant, entry: MockConfigEntry) -> None:
    """Wait until nothing is going on, nor a set-up that is tried again in the background."""
    await until(lambda: entry.state is not ConfigEntryState.SETUP_IN_PROGRESS)
    await settle(home)


def steps(home: HomeAssistant) -> list[str]:
    """Return at which step each sign-in stands that a person is asked for."""
    flows = home.config_entries.flow.async_progress()
    return [flow["step_id"] for flow in flows if flow["context"]["source"] == SOURCE_REAUTH]


def told(home: HomeAssistant) -> set[str | None]:
    """Return the translation keys of our issues."""
    return {
        found.translation_key for (domain, _), found in ir.async_get(home).issues.items() if domain == DOMAIN
    }


type OnStage = Callable[[Row], Awaitable[Stage]]


def _replace(home: HomeAssistant, **endpoints: str) -> None:
    home.data[DATA_ENDPOINTS] = replace(home.data[DATA_ENDPOINTS], **endpoints)
