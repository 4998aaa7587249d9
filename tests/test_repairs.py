"""Repairs: what keeps beats from getting through is told in time, and mended where a dialog can."""

from collections.abc import Callable, Generator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC
import logging
from pathlib import Path
import sqlite3
import time
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.const import CONF_ACCESS_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import UnknownHandler
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.helpers.translation import async_get_translations
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram.cardiogram_destination import CARDIOGRAM
from custom_components.fitbit_cardiogram.const import (
    CONF_ALLOW_HTTP,
    CONF_AUTOMATIC,
    CONF_BASE_URL,
    CONF_COVERS_FROM,
    CONF_USER_ID,
    DOMAIN,
)
from custom_components.fitbit_cardiogram.destinations.cardiogram import Cardiogram
from custom_components.fitbit_cardiogram.destinations.outcome import Problem
from custom_components.fitbit_cardiogram.repairs import async_create_fix_flow
from tests.helpers.dialogs import Dialogs
from tests.helpers.home import (
    NOW,
    SUBENTRY_ID,
    SetUp,
    account_entry,
    at,
    count_loads,
    destination,
    issues,
    outcome,
    pass_time,
    reauths,
    settle,
    state_of,
    until,
)
from tests.helpers.receiver import PASSES, WAITS_FOR_A_PERSON
from tests.simulators import CardiogramSimulator, Fault, GoogleSimulator, Recording
from tests.simulators.google import ACTIVITY, SCOPES, SETTINGS

USER = "user-sentinel-7351"
TOKEN = "token-sentinel-9264"
NEW_TOKEN = "token-sentinel-1077"
OTHER_ID = "01OTHERRECEIVER0000000000000"
FROM_NOW = int(NOW.timestamp())
DAY = 86400

FORWARDING = f"forwarding_{SUBENTRY_ID}"
QUARANTINED = f"beats_quarantined_{SUBENTRY_ID}"
EXPIRING = f"beats_expiring_{SUBENTRY_ID}"

BUTTON = "button.cardiogram_forward_now"
PROBLEM = "binary_sensor.cardiogram_forwarding"
PENDING = "sensor.cardiogram_pending_beats"
GIVEN_UP = "sensor.cardiogram_given_up_beats"

SERVER_ERROR, TOO_MANY = PASSES["503"][0], PASSES["429"][0]


type SetUpWith = Callable[..., Any]


@dataclass
class WallClock:
    """What time.time tells."""

    clock: FrozenDateTimeFactory
    ahead: float = 0.0

    def time(self) -> float:
        """Return UNIX seconds."""
        return self.clock().replace(tzinfo=UTC).timestamp() + self.ahead


@pytest.fixture(autouse=True)
def wall_clock(clock: FrozenDateTimeFactory) -> Generator[WallClock]:
    """Yield the clock on the wall, which can be put ahead while everything that measures pauses goes on."""
    wall_clock = WallClock(clock)
    with patch.object(time, "time", wall_clock.time):
        yield wall_clock


@pytest.fixture
def account(google: GoogleSimulator, cardiogram: CardiogramSimulator, set_up: SetUp) -> SetUpWith:
    """Return a function that sets up an account with Cardiogram as its destination."""
    cardiogram.users = {USER: TOKEN}

    async def async_set_up(**changes: Any) -> MockConfigEntry:
        return await set_up(account_entry(google, subentries_data=[receiver(cardiogram, **changes)]))

    return async_set_up


def receiver(cardiogram: CardiogramSimulator, **changes: Any) -> Any:
    """Return Cardiogram as a destination whose user and token would show wherever they are told."""
    return destination(cardiogram, **{CONF_USER_ID: USER, CONF_ACCESS_TOKEN: TOKEN} | changes)


def issue(home: HomeAssistant, issue_id: str = FORWARDING) -> ir.IssueEntry:
    """Return an issue that must be there."""
    found = ir.async_get(home).async_get_issue(DOMAIN, issue_id)
    assert found
    return found


async def text_of(home: HomeAssistant, told: ir.IssueEntry) -> str:
    """Return all that a person reads of an issue and its dialog; each placeholder has to be given."""
    texts = await async_get_translations(home, "en", "issues", [DOMAIN])
    prefix = f"component.{DOMAIN}.issues.{told.translation_key}."
    own = [text for key, text in texts.items() if key.startswith(prefix)]
    assert own
    return "\n".join(text.format(**(told.translation_placeholders or {})) for text in own)


async def press(home: HomeAssistant) -> None:
    """Forward now, and take it calmly if that fails."""
    with suppress(HomeAssistantError):
        await home.services.async_call("button", "press", {"entity_id": BUTTON}, blocking=True)
    await settle(home)


# What is told, and when


@pytest.mark.parametrize("automatic", [True, False], ids=["by itself", "when asked"])
@pytest.mark.parametrize(("fault", "problem"), WAITS_FOR_A_PERSON.values(), ids=WAITS_FOR_A_PERSON)
async def test_what_waits_for_a_person_is_told_at_once(
    home: HomeAssistant,
    account: SetUpWith,
    cardiogram: CardiogramSimulator,
    caplog: pytest.LogCaptureFixture,
    fault: Fault,
    problem: str,
    automatic: bool,
) -> None:
    """By the destination's name, without what a person must keep to themselves."""
    caplog.set_level(logging.DEBUG)
    cardiogram.faults = [Fault(fault.match, fault.status, fault.body, times=fault.times)]
    entry = await account(**{CONF_AUTOMATIC: automatic})
    if not automatic:
        assert issues(home) == set()
        await press(home)
    await until(lambda: issues(home) == {FORWARDING})
    told = issue(home)
    assert told.translation_key == f"forwarding_{problem}"
    assert (told.severity, told.is_fixable) == (ir.IssueSeverity.ERROR, True)
    assert told.translation_placeholders == {
        "account": "Sam Sample",
        "destination": "Cardiogram",
        "receiver": cardiogram.url,
    }
    text = await text_of(home, told)
    assert "Cardiogram" in text
    for secret in (USER, TOKEN):
        assert secret not in f"{told} {text} {caplog.text}"
    assert entry.state is ConfigEntryState.LOADED
    assert reauths(home) == 0


