"""Long-term statistics: those of the recorder beside those of the archive."""

from datetime import UTC, datetime
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done

from custom_components.fitbit_cardiogram.const import DOMAIN
from custom_components.fitbit_cardiogram.heart_rate.clock import HOUR
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from tests.helpers.home import advance, background

type Row = tuple[int, float, float, float]
"""The start of an hour, and the mean, lowest and highest value."""


def hand_overs(home: HomeAssistant) -> int:
    """Count the hand-overs under way."""
    # The name of a call of the action contains the word, too.
    return sum(task.get_name() == "statistics" for task in background("statistics"))


async def written(home: HomeAssistant) -> None:
    """Wait until the recorder has written what it is to be told."""
    await async_wait_recording_done(home)
    while hand_overs(home):
        await async_wait_recording_done(home)


async def poll(home: HomeAssistant, clock: FrozenDateTimeFactory, **delta: float) -> None:
    """Let time pass, with the polls that fall due, and wait for the statistics."""
    await advance(home, clock, **(delta or {"minutes": 5}))
    await written(home)


async def recorded(
    home: HomeAssistant, entry: MockConfigEntry, key: str = "heart_rate", period: Any = "hour"
) -> list[Row]:
    """Return the recorder's rows of a statistic."""
    statistic_id = f"{DOMAIN}:{entry.entry_id.lower()}_{key}"
    types: Any = {"mean", "min", "max"}
    found = await home.data["recorder_instance"].async_add_executor_job(
        statistics_during_period,
        home,
        datetime.fromtimestamp(0, UTC),
        None,
        {statistic_id},
        period,
        None,
        types,
    )
    return [(int(row["start"]), row["mean"], row["min"], row["max"]) for row in found.get(statistic_id, [])]


async def values(home: HomeAssistant, entry: MockConfigEntry, key: str) -> dict[int, float]:
    """Return the recorder's values of a daily statistic, whose three values are one."""
    rows = await recorded(home, entry, key)
    assert all(mean == lowest == highest for _, mean, lowest, highest in rows)
    return {start: mean for start, mean, _, _ in rows}


def hours(entry: MockConfigEntry) -> list[Row]:
    """Return the archive's hours."""
    with entry.runtime_data.archive.writing() as connection:
        found = connection.execute("SELECT hour, sum, count, min, max FROM hours ORDER BY hour").fetchall()
    return [(hour, total / count, lowest, highest) for hour, total, count, lowest, highest in found]


def recount(samples: list[Sample]) -> list[Row]:
    """Return the hours that samples make."""
    by_hour: dict[int, list[int]] = {}
    for moment, bpm in samples:
        by_hour.setdefault(moment // HOUR * HOUR, []).append(bpm)
    return [(hour, sum(bpm) / len(bpm), min(bpm), max(bpm)) for hour, bpm in sorted(by_hour.items())]
