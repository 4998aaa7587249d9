"""Google's sign-in: consent page, token and revocation endpoints."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from secrets import token_urlsafe
from typing import Any, override
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from .pages import page
from .person import Person, Wearer
from .server import Simulator

PREFIX = "https://www.googleapis.com/auth/googlehealth."
METRICS = f"{PREFIX}health_metrics_and_measurements.readonly"
ACTIVITY = f"{PREFIX}activity_and_fitness.readonly"
SETTINGS = f"{PREFIX}settings.readonly"
SCOPES = (METRICS, ACTIVITY, SETTINGS)

PLAIN_WORDS = {
    METRICS: "See your heart rate, your resting heart rate and your heart-rate zones",
    ACTIVITY: "See your activity, with the time you spent in each heart-rate zone",
    SETTINGS: "See your time zone and the trackers paired with your account",
}

ACCESS_LIFETIME = 3599
CODE_LIFETIME = 600
TESTING_LIFETIME = 604799

AUTHORIZE_PARAMETERS = {
    "access_type",
    "client_id",
    "code_challenge",
    "code_challenge_method",
    "include_granted_scopes",
    "login_hint",
    "prompt",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
}


@dataclass(eq=False)
class Grant:
    """What one account allowed, and the tokens that came of it."""

    person: Wearer
    scopes: tuple[str, ...]
    refresh_token: str | None
    refresh_until: float | None
    """When the refresh token dies: a week after consent while the app is in testing."""
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
        """Keep what is answered."""
        super().__init__(description)
        self.status = status
        self.error = error


class GoogleSignIn(Simulator):
    """The accounts and their grants."""

    def __init__(
        self,
        person: Wearer | None = None,
        *,
        client_id: str = "demo.apps.googleusercontent.com",
        client_secret: str = "demo-secret",
        testing_app: bool = False,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Know one account and one app."""
        super().__init__(clock=clock)
        self.people: list[Wearer] = [person or Person()]
        self.app_name = "Home Assistant"
        self.client_id = client_id
        self.client_secret = client_secret
        self.testing_app = testing_app
        self.grants: list[Grant] = []
        self._codes: dict[str, Code] = {}

    @override
    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/o/oauth2/v2/auth", self._consent),
            web.post("/o/oauth2/v2/auth", self._decide),
            web.post("/token", self._token),
            web.post("/revoke", self._revoke),
        ]

    @property
    def person(self) -> Wearer:
        """The first account."""
        return self.people[0]

    def grant(self, scopes: Iterable[str] | None = None, person: Wearer | None = None) -> dict[str, Any]:
        """Consent without the pages; return the token as Home Assistant stores it."""
        grant = self._allow(person or self.person, SCOPES if scopes is None else scopes, offline=True)
        answer = self._answer(grant) | {"refresh_token": grant.refresh_token}
        return answer | {"expires_at": self.clock() + ACCESS_LIFETIME}

    def expire_access_tokens(self) -> None:
        """End every access token now; refresh tokens stay good."""
        for grant in self.grants:
            grant.access_tokens.clear()

    def revoke_grants(self) -> None:
        """End every grant, as a person does in their account's settings."""
        self.grants.clear()

    def _holder(self, access_token: str) -> Grant | None:
        """Return the grant of an access token that is still good."""
        now = self.clock()
        return next((grant for grant in self.grants if grant.access_tokens.get(access_token, 0) > now), None)

    def _allow(self, person: Wearer, scopes: Iterable[str], *, offline: bool) -> Grant:
        grant = Grant(
            person,
            tuple(scopes),
            f"1//{token_urlsafe(24)}" if offline else None,
            self.clock() + TESTING_LIFETIME if self.testing_app else None,
        )
        self.grants.append(grant)
        return grant

    def _answer(self, grant: Grant) -> dict[str, Any]:
        access_token = f"ya29.{token_urlsafe(24)}"
        grant.access_tokens[access_token] = self.clock() + ACCESS_LIFETIME
        answer: dict[str, Any] = {
            "access_token": access_token,
            "expires_in": ACCESS_LIFETIME,
            "scope": " ".join(grant.scopes),
            "token_type": "Bearer",
        }
        if grant.refresh_until:
            answer["refresh_token_expires_in"] = int(grant.refresh_until - self.clock())
        return answer

    def _refusal(self, query: Mapping[str, str]) -> str | None:
        """Return why Google would show an error page instead of asking for consent."""
        scopes = query.get("scope", "").split()
        redirect = urlsplit(query.get("redirect_uri", ""))
        for wrong, reason in (
            (query.keys() - AUTHORIZE_PARAMETERS, "invalid_request: unknown parameter"),
            (query.get("client_id") != self.client_id, "invalid_client: The OAuth client was not found."),
            (query.get("response_type") != "code", "unsupported_response_type: response_type must be code"),
            (not (redirect.scheme in ("http", "https") and redirect.netloc), "redirect_uri_mismatch"),
            (not scopes, "invalid_request: Missing required parameter: scope"),
            (set(scopes) - set(SCOPES), "invalid_scope: Some requested scopes were invalid."),
            (query.get("access_type", "online") not in ("online", "offline"), "invalid_request: access_type"),
            (
                "code_challenge" in query and query.get("code_challenge_method") != "S256",
                "invalid_request: code_challenge_method must be S256",
            ),
        ):
            if wrong:
                return reason
        return None

    async def _consent(self, request: web.Request) -> web.Response:
        if reason := self._refusal(request.query):
            return page("Access blocked", f"<p>Error 400: {escape(reason)}</p>", status=400)
        accounts = "".join(
            f'<label><input type="radio" name="account" value="{escape(person.health_user_id)}"'
            f"{'' if number else ' checked'}><span>{escape(person.name)}</span></label>"
            for number, person in enumerate(self.people)
        )
        if len(self.people) == 1:
            accounts = (
                f'<input type="hidden" name="account" value="{escape(self.person.health_user_id)}">'
                f"<label>{escape(self.person.name)}</label>"
            )
        scopes = "".join(
            f'<label><input type="checkbox" name="scope" value="{escape(scope)}" checked>'
            f"<span>{escape(PLAIN_WORDS[scope])}</span></label>"
            for scope in request.query["scope"].split()
        )
        content = (
            f"<small>Google, simulated</small>"
            f'<form method="post" action="{escape(request.path_qs)}">'
            f"<fieldset><legend>Account</legend>{accounts}</fieldset>"
            f"<fieldset><legend>{escape(self.app_name)} wants to</legend>{scopes}</fieldset>"
            f'<nav><button name="decision" value="cancel">Cancel</button>'
            f'<button class="main" name="decision" value="allow">Allow</button></nav></form>'
        )
        return page(f"{self.app_name} wants access to your Google Account", content)

    async def _decide(self, request: web.Request) -> web.Response:
        query = request.query
        if reason := self._refusal(query):
            return page("Access blocked", f"<p>Error 400: {escape(reason)}</p>", status=400)
        form = await request.post()
        answer = {"state": query["state"]} if "state" in query else {}
        person = next((one for one in self.people if one.health_user_id == form.get("account")), None)
        asked = query["scope"].split()
        scopes = [scope for scope in asked if scope in form.getall("scope", [])]
        if person and scopes and form.get("decision") == "allow":
            offline = query.get("access_type") == "offline" and query.get("prompt") == "consent"
            code = f"4/{token_urlsafe(24)}"
            self._codes[code] = Code(
                self._allow(person, scopes, offline=offline),
                query["redirect_uri"],
                query.get("code_challenge"),
                self.clock() + CODE_LIFETIME,
            )
            answer |= {"code": code, "scope": " ".join(scopes)}
        else:
            answer["error"] = "access_denied"
        target = query["redirect_uri"]
        separator = "&" if urlsplit(target).query else "?"
        return web.Response(status=302, headers={"Location": f"{target}{separator}{urlencode(answer)}"})

    async def _token(self, request: web.Request) -> web.Response:
        try:
            form = {name: str(value) for name, value in (await request.post()).items()}
            self._check_client(form)
            answer = self._fulfil(form)
        except TokenError as error:
            return web.json_response(
                {"error": error.error, "error_description": str(error)}, status=error.status
            )
        return web.json_response(answer)

    def _check_client(self, form: Mapping[str, str]) -> None:
        if not form:
            raise TokenError(400, "invalid_request", "Missing required parameter: grant_type")
        if "client_id" not in form:
            raise TokenError(400, "invalid_request", "Could not determine client ID from request.")
        if form["client_id"] != self.client_id:
            raise TokenError(401, "invalid_client", "The OAuth client was not found.")
        if form.get("client_secret") != self.client_secret:
            raise TokenError(401, "invalid_client", "The provided client secret is invalid.")

    def _fulfil(self, form: Mapping[str, str]) -> dict[str, Any]:
        match form.get("grant_type"):
            case "authorization_code":
                return self._exchange(form)
            case "refresh_token":
                return self._refresh(form)
            case other:
                raise TokenError(400, "unsupported_grant_type", f"Invalid grant_type: {other}")

    def _exchange(self, form: Mapping[str, str]) -> dict[str, Any]:
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or code.until <= self.clock() or code.grant not in self.grants:
            raise TokenError(400, "invalid_grant", "Malformed auth code.")
        if form.get("redirect_uri") != code.redirect_uri:
            raise TokenError(400, "redirect_uri_mismatch", "Bad Request")
        verifier = form.get("code_verifier")
        if code.challenge and not verifier:
            raise TokenError(400, "invalid_grant", "Missing code verifier.")
        if (_challenge(verifier) if verifier else None) != code.challenge:
            raise TokenError(400, "invalid_grant", "Invalid code verifier.")
        answer = self._answer(code.grant)
        if code.grant.refresh_token:
            answer["refresh_token"] = code.grant.refresh_token
        return answer

    def _refresh(self, form: Mapping[str, str]) -> dict[str, Any]:
        token = form.get("refresh_token")
        grant = next((grant for grant in self.grants if token and grant.refresh_token == token), None)
        if grant is None or (grant.refresh_until and grant.refresh_until <= self.clock()):
            raise TokenError(400, "invalid_grant", "Token has been expired or revoked.")
        return self._answer(grant)

    async def _revoke(self, request: web.Request) -> web.Response:
        token = (await request.post()).get("token") or request.query.get("token")
        for grant in self.grants:
            if token and (token == grant.refresh_token or token in grant.access_tokens):
                self.grants.remove(grant)
                return web.json_response({})
        answer = {"error": "invalid_token", "error_description": "Token expired or revoked"}
        return web.json_response(answer, status=400)


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
