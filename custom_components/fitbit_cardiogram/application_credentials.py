"""Answers Home Assistant's questions about the credentials that a person enters."""

from homeassistant.components.application_credentials import ClientCredential
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import AUTH_CALLBACK_PATH, MY_AUTH_CALLBACK_PATH
from homeassistant.helpers.network import NoURLAvailableError, get_url

from .const import CREDENTIALS_GUIDE
from .provider import ProviderImplementation
from .providers import PROVIDERS, provider_of_client


async def async_get_auth_implementation(
    hass: HomeAssistant, auth_domain: str, credential: ClientCredential
) -> ProviderImplementation:
    """Return the sign-in of the credential's provider."""
    return provider_of_client(credential.client_id).implementation(hass, auth_domain, credential)


async def async_get_description_placeholders(hass: HomeAssistant) -> dict[str, str]:
    """Return the placeholders of the credential dialog's text."""
    return {
        **{key: url for provider in PROVIDERS.values() for key, url in provider.credential_links.items()},
        "redirect_url": _redirect_url(hass),
        "docs_url": CREDENTIALS_GUIDE,
    }


def _redirect_url(hass: HomeAssistant) -> str:
    """Return the redirect address, as far as it is known outside of a request.

    An exception here would break the credential dialog of every integration.
    """
    if "my" in hass.config.components:
        return MY_AUTH_CALLBACK_PATH
    try:
        return get_url(hass, prefer_external=True) + AUTH_CALLBACK_PATH
    except NoURLAvailableError:
        return MY_AUTH_CALLBACK_PATH
