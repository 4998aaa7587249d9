"""Rows as objects: each column becomes the field of its name, if its value is one that the field can have."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from functools import cache
from itertools import starmap
from operator import itemgetter
from sqlite3 import Cursor
from types import NoneType, UnionType
from typing import Any, Final, get_args, get_type_hints

from ..heart_rate.sample import Sample

# No time, count or version reaches this: times are those of a thousand years to come.
NUMBER_MAX: Final = 2**36

# The types in which SQLite gives values of a field.
_STORED: Final[dict[Any, tuple[type, ...]]] = {bool: (int,), float: (float, int)}


class DamagedRowsError(Exception):
    """A row holds a value that cannot be; it never says which."""


def objects[T](rows: Cursor, kind: type[T]) -> Iterator[T]:
    """Yield the rows of a query as objects of a data class, whatever the order of the columns.

    Raises DamagedRowsError.
    """
    names = [name for name, *_ in rows.description]
    wanted: Any = kind
    in_order = itemgetter(*(names.index(field.name) for field in fields(wanted)))
    return starmap(kind, (checked(in_order(row), kind) for row in rows))


def checked(row: Sequence[Any], kind: type) -> Sequence[Any]:
    """Return the values of an object's fields if each is of its type. Raises DamagedRowsError."""
    if not all(map(_is_possible, row, _types(kind), strict=True)):
        raise DamagedRowsError
    return row


def checked_samples[S: Sequence[Sample]](samples: S) -> S:
    """Return samples, which are in order of time, if all of them can be. Raises DamagedRowsError."""
    ends = (*samples[:1], *samples[-1:])
    if not {type(bpm) for _, bpm in samples} <= {int} or not all(-1 < time < NUMBER_MAX for time, _ in ends):
        raise DamagedRowsError
    return samples


def _is_possible(value: object, types: tuple[type, ...]) -> bool:
    return isinstance(value, types) and not (isinstance(value, int) and not -1 < value < NUMBER_MAX)


@cache
def _types(kind: type) -> list[tuple[type, ...]]:
    """Return the types in which SQLite gives the values of each field."""
    hints = get_type_hints(kind)
    wanted: Any = kind
    return [_stored(hints[field.name]) for field in fields(wanted)]


def _stored(hint: Any) -> tuple[type, ...]:
    if isinstance(hint, UnionType):
        return tuple(stored for part in get_args(hint) for stored in _stored(part))
    return (NoneType,) if hint is NoneType else _STORED.get(hint, (hint,))
