"""The websocket: a card asks for heart rates, for what to draw around them, and when to ask again."""

from datetime import UTC, date, timedelta
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.fitbit_cardiogram import account_alerts, websocket_api
from custom_components.fitbit_cardiogram.const import CONF_ALERTS, CONF_DURATION, CONF_HIGH, CONF_HYSTERESIS
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, FOREVER, HOUR, midnight
from custom_components.fitbit_cardiogram.heart_rate.daily import HEART_RATE_VARIABILITY
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from custom_components.fitbit_cardiogram.heart_rate.workout import Workout
from custom_components.fitbit_cardiogram.services import VALUES_MAX
from tests.helpers.home import SetUp, account_entry, settle
from tests.helpers.read_out import (
    A_NAP,
    A_NIGHT,
    FIRST,
    LAST,
    NOW_S,
    ask,
    beats,
    recount,
    store,
    store_sleep,
    store_too_many,
    store_workouts,
    within,
)
from tests.simulators import GoogleSimulator, Recording


@pytest.fixture
async def account(home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp) -> MockConfigEntry:
    """Return an account with half an hour of samples."""
    return await set_up(entry)


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


async def test_columns_of_days(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp, hass_ws_client: WebSocketGenerator
) -> None:
    """By the account's own clock, whatever part of a day is asked for, with the hours beyond the limits."""
    alerts = {CONF_HIGH: 78, CONF_DURATION: 60, CONF_HYSTERESIS: 0}
    entry = await set_up(account_entry(google, options={CONF_ALERTS: alerts}))
    websocket = await hass_ws_client(home)
    found = (await ask(home, websocket, entry, period="day", end=FIRST + 1))["result"]
    [day] = [dict(zip(found, values, strict=True)) for values in zip(*found.values(), strict=True)]
    assert (day["time"], day["end"]) == (NOW_S - 23 * HOUR, NOW_S + HOUR)
    assert (day["min"], day["max"], day["hours_high"], day["hours_low"]) == (60, 79, 1, 0)
    assert day["min"] <= day["p10"] <= day["mean"] <= day["p90"] <= day["max"]
    for start, end in ((0, FOREVER), (-FOREVER, FOREVER)):
        assert (await ask(home, websocket, entry, period="day", start=start, end=end))["result"] == found
    nothing = (await ask(home, websocket, entry, period="day", start=0, end=1))["result"]
    assert nothing == {key: [] for key in found}
    for wrong in ({"period": "week"}, {"period": "day", "width": 60}):
        assert (await ask(home, websocket, entry, **wrong))["error"]["code"] == "invalid_format"


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
    home: HomeAssistant,
    google: GoogleSimulator,
    set_up: SetUp,
    hass_ws_client: WebSocketGenerator,
    monkeypatch: pytest.MonkeyPatch,
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
    assert (result["gap"], result["cut"]) == (300, False)
    [alert] = result["alerts"]
    assert alert == {
        "kind": "high",
        "limit": 78,
        "start": NOW_S - 1800 + 162 * 10,
        "end": NOW_S - 60,
        "extreme": 79,
        "hourly": False,
    }
    for start, end in ((0, FOREVER), (-FOREVER, FOREVER)):
        answer = await ask(home, websocket, entry, **asked | {"start": start, "end": end})
        # Of so much time, alerts are told by the days.
        assert answer["result"] == result | {"alerts": []}
    monkeypatch.setattr(account_alerts, "LOOKED_AT_MAX", 0)
    result = (await ask(home, websocket, entry, **asked))["result"]
    hour = {"start": NOW_S - HOUR, "end": NOW_S, "hourly": True}
    assert result["alerts"] == [alert | hour]
    for start, end in ((0, 1), (FOREVER - 1, FOREVER)):
        answer = await ask(home, websocket, entry, **asked | {"start": start, "end": end})
        assert answer["result"] == {
            "gap": 300,
            "cut": False,
            "days": [],
            "alerts": [],
            "workouts": [],
            "nights": [],
        }


