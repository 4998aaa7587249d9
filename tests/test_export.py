"""The export: the archive as a file, for a browser that is signed in and by a link that opens for a while."""

from csv import DictReader
from datetime import UTC, date, datetime, timedelta
import json
import re
from typing import Any

from aiohttp import ClientPayloadError
from aiohttp.test_utils import TestClient
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.persistent_notification import _async_get_or_create_notifications
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from yarl import URL

from custom_components.fitbit_cardiogram.archive import history
from custom_components.fitbit_cardiogram.archive.history import PAGE
from custom_components.fitbit_cardiogram.heart_rate.clock import HOUR, utc
from custom_components.fitbit_cardiogram.heart_rate.day import DaySummary, RestingHeartRate
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from custom_components.fitbit_cardiogram.heart_rate.sleep import SleepSession, Stage
from custom_components.fitbit_cardiogram.heart_rate.workout import Workout
from tests.helpers.home import TODAY, SetUp
from tests.helpers.read_out import (
    A_STRETCH,
    EXPORT,
    FIRST,
    LAST,
    NOW_S,
    call,
    csv,
    path,
    store,
    store_sleep,
    store_workouts,
    within,
)


@pytest.fixture
async def account(home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp) -> MockConfigEntry:
    """Return an account with half an hour of samples."""
    return await set_up(entry)


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


@pytest.mark.parametrize(
    "query", [{"start": "today"}, {"start": 5, "end": 5}, {"format": "xlsx"}, {"data": "all"}]
)
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
    with account.runtime_data.archive.reading() as connection:
        connection.set_trace_callback(lambda sql: pages.append(sql) if "LIMIT" in sql else None)
        connection.set_progress_handler(lambda: len(pages) > 1, 100)
    async with browser.get(path(account)) as response:
        assert response.status == 200
        with pytest.raises(ClientPayloadError):
            await response.read()
    with account.runtime_data.archive.reading() as connection:
        connection.set_progress_handler(None, 0)
    (told,) = [record.message for record in caplog.records if record.name.startswith("custom_components")]
    assert told.startswith("An export from the archive of Sam Sample was broken off: SQLITE_INTERRUPT")


async def test_a_link_opens_for_a_while(
    home: HomeAssistant,
    account: MockConfigEntry,
    measured: list[Sample],
    stranger: TestClient[Any, Any],
    clock: FrozenDateTimeFactory,
) -> None:
    link = (await call(home, account, EXPORT))["path"]
    async with stranger.get(link) as response:
        assert response.status == 200
        assert await response.text() == csv(measured)
    clock.tick(14 * 60)
    async with stranger.get(link) as response:
        assert response.status == 200
    clock.tick(2 * 60)
    async with stranger.get(link) as response:
        assert response.status == 401


async def test_a_link_is_whole_where_an_address_is_known(
    home: HomeAssistant, account: MockConfigEntry, clock: FrozenDateTimeFactory
) -> None:
    """The one from outside if there is one; where none is known, an explanation says so."""
    home.config.api = None
    answer = await call(home, account, EXPORT)
    assert answer["url"] == answer["path"]
    assert answer["explanation"].startswith("The link has no beginning")
    assert datetime.fromisoformat(answer["valid_until"]) == datetime.now(UTC) + timedelta(minutes=15)
    for address in ({"internal_url": "http://192.0.2.1:8123"}, {"external_url": "https://home.example"}):
        await home.config.async_update(**address)
        answer = await call(home, account, EXPORT, start=utc(FIRST).isoformat())
        assert answer["url"] == f"{next(iter(address.values()))}{answer['path']}"
        assert "explanation" not in answer
        assert URL(answer["path"]).query["end"] == str(NOW_S)


