"""The Fitbit Web API as a source, over HTTP against the simulated service."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, date, datetime, timedelta
import json
from typing import Any, Final
from zoneinfo import ZoneInfo

from aiohttp import ClientSession
from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR
from custom_components.fitbit_cardiogram.heart_rate.day import RestingHeartRate, Zone, ZoneName
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from custom_components.fitbit_cardiogram.sources.errors import (
    Denial,
    PermissionMissingError,
    RateLimitedError,
    ServiceEndedError,
    ServiceUnavailableError,
    ServiceUnreachableError,
    SignInRefusedError,
    SourceError,
    UnexpectedAnswerError,
)
from custom_components.fitbit_cardiogram.sources.fitbit import DETAIL_LEVELS, Fitbit, decode_intraday
from custom_components.fitbit_cardiogram.sources.source import Reading
from tests.helpers.home import until
from tests.helpers.sources import EXAMPLE, FitbitToken, readings
from tests.simulators import Fault, FitbitSimulator, Recording

NOW: Final = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)
TODAY: Final = date(2026, 11, 21)
HEART: Final = "/activities/heart/date/"


@pytest.fixture
def person(freezer: FrozenDateTimeFactory) -> Recording:
    """Return a person in Berlin with measurements of the last three days."""
    freezer.move_to(NOW)
    now = int(NOW.timestamp())
    return Recording(readings=readings(now - 3 * 86400, now), resting={TODAY: 55})


@pytest.fixture
async def fitbit(person: Recording) -> AsyncGenerator[FitbitSimulator]:
    async with FitbitSimulator(person) as simulator:
        yield simulator


@pytest.fixture
async def source(fitbit: FitbitSimulator) -> AsyncGenerator[Fitbit]:
    async with ClientSession() as session:
        yield Fitbit(session, FitbitToken(fitbit), fitbit.url)


# Samples


@pytest.mark.parametrize("detail", DETAIL_LEVELS)
@pytest.mark.parametrize("hours", [0.1, 5, 11.9, 12.1, 24, 60])
async def test_each_detail_level_in_each_form(
    fitbit: FitbitSimulator, person: Recording, detail: str, hours: float
) -> None:
    end = int(NOW.timestamp()) // 900 * 900
    start = end - int(hours * 3600) // 900 * 900 if hours >= 1 else end - 900
    async with ClientSession() as session:
        reading = await Fitbit(session, FitbitToken(fitbit), fitbit.url, detail).samples(start, end)
    size = {"1sec": 1, "1min": 60, "5min": 300, "15min": 900}[detail]
    buckets: dict[int, list[int]] = {}
    for time, bpm in person.samples(start, end, NOW.timestamp()):
        buckets.setdefault(time // size * size, []).append(bpm)
    assert reading.samples == [(time, round(sum(bpms) / len(bpms))) for time, bpms in buckets.items()]
    windows = [request for request in fitbit.requests if "/time/" in request.path]
    assert bool(windows) is (end - start <= 12 * 3600)
    assert all(f"/{detail}" in request.path for request in windows)


async def test_the_future_is_not_asked_for(
    source: Fitbit, fitbit: FitbitSimulator, person: Recording
) -> None:
    now = int(NOW.timestamp())
    reading = await source.samples(now - 600, now + 86400)
    assert reading.samples == person.samples(now - 600, now + 1, now)
    assert await source.samples(now + 3600, now + 7200) == Reading([])


async def test_what_the_parameter_does_is_found_out_once(source: Fitbit, fitbit: FitbitSimulator) -> None:
    now = int(NOW.timestamp())
    for _ in range(3):
        await source.samples(now - 600, now)
    assert fitbit.count("15min") == 2
    assert fitbit.count("profile") == 1
    assert fitbit.count("/1sec/") == 3


async def test_where_the_parameter_is_ignored_a_move_is_noticed_at_once(
    source: Fitbit, fitbit: FitbitSimulator, person: Recording
) -> None:
    """All wall-clock times, those of the past too, are then given in the new zone."""
    fitbit.timezone_honoured = False
    now = int(NOW.timestamp())
    expected = person.samples(now - 600, now, now)
    assert (await source.samples(now - 600, now)).samples == expected
    person.time_zone = "America/Los_Angeles"
    assert (await source.samples(now - 600, now)).samples == expected


async def test_a_day_without_measurements_finds_out_nothing_and_asks_again_the_next(
    fitbit: FitbitSimulator, source: Fitbit, person: Recording, freezer: FrozenDateTimeFactory
) -> None:
    person.readings.clear()
    now = int(NOW.timestamp())
    assert await source.samples(now - 600, now) == Reading([], detail=1)
    assert await source.samples(now - 600, now) == Reading([], detail=1)
    assert fitbit.count("15min") == 2
    freezer.tick(timedelta(days=1))
    now += 86400
    person.readings += readings(now - 86400, now)
    assert (await source.samples(now - 600, now)).samples == person.samples(now - 600, now, now)
    assert fitbit.count("15min") == 4


@pytest.mark.parametrize("parameter", ["honoured", "times only", "ignored"])
@pytest.mark.parametrize(("first_hour", "last_hour"), [(0, 24), (8, 20)])
async def test_a_sync_while_it_is_found_out_misleads_nobody(
    source: Fitbit,
    fitbit: FitbitSimulator,
    person: Recording,
    monkeypatch: pytest.MonkeyPatch,
    parameter: str,
    first_hour: int,
    last_hour: int,
) -> None:
    """Without the parameter the answer lacks what with it is there."""
    fitbit.timezone_honoured = parameter != "ignored"
    fitbit.utc_dates_local = parameter == "times only"
    midnight = int(NOW.timestamp()) - 23 * HOUR
    start, synced, end = (midnight + (hour - 24) * HOUR for hour in (first_hour, 16, last_hour))
    person.readings = readings(start, end)
    samples = person.samples

    def late(since: int, until: int, now: float) -> list[Sample]:
        return samples(since, until if fitbit.count("15min") > 1 else min(until, synced), now)

    monkeypatch.setattr(person, "samples", late)
    assert (await source.samples(midnight - 3 * DAY, midnight + DAY)).samples == person.readings


@pytest.mark.parametrize(
    "odd",
    [
        {"time": "12:00:00"},
        {"time": "12:00:00", "value": 0},
        {"time": "12:00:00", "value": 301},
        {"time": "12:00:00", "value": "72"},
        {"time": "25:00:00", "value": 72},
        {"time": 43200, "value": 72},
        {"time": None, "value": 72},
        None,
        [],
        "12:00:00",
    ],
)
def test_an_odd_item_is_left_out_and_counted(odd: Any) -> None:
    answer = json.loads(EXAMPLE)
    answer["activities-heart-intraday"]["dataset"].insert(2, odd)
    times, values, skipped = decode_intraday(json.dumps(answer).encode())
    assert (times, values, skipped) == ([0, 60, 120, 180, 240], [78, 78, 77, 77, 77], 1)


@pytest.mark.parametrize(
    "body",
    ["", "<html>", "[]", "7", '{"activities-heart-intraday": []}', '{"activities-heart": {}}', EXAMPLE[:-9]],
)
async def test_a_malformed_answer_fails_the_whole(source: Fitbit, fitbit: FitbitSimulator, body: str) -> None:
    now = int(NOW.timestamp())
    await source.samples(now - 60, now)
    fitbit.faults.append(Fault("/1sec/", status=200, body=body or " "))
    with pytest.raises(UnexpectedAnswerError):
        await source.samples(now - 600, now)


# Marks


@pytest.mark.parametrize("parameter", ["honoured", "times only", "ignored"])
@pytest.mark.parametrize("hours", [8, 12, 24])
async def test_marks_change_with_the_samples_of_their_hour(
    source: Fitbit, fitbit: FitbitSimulator, person: Recording, parameter: str, hours: int
) -> None:
    """Of hours without a sample there are none, and no other hour's mark changes along."""
    fitbit.timezone_honoured = parameter != "ignored"
    fitbit.utc_dates_local = parameter == "times only"
    end = int(NOW.timestamp()) - HOUR
    start, empty = end - hours * HOUR, end - 3 * HOUR
    person.readings = [one for one in person.readings if not empty <= one[0] < empty + HOUR]
    before = await source.fingerprints(start, end)
    assert sorted(before) == [hour for hour in range(start, end, HOUR) if hour != empty]
    assert all(mark.values is None for mark in before.values())
    assert await source.fingerprints(start, end) == before
    assert fitbit.count("1min") == 2 * (1 if hours <= 12 else 2)

    changed = end - 5 * HOUR
    person.readings = [(time, 200 if time // 60 == changed // 60 else bpm) for time, bpm in person.readings]
    after = await source.fingerprints(start, end)
    assert {hour for hour in before if after[hour] != before[hour]} == {changed}


async def test_of_an_hour_that_is_cut_off_that_part_counts(
    source: Fitbit, fitbit: FitbitSimulator, person: Recording
) -> None:
    end = int(NOW.timestamp()) - 1800
    whole = await source.fingerprints(end - 2 * HOUR + 1800, end)
    person.readings = [one for one in person.readings if one[0] < end]
    assert await source.fingerprints(end - 2 * HOUR + 1800, end) == whole


@pytest.mark.parametrize(
    ("detail", "marks"), zip(DETAIL_LEVELS, ("1min", "1min", "5min", "15min"), strict=True)
)
async def test_marks_are_told_by_minutes_at_best(fitbit: FitbitSimulator, detail: str, marks: str) -> None:
    now = int(NOW.timestamp())
    async with ClientSession() as session:
        await Fitbit(session, FitbitToken(fitbit), fitbit.url, detail).fingerprints(now - 8 * HOUR, now)
    assert fitbit.count(f"/{marks}/time/") == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"status": 503}, ServiceUnavailableError),
        ({"status": 429}, RateLimitedError),
        ({"status": 200, "body": "<html>"}, UnexpectedAnswerError),
        ({"status": 200, "body": '{"activities-heart": []}'}, PermissionMissingError),
    ],
)
async def test_marks_that_cannot_be_read_are_not_none(
    source: Fitbit, fitbit: FitbitSimulator, fault: dict[str, Any], error: type[SourceError]
) -> None:
    now = int(NOW.timestamp())
    await source.samples(now - 600, now)
    fitbit.faults.append(Fault("/1min", **fault))
    with pytest.raises(error):
        await source.fingerprints(now - 8 * HOUR, now)


