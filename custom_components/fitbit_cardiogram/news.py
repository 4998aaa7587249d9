"""News: what an account announces, for the triggers and the event entities that wait for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.signal_type import SignalType

from .const import DOMAIN


class NewsKind(StrEnum):
    """What news are about, by the key of the trigger that waits for them; none does for deliveries."""

    ALERT_BEGAN = "alert_began"
    ALERT_ENDED = "alert_ended"
    ZONE_ENTERED = "zone_entered"
    WORKOUT_RECORDED = "workout_recorded"
    NIGHT_RECORDED = "night_recorded"
    NOT_SYNCED = "not_synced"
    FORWARDING_DELIVERED = "forwarding_delivered"
    FORWARDING_PAUSED = "forwarding_paused"
    FORWARDING_RECOVERED = "forwarding_recovered"


@dataclass(frozen=True, slots=True)
class News:
    """One piece of news of an account, or of one of its destinations.

    `moment`, in UNIX seconds, is when it happened, and `facts` are its details. What lasts, such as a stay in
    a zone, is news each time more of it is known: `moment` is when it began, and it is known to last from
    `seen`, which was told before, up to `until`.
    """

    kind: NewsKind
    entry_id: str
    moment: float
    facts: Mapping[str, Any]
    subentry_id: str | None = None
    seen: float = 0
    until: float = 0


# Sent for every account: a listener outlives the reloads of each.
SIGNAL_NEWS: Final = SignalType[News](f"{DOMAIN}_news")


@callback
def async_tell(hass: HomeAssistant, news: News) -> None:
    """Tell news to whoever waits for it."""
    async_dispatcher_send(hass, SIGNAL_NEWS, news)
