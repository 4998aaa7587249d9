"""Sleep of Google Health: all that ends in an interval, whatever is odd about some."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
import json
import re
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from hypothesis import given, strategies as st
import pytest

from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR, MINUTE
from custom_components.fitbit_cardiogram.heart_rate.sleep import SleepSession, Stage, duplicates, nights
from custom_components.fitbit_cardiogram.sources.errors import (
    Denial,
    PermissionMissingError,
    RequestRefusedError,
    ServiceUnavailableError,
    UnexpectedAnswerError,
)
from custom_components.fitbit_cardiogram.sources.google_health import GoogleHealth
from custom_components.fitbit_cardiogram.sources.google_sleep import decode_sleep
from custom_components.fitbit_cardiogram.sources.source import SLEEP_AT_ONCE
from tests.helpers.home import TODAY, at
from tests.helpers.sources import NOW_S, GoogleToken
from tests.simulators import Fault, GoogleSimulator, Person, Recording
from tests.simulators.google_oauth import ACTIVITY, METRICS
from tests.simulators.sleeping import CLASSIC, Sleep
from tests.simulators.training import APP

START = at("00:41:30") - 2 * HOUR
END = at("06:12:00")
STAGES = (("AWAKE", START, START + 600), ("LIGHT", START + 600, END - 900), ("REM", END - 900, END))
NIGHT = Sleep("7711", START, END, STAGES, is_main=True, created=START + 1500, updated=END + 900)
OF_AN_APP = Sleep(
    *("7712", START + 300, END - 600, (("ASLEEP", START + 300, END - 600),), CLASSIC),
    platform=APP,
    has_offsets=False,
)
WHOLE = (NOW_S - DAY, NOW_S + DAY)
INTERVAL = {"startTime": "2026-11-13T22:41:30Z", "endTime": "2026-11-14T06:12:00Z"}


@pytest.fixture(autouse=True)
def integration(socket_enabled: None, clock: FrozenDateTimeFactory) -> None:
    """Do without Home Assistant, at the time of the tests."""


@pytest.fixture
def sleeper(google: GoogleSimulator, token: GoogleToken) -> Person:
    """Return a lifelike person, whose account it is."""
    google.people[:] = [person := Person()]
    token.access = token.fresh()
    return person


def filters(google: GoogleSimulator) -> list[str]:
    """Return the filters that sleep was asked for with."""
    return [request.query["filter"] for request in google.requests if "/sleep/" in request.path]


def decoded(sleep: dict[str, Any], **point: Any) -> SleepSession:
    """Return the session that Google tells of like this."""
    found = decode_sleep({"sleep": sleep, **point})
    assert found
    return found


async def test_a_night_as_google_tells_it(
    source: GoogleHealth, google: GoogleSimulator, person: Recording
) -> None:
    person.slept = [NIGHT]
    google.unmerged = {"sleep"}
    [found] = await source.sleep_sessions(*WHOLE)
    assert found == SleepSession(
        id=found.id,
        start=START,
        end=END,
        start_offset=3600,
        end_offset=3600,
        stages=tuple(Stage(*stage) for stage in STAGES),
        is_main=True,
        platform="FITBIT",
        created=START + 1500,
        updated=END + 900,
    )
    assert found.day == TODAY
    assert re.fullmatch("[0-9a-f]{16}", found.id)
    assert google.schema_violations == []


@pytest.mark.parametrize("merges", [True, False])
@pytest.mark.parametrize("unmerged", [set(), {"sleep"}])
async def test_the_same_night_of_an_app_is_told_apart(
    source: GoogleHealth, google: GoogleSimulator, person: Recording, merges: bool, unmerged: set[str]
) -> None:
    """Whether or not the service merges, and whether or not the merged stream does."""
    person.slept = [OF_AN_APP, NIGHT]
    google.merges_sleep, google.unmerged = merges, unmerged
    found = await source.sleep_sessions(*WHOLE)
    assert len(found) == (1 if merges and not unmerged else 2)
    hidden = duplicates(found)
    assert [session.is_main for session in found if session.id not in hidden] == [True]


async def test_a_refusal_to_merge_is_remembered(source: GoogleHealth, google: GoogleSimulator) -> None:
    google.unmerged = {"sleep"}
    for _ in range(2):
        await source.sleep_sessions(NOW_S - DAY, NOW_S)
    assert (google.count("sleep/dataPoints:reconcile"), google.count("/sleep/")) == (1, 3)
    google.faults = [Fault("/sleep/", 400)]
    with pytest.raises(RequestRefusedError):
        await source.sleep_sessions(NOW_S - DAY, NOW_S)


async def test_the_name_is_the_same_either_way(
    source: GoogleHealth, google: GoogleSimulator, person: Recording
) -> None:
    person.slept = [NIGHT]
    [one] = await source.sleep_sessions(*WHOLE)
    google.unmerged = {"sleep"}
    [other] = await source.sleep_sessions(*WHOLE)
    assert one.id == other.id
    google.names_points = False
    [third] = await source.sleep_sessions(*WHOLE)
    assert third.id == (await source.sleep_sessions(*WHOLE))[0].id != one.id


# What is asked for


async def test_what_is_read_at_once_is_one_request(
    source: GoogleHealth, google: GoogleSimulator, person: Recording
) -> None:
    """Its end is tomorrow's, or last night may be lost, and it takes no more than three days."""
    person.slept = [NIGHT]
    google.wide_sleep_fails = True
    assert len(await source.sleep_sessions(NOW_S - SLEEP_AT_ONCE, NOW_S + DAY)) == 1
    [asked] = filters(google)
    assert re.findall(r'"(.*?)"', asked) == ["2026-11-19T22:01:00", "2026-11-22T22:00:00"]
    assert set(re.findall(r"[a-z_.]{9,}", asked)) == {"sleep.interval.civil_end_time"}


