"""Reading the archive out: by the action, by a card over the websocket, and as a file."""

from datetime import UTC, datetime
from http import HTTPStatus
import logging
from typing import Any

from aiohttp.test_utils import TestClient
from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized, UnknownUser
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator
import voluptuous as vol

from custom_components.fitbit_cardiogram.const import DOMAIN
from custom_components.fitbit_cardiogram.heart_rate.clock import HOUR, utc
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from custom_components.fitbit_cardiogram.heart_rate.sleep import SleepSession
from custom_components.fitbit_cardiogram.heart_rate.workout import Workout
from custom_components.fitbit_cardiogram.services import VALUES_MAX
from tests.helpers.home import SetUp, advance, at, state_of
from tests.helpers.read_out import (
    A_NAP,
    A_NIGHT,
    A_STRETCH,
    EXPORT,
    FIRST,
    GET_HEART_RATE,
    GET_SESSIONS,
    LAST,
    NOW_S,
    Row,
    ask,
    beats,
    call,
    csv,
    path,
    recount,
    store,
    store_sleep,
    store_too_many,
    store_workouts,
    within,
)


@pytest.fixture
async def account(home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp) -> MockConfigEntry:
    """Return an account with half an hour of samples."""
    return await set_up(entry)


@pytest.fixture
async def run(home: HomeAssistant, account: MockConfigEntry) -> Workout:
    """Return a workout of the account."""
    run = Workout("run", "RUNNING", FIRST, LAST, 3600, 3600)
    await store_workouts(home, account, run)
    return run


BACKWARDS = {"start": A_STRETCH["end"], "end": A_STRETCH["start"]}


def timestamp(text: str) -> int:
    """Return UNIX seconds of what must be ISO 8601 in UTC."""
    moment = datetime.fromisoformat(text)
    assert moment.isoformat() == text
    assert moment.tzinfo == UTC
    return int(moment.timestamp())


def rows(answer: dict[str, Any]) -> list[Row]:
    """Return the buckets of an answer."""
    assert set(answer) == {"buckets"}
    keys = ("count", "min", "mean", "max")
    assert all(set(bucket) == {"time", *keys} for bucket in answer["buckets"])
    return [(timestamp(one["time"]), *(one[key] for key in keys)) for one in answer["buckets"]]


# The action


async def test_every_sample(home: HomeAssistant, account: MockConfigEntry, measured: list[Sample]) -> None:
    """From the start to before the end."""
    answer = await call(home, account, GET_HEART_RATE, **A_STRETCH, resolution="raw")
    assert [(timestamp(one["time"]), one["value"]) for one in answer["samples"]] == within(measured)
    assert len(answer["samples"]) == 30


@pytest.mark.parametrize(
    ("asked", "width"), [({}, 300), ({"resolution": "1min"}, 60), ({"resolution": "1h"}, HOUR)]
)
async def test_buckets(
    home: HomeAssistant, account: MockConfigEntry, measured: list[Sample], asked: dict[str, str], width: int
) -> None:
    """Of the first and the last one only what lies in the range counts."""
    ragged = {"start": "2026-11-21T21:41:10+00:00", "end": "2026-11-21T21:57:50+00:00"}
    answer = await call(home, account, GET_HEART_RATE, **ragged, **asked)
    assert rows(answer) == recount(within(measured, at("21:41:10"), at("21:57:50")), width)


