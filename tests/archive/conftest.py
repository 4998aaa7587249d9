"""The tests of the archive need no Home Assistant."""

import pytest


@pytest.fixture(autouse=True)
def integration() -> None:
    """Do without Home Assistant."""
