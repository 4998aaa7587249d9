"""The Fitbit Web API, version 1, as its page "Get Heart Rate Intraday by Interval" has it.

Google has shut the public service down; a gateway that speaks the same contract may stand in its place. The
page leaves three points open, and this code works with any answer to them: whether `timezone=UTC` is
honoured, how it then reads the dates of the path, and whether the last minute of a window is part of it.
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
from ..heart_rate.clock import DAY, HOUR, MINUTE, civil_day, day_interval, midnight
from ..heart_rate.day import RestingHeartRate, Zone, ZoneName
from ..heart_rate.interval import Interval
from ..heart_rate.sample import BPM_MAX, BPM_MIN, Sample, one_per_second
from ..heart_rate.sleep import SleepSession
from ..heart_rate.workout import Workout
from ..net.request import UNDECODABLE, Answer
from .client import (
    SAMPLES_LIMIT,
    TIMEOUT,
    Client,
    ZoneLimit,
    decode,
    decode_each,
    decode_known,
    newest_sync,
    note_left_out,
    zone_named,
)
from .consequences import consequence
from .errors import (
    Denial,
    PermissionMissingError,
    ServiceShutDownError,
    ServiceUnavailableError,
    SourceError,
    UnexpectedAnswerError,
)
from .kinds import SAMPLES, ZONES
from .rate_limit import RateLimit
from .source import HINT_TIMEOUT, RECENT, AccessToken, DailyReading, Identity, Reading
from .wall_clock import midnight_before, moments, offset_at

SCOPE_SETTINGS: Final = "settings"
SCOPES: Final = ("heartrate", "profile", SCOPE_SETTINGS)
# Samples have local times; the profile has the time zone that turns them into moments.
SCOPES_NEEDED: Final = frozenset({"heartrate", "profile"})

# Requests an hour and person, counted anew at the full hour.
LIMIT: Final = (150, HOUR)

# Each with the seconds that its samples lie apart, at least.
DETAIL_SECONDS: Final = {"1sec": 1, "1min": 60, "5min": 300, "15min": 900}
DETAIL_LEVELS: Final = tuple(DETAIL_SECONDS)

# Fingerprints are made of the means of minutes, or of a coarser detail level if that is chosen.
FINGERPRINT_DETAIL: Final = "1min"
# The longest interval that is read as one window, in seconds; a longer one is read in whole days.
WINDOW_MAX: Final = 12 * HOUR
# A last known time zone serves for so many seconds; later, it may have become a wrong one.
ZONE_AGE_MAX: Final = DAY
# Of a day's custom zones so many are kept, and none whose name is longer.
CUSTOM_ZONES_MAX: Final = 20
ZONE_NAME_MAX: Final = 64
# The type of the devices that are no wearables.
SCALE: Final = "SCALE"
# The summary answers two questions at a time.
SUMMARY_AGE_MAX: Final = 60.0

# The names that Fitbit gives the standard zones, from the lowest on.
ZONE_NAMES: Final = dict(zip(("Out of Range", "Fat Burn", "Cardio", "Peak"), ZoneName, strict=True))


_NOTHING: Final = msgspec.Raw(b"null")


class _Message(msgspec.Struct, rename="camel"):
    """An answer of the API."""


class _Measurement(msgspec.Struct, gc=False):
    """One item; of the tens of thousands of a day the garbage collector need go through none."""

    time: clock_time
    value: Annotated[int, msgspec.Meta(ge=BPM_MIN, le=BPM_MAX)]


class _Intraday[Item](msgspec.Struct):
    dataset: list[Item] = []


class _Zone(_Message):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=ZONE_NAME_MAX)]
    minutes: Annotated[float, msgspec.Meta(ge=0, le=25 * 60)] | None = None
    min: ZoneLimit | None = None
    max: ZoneLimit | None = None
    calories_out: Annotated[float, msgspec.Meta(ge=0, le=1e6)] | None = None

    def as_zone(self, name: str, *, custom: bool = False) -> Zone:
        """Return the zone under our name."""
        return Zone(name, self.minutes, self.min, self.max, self.calories_out, custom)


class _Summary(_Message):
    """A day's summary; each of its parts is decoded by itself."""

    heart_rate_zones: msgspec.Raw = _NOTHING
    custom_heart_rate_zones: msgspec.Raw = _NOTHING
    resting_heart_rate: msgspec.Raw = _NOTHING


