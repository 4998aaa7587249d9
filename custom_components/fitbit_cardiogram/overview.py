"""The overview: what a dashboard shows of an account at first sight, and why something is old or missing."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum, auto
import time
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState

from .const import (
    CONF_ALERTS,
    CONF_DURATION,
    CONF_ZONE_MINUTES_GOAL,
    DEFAULT_DURATION,
    DEFAULT_ZONE_MINUTES_GOAL,
)
from .coordinator import Account, AccountConfigEntry
from .destinations.forwarder import Forwarder
from .heart_rate.clock import DAY, MINUTE
from .heart_rate.daily import ACTIVE_ZONE_MINUTES
from .heart_rate.usual import standing
from .limits import LIMITS
from .providers import provider_of
from .sessions import described, described_night
from .snapshot import COMPARED, Snapshot
from .sources.consequences import Effect
from .sources.history_import import Stage
from .sources.kinds import SAMPLES

# An archive that begins within so many seconds is said to: the usual and the year want more.
SHORT_PAST: Final = 90 * DAY


class Why(StrEnum):
    """The reasons for which something is old or missing."""

    NOT_SET_UP = auto()
    SIGN_IN = auto()
    REPAIR = auto()
    UNREACHABLE = auto()
    IMPORTING = auto()
    NOTHING_YET = auto()
    NOT_SYNCED = auto()
    NOT_WORN = auto()
    BEGINS = auto()


@dataclass(frozen=True, slots=True)
class Reason:
    """The reason that is told: since when (UNIX seconds), and of an import how far it is (per cent)."""

    key: Why
    since: int | None = None
    percent: int | None = None


def _sign_in(account: Account) -> Reason | None:
    asked = any(found.effect is Effect.SIGN_IN for found in account.coordinator.consequences)
    return Reason(Why.SIGN_IN, _newest(account)) if asked else None


def _repair(account: Account) -> Reason | None:
    found = account.coordinator.heart_rate_consequence
    is_raised = found and found.repair and not found.repair_after
    if account.coordinator.archive_trouble or is_raised:
        return Reason(Why.REPAIR, _newest(account))
    return None


def _unreachable(account: Account) -> Reason | None:
    coordinator = account.coordinator
    if coordinator.fresh or coordinator.heart_rate_consequence is None:
        return None
    # To the minute: the age comes from another clock, so the seconds would differ each time.
    last = int(time.time() - coordinator.poll.age(SAMPLES)) // MINUTE * MINUTE
    return Reason(Why.UNREACHABLE, last)


def _importing(account: Account) -> Reason | None:
    job = account.coordinator.data.importing
    if job is None or job.stage is not Stage.RUNNING:
        return None
    return Reason(Why.IMPORTING, percent=int(job.share * 100))


def _nothing_yet(account: Account) -> Reason | None:
    return None if account.coordinator.data.latest else Reason(Why.NOTHING_YET)


def _not_current(account: Account) -> Reason | None:
    data = account.coordinator.data
    if account.coordinator.fresh or data.latest is None:
        return None
    synced = int(data.last_sync.timestamp()) if data.last_sync else None
    if synced and account.coordinator.is_recent(synced):
        return Reason(Why.NOT_WORN, data.latest[0])
    return Reason(Why.NOT_SYNCED, synced or data.latest[0])


def _begins(account: Account) -> Reason | None:
    oldest, job = account.coordinator.data.oldest, account.coordinator.data.importing
    if oldest is None or oldest < time.time() - SHORT_PAST:
        return None
    # The source was asked for more, and has none.
    if job and job.stage is Stage.DONE and job.whole[0] < oldest - DAY:
        return None
    return Reason(Why.BEGINS, oldest)


# The first one that applies is told.
_REASONS: Final[tuple[Callable[[Account], Reason | None], ...]] = (
    _sign_in,
    _repair,
    _unreachable,
    _importing,
    _nothing_yet,
    _not_current,
    _begins,
)


def _newest(account: Account) -> int | None:
    latest = account.coordinator.data.latest
    return latest[0] if latest else None


def reason_of(entry: AccountConfigEntry) -> Reason | None:
    """Return why something of an account is old or missing, or None where nothing is."""
    if entry.state is not ConfigEntryState.LOADED:
        return Reason(Why.NOT_SET_UP)
    return next((found for why in _REASONS if (found := why(entry.runtime_data))), None)


def overview_of(entry: AccountConfigEntry) -> dict[str, Any]:
    """Return the overview of an account; one that is not set up has nothing but the reason.

    All times are whole UNIX seconds.
    """
    reason = reason_of(entry)
    found: dict[str, Any] = {"reason": asdict(reason) if reason else None, "source": provider_of(entry).model}
    if entry.state is not ConfigEntryState.LOADED:
        return found
    account, now = entry.runtime_data, int(time.time())
    data = account.coordinator.data
    return found | {
        "newest": _now(data, is_current=account.coordinator.fresh),
        **{key: _beside_usual(data, key) for key in COMPARED},
        "night": described_night(data.last_night, now, int, with_stages=False) if data.last_night else None,
        "week": _week(data, entry.options),
        "workouts": [described(kept, now, int) for kept in data.workouts],
        "oldest": data.oldest,
        "limits": _limits(entry.options),
        "destinations": [*_destinations(entry)],
    }


def _now(data: Snapshot, *, is_current: bool) -> dict[str, Any] | None:
    if data.latest is None:
        return None
    moment, bpm = data.latest
    return {
        "time": moment,
        "bpm": bpm,
        "is_current": is_current,
        "zone": str(data.stay.zone) if data.stay else None,
    }


def _beside_usual(data: Snapshot, key: str) -> dict[str, Any] | None:
    """Return the newest value of a kind with its day, beside the usual."""
    if (newest := data.daily_values.get(key)) is None:
        return None
    day, value = newest
    found = data.usual.get(key)
    stands = standing(value, found) if found else None
    return {
        "day": day.isoformat(),
        "value": round(value, 1),
        "difference": round(stands.difference, 1) if stands else None,
        "place": str(stands.place) if stands else None,
    }


def _week(data: Snapshot, options: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the zone minutes of the week beside the goal, which is 0 where there is none."""
    # A week without any yet has 0, if an earlier one had some.
    if not data.active_minutes and ACTIVE_ZONE_MINUTES.key not in data.daily_values:
        return None
    goal = options.get(CONF_ZONE_MINUTES_GOAL, DEFAULT_ZONE_MINUTES_GOAL)
    return {"minutes": round(sum(data.active_minutes.values())), "goal": goal}


def _limits(options: Mapping[str, Any]) -> dict[str, int | None]:
    """Return the limits of alerts in bpm, None where there is none, and the minutes that they count after."""
    chosen = options.get(CONF_ALERTS, {})
    limits = {str(kind): chosen.get(option.key) for kind, option in LIMITS.items()}
    return limits | {"minutes": chosen.get(CONF_DURATION, DEFAULT_DURATION)}


def _destinations(entry: AccountConfigEntry) -> Iterator[dict[str, Any]]:
    for key, forwarder in entry.runtime_data.forwarders.items():
        if subentry := entry.subentries.get(key):
            yield {"id": key, "name": subentry.title, **_forwarding(forwarder)}


def _forwarding(forwarder: Forwarder) -> dict[str, Any]:
    state, outbox = forwarder.state, forwarder.state.outbox
    return {
        "automatic": outbox.automatic,
        "pending": outbox.pending,
        "oldest_pending": outbox.oldest_pending,
        "delivered": outbox.delivered,
        "last_delivery": outbox.last_delivery,
        "quarantined": outbox.quarantined,
        "problem": str(state.problem) if state.problem else None,
        "paused": state.paused,
        "retry_at": int(state.retry_at.timestamp()) if state.retry_at else None,
    }
