"""The access token: renewed in time or when refused, and a new sign-in only where nothing else helps."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.application_credentials import DATA_COMPONENT, ClientCredential
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ImplementationUnavailableError
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    async_add_implementation_provider,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram.account_token import TOKEN as TOKEN_FACT, AccountToken
from custom_components.fitbit_cardiogram.archive.facts import Fact
from custom_components.fitbit_cardiogram.const import DOMAIN
from custom_components.fitbit_cardiogram.google_provider import GOOGLE_HEALTH
from custom_components.fitbit_cardiogram.sources.errors import ServiceUnreachableError
from tests.helpers.home import CREDENTIAL, SetUp, account_entry, advance, reauths, state_of, until
from tests.simulators import Fault, GoogleSimulator

API = "/v4/"
TOKEN = "POST /token"
HEART_RATE = "sensor.sam_sample_heart_rate"


async def test_a_token_is_renewed_before_it_expires(
    home: HomeAssistant,
    google: GoogleSimulator,
    entry: MockConfigEntry,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
) -> None:
    """Google never sees an expired one."""
    await set_up(entry)
    google.requests.clear()
    await advance(home, clock, minutes=59, seconds=30)
    assert google.count(TOKEN) == 0
    await advance(home, clock, minutes=5)
    assert google.count(TOKEN) == 1
    now = clock().timestamp()
    assert entry.data["token"]["expires_at"] == pytest.approx(now + 3599, abs=1)


async def test_a_refused_token_is_renewed_once(
    home: HomeAssistant, google: GoogleSimulator, entry: MockConfigEntry, set_up: SetUp
) -> None:
    """By its own clock it was still good."""
    google.expire_access_tokens()
    await set_up(entry)
    assert entry.state is ConfigEntryState.LOADED
    assert google.count(TOKEN) == 1
    assert reauths(home) == 0
    assert state_of(home, HEART_RATE).state == "79"


async def test_a_token_refused_while_polling_is_renewed_once(
    home: HomeAssistant,
    google: GoogleSimulator,
    entry: MockConfigEntry,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
) -> None:
    await set_up(entry)
    google.expire_access_tokens()
    await advance(home, clock, minutes=5)
    assert google.count(TOKEN) == 1
    assert entry.data["token"]["access_token"] in google.grants[0].access_tokens
    assert reauths(home) == 0


async def test_a_renewed_token_refused_asks_for_one_sign_in(
    home: HomeAssistant, google: GoogleSimulator, entry: MockConfigEntry, set_up: SetUp
) -> None:
    google.faults = [Fault(API, 401, "{}", times=-1)]
    await set_up(entry)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert google.count(TOKEN) == 1
    assert reauths(home) == 1


async def test_refused_while_polling_asks_for_one_sign_in(
    home: HomeAssistant,
    google: GoogleSimulator,
    entry: MockConfigEntry,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
) -> None:
    """However often it is tried. What is known stays until it is too old."""
    await set_up(entry)
    google.faults = [Fault(API, 401, "{}", times=-1)]
    await advance(home, clock, minutes=5)
    for _ in range(2):
        await entry.runtime_data.coordinator.async_refresh()
    assert google.count(TOKEN) == 3
    assert entry.state is ConfigEntryState.LOADED
    assert reauths(home) == 1
    assert state_of(home, HEART_RATE).state == "79"
    await advance(home, clock, hours=1)
    assert state_of(home, HEART_RATE).state == STATE_UNAVAILABLE


async def test_a_newer_token_is_used_instead_of_a_refused_one(
    home: HomeAssistant, google: GoogleSimulator, entry: MockConfigEntry, set_up: SetUp
) -> None:
    await set_up(entry)
    token = entry.data["token"]["access_token"]
    assert await AccountToken(home, entry, entry.runtime_data.archive)(refused="an older one") == token
    assert google.count(TOKEN) == 0


async def test_the_token_of_an_earlier_sign_in_never_counts_again(
    home: HomeAssistant, google: GoogleSimulator, entry: MockConfigEntry, set_up: SetUp
) -> None:
    """Kept for the case of a crash, it would be the newer one as soon as the present one is refused."""
    await set_up(entry)
    archive = entry.runtime_data.archive
    archive.remember(TOKEN_FACT, {**entry.data["token"], "refresh_token": "earlier", "expires_at": 1})
    token = AccountToken(home, entry, archive)
    google.faults = [Fault(TOKEN, 503)]
    with pytest.raises(ServiceUnreachableError):
        await token(refused=await token())
    assert await AccountToken(home, entry, archive)() in google.grants[0].access_tokens


@pytest.mark.parametrize("kept", ["{", "[]", "{}", '{"access_token": 7, "expires_at": 9e9}'])
async def test_a_kept_token_that_is_none_counts_for_nothing(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, kept: str
) -> None:
    await set_up(entry)
    archive = entry.runtime_data.archive
    archive.remember(Fact("token", str), kept)
    assert await AccountToken(home, entry, archive)() == entry.data["token"]["access_token"]
    assert archive.recall(TOKEN_FACT) is None


async def test_credentials_out_of_reach_are_waited_for(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp, clock: FrozenDateTimeFactory
) -> None:
    """A provider of credentials that is down says nothing about the sign-in."""
    reachable = False

    async def provide(hass: HomeAssistant, domain: str) -> list[AbstractOAuth2Implementation]:
        if not reachable:
            raise ImplementationUnavailableError
        credential = ClientCredential(google.client_id, google.client_secret)
        return [GOOGLE_HEALTH.implementation(hass, "cloud", credential)]

    async_add_implementation_provider(home, "cloud", provide)
    entry = account_entry(google)
    entry = MockConfigEntry(domain=DOMAIN, data={**entry.data, "auth_implementation": "cloud"})
    await set_up(entry)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert reauths(home) == 0

    reachable = True
    await advance(home, clock, seconds=10)
    await until(lambda: entry.state is ConfigEntryState.LOADED)


async def test_a_credential_that_is_gone_asks_for_one_sign_in(
    home: HomeAssistant, google: GoogleSimulator, entry: MockConfigEntry, set_up: SetUp
) -> None:
    credentials = home.data[DATA_COMPONENT]
    (item,) = credentials.async_items()
    assert item["auth_domain"] == CREDENTIAL
    await credentials.async_delete_item(item["id"])
    await set_up(entry)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert reauths(home) == 1
    assert google.count(API) == 0
