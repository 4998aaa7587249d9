"""A web address of a person's own: Standard Webhooks 1.0, and the meaning of a receiver's answers.

Id and body are frozen with the batch; timestamp and signature belong to one attempt.
"""

from base64 import b64decode, b64encode
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
import hmac
from http import HTTPStatus
import secrets
import time
from typing import Final
import uuid

from aiohttp import ClientSession
import msgspec

from ..archive.outbox import Batch
from ..heart_rate.clock import FOREVER
from ..heart_rate.sample import Sample
from ..net.request import Answer
from .outcome import Outcome, Problem
from .posting import PASSING, outcome_of, post

# The standard advises bodies of about 20 kB.
BATCH_SIZE: Final = 500
SAMPLES: Final = "heart_rate.samples"
TEST: Final = "heart_rate.test"

_PREFIX: Final = "whsec_"
_MADE_BYTES: Final = 32
_KEY_BYTES: Final = range(24, 65)

_BY_STATUS: Final = PASSING | {
    HTTPStatus.BAD_REQUEST: Problem.BEATS_REFUSED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Problem.BEATS_REFUSED,
    HTTPStatus.UNPROCESSABLE_ENTITY: Problem.BEATS_REFUSED,
    HTTPStatus.UNAUTHORIZED: Problem.CREDENTIALS_REFUSED,
    HTTPStatus.FORBIDDEN: Problem.CREDENTIALS_REFUSED,
    HTTPStatus.NOT_FOUND: Problem.WRONG_ADDRESS,
    HTTPStatus.METHOD_NOT_ALLOWED: Problem.WRONG_ADDRESS,
    # The same batch is at work there: its first request was given up by us, not by the receiver.
    HTTPStatus.CONFLICT: Problem.SERVER_ERROR,
    HTTPStatus.GONE: Problem.UNWANTED,
}


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that both sides know, as text, and the UNIX time until which it signs."""

    text: str
    until: float = FOREVER


def make_secret() -> str:
    """Return a new secret."""
    return _PREFIX + b64encode(secrets.token_bytes(_MADE_BYTES)).decode()


def is_secret(text: str) -> bool:
    """Return whether a text is a secret: the prefix, and 24 to 64 bytes in base64."""
    try:
        return text.startswith(_PREFIX) and len(_key(text)) in _KEY_BYTES
    except binascii.Error, ValueError:
        return False


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the signature of an attempt."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return f"v1,{b64encode(hmac.digest(_key(secret), signed, 'sha256')).decode()}"


def _key(secret: str) -> bytes:
    return b64decode(secret.removeprefix(_PREFIX), validate=True)


def encode(samples: Sequence[Sample], label: str, created: float, message_type: str = SAMPLES) -> bytes:
    """Return the body that carries the samples; `created` is the UNIX time at which the batch is made."""
    return msgspec.json.encode(
        {
            "type": message_type,
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(created)),
            "data": {"label": label, "beats": [{"time": second, "bpm": bpm} for second, bpm in samples]},
        }
    )


def judge(answer: Answer, now: float) -> Outcome:
    """Return the outcome of an answer: any 2xx is a success, whatever else it says."""
    return Outcome() if answer.status // 100 == 2 else outcome_of(answer, _BY_STATUS, now)


class Webhook:
    """One web address, signed for with every secret that has not run out."""

    batch_size = BATCH_SIZE

    def __init__(
        self, session: ClientSession, url: str, signers: Sequence[Secret], label: str = "", token: str = ""
    ) -> None:
        """Post to an address; a `token` that is not empty is sent as a bearer token."""
        self._session = session
        self._url = url
        self._signers = signers
        self._label = label
        self._bearer = {"Authorization": f"Bearer {token}"} if token else {}

    def encode(self, samples: Sequence[Sample]) -> bytes:
        """Return the body that carries the samples."""
        return encode(samples, self._label, time.time())

    async def post(self, batch: Batch) -> Outcome:
        """Post a batch; return the outcome."""
        return await self._post(batch.key, batch.body)

    async def test(self) -> Outcome:
        """Post a message without a heart rate; return the outcome."""
        return await self._post(uuid.uuid4().hex, encode([], self._label, time.time(), TEST))

    async def _post(self, message_id: str, body: bytes) -> Outcome:
        now = int(time.time())
        signing = [signer.text for signer in self._signers if now < signer.until]
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(now),
            "webhook-signature": " ".join(sign(secret, message_id, now, body) for secret in signing),
            "Idempotency-Key": f'"{message_id}"',
            **self._bearer,
        }
        return await post(self._session, self._url, body, headers, judge)
