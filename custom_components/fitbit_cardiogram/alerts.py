"""The alerts of an account: what its options call too high or too low, and what of it has been told."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from .archive.alerts import alerts
from .archive.archive import Archive
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
# The fact which alerts of the last day have been told, as stretches.
TOLD: Final = "alerts_told"

_STRETCHES: Final = msgspec.json.Decoder(list[Stretch])


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
    """Finds an account's alerts, and sees that each is told once, while it is fresh.

    All methods block on the disk: call them from a worker thread.
    """

    def __init__(self, archive: Archive, options: Mapping[str, Any], spacing: int) -> None:
        self._archive = archive
        self._freshness = options.get(CONF_FRESHNESS, DEFAULT_FRESHNESS) * 60
        self.gap = gap_of(spacing)
        self.limits = limits_of(options, self.gap)

    def recent(self, now: int) -> tuple[Alert, ...]:
        """Return the alerts of as long ago as a value may be to count as current."""
        return self.between(now - self._freshness, FOREVER)

    def between(self, start: int, end: int) -> tuple[Alert, ...]:
        """Return the alerts that reach into a half-open range of UNIX seconds."""
        return tuple(alert for limit in self.limits for alert in alerts(self._archive, limit, start, end))

    def untold(self, recent: tuple[Alert, ...], now: int) -> tuple[Alert, ...]:
        """Return those of the recent alerts that have not been told yet, and note that they are now.

        What comes so late that it is no longer current is never told.
        """
        known = _STRETCHES.decode(self._archive.recall(TOLD) or "[]")

        def is_known(alert: Alert) -> bool:
            return any(overlap(alert.stretch, stretch) for stretch in known)

        untold = tuple(
            alert for alert in recent if now - alert.reached < self._freshness and not is_known(alert)
        )
        # One that goes on, or that a late sample changed, stays told.
        told = [alert.stretch for alert in recent if alert in untold or is_known(alert)]
        told += [
            stretch
            for stretch in known
            if stretch[2] > now - DAY and not any(overlap(stretch, other) for other in told)
        ]
        if told != known:
            self._archive.remember(TOLD, msgspec.json.encode(told).decode())
        return untold
