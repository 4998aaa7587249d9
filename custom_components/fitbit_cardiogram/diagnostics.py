"""Diagnostics: helps to find a fault, and holds nothing of the person.

Only the fields named here get in: counts, ages in seconds, choices, versions and the names of errors. No
token, id, title, address, heart rate or point in time does.
"""

from collections.abc import Mapping
import time
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_TOKEN, __version__
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration

from .archive.archive import Archive
from .archive.database import ArchiveError
from .archive.late import COMPLETE_FROM
from .archive.schema import SCHEMA_VERSION
from .const import (
    CONF_ALERTS,
    CONF_BASE_URL,
    CONF_CONSENTED_AT,
    CONF_FRESHNESS,
    CONF_HOURLY_DELIVERIES,
    CONF_IMPORT_DAYS,
    CONF_KEEP_STATISTICS,
    CONF_LENDER,
    CONF_RETENTION,
    CONF_ZONE_MINUTES_GOAL,
    DOMAIN,
    endpoints_of,
)
from .coordinator import Account, AccountConfigEntry, HeartRateCoordinator
from .destination_kinds import KINDS
from .destinations.forwarder import UNREAD, Forwarder
from .grant import granted_scopes, is_app_in_testing
from .limits import limits_of
from .providers import provider_of
from .sources.history_import import HistoryImport


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: AccountConfigEntry
) -> dict[str, Any]:
    """Return the diagnostics of an account, loaded or not."""
    now = time.time()
    integration = await async_get_integration(hass, DOMAIN)
    # An account that failed to set up has it too; that is when diagnostics matter.
    account: Account | None = getattr(entry, "runtime_data", None)
    found = {
        "versions": {"home_assistant": __version__, "integration": str(integration.version)},
        "entry": _entry(hass, entry),
        "sign_in": _sign_in(hass, entry, now),
        "destinations": _destinations(hass, entry, account, now),
    }
    if account is None:
        return found
    return found | {
        "poll": _poll(account.coordinator, now),
        "kinds": _kinds(account.coordinator),
        "archive": await hass.async_add_executor_job(_archive, account.archive, now),
        "import": _import(account.coordinator.history_import, now),
    }


def _entry(hass: HomeAssistant, entry: AccountConfigEntry) -> dict[str, Any]:
    provider = provider_of(entry)
    url = entry.data.get(CONF_BASE_URL)
    chosen = entry.options.get(CONF_ALERTS, {})
    default = provider.address(endpoints_of(hass)) if provider.address else None
    options = (
        CONF_FRESHNESS,
        CONF_RETENTION,
        CONF_KEEP_STATISTICS,
        CONF_ZONE_MINUTES_GOAL,
        CONF_HOURLY_DELIVERIES,
        *map(str, provider.options),
    )
    return {
        "state": entry.state.value,
        "reason": entry.error_reason_translation_key,
        "version": f"{entry.version}.{entry.minor_version}",
        "source": provider.key,
        "address": _address(url, is_default=url == default),
        "import_days": entry.data.get(CONF_IMPORT_DAYS),
        "options": {key: entry.options[key] for key in options if key in entry.options},
        "limits": [limit.kind for limit in limits_of(entry.options)],
        **{str(option): chosen.get(option, False) for option in provider.alert_options},
    }


def _sign_in(hass: HomeAssistant, entry: AccountConfigEntry, now: float) -> dict[str, Any]:
    token: Mapping[str, Any] = entry.data.get(CONF_TOKEN) or {}
    found, provider = granted_scopes(hass, entry), provider_of(entry)
    granted, names = found or set(), provider.scopes
    return {
        "lent": CONF_LENDER in entry.data,
        "app_in_testing": is_app_in_testing(hass, entry),
        "credential": "auth_implementation" in entry.data,
        "access_token": bool(token.get("access_token")),
        "refresh_token": bool(token.get("refresh_token")),
        "expires_in": _until(token.get("expires_at"), now),
        "consent_age": _since(entry.data.get(CONF_CONSENTED_AT), now),
        "scopes": sorted(names[scope] for scope in granted & names.keys()),
        "optional_scopes": {
            names[feature.scope]: None if found is None else feature.scope in found
            for feature in provider.features
        },
        "other_scopes": len(granted - names.keys()),
    }


