"""The access token of an account, kept and refreshed by Home Assistant."""

from typing import TYPE_CHECKING, Any

from homeassistant.const import CONF_ACCESS_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    ImplementationUnavailableError,
    OAuth2TokenRequestBaseError,
    OAuth2TokenRequestReauthError,
)
from homeassistant.helpers.config_entry_oauth2_flow import (
    OAuth2Session,
    async_get_config_entry_implementation,
)
from homeassistant.helpers.json import json_dumps
from homeassistant.util.json import json_loads_object

from .application_credentials import FitbitImplementation
from .const import CONF_BASE_URL
from .heart_rate.archive import Archive
from .sources.errors import ServiceUnreachableError

if TYPE_CHECKING:
    from .coordinator import AccountConfigEntry


class EntryToken:
    """The access token of a config entry, as a source wants it.

    The implementation is looked up when a token is needed: where it cannot be had, that is the same to the
    poll as a service out of reach, and stops nothing else.

    Fitbit's refresh tokens are good for one use. Home Assistant writes a changed entry to the disk a little
    later, so a new refresh token is first kept in the archive, before anything is done with it; after a
    crash the newer of the two counts.
    """

    def __init__(self, hass: HomeAssistant, entry: AccountConfigEntry, archive: Archive) -> None:
        self._hass = hass
        self._entry = entry
        self._archive = archive
        self._session: OAuth2Session | None = None

    async def __call__(self, refused: str | None = None) -> str:
        """Return a token that is valid by its own clock, or newer than the refused one.

        Raises OAuth2TokenRequestReauthError if the provider wants a new sign-in, ServiceUnreachableError
        if the provider did not say so but gave no token either.
        """
        try:
            if self._session is None:
                self._session = await self._async_session()
            if refused is not None and refused == self._session.token[CONF_ACCESS_TOKEN]:
                self._update({**self._session.token, "expires_at": 0})
            before = self._session.token.get("refresh_token")
            await self._session.async_ensure_token_valid()
        except OAuth2TokenRequestReauthError:
            raise
        except (OAuth2TokenRequestBaseError, ImplementationUnavailableError) as error:
            raise ServiceUnreachableError(f"no access token ({type(error).__name__})") from None
        token = self._session.token
        if token.get("refresh_token") != before:
            await self._hass.async_add_executor_job(self._archive.remember, "token", json_dumps(token))
        access_token: str = token[CONF_ACCESS_TOKEN]
        return access_token

    async def _async_session(self) -> OAuth2Session:
        implementation = await async_get_config_entry_implementation(self._hass, self._entry)
        if isinstance(implementation, FitbitImplementation):
            implementation.at(self._entry.data[CONF_BASE_URL])
        kept = await self._hass.async_add_executor_job(self._archive.recall, "token")
        if (
            kept
            and (token := json_loads_object(kept))["expires_at"] > self._entry.data["token"]["expires_at"]
        ):
            self._update(token)
        return OAuth2Session(self._hass, self._entry, implementation)

    def _update(self, token: dict[str, Any]) -> None:
        self._hass.config_entries.async_update_entry(self._entry, data={**self._entry.data, "token": token})


class FixedToken:
    """An access token at hand, as the config flow has it before there is an entry."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def __call__(self, refused: str | None = None) -> str:
        """Return the token; there is no other."""
        return self._token
