"""The session: cookies of a service stay nowhere."""

from aiohttp import DummyCookieJar
from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram.web_session import async_get_session
from tests.helpers.home import SetUp, account_entry, advance, destination
from tests.simulators import CardiogramSimulator, Fault, GoogleSimulator


async def test_no_cookie_is_sent_back(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
) -> None:
    """By the source, the sign-in and the destination."""
    cookie = {"Set-Cookie": "who=Sam; Path=/"}
    google.faults = [Fault("/v4/", 503, "{}", cookie), Fault("/token", 503, "{}", cookie)]
    cardiogram.faults = [Fault("/beats", 503, "{}", cookie)]
    entry = await set_up(account_entry(google, subentries_data=[destination(cardiogram)]))
    for _ in range(3):
        await advance(home, clock, hours=1)
        for forwarder in entry.runtime_data.forwarders.values():
            await forwarder.forward()
    assert {"/token" in request.path for request in google.requests} == {True, False}
    assert len(cardiogram.requests) > 1
    assert not [one for one in (*google.requests, *cardiogram.requests) if "Cookie" in one.headers]


async def test_it_outlives_the_account_that_was_first(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp
) -> None:
    await set_up(entry)
    session = async_get_session(home)
    assert isinstance(session.cookie_jar, DummyCookieJar)
    await home.config_entries.async_unload(entry.entry_id)
    assert async_get_session(home) is session
    assert not session.closed
    home.bus.async_fire(EVENT_HOMEASSISTANT_CLOSE)
    await home.async_block_till_done()
    assert session.closed
