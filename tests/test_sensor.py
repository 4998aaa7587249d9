"""Sensors: what an account and a destination show."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.helpers.home import CheckPlatform, advance, state_of
from tests.simulators import Fault, GoogleSimulator

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
