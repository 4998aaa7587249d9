"""Actions of the integration."""

from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict, dataclass
import time
from typing import Any, Final

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv, service
from homeassistant.helpers.typing import VolDictType
import voluptuous as vol

from .action_errors import archive_errors_raised, forwarding_failed, refused
from .archive.archive import Archive
from .archive.history import at_most, buckets, samples
from .chosen import CHOICE, async_chosen_account, async_chosen_destination
from .const import DOMAIN
from .destinations.forwarder import Forwarder
from .destinations.outcome import Problem
from .export import DATA, FORMATS, async_export_link
from .heart_rate.clock import DAY, HOUR, civil_day, written
from .heart_rate.interval import Interval
from .permission import async_check_caller, async_check_sender
from .sessions import SESSION_KINDS, sessions
from .sources.history_import import UnconfirmedError
from .statistics import async_get_statistics
from .supervisor import UnexpectedError
from .time_range import ATTR_START, EARLIEST, FIRST_YEAR, RANGE, RANGE_NEEDED, range_of

ATTR_CONFIRM: Final = "confirm"
ATTR_DATA: Final = "data"
ATTR_FORMAT: Final = "format"
ATTR_FORWARD: Final = "forward"
ATTR_KIND: Final = "kind"
ATTR_NOTIFY: Final = "notify"
ATTR_RESEND: Final = "resend"
ATTR_RESOLUTION: Final = "resolution"
ATTR_SESSION: Final = "session"
ATTR_WAIT: Final = "wait"

# The width of each resolution's buckets in seconds; raw samples have none.
RESOLUTIONS: Final = {"raw": None, "1min": 60, "5min": 5 * 60, "1h": HOUR}
# No answer holds more. A week has some 120 000 samples.
VALUES_MAX: Final = 150_000
SESSIONS_MAX: Final = 10_000
# An import of more than a year is only begun by somebody who knows what it takes.
UNCONFIRMED_MAX: Final = 366 * DAY


@dataclass(frozen=True, slots=True)
class Action:
    """An action: its function and fields, whether it answers, and whether it is for administrators only.

    Beside its fields it takes the account, or the destination, that it is for.
    """

    act: Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]
    fields: VolDictType
    response: SupportsResponse = SupportsResponse.OPTIONAL
    admin: bool = True

    @property
    def schema(self) -> vol.Schema:
        """What a call must look like."""
        return vol.Schema({**CHOICE, **self.fields})


async def _async_forward_beats(call: ServiceCall) -> ServiceResponse:
    """Forward the pending beats of a destination, and before that cover an interval, if one is given.

    Raises the failure for a caller who does not ask for the response. Without `wait` it answers at once.
    """
    forwarder, interval = async_chosen_destination(call), range_of(call)
    if ATTR_START in call.data:
        with archive_errors_raised():
            await forwarder.cover(*interval, resend=call.data[ATTR_RESEND])
    elif call.data[ATTR_RESEND]:
        raise refused(translation_key="resend_without_range")
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
        found = await async_chosen_destination(call).quarantined(*range_of(call))
    return {
        "beats": [{"time": written(beat.time), "value": beat.bpm, "reason": beat.reason} for beat in found]
    }


async def _async_release_quarantine(call: ServiceCall) -> ServiceResponse:
    """Release beats from quarantine: they are pending again."""
    with archive_errors_raised():
        return {"released": await async_chosen_destination(call).release(*range_of(call))}


async def _async_drop_quarantine(call: ServiceCall) -> ServiceResponse:
    """Drop beats in quarantine."""
    with archive_errors_raised():
        return {"dropped": await async_chosen_destination(call).drop(*range_of(call))}


async def _async_purge(call: ServiceCall) -> ServiceResponse:
    """Remove everything known of an account, or of an interval, while nothing is being forwarded."""
    if not call.data[ATTR_CONFIRM]:
        raise refused(translation_key="purge_unconfirmed")
    start, end = range_of(call)
    account = async_chosen_account(call, itself=True).runtime_data
    # Nothing of an interval that lies in the past is taken in again: a clock that is ahead must not widen it.
    now, zone = account.coordinator.known_until(), account.coordinator.data.time_zone
    first, last = (civil_day(moment, zone) for moment in (start, min(end - 1, now)))
    history_import = account.coordinator.history_import
    async with AsyncExitStack() as rest:
        for forwarder in account.forwarders.values():
            await rest.enter_async_context(forwarder.at_rest())
        with archive_errors_raised():
            if history_import.is_importing(start, end):
                await history_import.cancel()
            purged = await call.hass.async_add_executor_job(
                account.archive.purge, start, end, (first, last), now
            )
            await account.coordinator.async_archive_changed()
        for forwarder in account.forwarders.values():
            await forwarder.refresh()
    return {"samples": purged.samples, "pending": purged.pending}


async def _async_import_history(call: ServiceCall) -> ServiceResponse:
    """Begin to import an interval, or add it to the import under way; let destinations cover it if asked to.

    Raises the cost of a long one that is not confirmed.
    """
    account = async_chosen_account(call).runtime_data
    start, end = range_of(call)
    if start < EARLIEST:
        raise refused(translation_key="start_before_fitbit", first_year=FIRST_YEAR)
    end = min(end, int(time.time()))
    history_import = account.coordinator.history_import
    unconfirmed_max = None if call.data[ATTR_CONFIRM] else UNCONFIRMED_MAX
    with archive_errors_raised():
        try:
            job = await history_import.begin(start, end, unconfirmed_max=unconfirmed_max)
        except UnconfirmedError as error:
            cost = {key: str(value) for key, value in asdict(error.cost).items()}
            raise refused(translation_key="import_unconfirmed", **cost) from None
        if call.data[ATTR_FORWARD]:
            for forwarder in account.forwarders.values():
                await forwarder.cover(start, end)
        await account.coordinator.async_archive_changed()
    first, last = map(written, job.whole)
    return {"start": first, "end": last, **asdict(history_import.cost(job.left))}


