"""Sleep, as the cloud knows it: nights with their stages, naps, and what else tells of the same time."""

from collections.abc import Iterable
from random import Random
from typing import NamedTuple

from .training import APP, WATCH

type Stage = tuple[str, int, int]
"""The type of a stage, and its start and end in UTC seconds."""

MINUTE = 60
NOTICED_AFTER, SUMMED_UP_AFTER = 25 * MINUTE, 15 * MINUTE
"""When the cloud notices sleep after its start, and sums it up after its end."""
GRID = 30
"""Stages begin and end on whole half minutes."""
STAGES, CLASSIC = "STAGES", "CLASSIC"
ASLEEP = {"LIGHT", "DEEP", "REM", "ASLEEP"}


class Sleep(NamedTuple):
    """One time in bed in UTC seconds; one without an end is still going on."""

    id: str
    start: int
    end: int | None
    stages: tuple[Stage, ...] = ()
    type: str = STAGES
    is_main: bool = False
    is_nap: bool = False
    is_edited: bool = False
    is_summed_up: bool = True
    """Whether it has a summary, and is processed."""
    platform: str = WATCH
    created: int = 0
    updated: int = 0
    offsets: tuple[int, int] | None = None
    """Those from UTC at the start and at the end, in seconds; None is the account's clock."""
    has_offsets: bool = True


class Slept(NamedTuple):
    """The truth about a night: when the person went to bed and got up, and the seconds asleep between."""

    start: int
    end: int
    asleep: int


def on_grid(moment: int) -> int:
    """Return the half minute in which a moment lies."""
    return moment // GRID * GRID


def asleep(stages: Iterable[Stage]) -> int:
    """Return the seconds asleep."""
    return sum(end - start for kind, start, end in stages if kind in ASLEEP)


def cut(stages: Iterable[Stage], start: int, end: int) -> tuple[Stage, ...]:
    """Return the parts of stages that lie in an interval."""
    parts = ((kind, max(begun, start), min(over, end)) for kind, begun, over in stages)
    return tuple((kind, begun, over) for kind, begun, over in parts if begun < over)


def stages_of(random: Random, start: int, end: int) -> tuple[Stage, ...]:
    """Draw the stages of a night without gaps: cycles of some ninety minutes, the first the deepest."""
    found: list[Stage] = []
    reached, cycle = start, 0

    def add(kind: str, low: int, high: int) -> None:
        nonlocal reached
        over = min(end, reached + random.randint(2 * low, 2 * high) * GRID)
        if reached < over:
            found.append((kind, reached, over))
            reached = over

    add("AWAKE", 4, 18)
    while reached < end:
        add("LIGHT", 15, 35)
        add("DEEP", *((25, 45) if cycle < 2 else (4, 15)))
        add("LIGHT", 10, 25)
        add("REM", 8 + 4 * cycle, 14 + 6 * cycle)
        if random.random() < 0.7:
            add("AWAKE", 1, 6)
        cycle += 1
    return tuple(found)


def classic_of(random: Random, start: int, end: int) -> tuple[Stage, ...]:
    """Draw the stages of a device that tells rest from sleep only."""
    fell, woke = start + random.randint(2, 6) * 2 * GRID, end - random.randint(1, 4) * 2 * GRID
    return ("RESTLESS", start, fell), ("ASLEEP", fell, woke), ("AWAKE", woke, end)


def nights_of(night: Sleep, random: Random) -> list[Sleep]:
    """Return a night, now and then in two parts with an hour between; only the first is the main one."""
    if night.end is None or random.random() > 0.12:
        return [night]
    left = on_grid(night.start + int((night.end - night.start) * random.uniform(0.55, 0.7)))
    back = left + random.randint(60, 140) * GRID
    return [
        night._replace(end=left, stages=cut(night.stages, night.start, left)),
        night._replace(
            id=f"{night.id}9",
            start=back,
            stages=cut(night.stages, back, night.end),
            is_main=False,
            created=back + NOTICED_AFTER,
        ),
    ]


def merged_sleep(sleeps: list[Sleep]) -> list[Sleep]:
    """Return the sleep of one stream: an app's is left out where the watch tells of the same time."""
    watched = [one for one in sleeps if one.platform == WATCH]
    return [
        one
        for one in sleeps
        if one.platform != APP
        or not any(
            other.start < (one.end or one.start + 1) and one.start < (other.end or other.start + 1)
            for other in watched
        )
    ]