@pytest.mark.parametrize(
    ("length", "requests"), [(HOUR, 1), (SLEEP_AT_ONCE, 1), (7 * DAY, 3), (30 * DAY, 11)]
)
async def test_long_intervals_are_read_in_windows_of_three_days(
    source: GoogleHealth, google: GoogleSimulator, sleeper: Person, length: int, requests: int
) -> None:
    google.wide_sleep_fails = True
    end = NOW_S - 5 * DAY
    found = await source.sleep_sessions(end - length, end)
    assert google.count("/sleep/") == requests
    truth = sleeper.sleeps(end - length, end, NOW_S)
    assert {(one.start, one.end) for one in found} == {
        (one.start, one.end) for one in truth if one.platform != APP
    }


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"])
async def test_every_end_of_the_interval_is_found_anywhere(
    source: GoogleHealth, person: Recording, zone: str
) -> None:
    """The filter is by a clock that nobody knows beforehand."""
    person.time_zone = zone
    first, last = NOW_S - 9 * DAY, NOW_S - 2 * DAY
    ends = [first - 1, first, first + 3 * DAY, last - 1, last]
    person.slept = [Sleep(f"{end}", end - HOUR, end) for end in ends]
    found = await source.sleep_sessions(first, last)
    assert [session.end for session in found] == ends[1:-1]
    person.slept = [Sleep("now", NOW_S - HOUR, NOW_S)]
    assert len(await source.sleep_sessions(NOW_S - SLEEP_AT_ONCE, NOW_S + DAY)) == 1


@pytest.mark.parametrize("empty_pages", [False, True])
async def test_every_page_is_read(
    source: GoogleHealth, google: GoogleSimulator, person: Recording, empty_pages: bool
) -> None:
    google.empty_pages = empty_pages
    person.slept = [NIGHT._replace(id=f"{n}", start=START + n, stages=()) for n in range(60)]
    found = await source.sleep_sessions(*WHOLE)
    assert [session.start for session in found] == [START + n for n in range(60)]
    pages = {request.query.get("pageSize") for request in google.requests if "/sleep/" in request.path}
    assert pages == {"25"}
    assert google.count("/sleep/") >= 3


async def test_all_or_an_error(source: GoogleHealth, google: GoogleSimulator, person: Recording) -> None:
    person.slept = [NIGHT]
    google.faults = [Fault("/sleep/", 500, after=2)]
    with pytest.raises(ServiceUnavailableError):
        await source.sleep_sessions(NOW_S - 30 * DAY, NOW_S)


async def test_a_permission_that_is_missing(
    source: GoogleHealth, google: GoogleSimulator, token: GoogleToken
) -> None:
    token.access = google.grant([METRICS, ACTIVITY])["access_token"]
    with pytest.raises(PermissionMissingError) as caught:
        await source.sleep_sessions(*WHOLE)
    assert caught.value.denial is Denial.SCOPE


# Nights that are special


@pytest.mark.parametrize("end", [None, NOW_S])
async def test_a_night_in_progress(
    source: GoogleHealth, google: GoogleSimulator, person: Recording, end: int | None
) -> None:
    start = NOW_S - HOUR
    light = (("LIGHT", start, NOW_S),)
    person.slept = [Sleep("7", start, end, light, is_summed_up=False, created=start + 25 * MINUTE)]
    [found] = await source.sleep_sessions(*WHOLE)
    assert (found.start, found.end, found.is_complete) == (start, end or start, False)
    assert found.asleep == HOUR
    assert not found.is_final(NOW_S + HOUR)
    google.finds_open_sleep = False
    assert len(await source.sleep_sessions(*WHOLE)) == (end is not None)


