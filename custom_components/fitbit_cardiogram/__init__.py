"""Fitbit to Cardiogram: intraday heart rate in Home Assistant, and every beat on to Cardiogram."""

import asyncio
from collections.abc import Callable
import logging
from pathlib import Path
import time

from homeassistant.config_entries import UpdateListenerType
from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady, HomeAssistantError
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.helpers.typing import ConfigType

from .account_token import TOKEN, AccountToken
from .archive.archive import Archive
from .archive.database import FRESH, ArchiveError
from .archive.late import change_source
from .archive.outbox import Outbox, forget_destinations
from .borrowed_token import BorrowedToken
from .const import (
    CONF_AUTOMATIC,
    CONF_BASE_URL,
    CONF_CONSENTED_AT,
    CONF_COVERS_FROM,
    CONF_IMPORT_DAYS,
    CONF_KEEP_STATISTICS,
    CONF_LENDER,
    CONF_RETENTION,
    CONF_SOURCE,
    DEFAULT_RETENTION,
    DOMAIN,
    SIGNAL_CHANGED,
)
from .coordinator import (
    REPLACED_AT,
    REPLACED_UNSEEN,
    Account,
    AccountConfigEntry,
    HeartRateCoordinator,
    failure,
)
from .destination_kinds import known_destinations
from .destinations.forwarder import Forwarder
from .export import ExportView
from .frontend import async_setup_frontend
from .heart_rate.clock import DAY
from .issues import (
    AccountIssues,
    DestinationIssues,
    async_clear_issues,
    async_raise_issue,
    async_watch_accounts,
)
from .providers import provider_of
from .revocation import async_revoke
from .services import async_setup_services
from .sources.consequences import consequence
from .sources.source import HeartRateSource
from .statistics import async_forget_statistics, async_keep_statistics
from .websocket_api import async_setup_websocket_api

_LOGGER = logging.getLogger(__name__)

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.IMAGE,
    Platform.SENSOR,
    Platform.SWITCH,
]

# What of an entry's data makes the sign-in another one.
SIGN_IN = ("auth_implementation", CONF_BASE_URL, CONF_CONSENTED_AT, CONF_LENDER, CONF_SOURCE)

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up the actions, the two other ways to read the archive, and what outlives the accounts' set-up."""
    async_setup_services(hass)
    async_setup_websocket_api(hass)
    hass.http.register_view(ExportView)
    async_watch_accounts(hass)
    await async_setup_frontend(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: AccountConfigEntry) -> bool:
    """Set up an account: its archive, the poll that fills it, and the forwarders that drain it."""
    archive = _archive(hass, entry)
    coordinator = HeartRateCoordinator(hass, entry, _source(hass, entry, archive), archive)
    entry.runtime_data = account = Account(archive, coordinator, _forwarders(hass, entry, archive))
    try:
        now = int(time.time())
        is_fresh, is_replaced = await hass.async_add_executor_job(_open, archive, entry, now)
        await hass.async_add_executor_job(_keep_outboxes, archive, entry, is_replaced, now)
        for forwarder in account.forwarders.values():
            await forwarder.refresh()
        if is_replaced:
            _LOGGER.warning("The archive of %s was damaged or missing and begins afresh", entry.title)
        holds_samples = await coordinator.async_load()
        entry.async_on_unload(AccountIssues(hass, entry).async_stop)
        if is_fresh:
            await _async_begin(hass, entry, now, is_replaced)
        entry.async_on_unload(coordinator.async_add_listener(_samples_watcher(hass, entry)))
        if holds_samples or is_replaced:
            # Trouble at the source must not keep from us what is here already; a long history takes a while.
            entry.async_create_background_task(hass, coordinator.async_refresh(), "first poll")
        else:
            await coordinator.async_config_entry_first_refresh()
        _create_devices(hass, entry)
        await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
        async_keep_statistics(hass, entry)
    except BaseException as error:
        await hass.async_add_executor_job(archive.close)
        if isinstance(error, ArchiveError):
            raise _unusable(hass, entry, error) from error
        raise

    entry.async_create_background_task(hass, coordinator.history_import.run(), "import")
    for subentry_id, forwarder in account.forwarders.items():
        entry.async_create_background_task(hass, forwarder.run(), "forwarder")
        issues = DestinationIssues(hass, entry, subentry_id, forwarder)
        entry.async_on_unload(issues.async_stop)
    entry.async_on_unload(entry.add_update_listener(_configuration_watcher(entry)))

    async def async_stop(_event: Event) -> None:
        await _async_stop(hass, account)

    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, async_stop))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: AccountConfigEntry) -> bool:
    """Unload an account; a request in flight may finish first."""
    if unloaded := await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        await _async_stop(hass, entry.runtime_data)
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: AccountConfigEntry) -> None:
    """Remove an account: nothing that was kept of it stays, and what it was granted is given back."""
    archive = _archive(hass, entry)
    await async_revoke(hass, entry, archive)
    await hass.async_add_executor_job(archive.delete)
    async_clear_issues(hass, entry)
    if not entry.options.get(CONF_KEEP_STATISTICS):
        async_forget_statistics(hass, entry)


async def _async_stop(hass: HomeAssistant, account: Account) -> None:
    await account.coordinator.async_shutdown()
    await asyncio.gather(*(forwarder.stop() for forwarder in account.forwarders.values()))
    await hass.async_add_executor_job(account.archive.close)


def _archive(hass: HomeAssistant, entry: AccountConfigEntry) -> Archive:
    return Archive(Path(hass.config.path(STORAGE_DIR, DOMAIN, f"{entry.entry_id}.db")))


