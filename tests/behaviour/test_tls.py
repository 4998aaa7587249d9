"""No token and no heart rate goes to a server that cannot prove who it is, or to where it points."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import ssl as ssl_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram.const import DATA_ENDPOINTS
from tests.helpers.home import (
    SUBENTRY_ID,
    SetUp,
    account_entry,
    destination,
    gateway_entry,
    settle,
    simulated_endpoints,
)
from tests.simulators import CardiogramSimulator, Fault, FitbitSimulator, GoogleSimulator
from tests.simulators.certificates import certificate
from tests.simulators.server import Simulator


@dataclass
class World:
    """A Home Assistant and the services around it."""

    home: HomeAssistant
    google: GoogleSimulator
    gateway: FitbitSimulator
    cardiogram: CardiogramSimulator
    set_up: SetUp
    clock: FrozenDateTimeFactory


@pytest.fixture
def world(
    home: HomeAssistant,
    google: GoogleSimulator,
    gateway: FitbitSimulator,
    cardiogram: CardiogramSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
) -> World:
    return World(home, google, gateway, cardiogram, set_up, clock)


async def reads(world: World, entry: MockConfigEntry) -> bool:
    """Set an account up, which happens in any case; return whether its first poll went well."""
    await world.set_up(entry)
    await settle(world.home)
    return bool(entry.runtime_data.coordinator.last_update_success)


async def poll_google(world: World) -> bool:
    return await reads(world, account_entry(world.google))


async def poll_gateway(world: World) -> bool:
    return await reads(world, gateway_entry(world.gateway))


async def renew_at_google(world: World) -> bool:
    entry = account_entry(world.google)
    world.clock.tick(7200)
    return await reads(world, entry)


async def renew_at_the_gateway(world: World) -> bool:
    entry = gateway_entry(world.gateway)
    world.clock.tick(24 * 3600)
    return await reads(world, entry)


async def forward(world: World) -> bool:
    entry = await world.set_up(account_entry(world.google, subentries_data=[destination(world.cardiogram)]))
    result = await entry.runtime_data.forwarders[SUBENTRY_ID].forward()
    return result.problem is None and result.delivered > 0


async def revoke(world: World) -> bool:
    """Remove an entry; here it was never set up."""
    entry = account_entry(world.google)
    entry.add_to_hass(world.home)
    await world.home.config_entries.async_remove(entry.entry_id)
    return not world.google.grants


type Act = Callable[[World], Awaitable[bool]]

# What is done, the service that it is done at, and the first request that arrives there.
ACTS: list[Any] = [
    pytest.param(poll_google, "google", "/v4/users/me/pairedDevices", id="Google Health"),
    pytest.param(renew_at_google, "google", "/token", id="Google's tokens"),
    pytest.param(revoke, "google", "/revoke", id="Google's revocation"),
    pytest.param(poll_gateway, "gateway", "/1/user/-/devices.json", id="a gateway"),
    pytest.param(renew_at_the_gateway, "gateway", "/oauth2/token", id="a gateway's tokens"),
    pytest.param(forward, "cardiogram", "/heart/oauth/users/1/beats", id="Cardiogram"),
]


@pytest.mark.parametrize(
    ("made", "trusted", "works"),
    [
        pytest.param({}, True, True, id="good"),
        pytest.param({}, False, False, id="self-signed"),
        pytest.param({"until": 2001}, True, False, id="expired"),
        pytest.param({"host": "127.0.0.2"}, True, False, id="of another host"),
    ],
)
@pytest.mark.parametrize(("act", "service", "first"), ACTS)
async def test_certificates_are_verified(
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    act: Act,
    service: str,
    first: str,
    made: dict[str, Any],
    trusted: bool,
    works: bool,
) -> None:
    """What is trusted, Home Assistant is told as an administrator tells it."""
    context, file = certificate(tmp_path, **made)
    if trusted:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(file))
    # It keeps what it once read.
    monkeypatch.setattr(ssl_util, "_client_context", ssl_util.create_client_context)
    # That a client hangs up is no fault of the server's; in its debug mode asyncio tells it as one.
    world.home.loop.set_debug(False)
    served: Simulator = getattr(world, service)
    await served.stop()
    await served.start(tls=context)
    world.home.data[DATA_ENDPOINTS] = simulated_endpoints(world.google, world.cardiogram)
    assert await act(world) is works
    assert [request.path for request in served.requests[:1]] == ([first] if works else [])


@pytest.mark.parametrize("status", [302, 307])
@pytest.mark.parametrize(("act", "service", "first"), ACTS)
async def test_no_redirect_is_followed(world: World, act: Act, service: str, first: str, status: int) -> None:
    served: Simulator = getattr(world, service)
    async with CardiogramSimulator() as elsewhere:
        served.faults = [Fault("", status, "", {"Location": f"{elsewhere.url}{first}"}, times=-1)]
        assert not await act(world)
        assert served.count(first)
        assert not elsewhere.requests
