"""The Google Health API, version 4.

Decided by Google's published schema (revision 20261030) and, where that is silent, by what people measured
on the live service; the latter is marked "[live]".
"""

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from datetime import date, datetime, tzinfo
import time
from typing import Annotated, Final, NamedTuple

from aiohttp import ClientSession
import msgspec

from ..archive.late import Fingerprint, digest
from ..heart_rate.clock import DAY, HOUR, utc
from ..heart_rate.day import RestingHeartRate, Zone
from ..heart_rate.sample import BPM_MAX, BPM_MIN, TIME_MIN, Sample, one_per_second
from ..heart_rate.sleep import SleepSession
from ..heart_rate.workout import Workout
from ..net.request import UNDECODABLE
from .client import (
    ANSWER_LIMIT,
    SAMPLES_LIMIT,
    Client,
    decode,
    decode_each,
    decode_known,
    decode_off_loop,
    newest_sync,
    zone_named,
)
from .errors import GatewayTimeoutError, RequestRefusedError, SourceError
from .google_api import (
    PAGE_BYTES_MIN,
    RAW_PAGE,
    ROLLUPS,
    SCOPE_ACTIVITY,
    SCOPE_METRICS,
    SCOPE_SETTINGS,
    SCOPE_SLEEP,
    Api,
    Good,
    Message,
    Page,
    RollupPage,
    Sized,
    days_filter,
    denial,
    instant,
    paging,
    read_pages,
)
from .google_daily import GROUPS, read_daily_values
from .google_days import LimitsByType, decode_limits, decode_resting, decode_zone_times, zones_of
from .google_sleep import WINDOW, read_sleep
from .google_workouts import read_workouts
from .kinds import SAMPLES, SLEEP, WORKOUTS
from .rate_limit import RateLimit
from .source import HINT_TIMEOUT, RECENT, AccessToken, DailyReading, Identity, Reading

SCOPES: Final = (SCOPE_METRICS, SCOPE_ACTIVITY, SCOPE_SETTINGS, SCOPE_SLEEP)
SCOPES_NEEDED: Final = frozenset({SCOPE_METRICS})

# Larger pages are cut silently; at a gateway time-out half the size may pass [live].
PAGE_SIZE: Final = 10_000
PAGE_SIZE_MIN: Final = 1_250
# What one request brings at least, where that is not all that is asked for: a device that is worn measures
# every 5 seconds or less often.
SECONDS_OF_A_REQUEST: Final = {SAMPLES.key: 5 * PAGE_SIZE, SLEEP.key: WINDOW}
# Omitting all other fields makes a page of heart rates six times smaller, if the service can do that.
HEART_RATE_FIELDS: Final = "dataPoints(heartRate(sampleTime/physicalTime,beatsPerMinute)),nextPageToken"
# 300 requests a minute and user are admitted.
QUOTA: Final = (300, 60)
DAYS_PER_PAGE: Final = 100
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
# The type of the devices that are no wearables.
SCALE: Final = "SCALE"


class _SampleTime(Message):
    physical_time: Annotated[datetime, msgspec.Meta(tz=True)]


class _HeartRate(Message):
    sample_time: _SampleTime
    beats_per_minute: Annotated[int, msgspec.Meta(ge=BPM_MIN, le=BPM_MAX)]


class _HeartRatePoint(Message):
    heart_rate: _HeartRate


type _Mean = Annotated[float, msgspec.Meta(ge=0, le=BPM_MAX)]


class _HeartRateRollup(Message):
    beats_per_minute_min: _Mean = 0
    beats_per_minute_avg: _Mean = 0
    beats_per_minute_max: _Mean = 0


class _HourRollup(Message):
    start_time: Annotated[datetime, msgspec.Meta(tz=True)]
    heart_rate: _HeartRateRollup | None = None


class _Identity(Good):
    health_user_id: Annotated[str, msgspec.Meta(min_length=1)]
    legacy_user_id: str | None = None


class _Settings(Good):
    time_zone: str = ""


class _Device(Message):
    device_type: str = ""
    last_sync_time: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class _Devices(Good):
    paired_devices: list[msgspec.Raw] = []
    next_page_token: str = ""


_HEART_RATE_PAGE: Final = msgspec.json.Decoder(Page[_HeartRatePoint], strict=False)
_HEART_RATE_POINT: Final = msgspec.json.Decoder(_HeartRatePoint, strict=False)
_IDENTITY: Final = msgspec.json.Decoder(_Identity)
_SETTINGS: Final = msgspec.json.Decoder(_Settings)
_DEVICES: Final = msgspec.json.Decoder(_Devices)
_DEVICE: Final = msgspec.json.Decoder(_Device)
_HOUR: Final = msgspec.json.Decoder(_HourRollup)

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
    page = decode(body, RAW_PAGE)
    points = decode_each(page.data_points, _HEART_RATE_POINT)
    return points, len(page.data_points) - len(points), page.next_page_token


