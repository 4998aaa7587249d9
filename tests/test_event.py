"""Events: what has come in."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import Platform
from homeassistant.core import CoreState, Event, EventStateChangedData, HomeAssistant, callback
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.const import CONF_HOURLY_DELIVERIES
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR, MINUTE, midnight, utc
from tests.helpers.home import (
    SUBENTRY_ID,
    TODAY,
    CheckPlatform,
    SetUp,
    account_entry,
    advance,
    at,
    destination,
    forwarded,
    gateway_entry,
    measure,
    settle,
    state_of,
)
from tests.simulators import CardiogramSimulator, Fault, FitbitSimulator, GoogleSimulator, Recording
from tests.simulators.google import ACTIVITY, METRICS, SETTINGS
from tests.simulators.person import Sample
from tests.simulators.sleeping import Sleep
from tests.simulators.training import STARTED, Training

SWITCH = "switch.cardiogram_automatic_forwarding"
BUTTON = "button.cardiogram_forward_now"
PROBLEM = "binary_sensor.cardiogram_forwarding"
PENDING = "sensor.cardiogram_pending_beats"
FORWARDING = "event.cardiogram_forwarding"
WORKOUT = "event.sam_sample_workout"
NIGHT = "event.sam_sample_night"
BEGUN, OVER = at("14:25:00"), at("22:25:00")
RUN = Training("1", "TRAIL_RUN", at("22:05:00"), OVER, method=STARTED, created=at("22:05:00"))
STAGES = (
    ("AWAKE", BEGUN, BEGUN + 30 * MINUTE),
    ("LIGHT", BEGUN + 30 * MINUTE, OVER - 2 * HOUR),
    ("REM", OVER - 2 * HOUR, OVER),
)
SLEPT = Sleep("1", BEGUN, OVER, STAGES, is_main=True, created=at("22:02:00"))

type News = list[dict[str, Any]]


@pytest.mark.usefixtures("all_enabled")
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


# Deliveries


@pytest.mark.parametrize(("hourly", "expected"), [(True, [175, 8]), (False, [175, 6, 1, 1])])
async def test_deliveries_are_summed_up_by_the_hour_for_those_who_want_it(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
    hourly: bool,
    expected: list[int],
) -> None:
    """An account of before has an event for each delivery."""
    fired: list[int] = []

    def note(event: Any) -> None:
        if event.data["entity_id"] == FORWARDING and (state := event.data["new_state"]):
            count = state.attributes.get("count")
            fired.extend([count] if count and state.last_changed == state.last_updated else [])

    home.bus.async_listen("state_changed", note)
    there = destination(cardiogram, automatic_forwarding=True)
    options = {CONF_HOURLY_DELIVERIES: True} if hourly else {}
    entry = await set_up(account_entry(google, options=options, subentries_data=[there]))
    await forwarded(home, entry)
    for minute in (4, 9, 14):
        measure(person, (f"22:{minute:02}:00", 80))
        await advance(home, clock, minutes=5)
        await forwarded(home, entry)
    assert state_of(home, "sensor.cardiogram_delivered_beats").state == "183"
    assert fired == expected[: 1 if hourly else None]
    await advance(home, clock, minutes=50)
    assert fired == expected
    # And an hour without a delivery passes in silence.
    await advance(home, clock, minutes=70)
    measure(person, ("23:59:00", 80), ("23:59:30", 80))
    await advance(home, clock, minutes=5)
    await forwarded(home, entry)
    assert fired == [*expected, 2]
    await home.config_entries.async_unload(entry.entry_id)


async def test_forwarding_is_told_as_the_triggers_tell_it(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    """A pause once, and its end over a reload too; deliveries still by the hour."""
    fired: dict[tuple[str, str], Any] = {}

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if event.data["entity_id"] == FORWARDING and state and (kind := state.attributes.get("event_type")):
            # A reload shows the last one again.
            told = {key: state.attributes.get(key) for key in ("count", "pending", "reason")}
            fired.setdefault((state.state, kind), {key: value for key, value in told.items() if value})

    home.bus.async_listen("state_changed", note)
    options = {CONF_HOURLY_DELIVERIES: True}
    entry = await set_up(account_entry(google, options=options, subentries_data=[destination(cardiogram)]))

    async def forward(moment: str, *faults: Fault) -> list[tuple[str, Any]]:
        measure(person, (moment, 80))
        await advance(home, clock, minutes=5)
        cardiogram.faults = [replace(fault) for fault in faults]
        fired.clear()
        await entry.runtime_data.forwarders[SUBENTRY_ID].forward()
        await settle(home)
        return [(kind, attributes) for (_, kind), attributes in fired.items()]

    refused = Fault("POST", status=401)
    assert await forward("22:04:00") == [("delivered", {"count": 181})]
    paused = ("paused", {"reason": "token_refused"})
    assert await forward("22:09:00", refused) == [paused]
    await home.config_entries.async_reload(entry.entry_id)
    assert await forward("22:14:00", refused) == []
    recovered = ("recovered", {"reason": "token_refused"})
    # The beat that was refused goes alone.
    assert await forward("22:19:00") == [recovered, ("delivered", {"count": 1, "pending": 2})]
    # Within the hour, what is delivered waits, and a pause does not.
    assert await forward("22:24:00") == []
    assert await forward("22:29:00", refused) == [paused]
    assert await forward("22:34:00") == [recovered]
    fired.clear()
    await advance(home, clock, hours=1)
    assert [(kind, attributes) for (_, kind), attributes in fired.items()] == [("delivered", {"count": 5})]
    await home.config_entries.async_unload(entry.entry_id)


# Workouts and nights


@dataclass(frozen=True)
class Ended:
    """A kind of session, one of it that ends at 22:25 with all that its event tells, and some others."""

    event: str
    mark: str
    """The method of the archive that marks one as announced."""
    place: str
    """Where the person has them."""
    session: Any
    edited: Any
    other: Any
    """One that is announced beside it."""
    told: dict[str, Any]
    edit: tuple[str, str, str]
    """The sensor and the attribute that show the edit, and what it is then."""
    readings: tuple[Sample, ...]
    before: tuple[Sample, ...] = ()
    """Measured before the account is set up."""
    too_early: str = "22:25:00"
    """A sync that lacks the last of the samples."""
    told_without: dict[str, Any] = field(default_factory=dict)
    """What is told then."""

    def put(self, person: Recording, *sessions: Any) -> None:
        """Let the cloud have these, and no others."""
        setattr(person, self.place, list(sessions))

    def end(self, person: Recording, *, until: str = "22:30:00") -> None:
        """Let the session end, and the band sync at a moment after it."""
        person.readings += self.readings
        self.put(person, self.session)
        person.synced_at = at(until)


def beats(bpm: int, start: int, end: int, every: int = MINUTE) -> dict[int, int]:
    """Return a heart rate from `start` to before `end`."""
    return dict.fromkeys(range(start, end, every), bpm)


AFTER_THE_RUN = {at("22:26:00"): 120, at("22:27:00"): 95, at("22:30:00"): 90}
RAN = beats(150, RUN.start, OVER + 1, 10) | {RUN.start: 121, RUN.start + 10: 171} | AFTER_THE_RUN
AWAKE = beats(64, BEGUN - 4 * HOUR, BEGUN + 30 * MINUTE)
ASLEEP = beats(50, BEGUN + 30 * MINUTE, OVER - 2 * HOUR) | beats(48, OVER - 2 * HOUR, OVER)
WORKOUTS = Ended(
    event=WORKOUT,
    mark="note_announced",
    place="exercises",
    session=RUN,
    edited=RUN._replace(type="WALKING", end=RUN.start + 600, updated=at("22:47:00")),
    other=RUN._replace(id="2", type="YOGA", start=at("22:27:00"), end=at("22:29:00")),
    told={
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
    },
    edit=("sensor.sam_sample_last_workout", "type", "walking"),
    readings=tuple(RAN.items()),
    told_without={"recovery": None, "highest": 171},
)
NIGHTS = Ended(
    event=NIGHT,
    mark="note_nights_announced",
    place="slept",
    session=SLEPT,
    edited=SLEPT._replace(end=OVER - 2 * HOUR, stages=STAGES[:2], is_edited=True, updated=at("22:47:00")),
    other=SLEPT._replace(id="2", start=BEGUN - DAY, end=OVER - DAY, stages=()),
    told={
        "event_type": "recorded",
        "date": "2026-11-21",
        "start": "2026-11-21T14:25:00+00:00",
        "end": "2026-11-21T22:25:00+00:00",
        "bed_time": "2026-11-21T14:25:00+00:00",
        "wake_time": "2026-11-21T22:25:00+00:00",
        "asleep": 27_000,
        "mean": 49.5,
        "lowest": 48.0,
        "lowest_at": "2026-11-21T20:25:00+00:00",
        "dip": 22.7,
        "usual": None,
        "difference": None,
        "age": 21 * 60,
    },
    edit=("sensor.sam_sample_last_night", "wake_time", "2026-11-21T20:25:00+00:00"),
    readings=(*(one for one in ASLEEP.items() if one[0] >= at("22:00:00")), (OVER, 60)),
    before=tuple(one for one in (AWAKE | ASLEEP).items() if one[0] < at("22:00:00")),
    too_early="22:24:00",
    told_without={"lowest": 48.0, "dip": 22.7},
)


@pytest.fixture(params=[WORKOUTS, NIGHTS], ids=["workouts", "nights"])
def kind(request: pytest.FixtureRequest, person: Recording) -> Ended:
    """Return a kind of session, of which the person has none yet."""
    kind: Ended = request.param
    person.readings = [*kind.before] or person.readings
    return kind


only_nights = pytest.mark.parametrize("kind", [NIGHTS], indirect=True, ids=["nights"])


@pytest.fixture
def news(home: HomeAssistant, kind: Ended) -> News:
    """Return the list that each event is added to; a reload adds the last one again."""
    told: News = []
    moments = set[str]()

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if event.data["entity_id"] == kind.event and state and "age" in state.attributes:
            if state.state not in moments:
                told.append(dict(state.attributes))
            moments.add(state.state)

    home.bus.async_listen("state_changed", note)
    return told


async def test_one_that_is_over_is_told_once(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
    kind: Ended,
    news: News,
) -> None:
    """Once it is settled, and never again: not by an edit, a reload or a restart."""
    await set_up(entry)
    kind.end(person)
    await advance(home, clock, minutes=35)
    assert news == []
    await advance(home, clock, minutes=11)
    [told] = news
    for of_an_event in ("event_types", "friendly_name"):
        told.pop(of_an_event)
    assert told == kind.told
    kind.put(person, kind.edited)
    await advance(home, clock, minutes=35)
    await home.config_entries.async_reload(entry.entry_id)
    await advance(home, clock, minutes=5)
    sensor, attribute, expected = kind.edit
    assert state_of(home, sensor).attributes[attribute] == expected
    assert len(news) == 1


async def test_one_that_comes_weeks_late_is_told_with_its_age(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
    kind: Ended,
    news: News,
) -> None:
    """What was there before the account was is not."""
    old = kind.session._replace(id="2", start=at("04:00:00"), end=at("08:20:00"), created=0)
    kind.put(person, old)
    await set_up(entry)
    start, end = kind.session.start - 17 * DAY, kind.session.end - 17 * DAY
    late = kind.session._replace(start=start, end=end, created=at("22:02:00"))
    kind.put(person, old, late._replace(stages=()) if isinstance(late, Sleep) else late)
    # Those of a month are read once a day, the sleep in several turns.
    for _ in range(26):
        await advance(home, clock, hours=1)
        if news:
            break
    [told] = news
    assert (told["start"], told["end"]) == (utc(start).isoformat(), utc(end).isoformat())
    assert told["age"] == int(clock().timestamp()) - end
    assert told["lowest"] is told["mean"] is None


async def test_it_waits_an_hour_for_its_samples(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
    kind: Ended,
    news: News,
) -> None:
    """Those of the recovery too."""
    await set_up(entry)
    kind.end(person, until=kind.too_early)
    for _ in range(16):
        await advance(home, clock, minutes=5)
    assert news == []
    await advance(home, clock, minutes=6)
    [told] = news
    assert {name: told[name] for name in kind.told_without} == kind.told_without


async def test_none_is_told_before_automations_listen(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
    kind: Ended,
    news: News,
) -> None:
    """A workout or a night that a restart finds unannounced is announced after it."""
    await set_up(entry)
    home.set_state(CoreState.starting)
    kind.end(person)
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
    kind: Ended,
    news: News,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After a restart, and not before."""
    await set_up(entry)
    kind.end(person)
    with monkeypatch.context() as crashing:
        crashing.setattr(Archive, kind.mark, lambda *_: None)
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
    kind: Ended,
    news: News,
) -> None:
    """An automation tells events apart by their time."""
    await set_up(entry)
    kind.end(person)
    kind.put(person, kind.session, kind.other)
    await advance(home, clock, minutes=80)
    for _ in range(2):
        await advance(home, clock, minutes=5)
    expected = sorted([kind.session.start, kind.other.start])
    assert [told["start"] for told in news] == [utc(start).isoformat() for start in expected]


