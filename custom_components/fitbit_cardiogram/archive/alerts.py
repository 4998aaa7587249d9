"""The alerts in what an archive holds. They are a view of the samples: nothing of them is stored here."""

from collections.abc import Iterator
from itertools import chain

from ..heart_rate.alert import Alert, AlertKind, Limit, find_alerts
from ..heart_rate.clock import DAY, HOUR
from .database import Database
from .history import samples, stretches


def alerts(archive: Database, limit: Limit, start: int, end: int) -> Iterator[Alert]:
    """Yield the alerts that reach into a half-open range; one from long before begins a day before it."""
    for first, last in _stretches_beyond(archive, limit, start - DAY, end):
        if last > start:
            pages = samples(archive, max(first, start - DAY), min(last, end))
            for alert in find_alerts(chain.from_iterable(pages), limit):
                if alert.end >= start:
                    yield alert


def _stretches_beyond(archive: Database, limit: Limit, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Return the stretches of whole hours outside of which every sample is back from the limit."""
    if limit.kind is AlertKind.HIGH:
        beyond, back = "max >= ?", limit.bpm - limit.hysteresis
    else:
        beyond, back = "min <= ?", limit.bpm + limit.hysteresis
    with archive.reading() as connection:
        found = connection.execute(
            f"SELECT hour FROM hours WHERE hour > ? - {HOUR} AND hour < ? AND {beyond} ORDER BY hour",
            (start, end, back),
        )
        hours = [hour for (hour,) in found]
    return stretches(hours)
