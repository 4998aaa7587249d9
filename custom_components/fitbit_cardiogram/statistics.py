"""Long-term statistics: the heart rate by the hour and the daily values, each at its true time.

The recorder's rows are a view of the archive. A value replaces the one of its hour, so handing over the same
twice does no harm. The archive notes the recorder's progress once the recorder has written it. In case it
lost something all the same, each set-up begins two weeks back, and from the beginning where the recorder no
longer has the oldest or the newest row of a statistic.
"""

import asyncio
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import batched
import logging
from sqlite3 import Connection
import time
from typing import Final
from zoneinfo import ZoneInfo

from homeassistant.components.recorder.const import DOMAIN as RECORDER
from homeassistant.components.recorder.models import StatisticData, StatisticMeanType, StatisticMetaData
from homeassistant.components.recorder.statistics import (
    async_add_external_statistics,
    statistics_during_period,
)
from homeassistant.const import UnitOfTime
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.recorder import get_instance
from homeassistant.util.unit_conversion import DurationConverter

from .archive.database import ArchiveError
from .archive.days import DAYS_VERSION, Lived, since as days_since
from .archive.facts import Fact
from .archive.history import hour_edges, hours_since
from .archive.samples import REMOVALS, VERSION
from .const import BPM, DOMAIN
from .coordinator import AccountConfigEntry
from .heart_rate.clock import DAY, HOUR, civil_day, midnight, utc
from .heart_rate.day import ZoneName
from .run_again import RunAgain

_LOGGER = logging.getLogger(__name__)

# Seconds that are handed over again at each set-up.
AGAIN: Final = 14 * DAY
# The recorder gets so many rows at once, and its other work comes in between.
CHUNK: Final = 1000
# While the recorder brings its database up to date, it writes nothing for a long while.
PATIENCE: Final = 60 * 60.0


@dataclass(frozen=True, slots=True)
class Statistic:
    """One statistic of an account: the end of its id, its name and its unit."""

    key: str
    name: str
    unit: str = BPM
    unit_class: str | None = None


HOURLY: Final = Statistic("heart_rate", "heart rate")
RESTING: Final = Statistic("resting_heart_rate", "resting heart rate")
ZONES: Final = {
    name: Statistic(f"zone_{name}", f"{name} zone", UnitOfTime.MINUTES, DurationConverter.UNIT_CLASS)
    for name in ZoneName
}
DAILY: Final = (RESTING, *ZONES.values())
STATISTICS: Final = (HOURLY, *DAILY)

type Values = dict[Statistic, list[StatisticData]]
type Edges = dict[Statistic, tuple[datetime, ...]]
"""Of each statistic the times of its oldest and its newest row."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The recorder's progress: versions of hours and days, and number of removals."""

    version: int = -1
    days_version: int = -1
    removals: int = 0


# The recorder's progress, once it has written it.
PROGRESS: Final = Fact("statistics", Progress)


@dataclass(frozen=True, slots=True)
class HandOver:
    """A hand-over: the statistics that are cleared first, the values, and the progress after them."""

    cleared: tuple[Statistic, ...]
    values: Values
    progress: Progress


@callback
def async_keep_statistics(hass: HomeAssistant, entry: AccountConfigEntry) -> None:
    """Keep the recorder, if there is one, up to date with an account's archive, as long as that is loaded."""
    if RECORDER not in hass.config.components:
        return
    statistics = Statistics(hass, entry)
    coordinator = entry.runtime_data.coordinator
    entry.async_on_unload(coordinator.async_add_listener(statistics.async_hand_over))
    statistics.async_hand_over()


@callback
def async_forget_statistics(hass: HomeAssistant, entry: AccountConfigEntry) -> None:
    """Remove the statistics of an account from the recorder."""
    if RECORDER in hass.config.components:
        get_instance(hass).async_clear_statistics(_ids(entry, STATISTICS))


