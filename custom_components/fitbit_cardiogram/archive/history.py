"""The history: the archive's samples as they are, or counted into buckets of any width; and the rest.

Intervals are half-open, times are UNIX seconds. Long results come page by page, and between two pages the
archive is free for others.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from ..heart_rate.clock import DAY, HOUR
from ..heart_rate.daily import RESTING_HEART_RATE
from ..heart_rate.interval import Interval
from ..heart_rate.sample import Sample
from . import sleep, workouts
from .database import ArchiveDamagedError, Database
from .rows import checked_samples, objects
from .sessions import FIRST
from .sleep import Night
from .workouts import Kept

PAGE = 10_000
# A session takes as long to read as several samples.
PAGE_OF_SESSIONS = 1000
# Counting a day's samples into buckets takes as long as reading a page of them.
PAGE_SECONDS = DAY

# Bucket by bucket in order of time, each found by the key, so that SQLite need not sort the samples.
FROM_SAMPLES = """
WITH RECURSIVE bucket (time) AS (
    SELECT :start / :width * :width UNION ALL SELECT time + :width FROM bucket WHERE time + :width < :end
)
SELECT bucket.time AS time, count(*) AS count, min(bpm) AS min, avg(bpm) AS mean, max(bpm) AS max
FROM (SELECT time FROM bucket ORDER BY time) AS bucket CROSS JOIN samples
    ON samples.time >= max(bucket.time, :start) AND samples.time < min(bucket.time + :width, :end)
GROUP BY bucket.time ORDER BY bucket.time
"""
# Whole hours, and the samples of the hours at the edges of the interval.
FROM_HOURS = """
SELECT time / :width * :width AS time, sum(count) AS count, min(min) AS min,
    sum(sum) * 1.0 / sum(count) AS mean, max(max) AS max
FROM (
    SELECT hour AS time, count, sum, min, max FROM hours WHERE time >= :first_hour AND time < :last_hour
    UNION ALL
    SELECT time, 1, bpm, bpm, bpm FROM samples WHERE time >= :start AND time < min(:first_hour, :end)
    UNION ALL
    SELECT time, 1, bpm, bpm, bpm FROM samples WHERE time >= max(:first_hour, :last_hour) AND time < :end
)
GROUP BY time / :width ORDER BY 1
"""
# Day by day, so that the values of a night stand together.
DAY_VALUES = f"""
SELECT day, kind, value FROM (
    SELECT day, kind, value FROM daily_values
    UNION SELECT summary ->> '$.resting.day', '{RESTING_HEART_RATE}', summary ->> '$.resting.bpm' FROM days
)
WHERE day BETWEEN :first AND :last AND (day, kind) > (:day, :kind) ORDER BY day, kind LIMIT :limit
"""


class TooManyError(Exception):
    """An interval holds more than `limit` rows."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Bucket:
    """The part of an interval from `time` on: number of samples, and lowest, mean and highest bpm."""

    time: int
    count: int
    min: int
    mean: float
    max: int


@dataclass(frozen=True, slots=True)
class DayValue:
    """The value of a kind on a civil day (ISO 8601); the resting heart rate is one of the kinds."""

    day: str
    kind: str
    value: float


def samples(archive: Database, start: int, end: int) -> Iterator[list[Sample]]:
    """Yield pages of the samples of an interval, in order of time."""
    while True:
        with archive.reading() as connection:
            page: list[Sample] = connection.execute(
                "SELECT time, bpm FROM samples WHERE time >= ? AND time < ? ORDER BY time LIMIT ?",
                (start, end, PAGE),
            ).fetchall()
            if page:
                start = _after(start, checked_samples(page)[-1][0] + 1)
        if not page:
            return
        yield page


