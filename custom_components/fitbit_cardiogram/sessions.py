"""A workout as entities, actions and websocket commands describe it."""

from collections.abc import Callable
from typing import Any

from .archive.workouts import Kept
from .heart_rate.figures import Figures


def described(kept: Kept, now: int, moment: Callable[[int], Any]) -> dict[str, Any]:
    """Return a workout with its figures; `moment` turns UNIX seconds into what the answer holds.

    The end of a workout that still runs is None.
    """
    workout = kept.workout
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
        "mean": None if figures.mean is None else round(figures.mean, 1),
        "highest": figures.highest,
        "zones": dict(figures.zones),
        "recovery": figures.recovery,
        "recovery_120": figures.recovery_120,
    }
