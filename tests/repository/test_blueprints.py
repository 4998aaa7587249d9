"""The blueprints: each read from its very file, used by an automation, and seen to do what it says."""

from collections.abc import AsyncGenerator, Callable
from datetime import date, timedelta
from pathlib import Path
import re
import shutil
from typing import Any
from urllib.parse import quote

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint.importer import _get_github_import_url
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.components.blueprint.schemas import BLUEPRINT_SCHEMA
from homeassistant.components.light import LightEntity
from homeassistant.components.light.const import ATTR_BRIGHTNESS, ATTR_RGB_COLOR, ColorMode
from homeassistant.components.persistent_notification import _async_get_or_create_notifications
from homeassistant.components.recorder.core import Recorder
from homeassistant.const import ATTR_ENTITY_ID, SERVICE_TURN_OFF
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, setup_test_component_platform

from custom_components.fitbit_cardiogram.const import (
    CONF_ALERTS,
    CONF_DURATION,
    CONF_HIGH,
    CONF_HYSTERESIS,
    CONF_LOW,
    DOCUMENTATION,
    DOMAIN,
)
from custom_components.fitbit_cardiogram.destinations.outcome import Problem
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, utc
from custom_components.fitbit_cardiogram.news import News, NewsKind, async_tell
from tests.helpers.home import (
    NOW,
    TODAY,
    SetUp,
    account_entry,
    advance,
    at,
    destination,
    device,
    settle,
    state_of,
)
from tests.helpers.recorder import written
from tests.repository.files import ROOT
from tests.simulators import CardiogramSimulator, Fault, GoogleSimulator, Recording

FOLDER = Path("blueprints", "automation", DOMAIN)
BLUEPRINTS = sorted(path.name for path in (ROOT / FOLDER).iterdir())
AUTOMATION = "automation.the_blueprint"
UNUSUAL_NIGHT = "unusual_night.yaml"

type Messages = list[dict[str, Any]]


