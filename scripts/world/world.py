"""A small world: the web services as simulators, and a real Home Assistant that knows no others."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
import json
from pathlib import Path
import signal
import socket
import sys
import tempfile

from scripts.distribution.package import ROOT
from scripts.world.client import Client
from scripts.world.stored import write_store
from tests.simulators import (
    CardiogramSimulator,
    FitbitSimulator,
    GoogleSimulator,
    InfluxSimulator,
    Person,
    WebhookSimulator,
)

RESTART = 100
PEOPLE = ("Alex", "Sam")
USERS = {"1": "cardiogram-demo-token", "2": "another-demo-token"}
CONFIGURATION = """\
homeassistant:
  name: Demo
  country: DE
  language: en
  time_zone: {time_zone}
  internal_url: http://127.0.0.1:{port}
  unit_system: metric
automation: !include automations.yaml
history:
logbook:
logger:
  default: warning
  logs:
    custom_components.fitbit_cardiogram: debug
"""


@dataclass(frozen=True)
class Source:
    """A service to sign in to, and where the first menu has it."""

    name: str
    menu: str
    service: GoogleSimulator | FitbitSimulator


@dataclass(frozen=True)
class World:
    """The services, and a config folder for Home Assistant, which runs when asked to."""

    sources: Mapping[str, Source]
    source: Source
    """The one of the first account."""
    ended: FitbitSimulator
    """The service at Fitbit's own address, with the public service shut down."""
    cardiogram: CardiogramSimulator
    webhook: WebhookSimulator
    influx: InfluxSimulator
    config: Path
    port: int

    @property
    def log(self) -> str:
        """Home Assistant's log so far."""
        log = self.config / "home-assistant.log"
        return log.read_text() if log.exists() else ""

    @property
    def console(self) -> Path:
        """The file with the running Home Assistant's output outside its log."""
        return self.config / "console.log"

    @asynccontextmanager
    async def home_assistant(self) -> AsyncIterator[Client]:
        """Run Home Assistant, again after a restart from within, until the block ends."""
        async with asyncio.TaskGroup() as group, Client(f"http://127.0.0.1:{self.port}") as client:
            supervisor = group.create_task(self._keep_running())
            try:
                yield client
            finally:
                supervisor.cancel()
                await asyncio.wait([supervisor])

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.subprocess.Process]:
        """Run Home Assistant once, and stop it in order."""
        process = await self.start()
        try:
            yield process
        finally:
            await stop(process)

    async def start(self) -> asyncio.subprocess.Process:
        """Start Home Assistant; it never outlives us."""
        endpoints = {
            **google_endpoints(self.sources["google"].service.url),
            "fitbit_authorize": f"{self.ended.url}/oauth2/authorize",
            "fitbit": self.ended.url,
            "cardiogram": self.cardiogram.url,
        }
        options = [f"--port={self.port}", f"--endpoints={json.dumps(endpoints)}", "--attached"]
        command = [sys.executable, "-m", "scripts.world.home_assistant", str(self.config), *options]
        with self.console.open("w") as output:
            return await asyncio.create_subprocess_exec(
                *command,
                cwd=ROOT,
                stdin=asyncio.subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    async def _keep_running(self) -> None:
        code = RESTART
        while code == RESTART:
            async with self.running() as process:
                code = await process.wait()
        said = self.console.read_text()[-3000:]
        raise RuntimeError(f"Home Assistant has ended with code {code}:\n{said}")


@asynccontextmanager
async def world(
    source: str = "google", port: int = 8123, time_zone: str = "Europe/Berlin"
) -> AsyncIterator[World]:
    """Start the services on free ports, in a folder of their own, and leave nothing behind."""
    port = free_port(port)
    sources = {
        "google": Source("Google", "google_health", GoogleSimulator()),
        "fitbit": Source("Fitbit gateway", "fitbit", FitbitSimulator()),
    }
    people = [Person(name, time_zone, seed, sync_every=60) for seed, name in enumerate(PEOPLE, 1)]
    ended, cardiogram = FitbitSimulator(), CardiogramSimulator(dict(USERS))
    webhook, influx = WebhookSimulator(), InfluxSimulator()
    ended.ended = True
    with tempfile.TemporaryDirectory(prefix="fitbit-cardiogram-") as folder:
        prepare(Path(folder), time_zone, port)
        async with AsyncExitStack() as running:
            for one in sources.values():
                one.service.people[:] = people
                await running.enter_async_context(one.service)
            for other in (ended, cardiogram, webhook, influx):
                await running.enter_async_context(other)
            yield World(sources, sources[source], ended, cardiogram, webhook, influx, Path(folder), port)


def google_endpoints(url: str) -> dict[str, str]:
    """Return the addresses of a Google at `url`, by the names of the integration."""
    paths = {"authorize": "o/oauth2/v2/auth", "token": "token", "revoke": "revoke", "health": "v4"}
    return {f"google_{name}": f"{url}/{path}" for name, path in paths.items()}


def evening() -> str:
    """Return the time zone in which it is past seven in the evening now, so that a whole day lies behind."""
    west = (datetime.now(UTC).hour - 19 + 12) % 24 - 12
    return f"Etc/GMT{west:+}"


def prepare(config: Path, time_zone: str, port: int) -> None:
    """Lay out a config folder; only the first welcome page is left, since the others go to the internet."""
    (config / "configuration.yaml").write_text(CONFIGURATION.format(time_zone=time_zone, port=port))
    (config / "automations.yaml").touch()
    write_store(config, "onboarding", {"done": []})


async def stop(process: asyncio.subprocess.Process) -> None:
    """Ask a process to stop, and kill it after half a minute."""
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(30):
            await process.wait()
    except TimeoutError:
        process.kill()


def free_port(wanted: int) -> int:
    """Return the wanted port, or another one where that is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise RuntimeError("No port is free")
