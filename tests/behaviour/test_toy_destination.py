"""A toy destination works through everything by its row in the table of kinds alone."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Final, override

from aiohttp import ClientSession
from homeassistant.config_entries import SOURCE_USER
from homeassistant.const import CONF_ACCESS_TOKEN, CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from homeassistant.helpers.selector import TextSelector
from homeassistant.setup import async_setup_component
import msgspec
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.fitbit_cardiogram.archive.outbox import Batch
from custom_components.fitbit_cardiogram.const import (
    CONF_ALLOW_HTTP,
    CONF_AUTOMATIC,
    CONF_BASE_URL,
    CONF_COVERS_FROM,
    DOMAIN,
)
from custom_components.fitbit_cardiogram.destination_flow import DestinationFlow
from custom_components.fitbit_cardiogram.destination_kind import PASSWORD, DestinationKind, Field
from custom_components.fitbit_cardiogram.destination_kinds import KINDS
from custom_components.fitbit_cardiogram.destinations.outcome import Outcome, Problem
from custom_components.fitbit_cardiogram.diagnostics import async_get_config_entry_diagnostics
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from custom_components.fitbit_cardiogram.system_health import async_info
from tests.helpers.home import SetUp, account_entry, outcome, settle
from tests.simulators import CardiogramSimulator, GoogleSimulator

CONF_SHELF: Final = "shelf"
GOOD, BAD = "good", "bad"


class Toy:
    """A shelf that takes every beat for the good word."""

    batch_size = 100
    taken: Final[dict[str, dict[int, int]]] = {}

    def __init__(self, session: ClientSession, data: Mapping[str, Any]) -> None:
        self._shelf = self.taken.setdefault(data[CONF_SHELF], {})
        self._word = data[CONF_ACCESS_TOKEN]

    def encode(self, samples: Sequence[Sample]) -> bytes:
        """Return the body that carries the samples."""
        return msgspec.json.encode(samples)

    async def post(self, batch: Batch) -> Outcome:
        """Put a batch on the shelf; return the outcome."""
        if self._word != GOOD:
            return Outcome(Problem.TOKEN_REFUSED)
        self._shelf.update(msgspec.json.decode(batch.body))
        return Outcome()


class ToyFlow(DestinationFlow):
    """Add a shelf, or change it."""

    @property
    @override
    def kind(self) -> DestinationKind:
        """The toy."""
        return TOY


TOY: Final = DestinationKind(
    subentry_type="toy",
    flow=ToyFlow,
    open=Toy,
    identity=lambda data: str(data[CONF_SHELF]),
    fields={
        CONF_SHELF: Field(TextSelector(), str.isalpha, "invalid_text", 20),
        CONF_ACCESS_TOKEN: Field(PASSWORD, str.islower, "invalid_token", 20, is_secret=True),
    },
    steps={Problem.TOKEN_REFUSED: ["token"]},
    manufacturer="Toymaker",
    default_name="Shelf",
    # Something has to answer at the address that system health tries to reach.
    default_address=lambda endpoints: endpoints.cardiogram,
    reach="can_reach_toy",
)


@pytest.fixture(autouse=True)
async def toy(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[None]:
    """Yield the one row of the table, and empty shelves."""
    monkeypatch.setitem(KINDS, TOY.subentry_type, TOY)
    yield
    Toy.taken.clear()


@pytest.fixture
async def account(google: GoogleSimulator, set_up: SetUp) -> MockConfigEntry:
    """Return an account without a destination."""
    return await set_up(account_entry(google))


async def add(
    home: HomeAssistant, account: MockConfigEntry, url: str, word: str = GOOD, shelf: str = "one"
) -> str:
    """Add a shelf through its form; return its id."""
    flows = home.config_entries.subentries
    step = await flows.async_init((account.entry_id, "toy"), context={"source": SOURCE_USER})
    form = {
        CONF_NAME: "Shelf",
        CONF_SHELF: "",
        CONF_ACCESS_TOKEN: "LOUD",
        "forward_from": "everything",
        CONF_AUTOMATIC: False,
        "advanced": {CONF_BASE_URL: url, CONF_ALLOW_HTTP: True},
    }
    step = await flows.async_configure(step["flow_id"], form)
    assert step["errors"] == {CONF_SHELF: "empty", CONF_ACCESS_TOKEN: "invalid_token"}
    step = await flows.async_configure(step["flow_id"], form | {CONF_SHELF: shelf, CONF_ACCESS_TOKEN: word})
    assert step["step_id"] == "consent_everything"
    placeholders = step["description_placeholders"] or {}
    assert placeholders[CONF_SHELF] == shelf
    assert CONF_ACCESS_TOKEN not in placeholders
    await flows.async_configure(step["flow_id"], {"consent": True})
    await settle(home)
    added = next(found for found in account.subentries.values() if found.unique_id == shelf)
    assert added.subentry_type == "toy"
    assert added.data == {
        CONF_SHELF: shelf,
        CONF_ACCESS_TOKEN: word,
        CONF_BASE_URL: url,
        CONF_COVERS_FROM: 0,
        CONF_AUTOMATIC: False,
    }
    return added.subentry_id


def device(home: HomeAssistant, account: MockConfigEntry, subentry_id: str) -> dr.DeviceEntry:
    found = dr.async_get(home).async_get_device_by_identifier((DOMAIN, subentry_id), account.entry_id)
    assert found
    return found


async def forward(home: HomeAssistant, account: MockConfigEntry, subentry_id: str) -> Any:
    """Call the action for the shelf's device."""
    return await home.services.async_call(
        DOMAIN,
        "forward_beats",
        {"device_id": device(home, account, subentry_id).id},
        blocking=True,
        return_response=True,
    )


