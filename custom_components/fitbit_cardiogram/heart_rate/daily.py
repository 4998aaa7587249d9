"""Daily values: one number for a civil day, such as the heart-rate variability of its night."""

from dataclasses import dataclass
from math import isfinite
from typing import Final


@dataclass(frozen=True, slots=True)
class DailyKind:
    """A kind of daily value: its key, and the lowest and the highest value that can be."""

    key: str
    low: float
    high: float

    def admits(self, value: float) -> bool:
        """Return whether a value can be one of this kind."""
        return isfinite(value) and self.low <= value <= self.high


# Minutes (weighted), milliseconds (RMSSD), bpm, bpm, minutes, breaths a minute, per cent, °C, ml/(kg·min).
ACTIVE_ZONE_MINUTES: Final = DailyKind("active_zone_minutes", 0, 2 * 25 * 60)
HEART_RATE_VARIABILITY: Final = DailyKind("heart_rate_variability", 1, 500)
NON_REM_HEART_RATE: Final = DailyKind("non_rem_heart_rate", 20, 200)
SLEEPING_HEART_RATE: Final = DailyKind("sleeping_heart_rate", 20, 250)
TIME_ASLEEP: Final = DailyKind("time_asleep", 0, 2 * 24 * 60)
BREATHING_RATE: Final = DailyKind("breathing_rate", 4, 40)
OXYGEN_SATURATION: Final = DailyKind("oxygen_saturation", 50, 100)
SKIN_TEMPERATURE: Final = DailyKind("skin_temperature_deviation", -15, 15)
CARDIO_FITNESS: Final = DailyKind("cardio_fitness", 5, 100)
# The key of the one that is kept with the zones of its day; see `day.RestingHeartRate`.
RESTING_HEART_RATE: Final = "resting_heart_rate"
