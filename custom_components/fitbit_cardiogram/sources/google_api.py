"""The shape of the Google Health API: messages, dates, filters, pages, and the reasons of its errors.

Decided by Google's published schema (revision 20261030) and, where that is silent, by what people measured
on the live service; the latter is marked "[live]".
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
import re
from typing import Annotated, Any, Final, Protocol

import msgspec

from ..heart_rate.clock import utc
from ..heart_rate.sample import TIME_MIN
from ..net.request import UNDECODABLE, Answer
from .client import ANSWER_LIMIT, Client, decode_off_loop
from .errors import Denial, RequestRefusedError, UnexpectedAnswerError

SCOPE_PREFIX: Final = "https://www.googleapis.com/auth/googlehealth."
SCOPE_METRICS: Final = SCOPE_PREFIX + "health_metrics_and_measurements.readonly"
SCOPE_ACTIVITY: Final = SCOPE_PREFIX + "activity_and_fitness.readonly"
SCOPE_SETTINGS: Final = SCOPE_PREFIX + "settings.readonly"
SCOPE_SLEEP: Final = SCOPE_PREFIX + "sleep.readonly"

# A page counts as this many bytes at least: pages without end may hold nothing.
PAGE_BYTES_MIN: Final = 256 * 1024
# The longest interval of a daily roll-up, in days.
ROLLED_UP_DAYS: Final = 90


class Message(msgspec.Struct, rename="camel", gc=False):
    """An answer of the API: int64 comes as a string, and fields of value zero are left out.

    Messages form no cycles, so the garbage collector is spared the thousands of a page.
    """


class Good(Message, kw_only=True):
    """A good answer as a whole: one with an error inside is none, however empty it looks."""

    error: None = None


class Paged(Protocol):
    """A page that may have a successor."""

    @property
    def next_page_token(self) -> str:
        """The token to ask for the next page with, empty if there is none."""
        ...


class Page[Point](Good):
    """A page of data points."""

    data_points: list[Point] = []
    next_page_token: str = ""


class RollupPage(Good):
    """A page of roll-ups."""

    rollup_data_points: list[msgspec.Raw] = []
    next_page_token: str = ""


class Date(Message):
    """A civil date."""

    year: int
    month: int
    day: int


class CivilTime(Message):
    """A civil time, as far as its date."""

    date: Date


class _ErrorDetail(Message):
    reason: str = ""


class _ErrorStatus(Message):
    details: list[_ErrorDetail] = []


class _Error(Message):
    error: _ErrorStatus | str = ""

    def reasons(self) -> set[str]:
        """Return the reasons, from Google's shape of an error or from OAuth's."""
        if isinstance(self.error, str):
            return {self.error}
        return {detail.reason for detail in self.error.details}


_DENIALS: Final = {
    "SERVICE_DISABLED": Denial.API_DISABLED,
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": Denial.SCOPE,
    "MISSING_OAUTH_SCOPE": Denial.SCOPE,
    "insufficient_scope": Denial.SCOPE,
    "ACCOUNT_NOT_LINKED": Denial.NOT_LINKED,
}

RAW_PAGE: Final = msgspec.json.Decoder(Page[msgspec.Raw])
ROLLUPS: Final = msgspec.json.Decoder(RollupPage)
_ERROR: Final = msgspec.json.Decoder(_Error)
_MOMENT: Final[Any] = Annotated[datetime, msgspec.Meta(tz=True)]
_DURATION: Final = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?s", re.ASCII)

type Sized[Answered] = tuple[Answered, int]
"""A decoded answer, and the number of its bytes."""


class Api:
    """Reads the messages of an account, page after page."""

    def __init__(self, client: Client) -> None:
        self._client = client
        # The types that are refused as a merged stream.
        self._unmerged: set[str] = set()

    async def fetch[T](
        self, method: str, path: str, decoder: msgspec.json.Decoder[T], **options: Any
    ) -> Sized[T]:
        """Make a request; return its decoded answer, and the number of its bytes."""
        answer = await self._client.request(method, path, **options)
        return await decode_off_loop(answer.body, decoder), len(answer.body)

    async def points(self, kind: str, query: str, size: int) -> list[msgspec.Raw]:
        """Return all points of a type that a filter admits, in pages of at most `size`.

        They are those of the merged stream. Where the service refuses to merge, they are those of each
        source, and it is not asked to merge again.
        """
        path = f"users/me/dataTypes/{kind}/dataPoints"
        if kind not in self._unmerged:
            with suppress(RequestRefusedError):
                return await self._points(f"{path}:reconcile", query, size)
        points = await self._points(path, query, size)
        self._unmerged.add(kind)
        return points

    async def _points(self, path: str, query: str, size: int) -> list[msgspec.Raw]:
        def ask(token: str) -> Awaitable[Sized[Page[msgspec.Raw]]]:
            return self.fetch("GET", path, RAW_PAGE, params={"filter": query} | paging(size, token))

        pages = read_pages(ask, ANSWER_LIMIT)
        return [raw async for page in pages for raw in page.data_points]

    async def daily_roll_ups(self, kind: str, first: date, last: date) -> list[msgspec.Raw]:
        """Return the roll-ups of a type for each day from the first to the last that has one."""
        raws: list[msgspec.Raw] = []
        while first <= last:
            end = min(first + timedelta(days=ROLLED_UP_DAYS), last + timedelta(days=1))
            raws += await self._daily_roll_ups(kind, first, end)
            first = end
        return raws

    async def _daily_roll_ups(self, kind: str, first: date, end: date) -> list[msgspec.Raw]:
        # A page size below the number of days is refused [live], so none is named.
        asked = {"range": {"start": civil_day(first), "end": civil_day(end)}, "windowSizeDays": 1}
        path = f"users/me/dataTypes/{kind}/dataPoints:dailyRollUp"

        def ask(token: str) -> Awaitable[Sized[RollupPage]]:
            return self.fetch("POST", path, ROLLUPS, json=asked | ({"pageToken": token} if token else {}))

        pages = read_pages(ask, ANSWER_LIMIT)
        return [raw async for page in pages for raw in page.rollup_data_points]


def denial(answer: Answer) -> Denial | None:
    """Return the denial that an answer names by its reasons."""
    try:
        reasons = _ERROR.decode(answer.body).reasons()
    except UNDECODABLE:
        return None
    return next((found for reason, found in _DENIALS.items() if reason in reasons), None)


async def read_pages[P: Paged](ask: Callable[[str], Awaitable[Sized[P]]], limit: int) -> AsyncGenerator[P]:
    """Yield page after page, each asked for with the token of the one before.

    An empty page may have a successor [live]; only the absence of a token ends them. Raises
    UnexpectedAnswerError if they go in a circle, or take more than `limit` bytes.
    """
    tokens: set[str] = set()
    token = ""
    while limit > 0:
        page, size = await ask(token)
        yield page
        token = page.next_page_token
        if not token:
            return
        if token in tokens:
            raise UnexpectedAnswerError("pages in a circle")
        tokens.add(token)
        limit -= max(size, PAGE_BYTES_MIN)
    raise UnexpectedAnswerError("pages without end")


def instant(moment: int) -> str:
    """Return UNIX seconds as Google writes them."""
    return f"{utc(moment):%Y-%m-%dT%H:%M:%SZ}"


def paging(size: int, token: str = "") -> dict[str, str]:
    """Return the parameters of a page."""
    return {"pageSize": str(size)} | ({"pageToken": token} if token else {})


def days_filter(kind: str, first: date | None, last: date) -> str:
    """Return the filter of a daily type for the days from the first, if there is one, to the last."""
    member = f"{kind.replace('-', '_')}.date"
    before = f'{member} < "{last + timedelta(days=1)}"'
    return f'{member} >= "{first}" AND {before}' if first else before


def civil_day(day: date) -> dict[str, dict[str, int]]:
    """Return the beginning of a day as Google writes it."""
    return {"date": {"year": day.year, "month": day.month, "day": day.day}}


def civil(written: Date) -> date | None:
    """Return a date, or None if it is none."""
    try:
        return date(written.year, written.month, written.day)
    except OverflowError, ValueError:
        return None


def duration(written: object) -> float | None:
    """Return the seconds of a duration, or None if it is none."""
    if not isinstance(written, str) or not _DURATION.fullmatch(written):
        return None
    return float(written.removesuffix("s"))


def moment(written: object) -> int | None:
    """Return the UNIX seconds of a time, or None if it is none, or one that cannot be."""
    try:
        found = int(msgspec.convert(written, _MOMENT).timestamp())
    except msgspec.ValidationError, OverflowError, ValueError:
        return None
    return found if found >= TIME_MIN else None
