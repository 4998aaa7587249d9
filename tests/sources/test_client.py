"""The client: requests with a token, and what each status means, as Google Health is asked."""

from collections.abc import Awaitable, Callable

from aiohttp import ClientSession
import pytest

from custom_components.fitbit_cardiogram.sources.errors import (
    PermissionMissingError,
    RateLimitedError,
    ServiceEndedError,
    ServiceUnavailableError,
    ServiceUnreachableError,
    SignInRefusedError,
    SourceError,
    UnexpectedAnswerError,
)
from custom_components.fitbit_cardiogram.sources.google_health import GoogleHealth
from custom_components.fitbit_cardiogram.sources.source import Reading
from tests.helpers.sources import ASKING, END, START, GoogleToken
from tests.simulators import Fault, GoogleSimulator, Recording


@pytest.fixture(autouse=True)
def integration(socket_enabled: None) -> None:
    """Do without Home Assistant."""


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (204, UnexpectedAnswerError),
        (302, UnexpectedAnswerError),
        (400, UnexpectedAnswerError),
        (401, SignInRefusedError),
        (403, PermissionMissingError),
        (404, UnexpectedAnswerError),
        (408, UnexpectedAnswerError),
        (410, ServiceEndedError),
        (429, RateLimitedError),
        (500, ServiceUnavailableError),
        (502, ServiceUnavailableError),
        (503, ServiceUnavailableError),
        (504, ServiceUnavailableError),
    ],
)
async def test_what_a_status_means(
    source: GoogleHealth, google: GoogleSimulator, status: int, error: type[SourceError]
) -> None:
    body = '{"error": {"message": "of a person"}}' if status != 204 else ""
    elsewhere = {"Location": f"{google.url}/elsewhere"}
    google.faults = [Fault("", status, body, elsewhere, times=-1)]
    with pytest.raises(SourceError) as caught:
        await source.samples(START, END)
    assert isinstance(caught.value, error)
    assert not isinstance(caught.value, ServiceUnreachableError)
    assert "person" not in str(caught.value)
    assert google.count("elsewhere") == 0


@pytest.mark.parametrize("ask", ASKING.values(), ids=ASKING)
async def test_trouble_is_told_whatever_is_asked(
    source: GoogleHealth, google: GoogleSimulator, ask: Callable[[GoogleHealth], Awaitable[object]]
) -> None:
    google.faults = [Fault("", 503), Fault("", 410), Fault("", kind="reset_before", times=-1)]
    for error in (ServiceUnavailableError, ServiceEndedError, ServiceUnreachableError):
        with pytest.raises(error):
            await ask(source)


@pytest.mark.parametrize(
    ("value", "retry_after"),
    [("75", 75.0), ("Sat, 21 Nov 2026 22:05:00 GMT", 300.0), ("soon", None), (None, None)],
)
@pytest.mark.parametrize("status", [429, 503, 504])
async def test_how_long_to_wait(
    source: GoogleHealth, google: GoogleSimulator, status: int, value: str | None, retry_after: float | None
) -> None:
    google.faults = [Fault("identity", status, "", {"Retry-After": value} if value else {})]
    with pytest.raises(ServiceUnavailableError) as caught:
        await source.identity()
    assert caught.value.retry_after == retry_after


async def test_the_quota_is_used_up(source: GoogleHealth, google: GoogleSimulator) -> None:
    google.quota_per_minute = 0
    with pytest.raises(RateLimitedError) as caught:
        await source.samples(START, END)
    assert caught.value.retry_after == 60
    assert len(google.requests) == 1


async def test_a_refused_token_is_refreshed_once(
    source: GoogleHealth, google: GoogleSimulator, token: GoogleToken, person: Recording
) -> None:
    old = token.access
    google.expire_access_tokens()
    person.synced_at = None
    assert await source.samples(START, END) == Reading(person.readings)
    assert token.refused == [old]
    google.faults = [Fault("identity", 401, times=-1)]
    with pytest.raises(SignInRefusedError):
        await source.identity()
    assert google.count("identity") == 2
    assert len(token.refused) == 2


async def test_a_token_that_expires_between_pages(
    source: GoogleHealth, google: GoogleSimulator, token: GoogleToken, person: Recording
) -> None:
    google.max_page = 50
    person.synced_at = None

    def expire() -> None:
        if google.count("reconcile") == 2:
            google.faults = [Fault("reconcile", 401)]

    token.before_request = expire
    assert await source.samples(START, END) == Reading(person.readings)
    assert len(token.refused) == 1


async def test_trouble_with_the_token_comes_through(session: ClientSession, google: GoogleSimulator) -> None:
    async def no_token(refused: str | None = None) -> str:
        raise RuntimeError("no token")

    with pytest.raises(RuntimeError, match=r"^no token$"):
        await GoogleHealth(session, no_token, f"{google.url}/v4").identity()
    assert google.requests == []


async def test_the_token_is_in_its_header_alone(
    source: GoogleHealth, google: GoogleSimulator, token: GoogleToken
) -> None:
    await source.samples(START, END)
    (request,) = google.requests
    assert request.headers["Authorization"] == f"Bearer {token.access}"
    assert token.access not in request.path + str(request.query)


async def test_nobody_there(source: GoogleHealth, google: GoogleSimulator, token: GoogleToken) -> None:
    await google.stop()
    with pytest.raises(ServiceUnreachableError, match=r"^no answer \(ClientConnectorError\)$"):
        await source.identity()
