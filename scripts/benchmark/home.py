"""A real Home Assistant in this process, with accounts at simulated services, whose event loop is watched."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial, wraps
import gc
from pathlib import Path
import selectors
import tempfile
import time
from types import MappingProxyType
from typing import Any, Concatenate, override

from homeassistant import bootstrap, runner
from homeassistant.components import application_credentials
from homeassistant.config_entries import SOURCE_USER, ConfigEntry, ConfigEntryState, ConfigSubentryData
from homeassistant.const import CONF_ACCESS_TOKEN
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from custom_components.fitbit_cardiogram import const
from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.archive.database import FRESH
from custom_components.fitbit_cardiogram.coordinator import Account
from custom_components.fitbit_cardiogram.google_provider import GOOGLE_HEALTH
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY
from scripts.benchmark.rounds import STEP, samples
from scripts.elsewhere import Elsewhere, elsewhere
from scripts.world.home_assistant import leave_out_native, listen_locally
from scripts.world.world import free_port, google_endpoints
from tests.simulators import GoogleSimulator, Recording
from tests.simulators.oauth import SignIn

CONFIGURATION = """\
homeassistant:
  name: Benchmark
  country: DE
  time_zone: Europe/Berlin
history:
logbook:
logger:
  default: error
"""
FULL_COLLECTION = 2
"""The generation of a garbage collection through everything."""
NOWHERE = "http://127.0.0.1:9"
"""The destination's address: nothing is forwarded unless somebody asks."""


class Watch(selectors.DefaultSelector):
    """The selector that the event loop waits in: all other time it is busy.

    Python's full garbage collections do not count as holding it: they go through all of Home Assistant, and
    come when they come.
    """

    def __init__(self) -> None:
        super().__init__()
        self.waited = self.held = self.collected = 0.0
        """Seconds waited so far, the longest from one wait to the next, and the longest full collection."""
        self._woke = time.perf_counter()
        self._collecting = self._collection_began = 0.0
        gc.callbacks.append(self._note_collection)

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait, and note how long."""
        started = time.perf_counter()
        self.held = max(self.held, started - self._woke - self._collecting)
        self._collecting = 0.0
        ready = super().select(timeout)
        self._woke = time.perf_counter()
        self.waited += self._woke - started
        return ready

    def _note_collection(self, phase: str, what: dict[str, int]) -> None:
        if phase == "start":
            self._collection_began = time.perf_counter()
        elif what["generation"] == FULL_COLLECTION:
            took = time.perf_counter() - self._collection_began
            self._collecting += took
            self.collected = max(self.collected, took)


@dataclass
class Spell:
    """The event loop during a while, in seconds: busy, on the processor, and longest without a wait.

    `collected` is the longest full garbage collection.
    """

    busy: float = 0.0
    cpu: float = 0.0
    held: float = 0.0
    collected: float = 0.0


@contextmanager
def watching(watch: Watch) -> Iterator[Spell]:
    """Watch the event loop during a block."""
    spell = Spell()
    watch.held = watch.collected = 0.0
    waited, cpu, started = watch.waited, time.thread_time(), time.perf_counter()
    yield spell
    spell.busy = time.perf_counter() - started - (watch.waited - waited)
    spell.cpu = time.thread_time() - cpu
    spell.held, spell.collected = watch.held, watch.collected


def watched[**P, T](work: Callable[Concatenate[Watch, P], Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """Return a function that runs a coroutine in a watched event loop, set up as Home Assistant's own."""

    @wraps(work)
    def run(*arguments: P.args, **named: P.kwargs) -> T:
        watch = Watch()
        loop = asyncio.SelectorEventLoop(watch)
        runner.configure_event_loop(loop)
        with asyncio.Runner(loop_factory=lambda: loop) as running:
            return running.run(work(watch, *arguments, **named))

    return run


def prepare(config: Path) -> None:
    """Lay out a config folder."""
    (config / "configuration.yaml").write_text(CONFIGURATION)
    listen_locally(config, free_port(0))


@asynccontextmanager
async def home(google: str) -> AsyncIterator[HomeAssistant]:
    """Run Home Assistant until the block ends; Google is at this address."""
    leave_out_native()
    # Their requirements would be fetched from the internet.
    bootstrap.DEFAULT_INTEGRATIONS.difference_update({"analytics"})
    with tempfile.TemporaryDirectory(prefix="fitbit-cardiogram-") as folder:
        prepare(Path(folder))
        hass = await bootstrap.async_setup_hass(runner.RuntimeConfig(folder, skip_pip=True))
        if hass is None:
            raise RuntimeError("Home Assistant does not start")
        hass.data[const.DATA_ENDPOINTS] = const.Endpoints(**google_endpoints(google))
        await async_setup_component(hass, "application_credentials", {})
        await hass.async_start()
        try:
            yield hass
        finally:
            await hass.async_stop()


