"""Numbers: the limits of the alerts, where a person looks for them."""

from dataclasses import dataclass
from typing import override

from homeassistant.components.number import NumberEntity, NumberEntityDescription
from homeassistant.components.number.const import NumberMode
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import BPM, CONF_ALERTS, CONF_HIGH, CONF_LOW, DOMAIN
from .coordinator import AccountConfigEntry, HeartRateCoordinator
from .entity import AccountEntity
from .heart_rate.alert import AlertKind
from .limits import LIMITS, are_crossed, with_limit
from .permission import async_check_sender

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class LimitDescription(NumberEntityDescription):
    """The number of a limit."""

    kind: AlertKind


DESCRIPTIONS = tuple(
    LimitDescription(
        key=key,
        translation_key=key,
        kind=kind,
        entity_category=EntityCategory.CONFIG,
        mode=NumberMode.BOX,
        native_min_value=0,
        native_max_value=LIMITS[kind].field.highest,
        native_step=1,
        native_unit_of_measurement=BPM,
    )
    for kind, key in ((AlertKind.HIGH, "high_limit"), (AlertKind.LOW, "low_limit"))
)


async def async_setup_entry(
    hass: HomeAssistant, entry: AccountConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the number of each limit."""
    async_add_entities(
        HeartRateLimit(entry.runtime_data.coordinator, description) for description in DESCRIPTIONS
    )


class HeartRateLimit(AccountEntity, NumberEntity):
    """A limit of the alerts in bpm, or 0 for none; kept in the options of the account."""

    entity_description: LimitDescription

    def __init__(self, coordinator: HeartRateCoordinator, description: LimitDescription) -> None:
        super().__init__(coordinator, description, None)
        self._limit = LIMITS[description.kind]

    @property
    @override
    def native_value(self) -> int:
        """The limit, or 0 where none is set."""
        chosen: int = self.coordinator.config_entry.options.get(CONF_ALERTS, {}).get(self._limit.key, 0)
        return chosen

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set the limit, or remove it with 0."""
        await async_check_sender(self.hass, self._context)
        if value and not self._limit.field.takes(value):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="limit_out_of_bounds",
                translation_placeholders={
                    "lowest": str(self._limit.field.lowest),
                    "highest": str(self._limit.field.highest),
                },
            )
        entry = self.coordinator.config_entry
        alerts = with_limit(entry.options.get(CONF_ALERTS, {}), self.entity_description.kind, int(value))
        if are_crossed(alerts):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="limits_crossed",
                translation_placeholders={"high": str(alerts[CONF_HIGH]), "low": str(alerts[CONF_LOW])},
            )
        self.hass.config_entries.async_update_entry(entry, options={**entry.options, CONF_ALERTS: alerts})
        self.async_write_ha_state()
