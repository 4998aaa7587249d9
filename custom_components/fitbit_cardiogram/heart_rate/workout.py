"""Workouts, and which of several tell of the same one. Times are UNIX seconds (UTC)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

from .clock import DAY
from .interval import Interval, Spanning

# A source still changes a workout for so many seconds after its end.
SETTLING = 20 * 60
# One that never says that it was stopped counts as finished after so many seconds.
GIVEN_UP_AFTER = DAY

# How a workout was recorded, and where, as far as it matters here.
STARTED_BY_PERSON = "ACTIVELY_MEASURED"
OWN_PLATFORM = "FITBIT"


@dataclass(frozen=True, slots=True)
class Workout:
    """One workout, as its source describes it.

    `id` is a hash: the names of sources can hold the person's id. `type` is the source's own word, which may
    be one that nobody knows. An `end` that is not after the `start` stands for one that is not known yet.
    The offsets are those from UTC, in seconds. `active` is in seconds. `mean` is the source's own, in bpm.
    `method`, `platform` and `app` say how the workout was recorded, and are empty where the source is silent.
    """

    id: str
    type: str
    start: int
    end: int
    start_offset: int | None = None
    end_offset: int | None = None
    active: int | None = None
    mean: int | None = None
    method: str = ""
    platform: str = ""
    app: str = ""
    created: int | None = None
    updated: int | None = None
    is_stopped: bool = True

    @property
    def day(self) -> date:
        """The civil day of the start, by the workout's own offset."""
        zone = UTC if self.start_offset is None else timezone(timedelta(seconds=self.start_offset))
        return datetime.fromtimestamp(self.start, zone).date()

    @property
    def label(self) -> str:
        """The type in words: RUNNING is running, and one without a type is a workout."""
        return "workout" if self.type.endswith("UNSPECIFIED") else self.type.replace("_", " ").lower()

    def taken(self, now: int) -> Interval:
        """Return the interval that the workout takes up; one that was not stopped goes on, for a day."""
        goes_on = not self.is_stopped and now < self.start + GIVEN_UP_AFTER
        return self.start, now + 1 if goes_on else self.end

    def is_final(self, now: int) -> bool:
        """Return whether the workout is over, and the source has had time to complete it."""
        settling = SETTLING if self.is_stopped else GIVEN_UP_AFTER
        return self.start < self.end <= now - settling

    @property
    def rank(self) -> tuple[bool, bool, int, str]:
        """Rank workouts that tell of the same: with a heart rate first, then the wearable's, then the newest.

        The id decides last, so that the order in which they were read means nothing.
        """
        return self.mean is not None, self.platform == OWN_PLATFORM, self.updated or 0, self.id


def overlap(one: Spanning, other: Spanning) -> bool:
    """Return whether two workouts share more than half of the shorter one."""
    shared = min(one.end, other.end) - max(one.start, other.start)
    return shared > 0 and 2 * shared > min(one.end - one.start, other.end - other.start)


def duplicates(workouts: Iterable[Workout]) -> dict[str, str]:
    """Return the ids of workouts that tell of the same as a better one, each with the id of that one."""
    found: dict[str, str] = {}
    for group in _touching(workouts):
        kept: list[Workout] = []
        for workout in sorted(group, key=lambda one: one.rank, reverse=True):
            better = next((one for one in kept if overlap(one, workout) and _differ(one, workout)), None)
            if better:
                found[workout.id] = better.id
            else:
                kept.append(workout)
    return found


def _touching(workouts: Iterable[Workout]) -> Iterator[list[Workout]]:
    """Yield groups of workouts such that those of different groups share no time."""
    group: list[Workout] = []
    end = 0
    for workout in sorted(workouts, key=lambda one: one.start):
        if group and workout.start >= end:
            yield group
            group = []
        group.append(workout)
        end = max(end, workout.end)
    if group:
        yield group


def _differ(one: Workout, other: Workout) -> bool:
    """Return whether two workouts come from different sources.

    A merged stream names no sources. There, one without a heart rate is not of the wearable.
    """
    if one.platform and other.platform:
        return (one.platform, one.app) != (other.platform, other.app)
    return (one.mean is None) != (other.mean is None)
