"""The Google Health API, version 4.

Decided by Google's published schema (revision 20261030) and, where that is silent, by what people measured
on the live service; the latter is marked "[live]".
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta, tzinfo
import re
import time
from typing import Annotated, Any, Final, NamedTuple, Protocol

from aiohttp import ClientSession
import msgspec

from ..archive.late import Fingerprint, digest
from ..heart_rate.clock import DAY, HOUR, utc
from ..heart_rate.day import RestingHeartRate, Zone, ZoneName
from ..heart_rate.sample import BPM_MAX, BPM_MIN, TIME_MIN, Sample, one_per_second
from ..net.request import UNDECODABLE, Answer
from .client import (
    ANSWER_LIMIT,
    SAMPLES_LIMIT,
    Client,
    ZoneLimit,
    decode,
    decode_each,
    decode_known,
    decode_off_loop,
    newest_sync,
    zone_named,
)
from .errors import (
    Denial,
    GatewayTimeoutError,
    RequestRefusedError,
    SourceError,
    UnexpectedAnswerError,
)
from .rate_limit import RateLimit
from .source import HINT_TIMEOUT, RECENT, AccessToken, Identity, Reading

SCOPE_PREFIX: Final = "https://www.googleapis.com/auth/googlehealth."
SCOPE_HEART_RATE: Final = SCOPE_PREFIX + "health_metrics_and_measurements.readonly"
SCOPE_ZONES: Final = SCOPE_PREFIX + "activity_and_fitness.readonly"
SCOPE_SETTINGS: Final = SCOPE_PREFIX + "settings.readonly"
SCOPES: Final = (SCOPE_HEART_RATE, SCOPE_ZONES, SCOPE_SETTINGS)
SCOPES_NEEDED: Final = frozenset({SCOPE_HEART_RATE})

# Larger pages are cut silently; at a gateway time-out half the size may pass [live].
PAGE_SIZE: Final = 10_000
PAGE_SIZE_MIN: Final = 1_250
# Omitting all other fields makes a page of heart rates six times smaller, if the service can do that.
HEART_RATE_FIELDS: Final = "dataPoints(heartRate(sampleTime/physicalTime,beatsPerMinute)),nextPageToken"
# 300 requests a minute and user are admitted.
QUOTA: Final = (300, 60)
DAYS_PER_PAGE: Final = 100
# So many bytes a page counts as at least: pages without end may hold nothing.
PAGE_BYTES_MIN: Final = 256 * 1024
# A page holds a hundred devices: five pages of them are many.
DEVICES_LIMIT: Final = 5 * PAGE_BYTES_MIN
# A point of a heart rate takes some 420 bytes, and hardly two are measured in one second.
BYTES_PER_SECOND: Final = 500
READING_LIMIT: Final = 160 * 1024 * 1024
# A roll-up covers at most two weeks: so many hours, with the running one.
ROLLUP_MAX: Final = 336 * HOUR
# If that is refused, or comes as more bytes than these, uncompressed, shorter ones are asked for, for so many
# seconds.
COSTLY: Final = 16 * 1024
SHORT_FOR: Final = DAY
# A civil day has up to 25 hours.
MINUTES_MAX: Final = 25 * 60
# The type of the devices that are no wearables.
SCALE: Final = "SCALE"


class _Message(msgspec.Struct, rename="camel", gc=False):
    """An answer of the API: int64 comes as a string, and fields of value zero are left out.

    Messages form no cycles, so the garbage collector is spared the thousands of a page.
    """


class _SampleTime(_Message):
    physical_time: Annotated[datetime, msgspec.Meta(tz=True)]


class _HeartRate(_Message):
    sample_time: _SampleTime
    beats_per_minute: Annotated[int, msgspec.Meta(ge=BPM_MIN, le=BPM_MAX)]


class _HeartRatePoint(_Message):
    heart_rate: _HeartRate


class _Good(_Message, kw_only=True):
    """A good answer as a whole: one with an error inside is none, however empty it looks."""

    error: None = None


class _Paged(Protocol):
    """A page that may have a successor."""

    @property
    def next_page_token(self) -> str:
        """The token to ask for the next page with, empty if there is none."""
        ...


class _Page[Point](_Good):
    data_points: list[Point] = []
    next_page_token: str = ""


class _Date(_Message):
    year: int
    month: int
    day: int


class _Resting(_Message):
    date: _Date
    beats_per_minute: Annotated[int, msgspec.Meta(ge=BPM_MIN, le=BPM_MAX)]
    daily_resting_heart_rate_metadata: Any = None

    @property
    def rank(self) -> tuple[bool, int]:
        """Rank the values of one day: one calculated with sleep first, then the higher one."""
        known = self.daily_resting_heart_rate_metadata
        method = known.get("calculationMethod") if isinstance(known, dict) else None
        return method == "WITH_SLEEP", self.beats_per_minute


class _RestingPoint(_Message):
    daily_resting_heart_rate: _Resting


class _Limits(_Message):
    heart_rate_zone_type: str
    min_beats_per_minute: ZoneLimit = 0
    max_beats_per_minute: ZoneLimit | None = None


type _LimitsByType = Mapping[str, _Limits]


class _DailyZones(_Message):
    date: _Date
    heart_rate_zones: list[msgspec.Raw] = []

    def by_type(self) -> _LimitsByType:
        """Return the limits by Google's name of the zone."""
        zones = decode_known(self.heart_rate_zones, _LIMITS, "limits of zones")
        return {zone.heart_rate_zone_type: zone for zone in zones}