@pytest.mark.parametrize(("fault", "problem"), PASSES.values(), ids=PASSES)
async def test_what_passes_is_told_when_it_has_lasted(
    home: HomeAssistant,
    account: SetUpWith,
    cardiogram: CardiogramSimulator,
    clock: FrozenDateTimeFactory,
    fault: Fault,
    problem: str,
) -> None:
    """After an hour; and it is over as soon as beats get through."""
    cardiogram.faults = [fault]
    entry = await account(**{CONF_AUTOMATIC: True})
    await until(lambda: state_of(home, PROBLEM).state == "on")
    for _ in range(59):
        await pass_time(home, clock, minutes=1)
        assert issues(home) == set()
    await pass_time(home, clock, minutes=2)
    told = issue(home)
    assert told.translation_key == f"forwarding_{problem}"
    assert (told.severity, told.is_fixable) == (ir.IssueSeverity.WARNING, False)
    assert USER not in f"{told} {await text_of(home, told)}"
    assert (entry.state, reauths(home)) == (ConfigEntryState.LOADED, 0)

    cardiogram.faults = []
    await pass_time(home, clock, minutes=16)
    assert issues(home) == set()
    assert cardiogram.repeats() == 0
    assert state_of(home, PENDING).state == "0"

    # The next trouble has an hour of its own.
    cardiogram.faults = [fault]
    await press(home)
    await pass_time(home, clock, minutes=50)
    assert issues(home) == set()


async def test_what_was_tried_once_has_not_lasted(
    home: HomeAssistant, account: SetUpWith, cardiogram: CardiogramSimulator, clock: FrozenDateTimeFactory
) -> None:
    """Without automatic forwarding it is not tried again by itself, so nobody knows."""
    cardiogram.faults = [Fault("POST", 503, times=-1)]
    await account()
    await press(home)
    await pass_time(home, clock, hours=2)
    assert state_of(home, PROBLEM).state == "on"
    assert issues(home) == set()


async def test_trouble_that_changes_its_kind_is_one_trouble(
    home: HomeAssistant, account: SetUpWith, cardiogram: CardiogramSimulator, clock: FrozenDateTimeFactory
) -> None:
    cardiogram.faults = [SERVER_ERROR]
    await account(**{CONF_AUTOMATIC: True})
    await until(lambda: state_of(home, PROBLEM).state == "on")
    for fault in (TOO_MANY, SERVER_ERROR, TOO_MANY):
        await pass_time(home, clock, minutes=21)
        cardiogram.faults = [fault]
    assert issues(home) == {FORWARDING}
    await pass_time(home, clock, minutes=16)
    assert issue(home).translation_key == "forwarding_rate_limited"

    cardiogram.faults = [Fault("POST", 401)]
    await pass_time(home, clock, minutes=16)
    told = issue(home)
    assert (told.translation_key, told.severity) == ("forwarding_token_refused", ir.IssueSeverity.ERROR)

    cardiogram.faults = [SERVER_ERROR]
    await press(home)
    assert issues(home) == set()
    cardiogram.faults = []
    await pass_time(home, clock, minutes=16)
    assert (issues(home), reauths(home)) == (set(), 0)
    assert state_of(home, PENDING).state == "0"


async def test_each_destination_has_its_own(
    home: HomeAssistant, google: GoogleSimulator, cardiogram: CardiogramSimulator, set_up: SetUp
) -> None:
    async with CardiogramSimulator({USER: TOKEN}) as other:
        own = destination(cardiogram)
        others = receiver(other) | {"subentry_id": OTHER_ID, "title": "Own receiver"}
        entry = await set_up(account_entry(google, subentries_data=[own, others]))
        cardiogram.faults = [Fault("POST", 401)]
        other.faults = [Fault("POST", 404)]
        for forwarder in entry.runtime_data.forwarders.values():
            await forwarder.forward()
        told = {FORWARDING: "token_refused", f"forwarding_{OTHER_ID}": "wrong_address"}
        assert issues(home) == set(told)
        for issue_id, problem in told.items():
            assert issue(home, issue_id).translation_key == f"forwarding_{problem}"
        assert "Own receiver" in await text_of(home, issue(home, f"forwarding_{OTHER_ID}"))

        await entry.runtime_data.forwarders[SUBENTRY_ID].forward()
        assert issues(home) == {f"forwarding_{OTHER_ID}"}


@pytest.mark.parametrize("how", ["the destination is removed", "unloaded", "the account is removed"])
async def test_a_destination_takes_its_issues_with_it(
    home: HomeAssistant, account: SetUpWith, cardiogram: CardiogramSimulator, how: str
) -> None:
    entry = await account()
    await refuse_some(home, cardiogram)
    cardiogram.faults = [Fault("POST", 401)]
    await entry.runtime_data.forwarders[SUBENTRY_ID].release(0, max(REFUSED))
    await press(home)
    assert issues(home) == {FORWARDING, QUARANTINED}
    match how:
        case "the destination is removed":
            home.config_entries.async_remove_subentry(entry, SUBENTRY_ID)
        case "unloaded":
            await home.config_entries.async_unload(entry.entry_id)
        case _:
            await home.config_entries.async_remove(entry.entry_id)
    await settle(home)
    assert issues(home) == set()


# A token


