"""How Google writes times, filters and data points."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
import re
from typing import Any
from zoneinfo import ZoneInfo

from .google_schema import DATETIME

type Json = dict[str, Any]

CONDITION = re.compile(r'([a-z_.]+)\s*(>=|<)\s*"([^"]*)"')
CIVIL = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d)?")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
LITERALS = {"physical": DATETIME, "civil": CIVIL, "date": DATE}

DEVICE = "Inspire 3"
DATA_SOURCE = {
    "recordingMethod": "PASSIVELY_MEASURED",
    "device": {"displayName": DEVICE},
    "platform": "FITBIT",
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
    zones = [
        {"heartRateZoneType": zone, "minBeatsPerMinute": str(low), "maxBeatsPerMinute": str(high)}
        for zone, (low, high) in bounds.items()
    ]
    return {"dailyHeartRateZones": {"date": civil_date(day), "heartRateZones": zones}}


def parse_filter(text: str, fields: Mapping[str, str]) -> tuple[str, dict[str, datetime]]:
    """Return the kind of literal compared and the bound of each operator; raise ValueError if refused."""
    bounds: dict[str, datetime] = {}
    names = set()
    for part in text.split(" AND "):
        condition = CONDITION.fullmatch(part.strip())
        if condition is None:
            raise ValueError(f"invalid filter expression: {part}")
        name, operator, literal = condition.groups()
        if name not in fields:
            raise ValueError(f"unsupported filter field: {name}")
        if operator in bounds:
            raise ValueError(f"operator {operator} is repeated")
        if not LITERALS[fields[name]].fullmatch(literal):
            raise ValueError(f"invalid literal: {literal}")
        names.add(name)
        bounds[operator] = datetime.fromisoformat(literal)
    if len(names) > 1:
        raise ValueError("a filter can name one field only")
    if len(bounds) > 1 and bounds[">="] >= bounds["<"]:
        raise ValueError("start time must be before end time")
    return fields[names.pop()], bounds
