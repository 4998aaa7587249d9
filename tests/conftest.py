"""A Home Assistant with the integration, and the simulated services around it."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator
import gc
import logging
from pathlib import Path
from random import Random
import ssl
from threading import Thread
from typing import Any
from unittest.mock import Mock

from aiohttp import ClientSession
from aiohttp.test_utils import TestClient
from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.models import User
from homeassistant.components.application_credentials import (
    AuthorizationServer,
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.components.recorder.core import Recorder
from homeassistant.config_entries import ConfigEntry, ConfigFlowResult
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import aiohttp_client, entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import executor, ssl as ssl_util
from hypothesis import HealthCheck, settings
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_config_flow,
    mock_integration,
    mock_platform,
    snapshot_platform,
)
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from syrupy.assertion import SnapshotAssertion
from yarl import URL

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.const import (
    CONF_ALERTS,
    CONF_DURATION,
    CONF_HIGH,
    CONF_HYSTERESIS,
    CONF_LOW,
    DATA_ENDPOINTS,
    DOMAIN,
)
from custom_components.fitbit_cardiogram.google_provider import LENDER_DOMAIN
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from custom_components.fitbit_cardiogram.supervisor import Pauses, Supervisor
from tests.helpers.dialogs import Consent, Dialogs, form
from tests.helpers.home import (
    CREDENTIAL,
    GATEWAY_CREDENTIAL,
    NOW,
    TODAY,
    CheckPlatform,
    SetUp,
    account_entry,
    begin_archive,
    destination,
    gateway_entry,
    settle,
    simulated_endpoints,
)
from tests.helpers.lender import LENDING_CREDENTIAL, Lend, LenderFlow
from tests.helpers.sign_in import TOKEN_LIFETIME, DoorTo, Names, OnStage, Row, Stage, _replace
from tests.helpers.sources import NOW_S
from tests.helpers.stopped_clock import make_cheap
from tests.simulators import (
    CardiogramSimulator,
    FitbitSimulator,
    GoogleSimulator,
    InfluxSimulator,
    Recording,
    WebhookSimulator,
)
from tests.simulators.certificates import certificate


def join(threads: set[Thread], *_: object) -> set[Thread]:
    """Wait for threads to end, and return them.

    Home Assistant interrupts those that take more than moments. One that is interrupted wakes no other, so on
    a busy machine some never end, and the test that had them fails.
    """
    for thread in threads:
        thread.join()
    return threads.copy()


def pytest_configure() -> None:
    """Let each process of the tests spend its time on the tests."""
    make_cheap()
    executor.join_or_interrupt_threads = join  # type: ignore[assignment]
    # The same examples everywhere, however slow the machine is; --hypothesis-profile=default tries others.
    settings.register_profile(
        "steady", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("steady")
    # Garbage is collected before each module; on the way a Home Assistant is mostly not garbage.
    gc.set_threshold(200_000, 20, 100)


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
    """Fail the test for each error that reaches a supervisor, unless the test takes it out of the list."""
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
    """Yield an empty archive."""
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
async def recorder_mock(recorder_mock: Recorder) -> AsyncGenerator[Recorder]:
    """Let no work on statistics outlive the recorder, which a test ends before its Home Assistant."""
    yield recorder_mock
    tasks = [task for task in asyncio.all_tasks() if task.get_name() in {"statistics", "names of statistics"}]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
def clock(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Stop the clock on the evening of the tests."""
    freezer.move_to(NOW)
    return freezer


@pytest.fixture
def person(clock: FrozenDateTimeFactory) -> Recording:
    """Return a person with a measurement every ten seconds of half an hour, which rises from 60 to 80."""
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
    """Yield a gateway that speaks the Fitbit Web API, with that person's account."""
    async with FitbitSimulator(person) as simulator:
        yield simulator


@pytest.fixture
async def webhook(clock: FrozenDateTimeFactory) -> AsyncGenerator[WebhookSimulator]:
    """Run a receiver of Standard Webhooks."""
    async with WebhookSimulator() as simulator:
        yield simulator


@pytest.fixture
async def influx(clock: FrozenDateTimeFactory) -> AsyncGenerator[InfluxSimulator]:
    """Run a database that takes line protocol."""
    async with InfluxSimulator() as simulator:
        yield simulator


@pytest.fixture
async def cardiogram(clock: FrozenDateTimeFactory) -> AsyncGenerator[CardiogramSimulator]:
    """Cardiogram, with user 1."""
    async with CardiogramSimulator() as simulator:
        yield simulator