async def test_a_new_token_lets_beats_flow(
    home: HomeAssistant,
    account: SetUpWith,
    cardiogram: CardiogramSimulator,
    dialogs: Dialogs,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    cardiogram.users = {USER: NEW_TOKEN}
    entry = await account(**{CONF_AUTOMATIC: True})
    await until(lambda: issues(home))
    loads = count_loads(entry)

    step = await dialogs.open(FORWARDING)
    assert (step["type"], step["step_id"], step["errors"]) == ("form", "token", {})
    for bad in ("", "two words", "schlüssel", "line\nbreak", "a" * 4097):
        step = await dialogs.submit(step, **{CONF_ACCESS_TOKEN: bad})
        error = "invalid_token" if bad else "empty"
        assert (step["type"], step["errors"]) == ("form", {CONF_ACCESS_TOKEN: error})
    assert (issues(home), loads, len(cardiogram.requests)) == ({FORWARDING}, [], 1)

    step = await dialogs.submit(step, **{CONF_ACCESS_TOKEN: f" {NEW_TOKEN}\n"})
    assert step["type"] == "create_entry"
    assert len(loads) == 1
    await until(lambda: state_of(home, PENDING).state == "0")
    assert len(cardiogram.values(USER)) == 175
    assert issues(home) == set()
    assert entry.subentries[SUBENTRY_ID].data[CONF_ACCESS_TOKEN] == NEW_TOKEN
    for secret in (USER, TOKEN, NEW_TOKEN):
        assert secret not in caplog.text


async def test_another_token_that_is_refused_is_told_in_the_form(
    home: HomeAssistant,
    account: SetUpWith,
    cardiogram: CardiogramSimulator,
    dialogs: Dialogs,
) -> None:
    """It is not kept, and the next one can be entered in the same place."""
    cardiogram.users = {USER: "another"}
    entry = await account()
    await press(home)
    loads = count_loads(entry)
    step = await dialogs.submit(await dialogs.open(FORWARDING), **{CONF_ACCESS_TOKEN: NEW_TOKEN})
    assert (step["type"], step["errors"]) == ("form", {CONF_ACCESS_TOKEN: "token_refused"})
    assert (len(cardiogram.requests), loads, issues(home)) == (2, [], {FORWARDING})
    assert entry.subentries[SUBENTRY_ID].data[CONF_ACCESS_TOKEN] == TOKEN
    cardiogram.faults = [Fault("POST", 403)]
    step = await dialogs.submit(step, **{CONF_ACCESS_TOKEN: NEW_TOKEN})
    assert step["errors"] == {CONF_ACCESS_TOKEN: "user_mismatch"}
    text = await text_of(home, issue(home))
    assert "refuses this access token too" in text
    assert "is not for the user ID" in text

    step = await dialogs.submit(step, **{CONF_ACCESS_TOKEN: "another"})
    assert (step["type"], len(loads), issues(home)) == ("create_entry", 1, set())
    assert len(cardiogram.values(USER)) == 175
    assert cardiogram.repeats() == 0


async def test_a_token_that_was_refused_is_used_no_more(
    home: HomeAssistant, account: SetUpWith, cardiogram: CardiogramSimulator, dialogs: Dialogs
) -> None:
    """The one from before is, in case it is taken again."""
    cardiogram.users = {USER: "another"}
    await account()
    await press(home)
    await dialogs.submit(await dialogs.open(FORWARDING), **{CONF_ACCESS_TOKEN: NEW_TOKEN})
    cardiogram.users = {USER: TOKEN}
    await press(home)
    assert len(cardiogram.values(USER)) == 175


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault("POST", kind="reset_before"), "not_tried"),
        (SERVER_ERROR, "not_tried"),
        (Fault("POST", 404), "still_failing"),
    ],
    ids=["no answer", "503", "404"],
)
async def test_a_token_that_could_not_be_tried_is_kept(
    home: HomeAssistant,
    account: SetUpWith,
    cardiogram: CardiogramSimulator,
    dialogs: Dialogs,
    fault: Fault,
    reason: str,
) -> None:
    """And a person is told that nobody knows yet."""
    cardiogram.users = {USER: NEW_TOKEN}
    entry = await account()
    await press(home)
    step = await dialogs.open(FORWARDING)
    cardiogram.faults = [fault]
    step = await dialogs.submit(step, **{CONF_ACCESS_TOKEN: NEW_TOKEN})
    assert (step["type"], step["reason"]) == ("abort", reason)
    assert entry.subentries[SUBENTRY_ID].data[CONF_ACCESS_TOKEN] == NEW_TOKEN
    cardiogram.faults = []
    await press(home)
    assert len(cardiogram.values(USER)) == 175


async def test_a_token_that_is_tried_replaces_none_that_was_given_meanwhile(
    home: HomeAssistant, account: SetUpWith, cardiogram: CardiogramSimulator, dialogs: Dialogs
) -> None:
    """The same dialog may be open in two browsers."""
    cardiogram.users = {USER: NEW_TOKEN}
    entry = await account()
    await press(home)
    step = await dialogs.open(FORWARDING)

    def give_another(_: Any) -> bool:
        subentry = entry.subentries[SUBENTRY_ID]
        data = {**subentry.data, CONF_ACCESS_TOKEN: "another"}
        home.config_entries.async_update_subentry(entry, subentry, data=data)
        return False

    cardiogram.reject = give_another
    step = await dialogs.submit(step, **{CONF_ACCESS_TOKEN: NEW_TOKEN})
    assert (step["type"], step["reason"]) == ("abort", "already_mended")
    assert entry.subentries[SUBENTRY_ID].data[CONF_ACCESS_TOKEN] == "another"


