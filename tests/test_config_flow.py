"""Signing an account in, through the pages that a person sees."""

from collections.abc import Awaitable, Callable
import json
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.application_credentials import ClientCredential, async_import_client_credential
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, UnknownStep
from homeassistant.exceptions import ImplementationUnavailableError
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    async_add_implementation_provider,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from yarl import URL

from custom_components.fitbit_cardiogram.const import (
    CONF_CONSENTED_AT,
    CONF_HOURLY_DELIVERIES,
    CONF_IMPORT_DAYS,
    CONF_SOURCE,
    DATA_ENDPOINTS,
    DOMAIN,
    Endpoints,
)
from custom_components.fitbit_cardiogram.google_provider import SOURCE_GOOGLE_HEALTH
from tests.helpers.dialogs import Consent, name_it, reason_of, reconfigure, start
from tests.helpers.home import (
    CREDENTIAL,
    NOW,
    SetUp,
    account_entry,
    advance,
    count_loads,
    settle,
    state_of,
    until,
)
from tests.simulators import Fault, GoogleSimulator, Recording
from tests.simulators.google import ACTIVITY, METRICS, SCOPES, SETTINGS, SLEEP

type Begin = Callable[[HomeAssistant, MockConfigEntry], Awaitable[ConfigFlowResult]]

IDENTITY = "GET /v4/users/me/identity"
TOKEN = "POST /token"
OTHER_PROVIDER = ClientCredential("23ABCD", "other-secret", "Another")
SECOND = ClientCredential("second.apps.googleusercontent.com", "second-secret", "Second")
SOMEBODY_ELSE = Recording(name="Kim Other", health_user_id="200000000000000000002")


# Adding an account


async def test_an_account_is_added(home: HomeAssistant, google: GoogleSimulator, consent: Consent) -> None:
    """It bears the name that the person chose, and its heart rate is there at once."""
    entry = await name_it(home, await consent(await start(home)), "Sam")
    assert (entry.title, entry.unique_id) == ("Sam", google.person.health_user_id)
    assert entry.data == {
        "auth_implementation": CREDENTIAL,
        "token": {
            "access_token": next(iter(google.grants[0].access_tokens)),
            "refresh_token": google.grants[0].refresh_token,
            "expires_in": 3599,
            "expires_at": NOW.timestamp() + 3599,
            "scope": " ".join(SCOPES),
            "token_type": "Bearer",
        },
        CONF_SOURCE: SOURCE_GOOGLE_HEALTH,
        CONF_CONSENTED_AT: int(NOW.timestamp()),
        CONF_IMPORT_DAYS: 14,
    }
    assert entry.state is ConfigEntryState.LOADED
    assert state_of(home, "sensor.sam_heart_rate").state == "79"


async def test_the_proposed_name_will_do(home: HomeAssistant, consent: Consent) -> None:
    step = await consent(await start(home))
    assert step["data_schema"]
    entry = await name_it(home, step, step["data_schema"]({})["name"])
    assert entry.title == "Fitbit"


@pytest.mark.parametrize("days", [0, 1, 3650])
async def test_so_many_days_of_the_past(home: HomeAssistant, consent: Consent, days: int) -> None:
    step = await consent(await start(home))
    assert step["data_schema"]
    assert step["data_schema"]({})[CONF_IMPORT_DAYS] == 14
    asked = {"name": "Sam", CONF_IMPORT_DAYS: days}
    result = await home.config_entries.flow.async_configure(step["flow_id"], asked)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"][CONF_IMPORT_DAYS] == days
    # Accounts of before have no such option.
    assert result["options"] == {CONF_HOURLY_DELIVERIES: True}


