"""The poll: what is asked for when, and what becomes of what comes back."""

import asyncio
from datetime import timedelta
import logging
import time
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram.archive.late import SOURCE_SINCE
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY
from custom_components.fitbit_cardiogram.sources.poll import TIME_ZONE_NAME
from tests.helpers.home import (
    NOW,
    TODAY,
    SetUp,
    account_entry,
    advance,
    at,
    kept,
    measure,
    settle,
    state_of,
    until,
)
from tests.simulators import Fault, GoogleSimulator, Person, Recording
from tests.simulators.google import METRICS, SETTINGS

HEART_RATE = "sensor.sam_sample_heart_rate"
RESTING = "sensor.sam_sample_resting_heart_rate"
LIGHT = "sensor.sam_sample_light_zone_today"
SYNCED = "sensor.sam_sample_last_device_sync"
RECONCILE = "/heart-rate/dataPoints:reconcile"


async def test_new_samples_after_a_sync_are_read_twice(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
) -> None:
    """The service may take a while to show what was synced."""
    await set_up(entry)
    await advance(home, clock, minutes=5)  # the second reading after the sync that set-up saw
    google.requests.clear()

    await advance(home, clock, minutes=5)
    assert (google.count("pairedDevices"), google.count(RECONCILE)) == (1, 0)

    measure(person, ("22:14:00", 90))
    await advance(home, clock, minutes=5)
    assert (google.count("pairedDevices"), google.count(RECONCILE)) == (2, 1)
    assert state_of(home, HEART_RATE).state == "90"

    person.readings.append((at("22:13:55"), 91))
    await advance(home, clock, minutes=5)
    assert (google.count("pairedDevices"), google.count(RECONCILE)) == (2, 2)
    assert entry.runtime_data.archive.count() == 182

    await advance(home, clock, minutes=5)
    assert (google.count("pairedDevices"), google.count(RECONCILE)) == (3, 2)


async def test_what_lies_in_the_future_stops_no_reading(
    home: HomeAssistant,
    person: Recording,
    entry: MockConfigEntry,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
) -> None:
    """A clock that was ahead, or damage, has left a sample and the beginning of the source there."""
    await set_up(entry)
    archive, ahead = entry.runtime_data.archive, int(time.time()) + 400 * DAY
    archive.store([(ahead, 71)], ahead)
    archive.remember(SOURCE_SINCE, ahead)
    await home.config_entries.async_reload(entry.entry_id)
    measure(person, ("22:04:00", 93))
    await advance(home, clock, minutes=5)
    assert (at("22:04:00"), 93) in kept(entry)
    assert state_of(home, HEART_RATE).state == "93"


async def test_samples_are_read_hourly_whatever_the_sync_says(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
) -> None:
    await set_up(entry)
    await advance(home, clock, minutes=5)
    person.readings.append((at("22:30:00"), 99))
    person.synced_at = at("22:30:00")
    google.other_devices.append({"deviceType": "SCALE", "lastSyncTime": "2020-01-01T00:00:00Z"})
    seen = person.synced_at
    # A device whose sync time stands still.
    person.last_sync = lambda now: int(NOW.timestamp()) - 60  # type: ignore[method-assign]
    for _ in range(12):
        await advance(home, clock, minutes=5)
    assert entry.runtime_data.archive.latest() == (seen, 99)


@pytest.mark.parametrize("every", [300, 900])
async def test_requests_in_steady_state(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp, clock: FrozenDateTimeFactory, every: int
) -> None:
    """At most 34 requests an hour, even if the device syncs between any two polls."""
    google.people[:] = [Person(sync_every=every)]
    await set_up(account_entry(google))
    await advance(home, clock, minutes=5)
    google.requests.clear()
    for _ in range(36):
        await advance(home, clock, minutes=5)
    calls = [request for request in google.requests if request.path.startswith("/v4/")]
    assert 12 * 3 / 2 <= len(calls) <= 34 * 3


async def test_without_the_settings_permission_samples_are_read_at_each_poll(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp, clock: FrozenDateTimeFactory
) -> None:
    await set_up(account_entry(google, scopes=[METRICS]))
    google.requests.clear()
    await advance(home, clock, minutes=5)
    await advance(home, clock, minutes=5)
    assert google.count(RECONCILE) == 2
    assert google.count("pairedDevices") == 0
    assert google.count("settings") == 0
    assert state_of(home, HEART_RATE).state == "79"
    assert state_of(home, LIGHT).state == "unknown"


