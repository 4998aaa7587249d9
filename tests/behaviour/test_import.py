"""The import of history, as a person begins it, watches it and ends it."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
import logging
from math import ceil
from pathlib import Path
import time
from typing import Any, Final, override

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder.core import Recorder
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.fitbit_cardiogram.archive.database import ArchiveError
from custom_components.fitbit_cardiogram.const import (
    CONF_COVERS_FROM,
    CONF_IMPORT_DAYS,
    CONF_RETENTION,
    DOMAIN,
)
from custom_components.fitbit_cardiogram.coordinator import HeartRateCoordinator
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR
from custom_components.fitbit_cardiogram.heart_rate.sample import TIME_MIN, Sample
from custom_components.fitbit_cardiogram.time_range import EARLIEST
from tests.helpers.home import (
    NOW,
    SUBENTRY_ID,
    SetUp,
    account_entry,
    advance,
    destination,
    gateway_entry,
    import_rests,
    kept,
    reauths,
    settle,
    state_of,
    until,
)
from tests.helpers.recorder import recorded, recount, values, written
from tests.helpers.sources import Wearer as Measured
from tests.simulators import CardiogramSimulator, Fault, FitbitSimulator, GoogleSimulator
from tests.simulators.google import METRICS, SETTINGS

MINUTE: Final = 60
NOW_S: Final = int(NOW.timestamp())
PROGRESS: Final = "sensor.sam_sample_import_progress"
CANCEL: Final = "button.sam_sample_cancel_import"
PENDING: Final = "sensor.cardiogram_pending_beats"
RECEIVED: Final = "event.sam_sample_samples_received"
RECONCILE: Final = "/heart-rate/dataPoints:reconcile"
RESTING: Final = "daily-resting-heart-rate"
FAR_BACK: Final = NOW_S - 30 * DAY


@dataclass
class Wearer(Measured):
    """A wearer whose device syncs every so often."""

    since: int = NOW_S - 40 * DAY
    step: int = 1201
    sync_every: int = 900

    @override
    def samples(self, start: int, end: int, now: float) -> list[Sample]:
        """Return the samples that have been synced so far."""
        return super().samples(start, end, self.last_sync(now))

    @override
    def last_sync(self, now: float) -> int:
        return int(now) // self.sync_every * self.sync_every


@pytest.fixture
def person(clock: FrozenDateTimeFactory) -> Wearer:
    return Wearer()


@pytest.fixture
async def account(entry: MockConfigEntry, set_up: SetUp) -> MockConfigEntry:
    """Return an account that holds the last day."""
    return await set_up(entry)


def asking_for(google: GoogleSimulator, days: int, **changes: Any) -> MockConfigEntry:
    """Return an account that was set up with so many days of the past."""
    entry = account_entry(google, **changes)
    return MockConfigEntry(
        domain=DOMAIN,
        title=entry.title,
        unique_id=entry.unique_id,
        data={**entry.data, CONF_IMPORT_DAYS: days},
        options=entry.options,
        subentries_data=changes.get("subentries_data"),
    )


def iso(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()


def down(moment: int) -> int:
    return moment // HOUR * HOUR


def rests(entry: MockConfigEntry) -> bool:
    return import_rests(entry.runtime_data.coordinator.history_import)


def runs(entry: MockConfigEntry) -> bool:
    running: bool = entry.runtime_data.coordinator.history_import.is_running
    return running


async def rest(home: HomeAssistant, entry: MockConfigEntry) -> None:
    """Wait until the import does nothing for the time being."""
    await until(lambda: rests(entry))
    await settle(home)


async def pass_time(
    home: HomeAssistant, clock: FrozenDateTimeFactory, entry: MockConfigEntry, **delta: float
) -> None:
    """Let time pass, with polls, and the import get as far as it gets by that."""
    await advance(home, clock, **delta)
    await rest(home, entry)


async def bring_in(home: HomeAssistant, entry: MockConfigEntry, start: int, **asked: Any) -> dict[str, Any]:
    """Begin an import and return the answer."""
    data = {"config_entry_id": entry.entry_id, "start": iso(start), **asked}
    answer = await home.services.async_call(
        DOMAIN, "import_history", data, blocking=True, return_response=True
    )
    assert answer
    return dict(answer)


async def press(home: HomeAssistant, entity_id: str) -> None:
    await home.services.async_call("button", "press", {"entity_id": entity_id}, blocking=True)


async def purge(home: HomeAssistant, entry: MockConfigEntry, start: int, end: int) -> None:
    data = {"config_entry_id": entry.entry_id, "confirm": True, "start": iso(start), "end": iso(end)}
    await home.services.async_call(DOMAIN, "purge", data, blocking=True)


def progress(home: HomeAssistant) -> tuple[Any, ...]:
    """Return the sensor's state, stage, samples and trouble."""
    shown = state_of(home, PROGRESS)
    return shown.state, *(shown.attributes.get(key) for key in ("stage", "samples", "trouble"))


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the warnings and errors in the log, but for the one that time itself has jumped."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.WARNING and "Executing" not in record.msg
    ]


