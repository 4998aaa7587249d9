"""A daily value is a number that can be."""

from math import inf, nan

import pytest

from custom_components.fitbit_cardiogram.heart_rate.daily import BREATHING_RATE


@pytest.mark.parametrize(
    ("value", "is_admitted"),
    [(14.2, True), (4, True), (40, True), (0.0098, False), (-0.001, False), (nan, False), (inf, False)],
)
def test_a_value_that_cannot_be_is_none(value: float, is_admitted: bool) -> None:
    assert BREATHING_RATE.admits(value) is is_admitted
