"""Daily values of Google Health: each point judged alone, and what is absent stays absent."""

from datetime import date, timedelta
import json
from typing import Any

import pytest

from custom_components.fitbit_cardiogram.heart_rate.daily import BREATHING_RATE, DailyKind
from custom_components.fitbit_cardiogram.sources.errors import (
    Denial,
    PermissionMissingError,
    RequestRefusedError,
)
from custom_components.fitbit_cardiogram.sources.fitbit import Fitbit
from custom_components.fitbit_cardiogram.sources.google_daily import GROUPS, DailyType, number
from custom_components.fitbit_cardiogram.sources.google_health import GoogleHealth
from custom_components.fitbit_cardiogram.sources.kinds import SLEEP, WORKOUTS
from tests.helpers.home import TODAY
from tests.helpers.sources import GoogleToken
from tests.simulators import Fault, GoogleSimulator, Recording
from tests.simulators.google import DATA_TYPES
from tests.simulators.google_oauth import SETTINGS
from tests.simulators.person import Person
from tests.simulators.training import Night

YESTERDAY = TODAY - timedelta(days=1)
NIGHT: Night = {
    "dailyHeartRateVariability": {
        "averageHeartRateVariabilityMilliseconds": 41.7,
        "nonRemHeartRateBeatsPerMinute": "52",
    },
    "dailyRespiratoryRate": {"breathsPerMinute": 14.2},
    "dailyOxygenSaturation": {
        "averagePercentage": 95.8,
        "lowerBoundPercentage": 92.4,
        "upperBoundPercentage": 98.9,
    },
    "dailySleepTemperatureDerivations": {
        "nightlyTemperatureCelsius": 34.1,
        "baselineTemperatureCelsius": 33.9,
        "relativeNightlyStddev30dCelsius": 0.35,
    },
    "dailyVo2Max": {"vo2Max": 43.2, "estimated": True, "cardioFitnessLevel": "GOOD"},
}
VALUES = {
    "heart_rate_variability": {"heart_rate_variability": 41.7, "non_rem_heart_rate": 52},
    "breathing_rate": {"breathing_rate": 14.2},
    "oxygen_saturation": {"oxygen_saturation": 95.8},
    "skin_temperature": {"skin_temperature_deviation": 0.2},
    "cardio_fitness": {"cardio_fitness": 43.2},
}


@pytest.fixture(autouse=True)
def integration(socket_enabled: None) -> None:
    """Do without Home Assistant."""


def test_the_table_is_that_of_google() -> None:
    assert {kind.name: kind.scope for kind in GROUPS.values()} == {
        kind.name: DATA_TYPES[kind.name].scope for kind in GROUPS.values()
    }


def test_what_is_offered(source: GoogleHealth) -> None:
    assert source.offers() == {WORKOUTS.key, SLEEP.key, *VALUES, "active_zone_minutes"}


async def test_fitbit_offers_none() -> None:
    source = Fitbit.__new__(Fitbit)
    assert source.offers() == frozenset()
    assert (await source.workouts(0, 1), await source.daily_values("any", TODAY, TODAY)) == ([], {})


@pytest.mark.parametrize("group", VALUES)
@pytest.mark.parametrize("is_merged", [True, False])
async def test_the_values_of_a_night(
    source: GoogleHealth, google: GoogleSimulator, person: Recording, group: str, is_merged: bool
) -> None:
    """Listed, the wearable's own value counts, whatever another source says."""
    person.nights = {YESTERDAY: NIGHT, TODAY - timedelta(days=9): NIGHT}
    if not is_merged:
        google.unmerged = {GROUPS[group].name}
        google.other_source = {"platform": "HEALTH_CONNECT"}
    google.empty_pages = True
    found = await source.daily_values(group, TODAY - timedelta(days=3), TODAY)
    assert found == {kind: {YESTERDAY: value} for kind, value in VALUES[group].items()}
    assert google.schema_violations == []


@pytest.mark.parametrize("baseline", ["NaN", "Infinity", None])
async def test_the_first_nights_have_no_baseline(
    source: GoogleHealth, person: Recording, baseline: str | None
) -> None:
    fields = {"nightlyTemperatureCelsius": 34.1}
    more = {} if baseline is None else {"baselineTemperatureCelsius": baseline}
    person.nights = {TODAY: {"dailySleepTemperatureDerivations": fields | more}}
    found = await source.daily_values("skin_temperature", TODAY, TODAY)
    assert found == {"skin_temperature_deviation": {}}