# At set-up


async def test_a_new_account_brings_the_days_that_were_asked_for(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp, person: Wearer
) -> None:
    entry = await set_up(asking_for(google, 14))
    await rest(home, entry)
    start = down(NOW_S - 14 * DAY)
    assert kept(entry) == person.samples(start, NOW_S, NOW_S)
    shown = state_of(home, PROGRESS)
    assert (shown.state, shown.attributes["unit_of_measurement"]) == ("100.0", "%")
    assert {key: shown.attributes[key] for key in ("stage", "start", "end", "reached", "trouble")} == {
        "stage": "done",
        "start": iso(start),
        "end": iso(NOW_S),
        "reached": iso(start),
        "trouble": None,
    }
    # The first poll reads the last day at the same time: what it stores first, the import does not add.
    before, whole = (len(person.samples(start, end, NOW_S)) for end in (NOW_S - DAY, NOW_S))
    assert before <= shown.attributes["samples"] <= whole


async def test_only_once(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp, clock: FrozenDateTimeFactory
) -> None:
    entry = await set_up(asking_for(google, 14))
    await rest(home, entry)
    before = kept(entry)
    clock.tick(timedelta(minutes=1))
    google.requests.clear()
    await home.config_entries.async_reload(entry.entry_id)
    await rest(home, entry)
    assert kept(entry) == before
    assert google.count(RECONCILE) == 1
    assert progress(home)[:2] == ("100.0", "done")


@pytest.mark.parametrize("days", [0, None])
async def test_none_where_none_was_asked_for(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp, person: Wearer, days: int | None
) -> None:
    entry = await set_up(account_entry(google) if days is None else asking_for(google, days))
    await rest(home, entry)
    assert kept(entry) == person.samples(NOW_S - DAY, NOW_S, NOW_S)
    assert progress(home) == ("unknown", None, None, None)


async def test_a_first_poll_that_fails(
    home: HomeAssistant,
    google: GoogleSimulator,
    set_up: SetUp,
    person: Wearer,
    clock: FrozenDateTimeFactory,
) -> None:
    """The days that were asked for come all the same, as they were counted at set-up."""
    google.faults = [Fault("/v4/", 503, times=-1)]
    entry = await set_up(asking_for(google, 3))
    assert not entry.runtime_data.coordinator.last_update_success
    google.faults.clear()
    await advance(home, clock, minutes=30)
    await rest(home, entry)
    assert kept(entry) == person.samples(down(NOW_S - 3 * DAY), int(time.time()) + 1, time.time())


async def test_more_than_is_kept(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp, person: Wearer
) -> None:
    """Hours stay for good."""
    entry = await set_up(asking_for(google, 30, options={CONF_RETENTION: 7}))
    await rest(home, entry)
    with entry.runtime_data.archive.writing() as connection:
        (hours,) = connection.execute("SELECT count(*) FROM hours").fetchone()
    assert hours == 30 * 24
    await home.config_entries.async_reload(entry.entry_id)
    await rest(home, entry)
    newest = kept(entry)[-1][0]
    assert kept(entry) == person.samples(down(newest - 7 * DAY), NOW_S, NOW_S)


@pytest.mark.parametrize("lost", ["overwritten", "missing"])
async def test_after_a_lost_archive_all_that_is_kept_comes_back(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    set_up: SetUp,
    person: Wearer,
    archives: Path,
    lost: str,
) -> None:
    """Whatever was asked for at set-up; nothing of it is forwarded, and no event tells of it."""
    changes = {"options": {CONF_RETENTION: 21}, "subentries_data": [destination(cardiogram)]}
    entry = await set_up(asking_for(google, 3, **changes))
    await home.config_entries.async_unload(entry.entry_id)
    file = archives / f"{entry.entry_id}.db"
    if lost == "missing":
        file.unlink()
    else:
        file.write_bytes(b"no archive any more" * 1000)
    await home.config_entries.async_setup(entry.entry_id)
    await settle(home)
    await rest(home, entry)
    assert kept(entry) == person.samples(down(NOW_S - 21 * DAY), NOW_S, NOW_S)
    assert (progress(home)[1], state_of(home, PENDING).state) == ("done", "0")


# Any time later


async def test_a_range_of_the_past(
    home: HomeAssistant, account: MockConfigEntry, google: GoogleSimulator, person: Wearer
) -> None:
    start, end = FAR_BACK + 1234, FAR_BACK + 5 * DAY + 1234
    answer = await bring_in(home, account, start, end=iso(end))
    assert answer.items() >= {"start": iso(down(start)), "end": iso(down(end) + HOUR), "days": 6}.items()
    assert state_of(home, PROGRESS).state != "unknown"
    await rest(home, account)
    found = person.samples(down(start), down(end) + HOUR, NOW_S)
    assert kept(account) == found + person.samples(NOW_S - DAY, NOW_S, NOW_S)
    assert progress(home) == ("100.0", "done", len(found), None)


