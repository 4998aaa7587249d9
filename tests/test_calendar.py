"""The calendar of past workouts: there for those who want it, and only then."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_ENTITY_ID, STATE_OFF
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.fitbit_cardiogram.archive.database import ArchiveError
from custom_components.fitbit_cardiogram.const import CONF_WORKOUT_CALENDAR
from custom_components.fitbit_cardiogram.fitbit_provider import CONF_DETAIL_LEVEL
from tests.helpers.home import NOW, SetUp, account_entry, advance, at, gateway_entry, settle, state_of
from tests.simulators import FitbitSimulator, GoogleSimulator, Recording
from tests.simulators.training import Training

CALENDAR = "calendar.sam_sample_workouts"
RUN = Training("1", "RUNNING", at("21:35:00"), at("21:39:00"), mean=66)
WALK = Training("2", "CARDIO_WORKOUT", at("08:00:00"), at("08:20:00"))


@pytest.fixture
def person(person: Recording) -> Recording:
    """Return the person after a run, who has gone for a walk in the morning."""
    person.exercises = [RUN, WALK]
    return person


async def events(home: HomeAssistant, **asked: Any) -> list[dict[str, Any]]:
    """Return the events of the day before now, as the action has them."""
    data = {ATTR_ENTITY_ID: CALENDAR, "end_date_time": NOW, "start_date_time": NOW - timedelta(days=1)}
    answer: Any = await home.services.async_call(
        "calendar", "get_events", data | asked, blocking=True, return_response=True
    )
    found: list[dict[str, Any]] = answer[CALENDAR]["events"]
    return found


@pytest.fixture
async def calendar(google: GoogleSimulator, set_up: SetUp) -> MockConfigEntry:
    """Return an account with a calendar."""
    return await set_up(account_entry(google, options={CONF_WORKOUT_CALENDAR: True}))


async def test_nobody_has_one_who_did_not_ask_for_it(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp
) -> None:
    """Not even the platform, which would put it into the sidebar."""
    await set_up(entry)
    assert home.states.get(CALENDAR) is None
    assert "calendar" not in home.config.components


async def test_past_workouts_are_in_it(home: HomeAssistant, calendar: MockConfigEntry) -> None:
    await home.config.async_set_time_zone("Europe/Berlin")
    assert await events(home) == [
        {
            "start": "2026-11-21T09:00:00+01:00",
            "end": "2026-11-21T09:20:00+01:00",
            "summary": "Cardio workout",
        },
        {
            "start": "2026-11-21T22:35:00+01:00",
            "end": "2026-11-21T22:39:00+01:00",
            "summary": "Running",
            "description": "63-65 bpm",
        },
    ]
    # Nothing of it is a state, which would be recorded.
    state = state_of(home, CALENDAR)
    assert state.state == STATE_OFF
    assert set(state.attributes) == {"friendly_name"}


async def test_one_that_goes_on_is_not_in_it(
    home: HomeAssistant, person: Recording, google: GoogleSimulator, set_up: SetUp
) -> None:
    person.exercises = [RUN._replace(end=None, method="ACTIVELY_MEASURED")]
    await set_up(account_entry(google, options={CONF_WORKOUT_CALENDAR: True}))
    assert await events(home) == []


async def test_an_open_calendar_follows(
    home: HomeAssistant,
    calendar: MockConfigEntry,
    person: Recording,
    clock: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """It asks again for a workout that changes, and not with each poll."""
    client = await hass_ws_client()
    asked = {"start": "2026-11-21T00:00:00Z", "end": "2026-11-22T00:00:00Z"}
    await client.send_json_auto_id({"type": "calendar/event/subscribe", "entity_id": CALENDAR, **asked})
    assert (await client.receive_json())["success"]
    first = (await client.receive_json())["event"]["events"]
    assert [one["summary"] for one in first] == ["Cardio workout", "Running"]
    person.exercises = [RUN._replace(type="WALKING", updated=at("22:01:00")), WALK]
    for _ in range(3):
        await calendar.runtime_data.coordinator.async_read_now()
        await advance(home, clock, seconds=2)
    second = (await client.receive_json())["event"]["events"]
    assert [one["summary"] for one in second] == ["Cardio workout", "Walking"]
    await client.send_json_auto_id({"type": "ping"})
    assert (await client.receive_json())["type"] == "pong"


async def test_it_comes_and_goes_with_the_option(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp
) -> None:
    """The platform is unloaded as it was loaded, whatever the options say by then."""
    await set_up(entry)
    for wanted in (True, False, True):
        home.config_entries.async_update_entry(entry, options={CONF_WORKOUT_CALENDAR: wanted})
        await settle(home)
        assert entry.state is ConfigEntryState.LOADED
        assert (home.states.get(CALENDAR) is not None) == wanted
        assert (CALENDAR in er.async_get(home).entities) == wanted
    assert await home.config_entries.async_unload(entry.entry_id)
    assert state_of(home, CALENDAR).state == "unavailable"


async def test_a_source_without_workouts_has_none(
    home: HomeAssistant, gateway: FitbitSimulator, set_up: SetUp
) -> None:
    options = {CONF_DETAIL_LEVEL: "1min", CONF_WORKOUT_CALENDAR: True}
    entry = await set_up(gateway_entry(gateway, options=options))
    assert entry.state is ConfigEntryState.LOADED
    assert home.states.get(CALENDAR) is None


async def test_trouble_with_the_archive_is_told(
    home: HomeAssistant, calendar: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ArchiveError("the disk is full")

    monkeypatch.setattr(calendar.runtime_data.archive, "workouts", fail)
    with pytest.raises(HomeAssistantError, match="archive"):
        await events(home)
