"""The short way in: the sign-in of Home Assistant's own Google Health, used and left as it is."""

from collections.abc import Awaitable, Callable
import json
import logging

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.config_entries import SOURCE_USER, ConfigEntryDisabler, ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram.config_flow import LENT
from custom_components.fitbit_cardiogram.const import (
    CONF_CONSENTED_AT,
    CONF_IMPORT_DAYS,
    CONF_LENDER,
    CONF_SOURCE,
    DOMAIN,
)
from custom_components.fitbit_cardiogram.google_provider import LENDER_DOMAIN, SOURCE_GOOGLE_HEALTH
from tests.helpers.dialogs import Consent, name_it, reason_of
from tests.helpers.home import SetUp, advance, count_loads, gateway_entry, reauths, settle, state_of
from tests.helpers.lender import Lend, borrowing
from tests.simulators import Fault, FitbitSimulator, GoogleSimulator, Recording
from tests.simulators.google import ACTIVITY, SCOPES, SETTINGS

TOKEN = "POST /token"
HEART_RATE = "sensor.sam_heart_rate"
ANOTHER_PERSON = Recording(name="Kim", health_user_id="200000000000000000002")


async def begin(home: HomeAssistant) -> ConfigFlowResult:
    """Choose the short way."""
    menu = await home.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert menu["menu_options"] == [LENT, "google_health", "fitbit"]
    return await home.config_entries.flow.async_configure(menu["flow_id"], {"next_step_id": LENT})


@pytest.fixture
async def lender(lend: Lend) -> MockConfigEntry:
    return await lend()


# Setting up


async def test_without_the_other_integration_it_is_not_offered(home: HomeAssistant) -> None:
    menu = await home.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert menu["menu_options"] == ["google_health", "fitbit"]


async def test_an_account_is_added_without_a_new_consent(
    home: HomeAssistant, google: GoogleSimulator, lender: MockConfigEntry
) -> None:
    """Nothing of the sign-in is copied, and the name is proposed as it is there."""
    before = dict(lender.data)
    step = await begin(home)
    assert step["data_schema"]
    assert [(field.description or {}).get("suggested_value") for field in step["data_schema"].schema] == [
        "Sam",
        None,
    ]
    entry = await name_it(home, step, "Sam")
    assert entry.unique_id == google.person.health_user_id
    assert entry.data == {
        CONF_SOURCE: SOURCE_GOOGLE_HEALTH,
        CONF_LENDER: lender.entry_id,
        CONF_IMPORT_DAYS: 14,
    }
    assert state_of(home, HEART_RATE).state == "79"
    assert google.count("/o/oauth2") == 0
    assert len(google.grants) == 1
    assert lender.data == before


async def test_one_of_several_is_chosen(home: HomeAssistant, google: GoogleSimulator, lend: Lend) -> None:
    google.people.append(ANOTHER_PERSON)
    await lend()
    other = await lend(person=ANOTHER_PERSON)
    step = await begin(home)
    assert (step["type"], step["step_id"]) == (FlowResultType.FORM, "lent")
    step = await home.config_entries.flow.async_configure(step["flow_id"], {CONF_LENDER: other.entry_id})
    entry = await name_it(home, step, "Kim")
    assert entry.unique_id == ANOTHER_PERSON.health_user_id


async def test_an_account_is_added_once(home: HomeAssistant, lender: MockConfigEntry) -> None:
    await name_it(home, await begin(home), "Sam")
    assert await reason_of(home, await begin(home)) == "already_configured"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault(TOKEN, 400, '{"error": "invalid_grant"}'), "lender_refused"),
        (Fault(TOKEN, 503), "cannot_connect"),
        (Fault(TOKEN, 404, "<html>"), "cannot_connect"),
        (Fault(TOKEN, kind="reset_before"), "cannot_connect"),
        (Fault("identity", 401, "{}", times=2), "cannot_connect"),
        (Fault("identity", 500), "cannot_connect"),
    ],
)
async def test_trouble_with_the_sign_in(
    home: HomeAssistant, google: GoogleSimulator, lender: MockConfigEntry, fault: Fault, reason: str
) -> None:
    """It is told, the lender is left alone, and the next try succeeds."""
    google.faults = [Fault(fault.match, fault.status, fault.body, times=fault.times, kind=fault.kind)]
    assert await reason_of(home, await begin(home)) == reason
    assert reauths(home) == 0
    google.faults = []
    await name_it(home, await begin(home), "Sam")