async def test_as_far_back_as_a_device_may_have_measured(
    home: HomeAssistant, account: MockConfigEntry, google: GoogleSimulator, person: Wearer
) -> None:
    answer = await bring_in(home, account, EARLIEST, end=iso(EARLIEST + 10 * DAY))
    assert answer["start"] == iso(EARLIEST)
    await rest(home, account)
    assert progress(home)[:2] == ("100.0", "done")


@pytest.mark.parametrize(
    ("start", "end", "error"),
    [
        (NOW_S - DAY, NOW_S - DAY, "range_empty"),
        (NOW_S - DAY, NOW_S - 2 * DAY, "range_reversed"),
        (NOW_S, None, "range_in_future"),
        (NOW_S + DAY, NOW_S + 2 * DAY, "range_in_future"),
        (0, TIME_MIN, "range_before_fitbit"),
        (0, None, "start_before_fitbit"),
        (NOW_S + DAY, None, "range_in_future"),
    ],
)
async def test_a_range_that_holds_nothing(
    home: HomeAssistant, account: MockConfigEntry, start: int, end: int | None, error: str
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await bring_in(home, account, start, **({"end": iso(end)} if end is not None else {}))
    assert raised.value.translation_key == error
    assert progress(home)[0] == "unknown"


async def test_more_than_a_year_is_confirmed(home: HomeAssistant, account: MockConfigEntry) -> None:
    """The error tells what it would take."""
    end = NOW_S - 800 * DAY
    with pytest.raises(ServiceValidationError) as raised:
        await bring_in(home, account, end - 366 * DAY - 1, end=iso(end))
    assert raised.value.translation_key == "import_unconfirmed"
    told = {key: int(value) for key, value in (raised.value.translation_placeholders or {}).items()}
    assert told["days"] == 367
    # A week is some 12 pages of heart rates, 3 of sleep, and one of each other kind.
    assert 53 * 18 <= told["requests"] <= 54 * 20
    assert told["minutes"] == ceil(told["requests"] / 240)
    assert not runs(account)

    answer = await bring_in(home, account, end - 366 * DAY, end=iso(end))
    assert (answer["days"], answer["minutes"]) == (366, told["minutes"])
    await press(home, CANCEL)
    answer = await bring_in(home, account, end - 366 * DAY - 1, end=iso(end), confirm=True)
    assert answer["requests"] == pytest.approx(told["requests"], abs=20)
    await press(home, CANCEL)


async def test_more_than_a_year_in_parts_is_confirmed(
    home: HomeAssistant, account: MockConfigEntry, google: GoogleSimulator
) -> None:
    """What is added counts with what is under way, even at once, and what was confirmed does not."""
    google.faults = [Fault(RECONCILE, kind="hang")]
    end = NOW_S - 800 * DAY

    async def add(first: int, last: int, **asked: Any) -> dict[str, Any]:
        return await bring_in(home, account, end - last * DAY, end=iso(end - first * DAY), **asked)

    answers = await asyncio.gather(
        *(add(part * 100, part * 100 + 100) for part in range(4)), return_exceptions=True
    )
    (refused,) = [answer for answer in answers if isinstance(answer, ServiceValidationError)]
    assert refused.translation_key == "import_unconfirmed"
    assert refused.translation_placeholders is not None
    assert refused.translation_placeholders["days"] == "400"
    for first, last, confirms, days in (
        (0, 400, {"confirm": True}, 400),
        (0, 400, {}, 400),
        (400, 766, {}, 766),
    ):
        assert (await add(first, last, **confirms))["days"] == days
    with pytest.raises(ServiceValidationError) as raised:
        await add(766, 767)
    assert (raised.value.translation_placeholders or {})["days"] == "767"
    await press(home, CANCEL)
    assert (await add(0, 366))["days"] == 366
    await press(home, CANCEL)


async def test_the_future_is_left_out(home: HomeAssistant, account: MockConfigEntry) -> None:
    answer = await bring_in(home, account, NOW_S - 2 * DAY, end=iso(NOW_S + 9 * DAY))
    assert answer["end"] == iso(NOW_S)
    await rest(home, account)
    assert progress(home)[1] == "done"


async def test_only_an_administrator_may_begin_one(
    home: HomeAssistant, account: MockConfigEntry, hass_read_only_user: MockUser
) -> None:
    with pytest.raises(Unauthorized):
        await home.services.async_call(
            DOMAIN,
            "import_history",
            {"config_entry_id": account.entry_id, "start": iso(FAR_BACK)},
            blocking=True,
            context=Context(user_id=hass_read_only_user.id),
        )
    assert not runs(account)


async def test_a_second_one_is_added_to_the_first(
    home: HomeAssistant, account: MockConfigEntry, google: GoogleSimulator, person: Wearer
) -> None:
    """What lies between the two is not imported, and one ends both."""
    google.faults = [Fault(RECONCILE, kind="hang")]
    await bring_in(home, account, NOW_S - 3 * DAY)
    await until(lambda: not google.faults)
    answer = await bring_in(home, account, FAR_BACK, end=iso(FAR_BACK + DAY))
    assert answer.items() >= {"start": iso(down(FAR_BACK)), "end": iso(NOW_S), "days": 4}.items()
    shown = state_of(home, PROGRESS).attributes
    assert (shown["start"], shown["end"], shown["stage"]) == (answer["start"], iso(NOW_S), "running")
    assert await bring_in(home, account, NOW_S - 2 * DAY) == answer
    await press(home, CANCEL)
    assert (progress(home)[1], runs(account)) == ("cancelled", False)
    answer = await bring_in(home, account, FAR_BACK, end=iso(FAR_BACK + DAY))
    assert answer["end"] == iso(FAR_BACK + DAY)


async def test_what_is_under_way_is_not_read_again_for_what_is_added(
    home: HomeAssistant, account: MockConfigEntry, google: GoogleSimulator, person: Wearer
) -> None:
    google.requests.clear()
    await bring_in(home, account, NOW_S - 3 * DAY)
    for hours in (1, 2, 3):
        await until(lambda: google.requests)
        await bring_in(home, account, FAR_BACK, end=iso(FAR_BACK + hours * HOUR))
    await rest(home, account)
    asked = [request.query["filter"] for request in google.requests if RECONCILE in request.path]
    assert len(asked) == len({*asked})
    assert kept(account) == person.samples(FAR_BACK, FAR_BACK + 3 * HOUR, NOW_S) + person.samples(
        NOW_S - 3 * DAY, NOW_S, NOW_S
    )


async def test_two_that_are_begun_at_once(
    home: HomeAssistant, account: MockConfigEntry, person: Wearer
) -> None:
    """Both come in, wherever the second one begins and ends."""
    await asyncio.gather(
        bring_in(home, account, NOW_S - 5 * DAY, end=iso(NOW_S - 3 * DAY)),
        bring_in(home, account, NOW_S - 9 * DAY, end=iso(NOW_S - 2 * DAY)),
        bring_in(home, account, FAR_BACK, end=iso(FAR_BACK + DAY)),
    )
    await rest(home, account)
    around = person.samples(NOW_S - 9 * DAY, NOW_S - 2 * DAY, NOW_S)
    alone = person.samples(FAR_BACK, FAR_BACK + DAY, NOW_S)
    assert kept(account) == alone + around + person.samples(NOW_S - DAY, NOW_S, NOW_S)
    assert progress(home) == ("100.0", "done", len(alone + around), None)


# While it runs


async def test_its_progress(
    home: HomeAssistant,
    account: MockConfigEntry,
    google: GoogleSimulator,
    person: Wearer,
    clock: FrozenDateTimeFactory,
) -> None:
    google.faults = [Fault(RECONCILE, kind="hang", after=2)]
    await bring_in(home, account, NOW_S - 20 * DAY)
    await until(lambda: not google.faults)
    await home.async_block_till_done()
    shown = state_of(home, PROGRESS)
    reached = int(datetime.fromisoformat(shown.attributes["reached"]).timestamp())
    assert NOW_S - 14 * DAY <= reached <= NOW_S - 7 * DAY
    assert float(shown.state) == pytest.approx((NOW_S - reached) / (20 * DAY) * 100, abs=0.06)
    assert shown.attributes["samples"] == len(person.samples(reached, NOW_S - DAY, NOW_S))
    assert shown.attributes["stage"] == "running"
    assert kept(account) == person.samples(reached, NOW_S, NOW_S)

    await pass_time(home, clock, account, seconds=61)
    assert progress(home)[1:] == ("running", shown.attributes["samples"], "no answer (TimeoutError)")
    await pass_time(home, clock, account, seconds=61)
    assert (progress(home)[1], progress(home)[3]) == ("done", None)
    with pytest.raises(ServiceValidationError, match="Nothing is being imported"):
        await press(home, CANCEL)


async def test_cancelling(
    home: HomeAssistant,
    account: MockConfigEntry,
    google: GoogleSimulator,
    person: Wearer,
    clock: FrozenDateTimeFactory,
) -> None:
    """What is in stays; what is asked for already does not come in any more."""
    answer, asked = person.samples, 0

    def answer_late(start: int, end: int, now: float) -> list[Sample]:
        nonlocal asked
        asked += 1
        google.latency = 10 if asked == 2 else 0
        return answer(start, end, now)

    person.samples = answer_late  # type: ignore[method-assign]
    await bring_in(home, account, NOW_S - 20 * DAY)
    await until(lambda: google.latency)
    del person.samples
    await press(home, CANCEL)
    before, shown = kept(account), progress(home)
    # No share of it: nothing more is to come.
    assert shown[:2] == ("unknown", "cancelled")
    with pytest.raises(ServiceValidationError, match="Nothing is being imported"):
        await press(home, CANCEL)
    google.latency = 0
    await pass_time(home, clock, account, seconds=11)
    await pass_time(home, clock, account, seconds=61)
    assert (kept(account), progress(home)) == (before, shown)
    reached = int(datetime.fromisoformat(state_of(home, PROGRESS).attributes["reached"]).timestamp())
    assert before == person.samples(reached, NOW_S, NOW_S)

    await home.config_entries.async_reload(account.entry_id)
    await rest(home, account)
    assert (kept(account), progress(home)) == (before, shown)


async def test_cancelling_while_it_waits(
    home: HomeAssistant,
    account: MockConfigEntry,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
) -> None:
    google.faults = [Fault(RECONCILE, 429, headers={"Retry-After": "3000"})]
    await bring_in(home, account, NOW_S - 20 * DAY)
    await until(lambda: progress(home) == ("0.0", "running", 0, "too many requests"))
    await rest(home, account)
    await press(home, CANCEL)
    assert progress(home) == ("unknown", "cancelled", 0, None)
    google.requests.clear()
    await pass_time(home, clock, account, seconds=3001)
    assert google.count(RESTING) <= 1
    assert kept(account)[0][0] >= NOW_S - DAY


@pytest.mark.parametrize("stop", ["reload", "restart"])
@pytest.mark.usefixtures("all_enabled")
async def test_it_goes_on_where_it_was(
    home: HomeAssistant,
    account: MockConfigEntry,
    google: GoogleSimulator,
    person: Wearer,
    clock: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    stop: str,
) -> None:
    """Nothing of it is read twice but the stretch that was under way; no event tells of what it brings."""
    first_event = state_of(home, RECEIVED).state
    google.faults = [Fault(RECONCILE, kind="hang", after=1)]
    await bring_in(home, account, NOW_S - 20 * DAY)
    await until(lambda: not google.faults)
    await home.async_block_till_done()
    reached = state_of(home, PROGRESS).attributes["reached"]
    caplog.clear()
    if stop == "reload":
        await home.config_entries.async_reload(account.entry_id)
    else:
        archive = account.runtime_data.archive
        home.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
        await home.async_block_till_done()
        with pytest.raises(ArchiveError, match=r"^closed$"):
            archive.latest()
        assert complaints(caplog) == []
        await home.config_entries.async_reload(account.entry_id)
        # Nobody listens for another end of this Home Assistant.
        caplog.clear()
    google.requests.clear()
    await rest(home, account)
    assert kept(account) == person.samples(NOW_S - 20 * DAY, NOW_S, NOW_S)
    asked = [request.query["filter"] for request in google.requests if RECONCILE in request.path]
    stretches = [one for one in asked if reached.replace("+00:00", "Z") in one]
    assert len(stretches) == 1
    assert state_of(home, RECEIVED).state == first_event
    assert complaints(caplog) == []


async def test_a_poll_gets_through_while_a_stretch_hangs(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    google: GoogleSimulator,
    person: Wearer,
    clock: FrozenDateTimeFactory,
) -> None:
    person.since, person.step, person.sync_every = NOW_S - 2 * DAY, 30, 10
    await set_up(entry)
    google.faults = [Fault(RECONCILE, kind="hang")]
    await bring_in(home, entry, NOW_S - 20 * DAY)
    await until(lambda: not google.faults)
    clock.tick(timedelta(seconds=50))
    await entry.runtime_data.coordinator.async_refresh()
    assert entry.runtime_data.coordinator.last_update_success
    assert kept(entry) == person.samples(NOW_S - DAY, NOW_S + 31, NOW_S + 50)
    assert progress(home)[:2] == ("0.0", "running")


@pytest.mark.usefixtures("all_enabled")
async def test_no_event_tells_of_what_an_import_brings(
    home: HomeAssistant,
    account: MockConfigEntry,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
) -> None:
    before = state_of(home, RECEIVED)
    await bring_in(home, account, NOW_S - 20 * DAY)
    await rest(home, account)
    assert state_of(home, RECEIVED) == before


@pytest.mark.usefixtures("all_enabled")
async def test_no_event_tells_of_what_an_import_brings_before_the_first_poll_is_through(
    home: HomeAssistant, account: MockConfigEntry, google: GoogleSimulator
) -> None:
    before = state_of(home, RECEIVED).state
    await home.config_entries.async_unload(account.entry_id)
    google.faults = [Fault("settings", kind="hang")]
    await home.config_entries.async_setup(account.entry_id)
    await bring_in(home, account, NOW_S - 20 * DAY)
    await until(lambda: not runs(account))
    await home.async_block_till_done()
    assert state_of(home, RECEIVED).state == before


@pytest.mark.parametrize("how", ["unload", "stop", "remove"])
@pytest.mark.parametrize("match", [RECONCILE, RESTING, "time-in-heart-rate-zone"])
async def test_going_down_while_it_runs(
    home: HomeAssistant,
    account: MockConfigEntry,
    google: GoogleSimulator,
    archives: Path,
    caplog: pytest.LogCaptureFixture,
    how: str,
    match: str,
) -> None:
    google.faults = [Fault(match, kind="hang", after=1)]
    await bring_in(home, account, NOW_S - 20 * DAY)
    await until(lambda: not google.faults)
    caplog.clear()
    match how:
        case "unload":
            assert await home.config_entries.async_unload(account.entry_id)
        case "stop":
            home.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
        case "remove":
            await home.config_entries.async_remove(account.entry_id)
    await home.async_block_till_done()
    left = [] if how == "remove" else [f"{account.entry_id}.db"]
    assert [file.name for file in archives.iterdir()] == left
    assert complaints(caplog) == []


@pytest.mark.parametrize("turns", [*range(0, 60, 3)])
async def test_going_down_at_any_moment(
    home: HomeAssistant,
    account: MockConfigEntry,
    archives: Path,
    caplog: pytest.LogCaptureFixture,
    turns: int,
) -> None:
    await bring_in(home, account, NOW_S - 20 * DAY)
    for _ in range(turns):
        await asyncio.sleep(0)
    caplog.clear()
    coordinator: HeartRateCoordinator = account.runtime_data.coordinator
    assert await home.config_entries.async_unload(account.entry_id)
    await home.async_block_till_done()
    assert [file.name for file in archives.iterdir()] == [f"{account.entry_id}.db"]
    assert coordinator._stop_timer is None  # noqa: SLF001 - a timer has no public name
    assert complaints(caplog) == []


# Trouble


@pytest.mark.parametrize("status", [401, 403, 500])
async def test_it_never_asks_for_a_sign_in(
    home: HomeAssistant,
    gateway: FitbitSimulator,
    set_up: SetUp,
    person: Wearer,
    clock: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    status: int,
) -> None:
    """It waits, says so once, and goes on when it may; the polls go on meanwhile."""
    entry = await set_up(gateway_entry(gateway))
    gateway.faults = [Fault("heart/date/2026-11-1", status, times=-1)]
    caplog.clear()
    await bring_in(home, entry, NOW_S - 10 * DAY)
    # If time passed now, the answer with the new token could be lost, and the one before is used up.
    await rest(home, entry)
    for _ in range(30):
        await pass_time(home, clock, entry, minutes=5)
    assert progress(home)[1] == "running"
    assert progress(home)[3]
    assert reauths(home) == 0
    assert entry.runtime_data.coordinator.last_update_success
    assert len(complaints(caplog)) == 1

    gateway.faults.clear()
    for _ in range(13):
        await pass_time(home, clock, entry, minutes=5)
    assert (progress(home)[1], progress(home)[3]) == ("done", None)
    now = int(time.time())
    assert kept(entry) == person.samples(NOW_S - 10 * DAY, now, now)


async def test_a_sign_in_that_has_ended(
    home: HomeAssistant,
    account: MockConfigEntry,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
) -> None:
    """It waits for a token like for anything else, and goes on when there is one again."""
    google.expire_access_tokens()
    google.faults = [Fault("POST /token", 400, '{"error": "invalid_grant"}', times=-1)]
    await bring_in(home, account, NOW_S - 3 * DAY)
    await rest(home, account)
    assert progress(home)[1] == "running"
    assert progress(home)[3]
    google.faults.clear()
    await pass_time(home, clock, account, seconds=61)
    assert progress(home)[1] == "done"


async def test_nothing_private_is_logged(
    home: HomeAssistant,
    account: MockConfigEntry,
    google: GoogleSimulator,
    person: Wearer,
    clock: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "custom_components.fitbit_cardiogram")
    google.faults = [
        Fault(RECONCILE, 500, body=f"of {person.health_user_id}"),
        Fault(RESTING, 403, body=f"of {person.health_user_id}"),
    ]
    await bring_in(home, account, NOW_S - 20 * DAY)
    await rest(home, account)
    for _ in range(6):
        await pass_time(home, clock, account, minutes=2)
    assert progress(home)[1] == "done"
    ours = "\n".join(
        record.getMessage() for record in caplog.records if record.name.startswith("custom_components")
    )
    assert "the import waits" in ours
    (grant,) = google.grants
    secrets = (person.health_user_id, person.legacy_user_id, *grant.access_tokens, str(grant.refresh_token))
    for secret in secrets:
        assert secret not in ours


# What it leaves to the polls


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("honoured", "sync_every"), [(True, 900), (False, 300)])
async def test_a_year_and_the_polls_share_the_hour(
    home: HomeAssistant,
    gateway: FitbitSimulator,
    set_up: SetUp,
    person: Wearer,
    clock: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    honoured: bool,
    sync_every: int,
) -> None:
    """No poll is refused for what the import has used, nor is the service asked more than it admits."""
    gateway.timezone_honoured = honoured
    # Often enough to tell the two passes of the hour that autumn repeats.
    person.since, person.step, person.sync_every = NOW_S - 400 * DAY, 3001, sync_every
    entry = await set_up(gateway_entry(gateway, options={CONF_RETENTION: 400}))
    await bring_in(home, entry, NOW_S - 365 * DAY)
    await rest(home, entry)
    failed = 0
    while runs(entry):
        await pass_time(home, clock, entry, minutes=5)
        failed += not entry.runtime_data.coordinator.last_update_success
    assert failed == 0
    assert progress(home)[3] is None
    assert max(gateway.calls_by_hour().values()) <= 150
    assert time.time() - NOW_S < 9 * HOUR
    assert complaints(caplog) == []
    now = int(time.time())
    assert kept(entry) == person.samples(down(NOW_S - 365 * DAY), now, now)


