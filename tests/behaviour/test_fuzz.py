"""Whatever comes in from outside is understood or refused as documented, and no refusal quotes it.

Every decoder and header parser takes bytes, JSON and text of any kind, and answers as the services give them
with something amiss. FUZZ says how many inputs each of them gets, SEED which; without that always the same.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from http import HTTPStatus
import inspect
from ipaddress import ip_address
import json
from math import inf, isfinite, nan
import os
from random import Random
import re
import sqlite3
import sys
from types import NoneType, SimpleNamespace
from typing import Any, Final, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from aiohttp import ClientSession
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import (
    OAuth2TokenRequestError,
    OAuth2TokenRequestReauthError,
    ServiceValidationError,
)
from homeassistant.helpers.json import json_dumps
from hypothesis import HealthCheck, Phase, given, seed, settings, strategies as st
from multidict import CIMultiDict
import pytest
import voluptuous as vol
from yarl import URL

from custom_components.fitbit_cardiogram.account_token import (
    KEPT_TOKEN,
    FixedToken,
    newest_token,
)
from custom_components.fitbit_cardiogram.archive.late import Fingerprint
from custom_components.fitbit_cardiogram.const import DOMAIN
from custom_components.fitbit_cardiogram.destinations import cardiogram, line_protocol, webhook
from custom_components.fitbit_cardiogram.destinations.outcome import Outcome, Verdict
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR, midnight, utc
from custom_components.fitbit_cardiogram.heart_rate.day import RestingHeartRate, Zone
from custom_components.fitbit_cardiogram.heart_rate.sample import BPM_MAX, BPM_MIN, TIME_MIN, Sample
from custom_components.fitbit_cardiogram.heart_rate.sleep import SleepSession, duplicates, nights
from custom_components.fitbit_cardiogram.heart_rate.workout import Workout
from custom_components.fitbit_cardiogram.net.address import UnsafeUrlError, safe_base_url
from custom_components.fitbit_cardiogram.net.request import Answer
from custom_components.fitbit_cardiogram.sources.errors import (
    Denial,
    PermissionMissingError,
    ServiceUnavailableError,
    SourceError,
)
from custom_components.fitbit_cardiogram.sources.fitbit import Fitbit, decode_intraday
from custom_components.fitbit_cardiogram.sources.google_daily import GROUPS
from custom_components.fitbit_cardiogram.sources.google_health import (
    GoogleHealth,
    HeartRatePage,
    decode_heart_rate_page,
)
from custom_components.fitbit_cardiogram.sources.google_sessions import LONGEST
from custom_components.fitbit_cardiogram.sources.rate_limit import RateLimit
from custom_components.fitbit_cardiogram.sources.source import DailyReading, Identity, Reading
from custom_components.fitbit_cardiogram.sources.wall_clock import midnight_before, moments, offset_at
from custom_components.fitbit_cardiogram.time_range import RANGE, range_of
from custom_components.fitbit_cardiogram.token_request import REFUSALS, token_of
from tests.simulators.google_points import (
    civil_date,
    exercise,
    exercise_source,
    heart_rate,
    resting_heart_rate,
    sleep,
    sleep_source,
    zone_bounds,
)
from tests.simulators.sleeping import CLASSIC, Sleep
from tests.simulators.training import APP, STARTED, Training

QUICK: Final = 200
FUZZ: Final = int(os.environ.get("FUZZ", QUICK))
SEED: Final = int(os.environ.get("SEED", "0"))

type Json = Any

# Something of a person's that no error may tell.
SECRET: Final = "Sam-5e4f90"
# The day on which clocks go forward in Berlin, and long over whenever this runs.
TODAY: Final = date(2025, 3, 30)
START: Final = int(datetime(2025, 3, 29, 23, tzinfo=UTC).timestamp())
END: Final = START + 23 * HOUR
NOW: Final = START + 20 * HOUR
BERLIN: Final = ZoneInfo("Europe/Berlin")
ZONES: Final = ("UTC", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Kiritimati", "Pacific/Pago_Pago")


# Inputs: what cannot be written as a value is put in its place afterwards.

WRITTEN: Final = {
    b'"@deep"': b"[" * 3000 + b"]" * 3000,
    b'"@deeper"': b'{"a":' * 100_000,
    b'"@digits"': b"9" * 5000,
    b'"@digits in a string"': b'"' + b"9" * 5000 + b'"',
    b'"@huge"': b"1e999",
    b'"@tiny"': b"-1e-999",
    b'"@half a pair"': b'"\\ud83d"',
    b'"@not UTF-8"': b'"\xff\xc0\x80"',
    b'"@zero byte"': b'"\x00"',
}
TIMES: Final = (
    "2025-03-30T01:59:59Z",
    "2025-03-30T02:30:00",
    "2025-03-30T02:30:00.999999999+05:45",
    "2001-09-09T01:46:39.999Z",
    "0001-01-01T00:00:00",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59.999",
    "9999-12-31T23:59:59.999-23:59",
    "2025-02-30T00:00:00Z",
    "2016-12-31T23:59:60Z",
    "2025-03-30",
    "0001-01-01",
    "2025-W13-7",
    "today",
    "00:00:00",
    "23:59:59.999999",
    "12:00:00+14:00",
    "24:00:00",
    "23:59:60",
)
NUMBERS: Final = (
    *("", "0", "-0", "1", "300", "301", "-5", "1.5", "6e1"),
    *("9" * 25, "9" * 400, "٣", "²", "0x1", "NaN", "1_0"),
)
WORDS: Final = (
    SECRET,
    f"https://{SECRET}:{SECRET}@example.org/?{SECRET}",
    "\ud800",
    "\x00",
    "é\u202e😀",
    "../../etc/passwd",
    "a/" * 400 + "a",
    "x" * 5000,
    "tzdata.zi",
    *ZONES,
    *("0s", "1.5s", "999999999.999999999s", "1e5s", "-1s", "٣s"),
    *("Peak", "Fat Burn", "PEAK", cardiogram.USER_UNKNOWN),
    *("insufficient_scope", "SERVICE_DISABLED", "invalid_grant", "access_denied"),
)
NAMES: Final = (
    *("error", "errors", "errorType", "details", "reason", "nextPageToken", "value", "success"),
    *(SECRET, "\ud800"),
)
SCALARS: Final[tuple[Json, ...]] = (
    *(0, 1, -1, 300, 301, 2**31, 2**63, 2**64, 10**30, -(10**400), 0.5, -0.0, 60.0, 1e308, nan, inf, -inf),
    *(None, True, False, [], {}, [None], [[]], {"": {}}),
    *(mark.decode().strip('"') for mark in WRITTEN),
)


def arbitrary(random: Random, depth: int = 0) -> Json:
    """Return any JSON."""
    match random.randrange(6 if depth < 4 else 4):
        case 0:
            return random.choice(SCALARS)
        case 1:
            return random.choice(TIMES + NUMBERS + WORDS)
        case 2:
            return "".join(chr(random.randrange(random.choice([128, 0x3000, 0x110000]))) for _ in range(9))
        case 3:
            return random.randint(-1, 1) * random.randrange(2 ** random.randrange(1, 80))
        case 4:
            return [arbitrary(random, depth + 1) for _ in range(random.randrange(4))]
    return {random.choice(NAMES): arbitrary(random, depth + 1) for _ in range(random.randrange(4))}


# To draw one of many is much quicker than to have hypothesis make them up.
RANDOM: Final = Random(SEED)
KNOWN: Final = (*TIMES, *NUMBERS, *WORDS)
ANY: Final = [arbitrary(RANDOM) for _ in range(1000)]
VALUES: Final = st.sampled_from(
    [json.dumps(odd) for odds in ((*SCALARS, *KNOWN) * 10, ANY) for odd in odds]
).map(json.loads)
TEXTS: Final = st.sampled_from([*KNOWN * 5, *(odd for odd in ANY if isinstance(odd, str))])
KINDS: Final = st.sampled_from(["replace", "replace", "replace", "remove", "double", "rename"])


class Twin(str):
    """A name that may stand in an object beside an equal one."""

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        """Be oneself alone."""
        return self is other


def places(value: Json) -> list[tuple[Any, Any]]:
    """Return every place in a value: what holds it, and its index or name there."""
    found: list[tuple[Any, Any]] = []
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            found += [(value, key), *places(inner)]
    return found


@st.composite
def amiss(draw: st.DrawFn, *answers: Json) -> Json:
    """Return one of the answers, with up to three things amiss."""
    root = [json.loads(draw(st.sampled_from([json.dumps(answer) for answer in answers])))]
    for kind in draw(st.lists(KINDS, max_size=3)):
        holder, key = draw(st.sampled_from(places(root)))
        match kind:
            case "replace":
                holder[key] = draw(VALUES)
            case "remove" if holder is not root:
                del holder[key]
            case "double" if isinstance(holder, dict):
                holder[Twin(key)] = draw(VALUES)
            case "double" if holder is not root:
                holder.insert(key, holder[key])
            case "rename" if isinstance(holder, dict):
                holder[draw(st.sampled_from(NAMES))] = holder.pop(key)
    return root[0]


def written(value: Json, *, plain: bool = True) -> bytes:
    """Write a value as JSON, or as what looks like it."""
    text = json.dumps(value, ensure_ascii=plain).encode(errors="surrogatepass")
    if b'"@' in text:
        for mark, bytes_ in WRITTEN.items():
            text = text.replace(mark, bytes_)
    return text


@st.composite
def damaged(draw: st.DrawFn, body: st.SearchStrategy[bytes]) -> bytes:
    """Return a body that was cut off, or of which some bytes are others."""
    found = bytearray(draw(body))
    if draw(st.booleans()):
        return bytes(found[: draw(st.integers(0, len(found)))])
    for at in draw(st.lists(st.integers(0, max(0, len(found) - 1)), min_size=1, max_size=3)):
        found[at : at + 1] = draw(st.binary(max_size=3))
    return bytes(found)


def bodies(*answers: Json) -> st.SearchStrategy[bytes]:
    """Return a strategy for what may come in place of these answers."""
    near = st.builds(written, amiss(*answers), plain=st.booleans())
    return st.sampled_from(
        [near, near, near, near, near, damaged(near), VALUES.map(written), st.binary()]
    ).flatmap(lambda strategy: strategy)


HTTP_DATES: Final = (
    *("Sun,", "30", "Mar", "2025", "22:02:00", "GMT", "+0100", "-9999", "-1", "0001", "99999", "٣", ":", ""),
    *("Sunday,", "30-Mar-25", "9" * 25, "+" + "9" * 20, "24:00:00", "22.02", "(", "\\"),
)
HEADER_TEXTS: Final = (
    TEXTS
    | st.sampled_from(NUMBERS)
    | st.text("0123456789²٣", max_size=3)
    | st.lists(st.sampled_from(HTTP_DATES), max_size=8).map(" ".join)
    | st.datetimes().map("{:%a, %d %b %Y %H:%M:%S GMT}".format)
)
HEADERS: Final = st.dictionaries(
    st.sampled_from(["Retry-After", "Fitbit-Rate-Limit-Limit", "Fitbit-Rate-Limit-Remaining", "Location"]),
    HEADER_TEXTS,
    max_size=3,
).map(CIMultiDict[str])
STATUSES: Final = (
    st.just(200)
    | st.sampled_from([204, 302, 400, 401, 403, 404, 410, 429, 500, 503, 504])
    | st.integers(0, 999)
)


def answers(*of: Json, status: st.SearchStrategy[int] = STATUSES) -> st.SearchStrategy[Answer]:
    """Return a strategy for whole answers."""
    return st.builds(Answer, status, HEADERS, bodies(*of))


def good(*of: Json) -> st.SearchStrategy[Answer]:
    """Return a strategy for answers that call themselves good."""
    return bodies(*of).map(lambda body: Answer(200, {}, body))


# Answers as the services give them

PAGE: Final = {
    "dataPoints": [heart_rate(START + 5 * step, 60 + step, BERLIN) for step in range(4)],
    "nextPageToken": SECRET,
}
LAST_PAGE: Final = {"dataPoints": PAGE["dataPoints"]}
ODD_PAGE: Final = {"dataPoints": [*PAGE["dataPoints"], {"heartRate": {"beatsPerMinute": "400"}}, SECRET]}
HOURS: Final = {
    "rollupDataPoints": [
        {
            "startTime": "2025-03-30T10:00:00Z",
            "endTime": "2025-03-30T11:00:00Z",
            "heartRate": {"beatsPerMinuteMin": 55, "beatsPerMinuteAvg": 61.25, "beatsPerMinuteMax": 80},
        },
        {"startTime": "2025-03-30T13:00:00+02:00"},
    ],
    "nextPageToken": SECRET,
}
DEVICES: Final = {
    "pairedDevices": [
        {"name": SECRET, "lastSyncTime": "2025-03-30T10:00:00.5Z"},
        {"lastSyncTime": "2025-03-30T13:00:00+02:00"},
        {"deviceType": "SCALE"},
    ]
}
RESTING: Final = {"dataPoints": [resting_heart_rate(TODAY, 55)], "nextPageToken": SECRET}
ZONE_TIMES: Final = {
    "rollupDataPoints": [
        {
            "civilStartTime": {"date": {"year": 2025, "month": 3, "day": 30}, "time": {}},
            "timeInHeartRateZone": {
                "timeInHeartRateZones": [
                    {"heartRateZone": "LIGHT", "duration": "1800s"},
                    {"heartRateZone": "PEAK", "duration": "90.5s"},
                ]
            },
        },
        {"civilStartTime": {"date": {"year": 2025, "month": 3, "day": 29}}, "timeInHeartRateZone": {}},
    ]
}
BOUNDS: Final = {"dataPoints": [zone_bounds(TODAY, {"LIGHT": (30, 98), "PEAK": (161, 220)})]}
WORKOUTS: Final = {
    "dataPoints": [
        {"name": f"users/{SECRET}/dataPoints/7", "dataSource": exercise_source(one), **exercise(one, BERLIN)}
        for one in (
            Training("7", "RUNNING", START + HOUR, START + 2 * HOUR, SECRET, STARTED, mean=140),
            Training("8", SECRET, START + HOUR, None, platform=APP, has_offsets=False),
        )
    ],
}
SLEEP: Final = {
    "dataPoints": [
        {"name": f"users/{SECRET}/dataPoints/7", "dataSource": sleep_source(one), **sleep(one, BERLIN)}
        for one in (
            Sleep(
                *("7", START + HOUR, START + 3 * HOUR),
                (("LIGHT", START + HOUR, START + 2 * HOUR), ("AWAKE", START + 2 * HOUR, START + 3 * HOUR)),
                is_main=True,
            ),
            Sleep("8", START + HOUR, None, type=CLASSIC, platform=APP, is_summed_up=False, has_offsets=False),
        )
    ],
}
VARIABILITY: Final = {"averageHeartRateVariabilityMilliseconds": 44.5, "nonRemHeartRateBeatsPerMinute": "53"}
TEMPERATURES: Final = {"nightlyTemperatureCelsius": 34.2, "baselineTemperatureCelsius": "NaN"}
NIGHTS: Final = {
    "dataPoints": [
        {"dailyHeartRateVariability": {"date": civil_date(TODAY), **VARIABILITY}},
        {"dailySleepTemperatureDerivations": {"date": civil_date(TODAY), **TEMPERATURES}},
    ],
}
ZONE_MINUTES: Final = {
    "rollupDataPoints": [
        {
            "civilStartTime": {"date": civil_date(TODAY)},
            "activeZoneMinutes": {"sumInFatBurnHeartZone": "12", "sumInPeakHeartZone": "4"},
        }
    ]
}
GOOGLE_ERRORS: Final = tuple(
    {
        "error": {
            "code": 403,
            "message": SECRET,
            "status": "PERMISSION_DENIED",
            "details": [{"@type": "ErrorInfo", "reason": reason}, {"reason": "OTHER"}],
        }
    }
    for reason in ("SERVICE_DISABLED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "ACCOUNT_NOT_LINKED", SECRET)
)
SUMMARY: Final = {
    "customHeartRateZones": [{"caloriesOut": 1.5, "max": 110, "min": 90, "minutes": 74, "name": SECRET}],
    "heartRateZones": [
        {"caloriesOut": 979.43616, "max": 86, "min": 30, "minutes": 626, "name": "Out of Range"},
        {"max": 220, "min": 147, "name": "Peak"},
    ],
    "restingHeartRate": 76,
}
DATASET: Final = [{"time": f"0{hour}:30:00", "value": 60 + hour} for hour in (0, 1, 3, 4)]
INTRADAY: Final = {
    "activities-heart": [{"dateTime": "2025-03-30", "value": SUMMARY}],
    "activities-heart-intraday": {"dataset": DATASET, "datasetInterval": 1, "datasetType": "second"},
}
ODD_INTRADAY: Final = INTRADAY | {
    "activities-heart-intraday": {
        "dataset": [*DATASET, {"time": "05:02:03", "value": 301}, {"time": "06:02:03", "value": 0}, SECRET]
    }
}
PART_OF_A_DAY: Final = INTRADAY | {
    "activities-heart": [SUMMARY | {"dateTime": "today", "value": "61.2"}],
}
PROFILE: Final = {"user": {"encodedId": SECRET, "timezone": "Europe/Berlin", "fullName": SECRET}}
FITBIT_DEVICES: Final = [
    {"deviceVersion": SECRET, "lastSyncTime": "2025-03-30T10:00:00.000"},
    {"lastSyncTime": "2025-03-30T02:30:00.000"},
    {"type": "SCALE"},
]
FITBIT_ERRORS: Final = tuple(
    {"errors": [{"errorType": SECRET, "message": SECRET}, {"errorType": kind}], "success": False}
    for kind in ("insufficient_scope", "insufficient_permissions", "expired_token")
)
TOKEN: Final = {
    "access_token": SECRET,
    "refresh_token": SECRET,
    "expires_in": 28800,
    "scope": "heartrate profile",
    "token_type": "Bearer",
}
OAUTH_ERRORS: Final = (
    {"error": "invalid_grant", "error_description": SECRET},
    {"error": SECRET},
    {"errors": [{"errorType": "invalid_client", "message": SECRET}], "success": False},
)
CARDIOGRAM: Final[tuple[Json, ...]] = (
    {"success": True},
    {},
    {"success": False, "message": SECRET},
    {"message": cardiogram.USER_UNKNOWN},
)
LINES: Final = 5
INFLUX: Final[tuple[Json, ...]] = (
    {"error": "partial write: points beyond retention policy dropped=2"},
    {"error": "partial write: points beyond retention policy dropped=6"},
    {
        "code": "unprocessable entity",
        "message": "partial write: dropped 2 points outside retention policy dropped=2",
    },
    {"error": 'partial write: field type conflict: input field "bpm" dropped=1'},
    {
        "error": "partial write of line protocol occurred",
        "data": [{"line_number": 1, "original_line": SECRET}],
    },
    {"error": f"unable to parse '{SECRET}'"},
)
SIGN_IN: Final = ["google_health", "simulated", None, 1000]
KEPT: Final = {"sign_in": SIGN_IN, "token": TOKEN | {"expires_at": 2000.5}}
OLDER: Final = {"sign_in": SIGN_IN, "token": TOKEN | {"expires_at": 10}}
OTHER: Final = KEPT | {"sign_in": ["fitbit", "simulated", None, 2000]}


# What is asked


class Service:
    """A client session; its service gives one answer to requests of a kind, and good ones to the others."""

    GOOD: Final = {
        "identity": {"healthUserId": "7"},
        "settings": {"timeZone": "Europe/Berlin"},
        "time-in-heart-rate-zone": ZONE_TIMES,
        "profile": PROFILE,
        "devices.json": FITBIT_DEVICES,
        "activities/heart": INTRADAY,
    }

    def __init__(self, kind: str, answer: Answer) -> None:
        self._kind = kind
        # Two requests in a row see it: with a token of a next page it would have no end.
        self._answers = [answer] * 2

    @asynccontextmanager
    async def request(self, _: str, url: str, params: Any = None, **__: Any) -> AsyncIterator[object]:
        """Answer a request, whose address has to be one."""
        path = URL(url).update_query(params or {}).path
        if self._kind in path and self._answers:
            answer = self._answers.pop()
        else:
            answer = Answer(200, {}, written(next((a for k, a in self.GOOD.items() if k in path), {})))
        yield SimpleNamespace(
            status=answer.status,
            headers=answer.headers,
            content=SimpleNamespace(iter_any=lambda: chunks(answer.body)),
        )


async def chunks(body: bytes) -> AsyncIterator[bytes]:
    """Yield a body."""
    yield body


type Ask[Source] = Callable[[Source], Coroutine[Any, Any, object]]


def google(kind: str, ask: Ask[GoogleHealth]) -> Callable[[Answer], Coroutine[Any, Any, object]]:
    """Return a request to Google whose part of this kind gets the answer under test."""
    return lambda answer: ask(
        GoogleHealth(
            cast(ClientSession, Service(kind, answer)), FixedToken("token"), "https://example.org/v4"
        )
    )


def fitbit(kind: str, ask: Ask[Fitbit]) -> Callable[[Answer], Coroutine[Any, Any, object]]:
    """Return a request to Fitbit whose part of this kind gets the answer under test."""
    return lambda answer: ask(
        Fitbit(cast(ClientSession, Service(kind, answer)), FixedToken("token"), "https://example.org")
    )


# What holds of whatever was understood


def other(body: bytes, **how: Any) -> Json:
    """Decode some JSON with another decoder than ours, which looks away where ours does."""
    return json.loads(body.decode(errors="replace"), strict=False, parse_int=str, **how)


def strings(body: bytes) -> set[str]:
    """Return every string and name of some JSON."""
    found: set[str] = set()

    def note(value: Json) -> None:
        if isinstance(value, str):
            found.add(value)
        elif isinstance(value, list):
            for inner in value:
                note(inner)

    def pairs(items: list[tuple[str, Json]]) -> None:
        for name, inner in items:
            found.add(name)
            note(inner)

    note(other(body, object_pairs_hook=pairs))
    return found


def hold(samples: Iterable[Sample]) -> None:
    for time, bpm in samples:
        assert type(time) is type(bpm) is int
        assert time >= TIME_MIN
        assert BPM_MIN <= bpm <= BPM_MAX


def page_holds(body: bytes, page: HeartRatePage) -> None:
    hold(page.samples)
    assert isinstance(page.next_page_token, str)
    # Each point is read or counted.
    assert len(page.samples) + page.skipped == len(other(body).get("dataPoints", []))
    assert page.skipped >= 0


def intraday_holds(body: bytes, found: tuple[list[int], list[int], int]) -> None:
    times, values, skipped = found
    hold((TIME_MIN + time, value) for time, value in zip(times, values, strict=True))
    assert all(0 <= time < DAY for time in times)
    assert len(times) + skipped == len(other(body)["activities-heart-intraday"].get("dataset", []))
    assert skipped >= 0


def reading_holds(_: Answer, reading: Reading) -> None:
    hold(reading.samples)
    assert reading.skipped >= 0
    times = [time for time, _ in reading.samples]
    assert times == sorted(set(times))


def range_holds(answer: Answer, reading: Reading) -> None:
    reading_holds(answer, reading)
    assert all(START <= time < END for time, _ in reading.samples)


def identity_holds(_: Answer, identity: Identity) -> None:
    assert isinstance(identity.user_id, str)
    assert identity.user_id
    assert identity.legacy_user_id is None or isinstance(identity.legacy_user_id, str)


def zone_holds(_: Answer, zone: ZoneInfo | None) -> None:
    assert zone is None or datetime.fromtimestamp(START, zone).utcoffset() is not None


def sync_holds(_: Answer, synced: datetime | None) -> None:
    assert synced is None or 2001 <= utc(int(synced.timestamp())).year <= 2099


def marks_hold(_: Answer, marks: dict[int, Fingerprint]) -> None:
    for hour, mark in marks.items():
        assert type(hour) is int
        assert START - DAY <= hour < END
        assert -(2**63) <= mark.digest < 2**63
        assert mark.values is None or all(map(isfinite, mark.values))


def resting_holds(_: Answer, found: list[RestingHeartRate]) -> None:
    for resting in found:
        assert midnight(resting.day, BERLIN) < midnight(resting.day + timedelta(days=1), BERLIN)
        assert type(resting.bpm) is int
        assert BPM_MIN <= resting.bpm <= BPM_MAX


def zones_hold(_: Answer, found: dict[date, tuple[Zone, ...]]) -> None:
    for day, zones in found.items():
        assert midnight(day, BERLIN) < midnight(day + timedelta(days=1), BERLIN)
        assert sum(zone.custom for zone in zones) <= 20
        for zone in zones:
            assert isinstance(zone.name, str)
            assert 0 < len(zone.name) <= 64
            assert zone.minutes is None or 0 <= zone.minutes <= 25 * 60
            numbers = (zone.minutes, zone.min_bpm, zone.max_bpm, zone.calories)
            assert all(isfinite(number) for number in numbers if number is not None)
            # They become attributes, and Home Assistant writes no larger numbers.
            json_dumps(numbers)


def workouts_hold(_: Answer, found: list[Workout]) -> None:
    """Check the values of workouts, and that the ids are our own."""
    for workout in found:
        assert START <= workout.start <= workout.end <= workout.start + LONGEST
        assert re.fullmatch("[0-9a-f]{16}", workout.id)
        assert workout.mean is None or BPM_MIN <= workout.mean <= BPM_MAX
        assert workout.active is None or 0 <= workout.active <= LONGEST
        assert START - DAY <= midnight(workout.day, BERLIN) < END + DAY
        assert all(type(at) in (int, NoneType) for at in (workout.start, workout.created, workout.updated))
        json_dumps([workout.label, workout.platform, workout.app])


def sleep_holds(_: Answer, found: list[SleepSession]) -> None:
    """Check sessions, their stages and the nights that they make, and that the ids are our own."""
    for session in found:
        assert START <= session.end < END
        assert session.end - LONGEST <= session.start <= session.end
        assert re.fullmatch("[0-9a-f]{16}", session.id)
        over = session.end if session.end > session.start else session.start + LONGEST
        bounds = [at for stage in session.stages for at in (stage.start, stage.end)]
        assert bounds == sorted(bounds)
        assert all(session.start <= at <= over for at in bounds)
        assert 0 <= session.asleep <= over - session.start
        assert all(type(at) in (int, NoneType) for at in (session.start, session.created, session.updated))
        json_dumps([session.day, session.platform, session.app, [stage.type for stage in session.stages]])
    hidden = duplicates(found)
    assert all(map(len, nights(one for one in found if one.id not in hidden)))


def daily_values_hold(_: Answer, found: DailyReading) -> None:
    kinds = {kind.key: kind for group in GROUPS.values() for kind in group.values}
    for key, values in found.items():
        assert values.keys() <= {TODAY}
        assert all(kinds[key].admits(value) for value in values.values())


def outcome_holds(answer: Answer, outcome: Outcome) -> None:
    assert (outcome.problem is None) == (outcome.verdict is Verdict.DELIVERED)
    assert outcome.retry_after is None or outcome.verdict is Verdict.RETRY
    wait_holds(answer, outcome.retry_after)


def cardiogram_holds(answer: Answer, outcome: Outcome) -> None:
    outcome_holds(answer, outcome)
    assert outcome.given_up == 0
    if outcome.verdict is Verdict.DELIVERED:
        assert answer.status // 100 == 2
        assert other(answer.body).get("success", True) is True


def webhook_holds(answer: Answer, outcome: Outcome) -> None:
    outcome_holds(answer, outcome)
    assert outcome.given_up == 0
    assert (outcome.verdict is Verdict.DELIVERED) == (answer.status // 100 == 2)


def lines_hold(answer: Answer, outcome: Outcome) -> None:
    outcome_holds(answer, outcome)
    assert 0 <= outcome.given_up <= LINES
    if outcome.given_up:
        assert answer.status in (400, 422)
        assert b"retention" in answer.body.lower()
    else:
        assert (outcome.verdict is Verdict.DELIVERED) == (answer.status == HTTPStatus.NO_CONTENT)


def is_delivered(outcome: Outcome) -> bool:
    return outcome.verdict is Verdict.DELIVERED


def token_holds(_: Answer, token: dict[str, Any]) -> None:
    """Check a token for all that Home Assistant needs to count its time, keep it and use it."""
    assert isfinite(NOW + int(token["expires_in"]))
    assert json.loads(json_dumps(token)) == token
    for text in (token["access_token"], token.get("refresh_token", SECRET)):
        assert isinstance(text, str)
        assert text


def newer(kept: str) -> Mapping[str, Any] | None:
    """Return the kept token if that counts."""
    known = {"access_token": "known", "expires_at": 1000.0}
    data = {
        "token": known,
        "source": "google_health",
        "auth_implementation": "simulated",
        "consented_at": 1000,
    }
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE facts (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT")
        connection.execute("INSERT INTO facts VALUES ('token', ?)", (kept,))
        found = newest_token(data, KEPT_TOKEN.get(connection))
    return None if found is known else found


def kept_holds(_: str, token: dict[str, Any] | None) -> None:
    if token:
        assert token["expires_at"] > 1000
        assert isinstance(token["access_token"], str)


def wait_holds(_: object, seconds: float | None) -> None:
    assert seconds is None or (isfinite(seconds) and seconds >= 0)


def url_holds(_: str, url: str) -> None:
    """Check an address by another parser than ours, also with a path appended to it."""
    assert safe_base_url(url, allow_http=True) == url
    for address in (url, f"{url}/heart"):
        parts = urlsplit(address)
        assert not parts.username
        assert not parts.password
        assert not {"?", "#"} & set(address)
        assert not {"@", "\\"} & set(parts.netloc)
        assert parts.hostname
        assert parts.scheme == "https" or (
            parts.scheme == "http"
            and (parts.hostname == "localhost" or not ip_address(parts.hostname).is_global)
        )


type Clock = tuple[list[int], ZoneInfo, int, int]


def clock_read(clock: Clock) -> tuple[list[int | None], int | None]:
    return list(moments(*clock)), midnight_before(*clock)


def clock_holds(clock: Clock, found: tuple[list[int | None], int | None]) -> None:
    """Each moment is within the range, not before the one ahead, and the clock showed the time then."""
    (times, zone, start, end), (told, midnight) = clock, found
    assert len(told) == len(times)
    earliest = start
    for time, moment in zip(times, told, strict=True):
        if moment is not None:
            assert earliest <= moment < end
            assert (moment + offset_at(zone, moment) - time) % DAY == 0
            earliest = moment
    # A time that no clock shows is the same as another one, a day away.
    if midnight is not None and all(0 <= time < DAY for time in times):
        assert [midnight + time for time in times] == told


type Limited = tuple[list[CIMultiDict[str]], float]


def limit_read(limited: Limited) -> float | None:
    limit, (learnt, now) = RateLimit(150, HOUR), limited
    for headers in learnt:
        limit.learn(headers)
        limit.spend(now)
        wait_holds(None, limit.pause(now))
    return limit.retry_after(now)


def limit_holds(_: Limited, seconds: float | None) -> None:
    assert seconds is None or 0 < seconds <= HOUR


def service_range(asked: dict[str, str]) -> tuple[int, int] | None:
    try:
        return range_of(ServiceCall(cast(HomeAssistant, None), DOMAIN, "purge", vol.Schema(RANGE)(asked)))
    except vol.Invalid, ServiceValidationError:
        # They tell a person what that person asked for.
        return None


def service_range_holds(_: object, found: tuple[int, int] | None) -> None:
    """Any zone has a date for its ends."""
    if not found:
        return
    start, end = found
    assert start < end
    for zone in ZONES if end < 2**62 else ():
        assert datetime.fromtimestamp(start, ZoneInfo(zone)) < datetime.fromtimestamp(end, ZoneInfo(zone))


# What holds of every refusal

DENIAL_CODES: Final = {
    Denial.SCOPE: {"insufficient_scope", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"},
    Denial.API_DISABLED: {"SERVICE_DISABLED"},
    Denial.NOT_LINKED: {"ACCOUNT_NOT_LINKED"},
    Denial.INTRADAY: {"insufficient_permissions"},
}


def refusal_holds(found: object, error: Exception) -> None:
    """Check a refusal for quotes of the input, and for claims that the input does not make."""
    for told in chain(error):
        assert SECRET not in f"{told} {told!r}"
    if isinstance(error, ServiceUnavailableError):
        wait_holds(found, error.retry_after)
    if isinstance(found, Answer):
        if isinstance(error, PermissionMissingError) and error.denial is not Denial.OTHER:
            is_good = found.status == HTTPStatus.OK
            assert is_good or DENIAL_CODES[error.denial] & strings(found.body)
        if isinstance(error, OAuth2TokenRequestReauthError):
            assert found.status // 100 == 4
            assert REFUSALS & strings(found.body)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what a log would show of what led to it."""
    while error:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


