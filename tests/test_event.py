"""Events: what has come in."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import Platform
from homeassistant.core import CoreState, Event, EventStateChangedData, HomeAssistant, callback
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY
from tests.helpers.home import (
    CheckPlatform,
    SetUp,
    account_entry,
    advance,
    at,
    gateway_entry,
    settle,
    state_of,
)
from tests.simulators import FitbitSimulator, GoogleSimulator, Recording
from tests.simulators.google import METRICS, SETTINGS
from tests.simulators.training import STARTED, Training

SWITCH = "switch.cardiogram_automatic_forwarding"
BUTTON = "button.cardiogram_forward_now"
PROBLEM = "binary_sensor.cardiogram_forwarding_problem"
PENDING = "sensor.cardiogram_pending_beats"
FORWARDING = "event.cardiogram_forwarding"
WORKOUT = "event.sam_sample_workout"
RUN = Training("1", "TRAIL_RUN", at("22:05:00"), at("22:25:00"), method=STARTED, created=at("22:05:00"))

type News = list[dict[str, Any]]


async def test_samples_received_fires_once_for_each_poll_that_brought_some(
    home: HomeAssistant, account: MockConfigEntry, person: Recording, clock: FrozenDateTimeFactory
) -> None:
    received = "event.sam_sample_samples_received"
    # The first poll, which was before there was an entity, is told all the same.
    assert state_of(home, received).attributes["count"] == 175
    person.readings += [(at("22:01:00"), 70), (at("22:02:00"), 75)]
    person.synced_at = at("22:02:00")
    await advance(home, clock, minutes=5)
    await advance(home, clock, minutes=5)
    event = state_of(home, received)
    assert {key: event.attributes[key] for key in ("count", "first", "last", "min", "mean", "max")} == {
        "count": 7,
        "first": "2026-11-21T21:59:10+00:00",
        "last": "2026-11-21T22:02:00+00:00",
        "min": 70,
        "mean": 77.1,
        "max": 79,
    }
    fired = event.state
    await advance(home, clock, minutes=5)
    assert state_of(home, received).state == fired


async def test_entities(check_platform: CheckPlatform) -> None:
    await check_platform(Platform.EVENT)


# Workouts


@pytest.fixture
def news(home: HomeAssistant) -> News:
    """Return the list that each event of workouts is added to; a reload adds the last one again."""
    told: News = []
    moments = set[str]()

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if event.data["entity_id"] == WORKOUT and state and "age" in state.attributes:
            if state.state not in moments:
                told.append(dict(state.attributes))
            moments.add(state.state)

    home.bus.async_listen("state_changed", note)
    return told


def run(person: Recording, *, until: str = "22:30:00") -> None:
    """Let the person run, and sync at a moment after it."""
    measured = dict.fromkeys(range(RUN.start, at("22:25:01"), 10), 150)
    measured |= {RUN.start: 121, RUN.start + 10: 171}
    measured |= {at("22:26:00"): 120, at("22:27:00"): 95, at("22:30:00"): 90}
    person.readings += measured.items()
    person.exercises = [RUN]
    person.synced_at = at(until)


async def test_a_finished_workout_is_told_once(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
    news: News,
) -> None:
    """Once it is settled, and never again: not by an edit, a reload or a restart."""
    await set_up(entry)
    run(person)
    await advance(home, clock, minutes=40)
    assert news == []
    await advance(home, clock, minutes=6)
    [told] = news
    for of_an_event in ("event_types", "friendly_name"):
        told.pop(of_an_event)
    assert told == {
        "event_type": "finished",
        "type": "trail run",
        "start": "2026-11-21T22:05:00+00:00",
        "end": "2026-11-21T22:25:00+00:00",
        "duration": 1200,
        "lowest": 121,
        "mean": 149.9,
        "highest": 171,
        "zones": {"light": 0, "moderate": 10, "vigorous": 1180, "peak": 10},
        "recovery": 30,
        "recovery_120": 55,
        "age": 21 * 60,
    }
    person.exercises = [RUN._replace(type="WALKING", end=RUN.start + 600, updated=at("22:47:00"))]
    await advance(home, clock, minutes=35)
    await home.config_entries.async_reload(entry.entry_id)
    await advance(home, clock, minutes=5)
    assert state_of(home, "sensor.sam_sample_last_workout").attributes["type"] == "walking"
    assert len(news) == 1


async def test_one_that_comes_weeks_late_is_told_with_its_age(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
    news: News,
) -> None:
    """What was there before the account was is not."""
    person.exercises = [old := RUN._replace(id="2", start=at("08:00:00"), end=at("08:20:00"), created=0)]
    await set_up(entry)
    late = RUN._replace(start=RUN.start - 17 * DAY, end=at("22:25:00") - 17 * DAY, created=at("22:02:00"))
    person.exercises = [old, late]
    await advance(home, clock, days=1)
    await advance(home, clock, minutes=5)
    [told] = news
    assert (told["start"], told["duration"]) == ("2026-11-04T22:05:00+00:00", 1200)
    assert told["age"] == 18 * DAY - 25 * 60
    assert told["lowest"] is told["recovery"] is None


async def test_it_waits_an_hour_for_the_recovery(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
    news: News,
) -> None:
    await set_up(entry)
    run(person, until="22:25:00")
    for _ in range(16):
        await advance(home, clock, minutes=5)
    assert news == []
    await advance(home, clock, minutes=6)
    assert [(told["recovery"], told["highest"]) for told in news] == [(None, 171)]


async def test_none_is_told_before_automations_listen(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
    news: News,
) -> None:
    """A workout that a restart finds unannounced is announced after it."""
    await set_up(entry)
    home.set_state(CoreState.starting)
    run(person)
    await advance(home, clock, minutes=46)
    await home.config_entries.async_reload(entry.entry_id)
    await settle(home)
    assert news == []
    home.set_state(CoreState.running)
    home.bus.async_fire("homeassistant_started")
    await settle(home)
    assert len(news) == 1


async def test_a_lost_mark_repeats_it(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
    news: News,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After a restart, and not before."""
    await set_up(entry)
    run(person)
    with monkeypatch.context() as crashing:
        crashing.setattr(Archive, "note_announced", lambda *_: None)
        await advance(home, clock, minutes=46)
        await advance(home, clock, minutes=5)
        assert len(news) == 1
    for _ in range(2):
        await home.config_entries.async_reload(entry.entry_id)
        await advance(home, clock, minutes=5)
    assert len(news) == 2


