"""The supervisor: an unexpected error ends no task for good, and becomes a repair if it lasts."""

import asyncio
from collections.abc import Callable
import logging
import time
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.button.const import SERVICE_PRESS
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import ATTR_ENTITY_ID, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.const import CONF_AUTOMATIC, DOMAIN
from custom_components.fitbit_cardiogram.destinations.cardiogram import Cardiogram
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, FOREVER, HOUR
from custom_components.fitbit_cardiogram.sources.google_health import GoogleHealth
from custom_components.fitbit_cardiogram.sources.history_import import HistoryImport
from custom_components.fitbit_cardiogram.supervisor import Pauses, Supervisor, UnexpectedError
from tests.helpers.home import (
    SUBENTRY_ID,
    SetUp,
    account_entry,
    advance,
    destination,
    device,
    forwarded,
    pass_time,
    press,
    settle,
    state_of,
    until,
)
from tests.simulators import CardiogramSimulator, GoogleSimulator, Recording

HEART_RATE = "sensor.sam_sample_heart_rate"
SECRET = "173 bpm of body-sentinel-5813"


class Job:
    """A job that fails a number of times."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.runs = 0

    async def __call__(self, *_: object, **__: object) -> Any:
        """Fail, or do nothing."""
        self.runs += 1
        if self.runs <= self.failures:
            raise ValueError(SECRET)


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the pauses as they come; they take no time."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return pauses


def issue(home: HomeAssistant, entry: MockConfigEntry) -> ir.IssueEntry | None:
    """Return the repair, if there is one."""
    return ir.async_get(home).async_get_issue(DOMAIN, f"unexpected_error_{entry.entry_id}")


@pytest.mark.parametrize(
    ("pauses", "expected"),
    [
        (Pauses.READING, [60, 120, 240, 480, 960, 1920, 3600, 3600]),
        (Pauses.POSTING, [HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, DAY, DAY, DAY]),
    ],
)
async def test_a_task_runs_again_after_growing_pauses(
    waited: list[float], unexpected: list[Exception], pauses: Pauses, expected: list[float]
) -> None:
    job = Job(8)
    await Supervisor("Sam", lambda: None).keep("import", job, pauses)
    assert (job.runs, waited) == (9, expected)
    unexpected.clear()


async def test_it_is_logged_once_without_values(
    waited: list[float], unexpected: list[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await Supervisor("Sam", lambda: None).keep("import", Job(5))
    errors = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [record.getMessage().rpartition(":")[0] for record in errors] == [
        "Sam: unexpected error in the task import: ValueError at tests.test_supervisor"
    ]
    assert not any(record.exc_info for record in caplog.records)
    assert SECRET not in caplog.text
    unexpected.clear()


async def test_it_lasts_from_the_third_time_on(waited: list[float], unexpected: list[Exception]) -> None:
    seen: list[bool] = []
    supervisor = Supervisor("Sam", lambda: seen.append(supervisor.lasts))
    for _ in range(2):
        with pytest.raises(UnexpectedError):
            await supervisor.attempt("poll", Job(1))
    assert seen == []
    with pytest.raises(UnexpectedError):
        await supervisor.attempt("poll", Job(1))
    await supervisor.attempt("poll", Job(0))
    assert seen == [True, False]
    unexpected.clear()


async def test_it_lasts_after_an_hour(clock: FrozenDateTimeFactory, unexpected: list[Exception]) -> None:
    supervisor = Supervisor("Sam", lambda: None)
    with pytest.raises(UnexpectedError):
        await supervisor.attempt("poll", Job(1))
    clock.tick(HOUR - 1)
    seen = [supervisor.lasts]
    clock.tick(1)
    with pytest.raises(UnexpectedError):
        await supervisor.attempt("poll", Job(1))
    seen.append(supervisor.lasts)
    supervisor.stop()
    seen.append(supervisor.lasts)
    assert seen == [False, True, False]
    unexpected.clear()


async def test_what_has_another_occasion_is_not_waited_for(
    waited: list[float], unexpected: list[Exception]
) -> None:
    job = Job(1)
    supervisor = Supervisor("Sam", lambda: None)
    await supervisor.once("picture", job)
    await supervisor.once("picture", job)
    assert (job.runs, waited) == (2, [])
    unexpected.clear()


async def test_an_expected_error_passes(unexpected: list[Exception]) -> None:
    with pytest.raises(ValueError, match=SECRET):
        await Supervisor("Sam", lambda: None).attempt("poll", Job(1), ValueError)
    assert unexpected == []


async def test_a_poll_that_fails_unexpectedly_goes_on(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    unexpected: list[Exception],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """From the very first one on, and it is a repair for as long as it lasts."""
    caplog.set_level(logging.DEBUG)
    with monkeypatch.context() as broken:
        broken.setattr(GoogleHealth, "samples", Job(10**6))
        await set_up(entry)
        assert entry.state is ConfigEntryState.LOADED
        assert entry.runtime_data.coordinator.last_exception.translation_key == "unexpected_error"
        assert issue(home, entry) is None
        await advance(home, clock, minutes=2)
        await advance(home, clock, minutes=3)
        assert issue(home, entry)
    assert {type(error) for error in unexpected} == {ValueError}
    assert SECRET not in caplog.text
    unexpected.clear()
    await advance(home, clock, minutes=5)
    assert state_of(home, HEART_RATE).state == "79"
    assert issue(home, entry) is None


async def test_an_import_that_fails_unexpectedly_goes_on(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    unexpected: list[Exception],
) -> None:
    """A task without an end has recovered once it has run for an hour."""
    job = Job(3)
    run = HistoryImport.run

    async def run_after_failures(history_import: HistoryImport) -> None:
        await job()
        await run(history_import)

    monkeypatch.setattr(HistoryImport, "run", run_after_failures)
    await set_up(entry)
    for minutes in (1, 2, 4):
        await advance(home, clock, minutes=minutes, seconds=1)
        await settle(home)
    assert (job.runs, len(unexpected)) == (4, 3)
    assert issue(home, entry)
    await advance(home, clock, hours=1, seconds=1)
    assert issue(home, entry) is None
    unexpected.clear()


async def test_after_an_error_behind_a_post_it_waits_an_hour(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    unexpected: list[Exception],
) -> None:
    post, job = Cardiogram.post, Job(1)

    async def post_after_failures(self: Cardiogram, batch: Any) -> Any:
        await job()
        return await post(self, batch)

    monkeypatch.setattr(Cardiogram, "post", post_after_failures)
    entry = await set_up(
        account_entry(google, subentries_data=[destination(cardiogram, **{CONF_AUTOMATIC: True})])
    )
    await until(lambda: unexpected)
    for _ in range(11):
        await advance(home, clock, minutes=5)
    assert job.runs == 1
    await advance(home, clock, minutes=6)
    await until(lambda: not entry.runtime_data.forwarders[SUBENTRY_ID].state.outbox.pending)
    assert len(cardiogram.values()) == 175
    unexpected.clear()


@pytest.mark.parametrize("is_automatic", [True, False])
async def test_an_error_behind_what_a_person_forwards_holds_the_task_as_well(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    person: Recording,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    unexpected: list[Exception],
    caplog: pytest.LogCaptureFixture,
    is_automatic: bool,
) -> None:
    """The person may try again at any time, and is told each time; the log and a repair tell it once."""
    caplog.set_level(logging.DEBUG)
    subentries = [destination(cardiogram, **{CONF_AUTOMATIC: is_automatic})]
    entry = await set_up(account_entry(google, subentries_data=subentries))
    forwarder = entry.runtime_data.forwarders[SUBENTRY_ID]
    await forwarded(home, entry)
    post, job = Cardiogram.post, Job(3)

    async def post_after_failures(self: Cardiogram, batch: Any) -> Any:
        await job()
        return await post(self, batch)

    monkeypatch.setattr(Cardiogram, "post", post_after_failures)
    if is_automatic:
        await forwarder.cover(0, FOREVER, resend=True)
        await until(lambda: unexpected)
    asked = [
        (Platform.BUTTON, SERVICE_PRESS, {ATTR_ENTITY_ID: "button.cardiogram_forward_now"}),
        (DOMAIN, "forward_beats", {"device_id": device(home, entry)}),
    ]
    for action in [*asked, asked[0]][is_automatic:]:
        with pytest.raises(HomeAssistantError) as told:
            await home.services.async_call(*action, blocking=True)
        assert told.value.translation_key == "unexpected_error"
    assert job.runs == 3
    assert [record.levelno for record in caplog.records].count(logging.ERROR) == 1
    assert SECRET not in caplog.text
    unexpected.clear()
    assert issue(home, entry)
    # New samples wake the forwarder, which waits for four hours all the same.
    for hour in range(1, 4):
        person.readings.append((int(time.time()) + 60, 90 + hour))
        person.synced_at = None
        await pass_time(home, clock, hours=1)
    assert job.runs == 3
    await pass_time(home, clock, hours=1, minutes=1)
    if is_automatic:
        await until(lambda: not forwarder.state.outbox.pending)
    assert (job.runs > 3) == is_automatic
    await pass_time(home, clock, hours=1)
    assert issue(home, entry) is None


async def test_a_person_ends_the_pause_by_what_works(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    person: Recording,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    unexpected: list[Exception],
) -> None:
    entry = await set_up(
        account_entry(google, subentries_data=[destination(cardiogram, **{CONF_AUTOMATIC: True})])
    )
    await forwarded(home, entry)
    post, job = Cardiogram.post, Job(1)

    async def post_after_failures(self: Cardiogram, batch: Any) -> Any:
        await job()
        return await post(self, batch)

    monkeypatch.setattr(Cardiogram, "post", post_after_failures)
    forwarder = entry.runtime_data.forwarders[SUBENTRY_ID]
    await entry.runtime_data.forwarders[SUBENTRY_ID].set_automatic(False)
    await forwarder.cover(0, FOREVER, resend=True)
    with pytest.raises(HomeAssistantError):
        await press(home)
    await press(home)
    assert forwarder.state.outbox.pending == 0
    await forwarder.set_automatic(True)
    person.readings.append((int(time.time()) + 60, 99))
    person.synced_at = None
    await pass_time(home, clock, minutes=16)
    await until(lambda: 99 in cardiogram.values().values())
    unexpected.clear()


@pytest.mark.parametrize("method", ["latest", "size"])
async def test_a_set_up_that_fails_unexpectedly_is_tried_again(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    unexpected: list[Exception],
    caplog: pytest.LogCaptureFixture,
    method: str,
) -> None:
    """Home Assistant itself would log the error with its values, and never try again."""
    caplog.set_level(logging.DEBUG)
    fail: Callable[..., Any] = lambda *_: int(SECRET)  # noqa: E731
    with monkeypatch.context() as broken:
        broken.setattr(Archive, method, fail)
        await set_up(entry)
    assert (entry.state, entry.error_reason_translation_key) == (
        ConfigEntryState.SETUP_RETRY,
        "unexpected_error",
    )
    assert issue(home, entry)
    assert SECRET not in caplog.text
    unexpected.clear()
    await home.config_entries.async_reload(entry.entry_id)
    await settle(home)
    assert entry.state is ConfigEntryState.LOADED
    assert state_of(home, HEART_RATE).state == "79"
    assert issue(home, entry) is None
