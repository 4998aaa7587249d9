"""Running simulators, and a client to speak with them."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime

from aiohttp import ClientSession
import pytest

from tests.simulators import CardiogramSimulator, GoogleSimulator, Person

NOW = datetime(2026, 11, 21, 20, 5, tzinfo=UTC).timestamp()


@pytest.fixture(autouse=True)
def sockets(socket_enabled: None) -> None:
    """Let the simulators listen."""


@pytest.fixture
async def client() -> AsyncGenerator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
async def google() -> AsyncGenerator[GoogleSimulator]:
    """Google on a Saturday evening, with one lifelike person."""
    async with GoogleSimulator(Person(), clock=lambda: NOW) as simulator:
        yield simulator
    assert simulator.schema_violations == []


@pytest.fixture
async def cardiogram() -> AsyncGenerator[CardiogramSimulator]:
    async with CardiogramSimulator(clock=lambda: NOW) as simulator:
        yield simulator
