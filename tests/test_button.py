"""Buttons: what a person asks for at once."""

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.helpers.home import NOW, CheckPlatform, press, state_of
from tests.simulators import CardiogramSimulator, GoogleSimulator

SWITCH = "switch.cardiogram_automatic_forwarding"
BUTTON = "button.cardiogram_forward_now"
PROBLEM = "binary_sensor.cardiogram_forwarding"
PENDING = "sensor.cardiogram_pending_beats"
FORWARDING = "event.cardiogram_forwarding"


@pytest.mark.usefixtures("all_enabled")
async def test_the_button_forwards_what_is_pending(
    home: HomeAssistant, account: MockConfigEntry, cardiogram: CardiogramSimulator, google: GoogleSimulator
) -> None:
    assert state_of(home, PENDING).state == "175"
    assert state_of(home, "sensor.cardiogram_oldest_pending_beat").state == "2026-11-21T21:30:00+00:00"
    assert cardiogram.ledger == []

    await press(home)
    assert cardiogram.values() == dict(google.person.samples(0, 2**40, NOW.timestamp()))
    assert state_of(home, PENDING).state == "0"
    assert state_of(home, "sensor.cardiogram_delivered_beats").state == "175"
    assert state_of(home, "sensor.cardiogram_last_delivery").state == "2026-11-21T22:00:00+00:00"
    assert state_of(home, "sensor.cardiogram_oldest_pending_beat").state == "unknown"
    event = state_of(home, FORWARDING)
    assert (event.attributes["event_type"], event.attributes["count"]) == ("delivered", 175)

    await press(home)
    assert cardiogram.repeats() == 0


async def test_entities(check_platform: CheckPlatform) -> None:
    await check_platform(Platform.BUTTON)
