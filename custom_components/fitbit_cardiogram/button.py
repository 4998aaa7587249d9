"""Buttons: cancel an import, and forward to a destination now."""

from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .action_errors import archive_errors_raised, forwarding_failed
from .coordinator import AccountConfigEntry
from .entity import AccountEntity, DestinationEntity
from .permission import async_check_sender

PARALLEL_UPDATES = 0

CANCEL_IMPORT = ButtonEntityDescription(
    key="cancel_import", translation_key="cancel_import", entity_category=EntityCategory.CONFIG
)
FORWARD_NOW = ButtonEntityDescription(key="forward_now", translation_key="forward_now")


async def async_setup_entry(
    hass: HomeAssistant, entry: AccountConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the button of the account and that of each destination."""
    async_add_entities([CancelImport(entry.runtime_data.coordinator, CANCEL_IMPORT, None)])
    for subentry_id, forwarder in entry.runtime_data.forwarders.items():
        async_add_entities([ForwardNow(subentry_id, forwarder, FORWARD_NOW)], config_subentry_id=subentry_id)


class CancelImport(AccountEntity, ButtonEntity):
    """Ends the import under way; samples that are stored stay."""

    @property
    @override
    def available(self) -> bool:
        """Whether there is an import to cancel."""
        return self.coordinator.history_import.is_running

    @override
    async def async_press(self) -> None:
        """Cancel the import."""
        with archive_errors_raised():
            await self.coordinator.history_import.cancel()
            await self.coordinator.async_archive_changed()


class ForwardNow(DestinationEntity, ButtonEntity):
    """Forwards everything that is pending, whatever the switch says."""

    @override
    async def async_press(self) -> None:
        """Forward; raise the problem if beats did not get through."""
        await async_check_sender(self.hass, self._context)
        result = await self._forwarder.forward()
        if result.problem:
            raise forwarding_failed(result.problem)