async def test_years_do_not_fill_the_disk(
    home: HomeAssistant,
    google: GoogleSimulator,
    set_up: SetUp,
    person: Wearer,
    clock: FrozenDateTimeFactory,
) -> None:
    """The samples that are kept, and no more than a few weeks of others on the way."""
    person.since, person.step = NOW_S - 730 * DAY, 1201
    entry = await set_up(account_entry(google, options={CONF_RETENTION: 7}))
    held: list[int] = []
    account = entry.runtime_data
    account.coordinator.async_add_listener(lambda: held.append(account.archive.holdings().samples))
    await bring_in(home, entry, NOW_S - 730 * DAY, confirm=True)
    while runs(entry):
        await pass_time(home, clock, entry, seconds=20)
    assert len(held) > 100
    assert max(held) <= 3 * 7 * DAY // person.step
    assert account.archive.holdings().hours >= 730 * 24


# Forwarding


@pytest.fixture
async def forwarding(
    google: GoogleSimulator, cardiogram: CardiogramSimulator, set_up: SetUp
) -> MockConfigEntry:
    """Return an account whose destination covers what is measured from now on."""
    covered = destination(cardiogram, **{CONF_COVERS_FROM: NOW_S - 2 * DAY})
    return await set_up(account_entry(google, subentries_data=[covered], options={CONF_RETENTION: 7}))


