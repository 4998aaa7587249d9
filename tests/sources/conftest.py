"""Google Health as a source."""

from aiohttp import ClientSession
import pytest

from custom_components.fitbit_cardiogram.sources.google_health import GoogleHealth
from tests.helpers.sources import GoogleToken
from tests.simulators import GoogleSimulator


@pytest.fixture
def token(google: GoogleSimulator) -> GoogleToken:
    return GoogleToken(google)


@pytest.fixture
def source(session: ClientSession, google: GoogleSimulator, token: GoogleToken) -> GoogleHealth:
    return GoogleHealth(session, token, f"{google.url}/v4")
