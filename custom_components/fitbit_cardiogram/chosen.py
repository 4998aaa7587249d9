"""What an action is called for: one account, or one destination.

A person names it by a device, an entity or an area, and a program also by the account's id.
"""

from collections.abc import Iterable
from typing import Final

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import ServiceCall, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.target import TargetSelection
from homeassistant.helpers.typing import VolDictType
import voluptuous as vol

from .action_errors import refused
from .const import DOMAIN
from .coordinator import AccountConfigEntry
from .destinations.forwarder import Forwarder
from .targets import async_places

CHOICE: Final[VolDictType] = {vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string, **cv.TARGET_SERVICE_FIELDS}

type Chosen = set[tuple[AccountConfigEntry, str | None]]
"""Accounts, and destinations with their subentry's id."""


@callback
def async_chosen_account(call: ServiceCall, *, itself: bool = False) -> AccountConfigEntry:
    """Return the one account that is chosen, and that is loaded.

    A destination stands for its account, unless the account has to be chosen `itself`.
    """
    chosen = _async_chosen(call)
    entry = _account_of(chosen)
    if itself and (entry, None) not in chosen:
        raise refused(translation_key="account_not_chosen", account=entry.title)
    return entry


def _account_of(chosen: Chosen) -> AccountConfigEntry:
    accounts = {entry.entry_id: entry for entry, _ in chosen}
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
    named = {subentry_id for _, subentry_id in chosen if subentry_id}
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
    if not TargetSelection(call.data).has_any_target and ATTR_CONFIG_ENTRY_ID not in call.data:
        raise refused(translation_key="nothing_chosen")
    places = async_places(call.hass, call.data)
    if ATTR_CONFIG_ENTRY_ID in call.data:
        places.add((call.data[ATTR_CONFIG_ENTRY_ID], None))
    entries = {entry.entry_id: entry for entry in call.hass.config_entries.async_entries(DOMAIN)}
    chosen: Chosen = {(entries[entry_id], key) for entry_id, key in places if entry_id in entries}
    if not chosen:
        raise refused(translation_key="chosen_is_not_ours")
    return chosen


def _names(titles: Iterable[str]) -> str:
    return ", ".join(sorted(titles))
