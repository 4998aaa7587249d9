"""Samples: one measured heart rate each, and the rules by which a reading becomes samples."""

from collections.abc import Iterable
from operator import gt, lt

# Google Health's schema admits 1 to 300; Fitbit's bands measure no other values.
BPM_MIN = 1
BPM_MAX = 300

# No wearable of this kind is older; earlier times are a clock that was never set.
TIME_MIN = 1_000_000_000

type Sample = tuple[int, int]
"""One measurement, `(time, bpm)`: whole UNIX seconds (UTC), and beats per minute from 1 to 300.

A plain tuple, because a day holds tens of thousands of them and SQLite takes them as they are.
"""


def one_per_second(samples: Iterable[Sample]) -> list[Sample]:
    """Return the samples in order of time, one for each second.

    A sample is identified by its second. Of several in one second the highest counts, whatever their order,
    so that reading the same data again can never look like a correction.
    """
    samples = list(samples)
    times = [time for time, _ in samples]
    # Answers are nearly always in order, from either end.
    if all(map(lt, times, times[1:], strict=False)):
        return samples
    if all(map(gt, times, times[1:], strict=False)):
        return samples[::-1]
    return list(dict(sorted(samples)).items())
