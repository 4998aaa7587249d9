"""A limit of requests in a period of the clock, kept by our own count and by the service's headers."""

from collections.abc import Mapping
from typing import Final

from .errors import RateLimitedError

# Requests that are left to the polls by reading that can wait; half of the limit if that is less.
RESERVED: Final = 60


class RateLimit:
    """Limits requests to a number in each period, which begins at a multiple of its seconds of UNIX time.

    Only Fitbit sends headers. By its page they are approximate and late, so our own count is kept as well.
    """

    def __init__(self, limit: int, period: int) -> None:
        self._limit = limit
        self._period = period
        self._current = 0
        self._used = 0
        self._is_known = False

    def spend(self, now: float) -> None:
        """Count a request before it is made; raises RateLimitedError where it would be one too many."""
        self._begin(now)
        if self._used >= self._limit:
            raise RateLimitedError("own count of requests is used up", self._wait(now))
        self._used += 1

    def learn(self, headers: Mapping[str, str]) -> None:
        """Note the count in an answer's headers."""
        limit, remaining = (
            _number(headers.get(f"fitbit-rate-limit-{name}")) for name in ("limit", "remaining")
        )
        if limit:
            self._limit, self._is_known = limit, True
        if remaining is not None:
            self._used = max(self._used, self._limit - remaining)

    def retry_after(self, now: float) -> float | None:
        """Return the seconds to wait after a status 429, or None if only the service knows."""
        return self._wait(now) if self._is_known else None

    def pause(self, now: float) -> float:
        """Return the seconds in which to make no request that can wait."""
        self._begin(now)
        return self._wait(now) if self._used >= self._limit - self._reserved else 0.0

    def seconds_for(self, requests: int) -> float:
        """Return about how many seconds so many requests take that can wait, if nothing else waits."""
        return requests * self._period / (self._limit - self._reserved)

    def left(self, now: float) -> int:
        """Return the number of requests that can still be made in the period."""
        self._begin(now)
        return max(0, self._limit - self._used)

    @property
    def _reserved(self) -> int:
        return min(RESERVED, self._limit // 2)

    def _wait(self, now: float) -> float:
        """Return the seconds until requests are counted anew."""
        return self._period - now % self._period

    def _begin(self, now: float) -> None:
        if self._current != (current := int(now // self._period)):
            self._current, self._used = current, 0


def _number(text: str | None) -> int | None:
    return int(text[:9]) if text and text.isascii() and text.isdigit() else None
