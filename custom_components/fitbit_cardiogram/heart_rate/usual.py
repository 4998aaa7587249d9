"""The usual: the range in which most of a person's own values of the last weeks lie."""

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, auto
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
    return _usual(sorted(value for lived, value in values.items() if first <= lived <= last))


def usuals(values: Sequence[float | None]) -> Iterator[Usual | None]:
    """Yield the usual for each day of a row of days; the value of a day without one is None."""
    known: list[float] = []
    for place, value in enumerate(values):
        yield _usual(known)
        if value is not None:
            insort(known, value)
        if place >= DAYS and (gone := values[place - DAYS]) is not None:
            del known[bisect_left(known, gone)]


def _usual(ordered: Sequence[float]) -> Usual | None:
    """Return the usual of values in their order, or None if there are too few."""
    if len(ordered) < VALUES_MIN:
        return None
    low, median, high = (_quartile(ordered, number) for number in (1, 2, 3))
    return Usual(median, low, high)


def _quartile(ordered: Sequence[float], number: int) -> float:
    """Return the first, second or third quartile, between two values where it falls there."""
    place, quarters = divmod(number * (len(ordered) - 1), 4)
    if not quarters:
        return ordered[place]
    return (ordered[place] * (4 - quarters) + ordered[place + 1] * quarters) / 4


def standing(value: float, beside: Usual) -> Standing:
    """Return the standing of a value beside the usual; the quartiles themselves are usual."""
    place = Place.USUAL
    if not beside.low <= value <= beside.high:
        place = Place.LOWER if value < beside.low else Place.HIGHER
    return Standing(value - beside.median, place)
