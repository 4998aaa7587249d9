"""Data that reaches the service late, is corrected there or deleted, through Home Assistant."""

from collections import Counter
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
import json
from pathlib import Path
import re
import sqlite3
import time
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder.core import Recorder
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity import Entity
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram.archive.late import BELIEVED_AFTER, COMPLETE_FROM
from custom_components.fitbit_cardiogram.archive.schema import SCHEMA_VERSION
from custom_components.fitbit_cardiogram.const import CONF_AUTOMATIC, CONF_FRESHNESS, CONF_RETENTION, DOMAIN
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from tests.helpers.home import (
    NOW,
    SUBENTRY_ID,
    TODAY,
    SetUp,
    account_entry,
    advance,
    at,
    destination,
    forwarded,
    is_at_rest,
    issues,
    kept,
    purge,
    settle,
    state_of,
    until,
)
from tests.helpers.recorder import hours, poll, recorded, recount, written
from tests.helpers.sources import Steady
from tests.simulators import CardiogramSimulator, Fault, GoogleSimulator, Recording
from tests.simulators.training import STARTED, Training

NOW_S = int(NOW.timestamp())
ROLL_UP = "heart-rate/dataPoints:rollUp"
RECONCILE = "/heart-rate/dataPoints:reconcile"
HEART_RATE = "sensor.sam_sample_heart_rate"
LATE = [(at("17:41:03") + 10 * step, 100 + step) for step in range(30)]


