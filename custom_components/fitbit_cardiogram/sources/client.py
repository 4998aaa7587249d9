"""The requests of every source: with a token, a limit, and an error for each status that is not good."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import tzinfo
from http import HTTPStatus
import time
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from aiohttp import ClientSession
import msgspec

from ..net.request import UNDECODABLE, Answer, NoAnswerError, request
from .errors import (
    Denial,
    GatewayTimeoutError,
    PermissionMissingError,
    RateLimitedError,
    RequestRefusedError,
    ServiceEndedError,
    ServiceUnavailableError,
    ServiceUnreachableError,
    SignInRefusedError,
    SourceError,
    UnexpectedAnswerError,
)
from .rate_limit import RateLimit
from .source import AccessToken

# A page of 10 000 points of Google's is about 4 MB, a day of a sample a second of Fitbit's 3 MB.
ANSWER_LIMIT: Final = 32 * 1024 * 1024
TIMEOUT: Final = 60.0

type Bound = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
"""A bound of a zone, in bpm: Home Assistant cannot write just any number."""


class Client:
    """Makes an account's requests to a service.

    `denial` returns the reason by which a failed answer denies the account something, or None. Requests
    beyond the `limit` are not made. `ended` is the error that a status 410 means at this service.
    """

    def __init__(
        self,
        session: ClientSession,
        access_token: AccessToken,
        base_url: str,
        denial: Callable[[Answer], Denial | None],
        limit: RateLimit,
        ended: type[ServiceEndedError] = ServiceEndedError,
    ) -> None:
        self._session = session
        self._access_token = access_token
        self._base_url = base_url
        self._denial = denial
        self._limit = limit
        self._ended = ended

    async def request(self, method: str, path: str, **options: Any) -> Answer:
        """Make a request and return its good answer; a refused access token is refreshed once.

        Raises the SourceError that the answer is, if it is one.
        """
        answer = await self._send(method, path, token := await self._access_token(), **options)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            answer = await self._send(method, path, await self._access_token(refused=token), **options)
        if answer.status != HTTPStatus.OK:
            raise self._error(answer)
        return answer

    async def get[T](self, path: str, decoder: msgspec.json.Decoder[T], **options: Any) -> T:
        """Get an answer and decode it."""
        answer = await self.request("GET", path, **options)
        return decode(answer.body, decoder)

    def pause(self) -> float:
        """Return the seconds in which to make no request that can wait."""
        return self._limit.pause(time.time())

    def requests_left(self) -> int:
        """Return the number of requests that can be made before counting begins anew."""
        return self._limit.left(time.time())

    async def _send(self, method: str, path: str, token: str, **options: Any) -> Answer:
        self._limit.spend(time.time())
        try:
            answer = await request(
                self._session,
                method,
                f"{self._base_url}/{path}",
                timeout=TIMEOUT,
                limit=ANSWER_LIMIT,
                headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
                **options,
            )
        except NoAnswerError as error:
            raise ServiceUnreachableError(f"no answer ({error})") from None
        self._limit.learn(answer.headers)
        return answer

    def _error(self, answer: Answer) -> SourceError:
        """Return the error that an answer stands for."""
        status = answer.status
        if denial := self._denial(answer):
            return PermissionMissingError(denial)
        if status == HTTPStatus.UNAUTHORIZED:
            return SignInRefusedError("access token refused")
        if status == HTTPStatus.FORBIDDEN:
            return PermissionMissingError(Denial.OTHER)
        if status == HTTPStatus.GONE:
            return self._ended("service ended")
        retry_after = answer.retry_after(time.time())
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            if retry_after is None:
                retry_after = self._limit.retry_after(time.time())
            return RateLimitedError("too many requests", retry_after)
        if status == HTTPStatus.GATEWAY_TIMEOUT:
            return GatewayTimeoutError("status 504", retry_after)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return ServiceUnavailableError(f"status {status}", retry_after)
        refused = status == HTTPStatus.BAD_REQUEST
        return (RequestRefusedError if refused else UnexpectedAnswerError)(f"status {status}")


def decode[T](body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """Decode an answer; raises UnexpectedAnswerError if it is not what the contract describes."""
    try:
        return decoder.decode(body)
    except UNDECODABLE:
        raise UnexpectedAnswerError("not the JSON that the contract describes") from None


def decode_each[T](raws: Iterable[msgspec.Raw], decoder: msgspec.json.Decoder[T]) -> list[T]:
    """Decode items one by one and leave out those that break the contract."""
    decoded: list[T] = []
    for raw in raws:
        try:
            decoded.append(decoder.decode(raw))
        except UNDECODABLE:
            continue
    return decoded


async def zone_named(name: str) -> tzinfo:
    """Return the time zone of this IANA name; raises UnexpectedAnswerError if there is none."""
    try:
        # The first use of a zone reads it from the disk.
        return await asyncio.to_thread(ZoneInfo, name)
    except KeyError, OSError, RecursionError, ValueError:
        raise UnexpectedAnswerError("unknown time zone") from None