def buckets(archive: Database, start: int, end: int, width: int) -> Iterator[list[Bucket]]:
    """Yield pages of the buckets of an interval, in order of time, without empty ones.

    They are `width` seconds wide and begin at multiples of it; the first and the last one count only their
    part of the interval. Widths of whole hours are counted from the hours, which reach back further than the
    samples.
    """
    if width % HOUR == 0:
        whole = {"first_hour": -(-start // HOUR) * HOUR, "last_hour": end // HOUR * HOUR}
        yield _buckets(archive, FROM_HOURS, start=start, end=end, width=width, **whole)
        return
    page = max(PAGE_SECONDS // width, 1) * width
    while (held := ends(archive, start, end)) is not None:
        first, _ = held
        with archive.reading():
            start = _after(start, first // width * width + page)
        yield _buckets(archive, FROM_SAMPLES, start=first, end=min(start, end), width=width)


def ends(archive: Database, start: int, end: int) -> tuple[int, int] | None:
    """Return the times of the first and the last sample of an interval, or None where it holds none."""
    with archive.reading() as connection:
        found: list[Sample] = [
            row
            for order in ("ASC", "DESC")
            for row in connection.execute(
                f"SELECT time, bpm FROM samples WHERE time >= ? AND time < ? ORDER BY time {order} LIMIT 1",
                (start, end),
            )
        ]
        checked_samples(found)
    return (found[0][0], found[-1][0]) if found else None


def workouts_between(archive: Database, start: int, end: int) -> Iterator[list[Kept]]:
    """Yield pages of the workouts that touch an interval, in order of time, without duplicates."""
    return _sessions(archive, workouts.between, start, end)


def nights_between(archive: Database, start: int, end: int) -> Iterator[list[Night]]:
    """Yield pages of the nights and naps of which a part touches an interval, in order of time."""
    return _sessions(archive, sleep.between, start, end)


def day_values(archive: Database, first: date, last: date) -> Iterator[list[DayValue]]:
    """Yield pages of all daily values from the first to the last day, in order of day and kind."""
    place = ("", "")
    days = {"first": first.isoformat(), "last": last.isoformat(), "limit": PAGE}
    while True:
        with archive.reading() as connection:
            rows = connection.execute(DAY_VALUES, {**days, "day": place[0], "kind": place[1]})
            if page := [*objects(rows, DayValue)]:
                place = _after(place, (page[-1].day, page[-1].kind))
        if not page:
            return
        yield page


def hours_since(archive: Database, version: int) -> Iterator[list[Bucket]]:
    """Yield pages of the hours that were counted after a version, in order of time."""
    start = 0
    while True:
        with archive.reading() as connection:
            rows = connection.execute(
                "SELECT hour AS time, count, min, sum * 1.0 / count AS mean, max FROM hours"
                " WHERE version > ? AND hour >= ? ORDER BY hour LIMIT ?",
                (version, start, PAGE),
            )
            if page := [*objects(rows, Bucket)]:
                start = _after(start, page[-1].time + 1)
        if not page:
            return
        yield page


def joined(hours: Iterable[int]) -> Iterator[Interval]:
    """Yield whole hours, which are in order of time, as intervals: neighbours become one."""
    # Neighbours have the same distance from their place in the list.
    for _, group in groupby(enumerate(hours), lambda numbered: numbered[1] - numbered[0] * HOUR):
        neighbours = [hour for _, hour in group]
        yield neighbours[0], neighbours[-1] + HOUR


def at_most[Row](limit: int, pages: Iterable[list[Row]]) -> list[Row]:
    """Return the rows of all pages. Raises TooManyError as soon as they are more than `limit`."""
    rows: list[Row] = []
    for page in pages:
        rows += page
        if len(rows) > limit:
            raise TooManyError(limit)
    return rows


def _after[Place: (int, tuple[int, str], tuple[str, str])](before: Place, place: Place) -> Place:
    """Return a place if it comes after another one: rows out of order would be read for ever."""
    if place <= before:
        raise ArchiveDamagedError("order")
    return place


def _sessions[Kind: (Kept, Night)](
    archive: Database, between: Callable[..., list[Kind]], start: int, end: int
) -> Iterator[list[Kind]]:
    place = FIRST
    while True:
        with archive.reading() as connection:
            page = between(connection, start, end, after=place, limit=PAGE_OF_SESSIONS)
            if page:
                place = _after(place, page[-1].place)
        if not page:
            return
        yield page


def _buckets(archive: Database, query: str, **bounds: int) -> list[Bucket]:
    with archive.reading() as connection:
        return [*objects(connection.execute(query, bounds), Bucket)]