@pytest.mark.parametrize("mended", [False, True])
async def test_the_same_token_is_tried_at_once(
    home: HomeAssistant,
    account: SetUpWith,
    cardiogram: CardiogramSimulator,
    dialogs: Dialogs,
    mended: bool,
) -> None:
    """Cardiogram may take it now."""
    cardiogram.faults = [Fault("POST", 401, times=1 if mended else 2)]
    entry = await account()
    await press(home)
    loads = count_loads(entry)
    step = await dialogs.submit(await dialogs.open(FORWARDING), **{CONF_ACCESS_TOKEN: TOKEN})
    assert (len(cardiogram.requests), loads) == (2, [])
    if mended:
        assert (step["type"], issues(home)) == ("create_entry", set())
    else:
        assert (step["errors"], issues(home)) == ({CONF_ACCESS_TOKEN: "token_refused"}, {FORWARDING})


# Trying again, and going on to the destination's own form


MENU = {fault: problem for fault, problem in WAITS_FOR_A_PERSON.items() if fault != "401"}
TRY_AGAIN = {fault: what for fault, what in MENU.items() if what[1] != "user_mismatch"}


@pytest.mark.parametrize("status", [401, 404])
async def test_a_try_that_fails_unexpectedly_is_told(
    home: HomeAssistant,
    account: SetUpWith,
    cardiogram: CardiogramSimulator,
    dialogs: Dialogs,
    monkeypatch: pytest.MonkeyPatch,
    unexpected: list[Exception],
    status: int,
) -> None:
    """A try of the present settings, or of a new token, which is not kept."""

    async def fail(*_: Any) -> Any:
        raise ValueError

    cardiogram.faults = [Fault("POST", status, times=-1)]
    entry = await account()
    await press(home)
    step = await dialogs.open(FORWARDING)
    with monkeypatch.context() as failing:
        failing.setattr(Cardiogram, "post", fail)
        if status == 401:
            step = await dialogs.submit(step, **{CONF_ACCESS_TOKEN: NEW_TOKEN})
        else:
            step = await dialogs.choose(step, "try_again")
    assert (step["type"], step["reason"]) == ("abort", "still_failing")
    assert entry.subentries[SUBENTRY_ID].data[CONF_ACCESS_TOKEN] == TOKEN
    assert [type(error) for error in unexpected] == [ValueError]
    unexpected.clear()


@pytest.mark.parametrize(("fault", "problem"), TRY_AGAIN.values(), ids=TRY_AGAIN)
async def test_trying_again(
    home: HomeAssistant,
    account: SetUpWith,
    cardiogram: CardiogramSimulator,
    dialogs: Dialogs,
    fault: Fault,
    problem: str,
) -> None:
    """It says whether beats get through now."""
    cardiogram.faults = [Fault(fault.match, fault.status, fault.body, times=-1)]
    await account()
    await press(home)
    step = await dialogs.open(FORWARDING)
    assert (step["type"], step["menu_options"]) == ("menu", CARDIOGRAM.steps[Problem(problem)])
    tried = len(cardiogram.requests)
    step = await dialogs.choose(step, "try_again")
    assert (step["type"], step["reason"]) == ("abort", "still_failing")
    assert len(cardiogram.requests) > tried
    assert issues(home) == {FORWARDING}

    cardiogram.faults = []
    step = await dialogs.choose(await dialogs.open(FORWARDING), "try_again")
    assert step["type"] == "create_entry"
    assert issues(home) == set()
    assert len(cardiogram.values(USER)) == 175
    assert cardiogram.repeats() == 0


@pytest.mark.parametrize("fault", [fault for fault, _ in MENU.values()], ids=MENU)
async def test_going_on_in_the_destinations_own_form(
    home: HomeAssistant,
    account: SetUpWith,
    cardiogram: CardiogramSimulator,
    dialogs: Dialogs,
    fault: Fault,
) -> None:
    cardiogram.faults = [Fault(fault.match, fault.status, fault.body, times=-1)]
    entry = await account()
    await press(home)
    step = await dialogs.choose(await dialogs.open(FORWARDING), "reconfigure")
    assert (step["type"], step["reason"]) == ("abort", "reconfigure")
    kind, flow_id = step["next_flow"]
    assert kind == "config_subentries_flow"
    assert step["result"]["entry_id"] == entry.entry_id
    form = home.config_entries.subentries.async_get(flow_id)
    assert (form["step_id"], form["context"]["subentry_id"]) == ("reconfigure", SUBENTRY_ID)
    assert issues(home) == {FORWARDING}

    # What a person changes there is enough.
    cardiogram.faults = []
    answers = {
        "name": "Cardiogram",
        CONF_USER_ID: USER,
        CONF_AUTOMATIC: True,
        "advanced": {CONF_BASE_URL: cardiogram.url, CONF_ALLOW_HTTP: True},
    }
    await home.config_entries.subentries.async_configure(flow_id, answers)
    await settle(home)
    await until(lambda: state_of(home, PENDING).state == "0")
    assert issues(home) == set()


async def test_another_token_where_user_and_token_do_not_match(
    home: HomeAssistant, account: SetUpWith, cardiogram: CardiogramSimulator, dialogs: Dialogs
) -> None:
    cardiogram.users = {USER: NEW_TOKEN, "2": TOKEN}
    await account(**{CONF_AUTOMATIC: True})
    await until(lambda: issues(home))
    step = await dialogs.choose(await dialogs.open(FORWARDING), "token")
    assert (step["type"], step["step_id"]) == ("form", "token")
    step = await dialogs.submit(step, **{CONF_ACCESS_TOKEN: NEW_TOKEN})
    assert step["type"] == "create_entry"
    await until(lambda: state_of(home, PENDING).state == "0")
    assert issues(home) == set()


# Dialogs that stood open


