"""A limit of requests per clock hour, kept by our own count and by what the service tells."""

from collections.abc import Mapping
from typing import Final

from ..heart_rate.sample import HOUR
from .errors import RateLimitedError

LIMIT: Final = 150


class HourlyLimit:
    """Fitbit's limit: 150 requests an hour and person, counted anew at the full hour.

    The headers are approximate and late, says Fitbit's page, so what we counted ourselves counts too.
    """

    def __init__(self) -> None:
        self._hour = 0
        self._used = 0
        self._limit = LIMIT

    def spend(self, now: float) -> None:
        """Count a request before it is made; raises RateLimitedError where it would be one too many."""
        if self._hour != (hour := int(now // HOUR)):
            self._hour, self._used = hour, 0
        if self._used >= self._limit:
            raise RateLimitedError("own count of requests is used up", self.wait(now))
        self._used += 1

    def learn(self, headers: Mapping[str, str]) -> None:
        """Take note of what an answer's headers tell."""
        limit, remaining = (
            _number(headers.get(f"fitbit-rate-limit-{name}")) for name in ("limit", "remaining")
        )
        if limit:
            self._limit = limit
        if remaining is not None:
            self._used = max(self._used, self._limit - remaining)

    def wait(self, now: float) -> float:
        """Return the seconds until requests are counted anew."""
        return HOUR - now % HOUR


def _number(text: str | None) -> int | None:
    return int(text[:9]) if text and text.isascii() and text.isdigit() else None