@pytest.fixture
async def home(
    hass: HomeAssistant, google: GoogleSimulator, cardiogram: CardiogramSimulator
) -> HomeAssistant:
    """Return a Home Assistant with the simulated services, and a credential of the simulated Google."""
    hass.data[DATA_ENDPOINTS] = simulated_endpoints(google, cardiogram)
    assert await async_setup_component(hass, "application_credentials", {})
    await async_import_client_credential(
        hass, DOMAIN, ClientCredential(google.client_id, google.client_secret, "Demo"), CREDENTIAL
    )
    return hass


@pytest.fixture
async def gateway(home: HomeAssistant, fitbit: FitbitSimulator) -> FitbitSimulator:
    """Return the gateway, with a credential of it in Home Assistant."""
    await async_import_client_credential(
        home, DOMAIN, ClientCredential(fitbit.client_id, fitbit.client_secret, "Gateway"), GATEWAY_CREDENTIAL
    )
    return fitbit


@pytest.fixture
def entry(google: GoogleSimulator) -> MockConfigEntry:
    """Return an account that has signed in, not yet set up."""
    return account_entry(google)


@pytest.fixture
def set_up(home: HomeAssistant) -> SetUp:
    """Return a function that sets an entry up and waits for it."""

    async def async_set_up(entry: MockConfigEntry) -> MockConfigEntry:
        entry.add_to_hass(home)
        if entry.subentries:
            # A destination comes to an account that has its archive already.
            await home.async_add_executor_job(begin_archive, home, entry)
        await home.config_entries.async_setup(entry.entry_id)
        await settle(home)
        return entry

    return async_set_up


@pytest.fixture
def archives(home: HomeAssistant) -> Path:
    """Return the folder of the archives."""
    return Path(home.config.path(".storage", DOMAIN))


@pytest.fixture
async def account(google: GoogleSimulator, cardiogram: CardiogramSimulator, set_up: SetUp) -> MockConfigEntry:
    """Return an account with Cardiogram as its destination, forwarding only when asked."""
    return await set_up(
        account_entry(google, entry_id="01ACCOUNT", subentries_data=[destination(cardiogram)])
    )


@pytest.fixture
async def consent(
    home: HomeAssistant, current_request_with_host: None, hass_client_no_auth: ClientSessionGenerator
) -> Consent:
    """Return a function that takes a person through the consent page and back to Home Assistant."""
    # A server of the tests takes in no more views once it runs.
    assert await async_setup_component(home, DOMAIN, {})

    async def async_consent(
        step: ConfigFlowResult, *, account: str = "", untick: Iterable[str] = (), decision: str = "allow"
    ) -> ConfigFlowResult:
        assert step["type"] is FlowResultType.EXTERNAL_STEP
        link = URL(step["url"])
        async with ClientSession() as browser:
            async with browser.get(link) as page:
                action, fields = form(await page.text())
            chosen = [
                (name, account if account and name == "account" else value)
                for name, value in fields
                if value not in untick
            ]
            async with browser.post(
                link.join(URL(action)), data=[*chosen, ("decision", decision)], allow_redirects=False
            ) as answer:
                back = URL(answer.headers["Location"])
        client = await hass_client_no_auth()
        async with client.get(str(back.relative())) as closing:
            assert "window.close()" in await closing.text()
        return await home.config_entries.flow.async_configure(step["flow_id"])

    return async_consent


@pytest.fixture
async def dialogs(home: HomeAssistant, hass_client: ClientSessionGenerator, hass_admin_user: User) -> Dialogs:
    """Return the dialogs, as an administrator's browser goes through them."""
    assert await async_setup_component(home, "repairs", {})
    return Dialogs(home, hass_client, hass_admin_user)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two certificates for the door's name; Home Assistant trusts the right one."""
    folder = tmp_path_factory.mktemp("certificates")
    for which in ("right", "another"):
        (folder / which).mkdir()
        certificate(folder / which, host=DoorTo.name)
    return folder


@pytest.fixture
def names(certificates: Path, monkeypatch: pytest.MonkeyPatch) -> Names:
    """Return the network: its names, and whose certificates are trusted in it."""
    names = Names()
    monkeypatch.setattr(aiohttp_client, "_async_make_resolver", lambda hass: names)
    context = ssl.create_default_context(cafile=certificates / "right" / "certificate.pem")
    monkeypatch.setattr(ssl_util, "client_context", lambda *args: context)
    return names


