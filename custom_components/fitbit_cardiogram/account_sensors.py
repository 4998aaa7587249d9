"""The sensors of an account, as a table: what each shows, and of which kind of data it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from homeassistant.components.sensor import SensorDeviceClass, SensorEntityDescription, SensorStateClass
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfInformation, UnitOfTemperature, UnitOfTime
from homeassistant.helpers.typing import StateType

from .archive.sleep import Night
from .archive.workouts import Kept
from .const import BPM, OXYGEN_UPTAKE
from .heart_rate import daily
from .heart_rate.clock import utc, written
from .heart_rate.daily import RESTING_HEART_RATE, DailyKind
from .heart_rate.day import ZoneName
from .heart_rate.usual import standing
from .sessions import DIGITS, figures_of, night_figures_of
from .snapshot import Snapshot
from .sources import kinds
from .sources.history_import import Import, Stage
from .sources.kinds import Kind


@dataclass(frozen=True, kw_only=True)
class AccountSensorDescription(SensorEntityDescription):
    """A sensor of the account, its value, and the kind of data that its availability depends on.

    A `current` one is unknown once the newest sample has gone stale. Its value is rounded to so many `digits`
    after the point.
    """

    kind: Kind | None = kinds.SAMPLES
    current: bool = False
    digits: int = DIGITS
    value_fn: Callable[[Snapshot], StateType | datetime]
    attributes_fn: Callable[[Snapshot], Mapping[str, Any]] | None = None
    last_reset_fn: Callable[[Snapshot], datetime] | None = None


def zone_sensor(
    name: str, key: str, translation_key: str, *, custom: bool = False
) -> AccountSensorDescription:
    """Return the sensor of the minutes in a zone."""

    def minutes(data: Snapshot) -> float | None:
        zone = data.today.zone(name, custom=custom)
        return zone.minutes if zone else None

    def limits(data: Snapshot) -> Mapping[str, Any]:
        zone = data.today.zone(name, custom=custom)
        known = ("min_bpm", "max_bpm", "calories")
        return {key: value for key in known if (value := getattr(zone, key, None)) is not None}

    return AccountSensorDescription(
        key=key,
        translation_key=translation_key,
        kind=kinds.ZONES,
        device_class=SensorDeviceClass.DURATION,
        # The provider may correct minutes downwards within a day, so this is not a counter.
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_display_precision=0,
        digits=0,
        value_fn=minutes,
        attributes_fn=limits,
        last_reset_fn=lambda data: data.day_start,
    )


def _share(data: Snapshot) -> float | None:
    """Return the imported percentage; nothing more comes of a cancelled import."""
    job = data.importing
    return job.share * 100 if job and job.stage is not Stage.CANCELLED else None


def _import(job: Import, trouble: str | None) -> Mapping[str, Any]:
    start, end = job.whole
    return {
        "stage": str(job.stage),
        "start": written(start),
        "end": written(end),
        "reached": written(job.reached),
        "samples": job.added,
        "trouble": trouble,
    }


def _bpm_today(name: str, data: Snapshot) -> float | None:
    return getattr(data.summary, name) if data.summary else None


def workout_attributes(kept: Kept) -> dict[str, Any]:
    """Return a finished workout and its figures, as attributes; the duration is in seconds."""
    workout = kept.session
    return {"type": workout.label, "duration": workout.end - workout.start, **figures_of(kept)}


def night_attributes(night: Night) -> dict[str, Any]:
    """Return a night and its figures, as attributes."""
    figures = night_figures_of(night, written)
    del figures["asleep"]
    return {
        "date": night.day.isoformat(),
        "bed_time": written(night.start),
        "wake_time": written(night.end),
        **figures,
    }


def daily_attributes(key: str, data: Snapshot) -> dict[str, Any]:
    """Return the day of a daily value, and the usual beside it once enough days are known, as attributes."""
    if (newest := data.daily_values.get(key)) is None:
        return {}
    day, value = newest
    if (found := data.usual.get(key)) is None:
        return {"date": day.isoformat()}
    stands = standing(value, found)
    return {
        "date": day.isoformat(),
        "usual": found.median,
        "usual_low": found.low,
        "usual_high": found.high,
        "difference": stands.difference,
        "compared_to_usual": str(stands.place),
    }


def _daily_value(key: str, data: Snapshot) -> float | None:
    newest = data.daily_values.get(key)
    return newest[1] if newest else None


def _week(data: Snapshot) -> float | None:
    return sum(data.active_minutes.values()) if data.active_minutes else None


def daily_sensor(
    shown: DailyKind,
    kind: Kind,
    unit: str | None,
    *,
    digits: int = 0,
    device_class: SensorDeviceClass | None = None,
    enabled: bool = False,
) -> AccountSensorDescription:
    """Return the sensor of a daily value; without a unit, the texts name it.

    It has no state class: a value belongs to its day, not to the moment at which it comes in.
    """
    return AccountSensorDescription(
        key=shown.key,
        translation_key=shown.key,
        kind=kind,
        device_class=device_class,
        native_unit_of_measurement=unit,
        suggested_display_precision=digits,
        entity_registry_enabled_default=enabled,
        value_fn=partial(_daily_value, shown.key),
        attributes_fn=partial(daily_attributes, shown.key),
    )


DAILY_SENSORS: tuple[AccountSensorDescription, ...] = (
    daily_sensor(
        daily.HEART_RATE_VARIABILITY, kinds.HEART_RATE_VARIABILITY, UnitOfTime.MILLISECONDS, enabled=True
    ),
    daily_sensor(daily.SLEEPING_HEART_RATE, kinds.SLEEP, BPM, enabled=True),
    daily_sensor(daily.NON_REM_HEART_RATE, kinds.HEART_RATE_VARIABILITY, BPM),
    daily_sensor(daily.BREATHING_RATE, kinds.BREATHING_RATE, None, digits=1),
    daily_sensor(daily.OXYGEN_SATURATION, kinds.OXYGEN_SATURATION, PERCENTAGE, digits=1),
    daily_sensor(
        daily.SKIN_TEMPERATURE,
        kinds.SKIN_TEMPERATURE,
        UnitOfTemperature.CELSIUS,
        digits=1,
        # As a temperature, it would be 32 too high in °F.
        device_class=SensorDeviceClass.TEMPERATURE_DELTA,
    ),
    daily_sensor(daily.CARDIO_FITNESS, kinds.CARDIO_FITNESS, OXYGEN_UPTAKE, digits=1),
)

ACCOUNT_SENSORS: tuple[AccountSensorDescription, ...] = (
    AccountSensorDescription(
        # No state class: means would be weighted by the time of receipt, not of measurement.
        key="heart_rate",
        translation_key="heart_rate",
        native_unit_of_measurement=BPM,
        current=True,
        value_fn=lambda data: data.latest[1] if data.latest else None,
        attributes_fn=lambda data: {"measured_at": written(data.latest[0])} if data.latest else {},
    ),
    AccountSensorDescription(
        # An attribute of the heart rate: as a state of its own, it would be a line in Activity at each poll.
        key="heart_rate_measured_at",
        translation_key="heart_rate_measured_at",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda data: utc(data.latest[0]) if data.latest else None,
    ),
    AccountSensorDescription(
        key=RESTING_HEART_RATE,
        translation_key=RESTING_HEART_RATE,
        kind=kinds.RESTING,
        native_unit_of_measurement=BPM,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=partial(_daily_value, RESTING_HEART_RATE),
        attributes_fn=partial(daily_attributes, RESTING_HEART_RATE),
    ),
    *(zone_sensor(name, f"zone_{name}", f"zone_{name}") for name in ZoneName),
    *(
        AccountSensorDescription(
            key=f"heart_rate_{name}",
            translation_key=f"heart_rate_{name}",
            native_unit_of_measurement=BPM,
            suggested_display_precision=0,
            value_fn=partial(_bpm_today, name),
        )
        for name in ("min", "mean", "max")
    ),
    AccountSensorDescription(
        key="active_zone_minutes_today",
        translation_key="active_zone_minutes_today",
        kind=kinds.ACTIVE_ZONE_MINUTES,
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_display_precision=0,
        digits=0,
        value_fn=lambda data: data.active_minutes.get(data.today.day),
        last_reset_fn=lambda data: data.day_start,
    ),
    AccountSensorDescription(
        # No state class: the statistics of the days have it all.
        key="active_zone_minutes_week",
        translation_key="active_zone_minutes_week",
        kind=kinds.ACTIVE_ZONE_MINUTES,
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_display_precision=0,
        digits=0,
        value_fn=_week,
    ),
    AccountSensorDescription(
        key="last_workout",
        translation_key="last_workout",
        kind=kinds.WORKOUTS,
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda data: utc(data.last_workout.session.end) if data.last_workout else None,
        attributes_fn=lambda data: workout_attributes(data.last_workout) if data.last_workout else {},
    ),
    AccountSensorDescription(
        # No state class: a night belongs to its day, and the statistics of the days have it.
        key="last_night",
        translation_key="last_night",
        kind=kinds.SLEEP,
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_unit_of_measurement=UnitOfTime.HOURS,
        # Home Assistant shows hours and minutes, and makes the minutes of what the digits leave.
        suggested_display_precision=2,
        value_fn=lambda data: data.last_night.asleep if data.last_night else None,
        attributes_fn=lambda data: night_attributes(data.last_night) if data.last_night else {},
    ),
    AccountSensorDescription(
        key="last_device_sync",
        translation_key="last_device_sync",
        kind=kinds.LAST_SYNC,
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda data: data.last_sync,
    ),
    AccountSensorDescription(
        key="import_progress",
        translation_key="import_progress",
        kind=None,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=_share,
        attributes_fn=lambda data: _import(data.importing, data.import_trouble) if data.importing else {},
    ),
    AccountSensorDescription(
        key="archive_size",
        translation_key="archive_size",
        kind=None,
        device_class=SensorDeviceClass.DATA_SIZE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfInformation.BYTES,
        suggested_unit_of_measurement=UnitOfInformation.MEGABYTES,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda data: data.archive_size,
    ),
    *DAILY_SENSORS,
)
