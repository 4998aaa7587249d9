"""Sensors: what an account and a destination show."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.helpers.home import NOW, CheckPlatform, SetUp, advance, gateway_entry, state_of
from tests.simulators import Fault, FitbitSimulator, GoogleSimulator, Recording

SWITCH = "switch.cardiogram_automatic_forwarding"
BUTTON = "button.cardiogram_forward_now"
PROBLEM = "binary_sensor.cardiogram_forwarding_problem"
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
    assert shown == {"zone_custom_long_run": "3.0", "zone_custom_other": "6.0"}
    assert "does not generate unique IDs" not in caplog.text


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
