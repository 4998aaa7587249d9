"""Workouts of Google Health: all that begin in an interval, whatever is odd about some."""

from dataclasses import replace
import json
from typing import Any

import pytest

from custom_components.fitbit_cardiogram.heart_rate.clock import DAY
from custom_components.fitbit_cardiogram.heart_rate.workout import duplicates
from custom_components.fitbit_cardiogram.sources.errors import (
    Denial,
    PermissionMissingError,
    RequestRefusedError,
)
from custom_components.fitbit_cardiogram.sources.google_health import GoogleHealth
from custom_components.fitbit_cardiogram.sources.google_workouts import decode_workout
from tests.helpers.home import at
from tests.helpers.sources import GoogleToken
from tests.simulators import Fault, GoogleSimulator, Recording
from tests.simulators.google_oauth import METRICS
from tests.simulators.training import APP, STARTED, Training

START = at("17:05:00")
END = START + 2550
RUN = Training("55001", "RUNNING", START, END, "Run", STARTED, mean=148, created=START + 2, updated=END + 60)
OF_AN_APP = Training(
    "55002", "RUNNING", START - 4, END - 180, platform=APP, created=END + DAY, has_offsets=False
)
WHOLE = (START - DAY, START + DAY)


@pytest.fixture(autouse=True)
def integration(socket_enabled: None) -> None:
    """Do without Home Assistant."""


async def test_a_workout_as_google_tells_it(
    source: GoogleHealth, google: GoogleSimulator, person: Recording
) -> None:
    person.exercises = [RUN]
    google.unmerged = {"exercise"}
    [found] = await source.workouts(*WHOLE)
    assert found == replace(
        found,
        type="RUNNING",
        start=START,
        end=END,
        start_offset=3600,
        end_offset=3600,
        active=2550,
        mean=148,
        method=STARTED,
        platform="FITBIT",
        created=START + 2,
        updated=END + 60,
        is_stopped=True,
    )
    assert len(found.id) == 16
    assert person.health_user_id not in found.id
    assert google.schema_violations == []


@pytest.mark.parametrize("merges", [True, False])
@pytest.mark.parametrize("unmerged", [set(), {"exercise"}])
async def test_a_duplicate_of_an_app_is_told_apart(
    source: GoogleHealth, google: GoogleSimulator, person: Recording, merges: bool, unmerged: set[str]
) -> None:
    """Whether or not the service merges, and whether or not the merged stream does."""
    person.exercises = [OF_AN_APP, RUN]
    google.merges_workouts, google.unmerged = merges, unmerged
    found = await source.workouts(*WHOLE)
    assert len(found) == (1 if merges and not unmerged else 2)
    hidden = duplicates(found)
    assert [workout.mean for workout in found if workout.id not in hidden] == [148]


async def test_a_refusal_to_merge_is_remembered(source: GoogleHealth, google: GoogleSimulator) -> None:
    google.unmerged = {"exercise"}
    for _ in range(2):
        await source.workouts(*WHOLE)
    assert (google.count("exercise/dataPoints:reconcile"), google.count("exercise")) == (1, 3)
    google.faults = [Fault("exercise", 400)]
    with pytest.raises(RequestRefusedError):
        await source.workouts(*WHOLE)


async def test_the_name_is_the_same_either_way(
    source: GoogleHealth, google: GoogleSimulator, person: Recording
) -> None:
    person.exercises = [RUN]
    [one] = await source.workouts(*WHOLE)
    google.unmerged = {"exercise"}
    [other] = await source.workouts(*WHOLE)
    assert one.id == other.id
    google.names_points = False
    [third] = await source.workouts(*WHOLE)
    assert third.id == (await source.workouts(*WHOLE))[0].id != one.id


@pytest.mark.parametrize("empty_pages", [False, True])
async def test_every_page_is_read(
    source: GoogleHealth, google: GoogleSimulator, person: Recording, empty_pages: bool
) -> None:
    google.empty_pages = empty_pages
    person.exercises = [RUN._replace(id=f"{n}", start=START + n, end=START + 900) for n in range(60)]
    found = await source.workouts(START + 1, START + 59)
    assert [workout.start for workout in found] == [START + n for n in range(1, 59)]
    pages = {request.query.get("pageSize") for request in google.requests if "exercise" in request.path}
    assert pages == {"25"}
    assert google.count("exercise") >= 3


