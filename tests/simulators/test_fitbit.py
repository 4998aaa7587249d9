"""Fitbit's sign-in and Web API answer as documented, and either way where nobody knows."""

from base64 import b64encode
from collections.abc import AsyncGenerator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from aiohttp import ClientSession
from freezegun.api import FrozenDateTimeFactory
from multidict import CIMultiDictProxy
import pytest

from tests.simulators import Fault, FitbitSimulator, Person, Recording
from tests.simulators.conftest import CHALLENGE, NOW, REDIRECT, VERIFIER, Form
from tests.simulators.fitbit import HEART_RATE, PROFILE, SCOPES, SETTINGS
from tests.simulators.person import midnights, time_in_zones

AUTHORIZE = {
    "response_type": "code",
    "client_id": "23ABCD",
    "redirect_uri": REDIRECT,
    "state": "a state&more",
    "scope": " ".join(SCOPES),
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
EXCHANGE = {"grant_type": "authorization_code", "redirect_uri": REDIRECT, "code_verifier": VERIFIER}
HEART = "user/-/activities/heart/date"
TODAY = date(2026, 11, 21)


def basic(client_id: str, secret: str) -> dict[str, str]:
    """Return the header that names a client."""
    return {"Authorization": f"Basic {b64encode(f'{client_id}:{secret}'.encode()).decode()}"}


CLIENT = basic("23ABCD", "demo-secret")

type Answer = tuple[int, Any, CIMultiDictProxy[str]]


@pytest.fixture
async def fitbit() -> AsyncGenerator[FitbitSimulator]:
    """Fitbit on a Saturday evening, with one lifelike person."""
    async with FitbitSimulator(Person(), clock=lambda: NOW) as simulator:
        yield simulator


async def consent(
    client: ClientSession,
    fitbit: FitbitSimulator,
    *,
    decision: str = "allow",
    without: tuple[str, ...] = (),
) -> dict[str, str]:
    """Go through the consent page; return what comes back with the redirect."""
    async with client.get(f"{fitbit.url}/oauth2/authorize", params=AUTHORIZE) as answer:
        assert answer.status == 200
        form = Form(await answer.text())
    fields = [field for field in form.fields if field[1] not in without]
    async with client.post(
        fitbit.url + form.action, data=[*fields, ("decision", decision)], allow_redirects=False
    ) as answer:
        assert answer.status == 302
        location = urlsplit(answer.headers["Location"])
    assert f"{location.scheme}://{location.netloc}{location.path}" == REDIRECT
    return {name: values[0] for name, values in parse_qs(location.query).items()}


async def token(client: ClientSession, fitbit: FitbitSimulator, **form: str) -> tuple[int, dict[str, Any]]:
    async with client.post(f"{fitbit.url}/oauth2/token", data=form, headers=CLIENT) as answer:
        return answer.status, await answer.json()


async def refresh(client: ClientSession, fitbit: FitbitSimulator, used: str) -> tuple[int, dict[str, Any]]:
    return await token(client, fitbit, grant_type="refresh_token", refresh_token=used)


async def revoke(client: ClientSession, fitbit: FitbitSimulator, ended: str) -> int:
    async with client.post(f"{fitbit.url}/oauth2/revoke", data={"token": ended}, headers=CLIENT) as answer:
        return answer.status


async def ask(
    client: ClientSession,
    fitbit: FitbitSimulator,
    path: str,
    *,
    access: str | None = None,
    method: str = "GET",
    **query: str,
) -> Answer:
    access = fitbit.grant()["access_token"] if access is None else access
    async with client.request(
        method, f"{fitbit.url}/1/{path}", params=query, headers={"Authorization": f"Bearer {access}"}
    ) as answer:
        return answer.status, await answer.json(), answer.headers


async def heart(client: ClientSession, fitbit: FitbitSimulator, path: str, **query: str) -> dict[str, Any]:
    status, answer, _ = await ask(client, fitbit, f"{HEART}/{path}.json", **query)
    assert status == 200, answer
    assert isinstance(answer, dict)
    return answer


async def dataset(
    client: ClientSession, fitbit: FitbitSimulator, path: str, **query: str
) -> list[tuple[str, int]]:
    answer = await heart(client, fitbit, path, **query)
    return [(point["time"], point["value"]) for point in answer["activities-heart-intraday"]["dataset"]]


def error_type(answer: dict[str, Any]) -> str:
    """Return the one error's type; the body must have the documented shape."""
    assert set(answer) == {"errors", "success"}
    assert answer["success"] is False
    (error,) = answer["errors"]
    assert {"errorType", "message"} <= set(error) <= {"errorType", "fieldName", "message"}
    return str(error["errorType"])


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def every(minutes: int, start: str, count: int) -> list[tuple[int, int]]:
    """Return readings a number of minutes apart, each with a value of its own."""
    return [(utc(start) + number * minutes * 60, 50 + number) for number in range(count)]


# Sign-in


async def test_the_consent_page_names_app_account_and_scopes(
    client: ClientSession, fitbit: FitbitSimulator
) -> None:
    fitbit.people.append(Person("<Second>", seed=2))
    async with client.get(f"{fitbit.url}/oauth2/authorize", params=AUTHORIZE) as answer:
        text = await answer.text()
    for words in ("Home Assistant", "Fitbit Account", "Alex Demo", "&lt;Second&gt;", "time zone"):
        assert words in text
    assert text.count('type="checkbox"') == 3
    assert Form(text).fields.count(("account", fitbit.person.legacy_user_id)) == 1


async def test_the_whole_dance(client: ClientSession, fitbit: FitbitSimulator) -> None:
    other = fitbit.grant()["access_token"]
    back = await consent(client, fitbit)
    assert set(back) == {"code", "state"}
    assert back["state"] == "a state&more"
    status, first = await token(client, fitbit, **EXCHANGE, code=back["code"])
    assert status == 200
    assert {key: value for key, value in first.items() if not key.endswith("_token")} == {
        "expires_in": 28800,
        "scope": "heartrate profile settings",
        "token_type": "Bearer",
        "user_id": fitbit.person.legacy_user_id,
    }
    status, second = await refresh(client, fitbit, first["refresh_token"])
    assert status == 200
    assert second.keys() == first.keys()
    assert second["refresh_token"] != first["refresh_token"]
    for access in (first["access_token"], second["access_token"]):
        assert (await ask(client, fitbit, "user/-/profile.json", access=access))[0] == 200

    assert await revoke(client, fitbit, second["access_token"]) == 200
    assert await revoke(client, fitbit, second["access_token"]) == 400
    assert error_type((await refresh(client, fitbit, second["refresh_token"]))[1]) == "invalid_grant"
    for access in (first["access_token"], second["access_token"]):
        assert (await ask(client, fitbit, "user/-/profile.json", access=access))[0] == 401
    assert (await ask(client, fitbit, "user/-/profile.json", access=other))[0] == 200


async def test_a_scope_can_be_unticked(client: ClientSession, fitbit: FitbitSimulator) -> None:
    back = await consent(client, fitbit, without=(SETTINGS,))
    _, answer = await token(client, fitbit, **EXCHANGE, code=back["code"])
    assert answer["scope"] == f"{HEART_RATE} {PROFILE}"


@pytest.mark.parametrize(("decision", "without"), [("cancel", ()), ("allow", SCOPES)])
async def test_consent_can_be_refused(
    client: ClientSession, fitbit: FitbitSimulator, decision: str, without: tuple[str, ...]
) -> None:
    back = await consent(client, fitbit, decision=decision, without=without)
    assert (back["error"], back["state"]) == ("access_denied", "a state&more")
    assert "code" not in back


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "other"},
        {"response_type": "token"},
        {"redirect_uri": ""},
        {"scope": ""},
        {"scope": "heartrate sleep"},
        {"code_challenge": ""},
        {"code_challenge": "short"},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": ""},
        {"prompt": "please"},
        {"unknown": "1"},
    ],
)
async def test_a_wrong_authorization_request_is_blocked(
    client: ClientSession, fitbit: FitbitSimulator, changed: dict[str, str]
) -> None:
    query = {name: value for name, value in (AUTHORIZE | changed).items() if value}
    for method in ("GET", "POST"):
        async with client.request(method, f"{fitbit.url}/oauth2/authorize", params=query) as answer:
            assert answer.status == 400


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code": "other"}, "invalid_grant"),
        ({"code_verifier": "w" * 64}, "invalid_grant"),
        ({"code_verifier": "short"}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"redirect_uri": "https://elsewhere.example/"}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_id": "other"}, "invalid_request"),
        ({"client_secret": "demo-secret"}, "invalid_request"),
    ],
)
async def test_a_wrong_exchange_is_refused(
    client: ClientSession, fitbit: FitbitSimulator, changed: dict[str, str], error: str
) -> None:
    code = (await consent(client, fitbit))["code"]
    status, answer = await token(client, fitbit, **EXCHANGE | {"code": code} | changed)
    assert (status, error_type(answer)) == (400, error)


