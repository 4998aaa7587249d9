"""Buttons: forward to a destination now."""

from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import AccountConfigEntry
from .entity import DestinationEntity
from .services import forwarding_failed

PARALLEL_UPDATES = 0

FORWARD_NOW = ButtonEntityDescription(key="forward_now", translation_key="forward_now")


async def async_setup_entry(
    hass: HomeAssistant, entry: AccountConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the button of each destination."""
    for subentry_id, forwarder in entry.runtime_data.forwarders.items():
        async_add_entities([ForwardNow(subentry_id, forwarder, FORWARD_NOW)], config_subentry_id=subentry_id)


class ForwardNow(DestinationEntity, ButtonEntity):
    """Forwards everything that is pending, whatever the switch says."""

    @override
    async def async_press(self) -> None:
        """Forward; say so if it did not get through."""
        result = await self._forwarder.forward()
        if result.problem:
            raise forwarding_failed(result.problem)
