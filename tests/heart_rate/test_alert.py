"""Overlaps of alerts."""

from hypothesis import given, strategies as st

from custom_components.fitbit_cardiogram.heart_rate.alert import AlertKind, Overlaps, Stretch, overlap

STRETCHES = st.lists(
    st.tuples(st.sampled_from(AlertKind), st.integers(0, 30), st.integers(0, 10)).map(
        lambda one: (one[0], one[1], one[1] + one[2])
    ),
    max_size=8,
)


@given(STRETCHES, STRETCHES)
def test_overlaps_are_those_that_a_look_at_each_finds(some: list[Stretch], others: list[Stretch]) -> None:
    found = Overlaps(others)
    for one in some:
        assert found.any(one) == any(overlap(one, other) for other in others)