async def test_a_code_is_good_once_and_for_ten_minutes(client: ClientSession) -> None:
    async with FitbitSimulator(clock=lambda: now) as fitbit:
        now = NOW
        code = (await consent(client, fitbit))["code"]
        late = (await consent(client, fitbit))["code"]
        assert (await token(client, fitbit, **EXCHANGE, code=code, client_id="23ABCD"))[0] == 200
        assert (await token(client, fitbit, **EXCHANGE, code=code))[0] == 400
        now = NOW + 600
        assert (await token(client, fitbit, **EXCHANGE, code=late))[0] == 400


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, {}),
        ({}, {"client_id": "23ABCD", "client_secret": "demo-secret"}),
        ({"Authorization": "Bearer demo-secret"}, {}),
        (basic("23ABCD", "other"), {}),
        (basic("other", "demo-secret"), {}),
    ],
)
async def test_the_client_must_be_known_by_http_basic(
    client: ClientSession, fitbit: FitbitSimulator, headers: dict[str, str], body: dict[str, str]
) -> None:
    granted = fitbit.grant()["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": granted, "token": granted, **body}
    for path in ("token", "revoke"):
        async with client.post(f"{fitbit.url}/oauth2/{path}", data=form, headers=headers) as answer:
            assert (answer.status, error_type(await answer.json())) == (401, "invalid_client")
    assert (await refresh(client, fitbit, granted))[0] == 200


async def test_the_token_endpoint_takes_a_form(client: ClientSession, fitbit: FitbitSimulator) -> None:
    body = {"grant_type": "refresh_token", "refresh_token": fitbit.grant()["refresh_token"]}
    async with client.post(f"{fitbit.url}/oauth2/token", json=body, headers=CLIENT) as answer:
        assert (answer.status, error_type(await answer.json())) == (400, "invalid_request")
    status, answer_ = await token(client, fitbit, grant_type="refresh_token")
    assert (status, error_type(answer_)) == (400, "invalid_request")


async def test_a_refresh_token_is_good_once(client: ClientSession, fitbit: FitbitSimulator) -> None:
    first = fitbit.grant()["refresh_token"]
    second = (await refresh(client, fitbit, first))[1]["refresh_token"]
    status, answer = await refresh(client, fitbit, first)
    assert (status, error_type(answer)) == (400, "invalid_grant")
    assert first in answer["errors"][0]["message"]
    assert (await refresh(client, fitbit, second))[0] == 200
    assert [(made.token, made.outcome) for made in fitbit.refreshes] == [
        (first, "rotated"),
        (first, "refused"),
        (second, "rotated"),
    ]


