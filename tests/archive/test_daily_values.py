"""Daily values in the archive."""

from collections.abc import Callable, Sized
from datetime import UTC, date

import pytest

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.archive.daily_values import DAILY_VERSION, DailyValue, since
from custom_components.fitbit_cardiogram.archive.database import ArchiveError
from custom_components.fitbit_cardiogram.heart_rate import clock
from custom_components.fitbit_cardiogram.heart_rate.day import DaySummary, RestingHeartRate
from tests.helpers.archives import NOW

KIND = "heart_rate_variability"
THURSDAY, FRIDAY, SATURDAY = (date(2026, 11, day) for day in (19, 20, 21))


def midnight(day: date) -> int:
    return clock.midnight(day, UTC)


def test_a_value_is_kept_under_its_day(archive: Archive) -> None:
    archive.store_daily_values(KIND, {THURSDAY: 41.5, SATURDAY: 40}, midnight)
    archive.store_daily_values("breathing_rate", {FRIDAY: 14.25}, midnight)
    archive.store_days([DaySummary(SATURDAY, RestingHeartRate(SATURDAY, 55))], midnight, zone="Asia/Tokyo")
    thursday, saturday = DailyValue(KIND, THURSDAY, 41.5, 1), DailyValue(KIND, SATURDAY, 40, 1, "Asia/Tokyo")
    assert archive.daily_values(KIND, THURSDAY, SATURDAY) == {THURSDAY: 41.5, SATURDAY: 40}
    assert archive.daily_values(KIND, FRIDAY, FRIDAY) == {}
    assert archive.daily_values("resting_heart_rate", THURSDAY, SATURDAY) == {SATURDAY: 55}
    breathing = DailyValue("breathing_rate", FRIDAY, 14.25, 2)
    assert archive.newest_daily_values(date(2026, 11, 18)) == []
    assert archive.newest_daily_values(THURSDAY) == [thursday]
    assert archive.newest_daily_values(FRIDAY) == [breathing, thursday]
    assert archive.newest_daily_values(date.max) == [breathing, saturday]


def test_only_what_is_new_counts_as_stored(archive: Archive) -> None:
    for values, version in (({THURSDAY: 41.5}, 1), ({THURSDAY: 41.5}, 1), ({}, 1), ({THURSDAY: 42}, 2)):
        archive.store_daily_values(KIND, values, midnight)
        assert archive.recall(DAILY_VERSION) == version
    with archive.reading() as connection:
        assert since(connection, 1) == [DailyValue(KIND, THURSDAY, 42, 2)]
        assert since(connection, 2) == []


@pytest.mark.parametrize(
    "read",
    [
        lambda archive: archive.daily_values(KIND, date.min, date.max),
        lambda archive: archive.newest_daily_values(date.max),
    ],
)
def test_a_damaged_row_is_dropped(archive: Archive, read: Callable[[Archive], Sized]) -> None:
    archive.store_daily_values(KIND, {THURSDAY: 41.5}, midnight)
    with archive.writing() as connection:
        connection.execute("UPDATE daily_values SET day = '2026-11-'")
    with pytest.raises(ArchiveError):
        read(archive)
    assert not read(archive)


@pytest.mark.parametrize("asked", [{"even_purged": True}, {"today": FRIDAY}])
def test_a_purged_value_comes_back_only_if_asked_for(archive: Archive, asked: dict[str, bool | date]) -> None:
    archive.store_daily_values(KIND, {THURSDAY: 40, FRIDAY: 41}, midnight)
    start = midnight(FRIDAY)
    archive.purge(start + 60, start + 120, (FRIDAY, FRIDAY), NOW)
    for _ in range(2):
        assert archive.daily_values(KIND, THURSDAY, SATURDAY) == {THURSDAY: 40}
        archive.store_daily_values(KIND, {FRIDAY: 41}, midnight)
    archive.store_daily_values(KIND, {FRIDAY: 41}, midnight, **asked)  # type: ignore[arg-type]
    assert archive.daily_values(KIND, FRIDAY, FRIDAY) == {FRIDAY: 41}
    assert archive.recall(DAILY_VERSION) == 3
