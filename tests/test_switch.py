"""Switches: forwarding by itself, switched on and off."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.button.const import SERVICE_PRESS
from homeassistant.const import ATTR_ENTITY_ID, SERVICE_TURN_OFF, SERVICE_TURN_ON, Platform
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.fitbit_cardiogram.const import CONF_AUTOMATIC
from tests.helpers.home import (
    NOW,
    CheckPlatform,
    SetUp,
    account_entry,
    advance,
    at,
    destination,
    forwarded,
    settle,
    state_of,
)
from tests.simulators import CardiogramSimulator, GoogleSimulator, Recording

SWITCH = "switch.cardiogram_automatic_forwarding"
BUTTON = "button.cardiogram_forward_now"
PROBLEM = "binary_sensor.cardiogram_forwarding"
PENDING = "sensor.cardiogram_pending_beats"
FORWARDING = "event.cardiogram_forwarding"


async def test_the_switch_forwards_what_arrives(
    home: HomeAssistant,
    account: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    google: GoogleSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    assert state_of(home, SWITCH).state == "off"
    await home.services.async_call(Platform.SWITCH, SERVICE_TURN_ON, {ATTR_ENTITY_ID: SWITCH}, blocking=True)
    await forwarded(home, account)
    assert state_of(home, SWITCH).state == "on"
    assert len(cardiogram.ledger) == 175

    person.readings.append((at("22:04:00"), 88))
    person.synced_at = at("22:04:00")
    await advance(home, clock, minutes=5)
    await forwarded(home, account)
    assert cardiogram.values() == dict(person.samples(0, 2**40, NOW.timestamp()))

    await home.services.async_call(Platform.SWITCH, SERVICE_TURN_OFF, {ATTR_ENTITY_ID: SWITCH}, blocking=True)
    person.readings.append((at("22:09:00"), 89))
    person.synced_at = at("22:09:00")
    await advance(home, clock, minutes=5)
    await advance(home, clock, minutes=5)
    await forwarded(home, account)
    assert state_of(home, PENDING).state == "1"
    assert cardiogram.repeats() == 0


async def test_the_switch_outlives_a_restart(
    home: HomeAssistant, account: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    await home.services.async_call(Platform.SWITCH, SERVICE_TURN_ON, {ATTR_ENTITY_ID: SWITCH}, blocking=True)
    await home.config_entries.async_reload(account.entry_id)
    await settle(home)
    assert state_of(home, SWITCH).state == "on"


async def test_a_destination_that_forwards_from_the_start(
    home: HomeAssistant, google: GoogleSimulator, cardiogram: CardiogramSimulator, set_up: SetUp
) -> None:
    entry = await set_up(
        account_entry(google, subentries_data=[destination(cardiogram, **{CONF_AUTOMATIC: True})])
    )
    await forwarded(home, entry)
    assert len(cardiogram.ledger) == 175


async def test_entities(check_platform: CheckPlatform) -> None:
    await check_platform(Platform.SWITCH)


async def test_switching_on_takes_an_administrator_and_off_does_not(
    home: HomeAssistant,
    account: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    hass_owner_user: MockUser,
    hass_admin_user: MockUser,
) -> None:
    """Automations, which are nobody's, may do both."""
    hass_admin_user.groups = []
    hass_admin_user.mock_policy({"entities": True})

    async def call(domain: str, service: str, entity_id: str, user: MockUser | None) -> None:
        await home.services.async_call(
            domain,
            service,
            {ATTR_ENTITY_ID: entity_id},
            blocking=True,
            context=Context(user_id=user.id if user else None),
        )

    for domain, service, entity_id in (
        (Platform.SWITCH, SERVICE_TURN_ON, SWITCH),
        (Platform.BUTTON, SERVICE_PRESS, BUTTON),
    ):
        with pytest.raises(Unauthorized):
            await call(domain, service, entity_id, hass_admin_user)
    assert state_of(home, SWITCH).state == "off"
    assert cardiogram.ledger == []
    for user in (hass_owner_user, None):
        await call(Platform.SWITCH, SERVICE_TURN_ON, SWITCH, user)
        assert state_of(home, SWITCH).state == "on"
        await call(Platform.SWITCH, SERVICE_TURN_OFF, SWITCH, hass_admin_user)
        assert state_of(home, SWITCH).state == "off"
        await call(Platform.BUTTON, SERVICE_PRESS, BUTTON, user)
    await forwarded(home, account)
    assert cardiogram.values()