async def test_one_without_an_end_counts_by_its_start(source: GoogleHealth, person: Recording) -> None:
    person.slept = [Sleep("7", NOW_S - HOUR, None, is_summed_up=False)]
    assert await source.sleep_sessions(NOW_S - HOUR + 1, NOW_S + DAY) == []
    assert len(await source.sleep_sessions(NOW_S - HOUR, NOW_S - HOUR + 1)) == 1


@pytest.mark.parametrize(
    ("offsets", "zone", "expected"),
    [
        (None, "Europe/Berlin", (7200, 3600)),
        ((3600, 7200), "Europe/Berlin", (3600, 7200)),
        ((-36_000, 50_400), "UTC", (-36_000, 50_400)),
    ],
)
async def test_offsets_differ_over_a_change_of_the_clock_and_a_journey(
    source: GoogleHealth,
    person: Recording,
    offsets: tuple[int, int] | None,
    zone: str,
    expected: tuple[int, int],
) -> None:
    start, end = (int(datetime(2026, 10, *at, tzinfo=UTC).timestamp()) for at in ((24, 21), (25, 6)))
    person.time_zone = zone
    person.slept = [Sleep("7", start, end, (("REM", start, end),), offsets=offsets)]
    [found] = await source.sleep_sessions(end - DAY, end + 1)
    assert (found.start_offset, found.end_offset) == expected
    assert (found.day, found.asleep) == (date(2026, 10, 25), end - start)


@pytest.mark.parametrize("unmerged", [set(), {"sleep"}])
@pytest.mark.parametrize("merges", [True, False])
async def test_a_quarter_tells_the_person_s_truth(
    source: GoogleHealth, google: GoogleSimulator, sleeper: Person, unmerged: set[str], merges: bool
) -> None:
    """Whatever else tells of the same time, and whoever is asked."""
    google.unmerged, google.merges_sleep = unmerged, merges
    found = await source.sleep_sessions(NOW_S - 91 * DAY, NOW_S)
    hidden = duplicates(found)
    told = {night[0].day: night for night in nights(one for one in found if one.id not in hidden)}
    days = [TODAY - timedelta(days=number) for number in range(91)]
    truth = {day: night for day in days if (night := sleeper.true_night(day))}
    assert {
        day: (night[0].start, night[-1].end, sum(part.asleep for part in night))
        for day, night in told.items()
    } == truth
    naps = [one for one in found if one.id not in hidden and not any(one in night for night in told.values())]
    assert len(naps) > 5
    assert google.schema_violations == []


# What is odd


async def test_an_odd_point_costs_itself(source: GoogleHealth, google: GoogleSimulator) -> None:
    sound = {"sleep": {"interval": {"startTime": "2026-11-21T16:05:00Z"}}}
    odd: list[Any] = [None, 7, {}, {"sleep": 5}, {"sleep": {"interval": {}}}]
    late = {"sleep": {"interval": {"startTime": "2026-11-21 16:05"}}}
    future = {"sleep": {"interval": {"startTime": "9999-12-31T16:05:00Z"}}}
    answer = json.dumps({"dataPoints": [*odd, sound, late, future]})
    google.faults = [Fault("/sleep/", 200, answer, times=-1)]
    [found] = await source.sleep_sessions(*WHOLE)
    assert (found.stages, found.is_main, found.is_complete, found.platform) == ((), False, False, "")


async def test_the_newest_of_two_with_one_name(source: GoogleHealth, google: GoogleSimulator) -> None:
    def point(updated: str) -> dict[str, Any]:
        interval = {"startTime": "2026-11-21T16:05:00Z", "endTime": f"2026-11-21T{updated}Z"}
        return {"name": "a/7", "sleep": {"interval": interval, "updateTime": f"2026-11-21T{updated}Z"}}

    answer = json.dumps({"dataPoints": [point("17:30:00"), point("17:00:00")]})
    google.faults = [Fault("/sleep/", 200, answer, times=-1)]
    [found] = await source.sleep_sessions(*WHOLE)
    assert found.end == at("17:30:00")
    # The older one, which ends in this interval, is out of date.
    assert await source.sleep_sessions(WHOLE[0], at("17:15:00")) == []


