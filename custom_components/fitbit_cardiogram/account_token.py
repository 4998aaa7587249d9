"""The access token of an account's own sign-in: refreshed when needed, kept so that a crash loses none."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
import time
from typing import Any, Final
from weakref import WeakKeyDictionary

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    ConfigEntryAuthFailed,
    ImplementationUnavailableError,
    OAuth2TokenRequestBaseError,
    OAuth2TokenRequestError,
    OAuth2TokenRequestReauthError,
)
from homeassistant.helpers.config_entry_oauth2_flow import (
    CLOCK_OUT_OF_SYNC_MAX_SEC,
    AbstractOAuth2Implementation,
    async_get_config_entry_implementation,
)
import msgspec

from .archive.archive import Archive
from .archive.database import ArchiveError
from .archive.facts import Fact
from .const import CONF_BASE_URL, CONF_CONSENTED_AT, CONF_SOURCE
from .provider import ProviderImplementation
from .providers import provider_of
from .sources.errors import (
    GrantEndedError,
    ServiceShutDownError,
    ServiceUnreachableError,
    SignInRefusedError,
    SourceError,
)
from .token_request import RUN_OUT, is_sendable

# The keys of an entry's data that tell one sign-in from another: its tokens belong to no other one.
SIGN_IN: Final = (CONF_SOURCE, "auth_implementation", CONF_BASE_URL, CONF_CONSENTED_AT)

type Token = Mapping[str, Any]
"""A token as the token endpoint gave it, with the UNIX time at which it expires."""


class KeptToken(msgspec.Struct, frozen=True):
    """The newest token of a sign-in."""

    sign_in: list[str | int | None]
    token: dict[str, Any]


# The newest token, kept at once: Home Assistant writes a changed entry to the disk a little later.
KEPT_TOKEN: Final = Fact("token", KeptToken)

# A renewal that outlives the set-up that began it ends before that of the next set-up begins.
_LOCKS: Final[WeakKeyDictionary[ConfigEntry[Any], asyncio.Lock]] = WeakKeyDictionary()


class AccountToken:
    """The access token of a config entry, as a source needs it.

    The OAuth implementation is looked up when a token is needed: to the poll, a missing one is a service out
    of reach; nothing else stops.

    Fitbit's refresh tokens are good for one use. So a new one is kept in the archive before anything else is
    done with it, and a renewal under way is never cancelled. After a crash the newer one of the entry's token
    and the kept one counts, if both are of the same sign-in. An account that was signed in anew gives no
    token of the new sign-in to the address of the one before.
    """

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any], archive: Archive) -> None:
        self._hass = hass
        self._entry = entry
        self._archive = archive
        self._sign_in = sign_in_of(entry.data)
        self._implementation: AbstractOAuth2Implementation | None = None
        self._unkept: KeptToken | None = None

    async def __call__(self, refused: str | None = None) -> str:
        """Return a token that is valid by its own clock, or newer than the refused one.

        Raises SignInRefusedError if the provider wants a new sign-in, ServiceShutDownError if it gives no
        tokens any more, ServiceUnreachableError if it said neither but gave no token either, and ArchiveError
        if nobody knows whether the archive keeps a newer token.
        """
        getting = self._hass.async_create_task(self._async_get(refused), "access token")
        # If nobody waits for it any more, its error is nobody's.
        getting.add_done_callback(lambda task: task.cancelled() or task.exception())
        # Whoever stops waiting does not cancel the renewal: that would lose a single-use token.
        await asyncio.wait([getting])
        return getting.result()

    async def _async_get(self, refused: str | None) -> str:
        async with _LOCKS.setdefault(self._entry, asyncio.Lock()):
            self._check_sign_in()
            if self._implementation is None:
                self._implementation = await self._async_begin()
            token = _usable(self._entry.data.get(CONF_TOKEN))
            if token is None:
                raise SignInRefusedError("no usable token, a new sign-in is wanted")
            if refused == token.access_token or not token.is_valid:
                if not token.refresh_token:
                    raise SignInRefusedError("no refresh token, a new sign-in is wanted")
                token = await self._async_renew(self._implementation)
            await self._async_keep()
            return token.access_token

    def _check_sign_in(self) -> None:
        """Raise ServiceUnreachableError where the account was signed in anew: it is about to reload."""
        if sign_in_of(self._entry.data) != self._sign_in:
            raise ServiceUnreachableError("no access token (another sign-in)")

    async def _async_begin(self) -> AbstractOAuth2Implementation:
        """Take up the newest token; return the OAuth implementation of the sign-in."""
        try:
            implementation = await async_get_config_entry_implementation(self._hass, self._entry)
        except ImplementationUnavailableError as error:
            raise self._trouble(error) from None
        except ConfigEntryAuthFailed:
            raise SignInRefusedError("no credential, a new sign-in is wanted") from None
        if isinstance(implementation, ProviderImplementation):
            implementation = implementation.for_address(self._entry.data.get(CONF_BASE_URL))
        kept = await self._hass.async_add_executor_job(self._archive.recall, KEPT_TOKEN)
        if (token := newest_token(self._entry.data, kept)) is not self._entry.data.get(CONF_TOKEN):
            self._update(token)
        return implementation

    async def _async_renew(self, implementation: AbstractOAuth2Implementation) -> _Token:
        """Renew the token, keep the new one and return it."""
        try:
            renewed = await implementation.async_refresh_token(dict(self._entry.data[CONF_TOKEN]))
        except (OAuth2TokenRequestBaseError, ImplementationUnavailableError) as error:
            raise self._trouble(error) from None
        if (token := _usable(renewed)) is None:
            raise ServiceUnreachableError("no access token (unusable answer)")
        self._check_sign_in()
        self._unkept = KeptToken(self._sign_in, renewed)
        await self._async_keep()
        self._check_sign_in()
        self._update(renewed)
        return token

    async def _async_keep(self) -> None:
        """Keep a new token in the archive; where that fails, it is tried again at the next use."""
        if self._unkept is not None:
            with suppress(ArchiveError):
                await self._hass.async_add_executor_job(self._archive.remember, KEPT_TOKEN, self._unkept)
                self._unkept = None

    def _trouble(self, error: Exception) -> SourceError:
        """Return the error of a source for an error of the token request."""
        match error:
            case OAuth2TokenRequestReauthError(message=message):
                refused = GrantEndedError if message == RUN_OUT else SignInRefusedError
                return refused("no access token, a new sign-in is wanted")
            case OAuth2TokenRequestError(status=HTTPStatus.GONE) if provider_of(self._entry).ends:
                return ServiceShutDownError("no access token, service ended")
        return ServiceUnreachableError(f"no access token ({type(error).__name__})")

    def _update(self, token: Token) -> None:
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


class _Token(msgspec.Struct, frozen=True):
    access_token: str
    expires_at: float
    refresh_token: str | None = None

    @property
    def is_valid(self) -> bool:
        """Whether it can be sent, and has not expired by its own clock."""
        return is_sendable(self.access_token) and self.expires_at > time.time() + CLOCK_OUT_OF_SYNC_MAX_SEC


def _usable(token: object) -> _Token | None:
    """Return a token that can be sent or renewed, or None if it is neither."""
    with suppress(msgspec.ValidationError):
        found = msgspec.convert(token, _Token)
        if found.refresh_token or is_sendable(found.access_token):
            return found
    return None


def sign_in_of(data: Mapping[str, Any]) -> list[str | int | None]:
    """Return the values that tell a sign-in from every other one, by an entry's data."""
    return [data.get(key) for key in SIGN_IN]


def newest_token(data: Mapping[str, Any], kept: KeptToken | None) -> Token:
    """Return the newest usable token of the sign-in in an entry's data; the entry's own if there is none."""
    own: Token = data.get(CONF_TOKEN) or {}
    found = _usable(own)
    if kept is None or kept.sign_in != sign_in_of(data) or (other := _usable(kept.token)) is None:
        return own
    return kept.token if found is None or other.expires_at > found.expires_at else own
