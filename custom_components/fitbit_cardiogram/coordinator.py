"""The coordinator: polls an account, and shows where it stands by what the archive has of it."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
import logging
import time
from typing import Any, Final, override

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, CoreState, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .alerts import Alerts
from .archive.archive import Archive
from .archive.database import ArchiveDamagedError, ArchiveError
from .archive.facts import Fact
from .const import (
    CONF_FRESHNESS,
    CONF_LENDER,
    CONF_RETENTION,
    DEFAULT_FRESHNESS,
    DEFAULT_RETENTION,
    DOMAIN,
)
from .destinations.forwarder import Forwarder
from .heart_rate.alert import Alert, overlap
from .heart_rate.clock import DAY, midnight
from .snapshot import Outside, Snapshot, newer, take_snapshot
from .sources.errors import (
    Denial,
    Lender,
    LenderError,
    PermissionMissingError,
    RateLimitedError,
    ServiceEndedError,
    SignInRefusedError,
    SourceError,
)
from .sources.history_import import HistoryImport
from .sources.poll import POLL_INTERVAL, Kind, Poll
from .sources.source import HeartRateSource

_LOGGER = logging.getLogger(__name__)

RATE_LIMIT_WAIT: Final = 15 * 60.0
# Trouble with the archive that lasts so long is something to tell a person.
ARCHIVE_TROUBLE_TOLD_AFTER: Final = 60 * 60.0

# The facts since when the sign-in has been refused, and since when access has been denied without a reason.
REFUSED_SINCE: Final = Fact("refused_since", int)
DENIED_SINCE: Final = Fact("denied_since", int)
# The facts when the archive last began afresh, and the same until a person has taken note.
REPLACED_AT: Final = Fact("replaced_at", int)
REPLACED_UNSEEN: Final = Fact("replaced_unseen", int)
# Says to the sign-in that the provider's refusal is about a permission.
CONF_MISSING_SCOPE: Final = "missing_scope"


@dataclass(frozen=True, slots=True)
class Account:
    """What a loaded config entry works with."""

    archive: Archive
    coordinator: HeartRateCoordinator
    forwarders: dict[str, Forwarder]


type AccountConfigEntry = ConfigEntry[Account]


class HeartRateCoordinator(DataUpdateCoordinator[Snapshot]):
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
        self._freshness: int = entry.options.get(CONF_FRESHNESS, DEFAULT_FRESHNESS) * 60
        self._retention: int = entry.options.get(CONF_RETENTION, DEFAULT_RETENTION) * DAY
        self.poll = Poll(source, archive, self._retention, dt_util.get_default_time_zone, self.name)
        self.history_import = HistoryImport(
            source, archive, lambda: self.poll.zone, self.async_archive_changed, self.name
        )
        self.alerts = Alerts(archive, entry.options)
        self._archive = archive
        self._source = source
        # By a clock that does not jump.
        self._archive_last_worked = time.monotonic()
        self.trouble: SourceError | None = None
        self.archive_trouble: ArchiveError | None = None
        # What was wrong with each kind when the entities last learned of it; None where they are to anew.
        self._shown_errors: dict[Kind, SourceError] | None = None
        # The facts above, once loaded: UNIX seconds, None where it is not so.
        self.since: dict[Fact[int], int | None] = {}
        self._stop_timer: CALLBACK_TYPE | None = None
        self._refreshing = asyncio.Lock()
        self._numbers = count()
        # Decided and not yet announced.
        self.due_alerts: tuple[Alert, ...] = ()

    @property
    def fresh(self) -> bool:
        """Whether the newest sample is recent enough to be called current."""
        return self.data.latest is not None and time.time() - self.data.latest[0] < self._freshness

    def available(self, kind: Kind) -> bool:
        """Whether what is known of this kind still stands: asking has not failed for too long."""
        return self.poll.age(kind) < self._freshness

    def requests_left(self) -> int:
        """Return how many requests the service will take now."""
        return self._source.requests_left()

    async def async_load(self) -> bool:
        """Show what the archive holds, without what it need not keep; return whether it holds samples."""
        await self._async_prune()
        await self.history_import.load()
        for name in (REFUSED_SINCE, DENIED_SINCE, REPLACED_UNSEEN):
            self.since[name] = await self.hass.async_add_executor_job(self._archive.recall, name)
        await self.hass.async_add_executor_job(self.poll.load)
        await self._async_refresh_snapshot()
        if self.alerts.limits and self.hass.state is not CoreState.running:
            # An alert can be left of the time before the restart.
            self.config_entry.async_on_unload(async_at_started(self.hass, self._async_started))
        return self.data.latest is not None

    async def _async_started(self, _hass: HomeAssistant) -> None:
        # Trouble with the archive is told by the poll.
        with suppress(ArchiveError):
            await self.async_archive_changed()

    async def async_take_note(self, fact: Fact[int]) -> None:
        """Let a fact that a person has taken note of be told no more."""
        self.since[fact] = None
        await self._async_remember(fact, None)
        self.async_update_listeners()

    async def async_archive_changed(self) -> None:
        """Show what the archive holds now, after something else than a poll changed it."""
        await self._async_refresh_snapshot()
        self.async_update_listeners()

    @override
    async def async_request_refresh(self) -> None:
        """Ask for everything now: a person wants to know."""
        self.poll.hurry()
        await super().async_request_refresh()

    async def async_read_now(self) -> None:
        """Ask for everything now, and wait for it."""
        self.poll.hurry()
        await self.async_refresh()

    @override
    async def async_shutdown(self) -> None:
        """Stop polling, importing and the timer."""
        self._async_stop_timer()
        await self.history_import.stop()
        await super().async_shutdown()

    @override
    async def _async_update_data(self) -> Snapshot:
        """Ask the source for what is due; a kind of data that fails leaves the others as they are."""
        try:
            self.trouble = trouble = await self._async_poll()
            await self._async_note_since()
            await self._async_refresh_snapshot()
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
        if trouble is None and self._shown_errors is None:
            self._take_back_question()
        if trouble or self._shown_errors != self.poll.errors:
            # What was read is shown whatever else failed; the first poll tells at least that nothing did.
            self._shown_errors = None if trouble else self.poll.errors.copy()
            self.async_update_listeners()
        if trouble is None:
            return self.data
        if isinstance(trouble, PermissionMissingError) and trouble.denial is Denial.SCOPE:
            self.config_entry.async_start_reauth(self.hass, data={CONF_MISSING_SCOPE: True})
        raise _failure(trouble) from trouble

    async def _async_poll(self) -> SourceError | None:
        """Read what is due; return what makes the poll a failed one."""
        try:
            await self.poll.run()
        except SourceError as error:
            return self._as_lent(error)
        if self.poll.is_denied(Kind.SAMPLES, Denial.INTRADAY):
            return None  # an account that may only be read in summaries is no failed poll
        return self._as_lent(self.poll.errors.get(Kind.SAMPLES))

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
        is_denied = any(
            self.poll.is_denied(kind, Denial.OTHER) for kind in Kind if kind is not Kind.LATE_DATA
        )
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
            self.archive_trouble, self._shown_errors = error, None
            self.async_update_listeners()

    async def _async_remember(self, fact: Fact[int], value: int | None) -> None:
        await self.hass.async_add_executor_job(self._archive.remember, fact, value)

    async def _async_refresh_snapshot(self) -> None:
        """Read the archive and publish a snapshot, and again when that will have changed by itself.

        One refresh at a time. Raises ArchiveError.
        """
        async with self._refreshing:
            job, trouble = self.history_import.current, self.history_import.trouble
            outside = Outside(
                next(self._numbers),
                time.time(),
                self.poll.zone,
                self.poll.read_from,
                importing=job,
                import_trouble=str(trouble) if trouble else None,
            )
            snapshot = await self.hass.async_add_executor_job(
                take_snapshot, self._archive, self.alerts, outside, self.data
            )
            self.data = newer(self.data, snapshot)
            # Before that, no automation listens.
            if self.hass.state is CoreState.running:
                await self._async_decide_alerts()
        self._async_start_timer()

    async def _async_decide_alerts(self) -> None:
        """Decide which alerts are to be announced; the event does so and tells `async_announced`."""
        due = await self.hass.async_add_executor_job(self.alerts.decide, self.data.alerts, int(time.time()))
        if due != self.due_alerts:
            self.due_alerts = due
            self.async_update_listeners()

    async def async_announced(self, alert: Alert) -> None:
        """Keep that an alert was announced. Where that fails, it may be announced again after a restart."""
        async with self._refreshing:
            with suppress(ArchiveError):
                await self.hass.async_add_executor_job(self.alerts.mark_announced, alert)
            self.due_alerts = tuple(due for due in self.due_alerts if not overlap(due.stretch, alert.stretch))

    async def _async_prune(self) -> None:
        await self.hass.async_add_executor_job(self._archive.prune, self._retention, int(time.time()))

    @callback
    def _async_start_timer(self) -> None:
        """Wait for midnight, for the newest sample to go stale, or for a failing kind to run out of time."""
        self._async_stop_timer()
        now = time.time()
        delays = [midnight(self.data.today.day + timedelta(days=1), self.data.time_zone) - now]
        if self.data.latest:
            delays.append(self.data.latest[0] + self._freshness - now)
        delays += [self._freshness - self.poll.age(kind) for kind in Kind]
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
            await self._async_refresh_snapshot()
            if self.data.today.day != day:
                self.poll.hurry([Kind.RESTING, Kind.ZONES])
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
