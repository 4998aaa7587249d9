"""The usual: the range in which most of a person's own values of the last weeks lie."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, auto
from statistics import quantiles
from typing import Final

# The usual for a day is made of the values of so many days before it, and of so many values at least.
DAYS: Final = 60
VALUES_MIN: Final = 14


@dataclass(frozen=True, slots=True)
class Usual:
    """The median of a person's values, and the quartiles: half of the values lie from `low` to `high`."""

    median: float
    low: float
    high: float


class Place(StrEnum):
    """The place of a value: below the lower quartile, from one to the other, or above the upper one."""

    LOWER = auto()
    USUAL = auto()
    HIGHER = auto()


@dataclass(frozen=True, slots=True)
class Standing:
    """A value beside the usual: its difference from the median, and its place among the quartiles."""

    difference: float
    place: Place


def days_before(day: date) -> tuple[date, date]:
    """Return the first and the last of the days that make the usual for a day."""
    return day - timedelta(days=DAYS), day - timedelta(days=1)


def usual(values: Mapping[date, float], day: date) -> Usual | None:
    """Return the usual for a day out of values by their days, or None if there are too few before it.

    The value of the day itself does not count, nor does a later one.
    """
    first, last = days_before(day)
    counted = [value for lived, value in values.items() if first <= lived <= last]
    if len(counted) < VALUES_MIN:
        return None
    low, median, high = quantiles(counted, n=4, method="inclusive")
    return Usual(median, low, high)


def standing(value: float, beside: Usual) -> Standing:
    """Return the standing of a value beside the usual; the quartiles themselves are usual."""
    place = Place.USUAL
    if not beside.low <= value <= beside.high:
        place = Place.LOWER if value < beside.low else Place.HIGHER
    return Standing(value - beside.median, place)
