"""Binary sensors: whether the heart rate is beyond a limit, and whether a destination's beats get through."""

from collections.abc import Mapping
from functools import partial
from typing import Any, override

from homeassistant.components.binary_sensor import BinarySensorEntity, BinarySensorEntityDescription
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import AccountConfigEntry, HeartRateCoordinator
from .entity import AccountEntity, DestinationEntity, async_keep_entity
from .heart_rate.alert import AlertKind
from .heart_rate.clock import written
from .sources.kinds import SAMPLES

PARALLEL_UPDATES = 0

BEYOND_LIMITS = {
    AlertKind.HIGH: BinarySensorEntityDescription(key="heart_rate_high", translation_key="heart_rate_high"),
    AlertKind.LOW: BinarySensorEntityDescription(key="heart_rate_low", translation_key="heart_rate_low"),
}
FORWARDING_PROBLEM = BinarySensorEntityDescription(
    key="forwarding_problem",
    translation_key="forwarding_problem",
    device_class=BinarySensorDeviceClass.PROBLEM,
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    hass: HomeAssistant, entry: AccountConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add a binary sensor for each limit that is set, and one for each destination."""
    coordinator = entry.runtime_data.coordinator
    for kind, description in BEYOND_LIMITS.items():
        async_keep_entity(
            coordinator,
            Platform.BINARY_SENSOR,
            description,
            partial(BeyondLimit, coordinator, kind),
            partial(_is_limited, coordinator, kind),
            async_add_entities,
        )
    for subentry_id, forwarder in entry.runtime_data.forwarders.items():
        async_add_entities(
            [ForwardingProblem(subentry_id, forwarder, FORWARDING_PROBLEM)], config_subentry_id=subentry_id
        )


def _is_limited(coordinator: HeartRateCoordinator, kind: AlertKind) -> bool:
    return coordinator.account_alerts.limit(kind) is not None


class BeyondLimit(AccountEntity, BinarySensorEntity):
    """On while the newest sample is part of an alert; unknown where that sample is no longer current."""

    _unrecorded_attributes = frozenset({"start", "extreme"})

    def __init__(self, coordinator: HeartRateCoordinator, kind: AlertKind) -> None:
        super().__init__(coordinator, BEYOND_LIMITS[kind], SAMPLES)
        self._alert_kind = kind

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether the heart rate has been beyond the limit for long enough, and still is."""
        coordinator = self.coordinator
        return coordinator.data.alert_now(self._alert_kind) is not None if coordinator.fresh else None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """The limit, the start of the alert, and the heart rate farthest beyond the limit."""
        coordinator = self.coordinator
        limit = coordinator.account_alerts.limit(self._alert_kind)
        alert = coordinator.data.alert_now(self._alert_kind) if coordinator.fresh else None
        return {
            "limit": limit.bpm if limit else None,
            "start": written(alert.start) if alert else None,
            "extreme": alert.extreme if alert else None,
        }


class ForwardingProblem(DestinationEntity, BinarySensorEntity):
    """On while beats do not get through, with the reason and the next try as attributes."""

    _unrecorded_attributes = frozenset({"retry_at"})

    @property
    @override
    def is_on(self) -> bool:
        """Whether beats do not get through."""
        return self._forwarder.state.problem is not None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """The reason, whether it needs a person, and the time of the next try."""
        state = self._forwarder.state
        return {
            "reason": str(state.problem) if state.problem else None,
            "paused": state.paused,
            "retry_at": state.retry_at.isoformat() if state.retry_at else None,
        }