async def test_a_refresh_token_may_be_repeated_within_its_grace(client: ClientSession) -> None:
    async with FitbitSimulator(clock=lambda: now) as fitbit:
        now = NOW
        fitbit.refresh_grace = 120
        used = fitbit.grant()["refresh_token"]
        answer = await refresh(client, fitbit, used)
        now = NOW + 119
        assert await refresh(client, fitbit, used) == answer
        assert (await refresh(client, fitbit, answer[1]["refresh_token"]))[0] == 200
        now = NOW + 120
        assert (await refresh(client, fitbit, used))[0] == 400
        assert [made.outcome for made in fitbit.refreshes] == ["rotated", "repeated", "rotated", "refused"]
        fitbit.revoke_grants()
        assert (await refresh(client, fitbit, answer[1]["refresh_token"]))[0] == 400


async def test_a_lost_answer_costs_the_refresh_token(client: ClientSession, fitbit: FitbitSimulator) -> None:
    used = fitbit.grant()["refresh_token"]
    fitbit.faults = [Fault("POST /oauth2/token", 502, kind="reset_after")]
    with pytest.raises(OSError):
        await refresh(client, fitbit, used)
    assert (await refresh(client, fitbit, used))[0] == 400


async def test_access_tokens_die_by_the_clock(client: ClientSession) -> None:
    async with FitbitSimulator(clock=lambda: now) as fitbit:
        now = NOW
        granted = fitbit.grant()
        access = granted["access_token"]
        assert granted["expires_at"] == NOW + 28800
        assert (await ask(client, fitbit, "user/-/profile.json", access=access))[0] == 200
        now = NOW + 28800
        status, answer, _ = await ask(client, fitbit, "user/-/profile.json", access=access)
        assert (status, error_type(answer)) == (401, "expired_token")
        assert access in answer["errors"][0]["message"]


async def test_what_is_wrong_with_an_access_token(client: ClientSession, fitbit: FitbitSimulator) -> None:
    access = fitbit.grant()["access_token"]
    fitbit.expire_access_tokens()
    for sent, expected in ((access, "expired_token"), ("other", "invalid_token"), ("", "invalid_token")):
        status, answer, headers = await ask(client, fitbit, "user/-/profile.json", access=sent)
        assert (status, error_type(answer)) == (401, expected)
        assert "fitbit-rate-limit-limit" not in headers
    async with client.get(f"{fitbit.url}/1/user/-/profile.json") as response:
        assert (response.status, error_type(await response.json())) == (401, "invalid_token")
    fitbit.revoke_grants()
    _, answer, _ = await ask(client, fitbit, "user/-/profile.json", access=access)
    assert error_type(answer) == "invalid_token"


# Profile, devices and what every call shares


async def test_the_profile_tells_the_time_zone(client: ClientSession, fitbit: FitbitSimulator) -> None:
    _, answer, _ = await ask(client, fitbit, "user/-/profile.json")
    user = answer["user"]
    assert user["encodedId"] == fitbit.person.legacy_user_id
    assert (user["timezone"], user["offsetFromUTCMillis"]) == ("Europe/Berlin", 3600000)
    fitbit.person.time_zone = "America/New_York"
    _, answer, _ = await ask(client, fitbit, f"user/{fitbit.person.legacy_user_id}/profile.json")
    assert answer["user"]["offsetFromUTCMillis"] == -5 * 3600000


async def test_devices_tell_local_time(client: ClientSession, fitbit: FitbitSimulator) -> None:
    fitbit.other_devices = [{"type": "SCALE", "deviceVersion": "Aria"}]
    _, (tracker, scale), _ = await ask(client, fitbit, "user/-/devices.json")
    assert scale["type"] == "SCALE"
    assert (tracker["type"], tracker["lastSyncTime"]) == ("TRACKER", "2026-11-21T21:00:00.000")
    fitbit.people[0] = Recording()
    _, (tracker, _), _ = await ask(client, fitbit, "user/-/devices.json")
    assert "lastSyncTime" not in tracker


async def test_accounts_see_themselves_only(client: ClientSession, fitbit: FitbitSimulator) -> None:
    fitbit.people.append(Person("Second", seed=2))
    for person, other in (fitbit.people, fitbit.people[::-1]):
        access = fitbit.grant(person=person)["access_token"]
        _, answer, _ = await ask(client, fitbit, "user/-/profile.json", access=access)
        assert answer["user"]["encodedId"] == person.legacy_user_id
        status, answer, _ = await ask(
            client, fitbit, f"user/{other.legacy_user_id}/profile.json", access=access
        )
        assert (status, error_type(answer)) == (403, "insufficient_permissions")


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("user/-/profile.json", PROFILE),
        ("user/-/devices.json", SETTINGS),
        (f"{HEART}/today/1d.json", HEART_RATE),
        (f"{HEART}/today/today/1sec.json", HEART_RATE),
    ],
)
async def test_each_call_needs_its_scope(
    client: ClientSession, fitbit: FitbitSimulator, path: str, scope: str
) -> None:
    access = fitbit.grant(set(SCOPES) - {scope})["access_token"]
    status, answer, _ = await ask(client, fitbit, path, access=access)
    assert (status, error_type(answer)) == (403, "insufficient_scope")
    assert (await ask(client, fitbit, path, access=fitbit.grant([scope])["access_token"]))[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "user/-",
        "user/-/sleep.json",
        "user/-/profile",
        "profile.json",
        f"{HEART}/today.json",
        f"{HEART}/today/1d/1min",
        f"{HEART}/today/1d/1min/time/08:00.json",
        f"{HEART}/today/1d/time/08:00/09:00.json",
        "user/-/activities/heart/date/todaytoday/1min.json/more",
    ],
)
async def test_unknown_paths(client: ClientSession, fitbit: FitbitSimulator, path: str) -> None:
    status, answer, _ = await ask(client, fitbit, path)
    assert (status, error_type(answer)) == (404, "not_found")


