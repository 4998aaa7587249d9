"""Removing an account: what it was granted is given back, unless something else may live by it."""

import logging
from pathlib import Path
import sqlite3
from unittest.mock import Mock
from urllib.parse import parse_qsl

from aiohttp import encode_basic_auth
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.application_credentials import (
    DATA_COMPONENT,
    AuthorizationServer,
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    async_add_implementation_provider,
)
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    async_fire_time_changed,
    mock_integration,
    mock_platform,
)

from custom_components.fitbit_cardiogram.account_token import KEPT_TOKEN, KeptToken, sign_in_of
from custom_components.fitbit_cardiogram.const import DOMAIN
from custom_components.fitbit_cardiogram.google_provider import GOOGLE_HEALTH
from tests.helpers.home import CREDENTIAL, SetUp, account_entry, gateway_entry, until
from tests.simulators import CardiogramSimulator, Fault, FitbitSimulator, GoogleSimulator, Recording

REVOKE = "/revoke"
ANOTHER = "google_health"
"""Another integration, which signs in with credentials of its own."""


async def add_credential(home: HomeAssistant, domain: str, client_id: str, key: str) -> None:
    """Enter a credential, for this integration or for another one."""
    if domain != DOMAIN:

        async def server(hass: HomeAssistant) -> AuthorizationServer:
            return AuthorizationServer("https://example.org/authorize", "https://example.org/token")

        mock_integration(home, MockModule(domain))
        platform = Mock(spec_set=["async_get_authorization_server"], async_get_authorization_server=server)
        mock_platform(home, f"{domain}.application_credentials", platform)
    await async_import_client_credential(home, domain, ClientCredential(client_id, "a-secret"), key)


async def remove(home: HomeAssistant, entry: MockConfigEntry, archives: Path) -> None:
    """Remove an account, and see that it is gone altogether."""
    assert await home.config_entries.async_remove(entry.entry_id) == {"require_restart": False}
    assert not home.config_entries.async_get_entry(entry.entry_id)
    assert not list(archives.glob(f"{entry.entry_id}*"))


# Asking the provider


async def test_google_is_asked(
    home: HomeAssistant, google: GoogleSimulator, entry: MockConfigEntry, set_up: SetUp, archives: Path
) -> None:
    """With the refresh token: the access token may be too old for it. Without the client's secret."""
    await set_up(entry)
    await remove(home, entry, archives)
    assert google.grants == []
    request = google.requests[-1]
    assert (request.method, request.path, request.query) == ("POST", REVOKE, {})
    assert parse_qsl(request.body.decode()) == [("token", entry.data["token"]["refresh_token"])]
    assert "Authorization" not in request.headers


async def test_without_a_refresh_token_the_access_token_will_do(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp, archives: Path
) -> None:
    entry = account_entry(google)
    del entry.data["token"]["refresh_token"]
    await set_up(entry)
    await remove(home, entry, archives)
    assert google.grants == []


async def test_a_gateway_is_asked(
    home: HomeAssistant, google: GoogleSimulator, gateway: FitbitSimulator, set_up: SetUp, archives: Path
) -> None:
    entry = await set_up(gateway_entry(gateway))
    await remove(home, entry, archives)
    assert gateway.grants == []
    request = gateway.requests[-1]
    assert (request.method, request.path, request.query) == ("POST", "/oauth2/revoke", {})
    assert parse_qsl(request.body.decode()) == [("token", entry.data["token"]["refresh_token"])]
    assert request.headers["Authorization"] == encode_basic_auth(gateway.client_id, gateway.client_secret)
    assert google.count(REVOKE) == 0


async def test_an_account_that_was_never_set_up(
    home: HomeAssistant, google: GoogleSimulator, entry: MockConfigEntry, archives: Path
) -> None:
    entry.add_to_hass(home)
    await remove(home, entry, archives)
    assert google.grants == []


async def test_the_account_of_another_person_stays(
    home: HomeAssistant, google: GoogleSimulator, entry: MockConfigEntry, set_up: SetUp, archives: Path
) -> None:
    """With the same credential: a grant is one person's."""
    other = Recording(name="Robin", health_user_id="2")
    google.people.append(other)
    await set_up(account_entry(google, person=other))
    await set_up(entry)
    await remove(home, entry, archives)
    assert [grant.person for grant in google.grants] == [other]


