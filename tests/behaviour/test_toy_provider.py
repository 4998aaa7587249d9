"""A provider of toys: what it needs is one row of the table, its own module and its texts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any, override

from aiohttp.test_utils import TestClient
from homeassistant.components.application_credentials import ClientCredential, async_import_client_credential
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, ConfigEntry, ConfigEntryState
from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator
import voluptuous as vol
from yarl import URL

from custom_components.fitbit_cardiogram.archive.late import Fingerprint
from custom_components.fitbit_cardiogram.const import CONF_BASE_URL, CONF_SOURCE, DOMAIN, Endpoints
from custom_components.fitbit_cardiogram.diagnostics import async_get_config_entry_diagnostics
from custom_components.fitbit_cardiogram.heart_rate.day import RestingHeartRate, Zone
from custom_components.fitbit_cardiogram.heart_rate.sleep import SleepSession
from custom_components.fitbit_cardiogram.heart_rate.workout import Workout
from custom_components.fitbit_cardiogram.provider import Config, Feature, Provider, ProviderImplementation
from custom_components.fitbit_cardiogram.providers import PROVIDERS
from custom_components.fitbit_cardiogram.repairs import AccountRepair, async_create_fix_flow
from custom_components.fitbit_cardiogram.sources.errors import Denial, PermissionMissingError
from custom_components.fitbit_cardiogram.sources.kinds import HEART_RATE_VARIABILITY, LAST_SYNC
from custom_components.fitbit_cardiogram.sources.source import (
    RECENT,
    AccessToken,
    DailyReading,
    Identity,
    Reading,
)
from custom_components.fitbit_cardiogram.system_health import async_info
from custom_components.fitbit_cardiogram.whole_number import WholeNumberSelector
from tests.helpers.home import NOW, issues, reauths, settle, state_of
from tests.simulators import GoogleSimulator

NEWEST = int(NOW.timestamp()) - 60


@dataclass
class Toys:
    """A source with one sample, and without the permission to tell of syncs."""

    access_token: AccessToken

    async def authorize(self) -> None:
        """Ask for a token."""
        await self.access_token()

    async def identity(self) -> Identity:
        """Return who holds the token."""
        return Identity(f"owner of {await self.access_token()}")

    async def time_zone(self) -> tzinfo | None:
        """Return UTC: toys know no other."""
        return UTC

    async def last_sync(self) -> datetime | None:
        """Raise, for want of a permission."""
        raise PermissionMissingError(Denial.SCOPE)

    async def samples(self, start: int, end: int) -> Reading:
        """Return the one sample."""
        return Reading([(NEWEST, 88)] if start <= NEWEST < end else [])

    def fingerprints_at_once(self) -> int:
        """Return as much as every source can."""
        return RECENT

    async def fingerprints(self, start: int, end: int) -> Mapping[int, Fingerprint]:
        """Return nothing, so nothing is read again."""
        return {}

    async def resting_heart_rates(self, first: date, last: date) -> list[RestingHeartRate]:
        """Return nothing: toys do not rest."""
        return []

    async def zones(self, first: date, last: date) -> Mapping[date, tuple[Zone, ...]]:
        """Return nothing: toys have no zones."""
        return {}

    def offers(self) -> frozenset[str]:
        """Return the variability of a drum's beats."""
        return frozenset({HEART_RATE_VARIABILITY.key})

    async def workouts(self, start: int, end: int) -> list[Workout]:
        """Return nothing: toys do not train."""
        return []

    async def sleep_sessions(self, start: int, end: int) -> list[SleepSession]:
        """Return nothing: toys do not sleep."""
        return []

    async def daily_values(self, group: str, first: date, last: date) -> DailyReading:
        """Return one value, of the last day."""
        return {HEART_RATE_VARIABILITY.key: {last: 5.0}}

    def requests_for(self, key: str, seconds: int) -> int:
        """Return one request for everything."""
        return 1

    def seconds_for(self, requests: int) -> float:
        """Return a second for each."""
        return requests

    def pause(self) -> float:
        """Return no pause."""
        return 0

    def requests_left(self) -> int:
        """Return a number that no other provider would."""
        return 7

    def answered_at(self) -> None:
        """Return None: it has no clock."""


