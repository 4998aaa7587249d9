"""Actions of the integration."""

from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime
import time
from typing import Any, Final

from homeassistant.const import ATTR_CONFIG_ENTRY_ID, ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv, service
from homeassistant.helpers.typing import VolDictType
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .action_errors import archive_errors_raised, forwarding_failed
from .archive.archive import Archive
from .archive.history import at_most, buckets, samples
from .const import DOMAIN
from .coordinator import AccountConfigEntry
from .destinations.forwarder import Forwarder
from .destinations.outcome import Problem
from .export import DATA, FORMATS, async_export_link
from .heart_rate.clock import FOREVER, HOUR, civil_day, utc
from .heart_rate.interval import Interval
from .heart_rate.sample import TIME_MIN
from .permission import async_check_caller
from .sessions import SESSION_KINDS, sessions
from .sources.history_import import ImportRunningError
from .statistics import async_get_statistics
from .supervisor import UnexpectedError

ATTR_CONFIRM: Final = "confirm"
ATTR_DATA: Final = "data"
ATTR_END: Final = "end"
ATTR_FORMAT: Final = "format"
ATTR_FORWARD: Final = "forward"
ATTR_KIND: Final = "kind"
ATTR_RESEND: Final = "resend"
ATTR_RESOLUTION: Final = "resolution"
ATTR_SESSION: Final = "session"
ATTR_START: Final = "start"
ATTR_WAIT: Final = "wait"

# The width of each resolution's buckets in seconds; raw samples have none.
RESOLUTIONS: Final = {"raw": None, "1min": 60, "5min": 5 * 60, "1h": HOUR}
# No answer holds more. A week has some 120 000 samples.
VALUES_MAX: Final = 150_000
SESSIONS_MAX: Final = 10_000
UNIX_YEAR: Final = 1970
LAST_YEAR: Final = MAXYEAR - 1


@dataclass(frozen=True, slots=True)
class Action:
    """An action: its function and fields, whether it answers, and whether it is for administrators only.

    Of the fields in `one_of`, exactly one must be given.
    """

    act: Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]
    fields: VolDictType
    response: SupportsResponse = SupportsResponse.OPTIONAL
    admin: bool = True
    one_of: tuple[str, ...] = ()

    @property
    def schema(self) -> vol.Schema:
        """What a call must look like."""
        if not self.one_of:
            return vol.Schema(self.fields)
        keys = (cv.has_at_least_one_key(*self.one_of), cv.has_at_most_one_key(*self.one_of))
        return vol.Schema(vol.All(vol.Schema(self.fields), *keys))


async def _async_forward_beats(call: ServiceCall) -> ServiceResponse:
    """Forward the pending beats of a destination, and before that cover an interval, if one is given.

    Raises the failure for a caller who does not ask for the response. Without `wait` it answers at once.
    """
    forwarder = _async_get_forwarder(call)
    if ATTR_START in call.data:
        with archive_errors_raised():
            await forwarder.cover(*_range(call), resend=call.data[ATTR_RESEND])
    elif call.data[ATTR_RESEND]:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="resend_without_range")
    if not call.data[ATTR_WAIT]:
        call.hass.async_create_background_task(_async_forward(forwarder), "forward beats")
        return _forwarding(forwarder, 0, forwarder.state.problem)
    result = await forwarder.forward()
    if result.problem and not call.return_response:
        raise forwarding_failed(result.problem)
    return _forwarding(forwarder, result.delivered, result.problem)


async def _async_forward(forwarder: Forwarder) -> None:
    """Forward with nobody who waits: the destination's entities show how it goes."""
    with suppress(UnexpectedError):
        await forwarder.forward()


def _forwarding(forwarder: Forwarder, delivered: int, problem: Problem | None) -> ServiceResponse:
    return {
        "delivered": delivered,
        "pending": forwarder.state.outbox.pending,
        "under_way": forwarder.is_under_way,
        "last_error": str(problem) if problem else None,
    }


async def _async_get_quarantine(call: ServiceCall) -> ServiceResponse:
    """Return the beats in quarantine, oldest first."""
    with archive_errors_raised():
        found = await _async_get_forwarder(call).quarantined(*_range(call))
    return {
        "beats": [
            {"time": utc(beat.time).isoformat(), "value": beat.bpm, "reason": beat.reason} for beat in found
        ]
    }


async def _async_release_quarantine(call: ServiceCall) -> ServiceResponse:
    """Release beats from quarantine: they are pending again."""
    with archive_errors_raised():
        return {"released": await _async_get_forwarder(call).release(*_range(call))}


async def _async_drop_quarantine(call: ServiceCall) -> ServiceResponse:
    """Drop beats in quarantine."""
    with archive_errors_raised():
        return {"dropped": await _async_get_forwarder(call).drop(*_range(call))}


