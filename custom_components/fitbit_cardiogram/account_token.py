"""The access token of an account's own sign-in: refreshed when needed, kept so that a crash loses none."""

from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    ImplementationUnavailableError,
    OAuth2TokenRequestBaseError,
    OAuth2TokenRequestError,
    OAuth2TokenRequestReauthError,
)
from homeassistant.helpers.config_entry_oauth2_flow import (
    OAuth2Session,
    async_get_config_entry_implementation,
)
import msgspec

from .archive.archive import Archive
from .archive.facts import Fact
from .const import CONF_BASE_URL
from .provider import ProviderImplementation
from .providers import provider_of
from .sources.errors import (
    GrantEndedError,
    ServiceShutDownError,
    ServiceUnreachableError,
    SignInRefusedError,
    SourceError,
)
from .token_request import RUN_OUT

# The newest token, as the token endpoint gave it.
TOKEN: Final = Fact("token", dict[str, Any])


class AccountToken:
    """The access token of a config entry, as a source wants it.

    The OAuth implementation is looked up when a token is needed: to the poll, a missing one is a service out
    of reach; nothing else stops.

    Fitbit's refresh tokens are good for one use. Home Assistant writes a changed entry to the disk a little
    later, so a new refresh token is first kept in the archive, before anything is done with it; after a
    crash the newer of the two counts.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any], archive: Archive) -> None:
        self._hass = hass
        self._entry = entry
        self._archive = archive
        self._session: OAuth2Session | None = None

    async def __call__(self, refused: str | None = None) -> str:
        """Return a token that is valid by its own clock, or newer than the refused one.

        Raises SignInRefusedError if the provider wants a new sign-in, ServiceShutDownError if it gives no
        tokens any more, ServiceUnreachableError if it said neither but gave no token either.
        """
        try:
            if self._session is None:
                self._session = await self._async_session()
            if refused is not None and refused == self._session.token[CONF_ACCESS_TOKEN]:
                self._update({**self._session.token, "expires_at": 0})
            before = self._session.token.get("refresh_token")
            await self._session.async_ensure_token_valid()
        except (OAuth2TokenRequestBaseError, ImplementationUnavailableError) as error:
            raise self._trouble(error) from None
        token = self._session.token
        if token.get("refresh_token") != before:
            await self._hass.async_add_executor_job(self._archive.remember, TOKEN, dict(token))
        access_token: str = token[CONF_ACCESS_TOKEN]
        return access_token

    def _trouble(self, error: Exception) -> SourceError:
        """Return the error of a source for an error of the token request."""
        match error:
            case OAuth2TokenRequestReauthError(message=message):
                refused = GrantEndedError if message == RUN_OUT else SignInRefusedError
                return refused("no access token, a new sign-in is wanted")
            case OAuth2TokenRequestError(status=HTTPStatus.GONE) if provider_of(self._entry).ends:
                return ServiceShutDownError("no access token, service ended")
        return ServiceUnreachableError(f"no access token ({type(error).__name__})")

    async def _async_session(self) -> OAuth2Session:
        implementation = await async_get_config_entry_implementation(self._hass, self._entry)
        if isinstance(implementation, ProviderImplementation):
            implementation = implementation.for_address(self._entry.data.get(CONF_BASE_URL))
        kept = await self._hass.async_add_executor_job(self._archive.recall, TOKEN)
        token = newer(self._entry.data[CONF_TOKEN], kept)
        if kept is not None and token is self._entry.data[CONF_TOKEN]:
            # Of an earlier sign-in perhaps: it must not count again when the present one is refused once.
            await self._hass.async_add_executor_job(self._archive.remember, TOKEN, None)
        self._update(token)
        return OAuth2Session(self._hass, self._entry, implementation)

    def _update(self, token: Mapping[str, Any]) -> None:
        self._hass.config_entries.async_update_entry(
            self._entry, data={**self._entry.data, CONF_TOKEN: token}
        )


class FixedToken:
    """An access token at hand, as the config flow has it before there is an entry."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def __call__(self, refused: str | None = None) -> str:
        """Return the token; there is no other."""
        return self._token


class _Token(msgspec.Struct):
    access_token: str
    expires_at: float


def newer(token: Mapping[str, Any], kept: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return the newer one of the entry's token and the one that the archive kept."""
    with suppress(msgspec.ValidationError):
        if kept and msgspec.convert(kept, _Token).expires_at > token["expires_at"]:
            return kept
    return token
