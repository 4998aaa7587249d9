"""Fitbit's wall-clock times, wherever and whenever a clock changes."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from aiohttp import ClientSession
from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings, strategies as st

from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR
from custom_components.fitbit_cardiogram.sources.fitbit import Fitbit
from custom_components.fitbit_cardiogram.sources.source import Reading
from tests.simulators import FitbitSimulator, Recording
from tests.sources.test_fitbit import Token

ZONES: Final = (
    "Africa/Cairo",  # at midnight, which is missing in spring
    "America/Havana",  # midnight is missing in spring and comes twice in autumn
    "Asia/Beirut",
    "Atlantic/Azores",
    "America/Santiago",
    "America/Nuuk",  # the evening before
    "Africa/Casablanca",  # around Ramadan, the other way about
    "Antarctica/Troll",  # by two hours
    "Australia/Lord_Howe",  # by half an hour
    "Pacific/Chatham",  # at a quarter to
    "America/St_Johns",
    "Europe/Berlin",
)
FIRST: Final = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
LAST: Final = int(datetime(2028, 1, 1, tzinfo=UTC).timestamp())


def changes(zone: str) -> Iterator[tuple[str, int]]:
    """Yield the zone with each moment at which its clock changes within two years."""
    for day in range(FIRST, LAST, DAY):
        if offset(zone, day) != offset(zone, day + DAY):
            yield (
                zone,
                next(at for at in range(day, day + DAY, 900) if offset(zone, at + 900) != offset(zone, day)),
            )


def offset(zone: str, moment: int) -> object:
    return datetime.fromtimestamp(moment, ZoneInfo(zone)).utcoffset()


CHANGES: Final = [change for zone in ZONES for change in changes(zone)]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    change=st.sampled_from(CHANGES),
    before=st.integers(-3 * HOUR, 30 * HOUR),
    length=st.integers(1, 30 * HOUR),
    late=st.integers(0, 30 * HOUR),
    # Often enough for the order to tell a repeated half hour from its first pass.
    pause=st.integers(20, 20 * 60),
    parameter=st.sampled_from(["honoured", "times only", "ignored"]),
    end_minute_included=st.booleans(),
)
def test_samples_are_those_that_the_person_had(
    change: tuple[str, int],
    before: int,
    length: int,
    late: int,
    pause: int,
    parameter: str,
    end_minute_included: bool,
) -> None:
    """Around each change of the clock in its own zone, however often the person's heart was measured."""
    zone, moment = change
    start, end = moment - before, moment - before + length
    now = max(end, moment) + late
    readings = [(at, 50 + at * 7919 // pause % 97) for at in range(now - 4 * DAY, now, pause)]
    person = Recording(readings=readings, time_zone=zone)

    async def read() -> Reading:
        async with FitbitSimulator(person) as fitbit, ClientSession() as session:
            fitbit.timezone_honoured = parameter != "ignored"
            fitbit.utc_dates_local = parameter == "times only"
            fitbit.end_minute_included = end_minute_included
            return await Fitbit(session, Token(fitbit), fitbit.url).samples(start, end)

    with freeze_time(datetime.fromtimestamp(now, UTC)):
        assert asyncio.run(read()) == Reading(person.samples(start, end, now))
