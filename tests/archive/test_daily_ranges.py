"""The days of the archive, counted from its hours."""

from dataclasses import replace
from datetime import date, timedelta
from statistics import quantiles
from zoneinfo import ZoneInfo

import pytest

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.archive.daily_ranges import DAYS, HELD, daily_ranges, quantile
from custom_components.fitbit_cardiogram.heart_rate.alert import AlertKind, Limit
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR, midnight

BERLIN = ZoneInfo("Europe/Berlin")
# The clock goes back on this day, which is 25 hours long.
SUNDAY = date(2026, 10, 25)
START = midnight(SUNDAY, BERLIN)
NOW = START + 100 * DAY
LIMITS = (Limit(AlertKind.HIGH, 80), Limit(AlertKind.LOW, 51))


def fill(archive: Archive) -> None:
    """Store an hour's mean of 50, 51, 52 … bpm, each of two samples, over the day and the hour after it."""
    hours = range(26)
    archive.store(
        [(START + h * HOUR + s, 50 + h + step) for h in hours for s, step in ((5, -1), (9, 1))], NOW
    )


def test_a_day_and_the_range_of_its_hours(archive: Archive) -> None:
    """Of all days asked for, those that hold something; an hour is of the day that it begins in."""
    fill(archive)
    sunday, monday = daily_ranges(
        archive, date.min + timedelta(days=2), SUNDAY + 9 * timedelta(days=1), BERLIN, LIMITS
    )
    assert (sunday.start, sunday.end) == (START, START + 25 * HOUR)
    assert (sunday.count, sunday.min, sunday.mean, sunday.max) == (50, 49, 62.0, 75)
    tenths = quantiles(range(50, 75), n=10, method="inclusive")
    assert sunday.range == pytest.approx((tenths[0], tenths[-1]))
    assert (sunday.high, sunday.low) == (0, 3)
    assert (monday.start, monday.end, monday.range, monday.low) == (
        START + 25 * HOUR,
        START + 49 * HOUR,
        (75, 75),
        0,
    )
    assert daily_ranges(archive, SUNDAY, SUNDAY, BERLIN) == [replace(sunday, low=0)]


def test_a_day_outlives_its_samples(archive: Archive) -> None:
    fill(archive)
    before = daily_ranges(archive, SUNDAY, SUNDAY, BERLIN, LIMITS)
    assert archive.prune(DAY, NOW)
    assert daily_ranges(archive, SUNDAY, SUNDAY, BERLIN, LIMITS) == before


def test_nothing_is_held(archive: Archive) -> None:
    assert daily_ranges(archive, SUNDAY, SUNDAY, BERLIN) == []
    assert quantile([7], 0.9) == 7


@pytest.mark.parametrize("query", [HELD, DAYS])
def test_nothing_is_read_but_the_days(archive: Archive, query: str) -> None:
    """The hours are searched by their key, never scanned."""
    bounds = dict.fromkeys(("start", "end", "high", "low"), 1) | {"days": "[]"}
    with archive.writing() as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}", bounds)]
    searched = [step for step in plan if "hours" in step]
    assert searched
    assert all(step.startswith("SEARCH") and "INTEGER PRIMARY KEY" in step for step in searched)
