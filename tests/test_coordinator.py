"""The poll: what is asked for when, what failures do, and what time alone changes."""

from datetime import timedelta
import logging
import time
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.homeassistant import SERVICE_UPDATE_ENTITY
from homeassistant.core import DOMAIN as HOMEASSISTANT, HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram.const import CONF_FRESHNESS, CONF_RETENTION
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY
from tests.helpers.home import NOW, SetUp, account_entry, advance, destination, settle, state_of
from tests.simulators import CardiogramSimulator, Fault, GoogleSimulator, Recording

HEART_RATE = "sensor.sam_sample_heart_rate"
RESTING = "sensor.sam_sample_resting_heart_rate"
LIGHT = "sensor.sam_sample_light_zone_today"
SYNCED = "sensor.sam_sample_last_device_sync"
RECONCILE = "/heart-rate/dataPoints:reconcile"


async def test_a_person_can_ask_for_an_update(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
) -> None:
    await set_up(entry)
    await async_setup_component(home, HOMEASSISTANT, {})
    google.requests.clear()
    await home.services.async_call(
        HOMEASSISTANT, SERVICE_UPDATE_ENTITY, {"entity_id": [HEART_RATE]}, blocking=True
    )
    await advance(home, clock, seconds=11)  # requests are gathered for ten seconds
    assert google.count(RECONCILE) == 1
    assert google.count("daily-resting-heart-rate") == 1
    assert google.count("settings") == 1


@pytest.mark.parametrize(
    "fault", [{"status": 503}, {"kind": "reset_before"}, {"status": 410}, {"status": 404, "body": "<html>"}]
)
async def test_an_outage_keeps_the_last_truth_for_an_hour_and_asks_nobody(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    fault: dict[str, Any],
) -> None:
    await set_up(entry)
    google.faults.append(Fault("/v4/", times=-1, **fault))
    caplog.clear()
    for _ in range(11):
        await advance(home, clock, minutes=5)
    assert state_of(home, HEART_RATE).state == "79"
    await advance(home, clock, minutes=6)
    assert state_of(home, HEART_RATE).state == "unavailable"
    for _ in range(13):
        await advance(home, clock, minutes=5)
    assert state_of(home, RESTING).state == "unavailable"
    assert not home.config_entries.flow.async_progress()
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(errors) == 1

    google.faults.clear()
    person.synced_at = int(NOW.timestamp()) + 126 * 60
    person.readings.append((person.synced_at, 66))
    await advance(home, clock, minutes=5)
    assert state_of(home, HEART_RATE).state == "66"


async def test_a_value_goes_stale_by_a_timer(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
) -> None:
    """Polls go on well, there just is no new measurement: not current any more, but not unavailable."""
    await set_up(entry)
    for _ in range(11):
        await advance(home, clock, minutes=5)
    google.requests.clear()
    await advance(home, clock, minutes=3, seconds=50)
    assert state_of(home, HEART_RATE).state == "79"
    await advance(home, clock, seconds=12)
    assert google.requests == []
    assert state_of(home, HEART_RATE).state == "unknown"
    assert state_of(home, HEART_RATE).attributes["measured_at"] == "2026-11-21T21:59:00+00:00"


async def test_the_freshness_limit_is_an_option(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp, clock: FrozenDateTimeFactory
) -> None:
    await set_up(account_entry(google, options={CONF_FRESHNESS: 15, CONF_RETENTION: 90}))
    await advance(home, clock, minutes=14, seconds=2)
    assert state_of(home, HEART_RATE).state == "unknown"


async def test_what_was_read_before_an_outage_is_shown_and_forwarded(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    entry = await set_up(account_entry(google, subentries_data=[destination(cardiogram)]))
    await home.config_entries.async_unload(entry.entry_id)
    clock.tick(timedelta(days=20))
    start = int(NOW.timestamp())
    person.readings += [(start + step * 600, 70) for step in range(20 * 144)]
    person.synced_at = None
    google.faults.append(Fault(RECONCILE, kind="reset_before", times=-1, after=2))
    await home.config_entries.async_setup(entry.entry_id)
    await settle(home)
    assert not entry.runtime_data.coordinator.last_update_success
    read = entry.runtime_data.archive.count()
    assert 14 * 144 <= read < len(person.readings)
    assert state_of(home, "sensor.cardiogram_pending_beats").state == str(read)


async def test_retention_drops_old_samples_at_the_days_turn(
    home: HomeAssistant,
    google: GoogleSimulator,
    person: Recording,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
) -> None:
    """A sample is old when newer ones say so: the clock alone would empty the archive when it is wrong."""
    entry = await set_up(account_entry(google, options={CONF_RETENTION: 7, CONF_FRESHNESS: 60}))
    assert entry.runtime_data.archive.count() == 175
    await advance(home, clock, days=8)
    assert entry.runtime_data.archive.count() == 175

    person.readings.append((int(NOW.timestamp()) + 8 * DAY, 70))
    person.synced_at = person.readings[-1][0]
    await advance(home, clock, minutes=5)
    assert entry.runtime_data.archive.count() == 176
    await advance(home, clock, hours=2)
    assert entry.runtime_data.archive.count() == 1


@pytest.mark.parametrize("jump", [-400 * DAY, -DAY, DAY, 400 * DAY])
async def test_a_clock_that_jumps_and_comes_back_loses_nothing(
    home: HomeAssistant,
    entry: MockConfigEntry,
    person: Recording,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    jump: int,
) -> None:
    """What is new meanwhile is read at the latest when the clock is right again, and polls go on."""
    await set_up(entry)
    archive = entry.runtime_data.archive
    right = time.time
    monkeypatch.setattr(time, "time", lambda: right() + jump)
    for _ in range(20):
        person.readings.append((int(right()), 70))
        person.synced_at = int(right())
        await advance(home, clock, minutes=5)
    monkeypatch.setattr(time, "time", right)
    await advance(home, clock, minutes=5)
    await advance(home, clock, minutes=5)
    assert archive.count() == len(person.readings)
    assert archive.latest() == person.readings[-1]
    assert state_of(home, "sensor.sam_sample_heart_rate").state == "70"


async def test_a_rate_limit_is_honoured(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
) -> None:
    await set_up(entry)
    google.faults.append(Fault("/v4/", status=429, headers={"Retry-After": "1800"}))
    await advance(home, clock, minutes=6)
    google.requests.clear()
    await advance(home, clock, minutes=29)
    assert google.requests == []
    await advance(home, clock, minutes=2)
    assert google.requests


async def test_an_unusable_archive_fails_the_poll_only(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, clock: FrozenDateTimeFactory
) -> None:
    await set_up(entry)
    entry.runtime_data.archive.close()
    await advance(home, clock, minutes=5)
    assert not entry.runtime_data.coordinator.last_update_success
    assert entry.runtime_data.coordinator.last_exception.translation_key == "archive_unusable"
    entry.runtime_data.archive.open()
    await advance(home, clock, minutes=5)
    assert entry.runtime_data.coordinator.last_update_success
