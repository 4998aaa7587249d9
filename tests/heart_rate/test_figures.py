"""The figures of a workout, counted from its samples."""

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fitbit_cardiogram.heart_rate.day import Zone
from custom_components.fitbit_cardiogram.heart_rate.figures import (
    NEAR,
    STANDS_FOR,
    Figures,
    bpm_at,
    figures,
    reach,
)
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample

START, END = 1_795_255_200, 1_795_255_200 + 600
ZONES = (
    Zone("light", None, 30, 107),
    Zone("moderate", None, 108, 133),
    Zone("vigorous", None, 134, 164),
    Zone("peak", None, 165, 220),
    Zone("my own", None, 100, 120, custom=True),
)


def test_a_workout_to_the_beat() -> None:
    samples = [
        (START - 5, 200),
        (START, 100),
        (START + 50, 110),
        (START + 590, 170),
        (END - 2, 165),
        (END + 3, 160),
        (END + 58, 130),
        (END + 130, 100),
        (END + 131, 90),
    ]
    assert figures(samples, START, END, ZONES) == Figures(
        count=4,
        lowest=100,
        mean=136.25,
        highest=170,
        zones={"light": 50, "moderate": STANDS_FOR, "vigorous": 0, "peak": 10},
        recovery=35,
        recovery_120=65,
    )


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        pytest.param([], Figures(), id="nothing"),
        pytest.param([(END, 150), (END + 60, 160)], Figures(recovery=-10), id="only after it"),
        pytest.param(
            [(START, 150)], Figures(1, 150, 150, 150, {"light": 0, "vigorous": 60}), id="only its start"
        ),
        pytest.param([(START, 20)], Figures(1, 20, 20, 20, {"light": 0, "vigorous": 0}), id="below any zone"),
        pytest.param([(END + 60, 100), (END + 120, 90)], Figures(), id="no end"),
    ],
)
def test_what_is_missing_is_absent(samples: list[Sample], expected: Figures) -> None:
    assert figures(samples, START, END, [ZONES[0], ZONES[2], Zone("unknown", 5)]) == expected


def test_without_limits_there_are_no_zones() -> None:
    assert figures([(START, 100)], START, END).zones == {}


@pytest.mark.parametrize(
    ("samples", "bpm"),
    [
        ([(START - NEAR, 60)], 60),
        ([(START - NEAR - 1, 60)], None),
        ([(START + NEAR, 60)], 60),
        ([(START + NEAR + 1, 60)], None),
        ([(START - 3, 60), (START + 3, 70)], 60),
        ([(START - 3, 60), (START + 2, 70)], 70),
    ],
)
def test_the_heart_rate_at_a_moment_is_the_nearest(samples: list[Sample], bpm: int | None) -> None:
    assert bpm_at(samples, START) == bpm


SAMPLES = st.dictionaries(st.integers(START - 200, END + 400), st.integers(1, 300), max_size=60).map(
    lambda found: sorted(found.items())
)


@settings(max_examples=200)
@given(SAMPLES)
def test_figures_come_from_the_samples_in_reach_alone(samples: list[Sample]) -> None:
    found = figures(samples, START, END, ZONES)
    first, last = reach(START, END)
    assert found == figures([one for one in samples if first <= one[0] < last], START, END, ZONES)
    inside = [bpm for time, bpm in samples if START <= time < END]
    assert (found.count, found.lowest, found.highest) == (
        len(inside),
        min(inside, default=None),
        max(inside, default=None),
    )
    assert sum(found.zones.values()) <= min(END - START, STANDS_FOR * len(inside))
    for seconds, fall in ((60, found.recovery), (120, found.recovery_120)):
        at_end, later = bpm_at(samples, END), bpm_at(samples, END + seconds)
        assert fall == (None if at_end is None or later is None else at_end - later)
