"""The snapshot: everything that an account shows now, read from the archive in one transaction.

Reading does not write. Snapshots are ordered by the archive's revision and, where that is the same, by the
moment at which reading began, so that an older one never replaces a newer one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from .account_alerts import AccountAlerts
from .archive.archive import Archive
from .archive.daily_values import DAILY_VERSION
from .archive.facts import REVISION
from .archive.samples import Summary, newest_first, oldest_hour
from .archive.sleep import SLEEP_VERSION, Night
from .archive.workouts import WORKOUTS_VERSION, Kept, newest as newest_workouts
from .due_sessions import due_nights, due_workouts
from .heart_rate.alert import Alert, AlertKind
from .heart_rate.clock import DAY, FOREVER, civil_day, day_interval, utc
from .heart_rate.daily import (
    ACTIVE_ZONE_MINUTES,
    HEART_RATE_VARIABILITY,
    RESTING_HEART_RATE,
    SLEEPING_HEART_RATE,
)
from .heart_rate.day import DaySummary
from .heart_rate.sample import Sample
from .heart_rate.stay import Stay, stay
from .heart_rate.usual import Usual, days_before, usual
from .sources.history_import import Import
from .sources.poll import SYNCED_AT

# A kept moment beyond the year 9000 is damaged, and asked for again.
LATEST: Final = 221_845_392_000
# So many of the last workouts are shown.
WORKOUTS_SHOWN: Final = 4
# The daily values that are shown beside the usual.
COMPARED: Final = (RESTING_HEART_RATE, HEART_RATE_VARIABILITY.key, SLEEPING_HEART_RATE.key)

type Dated = tuple[date, float]
"""A daily value and its day."""


@dataclass(frozen=True, slots=True)
class Outside:
    """The part of a snapshot that is not in the archive, taken in the event loop before reading begins.

    `now` and `read_from`, the earliest second of the last poll's samples, are UNIX seconds. `number`
    counts the snapshots.
    """

    number: int
    now: float
    time_zone: tzinfo
    read_from: int
    importing: Import | None = None
    import_trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that an account shows.

    `summary` is that of today, `received` that of the samples of the last poll that brought any.
    `alerts` are those of the time in which a value counts as current. `active_minutes` are weighted, by the
    days of the account's week, which begins on Monday. `daily_values` has the newest of each kind, the
    resting heart rate among them, and `usual` the usual for the day of the newest, by the same keys.
    `oldest` is the first hour of which anything is known. `due_workouts` and `due_nights` are to be
    announced. `stay` is the one in the zone of the newest sample, None where its zones are not known;
    `is_asleep` is whether that sample lies in known sleep. `archive_size` is in bytes, rounded.
    """

    order: tuple[int, int] = field(compare=False)
    time_zone: tzinfo
    today: DaySummary
    day_start: datetime
    version: int
    latest: Sample | None
    oldest: int | None
    stay: Stay | None
    is_asleep: bool
    summary: Summary | None
    last_sync: datetime | None
    received: Summary | None
    alerts: tuple[Alert, ...]
    active_minutes: Mapping[date, float]
    daily_values: Mapping[str, Dated]
    daily_version: int
    usual: Mapping[str, Usual]
    last_workout: Kept | None
    workouts: tuple[Kept, ...]
    due_workouts: tuple[Kept, ...]
    workouts_version: int
    last_night: Night | None
    due_nights: tuple[Night, ...]
    sleep_version: int
    archive_size: int
    importing: Import | None
    import_trouble: str | None

    def alert_now(self, kind: AlertKind) -> Alert | None:
        """Return the alert of a kind that the newest sample is part of, if there is one."""
        moment = self.latest[0] if self.latest else None
        return next((alert for alert in self.alerts if alert.kind is kind and alert.end == moment), None)


def take_snapshot(
    archive: Archive, alerts: AccountAlerts, outside: Outside, before: Snapshot | None
) -> Snapshot:
    """Read a snapshot; `before` is the last one. Blocks on the disk. Raises ArchiveError."""
    zone, now = outside.time_zone, int(outside.now)
    today = civil_day(now, zone)
    monday = today - timedelta(days=today.weekday())
    start, end = day_interval(today, zone)
    with archive.reading() as connection:
        version, latest = archive.version(), archive.latest(now)
        reached = latest[0] if latest else 0
        day = archive.day(today)
        newest: dict[str, Dated] = {
            found.kind: (found.day, found.value) for found in archive.newest_daily_values(today)
        }
        if day.resting:
            newest[RESTING_HEART_RATE] = (day.resting.day, day.resting.bpm)
        snapshot = Snapshot(
            order=(REVISION.number(connection), outside.number),
            time_zone=zone,
            today=day,
            day_start=utc(start),
            version=version,
            latest=latest,
            oldest=oldest_hour(connection),
            stay=stay(newest_first(connection, reached - DAY, reached), day, alerts.gap),
            is_asleep=_is_asleep(archive, reached, now),
            summary=archive.summary(start, end),
            last_sync=_last_sync(archive.recall(SYNCED_AT), latest),
            received=before.received if before else None,
            alerts=alerts.recent(now),
            active_minutes=archive.daily_values(ACTIVE_ZONE_MINUTES.key, monday, today),
            daily_values=newest,
            daily_version=DAILY_VERSION.number(connection),
            usual=_usual(archive, newest),
            last_workout=archive.last_workout(now),
            workouts=(*newest_workouts(connection, now, WORKOUTS_SHOWN),),
            due_workouts=due_workouts(archive, now, reached),
            workouts_version=WORKOUTS_VERSION.number(connection),
            last_night=archive.last_night(now),
            due_nights=due_nights(archive, now, reached),
            sleep_version=SLEEP_VERSION.number(connection),
            archive_size=round(archive.size(), -5),
            importing=outside.importing,
            import_trouble=outside.import_trouble,
        )
        if before and version != before.version:
            received = archive.summary(outside.read_from, now + 1, newer_than=before.version)
            return replace(snapshot, received=received)
    return snapshot


def _is_asleep(archive: Archive, moment: int, now: int) -> bool:
    """Return whether a moment lies in a night or a nap; one whose end is not known goes on."""
    known = [part.taken(now) for night in archive.nights(moment - DAY, FOREVER) for part in night.parts]
    return any(start <= moment < end for start, end in known)


def _usual(archive: Archive, newest: Mapping[str, Dated]) -> dict[str, Usual]:
    """Return the usual by key, where there is one for the day of the newest value."""
    days = {key: newest[key][0] for key in COMPARED if key in newest}
    found = {key: usual(archive.daily_values(key, *days_before(day)), day) for key, day in days.items()}
    return {key: one for key, one in found.items() if one}


def _last_sync(synced: int | None, latest: Sample | None) -> datetime | None:
    """Return the last sync, if one is known: not before the newest sample, which a sync has brought."""
    if synced is None or not 0 <= synced <= LATEST:
        return None
    return utc(max(synced, latest[0]) if latest else synced)


def newer(one: Snapshot | None, other: Snapshot) -> Snapshot:
    """Return the newer of two snapshots."""
    return one if one and one.order > other.order else other