@pytest.mark.usefixtures("all_enabled")
async def test_without_the_permission_for_workouts_there_is_none_to_tell(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp, clock: FrozenDateTimeFactory
) -> None:
    """The entity is there, for the day on which the permission is."""
    await set_up(account_entry(google, scopes=[METRICS, SETTINGS]))
    assert state_of(home, WORKOUT).state == "unknown"
    for _ in range(14):
        await advance(home, clock, minutes=5)
    assert state_of(home, WORKOUT).state == "unavailable"
    assert state_of(home, "event.sam_sample_samples_received").state != "unavailable"


async def test_without_the_permission_for_sleep_there_is_no_event_of_nights(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp
) -> None:
    await set_up(account_entry(google, scopes=[METRICS, ACTIVITY, SETTINGS]))
    assert home.states.get(NIGHT) is None
    assert state_of(home, WORKOUT).state == "unknown"


@pytest.mark.usefixtures("all_enabled")
async def test_a_source_without_workouts_and_sleep_has_no_such_events(
    home: HomeAssistant, gateway: FitbitSimulator, set_up: SetUp
) -> None:
    await set_up(gateway_entry(gateway))
    assert home.states.get(WORKOUT) is home.states.get(NIGHT) is None
    assert state_of(home, "event.sam_sample_samples_received").state != "unavailable"


