"""The access token: renewed in time or when refused, and a new sign-in only where nothing else helps."""

import asyncio
import json
from typing import Any

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

from custom_components.fitbit_cardiogram.account_token import KEPT_TOKEN, AccountToken, KeptToken, sign_in_of
from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.archive.database import ArchiveError
from custom_components.fitbit_cardiogram.archive.facts import Fact
from custom_components.fitbit_cardiogram.const import CONF_BASE_URL, DOMAIN
from custom_components.fitbit_cardiogram.google_provider import GOOGLE_HEALTH, GoogleImplementation
from custom_components.fitbit_cardiogram.sources.errors import ServiceUnreachableError
from tests.helpers.home import (
    CREDENTIAL,
    NOW,
    SetUp,
    account_entry,
    advance,
    reauths,
    settle,
    state_of,
    until,
)
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
    assert entry.state is ConfigEntryState.LOADED
    # Once for the hint of the last sync, which decides nothing, and once for the heart rate.
    assert google.count(TOKEN) == 2
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
    """Whatever it says of its expiry."""
    await set_up(entry)
    archive = entry.runtime_data.archive
    *same, consented_at = sign_in_of(entry.data)
    assert consented_at == NOW.timestamp()
    earlier = {"access_token": "earlier", "refresh_token": "earlier", "expires_at": NOW.timestamp() + 1e6}
    archive.remember(
        KEPT_TOKEN, KeptToken([*same, int(NOW.timestamp()) - 1], {**entry.data["token"], **earlier})
    )
    token = AccountToken(home, entry, archive)
    google.faults = [Fault(TOKEN, 503)]
    with pytest.raises(ServiceUnreachableError):
        await token(refused=await token())
    assert await AccountToken(home, entry, archive)() in google.grants[0].access_tokens


@pytest.mark.parametrize(
    "kept", ["{", "[]", "{}", '{"access_token": "of an older release", "expires_at": 9e9}', '{"sign_in": []}']
)
async def test_a_kept_token_that_is_none_counts_for_nothing(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, kept: str
) -> None:
    await set_up(entry)
    archive = entry.runtime_data.archive
    archive.remember(Fact("token", str), kept)
    assert await AccountToken(home, entry, archive)() == entry.data["token"]["access_token"]
    assert archive.recall(KEPT_TOKEN) is None


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
    assert not entry.runtime_data.coordinator.last_update_success
    assert reauths(home) == 0

    reachable = True
    await advance(home, clock, minutes=5)
    assert entry.runtime_data.coordinator.last_update_success


async def test_a_credential_that_is_gone_asks_for_one_sign_in(
    home: HomeAssistant, google: GoogleSimulator, entry: MockConfigEntry, set_up: SetUp
) -> None:
    credentials = home.data[DATA_COMPONENT]
    (item,) = credentials.async_items()
    assert item["auth_domain"] == CREDENTIAL
    await credentials.async_delete_item(item["id"])
    await set_up(entry)
    assert entry.state is ConfigEntryState.LOADED
    assert reauths(home) == 1
    assert google.count(API) == 0


# One sign-in, one holder


def expire(home: HomeAssistant, entry: MockConfigEntry, **changes: Any) -> None:
    """Let the entry's token expire, and change it."""
    token = {**entry.data["token"], "expires_at": 0, **changes}
    home.config_entries.async_update_entry(entry, data={**entry.data, "token": token})


@pytest.mark.parametrize("unsendable", ["two\nlines", "null\0", "tökén", ""])
async def test_a_token_that_cannot_be_sent_is_renewed(
    home: HomeAssistant, google: GoogleSimulator, entry: MockConfigEntry, set_up: SetUp, unsendable: str
) -> None:
    """Whether it is the account's or an answer: it never gets into a header."""
    await set_up(entry)
    expire(home, entry, access_token=unsendable, expires_at=NOW.timestamp() + 1e6)
    token = AccountToken(home, entry, entry.runtime_data.archive)
    google.faults = [Fault(TOKEN, body=json.dumps({"access_token": unsendable, "expires_in": 3600}))]
    with pytest.raises(ServiceUnreachableError):
        await token()
    assert await token() in google.grants[0].access_tokens


@pytest.mark.parametrize(
    "damaged",
    [
        {},
        {"access_token": "two\nlines", "expires_at": 9e9},
        {"access_token": 7},
        {"access_token": "run out, without a way to renew it", "expires_at": 0},
    ],
)
async def test_a_damaged_token_asks_for_a_sign_in(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp, damaged: dict[str, Any]
) -> None:
    entry = account_entry(google)
    entry = MockConfigEntry(domain=DOMAIN, data={**entry.data, "token": damaged})
    await set_up(entry)
    assert entry.state is ConfigEntryState.LOADED
    assert reauths(home) == 1
    assert not google.requests


async def test_a_token_is_kept_as_soon_as_it_can_be(
    home: HomeAssistant,
    google: GoogleSimulator,
    entry: MockConfigEntry,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With a full disk it is used all the same, and kept later."""
    await set_up(entry)
    archive = entry.runtime_data.archive
    token = AccountToken(home, entry, archive)
    await token()
    expire(home, entry)

    def fail(*_: object) -> None:
        raise ArchiveError("SQLITE_FULL")

    with monkeypatch.context() as full:
        full.setattr(Archive, "remember", fail)
        renewed = await token()
    assert renewed in google.grants[0].access_tokens
    assert archive.recall(KEPT_TOKEN) is None
    assert await token() == renewed
    kept = archive.recall(KEPT_TOKEN)
    assert kept
    assert (kept.sign_in, kept.token) == (sign_in_of(entry.data), entry.data["token"])


async def test_a_token_never_meets_another_sign_in(
    home: HomeAssistant,
    google: GoogleSimulator,
    entry: MockConfigEntry,
    set_up: SetUp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the person signs in anew during a renewal, nothing of the old sign-in is kept or given out."""
    await set_up(entry)
    token = AccountToken(home, entry, entry.runtime_data.archive)
    await token()
    expire(home, entry)
    new = {**entry.data, "token": google.grant(), CONF_BASE_URL: "https://elsewhere.example"}
    refresh = GoogleImplementation.async_refresh_token

    async def refresh_too_late(self: GoogleImplementation, old: dict[str, Any]) -> dict[str, Any]:
        renewed = await refresh(self, old)
        home.config_entries.async_update_entry(entry, data=new)
        return renewed

    monkeypatch.setattr(GoogleImplementation, "async_refresh_token", refresh_too_late)
    for _ in range(2):
        with pytest.raises(ServiceUnreachableError):
            await token()
    await settle(home)
    assert entry.data == new
    assert entry.runtime_data.archive.recall(KEPT_TOKEN) is None


async def test_a_renewal_outlives_whoever_wanted_it(
    home: HomeAssistant, google: GoogleSimulator, entry: MockConfigEntry, set_up: SetUp
) -> None:
    """A refresh token that was used is worth nothing: the new one must not be lost."""
    await set_up(entry)
    archive = entry.runtime_data.archive
    token = AccountToken(home, entry, archive)
    await token()
    expire(home, entry)
    wanted = asyncio.create_task(token())
    await until(lambda: google.count(TOKEN))
    wanted.cancel()
    await home.async_block_till_done()
    assert wanted.cancelled()
    assert entry.data["token"]["expires_at"] > NOW.timestamp()
    # The next one waits for it, instead of using the refresh token once more.
    await AccountToken(home, entry, archive)()
    assert google.count(TOKEN) == 1
