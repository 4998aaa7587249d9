"""People who wear a heart-rate tracker."""

from array import array
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time as clock_time, timedelta
from functools import lru_cache
from itertools import pairwise
from math import sin
from random import Random
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from .training import APP, STARTED, Night, Training

type Sample = tuple[int, int]
type Bounds = dict[str, tuple[int, int]]

MINUTE, HOUR, DAY = 60, 3600, 86400
LONGEST_PAUSE = MINUTE
"""A sample stands for the time until the next one, but for no longer than this."""


class Wearer(Protocol):
    """An account holder, as far as the cloud knows them by `now`."""

    name: str
    time_zone: str
    health_user_id: str
    legacy_user_id: str

    def samples(self, start: int, end: int, now: float) -> list[Sample]:
        """Return (UTC second, bpm) in the half-open range, oldest first."""

    def last_sync(self, now: float) -> int | None:
        """Return the time at which the device last reached the cloud."""

    def resting_heart_rate(self, day: date, now: float) -> int | None:
        """Return the day's resting heart rate."""

    def zone_bounds(self, day: date) -> Bounds:
        """Return the first and last bpm of each zone."""

    def zone_minutes(self, day: date, now: float) -> dict[str, float]:
        """Return the minutes in each zone that the civil day reached; nothing if it was not measured."""

    def trainings(self, start: int, end: int, now: float) -> list[Training]:
        """Return the workouts of every source that begin in the half-open range, oldest first."""

    def nightly(self, day: date, now: float) -> Night:
        """Return the values that belong to a day, by Google's key of their type."""

    def active_zone_minutes(self, day: date, now: float) -> dict[str, int]:
        """Return the weighted minutes of each zone; nothing if the day was not measured."""


class Activity(NamedTuple):
    """How a heart behaves while its owner does something."""

    effort: float
    """Share of the heart-rate reserve."""
    swing: float
    noise: float
    pause: tuple[int, int]
    """Seconds between samples."""


type Plan = list[tuple[int, Activity | None]]
"""Which activity begins at which second of the day; None is the tracker on its charger."""

SLEEP = Activity(-0.03, 3, 0.8, (8, 20))
REST = Activity(0.10, 5, 2.0, (5, 15))
WALK = Activity(0.40, 5, 2.5, (3, 8))
RUN = Activity(0.72, 5, 2.0, (2, 4))
SPRINT = Activity(0.92, 2, 1.5, (2, 3))

RISE, FALL = 60, 120
"""Seconds in which the heart follows a change of activity."""

ZONE_STARTS = {"MODERATE": 0.40, "VIGOROUS": 0.60, "PEAK": 0.85}
"""Share of the heart-rate reserve at which a zone begins."""
LOWEST, HIGHEST = 30, 220


def day_start(day: date, zone: ZoneInfo) -> int:
    """Return the UTC second of a civil day's midnight."""
    return int(datetime.combine(day, clock_time.min, zone).timestamp())


def midnights(day: date, zone: ZoneInfo) -> tuple[int, int]:
    """Return the UTC seconds at which a civil day starts and ends."""
    return day_start(day, zone), day_start(day + timedelta(days=1), zone)


def time_in_zones(samples: list[Sample], bounds: Bounds) -> dict[str, float]:
    """Return the minutes in each zone reached."""
    seconds: Counter[int] = Counter()
    for (now, bpm), (then, _) in pairwise(samples):
        seconds[bpm] += min(then - now, LONGEST_PAUSE)
    spent = {
        zone: sum(seconds[bpm] for bpm in seconds if low <= bpm <= high)
        for zone, (low, high) in bounds.items()
    }
    return {zone: total / MINUTE for zone, total in spent.items() if total}


def weighted(minutes: dict[str, float]) -> dict[str, int]:
    """Return active zone minutes: one for each moderate minute, two for each that is harder."""
    if not minutes:
        return {}
    weights = {"FatBurn": ("MODERATE", 1), "Cardio": ("VIGOROUS", 2), "Peak": ("PEAK", 2)}
    return {name: weight * int(minutes.get(zone, 0)) for name, (zone, weight) in weights.items()}


def _random(seed: int, day: date, topic: str) -> Random:
    return Random(f"{seed} {day.isoformat()} {topic}")