class _Day(_Summary):
    """A day's summary in `value`, or, in the answer to a part of a day, beside a `value` that is a mean."""

    date_time: str = ""
    value: _Summary | str | float | None = None


class _Heart(msgspec.Struct, kw_only=True):
    """A good answer as a whole: one with errors inside is none."""

    errors: None = None
    days: list[msgspec.Raw] = msgspec.field(name="activities-heart")


class _HeartRates[Item](_Heart, kw_only=True):
    intraday: _Intraday[Item] | None = msgspec.field(name="activities-heart-intraday", default=None)


class _User(_Message):
    encoded_id: str = ""
    timezone: str = ""


class _Profile(_Message):
    user: _User


class _Device(_Message):
    type: str = ""
    last_sync_time: Annotated[datetime, msgspec.Meta(tz=False)] | None = None


class _ErrorItem(_Message):
    error_type: str = ""


class _Error(_Message):
    errors: list[_ErrorItem] = []


_HEART: Final = msgspec.json.Decoder(_HeartRates[_Measurement])
_RAW_HEART: Final = msgspec.json.Decoder(_HeartRates[msgspec.Raw])
_SUMMARIES: Final = msgspec.json.Decoder(_Heart)
_DAY: Final = msgspec.json.Decoder(_Day)
_ITEMS: Final = msgspec.json.Decoder(list[msgspec.Raw] | None)
_ZONE: Final = msgspec.json.Decoder(_Zone)
_RESTING: Final = msgspec.json.Decoder(Annotated[int, msgspec.Meta(ge=BPM_MIN, le=BPM_MAX)] | None)
_MEASUREMENT: Final = msgspec.json.Decoder(_Measurement)
_PROFILE: Final = msgspec.json.Decoder(_Profile)
_DEVICES: Final = msgspec.json.Decoder(list[msgspec.Raw])
_DEVICE: Final = msgspec.json.Decoder(_Device)
_ERROR: Final = msgspec.json.Decoder(_Error)

_DENIALS: Final = {
    "insufficient_scope": Denial.SCOPE,
    "insufficient_permissions": Denial.INTRADAY,
}


