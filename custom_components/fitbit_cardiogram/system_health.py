"""System health: which services can be reached, and totals over all accounts."""

import asyncio
from collections.abc import Iterable
import time
from typing import Any, Final

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
from yarl import URL

from .const import DOMAIN, endpoints_of
from .coordinator import AccountConfigEntry
from .destination_kinds import known_destinations
from .heart_rate.clock import utc
from .providers import provider_of

# Seconds; the page of Home Assistant's own checks waits as long.
CONNECT_TIMEOUT: Final = 5.0


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register the rows of the system's page."""
    register.async_register_info(async_info)


async def async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return the rows of the system's page, without addresses, names and heart rates."""
    entries: list[AccountConfigEntry] = hass.config_entries.async_entries(DOMAIN)
    loaded: list[AccountConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    info: dict[str, Any] = {
        "accounts": len(entries),
        **{key: _reach(urls) for key, urls in _services(hass, entries).items()},
    }
    if not loaded:
        return info
    accounts = [entry.runtime_data for entry in loaded]
    shown = [account.coordinator.data for account in accounts]
    info["archive_size"] = f"{sum(data.archive_size for data in shown) / 1e6:.1f} MB"
    if newest := [data.latest[0] for data in shown if data.latest]:
        info["newest_sample"] = dt_util.get_age(utc(min(*newest, time.time())))
    info["requests_left"] = min(account.coordinator.requests_left() for account in accounts)
    info["pending_beats"] = sum(
        forwarder.state.outbox.pending for account in accounts for forwarder in account.forwarders.values()
    )
    return info


def _services(hass: HomeAssistant, entries: Iterable[AccountConfigEntry]) -> dict[str, set[str]]:
    """Return the addresses of the accounts and destinations by translation key."""
    endpoints = endpoints_of(hass)
    found: dict[str, set[str]] = {}
    for entry in entries:
        for key, url in provider_of(entry).services(endpoints, entry.data).items():
            found.setdefault(key, set()).add(url)
        for subentry, kind in known_destinations(entry).values():
            key = kind.reach_key(hass, subentry.data)
            found.setdefault(key, set()).add(kind.shown_address(subentry.data))
    return found


async def _reach(urls: Iterable[str]) -> str | dict[str, str]:
    """Return "ok", or the error of an address that cannot be reached."""
    answers = await asyncio.gather(*map(_connect, urls))
    return next((answer for answer in answers if answer != "ok"), "ok")


async def _connect(url: str) -> str | dict[str, str]:
    """Return whether a server accepts a connection: what it would answer, and how slowly, does not matter."""
    address = URL(url)
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT):
            _, writer = await asyncio.open_connection(address.host, address.port)
    except TimeoutError:
        return {"type": "failed", "error": "timeout"}
    except OSError, ValueError:
        return {"type": "failed", "error": "unreachable"}
    writer.close()
    return "ok"
