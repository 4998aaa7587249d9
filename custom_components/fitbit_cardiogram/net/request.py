"""HTTP requests: bounded time, bounded answers, no redirects, nothing logged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final

from aiohttp import ClientError, ClientSession, ClientTimeout
import msgspec

# The errors of decoding a body; deep nesting raises RecursionError.
UNDECODABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


# A Retry-After that asks for more is a mistake, or a date beside a wrong clock.
RETRY_AFTER_MAX: Final = 3600.0
# The reason of an error fits into this many bytes; the rest of its body is not read.
ERROR_LIMIT: Final = 64 * 1024


class NoAnswerError(Exception):
    """No complete answer came: DNS, connection, TLS, time-out, or too many bytes."""


class AnswerTooLongError(NoAnswerError):
    """An answer has more bytes than its request allows."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer: status, headers (names in any case) and the body as it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_compressed(self) -> bool:
        """Whether the body was compressed on its way."""
        return self.headers.get("Content-Encoding", "identity") != "identity"

    def retry_after(self, now: float) -> float | None:
        """Return the seconds to wait that the Retry-After header asks for, at most an hour, or None.

        The header is a number of seconds or an HTTP date (RFC 9110, section 10.2.3).
        """
        value = self.headers.get("Retry-After", "").strip()
        if value.isascii() and value.isdigit():
            return min(float(value[:9]), RETRY_AFTER_MAX)
        try:
            moment = parsedate_to_datetime(value)
        except OverflowError, ValueError:
            return None
        seconds = moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() - now
        return min(max(0.0, seconds), RETRY_AFTER_MAX)

    def date(self) -> int | None:
        """Return the UNIX time by the server's clock, or None where the Date header holds none."""
        try:
            moment = parsedate_to_datetime(self.headers.get("Date", ""))
            return int(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp())
        except ValueError, OverflowError:
            return None


async def request(
    session: ClientSession, method: str, url: str, *, timeout: float, limit: int, **options: Any
) -> Answer:
    """Make one request and read its answer, at most `limit` bytes in `timeout` seconds.

    The body of an error is cut. With a limit of 0, the body of anything else is not read or waited for.
    Redirects are answers, not followed: no token and no heart rate goes to another address.
    Raises NoAnswerError, without the cause's text, which may quote an address or a token.
    """
    try:
        async with session.request(
            method, url, timeout=ClientTimeout(total=timeout), allow_redirects=False, **options
        ) as response:
            is_error = response.status >= HTTPStatus.BAD_REQUEST
            body = bytearray()
            if not (is_error or limit):
                return Answer(response.status, response.headers, b"")
            async for chunk in response.content.iter_any():
                body += chunk
                if is_error and len(body) >= ERROR_LIMIT:
                    return Answer(response.status, response.headers, bytes(body[:ERROR_LIMIT]))
                if not is_error and len(body) > limit:
                    raise AnswerTooLongError("answer too long")
            return Answer(response.status, response.headers, bytes(body))
    except (ClientError, TimeoutError, OSError, UnicodeError) as error:
        raise NoAnswerError(type(error).__name__) from None
