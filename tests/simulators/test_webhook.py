"""The simulated receiver of Standard Webhooks believes only what the standard lets it believe."""

from base64 import b64decode, b64encode
from collections.abc import AsyncGenerator
import hmac
import json
from typing import Any

from aiohttp import ClientSession
import pytest

from tests.simulators import WebhookSimulator
from tests.simulators.conftest import NOW
from tests.simulators.webhook import LARGEST_SKEW, SAMPLES, SECRET, TEST

BEATS = [{"time": 1_795_298_400, "bpm": 61}, {"time": 1_795_298_405, "bpm": 62}]
BEARER = {"Authorization": "Bearer a-token"}


@pytest.fixture
async def webhook() -> AsyncGenerator[WebhookSimulator]:
    async with WebhookSimulator(clock=lambda: NOW) as simulator:
        yield simulator


def body_of(*beats: Any, kind: str = SAMPLES) -> bytes:
    return json.dumps({"type": kind, "data": {"label": "Anna", "beats": beats}}).encode()


def signed(body: bytes, message_id: str = "a1", age: int = 0, **changes: str) -> dict[str, str]:
    """Return the headers of a message of so many seconds ago."""
    timestamp = str(int(NOW) - age)
    digest = hmac.digest(
        b64decode(SECRET.removeprefix("whsec_")), f"{message_id}.{timestamp}.".encode() + body, "sha256"
    )
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{b64encode(digest).decode()}",
        "Idempotency-Key": f'"{message_id}"',
    } | changes


async def post(client: ClientSession, webhook: WebhookSimulator, body: bytes, headers: dict[str, str]) -> int:
    async with client.post(f"{webhook.url}/in", data=body, headers=headers) as answer:
        return answer.status


BODY = body_of(*BEATS)
GOOD = signed(BODY)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (GOOD, 202),
        (GOOD | {"webhook-signature": f"v1,other {GOOD['webhook-signature']}"}, 202),
        (signed(BODY, age=LARGEST_SKEW), 202),
        (signed(BODY, age=-LARGEST_SKEW), 202),
        (signed(BODY, age=LARGEST_SKEW + 1), 401),
        (signed(BODY, age=-LARGEST_SKEW - 1), 401),
        (signed(BODY + b" "), 401),
        (GOOD | {"webhook-signature": "v1,other"}, 401),
        (GOOD | BEARER, 401),
        (GOOD | {"Idempotency-Key": "a1"}, 400),
        (signed(BODY, "a.1"), 400),
        (signed(BODY, ""), 400),
    ],
)
async def test_what_is_believed(
    client: ClientSession, webhook: WebhookSimulator, headers: dict[str, str], status: int
) -> None:
    assert await post(client, webhook, BODY, headers) == status
    assert len(webhook.ledger) == (2 if status == 202 else 0)


async def test_a_token_is_asked_for(client: ClientSession, webhook: WebhookSimulator) -> None:
    webhook.token = "a-token"
    assert await post(client, webhook, BODY, GOOD) == 401
    assert await post(client, webhook, BODY, GOOD | BEARER) == 202
    assert webhook.labels == {"Anna"}
    assert webhook.values() == {1_795_298_400: 61, 1_795_298_405: 62}


async def test_the_same_id_always_brings_the_same_bytes(
    client: ClientSession, webhook: WebhookSimulator
) -> None:
    other = body_of(BEATS[0])
    statuses = [await post(client, webhook, body, signed(body)) for body in (BODY, BODY, other)]
    assert statuses == [202, 202, 422]
    assert [len(batch) for batch in webhook.batches] == [2, 2]


async def test_a_test_is_no_beat(client: ClientSession, webhook: WebhookSimulator) -> None:
    body = body_of(kind=TEST)
    assert await post(client, webhook, body, signed(body)) == 204
    assert (len(webhook.tests), webhook.ledger) == (1, [])


async def test_refusals(client: ClientSession, webhook: WebhookSimulator) -> None:
    webhook.max_batch = 1
    assert await post(client, webhook, BODY, GOOD) == 413
    webhook.reject = lambda beat: beat["value"] == 61
    singles = [body_of(beat) for beat in BEATS]
    statuses = [
        await post(client, webhook, body, signed(body, message_id))
        for message_id, body in zip(("b", "c"), singles, strict=True)
    ]
    assert statuses == [422, 202]
    webhook.is_gone = True
    assert await post(client, webhook, BODY, GOOD) == 410
    webhook.is_gone = False
    webhook.forget()
    assert (webhook.ledger, webhook.requests) == ([], [])
    assert await post(client, webhook, singles[0], signed(singles[0], "a1")) == 202
