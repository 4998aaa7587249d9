"""Days of Google Health: resting heart rates, the limits of the zones, and the time in each."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final

import msgspec

from ..heart_rate.day import RestingHeartRate, Zone, ZoneName
from ..heart_rate.sample import BPM_MAX, BPM_MIN
from .client import ZoneLimit, decode_known
from .google_api import CivilTime, Date, Message, civil, duration

# A civil day has up to 25 hours.
MINUTES_MAX: Final = 25 * 60


class _Resting(Message):
    date: Date
    beats_per_minute: Annotated[int, msgspec.Meta(ge=BPM_MIN, le=BPM_MAX)]
    daily_resting_heart_rate_metadata: Any = None

    @property
    def rank(self) -> tuple[bool, int]:
        """Rank the values of one day: one calculated with sleep first, then the higher one."""
        known = self.daily_resting_heart_rate_metadata
        method = known.get("calculationMethod") if isinstance(known, dict) else None
        return method == "WITH_SLEEP", self.beats_per_minute


class _RestingPoint(Message):
    daily_resting_heart_rate: _Resting


class _Limits(Message):
    heart_rate_zone_type: str
    min_beats_per_minute: ZoneLimit = 0
    max_beats_per_minute: ZoneLimit | None = None


type LimitsByType = Mapping[str, _Limits]
"""The limits of the zones by Google's name of each."""


class _DailyZones(Message):
    date: Date
    heart_rate_zones: list[msgspec.Raw] = []

    def by_type(self) -> LimitsByType:
        """Return the limits by Google's name of the zone."""
        zones = decode_known(self.heart_rate_zones, _LIMITS, "limits of zones")
        return {zone.heart_rate_zone_type: zone for zone in zones}


class _ZonesPoint(Message):
    daily_heart_rate_zones: _DailyZones


class _ZoneTime(Message):
    heart_rate_zone: str
    duration: Any = "0s"

    @property
    def minutes(self) -> float | None:
        """The minutes, or None if the duration is odd."""
        seconds = duration(self.duration)
        return seconds / 60 if seconds is not None and 0 <= seconds / 60 <= MINUTES_MAX else None


class _ZoneTimes(Message):
    time_in_heart_rate_zones: list[msgspec.Raw] = []


class _ZoneTimesRollup(Message):
    civil_start_time: CivilTime | None = None
    time_in_heart_rate_zone: _ZoneTimes | None = None


_RESTING: Final = msgspec.json.Decoder(_RestingPoint, strict=False)
_ZONE_TIMES: Final = msgspec.json.Decoder(_ZoneTimesRollup)
_ZONE_TIME: Final = msgspec.json.Decoder(_ZoneTime)
_ZONES: Final = msgspec.json.Decoder(_ZonesPoint)
_LIMITS: Final = msgspec.json.Decoder(_Limits, strict=False)


def decode_resting(raws: list[msgspec.Raw], first: date, last: date) -> list[RestingHeartRate]:
    """Return the resting heart rates of points, one for each day, by its rank.

    Should the merged stream hold several values of one day, their order says nothing.
    """
    points = [point.daily_resting_heart_rate for point in decode_known(raws, _RESTING, "resting rates")]
    by_day: dict[date, _Resting] = {}
    for point in points:
        if (day := civil(point.date)) and first <= day <= last:
            by_day[day] = max(by_day.get(day, point), point, key=lambda one: one.rank)
    return [RestingHeartRate(day, point.beats_per_minute) for day, point in by_day.items()]


def decode_zone_times(
    raws: list[msgspec.Raw], first: date, last: date
) -> dict[date, dict[str, float | None]]:
    """Return the minutes of roll-ups by day and by Google's name of the zone; None for an odd duration."""
    return {
        day: {time.heart_rate_zone: time.minutes for time in _zone_times(rollup.time_in_heart_rate_zone)}
        for rollup in decode_known(raws, _ZONE_TIMES, "roll-ups of days")
        if rollup.civil_start_time is not None and rollup.time_in_heart_rate_zone is not None
        if (day := civil(rollup.civil_start_time.date)) and first <= day <= last
    }


def _zone_times(times: _ZoneTimes) -> list[_ZoneTime]:
    return decode_known(times.time_in_heart_rate_zones, _ZONE_TIME, "times in zones")


def decode_limits(raws: list[msgspec.Raw]) -> list[tuple[date, LimitsByType]]:
    """Return the limits of the zones and the day from which they hold, in the order of the points."""
    days = [point.daily_heart_rate_zones for point in decode_known(raws, _ZONES, "days of zones")]
    return [(day, zones.by_type()) for zones in days if (day := civil(zones.date))]


def zones_of(minutes: Mapping[str, float | None], limits: LimitsByType) -> tuple[Zone, ...]:
    """Return the zones of a day; one that was not reached is absent from the roll-up: zero minutes."""
    return tuple(
        Zone(
            name=name,
            minutes=minutes.get(name.upper(), 0.0),
            min_bpm=limits[name.upper()].min_beats_per_minute if name.upper() in limits else None,
            max_bpm=limits[name.upper()].max_beats_per_minute if name.upper() in limits else None,
        )
        for name in ZoneName
    )
