"""The limits of the alerts: what each may be, and how an account's options hold them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from .const import (
    BPM,
    CONF_ALERTS,
    CONF_DURATION,
    CONF_HIGH,
    CONF_HYSTERESIS,
    CONF_LOW,
    DEFAULT_DURATION,
    DEFAULT_HYSTERESIS,
)
from .heart_rate.alert import GAP, AlertKind, Limit
from .whole_number import WholeNumberSelector


@dataclass(frozen=True, slots=True)
class LimitOption:
    """A limit as an option: its key, and the numbers that can be chosen, as a field of a form."""

    key: str
    field: WholeNumberSelector


LIMITS: Final = {
    AlertKind.HIGH: LimitOption(CONF_HIGH, WholeNumberSelector(60, 250, BPM)),
    AlertKind.LOW: LimitOption(CONF_LOW, WholeNumberSelector(20, 120, BPM)),
}


def limits_of(options: Mapping[str, Any], gap: int = GAP) -> tuple[Limit, ...]:
    """Return the limits that are set."""
    chosen = options.get(CONF_ALERTS, {})
    return tuple(
        Limit(kind, chosen[option.key], chosen[CONF_DURATION] * 60, chosen[CONF_HYSTERESIS], gap)
        for kind, option in LIMITS.items()
        if option.key in chosen
    )


def are_crossed(alerts: Mapping[str, Any]) -> bool:
    """Return whether both limits are set, and the high one is not above the low one."""
    return CONF_HIGH in alerts and CONF_LOW in alerts and bool(alerts[CONF_HIGH] <= alerts[CONF_LOW])


def with_limit(alerts: Mapping[str, Any], kind: AlertKind, bpm: int) -> dict[str, Any]:
    """Return the options of the alerts with a limit, or without it where `bpm` is 0.

    What else an alert needs gets its default, if a person has not chosen it.
    """
    key = LIMITS[kind].key
    others = {name: value for name, value in alerts.items() if name != key}
    defaults = {CONF_DURATION: DEFAULT_DURATION, CONF_HYSTERESIS: DEFAULT_HYSTERESIS}
    return defaults | others | ({key: bpm} if bpm else {})