def _beat(effort: float, resting: int, age: int) -> int:
    return round(resting + effort * (HIGHEST - age - resting))


def _plan(random: Random) -> Plan:
    """Draw up the day."""

    def around(hour: float, minutes: int) -> int:
        return int(hour * HOUR) + random.randint(-minutes * MINUTE, minutes * MINUTE)

    def stretch(start: int, low: int, high: int, activity: Activity | None) -> Plan:
        return [(start, activity), (start + random.randint(low, high) * MINUTE, REST)]

    plan: Plan = [(0, SLEEP), (around(6.75, 30), REST)]
    plan += stretch(around(8.25, 15), 12, 25, WALK)
    plan += stretch(around(12.5, 20), 20, 35, WALK)
    plan += stretch(around(16.5, 20), 12, 25, WALK)
    if random.random() < 0.45:
        start = around(18, 20)
        sprint = start + random.randint(22, 40) * MINUTE
        plan += [(start, RUN), (sprint, SPRINT), (sprint + 3 * MINUTE, WALK), (sprint + 8 * MINUTE, REST)]
    # Not before eight: the demo's evening begins at seven, and needs new samples for an hour.
    plan += stretch(around(20.75, 30), 35, 45, None)
    return [*plan, (around(22.5, 30), SLEEP), (2 * DAY, SLEEP)]


@lru_cache(maxsize=400)
def _measure(seed: int, resting: int, age: int, zone: ZoneInfo, day: date) -> tuple[array[int], array[int]]:
    random = _random(seed, day, "day")
    midnight, end = midnights(day, zone)
    times, values = array("q"), array("h")
    when, level = midnight + 1, float(_beat(SLEEP.effort, resting, age))
    for (start, activity), (next_start, _) in pairwise(_plan(random)):
        until = min(midnight + next_start, end)
        if activity is None:
            when = until
            continue
        when = max(when, midnight + start)
        goal = _beat(activity.effort, resting, age)
        low, high = activity.pause
        while when < until:
            pause = low + int(random.random() * (high - low + 1))
            level += (goal - level) * pause / (RISE if goal > level else FALL)
            swing = activity.swing * (sin(when / 1700) + sin(when / 310)) / 2
            times.append(when)
            values.append(round(level + swing + random.gauss(0, activity.noise)))
            when += pause
    return times, values