async def test_only_get_is_spoken(client: ClientSession, fitbit: FitbitSimulator) -> None:
    assert (await ask(client, fitbit, "user/-/profile.json", method="POST"))[0] == 404


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("yesterday/today/1min", "start-date"),
        ("2026-11-21/2026-11-31/1min", "end-date"),
        ("2026-02-29/2026-02-29/1min", "start-date"),
        ("2026-1-1/2026-01-01/1min", "start-date"),
        ("20261121/today/1min", "start-date"),
        ("1026-11-21/today/1min", "start-date"),
        ("2026-11-21/7d/1min", "end-date"),
        ("2026-11-21/2026-11-20/1min", "end-date"),
        ("2026-11-21/2026-11-20", "end-date"),
        ("2025-11-01/2026-11-21", "end-date"),
        ("today/today/2min", "detail-level"),
        ("today/1d/1SEC", "detail-level"),
        ("today/today/1min/time/8:00/09:00", "start-time"),
        ("today/today/1min/time/24:00/24:00", "start-time"),
        ("today/today/1min/time/08:00:00/09:00", "start-time"),
        ("today/today/1min/time/08:00/09:60", "end-time"),
        ("today/today/1min/time/08:01/08:00", "end-date"),
        ("today/1d/1min/time/23:00/01:00", "end-date"),
    ],
)
async def test_wrong_arguments(client: ClientSession, fitbit: FitbitSimulator, path: str, field: str) -> None:
    status, answer, _ = await ask(client, fitbit, f"{HEART}/{path}.json")
    assert (status, error_type(answer)) == (400, "validation")
    assert answer["errors"][0]["fieldName"] == field


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (f"{HEART}/today/1d/1min.json", {"timezone": "Europe/Berlin"}),
        (f"{HEART}/today/1d/1min.json", {"timezone": "utc"}),
        (f"{HEART}/today/1d/1min.json", {"timezone": "UTC", "sort": "asc"}),
        ("user/-/devices.json", {"timezone": "UTC"}),
    ],
)
async def test_wrong_queries(
    client: ClientSession, fitbit: FitbitSimulator, path: str, query: dict[str, str]
) -> None:
    status, answer, _ = await ask(client, fitbit, path, **query)
    assert (status, error_type(answer)) == (400, "validation")


# Heart rate by address


@pytest.mark.parametrize(
    ("detail", "seconds", "interval", "kind"),
    [
        ("1sec", 1, 1, "second"),
        ("1min", 60, 1, "minute"),
        ("5min", 300, 5, "minute"),
        ("15min", 900, 15, "minute"),
    ],
)
@pytest.mark.parametrize(
    ("form", "start", "hours"),
    [
        ("2026-11-20/2026-11-20/{}", "2026-11-19T23:00", 24),
        ("2026-11-20/1d/{}", "2026-11-19T23:00", 24),
        ("2026-11-20/2026-11-20/{}/time/08:00/09:59", "2026-11-20T07:00", 2),
        ("2026-11-20/1d/{}/time/08:00/09:59", "2026-11-20T07:00", 2),
        ("2026-11-19/2026-11-20/{}/time/22:30/01:29", "2026-11-19T21:30", 3),
        ("2026-11-19/2026-11-20/{}/time/12:00/11:59", "2026-11-19T11:00", 24),
        ("today/today/{}", "2026-11-20T23:00", 24),
    ],
)
async def test_every_address_tells_the_truth(
    client: ClientSession,
    fitbit: FitbitSimulator,
    form: str,
    start: str,
    hours: int,
    detail: str,
    seconds: int,
    interval: int,
    kind: str,
) -> None:
    first = utc(start)
    values: dict[int, list[int]] = {}
    for time, bpm in fitbit.person.samples(first, first + hours * 3600, NOW):
        values.setdefault(time - (time - first) % seconds, []).append(bpm)
    answer = (await heart(client, fitbit, form.format(detail)))["activities-heart-intraday"]
    berlin = ZoneInfo("Europe/Berlin")
    assert answer == {
        "dataset": [
            {
                "time": datetime.fromtimestamp(time, berlin).strftime("%H:%M:%S"),
                "value": round(sum(bpms) / len(bpms)),
            }
            for time, bpms in values.items()
        ],
        "datasetInterval": interval,
        "datasetType": kind,
    }
    assert len(answer["dataset"]) > hours * 3600 / seconds / 30


async def test_samples_are_given_as_they_are(client: ClientSession) -> None:
    noon = utc("2026-11-20T11:00")
    recording = Recording([(noon + 5, 61), (noon, 60), (noon, 60), (noon, 0)])
    async with FitbitSimulator(recording) as fitbit:
        found = await dataset(client, fitbit, "2026-11-20/1d/1sec")
    assert found == [("12:00:05", 61), ("12:00:00", 60), ("12:00:00", 60), ("12:00:00", 0)]


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        ("1sec", [("12:00:00", 60), ("12:00:59", 63), ("12:04:10", 70), ("12:14:00", 80)]),
        ("1min", [("12:00:00", 62), ("12:04:00", 70), ("12:14:00", 80)]),
        ("5min", [("12:00:00", 64), ("12:10:00", 80)]),
        ("15min", [("12:00:00", 68)]),
    ],
)
async def test_means_stand_at_the_start_of_what_they_cover(
    client: ClientSession, detail: str, expected: list[tuple[str, int]]
) -> None:
    noon = utc("2026-11-20T11:00")
    recording = Recording([(noon, 60), (noon + 59, 63), (noon + 250, 70), (noon + 840, 80)])
    async with FitbitSimulator(recording) as fitbit:
        assert await dataset(client, fitbit, f"2026-11-20/1d/{detail}") == expected
        assert await dataset(client, fitbit, f"2026-11-20/1d/{detail}/time/12:00/12:14") == expected


