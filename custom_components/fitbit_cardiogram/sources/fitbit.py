"""The Fitbit Web API, version 1, as its page "Get Heart Rate Intraday by Interval" has it.

Google has shut the public service down; a gateway that speaks the same contract may stand in its place. What
the page leaves open is written so that either reading comes out right: whether `timezone=UTC` is honoured,
how it then reads the dates of the path, and whether the last minute of a window is part of it.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, time as clock_time, timedelta, tzinfo
from enum import Enum, auto
from itertools import groupby
import time
from typing import Annotated, Final

from aiohttp import ClientSession
import msgspec

from ..archive.late import Fingerprint, digest
from ..heart_rate.clock import DAY, HOUR, civil_day, midnight
from ..heart_rate.day import RestingHeartRate, Zone, ZoneName
from ..heart_rate.sample import BPM_MAX, BPM_MIN, Sample, one_per_second
from ..net.request import UNDECODABLE, Answer
from .client import Bound, Client, decode, decode_each, zone_named
from .errors import Denial, PermissionMissingError, ServiceShutDownError, UnexpectedAnswerError
from .rate_limit import RateLimit
from .source import AccessToken, Identity, Reading
from .wall_clock import midnight_before, moments, offset_at

SCOPE_SETTINGS: Final = "settings"
SCOPES: Final = ("heartrate", "profile", SCOPE_SETTINGS)
# Without the profile's time zone, nobody can tell when a heart rate was measured.
SCOPES_NEEDED: Final = frozenset({"heartrate", "profile"})

# Requests an hour and person, counted anew at the full hour.
LIMIT: Final = (150, HOUR)

# Each with the seconds that its samples lie apart, at least.
DETAIL_SECONDS: Final = {"1sec": 1, "1min": 60, "5min": 300, "15min": 900}
DETAIL_LEVELS: Final = tuple(DETAIL_SECONDS)

# What a minute's mean is told by; a coarser detail level tells no more than itself.
MARKS_DETAIL: Final = "1min"
# A range up to this long is one window; a longer one is read in whole days.
WINDOW_MAX: Final = 12 * HOUR
MINUTE: Final = 60
# The summary answers two questions at a time.
SUMMARY_AGE_MAX: Final = 60.0

# The names that Fitbit gives the standard zones, from the lowest on.
ZONE_NAMES: Final = dict(zip(("Out of Range", "Fat Burn", "Cardio", "Peak"), ZoneName, strict=True))


class _Message(msgspec.Struct, rename="camel"):
    """An answer of the API."""


class _Measurement(msgspec.Struct, gc=False):
    """One item; of the tens of thousands of a day the garbage collector need go through none."""

    time: clock_time
    value: Annotated[int, msgspec.Meta(ge=BPM_MIN, le=BPM_MAX)]


class _Intraday[Item](msgspec.Struct):
    dataset: list[Item] = []


class _Zone(_Message):
    name: str
    minutes: float | None = None
    min: Bound | None = None
    max: Bound | None = None
    calories_out: float | None = None

    def as_zone(self, name: str, *, custom: bool = False) -> Zone:
        """Return the zone under our name."""
        return Zone(name, self.minutes, self.min, self.max, self.calories_out, custom)


class _Summary(_Message):
    heart_rate_zones: list[_Zone] | None = None
    custom_heart_rate_zones: list[_Zone] | None = None
    resting_heart_rate: Annotated[int, msgspec.Meta(ge=BPM_MIN, le=BPM_MAX)] | None = None


class _Day(_Summary):
    """A day's summary in `value`, or, in the answer to a part of a day, beside a `value` that is a mean."""

    date_time: str = ""
    value: _Summary | str | float | None = None


class _Heart[Item](msgspec.Struct, kw_only=True):
    """A good answer as a whole: one with errors inside is none."""

    errors: None = None
    days: list[_Day] = msgspec.field(name="activities-heart")
    intraday: _Intraday[Item] | None = msgspec.field(name="activities-heart-intraday", default=None)


class _User(_Message):
    encoded_id: Annotated[str, msgspec.Meta(min_length=1)]
    timezone: str = ""


class _Profile(_Message):
    user: _User


class _Device(_Message):
    last_sync_time: Annotated[datetime, msgspec.Meta(tz=False)] | None = None


class _ErrorItem(_Message):
    error_type: str = ""


class _Error(_Message):
    errors: list[_ErrorItem] = []


_HEART: Final = msgspec.json.Decoder(_Heart[_Measurement])
_RAW_HEART: Final = msgspec.json.Decoder(_Heart[msgspec.Raw])
_MEASUREMENT: Final = msgspec.json.Decoder(_Measurement)
_PROFILE: Final = msgspec.json.Decoder(_Profile)
_DEVICES: Final = msgspec.json.Decoder(list[_Device])
_ERROR: Final = msgspec.json.Decoder(_Error)

