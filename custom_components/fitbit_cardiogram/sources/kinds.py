"""The kinds of data of an account: one table of what is asked for, and when."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from ..heart_rate.clock import DAY, HOUR, MINUTE
from .consequences import Importance

# The seconds between two polls.
POLL_EVERY: Final = 5 * MINUTE


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """One kind of data.

    It is asked for again `every` so many seconds, or with each poll if that is 0; `when` says it in words.
    """

    key: str
    every: int
    when: str
    importance: Importance = Importance.SIDE
    is_side: bool = True
    """Whether it is read after the samples, and pauses with the others of its sort."""
    is_offered: bool = False
    """Whether only those sources have it that offer its key."""


LAST_SYNC: Final = Kind("last_sync", 0, "with each poll, unless samples are read in any case", is_side=False)
SAMPLES: Final = Kind(
    "samples",
    HOUR,
    "after a sync and once more, when a sync is expected, and every hour",
    Importance.HEART_RATE,
    is_side=False,
)
TIME_ZONE: Final = Kind("time_zone", DAY, "once a day")
RESTING: Final = Kind("resting", HOUR, "once an hour")
ZONES: Final = Kind("zones", HOUR // 2, "every half hour")
WORKOUTS: Final = Kind("workouts", HOUR // 2, "every half hour, those of 30 days once a day", is_offered=True)
SLEEP: Final = Kind("sleep", HOUR // 2, "every half hour, those of 30 days once a day", is_offered=True)
ACTIVE_ZONE_MINUTES: Final = Kind("active_zone_minutes", HOUR // 2, "every half hour", is_offered=True)
HEART_RATE_VARIABILITY: Final = Kind("heart_rate_variability", HOUR, "once an hour", is_offered=True)
BREATHING_RATE: Final = Kind("breathing_rate", 2 * HOUR, "every two hours", is_offered=True)
OXYGEN_SATURATION: Final = Kind("oxygen_saturation", 2 * HOUR, "every two hours", is_offered=True)
SKIN_TEMPERATURE: Final = Kind("skin_temperature", 2 * HOUR, "every two hours", is_offered=True)
CARDIO_FITNESS: Final = Kind("cardio_fitness", 2 * HOUR, "every two hours", is_offered=True)
LATE_DATA: Final = Kind(
    "late_data", 2 * HOUR // 3, "every 40 minutes, and with the first poll", Importance.LATE
)

# The kinds of daily values: each is read for the last two weeks at once.
DAILY_VALUES: Final = (
    ACTIVE_ZONE_MINUTES,
    HEART_RATE_VARIABILITY,
    BREATHING_RATE,
    OXYGEN_SATURATION,
    SKIN_TEMPERATURE,
    CARDIO_FITNESS,
)
# In the order in which they are read.
DATA_KINDS: Final = (LAST_SYNC, SAMPLES, TIME_ZONE, RESTING, ZONES, WORKOUTS, *DAILY_VALUES, LATE_DATA)
# A new day has values of its own.
OF_TODAY: Final = (RESTING, ZONES, ACTIVE_ZONE_MINUTES)


def kinds_of(offered: AbstractSet[str]) -> tuple[Kind, ...]:
    """Return the kinds that a source has, which offers these keys."""
    return tuple(kind for kind in DATA_KINDS if not kind.is_offered or kind.key in offered)
