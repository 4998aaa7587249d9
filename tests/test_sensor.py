"""Sensors: what an account and a destination show."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
import re
from statistics import quantiles
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram import sensor
from custom_components.fitbit_cardiogram.account_sensors import ACCOUNT_SENSORS, DAILY_SENSORS, daily_sensor
from custom_components.fitbit_cardiogram.const import DOMAIN
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR
from custom_components.fitbit_cardiogram.heart_rate.daily import DailyKind
from custom_components.fitbit_cardiogram.sources import google_daily, kinds
from tests.helpers.home import (
    NOW,
    TODAY,
    CheckPlatform,
    SetUp,
    account_entry,
    advance,
    at,
    gateway_entry,
    issues,
    settle,
    state_of,
    until,
)
from tests.simulators import Fault, FitbitSimulator, GoogleSimulator, Recording
from tests.simulators.google import METRICS, SETTINGS
from tests.simulators.person import Sample
from tests.simulators.sleeping import Sleep
from tests.simulators.training import Night, Training

NOW_S = int(NOW.timestamp())
SWITCH = "switch.cardiogram_automatic_forwarding"
BUTTON = "button.cardiogram_forward_now"
PROBLEM = "binary_sensor.cardiogram_forwarding"
PENDING = "sensor.cardiogram_pending_beats"
FORWARDING = "event.cardiogram_forwarding"


async def test_destination_entities_do_not_depend_on_the_source(
    home: HomeAssistant, account: MockConfigEntry, google: GoogleSimulator, clock: FrozenDateTimeFactory
) -> None:
    google.faults.append(Fault("/v4/", kind="reset_before", times=-1))
    for _ in range(14):
        await advance(home, clock, minutes=5)
    assert state_of(home, "sensor.sam_sample_resting_heart_rate").state == "unavailable"
    assert state_of(home, PENDING).state == "175"


async def test_entities(check_platform: CheckPlatform) -> None:
    await check_platform(Platform.SENSOR)


async def test_no_state_or_attribute_has_a_tail_of_digits(
    home: HomeAssistant, gateway: FitbitSimulator, set_up: SetUp
) -> None:
    """Minutes are whole, and everything else has one digit after the point at most."""
    gateway.custom_zones = [
        {"name": "Long", "minutes": 848.433333, "min": 100, "max": 120, "caloriesOut": 1512.123456}
    ]
    entry = await set_up(gateway_entry(gateway))
    registry = er.async_get(home)
    shown = {
        found.unique_id.removeprefix(f"{entry.entry_id}_"): home.states.get(found.entity_id)
        for found in er.async_entries_for_config_entry(registry, entry.entry_id)
    }
    long = shown["zone_custom_long"]
    assert long
    assert (long.state, long.attributes["calories"]) == ("848", 1512.1)
    for key, state in shown.items():
        values = [state.state, *state.attributes.values()] if state else []
        assert (key, [value for value in values if re.fullmatch(r"-?\d+\.\d{2,}", str(value))]) == (key, [])


async def test_of_custom_zones_that_look_alike_the_first_keeps_the_id(
    home: HomeAssistant, gateway: FitbitSimulator, set_up: SetUp, caplog: pytest.LogCaptureFixture
) -> None:
    gateway.custom_zones = [
        {"name": name, "minutes": minutes, "min": 100, "max": 120}
        for minutes, name in enumerate(["Long run", "Long-Run!", "long run", "Other"], 3)
    ]
    entry = await set_up(gateway_entry(gateway))
    registry = er.async_get(home)
    shown = {
        found.unique_id.removeprefix(f"{entry.entry_id}_"): state_of(home, found.entity_id).state
        for found in er.async_entries_for_config_entry(registry, entry.entry_id)
        if "zone_custom" in found.unique_id
    }
    assert shown == {"zone_custom_long_run": "3", "zone_custom_other": "6"}
    assert "does not generate unique IDs" not in caplog.text


@pytest.mark.usefixtures("all_enabled")
async def test_the_last_sync_is_shown_as_not_older_than_the_newest_sample(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
) -> None:
    """It came with one. A poll goes by what the service says."""
    person.last_sync = lambda now: int(NOW.timestamp()) - 7200  # type: ignore[method-assign]
    await set_up(entry)
    synced = state_of(home, "sensor.sam_sample_last_device_sync").state
    assert synced == state_of(home, "sensor.sam_sample_heart_rate_measured_at").state
    await advance(home, clock, minutes=5)
    google.requests.clear()
    await advance(home, clock, minutes=5)
    assert google.count("/heart-rate/dataPoints:reconcile") == 0


@pytest.mark.parametrize("match", ["pairedDevices", "settings", "daily-resting", "time-in-heart", "rollUp"])
@pytest.mark.parametrize("fault", [{"status": 429}, {"kind": "reset_before"}, {"status": 401}])
async def test_the_heart_rate_is_available_whatever_a_side_kind_meets(
    home: HomeAssistant,
    google: GoogleSimulator,
    set_up: SetUp,
    entry: MockConfigEntry,
    person: Recording,
    clock: FrozenDateTimeFactory,
    match: str,
    fault: dict[str, Any],
) -> None:
    await set_up(entry)
    google.faults = [Fault(match, times=-1, **fault)]
    for number in range(26):
        person.readings.append((int(clock().timestamp()), 81 + number))
        person.synced_at = int(clock().timestamp())
        await advance(home, clock, minutes=5)
        assert state_of(home, "sensor.sam_sample_heart_rate").state == str(81 + number)
    assert not home.config_entries.flow.async_progress()


# Zone minutes, workouts, and the night's values


YESTERDAY = TODAY - timedelta(days=1)
ZONE_MINUTES = "sensor.sam_sample_active_zone_minutes_today"
WEEK = "sensor.sam_sample_active_zone_minutes_this_week"
LAST_WORKOUT = "sensor.sam_sample_last_workout"
VARIABILITY = "sensor.sam_sample_heart_rate_variability"
NIGHT: Night = {
    "dailyHeartRateVariability": {
        "averageHeartRateVariabilityMilliseconds": 41.5,
        "nonRemHeartRateBeatsPerMinute": "52",
        "entropy": 2.6,
    },
    "dailyRespiratoryRate": {"breathsPerMinute": 14.3},
    "dailyOxygenSaturation": {
        "averagePercentage": 96.2,
        "lowerBoundPercentage": 92.4,
        "upperBoundPercentage": 98.9,
    },
    "dailySleepTemperatureDerivations": {
        "nightlyTemperatureCelsius": 34.4,
        "baselineTemperatureCelsius": 33.9,
    },
    "dailyVo2Max": {"vo2Max": 43.2},
}
LAST_NIGHT = "sensor.sam_sample_last_night"
SLEEPING = "sensor.sam_sample_sleeping_heart_rate"
OF_A_NIGHT = ("date", "bed_time", "wake_time", "mean", "lowest", "lowest_at", "dip")
BED, UP = at("02:00:00"), at("10:00:00")
# The day's entities that a source may lack.
OFFERED = {WEEK, ZONE_MINUTES, LAST_WORKOUT, VARIABILITY, LAST_NIGHT, SLEEPING}


def asleep_at(start: int, key: str) -> Sleep:
    """Return a night of eight hours, of which the first was awake."""
    end, fell = start + 8 * HOUR, start + HOUR
    return Sleep(key, start, end, (("AWAKE", start, fell), ("DEEP", fell, end)), is_main=True)


A_NIGHT = asleep_at(BED, "night")


def beats(bpm: int, start: int, end: int, every: int = 60) -> list[Sample]:
    """Return a heart rate from `start` to before `end`."""
    return [(time, bpm) for time in range(start, end, every)]


def shown(home: HomeAssistant) -> Mapping[str, tuple[str, str | None]]:
    """Return value and day of each daily value."""
    return {
        description.key: (found.state, found.attributes.get("date"))
        for description in DAILY_SENSORS
        if (found := home.states.get(f"sensor.sam_sample_{description.key}"))
    }


@pytest.mark.usefixtures("all_enabled")
async def test_the_newest_value_of_each_kind_is_shown_with_its_day(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, person: Recording
) -> None:
    only = ("dailyHeartRateVariability", "dailyRespiratoryRate")
    person.nights = {
        YESTERDAY: NIGHT,
        TODAY: {
            only[0]: {"averageHeartRateVariabilityMilliseconds": 44},
            only[1]: {"breathsPerMinute": "NaN"},
        },
    }
    await set_up(entry)
    before = YESTERDAY.isoformat()
    assert shown(home) == {
        "heart_rate_variability": ("44.0", TODAY.isoformat()),
        "sleeping_heart_rate": ("unknown", None),
        "non_rem_heart_rate": ("52.0", before),
        "breathing_rate": ("14.3", before),
        "oxygen_saturation": ("96.2", before),
        "skin_temperature_deviation": ("0.5", before),
        "cardio_fitness": ("43.2", before),
    }
    for description in DAILY_SENSORS:
        assert "state_class" not in state_of(home, f"sensor.sam_sample_{description.key}").attributes


async def test_two_values_of_the_night_are_shown_at_first(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp
) -> None:
    await set_up(entry)
    assert shown(home) == dict.fromkeys(("heart_rate_variability", "sleeping_heart_rate"), ("unknown", None))
    disabled = {
        found.translation_key
        for found in er.async_entries_for_config_entry(er.async_get(home), entry.entry_id)
        if found.disabled
    }
    moments = {"heart_rate_measured_at", "last_device_sync", "samples_received", "heart_rate_curve_dark"}
    assert disabled == moments | {description.key for description in DAILY_SENSORS[2:]}


# The usual beside a value

RESTING = "sensor.sam_sample_resting_heart_rate"
COMPARED = ("usual", "usual_low", "usual_high", "difference", "compared_to_usual")


def compared(home: HomeAssistant, entity_id: str) -> list[object]:
    """Return the attributes of a value that compare it with the usual, as far as it has them."""
    found = state_of(home, entity_id).attributes
    return [found[name] for name in COMPARED if name in found]


def variability(milliseconds: float) -> Night:
    """Return a night with this variability."""
    return {"dailyHeartRateVariability": {"averageHeartRateVariabilityMilliseconds": milliseconds}}


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (50, [57.5, 54.2, 60.8, -7.5, "lower"]),
        (57, [57.5, 54.2, 60.8, -0.5, "usual"]),
        (61, [57.5, 54.2, 60.8, 3.5, "higher"]),
    ],
)
async def test_a_value_is_shown_beside_what_is_usual(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    today: int,
    expected: list[object],
) -> None:
    """For the day of the value: the person's own values of the days before it."""
    days = {TODAY - timedelta(days=number): 50 + number for number in range(1, 15)}
    person.resting = days | {TODAY: today}
    person.nights = {day: variability(value) for day, value in person.resting.items()}
    await set_up(entry)
    assert state_of(home, RESTING).state == str(today)
    assert compared(home, RESTING) == expected
    assert compared(home, VARIABILITY) == expected


