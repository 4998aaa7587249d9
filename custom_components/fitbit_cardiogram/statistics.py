"""Long-term statistics: the heart rate by the hour and the daily values, each at its true time.

The recorder's rows are a view of the archive. A value replaces the one of its hour, so handing over the same
twice does no harm. After each poll the recorder gets what is new; the archive notes its progress once the
recorder has written it. In case the recorder lost something all the same, each set-up, and an action, compare
all that the archive holds with what the recorder has, and hand over what is missing or different.
"""

import asyncio
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from itertools import batched
import logging
from typing import Final
from zoneinfo import ZoneInfo

from homeassistant.components.recorder.const import DOMAIN as RECORDER
from homeassistant.components.recorder.models import StatisticData, StatisticMeanType, StatisticMetaData
from homeassistant.components.recorder.statistics import (
    async_add_external_statistics,
    async_list_statistic_ids,
    statistics_during_period,
)
from homeassistant.config_entries import SIGNAL_CONFIG_ENTRY_CHANGED, ConfigEntry, ConfigEntryChange
from homeassistant.const import PERCENTAGE, UnitOfTemperature, UnitOfTime
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.recorder import get_instance
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.unit_conversion import DurationConverter, TemperatureDeltaConverter

from .archive.daily_values import (
    DAILY_VERSION,
    VALUE_REMOVALS,
    DailyValue,
    since as daily_values_since,
)
from .archive.database import ArchiveError
from .archive.days import DAYS_VERSION, Lived, since as days_since
from .archive.facts import Fact
from .archive.history import hours_since
from .archive.samples import REMOVALS, VERSION
from .const import BPM, DOMAIN, OXYGEN_UPTAKE
from .coordinator import AccountConfigEntry
from .heart_rate import daily
from .heart_rate.clock import HOUR, midnight, utc
from .heart_rate.day import ZoneName
from .run_again import RunAgain
from .sources.poll import TIME_ZONE_NAME

_LOGGER = logging.getLogger(__name__)

# So many rows are compared and handed over at once, and the recorder's other work comes in between.
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
RESTING: Final = Statistic(daily.RESTING_HEART_RATE, "resting heart rate")
ZONES: Final = {
    name: Statistic(f"zone_{name}", f"{name} zone", UnitOfTime.MINUTES, DurationConverter.UNIT_CLASS)
    for name in ZoneName
}
# By the key of their kind of daily value.
VALUES: Final = {
    kind.key: Statistic(kind.key, *described)
    for kind, *described in (
        (daily.ACTIVE_ZONE_MINUTES, "active zone minutes", UnitOfTime.MINUTES, DurationConverter.UNIT_CLASS),
        (
            daily.HEART_RATE_VARIABILITY,
            "heart rate variability",
            UnitOfTime.MILLISECONDS,
            DurationConverter.UNIT_CLASS,
        ),
        (daily.NON_REM_HEART_RATE, "non-REM heart rate", BPM),
        (daily.SLEEPING_HEART_RATE, "sleeping heart rate", BPM),
        (daily.TIME_ASLEEP, "time asleep", UnitOfTime.MINUTES, DurationConverter.UNIT_CLASS),
        (daily.BREATHING_RATE, "breathing rate", "breaths/min"),
        (daily.OXYGEN_SATURATION, "oxygen saturation", PERCENTAGE),
        # A difference: in °F it is not 32 more.
        (
            daily.SKIN_TEMPERATURE,
            "skin temperature deviation",
            UnitOfTemperature.CELSIUS,
            TemperatureDeltaConverter.UNIT_CLASS,
        ),
        (daily.CARDIO_FITNESS, "cardio fitness", OXYGEN_UPTAKE),
    )
}
DAILY: Final = (RESTING, *ZONES.values(), *VALUES.values())
STATISTICS: Final = (HOURLY, *DAILY)
# The archive removes a value of these together with the night that it was counted from.
OF_NIGHTS: Final = tuple(VALUES[kind.key] for kind in (daily.SLEEPING_HEART_RATE, daily.TIME_ASLEEP))

type Series = dict[Statistic, list[StatisticData]]
type Chunk = tuple[Statistic, Sequence[StatisticData]]
"""Rows of one statistic, in order of time."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The recorder's progress: versions of hours, days and daily values, and numbers of removals."""

    version: int = -1
    days_version: int = -1
    daily_version: int = -1
    removals: int = 0
    value_removals: int = 0


# The recorder's progress, once it has written it.
PROGRESS: Final = Fact("statistics", Progress)


@dataclass(slots=True)
class HandedOver:
    """What the recorder was given: hours, and the first hours of days."""

    hours: int = 0
    days: set[datetime] = field(default_factory=set)

    def note(self, statistic: Statistic, rows: Iterable[StatisticData]) -> None:
        """Count rows that the recorder has written."""
        starts = {row["start"] for row in rows}
        if statistic is HOURLY:
            self.hours += len(starts)
        else:
            self.days |= starts


_KEPT: Final[HassKey[dict[str, Statistics]]] = HassKey(f"{DOMAIN}_statistics")