@pytest.mark.parametrize("how", ["unloaded", "removed"])
async def test_a_dialog_of_an_account_that_is_not_loaded(
    home: HomeAssistant, account: SetUpWith, cardiogram: CardiogramSimulator, dialogs: Dialogs, how: str
) -> None:
    cardiogram.faults = [Fault("POST", 404, times=-1)]
    entry = await account()
    await press(home)
    steps = [(await dialogs.open(FORWARDING), option) for option in ("try_again", "reconfigure")]
    if how == "unloaded":
        await home.config_entries.async_unload(entry.entry_id)
    else:
        await home.config_entries.async_remove(entry.entry_id)
    for step, option in steps:
        end = await dialogs.choose(step, option)
        assert (end["type"], end["reason"]) == ("abort", "account_not_loaded")
    assert issues(home) == set()


@pytest.mark.parametrize("data", [None, {}, {"entry_id": 1}])
async def test_an_issue_of_nothing_has_no_dialog(home: HomeAssistant, data: dict[str, Any] | None) -> None:
    with pytest.raises(UnknownHandler):
        await async_create_fix_flow(home, "elsewhere", data)


@pytest.mark.parametrize("option", ["try_again", "reconfigure"])
async def test_a_dialog_of_what_was_mended_meanwhile(
    home: HomeAssistant, account: SetUpWith, cardiogram: CardiogramSimulator, dialogs: Dialogs, option: str
) -> None:
    cardiogram.faults = [Fault("POST", 404)]
    await account()
    await press(home)
    step = await dialogs.open(FORWARDING)
    await press(home)
    assert issues(home) == set()
    end = await dialogs.choose(step, option)
    assert (end["type"], end["reason"]) == ("abort", "already_mended")
    assert len(cardiogram.requests) == 2


async def test_a_token_that_came_too_late(
    home: HomeAssistant, account: SetUpWith, cardiogram: CardiogramSimulator, dialogs: Dialogs
) -> None:
    cardiogram.faults = [Fault("POST", 401)]
    entry = await account()
    await press(home)
    step = await dialogs.open(FORWARDING)
    await press(home)
    end = await dialogs.submit(step, **{CONF_ACCESS_TOKEN: NEW_TOKEN})
    assert (end["type"], end["reason"]) == ("abort", "already_mended")
    assert entry.subentries[SUBENTRY_ID].data[CONF_ACCESS_TOKEN] == TOKEN


# The quarantine


async def refuse_some(home: HomeAssistant, cardiogram: CardiogramSimulator) -> None:
    """Let Cardiogram refuse three beats of those that are pending, and take the others."""
    cardiogram.reject = lambda beat: beat["start"] in REFUSED
    await press(home)
    cardiogram.reject = None


REFUSED = {at("21:35:00"), at("21:40:00"), at("21:45:00")}


async def test_refused_beats_are_sent_again(
    home: HomeAssistant, account: SetUpWith, cardiogram: CardiogramSimulator, dialogs: Dialogs
) -> None:
    await account()
    await refuse_some(home, cardiogram)
    told = issue(home, QUARANTINED)
    assert (told.translation_key, told.severity) == ("beats_quarantined", ir.IssueSeverity.WARNING)
    assert (told.translation_placeholders or {})["count"] == "3"
    assert "refused 3 single beats of Sam Sample" in await text_of(home, told)

    step = await dialogs.choose(await dialogs.open(QUARANTINED), "release")
    assert step["type"] == "create_entry"
    assert issues(home) == set()
    assert state_of(home, PENDING).state == "3"
    await press(home)
    assert set(cardiogram.values(USER)) >= REFUSED
    assert cardiogram.repeats() == 0


async def test_refused_beats_are_given_up(
    home: HomeAssistant, account: SetUpWith, cardiogram: CardiogramSimulator, dialogs: Dialogs
) -> None:
    entry = await account()
    await refuse_some(home, cardiogram)
    step = await dialogs.choose(await dialogs.open(QUARANTINED), "drop")
    assert step["type"] == "create_entry"
    assert issues(home) == set()
    await press(home)
    assert not REFUSED & set(cardiogram.values(USER))
    assert state_of(home, GIVEN_UP).state == "3"
    assert await home.async_add_executor_job(entry.runtime_data.archive.count) == 175


async def test_an_archive_that_cannot_be_used_changes_nothing(
    home: HomeAssistant, account: SetUpWith, cardiogram: CardiogramSimulator, dialogs: Dialogs
) -> None:
    entry = await account()
    await refuse_some(home, cardiogram)
    with unwritable(entry, "SQLITE_READONLY"):
        step = await dialogs.choose(await dialogs.open(QUARANTINED), "drop")
    assert (step["type"], step["reason"]) == ("abort", "archive_unusable")
    assert issues(home) == {QUARANTINED}


# An archive that was lost


GARBAGE = b"this is no archive any more. " * 1000


def overwrite(file: Path) -> None:
    file.write_bytes(GARBAGE)


def spoil_pages(file: Path) -> None:
    """Leave the first page as it is: the file still looks like an archive."""
    with file.open("r+b") as pages:
        pages.seek(4096)
        pages.write(GARBAGE)


LOSSES: dict[str, tuple[Callable[[Path], object], bool]] = {
    "overwritten": (overwrite, True),
    "a few pages": (spoil_pages, True),
    "cut to nothing": (lambda file: file.write_bytes(b""), False),
    "missing": (Path.unlink, False),
}
"""How an archive's file is lost, and whether there is something left to put beside the new one."""

OLDER = [(FROM_NOW - 3 * DAY + second, 65) for second in range(0, 600, 10)]
"""Measured before the account was set up, so that only an archive that begins afresh asks for it."""


async def lose(
    home: HomeAssistant,
    entry: MockConfigEntry,
    archives: Path,
    clock: FrozenDateTimeFactory,
    spoil: Callable[[Path], object] = overwrite,
) -> None:
    """Let the account be down while its archive is lost, and up again."""
    await home.config_entries.async_unload(entry.entry_id)
    spoil(archives / f"{entry.entry_id}.db")
    await home.config_entries.async_setup(entry.entry_id)
    await pass_time(home, clock, seconds=30)
    await until(lambda: entry.state is ConfigEntryState.LOADED)
    await settle(home)
    history = entry.runtime_data.coordinator.history_import
    await until(lambda: not history.is_running or history.trouble)


