"""Reading the archive out: by the action, by a card over the websocket, and as a file."""

from datetime import UTC, datetime
from http import HTTPStatus
import json
import logging
from typing import Any

from aiohttp import ClientPayloadError
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

from custom_components.fitbit_cardiogram.archive.history import PAGE
from custom_components.fitbit_cardiogram.const import (
    CONF_ALERTS,
    CONF_DURATION,
    CONF_HIGH,
    CONF_HYSTERESIS,
    DOMAIN,
)
from custom_components.fitbit_cardiogram.heart_rate.clock import FOREVER, HOUR, utc
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from custom_components.fitbit_cardiogram.services import VALUES_MAX
from tests.conftest import NOW, SetUp, account_entry, advance, at, settle, state_of
from tests.simulators import GoogleSimulator, Recording

NOW_S = int(NOW.timestamp())
FIRST, LAST = at("21:40:00"), at("21:45:00")
A_STRETCH = {"start": "2026-11-21T21:40:00+00:00", "end": "2026-11-21T21:45:00+00:00"}
BACKWARDS = {"start": A_STRETCH["end"], "end": A_STRETCH["start"]}
GET_HEART_RATE = "get_heart_rate"
EXPORT = "export"

type Row = tuple[int, int, int, float, int]


@pytest.fixture
async def account(home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp) -> MockConfigEntry:
    """An account with half an hour of samples."""
    return await set_up(entry)


@pytest.fixture
def measured(person: Recording) -> list[Sample]:
    """What has arrived of them."""
    return person.samples(0, NOW_S, NOW_S)


async def call(home: HomeAssistant, entry: MockConfigEntry, action: str, **asked: Any) -> Any:
    """Call an action for the account and return what it answers."""
    data = {ATTR_CONFIG_ENTRY_ID: entry.entry_id} | asked
    return await home.services.async_call(DOMAIN, action, data, blocking=True, return_response=True)


async def store(home: HomeAssistant, entry: MockConfigEntry, samples: list[Sample]) -> None:
    await home.async_add_executor_job(entry.runtime_data.archive.store, samples, NOW_S)


async def store_too_many(home: HomeAssistant, entry: MockConfigEntry) -> int:
    """Store one sample more than an answer may hold, each in a second of its own, and return the first."""
    first = NOW_S - 10**6
    await store(home, entry, [(first + second, 60) for second in range(VALUES_MAX + 1)])
    return first


def within(samples: list[Sample], start: int = FIRST, end: int = LAST) -> list[Sample]:
    return [sample for sample in samples if start <= sample[0] < end]


def recount(samples: list[Sample], width: int) -> list[Row]:
    """Return time, count, lowest, mean and highest of what each bucket holds."""
    values: dict[int, list[int]] = {}
    for time, bpm in samples:
        values.setdefault(time - time % width, []).append(bpm)
    return [
        (time, len(bpms), min(bpms), round(sum(bpms) / len(bpms), 1), max(bpms))
        for time, bpms in values.items()
    ]


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


@pytest.mark.parametrize(
    ("action", "asked"),
    [
        (GET_HEART_RATE, {}),
        (GET_HEART_RATE, {"start": A_STRETCH["start"]}),
        (GET_HEART_RATE, A_STRETCH | {"resolution": "2min"}),
        (GET_HEART_RATE, A_STRETCH | {"start": "yesterday"}),
        (EXPORT, {"end": A_STRETCH["end"]}),
        (EXPORT, {"format": "xlsx"}),
    ],
)
async def test_a_call_of_the_wrong_shape_is_refused(
    home: HomeAssistant, account: MockConfigEntry, action: str, asked: dict[str, Any]
) -> None:
    with pytest.raises(vol.Invalid):
        await call(home, account, action, **asked)


@pytest.mark.parametrize("action", [GET_HEART_RATE, EXPORT])
async def test_what_cannot_be_read_is_told(
    home: HomeAssistant, account: MockConfigEntry, action: str
) -> None:
    async def error(**asked: Any) -> str | None:
        with pytest.raises(HomeAssistantError) as raised:
            await call(home, account, action, **(A_STRETCH | asked))
        return raised.value.translation_key

    assert await error(**BACKWARDS) == "range_empty"
    assert await error(config_entry_id="nothing") == "service_config_entry_not_found"
    await home.async_add_executor_job(account.runtime_data.archive.close)
    assert await error() == "archive_not_usable_now"
    await home.config_entries.async_unload(account.entry_id)
    assert await error() == "service_config_entry_not_loaded"


