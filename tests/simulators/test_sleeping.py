"""The simulated person sleeps, and the simulated Google tells of it as the real one is said to."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import mean
from typing import Any

from aiohttp import ClientSession
import pytest

from tests.simulators import GoogleSimulator, Person
from tests.simulators.conftest import NOW, ask, reason
from tests.simulators.google_oauth import ACTIVITY, METRICS, SLEEP
from tests.simulators.sleeping import CLASSIC, GRID, Sleep, Slept, asleep, merged_sleep
from tests.simulators.training import APP

MINUTE, HOUR, DAY = 60, 3600, 86400
TODAY = date(2026, 11, 21)
QUARTER = [TODAY - timedelta(days=number) for number in range(91)]
WEEKS = (int(NOW) - 28 * DAY, int(NOW))
CIVIL = "sleep.interval.civil_end_time"
WEEK = f'{CIVIL} >= "2026-11-14" AND {CIVIL} < "2026-11-22"'


def a_night(person: Person, *, parts: int = 1) -> tuple[date, Slept]:
    """Return a night in so many parts that is not edited later."""
    for day in QUARTER:
        night = person.true_night(day)
        if night and day.toordinal() % 5:
            found = [one for one in parts_of(person, night, NOW) if one.platform != APP]
            if len([one for one in found if not one.id.endswith("2")]) == parts:
                return day, night
    pytest.fail("no such night")


def parts_of(person: Person, night: Slept, now: float) -> list[Sleep]:
    """Return all that the cloud knows of a night by now."""
    found = person.sleeps(night.start, night.end + 8 * HOUR, now)
    return [one for one in found if night.start <= one.start < night.end]


def written(moment: int) -> str:
    """Return a moment of UTC as a filter names it, without the zone."""
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%S}"


# What a person does


def test_a_quarter_is_lifelike() -> None:
    person, again = Person(), Person()
    nights = [night for day in QUARTER if (night := person.true_night(day))]
    assert [person.true_night(day) for day in QUARTER] == [again.true_night(day) for day in QUARTER]
    assert 70 < len(nights) < 85
    assert all(5 * HOUR < night.asleep < night.end - night.start < 10 * HOUR for night in nights)
    sleeps = person.sleeps(int(NOW) - 91 * DAY, int(NOW), NOW)
    assert sleeps == sorted(sleeps)
    assert len({one.id for one in sleeps}) == len(sleeps)
    beside = [one for one in sleeps if one.id.endswith("2")]
    assert 0.3 < len(beside) / len(nights) < 0.5
    assert {one.type for one in sleeps if one.is_nap} == {CLASSIC}
    assert any(one.id.endswith("4") and not one.is_nap for one in sleeps)
    assert any(one.id.endswith("19") for one in sleeps)
    assert any(one.is_edited for one in sleeps)
    assert any(one.offsets and one.offsets[0] != one.offsets[1] for one in sleeps)
    assert len([one for one in sleeps if one.platform == APP]) > 10


def test_stages_follow_each_other_on_a_grid() -> None:
    for one in Person().sleeps(*WEEKS, NOW):
        assert one.stages[0][1] == one.start
        assert one.stages[-1][2] == one.end
        assert all(left[2] == right[1] for left, right in pairwise(one.stages))
        assert not any(moment % GRID for _, *bounds in one.stages for moment in bounds)


def test_the_heart_slows_down_in_sleep() -> None:
    """It is slower than by day, and slowest towards four."""
    person, slower = Person(), list[float]()
    for day in QUARTER[:21]:
        if night := person.true_night(day):
            rates = person.samples(night.start, night.end, NOW)
            by_day = person.samples(night.start - 10 * HOUR, night.start - 4 * HOUR, NOW)
            assert mean(bpm for _, bpm in rates) < mean(bpm for _, bpm in by_day) - 8
            begun = mean(bpm for at, bpm in rates if HOUR / 2 < at - night.start < HOUR)
            middle = mean(bpm for at, bpm in rates if abs(at - (night.end - 3 * HOUR)) < HOUR / 2)
            slower.append(begun - middle)
    assert mean(slower) > 2


@pytest.mark.parametrize("is_open", [False, True])
def test_a_night_is_noticed_goes_on_and_is_summed_up(is_open: bool) -> None:
    person = Person(open_nights=is_open)
    _, night = a_night(person)
    assert not parts_of(person, night, night.start + 20 * MINUTE)
    asleep_for = [one for one in parts_of(person, night, night.start + 3 * HOUR) if one.platform != APP]
    [running] = [one for one in asleep_for if not one.id.endswith("2")]
    assert (running.start, running.is_summed_up, running.is_main) == (night.start, False, False)
    assert running.end == (None if is_open else running.updated)
    # Over and synced, and a quarter of an hour later.
    seen = parts_of(person, night, night.end + 16 * MINUTE)
    over = next(one for one in seen if one.id == running.id)
    assert (over.end, over.is_summed_up) == (night.end, False)
    seen = parts_of(person, night, night.end + 31 * MINUTE)
    final = next(one for one in seen if one.id == running.id)
    assert (final.end, final.is_summed_up, final.is_main) == (night.end, True, True)
    assert asleep(final.stages) == night.asleep


def test_an_app_s_session_grows() -> None:
    person = Person()
    day = next(day for day in QUARTER if day.toordinal() % 4 == 1 and person.true_night(day))
    night = person.true_night(day)
    assert night
    ends = []
    for after in (2 * HOUR, 4 * HOUR, 24 * HOUR):
        [told] = [one for one in parts_of(person, night, night.start + after) if one.platform == APP]
        ends.append(told.end or 0)
        assert not told.has_offsets
    assert ends[0] < ends[1] < ends[2] <= night.end
    assert not [one for one in merged_sleep(parts_of(person, night, NOW)) if one.platform == APP]


@pytest.mark.parametrize("changes_id", [False, True])
def test_an_edited_night(changes_id: bool) -> None:
    person = Person(edits_change_ids=changes_id)
    day = next(day for day in QUARTER if day.toordinal() % 5 == 0 and person.true_night(day))
    night = person.true_night(day)
    assert night
    # Ten minutes were taken off.
    before, after = (
        {one.id: one for one in parts_of(person, night, night.end + 10 * MINUTE + hours * HOUR)}
        for hours in (2, 4)
    )
    [edited] = [one for one in after.values() if one.is_edited]
    assert edited.end == night.end
    assert (edited.id in before) is not changes_id
    assert max(one.end or 0 for one in before.values() if not one.id.endswith("2")) == night.end + 600


def test_a_split_night_has_one_main_part() -> None:
    person = Person()
    _, night = a_night(person, parts=2)
    parts = [one for one in parts_of(person, night, NOW) if one.platform != APP]
    first, second = [one for one in parts if not one.id.endswith("2")]
    assert (first.is_main, second.is_main) == (True, False)
    assert HOUR / 2 <= second.start - (first.end or 0) <= 70 * MINUTE
    assert asleep(first.stages) + asleep(second.stages) == night.asleep


# How Google tells of it


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('sleep.interval.start_time >= "2026-11-01T00:00:00Z"', "_DATA_TYPE_MEMBER"),
        ('sleep.interval.civil_start_time >= "2026-11-01"', "_DATA_TYPE_MEMBER"),
        (f'{CIVIL} >= "2026-11-01T00:00:00Z"', "_CIVIL_DATE_TIME_FORMAT"),
        ('sleep.interval.end_time >= "2026-11-01"', ""),
        (f'{CIVIL} <= "2026-11-01"', ""),
    ],
)
async def test_wrong_filters_are_refused_with_a_reason(
    client: ClientSession, google: GoogleSimulator, text: str, expected: str
) -> None:
    for method in ("", ":reconcile"):
        status, answer = await ask(client, google, "sleep", method, filter=text)
        assert (status, reason(answer)) == (400, f"INVALID_DATA_POINT_FILTER{expected}")


async def test_both_filters_test_the_end(client: ClientSession, google: GoogleSimulator) -> None:
    person = google.person
    assert isinstance(person, Person)
    _, night = a_night(person)
    for name, ahead, zone in (("sleep.interval.end_time", 0, "Z"), (CIVIL, HOUR, "")):
        first, last = (f"{written(night.end + ahead + late)}{zone}" for late in (0, 1))
        text = f'{name} >= "{first}" AND {name} < "{last}"'
        status, answer = await ask(client, google, "sleep", ":reconcile", filter=text)
        assert (status, len(answer["dataPoints"])) == (200, 1)


async def test_pages_are_short_and_newest_comes_first(client: ClientSession, google: GoogleSimulator) -> None:
    text = f'{CIVIL} >= "2026-09-01"'
    status, answer = await ask(client, google, "sleep", filter=text, pageSize="1000")
    assert (status, len(answer["dataPoints"])) == (200, 25)
    assert answer["nextPageToken"]
    starts = [point["sleep"]["interval"]["startTime"] for point in answer["dataPoints"]]
    assert starts == sorted(starts, reverse=True)


async def test_listed_sleep_names_its_sources(client: ClientSession, google: GoogleSimulator) -> None:
    _, listed = await ask(client, google, "sleep", filter=WEEK)
    _, united = await ask(client, google, "sleep", ":reconcile", filter=WEEK)
    assert {point["dataSource"]["platform"] for point in listed["dataPoints"]} == {"FITBIT", APP}
    assert not any("dataSource" in point or "name" in point for point in united["dataPoints"])
    names = {point["name"] for point in listed["dataPoints"]}
    assert {point["dataPointName"] for point in united["dataPoints"]} < names
    assert not any("civil" in key for point in listed["dataPoints"] for key in point["sleep"]["interval"])
    assert not any(False in point["sleep"]["metadata"].values() for point in listed["dataPoints"])


async def test_a_family_of_sources(client: ClientSession, google: GoogleSimulator) -> None:
    family = "users/me/dataSourceFamilies/google-wearables"
    for method, expected in (("", 400), (":reconcile", 200)):
        status, _ = await ask(client, google, "sleep", method, filter=WEEK, dataSourceFamily=family)
        assert status == expected
    foreign = "users/me/dataSourceFamilies/self-sources"
    _, answer = await ask(client, google, "sleep", ":reconcile", filter=WEEK, dataSourceFamily=foreign)
    assert answer == {}


async def test_wide_ranges_may_fail(client: ClientSession, google: GoogleSimulator) -> None:
    google.wide_sleep_fails = True
    assert (await ask(client, google, "sleep", ":reconcile", filter=WEEK))[0] == 500
    days = f'{CIVIL} >= "2026-11-19" AND {CIVIL} < "2026-11-22"'
    assert (await ask(client, google, "sleep", ":reconcile", filter=days))[0] == 200


@pytest.mark.parametrize(("finds", "number"), [(True, 1), (False, 0)])
async def test_sleep_without_an_end(google: GoogleSimulator, finds: bool, number: int) -> None:
    _, night = a_night(Person(open_nights=True))
    google.people[:] = [Person(open_nights=True)]
    google.clock = lambda: night.start + 3 * HOUR
    google.finds_open_sleep = finds
    async with ClientSession() as client:
        text = f'{CIVIL} >= "{written(night.start)}"'
        _, answer = await ask(client, google, "sleep", ":reconcile", filter=text)
    points: list[Any] = answer.get("dataPoints", [])
    running = [point["sleep"] for point in points if "endTime" not in point["sleep"]["interval"]]
    assert len(running) == number
    assert not any("summary" in sleep or sleep["metadata"] for sleep in running)


async def test_sleep_needs_its_scope(client: ClientSession, google: GoogleSimulator) -> None:
    for scopes, expected in (([SLEEP], 200), ([ACTIVITY, METRICS], 403)):
        headers = {"Authorization": f"Bearer {google.grant(scopes)['access_token']}"}
        url = f"{google.url}/v4/users/me/dataTypes/sleep/dataPoints"
        async with client.get(url, headers=headers) as answer:
            assert answer.status == expected
