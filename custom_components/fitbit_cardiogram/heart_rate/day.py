"""Civil days of the account: the resting heart rate and the minutes in each zone."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class ZoneName(StrEnum):
    """The four standard zones, from the lowest to the highest."""

    LIGHT = "light"
    MODERATE = "moderate"
    VIGOROUS = "vigorous"
    PEAK = "peak"


@dataclass(frozen=True, slots=True)
class Zone:
    """One zone on one day: limits in bpm, time in minutes; None for a value that the source did not give.

    A `custom` zone was set up by the person, under a name of their own.
    """

    name: str
    minutes: float | None = None
    min_bpm: int | None = None
    max_bpm: int | None = None
    calories: float | None = None
    custom: bool = False


@dataclass(frozen=True, slots=True)
class RestingHeartRate:
    """The resting heart rate in bpm and the civil day it belongs to, which may lie some days back."""

    day: date
    bpm: int


@dataclass(frozen=True, slots=True)
class DaySummary:
    """The summary of one civil day in the account's own time zone.

    `resting` is the day's own, or the newest that is known on it. `zones` is empty where the day was not
    measured: that is not the same as no minutes.
    """

    day: date
    resting: RestingHeartRate | None = None
    zones: tuple[Zone, ...] = ()

    def zone(self, name: str, *, custom: bool = False) -> Zone | None:
        """Return the standard or the custom zone of this name, if the day has it."""
        return next((zone for zone in self.zones if (zone.name, zone.custom) == (name, custom)), None)
