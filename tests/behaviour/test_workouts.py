"""Workouts and daily values, whatever becomes of them on the way: the rest goes on, and they recover."""

from datetime import date, timedelta
from typing import Any, Final

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram.archive.late import SOURCE_SINCE
from custom_components.fitbit_cardiogram.archive.workouts import Kept
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, FOREVER, HOUR, MINUTE
from tests.helpers.home import (
    NOW,
    TODAY,
    SetUp,
    account_entry,
    advance,
    at,
    gateway_entry,
    issues,
    measure,
    state_of,
)
from tests.helpers.sources import FAULTS
from tests.simulators import Fault, FitbitSimulator, GoogleSimulator, Recording
from tests.simulators.google import METRICS, SETTINGS
from tests.simulators.training import APP, STARTED, Training

NOW_S: Final = int(NOW.timestamp())
HEART_RATE: Final = "sensor.sam_sample_heart_rate"
RUN: Final = Training(
    "run", "RUNNING", at("21:00:00"), at("21:20:00"), "Run", STARTED, mean=78, created=at("21:00:02")
)
OF_AN_APP: Final = RUN._replace(id="app", start=RUN.start - 4, platform=APP, mean=None, has_offsets=False)
NIGHT: Final[dict[str, dict[str, Any]]] = {
    "dailyHeartRateVariability": {
        "averageHeartRateVariabilityMilliseconds": 41.5,
        "nonRemHeartRateBeatsPerMinute": "52",
    },
    "dailyRespiratoryRate": {"breathsPerMinute": 14.5},
    "dailyOxygenSaturation": {
        "averagePercentage": 96.1,
        "lowerBoundPercentage": 92.4,
        "upperBoundPercentage": 98.9,
    },
    "dailySleepTemperatureDerivations": {
        "nightlyTemperatureCelsius": 33.4,
        "baselineTemperatureCelsius": 33.9,
    },
    "dailyVo2Max": {"vo2Max": 43.2, "estimated": True, "cardioFitnessLevel": "GOOD"},
}
# What is read of each type: workouts, or kinds of daily values.
TYPES: Final = {
    "/exercise/": {"workouts"},
    "/active-zone-minutes/": {"active_zone_minutes"},
    "/daily-heart-rate-variability/": {"heart_rate_variability", "non_rem_heart_rate"},
    "/daily-respiratory-rate/": {"breathing_rate"},
    "/daily-oxygen-saturation/": {"oxygen_saturation"},
    "/daily-sleep-temperature-derivations/": {"skin_temperature_deviation"},
    "/daily-vo2-max/": {"cardio_fitness"},
}
ALL: Final = set[str]().union(*TYPES.values())


def kept(entry: MockConfigEntry) -> list[Kept]:
    """Return the archive's workouts, without duplicates."""
    found: list[Kept] = entry.runtime_data.archive.workouts(0, FOREVER)
    return found


def held(entry: MockConfigEntry) -> set[str]:
    """Return the kinds of which the archive holds something of today."""
    archive = entry.runtime_data.archive
    values = {kind for kind in ALL if archive.daily_values(kind, TODAY, TODAY)}
    return values | ({"workouts"} if archive.workouts(0, FOREVER) else set())


@pytest.fixture
def person(person: Recording) -> Recording:
    """Return the person after a run and a night."""
    person.exercises, person.nights = [RUN], {TODAY: NIGHT}
    return person


# Each kind by itself


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("match", TYPES)
async def test_a_fault_stays_with_its_kind(
    home: HomeAssistant,
    google: GoogleSimulator,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
    match: str,
    fault: dict[str, Any],
) -> None:
    google.faults = [Fault(match, times=-1, **fault)]
    await set_up(entry)
    measure(person, ("22:04:00", 93))
    await advance(home, clock, minutes=5)
    assert state_of(home, HEART_RATE).state == "93"
    # After a refusal for all, the others wait a quarter of an hour.
    for _ in range(4):
        await advance(home, clock, minutes=5)
    assert held(entry) == ALL - TYPES[match]
    assert issues(home) == set()

    google.faults = []
    for _ in range(25):
        await advance(home, clock, minutes=5)
    assert held(entry) == ALL
    assert entry.runtime_data.coordinator.last_update_success


async def test_without_the_permission(
    home: HomeAssistant,
    google: GoogleSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    person: Recording,
) -> None:
    """The night's values need another one, and the heart rate goes on."""
    entry = await set_up(account_entry(google, scopes=[METRICS, SETTINGS]))
    assert held(entry) == ALL - {"workouts", "active_zone_minutes", "cardio_fitness"}
    google.requests.clear()
    measure(person, ("22:04:00", 93))
    await advance(home, clock, minutes=5)
    assert state_of(home, HEART_RATE).state == "93"
    for _ in range(6):
        await advance(home, clock, minutes=5)
    assert google.count("/exercise/") == 0


