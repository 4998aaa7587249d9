"""Moments in UNIX seconds (UTC), and civil days of a time zone."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from .interval import Interval

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
# Later than any moment, and still a number that SQLite and JSON can write.
FOREVER = 2**62


def utc(timestamp: float) -> datetime:
    """Return UNIX seconds as an aware datetime in UTC."""
    return datetime.fromtimestamp(timestamp, UTC)


def written(timestamp: float) -> str:
    """Return UNIX seconds as text, in UTC (ISO 8601)."""
    return utc(timestamp).isoformat()


def midnight(day: date, zone: tzinfo) -> int:
    """Return the moment at which a civil day begins, in UNIX seconds."""
    return int(datetime.combine(day, time.min, zone).timestamp())


def day_interval(day: date, zone: tzinfo) -> Interval:
    """Return the interval of a civil day."""
    return midnight(day, zone), midnight(day + timedelta(days=1), zone)


def civil_day(moment: float, zone: tzinfo) -> date:
    """Return the civil day of a zone in which a moment (UNIX seconds) lies."""
    return datetime.fromtimestamp(moment, zone).date()
