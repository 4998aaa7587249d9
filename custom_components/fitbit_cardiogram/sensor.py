"""Sensors: the account's heart rate, days and workouts, and each destination's outbox."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType
from homeassistant.util import slugify

from .account_sensors import ACCOUNT_SENSORS, AccountSensorDescription, zone_sensor
from .coordinator import AccountConfigEntry, HeartRateCoordinator
from .destinations.forwarder import ForwarderState
from .entity import AccountEntity, DestinationEntity
from .heart_rate.clock import utc
from .sessions import rounded

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class DestinationSensorDescription(SensorEntityDescription):
    """A sensor of a destination and its value."""

    value_fn: Callable[[ForwarderState], StateType | datetime]


DESTINATION_SENSORS: tuple[DestinationSensorDescription, ...] = (
    DestinationSensorDescription(
        key="pending_beats",
        translation_key="pending_beats",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda state: state.outbox.pending,
    ),
    DestinationSensorDescription(
        key="delivered_beats",
        translation_key="delivered_beats",
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda state: state.outbox.delivered,
    ),
    DestinationSensorDescription(
        key="last_delivery",
        translation_key="last_delivery",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_registry_enabled_default=False,
        value_fn=lambda state: _moment(state.outbox.last_delivery),
    ),
    DestinationSensorDescription(
        key="oldest_pending",
        translation_key="oldest_pending",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda state: _moment(state.outbox.oldest_pending),
    ),
    DestinationSensorDescription(
        key="quarantined_beats",
        translation_key="quarantined_beats",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda state: state.outbox.quarantined,
    ),
    DestinationSensorDescription(
        key="given_up_beats",
        translation_key="given_up_beats",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda state: state.outbox.given_up,
    ),
    DestinationSensorDescription(
        key="withdrawn_beats",
        translation_key="withdrawn_beats",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda state: state.outbox.withdrawn,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: AccountConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors of the account and of its destinations."""
    account = entry.runtime_data
    async_add_entities(
        AccountSensor(account.coordinator, description)
        for description in ACCOUNT_SENSORS
        if account.coordinator.offers(description.kind)
    )
    _add_custom_zones(entry, async_add_entities)
    for subentry_id, forwarder in account.forwarders.items():
        async_add_entities(
            (DestinationSensor(subentry_id, forwarder, description) for description in DESTINATION_SENSORS),
            config_subentry_id=subentry_id,
        )


def _add_custom_zones(entry: AccountConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback) -> None:
    """Add a sensor for each custom zone, now and when one appears later."""
    coordinator = entry.runtime_data.coordinator
    # Of names that look alike, such as "Run" and "run!", the first keeps the id.
    names: dict[str, str] = {}
    added: set[str] = set()

    @callback
    def async_add_new() -> None:
        custom = [zone.name for zone in coordinator.data.today.zones if zone.custom]
        first = [name for name in custom if names.setdefault(slugify(name), name) == name]
        new = [name for name in dict.fromkeys(first) if name not in added]
        added.update(new)
        async_add_entities(CustomZoneSensor(coordinator, name) for name in new)

    async_add_new()
    entry.async_on_unload(coordinator.async_add_listener(async_add_new))


class AccountSensor(AccountEntity, SensorEntity):
    """A sensor of the account."""

    _unrecorded_attributes = frozenset(
        {"min_bpm", "max_bpm", "calories", "date", "start", "end", "reached", "samples", "trouble"}
        | {"measured_at"}
        | {"type", "duration", "lowest", "mean", "highest", "recovery"}
        | {"bed_time", "wake_time", "lowest_at", "dip"}
        | {"usual", "usual_low", "usual_high", "difference", "compared_to_usual"}
    )
    entity_description: AccountSensorDescription

    def __init__(self, coordinator: HeartRateCoordinator, description: AccountSensorDescription) -> None:
        super().__init__(coordinator, description, description.kind)
        self._shown: tuple[object, ...] = ()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Write the state if it has changed: from poll to poll most do not."""
        shown = (self.available, self.native_value, self.extra_state_attributes, self.last_reset)
        if shown != self._shown:
            self._shown = shown
            super()._handle_coordinator_update()

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """The value, or None if it is stale."""
        if self.entity_description.current and not self.coordinator.fresh:
            return None
        description = self.entity_description
        return rounded(description.value_fn(self.coordinator.data), description.digits)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """The attributes of the value."""
        if (attributes := self.entity_description.attributes_fn) is None:
            return None
        return {key: rounded(value) for key, value in attributes(self.coordinator.data).items()}

    @property
    @override
    def last_reset(self) -> datetime | None:
        """The account's own midnight, for values that add up over the day."""
        last_reset = self.entity_description.last_reset_fn
        return last_reset(self.coordinator.data) if last_reset else None


class CustomZoneSensor(AccountSensor):
    """The minutes in a custom zone, which is identified by its name."""

    def __init__(self, coordinator: HeartRateCoordinator, name: str) -> None:
        key = f"zone_custom_{slugify(name)}"
        super().__init__(coordinator, zone_sensor(name, key, "zone_custom", custom=True))
        self._attr_translation_placeholders = {"zone": name}


class DestinationSensor(DestinationEntity, SensorEntity):
    """A sensor of a destination."""

    entity_description: DestinationSensorDescription

    @callback
    @override
    def _async_forwarder_changed(self, old: ForwarderState, new: ForwarderState) -> None:
        """Write the state; beats that come in and are sent at once are not shown as pending for a moment."""
        if not new.sends_at_once or new.outbox.pending <= old.outbox.pending:
            super()._async_forwarder_changed(old, new)

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """The value."""
        return self.entity_description.value_fn(self._forwarder.state)


def _moment(timestamp: int | None) -> datetime | None:
    return None if timestamp is None else utc(timestamp)