class Statistics:
    """Hands an account's hours and days over to the recorder, one hand-over at a time."""

    def __init__(self, hass: HomeAssistant, entry: AccountConfigEntry) -> None:
        self._hass = hass
        self._entry = entry
        self._archive = entry.runtime_data.archive
        keep = entry.runtime_data.coordinator.supervisor.keep
        self._handing_over = RunAgain(lambda: keep("statistics", self._async_try), self._start)
        self._is_first = True
        self._is_rebuilding = False

    @callback
    def async_hand_over(self) -> None:
        """Hand over new values, as soon as the hand-over under way has ended."""
        self._handing_over.want()

    @callback
    def async_rebuild(self) -> None:
        """Hand over everything that the archive holds, whatever the recorder had before."""
        self._is_rebuilding = True
        self._handing_over.want()

    def _start(self, hand_over: Coroutine[None, None, None]) -> asyncio.Task[None]:
        return self._entry.async_create_background_task(self._hass, hand_over, "statistics")

    async def _async_try(self) -> None:
        """Hand over new values; after a failure they are handed over with the next poll."""
        try:
            await self._async_hand_over()
        except TimeoutError:
            _LOGGER.warning("%s: the recorder has not written statistics for an hour", self._entry.title)
        except ArchiveError as error:
            # The poll reports trouble with the archive.
            _LOGGER.debug("%s: no statistics, the archive cannot be used: %s", self._entry.title, error)

    async def _async_hand_over(self) -> None:
        zone = self._entry.runtime_data.coordinator.data.time_zone
        if self._is_first and not self._is_rebuilding:
            edges = await self._hass.async_add_executor_job(self._read_edges, zone)
            recorder = get_instance(self._hass)
            self._is_rebuilding = await recorder.async_add_executor_job(self._lacks_any, edges)
        is_rebuilding, self._is_rebuilding = self._is_rebuilding, False
        try:
            found = await self._hass.async_add_executor_job(self._read, zone, int(time.time()), is_rebuilding)
            if found.cleared:
                get_instance(self._hass).async_clear_statistics(_ids(self._entry, found.cleared))
                await self._async_written()
            await self._async_import(found.values)
            await self._hass.async_add_executor_job(self._archive.remember, PROGRESS, found.progress)
        except BaseException:
            self._is_rebuilding |= is_rebuilding
            raise
        self._is_first = False

    async def _async_import(self, values: Values) -> None:
        """Give values to the recorder and wait until it has written them. Raises TimeoutError."""
        for statistic, series in values.items():
            for chunk in batched(series, CHUNK, strict=False):
                async_add_external_statistics(self._hass, metadata(self._entry, statistic), chunk)
                await self._async_written()

    async def _async_written(self) -> None:
        """Wait until the recorder has worked off its queue. Raises TimeoutError."""
        written = asyncio.Event()

        def note() -> None:
            self._hass.loop.call_soon_threadsafe(written.set)

        # The recorder works in order, and reports when it has cleared statistics, even an empty list of them.
        get_instance(self._hass).async_clear_statistics([], on_done=note)
        async with asyncio.timeout(PATIENCE):
            await written.wait()

    def _read_edges(self, zone: tzinfo) -> Edges:
        """Return the edges of the values that the recorder has written, by the archive."""
        with self._archive.reading() as connection:
            known = PROGRESS.get(connection)
            if known is None or known.removals != REMOVALS.number(connection):
                return {}
            hours = [utc(hour) for hour in hour_edges(connection, known.version)]
            written = [day for day in days_since(connection, -1) if day.version <= known.days_version]
        days = _by_day(written, zone).items()
        edges = {statistic: [row["start"] for row in series] for statistic, series in days}
        return {
            statistic: (min(times), max(times))
            for statistic, times in ({HOURLY: hours} | edges).items()
            if times
        }

    def _lacks_any(self, edges: Edges) -> bool:
        """Return whether the recorder lacks any of these rows; blocks on its database."""
        for statistic, times in edges.items():
            (statistic_id,) = _ids(self._entry, [statistic])
            for start in times:
                end = start + timedelta(hours=1)
                if not statistics_during_period(
                    self._hass, start, end, {statistic_id}, "hour", None, {"mean"}
                ):
                    return True
        return False

    def _read(self, zone: tzinfo, now: int, is_rebuilding: bool) -> HandOver:
        """Read the values that the recorder does not have yet, and at set-up those of the last weeks.

        The recorder can clear a statistic as a whole only: after a removal from the archive it is cleared and
        handed over from the beginning.
        """
        with self._archive.reading() as connection:
            return self._hand_over(connection, zone, now, is_rebuilding)

    def _hand_over(self, connection: Connection, zone: tzinfo, now: int, is_rebuilding: bool) -> HandOver:
        known = PROGRESS.get(connection) or Progress()
        progress = Progress(
            version=VERSION.number(connection),
            days_version=DAYS_VERSION.number(connection),
            removals=REMOVALS.number(connection),
        )
        cleared = STATISTICS if progress.removals != known.removals else ()
        if cleared or is_rebuilding:
            known = Progress()
        again = now - AGAIN if self._is_first else None
        hours = hours_since(connection, known.version, again)
        first = None if again is None else civil_day(again, zone)
        days = days_since(connection, known.days_version, first)
        by_hour = {HOURLY: [_row(utc(hour.time), hour.mean, hour.min, hour.max) for hour in hours]}
        return HandOver(cleared, by_hour | _by_day(days, zone), progress)


def _by_day(days: Iterable[Lived], fallback: tzinfo) -> Values:
    """Return the values of days by statistic, each in the time zone in which its day was lived.

    `fallback` is the zone of days whose own one is not known.
    """
    values: dict[Statistic, dict[datetime, float]] = {statistic: {} for statistic in DAILY}
    for day in days:
        zone, summary = _zone(day.zone) or fallback, day.summary
        if summary.resting:
            values[RESTING][_first_hour(summary.resting.day, zone)] = summary.resting.bpm
        for name, statistic in ZONES.items():
            if (reached := summary.zone(name)) and reached.minutes is not None:
                values[statistic][_first_hour(summary.day, zone)] = reached.minutes
    return {
        statistic: [_row(start, value, value, value) for start, value in series.items()]
        for statistic, series in values.items()
    }


def _zone(name: str | None) -> tzinfo | None:
    """Return the time zone of a name, or None for an unknown one."""
    try:
        return ZoneInfo(name) if name else None
    except KeyError, OSError, ValueError:
        return None


def _first_hour(day: date, zone: tzinfo) -> datetime:
    """Return the first full hour of a civil day, by the hours of UTC, which are the recorder's."""
    return utc(-(-midnight(day, zone) // HOUR) * HOUR)


def _row(start: datetime, mean: float, lowest: float, highest: float) -> StatisticData:
    return StatisticData(start=start, mean=mean, min=lowest, max=highest)


def _ids(entry: AccountConfigEntry, statistics: Iterable[Statistic]) -> list[str]:
    return [f"{DOMAIN}:{entry.entry_id.lower()}_{statistic.key}" for statistic in statistics]


def metadata(entry: AccountConfigEntry, statistic: Statistic) -> StatisticMetaData:
    """Return the description of a statistic that the recorder keeps."""
    (statistic_id,) = _ids(entry, [statistic])
    return StatisticMetaData(
        mean_type=StatisticMeanType.ARITHMETIC,
        has_sum=False,
        name=f"{entry.title} {statistic.name}",
        source=DOMAIN,
        statistic_id=statistic_id,
        unit_class=statistic.unit_class,
        unit_of_measurement=statistic.unit,
    )
