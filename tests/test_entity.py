"""What all entities have in common."""

from homeassistant.components.button.const import SERVICE_PRESS
from homeassistant.const import ATTR_ENTITY_ID, SERVICE_TURN_OFF, SERVICE_TURN_ON, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.helpers.home import SUBENTRY_ID, press, state_of

SWITCH = "switch.cardiogram_automatic_forwarding"
BUTTON = "button.cardiogram_forward_now"
PROBLEM = "binary_sensor.cardiogram_forwarding"
PENDING = "sensor.cardiogram_pending_beats"
FORWARDING = "event.cardiogram_forwarding"


async def test_entities_belong_to_their_subentry(
    home: HomeAssistant, account: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    for entity in er.async_entries_for_config_entry(entity_registry, account.entry_id):
        of_destination = entity.unique_id.startswith(SUBENTRY_ID)
        assert entity.config_subentry_id == (SUBENTRY_ID if of_destination else None)
        assert of_destination or entity.unique_id.startswith(account.entry_id)


async def test_an_unusable_archive_is_told(home: HomeAssistant, account: MockConfigEntry) -> None:
    account.runtime_data.archive.close()
    for domain, service, entity_id, told in (
        (Platform.BUTTON, SERVICE_PRESS, BUTTON, "forwarding_archive_unusable"),
        (Platform.SWITCH, SERVICE_TURN_ON, SWITCH, "archive_not_usable_now"),
        (Platform.SWITCH, SERVICE_TURN_OFF, SWITCH, "archive_not_usable_now"),
    ):
        with pytest.raises(HomeAssistantError) as raised:
            await home.services.async_call(domain, service, {ATTR_ENTITY_ID: entity_id}, blocking=True)
        assert raised.value.translation_key == told
    assert state_of(home, PROBLEM).attributes["reason"] == "archive_unusable"
    account.runtime_data.archive.open()
    await press(home)
    assert state_of(home, PROBLEM).state == "off"
