"""Events: samples that a poll brought, alerts, finished workouts, nights, and changes of the forwarding."""

from abc import abstractmethod
from collections.abc import Callable, Coroutine, Iterable, Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from functools import partial
import time
from typing import Any, Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.const import Platform
from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_call_later

from .account_sensors import beside_usual, night_attributes, workout_attributes
from .announcements import Overlaps
from .archive.archive import Archive
from .archive.sleep import Night
from .archive.workouts import Kept
from .coordinator import AccountConfigEntry, HeartRateCoordinator
from .destinations.forwarder import Forwarder, ForwarderState
from .entity import AccountEntity, DestinationEntity, async_keep_entity
from .heart_rate.alert import Alert, AlertKind
from .heart_rate.clock import utc
from .heart_rate.daily import SLEEPING_HEART_RATE
from .snapshot import Snapshot
from .sources.kinds import SAMPLES, SLEEP, WORKOUTS, Kind

PARALLEL_UPDATES = 0

RECEIVED: Final = "received"
DELIVERED: Final = "delivered"
PAUSED: Final = "paused"
RECOVERED: Final = "recovered"
FINISHED: Final = "finished"
RECORDED: Final = "recorded"

SAMPLES_RECEIVED = EventEntityDescription(
    key="samples_received", translation_key="samples_received", event_types=[RECEIVED]
)
HEART_RATE_ALERT = EventEntityDescription(
    key="heart_rate_alert", translation_key="heart_rate_alert", event_types=[*map(str, AlertKind)]
)
FORWARDING = EventEntityDescription(
    key="forwarding", translation_key="forwarding", event_types=[DELIVERED, PAUSED, RECOVERED]
)


@dataclass(frozen=True, slots=True)
class Session:
    """A workout or a night that is to be announced, and the ids by which it is marked as announced."""

    id: str
    start: int
    end: int
    attributes: dict[str, Any]
    marks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SessionEventDescription(EventEntityDescription):
    """An event of a kind of session: which are due, and how the archive marks one as announced."""

    kind: Kind
    due_fn: Callable[[Snapshot], Iterable[Session]]
    mark_fn: Callable[[Archive, Iterable[str], int], None]


def _workout(kept: Kept) -> Session:
    workout = kept.session
    return Session(workout.id, workout.start, workout.end, workout_attributes(kept), (workout.id,))


def _night(night: Night, data: Snapshot) -> Session:
    value = data.daily_values.get(SLEEPING_HEART_RATE.key)
    is_newest = value is not None and value.day == night.day
    beside = beside_usual(data, value.kind, value.value) if value and is_newest else {}
    attributes = {
        "asleep": night.asleep,
        **night_attributes(night),
        **{key: beside.get(key) for key in ("usual", "difference")},
    }
    return Session(night.id, night.start, night.end, attributes, tuple(part.id for part in night.parts))