def measure(person: Recording, *, start: int, end: int = NOW_S, every: int = 60) -> None:
    """Let the person have measurements of a stretch, all of them synced."""
    person.readings = [(time, 60 + time // every % 30) for time in range(start, end, every)]
    person.synced_at = None


def received(cardiogram: CardiogramSimulator) -> Counter[Sample]:
    """Return each sample that the receiver took, with its count."""
    return Counter((beat.start, int(beat.value)) for beat in cardiogram.ledger)


@pytest.fixture
def everything_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let sensors that have to be enabled first be so from the beginning."""
    monkeypatch.setattr(Entity, "entity_registry_enabled_default", True)


@pytest.fixture
async def account(
    google: GoogleSimulator, cardiogram: CardiogramSimulator, person: Recording, set_up: SetUp
) -> MockConfigEntry:
    """Return an account with measurements of half a day, which forwards by itself."""
    measure(person, start=at("10:00:00"))
    target = destination(cardiogram, **{CONF_AUTOMATIC: True})
    entry = await set_up(account_entry(google, subentries_data=[target]))
    await until(lambda: is_at_rest(entry))
    return entry


async def live(home: HomeAssistant, clock: FrozenDateTimeFactory, minutes: int) -> None:
    """Let polls pass, and forwarding with them."""
    for _ in range(minutes // 5):
        await advance(home, clock, minutes=5)
        for entry in home.config_entries.async_loaded_entries(DOMAIN):
            await until(partial(is_at_rest, entry))


async def test_what_comes_six_hours_late_is_there_within_one_hour(
    home: HomeAssistant,
    account: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    person: Recording,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
) -> None:
    """Forwarded once, counted in its hours, and without reading the rest again."""
    await live(home, clock, 100)
    person.readings += LATE
    google.requests.clear()
    await live(home, clock, 60)
    assert kept(account) == sorted(dict(person.readings).items())
    assert hours(account) == recount(kept(account))
    assert received(cardiogram) == Counter(person.readings)
    # One hour's samples, beside the polls' own readings.
    reread = [asked for asked in ranges(google) if asked[1] - asked[0] < DAY]
    assert reread == [(at("17:00:00"), at("18:00:00"))]


def ranges(google: GoogleSimulator) -> list[tuple[int, int]]:
    """Return the ranges of which samples were asked for."""
    asked = []
    for request in google.requests:
        if RECONCILE in request.path:
            start, end = re.findall(r'"(.*?)"', request.query["filter"])
            asked.append(tuple(int(datetime.fromisoformat(moment).timestamp()) for moment in (start, end)))
    return [(start, end) for start, end in asked]


async def test_what_comes_two_weeks_late_is_there_within_a_day(
    home: HomeAssistant,
    entry: MockConfigEntry,
    person: Recording,
    set_up: SetUp,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
) -> None:
    """Restarts in between do not matter."""
    start = NOW_S - 16 * DAY
    measure(person, start=start, every=1800)
    clock.move_to(NOW - timedelta(days=15))
    await set_up(entry)
    clock.move_to(NOW)
    await advance(home, clock, minutes=5)
    late = [(NOW_S - age * HOUR, 150) for age in (20, 100, 200, 300, 335)]
    for number in range(32):
        await advance(home, clock, minutes=45)
        if number == 0:
            person.readings = sorted(dict(person.readings + late).items())
        if number % 10 == 5:
            await home.config_entries.async_reload(entry.entry_id)
            await settle(home)
    assert kept(entry) == person.readings


@pytest.mark.parametrize("by_restart", [False, True], ids=["by the next look", "after a restart"])
async def test_what_comes_late_is_everywhere_within_the_hour(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    person: Recording,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    by_restart: bool,
) -> None:
    """From twenty minutes ago to thirteen days: new samples, a correction and a deletion."""
    measure(person, start=NOW_S - 14 * DAY, every=900)
    clock.move_to(NOW - timedelta(days=14))
    target = destination(cardiogram, **{CONF_AUTOMATIC: True})
    entry = await set_up(account_entry(google, subentries_data=[target]))
    clock.move_to(NOW)
    await live(home, clock, 60)
    before = Counter(person.readings)
    assert received(cardiogram) == before
    ages = (20 * 60, 9 * HOUR, 20 * HOUR, 5 * DAY, 12 * DAY, 13 * DAY)
    late = [(NOW_S + HOUR - age + second, 150) for age in ages for second in (7, 11, 13)]
    (corrected, _), deleted = person.readings[800], person.readings[500]
    person.readings = sorted({**dict(person.readings), **dict(late), corrected: 190}.items())
    person.readings.remove(deleted)
    google.requests.clear()
    if by_restart:
        await home.config_entries.async_reload(entry.entry_id)
        await settle(home)
    else:
        await live(home, clock, 45)
    await forwarded(home, entry)
    assert kept(entry) == sorted([*person.readings, deleted])
    assert received(cardiogram) == before + Counter([*late, (corrected, 190)])
    # One request for what changed in each part of the two weeks.
    assert len([asked for asked in ranges(google) if asked[1] - asked[0] < DAY]) <= len(ages) + 2

    await live(home, clock, BELIEVED_AFTER // 60 + 45)
    assert kept(entry) == person.readings
    assert received(cardiogram).total() == before.total() + len(late) + 1


@pytest.mark.parametrize("compresses", [True, False])
async def test_bytes_of_a_day(
    home: HomeAssistant,
    google: GoogleSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    compresses: bool,
) -> None:
    """Half a megabyte at most for late data, whether the service compresses or not."""
    google.compresses = compresses
    google.people[:] = [Steady(every=60)]
    entry = await set_up(account_entry(google))
    entry.runtime_data.archive.remember(COMPLETE_FROM, NOW_S - 20 * DAY)
    await live(home, clock, 60)
    google.sent.clear()
    await live(home, clock, 8 * 60)
    sent = 3 * sum(size for path, size in google.sent.items() if path.endswith(ROLL_UP))
    assert sent <= 500_000


async def test_a_correction_is_sent_once_more(
    home: HomeAssistant,
    account: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    before = list(person.readings)
    moment, bpm = before[610]
    person.readings[610] = (moment, bpm + 50)
    await live(home, clock, 180)
    assert kept(account) == person.readings
    assert received(cardiogram) == Counter([*before, (moment, bpm + 50)])


@pytest.mark.usefixtures("everything_shown")
async def test_what_was_deleted_goes_and_is_counted(
    home: HomeAssistant,
    account: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    before = Counter(person.readings)
    await live(home, clock, 45)
    del person.readings[610:613]
    await live(home, clock, 45)
    assert len(kept(account)) == before.total()
    assert state_of(home, "sensor.cardiogram_withdrawn_beats").state == "0"
    await live(home, clock, BELIEVED_AFTER // 60 + 45)
    assert kept(account) == person.readings
    assert hours(account) == recount(person.readings)
    assert state_of(home, "sensor.cardiogram_withdrawn_beats").state == "3"
    assert received(cardiogram) == before


@pytest.mark.usefixtures("everything_shown")
async def test_what_was_deleted_before_it_was_sent_never_is(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    person: Recording,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
) -> None:
    measure(person, start=at("16:00:00"))
    account = await set_up(account_entry(google, subentries_data=[destination(cardiogram)]))
    del person.readings[97:104]
    await live(home, clock, 180)
    assert state_of(home, "sensor.cardiogram_pending_beats").state == str(len(person.readings))
    await account.runtime_data.forwarders[SUBENTRY_ID].forward()
    assert received(cardiogram) == Counter(person.readings)
    assert state_of(home, "sensor.cardiogram_withdrawn_beats").state == "0"


@pytest.mark.usefixtures("everything_shown")
async def test_what_is_in_flight_stays_until_it_has_landed(
    home: HomeAssistant,
    account: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    """Return the receiver may have it already, its answer only lost."""
    left = list(person.readings)
    cardiogram.faults.append(Fault("", 503, times=-1))
    person.readings += LATE
    await live(home, clock, 45)
    person.readings = left
    await live(home, clock, 120)
    assert kept(account) == sorted(left + LATE)
    cardiogram.faults.clear()
    await live(home, clock, 60)
    assert kept(account) == left
    assert received(cardiogram) == Counter(left + LATE)
    assert state_of(home, "sensor.cardiogram_pending_beats").state == "0"
    assert state_of(home, "sensor.cardiogram_withdrawn_beats").state == str(len(LATE))


async def test_a_service_that_has_lost_its_way_deletes_nothing(
    home: HomeAssistant,
    account: MockConfigEntry,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
) -> None:
    before = kept(account)
    google.faults += [Fault(RECONCILE, 200, "{}", times=-1), Fault(ROLL_UP, 200, "{}", times=-1)]
    await live(home, clock, 150)
    google.faults.pop()
    await live(home, clock, 150)
    assert kept(account) == before


async def test_what_a_roll_up_tells_is_never_stored(
    home: HomeAssistant,
    entry: MockConfigEntry,
    google: GoogleSimulator,
    person: Recording,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
) -> None:
    """Nor need it be that of the merged stream: late data is found all the same, and little is read."""
    measure(person, start=at("10:00:00"))
    google.rollup_differs = True
    await set_up(entry)
    for _ in range(32):
        await advance(home, clock, minutes=45)
    google.requests.clear()
    person.readings += LATE
    for _ in range(32):
        await advance(home, clock, minutes=45)
    assert kept(entry) == sorted(person.readings)
    reread = [asked for asked in ranges(google) if asked[1] - asked[0] < DAY]
    assert reread == [(at("17:00:00"), at("18:00:00"))]


@pytest.mark.parametrize("days", [7, 90])
async def test_nothing_before_the_archive_begins_is_asked_for(
    home: HomeAssistant,
    google: GoogleSimulator,
    person: Recording,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    days: int,
) -> None:
    """It begins with the first reading, and later with what is kept."""
    measure(person, start=NOW_S - 12 * DAY, every=1800)
    clock.move_to(NOW - timedelta(days=9))
    entry = await set_up(account_entry(google, options={CONF_RETENTION: days, CONF_FRESHNESS: 60}))
    clock.move_to(NOW)
    await advance(home, clock, minutes=5)
    begins = max(entry.runtime_data.archive.recall(COMPLETE_FROM), NOW_S - days * DAY)
    assert begins == NOW_S - min(10, days) * DAY
    google.requests.clear()
    for _ in range(20):
        await advance(home, clock, minutes=45)
    told = [json.loads(request.body)["range"] for request in google.requests if ROLL_UP in request.path]
    starts = [int(datetime.fromisoformat(asked["startTime"]).timestamp()) for asked in told]
    assert begins <= min(starts) <= begins + DAY
    assert all(start >= begins for start, _ in ranges(google))
    assert min(kept(entry))[0] >= NOW_S - 10 * DAY


# Trouble


@pytest.mark.parametrize(
    ("fault", "most"),
    [
        ({"status": 500}, 5),
        ({"status": 200, "body": "<html>"}, 5),
        ({"status": 403}, 1),
        ({"status": 410}, 5),
        ({"status": 429}, 5),
        ({"kind": "truncate"}, 5),
    ],
    ids=str,
)
async def test_roll_ups_that_fail_leave_polls_alone(
    home: HomeAssistant,
    account: MockConfigEntry,
    google: GoogleSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
    fault: dict[str, Any],
    most: int,
) -> None:
    """They are asked for again soon, but not with each poll."""
    google.faults.append(Fault(ROLL_UP, times=-1, **fault))
    await live(home, clock, 45)
    google.requests.clear()
    for _ in range(15):
        person.readings.append((int(time.time()), 88))
        await advance(home, clock, minutes=5)
        assert account.runtime_data.coordinator.last_update_success
    assert (1 if most > 1 else 0) <= google.count(ROLL_UP) <= most
    assert state_of(home, HEART_RATE).state == "88"
    assert kept(account) == person.readings
    google.faults.clear()
    person.readings[:0] = LATE
    if fault.get("status") != 403:
        await live(home, clock, 20)
        assert set(LATE) <= set(kept(account))


async def test_a_repair_says_that_roll_ups_fail_for_a_day(
    home: HomeAssistant,
    account: MockConfigEntry,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
) -> None:
    """It goes away by itself, and a restart does not make it wait anew."""
    google.faults.append(Fault(ROLL_UP, 500, times=-1))
    await live(home, clock, 60)
    clock.tick(timedelta(hours=22))
    await live(home, clock, 5)
    await home.config_entries.async_reload(account.entry_id)
    await settle(home)
    assert issues(home) == set()
    clock.tick(timedelta(hours=2))
    await live(home, clock, 5)
    assert issues(home) == {f"late_data_not_compared_{account.entry_id}"}
    google.faults.clear()
    await live(home, clock, 45)
    assert issues(home) == set()


@pytest.mark.parametrize("refused", [True, False], ids=["refused", "uncompressed"])
async def test_two_weeks_at_once_are_only_asked_for_where_that_is_cheap(
    home: HomeAssistant,
    google: GoogleSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    refused: bool,
) -> None:
    """Otherwise for a day the last hours are, and 12 hours by turns; then it is tried again."""
    google.people[:] = [Steady(every=600)]
    google.compresses = refused
    entry = await set_up(account_entry(google))
    if refused:
        google.faults.append(Fault(ROLL_UP, 400))
    entry.runtime_data.archive.remember(COMPLETE_FROM, NOW_S - 20 * DAY)
    await live(home, clock, 60)
    google.requests.clear()
    await live(home, clock, 120)
    assert lengths(google) == {8, 12}
    assert google.count(ROLL_UP) <= 2 * 3
    google.compresses = True
    clock.tick(timedelta(days=1))
    await live(home, clock, 5)
    google.requests.clear()
    await live(home, clock, 60)
    assert 335 in lengths(google)


def lengths(google: GoogleSimulator) -> set[int]:
    """Return the lengths of the roll-ups that were asked for, in whole hours."""
    told = [json.loads(request.body)["range"] for request in google.requests if ROLL_UP in request.path]
    return {
        int(
            (datetime.fromisoformat(asked["endTime"]) - datetime.fromisoformat(asked["startTime"]))
            / timedelta(hours=1)
        )
        for asked in told
    }


async def test_without_samples_nothing_late_is_asked_for(
    home: HomeAssistant, account: MockConfigEntry, google: GoogleSimulator, clock: FrozenDateTimeFactory
) -> None:
    google.faults.append(Fault(RECONCILE, 500, times=-1))
    await live(home, clock, 60)
    google.requests.clear()
    await live(home, clock, 120)
    assert google.count(ROLL_UP) == 0
    google.faults.clear()
    await live(home, clock, 60)
    assert google.count(ROLL_UP)


async def test_what_was_purged_does_not_come_back(
    home: HomeAssistant,
    account: MockConfigEntry,
    google: GoogleSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    """Nor does it cost a reading each time, or what was measured beside it."""
    purged = {"start": "2026-11-21T17:30:00+00:00", "end": "2026-11-21T18:30:00+00:00"}
    await purge(home, account, **purged)
    person.readings += LATE
    await live(home, clock, 120)
    left = [one for one in person.readings if not at("17:30:00") <= one[0] < at("18:30:00")]
    assert kept(account) == left
    assert hours(account) == recount(left)
    google.requests.clear()
    await live(home, clock, 120)
    assert kept(account) == left
    assert [asked for asked in ranges(google) if asked[1] - asked[0] < DAY] == []


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
async def test_an_archive_of_an_older_release_looks_for_late_data_from_then_on(
    home: HomeAssistant,
    entry: MockConfigEntry,
    archives: Path,
    person: Recording,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    version: int,
) -> None:
    """And for workouts and daily values, which no older archive has."""
    archives.mkdir(parents=True)
    older = (Path(__file__).parents[1] / "archive" / f"archive_v{version}.sql").read_text()
    with closing(sqlite3.connect(archives / f"{entry.entry_id}.db")) as connection:
        connection.executescript(older)
        known = dict(connection.execute("SELECT time, bpm FROM samples"))
    measure(person, start=at("18:00:00"))
    run = Training("run", "RUNNING", at("20:00:00"), at("20:30:00"), "Run", STARTED, mean=70)
    person.exercises = [run]
    person.nights = {TODAY: {"dailyRespiratoryRate": {"breathsPerMinute": 14.5}}}
    await set_up(entry)
    person.readings += LATE
    await live(home, clock, 60)
    archive = entry.runtime_data.archive
    with archive.reading() as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    assert kept(entry) == sorted((known | dict(person.readings)).items())
    (workout,) = archive.workouts(run.start, run.start + 1)
    assert workout.figures
    assert workout.figures.count == len(
        [one for one in person.readings if run.start <= one[0] < at("20:30:00")]
    )
    assert archive.daily_values("breathing_rate", TODAY, TODAY) == {TODAY: 14.5}


# What else follows


async def test_long_term_hours_follow(
    recorder_mock: Recorder,
    entry: MockConfigEntry,
    person: Recording,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
) -> None:
    """Home Assistant's own follow what came late, what was corrected and what was deleted."""
    home = recorder_mock.hass
    measure(person, start=at("14:00:00"), every=300)
    await set_up(entry)
    await written(home)
    person.readings += LATE
    person.readings[50] = (person.readings[50][0], 190)
    del person.readings[70:75]
    for _ in range(4):
        await poll(home, clock, minutes=45)
    assert await recorded(home, entry) == recount(sorted(person.readings))
