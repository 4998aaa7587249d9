"""Google's sign-in and Health API answer as documented."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from aiohttp import ClientError, ClientPayloadError, ClientSession
from freezegun.api import FrozenDateTimeFactory
import pytest

from tests.simulators import Fault, GoogleSimulator, Person, Recording
from tests.simulators.conftest import CHALLENGE, NOW, REDIRECT, VERIFIER, Form
from tests.simulators.google import ACTIVITY, METRICS, SCOPES, SETTINGS, SLEEP
from tests.simulators.google_points import timestamp
from tests.simulators.google_schema import check, parse_mask, select

AUTHORIZE = {
    "response_type": "code",
    "client_id": "demo.apps.googleusercontent.com",
    "redirect_uri": REDIRECT,
    "state": "a state&more",
    "scope": " ".join(SCOPES),
    "access_type": "offline",
    "prompt": "consent",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
CLIENT = {"client_id": "demo.apps.googleusercontent.com", "client_secret": "demo-secret"}
EXCHANGE = {
    **CLIENT,
    "grant_type": "authorization_code",
    "redirect_uri": REDIRECT,
    "code_verifier": VERIFIER,
}
POINTS = "users/me/dataTypes/heart-rate/dataPoints"
RECONCILE = f"{POINTS}:reconcile"
HOURLY = f"{POINTS}:rollUp"
DAILY = "users/me/dataTypes/time-in-heart-rate-zone/dataPoints:dailyRollUp"
DAY = {
    "start": {"date": {"year": 2026, "month": 11, "day": 20}},
    "end": {"date": {"year": 2026, "month": 11, "day": 21}},
}


def between(start: float, end: float) -> str:
    field = "heart_rate.sample_time.physical_time"
    return f'{field} >= "{timestamp(start)}" AND {field} < "{timestamp(end)}"'


TODAY = between(NOW - 86400, NOW)


async def consent(
    client: ClientSession,
    google: GoogleSimulator,
    query: dict[str, str] = AUTHORIZE,
    *,
    decision: str = "allow",
    without: tuple[str, ...] = (),
) -> dict[str, str]:
    """Go through the consent page; return what comes back with the redirect."""
    async with client.get(f"{google.url}/o/oauth2/v2/auth", params=query) as answer:
        assert answer.status == 200
        form = Form(await answer.text())
    fields = [field for field in form.fields if field[1] not in without]
    async with client.post(
        google.url + form.action, data=[*fields, ("decision", decision)], allow_redirects=False
    ) as answer:
        assert answer.status == 302
        location = urlsplit(answer.headers["Location"])
    assert f"{location.scheme}://{location.netloc}{location.path}" == query["redirect_uri"]
    return {name: values[0] for name, values in parse_qs(location.query).items()}


async def token(client: ClientSession, google: GoogleSimulator, **form: str) -> tuple[int, dict[str, Any]]:
    async with client.post(f"{google.url}/token", data=form) as answer:
        return answer.status, await answer.json()


async def call(
    client: ClientSession,
    google: GoogleSimulator,
    path: str,
    *,
    access: str | None = None,
    body: Any = None,
    **query: str | int,
) -> tuple[int, dict[str, Any]]:
    access = access or google.grant()["access_token"]
    async with client.request(
        "POST" if body is not None else "GET",
        f"{google.url}/v4/{path}",
        params=query,
        json=body,
        headers={"Authorization": f"Bearer {access}"},
    ) as answer:
        return answer.status, await answer.json()


async def every_page(
    client: ClientSession, google: GoogleSimulator, path: str, **query: str | int
) -> list[dict[str, Any]]:
    access = google.grant()["access_token"]
    pages = []
    while True:
        status, answer = await call(client, google, path, access=access, **query)
        assert status == 200
        pages.append(answer)
        if "nextPageToken" not in answer:
            return pages
        query["pageToken"] = answer["nextPageToken"]


def readings(pages: list[dict[str, Any]]) -> list[tuple[int, int]]:
    return [
        (
            int(datetime.fromisoformat(point["heartRate"]["sampleTime"]["physicalTime"]).timestamp()),
            int(point["heartRate"]["beatsPerMinute"]),
        )
        for page in pages
        for point in page.get("dataPoints", [])
    ]


# Sign-in


async def test_the_consent_page_names_app_account_and_scopes(
    client: ClientSession, google: GoogleSimulator
) -> None:
    google.people.append(Person("<Second>", seed=2))
    async with client.get(f"{google.url}/o/oauth2/v2/auth", params=AUTHORIZE) as answer:
        text = await answer.text()
    for words in ("Home Assistant", "Alex Demo", "&lt;Second&gt;", "Cancel", "Allow", "resting heart rate"):
        assert words in text
    assert text.count('type="checkbox"') == len(SCOPES)
    assert Form(text).fields.count(("account", google.person.health_user_id)) == 1


async def test_the_whole_dance(client: ClientSession, google: GoogleSimulator) -> None:
    back = await consent(client, google)
    assert back["state"] == "a state&more"
    assert back["scope"] == " ".join(SCOPES)
    status, answer = await token(client, google, **EXCHANGE, code=back["code"])
    assert status == 200
    refresh = answer.pop("refresh_token")
    access = answer.pop("access_token")
    assert answer == {"expires_in": 3599, "scope": " ".join(SCOPES), "token_type": "Bearer"}
    assert (await call(client, google, "users/me/identity", access=access))[0] == 200

    google.expire_access_tokens()
    assert (await call(client, google, "users/me/identity", access=access))[0] == 401
    status, answer = await token(client, google, **CLIENT, grant_type="refresh_token", refresh_token=refresh)
    assert status == 200
    assert "refresh_token" not in answer
    assert (await call(client, google, "users/me/identity", access=answer["access_token"]))[0] == 200

    async with client.post(f"{google.url}/revoke", data={"token": refresh}) as revoked:
        assert revoked.status == 200
    async with client.post(f"{google.url}/revoke", data={"token": refresh}) as revoked:
        assert (revoked.status, (await revoked.json())["error"]) == (400, "invalid_token")
    status, answer = await token(client, google, **CLIENT, grant_type="refresh_token", refresh_token=refresh)
    assert (status, answer["error"]) == (400, "invalid_grant")


async def test_a_scope_can_be_unticked(client: ClientSession, google: GoogleSimulator) -> None:
    back = await consent(client, google, without=(ACTIVITY, SLEEP))
    _, answer = await token(client, google, **EXCHANGE, code=back["code"])
    assert answer["scope"] == f"{METRICS} {SETTINGS}"
    status, answer = await call(client, google, DAILY, access=answer["access_token"], body={"range": DAY})
    assert status == 403
    assert answer["error"]["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"


@pytest.mark.parametrize(("decision", "without"), [("cancel", ()), ("allow", SCOPES)])
async def test_consent_can_be_refused(
    client: ClientSession, google: GoogleSimulator, decision: str, without: tuple[str, ...]
) -> None:
    assert await consent(client, google, decision=decision, without=without) == {
        "error": "access_denied",
        "state": "a state&more",
    }


@pytest.mark.parametrize("changed", [{"access_type": "online"}, {"prompt": "select_account"}])
async def test_a_refresh_token_must_be_asked_for(
    client: ClientSession, google: GoogleSimulator, changed: dict[str, str]
) -> None:
    back = await consent(client, google, AUTHORIZE | changed)
    assert "refresh_token" not in (await token(client, google, **EXCHANGE, code=back["code"]))[1]


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "other"},
        {"response_type": "token"},
        {"redirect_uri": ""},
        {"scope": ""},
        {"scope": "https://www.googleapis.com/auth/fitness.body.read"},
        {"code_challenge_method": "plain"},
        {"unknown": "1"},
    ],
)
async def test_a_wrong_authorization_request_is_blocked(
    client: ClientSession, google: GoogleSimulator, changed: dict[str, str]
) -> None:
    async with client.get(f"{google.url}/o/oauth2/v2/auth", params=AUTHORIZE | changed) as answer:
        assert answer.status == 400
        assert "Access blocked" in await answer.text()


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"client_id": "other"}, 401, "invalid_client"),
        ({"client_secret": "other"}, 401, "invalid_client"),
        ({"code": "other"}, 400, "invalid_grant"),
        ({"code_verifier": "other"}, 400, "invalid_grant"),
        ({"code_verifier": ""}, 400, "invalid_grant"),
        ({"redirect_uri": "https://elsewhere.example/"}, 400, "redirect_uri_mismatch"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
async def test_a_wrong_exchange_is_refused(
    client: ClientSession, google: GoogleSimulator, changed: dict[str, str], status: int, error: str
) -> None:
    code = (await consent(client, google))["code"]
    answered, answer = await token(client, google, **EXCHANGE | {"code": code} | changed)
    assert (answered, answer["error"]) == (status, error)
    assert set(answer) == {"error", "error_description"}


async def test_a_code_is_good_once(client: ClientSession, google: GoogleSimulator) -> None:
    code = (await consent(client, google))["code"]
    assert (await token(client, google, **EXCHANGE, code=code))[0] == 200
    assert (await token(client, google, **EXCHANGE, code=code))[1]["error"] == "invalid_grant"


async def test_tokens_die_by_the_clock(client: ClientSession) -> None:
    async with GoogleSimulator(testing_app=True, clock=lambda: now) as google:
        now = NOW
        granted = google.grant()
        assert granted["refresh_token_expires_in"] == 604799
        assert granted["expires_at"] == NOW + 3599
        refresh = {**CLIENT, "grant_type": "refresh_token", "refresh_token": granted["refresh_token"]}
        now = NOW + 3600
        access = granted["access_token"]
        assert (await call(client, google, "users/me/settings", access=access))[0] == 401
        assert (await token(client, google, **refresh))[1]["refresh_token_expires_in"] == 604799 - 3600
        now = NOW + 7 * 86400
        assert (await token(client, google, **refresh))[1]["error"] == "invalid_grant"


async def test_a_frozen_clock_is_seen(client: ClientSession, freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to("2026-06-01T12:07:00Z")
    async with GoogleSimulator() as google:
        access = google.grant()["access_token"]
        _, answer = await call(client, google, "users/me/pairedDevices", access=access)
        assert answer["pairedDevices"][0]["lastSyncTime"] == "2026-06-01T12:00:00Z"
        freezer.tick(3600)
        assert (await call(client, google, "users/me/identity", access=access))[0] == 401


# The API


async def test_identity_settings_and_devices(client: ClientSession, google: GoogleSimulator) -> None:
    person = google.person
    _, identity = await call(client, google, "users/me/identity")
    assert identity["healthUserId"] == person.health_user_id
    assert identity["legacyUserId"] == person.legacy_user_id
    _, settings = await call(client, google, f"users/{person.health_user_id}/settings")
    assert (settings["timeZone"], settings["utcOffset"]) == ("Europe/Berlin", "3600s")
    google.other_devices = [{"deviceType": "SCALE", "deviceVersion": "Aria"}] * 6
    _, answer = await call(client, google, "users/me/pairedDevices")
    assert len(answer["pairedDevices"]) == 5
    assert answer["pairedDevices"][0]["lastSyncTime"] == "2026-11-21T20:00:00Z"
    assert "nextPageToken" in answer
    _, answer = await call(client, google, "users/me/pairedDevices", pageSize=500)
    assert len(answer["pairedDevices"]) == 7


async def test_several_accounts(client: ClientSession, google: GoogleSimulator) -> None:
    google.people.append(Person("Second", seed=2))
    for person in google.people:
        access = google.grant(person=person)["access_token"]
        _, identity = await call(client, google, "users/me/identity", access=access)
        assert identity["healthUserId"] == person.health_user_id
    assert (await call(client, google, "users/somebody/settings"))[0] == 403


@pytest.mark.parametrize("path", [POINTS, RECONCILE])
@pytest.mark.parametrize("empty_pages", [False, True])
async def test_paging_to_the_end_tells_the_whole_truth(
    client: ClientSession, google: GoogleSimulator, path: str, empty_pages: bool
) -> None:
    google.empty_pages = empty_pages
    start, end = int(NOW) - 20 * 3600, int(NOW) + 60
    pages = await every_page(client, google, path, filter=between(start, end), pageSize=1000)
    truth = google.person.samples(start, end, NOW)
    assert readings(pages) == truth[::-1]
    assert len(truth) > 5000
    assert any("dataPoints" not in page for page in pages) == empty_pages


async def test_page_sizes(client: ClientSession, google: GoogleSimulator) -> None:
    week = between(NOW - 7 * 86400, NOW)
    for sent, got in ((None, 1440), (0, 1440), (10000, 10000), (50000, 10000), (7, 7)):
        query: dict[str, Any] = {} if sent is None else {"pageSize": sent}
        _, answer = await call(client, google, RECONCILE, filter=week, **query)
        assert len(answer["dataPoints"]) == got
    google.max_page = 10
    _, answer = await call(client, google, RECONCILE, filter=week)
    assert len(answer["dataPoints"]) == 10


async def test_a_page_token_is_bound_to_its_query(client: ClientSession, google: GoogleSimulator) -> None:
    _, answer = await call(client, google, RECONCILE, filter=TODAY)
    page = answer["nextPageToken"]
    assert (await call(client, google, RECONCILE, filter=TODAY, pageToken=page, pageSize=5))[0] == 200
    assert (await call(client, google, POINTS, filter=TODAY, pageToken=page))[0] == 400
    assert (await call(client, google, RECONCILE, filter=between(NOW - 3600, NOW), pageToken=page))[0] == 400
    assert (await call(client, google, RECONCILE, filter=TODAY, pageToken="other"))[0] == 400
    google.people.append(Person(seed=2))
    other = google.grant(person=google.people[1])["access_token"]
    assert (await call(client, google, RECONCILE, access=other, filter=TODAY, pageToken=page))[0] == 400


async def test_samples_are_written_as_the_live_service_does(client: ClientSession) -> None:
    midnight = int(datetime.fromisoformat("2026-06-06T23:00:00Z").timestamp())
    recording = Recording([(midnight, 108), (midnight + 3661, 60)], time_zone="Europe/London")
    async with GoogleSimulator(recording) as google:
        _, listed = await call(client, google, POINTS)
        _, reconciled = await call(client, google, RECONCILE)
        _, none = await call(client, google, POINTS, filter=between(0, midnight))
    assert listed["dataPoints"][1] == {
        "dataSource": {
            "recordingMethod": "PASSIVELY_MEASURED",
            "device": {"displayName": "Inspire 3"},
            "platform": "FITBIT",
        },
        "heartRate": {
            "beatsPerMinute": "108",
            "sampleTime": {
                "physicalTime": "2026-06-06T23:00:00Z",
                "utcOffset": "3600s",
                "civilTime": {"date": {"year": 2026, "month": 6, "day": 7}, "time": {}},
            },
        },
    }
    newest = reconciled["dataPoints"][0]
    assert set(newest) == {"heartRate"}
    civil = newest["heartRate"]["sampleTime"]["civilTime"]["time"]
    assert civil == {"hours": 1, "minutes": 1, "seconds": 1}
    assert none == {}


async def test_what_is_wrong_on_purpose(client: ClientSession) -> None:
    readings_ = [(1000, 60), (3000, 0), (2000, 999), (2000, 999)]
    async with GoogleSimulator(Recording(readings_)) as google:
        google.odd_points = [None, {"heartRate": {"beatsPerMinute": -1}}, "text"]
        status, answer = await call(client, google, RECONCILE)
        assert status == 200
        assert len(answer["dataPoints"]) == 7
        assert google.schema_violations == []
        google.empty_pages = True
        pages = await every_page(client, google, RECONCILE, pageSize=2)
        assert sum(page.get("dataPoints", []).count("text") for page in pages) == 1


async def test_a_wrong_answer_of_its_own_is_noticed(client: ClientSession) -> None:
    async with GoogleSimulator(Recording([(1000, 60)])) as google:
        google.other_devices = [{"deviceType": "TOASTER"}]
        assert (await call(client, google, "users/me/pairedDevices"))[0] == 500
        assert len(google.schema_violations) == 1


FIELD = "heart_rate.sample_time.physical_time"


@pytest.mark.parametrize(
    "text",
    [
        f'{FIELD} > "2026-11-21T00:00:00Z"',
        f'{FIELD} >= "2026-11-21T00:00:00"',
        f'{FIELD} >= "2026-11-21T00:00:00Z" and {FIELD} < "2026-11-22T00:00:00Z"',
        f'{FIELD} >= "2026-11-21T00:00:00Z" OR {FIELD} < "2026-11-22T00:00:00Z"',
        f'{FIELD} >= "2026-11-21T00:00:00Z" AND {FIELD} < "2026-11-21T00:00:00Z"',
        f'{FIELD} >= "2026-11-21T00:00:00Z" AND {FIELD} >= "2026-11-22T00:00:00Z"',
        f'{FIELD} >= "2026-11-21T00:00:00Z" AND heart_rate.sample_time.civil_time < "2026-11-22"',
        f'{FIELD} >= "2026-13-21T00:00:00Z"',
        f"{FIELD} >= 2026-11-21T00:00:00Z",
        'heart-rate.sample_time.physical_time >= "2026-11-21T00:00:00Z"',
        'heartRate.sampleTime.physicalTime >= "2026-11-21T00:00:00Z"',
        'daily_resting_heart_rate.date >= "2026-11-20"',
    ],
)
async def test_wrong_filters(client: ClientSession, google: GoogleSimulator, text: str) -> None:
    status, answer = await call(client, google, RECONCILE, filter=text)
    assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")


async def test_civil_filters(client: ClientSession, google: GoogleSimulator) -> None:
    civil = "heart_rate.sample_time.civil_time"
    text = f'{civil} >= "2026-11-20" AND {civil} < "2026-11-20T01:00:00"'
    pages = await every_page(client, google, RECONCILE, filter=text)
    start = int(datetime.fromisoformat("2026-11-20T00:00:00+01:00").timestamp())
    assert readings(pages) == google.person.samples(start, start + 3600, NOW)[::-1]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (RECONCILE, {"page_size": "5"}),
        (RECONCILE, {"pageSize": "five"}),
        (RECONCILE, {"pageSize": "-1", "filter": TODAY}),
        (RECONCILE, {"alt": "proto"}),
        (RECONCILE, {"fields": "dataPoints(heartRate"}),
        (RECONCILE, {"fields": "dataPoints(name)"}),
        (RECONCILE, {"dataSourceFamily": "all-sources"}),
        ("users/me/settings", {"pageSize": "5"}),
        ("users/me/dataTypes/heart_rate/dataPoints", {}),
        ("users/me/dataTypes/time-in-heart-rate-zone/dataPoints", {}),
    ],
)
async def test_wrong_queries(
    client: ClientSession, google: GoogleSimulator, path: str, query: dict[str, str]
) -> None:
    status, answer = await call(client, google, path, **query)
    assert (status, answer["error"]["status"]) == (400, "INVALID_ARGUMENT")


async def test_unknown_paths(client: ClientSession, google: GoogleSimulator) -> None:
    for path in ("users/me/profile", f"{POINTS}:export", "users/me"):
        assert (await call(client, google, path))[0] == 404


async def test_source_families(client: ClientSession, google: GoogleSimulator) -> None:
    for family, count in (("google-wearables", 1440), ("self-sources", 0)):
        name = f"users/me/dataSourceFamilies/{family}"
        _, answer = await call(client, google, RECONCILE, filter=TODAY, dataSourceFamily=name)
        assert len(answer.get("dataPoints", [])) == count


async def test_partial_responses(client: ClientSession, google: GoogleSimulator) -> None:
    fields = "dataPoints(heartRate(sampleTime/physicalTime,beatsPerMinute)),nextPageToken"
    _, answer = await call(client, google, RECONCILE, filter=TODAY, fields=fields, pageSize=3)
    assert set(answer) == {"dataPoints", "nextPageToken"}
    assert set(answer["dataPoints"][0]["heartRate"]) == {"sampleTime", "beatsPerMinute"}
    assert set(answer["dataPoints"][0]["heartRate"]["sampleTime"]) == {"physicalTime"}
    google.partial_responses = False
    _, answer = await call(client, google, RECONCILE, filter=TODAY, fields=fields, pageSize=3)
    assert "civilTime" in answer["dataPoints"][0]["heartRate"]["sampleTime"]
    google.partial_responses, google.masks_spoil = True, True
    _, answer = await call(client, google, RECONCILE, filter=TODAY, fields=fields, pageSize=3)
    assert answer["dataPoints"] == [{}, {}, {}]
    google.masks_refused = True
    assert (await call(client, google, RECONCILE, filter=TODAY, fields=fields))[0] == 400
    status, answer = await call(client, google, RECONCILE, filter=TODAY, pageSize=3)
    assert (status, "civilTime" in answer["dataPoints"][0]["heartRate"]["sampleTime"]) == (200, True)


def test_masks() -> None:
    assert select({"a": [{"b": 1, "c": 2}], "d": 3}, parse_mask("a/b")) == {"a": [{"b": 1}]}
    assert select({"a": {"b": 1}}, parse_mask("*")) == {"a": {"b": 1}}
    for wrong in ("", "a,", "a)", "a(b))", "a//b", "a b"):
        with pytest.raises(ValueError):
            parse_mask(wrong)


async def test_resting_heart_rate(client: ClientSession, google: GoogleSimulator) -> None:
    path = "users/me/dataTypes/daily-resting-heart-rate/dataPoints"
    _, answer = await call(client, google, path, pageSize=1)
    (point,) = answer["dataPoints"]
    today = date(2026, 11, 21)
    bpm = google.person.resting_heart_rate(today, NOW)
    assert point["dailyRestingHeartRate"] == {
        "date": {"year": 2026, "month": 11, "day": 21},
        "beatsPerMinute": str(bpm),
        "dailyRestingHeartRateMetadata": {"calculationMethod": "WITH_SLEEP"},
    }
    assert "dataSource" in point
    text = 'daily_resting_heart_rate.date >= "2026-11-19" AND daily_resting_heart_rate.date < "2026-11-21"'
    _, answer = await call(client, google, f"{path}:reconcile", filter=text)
    assert [point["dailyRestingHeartRate"]["date"]["day"] for point in answer["dataPoints"]] == [20, 19]
    assert (await call(client, google, f"{path}:dailyRollUp", body={"range": DAY}))[0] == 400


async def test_zone_bounds(client: ClientSession, google: GoogleSimulator) -> None:
    path = "users/me/dataTypes/daily-heart-rate-zones/dataPoints:reconcile"
    text = 'daily_heart_rate_zones.date >= "2026-11-21"'
    _, answer = await call(client, google, path, filter=text)
    (point,) = answer["dataPoints"]
    zones = {
        zone["heartRateZoneType"]: (int(zone["minBeatsPerMinute"]), int(zone["maxBeatsPerMinute"]))
        for zone in point["dailyHeartRateZones"]["heartRateZones"]
    }
    assert zones == google.person.zone_bounds(date(2026, 11, 21))


async def test_zone_minutes(client: ClientSession, google: GoogleSimulator) -> None:
    _, answer = await call(client, google, DAILY, body={"range": DAY, "windowSizeDays": 1})
    (point,) = answer["rollupDataPoints"]
    assert point["civilStartTime"] == {"date": {"year": 2026, "month": 11, "day": 20}, "time": {}}
    assert {
        zone["heartRateZone"]: float(zone["duration"].rstrip("s")) / 60
        for zone in point["timeInHeartRateZone"]["timeInHeartRateZones"]
    } == pytest.approx(google.person.zone_minutes(date(2026, 11, 20), NOW))

    day = date(2026, 11, 20)
    google.people[0] = recording = Recording(zones={day: {"LIGHT": 30, "PEAK": 0}, day + timedelta(1): {}})
    _, answer = await call(client, google, DAILY, body={"range": DAY})
    assert answer["rollupDataPoints"][0]["timeInHeartRateZone"] == {
        "timeInHeartRateZones": [{"heartRateZone": "LIGHT", "duration": "1800s"}]
    }
    recording.zones[day] = {}
    assert await call(client, google, DAILY, body={"range": DAY}) == (200, {})


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"range": DAY, "windowSizeDays": 0},
        {"range": DAY, "windowSizeDays": "1"},
        {"range": DAY, "windowsize": 1},
        {"range": {"start": DAY["end"], "end": DAY["end"]}},
        {"range": {"start": {"date": {"year": 2026, "month": 8, "day": 1}}, "end": DAY["end"]}},
        {"range": {"start": {"date": {"year": 2026, "month": 2, "day": 30}}, "end": DAY["end"]}},
        {"range": {"start": {**DAY["start"], "time": {"hours": 1}}, "end": DAY["end"]}},
        {"range": {"start": "2026-11-20", "end": "2026-11-21"}},
    ],
)
async def test_wrong_daily_roll_ups(client: ClientSession, google: GoogleSimulator, body: Any) -> None:
    assert (await call(client, google, DAILY, body=body))[0] == 400


async def test_hourly_roll_up(client: ClientSession, google: GoogleSimulator) -> None:
    span = {"startTime": "2026-11-21T10:00:00Z", "endTime": "2026-11-21T12:30:00Z"}
    _, answer = await call(client, google, HOURLY, body={"range": span, "windowSize": "3600s"})
    first, _, last = answer["rollupDataPoints"]
    start = int(datetime.fromisoformat(span["startTime"]).timestamp())
    values = [bpm for _, bpm in google.person.samples(start, start + 3600, NOW)]
    assert first["heartRate"] == {
        "beatsPerMinuteAvg": pytest.approx(sum(values) / len(values)),
        "beatsPerMinuteMax": max(values),
        "beatsPerMinuteMin": min(values),
    }
    assert (first["startTime"], last["endTime"]) == (span["startTime"], span["endTime"])
    google.rollup_differs = True
    _, answer = await call(client, google, HOURLY, body={"range": span, "windowSize": "3600s"})
    assert answer["rollupDataPoints"][0]["heartRate"]["beatsPerMinuteMin"] == min(values) + 1
    for wrong in (
        {"range": span},
        {"range": span, "windowSize": 3600},
        {"range": span, "windowSize": "0s"},
        {"range": {"endTime": span["endTime"]}, "windowSize": "3600s"},
        {"range": span | {"startTime": "2026-11-01T00:00:00Z"}, "windowSize": "3600s"},
        {"range": span | {"startTime": span["endTime"]}, "windowSize": "3600s"},
    ):
        assert (await call(client, google, HOURLY, body=wrong))[0] == 400


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("users/me/settings", SETTINGS),
        ("users/me/pairedDevices", SETTINGS),
        (f"{POINTS}?filter={quote(TODAY)}", METRICS),
        (f"{RECONCILE}?filter={quote(TODAY)}", METRICS),
        ("users/me/dataTypes/daily-heart-rate-zones/dataPoints", METRICS),
    ],
)
async def test_each_call_needs_its_scope(
    client: ClientSession, google: GoogleSimulator, path: str, scope: str
) -> None:
    access = google.grant(set(SCOPES) - {scope})["access_token"]
    status, answer = await call(client, google, path, access=access)
    assert (status, answer["error"]["status"]) == (403, "PERMISSION_DENIED")
    assert answer["error"]["details"][0]["reason"] == "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
    assert (await call(client, google, path, access=google.grant([scope])["access_token"]))[0] == 200


async def test_errors_in_google_s_shape(client: ClientSession, google: GoogleSimulator) -> None:
    async with client.get(f"{google.url}/v4/users/me/identity") as response:
        assert (response.status, (await response.json())["error"]["status"]) == (401, "UNAUTHENTICATED")
    google.account_not_linked = True
    status, answer = await call(client, google, "users/me/identity")
    assert (status, answer["error"]["status"]) == (400, "FAILED_PRECONDITION")
    assert answer["error"]["details"][0]["reason"] == "ACCOUNT_NOT_LINKED"
    google.api_disabled = True
    status, answer = await call(client, google, "users/me/identity")
    assert (status, answer["error"]["details"][0]["reason"]) == (403, "SERVICE_DISABLED")
    google.revoke_grants()
    assert google.grants == []


async def test_the_quota(client: ClientSession, google: GoogleSimulator) -> None:
    google.quota_per_minute = 2
    access = google.grant()["access_token"]
    headers = {"Authorization": f"Bearer {access}"}
    statuses = []
    for _ in range(3):
        async with client.get(f"{google.url}/v4/users/me/identity", headers=headers) as response:
            statuses.append(response.status)
    assert statuses == [200, 200, 429]
    assert response.headers["Retry-After"] == "60"


def test_the_schema_knows_google_s_types() -> None:
    assert check({"beatsPerMinute": 60}, "HeartRateZone")
    for value, kind in (
        (60, "int64"),
        ("60", "int32"),
        (True, "int32"),
        (2**31, "int32"),
        ("2026-11-21 00:00:00", "datetime"),
        ("60", "duration"),
        ("FAT_BURN", "Zone"),
        ({}, "[Date]"),
    ):
        assert check(value, kind), (value, kind)


# What every simulator shares


async def test_faults(client: ClientSession, google: GoogleSimulator) -> None:
    access = google.grant()["access_token"]

    async def settings() -> tuple[int, dict[str, Any]]:
        return await call(client, google, "users/me/settings", access=access)

    google.faults = [
        Fault("GET /v4/users/me/settings", 503, '{"error": "no"}', {"Retry-After": "9"}, times=2)
    ]
    assert await settings() == (503, {"error": "no"})
    assert (await settings())[0] == 503
    assert (await settings())[0] == 200
    assert google.faults == []
    assert google.count("settings") == 3

    google.faults = [Fault("settings", 502, "<html>", {"Content-Type": "text/html"})]
    async with client.get(f"{google.url}/v4/users/me/settings") as response:
        assert (response.content_type, await response.text()) == ("text/html", "<html>")

    google.faults = [Fault("settings", kind="truncate")]
    with pytest.raises(ClientPayloadError):
        await settings()
    google.faults = [Fault("settings", kind="reset_before", times=-1)]
    for _ in range(3):
        with pytest.raises(ClientError):
            await settings()
    google.drip_pause = 0.001
    google.faults = [Fault("settings", kind="drip")]
    assert (await settings())[1]["timeZone"] == "Europe/Berlin"


async def test_the_work_is_done_before_a_late_reset(client: ClientSession, google: GoogleSimulator) -> None:
    refresh = google.grant()["refresh_token"]
    google.faults = [Fault("POST /revoke", kind="reset_after")]
    with pytest.raises(ClientError):
        await client.post(f"{google.url}/revoke", data={"token": refresh})
    assert google.grants == []


@pytest.mark.parametrize("kind", ["hang", "drip"])
async def test_a_hanging_request_ends_with_the_client_or_the_server(client: ClientSession, kind: Any) -> None:
    google = GoogleSimulator()
    google.drip_pause = 60
    google.faults = [Fault("", kind=kind, times=-1)]
    await google.start()

    async def read() -> None:
        async with client.post(f"{google.url}/token") as response:
            await response.read()

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(read(), 0.1)
    waiting = asyncio.create_task(read())
    await asyncio.sleep(0.1)
    async with asyncio.timeout(google.drip_pause / 2):
        await google.stop()
    with pytest.raises(ClientError):
        await waiting
    assert google.count("/token") == 2


async def test_a_restart_keeps_port_and_record(client: ClientSession) -> None:
    async with GoogleSimulator() as google:
        port = google.port
        await call(client, google, "users/me/identity")
        await google.stop()
        with pytest.raises(ClientError):
            await call(client, google, "users/me/identity")
        await google.start(port)
        assert google.port == port
        assert (await call(client, google, "users/me/identity"))[0] == 200
        assert google.count("identity") == 2
