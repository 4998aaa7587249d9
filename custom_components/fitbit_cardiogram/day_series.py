"""The daily values of many days as columns: for trends, and for a year at a glance."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from .archive.archive import Archive
from .heart_rate.daily import ACTIVE_ZONE_MINUTES, TIME_ASLEEP
from .heart_rate.usual import DAYS, Usual, usuals
from .snapshot import COMPARED

SHOWN: Final = (*COMPARED, ACTIVE_ZONE_MINUTES.key, TIME_ASLEEP.key)


def day_series(archive: Archive, first: date, end: date) -> dict[str, Any]:
    """Return the daily values from a first day to before an end, as a column of each kind that has any.

    A day without a value has None. What is compared to the usual has a column of it: low, median, high.
    Blocks on the disk. Raises ArchiveError.
    """
    before = first - timedelta(days=DAYS)
    days = [before + timedelta(days=number) for number in range((end - before).days)]
    with archive.reading():
        known = {key: archive.daily_values(key, before, end) for key in SHOWN}
    columns = {key: _column(values, days, key) for key, values in known.items()}
    return {
        "first": first.isoformat(),
        "series": {
            key: column
            for key, column in columns.items()
            if any(value is not None for value in column["values"])
        },
    }


def _column(values: Mapping[date, float], days: list[date], key: str) -> dict[str, Any]:
    row = [values.get(day) for day in days]
    column: dict[str, Any] = {"values": [_rounded(value) for value in row[DAYS:]]}
    if key in COMPARED:
        column["usual"] = [_quartiles(found) for found in [*usuals(row)][DAYS:]]
    return column


def _quartiles(found: Usual | None) -> list[float] | None:
    return [round(number, 1) for number in (found.low, found.median, found.high)] if found else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