_DENIALS: Final = {
    "insufficient_scope": Denial.SCOPE,
    "insufficient_permissions": Denial.INTRADAY,
}


class _UtcParameter(Enum):
    """What the service makes of `timezone=UTC`."""

    UNKNOWN = auto()
    IGNORED = auto()
    TIMES_ONLY = auto()  # the answer's times are UTC, the path's dates are still local
    HONOURED = auto()


def decode_intraday(body: bytes) -> tuple[list[int], list[int], int]:
    """Decode an intraday answer into times of day in seconds, their values in bpm, and the number left out.

    Raises PermissionMissingError if the intraday part is missing, UnexpectedAnswerError if it is not one.
    """
    try:
        heart = _HEART.decode(body)
        dataset, skipped = heart.intraday.dataset if heart.intraday else None, 0
    except UNDECODABLE:
        dataset, skipped = _decode_odd(body)
    if dataset is None:
        raise PermissionMissingError(Denial.INTRADAY)
    times = [(at.hour * 60 + at.minute) * 60 + at.second for item in dataset for at in (item.time,)]
    return times, [item.value for item in dataset], skipped


def _decode_odd(body: bytes) -> tuple[list[_Measurement] | None, int]:
    """Decode a dataset item by item, since at least one of them is odd."""
    heart = decode(body, _RAW_HEART)
    if heart.intraday is None:
        return None, 0
    dataset = decode_each(heart.intraday.dataset, _MEASUREMENT)
    return dataset, len(heart.intraday.dataset) - len(dataset)