@pytest.mark.parametrize(("action", "answer"), [(GET_HEART_RATE, "buckets"), (EXPORT, "url")])
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
    """The way that the README shows."""
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


# The websocket


async def ask(home: HomeAssistant, websocket: Any, entry: MockConfigEntry, **asked: Any) -> Any:
    """Send the command for a stretch of the account and return what comes back."""
    command = {"type": "fitbit_cardiogram/heart_rate", "entry_id": entry.entry_id}
    await websocket.send_json_auto_id(command | {"start": FIRST, "end": LAST} | asked)
    return await websocket.receive_json()


@pytest.mark.parametrize("width", [1, 60, 119, HOUR])
async def test_columns_of_buckets(
    home: HomeAssistant,
    account: MockConfigEntry,
    measured: list[Sample],
    hass_ws_client: WebSocketGenerator,
    width: int,
) -> None:
    answer = await ask(home, await hass_ws_client(home), account, width=width)
    columns = zip(*recount(within(measured), width), strict=True)
    assert answer["result"] == dict(
        zip(("time", "count", "min", "mean", "max"), map(list, columns), strict=True)
    )


async def test_columns_of_samples(
    home: HomeAssistant, account: MockConfigEntry, measured: list[Sample], hass_ws_client: WebSocketGenerator
) -> None:
    websocket = await hass_ws_client(home)
    times, values = zip(*within(measured), strict=True)
    assert (await ask(home, websocket, account))["result"] == {"time": [*times], "value": [*values]}
    answer = await ask(home, websocket, account, start=0, end=1)
    assert answer["result"] == {"time": [], "value": []}


