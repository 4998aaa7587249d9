"""Cardiogram's contract: the request that posts beats, and the meaning of its answers.

It follows Cardiogram's page "Posting Beats". Batch size, rate limits and idempotency are not documented, so
batches stay moderate, and a batch without an answer counts neither as delivered nor as lost.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from aiohttp import ClientSession
import msgspec

from ..archive.outbox import Batch
from ..heart_rate.sample import Sample
from ..net.request import UNDECODABLE, Answer
from .outcome import Outcome, Problem
from .posting import PASSING, outcome_of, post

BATCH_SIZE: Final = 1000
ANSWER_LIMIT: Final = 64 * 1024

USER_UNKNOWN: Final = "User does not exist."

_BY_STATUS: Final = PASSING | {
    HTTPStatus.BAD_REQUEST: Problem.BEATS_REFUSED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Problem.BEATS_REFUSED,
    HTTPStatus.UNPROCESSABLE_ENTITY: Problem.BEATS_REFUSED,
    HTTPStatus.UNAUTHORIZED: Problem.TOKEN_REFUSED,
    HTTPStatus.FORBIDDEN: Problem.USER_MISMATCH,
    HTTPStatus.NOT_FOUND: Problem.WRONG_ADDRESS,
    HTTPStatus.GONE: Problem.WRONG_ADDRESS,
}


def encode(samples: Sequence[Sample]) -> bytes:
    """Return the body that carries the samples: a beat at an instant starts and ends at its second."""
    return msgspec.json.encode(
        {"beats": [{"start": time, "end": time, "value": bpm} for time, bpm in samples]}
    )


def judge(answer: Answer, now: float) -> Outcome:
    """Return the outcome of an answer. A status of 2xx alone is no success: the body has to agree."""
    try:
        body = msgspec.json.decode(answer.body)
    except UNDECODABLE:
        body = None
    if answer.status // 100 == 2:
        # The page shows {"success": true}; an older text of the same service shows {}.
        if isinstance(body, dict) and (body == {} or body.get("success") is True):
            return Outcome()
        return Outcome(Problem.UNEXPECTED_ANSWER)
    if isinstance(body, dict) and USER_UNKNOWN in (body.get("message"), body.get("error")):
        return Outcome(Problem.USER_MISMATCH)
    return outcome_of(answer, _BY_STATUS, now)


class Cardiogram:
    """One user's account at Cardiogram, or at a compatible receiver at another address."""

    batch_size = BATCH_SIZE

    def __init__(self, session: ClientSession, base_url: str, user_id: str, access_token: str) -> None:
        self._session = session
        self._url = f"{base_url.rstrip('/')}/heart/oauth/users/{quote(user_id, safe='')}/beats"
        self._access_token = access_token

    def encode(self, samples: Sequence[Sample]) -> bytes:
        """Return the body that carries the samples."""
        return encode(samples)

    async def post(self, batch: Batch) -> Outcome:
        """Post a batch; return the outcome."""
        bearer = f"Bearer {self._access_token}"
        return await post(
            self._session,
            self._url,
            batch.body,
            {
                "Content-Type": "application/json",
                # The page names `Authentication`; other pages of the service say `Authorization`.
                "Authentication": bearer,
                "Authorization": bearer,
                "Idempotency-Key": batch.key,
            },
            judge,
            limit=ANSWER_LIMIT,
        )