@pytest.mark.parametrize("data", [{}, {"token": None}, {"token": {"refresh_token": "good"}}])
async def test_one_that_holds_no_sign_in_is_told(
    home: HomeAssistant, lender: MockConfigEntry, data: dict[str, object]
) -> None:
    home.config_entries.async_update_entry(lender, data=data)
    assert await reason_of(home, await begin(home)) == "lender_refused"


async def test_its_scopes_are_looked_at(home: HomeAssistant, google: GoogleSimulator, lend: Lend) -> None:
    await lend(scopes=[ACTIVITY, SETTINGS])
    result = await begin(home)
    assert await reason_of(home, result) == "lender_scope_missing"
    assert "health_metrics" in (result["description_placeholders"] or {})["scopes"]
    assert not google.requests


async def test_it_goes_while_the_dialog_stands_open(home: HomeAssistant, lender: MockConfigEntry) -> None:
    menu = await home.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    await home.config_entries.async_remove(lender.entry_id)
    result = await home.config_entries.flow.async_configure(menu["flow_id"], {"next_step_id": LENT})
    assert await reason_of(home, result) == "lender_missing"


# Living by it


async def test_tokens_are_fetched_and_nothing_changes_there(
    home: HomeAssistant,
    google: GoogleSimulator,
    lender: MockConfigEntry,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
) -> None:
    """One for each hour; its own token stays as it was."""
    before = dict(lender.data)
    entry = await set_up(borrowing(lender))
    assert google.count(TOKEN) == 1
    for _ in range(36):
        await advance(home, clock, minutes=5)
    assert 3 <= google.count(TOKEN) <= 5
    assert lender.data == before
    assert entry.runtime_data.coordinator.last_update_success
    assert "token" not in entry.data


async def test_a_refused_token_is_fetched_anew_once(
    home: HomeAssistant,
    google: GoogleSimulator,
    lender: MockConfigEntry,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
) -> None:
    entry = await set_up(borrowing(lender))
    google.expire_access_tokens()
    await advance(home, clock, minutes=5)
    assert google.count(TOKEN) == 2
    assert entry.runtime_data.coordinator.last_update_success


async def revoke(home: HomeAssistant, google: GoogleSimulator, lender: MockConfigEntry) -> None:
    google.revoke_grants()


async def refuse(home: HomeAssistant, google: GoogleSimulator, lender: MockConfigEntry) -> None:
    google.faults = [Fault("/v4/", 401, "{}", times=-1)]


async def take_scope(home: HomeAssistant, google: GoogleSimulator, lender: MockConfigEntry) -> None:
    google.faults = [Fault("/v4/", 403, '{"error": "insufficient_scope"}', times=-1)]


async def lose_credential(home: HomeAssistant, google: GoogleSimulator, lender: MockConfigEntry) -> None:
    google.expire_access_tokens()
    credentials = home.data[DATA_COMPONENT]
    (item,) = [item for item in credentials.async_items() if item["domain"] == LENDER_DOMAIN]
    # Home Assistant lets nobody delete a credential in use; a restored backup may lack it.
    credentials.data.pop(item["id"])


async def remove(home: HomeAssistant, google: GoogleSimulator, lender: MockConfigEntry) -> None:
    await home.config_entries.async_remove(lender.entry_id)


async def disable(home: HomeAssistant, google: GoogleSimulator, lender: MockConfigEntry) -> None:
    await home.config_entries.async_set_disabled_by(lender.entry_id, ConfigEntryDisabler.USER)