class ToyImplementation(ProviderImplementation):
    """A sign-in that gives a token for the asking, with what the code names beside the heart."""

    @staticmethod
    @override
    def _addresses(endpoints: Endpoints, address: str | None) -> tuple[str, str, str]:
        return f"{address}/authorize", f"{address}/token", f"{address}/revoke"

    @override
    def _client(self) -> tuple[dict[str, str], dict[str, str]]:
        return {}, {}

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        scope = f"heart {data['code']}"
        return {"access_token": "a toy", "refresh_token": "more", "expires_in": 3600, "scope": scope}


def _open(hass: HomeAssistant, access_token: AccessToken, data: Config, options: Config) -> Toys:
    return Toys(access_token)


TOY = Provider(
    key="toy",
    maker="Toys",
    model="Drum",
    open=_open,
    sign_in=ToyImplementation,
    scopes={"heart": "heart", "https://toys.example/sync": "sync", "rhythm": "rhythm"},
    scopes_needed=frozenset({"heart"}),
    features=(
        Feature("settings_not_granted", "https://toys.example/sync", (LAST_SYNC,)),
        Feature(None, "rhythm", (HEART_RATE_VARIABILITY,)),
    ),
    owns_client=lambda client_id: client_id.startswith("toy-"),
    no_credential="no_toy_credential",
    address=lambda _endpoints: "https://toys.example",
    services=lambda _endpoints, data: {"can_reach_toys": data[CONF_BASE_URL]},
    options={vol.Required("seconds", default=60): WholeNumberSelector(1, 900, "s")},
    spacing=lambda options: options.get("seconds", 0),
)


@pytest.fixture
async def entry(
    home: HomeAssistant,
    google: GoogleSimulator,
    current_request_with_host: None,
    hass_client_no_auth: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> ConfigEntry[Any]:
    """Return an account at the provider of toys, added through the pages that a person sees."""
    monkeypatch.setitem(PROVIDERS, TOY.key, TOY)
    await async_import_client_credential(home, DOMAIN, ClientCredential("toy-1", "secret"), "toys")
    assert await async_setup_component(home, DOMAIN, {})
    flow = home.config_entries.flow
    menu = await flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert menu["menu_options"] == [*PROVIDERS]
    form = await flow.async_configure(menu["flow_id"], {"next_step_id": "toy"})
    assert (form["type"], form["step_id"]) == (FlowResultType.FORM, "toy")
    refused = await flow.async_configure(form["flow_id"], {CONF_BASE_URL: "toys", "allow_http": True})
    assert refused["errors"] == {CONF_BASE_URL: "invalid_url"}
    step = await flow.async_configure(form["flow_id"], {CONF_BASE_URL: google.url, "allow_http": True})
    assert step["type"] is FlowResultType.EXTERNAL_STEP
    link = URL(step["url"])
    assert str(link.with_query(None)) == f"{google.url}/authorize"
    assert link.query["scope"] == " ".join(TOY.scopes)
    client = await hass_client_no_auth()
    await client.get("/auth/external/callback", params={"code": "1", "state": link.query["state"]})
    form = await flow.async_configure(step["flow_id"])
    result = await flow.async_configure(form["flow_id"], {"name": "Toy", "import_days": 0})
    await settle(home)
    entry: ConfigEntry[Any] = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    assert (entry.unique_id, entry.data[CONF_SOURCE]) == ("owner of a toy", "toy")
    return entry


async def sign_in_anew(
    home: HomeAssistant, entry: ConfigEntry[Any], client: TestClient[Any, Any], code: str
) -> None:
    """Sign in once more, with what the code names beside the heart."""
    flow = home.config_entries.flow
    menu = await flow.async_init(DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id})
    form = await flow.async_configure(menu["flow_id"], {"next_step_id": "toy"})
    answers = {CONF_BASE_URL: entry.data[CONF_BASE_URL], "allow_http": True}
    step = await flow.async_configure(form["flow_id"], answers)
    state = URL(step["url"]).query["state"]
    await client.get("/auth/external/callback", params={"code": code, "state": state})
    await flow.async_configure(step["flow_id"])
    await settle(home)


