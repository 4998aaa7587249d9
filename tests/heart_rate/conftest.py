"""What the tests of the domain share."""

import pytest


@pytest.fixture(autouse=True)
def integration() -> None:
    """No Home Assistant is needed here."""
