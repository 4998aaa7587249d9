"""Sleep sessions, which of several tell of the same sleep, and the nights they make, in UNIX seconds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

from .clock import DAY, HOUR, MINUTE
from .interval import Interval, Spanning

# A source still changes a sleep session for so many seconds after its end.
SETTLING: Final = 15 * MINUTE
# One that the source never completes counts as final after so many seconds.
GIVEN_UP_AFTER: Final = DAY
# Parts of one night lie at most so many seconds apart.
PARTED: Final = 3 * HOUR

# The types of stages in which a person is asleep: two sorts of devices have words of their own.
ASLEEP: Final = frozenset({"LIGHT", "DEEP", "REM", "ASLEEP"})
OWN_PLATFORM: Final = "FITBIT"


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of sleep; `type` is the source's own word, such as DEEP or AWAKE."""

    type: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SleepSession:
    """One time in bed, as its source describes it.

    `id` is a hash: the names of sources can hold the person's id. An `end` that is not after the `start`
    stands for one that is not known yet. The offsets are those from UTC, in seconds. `stages` are in order
    of time and do not overlap. `is_complete` says that the source has summed it up. `platform` and `app` say
    how it was recorded, and are empty where the source is silent.
    """

    id: str
    start: int
    end: int
    start_offset: int | None = None
    end_offset: int | None = None
    stages: tuple[Stage, ...] = ()
    is_main: bool = False
    is_nap: bool = False
    is_complete: bool = True
    platform: str = ""
    app: str = ""
    created: int | None = None
    updated: int | None = None

    @property
    def day(self) -> date:
        """The civil day of the end, by the session's own offset: a night belongs to its morning."""
        offset = self.start_offset if self.end_offset is None else self.end_offset
        zone = UTC if offset is None else timezone(timedelta(seconds=offset))
        return datetime.fromtimestamp(max(self.start, self.end), zone).date()

    @property
    def sleeping(self) -> list[Interval]:
        """The intervals in which the person was asleep, in order of time; without stages, all of it."""
        if not self.stages and self.start < self.end:
            return [(self.start, self.end)]
        return [(stage.start, stage.end) for stage in self.stages if stage.type in ASLEEP]

    @property
    def asleep(self) -> int:
        """The seconds asleep."""
        return sum(end - start for start, end in self.sleeping)

    def taken(self, now: int) -> Interval:
        """Return the interval that the sleep takes up; one whose end is not known goes on, for a day."""
        goes_on = self.end <= self.start and now < self.start + GIVEN_UP_AFTER
        return self.start, now + 1 if goes_on else self.end

    def is_final(self, now: int) -> bool:
        """Return whether the sleep is over, and the source has had time to complete it."""
        settling = SETTLING if self.is_complete else GIVEN_UP_AFTER
        return self.start < self.end <= now - settling

    @property
    def rank(self) -> tuple[bool, int, int, str]:
        """Rank sessions that tell of the same: the wearable's first, then the longest, then the newest.

        The id decides last, so that the order in which they were read means nothing.
        """
        return self.platform == OWN_PLATFORM, self.end - self.start, self.updated or 0, self.id


def overlap(one: Spanning, other: Spanning) -> bool:
    """Return whether two sessions share time."""
    return min(one.end, other.end) > max(one.start, other.start)


def duplicates(sessions: Iterable[SleepSession]) -> dict[str, str]:
    """Return the ids of sessions that overlap a better one, each with the id of that one.

    Longest first, what overlaps a kept one is left out: measured on the live service, this gives the
    provider's own nights.
    """
    found: dict[str, str] = {}
    kept: list[SleepSession] = []
    for session in sorted(sessions, key=lambda one: one.rank, reverse=True):
        better = next((one for one in kept if overlap(one, session)), None)
        if better:
            found[session.id] = better.id
        else:
            kept.append(session)
    return found


def nights(sessions: Iterable[SleepSession]) -> list[Sequence[SleepSession]]:
    """Return the nights that sessions without duplicates make, each as its parts, in order of time.

    A civil day has one night at most: its main session, or its longest one, together with the sessions that
    lie near it. Those that the source calls naps do not count. What is not part of a night is a nap.
    """
    by_day: dict[date, list[SleepSession]] = {}
    for session in sorted(sessions, key=lambda one: (one.start, one.id)):
        if session.end > session.start and not session.is_nap:
            by_day.setdefault(session.day, []).append(session)
    return [_night(of_day) for of_day in by_day.values()]


def main_of(sessions: Iterable[SleepSession]) -> SleepSession:
    """Return the main session of a day or of a night, which are in order of time."""
    return max(sessions, key=lambda one: (one.is_main, one.end - one.start, -one.start))


def _night(of_day: Sequence[SleepSession]) -> Sequence[SleepSession]:
    """Return the parts of the night of a day, out of its sessions in order of time."""
    main = main_of(of_day)
    first = last = of_day.index(main)
    while first > 0 and of_day[first].start - of_day[first - 1].end <= PARTED:
        first -= 1
    while last + 1 < len(of_day) and of_day[last + 1].start - of_day[last].end <= PARTED:
        last += 1
    return of_day[first : last + 1]
