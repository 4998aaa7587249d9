"""Providers: the services that heart rates are read from, and the OAuth sign-in at them."""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, override

from homeassistant.components.application_credentials import ClientCredential
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import OAuth2TokenRequestConnectionError
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2ImplementationWithPkce
from homeassistant.helpers.selector import Selector
import voluptuous as vol

from .const import Endpoints, endpoints_of
from .net.request import NoAnswerError, request
from .sources.kinds import Kind
from .sources.source import AccessToken, HeartRateSource
from .token_request import token_of
from .web_session import async_get_session

TIMEOUT: Final = 30.0
ANSWER_LIMIT: Final = 64 * 1024

type Config = Mapping[str, Any]
"""The data or the options of an account's entry."""


@dataclass(frozen=True, slots=True)
class Feature:
    """Kinds of data with a permission of their own that a person can leave out.

    A missing one raises the issue. Without an issue it is an offer: the account does without the kinds, and
    the options say how to get them.
    """

    issue: str | None
    scope: str
    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A service that heart rates are read from, with everything that makes it different from others.

    `key` names it in entries, menus and steps, `maker` and `model` on the device of an account.
    """

    key: str
    maker: str
    model: str
    open: Callable[[HomeAssistant, AccessToken, Config, Config], HeartRateSource]
    """Opens an account's source with its access token, and the data and the options of its entry."""

    sign_in: type[ProviderImplementation]
    scopes: Mapping[str, str]
    """The permissions that the sign-in asks for, each with its short name."""
    scopes_needed: frozenset[str]
    features: tuple[Feature, ...]
    owns_client: Callable[[str], bool] | None
    """Returns whether a client's id is of this provider; None takes every id of no other provider."""
    no_credential: str
    """The text for a person who has entered no credential of this provider's."""
    credential_links: Mapping[str, str] = field(default_factory=dict)
    """The addresses that the text of the credential dialog names."""
    grantee: Callable[[str], str] = str
    """Returns the app of a client's id: a person's grant is to the app, so its clients share it."""
    testing_lifetime: int | None = None
    """The seconds that a sign-in lasts while the app that asks for it is being tested."""
    lender: str | None = None
    """The integration of Home Assistant's own whose sign-in an account can borrow."""
    ends: bool = False
    """Whether the status 410 says that the service was shut down for good."""
    successor: str | None = None
    """The key of the provider that an account can move to and keep its archive."""

    address: Callable[[Endpoints], str] | None = None
    """Returns the provider's own address; None where an account cannot have a gateway's instead."""
    services: Callable[[Endpoints, Config], Mapping[str, str]]
    """Returns the addresses of an account by their translation keys on the system's page."""

    requests: Mapping[Kind, float] = field(default_factory=dict)
    """The requests of an hour by kind of data, while a device syncs every quarter and nothing comes late."""

    options: Mapping[vol.Marker, Selector[Any]] = field(default_factory=dict)
    """The fields that this provider adds to the form of the options."""
    alert_options: Mapping[vol.Marker, Selector[Any]] = field(default_factory=dict)
    """The fields that it adds to the limits of the alerts."""
    spacing: Callable[[Config], int] = lambda _options: 0
    """Returns the least number of seconds between samples, by the options."""

    def implementation(
        self, hass: HomeAssistant, domain: str, credential: ClientCredential, address: str | None = None
    ) -> ProviderImplementation:
        """Return the complete sign-in with a client; `address` is that of a gateway, if there is one."""
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
        """Return the URLs for consent, for tokens and for revocation."""

    @abstractmethod
    def _client(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return the client's credentials for the token endpoint: fields of the body, and headers."""

    def for_address(self, address: str | None) -> ProviderImplementation:
        """Return the same sign-in at an account's address."""
        return self.provider.implementation(self.hass, self.domain, self._credential, address)

    async def async_revoke(self, token: str) -> int:
        """Ask the provider to end the grant of a token; return the status of its answer.

        Raises NoAnswerError.
        """
        # Google revokes a token for anyone: the client's secret does not belong in the body.
        _, headers = self._client()
        answer = await request(
            async_get_session(self.hass),
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
        """Parameters beyond the standard ones: PKCE and the scopes."""
        return {**super().extra_authorize_data, "scope": " ".join(self.provider.scopes)}

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        """Ask for a token.

        Home Assistant's own request takes every 4xx as a need for a new login, follows redirects and logs
        the answer.
        """
        fields, headers = self._client()
        try:
            answer = await request(
                async_get_session(self.hass),
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
