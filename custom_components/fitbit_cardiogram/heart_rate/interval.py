"""Intervals of time: half-open, in UNIX seconds (UTC)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

type Interval = tuple[int, int]
"""The time from the first moment up to, but not including, the second: `[start, end)`."""


def without(interval: Interval, others: Iterable[Interval]) -> list[Interval]:
    """Return the parts of an interval that are in none of the others, in order of time."""
    parts = [interval]
    for start, end in others:
        cut = [half for first, last in parts for half in ((first, min(last, start)), (max(first, end), last))]
        parts = [(first, last) for first, last in cut if first < last]
    return parts


def joined(intervals: Iterable[Interval]) -> list[Interval]:
    """Return intervals in order of time, of which those that touch or overlap are one."""
    found: list[Interval] = []
    for start, end in sorted(intervals):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


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