TROUBLES = {
    "revoked": (revoke, "lender_refused"),
    "refused": (refuse, "lender_refused"),
    "permission taken": (take_scope, "lender_scope_missing"),
    "credential lost": (lose_credential, "lender_refused"),
    "removed": (remove, "lender_missing"),
    "disabled": (disable, "lender_missing"),
}


@pytest.mark.parametrize("is_loaded", [True, False], ids=["while it runs", "at the start"])
@pytest.mark.parametrize(("trouble", "key"), TROUBLES.values(), ids=TROUBLES)
async def test_trouble_is_told_and_mended_where_the_sign_in_is_at_home(
    home: HomeAssistant,
    google: GoogleSimulator,
    lender: MockConfigEntry,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    trouble: Callable[..., Awaitable[None]],
    key: str,
    is_loaded: bool,
) -> None:
    """Nobody is asked to sign in, here or there; only what is gone is an issue of ours."""
    entry = borrowing(lender)
    if is_loaded:
        await set_up(entry)
        await trouble(home, google, lender)
        google.expire_access_tokens()
        await advance(home, clock, hours=2)
    else:
        await trouble(home, google, lender)
        await set_up(entry)
    assert entry.state is ConfigEntryState.LOADED
    assert entry.runtime_data.coordinator.last_exception.translation_key == key
    assert reauths(home) == 0
    issues = {issue_id for domain, issue_id in ir.async_get(home).issues if domain == DOMAIN}
    assert (f"lender_missing_{entry.entry_id}" in issues) == (key == "lender_missing")


async def test_a_new_sign_in_there_is_taken_by_itself(
    home: HomeAssistant,
    google: GoogleSimulator,
    lender: MockConfigEntry,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
) -> None:
    entry = await set_up(borrowing(lender))
    google.revoke_grants()
    google.expire_access_tokens()
    await advance(home, clock, hours=2)
    assert not entry.runtime_data.coordinator.last_update_success
    home.config_entries.async_update_entry(lender, data={**lender.data, "token": google.grant()})
    await advance(home, clock, minutes=5)
    assert entry.runtime_data.coordinator.last_update_success


@pytest.mark.parametrize("is_told", [True, False], ids=["a new sign-in there", "the same sign-in"])
async def test_a_permission_that_is_given_there_is_noticed_soon(
    home: HomeAssistant,
    google: GoogleSimulator,
    lender: MockConfigEntry,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    is_told: bool,
) -> None:
    """It is asked for four times an hour, by two requests; meanwhile the rest is read."""
    entry = await set_up(borrowing(lender))
    await take_scope(home, google, lender)
    google.faults[0].match = "heart-rate/dataPoints"
    await advance(home, clock, hours=2)
    before = google.count("heart-rate/dataPoints"), google.count("daily-resting")
    for _ in range(24):
        await advance(home, clock, minutes=5)
    assert entry.runtime_data.coordinator.last_exception.translation_key == "lender_scope_missing"
    assert google.count("heart-rate/dataPoints") - before[0] <= 2 * 9
    assert google.count("daily-resting") > before[1]
    assert reauths(home) == 0
    google.faults = []
    if is_told:
        home.config_entries.async_update_entry(lender, data={**lender.data, "token": google.grant()})
    for _ in range(4):
        await advance(home, clock, minutes=5)
    assert entry.runtime_data.coordinator.last_update_success
    assert state_of(home, "sensor.sam_heart_rate").state != "unavailable"


async def test_an_optional_permission_that_is_given_there_is_noticed_soon(
    home: HomeAssistant,
    google: GoogleSimulator,
    lend: Lend,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
) -> None:
    lender = await lend(scopes=[scope for scope in SCOPES if scope != SETTINGS])
    entry = await set_up(borrowing(lender))
    issue = f"settings_not_granted_{entry.entry_id}"
    assert ir.async_get(home).async_get_issue(DOMAIN, issue)
    home.config_entries.async_update_entry(lender, data={**lender.data, "token": google.grant()})
    for _ in range(4):
        await advance(home, clock, minutes=5)
    assert not ir.async_get(home).async_get_issue(DOMAIN, issue)