@pytest.fixture
async def on_stage(
    home: HomeAssistant,
    google: GoogleSimulator,
    gateway: FitbitSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
    set_up: SetUp,
    names: Names,
    certificates: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncGenerator[OnStage]:
    """Return a function that prepares an account and its service for the trouble of a row."""
    google.checks_answers = False
    doors: list[DoorTo] = []

    async def async_bring(row: Row) -> Stage:
        service = google if row.provider == "google" else gateway
        if row.where == "token":
            monkeypatch.setattr(type(service), "access_lifetime", TOKEN_LIFETIME)
        doors.append(door := DoorTo(names, certificates, service.port))
        entry = account_entry(google) if row.provider == "google" else gateway_entry(gateway)
        if row.door:
            await door.stand("")
            if row.provider == "gateway":
                entry = gateway_entry(gateway, url=door.url)
            elif row.where == "token":
                _replace(home, google_token=f"{door.url}/token")
            else:
                _replace(home, google_health=f"{door.url}/v4")
        return Stage(home, clock, row, service, person, set_up, entry, door)

    yield async_bring
    for door in doors:
        await door.close()


@pytest.fixture
async def lend(home: HomeAssistant, google: GoogleSimulator) -> AsyncGenerator[Lend]:
    """Return a function that gives Home Assistant's own integration an account."""

    async def server(hass: HomeAssistant) -> AuthorizationServer:
        return AuthorizationServer("https://example.org/authorize", "https://example.org/token")

    async def set_up(hass: HomeAssistant, entry: ConfigEntry[Any]) -> bool:
        return True

    mock_integration(home, MockModule(LENDER_DOMAIN, async_setup_entry=set_up, async_unload_entry=set_up))
    mock_platform(home, f"{LENDER_DOMAIN}.config_flow", Mock())
    platform = Mock(spec_set=["async_get_authorization_server"], async_get_authorization_server=server)
    mock_platform(home, f"{LENDER_DOMAIN}.application_credentials", platform)
    known_by = ClientCredential(google.client_id, google.client_secret)
    await async_import_client_credential(home, LENDER_DOMAIN, known_by, LENDING_CREDENTIAL)

    async def async_lend(**changes: Any) -> MockConfigEntry:
        person = changes.pop("person", google.person)
        lender = MockConfigEntry(
            domain=LENDER_DOMAIN,
            title=person.name.split()[0],
            unique_id=person.health_user_id,
            data={
                "auth_implementation": LENDING_CREDENTIAL,
                "token": google.grant(changes.pop("scopes", None), person),
            },
            **changes,
        )
        lender.add_to_hass(home)
        await home.config_entries.async_setup(lender.entry_id)
        return lender

    with mock_config_flow(LENDER_DOMAIN, LenderFlow):
        yield async_lend


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Let the recorder not tell each of its statements."""
    for talkative in ("sqlalchemy.engine", "homeassistant.components.recorder"):
        caplog.set_level(logging.WARNING, talkative)


@pytest.fixture
def measured(person: Recording) -> list[Sample]:
    """Return the samples of the person that have arrived."""
    return person.samples(0, NOW_S, NOW_S)


@pytest.fixture
async def browser(account: MockConfigEntry, hass_client: ClientSessionGenerator) -> TestClient[Any, Any]:
    """Return a browser that is signed in."""
    return await hass_client()


@pytest.fixture
async def stranger(
    account: MockConfigEntry, hass_client_no_auth: ClientSessionGenerator
) -> TestClient[Any, Any]:
    """Return a browser that is not signed in."""
    return await hass_client_no_auth()


@pytest.fixture
def all_enabled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no entity be disabled at first."""
    monkeypatch.setattr("homeassistant.helpers.entity.Entity.entity_registry_enabled_default", True)


@pytest.fixture
def check_platform(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    set_up: SetUp,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    monkeypatch: pytest.MonkeyPatch,
    all_enabled: None,
) -> CheckPlatform:
    """Return a function that compares all entities of a platform with their snapshots."""

    async def async_check(platform: Platform) -> None:
        monkeypatch.setattr("custom_components.fitbit_cardiogram.PLATFORMS", [platform])
        # What a picture's address is signed with.
        monkeypatch.setattr("homeassistant.components.image._RND", Random(1))
        # The person's heart rate is about 70; the first of these limits has its alert.
        alerts = {CONF_HIGH: 75, CONF_LOW: 40, CONF_DURATION: 5, CONF_HYSTERESIS: 5}
        entry = account_entry(
            google,
            entry_id="01ACCOUNT",
            options={CONF_ALERTS: alerts},
            subentries_data=[destination(cardiogram)],
        )
        await set_up(entry)
        await snapshot_platform(home, entity_registry, snapshot, entry.entry_id)

    return async_check


@pytest.fixture
def mock_recorder_before_hass(request: pytest.FixtureRequest) -> None:
    """Prepare the recorder's database before Home Assistant, for tests that have a recorder."""
    if "recorder_mock" in request.fixturenames:
        for prepared in ("quiet", "async_test_recorder"):
            request.getfixturevalue(prepared)
