"""The Google Health API as a source: all of what was asked for, or an error that says what to do."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
import json
from typing import Any
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR
from custom_components.fitbit_cardiogram.heart_rate.day import RestingHeartRate, Zone
from custom_components.fitbit_cardiogram.heart_rate.sample import BPM_MAX, BPM_MIN, TIME_MIN, Sample
from custom_components.fitbit_cardiogram.sources import google_api, google_health
from custom_components.fitbit_cardiogram.sources.errors import (
    Denial,
    PermissionMissingError,
    RequestRefusedError,
    ServiceUnavailableError,
    ServiceUnreachableError,
    SourceError,
    UnexpectedAnswerError,
)
from custom_components.fitbit_cardiogram.sources.google_health import (
    HEART_RATE_FIELDS,
    PAGE_SIZE,
    PAGE_SIZE_MIN,
    GoogleHealth,
    decode_heart_rate_page,
)
from custom_components.fitbit_cardiogram.sources.source import Identity, Reading
from tests.helpers.home import TODAY, at
from tests.helpers.sources import ASKING, END, START, GoogleToken
from tests.simulators import Fault, GoogleSimulator, Recording
from tests.simulators.google_points import heart_rate


@pytest.fixture(autouse=True)
def integration(socket_enabled: None) -> None:
    """Do without Home Assistant."""


BERLIN = ZoneInfo("Europe/Berlin")


# The account


async def test_identity(source: GoogleHealth, person: Recording) -> None:
    assert await source.identity() == Identity(person.health_user_id, "SAMPLE")


@pytest.mark.parametrize(
    ("body", "identity"),
    [
        ('{"healthUserId": "7"}', Identity("7")),
        ('{"healthUserId": "7", "legacyUserId": "OLD", "more": {}}', Identity("7", "OLD")),
    ],
)
async def test_a_shorter_identity(
    source: GoogleHealth, google: GoogleSimulator, body: str, identity: Identity
) -> None:
    google.faults = [Fault("identity", 200, body)]
    assert await source.identity() == identity


@pytest.mark.parametrize(
    "body", ["{}", '{"healthUserId": ""}', '{"healthUserId": 7}', '{"healthUserId": null}']
)
async def test_no_identity(source: GoogleHealth, google: GoogleSimulator, body: str) -> None:
    google.faults = [Fault("identity", 200, body)]
    with pytest.raises(UnexpectedAnswerError):
        await source.identity()


async def test_time_zone(source: GoogleHealth, google: GoogleSimulator) -> None:
    assert await source.time_zone() == BERLIN
    google.faults = [Fault("settings", 200, "{}")]
    assert await source.time_zone() is None


@pytest.mark.parametrize(
    "name", ["Atlantis/Capital", "Europe", "../../etc/passwd", "\x00", "x" * 5000, "a/" * 400 + "a"]
)
async def test_an_unknown_time_zone(source: GoogleHealth, google: GoogleSimulator, name: str) -> None:
    google.faults = [Fault("settings", 200, json.dumps({"timeZone": name}))]
    with pytest.raises(UnexpectedAnswerError, match=r"^unknown time zone$"):
        await source.time_zone()


def device(number: int, synced: str | None) -> dict[str, Any]:
    tracker: dict[str, Any] = {"name": f"users/me/pairedDevices/{number}", "deviceType": "TRACKER"}
    return tracker | ({"lastSyncTime": synced} if synced else {})


async def test_the_last_sync_of_many_devices(source: GoogleHealth, google: GoogleSimulator) -> None:
    google.max_page = 2
    google.other_devices = [
        device(2, None),
        device(3, "2026-11-21T22:59:30+01:00"),
        device(4, "2026-11-20T12:00:00.5Z"),
        device(5, None),
    ]
    assert await source.last_sync() == datetime(2026, 11, 21, 21, 59, 30, tzinfo=UTC)
    assert google.count("pairedDevices") == 3


async def test_no_device_has_synced(source: GoogleHealth, google: GoogleSimulator, person: Recording) -> None:
    person.synced_at, person.readings = None, []
    assert await source.last_sync() is None
    google.faults = [Fault("pairedDevices", 200, "{}")]
    assert await source.last_sync() is None


@pytest.mark.parametrize(
    "synced",
    [
        *("yesterday", "2026-11-21T21:59:00", 1795298340, {}),
        *("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"),
    ],
)
async def test_an_odd_sync_is_left_out(source: GoogleHealth, google: GoogleSimulator, synced: Any) -> None:
    odd, sound = {"lastSyncTime": synced}, {"lastSyncTime": "2026-11-21T20:00:00Z"}
    google.faults = [Fault("pairedDevices", 200, json.dumps({"pairedDevices": [odd, 5, None]}))]
    assert await source.last_sync() is None
    google.faults = [Fault("pairedDevices", 200, json.dumps({"pairedDevices": [sound, odd]}))]
    assert await source.last_sync() == datetime(2026, 11, 21, 20, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["TRACKER", "DEVICE_TYPE_UNSPECIFIED", None, "RING"])
async def test_a_scale_is_no_wearable(
    source: GoogleHealth, google: GoogleSimulator, kind: str | None
) -> None:
    band = {"lastSyncTime": "2026-11-21T12:00:00Z"} | ({"deviceType": kind} if kind else {})
    scale = {"deviceType": "SCALE", "deviceVersion": "Aria Air", "lastSyncTime": "2026-11-21T21:55:00Z"}
    for devices in ([band, scale], [scale, band]):
        google.faults = [Fault("pairedDevices", 200, json.dumps({"pairedDevices": devices}))]
        assert await source.last_sync() == datetime(2026, 11, 21, 12, tzinfo=UTC)
    google.faults = [Fault("pairedDevices", 200, json.dumps({"pairedDevices": [scale]}))]
    assert await source.last_sync() is None


@pytest.mark.parametrize(("asking", "pages"), [("last sync", 5), ("samples", 23), ("marks", 16)])
async def test_pages_in_a_circle_end(
    source: GoogleHealth,
    google: GoogleSimulator,
    asking: str,
    pages: int,
) -> None:
    """A token that was seen before shows it; new ones for ever are too many in the end, even empty ones."""
    google.faults = [Fault("", 200, '{"nextPageToken": "again"}', times=-1)]
    with pytest.raises(UnexpectedAnswerError, match=r"^pages in a circle$"):
        await ASKING[asking](source)
    assert len(google.requests) == 2

    google.faults = [Fault("", 200, json.dumps({"nextPageToken": f"{number}"})) for number in range(50)]
    with pytest.raises(UnexpectedAnswerError, match=r"^pages without end$"):
        await ASKING[asking](source)
    assert len(google.requests) == 2 + pages


async def test_pages_end_when_they_are_too_long_in_all(
    source: GoogleHealth, google: GoogleSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(google_health, "READING_LIMIT", 1_000_000)
    google.faults = [
        Fault("", 200, json.dumps({"nextPageToken": f"{number}", "more": "x" * 400_000}))
        for number in range(25)
    ]
    with pytest.raises(UnexpectedAnswerError, match=r"^pages without end$"):
        await source.samples(START, END)
    assert len(google.requests) == 3


# Samples


async def test_samples_of_a_half_open_range(source: GoogleHealth, person: Recording) -> None:
    (first, _), (last, _) = person.readings[10], person.readings[20]
    assert await source.samples(first, last) == Reading(person.readings[10:20])
    assert await source.samples(first, last + 1) == Reading(person.readings[10:21])
    assert await source.samples(START - 7200, START) == Reading([])


@pytest.mark.parametrize("empty_pages", [False, True])
async def test_every_page_is_read_to_the_end(
    source: GoogleHealth, google: GoogleSimulator, person: Recording, empty_pages: bool
) -> None:
    google.max_page, google.empty_pages = 50, empty_pages
    person.synced_at = None
    assert await source.samples(START, END) == Reading(person.readings)
    pages = [request.query for request in google.requests]
    assert len(pages) == (10 if empty_pages else 4)
    assert {page["pageSize"] for page in pages} == {str(PAGE_SIZE)}
    assert len({page["filter"] for page in pages}) == 1


async def test_the_merged_stream_is_asked_for(source: GoogleHealth, google: GoogleSimulator) -> None:
    await source.samples(START, END)
    (request,) = google.requests
    assert request.path == "/v4/users/me/dataTypes/heart-rate/dataPoints:reconcile"
    assert request.query["filter"] == (
        'heart_rate.sample_time.physical_time >= "2026-11-21T21:00:00Z"'
        ' AND heart_rate.sample_time.physical_time < "2026-11-21T22:00:00Z"'
    )


@pytest.mark.parametrize("readings", [[(START, 60), (START, 75)], [(START, 75), (START, 60)]])
async def test_two_points_in_one_second_are_one_sample(
    source: GoogleHealth, person: Recording, readings: list[Sample]
) -> None:
    person.readings = readings
    assert await source.samples(START, END) == Reading([(START, 75)])


async def test_samples_come_in_order(source: GoogleHealth, person: Recording) -> None:
    expected = list(person.readings)
    person.synced_at = None
    person.readings = expected[90:] + expected[:100]
    assert await source.samples(START, END) == Reading(expected)


def point(bpm: Any = "72", time: Any = "2026-11-21T21:30:00Z") -> dict[str, Any]:
    return {"heartRate": {"beatsPerMinute": bpm, "sampleTime": {"physicalTime": time}}}


SOUND = {
    "as Google writes": point(),
    "a number": point(72),
    "of a zone": point(time="2026-11-21T22:30:00+01:00"),
    "fractional": point(time="2026-11-21T21:30:00.9Z"),
    "with more": point() | {"dataSource": {"platform": "FITBIT"}, "dataPointName": "x", "odd": [None]},
    "lowest": point("1"),
    "highest": point("300"),
}


@pytest.mark.parametrize("sound", SOUND.values(), ids=SOUND)
def test_sound_points(sound: dict[str, Any]) -> None:
    bpm = int(sound["heartRate"]["beatsPerMinute"])
    body = json.dumps({"dataPoints": [sound]}).encode()
    assert decode_heart_rate_page(body) == ([(at("21:30:00"), bpm)], 0, "")


ODD = {
    "zero": point("0"),
    "negative": point("-60"),
    "too high": point("301"),
    "absurd": point("9" * 400),
    "half a beat": point("72.5"),
    "a half number": point(72.5),
    "words": point("seventy"),
    "empty": point(""),
    "padded": point(" 72"),
    "hexadecimal": point("0x48"),
    "not a number": point("NaN"),
    "other digits": point("٧٢"),
    "null": point(None),
    "true": point(True),
    "a list": point(["72"]),
    "no bpm": {"heartRate": {"sampleTime": {"physicalTime": "2026-11-21T21:30:00Z"}}},
    "milliseconds": point(time=1795296600000),
    "milliseconds in words": point(time="1795296600000"),
    "naive": point(time="2026-11-21T21:30:00"),
    "no such day": point(time="2026-02-30T21:30:00Z"),
    "no such hour": point(time="2026-11-21T25:30:00Z"),
    "a date": point(time="2026-11-21"),
    "no date": point(time="yesterday"),
    "no time": point(time=None),
    "year one": point(time="0001-01-01T00:00:00Z"),
    "before year one": point(time="0001-01-01T00:00:00+23:00"),
    "the epoch": point(time="1970-01-01T00:00:00Z"),
    "a clock never set": point(time="2001-01-01T00:00:00Z"),
    "no sample time": {"heartRate": {"beatsPerMinute": "72"}},
    "another kind": {"steps": {"count": "72"}},
    "null inside": {"heartRate": None},
    "nothing": {},
    "null itself": None,
    "a word": "72",
    "a number alone": 72,
    "a list alone": [[[]]],
    "nested garbage": point({"a": [{"b": [None, {}]}]}, [[{"c": 1}]]),
    "deep": json.loads("[" * 500 + "]" * 500),
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_an_odd_point_is_left_out_alone(odd: Any) -> None:
    body = json.dumps({"dataPoints": [point("71"), odd, point("73")], "nextPageToken": "more"}).encode()
    moment = at("21:30:00")
    assert decode_heart_rate_page(body) == ([(moment, 71), (moment, 73)], 1, "more")


async def test_every_odd_point_is_counted(
    source: GoogleHealth, google: GoogleSimulator, person: Recording
) -> None:
    google.odd_points = list(ODD.values())
    google.max_page = 50
    person.synced_at = None
    person.readings[7] = (person.readings[7][0], 0)
    expected = [sample for sample in person.readings if sample[1]]
    assert await source.samples(START, END) == Reading(expected, skipped=len(ODD) + 1)


def test_a_broken_letter_spoils_one_point() -> None:
    sound = json.dumps(point()).encode()
    body = b'{"dataPoints": [' + sound.replace(b"72", b"7\xff2") + b", " + sound + b"]}"
    assert decode_heart_rate_page(body) == ([(at("21:30:00"), 72)], 1, "")


MALFORMED: list[str | bytes] = [
    "",
    "<!DOCTYPE html><html>Sign in to this network</html>",
    "null",
    "[]",
    '"dataPoints"',
    "72",
    '{"dataPoints": null}',
    '{"dataPoints": {}}',
    '{"dataPoints": "none"}',
    '{"nextPageToken": null}',
    '{"nextPageToken": 7}',
    '{"dataPoints": [], "nextPageToken": ["x"]}',
    '{"dataPoints": [{"heartRate": {"beatsPerM',
    '{"dataPoints": []}}',
    '{"dataPoints": [NaN]}',
    b"\xff\xfe{\x00}\x00",
    "[" * 100_000,
]


@pytest.mark.parametrize("body", MALFORMED, ids=lambda body: repr(body[:40]))
async def test_a_malformed_page_is_no_empty_page(
    source: GoogleHealth, google: GoogleSimulator, token: GoogleToken, body: str | bytes
) -> None:
    """Wherever it comes, the reading fails as a whole."""
    google.max_page = 50
    body = body or " "
    google.faults = [Fault("reconcile", 200, body)]
    with pytest.raises(UnexpectedAnswerError):
        await source.samples(START, END)

    def break_the_third() -> None:
        if google.count("reconcile") == 3:
            google.faults = [Fault("reconcile", 200, body)]

    token.before_request = break_the_third
    with pytest.raises(UnexpectedAnswerError):
        await source.samples(START, END)
    assert google.count("reconcile") == 4


@pytest.mark.parametrize("kind", ["reset_before", "truncate"])
async def test_a_page_that_breaks_off_fails_the_reading(
    source: GoogleHealth, google: GoogleSimulator, kind: Any
) -> None:
    google.faults = [Fault("reconcile", kind=kind, times=-1)]
    with pytest.raises(ServiceUnreachableError):
        await source.samples(START, END)


async def test_a_slow_page_is_asked_for_in_halves(
    source: GoogleHealth, google: GoogleSimulator, person: Recording
) -> None:
    person.synced_at = None
    google.faults = [Fault("reconcile", 504, times=2)]
    assert await source.samples(START, END) == Reading(person.readings)
    sizes = [int(request.query["pageSize"]) for request in google.requests]
    assert sizes == [PAGE_SIZE, PAGE_SIZE // 2, PAGE_SIZE // 4]


async def test_a_page_that_stays_slow_fails(source: GoogleHealth, google: GoogleSimulator) -> None:
    google.faults = [Fault("reconcile", 504, times=-1)]
    with pytest.raises(ServiceUnavailableError, match=r"^status 504$"):
        await source.samples(START, END)
    assert int(google.requests[-1].query["pageSize"]) == PAGE_SIZE_MIN


# What is not needed is not asked for


def masks(google: GoogleSimulator) -> list[bool]:
    """Return of each request for samples whether it says which fields are needed."""
    return ["fields" in request.query for request in google.requests if "reconcile" in request.path]


async def test_what_is_not_needed_is_left_out(
    source: GoogleHealth, google: GoogleSimulator, person: Recording
) -> None:
    google.max_page = 50
    person.synced_at = None
    for _ in range(2):
        assert await source.samples(START, END) == Reading(person.readings)
    assert masks(google) == [True] * 8
    assert {request.query.get("fields") for request in google.requests} == {HEART_RATE_FIELDS}


async def test_a_service_that_ignores_what_is_needed(
    source: GoogleHealth, google: GoogleSimulator, person: Recording
) -> None:
    google.partial_responses = False
    person.synced_at = None
    for _ in range(2):
        assert await source.samples(START, END) == Reading(person.readings)
    assert masks(google) == [True, True]


@pytest.mark.parametrize("switch", ["masks_refused", "masks_spoil"])
async def test_a_service_that_cannot_leave_anything_out_is_not_asked_to_again(
    source: GoogleHealth, google: GoogleSimulator, person: Recording, switch: str
) -> None:
    """It refuses, or leaves out too much. What was measured is read all the same, on every page."""
    setattr(google, switch, True)
    google.max_page = 50
    person.synced_at = None
    for _ in range(2):
        assert await source.samples(START, END) == Reading(person.readings)
    assert masks(google) == [True] + [False] * 8


async def test_a_refusal_for_another_reason_proves_nothing(
    source: GoogleHealth, google: GoogleSimulator, person: Recording
) -> None:
    person.synced_at = None
    google.faults = [Fault("reconcile", 400, times=2)]
    with pytest.raises(RequestRefusedError):
        await source.samples(START, END)
    assert await source.samples(START, END) == Reading(person.readings)
    assert masks(google) == [True, False, True]


@pytest.mark.parametrize(
    "fault",
    [
        *({"status": status} for status in (401, 403, 404, 410, 429, 500, 503)),
        *({"status": 200, "body": body} for body in ("<html>", '{"dataPoints": [', '{"error": {}}')),
        {"kind": "truncate"},
    ],
    ids=str,
)
async def test_trouble_is_no_reason_to_ask_for_everything(
    source: GoogleHealth, google: GoogleSimulator, person: Recording, fault: dict[str, Any]
) -> None:
    person.synced_at = None
    google.faults = [Fault("reconcile", times=2 if fault.get("status") == 401 else 1, **fault)]
    with pytest.raises(SourceError):
        await source.samples(START, END)
    assert await source.samples(START, END) == Reading(person.readings)
    assert all(masks(google))


async def test_a_page_with_some_odd_points_is_no_reason_either(
    source: GoogleHealth, google: GoogleSimulator, person: Recording
) -> None:
    google.odd_points = [None, 7, {}]
    person.synced_at = None
    assert await source.samples(START, END) == Reading(person.readings, skipped=3)
    assert await source.samples(START - DAY, START) == Reading([], skipped=3)
    assert masks(google)[:2] == [True, True]


# Marks


@pytest.mark.parametrize("page", [10_000, 2])
async def test_marks_are_the_roll_ups_of_the_hours(
    source: GoogleHealth, google: GoogleSimulator, person: Recording, page: int
) -> None:
    """Hours without a sample have none; of an hour that the range cuts off only that part counts."""
    google.max_page = page
    person.synced_at = None
    person.readings = [
        *((START - 5 * HOUR + second, 60 + second) for second in range(3)),
        (START - 3 * HOUR, 70),
        (START - 2 * HOUR, 71),
        *((START, 80), (START + 1799, 90), (START + 1800, 200)),
    ]
    marks = await source.fingerprints(START - 6 * HOUR, START + 1800)
    assert {hour: mark.values for hour, mark in marks.items()} == {
        START - 5 * HOUR: (60, 61, 62),
        START - 3 * HOUR: (70, 70, 70),
        START - 2 * HOUR: (71, 71, 71),
        START: (80, 85, 90),
    }
    assert google.count("rollUp") == (1 if page > 4 else 2)
    assert {len(request.query) for request in google.requests} == {0}
    assert await source.fingerprints(START - 12 * HOUR, START - 6 * HOUR) == {}


async def test_a_mark_stays_until_the_samples_change(source: GoogleHealth, person: Recording) -> None:
    person.synced_at = None
    before = await source.fingerprints(START, END)
    assert await source.fingerprints(START, END) == before
    person.readings.append((START + 1, 61))
    after = await source.fingerprints(START, END)
    assert after.keys() == before.keys() == {START}
    assert after[START].digest != before[START].digest
    assert -(2**63) <= after[START].digest < 2**63


@pytest.mark.parametrize(
    "body",
    [
        *MALFORMED[1:6],
        '{"rollupDataPoints": null}',
    ],
)
async def test_malformed_roll_ups_are_no_marks(
    source: GoogleHealth, google: GoogleSimulator, body: str | bytes
) -> None:
    google.faults = [Fault("rollUp", 200, body)]
    with pytest.raises(UnexpectedAnswerError):
        await source.fingerprints(START, END)


@pytest.mark.parametrize(
    "odd",
    [
        "5",
        "null",
        '{"heartRate": {}}',
        '{"startTime": "2026-11-21T21:00:00", "heartRate": {}}',
        '{"startTime": "2026-11-21T21:00:00Z", "heartRate": 60}',
        '{"startTime": "2026-11-21T21:00:00Z", "heartRate": {"beatsPerMinuteAvg": "NaN"}}',
        '{"startTime": "2026-11-21T21:00:00Z", "heartRate": {"beatsPerMinuteMin": null}}',
        '{"startTime": "2026-11-21T21:00:00Z", "heartRate": {"beatsPerMinuteMax": 1e308}}',
        '{"startTime": "0001-01-01T00:00:00+23:59", "heartRate": {}}',
        '{"startTime": "9999-12-31T23:59:59-23:59", "heartRate": {}}',
    ],
)
async def test_an_odd_roll_up_costs_its_hour_alone(
    source: GoogleHealth, google: GoogleSimulator, odd: str
) -> None:
    sound = '{"startTime": "2026-11-21T20:00:00Z", "heartRate": {"beatsPerMinuteMin": 61}}'
    google.faults = [Fault("rollUp", 200, f'{{"rollupDataPoints": [{odd}, {sound}]}}')]
    assert list(await source.fingerprints(START - HOUR, END)) == [START - HOUR]


@settings(max_examples=100)
@given(
    st.lists(st.tuples(st.integers(TIME_MIN, 2**32), st.integers(BPM_MIN, BPM_MAX)), max_size=30),
    st.sampled_from(
        ["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Kiritimati", "Australia/Lord_Howe"]
    ),
    st.text(max_size=20),
)
def test_what_google_writes_is_what_we_read(samples: list[Sample], zone: str, token: str) -> None:
    points = [heart_rate(time, bpm, ZoneInfo(zone)) for time, bpm in samples]
    page = ({"dataPoints": points} if points else {}) | ({"nextPageToken": token} if token else {})
    assert decode_heart_rate_page(json.dumps(page).encode()) == (samples, 0, token)


# The day


@pytest.mark.parametrize("page", [90, 1])
async def test_resting_heart_rates(
    source: GoogleHealth, google: GoogleSimulator, person: Recording, page: int
) -> None:
    """Those of the days asked for, both ends included, on however many pages."""
    google.max_page = page
    person.resting = {date(2026, 11, day): 40 + day for day in (9, 10, 18, 20, 21)}
    assert await source.resting_heart_rates(date(2026, 11, 10), date(2026, 11, 20)) == [
        RestingHeartRate(date(2026, 11, 20), 60),
        RestingHeartRate(date(2026, 11, 18), 58),
        RestingHeartRate(date(2026, 11, 10), 50),
    ]
    person.resting = {}
    assert await source.resting_heart_rates(TODAY, TODAY) == []


RESTING_DATE = {"year": 2026, "month": 11, "day": 21}


@pytest.mark.parametrize(
    "resting",
    [
        {"date": RESTING_DATE, "beatsPerMinute": "0"},
        {"date": RESTING_DATE, "beatsPerMinute": "301"},
        {"date": RESTING_DATE, "beatsPerMinute": None},
        {"date": RESTING_DATE},
        {"date": RESTING_DATE | {"month": 13}, "beatsPerMinute": "55"},
        {"date": RESTING_DATE | {"year": 0}, "beatsPerMinute": "55"},
        {"date": RESTING_DATE | {"year": 1}, "beatsPerMinute": "55"},
        {"date": {"year": 9999, "month": 12, "day": 31}, "beatsPerMinute": "55"},
        {"date": RESTING_DATE, "beatsPerMinute": "NaN"},
        {"date": RESTING_DATE, "beatsPerMinute": "62.4"},
        {"date": RESTING_DATE | {"year": 2**31}, "beatsPerMinute": "55"},
        {"date": {"year": 2026}, "beatsPerMinute": "55"},
        {"date": "2026-11-21", "beatsPerMinute": "55"},
        {"beatsPerMinute": "55"},
        None,
    ],
)
async def test_an_odd_resting_heart_rate_is_left_out(
    source: GoogleHealth, google: GoogleSimulator, resting: Any
) -> None:
    sound = {"date": RESTING_DATE | {"day": 20}, "beatsPerMinute": "61"}
    points = [{"dailyRestingHeartRate": value} for value in (resting, sound)]
    google.faults = [Fault("daily-resting", 200, json.dumps({"dataPoints": [{}, None, *points]}))]
    yesterday = date(2026, 11, 20)
    assert await source.resting_heart_rates(yesterday, TODAY) == [RestingHeartRate(yesterday, 61)]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([("60", "WITH_SLEEP"), ("66", "ONLY_WITH_AWAKE_DATA")], 60),
        ([("60", "ONLY_WITH_AWAKE_DATA"), ("66", "WITH_SLEEP")], 66),
        ([("60", "WITH_SLEEP"), ("66", "WITH_SLEEP")], 66),
        ([("60", None), ("58", "WITH_SLEEP"), ("66", "CALCULATION_METHOD_UNSPECIFIED")], 58),
        ([("60", None), ("61", None)], 61),
    ],
)
async def test_one_resting_heart_rate_a_day_whatever_the_order(
    source: GoogleHealth, google: GoogleSimulator, values: list[tuple[str, str | None]], expected: int
) -> None:
    """Of several, one that was calculated with sleep counts, then the higher one."""
    points = [
        {
            "dailyRestingHeartRate": {
                "date": RESTING_DATE,
                "beatsPerMinute": bpm,
                "dailyRestingHeartRateMetadata": {"calculationMethod": method} if method else 5,
            }
        }
        for bpm, method in values
    ]
    for order in (points, points[::-1]):
        google.faults = [Fault("daily-resting", 200, json.dumps({"dataPoints": order}))]
        assert await source.resting_heart_rates(TODAY, TODAY) == [RestingHeartRate(TODAY, expected)]
    assert google.count("daily-resting-heart-rate/dataPoints:reconcile") == 2


async def zones(source: GoogleHealth, day: date) -> tuple[Zone, ...]:
    """Return the zones of one day."""
    return (await source.zones(day, day)).get(day, ())


async def test_zones_with_their_bounds(source: GoogleHealth, google: GoogleSimulator) -> None:
    """A zone that was not reached has no minutes; that is known."""
    assert await zones(source, TODAY) == (
        Zone("light", 30.0, 30, 107),
        Zone("moderate", 0.0, 108, 133),
        Zone("vigorous", 2.5, 134, 164),
        Zone("peak", 0.0, 165, 220),
    )
    request = google.requests[0]
    assert json.loads(request.body) == {
        "range": {
            "start": {"date": {"year": 2026, "month": 11, "day": 21}},
            "end": {"date": {"year": 2026, "month": 11, "day": 22}},
        },
        "windowSizeDays": 1,
    }


@pytest.mark.parametrize("body", ["{}", '{"rollupDataPoints": []}', '{"rollupDataPoints": [{}]}'])
async def test_a_day_without_a_roll_up_was_not_measured(
    source: GoogleHealth, google: GoogleSimulator, body: str
) -> None:
    google.faults = [Fault("dailyRollUp", 200, body)]
    assert await zones(source, TODAY) == ()
    assert google.count("daily-heart-rate-zones") == 0


async def test_a_measured_day_without_any_zone(
    source: GoogleHealth, google: GoogleSimulator, person: Recording
) -> None:
    person.bounds = {}
    point = {"civilStartTime": {"date": RESTING_DATE}, "timeInHeartRateZone": {}}
    google.faults = [Fault("dailyRollUp", 200, json.dumps({"rollupDataPoints": [point]}))]
    assert await zones(source, TODAY) == tuple(
        Zone(name, 0.0) for name in ("light", "moderate", "vigorous", "peak")
    )


async def test_bounds_are_asked_for_once_a_day(source: GoogleHealth, google: GoogleSimulator) -> None:
    first = await zones(source, TODAY)
    assert await zones(source, TODAY) == first
    assert google.count("daily-heart-rate-zones") == 1
    await zones(source, date(2026, 11, 22))
    assert google.count("daily-heart-rate-zones") == 1
    tomorrow = roll_up("60s", date(2026, 11, 22))
    google.faults = [Fault("dailyRollUp", 200, tomorrow, times=1)]
    await zones(source, date(2026, 11, 22))
    assert google.count("daily-heart-rate-zones") == 2


def roll_up(duration: Any, day: date = TODAY) -> str:
    zones = [{"heartRateZone": "PEAK", "duration": duration}, {"heartRateZone": "NEW", "duration": "9s"}]
    begun = {"date": {"year": day.year, "month": day.month, "day": day.day}}
    point = {"civilStartTime": begun, "timeInHeartRateZone": {"timeInHeartRateZones": zones}}
    return json.dumps({"rollupDataPoints": [point]})


@pytest.mark.parametrize(
    "trouble", [Fault("daily-heart-rate-zones", 503), Fault("daily-heart-rate-zones", 200, "<html>")]
)
async def test_minutes_without_bounds_are_better_than_none(
    source: GoogleHealth, google: GoogleSimulator, trouble: Fault
) -> None:
    google.faults = [trouble]
    light, *_ = await zones(source, TODAY)
    assert light == Zone("light", 30.0)
    # They are asked for again, and older ones serve where newer ones cannot be had.
    assert (await zones(source, TODAY))[0] == Zone("light", 30.0, 30, 107)
    google.faults = [
        Fault("dailyRollUp", 200, roll_up("60s", date(2026, 11, 22))),
        Fault("daily-heart-rate-zones", 503),
    ]
    assert (await zones(source, date(2026, 11, 22)))[3] == Zone("peak", 1.0, 165, 220)


@pytest.mark.parametrize(
    ("duration", "minutes"), [("90s", 1.5), ("0.6s", 0.01), ("0s", 0.0), ("86400.000000001s", 1440.0)]
)
async def test_durations(
    source: GoogleHealth, google: GoogleSimulator, duration: str, minutes: float
) -> None:
    google.faults = [Fault("dailyRollUp", 200, roll_up(duration))]
    found = await zones(source, TODAY)
    assert [zone.minutes for zone in found] == pytest.approx([0.0, 0.0, 0.0, minutes])


@pytest.mark.parametrize(
    "duration",
    [
        *("", "s", "long", "1:30", 90, None, {}),
        *("infs", "nans", "-5s", "1800", "1_0s", "1e3s", " 5 s", "5s\n", "٣s", "9" * 400 + "s"),
    ],
)
async def test_odd_durations(source: GoogleHealth, google: GoogleSimulator, duration: Any) -> None:
    """Show no minutes that Python would read but Google never writes."""
    google.faults = [Fault("dailyRollUp", 200, roll_up(duration))]
    found = await zones(source, TODAY)
    assert [zone.minutes for zone in found] == [0.0, 0.0, 0.0, None]


@pytest.mark.parametrize("odd", [{"duration": "3600s"}, {"heartRateZone": 5}, None, 7, {}])
async def test_a_zone_without_a_name_costs_itself_alone(
    source: GoogleHealth, google: GoogleSimulator, odd: Any
) -> None:
    midnight = {"date": RESTING_DATE, "time": {}}
    times = [odd, {"heartRateZone": "LIGHT", "duration": "1800s"}]
    day = {"civilStartTime": midnight, "timeInHeartRateZone": {"timeInHeartRateZones": times}}
    bounds = [{"minBeatsPerMinute": "30"}, {"heartRateZoneType": "LIGHT", "minBeatsPerMinute": "40"}]
    limits = {"dailyHeartRateZones": {"date": RESTING_DATE, "heartRateZones": bounds}}
    google.faults = [
        Fault("dailyRollUp", 200, json.dumps({"rollupDataPoints": [None, day, {"civilStartTime": 5}]})),
        Fault("daily-heart-rate-zones", 200, json.dumps({"dataPoints": [5, limits, {}]})),
    ]
    assert (await zones(source, TODAY))[0] == Zone("light", 30.0, 40)


@pytest.mark.parametrize("body", ["<html>", "[]", '{"rollupDataPoints": null}'])
async def test_a_malformed_roll_up_is_not_a_day_without_measurement(
    source: GoogleHealth, google: GoogleSimulator, body: str
) -> None:
    google.faults = [Fault("dailyRollUp", 200, body)]
    with pytest.raises(UnexpectedAnswerError):
        await zones(source, TODAY)


# Errors


@pytest.mark.parametrize(
    "body",
    [
        '{"error": {"code": 503, "message": "no"}}',
        '{"error": "no"}',
        '{"error": {}, "dataPoints": [], "healthUserId": "7"}',
    ],
)
@pytest.mark.parametrize("ask", ASKING.values(), ids=ASKING)
async def test_an_error_inside_a_good_answer_is_no_empty_answer(
    source: GoogleHealth,
    google: GoogleSimulator,
    body: str,
    ask: Callable[[GoogleHealth], Awaitable[object]],
) -> None:
    """Taken for "nothing was measured", it would lose what was."""
    google.faults = [Fault("", 200, body)]
    with pytest.raises(UnexpectedAnswerError):
        await ask(source)


def reasons(*names: str) -> dict[str, Any]:
    return {"error": {"code": 403, "details": [{"@type": "Help"}, *({"reason": name} for name in names)]}}


@pytest.mark.parametrize(
    ("status", "body", "denial"),
    [
        (403, reasons("SERVICE_DISABLED"), Denial.API_DISABLED),
        (403, reasons("ACCESS_TOKEN_SCOPE_INSUFFICIENT"), Denial.SCOPE),
        (403, {"error": "insufficient_scope", "error_description": "more"}, Denial.SCOPE),
        (401, {"error": "insufficient_scope"}, Denial.SCOPE),
        (400, reasons("ACCOUNT_NOT_LINKED"), Denial.NOT_LINKED),
        (403, reasons("SOMETHING_NEW"), Denial.OTHER),
        (403, {"error": {}}, Denial.OTHER),
        (403, {"error": {"details": None}}, Denial.OTHER),
        (403, {"error": None}, Denial.OTHER),
        (403, [], Denial.OTHER),
        (403, "<html>", Denial.OTHER),
    ],
)
async def test_why_an_account_is_denied(
    source: GoogleHealth, google: GoogleSimulator, status: int, body: Any, denial: Denial
) -> None:
    text = body if isinstance(body, str) else json.dumps(body)
    google.faults = [Fault("identity", status, text, times=2)]
    with pytest.raises(PermissionMissingError) as caught:
        await source.identity()
    assert caught.value.denial is denial


async def test_denials_as_google_words_them(
    source: GoogleHealth, google: GoogleSimulator, token: GoogleToken
) -> None:
    google.account_not_linked = True
    with pytest.raises(PermissionMissingError, match=Denial.NOT_LINKED):
        await source.identity()
    google.api_disabled = True
    with pytest.raises(PermissionMissingError, match=Denial.API_DISABLED):
        await source.identity()
    google.account_not_linked = google.api_disabled = False
    token.access = google.grant([google_api.SCOPE_SETTINGS])["access_token"]
    with pytest.raises(PermissionMissingError, match=Denial.SCOPE):
        await source.samples(START, END)


# The rate limit


async def test_requests_left(source: GoogleHealth, clock: FrozenDateTimeFactory) -> None:
    """Google tells no count, so ours is the one."""
    assert source.requests_left() == 300
    await source.identity()
    await source.time_zone()
    assert source.requests_left() == 298
    clock.tick(60)
    assert source.requests_left() == 300
