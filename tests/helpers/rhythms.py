"""Devices that sync in a rhythm, and the time until a poll has read what they brought."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from itertools import accumulate, takewhile
from random import Random
import time
from typing import Final

from freezegun.api import FrozenDateTimeFactory

from custom_components.fitbit_cardiogram.archive.late import Fingerprint
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR
from custom_components.fitbit_cardiogram.heart_rate.day import RestingHeartRate, Zone
from custom_components.fitbit_cardiogram.heart_rate.sleep import SleepSession
from custom_components.fitbit_cardiogram.heart_rate.workout import Workout
from custom_components.fitbit_cardiogram.sources.kinds import POLL_EVERY, kinds_of
from custom_components.fitbit_cardiogram.sources.poll import Poll
from custom_components.fitbit_cardiogram.sources.rhythm import next_poll
from custom_components.fitbit_cardiogram.sources.source import RECENT, DailyReading, Identity, Reading
from tests.helpers.archives import open_archive

MINUTE: Final = 60
QUARTER: Final = 15 * MINUTE


@dataclass(frozen=True)
class Syncing:
    """A rhythm: the moments of its syncs, and the seconds until the service shows what they brought."""

    syncs: Callable[[Random], Iterator[float]]
    lag: int = 0
    is_hint_late: bool = False
    """Whether the time of the last sync comes as late as the samples."""


def every(seconds: float, jitter: float) -> Callable[[Random], Iterator[float]]:
    """Return syncs that follow each other after so many seconds, more or less."""

    def syncs(random: Random) -> Iterator[float]:
        moment = 0.0
        while True:
            moment += seconds + random.uniform(-jitter, jitter)
            yield moment

    return syncs


def on_the_dot(seconds: float, jitter: float) -> Callable[[Random], Iterator[float]]:
    """Return syncs around fixed times of the clock."""

    def syncs(random: Random) -> Iterator[float]:
        return (number * seconds + random.uniform(-jitter, jitter) for number in range(1, 10**6))

    return syncs


def by_chance(random: Random) -> Iterator[float]:
    """Return syncs that do not depend on each other, one in 20 minutes on average."""
    return accumulate(iter(lambda: random.expovariate(1 / (20 * MINUTE)), None))


def not_at_night(random: Random) -> Iterator[float]:
    """Return syncs every quarter of an hour, but none in the seven hours after each midnight."""
    return (sync for sync in every(QUARTER, 30)(random) if sync % DAY > 7 * HOUR)


RHYTHMS: Final = {
    "every 15 min ± 30 s": Syncing(every(QUARTER, 30)),
    "on the quarter ± 30 s": Syncing(on_the_dot(QUARTER, 30)),
    "every 15 min ± 3 min": Syncing(every(QUARTER, 3 * MINUTE)),
    "hourly": Syncing(every(HOUR, 30)),
    "by chance, 20 min": Syncing(by_chance),
    "not at night": Syncing(not_at_night),
    "samples 90 s late": Syncing(every(QUARTER, 30), lag=90),
    "all 90 s late": Syncing(every(QUARTER, 30), lag=90, is_hint_late=True),
}


@dataclass
class Band:
    """A source whose device measures every five seconds and syncs in a rhythm; it counts its requests."""

    syncs: list[int]
    syncing: Syncing
    requests: int = 0

    def _last(self, lag: int) -> int | None:
        self.requests += 1
        seen = takewhile(lambda sync: sync + lag <= time.time(), self.syncs)
        return max(seen, default=None)

    async def authorize(self) -> None:
        """Have a token."""

    async def identity(self) -> Identity:
        """Return an id."""
        return Identity("band")

    async def time_zone(self) -> tzinfo:
        """Return the zone."""
        self.requests += 1
        return UTC

    async def last_sync(self) -> datetime | None:
        """Return the last sync that can be seen."""
        last = self._last(self.syncing.lag if self.syncing.is_hint_late else 0)
        return None if last is None else datetime.fromtimestamp(last, UTC)

    async def samples(self, start: int, end: int) -> Reading:
        """Return the samples of the syncs that the service shows."""
        last = self._last(self.syncing.lag)
        if last is None:
            return Reading([])
        return Reading([(moment, 60) for moment in range(-(-start // 5) * 5, min(end, last + 1), 5)])

    def fingerprints_at_once(self) -> int:
        """Return as much as every source can."""
        return RECENT

    async def fingerprints(self, start: int, end: int) -> dict[int, Fingerprint]:
        """Return nothing, so nothing is read again."""
        self.requests += 1
        return {}

    async def resting_heart_rates(self, first: date, last: date) -> list[RestingHeartRate]:
        """Return nothing."""
        self.requests += 1
        return []

    async def zones(self, first: date, last: date) -> dict[date, tuple[Zone, ...]]:
        """Return nothing."""
        self.requests += 1
        return {}

    def offers(self) -> frozenset[str]:
        """Return no other kinds."""
        return frozenset()

    async def workouts(self, start: int, end: int) -> list[Workout]:
        """Return nothing."""
        return []

    async def sleep_sessions(self, start: int, end: int) -> list[SleepSession]:
        """Return nothing."""
        return []

    async def daily_values(self, group: str, first: date, last: date) -> DailyReading:
        """Return nothing."""
        return {}

    def requests_for(self, key: str, seconds: int) -> int:
        """Return one request for everything."""
        return 1

    def seconds_for(self, requests: int) -> float:
        """Return a second for each."""
        return requests

    def pause(self) -> float:
        """Return no pause."""
        return 0

    def answered_at(self) -> int:
        """Return the time."""
        return int(time.time())

    def requests_left(self) -> int:
        """Return a number."""
        return 100


@dataclass(frozen=True)
class Delays:
    """The seconds from the moment at which samples can be read to their reading, and requests an hour."""

    seconds: list[float]
    requests: float

    def share(self, part: float) -> float:
        """Return the delay that this part of all syncs does not exceed."""
        return sorted(self.seconds)[round(part * (len(self.seconds) - 1))]


async def delays(
    syncing: Syncing, clock: FrozenDateTimeFactory, *, days: float, seed: int, looks: bool = True
) -> Delays:
    """Poll a band for so many days, with the looks that its rhythm asks for or by the grid alone."""
    random = Random(seed)
    began = time.monotonic()
    start = time.time() + random.uniform(0, POLL_EVERY)
    length = days * DAY
    syncs = [int(start + sync) for sync in takewhile(lambda sync: sync < length, syncing.syncs(random))]
    band = Band([int(start) - HOUR, *syncs], syncing)
    archive = open_archive()
    poll = Poll(band, archive, 90 * DAY, lambda: UTC, "band", kinds=kinds_of(band.offers()))
    poll.load()
    unread = deque(syncs)
    seconds: list[float] = []
    while (now := time.monotonic()) - began < length:
        await poll.run()
        newest = archive.latest()
        while unread and newest and newest[0] > unread[0] - 5:
            seconds.append(time.time() - unread.popleft() - syncing.lag)
        clock.tick(next_poll(began, now, POLL_EVERY, poll.next_look() if looks else None))
    archive.delete()
    # The time of learning is part of it.
    return Delays(seconds, band.requests / (length / HOUR))
