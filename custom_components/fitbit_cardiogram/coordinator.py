"""The coordinator: polls an account into its archive, and publishes snapshots of the archive."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
import logging
import time
from typing import Final, override

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import CALLBACK_TYPE, CoreState, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryError, HomeAssistantError
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .account_alerts import AccountAlerts
from .archive.archive import Archive
from .archive.database import ArchiveError
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
from .grant import lacking_kinds, missing_features
from .heart_rate.alert import Alert, overlap
from .heart_rate.clock import DAY, midnight
from .provider import Feature
from .providers import provider_of
from .sign_in_retry import SignInRetry
from .snapshot import Outside, Snapshot, newer, take_snapshot
from .sources.consequences import COUNTED, REFUSED_SINCE, Consequence, Effect, consequence
from .sources.errors import SourceError
from .sources.history_import import HistoryImport
from .sources.kinds import DATA_KINDS, OF_TODAY, POLL_EVERY, SAMPLES, Kind, kinds_of
from .sources.poll import Poll
from .sources.rhythm import next_poll
from .sources.source import HeartRateSource
from .supervisor import Supervisor, UnexpectedError

_LOGGER = logging.getLogger(__name__)

# When the archive last began afresh, in UNIX seconds, until a person has taken note of it.
REPLACED_UNSEEN: Final = Fact("replaced_unseen", int)
# After a failure, the timer tries again in so many seconds.
TIMER_AGAIN: Final = 60.0
# In the data of a sign-in dialog: the provider refused for lack of a permission.
CONF_MISSING_SCOPE: Final = "missing_scope"


@dataclass(frozen=True, slots=True)
class Account:
    """The parts of a loaded config entry."""

    archive: Archive
    coordinator: HeartRateCoordinator
    forwarders: dict[str, Forwarder]
    platforms: tuple[Platform, ...]


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
            update_interval=timedelta(seconds=POLL_EVERY),
            always_update=False,
        )
        self._freshness: int = entry.options.get(CONF_FRESHNESS, DEFAULT_FRESHNESS) * 60
        self._retention: int = entry.options.get(CONF_RETENTION, DEFAULT_RETENTION) * DAY
        # The kinds that the account does without, as long as it is set up.
        self.left_out = lacking_kinds(missing_features(hass, entry))
        kinds = kinds_of(source.offers() - {kind.key for kind in self.left_out})
        self.poll = Poll(
            source,
            archive,
            self._retention,
            dt_util.get_default_time_zone,
            self.name,
            kinds=kinds,
            is_borrowed=CONF_LENDER in entry.data,
        )
        self.history_import = HistoryImport(
            source,
            archive,
            self._retention,
            lambda: self.poll.zone,
            self.async_archive_changed,
            self.name,
            kinds=kinds,
        )
        self.supervisor = Supervisor(self.name, self.async_update_listeners)
        self._sign_in_retry = SignInRetry(hass, entry, self.async_read_now)
        self._archive = archive
        self.account_alerts = self._alerts_of_options()
        self._source = source
        # By a clock that does not jump: the first poll, from which the others are counted.
        self._began: float | None = None
        # By the same clock: the last use of the archive, also before a set-up that failed.
        before: Account | None = getattr(entry, "runtime_data", None)
        self._archive_last_worked: float = (
            before.coordinator._archive_last_worked if before else time.monotonic()  # noqa: SLF001
        )
        self.trouble: SourceError | None = None
        self.archive_trouble: ArchiveError | None = None
        # The errors that the entities show; if they are outdated, the next poll updates them in any case.
        self._shown_errors: dict[Kind, SourceError] = {}
        self._is_outdated = True
        # The facts that entities and issues ask for: since when each is so, in UNIX seconds, or None.
        self.since: dict[Fact[int], int | None] = {}
        self._stop_timer: CALLBACK_TYPE | None = None
        self._refreshing = asyncio.Lock()
        self._numbers = count()
        # Alerts that are decided and not yet announced.
        self.due_alerts: tuple[Alert, ...] = ()

    @property
    def fresh(self) -> bool:
        """Whether the newest sample is recent enough to be called current."""
        return self.data.latest is not None and self.is_recent(self.data.latest[0])

    def is_recent(self, moment: int) -> bool:
        """Whether a moment in UNIX seconds lies within the freshness limit."""
        return time.time() - moment < self._freshness

    def available(self, kind: Kind) -> bool:
        """Whether this kind was read well within the freshness limit."""
        return self.poll.age(kind) < self._freshness

    def offers(self, kind: Kind | None) -> bool:
        """Whether the account has this kind; what needs no kind is always there."""
        return kind is None or kind in self.poll.kinds

    @property
    def missing_features(self) -> list[Feature]:
        """The features whose permission is missing, by the token or by the last poll."""
        denied = {kind for kind, found in self.poll.consequences.items() if found.lacks_scope}
        return missing_features(self.hass, self.config_entry, denied)

    def requests_left(self) -> int:
        """Return the number of requests that the service takes now."""
        return self._source.requests_left()

    def known_until(self) -> int:
        """Return the latest UNIX time at which something can have been measured, even if this clock is ahead.

        That is the service's time of its last answer, or the time of the newest sample.
        """
        newest = self.data.latest[0] if self.data.latest else 0
        return min(max(self._source.answered_at() or 0, newest), int(time.time()))

    async def async_load(self) -> bool:
        """Prune the archive and show its contents; return whether it holds samples."""
        await self._async_prune()
        await self.history_import.load()
        for name in (REFUSED_SINCE, *COUNTED, REPLACED_UNSEEN):
            self.since[name] = await self.hass.async_add_executor_job(self._archive.recall, name)
        await self.hass.async_add_executor_job(self.poll.load)
        await self._async_refresh_snapshot()
        self._archive_last_worked = time.monotonic()
        if self.hass.state is not CoreState.running:
            # An alert, a workout or a night may be due since before the restart.
            self.config_entry.async_on_unload(async_at_started(self.hass, self._async_started))
        return self.data.latest is not None

    async def _async_started(self, _hass: HomeAssistant) -> None:
        # The poll reports trouble with the archive.
        with suppress(ArchiveError):
            await self.async_archive_changed()

    async def async_take_note(self, fact: Fact[int]) -> None:
        """Clear a fact that a person has taken note of."""
        await self._async_remember(fact, None)
        self.since[fact] = None
        self.async_update_listeners()

    async def async_archive_changed(self) -> None:
        """Show the archive after something else than a poll changed it."""
        await self._async_refresh_snapshot()
        self.async_update_listeners()

    def _alerts_of_options(self) -> AccountAlerts:
        options = self.config_entry.options
        return AccountAlerts(self._archive, options, provider_of(self.config_entry).spacing(options))

    async def async_alerts_changed(self) -> None:
        """Go by the options of the alerts as they are now."""
        self.account_alerts, self.due_alerts = self._alerts_of_options(), ()
        # The poll reports trouble with the archive.
        with suppress(ArchiveError):
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
        self._sign_in_retry.async_stop()
        self.supervisor.stop()
        await self.history_import.stop()
        await super().async_shutdown()
        self._async_stop_timer()

    @override
    async def _async_update_data(self) -> Snapshot:
        """Poll; an unexpected error ends neither polling nor anything else."""
        self._began = self._began or time.monotonic()
        try:
            return await self.supervisor.attempt("poll", self._async_read, HomeAssistantError)
        except UnexpectedError as error:
            raise UpdateFailed(
                translation_domain=DOMAIN, translation_key="unexpected_error", retry_after=error.retry_after
            ) from None
        finally:
            pause = next_poll(self._began, time.monotonic(), POLL_EVERY, self.poll.next_look())
            self.update_interval = timedelta(seconds=pause)

    async def _async_read(self) -> Snapshot:
        """Poll the source and publish a snapshot."""
        trouble: SourceError | ArchiveError | None
        try:
            self.trouble = trouble = await self._async_poll()
            await self._async_note_since()
            await self._async_refresh_snapshot()
        except ArchiveError as error:
            if self._shutdown_requested:
                return self.data  # closed while the poll was under way
            trouble = error
            self.note_archive_trouble(error)
        else:
            self._archive_last_worked = time.monotonic()
            self.archive_trouble = None
            self._show_trouble()
        if trouble is None:
            self._sign_in_retry.async_accepted()
            return self.data
        found = self._consequence(trouble)
        if found.effect is Effect.SIGN_IN:
            self._sign_in_retry.async_refused()
        if found.effect is Effect.BEGINS_ANEW and self.config_entry.state is ConfigEntryState.LOADED:
            self.hass.config_entries.async_schedule_reload(self.config_entry.entry_id)
        if found.effect is Effect.SIGN_IN and found.lacks_scope:
            self.config_entry.async_start_reauth(self.hass, data={CONF_MISSING_SCOPE: True})
        raise failure(trouble, found)

    @property
    def consequences(self) -> Iterator[Consequence]:
        """The consequences of the present trouble, with the poll and with each kind of data."""
        if self.trouble:
            yield self._consequence(self.trouble)
        yield from self.poll.consequences.values()

    @property
    def heart_rate_consequence(self) -> Consequence | None:
        """The consequence of the present trouble that keeps new heart rates away, if there is any."""
        if self.trouble:
            return self._consequence(self.trouble)
        return self.poll.consequences.get(SAMPLES)

    def _consequence(self, error: SourceError | ArchiveError) -> Consequence:
        return consequence(error, is_borrowed=CONF_LENDER in self.config_entry.data)

    async def _async_poll(self) -> SourceError | None:
        """Poll; return the error by which the poll failed, if it did."""
        try:
            await self.poll.run()
        except SourceError as error:
            return error
        found = self.poll.errors.get(SAMPLES)
        return found if found and self._consequence(found).effect is not Effect.NOTHING else None

    def _show_trouble(self) -> None:
        """Update the entities if the trouble of the last poll is another one than they know."""
        if self.trouble or self._is_outdated or self._shown_errors != self.poll.errors:
            # What a failed poll has read is shown; Home Assistant itself updates nothing then.
            self._shown_errors, self._is_outdated = self.poll.errors.copy(), self.trouble is not None
            self.async_update_listeners()

    async def _async_note_since(self) -> None:
        """Keep the beginning of trouble that is counted across restarts."""
        counted = {found.since for found in self.poll.consequences.values()}
        stands = {name: name in counted for name in COUNTED}
        has_run_out = self.trouble is not None and self._consequence(self.trouble).since == REFUSED_SINCE
        if has_run_out or self.trouble is None:
            stands[REFUSED_SINCE] = has_run_out
        for name, is_so in stands.items():
            if is_so != (self.since[name] is not None):
                self.since[name] = int(time.time()) if is_so else None
                await self._async_remember(name, self.since[name])

    def note_archive_trouble(self, error: ArchiveError) -> None:
        """Show trouble with the archive once it has lasted for as long as its repair waits."""
        if time.monotonic() - self._archive_last_worked >= consequence(error).repair_after:
            self.archive_trouble, self._is_outdated = error, True
            self.async_update_listeners()

    async def _async_remember(self, fact: Fact[int], value: int | None) -> None:
        await self.hass.async_add_executor_job(self._archive.remember, fact, value)

    async def _async_refresh_snapshot(self) -> None:
        """Read the archive, publish a snapshot, decide on alerts, and start the timer of the next refresh.

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
                take_snapshot, self._archive, self.account_alerts, outside, self.data
            )
            self.data = newer(self.data, snapshot)
            # Automations listen once Home Assistant is running.
            if self.hass.state is CoreState.running:
                await self._async_decide_alerts()
        # A refresh may end after everything has been stopped.
        if not self._shutdown_requested:
            self._async_start_timer()

    async def _async_decide_alerts(self) -> None:
        """Decide on the alerts to announce; whoever does calls `async_alert_announced`."""
        if not self.account_alerts.limits:
            return
        due = self.due_alerts
        # If the archive cannot be written, the next refresh decides.
        with suppress(ArchiveError):
            due = await self.hass.async_add_executor_job(
                self.account_alerts.decide, self.data.alerts, int(time.time())
            )
        if due != self.due_alerts:
            self.due_alerts = due
            self.async_update_listeners()

    async def async_alert_announced(self, alert: Alert) -> None:
        """Mark an alert as announced. If that fails, it may be announced again after a restart."""
        async with self._refreshing:
            with suppress(ArchiveError):
                await self.hass.async_add_executor_job(self.account_alerts.mark_announced, alert)
            self.due_alerts = tuple(due for due in self.due_alerts if not overlap(due.stretch, alert.stretch))
        self.async_update_listeners()

    async def async_session_announced(
        self, mark: Callable[[Archive, Iterable[str], int], None], keys: Iterable[str]
    ) -> None:
        """Mark a workout or a night as announced. If that fails, it is announced again after a restart."""
        with suppress(ArchiveError):
            await self.hass.async_add_executor_job(mark, self._archive, keys, int(time.time()))

    async def _async_prune(self) -> None:
        await self.hass.async_add_executor_job(self._archive.prune, self._retention, int(time.time()))

    @callback
    def _async_start_timer(self) -> None:
        """Start the timer for midnight, for the newest sample or a failing kind to go stale."""
        self._async_stop_timer()
        now = time.time()
        delays = [midnight(self.data.today.day + timedelta(days=1), self.data.time_zone) - now]
        if self.data.latest:
            delays.append(self.data.latest[0] + self._freshness - now)
        delays += [self._freshness - self.poll.age(kind) for kind in DATA_KINDS]
        # If the clock has passed all of it meanwhile, refresh at once.
        delay = min((delay for delay in delays if delay > 0), default=0)
        self._stop_timer = async_call_later(self.hass, delay + 1, self._async_turn)

    @callback
    def _async_stop_timer(self) -> None:
        if self._stop_timer:
            self._stop_timer()
            self._stop_timer = None

    async def _async_turn(self, _now: datetime) -> None:
        self._stop_timer = None
        # The poll reports trouble with the archive.
        with suppress(ArchiveError, UnexpectedError):
            await self.supervisor.attempt("timer", self._async_pass_time, ArchiveError)
        if self._stop_timer is None and not self._shutdown_requested:
            self._stop_timer = async_call_later(self.hass, TIMER_AGAIN, self._async_turn)
        self.async_update_listeners()

    async def _async_pass_time(self) -> None:
        day = self.data.today.day
        await self._async_refresh_snapshot()
        if self.data.today.day != day:
            self.poll.hurry(OF_TODAY)
            await self._async_prune()


_FAILURES: Final[Mapping[Effect, type[HomeAssistantError]]] = {
    Effect.SIGN_IN: ConfigEntryAuthFailed,
    Effect.STOPS: ConfigEntryError,
}


def failure(
    error: SourceError | ArchiveError,
    found: Consequence,
    waiting: Callable[..., HomeAssistantError] = UpdateFailed,
) -> HomeAssistantError:
    """Return the exception that makes Home Assistant act on an error.

    `waiting` is the class that makes it try again: that of a poll, or of the set-up.
    """
    pause = {"retry_after": found.again_after} if found.ends_poll and found.again_after else {}
    return _FAILURES.get(found.effect, waiting)(
        translation_domain=DOMAIN,
        translation_key=found.text,
        translation_placeholders={"reason": str(error)},
        **pause,
    )