def _open(archive: Archive, entry: AccountConfigEntry, now: int) -> tuple[bool, bool]:
    """Open the archive; return whether it is new, and takes the place of one that was damaged or is gone.

    An account has an archive before it can have a destination.
    """
    archive.open()
    is_fresh = archive.recall(FRESH) is not None
    is_replaced = is_fresh and (bool(entry.subentries) or archive.set_aside.exists())
    if is_replaced:
        archive.remember(REPLACED_AT, now)
        archive.remember(REPLACED_UNSEEN, now)
    if change_source(archive, entry.data[CONF_SOURCE]):
        # What the archive keeps is the token of the source before.
        archive.remember(TOKEN, None)
    return is_fresh, is_replaced


async def _async_begin(hass: HomeAssistant, entry: AccountConfigEntry, now: int, is_replaced: bool) -> None:
    """Let a new archive begin with the past that is wanted, or with all that the one before it held."""
    account = entry.runtime_data
    wanted = entry.data.get(CONF_IMPORT_DAYS, 0)
    days = entry.options.get(CONF_RETENTION, DEFAULT_RETENTION) if is_replaced else wanted
    if days and not account.coordinator.history_import.is_running:
        await account.coordinator.history_import.begin(now - days * DAY, now)
    await hass.async_add_executor_job(account.archive.remember, FRESH, None)


def _source(hass: HomeAssistant, entry: AccountConfigEntry, archive: Archive) -> HeartRateSource:
    lender_id = entry.data.get(CONF_LENDER)
    provider = provider_of(entry)
    token = BorrowedToken(hass, provider, lender_id) if lender_id else AccountToken(hass, entry, archive)
    return provider.open(hass, token, entry.data, entry.options)


def _unusable(hass: HomeAssistant, entry: AccountConfigEntry, error: ArchiveError) -> HomeAssistantError:
    """Return the exception by which Home Assistant waits, or not, for an archive that cannot be used."""
    found = consequence(error)
    if found.repair and not found.repair_after:
        async_raise_issue(hass, entry, found.repair, {})
    return failure(error, found, ConfigEntryNotReady)


def _forwarders(hass: HomeAssistant, entry: AccountConfigEntry, archive: Archive) -> dict[str, Forwarder]:
    """Return a forwarder for each destination; one of a newer version's kind is left alone."""
    destinations = known_destinations(entry)
    for subentry_id, subentry in entry.subentries.items():
        if subentry_id not in destinations:
            _LOGGER.warning("%s is a destination that this version does not know: left alone", subentry.title)
    session = async_get_clientsession(hass)
    return {
        subentry_id: Forwarder(
            Outbox(archive, subentry_id), kind.open(session, subentry.data), subentry.title
        )
        for subentry_id, (subentry, kind) in destinations.items()
    }


def _keep_outboxes(archive: Archive, entry: AccountConfigEntry, is_replaced: bool, now: int) -> None:
    """Make each destination known to the archive, and forget those that were removed.

    Only the archive knew what a destination has received: where it was replaced, a person has to say.
    """
    forget_destinations(archive, but=entry.subentries)
    for subentry_id, (subentry, _) in known_destinations(entry).items():
        outbox = Outbox(archive, subentry_id)
        start, automatic = subentry.data[CONF_COVERS_FROM], subentry.data[CONF_AUTOMATIC]
        outbox.create(start=start, automatic=automatic, now=now, held=is_replaced)


def _create_devices(hass: HomeAssistant, entry: AccountConfigEntry) -> None:
    """Create the account's device and, linked to it, one for each destination."""
    registry = dr.async_get(hass)
    provider = provider_of(entry)
    account = registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, entry.entry_id)},
        name=entry.title,
        manufacturer=provider.maker,
        model=provider.model,
        entry_type=dr.DeviceEntryType.SERVICE,
    )
    for subentry_id, (subentry, kind) in known_destinations(entry).items():
        registry.async_get_or_create(
            config_entry_id=entry.entry_id,
            config_subentry_id=subentry_id,
            identifiers={(DOMAIN, subentry_id)},
            name=subentry.title,
            manufacturer=kind.manufacturer,
            configuration_url=subentry.data[CONF_BASE_URL],
            entry_type=dr.DeviceEntryType.SERVICE,
            via_device_id=account.id,
        )


def _samples_watcher(hass: HomeAssistant, entry: AccountConfigEntry) -> Callable[[], None]:
    """Return a listener that wakes the forwarders and the cards; it also keeps the poll going."""
    account = entry.runtime_data
    seen = account.coordinator.data.version
    changed = SIGNAL_CHANGED.format(entry.entry_id)

    @callback
    def async_watch() -> None:
        nonlocal seen
        async_dispatcher_send(hass, changed)
        if (version := account.coordinator.data.version) != seen:
            seen = version
            for forwarder in account.forwarders.values():
                entry.async_create_task(hass, forwarder.refresh(), "new samples to forward")

    return async_watch


def _configuration_watcher(entry: AccountConfigEntry) -> UpdateListenerType:
    """Return a listener that reloads the entry when more than its token has changed."""

    def configuration() -> tuple[object, ...]:
        return (
            entry.title,
            *(entry.data.get(key) for key in SIGN_IN),
            dict(entry.options),
            {key: (subentry.title, dict(subentry.data)) for key, subentry in entry.subentries.items()},
        )

    before = configuration()

    async def async_watch(hass: HomeAssistant, _entry: AccountConfigEntry) -> None:
        if configuration() != before:
            hass.config_entries.async_schedule_reload(entry.entry_id)

    return async_watch
