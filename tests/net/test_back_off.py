"""Pauses that grow with each failure in a row."""

import pytest

from custom_components.fitbit_cardiogram.net.back_off import back_off


@pytest.mark.parametrize(
    ("failures", "seconds"), [(1, 5), (2, 10), (3, 20), (7, 320), (8, 600), (10_000, 600)]
)
def test_it_doubles_up_to_a_bound(failures: int, seconds: float) -> None:
    assert back_off(failures, 5, 600) == seconds
