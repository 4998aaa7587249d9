"""Workouts of Google Health, where they are called exercises."""

from datetime import timedelta
from typing import Final

from ..heart_rate.clock import utc
from ..heart_rate.sample import BPM_MAX, BPM_MIN
from ..heart_rate.workout import STARTED_BY_PERSON, Workout
from .client import decode_each, note_left_out
from .google_api import Api, duration, moment
from .google_sessions import LONGEST, PER_PAGE, POINT, Json, end_after, inner, offset, own_id, text

TYPE: Final = "exercise"


async def read_workouts(api: Api, start: int, end: int) -> list[Workout]:
    """Return the workouts that begin in an interval, in order of time.

    The only filter is by civil time without a zone, so a day more is asked for on either side.
    """
    member = f"{TYPE}.interval.civil_start_time"
    first, last = utc(start).date() - timedelta(days=1), utc(end).date() + timedelta(days=2)
    raws = await api.points(TYPE, f'{member} >= "{first}" AND {member} < "{last}"', PER_PAGE)
    found = [decode_workout(point) for point in decode_each(raws, POINT)]
    workouts = [workout for workout in found if workout]
    note_left_out(len(raws) - len(workouts), "workouts")
    by_id = {workout.id: workout for workout in workouts if start <= workout.start < end}
    return sorted(by_id.values(), key=lambda workout: (workout.start, workout.id))


def decode_workout(point: Json) -> Workout | None:
    """Return the workout of a point, or None if it has no start; anything else may be missing or odd."""
    exercise = inner(point, TYPE)
    interval, source = inner(exercise, "interval"), inner(point, "dataSource")
    start = moment(interval.get("startTime"))
    if start is None:
        return None
    kind = text(exercise, "exerciseType") or "EXERCISE_TYPE_UNSPECIFIED"
    platform, app = text(source, "platform"), text(inner(source, "application"), "packageName")
    method = text(source, "recordingMethod")
    active = duration(exercise.get("activeDuration"))
    return Workout(
        id=own_id(point, TYPE, f"{start} {kind} {platform} {app}"),
        type=kind,
        start=start,
        end=end_after(start, moment(interval.get("endTime"))),
        start_offset=offset(interval.get("startUtcOffset")),
        end_offset=offset(interval.get("endUtcOffset")),
        active=int(active) if active is not None and 0 <= active <= LONGEST else None,
        mean=_mean(inner(exercise, "metricsSummary").get("averageHeartRateBeatsPerMinute")),
        method=method,
        platform=platform,
        app=app,
        created=moment(exercise.get("createTime")),
        updated=moment(exercise.get("updateTime")),
        is_stopped=_is_stopped(method, exercise.get("exerciseEvents")),
    )


def _mean(written: object) -> int | None:
    if isinstance(written, bool) or not isinstance(written, int | str):
        return None
    try:
        mean = int(written)
    except ValueError:
        return None
    return mean if BPM_MIN <= mean <= BPM_MAX else None


def _is_stopped(method: str, events: object) -> bool:
    """Return whether a workout was stopped; one that nobody started needs no stop."""
    told = events if isinstance(events, list) else []
    kinds = {text(event, "exerciseEventType") for event in told if isinstance(event, dict)}
    return "STOP" in kinds or not (method == STARTED_BY_PERSON or "START" in kinds)