async def test_until_two_weeks_are_known_nothing_is_usual(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, person: Recording
) -> None:
    """A value that is missing, or one that belongs to a day before, leaves a day less."""
    person.resting = {TODAY - timedelta(days=number): 50 for number in range(14)}
    person.nights = {TODAY - timedelta(days=number): variability(50) for number in range(15) if number != 7}
    await set_up(entry)
    assert (state_of(home, RESTING).state, state_of(home, VARIABILITY).state) == ("50", "50.0")
    assert compared(home, RESTING) == compared(home, VARIABILITY) == []


async def test_the_usual_reaches_back_sixty_days_and_leaves_with_them(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
) -> None:
    """An import brings what came before the first poll; a removal takes it away again."""
    person.resting = {TODAY - timedelta(days=number): 60 - number // 15 for number in range(62)}
    entry = await set_up(entry)
    coordinator = entry.runtime_data.coordinator
    assert compared(home, RESTING)[:3] == [60, 60, 60]
    await coordinator.history_import.begin(int(NOW.timestamp()) - 70 * DAY, int(NOW.timestamp()))
    await until(lambda: not coordinator.history_import.is_running)
    await settle(home)
    assert compared(home, RESTING)[:3] == [58, 57, 59]
    await home.services.async_call(
        DOMAIN,
        "purge",
        {
            "config_entry_id": entry.entry_id,
            "start": NOW - timedelta(days=90),
            "end": NOW - timedelta(days=2),
            "confirm": True,
        },
        blocking=True,
    )
    await coordinator.async_archive_changed()
    assert compared(home, RESTING) == []


@pytest.mark.usefixtures("all_enabled")
async def test_a_deviation_in_fahrenheit_is_no_temperature(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, person: Recording
) -> None:
    """Half a degree Celsius more is 0.9 °F more, not 32.9."""
    home.config.units = US_CUSTOMARY_SYSTEM
    person.nights = {TODAY: NIGHT}
    await set_up(entry)
    found = state_of(home, "sensor.sam_sample_skin_temperature_deviation")
    assert (float(found.state), found.attributes["unit_of_measurement"]) in ((0.9, "°F"), (0.5, "°C"))


@pytest.mark.usefixtures("all_enabled")
async def test_another_daily_value_is_a_row(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Add a daily value by two rows: where it is read, and where it is shown."""
    entropy, group = DailyKind("entropy", 0, 10), google_daily.GROUPS["heart_rate_variability"]
    monkeypatch.setitem(group.values, entropy, lambda point: google_daily.number(point.get("entropy")))
    row = daily_sensor(entropy, kinds.HEART_RATE_VARIABILITY, "nat", digits=1)
    monkeypatch.setattr(sensor, "ACCOUNT_SENSORS", (*ACCOUNT_SENSORS, row))
    person.nights = {YESTERDAY: NIGHT}
    await set_up(entry)
    found = [state for state in home.states.async_all("sensor") if state.state == "2.6"]
    assert [state.attributes["date"] for state in found] == [YESTERDAY.isoformat()]


@pytest.mark.parametrize(
    ("now", "zone", "days"),
    [
        (datetime(2026, 10, 25, 22, 30, tzinfo=UTC), "Europe/Berlin", range(19, 26)),  # the clock went back
        (datetime(2026, 10, 25, 23, 30, tzinfo=UTC), "Europe/Berlin", range(26, 27)),  # Monday
        (datetime(2026, 10, 25, 23, 30, tzinfo=UTC), "America/New_York", range(19, 26)),  # away, still Sunday
        (datetime(2026, 10, 25, 15, 30, tzinfo=UTC), "Asia/Tokyo", range(26, 27)),  # away, Monday already
    ],
)
async def test_a_week_begins_on_monday_where_the_person_is(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
    now: datetime,
    zone: str,
    days: range,
) -> None:
    clock.move_to(now)
    person.time_zone = zone
    person.readings, person.synced_at = [(int(now.timestamp()) - 60, 70)], int(now.timestamp())
    person.active = {date(2026, 10, day): {"FatBurn": day, "Cardio": 0, "Peak": 2} for day in range(12, 27)}
    del person.active[date(2026, 10, 21)]
    await set_up(entry)
    expected = sum(day + 2 for day in days if day != 21)
    assert float(state_of(home, WEEK).state) == expected
    today = state_of(home, ZONE_MINUTES)
    assert float(today.state) == days[-1] + 2
    midnight = datetime.fromisoformat(today.attributes["last_reset"])
    assert timedelta(0) <= now - midnight < timedelta(hours=25)
    assert "last_reset" not in state_of(home, WEEK).attributes


async def test_without_a_measured_day_the_week_is_unknown(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, person: Recording
) -> None:
    person.zones = {}
    person.readings = []
    await set_up(entry)
    assert state_of(home, WEEK).state == state_of(home, ZONE_MINUTES).state == "unknown"


async def test_the_last_workout_is_shown_with_its_figures(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    """They are counted again when late samples come."""
    person.exercises = [
        Training("1", "YOGA", at("09:00:00"), at("09:30:00")),
        Training("2", "EXERCISE_TYPE_UNSPECIFIED", at("21:35:00"), at("21:38:00")),
        Training("3", "RUNNING", at("21:50:00"), None, method="ACTIVELY_MEASURED"),
    ]
    await set_up(entry)
    found = state_of(home, LAST_WORKOUT)
    assert found.state == "2026-11-21T21:38:00+00:00"
    assert {key: found.attributes[key] for key in ("type", "duration", "lowest", "mean", "highest")} == {
        "type": "workout",
        "duration": 180,
        "lowest": 63,
        "mean": 63.8,
        "highest": 65,
    }
    assert found.attributes["recovery"] == -1
    person.readings.insert(0, (at("21:36:05"), 151))
    await entry.runtime_data.coordinator.async_read_now()
    person.readings.append((at("22:03:00"), 80))
    person.synced_at = at("22:03:00")
    await advance(home, clock, minutes=45)
    assert state_of(home, LAST_WORKOUT).attributes["highest"] == 151


async def hear_of(
    home: HomeAssistant, clock: FrozenDateTimeFactory, person: Recording, *slept: Sleep
) -> None:
    """Let the cloud have this sleep and no other, and Home Assistant read it and count its figures."""
    person.slept = [*slept]
    await advance(home, clock, minutes=30)
    await advance(home, clock, minutes=5)


def of_the_night(home: HomeAssistant) -> dict[str, Any]:
    """Return the state of the last night, and what is told of its heart and its times."""
    found = state_of(home, LAST_NIGHT)
    return {"state": found.state, **{name: found.attributes.get(name) for name in OF_A_NIGHT}}


async def test_the_last_night_is_shown_with_its_figures(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    """In hours; a nap after it is none. They follow an edit, and leave with a night that is deleted."""
    person.readings = [*beats(64, BED - 4 * HOUR, BED), *beats(48, BED, UP), *beats(70, UP, UP + HOUR)]
    person.synced_at, person.slept = NOW_S, [A_NIGHT]
    await set_up(entry)
    unit = state_of(home, LAST_NIGHT).attributes["unit_of_measurement"]
    assert unit == "h"
    expected = {
        "state": "7.0",
        "date": "2026-11-21",
        "bed_time": "2026-11-21T02:00:00+00:00",
        "wake_time": "2026-11-21T10:00:00+00:00",
        "mean": 48.0,
        "lowest": 48.0,
        "lowest_at": "2026-11-21T03:00:00+00:00",
        "dip": 25.0,
    }
    assert of_the_night(home) == expected
    assert state_of(home, SLEEPING).state == "48.0"
    assert state_of(home, SLEEPING).attributes["date"] == "2026-11-21"

    nap = Sleep("nap", at("13:00:00"), at("14:00:00"), (), "CLASSIC", is_nap=True)
    staged = Sleep("staged", at("16:00:00"), at("17:00:00"), (("REM", at("16:00:00"), at("17:00:00")),))
    await hear_of(home, clock, person, A_NIGHT, nap, staged)
    assert of_the_night(home) == expected

    longer = UP + HOUR
    stages = (*A_NIGHT.stages, ("LIGHT", UP, longer))
    edited = A_NIGHT._replace(end=longer, stages=stages, is_edited=True, updated=NOW_S)
    await hear_of(home, clock, person, edited, nap, staged)
    changed = {"state": "8.0", "wake_time": "2026-11-21T11:00:00+00:00", "mean": 50.8, "dip": 20.7}
    assert of_the_night(home) == expected | changed
    assert state_of(home, SLEEPING).state == str(round((7 * 48 + 70) / 8, 1))

    await hear_of(home, clock, person, nap)
    assert of_the_night(home) == dict.fromkeys(expected) | {"state": "unknown"}
    assert state_of(home, SLEEPING).state == "unknown"


async def test_a_night_in_which_the_band_was_not_worn(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, person: Recording
) -> None:
    """An app knows the sleep; nobody knows the heart."""
    person.readings = [*beats(64, BED - 4 * HOUR, BED), *beats(48, BED, BED + 2 * HOUR)]
    person.synced_at, person.slept = NOW_S, [A_NIGHT]
    await set_up(entry)
    found = of_the_night(home)
    assert (found["state"], found["wake_time"]) == ("7.0", "2026-11-21T10:00:00+00:00")
    assert {found[name] for name in ("mean", "lowest", "lowest_at", "dip")} == {None}
    assert state_of(home, SLEEPING).state == "unknown"


async def test_a_heart_rate_asleep_beside_what_is_usual(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    """Fourteen nights before it count, whose heart rates are computed here by hand."""
    rates = [52, 47, 55, 49, 61, 50, 48, 53, 46, 58, 51, 54, 45, 57]
    person.readings, person.slept = [], []
    for number, bpm in enumerate([62, *rates]):
        start = BED - number * DAY
        # A third of it at another rate, the hour before sleep not at all.
        person.readings += beats(bpm, start + HOUR, start + 6 * HOUR + 20 * 60, 120)
        person.readings += beats(bpm - 6, start + 6 * HOUR + 20 * 60, start + 8 * HOUR, 120)
        person.readings += beats(99, start, start + HOUR, 120)
        person.slept.append(asleep_at(start, f"{number}"))
    person.readings.sort()
    person.synced_at = NOW_S
    await set_up(entry)
    history = entry.runtime_data.coordinator.history_import
    await history.begin(BED - 15 * DAY, NOW_S)
    await until(lambda: not history.is_running)
    for _ in range(2):
        await advance(home, clock, minutes=5)
    # 160 samples at the first rate, and 50 at one that is 6 lower.
    by_hand = [bpm - 6 * 50 / 210 for bpm in rates]
    low, median, high = quantiles(by_hand, n=4, method="inclusive")
    ordered = sorted(rates)
    assert median + 6 * 50 / 210 == (ordered[6] + ordered[7]) / 2
    found = state_of(home, SLEEPING)
    assert found.state == str(round(62 - 6 * 50 / 210, 1))
    assert compared(home, SLEEPING) == [
        *(round(one, 1) for one in (median, low, high)),
        round(62 - 6 * 50 / 210 - median, 1),
        "higher",
    ]


async def test_without_the_permission_for_activity_they_are_unavailable(
    home: HomeAssistant,
    google: GoogleSimulator,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    """The other values are there, and one repair tells of those that are not."""
    person.nights = {TODAY: NIGHT}
    entry = await set_up(account_entry(google, scopes=[METRICS, SETTINGS]))
    for _ in range(14):
        await advance(home, clock, minutes=5)
    lacking = {WEEK, ZONE_MINUTES, LAST_WORKOUT}
    assert {state_of(home, entity_id).state for entity_id in lacking} == {"unavailable"}
    assert state_of(home, VARIABILITY).state == "41.5"
    assert issues(home) == {f"zones_not_granted_{entry.entry_id}"}


async def test_a_source_without_them_has_no_such_entities(
    home: HomeAssistant,
    gateway: FitbitSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """And there is nothing to mend."""
    entry = await set_up(gateway_entry(gateway))
    await advance(home, clock, minutes=5)
    found = {one.entity_id for one in er.async_entries_for_config_entry(er.async_get(home), entry.entry_id)}
    assert "sensor.sam_sample_heart_rate" in found
    assert not found & OFFERED
    assert not any(entity_id.endswith(DAILY_SENSORS[2].key) for entity_id in found)
    assert issues(home) == set()
    assert "ERROR" not in caplog.text