# Summaries


@pytest.mark.parametrize("sub_day_shape", [False, True])
async def test_the_pages_example(source: Fitbit, fitbit: FitbitSimulator, sub_day_shape: bool) -> None:
    answer = json.loads(EXAMPLE)
    if sub_day_shape:
        summary = answer["activities-heart"][0].pop("value")
        answer["activities-heart"] = [summary | {"dateTime": "today", "value": "64.2"}]
    fitbit.faults.append(Fault(HEART, status=200, body=json.dumps(answer), times=-1))
    day = date(2019, 5, 8)
    assert await source.resting_heart_rates(day, day) == [RestingHeartRate(day, 76)]
    assert (await source.zones(day, day))[day] == (
        Zone(ZoneName.LIGHT, 626, 30, 86, 979.43616),
        Zone(ZoneName.MODERATE, 185, 86, 121, 514.16208),
        Zone(ZoneName.VIGOROUS, 18, 121, 147, 197.92656),
        Zone(ZoneName.PEAK, 5, 147, 220, 6.984),
        Zone("Below", 718, 30, 90, 1164.09312, custom=True),
        Zone("Custom Zone", 74, 90, 110, 203.65344, custom=True),
        Zone("Above", 42, 110, 220, 330.76224, custom=True),
    )
    assert fitbit.count(HEART) == 1
    assert decode_intraday(EXAMPLE.encode()) == ([0, 60, 120, 180, 240], [78, 78, 77, 77, 77], 0)


