"""The HTTP session of the integration: without cookies, which would travel from account to account."""

from typing import Final

from aiohttp import ClientSession, DummyCookieJar
from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_create_clientsession
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

_DATA_SESSION: Final[HassKey[ClientSession]] = HassKey(f"{DOMAIN}_session")


@callback
def async_get_session(hass: HomeAssistant) -> ClientSession:
    """Return the session for every source, sign-in and destination."""
    if (session := hass.data.get(_DATA_SESSION)) is not None:
        return session
    # Its life is not that of the account that happens to be set up first.
    session = async_create_clientsession(hass, auto_cleanup=False, cookie_jar=DummyCookieJar())
    hass.data[_DATA_SESSION] = session

    @callback
    def async_detach(_event: Event) -> None:
        session.detach()

    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_CLOSE, async_detach)
    return session
