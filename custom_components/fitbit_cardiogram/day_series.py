"""The daily values of many days as columns: for trends, and for a year at a glance."""

from collections.abc import Mapping
from datetime import date, timedelta
from sqlite3 import Connection
from typing import Any, Final

from .archive.archive import Archive
from .archive.daily_values import numbers
from .archive.days import between as days_between
from .heart_rate.daily import ACTIVE_ZONE_MINUTES, HEART_RATE_VARIABILITY, SLEEPING_HEART_RATE, TIME_ASLEEP
from .heart_rate.usual import DAYS, Usual, usuals
from .snapshot import COMPARED, RESTING_HEART_RATE

SHOWN: Final = (HEART_RATE_VARIABILITY, SLEEPING_HEART_RATE, ACTIVE_ZONE_MINUTES, TIME_ASLEEP)


def day_series(archive: Archive, first: date, end: date) -> dict[str, Any]:
    """Return the daily values from a first day to before an end, as a column of each kind that has any.

    A day without a value has None. What is compared to the usual has a column of it: low, median, high.
    Blocks on the disk. Raises ArchiveError.
    """
    before = first - timedelta(days=DAYS)
    days = [before + timedelta(days=number) for number in range((end - before).days)]
    with archive.reading() as connection:
        known = {RESTING_HEART_RATE: _resting(connection, before, end)} | {
            kind.key: numbers(connection, kind.key, before, end) for kind in SHOWN
        }
    columns = {key: _column(values, days, key) for key, values in known.items()}
    return {
        "first": first.isoformat(),
        "series": {key: column for key, column in columns.items() if any(map(_is_known, column["values"]))},
    }


def _resting(connection: Connection, first: date, last: date) -> dict[date, float]:
    lived = days_between(connection, first, last)
    return {one.day: one.resting.bpm for one in lived if one.resting}


def _column(values: Mapping[date, float], days: list[date], key: str) -> dict[str, Any]:
    row = [values.get(day) for day in days]
    column: dict[str, Any] = {"values": [_rounded(value) for value in row[DAYS:]]}
    if key in COMPARED | {RESTING_HEART_RATE}:
        column["usual"] = [_written(found) for found in [*usuals(row)][DAYS:]]
    return column


def _written(found: Usual | None) -> list[float] | None:
    return [round(number, 1) for number in (found.low, found.median, found.high)] if found else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _is_known(value: float | None) -> bool:
    return value is not None
