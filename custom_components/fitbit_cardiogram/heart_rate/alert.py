"""Alerts: times in which the heart rate was beyond a limit for long enough.

They are computed from the samples, so late, corrected or purged samples change them. Times are UNIX seconds.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from .interval import Interval
from .sample import Sample

# Bands measure every few seconds; the heart rate in a gap of this many seconds is unknown.
GAP = 5 * 60


class AlertKind(StrEnum):
    """The limit that the heart rate was beyond."""

    HIGH = "high"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of the heart rate.

    An excess begins with a sample at `bpm` or beyond, and ends when one is back by more than `hysteresis`
    bpm, or with a gap of more than `gap` seconds. It is an alert once it has lasted `duration` seconds.
    """

    kind: AlertKind
    bpm: int
    duration: int = 0
    hysteresis: int = 0
    gap: int = GAP

    @property
    def sign(self) -> int:
        """Return +1 for a high limit and -1 for a low one, so that 'beyond the limit' is always 'greater'."""
        return 1 if self.kind is AlertKind.HIGH else -1


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert from its first to its last sample, when its duration was `reached`, and its peak in bpm."""

    kind: AlertKind
    limit: int
    start: int
    reached: int
    end: int
    extreme: int

    @property
    def stretch(self) -> Stretch:
        """Return the kind and the times, without heart rates."""
        return self.kind, self.start, self.end


type Stretch = tuple[AlertKind, int, int]
"""The kind of an alert, and the times of its first and its last sample."""


def overlap(one: Stretch, other: Stretch) -> bool:
    """Return whether two alerts are of one kind and have time in common."""
    return one[0] == other[0] and one[1] <= other[2] and other[1] <= one[2]


class Overlaps:
    """Finds overlaps with many alerts, without a look at each of them."""

    def __init__(self, stretches: Iterable[Stretch]) -> None:
        self._starts: dict[AlertKind, list[int]] = {}
        self._ends: dict[AlertKind, list[int]] = {}
        for kind, start, end in sorted(stretches):
            self._starts.setdefault(kind, []).append(start)
            ends = self._ends.setdefault(kind, [])
            # The latest end so far.
            ends.append(max(end, ends[-1]) if ends else end)

    def any(self, stretch: Stretch) -> bool:
        """Return whether any of them overlaps with a stretch."""
        kind, start, end = stretch
        begun = bisect_right(self._starts.get(kind, []), end)
        return begun > 0 and self._ends[kind][begun - 1] >= start


def calmed(found: Iterable[Sample], limit: Limit, intervals: Collection[Interval]) -> Iterator[Sample]:
    """Yield the samples; those within the intervals get a heart rate that ends an excess."""
    calm = limit.bpm - limit.sign * (limit.hysteresis + 1)
    for time, bpm in found:
        yield time, calm if any(start <= time < end for start, end in intervals) else bpm


def find_alerts(found: Iterable[Sample], limit: Limit) -> Iterator[Alert]:
    """Yield the alerts in samples that are in order of time; before the first one, all counts as normal."""
    sign, gap, duration = limit.sign, limit.gap, limit.duration
    beyond = limit.bpm * sign
    back = beyond - limit.hysteresis
    start: int | None = None
    reached: int | None = None
    end = extreme = 0
    for time, bpm in found:
        level = bpm * sign
        if start is not None and (level < back or time - end > gap):
            if reached is not None:
                yield Alert(limit.kind, limit.bpm, start, reached, end, extreme * sign)
            start = reached = None
        if start is None:
            if level < beyond:
                continue
            start, extreme = time, level
        end = time
        extreme = max(extreme, level)
        if reached is None and time - start >= duration:
            reached = time
    if start is not None and reached is not None:
        yield Alert(limit.kind, limit.bpm, start, reached, end, extreme * sign)
