"""The alerts of an account by its limits: which there are, and which are to be announced."""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from .archive.alerts import alerts_between, count_beyond, hours_beyond
from .archive.archive import Archive
from .archive.facts import Fact
from .const import (
    CONF_ALERTS,
    CONF_FRESHNESS,
    CONF_NOT_DURING_WORKOUTS,
    CONF_NOT_WHILE_ASLEEP,
    DEFAULT_FRESHNESS,
)
from .heart_rate.alert import GAP, Alert, AlertKind, Limit, Overlaps, Stretch, overlap
from .heart_rate.clock import DAY, FOREVER
from .heart_rate.interval import Interval
from .limits import limits_of

# The intervals of the alerts of the last day that were announced, and of those that are decided but not yet
# announced.
ANNOUNCED: Final = Fact("alerts_announced", list[Stretch])
DECIDED: Final = Fact("alerts_decided", list[Stretch])

# A heart rate that flaps around a limit makes thousands of alerts. The newest RECENT_MAX of each limit are
# considered, and the newest KNOWN_MAX are remembered as announced or decided.
RECENT_MAX: Final = 100
# Seconds. No recent alert is longer; a longer one, of a damaged file, would cover all to come.
LENGTH_MAX: Final = 3 * DAY
KNOWN_MAX: Final = 1000
# A card waits for the alerts in no more samples than these; three days have some 50 000.
LOOKED_AT_MAX: Final = 60_000


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


class AccountAlerts:
    """Finds the alerts of an account, and those that are to be announced.

    An alert is announced once, while it is fresh: first it is decided, in a transaction of its own, and once
    it has been announced it is marked. One that is decided and unmarked after a restart is announced then.
    All methods block on the disk: call them from a worker thread.
    """

    def __init__(self, archive: Archive, options: Mapping[str, Any], spacing: int) -> None:
        self._archive = archive
        self._freshness = options.get(CONF_FRESHNESS, DEFAULT_FRESHNESS) * 60
        self.gap = gap_of(spacing)
        self.limits = limits_of(options, self.gap)
        chosen = options.get(CONF_ALERTS, {})
        self._spares = [spare for option, spare in SPARES.items() if chosen.get(option, False)]

    def limit(self, kind: AlertKind) -> Limit | None:
        """Return the limit of a kind, if it is set."""
        return next((limit for limit in self.limits if limit.kind is kind), None)

    def recent(self, now: int) -> tuple[Alert, ...]:
        """Return the alerts of the time in which a value counts as current, the newest of each limit.

        A workout or sleep that is spared has no alerts, apart from those decided before it was known.
        """
        found = self._recent(now)
        spared = self._spared(now) if found else []
        if not spared:
            return found
        outside = self._recent(now, spared)
        with self._archive.reading() as connection:
            known = Overlaps([*(ANNOUNCED.get(connection) or ()), *(DECIDED.get(connection) or ())])
        return tuple(
            [alert for alert in found if known.any(alert.stretch)]
            + [alert for alert in outside if not known.any(alert.stretch)]
        )

    def _spared(self, now: int) -> list[Interval]:
        """Return the intervals of the workouts and the sleep that are spared."""
        since = now - self._freshness - 2 * DAY
        return [interval for spare in self._spares for interval in spare(self._archive, since, now)]

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

    def between(self, start: int, end: int) -> Iterator[tuple[Alert, bool]]:
        """Yield the alerts of an interval for a card, and whether each stands for whole hours.

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


def _current(known: Iterable[Stretch] | None, recent: Iterable[Alert], now: int) -> list[Stretch]:
    """Return known stretches of the last day, as they are now: alerts go on, and late samples change them."""
    known = [stretch for stretch in known or () if 0 <= stretch[2] - stretch[1] <= LENGTH_MAX]
    before = Overlaps(known)
    now_are = [alert.stretch for alert in recent if before.any(alert.stretch)]
    replaced = Overlaps(now_are)
    left = [stretch for stretch in known if stretch[2] > now - DAY and not replaced.any(stretch)]
    return sorted(now_are + left, key=lambda stretch: stretch[2])[-KNOWN_MAX:]
