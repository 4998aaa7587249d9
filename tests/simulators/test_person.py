"""People are lifelike, and the same every time."""

from datetime import UTC, date, datetime
from itertools import pairwise
from statistics import mean
from zoneinfo import ZoneInfo

import pytest

from tests.simulators import Person, Recording
from tests.simulators.person import midnights, time_in_zones

DAY = date(2026, 11, 20)
BERLIN = ZoneInfo("Europe/Berlin")
START, END = midnights(DAY, BERLIN)
NOW = END + 20 * 3600 + 300


def test_a_day_is_the_same_every_time() -> None:
    whole = Person().samples(START, END, NOW)
    person = Person()
    halves = person.samples(START + 43200, END, NOW), person.samples(START, START + 43200, NOW)
    assert whole == halves[1] + halves[0]
    assert Person(seed=2).samples(START, END, NOW) != whole


def test_a_day_is_lifelike() -> None:
    samples = Person().samples(START, END, NOW)
    assert 4_000 < len(samples) < 40_000
    pauses = [later - earlier for (earlier, _), (later, _) in pairwise(samples)]
    charging = [pause for pause in pauses if pause > 60]
    assert len(charging) == 1
    assert 30 * 60 < charging[0] < 60 * 60
    assert all(2 <= pause <= 21 for pause in pauses if pause not in charging)
    assert all(abs(later - earlier) < 25 for (_, earlier), (_, later) in pairwise(samples))
    asleep = mean(bpm for when, bpm in samples if when < START + 5 * 3600)
    awake = mean(bpm for when, bpm in samples if START + 8 * 3600 < when < START + 20 * 3600)
    assert asleep < 58 < awake - 10


def test_days_join_without_a_seam() -> None:
    samples = Person().samples(START - 60, START + 60, NOW)
    assert all(2 <= later - earlier <= 21 for (earlier, _), (later, _) in pairwise(samples))


def test_some_days_have_a_run() -> None:
    person = Person()
    days = [person.zone_minutes(date(2026, 11, day), NOW) for day in range(1, 21)]
    assert 4 <= sum("PEAK" in minutes for minutes in days) <= 16
    assert all(minutes["LIGHT"] > 1200 for minutes in days)


def test_only_what_was_synced_is_seen() -> None:
    person = Person()
    now = START + 12 * 3600 + 100
    assert person.last_sync(now) == START + 12 * 3600
    assert person.samples(START, END, now)[-1][0] <= START + 12 * 3600
    assert person.samples(START, END, now) == person.samples(START, END, now + 700)
    assert person.samples(START, END, now + 900) > person.samples(START, END, now)


def test_a_phone_away_delays_the_sync_by_hours() -> None:
    person = Person(phone_away=True)
    ages = [now - (person.last_sync(now) or 0) for now in range(START - 6 * 86400, END, 900)]
    assert 3600 <= max(ages) < 6 * 3600
    assert ages.count(0) > len(ages) / 2


def test_nothing_before_the_first_day() -> None:
    person = Person(wearing_since=DAY)
    assert person.samples(0, END, NOW)[0][0] >= START
    assert person.last_sync(START - 1) is None
    assert person.samples(0, END, START - 1) == []
    assert person.zone_bounds(date(2026, 11, 19)) == {}
    assert person.resting_heart_rate(date(2026, 11, 19), NOW) is None


def test_resting_heart_rate_is_known_after_the_morning() -> None:
    person = Person()
    assert person.resting_heart_rate(DAY, START + 8 * 3600) is None
    assert 54 <= (person.resting_heart_rate(DAY, NOW) or 0) <= 62


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_days_on_which_the_clock_changes(day: date, hours: int) -> None:
    start, end = midnights(day, BERLIN)
    assert end - start == hours * 3600
    samples = Person().samples(start, end, NOW)
    assert samples[0][0] - start <= 21
    assert end - samples[-1][0] <= 21
    assert sum(Person().zone_minutes(day, NOW).values()) > (hours - 1) * 60


def test_zone_minutes_are_the_account_s_own_day() -> None:
    noon = int(datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp())
    recording = Recording([(noon, 100), (noon + 30, 140), (noon + 600, 140)], time_zone="Pacific/Auckland")
    assert recording.zone_minutes(date(2026, 11, 20), NOW) == {}
    assert recording.zone_minutes(date(2026, 11, 21), NOW) == {"LIGHT": 0.5, "VIGOROUS": 1}
    assert time_in_zones([], recording.bounds) == {}


def test_a_recording_tells_what_it_was_given() -> None:
    readings = [(30, 61), (10, 60), (30, 61)]
    recording = Recording(readings, resting={DAY: 55}, zones={DAY: {"LIGHT": 12}})
    assert recording.samples(0, 31, 0) == readings
    assert recording.samples(10, 30, 0) == [(10, 60)]
    assert [recording.last_sync(now) for now in (9, 29, 30)] == [None, 10, 30]
    assert Recording().last_sync(0) is None
    assert recording.resting_heart_rate(DAY, 0) == 55
    assert recording.resting_heart_rate(date(2026, 1, 1), 0) is None
    assert recording.zone_minutes(DAY, 0) == {"LIGHT": 12}
    recording.synced_at = 20
    assert recording.samples(0, 99, 0) == [(10, 60)]
    assert recording.last_sync(0) == 20
