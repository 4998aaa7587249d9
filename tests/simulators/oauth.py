"""What the providers' sign-ins share: accounts, their grants, the consent page, codes and tokens."""

from abc import ABC, abstractmethod
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
import re
from secrets import token_urlsafe
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from .pages import page
from .person import Person, Wearer
from .server import Simulator

CODE_LIFETIME = 600
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


@dataclass(eq=False)
class Grant:
    """What one account allowed, and the tokens that came of it."""

    person: Wearer
    scopes: tuple[str, ...]
    refresh_token: str | None = None
    refresh_until: float | None = None
    """When the refresh token dies by itself."""
    access_tokens: dict[str, float] = field(default_factory=dict)
    """Each access token and when it expires."""


@dataclass(frozen=True)
class Code:
    """An authorization code, good for one exchange."""

    grant: Grant
    redirect_uri: str
    challenge: str | None
    until: float


class TokenError(Exception):
    """A documented error of the token endpoint."""

    def __init__(self, status: int, error: str, description: str) -> None:
        """Keep the status and the words of the answer."""
        super().__init__(description)
        self.status = status
        self.error = error


class SignIn(Simulator, ABC):
    """The accounts of one provider, and what they granted to one app."""

    provider: ClassVar[str]
    scopes: ClassVar[Mapping[str, str]]
    """Each scope in plain words."""
    authorize_parameters: ClassVar[frozenset[str]]
    access_lifetime: ClassVar[int]
    access_prefix: ClassVar[str] = ""
    code_prefix: ClassVar[str] = ""
    denial: ClassVar[Mapping[str, str]] = {"error": "access_denied"}
    """What comes back when consent is refused."""
    redirect_mismatch: ClassVar[str]
    """The error of an exchange that names another address than the consent."""
    redirect_end: ClassVar[str] = ""

    def __init__(
        self,
        person: Wearer | None = None,
        *,
        client_id: str,
        client_secret: str,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Know one account and one app."""
        super().__init__(clock=clock)
        self.people: list[Wearer] = [person or Person()]
        self.app_name = "Home Assistant"
        self.client_id = client_id
        self.client_secret = client_secret
        self.grants: list[Grant] = []
        self._codes: dict[str, Code] = {}

    @property
    def person(self) -> Wearer:
        """The first account."""
        return self.people[0]

    def grant(self, scopes: Iterable[str] | None = None, person: Wearer | None = None) -> dict[str, Any]:
        """Consent without the pages; return the token as Home Assistant stores it."""
        grant = self._allow(person or self.person, self.scopes if scopes is None else scopes)
        return self._first_answer(grant) | {"expires_at": self.clock() + self.access_lifetime}

    def expire_access_tokens(self) -> None:
        """End every access token now; refresh tokens stay good."""
        now = self.clock()
        for grant in self.grants:
            grant.access_tokens = {token: min(until, now) for token, until in grant.access_tokens.items()}

    def revoke_grants(self) -> None:
        """End every grant, as a person does in their account's settings."""
        self.grants.clear()

    @abstractmethod
    def _account_id(self, person: Wearer) -> str:
        """Return the provider's id of an account."""

    @abstractmethod
    def _further_checks(self, query: Mapping[str, str]) -> Iterable[tuple[object, str]]:
        """Return further faults of an authorization request, and the reason given for each."""

    @abstractmethod
    def _check_client(self, request: web.Request, form: Mapping[str, str]) -> None:
        """Raise TokenError if the token endpoint does not know the app."""

    @abstractmethod
    def _refresh(self, form: Mapping[str, str]) -> dict[str, Any]:
        """Return the answer to a refresh token."""

    @abstractmethod
    def _refused(self, error: TokenError) -> web.Response:
        """Write an error of the token endpoint."""

    def _issuer(self, access_token: str) -> Grant | None:
        """Return the grant that an access token came of, expired or not."""
        return next((grant for grant in self.grants if access_token in grant.access_tokens), None)

    def _holder(self, access_token: str) -> Grant | None:
        """Return the grant of an access token that is still good."""
        grant = self._issuer(access_token)
        return grant if grant and grant.access_tokens[access_token] > self.clock() else None

    def _allow(self, person: Wearer, scopes: Iterable[str]) -> Grant:
        grant = Grant(person, tuple(scopes))
        self.grants.append(grant)
        return grant

    def _consented(self, person: Wearer, scopes: Iterable[str], query: Mapping[str, str]) -> Grant:
        """Return the answer to the consent page's authorization request."""
        return self._allow(person, scopes)

    def _answer(self, grant: Grant) -> dict[str, Any]:
        """Return a new access token."""
        access_token = f"{self.access_prefix}{token_urlsafe(24)}"
        grant.access_tokens[access_token] = self.clock() + self.access_lifetime
        return {
            "access_token": access_token,
            "expires_in": self.access_lifetime,
            "scope": " ".join(grant.scopes),
            "token_type": "Bearer",
        }

    def _first_answer(self, grant: Grant) -> dict[str, Any]:
        answer = self._answer(grant)
        return answer | ({"refresh_token": grant.refresh_token} if grant.refresh_token else {})

    def _code_answer(self, code: str, scopes: Iterable[str]) -> dict[str, str]:
        """Return the parameters of the redirect when consent is given."""
        return {"code": code}

    def _refusal(self, query: Mapping[str, str]) -> str | None:
        """Return why the provider would show an error page instead of asking for consent."""
        scopes = query.get("scope", "").split()
        redirect = urlsplit(query.get("redirect_uri", ""))
        for wrong, reason in (
            (query.keys() - self.authorize_parameters, "invalid_request: unknown parameter"),
            (query.get("client_id") != self.client_id, "invalid_client: The OAuth client was not found."),
            (query.get("response_type") != "code", "unsupported_response_type: response_type must be code"),
            (not (redirect.scheme in ("http", "https") and redirect.netloc), "redirect_uri_mismatch"),
            (not scopes, "invalid_request: Missing required parameter: scope"),
            (set(scopes) - self.scopes.keys(), "invalid_scope: Some requested scopes were invalid."),
            (
                "code_challenge" in query and query.get("code_challenge_method") != "S256",
                "invalid_request: code_challenge_method must be S256",
            ),
            *self._further_checks(query),
        ):
            if wrong:
                return reason
        return None

    async def _consent(self, request: web.Request) -> web.Response:
        if reason := self._refusal(request.query):
            return _blocked(reason)
        accounts = "".join(
            f'<label><input type="radio" name="account" value="{escape(self._account_id(person))}"'
            f"{'' if number else ' checked'}><span>{escape(person.name)}</span></label>"
            for number, person in enumerate(self.people)
        )
        if len(self.people) == 1:
            accounts = (
                f'<input type="hidden" name="account" value="{escape(self._account_id(self.person))}">'
                f"<label>{escape(self.person.name)}</label>"
            )
        scopes = "".join(
            f'<label><input type="checkbox" name="scope" value="{escape(scope)}" checked>'
            f"<span>{escape(self.scopes[scope])}</span></label>"
            for scope in request.query["scope"].split()
        )
        content = (
            f"<small>{self.provider}, simulated</small>"
            f'<form method="post" action="{escape(request.path_qs)}">'
            f"<fieldset><legend>Account</legend>{accounts}</fieldset>"
            f"<fieldset><legend>{escape(self.app_name)} wants to</legend>{scopes}</fieldset>"
            f'<nav><button name="decision" value="cancel">Cancel</button>'
            f'<button class="main" name="decision" value="allow">Allow</button></nav></form>'
        )
        return page(f"{self.app_name} wants access to your {self.provider} Account", content)

    async def _decide(self, request: web.Request) -> web.Response:
        query = request.query
        if reason := self._refusal(query):
            return _blocked(reason)
        form = await request.post()
        answer = {"state": query["state"]} if "state" in query else {}
        person = next((one for one in self.people if self._account_id(one) == form.get("account")), None)
        asked = query["scope"].split()
        scopes = [scope for scope in asked if scope in form.getall("scope", [])]
        if person and scopes and form.get("decision") == "allow":
            code = f"{self.code_prefix}{token_urlsafe(24)}"
            self._codes[code] = Code(
                self._consented(person, scopes, query),
                query["redirect_uri"],
                query.get("code_challenge"),
                self.clock() + CODE_LIFETIME,
            )
            answer |= self._code_answer(code, scopes)
        else:
            answer |= self.denial
        target = query["redirect_uri"]
        separator = "&" if urlsplit(target).query else "?"
        location = f"{target}{separator}{urlencode(answer)}{self.redirect_end}"
        return web.Response(status=302, headers={"Location": location})

    async def _token(self, request: web.Request) -> web.Response:
        try:
            form = {name: str(value) for name, value in (await request.post()).items()}
            self._check_client(request, form)
            answer = self._fulfil(form)
        except TokenError as error:
            return self._refused(error)
        return web.json_response(answer)

    def _fulfil(self, form: Mapping[str, str]) -> dict[str, Any]:
        match form.get("grant_type"):
            case "authorization_code":
                return self._first_answer(self._redeem(form))
            case "refresh_token":
                return self._refresh(form)
            case other:
                raise TokenError(400, "unsupported_grant_type", f"Invalid grant_type: {other}")

    def _redeem(self, form: Mapping[str, str]) -> Grant:
        """Return the grant behind an authorization code, which ends with its first use."""
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or code.until <= self.clock() or code.grant not in self.grants:
            raise TokenError(400, "invalid_grant", "Malformed auth code.")
        if form.get("redirect_uri") != code.redirect_uri:
            raise TokenError(400, self.redirect_mismatch, "Bad Request")
        verifier = form.get("code_verifier")
        if code.challenge and not verifier:
            raise TokenError(400, "invalid_grant", "Missing code verifier.")
        if (_challenge(verifier) if verifier else None) != code.challenge:
            raise TokenError(400, "invalid_grant", "Invalid code verifier.")
        return code.grant


def _blocked(reason: str) -> web.Response:
    return page("Access blocked", f"<p>Error 400: {escape(reason)}</p>", status=400)


def _challenge(verifier: str) -> str:
    """Return the S256 challenge of a verifier; what RFC 7636 does not admit as one has none."""
    if not VERIFIER.fullmatch(verifier):
        return ""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