async def test_days_as_columns(
    home: HomeAssistant, account: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    """A column has each day that is asked for, known or not; the usual needs the days before."""
    archive = account.runtime_data.archive
    days = {date(2026, 11, 21) - timedelta(days=number): 40.0 + number % 3 for number in range(31)}

    def keep() -> None:
        archive.store_daily_values(HEART_RATE_VARIABILITY.key, days, lambda day: midnight(day, UTC))

    await home.async_add_executor_job(keep)
    websocket = await hass_ws_client(home)

    async def answer(start: str, end: str) -> Any:
        asked = {"entry_id": account.entry_id, "start": start, "end": end}
        await websocket.send_json_auto_id({"type": "fitbit_cardiogram/days", **asked})
        return await websocket.receive_json()

    found = (await answer("2026-11-20", "2026-11-23"))["result"]
    assert found["first"] == "2026-11-20"
    assert found["series"]["heart_rate_variability"] == {
        "values": [41, 40, None],
        "usual": [[40, 41, 42], [40, 41, 42], [40, 41, 42]],
    }
    assert found["series"]["resting_heart_rate"] == {"values": [None, 55, None], "usual": [None] * 3}
    assert "time_asleep" not in found["series"]
    first = (await answer("2026-10-01", "2026-11-30"))["result"]["series"]["heart_rate_variability"]
    assert [first["values"].count(None), first["usual"].count(None)] == [29, 35]
    assert (await answer("2000-01-01", "2000-01-02"))["result"]["series"] == {}
    for start, end in (
        ("2026-11-20", "2026-11-20"),
        ("2016-01-01", "2026-11-22"),
        ("today", "2026-11-22"),
        ("0001-01-01", "0001-01-02"),
    ):
        assert (await answer(start, end))["error"]["code"] == "invalid_format"


async def test_the_workouts_to_draw(
    home: HomeAssistant,
    account: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They touch the interval and carry their figures; a limit cuts them, too."""
    run = Workout("run", "RUNNING", FIRST - 600, LAST - 600)
    walk = Workout("walk", "TREADMILL_WALK", NOW_S - 600, NOW_S - 600, is_stopped=False)
    await store_workouts(home, account, run, walk)
    websocket = await hass_ws_client(home)
    asked = {"type": "fitbit_cardiogram/annotations", "start": LAST - 601, "end": NOW_S}
    first, second = (await ask(home, websocket, account, **asked))["result"]["workouts"]
    assert first == {
        "id": "run",
        "type": "RUNNING",
        "start": FIRST - 600,
        "end": LAST - 600,
        "final": True,
        "lowest": 60,
        "mean": 61.2,
        "highest": 63,
        "zones": {"light": 300, "moderate": 0, "vigorous": 0, "peak": 0},
        "recovery": -1,
        "recovery_120": -1,
    }
    assert (second["start"], second["end"], second["final"]) == (NOW_S - 600, None, False)
    monkeypatch.setattr(websocket_api, "ANNOTATIONS_MAX", 1)
    result = (await ask(home, websocket, account, **asked))["result"]
    assert (result["cut"], result["workouts"]) == (True, [first])


async def test_the_nights_to_draw(
    home: HomeAssistant,
    account: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With their stages where a view is not too long for them; a limit cuts nights, too."""
    await store(home, account, [*beats(64, A_NIGHT.start - 4 * HOUR), *beats(48, A_NIGHT.start)])
    await store_sleep(home, account, A_NIGHT, A_NAP)
    websocket = await hass_ws_client(home)
    asked = {"type": "fitbit_cardiogram/annotations", "start": A_NIGHT.end - 1, "end": NOW_S}
    first, second = (await ask(home, websocket, account, **asked))["result"]["nights"]
    assert first == {
        "id": "night",
        "type": "night",
        "day": "2026-11-21",
        "start": A_NIGHT.start,
        "end": A_NIGHT.end,
        "final": True,
        "asleep": 3 * HOUR,
        "mean": 48.0,
        "lowest": 48.0,
        "lowest_at": A_NIGHT.start + HOUR,
        "dip": 25.0,
        "stages": [{"type": one.type, "start": one.start, "end": one.end} for one in A_NIGHT.stages],
    }
    assert (second["id"], second["type"], second["mean"], second["stages"]) == ("nap", "nap", None, [])

    for length, stages in ((8 * DAY, first["stages"]), (8 * DAY + 1, [])):
        result = (await ask(home, websocket, account, **asked | {"start": NOW_S - length}))["result"]
        assert result["nights"] == [first | {"stages": stages}, second]
    monkeypatch.setattr(websocket_api, "ANNOTATIONS_MAX", 1)
    result = (await ask(home, websocket, account, **asked))["result"]
    assert (result["cut"], result["nights"]) == (True, [first])


async def test_what_is_drawn_is_cut_at_a_limit(
    home: HomeAssistant,
    google: GoogleSimulator,
    set_up: SetUp,
    hass_ws_client: WebSocketGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And it says so."""
    options = {CONF_ALERTS: {CONF_HIGH: 60, CONF_DURATION: 0, CONF_HYSTERESIS: 0}}
    entry = await set_up(account_entry(google, options=options))
    start = NOW_S - 40 * HOUR
    samples = [(start + second, 50 + 20 * (second % 2)) for second in range(20)]
    await home.async_add_executor_job(entry.runtime_data.archive.store, samples, NOW_S)
    monkeypatch.setattr(websocket_api, "ANNOTATIONS_MAX", 3)
    asked = {"type": "fitbit_cardiogram/annotations", "start": start, "end": start + 20}
    result = (await ask(home, await hass_ws_client(home), entry, **asked))["result"]
    assert result["cut"]
    assert [alert["start"] - start for alert in result["alerts"]] == [1, 3, 5]


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