# The targets


@dataclass(frozen=True, slots=True)
class Target:
    """What takes inputs, what holds of all it understands, how it refuses, and what else is no success."""

    inputs: st.SearchStrategy[Any]
    read: Callable[[Any], object]
    holds: Callable[[Any, Any], object]
    refuses: tuple[type[Exception], ...] = (SourceError,)
    is_success: Callable[[Any], bool] = lambda found: found is not None


GOOGLE: Final = {
    "heart rates": Target(bodies(PAGE, ODD_PAGE), decode_heart_rate_page, page_holds),
    "samples": Target(
        good(PAGE, ODD_PAGE),
        google("heart-rate/", lambda source: source.samples(START, END)),
        reading_holds,
    ),
    "identity": Target(
        good({"healthUserId": SECRET, "legacyUserId": SECRET}),
        google("identity", GoogleHealth.identity),
        identity_holds,
    ),
    "settings": Target(
        good({"timeZone": "Europe/Berlin", "name": SECRET}),
        google("settings", GoogleHealth.time_zone),
        zone_holds,
    ),
    "devices": Target(good(DEVICES), google("pairedDevices", GoogleHealth.last_sync), sync_holds),
    "hours": Target(
        good(HOURS),
        google("heart-rate/", lambda source: source.fingerprints(START, END)),
        marks_hold,
    ),
    "resting": Target(
        good(RESTING),
        google("resting", lambda source: source.resting_heart_rates(TODAY, TODAY)),
        resting_holds,
    ),
    "zone times": Target(
        good(ZONE_TIMES),
        google("time-in-heart-rate-zone", lambda source: source.zones(TODAY, TODAY)),
        zones_hold,
    ),
    "zone bounds": Target(
        good(BOUNDS),
        google("daily-heart-rate-zones", lambda source: source.zones(TODAY, TODAY)),
        zones_hold,
        # None at all are better than no minutes: nothing is refused.
        is_success=lambda found: any(zone.max_bpm for zones in found.values() for zone in zones),
    ),
    "workouts": Target(
        good(WORKOUTS), google("exercise", lambda source: source.workouts(START, END)), workouts_hold
    ),
    "sleep": Target(
        good(SLEEP), google("sleep", lambda source: source.sleep_sessions(START, END)), sleep_holds
    ),
    "variability": Target(
        good(NIGHTS),
        google("variability", lambda source: source.daily_values("heart_rate_variability", TODAY, TODAY)),
        daily_values_hold,
    ),
    "skin temperature": Target(
        good(NIGHTS),
        google("temperature", lambda source: source.daily_values("skin_temperature", TODAY, TODAY)),
        daily_values_hold,
    ),
    "zone minutes": Target(
        good(ZONE_MINUTES),
        google("zone-minutes", lambda source: source.daily_values("active_zone_minutes", TODAY, TODAY)),
        daily_values_hold,
    ),
    "errors": Target(
        answers(*GOOGLE_ERRORS, *[LAST_PAGE] * 4),
        google("heart-rate/", lambda source: source.samples(START, END)),
        reading_holds,
    ),
}
FITBIT: Final = {
    "intraday": Target(bodies(INTRADAY, ODD_INTRADAY), decode_intraday, intraday_holds),
    "samples": Target(
        good(INTRADAY, ODD_INTRADAY),
        fitbit("activities", lambda source: source.samples(START, END)),
        range_holds,
    ),
    "marks": Target(
        good(INTRADAY, ODD_INTRADAY),
        fitbit("activities", lambda source: source.fingerprints(START, END)),
        marks_hold,
    ),
    "resting": Target(
        good(INTRADAY, PART_OF_A_DAY),
        fitbit("activities", lambda source: source.resting_heart_rates(TODAY, TODAY)),
        resting_holds,
    ),
    "zones": Target(
        good(INTRADAY, PART_OF_A_DAY),
        fitbit("activities", lambda source: source.zones(TODAY, TODAY)),
        zones_hold,
    ),
    "profile": Target(good(PROFILE), fitbit("profile", Fitbit.identity), identity_holds),
    "time zone": Target(good(PROFILE), fitbit("profile", Fitbit.time_zone), zone_holds),
    "devices": Target(good(FITBIT_DEVICES), fitbit("devices", Fitbit.last_sync), sync_holds),
    "errors": Target(
        answers(*FITBIT_ERRORS, *[INTRADAY] * 3),
        fitbit("activities", lambda source: source.samples(START, END)),
        range_holds,
    ),
}
OTHERS: Final = {
    "wall clock": Target(
        st.tuples(
            st.lists(st.integers(0, DAY - 1) | st.integers(-(2**40), 2**40), max_size=6),
            st.sampled_from([ZoneInfo(zone) for zone in ZONES]),
            st.integers(TIME_MIN, 2**32) | st.integers(START - DAY, END),
            st.integers(1, 2 * DAY),
        ).map(lambda drawn: (*drawn[:3], drawn[2] + drawn[3])),
        clock_read,
        clock_holds,
        refuses=(),
        is_success=lambda found: bool(found[0]) and None not in found[0],
    ),
    "Cardiogram": Target(
        answers(*CARDIOGRAM),
        lambda answer: cardiogram.judge(answer, NOW),
        cardiogram_holds,
        refuses=(),
        is_success=is_delivered,
    ),
    "web address": Target(
        answers(*CARDIOGRAM),
        lambda answer: webhook.judge(answer, NOW),
        webhook_holds,
        refuses=(),
        is_success=is_delivered,
    ),
    "line protocol": Target(
        answers(*INFLUX, status=st.sampled_from([204, 400, 422]) | STATUSES),
        lambda answer: line_protocol.judge(answer, NOW, LINES),
        lines_hold,
        refuses=(),
        is_success=is_delivered,
    ),
    "token": Target(
        answers(TOKEN, *OAUTH_ERRORS, status=st.sampled_from([200, 400, 401]) | STATUSES),
        lambda answer: token_of(answer, "https://example.org/token", DOMAIN),
        token_holds,
        refuses=(OAuth2TokenRequestError,),
    ),
    "kept token": Target(
        bodies(KEPT, OLDER, OTHER).map(lambda body: body.decode(errors="replace")),
        newer,
        kept_holds,
        refuses=(),
    ),
    "Retry-After": Target(
        st.tuples(HEADER_TEXTS, st.floats(0, 2**33)),
        lambda told: Answer(429, {"Retry-After": told[0]}, b"").retry_after(told[1]),
        wait_holds,
        refuses=(),
    ),
    "rate limit": Target(
        st.tuples(st.lists(HEADERS, max_size=4), st.floats(0, 2**33)), limit_read, limit_holds
    ),
    "base address": Target(
        TEXTS
        | st.from_regex(r"https?://[\w.\[\]:@%/?#\\-]*", fullmatch=True)
        | st.builds(
            "{}://{}{}{}{}".format,
            st.sampled_from(["http", "https", "HTTPS", "ftp"]),
            st.sampled_from(["", "@", f"{SECRET}@", ":@", f"u:{SECRET}@"]),
            st.sampled_from(
                ["example.org", "127.0.0.1", "[fd00::1]", "[fe80::1%25a]", "localhost", "ex\u3002a"]
            )
            | st.ip_addresses(v=4).map(str)
            | st.ip_addresses(v=6).map("[{}]".format),
            st.sampled_from(["", ":", ":0", ":443", ":80", ":8443", ":٣", ":99999"]),
            st.sampled_from(["", "/", "//", "/%2f", "/a/../b/", f"/?{SECRET}", "?", "#", "/%23", "/%", "/ "])
            | st.text(max_size=10).map("/{}".format),
        ),
        partial(safe_base_url, allow_http=True),
        url_holds,
        refuses=(UnsafeUrlError,),
    ),
    "range of an action": Target(
        st.fixed_dictionaries(
            {},
            optional={
                # As they come in: half a pair cannot, and Home Assistant's own parser would crash.
                name: st.sampled_from(TIMES)
                | st.datetimes(timezones=st.none() | st.timezones()).map(str)
                | TEXTS.map(lambda text: text.encode(errors="replace").decode())
                for name in ("start", "end")
            },
        ),
        service_range,
        service_range_holds,
        refuses=(),
    ),
}
TARGETS: Final = {
    f"{whose}{name}": target
    for whose, targets in (("Google: ", GOOGLE), ("Fitbit: ", FITBIT), ("", OTHERS))
    for name, target in targets.items()
}