async def test_a_notification_with_the_link(
    home: HomeAssistant,
    account: MockConfigEntry,
    measured: list[Sample],
    stranger: TestClient[Any, Any],
    hass_read_only_user: MockUser,
    clock: FrozenDateTimeFactory,
) -> None:
    """Valid for a day, in Home Assistant's language; everybody sees it, so not everybody may ask for it."""
    home.config.language = "de"
    await call(home, account, EXPORT, notify=True)
    (shown,) = _async_get_or_create_notifications(home).values()
    assert shown["title"] == "Sam Sample: Der Export ist fertig"
    link = re.search(r'<a href="(/[^"]+)" target="_blank">sam_sample.csv</a>', shown["message"])
    assert link
    clock.tick(23 * HOUR)
    async with stranger.get(link[1]) as response:
        assert await response.text() == csv(measured)
    data = {"config_entry_id": account.entry_id, "notify": True}
    context = Context(user_id=hass_read_only_user.id)
    with pytest.raises(Unauthorized):
        await home.services.async_call(
            "fitbit_cardiogram", EXPORT, data, blocking=True, context=context, return_response=True
        )


async def test_a_link_to_a_stretch(
    home: HomeAssistant, account: MockConfigEntry, measured: list[Sample], stranger: TestClient[Any, Any]
) -> None:
    link = (await call(home, account, EXPORT, **A_STRETCH, format="jsonl"))["path"]
    async with stranger.get(link) as response:
        lines = (await response.text()).splitlines()
    assert [json.loads(line)["bpm"] for line in lines] == [bpm for _, bpm in within(measured)]


async def test_a_link_opens_nothing_else(
    home: HomeAssistant, account: MockConfigEntry, stranger: TestClient[Any, Any]
) -> None:
    link = (await call(home, account, EXPORT, **A_STRETCH))["path"]
    for other in (
        path(account),
        f"{link}&data=workouts",
        link.replace("samples", "days"),
        path(account, start=FIRST, end=LAST),
        link.replace(str(FIRST), "0"),
        link.replace(account.entry_id, "another"),
    ):
        async with stranger.get(other) as response:
            assert response.status == 401


# Workouts, nights and daily values

YESTERDAY = TODAY - timedelta(days=1)
RUN = Workout("run", "RUNNING", FIRST, LAST, mean=70)
WALK = Workout("walk", "WALKING", FIRST - 2 * HOUR, FIRST - HOUR)
RUNS_STILL = Workout("ride", "BIKING", LAST + 60, LAST + 60, is_stopped=False)


async def rows(browser: TestClient[Any, Any], account: MockConfigEntry, **query: Any) -> list[dict[str, Any]]:
    """Return the lines of a file in both formats, which hold the same."""
    async with browser.get(path(account, **query, format="jsonl")) as response:
        assert response.status == 200
        found: list[dict[str, Any]] = [json.loads(line) for line in (await response.text()).splitlines()]
    async with browser.get(path(account, **query, format="csv")) as response:
        assert response.content_disposition
        assert response.content_disposition.filename == f"sam_sample_{query['data']}.csv"
        table = [*DictReader((await response.text()).splitlines())]

    def cell(value: object) -> str:
        return "" if value is None else json.dumps(value) if isinstance(value, dict | list) else str(value)

    assert table == [{key: cell(value) for key, value in row.items()} for row in found]
    return found