async def test_a_mean_covers_its_whole_stretch_whatever_the_window(client: ClientSession) -> None:
    async with FitbitSimulator(Recording(every(1, "2026-11-20T11:00", 10))) as fitbit:
        whole = await dataset(client, fitbit, "2026-11-20/1d/5min")
        assert whole == [("12:00:00", 52), ("12:05:00", 57)]
        assert await dataset(client, fitbit, "2026-11-20/1d/5min/time/12:02/12:07") == whole[1:]


@pytest.mark.parametrize(
    ("included", "window", "expected"),
    [
        (True, "12:00/12:02", ["12:00:00", "12:01:00", "12:02:00"]),
        (False, "12:00/12:02", ["12:00:00", "12:01:00"]),
        (True, "12:01/12:01", ["12:01:00"]),
        (False, "12:01/12:01", []),
    ],
)
async def test_the_end_minute_belongs_to_the_window_or_not(
    client: ClientSession, included: bool, window: str, expected: list[str]
) -> None:
    async with FitbitSimulator(Recording(every(1, "2026-11-20T10:58", 8))) as fitbit:
        fitbit.end_minute_included = included
        for form in (f"2026-11-20/1d/1sec/time/{window}", f"2026-11-20/2026-11-20/1min/time/{window}"):
            assert [time for time, _ in await dataset(client, fitbit, form)] == expected
        assert len(await dataset(client, fitbit, "2026-11-20/1d/1sec")) == 8


@pytest.mark.parametrize(
    ("path", "days", "has_intraday"),
    [
        ("2026-11-19/2026-11-20/1min/time/12:00/12:00", 2, True),
        ("2026-11-19/2026-11-20/1min/time/12:00/12:01", 2, False),
        ("2026-11-19/2026-11-20/1min", 2, False),
        ("2026-11-01/2026-11-20/1sec/time/00:00/01:00", 20, False),
        ("2026-11-19/2026-11-20", 2, False),
        ("2026-11-20/2026-11-20", 1, False),
        ("2025-11-20/2026-11-20", 366, False),
        ("2026-11-20/1d", 1, False),
        ("2024-02-28/2024-03-01", 3, False),
    ],
)
async def test_more_than_a_day_gives_summaries_only(
    client: ClientSession, path: str, days: int, has_intraday: bool
) -> None:
    async with FitbitSimulator(Recording()) as fitbit:
        answer = await heart(client, fitbit, path)
    assert len({day["dateTime"] for day in answer["activities-heart"]}) == days
    assert ("activities-heart-intraday" in answer) == has_intraday


# Time zones


@pytest.mark.parametrize(
    ("zone", "day", "first_reading", "step", "expected"),
    [
        pytest.param(
            "Europe/Berlin",
            "2026-10-25",
            "2026-10-24T23:40",
            20,
            "01:40 02:00 02:20 02:40 02:00 02:20 02:40 03:00",
            id="autumn in Berlin",
        ),
        pytest.param(
            "Europe/Berlin",
            "2026-03-29",
            "2026-03-29T00:20",
            20,
            "01:20 01:40 03:00 03:20",
            id="spring in Berlin",
        ),
        pytest.param(
            "America/New_York",
            "2026-11-01",
            "2026-11-01T04:30",
            30,
            "00:30 01:00 01:30 01:00 01:30 02:00",
            id="autumn in New York",
        ),
        pytest.param(
            "America/New_York",
            "2026-03-08",
            "2026-03-08T06:30",
            30,
            "01:30 03:00 03:30",
            id="spring in New York",
        ),
        pytest.param(
            "Australia/Lord_Howe",
            "2026-04-05",
            "2026-04-04T14:20",
            10,
            "01:20 01:30 01:40 01:50 01:30 01:40 01:50 02:00",
            id="half an hour repeated on Lord Howe Island",
        ),
        pytest.param(
            "Australia/Lord_Howe",
            "2026-10-04",
            "2026-10-03T15:10",
            10,
            "01:40 01:50 02:30 02:40",
            id="half an hour missing on Lord Howe Island",
        ),
        pytest.param(
            "Asia/Kolkata",
            "2026-11-20",
            "2026-11-19T18:30",
            15,
            "00:00 00:15 00:30 00:45",
            id="half-hour offset",
        ),
        pytest.param(
            "Asia/Kathmandu",
            "2026-11-20",
            "2026-11-19T18:15",
            15,
            "00:00 00:15 00:30",
            id="quarter-hour offset",
        ),
        pytest.param(
            "Europe/Berlin", "2024-02-29", "2024-02-28T23:00", 719, "00:00 11:59 23:58", id="leap day"
        ),
    ],
)
@pytest.mark.parametrize("detail", ["1sec", "1min"])
@pytest.mark.parametrize("form", ["{day}/{day}/{detail}", "{day}/{day}/{detail}/time/00:00/23:59"])
async def test_local_time_through_the_edges(
    client: ClientSession,
    zone: str,
    day: str,
    first_reading: str,
    step: int,
    expected: str,
    detail: str,
    form: str,
) -> None:
    times = expected.split()
    readings = every(step, first_reading, len(times))
    async with FitbitSimulator(Recording(readings, time_zone=zone)) as fitbit:
        found = await dataset(client, fitbit, form.format(day=day, detail=detail))
    assert found == [(f"{time}:00", bpm) for time, (_, bpm) in zip(times, readings, strict=True)]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", "2026-10-25", 25),
        ("Europe/Berlin", "2026-03-29", 23),
        ("America/New_York", "2026-11-01", 25),
        ("America/New_York", "2026-03-08", 23),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("Asia/Kolkata", "2026-11-20", 24),
        ("Europe/Berlin", "2024-02-29", 24),
        ("UTC", "2026-11-20", 24),
    ],
)
@pytest.mark.parametrize(("detail", "seconds"), [("1sec", 60), ("1min", 60), ("5min", 300), ("15min", 900)])
async def test_a_day_is_as_long_as_it_is(
    client: ClientSession, zone: str, day: str, hours: float, detail: str, seconds: int
) -> None:
    around = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    readings = [(time, 60) for time, _ in every(1, around, 3 * 24 * 60)]
    async with FitbitSimulator(Recording(readings, time_zone=zone)) as fitbit:
        found = await dataset(client, fitbit, f"{day}/{day}/{detail}")
    assert len(found) == hours * 3600 / seconds
    assert found[0][0] == "00:00:00"