@pytest.mark.parametrize("key", ["list", "null", "absent"])
async def test_a_person_without_zones_of_their_own(
    source: Fitbit, fitbit: FitbitSimulator, key: Any, person: Recording
) -> None:
    fitbit.custom_zones_key = key
    person.zones[TODAY] = {"LIGHT": 30.0, "PEAK": 2.0}
    zones = (await source.zones(TODAY, TODAY))[TODAY]
    assert [(zone.name, zone.minutes, zone.custom) for zone in zones] == [
        ("light", 30, False),
        ("moderate", 0, False),
        ("vigorous", 0, False),
        ("peak", 2, False),
    ]


async def test_what_a_summary_leaves_out_is_unknown(source: Fitbit, fitbit: FitbitSimulator) -> None:
    fitbit.zones_without_minutes = fitbit.zones_without_calories = True
    assert {(zone.minutes, zone.calories) for zone in (await source.zones(TODAY, TODAY))[TODAY]} == {
        (None, None)
    }
    yesterday = TODAY - timedelta(days=1)
    assert await source.resting_heart_rates(yesterday, yesterday) == []
    fitbit.faults.append(Fault(HEART, status=200, body='{"activities-heart": []}'))
    assert await source.zones(TODAY - timedelta(days=5), TODAY) == {}


