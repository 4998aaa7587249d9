"""How Google writes times, filters and data points."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
import re
from typing import Any
from zoneinfo import ZoneInfo

from .google_schema import DATETIME
from .sleeping import STAGES, Sleep, asleep
from .training import APP, STARTED, Training

type Json = dict[str, Any]

CONDITION = re.compile(r'([a-z0-9_.]+)\s*(>=|<)\s*"([^"]*)"')
CIVIL = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d)?")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
LITERALS = {"physical": DATETIME, "civil": CIVIL, "date": DATE}

DEVICE = "Inspire 3"
DATA_SOURCE = {
    "recordingMethod": "PASSIVELY_MEASURED",
    "device": {"displayName": DEVICE},
    "platform": "FITBIT",
}

_APP_SOURCE = {
    "recordingMethod": "PASSIVELY_MEASURED",
    "platform": APP,
    "device": {},
    "application": {"packageName": "com.example.training"},
}


def timestamp(seconds: float) -> str:
    """Write a google-datetime."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def duration(seconds: float) -> str:
    """Write a google-duration."""
    return f"{Decimal(str(seconds)).normalize():f}s"


def civil_date(day: date) -> Json:
    """Write a date."""
    return {"year": day.year, "month": day.month, "day": day.day}


def civil_time(moment: datetime) -> Json:
    """Write a wall-clock time; zeros are left out."""
    time = {"hours": moment.hour, "minutes": moment.minute, "seconds": moment.second}
    return {
        "date": civil_date(moment),
        "time": {name: value for name, value in time.items() if value},
    }


def midnight(day: date) -> Json:
    """Write the start of a day."""
    return {"date": civil_date(day), "time": {}}


def heart_rate(time: int, bpm: int, zone: ZoneInfo) -> Json:
    """Write one sample."""
    local = datetime.fromtimestamp(time, zone)
    offset = local.utcoffset() or timedelta()
    return {
        "heartRate": {
            "beatsPerMinute": str(bpm),
            "sampleTime": {
                "physicalTime": timestamp(time),
                "utcOffset": f"{int(offset.total_seconds())}s",
                "civilTime": civil_time(local),
            },
        }
    }


def resting_heart_rate(day: date, bpm: int) -> Json:
    """Write a day's resting heart rate."""
    return {
        "dailyRestingHeartRate": {
            "date": civil_date(day),
            "beatsPerMinute": str(bpm),
            "dailyRestingHeartRateMetadata": {"calculationMethod": "WITH_SLEEP"},
        }
    }


def zone_bounds(day: date, bounds: Mapping[str, tuple[int, int]]) -> Json:
    """Write a day's zones."""
    zones = _zones(tuple(bounds.items()))
    return {"dailyHeartRateZones": {"date": civil_date(day), "heartRateZones": zones}}


@lru_cache(maxsize=8)
def _zones(bounds: tuple[tuple[str, tuple[int, int]], ...]) -> list[Json]:
    """Write zones, most of which are those of the day before."""
    return [
        {"heartRateZoneType": zone, "minBeatsPerMinute": str(low), "maxBeatsPerMinute": str(high)}
        for zone, (low, high) in bounds
    ]


def exercise(training: Training, zone: ZoneInfo) -> Json:
    """Write a workout; it carries no civil times."""

    def offset(moment: int) -> str:
        return duration((datetime.fromtimestamp(moment, zone).utcoffset() or timedelta()).total_seconds())

    start, end = training.start, training.end
    interval = {"startTime": timestamp(start)} | ({} if end is None else {"endTime": timestamp(end)})
    if training.has_offsets:
        interval |= {"startUtcOffset": offset(start), "endUtcOffset": offset(end or start)}
    events = [("START", start), *([] if end is None else [("STOP", end + 1)])]
    summary: Json = (
        {"activeZoneMinutes": "0", "caloriesKcal": 0}
        if training.mean is None
        else {"averageHeartRateBeatsPerMinute": str(training.mean), "steps": "0"}
    )
    return {
        "exercise": {
            "interval": interval,
            "exerciseType": training.type,
            "displayName": training.name,
            "metricsSummary": summary,
            "exerciseMetadata": {},
            "createTime": timestamp(training.created),
            "updateTime": timestamp(training.updated),
            **({} if end is None else {"activeDuration": duration(end - start)}),
            **(
                {
                    "exerciseEvents": [
                        {
                            "eventTime": timestamp(moment),
                            "eventUtcOffset": offset(moment),
                            "exerciseEventType": kind,
                        }
                        for kind, moment in events
                    ]
                }
                if training.method == STARTED and training.platform != APP
                else {}
            ),
        }
    }


