"""Cardiogram's contract: what is posted, and what each answer means."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
import gzip
import json
from typing import Any

from aiohttp import ClientSession
from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.fitbit_cardiogram.archive.outbox import Batch
from custom_components.fitbit_cardiogram.destinations.cardiogram import ANSWER_LIMIT, Cardiogram, encode
from custom_components.fitbit_cardiogram.destinations.outcome import Outcome, Problem, Verdict
from custom_components.fitbit_cardiogram.destinations.posting import TIMEOUT
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from tests.helpers.home import until
from tests.simulators import CardiogramSimulator, Fault

TOKEN = "cardiogram-demo-token"
SAMPLES: list[Sample] = [(1546025628, 60), (1546025701, 62)]
# The example on Cardiogram's own page, "Posting Beats".
EXAMPLE = (
    '{ "beats": [{ "start": 1546025628, "end": 1546025628, "value": 60 }, '
    '{ "start": 1546025701, "end": 1546025701, "value": 62 }] }'
)

DELIVERED = Outcome()
REFUSED = Outcome(Problem.BEATS_REFUSED)
NO_ANSWER = Outcome(Problem.NO_ANSWER)


def pause(problem: Problem) -> Outcome:
    outcome = Outcome(problem)
    assert outcome.verdict is Verdict.PAUSE
    return outcome


def retry(problem: Problem, after: float | None = None) -> Outcome:
    outcome = Outcome(problem, after)
    assert outcome.verdict is Verdict.RETRY
    return outcome


@pytest.fixture(autouse=True)
def integration(socket_enabled: None) -> None:
    """Do without Home Assistant."""


def batch_of(samples: Sequence[Sample] = SAMPLES, body: bytes | None = None) -> Batch:
    body = encode(samples) if body is None else body
    return Batch("key-of-the-batch", body, len(samples), samples[0][0], samples[-1][0])


# The request


async def test_the_page_s_own_example_is_what_we_post(
    session: ClientSession, cardiogram: CardiogramSimulator
) -> None:
    destination = Cardiogram(session, f"{cardiogram.url}/", "1", TOKEN)
    batch = batch_of()
    assert destination.encode(SAMPLES) == batch.body
    assert await destination.post(batch) == DELIVERED
    (request,) = cardiogram.requests
    assert json.loads(request.body) == json.loads(EXAMPLE)
    assert (request.method, request.path, request.query) == ("POST", "/heart/oauth/users/1/beats", {})
    ours = ("Content-Type", "Authentication", "Authorization", "Idempotency-Key")
    assert {name: request.headers[name] for name in ours} == {
        "Content-Type": "application/json",
        "Authentication": f"Bearer {TOKEN}",
        "Authorization": f"Bearer {TOKEN}",
        "Idempotency-Key": "key-of-the-batch",
    }
    assert cardiogram.values() == dict(SAMPLES)


async def test_the_bytes_of_the_batch_are_posted_as_they_are(
    session: ClientSession, cardiogram: CardiogramSimulator
) -> None:
    batch = batch_of(body=EXAMPLE.encode())
    assert await Cardiogram(session, cardiogram.url, "1", TOKEN).post(batch) == DELIVERED
    assert cardiogram.requests[0].body == EXAMPLE.encode()


def test_no_samples_make_no_beats() -> None:
    assert json.loads(encode([])) == {"beats": []}


@pytest.mark.parametrize(
    "user", ["1", "a b", "me@example.org", "../1", "a/b", "1?x=2", "1#2", "50%", "ü", "a+b"]
)
async def test_a_user_id_stays_in_its_place(
    session: ClientSession, cardiogram: CardiogramSimulator, user: str
) -> None:
    """Whatever the id looks like, it is one part of the path."""
    cardiogram.users = {user: TOKEN}
    assert await Cardiogram(session, cardiogram.url, user, TOKEN).post(batch_of()) == DELIVERED
    assert cardiogram.values(user) == dict(SAMPLES)


# The documented answers


def unknown_user(cardiogram: CardiogramSimulator) -> None:
    cardiogram.users = {"2": TOKEN}


def another_token(cardiogram: CardiogramSimulator) -> None:
    cardiogram.users = {"1": "another-token"}


def another_user(cardiogram: CardiogramSimulator) -> None:
    cardiogram.users = {"1": "another-token", "2": TOKEN}


def old_success(cardiogram: CardiogramSimulator) -> None:
    cardiogram.empty_success = True


def few_at_once(cardiogram: CardiogramSimulator) -> None:
    cardiogram.max_batch = 1


@pytest.mark.parametrize(
    ("arrange", "body", "outcome"),
    [
        (None, EXAMPLE, DELIVERED),
        (old_success, EXAMPLE, DELIVERED),
        (None, "{", REFUSED),
        (None, EXAMPLE.replace("60", "-60"), REFUSED),
        (None, EXAMPLE.replace("1546025701", "1546025701000"), REFUSED),
        (few_at_once, EXAMPLE, REFUSED),
        (unknown_user, EXAMPLE, pause(Problem.USER_MISMATCH)),
        (another_user, EXAMPLE, pause(Problem.USER_MISMATCH)),
        (another_token, EXAMPLE, pause(Problem.TOKEN_REFUSED)),
    ],
    ids=[
        "success",
        "success in the older text",
        "malformed",
        "negative",
        "not in seconds",
        "too many",
        "unknown user",
        "another's token",
        "unknown token",
    ],
)
async def test_documented_answers(
    session: ClientSession,
    cardiogram: CardiogramSimulator,
    arrange: Callable[[CardiogramSimulator], None] | None,
    body: str,
    outcome: Outcome,
) -> None:
    if arrange:
        arrange(cardiogram)
    batch = batch_of(body=body.encode())
    assert await Cardiogram(session, cardiogram.url, "1", TOKEN).post(batch) == outcome
    assert len(cardiogram.ledger) == (2 if outcome == DELIVERED else 0)


# Whatever else may be answered

MESSAGE = '{"message": "User does not exist."}'


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, '{"success": true}', DELIVERED),
        (200, '{"success": true, "saved": 2}', DELIVERED),
        (201, " {} \n", DELIVERED),
        (200, '{"success": false}', pause(Problem.UNEXPECTED_ANSWER)),
        (200, '{"success": 1}', pause(Problem.UNEXPECTED_ANSWER)),
        (200, '{"success": "true"}', pause(Problem.UNEXPECTED_ANSWER)),
        (200, '{"message": "Malformed input."}', pause(Problem.UNEXPECTED_ANSWER)),
        (200, '{"error": "no"}', pause(Problem.UNEXPECTED_ANSWER)),
        (200, "<html>Sign in to this network</html>", pause(Problem.UNEXPECTED_ANSWER)),
        (200, '{"success": tr', pause(Problem.UNEXPECTED_ANSWER)),
        (200, b'{"success": "\xff"}', pause(Problem.UNEXPECTED_ANSWER)),
        (200, "[]", pause(Problem.UNEXPECTED_ANSWER)),
        (200, "true", pause(Problem.UNEXPECTED_ANSWER)),
        (200, "", pause(Problem.UNEXPECTED_ANSWER)),
        (204, "", pause(Problem.UNEXPECTED_ANSWER)),
        (301, "", pause(Problem.WRONG_ADDRESS)),
        (302, '{"success": true}', pause(Problem.WRONG_ADDRESS)),
        (307, "", pause(Problem.WRONG_ADDRESS)),
        (400, '{"message": "Malformed input."}', REFUSED),
        (400, '{"message": "Heart rates contain negative value."}', REFUSED),
        (400, "{\"message\": \"Timestamps ('start' or 'end') are not in UNIX seconds/\"}", REFUSED),
        (400, '{"error": "anything"}', REFUSED),
        (400, '{"success": true}', REFUSED),
        (400, '{"message": ["User does not exist."]}', REFUSED),
        (400, "not JSON", REFUSED),
        (400, '["User does not exist."]', REFUSED),
        (400, MESSAGE, pause(Problem.USER_MISMATCH)),
        (400, '{"error": "User does not exist."}', pause(Problem.USER_MISMATCH)),
        (404, MESSAGE, pause(Problem.USER_MISMATCH)),
        (413, "<html>", REFUSED),
        (422, "", REFUSED),
        (401, "", pause(Problem.TOKEN_REFUSED)),
        (403, '{"message": "userId does not match access token."}', pause(Problem.USER_MISMATCH)),
        (404, "<html>", pause(Problem.WRONG_ADDRESS)),
        (410, "", pause(Problem.WRONG_ADDRESS)),
        (402, "", pause(Problem.UNEXPECTED_ANSWER)),
        (418, "{}", pause(Problem.UNEXPECTED_ANSWER)),
        (999, "", pause(Problem.UNEXPECTED_ANSWER)),
        (408, "", retry(Problem.SERVER_ERROR)),
        (425, "", retry(Problem.SERVER_ERROR)),
        (429, "", retry(Problem.RATE_LIMITED)),
        (500, '{"success": true}', retry(Problem.SERVER_ERROR)),
        (502, "<html>", retry(Problem.SERVER_ERROR)),
        (503, "", retry(Problem.SERVER_ERROR)),
        (599, "", retry(Problem.SERVER_ERROR)),
    ],
)
async def test_every_answer_is_judged(
    session: ClientSession, cardiogram: CardiogramSimulator, status: int, body: str | bytes, outcome: Outcome
) -> None:
    """Success is said by status and body together; a redirect is never followed."""
    elsewhere = {"Location": f"{cardiogram.url}/elsewhere"}
    cardiogram.faults = [Fault("beats", status, body, elsewhere)]
    assert await Cardiogram(session, cardiogram.url, "1", TOKEN).post(batch_of()) == outcome
    assert len(cardiogram.requests) == 1


@pytest.mark.parametrize(
    ("status", "value", "outcome"),
    [
        (429, "120", retry(Problem.RATE_LIMITED, 120)),
        (503, "Sat, 21 Nov 2026 22:02:00 GMT", retry(Problem.SERVER_ERROR, 120)),
        (503, "soon", retry(Problem.SERVER_ERROR)),
        (401, "120", pause(Problem.TOKEN_REFUSED)),
        (400, "120", REFUSED),
    ],
)
async def test_how_long_to_wait(
    session: ClientSession, cardiogram: CardiogramSimulator, status: int, value: str, outcome: Outcome
) -> None:
    cardiogram.faults = [Fault("beats", status, "", {"Retry-After": value})]
    assert await Cardiogram(session, cardiogram.url, "1", TOKEN).post(batch_of()) == outcome


LONG = b'{"success": true, "more": "' + b"x" * ANSWER_LIMIT + b'"}'


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault("", kind="reset_before"), id="reset before the work"),
        pytest.param(Fault("", kind="reset_after"), id="reset after the work"),
        pytest.param(Fault("", kind="truncate"), id="cut off"),
        pytest.param(Fault("", 200, LONG), id="too long"),
        pytest.param(Fault("", 200, gzip.compress(LONG), {"Content-Encoding": "gzip"}), id="a gzip bomb"),
    ],
)
async def test_a_lost_answer_is_never_guessed(
    session: ClientSession, cardiogram: CardiogramSimulator, fault: Fault
) -> None:
    cardiogram.faults = [replace(fault)]
    assert await Cardiogram(session, cardiogram.url, "1", TOKEN).post(batch_of()) == NO_ANSWER
    assert len(cardiogram.requests) == 1


async def test_a_long_answer_within_the_limit(
    session: ClientSession, cardiogram: CardiogramSimulator
) -> None:
    body = LONG.replace(b"x" * 100, b"", 1)
    assert len(body) <= ANSWER_LIMIT
    cardiogram.faults = [Fault("beats", 200, body)]
    assert await Cardiogram(session, cardiogram.url, "1", TOKEN).post(batch_of()) == DELIVERED


@pytest.mark.parametrize("changes", [{"kind": "hang"}, {"status": 200, "body": "{}", "kind": "drip"}])
async def test_nobody_waits_for_ever(
    session: ClientSession,
    cardiogram: CardiogramSimulator,
    clock: FrozenDateTimeFactory,
    changes: dict[str, Any],
) -> None:
    cardiogram.drip_pause = 1000
    cardiogram.faults = [Fault("", **changes)]
    posting = asyncio.create_task(Cardiogram(session, cardiogram.url, "1", TOKEN).post(batch_of()))
    await until(lambda: bool(cardiogram.requests))
    clock.tick(TIMEOUT + 1)
    assert await posting == NO_ANSWER


async def test_nobody_there(session: ClientSession, cardiogram: CardiogramSimulator) -> None:
    destination = Cardiogram(session, cardiogram.url, "1", TOKEN)
    await cardiogram.stop()
    assert await destination.post(batch_of()) == NO_ANSWER
