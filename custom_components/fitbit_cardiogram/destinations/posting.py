"""One request that posts a batch, and what its status says to every kind of destination."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
import time
from typing import Final

from aiohttp import ClientSession

from ..net.request import Answer, NoAnswerError, request
from .outcome import CONSEQUENCES, Outcome, Problem

TIMEOUT: Final = 30.0

type Judge = Callable[[Answer, float], Outcome]

# Trouble that passes by itself means the same everywhere; a kind adds the other statuses that it knows.
PASSING: Final[dict[int, Problem]] = {
    HTTPStatus.REQUEST_TIMEOUT: Problem.SERVER_ERROR,
    HTTPStatus.TOO_EARLY: Problem.SERVER_ERROR,
    HTTPStatus.TOO_MANY_REQUESTS: Problem.RATE_LIMITED,
}
_BY_CLASS: Final = {3: Problem.WRONG_ADDRESS, 5: Problem.SERVER_ERROR}


def outcome_of(answer: Answer, by_status: Mapping[int, Problem], now: float) -> Outcome:
    """Return the outcome that an answer's status alone tells, where it is no success."""
    problem = by_status.get(answer.status) or _BY_CLASS.get(answer.status // 100) or Problem.UNEXPECTED_ANSWER
    return Outcome(problem, answer.retry_after(now) if CONSEQUENCES[problem].passes else None)


async def post(
    session: ClientSession,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    judge: Judge,
    query: Mapping[str, str] | None = None,
    limit: int = 0,
) -> Outcome:
    """Post a body; return the outcome that `judge` finds in the answer and the UNIX time of it.

    `limit` is the longest body of a success in bytes; 0 where the status alone tells.
    """
    try:
        answer = await request(
            session,
            "POST",
            url,
            timeout=TIMEOUT,
            limit=limit,
            data=body,
            headers=headers,
            params=query,
        )
    except NoAnswerError:
        return Outcome(Problem.NO_ANSWER)
    return judge(answer, time.time())
