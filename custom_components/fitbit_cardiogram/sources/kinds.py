"""The kinds of data of an account: one table of what is asked for, how often, and for how many requests."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ..heart_rate.clock import DAY, HOUR, MINUTE
from .consequences import Importance

GOOGLE: Final = "Google Health"
FITBIT: Final = "Fitbit"
# The seconds between two polls.
POLL_EVERY: Final = 5 * MINUTE


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """One kind of data.

    It is asked for again `every` so many seconds, or with each poll if that is 0; `when` says it in words.
    `requests` are those of an hour by source, at most, while a device syncs every quarter of an hour and
    nothing comes late.
    """

    key: str
    every: int
    when: str
    requests: Mapping[str, float]
    importance: Importance = Importance.SIDE
    is_side: bool = True
    """Whether it is read after the samples, and pauses with the others of its sort."""


LAST_SYNC: Final = Kind(
    "last_sync",
    0,
    "with each poll, except where samples are read in any case",
    {GOOGLE: 12, FITBIT: 12},
    is_side=False,
)
SAMPLES: Final = Kind(
    "samples",
    HOUR,
    "after each sync, with the poll after that, when a sync is expected, and once an hour",
    {GOOGLE: 8, FITBIT: 16},
    Importance.HEART_RATE,
    is_side=False,
)
TIME_ZONE: Final = Kind("time_zone", DAY, "once a day", {GOOGLE: 0.1, FITBIT: 0.1})
RESTING: Final = Kind("resting", HOUR, "once an hour", {GOOGLE: 1, FITBIT: 1})
ZONES: Final = Kind("zones", HOUR // 2, "every half hour", {GOOGLE: 2.1, FITBIT: 2})
LATE_DATA: Final = Kind(
    "late_data",
    2 * HOUR // 3,
    "every 40 minutes, and with the first poll",
    {GOOGLE: 3, FITBIT: 9},
    Importance.LATE,
)

# In the order in which they are read.
DATA_KINDS: Final = (LAST_SYNC, SAMPLES, TIME_ZONE, RESTING, ZONES, LATE_DATA)
