"""From the bytes of an answer to samples that are ready to be stored, ours beside the peers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time as clock_time
from functools import partial
import json
from pathlib import Path
import tempfile
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import orjson

from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample, one_per_second
from custom_components.fitbit_cardiogram.sources.fitbit import _decode_samples
from custom_components.fitbit_cardiogram.sources.google_health import decode_heart_rate_page
from scripts.benchmark.rounds import Memory, child, samples, take_turns
from scripts.benchmark.table import FASTER, MB, MS, SHARE, TIMES, Line, figure, milliseconds
from tests.simulators.fitbit_heart import DETAILS, intraday
from tests.simulators.google_points import heart_rate

ZONE = ZoneInfo("Europe/Berlin")
MIDNIGHT = int(datetime.combine(date(2026, 11, 20), clock_time.min, ZONE).timestamp())
OURS, LIMIT = "ours", "msgspec alone"

type Decode = Callable[[bytes], list[Sample]]


def fitbit_day(count: int) -> bytes:
    """Write an answer of Fitbit's with a sample for every second."""
    value = {"customHeartRateZones": [], "heartRateZones": [], "restingHeartRate": 55}
    answer = {
        "activities-heart": [{"dateTime": "2026-11-20", "value": value}],
        "activities-heart-intraday": intraday([*samples(MIDNIGHT, count, 1)], DETAILS["1sec"], ZONE),
    }
    return json.dumps(answer).encode()


def google_page(count: int) -> bytes:
    """Write a page of Google's, newest first."""
    points = [heart_rate(*sample, ZONE) for sample in samples(MIDNIGHT, count)]
    return json.dumps({"dataPoints": points[::-1], "nextPageToken": "0" * 32}).encode()


def fitbit_ours(body: bytes) -> list[Sample]:
    """Decode as the source does."""
    decoded, _ = _decode_samples(body, ZONE, MIDNIGHT, MIDNIGHT + DAY)
    return one_per_second(decoded)


def fitbit_web_api(body: bytes) -> list[Sample]:
    """Decode as the library of Home Assistant's own Fitbit integration does."""
    from fitbit_web_api import ApiClient  # type: ignore[import-not-found]  # noqa: PLC0415

    client = ApiClient.__new__(ApiClient)  # connections are made in a loop, and not needed
    answer = client.deserialize(body.decode(), "GetHeartRateIntradayResponse", "application/json")
    dataset = answer.activities_heart_intraday.dataset
    return one_per_second((moment(item.time), item.value) for item in dataset)


def fitbit_by_hand(loads: Callable[[bytes], Any], body: bytes) -> list[Sample]:
    """Decode with a parser and a loop that trusts what it is given."""
    dataset = loads(body)["activities-heart-intraday"]["dataset"]
    return one_per_second((moment(item["time"]), item["value"]) for item in dataset)


def google_ours(body: bytes) -> list[Sample]:
    """Decode as the source does."""
    decoded, _, _ = decode_heart_rate_page(body)
    return one_per_second(decoded)


def google_health_api(body: bytes) -> list[Sample]:
    """Decode as the library of Home Assistant's own Google Health integration does.

    Home Assistant's session parses with orjson.
    """
    from google_health_api import model  # type: ignore[import-not-found]  # noqa: PLC0415

    points = [
        model.ReconciledDataPoint.from_api_dict(model.HEART_RATE, item).data_point.data
        for item in orjson.loads(body)["dataPoints"]
    ]
    return one_per_second(
        (instant(point.sample_time.physical_time), point.beats_per_minute) for point in points
    )


def google_by_hand(loads: Callable[[bytes], Any], body: bytes) -> list[Sample]:
    """Decode with a parser and a loop that trusts what it is given."""
    points = [point["heartRate"] for point in loads(body)["dataPoints"]]
    return one_per_second(
        (instant(point["sampleTime"]["physicalTime"]), int(point["beatsPerMinute"])) for point in points
    )


def moment(text: str) -> int:
    """Return the UNIX seconds of a time of the day."""
    return MIDNIGHT + int(text[:2]) * HOUR + int(text[3:5]) * 60 + int(text[6:])


