"""Tokens and people for tests of sources."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, override

from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from custom_components.fitbit_cardiogram.sources.google_health import GoogleHealth
from tests.helpers.home import NOW, TODAY, at
from tests.simulators import FitbitSimulator, GoogleSimulator, Recording

NOW_S: Final = int(NOW.timestamp())
# What an answer about one kind of data can be instead of a good one.
FAULTS: Final[dict[str, dict[str, Any]]] = {
    "403": {"status": 403},
    "429": {"status": 429},
    "500": {"status": 500},
    "odd": {"status": 200, "body": "<html>"},
    "odd points": {
        "status": 200,
        "body": '{"dataPoints": [null, 7, {}, {"sleep": {"interval": []}}], "rollupDataPoints": [null]}',
    },
    "empty": {"status": 200, "body": "{}"},
}
# The page's own example, as it stands there.
EXAMPLE: Final = """
{"activities-heart": [{"dateTime": "2019-05-08", "value": {
  "customHeartRateZones": [
    {"caloriesOut": 1164.09312, "max": 90, "min": 30, "minutes": 718, "name": "Below"},
    {"caloriesOut": 203.65344, "max": 110, "min": 90, "minutes": 74, "name": "Custom Zone"},
    {"caloriesOut": 330.76224, "max": 220, "min": 110, "minutes": 42, "name": "Above"}],
  "heartRateZones": [
    {"caloriesOut": 979.43616, "max": 86, "min": 30, "minutes": 626, "name": "Out of Range"},
    {"caloriesOut": 514.16208, "max": 121, "min": 86, "minutes": 185, "name": "Fat Burn"},
    {"caloriesOut": 197.92656, "max": 147, "min": 121, "minutes": 18, "name": "Cardio"},
    {"caloriesOut": 6.984, "max": 220, "min": 147, "minutes": 5, "name": "Peak"}],
  "restingHeartRate": 76}}],
 "activities-heart-intraday": {"dataset": [
  {"time": "00:00:00", "value": 78}, {"time": "00:01:00", "value": 78}, {"time": "00:02:00", "value": 77},
  {"time": "00:03:00", "value": 77}, {"time": "00:04:00", "value": 77}],
  "datasetInterval": 1, "datasetType": "minute"}}
"""


class FitbitToken:
    """An access token of the simulated account; asked again for a refused one, it gives a new one."""

    def __init__(self, fitbit: FitbitSimulator, scopes: list[str] | None = None) -> None:
        self.fitbit = fitbit
        self.scopes = scopes
        self.token: str = fitbit.grant(scopes)["access_token"]

    async def __call__(self, refused: str | None = None) -> str:
        """Return a token that is not the refused one."""
        if refused == self.token:
            self.token = self.fitbit.grant(self.scopes)["access_token"]
        return self.token


def readings(start: int, end: int, step: int = 61) -> list[Sample]:
    """Return made-up measurements that hardly repeat from one day to the next."""
    return [(time, 50 + (time * 7919 // step) % 97) for time in range(start, end, step)]


class GoogleToken:
    """The access token of an account, refreshed when it is refused."""

    def __init__(self, google: GoogleSimulator) -> None:
        self.google = google
        self.access = self.fresh()
        self.refused: list[str] = []
        self.before_request: Callable[[], object] = lambda: None

    async def __call__(self, refused: str | None = None) -> str:
        """Return the token."""
        if refused:
            self.refused.append(refused)
            self.access = self.fresh()
        self.before_request()
        return self.access

    def fresh(self) -> str:
        """Return a new token."""
        return str(self.google.grant()["access_token"])


@dataclass
class Wearer(Recording):
    """A wearer whose heart is measured every so many seconds, from one moment on."""

    since: int = NOW_S - 20 * DAY
    step: int = 599

    @override
    def samples(self, start: int, end: int, now: float) -> list[Sample]:
        """Return the measurements so far; hardly two days are alike."""
        first = -(-max(start, self.since) // self.step) * self.step
        return [
            (moment, 50 + moment * 7919 // self.step % 97)
            for moment in range(first, min(end, int(now) + 1), self.step)
        ]

    @override
    def zone_minutes(self, day: date, now: float) -> dict[str, float]:
        """Return another number of minutes on each day of a month."""
        return {"LIGHT": float(day.day)}

    @override
    def resting_heart_rate(self, day: date, now: float) -> int | None:
        """Return another rate on each day of a month."""
        return 50 + day.day


@dataclass
class Steady(Recording):
    """A person with a measurement every few seconds, synced every quarter of an hour."""

    every: int = 5
    offset: int = 0
    """Seconds after the quarter at which it syncs."""

    @override
    def samples(self, start: int, end: int, now: float) -> list[Sample]:
        end = min(end, self.last_sync(now) + 1)
        times = range(-(-start // self.every) * self.every, end, self.every)
        return [(time, 60 + time // 900 * 7 % 40 + time // self.every % 11) for time in times]

    @override
    def last_sync(self, now: float) -> int:
        return (int(now) - self.offset) // 900 * 900 + self.offset


START, END = at("21:00:00"), at("22:00:00")
ASKING: dict[str, Callable[[GoogleHealth], Awaitable[object]]] = {
    "identity": GoogleHealth.identity,
    "time zone": GoogleHealth.time_zone,
    "last sync": GoogleHealth.last_sync,
    "samples": lambda source: source.samples(START, END),
    "marks": lambda source: source.fingerprints(START // HOUR * HOUR, END),
    "resting": lambda source: source.resting_heart_rates(TODAY, TODAY),
    "zones": lambda source: source.zones(TODAY, TODAY),
}
