"""Fitbit to Cardiogram: intraday heart rate in Home Assistant, and every beat on to Cardiogram."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
import logging
from pathlib import Path
import time

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
    UpdateListenerType,
)
from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady, HomeAssistantError
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_connect, async_dispatcher_send
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.helpers.typing import ConfigType

from .account_token import KEPT_TOKEN, SIGN_IN, AccountToken
from .announcer import Announcer
from .archive import receivers
from .archive.archive import REPLACED_AT, Archive
from .archive.database import FRESH, ArchiveError
from .archive.late import change_source
from .archive.outbox import Outbox, forget_destinations
from .borrowed_token import BorrowedToken
from .const import (
    CONF_ALERTS,
    CONF_AUTOMATIC,
    CONF_BASE_URL,
    CONF_COVERS_FROM,
    CONF_IMPORT_DAYS,
    CONF_KEEP_STATISTICS,
    CONF_LENDER,
    CONF_RETENTION,
    CONF_SOURCE,
    CONF_WORKOUT_CALENDAR,
    DEFAULT_RETENTION,
    DOMAIN,
    SIGNAL_CHANGED,
    SIGNAL_FORWARDED,
)
from .coordinator import (
    REPLACED_UNSEEN,
    Account,
    AccountConfigEntry,
    HeartRateCoordinator,
    failure,
)
from .destination_kinds import known_destinations
from .destinations.forwarder import Drain, Forwarder, ForwarderState, ForwardResult
from .entity import async_forget_platform
from .export import ExportView
from .forwarding_watch import ForwardingWatch
from .frontend import async_setup_frontend
from .grant import lacking_kinds, missing_features
from .heart_rate.clock import DAY
from .issues import (
    UNEXPECTED_ERROR,
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
from .sources.kinds import WORKOUTS
from .sources.source import HeartRateSource
from .statistics import async_follow_accounts, async_forget_statistics, async_keep_statistics
from .supervisor import Pauses, UnexpectedError
from .told import Memory
from .watch import Watch
from .web_session import async_get_session
from .websocket_api import async_setup_websocket_api

_LOGGER = logging.getLogger(__name__)

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.IMAGE,
    Platform.NUMBER,
    Platform.SENSOR,
    Platform.SWITCH,
]

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register actions, websocket commands, the export and the cards: they outlive the accounts' set-up."""
    async_setup_services(hass)
    async_setup_websocket_api(hass)
    hass.http.register_view(ExportView)
    async_watch_accounts(hass)
    async_follow_accounts(hass)
    await async_setup_frontend(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: AccountConfigEntry) -> bool:
    """Set up an account: its archive, the poll that fills it, and the forwarders that drain it."""
    archive = _archive(hass, entry)
    coordinator = HeartRateCoordinator(hass, entry, _source(hass, entry, archive), archive)
    forwarders = _forwarders(hass, entry, archive)
    entry.runtime_data = account = Account(archive, coordinator, forwarders, _platforms(entry, coordinator))
    # From now on: what changes during the set-up is set up anew.
    entry.async_on_unload(entry.add_update_listener(_configuration_watcher(hass, entry)))
    async with AsyncExitStack() as undo:
        undo.push_async_callback(_async_stop, hass, account)
        try:
            await coordinator.supervisor.attempt(
                "set-up", lambda: _async_begin(hass, entry), (ArchiveError, HomeAssistantError)
            )
        except ArchiveError as error:
            raise _unusable(hass, entry, error) from None
        except UnexpectedError:
            async_raise_issue(hass, entry, UNEXPECTED_ERROR, {})
            raise ConfigEntryNotReady(translation_domain=DOMAIN, translation_key=UNEXPECTED_ERROR) from None
        undo.pop_all()
    _start(hass, entry)

    async def async_stop(_event: Event) -> None:
        await _async_stop(hass, account)

    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, async_stop))
    return True


async def _async_begin(hass: HomeAssistant, entry: AccountConfigEntry) -> None:
    """Open the archive and set up its entities; the source has no part in it. Raises ArchiveError."""
    account, now = entry.runtime_data, int(time.time())
    is_fresh, is_replaced = await hass.async_add_executor_job(_open, account.archive, entry, now)
    await hass.async_add_executor_job(_keep_outboxes, account.archive, entry, is_replaced, now)
    for forwarder in account.forwarders.values():
        await forwarder.refresh()
    if is_replaced:
        _LOGGER.warning("The archive of %s was damaged or missing and begins afresh", entry.title)
    await account.coordinator.async_load()
    await Memory(hass, entry).async_recall()
    if is_fresh:
        await _async_begin_import(hass, entry, now, is_replaced)
    # A destination that was removed meanwhile can have no entities.
    for subentry_id in account.forwarders.keys() - entry.subentries.keys():
        await account.forwarders.pop(subentry_id).stop()
    _create_devices(hass, entry)
    if Platform.CALENDAR not in account.platforms:
        async_forget_platform(hass, entry, Platform.CALENDAR)
    await hass.config_entries.async_forward_entry_setups(entry, account.platforms)


