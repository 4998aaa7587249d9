"""HTTP requests: bounded time, bounded answers, no redirects, nothing logged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, Final

from aiohttp import ClientError, ClientSession, ClientTimeout
import msgspec

# The errors of decoding a body; deep nesting raises RecursionError.
UNDECODABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class NoAnswerError(Exception):
    """No complete answer came: DNS, connection, TLS, time-out, or too many bytes."""


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


async def request(
    session: ClientSession, method: str, url: str, *, timeout: float, limit: int, **options: Any
) -> Answer:
    """Make one request and read its answer, at most `limit` bytes within `timeout` seconds.

    Redirects are answers, not followed: no token and no heart rate goes to another address.
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
