"""A Home Assistant with the integration, and the simulated services around it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
import time
from typing import Any, cast

from aiohttp import ClientSession
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryState, ConfigSubentryData
from homeassistant.const import CONF_ACCESS_TOKEN
from homeassistant.core import HomeAssistant, State
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from syrupy.assertion import SnapshotAssertion

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.archive.database import FRESH
from custom_components.fitbit_cardiogram.const import (
    CONF_AUTOMATIC,
    CONF_BASE_URL,
    CONF_CONSENTED_AT,
    CONF_COVERS_FROM,
    CONF_SOURCE,
    CONF_USER_ID,
    DATA_ENDPOINTS,
    DOMAIN,
    SUBENTRY_CARDIOGRAM,
    Endpoints,
)
from custom_components.fitbit_cardiogram.fitbit_provider import SOURCE_FITBIT
from custom_components.fitbit_cardiogram.google_provider import SOURCE_GOOGLE_HEALTH
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from custom_components.fitbit_cardiogram.supervisor import Pauses, Supervisor
from tests.simulators import CardiogramSimulator, FitbitSimulator, GoogleSimulator, Recording

# A Saturday evening in Berlin, an hour before its midnight.
NOW = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)
CREDENTIAL = "simulated"
GATEWAY_CREDENTIAL = "gateway"
SUBENTRY_ID = "01CARDIOGRAM0000000000000000"
CARDIOGRAM_TOKEN = "cardiogram-demo-token"

type SetUp = Callable[..., Awaitable[MockConfigEntry]]


def at(moment: str) -> int:
    """Return UNIX seconds of a time of day (UTC) on the day of the tests."""
    return int(datetime.fromisoformat(f"{TODAY}T{moment}+00:00").timestamp())


@pytest.fixture(autouse=True)
def integration(enable_custom_integrations: None, socket_enabled: None) -> None:
    """Let Home Assistant find the integration, and the integration the simulators."""


@pytest.fixture(autouse=True)
async def enable_event_loop_debug() -> None:
    """Let the loop check threads and callbacks, as Home Assistant's own tests do, but trace nothing.

    To note where each future, task and callback was made costs about as much as all the rest of a test.
    """
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    # The checks ask the loop's own field; what traces and logs asks this.
    loop.get_debug = lambda: False  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def unexpected(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Exception]]:
    """The errors that reached a supervisor: each one fails the test, unless the test takes it out of the list."""
    errors: list[Exception] = []
    note = Supervisor.note

    def note_too(supervisor: Supervisor, task: str, error: Exception, pauses: Pauses) -> float:
        errors.append(error)
        return note(supervisor, task, error, pauses)

    monkeypatch.setattr(Supervisor, "note", note_too)
    yield errors
    assert errors == []


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where an archive can be, in a folder that is not there yet."""
    return tmp_path / "account" / "archive.db"


@pytest.fixture
def archive(path: Path) -> Iterator[Archive]:
    """An empty archive."""
    archive = Archive(path)
    archive.open()
    yield archive
    archive.close()


@pytest.fixture
async def session() -> AsyncGenerator[ClientSession]:
    """Give a client session to what needs no Home Assistant."""
    async with ClientSession() as session:
        yield session


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Leave out of snapshots what differs with each run."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension)


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Give each Home Assistant a folder of its own, since archives are files."""
    return hass_tmp_config_dir


@pytest.fixture
def clock(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Stop the clock on the evening of the tests."""
    freezer.move_to(NOW)
    return freezer


