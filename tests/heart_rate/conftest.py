"""What the tests of the domain share."""

import pytest


@pytest.fixture(autouse=True)
def integration() -> None:
    """Do without Home Assistant."""