async def deliver(entry: MockConfigEntry) -> int:
    delivered: int = (await entry.runtime_data.forwarders[SUBENTRY_ID].forward()).delivered
    return delivered


async def test_without_forwarding_it_each_gets_what_it_covers_anyway(
    home: HomeAssistant, forwarding: MockConfigEntry, cardiogram: CardiogramSimulator, person: Wearer
) -> None:
    await deliver(forwarding)
    await bring_in(home, forwarding, NOW_S - 5 * DAY)
    await rest(home, forwarding)
    await deliver(forwarding)
    assert cardiogram.values() == dict(person.samples(NOW_S - 2 * DAY, NOW_S, NOW_S))
    assert cardiogram.repeats() == 0


async def test_forwarding_it_as_well(
    home: HomeAssistant, forwarding: MockConfigEntry, cardiogram: CardiogramSimulator, person: Wearer
) -> None:
    """What a destination has not had, oldest first, nothing twice."""
    await deliver(forwarding)
    before = len(cardiogram.ledger)
    start, end = NOW_S - 6 * DAY, NOW_S - DAY
    await bring_in(home, forwarding, start, end=iso(end), forward=True)
    await rest(home, forwarding)
    found = person.samples(start, NOW_S - DAY, NOW_S)
    assert state_of(home, PENDING).state == str(len(found))
    assert await deliver(forwarding) == len(found)
    assert [beat.start for beat in cardiogram.ledger[before:]] == [moment for moment, _ in found]
    await bring_in(home, forwarding, start, end=iso(end), forward=True)
    await rest(home, forwarding)
    assert await deliver(forwarding) == 0
    assert cardiogram.repeats() == 0


