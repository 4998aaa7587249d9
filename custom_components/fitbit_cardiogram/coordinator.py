"""The coordinator: polls an account, and shows where it stands by what the archive has of it."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
import logging
import time
from typing import Final, override

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryState
from homeassistant.core import CALLBACK_TYPE, CoreState, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryAuthFailed, ConfigEntryError, HomeAssistantError
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .alerts import Alerts
from .archive.archive import REPLACED_AT as REPLACED_AT, Archive
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
from .heart_rate.alert import Alert, overlap
from .heart_rate.clock import DAY, midnight
from .providers import provider_of
from .snapshot import Outside, Snapshot, newer, take_snapshot
from .sources.consequences import DENIED_SINCE, REFUSED_SINCE, Consequence, Effect, consequence
from .sources.errors import SourceError
from .sources.history_import import HistoryImport
from .sources.poll import POLL_INTERVAL, Kind, Poll
from .sources.source import HeartRateSource

_LOGGER = logging.getLogger(__name__)

# The facts when the archive last began afresh, and the same until a person has taken note.
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
        self.alerts = Alerts(archive, entry.options, provider_of(entry).spacing(entry.options))
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
        trouble: SourceError | ArchiveError | None
        try:
            self.trouble = trouble = await self._async_poll()
            await self._async_note_since()
            await self._async_refresh_snapshot()
        except ArchiveError as error:
            if self._shutdown_requested:
                return self.data  # closed while the poll was under way
            trouble = error
            self._note_archive_trouble(error)
        else:
            self._archive_last_worked = time.monotonic()
            self.archive_trouble = None
            self._show_trouble()
        if trouble is None:
            return self.data
        found = self._consequence(trouble)
        if found.effect is Effect.BEGINS_ANEW and self.config_entry.state is ConfigEntryState.LOADED:
            self.hass.config_entries.async_schedule_reload(self.config_entry.entry_id)
        if found.effect is Effect.SIGN_IN and found.lacks_scope:
            self.config_entry.async_start_reauth(self.hass, data={CONF_MISSING_SCOPE: True})
        raise failure(trouble, found) from trouble

    @property
    def consequences(self) -> Iterator[Consequence]:
        """What follows from the trouble that there is now: with the service, and with each kind of data."""
        if self.trouble:
            yield self._consequence(self.trouble)
        yield from self.poll.consequences.values()

    def _consequence(self, error: SourceError | ArchiveError) -> Consequence:
        return consequence(error, is_borrowed=CONF_LENDER in self.config_entry.data)

    async def _async_poll(self) -> SourceError | None:
        """Read what is due; return what makes the poll a failed one."""
        try:
            await self.poll.run()
        except SourceError as error:
            return error
        found = self.poll.errors.get(Kind.SAMPLES)
        return found if found and self._consequence(found).effect is not Effect.NOTHING else None

    def _show_trouble(self) -> None:
        """Tell the entities when the trouble of the last poll is another one than they know."""
        if self.trouble is None and self._shown_errors is None:
            self._take_back_question()
        if self.trouble or self._shown_errors != self.poll.errors:
            # What was read is shown whatever else failed; the first poll tells at least that nothing did.
            self._shown_errors = None if self.trouble else self.poll.errors.copy()
            self.async_update_listeners()

    async def _async_note_since(self) -> None:
        """Keep since when things stand as they should not, which a restart does not change."""
        stands = {DENIED_SINCE: any(found.since == DENIED_SINCE for found in self.poll.consequences.values())}
        has_run_out = self.trouble is not None and self._consequence(self.trouble).since == REFUSED_SINCE
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
        """Take note of trouble that has lasted for as long as its repair waits."""
        if time.monotonic() - self._archive_last_worked >= consequence(error).repair_after:
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


_FAILURES: Final[Mapping[Effect, type[HomeAssistantError]]] = {
    Effect.SIGN_IN: ConfigEntryAuthFailed,
    Effect.STOPS: ConfigEntryError,
}


def failure(
    error: SourceError | ArchiveError,
    found: Consequence,
    waiting: Callable[..., HomeAssistantError] = UpdateFailed,
) -> HomeAssistantError:
    """Return the exception by which Home Assistant acts on an error as it must.

    `waiting` is the one by which it tries again: of a poll, or of the set-up.
    """
    pause = {"retry_after": found.again_after} if found.ends_poll and found.again_after else {}
    return _FAILURES.get(found.effect, waiting)(
        translation_domain=DOMAIN,
        translation_key=found.text,
        translation_placeholders={"reason": str(error)},
        **pause,
    )