async def test_many_days_are_one_request(source: Fitbit, fitbit: FitbitSimulator, person: Recording) -> None:
    first = TODAY - timedelta(days=14)
    person.resting = {first - timedelta(days=1): 50, first: 51, TODAY - timedelta(days=3): 54}
    person.zones = {first: {"PEAK": 1.0}, TODAY: {"PEAK": 2.0}}
    assert sorted(await source.resting_heart_rates(first, TODAY), key=lambda one: one.day) == [
        RestingHeartRate(first, 51),
        RestingHeartRate(TODAY - timedelta(days=3), 54),
    ]
    zones = await source.zones(first, TODAY)
    assert (zones[first][3].minutes, zones[TODAY][3].minutes) == (1, 2)
    assert fitbit.count(HEART) == 1


async def test_a_custom_zone_may_bear_a_standard_name(source: Fitbit, fitbit: FitbitSimulator) -> None:
    fitbit.custom_zones = [{"name": "Peak", "min": 150, "max": 220, "minutes": 9, "caloriesOut": 1.0}]
    custom = [zone for zone in (await source.zones(TODAY, TODAY))[TODAY] if zone.custom]
    assert [(zone.name, zone.minutes) for zone in custom] == [("Peak", 9)]


# The account


async def test_identity_and_time_zone(source: Fitbit, person: Recording) -> None:
    assert (await source.identity()).user_id == person.legacy_user_id
    assert await source.time_zone() == ZoneInfo("Europe/Berlin")


async def test_an_unknown_time_zone(source: Fitbit, person: Recording, fitbit: FitbitSimulator) -> None:
    fitbit.faults.append(
        Fault("profile", status=200, body='{"user": {"encodedId": "A", "timezone": "Mars/Phobos"}}')
    )
    with pytest.raises(UnexpectedAnswerError):
        await source.time_zone()


async def test_the_last_sync(source: Fitbit, fitbit: FitbitSimulator, person: Recording) -> None:
    person.synced_at = int(NOW.timestamp()) - 90
    assert await source.last_sync() == NOW - timedelta(seconds=90)
    person.time_zone = "Asia/Tokyo"
    assert await source.last_sync() == NOW - timedelta(seconds=90)
    fitbit.faults.append(Fault("devices", status=200, body="[]"))
    assert await source.last_sync() is None


@pytest.mark.parametrize(
    "synced",
    [
        "2026-11-21T21:59:00Z",
        "0001-01-01T00:00:00",
        "9999-12-31T23:59:59",
        "2099-01-01T00:00:00",
        "yesterday",
        5,
    ],
)
async def test_an_odd_sync_is_left_out(source: Fitbit, fitbit: FitbitSimulator, synced: Any) -> None:
    devices: list[Any] = [{"lastSyncTime": synced}, None, 5]
    fitbit.faults.append(Fault("devices", status=200, body=json.dumps(devices)))
    assert await source.last_sync() is None
    devices.append({"lastSyncTime": "2026-11-21T21:58:00"})
    fitbit.faults.append(Fault("devices", status=200, body=json.dumps(devices)))
    assert await source.last_sync() == datetime(2026, 11, 21, 20, 58, tzinfo=UTC)


async def test_a_scale_is_no_wearable(source: Fitbit, fitbit: FitbitSimulator) -> None:
    band = {"type": "TRACKER", "lastSyncTime": "2026-11-21T13:00:00"}
    scale = {"type": "SCALE", "lastSyncTime": "2026-11-21T22:55:00"}
    fitbit.faults.append(Fault("devices", status=200, body=json.dumps([scale, band])))
    assert await source.last_sync() == datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize("resting", ["0", "62.4", '"62"', "null", "{}", "1e400", "-5", "301"])
