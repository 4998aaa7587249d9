"""Websocket commands of the cards: heart rates and days as columns, what to draw around, and what is new."""

from collections.abc import Callable
from datetime import date, timedelta, tzinfo
from itertools import islice
import time
from typing import Any, Final

from homeassistant.components.websocket_api import async_register_command
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.const import ERR_NOT_FOUND
from homeassistant.components.websocket_api.decorators import async_response, websocket_command
from homeassistant.components.websocket_api.messages import event_message
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, service
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.typing import VolDictType
import voluptuous as vol

from .action_errors import archive_errors_raised
from .archive.daily_ranges import daily_ranges
from .archive.days import between as days_between
from .archive.history import at_most, buckets, samples
from .archive.sleep import between as nights_between
from .archive.workouts import between as workouts_between
from .const import DOMAIN, SIGNAL_CHANGED, SIGNAL_FORWARDED
from .coordinator import Account, AccountConfigEntry
from .day_series import day_series
from .export import MOMENT, in_order
from .grant import lacking_kinds
from .heart_rate.alert import Alert
from .heart_rate.clock import DAY, FOREVER, civil_day, midnight
from .heart_rate.day import DaySummary
from .heart_rate.sample import TIME_MIN
from .overview import overview_of
from .permission import async_check_read
from .services import VALUES_MAX
from .sessions import described, described_night

ERR_TOO_MANY_VALUES: Final = "too_many_values"
# No answer holds more days, alerts, workouts or nights; where it was cut, it says so.
ANNOTATIONS_MAX: Final = 10_000
# The stages of nights are told in views of so many seconds; in longer ones nobody could see them.
STAGES_WITHIN: Final = 8 * DAY
# So are alerts; of more time, the days say how many of their hours were beyond a limit.
ALERTS_WITHIN: Final = 31 * DAY
# So are workouts and nights.
SESSIONS_WITHIN: Final = 100 * DAY

# Ten years and a bit.
DAYS_MAX: Final = 3700
FIRST_YEAR: Final = 1970

SETTLED: Final = {
    ConfigEntryState.LOADED,
    ConfigEntryState.SETUP_ERROR,
    ConfigEntryState.SETUP_RETRY,
    ConfigEntryState.MIGRATION_ERROR,
    ConfigEntryState.FAILED_UNLOAD,
}

ACCOUNT: Final[VolDictType] = {vol.Required("entry_id"): str}
RANGE: Final[VolDictType] = {**ACCOUNT, vol.Required("start"): MOMENT, vol.Required("end"): MOMENT}


@callback
def async_setup_websocket_api(hass: HomeAssistant) -> None:
    """Register the commands."""
    for command in (_async_heart_rate, _async_annotations, _async_days, _async_subscribe, _async_overview):
        async_register_command(hass, command)


@websocket_command(
    vol.All(
        vol.Schema(
            {
                vol.Required("type"): f"{DOMAIN}/heart_rate",
                **RANGE,
                vol.Exclusive("width", "columns"): vol.All(vol.Coerce(int), vol.Range(min=1, max=FOREVER)),
                vol.Exclusive("period", "columns"): "day",
            }
        ),
        in_order,
    )
)
@async_response
async def _async_heart_rate(
    hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]
) -> None:
    """Answer with the samples of an interval, with buckets of `width` seconds, or with its civil days.

    The interval is half-open. A day has the quantiles of the means of its hours, `p10` and `p90`, and the
    number of its hours with a heart rate at a limit or beyond. All times are whole UNIX seconds.
    """
    if "period" in message:
        await _async_answer(hass, connection, message, _daily)
    else:
        await _async_answer(hass, connection, message, _columns, message.get("width"))


@websocket_command(vol.All(vol.Schema({vol.Required("type"): f"{DOMAIN}/annotations", **RANGE}), in_order))
@async_response
async def _async_annotations(
    hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]
) -> None:
    """Answer with the days, alerts, workouts and nights of a half-open interval, and the length of a gap.

    All times are whole UNIX seconds.
    """
    await _async_answer(hass, connection, message, _annotations)


def _few_days(message: dict[str, Any]) -> dict[str, Any]:
    """Refuse an interval of days that is empty, from before UNIX time, or longer than anybody looks at."""
    is_early = message["start"].year < FIRST_YEAR
    if is_early or not 0 < (message["end"] - message["start"]).days <= DAYS_MAX:
        raise vol.Invalid("no such interval of days")
    return message


