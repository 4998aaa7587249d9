"""Speaking HTTP: bounded, never redirected, and only to addresses that may hear of a heart."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
import gzip
import socket
from typing import override

from aiohttp import ClientSession, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from freezegun.api import FrozenDateTimeFactory
from hypothesis import example, given, settings, strategies as st
from multidict import CIMultiDict
import pytest

from custom_components.fitbit_cardiogram.heart_rate.clock import utc
from custom_components.fitbit_cardiogram.net.request import ERROR_LIMIT, Answer, NoAnswerError, request
from tests.helpers.home import until
from tests.simulators import CardiogramSimulator, Fault

NOW = 1_795_298_400.0
LIMIT = 1000
# Seconds; far more than any answer takes on a busy machine.
PATIENCE = 60


@pytest.fixture(autouse=True)
def integration(socket_enabled: None) -> None:
    """Do without Home Assistant."""


# Requests


@pytest.mark.parametrize("status", [200, 204, 302, 404, 429, 500, 599])
async def test_every_status_is_an_answer(
    session: ClientSession, cardiogram: CardiogramSimulator, status: int
) -> None:
    body = b"" if status == 204 else b"a body"
    cardiogram.faults = [Fault("", status, body, {"Retry-After": "9", "Location": "/elsewhere"})]
    answer = await request(
        session, "GET", cardiogram.url, timeout=PATIENCE, limit=LIMIT, headers={"X-Of-Ours": "1"}
    )
    assert (answer.status, answer.body, answer.headers["retry-after"]) == (status, body, "9")
    assert [(sent.method, sent.path, sent.headers["X-Of-Ours"]) for sent in cardiogram.requests] == [
        ("GET", "/", "1")
    ]


@pytest.mark.parametrize("status", [400, 403, 500])
async def test_the_body_of_an_error_is_cut(
    session: ClientSession, cardiogram: CardiogramSimulator, status: int
) -> None:
    cardiogram.faults = [Fault("", status, b"x" * 3_000_000)]
    answer = await request(session, "GET", cardiogram.url, timeout=PATIENCE, limit=10_000_000)
    assert (answer.status, len(answer.body)) == (status, ERROR_LIMIT)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(
    session: ClientSession, cardiogram: CardiogramSimulator, status: int
) -> None:
    cardiogram.faults = [Fault("", status, "", {"Location": f"{cardiogram.url}/elsewhere"})]
    answer = await request(session, "POST", cardiogram.url, timeout=PATIENCE, limit=LIMIT, data=b"beats")
    assert answer.status == status
    assert len(cardiogram.requests) == 1


async def test_an_answer_may_be_as_long_as_the_limit(
    session: ClientSession, cardiogram: CardiogramSimulator
) -> None:
    cardiogram.faults = [Fault("", 200, b"x" * LIMIT), Fault("", 200, b"x" * (LIMIT + 1))]
    answer = await request(session, "GET", cardiogram.url, timeout=PATIENCE, limit=LIMIT)
    assert len(answer.body) == LIMIT
    with pytest.raises(NoAnswerError, match=r"^answer too long$"):
        await request(session, "GET", cardiogram.url, timeout=PATIENCE, limit=LIMIT)


GZIP = {"Content-Encoding": "gzip"}


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault("", kind="reset_before"), id="reset"),
        pytest.param(Fault("", 200, "a long answer", kind="truncate"), id="cut off"),
        pytest.param(Fault("", 200, gzip.compress(b"x" * 10_000_000), GZIP), id="a gzip bomb"),
        pytest.param(Fault("", 200, "not packed at all", GZIP), id="a broken encoding"),
    ],
)
async def test_what_is_no_answer(
    session: ClientSession, cardiogram: CardiogramSimulator, fault: Fault
) -> None:
    """It is told without anything of the request, and a POST is not repeated behind our back."""
    cardiogram.faults = [replace(fault)]
    with pytest.raises(NoAnswerError) as caught:
        await request(
            session,
            "POST",
            f"{cardiogram.url}/user-of-ours",
            timeout=PATIENCE,
            limit=LIMIT,
            headers={"Authorization": "Bearer token-of-ours"},
        )
    assert "ours" not in repr(caught.value)
    assert "127.0.0.1" not in repr(caught.value)
    assert len(cardiogram.requests) == 1


async def test_nobody_listens(session: ClientSession) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
        with pytest.raises(NoAnswerError, match=r"^ClientConnectorError$"):
            await request(session, "GET", url, timeout=PATIENCE, limit=LIMIT)


class EncodingResolver(AbstractResolver):
    """Knows no name, and encodes it first, as Python's own resolver does."""

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        host.encode("idna")
        return []

    @override
    async def close(self) -> None:
        """Have nothing to close."""


