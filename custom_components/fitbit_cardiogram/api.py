"""An account's source, and the access token for it: refreshed, kept or borrowed, given back in the end."""

import asyncio
from collections.abc import Mapping
from contextlib import closing, suppress
from http import HTTPStatus
import logging
import time
from typing import TYPE_CHECKING, Any, Final

from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_CLIENT_ID, CONF_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    ImplementationUnavailableError,
    OAuth2TokenRequestBaseError,
    OAuth2TokenRequestError,
    OAuth2TokenRequestReauthError,
)
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import (
    CLOCK_OUT_OF_SYNC_MAX_SEC,
    OAuth2Session,
    async_get_config_entry_implementation,
)
from homeassistant.helpers.json import json_dumps
import msgspec

from .application_credentials import RUN_OUT, FitbitImplementation, async_get_auth_implementation
from .archive.archive import Archive
from .archive.database import ArchiveError
from .archive.facts import Fact
from .const import (
    CONF_BASE_URL,
    CONF_CONSENTED_AT,
    CONF_LENDER,
    CONF_SOURCE,
    DOMAIN,
    LENDER_DOMAIN,
    SOURCE_FITBIT,
    SOURCE_GOOGLE_HEALTH,
    endpoints_of,
)
from .heart_rate.clock import DAY
from .net.request import UNDECODABLE
from .sources.errors import (
    Lender,
    LenderError,
    ServiceEndedError,
    ServiceUnreachableError,
    SignInRefusedError,
    SourceError,
)
from .sources.fitbit import DETAIL_LEVELS, Fitbit
from .sources.google_health import GoogleHealth
from .sources.source import AccessToken, HeartRateSource

if TYPE_CHECKING:
    from .coordinator import AccountConfigEntry

_LOGGER = logging.getLogger(__name__)

REVOCATION_TIMEOUT: Final = 10.0

# The fact which token came last, as JSON.
TOKEN: Final = Fact("token", str)

# So long a sign-in lasts by Google's rule while the app that asks for it is in the state Testing.
TESTING_LIFETIME: Final = 7 * DAY


def source_of(
    hass: HomeAssistant,
    account: Mapping[str, Any],
    access_token: AccessToken,
    detail_level: str = DETAIL_LEVELS[0],
) -> HeartRateSource:
    """Return the source that an account's data names; the detail is the Fitbit Web API's."""
    session = async_get_clientsession(hass)
    if account[CONF_SOURCE] == SOURCE_FITBIT:
        return Fitbit(session, access_token, account[CONF_BASE_URL], detail_level)
    return GoogleHealth(session, access_token, endpoints_of(hass).google_health)


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

        Raises SignInRefusedError if the provider wants a new sign-in, ServiceEndedError if it gives no
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
            await self._hass.async_add_executor_job(self._archive.remember, TOKEN, json_dumps(token))
        access_token: str = token[CONF_ACCESS_TOKEN]
        return access_token

    def _trouble(self, error: Exception) -> SourceError:
        """Return what it means that no token came."""
        is_fitbit = CONF_BASE_URL in self._entry.data
        match error:
            case OAuth2TokenRequestReauthError():
                return SignInRefusedError(
                    "no access token, a new sign-in is wanted", has_run_out=error.message == RUN_OUT
                )
            case OAuth2TokenRequestError(status=HTTPStatus.GONE) if is_fitbit:
                return ServiceEndedError("no access token, service ended")
        return ServiceUnreachableError(f"no access token ({type(error).__name__})")

    async def _async_session(self) -> OAuth2Session:
        implementation = await async_get_config_entry_implementation(self._hass, self._entry)
        if isinstance(implementation, FitbitImplementation):
            implementation.at(self._entry.data[CONF_BASE_URL])
        kept = await self._hass.async_add_executor_job(self._archive.recall, TOKEN)
        token = _newer(self._entry.data[CONF_TOKEN], kept)
        if kept and token is self._entry.data[CONF_TOKEN]:
            # Of an earlier sign-in perhaps: it must not count again when the present one is refused once.
            await self._hass.async_add_executor_job(self._archive.remember, TOKEN, None)
        self._update(token)
        return OAuth2Session(self._hass, self._entry, implementation)

    def _update(self, token: Mapping[str, Any]) -> None:
        self._hass.config_entries.async_update_entry(
            self._entry, data={**self._entry.data, CONF_TOKEN: token}
        )


def lenders(hass: HomeAssistant) -> list[ConfigEntry]:
    """Return the accounts of Home Assistant's own Google Health whose sign-in can be used."""
    return hass.config_entries.async_entries(LENDER_DOMAIN, include_ignore=False, include_disabled=False)


