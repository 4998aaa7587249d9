"""The kinds of data of an account: one table of what is asked for, and when."""

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


LAST_SYNC: Final = Kind(
    "last_sync",
    0,
    "with each poll, unless samples are read in any case",
    is_side=False,
)
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
LATE_DATA: Final = Kind(
    "late_data",
    2 * HOUR // 3,
    "every 40 minutes, and with the first poll",
    Importance.LATE,
)

# In the order in which they are read.
DATA_KINDS: Final = (LAST_SYNC, SAMPLES, TIME_ZONE, RESTING, ZONES, LATE_DATA)
