"""The announcements of an account: its alerts by its limits, workouts and nights, each announced once."""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from .archive.alerts import alerts_between, count_beyond, hours_beyond
from .archive.archive import Archive
from .archive.facts import Fact
from .archive.sleep import Night
from .archive.workouts import Kept
from .const import (
    CONF_ALERTS,
    CONF_FRESHNESS,
    CONF_NOT_DURING_WORKOUTS,
    CONF_NOT_WHILE_ASLEEP,
    DEFAULT_FRESHNESS,
)
from .heart_rate.alert import GAP, Alert, Overlaps, Stretch, overlap
from .heart_rate.clock import DAY, FOREVER, HOUR
from .heart_rate.figures import reach
from .heart_rate.interval import Interval
from .limits import limits_of

# The intervals of the alerts of the last day that were announced, and of those that are decided but not yet
# announced.
ANNOUNCED: Final = Fact("alerts_announced", list[Stretch])
DECIDED: Final = Fact("alerts_decided", list[Stretch])

# A heart rate that flaps around a limit makes thousands of alerts. The newest RECENT_MAX of each limit are
# considered, and the newest KNOWN_MAX are remembered as announced or decided.
RECENT_MAX: Final = 100
# No recent alert is longer, in seconds; what a damaged file has as one would cover all to come.
LENGTH_MAX: Final = 3 * DAY
KNOWN_MAX: Final = 1000
# A card waits for the alerts in no more samples than these; three days have some 50 000.
LOOKED_AT_MAX: Final = 60_000
# A workout waits so many seconds, counted from its end, for the samples of its recovery; a night for its own.
WAITS_FOR_SAMPLES: Final = HOUR
# A night with less sleep, in seconds, may be the first part of a longer one. Since a night is announced once,
# it waits so many seconds from its end for another part.
SHORT: Final = 4 * HOUR
WAITS_FOR_MORE: Final = 8 * HOUR


def _workouts(archive: Archive, since: int, now: int) -> list[Interval]:
    return [kept.session.taken(now) for kept in archive.workouts(since, FOREVER)]


def _sleep(archive: Archive, since: int, now: int) -> list[Interval]:
    return [part.taken(now) for night in archive.nights(since, FOREVER) for part in night.parts]


# The option that spares something of alerts, and the intervals that it takes up.
SPARES: Final[Mapping[str, Callable[[Archive, int, int], list[Interval]]]] = {
    CONF_NOT_DURING_WORKOUTS: _workouts,
    CONF_NOT_WHILE_ASLEEP: _sleep,
}


def gap_of(spacing: int) -> int:
    """Return the seconds without a sample that make a gap, for samples at least `spacing` seconds apart."""
    return max(GAP, 2 * spacing)