@dataclass
class Person:
    """A lifelike wearer: a pure function of the seed and the time."""

    name: str = "Alex Demo"
    time_zone: str = "Europe/Berlin"
    seed: int = 1
    resting: int = 58
    age: int = 35
    sync_every: int = 900
    phone_away: bool = False
    """Whether the phone now and then stays away for hours, so that data arrives late."""
    wearing_since: date = date(2026, 1, 1)
    health_user_id: str = ""
    legacy_user_id: str = ""

    def __post_init__(self) -> None:
        """Derive the account's ids."""
        self.health_user_id = self.health_user_id or f"1{self.seed:020}"
        self.legacy_user_id = self.legacy_user_id or f"DEMO{self.seed:02}"
        # Days are lived where they began, wherever the account is moved to.
        self._zone = ZoneInfo(self.time_zone)

    def samples(self, start: int, end: int, now: float) -> list[Sample]:
        """Return the synced measurements of the range."""
        synced = self.last_sync(now)
        if synced is None:
            return []
        start = max(start, day_start(self.wearing_since, self._zone))
        end = min(end, synced + 1)
        found: list[Sample] = []
        day = self._day_of(start)
        while start < end and day <= self._day_of(end - 1):
            times, values = _measure(self.seed, self.resting, self.age, self._zone, day)
            first, last = bisect_left(times, start), bisect_left(times, end)
            found += zip(times[first:last], values[first:last], strict=True)
            day += timedelta(days=1)
        return found

    def last_sync(self, now: float) -> int | None:
        """Return the last sync: regular, unless the phone was away."""
        sync = int(now) // self.sync_every * self.sync_every
        while self.phone_away and (away := self._away(self._day_of(sync))):
            if not away[0] <= sync < away[1]:
                break
            sync = (away[0] - 1) // self.sync_every * self.sync_every
        return sync if sync >= day_start(self.wearing_since, self._zone) else None

    def resting_heart_rate(self, day: date, now: float) -> int | None:
        """Return the day's value, known once the first sync after the morning has happened."""
        synced = self.last_sync(now)
        morning = day_start(day, self._zone) + 9 * HOUR
        if synced is None or day < self.wearing_since or synced < morning:
            return None
        return self.resting + _random(self.seed, day, "resting").randint(-2, 2)

    def zone_bounds(self, day: date) -> Bounds:
        """Return the zones by share of the heart-rate reserve."""
        if day < self.wearing_since:
            return {}
        beats = (_beat(effort, self.resting, self.age) for effort in ZONE_STARTS.values())
        starts = [LOWEST, *beats, HIGHEST + 1]
        return {
            zone: (low, high - 1)
            for zone, (low, high) in zip(("LIGHT", *ZONE_STARTS), pairwise(starts), strict=True)
        }

    def zone_minutes(self, day: date, now: float) -> dict[str, float]:
        """Return the minutes in each zone so far, of the day by the account's clock."""
        start, end = midnights(day, ZoneInfo(self.time_zone))
        return time_in_zones(self.samples(start, end, now), self.zone_bounds(day))

    def active_zone_minutes(self, day: date, now: float) -> dict[str, int]:
        """Return the minutes of the day so far, as Google weights them."""
        return weighted(self.zone_minutes(day, now))

    def nightly(self, day: date, now: float) -> Night:
        """Return the values of the night before; some nights the tracker was not worn."""
        if self.resting_heart_rate(day, now) is None:
            return {}
        random = _random(self.seed, day, "night")
        if random.random() < 0.15:
            return {}
        variability = round(random.gauss(44, 5), 1)
        # The baseline is a median, which the first nights do not have.
        baseline = {"baselineTemperatureCelsius": "NaN" if (day - self.wearing_since).days < 4 else 33.9}
        return {
            "dailyHeartRateVariability": {
                "averageHeartRateVariabilityMilliseconds": variability,
                "deepSleepRootMeanSquareOfSuccessiveDifferencesMilliseconds": variability + 3,
                "entropy": 2.6,
                "nonRemHeartRateBeatsPerMinute": str(self.resting - 5 + random.randint(-2, 2)),
            },
            "dailyRespiratoryRate": {"breathsPerMinute": round(random.gauss(14.5, 0.4), 1)},
            "dailyOxygenSaturation": {
                "averagePercentage": round(random.uniform(95, 97), 1),
                "lowerBoundPercentage": 92.4,
                "upperBoundPercentage": 98.9,
            },
            "dailySleepTemperatureDerivations": {
                "nightlyTemperatureCelsius": round(33.9 + random.gauss(0, 0.3), 2),
                **baseline,
            },
            "dailyVo2Max": {"vo2Max": 43.2, "estimated": True, "cardioFitnessLevel": "GOOD"},
        }

    def trainings(self, start: int, end: int, now: float) -> list[Training]:
        """Return runs and walks; an app tells of some runs the day after, and some walks are edited."""
        first = max(self._day_of(max(start, 0)) - timedelta(days=1), self.wearing_since)
        last = min(self._day_of(min(end, int(now))), self._day_of(int(now)))
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        found = [one for day in days for one in self._trainings_of(day, int(now)) if start <= one.start < end]
        return sorted(found, key=lambda one: one.start)

    def _trainings_of(self, day: date, now: int) -> list[Training]:
        midnight = day_start(day, self._zone)
        starts = [(midnight + start, activity) for start, activity in _plan(_random(self.seed, day, "day"))]
        found: list[Training] = []
        for (begun, activity), (_, _), (ended, _) in zip(starts, starts[1:], starts[2:], strict=False):
            if activity is RUN:
                found += self._run(day, begun, ended, now)
        begun, ended = next((begun, ended) for (begun, kind), (ended, _) in pairwise(starts) if kind is WALK)
        return found + self._walk(day, begun, ended, now)

    def _run(self, day: date, begun: int, ended: int, now: int) -> list[Training]:
        synced = self.last_sync(now) or 0
        if synced < begun + 2 * MINUTE:
            return []
        run = Training(
            f"5500{day.toordinal()}1",
            "RUNNING",
            begun,
            None,
            "Run",
            STARTED,
            created=begun + 2,
            updated=synced,
        )
        if synced < ended:
            return [run]
        run = run._replace(end=ended, updated=ended + 3 * MINUTE, mean=self._mean(begun, ended, now))
        told = ended + DAY
        if day.toordinal() % 2 or now < told:
            return [run]
        app = run._replace(
            id=f"5500{day.toordinal()}2",
            start=begun - 4,
            end=ended - 3 * MINUTE,
            platform=APP,
            mean=None,
            created=told,
            updated=told,
            has_offsets=False,
        )
        return [app, run]

    def _walk(self, day: date, begun: int, ended: int, now: int) -> list[Training]:
        created = ended + 25 * MINUTE
        if (self.last_sync(now) or 0) < created:
            return []
        walk = Training(
            f"5500{day.toordinal()}3",
            "CARDIO_WORKOUT",
            begun,
            ended,
            created=created,
            updated=created,
            mean=self._mean(begun, ended, now),
        )
        edited = ended + 2 * HOUR
        if day.toordinal() % 3 or now < edited:
            return [walk]
        return [walk._replace(type="WALKING", name="Walk", end=ended - 2 * MINUTE, updated=edited)]

    def _mean(self, start: int, end: int, now: int) -> int:
        rates = [bpm for _, bpm in self.samples(start, end, now)]
        return round(sum(rates) / len(rates))

    def _day_of(self, when: float) -> date:
        return datetime.fromtimestamp(when, self._zone).date()

    def _away(self, day: date) -> tuple[int, int] | None:
        random = _random(self.seed, day, "phone")
        if random.random() > 0.5:
            return None
        start = day_start(day, self._zone) + random.randint(9 * HOUR, 17 * HOUR)
        return start, start + random.randint(HOUR, 5 * HOUR)


