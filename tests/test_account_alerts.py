"""The alerts of an account: binary sensors and an event for a heart rate beyond the limits of the options."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import CoreState, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from custom_components.fitbit_cardiogram.account_alerts import (
    ANNOUNCED,
    DECIDED,
    KNOWN_MAX,
    RECENT_MAX,
    AccountAlerts,
    gap_of,
)
from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.const import (
    CONF_ALERTS,
    CONF_DURATION,
    CONF_FRESHNESS,
    CONF_HIGH,
    CONF_HYSTERESIS,
    CONF_LOW,
    CONF_NOT_DURING_WORKOUTS,
    CONF_NOT_WHILE_ASLEEP,
    DOMAIN,
)
from custom_components.fitbit_cardiogram.fitbit_provider import CONF_DETAIL_LEVEL, FITBIT
from custom_components.fitbit_cardiogram.heart_rate.alert import AlertKind
from custom_components.fitbit_cardiogram.heart_rate.clock import utc
from tests.helpers.home import NOW, SetUp, account_entry, advance, kept, settle, state_of
from tests.simulators import Fault, GoogleSimulator, Recording
from tests.simulators.sleeping import Sleep
from tests.simulators.training import DETECTED, STARTED, Training

HIGH = "binary_sensor.sam_sample_heart_rate_high"
LOW = "binary_sensor.sam_sample_heart_rate_low"
ALERT = "event.sam_sample_heart_rate_alert"
NOW_S = int(NOW.timestamp())

type News = list[dict[str, Any]]


def limits(**chosen: int) -> dict[str, Any]:
    return {CONF_ALERTS: {CONF_DURATION: 5, CONF_HYSTERESIS: 5} | chosen}


@pytest.fixture
def news(home: HomeAssistant) -> News:
    """Return the news of the event, as they come; it shows the last one again whenever it is loaded."""
    told: News = []
    moments = set[str]()

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        old, state = event.data["old_state"], event.data["new_state"]
        if event.data["entity_id"] == ALERT and state and "extreme" in state.attributes:
            if state.state not in moments:
                told.append(dict(state.attributes) | {"came_from": old and old.state})
            moments.add(state.state)

    home.bus.async_listen("state_changed", note)
    return told


async def measure(
    home: HomeAssistant, person: Recording, clock: FrozenDateTimeFactory, bpm: int, minutes: int = 10
) -> None:
    """Let a person have this heart rate for some minutes, then sync, and Home Assistant look."""
    first = person.readings[-1][0] + 10
    person.readings += [(first + second, bpm) for second in range(0, minutes * 60, 10)]
    await advance(home, clock, minutes=minutes)
    person.synced_at = person.readings[-1][0]
    await advance(home, clock, minutes=5)


def entities(home: HomeAssistant, entry: MockConfigEntry) -> set[str]:
    return {
        entity.entity_id for entity in er.async_entries_for_config_entry(er.async_get(home), entry.entry_id)
    }


async def test_a_limit_brings_its_entities_and_takes_them_along(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp
) -> None:
    await set_up(entry)
    without = entities(home, entry)
    for chosen, brought in (
        ({CONF_HIGH: 120}, {HIGH, ALERT}),
        ({CONF_HIGH: 120, CONF_LOW: 40}, {HIGH, LOW, ALERT}),
        ({CONF_LOW: 40}, {LOW, ALERT}),
        ({}, set()),
    ):
        home.config_entries.async_update_entry(entry, options=limits(**chosen))
        await settle(home)
        assert entities(home, entry) == without | brought
    assert home.states.get(HIGH) is home.states.get(ALERT) is None


async def test_on_while_it_lasts_and_told_once(
    home: HomeAssistant,
    google: GoogleSimulator,
    person: Recording,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    news: News,
) -> None:
    """The person's heart rate is 80 by now, and rises."""
    entry = await set_up(account_entry(google, options=limits(high_bpm=100, low_bpm=50)))
    assert state_of(home, HIGH).state == state_of(home, LOW).state == STATE_OFF
    assert state_of(home, ALERT).state == STATE_UNKNOWN
    start = person.readings[-1][0] + 10
    await measure(home, person, clock, 110, minutes=4)
    assert state_of(home, HIGH).state == STATE_OFF
    await measure(home, person, clock, 130, minutes=2)
    high = state_of(home, HIGH)
    assert high.state == STATE_ON
    assert high.attributes["limit"] == 100
    assert high.attributes["start"] == utc(start).isoformat()
    assert high.attributes["extreme"] == 130
    assert state_of(home, LOW).state == STATE_OFF
    [told] = news
    assert told["event_type"] == "high"
    assert told["start"] == utc(start).isoformat()
    assert (told["limit"], told["extreme"]) == (100, 130)
    # It goes on, through the hysteresis, a reload and a restart.
    await measure(home, person, clock, 96)
    await home.config_entries.async_reload(entry.entry_id)
    await settle(home)
    assert state_of(home, HIGH).state == STATE_ON
    await measure(home, person, clock, 94, minutes=1)
    assert state_of(home, HIGH).state == STATE_OFF
    assert state_of(home, HIGH).attributes["extreme"] is None
    assert len(news) == 1
    await measure(home, person, clock, 105)
    assert len(news) == 2
    await measure(home, person, clock, 45)
    assert [one["event_type"] for one in news] == ["high", "high", "low"]
    assert (state_of(home, HIGH).state, state_of(home, LOW).state) == (STATE_OFF, STATE_ON)