async def test_a_name_or_a_number_of_days_that_will_not_do(home: HomeAssistant, consent: Consent) -> None:
    """The error is at the field."""
    step = await consent(await start(home))
    for days in (-1, 3651, 1.5, "many", None):
        asked = {"name": "Sam", CONF_IMPORT_DAYS: days}
        result = await home.config_entries.flow.async_configure(step["flow_id"], asked)
        assert result["errors"] == {CONF_IMPORT_DAYS: "out_of_bounds"}
        assert result["description_placeholders"] == {"lowest": "0", "highest": "3650"}
    for name, error in (
        ("", "empty"),
        ("  ", "empty"),
        ("a" * 129, "invalid_text"),
        ("a\nb", "invalid_text"),
        ("\u200d", "invalid_text"),
    ):
        asked = {"name": name, CONF_IMPORT_DAYS: 3}
        result = await home.config_entries.flow.async_configure(step["flow_id"], asked)
        assert result["errors"] == {"name": error}
    entry = await name_it(home, step, " \u0639\u0644\u06cc\u200c\u0631\u0636\u0627 👩‍🚀 ")
    assert entry.title == "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627 👩‍🚀"


@pytest.mark.parametrize("missing", [ACTIVITY, SETTINGS, SLEEP])
async def test_only_the_heart_rate_must_be_allowed(
    home: HomeAssistant, consent: Consent, missing: str
) -> None:
    entry = await name_it(home, await consent(await start(home), untick=[missing]), "Sam")
    assert entry.state is ConfigEntryState.LOADED
    assert missing not in entry.data["token"]["scope"]


@pytest.mark.parametrize("told", [{}, {"scope": 5}])
async def test_a_token_that_does_not_tell_its_scopes_is_tried(
    home: HomeAssistant, google: GoogleSimulator, consent: Consent, told: dict[str, int]
) -> None:
    token = {key: value for key, value in google.grant().items() if key != "scope"} | told
    google.faults = [Fault(TOKEN, body=json.dumps(token))]
    await name_it(home, await consent(await start(home)), "Sam")


async def test_two_accounts_side_by_side(
    home: HomeAssistant, google: GoogleSimulator, consent: Consent
) -> None:
    google.people.append(SOMEBODY_ELSE)
    first = await name_it(home, await consent(await start(home)), "Sam")
    second = await name_it(
        home, await consent(await start(home), account=SOMEBODY_ELSE.health_user_id), "Kim"
    )
    assert [first.unique_id, second.unique_id] == [person.health_user_id for person in google.people]
    assert [first.state, second.state] == [ConfigEntryState.LOADED] * 2
    assert first.data["token"] != second.data["token"]


async def test_an_account_is_added_once(home: HomeAssistant, consent: Consent) -> None:
    entry = await name_it(home, await consent(await start(home)), "Sam")
    token = entry.data["token"]
    assert await reason_of(home, await consent(await start(home))) == "already_configured"
    assert home.config_entries.async_entries(DOMAIN) == [entry]
    assert entry.data["token"] == token


async def test_there_are_no_steps_but_the_providers(home: HomeAssistant) -> None:
    with pytest.raises(UnknownStep):
        await home.config_entries.flow.async_init(DOMAIN, context={"source": "elsewhere"})


