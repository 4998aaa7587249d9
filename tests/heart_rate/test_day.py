"""The summary of a day."""

from datetime import date

import pytest

from custom_components.fitbit_cardiogram.heart_rate.day import DaySummary, RestingHeartRate, Zone, ZoneName

FRIDAY, SATURDAY = date(2026, 11, 20), date(2026, 11, 21)
SUMMARY = DaySummary(
    FRIDAY, RestingHeartRate(date(2026, 11, 19), 55), (Zone("light", 30.0, 30, 107), Zone("peak", 0.0))
)


@pytest.fixture(autouse=True)
def integration() -> None:
    """No Home Assistant is needed here."""


def test_a_zone_by_its_name() -> None:
    assert SUMMARY.zone(ZoneName.LIGHT) == Zone("light", 30.0, 30, 107)
    assert SUMMARY.zone("peak") == Zone("peak", 0.0)
    assert SUMMARY.zone("vigorous") is None
    assert DaySummary(FRIDAY).zone("light") is None


def test_the_next_day_begins_without_zones() -> None:
    assert SUMMARY.on(FRIDAY) == SUMMARY
    assert SUMMARY.on(SATURDAY) == DaySummary(SATURDAY, SUMMARY.resting)