async def test_switched_on_again_it_goes_on(
    home: HomeAssistant,
    google: GoogleSimulator,
    lender: MockConfigEntry,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
) -> None:
    entry = await set_up(borrowing(lender))
    await disable(home, google, lender)
    await advance(home, clock, minutes=5)
    assert ir.async_get(home).async_get_issue(DOMAIN, f"lender_missing_{entry.entry_id}")
    await home.config_entries.async_set_disabled_by(lender.entry_id, None)
    await advance(home, clock, minutes=5)
    assert entry.runtime_data.coordinator.last_update_success
    assert not ir.async_get(home).async_get_issue(DOMAIN, f"lender_missing_{entry.entry_id}")


async def test_its_grant_is_never_revoked_by_us(
    home: HomeAssistant, google: GoogleSimulator, lender: MockConfigEntry, set_up: SetUp
) -> None:
    entry = await set_up(borrowing(lender))
    await home.config_entries.async_remove(entry.entry_id)
    assert google.count("revoke") == 0
    assert len(google.grants) == 1


async def test_no_secret_is_logged(
    home: HomeAssistant,
    google: GoogleSimulator,
    lender: MockConfigEntry,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    await set_up(borrowing(lender))
    google.faults = [
        Fault(TOKEN, 400, json.dumps({"error": "invalid_grant", "error_description": "SENTINEL"}))
    ]
    google.expire_access_tokens()
    await advance(home, clock, minutes=5)
    secrets = {token for grant in google.grants for token in (*grant.access_tokens, grant.refresh_token)}
    for secret in {*secrets, google.client_secret, "SENTINEL", google.person.health_user_id}:
        assert str(secret) not in caplog.text


# From one sign-in to another


@pytest.mark.usefixtures("current_request_with_host")
async def test_to_a_sign_in_of_its_own_and_back(
    home: HomeAssistant,
    google: GoogleSimulator,
    lender: MockConfigEntry,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    consent: Consent,
) -> None:
    """What is not used any more is not kept."""
    entry = await set_up(borrowing(lender))
    clock.tick(60)
    for choice, keys in (
        (SOURCE_GOOGLE_HEALTH, {CONF_SOURCE, CONF_CONSENTED_AT, "auth_implementation", "token"}),
        (LENT, {CONF_SOURCE, CONF_LENDER}),
    ):
        loads = count_loads(entry)
        menu = await entry.start_reconfigure_flow(home)
        assert menu["menu_options"] == [LENT, SOURCE_GOOGLE_HEALTH]
        step = await home.config_entries.flow.async_configure(menu["flow_id"], {"next_step_id": choice})
        result = await consent(step) if choice != LENT else step
        assert await reason_of(home, result) == "reconfigure_successful"
        await settle(home)
        assert set(entry.data) == keys
        assert len(loads) == 1
        assert entry.runtime_data.coordinator.last_update_success


@pytest.mark.usefixtures("current_request_with_host")
async def test_an_account_at_a_gateway_moves_to_it(
    home: HomeAssistant,
    google: GoogleSimulator,
    gateway: FitbitSimulator,
    lender: MockConfigEntry,
    set_up: SetUp,
) -> None:
    entry = await set_up(gateway_entry(gateway))
    menu = await entry.start_reconfigure_flow(home)
    result = await home.config_entries.flow.async_configure(menu["flow_id"], {"next_step_id": LENT})
    assert await reason_of(home, result) == "moved"
    await settle(home)
    assert entry.data == {CONF_SOURCE: SOURCE_GOOGLE_HEALTH, CONF_LENDER: lender.entry_id}
    assert entry.unique_id == google.person.health_user_id