@pytest.fixture(autouse=True)
def integration() -> None:
    """Do without Home Assistant."""


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    with asyncio.Runner() as runner:
        yield runner.get_loop()


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", TARGETS)
def test_it_is_understood_or_refused(
    name: str, loop: asyncio.AbstractEventLoop, capsys: pytest.CaptureFixture[str]
) -> None:
    target = TARGETS[name]
    understood = refused = 0

    def take(found: Any) -> None:
        nonlocal understood, refused
        try:
            read = target.read(found)
            if inspect.iscoroutine(read):
                read = loop.run_until_complete(read)
        except target.refuses as error:
            refusal_holds(found, error)
            refused += 1
            return
        target.holds(found, read)
        if target.is_success(read):
            understood += 1
        else:
            refused += 1

    fuzz = settings(
        max_examples=FUZZ,
        derandomize=not SEED,
        print_blob=bool(SEED),
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )(given(target.inputs)(take))
    (seed(SEED)(fuzz) if SEED else fuzz)()
    if FUZZ > QUICK:
        with capsys.disabled():
            if name == next(iter(TARGETS)):
                sys.stdout.write(f"\n{'':20}{'tried':>10}{'understood':>12}{'refused':>10}\n")
            sys.stdout.write(f"{name:20}{understood + refused:10}{understood:12}{refused:10}\n")
    if FUZZ >= QUICK:
        # Or it would show nothing.
        assert understood
        assert refused