async def test_a_window_in_a_repeated_hour_holds_both(client: ClientSession) -> None:
    readings = every(10, "2026-10-25T00:00", 12)
    async with FitbitSimulator(Recording(readings)) as fitbit:
        found = await dataset(client, fitbit, "2026-10-25/1d/1sec/time/02:10/02:20")
        assert found == [("02:10:00", 51), ("02:20:00", 52), ("02:10:00", 57), ("02:20:00", 58)]
        assert await dataset(client, fitbit, "2026-03-29/1d/1sec/time/02:00/02:59") == []


async def test_a_window_over_midnight_wraps(client: ClientSession) -> None:
    async with FitbitSimulator(Recording(every(30, "2026-11-19T21:30", 5))) as fitbit:
        answer = await heart(client, fitbit, "2026-11-19/2026-11-20/1sec/time/23:00/00:00")
    assert [day["dateTime"] for day in answer["activities-heart"]] == ["2026-11-19", "2026-11-20"]
    assert [point["time"] for point in answer["activities-heart-intraday"]["dataset"]] == [
        "23:00:00",
        "23:30:00",
        "00:00:00",
    ]


@pytest.mark.parametrize(
    ("honoured", "dates_local", "path", "expected"),
    [
        # Readings at 22:00, 23:00 and 00:00 UTC: 23:00, 00:00 and 01:00 in Berlin.
        (True, False, "2026-11-19/1d/1sec", ["22:00:00", "23:00:00"]),
        (True, True, "2026-11-19/1d/1sec", ["22:00:00"]),
        (False, False, "2026-11-19/1d/1sec", ["23:00:00"]),
        (False, True, "2026-11-19/1d/1sec", ["23:00:00"]),
        (True, False, "2026-11-20/1d/1sec", ["00:00:00"]),
        (True, True, "2026-11-20/1d/1sec", ["23:00:00", "00:00:00"]),
        (False, False, "2026-11-20/1d/1sec", ["00:00:00", "01:00:00"]),
        (True, False, "2026-11-19/2026-11-20/1min/time/23:00/00:30", ["23:00:00", "00:00:00"]),
        (True, True, "2026-11-19/2026-11-20/1min/time/23:00/00:30", ["22:00:00", "23:00:00"]),
        (False, False, "2026-11-19/2026-11-20/1min/time/23:00/00:30", ["23:00:00", "00:00:00"]),
    ],
)
async def test_utc_is_honoured_wholly_half_or_not(
    client: ClientSession, honoured: bool, dates_local: bool, path: str, expected: list[str]
) -> None:
    async with FitbitSimulator(Recording(every(60, "2026-11-19T22:00", 3))) as fitbit:
        fitbit.timezone_honoured, fitbit.utc_dates_local = honoured, dates_local
        assert [time for time, _ in await dataset(client, fitbit, path, timezone="UTC")] == expected
        fitbit.timezone_honoured, fitbit.utc_dates_local = True, False
        local = [time for time, _ in await dataset(client, fitbit, "2026-11-19/1d/1sec")]
        assert local == ["23:00:00"]


async def test_no_hour_is_repeated_in_utc(client: ClientSession) -> None:
    readings = every(10, "2026-10-25T00:00", 24 * 6)
    async with FitbitSimulator(Recording(readings)) as fitbit:
        found = await dataset(client, fitbit, "2026-10-25/2026-10-25/1sec", timezone="UTC")
    assert [utc(f"2026-10-25T{time}") for time, _ in found] == [time for time, _ in readings]


@pytest.mark.parametrize(
    ("query", "zone", "expected"),
    [
        ({}, "Europe/Berlin", "2026-11-21"),
        ({}, "Pacific/Auckland", "2026-11-22"),
        ({"timezone": "UTC"}, "Pacific/Auckland", "2026-11-21"),
    ],
)
async def test_today_is_a_date(
    client: ClientSession, fitbit: FitbitSimulator, query: dict[str, str], zone: str, expected: str
) -> None:
    fitbit.person.time_zone = zone
    for form in ("today/today/1sec", "today/1d", "today/today"):
        (day,) = (await heart(client, fitbit, form, **query))["activities-heart"]
        assert day["dateTime"] == expected


