"""Events: samples that a poll brought, alerts, finished workouts, nights, and changes of the forwarding."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
import time
from typing import Any, Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.const import Platform
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_call_later

from .const import CONF_HOURLY_DELIVERIES
from .coordinator import AccountConfigEntry, HeartRateCoordinator
from .destinations.forwarder import Forwarder
from .entity import AccountEntity, DestinationEntity, async_keep_entity
from .heart_rate.alert import AlertKind
from .heart_rate.clock import HOUR, written
from .news import SIGNAL_NEWS, News, NewsKind
from .sources.kinds import SAMPLES, SLEEP, WORKOUTS, Kind

PARALLEL_UPDATES = 0

RECEIVED: Final = "received"
DELIVERED: Final = "delivered"
PAUSED: Final = "paused"
RECOVERED: Final = "recovered"
FINISHED: Final = "finished"
RECORDED: Final = "recorded"

SAMPLES_RECEIVED = EventEntityDescription(
    key="samples_received",
    translation_key="samples_received",
    event_types=[RECEIVED],
    # A line in Activity at each poll, for those who want it.
    entity_registry_enabled_default=False,
)
FORWARDING = EventEntityDescription(
    key="forwarding", translation_key="forwarding", event_types=[DELIVERED, PAUSED, RECOVERED]
)
TROUBLE: Final = {NewsKind.FORWARDING_PAUSED: PAUSED, NewsKind.FORWARDING_RECOVERED: RECOVERED}


@dataclass(frozen=True, kw_only=True)
class NewsEventDescription(EventEntityDescription):
    """An event that fires for news of the account, and the kind of data that its availability depends on."""

    news: NewsKind
    kind: Kind
    has_age: bool = True


HEART_RATE_ALERT = NewsEventDescription(
    key="heart_rate_alert",
    translation_key="heart_rate_alert",
    event_types=[*map(str, AlertKind)],
    news=NewsKind.ALERT_BEGAN,
    kind=SAMPLES,
    has_age=False,
)
SESSIONS = (
    NewsEventDescription(
        key="workout",
        translation_key="workout",
        event_types=[FINISHED],
        news=NewsKind.WORKOUT_RECORDED,
        kind=WORKOUTS,
    ),
    NewsEventDescription(
        key="night",
        translation_key="night",
        event_types=[RECORDED],
        news=NewsKind.NIGHT_RECORDED,
        kind=SLEEP,
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
        lambda: NewsEvent(account.coordinator, HEART_RATE_ALERT),
        lambda: bool(account.coordinator.account_alerts.limits),
        async_add_entities,
    )
    async_add_entities(
        NewsEvent(account.coordinator, description)
        for description in SESSIONS
        if account.coordinator.offers(description.kind)
    )
    pause = HOUR if entry.options.get(CONF_HOURLY_DELIVERIES) else 0
    for subentry_id, forwarder in account.forwarders.items():
        async_add_entities([Forwarding(subentry_id, forwarder, pause)], config_subentry_id=subentry_id)


class SamplesReceived(AccountEntity, EventEntity):
    """Fires once for each poll that brought samples, with their number, time and range."""

    def __init__(self, coordinator: HeartRateCoordinator) -> None:
        super().__init__(coordinator, SAMPLES_RECEIVED, SAMPLES)
        self._seen: int | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Fire for samples that came before there was an entity."""
        await super().async_added_to_hass()
        self._handle_coordinator_update()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        # First: an automation sees no event of an entity that is only just becoming available.
        super()._handle_coordinator_update()
        data = self.coordinator.data
        if data.version == self._seen:
            return
        self._seen = data.version
        if received := data.received:
            self._trigger_event(
                RECEIVED,
                {
                    "count": received.count,
                    "first": written(received.first),
                    "last": written(received.last),
                    "min": received.min,
                    "mean": round(received.mean, 1),
                    "max": received.max,
                },
            )
            self.async_write_ha_state()


class NewsEvent(AccountEntity, EventEntity):
    """Fires once for each alert, or for each finished workout or night, late ones too."""

    entity_description: NewsEventDescription

    def __init__(self, coordinator: HeartRateCoordinator, description: NewsEventDescription) -> None:
        super().__init__(coordinator, description, description.kind)
        # What is told before the entity is there is fired then.
        self._early: News | None = None
        self._is_there = False
        self._hearing = ExitStack()
        self._hearing.callback(async_dispatcher_connect(coordinator.hass, SIGNAL_NEWS, self._async_hear))
        coordinator.config_entry.async_on_unload(self._hearing.close)

    @override
    async def async_added_to_hass(self) -> None:
        """Fire for news that came before there was an entity."""
        await super().async_added_to_hass()
        self.async_on_remove(self._hearing.close)
        # First: an automation sees no event of an entity that is only just becoming available.
        self.async_write_ha_state()
        self._is_there = True
        if self._early:
            self._fire(self._early)

    @callback
    def _async_hear(self, news: News) -> None:
        ours = (self.entity_description.news, self.coordinator.config_entry.entry_id)
        if (news.kind, news.entry_id) != ours:
            return
        if self._is_there:
            self._fire(news)
        else:
            self._early = news

    def _fire(self, news: News) -> None:
        facts = {**news.facts}
        event_type = facts.pop("kind", self.event_types[0])
        if self.entity_description.has_age:
            facts["age"] = round(time.time() - news.moment)
        self._trigger_event(event_type, facts)
        self.async_write_ha_state()


class Forwarding(DestinationEntity, EventEntity):
    """Fires when beats were delivered, when forwarding pauses and when it gets through again.

    Deliveries within `pause` seconds of the last one fired are summed up, and fired together at its end. What
    is not fired by the time of a reload is left to the sensor that counts deliveries.
    """

    def __init__(self, subentry_id: str, forwarder: Forwarder, pause: int) -> None:
        super().__init__(subentry_id, forwarder, FORWARDING)
        self._subentry_id = subentry_id
        self._pause = pause
        self._delivered = 0  # not fired yet
        self._end_pause: CALLBACK_TYPE | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Hear the news of the destination."""
        self.async_on_remove(async_dispatcher_connect(self.hass, SIGNAL_NEWS, self._async_hear))

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Wait no longer for more to sum up."""
        if self._end_pause:
            self._end_pause()

    @callback
    def _async_hear(self, news: News) -> None:
        if news.subentry_id != self._subentry_id:
            return
        if news.kind in TROUBLE:
            self._fire(TROUBLE[news.kind], {"reason": news.facts["reason"]})
        elif news.kind is NewsKind.FORWARDING_DELIVERED:
            self._delivered += news.facts["count"]
            if self._end_pause is None:
                self._fire_delivered()

    @callback
    def _fire_delivered(self, _now: datetime | None = None) -> None:
        """Fire the deliveries since the last time, if there were any, and pause."""
        self._end_pause = None
        if not self._delivered:
            return
        self._fire(DELIVERED, {"count": self._delivered, "pending": self._forwarder.state.outbox.pending})
        self._delivered = 0
        if self._pause:
            self._end_pause = async_call_later(self.hass, self._pause, self._fire_delivered)

    @callback
    def _fire(self, event_type: str, attributes: dict[str, Any]) -> None:
        self._trigger_event(event_type, attributes)
        self.async_write_ha_state()