@pytest.mark.parametrize("is_newer", [True, False], ids=["the archive's", "the entry's"])
async def test_the_newer_token_counts(
    home: HomeAssistant,
    gateway: FitbitSimulator,
    set_up: SetUp,
    archives: Path,
    clock: FrozenDateTimeFactory,
    is_newer: bool,
) -> None:
    """After a crash, the entry can have a refresh token that was used already."""
    old = gateway.grant()
    clock.tick(1)
    new = gateway.grant()
    kept, own = (new, old) if is_newer else (old, new)
    entry = await set_up(gateway_entry(gateway))
    home.config_entries.async_update_entry(entry, data={**entry.data, "token": own})
    kept_token = KeptToken(sign_in_of(entry.data), kept)
    await home.async_add_executor_job(entry.runtime_data.archive.remember, KEPT_TOKEN, kept_token)
    await remove(home, entry, archives)
    assert parse_qsl(gateway.requests[-1].body.decode()) == [("token", new["refresh_token"])]


async def test_an_archive_that_cannot_be_read_hinders_nothing(
    home: HomeAssistant, google: GoogleSimulator, entry: MockConfigEntry, set_up: SetUp, archives: Path
) -> None:
    """Without it, the entry's own token is used."""
    await set_up(entry)
    await home.config_entries.async_unload(entry.entry_id)
    with sqlite3.connect(archives / f"{entry.entry_id}.db") as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    await remove(home, entry, archives)
    assert google.grants == []


# Leaving alone what something else may live by


@pytest.mark.parametrize(
    ("own", "domain", "other", "shared"),
    [
        ("123-a.apps.googleusercontent.com", ANOTHER, "123-b.apps.googleusercontent.com", True),
        ("123-a.apps.googleusercontent.com", ANOTHER, "123-a.apps.googleusercontent.com", True),
        ("123-a.apps.googleusercontent.com", DOMAIN, "123-b.apps.googleusercontent.com", True),
        ("123-a.apps.googleusercontent.com", ANOTHER, "1234-a.apps.googleusercontent.com", False),
        ("123-a.apps.googleusercontent.com", ANOTHER, "23ABCD", False),
        ("one.apps.googleusercontent.com", ANOTHER, "one.apps.googleusercontent.com", True),
        ("one-a.apps.googleusercontent.com", ANOTHER, "one-b.apps.googleusercontent.com", False),
    ],
    ids=[
        "same project",
        "same client",
        "same project, our domain",
        "other project",
        "other provider",
        "same client, no project told",
        "other client, no project told",
    ],
)
async def test_a_grant_to_a_google_cloud_project(
    home: HomeAssistant,
    google: GoogleSimulator,
    set_up: SetUp,
    archives: Path,
    own: str,
    domain: str,
    other: str,
    shared: bool,
) -> None:
    """Revoking would also end what the person granted to the project's other clients."""
    await add_credential(home, DOMAIN, own, "own")
    await add_credential(home, domain, other, "other")
    entry = account_entry(google)
    entry = MockConfigEntry(domain=DOMAIN, data={**entry.data, "auth_implementation": "own"})
    await set_up(entry)
    await remove(home, entry, archives)
    assert google.count(REVOKE) == (not shared)
    assert len(google.grants) == shared


@pytest.mark.parametrize(("other", "shared"), [("23ABCD", True), ("23-A", False)])
async def test_a_grant_to_a_client(
    home: HomeAssistant, gateway: FitbitSimulator, set_up: SetUp, archives: Path, other: str, shared: bool
) -> None:
    assert gateway.client_id == "23ABCD"
    await add_credential(home, "fitbit", other, "other")
    entry = await set_up(gateway_entry(gateway))
    await remove(home, entry, archives)
    assert gateway.count(REVOKE) == (not shared)
    assert len(gateway.grants) == shared


