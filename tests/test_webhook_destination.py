"""A web address as a destination: its forms, its secret, its test, and what is told of it."""

from datetime import date
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram.const import (
    CONF_ALLOW_HTTP,
    CONF_AUTOMATIC,
    CONF_BASE_URL,
    CONF_LABEL,
    CONF_OLD_SECRETS,
    CONF_SECRET,
    DOMAIN,
)
from custom_components.fitbit_cardiogram.destinations.webhook import is_secret, make_secret
from custom_components.fitbit_cardiogram.diagnostics import async_get_config_entry_diagnostics
from custom_components.fitbit_cardiogram.system_health import async_info
from tests.helpers.dialogs import Dialogs
from tests.helpers.home import NOW, TODAY, SetUp, account_entry, settle
from tests.simulators import GoogleSimulator, Recording, WebhookSimulator
from tests.simulators.webhook import SECRET

DAY = 24 * 3600
FORWARD_NOW = "button.web_address_forward_now"
SEND_TEST = "button.web_address_send_a_test"
SENTINEL = "address-token-sentinel-2718"
BEARER = "bearer-token-sentinel-1618"


@pytest.fixture
async def account(google: GoogleSimulator, set_up: SetUp) -> MockConfigEntry:
    """Return an account without a destination."""
    return await set_up(account_entry(google))


def form(webhook: WebhookSimulator, **changes: Any) -> dict[str, Any]:
    return {
        CONF_NAME: "Web address",
        CONF_LABEL: "Anna",
        "forward_from": "everything",
        CONF_AUTOMATIC: False,
        "advanced": {CONF_BASE_URL: f"{webhook.url}/in/?token={SENTINEL}", CONF_ALLOW_HTTP: True},
    } | changes


async def begin(home: HomeAssistant, account: MockConfigEntry, answers: dict[str, Any]) -> Any:
    """Add a web address up to the consent; return the step after it."""
    flows = home.config_entries.subentries
    step = await flows.async_init((account.entry_id, "webhook"), context={"source": SOURCE_USER})
    step = await flows.async_configure(step["flow_id"], answers)
    assert step["step_id"] == "consent_everything"
    assert SENTINEL not in str(step["description_placeholders"])
    return await flows.async_configure(step["flow_id"], {"consent": True})


async def add(home: HomeAssistant, account: MockConfigEntry, webhook: WebhookSimulator) -> str:
    """Add a web address with a secret of the receiver's; return the destination's id."""
    webhook.token = BEARER
    step = await begin(home, account, form(webhook, **{CONF_SECRET: SECRET, CONF_ACCESS_TOKEN: BEARER}))
    assert step["type"] == "create_entry"
    await settle(home)
    (subentry_id,) = account.subentries
    return subentry_id


async def press(home: HomeAssistant, button: str) -> None:
    await home.services.async_call("button", "press", {"entity_id": button}, blocking=True)


async def reconfigure(home: HomeAssistant, account: MockConfigEntry, subentry_id: str, step_id: str) -> Any:
    """Choose a step of the menu; return it."""
    flows = home.config_entries.subentries
    step = await flows.async_init(
        (account.entry_id, "webhook"), context={"source": SOURCE_RECONFIGURE, "subentry_id": subentry_id}
    )
    assert step["menu_options"] == ["settings", "rotate"]
    return await flows.async_configure(step["flow_id"], {"next_step_id": step_id})


async def test_beats_arrive_at_the_complete_address(
    home: HomeAssistant, account: MockConfigEntry, webhook: WebhookSimulator
) -> None:
    await add(home, account, webhook)
    await press(home, FORWARD_NOW)
    assert len(webhook.values()) == 175
    assert webhook.labels == {"Anna"}
    assert {(request.path, request.query["token"]) for request in webhook.requests} == {("/in/", SENTINEL)}


async def test_a_secret_is_made_and_shown_once(
    home: HomeAssistant, account: MockConfigEntry, webhook: WebhookSimulator
) -> None:
    step = await begin(home, account, form(webhook))
    assert step["step_id"] == "secret"
    webhook.secret = step["description_placeholders"]["secret"]
    assert is_secret(webhook.secret)
    await home.config_entries.subentries.async_configure(step["flow_id"], {})
    await settle(home)
    (subentry,) = account.subentries.values()
    assert (subentry.data[CONF_SECRET], subentry.data[CONF_OLD_SECRETS]) == (webhook.secret, [])
    await press(home, FORWARD_NOW)
    assert len(webhook.values()) == 175