class _CivilTime(_Message):
    date: _Date


class _ZonesPoint(_Message):
    daily_heart_rate_zones: _DailyZones


type _Mean = Annotated[float, msgspec.Meta(ge=0, le=BPM_MAX)]


class _HeartRateRollup(_Message):
    beats_per_minute_min: _Mean = 0
    beats_per_minute_avg: _Mean = 0
    beats_per_minute_max: _Mean = 0


class _HourRollup(_Message):
    start_time: Annotated[datetime, msgspec.Meta(tz=True)]
    heart_rate: _HeartRateRollup | None = None


class _RollupPage(_Good):
    rollup_data_points: list[msgspec.Raw] = []
    next_page_token: str = ""


class _ZoneTime(_Message):
    heart_rate_zone: str
    duration: Any = "0s"

    @property
    def minutes(self) -> float | None:
        """The minutes, or None if the duration is odd."""
        if not isinstance(self.duration, str) or not _DURATION.fullmatch(self.duration):
            return None
        minutes = float(self.duration.removesuffix("s")) / 60
        return minutes if minutes <= MINUTES_MAX else None


class _ZoneTimes(_Message):
    time_in_heart_rate_zones: list[msgspec.Raw] = []


class _ZoneTimesRollup(_Message):
    civil_start_time: _CivilTime | None = None
    time_in_heart_rate_zone: _ZoneTimes | None = None


class _Identity(_Good):
    health_user_id: Annotated[str, msgspec.Meta(min_length=1)]
    legacy_user_id: str | None = None


class _Settings(_Good):
    time_zone: str = ""


class _Device(_Message):
    device_type: str = ""
    last_sync_time: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class _Devices(_Good):
    paired_devices: list[msgspec.Raw] = []
    next_page_token: str = ""


class _ErrorDetail(_Message):
    reason: str = ""


class _ErrorStatus(_Message):
    details: list[_ErrorDetail] = []


class _Error(_Message):
    error: _ErrorStatus | str = ""

    def reasons(self) -> set[str]:
        """Return the reasons, from Google's shape of an error or from OAuth's."""
        if isinstance(self.error, str):
            return {self.error}
        return {detail.reason for detail in self.error.details}


_DENIALS: Final = {
    "SERVICE_DISABLED": Denial.API_DISABLED,
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": Denial.SCOPE,
    "insufficient_scope": Denial.SCOPE,
    "ACCOUNT_NOT_LINKED": Denial.NOT_LINKED,
}

_HEART_RATE_PAGE: Final = msgspec.json.Decoder(_Page[_HeartRatePoint], strict=False)
_HEART_RATE_POINT: Final = msgspec.json.Decoder(_HeartRatePoint, strict=False)
_RAW_PAGE: Final = msgspec.json.Decoder(_Page[msgspec.Raw])
_IDENTITY: Final = msgspec.json.Decoder(_Identity)
_SETTINGS: Final = msgspec.json.Decoder(_Settings)
_DEVICES: Final = msgspec.json.Decoder(_Devices)
_DEVICE: Final = msgspec.json.Decoder(_Device)
_ROLLUPS: Final = msgspec.json.Decoder(_RollupPage)
_HOUR: Final = msgspec.json.Decoder(_HourRollup)
_RESTING: Final = msgspec.json.Decoder(_RestingPoint, strict=False)
_ZONE_TIMES: Final = msgspec.json.Decoder(_ZoneTimesRollup)
_ZONE_TIME: Final = msgspec.json.Decoder(_ZoneTime)
_ZONES: Final = msgspec.json.Decoder(_ZonesPoint)
_LIMITS: Final = msgspec.json.Decoder(_Limits, strict=False)
_ERROR: Final = msgspec.json.Decoder(_Error)