async def test_older_than_what_is_kept(
    home: HomeAssistant,
    forwarding: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    person: Wearer,
) -> None:
    """Hours stay for good; samples go with the import, but for those that wait for delivery."""
    start, end = down(FAR_BACK), down(FAR_BACK) + 4 * DAY
    waiting = person.samples(start, start + 2 * DAY, NOW_S)
    await bring_in(home, forwarding, start, end=iso(start + 2 * DAY), forward=True)
    await rest(home, forwarding)
    await bring_in(home, forwarding, start + 2 * DAY, end=iso(end))
    await rest(home, forwarding)
    assert [sample for sample in kept(forwarding) if sample[0] < NOW_S - 20 * DAY] == waiting
    with forwarding.runtime_data.archive.writing() as connection:
        (hours,) = connection.execute("SELECT count(*) FROM hours WHERE hour < ?", (end,)).fetchone()
    assert hours == 4 * 24
    await deliver(forwarding)
    assert dict(waiting).items() <= cardiogram.values().items()
    await home.config_entries.async_reload(forwarding.entry_id)
    await rest(home, forwarding)
    assert [sample for sample in kept(forwarding) if sample[0] < NOW_S - 20 * DAY] == []


@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize("gone", ["pruned", "purged"])
async def test_what_was_delivered_and_is_brought_back_is_not_sent_again(
    home: HomeAssistant,
    forwarding: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    person: Wearer,
    clock: FrozenDateTimeFactory,
    gone: str,
    forward: bool,
) -> None:
    await deliver(forwarding)
    if gone == "pruned":
        clock.tick(timedelta(days=9))
        await forwarding.runtime_data.coordinator.async_refresh()
        await deliver(forwarding)
        await home.config_entries.async_reload(forwarding.entry_id)
        await rest(home, forwarding)
    else:
        await purge(home, forwarding, NOW_S - DAY, NOW_S)
    assert not [sample for sample in kept(forwarding) if sample[0] < NOW_S]
    before = len(cardiogram.ledger)
    await bring_in(home, forwarding, NOW_S - DAY, end=iso(NOW_S), forward=forward)
    await rest(home, forwarding)
    # What is older than the samples that are kept goes again at once.
    back = [] if gone == "pruned" else person.samples(NOW_S - DAY, NOW_S, NOW_S)
    assert [sample for sample in kept(forwarding) if sample[0] < NOW_S] == back
    await deliver(forwarding)
    assert (len(cardiogram.ledger), cardiogram.repeats()) == (before, 0)


