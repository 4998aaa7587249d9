"""Switches: whether a destination's beats are forwarded by themselves."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .action_errors import archive_errors_raised
from .coordinator import AccountConfigEntry
from .entity import DestinationEntity
from .permission import async_check_sender

PARALLEL_UPDATES = 0

AUTOMATIC_FORWARDING = SwitchEntityDescription(
    key="automatic_forwarding",
    translation_key="automatic_forwarding",
    entity_category=EntityCategory.CONFIG,
)


async def async_setup_entry(
    hass: HomeAssistant, entry: AccountConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the switch of each destination."""
    for subentry_id, forwarder in entry.runtime_data.forwarders.items():
        async_add_entities(
            [AutomaticForwarding(subentry_id, forwarder, AUTOMATIC_FORWARDING)],
            config_subentry_id=subentry_id,
        )


class AutomaticForwarding(DestinationEntity, SwitchEntity):
    """Forward beats as they arrive, or only when asked; kept in the archive."""

    @property
    @override
    def is_on(self) -> bool:
        """Whether beats are forwarded by themselves."""
        return self._forwarder.state.outbox.automatic

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Forward beats as they arrive."""
        await async_check_sender(self.hass, self._context)
        with archive_errors_raised():
            await self._forwarder.set_automatic(True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Forward beats only when asked."""
        with archive_errors_raised():
            await self._forwarder.set_automatic(False)