async def test_its_heart_rate_is_shown_and_read_out(home: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    assert state_of(home, "sensor.toy_heart_rate").state == "88"
    found = await home.services.async_call(
        DOMAIN,
        "get_heart_rate",
        {ATTR_CONFIG_ENTRY_ID: entry.entry_id, "start": NOW.replace(hour=0), "end": NOW},
        blocking=True,
        return_response=True,
    )
    assert "88" in str(found)


async def test_its_device(home: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    device = dr.async_get(home).async_get_device_by_identifier((DOMAIN, entry.entry_id), entry.entry_id)
    assert device
    assert (device.manufacturer, device.model) == ("Toys", "Drum")


async def test_a_repair_leads_to_its_sign_in(home: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    issue_id = f"settings_not_granted_{entry.entry_id}"
    issue = ir.async_get(home).async_get_issue(DOMAIN, issue_id)
    assert issue
    assert (issue.translation_placeholders or {})["scope"] == "`sync`"
    dialog = await async_create_fix_flow(home, issue_id, {"entry_id": entry.entry_id})
    assert isinstance(dialog, AccountRepair)
    dialog.hass, dialog.issue_id = home, issue_id
    await dialog.async_step_init()
    assert (await dialog.async_step_sign_in(None))["reason"] == "sign_in"
    (menu,) = home.config_entries.flow.async_progress()
    step = await home.config_entries.flow.async_configure(menu["flow_id"])
    assert step["menu_options"] == ["toy"]


async def test_what_it_only_offers_comes_with_its_permission(
    home: HomeAssistant, entry: ConfigEntry[Any], hass_client_no_auth: ClientSessionGenerator
) -> None:
    """Without it there is no entity, nothing is asked for and nothing is to mend."""
    variability = "sensor.toy_heart_rate_variability"
    assert home.states.get(variability) is None
    assert issues(home) == {f"settings_not_granted_{entry.entry_id}"}
    await sign_in_anew(home, entry, await hass_client_no_auth(), "rhythm")
    assert state_of(home, variability).state == "5.0"


async def test_an_offer_that_is_denied_costs_itself_only(
    home: HomeAssistant,
    entry: ConfigEntry[Any],
    hass_client_no_auth: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever the token says, the service decides; the card and the options offer it again."""

    async def denied(toys: Toys, group: str, first: date, last: date) -> DailyReading:
        raise PermissionMissingError(Denial.SCOPE)

    monkeypatch.setattr(Toys, "daily_values", denied)
    await sign_in_anew(home, entry, await hass_client_no_auth(), "rhythm")
    assert state_of(home, "sensor.toy_heart_rate").state == "88"
    assert entry.runtime_data.coordinator.offers(HEART_RATE_VARIABILITY)
    assert (issues(home), reauths(home)) == ({f"settings_not_granted_{entry.entry_id}"}, 0)
    websocket = await hass_ws_client(home)
    await websocket.send_json_auto_id({"type": f"{DOMAIN}/subscribe", "entry_id": entry.entry_id})
    assert (await websocket.receive_json())["success"]
    assert (await websocket.receive_json())["event"]["lacks"] == [HEART_RATE_VARIABILITY.key]
    step = await home.config_entries.options.async_init(entry.entry_id)
    assert step["data_schema"]
    assert HEART_RATE_VARIABILITY.key in step["data_schema"].schema


async def test_its_options(home: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """With whole numbers, and with the gap that its samples have between them."""
    step = await home.config_entries.options.async_init(entry.entry_id)
    answers = {"freshness_minutes": 60, "retention_days": 90, "alerts": {}, "seconds": 900.0}
    await home.config_entries.options.async_configure(step["flow_id"], answers)
    await settle(home)
    assert type(entry.options["seconds"]) is int
    assert entry.runtime_data.coordinator.account_alerts.gap == 1800


async def test_its_diagnostics(home: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    home.config_entries.async_update_entry(entry, options={"seconds": 60})
    await settle(home)
    found = await async_get_config_entry_diagnostics(home, entry)
    told = found["entry"]
    assert (told["source"], told["address"], told["options"]) == ("toy", "private_http", {"seconds": 60})
    assert found["sign_in"]["scopes"] == ["heart"]


async def test_its_health(home: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    told = await async_info(home)
    assert await told["can_reach_toys"] == "ok"
    assert told["requests_left"] == 7
