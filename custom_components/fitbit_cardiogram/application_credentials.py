"""How an account signs in: the providers' own ways of OAuth 2.0, told apart by the credential's client id."""

from abc import abstractmethod
from http import HTTPStatus
from typing import Any, ClassVar, Final, override

from aiohttp import RequestInfo, encode_basic_auth
from homeassistant.components.application_credentials import ClientCredential
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    OAuth2TokenRequestConnectionError,
    OAuth2TokenRequestReauthError,
    OAuth2TokenRequestTransientError,
)
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import (
    AUTH_CALLBACK_PATH,
    MY_AUTH_CALLBACK_PATH,
    LocalOAuth2ImplementationWithPkce,
)
from homeassistant.helpers.network import NoURLAvailableError, get_url
import msgspec
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from .const import (
    CREDENTIALS_GUIDE,
    GOOGLE_API_PAGE,
    GOOGLE_AUDIENCE_PAGE,
    GOOGLE_CONSOLE,
    SOURCE_FITBIT,
    SOURCE_GOOGLE_HEALTH,
    Endpoints,
    endpoints_of,
)
from .net.request import UNDECODABLE, Answer, NoAnswerError, request
from .sources import fitbit, google_health

TIMEOUT: Final = 30.0
ANSWER_LIMIT: Final = 64 * 1024

# The grant is no longer good.
RUN_OUT: Final = "invalid_grant"
# RFC 6749, section 5.2, and what Google adds to it: nothing but a new sign-in mends these.
REFUSALS: Final = frozenset(
    {
        "access_denied",
        "admin_policy_enforced",
        "deleted_client",
        "disabled_client",
        "invalid_client",
        RUN_OUT,
        "org_internal",
        "unauthorized_client",
    }
)