class _UtcParameter(Enum):
    """The effect of `timezone=UTC` at the service."""

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
        # The last known time zone, and when it was known, by a clock that does not jump.
        self._zone: tzinfo | None = None
        self._zone_known = 0.0
        self._synced: datetime | None = None
        self._utc_parameter = _UtcParameter.UNKNOWN
        self._probed: date | None = None
        self._summaries: tuple[float, date, date, dict[date, _Summary]] | None = None

    async def authorize(self) -> None:
        """Obtain a valid access token."""
        await self._client.authorize()

    async def identity(self) -> Identity:
        """Return the encoded user id."""
        user_id = (await self._profile()).encoded_id
        if not user_id:
            raise UnexpectedAnswerError("no user id")
        return Identity(user_id, user_id)

    async def time_zone(self) -> tzinfo | None:
        """Return the time zone of the profile."""
        return await self._fetch_zone()

    async def last_sync(self) -> datetime | None:
        """Return the newest sync of the devices, whose times are local ones without a zone."""
        raws = await self._client.get("1/user/-/devices.json", _DEVICES, timeout=HINT_TIMEOUT)
        devices = decode_known(raws, _DEVICE, "devices")
        newest = newest_sync(device.last_sync_time for device in devices if device.type != SCALE)
        if newest is None:
            return None
        synced = _past(newest, self._zone or await self._fetch_zone())
        if synced.timestamp() > time.time() + MINUTE or (self._synced and synced < self._synced):
            # A sync in the future, or before the last one, means that the person has moved to another zone.
            synced = _past(newest, await self._fetch_zone())
        self._synced = synced
        return synced

    async def samples(self, start: int, end: int) -> Reading:
        """Return the samples of an interval, at the detail level of the account."""
        end = min(end, int(time.time()) + MINUTE)
        if start >= end:
            return Reading([])
        samples, skipped = await self._read(self._detail_level, start, end)
        return Reading(samples, skipped, DETAIL_SECONDS[self._detail_level])

    def fingerprints_at_once(self) -> int:
        """Return the seconds of the last hours: fingerprints are made of samples, so more cost too much."""
        return RECENT

    async def fingerprints(self, start: int, end: int) -> dict[int, Fingerprint]:
        """Return a fingerprint of each hour, made of the means of its minutes."""
        detail = max(self._detail_level, FINGERPRINT_DETAIL, key=DETAIL_LEVELS.index)
        means, _ = await self._read(detail, start, end)
        hours = groupby(means, lambda mean: mean[0] // HOUR * HOUR)
        return {
            hour: Fingerprint(digest([*of_hour]), detail=DETAIL_SECONDS[detail]) for hour, of_hour in hours
        }

    async def resting_heart_rates(self, first: date, last: date) -> list[RestingHeartRate]:
        """Return the days' resting heart rates; today's has to be worked out first."""
        known = [(day, _resting(summary)) for day, summary in (await self._days(first, last)).items()]
        return [RestingHeartRate(day, bpm) for day, bpm in known if bpm is not None]

    async def zones(self, first: date, last: date) -> dict[date, tuple[Zone, ...]]:
        """Return the four standard zones and the person's own ones."""
        zones = {day: _zones(summary) for day, summary in (await self._days(first, last)).items()}
        return {day: found for day, found in zones.items() if found}

    def offers(self) -> frozenset[str]:
        """Return nothing: the service is read for the heart rate and its days only."""
        return frozenset()

    async def workouts(self, start: int, end: int) -> list[Workout]:
        """Return nothing: workouts are not offered."""
        return []

    async def sleep_sessions(self, start: int, end: int) -> list[SleepSession]:
        """Return nothing: sleep is not offered."""
        return []

    async def daily_values(self, group: str, first: date, last: date) -> DailyReading:
        """Return nothing: no group of values is offered."""
        return {}

    def requests_for(self, key: str, seconds: int) -> int:
        """Return about how many requests a kind of data takes that is read for so many seconds at once.

        Samples come day by day, with a look at the time zone; resting heart rates and zones come together.
        """
        return {SAMPLES.key: -(-seconds // DAY) + 1, ZONES.key: 0}.get(key, 1)

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

    async def _days(self, first: date, last: date) -> dict[date, _Summary]:
        """Return the summaries of some days; what was just asked for is not asked for again."""
        now, known = time.time(), self._summaries
        if known and (first, last) == known[1:3] and now - known[0] <= SUMMARY_AGE_MAX:
            return known[3]
        heart = await self._client.get(f"1/user/-/activities/heart/date/{first}/{last}.json", _SUMMARIES)
        days = {
            date_: day.value if isinstance(day.value, _Summary) else day
            for day in decode_known(heart.days, _DAY, "days")
            if (date_ := _civil(day.date_time, first if first == last else None))
            if first <= date_ <= last
        }
        self._summaries = (now, first, last, days)
        return days

    async def _profile(self, timeout: float = TIMEOUT) -> _User:
        return (await self._client.get("1/user/-/profile.json", _PROFILE, timeout=timeout)).user

    async def _fetch_zone(self) -> tzinfo:
        """Return the time zone of the profile, and keep it as the last known one."""
        self._zone = zone = await zone_named((await self._profile(HINT_TIMEOUT)).timezone)
        self._zone_known = time.monotonic()
        return zone

    async def _valid_zone(self) -> tzinfo:
        """Return the time zone of the profile or, if that cannot be read, the last known one of a day.

        Trouble with the profile is none with the heart rate: no other zone is assumed, samples wait for one.
        """
        try:
            return await self._fetch_zone()
        except SourceError as error:
            if self._zone and time.monotonic() - self._zone_known <= ZONE_AGE_MAX:
                return self._zone
            # Only the heart rate itself can say that the sign-in or the service has ended.
            today = civil_day(time.time(), UTC)
            await self._get_intraday(f"{today}/{today}/15min.json", utc=False)
            if consequence(error).is_denied:
                raise
            raise ServiceUnavailableError(f"the time zone is not known ({error})") from None

    async def _path_zone(self) -> tzinfo:
        """Return the time zone of the dates in a path.

        Unless that is UTC, the profile is asked each time: when a person moves to another zone, all the
        local times of the past move along.
        """
        if self._is_honoured:
            return UTC
        zone = await self._valid_zone()
        await self._probe(zone)
        return UTC if self._is_honoured else zone

    @property
    def _is_honoured(self) -> bool:
        return self._utc_parameter is _UtcParameter.HONOURED

    async def _probe(self, zone: tzinfo) -> None:
        """Ask for one day with `timezone=UTC` and without it, to learn the effect of that parameter."""
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
        self._utc_parameter = _effect_of_utc(
            [*zip(local_times, local_values, strict=True)],
            [*zip(utc_times, utc_values, strict=True)],
            yesterday,
            zone,
        )

    async def _read(self, detail: str, start: int, end: int) -> tuple[list[Sample], int]:
        """Return the samples of an interval in order of time, and the number of those left out."""
        path_zone = await self._path_zone()
        utc = self._utc_parameter in (_UtcParameter.TIMES_ONLY, _UtcParameter.HONOURED)
        zone = UTC if utc else path_zone
        samples: list[Sample] = []
        skipped = 0
        for first, last in _days_or_window(start, end, path_zone):
            covered, path = _path(first, last, path_zone)
            answer = await self._get_intraday(path.format(detail=detail), utc=utc)
            # A whole day can take tens of milliseconds.
            wanted = (max(first, start), min(last, end))
            found, odd = await asyncio.to_thread(_decode_interval, answer.body, zone, covered, wanted)
            samples += found
            skipped += odd
        return samples, skipped

    async def _get_intraday(self, path: str, *, utc: bool) -> Answer:
        return await self._client.request(
            "GET",
            f"1/user/-/activities/heart/date/{path}",
            params={"timezone": "UTC"} if utc else None,
            limit=SAMPLES_LIMIT,
        )


def _effect_of_utc(local: list[Sample], utc: list[Sample], day: date, zone: tzinfo) -> _UtcParameter:
    """Return the effect of `timezone=UTC`, by a day's answers without it and with it: (time of day, bpm).

    UNKNOWN if the answers fit no reading, since more may have come in between the two. Moments are turned
    into times of day, not the other way about: a clock may have shown a time twice.
    """
    if local == utc:
        return _UtcParameter.IGNORED if local else _UtcParameter.UNKNOWN
    start, end = day_interval(day, zone)
    times = [time for time, _ in utc]
    if times != sorted(times):
        # A local day, since no day of UTC runs past its own midnight.
        shown = [_shown(moment, zone) for moment in moments(times, UTC, start, end)]
        is_same = [*zip(shown, (bpm for _, bpm in utc), strict=True)] == local
        return _UtcParameter.TIMES_ONLY if is_same else _UtcParameter.UNKNOWN
    begun = midnight(day, UTC)
    common = [(_shown(begun + time, zone), bpm) for time, bpm in utc if start <= begun + time < end]
    is_same = bool(common) and common in (local[: len(common)], local[-len(common) :])
    # If all of it lies in both days, either reading of the date gives the same.
    is_conclusive = len(common) < max(len(local), len(utc))
    return _UtcParameter.HONOURED if is_same and is_conclusive else _UtcParameter.UNKNOWN


def _shown(moment: int | None, zone: tzinfo) -> int | None:
    """Return the time of day that the zone's clock showed at a moment, in seconds."""
    return None if moment is None else (moment + offset_at(zone, moment)) % DAY


def _decode_interval(
    body: bytes, zone: tzinfo, covered: Interval, wanted: Interval
) -> tuple[list[Sample], int]:
    """Decode an intraday answer for the interval `covered`; return the samples of the interval `wanted`."""
    samples, skipped = _decode_samples(body, zone, *covered)
    return _cut(samples, *wanted), skipped


def _decode_samples(body: bytes, zone: tzinfo, since: int, until: int) -> tuple[list[Sample], int]:
    """Decode an intraday answer for an interval; also count the items left out."""
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


def _cut(samples: Sequence[Sample], start: int, end: int) -> list[Sample]:
    """Return the samples of an interval, in order of time, one for each second."""
    return one_per_second(sample for sample in samples if start <= sample[0] < end)


def _civil(text: str, only: date | None) -> date | None:
    """Return the day that an answer names; one for an `only` day may call it "today"."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return only


def _resting(summary: _Summary) -> int | None:
    """Return the resting heart rate of a day, or None if it has none or an odd one."""
    resting = decode_known([summary.resting_heart_rate], _RESTING, "resting rates")
    return next(iter(resting), None)


def _zones(summary: _Summary) -> tuple[Zone, ...]:
    found = {zone.name: zone for zone in reversed(_decode_zones(summary.heart_rate_zones))}
    standard = [found[name].as_zone(ours) for name, ours in ZONE_NAMES.items() if name in found]
    custom = [zone.as_zone(zone.name, custom=True) for zone in _decode_zones(summary.custom_heart_rate_zones)]
    note_left_out(len(custom[CUSTOM_ZONES_MAX:]), "custom zones beyond the limit")
    return (*standard, *custom[:CUSTOM_ZONES_MAX])


def _decode_zones(raw: msgspec.Raw) -> list[_Zone]:
    """Decode a list of zones, without the odd ones."""
    (items,) = decode_known([raw], _ITEMS, "lists of zones") or (None,)
    return decode_known(items or [], _ZONE, "zones")


def _past(wall: datetime, zone: tzinfo) -> datetime:
    """Return the moment of a local time: of two, the later one that is past."""
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return second if second.timestamp() <= time.time() + MINUTE else first


def _days_or_window(start: int, end: int, zone: tzinfo) -> list[Interval]:
    """Return the intervals by which an interval is read: itself if it is short, or its days."""
    if end - start <= WINDOW_MAX:
        return [(start, end)]
    day, last_day = (civil_day(moment, zone) for moment in (start, end - 1))
    intervals: list[Interval] = []
    while day <= last_day:
        since, until = day_interval(day, zone)
        day += timedelta(days=1)
        # A day of 25 hours is read in parts: in UTC, its last hour has the times of its first.
        step = DAY if until - since <= DAY else WINDOW_MAX
        intervals += ((part, min(part + step, until)) for part in range(since, until, step))
    return intervals


def _path(start: int, end: int, zone: tzinfo) -> tuple[Interval, str]:
    """Return the interval that a request for another one covers, and the request's path."""
    if end - start > WINDOW_MAX:
        day = civil_day(start, zone)
        return (start, end), f"{day}/{day}/{{detail}}.json"
    # A minute more, since nobody knows whether the last one is part of the window.
    since = _clear(start // MINUTE * MINUTE, zone, -MINUTE)
    until = _clear(end // MINUTE * MINUTE + MINUTE, zone, MINUTE)
    first, last = (datetime.fromtimestamp(moment, zone) for moment in (since, until))
    window = f"{first:%H:%M}/{last:%H:%M}"
    return (since, until + MINUTE), f"{first.date()}/{last.date()}/{{detail}}/time/{window}.json"


def _clear(moment: int, zone: tzinfo, step: int) -> int:
    """Step away from local times that a clock change repeats: in a path they are ambiguous."""
    while datetime.fromtimestamp(moment, zone).replace(fold=0).utcoffset() != (
        datetime.fromtimestamp(moment, zone).replace(fold=1).utcoffset()
    ):
        moment += step
    return moment


def _denial(answer: Answer) -> Denial | None:
    """Return the denial that an answer names by the types of its errors."""
    try:
        errors = _ERROR.decode(answer.body).errors
    except UNDECODABLE:
        return None
    return next((_DENIALS[error.error_type] for error in errors if error.error_type in _DENIALS), None)