class GoogleHealth:
    """The account of whom the access token is, as a HeartRateSource."""

    def __init__(self, session: ClientSession, access_token: AccessToken, base_url: str) -> None:
        self._client = Client(session, access_token, base_url, denial, RateLimit(*QUOTA))
        self._api = Api(self._client)
        self._leaves_out = True
        # By a clock that does not jump.
        self._short_until = 0.0
        self._limits: tuple[date, Sequence[tuple[date, LimitsByType]]] | None = None

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

        def ask(token: str) -> Awaitable[Sized[_Devices]]:
            options = {"params": paging(100, token), "timeout": HINT_TIMEOUT}
            return self._api.fetch("GET", "users/me/pairedDevices", _DEVICES, **options)

        pages = read_pages(ask, DEVICES_LIMIT)
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
            f'heart_rate.sample_time.physical_time >= "{instant(start)}"'
            f' AND heart_rate.sample_time.physical_time < "{instant(end)}"'
        )
        samples: list[Sample] = []
        skipped = 0
        limit = min((end - start) * BYTES_PER_SECOND + ANSWER_LIMIT, READING_LIMIT)
        pages = read_pages(lambda token: self._page({"filter": query} | paging(size, token)), limit)
        async for page in pages:
            samples += page.samples
            skipped += page.skipped
        return Reading(await asyncio.to_thread(one_per_second, samples), skipped)

    async def _page(self, params: dict[str, str]) -> Sized[HeartRatePage]:
        """Return a page of heart rates, without the fields that are not needed if the service can omit them.

        Whether it can is undocumented. If it refuses, or omits too much, it is not asked to again.
        """

        async def ask(**more: str) -> Sized[HeartRatePage]:
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
            "range": {"startTime": instant(start), "endTime": instant(end)},
            "windowSize": f"{HOUR}s",
        }

        async def ask(token: str) -> Sized[RollupPage]:
            path = "users/me/dataTypes/heart-rate/dataPoints:rollUp"
            more = {"pageToken": token} if token else {}
            answer = await self._client.request("POST", path, json=asked | more)
            if not answer.is_compressed and len(answer.body) > COSTLY:
                self._shorten(end - start)
            return await decode_off_loop(answer.body, ROLLUPS), len(answer.body)

        raws = [raw async for page in read_pages(ask, ANSWER_LIMIT) for raw in page.rollup_data_points]
        rollups = decode_known(raws, _HOUR, "roll-ups of hours")
        fingerprints = {int(rollup.start_time.timestamp()): _fingerprint(rollup) for rollup in rollups}
        return {hour: found for hour, found in fingerprints.items() if start <= hour < end}

    async def resting_heart_rates(self, first: date, last: date) -> list[RestingHeartRate]:
        """Return the daily resting heart rates, which may lag by days: one for each day."""
        kind = "daily-resting-heart-rate"
        raws = await self._api.points(kind, days_filter(kind, first, last), DAYS_PER_PAGE)
        return decode_resting(raws, first, last)

    async def zones(self, first: date, last: date) -> dict[date, tuple[Zone, ...]]:
        """Return the time in each zone, with the limits where they are known. No roll-up: not measured."""
        raws = await self._api.daily_roll_ups("time-in-heart-rate-zone", first, last)
        measured = decode_zone_times(raws, first, last)
        limits = await self._zone_limits(first, last) if measured else []

        def on(day: date) -> LimitsByType:
            return next((found for since, found in limits if since <= day), {})

        return {day: zones_of(minutes, on(day)) for day, minutes in measured.items()}

    def offers(self) -> frozenset[str]:
        """Return the keys of all that Google has beside the heart rate and its days."""
        return frozenset({WORKOUTS.key, SLEEP.key, *GROUPS})

    async def workouts(self, start: int, end: int) -> list[Workout]:
        """Return the workouts that begin in an interval, in order of time."""
        return await read_workouts(self._api, start, end)

    async def sleep_sessions(self, start: int, end: int) -> list[SleepSession]:
        """Return the sleep sessions that end in an interval, in order of time."""
        return await read_sleep(self._api, start, end)

    async def daily_values(self, group: str, first: date, last: date) -> DailyReading:
        """Return the values of a group by kind and day."""
        return await read_daily_values(self._api, GROUPS[group], first, last)

    def requests_for(self, key: str, seconds: int) -> int:
        """Return about how many requests a kind of data takes that is read for so many seconds at once."""
        return -(-seconds // SECONDS_OF_A_REQUEST.get(key, seconds))

    def seconds_for(self, requests: int) -> float:
        """Return about how many seconds so many requests take that can wait."""
        return self._client.seconds_for(requests)

    def pause(self) -> float:
        """Return the seconds in which to make no request that can wait."""
        return self._client.pause()

    def requests_left(self) -> int:
        """Return the number of requests that the service takes now."""
        return self._client.requests_left()

    def answered_at(self) -> int | None:
        """Return the UNIX time of the last answer by the service's clock, or None where it is not known."""
        return self._client.answered_at

    async def _zone_limits(self, first: date, last: date) -> Sequence[tuple[date, LimitsByType]]:
        """Return the limits of the zones, newest day first, asked for once a day.

        A failure here only costs the limits: minutes are shown without them.
        """
        if self._limits is None or self._limits[0] != last:
            before = days_filter("daily-heart-rate-zones", None, last)
            try:
                page = await self._client.get(
                    "users/me/dataTypes/daily-heart-rate-zones/dataPoints",
                    RAW_PAGE,
                    params={"filter": before} | paging((last - first).days + 1),
                )
            except SourceError:
                return self._limits[1] if self._limits else []
            self._limits = (last, decode_limits(page.data_points))
        return self._limits[1]


def _fingerprint(rollup: _HourRollup) -> Fingerprint:
    rates = rollup.heart_rate or _HeartRateRollup()
    values = (rates.beats_per_minute_min, rates.beats_per_minute_avg, rates.beats_per_minute_max)
    return Fingerprint(digest(values), values)
