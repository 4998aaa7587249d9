"""The access token of an account, kept and refreshed by Home Assistant, and given back in the end."""

import asyncio
from collections.abc import Mapping
from contextlib import closing, suppress
import logging
from typing import TYPE_CHECKING, Any, Final

from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_CLIENT_ID
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

from .application_credentials import FitbitImplementation, async_get_auth_implementation
from .const import CONF_BASE_URL, DOMAIN
from .heart_rate.archive import Archive, ArchiveError
from .sources.errors import ServiceUnreachableError, SignInRefusedError

if TYPE_CHECKING:
    from .coordinator import AccountConfigEntry

_LOGGER = logging.getLogger(__name__)

REVOCATION_TIMEOUT: Final = 10.0


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

        Raises SignInRefusedError if the provider wants a new sign-in, ServiceUnreachableError
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
            raise SignInRefusedError("no access token, a new sign-in is wanted") from None
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
        token = _newer(self._entry.data["token"], kept)
        if kept and token is self._entry.data["token"]:
            # Of an earlier sign-in perhaps: it must not count again when the present one is refused once.
            await self._hass.async_add_executor_job(self._archive.remember, "token", None)
        self._update(token)
        return OAuth2Session(self._hass, self._entry, implementation)

    def _update(self, token: Mapping[str, Any]) -> None:
        self._hass.config_entries.async_update_entry(self._entry, data={**self._entry.data, "token": token})


class FixedToken:
    """An access token at hand, as the config flow has it before there is an entry."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def __call__(self, refused: str | None = None) -> str:
        """Return the token; there is no other."""
        return self._token


def _newer(token: Mapping[str, Any], kept: str | None) -> Mapping[str, Any]:
    """Return the token of the entry, or the one that the archive kept where that is newer."""
    if kept and (found := json_loads_object(kept))["expires_at"] > token["expires_at"]:
        return found
    return token


async def async_revoke(hass: HomeAssistant, entry: AccountConfigEntry, archive: Archive) -> None:
    """End the grant of an account that is being removed, unless something else may live by it.

    The archive is the closed one. Takes at most ten seconds and raises nothing: the account goes in any case.
    """
    try:
        async with asyncio.timeout(REVOCATION_TIMEOUT):
            outcome = await _async_revoke(hass, entry, archive)
    except Exception as error:  # noqa: BLE001
        # The texts of errors can quote an address or a token.
        outcome = type(error).__name__
    _LOGGER.debug("The grant of a removed account: %s", outcome)


async def _async_revoke(hass: HomeAssistant, entry: AccountConfigEntry, archive: Archive) -> str:
    """Return what came of it, in a word or two."""
    credentials, own = hass.data[DATA_COMPONENT], entry.data["auth_implementation"]
    if (credential := credentials.async_client_credentials(DOMAIN).get(own)) is None:
        return "left, its credential is not ours"
    implementation = await async_get_auth_implementation(hass, own, credential)
    # Those of every integration: with Google, another one's sign-in to the same project would end as well.
    grantees = [implementation.grantee(item[CONF_CLIENT_ID]) for item in credentials.async_items()]
    if grantees.count(implementation.grantee(credential.client_id)) > 1:
        return "left, its credential is not the only one"
    if isinstance(implementation, FitbitImplementation):
        implementation.at(entry.data[CONF_BASE_URL])
    token = _newer(entry.data["token"], await hass.async_add_executor_job(_kept_token, archive))
    status = await implementation.async_revoke(token.get("refresh_token") or token[CONF_ACCESS_TOKEN])
    return "revoked" if status // 100 == 2 else f"answered with {status}"


def _kept_token(archive: Archive) -> str | None:
    """Return the token that a closed archive kept; None where there is none or it cannot be read."""
    with suppress(ArchiveError), closing(archive):
        archive.open()
        kept: str | None = archive.recall("token")
        return kept
    return None
