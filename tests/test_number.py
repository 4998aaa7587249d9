"""Numbers: the limits of the alerts, set on the account's device."""

import asyncio

from homeassistant.components.number.const import SERVICE_SET_VALUE
from homeassistant.const import ATTR_ENTITY_ID, Platform
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.fitbit_cardiogram.const import CONF_ALERTS, CONF_FRESHNESS
from tests.helpers.home import CheckPlatform, SetUp, account_entry, count_loads, settle, state_of
from tests.simulators import Fault, GoogleSimulator

HIGH = "number.sam_sample_high_limit"
LOW = "number.sam_sample_low_limit"
IS_HIGH = "binary_sensor.sam_sample_heart_rate_high"
IS_LOW = "binary_sensor.sam_sample_heart_rate_low"
ALERT = "event.sam_sample_heart_rate_alert"


async def choose(home: HomeAssistant, entity_id: str, bpm: float, user: MockUser | None = None) -> None:
    await home.services.async_call(
        Platform.NUMBER,
        SERVICE_SET_VALUE,
        {ATTR_ENTITY_ID: entity_id, "value": bpm},
        blocking=True,
        context=Context(user_id=user.id if user else None),
    )


def shown(home: HomeAssistant) -> tuple[str, str]:
    return state_of(home, HIGH).state, state_of(home, LOW).state


async def test_a_limit_brings_its_alert_and_takes_it_away(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp
) -> None:
    """The options of the account are those of the form, with its defaults; nothing else of them changes."""
    entry = await set_up(account_entry(google, options={CONF_FRESHNESS: 30}))
    assert shown(home) == ("0", "0")
    assert home.states.get(IS_HIGH) is home.states.get(ALERT) is None

    loads = count_loads(entry)
    await choose(home, HIGH, 75)
    await choose(home, LOW, 45)
    assert entry.options == {
        CONF_FRESHNESS: 30,
        CONF_ALERTS: {"high_bpm": 75, "low_bpm": 45, "duration_minutes": 10, "hysteresis_bpm": 5},
    }
    await settle(home)
    assert shown(home) == ("75", "45")
    assert (state_of(home, IS_HIGH).attributes["limit"], state_of(home, IS_LOW).attributes["limit"]) == (
        75,
        45,
    )
    assert state_of(home, ALERT)

    await choose(home, HIGH, 0)
    await settle(home)
    assert shown(home) == ("0", "45")
    assert home.states.get(IS_HIGH) is None
    assert state_of(home, ALERT)
    await choose(home, LOW, 0)
    await settle(home)
    assert home.states.get(IS_LOW) is home.states.get(ALERT) is None
    # Polls and forwarding go on meanwhile.
    assert loads == []


async def test_a_limit_takes_effect_at_once(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp
) -> None:
    """An alert of just now is raised, and a higher limit ends it; trouble with the archive is no obstacle."""
    await set_up(entry)
    await choose(home, HIGH, 70)
    await settle(home)
    assert state_of(home, IS_HIGH).state == "on"
    raised = state_of(home, ALERT)
    assert (raised.attributes["event_type"], raised.attributes["limit"]) == ("high", 70)

    entry.runtime_data.archive.close()
    await choose(home, LOW, 45)
    await settle(home)
    assert (shown(home), state_of(home, IS_LOW).state) == (("70", "45"), "off")
    entry.runtime_data.archive.open()
    await choose(home, HIGH, 78)
    await settle(home)
    assert (state_of(home, IS_HIGH).state, state_of(home, IS_HIGH).attributes["limit"]) == ("off", 78)
    assert state_of(home, ALERT) == raised


async def test_both_at_once(home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp) -> None:
    """Neither of two changes of one moment is lost."""
    await set_up(entry)
    await asyncio.gather(choose(home, HIGH, 120), choose(home, LOW, 50))
    await settle(home)
    assert shown(home) == ("120", "50")
    await asyncio.gather(choose(home, HIGH, 0), choose(home, LOW, 0))
    await settle(home)
    assert shown(home) == ("0", "0")


async def test_what_no_limit_can_be_is_refused(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp
) -> None:
    await set_up(entry)
    await choose(home, HIGH, 80)
    for entity_id, bpm, text in (
        (HIGH, 59, "a whole number from 60 to 250 bpm"),
        (HIGH, 80.5, "a whole number from 60 to 250 bpm"),
        (HIGH, float("nan"), "a whole number from 60 to 250 bpm"),
        (LOW, 1, "0 for no such alert, or a whole number from 20 to 120 bpm"),
        (LOW, 80, "The low limit (80 bpm) must be below the high limit (80 bpm)"),
        (HIGH, 251, "251"),
        (LOW, 121, "121"),
    ):
        with pytest.raises(ServiceValidationError) as refused:
            await choose(home, entity_id, bpm)
        assert text in str(refused.value)
    assert shown(home) == ("80", "0")
    for entity_id, bpm in ((LOW, 79), (LOW, 20), (HIGH, 60), (HIGH, 250), (LOW, 120)):
        await choose(home, entity_id, bpm)
    assert shown(home) == ("250", "120")


async def test_it_takes_an_administrator_or_an_automation(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    hass_owner_user: MockUser,
    hass_admin_user: MockUser,
) -> None:
    hass_admin_user.groups = []
    hass_admin_user.mock_policy({"entities": True})
    await set_up(entry)
    with pytest.raises(Unauthorized):
        await choose(home, HIGH, 120, hass_admin_user)
    assert shown(home) == ("0", "0")
    await choose(home, HIGH, 120, hass_owner_user)
    with pytest.raises(Unauthorized):
        await choose(home, HIGH, 0, hass_admin_user)
    await choose(home, LOW, 50)
    assert shown(home) == ("120", "50")


async def test_a_limit_can_be_set_while_the_service_is_out_of_reach(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp
) -> None:
    google.faults.append(Fault("GET", status=503, times=-1))
    await set_up(account_entry(google))
    await choose(home, HIGH, 120)
    await settle(home)
    assert shown(home) == ("120", "0")


async def test_entities(check_platform: CheckPlatform) -> None:
    await check_platform(Platform.NUMBER)
