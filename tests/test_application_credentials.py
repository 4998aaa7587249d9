"""Google's sign-in: what we ask of it, and what each of its answers means."""

from collections.abc import Callable
import json
import logging
import re
from typing import Any
from urllib.parse import parse_qsl

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.translation import async_get_translations
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
from yarl import URL

from custom_components.fitbit_cardiogram.application_credentials import async_get_description_placeholders
from custom_components.fitbit_cardiogram.const import CONF_FRESHNESS, DATA_ENDPOINTS, DOMAIN
from tests.helpers.dialogs import start
from tests.helpers.home import NOW, SetUp, account_entry, advance, reauths, state_of, until
from tests.simulators import CardiogramSimulator, Fault, GoogleSimulator
from tests.simulators.google import SCOPES

HEART_RATE = "sensor.sam_sample_heart_rate"
TOKEN = "POST /token"
SECRET = "SENTINEL"
HTML = {"Content-Type": "text/html"}


def answer(status: int, **body: Any) -> Fault:
    """Return an answer of the token endpoint, with a secret in it."""
    return Fault(TOKEN, status, json.dumps({"error_description": SECRET} | body))


@pytest.fixture
def expired(google: GoogleSimulator, clock: FrozenDateTimeFactory) -> MockConfigEntry:
    """Return an account whose access token must be renewed at once; its value is still current."""
    entry = account_entry(google, options={CONF_FRESHNESS: 1440})
    clock.tick(7200)
    return entry


async def test_the_consent_is_asked_for_as_google_wants_it(
    home: HomeAssistant, current_request_with_host: None
) -> None:
    """With PKCE, for a refresh token, and for nothing but reading."""
    link = URL((await start(home))["url"])
    assert str(link.with_query(None)) == home.data[DATA_ENDPOINTS].google_authorize
    query = dict(link.query)
    assert query.pop("state")
    assert re.fullmatch(r"[\w-]{43}", query.pop("code_challenge"))
    assert query == {
        "response_type": "code",
        "client_id": "demo.apps.googleusercontent.com",
        "redirect_uri": "https://example.com/auth/external/callback",
        "code_challenge_method": "S256",
        "access_type": "offline",
        "prompt": "consent",
        "scope": " ".join(SCOPES),
    }
    assert all(scope.endswith(".readonly") for scope in SCOPES)


# Renewing the access token


async def test_the_refresh_token_is_kept(
    home: HomeAssistant, google: GoogleSimulator, expired: MockConfigEntry, set_up: SetUp
) -> None:
    """Google's answer has none; what it does not name stays as it was."""
    before = expired.data["token"]
    await set_up(expired)
    (request,) = [request for request in google.requests if request.path == "/token"]
    assert dict(parse_qsl(request.body.decode())) == {
        "grant_type": "refresh_token",
        "refresh_token": before["refresh_token"],
        "client_id": "demo.apps.googleusercontent.com",
        "client_secret": "demo-secret",
    }
    after = expired.data["token"]
    assert after["refresh_token"] == before["refresh_token"]
    assert after["access_token"] in google.grants[0].access_tokens
    assert after["access_token"] != before["access_token"]
    assert after["expires_at"] == NOW.timestamp() + 7200 + 3599


async def test_a_new_refresh_token_is_taken(
    home: HomeAssistant, google: GoogleSimulator, expired: MockConfigEntry, set_up: SetUp
) -> None:
    new = google.grant()
    google.faults = [Fault(TOKEN, body=json.dumps(new))]
    await set_up(expired)
    assert expired.data["token"]["refresh_token"] == new["refresh_token"]
    assert expired.data["token"]["access_token"] == new["access_token"]


@pytest.mark.parametrize(
    ("changes", "lifetime"),
    [({"expires_in": "1800"}, 1800), ({"expires_in": 60}, 60), ({"expires_in": None}, 3600)],
    ids=["as a string", "short", "missing"],
)
async def test_how_long_a_token_lives(
    home: HomeAssistant,
    google: GoogleSimulator,
    expired: MockConfigEntry,
    set_up: SetUp,
    caplog: pytest.LogCaptureFixture,
    changes: dict[str, Any],
    lifetime: int,
) -> None:
    """Without a word about it, an hour; and no word about the token in the log."""
    token = {key: value for key, value in (google.grant() | changes).items() if value is not None}
    google.faults = [Fault(TOKEN, body=json.dumps(token))]
    await set_up(expired)
    assert expired.state is ConfigEntryState.LOADED
    assert expired.data["token"]["expires_at"] == NOW.timestamp() + 7200 + lifetime
    assert token["access_token"] not in caplog.text