def _start(hass: HomeAssistant, entry: AccountConfigEntry) -> None:
    """Start the background tasks of an account that is set up, and watch it."""
    account = entry.runtime_data
    coordinator, keep = account.coordinator, account.coordinator.supervisor.keep
    entry.async_on_unload(AccountIssues(hass, entry).async_stop)
    entry.async_on_unload(coordinator.async_add_listener(_samples_watcher(hass, entry)))
    entry.async_on_unload(Announcer(hass, entry).async_stop)
    entry.async_on_unload(Watch(hass, entry).async_stop)
    async_keep_statistics(hass, entry)
    # Trouble at the source must not hide what the archive holds.
    entry.async_create_background_task(hass, keep("first poll", coordinator.async_refresh), "first poll")
    entry.async_create_background_task(hass, keep("import", coordinator.history_import.run), "import")
    for subentry_id, forwarder in account.forwarders.items():
        forwarding = keep(_forwarding(subentry_id), forwarder.run, Pauses.POSTING)
        entry.async_create_background_task(hass, forwarding, "forwarder")
        entry.async_on_unload(ForwardingWatch(hass, entry, subentry_id, forwarder).async_stop)
        entry.async_on_unload(forwarder.listen(_forwarding_watcher(hass, entry)))
        issues = DestinationIssues(hass, entry, subentry_id, forwarder)
        entry.async_on_unload(issues.async_stop)
    entry.async_on_unload(
        async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, _lender_watcher(hass, entry))
    )


async def async_unload_entry(hass: HomeAssistant, entry: AccountConfigEntry) -> bool:
    """Unload an account; a request in flight may finish first."""
    # The options may be others than those that it was set up with.
    account = entry.runtime_data
    if unloaded := await hass.config_entries.async_unload_platforms(entry, account.platforms):
        await _async_stop(hass, account)
    return unloaded


async def async_remove_entry(hass: HomeAssistant, entry: AccountConfigEntry) -> None:
    """Remove an account: revoke its grant, and delete its archive, its issues and its statistics."""
    archive = _archive(hass, entry)
    await async_revoke(hass, entry, archive)
    async_clear_issues(hass, entry)
    if not entry.options.get(CONF_KEEP_STATISTICS):
        async_forget_statistics(hass, entry)
    Memory(hass, entry).async_forget()
    # The last step: it fails where the disk is read-only.
    await hass.async_add_executor_job(archive.delete)


async def _async_stop(hass: HomeAssistant, account: Account) -> None:
    await account.coordinator.async_shutdown()
    await asyncio.gather(*(forwarder.stop() for forwarder in account.forwarders.values()))
    await hass.async_add_executor_job(account.archive.close)


def _platforms(entry: AccountConfigEntry, coordinator: HeartRateCoordinator) -> tuple[Platform, ...]:
    """Return the platforms of an account; a calendar only for those who want one."""
    has_calendar = entry.options.get(CONF_WORKOUT_CALENDAR, False) and coordinator.offers(WORKOUTS)
    return (*PLATFORMS, *([Platform.CALENDAR] if has_calendar else []))


def _archive(hass: HomeAssistant, entry: AccountConfigEntry) -> Archive:
    return Archive(Path(hass.config.path(STORAGE_DIR, DOMAIN, f"{entry.entry_id}.db")))


def _open(archive: Archive, entry: AccountConfigEntry, now: int) -> tuple[bool, bool]:
    """Open the archive; return whether it is new, and whether it replaces a damaged or missing one.

    An account has an archive before it can have a destination.
    """
    archive.open()
    is_fresh = archive.recall(FRESH) is not None
    is_replaced = is_fresh and (bool(entry.subentries) or archive.set_aside.exists())
    if is_replaced:
        archive.remember(REPLACED_AT, now)
        archive.remember(REPLACED_UNSEEN, now)
    if change_source(archive, entry.data[CONF_SOURCE]):
        # The kept token is one of the source before.
        archive.remember(KEPT_TOKEN, None)
    return is_fresh, is_replaced


async def _async_begin_import(
    hass: HomeAssistant, entry: AccountConfigEntry, now: int, is_replaced: bool
) -> None:
    """Begin the first import: of the days that the person chose, or of all that a replaced archive held."""
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
    """Return the exception for an archive that cannot be used: Home Assistant sets up again, or stops."""
    found, coordinator = consequence(error), entry.runtime_data.coordinator
    coordinator.note_archive_trouble(error)
    if found.repair and coordinator.archive_trouble:
        async_raise_issue(hass, entry, found.repair, {"reason": str(error)})
    return failure(error, found, ConfigEntryNotReady)


