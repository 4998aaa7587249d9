"""A small world: the web services as simulators, and a real Home Assistant that knows no others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
import json
from pathlib import Path
import signal
import socket
import sys
import tempfile

from scripts.world.client import Client
from tests.simulators import CardiogramSimulator, GoogleSimulator, Person

ROOT = Path(__file__).parents[2]
RESTART = 100
PEOPLE = [Person("Alex", sync_every=60), Person("Sam", seed=2, sync_every=60)]
USERS = {"1": "cardiogram-demo-token", "2": "another-demo-token"}
CONFIGURATION = """\
homeassistant:
  name: Demo
  country: DE
  language: en
  time_zone: {time_zone}
  unit_system: metric
history:
logbook:
logger:
  default: warning
  logs:
    custom_components.fitbit_cardiogram: debug
"""


@dataclass(frozen=True)
class World:
    """The services, and a config folder for Home Assistant, which runs when asked to."""

    google: GoogleSimulator
    cardiogram: CardiogramSimulator
    config: Path
    port: int

    @property
    def log(self) -> str:
        """Home Assistant's log so far."""
        log = self.config / "home-assistant.log"
        return log.read_text() if log.exists() else ""

    @asynccontextmanager
    async def home_assistant(self) -> AsyncIterator[Client]:
        """Run Home Assistant, started again where a person restarts it, until the block ends."""
        running: list[asyncio.subprocess.Process] = []
        async with asyncio.TaskGroup() as group:
            supervisor = group.create_task(self._keep_running(running))
            try:
                async with Client(f"http://127.0.0.1:{self.port}") as client:
                    yield client
            finally:
                supervisor.cancel()
                for process in running:
                    await stop(process)

    async def _keep_running(self, running: list[asyncio.subprocess.Process]) -> None:
        endpoints = {
            "google_authorize": f"{self.google.url}/o/oauth2/v2/auth",
            "google_token": f"{self.google.url}/token",
            "google_health": f"{self.google.url}/v4",
            "cardiogram": self.cardiogram.url,
        }
        options = [f"--port={self.port}", f"--endpoints={json.dumps(endpoints)}", "--attached"]
        command = ["-m", "scripts.world.home_assistant", str(self.config), *options]
        console = self.config / "console.log"
        code = RESTART
        while code == RESTART:
            with console.open("w") as output:
                process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    *command,
                    cwd=ROOT,
                    stdin=asyncio.subprocess.PIPE,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
            running[:] = [process]
            code = await process.wait()
        raise RuntimeError(f"Home Assistant has ended with code {code}:\n{console.read_text()[-3000:]}")


@asynccontextmanager
async def world(port: int = 8123) -> AsyncIterator[World]:
    """Start the services on free ports, in a folder of their own, and leave nothing behind."""
    port = free_port(port)
    google, cardiogram = GoogleSimulator(), CardiogramSimulator(dict(USERS))
    google.people[:] = PEOPLE
    with tempfile.TemporaryDirectory(prefix="fitbit-cardiogram-") as folder:
        prepare(Path(folder), PEOPLE[0].time_zone)
        async with google, cardiogram:
            yield World(google, cardiogram, Path(folder), port)


def prepare(config: Path, time_zone: str) -> None:
    """Lay out a config folder; of the welcome pages only the first is left, the others go to the internet."""
    (config / "configuration.yaml").write_text(CONFIGURATION.format(time_zone=time_zone))
    (config / ".storage").mkdir()
    store = {"version": 1, "minor_version": 1, "key": "onboarding", "data": {"done": []}}
    (config / ".storage" / "onboarding").write_text(json.dumps(store))


async def stop(process: asyncio.subprocess.Process) -> None:
    """Ask a process to stop, and see that it does."""
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
