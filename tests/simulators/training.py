"""Workouts and nights, as the cloud knows them."""

from typing import Any, NamedTuple

WATCH, APP = "FITBIT", "HEALTH_CONNECT"
STARTED, DETECTED = "ACTIVELY_MEASURED", "PASSIVELY_MEASURED"

type Night = dict[str, dict[str, Any]]
"""The fields of a day's values by Google's key of their type."""


class Training(NamedTuple):
    """A workout in UTC seconds; one without an end is still running."""

    id: str
    type: str
    start: int
    end: int | None
    name: str = "Activity"
    method: str = DETECTED
    platform: str = WATCH
    mean: int | None = None
    """The average heart rate, which a merged stream lacks for an app's."""
    created: int = 0
    updated: int = 0
    has_offsets: bool = True


def merged(trainings: list[Training]) -> list[Training]:
    """Return the workouts of one stream: an app's is left out where the watch tells of the same time."""
    watched = [one for one in trainings if one.platform == WATCH]
    return [
        one
        for one in trainings
        if one.platform == WATCH
        or not any(other.start < (one.end or one.start) and one.start < (other.end or 0) for other in watched)
    ]
