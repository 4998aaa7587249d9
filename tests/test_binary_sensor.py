"""Binary sensors: whether forwarding works, and what keeps it from that."""

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.helpers.home import CheckPlatform, press, state_of
from tests.simulators import CardiogramSimulator, Fault

SWITCH = "switch.cardiogram_automatic_forwarding"
BUTTON = "button.cardiogram_forward_now"
PROBLEM = "binary_sensor.cardiogram_forwarding"
PENDING = "sensor.cardiogram_pending_beats"
FORWARDING = "event.cardiogram_forwarding"


async def test_a_problem_is_shown_and_told(
    home: HomeAssistant, account: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    assert state_of(home, PROBLEM).state == "off"
    cardiogram.faults.append(Fault("POST", status=401, body='{"message": "Unauthorized."}'))
    with pytest.raises(HomeAssistantError) as raised:
        await press(home)
    assert raised.value.translation_key == "forwarding_token_refused"
    problem = state_of(home, PROBLEM)
    assert (problem.state, problem.attributes["reason"], problem.attributes["paused"]) == (
        "on",
        "token_refused",
        True,
    )
    assert state_of(home, FORWARDING).attributes["event_type"] == "paused"
    assert state_of(home, PENDING).state == "175"

    await press(home)
    assert state_of(home, PROBLEM).state == "off"
    assert state_of(home, PENDING).state == "0"


async def test_trouble_that_passes_names_the_next_try(
    home: HomeAssistant, account: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    cardiogram.faults.append(Fault("POST", status=503, headers={"Retry-After": "120"}))
    with pytest.raises(HomeAssistantError):
        await press(home)
    problem = state_of(home, PROBLEM)
    assert problem.attributes["retry_at"] == "2026-11-21T22:02:00+00:00"
    assert problem.attributes["paused"] is False

    await press(home)
    event = state_of(home, FORWARDING)
    assert event.attributes["event_type"] == "delivered"


async def test_entities(check_platform: CheckPlatform) -> None:
    await check_platform(Platform.BINARY_SENSOR)
