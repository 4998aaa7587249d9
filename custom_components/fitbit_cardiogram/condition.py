"""Conditions: what an automation can ask of an account, as a table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Unpack, override

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_ABOVE, CONF_BELOW, CONF_ZONE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConditionErrorMessage
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.condition import Condition, ConditionCheckParams, ConditionConfig
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .const import DOMAIN
from .coordinator import AccountConfigEntry, HeartRateCoordinator
from .heart_rate.alert import AlertKind
from .heart_rate.day import ZoneName
from .heart_rate.sample import BPM_MAX, BPM_MIN
from .targets import async_places, schema_of, validated

CONF_BEHAVIOR: Final = "behavior"

type Options = Mapping[str, Any]
type Answer = Callable[[HeartRateCoordinator, Options], bool | None]

BEHAVIOR: Final = {vol.Required(CONF_BEHAVIOR, default="any"): vol.In(["any", "all"])}
BPM: Final = vol.All(vol.Coerce(int), vol.Range(min=BPM_MIN, max=BPM_MAX))


def _is_in_zone(account: HeartRateCoordinator, options: Options) -> bool | None:
    stay = account.data.stay
    return stay.zone in options[CONF_ZONE] if stay and account.fresh else None


def _is_high(account: HeartRateCoordinator, options: Options) -> bool | None:
    if (above := options.get(CONF_ABOVE)) is None:
        return _is_beyond(account, AlertKind.HIGH)
    return _compare(account, lambda bpm: bpm > above)


def _is_low(account: HeartRateCoordinator, options: Options) -> bool | None:
    if (below := options.get(CONF_BELOW)) is None:
        return _is_beyond(account, AlertKind.LOW)
    return _compare(account, lambda bpm: bpm < below)


def _compare(account: HeartRateCoordinator, is_so: Callable[[int], bool]) -> bool | None:
    latest = account.data.latest
    return is_so(latest[1]) if latest and account.fresh else None


def _is_beyond(account: HeartRateCoordinator, kind: AlertKind) -> bool | None:
    """Return whether the newest sample is part of an alert; without a limit, that is unknown."""
    if not account.account_alerts.limit(kind) or not account.fresh:
        return None
    return account.data.alert_now(kind) is not None


def _is_asleep(account: HeartRateCoordinator, _options: Options) -> bool | None:
    """Return whether the newest sample lies in sleep that is known.

    Sleep becomes known after waking up: a person is known to be awake after the night of today only.
    """
    data = account.data
    is_up = data.last_night is not None and data.last_night.day == data.today.day
    if not account.fresh or not (data.is_asleep or is_up):
        return None
    return data.is_asleep


@dataclass(frozen=True, slots=True)
class ConditionKind:
    """A condition: its key, its answer for an account, None where that is unknown, and its options."""

    key: str
    answer: Answer
    options: dict[Any, Any] = field(default_factory=dict)


KINDS: Final = (
    ConditionKind(
        "is_in_zone",
        _is_in_zone,
        {
            vol.Required(CONF_ZONE): vol.All(
                cv.ensure_list, vol.Length(min=1), [vol.In([*map(str, ZoneName)])]
            )
        },
    ),
    ConditionKind("heart_rate_is_high", _is_high, {vol.Optional(CONF_ABOVE): BPM}),
    ConditionKind("heart_rate_is_low", _is_low, {vol.Optional(CONF_BELOW): BPM}),
    ConditionKind("data_is_fresh", lambda account, _options: account.fresh),
    ConditionKind("is_asleep", _is_asleep),
)


class AccountCondition(Condition):
    """Asks the accounts that its target means when it is checked."""

    kind: ClassVar[ConditionKind]
    _schema: ClassVar[vol.Schema]

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Return the target and the options with their defaults."""
        return validated(cls._schema, config)

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        super().__init__(hass, config)
        self._target = config.target or {}
        self._options = config.options or {}

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        """Return the answer of any account, or of all; raises ConditionError where that is unknown.

        `not` makes a yes of a no, but passes the error on.
        """
        decisive: bool = self._options[CONF_BEHAVIOR] == "any"
        places = async_places(self._hass, self._target)
        answers = {self._answer(entry_id) for entry_id, _ in places}
        if decisive in answers:
            return decisive
        if None in answers or not answers:
            reason = "not known now: it is too old, has not arrived, or the account is not loaded"
            raise ConditionErrorMessage(f"{DOMAIN}.{self.kind.key}", reason)
        return not decisive

    def _answer(self, entry_id: str) -> bool | None:
        entry: AccountConfigEntry | None = self._hass.config_entries.async_get_entry(entry_id)
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return None
        return self.kind.answer(entry.runtime_data.coordinator, self._options)


def _condition(row: ConditionKind) -> type[Condition]:
    schema = schema_of(BEHAVIOR | row.options)
    return type(f"Condition_{row.key}", (AccountCondition,), {"kind": row, "_schema": schema})


CONDITIONS: Final = {row.key: _condition(row) for row in KINDS}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions by their keys."""
    return CONDITIONS
