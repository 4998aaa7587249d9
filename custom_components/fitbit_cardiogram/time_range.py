"""The time range that an action is called for."""

from datetime import MAXYEAR, UTC, date, datetime
import time
from typing import Final

from homeassistant.core import ServiceCall
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import VolDictType
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .action_errors import refused
from .heart_rate.clock import FOREVER, midnight
from .heart_rate.interval import Interval

ATTR_END: Final = "end"
ATTR_START: Final = "start"

# Fitbit's first device came in this year.
FIRST_YEAR: Final = "2009"
EARLIEST: Final = midnight(date(int(FIRST_YEAR), 1, 1), UTC)
UNIX_YEAR: Final = 1970
LAST_YEAR: Final = MAXYEAR - 1

RANGE: Final[VolDictType] = {vol.Optional(ATTR_START): cv.datetime, vol.Optional(ATTR_END): cv.datetime}
RANGE_NEEDED: Final[VolDictType] = {
    vol.Required(ATTR_START): cv.datetime,
    vol.Optional(ATTR_END): cv.datetime,
}


def range_of(call: ServiceCall) -> Interval:
    """Return the interval of a call: without an end until now, and all of time without both.

    Raises ServiceValidationError for one in which nothing can have been measured.
    """
    if ATTR_START not in call.data:
        if ATTR_END in call.data:
            raise refused(translation_key="range_without_start")
        return 0, FOREVER
    now = int(time.time())
    start = _timestamp(call.data[ATTR_START])
    end = _timestamp(call.data[ATTR_END]) if ATTR_END in call.data else max(now, start + 1)
    _check(start, end, now)
    return start, end


def _check(start: int, end: int, now: int) -> None:
    """Raise ServiceValidationError for an interval in which nothing can have been measured."""
    if end < start:
        raise refused(translation_key="range_reversed")
    if end == start:
        raise refused(translation_key="range_empty")
    if start >= now:
        raise refused(translation_key="range_in_future")
    if end <= EARLIEST:
        raise refused(translation_key="range_before_fitbit", first_year=FIRST_YEAR)


def _timestamp(moment: datetime) -> int:
    """Return UNIX seconds; a moment without a time zone is in Home Assistant's own.

    Converting year 1 or 9999 to UTC overflows in some zones: such a moment becomes the nearest safe year.
    """
    if not UNIX_YEAR <= moment.year < LAST_YEAR:
        moment = datetime(UNIX_YEAR if moment.year < UNIX_YEAR else LAST_YEAR, 1, 1, tzinfo=UTC)
    return int(dt_util.as_timestamp(dt_util.as_utc(moment)))