REFUSED, LATER = "sign_in_refused", "service_unavailable"

OUTCOMES = {
    # Google says that nothing but a new sign-in helps.
    "revoked": (answer(400, error="invalid_grant"), REFUSED),
    "unknown client": (answer(401, error="invalid_client"), REFUSED),
    "deleted client": (answer(401, error="deleted_client"), REFUSED),
    "disabled client": (answer(401, error="disabled_client"), REFUSED),
    "unauthorized client": (answer(400, error="unauthorized_client"), REFUSED),
    "access denied": (answer(403, error="access_denied"), REFUSED),
    "forbidden by an administrator": (answer(400, error="admin_policy_enforced"), REFUSED),
    "for an organisation only": (answer(403, error="org_internal"), REFUSED),
    # Somebody said something else.
    "unknown error": (answer(400, error="invalid_request"), LATER),
    "no error named": (answer(400), LATER),
    "not found, in HTML": (Fault(TOKEN, 404, f"<html>{SECRET}", HTML), LATER),
    "a proxy's page": (Fault(TOKEN, 403, f"<html>{SECRET}", HTML), LATER),
    "gone": (answer(410), LATER),
    "too many requests": (answer(429, error="rate_limit_exceeded"), LATER),
    "server error": (answer(500, error="invalid_grant"), LATER),
    "unavailable": (Fault(TOKEN, 503, f"<html>{SECRET}", HTML), LATER),
    "a captive portal's page": (Fault(TOKEN, 200, f"<html>{SECRET}", HTML), LATER),
    "refusal in a success": (answer(200, error="invalid_grant"), LATER),
    "broken JSON": (Fault(TOKEN, 200, f'{{"access_token": "{SECRET}'), LATER),
    "not text": (Fault(TOKEN, 200, b'{"access_token": "\xff\xfe"}'), LATER),
    "a list": (Fault(TOKEN, 200, f'["{SECRET}"]'), LATER),
    "no access token": (answer(200, expires_in=3600), LATER),
    "an empty access token": (answer(200, access_token="", expires_in=3600), LATER),
    "a number for a token": (answer(200, access_token=7, expires_in=3600), LATER),
    "a word for a lifetime": (answer(200, access_token=SECRET, expires_in="soon"), LATER),
    "a negative lifetime": (answer(200, access_token=SECRET, expires_in=-5), LATER),
    "an endless lifetime": (answer(200, access_token=SECRET, expires_in=10**400), LATER),
    "a lifetime in other digits": (answer(200, access_token=SECRET, expires_in="²"), LATER),
    "a number for a refresh token": (answer(200, access_token=SECRET, refresh_token=7), LATER),
    "no lifetime": (answer(200, access_token=SECRET, expires_in=None), LATER),
    "too long": (answer(200, access_token=SECRET * 10_000, expires_in=3600), LATER),
    "connection reset": (Fault(TOKEN, kind="reset_before"), LATER),
    "answer lost": (Fault(TOKEN, kind="reset_after"), LATER),
    "answer cut off": (Fault(TOKEN, kind="truncate"), LATER),
}


@pytest.mark.parametrize(("fault", "reason"), OUTCOMES.values(), ids=OUTCOMES.keys())
async def test_what_comes_of_an_answer(
    home: HomeAssistant,
    google: GoogleSimulator,
    expired: MockConfigEntry,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    fault: Fault,
    reason: str,
) -> None:
    """A person is asked only where Google wants it; all else passes by itself. The log keeps the secrets."""
    caplog.set_level(logging.DEBUG)
    token = expired.data["token"]
    google.faults = [Fault(fault.match, fault.status, fault.body, fault.headers, kind=fault.kind)]
    await set_up(expired)
    coordinator = expired.runtime_data.coordinator
    assert coordinator.last_exception.translation_key == reason
    assert reauths(home) == (reason == REFUSED)
    if reason == LATER:
        await advance(home, clock, minutes=15)
        assert coordinator.last_update_success
    for secret in (SECRET, "demo-secret", token["access_token"], token["refresh_token"]):
        assert secret not in caplog.text
    assert not [record for record in caplog.records if record.exc_info and record.levelno >= logging.ERROR]


