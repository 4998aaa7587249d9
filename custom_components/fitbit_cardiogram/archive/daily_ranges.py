"""Civil days at a glance: what the hours of each were like, also where their samples are no longer kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from itertools import pairwise
import json

from ..heart_rate.alert import AlertKind, Limit
from ..heart_rate.clock import civil_day, midnight
from ..heart_rate.interval import Interval
from .database import Database
from .rows import objects

HELD = """
SELECT (SELECT min(hour) FROM hours WHERE hour >= :start AND hour < :end) AS first,
    (SELECT max(hour) FROM hours WHERE hour >= :start AND hour < :end) AS last
"""
# Day by day in order of time, each found by the key, so that SQLite need not sort the hours.
DAYS = """
SELECT day.start AS start, day.end AS end, sum(count) AS count, min(min) AS min,
    sum(sum) * 1.0 / sum(count) AS mean, max(max) AS max,
    group_concat((sum * 10 + count / 2) / count) AS means,
    count(*) FILTER (WHERE max >= :high) AS high, count(*) FILTER (WHERE min <= :low) AS low
FROM (SELECT value ->> 0 AS start, value ->> 1 AS end FROM json_each(:days) ORDER BY start) AS day
CROSS JOIN hours ON hours.hour >= day.start AND hours.hour < day.end
GROUP BY day.start ORDER BY day.start
"""
# The lowest and the highest tenth of a day's hours are left out of its range.
OUTER = 0.1


@dataclass(frozen=True, slots=True)
class Held:
    """The first and the last hour that is held; None without any."""

    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class DailyRange:
    """A civil day from `start` to `end` (UNIX seconds), with `count` samples; the rest is in bpm.

    `means` are those of its hours, in tenths of bpm. `high` and `low` are the numbers of its hours with a
    heart rate at that limit or beyond.
    """

    start: int
    end: int
    count: int
    min: int
    mean: float
    max: int
    means: str
    high: int
    low: int

    @property
    def range(self) -> tuple[float, float]:
        """Return the 10 % and the 90 % quantile of the hours' means, in bpm."""
        in_order = sorted(map(int, self.means.split(",")))
        return quantile(in_order, OUTER) / 10, quantile(in_order, 1 - OUTER) / 10


def daily_ranges(
    archive: Database, first: date, last: date, zone: tzinfo, limits: Iterable[Limit] = ()
) -> list[DailyRange]:
    """Return the days of a zone from the first to the last one, in order, without those that hold nothing.

    An hour counts to the day that it begins in.
    """
    bounds = {"start": midnight(first, zone), "end": midnight(last + timedelta(days=1), zone)}
    beyond = dict.fromkeys(AlertKind) | {limit.kind: limit.bpm for limit in limits}
    with archive.reading() as connection:
        [held] = objects(connection.execute(HELD, bounds), Held)
        if held.first is None or held.last is None:
            return []
        days = json.dumps(_days(civil_day(held.first, zone), civil_day(held.last, zone), zone))
        return [*objects(connection.execute(DAYS, beyond | {"days": days}), DailyRange)]


def quantile(in_order: Sequence[float], share: float) -> float:
    """Return the value below which a share of values lies, between two of them in proportion."""
    place = share * (len(in_order) - 1)
    before = int(place)
    after = min(before + 1, len(in_order) - 1)
    return in_order[before] + (in_order[after] - in_order[before]) * (place - before)


def _days(first: date, last: date, zone: tzinfo) -> list[Interval]:
    """Return the beginning and the end of each day from the first to the last one."""
    days = ((last - first).days + 2) if first <= last else 0
    return [*pairwise(midnight(first + timedelta(days=count), zone) for count in range(days))]
