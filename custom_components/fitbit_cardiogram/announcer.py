"""The announcer of an account: tells its alerts, workouts and nights once each, and marks them as told."""

from collections.abc import Callable, Coroutine, Iterable, Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

from homeassistant.core import CALLBACK_TYPE, CoreState, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from .account_sensors import daily_attributes, night_attributes, workout_attributes
from .archive.archive import Archive
from .archive.sleep import Night
from .archive.workouts import Kept
from .coordinator import AccountConfigEntry
from .heart_rate.alert import Alert, Overlaps
from .heart_rate.clock import written
from .heart_rate.daily import SLEEPING_HEART_RATE
from .news import News, NewsKind, async_tell
from .sessions import rounded
from .snapshot import Snapshot


def alert_facts(alert: Alert) -> dict[str, Any]:
    """Return an alert as its event and its triggers have it."""
    return {
        "kind": str(alert.kind),
        "limit": alert.limit,
        "start": written(alert.start),
        "end": written(alert.end),
        "extreme": alert.extreme,
    }


@dataclass(frozen=True, slots=True)
class Session:
    """A workout or a night that is to be announced, and the ids by which it is marked as announced."""

    id: str
    start: int
    end: int
    attributes: dict[str, Any]
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SessionNews:
    """A kind of session: those that are due, and the way in which the archive marks one as announced."""

    kind: NewsKind
    due: Callable[[Snapshot], Iterable[Session]]
    mark: Callable[[Archive, Iterable[str], int], None]


def _workout(kept: Kept) -> Session:
    workout = kept.session
    return Session(workout.id, workout.start, workout.end, workout_attributes(kept), (workout.id,))


def _night(night: Night, data: Snapshot) -> Session:
    value = daily_attributes(SLEEPING_HEART_RATE.key, data)
    is_its_own = value.get("date") == night.day.isoformat()
    attributes = {
        "asleep": night.asleep,
        **night_attributes(night),
        **{key: rounded(value.get(key)) if is_its_own else None for key in ("usual", "difference")},
    }
    return Session(night.id, night.start, night.end, attributes, tuple(part.id for part in night.parts))


SESSIONS: Final = (
    SessionNews(
        NewsKind.WORKOUT_RECORDED,
        lambda data: map(_workout, data.due_workouts),
        lambda archive, keys, now: archive.note_announced(keys, now),
    ),
    SessionNews(
        NewsKind.NIGHT_RECORDED,
        lambda data: (_night(night, data) for night in data.due_nights),
        lambda archive, keys, now: archive.note_nights_announced(keys, now),
    ),
)


class Announcer:
    """Tells what is to be told once: it is marked in the archive, so that no restart repeats or loses it.

    It tells after the entities have been updated: an automation sees no event of an entity that is only just
    becoming available.
    """

    def __init__(self, hass: HomeAssistant, entry: AccountConfigEntry) -> None:
        """Tell everything due, from now on until `async_stop`."""
        self._hass = hass
        self._entry = entry
        self._coordinator = entry.runtime_data.coordinator
        # Both are due until the archive has them marked, and told once meanwhile.
        self._told_alerts: list[Alert] = []
        self._told_sessions: dict[NewsKind, AbstractSet[str]] = {}
        self._later: set[CALLBACK_TYPE] = set()
        self._stop_listening = self._coordinator.async_add_listener(self._async_tell_news)
        self._async_tell_news()

    @callback
    def async_stop(self) -> None:
        """Tell no more."""
        self._stop_listening()
        for cancel in self._later:
            cancel()

    @callback
    def _async_tell_news(self) -> None:
        self._tell_alerts()
        # Automations listen once Home Assistant is running.
        if self._hass.state is CoreState.running:
            for sessions in SESSIONS:
                self._tell_sessions(sessions)

    def _tell_alerts(self) -> None:
        told = Overlaps(alert.stretch for alert in self._told_alerts)
        new = [alert for alert in self._coordinator.due_alerts if not told.any(alert.stretch)]
        self._told_alerts += new
        self._tell_each(new, self._tell_alert)

    def _tell_sessions(self, sessions: SessionNews) -> None:
        due = {session.id: session for session in sessions.due(self._coordinator.data)}
        told = self._told_sessions.get(sessions.kind, frozenset())
        new = [session for key, session in due.items() if key not in told]
        self._told_sessions[sessions.kind] = due.keys()
        self._tell_each(new, partial(self._tell_session, sessions))

    def _tell_each[T](self, new: Iterable[T], tell: Callable[[T], None]) -> None:
        """Tell news one after the other: events of the same millisecond would be one to an automation."""
        for delay, one in enumerate(new):
            if delay:
                self._tell_later(delay, partial(tell, one))
            else:
                tell(one)

    def _tell_later(self, delay: float, tell: Callable[[], None]) -> None:
        @callback
        def tell_now(_now: datetime) -> None:
            self._later.discard(cancel)
            tell()

        cancel = async_call_later(self._hass, delay, tell_now)
        self._later.add(cancel)

    @callback
    def _tell_alert(self, alert: Alert) -> None:
        self._tell(NewsKind.ALERT_BEGAN, alert.reached, alert_facts(alert))
        self._mark(partial(self._async_mark_alert, alert))

    @callback
    def _tell_session(self, sessions: SessionNews, session: Session) -> None:
        times = {"start": written(session.start), "end": written(session.end)}
        self._tell(sessions.kind, session.end, {**session.attributes, **times})
        self._mark(partial(self._coordinator.async_session_announced, sessions.mark, session.marks))

    def _tell(self, kind: NewsKind, moment: int, facts: dict[str, Any]) -> None:
        async_tell(self._hass, News(kind, self._entry.entry_id, moment, facts))

    def _mark(self, mark: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Mark an announcement in the archive, in a task."""
        marked = self._coordinator.supervisor.once("announcement", mark)
        self._entry.async_create_task(self._hass, marked, "mark an announcement")

    async def _async_mark_alert(self, alert: Alert) -> None:
        await self._coordinator.async_alert_announced(alert)
        self._told_alerts.remove(alert)
