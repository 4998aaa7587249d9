"""Sleep, whatever becomes of it on the way: the rest goes on, it recovers, the nights are the person's.

NIGHTS says how many nights of a person's past are imported; without it three weeks.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
import os
from typing import Any, Final, override
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram.archive.sleep import Night
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, FOREVER, HOUR, MINUTE
from tests.helpers.home import (
    NOW,
    TODAY,
    SetUp,
    account_entry,
    advance,
    at,
    gateway_entry,
    import_rests,
    issues,
    measure,
    state_of,
    until,
)
from tests.helpers.sources import FAULTS
from tests.simulators import Fault, FitbitSimulator, GoogleSimulator, Person, Recording
from tests.simulators.google import ACTIVITY, METRICS, SETTINGS
from tests.simulators.person import Sample
from tests.simulators.sleeping import CLASSIC, Sleep, Slept, asleep
from tests.simulators.training import APP

NIGHTS: Final = int(os.environ.get("NIGHTS", "21"))
NOW_S: Final = int(NOW.timestamp())
HEART_RATE: Final = "sensor.sam_sample_heart_rate"
UP: Final = at("05:00:00")
BED: Final = UP - 7 * HOUR
STAGES: Final = (
    ("AWAKE", BED, BED + 15 * MINUTE),
    ("LIGHT", BED + 15 * MINUTE, BED + 3 * HOUR),
    ("DEEP", BED + 3 * HOUR, BED + 4 * HOUR),
    ("REM", BED + 4 * HOUR, UP),
)
NIGHT: Final = Sleep("night", BED, UP, STAGES, is_main=True, created=BED + 1500, updated=UP + 900)
ASLEEP: Final = 7 * HOUR - 15 * MINUTE
OF_AN_APP: Final = Sleep(
    *("app", BED + 600, UP - 1200, (("ASLEEP", BED + 600, UP - 1200),), CLASSIC),
    platform=APP,
    has_offsets=False,
)
FLOWN: Final = ("2026-11-20T08:00:00+00:00", "2026-11-20T15:00:00+00:00")


def kept(entry: MockConfigEntry) -> list[Night]:
    """Return the archive's nights and naps, in order of time."""
    found: list[Night] = entry.runtime_data.archive.nights(0, FOREVER)
    return found


def told(entry: MockConfigEntry) -> list[tuple[int, int, int, bool]]:
    """Return the start, the end and the seconds asleep of each, and whether it is a nap."""
    return [(night.start, night.end, night.asleep, night.is_nap) for night in kept(entry)]


def shown(entry: MockConfigEntry) -> Night | None:
    """Return the night that the account shows."""
    found: Night | None = entry.runtime_data.coordinator.data.last_night
    return found


async def a_day_passes(home: HomeAssistant, clock: FrozenDateTimeFactory) -> None:
    """Let a day pass and some hours, until each part of a month had its turn."""
    for _ in range(22):
        await advance(home, clock, minutes=76)


@pytest.fixture
def person(person: Recording) -> Recording:
    """Return the person after a night, with a heart of 70 by day and of 50 asleep."""
    day = [(second, 70) for second in range(BED - DAY, BED, 30)]
    night = [(second, 50 if second < BED + 3 * HOUR else 46) for second in range(BED, UP, 30)]
    person.readings = [*day, *night, *person.readings]
    person.slept = [NIGHT]
    return person


# By itself


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_a_fault_stays_with_sleep(
    home: HomeAssistant,
    google: GoogleSimulator,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
    fault: dict[str, Any],
) -> None:
    google.faults = [Fault("/sleep/", times=-1, **fault)]
    await set_up(entry)
    measure(person, ("22:04:00", 93))
    await advance(home, clock, minutes=5)
    assert state_of(home, HEART_RATE).state == "93"
    for _ in range(4):
        await advance(home, clock, minutes=5)
    assert (kept(entry), shown(entry), issues(home)) == ([], None, set())

    google.faults = []
    for _ in range(7):
        await advance(home, clock, minutes=5)
    assert told(entry) == [(BED, UP, ASLEEP, False)]
    assert entry.runtime_data.coordinator.last_update_success


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_a_fault_costs_nothing_that_is_known(
    home: HomeAssistant,
    google: GoogleSimulator,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
    fault: dict[str, Any],
) -> None:
    await set_up(entry)
    google.faults = [Fault("/sleep/", times=-1, **fault)]
    for _ in range(7):
        await advance(home, clock, minutes=5)
    assert told(entry) == [(BED, UP, ASLEEP, False)]