def replaced(entry: MockConfigEntry) -> str:
    return f"archive_replaced_{entry.entry_id}"


@pytest.mark.parametrize("automatic", [True, False])
@pytest.mark.parametrize(("spoil", "remains"), LOSSES.values(), ids=LOSSES)
async def test_a_lost_archive_begins_afresh_and_sends_nothing_unasked(
    home: HomeAssistant,
    account: SetUpWith,
    cardiogram: CardiogramSimulator,
    dialogs: Dialogs,
    person: Recording,
    archives: Path,
    clock: FrozenDateTimeFactory,
    spoil: Callable[[Path], object],
    remains: bool,
    automatic: bool,
) -> None:
    """What the destination has had was known to the archive alone."""
    person.readings[:0] = OLDER
    entry = await account(**{CONF_AUTOMATIC: automatic})
    await press(home)
    assert len(cardiogram.ledger) == 175

    await lose(home, entry, archives, clock, spoil)
    assert issues(home) == {FORWARDING, replaced(entry)}
    assert await home.async_add_executor_job(entry.runtime_data.archive.count) == 175 + len(OLDER)
    aside = archives / f"{entry.entry_id}.db.damaged"
    assert aside.exists() == remains
    if remains:
        assert GARBAGE in aside.read_bytes()

    told = issue(home)
    assert (told.translation_key, told.severity) == ("forwarding_archive_replaced", ir.IssueSeverity.ERROR)
    assert "Sam Sample" in await text_of(home, told)
    device = dr.async_get(home).async_get_device_by_identifier((DOMAIN, SUBENTRY_ID), entry.entry_id)
    assert device
    for _ in range(2):
        with pytest.raises(HomeAssistantError) as raised:
            await home.services.async_call("button", "press", {"entity_id": BUTTON}, blocking=True)
        assert raised.value.translation_key == "forwarding_archive_replaced"
        answer = await home.services.async_call(
            DOMAIN, "forward_beats", {"device_id": device.id}, blocking=True, return_response=True
        )
        assert answer == outcome(0, 0, "archive_replaced")
        await pass_time(home, clock, hours=2)
        # A restart is no choice either.
        await home.config_entries.async_reload(entry.entry_id)
        await settle(home)
    assert len(cardiogram.requests) == 1
    assert issues(home) == {FORWARDING, replaced(entry)}

    # The archive knows that nobody has taken note: a persistent issue would show the names in diagnostics.
    ir.async_delete_issue(home, DOMAIN, replaced(entry))
    await home.config_entries.async_reload(entry.entry_id)
    await settle(home)
    notice = issue(home, replaced(entry))
    assert (notice.severity, notice.is_persistent) == (ir.IssueSeverity.WARNING, False)
    assert aside.name in await text_of(home, notice)
    step = await dialogs.open(replaced(entry))
    assert (step["type"], step["step_id"]) == ("form", "confirm")
    step = await dialogs.submit(step)
    assert step["type"] == "create_entry"
    assert issues(home) == {FORWARDING}
    await home.config_entries.async_reload(entry.entry_id)
    await settle(home)
    assert issues(home) == {FORWARDING}


@pytest.mark.parametrize("automatic", [True, False])
async def test_only_what_is_new_since_the_archive_was_lost(
    home: HomeAssistant,
    account: SetUpWith,
    cardiogram: CardiogramSimulator,
    dialogs: Dialogs,
    person: Recording,
    archives: Path,
    clock: FrozenDateTimeFactory,
    automatic: bool,
) -> None:
    person.readings[:0] = OLDER
    entry = await account(**{CONF_AUTOMATIC: automatic})
    await press(home)
    await lose(home, entry, archives, clock)
    person.readings.append((at("22:03:00"), 90))
    person.synced_at = at("22:03:00")
    await pass_time(home, clock, minutes=10)

    open_elsewhere = await dialogs.open(FORWARDING)
    step = await dialogs.open(FORWARDING)
    assert step["menu_options"] == ["from_now", "again"]
    assert (await dialogs.choose(step, "from_now"))["type"] == "create_entry"
    assert issues(home) == {replaced(entry)}
    # Who made up their mind in one window has done so in the other.
    step = await dialogs.choose(open_elsewhere, "again")
    assert (step["type"], step["reason"]) == ("abort", "already_mended")

    if not automatic:
        await press(home)
    await until(lambda: state_of(home, "sensor.cardiogram_delivered_beats").state == "1")
    person.readings.append((at("22:15:00"), 91))
    person.synced_at = at("22:15:00")
    await pass_time(home, clock, minutes=10)
    await press(home)
    assert [beat.start for beat in cardiogram.ledger[175:]] == [at("22:03:00"), at("22:15:00")]
    await home.config_entries.async_reload(entry.entry_id)
    await settle(home)
    assert issues(home) == {replaced(entry)}


@pytest.mark.parametrize("start", [0, FROM_NOW - 1200])
async def test_everything_again_that_the_destination_covers(
    home: HomeAssistant,
    account: SetUpWith,
    cardiogram: CardiogramSimulator,
    dialogs: Dialogs,
    person: Recording,
    archives: Path,
    clock: FrozenDateTimeFactory,
    start: int,
) -> None:
    person.readings[:0] = OLDER
    entry = await account(**{CONF_COVERS_FROM: start})
    await press(home)
    before = len(cardiogram.ledger)
    await lose(home, entry, archives, clock)
    step = await dialogs.choose(await dialogs.open(FORWARDING), "again")
    assert step["type"] == "create_entry"
    await press(home)
    again = {beat.start: beat.value for beat in cardiogram.ledger[before:]}
    assert again == dict(person.samples(start, 2**40, 0))
    assert cardiogram.repeats() == before


