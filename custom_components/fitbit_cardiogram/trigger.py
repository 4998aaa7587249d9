"""Triggers: what an automation can begin with, as a table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
import time
from typing import Any, ClassVar, Final, override

from homeassistant.const import CONF_FOR, CONF_ZONE
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.trigger import (
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .heart_rate.alert import AlertKind
from .heart_rate.day import ZoneName
from .news import SIGNAL_NEWS, News, NewsKind
from .targets import async_device, async_means, async_name, schema_of, validated

CONF_ALERT: Final = "alert"
CONF_MAXIMUM_AGE: Final = "maximum_age"

type Options = Mapping[str, Any]
type Judge = Callable[[News, Options], bool]

# At least a second: everything is told after it has happened.
LATE: Final = {
    vol.Optional(CONF_MAXIMUM_AGE): vol.All(cv.positive_time_period, vol.Range(min=timedelta(seconds=1)))
}
ALERT: Final = LATE | {
    vol.Required(CONF_ALERT, default=[*map(str, AlertKind)]): vol.All(
        cv.ensure_list, vol.Length(min=1), [vol.In([*map(str, AlertKind)])]
    )
}
# A stay in a zone is known for a day back, which leaves room for late samples.
ZONE: Final = {
    vol.Required(CONF_ZONE): vol.All(cv.ensure_list, vol.Length(min=1), [vol.In([*map(str, ZoneName)])]),
    vol.Optional(CONF_FOR, default=timedelta()): vol.All(
        cv.positive_time_period, vol.Range(max=timedelta(hours=12))
    ),
}
NOT_SYNCED: Final = {
    vol.Required(CONF_FOR): vol.All(cv.positive_time_period, vol.Range(min=timedelta(minutes=1)))
}


def _is_asked_for(news: News, options: Options) -> bool:
    """Return whether news are of a sort that is wanted, and not too old."""
    limit: timedelta | None = options.get(CONF_MAXIMUM_AGE)
    return news.facts.get("kind") in options.get(CONF_ALERT, [news.facts.get("kind")]) and (
        limit is None or time.time() - news.moment <= limit.total_seconds()
    )


def _has_lasted(news: News, options: Options) -> bool:
    """Return whether something has just lasted for as long as is asked, in the zone that is asked."""
    reached = news.moment + options[CONF_FOR].total_seconds()
    wanted = options.get(CONF_ZONE)
    return news.seen < reached <= news.until and (wanted is None or news.facts["zone"] in wanted)


@dataclass(frozen=True, slots=True)
class TriggerKind:
    """A trigger: the news that it waits for, its options, and which of the news are meant."""

    kind: NewsKind
    options: dict[Any, Any] = field(default_factory=dict)
    judge: Judge = _is_asked_for


KINDS: Final = (
    TriggerKind(NewsKind.ALERT_BEGAN, ALERT),
    TriggerKind(NewsKind.ALERT_ENDED, ALERT),
    TriggerKind(NewsKind.ZONE_ENTERED, ZONE, _has_lasted),
    TriggerKind(NewsKind.WORKOUT_RECORDED, LATE),
    TriggerKind(NewsKind.NIGHT_RECORDED, LATE),
    TriggerKind(NewsKind.NOT_SYNCED, NOT_SYNCED, _has_lasted),
    TriggerKind(NewsKind.FORWARDING_PAUSED),
    TriggerKind(NewsKind.FORWARDING_RECOVERED),
)


class NewsTrigger(Trigger):
    """Fires for news of the accounts and destinations that its target means when the news come.

    So it needs nothing of them when it is attached: an account may load later, reload, or move.
    """

    kind: ClassVar[TriggerKind]
    _schema: ClassVar[vol.Schema]

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Return the target and the options with their defaults."""
        return validated(cls._schema, config)

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        super().__init__(hass, config)
        self._target = config.target or {}
        self._options = config.options or {}

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        """Wait for the news; the result ends that."""

        @callback
        def hear(news: News) -> None:
            if self._is_meant(news):
                run_action(self._payload(news), f"news of {async_name(self._hass, (news.entry_id, None))}")

        return async_dispatcher_connect(self._hass, SIGNAL_NEWS, hear)

    def _is_meant(self, news: News) -> bool:
        place = (news.entry_id, news.subentry_id)
        return (
            news.kind is self.kind.kind
            and self.kind.judge(news, self._options)
            and async_means(self._hass, self._target, place)
        )

    def _payload(self, news: News) -> dict[str, Any]:
        """Return the facts of the news for templates, and whose they are."""
        place = (news.entry_id, news.subentry_id)
        device = async_device(self._hass, place)
        return {
            "account": async_name(self._hass, (news.entry_id, None)),
            **({"destination": async_name(self._hass, place)} if news.subentry_id else {}),
            "device_id": device.id if device else None,
            **news.facts,
            "age": round(time.time() - news.moment),
        }


def _trigger(row: TriggerKind) -> type[Trigger]:
    return type(f"Trigger_{row.kind}", (NewsTrigger,), {"kind": row, "_schema": schema_of(row.options)})


TRIGGERS: Final = {str(row.kind): _trigger(row) for row in KINDS}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers by their keys."""
    return TRIGGERS