async def test_without_the_permission(
    home: HomeAssistant,
    google: GoogleSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    person: Recording,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nothing of it is asked for, and nobody is told so."""
    entry = await set_up(account_entry(google, scopes=[METRICS, ACTIVITY, SETTINGS]))
    measure(person, ("22:04:00", 93))
    await advance(home, clock, minutes=5)
    assert state_of(home, HEART_RATE).state == "93"
    for _ in range(12):
        await advance(home, clock, minutes=5)
    assert (google.count("/sleep/"), kept(entry), issues(home)) == (0, [], set())
    assert "cannot be read" not in caplog.text


async def test_a_gateway_is_asked_for_nothing_of_it(
    home: HomeAssistant,
    gateway: FitbitSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    person: Recording,
) -> None:
    entry = await set_up(gateway_entry(gateway))
    for _ in range(13):
        await advance(home, clock, minutes=5)
    assert kept(entry) == []
    assert not any("sleep" in request.path for request in gateway.requests)


async def test_no_request_is_longer_than_the_service_takes(
    home: HomeAssistant,
    google: GoogleSimulator,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    google.wide_sleep_fails = True
    await set_up(entry)
    await a_day_passes(home, clock)
    assert told(entry) == [(BED, UP, ASLEEP, False)]
    assert entry.runtime_data.coordinator.poll.errors == {}


# What becomes of nights


async def test_a_night_and_its_heart(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    await set_up(entry)
    # The first poll reads one day, and the day before the night is needed as well.
    entry.runtime_data.archive.store(person.readings, NOW_S)
    await advance(home, clock, minutes=5)
    (night,) = kept(entry)
    assert (night.day, night.is_nap, night.is_final(NOW_S)) == (TODAY, False, True)
    assert 46 < (night.mean or 0) < 50
    assert night.lowest == pytest.approx(46)
    assert BED + 3 * HOUR <= (night.lowest_at or 0) < UP
    assert night.dip == pytest.approx(1 - (night.mean or 0) / 70, abs=0.01)
    assert shown(entry) == night


async def test_the_heart_follows_the_samples(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    """A band that syncs late, or was not worn, leaves a night without numbers until they come."""
    late = [one for one in person.readings if BED <= one[0] < UP]
    person.readings = [one for one in person.readings if not BED <= one[0] < UP]
    await set_up(entry)
    (night,) = kept(entry)
    assert (night.asleep, night.mean, night.lowest, night.lowest_at, night.dip) == (
        *(ASLEEP, None, None, None),
        None,
    )
    person.readings = sorted([*person.readings, *late])
    for _ in range(10):
        await advance(home, clock, minutes=5)
    (night,) = kept(entry)
    assert night.lowest == pytest.approx(46)


@pytest.mark.parametrize("changes_id", [False, True])
async def test_edited_and_deleted(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
    changes_id: bool,
) -> None:
    await set_up(entry)
    (before,) = kept(entry)
    edited = NIGHT._replace(end=UP - HOUR, stages=STAGES[:3], is_edited=True, updated=NOW_S)
    person.slept = [edited._replace(id="edited") if changes_id else edited]
    await advance(home, clock, minutes=30)
    (after,) = kept(entry)
    assert (after.end, after.asleep) == (UP - HOUR, asleep(STAGES[:3]))
    assert (after.id != before.id) is changes_id
    assert after.mean != before.mean
    other = Sleep("other", NOW_S - 2 * HOUR, NOW_S - HOUR, is_nap=True, type=CLASSIC)
    person.slept = [other]
    await advance(home, clock, minutes=30)
    assert [night.start for night in kept(entry)] == [other.start]


@pytest.mark.parametrize("unmerged", [set(), {"sleep"}])
@pytest.mark.parametrize("merges", [True, False])
async def test_minutes_are_never_added_up(
    google: GoogleSimulator,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    unmerged: set[str],
    merges: bool,
) -> None:
    """An app tells of the same night, and shorter sessions lie within it and across its end."""
    google.unmerged, google.merges_sleep = unmerged, merges
    within = NIGHT._replace(id="within", start=BED + HOUR, end=BED + 2 * HOUR, stages=(), is_main=False)
    across = NIGHT._replace(id="across", start=UP - HOUR, end=UP + HOUR, stages=(), is_main=False)
    person.slept = [NIGHT, OF_AN_APP, within, across]
    await set_up(entry)
    assert told(entry) == [(BED, UP, ASLEEP, False)]


async def test_parts_and_naps(entry: MockConfigEntry, set_up: SetUp, person: Recording) -> None:
    """A night of two parts is one; what lies hours away, or is called one, is a nap."""
    back = UP + HOUR
    part = Sleep("part", back, back + HOUR, (("LIGHT", back, back + HOUR),))
    noon = at("12:00:00")
    staged = Sleep("staged", noon, noon + HOUR, (("REM", noon, noon + HOUR),))
    classic = Sleep(
        *("classic", noon + 3 * HOUR, noon + 4 * HOUR, (("ASLEEP", noon + 3 * HOUR, noon + 4 * HOUR),)),
        type=CLASSIC,
        is_nap=True,
    )
    person.slept = [NIGHT, part, staged, classic]
    await set_up(entry)
    assert told(entry) == [
        (BED, back + HOUR, ASLEEP + HOUR, False),
        (noon, noon + HOUR, HOUR, True),
        (noon + 3 * HOUR, noon + 4 * HOUR, HOUR, True),
    ]
    last = shown(entry)
    assert last
    assert (last.start, len(last.parts)) == (BED, 2)


@pytest.mark.parametrize("is_open", [True, False])
@pytest.mark.parametrize("finds", [True, False])
async def test_the_night_in_progress(
    home: HomeAssistant,
    google: GoogleSimulator,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
    is_open: bool,
    finds: bool,
) -> None:
    """It is not the last night before it is over, and summed up."""
    google.finds_open_sleep = finds
    start = NOW_S - HOUR
    running = Sleep(
        *("running", start, None if is_open else NOW_S, (("LIGHT", start, NOW_S),)),
        is_summed_up=False,
        created=start + 25 * MINUTE,
        updated=NOW_S,
    )
    person.slept = [NIGHT, running]
    await set_up(entry)
    assert len(kept(entry)) == (2 if finds or not is_open else 1)
    last = shown(entry)
    assert last
    assert last.start == BED

    end = NOW_S + 6 * HOUR
    over = running._replace(end=end, stages=(("LIGHT", start, end),), updated=end)
    for _ in range(12):
        await advance(home, clock, minutes=30)
    person.slept = [NIGHT, over]
    await advance(home, clock, minutes=30)
    assert shown(entry) == last
    person.slept = [NIGHT, over._replace(is_summed_up=True, is_main=True, updated=end + 15 * MINUTE)]
    await advance(home, clock, minutes=30)
    last = shown(entry)
    assert last
    assert (last.start, last.end, last.asleep) == (start, end, 7 * HOUR)


async def test_days_late(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    """A phone that was away for days, or a forgotten edit, is found within a day."""
    person.slept = []
    await set_up(entry)
    days = (28, 17, 2)
    person.slept = [
        NIGHT._replace(id=f"{number}", start=BED - number * DAY, end=UP - number * DAY, stages=())
        for number in days
    ]
    await a_day_passes(home, clock)
    assert [night.end for night in kept(entry)] == [UP - number * DAY for number in days]


@pytest.mark.parametrize(
    ("zone", "offsets", "start", "end", "day"),
    [
        # The hour between two and three comes twice, or not at all.
        ("Europe/Berlin", None, "2026-10-24T21:00:00+00:00", "2026-10-25T06:00:00+00:00", date(2026, 10, 25)),
        ("Europe/Berlin", None, "2026-03-28T22:00:00+00:00", "2026-03-29T05:00:00+00:00", date(2026, 3, 29)),
        # A night above the clouds, westwards over the date line.
        ("UTC", (46_800, -36_000), FLOWN[0], FLOWN[1], date(2026, 11, 20)),
        ("UTC", (-36_000, 46_800), FLOWN[0], FLOWN[1], date(2026, 11, 21)),
        ("Asia/Tokyo", None, "2026-11-19T14:00:00+00:00", "2026-11-19T21:00:00+00:00", date(2026, 11, 20)),
    ],
)
async def test_across_a_change_of_the_clock_and_a_journey(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
    zone: str,
    offsets: tuple[int, int] | None,
    start: str,
    end: str,
    day: date,
) -> None:
    """A night belongs to the day of the place where the person woke up."""
    begun, over = (int(datetime.fromisoformat(moment).timestamp()) for moment in (start, end))
    clock.move_to(datetime.fromtimestamp(over + 2 * HOUR, ZoneInfo("UTC")))
    person.time_zone = zone
    person.slept = [Sleep("7", begun, over, (("REM", begun, over),), is_main=True, offsets=offsets)]
    await set_up(entry)
    (night,) = kept(entry)
    assert (night.start, night.end, night.asleep, night.day) == (begun, over, over - begun, day)


async def test_a_removal_by_hand_stays(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    """What touches a purged range goes, and no reading brings it back."""
    await set_up(entry)
    entry.runtime_data.archive.purge(BED + HOUR, BED + 2 * HOUR, (TODAY, TODAY), NOW_S)
    for _ in range(25):
        await advance(home, clock, minutes=5)
    assert kept(entry) == []


# A person


class Thin(Person):
    """A person whose heart is measured about once a minute."""

    @override
    def samples(self, start: int, end: int, now: float) -> list[Sample]:
        """Return those of the first quarter of each minute."""
        return [one for one in super().samples(start, end, now) if one[0] % 60 < 15]


def truth(person: Person, last: date, days: int) -> dict[date, Slept]:
    """Return the person's nights of the last days."""
    of_days = (last - timedelta(days=number) for number in range(days))
    return {day: night for day in of_days if (night := person.true_night(day))}


def nights_of(entry: MockConfigEntry) -> dict[date, Slept]:
    """Return the archive's nights."""
    return {
        night.day: Slept(night.start, night.end, night.asleep) for night in kept(entry) if not night.is_nap
    }


async def test_a_month_is_the_person_s(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp, clock: FrozenDateTimeFactory
) -> None:
    """The last 30 days are known within a day, and a new night soon after its end; of every source."""
    google.people[:] = [person := Thin()]
    google.unmerged = {"sleep"}
    entry = await set_up(account_entry(google))
    await a_day_passes(home, clock)
    expected = truth(person, TODAY + timedelta(days=1), 30)
    found = nights_of(entry)
    assert {day: found.get(day) for day in expected} == expected


async def test_the_past_is_the_person_s(
    home: HomeAssistant,
    google: GoogleSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
) -> None:
    """The import brings its nights, each with the heart that beat in it."""
    google.people[:] = [person := Thin()]
    entry = await set_up(account_entry(google))
    history = entry.runtime_data.coordinator.history_import
    await history.begin(NOW_S - NIGHTS * DAY, NOW_S)
    while history.is_running:
        await until(lambda: import_rests(history))
        await advance(home, clock, minutes=5)
    expected = truth(person, TODAY, NIGHTS)
    found = nights_of(entry)
    assert {day: found.get(day) for day in expected} == expected
    for night in kept(entry):
        if night.is_nap or night.start < NOW_S - (NIGHTS - 1) * DAY:
            continue
        samples = person.samples(night.start, night.end, NOW_S)
        spans = [span for part in night.parts for span in part.sleeping]
        rates = [bpm for moment, bpm in samples if any(begun <= moment < over for begun, over in spans)]
        assert night.mean == pytest.approx(sum(rates) / len(rates), abs=0.6)
        assert (night.lowest or 0) <= (night.mean or 0)
        assert 0 < (night.dip or 0) < 0.5


async def test_the_same_night_twice_is_one(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    """Every reading brings it again, and nothing of it changes by that."""
    await set_up(entry)
    (before,) = kept(entry)
    for _ in range(4):
        await advance(home, clock, minutes=30)
    assert kept(entry) == [replace(before)]