@pytest.mark.parametrize("custom", ["[]", "null", "5", '[{"minutes": 3}]', '[{"name": "A", "min": 2.5}]'])
async def test_an_odd_summary_costs_itself_alone(
    source: Fitbit, fitbit: FitbitSimulator, resting: str, custom: str
) -> None:
    zones = '[{"name": "Peak", "minutes": 7}, {"minutes": 1}, {"name": "Cardio", "caloriesOut": "9"}, 5]'
    value = f'{{"customHeartRateZones": {custom}, "heartRateZones": {zones}, "restingHeartRate": {resting}}}'
    times = '[{"time": "22:00:00", "value": 70}, {"time": "22:01:00", "value": 71}]'
    body = (
        f'{{"activities-heart": [5, {{"dateTime": "2026-11-21", "value": {value}}}],'
        f' "activities-heart-intraday": {{"dataset": {times}}}}}'
    )
    assert decode_intraday(body.encode()) == ([79200, 79260], [70, 71], 0)
    fitbit.faults.append(Fault("/activities/heart/", status=200, body=body))
    assert await source.resting_heart_rates(TODAY, TODAY) == []
    assert await source.zones(TODAY, TODAY) == {TODAY: (Zone("peak", 7.0),)}


async def test_custom_zones_are_bounded(source: Fitbit, fitbit: FitbitSimulator) -> None:
    fitbit.custom_zones = [
        {"name": "x" * 65, "minutes": 1},
        *({"name": f"Zone {number}", "minutes": number % 60} for number in range(3000)),
    ]
    custom = [zone.name for zone in (await source.zones(TODAY, TODAY))[TODAY] if zone.custom]
    assert custom == [f"Zone {number}" for number in range(20)]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-11-22", "2026-02-31"])
async def test_days_that_were_not_asked_for_are_left_out(
    source: Fitbit, fitbit: FitbitSimulator, day: str
) -> None:
    days = [{"dateTime": day, "value": {"restingHeartRate": 55}}]
    fitbit.faults.append(Fault("/activities/heart/", status=200, body=json.dumps({"activities-heart": days})))
    assert await source.resting_heart_rates(TODAY - timedelta(days=1), TODAY) == []


@pytest.mark.parametrize("day", ["today", "2026-02-31"])
async def test_a_text_that_is_no_date_stands_for_a_single_day_only(
    source: Fitbit, fitbit: FitbitSimulator, day: str
) -> None:
    """Of several days it would replace the values of one."""
    yesterday = TODAY - timedelta(days=1)
    known = {"dateTime": f"{yesterday}", "value": {"restingHeartRate": 50}}
    odd = {"dateTime": day, "value": {"restingHeartRate": 90}}
    body = json.dumps({"activities-heart": [known, odd]})
    fitbit.faults = [Fault("/activities/heart/", status=200, body=body, times=2)]
    several = await source.resting_heart_rates(yesterday, TODAY)
    assert several == [RestingHeartRate(yesterday, 50)]
    assert await source.resting_heart_rates(TODAY, TODAY) == [RestingHeartRate(TODAY, 90)]


async def test_a_standard_zone_counts_once(source: Fitbit, fitbit: FitbitSimulator) -> None:
    peaks = [{"name": "Peak", "minutes": number % 60} for number in range(1, 5000)]
    body = json.dumps({"activities-heart": [{"dateTime": f"{TODAY}", "value": {"heartRateZones": peaks}}]})
    fitbit.faults = [Fault("/activities/heart/", status=200, body=body)]
    assert await source.zones(TODAY, TODAY) == {TODAY: (Zone(ZoneName.PEAK, 1.0),)}


# A profile that cannot be read


PROFILE_TROUBLE = {
    "hangs": {"kind": "hang"},
    "resets": {"kind": "reset_before"},
    "429": {"status": 429},
    "401": {"status": 401},
    "403": {"status": 403},
    "410": {"status": 410},
    "long": {"status": 200, "body": "x" * 5_000_000},
    "odd zone": {"status": 200, "body": '{"user": {"timezone": "Atlantis/Capital"}}'},
    "no user": {"status": 200, "body": "{}"},
}


@pytest.mark.parametrize("trouble", PROFILE_TROUBLE.values(), ids=PROFILE_TROUBLE)
async def test_the_last_known_zone_serves_for_a_day(
    source: Fitbit,
    fitbit: FitbitSimulator,
    person: Recording,
    freezer: FrozenDateTimeFactory,
    trouble: dict[str, Any],
) -> None:
    """A wrong zone would store wrong seconds, so without one nothing is read."""
    fitbit.timezone_honoured = False
    fault = Fault("profile.json", times=-1, **trouble)
    start, end = int(NOW.timestamp()) - HOUR, int(NOW.timestamp())
    expected = [sample for sample in person.readings if start <= sample[0] < end]

    async def samples() -> list[Sample]:
        asked = asyncio.ensure_future(source.samples(start, end))
        hung = fitbit.count("profile.json")
        while trouble.get("kind") == "hang" and not asked.done():
            await until(lambda: asked.done() or fitbit.count("profile.json") > hung)  # noqa: B023
            if fitbit.count("profile.json") > hung:
                hung = fitbit.count("profile.json")
                freezer.tick(6.1)
        reading = await asked
        return reading.samples

    fitbit.faults = [fault]
    with pytest.raises((ServiceUnavailableError, PermissionMissingError)):
        await samples()
    fitbit.faults = []
    assert await samples() == expected
    fitbit.faults = [fault]
    freezer.tick(DAY - 60)
    assert await samples() == expected
    freezer.tick(70)
    with pytest.raises((ServiceUnavailableError, PermissionMissingError)):
        await samples()


