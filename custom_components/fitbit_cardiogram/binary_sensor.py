"""Binary sensors: whether a destination's beats get through."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.binary_sensor import BinarySensorEntity, BinarySensorEntityDescription
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import AccountConfigEntry
from .entity import DestinationEntity

PARALLEL_UPDATES = 0

FORWARDING_PROBLEM = BinarySensorEntityDescription(
    key="forwarding_problem",
    translation_key="forwarding_problem",
    device_class=BinarySensorDeviceClass.PROBLEM,
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    hass: HomeAssistant, entry: AccountConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the binary sensor of each destination."""
    for subentry_id, forwarder in entry.runtime_data.forwarders.items():
        async_add_entities(
            [ForwardingProblem(subentry_id, forwarder, FORWARDING_PROBLEM)], config_subentry_id=subentry_id
        )


class ForwardingProblem(DestinationEntity, BinarySensorEntity):
    """On while beats do not get through, with the reason and the next try as attributes."""

    _unrecorded_attributes = frozenset({"retry_at"})

    @property
    @override
    def is_on(self) -> bool:
        """Whether something keeps beats from getting through."""
        return self._forwarder.state.problem is not None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Why, whether it needs a person, and when the next try is."""
        state = self._forwarder.state
        return {
            "reason": str(state.problem) if state.problem else None,
            "paused": state.paused,
            "retry_at": state.retry_at.isoformat() if state.retry_at else None,
        }