async def test_a_choice_that_cannot_be_kept(
    home: HomeAssistant,
    account: SetUpWith,
    dialogs: Dialogs,
    archives: Path,
    clock: FrozenDateTimeFactory,
) -> None:
    entry = await account()
    await lose(home, entry, archives, clock)
    for option in ("from_now", "again"):
        step = await dialogs.open(FORWARDING)
        with unwritable(entry, "SQLITE_READONLY"):
            step = await dialogs.choose(step, option)
        assert (step["type"], step["reason"]) == ("abort", "archive_unusable")
    assert issue(home).translation_key == "forwarding_archive_replaced"


async def test_damage_that_is_met_at_work(
    home: HomeAssistant,
    account: SetUpWith,
    cardiogram: CardiogramSimulator,
    archives: Path,
    clock: FrozenDateTimeFactory,
) -> None:
    """The account is set up anew by itself."""
    entry = await account()
    await press(home)
    archive = entry.runtime_data.archive
    archive.pause_checkpoints()  # which first brings everything into the main file
    archive.resume_checkpoints()
    spoil_pages(archives / f"{entry.entry_id}.db")
    with archive.reading() as connection:
        connection.execute("PRAGMA shrink_memory")
    loads = count_loads(entry)
    await pass_time(home, clock, minutes=5)
    assert len(loads) == 1
    assert issues(home) == {FORWARDING, replaced(entry)}
    assert await home.async_add_executor_job(entry.runtime_data.archive.count) == 175
    assert state_of(home, "sensor.sam_sample_heart_rate").state == "79"


async def test_without_a_destination_a_missing_archive_is_a_new_one(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    archives: Path,
    clock: FrozenDateTimeFactory,
) -> None:
    """There is nobody to send anything to twice, and nothing was damaged."""
    person.readings[:0] = OLDER
    await set_up(entry)
    await lose(home, entry, archives, clock, Path.unlink)
    assert issues(home) == set()
    assert await home.async_add_executor_job(entry.runtime_data.archive.count) == 175


async def test_without_a_destination_damage_is_told_all_the_same(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    archives: Path,
    clock: FrozenDateTimeFactory,
) -> None:
    person.readings[:0] = OLDER
    await set_up(entry)
    await lose(home, entry, archives, clock)
    assert issues(home) == {replaced(entry)}
    assert await home.async_add_executor_job(entry.runtime_data.archive.count) == 175 + len(OLDER)
    await home.config_entries.async_remove(entry.entry_id)
    assert issues(home) == set()
    assert list(archives.iterdir()) == []


async def test_note_is_taken_of_an_account_that_is_loaded(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    archives: Path,
    dialogs: Dialogs,
    clock: FrozenDateTimeFactory,
) -> None:
    person.readings[:0] = OLDER
    await set_up(entry)
    await lose(home, entry, archives, clock)
    step = await dialogs.open(replaced(entry))
    await home.config_entries.async_unload(entry.entry_id)
    step = await dialogs.submit(step)
    assert (step["type"], step["reason"]) == ("abort", "account_not_loaded")
    assert issues(home) == {replaced(entry)}


# Beats that wait for long


