"""Intervals of time: half-open, in UNIX seconds (UTC)."""

from dataclasses import dataclass
from typing import Protocol

type Interval = tuple[int, int]
"""The time from the first moment up to, but not including, the second: `[start, end)`."""


class Spanning(Protocol):
    """What begins and ends."""

    @property
    def start(self) -> int:
        """The moment at which it begins."""

    @property
    def end(self) -> int:
        """The moment at which it ends."""


@dataclass(frozen=True, slots=True)
class Span:
    """The time that something took, and nothing else of it."""

    start: int
    end: int