class Announcements:
    """Finds the alerts, workouts and nights of an account that are to be announced.

    An alert is announced once, while it is fresh: first it is decided, in a transaction of its own, and once
    it has been announced it is marked. One that is decided and unmarked after a restart is announced then. A
    workout or a night is announced however late it comes, and marked then. All methods block on the disk:
    call them from a worker thread.
    """

    def __init__(self, archive: Archive, options: Mapping[str, Any], spacing: int) -> None:
        self._archive = archive
        self._freshness = options.get(CONF_FRESHNESS, DEFAULT_FRESHNESS) * 60
        self.gap = gap_of(spacing)
        self.limits = limits_of(options, self.gap)
        chosen = options.get(CONF_ALERTS, {})
        self._spares = [spare for option, spare in SPARES.items() if chosen.get(option, False)]

    def recent(self, now: int) -> tuple[Alert, ...]:
        """Return the alerts of the time in which a value counts as current, the newest of each limit.

        Where workouts or sleep are spared, what goes beyond a limit meanwhile is none, unless it was decided
        before the workout or the sleep was known.
        """
        found = self._recent(now)
        if not found or not self._spares:
            return found
        since = now - self._freshness - 2 * DAY
        spared = [interval for spare in self._spares for interval in spare(self._archive, since, now)]
        if not spared:
            return found
        outside = self._recent(now, spared)
        with self._archive.reading() as connection:
            told = Overlaps([*(ANNOUNCED.get(connection) or ()), *(DECIDED.get(connection) or ())])
        return tuple(
            [alert for alert in found if told.any(alert.stretch)]
            + [alert for alert in outside if not told.any(alert.stretch)]
        )

    def _recent(self, now: int, apart_from: Collection[Interval] = ()) -> tuple[Alert, ...]:
        start = now - self._freshness
        found = (
            deque(
                alerts_between(self._archive, limit, start, FOREVER, apart_from=apart_from),
                maxlen=RECENT_MAX,
            )
            for limit in self.limits
        )
        return tuple(alert for newest in found for alert in newest)

    def due_workouts(self, now: int, newest: int) -> tuple[Kept, ...]:
        """Return the finished workouts that nothing has announced yet, in order of time.

        One waits for its figures, and for the samples of its recovery: `newest` is the time of the newest
        sample.
        """
        return tuple(
            kept
            for kept in self._archive.workouts_to_announce(now)
            if kept.figures is not None
            and (
                newest >= reach(kept.session.start, kept.session.end)[1]
                or now - kept.session.end >= WAITS_FOR_SAMPLES
            )
        )

    def due_nights(self, now: int, newest: int) -> tuple[Night, ...]:
        """Return the finished nights that nothing has announced yet, in order of time.

        One waits for its samples: `newest` is the time of the newest. A short one waits for another part.
        """
        return tuple(
            night
            for night in self._archive.nights_to_announce(now)
            if (newest >= night.end or now - night.end >= WAITS_FOR_SAMPLES)
            and (night.asleep >= SHORT or now - night.end >= WAITS_FOR_MORE)
        )

    def between(self, start: int, end: int) -> Iterator[Alert]:
        """Yield the alerts that reach into a half-open interval of UNIX seconds."""
        for limit in self.limits:
            yield from alerts_between(self._archive, limit, start, end)

    def told_between(self, start: int, end: int) -> Iterator[tuple[Alert, bool]]:
        """Yield the alerts to tell a card, and whether each stands for whole hours.

        It does where so many samples are beyond the limit that finding each alert would take too long.
        """
        left = LOOKED_AT_MAX
        for limit in self.limits:
            count = count_beyond(self._archive, limit, start, end)
            by_hours = count > left
            left -= 0 if by_hours else count
            find = hours_beyond if by_hours else alerts_between
            for alert in find(self._archive, limit, start, end):
                yield alert, by_hours

    def decide(self, recent: Iterable[Alert], now: int) -> tuple[Alert, ...]:
        """Decide on the announcement of recent alerts; return the alerts that are due.

        An alert that becomes known when it is no longer fresh is never announced.
        """
        fresh = [alert for alert in recent if now - alert.reached < self._freshness]
        with self._archive.writing() as connection:
            announced = _current(ANNOUNCED.get(connection), recent, now)
            decided = _current(DECIDED.get(connection), recent, now)
            known = Overlaps([*announced, *decided])
            decided += [alert.stretch for alert in fresh if not known.any(alert.stretch)]
            ANNOUNCED.set(connection, announced)
            DECIDED.set(connection, decided)
        due = Overlaps(decided)
        return tuple(alert for alert in fresh if due.any(alert.stretch))

    def mark_announced(self, alert: Alert) -> None:
        """Mark an alert as announced."""
        with self._archive.writing() as connection:
            decided = DECIDED.get(connection) or []
            announced = ANNOUNCED.get(connection) or []
            DECIDED.set(connection, [one for one in decided if not overlap(one, alert.stretch)])
            ANNOUNCED.set(connection, [*announced, alert.stretch])


def _current(known: Iterable[Stretch] | None, recent: Iterable[Alert], now: int) -> list[Stretch]:
    """Return known stretches of the last day, as they are now: alerts go on, and late samples change them."""
    known = [stretch for stretch in known or () if 0 <= stretch[2] - stretch[1] <= LENGTH_MAX]
    before = Overlaps(known)
    now_are = [alert.stretch for alert in recent if before.any(alert.stretch)]
    replaced = Overlaps(now_are)
    left = [stretch for stretch in known if stretch[2] > now - DAY and not replaced.any(stretch)]
    return sorted(now_are + left, key=lambda stretch: stretch[2])[-KNOWN_MAX:]
