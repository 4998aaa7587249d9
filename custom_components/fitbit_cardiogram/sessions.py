"""Workouts and nights as entities, actions and websocket commands describe them."""

from collections.abc import Callable, Iterable, Mapping
import time
from typing import Any, Final

from .archive.archive import Archive
from .archive.sleep import Night
from .archive.workouts import Kept
from .heart_rate.clock import written
from .heart_rate.figures import Figures

# A fraction is shown with so many digits after the point.
DIGITS: Final = 1

type Moment = Callable[[int], Any]
"""Turns UNIX seconds into what an answer holds."""


def described(kept: Kept, now: int, moment: Moment) -> dict[str, Any]:
    """Return a workout with its figures; the end of one that still runs is None."""
    workout = kept.session
    return {
        "id": workout.id,
        "type": workout.type,
        "start": moment(workout.start),
        "end": moment(workout.end) if workout.end > workout.start else None,
        "final": workout.is_final(now),
        **figures_of(kept),
    }


def figures_of(kept: Kept) -> dict[str, Any]:
    """Return the figures of a workout: bpm, and seconds in zones. One without samples is None."""
    figures = kept.figures or Figures()
    return {
        "lowest": figures.lowest,
        "mean": rounded(figures.mean),
        "highest": figures.highest,
        "zones": dict(figures.zones),
        "recovery": figures.recovery,
        "recovery_120": figures.recovery_120,
    }


def described_night(night: Night, now: int, moment: Moment, *, with_stages: bool = True) -> dict[str, Any]:
    """Return a night or a nap with its figures and stages; the end of one that still runs is None."""
    return {
        "id": night.id,
        "type": "nap" if night.is_nap else "night",
        "day": night.day.isoformat(),
        "start": moment(night.start),
        "end": moment(night.end) if night.end > night.start else None,
        "final": night.is_final(now),
        **night_figures_of(night, moment),
        "stages": [
            {"type": stage.type, "start": moment(stage.start), "end": moment(stage.end)}
            for part in night.parts
            for stage in part.stages
            if with_stages
        ],
    }


def night_figures_of(night: Night, moment: Moment) -> dict[str, Any]:
    """Return the figures of a night: seconds asleep, bpm, and per cent. One without samples is None."""
    return {
        "asleep": night.asleep,
        "mean": rounded(night.mean),
        "lowest": rounded(night.lowest),
        "lowest_at": None if night.lowest_at is None else moment(night.lowest_at),
        "dip": None if night.dip is None else rounded(100 * night.dip),
    }


def sessions(archive: Archive, kinds: Iterable[str], start: int, end: int) -> list[dict[str, Any]]:
    """Return the sessions of some kinds that touch an interval, in order of time. Blocks on the disk."""
    with archive.reading():
        found = [session for kind in kinds for session in SESSION_KINDS[kind](archive, start, end)]
    return sorted(found, key=lambda session: (session["start"], session["id"]))


def _workouts(archive: Archive, start: int, end: int) -> list[dict[str, Any]]:
    now = int(time.time())
    return [described(kept, now, written) for kept in archive.workouts(start, end)]


def _nights(archive: Archive, start: int, end: int) -> list[dict[str, Any]]:
    now = int(time.time())
    return [described_night(night, now, written) for night in archive.nights(start, end)]


SESSION_KINDS: Final[Mapping[str, Callable[[Archive, int, int], list[dict[str, Any]]]]] = {
    "workouts": _workouts,
    "nights": _nights,
}


def rounded[Value](value: Value, digits: int = DIGITS) -> Value | float:
    """Return a value as it is shown: one that is a fraction has so many digits after the point."""
    return round(value, digits or None) if isinstance(value, float) else value
