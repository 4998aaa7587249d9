"""Stays in a heart-rate zone: since when the heart rate is in the zone of the newest sample."""

from collections.abc import Iterable
from dataclasses import dataclass

from .day import DaySummary, ZoneName
from .sample import BPM_MAX, Sample


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay in a zone, from its first to its newest sample, in UNIX seconds; `bpm` is that of the newest."""

    zone: ZoneName
    start: int
    end: int
    bpm: int


def zone_starts(day: DaySummary) -> dict[ZoneName, int] | None:
    """Return the lowest heart rate of each zone, or None where one is not known.

    Everything below the moderate zone is light.
    """
    starts = {ZoneName.LIGHT: 0}
    for name in (ZoneName.MODERATE, ZoneName.VIGOROUS, ZoneName.PEAK):
        zone = day.zone(name)
        if zone is None or zone.min_bpm is None:
            return None
        starts[name] = zone.min_bpm
    return starts


def stay(newest_first: Iterable[Sample], day: DaySummary, gap: int) -> Stay | None:
    """Return the stay in the zone of the newest sample, or None where no zone is known.

    It begins after a sample in another zone, or after a gap of more than `gap` seconds.
    """
    samples = iter(newest_first)
    starts, newest = zone_starts(day), next(samples, None)
    if starts is None or newest is None:
        return None
    end, bpm = newest
    zone = max((name for name in starts if starts[name] <= bpm), key=lambda name: starts[name])
    low = starts[zone]
    high = min((other for other in starts.values() if other > low), default=BPM_MAX + 1)
    start = end
    for time, other in samples:
        if not low <= other < high or start - time > gap:
            break
        start = time
    return Stay(zone, start, end, bpm)
