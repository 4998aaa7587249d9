"""Fitbit's sign-in: PKCE, client credentials by HTTP Basic, refresh tokens that are good once."""

from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
import re
from secrets import token_hex
from typing import Any, Literal, override

from aiohttp import web

from .fitbit_errors import ADVICE, RefusalError
from .oauth import Grant, SignIn, TokenError
from .person import Wearer

HEART_RATE, PROFILE, SETTINGS = SCOPES = ("heartrate", "profile", "settings")

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
PROMPTS = {"", "none", "consent", "login", "login consent"}


@dataclass(frozen=True)
class Refresh:
    """One request to refresh: `repeated` is an old token within its grace."""

    time: float
    token: str
    outcome: Literal["rotated", "repeated", "refused"]


@dataclass(frozen=True)
class Used:
    """What a refresh token was exchanged for."""

    grant: Grant
    time: float
    answer: dict[str, Any]


class FitbitSignIn(SignIn):
    """The accounts and their grants."""

    provider = "Fitbit"
    scopes = {
        HEART_RATE: "See your heart rate, your resting heart rate and your heart-rate zones",
        PROFILE: "See your profile, with your time zone",
        SETTINGS: "See the trackers paired with your account",
    }
    authorize_parameters = frozenset(
        {
            "client_id",
            "code_challenge",
            "code_challenge_method",
            "prompt",
            "redirect_uri",
            "response_type",
            "scope",
            "state",
        }
    )
    access_lifetime = 28800
    denial = {"error": "access_denied", "error_description": "The user denied the request."}
    redirect_mismatch = "invalid_grant"
    redirect_end = "#_=_"

    def __init__(
        self,
        person: Wearer | None = None,
        *,
        client_id: str = "23ABCD",
        client_secret: str = "demo-secret",
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Know one account and one app."""
        super().__init__(person, client_id=client_id, client_secret=client_secret, clock=clock)
        self.refresh_grace = 0.0
        """Seconds in which a refresh token that was used gives the same answer again."""
        self.refreshes: list[Refresh] = []
        self._used: dict[str, Used] = {}

    @override
    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/oauth2/authorize", self._consent),
            web.post("/oauth2/authorize", self._decide),
            web.post("/oauth2/token", self._token),
            web.post("/oauth2/revoke", self._revoke),
        ]

    @override
    def _account_id(self, person: Wearer) -> str:
        return person.legacy_user_id

    @override
    def _further_checks(self, query: Mapping[str, str]) -> Iterable[tuple[object, str]]:
        return (
            (
                not CHALLENGE.fullmatch(query.get("code_challenge", "")),
                "invalid_request: The code_challenge parameter is invalid",
            ),
            (query.get("prompt", "") not in PROMPTS, "invalid_request: Invalid prompt parameter value"),
        )

    @override
    def _answer(self, grant: Grant) -> dict[str, Any]:
        """Return new tokens; the refresh token before ends here, access tokens live on."""
        grant.refresh_token = token_hex(32)
        return super()._answer(grant) | {
            "refresh_token": grant.refresh_token,
            "user_id": self._account_id(grant.person),
        }

    @override
    def _refused(self, error: TokenError) -> web.Response:
        return RefusalError(error.status, error.error, f"{error} {ADVICE}").response()

    @override
    def _check_client(self, request: web.Request, form: Mapping[str, str]) -> None:
        client = b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {client}":
            raise TokenError(401, "invalid_client", "Invalid authorization header.")
        if request.content_type != "application/x-www-form-urlencoded":
            raise TokenError(400, "invalid_request", "The request must be form-urlencoded.")
        if "client_secret" in form or form.get("client_id", self.client_id) != self.client_id:
            raise TokenError(400, "invalid_request", "The client is named by the authorization header.")

    @override
    def _refresh(self, form: Mapping[str, str]) -> dict[str, Any]:
        token, now = form.get("refresh_token"), self.clock()
        if not token:
            raise TokenError(400, "invalid_request", "Missing 'refresh_token' parameter value.")
        used = self._used.get(token)
        if grant := next((grant for grant in self.grants if grant.refresh_token == token), None):
            used = self._used[token] = Used(grant, now, self._answer(grant))
            outcome: Literal["rotated", "repeated"] = "rotated"
        elif used and used.grant in self.grants and now < used.time + self.refresh_grace:
            outcome = "repeated"
        else:
            self.refreshes.append(Refresh(now, token, "refused"))
            raise TokenError(400, "invalid_grant", f"Refresh token invalid: {token}.")
        self.refreshes.append(Refresh(now, token, outcome))
        return used.answer

    async def _revoke(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        try:
            self._check_client(request, form)
        except TokenError as error:
            return self._refused(error)
        token = form.get("token", "")
        for grant in self.grants:
            if token and (token == grant.refresh_token or token in grant.access_tokens):
                self.grants.remove(grant)
                return web.Response()
        return self._refused(TokenError(400, "invalid_token", f"Token invalid: {token}."))
