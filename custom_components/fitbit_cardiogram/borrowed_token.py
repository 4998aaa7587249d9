"""An access token from a borrowed sign-in: that of another integration of Home Assistant, its lender."""

import asyncio
from collections.abc import Mapping
import time
from typing import Any

from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import OAuth2TokenRequestBaseError, OAuth2TokenRequestReauthError
from homeassistant.helpers.config_entry_oauth2_flow import CLOCK_OUT_OF_SYNC_MAX_SEC

from .provider import Provider
from .sources.errors import Lender, LenderError, ServiceUnreachableError


def lenders(hass: HomeAssistant, provider: Provider) -> list[ConfigEntry]:
    """Return the accounts of another integration from which a sign-in at the provider can be borrowed."""
    if provider.lender is None:
        return []
    return hass.config_entries.async_entries(provider.lender, include_ignore=False, include_disabled=False)


def token_of(lender: ConfigEntry) -> Mapping[str, Any]:
    """Return the token of a lender; empty if it has none, whatever else it holds."""
    token = lender.data.get(CONF_TOKEN)
    return token if isinstance(token, Mapping) else {}


class BorrowedToken:
    """An access token from the sign-in of a lender, as a source needs it.

    Only its refresh token and its credential are used. Nothing changes at the lender, and no failure here
    makes it ask for a new sign-in.
    """

    def __init__(self, hass: HomeAssistant, provider: Provider, lender_id: str) -> None:
        self._hass = hass
        self._provider = provider
        self._lender_id = lender_id
        self._lock = asyncio.Lock()
        self._token: dict[str, Any] = {}

    async def __call__(self, refused: str | None = None) -> str:
        """Return a token that is valid by its own clock, or newer than the refused one.

        Raises LenderError if the sign-in was removed or is no longer valid, ServiceUnreachableError if no
        token came for any other reason.
        """
        async with self._lock:
            found = lenders(self._hass, self._provider)
            lender = next((entry for entry in found if entry.entry_id == self._lender_id), None)
            if lender is None:
                raise LenderError(Lender.MISSING)
            if not self._is_good(token_of(lender), refused):
                self._token = await self._async_fetch(lender)
            access_token: str = self._token[CONF_ACCESS_TOKEN]
            return access_token

    def _is_good(self, borrowed: Mapping[str, Any], refused: str | None) -> bool:
        """Return whether the token at hand came from the borrowed one and is still valid."""
        return (
            bool(self._token)
            and self._token.get("refresh_token") == borrowed.get("refresh_token")
            and self._token[CONF_ACCESS_TOKEN] != refused
            and self._token["expires_at"] > time.time() + CLOCK_OUT_OF_SYNC_MAX_SEC
        )

    async def _async_fetch(self, lender: ConfigEntry) -> dict[str, Any]:
        borrowed = token_of(lender)
        credentials = self._hass.data[DATA_COMPONENT].async_client_credentials(lender.domain)
        credential = credentials.get(lender.data.get("auth_implementation", ""))
        if credential is None or not borrowed.get("refresh_token"):
            raise LenderError(Lender.REFUSED)
        implementation = self._provider.implementation(self._hass, lender.domain, credential)
        try:
            return await implementation.async_refresh_token(dict(borrowed))
        except OAuth2TokenRequestReauthError:
            raise LenderError(Lender.REFUSED) from None
        except OAuth2TokenRequestBaseError as error:
            raise ServiceUnreachableError(f"no access token ({type(error).__name__})") from None
