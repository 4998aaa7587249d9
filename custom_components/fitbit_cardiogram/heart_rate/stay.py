"""Stays in a heart-rate zone: since when the heart rate is in the zone of the newest sample."""

from collections.abc import Iterable
from dataclasses import dataclass

from .day import DaySummary, ZoneName
from .sample import Sample


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay in a zone, from its first to its newest sample, in UNIX seconds; `bpm` is that of the newest."""

    zone: ZoneName
    start: int
    end: int
    bpm: int


def zone_of(bpm: int, day: DaySummary) -> ZoneName | None:
    """Return the zone of a heart rate by the bounds of a day, or None where these are not known.

    Everything below the moderate zone is light.
    """
    found = ZoneName.LIGHT
    for name in (ZoneName.MODERATE, ZoneName.VIGOROUS, ZoneName.PEAK):
        zone = day.zone(name)
        if zone is None or zone.min_bpm is None:
            return None
        if zone.min_bpm <= bpm:
            found = name
    return found


def stay(newest_first: Iterable[Sample], day: DaySummary, gap: int) -> Stay | None:
    """Return the stay in the zone of the newest sample, or None where no zone is known.

    It begins after a sample in another zone, or after a gap of more than `gap` seconds.
    """
    found: Stay | None = None
    for time, bpm in newest_first:
        zone = zone_of(bpm, day)
        if zone is None:
            return None
        if found is None:
            found = Stay(zone, time, time, bpm)
        elif zone is not found.zone or found.start - time > gap:
            break
        else:
            found = Stay(zone, time, found.end, found.bpm)
    return found
