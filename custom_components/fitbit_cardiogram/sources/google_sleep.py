"""Sleep of Google Health: every session, whatever is odd about some."""

import asyncio
from collections.abc import Iterable, Iterator
import time
from typing import Final

import msgspec

from ..heart_rate.clock import DAY, HOUR, utc
from ..heart_rate.sleep import SleepSession, Stage
from .client import decode_each, note_left_out
from .errors import UnexpectedAnswerError
from .google_api import Api, moment
from .google_sessions import LONGEST, PER_PAGE, POINT, Json, end_after, inner, offset, own_id, text

TYPE: Final = "sleep"
# Longer intervals fail now and then [live].
WINDOW: Final = 3 * DAY
# No place is further behind UTC than half a day, nor further ahead than a day. An end that is not
# tomorrow's at least loses the last night [live].
BEHIND: Final = 12 * HOUR
AHEAD: Final = DAY
# Several devices and apps tell of the same sleep. More sessions on a day would be nobody's, and would keep
# the poll busy for long.
PER_DAY: Final = 50


async def read_sleep(api: Api, start: int, end: int) -> list[SleepSession]:
    """Return the sleep sessions that end in an interval, in order of time.

    One without an end counts by its start. The only filter that works is by the civil end, without a zone,
    so more is asked for on either side. Raises UnexpectedAnswerError if there are too many.
    """
    windows = [*_windows(start, min(end, max(start, int(time.time()))))]
    raws = [raw for first, last in windows for raw in await api.points(TYPE, _ending(first, last), PER_PAGE)]
    if len(raws) * DAY > PER_DAY * (windows[-1][1] - windows[0][0]):
        raise UnexpectedAnswerError("too many sessions")
    sessions = await asyncio.to_thread(_sessions, raws)
    note_left_out(len(raws) - len(sessions), "sleep sessions")
    sessions.sort(key=lambda session: session.updated or 0)
    newest = {session.id: session for session in sessions}.values()
    ending = [session for session in newest if start <= session.end < end]
    return sorted(ending, key=lambda session: (session.start, session.id))


def _sessions(raws: Iterable[msgspec.Raw]) -> list[SleepSession]:
    """Return the sessions of points, without those that have no start."""
    found = (decode_sleep(point) for point in decode_each(raws, POINT))
    return [session for session in found if session]


def decode_sleep(point: Json) -> SleepSession | None:
    """Return the session of a point, or None if it has no start; anything else may be missing or odd."""
    sleep = inner(point, TYPE)
    interval, source, metadata = (
        inner(sleep, "interval"),
        inner(point, "dataSource"),
        inner(sleep, "metadata"),
    )
    start = moment(interval.get("startTime"))
    if start is None:
        return None
    end = end_after(start, moment(interval.get("endTime")))
    platform, app = text(source, "platform"), text(inner(source, "application"), "packageName")
    return SleepSession(
        id=own_id(point, TYPE, f"{start} {platform} {app}"),
        start=start,
        end=end,
        start_offset=offset(interval.get("startUtcOffset")),
        end_offset=offset(interval.get("endUtcOffset")),
        stages=_stages(sleep.get("stages"), start, end if end > start else start + LONGEST),
        is_main=metadata.get("mainSleep") is True,
        is_nap=metadata.get("nap") is True,
        # A night in progress has neither [live].
        is_complete=metadata.get("processed") is True or bool(inner(sleep, "summary")),
        platform=platform,
        app=app,
        created=moment(sleep.get("createTime")),
        updated=moment(sleep.get("updateTime")),
    )


def _windows(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Return the intervals of civil time, as if it were UTC, in which ends of the interval can lie."""
    last = end + AHEAD
    for first in range(start - BEHIND, last, WINDOW):
        yield first, min(first + WINDOW, last)


def _ending(first: int, last: int) -> str:
    member = f"{TYPE}.interval.civil_end_time"
    return f'{member} >= "{utc(first):%Y-%m-%dT%H:%M:%S}" AND {member} < "{utc(last):%Y-%m-%dT%H:%M:%S}"'


def _stages(written: object, start: int, end: int) -> tuple[Stage, ...]:
    """Return the stages in order of time, cut to their session; one that began earlier keeps its time."""
    told = written if isinstance(written, list) else []
    stages: list[Stage] = []
    reached = start
    for stage in sorted(_sound(told), key=lambda stage: (stage.start, stage.end, stage.type)):
        begun, over = max(stage.start, reached), min(stage.end, end)
        if begun < over:
            stages.append(Stage(stage.type, begun, over))
            reached = over
    return tuple(stages)


def _sound(told: list[object]) -> Iterator[Stage]:
    """Yield the stages that have a start and an end; the type is the source's own word."""
    for stage in told:
        if isinstance(stage, dict):
            begun, over = moment(stage.get("startTime")), moment(stage.get("endTime"))
            if begun is not None and over is not None:
                yield Stage(text(stage, "type") or "SLEEP_STAGE_TYPE_UNSPECIFIED", begun, over)