@callback
def async_keep_statistics(hass: HomeAssistant, entry: AccountConfigEntry) -> None:
    """Keep the recorder, if there is one, up to date with an account's archive, as long as that is loaded."""
    if RECORDER not in hass.config.components:
        return
    kept = hass.data.setdefault(_KEPT, {})
    kept[entry.entry_id] = statistics = Statistics(hass, entry)

    @callback
    def async_drop() -> None:
        del kept[entry.entry_id]

    entry.async_on_unload(async_drop)
    coordinator = entry.runtime_data.coordinator
    entry.async_on_unload(coordinator.async_add_listener(statistics.async_hand_over))
    statistics.async_hand_over()


@callback
def async_get_statistics(hass: HomeAssistant, entry: AccountConfigEntry) -> Statistics | None:
    """Return the statistics of a loaded account, or None where there is no recorder."""
    return hass.data.get(_KEPT, {}).get(entry.entry_id)


@callback
def async_forget_statistics(hass: HomeAssistant, entry: AccountConfigEntry) -> None:
    """Remove the statistics of an account from the recorder, and those that it keeps of the entities."""
    if RECORDER in hass.config.components:
        entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
        ids = [*_ids(entry, STATISTICS), *(found.entity_id for found in entities)]
        get_instance(hass).async_clear_statistics(ids)


@callback
def async_follow_accounts(hass: HomeAssistant) -> None:
    """Name the statistics of accounts after their titles, and remove those of removed destinations' entities.

    As soon as an account changes, loaded or not.
    """
    titles = {entry.entry_id: entry.title for entry in hass.config_entries.async_entries(DOMAIN)}

    @callback
    def async_follow(change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain != DOMAIN or RECORDER not in hass.config.components:
            return
        before = titles.get(entry.entry_id)
        titles[entry.entry_id] = entry.title
        if change is ConfigEntryChange.UPDATED and before != entry.title:
            hass.async_create_background_task(_async_follow_title(hass, entry), "names of statistics")
        # The entities of a destination leave the registry a moment after it has left the account.
        if gone := [*_of_removed_destinations(hass, entry)]:
            get_instance(hass).async_clear_statistics(gone)

    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, async_follow)


def _of_removed_destinations(hass: HomeAssistant, entry: ConfigEntry) -> Iterator[str]:
    known = {None, *entry.subentries}
    for found in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        if found.config_subentry_id not in known:
            yield found.entity_id


async def _async_follow_title(hass: HomeAssistant, entry: AccountConfigEntry) -> None:
    """Name the statistics after the account; after a failure, the next set-up of the account does."""
    try:
        await _async_rename(hass, entry)
    except TimeoutError:
        _LOGGER.warning("%s: the recorder has not named statistics for an hour", entry.title)


async def _async_rename(hass: HomeAssistant, entry: AccountConfigEntry) -> None:
    """Name the statistics that the recorder has after the account. Raises TimeoutError."""
    await _async_written(hass)
    named = {one["statistic_id"]: one for one in (metadata(entry, each) for each in STATISTICS)}
    for found in await async_list_statistic_ids(hass, {*named}):
        wanted = named[found["statistic_id"]]
        if found["name"] != wanted["name"]:
            async_add_external_statistics(hass, wanted, [])


async def _async_written(hass: HomeAssistant) -> None:
    """Wait until the recorder has worked off its queue. Raises TimeoutError."""
    written = asyncio.Event()

    def note() -> None:
        hass.loop.call_soon_threadsafe(written.set)

    # The recorder works in order, and reports when it has cleared statistics, even an empty list of them.
    get_instance(hass).async_clear_statistics([], on_done=note)
    async with asyncio.timeout(PATIENCE):
        await written.wait()