async def test_more_sessions_than_anybody_has(source: GoogleHealth, google: GoogleSimulator) -> None:
    answer = json.dumps({"dataPoints": [{"name": f"a/{number}", "sleep": {}} for number in range(9999)]})
    google.faults = [Fault("/sleep/", 200, answer, times=-1)]
    with pytest.raises(UnexpectedAnswerError, match="too many"):
        await source.sleep_sessions(*WHOLE)


ODD: list[Any] = [None, 5, -5, True, "", "x", "NaN", [], ["x"], {}, {"a": 1}, 1e300, "9" * 5000, "1s"]


@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize(
    "field",
    [
        *("type", "stages", "shortAwakenings", "outOfBedSegments", "metadata", "summary"),
        "createTime",
        "updateTime",
    ],
)
def test_an_odd_field_costs_itself(field: str, value: Any) -> None:
    sound, odd = (
        decoded({"interval": INTERVAL}, name="a/7"),
        decoded({"interval": INTERVAL, field: value}, name="a/7"),
    )
    assert replace(odd, is_complete=False) == sound


@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("field", ["endTime", "startUtcOffset", "endUtcOffset"])
def test_an_odd_interval(field: str, value: Any) -> None:
    found = decoded({"interval": {"startTime": INTERVAL["startTime"], field: value}}, dataSource=value)
    assert found.end == found.start
    assert found.start_offset in {None, 1}
    assert found.day


@pytest.mark.parametrize("value", [one for one in ODD if one is not True], ids=lambda value: repr(value)[:20])
def test_odd_flags_are_none(value: Any) -> None:
    metadata = dict.fromkeys(("processed", "mainSleep", "nap"), value)
    found = decoded({"interval": INTERVAL, "metadata": metadata})
    assert (found.is_complete, found.is_main, found.is_nap) == (False, False, False)


@pytest.mark.parametrize(
    ("more", "is_complete"),
    [
        ({"metadata": {"processed": True}}, True),
        ({"summary": {"minutesAsleep": "398"}}, True),
        ({"summary": {}, "metadata": {"processed": False}}, False),
        ({}, False),
    ],
)
def test_what_is_summed_up_is_complete(more: dict[str, Any], is_complete: bool) -> None:
    assert decoded({"interval": INTERVAL, **more}).is_complete is is_complete


def stage(start: str, end: str, kind: Any = "LIGHT") -> dict[str, Any]:
    return {"startTime": f"2026-11-14T{start}Z", "endTime": f"2026-11-14T{end}Z", "type": kind}


def test_stages_are_put_in_order_and_cut() -> None:
    told: list[Any] = [
        stage("05:00:00", "07:00:00", "REM"),
        stage("03:00:00", "05:30:00", "DEEP"),
        stage("04:00:00", "04:30:00"),
        stage("02:00:00", "03:00:00", "SNORING"),
        stage("03:00:00", "03:00:00"),
        stage("02:30:00", "02:00:00"),
        stage("08:00:00", "09:00:00"),
        {"startTime": "2026-11-13T20:00:00Z", "endTime": "2026-11-14T02:00:00Z"},
        *(None, 7, {}, {"startTime": "NaN", "endTime": "2026-11-14T02:00:00Z"}),
    ]
    found = decoded({"interval": INTERVAL, "stages": told})
    begun = int(datetime(2026, 11, 14, tzinfo=UTC).timestamp())
    assert found.stages == (
        Stage("SLEEP_STAGE_TYPE_UNSPECIFIED", found.start, begun + 2 * HOUR),
        Stage("SNORING", begun + 2 * HOUR, begun + 3 * HOUR),
        Stage("DEEP", begun + 3 * HOUR, begun + 5 * HOUR + 30 * MINUTE),
        Stage("REM", begun + 5 * HOUR + 30 * MINUTE, found.end),
    )


TIMES = st.integers(0, 48 * 60).map(
    lambda minutes: f"{datetime(2026, 11, 13, tzinfo=UTC) + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"
)
TOLD = st.fixed_dictionaries(
    {},
    optional={"startTime": TIMES, "endTime": TIMES, "type": st.sampled_from(["DEEP", "AWAKE", "", 7, None])},
)


@given(st.lists(TOLD | st.none(), max_size=12), TIMES, TIMES)
def test_stages_never_overlap_nor_leave_their_session(told: list[Any], start: str, end: str) -> None:
    found = decoded({"interval": {"startTime": start, "endTime": end}, "stages": told})
    bounds = [moment for one in found.stages for moment in (one.start, one.end)]
    assert bounds == sorted(bounds)
    assert all(one.start < one.end for one in found.stages)
    assert all(found.start <= moment for moment in bounds)
    assert found.end == found.start or all(moment <= found.end for moment in bounds)