@pytest.mark.parametrize(
    ("active", "minutes"),
    [({"FatBurn": 12, "Cardio": 40, "Peak": 0}, 52), ({"FatBurn": 0}, 0), ({}, None)],
)
async def test_active_zone_minutes_are_not_doubled(
    source: GoogleHealth, google: GoogleSimulator, person: Recording, active: Any, minutes: float | None
) -> None:
    person.active, person.zones, person.readings = {YESTERDAY: active}, {}, []
    found = await source.daily_values("active_zone_minutes", YESTERDAY, TODAY)
    assert found == {"active_zone_minutes": {} if minutes is None else {YESTERDAY: minutes}}


async def test_long_intervals_are_rolled_up_in_parts(source: GoogleHealth, google: GoogleSimulator) -> None:
    await source.daily_values("active_zone_minutes", TODAY - timedelta(days=199), TODAY)
    assert google.count("active-zone-minutes") == 3
    assert google.schema_violations == []


async def test_an_odd_point_costs_itself(source: GoogleHealth, google: GoogleSimulator) -> None:
    day = {"year": TODAY.year, "month": TODAY.month, "day": TODAY.day}
    odd: list[Any] = [
        *(None, 7, {}, {"dailyRespiratoryRate": 5}, {"dailyRespiratoryRate": {}}),
        {"dailyRespiratoryRate": {"date": {**day, "day": 32}, "breathsPerMinute": 15}},
        {"dailyRespiratoryRate": {"date": day, "breathsPerMinute": 0.0142}},
        {"dailyRespiratoryRate": {"date": day, "breathsPerMinute": {}}},
        {"dailyRespiratoryRate": {"date": {**day, "year": 2020}, "breathsPerMinute": 15}},
    ]
    values = [{"dailyRespiratoryRate": {"date": day, "breathsPerMinute": value}} for value in (15, 14.5)]
    for points in ([*odd, *values], [*values[::-1], *odd]):
        google.faults = [Fault("daily-respiratory", 200, json.dumps({"dataPoints": points}))]
        assert await source.daily_values("breathing_rate", TODAY, TODAY) == {"breathing_rate": {TODAY: 15}}


async def test_trouble_with_one_group_is_its_own(source: GoogleHealth, google: GoogleSimulator) -> None:
    google.faults = [Fault("daily-respiratory", 400, times=2)]
    with pytest.raises(RequestRefusedError):
        await source.daily_values("breathing_rate", TODAY, TODAY)
    await source.daily_values("oxygen_saturation", TODAY, TODAY)


async def test_a_permission_that_is_missing(
    source: GoogleHealth, google: GoogleSimulator, token: GoogleToken
) -> None:
    token.access = google.grant([SETTINGS])["access_token"]
    for group in GROUPS:
        with pytest.raises(PermissionMissingError) as caught:
            await source.daily_values(group, TODAY, TODAY)
        assert caught.value.denial is Denial.SCOPE


async def test_a_new_value_is_a_row(
    source: GoogleHealth, google: GoogleSimulator, person: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    lowest = DailyKind("lowest_oxygen_saturation", 50, 100)
    row = DailyType(
        "daily-oxygen-saturation",
        "dailyOxygenSaturation",
        GROUPS["oxygen_saturation"].scope,
        {lowest: lambda point: number(point["lowerBoundPercentage"])},
    )
    monkeypatch.setitem(GROUPS, "toy", row)
    person.nights = {TODAY: NIGHT}
    assert "toy" in source.offers()
    assert await source.daily_values("toy", TODAY, TODAY) == {"lowest_oxygen_saturation": {TODAY: 92.4}}


@pytest.mark.parametrize("value", [None, True, "", "x", "NaN", "-Infinity", [], {}, "9" * 5000, 10**400])
def test_what_is_no_number(value: Any) -> None:
    assert number(value) is None


async def test_a_lifelike_person_has_nights(source: GoogleHealth, google: GoogleSimulator) -> None:
    google.people[0] = someone = Person(health_user_id=google.people[0].health_user_id)
    google.grants[0].person = someone
    found = await source.daily_values("breathing_rate", date(2026, 10, 1), TODAY)
    assert 30 < len(found["breathing_rate"]) < 52
    assert all(BREATHING_RATE.admits(value) for value in found["breathing_rate"].values())