def _poll(coordinator: HeartRateCoordinator, now: float) -> dict[str, Any]:
    error = coordinator.last_exception
    return {
        "success": coordinator.last_update_success,
        **{fact.name: _since(moment, now) for fact, moment in coordinator.since.items()},
        "error": getattr(error, "translation_key", None) or _name(error),
        "requests_left": coordinator.requests_left(),
    }


def _kinds(coordinator: HeartRateCoordinator) -> dict[str, dict[str, Any]]:
    return {
        kind.key: {
            "last_success_age": round(coordinator.poll.age(kind)),
            "error": _name(coordinator.poll.errors.get(kind)),
        }
        for kind in coordinator.poll.kinds
    }


def _archive(archive: Archive, now: float) -> dict[str, Any]:
    """Return the archive's contents in numbers; blocks on the disk."""
    try:
        held, complete_from = archive.holdings(), archive.recall(COMPLETE_FROM)
        dropped = archive.dropped()
    except ArchiveError as error:
        return {"unusable": str(error)}
    return {
        "schema": SCHEMA_VERSION,
        "bytes": archive.size(),
        "samples": held.samples,
        "hours": held.hours,
        "days": held.days,
        "workouts": held.workouts,
        "sleep": held.sleep,
        "daily_values": held.daily_values,
        "dropped": dropped,
        "oldest_age": _since(held.oldest, now),
        "newest_age": _since(held.newest, now),
        "complete_for": _since(complete_from, now),
    }


def _import(history_import: HistoryImport, now: float) -> dict[str, Any] | None:
    if (job := history_import.current) is None:
        return None
    start, end = job.whole
    return {
        "stage": str(job.stage),
        "share": round(job.share, 3),
        "start_age": _since(start, now),
        "end_age": _since(end, now),
        "added": job.added,
        "trouble": _name(history_import.trouble),
    }


def _destinations(
    hass: HomeAssistant, entry: AccountConfigEntry, account: Account | None, now: float
) -> list[dict[str, Any]]:
    """Return the state of each destination, in the order in which they were added."""
    forwarders = account.forwarders if account else {}
    return [
        _destination(hass, subentry) | (_forwarding(forwarders[key], now) if key in forwarders else {})
        for key, subentry in entry.subentries.items()
    ]


def _destination(hass: HomeAssistant, subentry: ConfigSubentry) -> dict[str, Any]:
    if (kind := KINDS.get(subentry.subentry_type)) is None:
        return {"kind": "unknown"}
    is_default = kind.has_own_address(hass, subentry.data)
    return {
        "kind": kind.subentry_type,
        "address": _address(subentry.data[CONF_BASE_URL], is_default=is_default),
    }


def _forwarding(forwarder: Forwarder, now: float) -> dict[str, Any]:
    state, outbox = forwarder.state, forwarder.state.outbox
    if outbox is UNREAD:
        return {}
    counts = ("pending", "delivered", "quarantined", "given_up", "withdrawn")
    return {
        "automatic": outbox.automatic,
        "held": outbox.held,
        **{name: getattr(outbox, name) for name in counts},
        "problem": str(state.problem) if state.problem else None,
        "paused": state.paused,
        "retry_in": _until(state.retry_at.timestamp() if state.retry_at else None, now),
        "oldest_pending_age": _since(outbox.oldest_pending, now),
        "last_delivery_age": _since(outbox.last_delivery, now),
        "expires_in": _until(outbox.expires, now),
    }


def _address(url: str | None, *, is_default: bool) -> str:
    """Return the kind of an address; plain http goes to private ones only."""
    if is_default:
        return "default"
    return "private_http" if str(url).startswith("http:") else "https"


def _name(error: BaseException | None) -> str | None:
    return type(error).__name__ if error else None


def _since(moment: float | None, now: float) -> int | None:
    return None if moment is None else round(now - moment)


def _until(moment: float | None, now: float) -> int | None:
    return None if moment is None else round(moment - now)