class Fitbit:
    """The account of whom the access token is, as a HeartRateSource."""

    def __init__(
        self,
        session: ClientSession,
        access_token: AccessToken,
        base_url: str,
        detail_level: str = DETAIL_LEVELS[0],
    ) -> None:
        self._client = Client(
            session, access_token, base_url, _denial, RateLimit(*LIMIT), ServiceShutDownError
        )
        self._detail_level = detail_level
        self._zone: tzinfo | None = None
        self._synced: datetime | None = None
        self._utc_parameter = _UtcParameter.UNKNOWN
        self._probed: date | None = None
        self._summaries: tuple[float, date, date, dict[date, _Summary]] | None = None

    async def identity(self) -> Identity:
        """Return the encoded user id."""
        profile = await self._profile()
        return Identity(profile.encoded_id, profile.encoded_id)

    async def time_zone(self) -> tzinfo | None:
        """Return the time zone of the profile."""
        self._zone = await zone_named((await self._profile()).timezone)
        return self._zone

    async def last_sync(self) -> datetime | None:
        """Return the newest sync of the devices, whose times are local ones without a zone."""
        devices = await self._client.get("1/user/-/devices.json", _DEVICES)
        newest = max((device.last_sync_time for device in devices if device.last_sync_time), default=None)
        if newest is None:
            return None
        synced = _past(newest, await self._known_zone())
        if synced.timestamp() > time.time() + MINUTE or (self._synced and synced < self._synced):
            # Nobody has synced in the future, or before the last time: the person has moved to another zone.
            synced = _past(newest, await self.time_zone() or UTC)
        self._synced = synced
        return synced

    async def samples(self, start: int, end: int) -> Reading:
        """Return the samples of the range, at the detail level chosen."""
        end = min(end, int(time.time()) + MINUTE)
        if start >= end:
            return Reading([])
        samples, skipped = await self._read(self._detail_level, start, end)
        return Reading(samples, skipped, DETAIL_SECONDS[self._detail_level])

    async def fingerprints(self, start: int, end: int) -> dict[int, Fingerprint]:
        """Return what the means of each hour's minutes tell."""
        detail = max(self._detail_level, MARKS_DETAIL, key=DETAIL_LEVELS.index)
        means, _ = await self._read(detail, start, end)
        hours = groupby(means, lambda mean: mean[0] // HOUR * HOUR)
        return {hour: Fingerprint(digest([*told]), detail=DETAIL_SECONDS[detail]) for hour, told in hours}

    async def resting_heart_rates(self, first: date, last: date) -> list[RestingHeartRate]:
        """Return the days' resting heart rates; today's has to be worked out first."""
        days = await self._days(first, last)
        return [
            RestingHeartRate(day, summary.resting_heart_rate)
            for day, summary in days.items()
            if summary.resting_heart_rate
        ]

    async def zones(self, first: date, last: date) -> dict[date, tuple[Zone, ...]]:
        """Return the four standard zones and the person's own ones."""
        zones = {day: _zones(summary) for day, summary in (await self._days(first, last)).items()}
        return {day: found for day, found in zones.items() if found}

    def pause(self) -> float:
        """Return for how many seconds to make no request that is in no hurry."""
        return self._client.pause()

    def requests_left(self) -> int:
        """Return how many requests the service will take now."""
        return self._client.requests_left()

    async def _days(self, first: date, last: date) -> dict[date, _Summary]:
        """Return the summaries of some days; what was just asked for is not asked for again."""
        now, known = time.time(), self._summaries
        if known and (first, last) == known[1:3] and now - known[0] <= SUMMARY_AGE_MAX:
            return known[3]
        heart = await self._client.get(f"1/user/-/activities/heart/date/{first}/{last}.json", _HEART)
        days = {
            _civil(day.date_time, first): day.value if isinstance(day.value, _Summary) else day
            for day in heart.days
        }
        self._summaries = (now, first, last, days)
        return days

    async def _profile(self) -> _User:
        return (await self._client.get("1/user/-/profile.json", _PROFILE)).user

    async def _known_zone(self) -> tzinfo:
        return self._zone or await self.time_zone() or UTC

    async def _path_zone(self) -> tzinfo:
        """Return the zone in which the path's dates are read.

        Only where that is not UTC is the profile asked each time: a person may move, and all the
        wall-clock times of the past then move along.
        """
        if self._utc_parameter is not _UtcParameter.HONOURED:
            await self._probe(await self.time_zone() or UTC)
        return UTC if self._utc_parameter is _UtcParameter.HONOURED else await self._known_zone()

    async def _probe(self, zone: tzinfo) -> None:
        """Find out what the service makes of `timezone=UTC`: ask for one day with it and without it."""
        yesterday = civil_day(time.time(), zone) - timedelta(days=1)
        start = midnight(yesterday, zone)
        if (
            self._utc_parameter is not _UtcParameter.UNKNOWN
            or self._probed == yesterday
            or offset_at(zone, start) == 0
        ):
            return
        self._probed = yesterday
        path = f"{yesterday}/{yesterday}/15min.json"
        local_times, local_values, _ = decode_intraday((await self._get_intraday(path, utc=False)).body)
        utc_times, utc_values, _ = decode_intraday((await self._get_intraday(path, utc=True)).body)
        self._utc_parameter = _told_by(
            [*zip(local_times, local_values, strict=True)],
            [*zip(utc_times, utc_values, strict=True)],
            yesterday,
            zone,
        )

    async def _read(self, detail: str, start: int, end: int) -> tuple[list[Sample], int]:
        """Return the samples of a range, one for each second, in order; also count what is left out."""
        path_zone = await self._path_zone()
        utc = self._utc_parameter in (_UtcParameter.TIMES_ONLY, _UtcParameter.HONOURED)
        zone = UTC if utc else path_zone
        samples: list[Sample] = []
        skipped = 0
        for first, last in _stretches(start, end, path_zone):
            since, until, path = _path(first, last, path_zone)
            answer = await self._get_intraday(path.format(detail=detail), utc=utc)
            # A whole day can take tens of milliseconds.
            wanted = (max(first, start), min(last, end))
            found, odd = await asyncio.to_thread(_decode_stretch, answer.body, zone, (since, until), wanted)
            samples += found
            skipped += odd
        return samples, skipped

    async def _get_intraday(self, path: str, *, utc: bool) -> Answer:
        return await self._client.request(
            "GET", f"1/user/-/activities/heart/date/{path}", params={"timezone": "UTC"} if utc else None
        )


def _told_by(local: list[Sample], told: list[Sample], day: date, zone: tzinfo) -> _UtcParameter:
    """Return what the answers for a day, without the parameter and with it, tell of it: (time of day, bpm).

    UNKNOWN where they fit no reading, since more may have come in between the two. Moments are turned into
    what the zone's clock showed, not the other way about: it may have shown a time twice.
    """
    if local == told:
        return _UtcParameter.IGNORED if local else _UtcParameter.UNKNOWN
    start, end = midnight(day, zone), midnight(day + timedelta(days=1), zone)
    times = [time for time, _ in told]
    if times != sorted(times):
        # A local day, since no day of UTC runs past its own midnight.
        shown = [_shown(moment, zone) for moment in moments(times, UTC, start, end)]
        is_same = [*zip(shown, (bpm for _, bpm in told), strict=True)] == local
        return _UtcParameter.TIMES_ONLY if is_same else _UtcParameter.UNKNOWN
    begun = midnight(day, UTC)
    common = [(_shown(begun + time, zone), bpm) for time, bpm in told if start <= begun + time < end]
    is_same = bool(common) and common in (local[: len(common)], local[-len(common) :])
    # Where all of it lies in both days, either reading of the date gives the same.
    tells = len(common) < max(len(local), len(told))
    return _UtcParameter.HONOURED if is_same and tells else _UtcParameter.UNKNOWN


def _shown(moment: int | None, zone: tzinfo) -> int | None:
    """Return the time of day that the zone's clock showed at a moment, in seconds."""
    return None if moment is None else (moment + offset_at(zone, moment)) % DAY


def _decode_stretch(
    body: bytes, zone: tzinfo, covered: tuple[int, int], wanted: tuple[int, int]
) -> tuple[list[Sample], int]:
    """Decode an intraday answer that covers a range of moments; return what of it is wanted."""
    samples, skipped = _decode_samples(body, zone, *covered)
    return _within(samples, *wanted), skipped


def _decode_samples(body: bytes, zone: tzinfo, since: int, until: int) -> tuple[list[Sample], int]:
    """Decode an intraday answer whose times lie within the range of moments; also count what is left out."""
    times, values, skipped = decode_intraday(body)
    begun = midnight_before(times, zone, since, until)
    if begun is not None:
        return [(begun + time, value) for time, value in zip(times, values, strict=True)], skipped
    samples = [
        (moment, value)
        for moment, value in zip(moments(times, zone, since, until), values, strict=True)
        if moment is not None
    ]
    return samples, skipped + len(values) - len(samples)


def _within(samples: Sequence[Sample], start: int, end: int) -> list[Sample]:
    """Return the samples of a range, in order of time, one for each second."""
    return one_per_second(sample for sample in samples if start <= sample[0] < end)


def _civil(text: str, only: date) -> date:
    """Return the day that an answer names; one for a single day may call it "today"."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return only


def _zones(summary: _Summary) -> tuple[Zone, ...]:
    standard = [
        zone.as_zone(ZONE_NAMES[zone.name])
        for zone in summary.heart_rate_zones or []
        if zone.name in ZONE_NAMES
    ]
    custom = [zone.as_zone(zone.name, custom=True) for zone in summary.custom_heart_rate_zones or []]
    return (*standard, *custom)


def _past(wall: datetime, zone: tzinfo) -> datetime:
    """Return when a zone's clock showed a time: of two moments the later one that has been."""
    try:
        first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    except OverflowError:
        raise UnexpectedAnswerError("not a time") from None
    return second if second.timestamp() <= time.time() + MINUTE else first


def _stretches(start: int, end: int, zone: tzinfo) -> list[tuple[int, int]]:
    """Return the ranges of moments by which a range is read: itself if it is short, or the days it is in."""
    if end - start <= WINDOW_MAX:
        return [(start, end)]
    day, last_day = (civil_day(moment, zone) for moment in (start, end - 1))
    stretches: list[tuple[int, int]] = []
    while day <= last_day:
        since, until = midnight(day, zone), midnight(day := day + timedelta(days=1), zone)
        # A day of 25 hours is read in parts: in UTC, its last hour has the times of its first.
        step = DAY if until - since <= DAY else WINDOW_MAX
        stretches += ((part, min(part + step, until)) for part in range(since, until, step))
    return stretches


def _path(start: int, end: int, zone: tzinfo) -> tuple[int, int, str]:
    """Return the path that covers a stretch, and the moments between which its times lie."""
    if end - start > WINDOW_MAX:
        day = civil_day(start, zone)
        return start, end, f"{day}/{day}/{{detail}}.json"
    # A minute more, since nobody knows whether the last one is part of the window.
    since = _clear(start // MINUTE * MINUTE, zone, -MINUTE)
    until = _clear(end // MINUTE * MINUTE + MINUTE, zone, MINUTE)
    first, last = (datetime.fromtimestamp(moment, zone) for moment in (since, until))
    window = f"{first:%H:%M}/{last:%H:%M}"
    return since, until + MINUTE, f"{first.date()}/{last.date()}/{{detail}}/time/{window}.json"


def _clear(moment: int, zone: tzinfo, step: int) -> int:
    """Step away from wall-clock times that a clock change repeats: a path cannot tell which one it means."""
    while datetime.fromtimestamp(moment, zone).replace(fold=0).utcoffset() != (
        datetime.fromtimestamp(moment, zone).replace(fold=1).utcoffset()
    ):
        moment += step
    return moment


def _denial(answer: Answer) -> Denial | None:
    """Return why an answer denies, by the type of its first error."""
    try:
        errors = _ERROR.decode(answer.body).errors
    except UNDECODABLE:
        return None
    return next((_DENIALS[error.error_type] for error in errors if error.error_type in _DENIALS), None)