def _forwarders(hass: HomeAssistant, entry: AccountConfigEntry, archive: Archive) -> dict[str, Forwarder]:
    """Return a forwarder for each destination; one of a newer version's kind is left alone."""
    destinations = known_destinations(entry)
    for subentry_id, subentry in entry.subentries.items():
        if subentry_id not in destinations:
            _LOGGER.warning("%s is a destination that this version does not know: left alone", subentry.title)
    session = async_get_session(hass)
    return {
        subentry_id: Forwarder(
            Outbox(archive, subentry_id),
            kind.open(session, subentry.data),
            subentry.title,
            partial(_async_supervise, entry, subentry_id),
        )
        for subentry_id, (subentry, kind) in destinations.items()
    }


async def _async_supervise(entry: AccountConfigEntry, subentry_id: str, drain: Drain) -> ForwardResult:
    """Forward to a destination because a person wants it; an unexpected error holds its task as well."""
    account = entry.runtime_data
    return await account.coordinator.supervisor.ask(
        _forwarding(subentry_id), drain, Pauses.POSTING, account.forwarders[subentry_id].hold
    )


def _forwarding(subentry_id: str) -> str:
    """Return the name of the task that forwards to a destination."""
    return f"forwarder {subentry_id}"


def _keep_outboxes(archive: Archive, entry: AccountConfigEntry, is_replaced: bool, now: int) -> None:
    """Make each destination known to the archive, and forget those that were removed.

    Only the archive knew which beats were delivered: where it was replaced, a person decides.
    """
    destinations = known_destinations(entry)
    receivers.note(
        archive, {key: kind.receiver(subentry.data) for key, (subentry, kind) in destinations.items()}
    )
    forget_destinations(archive, but=entry.subentries)
    for subentry_id, (subentry, _) in destinations.items():
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
            configuration_url=None if kind.is_address_secret else subentry.data[CONF_BASE_URL],
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
                refresh = account.coordinator.supervisor.once("news for a forwarder", forwarder.refresh)
                entry.async_create_task(hass, refresh, "new samples to forward")

    return async_watch


def _forwarding_watcher(
    hass: HomeAssistant, entry: AccountConfigEntry
) -> Callable[[ForwarderState, ForwarderState], None]:
    """Return a listener that wakes the cards for news of a destination."""
    changed = SIGNAL_FORWARDED.format(entry.entry_id)

    @callback
    def async_watch(_old: ForwarderState, _state: ForwarderState) -> None:
        async_dispatcher_send(hass, changed)

    return async_watch


def _lender_watcher(
    hass: HomeAssistant, entry: AccountConfigEntry
) -> Callable[[ConfigEntryChange, ConfigEntry], None]:
    """Return a listener that reloads the entry when its lender's sign-in grants other kinds."""
    left_out = entry.runtime_data.coordinator.left_out

    @callback
    def async_watch(change: ConfigEntryChange, changed: ConfigEntry) -> None:
        is_lender = changed.entry_id == entry.data.get(CONF_LENDER)
        if not is_lender or change is not ConfigEntryChange.UPDATED:
            return
        if lacking_kinds(missing_features(hass, entry)) != left_out:
            hass.config_entries.async_schedule_reload(entry.entry_id)

    return async_watch


def _configuration_watcher(hass: HomeAssistant, entry: AccountConfigEntry) -> UpdateListenerType:
    """Return a listener that reloads the entry when it has changed.

    A new token for the same kinds needs no reload, nor do the limits of the alerts of a loaded account.
    """

    def alerts() -> object:
        return entry.options.get(CONF_ALERTS)

    def configuration() -> tuple[object, ...]:
        return (
            entry.title,
            *(entry.data.get(key) for key in (*SIGN_IN, CONF_LENDER)),
            lacking_kinds(missing_features(hass, entry)),
            {key: value for key, value in entry.options.items() if key != CONF_ALERTS},
            {key: (subentry.title, dict(subentry.data)) for key, subentry in entry.subentries.items()},
        )

    before, alerts_before = configuration(), alerts()

    async def async_watch(hass: HomeAssistant, _entry: AccountConfigEntry) -> None:
        nonlocal alerts_before
        has_other_alerts, alerts_before = alerts() != alerts_before, alerts()
        is_loaded = entry.state is ConfigEntryState.LOADED
        if configuration() != before or (has_other_alerts and not is_loaded):
            hass.config_entries.async_schedule_reload(entry.entry_id)
        elif has_other_alerts:
            coordinator = entry.runtime_data.coordinator
            await coordinator.supervisor.once("limits of alerts", coordinator.async_alerts_changed)

    return async_watch
