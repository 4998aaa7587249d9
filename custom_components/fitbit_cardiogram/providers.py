"""The table of all providers, and the one look-up from an account or a client to its provider."""

from typing import Any, Final

from homeassistant.config_entries import ConfigEntry

from .const import CONF_SOURCE
from .fitbit_provider import FITBIT
from .google_provider import GOOGLE_HEALTH
from .provider import Provider

# By their keys, in the order in which they are offered.
PROVIDERS: Final[dict[str, Provider]] = {provider.key: provider for provider in (GOOGLE_HEALTH, FITBIT)}


def provider_of(entry: ConfigEntry[Any]) -> Provider:
    """Return the provider of an account."""
    return PROVIDERS[entry.data[CONF_SOURCE]]


def provider_of_client(client_id: str) -> Provider:
    """Return the provider of a client's id."""
    anybodys = [provider for provider in PROVIDERS.values() if provider.owns_client is None]
    for provider in PROVIDERS.values():
        if provider.owns_client and provider.owns_client(client_id):
            return provider
    return anybodys[0]