async def test_the_profile_may_move(client: ClientSession, fitbit: FitbitSimulator) -> None:
    start = utc("2026-11-20T17:00")
    truth = [bpm for _, bpm in fitbit.person.samples(start, start + 3600, NOW)]
    for zone, window in (
        ("Europe/Berlin", "18:00/18:59"),
        ("America/New_York", "12:00/12:59"),
        ("Asia/Kolkata", "22:30/23:29"),
    ):
        fitbit.person.time_zone = zone
        found = await dataset(client, fitbit, f"2026-11-20/1d/1sec/time/{window}")
        assert [bpm for _, bpm in found] == truth
        (day,) = (await heart(client, fitbit, "2026-11-20/1d"))["activities-heart"]
        midnight, end = midnights(date(2026, 11, 20), ZoneInfo(zone))
        bounds = fitbit.person.zone_bounds(TODAY)
        minutes = time_in_zones(fitbit.person.samples(midnight, end, NOW), bounds)
        assert [part["minutes"] for part in day["value"]["heartRateZones"]] == [
            round(minutes.get(part, 0)) for part in bounds
        ]


# The summary


PAGE_ZONES = {
    "Out of Range": (30, 86, 626),
    "Fat Burn": (86, 121, 185),
    "Cardio": (121, 147, 18),
    "Peak": (147, 220, 5),
}


async def test_the_summary_has_the_page_s_shape(client: ClientSession) -> None:
    """The documentation's own example, but for the calories."""
    day = date(2019, 5, 8)
    minutes = (626.4, 184.6, 18, 5)
    recording = Recording(
        every(1, "2019-05-07T22:00", 5),
        resting={day: 76},
        zones={day: dict(zip(("LIGHT", "MODERATE", "VIGOROUS", "PEAK"), minutes, strict=True))},
        bounds={"LIGHT": (30, 85), "MODERATE": (86, 120), "VIGOROUS": (121, 146), "PEAK": (147, 220)},
    )
    async with FitbitSimulator(recording) as fitbit:
        fitbit.custom_zones = [
            {"caloriesOut": 1164.09312, "max": 90, "min": 30, "minutes": 718, "name": "Below"}
        ]
        answer = await heart(client, fitbit, "2019-05-08/2019-05-08/1min")
        assert await heart(client, fitbit, "2019-05-08/2019-05-08") == {
            "activities-heart": answer["activities-heart"]
        }
    assert set(answer) == {"activities-heart", "activities-heart-intraday"}
    (summary,) = answer["activities-heart"]
    assert summary["dateTime"] == "2019-05-08"
    value = summary["value"]
    assert value["restingHeartRate"] == 76
    assert value["customHeartRateZones"] == fitbit.custom_zones
    assert all(isinstance(zone.pop("caloriesOut"), float) for zone in value["heartRateZones"])
    assert value["heartRateZones"] == [
        {"max": high, "min": low, "minutes": spent, "name": name}
        for name, (low, high, spent) in PAGE_ZONES.items()
    ]
    assert answer["activities-heart-intraday"]["dataset"][1] == {"time": "00:01:00", "value": 51}


async def test_the_summary_is_the_person_s(client: ClientSession, fitbit: FitbitSimulator) -> None:
    (day,) = (await heart(client, fitbit, "today/1d"))["activities-heart"]
    assert day["value"]["restingHeartRate"] == fitbit.person.resting_heart_rate(TODAY, NOW)
    minutes = fitbit.person.zone_minutes(TODAY, NOW)
    assert [zone["minutes"] for zone in day["value"]["heartRateZones"]] == [
        round(minutes.get(zone, 0)) for zone in ("LIGHT", "MODERATE", "VIGOROUS", "PEAK")
    ]


async def test_a_day_without_measurements(client: ClientSession) -> None:
    async with FitbitSimulator(Recording()) as fitbit:
        answer = await heart(client, fitbit, "2026-11-20/1d/1min")
        (summary,) = answer["activities-heart"]
        assert answer["activities-heart-intraday"]["dataset"] == []
        assert "restingHeartRate" not in summary["value"]
        assert [set(zone) for zone in summary["value"]["heartRateZones"]] == [{"max", "min", "name"}] * 4
        fitbit.people[0] = Recording(bounds={})
        (summary,) = (await heart(client, fitbit, "2026-11-20/1d"))["activities-heart"]
        assert summary["value"]["heartRateZones"] == []


ZONE = {"caloriesOut": 203.65344, "max": 110, "min": 90, "minutes": 74, "name": "Custom Zone"}


@pytest.mark.parametrize(
    ("zones", "key", "expected"),
    [
        (None, "list", {"customHeartRateZones": []}),
        ([ZONE], "list", {"customHeartRateZones": [ZONE]}),
        ([ZONE], "null", {"customHeartRateZones": None}),
        (None, "absent", {}),
    ],
)
@pytest.mark.parametrize("sub_day", [False, True])
async def test_custom_zones(
    client: ClientSession,
    fitbit: FitbitSimulator,
    zones: list[dict[str, Any]] | None,
    key: Any,
    expected: dict[str, Any],
    sub_day: bool,
) -> None:
    fitbit.custom_zones, fitbit.custom_zones_key, fitbit.sub_day_shape = zones, key, sub_day
    (summary,) = (await heart(client, fitbit, "today/1d/1min/time/08:00/09:00"))["activities-heart"]
    found = summary if sub_day else summary["value"]
    assert {name: value for name, value in found.items() if name.startswith("custom")} == expected


@pytest.mark.parametrize(
    ("switch", "left"),
    [("zones_without_calories", "minutes"), ("zones_without_minutes", "caloriesOut")],
)
async def test_zones_may_lack_a_part(
    client: ClientSession, fitbit: FitbitSimulator, switch: str, left: str
) -> None:
    fitbit.custom_zones = [ZONE]
    setattr(fitbit, switch, True)
    (summary,) = (await heart(client, fitbit, "today/1d"))["activities-heart"]
    for zone in (*summary["value"]["customHeartRateZones"], *summary["value"]["heartRateZones"]):
        assert set(zone) == {"name", "min", "max", left}
    assert "minutes" in fitbit.custom_zones[0]


