"""The Google Health API v4, as far as heart rate is concerned, behind Google's sign-in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
import gzip
import json
from math import ceil
import re
from secrets import token_urlsafe
from typing import Any, override
from zoneinfo import ZoneInfo

from aiohttp import web

from . import google_schema as schema
from .google_oauth import ACTIVITY, METRICS, SCOPES, SETTINGS, SLEEP, GoogleSignIn
from .google_points import (
    DATA_SOURCE,
    DEVICE,
    FilterError,
    Json,
    civil_date,
    duration,
    exercise,
    exercise_source,
    heart_rate,
    midnight,
    parse_filter,
    resting_heart_rate,
    sleep,
    sleep_source,
    timestamp,
    zone_bounds,
)
from .oauth import Grant
from .person import DAY, MINUTE, Wearer
from .sleeping import Sleep, merged_sleep
from .training import merged

__all__ = ["ACTIVITY", "METRICS", "SCOPES", "SETTINGS", "SLEEP", "GoogleSimulator"]

DAYS_KEPT = 400
"""How far back daily values are looked for where the filter does not say."""
CURSORS_KEPT = 100
FOREVER = 10**11
FAMILY = re.compile(
    r"users/([^/]+)/dataSourceFamilies/(all-sources|google-wearables|google-sources|self-sources)"
)
RANGE_OF_BPM = range(1, 301)

STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
}


@dataclass(frozen=True)
class DataType:
    """What may be asked of one type of data."""

    scope: str
    calls: frozenset[str]
    filters: Mapping[str, str]


POINTS = frozenset({"list", "reconcile"})
DATA_TYPES = {
    "heart-rate": DataType(
        METRICS,
        POINTS | {"rollUp"},
        {
            "heart_rate.sample_time.physical_time": "physical",
            "heart_rate.sample_time.civil_time": "civil",
        },
    ),
    "daily-resting-heart-rate": DataType(METRICS, POINTS, {"daily_resting_heart_rate.date": "date"}),
    "daily-heart-rate-zones": DataType(METRICS, POINTS, {"daily_heart_rate_zones.date": "date"}),
    "time-in-heart-rate-zone": DataType(ACTIVITY, frozenset({"dailyRollUp"}), {}),
    "active-zone-minutes": DataType(ACTIVITY, frozenset({"dailyRollUp"}), {}),
    "exercise": DataType(ACTIVITY, POINTS, {"exercise.interval.civil_start_time": "civil"}),
    "sleep": DataType(
        SLEEP,
        POINTS,
        {"sleep.interval.end_time": "physical", "sleep.interval.civil_end_time": "civil"},
    ),
}
NIGHTLY = {
    "daily-heart-rate-variability": ("dailyHeartRateVariability", METRICS),
    "daily-respiratory-rate": ("dailyRespiratoryRate", METRICS),
    "daily-oxygen-saturation": ("dailyOxygenSaturation", METRICS),
    "daily-sleep-temperature-derivations": ("dailySleepTemperatureDerivations", METRICS),
    "daily-vo2-max": ("dailyVo2Max", ACTIVITY),
}
"""The key of each daily type in a point, and its permission."""
DATA_TYPES |= {
    name: DataType(scope, POINTS, {f"{name.replace('-', '_')}.date": "date"})
    for name, (_, scope) in NIGHTLY.items()
}
MOST_SESSIONS = 25
"""On a page, whatever is asked for."""
LONGEST_SLEEP_RANGE = 3 * DAY
LONGEST_ROLL_UP = {"rollUp": 14, "dailyRollUp": 90}
"""Days."""


class RefusalError(Exception):
    """An error in Google's shape."""

    def __init__(self, code: int, message: str, reason: str | None = None, **details: str) -> None:
        """Keep the answer; details other than `status` and `retry_after` describe the reason."""
        super().__init__(message)
        self.code = code
        self.headers = {"Retry-After": details.pop("retry_after")} if "retry_after" in details else {}
        self.body: Json = {"code": code, "message": message, "status": details.pop("status", STATUS[code])}
        if reason:
            self.body["details"] = [
                {
                    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                    "reason": reason,
                    "domain": "googleapis.com",
                    "metadata": {"service": "health.googleapis.com", **details},
                }
            ]

    def response(self) -> web.Response:
        """Return the answer."""
        return web.json_response({"error": self.body}, status=self.code, headers=self.headers)


