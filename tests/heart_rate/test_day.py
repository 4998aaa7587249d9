"""The summary of a day."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from custom_components.fitbit_cardiogram.heart_rate.clock import midnight
from custom_components.fitbit_cardiogram.heart_rate.day import DaySummary, RestingHeartRate, Zone, ZoneName

FRIDAY = date(2026, 11, 20)
SUMMARY = DaySummary(
    FRIDAY, RestingHeartRate(date(2026, 11, 19), 55), (Zone("light", 30.0, 30, 107), Zone("peak", 0.0))
)


def test_a_zone_by_its_name() -> None:
    assert SUMMARY.zone(ZoneName.LIGHT) == Zone("light", 30.0, 30, 107)
    assert SUMMARY.zone("peak") == Zone("peak", 0.0)
    assert SUMMARY.zone("vigorous") is None
    assert DaySummary(FRIDAY).zone("light") is None


@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        ("Europe/Berlin", date(2026, 11, 21), "2026-11-20T23:00:00+00:00"),
        ("Europe/Berlin", date(2026, 10, 25), "2026-10-24T22:00:00+00:00"),
        # Midnight is skipped, or comes twice: the day begins when it begins.
        ("America/Havana", date(2026, 3, 8), "2026-03-08T05:00:00+00:00"),
        ("America/Havana", date(2026, 11, 1), "2026-11-01T04:00:00+00:00"),
    ],
)
def test_when_a_day_begins(zone: str, day: date, begins: str) -> None:
    assert midnight(day, ZoneInfo(zone)) == datetime.fromisoformat(begins).timestamp()
