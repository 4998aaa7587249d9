"""HTTP requests: bounded time, bounded answers, no redirects, nothing logged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, Final

from aiohttp import ClientError, ClientSession, ClientTimeout
import msgspec

# What decoding a body raises that is not the JSON it should be; the last by nesting that nobody means well.
UNDECODABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class NoAnswerError(Exception):
    """No complete answer came: DNS, connection, TLS, time-out, or more bytes than anyone asked for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer: status, headers (names in any case) and the body as it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def retry_after(self, now: float) -> float | None:
        """Return the seconds to wait that the Retry-After header asks for, or None.

        The header is a number of seconds or an HTTP date (RFC 9110, section 10.2.3).
        """
        value = self.headers.get("Retry-After", "").strip()
        if value.isascii() and value.isdigit():
            return float(value[:9])
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return None
        return max(0.0, moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() - now)

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
    """Make one request and read its answer, at most `limit` bytes within `timeout` seconds.

    Redirects are answers, not followed: neither a token nor heart rates go where nobody sent them.
    Raises NoAnswerError, without the cause's text, which may quote an address or a token.
    """
    try:
        async with session.request(
            method, url, timeout=ClientTimeout(total=timeout), allow_redirects=False, **options
        ) as response:
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > limit:
                    raise NoAnswerError("answer too long")
            return Answer(response.status, response.headers, bytes(body))
    except (ClientError, TimeoutError, OSError, UnicodeError) as error:
        raise NoAnswerError(type(error).__name__) from None
