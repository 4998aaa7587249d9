"""The figures of a night come from the samples asleep, and from those awake in the day before."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, strategies as st
import pytest

from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR, MINUTE
from custom_components.fitbit_cardiogram.heart_rate.night_figures import (
    BUCKET,
    WORN_AWAKE,
    NightFigures,
    fuller,
    night_figures,
    reach,
)
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from custom_components.fitbit_cardiogram.heart_rate.sleep import SleepSession, Stage

START = 1_795_255_200  # the top of an hour
END = START + 8 * HOUR
STAGES = (
    Stage("AWAKE", START, START + HOUR),
    Stage("LIGHT", START + HOUR, START + 4 * HOUR),
    Stage("AWAKE", START + 4 * HOUR, START + 5 * HOUR),
    Stage("DEEP", START + 5 * HOUR, START + 7 * HOUR),
    Stage("REM", START + 7 * HOUR, END),
)
NIGHT = SleepSession("night", START, END, stages=STAGES)
NAP = SleepSession("nap", START - 10 * HOUR, START - 9 * HOUR)


def each_minute(start: int, end: int, bpm: int) -> list[Sample]:
    return [(moment, bpm) for moment in range(start, end, MINUTE)]


def test_the_samples_asleep() -> None:
    samples = each_minute(START, START + HOUR, 90) + each_minute(START + HOUR, END, 50)
    found = night_figures(samples, NIGHT)
    assert found == NightFigures(360, 50.0, 50.0, START + HOUR)
    without = night_figures(samples, replace(NIGHT, stages=()))
    assert (without.count, without.mean) == (480, (60 * 90 + 420 * 50) / 480)


def test_nothing_without_samples() -> None:
    assert night_figures([], NIGHT) == NightFigures()
    assert night_figures(each_minute(START, END, 50), replace(NIGHT, stages=STAGES[:1])) == NightFigures()
    assert night_figures(each_minute(START, END, 50), replace(NIGHT, end=START, stages=())) == NightFigures()


@pytest.mark.parametrize(("minutes", "is_worn"), [(180, True), (179, False)])
def test_a_band_that_was_worn_for_half_of_the_night(minutes: int, is_worn: bool) -> None:
    samples = each_minute(START + HOUR, START + HOUR + minutes * MINUTE, 50)
    night = replace(NIGHT, stages=(Stage("LIGHT", START + HOUR, START + 7 * HOUR),))
    found = night_figures(samples, night)
    assert found.count == minutes
    assert (found.mean is not None) is (found.lowest is not None) is is_worn


def test_many_samples_in_few_minutes_are_not_a_worn_band() -> None:
    assert night_figures([(START + HOUR + second, 50) for second in range(HOUR)], NIGHT).mean is None


def test_the_lowest_five_minutes() -> None:
    """By the clock, with enough samples in them; of several as low, the first ones."""
    samples = dict(each_minute(START + HOUR, END, 60))
    low = START + 6 * HOUR
    samples |= dict.fromkeys(range(low, low + 2 * BUCKET, MINUTE), 48)
    # Awake at that time, and too few.
    samples |= dict.fromkeys(range(START + 4 * HOUR, START + 5 * HOUR, MINUTE), 30)
    lone = START + 2 * HOUR
    samples = {time: bpm for time, bpm in samples.items() if not lone <= time < lone + BUCKET}
    samples |= {lone: 40, lone + 60: 40}
    found = night_figures(sorted(samples.items()), NIGHT)
    assert (found.lowest, found.lowest_at) == (48.0, low)
    found = night_figures(sorted((samples | {lone + 120: 40}).items()), NIGHT)
    assert (found.lowest, found.lowest_at) == (40.0, lone)


def test_the_lowest_is_a_mean_over_both_stages_of_its_five_minutes() -> None:
    edge = START + 7 * HOUR + 120
    stages = (Stage("DEEP", START, edge), Stage("REM", edge, END))
    samples = [(time, 50 if time < edge else 40) for time in range(START, END, 20)]
    samples = [(time, bpm if edge - 120 <= time < edge + 180 else 60) for time, bpm in samples]
    found = night_figures(samples, replace(NIGHT, stages=stages))
    assert (found.lowest, found.lowest_at) == ((6 * 50 + 9 * 40) / 15, START + 7 * HOUR)


def test_the_samples_awake_in_the_24_hours_before() -> None:
    day = each_minute(START - 2 * DAY, START - DAY, 200) + each_minute(START - DAY, START, 80)
    assert night_figures(day, NIGHT).waking_mean == 80
    asleep = [(time, 50 if NAP.start <= time < NAP.end else bpm) for time, bpm in day]
    assert night_figures(asleep, NIGHT).waking_mean == (60 * 50 + 1380 * 80) / 1440
    found = night_figures(asleep, NIGHT, [NAP, replace(NAP, id="copy", start=NAP.start + 60)])
    assert (found.waking_mean, found.waking_count) == (80, 1380)


def test_a_night_before_that_reaches_into_the_24_hours() -> None:
    before = replace(NIGHT, id="before", start=START - DAY - HOUR, end=START - DAY + HOUR, stages=())
    around = replace(NIGHT, id="app", start=START - HOUR, end=END, stages=())
    samples = each_minute(START - DAY, START, 80)
    assert night_figures(samples, NIGHT, [before, around]).waking_count == 22 * 60
    all_day = replace(NIGHT, start=START - 2 * DAY, end=END, stages=())
    assert night_figures(samples, NIGHT, [all_day]) == NightFigures()


@pytest.mark.parametrize(("minutes", "is_worn"), [(WORN_AWAKE, True), (WORN_AWAKE - 1, False)])
def test_a_band_that_was_worn_for_three_hours_awake(minutes: int, is_worn: bool) -> None:
    found = night_figures(each_minute(START - minutes * MINUTE, START, 80), NIGHT)
    assert (found.waking_mean is not None) is is_worn
    assert found.waking_count == minutes


def test_the_fuller_figures_part_by_part() -> None:
    night, day = NightFigures(9, 50.0, 48.0, START, None, 0), NightFigures(2, None, None, None, 80.0, 500)
    both = NightFigures(9, 50.0, 48.0, START, 80.0, 500)
    assert fuller(night, day) == fuller(day, night) == fuller(both, day) == both
    assert fuller(both, replace(both, mean=51.0)).mean == 51.0


@given(
    st.lists(st.tuples(st.integers(-1500, 600), st.integers(40, 120)), max_size=60),
    st.lists(st.tuples(st.integers(-2000, 100), st.integers(1, 600)), max_size=4),
)
def test_samples_are_counted_one_by_one(
    drawn: Sequence[tuple[int, int]], slept: Sequence[tuple[int, int]]
) -> None:
    """The same by asking each sample where it lies."""
    samples = sorted({START + minute * MINUTE: bpm for minute, bpm in drawn}.items())
    others = [
        SleepSession(f"{start}", START + start * MINUTE, START + (start + length) * MINUTE)
        for start, length in slept
    ]
    found = night_figures(samples, NIGHT, others)
    first, last = reach(START, END)
    asleep = [one for one in samples if any(start <= one[0] < end for start, end in NIGHT.sleeping)]
    awake = [
        one
        for one in samples
        if first <= one[0] < START and not any(other.start <= one[0] < other.end for other in others)
    ]
    assert (found.count, found.waking_count) == (len(asleep), len(awake))
    assert night_figures([one for one in samples if first <= one[0] < last], NIGHT, others) == found
