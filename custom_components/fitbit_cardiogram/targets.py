"""Targets: from devices, entities, areas, floors and labels to accounts and destinations."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import CONF_OPTIONS, CONF_TARGET
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import (
    config_validation as cv,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .const import DOMAIN

type Place = tuple[str, str | None]
"""The ids of a config entry and of a subentry: an account, or one of its destinations."""


def schema_of(options: Mapping[Any, Any]) -> vol.Schema:
    """Return the schema of a target and these options."""
    return vol.Schema(
        {
            vol.Required(CONF_TARGET): cv.TARGET_FIELDS,
            vol.Required(CONF_OPTIONS, default=dict): dict(options),
        }
    )


def validated(schema: vol.Schema, config: ConfigType) -> ConfigType:
    """Return a target and options, with the defaults; raises Invalid, also for a target without anything."""
    found: ConfigType = schema(config)
    if not TargetSelection(found[CONF_TARGET]).has_any_target:
        raise vol.Invalid("choose a target", path=[CONF_TARGET])
    return found


@callback
def async_places(hass: HomeAssistant, target: Mapping[str, Any]) -> set[Place]:
    """Return the accounts and destinations that a target means now; what is not ours in it is left out."""
    found = async_extract_referenced_entity_ids(
        hass, TargetSelection(dict(target)), primary_entities_only=False
    )
    entities, devices = er.async_get(hass), dr.async_get(hass)
    places: set[Place] = set()
    for entity_id in found.referenced | found.indirectly_referenced:
        entity = entities.async_get(entity_id)
        if entity and entity.platform == DOMAIN and entity.config_entry_id:
            places.add((entity.config_entry_id, entity.config_subentry_id))
    for device_id in found.referenced_devices:
        device = devices.async_get(device_id)
        if device and any(domain == DOMAIN for domain, *_ in device.identifiers):
            places.add((device.config_entry_id, device.config_subentry_id))
    return places


@callback
def async_means(hass: HomeAssistant, target: Mapping[str, Any], place: Place) -> bool:
    """Return whether a target means a place; an account and its destinations stand for each other."""
    entry_id, subentry_id = place
    found = {subentry for entry, subentry in async_places(hass, target) if entry == entry_id}
    return bool(found) and (subentry_id is None or not found.isdisjoint({None, subentry_id}))


@callback
def async_device(hass: HomeAssistant, place: Place) -> dr.DeviceEntry | None:
    """Return the device of an account, or of a destination."""
    entry_id, subentry_id = place
    return dr.async_get(hass).async_get_device_by_identifier((DOMAIN, subentry_id or entry_id), entry_id)


@callback
def async_name(hass: HomeAssistant, place: Place) -> str:
    """Return the name that a person gave an account or a destination."""
    device = async_device(hass, place)
    return (device and (device.name_by_user or device.name)) or ""