_DURATION: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?s", re.ASCII)
_EARLIEST: Final = utc(TIME_MIN)


class HeartRatePage(NamedTuple):
    """Samples as they come, the number of points that were left out, and the token of the next page."""

    samples: list[Sample]
    skipped: int
    next_page_token: str


def decode_heart_rate_page(body: bytes) -> HeartRatePage:
    """Decode a page of heart-rate points.

    A point that breaks the contract is left out and counted; raises UnexpectedAnswerError if the page is
    not one.
    """
    try:
        page = _HEART_RATE_PAGE.decode(body)
        points, skipped = page.data_points, 0
        token = page.next_page_token
    except UNDECODABLE:
        points, skipped, token = _decode_odd_page(body)
    # Half as long as by `timestamp()`, and negative days are before the earliest time.
    samples = [
        (TIME_MIN + after.days * DAY + after.seconds, point.heart_rate.beats_per_minute)
        for point in points
        if (after := point.heart_rate.sample_time.physical_time - _EARLIEST).days >= 0
    ]
    return HeartRatePage(samples, skipped + len(points) - len(samples), token)


def _decode_odd_page(body: bytes) -> tuple[list[_HeartRatePoint], int, str]:
    """Decode a page point by point, since at least one of them is odd."""
    page = decode(body, _RAW_PAGE)
    points = decode_each(page.data_points, _HEART_RATE_POINT)
    return points, len(page.data_points) - len(points), page.next_page_token