@pytest.mark.parametrize(
    ("match", "failing", "standing"),
    [
        ("time-in-heart-rate-zone", [LIGHT], [HEART_RATE, RESTING, SYNCED]),
        ("daily-resting-heart-rate", [RESTING], [HEART_RATE, LIGHT, SYNCED]),
        ("pairedDevices", [SYNCED], [HEART_RATE, RESTING, LIGHT]),
        (RECONCILE, [HEART_RATE], [RESTING, LIGHT, SYNCED]),
        ("settings", [], [HEART_RATE, RESTING, LIGHT, SYNCED]),
    ],
)
@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 200, "body": "<html>"}, {"status": 403}])
async def test_one_failing_kind_of_data_does_not_blank_the_others(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    match: str,
    failing: list[str],
    standing: list[str],
    fault: dict[str, Any],
) -> None:
    await set_up(entry)
    caplog.clear()
    google.faults.append(Fault(match, times=-1, **fault))
    person.zones[TODAY + timedelta(days=1)] = {"LIGHT": 4.0}
    for minute in range(5, 130, 5):
        person.synced_at = int(NOW.timestamp()) + minute * 60 - 60
        person.readings.append((person.synced_at, 80))
        await advance(home, clock, minutes=5)
        if minute < 55:
            # Within the freshness limit everything keeps its last truth.
            assert {state_of(home, entity).state for entity in failing + standing}.isdisjoint(
                {"unavailable", "unknown"}
            )
    assert {state_of(home, entity).state for entity in failing} <= {"unavailable"}
    assert {state_of(home, entity).state for entity in standing}.isdisjoint({"unavailable"})
    troubles = [
        record.levelno
        for record in caplog.records
        if record.name.startswith("custom_components") and record.levelno >= logging.WARNING
    ]
    assert len(troubles) <= 2

    google.faults.clear()
    for _ in range(24 * 12 if fault["status"] == 403 else 12):
        await advance(home, clock, minutes=5)
        if state_of(home, (failing or [HEART_RATE])[0]).state != "unavailable":
            break
    assert {state_of(home, entity).state for entity in failing}.isdisjoint({"unavailable"})


async def test_the_day_turns_over_at_the_accounts_own_midnight(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
) -> None:
    """It is Berlin's midnight for this person, though Home Assistant lives elsewhere."""
    assert home.config.time_zone != "Europe/Berlin"
    await set_up(entry)
    clock.move_to("2026-11-21T22:58:00+00:00")
    await advance(home, clock, seconds=1)
    assert state_of(home, LIGHT).state == "30"
    google.requests.clear()

    await advance(home, clock, minutes=2, seconds=1)
    midnight = state_of(home, LIGHT)
    assert midnight.state == "unknown"
    assert midnight.attributes["last_reset"] == "2026-11-21T23:00:00+00:00"
    assert state_of(home, "sensor.sam_sample_highest_heart_rate_today").state == "unknown"
    # The resting heart rate is the newest one known; it keeps its day.
    assert state_of(home, RESTING).state == "55"
    assert state_of(home, RESTING).attributes["date"] == "2026-11-21"

    person.zones[TODAY + timedelta(days=1)] = {"LIGHT": 4.0}
    await advance(home, clock, minutes=30)
    assert state_of(home, LIGHT).state == "4"


async def test_after_a_gap_everything_missed_is_read(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
) -> None:
    """Twenty days without network: read in stretches, each stored when it is whole."""
    await set_up(entry)
    await home.config_entries.async_unload(entry.entry_id)
    clock.tick(timedelta(days=20))
    start = int(NOW.timestamp())
    person.readings += [(start + step * 600, 70 + step % 20) for step in range(20 * 144)]
    person.synced_at = None
    google.max_page = 500
    await home.config_entries.async_setup(entry.entry_id)
    await advance(home, clock, seconds=1)
    assert entry.runtime_data.archive.count() == len(person.readings)


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 200, "body": '{"dataPoints": ['}])
async def test_a_page_that_fails_fails_its_stretch(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
    fault: dict[str, Any],
) -> None:
    """The newest page comes first: with it alone the rest of the stretch would never be missed."""
    await set_up(entry)
    stored = entry.runtime_data.archive.count()
    google.max_page = 5
    measure(
        person, *[(f"22:0{minute}:{second:02}", 90) for minute in range(4) for second in range(0, 60, 10)]
    )
    google.faults.append(Fault(RECONCILE, after=2, **fault))
    await advance(home, clock, minutes=5)
    assert google.faults == []
    assert entry.runtime_data.archive.count() == stored
    await advance(home, clock, minutes=5)
    assert entry.runtime_data.archive.count() == len(person.readings)


async def test_odd_points_are_skipped_and_the_future_is_held_back(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
) -> None:
    google.odd_points = [None, 7, {"heartRate": {"beatsPerMinute": "-5"}}, {"steps": {}}]
    future = int(NOW.timestamp()) + 600
    person.readings.append((future, 120))
    person.synced_at = None
    await set_up(entry)
    assert entry.runtime_data.archive.latest() == (int(NOW.timestamp()) - 10, 79)
    assert entry.runtime_data.archive.count() == 180

    await advance(home, clock, minutes=10)
    assert entry.runtime_data.archive.latest() == (future, 120)