async def test_form_device_and_action(
    home: HomeAssistant, account: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    subentry_id = await add(home, account, cardiogram.url)
    found = device(home, account, subentry_id)
    assert (found.manufacturer, found.name) == ("Toymaker", "Shelf")
    assert found.configuration_url == cardiogram.url
    domains = {entity.domain for entity in er.async_entries_for_device(er.async_get(home), found.id)}
    assert "switch" in domains
    assert await forward(home, account, subentry_id) == outcome(175)
    assert len(Toy.taken["one"]) == 175
    assert cardiogram.ledger == []


async def test_a_taken_shelf(
    home: HomeAssistant, account: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    """What makes a destination the same one is the kind's to say."""
    await add(home, account, cardiogram.url)
    await add(home, account, cardiogram.url, shelf="two")
    flows = home.config_entries.subentries
    step = await flows.async_init((account.entry_id, "toy"), context={"source": SOURCE_USER})
    step = await flows.async_configure(
        step["flow_id"],
        {
            CONF_NAME: "Another",
            CONF_SHELF: "two",
            CONF_ACCESS_TOKEN: GOOD,
            "forward_from": "now",
            CONF_AUTOMATIC: False,
            "advanced": {CONF_BASE_URL: "https://elsewhere.example", CONF_ALLOW_HTTP: False},
        },
    )
    assert step["errors"] == {"base": "already_configured"}


async def test_repair(
    home: HomeAssistant,
    account: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    hass_client: ClientSessionGenerator,
) -> None:
    assert await async_setup_component(home, "repairs", {})
    subentry_id = await add(home, account, cardiogram.url, word=BAD)
    assert (await forward(home, account, subentry_id))["last_error"] == "token_refused"
    issue = ir.async_get(home).async_get_issue(DOMAIN, f"forwarding_{subentry_id}")
    assert issue
    assert issue.is_fixable
    assert issue.translation_placeholders == {
        "account": account.title,
        "destination": "Shelf",
        "receiver": cardiogram.url,
    }
    client = await hass_client()
    fix = "/api/repairs/issues/fix"
    step = await (await client.post(fix, json={"handler": DOMAIN, "issue_id": issue.issue_id})).json()
    assert step["step_id"] == "token"
    here = f"{fix}/{step['flow_id']}"
    step = await (await client.post(here, json={CONF_ACCESS_TOKEN: "LOUD"})).json()
    assert step["errors"] == {CONF_ACCESS_TOKEN: "invalid_token"}
    step = await (await client.post(here, json={CONF_ACCESS_TOKEN: BAD})).json()
    assert step["errors"] == {CONF_ACCESS_TOKEN: "token_refused"}
    step = await (await client.post(here, json={CONF_ACCESS_TOKEN: GOOD})).json()
    assert step["type"] == "create_entry"
    await settle(home)
    assert account.subentries[subentry_id].data[CONF_ACCESS_TOKEN] == GOOD
    assert len(Toy.taken["one"]) == 175
    assert not ir.async_get(home).async_get_issue(DOMAIN, f"forwarding_{subentry_id}")


@pytest.mark.parametrize(
    ("is_own", "address", "reach"),
    [(True, "default", "can_reach_toy"), (False, "private_http", "can_reach_receiver")],
    ids=["at its own address", "elsewhere"],
)
async def test_diagnostics_and_system_health(
    home: HomeAssistant,
    account: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    google: GoogleSimulator,
    is_own: bool,
    address: str,
    reach: str,
) -> None:
    subentry_id = await add(home, account, cardiogram.url if is_own else google.url)
    await forward(home, account, subentry_id)
    (shown,) = (await async_get_config_entry_diagnostics(home, account))["destinations"]
    assert (shown["address"], shown["delivered"], shown["pending"]) == (address, 175, 0)
    info = await async_info(home)
    answers = {key: await value for key, value in info.items() if key.startswith("can_reach")}
    assert answers == dict.fromkeys(("can_reach_google_health", "can_reach_google_sign_in", reach), "ok")
