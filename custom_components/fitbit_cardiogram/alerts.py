"""The alerts of an account: what its options call too high or too low, and what of it has been told."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from .archive.alerts import alerts_between
from .archive.archive import Archive
from .archive.facts import Fact
from .const import (
    CONF_ALERTS,
    CONF_DURATION,
    CONF_FRESHNESS,
    CONF_HIGH,
    CONF_HYSTERESIS,
    CONF_LOW,
    DEFAULT_FRESHNESS,
)
from .heart_rate.alert import GAP, Alert, AlertKind, Limit, Stretch, overlap
from .heart_rate.clock import DAY, FOREVER

CONF_LIMITS: Final = {AlertKind.HIGH: CONF_HIGH, AlertKind.LOW: CONF_LOW}
# The stretches of the alerts of the last day that were announced, and of those that are decided but not
# marked.
ANNOUNCED: Final = Fact("alerts_announced", list[Stretch])
DECIDED: Final = Fact("alerts_decided", list[Stretch])


def gap_of(spacing: int) -> int:
    """Return beyond how many seconds there is a gap between samples that lie `spacing` apart at least."""
    return max(GAP, 2 * spacing)


def limits_of(options: Mapping[str, Any], gap: int = GAP) -> tuple[Limit, ...]:
    """Return the limits that are set."""
    chosen = options.get(CONF_ALERTS, {})
    return tuple(
        Limit(kind, chosen[key], chosen[CONF_DURATION] * 60, chosen[CONF_HYSTERESIS], gap)
        for kind, key in CONF_LIMITS.items()
        if key in chosen
    )


class Alerts:
    """The alerts of an account: what its samples hold of them, and which were announced.

    Each is announced once, while it is fresh: first it is decided, in a transaction of its own, and once it
    has been announced it is marked. One that is decided and unmarked after a restart is announced then. All
    methods block on the disk: call them from a worker thread.
    """

    def __init__(self, archive: Archive, options: Mapping[str, Any], spacing: int) -> None:
        self._archive = archive
        self._freshness = options.get(CONF_FRESHNESS, DEFAULT_FRESHNESS) * 60
        self.gap = gap_of(spacing)
        self.limits = limits_of(options, self.gap)

    def recent(self, now: int) -> tuple[Alert, ...]:
        """Return the alerts of the time in which a value counts as current."""
        return self.between(now - self._freshness, FOREVER)

    def between(self, start: int, end: int) -> tuple[Alert, ...]:
        """Return the alerts that reach into a half-open interval of UNIX seconds."""
        return tuple(
            alert for limit in self.limits for alert in alerts_between(self._archive, limit, start, end)
        )

    def decide(self, recent: Iterable[Alert], now: int) -> tuple[Alert, ...]:
        """Decide which of the recent alerts are to be announced; return those that still have to be.

        An alert that becomes known when it is no longer fresh is never announced.
        """
        fresh = [alert for alert in recent if now - alert.reached < self._freshness]
        with self._archive.writing() as connection:
            announced = _current(ANNOUNCED.get(connection), recent, now)
            decided = _current(DECIDED.get(connection), recent, now)
            decided += [
                alert.stretch for alert in fresh if not _overlaps(alert.stretch, [*announced, *decided])
            ]
            ANNOUNCED.set(connection, announced)
            DECIDED.set(connection, decided)
        return tuple(alert for alert in fresh if _overlaps(alert.stretch, decided))

    def mark_announced(self, alert: Alert) -> None:
        """Keep that an alert was announced."""
        with self._archive.writing() as connection:
            decided = DECIDED.get(connection) or []
            announced = ANNOUNCED.get(connection) or []
            DECIDED.set(connection, [one for one in decided if not overlap(one, alert.stretch)])
            ANNOUNCED.set(connection, [*announced, alert.stretch])


def _current(known: Iterable[Stretch] | None, recent: Iterable[Alert], now: int) -> list[Stretch]:
    """Return known stretches of the last day, as they are now: alerts go on, and late samples change them."""
    known = known or []
    now_are = [alert.stretch for alert in recent if _overlaps(alert.stretch, known)]
    return now_are + [
        stretch for stretch in known if stretch[2] > now - DAY and not _overlaps(stretch, now_are)
    ]


def _overlaps(stretch: Stretch, others: Iterable[Stretch]) -> bool:
    return any(overlap(stretch, other) for other in others)
