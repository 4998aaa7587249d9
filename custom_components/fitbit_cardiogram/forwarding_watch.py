"""The watch over the forwarding to a destination: tells what is delivered, pauses and recoveries."""

from datetime import datetime, timedelta
import time
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, CoreState, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from .coordinator import AccountConfigEntry
from .destinations.forwarder import UNREAD, Forwarder
from .destinations.outcome import CONSEQUENCES, Problem
from .news import News, NewsKind, async_tell
from .told import Memory

# How often to look whether Home Assistant is running.
LOOK_EVERY: Final = timedelta(minutes=1)


class ForwardingWatch:
    """Compares how forwarding fares with how it fared before, and tells what has changed.

    A pause is told once, and again only after a recovery, whatever reloads and restarts are in between.
    Nothing is told before Home Assistant is running: automations listen then.
    """

    def __init__(
        self, hass: HomeAssistant, entry: AccountConfigEntry, subentry_id: str, forwarder: Forwarder
    ) -> None:
        """Watch until `async_stop`."""
        self._hass = hass
        self._entry = entry
        self._subentry_id = subentry_id
        self._forwarder = forwarder
        self._memory = Memory(hass, entry)
        self._seen = forwarder.state
        self._stops: list[CALLBACK_TYPE] = [
            forwarder.listen(lambda _old, _new: self._async_look()),
            async_track_time_interval(hass, self._async_look, LOOK_EVERY),
        ]

    @callback
    def async_stop(self) -> None:
        """Watch no more."""
        for stop in self._stops:
            stop()

    @callback
    def _async_look(self, _now: datetime | None = None) -> None:
        if self._hass.state is not CoreState.running:
            return
        old, self._seen = self._seen, self._forwarder.state
        # What was delivered before this start is no news.
        known = self._seen.outbox if old.outbox is UNREAD else old.outbox
        delivered = self._seen.outbox.delivered - known.delivered
        trouble = self._memory.told.troubles.get(self._subentry_id, old.problem)
        # After a reload or a restart, nobody knows before something is delivered.
        if trouble and not self._seen.problem and (delivered > 0 or old.problem == trouble):
            self._note(None)
            self._tell(NewsKind.FORWARDING_RECOVERED, reason=str(trouble))
            trouble = None
        if delivered > 0:
            self._tell(NewsKind.FORWARDING_DELIVERED, count=delivered)
        if self._seen.problem:
            self._look_at_trouble(trouble, self._seen.problem)

    def _look_at_trouble(self, before: Problem | None, now: Problem) -> None:
        """Tell a pause, unless one was told `before`; trouble that passes ends none."""
        was_paused, is_paused = _pauses(before), _pauses(now)
        if is_paused or not was_paused:
            self._note(now)
        if is_paused and not was_paused:
            self._tell(NewsKind.FORWARDING_PAUSED, reason=str(now))

    def _note(self, trouble: Problem | None) -> None:
        """Note the trouble of this destination; that of a removed one is forgotten."""
        troubles = self._memory.told.troubles
        now = {key: troubles[key] for key in troubles.keys() & self._entry.runtime_data.forwarders.keys()}
        now.pop(self._subentry_id, None)
        if trouble:
            now[self._subentry_id] = trouble
        if now != troubles:
            self._memory.async_note(troubles=now)

    def _tell(self, kind: NewsKind, **facts: Any) -> None:
        facts["pending"] = self._seen.outbox.pending
        async_tell(self._hass, News(kind, self._entry.entry_id, time.time(), facts, self._subentry_id))


def _pauses(problem: Problem | None) -> bool:
    """Return whether a person has to act on a problem."""
    return problem is not None and not CONSEQUENCES[problem].passes