# What keeps an account from being added: a text for each, nothing left behind, and the next try succeeds.


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault(IDENTITY, 403, "{}"), "access_denied"),
        (Fault(IDENTITY, 403, '{"error": "insufficient_scope"}'), "scope_missing"),
        (Fault(IDENTITY, 401, "{}"), "cannot_connect"),
        (Fault(IDENTITY, 429, "{}", {"Retry-After": "60"}), "cannot_connect"),
        (Fault(IDENTITY, 500, "{}"), "cannot_connect"),
        (Fault(IDENTITY, 502, "<html>", {"Content-Type": "text/html"}), "cannot_connect"),
        (Fault(IDENTITY, 504), "cannot_connect"),
        (Fault(IDENTITY, kind="reset_before"), "cannot_connect"),
        (Fault(IDENTITY, kind="truncate"), "cannot_connect"),
        (Fault(IDENTITY, 302, "", {"Location": "/elsewhere"}), "unexpected_answer"),
        (Fault(IDENTITY, 404, "{}"), "unexpected_answer"),
        (Fault(IDENTITY, 410, "{}"), "service_ended"),
        (Fault(IDENTITY, 200, "<html>"), "unexpected_answer"),
        (Fault(IDENTITY, 200, "{}"), "unexpected_answer"),
        (Fault(IDENTITY, 200, '{"healthUserId": ""}'), "unexpected_answer"),
        (Fault(IDENTITY, 200, '{"healthUserId": 7}'), "unexpected_answer"),
        (Fault(TOKEN, 400, '{"error": "invalid_grant"}'), "oauth_unauthorized"),
        (Fault(TOKEN, 401, '{"error": "invalid_client"}'), "oauth_unauthorized"),
        (Fault(TOKEN, 400, '{"error": "redirect_uri_mismatch"}'), "oauth_failed"),
        (Fault(TOKEN, 404, "<html>"), "oauth_failed"),
        (Fault(TOKEN, 500, "{}"), "oauth_failed"),
        (Fault(TOKEN, 200, "<html>"), "oauth_failed"),
        (Fault(TOKEN, 200, '{"access_token": "a", "expires_in": "soon"}'), "oauth_failed"),
        (Fault(TOKEN, 302, "", {"Location": "/elsewhere"}), "oauth_failed"),
        (Fault(TOKEN, kind="reset_before"), "oauth_failed"),
    ],
    ids=lambda value: (
        f"{value.match.split('/')[-1]}-{value.status or value.kind}" if isinstance(value, Fault) else value
    ),
)
async def test_trouble_at_google(
    home: HomeAssistant, google: GoogleSimulator, consent: Consent, fault: Fault, reason: str
) -> None:
    google.faults = [Fault(fault.match, fault.status, fault.body, fault.headers, -1, fault.kind)]
    await _fails_then_succeeds(home, google, consent, reason)
    assert google.count("elsewhere") == 0


@pytest.mark.parametrize(
    ("switch", "reason"),
    [("api_disabled", "api_not_enabled"), ("account_not_linked", "account_not_linked")],
)
async def test_what_the_person_has_to_mend_at_google(
    home: HomeAssistant, google: GoogleSimulator, consent: Consent, switch: str, reason: str
) -> None:
    setattr(google, switch, True)
    await _fails_then_succeeds(home, google, consent, reason)


async def test_heart_rate_not_allowed(home: HomeAssistant, google: GoogleSimulator, consent: Consent) -> None:
    await _fails_then_succeeds(home, google, consent, "scope_missing", untick=[METRICS])
    assert google.count(IDENTITY) == 1, "the token itself told so"


async def test_consent_refused(home: HomeAssistant, google: GoogleSimulator, consent: Consent) -> None:
    await _fails_then_succeeds(home, google, consent, "user_rejected_authorize", decision="cancel")


async def _fails_then_succeeds(
    home: HomeAssistant, google: GoogleSimulator, consent: Consent, reason: str, **choices: Any
) -> None:
    result = await consent(await start(home), **choices)
    assert await reason_of(home, result) == reason
    assert not home.config_entries.async_entries(DOMAIN)
    assert not home.config_entries.flow.async_progress()
    google.faults.clear()
    google.api_disabled = google.account_not_linked = False
    assert (await name_it(home, await consent(await start(home)), "Sam")).state is ConfigEntryState.LOADED


@pytest.mark.parametrize(
    ("line", "patience", "reasons"),
    [(TOKEN, 30, {"oauth_failed", "oauth_timeout"}), (IDENTITY, 60, {"cannot_connect"})],
)
async def test_google_does_not_answer_in_time(
    home: HomeAssistant,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
    consent: Consent,
    line: str,
    patience: int,
    reasons: set[str],
) -> None:
    google.faults = [Fault(line, kind="hang")]
    flow = home.async_create_task(consent(await start(home)))
    await until(lambda: google.count(line))
    clock.tick(patience + 1)
    async_fire_time_changed(home)
    assert await reason_of(home, await flow) in reasons
    await name_it(home, await consent(await start(home)), "Sam")