@dataclass
class Recording:
    """A wearer whose every value is given; readings keep their order and their repeats."""

    readings: list[Sample] = field(default_factory=list)
    synced_at: int | None = None
    """Only what is not newer has reached the cloud; None: everything has."""
    resting: dict[date, int] = field(default_factory=dict)
    zones: dict[date, dict[str, float]] = field(default_factory=dict)
    """Minutes by zone; a day that is not named is computed from the readings."""
    bounds: Bounds = field(
        default_factory=lambda: {
            "LIGHT": (30, 107),
            "MODERATE": (108, 133),
            "VIGOROUS": (134, 164),
            "PEAK": (165, 220),
        }
    )
    exercises: list[Training] = field(default_factory=list)
    nights: dict[date, Night] = field(default_factory=dict)
    active: dict[date, dict[str, int]] = field(default_factory=dict)
    """Active zone minutes by zone; a day that is not named is computed from the readings."""
    name: str = "Sam Sample"
    time_zone: str = "Europe/Berlin"
    health_user_id: str = "200000000000000000001"
    legacy_user_id: str = "SAMPLE"

    def samples(self, start: int, end: int, now: float) -> list[Sample]:
        """Return the readings in the range that have been synced."""
        synced = self.synced_at
        return [
            (time, bpm)
            for time, bpm in self.readings
            if start <= time < end and (synced is None or time <= synced)
        ]

    def last_sync(self, now: float) -> int | None:
        """Return the sync given, or else the newest reading's time."""
        if self.synced_at is not None:
            return self.synced_at
        return max((time for time, _ in self.readings), default=None)

    def resting_heart_rate(self, day: date, now: float) -> int | None:
        """Return the value given."""
        return self.resting.get(day)

    def zone_bounds(self, day: date) -> Bounds:
        """Return the bounds given."""
        return self.bounds

    def zone_minutes(self, day: date, now: float) -> dict[str, float]:
        """Return the minutes given, or else computed."""
        if day in self.zones:
            return self.zones[day]
        start, end = midnights(day, ZoneInfo(self.time_zone))
        return time_in_zones(sorted(set(self.samples(start, end, now))), self.bounds)

    def trainings(self, start: int, end: int, now: float) -> list[Training]:
        """Return the workouts given."""
        return sorted(one for one in self.exercises if start <= one.start < end)

    def nightly(self, day: date, now: float) -> Night:
        """Return the values given."""
        return self.nights.get(day, {})

    def active_zone_minutes(self, day: date, now: float) -> dict[str, int]:
        """Return the minutes given, or else computed."""
        return self.active.get(day) or weighted(self.zone_minutes(day, now))
