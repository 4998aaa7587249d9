"""The watch over an account: tells when an alert is over, and how long a stay or a lack of syncs lasts."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
import time
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, CoreState, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from .announcer import alert_facts
from .coordinator import AccountConfigEntry
from .heart_rate.alert import Alert, Overlaps
from .heart_rate.clock import written
from .news import News, NewsKind, async_tell
from .sources.kinds import LAST_SYNC
from .told import Memory

# How often to look how long ago the last sync was.
LOOK_EVERY: Final = timedelta(minutes=1)


class Watch:
    """Compares what an account shows with what it showed before, and tells what has changed.

    What is there already when the account is set up is not news. Nothing is told before Home Assistant is
    running: automations listen then.
    """

    def __init__(self, hass: HomeAssistant, entry: AccountConfigEntry) -> None:
        """Watch until `async_stop`."""
        self._hass = hass
        self._entry = entry
        self._coordinator = entry.runtime_data.coordinator
        self._memory = Memory(hass, entry)
        self._began = time.monotonic()
        # The time of the newest sample that was looked at.
        self._seen = self._newest
        # The alerts whose end is to be told.
        self._open = [alert for alert in self._coordinator.data.alerts if alert.end == self._seen]
        self._stops: list[CALLBACK_TYPE] = [
            self._coordinator.async_add_listener(self._async_look_at_samples),
            async_track_time_interval(hass, self._async_look_at_sync, LOOK_EVERY),
        ]

    @callback
    def async_stop(self) -> None:
        """Watch no more."""
        for stop in self._stops:
            stop()

    @property
    def _newest(self) -> int:
        latest = self._coordinator.data.latest
        return latest[0] if latest else 0

    @callback
    def _async_look_at_samples(self) -> None:
        if self._hass.state is CoreState.running:
            self._tell_ended_alerts()
            self._tell_stay()

    def _tell_ended_alerts(self) -> None:
        """Tell the alerts that a newer sample has ended; one that went stale ends with the next sample."""
        self._open = self._followed_alerts()
        # The end is told after the beginning, which is due until it is told.
        due = _overlaps(self._coordinator.due_alerts)
        over = [alert for alert in self._open if alert.end < self._newest and not due.any(alert.stretch)]
        self._open = [alert for alert in self._open if alert not in over]
        for alert in over:
            self._tell(NewsKind.ALERT_ENDED, alert.end, alert_facts(alert))

    def _followed_alerts(self) -> list[Alert]:
        """Return the open alerts and those that are due, as they are shown now.

        One that is too old to be shown is as it was.
        """
        alerts = self._coordinator.data.alerts
        shown, followed = _overlaps(alerts), _overlaps([*self._open, *self._coordinator.due_alerts])
        old = [alert for alert in self._open if not shown.any(alert.stretch)]
        return old + [alert for alert in alerts if followed.any(alert.stretch)]

    def _tell_stay(self) -> None:
        """Tell the length of the stay in a zone, while the heart rate is current."""
        # At midnight, the zones of the new day are not known yet.
        if (stay := self._coordinator.data.stay) is None:
            return
        if self._coordinator.fresh and 0 < self._seen < stay.end:
            facts = {"zone": str(stay.zone), "bpm": stay.bpm, "start": written(stay.start)}
            self._tell(NewsKind.ZONE_ENTERED, stay.start, facts, seen=self._seen, until=stay.end)
        self._seen = stay.end

    @callback
    def _async_look_at_sync(self, _now: datetime) -> None:
        """Tell the length of a lack of syncs, as far as the service was asked since the set-up."""
        age, last_sync = self._coordinator.poll.age(LAST_SYNC), self._coordinator.data.last_sync
        now = time.time()
        if self._memory.told.sync_until > now:
            # The clock was ahead: what has lasted long enough by now was told then.
            self._memory.async_note(sync_until=int(now))
        is_asked = age < time.monotonic() - self._began
        if self._hass.state is not CoreState.running or not is_asked or last_sync is None:
            return
        seen = self._memory.told.sync_until
        if (asked_at := int(now - age)) > seen:
            facts = {"last_sync": last_sync.isoformat()}
            self._tell(NewsKind.NOT_SYNCED, last_sync.timestamp(), facts, seen=seen, until=asked_at)
            self._memory.async_note(sync_until=asked_at)

    def _tell(
        self, kind: NewsKind, moment: float, facts: Mapping[str, Any], *, seen: float = 0, until: float = 0
    ) -> None:
        async_tell(self._hass, News(kind, self._entry.entry_id, moment, facts, seen=seen, until=until))


def _overlaps(alerts: Iterable[Alert]) -> Overlaps:
    return Overlaps(alert.stretch for alert in alerts)
