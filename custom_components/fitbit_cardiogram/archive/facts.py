"""Facts: named values about the account, each declared once, by the module that gives it its meaning.

Whole numbers and texts are kept as they are, anything else as JSON. This module owns the table `facts`.
"""

from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any, Final

import msgspec

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
        try:
            if self.type in _PLAIN:
                return msgspec.convert(row[0], self.type)
            return msgspec.json.decode(row[0], type=self.type)
        except msgspec.DecodeError, TypeError, UnicodeDecodeError:
            return None

    def set(self, connection: Connection, value: T | None) -> None:
        """Keep a value; None removes it. A value that is kept already changes no row."""
        if value is None:
            connection.execute("DELETE FROM facts WHERE name = ?", (self.name,))
            return
        kept: Any = value if self.type in _PLAIN else msgspec.json.encode(value).decode()
        connection.execute(
            "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name)"
            " DO UPDATE SET value = excluded.value WHERE value IS NOT excluded.value",
            (self.name, kept),
        )


class Counter(Fact[int]):
    """A number that only rises; 0 where none is kept."""

    def __init__(self, name: str) -> None:
        super().__init__(name, int)

    def number(self, connection: Connection) -> int:
        """Return the number."""
        return self.get(connection) or 0

    def rise(self, connection: Connection) -> int:
        """Add one to the number and return it."""
        [(number,)] = connection.execute(
            "INSERT INTO facts VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1"
            " RETURNING value",
            (self.name,),
        ).fetchall()
        return int(number)


# Rises with every transaction that changed a row, so that of two readings the later one is known.
REVISION: Final = Counter("revision")
