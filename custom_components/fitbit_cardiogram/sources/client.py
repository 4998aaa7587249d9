"""The requests of every source: with a token, a limit, and an error for each status that is not good."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from http import HTTPStatus
import logging
import time
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from aiohttp import ClientSession
import msgspec

from ..heart_rate.clock import utc
from ..heart_rate.sample import TIME_MIN
from ..net.request import UNDECODABLE, Answer, AnswerTooLongError, NoAnswerError, request
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

_LOGGER = logging.getLogger(__name__)

# A page of 10 000 points of Google's is about 4 MB, a day of a sample a second of Fitbit's 3 MB.
SAMPLES_LIMIT: Final = 32 * 1024 * 1024
# Of all other answers, months of days are the longest: some 100 kB.
ANSWER_LIMIT: Final = 4 * 1024 * 1024
# A longer body is decoded in a thread.
DECODED_AT_ONCE: Final = 64 * 1024
TIMEOUT: Final = 60.0
# Google compresses an answer only for a user agent that names gzip, beside the usual Accept-Encoding.
USER_AGENT: Final = "Home Assistant (gzip)"

type ZoneLimit = Annotated[int, msgspec.Meta(ge=0, le=1000)]
"""A limit of a zone, in bpm."""


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
        # The UNIX time of the last answer by the service's clock.
        self.answered_at: int | None = None

    async def authorize(self) -> None:
        """Obtain a valid access token."""
        await self._access_token()

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
        return await decode_off_loop(answer.body, decoder)

    def pause(self) -> float:
        """Return the seconds in which to make no request that can wait."""
        return self._limit.pause(time.time())

    def seconds_for(self, requests: int) -> float:
        """Return about how many seconds so many requests take that can wait."""
        return self._limit.seconds_for(requests)

    def requests_left(self) -> int:
        """Return the number of requests that can be made before counting begins anew."""
        return self._limit.left(time.time())

    async def _send(
        self,
        method: str,
        path: str,
        token: str,
        *,
        timeout: float = TIMEOUT,
        limit: int = ANSWER_LIMIT,
        **options: Any,
    ) -> Answer:
        self._limit.spend(time.time())
        try:
            answer = await request(
                self._session,
                method,
                f"{self._base_url}/{path}",
                timeout=timeout,
                limit=limit,
                headers={
                    "Authorization": f"Bearer {token}",
                    "Accept": "application/json",
                    "User-Agent": USER_AGENT,
                },
                **options,
            )
        except AnswerTooLongError as error:
            raise UnexpectedAnswerError(str(error)) from None
        except NoAnswerError as error:
            raise ServiceUnreachableError(f"no answer ({error})") from None
        self._limit.learn(answer.headers)
        self.answered_at = answer.date() or self.answered_at
        return answer

    def _error(self, answer: Answer) -> SourceError:
        """Return the error that an answer stands for."""
        status = answer.status
        if denial := self._denial(answer):
            return PermissionMissingError(denial)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
            return self._unavailable(answer)
        errors: dict[int, Callable[[], SourceError]] = {
            HTTPStatus.UNAUTHORIZED: lambda: SignInRefusedError("access token refused"),
            HTTPStatus.FORBIDDEN: lambda: PermissionMissingError(Denial.OTHER),
            HTTPStatus.GONE: lambda: self._ended("service ended"),
            HTTPStatus.BAD_REQUEST: lambda: RequestRefusedError(f"status {status}"),
        }
        return errors.get(status, lambda: UnexpectedAnswerError(f"status {status}"))()

    def _unavailable(self, answer: Answer) -> ServiceUnavailableError:
        """Return the error of an answer that asks to come again later."""
        retry_after = answer.retry_after(time.time())
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            if retry_after is None:
                retry_after = self._limit.retry_after(time.time())
            return RateLimitedError("too many requests", retry_after)
        is_timeout = answer.status == HTTPStatus.GATEWAY_TIMEOUT
        error = GatewayTimeoutError if is_timeout else ServiceUnavailableError
        return error(f"status {answer.status}", retry_after)


def decode[T](body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """Decode an answer; raises UnexpectedAnswerError if it is not what the contract describes."""
    try:
        return decoder.decode(body)
    except UNDECODABLE:
        raise UnexpectedAnswerError("not the JSON that the contract describes") from None


async def decode_off_loop[T](body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """Decode an answer as `decode` does, a long one in a thread."""
    if len(body) <= DECODED_AT_ONCE:
        return decode(body, decoder)
    return await asyncio.to_thread(decode, body, decoder)


def decode_each[T](raws: Iterable[msgspec.Raw], decoder: msgspec.json.Decoder[T]) -> list[T]:
    """Decode items one by one and leave out those that break the contract."""
    decoded: list[T] = []
    for raw in raws:
        try:
            decoded.append(decoder.decode(raw))
        except UNDECODABLE:
            continue
    return decoded


def decode_known[T](raws: list[msgspec.Raw], decoder: msgspec.json.Decoder[T], name: str) -> list[T]:
    """Decode items as `decode_each` does, and log the number of those left out; `name` is their plural."""
    decoded = decode_each(raws, decoder)
    note_left_out(len(raws) - len(decoded), name)
    return decoded


def note_left_out(count: int, name: str) -> None:
    """Log the number of odd items that were left out; `name` is their plural."""
    if count:
        _LOGGER.debug("%d odd %s left out", count, name)


def newest_sync(times: Iterable[datetime | None]) -> datetime | None:
    """Return the newest time that can be one of a sync, or None without one; all have a zone, or none has."""
    earliest, latest = utc(TIME_MIN), utc(time.time()) + timedelta(days=2)
    plausible = (moment for moment in times if moment and earliest < moment.replace(tzinfo=UTC) < latest)
    return max(plausible, default=None)


async def zone_named(name: str) -> tzinfo:
    """Return the time zone of this IANA name; raises UnexpectedAnswerError if there is none."""
    try:
        # The first use of a zone reads it from the disk.
        return await asyncio.to_thread(ZoneInfo, name)
    except KeyError, OSError, RecursionError, ValueError:
        raise UnexpectedAnswerError("unknown time zone") from None
