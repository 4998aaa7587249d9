"""What Fitbit's heart-rate addresses ask for, and how it writes samples and zones."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time as clock_time, timedelta, tzinfo
from itertools import zip_longest
import re
from typing import Any

from .fitbit_errors import RefusalError
from .person import DAY, MINUTE, Bounds, Sample, Wearer

type Json = dict[str, Any]

HEART_PATH = re.compile(
    r"activities/heart/date/([^/]+)/([^/]+?)(?:/([^/]+?)(?:/time/([^/]+)/([^/]+?))?)?\.json"
)
DATE = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")
TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
ONE_DAY = "1d"
LONGEST_SUMMARY = timedelta(days=366)

ZONES = {
    "LIGHT": ("Out of Range", 1.564),
    "MODERATE": ("Fat Burn", 5.558),
    "VIGOROUS": ("Cardio", 9.821),
    "PEAK": ("Peak", 12.607),
}
"""Fitbit's name of each zone, and calories a minute."""


@dataclass(frozen=True)
class Detail:
    """A detail level: the seconds that one value stands for, and how Fitbit says that."""

    seconds: int
    interval: int
    type: str


DETAILS = {
    "1sec": Detail(1, 1, "second"),
    "1min": Detail(MINUTE, 1, "minute"),
    "5min": Detail(5 * MINUTE, 5, "minute"),
    "15min": Detail(15 * MINUTE, 15, "minute"),
}


@dataclass(frozen=True)
class Asked:
    """What an address asks for: days with both ends included, and a half-open window of wall-clock time."""

    first: date
    last: date
    detail: Detail | None
    start: datetime
    end: datetime
    timed: bool
    """Whether the address names times."""
    within_a_day: bool

    @property
    def days(self) -> list[date]:
        """Each day."""
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]


def parse(path: re.Match[str], today: date, *, end_minute_included: bool) -> Asked:
    """Read a path that matches HEART_PATH; raise RefusalError for one that makes no sense."""
    first = _date(path[1], today, "start-date")
    last = first if path[2] == ONE_DAY else _date(path[2], today, "end-date")
    if path[3] and path[3] not in DETAILS:
        raise _invalid("detail-level", f"Invalid detail level: {path[3]}")
    start = datetime.combine(first, _time(path[4], "start-time"))
    end = datetime.combine(last, _time(path[5], "end-time"))
    if end < start:
        raise _invalid("end-date", "The end must not be before the start.")
    if last - first > LONGEST_SUMMARY:
        raise _invalid("end-date", "The range must not be longer than a year.")
    timed = path[4] is not None
    rest = timedelta(seconds=(MINUTE if end_minute_included else 0) if timed else DAY)
    return Asked(
        first,
        last,
        DETAILS.get(path[3]),
        start,
        end + rest,
        timed,
        end - start <= timedelta(days=1) if timed else first == last,
    )


def samples(person: Wearer, asked: Asked, detail: Detail, zone: tzinfo, now: float) -> list[Sample]:
    """Return the samples shown at wall-clock times in the window, in the order of true time."""
    instants = [
        int(wall.replace(tzinfo=zone, fold=fold).timestamp())
        for wall in (asked.start, asked.end)
        for fold in (0, 1)
    ]
    found = person.samples(min(instants) - detail.seconds, max(instants) + detail.seconds, now)
    return [
        (time, bpm)
        for time, bpm in (found if detail.seconds == 1 else _means(found, detail.seconds))
        if asked.start <= datetime.fromtimestamp(time, zone).replace(tzinfo=None) < asked.end
    ]


def intraday(found: list[Sample], detail: Detail, zone: tzinfo) -> Json:
    """Write samples."""
    return {
        "dataset": [
            {"time": datetime.fromtimestamp(time, zone).time().isoformat(), "value": bpm}
            for time, bpm in found
        ],
        "datasetInterval": detail.interval,
        "datasetType": detail.type,
    }


def zones(bounds: Bounds, minutes: Mapping[str, float]) -> list[Json]:
    """Write zones, each up to where the next begins; without minutes and calories if nothing was measured."""
    written = []
    present = [zone for zone in ZONES if zone in bounds]
    for zone, following in zip_longest(present, present[1:]):
        name, calories = ZONES[zone]
        low, high = bounds[zone]
        spent = round(minutes.get(zone, 0))
        written.append(
            ({"caloriesOut": round(spent * calories, 5)} if minutes else {})
            | {"max": bounds[following][0] if following else high, "min": low}
            | ({"minutes": spent} if minutes else {})
            | {"name": name}
        )
    return written


def _means(found: list[Sample], seconds: int) -> list[Sample]:
    """Return the mean of each stretch at its start; every zone's offset is a multiple of the longest."""
    values: dict[int, list[int]] = {}
    for time, bpm in found:
        values.setdefault(time // seconds * seconds, []).append(bpm)
    return [(start, round(sum(bpms) / len(bpms))) for start, bpms in sorted(values.items())]


def _date(text: str, today: date, field: str) -> date:
    if text == "today":
        return today
    try:
        if DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise _invalid(field, f"Invalid date: {text}")


def _time(text: str | None, field: str) -> clock_time:
    if text is None:
        return clock_time.min
    if not TIME.fullmatch(text):
        raise _invalid(field, f"Invalid time: {text}")
    return clock_time.fromisoformat(text)


def _invalid(field: str, message: str) -> RefusalError:
    return RefusalError(400, "validation", message, field)
