"""The simulated Google tells of workouts, zone minutes and nights as the real one is said to."""

from datetime import date
from typing import Any

from aiohttp import ClientSession
import pytest

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.heart_rate.figures import figures
from custom_components.fitbit_cardiogram.sources.google_health import GoogleHealth
from tests.helpers.sources import GoogleToken
from tests.simulators import GoogleSimulator, Person
from tests.simulators.conftest import NOW, ask, reason
from tests.simulators.google import NIGHTLY
from tests.simulators.google_oauth import ACTIVITY, METRICS
from tests.simulators.training import APP, STARTED, Training, merged

DAY = 86400
WEEKS = (int(NOW) - 28 * DAY, int(NOW))
CIVIL = "exercise.interval.civil_start_time"


# What a person does


def test_a_person_trains_in_every_way() -> None:
    trainings = Person().trainings(*WEEKS, NOW)
    assert trainings == sorted(trainings, key=lambda one: one.start)
    assert trainings == Person().trainings(*WEEKS, NOW)
    kinds = {(one.type, one.method, one.platform) for one in trainings}
    assert {kind for kind, _, _ in kinds} == {"RUNNING", "CARDIO_WORKOUT", "WALKING"}
    apps = [one for one in trainings if one.platform == APP]
    assert 2 <= len(apps) <= 10
    assert not [one for one in merged(trainings) if one.platform == APP]
    assert len({one.id for one in trainings}) == len(trainings)


def test_a_run_grows_until_it_is_over() -> None:
    person = Person()
    run = next(one for one in person.trainings(*WEEKS, NOW) if one.platform != APP and one.type == "RUNNING")
    assert run.end
    [running] = [one for one in person.trainings(*WEEKS, run.start + 1000) if one.id == run.id]
    assert (running.end, running.mean, running.updated > running.created) == (None, None, True)
    [done] = [one for one in person.trainings(*WEEKS, run.end + 900) if one.id == run.id]
    assert done == run


def test_a_walk_is_edited_two_hours_later() -> None:
    person = Person()
    walk = next(one for one in person.trainings(*WEEKS, NOW) if one.type == "WALKING")
    assert walk.end
    [before] = [one for one in person.trainings(*WEEKS, walk.updated - 1) if one.id == walk.id]
    assert (before.type, before.end) == ("CARDIO_WORKOUT", walk.end + 120)
    assert before.updated < walk.updated


def test_the_heart_recovers_after_a_run() -> None:
    person = Person()
    for run in merged(person.trainings(*WEEKS, NOW)):
        if run.type == "RUNNING":
            assert run.end
            found = figures(person.samples(run.start - 10, run.end + 200, NOW), run.start, run.end)
            assert (found.highest or 0) > 150
            assert 5 < (found.recovery or 0) < (found.recovery_120 or 0)


def test_some_nights_are_absent() -> None:
    person = Person()
    nights = [person.nightly(date(2026, 10, day), NOW) for day in range(1, 32)]
    assert 15 < sum(bool(night) for night in nights) < 31
    first = Person(wearing_since=date(2026, 10, 1)).nightly(date(2026, 10, 2), NOW)
    temperature = first["dailySleepTemperatureDerivations"]
    assert temperature["baselineTemperatureCelsius"] == "NaN"


# How Google tells of it


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("exercise", 'exercise.interval.start_time >= "2026-11-01T00:00:00Z"', "_DATA_TYPE_MEMBER"),
        ("exercise", 'exercise.interval >= "2026-11-01"', "_DATA_TYPE_MEMBER"),
        ("exercise", f'{CIVIL} >= "2026-11-01T00:00:00Z"', "_CIVIL_DATE_TIME_FORMAT"),
        ("exercise", f'{CIVIL} <= "2026-11-01"', ""),
        ("daily-vo2-max", 'daily_vo2_max.interval >= "2026-11-01"', "_DATA_TYPE_MEMBER"),
        ("daily-vo2-max", 'dailyVo2Max.date >= "2026-11-01"', ""),
    ],
)
async def test_wrong_filters_are_refused_with_a_reason(
    client: ClientSession, google: GoogleSimulator, kind: str, text: str, expected: str
) -> None:
    for method in ("", ":reconcile"):
        status, answer = await ask(client, google, kind, method, filter=text)
        assert (status, reason(answer)) == (400, f"INVALID_DATA_POINT_FILTER{expected}")


async def test_pages_of_workouts_are_short(client: ClientSession, google: GoogleSimulator) -> None:
    status, answer = await ask(client, google, "exercise", filter=f'{CIVIL} >= "2026-09-01"', pageSize="1000")
    assert (status, len(answer["dataPoints"])) == (200, 25)
    assert answer["nextPageToken"]
    starts = [point["exercise"]["interval"]["startTime"] for point in answer["dataPoints"]]
    assert starts == sorted(starts, reverse=True)


