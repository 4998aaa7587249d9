"""Daily values: one number of each kind for a civil day.

Like days, they carry the number of the transaction that gave them their present value. This module owns the
table `daily_values`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from sqlite3 import Connection, Cursor
from typing import Final

from . import purged
from .facts import Counter
from .rows import NUMBER_MAX, DamagedRowsError

# The number of the last transaction that stored daily values.
DAILY_VERSION: Final = Counter(
    "daily_version", "SELECT max(version) FROM daily_values WHERE typeof(version) = 'integer'"
)
# Rises whenever a value that is counted from the archive itself is removed.
VALUE_REMOVALS: Final = Counter("value_removals")

_SELECT: Final = (
    "SELECT kind, daily_values.day, value, daily_values.version, zone"
    " FROM daily_values LEFT JOIN days ON days.day = daily_values.day"
)


@dataclass(frozen=True, slots=True)
class DailyValue:
    """The value of a kind on a day, its version, and the name of the day's time zone, where known."""

    kind: str
    day: date
    value: float
    version: int
    zone: str | None = None


def store(
    connection: Connection,
    kind: str,
    values: Mapping[date, float],
    midnight: Callable[[date], int],
    *,
    today: date | None = None,
    even_purged: bool = False,
) -> None:
    """Store values of a kind by their days; the value of a day that is lacking stays as it is.

    `midnight` returns the moment at which a day begins. A day with a purged part is skipped, unless it is
    `today` or `even_purged` is set.
    """
    version = DAILY_VERSION.number(connection) + 1
    for day, value in values.items():
        begin, end = midnight(day), midnight(day + timedelta(days=1))
        if day != today and not even_purged and purged.touches(connection, begin, end):
            continue
        written = connection.execute(
            "INSERT INTO daily_values VALUES (?, ?, ?, ?) ON CONFLICT (kind, day)"
            " DO UPDATE SET value = excluded.value, version = excluded.version"
            " WHERE value <> excluded.value",
            (kind, day.isoformat(), float(value), version),
        ).rowcount
        if written:
            DAILY_VERSION.set(connection, version)


def put(connection: Connection, kind: str, day: date, value: float | None) -> None:
    """Put a value that is counted from the archive itself in place of the one of its day; None removes it."""
    key = (kind, day.isoformat())
    before = connection.execute("SELECT value FROM daily_values WHERE kind = ? AND day = ?", key).fetchone()
    if value == (before[0] if before else None):
        return
    version = DAILY_VERSION.rise(connection)
    if value is None:
        connection.execute("DELETE FROM daily_values WHERE kind = ? AND day = ?", key)
        VALUE_REMOVALS.rise(connection)
    else:
        connection.execute("INSERT OR REPLACE INTO daily_values VALUES (?, ?, ?, ?)", (*key, value, version))


def newest(connection: Connection, last: date) -> list[DailyValue]:
    """Return the newest value of each kind up to a day."""
    rows = connection.execute(
        f"{_SELECT} WHERE (kind, daily_values.day) IN"
        " (SELECT kind, max(day) FROM daily_values WHERE day <= ? GROUP BY kind)",
        (last.isoformat(),),
    )
    return _values(rows)


def between(connection: Connection, kind: str, first: date, last: date) -> dict[date, float]:
    """Return the values of a kind by their days, from the first to the last day, in order.

    Raises DamagedRowsError.
    """
    rows = connection.execute(
        "SELECT day, value FROM daily_values WHERE kind = ? AND day BETWEEN ? AND ? ORDER BY day",
        (kind, first.isoformat(), last.isoformat()),
    ).fetchall()
    try:
        found = {date.fromisoformat(day): value for day, value in rows}
    except TypeError, ValueError:
        raise DamagedRowsError from None
    if not all(isinstance(value, float) for value in found.values()):
        raise DamagedRowsError
    return found


def since(connection: Connection, version: int) -> list[DailyValue]:
    """Return the values of all kinds that were stored after a version of them, in order of kind and day."""
    return _values(
        connection.execute(
            f"{_SELECT} WHERE daily_values.version > ? ORDER BY kind, daily_values.day", (version,)
        )
    )


def purge(connection: Connection, first: date, last: date) -> None:
    """Remove the values from the first to the last day."""
    days = (first.isoformat(), last.isoformat())
    removed = connection.execute("DELETE FROM daily_values WHERE day BETWEEN ? AND ?", days).rowcount
    if removed:
        DAILY_VERSION.rise(connection)


def mend(connection: Connection) -> int:
    """Remove the values that cannot be read; return their number."""
    columns = "CAST(kind AS BLOB), CAST(day AS BLOB)"
    rows = connection.execute(f"SELECT {columns}, value, version FROM daily_values").fetchall()
    damaged = [(kind, day) for kind, day, *values in rows if not _is_value(kind, day, *values)]
    connection.executemany(f"DELETE FROM daily_values WHERE ({columns}) = (?, ?)", damaged)
    return len(damaged)


def _values(rows: Cursor) -> list[DailyValue]:
    """Return rows as values. Raises DamagedRowsError."""
    try:
        found = [
            DailyValue(kind, date.fromisoformat(day), value, version, zone)
            for kind, day, value, version, zone in rows
        ]
    except TypeError, ValueError:
        raise DamagedRowsError from None
    if not all(isinstance(one.value, float) and isinstance(one.version, int) for one in found):
        raise DamagedRowsError
    return found


def _is_value(kind: bytes, day: bytes, value: object, version: object) -> bool:
    try:
        kind.decode()
        is_day = date.fromisoformat(day.decode()).isoformat() == day.decode()
    except ValueError:
        return False
    is_version = isinstance(version, int) and 0 <= version < NUMBER_MAX
    return is_day and is_version and isinstance(value, float)