async def test_google_is_down(home: HomeAssistant, google: GoogleSimulator, consent: Consent) -> None:
    """Consent was given, but the API cannot be reached at all."""
    endpoints = home.data[DATA_ENDPOINTS]
    home.data[DATA_ENDPOINTS] = Endpoints(
        google_authorize=endpoints.google_authorize,
        google_token=endpoints.google_token,
        google_health="http://127.0.0.1:1/v4",
    )
    assert await reason_of(home, await consent(await start(home))) == "cannot_connect"
    home.data[DATA_ENDPOINTS] = endpoints
    await name_it(home, await consent(await start(home)), "Sam")


# Credentials


@pytest.fixture
async def bare(hass: HomeAssistant, google: GoogleSimulator) -> HomeAssistant:
    """Return a Home Assistant without a credential."""
    hass.data[DATA_ENDPOINTS] = Endpoints(google_authorize=f"{google.url}/o/oauth2/v2/auth")
    assert await async_setup_component(hass, "application_credentials", {})
    return hass


@pytest.mark.parametrize(
    ("credentials", "reason"), [([], "missing_credentials"), ([OTHER_PROVIDER], "no_google_credential")]
)
async def test_no_credential_to_sign_in_with(
    bare: HomeAssistant,
    current_request_with_host: None,
    credentials: list[ClientCredential],
    reason: str,
) -> None:
    """Once a credential of Google is there, it is taken without a question."""
    for credential in credentials:
        await async_import_client_credential(bare, DOMAIN, credential, credential.client_id)
    assert await reason_of(bare, await start(bare)) == reason
    await async_import_client_credential(bare, DOMAIN, SECOND, "second")
    step = await start(bare)
    assert step["type"] is FlowResultType.EXTERNAL_STEP
    assert URL(step["url"]).query["client_id"] == SECOND.client_id


async def test_credentials_cannot_be_had(bare: HomeAssistant, current_request_with_host: None) -> None:
    async def provide(hass: HomeAssistant, domain: str) -> list[AbstractOAuth2Implementation]:
        raise ImplementationUnavailableError

    async_add_implementation_provider(bare, "cloud", provide)
    assert await reason_of(bare, await start(bare)) == "oauth_implementation_unavailable"


async def test_choice_between_two_credentials(
    home: HomeAssistant, google: GoogleSimulator, consent: Consent
) -> None:
    """Only those of a known provider are offered; the one chosen signs the account in."""
    for credential in (OTHER_PROVIDER, SECOND):
        await async_import_client_credential(home, DOMAIN, credential, credential.client_id)
    step = await start(home)
    assert (step["type"], step["step_id"]) == (FlowResultType.FORM, "pick_implementation")
    assert step["data_schema"]
    (choice,) = step["data_schema"].schema.values()
    assert choice.container == {CREDENTIAL: "Demo", SECOND.client_id: "Second"}
    google.client_id, google.client_secret = SECOND.client_id, SECOND.client_secret
    step = await home.config_entries.flow.async_configure(
        step["flow_id"], {"implementation": SECOND.client_id}
    )
    entry = await name_it(home, await consent(step), "Sam")
    assert entry.data["auth_implementation"] == SECOND.client_id


# Signing in again


async def _reauth(home: HomeAssistant, entry: MockConfigEntry) -> ConfigFlowResult:
    """Go on with the flow that has begun by itself, or begin one."""
    flows = [
        flow
        for flow in home.config_entries.flow.async_progress()
        if flow["context"]["source"] == SOURCE_REAUTH
    ]
    step = flows[0] if flows else await entry.start_reauth_flow(home)
    assert step["step_id"] == "reauth_confirm"
    return await home.config_entries.flow.async_configure(step["flow_id"], {})


def _nothing(google: GoogleSimulator) -> None:
    """All is well."""


def _down(google: GoogleSimulator) -> None:
    google.faults = [Fault("GET /v4/", 503, "{}", times=-1)]


again = pytest.mark.parametrize(
    ("begin", "reason"),
    [(_reauth, "reauth_successful"), (reconfigure, "reconfigure_successful")],
    ids=["reauth", "reconfigure"],
)


