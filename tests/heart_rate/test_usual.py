"""The usual: by hand, and against the definition of a quantile."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from statistics import quantiles

import pytest

from custom_components.fitbit_cardiogram.heart_rate.usual import Place, Usual, standing, usual, usuals

TODAY = date(2026, 11, 21)


def ago(days: int) -> date:
    """Return the day so many days before today."""
    return TODAY - timedelta(days=days)


def before(values: Sequence[float], *, first: int = 1) -> dict[date, float]:
    """Return values by their days, the newest `first` days ago."""
    return {ago(first + number): value for number, value in enumerate(values)}


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of the values lies, those between two on a straight line."""
    ordered = sorted(values)
    whole, part = divmod(share * (len(ordered) - 1), 1)
    low = ordered[int(whole)]
    return low + part * (ordered[min(int(whole) + 1, len(ordered) - 1)] - low)


def test_by_hand() -> None:
    """Of 14 values, the lower quartile lies a quarter of the way from the 4th to the 5th."""
    values = [64, 51, 52, 63, 53, 62, 54, 61, 55, 60, 56, 59, 57, 58]
    assert usual(before(values), TODAY) == Usual(median=57.5, low=54.25, high=60.75)


@pytest.mark.parametrize("number", range(14, 61))
def test_against_the_definition(number: int) -> None:
    random = Random(number)
    values = [random.uniform(20, 120) for _ in range(number)]
    found = usual(before(values), TODAY)
    assert found
    told = [found.low, found.median, found.high]
    assert told == quantiles(values, n=4, method="inclusive")
    assert told == pytest.approx([quantile(values, share) for share in (0.25, 0.5, 0.75)])


@pytest.mark.parametrize(("number", "is_known"), [(0, False), (13, False), (14, True)])
def test_so_many_values_at_least(number: int, is_known: bool) -> None:
    assert (usual(before([50] * number), TODAY) is not None) is is_known


def test_the_days_may_have_gaps() -> None:
    values = {ago(days): 50.0 for days in range(4, 61, 4)}
    assert usual(values, TODAY) == Usual(50, 50, 50)


def test_neither_the_day_itself_nor_what_is_older_or_later_counts() -> None:
    values = before([50] * 60)
    others = {ago(0): 10.0, ago(-1): 200.0, ago(61): 10.0, ago(62): 200.0}
    assert usual(values | others, TODAY) == Usual(50, 50, 50)
    assert usual(before([50] * 14, first=47), TODAY) == Usual(50, 50, 50)
    assert usual(before([50] * 14, first=48), TODAY) is None


@pytest.mark.parametrize(
    ("value", "difference", "place"),
    [
        (53.9, -5.1, Place.LOWER),
        (54, -5, Place.USUAL),
        (57, -2, Place.USUAL),
        (59, 0, Place.USUAL),
        (61, 2, Place.USUAL),
        (61.1, 2.1, Place.HIGHER),
    ],
)
def test_a_value_beside_the_usual(value: float, difference: float, place: Place) -> None:
    found = standing(value, Usual(59, 54, 61))
    assert found.difference == pytest.approx(difference)
    assert found.place is place


def test_where_all_values_are_the_same_any_other_is_unusual() -> None:
    same = Usual(50, 50, 50)
    assert [standing(value, same).place for value in (49, 50, 51)] == [*Place]


def test_a_row_of_days_is_compared_as_each_day_is() -> None:
    """Values come and go, and some days have none."""
    chance = Random(3)
    row = [None if chance.random() < 0.3 else float(chance.randint(50, 60)) for _ in range(200)]
    days = [ago(len(row) - place) for place in range(len(row))]
    values = {day: value for day, value in zip(days, row, strict=True) if value is not None}
    found = [*usuals(row)]
    assert found == [usual(values, day) for day in days]
    assert found.count(None) < len(row) / 4