async def test_errors_of_the_websocket(
    home: HomeAssistant, account: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    websocket = await hass_ws_client(home)
    first = await store_too_many(home, account)

    async def error(**asked: Any) -> str:
        answer = await ask(home, websocket, account, **asked)
        assert not answer["success"]
        assert answer["error"]["message"]
        return str(answer["error"]["code"])

    assert await error(entry_id="nothing") == "not_found"
    for wrong in ({"width": 0}, {"width": 2**70}, {"start": "now"}, {"start": LAST}, {"entry_id": 1}):
        assert await error(**wrong) == "invalid_format"
    for width in ({}, {"width": 1}):
        assert await error(start=first, end=first + VALUES_MAX + 1, **width) == "too_many_values"
    await home.async_add_executor_job(account.runtime_data.archive.close)
    assert await error() == "home_assistant_error"
    await home.config_entries.async_unload(account.entry_id)
    assert await error() == "not_found"


async def test_what_to_draw_around_the_curve(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp, hass_ws_client: WebSocketGenerator
) -> None:
    """The civil days by the account's own clock, and the alerts by the limits of the options."""
    alerts = {CONF_HIGH: 78, CONF_DURATION: 1, CONF_HYSTERESIS: 0}
    entry = await set_up(account_entry(google, options={CONF_ALERTS: alerts}))
    websocket = await hass_ws_client(home)
    asked = {"type": "fitbit_cardiogram/annotations", "start": NOW_S - 7200, "end": NOW_S}
    result = (await ask(home, websocket, entry, **asked))["result"]
    [day] = result["days"]
    assert (day["start"], day["end"]) == (NOW_S - 23 * HOUR, NOW_S + HOUR)
    assert day["resting"] == 55
    assert {zone["name"]: (zone["min"], zone["max"], zone["minutes"]) for zone in day["zones"]} == {
        "light": (30, 107, 30.0),
        "moderate": (108, 133, 0.0),
        "vigorous": (134, 164, 2.5),
        "peak": (165, 220, 0.0),
    }
    assert result["gap"] == 300
    [alert] = result["alerts"]
    assert alert == {
        "kind": "high",
        "limit": 78,
        "start": NOW_S - 1800 + 162 * 10,
        "end": NOW_S - 60,
        "extreme": 79,
    }
    for start, end in ((0, FOREVER), (-FOREVER, FOREVER)):
        assert (await ask(home, websocket, entry, **asked | {"start": start, "end": end}))["result"] == result
    for start, end in ((0, 1), (FOREVER - 1, FOREVER)):
        answer = await ask(home, websocket, entry, **asked | {"start": start, "end": end})
        assert answer["result"] == {"gap": 300, "days": [], "alerts": []}


async def test_a_card_hears_when_to_ask_again(
    home: HomeAssistant,
    account: MockConfigEntry,
    person: Recording,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """At once, when a poll brings something, and also after the account was set up anew."""
    websocket = await hass_ws_client(home)
    await websocket.send_json_auto_id({"type": "fitbit_cardiogram/subscribe", "entry_id": account.entry_id})
    answer = await websocket.receive_json()
    assert answer["success"]

    async def latest() -> Any:
        heard = await websocket.receive_json()
        assert (heard["type"], heard["id"]) == ("event", answer["id"])
        return heard["event"]["latest"]

    async def sync(before: int) -> None:
        """Let the band sync and Home Assistant look, without the clock, or the line would time out."""
        person.synced_at = NOW_S - before
        await account.runtime_data.coordinator.async_read_now()
        await settle(home)

    assert await latest() == NOW_S - 60
    await sync(40)
    assert await latest() == NOW_S - 40
    await home.config_entries.async_reload(account.entry_id)
    await settle(home)
    await sync(20)
    while await latest() != NOW_S - 20:
        pass
    await websocket.send_json_auto_id({"type": "unsubscribe_events", "subscription": answer["id"]})
    while (heard := await websocket.receive_json())["type"] == "event":
        pass
    assert heard["success"]


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
    for action in (GET_HEART_RATE, EXPORT):
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
    subscribe = {"type": "fitbit_cardiogram/subscribe", "entry_id": account.entry_id}
    await websocket.send_json_auto_id(subscribe)
    assert (await websocket.receive_json())["error"]["code"] == "unauthorized"
    browser = await hass_client()
    assert (await browser.get(path(account))).status == HTTPStatus.UNAUTHORIZED


# The file


def path(entry: MockConfigEntry, **query: Any) -> str:
    """Return the address of the account's file."""
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    return f"/api/fitbit_cardiogram/export/{entry.entry_id}?{asked}"


def csv(samples: list[Sample]) -> str:
    return "time,bpm\n" + "".join(f"{utc(time).isoformat()},{bpm}\n" for time, bpm in samples)


@pytest.fixture
async def browser(account: MockConfigEntry, hass_client: ClientSessionGenerator) -> TestClient[Any, Any]:
    """A browser that is signed in."""
    return await hass_client()


@pytest.fixture
async def stranger(
    account: MockConfigEntry, hass_client_no_auth: ClientSessionGenerator
) -> TestClient[Any, Any]:
    """A browser that is not."""
    return await hass_client_no_auth()


async def test_a_table(
    account: MockConfigEntry, measured: list[Sample], browser: TestClient[Any, Any]
) -> None:
    """Of the whole archive, named by the account and the days that it holds by the account's clock."""
    async with browser.get(path(account)) as response:
        assert response.status == 200
        assert response.content_type == "text/csv"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.content_disposition
        assert response.content_disposition.type == "attachment"
        assert response.content_disposition.filename == "sam_sample_2026-11-21_2026-11-21.csv"
        assert await response.text() == csv(measured)


async def test_json_lines(
    account: MockConfigEntry, measured: list[Sample], browser: TestClient[Any, Any]
) -> None:
    async with browser.get(path(account, format="jsonl", start=FIRST, end=LAST)) as response:
        assert response.content_type == "application/x-ndjson"
        assert response.content_disposition
        assert response.content_disposition.filename == "sam_sample_2026-11-21_2026-11-21.jsonl"
        lines = (await response.text()).splitlines()
    assert [json.loads(line) for line in lines] == [
        {"time": utc(time).isoformat(), "bpm": bpm} for time, bpm in within(measured)
    ]


async def test_an_empty_file(account: MockConfigEntry, browser: TestClient[Any, Any]) -> None:
    async with browser.get(path(account, start=-1, end=1)) as response:
        assert response.content_disposition
        assert response.content_disposition.filename == "sam_sample.csv"
        assert await response.text() == "time,bpm\n"
    async with browser.get(path(account, end=1, format="jsonl")) as response:
        assert (response.status, await response.text()) == (200, "")


async def test_many_pages(
    home: HomeAssistant, account: MockConfigEntry, measured: list[Sample], browser: TestClient[Any, Any]
) -> None:
    """The days of the name are the account's: the first sample is of its next day already."""
    midnight = int(datetime(2026, 11, 18, 23, tzinfo=UTC).timestamp())
    older = [(midnight + second, 50 + second % 99) for second in range(3 * PAGE)]
    await store(home, account, older)
    async with browser.get(path(account)) as response:
        assert response.content_disposition
        assert response.content_disposition.filename == "sam_sample_2026-11-19_2026-11-21.csv"
        assert await response.text() == csv(older + measured)


@pytest.mark.parametrize("query", [{"start": "today"}, {"start": 5, "end": 5}, {"format": "xlsx"}])
async def test_a_query_of_the_wrong_shape(
    account: MockConfigEntry, browser: TestClient[Any, Any], query: dict[str, Any]
) -> None:
    async with browser.get(path(account, **query)) as response:
        assert response.status == 400


async def test_what_cannot_be_exported(
    home: HomeAssistant, account: MockConfigEntry, browser: TestClient[Any, Any]
) -> None:
    async def status(entry: MockConfigEntry) -> int:
        async with browser.get(path(entry)) as response:
            assert (await response.json())["message"]
            return response.status

    other = MockConfigEntry(domain="other")
    assert await status(other) == 404
    other.add_to_hass(home)
    assert await status(other) == 404
    await home.async_add_executor_job(account.runtime_data.archive.close)
    assert await status(account) == 503
    await home.config_entries.async_unload(account.entry_id)
    assert await status(account) == 503


async def test_a_file_that_cannot_be_finished_is_broken_off(
    home: HomeAssistant,
    account: MockConfigEntry,
    browser: TestClient[Any, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nobody takes it for a whole one."""
    await store(home, account, [(NOW_S - 10**6 + second, 60) for second in range(2 * PAGE)])
    pages: list[str] = []
    with account.runtime_data.archive.writing() as connection:
        connection.set_trace_callback(lambda sql: pages.append(sql) if "LIMIT" in sql else None)
        connection.set_progress_handler(lambda: len(pages) > 1, 100)
    async with browser.get(path(account)) as response:
        assert response.status == 200
        with pytest.raises(ClientPayloadError):
            await response.read()
    with account.runtime_data.archive.writing() as connection:
        connection.set_progress_handler(None, 0)
    (told,) = [record.message for record in caplog.records if record.name.startswith("custom_components")]
    assert told.startswith("An export from the archive of Sam Sample was broken off: SQLITE_INTERRUPT")


# The link


async def test_a_link_opens_for_a_while(
    home: HomeAssistant,
    account: MockConfigEntry,
    measured: list[Sample],
    stranger: TestClient[Any, Any],
    clock: FrozenDateTimeFactory,
) -> None:
    link = (await call(home, account, EXPORT))["url"]
    async with stranger.get(link) as response:
        assert response.status == 200
        assert await response.text() == csv(measured)
    clock.tick(14 * 60)
    async with stranger.get(link) as response:
        assert response.status == 200
    clock.tick(2 * 60)
    async with stranger.get(link) as response:
        assert response.status == 401


async def test_a_link_to_a_stretch(
    home: HomeAssistant, account: MockConfigEntry, measured: list[Sample], stranger: TestClient[Any, Any]
) -> None:
    link = (await call(home, account, EXPORT, **A_STRETCH, format="jsonl"))["url"]
    async with stranger.get(link) as response:
        lines = (await response.text()).splitlines()
    assert [json.loads(line)["bpm"] for line in lines] == [bpm for _, bpm in within(measured)]


async def test_a_link_opens_nothing_else(
    home: HomeAssistant, account: MockConfigEntry, stranger: TestClient[Any, Any]
) -> None:
    link = (await call(home, account, EXPORT, **A_STRETCH))["url"]
    for other in (
        path(account),
        path(account, start=FIRST, end=LAST),
        link.replace(str(FIRST), "0"),
        link.replace(account.entry_id, "another"),
    ):
        async with stranger.get(other) as response:
            assert response.status == 401


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
    link = (await call(home, account, EXPORT))["url"]
    for client, address in ((browser, path(account)), (stranger, link)):
        async with client.get(address) as response:
            assert await response.text() == csv(measured)
    assert not [record for record in caplog.records if record.name.startswith("custom_components")]
    secrets = [link.partition("authSig=")[2], "Sam Sample", "sam_sample", "buckets", "bpm"]
    secrets += [utc(time).isoformat() for time, _ in within(measured)[1:]]
    assert [secret for secret in secrets if secret in caplog.text] == []
