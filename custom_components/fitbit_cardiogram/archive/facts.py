"""Facts: named values about the account, each declared once, by the module that gives it its meaning.

Whole numbers and texts are kept as they are, anything else as JSON. This module owns the table `facts`.
"""

from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any, Final

import msgspec

from .rows import NUMBER_MAX

# Kept as SQLite's own types.
_PLAIN: Final = (int, str)


@dataclass(frozen=True, slots=True)
class Fact[T]:
    """The name of a value, and its type."""

    name: str
    type: type[T]

    def get(self, connection: Connection) -> T | None:
        """Return the value, or None where none is kept or the kept one is damaged."""
        row = connection.execute("SELECT value FROM facts WHERE name = ?", (self.name,)).fetchone()
        if row is None:
            return None
        if isinstance(row[0], int) and not -1 < row[0] < NUMBER_MAX:
            return None
        try:
            if self.type in _PLAIN:
                return msgspec.convert(row[0], self.type)
            return msgspec.json.decode(row[0], type=self.type)
        except msgspec.DecodeError, RecursionError, TypeError, UnicodeDecodeError:
            return None

    def set(self, connection: Connection, value: T | None) -> None:
        """Keep a value; None removes it. A value that is kept already changes no row."""
        if value is None:
            connection.execute("DELETE FROM facts WHERE name = ?", (self.name,))
            return
        # A text of Home Assistant's can be of a class of its own.
        kept: Any = value if self.type in _PLAIN else msgspec.json.encode(value, enc_hook=str).decode()
        connection.execute(
            "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name)"
            " DO UPDATE SET value = excluded.value WHERE value IS NOT excluded.value",
            (self.name, kept),
        )


class Counter(Fact[int]):
    """A number that only rises.

    Where none is kept, or a damaged one, it goes on from `rebuilt`: the query for the highest number that is
    in use, else from 0.
    """

    def __init__(self, name: str, rebuilt: str = "SELECT 0") -> None:
        super().__init__(name, int)
        self.rebuilt = rebuilt

    def number(self, connection: Connection) -> int:
        """Return the number."""
        number = self.get(connection)
        if number is None:
            [(highest,)] = connection.execute(self.rebuilt).fetchall()
            number = highest if isinstance(highest, int) and 0 <= highest < NUMBER_MAX else 0
        return number

    def rise(self, connection: Connection) -> int:
        """Add one to the number and return it."""
        rows = connection.execute(
            "UPDATE facts SET value = value + 1"
            " WHERE name = ? AND typeof(value) = 'integer' AND value BETWEEN 0 AND ? RETURNING value",
            (self.name, NUMBER_MAX - 2),
        ).fetchall()
        if rows:
            return int(rows[0][0])
        number = self.number(connection) + 1
        self.set(connection, number)
        return number


def mend(connection: Connection) -> int:
    """Remove the facts whose text cannot be read; return their number."""
    rows = connection.execute("SELECT rowid, CAST(name AS BLOB), CAST(value AS BLOB) FROM facts").fetchall()
    damaged = [(rowid,) for rowid, *texts in rows if not all(map(_is_text, texts))]
    connection.executemany("DELETE FROM facts WHERE rowid = ?", damaged)
    return len(damaged)


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


HIGHEST_VERSION: Final = (
    "SELECT max(coalesce((SELECT max(version) FROM samples WHERE typeof(version) = 'integer'), 0),"
    " coalesce((SELECT max(version) FROM hours WHERE typeof(version) = 'integer'), 0))"
)
# Rises with every transaction that changed a row: of two reads, the one with the higher number is newer.
REVISION: Final = Counter("revision", HIGHEST_VERSION)