@dataclass(frozen=True)
class SignedIn:
    """A person who has signed in: the beginning of the account's config entry."""

    name: str
    user_id: str
    token: dict[str, Any]


def sign_in(service: SignIn) -> list[SignedIn]:
    """Let everyone at a service sign in."""
    user_id = "health_user_id" if isinstance(service, GoogleSimulator) else "legacy_user_id"
    return [
        SignedIn(person.name, getattr(person, user_id), service.grant(person=person))
        for person in service.people
    ]


def wearers(count: int, now: int, days: int = 1, synced_at: int | None = None) -> list[Recording]:
    """Return people who have worn a tracker for some days until now."""
    readings = [*samples(now - days * DAY, days * DAY // STEP)]
    return [
        Recording(readings, synced_at, name=f"Sam {number}", health_user_id=f"{number:021}")
        for number in range(1, count + 1)
    ]


def create_google(kind: type[GoogleSimulator], people: Sequence[Recording]) -> GoogleSimulator:
    """Return a Google that knows these people."""
    google = kind()
    google.people[:] = people
    google.checks_answers = False
    # Compressing an answer takes longer than reading it.
    google.compresses = False
    return google


@asynccontextmanager
async def google_home(
    people: Sequence[Recording], kind: type[GoogleSimulator] = GoogleSimulator
) -> AsyncIterator[tuple[Elsewhere[GoogleSimulator], list[SignedIn], HomeAssistant]]:
    """Run a Google elsewhere that everybody has signed in to, and Home Assistant with a credential for it."""
    async with elsewhere(partial(create_google, kind, people)) as google, home(google.url) as hass:
        await add_credential(hass, GOOGLE_HEALTH.key, "demo.apps.googleusercontent.com", "demo-secret")
        yield google, await google.ask(sign_in), hass


async def add_credential(hass: HomeAssistant, name: str, client_id: str, client_secret: str) -> None:
    """Enter the app's id and secret at a service; the account names it by `name`."""
    credential = application_credentials.ClientCredential(client_id, client_secret, name)
    await application_credentials.async_import_client_credential(hass, const.DOMAIN, credential, name)


async def add_account(
    hass: HomeAssistant, who: SignedIn, source: str = GOOGLE_HEALTH.key, base_url: str | None = None
) -> Account:
    """Add an account with a destination that covers everything, and wait for its first poll."""
    destination = ConfigSubentryData(
        data={
            const.CONF_USER_ID: "1",
            CONF_ACCESS_TOKEN: "unused",
            const.CONF_BASE_URL: NOWHERE,
            const.CONF_COVERS_FROM: 0,
            const.CONF_AUTOMATIC: False,
        },
        subentry_type=const.SUBENTRY_CARDIOGRAM,
        title="Cardiogram",
        unique_id=f"{NOWHERE}#1",
    )
    entry: ConfigEntry[Account] = ConfigEntry(
        version=1,
        minor_version=1,
        domain=const.DOMAIN,
        title=who.name,
        unique_id=who.user_id,
        source=SOURCE_USER,
        options={},
        discovery_keys=MappingProxyType({}),
        data={
            "auth_implementation": source,
            "token": who.token,
            const.CONF_CONSENTED_AT: int(time.time()),
            const.CONF_SOURCE: source,
            **({const.CONF_BASE_URL: base_url} if base_url else {}),
        },
        subentries_data=[destination],
    )
    await hass.async_add_executor_job(begin_archive, hass, entry)
    await hass.config_entries.async_add(entry)
    await hass.async_block_till_done()
    if entry.state is not ConfigEntryState.LOADED:
        raise RuntimeError(f"The account is not set up: {entry.reason}")
    # An account polls for the first time in the background.
    if polls := {task for task in asyncio.all_tasks() if task.get_name() == "first poll"}:
        await asyncio.wait(polls)
    await hass.async_block_till_done()
    return entry.runtime_data


def begin_archive(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Create the archive of an account that is older than its destination."""
    archive = Archive(Path(hass.config.path(".storage", const.DOMAIN, f"{entry.entry_id}.db")))
    archive.open()
    archive.remember(FRESH, None)
    archive.close()