async def test_a_redirect_is_not_followed(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    expired: MockConfigEntry,
    set_up: SetUp,
) -> None:
    """The refresh token and the client's secret go to Google and nowhere else."""
    google.faults = [Fault(TOKEN, 307, "", {"Location": f"{cardiogram.url}/token"})]
    await set_up(expired)
    assert not expired.runtime_data.coordinator.last_update_success
    assert reauths(home) == 0
    assert not cardiogram.requests


async def test_no_answer_in_time(
    home: HomeAssistant,
    google: GoogleSimulator,
    expired: MockConfigEntry,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
) -> None:
    google.faults = [Fault(TOKEN, kind="hang")]
    expired.add_to_hass(home)
    await home.config_entries.async_setup(expired.entry_id)
    await until(lambda: google.count(TOKEN))
    await advance(home, clock, seconds=31)
    assert not expired.runtime_data.coordinator.last_update_success
    assert reauths(home) == 0


@pytest.mark.parametrize(
    ("trouble", "asked"),
    [
        (lambda google: google.faults.append(Fault(TOKEN, 404, "<html>", times=-1)), 0),
        (lambda google: google.faults.append(Fault(TOKEN, kind="reset_before", times=-1)), 0),
        (GoogleSimulator.revoke_grants, 1),
    ],
    ids=["not found", "connection reset", "revoked"],
)
async def test_a_loaded_account_keeps_what_it_knows(
    home: HomeAssistant,
    google: GoogleSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    trouble: Callable[[GoogleSimulator], None],
    asked: int,
) -> None:
    entry = await set_up(account_entry(google, options={CONF_FRESHNESS: 1440}))
    before = dict(entry.data)
    trouble(google)
    await advance(home, clock, hours=2)
    assert google.count(TOKEN) == 1
    assert entry.state is ConfigEntryState.LOADED
    assert state_of(home, HEART_RATE).state == "79"
    assert entry.data == before
    assert reauths(home) == asked


# The credential dialog


@pytest.mark.parametrize(
    ("components", "address", "redirect_url"),
    [
        ({"my"}, "https://home.example.org", "https://my.home-assistant.io/redirect/oauth"),
        (set(), "https://home.example.org", "https://home.example.org/auth/external/callback"),
        (set(), None, "https://my.home-assistant.io/redirect/oauth"),
    ],
    ids=["My Home Assistant", "own address", "no address"],
)
async def test_the_dialog_says_everything(
    home: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    components: set[str],
    address: str | None,
    redirect_url: str,
) -> None:
    """Also outside of a request, where an exception would break the dialog of every integration."""
    home.config.components |= components
    client = await hass_ws_client(home)
    await home.config.async_update(external_url=address)
    home.config.api = None
    await client.send_json_auto_id({"type": "application_credentials/config"})
    result = (await client.receive_json())["result"]
    placeholders = result["integrations"][DOMAIN]["description_placeholders"]
    assert placeholders == await async_get_description_placeholders(home)
    assert placeholders["redirect_url"] == redirect_url
    texts = await async_get_translations(home, "en", "application_credentials", [DOMAIN])
    text = texts[f"component.{DOMAIN}.application_credentials.description"].format(**placeholders)
    assert f"`{redirect_url}`" in text
    assert set(re.findall(r"{(\w+)}", text)) == set()


async def test_a_credential_without_a_name_goes_by_its_id(
    home: HomeAssistant, hass_ws_client: WebSocketGenerator, current_request_with_host: None
) -> None:
    client = await hass_ws_client(home)
    await client.send_json_auto_id(
        {
            "type": "application_credentials/create",
            "domain": DOMAIN,
            "client_id": " 2.apps.googleusercontent.com ",
            "client_secret": "secret",
        }
    )
    assert (await client.receive_json())["success"]
    step = await start(home)
    assert step["type"] is FlowResultType.FORM
    assert step["data_schema"]
    (choice,) = step["data_schema"].schema.values()
    assert sorted(choice.container.values()) == ["2.apps.googleusercontent.com", "Demo"]