async def _async_purge(call: ServiceCall) -> ServiceResponse:
    """Remove everything known of an account, or of an interval, while nothing is being forwarded."""
    if not call.data[ATTR_CONFIRM]:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="purge_unconfirmed")
    start, end = _range(call)
    account = _async_get_entry(call).runtime_data
    # Nothing of an interval that lies in the past is taken in again: a clock that is ahead must not widen it.
    now, zone = account.coordinator.known_until(), account.coordinator.data.time_zone
    first, last = (civil_day(moment, zone) for moment in (start, min(end - 1, now)))
    history_import = account.coordinator.history_import
    async with AsyncExitStack() as rest:
        for forwarder in account.forwarders.values():
            await rest.enter_async_context(forwarder.at_rest())
        with archive_errors_raised():
            job = history_import.current
            if job and history_import.is_running and job.start < end and start < job.end:
                await history_import.cancel()
            purged = await call.hass.async_add_executor_job(
                account.archive.purge, start, end, (first, last), now
            )
            await account.coordinator.async_archive_changed()
        for forwarder in account.forwarders.values():
            await forwarder.refresh()
    return {"samples": purged.samples, "pending": purged.pending}


async def _async_import_history(call: ServiceCall) -> ServiceResponse:
    """Begin to import an interval, and let destinations cover it if asked to."""
    account, now = _async_get_entry(call).runtime_data, int(time.time())
    start = max(_timestamp(call.data[ATTR_START]), TIME_MIN)
    end = min(_timestamp(call.data[ATTR_END]), now) if ATTR_END in call.data else now
    if start >= end:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="range_empty")
    with archive_errors_raised():
        try:
            job = await account.coordinator.history_import.begin(start, end)
        except ImportRunningError:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="import_running"
            ) from None
        if call.data[ATTR_FORWARD]:
            for forwarder in account.forwarders.values():
                await forwarder.cover(start, end)
        await account.coordinator.async_archive_changed()
    return {"start": utc(job.start).isoformat(), "end": utc(job.end).isoformat()}


async def _async_rebuild_statistics(call: ServiceCall) -> ServiceResponse:
    """Give the recorder the hours and days that it lacks or has otherwise; return their numbers."""
    if (statistics := async_get_statistics(call.hass, _async_get_entry(call))) is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="recorder_missing")
    with archive_errors_raised():
        try:
            handed_over = await statistics.async_rebuild()
        except TimeoutError:
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key="statistics_not_written"
            ) from None
    return {"hours": handed_over.hours, "days": len(handed_over.days)}


async def _async_get_heart_rate(call: ServiceCall) -> ServiceResponse:
    """Return the samples or buckets of an interval, or of a session."""
    entry = _async_get_entry(call)
    await async_check_caller(call.hass, entry.entry_id, call.context)
    archive = entry.runtime_data.archive
    width = RESOLUTIONS[call.data[ATTR_RESOLUTION]]
    with archive_errors_raised():
        if ATTR_SESSION in call.data:
            find = call.hass.async_add_executor_job(_interval_of, archive, call.data[ATTR_SESSION])
            start, end = await find
        else:
            start, end = _range(call)
        return await call.hass.async_add_executor_job(_heart_rate, archive, start, end, width)


def _interval_of(archive: Archive, key: str) -> Interval:
    """Return the interval of a workout, a night or a nap; one that still runs ends now."""
    with archive.reading():
        kept, night = archive.workout(key), archive.night(key)
    if (session := kept.session if kept else night) is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="session_unknown")
    start, end = session.start, session.end
    return start, end if end > start else max(int(time.time()), start + 1)


def _heart_rate(archive: Archive, start: int, end: int, width: int | None) -> dict[str, Any]:
    if width is None:
        found = at_most(VALUES_MAX, samples(archive, start, end))
        return {"samples": [{"time": utc(time).isoformat(), "value": bpm} for time, bpm in found]}
    counted = at_most(VALUES_MAX, buckets(archive, start, end, width))
    return {
        "buckets": [
            {
                "time": utc(bucket.time).isoformat(),
                "count": bucket.count,
                "min": bucket.min,
                "mean": round(bucket.mean, 1),
                "max": bucket.max,
            }
            for bucket in counted
        ]
    }


async def _async_get_sessions(call: ServiceCall) -> ServiceResponse:
    """Return the workouts, nights and naps that touch an interval, with their figures, in order of time."""
    entry = _async_get_entry(call)
    await async_check_caller(call.hass, entry.entry_id, call.context)
    archive = entry.runtime_data.archive
    with archive_errors_raised():
        kinds = [call.data[ATTR_KIND]] if ATTR_KIND in call.data else [*SESSION_KINDS]
        found = await call.hass.async_add_executor_job(sessions, archive, kinds, *_range(call))
        return {"sessions": [*at_most(SESSIONS_MAX, [found])]}


async def _async_export(call: ServiceCall) -> ServiceResponse:
    """Return a link to a file of samples, workouts or daily values, if the archive can be read."""
    entry = _async_get_entry(call)
    await async_check_caller(call.hass, entry.entry_id, call.context)
    start, end = _range(call)
    with archive_errors_raised():
        await call.hass.async_add_executor_job(entry.runtime_data.archive.version)
    query = {key: call.data[key] for key in (ATTR_DATA, ATTR_FORMAT)}
    return {"url": async_export_link(call.hass, entry, start, end, **query)}