class GoogleHealth:
    """The account of whom the access token is, as a HeartRateSource."""

    def __init__(self, session: ClientSession, access_token: AccessToken, base_url: str) -> None:
        self._client = Client(session, access_token, base_url, _denial, RateLimit(*QUOTA))
        self._leaves_out = True
        # By a clock that does not jump.
        self._short_until = 0.0
        self._limits: tuple[date, Sequence[tuple[date, _LimitsByType]]] | None = None

    async def authorize(self) -> None:
        """Obtain a valid access token."""
        await self._client.authorize()

    async def identity(self) -> Identity:
        """Return the Google Health user id and the Fitbit id of old."""
        found = await self._client.get("users/me/identity", _IDENTITY)
        return Identity(found.health_user_id, found.legacy_user_id)

    async def time_zone(self) -> tzinfo | None:
        """Return the time zone of the account's settings."""
        settings = await self._client.get("users/me/settings", _SETTINGS)
        return await zone_named(settings.time_zone) if settings.time_zone else None

    async def last_sync(self) -> datetime | None:
        """Return the newest time of the paired wearables' last syncs with the phone."""

        def ask(token: str) -> Awaitable[_Sized[_Devices]]:
            options = {"params": _paging(100, token), "timeout": HINT_TIMEOUT}
            return self._fetch("GET", "users/me/pairedDevices", _DEVICES, **options)

        pages = _pages(ask, DEVICES_LIMIT)
        raws = [raw async for page in pages for raw in page.paired_devices]
        devices = decode_known(raws, _DEVICE, "devices")
        return newest_sync(device.last_sync_time for device in devices if device.device_type != SCALE)

    async def samples(self, start: int, end: int) -> Reading:
        """Return the merged stream that Google's own app shows, of every wearable of the account.

        A page can take tens of milliseconds to decode, so that happens in a thread.
        """
        size = PAGE_SIZE
        while True:
            try:
                return await self._samples(start, end, size)
            except GatewayTimeoutError:
                size //= 2
                if size < PAGE_SIZE_MIN:
                    raise

    async def _samples(self, start: int, end: int, size: int) -> Reading:
        query = (
            f'heart_rate.sample_time.physical_time >= "{_instant(start)}"'
            f' AND heart_rate.sample_time.physical_time < "{_instant(end)}"'
        )
        samples: list[Sample] = []
        skipped = 0
        limit = min((end - start) * BYTES_PER_SECOND + ANSWER_LIMIT, READING_LIMIT)
        pages = _pages(lambda token: self._page({"filter": query} | _paging(size, token)), limit)
        async for page in pages:
            samples += page.samples
            skipped += page.skipped
        return Reading(await asyncio.to_thread(one_per_second, samples), skipped)

    async def _fetch[T](
        self, method: str, path: str, decoder: msgspec.json.Decoder[T], **options: Any
    ) -> _Sized[T]:
        """Make a request; return its decoded answer, and the number of its bytes."""
        answer = await self._client.request(method, path, **options)
        return await decode_off_loop(answer.body, decoder), len(answer.body)

    async def _page(self, params: dict[str, str]) -> _Sized[HeartRatePage]:
        """Return a page of heart rates, without the fields that are not needed if the service can omit them.

        Whether it can is undocumented. If it refuses, or omits too much, it is not asked to again.
        """

        async def ask(**more: str) -> _Sized[HeartRatePage]:
            path = "users/me/dataTypes/heart-rate/dataPoints:reconcile"
            answer = await self._client.request("GET", path, params=params | more, limit=SAMPLES_LIMIT)
            return await asyncio.to_thread(decode_heart_rate_page, answer.body), len(answer.body)

        if self._leaves_out:
            with suppress(RequestRefusedError):
                page, size = await ask(fields=HEART_RATE_FIELDS)
                if page.samples or not page.skipped:
                    return page, size
        found = await ask()
        self._leaves_out = False
        return found

    def fingerprints_at_once(self) -> int:
        """Return the seconds of the longest roll-up, or fewer where that has failed or was uncompressed."""
        return ROLLUP_MAX if time.monotonic() >= self._short_until else RECENT

    async def fingerprints(self, start: int, end: int) -> dict[int, Fingerprint]:
        """Return a fingerprint of each hour: its roll-up, which is one of the same merged stream."""
        try:
            return await self._fingerprints(start, end)
        except SourceError:
            self._shorten(end - start)
            raise

    def _shorten(self, length: int) -> None:
        """Ask for shorter roll-ups than this one, for a while."""
        if length > DAY:
            self._short_until = time.monotonic() + SHORT_FOR

    async def _fingerprints(self, start: int, end: int) -> dict[int, Fingerprint]:
        asked = {
            "range": {"startTime": _instant(start), "endTime": _instant(end)},
            "windowSize": f"{HOUR}s",
        }

        async def ask(token: str) -> _Sized[_RollupPage]:
            path = "users/me/dataTypes/heart-rate/dataPoints:rollUp"
            more = {"pageToken": token} if token else {}
            answer = await self._client.request("POST", path, json=asked | more)
            if not answer.is_compressed and len(answer.body) > COSTLY:
                self._shorten(end - start)
            return await decode_off_loop(answer.body, _ROLLUPS), len(answer.body)

        raws = [raw async for page in _pages(ask, ANSWER_LIMIT) for raw in page.rollup_data_points]
        rollups = decode_known(raws, _HOUR, "roll-ups of hours")
        fingerprints = {int(rollup.start_time.timestamp()): _fingerprint(rollup) for rollup in rollups}
        return {hour: found for hour, found in fingerprints.items() if start <= hour < end}

    async def resting_heart_rates(self, first: date, last: date) -> list[RestingHeartRate]:
        """Return the daily resting heart rates, which may lag by days: one for each day, by its rank.

        The merged stream is read; should it still hold several values of one day, their order says nothing.
        """
        query = (
            f'daily_resting_heart_rate.date >= "{first}"'
            f' AND daily_resting_heart_rate.date < "{last + timedelta(days=1)}"'
        )

        def ask(token: str) -> Awaitable[_Sized[_Page[msgspec.Raw]]]:
            path = "users/me/dataTypes/daily-resting-heart-rate/dataPoints:reconcile"
            return self._fetch(
                "GET", path, _RAW_PAGE, params={"filter": query} | _paging(DAYS_PER_PAGE, token)
            )

        raws = [raw async for page in _pages(ask, ANSWER_LIMIT) for raw in page.data_points]
        points = [point.daily_resting_heart_rate for point in decode_known(raws, _RESTING, "resting rates")]
        by_day: dict[date, _Resting] = {}
        for point in points:
            if (day := _civil(point.date)) and first <= day <= last:
                by_day[day] = max(by_day.get(day, point), point, key=lambda one: one.rank)
        return [RestingHeartRate(day, point.beats_per_minute) for day, point in by_day.items()]

    async def zones(self, first: date, last: date) -> dict[date, tuple[Zone, ...]]:
        """Return the time in each zone, with the limits where they are known.

        A zone that was not reached is absent from the roll-up: zero minutes. No roll-up: not measured.
        """
        page, _ = await self._fetch(
            "POST",
            "users/me/dataTypes/time-in-heart-rate-zone/dataPoints:dailyRollUp",
            _ROLLUPS,
            json={
                "range": {"start": _civil_day(first), "end": _civil_day(last + timedelta(days=1))},
                "windowSizeDays": 1,
            },
        )
        measured = {
            day: rollup.time_in_heart_rate_zone
            for rollup in decode_known(page.rollup_data_points, _ZONE_TIMES, "roll-ups of days")
            if rollup.civil_start_time is not None and rollup.time_in_heart_rate_zone is not None
            if (day := _civil(rollup.civil_start_time.date)) and first <= day <= last
        }
        limits = await self._zone_limits(first, last) if measured else []

        def on(day: date) -> _LimitsByType:
            return next((found for since, found in limits if since <= day), {})

        return {day: _zones(times, on(day)) for day, times in measured.items()}

    def pause(self) -> float:
        """Return the seconds in which to make no request that can wait."""
        return self._client.pause()

    def requests_left(self) -> int:
        """Return the number of requests that the service takes now."""
        return self._client.requests_left()

    def answered_at(self) -> int | None:
        """Return the UNIX time of the last answer by the service's clock, or None where it is not known."""
        return self._client.answered_at

    async def _zone_limits(self, first: date, last: date) -> Sequence[tuple[date, _LimitsByType]]:
        """Return the limits of the zones, newest day first, asked for once a day.

        A failure here only costs the limits: minutes are shown without them.
        """
        if self._limits is None or self._limits[0] != last:
            before = f'daily_heart_rate_zones.date < "{last + timedelta(days=1)}"'
            try:
                page = await self._client.get(
                    "users/me/dataTypes/daily-heart-rate-zones/dataPoints",
                    _RAW_PAGE,
                    params={"filter": before} | _paging((last - first).days + 1),
                )
            except SourceError:
                return self._limits[1] if self._limits else []
            points = decode_known(page.data_points, _ZONES, "days of zones")
            days = [point.daily_heart_rate_zones for point in points]
            self._limits = (last, [(day, zones.by_type()) for zones in days if (day := _civil(zones.date))])
        return self._limits[1]


