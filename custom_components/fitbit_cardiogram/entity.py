"""The base classes of the entities of an account and of a destination."""

from collections.abc import Callable
from typing import override

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN
from .coordinator import AccountConfigEntry, HeartRateCoordinator
from .destinations.forwarder import Forwarder, ForwarderState
from .sources.kinds import Kind


class AccountEntity(CoordinatorEntity[HeartRateCoordinator]):
    """An entity that shows something of the account's archive."""

    _attr_has_entity_name = True

    def __init__(
        self, coordinator: HeartRateCoordinator, description: EntityDescription, kind: Kind | None
    ) -> None:
        super().__init__(coordinator)
        entry_id = coordinator.config_entry.entry_id
        self.entity_description = description
        self._kind = kind
        self._attr_unique_id = f"{entry_id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, entry_id)})

    @property
    @override
    def available(self) -> bool:
        """Whether the value is recent enough; a single failed poll does not blank it.

        An entity without a kind reads the archive only and is always available.
        """
        return self._kind is None or self.coordinator.available(self._kind)


class DestinationEntity(Entity):
    """An entity that shows or steers the forwarding to one destination, whatever the source is doing."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, subentry_id: str, forwarder: Forwarder, description: EntityDescription) -> None:
        self.entity_description = description
        self._forwarder = forwarder
        self._attr_unique_id = f"{subentry_id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, subentry_id)})

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the forwarder."""
        self.async_on_remove(self._forwarder.listen(self._async_forwarder_changed))

    @callback
    def _async_forwarder_changed(self, old: ForwarderState, new: ForwarderState) -> None:
        self.async_write_ha_state()


@callback
def async_forget_platform(hass: HomeAssistant, entry: AccountConfigEntry, platform: Platform) -> None:
    """Remove the entities of a platform that the account's options no longer ask for."""
    registry = er.async_get(hass)
    for found in er.async_entries_for_config_entry(registry, entry.entry_id):
        if found.domain == platform:
            registry.async_remove(found.entity_id)


@callback
def async_keep_entity(
    coordinator: HeartRateCoordinator,
    platform: Platform,
    description: EntityDescription,
    make: Callable[[], Entity],
    is_wanted: Callable[[], bool],
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Have an entity as long as the account's options ask for it, now and whenever the account changes."""
    was_wanted: bool | None = None

    @callback
    def async_follow() -> None:
        nonlocal was_wanted
        before, was_wanted = was_wanted, is_wanted()
        if was_wanted and not before:
            async_add_entities([make()])
        elif not was_wanted and before is not False:
            _async_forget_entity(coordinator.hass, coordinator.config_entry, platform, description)

    async_follow()
    coordinator.config_entry.async_on_unload(coordinator.async_add_listener(async_follow))


@callback
def _async_forget_entity(
    hass: HomeAssistant, entry: AccountConfigEntry, platform: Platform, description: EntityDescription
) -> None:
    """Remove an entity that the account's options no longer ask for."""
    registry = er.async_get(hass)
    unique_id = f"{entry.entry_id}_{description.key}"
    if entity_id := registry.async_get_entity_id(platform, DOMAIN, unique_id):
        registry.async_remove(entity_id)