@dataclass(frozen=True)
class Cursor:
    """What is left of a query, behind a page token."""

    query: str
    items: Sequence[Any]
    offset: int = 0
    blank: bool = False
    """Whether an empty page comes first."""


@dataclass(frozen=True)
class Call:
    """One checked request."""

    name: str
    person: Wearer
    type: str
    query: str
    """What a page token is bound to."""
    arguments: Json

    @property
    def zone(self) -> ZoneInfo:
        """The account's time zone."""
        return ZoneInfo(self.person.time_zone)


class GoogleSimulator(GoogleSignIn):
    """Accounts, consent and the API; the switches below change what it answers."""

    def __init__(
        self,
        person: Wearer | None = None,
        *,
        client_id: str = "demo.apps.googleusercontent.com",
        client_secret: str = "demo-secret",
        testing_app: bool = False,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """Start with every switch off."""
        super().__init__(
            person, client_id=client_id, client_secret=client_secret, testing_app=testing_app, clock=clock
        )
        self.account_not_linked = False
        self.api_disabled = False
        self.empty_pages = False
        self.max_page = 10000
        self.partial_responses = True
        """Whether the `fields` parameter is honoured or ignored."""
        self.masks_refused = False
        """Whether a request with `fields` is refused, whatever they are."""
        self.masks_spoil = False
        """Whether `fields` leave out what they name of each point, too."""
        self.compresses = True
        """Whether answers are compressed for a user agent that names gzip."""
        self.rollup_differs = False
        """Whether the hours' values are those of another stream than the merged one."""
        self.unmerged: set[str] = set()
        """The types of which no merged stream is given."""
        self.merges_workouts = True
        """Whether the merged stream leaves out an app's workout that the watch tells of too."""
        self.names_points = True
        """Whether workouts and sleep carry names."""
        self.merges_sleep = True
        """The same of an app's sleep."""
        self.finds_open_sleep = True
        """Whether a filter by the end finds sleep that has none."""
        self.wide_sleep_fails = False
        """Whether sleep of more than three days cannot be asked for at once."""
        self.other_source: Json | None = None
        """A second source of daily values, which listing shows beside the first; its values are higher."""
        self.odd_points: list[Any] = []
        """Raw JSON values mixed into the newest page of heart rates."""
        self.other_devices: list[Json] = []
        """Paired devices besides the tracker."""
        self.quota_per_minute: int | None = None
        self.checks_answers = True
        """Whether answers are held against the schema, which takes longer than all the rest."""
        self.schema_violations: list[str] = []
        self._used: dict[str, tuple[int, int]] = {}
        self._cursors: dict[str, Cursor] = {}

    @override
    def routes(self) -> list[web.RouteDef]:
        return [*super().routes(), web.route("*", "/v4/{path:.*}", self._health)]

    async def _health(self, request: web.Request) -> web.Response:
        try:
            call, method, mask = self._admit(request, await request.read())
            answer, odd = self._perform(call)
            self._check_answer(answer, method)
        except RefusalError as refusal:
            return refusal.response()
        for number, point in enumerate(odd):
            answer.setdefault("dataPoints", []).insert(2 * number + 1, point)
        return self._compressed(request, web.json_response(schema.select(answer, mask)))

    def _compressed(self, request: web.Request, answer: web.Response) -> web.Response:
        """Compress an answer as Google's servers do, only for a client that asks for it in two ways."""
        asked = (request.headers.get(name, "") for name in ("Accept-Encoding", "User-Agent"))
        if self.compresses and all("gzip" in value for value in asked):
            assert isinstance(answer.body, bytes)
            answer.body = gzip.compress(answer.body, 1)
            answer.headers["Content-Encoding"] = "gzip"
        return answer

    def _check_answer(self, answer: Json, method: schema.Method) -> None:
        if self.checks_answers and (problems := schema.check(answer, method.response)):
            self.schema_violations += problems
            raise RefusalError(500, problems[0])

    def forget_pages(self) -> None:
        """Forget the queries of which there are further pages."""
        self._cursors.clear()

    def _authenticate(self, request: web.Request) -> Grant:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme == "Bearer" and (grant := self._holder(token)):
            return grant
        raise RefusalError(
            401,
            "Request had invalid authentication credentials. Expected OAuth 2 access token, "
            "login cookie or other valid authentication credential.",
            "ACCESS_TOKEN_EXPIRED" if token else "CREDENTIALS_MISSING",
        )

    def _admit(self, request: web.Request, body: bytes) -> tuple[Call, schema.Method, schema.Mask]:
        """Check everything that can be checked before the call is looked at in detail."""
        grant = self._authenticate(request)
        if self.api_disabled:
            raise RefusalError(
                403,
                "Google Health API has not been used in project 123456789 before or it is disabled.",
                "SERVICE_DISABLED",
                consumer="projects/123456789",
                activationUrl="https://console.developers.google.com/apis/api/health.googleapis.com/overview"
                "?project=123456789",
            )
        self._spend(grant.person)
        if self.account_not_linked:
            raise RefusalError(
                400,
                "The account is not linked to a Fitbit account.",
                "ACCOUNT_NOT_LINKED",
                status="FAILED_PRECONDITION",
            )
        found = schema.find_method(request.method, request.match_info["path"])
        if found is None:
            raise RefusalError(404, "Requested entity was not found.")
        name, method, variables = found
        if variables["user"] not in ("me", grant.person.health_user_id):
            raise RefusalError(403, "The caller does not have permission")
        data_type = self._data_type(name, variables.get("type"))
        scopes = {data_type.scope} if data_type else set(SCOPES if name == "getIdentity" else {SETTINGS})
        if not scopes & set(grant.scopes):
            raise RefusalError(
                403,
                "Request had insufficient authentication scopes.",
                "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
                method=f"google.devicesandservices.health.v4.{name}",
            )
        arguments, mask = _arguments(method, request.query, body)
        if self.masks_refused and "fields" in request.query:
            raise RefusalError(400, "Request contains an invalid argument.")
        if self.masks_spoil:
            mask = {name: {"name": {}} if inner else {} for name, inner in mask.items()}
        query = json.dumps(
            [
                grant.person.health_user_id,
                request.path,
                {key: value for key, value in arguments.items() if not key.startswith("page")},
            ],
            sort_keys=True,
        )
        call = Call(name, grant.person, variables.get("type", ""), query, arguments)
        return call, method, mask if self.partial_responses else {}

    def _spend(self, person: Wearer) -> None:
        if self.quota_per_minute is None:
            return
        now = self.clock()
        minute, used = self._used.get(person.health_user_id, (0, 0))
        used = used + 1 if minute == now // MINUTE else 1
        self._used[person.health_user_id] = (int(now // MINUTE), used)
        if used > self.quota_per_minute:
            raise RefusalError(
                429,
                "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute per user'.",
                "RATE_LIMIT_EXCEEDED",
                retry_after=str(ceil(MINUTE - now % MINUTE)),
            )

    def _data_type(self, call: str, name: str | None) -> DataType | None:
        if name is None:
            return None
        data_type = DATA_TYPES.get(name)
        if data_type is None:
            raise RefusalError(400, f"Unknown data type: {name}", "INVALID_PARENT_DATA_TYPE_COLLECTION")
        if call not in data_type.calls or (call == "reconcile" and name in self.unmerged):
            raise RefusalError(
                400,
                f"Data type {name} is not supported by {call}",
                "UNSUPPORTED_DATA_TYPE_ACTION",
                allowed_actions=", ".join(sorted(data_type.calls)),
            )
        return data_type

    def _perform(self, call: Call) -> tuple[Json, list[Any]]:
        """Return the answer, and apart from it what is wrong on purpose."""
        match call.name:
            case "getIdentity":
                return _identity(call.person), []
            case "getSettings":
                return _settings(call, self.clock()), []
            case "listDevices":
                return self._page("pairedDevices", call, self._cursor(call, self._devices), 5, 100), []
            case "rollUp":
                return self._page("rollupDataPoints", call, self._cursor(call, self._hours), 1440, 10000), []
            case "dailyRollUp":
                return self._page("rollupDataPoints", call, self._cursor(call, self._days), 90, 90), []
        if call.type == "heart-rate":
            return self._heart_rates(call)
        if sessions := {"exercise": self._exercises, "sleep": self._sleeps}.get(call.type):
            cursor = self._cursor(call, sessions)
            return self._page("dataPoints", call, cursor, MOST_SESSIONS, MOST_SESSIONS), []
        answer = self._page("dataPoints", call, self._cursor(call, self._daily_points), 1440, 10000)
        return _with_source(answer, call), []

    def _heart_rates(self, call: Call) -> tuple[Json, list[Any]]:
        cursor = self._cursor(call, self._samples)
        answer = self._page("dataPoints", call, cursor, 1440, 10000)
        odd = [] if cursor.offset or cursor.blank else list(self.odd_points)
        zone = call.zone
        sound: list[Json] = []
        for time, bpm in answer.pop("dataPoints", []):
            (sound if bpm in RANGE_OF_BPM else odd).append(heart_rate(time, bpm, zone))
        return _with_source(({"dataPoints": sound} if sound else {}) | answer, call), odd

    def _cursor(self, call: Call, items: Callable[[Call], Sequence[Any]]) -> Cursor:
        """Return the start of the page; a query is answered once, whatever arrives between its pages."""
        if not (token := call.arguments.get("pageToken")):
            return Cursor(call.query, items(call), blank=self.empty_pages)
        cursor = self._cursors.get(token)
        if cursor is None or cursor.query != call.query:
            raise RefusalError(400, "Invalid page token")
        return cursor

    def _page(self, key: str, call: Call, cursor: Cursor, default: int, most: int) -> Json:
        size = call.arguments.get("pageSize", 0)
        if size < 0:
            raise RefusalError(400, "page_size must not be negative")
        if cursor.blank:
            return {"nextPageToken": self._keep(replace(cursor, blank=False))}
        end = cursor.offset + min(size or default, most, self.max_page)
        page = cursor.items[cursor.offset : end]
        answer: Json = {key: list(page)} if page else {}
        if end < len(cursor.items) or (self.empty_pages and page):
            answer["nextPageToken"] = self._keep(replace(cursor, offset=end, blank=self.empty_pages))
        return answer

    def _keep(self, cursor: Cursor) -> str:
        token = token_urlsafe(24)
        self._cursors[token] = cursor
        if len(self._cursors) > CURSORS_KEPT:
            del self._cursors[next(iter(self._cursors))]
        return token

    def _samples(self, call: Call) -> Sequence[tuple[int, int]]:
        if _is_foreign(call):
            return []
        kind, bounds = _filter(call)
        seconds = {
            operator: ceil((bound.replace(tzinfo=call.zone) if kind == "civil" else bound).timestamp())
            for operator, bound in bounds.items()
        }
        found = call.person.samples(seconds.get(">=", 0), seconds.get("<", FOREVER), self.clock())
        return found[::-1]

    def _exercises(self, call: Call) -> list[Json]:
        """Return the workouts, newest first; civil bounds are those of the account's clock."""
        if _is_foreign(call):
            return []
        _, bounds = _filter(call)
        start, end = (
            int(bounds[operator].replace(tzinfo=call.zone).timestamp()) if operator in bounds else default
            for operator, default in ((">=", 0), ("<", int(self.clock()) + DAY))
        )
        found = call.person.trainings(start, end, self.clock())
        is_listed = call.name == "list"
        if not is_listed and self.merges_workouts:
            found = merged(found)
        points: list[Json] = []
        for training in reversed(found):
            point = exercise(training, call.zone)
            if self.names_points:
                name = f"users/{call.person.health_user_id}/dataTypes/exercise/dataPoints/{training.id}"
                point = {"name" if is_listed else "dataPointName": name, **point}
            points.append({"dataSource": exercise_source(training), **point} if is_listed else point)
        return points

    def _sleeps(self, call: Call) -> list[Json]:
        """Return the sleep sessions, newest first; a filter tests their end, by its own offset if need be."""
        is_listed = call.name == "list"
        if is_listed and "dataSourceFamily" in call.arguments:
            raise RefusalError(400, "data_source_family is not supported")
        kind, bounds = _filter(call)
        now = self.clock()
        first, last = (
            bounds[operator].replace(tzinfo=bounds[operator].tzinfo or UTC).timestamp()
            if operator in bounds
            else default
            for operator, default in ((">=", 0), ("<", now + DAY))
        )
        if self.wide_sleep_fails and last - first > LONGEST_SLEEP_RANGE:
            raise RefusalError(500, "Internal error encountered.")
        found = [
            one
            for one in call.person.sleeps(int(first) - 2 * DAY, int(last) + 2 * DAY, now)
            if (one.end is not None or self.finds_open_sleep)
            and first <= _end_of(one, call.zone, is_civil=kind == "civil", now=now) < last
        ]
        if _is_foreign(call):
            return []
        if not is_listed and self.merges_sleep:
            found = merged_sleep(found)
        points: list[Json] = []
        for one in sorted(found, reverse=True, key=lambda one: one.start):
            point = sleep(one, call.zone)
            if self.names_points:
                name = f"users/{call.person.health_user_id}/dataTypes/sleep/dataPoints/{one.id}"
                point = {"name" if is_listed else "dataPointName": name, **point}
            points.append({"dataSource": sleep_source(one), **point} if is_listed else point)
        return points

    def _nightly(self, call: Call, day: date) -> list[Json]:
        key, _ = NIGHTLY[call.type]
        fields = call.person.nightly(day, self.clock()).get(key)
        if fields is None:
            return []
        point = {key: {"date": civil_date(day), **fields}}
        if call.name != "list" or self.other_source is None:
            return [point]
        higher = {name: value + 1 if isinstance(value, float) else value for name, value in fields.items()}
        other = {"dataSource": self.other_source, key: {"date": civil_date(day), **higher}}
        return [other, point]

    def _daily_points(self, call: Call) -> list[Json]:
        now = self.clock()
        _, bounds = _filter(call)
        if _is_foreign(call):
            return []
        today = datetime.fromtimestamp(now, call.zone).date()
        last = min(today, bounds["<"].date() - timedelta(days=1)) if "<" in bounds else today
        first = (
            max(bounds[">="].date(), date(2000, 1, 1)) if ">=" in bounds else last - timedelta(days=DAYS_KEPT)
        )
        points = []
        for day in (last - timedelta(days=number) for number in range((last - first).days + 1)):
            if call.type in NIGHTLY:
                points += self._nightly(call, day)
            elif call.type == "daily-resting-heart-rate":
                if (bpm := call.person.resting_heart_rate(day, now)) is not None:
                    points.append(resting_heart_rate(day, bpm))
            elif zones := call.person.zone_bounds(day):
                points.append(zone_bounds(day, zones))
        return points

    def _devices(self, call: Call) -> list[Json]:
        tracker = {
            "name": f"users/{call.person.health_user_id}/pairedDevices/1",
            "deviceType": "TRACKER",
            "deviceVersion": DEVICE,
            "batteryLevel": 78,
            "batteryStatus": "High",
            "features": ["HEART_RATE"],
        }
        synced = call.person.last_sync(self.clock())
        return [
            tracker | ({} if synced is None else {"lastSyncTime": timestamp(synced)}),
            *self.other_devices,
        ]

    def _hours(self, call: Call) -> list[Json]:
        """Roll samples up into windows that begin at the range's start."""
        interval = call.arguments["range"]
        if not {"startTime", "endTime"} <= interval.keys():
            raise RefusalError(400, "range must have a start and an end")
        start, end = (datetime.fromisoformat(interval[key]).timestamp() for key in ("startTime", "endTime"))
        window = float(call.arguments["windowSize"].rstrip("s"))
        _check_range(call, end - start)
        if window < 1:
            raise RefusalError(400, "window_size must be at least 1 second")
        windows: dict[int, list[int]] = {}
        found = [] if _is_foreign(call) else call.person.samples(ceil(start), ceil(end), self.clock())
        for time, bpm in found:
            windows.setdefault(int((time - start) // window), []).append(bpm + self.rollup_differs)
        return [
            {
                "startTime": timestamp(start + number * window),
                "endTime": timestamp(min(end, start + (number + 1) * window)),
                "heartRate": {
                    "beatsPerMinuteAvg": sum(values) / len(values),
                    "beatsPerMinuteMax": max(values),
                    "beatsPerMinuteMin": min(values),
                },
            }
            for number, values in sorted(windows.items())
        ]

    def _days(self, call: Call) -> list[Json]:
        """Roll zone minutes up into windows of civil days."""
        start, end = (_civil_day(call.arguments["range"][key]) for key in ("start", "end"))
        window = call.arguments.get("windowSizeDays", 1)
        _check_range(call, (end - start).days * DAY)
        if window < 1:
            raise RefusalError(400, "window_size_days must be positive")
        windows = [start + timedelta(days=days) for days in range(0, (end - start).days, window)]
        if 0 < call.arguments.get("pageSize", 0) < len(windows):
            raise RefusalError(400, "page_size is too small", "INVALID_ROLLUP_QUERY_DURATION")
        points = []
        for first in windows:
            last = min(end, first + timedelta(days=window))
            days = [first + timedelta(days=number) for number in range((last - first).days)]
            roll_up = self._active_minutes if call.type == "active-zone-minutes" else self._zone_minutes
            value = roll_up(call, days)
            if value and not _is_foreign(call):
                points.append({"civilStartTime": midnight(first), "civilEndTime": midnight(last), **value})
        return points

    def _active_minutes(self, call: Call, days: Sequence[date]) -> Json | None:
        total: dict[str, int] = {}
        for day in days:
            for zone, minutes in call.person.active_zone_minutes(day, self.clock()).items():
                total[zone] = total.get(zone, 0) + minutes
        if not total:
            return None
        # Some zeros are sent, others left out.
        sums = {f"sumIn{zone}HeartZone": str(minutes) for zone, minutes in total.items() if minutes}
        return {"activeZoneMinutes": sums | ({} if sums else {"sumInPeakHeartZone": "0"})}

    def _zone_minutes(self, call: Call, days: Sequence[date]) -> Json | None:
        minutes: dict[str, float] = {}
        for day in days:
            for zone, spent in call.person.zone_minutes(day, self.clock()).items():
                minutes[zone] = minutes.get(zone, 0) + spent
        if not minutes:
            return None
        zones = [
            {"heartRateZone": zone, "duration": duration(round(spent * MINUTE, 3))}
            for zone, spent in minutes.items()
            if spent
        ]
        return {"timeInHeartRateZone": {"timeInHeartRateZones": zones} if zones else {}}


def _arguments(method: schema.Method, query: Mapping[str, str], body: bytes) -> tuple[Json, schema.Mask]:
    """Return the call's own arguments, wherever they were sent, and the fields asked for."""
    problems = schema.check_query(query, method)
    arguments: Any = {key: value for key, value in query.items() if key in method.query}
    try:
        mask = schema.parse_mask(query["fields"]) if "fields" in query else {}
        if method.request:
            arguments = json.loads(body)
            problems += schema.check(arguments, method.request)
        elif body:
            problems.append("Invalid JSON payload received. A GET request must not have a body.")
        elif not problems and "pageSize" in arguments:
            arguments["pageSize"] = int(arguments["pageSize"])
    except ValueError as error:
        raise RefusalError(400, f"Invalid request: {error}") from error
    problems += schema.check_mask(mask, method.response)
    if query.get("alt", "json") != "json":
        problems.append("Only alt=json is spoken here.")
    if problems:
        raise RefusalError(400, problems[0])
    return arguments, mask


def _filter(call: Call) -> tuple[str, dict[str, datetime]]:
    if not (text := call.arguments.get("filter")):
        return "", {}
    try:
        return parse_filter(text, DATA_TYPES[call.type].filters)
    except FilterError as error:
        raise RefusalError(400, f"Invalid filter: {error}", error.reason) from error
    except ValueError as error:
        raise RefusalError(400, f"Invalid filter: {error}") from error


def _end_of(one: Sleep, zone: ZoneInfo, *, is_civil: bool, now: float) -> float:
    """Return the end of sleep, or of a civil one the time on its clock as if it were UTC."""
    end = now if one.end is None else one.end
    if not is_civil:
        return end
    offset = datetime.fromtimestamp(end, zone).utcoffset() or timedelta()
    return end + (one.offsets[1] if one.offsets else offset.total_seconds())


def _is_foreign(call: Call) -> bool:
    """Tell whether only data is asked for that the calling app wrote itself."""
    if not (name := call.arguments.get("dataSourceFamily")):
        return False
    family = FAMILY.fullmatch(name)
    if family is None or family[1] not in ("me", call.person.health_user_id):
        raise RefusalError(400, f"Invalid data source family: {name}")
    return family[2] == "self-sources"


def _check_range(call: Call, seconds: float) -> None:
    if seconds <= 0:
        raise RefusalError(400, "range start must be before its end")
    if seconds > LONGEST_ROLL_UP[call.name] * DAY:
        raise RefusalError(400, f"range must not be longer than {LONGEST_ROLL_UP[call.name]} days")


def _civil_day(value: Json) -> date:
    if any(value.get("time", {}).values()):
        raise RefusalError(400, "range must be aligned with the aggregation window")
    try:
        return date(*(value["date"].get(part, 0) for part in ("year", "month", "day")))
    except ValueError as error:
        raise RefusalError(400, f"Invalid date: {error}") from error


def _identity(person: Wearer) -> Json:
    return {
        "name": "users/me/identity",
        "healthUserId": person.health_user_id,
        "legacyUserId": person.legacy_user_id,
    }


def _settings(call: Call, now: float) -> Json:
    offset = datetime.fromtimestamp(now, call.zone).utcoffset() or timedelta()
    return {
        "name": f"users/{call.person.health_user_id}/settings",
        "timeZone": call.person.time_zone,
        "utcOffset": duration(offset.total_seconds()),
        "languageLocale": "en_GB",
        "autoStrideEnabled": True,
        "distanceUnit": "DISTANCE_UNIT_KILOMETERS",
    }


def _with_source(answer: Json, call: Call) -> Json:
    """Name the source of listed points; reconciled ones have none."""
    if call.name == "list" and "dataPoints" in answer:
        answer["dataPoints"] = [{"dataSource": DATA_SOURCE, **point} for point in answer["dataPoints"]]
    return answer