def _denial(answer: Answer) -> Denial | None:
    """Return the denial that an answer names by its reasons."""
    try:
        reasons = _ERROR.decode(answer.body).reasons()
    except UNDECODABLE:
        return None
    return next((denial for reason, denial in _DENIALS.items() if reason in reasons), None)


type _Sized[Page] = tuple[Page, int]
"""A decoded answer, and the number of its bytes."""


async def _pages[Page: _Paged](
    ask: Callable[[str], Awaitable[_Sized[Page]]], limit: int
) -> AsyncGenerator[Page]:
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


def _fingerprint(rollup: _HourRollup) -> Fingerprint:
    rates = rollup.heart_rate or _HeartRateRollup()
    values = (rates.beats_per_minute_min, rates.beats_per_minute_avg, rates.beats_per_minute_max)
    return Fingerprint(digest(values), values)


def _zones(times: _ZoneTimes, limits: _LimitsByType) -> tuple[Zone, ...]:
    known = decode_known(times.time_in_heart_rate_zones, _ZONE_TIME, "times in zones")
    minutes = {time.heart_rate_zone: time.minutes for time in known}
    return tuple(
        Zone(
            name=name,
            minutes=minutes.get(name.upper(), 0.0),
            min_bpm=limits[name.upper()].min_beats_per_minute if name.upper() in limits else None,
            max_bpm=limits[name.upper()].max_beats_per_minute if name.upper() in limits else None,
        )
        for name in ZoneName
    )


def _instant(moment: int) -> str:
    return f"{utc(moment):%Y-%m-%dT%H:%M:%SZ}"


def _paging(size: int, token: str = "") -> dict[str, str]:
    return {"pageSize": str(size)} | ({"pageToken": token} if token else {})


def _civil_day(day: date) -> dict[str, dict[str, int]]:
    return {"date": {"year": day.year, "month": day.month, "day": day.day}}


def _civil(written: _Date) -> date | None:
    """Return a date, or None if it is none."""
    try:
        return date(written.year, written.month, written.day)
    except OverflowError, ValueError:
        return None