async def test_a_running_workout_has_no_end(
    source: GoogleHealth, google: GoogleSimulator, person: Recording
) -> None:
    person.exercises = [RUN._replace(end=None)]
    [found] = await source.workouts(*WHOLE)
    assert (found.start, found.end, found.is_stopped) == (START, START, False)
    assert not found.is_final(START + 30 * DAY)


async def test_a_permission_that_is_missing(
    source: GoogleHealth, google: GoogleSimulator, token: GoogleToken
) -> None:
    token.access = google.grant([METRICS])["access_token"]
    with pytest.raises(PermissionMissingError) as caught:
        await source.workouts(*WHOLE)
    assert caught.value.denial is Denial.SCOPE


async def test_an_odd_point_costs_itself(source: GoogleHealth, google: GoogleSimulator) -> None:
    sound = {"exercise": {"interval": {"startTime": "2026-11-21T16:05:00Z"}}}
    odd: list[Any] = [None, 7, {}, {"exercise": 5}, {"exercise": {"interval": {}}}]
    late = {"exercise": {"interval": {"startTime": "2026-11-21 16:05"}}}
    google.faults = [Fault("exercise", 200, json.dumps({"dataPoints": [*odd, sound, late]}))]
    [found] = await source.workouts(*WHOLE)
    assert (found.type, found.mean, found.active) == ("EXERCISE_TYPE_UNSPECIFIED", None, None)


ODD: list[Any] = [None, 5, -5, True, "", "x", "NaN", [], ["x"], {}, {"a": 1}, 1e300, "9" * 5000, "1s"]


@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize(
    "field",
    [
        *("exerciseType", "displayName", "metricsSummary", "activeDuration", "exerciseEvents"),
        *("exerciseMetadata", "createTime", "updateTime"),
    ],
)
def test_an_odd_field_costs_itself(field: str, value: Any) -> None:
    interval = {"startTime": "2026-11-21T16:05:00.123456789Z", "endTime": "2026-11-21T16:35:00Z"}
    point = {"name": "users/1/dataTypes/exercise/dataPoints/7", "exercise": {"interval": interval}}
    sound = decode_workout(point)
    odd = decode_workout({**point, "exercise": {"interval": interval, field: value}})
    assert sound
    assert odd
    assert (odd.id, odd.start, odd.end) == (sound.id, sound.start, sound.end)


@pytest.mark.parametrize("value", ODD, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("field", ["endTime", "startUtcOffset", "endUtcOffset"])
def test_an_odd_interval(field: str, value: Any) -> None:
    found = decode_workout(
        {"exercise": {"interval": {"startTime": "2026-11-21T16:05:00Z", field: value}}, "dataSource": value}
    )
    assert found
    assert found.end == found.start
    assert found.start_offset in {None, 1}


@pytest.mark.parametrize(
    ("written", "seconds"), [("-18000s", -18_000), ("20700s", 20_700), ("0s", 0), ("86400s", None)]
)
def test_offsets(written: str, seconds: int | None) -> None:
    found = decode_workout(
        {"exercise": {"interval": {"startTime": "2026-11-21T16:05:00Z", "startUtcOffset": written}}}
    )
    assert found
    assert found.start_offset == seconds
    assert found.day


@pytest.mark.parametrize(
    ("method", "events", "is_stopped"),
    [
        (STARTED, ["START", "PAUSE", "STOP", "STOP"], True),
        (STARTED, ["START", "PAUSE"], False),
        (STARTED, [], False),
        ("", ["START"], False),
        ("", [], True),
        ("PASSIVELY_MEASURED", [], True),
    ],
)
def test_what_was_started_needs_a_stop(method: str, events: list[str], is_stopped: bool) -> None:
    interval = {"startTime": "2026-11-21T16:05:00Z", "endTime": "2026-11-21T16:35:00Z"}
    told = [{"exerciseEventType": event} for event in events]
    exercise: dict[str, Any] = {
        "interval": interval,
        "exerciseEvents": [*told, None, {"exerciseEventType": []}],
    }
    found = decode_workout({"dataSource": {"recordingMethod": method}, "exercise": exercise})
    assert found
    assert found.is_stopped is is_stopped
