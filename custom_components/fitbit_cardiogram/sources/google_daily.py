"""Daily values of Google Health: one row for each of its types, with the values that are taken from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any, Final

import msgspec

from ..heart_rate.daily import (
    ACTIVE_ZONE_MINUTES,
    BREATHING_RATE,
    CARDIO_FITNESS,
    HEART_RATE_VARIABILITY,
    NON_REM_HEART_RATE,
    OXYGEN_SATURATION,
    SKIN_TEMPERATURE,
    DailyKind,
)
from .client import decode_each, note_left_out
from .google_api import SCOPE_ACTIVITY, SCOPE_METRICS, Api, CivilTime, Date, civil, days_filter
from .source import DailyReading

DAYS_PER_PAGE: Final = 100
OWN_PLATFORM: Final = "FITBIT"

type Point = Mapping[str, Any]
type Take = Callable[[Point], float | None]


def number(written: object) -> float | None:
    """Return a number, also one in a text, or None where it is none: "NaN" and "Infinity" are none."""
    if isinstance(written, bool) or not isinstance(written, int | float | str):
        return None
    try:
        found = float(written)
    except OverflowError, ValueError:
        return None
    return found if isfinite(found) else None


def _field(name: str) -> Take:
    return lambda point: number(point.get(name))


def _difference(name: str, subtrahend: str) -> Take:
    def take(point: Point) -> float | None:
        found, base = number(point.get(name)), number(point.get(subtrahend))
        # The subtraction brings digits that no sensor has.
        return None if found is None or base is None else round(found - base, 3)

    return take


def _total(*names: str) -> Take:
    """Take the sum of fields; zero is left out of an answer."""

    def take(point: Point) -> float | None:
        found = [number(point.get(name, 0)) for name in names]
        return None if None in found else sum(one for one in found if one is not None)

    return take


@dataclass(frozen=True, slots=True)
class DailyType:
    """A type of data: Google's name, the key in a point, the permission, and each value's decoder.

    `is_rolled_up` types are summed up by Google for each day, others have a point a day and source.
    """

    name: str
    key: str
    scope: str
    values: Mapping[DailyKind, Take]
    is_rolled_up: bool = False


GROUPS: Final[Mapping[str, DailyType]] = {
    "active_zone_minutes": DailyType(
        "active-zone-minutes",
        "activeZoneMinutes",
        SCOPE_ACTIVITY,
        # Google has weighted them already.
        {
            ACTIVE_ZONE_MINUTES: _total(
                "sumInFatBurnHeartZone", "sumInCardioHeartZone", "sumInPeakHeartZone"
            ),
        },
        is_rolled_up=True,
    ),
    "heart_rate_variability": DailyType(
        "daily-heart-rate-variability",
        "dailyHeartRateVariability",
        SCOPE_METRICS,
        {
            HEART_RATE_VARIABILITY: _field("averageHeartRateVariabilityMilliseconds"),
            NON_REM_HEART_RATE: _field("nonRemHeartRateBeatsPerMinute"),
        },
    ),
    "breathing_rate": DailyType(
        "daily-respiratory-rate",
        "dailyRespiratoryRate",
        SCOPE_METRICS,
        {BREATHING_RATE: _field("breathsPerMinute")},
    ),
    "oxygen_saturation": DailyType(
        "daily-oxygen-saturation",
        "dailyOxygenSaturation",
        SCOPE_METRICS,
        {OXYGEN_SATURATION: _field("averagePercentage")},
    ),
    "skin_temperature": DailyType(
        "daily-sleep-temperature-derivations",
        "dailySleepTemperatureDerivations",
        SCOPE_METRICS,
        {SKIN_TEMPERATURE: _difference("nightlyTemperatureCelsius", "baselineTemperatureCelsius")},
    ),
    "cardio_fitness": DailyType(
        "daily-vo2-max", "dailyVo2Max", SCOPE_ACTIVITY, {CARDIO_FITNESS: _field("vo2Max")}
    ),
}

_POINT: Final = msgspec.json.Decoder(dict[str, Any])


async def read_daily_values(api: Api, kind: DailyType, first: date, last: date) -> DailyReading:
    """Return the values of a type by kind and day."""
    if kind.is_rolled_up:
        raws = await api.daily_roll_ups(kind.name, first, last)
    else:
        raws = await api.points(kind.name, days_filter(kind.name, first, last), DAYS_PER_PAGE)
    return decode_daily_values(raws, kind, first, last)


def decode_daily_values(raws: list[msgspec.Raw], kind: DailyType, first: date, last: date) -> DailyReading:
    """Return the values of points by kind and day.

    Each is judged alone. Of several points of a day the one of the wearable's own platform counts, else the
    one with the higher values: their order says nothing.
    """
    ranked: list[tuple[bool, list[float], date, Mapping[DailyKind, float]]] = []
    for point in decode_each(raws, _POINT):
        day, values = _day(point, kind), _values(point.get(kind.key), kind)
        if day and values is not None and first <= day <= last:
            ranked.append((_is_own(point), [*values.values()], day, values))
    note_left_out(len(raws) - len(ranked), f"points of {kind.name}")
    ranked.sort(key=lambda one: one[:2])
    found: dict[str, dict[date, float]] = {one.key: {} for one in kind.values}
    for _, _, day, taken in ranked:
        for one, value in taken.items():
            found[one.key][day] = value
    return found


def _values(point: object, kind: DailyType) -> dict[DailyKind, float] | None:
    """Return the values of a point that can be, or None if it is none at all."""
    if not isinstance(point, dict):
        return None
    taken = {one: take(point) for one, take in kind.values.items()}
    return {one: value for one, value in taken.items() if value is not None and one.admits(value)}


def _day(point: Point, kind: DailyType) -> date | None:
    try:
        if kind.is_rolled_up:
            return civil(msgspec.convert(point.get("civilStartTime"), CivilTime).date)
        inner = point.get(kind.key)
        return civil(msgspec.convert(inner.get("date"), Date)) if isinstance(inner, dict) else None
    except msgspec.ValidationError:
        return None


def _is_own(point: Point) -> bool:
    source = point.get("dataSource")
    return isinstance(source, dict) and source.get("platform") == OWN_PLATFORM
