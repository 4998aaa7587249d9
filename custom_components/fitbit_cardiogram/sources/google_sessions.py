"""What workouts and sleep of Google's have in common: names, ends and offsets, any of which may be odd."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Final

import msgspec

from ..heart_rate.clock import DAY
from .google_api import duration

# Google sends no more on a page, whatever is asked for.
PER_PAGE: Final = 25
# Nobody trains or sleeps for longer; a later end is odd.
LONGEST: Final = 2 * DAY

type Json = Mapping[str, Any]

POINT: Final = msgspec.json.Decoder(dict[str, Any])


def inner(parent: Json, name: str) -> Json:
    """Return the object of this name, or an empty one."""
    found = parent.get(name)
    return found if isinstance(found, dict) else {}


def text(parent: Json, name: str) -> str:
    """Return the text of this name, or an empty one."""
    found = parent.get(name)
    return found if isinstance(found, str) else ""


def own_id(point: Json, kind: str, otherwise: str) -> str:
    """Return an id of our own, since Google's name of a session holds the user's id.

    It is that of the point, listed or merged, or is made of `otherwise` where the point has no name.
    """
    name = text(point, "name") or text(point, "dataPointName")
    written = f"{kind} {name.rpartition('/')[2] or otherwise}"
    return blake2b(written.encode(errors="replace"), digest_size=8).hexdigest()


def end_after(start: int, end: int | None) -> int:
    """Return the end, or the start for one that is missing or odd."""
    return end if end is not None and start < end <= start + LONGEST else start


def offset(written: object) -> int | None:
    """Return the seconds of an offset from UTC, or None if it is none."""
    seconds = duration(written)
    return int(seconds) if seconds is not None and abs(seconds) < DAY else None