async def test_two_at_once_are_two_events(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
    news: News,
) -> None:
    """An automation tells events apart by their time."""
    await set_up(entry)
    run(person)
    person.exercises.append(RUN._replace(id="2", type="YOGA", start=at("22:27:00"), end=at("22:29:00")))
    await advance(home, clock, minutes=80)
    for _ in range(2):
        await advance(home, clock, minutes=5)
    assert [told["type"] for told in news] == ["trail run", "yoga"]


async def test_without_the_permission_there_is_none_to_tell(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp, clock: FrozenDateTimeFactory
) -> None:
    """The entity is there, for the day on which the permission is."""
    await set_up(account_entry(google, scopes=[METRICS, SETTINGS]))
    assert state_of(home, WORKOUT).state == "unknown"
    for _ in range(14):
        await advance(home, clock, minutes=5)
    assert state_of(home, WORKOUT).state == "unavailable"
    assert state_of(home, "event.sam_sample_samples_received").state != "unavailable"


async def test_a_source_without_workouts_has_no_such_event(
    home: HomeAssistant, gateway: FitbitSimulator, set_up: SetUp
) -> None:
    await set_up(gateway_entry(gateway))
    assert home.states.get(WORKOUT) is None
    assert state_of(home, "event.sam_sample_samples_received").state != "unavailable"