@pytest.mark.parametrize("pasted", [True, False], ids=["pasted", "made"])
async def test_a_secret_is_replaced_without_a_gap(
    home: HomeAssistant,
    account: MockConfigEntry,
    webhook: WebhookSimulator,
    clock: FrozenDateTimeFactory,
    pasted: bool,
) -> None:
    subentry_id = await add(home, account, webhook)
    flows = home.config_entries.subentries
    step = await reconfigure(home, account, subentry_id, "rotate")
    step = await flows.async_configure(step["flow_id"], {CONF_SECRET: "whsec_short"})
    assert step["errors"] == {CONF_SECRET: "invalid_secret"}
    answer = {CONF_SECRET: make_secret()} if pasted else {}
    step = await flows.async_configure(step["flow_id"], answer)
    if not pasted:
        step = await flows.async_configure(step["flow_id"], {})
    assert (step["type"], step["reason"]) == ("abort", "reconfigure_successful")
    await settle(home)
    new = account.subentries[subentry_id].data[CONF_SECRET]
    for webhook.secret in (SECRET, new):
        await press(home, SEND_TEST)
    clock.tick(DAY + 1)
    await press(home, SEND_TEST)
    webhook.secret = SECRET
    with pytest.raises(HomeAssistantError, match="refused"):
        await press(home, SEND_TEST)


async def test_what_is_secret_and_left_empty_stays(
    home: HomeAssistant, account: MockConfigEntry, webhook: WebhookSimulator
) -> None:
    subentry_id = await add(home, account, webhook)
    before = dict(account.subentries[subentry_id].data)
    step = await reconfigure(home, account, subentry_id, "settings")
    assert SENTINEL not in str(step["data_schema"].schema)
    answers = {
        CONF_NAME: "Elsewhere",
        CONF_LABEL: "Anna B",
        CONF_ACCESS_TOKEN: " ",
        CONF_AUTOMATIC: False,
        "advanced": {CONF_ALLOW_HTTP: False},
    }
    step = await home.config_entries.subentries.async_configure(step["flow_id"], answers)
    assert step["reason"] == "reconfigure_successful"
    await settle(home)
    assert account.subentries[subentry_id].title == "Elsewhere"
    assert account.subentries[subentry_id].data == before | {CONF_LABEL: "Anna B"}


async def test_while_a_new_secret_is_shown_everything_else_may_change(
    home: HomeAssistant, account: MockConfigEntry, webhook: WebhookSimulator, clock: FrozenDateTimeFactory
) -> None:
    """A switch that was switched off stays off, and the day of the old secret begins with the new one."""
    subentry_id = await add(home, account, webhook)
    entity = {"entity_id": "switch.web_address_automatic_forwarding"}
    await home.services.async_call("switch", "turn_on", entity, blocking=True)
    step = await reconfigure(home, account, subentry_id, "rotate")
    step = await home.config_entries.subentries.async_configure(step["flow_id"], {})
    await home.services.async_call("switch", "turn_off", entity, blocking=True)
    clock.tick(DAY + 1)
    data = account.subentries[subentry_id].data | {CONF_LABEL: "Anna B"}
    home.config_entries.async_update_subentry(account, account.subentries[subentry_id], data=data)
    await settle(home)
    step = await home.config_entries.subentries.async_configure(step["flow_id"], {})
    assert step["reason"] == "reconfigure_successful"
    await settle(home)
    assert account.subentries[subentry_id].data[CONF_LABEL] == "Anna B"
    state = home.states.get(entity["entity_id"])
    assert state
    assert state.state == "off"
    await press(home, SEND_TEST)


async def test_a_secret_is_not_kept_for_an_account_that_is_not_loaded(
    home: HomeAssistant, account: MockConfigEntry, webhook: WebhookSimulator
) -> None:
    subentry_id = await add(home, account, webhook)
    step = await reconfigure(home, account, subentry_id, "rotate")
    step = await home.config_entries.subentries.async_configure(step["flow_id"], {})
    await home.config_entries.async_unload(account.entry_id)
    step = await home.config_entries.subentries.async_configure(step["flow_id"], {})
    assert (step["type"], step["reason"]) == ("abort", "account_not_loaded")
    assert account.subentries[subentry_id].data[CONF_SECRET] == SECRET


async def test_a_token_is_removed(
    home: HomeAssistant, account: MockConfigEntry, webhook: WebhookSimulator
) -> None:
    """By a tick, since an empty field keeps it; the tick is there only for what is kept."""
    subentry_id = await add(home, account, webhook)
    flows = home.config_entries.subentries
    step = await reconfigure(home, account, subentry_id, "settings")
    answers = {
        CONF_NAME: "Web address",
        CONF_LABEL: "Anna",
        CONF_ACCESS_TOKEN: "another",
        "remove_access_token": True,
        CONF_AUTOMATIC: False,
        "advanced": {CONF_ALLOW_HTTP: False},
    }
    step = await flows.async_configure(step["flow_id"], answers)
    assert step["errors"] == {"remove_access_token": "remove_or_replace"}
    del answers[CONF_ACCESS_TOKEN]
    step = await flows.async_configure(step["flow_id"], answers)
    assert step["reason"] == "reconfigure_successful"
    await settle(home)
    assert account.subentries[subentry_id].data[CONF_ACCESS_TOKEN] == ""
    webhook.token = ""
    await press(home, FORWARD_NOW)
    assert {"Authorization" in request.headers for request in webhook.requests} == {False}
    step = await reconfigure(home, account, subentry_id, "settings")
    assert "remove_access_token" not in map(str, step["data_schema"].schema)