# Errors


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"status": 400}, UnexpectedAnswerError),
        ({"status": 403}, PermissionMissingError),
        ({"status": 404}, UnexpectedAnswerError),
        ({"status": 410}, ServiceEndedError),
        ({"status": 429}, RateLimitedError),
        ({"status": 500}, ServiceUnavailableError),
        ({"status": 502, "body": "<html>"}, ServiceUnavailableError),
        ({"status": 504}, ServiceUnavailableError),
        ({"status": 302, "headers": {"Location": "/elsewhere"}}, UnexpectedAnswerError),
        # A lost connection is tried again by the client's library itself.
        ({"kind": "reset_before", "times": 2}, ServiceUnreachableError),
        ({"kind": "reset_after", "times": 2}, ServiceUnreachableError),
        ({"kind": "truncate"}, ServiceUnreachableError),
    ],
)
async def test_errors(
    source: Fitbit, fitbit: FitbitSimulator, fault: dict[str, Any], error: type[SourceError]
) -> None:
    fitbit.faults.append(Fault("profile", **fault))
    with pytest.raises(error):
        await source.identity()
    assert (await source.identity()).user_id


async def test_a_refused_token_is_refreshed_once(source: Fitbit, fitbit: FitbitSimulator) -> None:
    fitbit.expire_access_tokens()
    assert (await source.identity()).user_id
    fitbit.faults.append(Fault("profile", status=401, times=2))
    with pytest.raises(SignInRefusedError) as raised:
        await source.identity()
    assert "token" not in str(raised.value).replace("access token refused", "")


@pytest.mark.parametrize("answer", ["forbidden", "absent"])
async def test_without_intraday_permission_the_summary_stays(
    source: Fitbit, fitbit: FitbitSimulator, answer: Any
) -> None:
    fitbit.intraday = answer
    now = int(NOW.timestamp())
    with pytest.raises(PermissionMissingError) as raised:
        await source.samples(now - 600, now)
    assert raised.value.denial is Denial.INTRADAY
    assert await source.resting_heart_rates(TODAY, TODAY) == [RestingHeartRate(TODAY, 55)]


async def test_a_scope_that_was_not_granted(fitbit: FitbitSimulator) -> None:
    async with ClientSession() as session:
        source = Fitbit(session, FitbitToken(fitbit, ["heartrate", "profile"]), fitbit.url)
        with pytest.raises(PermissionMissingError) as raised:
            await source.last_sync()
    assert raised.value.denial is Denial.SCOPE


# The rate limit


@pytest.mark.parametrize("lag", [0, 20])
async def test_the_limit_is_never_met(
    source: Fitbit, fitbit: FitbitSimulator, freezer: FrozenDateTimeFactory, lag: int
) -> None:
    """Our own count holds where the headers lag behind."""
    fitbit.headers_lag = lag
    for _ in range(150):
        await source.identity()
    with pytest.raises(RateLimitedError) as raised:
        await source.identity()
    assert raised.value.retry_after == 3600
    assert list(fitbit.calls_by_hour().values()) == [150]
    freezer.tick(3600)
    assert await source.identity()


async def test_what_others_spend_of_the_limit_is_seen_in_the_headers(
    source: Fitbit, fitbit: FitbitSimulator
) -> None:
    async with ClientSession() as session:
        other = Fitbit(session, FitbitToken(fitbit), fitbit.url)
        for _ in range(149):
            await other.identity()
    assert source.requests_left() == 150
    assert await source.identity()
    assert source.requests_left() == 0
    with pytest.raises(RateLimitedError):
        await source.identity()
    assert list(fitbit.calls_by_hour().values()) == [150]