@websocket_command(
    vol.All(
        vol.Schema(
            {
                vol.Required("type"): f"{DOMAIN}/days",
                **ACCOUNT,
                vol.Required("start"): cv.date,
                vol.Required("end"): cv.date,
            }
        ),
        _few_days,
    )
)
@async_response
async def _async_days(hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]) -> None:
    """Answer with the daily values from a civil day to before another; see `day_series`."""
    await _async_answer(hass, connection, message, _series)


@callback
@websocket_command({vol.Required("type"): f"{DOMAIN}/overview", **ACCOUNT})
def _async_overview(hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]) -> None:
    """Send the overview of an account, now and whenever it has become another."""
    if (entry := _async_get_entry(hass, connection, message)) is None:
        return
    sent: dict[str, Any] = {}

    @callback
    def async_send() -> None:
        nonlocal sent
        if sent and not _is_settled(entry):
            return
        if (now := overview_of(entry)) != sent:
            sent = now
            connection.send_message(event_message(message["id"], now))

    connection.subscriptions[message["id"]] = _async_follow(hass, entry, async_send)
    connection.send_result(message["id"])
    async_send()


@callback
def _async_follow(
    hass: HomeAssistant, entry: AccountConfigEntry, changed: Callable[[], None]
) -> CALLBACK_TYPE:
    """Call back when data, forwarding or set-up of an account has changed; return what ends that."""

    @callback
    def async_hear(_change: ConfigEntryChange, other: ConfigEntry) -> None:
        if other is entry:
            changed()

    stop = [
        async_dispatcher_connect(hass, SIGNAL_CHANGED.format(entry.entry_id), changed),
        async_dispatcher_connect(hass, SIGNAL_FORWARDED.format(entry.entry_id), changed),
        async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, async_hear),
    ]

    @callback
    def async_stop() -> None:
        for each in stop:
            each()

    return async_stop


def _is_settled(entry: AccountConfigEntry) -> bool:
    """Return whether an account runs or has failed to; while it is set up anew, it is shown as it was."""
    return entry.state in SETTLED or entry.disabled_by is not None


@callback
@websocket_command({vol.Required("type"): f"{DOMAIN}/subscribe", **ACCOUNT})
def _async_subscribe(hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]) -> None:
    """Send the time of the newest sample, now and whenever more may be known of the account.

    Beside it are the keys of the kinds that the account does without, for lack of a permission.
    """
    if (entry := _async_get_entry(hass, connection, message)) is None:
        return

    @callback
    def async_send() -> None:
        if entry.state is ConfigEntryState.LOADED:
            coordinator = entry.runtime_data.coordinator
            latest = coordinator.data.latest
            event = {
                "latest": latest[0] if latest else None,
                "lacks": sorted(kind.key for kind in lacking_kinds(coordinator.missing_features)),
            }
            connection.send_message(event_message(message["id"], event))

    # The subscription lasts while the account is set up anew.
    connection.subscriptions[message["id"]] = async_dispatcher_connect(
        hass, SIGNAL_CHANGED.format(entry.entry_id), async_send
    )
    connection.send_result(message["id"])
    async_send()


@callback
def _async_get_entry(
    hass: HomeAssistant, connection: ActiveConnection, message: dict[str, Any]
) -> AccountConfigEntry | None:
    """Return the account if the user may read it, or send the error and return None."""
    try:
        entry: AccountConfigEntry = service.async_get_config_entry(hass, DOMAIN, message["entry_id"])
    except ServiceValidationError as error:
        connection.send_error(message["id"], ERR_NOT_FOUND, str(error))
        return None
    async_check_read(hass, entry.entry_id, connection.user)
    return entry


async def _async_answer(
    hass: HomeAssistant,
    connection: ActiveConnection,
    message: dict[str, Any],
    read: Callable[..., dict[str, Any]],
    *how: Any,
) -> None:
    """Answer with the result of reading an interval of an account's archive."""
    if (entry := _async_get_entry(hass, connection, message)) is None:
        return
    try:
        with archive_errors_raised():
            answer = await hass.async_add_executor_job(
                read, entry.runtime_data, message["start"], message["end"], *how
            )
    except ServiceValidationError as error:
        connection.send_error(message["id"], ERR_TOO_MANY_VALUES, str(error))
        return
    connection.send_result(message["id"], answer)