async def test_never_on_stale_data(
    home: HomeAssistant,
    google: GoogleSimulator,
    person: Recording,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    news: News,
) -> None:
    """What comes in two hours late says nothing of now, and what is not heard of any more is not high."""
    await set_up(account_entry(google, options=limits(high_bpm=100)))
    first = person.readings[-1][0] + 10
    person.readings += [(first + second, 150) for second in range(0, 600, 10)]
    await advance(home, clock, hours=2)
    person.synced_at = NOW_S + 7200
    await advance(home, clock, minutes=5)
    assert state_of(home, HIGH).state == STATE_UNKNOWN
    assert "extreme" not in state_of(home, HIGH).attributes or not state_of(home, HIGH).attributes["extreme"]
    assert not news
    person.readings += [(NOW_S + 7200 + second, 150) for second in range(0, 600, 10)]
    await advance(home, clock, minutes=5)
    person.synced_at = NOW_S + 7800
    await advance(home, clock, minutes=5)
    assert state_of(home, HIGH).state == STATE_ON
    assert len(news) == 1
    await advance(home, clock, hours=1)
    assert state_of(home, HIGH).state == STATE_UNKNOWN


async def test_what_fills_a_hole_is_told_while_it_is_fresh(
    home: HomeAssistant,
    google: GoogleSimulator,
    person: Recording,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    news: News,
) -> None:
    """Samples can come in another order than they were measured."""
    entry = await set_up(account_entry(google, options=limits(high_bpm=100)))
    hole = [(NOW_S + second, 150) for second in range(0, 600, 10)]
    await measure(home, person, clock, 70, minutes=15)
    person.readings = [sample for sample in person.readings if sample[0] < NOW_S] + person.readings[-20:]
    await home.async_add_executor_job(entry.runtime_data.archive.store, hole, NOW_S + 1800)
    await advance(home, clock, minutes=5)
    assert [(one["event_type"], one["start"]) for one in news] == [("high", utc(NOW_S).isoformat())]
    assert state_of(home, HIGH).state == STATE_OFF


async def test_a_limit_judges_what_is_current_when_it_is_set(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, news: News
) -> None:
    await set_up(entry)
    home.config_entries.async_update_entry(entry, options=limits(high_bpm=70))
    await settle(home)
    assert state_of(home, HIGH).state == STATE_ON
    assert len(news) == 1
    # Another limit, about the same time: the same alert.
    home.config_entries.async_update_entry(entry, options=limits(high_bpm=72))
    await settle(home)
    assert len(news) == 1


async def test_two_at_once_are_two_events(
    home: HomeAssistant,
    google: GoogleSimulator,
    person: Recording,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    news: News,
) -> None:
    """An automation tells events apart by their time."""
    await set_up(account_entry(google, options=limits(high_bpm=100, low_bpm=50)))
    first = person.readings[-1][0] + 10
    person.readings += [(first + second, 40 if second < 400 else 140) for second in range(0, 800, 10)]
    await advance(home, clock, minutes=15)
    person.synced_at = person.readings[-1][0]
    await advance(home, clock, minutes=5)
    await advance(home, clock, seconds=2)
    assert sorted(one["event_type"] for one in news) == ["high", "low"]


async def test_nothing_is_told_before_automations_listen(
    home: HomeAssistant,
    google: GoogleSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    news: News,
) -> None:
    home.set_state(CoreState.starting)
    await set_up(account_entry(google, options=limits(high_bpm=70)))
    assert state_of(home, HIGH).state == STATE_ON
    assert not news
    home.set_state(CoreState.running)
    await advance(home, clock, minutes=5)
    assert len(news) == 1