async def test_listed_workouts_name_their_sources(client: ClientSession, google: GoogleSimulator) -> None:
    text = f'{CIVIL} >= "2026-11-12"'
    _, listed = await ask(client, google, "exercise", filter=text)
    _, united = await ask(client, google, "exercise", ":reconcile", filter=text)
    assert {point["dataSource"]["platform"] for point in listed["dataPoints"]} == {"FITBIT", APP}
    assert not any("dataSource" in point or "name" in point for point in united["dataPoints"])
    names = {point["name"] for point in listed["dataPoints"]}
    assert {point["dataPointName"] for point in united["dataPoints"]} < names
    app = next(point for point in listed["dataPoints"] if point["dataSource"]["platform"] == APP)
    assert app["dataSource"]["device"] == {}
    assert "startUtcOffset" not in app["exercise"]["interval"]
    assert not any("civil" in key for point in listed["dataPoints"] for key in point["exercise"]["interval"])
    assert google.schema_violations == []


@pytest.mark.parametrize("kind", NIGHTLY)
async def test_nights_cannot_be_rolled_up(client: ClientSession, google: GoogleSimulator, kind: str) -> None:
    days = {"start": {"date": {"year": 2026, "month": 11, "day": 20}}}
    body = {"range": days | {"end": {"date": {"year": 2026, "month": 11, "day": 21}}}}
    status, answer = await ask(client, google, kind, ":dailyRollUp", body)
    assert (status, reason(answer)) == (400, "UNSUPPORTED_DATA_TYPE_ACTION")
    assert answer["error"]["details"][0]["metadata"]["allowed_actions"] == "list, reconcile"


async def test_an_unknown_type(client: ClientSession, google: GoogleSimulator) -> None:
    status, answer = await ask(client, google, "exercises")
    assert (status, reason(answer)) == (400, "INVALID_PARENT_DATA_TYPE_COLLECTION")


async def test_active_zone_minutes(client: ClientSession, google: GoogleSimulator) -> None:
    days = {"start": {"date": {"year": 2026, "month": 11, "day": 18}}}
    body: dict[str, Any] = {"range": days | {"end": {"date": {"year": 2026, "month": 11, "day": 21}}}}
    status, answer = await ask(client, google, "active-zone-minutes", ":dailyRollUp", body)
    assert (status, len(answer["rollupDataPoints"])) == (200, 3)
    for point, day in zip(answer["rollupDataPoints"], (18, 19, 20), strict=True):
        expected = google.person.active_zone_minutes(date(2026, 11, day), NOW)
        assert sum(int(value) for value in point["activeZoneMinutes"].values()) == sum(expected.values())
    status, answer = await ask(
        client, google, "active-zone-minutes", ":dailyRollUp", body | {"windowSizeDays": 1, "pageSize": 2}
    )
    assert (status, reason(answer)) == (400, "INVALID_ROLLUP_QUERY_DURATION")


@pytest.mark.parametrize(("kind", "scope"), [("exercise", ACTIVITY), ("daily-respiratory-rate", METRICS)])
async def test_each_type_needs_its_scope(google: GoogleSimulator, kind: str, scope: str) -> None:
    other = ({ACTIVITY, METRICS} - {scope}).pop()
    async with ClientSession() as client:
        for scopes, expected in (([scope], 200), ([other], 403)):
            headers = {"Authorization": f"Bearer {google.grant(scopes)['access_token']}"}
            url = f"{google.url}/v4/users/me/dataTypes/{kind}/dataPoints"
            async with client.get(url, headers=headers) as answer:
                assert answer.status == expected


# From there to the archive


async def test_the_archive_tells_the_person_s_truth(
    client: ClientSession, google: GoogleSimulator, archive: Archive
) -> None:
    source = GoogleHealth(client, GoogleToken(google), f"{google.url}/v4")
    reading = await source.samples(*WEEKS)
    archive.store(reading.samples, int(NOW))
    archive.store_workouts(await source.workouts(*WEEKS), *WEEKS, int(NOW))
    while archive.count_figures(int(NOW)):
        pass
    truth: list[Training] = merged(google.person.trainings(*WEEKS, NOW))
    kept = archive.workouts(*WEEKS)
    assert [(one.session.type, one.session.start) for one in kept] == [(one.type, one.start) for one in truth]
    for one, training in zip(kept, truth, strict=True):
        assert training.end == one.session.end
        if one.session.is_final(int(NOW)):
            samples = google.person.samples(training.start - 100, training.end + 300, NOW)
            assert one.figures == figures(samples, training.start, training.end)
            assert training.method != STARTED or (one.figures.recovery or 0) > 5
    last = archive.last_workout(int(NOW))
    assert last
    assert last.session.end == max(one.end for one in truth if one.end)
