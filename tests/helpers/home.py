"""An account in Home Assistant with the simulated services around it, and the passing of its time."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
import time
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.button.const import SERVICE_PRESS
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryState, ConfigSubentryData
from homeassistant.const import ATTR_ENTITY_ID, CONF_ACCESS_TOKEN, Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.archive.database import FRESH
from custom_components.fitbit_cardiogram.const import (
    CONF_AUTOMATIC,
    CONF_BASE_URL,
    CONF_CONSENTED_AT,
    CONF_COVERS_FROM,
    CONF_SOURCE,
    CONF_USER_ID,
    DOMAIN,
    SUBENTRY_CARDIOGRAM,
    Endpoints,
)
from custom_components.fitbit_cardiogram.fitbit_provider import SOURCE_FITBIT
from custom_components.fitbit_cardiogram.google_provider import SOURCE_GOOGLE_HEALTH
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from custom_components.fitbit_cardiogram.sources.history_import import HistoryImport
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


def simulated_endpoints(google: GoogleSimulator, cardiogram: CardiogramSimulator) -> Endpoints:
    """Return the addresses of the simulated services."""
    return Endpoints(
        google_authorize=f"{google.url}/o/oauth2/v2/auth",
        google_token=f"{google.url}/token",
        google_revoke=f"{google.url}/revoke",
        google_health=f"{google.url}/v4",
        cardiogram=cardiogram.url,
    )


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


def archive_file(hass: HomeAssistant, entry: ConfigEntry[Any]) -> Path:
    """Return the path of an account's archive."""
    return Path(hass.config.path(".storage", DOMAIN, f"{entry.entry_id}.db"))


def begin_archive(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Leave the archive that an account has after its first set-up, if it has none yet."""
    archive = Archive(archive_file(hass, entry))
    archive.open()
    archive.remember(FRESH, None)
    archive.close()


async def settle(hass: HomeAssistant) -> None:
    """Wait until nothing is going on any more, the first poll in the background included."""
    await hass.async_block_till_done()
    await finish("first poll")
    await hass.async_block_till_done()


def background(*names: str) -> set[asyncio.Task[Any]]:
    """Return the running tasks whose name contains one of these."""
    return {task for task in asyncio.all_tasks() if any(name in task.get_name() for name in names)}


async def finish(*names: str) -> None:
    """Wait for the tasks whose name contains one of these."""
    if tasks := background(*names):
        await asyncio.wait(tasks)


async def advance(hass: HomeAssistant, clock: FrozenDateTimeFactory, **delta: float) -> None:
    """Let time pass, and wait until what fell due by that is done."""
    clock.tick(timedelta(**delta))
    async_fire_time_changed(hass)
    await finish(" - refresh", "debouncer")
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


def device(home: HomeAssistant, entry: MockConfigEntry, identifier: str = SUBENTRY_ID) -> str:
    """Return the id of a device of the account."""
    found = dr.async_get(home).async_get_device_by_identifier((DOMAIN, identifier), entry.entry_id)
    assert found
    return found.id


def is_at_rest(entry: ConfigEntry[Any]) -> bool:
    """Return whether no beat is on its way, whose answer a jump of the clock would lose."""
    return not any(
        forwarder._wake.is_set() or forwarder._resting.locked()  # noqa: SLF001 - the product need not know
        for forwarder in entry.runtime_data.forwarders.values()
    )


def import_rests(history: HistoryImport) -> bool:
    """Return whether the import waits for its time, or for something to import."""
    wake = history._wake  # noqa: SLF001 - the product need not know
    return bool(wake._waiters) and not wake.is_set()  # noqa: SLF001 - asyncio has no public way


async def purge(home: HomeAssistant, entry: MockConfigEntry, **asked: Any) -> Any:
    """Purge and return the answer."""
    data = {"config_entry_id": entry.entry_id, "confirm": True} | asked
    return await home.services.async_call(DOMAIN, "purge", data, blocking=True, return_response=True)


def issues(home: HomeAssistant) -> set[str]:
    """Return the ids of all our issues."""
    return {issue_id for domain, issue_id in ir.async_get(home).issues if domain == DOMAIN}


async def pass_time(home: HomeAssistant, clock: FrozenDateTimeFactory, **delta: float) -> None:
    """Let time pass, and let the forwarders do what fell due by that."""
    await advance(home, clock, **delta)
    for entry in home.config_entries.async_loaded_entries(DOMAIN):
        for forwarder in entry.runtime_data.forwarders.values():
            for _ in range(20):
                async with forwarder.at_rest():
                    await home.async_add_executor_job(str)
    await settle(home)


async def press(home: HomeAssistant) -> None:
    await home.services.async_call(
        Platform.BUTTON, SERVICE_PRESS, {ATTR_ENTITY_ID: "button.cardiogram_forward_now"}, blocking=True
    )
    await settle(home)


async def forwarded(home: HomeAssistant, entry: MockConfigEntry) -> None:
    """Wait until what is forwarded by itself has been."""
    await settle(home)
    for forwarder in entry.runtime_data.forwarders.values():
        drained = asyncio.Event()
        stop = forwarder.listen(lambda _, new, drained=drained: new.outbox.pending or drained.set())
        if forwarder.state.outbox.automatic and forwarder.state.outbox.pending:
            await drained.wait()
        stop()
    await settle(home)


type CheckPlatform = Callable[[Platform], Awaitable[None]]


def measure(person: Recording, *readings: tuple[str, int]) -> None:
    """Let the person's device measure, and sync at the last measurement."""
    person.readings += [(at(moment), bpm) for moment, bpm in readings]
    person.synced_at = max(time for time, _ in person.readings)


async def have(
    home: HomeAssistant, person: Recording, clock: FrozenDateTimeFactory, *readings: tuple[str, int]
) -> None:
    """Let a person have heart rates at these times, sync them, and Home Assistant look."""
    measure(person, *readings)
    await advance(home, clock, minutes=5)


def outcome(delivered: int, pending: int = 0, last_error: str | None = None) -> dict[str, Any]:
    """Return the response of an action that has forwarded."""
    return {"delivered": delivered, "pending": pending, "under_way": False, "last_error": last_error}
