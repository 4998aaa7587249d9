"""People who wear a heart-rate tracker."""

from array import array
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time as clock_time, timedelta
from functools import lru_cache
from itertools import pairwise
from math import inf, sin
from random import Random
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from .sleeping import (
    CLASSIC,
    GRID,
    NOTICED_AFTER,
    SUMMED_UP_AFTER,
    Sleep,
    Slept,
    asleep,
    classic_of,
    cut,
    nights_of,
    on_grid,
    stages_of,
)
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

    def sleeps(self, start: int, end: int, now: float) -> list[Sleep]:
        """Return the sleep of every source that ends in the half-open range, or goes on, oldest first."""

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

UNWORN = 0.15
"""Share of the nights in which the tracker was not worn."""

RISE, FALL = 60, 120
"""Seconds in which the heart follows a change of activity."""

ZONE_STARTS = {"MODERATE": 0.40, "VIGOROUS": 0.60, "PEAK": 0.85}
"""Share of the heart-rate reserve at which a zone begins."""
DEEPEST = 5
"""Beats by which a heart slows down in the course of a night."""
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


def _depth(second: int) -> float:
    """Return by how much the sleeping heart has slowed down at a second of the day; most at four."""
    hours = (second / HOUR + 2) % 24
    return DEEPEST * max(0.0, hours / 6 if hours < 6 else (9 - hours) / 3)


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
    when, level = midnight + 1, _beat(SLEEP.effort, resting, age) - _depth(0)
    for (start, activity), (next_start, _) in pairwise(_plan(random)):
        until = min(midnight + next_start, end)
        if activity is None:
            when = until
            continue
        when = max(when, midnight + start)
        beat = _beat(activity.effort, resting, age)
        low, high = activity.pause
        while when < until:
            pause = low + int(random.random() * (high - low + 1))
            goal = beat - (_depth(when - midnight) if activity is SLEEP else 0)
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
    edits_change_ids: bool = False
    """Whether a night that the person has edited is another one to the cloud."""
    open_nights: bool = False
    """Whether the night in progress has no end, instead of the last sync's time."""
    dozed_off: int | None = None
    """When the person fell asleep who should be awake by the plan, and goes on sleeping."""
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
        if random.random() < UNWORN:
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

    def true_night(self, day: date) -> Slept | None:
        """Return the truth about the night that ended on a day, or None if the tracker was not worn."""
        parts = self._night(day)
        if not parts:
            return None
        slept = sum(asleep(part.stages) for part in parts)
        return Slept(parts[0].start, parts[-1].end or 0, slept)

    def sleeps(self, start: int, end: int, now: float) -> list[Sleep]:
        """Return nights and naps as far as the cloud has them, and what else tells of the same time."""
        first = max(self._day_of(max(start, 0)) - timedelta(days=1), self.wearing_since)
        last = self._day_of(min(end, int(now) + DAY))
        found: list[Sleep] = []
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            night = self._night(day, now)
            beside = self._beside(day, self._night(day, 0))
            found += [*night, *beside, *(self._naps(day) if night else [])]
        if self.dozed_off is not None:
            found.append(self._doze(self.dozed_off))
        told = [known for one in found if (known := self._known(one, now))]
        return sorted(one for one in told if start <= (one.end or one.start) < end)

    def _night(self, day: date, now: float = inf) -> list[Sleep]:
        """Return the parts of the night that ended on a day, as the person left it by `now`."""
        before = day - timedelta(days=1)
        if before < self.wearing_since or _random(self.seed, day, "night").random() < UNWORN:
            return []
        start = on_grid(day_start(before, self._zone) + _plan(_random(self.seed, before, "day"))[-2][0])
        end = on_grid(day_start(day, self._zone) + _plan(_random(self.seed, day, "day"))[1][0])
        random = _random(self.seed, day, "sleep")
        stages = stages_of(random, start, end)
        offset = self._offset(start)
        night = Sleep(
            f"7700{day.toordinal()}1",
            start,
            end,
            stages,
            is_main=True,
            created=start + NOTICED_AFTER,
            # Now and then the person flies one zone further in their sleep.
            offsets=(offset, offset + HOUR) if random.random() < 0.03 else None,
        )
        parts = nights_of(night, random)
        edited = end + 3 * HOUR
        if day.toordinal() % 5 == 0 and now >= edited:
            last = parts[-1]._replace(end=end - 10 * MINUTE, is_edited=True, updated=edited)
            last = last._replace(stages=cut(last.stages, last.start, last.end or 0))
            parts[-1] = last._replace(id=f"{last.id}0") if self.edits_change_ids else last
        return parts

    def _beside(self, day: date, night: list[Sleep]) -> list[Sleep]:
        """Return shorter sessions within or across the main part, and an app's that grows with it."""
        random = _random(self.seed, day, "beside")
        if not night or night[0].end is None:
            return []
        main, found = night[0], list[Sleep]()
        length = night[0].end - main.start
        if random.random() < 0.4:
            start = on_grid(main.start + int(length * random.uniform(0.1, 0.95)))
            end = start + on_grid(min(random.randint(10, 480) * MINUTE, length // 2))
            extra = main._replace(id=f"7700{day.toordinal()}2", start=start, end=end, is_main=False)
            found.append(extra._replace(stages=stages_of(random, start, end), created=end))
        if day.toordinal() % 4 == 1:
            start, end = main.start + 10 * GRID, main.start + length - 40 * GRID
            found.append(
                main._replace(
                    id=f"7700{day.toordinal()}3",
                    start=start,
                    end=end,
                    stages=(("ASLEEP", start, end),),
                    type=CLASSIC,
                    is_main=False,
                    platform=APP,
                    created=start + NOTICED_AFTER,
                    offsets=None,
                    has_offsets=False,
                )
            )
        return found

    def _naps(self, day: date) -> list[Sleep]:
        """Return the nap of an afternoon: one with stages and without a flag, or a classic one."""
        random = _random(self.seed, day, "nap")
        start = on_grid(day_start(day, self._zone) + 14 * HOUR + random.randint(0, HOUR))
        if (draw := random.random()) > 0.2:
            return []
        end = start + random.randint(60, 160) * GRID
        nap = Sleep(f"7700{day.toordinal()}4", start, end, created=end)
        if draw < 0.08:
            return [nap._replace(stages=stages_of(random, start, end))]
        return [nap._replace(stages=classic_of(random, start, end), type=CLASSIC, is_nap=True)]

    def _doze(self, start: int) -> Sleep:
        end = start + DAY
        stages = stages_of(_random(self.seed, self._day_of(start), "doze"), start, end)
        return Sleep(f"7700{start}5", start, end, stages, created=start + NOTICED_AFTER)

    def _known(self, one: Sleep, now: float) -> Sleep | None:
        """Return a session as the cloud knows it by now: summed up some time after it was over and synced."""
        synced = self.last_sync(now) or 0
        if synced < one.created or one.end is None:
            return None
        if (self.last_sync(now - SUMMED_UP_AFTER) or 0) >= one.end:
            return one._replace(updated=max(one.updated, one.end + SUMMED_UP_AFTER))
        end = min(one.end, on_grid(synced))
        running = one._replace(stages=cut(one.stages, one.start, end), is_main=False, is_summed_up=False)
        is_open = self.open_nights and end < one.end and one.platform != APP
        return running._replace(end=None if is_open else end, updated=synced)

    def _offset(self, moment: int) -> int:
        offset = datetime.fromtimestamp(moment, self._zone).utcoffset() or timedelta()
        return int(offset.total_seconds())

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
    slept: list[Sleep] = field(default_factory=list)
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
        """Return the sync given, or else the time of the newest reading that has been measured."""
        if self.synced_at is not None:
            return self.synced_at
        return max((time for time, _ in self.readings if time <= now), default=None)

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

    def sleeps(self, start: int, end: int, now: float) -> list[Sleep]:
        """Return the sleep given."""
        return sorted(one for one in self.slept if start <= (one.end or one.start) < end)

    def nightly(self, day: date, now: float) -> Night:
        """Return the values given."""
        return self.nights.get(day, {})

    def active_zone_minutes(self, day: date, now: float) -> dict[str, int]:
        """Return the minutes given, or else computed."""
        return self.active.get(day) or weighted(self.zone_minutes(day, now))