@pytest.mark.parametrize(
    ("switch", "reason"), [("api_disabled", "api_not_enabled"), ("account_not_linked", "account_not_linked")]
)
async def test_a_denial_that_no_new_login_mends_asks_for_none(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    google: GoogleSimulator,
    switch: str,
    reason: str,
) -> None:
    setattr(google, switch, True)
    await set_up(entry)
    assert entry.runtime_data.coordinator.last_exception.translation_key == reason
    assert not home.config_entries.flow.async_progress()


async def test_a_missing_permission_for_the_heart_rate_asks_for_a_new_login(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp
) -> None:
    entry = await set_up(account_entry(google, scopes=[SETTINGS]))
    assert entry.runtime_data.coordinator.last_exception.translation_key == "scope_missing"
    (flow,) = home.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH


# A fault stays where it is


async def test_samples_are_read_before_side_kinds(
    entry: MockConfigEntry, set_up: SetUp, google: GoogleSimulator
) -> None:
    await set_up(entry)
    paths = [request.path.rpartition("/me/")[2] for request in google.requests if "/me/" in request.path]
    assert paths[:3] == ["pairedDevices", "dataTypes/heart-rate/dataPoints:reconcile", "settings"]


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 429}, {"kind": "reset_before"}])
async def test_after_a_failure_the_last_sync_is_asked_every_quarter_of_an_hour(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
    fault: dict[str, Any],
) -> None:
    """Meanwhile samples are read at each poll."""
    await set_up(entry)
    await advance(home, clock, minutes=5)
    google.faults = [Fault("pairedDevices", times=-1, **fault)]
    google.requests.clear()
    for number in range(12):
        person.readings.append((int(clock().timestamp()), 81 + number))
        person.synced_at = None
        await advance(home, clock, minutes=5)
        assert state_of(home, HEART_RATE).state == str(81 + number)
    # A connection that was kept open and proves to be dead is replaced at once.
    assert 4 <= google.count("pairedDevices") <= (8 if "kind" in fault else 4)
    assert google.count(RECONCILE) >= 12


async def test_a_hint_that_hangs_costs_five_seconds(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
) -> None:
    await set_up(entry)
    await advance(home, clock, minutes=5)  # the second reading after the sync that set-up saw
    google.faults = [Fault("pairedDevices", kind="hang", times=-1)]
    google.requests.clear()
    measure(person, ("22:04:00", 90))
    reading = home.async_create_task(entry.runtime_data.coordinator.async_read_now())
    await until(lambda: google.count("pairedDevices") == 1)
    clock.tick(4.9)
    for _ in range(100):
        await asyncio.sleep(0)
    assert google.count(RECONCILE) == 0
    clock.tick(1.2)  # aiohttp rounds up to a full second
    await reading
    assert state_of(home, HEART_RATE).state == "90"


async def test_no_answer_at_a_side_kind_pauses_the_side_kinds_together(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
) -> None:
    """The others have their turn first when the pause is over; the heart rate goes on."""
    await set_up(entry)
    coordinator = entry.runtime_data.coordinator
    google.faults = [Fault("settings", 429, times=-1)]
    google.requests.clear()
    measure(person, ("22:00:00", 90))
    await coordinator.async_read_now()
    assert (google.count("settings"), google.count("daily-"), google.count("zone")) == (1, 0, 0)
    assert state_of(home, HEART_RATE).state == "90"
    clock.tick(15 * 60)
    await coordinator.async_refresh()
    asked = [request.path for request in google.requests if "pairedDevices" not in request.path]
    assert asked[-1].endswith("settings")
    assert google.count("daily-resting-heart-rate") == google.count("time-in-heart-rate-zone") == 1
    assert coordinator.last_update_success


@pytest.mark.parametrize("after", ["999999999", "Sat, 21 Nov 2065 22:00:00 GMT"])
async def test_a_retry_after_is_an_hour_at_most(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
    after: str,
) -> None:
    await set_up(entry)
    google.faults = [Fault(RECONCILE, 429, headers={"Retry-After": after})]
    measure(person, ("22:04:00", 90))
    await advance(home, clock, minutes=5)
    assert google.faults == []
    await advance(home, clock, minutes=59)
    google.requests.clear()
    await advance(home, clock, minutes=2)
    assert google.count(RECONCILE) == 1


@pytest.mark.parametrize("name", ["Atlantis/Capital", "", "../../etc"])
async def test_a_kept_time_zone_that_is_unknown_here_is_asked_for(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, google: GoogleSimulator, name: str
) -> None:
    """As after a move to a computer that knows fewer zones."""
    await set_up(entry)
    archive = entry.runtime_data.archive
    await home.async_add_executor_job(archive.remember, TIME_ZONE_NAME, name)
    await home.config_entries.async_reload(entry.entry_id)
    await settle(home)
    assert str(entry.runtime_data.coordinator.poll.zone) == "Europe/Berlin"