# Purging


async def test_what_was_purged_is_brought_back(
    home: HomeAssistant, account: MockConfigEntry, person: Wearer
) -> None:
    """With its days and hours, since a person asks for it."""
    before = kept(account)
    await purge(home, account, NOW_S - DAY, NOW_S)
    assert kept(account) == []
    await bring_in(home, account, NOW_S - DAY)
    await rest(home, account)
    assert kept(account) == person.samples(NOW_S - DAY, NOW_S, NOW_S) == before
    assert account.runtime_data.archive.day(date(2026, 11, 20)).resting.bpm == 70
    with account.runtime_data.archive.writing() as connection:
        (hours,) = connection.execute("SELECT count(*) FROM hours").fetchone()
    assert hours == 24


@pytest.mark.parametrize("asked", ["samples", "resting_heart_rate"])
async def test_a_purge_ends_an_import_of_the_same(
    home: HomeAssistant,
    account: MockConfigEntry,
    google: GoogleSimulator,
    person: Wearer,
    clock: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    asked: str,
) -> None:
    """Nothing comes back, not even by a request that is answered later."""
    answer = getattr(person, asked)

    def answer_late(*arguments: Any) -> Any:
        google.latency = 10
        return answer(*arguments)

    monkeypatch.setattr(person, asked, answer_late)
    await bring_in(home, account, NOW_S - 20 * DAY)
    await until(lambda: google.latency)
    await purge(home, account, NOW_S - 19 * DAY, NOW_S)
    monkeypatch.undo()
    google.latency = 0
    assert progress(home)[1] == "cancelled"
    for _ in range(3):
        await pass_time(home, clock, account, minutes=31)
    assert [sample for sample in kept(account) if sample[0] < NOW_S] == []
    await home.config_entries.async_reload(account.entry_id)
    await rest(home, account)
    assert [sample for sample in kept(account) if sample[0] < NOW_S] == []