async def test_an_automation_hears_of_it_after_an_outage(
    home: HomeAssistant,
    google: GoogleSimulator,
    person: Recording,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    news: News,
) -> None:
    """As the editor writes it: the trigger of event entities, and that of states."""
    await set_up(account_entry(google, options=limits(high_bpm=100)))
    received = {
        "trigger": "event.received",
        "target": {"entity_id": ALERT},
        "options": {"event_type": ["high"]},
    }
    turned_on = {"trigger": "state", "entity_id": HIGH, "to": "on"}
    calls = async_mock_service(home, "test", "tell")
    say = "{{ trigger.to_state.attributes.extreme }}"
    automations = [
        {"triggers": [trigger], "actions": [{"action": "test.tell", "data": {"bpm": say}}]}
        for trigger in (received, turned_on)
    ]
    assert await async_setup_component(home, "automation", {"automation": automations})
    google.faults.append(Fault("GET", 503, times=-1))
    await advance(home, clock, minutes=70)
    assert state_of(home, ALERT).state == state_of(home, HIGH).state == STATE_UNAVAILABLE
    google.faults.clear()
    person.readings += [(NOW_S + 4200 + second, 150) for second in range(0, 600, 10)]
    clock.tick(600)
    person.synced_at = person.readings[-1][0]
    await advance(home, clock, minutes=5)
    assert state_of(home, HIGH).state == STATE_ON
    assert [one["came_from"] for one in news] != [STATE_UNAVAILABLE]
    assert [call.data["bpm"] for call in calls] == [150, 150]


async def test_what_was_told_holds_no_heart_rate_and_is_forgotten(
    home: HomeAssistant,
    google: GoogleSimulator,
    person: Recording,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
) -> None:
    entry = await set_up(account_entry(google, options=limits(high_bpm=100)))
    await measure(home, person, clock, 177)
    archive = entry.runtime_data.archive
    [announced] = archive.recall(ANNOUNCED) or []
    assert announced[0] == "high"
    assert 177 not in announced
    await advance(home, clock, days=1)
    await advance(home, clock, minutes=5)
    assert (archive.recall(ANNOUNCED), archive.recall(DECIDED)) == ([], [])
    assert entry.runtime_data.coordinator.due_alerts == ()


async def test_a_purge_ends_it(
    home: HomeAssistant,
    google: GoogleSimulator,
    person: Recording,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
) -> None:
    entry = await set_up(account_entry(google, options=limits(high_bpm=100)))
    await measure(home, person, clock, 177)
    assert state_of(home, HIGH).state == STATE_ON
    data = {"config_entry_id": entry.entry_id, "confirm": True}
    await home.services.async_call(DOMAIN, "purge", data, blocking=True)
    assert kept(entry) == []
    assert state_of(home, HIGH).state == STATE_UNKNOWN


# During workouts, and while asleep


def run(start: int, minutes: int, *, is_over: bool = True) -> Training:
    """Return a run, which may still be going on."""
    end = start + minutes * 60 if is_over else None
    return Training("1", "RUNNING", start, end, method=DETECTED if is_over else STARTED)


def sleep(start: int, minutes: int, *, is_over: bool = True) -> Sleep:
    """Return time in bed, which may still be going on; a nap counts as well."""
    return Sleep("1", start, start + minutes * 60 if is_over else None, is_nap=True, is_summed_up=is_over)


@dataclass(frozen=True)
class Spare:
    """An option that spares something of alerts, where the person has that, and how it is made."""

    option: str
    place: str
    make: Callable[..., Any]

    def put(self, person: Recording, *args: Any, **changes: Any) -> None:
        """Let the cloud have one of it."""
        setattr(person, self.place, [self.make(*args, **changes)])


SPARES = (
    Spare(CONF_NOT_DURING_WORKOUTS, "exercises", run),
    Spare(CONF_NOT_WHILE_ASLEEP, "slept", sleep),
)
each_spare = pytest.mark.parametrize("spare", SPARES, ids=lambda spare: spare.option)


def sparing(*spares: Spare) -> dict[str, Any]:
    """Return options with a limit of 100 bpm, which spare something."""
    return {CONF_ALERTS: limits(high_bpm=100)[CONF_ALERTS] | {spare.option: True for spare in spares}}


@each_spare
@pytest.mark.parametrize("is_over", [True, False])
async def test_a_workout_or_sleep_raises_no_alert_if_so_chosen(
    home: HomeAssistant,
    google: GoogleSimulator,
    person: Recording,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    news: News,
    spare: Spare,
    is_over: bool,
) -> None:
    """Neither one that goes on; what lasts beyond its end does."""
    await set_up(account_entry(google, options=sparing(spare)))
    start = person.readings[-1][0] + 10
    spare.put(person, start, 30, is_over=is_over)
    await measure(home, person, clock, 150, minutes=30)
    await advance(home, clock, minutes=5)
    assert state_of(home, HIGH).state == STATE_OFF
    assert news == []
    spare.put(person, start, 30)
    await advance(home, clock, minutes=25)
    await measure(home, person, clock, 140, minutes=8)
    [told] = news
    assert (told["start"], told["extreme"]) == (utc(start + 1800).isoformat(), 140)
    assert state_of(home, HIGH).state == STATE_ON


