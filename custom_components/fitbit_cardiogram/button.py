"""Buttons: cancel an import, and forward to a destination now."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .action_errors import archive_errors_raised, forwarding_failed
from .const import DOMAIN
from .coordinator import AccountConfigEntry
from .destination_kinds import known_destinations
from .destinations.forwarder import Forwarder
from .destinations.outcome import Outcome
from .entity import AccountEntity, DestinationEntity
from .permission import async_check_sender
from .web_session import async_get_session

PARALLEL_UPDATES = 0

CANCEL_IMPORT = ButtonEntityDescription(
    key="cancel_import", translation_key="cancel_import", entity_category=EntityCategory.CONFIG
)
FORWARD_NOW = ButtonEntityDescription(key="forward_now", translation_key="forward_now")
SEND_TEST = ButtonEntityDescription(
    key="send_test", translation_key="send_test", entity_category=EntityCategory.DIAGNOSTIC
)


async def async_setup_entry(
    hass: HomeAssistant, entry: AccountConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the button of the account and those of each destination."""
    async_add_entities([CancelImport(entry.runtime_data.coordinator, CANCEL_IMPORT, None)])
    destinations = known_destinations(entry)
    session = async_get_session(hass)
    for subentry_id, forwarder in entry.runtime_data.forwarders.items():
        subentry, kind = destinations[subentry_id]
        buttons: list[DestinationEntity] = [ForwardNow(subentry_id, forwarder, FORWARD_NOW)]
        if kind.test:
            test = partial(kind.test, session, subentry.data)
            buttons.append(SendTest(subentry_id, forwarder, SEND_TEST, test))
        async_add_entities(buttons, config_subentry_id=subentry_id)


class CancelImport(AccountEntity, ButtonEntity):
    """Ends the import under way; samples that are stored stay."""

    @override
    async def async_press(self) -> None:
        """Cancel the import; say so if there is none."""
        if not self.coordinator.history_import.is_running:
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="no_import_running")
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


class SendTest(DestinationEntity, ButtonEntity):
    """Sends a message without a heart rate, to see whether the receiver takes it."""

    def __init__(
        self,
        subentry_id: str,
        forwarder: Forwarder,
        description: ButtonEntityDescription,
        test: Callable[[], Awaitable[Outcome]],
    ) -> None:
        super().__init__(subentry_id, forwarder, description)
        self._test = test

    @override
    async def async_press(self) -> None:
        """Send it; raise the problem if it did not get through."""
        outcome = await self._test()
        if outcome.problem:
            raise forwarding_failed(outcome.problem)
