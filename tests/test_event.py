"""Events: what has come in."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.helpers.home import CheckPlatform, advance, at, state_of
from tests.simulators import Recording

SWITCH = "switch.cardiogram_automatic_forwarding"
BUTTON = "button.cardiogram_forward_now"
PROBLEM = "binary_sensor.cardiogram_forwarding_problem"
PENDING = "sensor.cardiogram_pending_beats"
FORWARDING = "event.cardiogram_forwarding"


async def test_samples_received_fires_once_for_each_poll_that_brought_some(
    home: HomeAssistant, account: MockConfigEntry, person: Recording, clock: FrozenDateTimeFactory
) -> None:
    received = "event.sam_sample_samples_received"
    # The first poll, which was before there was an entity, is told all the same.
    assert state_of(home, received).attributes["count"] == 175
    person.readings += [(at("22:01:00"), 70), (at("22:02:00"), 75)]
    person.synced_at = at("22:02:00")
    await advance(home, clock, minutes=5)
    await advance(home, clock, minutes=5)
    event = state_of(home, received)
    assert {key: event.attributes[key] for key in ("count", "first", "last", "min", "mean", "max")} == {
        "count": 7,
        "first": "2026-11-21T21:59:10+00:00",
        "last": "2026-11-21T22:02:00+00:00",
        "min": 70,
        "mean": 77.1,
        "max": 79,
    }
    fired = event.state
    await advance(home, clock, minutes=5)
    assert state_of(home, received).state == fired


async def test_entities(check_platform: CheckPlatform) -> None:
    await check_platform(Platform.EVENT)
