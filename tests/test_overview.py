"""The overview: what a dashboard shows of an account, and the reason for what is old or missing."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.fitbit_cardiogram.const import (
    CONF_ALERTS,
    CONF_DURATION,
    CONF_HIGH,
    CONF_HYSTERESIS,
    CONF_ZONE_MINUTES_GOAL,
)
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR
from custom_components.fitbit_cardiogram.heart_rate.workout import Workout
from custom_components.fitbit_cardiogram.overview import Reason, Why, overview_of, reason_of
from tests.helpers.home import SUBENTRY_ID, SetUp, account_entry, advance, destination, settle, until
from tests.helpers.read_out import A_NIGHT, FIRST, NOW_S, store, store_sleep, store_workouts
from tests.simulators import CardiogramSimulator, Fault, GoogleSimulator, Recording

OPTIONS = {
    CONF_ALERTS: {CONF_HIGH: 150, CONF_DURATION: 5, CONF_HYSTERESIS: 5},
    CONF_ZONE_MINUTES_GOAL: 0,
}


async def test_what_a_dashboard_shows(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    set_up: SetUp,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """It is sent at once and whenever it has become another, and not otherwise."""
    forwarding = destination(cardiogram)
    account = await set_up(account_entry(google, options=OPTIONS, subentries_data=[forwarding]))
    coordinator = account.runtime_data.coordinator
    await store_sleep(home, account, A_NIGHT)
    await store_workouts(home, account, Workout("run", "RUNNING", FIRST - 600, FIRST))
    await coordinator.async_archive_changed()
    websocket = await hass_ws_client(home)
    await websocket.send_json_auto_id({"type": "fitbit_cardiogram/overview", "entry_id": account.entry_id})
    assert (await websocket.receive_json())["success"]

    async def heard() -> dict[str, Any]:
        found: dict[str, Any] = (await websocket.receive_json())["event"]
        return found

    shown = await heard()
    assert shown["newest"] == {"time": NOW_S - 60, "bpm": 79, "is_current": True, "zone": "light"}
    assert shown["source"] == "Google Health"
    resting = {"day": "2026-11-21", "value": 55, "difference": None, "place": None}
    assert shown["resting_heart_rate"] == resting
    assert shown["heart_rate_variability"] is None
    assert (shown["night"]["asleep"], shown["night"]["stages"]) == (3 * HOUR, [])
    assert [(one["id"], one["highest"]) for one in shown["workouts"]] == [("run", 66)]
    assert shown["limits"] == {"high": 150, "low": None, "minutes": 5}
    assert shown["week"]["goal"] == 0
    [cardiogram_now] = shown["destinations"]
    assert (cardiogram_now["id"], cardiogram_now["name"]) == (SUBENTRY_ID, "Cardiogram")
    assert cardiogram_now["pending"] == len(google.person.samples(0, NOW_S, NOW_S))
    assert (cardiogram_now["automatic"], cardiogram_now["problem"], cardiogram_now["paused"]) == (
        False,
        None,
        False,
    )
    coordinator.async_update_listeners()
    await account.runtime_data.forwarders[SUBENTRY_ID].forward()
    while (shown := await heard())["destinations"][0]["pending"]:
        pass
    assert shown["destinations"][0]["last_delivery"] == NOW_S
    await store(home, account, [(NOW_S - 5, 140)])
    await coordinator.async_archive_changed()
    while (shown := await heard())["newest"]["bpm"] != 140:
        pass
    assert shown["newest"]["zone"] == "vigorous"

    # While it is set up anew, nothing is told; what fails, or is disabled, is.
    await home.config_entries.async_reload(account.entry_id)
    await store(home, account, [(NOW_S - 4, 141)])
    await account.runtime_data.coordinator.async_archive_changed()
    while (shown := await heard())["newest"]["bpm"] != 141:
        pass
    await home.config_entries.async_set_disabled_by(account.entry_id, ConfigEntryDisabler.USER)
    while (shown := await heard())["reason"]["key"] != "not_set_up":
        pass
    assert "newest" not in shown


async def test_the_reasons(
    home: HomeAssistant,
    entry: MockConfigEntry,
    person: Recording,
    google: GoogleSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
) -> None:
    """Each comes before those that matter less, and goes with what it tells of."""
    account = await set_up(entry)
    coordinator = account.runtime_data.coordinator
    newest = NOW_S - 60
    assert reason_of(account) == Reason(Why.BEGINS, NOW_S - HOUR)
    await coordinator.history_import.begin(NOW_S - 10 * DAY, NOW_S - 2 * DAY)
    await until(lambda: not coordinator.history_import.is_running)
    await coordinator.async_archive_changed()
    # The source was asked for more, and has none.
    assert reason_of(account) is None

    await advance(home, clock, hours=2)
    assert reason_of(account) == Reason(Why.NOT_SYNCED, newest)
    person.synced_at = int(clock().timestamp())
    await coordinator.async_read_now()
    newest = NOW_S - 10
    assert reason_of(account) == Reason(Why.NOT_WORN, newest)

    google.faults = [Fault("/v4/", 503, times=-1)]
    await advance(home, clock, hours=2)
    assert (found := reason_of(account))
    assert found.key is Why.UNREACHABLE
    google.faults.clear()
    await coordinator.async_read_now()
    assert (found := reason_of(account))
    assert found.key is Why.NOT_SYNCED

    google.api_disabled = True
    await coordinator.async_read_now()
    assert reason_of(account) == Reason(Why.REPAIR, newest)
    google.api_disabled = False
    google.revoke_grants()
    await coordinator.async_read_now()
    assert reason_of(account) == Reason(Why.SIGN_IN, newest)

    await home.config_entries.async_unload(account.entry_id)
    assert overview_of(account) == {
        "reason": {"key": "not_set_up", "since": None, "percent": None},
        "source": "Google Health",
    }


async def test_an_import_and_an_empty_account(
    home: HomeAssistant, entry: MockConfigEntry, person: Recording, google: GoogleSimulator, set_up: SetUp
) -> None:
    """An old archive is not said to begin anywhere."""
    person.readings.clear()
    account = await set_up(entry)
    coordinator = account.runtime_data.coordinator
    assert reason_of(account) == Reason(Why.NOTHING_YET)
    assert overview_of(account)["newest"] is None
    google.faults = [Fault("/v4/", kind="hang", times=-1)]
    await coordinator.history_import.begin(NOW_S - 100 * DAY, NOW_S)
    await coordinator.async_archive_changed()
    assert reason_of(account) == Reason(Why.IMPORTING, percent=0)
    await coordinator.history_import.cancel()
    google.faults.clear()
    await store(home, account, [(NOW_S - 100 * DAY, 60), (NOW_S - 5, 60)])
    await coordinator.async_archive_changed()
    await settle(home)
    assert reason_of(account) is None
