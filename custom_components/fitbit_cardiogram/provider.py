"""What makes one provider different from another, and what all of them sign in by."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, override

from homeassistant.components.application_credentials import ClientCredential
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import OAuth2TokenRequestConnectionError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2ImplementationWithPkce
from homeassistant.helpers.selector import Selector
import voluptuous as vol

from .const import Endpoints, endpoints_of
from .net.request import NoAnswerError, request
from .sources.poll import Kind
from .sources.source import AccessToken, HeartRateSource
from .token_request import token_of

TIMEOUT: Final = 30.0
ANSWER_LIMIT: Final = 64 * 1024

type Config = Mapping[str, Any]
"""The data or the options of an account's entry."""


@dataclass(frozen=True, slots=True)
class Feature:
    """Kinds of data whose permission a person can leave out, and the issue that says so."""

    issue: str
    scope: str
    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A service that heart rates are read from, and all that makes it different from others.

    `key` names it in entries, menus and steps, `maker` and `model` on the device of an account.
    """

    key: str
    maker: str
    model: str
    open: Callable[[HomeAssistant, AccessToken, Config, Config], HeartRateSource]
    """Returns an account's source, by its access token, and the data and the options of its entry."""

    sign_in: type[ProviderImplementation]
    scopes: Mapping[str, str]
    """The permissions that are asked for, each with its short name."""
    scopes_needed: frozenset[str]
    features: tuple[Feature, ...]
    owns_client: Callable[[str], bool] | None
    """Returns whether a client's id is one of this provider's; None takes every id that is nobody else's."""
    no_credential: str
    """The text for a person who has entered no credential of this provider's."""
    credential_links: Mapping[str, str] = field(default_factory=dict)
    """The addresses that the text of the credential dialog names."""
    grantee: Callable[[str], str] = str
    """Returns by a client's id what a person's grant is to; clients with the same one share the grant."""
    testing_lifetime: int | None = None
    """The seconds that a sign-in lasts while the app that asks for it is being tested."""
    lender: str | None = None
    """The integration of Home Assistant's own whose sign-in an account can borrow."""
    ends: bool = False
    """Whether the status 410 says that the service was shut down for good."""
    successor: str | None = None
    """The key of the provider that an account can move to with all that it has."""

    address: Callable[[Endpoints], str] | None = None
    """Returns the provider's own address, where an account can name a gateway's instead."""
    services: Callable[[Endpoints, Config], Mapping[str, str]]
    """Returns the addresses that an account's entry data leads to, by the text of the system's page."""

    options: Mapping[vol.Marker, Selector[Any]] = field(default_factory=dict)
    """The fields that this provider adds to the form of the options."""
    spacing: Callable[[Config], int] = lambda _options: 0
    """Returns how many seconds the samples lie apart at least, by the options."""

    def implementation(
        self, hass: HomeAssistant, domain: str, credential: ClientCredential, address: str | None = None
    ) -> ProviderImplementation:
        """Return the sign-in with a client, complete; `address` is a gateway's, where there is one."""
        return self.sign_in(self, hass, domain, credential, address)


class ProviderImplementation(LocalOAuth2ImplementationWithPkce):
    """Sign-in at a provider, with a client that the person registered there."""

    def __init__(
        self,
        provider: Provider,
        hass: HomeAssistant,
        domain: str,
        credential: ClientCredential,
        address: str | None,
    ) -> None:
        authorize_url, token_url, self.revoke_url = self._addresses(endpoints_of(hass), address)
        super().__init__(
            hass, domain, credential.client_id, authorize_url, token_url, credential.client_secret
        )
        self.provider = provider
        self._credential = credential

    @staticmethod
    @abstractmethod
    def _addresses(endpoints: Endpoints, address: str | None) -> tuple[str, str, str]:
        """Return where the provider takes people, where it gives tokens, and where it takes them back."""

    @abstractmethod
    def _client(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return by what the client shows itself to the token endpoint: fields of the body, and headers."""

    def for_address(self, address: str | None) -> ProviderImplementation:
        """Return the same sign-in at an account's address."""
        return self.provider.implementation(self.hass, self.domain, self._credential, address)

    async def async_revoke(self, token: str) -> int:
        """Ask the provider to end the grant that a token came of; return the status of its answer.

        Raises NoAnswerError.
        """
        # Google takes a token back from anyone: the client's secret has no place in the body.
        _, headers = self._client()
        answer = await request(
            async_get_clientsession(self.hass),
            "POST",
            self.revoke_url,
            timeout=TIMEOUT,
            limit=ANSWER_LIMIT,
            data={"token": token},
            headers=headers,
        )
        return answer.status

    @property
    @override
    def name(self) -> str:
        """Name of the credential, as the person gave it."""
        return self._credential.name or self.client_id

    @property
    @override
    def extra_authorize_data(self) -> dict[str, Any]:
        """Parameters beyond the standard ones: PKCE, and the scopes that we read."""
        return {**super().extra_authorize_data, "scope": " ".join(self.provider.scopes)}

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        """Ask for a token.

        Home Assistant's own request asks for a new login at any status of 4xx, follows redirects and logs
        what it gets.
        """
        fields, headers = self._client()
        try:
            answer = await request(
                async_get_clientsession(self.hass),
                "POST",
                self.token_url,
                timeout=TIMEOUT,
                limit=ANSWER_LIMIT,
                data={**data, **fields},
                headers=headers,
            )
        except NoAnswerError:
            raise OAuth2TokenRequestConnectionError(domain=self.domain) from None
        return token_of(answer, self.token_url, self.domain)