def inputs(blueprint: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the inputs of a blueprint, out of its sections."""
    found: dict[str, dict[str, Any]] = {}
    for name, asked in blueprint["blueprint"]["input"].items():
        found |= asked.get("input", {name: asked})
    return found


@pytest.mark.parametrize("name", BLUEPRINTS)
def test_each_can_be_imported(name: str) -> None:
    path = ROOT / FOLDER / name
    data = load_yaml_dict(str(path))
    url = f"{DOCUMENTATION}/blob/main/{FOLDER.as_posix()}/{name}"
    for schema in (BLUEPRINT_SCHEMA, AUTOMATION_BLUEPRINT_SCHEMA):
        blueprint = Blueprint(data, expected_domain="automation", schema=schema)
        assert blueprint.validate() is None
        assert blueprint.metadata["source_url"] == url
        assert blueprint.metadata["homeassistant"] == {"min_version": "2026.10.0"}
    assert _get_github_import_url(url).endswith(f"/main/{FOLDER.as_posix()}/{name}")
    assert quote(url, safe="") in (ROOT / "docs" / "automations.md").read_text()


@pytest.mark.parametrize("name", BLUEPRINTS)
def test_each_says_what_it_asks_for(name: str) -> None:
    """In words, with a selector; what a section hides has a value already."""
    data = load_yaml_dict(str(ROOT / FOLDER / name))
    text = (ROOT / FOLDER / name).read_text()
    assert len(data["blueprint"]["description"]) > 100
    for key, asked in inputs(data).items():
        assert asked["name"], key
        assert asked["selector"], key
        assert f"!input {key}\n" in text, key
    for section in data["blueprint"]["input"].values():
        if "input" in section:
            assert section["collapsed"]
            assert all("default" in asked for asked in section["input"].values())
    # The syntax of today.
    assert not re.search(r"^ *-? *(platform|service|data_template):", text, re.MULTILINE)
    assert {"triggers", "actions", "mode"} <= set(data)


def test_a_destination_is_chosen_by_its_switch() -> None:
    """Every kind of destination has one, and an account has none."""
    asked = inputs(load_yaml_dict(str(ROOT / FOLDER / FORWARD)))["destination"]
    assert asked["selector"]["device"] == {
        "filter": [{"integration": DOMAIN}],
        "entity": [{"integration": DOMAIN, "domain": "switch"}],
    }


@pytest.fixture
async def account(google: GoogleSimulator, cardiogram: CardiogramSimulator, set_up: SetUp) -> MockConfigEntry:
    """Return an account with Cardiogram as its destination, in a Home Assistant in Berlin."""
    return await set_up(account_entry(google, subentries_data=[destination(cardiogram)]))


@pytest.fixture(autouse=True)
async def berlin(hass: HomeAssistant, clock: FrozenDateTimeFactory) -> AsyncGenerator[None]:
    """Let Home Assistant live where the account does, and no automation outlive its test."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    yield
    if hass.services.has_service("automation", SERVICE_TURN_OFF):
        data = {ATTR_ENTITY_ID: "all"}
        await hass.services.async_call("automation", SERVICE_TURN_OFF, data, blocking=True)


@pytest.fixture
def told(hass: HomeAssistant) -> Messages:
    """Return the messages by which people are told."""
    told: Messages = []
    hass.bus.async_listen("told", lambda event: told.append(dict(event.data)))
    return told


def tell(*names: str) -> list[dict[str, Any]]:
    """Return an action of a person's own, with values that the blueprint offers."""
    return [{"event": "told", "event_data": {name: f"{{{{ {name} }}}}" for name in names}}]


async def automate(home: HomeAssistant, name: str, **inputs: Any) -> str:
    """Use a blueprint in an automation; return the automation's state."""
    return (await automate_all(home, the_blueprint=(name, inputs)))["the_blueprint"]


async def automate_all(home: HomeAssistant, **used: tuple[str, dict[str, Any]]) -> dict[str, str]:
    """Use blueprints in automations, which have aliases; return the state of each."""
    folder = Path(home.config.path(str(FOLDER)))
    await home.async_add_executor_job(shutil.copytree, ROOT / FOLDER, folder)
    assert await async_setup_component(home, "persistent_notification", {})
    automations = [
        {"id": alias, "alias": alias, "use_blueprint": {"path": f"{DOMAIN}/{name}", "input": inputs}}
        for alias, (name, inputs) in used.items()
    ]
    assert await async_setup_component(home, "automation", {"automation": automations})
    await settle(home)
    found = {alias: home.states.get(f"automation.{alias}") for alias in used}
    return {alias: state.state if state else "invalid" for alias, state in found.items()}


def notifications(home: HomeAssistant) -> list[tuple[str, str]]:
    """Return title and message of what Home Assistant shows."""
    return [(str(one["title"]), one["message"]) for one in _async_get_or_create_notifications(home).values()]


async def pass_time(home: HomeAssistant, clock: FrozenDateTimeFactory, moment: str) -> None:
    """Let it become a time of day (UTC), with all that was due by then, or that of the next day."""
    seconds = (at(moment) - int(clock().timestamp())) % DAY or DAY
    await advance(home, clock, seconds=seconds)


# Forward to Cardiogram


FORWARD = "forward_beats.yaml"
RECEIVED = "event.sam_sample_samples_received"


async def test_beats_are_forwarded_at_a_time(
    home: HomeAssistant,
    account: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    clock: FrozenDateTimeFactory,
) -> None:
    """With nothing but the destination chosen: at half past ten."""
    assert await automate(home, FORWARD, destination=device(home, account)) == "on"
    await pass_time(home, clock, "21:29:00")
    assert cardiogram.ledger == []
    await pass_time(home, clock, "21:30:00")
    assert len(cardiogram.ledger) == 175
    assert notifications(home) == []


@pytest.mark.usefixtures("all_enabled")
async def test_beats_are_forwarded_as_they_arrive(
    home: HomeAssistant,
    account: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    asked = {"destination": device(home, account), "times": [], "samples_received": [RECEIVED]}
    assert await automate(home, FORWARD, **asked) == "on"
    person.readings.append((at("22:04:00"), 88))
    person.synced_at = at("22:04:00")
    await advance(home, clock, minutes=5)
    assert cardiogram.values() == dict(person.samples(0, 2**40, NOW.timestamp()))
    assert cardiogram.repeats() == 0


@pytest.mark.usefixtures("all_enabled")
async def test_trouble_is_told_when_it_begins_and_at_each_time(
    home: HomeAssistant,
    account: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
    told: Messages,
) -> None:
    asked = {
        "destination": device(home, account),
        "times": ["23:30:00"],
        "samples_received": [RECEIVED],
        "on_problem": tell("title", "message", "reason", "pending"),
    }
    assert await automate(home, FORWARD, **asked) == "on"
    cardiogram.faults.append(Fault("POST", status=401, body='{"message": "Unauthorized."}', times=-1))
    for minute in (4, 9, 14):
        person.readings.append((at(f"22:{minute:02}:00"), 88))
        person.synced_at = at(f"22:{minute:02}:00")
        await advance(home, clock, minutes=5)
    assert told == [
        {
            "title": "Cardiogram: heart rates were not forwarded",
            "message": "181 beats wait. Cardiogram refuses the access token."
            " Enter another one under Settings > System > Repairs.",
            "reason": "token_refused",
            "pending": 181,
        }
    ]
    await pass_time(home, clock, "22:30:00")
    assert [one["pending"] for one in told] == [181, 183]

    cardiogram.faults.clear()
    await pass_time(home, clock, "22:30:00")
    assert len(told) == 2
    assert len(cardiogram.ledger) == 183


async def test_trouble_is_shown_where_nothing_else_was_chosen(
    home: HomeAssistant,
    account: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    clock: FrozenDateTimeFactory,
) -> None:
    """Again and again in one and the same notification."""
    assert await automate(home, FORWARD, destination=device(home, account)) == "on"
    cardiogram.faults.append(Fault("POST", status=503, times=-1))
    await pass_time(home, clock, "21:30:00")
    await pass_time(home, clock, "21:30:00")
    ((title, message),) = notifications(home)
    assert title == "Cardiogram: heart rates were not forwarded"
    trouble = "Cardiogram answered with a server error. Forwarding is tried again automatically."
    assert message == f"175 beats wait. {trouble}"


@pytest.mark.parametrize("is_known", [True, False])
async def test_a_destination_that_is_not_there_is_told(
    home: HomeAssistant,
    account: MockConfigEntry,
    clock: FrozenDateTimeFactory,
    told: Messages,
    is_known: bool,
) -> None:
    asked = {
        "destination": device(home, account) if is_known else "nothing",
        "on_problem": tell("reason", "message"),
    }
    assert await automate(home, FORWARD, **asked) == "on"
    await home.config_entries.async_unload(account.entry_id)
    await pass_time(home, clock, "21:30:00")
    ((reason, message),) = [one.values() for one in told]
    assert reason == "not_loaded"
    assert message.startswith("The destination was removed, or its account is not loaded.")


def test_every_problem_has_its_words() -> None:
    data = load_yaml_dict(str(ROOT / FOLDER / FORWARD))
    assert set(data["variables"]["reasons"]) == {*map(str, Problem), "not_loaded"}


# The resting heart rate


DRIFT = "resting_heart_rate_drift.yaml"
RESTING = "sensor.sam_sample_resting_heart_rate"
TOLD = ("resting", "usual", "drift", "count")


def rested(*bpm: int | None, last: date = TODAY) -> dict[date, int]:
    """Return resting heart rates of the days up to the last one."""
    days = [last - timedelta(days=ago) for ago in range(len(bpm))]
    return {day: value for day, value in zip(days, reversed(bpm), strict=True) if value is not None}


async def measure(
    home: HomeAssistant, clock: FrozenDateTimeFactory, person: Recording, resting: dict[date, int]
) -> None:
    """Let a resting heart rate come in and be written, at whatever time it is."""
    person.resting |= resting
    await home.config_entries.async_entries(DOMAIN)[0].runtime_data.coordinator.async_read_now()
    await settle(home)
    await written(home)


@pytest.mark.parametrize(
    ("resting", "asked"),
    [
        (
            [55] * 14 + [62],
            {
                "plain": ({}, (62, 55.0, 7.0, 14)),
                "higher": ({"direction": "higher"}, (62, 55.0, 7.0, 14)),
                "lower": ({"direction": "lower"}, None),
                "exact": ({"threshold": 7}, (62, 55.0, 7.0, 14)),
                "more": ({"threshold": 7.5}, None),
            },
        ),
        (
            [55] * 14 + [50],
            {
                "plain": ({}, (50, 55.0, -5.0, 14)),
                "more": ({"threshold": 5.5}, None),
                "lower": ({"direction": "lower"}, (50, 55.0, -5.0, 14)),
                "higher": ({"direction": "higher"}, None),
            },
        ),
        ([55] * 14 + [57], {"fine": ({"threshold": 1.5}, (57, 55.0, 2.0, 14)), "plain": ({}, None)}),
        # Only the days that are asked for count, and those that have a value.
        ([90] * 11 + [55, 56, 57, 66], {"days": ({"days": 3, "days_min": 3}, (66, 56.0, 10.0, 3))}),
        (
            [None] * 11 + [55, 56, 57, 66],
            {"few": ({"days_min": 3}, (66, 56.0, 10.0, 3)), "plain": ({}, None)},
        ),
        ([66], {"plain": ({}, None)}),
        # More days than there are cannot be wanted.
        ([55, 55, 66], {"plain": ({"days": 2, "days_min": 90}, (66, 55.0, 11.0, 2))}),
    ],
)
async def test_a_drift_is_told(
    recorder_mock: Recorder,
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
    told: Messages,
    resting: list[int | None],
    asked: dict[str, tuple[dict[str, Any], tuple[float, ...] | None]],
) -> None:
    person.resting = rested(*resting)
    await set_up(entry)
    await written(home)
    used = {}
    for name, (inputs, _) in asked.items():
        data = {"by": name} | {value: f"{{{{ {value} }}}}" for value in TOLD}
        at_half_past = {"resting_heart_rate": RESTING, "at": "23:30:00"}
        used[name] = (DRIFT, at_half_past | inputs | {"tell": [{"event": "told", "event_data": data}]})
    assert set((await automate_all(home, **used)).values()) == {"on"}
    await pass_time(home, clock, "22:29:00")
    assert told == []
    await pass_time(home, clock, "22:30:00")
    found = {one.pop("by"): tuple(one.values()) for one in told}
    assert found == {name: expected for name, (_, expected) in asked.items() if expected}


async def test_the_drift_is_looked_at_once_a_day(
    recorder_mock: Recorder,
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    """At its time, or when the day's value comes in after that; what changes later is for the next day."""
    person.resting = rested(*[55] * 14, 62)
    await set_up(entry)
    await written(home)
    assert await automate(home, DRIFT, resting_heart_rate=RESTING) == "on"
    # It is past ten, and the value changes.
    await measure(home, clock, person, {TODAY: 63})
    assert notifications(home) == [
        (
            "Sam Sample: resting heart rate higher than usual",
            "63 bpm today, 8.0 above the mean of 55.0 over 14 days. This is no medical advice.",
        )
    ]
    await measure(home, clock, person, {TODAY: 64})
    await home.config_entries.async_reload(entry.entry_id)
    await settle(home)
    assert len(notifications(home)) == 1

    # The next day has no value of its own at ten.
    await pass_time(home, clock, "09:00:00")
    assert state_of(home, RESTING).attributes["date"] == TODAY.isoformat()
    assert len(notifications(home)) == 1
    await pass_time(home, clock, "11:00:00")
    await measure(home, clock, person, {TODAY + timedelta(days=1): 45})
    assert [title for title, _ in notifications(home)] == [
        "Sam Sample: resting heart rate higher than usual",
        "Sam Sample: resting heart rate lower than usual",
    ]


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
async def test_the_account_may_live_elsewhere(
    recorder_mock: Recorder,
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
    told: Messages,
    zone: str,
) -> None:
    """Its midnights are others then; today is not among the days before, and none of those is missed."""
    day = date(2026, 11, 22) if zone == "Pacific/Auckland" else TODAY
    person.time_zone = zone
    person.resting = rested(*range(50, 65), last=day)
    await set_up(entry)
    await written(home)
    await automate(home, DRIFT, resting_heart_rate=RESTING, tell=tell(*TOLD))
    await measure(home, clock, person, {day: 70})
    assert told == [{"resting": 70, "usual": 56.5, "drift": 13.5, "count": 14}]


async def test_a_drift_needs_statistics(
    recorder_mock: Recorder, home: HomeAssistant, account: MockConfigEntry, clock: FrozenDateTimeFactory
) -> None:
    """A sensor that is none of an account, or not there, is no reason to tell anything."""
    sensors = {"missing": "sensor.no_such", "other": "sensor.sam_sample_heart_rate"}
    used = {name: (DRIFT, {"resting_heart_rate": sensor}) for name, sensor in sensors.items()}
    assert set((await automate_all(home, **used)).values()) == {"on"}
    await pass_time(home, clock, "09:00:00")
    assert notifications(home) == []


# Light by zone


ZONE_LIGHT = "zone_light.yaml"
GREEN, ORANGE, RED, BLUE = (76, 175, 80), (255, 152, 0), (244, 67, 54), (33, 150, 243)
WARM = (255, 180, 107)


class Lamp(LightEntity):
    """A lamp that can show colours."""

    _attr_should_poll = False
    _attr_name = "Gym"
    _attr_unique_id = "gym"
    _attr_color_mode = ColorMode.RGB
    _attr_supported_color_modes = {ColorMode.RGB}

    def __init__(self) -> None:
        self._attr_is_on = True
        self._attr_rgb_color = WARM
        self._attr_brightness = 100
        self.changes = 0

    async def async_turn_on(self, **asked: Any) -> None:
        """Switch the lamp on."""
        self.changes += 1
        self._attr_is_on = True
        self._attr_rgb_color = asked.get(ATTR_RGB_COLOR, self._attr_rgb_color)
        self._attr_brightness = asked.get(ATTR_BRIGHTNESS, self._attr_brightness)
        self.async_write_ha_state()

    async def async_turn_off(self, **asked: Any) -> None:
        """Switch the lamp off."""
        self.changes += 1
        self._attr_is_on = False
        self.async_write_ha_state()

    @property
    def shown(self) -> tuple[Any, ...] | None:
        """What the lamp shows, if it is on."""
        return self._attr_rgb_color if self._attr_is_on else None


type Measure = Callable[[int], Any]


@pytest.fixture
async def lamp(home: HomeAssistant) -> Lamp:
    """Return a lamp in the house."""
    lamp = Lamp()
    setup_test_component_platform(home, "light", [lamp])
    assert await async_setup_component(home, "light", {"light": {"platform": "test"}})
    assert await async_setup_component(home, "scene", {})
    await home.async_block_till_done()
    return lamp


@pytest.fixture
def beat(home: HomeAssistant, person: Recording, clock: FrozenDateTimeFactory) -> Measure:
    """Return a function that lets a heart rate be measured and come in."""

    async def async_beat(bpm: int) -> None:
        person.synced_at = int(clock().timestamp()) + 240
        person.readings.append((person.synced_at, bpm))
        await advance(home, clock, minutes=5)

    return async_beat


async def use_lamp(home: HomeAssistant, **asked: Any) -> None:
    zones = {name: f"sensor.sam_sample_{name}_zone_today" for name in ("moderate", "vigorous", "peak")}
    used = {"heart_rate": "sensor.sam_sample_heart_rate", "lights": ["light.gym"]} | zones | asked
    assert await automate(home, ZONE_LIGHT, **used) == "on"


async def test_the_light_follows_the_zone_and_is_given_back(
    home: HomeAssistant, account: MockConfigEntry, lamp: Lamp, beat: Measure
) -> None:
    await use_lamp(home)
    seen = []
    for bpm in (90, 107, 108, 133, 134, 165, 230, 140, 100, 90):
        await beat(bpm)
        seen.append((lamp.shown, lamp.brightness))
    assert seen == [
        (WARM, 100),
        (WARM, 100),
        (GREEN, 204),
        (GREEN, 204),
        (ORANGE, 204),
        (RED, 204),
        (RED, 204),
        (ORANGE, 204),
        (WARM, 100),
        (WARM, 100),
    ]
    # Only when the zone changed.
    assert lamp.changes == 5


@pytest.mark.parametrize(
    ("at_rest", "shown"), [("restore", None), ("turn_off", None), ("leave", GREEN), ("colour", BLUE)]
)
async def test_what_becomes_of_the_light_at_rest(
    home: HomeAssistant, account: MockConfigEntry, lamp: Lamp, beat: Measure, at_rest: str, shown: object
) -> None:
    await lamp.async_turn_off()
    await use_lamp(home, at_rest=at_rest, when_unknown="restore")
    await beat(120)
    assert lamp.shown == GREEN
    await beat(80)
    assert lamp.shown == shown
    # Whoever sets it then is not disturbed.
    changes = lamp.changes
    await beat(81)
    await beat(82)
    assert lamp.changes == changes


@pytest.mark.parametrize(("when_unknown", "shown"), [("leave", GREEN), ("restore", WARM), ("turn_off", None)])
async def test_a_stale_heart_rate_changes_nothing(
    home: HomeAssistant,
    account: MockConfigEntry,
    clock: FrozenDateTimeFactory,
    lamp: Lamp,
    beat: Measure,
    when_unknown: str,
    shown: object,
) -> None:
    """Or ends it, if that is wanted."""
    await use_lamp(home, when_unknown=when_unknown)
    await beat(120)
    for _ in range(13):
        await advance(home, clock, minutes=5)
    assert state_of(home, "sensor.sam_sample_heart_rate").state == "unknown"
    assert lamp.shown == shown


async def test_where_no_zone_is_known_nothing_is_done(
    home: HomeAssistant,
    google: GoogleSimulator,
    set_up: SetUp,
    person: Recording,
    lamp: Lamp,
    beat: Measure,
) -> None:
    person.zones = {TODAY: {}}
    await set_up(account_entry(google))
    await use_lamp(home)
    assert "min_bpm" not in state_of(home, "sensor.sam_sample_moderate_zone_today").attributes
    for bpm in (80, 120, 180):
        await beat(bpm)
    assert lamp.changes == 0


@pytest.mark.usefixtures("all_enabled")
async def test_the_light_keeps_to_a_condition(
    home: HomeAssistant, account: MockConfigEntry, lamp: Lamp, beat: Measure
) -> None:
    home.states.async_set("input_boolean.party", "off")
    party = [{"condition": "state", "entity_id": "input_boolean.party", "state": "on"}]
    await use_lamp(home, only_if=party, moderate_colour=[1, 2, 3], brightness=100)
    await beat(120)
    assert lamp.changes == 0
    home.states.async_set("input_boolean.party", "on")
    await beat(140)
    await beat(120)
    assert (lamp.shown, lamp.brightness) == ((1, 2, 3), 255)
    home.states.async_set("input_boolean.party", "off")
    await beat(140)
    assert lamp.shown == (1, 2, 3)
    await beat(80)
    assert lamp.shown == WARM


# Not synced


NOT_SYNCED = "not_synced.yaml"
LAST_SYNC = "sensor.sam_sample_last_device_sync"


async def minutes_pass(home: HomeAssistant, clock: FrozenDateTimeFactory, minutes: int) -> None:
    """Let time pass in steps of ten minutes."""
    for _ in range(0, minutes, 10):
        await advance(home, clock, minutes=10)


@pytest.mark.usefixtures("all_enabled")
async def test_an_outage_is_told_once(
    home: HomeAssistant,
    account: MockConfigEntry,
    person: Recording,
    clock: FrozenDateTimeFactory,
    told: Messages,
) -> None:
    """By the last sync, or by the newest heart rate."""
    names = ("age", "title", "message")
    asked = {"earliest": "00:00:00", "latest": "23:59:59", "hours": 2, "tell": tell(*names)}
    measured = "sensor.sam_sample_heart_rate_measured_at"
    used = {
        "sync": (NOT_SYNCED, {"last_sync": LAST_SYNC, **asked}),
        "heart_rate": (NOT_SYNCED, {"last_sync": measured, **asked}),
    }
    assert set((await automate_all(home, **used)).values()) == {"on"}
    await minutes_pass(home, clock, 110)
    assert told == []
    await minutes_pass(home, clock, 20)
    words = (2, "Sam Sample: the band has not synced")
    assert [(one["age"], one["title"]) for one in told] == [words, words]
    assert told[0]["message"].startswith("Nothing has come for 2 hours. Open the")
    await minutes_pass(home, clock, 180)
    assert len(told) == 2

    # It syncs, and ceases to again.
    person.synced_at = int(clock().timestamp())
    person.readings.append((person.synced_at, 70))
    await minutes_pass(home, clock, 110)
    assert len(told) == 2
    await minutes_pass(home, clock, 40)
    assert len(told) == 4


@pytest.mark.usefixtures("all_enabled")
async def test_an_outage_is_told_at_times_of_day_only(
    home: HomeAssistant, account: MockConfigEntry, clock: FrozenDateTimeFactory
) -> None:
    """From eight in the morning on, though it was six hours at five."""
    await automate(home, NOT_SYNCED, last_sync=LAST_SYNC)
    await minutes_pass(home, clock, 8 * 60 + 50)
    assert notifications(home) == []
    await minutes_pass(home, clock, 10)
    ((title, message),) = notifications(home)
    assert title == "Sam Sample: the band has not synced"
    assert message.startswith("Nothing has come for 9 hours.")


@pytest.mark.usefixtures("all_enabled")
async def test_an_outage_of_something_else_is_not_told(
    home: HomeAssistant,
    account: MockConfigEntry,
    google: GoogleSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
    told: Messages,
) -> None:
    """Neither while the service cannot be reached, nor before it was asked again."""
    asked = {"last_sync": LAST_SYNC, "earliest": "00:00:00", "latest": "23:59:59", "hours": 2}
    await automate(home, NOT_SYNCED, **asked, tell=tell("age"))
    google.faults.append(Fault("/v4/", kind="reset_before", times=-1))
    await minutes_pass(home, clock, 180)
    assert state_of(home, LAST_SYNC).state == "unavailable"
    await home.config_entries.async_unload(account.entry_id)
    await minutes_pass(home, clock, 180)
    await home.config_entries.async_setup(account.entry_id)
    await settle(home)
    assert state_of(home, LAST_SYNC).state == "2026-11-21T21:59:00+00:00"
    await minutes_pass(home, clock, 80)
    google.faults.clear()
    person.synced_at = int(clock().timestamp())
    await minutes_pass(home, clock, 60)
    assert state_of(home, LAST_SYNC).state == utc(person.synced_at).isoformat()
    assert told == []


# What cannot be


async def test_inputs_that_make_no_sense_are_refused(
    home: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """The automations are not set up, and Home Assistant says why of each."""
    asked: list[tuple[str, dict[str, Any]]] = [
        (FORWARD, {}),
        (FORWARD, {"destination": "x", "times": ["late"]}),
        (FORWARD, {"destination": "x", "samples_received": ["not an entity"]}),
        (DRIFT, {}),
        (DRIFT, {"resting_heart_rate": RESTING, "at": "25:00:00"}),
        (ZONE_LIGHT, {"heart_rate": "sensor.x", "lights": ["light.x"]}),
        (NOT_SYNCED, {}),
        (NOT_SYNCED, {"last_sync": LAST_SYNC, "earliest": "soon"}),
        (NOT_SYNCED, {"last_sync": LAST_SYNC, "tell": [{"do": "something"}]}),
        (UNUSUAL_NIGHT, {}),
        (UNUSUAL_NIGHT, {"night": "no entity"}),
        (ALERT, {"alert": ALERT_EVENT, "kinds": []}),
        (ALERT, {"alert": ALERT_EVENT, "kinds": ["loud"]}),
        (ALERT, {"alert": "no entity"}),
    ]
    used = {f"number_{number}": one for number, one in enumerate(asked)}
    for alias, state in (await automate_all(home, **used)).items():
        assert (alias, state in {"invalid", "unavailable"}) == (alias, True)
    assert len([one for one in caplog.records if one.levelname == "ERROR"]) >= len(asked)


# Heart rate high or low


ALERT = "heart_rate_alert.yaml"
ALERT_EVENT = "event.sam_sample_heart_rate_alert"


@pytest.fixture
async def limited(google: GoogleSimulator, set_up: SetUp) -> MockConfigEntry:
    """Return an account with limits: above 100 bpm is high and below 50 low, at once."""
    limits = {CONF_HIGH: 100, CONF_LOW: 50, CONF_DURATION: 0, CONF_HYSTERESIS: 0}
    return await set_up(account_entry(google, options={CONF_ALERTS: limits}))


async def have(
    home: HomeAssistant, person: Recording, clock: FrozenDateTimeFactory, *readings: tuple[str, int]
) -> None:
    """Let a person have heart rates at these times, sync them, and Home Assistant look."""
    person.readings += [(at(moment), bpm) for moment, bpm in readings]
    person.synced_at = person.readings[-1][0]
    await advance(home, clock, minutes=5)


async def test_alerts_are_told_in_words(
    home: HomeAssistant, limited: MockConfigEntry, person: Recording, clock: FrozenDateTimeFactory
) -> None:
    assert await automate(home, ALERT, alert=ALERT_EVENT) == "on"
    await have(home, person, clock, ("22:01:00", 120), ("22:02:00", 130))
    assert notifications(home) == [
        ("Sam Sample: heart rate high", "Up to 130 bpm since 23:01; your limit is 100.")
    ]
    await have(home, person, clock, ("22:06:00", 70), ("22:07:00", 50))
    assert notifications(home)[1:] == [
        ("Sam Sample: heart rate low", "At 50 bpm since 23:07; your limit is 50.")
    ]


async def test_alerts_of_the_kind_and_in_the_circumstances_that_are_wanted(
    home: HomeAssistant,
    limited: MockConfigEntry,
    person: Recording,
    clock: FrozenDateTimeFactory,
    told: Messages,
) -> None:
    only_if = [{"condition": "state", "entity_id": "input_boolean.here", "state": "on"}]
    wanted = {"kinds": ["low"], "only_if": only_if, "tell": tell("kind", "limit", "extreme", "minutes")}
    assert await automate(home, ALERT, alert=ALERT_EVENT, **wanted) == "on"
    home.states.async_set("input_boolean.here", "on")
    await have(home, person, clock, ("22:01:00", 120))
    assert told == []
    await have(home, person, clock, ("22:06:00", 45), ("22:09:00", 41))
    assert told == [{"kind": "low", "limit": 50, "extreme": 41, "minutes": 3}]
    home.states.async_set("input_boolean.here", "off")
    await have(home, person, clock, ("22:11:00", 70), ("22:12:00", 45))
    assert len(told) == 1
    assert state_of(home, ALERT_EVENT).attributes["extreme"] == 45


# After a workout


AFTER_WORKOUT = "after_workout.yaml"
WORKOUT_EVENT = "event.sam_sample_workout"
FINISHED = {
    "event_type": "finished",
    "type": "treadmill walk",
    "start": "2026-11-21T21:00:00+00:00",
    "end": "2026-11-21T21:30:00+00:00",
    "duration": 1800,
    "lowest": 81,
    "mean": 109.6,
    "highest": 131,
    "recovery": 22,
    "recovery_120": 35,
    "age": 1800,
}


async def happen(
    home: HomeAssistant, clock: FrozenDateTimeFactory, kind: NewsKind, told: dict[str, Any]
) -> None:
    """Let an account have news of a session that ended `age` seconds ago."""
    clock.tick(timedelta(seconds=1))
    (account,) = home.config_entries.async_entries(DOMAIN)
    facts = {key: value for key, value in told.items() if key not in ("event_type", "age")}
    async_tell(home, News(kind, account.entry_id, clock().timestamp() - told["age"], facts))
    await settle(home)


async def test_a_workout_is_summed_up(
    home: HomeAssistant, account: MockConfigEntry, clock: FrozenDateTimeFactory
) -> None:
    assert await automate(home, AFTER_WORKOUT, workout=WORKOUT_EVENT) == "on"
    unknown = dict.fromkeys(("lowest", "mean", "highest", "recovery", "recovery_120"))
    for changes in ({}, {"recovery": -3, "recovery_120": None}, unknown):
        await happen(home, clock, NewsKind.WORKOUT_RECORDED, FINISHED | changes)
    title = "Sam Sample: treadmill walk, 30 minutes"
    assert notifications(home) == [
        (
            title,
            (
                "Mean 110 bpm, from 81 to 131. 22 bpm lower one minute after the end."
                " 35 bpm lower two minutes after the end."
            ),
        ),
        (title, "Mean 110 bpm, from 81 to 131. 3 bpm higher one minute after the end."),
        (title, "No heart rate is known."),
    ]


async def test_workouts_that_are_short_or_long_ago_are_not_told(
    home: HomeAssistant, account: MockConfigEntry, clock: FrozenDateTimeFactory, told: Messages
) -> None:
    only_if = [{"condition": "state", "entity_id": "input_boolean.here", "state": "on"}]
    wanted = {"minutes_min": 20, "hours_max": 2, "only_if": only_if}
    names = ("type", "minutes", "lowest", "mean", "highest", "recovery", "recovery_120")
    assert await automate(home, AFTER_WORKOUT, workout=WORKOUT_EVENT, **wanted, tell=tell(*names)) == "on"
    home.states.async_set("input_boolean.here", "on")
    for changes in ({"duration": 1199}, {"age": 7201}):
        await happen(home, clock, NewsKind.WORKOUT_RECORDED, FINISHED | changes)
    assert told == []
    await happen(home, clock, NewsKind.WORKOUT_RECORDED, FINISHED | {"duration": 1200, "age": 7200})
    assert [tuple(one.values()) for one in told] == [("treadmill walk", 20, 81, 109.6, 131, 22, 35)]
    home.states.async_set("input_boolean.here", "off")
    await happen(home, clock, NewsKind.WORKOUT_RECORDED, FINISHED)
    assert len(told) == 1


# After an unusual night


NIGHT_EVENT = "event.sam_sample_night"
RECORDED = {
    "event_type": "recorded",
    "date": "2026-11-21",
    "start": "2026-11-20T22:00:00+00:00",
    "end": "2026-11-21T06:00:00+00:00",
    "asleep": 27_000,
    "mean": 60.4,
    "lowest": 52.0,
    "dip": 12.5,
    "usual": 54.0,
    "difference": 6.4,
    "age": 1800,
}
LOWER = {"mean": 47.6, "difference": -6.4}
USUAL = {"mean": 55.0, "difference": 1.0}
UNKNOWN = {"usual": None, "difference": None}
NOT_WORN = {**UNKNOWN, "mean": None, "lowest": None, "dip": None}
HIGH_MESSAGE = "7.5 hours asleep. 60 bpm asleep, 6.4 above your usual."
LOW_MESSAGE = "7.5 hours asleep. 48 bpm asleep, 6.4 below your usual."


HIGH = ("Sam Sample: an unusual night", HIGH_MESSAGE)
LOW = ("Sam Sample: an unusual night", LOW_MESSAGE)
SHORT = "Sam Sample: a short night"


ASKED: list[tuple[dict[str, Any], list[tuple[dict[str, Any], tuple[str, str] | None]], str]] = [
    (
        {},
        [
            ({}, HIGH),
            (LOWER, LOW),
            (USUAL, None),
            # Too few nights are known, or the band was not worn.
            (UNKNOWN, None),
            (NOT_WORN, None),
            ({"age": 12 * 3600}, HIGH),
            ({"age": 12 * 3600 + 1}, None),
        ],
        "by itself",
    ),
    ({"direction": "higher"}, [({}, HIGH), (LOWER, None)], "higher"),
    ({"direction": "lower"}, [({}, None), (LOWER, LOW)], "lower"),
    ({"threshold": 6.5}, [({}, None), (LOWER, None)], "a high threshold"),
    ({"threshold": 6.4, "hours_max": 1}, [({}, HIGH), ({"age": 3601}, None)], "not late"),
    ({"hours_asleep_min": 7.5}, [(USUAL, None)], "long enough"),
    (
        {"hours_asleep_min": 8},
        [
            ({}, HIGH),
            (USUAL, (SHORT, "7.5 hours asleep. 55 bpm asleep, 1.0 above your usual.")),
            (UNKNOWN, (SHORT, "7.5 hours asleep. 60 bpm asleep.")),
            (NOT_WORN, (SHORT, "7.5 hours asleep.")),
        ],
        "too short",
    ),
]


async def test_unusual_nights_are_told(
    home: HomeAssistant, account: MockConfigEntry, clock: FrozenDateTimeFactory, told: Messages
) -> None:
    """By the heart or by the time asleep, unless it was too long ago; what is usual is not told."""
    used = {}
    for asked, _, name in ASKED:
        data = {"by": name, "title": "{{ title }}", "message": "{{ message }}"}
        inputs = {"night": NIGHT_EVENT, **asked, "tell": [{"event": "told", "event_data": data}]}
        used[name.replace(" ", "_")] = (UNUSUAL_NIGHT, inputs)
    assert set((await automate_all(home, **used)).values()) == {"on"}
    for _, nights, name in ASKED:
        for changes, expected in nights:
            told.clear()
            await happen(home, clock, NewsKind.NIGHT_RECORDED, RECORDED | changes)
            found = [(one["title"], one["message"]) for one in told if one["by"] == name]
            words = [(expected[0], f"{expected[1]} This is no medical advice.")] if expected else []
            assert (name, found) == (name, words)


async def test_an_unusual_night_in_the_circumstances_that_are_wanted(
    home: HomeAssistant, account: MockConfigEntry, clock: FrozenDateTimeFactory, told: Messages
) -> None:
    """With the values that the blueprint offers, each in its own type."""
    only_if = [{"condition": "state", "entity_id": "input_boolean.here", "state": "on"}]
    names = ("hours", "mean", "usual", "difference", "lowest", "dip", "start", "end")
    wanted = {"only_if": only_if, "tell": tell(*names)}
    assert await automate(home, UNUSUAL_NIGHT, night=NIGHT_EVENT, **wanted) == "on"
    home.states.async_set("input_boolean.here", "off")
    await happen(home, clock, NewsKind.NIGHT_RECORDED, RECORDED)
    assert told == []
    home.states.async_set("input_boolean.here", "on")
    await happen(home, clock, NewsKind.NIGHT_RECORDED, RECORDED | {"dip": None})
    assert [tuple(one.values()) for one in told] == [
        (7.5, 60.4, 54.0, 6.4, 52.0, None, RECORDED["start"], RECORDED["end"])
    ]


# Run actions


ALERTED = {
    "event_type": "low",
    "limit": 50,
    "start": "2026-11-21T21:00:00+00:00",
    "end": "2026-11-21T21:30:00+00:00",
    "extreme": 41,
}


@pytest.fixture
async def tried(
    google: GoogleSimulator, cardiogram: CardiogramSimulator, person: Recording, set_up: SetUp
) -> MockConfigEntry:
    """Return an account with limits and a destination."""
    limits = {CONF_HIGH: 100, CONF_LOW: 50, CONF_DURATION: 0, CONF_HYSTERESIS: 0}
    return await set_up(
        account_entry(google, options={CONF_ALERTS: limits}, subentries_data=[destination(cardiogram)])
    )


@pytest.mark.usefixtures("all_enabled")
async def test_each_can_be_tried(
    home: HomeAssistant,
    tried: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """By *Run actions*, which has no trigger: with what was last, or else with an example."""
    asked: dict[str, dict[str, Any]] = {
        ALERT: {"alert": ALERT_EVENT},
        AFTER_WORKOUT: {"workout": WORKOUT_EVENT},
        UNUSUAL_NIGHT: {"night": NIGHT_EVENT},
        NOT_SYNCED: {"last_sync": LAST_SYNC},
        FORWARD: {"destination": device(home, tried)},
        DRIFT: {"resting_heart_rate": "sensor.no_such"},
        ZONE_LIGHT: {
            "heart_rate": "sensor.sam_sample_heart_rate",
            "lights": ["light.no_such"],
            **{zone: f"sensor.sam_sample_{zone}_zone_today" for zone in ("moderate", "vigorous", "peak")},
        },
    }
    # That of Assist is tried by its sentence.
    assert {*asked, "ask_heart_rate.yaml"} == set(BLUEPRINTS)
    used = {name.removesuffix(".yaml"): (name, inputs) for name, inputs in asked.items()}
    assert set((await automate_all(home, **used)).values()) == {"on"}
    for known in (False, True):
        for alias in used:
            run = {ATTR_ENTITY_ID: f"automation.{alias}", "skip_condition": True}
            await home.services.async_call("automation", "trigger", run, blocking=True)
        await settle(home)
        examples = [title for title, _ in notifications(home) if title.endswith(" (an example)")]
        assert (known, len(examples)) == (known, 3)
        if not known:
            for entity_id, attributes in (
                (ALERT_EVENT, ALERTED),
                (WORKOUT_EVENT, FINISHED),
                (NIGHT_EVENT, RECORDED),
            ):
                home.states.async_set(entity_id, "2026-11-21T22:00:00+00:00", attributes)
    assert {title for title, _ in notifications(home)} >= {
        "Sam Sample: heart rate low",
        "Sam Sample: treadmill walk, 30 minutes",
        "Sam Sample: an unusual night",
        "Sam Sample: the band has not synced",
    }
    assert len(cardiogram.ledger) == 175
    assert [
        one.message for one in caplog.records if "Error" in one.message or "rendering" in one.message
    ] == []
