"""A permission that is only offered, for sleep: with it, without it, and added later."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.translation import async_get_translations
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.fitbit_cardiogram.const import DOMAIN
from custom_components.fitbit_cardiogram.diagnostics import async_get_config_entry_diagnostics
from custom_components.fitbit_cardiogram.sources.kinds import SLEEP
from tests.helpers.dialogs import Consent, name_it, reason_of, reconfigure, start
from tests.helpers.home import (
    SetUp,
    account_entry,
    advance,
    count_loads,
    gateway_entry,
    issues,
    reauths,
    settle,
    state_of,
)
from tests.helpers.lender import Lend, borrowing
from tests.simulators import FitbitSimulator, GoogleSimulator
from tests.simulators.google import SCOPES, SLEEP as SCOPE_SLEEP

SLEEP_ENTITIES = {"last_night", "sleeping_heart_rate", "night"}
WITHOUT_SLEEP = [scope for scope in SCOPES if scope != SCOPE_SLEEP]


async def offers(home: HomeAssistant, entry: ConfigEntry[Any]) -> list[str]:
    """Return the offers in the form of the options, having made sure that each has its text."""
    step = await home.config_entries.options.async_init(entry.entry_id)
    assert step["data_schema"]
    found = [str(field) for field in step["data_schema"].schema if field == SLEEP.key]
    home.config_entries.options.async_abort(step["flow_id"])
    texts = await async_get_translations(home, "en", "options", [DOMAIN])
    for key in found:
        assert "“Reconfigure”" in texts[f"component.{DOMAIN}.options.step.init.sections.{key}.description"]
    return found


def asked_for_sleep(google: GoogleSimulator) -> int:
    """Count the requests for sleep."""
    return google.count("dataTypes/sleep")


def sleep_entities(home: HomeAssistant, entry: ConfigEntry[Any]) -> set[str]:
    """Return the entities of sleep that the account has; Home Assistant remembers those that it had."""
    found = {
        str(one.translation_key): home.states.get(one.entity_id)
        for one in er.async_entries_for_config_entry(er.async_get(home), entry.entry_id)
    }
    shown = {key for key, state in found.items() if state and not state.attributes.get("restored")}
    return shown & SLEEP_ENTITIES


async def lives_without(
    home: HomeAssistant, google: GoogleSimulator, clock: FrozenDateTimeFactory, entry: ConfigEntry[Any]
) -> None:
    """Make sure that an account lacks nothing but sleep, and that nobody is troubled for it."""
    for _ in range(14):
        await advance(home, clock, minutes=5)
    coordinator = entry.runtime_data.coordinator
    assert coordinator.last_update_success
    assert not coordinator.offers(SLEEP)
    assert sleep_entities(home, entry) == set()
    assert SLEEP not in coordinator.poll.kinds
    assert (coordinator.poll.errors, issues(home), reauths(home)) == ({}, set(), 0)
    assert asked_for_sleep(google) == 0
    assert await offers(home, entry) == ["sleep"]


async def test_a_new_sign_in_asks_for_it(
    home: HomeAssistant, google: GoogleSimulator, consent: Consent
) -> None:
    entry = await name_it(home, await consent(await start(home)), "Sam")
    assert SCOPE_SLEEP in entry.data["token"]["scope"].split()
    assert not entry.runtime_data.coordinator.left_out
    assert await offers(home, entry) == []


async def test_without_it_everything_else_works(
    home: HomeAssistant, google: GoogleSimulator, clock: FrozenDateTimeFactory, consent: Consent
) -> None:
    entry = await name_it(home, await consent(await start(home), untick=[SCOPE_SLEEP]), "Sam")
    assert state_of(home, "sensor.sam_heart_rate").state == "79"
    await lives_without(home, google, clock, entry)


async def test_an_account_from_before_is_left_in_peace(
    home: HomeAssistant, google: GoogleSimulator, clock: FrozenDateTimeFactory, set_up: SetUp
) -> None:
    await lives_without(home, google, clock, await set_up(account_entry(google, scopes=WITHOUT_SLEEP)))


async def test_a_sign_in_anew_adds_it(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp, consent: Consent
) -> None:
    """The account is set up once more, with the entities of sleep, and its options no longer offer it."""
    entry = await set_up(account_entry(google, scopes=WITHOUT_SLEEP))
    loads = count_loads(entry)
    result = await consent(await reconfigure(home, entry))
    assert await reason_of(home, result) == "reconfigure_successful"
    await settle(home)
    assert loads == [ConfigEntryState.LOADED]
    assert not entry.runtime_data.coordinator.left_out
    assert sleep_entities(home, entry) == SLEEP_ENTITIES
    assert asked_for_sleep(google)
    assert await offers(home, entry) == []


async def test_a_token_that_loses_it_on_the_way_is_enough(
    home: HomeAssistant, google: GoogleSimulator, clock: FrozenDateTimeFactory, set_up: SetUp
) -> None:
    """The person took it back at Google: the account goes on without."""
    entry = await set_up(account_entry(google))
    google.grants[0].scopes = tuple(WITHOUT_SLEEP)
    await advance(home, clock, seconds=4000)
    await settle(home)
    google.requests.clear()
    await lives_without(home, google, clock, entry)


async def test_where_nobody_knows_it_is_tried(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp
) -> None:
    entry = account_entry(google)
    token = {key: value for key, value in entry.data["token"].items() if key != "scope"}
    entry.add_to_hass(home)
    home.config_entries.async_update_entry(entry, data={**entry.data, "token": token})
    await set_up(entry)
    assert not entry.runtime_data.coordinator.left_out


@pytest.mark.parametrize(("scopes", "expected"), [(None, []), (WITHOUT_SLEEP, ["sleep"])])
async def test_a_borrowed_sign_in_uses_it_where_it_has_it(
    home: HomeAssistant,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
    lend: Lend,
    set_up: SetUp,
    scopes: list[str] | None,
    expected: list[str],
) -> None:
    lender = await lend(scopes=scopes)
    entry = await set_up(borrowing(lender))
    assert sorted(kind.key for kind in entry.runtime_data.coordinator.left_out) == expected
    assert await offers(home, entry) == expected
    if expected:
        await lives_without(home, google, clock, entry)


async def test_what_the_lender_is_given_later_is_used_at_once(
    home: HomeAssistant, google: GoogleSimulator, lend: Lend, set_up: SetUp
) -> None:
    """A new token with the same permissions, and the removal of the lender, set nothing up anew."""
    lender = await lend(scopes=WITHOUT_SLEEP)
    entry = await set_up(borrowing(lender))
    loads = count_loads(entry)
    for scopes, number in ((WITHOUT_SLEEP, 0), (SCOPES, 1), (SCOPES, 1)):
        home.config_entries.async_update_entry(
            lender, data={**lender.data, "token": google.grant(list(scopes))}
        )
        await settle(home)
        assert len(loads) == number
    assert not entry.runtime_data.coordinator.left_out
    await home.config_entries.async_remove(lender.entry_id)
    await settle(home)
    assert len(loads) == 1


async def test_options_are_saved_beside_the_offer(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp
) -> None:
    """It is a text in the form, and no option; also where a browser sends it back empty."""
    entry = await set_up(account_entry(google, scopes=WITHOUT_SLEEP))
    step = await home.config_entries.options.async_init(entry.entry_id)
    answers: dict[str, Any] = {"freshness_minutes": 30, "retention_days": 90, "alerts": {}, "sleep": {}}
    result = await home.config_entries.options.async_configure(step["flow_id"], answers)
    await settle(home)
    assert (result["type"], entry.options["freshness_minutes"]) == ("create_entry", 30)
    assert "sleep" not in entry.options


async def test_options_of_an_account_that_is_not_set_up(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp
) -> None:
    entry = account_entry(google, scopes=WITHOUT_SLEEP)
    entry.add_to_hass(home)
    assert await offers(home, entry) == ["sleep"]


async def test_a_gateway_offers_no_sleep(
    home: HomeAssistant, gateway: FitbitSimulator, set_up: SetUp
) -> None:
    entry = await set_up(gateway_entry(gateway))
    assert await offers(home, entry) == []
    assert not entry.runtime_data.coordinator.offers(SLEEP)


@pytest.mark.parametrize(("scopes", "expected"), [(None, []), (WITHOUT_SLEEP, ["sleep"])])
async def test_the_card_is_told(
    home: HomeAssistant,
    google: GoogleSimulator,
    set_up: SetUp,
    hass_ws_client: WebSocketGenerator,
    scopes: list[str] | None,
    expected: list[str],
) -> None:
    entry = await set_up(account_entry(google, scopes=scopes))
    websocket = await hass_ws_client(home)
    await websocket.send_json_auto_id({"type": f"{DOMAIN}/subscribe", "entry_id": entry.entry_id})
    assert (await websocket.receive_json())["success"]
    assert (await websocket.receive_json())["event"]["lacks"] == expected


@pytest.mark.parametrize(("scopes", "expected"), [(None, True), (WITHOUT_SLEEP, False)])
async def test_diagnostics_name_it(
    home: HomeAssistant,
    google: GoogleSimulator,
    set_up: SetUp,
    scopes: list[str] | None,
    expected: bool,
) -> None:
    entry: MockConfigEntry = await set_up(account_entry(google, scopes=scopes))
    found = await async_get_config_entry_diagnostics(home, entry)
    assert found["sign_in"]["optional_scopes"] == {
        "activity_and_fitness.readonly": True,
        "settings.readonly": True,
        "sleep.readonly": expected,
    }
