"""The one interface to every service that heart-rate samples come from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Final, Protocol

from ..archive.late import Fingerprint
from ..heart_rate.clock import DAY, HOUR, MINUTE
from ..heart_rate.day import RestingHeartRate, Zone
from ..heart_rate.sample import Sample
from ..heart_rate.sleep import SleepSession
from ..heart_rate.workout import Workout

# The longest interval that is read, and then stored, at once; in seconds.
READ_AT_ONCE: Final = 7 * DAY
# What bears a time to come is read as well, as far ahead as this; in seconds.
FUTURE: Final = DAY
# The longest interval of sleep that Google gives in one request, whatever the time zone; in seconds.
SLEEP_AT_ONCE: Final = 36 * HOUR - MINUTE
# The fingerprints of the running hour and the eight before it are asked for at once everywhere; in seconds.
RECENT: Final = 9 * HOUR
# The longest time for a request that is only a hint, in seconds.
HINT_TIMEOUT: Final = 5.0

type DailyReading = Mapping[str, Mapping[date, float]]
"""Daily values by the key of their kind and by their day; a day without a value is absent."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The ids of the account: the provider's, and the old Fitbit one if the provider gives it."""

    user_id: str
    legacy_user_id: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Samples in order of time, one for each second, and the number of odd points left out.

    Each sample stands for `detail` seconds from its time on, or for its own second where that is 0.
    """

    samples: list[Sample]
    skipped: int = 0
    detail: int = 0


class AccessToken(Protocol):
    """Gives the access token to send; `refused` names one that the service did not take any more."""

    async def __call__(self, refused: str | None = None) -> str:
        """Return a token that is valid by its own clock, refreshed if need be."""
        ...


class HeartRateSource(Protocol):
    """A service that heart-rate samples come from.

    Every method raises a SourceError, or whatever the access token raises.
    """

    async def authorize(self) -> None:
        """Obtain a valid access token, so that trouble with the sign-in shows before anything is read."""
        ...

    async def identity(self) -> Identity:
        """Return the ids of the account."""
        ...

    async def time_zone(self) -> tzinfo | None:
        """Return the account's own time zone, or None where the service does not know one."""
        ...

    async def last_sync(self) -> datetime | None:
        """Return the time of the last sync of one of the account's wearables, or None without one.

        Each request takes at most HINT_TIMEOUT seconds.
        """
        ...

    async def samples(self, start: int, end: int) -> Reading:
        """Return every sample of the half-open interval of UNIX seconds: all of it, or an error."""
        ...

    def fingerprints_at_once(self) -> int:
        """Return the seconds, RECENT or more, whose fingerprints can well be asked for in one request."""
        ...

    async def fingerprints(self, start: int, end: int) -> Mapping[int, Fingerprint]:
        """Return the fingerprint of each hour of an interval that holds samples, by its first moment.

        The interval begins at a full hour. The fingerprint of an hour that the end
        of the interval cuts off describes only the part before that end.
        """
        ...

    async def resting_heart_rates(self, first: date, last: date) -> list[RestingHeartRate]:
        """Return the known resting heart rates of these civil days of the account, one for each day."""
        ...

    async def zones(self, first: date, last: date) -> Mapping[date, tuple[Zone, ...]]:
        """Return the minutes in each zone, for each of these civil days that was measured."""
        ...

    def offers(self) -> frozenset[str]:
        """Return the keys of the kinds that only some services have: workouts, sleep, groups of daily values.

        A group is read at once, so trouble with one is that of all its kinds. A source need not offer any.
        """
        ...

    async def workouts(self, start: int, end: int) -> list[Workout]:
        """Return every workout that begins in the half-open interval, in order of time: all, or an error."""
        ...

    async def sleep_sessions(self, start: int, end: int) -> list[SleepSession]:
        """Return every sleep session that ends in the half-open interval, in order of time: all, or an error.

        One without an end counts by its start.
        """
        ...

    async def daily_values(self, group: str, first: date, last: date) -> DailyReading:
        """Return the known values of a group that is offered, for these civil days of the account."""
        ...

    def requests_for(self, key: str, seconds: int) -> int:
        """Return about how many requests a kind of data takes that is read for so many seconds at once."""
        ...

    def seconds_for(self, requests: int) -> float:
        """Return about how many seconds so many requests take that can wait."""
        ...

    def pause(self) -> float:
        """Return the seconds in which to make no request that can wait, to leave room for polls."""
        ...

    def answered_at(self) -> int | None:
        """Return the UNIX time of the last answer by the service's clock, or None where it is not known."""
        ...

    def requests_left(self) -> int:
        """Return the number of requests that the service takes now, as far as is known."""
        ...