def instant(text: str) -> int:
    """Return the UNIX seconds of a time in full."""
    return int(datetime.fromisoformat(text).timestamp())


class _Measurement(msgspec.Struct, gc=False):
    time: clock_time
    value: int


class _Intraday(msgspec.Struct):
    dataset: list[_Measurement]


class _Day(msgspec.Struct):
    intraday: _Intraday = msgspec.field(name="activities-heart-intraday")


class _SampleTime(msgspec.Struct, rename="camel", gc=False):
    physical_time: datetime


class _HeartRate(msgspec.Struct, rename="camel", gc=False):
    sample_time: _SampleTime
    beats_per_minute: int


class _Point(msgspec.Struct, rename="camel", gc=False):
    heart_rate: _HeartRate


class _Page(msgspec.Struct, rename="camel"):
    data_points: list[_Point]


@dataclass(frozen=True, slots=True)
class Case:
    """An answer, its decoders, and the aims: times as fast as the peer, times the limit's time."""

    what: str
    write: Callable[[int], bytes]
    step: int
    """Seconds between the samples."""
    count: int
    peer: str
    contenders: Mapping[str, Decode]
    limit: Callable[[bytes], object]
    """Structs and nothing else: the lower bound of any decoder."""
    faster: float
    times: float
    share: float | None = None
    """Of the peer's memory."""


CASES = {
    "fitbit": Case(
        "Fitbit, a day of {:,} samples",
        fitbit_day,
        1,
        DAY,
        "fitbit-web-api",
        {
            OURS: fitbit_ours,
            "fitbit-web-api": fitbit_web_api,
            "json": partial(fitbit_by_hand, json.loads),
            "orjson": partial(fitbit_by_hand, orjson.loads),
        },
        msgspec.json.Decoder(_Day).decode,
        faster=10,
        times=5,
        share=0.25,
    ),
    "google": Case(
        "Google, a page of {:,} points",
        google_page,
        5,
        10_000,
        "google-health-api",
        {
            OURS: google_ours,
            "google-health-api": google_health_api,
            "json": partial(google_by_hand, json.loads),
            "orjson": partial(google_by_hand, orjson.loads),
        },
        msgspec.json.Decoder(_Page, strict=False).decode,
        faster=10,
        times=3,
    ),
}


def measure(case: Case, count: int, rounds: int) -> Iterator[Line]:
    """Yield the lines of a case; every contender has to come to the same samples."""
    body = case.write(count)
    expected = [*samples(MIDNIGHT, count, case.step)]
    for name, decode in case.contenders.items():
        if decode(body) != expected:
            raise RuntimeError(f"{name} comes to other samples")
    works = {name: partial(decode, body) for name, decode in case.contenders.items()}
    taken = take_turns({**works, LIMIT: partial(case.limit, body)}, rounds)
    figures = {name: milliseconds(seconds) for name, seconds in taken.items()}
    what, ours = case.what.format(count), figures.pop(OURS)
    for name, theirs in figures.items():
        relation = TIMES if name == LIMIT else FASTER
        aim = {case.peer: case.faster, LIMIT: case.times}.get(name)
        yield Line(what, ours, MS, name, theirs, relation, aim)


def measure_memory(key: str, count: int, rounds: int) -> Iterator[Line]:
    """Yield the lines on the peak memory of decoding, each time in a process of its own."""
    case = CASES[key]
    taken: dict[str, list[float]] = {OURS: [], case.peer: []}
    with tempfile.NamedTemporaryFile(prefix="fitbit-cardiogram-") as file:
        Path(file.name).write_bytes(case.write(count))
        for _ in range(rounds):
            for name, megabytes in taken.items():
                megabytes.append(child(memory_of, key, name, file.name))
    ours, theirs = figure(taken[OURS]), figure(taken[case.peer])
    yield Line(f"{case.what.format(count)}: memory", ours, MB, case.peer, theirs, SHARE, case.share)


def memory_of(key: str, name: str, path: str) -> float:
    """Decode a file once, everything imported and used before, and return the peak of memory in MB."""
    case = CASES[key]
    decode = case.contenders[name]
    decode(case.write(1))
    body = Path(path).read_bytes()
    memory = Memory()
    decoded = decode(body)
    return memory.peak if decoded else 0
