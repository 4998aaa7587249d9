"""Long-term statistics: the recorder has of each hour and each day what the archive has."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from inspect import isawaitable
import logging
from pathlib import Path
from threading import Event
from typing import Any, override
from zoneinfo import ZoneInfo

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder.core import Recorder
from homeassistant.components.recorder.db_schema import Statistics
from homeassistant.components.recorder.models import StatisticData
from homeassistant.components.recorder.statistics import (
    async_add_external_statistics,
    async_list_statistic_ids,
)
from homeassistant.components.recorder.tasks import RecorderTask
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.recorder import get_instance, session_scope
from homeassistant.util.yaml.objects import NodeStrClass
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
    do_adhoc_statistics,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.fitbit_cardiogram import statistics
from custom_components.fitbit_cardiogram.archive.samples import REMOVALS
from custom_components.fitbit_cardiogram.backup import async_post_backup, async_pre_backup
from custom_components.fitbit_cardiogram.const import CONF_KEEP_STATISTICS, DOMAIN
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR, midnight, utc
from custom_components.fitbit_cardiogram.heart_rate.day import DaySummary, RestingHeartRate, Zone
from custom_components.fitbit_cardiogram.statistics import PROGRESS
from custom_components.fitbit_cardiogram.system_health import async_info
from tests.helpers.home import (
    NOW,
    SUBENTRY_ID,
    TODAY,
    SetUp,
    account_entry,
    advance,
    at,
    background,
    destination,
    finish,
    settle,
    state_of,
    until,
)
from tests.helpers.recorder import Row, hand_overs, hours, poll, recorded, recount, values, written
from tests.simulators import CardiogramSimulator, GoogleSimulator, Recording
from tests.simulators.sleeping import Sleep

NOW_S = int(NOW.timestamp())
MIDNIGHT = at("00:00:00") - HOUR  # the account's own
LONG_AGO = at("00:00:00") - 800 * DAY
ZONES = ("zone_light", "zone_moderate", "zone_vigorous", "zone_peak")
NIGHTLY = (
    "heart_rate_variability",
    "non_rem_heart_rate",
    "sleeping_heart_rate",
    "time_asleep",
    "breathing_rate",
    "oxygen_saturation",
    "skin_temperature_deviation",
    "cardio_fitness",
)
# Without those of a night.
BY_DAY = ("heart_rate", "resting_heart_rate", *ZONES, "active_zone_minutes")
EVERYTHING = (*BY_DAY, *NIGHTLY)


@pytest.fixture
async def account(recorder_mock: Recorder, entry: MockConfigEntry, set_up: SetUp) -> MockConfigEntry:
    """Return an account whose first statistics are written."""
    await set_up(entry)
    await written(recorder_mock.hass)
    return entry


@pytest.fixture
def told(recorder_mock: Recorder, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[int]]]:
    """Return the hours that the recorder is given from now on, by the statistic's name."""
    told: list[tuple[str, list[int]]] = []
    give = recorder_mock.async_import_statistics

    def note(metadata: Any, stats: Any, table: Any) -> None:
        told.append((metadata["name"], [int(row["start"].timestamp()) for row in stats]))
        give(metadata, stats, table)

    monkeypatch.setattr(recorder_mock, "async_import_statistics", note)
    return told


async def listed(home: HomeAssistant) -> set[str]:
    """Return the ids of all statistics that the recorder knows, of states that are gone, too."""
    return {one["statistic_id"] for one in await async_list_statistic_ids(home)}


async def reload(home: HomeAssistant, entry: MockConfigEntry) -> None:
    await home.config_entries.async_reload(entry.entry_id)
    await settle(home)
    await written(home)


async def in_archive(home: HomeAssistant, entry: MockConfigEntry, what: str, *arguments: Any) -> Any:
    """Let the archive do something."""
    return await home.async_add_executor_job(getattr(entry.runtime_data.archive, what), *arguments)


def berlin_midnight(day: date) -> int:
    return midnight(day, ZoneInfo("Europe/Berlin"))


async def store_day(home: HomeAssistant, entry: MockConfigEntry, day: DaySummary) -> None:
    """Let the archive keep what was found out about a day."""
    await in_archive(home, entry, "store_days", [day], berlin_midnight)


async def purge(home: HomeAssistant, entry: MockConfigEntry, **asked: Any) -> None:
    data = {"config_entry_id": entry.entry_id, "confirm": True} | asked
    await home.services.async_call(DOMAIN, "purge", data, blocking=True)


async def rebuild(home: HomeAssistant, entry: MockConfigEntry) -> Any:
    """Call the action and return what it answers."""
    data = {"config_entry_id": entry.entry_id}
    return await home.services.async_call(
        DOMAIN, "rebuild_statistics", data, blocking=True, return_response=True
    )


def ids(entry: MockConfigEntry) -> list[str]:
    return [f"{DOMAIN}:{entry.entry_id.lower()}_{key}" for key in EVERYTHING]