class Statistics:
    """Hands an account's hours and days over to the recorder, one hand-over at a time."""

    def __init__(self, hass: HomeAssistant, entry: AccountConfigEntry) -> None:
        self._hass = hass
        self._entry = entry
        self._archive = entry.runtime_data.archive
        keep = entry.runtime_data.coordinator.supervisor.keep
        self._handing_over = RunAgain(lambda: keep("statistics", self._async_try), self._start)
        self._one_at_a_time = asyncio.Lock()
        self._is_first = True

    @callback
    def async_hand_over(self) -> None:
        """Hand over new values, as soon as the hand-over under way has ended."""
        self._handing_over.want()

    async def async_rebuild(self) -> HandedOver:
        """Hand over all that the recorder lacks or has otherwise than the archive; return what that was.

        Raises ArchiveError, and TimeoutError if the recorder took too long or the account was unloaded.
        """
        task = self._start(self._async_hand_over(compares=True))
        try:
            await asyncio.wait([task])
        finally:
            task.cancel()
        if task.cancelled():
            raise TimeoutError
        return task.result()

    def _start[T](self, hand_over: Coroutine[None, None, T]) -> asyncio.Task[T]:
        return self._entry.async_create_background_task(self._hass, hand_over, "statistics")

    async def _async_try(self) -> None:
        """Hand over new values; after a failure they are handed over with the next poll."""
        try:
            await self._async_hand_over(compares=self._is_first)
        except TimeoutError:
            _LOGGER.warning("%s: the recorder has not written statistics for an hour", self._entry.title)
        except ArchiveError as error:
            # The poll reports trouble with the archive.
            _LOGGER.debug("%s: no statistics, the archive cannot be used: %s", self._entry.title, error)

    async def _async_hand_over(self, *, compares: bool) -> HandedOver:
        """Hand over what is new, or compare everything. Raises ArchiveError and TimeoutError.

        The recorder can clear a statistic as a whole only: after a removal from the archive it is cleared and
        handed over from the beginning. A night that goes costs the statistics of nights only.
        """
        async with self._one_at_a_time:
            known, progress = await self._hass.async_add_executor_job(self._read_progress)
            since = Progress() if compares else known
            if known.removals != progress.removals:
                since, compares = Progress(), True
                self._clear(STATISTICS)
            elif known.value_removals != progress.value_removals:
                since, compares = replace(since, daily_version=Progress().daily_version), True
                self._clear(OF_NIGHTS)
            if compares:
                # Also waits until the recorder's database shows what it has been given before.
                await _async_rename(self._hass, self._entry)
            handed_over = await self._async_import(self._chunks(since), compares)
            await self._hass.async_add_executor_job(self._archive.remember, PROGRESS, progress)
            self._is_first = False
        return handed_over

    @callback
    def _clear(self, statistics: Iterable[Statistic]) -> None:
        get_instance(self._hass).async_clear_statistics(_ids(self._entry, statistics))

    async def _async_import(self, chunks: Iterator[Chunk], compares: bool) -> HandedOver:
        """Give rows to the recorder and wait until it has written them. Raises TimeoutError."""
        handed_over = HandedOver()
        while chunk := await self._hass.async_add_executor_job(next, chunks, None):
            statistic, rows = chunk
            if compares:
                rows = await get_instance(self._hass).async_add_executor_job(self._lacking, statistic, rows)
            if rows:
                async_add_external_statistics(self._hass, metadata(self._entry, statistic), rows)
                await _async_written(self._hass)
                handed_over.note(statistic, rows)
        return handed_over

    def _read_progress(self) -> tuple[Progress, Progress]:
        """Return the recorder's progress, and the one that it has after a hand-over that begins now."""
        with self._archive.reading() as connection:
            return PROGRESS.get(connection) or Progress(), Progress(
                version=VERSION.number(connection),
                days_version=DAYS_VERSION.number(connection),
                daily_version=DAILY_VERSION.number(connection),
                removals=REMOVALS.number(connection),
                value_removals=VALUE_REMOVALS.number(connection),
            )

    def _chunks(self, since: Progress) -> Iterator[Chunk]:
        """Yield the hours and days that are newer than a progress."""
        for page in hours_since(self._archive, since.version):
            for hours in batched(page, CHUNK, strict=False):
                yield HOURLY, [_row(utc(hour.time), hour.mean, hour.min, hour.max) for hour in hours]
        with self._archive.reading() as connection:
            days = days_since(connection, since.days_version)
            values = daily_values_since(connection, since.daily_version)
            # Newer than what the account shows, as the values may be.
            zone = _zone(TIME_ZONE_NAME.get(connection))
        zone = zone or self._entry.runtime_data.coordinator.data.time_zone
        for statistic, series in _by_day(days, values, zone).items():
            for rows in batched(series, CHUNK, strict=False):
                yield statistic, rows

    def _lacking(self, statistic: Statistic, rows: Sequence[StatisticData]) -> list[StatisticData]:
        """Return the rows that the recorder lacks or has otherwise; blocks on its database."""
        (statistic_id,) = _ids(self._entry, [statistic])
        start, end = rows[0]["start"], rows[-1]["start"] + timedelta(hours=1)
        found = statistics_during_period(
            self._hass, start, end, {statistic_id}, "hour", None, {"mean", "min", "max"}
        )
        has = {row["start"]: (row["mean"], row["min"], row["max"]) for row in found.get(statistic_id, ())}
        return [
            row for row in rows if has.get(row["start"].timestamp()) != (row["mean"], row["min"], row["max"])
        ]


def _by_day(days: Iterable[Lived], values: Iterable[DailyValue], fallback: tzinfo) -> Series:
    """Return the values of days by statistic, each in the time zone in which its day was lived.

    `fallback` is the zone of days whose own one is not known.
    """
    found: dict[Statistic, dict[datetime, float]] = {statistic: {} for statistic in DAILY}
    for day in days:
        zone, summary = _zone(day.zone) or fallback, day.summary
        if summary.resting:
            found[RESTING][_first_hour(summary.resting.day, zone)] = summary.resting.bpm
        for name, statistic in ZONES.items():
            if (reached := summary.zone(name)) and reached.minutes is not None:
                found[statistic][_first_hour(summary.day, zone)] = reached.minutes
    for one in values:
        if one.kind in VALUES:
            found[VALUES[one.kind]][_first_hour(one.day, _zone(one.zone) or fallback)] = one.value
    return {
        statistic: [_row(start, value, value, value) for start, value in sorted(series.items())]
        for statistic, series in found.items()
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
