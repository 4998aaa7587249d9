"""What an action is called for: one account, or one destination.

A person names it by a device, an entity or an area, and a program also by the account's id.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.helpers import config_validation as cv, device_registry as dr, entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from homeassistant.helpers.typing import VolDictType
import voluptuous as vol

from .action_errors import refused
from .const import DOMAIN
from .coordinator import AccountConfigEntry
from .destinations.forwarder import Forwarder

CHOICE: Final[VolDictType] = {vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string, **cv.TARGET_SERVICE_FIELDS}

type Chosen = Mapping[str, tuple[AccountConfigEntry, str | None]]
"""Accounts and destinations by the identifiers of their devices, a destination with its subentry's id."""


@callback
def async_chosen_account(call: ServiceCall) -> AccountConfigEntry:
    """Return the one account that is chosen, itself or by its destinations, and that is loaded."""
    return _account_of(_async_chosen(call))


def _account_of(chosen: Chosen) -> AccountConfigEntry:
    accounts = {entry.entry_id: entry for entry, _ in chosen.values()}
    if len(accounts) > 1:
        raise refused(
            translation_key="several_accounts", chosen=_names(entry.title for entry in accounts.values())
        )
    (entry,) = accounts.values()
    if entry.state is not ConfigEntryState.LOADED:
        raise refused(translation_key="account_not_loaded", account=entry.title)
    return entry


@callback
def async_chosen_destination(call: ServiceCall) -> Forwarder:
    """Return the forwarder of the one destination that is chosen, or the only one of an account."""
    chosen = _async_chosen(call)
    entry = _account_of(chosen)
    named = {subentry_id for _, subentry_id in chosen.values() if subentry_id}
    destinations = [one for key, one in entry.subentries.items() if key in named or not named]
    if not destinations:
        raise refused(translation_key="no_destination", account=entry.title)
    if len(destinations) > 1:
        raise refused(
            translation_key="several_destinations", chosen=_names(one.title for one in destinations)
        )
    # One that was added a moment ago comes with the account's next load.
    if (forwarder := entry.runtime_data.forwarders.get(destinations[0].subentry_id)) is None:
        raise refused(translation_key="account_not_loaded", account=entry.title)
    return forwarder


@callback
def _async_chosen(call: ServiceCall) -> Chosen:
    """Return the accounts and destinations that a call names. Raises ServiceValidationError for none."""
    target = TargetSelection(call.data)
    if not target.has_any_target and ATTR_CONFIG_ENTRY_ID not in call.data:
        raise refused(translation_key="nothing_chosen")
    named = {call.data.get(ATTR_CONFIG_ENTRY_ID)} | _async_identifiers(call.hass, target)
    chosen = {key: one for key, one in _async_ours(call.hass).items() if key in named}
    if not chosen:
        raise refused(translation_key="chosen_is_not_ours")
    return chosen


@callback
def _async_identifiers(hass: HomeAssistant, target: TargetSelection) -> set[str]:
    """Return the identifiers of our devices that are named, or whose entities are."""
    found = async_extract_referenced_entity_ids(hass, target, primary_entities_only=False)
    entities, devices = er.async_get(hass), dr.async_get(hass)
    named = (entities.async_get(entity_id) for entity_id in found.referenced | found.indirectly_referenced)
    device_ids = found.referenced_devices | {
        entity.device_id for entity in named if entity and entity.device_id
    }
    return {
        identifier[1]
        for device_id in device_ids
        if (device := devices.async_get(device_id))
        for identifier in device.identifiers
        if identifier[0] == DOMAIN
    }


@callback
def _async_ours(hass: HomeAssistant) -> Chosen:
    """Return all accounts and destinations."""
    entries: list[AccountConfigEntry] = hass.config_entries.async_entries(DOMAIN)
    return {
        key: (entry, subentry_id)
        for entry in entries
        for key, subentry_id in [(entry.entry_id, None), *((one, one) for one in entry.subentries)]
    }


def _names(titles: Iterable[str]) -> str:
    return ", ".join(sorted(titles))