@again
@pytest.mark.parametrize(
    "trouble", [_nothing, GoogleSimulator.revoke_grants, _down], ids=["loaded", "signed out", "down"]
)
async def test_signed_in_again(
    home: HomeAssistant,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    set_up: SetUp,
    consent: Consent,
    begin: Begin,
    reason: str,
    trouble: Callable[[GoogleSimulator], None],
) -> None:
    """Whatever the trouble, the entry is loaded once, with the new token, and nobody is asked any more."""
    trouble(google)
    await set_up(entry)
    old = entry.data["token"]
    google.revoke_grants()
    google.faults.clear()
    clock.tick(4)
    loads = count_loads(entry)
    assert await reason_of(home, await consent(await begin(home, entry))) == reason
    await settle(home)
    assert len(loads) == 1
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["token"]["access_token"] in google.grants[0].access_tokens
    assert entry.data["token"]["refresh_token"] != old["refresh_token"]
    assert entry.data[CONF_CONSENTED_AT] == NOW.timestamp() + 4
    assert entry.title == google.person.name
    assert not home.config_entries.flow.async_progress()
    assert state_of(home, "sensor.sam_sample_heart_rate").state == "79"


@again
async def test_signed_in_with_another_account(
    home: HomeAssistant,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    set_up: SetUp,
    consent: Consent,
    begin: Begin,
    reason: str,
) -> None:
    """Nobody's history is mixed with another's; the right account is still welcome."""
    google.people.append(SOMEBODY_ELSE)
    await set_up(entry)
    before = dict(entry.data)
    clock.tick(60)
    result = await consent(await begin(home, entry), account=SOMEBODY_ELSE.health_user_id)
    assert await reason_of(home, result) == "wrong_account"
    assert result["description_placeholders"] == {"account": "Sam Sample"}
    assert entry.data == before
    assert await reason_of(home, await consent(await begin(home, entry))) == reason
    await settle(home)
    assert entry.data["token"] != before["token"]


@again
@pytest.mark.parametrize(
    ("choices", "failure"),
    [({"decision": "cancel"}, "user_rejected_authorize"), ({"untick": [METRICS]}, "scope_missing")],
)
async def test_not_signed_in_again(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    consent: Consent,
    begin: Begin,
    reason: str,
    choices: dict[str, Any],
    failure: str,
) -> None:
    """What there was is kept and goes on."""
    await set_up(entry)
    before = dict(entry.data)
    loads = count_loads(entry)
    assert await reason_of(home, await consent(await begin(home, entry), **choices)) == failure
    await settle(home)
    assert entry.data == before
    assert entry.state is ConfigEntryState.LOADED
    assert not loads


async def test_reconfigured_with_another_credential(
    home: HomeAssistant,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    set_up: SetUp,
    consent: Consent,
) -> None:
    """From then on the token is refreshed with that one."""
    await set_up(entry)
    await async_import_client_credential(home, DOMAIN, SECOND, "second")
    google.client_id, google.client_secret = SECOND.client_id, SECOND.client_secret
    clock.tick(60)
    step = await reconfigure(home, entry)
    step = await home.config_entries.flow.async_configure(step["flow_id"], {"implementation": "second"})
    await consent(step)
    await settle(home)
    assert entry.data["auth_implementation"] == "second"
    token = entry.data["token"]
    await advance(home, clock, seconds=4000)
    assert entry.data["token"]["access_token"] != token["access_token"]


async def test_another_account_is_untouched_by_a_sign_in(
    home: HomeAssistant,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
    entry: MockConfigEntry,
    set_up: SetUp,
    consent: Consent,
) -> None:
    other = account_entry(google, person=SOMEBODY_ELSE)
    await set_up(entry)
    await set_up(other)
    before, loads = dict(other.data), count_loads(other)
    clock.tick(60)
    await consent(await reconfigure(home, entry))
    await settle(home)
    assert other.data == before
    assert not loads