async def test_an_address_without_anything_pending_is_tested_by_a_repair(
    home: HomeAssistant, account: MockConfigEntry, webhook: WebhookSimulator, dialogs: Dialogs
) -> None:
    """An empty outbox proves nothing."""
    subentry_id = await add(home, account, webhook)
    webhook.token = "another"
    with pytest.raises(HomeAssistantError):
        await press(home, FORWARD_NOW)
    forwarder = account.runtime_data.forwarders[subentry_id]
    archive = account.runtime_data.archive
    now = int(NOW.timestamp())
    await home.async_add_executor_job(archive.purge, 0, now, (date.min, TODAY), now)
    await forwarder.refresh()
    assert forwarder.state.outbox.pending == 0
    step = await dialogs.choose(await dialogs.open(f"forwarding_{subentry_id}"), "try_again")
    assert (step["type"], step["reason"]) == ("abort", "still_failing")
    webhook.token = BEARER
    step = await dialogs.choose(await dialogs.open(f"forwarding_{subentry_id}"), "try_again")
    assert (step["type"], len(webhook.tests)) == ("create_entry", 1)
    assert not ir.async_get(home).async_get_issue(DOMAIN, f"forwarding_{subentry_id}")


async def test_one_label_for_two_people_is_asked_for(
    home: HomeAssistant,
    account: MockConfigEntry,
    webhook: WebhookSimulator,
    google: GoogleSimulator,
    set_up: SetUp,
) -> None:
    """Two labels at one address are what labels are for; a change of the label can bring them together."""
    await add(home, account, webhook)
    google.people.append(kim := Recording(name="Kim Other", health_user_id="200000000000000000002"))
    other = await set_up(account_entry(google, person=kim))
    secret = {CONF_SECRET: SECRET}
    step = await begin(home, other, form(webhook, **secret, **{CONF_LABEL: "Kim"}))
    assert step["type"] == "create_entry"
    await settle(home)
    (subentry_id,) = other.subentries
    step = await reconfigure(home, other, subentry_id, "settings")
    answers = {CONF_NAME: "Web address", CONF_LABEL: "Anna", CONF_AUTOMATIC: False}
    step = await home.config_entries.subentries.async_configure(
        step["flow_id"], answers | {"advanced": {CONF_ALLOW_HTTP: False}}
    )
    assert step["data_schema"]
    assert [str(tick) for tick in step["data_schema"].schema] == ["shared", "consent"]
    assert (step["description_placeholders"] or {})["others"] == "Sam Sample"


async def test_a_test_sends_no_heart_rate(
    home: HomeAssistant, account: MockConfigEntry, webhook: WebhookSimulator
) -> None:
    await add(home, account, webhook)
    await press(home, SEND_TEST)
    assert (len(webhook.tests), webhook.ledger) == (1, [])


async def test_a_receiver_that_is_gone_is_left_alone(
    home: HomeAssistant, account: MockConfigEntry, webhook: WebhookSimulator
) -> None:
    subentry_id = await add(home, account, webhook)
    webhook.is_gone = True
    with pytest.raises(HomeAssistantError):
        await press(home, FORWARD_NOW)
    state = account.runtime_data.forwarders[subentry_id].state
    assert (state.paused, state.retry_at) == (True, None)
    issue = ir.async_get(home).async_get_issue(DOMAIN, f"forwarding_{subentry_id}")
    assert issue
    assert (issue.translation_key, issue.is_fixable) == ("forwarding_unwanted", True)
    assert (issue.translation_placeholders or {})["receiver"] == webhook.url
    webhook.is_gone = False
    await press(home, FORWARD_NOW)
    assert len(webhook.values()) == 175


async def test_neither_address_nor_secrets_are_told(
    home: HomeAssistant,
    account: MockConfigEntry,
    webhook: WebhookSimulator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    subentry_id = await add(home, account, webhook)
    webhook.token = "another"
    with pytest.raises(HomeAssistantError) as refused:
        await press(home, FORWARD_NOW)
    found = await async_get_config_entry_diagnostics(home, account)
    (shown,) = found["destinations"]
    assert (shown["kind"], shown["address"]) == ("webhook", "private_http")
    device = dr.async_get(home).async_get_device_by_identifier((DOMAIN, subentry_id), account.entry_id)
    assert device
    assert device.configuration_url is None
    issues = [issue.translation_placeholders for issue in ir.async_get(home).issues.values()]
    answers = [await value for key, value in (await async_info(home)).items() if key.startswith("can_reach")]
    unique_id = account.subentries[subentry_id].unique_id
    texts = f"{found} {device} {issues} {answers} {unique_id} {refused.value} {caplog.text}"
    assert [secret for secret in (SENTINEL, BEARER, SECRET, "Anna") if secret in texts] == []
    assert not [request for request in webhook.requests if request.method == "GET" and request.query]
