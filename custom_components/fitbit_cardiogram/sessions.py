"""A workout, and a night, as entities, actions and websocket commands describe them."""

from collections.abc import Callable
from typing import Any

from .archive.sleep import Night
from .archive.workouts import Kept
from .heart_rate.figures import Figures


def described(kept: Kept, now: int, moment: Callable[[int], Any]) -> dict[str, Any]:
    """Return a workout with its figures; `moment` turns UNIX seconds into what the answer holds.

    The end of a workout that still runs is None.
    """
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
        "mean": _rounded(figures.mean),
        "highest": figures.highest,
        "zones": dict(figures.zones),
        "recovery": figures.recovery,
        "recovery_120": figures.recovery_120,
    }


def described_night(night: Night, now: int, moment: Callable[[int], Any]) -> dict[str, Any]:
    """Return a night or a nap; `moment` turns UNIX seconds into what the answer holds.

    The end of one that is not over is None. Times asleep are in seconds, `dip` is in per cent.
    """
    return {
        "id": night.id,
        "type": "nap" if night.is_nap else "night",
        "day": night.day.isoformat(),
        "start": moment(night.start),
        "end": moment(night.end) if night.end > night.start else None,
        "final": night.is_final(now),
        "asleep": night.asleep,
        "mean": _rounded(night.mean),
        "lowest": _rounded(night.lowest),
        "lowest_at": None if night.lowest_at is None else moment(night.lowest_at),
        "dip": None if night.dip is None else round(100 * night.dip, 1),
        "stages": [
            {"type": stage.type, "start": moment(stage.start), "end": moment(stage.end)}
            for part in night.parts
            for stage in part.stages
        ],
    }


def _rounded(bpm: float | None) -> float | None:
    return None if bpm is None else round(bpm, 1)