@each_spare
async def test_what_is_not_spared_raises_one(
    home: HomeAssistant,
    google: GoogleSimulator,
    person: Recording,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    news: News,
    spare: Spare,
) -> None:
    """Neither option is for what the other one spares."""
    others = [one for one in SPARES if one is not spare]
    await set_up(account_entry(google, options=sparing(*others)))
    spare.put(person, person.readings[-1][0] + 10, 10)
    await measure(home, person, clock, 150)
    assert len(news) == 1


async def test_workouts_and_sleep_are_spared_together(
    home: HomeAssistant,
    google: GoogleSimulator,
    person: Recording,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    news: News,
) -> None:
    """One after the other; what is between them is not."""
    await set_up(account_entry(google, options=sparing(*SPARES)))
    start = person.readings[-1][0] + 10
    person.slept, person.exercises = [sleep(start, 10)], [run(start + 600, 20)]
    await measure(home, person, clock, 150, minutes=30)
    await advance(home, clock, minutes=5)
    assert news == []
    assert state_of(home, HIGH).state == STATE_OFF
    start = person.readings[-1][0] + 10
    person.slept, person.exercises = [sleep(start, 10)], [run(start + 1200, 10)]
    await measure(home, person, clock, 150, minutes=30)
    [told] = news
    assert told["start"] == utc(start + 600).isoformat()


@each_spare
async def test_what_becomes_known_takes_nothing_back(
    home: HomeAssistant,
    google: GoogleSimulator,
    person: Recording,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    news: News,
    spare: Spare,
) -> None:
    """The alert goes on as one, and is told once."""
    entry = await set_up(account_entry(google, options=sparing(spare)))
    start = person.readings[-1][0] + 10
    await measure(home, person, clock, 150)
    assert len(news) == 1
    spare.put(person, start, 10)
    await entry.runtime_data.coordinator.async_read_now()
    archive = entry.runtime_data.archive
    assert len([*archive.workouts(start, start + 1), *archive.nights(start, start + 1)]) == 1
    assert state_of(home, HIGH).state == STATE_ON
    await measure(home, person, clock, 145)
    assert state_of(home, HIGH).attributes["start"] == utc(start).isoformat()
    assert len(news) == 1


@pytest.mark.parametrize(("detail", "gap"), [(None, 300), ("1min", 300), ("5min", 600), ("15min", 1800)])
def test_coarse_samples_lie_further_apart(detail: str | None, gap: int) -> None:
    assert gap_of(FITBIT.spacing({CONF_DETAIL_LEVEL: detail} if detail else {CONF_FRESHNESS: 60})) == gap


# A heart rate that flaps around a limit


def flapping(archive: Archive, seconds: int) -> AccountAlerts:
    """Fill the archive with a heart rate that is beyond the limit every other second."""
    archive.store([(NOW_S - second, 100 + 50 * (second % 2)) for second in range(seconds, 0, -1)], NOW_S)
    options = {CONF_ALERTS: {CONF_HIGH: 140, CONF_DURATION: 0, CONF_HYSTERESIS: 0}}
    return AccountAlerts(archive, options, 0)


def test_the_newest_alerts_count(archive: Archive) -> None:
    alerts = flapping(archive, 3600)
    recent = alerts.recent(NOW_S)
    assert len(recent) == RECENT_MAX
    assert recent[-1].end == NOW_S - 1
    assert len([*alerts.between(0, NOW_S)]) == 1800
    due = alerts.decide(recent, NOW_S)
    assert due == recent
    for alert in due:
        alerts.mark_announced(alert)
    assert alerts.decide(recent, NOW_S) == ()


def test_no_more_is_remembered_than_can_be_looked_through(archive: Archive) -> None:
    alerts = flapping(archive, 60)
    known = [(AlertKind.HIGH, NOW_S - 2 * second, NOW_S - 2 * second) for second in range(20_000)]
    archive.remember(ANNOUNCED, known)
    alerts.decide(alerts.recent(NOW_S), NOW_S)
    kept_of_it = archive.recall(ANNOUNCED) or []
    assert len(kept_of_it) == KNOWN_MAX
    assert max(end for _, _, end in kept_of_it) == NOW_S


def test_a_known_alert_that_cannot_be_silences_none(archive: Archive) -> None:
    """A damaged end years ahead would cover every alert to come."""
    alerts = flapping(archive, 60)
    recent = alerts.recent(NOW_S)
    archive.remember(ANNOUNCED, [(AlertKind.HIGH, 1, NOW_S * 5), (AlertKind.HIGH, NOW_S, 1)])
    assert alerts.decide(recent, NOW_S) == recent
    assert archive.recall(ANNOUNCED) == []