async def everything_recorded(home: HomeAssistant, entry: MockConfigEntry) -> dict[str, list[Row]]:
    return {key: await recorded(home, entry, key) for key in EVERYTHING}


async def with_a_past(home: HomeAssistant, entry: MockConfigEntry) -> dict[str, list[Row]]:
    """Store and hand over two days of long ago; return what the recorder has then."""
    await in_archive(home, entry, "store", [(LONG_AGO + hour * HOUR, 60) for hour in range(48)], NOW_S)
    for back in (799, 798):
        day = TODAY - timedelta(days=back)
        await store_day(home, entry, DaySummary(day, RestingHeartRate(day, 50), (Zone("peak", minutes=3),)))
        for kind in ("active_zone_minutes", *NIGHTLY):
            await in_archive(home, entry, "store_daily_values", kind, {day: 50.0}, berlin_midnight)
    await entry.runtime_data.coordinator.async_archive_changed()
    await written(home)
    return await everything_recorded(home, entry)


async def forget(home: HomeAssistant, start: int, end: int) -> None:
    """Let the recorder's database lose all rows from `start` to before `end`."""

    def delete() -> None:
        with session_scope(hass=home) as session:
            rows = session.query(Statistics).filter(Statistics.start_ts >= start, Statistics.start_ts < end)
            rows.delete()

    await get_instance(home).async_add_executor_job(delete)


@dataclass(slots=True)
class Pause(RecorderTask):
    """Keeps the recorder busy until it may go on."""

    over: Event = field(default_factory=Event)

    @override
    def run(self, instance: Recorder) -> None:
        self.over.wait(30)


@contextmanager
def busy(recorder: Recorder) -> Iterator[None]:
    """Let the recorder write nothing for the time being."""
    pause = Pause()
    recorder.queue_task(pause)
    try:
        yield
    finally:
        pause.over.set()


# Hours


async def test_each_hour_is_the_archives(
    home: HomeAssistant, account: MockConfigEntry, person: Recording
) -> None:
    assert await recorded(home, account) == recount(person.samples(0, NOW_S, 0)) == hours(account)
    found = {one["statistic_id"]: one for one in await async_list_statistic_ids(home)}
    for key, name, unit in (
        ("heart_rate", "Sam Sample heart rate", "bpm"),
        ("resting_heart_rate", "Sam Sample resting heart rate", "bpm"),
        ("zone_peak", "Sam Sample peak zone", "min"),
    ):
        one = found[f"{DOMAIN}:{account.entry_id.lower()}_{key}"]
        assert (one["name"], one["source"], one["statistics_unit_of_measurement"]) == (name, DOMAIN, unit)
        assert one["unit_class"] == ("duration" if unit == "min" else None)
        assert (one["has_mean"], one["has_sum"]) == (True, False)


