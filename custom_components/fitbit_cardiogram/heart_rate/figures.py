"""The figures of a workout: what it did to the heart, counted from samples. Times are UNIX seconds (UTC)."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from .day import Zone
from .interval import Interval
from .sample import Sample

# The heart rate at a moment is the sample nearest to it, if it is at most so many seconds away.
NEAR = 10
# A sample stands for the time until the next one, but for no more seconds than these.
STANDS_FOR = 60
# Recovery is counted so many seconds after the end.
RECOVERY_AFTER = (60, 120)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a workout; a value without samples is None, and without limits there are no zones.

    `lowest`, `mean` and `highest` are in bpm, `zones` are the seconds by the zone's name. `recovery` is the
    heart rate at the end minus that 60 seconds later, `recovery_120` minus that 120 seconds later, in bpm.
    """

    count: int = 0
    lowest: int | None = None
    mean: float | None = None
    highest: int | None = None
    zones: Mapping[str, int] = field(default_factory=dict)
    recovery: int | None = None
    recovery_120: int | None = None


def reach(start: int, end: int) -> Interval:
    """Return the interval whose samples the figures of a workout are counted from."""
    return start - NEAR, end + RECOVERY_AFTER[-1] + NEAR + 1


def figures(samples: Sequence[Sample], start: int, end: int, zones: Iterable[Zone] = ()) -> Figures:
    """Return the figures of a workout from samples in order of time; `zones` bring the limits."""
    times = [time for time, _ in samples]
    inside = samples[bisect_left(times, start) : bisect_left(times, end)]
    at_end = bpm_at(samples, end)
    after = [bpm_at(samples, end + seconds) for seconds in RECOVERY_AFTER]
    minute, two = (None if at_end is None or bpm is None else at_end - bpm for bpm in after)
    if not inside:
        return Figures(recovery=minute, recovery_120=two)
    rates = [bpm for _, bpm in inside]
    return Figures(
        count=len(rates),
        lowest=min(rates),
        mean=sum(rates) / len(rates),
        highest=max(rates),
        zones=_seconds_in(inside, end, zones),
        recovery=minute,
        recovery_120=two,
    )


def bpm_at(samples: Sequence[Sample], moment: int) -> int | None:
    """Return the heart rate at a moment, or None without a near sample; of two as near, the earlier one's."""
    first = bisect_left(samples, (moment - NEAR,))
    last = bisect_left(samples, (moment + NEAR + 1,))
    near = samples[first:last]
    return min(near, key=lambda sample: abs(sample[0] - moment))[1] if near else None


def _seconds_in(samples: Sequence[Sample], end: int, zones: Iterable[Zone]) -> dict[str, int]:
    """Return the seconds in each zone whose lower limit is known; a zone ends where the next one begins."""
    limits = sorted(
        (zone.min_bpm, zone.name) for zone in zones if zone.min_bpm is not None and not zone.custom
    )
    starts = [low for low, _ in limits]
    seconds = {name: 0 for _, name in limits}
    for (time, bpm), (following, _) in pairwise([*samples, (end, 0)]):
        zone = bisect_left(starts, bpm + 1) - 1
        if zone >= 0:
            seconds[limits[zone][1]] += min(following - time, STANDS_FOR)
    return seconds