def exercise_source(training: Training) -> Json:
    """Write the source of a workout."""
    if training.platform == APP:
        return _APP_SOURCE
    return DATA_SOURCE | {"recordingMethod": training.method}


def sleep(one: Sleep, zone: ZoneInfo) -> Json:
    """Write a sleep session; it carries no civil times, and what is false is left out."""
    end = one.start if one.end is None else one.end

    def offset(moment: int, given: int | None) -> str:
        if given is not None:
            return duration(given)
        return duration((datetime.fromtimestamp(moment, zone).utcoffset() or timedelta()).total_seconds())

    def offsets(start: int, end: int) -> Json:
        if not one.has_offsets:
            return {}
        first, last = one.offsets or (None, None)
        return {"startUtcOffset": offset(start, first), "endUtcOffset": offset(end, last)}

    interval = {"startTime": timestamp(one.start)} | ({} if one.end is None else {"endTime": timestamp(end)})
    stages = [
        {"startTime": timestamp(begun), "endTime": timestamp(over), **offsets(begun, over), "type": kind}
        for kind, begun, over in one.stages
    ]
    flags = {
        "processed": one.is_summed_up,
        "mainSleep": one.is_main,
        "nap": one.is_nap,
        "manuallyEdited": one.is_edited,
    }
    metadata: Json = {name: True for name, value in flags.items() if value}
    if one.is_summed_up:
        metadata["stagesStatus"] = "SUCCEEDED" if one.type == STAGES else "REJECTED_NAP"
    return {
        "sleep": {
            "interval": interval | offsets(one.start, end),
            "type": one.type,
            **({"stages": stages} if stages else {}),
            "metadata": metadata,
            **({"summary": _summary(one, end)} if one.is_summed_up else {}),
            "createTime": timestamp(one.created),
            "updateTime": timestamp(one.updated),
        }
    }


def _summary(one: Sleep, end: int) -> Json:
    slept = asleep(one.stages)
    lengths: dict[str, list[int]] = {}
    for kind, begun, over in one.stages:
        lengths.setdefault(kind, []).append(over - begun)
    return {
        "minutesInSleepPeriod": str((end - one.start) // 60),
        "minutesAsleep": str(slept // 60),
        "minutesAwake": str((end - one.start - slept) // 60),
        "minutesToFallAsleep": "0",
        "minutesAfterWakeUp": "0",
        "stagesSummary": [
            {"type": kind, "minutes": str(sum(found) // 60), "count": str(len(found))}
            for kind, found in lengths.items()
        ],
    }


def sleep_source(one: Sleep) -> Json:
    """Write the source of a sleep session."""
    return DATA_SOURCE if one.platform != APP else _APP_SOURCE


class FilterError(ValueError):
    """A filter that is refused, for a reason of Google's."""

    def __init__(self, problem: str, reason: str = "") -> None:
        super().__init__(problem)
        self.reason = f"INVALID_DATA_POINT_FILTER{reason}"


def parse_filter(text: str, fields: Mapping[str, str]) -> tuple[str, dict[str, datetime]]:
    """Return the kind of literal compared and the bound of each operator; raise FilterError if refused."""
    bounds: dict[str, datetime] = {}
    names = set()
    for part in text.split(" AND "):
        condition = CONDITION.fullmatch(part.strip())
        if condition is None:
            raise FilterError(f"invalid filter expression: {part}")
        name, operator, literal = condition.groups()
        if name not in fields:
            raise FilterError(f"unsupported filter field: {name}", "_DATA_TYPE_MEMBER")
        if operator in bounds:
            raise FilterError(f"operator {operator} is repeated")
        if not LITERALS[fields[name]].fullmatch(literal):
            is_civil = fields[name] == "civil"
            raise FilterError(f"invalid literal: {literal}", "_CIVIL_DATE_TIME_FORMAT" if is_civil else "")
        names.add(name)
        bounds[operator] = datetime.fromisoformat(literal)
    if len(names) > 1:
        raise FilterError("a filter can name one field only")
    if len(bounds) > 1 and bounds[">="] >= bounds["<"]:
        raise FilterError("start time must be before end time")
    return fields[names.pop()], bounds
