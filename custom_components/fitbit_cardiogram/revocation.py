"""Revokes the grant of an account that is removed."""

import asyncio
from contextlib import closing, suppress
import logging
from typing import Any, Final

from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_CLIENT_ID
from homeassistant.core import HomeAssistant

from .account_token import KEPT_TOKEN, KeptToken, newest_token
from .archive.archive import Archive
from .archive.database import ArchiveError
from .const import CONF_BASE_URL, CONF_LENDER, DOMAIN
from .providers import provider_of

_LOGGER = logging.getLogger(__name__)

REVOCATION_TIMEOUT: Final = 10.0


async def async_revoke(hass: HomeAssistant, entry: ConfigEntry[Any], archive: Archive) -> None:
    """End the grant of an account that is being removed, unless something else may use it.

    The archive is the closed one. Takes at most ten seconds and raises nothing: the account goes in any case.
    """
    try:
        async with asyncio.timeout(REVOCATION_TIMEOUT):
            outcome = await _async_revoke(hass, entry, archive)
    except Exception as error:  # noqa: BLE001
        # The texts of errors can quote an address or a token.
        outcome = type(error).__name__
    _LOGGER.debug("The grant of a removed account: %s", outcome)


async def _async_revoke(hass: HomeAssistant, entry: ConfigEntry[Any], archive: Archive) -> str:
    """Revoke the grant if nothing else can use it; return the outcome in a few words."""
    if CONF_LENDER in entry.data:
        return "left, it is borrowed"
    credentials, own = hass.data[DATA_COMPONENT], entry.data["auth_implementation"]
    if (credential := credentials.async_client_credentials(DOMAIN).get(own)) is None:
        return "left, its credential is not ours"
    provider = provider_of(entry)
    # Those of every integration: another one's sign-in to the same project can end as well.
    grantees = [provider.grantee(item[CONF_CLIENT_ID]) for item in credentials.async_items()]
    if grantees.count(provider.grantee(credential.client_id)) > 1:
        return "left, its credential is not the only one"
    implementation = provider.implementation(hass, own, credential, entry.data.get(CONF_BASE_URL))
    token = newest_token(entry.data, await hass.async_add_executor_job(_kept_token, archive))
    status = await implementation.async_revoke(token.get("refresh_token") or token[CONF_ACCESS_TOKEN])
    return "revoked" if status // 100 == 2 else f"answered with {status}"


def _kept_token(archive: Archive) -> KeptToken | None:
    """Return the token that a closed archive kept; None where there is none or it cannot be read."""
    with suppress(ArchiveError), closing(archive):
        archive.open()
        return archive.recall(KEPT_TOKEN)
    return None