@pytest.fixture
def person(clock: FrozenDateTimeFactory) -> Recording:
    """A person with a measurement every ten seconds of the last half hour, which rises from 60 to 80."""
    start = int(NOW.timestamp()) - 1800
    readings = [(start + step * 10, 60 + step // 9) for step in range(180)]
    return Recording(
        readings=readings,
        synced_at=int(NOW.timestamp()) - 60,
        resting={TODAY: 55},
        zones={TODAY: {"LIGHT": 30.0, "VIGOROUS": 2.5}},
    )


@pytest.fixture
async def google(person: Recording) -> AsyncGenerator[GoogleSimulator]:
    """Google, with that person's account."""
    async with GoogleSimulator(person) as simulator:
        yield simulator
    assert simulator.schema_violations == []


@pytest.fixture
async def fitbit(person: Recording) -> AsyncGenerator[FitbitSimulator]:
    """A gateway that speaks the Fitbit Web API, with that person's account."""
    async with FitbitSimulator(person) as simulator:
        yield simulator


@pytest.fixture
async def cardiogram(clock: FrozenDateTimeFactory) -> AsyncGenerator[CardiogramSimulator]:
    """Cardiogram, with user 1."""
    async with CardiogramSimulator() as simulator:
        yield simulator


def simulated_endpoints(google: GoogleSimulator, cardiogram: CardiogramSimulator) -> Endpoints:
    """Return the addresses of the simulated services."""
    return Endpoints(
        google_authorize=f"{google.url}/o/oauth2/v2/auth",
        google_token=f"{google.url}/token",
        google_revoke=f"{google.url}/revoke",
        google_health=f"{google.url}/v4",
        cardiogram=cardiogram.url,
    )


@pytest.fixture
async def home(
    hass: HomeAssistant, google: GoogleSimulator, cardiogram: CardiogramSimulator
) -> HomeAssistant:
    """A Home Assistant whose services are the simulated ones, with a credential of the simulated Google."""
    hass.data[DATA_ENDPOINTS] = simulated_endpoints(google, cardiogram)
    assert await async_setup_component(hass, "application_credentials", {})
    await async_import_client_credential(
        hass, DOMAIN, ClientCredential(google.client_id, google.client_secret, "Demo"), CREDENTIAL
    )
    return hass


@pytest.fixture
async def gateway(home: HomeAssistant, fitbit: FitbitSimulator) -> FitbitSimulator:
    """The gateway, with a credential of it in Home Assistant."""
    await async_import_client_credential(
        home, DOMAIN, ClientCredential(fitbit.client_id, fitbit.client_secret, "Gateway"), GATEWAY_CREDENTIAL
    )
    return fitbit


@pytest.fixture
def entry(google: GoogleSimulator) -> MockConfigEntry:
    """An account that has signed in, not yet set up."""
    return account_entry(google)


def account_entry(google: GoogleSimulator, **changes: Any) -> MockConfigEntry:
    """Return an account that has signed in at the simulated Google."""
    return _signed_in(google, CREDENTIAL, {CONF_SOURCE: SOURCE_GOOGLE_HEALTH}, **changes)


def gateway_entry(fitbit: FitbitSimulator, **changes: Any) -> MockConfigEntry:
    """Return an account that has signed in at the simulated gateway."""
    source = {CONF_SOURCE: SOURCE_FITBIT, CONF_BASE_URL: changes.pop("url", fitbit.url)}
    return _signed_in(fitbit, GATEWAY_CREDENTIAL, source, **changes)


def _signed_in(
    provider: GoogleSimulator | FitbitSimulator, credential: str, source: dict[str, str], **changes: Any
) -> MockConfigEntry:
    person = changes.pop("person", provider.person)
    is_google = source[CONF_SOURCE] == SOURCE_GOOGLE_HEALTH
    return MockConfigEntry(
        domain=DOMAIN,
        title=person.name,
        unique_id=person.health_user_id if is_google else person.legacy_user_id,
        data={
            "auth_implementation": credential,
            "token": provider.grant(changes.pop("scopes", None), person),
            CONF_CONSENTED_AT: int(NOW.timestamp()),
            **source,
        },
        **changes,
    )


def destination(cardiogram: CardiogramSimulator, **changes: Any) -> ConfigSubentryData:
    """Return Cardiogram as a destination that covers everything, forwarding only when asked."""
    data = {
        CONF_USER_ID: "1",
        CONF_ACCESS_TOKEN: CARDIOGRAM_TOKEN,
        CONF_BASE_URL: cardiogram.url,
        CONF_COVERS_FROM: 0,
        CONF_AUTOMATIC: False,
    } | changes
    return ConfigSubentryData(
        data=data,
        subentry_id=SUBENTRY_ID,  # type: ignore[typeddict-unknown-key]
        subentry_type=SUBENTRY_CARDIOGRAM,
        title="Cardiogram",
        unique_id=f"{data[CONF_BASE_URL]}#{data[CONF_USER_ID]}",
    )


@pytest.fixture
def set_up(home: HomeAssistant) -> SetUp:
    """Return what sets an entry up and waits for it."""

    async def async_set_up(entry: MockConfigEntry) -> MockConfigEntry:
        entry.add_to_hass(home)
        if entry.subentries:
            # A destination comes to an account that has its archive already.
            await home.async_add_executor_job(begin_archive, home, entry)
        await home.config_entries.async_setup(entry.entry_id)
        await settle(home)
        return entry

    return async_set_up


def begin_archive(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Leave the archive that an account has after its first set-up, if it has none yet."""
    archive = Archive(Path(hass.config.path(".storage", DOMAIN, f"{entry.entry_id}.db")))
    archive.open()
    archive.remember(FRESH, None)
    archive.close()


async def settle(hass: HomeAssistant) -> None:
    """Wait until nothing is going on any more, the first poll in the background included."""
    await hass.async_block_till_done()
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        tasks = cast(set[asyncio.Task[None]], entry._background_tasks)
        await asyncio.gather(*(task for task in tasks if task.get_name().startswith("first poll")))
    await hass.async_block_till_done()


async def advance(hass: HomeAssistant, clock: FrozenDateTimeFactory, **delta: float) -> None:
    """Let time pass, and wait until what fell due by that is done."""
    clock.tick(timedelta(**delta))
    async_fire_time_changed(hass)
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        # A poll runs in the background; with the lock free, it is over.
        async with entry.runtime_data.coordinator._debounced_refresh.async_lock():
            pass
    await settle(hass)


def count_loads(entry: ConfigEntry[Any]) -> list[ConfigEntryState]:
    """Return a list that grows whenever the entry gets loaded."""
    loads: list[ConfigEntryState] = []

    def note() -> None:
        if entry.state is ConfigEntryState.LOADED:
            loads.append(entry.state)

    entry.async_on_state_change(note)
    return loads


async def until(condition: Callable[[], object]) -> None:
    """Let everything run on, with the clock as it stands, until the condition holds."""
    for turn in range(1_000_000):
        if condition():
            return
        if not turn % 100:
            # A loop that never sleeps leaves the interpreter to other threads for moments only.
            time.sleep(0.001)  # noqa: ASYNC251
        await asyncio.sleep(0)
    pytest.fail("it never came")


def reauths(hass: HomeAssistant) -> int:
    """Count the sign-ins that the person is asked for."""
    return sum(
        flow["context"]["source"] == SOURCE_REAUTH for flow in hass.config_entries.flow.async_progress()
    )


def state_of(hass: HomeAssistant, entity_id: str) -> State:
    """Return the state of an entity that must be there."""
    state = hass.states.get(entity_id)
    assert state is not None
    return state


def kept(entry: ConfigEntry[Any]) -> list[Sample]:
    """Return all samples of the archive."""
    with entry.runtime_data.archive.writing() as connection:
        found: list[Sample] = connection.execute("SELECT time, bpm FROM samples ORDER BY time").fetchall()
    return found


@pytest.fixture
def archives(home: HomeAssistant) -> Path:
    """The folder of the archives."""
    return Path(home.config.path(".storage", DOMAIN))