async def _async_rebuild_statistics(call: ServiceCall) -> ServiceResponse:
    """Give the recorder the hours and days that it lacks or has otherwise; return their numbers."""
    if (statistics := async_get_statistics(call.hass, async_chosen_account(call))) is None:
        raise refused(translation_key="recorder_missing")
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
    entry = async_chosen_account(call)
    await async_check_caller(call.hass, entry.entry_id, call.context)
    if (ATTR_SESSION in call.data) is (ATTR_START in call.data):
        raise refused(translation_key="range_or_session")
    archive = entry.runtime_data.archive
    width = RESOLUTIONS[call.data[ATTR_RESOLUTION]]
    with archive_errors_raised():
        if ATTR_SESSION in call.data:
            find = call.hass.async_add_executor_job(_interval_of, archive, call.data[ATTR_SESSION])
            start, end = await find
        else:
            start, end = range_of(call)
        return await call.hass.async_add_executor_job(_heart_rate, archive, start, end, width)


def _interval_of(archive: Archive, key: str) -> Interval:
    """Return the interval of a workout, a night or a nap; one that still runs ends now."""
    with archive.reading():
        kept, night = archive.workout(key), archive.night(key)
    if (session := kept.session if kept else night) is None:
        raise refused(translation_key="session_unknown")
    start, end = session.start, session.end
    return start, end if end > start else max(int(time.time()), start + 1)


def _heart_rate(archive: Archive, start: int, end: int, width: int | None) -> dict[str, Any]:
    if width is None:
        found = at_most(VALUES_MAX, samples(archive, start, end))
        return {"samples": [{"time": written(time), "value": bpm} for time, bpm in found]}
    counted = at_most(VALUES_MAX, buckets(archive, start, end, width))
    return {
        "buckets": [
            {
                "time": written(bucket.time),
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
    entry = async_chosen_account(call)
    await async_check_caller(call.hass, entry.entry_id, call.context)
    archive = entry.runtime_data.archive
    with archive_errors_raised():
        kinds = [call.data[ATTR_KIND]] if ATTR_KIND in call.data else [*SESSION_KINDS]
        found = await call.hass.async_add_executor_job(sessions, archive, kinds, *range_of(call))
        return {"sessions": [*at_most(SESSIONS_MAX, [found])]}


async def _async_export(call: ServiceCall) -> ServiceResponse:
    """Return a link to a file of samples, workouts or daily values, if the archive can be read.

    A notification with the link is for administrators and automations only: everybody sees it.
    """
    entry = async_chosen_account(call)
    await async_check_caller(call.hass, entry.entry_id, call.context)
    if call.data[ATTR_NOTIFY]:
        await async_check_sender(call.hass, call.context)
    interval = range_of(call)
    with archive_errors_raised():
        await call.hass.async_add_executor_job(entry.runtime_data.archive.version)
    query = {key: call.data[key] for key in (ATTR_DATA, ATTR_FORMAT)}
    return await async_export_link(call.hass, entry, interval, query, notify=call.data[ATTR_NOTIFY])


FORWARD: Final[VolDictType] = {
    **RANGE,
    vol.Optional(ATTR_RESEND, default=False): cv.boolean,
    vol.Optional(ATTR_WAIT, default=True): cv.boolean,
}
CONFIRM: Final[VolDictType] = {vol.Optional(ATTR_CONFIRM, default=False): cv.boolean}
HEART_RATE: Final[VolDictType] = {
    **RANGE,
    vol.Optional(ATTR_SESSION): cv.string,
    vol.Optional(ATTR_RESOLUTION, default="5min"): vol.In(RESOLUTIONS),
}
SESSIONS: Final[VolDictType] = {**RANGE_NEEDED, vol.Optional(ATTR_KIND): vol.In(SESSION_KINDS)}
IMPORT: Final[VolDictType] = {
    **RANGE_NEEDED,
    vol.Optional(ATTR_FORWARD, default=False): cv.boolean,
    **CONFIRM,
}
EXPORT: Final[VolDictType] = {
    **RANGE,
    vol.Optional(ATTR_DATA, default="samples"): vol.In(DATA),
    vol.Optional(ATTR_FORMAT, default="csv"): vol.In(FORMATS),
    vol.Optional(ATTR_NOTIFY, default=False): cv.boolean,
}

ACTIONS: Final = {
    "forward_beats": Action(_async_forward_beats, FORWARD),
    "get_quarantine": Action(_async_get_quarantine, RANGE, SupportsResponse.ONLY),
    "release_quarantine": Action(_async_release_quarantine, RANGE),
    "drop_quarantine": Action(_async_drop_quarantine, RANGE),
    "purge": Action(_async_purge, {**RANGE, **CONFIRM}),
    "import_history": Action(_async_import_history, IMPORT),
    "rebuild_statistics": Action(_async_rebuild_statistics, {}),
    "get_heart_rate": Action(_async_get_heart_rate, HEART_RATE, SupportsResponse.ONLY, admin=False),
    "get_sessions": Action(_async_get_sessions, SESSIONS, SupportsResponse.ONLY, admin=False),
    "export": Action(_async_export, EXPORT, SupportsResponse.OPTIONAL, admin=False),
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