SESSIONS = (
    SessionEventDescription(
        key="workout",
        translation_key="workout",
        event_types=[FINISHED],
        kind=WORKOUTS,
        due_fn=lambda data: map(_workout, data.due_workouts),
        mark_fn=lambda archive, keys, now: archive.note_announced(keys, now),
    ),
    SessionEventDescription(
        key="night",
        translation_key="night",
        event_types=[RECORDED],
        kind=SLEEP,
        due_fn=lambda data: (_night(night, data) for night in data.due_nights),
        mark_fn=lambda archive, keys, now: archive.note_nights_announced(keys, now),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: AccountConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the events of the account and of its destinations."""
    account = entry.runtime_data
    async_add_entities([SamplesReceived(account.coordinator)])
    async_keep_entity(
        account.coordinator,
        Platform.EVENT,
        HEART_RATE_ALERT,
        lambda: HeartRateAlert(account.coordinator),
        lambda: bool(account.coordinator.announcements.limits),
        async_add_entities,
    )
    async_add_entities(
        SessionOver(account.coordinator, description)
        for description in SESSIONS
        if account.coordinator.offers(description.kind)
    )
    for subentry_id, forwarder in account.forwarders.items():
        async_add_entities([Forwarding(subentry_id, forwarder)], config_subentry_id=subentry_id)


class AccountEvent(AccountEntity, EventEntity):
    """An event of an account, fired after a refresh.

    An automation sees no event of an entity that is only just becoming available: the state is written first.
    """

    def __init__(
        self, coordinator: HeartRateCoordinator, description: EventEntityDescription, kind: Kind = SAMPLES
    ) -> None:
        super().__init__(coordinator, description, kind)

    @override
    async def async_added_to_hass(self) -> None:
        """Fire for news that came before there was an entity."""
        await super().async_added_to_hass()
        self._handle_coordinator_update()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        super()._handle_coordinator_update()
        self._fire_news()

    @abstractmethod
    def _fire_news(self) -> None:
        """Fire for news that has not been announced yet."""

    @callback
    def _fire(self, event_type: str, attributes: dict[str, Any]) -> None:
        self._trigger_event(event_type, attributes)
        self.async_write_ha_state()

    @callback
    def _announce_each[T](self, new: Iterable[T], announce: Callable[[T], None]) -> None:
        """Announce news one after the other: events of the same millisecond would be one to an automation."""
        for delay, one in enumerate(new):
            if delay:
                later = async_call_later(self.hass, delay, partial(_at_its_time, announce, one))
                self.async_on_remove(later)
            else:
                announce(one)

    @callback
    def _mark(self, mark: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Mark an announcement in the archive, in a task."""
        marked = self.coordinator.supervisor.once("announcement", mark)
        self.coordinator.config_entry.async_create_task(self.hass, marked, "mark an announcement")


@callback
def _at_its_time[T](announce: Callable[[T], None], one: T, _now: datetime) -> None:
    announce(one)


class SamplesReceived(AccountEvent):
    """Fires once for each poll that brought samples, with their number, time and range."""

    def __init__(self, coordinator: HeartRateCoordinator) -> None:
        super().__init__(coordinator, SAMPLES_RECEIVED)
        self._seen: int | None = None

    @callback
    @override
    def _fire_news(self) -> None:
        data = self.coordinator.data
        if data.version == self._seen:
            return
        self._seen = data.version
        if received := data.received:
            self._fire(
                RECEIVED,
                {
                    "count": received.count,
                    "first": utc(received.first).isoformat(),
                    "last": utc(received.last).isoformat(),
                    "min": received.min,
                    "mean": round(received.mean, 1),
                    "max": received.max,
                },
            )


class HeartRateAlert(AccountEvent):
    """Fires once for each time that the heart rate has been beyond a limit for long enough."""

    def __init__(self, coordinator: HeartRateCoordinator) -> None:
        super().__init__(coordinator, HEART_RATE_ALERT)
        self._under_way: list[Alert] = []

    @callback
    @override
    def _fire_news(self) -> None:
        known = Overlaps(alert.stretch for alert in self._under_way)
        new = [alert for alert in self.coordinator.due_alerts if not known.any(alert.stretch)]
        self._under_way += new
        self._announce_each(new, self._announce)

    @callback
    def _announce(self, alert: Alert) -> None:
        self._fire(
            str(alert.kind),
            {
                "limit": alert.limit,
                "start": utc(alert.start).isoformat(),
                "end": utc(alert.end).isoformat(),
                "extreme": alert.extreme,
            },
        )
        self._mark(partial(self._async_mark, alert))

    async def _async_mark(self, alert: Alert) -> None:
        await self.coordinator.async_announced(alert)
        self._under_way.remove(alert)


class SessionOver(AccountEvent):
    """Fires once for each finished workout or night, late ones too, with what it did to the heart."""

    entity_description: SessionEventDescription

    def __init__(self, coordinator: HeartRateCoordinator, description: SessionEventDescription) -> None:
        super().__init__(coordinator, description, description.kind)
        self._told: AbstractSet[str] = frozenset()

    @callback
    @override
    def _fire_news(self) -> None:
        # Automations listen once Home Assistant is running.
        if self.hass.state is not CoreState.running:
            return
        due = {session.id: session for session in self.entity_description.due_fn(self.coordinator.data)}
        new = [session for key, session in due.items() if key not in self._told]
        # One that is marked is due no longer.
        self._told = due.keys()
        self._announce_each(new, self._announce)

    @callback
    def _announce(self, session: Session) -> None:
        self._fire(
            self.event_types[0],
            {
                **session.attributes,
                "start": utc(session.start).isoformat(),
                "end": utc(session.end).isoformat(),
                "age": round(time.time() - session.end),
            },
        )
        mark = self.entity_description.mark_fn
        self._mark(partial(self.coordinator.async_session_announced, mark, session.marks))


class Forwarding(DestinationEntity, EventEntity):
    """Fires when beats were delivered, when forwarding pauses and when it gets through again."""

    def __init__(self, subentry_id: str, forwarder: Forwarder) -> None:
        super().__init__(subentry_id, forwarder, FORWARDING)

    @callback
    @override
    def _async_forwarder_changed(self, old: ForwarderState, new: ForwarderState) -> None:
        if old.problem and not new.problem:
            self._trigger_event(RECOVERED, {"reason": str(old.problem)})
            self.async_write_ha_state()
        if new.outbox.delivered > old.outbox.delivered:
            self._trigger_event(
                DELIVERED,
                {"count": new.outbox.delivered - old.outbox.delivered, "pending": new.outbox.pending},
            )
            self.async_write_ha_state()
        if new.paused and not old.paused:
            self._trigger_event(PAUSED, {"reason": str(new.problem)})
            self.async_write_ha_state()