async def test_a_night_that_comes_late(
    home: HomeAssistant, account: MockConfigEntry, person: Recording, clock: FrozenDateTimeFactory
) -> None:
    night = [(moment, 50 + moment // HOUR % 7) for moment in range(NOW_S, NOW_S + 8 * HOUR, 90)]
    person.readings += night
    before = await recorded(home, account)
    await poll(home, clock, hours=8)
    assert await recorded(home, account) == before

    person.synced_at = None
    await poll(home, clock)
    assert await recorded(home, account) == recount(person.readings)


async def test_a_correction_changes_its_hour(
    home: HomeAssistant, account: MockConfigEntry, person: Recording, clock: FrozenDateTimeFactory
) -> None:
    moment, _ = person.readings[-10]
    person.readings[-10] = (moment, 190)
    person.synced_at = None
    await poll(home, clock)
    assert await recorded(home, account) == recount(person.readings)
    assert (await recorded(home, account))[-1][3] == 190


async def test_only_what_is_new_is_handed_over(
    home: HomeAssistant,
    account: MockConfigEntry,
    person: Recording,
    told: list[tuple[str, list[int]]],
    clock: FrozenDateTimeFactory,
) -> None:
    await poll(home, clock, hours=2)
    assert told == []
    person.readings.append((NOW_S + 2 * HOUR, 90))
    person.synced_at = None
    await poll(home, clock)
    # The last minute of last evening came by this sync, too.
    assert told == [("Sam Sample heart rate", [at("21:00:00"), NOW_S + 2 * HOUR])]


async def test_setting_up_again_changes_nothing(
    home: HomeAssistant,
    account: MockConfigEntry,
    recorder_mock: Recorder,
    told: list[tuple[str, list[int]]],
) -> None:
    before = {key: await recorded(home, account, key) for key in EVERYTHING}
    assert [key for key, rows in before.items() if rows] == [*BY_DAY]
    await reload(home, account)
    assert told == []
    assert {key: await recorded(home, account, key) for key in EVERYTHING} == before


async def test_another_title_is_another_name(home: HomeAssistant, account: MockConfigEntry) -> None:
    """At once, also of an account that is disabled and will not be set up."""
    for title in ("Sam", "Alex"):
        home.config_entries.async_update_entry(account, title=title)
        await home.async_block_till_done()
        await finish("names of statistics")
        await written(home)
        names = {one["name"] for one in await async_list_statistic_ids(home) if one["source"] == DOMAIN}
        assert names == {f"{title} {name}" for name in ("heart rate", "resting heart rate")} | {
            f"{title} {name}"
            for name in ("light zone", "moderate zone", "vigorous zone", "peak zone", "active zone minutes")
        }
        await home.config_entries.async_set_disabled_by(account.entry_id, ConfigEntryDisabler.USER)


async def test_another_title_while_the_recorder_takes_too_long(
    home: HomeAssistant,
    account: MockConfigEntry,
    recorder_mock: Recorder,
    clock: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The log says so in one line, and the next set-up names the statistics."""
    await home.config_entries.async_unload(account.entry_id)
    with busy(recorder_mock):
        home.config_entries.async_update_entry(account, title="Alex")
        (naming,) = background("names of statistics")
        clock.tick(timedelta(minutes=61))
        await naming
    assert [record.getMessage() for record in caplog.records if record.name == statistics.__name__] == [
        "Alex: the recorder has not named statistics for an hour"
    ]
    await home.config_entries.async_setup(account.entry_id)
    await settle(home)
    await written(home)
    names = {one["name"] for one in await async_list_statistic_ids(home) if one["source"] == DOMAIN}
    assert {name.split()[0] for name in names} == {"Alex"}


async def test_a_long_history(
    home: HomeAssistant, account: MockConfigEntry, told: list[tuple[str, list[int]]]
) -> None:
    """Comes in portions; what is old is not handed over again, and what is no longer kept stays."""
    history = [(LONG_AGO + hour * HOUR + part, 60 + part) for hour in range(1500) for part in (1, 2, 3)]
    await in_archive(home, account, "store", history, NOW_S)
    await account.runtime_data.coordinator.async_archive_changed()
    await written(home)
    assert [len(starts) for _, starts in told] == [1000, 500]
    assert (await recorded(home, account))[:-1] == recount(history)

    told.clear()
    await reload(home, account)
    assert told == []
    assert await in_archive(home, account, "summary", LONG_AGO, LONG_AGO + 1500 * HOUR) is None
    assert (await recorded(home, account))[:-1] == recount(history)


async def test_the_hour_that_autumn_repeats(
    recorder_mock: Recorder,
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    """Between two and three o'clock twice, on the twenty-five hours of a day in Berlin."""
    first = int(datetime(2026, 10, 25, 0, tzinfo=UTC).timestamp())
    clock.move_to(datetime(2026, 10, 25, 4, tzinfo=UTC))
    person.readings = [
        (first + 600, 60),
        (first + 1200, 70),
        (first + HOUR + 600, 80),
        (first + HOUR + 700, 90),
    ]
    person.synced_at = None
    person.resting = {date(2026, 10, 25): 51}
    await set_up(entry)
    await written(home)
    assert await recorded(home, entry) == [(first, 65, 60, 70), (first + HOUR, 85, 80, 90)]
    assert await values(home, entry, "resting_heart_rate") == {first - 2 * HOUR: 51}

    person.resting[date(2026, 10, 26)] = 52
    await poll(home, clock, hours=24)
    assert await values(home, entry, "resting_heart_rate") == {first - 2 * HOUR: 51, first + 23 * HOUR: 52}


# Days


async def test_each_day_begins_at_the_accounts_midnight(
    home: HomeAssistant, account: MockConfigEntry, person: Recording, clock: FrozenDateTimeFactory
) -> None:
    """A value that changes takes the place of the one before."""
    minutes = [await values(home, account, key) for key in ZONES]
    assert minutes == [{MIDNIGHT: 30}, {MIDNIGHT: 0}, {MIDNIGHT: 2.5}, {MIDNIGHT: 0}]
    assert await values(home, account, "resting_heart_rate") == {MIDNIGHT: 55}

    person.zones[TODAY]["LIGHT"] = 45.0
    person.resting[TODAY] = 56
    tomorrow = TODAY + timedelta(days=1)
    person.zones[tomorrow] = {"PEAK": 1.0}
    await poll(home, clock, minutes=50)
    assert await values(home, account, "zone_light") == {MIDNIGHT: 45}
    await poll(home, clock, minutes=50)
    assert await values(home, account, "zone_light") == {MIDNIGHT: 45, MIDNIGHT + DAY: 0}
    assert await values(home, account, "zone_peak") == {MIDNIGHT: 0, MIDNIGHT + DAY: 1}
    assert await values(home, account, "resting_heart_rate") == {MIDNIGHT: 56}


async def test_the_resting_heart_rate_belongs_to_its_own_day(
    recorder_mock: Recorder, home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, person: Recording
) -> None:
    person.resting = {TODAY - timedelta(days=3): 52}
    await set_up(entry)
    await written(home)
    assert await values(home, entry, "resting_heart_rate") == {MIDNIGHT - 3 * DAY: 52}


async def test_daily_values_belong_to_their_own_day(
    recorder_mock: Recorder,
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    """Each in a unit of its own; one that comes late or is corrected takes its place."""
    person.nights = {
        TODAY - timedelta(days=2): {
            "dailyHeartRateVariability": {
                "averageHeartRateVariabilityMilliseconds": 41.5,
                "nonRemHeartRateBeatsPerMinute": "52",
            },
            "dailySleepTemperatureDerivations": {
                "nightlyTemperatureCelsius": 33.4,
                "baselineTemperatureCelsius": 33.9,
            },
        }
    }
    person.active = {TODAY: {"FatBurn": 12, "Peak": 6}}
    await set_up(entry)
    await written(home)
    assert await values(home, entry, "heart_rate_variability") == {MIDNIGHT - 2 * DAY: 41.5}
    assert await values(home, entry, "non_rem_heart_rate") == {MIDNIGHT - 2 * DAY: 52}
    assert await values(home, entry, "skin_temperature_deviation") == {MIDNIGHT - 2 * DAY: -0.5}
    assert (await values(home, entry, "active_zone_minutes"))[MIDNIGHT] == 18
    listed = {one["statistic_id"]: one for one in await async_list_statistic_ids(home)}
    temperature = listed[f"{DOMAIN}:{entry.entry_id.lower()}_skin_temperature_deviation"]
    assert (temperature["unit_class"], temperature["statistics_unit_of_measurement"]) == (
        "temperature_delta",
        "°C",
    )
    # What never had a value is no statistic.
    assert f"{DOMAIN}:{entry.entry_id.lower()}_cardio_fitness" not in listed

    night = person.nights[TODAY - timedelta(days=2)]
    night["dailyHeartRateVariability"]["averageHeartRateVariabilityMilliseconds"] = 43.0
    person.nights[TODAY - timedelta(days=1)] = {"dailyVo2Max": {"vo2Max": 44.4}}
    await poll(home, clock, hours=2)
    assert (await values(home, entry, "heart_rate_variability"))[MIDNIGHT - 2 * DAY] == 43
    assert await values(home, entry, "cardio_fitness") == {MIDNIGHT - DAY: 44.4}


async def test_nights_belong_to_the_day_of_their_morning(
    recorder_mock: Recorder,
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
    told: list[tuple[str, list[int]]],
) -> None:
    """An edit takes the place of what was; a night that is deleted leaves the recorder, too.

    Nothing but the nights is handed over anew for that.
    """
    bed, up = MIDNIGHT + HOUR, MIDNIGHT + 9 * HOUR
    person.readings = [(moment, 50 if moment < up - HOUR else 66) for moment in range(bed, up, 60)]
    person.synced_at = NOW_S
    nap = Sleep("nap", up + 6 * HOUR, up + 7 * HOUR, is_nap=True)
    person.slept = [Sleep("night", bed, up, is_main=True), nap]
    await set_up(entry)
    await written(home)
    assert await values(home, entry, "sleeping_heart_rate") == {MIDNIGHT: 52}
    assert await values(home, entry, "time_asleep") == {MIDNIGHT: 8 * 60}
    listed = {one["statistic_id"]: one for one in await async_list_statistic_ids(home)}
    for key, name, unit in (
        ("sleeping_heart_rate", "Sam Sample sleeping heart rate", "bpm"),
        ("time_asleep", "Sam Sample time asleep", "min"),
    ):
        one = listed[f"{DOMAIN}:{entry.entry_id.lower()}_{key}"]
        assert (one["name"], one["statistics_unit_of_measurement"]) == (name, unit)

    person.slept = [Sleep("night", bed, up - HOUR, is_main=True, is_edited=True, updated=NOW_S), nap]
    await poll(home, clock, minutes=30)
    await poll(home, clock)
    assert await values(home, entry, "sleeping_heart_rate") == {MIDNIGHT: 50}
    assert await values(home, entry, "time_asleep") == {MIDNIGHT: 7 * 60}

    person.slept = [nap]
    told.clear()
    removals = await in_archive(home, entry, "recall", REMOVALS)
    await poll(home, clock, minutes=30)
    await poll(home, clock)
    await written(home)
    assert await in_archive(home, entry, "recall", REMOVALS) == removals
    assert {name for name, _ in told} <= {"Sam Sample heart rate"}
    assert await values(home, entry, "sleeping_heart_rate") == {}
    assert await values(home, entry, "time_asleep") == {}


async def test_the_newest_word_on_a_day_counts(
    home: HomeAssistant, account: MockConfigEntry, told: list[tuple[str, list[int]]]
) -> None:
    day = TODAY - timedelta(days=5)
    for bpm in (60, 62):
        await store_day(home, account, DaySummary(day, RestingHeartRate(day, bpm)))
        await reload(home, account)
    assert await values(home, account, "resting_heart_rate") == {MIDNIGHT - 5 * DAY: 62, MIDNIGHT: 55}


async def test_a_day_without_measurement_is_none(
    recorder_mock: Recorder,
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    """Nor is a zone whose minutes nobody knows."""
    person.zones, person.resting, person.readings = {TODAY: {}}, {}, []
    await set_up(entry)
    await written(home)
    assert [await recorded(home, entry, key) for key in EVERYTHING] == [[]] * len(EVERYTHING)
    assert DOMAIN not in {one["source"] for one in await async_list_statistic_ids(home)}

    zones = (Zone("light"), Zone("peak", minutes=3), Zone("peak", minutes=9, custom=True))
    await store_day(home, entry, DaySummary(TODAY - timedelta(days=1), zones=zones))
    await reload(home, entry)
    assert [await values(home, entry, key) for key in ZONES] == [{}, {}, {}, {MIDNIGHT - DAY: 3}]


async def test_a_day_that_begins_at_half_past(
    recorder_mock: Recorder,
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    """Its first full hour is within it, so that Home Assistant, by its own days, shows it as that day."""
    # Home Assistant, which got it from YAML, may have been the first to ask for the zone.
    ZoneInfo.clear_cache(only_keys=["Asia/Kolkata"])
    ZoneInfo(NodeStrClass("Asia/Kolkata"))
    await home.config.async_set_time_zone("Asia/Kolkata")
    clock.move_to(datetime(2026, 11, 21, 12, tzinfo=UTC))
    person.time_zone = "Asia/Kolkata"
    await set_up(entry)
    await written(home)
    day = (at("00:00:00") - 5.5 * HOUR, 55, 55, 55)
    assert await recorded(home, entry, "resting_heart_rate") == [(day[0] + HOUR / 2, 55, 55, 55)]
    assert await recorded(home, entry, "resting_heart_rate", "day") == [day]
    assert await recorded(home, entry, "zone_vigorous", "day") == [(day[0], 2.5, 2.5, 2.5)]
    assert await in_archive(home, entry, "recall", PROGRESS)


async def test_moving_to_another_time_zone(
    home: HomeAssistant, account: MockConfigEntry, person: Recording, clock: FrozenDateTimeFactory
) -> None:
    """A day stays where it was lived; the days to come begin at the new midnight."""
    yesterday = RestingHeartRate(TODAY - timedelta(days=1), 50)
    await store_day(home, account, DaySummary(TODAY - timedelta(days=1), yesterday))
    await reload(home, account)
    before = await recorded(home, account)
    assert list(await values(home, account, "resting_heart_rate")) == [MIDNIGHT - DAY, MIDNIGHT]
    person.time_zone = "America/New_York"
    await poll(home, clock, days=1)
    await poll(home, clock)
    assert await values(home, account, "resting_heart_rate") == {MIDNIGHT - DAY: 50, MIDNIGHT: 55}
    person.resting[TODAY + timedelta(days=1)] = 57
    await poll(home, clock, hours=2)
    there = MIDNIGHT + DAY + 6 * HOUR
    assert await values(home, account, "resting_heart_rate") == {MIDNIGHT - DAY: 50, MIDNIGHT: 55, there: 57}
    assert await recorded(home, account) == before


# When the recorder or the archive fails


@pytest.mark.parametrize("noted", [True, False])
async def test_a_crash_that_lost_the_hand_over(
    home: HomeAssistant, account: MockConfigEntry, recorder_mock: Recorder, noted: bool
) -> None:
    """Whatever the archive notes, all of it comes back."""
    old = [(NOW_S - 20 * DAY, 60)]
    recent = [(NOW_S - 13 * DAY, 70)]
    await in_archive(home, account, "store", old + recent, NOW_S)
    await reload(home, account)
    everything = {key: await recorded(home, account, key) for key in EVERYTHING}
    assert everything["heart_rate"] == hours(account)

    recorder_mock.async_clear_statistics(ids(account))
    if not noted:
        await in_archive(home, account, "remember", PROGRESS, None)
    await reload(home, account)
    assert {key: await recorded(home, account, key) for key in EVERYTHING} == everything


async def test_a_new_recorder_database_gets_all_of_it(
    home: HomeAssistant, account: MockConfigEntry, recorder_mock: Recorder
) -> None:
    """Though an older release has handed over the last weeks since."""
    old = [(NOW_S - 200 * DAY + hour * HOUR, 60) for hour in range(50)]
    await in_archive(home, account, "store", old, NOW_S)
    await reload(home, account)
    everything = await recorded(home, account)
    assert len(everything) > 50
    last = statistics.metadata(account, statistics.HOURLY)
    recorder_mock.async_clear_statistics([last["statistic_id"]])
    rows = [StatisticData(start=utc(everything[-1][0]), mean=1)]
    async_add_external_statistics(home, last, rows)
    await written(home)
    await reload(home, account)
    assert await recorded(home, account) == everything


async def test_a_gap_in_the_middle_is_filled(
    home: HomeAssistant, account: MockConfigEntry, recorder_mock: Recorder, told: list[tuple[str, list[int]]]
) -> None:
    """Of hours and of days, with what the recorder lacks and no more, though the archive had noted it."""
    everything = await with_a_past(home, account)
    told.clear()
    lost = (LONG_AGO + 20 * HOUR, LONG_AGO + 30 * HOUR)
    await forget(home, *lost)
    assert await everything_recorded(home, account) != everything
    await reload(home, account)
    assert await everything_recorded(home, account) == everything
    first_hour = int(midnight(TODAY - timedelta(days=799), ZoneInfo("Europe/Berlin")))
    assert told == [
        ("Sam Sample heart rate", [*range(*lost, HOUR)]),
        ("Sam Sample resting heart rate", [first_hour]),
        ("Sam Sample peak zone", [first_hour]),
        *[(f"Sam Sample {value.name}", [first_hour]) for value in statistics.VALUES.values()],
    ]


async def test_a_row_that_is_not_the_archives(
    home: HomeAssistant, account: MockConfigEntry, told: list[tuple[str, list[int]]]
) -> None:
    """The recorder's database is an older copy, say: its row of an hour has been corrected since."""
    everything = await with_a_past(home, account)
    row = StatisticData(start=utc(LONG_AGO), mean=61.5, min=60, max=61)
    async_add_external_statistics(home, statistics.metadata(account, statistics.HOURLY), [row])
    await written(home)
    assert await everything_recorded(home, account) != everything
    told.clear()
    await reload(home, account)
    assert await everything_recorded(home, account) == everything
    assert told == [("Sam Sample heart rate", [LONG_AGO])]


async def test_what_waits_to_be_written_is_not_lacking(
    home: HomeAssistant, account: MockConfigEntry, recorder_mock: Recorder, told: list[tuple[str, list[int]]]
) -> None:
    with busy(recorder_mock):
        await in_archive(home, account, "store", [(LONG_AGO, 60)], NOW_S)
        await account.runtime_data.coordinator.async_archive_changed()
        await until(lambda: told)
        await home.config_entries.async_reload(account.entry_id)
    await written(home)
    assert told == [("Sam Sample heart rate", [LONG_AGO])]
    assert await recorded(home, account) == hours(account)


# The action


async def test_the_action_fills_a_gap(
    home: HomeAssistant, account: MockConfigEntry, recorder_mock: Recorder, told: list[tuple[str, list[int]]]
) -> None:
    """Without a restart, and once all is written it says how much that was."""
    everything = await with_a_past(home, account)
    told.clear()
    assert await rebuild(home, account) == {"hours": 0, "days": 0}
    assert told == []
    await forget(home, LONG_AGO + 20 * HOUR, LONG_AGO + 30 * HOUR)
    assert await rebuild(home, account) == {"hours": 10, "days": 1}
    assert await everything_recorded(home, account) == everything


async def test_the_action_fills_a_new_database(
    home: HomeAssistant, account: MockConfigEntry, recorder_mock: Recorder
) -> None:
    everything = await with_a_past(home, account)
    recorder_mock.async_clear_statistics(ids(account))
    assert await rebuild(home, account) == {"hours": 49, "days": 3}
    assert await everything_recorded(home, account) == everything


async def test_the_action_during_a_hand_over(
    home: HomeAssistant, account: MockConfigEntry, recorder_mock: Recorder, told: list[tuple[str, list[int]]]
) -> None:
    """Waits for it, and finds nothing missing."""
    with busy(recorder_mock):
        await in_archive(home, account, "store", [(LONG_AGO, 60)], NOW_S)
        await account.runtime_data.coordinator.async_archive_changed()
        await until(lambda: told)
        action = home.async_create_task(rebuild(home, account))
        await until(lambda: hand_overs(home) == 2)
    assert await action == {"hours": 0, "days": 0}
    assert await recorded(home, account) == hours(account)


@pytest.mark.parametrize("disturbance", ["an hour passes", "the account is unloaded"])
async def test_the_action_that_cannot_finish(
    home: HomeAssistant,
    account: MockConfigEntry,
    recorder_mock: Recorder,
    clock: FrozenDateTimeFactory,
    disturbance: str,
) -> None:
    with busy(recorder_mock):
        action = home.async_create_task(rebuild(home, account))
        for _ in range(50):
            await home.async_add_executor_job(str)
        assert hand_overs(home) == 1
        if disturbance == "an hour passes":
            clock.tick(timedelta(minutes=61))
        else:
            await home.config_entries.async_unload(account.entry_id)
        with pytest.raises(HomeAssistantError) as raised:
            await action
    assert raised.value.translation_key == "statistics_not_written"


async def test_the_action_with_an_archive_that_cannot_be_used(
    home: HomeAssistant, account: MockConfigEntry
) -> None:
    await in_archive(home, account, "close")
    with pytest.raises(HomeAssistantError) as raised:
        await rebuild(home, account)
    assert raised.value.translation_key == "archive_not_usable_now"


# When the recorder is late


async def test_nothing_is_noted_before_it_is_written(
    home: HomeAssistant,
    account: MockConfigEntry,
    recorder_mock: Recorder,
    told: list[tuple[str, list[int]]],
) -> None:
    """And there is one hand-over at a time, however much happens meanwhile."""
    before = await in_archive(home, account, "recall", PROGRESS)
    coordinator = account.runtime_data.coordinator
    with busy(recorder_mock):
        for bpm in (60, 70, 80):
            await in_archive(home, account, "store", [(LONG_AGO + bpm * HOUR, bpm)], NOW_S)
            await coordinator.async_archive_changed()
            await until(lambda: told)
        assert hand_overs(home) == len(told) == 1
        assert await in_archive(home, account, "recall", PROGRESS) == before
        await home.config_entries.async_unload(account.entry_id)
    await home.config_entries.async_setup(account.entry_id)
    await written(home)
    assert await recorded(home, account) == hours(account)
    assert len(hours(account)) == 4
    assert await in_archive(home, account, "recall", PROGRESS) != before


async def test_a_recorder_that_takes_too_long(
    home: HomeAssistant,
    account: MockConfigEntry,
    recorder_mock: Recorder,
    told: list[tuple[str, list[int]]],
    clock: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The poll goes on, and the next one that brings something tries again."""
    await in_archive(home, account, "store", [(LONG_AGO, 60)], NOW_S)
    with busy(recorder_mock):
        await account.runtime_data.coordinator.async_archive_changed()
        await until(lambda: told)
        await advance(home, clock, minutes=61)
        await until(lambda: "the recorder has not written statistics for an hour" in caplog.text)
        assert account.runtime_data.coordinator.last_update_success
    await poll(home, clock)
    assert await recorded(home, account) == hours(account)


async def test_an_archive_that_cannot_be_used(
    home: HomeAssistant, account: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "custom_components.fitbit_cardiogram")
    await in_archive(home, account, "close")
    account.runtime_data.coordinator.async_update_listeners()
    await written(home)
    assert "no statistics, the archive cannot be used: closed" in caplog.text


async def test_an_archive_that_was_replaced(
    home: HomeAssistant, account: MockConfigEntry, archives: Path, person: Recording
) -> None:
    """What only the recorder still knows stays there."""
    old = [(LONG_AGO, 60)]
    await in_archive(home, account, "store", old, NOW_S)
    await reload(home, account)
    await home.config_entries.async_unload(account.entry_id)
    (archives / f"{account.entry_id}.db").unlink()
    await home.config_entries.async_setup(account.entry_id)
    await settle(home)
    await written(home)
    assert hours(account) == recount(person.samples(0, NOW_S, 0))
    assert await recorded(home, account) == recount(old) + hours(account)


# Removing


async def test_what_is_purged_leaves_the_statistics(home: HomeAssistant, account: MockConfigEntry) -> None:
    """A whole hour, an hour in part, and in the end all of it."""
    start = at("00:00:00") - 10 * DAY
    history = [(start + hour * HOUR + part, 60 + hour) for hour in range(48) for part in (100, 3500)]
    await in_archive(home, account, "store", history, NOW_S)
    for back in (9, 10):
        day = TODAY - timedelta(days=back)
        await store_day(home, account, DaySummary(day, RestingHeartRate(day, 50)))
    await reload(home, account)
    assert await recorded(home, account) == hours(account)
    resting = {MIDNIGHT - 10 * DAY: 50, MIDNIGHT - 9 * DAY: 50, MIDNIGHT: 55}
    assert await values(home, account, "resting_heart_rate") == resting

    first = datetime.fromtimestamp(start + 10 * HOUR, UTC)
    await purge(home, account, start=first, end=first + timedelta(minutes=90))
    await written(home)
    left = [one for one in history if not 10 * HOUR <= one[0] - start < 11.5 * HOUR]
    assert (await recorded(home, account))[:-1] == recount(left)
    assert await recorded(home, account) == hours(account)
    del resting[MIDNIGHT - 10 * DAY]
    assert await values(home, account, "resting_heart_rate") == resting

    await purge(home, account)
    await written(home)
    assert [await recorded(home, account, key) for key in EVERYTHING] == [[]] * len(EVERYTHING)


async def test_a_purge_that_the_recorder_did_not_hear_of(
    home: HomeAssistant, account: MockConfigEntry, recorder_mock: Recorder
) -> None:
    """Home Assistant crashed before it could tell."""
    await in_archive(home, account, "store", [(LONG_AGO, 60), (LONG_AGO + HOUR, 70)], NOW_S)
    await reload(home, account)
    assert len(await recorded(home, account)) == 3
    await in_archive(home, account, "purge", LONG_AGO, LONG_AGO + 60, (date.min, date.min), NOW_S)
    await reload(home, account)
    assert await recorded(home, account) == hours(account)
    assert len(hours(account)) == 2


async def test_what_is_purged_is_not_noted_before_it_is_cleared(
    home: HomeAssistant, account: MockConfigEntry, recorder_mock: Recorder
) -> None:
    before = await in_archive(home, account, "recall", PROGRESS)
    with busy(recorder_mock):
        await purge(home, account)
        for _ in range(50):
            await home.async_add_executor_job(str)
        assert hand_overs(home) == 1
        assert await in_archive(home, account, "recall", PROGRESS) == before
    await written(home)
    assert await recorded(home, account) == []
    assert await in_archive(home, account, "recall", PROGRESS) != before


async def test_a_purge_during_a_hand_over(
    home: HomeAssistant,
    account: MockConfigEntry,
    recorder_mock: Recorder,
    told: list[tuple[str, list[int]]],
) -> None:
    """Purge between two readings of the archive."""
    with busy(recorder_mock):
        await in_archive(home, account, "store", [(LONG_AGO + hour * HOUR, 60) for hour in range(9)], NOW_S)
        await account.runtime_data.coordinator.async_archive_changed()
        await until(lambda: told)
        for hour in (2, 7):
            start = datetime.fromtimestamp(LONG_AGO + hour * HOUR, UTC)
            await purge(home, account, start=start, end=start + timedelta(hours=1))
    await written(home)
    assert await recorded(home, account) == hours(account)
    assert len(hours(account)) == 8


@pytest.mark.parametrize("disabled_by", [None, ConfigEntryDisabler.USER])
async def test_two_accounts_and_the_removal_of_one(
    home: HomeAssistant,
    account: MockConfigEntry,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    disabled_by: ConfigEntryDisabler | None,
) -> None:
    """The recorder's list has nothing of it any more, nor of its entities; so it is with a destination."""
    robin = Recording(name="Robin", health_user_id="2", readings=[(NOW_S - 30, 150)])
    google.people.append(robin)
    other = await set_up(account_entry(google, person=robin, subentries_data=[destination(cardiogram)]))
    await written(home)
    assert await recorded(home, other) == [(at("21:00:00"), 150, 150, 150)]
    before = await recorded(home, account)
    assert before == hours(account)
    await async_wait_recording_done(home)
    do_adhoc_statistics(home, start=NOW - timedelta(minutes=5))
    await async_wait_recording_done(home)
    assert {"sensor.robin_archive_size", "sensor.cardiogram_pending_beats"} <= await listed(home)

    home.config_entries.async_remove_subentry(other, SUBENTRY_ID)
    await settle(home)
    await async_wait_recording_done(home)
    left = await listed(home)
    assert "sensor.robin_archive_size" in left
    assert not [name for name in left if name.startswith("sensor.cardiogram_")]

    await home.config_entries.async_set_disabled_by(other.entry_id, disabled_by)
    await home.config_entries.async_remove(other.entry_id)
    await async_wait_recording_done(home)
    assert {name.split("_")[0] for name in await listed(home) if name.startswith("sensor.")} == {"sensor.sam"}
    assert await recorded(home, account) == before
    statistics = await async_list_statistic_ids(home)
    assert len([one for one in statistics if one["source"] == DOMAIN]) == len(BY_DAY)


async def test_the_removed_account_can_leave_its_statistics(
    home: HomeAssistant, account: MockConfigEntry
) -> None:
    """If a person has chosen so before."""
    home.config_entries.async_update_entry(account, options={CONF_KEEP_STATISTICS: True})
    await written(home)
    before = await recorded(home, account)
    assert before
    await home.config_entries.async_remove(account.entry_id)
    await async_wait_recording_done(home)
    assert await recorded(home, account) == before


async def test_without_a_recorder(
    home: HomeAssistant,
    cardiogram: CardiogramSimulator,
    google: GoogleSimulator,
    person: Recording,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """All the rest works; a recorder that is there later gets everything, and hears of what was removed."""
    entry = await set_up(account_entry(google, subentries_data=[destination(cardiogram)]))
    person.readings.append((NOW_S + 60, 90))
    person.synced_at = None
    await advance(home, clock, minutes=5)
    assert state_of(home, "sensor.sam_sample_heart_rate").state == "90"
    assert "recorder" not in home.config.components
    assert hand_overs(home) == 0

    await async_pre_backup(home)
    await async_post_backup(home)
    reached = [value for value in (await async_info(home)).values() if isawaitable(value)]
    assert await asyncio.gather(*reached) == ["ok"] * 3
    client = await hass_ws_client()
    asked = {"entry_id": entry.entry_id, "start": NOW_S - HOUR, "end": NOW_S + HOUR}
    await client.send_json_auto_id({"type": f"{DOMAIN}/heart_rate", **asked})
    assert (await client.receive_json())["success"]
    with pytest.raises(ServiceValidationError) as raised:
        await rebuild(home, entry)
    assert raised.value.translation_key == "recorder_missing"

    await purge(home, entry)
    assert await in_archive(home, entry, "recall", PROGRESS) is None
    assert await in_archive(home, entry, "recall", REMOVALS) == 1
    assert await home.config_entries.async_reload(entry.entry_id)
    await settle(home)
    assert await home.config_entries.async_remove(entry.entry_id)
