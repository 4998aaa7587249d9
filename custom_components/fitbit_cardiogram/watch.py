"""The watch over an account: tells when an alert is over, how long things last, and how forwarding fares."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
import time
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, CoreState, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util.hass_dict import HassKey

from .announcer import alert_facts
from .const import DOMAIN
from .coordinator import AccountConfigEntry
from .destinations.forwarder import ForwarderState
from .heart_rate.alert import Alert, Overlaps
from .heart_rate.clock import written
from .news import News, NewsKind, async_tell
from .sources.kinds import LAST_SYNC

# How often it is looked whether the last sync lies long back.
LOOK_EVERY: Final = timedelta(minutes=1)
# By account, until when its last sync was told, in UNIX seconds: a reload tells nothing again.
DATA_TOLD_UNTIL: Final[HassKey[dict[str, float]]] = HassKey(f"{DOMAIN}_sync_told_until")
# By destination, how it was when it last was in trouble: a reload ends none.
DATA_TROUBLED: Final[HassKey[dict[str, ForwarderState]]] = HassKey(f"{DOMAIN}_troubled")


class Watch:
    """Compares what an account shows with what it showed before, and tells what has changed.

    What is there already when the account is set up is not news.
    """

    def __init__(self, hass: HomeAssistant, entry: AccountConfigEntry) -> None:
        """Watch until `async_stop`."""
        self._hass = hass
        self._entry = entry
        account = entry.runtime_data
        self._coordinator = account.coordinator
        self._began = time.monotonic()
        self._seen = self._newest
        self._open = [alert for alert in self._coordinator.data.alerts if alert.end == self._seen]
        self._stops: list[CALLBACK_TYPE] = [
            self._coordinator.async_add_listener(self._async_look),
            async_track_time_interval(hass, self._async_look_at_sync, LOOK_EVERY),
            *(
                forwarder.listen(partial(self._async_forwarder_changed, subentry_id))
                for subentry_id, forwarder in account.forwarders.items()
            ),
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
    def _async_look(self) -> None:
        # Automations listen once Home Assistant is running.
        if self._hass.state is CoreState.running:
            self._tell_ended_alerts()
            self._tell_stay()

    def _tell_ended_alerts(self) -> None:
        """Tell the alerts that a newer sample has ended; one that went stale ends with the next sample.

        Only one whose beginning was told: until then it is due.
        """
        alerts, due, newest = self._coordinator.data.alerts, self._coordinator.due_alerts, self._newest
        shown, untold, known = map(_overlaps, (alerts, due, (*self._open, *due)))
        current = [
            *(alert for alert in self._open if not shown.any(alert.stretch)),
            *(alert for alert in alerts if known.any(alert.stretch)),
        ]
        over = [alert for alert in current if alert.end < newest and not untold.any(alert.stretch)]
        self._open = [alert for alert in current if alert not in over]
        for alert in over:
            self._tell(NewsKind.ALERT_ENDED, alert.end, alert_facts(alert))

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
        """Tell the last sync, as far as the service was asked since the set-up."""
        age, last_sync = self._coordinator.poll.age(LAST_SYNC), self._coordinator.data.last_sync
        is_asked = age < time.monotonic() - self._began
        if self._hass.state is not CoreState.running or not is_asked or last_sync is None:
            return
        told_until = self._hass.data.setdefault(DATA_TOLD_UNTIL, {})
        seen, asked_at = told_until.get(self._entry.entry_id, 0), time.time() - age
        if seen > time.time():
            seen = 0  # the clock was ahead
        if asked_at <= seen:
            return
        told_until[self._entry.entry_id] = asked_at
        facts = {"last_sync": last_sync.isoformat()}
        self._tell(NewsKind.NOT_SYNCED, last_sync.timestamp(), facts, seen=seen, until=asked_at)

    @callback
    def _async_forwarder_changed(self, subentry_id: str, old: ForwarderState, new: ForwarderState) -> None:
        """Tell of a pause, or of a recovery, even if there was a reload in between."""
        troubled = self._hass.data.setdefault(DATA_TROUBLED, {})
        before = old if old.problem else troubled.get(subentry_id, old)
        told = partial(self._tell, moment=time.time(), subentry_id=subentry_id)
        if new.problem:
            troubled[subentry_id] = new
            if new.paused and not before.paused:
                told(NewsKind.FORWARDING_PAUSED, facts=_forwarding(new, new))
        # After a reload, nobody knows before something is delivered.
        elif before.problem and (old.problem or new.outbox.delivered > old.outbox.delivered):
            troubled.pop(subentry_id, None)
            told(NewsKind.FORWARDING_RECOVERED, facts=_forwarding(before, new))

    def _tell(
        self,
        kind: NewsKind,
        moment: float,
        facts: Mapping[str, Any],
        *,
        subentry_id: str | None = None,
        seen: float = 0,
        until: float = 0,
    ) -> None:
        async_tell(self._hass, News(kind, self._entry.entry_id, moment, facts, subentry_id, seen, until))


def _overlaps(alerts: Iterable[Alert]) -> Overlaps:
    return Overlaps(alert.stretch for alert in alerts)


def _forwarding(troubled: ForwarderState, now: ForwarderState) -> dict[str, Any]:
    return {"reason": str(troubled.problem), "pending": now.outbox.pending}
