"""The Fitbit Web API, as far as heart rate is concerned, behind Fitbit's sign-in."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from math import ceil
import re
from statistics import mean
from typing import Literal, override
from zoneinfo import ZoneInfo

from aiohttp import web

from .fitbit_errors import ADVICE, RefusalError
from .fitbit_heart import DETAILS, HEART_PATH, Asked, Json, intraday, parse, samples, zones
from .fitbit_oauth import HEART_RATE, PROFILE, SCOPES, SETTINGS, FitbitSignIn
from .oauth import Grant
from .person import HOUR, Wearer, time_in_zones
from .server import Handler

__all__ = ["HEART_RATE", "PROFILE", "SCOPES", "SETTINGS", "FitbitSimulator"]

USER_PATH = re.compile(r"user/([^/]+)/(.*)")
RESOURCES = {
    HEART_RATE: HEART_PATH,
    PROFILE: re.compile(r"profile\.json"),
    SETTINGS: re.compile(r"devices\.json"),
}
"""The addresses of each scope."""
TIME_ZONE_QUERY = ("timezone", "UTC")


class FitbitSimulator(FitbitSignIn):
    """Accounts, consent and the API; the switches below change what it answers."""

    def __init__(
        self,
        person: Wearer | None = None,
        *,
        client_id: str = "23ABCD",
        client_secret: str = "demo-secret",
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Start as the documentation has it."""
        super().__init__(person, client_id=client_id, client_secret=client_secret, clock=clock)
        self.ended = False
        """Whether the service was shut down: every answer is 410."""
        self.intraday: Literal["full", "forbidden", "absent"] = "full"
        self.timezone_honoured = True
        """Whether `timezone=UTC` is honoured or ignored."""
        self.utc_dates_local = False
        """Whether a `timezone=UTC` that is honoured leaves the path's dates and times local."""
        self.end_minute_included = True
        """Whether the end minute of a window belongs to it."""
        self.sub_day_shape = False
        """Whether an answer for a time range has the older shape, with the mean in place of the day."""
        self.custom_zones: list[Json] | None = None
        self.custom_zones_key: Literal["list", "null", "absent"] = "list"
        self.zones_without_calories = False
        self.zones_without_minutes = False
        self.other_devices: list[Json] = []
        """Paired devices besides the tracker."""
        self.limit = 150
        """Requests in an hour of the clock, for each account."""
        self.headers_lag = 0
        """How many of the last requests the rate-limit headers do not know of yet."""
        self._spent: Counter[tuple[str, int]] = Counter()

    @override
    def routes(self) -> list[web.RouteDef]:
        return [*super().routes(), web.route("*", "/1/{path:.*}", self._api)]

    def calls_by_hour(self) -> dict[int, int]:
        """Count the requests to the API, whatever their answer, by the UTC second that began their hour."""
        return dict(
            Counter(
                int(request.time // HOUR) * HOUR
                for request in self.requests
                if request.path.startswith("/1/")
            )
        )

    @web.middleware
    @override
    async def _serve(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        return await super()._serve(request, _gone if self.ended else handler)

    async def _api(self, request: web.Request) -> web.Response:
        try:
            grant = self._authenticate(request)
        except RefusalError as refusal:
            return refusal.response()
        now = self.clock()
        account = (self._account_id(grant.person), int(now // HOUR))
        self._spent[account] += 1
        try:
            answer = web.json_response(self._perform(request, grant, self._spent[account]))
        except RefusalError as refusal:
            answer = refusal.response()
        known = max(0, self._spent[account] - self.headers_lag)
        answer.headers["fitbit-rate-limit-limit"] = str(self.limit)
        answer.headers["fitbit-rate-limit-remaining"] = str(max(0, self.limit - known))
        answer.headers["fitbit-rate-limit-reset"] = str(ceil(HOUR - now % HOUR))
        return answer

    def _authenticate(self, request: web.Request) -> Grant:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme == "Bearer" and (grant := self._holder(token)):
            return grant
        state = "expired" if scheme == "Bearer" and self._issuer(token) else "invalid"
        raise RefusalError(401, f"{state}_token", f"Access token {state}: {token}. {ADVICE}")

    def _perform(self, request: web.Request, grant: Grant, spent: int) -> Json | list[Json]:
        """Check everything that can be checked before the call is looked at in detail, then answer it."""
        if spent > self.limit:
            raise RefusalError(429, "system", "Too Many Requests")
        user, scope, path = _resource(request)
        if user not in ("-", self._account_id(grant.person)):
            raise _forbidden("The application is not authorized to access this user's data.")
        if scope not in grant.scopes:
            raise RefusalError(
                403,
                "insufficient_scope",
                f"This application does not have permission to access {scope} data. {ADVICE}",
            )
        for name, value in request.query.items():
            if scope != HEART_RATE or (name, value) != TIME_ZONE_QUERY:
                raise RefusalError(400, "validation", f"Invalid parameter: {name}={value}", name)
        if scope == PROFILE:
            return self._profile(grant.person)
        if scope == SETTINGS:
            return self._devices(grant.person)
        return self._heart(grant.person, path, utc=bool(request.query) and self.timezone_honoured)

    def _profile(self, person: Wearer) -> Json:
        offset = datetime.fromtimestamp(self.clock(), ZoneInfo(person.time_zone)).utcoffset() or timedelta()
        return {
            "user": {
                "displayName": person.name,
                "encodedId": self._account_id(person),
                "fullName": person.name,
                "locale": "en_GB",
                "memberSince": "2019-05-08",
                "offsetFromUTCMillis": round(offset.total_seconds() * 1000),
                "timezone": person.time_zone,
            }
        }

    def _devices(self, person: Wearer) -> list[Json]:
        tracker = {
            "battery": "High",
            "batteryLevel": 78,
            "deviceVersion": "Inspire 3",
            "features": [],
            "id": "2610518123",
            "mac": "0123456789AB",
            "type": "TRACKER",
        }
        if (synced := person.last_sync(self.clock())) is not None:
            local = datetime.fromtimestamp(synced, ZoneInfo(person.time_zone)).replace(tzinfo=None)
            tracker["lastSyncTime"] = local.isoformat(timespec="milliseconds")
        return [tracker, *self.other_devices]

    def _heart(self, person: Wearer, path: re.Match[str], *, utc: bool) -> Json:
        now, local = self.clock(), ZoneInfo(person.time_zone)
        written_in: tzinfo = UTC if utc else local
        read_in = local if self.utc_dates_local else written_in
        today = datetime.fromtimestamp(now, read_in).date()
        asked = parse(path, today, end_minute_included=self.end_minute_included)
        if asked.detail and self.intraday == "forbidden":
            raise _forbidden("API client is not authorized by Fitbit to access the resource requested.")
        if asked.detail is None or not asked.within_a_day:
            return {"activities-heart": self._days(person, asked)}
        sub_day = asked.timed and self.sub_day_shape
        summary = [self._window(person, asked, read_in)] if sub_day else self._days(person, asked)
        answer: Json = {"activities-heart": summary}
        if self.intraday == "full":
            found = samples(person, asked, asked.detail, read_in, now)
            answer["activities-heart-intraday"] = intraday(found, asked.detail, written_in)
        return answer

    def _days(self, person: Wearer, asked: Asked) -> list[Json]:
        now = self.clock()
        days = []
        for day in asked.days:
            value = self._zones(zones(person.zone_bounds(day), person.zone_minutes(day, now)))
            if (bpm := person.resting_heart_rate(day, now)) is not None:
                value["restingHeartRate"] = bpm
            days.append({"dateTime": day.isoformat(), "value": value})
        return days

    def _window(self, person: Wearer, asked: Asked, zone: tzinfo) -> Json:
        """Return the older shape of a time range's summary."""
        found = samples(person, asked, DETAILS["1sec"], zone, self.clock())
        bounds = person.zone_bounds(asked.first)
        return self._zones(zones(bounds, time_in_zones(sorted(set(found)), bounds))) | {
            "dateTime": "today",
            "value": f"{mean(bpm for _, bpm in found):.1f}" if found else "0",
        }

    def _zones(self, standard: list[Json]) -> Json:
        custom = [dict(zone) for zone in self.custom_zones or []]
        for zone in [*custom, *standard]:
            if self.zones_without_calories:
                zone.pop("caloriesOut", None)
            if self.zones_without_minutes:
                zone.pop("minutes", None)
        keys: dict[str, Json] = {
            "list": {"customHeartRateZones": custom},
            "null": {"customHeartRateZones": None},
            "absent": {},
        }
        return keys[self.custom_zones_key] | {"heartRateZones": standard}


def _resource(request: web.Request) -> tuple[str, str, re.Match[str]]:
    """Return whose resource a request is for, its scope and the parts of its path."""
    address = USER_PATH.fullmatch(request.match_info["path"])
    for scope, pattern in RESOURCES.items():
        if address and request.method == "GET" and (path := pattern.fullmatch(address[2])):
            return address[1], scope, path
    raise RefusalError(404, "not_found", f"The API you are requesting could not be found: {request.path}")


def _forbidden(message: str) -> RefusalError:
    return RefusalError(403, "insufficient_permissions", f"{message} {ADVICE}")


async def _gone(_: web.Request) -> web.Response:
    return RefusalError(410, "gone", "The Fitbit Web API has been shut down.").response()
