"""Rows as objects: each column becomes the field of its name."""

from collections.abc import Iterator
from dataclasses import fields
from itertools import starmap
from operator import itemgetter
from sqlite3 import Cursor
from typing import Any


def objects[T](rows: Cursor, kind: type[T]) -> Iterator[T]:
    """Yield the rows of a query as objects of a data class, whatever the order of the columns."""
    names = [name for name, *_ in rows.description]
    wanted: Any = kind
    in_order = itemgetter(*(names.index(field.name) for field in fields(wanted)))
    return starmap(kind, map(in_order, rows))
