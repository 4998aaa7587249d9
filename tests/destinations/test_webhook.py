"""Standard Webhooks: what is posted, how it is signed, and what each answer means."""

import asyncio
from collections.abc import Sequence
import json
from typing import Any, Literal

from aiohttp import ClientSession
from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.fitbit_cardiogram.archive.outbox import Batch
from custom_components.fitbit_cardiogram.destinations.outcome import Outcome, Problem, Verdict
from custom_components.fitbit_cardiogram.destinations.webhook import (
    Secret,
    Webhook,
    is_secret,
    judge,
    make_secret,
    sign,
)
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from custom_components.fitbit_cardiogram.net.request import Answer
from custom_components.fitbit_cardiogram.webhook_destination import WEBHOOK
from tests.simulators import Fault, WebhookSimulator
from tests.simulators.webhook import SECRET

SAMPLES: list[Sample] = [(1546025628, 60), (1546025701, 62)]
OTHER = make_secret()


@pytest.fixture(autouse=True)
def integration(socket_enabled: None) -> None:
    """Do without Home Assistant."""


def batch_of(destination: Webhook, samples: Sequence[Sample] = SAMPLES) -> Batch:
    return Batch("a1b2", destination.encode(samples), len(samples), samples[0][0], samples[-1][0])


def test_the_standard_s_own_example_is_signed_alike() -> None:
    signature = sign(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_what_is_posted(
    session: ClientSession, webhook: WebhookSimulator, clock: FrozenDateTimeFactory
) -> None:
    webhook.token = "a-token"
    destination = Webhook(session, f"{webhook.url}/in?key=1", [Secret(SECRET)], "Anna", "a-token")
    clock.move_to("2026-11-21T22:00:00Z")
    batch = batch_of(destination)
    assert json.loads(batch.body) == {
        "type": "heart_rate.samples",
        "timestamp": "2026-11-21T22:00:00Z",
        "data": {
            "label": "Anna",
            "beats": [{"time": 1546025628, "bpm": 60}, {"time": 1546025701, "bpm": 62}],
        },
    }
    assert await destination.post(batch) == Outcome()
    (request,) = webhook.requests
    assert (request.method, request.path, request.query) == ("POST", "/in", {"key": "1"})
    assert request.headers["webhook-id"] == "a1b2"
    assert request.headers["Idempotency-Key"] == '"a1b2"'
    assert webhook.values() == dict(SAMPLES)


async def test_a_later_try_has_the_same_id_and_body_and_a_time_of_its_own(
    session: ClientSession, webhook: WebhookSimulator, clock: FrozenDateTimeFactory
) -> None:
    destination = Webhook(session, webhook.url, [Secret(SECRET)])
    batch = batch_of(destination)
    await destination.post(batch)
    clock.tick(3600)
    assert await destination.post(batch) == Outcome()
    first, second = webhook.requests
    for name in ("webhook-id", "Idempotency-Key"):
        assert first.headers[name] == second.headers[name]
    assert first.body == second.body
    ages = [int(request.headers["webhook-timestamp"]) for request in (first, second)]
    assert ages[1] - ages[0] == 3600


async def test_a_secret_is_changed_without_a_gap(
    session: ClientSession, webhook: WebhookSimulator, clock: FrozenDateTimeFactory
) -> None:
    """Until the old secret runs out, a receiver with either of them believes the request."""
    until = clock().timestamp() + 100
    destination = Webhook(session, webhook.url, [Secret(OTHER), Secret(SECRET, until)])
    for webhook.secret in (SECRET, OTHER):
        assert await destination.post(batch_of(destination)) == Outcome()
        webhook.forget()
    clock.tick(101)
    assert await destination.post(batch_of(destination)) == Outcome()
    webhook.secret = SECRET
    assert await destination.post(batch_of(destination)) == Outcome(Problem.CREDENTIALS_REFUSED)


async def test_a_test_has_no_heart_rate(session: ClientSession, webhook: WebhookSimulator) -> None:
    destination = Webhook(session, webhook.url, [Secret(SECRET)], "Anna")
    assert await destination.test() == Outcome()
    (request,) = webhook.tests
    assert json.loads(request.body)["data"] == {"label": "Anna", "beats": []}
    assert webhook.ledger == []


def test_secrets() -> None:
    assert is_secret(SECRET)
    assert is_secret(make_secret())
    assert make_secret() != make_secret()


@pytest.mark.parametrize(
    "text",
    ["", "whsec_", SECRET[6:], "whsec_c2hvcnQ=", "whsec_" + "A" * 100, "whsec_ü", "whsec_*" + SECRET[7:]],
)
def test_texts_that_are_no_secrets(text: str) -> None:
    assert not is_secret(text)


PASSING = {408: Problem.SERVER_ERROR, 409: Problem.SERVER_ERROR, 425: Problem.SERVER_ERROR}
PASSING |= {429: Problem.RATE_LIMITED, 500: Problem.SERVER_ERROR, 502: Problem.SERVER_ERROR}
PASSING |= {503: Problem.SERVER_ERROR, 504: Problem.SERVER_ERROR}
PAUSING = {301: Problem.WRONG_ADDRESS, 302: Problem.WRONG_ADDRESS, 304: Problem.WRONG_ADDRESS}
PAUSING |= {307: Problem.WRONG_ADDRESS, 401: Problem.CREDENTIALS_REFUSED, 402: Problem.UNEXPECTED_ANSWER}
PAUSING |= {403: Problem.CREDENTIALS_REFUSED, 404: Problem.WRONG_ADDRESS, 405: Problem.WRONG_ADDRESS}
PAUSING |= {410: Problem.UNWANTED, 418: Problem.UNEXPECTED_ANSWER, 999: Problem.UNEXPECTED_ANSWER}
VERDICTS: dict[Verdict, dict[int, Any]] = {
    Verdict.DELIVERED: dict.fromkeys((200, 201, 202, 204, 299)),
    Verdict.RETRY: PASSING,
    Verdict.REFUSED: dict.fromkeys((400, 413, 422), Problem.BEATS_REFUSED),
    Verdict.PAUSE: PAUSING,
}


@pytest.mark.parametrize(
    ("status", "verdict", "problem"),
    [(status, verdict, row) for verdict, rows in VERDICTS.items() for status, row in rows.items()],
)
def test_every_answer_is_judged_by_its_status_alone(
    status: int, verdict: Verdict, problem: Problem | None
) -> None:
    for body in (b"", b"<html>", b'{"success": false}'):
        outcome = judge(Answer(status, {"Retry-After": "120"}, body), 0)
        assert (outcome.verdict, outcome.problem) == (verdict, problem)
        assert outcome.retry_after == (120 if verdict is Verdict.RETRY else None)


def test_each_pause_can_be_mended() -> None:
    assert set(PAUSING.values()) <= WEBHOOK.steps.keys()


async def test_a_redirect_is_not_followed(session: ClientSession, webhook: WebhookSimulator) -> None:
    webhook.faults = [Fault("", 307, "", {"Location": f"{webhook.url}/elsewhere"})]
    destination = Webhook(session, webhook.url, [Secret(SECRET)])
    assert await destination.post(batch_of(destination)) == Outcome(Problem.WRONG_ADDRESS)
    assert len(webhook.requests) == 1


async def test_a_lost_answer_is_never_guessed(session: ClientSession, webhook: WebhookSimulator) -> None:
    webhook.faults = [Fault("", kind="reset_after")]
    destination = Webhook(session, webhook.url, [Secret(SECRET)])
    assert await destination.post(batch_of(destination)) == Outcome(Problem.NO_ANSWER)


@pytest.mark.parametrize("kind", ["answer", "drip"])
async def test_of_a_success_the_status_is_enough(
    session: ClientSession, webhook: WebhookSimulator, kind: Literal["answer", "drip"]
) -> None:
    """A long or slow page behind it must not send the same beats again and again."""
    webhook.faults = [Fault("", 200, b"x" * 100_000, kind=kind)]
    destination = Webhook(session, webhook.url, [Secret(SECRET)])
    assert await asyncio.wait_for(destination.post(batch_of(destination)), 60) == Outcome()