def _columns(account: Account, start: int, end: int, width: int | None) -> dict[str, list[Any]]:
    if width is None:
        found = at_most(VALUES_MAX, samples(account.archive, start, end))
        return {"time": [moment for moment, _ in found], "value": [bpm for _, bpm in found]}
    counted = at_most(VALUES_MAX, buckets(account.archive, start, end, width))
    return {
        "time": [bucket.time for bucket in counted],
        "min": [bucket.min for bucket in counted],
        "mean": [round(bucket.mean, 1) for bucket in counted],
        "max": [bucket.max for bucket in counted],
        "count": [bucket.count for bucket in counted],
    }


def _series(account: Account, start: date, end: date) -> dict[str, Any]:
    return day_series(account.archive, start, end)


def _daily(account: Account, start: int, end: int) -> dict[str, list[Any]]:
    zone, limits = account.coordinator.data.time_zone, account.coordinator.account_alerts.limits
    days = daily_ranges(account.archive, *_days(start, end, zone), zone, limits)
    lows, highs = zip(*(day.range for day in days), strict=True) if days else ((), ())
    return {
        "time": [day.start for day in days],
        "end": [day.end for day in days],
        "count": [day.count for day in days],
        "min": [day.min for day in days],
        "mean": [round(day.mean, 1) for day in days],
        "max": [day.max for day in days],
        "p10": [round(bpm, 1) for bpm in lows],
        "p90": [round(bpm, 1) for bpm in highs],
        "hours_high": [day.high for day in days],
        "hours_low": [day.low for day in days],
    }


def _days(start: int, end: int, zone: tzinfo) -> tuple[date, date]:
    """Return the first and the last civil day of a half-open interval."""
    # Converting year 1 or 9999 to local time overflows; nothing is known of them anyway.
    latest = int(time.time()) + DAY
    first, last = (min(max(moment, TIME_MIN), latest) for moment in (start, end - 1))
    return civil_day(first, zone), civil_day(last, zone)


def _annotations(account: Account, start: int, end: int) -> dict[str, Any]:
    zone, account_alerts = account.coordinator.data.time_zone, account.coordinator.account_alerts
    now = int(time.time())
    first, last = _days(start, end, zone)
    with account.archive.reading() as connection:
        days = days_between(connection, first, last)
        has_sessions = end - start <= SESSIONS_WITHIN
        workouts = workouts_between(connection, start, end) if has_sessions else []
        nights = nights_between(connection, start, end) if has_sessions else []
    found = account_alerts.between(start, end) if end - start <= ALERTS_WITHIN else ()
    alerts = [*islice(found, ANNOTATIONS_MAX + 1)]
    return {
        "gap": account_alerts.gap,
        "cut": max(len(days), len(alerts), len(workouts), len(nights)) > ANNOTATIONS_MAX,
        "days": [_described_day(summary, zone) for summary in days[:ANNOTATIONS_MAX]],
        "alerts": [_described_alert(*one) for one in alerts[:ANNOTATIONS_MAX]],
        "workouts": [described(kept, now, int) for kept in workouts[:ANNOTATIONS_MAX]],
        "nights": [
            described_night(night, now, int, with_stages=end - start <= STAGES_WITHIN)
            for night in nights[:ANNOTATIONS_MAX]
        ],
    }


def _described_day(summary: DaySummary, zone: tzinfo) -> dict[str, Any]:
    return {
        "start": midnight(summary.day, zone),
        "end": midnight(summary.day + timedelta(days=1), zone),
        "resting": summary.resting.bpm if summary.resting else None,
        "zones": [
            {
                "name": one.name,
                "custom": one.custom,
                "min": one.min_bpm,
                "max": one.max_bpm,
                "minutes": one.minutes,
            }
            for one in summary.zones
        ],
    }


def _described_alert(alert: Alert, by_hours: bool) -> dict[str, Any]:
    return {
        "kind": alert.kind,
        "limit": alert.limit,
        "start": alert.start,
        "end": alert.end,
        "extreme": alert.extreme,
        "hourly": by_hours,
    }
