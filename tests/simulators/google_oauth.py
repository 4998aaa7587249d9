"""Google's sign-in: consent page, token and revocation endpoints."""

from collections.abc import Callable, Iterable, Mapping
from secrets import token_urlsafe
from typing import Any, override

from aiohttp import web

from .oauth import Grant, SignIn, TokenError
from .person import Wearer

PREFIX = "https://www.googleapis.com/auth/googlehealth."
METRICS = f"{PREFIX}health_metrics_and_measurements.readonly"
ACTIVITY = f"{PREFIX}activity_and_fitness.readonly"
SETTINGS = f"{PREFIX}settings.readonly"
SLEEP = f"{PREFIX}sleep.readonly"
SCOPES = (METRICS, ACTIVITY, SETTINGS, SLEEP)

TESTING_LIFETIME = 604799


class GoogleSignIn(SignIn):
    """The accounts and their grants; refresh tokens stay the same."""

    provider = "Google"
    scopes = {
        METRICS: "See your heart rate, your resting heart rate and your heart-rate zones",
        ACTIVITY: "See your activity, with the time you spent in each heart-rate zone",
        SETTINGS: "See your time zone and the trackers paired with your account",
        SLEEP: "See your sleep and its stages",
    }
    authorize_parameters = frozenset(
        {
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
    )
    access_lifetime = 3599
    access_prefix = "ya29."
    code_prefix = "4/"
    redirect_mismatch = "redirect_uri_mismatch"

    def __init__(
        self,
        person: Wearer | None = None,
        *,
        client_id: str = "demo.apps.googleusercontent.com",
        client_secret: str = "demo-secret",
        testing_app: bool = False,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Know one account and one app, which may be in testing still."""
        super().__init__(person, client_id=client_id, client_secret=client_secret, clock=clock)
        self.testing_app = testing_app

    @override
    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/o/oauth2/v2/auth", self._consent),
            web.post("/o/oauth2/v2/auth", self._decide),
            web.post("/token", self._token),
            web.post("/revoke", self._revoke),
        ]

    @override
    def _account_id(self, person: Wearer) -> str:
        return person.health_user_id

    @override
    def _further_checks(self, query: Mapping[str, str]) -> Iterable[tuple[object, str]]:
        return (
            (query.get("access_type", "online") not in ("online", "offline"), "invalid_request: access_type"),
        )

    @override
    def _allow(self, person: Wearer, scopes: Iterable[str]) -> Grant:
        grant = super()._allow(person, scopes)
        grant.refresh_token = f"1//{token_urlsafe(24)}"
        grant.refresh_until = self.clock() + TESTING_LIFETIME if self.testing_app else None
        return grant

    @override
    def _consented(self, person: Wearer, scopes: Iterable[str], query: Mapping[str, str]) -> Grant:
        grant = super()._consented(person, scopes, query)
        if (query.get("access_type"), query.get("prompt")) != ("offline", "consent"):
            grant.refresh_token = None
        return grant

    @override
    def _code_answer(self, code: str, scopes: Iterable[str]) -> dict[str, str]:
        return {"code": code, "scope": " ".join(scopes)}

    @override
    def _answer(self, grant: Grant) -> dict[str, Any]:
        answer = super()._answer(grant)
        if grant.refresh_until:
            answer["refresh_token_expires_in"] = int(grant.refresh_until - self.clock())
        return answer

    @override
    def _refused(self, error: TokenError) -> web.Response:
        return web.json_response({"error": error.error, "error_description": str(error)}, status=error.status)

    @override
    def _check_client(self, request: web.Request, form: Mapping[str, str]) -> None:
        if not form:
            raise TokenError(400, "invalid_request", "Missing required parameter: grant_type")
        if "client_id" not in form:
            raise TokenError(400, "invalid_request", "Could not determine client ID from request.")
        if form["client_id"] != self.client_id:
            raise TokenError(401, "invalid_client", "The OAuth client was not found.")
        if form.get("client_secret") != self.client_secret:
            raise TokenError(401, "invalid_client", "The provided client secret is invalid.")

    @override
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
                # All that the person has granted to the app ends, not this sign-in alone.
                self.grants[:] = [one for one in self.grants if one.person is not grant.person]
                return web.json_response({})
        answer = {"error": "invalid_token", "error_description": "Token expired or revoked"}
        return web.json_response(answer, status=400)
