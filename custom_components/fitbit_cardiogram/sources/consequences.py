"""The consequences of trouble with a service, a token, a borrowed sign-in or the archive: one table.

Everything that acts on trouble reads this table; nothing else distinguishes errors.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final

from ..archive.database import ArchiveDamagedError, ArchiveError, ArchiveTooNewError
from ..archive.facts import Fact
from ..heart_rate.clock import DAY, HOUR, MINUTE
from ..net.back_off import back_off
from .errors import (
    Denial,
    GrantEndedError,
    Lender,
    LenderError,
    PermissionMissingError,
    RateLimitedError,
    ServiceEndedError,
    ServiceShutDownError,
    ServiceUnavailableError,
    ServiceUnreachableError,
    SignInRefusedError,
    SourceError,
    UnexpectedAnswerError,
)

type Cause = type[Exception] | Denial | Lender
"""The key of a row: the class of an error, or the reason that it names."""
type Trouble = SourceError | ArchiveError | Denial | Lender

# Facts in UNIX seconds: the first refusal of the grant, the first denial without a reason.
REFUSED_SINCE: Final = Fact("refused_since", int)
DENIED_SINCE: Final = Fact("denied_since", int)
# The same of the first failure to compare past hours, while heart rates are read.
LATE_FAILS_SINCE: Final = Fact("late_data_fails_since", int)
# The facts that are noted while trouble that counts by them stands.
COUNTED: Final = (DENIED_SINCE, LATE_FAILS_SINCE)

# A side kind of data that failed is asked for again after so many seconds, at the earliest.
SIDE_AGAIN: Final = 15 * MINUTE
# The import's wait after a failure, in seconds; it doubles with each further one.
BACK_OFF_MIN: Final = 60.0
BACK_OFF_MAX: Final = 60 * 60.0


class Effect(Enum):
    """The effect of trouble on the account."""

    NOTHING = auto()  # it goes on with the rest
    WAITS = auto()  # its poll has failed; while it is being set up, it is not ready
    SIGN_IN = auto()  # and a new sign-in is asked for
    BEGINS_ANEW = auto()  # it waits, and is set up anew
    STOPS = auto()  # nothing but a person's act helps, so it is not tried again


class Importance(Enum):
    """The importance of a kind of data for an account."""

    HEART_RATE = auto()
    SIDE = auto()
    LATE = auto()  # it has time


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """The consequence of one trouble.

    `text` is the key of its text, `abort` that of the sign-in dialog. The poll or the kind of data that it
    ended is tried again after `again_after` seconds, or with the next poll if that is 0. The `repair` is
    raised once the trouble has lasted `repair_after` seconds; the fact `since` counts them across restarts.
    """

    text: str
    abort: str = ""
    ends_poll: bool = False
    pauses_side: bool = False
    """Whether the other side kinds wait as well, because they would probably fail in the same way."""
    again_after: float = 0
    effect: Effect = Effect.WAITS
    repair: str | None = None
    repair_after: float = 0
    since: Fact[int] | None = None
    is_denied: bool = False
    """Whether the account may not have this kind of data, so that others go on without it."""
    lacks_scope: bool = False
    """Whether the account lacks a permission that a new sign-in can bring."""


@dataclass(frozen=True, slots=True)
class Row:
    """The consequences of one trouble: met at the heart rate, at a side kind and at late data.

    `borrowed` replaces the row where the sign-in is a borrowed one.
    """

    heart_rate: Consequence
    side: Consequence
    late: Consequence
    borrowed: Row | None = None


def _whole(found: Consequence, *, borrowed: Row | None = None) -> Row:
    """Return the row of an error that concerns the whole service when the heart rate meets it.

    A side kind that meets it is only retried: one failing address proves nothing about the whole service.
    """
    side = Consequence(
        text=found.text,
        pauses_side=found.pauses_side,
        again_after=max(found.again_after, SIDE_AGAIN),
        effect=Effect.NOTHING,
    )
    return Row(found, side, _late(side, side.again_after), borrowed)


def _one_kind(found: Consequence, *, borrowed: Row | None = None) -> Row:
    """Return the row of trouble with one kind of data, which leaves the others as they are."""
    side = replace(found, effect=Effect.NOTHING, again_after=max(found.again_after, SIDE_AGAIN))
    return Row(found, side, _late(side, DAY if found.is_denied else SIDE_AGAIN), borrowed)


def _late(side: Consequence, again_after: float) -> Consequence:
    """Return the consequence for late data: a person is only told if the trouble lasts."""
    return replace(
        side,
        again_after=again_after,
        repair="late_data_not_compared",
        repair_after=DAY,
        since=LATE_FAILS_SINCE,
    )


def _soon(row: Row) -> Row:
    """Return a row whose kinds of data are all asked for again after a few minutes."""
    heart_rate, side, late = (
        replace(found, again_after=SIDE_AGAIN) for found in (row.heart_rate, row.side, row.late)
    )
    return Row(heart_rate, side, late)


def _denied(denial: Denial, again_after: float) -> Consequence:
    key = str(denial)
    return Consequence(text=key, abort=key, again_after=again_after, repair=key, is_denied=True)


def _borrowed(trouble: Lender) -> Consequence:
    return Consequence(text=str(trouble), abort=str(trouble), ends_poll=True)


_REFUSED: Final = Consequence(
    text="sign_in_refused", abort="cannot_connect", ends_poll=True, effect=Effect.SIGN_IN
)
_REFUSED_BORROWED: Final = _whole(replace(_borrowed(Lender.REFUSED), abort="cannot_connect"))
_SCOPE: Final = replace(_denied(Denial.SCOPE, DAY), repair=None, effect=Effect.SIGN_IN, lacks_scope=True)
# Nothing tells this account of a permission that is given at the lender.
_SCOPE_BORROWED: Final = _soon(
    _one_kind(replace(_SCOPE, text=str(Lender.SCOPE), abort=str(Lender.SCOPE), effect=Effect.WAITS))
)
_UNAVAILABLE: Final = Consequence(text="service_unavailable", abort="cannot_connect")
_ENDED: Final = Consequence(text="service_ended", abort="service_ended", ends_poll=True)
_ARCHIVE: Final = Consequence(
    text="archive_unusable", ends_poll=True, repair="archive_unusable", repair_after=HOUR
)

TABLE: Final[Mapping[Cause, Row]] = {
    SignInRefusedError: _whole(_REFUSED, borrowed=_REFUSED_BORROWED),
    GrantEndedError: _whole(replace(_REFUSED, since=REFUSED_SINCE), borrowed=_REFUSED_BORROWED),
    Lender.MISSING: _whole(replace(_borrowed(Lender.MISSING), repair="lender_missing")),
    Lender.REFUSED: _whole(_borrowed(Lender.REFUSED)),
    Lender.SCOPE: _whole(_borrowed(Lender.SCOPE)),
    # A denial does not pass within minutes, and some only with a new sign-in.
    Denial.SCOPE: _one_kind(_SCOPE, borrowed=_SCOPE_BORROWED),
    Denial.INTRADAY: _one_kind(replace(_denied(Denial.INTRADAY, DAY), effect=Effect.NOTHING)),
    Denial.API_DISABLED: _one_kind(_denied(Denial.API_DISABLED, 15 * MINUTE)),
    Denial.NOT_LINKED: _one_kind(_denied(Denial.NOT_LINKED, 15 * MINUTE)),
    Denial.OTHER: _one_kind(
        replace(_denied(Denial.OTHER, 15 * MINUTE), repair_after=DAY, since=DENIED_SINCE)
    ),
    ServiceEndedError: _whole(_ENDED),
    ServiceShutDownError: _whole(replace(_ENDED, repair="service_ended")),
    ServiceUnreachableError: _whole(replace(_UNAVAILABLE, ends_poll=True, pauses_side=True)),
    RateLimitedError: _whole(
        replace(_UNAVAILABLE, text="rate_limited", ends_poll=True, pauses_side=True, again_after=15 * MINUTE)
    ),
    ServiceUnavailableError: _one_kind(_UNAVAILABLE),
    UnexpectedAnswerError: _one_kind(replace(_UNAVAILABLE, abort="unexpected_answer")),
    SourceError: _one_kind(replace(_UNAVAILABLE, abort="unexpected_answer")),
    ArchiveError: _whole(_ARCHIVE),
    ArchiveDamagedError: _whole(replace(_ARCHIVE, effect=Effect.BEGINS_ANEW)),
    ArchiveTooNewError: _whole(
        Consequence(text="archive_too_new", ends_poll=True, effect=Effect.STOPS, repair="archive_too_new")
    ),
}


def consequence(
    trouble: Trouble,
    importance: Importance = Importance.HEART_RATE,
    *,
    is_borrowed: bool = False,
) -> Consequence:
    """Return the consequence of a trouble for a kind of data of this importance."""
    row = TABLE[_cause(trouble)]
    if is_borrowed and row.borrowed:
        row = row.borrowed
    found = {Importance.SIDE: row.side, Importance.LATE: row.late}.get(importance, row.heart_rate)
    if isinstance(trouble, RateLimitedError) and trouble.retry_after:
        return replace(found, again_after=trouble.retry_after)
    return found


def lasting_repairs(since: Mapping[Fact[int], int | None], now: float) -> Iterator[str]:
    """Yield the repairs of trouble that has lasted long enough; `since` has the UNIX seconds of each fact."""
    for found in {one for row in TABLE.values() for one in (row.heart_rate, row.late)}:
        began = since.get(found.since) if found.since else None
        if found.repair and began is not None and now - began >= found.repair_after:
            yield found.repair


def import_pause(error: SourceError | ArchiveError, failures: int) -> float:
    """Return the seconds that the import waits after this error, the last of several failures in a row."""
    if isinstance(error, ServiceUnavailableError) and error.retry_after:
        return min(error.retry_after, BACK_OFF_MAX)
    return back_off(failures, BACK_OFF_MIN, BACK_OFF_MAX)


def _cause(trouble: Trouble) -> Cause:
    """Return the key of a trouble's row: its reason if it has one, else the nearest class with a row."""
    match trouble:
        case Denial() | Lender():
            return trouble
        case PermissionMissingError(denial=reason) | LenderError(trouble=reason):
            return reason
    return next(kind for kind in type(trouble).__mro__ if kind in TABLE)