class LentToken:
    """An access token by the sign-in of Home Assistant's own Google Health.

    Only its refresh token and its credential are used, so nothing changes there, and no trouble of ours makes
    it ask for a new sign-in.
    """

    def __init__(self, hass: HomeAssistant, lender_id: str) -> None:
        self._hass = hass
        self._lender_id = lender_id
        self._lock = asyncio.Lock()
        self._token: dict[str, Any] = {}

    async def __call__(self, refused: str | None = None) -> str:
        """Return a token that is valid by its own clock, or newer than the refused one.

        Raises LenderError if the sign-in is gone or not good any more, ServiceUnreachableError if no token
        came for any other reason.
        """
        async with self._lock:
            lender = next((entry for entry in lenders(self._hass) if entry.entry_id == self._lender_id), None)
            if lender is None:
                raise LenderError(Lender.MISSING)
            if not self._is_good(lender.data[CONF_TOKEN], refused):
                self._token = await self._async_fetch(lender)
            access_token: str = self._token[CONF_ACCESS_TOKEN]
            return access_token

    def _is_good(self, lent: Mapping[str, Any], refused: str | None) -> bool:
        """Tell whether the token at hand came of what is lent now, and will do for the moment."""
        return (
            self._token.get("refresh_token") == lent.get("refresh_token")
            and self._token[CONF_ACCESS_TOKEN] != refused
            and self._token["expires_at"] > time.time() + CLOCK_OUT_OF_SYNC_MAX_SEC
        )

    async def _async_fetch(self, lender: ConfigEntry) -> dict[str, Any]:
        lent = lender.data[CONF_TOKEN]
        credentials = self._hass.data[DATA_COMPONENT].async_client_credentials(LENDER_DOMAIN)
        credential = credentials.get(lender.data["auth_implementation"])
        if credential is None or not lent.get("refresh_token"):
            raise LenderError(Lender.REFUSED)
        implementation = await async_get_auth_implementation(self._hass, LENDER_DOMAIN, credential)
        try:
            return await implementation.async_refresh_token(dict(lent))
        except OAuth2TokenRequestReauthError:
            raise LenderError(Lender.REFUSED) from None
        except OAuth2TokenRequestBaseError as error:
            raise ServiceUnreachableError(f"no access token ({type(error).__name__})") from None


def granted_scopes(hass: HomeAssistant, entry: ConfigEntry[Any]) -> set[str] | None:
    """Return the permissions that the sign-in of an account has, or None where nobody told them."""
    scope = _token_of(hass, entry).get("scope")
    return set(scope.split()) if isinstance(scope, str) else None


def is_app_in_testing(hass: HomeAssistant, entry: ConfigEntry[Any]) -> bool:
    """Tell whether the sign-in of an account ends after seven days, as its own answer to it said."""
    if entry.data[CONF_SOURCE] != SOURCE_GOOGLE_HEALTH:
        return False
    token = _token_of(hass, entry)
    lifetime = token.get("refresh_token_expires_in")
    if not isinstance(lifetime, int) or not 0 < lifetime <= TESTING_LIFETIME:
        return False
    if (consented_at := entry.data.get(CONF_CONSENTED_AT)) is None:
        return True
    # A person can also give access for a time of their own choice.
    ends_at: float = token["expires_at"] - token["expires_in"] + lifetime
    return _is_about_a_week(ends_at - consented_at)


def has_run_out_in_testing(entry: ConfigEntry[Any], refused_at: float) -> bool:
    """Tell whether the sign-in of an account ended when those of an app in the state Testing do."""
    is_google = entry.data[CONF_SOURCE] == SOURCE_GOOGLE_HEALTH
    return is_google and _is_about_a_week(refused_at - entry.data.get(CONF_CONSENTED_AT, 0))


def _is_about_a_week(seconds: float) -> bool:
    return TESTING_LIFETIME - DAY / 2 <= seconds <= TESTING_LIFETIME + DAY / 2


def _token_of(hass: HomeAssistant, entry: ConfigEntry[Any]) -> Mapping[str, Any]:
    """Return the token of an account, or of the one who lends it the sign-in; empty if that is gone."""
    lender_id = entry.data.get(CONF_LENDER)
    owner = hass.config_entries.async_get_entry(lender_id) if lender_id else entry
    token: Mapping[str, Any] = owner.data.get(CONF_TOKEN, {}) if owner else {}
    return token


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


def _newer(token: Mapping[str, Any], kept: str | None) -> Mapping[str, Any]:
    """Return the token of the entry, or the one that the archive kept where that is newer and one."""
    with suppress(*UNDECODABLE):
        found = msgspec.json.decode(kept or "{}", type=dict[str, Any])
        if msgspec.convert(found, _Token).expires_at > token["expires_at"]:
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
    if CONF_LENDER in entry.data:
        return "left, it is lent"
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
    token = _newer(entry.data[CONF_TOKEN], await hass.async_add_executor_job(_kept_token, archive))
    status = await implementation.async_revoke(token.get("refresh_token") or token[CONF_ACCESS_TOKEN])
    return "revoked" if status // 100 == 2 else f"answered with {status}"


def _kept_token(archive: Archive) -> str | None:
    """Return the token that a closed archive kept; None where there is none or it cannot be read."""
    with suppress(ArchiveError), closing(archive):
        archive.open()
        return archive.recall(TOKEN)
    return None
