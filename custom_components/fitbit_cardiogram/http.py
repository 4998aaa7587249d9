"""The rules by which we speak HTTP: bounded time, bounded answers, no redirects, nothing logged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Any, Final

from aiohttp import ClientError, ClientSession, ClientTimeout
import msgspec
from yarl import URL

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


def utc(timestamp: float) -> datetime:
    """Return UNIX seconds as an aware datetime in UTC."""
    return datetime.fromtimestamp(timestamp, UTC)


class UnsafeUrlError(ValueError):
    """An address that health data must not be sent to; its text is `invalid_url` or `insecure_url`."""


def safe_base_url(text: str, *, allow_http: bool = True) -> str:
    """Return an address that may be spoken to, without a trailing slash.

    https anywhere; http only to this machine and to private addresses. Raises UnsafeUrlError.
    """
    try:
        url = URL(text)
        port = url.port
    except ValueError:
        raise UnsafeUrlError("invalid_url") from None
    if url.scheme not in ("http", "https") or not url.host or not port:
        raise UnsafeUrlError("invalid_url")
    if url.user or url.password or url.query_string or url.fragment:
        raise UnsafeUrlError("invalid_url")
    if url.scheme == "http" and not _is_private(url.host):
        raise UnsafeUrlError("insecure_url")
    return str(url).rstrip("/")


def _is_private(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or (address.is_private and not address.is_link_local)
