"""The one interface to every service that heart-rate samples come from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Final, Protocol

from ..archive.late import Fingerprint
from ..heart_rate.clock import DAY
from ..heart_rate.day import RestingHeartRate, Zone
from ..heart_rate.sample import Sample

# So long a stretch of a source is read, and then stored, at once.
READ_AT_ONCE: Final = 7 * DAY


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the account is: the provider's id, and the old Fitbit id where the provider tells it."""

    user_id: str
    legacy_user_id: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Samples in order of time, one for each second, and how many points were odd and left out.

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

    async def identity(self) -> Identity:
        """Return who is signed in."""
        ...

    async def time_zone(self) -> tzinfo | None:
        """Return the account's own time zone, or None where the service does not know one."""
        ...

    async def last_sync(self) -> datetime | None:
        """Return when one of the account's wearables last reached the service, or None without one."""
        ...

    async def samples(self, start: int, end: int) -> Reading:
        """Return every sample in the half-open range of UNIX seconds: all of it, or an error."""
        ...

    async def fingerprints(self, start: int, end: int) -> Mapping[int, Fingerprint]:
        """Return the mark of each hour of a range that holds samples, by the moment at which it begins.

        The range begins with a full hour and is a day long at most; of an hour that it cuts off only that
        part counts.
        """
        ...

    async def resting_heart_rates(self, first: date, last: date) -> list[RestingHeartRate]:
        """Return the resting heart rates that are known of these civil days of the account."""
        ...

    async def zones(self, first: date, last: date) -> Mapping[date, tuple[Zone, ...]]:
        """Return the minutes in each zone of those among these civil days that were measured."""
        ...

    def pause(self) -> float:
        """Return for how many seconds reading that is in no hurry should wait, so that polls find room."""
        ...

    def requests_left(self) -> int:
        """Return how many requests the service will take now, as far as is known."""
        ...
