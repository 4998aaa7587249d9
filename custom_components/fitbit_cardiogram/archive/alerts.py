"""The alerts in the samples of an archive. They are found anew each time: none is stored here."""

from collections.abc import Collection, Iterator
from itertools import chain
from typing import Final

from ..heart_rate.alert import Alert, AlertKind, Limit, calmed, find_alerts
from ..heart_rate.clock import DAY, HOUR
from ..heart_rate.interval import Interval
from .database import Database
from .history import joined, samples
from .rows import checked_samples

# By the kind of a limit: which hours are beyond it, and what their extreme is.
_BEYOND: Final = {AlertKind.HIGH: ("max >= ?", "max"), AlertKind.LOW: ("min <= ?", "min")}


def alerts_between(
    archive: Database, limit: Limit, start: int, end: int, *, apart_from: Collection[Interval] = ()
) -> Iterator[Alert]:
    """Yield the alerts that touch an interval; an older one begins a day before the interval at most.

    In the intervals of `apart_from`, the heart rate counts as within the limit.
    """
    for first, last in _intervals_beyond(archive, limit, start - DAY, end):
        if last > start:
            pages = samples(archive, max(first, start - DAY), min(last, end))
            found = chain.from_iterable(pages)
            for alert in find_alerts(calmed(found, limit, apart_from) if apart_from else found, limit):
                if alert.end >= start:
                    yield alert


def hours_beyond(archive: Database, limit: Limit, start: int, end: int) -> Iterator[Alert]:
    """Yield the hours of an interval with a heart rate at a limit or beyond; neighbours become one alert."""
    condition, extreme = _BEYOND[limit.kind]
    with archive.reading() as connection:
        rows = connection.execute(
            f"SELECT hour, {extreme} FROM hours WHERE hour > ? - {HOUR} AND hour < ? AND {condition}"
            " ORDER BY hour",
            (start, end, limit.bpm),
        )
        found = dict(checked_samples(rows.fetchall()))
    for first, last in joined(found):
        peak = max((found[hour] for hour in range(first, last, HOUR)), key=lambda bpm: bpm * limit.sign)
        yield Alert(limit.kind, limit.bpm, first, first, last, peak)


def count_beyond(archive: Database, limit: Limit, start: int, end: int) -> int:
    """Return the number of samples to look at for the alerts that touch an interval."""
    condition, _ = _BEYOND[limit.kind]
    with archive.reading() as connection:
        [(count,)] = connection.execute(
            f"SELECT ifnull(sum(count), 0) FROM hours WHERE hour > ? - {HOUR} AND hour < ? AND {condition}",
            (start - DAY, end, _back(limit)),
        )
    return int(count)


def _intervals_beyond(archive: Database, limit: Limit, start: int, end: int) -> Iterator[Interval]:
    """Return the intervals of whole hours that can be part of an alert.

    Every sample outside of them is back within the limit, by its hysteresis.
    """
    condition, _ = _BEYOND[limit.kind]
    with archive.reading() as connection:
        rows = connection.execute(
            f"SELECT hour FROM hours WHERE hour > ? - {HOUR} AND hour < ? AND {condition} ORDER BY hour",
            (start, end, _back(limit)),
        )
        hours = [hour for (hour,) in rows]
    return joined(hours)


def _back(limit: Limit) -> int:
    """Return the last heart rate, in bpm, that does not end an excess."""
    return limit.bpm - limit.sign * limit.hysteresis