async def test_a_gateway_is_asked_for_nothing_of_it(
    home: HomeAssistant,
    gateway: FitbitSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    person: Recording,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await set_up(gateway_entry(gateway))
    for _ in range(13):
        await advance(home, clock, minutes=5)
    assert held(entry) == set()
    paths = {
        request.path.split("/")[4] for request in gateway.requests if request.path.startswith("/1/user/")
    }
    assert paths <= {"profile.json", "devices.json", "activities"}
    assert not any(
        "activities" in request.path and "heart" not in request.path for request in gateway.requests
    )
    assert (issues(home), entry.runtime_data.coordinator.poll.errors) == (set(), {})
    assert "cannot be read" not in caplog.text


# What becomes of workouts


async def test_figures_follow_the_samples(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    """The best known are shown: those of samples that come late as well."""
    late = [(RUN.start + second, 150) for second in range(0, 600, 10)]
    person.readings = [one for one in person.readings if one[0] >= RUN.start + 600]
    await set_up(entry)
    (before,) = kept(entry)
    person.readings = sorted([*person.readings, *late])
    for _ in range(9):
        await advance(home, clock, minutes=5)
    (after,) = kept(entry)
    assert before.figures
    assert after.figures
    assert (after.figures.count, after.figures.highest) == (before.figures.count + len(late), 150)


async def test_edited_deleted_duplicated(
    home: HomeAssistant,
    google: GoogleSimulator,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    google.merges_workouts = False
    walk = RUN._replace(id="walk", type="WALKING", start=at("19:00:00"), end=at("19:30:00"))
    person.exercises = [RUN, walk]
    await set_up(entry)
    assert [one.session.type for one in kept(entry)] == ["WALKING", "RUNNING"]

    person.exercises = [RUN._replace(type="HIKING", end=at("21:15:00")), walk, OF_AN_APP]
    await advance(home, clock, minutes=30)
    assert [(one.session.type, one.session.end) for one in kept(entry)] == [
        ("WALKING", at("19:30:00")),
        ("HIKING", at("21:15:00")),
    ]
    person.exercises = [walk]
    await advance(home, clock, minutes=30)
    assert [one.session.type for one in kept(entry)] == ["WALKING"]


async def test_one_that_runs_is_not_final(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    person.exercises = [RUN._replace(end=None)]
    await set_up(entry)
    (running,) = kept(entry)
    assert running.figures is None
    assert entry.runtime_data.archive.last_workout(NOW_S) is None
    person.exercises = [RUN._replace(end=at("22:10:00"))]
    for _ in range(7):
        await advance(home, clock, minutes=5)
    (over,) = kept(entry)
    assert (over.session.id, over.session.end) == (running.session.id, at("22:10:00"))
    assert over.figures


async def test_seventeen_days_late(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    person.exercises = []
    await set_up(entry)
    person.exercises = [RUN._replace(start=RUN.start - 17 * DAY, end=RUN.start - 17 * DAY + HOUR)]
    await advance(home, clock, hours=2)
    assert kept(entry) == []
    await advance(home, clock, hours=23)
    assert len(kept(entry)) == 1


@pytest.mark.parametrize(
    ("zone", "start", "day"),
    [
        ("Europe/Berlin", "2026-10-25T00:30:00+00:00", date(2026, 10, 25)),  # 02:30, for the first time
        ("Europe/Berlin", "2026-10-25T01:30:00+00:00", date(2026, 10, 25)),
        ("Asia/Tokyo", "2026-11-20T16:00:00+00:00", date(2026, 11, 21)),
        ("Pacific/Honolulu", "2026-11-21T08:00:00+00:00", date(2026, 11, 20)),
    ],
)
async def test_across_a_change_of_the_clock_and_a_journey(
    entry: MockConfigEntry, set_up: SetUp, person: Recording, zone: str, start: str, day: date
) -> None:
    """A workout belongs to the day of the place where it began."""
    begun = int(NOW.fromisoformat(start).timestamp())
    person.time_zone = zone
    person.exercises = [RUN._replace(start=begun, end=begun + HOUR)]
    await set_up(entry)
    (found,) = kept(entry)
    assert (found.session.start, found.session.end, found.session.day) == (begun, begun + HOUR, day)


# What was there before


@pytest.mark.parametrize("ahead", [-DAY, 400 * DAY])
async def test_what_another_source_had_stays(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
    ahead: int,
) -> None:
    """The new source is read from the move on, and a move in the future is none."""
    old = RUN._replace(start=NOW_S - 2 * DAY, end=NOW_S - 2 * DAY + HOUR)
    person.exercises = [old, RUN._replace(id="new")]
    await set_up(entry)
    assert len(kept(entry)) == 2
    person.exercises = [old] if ahead > 0 else [RUN._replace(id="new")]
    entry.runtime_data.archive.remember(SOURCE_SINCE, NOW_S + ahead)
    await home.config_entries.async_reload(entry.entry_id)
    await advance(home, clock, minutes=5)
    await advance(home, clock, hours=2)
    starts = [one.session.start for one in kept(entry)]
    assert starts == ([old.start] if ahead > 0 else [old.start, RUN.start])


async def test_a_removal_by_hand_stays(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    """What touches a purged range goes, and no reading brings it back."""
    yesterday = TODAY - timedelta(days=1)
    person.nights[yesterday] = NIGHT
    await set_up(entry)
    archive = entry.runtime_data.archive
    start = NOW_S - DAY - 2 * MINUTE
    archive.purge(start, start + MINUTE, (yesterday, yesterday), NOW_S)
    archive.purge(RUN.start, RUN.start + MINUTE, (yesterday, yesterday), NOW_S)
    for _ in range(25):
        await advance(home, clock, minutes=5)
    assert kept(entry) == []
    assert archive.daily_values("heart_rate_variability", yesterday, yesterday) == {}
    assert archive.daily_values("heart_rate_variability", TODAY, TODAY)
