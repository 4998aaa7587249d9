"""The alerts in the samples of an archive. They are found anew each time: none is stored here."""

from collections.abc import Collection, Iterator
from itertools import chain

from ..heart_rate.alert import Alert, AlertKind, Limit, calmed, find_alerts
from ..heart_rate.clock import DAY, HOUR
from ..heart_rate.interval import Interval
from .database import Database
from .history import joined, samples


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


def _intervals_beyond(archive: Database, limit: Limit, start: int, end: int) -> Iterator[Interval]:
    """Return the intervals of whole hours that can be part of an alert.

    Every sample outside of them is back within the limit, by its hysteresis.
    """
    if limit.kind is AlertKind.HIGH:
        beyond, back = "max >= ?", limit.bpm - limit.hysteresis
    else:
        beyond, back = "min <= ?", limit.bpm + limit.hysteresis
    with archive.reading() as connection:
        rows = connection.execute(
            f"SELECT hour FROM hours WHERE hour > ? - {HOUR} AND hour < ? AND {beyond} ORDER BY hour",
            (start, end, back),
        )
        hours = [hour for (hour,) in rows]
    return joined(hours)