async def test_a_credential_that_is_not_ours(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp, archives: Path
) -> None:
    """Who lent it may have other uses for it."""

    async def provide(hass: HomeAssistant, domain: str) -> list[AbstractOAuth2Implementation]:
        credential = ClientCredential(google.client_id, google.client_secret)
        return [GOOGLE_HEALTH.implementation(hass, "cloud", credential)]

    async_add_implementation_provider(home, "cloud", provide)
    entry = account_entry(google)
    entry = MockConfigEntry(domain=DOMAIN, data={**entry.data, "auth_implementation": "cloud"})
    await set_up(entry)
    await remove(home, entry, archives)
    assert google.count(REVOKE) == 0


async def test_a_credential_that_is_gone(
    home: HomeAssistant, google: GoogleSimulator, entry: MockConfigEntry, set_up: SetUp, archives: Path
) -> None:
    credentials = home.data[DATA_COMPONENT]
    (item,) = credentials.async_items()
    assert item["auth_domain"] == CREDENTIAL
    await credentials.async_delete_item(item["id"])
    await set_up(entry)
    await remove(home, entry, archives)
    assert google.count(REVOKE) == 0


async def test_no_credentials_at_all(
    hass: HomeAssistant, google: GoogleSimulator, entry: MockConfigEntry
) -> None:
    """Such as where the account was disabled and nothing else needs them."""
    assert "application_credentials" not in hass.config.components
    entry.add_to_hass(hass)
    await remove(hass, entry, Path(hass.config.path(".storage", DOMAIN)))
    assert google.count(REVOKE) == 0


# Trouble


FAULTS = {
    "refused": Fault(REVOKE, 400, '{"error": "invalid_token"}'),
    "server error": Fault(REVOKE, 500),
    "not found, in HTML": Fault(REVOKE, 404, "<html>", {"Content-Type": "text/html"}),
    "elsewhere": Fault(REVOKE, 307),
    "too long": Fault(REVOKE, 200, "x" * 100_000),
    "connection reset": Fault(REVOKE, kind="reset_before"),
    "answer lost": Fault(REVOKE, kind="reset_after"),
    "answer cut off": Fault(REVOKE, 200, "{}", kind="truncate"),
}


@pytest.mark.parametrize("provider", ["google", "gateway"])
@pytest.mark.parametrize("fault", [None, *FAULTS.values()], ids=["nothing", *FAULTS])
async def test_the_account_goes_in_any_case(
    home: HomeAssistant,
    google: GoogleSimulator,
    gateway: FitbitSimulator,
    cardiogram: CardiogramSimulator,
    set_up: SetUp,
    archives: Path,
    caplog: pytest.LogCaptureFixture,
    provider: str,
    fault: Fault | None,
) -> None:
    """It is asked once and nowhere else, nobody is troubled, and the log keeps the secrets."""
    caplog.set_level(logging.DEBUG)
    service = google if provider == "google" else gateway
    entry = await set_up(account_entry(google) if service is google else gateway_entry(gateway))
    if fault:
        location = {"Location": f"{cardiogram.url}/revoke"} if fault.status == 307 else {}
        headers = fault.headers | location
        service.faults = [Fault(fault.match, fault.status, fault.body, headers, kind=fault.kind)]
    caplog.clear()
    await remove(home, entry, archives)
    assert service.count(REVOKE) == 1
    assert not cardiogram.requests
    (told,) = [record.message for record in caplog.records if record.name.endswith(f"{DOMAIN}.revocation")]
    assert told.startswith("The grant of a removed account: ")
    assert told.endswith("revoked") == (fault is None)
    token = entry.data["token"]
    for secret in (
        token["access_token"],
        token["refresh_token"],
        "demo-secret",
        service.url,
        entry.unique_id,
    ):
        assert str(secret) not in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize("kind", ["hang", "drip"])
async def test_no_answer_in_time(
    home: HomeAssistant,
    google: GoogleSimulator,
    entry: MockConfigEntry,
    set_up: SetUp,
    archives: Path,
    clock: FrozenDateTimeFactory,
    kind: str,
) -> None:
    await set_up(entry)
    google.drip_pause = 3600
    google.faults = [Fault(REVOKE, 200, "{}", kind=kind)]  # type: ignore[arg-type]
    removal = home.async_create_task(remove(home, entry, archives))
    await until(lambda: google.count(REVOKE))
    clock.tick(9)
    async_fire_time_changed(home)
    await home.async_add_executor_job(str)
    assert not removal.done()
    clock.tick(1)
    async_fire_time_changed(home)
    await removal