@callback
def _async_get_entry(call: ServiceCall) -> AccountConfigEntry:
    return service.async_get_config_entry(call.hass, DOMAIN, call.data[ATTR_CONFIG_ENTRY_ID])


@callback
def _async_get_forwarder(call: ServiceCall) -> Forwarder:
    device, entry = service.async_get_device_and_config_entry(
        call.hass, DOMAIN, call.data[ATTR_DEVICE_ID], include_child_devices=False
    )
    account: AccountConfigEntry = entry
    for domain, identifier in device.identifiers:
        if domain == DOMAIN and (forwarder := account.runtime_data.forwarders.get(identifier)):
            return forwarder
    raise ServiceValidationError(translation_domain=DOMAIN, translation_key="not_a_destination")


def _range(call: ServiceCall) -> tuple[int, int]:
    """Return the half-open interval of the call in UNIX seconds; all of time if it has none."""
    if ATTR_START not in call.data:
        return 0, FOREVER
    start, end = _timestamp(call.data[ATTR_START]), _timestamp(call.data[ATTR_END])
    if start >= end:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="range_empty")
    return start, end


def _timestamp(moment: datetime) -> int:
    """Return UNIX seconds; a moment without a time zone is in Home Assistant's own.

    Converting year 1 or 9999 to UTC overflows in some zones: such a moment becomes the nearest safe year.
    """
    if not UNIX_YEAR <= moment.year < LAST_YEAR:
        moment = datetime(UNIX_YEAR if moment.year < UNIX_YEAR else LAST_YEAR, 1, 1, tzinfo=UTC)
    return int(dt_util.as_timestamp(dt_util.as_utc(moment)))


RANGE: Final[VolDictType] = {
    vol.Inclusive(ATTR_START, "range"): cv.datetime,
    vol.Inclusive(ATTR_END, "range"): cv.datetime,
}
DESTINATION: Final[VolDictType] = {vol.Required(ATTR_DEVICE_ID): cv.string, **RANGE}
FORWARD: Final[VolDictType] = {
    **DESTINATION,
    vol.Optional(ATTR_RESEND, default=False): cv.boolean,
    vol.Optional(ATTR_WAIT, default=True): cv.boolean,
}
WHOLE_ACCOUNT: Final[VolDictType] = {vol.Required(ATTR_CONFIG_ENTRY_ID): cv.string}
ACCOUNT: Final[VolDictType] = {**WHOLE_ACCOUNT, **RANGE}
HEART_RATE: Final[VolDictType] = {
    **ACCOUNT,
    vol.Optional(ATTR_SESSION): cv.string,
    vol.Optional(ATTR_RESOLUTION, default="5min"): vol.In(RESOLUTIONS),
}
SESSIONS: Final[VolDictType] = {
    **WHOLE_ACCOUNT,
    vol.Required(ATTR_START): cv.datetime,
    vol.Required(ATTR_END): cv.datetime,
    vol.Optional(ATTR_KIND): vol.In(SESSION_KINDS),
}
IMPORT: Final[VolDictType] = {
    **WHOLE_ACCOUNT,
    vol.Required(ATTR_START): cv.datetime,
    vol.Optional(ATTR_END): cv.datetime,
    vol.Optional(ATTR_FORWARD, default=False): cv.boolean,
}
EXPORT: Final[VolDictType] = {
    **ACCOUNT,
    vol.Optional(ATTR_DATA, default="samples"): vol.In(DATA),
    vol.Optional(ATTR_FORMAT, default="csv"): vol.In(FORMATS),
}

ACTIONS: Final = {
    "forward_beats": Action(_async_forward_beats, FORWARD),
    "get_quarantine": Action(_async_get_quarantine, DESTINATION, SupportsResponse.ONLY),
    "release_quarantine": Action(_async_release_quarantine, DESTINATION),
    "drop_quarantine": Action(_async_drop_quarantine, DESTINATION),
    "purge": Action(_async_purge, {**ACCOUNT, vol.Optional(ATTR_CONFIRM, default=False): cv.boolean}),
    "import_history": Action(_async_import_history, IMPORT),
    "rebuild_statistics": Action(_async_rebuild_statistics, WHOLE_ACCOUNT),
    "get_heart_rate": Action(
        _async_get_heart_rate,
        HEART_RATE,
        SupportsResponse.ONLY,
        admin=False,
        one_of=(ATTR_START, ATTR_SESSION),
    ),
    "get_sessions": Action(_async_get_sessions, SESSIONS, SupportsResponse.ONLY, admin=False),
    "export": Action(_async_export, EXPORT, SupportsResponse.ONLY, admin=False),
}


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    for name, action in ACTIONS.items():
        shape = (action.schema, action.response)
        if action.admin:
            service.async_register_admin_service(hass, DOMAIN, name, action.act, *shape)
        else:
            hass.services.async_register(DOMAIN, name, action.act, *shape)