@pytest.fixture(params=[1, 2, PAGE])
def pages(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a page hold so many rows."""
    monkeypatch.setattr(history, "PAGE", request.param)
    monkeypatch.setattr(history, "PAGE_OF_SESSIONS", request.param)


@pytest.mark.usefixtures("pages")
async def test_workouts(home: HomeAssistant, account: MockConfigEntry, browser: TestClient[Any, Any]) -> None:
    """They are just what the action returns, without their state."""
    copy = Workout("copy", "RUNNING", FIRST - 1, LAST, platform="HEALTH_CONNECT")
    await store_workouts(home, account, WALK, RUN, RUNS_STILL, copy)
    asked = {"start": utc(FIRST - HOUR - 1).isoformat(), "end": utc(NOW_S).isoformat()}
    sessions = (await call(home, account, "get_sessions", **asked))["sessions"]
    found = await rows(browser, account, data="workouts", start=FIRST - HOUR - 1)
    assert [row | {"final": one["final"]} for row, one in zip(found, sessions, strict=True)] == sessions
    assert [row["type"] for row in found] == ["WALKING", "RUNNING", "BIKING"]
    assert (found[1]["highest"], found[2]["end"]) == (69, None)
    assert [row["id"] for row in await rows(browser, account, data="workouts", start=FIRST, end=LAST)] == [
        "run"
    ]


@pytest.mark.usefixtures("pages")
async def test_nights(home: HomeAssistant, account: MockConfigEntry, browser: TestClient[Any, Any]) -> None:
    """A line for each night or nap, in order of time, with its stages."""
    begun, over = NOW_S - 15 * HOUR, NOW_S - 8 * HOUR
    stages = (Stage("AWAKE", begun, begun + HOUR), Stage("DEEP", begun + HOUR, over))
    night = SleepSession("night", begun, over, 3600, 3600, stages, is_main=True)
    second = SleepSession("second", over + HOUR, over + 2 * HOUR, 3600, 3600)
    nap = SleepSession("nap", NOW_S - 3 * HOUR, NOW_S - 2 * HOUR, 3600, 3600, is_nap=True)
    running = SleepSession("running", NOW_S - 60, NOW_S - 60, 3600, 3600, is_complete=False)
    copy = SleepSession("copy", begun + 60, over, 3600, 3600)
    asleep = [(moment, 48) for moment in range(begun + HOUR, over, 60)]
    awake = [(moment, 64) for moment in range(begun - 4 * HOUR, begun, 60)]
    await store(home, account, awake + asleep)
    await store_sleep(home, account, night, second, nap, running, copy)
    found = await rows(browser, account, data="nights")
    assert found[0] == {
        "id": "night",
        "type": "night",
        "day": TODAY.isoformat(),
        "start": utc(begun).isoformat(),
        "end": utc(second.end).isoformat(),
        "asleep": 7 * HOUR,
        "mean": 48.0,
        "lowest": 48.0,
        "lowest_at": utc(begun + HOUR).isoformat(),
        "dip": 25.0,
        "stages": [
            {"type": one.type, "start": utc(one.start).isoformat(), "end": utc(one.end).isoformat()}
            for one in stages
        ],
    }
    assert [(one["id"], one["type"], one["end"] is None) for one in found[1:]] == [
        ("nap", "nap", False),
        ("running", "night", True),
    ]
    assert (found[1]["mean"], found[1]["dip"], found[1]["stages"]) == (None, None, [])
    within_it = await rows(browser, account, data="nights", start=begun, end=begun + 1)
    assert [one["id"] for one in within_it] == ["night"]


@pytest.mark.usefixtures("pages")
async def test_daily_values(
    home: HomeAssistant, account: MockConfigEntry, browser: TestClient[Any, Any]
) -> None:
    """By the days of the account that an interval touches, the resting heart rate among them."""

    def store_all() -> None:
        def begins(day: date) -> int:
            return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())

        archive = account.runtime_data.archive
        for kind, value in (("skin_temperature_deviation", -0.5), ("breathing_rate", 14.25)):
            archive.store_daily_values(kind, {TODAY: value, YESTERDAY: value}, begins)
        archive.store_days([DaySummary(YESTERDAY, RestingHeartRate(YESTERDAY, 57))], begins)

    await home.async_add_executor_job(store_all)
    values = {
        day: [
            ("breathing_rate", 14.25),
            ("resting_heart_rate", resting),
            ("skin_temperature_deviation", -0.5),
        ]
        for day, resting in ((YESTERDAY, 57), (TODAY, 55))
    }
    begun = int(datetime(2026, 11, 20, 23, tzinfo=UTC).timestamp())
    for query, days in (({}, values), ({"end": begun}, [YESTERDAY]), ({"start": begun}, [TODAY])):
        found = await rows(browser, account, data="days", **query)
        shown = [
            (row["day"], row["kind"], row["value"]) for row in found if row["kind"] in dict(values[TODAY])
        ]
        assert shown == [(day.isoformat(), *value) for day in days for value in values[day]]


@pytest.mark.parametrize(
    ("data", "head"),
    [("workouts", "id,type,start,end,"), ("nights", "id,type,day,"), ("days", "day,kind,value\n")],
)
async def test_a_link_to_other_data(
    home: HomeAssistant, account: MockConfigEntry, stranger: TestClient[Any, Any], data: str, head: str
) -> None:
    link = (await call(home, account, EXPORT, data=data))["path"]
    async with stranger.get(link) as response:
        assert response.status == 200
        assert (await response.text()).startswith(head)