async def test_beats_are_given_up_after_a_warning(
    home: HomeAssistant,
    account: SetUpWith,
    cardiogram: CardiogramSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    """They are counted, and stay in the archive; what arrived later has its own time."""
    await home.config.async_set_time_zone("Europe/Berlin")
    entry = await account()
    await refuse_some(home, cardiogram)
    person.synced_at = None
    await pass_time(home, clock, minutes=5)
    assert state_of(home, PENDING).state == "5"

    await pass_time(home, clock, days=10)
    person.readings.append((FROM_NOW + 9 * DAY, 70))
    await pass_time(home, clock, minutes=5)
    assert state_of(home, PENDING).state == "6"
    await pass_time(home, clock, days=13, hours=22)
    assert issues(home) == {QUARANTINED}
    await pass_time(home, clock, hours=3)
    assert issues(home) == {QUARANTINED, EXPIRING}
    told = issue(home, EXPIRING)
    assert (told.severity, told.is_fixable) == (ir.IssueSeverity.ERROR, False)
    text = await text_of(home, told)
    assert "9 beats of Sam Sample wait for Cardiogram" in text
    assert "2026-12-21 23:00" in text

    await pass_time(home, clock, days=5, hours=22)
    assert (state_of(home, GIVEN_UP).state, state_of(home, PENDING).state) == ("0", "6")
    await pass_time(home, clock, hours=2)
    assert (state_of(home, GIVEN_UP).state, state_of(home, PENDING).state) == ("8", "1")
    assert issues(home) == set()
    assert await home.async_add_executor_job(entry.runtime_data.archive.count) == 181
    await press(home)
    assert len(cardiogram.ledger) == 172 + 1


async def test_beats_that_get_through_in_time(
    home: HomeAssistant, account: SetUpWith, cardiogram: CardiogramSimulator, clock: FrozenDateTimeFactory
) -> None:
    await account()
    await pass_time(home, clock, days=25)
    assert issues(home) == {EXPIRING}
    await press(home)
    assert issues(home) == set()
    await pass_time(home, clock, days=10)
    assert issues(home) == set()
    assert state_of(home, GIVEN_UP).state == "0"
    assert len(cardiogram.values(USER)) == 175


async def test_after_a_long_absence_there_is_a_warning_first(
    home: HomeAssistant, account: SetUpWith, clock: FrozenDateTimeFactory
) -> None:
    entry = await account()
    await home.config_entries.async_unload(entry.entry_id)
    clock.tick(50 * DAY)
    await home.config_entries.async_setup(entry.entry_id)
    await pass_time(home, clock, seconds=1)
    assert issues(home) == {EXPIRING}
    await pass_time(home, clock, hours=22)
    assert (state_of(home, GIVEN_UP).state, state_of(home, PENDING).state) == ("0", "175")
    await pass_time(home, clock, hours=3)
    assert (state_of(home, GIVEN_UP).state, state_of(home, PENDING).state) == ("175", "0")
    assert issues(home) == set()


@pytest.mark.parametrize("restarted", [True, False])
async def test_a_clock_that_jumps_costs_no_beat(
    home: HomeAssistant,
    account: SetUpWith,
    cardiogram: CardiogramSimulator,
    clock: FrozenDateTimeFactory,
    wall_clock: WallClock,
    restarted: bool,
) -> None:
    """Forty days ahead for half a day, and back."""
    entry = await account()
    for days, told in ((40, {EXPIRING}), (0, set())):
        wall_clock.ahead = days * DAY
        if restarted:
            await home.config_entries.async_reload(entry.entry_id)
        for _ in range(12):
            await pass_time(home, clock, hours=1)
        assert issues(home) == told
        assert (state_of(home, GIVEN_UP).state, state_of(home, PENDING).state) == ("0", "175")
    await press(home)
    assert len(cardiogram.values(USER)) == 175


# An archive that cannot be used


@contextmanager
def unwritable(entry: MockConfigEntry, reason: str) -> Generator[None]:
    """Let SQLite refuse to write, for this reason."""
    archive = entry.runtime_data.archive
    with archive.writing() as connection:
        pass
    if reason == "SQLITE_READONLY":
        connection.execute("PRAGMA query_only = ON")
        yield
        connection.execute("PRAGMA query_only = OFF")
    else:
        connection.execute("PRAGMA busy_timeout = 0")
        _, _, path = connection.execute("PRAGMA database_list").fetchone()
        with closing(sqlite3.connect(path, autocommit=True)) as another:
            another.execute("BEGIN IMMEDIATE")
            yield


@pytest.mark.parametrize("reason", ["SQLITE_READONLY", "SQLITE_BUSY"])
async def test_an_archive_that_cannot_be_used_for_an_hour(
    home: HomeAssistant,
    account: SetUpWith,
    cardiogram: CardiogramSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
    reason: str,
) -> None:
    """It is told once for the account and all its destinations, and nothing is lost by it."""
    entry = await account(**{CONF_AUTOMATIC: True})
    await until(lambda: state_of(home, PENDING).state == "0")
    unusable = f"archive_unusable_{entry.entry_id}"
    with unwritable(entry, reason):
        person.readings += [(at(f"22:{minute:02}:00"), 90) for minute in range(1, 59)]
        person.synced_at = None
        await press(home)
        for _ in range(11):
            await pass_time(home, clock, minutes=5)
            assert issues(home) == set()
        await pass_time(home, clock, minutes=6)
        assert issues(home) == {unusable}
        told = issue(home, unusable)
        assert (told.severity, told.is_fixable) == (ir.IssueSeverity.ERROR, False)
        assert f"for over an hour ({reason})" in await text_of(home, told)
        await pass_time(home, clock, hours=2)
        assert issues(home) == {unusable}
    await pass_time(home, clock, minutes=16)
    await until(lambda: len(cardiogram.ledger) == len(person.readings))
    assert issues(home) == set()
    assert (entry.state, reauths(home)) == (ConfigEntryState.LOADED, 0)
    assert cardiogram.values(USER) == dict(person.readings)
    assert cardiogram.repeats() == 0


async def test_an_archive_that_cannot_be_used_for_a_moment_is_not_told(
    home: HomeAssistant, account: SetUpWith, clock: FrozenDateTimeFactory
) -> None:
    entry = await account(**{CONF_AUTOMATIC: True})
    for _ in range(20):
        with unwritable(entry, "SQLITE_READONLY"):
            await pass_time(home, clock, minutes=5)
        await pass_time(home, clock, minutes=5)
        assert issues(home) == set()


# An account that was signed in with less than everything


@pytest.mark.parametrize(
    ("missing", "key"), [(SETTINGS, "settings_not_granted"), (ACTIVITY, "zones_not_granted")]
)
async def test_what_was_left_out_on_purpose_is_told_no_more(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp, dialogs: Dialogs, missing: str, key: str
) -> None:
    entry = await set_up(account_entry(google, scopes=[scope for scope in SCOPES if scope != missing]))
    issue_id = f"{key}_{entry.entry_id}"
    assert issues(home) == {issue_id}
    step = await dialogs.open(issue_id)
    assert step["menu_options"] == ["sign_in", "ignore"]
    step = await dialogs.choose(step, "ignore")
    assert (step["type"], step["reason"]) == ("abort", "ignored")
    await home.config_entries.async_reload(entry.entry_id)
    await settle(home)
    assert issue(home, issue_id).dismissed_version


async def test_what_a_reload_has_mended_is_told_no_more(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp
) -> None:
    """Though the poll brings nothing new."""
    entry = await set_up(account_entry(google))
    google.api_disabled = True
    await home.config_entries.async_reload(entry.entry_id)
    await settle(home)
    assert issues(home) == {f"api_not_enabled_{entry.entry_id}"}
    google.api_disabled = False
    await home.config_entries.async_reload(entry.entry_id)
    await settle(home)
    assert issues(home) == set()


async def test_what_was_told_of_an_account_that_is_switched_off_is_told_no_more(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp, archives: Path
) -> None:
    """Though it could not be set up, so that there is nothing to unload."""
    entry = await set_up(account_entry(google))
    await home.config_entries.async_unload(entry.entry_id)
    with closing(sqlite3.connect(archives / f"{entry.entry_id}.db")) as archive:
        archive.execute("PRAGMA user_version = 99")
    await home.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert issues(home) == {f"archive_too_new_{entry.entry_id}"}
    await home.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    assert issues(home) == set()