class ProviderImplementation(LocalOAuth2ImplementationWithPkce):
    """Sign-in at a provider, with a client that the person registered there."""

    source: ClassVar[str]
    scopes: ClassVar[tuple[str, ...]]

    def __init__(
        self, hass: HomeAssistant, auth_domain: str, credential: ClientCredential, endpoints: Endpoints
    ) -> None:
        authorize_url, token_url, self.revoke_url = self._addresses(endpoints)
        super().__init__(
            hass, auth_domain, credential.client_id, authorize_url, token_url, credential.client_secret
        )
        self._name = credential.name or credential.client_id

    @staticmethod
    @abstractmethod
    def _addresses(endpoints: Endpoints) -> tuple[str, str, str]:
        """Return where the provider takes people, where it gives tokens, and where it takes them back."""

    @abstractmethod
    def _client(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return by what the client shows itself to the token endpoint: fields of the body, and headers."""

    @staticmethod
    def grantee(client_id: str) -> str:
        """Return by a client's id what a person's grant is to; clients with the same one share the grant."""
        return client_id

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
        return self._name

    @property
    @override
    def extra_authorize_data(self) -> dict[str, Any]:
        """Parameters beyond the standard ones: PKCE, and the scopes that we read."""
        return {**super().extra_authorize_data, "scope": " ".join(self.scopes)}

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


class GoogleImplementation(ProviderImplementation):
    """Sign-in with Google, with a client of the person's own Google Cloud project."""

    source = SOURCE_GOOGLE_HEALTH
    scopes = google_health.SCOPES

    @staticmethod
    @override
    def _addresses(endpoints: Endpoints) -> tuple[str, str, str]:
        return endpoints.google_authorize, endpoints.google_token, endpoints.google_revoke

    @staticmethod
    @override
    def grantee(client_id: str) -> str:
        """Return the number of the client's project, which an id begins with, or the id if it has none."""
        number = client_id.partition("-")[0]
        return number if number.isdigit() else client_id

    @property
    @override
    def extra_authorize_data(self) -> dict[str, Any]:
        """Parameters that make Google give a refresh token as well."""
        return {**super().extra_authorize_data, "access_type": "offline", "prompt": "consent"}

    @override
    def _client(self) -> tuple[dict[str, str], dict[str, str]]:
        return {"client_id": self.client_id, "client_secret": self.client_secret}, {}


class FitbitImplementation(ProviderImplementation):
    """Sign-in with Fitbit, or with a gateway that speaks the same contract."""

    source = SOURCE_FITBIT
    scopes = fitbit.SCOPES

    @staticmethod
    @override
    def _addresses(endpoints: Endpoints) -> tuple[str, str, str]:
        base_url = endpoints.fitbit
        return endpoints.fitbit_authorize, f"{base_url}/oauth2/token", f"{base_url}/oauth2/revoke"

    def at(self, base_url: str) -> None:
        """Speak to the gateway at this address, if it is not Fitbit's own."""
        if base_url != endpoints_of(self.hass).fitbit:
            self.authorize_url = f"{base_url}/oauth2/authorize"
            self.token_url = f"{base_url}/oauth2/token"
            self.revoke_url = f"{base_url}/oauth2/revoke"

    @override
    def _client(self) -> tuple[dict[str, str], dict[str, str]]:
        basic = encode_basic_auth(self.client_id, self.client_secret)
        return {"client_id": self.client_id}, {"Authorization": basic}


GOOGLE_CLIENT_ID_SUFFIX: Final = ".apps.googleusercontent.com"


async def async_get_auth_implementation(
    hass: HomeAssistant, auth_domain: str, credential: ClientCredential
) -> ProviderImplementation:
    """Return the implementation of the provider that the credential is of."""
    is_google = credential.client_id.endswith(GOOGLE_CLIENT_ID_SUFFIX)
    implementation = GoogleImplementation if is_google else FitbitImplementation
    return implementation(hass, auth_domain, credential, endpoints_of(hass))


def token_of(answer: Answer, url: str, domain: str) -> dict[str, Any]:
    """Return the token that the answer to a token request holds.

    Raises the OAuth2TokenRequestError that it is otherwise; only an answer that says so in OAuth's own words
    means a new login.
    """
    found = _json_object(answer.body)
    if answer.status == HTTPStatus.OK and _is_token(found):
        # Home Assistant cannot keep just anything. Without a lifetime it logs the token; an hour is what
        # Google gives.
        kept = {key: value for key, value in found.items() if _can_be_kept(value)}
        return {**kept, "expires_in": int(found.get("expires_in", 3600))}
    refusals = REFUSALS & _errors(found) if answer.status // 100 == 4 else set()
    error = OAuth2TokenRequestReauthError if refusals else OAuth2TokenRequestTransientError
    raise error(
        request_info=RequestInfo(URL(url), "POST", CIMultiDictProxy(CIMultiDict()), URL(url)),
        status=answer.status,
        message=min(refusals, default="unusable answer to the token request"),
        domain=domain,
    )


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except UNDECODABLE:
        return {}


def _is_token(found: dict[str, Any]) -> bool:
    texts = (found.get("access_token"), found.get("refresh_token", "as before"))
    lifetime = str(found.get("expires_in", 3600))
    is_lifetime = lifetime.isascii() and lifetime.isdigit() and len(lifetime) < 10
    return is_lifetime and all(isinstance(text, str) and text != "" for text in texts)


def _can_be_kept(value: object) -> bool:
    """Tell whether Home Assistant can write a value to the disk: a text, or a number of a common size."""
    return isinstance(value, str) or (isinstance(value, int) and abs(value) < 2**53)


def _errors(found: dict[str, Any]) -> set[str]:
    """Return the error codes of a refusal, in OAuth's own shape or in Fitbit's."""
    listed = found.get("errors")
    items = listed if isinstance(listed, list) else []
    codes = [found.get("error"), *(item.get("errorType") for item in items if isinstance(item, dict))]
    return {code for code in codes if isinstance(code, str)}


async def async_get_description_placeholders(hass: HomeAssistant) -> dict[str, str]:
    """Return what the credential dialog's text leaves open."""
    return {
        "console_url": f"{GOOGLE_CONSOLE}/projectcreate",
        "api_url": GOOGLE_API_PAGE,
        "auth_platform_url": f"{GOOGLE_CONSOLE}/auth/overview",
        "audience_url": GOOGLE_AUDIENCE_PAGE,
        "clients_url": f"{GOOGLE_CONSOLE}/auth/clients",
        "redirect_url": _redirect_url(hass),
        "docs_url": CREDENTIALS_GUIDE,
    }


def _redirect_url(hass: HomeAssistant) -> str:
    """Return the redirect address, as well as it is known outside of a request.

    An exception here would break the credential dialog of every integration.
    """
    if "my" in hass.config.components:
        return MY_AUTH_CALLBACK_PATH
    try:
        return get_url(hass, prefer_external=True) + AUTH_CALLBACK_PATH
    except NoURLAvailableError:
        return MY_AUTH_CALLBACK_PATH