@pytest.mark.parametrize("host", ["heart..example.org", f"{64 * 'x'}.example.org"])
async def test_a_name_that_cannot_be(host: str) -> None:
    """A slip in an address is told like a server that does not answer, not as a fault of ours."""
    async with ClientSession(connector=TCPConnector(resolver=EncodingResolver())) as session:
        with pytest.raises(NoAnswerError) as caught:
            await request(session, "GET", f"https://{host}", timeout=PATIENCE, limit=LIMIT)
    assert host not in repr(caught.value)


@pytest.mark.parametrize("fault", [Fault("", kind="hang"), Fault("", 200, "drop by drop", kind="drip")])
async def test_time_is_bounded(
    session: ClientSession, cardiogram: CardiogramSimulator, clock: FrozenDateTimeFactory, fault: Fault
) -> None:
    """An answer that comes drop by drop does not take longer than one that never comes."""
    cardiogram.drip_pause = 1000
    cardiogram.faults = [replace(fault)]
    asking = asyncio.create_task(request(session, "GET", cardiogram.url, timeout=5, limit=LIMIT))
    await until(lambda: bool(cardiogram.requests))
    clock.tick(4)
    assert not asking.done()
    clock.tick(3)
    with pytest.raises(NoAnswerError, match=r"Timeout"):
        await asking


# Retry-After


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        (" 120 ", 120),
        ("3600", 3600),
        ("86400", 3600),
        ("9" * 30, 3600),
        ("Sat, 21 Nov 2026 22:02:00 GMT", 120),
        ("Sat, 21 Nov 2026 23:02:00 +0100", 120),
        ("Sat, 21 Nov 2026 22:02:00 -0000", 120),
        ("Saturday, 21-Nov-26 22:02:00 GMT", 120),
        ("Sat, 21 Nov 2026 21:00:00 GMT", 0),
        ("Sat, 01 Jan 0001 00:00:00 +2300", 0),
        ("Sat, 31 Nov 2026 22:02:00 GMT", None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("²", None),
        ("1 Jan " + "9" * 30 + " 00:00:00", None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert Answer(429, {"Retry-After": value}, b"").retry_after(NOW) == seconds
    assert Answer(429, CIMultiDict({"retry-after": value}), b"").retry_after(NOW) == seconds


def test_no_retry_after() -> None:
    assert Answer(429, {}, b"").retry_after(NOW) is None


DATE_PARTS = st.sampled_from(
    ["Sat,", "21", "Nov", "2026", "22:02:00", "GMT", "+0100", "-9999", "9" * 25, "-1", "00:00", ",", ":", ""]
)


@settings(max_examples=150)
@given(st.text() | st.lists(DATE_PARTS, max_size=8).map(" ".join), st.floats(0, 2**33))
@example("Mon, 01 Jan 2026 00:00:00 +" + "9" * 20, NOW)
def test_any_retry_after_is_harmless(value: str, now: float) -> None:
    seconds = Answer(429, {"Retry-After": value}, b"").retry_after(now)
    assert seconds is None or seconds >= 0


@settings(max_examples=100)
@given(st.integers(0, 2**33), st.integers(0, 2**33))
def test_a_date_is_the_time_until_then(then: int, now: int) -> None:
    value = format_datetime(datetime.fromtimestamp(then, UTC), usegmt=True)
    assert Answer(503, {"Retry-After": value}, b"").retry_after(now) == min(max(0, then - now), 3600)


def test_times_are_aware() -> None:
    assert utc(NOW) == datetime(2026, 11, 21, 22, tzinfo=UTC)
    assert utc(NOW).tzinfo is UTC
