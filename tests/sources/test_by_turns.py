"""Reading by turns: the newest each time, everything of a month once a day, and nothing twice as often."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR, MINUTE
from custom_components.fitbit_cardiogram.sources.by_turns import REACH, ByTurns
from custom_components.fitbit_cardiogram.sources.errors import ServiceUnavailableError, SourceError
from custom_components.fitbit_cardiogram.sources.poll import NEWEST_WORKOUTS, OLDER_WORKOUTS
from custom_components.fitbit_cardiogram.sources.source import FUTURE, SLEEP_AT_ONCE
from tests.helpers.sources import NOW_S

type Reading = tuple[int, int, int]
"""The interval, and the time of the reading."""

LENGTHS = pytest.mark.parametrize(
    ("newest", "older"), [(NEWEST_WORKOUTS, OLDER_WORKOUTS), (SLEEP_AT_ONCE, SLEEP_AT_ONCE), (DAY, 4 * DAY)]
)


@pytest.fixture(autouse=True)
def integration(clock: FrozenDateTimeFactory) -> None:
    """Do without Home Assistant, and stop the clock."""


@dataclass
class Service:
    """A service that gives one thing for every interval."""

    stored: list[Reading] = field(default_factory=list)
    fails_at: int = -1
    """The number of the reading that goes wrong."""
    read: int = 0

    async def __call__(self, start: int, end: int) -> list[str]:
        """Return one thing."""
        self.read += 1
        if self.read == self.fails_at:
            raise ServiceUnavailableError("", None)
        return [f"{start} {end}"]

    def store(self, read: list[str], start: int, end: int, now: int, /) -> None:
        """Keep the interval."""
        assert read == [f"{start} {end}"]
        self.stored.append((start, end, now))

    def newest(self) -> list[Reading]:
        """Return the readings of the newest."""
        return [one for one in self.stored if one[1] > one[2]]

    def older(self) -> list[Reading]:
        """Return the other ones."""
        return [one for one in self.stored if one[1] <= one[2]]


@LENGTHS
async def test_a_month_within_a_day(clock: FrozenDateTimeFactory, newest: int, older: int) -> None:
    service = Service()
    turns = ByTurns(service, service.store, newest, older)
    for _ in range(48):
        await turns.run(0)
        clock.tick(timedelta(minutes=30))
    assert [(end - now, now - start) for start, end, now in service.newest()] == [(FUTURE, newest)] * 48
    parts = service.older()
    assert len(parts) == -(-(REACH - newest) // older)
    # Each begins before, or where, the one before it ended, and was asked for not long after.
    for (start, _, asked), (_, end, later) in pairwise(parts):
        assert start <= end <= start + (later - asked)
    assert parts[0][1] == NOW_S - newest
    assert parts[-1][0] <= NOW_S - REACH + DAY
    assert all(now - start <= REACH for start, _, now in parts)


@LENGTHS
async def test_the_next_day_as_well(clock: FrozenDateTimeFactory, newest: int, older: int) -> None:
    """The turns go on, and no more of them than one a reading, even after a long pause."""
    service = Service()
    turns = ByTurns(service, service.store, newest, older)
    number = -(-(REACH - newest) // older)
    for _ in range(5 * 48):
        await turns.run(0)
        clock.tick(timedelta(minutes=30))
    assert len(service.older()) in range(5 * number - 1, 5 * number + 2)
    clock.tick(timedelta(days=9))
    service.stored.clear()
    for _ in range(4):
        await turns.run(0)
        clock.tick(timedelta(minutes=5))
    assert len(service.newest()) == 4
    assert len(service.older()) <= 2


async def test_nothing_before_the_source_s_time() -> None:
    service = Service()
    turns = ByTurns(service, service.store, DAY, DAY)
    await turns.run(NOW_S - HOUR)
    assert service.stored == [(NOW_S - HOUR, NOW_S + FUTURE, NOW_S)]
    service.stored.clear()
    await ByTurns(service, service.store, DAY, 4 * DAY).run(NOW_S - 2 * DAY)
    assert service.stored[1] == (NOW_S - 2 * DAY, NOW_S - DAY, NOW_S)


@pytest.mark.parametrize(("fails_at", "stored"), [(1, 0), (2, 1)])
async def test_what_failed_has_its_turn_again(
    clock: FrozenDateTimeFactory, fails_at: int, stored: int
) -> None:
    """What came before it is kept."""
    service = Service(fails_at=fails_at)
    turns = ByTurns(service, service.store, DAY, DAY)
    with pytest.raises(SourceError):
        await turns.run(0)
    assert len(service.stored) == stored
    clock.tick(timedelta(seconds=15 * MINUTE))
    await turns.run(0)
    [(start, end, now)] = service.older()
    assert (now - start, now - end) == (2 * DAY, DAY)
