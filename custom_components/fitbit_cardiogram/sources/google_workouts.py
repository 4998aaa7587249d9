"""Workouts of Google Health, where they are called exercises."""

from collections.abc import Mapping
from datetime import timedelta
from hashlib import blake2b
from typing import Any, Final

import msgspec

from ..heart_rate.clock import DAY, utc
from ..heart_rate.sample import BPM_MAX, BPM_MIN
from ..heart_rate.workout import STARTED_BY_PERSON, Workout
from .client import decode_each, note_left_out
from .google_api import Api, duration, moment

TYPE: Final = "exercise"
# Google sends no more, whatever is asked for.
PER_PAGE: Final = 25
# Nobody trains for longer; a later end is odd.
LONGEST: Final = 2 * DAY

type Json = Mapping[str, Any]

_POINT: Final = msgspec.json.Decoder(dict[str, Any])


async def read_workouts(api: Api, start: int, end: int) -> list[Workout]:
    """Return the workouts that begin in an interval, in order of time.

    The only filter is by civil time without a zone, so a day more is asked for on either side.
    """
    member = f"{TYPE}.interval.civil_start_time"
    first, last = utc(start).date() - timedelta(days=1), utc(end).date() + timedelta(days=2)
    raws = await api.points(TYPE, f'{member} >= "{first}" AND {member} < "{last}"', PER_PAGE)
    found = [decode_workout(point) for point in decode_each(raws, _POINT)]
    workouts = [workout for workout in found if workout]
    note_left_out(len(raws) - len(workouts), "workouts")
    by_id = {workout.id: workout for workout in workouts if start <= workout.start < end}
    return sorted(by_id.values(), key=lambda workout: (workout.start, workout.id))


def decode_workout(point: Json) -> Workout | None:
    """Return the workout of a point, or None if it has no start; anything else may be missing or odd."""
    exercise = _object(point, TYPE)
    interval, source = _object(exercise, "interval"), _object(point, "dataSource")
    start = moment(interval.get("startTime"))
    if start is None:
        return None
    kind = _text(exercise, "exerciseType") or "EXERCISE_TYPE_UNSPECIFIED"
    platform, app = _text(source, "platform"), _text(_object(source, "application"), "packageName")
    method = _text(source, "recordingMethod")
    active = duration(exercise.get("activeDuration"))
    name = _text(point, "name") or _text(point, "dataPointName")
    return Workout(
        id=_hash(name.rpartition("/")[2] or f"{start} {kind} {platform} {app}"),
        type=kind,
        start=start,
        end=_end(start, moment(interval.get("endTime"))),
        start_offset=_offset(interval.get("startUtcOffset")),
        end_offset=_offset(interval.get("endUtcOffset")),
        active=int(active) if active is not None and 0 <= active <= LONGEST else None,
        mean=_mean(_object(exercise, "metricsSummary").get("averageHeartRateBeatsPerMinute")),
        method=method,
        platform=platform,
        app=app,
        created=moment(exercise.get("createTime")),
        updated=moment(exercise.get("updateTime")),
        is_stopped=_is_stopped(method, exercise.get("exerciseEvents")),
    )


def _object(parent: Json, name: str) -> Json:
    found = parent.get(name)
    return found if isinstance(found, dict) else {}


def _text(parent: Json, name: str) -> str:
    found = parent.get(name)
    return found if isinstance(found, str) else ""


def _hash(name: str) -> str:
    """Return an id of our own: Google's name of a workout holds the user's id."""
    return blake2b(f"{TYPE} {name}".encode(errors="replace"), digest_size=8).hexdigest()


def _end(start: int, end: int | None) -> int:
    """Return the end, or the start for one that is missing or odd."""
    return end if end is not None and start < end <= start + LONGEST else start


def _offset(written: object) -> int | None:
    seconds = duration(written)
    return int(seconds) if seconds is not None and abs(seconds) < DAY else None


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
    kinds = {_text(event, "exerciseEventType") for event in told if isinstance(event, dict)}
    return "STOP" in kinds or not (method == STARTED_BY_PERSON or "START" in kinds)