async def test_the_older_shape_of_a_time_range(client: ClientSession) -> None:
    recording = Recording(every(1, "2026-11-20T10:58", 6), bounds={"LIGHT": (30, 52), "PEAK": (53, 220)})
    async with FitbitSimulator(recording) as fitbit:
        fitbit.sub_day_shape = True
        answer = await heart(client, fitbit, "2026-11-20/2026-11-20/1min/time/12:00/12:02")
        (summary,) = answer["activities-heart"]
        assert (summary["dateTime"], summary["value"]) == ("today", "53.0")
        assert set(summary) == {"customHeartRateZones", "dateTime", "heartRateZones", "value"}
        assert [zone["minutes"] for zone in summary["heartRateZones"]] == [1, 1]
        assert len(answer["activities-heart-intraday"]["dataset"]) == 3
        (summary,) = (await heart(client, fitbit, "today/1d/1sec/time/12:00/12:02"))["activities-heart"]
        assert summary["value"] == "0"
        assert "minutes" not in summary["heartRateZones"][0]
        (summary,) = (await heart(client, fitbit, "2026-11-20/1d/1min"))["activities-heart"]
        assert set(summary["value"]) == {"customHeartRateZones", "heartRateZones"}


INTRADAY = (
    "today/today/1sec",
    "today/1d/15min",
    "today/today/1min/time/08:00/09:00",
    "2026-11-01/today/1min",
)


@pytest.mark.parametrize("path", INTRADAY)
async def test_without_intraday_permission(client: ClientSession, fitbit: FitbitSimulator, path: str) -> None:
    fitbit.intraday = "forbidden"
    status, answer, _ = await ask(client, fitbit, f"{HEART}/{path}.json")
    assert (status, error_type(answer)) == (403, "insufficient_permissions")
    assert "activities-heart" in await heart(client, fitbit, "today/1d")
    fitbit.intraday = "absent"
    assert set(await heart(client, fitbit, path)) == {"activities-heart"}


# Limits and the end


async def test_the_rate_limit(client: ClientSession) -> None:
    async with FitbitSimulator(clock=lambda: now) as fitbit:
        now = utc("2026-11-21T20:05:00") + 0.5
        fitbit.limit = 3
        fitbit.people.append(Person("Second", seed=2))
        access = fitbit.grant()["access_token"]
        seen = []
        for path in (
            "user/-/profile.json",
            "user/-/nothing.json",
            f"{HEART}/x/1d.json",
            "user/-/devices.json",
        ):
            status, answer, headers = await ask(client, fitbit, path, access=access)
            assert headers["fitbit-rate-limit-limit"] == "3"
            seen.append((status, headers["fitbit-rate-limit-remaining"], headers["fitbit-rate-limit-reset"]))
        assert seen == [(200, "2", "3300"), (404, "1", "3300"), (400, "0", "3300"), (429, "0", "3300")]
        assert error_type(answer) == "system"
        other = fitbit.grant(person=fitbit.people[1])["access_token"]
        assert (await ask(client, fitbit, "user/-/profile.json", access=other))[0] == 200
        now = utc("2026-11-21T21:00:00")
        status, _, headers = await ask(client, fitbit, "user/-/profile.json", access=access)
        assert (status, headers["fitbit-rate-limit-reset"]) == (200, "3600")
        assert fitbit.calls_by_hour() == {utc("2026-11-21T20:00"): 5, utc("2026-11-21T21:00"): 1}


async def test_the_headers_may_lag(client: ClientSession, fitbit: FitbitSimulator) -> None:
    fitbit.limit, fitbit.headers_lag = 4, 2
    access = fitbit.grant()["access_token"]
    seen = []
    for _ in range(5):
        status, _, headers = await ask(client, fitbit, "user/-/profile.json", access=access)
        seen.append((status, headers["fitbit-rate-limit-remaining"]))
    assert seen == [(200, "4"), (200, "4"), (200, "3"), (200, "2"), (429, "1")]


async def test_signing_in_is_not_limited(client: ClientSession, fitbit: FitbitSimulator) -> None:
    fitbit.limit = 0
    granted = fitbit.grant()
    assert (await ask(client, fitbit, "user/-/profile.json", access=granted["access_token"]))[0] == 429
    assert (await refresh(client, fitbit, granted["refresh_token"]))[0] == 200
    assert sum(fitbit.calls_by_hour().values()) == 1


async def test_the_end_of_the_service(client: ClientSession, fitbit: FitbitSimulator) -> None:
    granted = fitbit.grant()
    fitbit.ended = True
    for method, path in (
        ("GET", "/oauth2/authorize"),
        ("POST", "/oauth2/token"),
        ("POST", "/oauth2/revoke"),
        ("GET", "/1/user/-/profile.json"),
        ("GET", "/anything"),
    ):
        async with client.request(method, fitbit.url + path) as answer:
            assert answer.status == 410
            error_type(await answer.json())
    assert len(fitbit.requests) == 5
    fitbit.ended = False
    assert (await refresh(client, fitbit, granted["refresh_token"]))[0] == 200


async def test_a_frozen_clock_is_seen(client: ClientSession, freezer: FrozenDateTimeFactory) -> None:
    freezer.move_to("2026-06-01T12:07:00Z")
    async with FitbitSimulator() as fitbit:
        access = fitbit.grant()["access_token"]
        _, (tracker,), headers = await ask(client, fitbit, "user/-/devices.json", access=access)
        assert tracker["lastSyncTime"] == "2026-06-01T14:00:00.000"
        assert headers["fitbit-rate-limit-reset"] == str(53 * 60)
        freezer.tick(28800)
        assert (await ask(client, fitbit, "user/-/devices.json", access=access))[0] == 401
