"""Civil days: resting heart rate and minutes in each zone, as the source gives them.

Like samples, days carry the number of the transaction that gave them their present value. A day keeps the
time zone in which it was lived, wherever the person travels later. This module owns the table `days`.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
import json
from sqlite3 import Connection
from typing import Final

import msgspec

from ..heart_rate.day import DaySummary
from . import purged
from .facts import Counter
from .rows import DamagedRowsError

# The number of the last transaction that stored days.
DAYS_VERSION: Final = Counter(
    "days_version", "SELECT max(version) FROM days WHERE typeof(version) = 'integer'"
)

# Whether the zones of a day have limits.
HAS_LIMITS: Final = "summary ->> '$.zones[0].min_bpm' IS NOT NULL"
# Limits change slowly: those of a day so many days away are as good.
LIMITS_WITHIN: Final = timedelta(days=30)

_DAY_SUMMARY: Final = msgspec.json.Decoder(DaySummary)


@dataclass(frozen=True, slots=True)
class Lived:
    """The summary of a day, and the name of the time zone in which it was lived, where known."""

    summary: DaySummary
    zone: str | None


def store(
    connection: Connection,
    summaries: Iterable[DaySummary],
    midnight: Callable[[date], int],
    *,
    zone: str | None = None,
    today: date | None = None,
    even_purged: bool = False,
) -> None:
    """Store summaries of civil days; a value that a summary lacks stays as it is.

    `midnight` returns the moment at which a day begins. `zone` is the name of the time zone for all days that
    have none yet. A day with a purged part is skipped, unless it is `today` or `even_purged` is set.
    """
    version = DAYS_VERSION.number(connection) + 1
    for summary in summaries:
        begin, end = midnight(summary.day), midnight(summary.day + timedelta(days=1))
        if summary.day != today and not even_purged and purged.touches(connection, begin, end):
            continue
        known = _day(connection, summary.day)
        resting, zones = summary.resting or known.resting, summary.zones or known.zones
        if (resting, zones) != (known.resting, known.zones):
            text = json.dumps(asdict(replace(known, resting=resting, zones=zones)), default=str)
            connection.execute(
                "INSERT INTO days (day, summary, version, zone) VALUES (?, ?, ?, ?) ON CONFLICT (day)"
                " DO UPDATE SET summary = excluded.summary, version = excluded.version",
                (summary.day.isoformat(), text, version, zone),
            )
            DAYS_VERSION.set(connection, version)
    connection.execute("UPDATE days SET zone = ? WHERE zone IS NULL AND ? IS NOT NULL", (zone, zone))


def day(connection: Connection, wanted: date) -> DaySummary:
    """Return the summary of a civil day, with the newest resting heart rate that is known on it."""
    known = _day(connection, wanted)
    row = connection.execute(
        "SELECT summary FROM days WHERE day <= ? AND summary ->> '$.resting' IS NOT NULL"
        " ORDER BY day DESC LIMIT 1",
        (wanted.isoformat(),),
    ).fetchone()
    return replace(known, resting=_summary(row[0]).resting) if row else known


def since(connection: Connection, version: int) -> list[Lived]:
    """Return the days that were stored after a version of them, in order."""
    rows = connection.execute("SELECT summary, zone FROM days WHERE version > ? ORDER BY day", (version,))
    return [Lived(_summary(summary), zone) for summary, zone in rows]


def between(connection: Connection, first: date, last: date) -> list[DaySummary]:
    """Return the summaries from the first to the last day, in order."""
    rows = connection.execute(
        "SELECT summary FROM days WHERE day BETWEEN ? AND ? ORDER BY day",
        (first.isoformat(), last.isoformat()),
    )
    return [_summary(summary) for (summary,) in rows]


def resting(connection: Connection, first: date, last: date) -> dict[date, float]:
    """Return the resting heart rates (bpm) by their days, from the first to the last day, in order."""
    return {one.day: one.resting.bpm for one in between(connection, first, last) if one.resting}


def limits(connection: Connection, wanted: date) -> DaySummary | None:
    """Return the day nearest to one whose zones have limits, or None without one that is near enough."""
    first, last = wanted - LIMITS_WITHIN, wanted + LIMITS_WITHIN
    row = connection.execute(
        f"SELECT summary FROM days WHERE day BETWEEN ?2 AND ?3 AND {HAS_LIMITS}"
        " ORDER BY abs(julianday(day) - julianday(?1)), day LIMIT 1",
        (wanted.isoformat(), first.isoformat(), last.isoformat()),
    ).fetchone()
    return _summary(row[0]) if row else None


def purge(connection: Connection, first: date, last: date) -> None:
    """Remove the summaries from the first to the last day."""
    connection.execute("DELETE FROM days WHERE day BETWEEN ? AND ?", (first.isoformat(), last.isoformat()))


def mend(connection: Connection) -> int:
    """Remove the days that cannot be read; return their number."""
    rows = connection.execute(
        "SELECT rowid, CAST(day AS BLOB), CAST(summary AS BLOB), version, CAST(zone AS BLOB) FROM days"
    ).fetchall()
    damaged = [(rowid,) for rowid, *values in rows if not _is_day(*values)]
    connection.executemany("DELETE FROM days WHERE rowid = ?", damaged)
    return len(damaged)


def _is_day(day: bytes, summary: bytes, version: object, zone: bytes | None) -> bool:
    try:
        (zone or b"").decode()
        summary.decode()
        return _summary(summary).day.isoformat() == day.decode() and isinstance(version, int)
    except DamagedRowsError, UnicodeDecodeError:
        return False


def _summary(text: str | bytes) -> DaySummary:
    """Return the summary that a text holds. Raises DamagedRowsError."""
    try:
        return _DAY_SUMMARY.decode(text)
    except msgspec.DecodeError, TypeError, UnicodeDecodeError:
        raise DamagedRowsError from None


def _day(connection: Connection, wanted: date) -> DaySummary:
    row = connection.execute("SELECT summary FROM days WHERE day = ?", (wanted.isoformat(),)).fetchone()
    return _summary(row[0]) if row else DaySummary(wanted)