async def test_the_hour_that_autumn_repeats(home: HomeAssistant, account: MockConfigEntry) -> None:
    """From two to three by the clock on the wall are two hours; both are there, told apart by their times."""
    await home.config.async_set_time_zone("Europe/Berlin")
    midnight = int(datetime(2026, 10, 25, tzinfo=UTC).timestamp())
    night = [(midnight + minute * 60, 50 + minute // 60) for minute in range(-60, 180)]
    await store(home, account, night)
    wall = {"start": "2026-10-25 02:00:00", "end": "2026-10-25 03:00:00"}
    both = within(night, midnight, midnight + 2 * HOUR)
    for resolution, width in (("1h", HOUR), ("5min", 300)):
        answer = await call(home, account, GET_HEART_RATE, **wall, resolution=resolution)
        assert rows(answer) == recount(both, width)
    answer = await call(home, account, GET_HEART_RATE, **wall, resolution="raw")
    assert [one["time"][11:16] for one in answer["samples"]] == [
        f"{hour:02}:{minute:02}" for hour in (0, 1) for minute in range(60)
    ]
    second = {"start": "2026-10-25 02:00:00+01:00", "end": "2026-10-25 03:00:00+01:00"}
    answer = await call(home, account, GET_HEART_RATE, **second, resolution="1h")
    assert rows(answer) == [(midnight + HOUR, 60, 51, 51.0, 51)]


async def test_hours_reach_back_beyond_the_samples(
    home: HomeAssistant, account: MockConfigEntry, clock: FrozenDateTimeFactory
) -> None:
    long_ago = NOW_S - 100 * 24 * HOUR
    await store(home, account, [(long_ago, 60), (long_ago + 5, 63)])
    await advance(home, clock, hours=2)
    asked = {"start": utc(long_ago).isoformat(), "end": utc(long_ago + HOUR).isoformat()}
    assert await call(home, account, GET_HEART_RATE, **asked) == {"buckets": []}
    assert await call(home, account, GET_HEART_RATE, **asked, resolution="raw") == {"samples": []}
    answer = await call(home, account, GET_HEART_RATE, **asked, resolution="1h")
    assert rows(answer) == [(long_ago, 2, 60, 61.5, 63)]


async def test_no_answer_is_endless(home: HomeAssistant, account: MockConfigEntry) -> None:
    first = await store_too_many(home, account)
    asked = {"start": utc(first).isoformat(), "end": utc(first + VALUES_MAX + 1).isoformat()}
    with pytest.raises(ServiceValidationError) as raised:
        await call(home, account, GET_HEART_RATE, **asked, resolution="raw")
    assert raised.value.translation_key == "too_many_values"
    assert "150000" in str(raised.value)
    assert "Export" in str(raised.value)
    shorter = asked | {"end": utc(first + VALUES_MAX).isoformat()}
    answer = await call(home, account, GET_HEART_RATE, **shorter, resolution="raw")
    assert len(answer["samples"]) == VALUES_MAX
    assert sum(row[1] for row in rows(await call(home, account, GET_HEART_RATE, **asked))) == VALUES_MAX + 1


# Workouts


async def test_workouts_with_their_figures(
    home: HomeAssistant, account: MockConfigEntry, run: Workout, measured: list[Sample]
) -> None:
    (session,) = (await call(home, account, GET_SESSIONS, **A_STRETCH))["sessions"]
    inside = [bpm for _, bpm in within(measured, run.start, run.end)]
    assert session == {
        "id": "run",
        "type": "RUNNING",
        "start": utc(run.start).isoformat(),
        "end": utc(run.end).isoformat(),
        "final": False,
        "lowest": min(inside),
        "mean": round(sum(inside) / len(inside), 1),
        "highest": max(inside),
        "zones": {"light": 300, "moderate": 0, "vigorous": 0, "peak": 0},
        "recovery": 0,
        "recovery_120": -1,
    }
    later = {"start": utc(run.end).isoformat(), "end": utc(run.end + HOUR).isoformat()}
    assert await call(home, account, GET_SESSIONS, **later) == {"sessions": []}


async def test_a_workout_that_still_runs(
    home: HomeAssistant, account: MockConfigEntry, measured: list[Sample]
) -> None:
    """Its heart rate goes to the present, and it has no figures yet."""
    running = Workout("new", "YOGA", NOW_S - 600, NOW_S - 600, is_stopped=False)
    await store_workouts(home, account, running)
    around = {"start": utc(NOW_S - HOUR).isoformat(), "end": utc(NOW_S + HOUR).isoformat()}
    (session,) = (await call(home, account, GET_SESSIONS, **around))["sessions"]
    assert (session["end"], session["final"], session["zones"]) == (None, False, {})
    assert {session[name] for name in ("lowest", "mean", "highest", "recovery", "recovery_120")} == {None}
    answer = await call(home, account, GET_HEART_RATE, session="new", resolution="raw")
    assert [one["value"] for one in answer["samples"]] == [
        bpm for _, bpm in within(measured, NOW_S - 600, NOW_S)
    ]


async def test_the_heart_rate_of_a_workout(
    home: HomeAssistant, account: MockConfigEntry, run: Workout, measured: list[Sample]
) -> None:
    answer = await call(home, account, GET_HEART_RATE, session=run.id, resolution="1min")
    assert rows(answer) == recount(within(measured, run.start, run.end), 60)
    with pytest.raises(ServiceValidationError) as raised:
        await call(home, account, GET_HEART_RATE, session="nothing")
    assert raised.value.translation_key == "session_unknown"


# Nights


async def test_nights_with_their_figures(home: HomeAssistant, account: MockConfigEntry, run: Workout) -> None:
    """Beside workouts, in order of time, or by themselves."""
    await store(home, account, [*beats(64, A_NIGHT.start - 4 * HOUR), *beats(48, A_NIGHT.start)])
    await store_sleep(home, account, A_NIGHT, A_NAP)
    day = {"start": "2026-11-21T00:00:00+00:00", "end": "2026-11-22T00:00:00+00:00"}
    every = (await call(home, account, GET_SESSIONS, **day))["sessions"]
    assert [(session["id"], session["type"]) for session in every] == [
        ("night", "night"),
        ("nap", "nap"),
        ("run", "RUNNING"),
    ]
    assert every[0] == {
        "id": "night",
        "type": "night",
        "day": "2026-11-21",
        "start": "2026-11-21T10:00:00+00:00",
        "end": "2026-11-21T14:00:00+00:00",
        "final": True,
        "asleep": 3 * HOUR,
        "mean": 48.0,
        "lowest": 48.0,
        "lowest_at": "2026-11-21T11:00:00+00:00",
        "dip": 25.0,
        "stages": [
            {"type": "AWAKE", "start": "2026-11-21T10:00:00+00:00", "end": "2026-11-21T11:00:00+00:00"},
            {"type": "DEEP", "start": "2026-11-21T11:00:00+00:00", "end": "2026-11-21T14:00:00+00:00"},
        ],
    }
    for kind, expected in (("nights", every[:2]), ("workouts", every[2:])):
        assert (await call(home, account, GET_SESSIONS, **day, kind=kind))["sessions"] == expected
    after = {"start": "2026-11-21T14:00:00+00:00", "end": "2026-11-21T18:00:00+00:00"}
    assert await call(home, account, GET_SESSIONS, **after) == {"sessions": []}


async def test_a_night_in_progress(
    home: HomeAssistant, account: MockConfigEntry, measured: list[Sample]
) -> None:
    """Its heart rate goes to the present."""
    running = SleepSession("new", NOW_S - 600, NOW_S - 600, 3600, 3600, is_complete=False)
    await store_sleep(home, account, running)
    around = {"start": utc(NOW_S - HOUR).isoformat(), "end": utc(NOW_S + HOUR).isoformat()}
    (session,) = (await call(home, account, GET_SESSIONS, **around))["sessions"]
    assert (session["end"], session["final"], session["asleep"]) == (None, False, 0)
    answer = await call(home, account, GET_HEART_RATE, session="new", resolution="raw")
    expected = [bpm for _, bpm in within(measured, NOW_S - 600, NOW_S)]
    assert [one["value"] for one in answer["samples"]] == expected


async def test_the_heart_rate_of_a_night(home: HomeAssistant, account: MockConfigEntry) -> None:
    """From its first part to its last one, by the id of either."""
    second = SleepSession("second", A_NIGHT.end + HOUR, A_NIGHT.end + 2 * HOUR, 3600, 3600)
    await store(home, account, slept := [*beats(48, A_NIGHT.start), *beats(60, A_NIGHT.end)])
    await store_sleep(home, account, A_NIGHT, second)
    for key in ("night", "second"):
        answer = await call(home, account, GET_HEART_RATE, session=key, resolution="1h")
        assert rows(answer) == recount(within(slept, A_NIGHT.start, second.end), HOUR)


# What goes wrong


@pytest.mark.parametrize(
    ("action", "asked"),
    [
        (GET_HEART_RATE, A_STRETCH | {"resolution": "2min"}),
        (GET_HEART_RATE, A_STRETCH | {"start": "yesterday"}),
        (GET_SESSIONS, {}),
        (GET_SESSIONS, {"session": "run"}),
        (GET_SESSIONS, A_STRETCH | {"kind": "naps"}),
        (EXPORT, {"format": "xlsx"}),
    ],
)
async def test_a_call_of_the_wrong_shape_is_refused(
    home: HomeAssistant, account: MockConfigEntry, action: str, asked: dict[str, Any]
) -> None:
    with pytest.raises(vol.Invalid):
        await call(home, account, action, **asked)


async def test_what_does_not_go_together_is_told(home: HomeAssistant, account: MockConfigEntry) -> None:
    for action, asked, error in (
        (GET_HEART_RATE, {}, "range_or_session"),
        (GET_HEART_RATE, A_STRETCH | {"session": "run"}, "range_or_session"),
        (GET_HEART_RATE, {"session": "run", "start": A_STRETCH["start"]}, "range_or_session"),
        (EXPORT, {"end": A_STRETCH["end"]}, "range_without_start"),
    ):
        with pytest.raises(HomeAssistantError) as raised:
            await call(home, account, action, **asked)
        assert raised.value.translation_key == error


@pytest.mark.parametrize("action", [GET_HEART_RATE, GET_SESSIONS, EXPORT])
async def test_what_cannot_be_read_is_told(
    home: HomeAssistant, account: MockConfigEntry, action: str
) -> None:
    async def error(**asked: Any) -> str | None:
        with pytest.raises(HomeAssistantError) as raised:
            await call(home, account, action, **(A_STRETCH | asked))
        return raised.value.translation_key

    assert await error(**BACKWARDS) == "range_reversed"
    assert await error(config_entry_id="nothing") == "chosen_is_not_ours"
    await home.async_add_executor_job(account.runtime_data.archive.close)
    assert await error() == "archive_not_usable_now"
    await home.config_entries.async_unload(account.entry_id)
    assert await error() == "account_not_loaded"


@pytest.mark.parametrize(
    ("action", "answer"), [(GET_HEART_RATE, "buckets"), (GET_SESSIONS, "sessions"), (EXPORT, "url")]
)
async def test_everybody_in_the_house_may_read(
    home: HomeAssistant,
    account: MockConfigEntry,
    hass_read_only_user: MockUser,
    action: str,
    answer: str,
) -> None:
    """As everybody sees the sensors."""
    data = {ATTR_CONFIG_ENTRY_ID: account.entry_id, **A_STRETCH}
    context = Context(user_id=hass_read_only_user.id)
    found = await home.services.async_call(
        DOMAIN, action, data, blocking=True, context=context, return_response=True
    )
    assert found
    assert answer in found


async def test_a_template_reads_the_mean_of_the_last_hour(
    home: HomeAssistant, account: MockConfigEntry, measured: list[Sample]
) -> None:
    """The way that docs/actions.md shows."""
    assert await async_setup_component(
        home,
        "template",
        {
            "template": {
                "triggers": {"trigger": "event", "event_type": "look"},
                "actions": {
                    "action": "fitbit_cardiogram.get_heart_rate",
                    "data": {
                        "config_entry_id": account.entry_id,
                        "start": "{{ now() - timedelta(hours=1) }}",
                        "end": "{{ now() }}",
                        "resolution": "raw",
                    },
                    "response_variable": "hour",
                },
                "sensor": {
                    "name": "Mean heart rate of the last hour",
                    "state": "{{ hour.samples | map(attribute='value') | average | round }}",
                    "availability": "{{ hour.samples | count > 0 }}",
                },
            }
        },
    )
    await home.async_block_till_done()
    home.bus.async_fire("look")
    await home.async_block_till_done()
    mean = sum(bpm for _, bpm in measured) / len(measured)
    assert state_of(home, "sensor.mean_heart_rate_of_the_last_hour").state == str(round(mean))


async def test_who_may_not_read_the_heart_rate_cannot_read_it_out(
    home: HomeAssistant,
    account: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    hass_client: ClientSessionGenerator,
    hass_read_only_user: MockUser,
    hass_admin_user: MockUser,
) -> None:
    """By none of the ways there are, and no automation is in the way of that."""
    policy = {"entities": {"domains": {"light": True}}}
    for user in (hass_read_only_user, hass_admin_user):
        user.groups = []
        user.mock_policy(policy)
    data = {ATTR_CONFIG_ENTRY_ID: account.entry_id, **A_STRETCH}
    for action in (GET_HEART_RATE, GET_SESSIONS, EXPORT):
        for user_id, error in ((hass_read_only_user.id, Unauthorized), ("nobody", UnknownUser)):
            with pytest.raises(error):
                await home.services.async_call(
                    DOMAIN,
                    action,
                    data,
                    blocking=True,
                    context=Context(user_id=user_id),
                    return_response=True,
                )
        assert await call(home, account, action, **A_STRETCH)
    websocket = await hass_ws_client(home)
    for command in ("heart_rate", "annotations"):
        answer = await ask(home, websocket, account, type=f"fitbit_cardiogram/{command}")
        assert answer["error"]["code"] == "unauthorized"
    days = {"start": "2026-11-20", "end": "2026-11-22"}
    for command, asked in (("subscribe", {}), ("overview", {}), ("days", days)):
        message = {"type": f"fitbit_cardiogram/{command}", "entry_id": account.entry_id, **asked}
        await websocket.send_json_auto_id(message)
        assert (await websocket.receive_json())["error"]["code"] == "unauthorized"
    browser = await hass_client()
    assert (await browser.get(path(account))).status == HTTPStatus.UNAUTHORIZED


async def test_the_log_keeps_it_all_to_itself(
    home: HomeAssistant,
    account: MockConfigEntry,
    measured: list[Sample],
    browser: TestClient[Any, Any],
    stranger: TestClient[Any, Any],
    hass_ws_client: WebSocketGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Neither a heart rate nor a link; Home Assistant itself logs what goes over a websocket, if asked to."""
    websocket = await hass_ws_client(home)
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, "homeassistant.components.websocket_api")
    # As Home Assistant does when it starts; the line would come at any time after the answer.
    caplog.set_level(logging.WARNING, "aiohttp.access")
    caplog.clear()
    for resolution in ("raw", "1min"):
        await call(home, account, GET_HEART_RATE, **A_STRETCH, resolution=resolution)
    await ask(home, websocket, account)
    await ask(home, websocket, account, start=LAST)
    await ask(home, websocket, account, entry_id="nothing")
    link = (await call(home, account, EXPORT))["path"]
    for client, address in ((browser, path(account)), (stranger, link)):
        async with client.get(address) as response:
            assert await response.text() == csv(measured)
    assert not [record for record in caplog.records if record.name.startswith("custom_components")]
    secrets = [link.partition("authSig=")[2], "Sam Sample", "sam_sample", "buckets", "bpm"]
    secrets += [utc(time).isoformat() for time, _ in within(measured)[1:]]
    assert [secret for secret in secrets if secret in caplog.text] == []
