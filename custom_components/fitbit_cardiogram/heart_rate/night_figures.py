"""The figures of a sleep session: the heart asleep, and awake before. Times are UNIX seconds (UTC)."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from .clock import DAY, HOUR, MINUTE
from .interval import Interval
from .sample import Sample
from .sleep import SleepSession

# The waking heart rate is that of so many seconds before the session.
BEFORE: Final = DAY
# The band was worn while awake if so many minutes have a sample.
WORN_AWAKE: Final = 3 * HOUR // MINUTE
# The lowest heart rate is the mean of so many seconds, with at least so many samples.
BUCKET: Final = 5 * MINUTE
BUCKET_COUNT: Final = 3


@dataclass(frozen=True, slots=True)
class NightFigures:
    """The figures of a sleep session, in bpm; a value is None where the band was not worn.

    `count` is the number of samples asleep, `waking_count` that of the samples awake in the 24 hours before.
    `lowest` is the lowest mean of five minutes asleep, which begin at `lowest_at`.
    """

    count: int = 0
    mean: float | None = None
    lowest: float | None = None
    lowest_at: int | None = None
    waking_mean: float | None = None
    waking_count: int = 0


def reach(start: int, end: int) -> Interval:
    """Return the interval whose samples the figures of a sleep session are counted from."""
    return start - BEFORE, max(start, end)


def night_figures(
    samples: Sequence[Sample], session: SleepSession, others: Iterable[SleepSession] = ()
) -> NightFigures:
    """Return the figures of a session from samples in order of time.

    `others` tell when else the person was asleep.
    """
    asleep = [*_within(samples, session.sleeping)]
    before = (session.start - BEFORE, session.start)
    sleeping = [interval for other in others for interval in other.sleeping]
    awake = [*_within(samples, _outside(before, sleeping))]
    figures = NightFigures(count=len(asleep), waking_count=len(awake))
    if asleep and 2 * MINUTE * _minutes(asleep) >= session.asleep:
        lowest, lowest_at = _lowest(asleep)
        figures = replace(figures, mean=_mean(asleep), lowest=lowest, lowest_at=lowest_at)
    if _minutes(awake) >= WORN_AWAKE:
        figures = replace(figures, waking_mean=_mean(awake))
    return figures


def fuller(one: NightFigures, other: NightFigures) -> NightFigures:
    """Return two figures of a session as one, each part from those with more samples, else from the other."""
    asleep = one if one.count > other.count else other
    awake = one if one.waking_count > other.waking_count else other
    return replace(asleep, waking_mean=awake.waking_mean, waking_count=awake.waking_count)


def _within(samples: Sequence[Sample], intervals: Iterable[Interval]) -> Iterator[Sample]:
    """Yield the samples of intervals that do not overlap, in order of the intervals."""
    for start, end in intervals:
        yield from samples[bisect_left(samples, (start,)) : bisect_left(samples, (end,))]


def _outside(whole: Interval, taken: Iterable[Interval]) -> Iterator[Interval]:
    """Yield the parts of an interval that no other one takes."""
    free, end = whole
    for begun, over in sorted(taken):
        if free < min(begun, end):
            yield free, min(begun, end)
        free = max(free, over)
    if free < end:
        yield free, end


def _minutes(samples: Iterable[Sample]) -> int:
    """Return the number of minutes with a sample."""
    return len({time // MINUTE for time, _ in samples})


def _mean(samples: Sequence[Sample]) -> float:
    return sum(bpm for _, bpm in samples) / len(samples)


def _lowest(samples: Iterable[Sample]) -> tuple[float | None, int | None]:
    """Return the lowest mean of a bucket with enough samples, and where the first such bucket begins."""
    buckets = ((key, [*found]) for key, found in groupby(samples, lambda sample: sample[0] // BUCKET))
    means = [(_mean(found), key * BUCKET) for key, found in buckets if len(found) >= BUCKET_COUNT]
    return min(means, default=(None, None))
