"""A reading becomes samples."""

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.fitbit_cardiogram.heart_rate.sample import (
    BPM_MAX,
    BPM_MIN,
    TIME_MIN,
    Sample,
    one_per_second,
)


@pytest.mark.parametrize(
    ("reading", "samples"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([(3, 62), (1, 60), (2, 61)], [(1, 60), (2, 61), (3, 62)], id="out of order"),
        pytest.param([(3, 62), (2, 61), (1, 60)], [(1, 60), (2, 61), (3, 62)], id="newest first"),
        pytest.param([(1, 60), (1, 60)], [(1, 60)], id="the same twice"),
        pytest.param([(1, 60), (1, 75), (1, 70)], [(1, 75)], id="several in one second"),
    ],
)
def test_one_per_second(reading: list[Sample], samples: list[Sample]) -> None:
    assert one_per_second(reading) == samples
    assert one_per_second(iter(reading)) == samples


SAMPLES = st.tuples(st.integers(TIME_MIN, TIME_MIN + 20), st.integers(BPM_MIN, BPM_MAX))


@settings(max_examples=100)
@given(st.lists(SAMPLES).flatmap(lambda samples: st.tuples(st.just(samples), st.permutations(samples))))
def test_the_order_of_a_reading_means_nothing(readings: tuple[list[Sample], list[Sample]]) -> None:
    first, second = map(one_per_second, readings)
    assert first == second == one_per_second(first)
    assert first == one_per_second(first[::-1])
    assert [time for time, _ in first] == sorted({time for time, _ in readings[0]})
    assert set(first) <= set(readings[0])
