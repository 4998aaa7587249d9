"""System health: what Home Assistant's page of that name shows of the accounts."""

from datetime import timedelta
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.fitbit_cardiogram.const import CONF_BASE_URL, CONF_USER_ID, DOMAIN
from tests.helpers.home import (
    CARDIOGRAM_TOKEN,
    NOW,
    SUBENTRY_ID,
    SetUp,
    account_entry,
    advance,
    destination,
    gateway_entry,
)
from tests.repository.files import ENGLISH
from tests.simulators import CardiogramSimulator, Fault, FitbitSimulator, GoogleSimulator, Recording

UNREACHABLE = {"type": "failed", "error": "unreachable"}


async def info(home: HomeAssistant, hass_ws_client: WebSocketGenerator) -> dict[str, Any]:
    """Return the page's content once everything on it has come, having found nothing secret in it."""
    assert await async_setup_component(home, "system_health", {})
    client = await hass_ws_client(home)
    await client.send_json_auto_id({"type": "system_health/info"})
    assert (await client.receive_json())["success"]
    shown: dict[str, Any] = {}
    while (event := (await client.receive_json())["event"])["type"] != "finish":
        if event["type"] == "initial":
            shown = event["data"][DOMAIN]["info"]
        elif event["domain"] == DOMAIN:
            shown[event["key"]] = event["data"]
    text = json.dumps(shown)
    for entry in home.config_entries.async_entries(DOMAIN):
        token = entry.data.get("token", {})
        secrets = [entry.title, entry.unique_id or entry.title, entry.entry_id, *map(str, token.values())]
        secrets += [CARDIOGRAM_TOKEN, "SENTINEL", "127.0.0.1", "http", "173"]
        assert [secret for secret in secrets if secret in text] == []
    return shown


@pytest.fixture
def person(clock: FrozenDateTimeFactory) -> Recording:
    """Return a person of whom everything can be told from anything else."""
    now = int(NOW.timestamp())
    return Recording(
        readings=[(now - 600, 173), (now - 500, 173)],
        name="SENTINEL Sam",
        health_user_id="SENTINEL-id",
        legacy_user_id="SENTINELID",
    )


async def test_an_account(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    set_up: SetUp,
    hass_ws_client: WebSocketGenerator,
) -> None:
    entry = await set_up(account_entry(google, subentries_data=[destination(cardiogram)]))
    shown = await info(home, hass_ws_client)
    assert shown == {
        "accounts": 1,
        "can_reach_google_health": "ok",
        "can_reach_google_sign_in": "ok",
        "can_reach_cardiogram": "ok",
        "archive_size": f"{entry.runtime_data.coordinator.data.archive_size / 1e6:.1f} MB",
        "newest_sample": "8 minutes",
        "requests_left": entry.runtime_data.coordinator.requests_left(),
        "pending_beats": 2,
    }
    assert 250 < shown["requests_left"] < 300


async def test_several_accounts(
    home: HomeAssistant,
    google: GoogleSimulator,
    gateway: FitbitSimulator,
    cardiogram: CardiogramSimulator,
    clock: FrozenDateTimeFactory,
    set_up: SetUp,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """The one that is furthest behind and the one with the fewest requests count, and every service."""
    other = Recording(
        readings=[(int(NOW.timestamp()) - 7200, 173)], name="Alex", health_user_id="SENTINEL-other"
    )
    google.people.append(other)
    await set_up(account_entry(google, person=other, subentries_data=[destination(cardiogram)]))
    async with CardiogramSimulator() as receiver:
        own = destination(receiver, **{CONF_USER_ID: "SENTINEL"})
        await set_up(gateway_entry(gateway, subentries_data=[own]))
        shown = await info(home, hass_ws_client)
        assert list(shown) == [
            "accounts",
            "can_reach_google_health",
            "can_reach_google_sign_in",
            "can_reach_cardiogram",
            "can_reach_gateway",
            "can_reach_receiver",
            "archive_size",
            "newest_sample",
            "requests_left",
            "pending_beats",
        ]
        assert set(shown) == set(ENGLISH["system_health"]["info"])
        assert [value for key, value in shown.items() if key.startswith("can_reach")] == ["ok"] * 5
        assert (shown["accounts"], shown["newest_sample"], shown["pending_beats"]) == (2, "2 hours", 3)
        assert 100 < shown["requests_left"] < 150
    await gateway.stop()
    shown = await info(home, hass_ws_client)
    assert shown["can_reach_gateway"] == shown["can_reach_receiver"] == UNREACHABLE
    assert shown["can_reach_cardiogram"] == shown["can_reach_google_health"] == "ok"


async def test_one_of_two_receivers_is_away(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    set_up: SetUp,
    hass_ws_client: WebSocketGenerator,
) -> None:
    away: Any = {
        **destination(cardiogram, **{CONF_BASE_URL: "http://127.0.0.1:9"}),
        "subentry_id": "01AWAY",
    }
    here: Any = {
        **destination(cardiogram, **{CONF_BASE_URL: f"{cardiogram.url}/heart"}),
        "subentry_id": SUBENTRY_ID,
    }
    await set_up(account_entry(google, subentries_data=[here, away]))
    shown = await info(home, hass_ws_client)
    assert shown["can_reach_receiver"] == UNREACHABLE
    assert "can_reach_cardiogram" not in shown


async def test_an_account_that_is_not_loaded(
    home: HomeAssistant,
    google: GoogleSimulator,
    entry: MockConfigEntry,
    set_up: SetUp,
    hass_ws_client: WebSocketGenerator,
) -> None:
    await set_up(entry)
    await home.config_entries.async_unload(entry.entry_id)
    await google.stop()
    assert await info(home, hass_ws_client) == {
        "accounts": 1,
        "can_reach_google_health": UNREACHABLE,
        "can_reach_google_sign_in": UNREACHABLE,
    }


async def test_no_sample_yet(
    home: HomeAssistant,
    person: Recording,
    entry: MockConfigEntry,
    clock: FrozenDateTimeFactory,
    set_up: SetUp,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """And one that is of the future, by a clock that was set back since."""
    person.readings = []
    await set_up(entry)
    assert "newest_sample" not in await info(home, hass_ws_client)
    person.readings = [(int(NOW.timestamp()) + 200, 173)]
    await advance(home, clock, minutes=5)
    clock.move_to(NOW + timedelta(seconds=100))
    assert (await info(home, hass_ws_client))["newest_sample"] == "0 seconds"


async def test_a_destination_that_answers_slowly_or_points_elsewhere_can_be_reached(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    set_up: SetUp,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Nothing is asked of it, so nobody is led anywhere either."""
    await set_up(account_entry(google, subentries_data=[destination(cardiogram)]))
    asked = len(cardiogram.requests)
    cardiogram.faults.append(Fault("GET", status=302, body="", times=-1))
    assert (await info(home, hass_ws_client))["can_reach_cardiogram"] == "ok"
    assert len(cardiogram.requests) == asked