async def test_a_purge_of_something_else_leaves_an_import_alone(
    home: HomeAssistant,
    account: MockConfigEntry,
    google: GoogleSimulator,
    person: Wearer,
    clock: FrozenDateTimeFactory,
) -> None:
    google.faults = [Fault(RECONCILE, kind="hang")]
    start, end = NOW_S - 20 * DAY, NOW_S - 10 * DAY
    await bring_in(home, account, start, end=iso(end))
    await until(lambda: not google.faults)
    await purge(home, account, NOW_S - DAY, NOW_S)
    await purge(home, account, start - DAY, start)
    await purge(home, account, end, end + DAY)
    assert progress(home)[1] == "running"
    await pass_time(home, clock, account, seconds=61)
    await pass_time(home, clock, account, seconds=61)
    assert progress(home)[1] == "done"
    assert [sample for sample in kept(account) if sample[0] < NOW_S] == person.samples(start, end, NOW_S)


# Days


async def test_days_and_hours_reach_the_statistics(
    recorder_mock: Recorder, home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, person: Wearer
) -> None:
    await set_up(entry)
    await bring_in(home, entry, FAR_BACK, end=iso(FAR_BACK + 3 * DAY))
    await until(lambda: rests(entry))
    await written(home)
    start = down(FAR_BACK)
    found = person.samples(start, FAR_BACK + 3 * DAY, NOW_S)
    hours = await recorded(home, entry)
    assert [row for row in hours if row[0] < start + 3 * DAY] == recount(found)
    resting, light = await values(home, entry, "resting_heart_rate"), await values(home, entry, "zone_light")
    day = date(2026, 10, 23)
    midnight = int(datetime(2026, 10, 22, 22, tzinfo=UTC).timestamp())
    assert (resting[midnight], light[midnight]) == (50 + day.day, day.day)


async def test_zones_that_may_not_be_read_stop_nothing(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp, person: Wearer
) -> None:
    entry = await set_up(account_entry(google, scopes=[METRICS, SETTINGS]))
    await bring_in(home, entry, NOW_S - 10 * DAY)
    await rest(home, entry)
    assert (progress(home)[1], progress(home)[3]) == ("done", None)
    assert kept(entry) == person.samples(NOW_S - 10 * DAY, NOW_S, NOW_S)
    found = entry.runtime_data.archive.day(date(2026, 11, 13))
    assert (found.resting.bpm, found.zones) == (63, ())
