"""Fitbit's wall-clock times, wherever and whenever a clock changes."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from aiohttp import ClientSession
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from hypothesis import HealthCheck, example, given, settings, strategies as st
import pytest

from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR, midnight
from custom_components.fitbit_cardiogram.sources.fitbit import Fitbit
from custom_components.fitbit_cardiogram.sources.source import Reading
from custom_components.fitbit_cardiogram.sources.wall_clock import midnight_before, moments, offset_at
from tests.helpers.sources import FitbitToken, readings
from tests.simulators import FitbitSimulator, Recording

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
    "America/New_York",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/London",
    "Asia/Kolkata",  # and five that keep their time
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "UTC",
)
EDGES: Final = tuple(
    int(datetime.fromisoformat(moment).timestamp())
    for moment in (
        "2026-10-25T01:00+00:00",  # Berlin and London fall back
        "2026-03-29T01:00+00:00",  # and spring forward
        "2026-11-01T06:00+00:00",  # New York falls back
        "2026-03-08T07:00+00:00",
        "2026-04-04T15:00+00:00",  # Lord Howe falls back, by half an hour
        "2026-10-03T15:30+00:00",
        "2028-02-29T12:00+00:00",  # a leap day
        "2026-12-31T23:59+00:00",
    )
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


def offset(zone: str, moment: int) -> int:
    return offset_at(ZoneInfo(zone), moment)


CHANGES: Final = [change for zone in ZONES for change in changes(zone)]


@settings(max_examples=240, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    change=st.sampled_from(CHANGES) | st.tuples(st.sampled_from(ZONES), st.sampled_from(EDGES)),
    before=st.integers(-3 * HOUR, 40 * HOUR),
    length=st.integers(1, 36 * HOUR),
    late=st.integers(0, 40 * HOUR),
    # Often enough for the order to tell a repeated half hour from its first pass.
    pause=st.just(61) | st.integers(20, 20 * 60),
    parameter=st.sampled_from(["honoured", "times only", "ignored"]),
    end_minute_included=st.booleans(),
)
@example(("Europe/Berlin", EDGES[0]), 1800, 3600, 3600, 61, "ignored", True)  # from one pass into the other
@example(("Europe/Berlin", EDGES[0]), -600, 1200, 3600, 61, "times only", False)  # within the second pass
@example(("Australia/Lord_Howe", EDGES[4]), 900, 1800, 60, 61, "ignored", False)
# What the parameter does is found out by the day of the change, with quarters of an hour left out.
@example(("Australia/Lord_Howe", EDGES[4]), 1800, 1800, 30 * HOUR, 1158, "times only", False)
def test_samples_are_those_that_the_person_had(
    change: tuple[str, int],
    before: int,
    length: int,
    late: int,
    pause: int,
    parameter: str,
    end_minute_included: bool,
) -> None:
    """In any zone, around any change of the clock, for any range, whatever `timezone=UTC` does."""
    zone, moment = change
    start, end = moment - before, moment - before + length
    now = max(end, moment) + late
    person = Recording(readings=readings(now - 4 * DAY, now, pause), time_zone=zone)

    async def read() -> Reading:
        async with FitbitSimulator(person) as fitbit, ClientSession() as session:
            fitbit.timezone_honoured = parameter != "ignored"
            fitbit.utc_dates_local = parameter == "times only"
            fitbit.end_minute_included = end_minute_included
            return await Fitbit(session, FitbitToken(fitbit), fitbit.url).samples(start, end)

    with freeze_time(datetime.fromtimestamp(now, UTC)):
        assert asyncio.run(read()) == Reading(person.samples(start, end, now), detail=1)


@pytest.mark.parametrize("parameter", ["honoured", "times only", "ignored"])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
async def test_the_last_hour_of_the_longest_day(
    freezer: FrozenDateTimeFactory, zone: str, parameter: str
) -> None:
    """In UTC, its times are those of the day's first hour."""
    fall_back = next(at for _, at in changes(zone) if offset(zone, at + 900) < offset(zone, at))
    day = datetime.fromtimestamp(fall_back, ZoneInfo(zone)).date()
    end = midnight(day + timedelta(days=1), ZoneInfo(zone))
    freezer.move_to(datetime.fromtimestamp(end + 2 * DAY, UTC))
    person = Recording(readings=readings(end - 1200, end + 2 * DAY), time_zone=zone)
    async with FitbitSimulator(person) as fitbit, ClientSession() as session:
        fitbit.timezone_honoured = parameter != "ignored"
        fitbit.utc_dates_local = parameter == "times only"
        source = Fitbit(session, FitbitToken(fitbit), fitbit.url)
        assert await source.samples(end - 2 * DAY, end + DAY) == Reading(
            person.samples(end - 2 * DAY, end + DAY, end + 2 * DAY), detail=1
        )


TIMES: Final = st.lists(st.integers(0, DAY - 1), max_size=8)


@settings(max_examples=400)
@given(
    times=TIMES | TIMES.map(sorted),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    start=st.sampled_from(EDGES).flatmap(lambda edge: st.integers(edge - 2 * DAY, edge + DAY)),
    length=st.integers(1, 2 * DAY),
)
def test_times_after_one_midnight_are_what_they_are_one_by_one(
    times: list[int], zone: ZoneInfo, start: int, length: int
) -> None:
    end = start + length
    one_by_one = list(moments(times, zone, start, end))
    offsets = {offset_at(zone, moment) for moment in (start, *range(-(-start // 900) * 900, end, 900))}
    begun = midnight_before(times, zone, start, end)
    if times and times == sorted(times) and None not in one_by_one and len(offsets) == 1:
        assert begun is not None
        assert [begun + time for time in times] == one_by_one
    else:
        assert begun is None
