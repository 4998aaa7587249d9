"""The coordinator: brings what is new at the source into the archive, and shows where the account stands."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from enum import Enum, auto
from functools import partial
import logging
import time
from typing import Any, Final, override
from zoneinfo import ZoneInfo

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, CoreState, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .alerts import Alerts
from .const import (
    CONF_FRESHNESS,
    CONF_LENDER,
    CONF_RETENTION,
    DEFAULT_FRESHNESS,
    DEFAULT_RETENTION,
    DOMAIN,
    POLL_INTERVAL,
)
from .forwarding.forwarder import Forwarder
from .heart_rate.alert import Alert
from .heart_rate.archive import Archive, ArchiveDamagedError, ArchiveError, Span, Stored
from .heart_rate.day import DaySummary, midnight
from .heart_rate.late import COMPLETE_FROM, SOURCE_SINCE, note_complete
from .heart_rate.sample import DAY, HOUR, Sample
from .http import utc
from .sources.errors import (
    Denial,
    Lender,
    LenderError,
    PermissionMissingError,
    RateLimitedError,
    ServiceEndedError,
    ServiceUnreachableError,
    SignInRefusedError,
    SourceError,
)
from .sources.history_import import STRETCH, HistoryImport, Import
from .sources.recheck import Recheck
from .sources.source import HeartRateSource

_LOGGER = logging.getLogger(__name__)

# The first reading reaches back so far; a sync may bring samples a little older than the newest known.
FIRST_READING: Final = DAY
OVERLAP: Final = 5 * 60
# Daily values are asked for again so many days back: they come late too.
DAYS_BACK: Final = 14
# Samples from the future are counted as far ahead as this.
FUTURE: Final = DAY
RATE_LIMIT_WAIT: Final = 15 * 60.0
# Trouble with the archive that lasts so long is something to tell a person.
ARCHIVE_TROUBLE_TOLD_AFTER: Final = 60 * 60.0

# Trouble with the service as a whole; any other is trouble with one kind of data.
WHOLE_SERVICE: Final = (
    SignInRefusedError,
    LenderError,
    ServiceUnreachableError,
    RateLimitedError,
    ServiceEndedError,
)


class Kind(Enum):
    """The kinds of data that an account is asked for."""

    TIME_ZONE = auto()
    LAST_SYNC = auto()
    SAMPLES = auto()
    RESTING = auto()
    ZONES = auto()
    LATE_DATA = auto()


# Seconds after which a kind is asked for again. Samples are read sooner when the device has synced. With a
# poll every five minutes and a sync every quarter of an hour that makes some 21 requests an hour.
EVERY: Final = {
    Kind.TIME_ZONE: DAY,
    Kind.LAST_SYNC: 0,
    Kind.SAMPLES: HOUR,
    Kind.RESTING: HOUR,
    Kind.ZONES: HOUR // 2,
    Kind.LATE_DATA: 2 * HOUR // 3,
}
# What has failed is asked for again with the next poll, unless it has time.
AGAIN_AFTER: Final = {Kind.LATE_DATA: HOUR // 4}
# A denial does not pass within minutes, and some only with a new sign-in.
AGAIN_AFTER_DENIAL: Final = {Denial.SCOPE: DAY, Denial.INTRADAY: DAY}
DENIED_WAIT: Final = HOUR // 4
# The facts since when the sign-in has been refused, and since when access has been denied without a reason.
REFUSED_SINCE: Final = "refused_since"
DENIED_SINCE: Final = "denied_since"
# The fact when the archive began afresh, until a person has taken note.
REPLACED_UNSEEN: Final = "replaced_unseen"
# Says to the sign-in that the provider's refusal is about a permission.
CONF_MISSING_SCOPE: Final = "missing_scope"


@dataclass(frozen=True, slots=True)
class AccountData:
    """Where an account stands, as the archive has it.

    `version` is the archive's; `received` is what the last poll that brought something brought.
    `alerts` are those of as long ago as a value counts as current; `told` those of the last day that there
    were to tell since set-up, as they were then. `archive_size` is in bytes, rounded to what a person cares
    for.
    """

    time_zone: tzinfo
    today: DaySummary
    day_start: datetime
    version: int = 0
    latest: Sample | None = None
    range: Span | None = None
    last_sync: datetime | None = None
    received: Span | None = None
    alerts: tuple[Alert, ...] = ()
    told: tuple[Alert, ...] = ()
    archive_size: int = 0
    importing: Import | None = None
    import_trouble: str | None = None


@dataclass(slots=True)
class Account:
    """What a loaded config entry works with."""

    archive: Archive
    coordinator: HeartRateCoordinator
    forwarders: dict[str, Forwarder]


type AccountConfigEntry = ConfigEntry[Account]


class HeartRateCoordinator(DataUpdateCoordinator[AccountData]):
    """Polls the source of one account into its archive."""

    config_entry: AccountConfigEntry

    def __init__(
        self, hass: HomeAssistant, entry: AccountConfigEntry, source: HeartRateSource, archive: Archive
    ) -> None:
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=entry.title,
            update_interval=POLL_INTERVAL,
            always_update=False,
        )
        self.history_import = HistoryImport(
            source, archive, lambda: self.data.time_zone, self.async_archive_changed, self.name
        )
        self.alerts = Alerts(archive, entry.options)
        self._archive = archive
        self._recheck = Recheck(source, archive)
        self._read: Mapping[Kind, Callable[[], Awaitable[None]]] = {
            Kind.TIME_ZONE: self._read_time_zone,
            Kind.LAST_SYNC: self._read_last_sync,
            Kind.SAMPLES: self._read_samples,
            Kind.RESTING: self._read_resting,
            Kind.ZONES: self._read_zones,
            Kind.LATE_DATA: self._read_late_data,
        }
        self._source = source
        self._freshness: int = entry.options.get(CONF_FRESHNESS, DEFAULT_FRESHNESS) * 60
        self._retention: int = entry.options.get(CONF_RETENTION, DEFAULT_RETENTION) * DAY
        self._due = dict.fromkeys(Kind, 0.0)
        # These are by a clock that does not jump.
        self._last_success = dict.fromkeys(Kind, time.monotonic())
        self._archive_last_worked = time.monotonic()
        self.errors: dict[Kind, SourceError] = {}
        self.trouble: SourceError | None = None
        self.archive_trouble: ArchiveError | None = None
        self._told: dict[Kind, SourceError] | None = None
        self.since: dict[str, int | None] = {}
        self._sync_read: datetime | None = None
        self._read_once_more = False
        self._read_from = int(time.time())
        self._source_since = 0
        self._stop_timer: CALLBACK_TYPE | None = None

    @property
    def fresh(self) -> bool:
        """Whether the newest sample is recent enough to be called current."""
        return self.data.latest is not None and time.time() - self.data.latest[0] < self._freshness

    def available(self, kind: Kind) -> bool:
        """Whether what is known of this kind still stands: asking has not failed for too long."""
        return self.age(kind) < self._freshness

    def age(self, kind: Kind) -> float:
        """Return the seconds since asking for this kind went well, or since set-up where it never did."""
        return time.monotonic() - self._last_success[kind]

    def requests_left(self) -> int:
        """Return how many requests the service will take now."""
        return self._source.requests_left()

    async def async_load(self) -> bool:
        """Show what the archive holds, without what it need not keep; return whether it holds samples."""
        await self._async_prune()
        await self.history_import.load()
        for name in (REFUSED_SINCE, DENIED_SINCE, REPLACED_UNSEEN):
            self.since[name] = await self.hass.async_add_executor_job(self._archive.recall, name)
        self._source_since = await self.hass.async_add_executor_job(self._archive.recall, SOURCE_SINCE) or 0
        await self._async_look()
        return self.data.latest is not None

    async def async_take_note(self, name: str) -> None:
        """Let a fact that a person has taken note of be told no more."""
        self.since[name] = None
        await self._async_remember(name, None)
        self.async_update_listeners()

    async def async_archive_changed(self) -> None:
        """Show what the archive holds now, after something else than a poll changed it."""
        await self._async_look()
        self.async_update_listeners()

    @override
    async def async_request_refresh(self) -> None:
        """Ask for everything now: a person wants to know."""
        self._due = dict.fromkeys(Kind, 0.0)
        await super().async_request_refresh()

    async def async_read_now(self) -> None:
        """Ask for everything now, and wait for it."""
        self._due = dict.fromkeys(Kind, 0.0)
        await self.async_refresh()

    @override
    async def async_shutdown(self) -> None:
        """Stop polling, importing and the timer."""
        self._async_stop_timer()
        await self.history_import.stop()
        await super().async_shutdown()

    @override
    async def _async_update_data(self) -> AccountData:
        """Ask the source for what is due; a kind of data that fails leaves the others as they are."""
        try:
            self.trouble = trouble = await self._async_read_what_is_due()
            await self._async_note_since()
            await self._async_look()
        except ArchiveError as error:
            if self._shutdown_requested:
                return self.data  # closed while the poll was under way
            self._note_archive_trouble(error)
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key="archive_unusable",
                translation_placeholders={"reason": str(error)},
            ) from error
        self._archive_last_worked = time.monotonic()
        self.archive_trouble = None
        if trouble is None and self._told is None:
            self._take_back_question()
        if trouble or self._told != self.errors:
            # What was read is shown whatever else failed; the first poll tells at least that nothing did.
            self._told = None if trouble else self.errors.copy()
            self.async_update_listeners()
        if trouble is None:
            return self.data
        if isinstance(trouble, PermissionMissingError) and trouble.denial is Denial.SCOPE:
            self.config_entry.async_start_reauth(self.hass, data={CONF_MISSING_SCOPE: True})
        raise _failure(trouble) from trouble

    async def _async_read_what_is_due(self) -> SourceError | None:
        """Read each kind that is due; return what makes the poll a failed one."""
        try:
            for kind in Kind:
                if self._is_due(kind):
                    await self._async_read(kind)
        except SourceError as error:
            return self._as_lent(error)
        self._last_success |= dict.fromkeys(set(Kind) - set(self.errors), time.monotonic())
        if self.is_denied(Kind.SAMPLES, Denial.INTRADAY):
            return None  # an account that may only be read in summaries is no failed poll
        return self._as_lent(self.errors.get(Kind.SAMPLES))

    def is_denied(self, kind: Kind, denial: Denial) -> bool:
        """Tell whether a kind of data is denied for this reason."""
        error = self.errors.get(kind)
        return isinstance(error, PermissionMissingError) and error.denial is denial

    def _as_lent(self, error: SourceError | None) -> SourceError | None:
        """Return the error as one of the lender's, where it is about a sign-in that is lent."""
        if CONF_LENDER in self.config_entry.data:
            match error:
                case SignInRefusedError():
                    return LenderError(Lender.REFUSED)
                case PermissionMissingError(denial=Denial.SCOPE):
                    return LenderError(Lender.SCOPE)
        return error

    async def _async_note_since(self) -> None:
        """Keep since when things stand as they should not, which a restart does not change."""
        has_run_out = isinstance(self.trouble, SignInRefusedError) and self.trouble.has_run_out
        # Without the look for late data, an account does nearly as well.
        is_denied = any(self.is_denied(kind, Denial.OTHER) for kind in Kind if kind is not Kind.LATE_DATA)
        stands = {DENIED_SINCE: is_denied}
        if has_run_out or self.trouble is None:
            stands[REFUSED_SINCE] = has_run_out
        for name, is_so in stands.items():
            if is_so != (self.since[name] is not None):
                self.since[name] = int(time.time()) if is_so else None
                await self._async_remember(name, self.since[name])

    def _take_back_question(self) -> None:
        """Ask for no new sign-in where the present one works: it may have been asked for just before."""
        for flow in [*self.config_entry.async_get_active_flows(self.hass, {SOURCE_REAUTH})]:
            self.hass.config_entries.flow.async_abort(flow["flow_id"])

    def _note_archive_trouble(self, error: ArchiveError) -> None:
        """Take note of trouble that lasts; a damaged archive is replaced by setting up anew."""
        if isinstance(error, ArchiveDamagedError) and self.config_entry.state is ConfigEntryState.LOADED:
            self.hass.config_entries.async_schedule_reload(self.config_entry.entry_id)
        if time.monotonic() - self._archive_last_worked >= ARCHIVE_TROUBLE_TOLD_AFTER:
            self.archive_trouble, self._told = error, None
            self.async_update_listeners()

    def _is_due(self, kind: Kind) -> bool:
        if kind is Kind.LAST_SYNC and self._read_once_more:
            return False
        if kind is Kind.LATE_DATA and Kind.SAMPLES in self.errors:
            return False
        is_denied = isinstance(self.errors.get(kind), PermissionMissingError)
        if kind is Kind.SAMPLES and not is_denied and self._may_bring_samples():
            return True
        return time.monotonic() >= self._due[kind]

    def _may_bring_samples(self) -> bool:
        """Whether a device has synced since the last reading, or nobody can tell.

        After a new sync the samples are read twice: they may take a while to appear.
        """
        return (
            self._read_once_more
            or Kind.LAST_SYNC in self.errors
            or self.data.last_sync is None
            or self.data.last_sync != self._sync_read
        )

    async def _async_read(self, kind: Kind) -> None:
        """Read one kind of data into the archive and note how it went."""
        now = time.monotonic()
        try:
            await self._read[kind]()
        except SourceError as error:
            # Late data has time: what is wrong with the service as a whole, the next poll meets by itself.
            if isinstance(error, WHOLE_SERVICE) and kind is not Kind.LATE_DATA:
                raise
            if kind not in self.errors:
                _LOGGER.warning("%s: %s cannot be read: %s", self.name, kind.name.lower(), error)
            self.errors[kind] = error
            if isinstance(error, PermissionMissingError):
                wait = AGAIN_AFTER_DENIAL.get(error.denial, DENIED_WAIT)
                self._due[kind] = now + (DAY if kind is Kind.LATE_DATA else wait)
            else:
                self._due[kind] = now + AGAIN_AFTER.get(kind, 0)
        else:
            if self.errors.pop(kind, None):
                _LOGGER.info("%s: %s can be read again", self.name, kind.name.lower())
            # The poll that comes round a little early counts.
            self._due[kind] = now + EVERY[kind] - POLL_INTERVAL.total_seconds() / 2

    async def _read_time_zone(self) -> None:
        zone = await self._source.time_zone()
        await self._async_remember("time_zone", str(zone) if zone else None)
        await self._async_look()

    async def _read_last_sync(self) -> None:
        synced = await self._source.last_sync()
        if synced != self.data.last_sync:
            await self._async_remember("last_sync", int(synced.timestamp()) if synced else None)
            self.data = replace(self.data, last_sync=synced)

    async def _read_samples(self) -> None:
        """Read from the newest known sample on, stretch by stretch, each stored before the next is read."""
        synced = self.data.last_sync
        now = int(time.time())
        latest = self.data.latest
        newest = latest[0] - OVERLAP if latest else now - FIRST_READING
        start = max(newest, now - self._retention, self._source_since)
        skipped = held_back = 0
        self._read_from = start
        while start < now:
            end = start + STRETCH
            reading = await self._source.samples(start, end if end < now else now + FUTURE)
            stored = await self.hass.async_add_executor_job(
                self._store, reading.samples, min(end, now), int(time.time())
            )
            skipped += reading.skipped
            held_back += stored.held_back
            start = end
        if skipped or held_back:
            _LOGGER.debug(
                "%s: %d odd points skipped, %d from the future held back", self.name, skipped, held_back
            )
        self._read_once_more = synced is not None and synced != self._sync_read
        self._sync_read = synced

    def _store(self, samples: Sequence[Sample], end: int, now: int) -> Stored:
        """Store what was read up to `end`."""
        stored = self._archive.store(samples, now)
        note_complete(self._archive, self._read_from, end)
        return stored

    async def _read_late_data(self) -> None:
        """Look for what came late to where the archive is to be complete."""
        now = int(time.time())
        complete_from = await self.hass.async_add_executor_job(self._archive.recall, COMPLETE_FROM)
        if complete_from is not None:
            await self._recheck.run(max(complete_from, now - self._retention, self._source_since), now)

    async def _read_resting(self) -> None:
        resting = await self._source.resting_heart_rates(*self._last_days())
        await self._async_store_days(DaySummary(found.day, found) for found in resting)

    async def _read_zones(self) -> None:
        zones = await self._source.zones(*self._last_days())
        await self._async_store_days(DaySummary(day, zones=found) for day, found in zones.items())

    def _last_days(self) -> tuple[date, date]:
        today = self.data.today.day
        return today - timedelta(days=DAYS_BACK), today

    async def _async_store_days(self, found: Iterable[DaySummary]) -> None:
        zone, today = self.data.time_zone, self.data.today.day
        await self.hass.async_add_executor_job(
            partial(self._archive.store_days, [*found], lambda day: midnight(day, zone), today=today)
        )

    async def _async_remember(self, name: str, value: str | int | None) -> None:
        await self.hass.async_add_executor_job(self._archive.remember, name, value)

    async def _async_look(self) -> None:
        """Look into the archive anew, and again when what it shows will have changed by itself."""
        seen = self.data.version if self.data else None
        # What is found before automations listen has to wait for the next look.
        may_tell = self.data is not None and self.hass.state is CoreState.running
        self.data = await self.hass.async_add_executor_job(self._look, time.time(), seen, may_tell)
        self._async_start_timer()

    def _look(self, now: float, seen: int | None, may_tell: bool) -> AccountData:
        zone = _zone(self._archive.recall("time_zone"))
        today = datetime.fromtimestamp(now, zone).date()
        start, end = midnight(today, zone), midnight(today + timedelta(days=1), zone)
        version = self._archive.version()
        synced = self._archive.recall("last_sync")
        received, told = (self.data.received, self.data.told) if self.data else (None, ())
        if seen is not None and version != seen:
            received = self._archive.span(self._read_from, int(now) + 1, newer_than=seen)
        alerts = self.alerts.recent(int(now))
        told = tuple(alert for alert in told if alert.end > now - DAY)
        if may_tell:
            told += self.alerts.untold(alerts, int(now))
        return AccountData(
            time_zone=zone,
            today=self._archive.day(today),
            day_start=utc(start),
            version=version,
            latest=self._archive.latest(),
            range=self._archive.span(start, end),
            last_sync=utc(synced) if synced is not None else None,
            received=received,
            alerts=alerts,
            told=told,
            archive_size=round(self._archive.size(), -5),
            importing=self.history_import.current,
            import_trouble=str(self.history_import.trouble) if self.history_import.trouble else None,
        )

    async def _async_prune(self) -> None:
        await self.hass.async_add_executor_job(self._archive.prune, self._retention, int(time.time()))

    @callback
    def _async_start_timer(self) -> None:
        """Wait for midnight, for the newest sample to go stale, or for a failing kind to run out of time."""
        self._async_stop_timer()
        now, ticks = time.time(), time.monotonic()
        delays = [midnight(self.data.today.day + timedelta(days=1), self.data.time_zone) - now]
        if self.data.latest:
            delays.append(self.data.latest[0] + self._freshness - now)
        delays += [success + self._freshness - ticks for success in self._last_success.values()]
        # Where the clock has passed all of it since the look, look again.
        delay = min((delay for delay in delays if delay > 0), default=0)
        self._stop_timer = async_call_later(self.hass, delay + 1, self._async_turn)

    @callback
    def _async_stop_timer(self) -> None:
        if self._stop_timer:
            self._stop_timer()
            self._stop_timer = None

    async def _async_turn(self, _now: datetime) -> None:
        self._stop_timer = None
        day = self.data.today.day
        # Trouble with the archive is told by the poll.
        with suppress(ArchiveError):
            await self._async_look()
            if self.data.today.day != day:
                self._due[Kind.RESTING] = self._due[Kind.ZONES] = 0.0
                await self._async_prune()
        self.async_update_listeners()


def _failure(error: SourceError) -> Exception:
    """Return the exception by which Home Assistant acts on the error as it must."""
    texts: dict[str, Any] = {"translation_domain": DOMAIN}
    match error:
        case SignInRefusedError():
            return ConfigEntryAuthFailed(**texts, translation_key="sign_in_refused")
        case PermissionMissingError(denial=Denial.SCOPE):
            return ConfigEntryAuthFailed(**texts, translation_key="scope_missing")
        case PermissionMissingError():
            return UpdateFailed(**texts, translation_key=str(error.denial))
        case RateLimitedError():
            return UpdateFailed(
                **texts, translation_key="rate_limited", retry_after=error.retry_after or RATE_LIMIT_WAIT
            )
        case LenderError():
            return UpdateFailed(**texts, translation_key=str(error.trouble))
        case ServiceEndedError():
            return UpdateFailed(**texts, translation_key="service_ended")
    return UpdateFailed(
        **texts, translation_key="service_unavailable", translation_placeholders={"reason": str(error)}
    )


def _zone(name: str | None) -> tzinfo:
    """Return the account's own time zone, or Home Assistant's where the account's is not known."""
    return ZoneInfo(name) if name else dt_util.get_default_time_zone()