# Nights


@only_nights
async def test_a_part_that_follows_is_told_no_more(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
    kind: Ended,
    news: News,
) -> None:
    """Nor are a nap, and the same night under another id."""
    await set_up(entry)
    kind.end(person)
    await advance(home, clock, minutes=46)
    assert len(news) == 1
    # Before midnight in Berlin, at 23:00 UTC.
    part = Sleep("part", OVER + 10 * MINUTE, OVER + 30 * MINUTE, created=OVER + HOUR)
    nap = Sleep("nap", at("08:00:00"), at("09:00:00"), is_nap=True, created=OVER + HOUR)
    kind.put(person, nap, SLEPT._replace(id="another", is_edited=True), part)
    for _ in range(8):
        await advance(home, clock, minutes=20)
    last = state_of(home, "sensor.sam_sample_last_night").attributes
    assert last["wake_time"] == utc(OVER + 30 * MINUTE).isoformat()
    assert len(news) == 1


@only_nights
@pytest.mark.parametrize("follows", [True, False])
async def test_a_short_night_waits_for_another_part(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
    kind: Ended,
    news: News,
    follows: bool,
) -> None:
    """Who lies awake for an hour after midnight is told of the whole night; who sleeps no more, at last."""
    await set_up(entry)
    midnight_there = at("23:00:00")
    first = Sleep("first", midnight_there - HOUR, midnight_there + HOUR, is_main=True)
    second = Sleep("second", first.start + 3 * HOUR, first.start + 8 * HOUR)
    person.readings += beats(50, first.start, first.start + 8 * HOUR + 1).items()
    person.slept, person.synced_at = [first], None
    await advance(home, clock, hours=3)
    for _ in range(3):
        await advance(home, clock, minutes=20)
    assert state_of(home, "sensor.sam_sample_last_night").state == "2.0"
    assert news == []
    person.slept = [first, second] if follows else [first]
    for _ in range(9 if follows else 14):
        await advance(home, clock, minutes=30)
    [told] = news
    assert told["asleep"] == (7 * HOUR if follows else 2 * HOUR)
    assert told["age"] >= (15 * MINUTE if follows else 8 * HOUR)


@only_nights
@pytest.mark.parametrize(("known", "expected"), [(13, (None, None)), (14, (53.5, -4.0))])
async def test_a_night_is_told_with_what_is_usual(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
    kind: Ended,
    news: News,
    known: int,
    expected: tuple[float | None, float | None],
) -> None:
    """Its heart rate beside that of the nights before, as soon as there are fourteen."""
    await set_up(entry)
    before = {TODAY - timedelta(days=number): 46.0 + number for number in range(1, known + 1)}
    archive = entry.runtime_data.archive
    await home.async_add_executor_job(archive.store_daily_values, "sleeping_heart_rate", before, _midnight)
    kind.end(person)
    await advance(home, clock, minutes=46)
    [told] = news
    assert (told["usual"], told["difference"]) == expected


def _midnight(day: date) -> int:
    return midnight(day, ZoneInfo("Europe/Berlin"))
