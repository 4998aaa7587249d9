"""The cost of importing at a cold start, beyond the modules that Home Assistant has loaded by then."""

from collections.abc import Iterator
import importlib
import pkgutil
import time

from scripts.benchmark.rounds import Memory, child
from scripts.benchmark.table import FASTER, MB, MS, SHARE, Line, figure, milliseconds

OURS = "custom_components.fitbit_cardiogram"
PEERS = ("fitbit_web_api", "google_health_api")
TIME_AIM, MEMORY_AIM = 60, 8

# What a Home Assistant has loaded that knows any sign-in, sensor, switch or button, and its recorder.
LOADED = (
    "homeassistant.bootstrap",
    "homeassistant.components.application_credentials",
    "homeassistant.components.backup",
    "homeassistant.components.binary_sensor",
    "homeassistant.components.button",
    "homeassistant.components.event",
    "homeassistant.components.recorder.statistics",
    "homeassistant.components.repairs",
    "homeassistant.components.sensor",
    "homeassistant.components.switch",
    "homeassistant.components.websocket_api",
    "homeassistant.helpers.config_entry_oauth2_flow",
)


def measure(rounds: int) -> Iterator[Line]:
    """Yield the lines, each import in a process of its own."""
    packages = (OURS, *PEERS)
    children = [(package, child(load, package)) for _ in range(rounds) for package in packages]
    if rounds > 1:
        del children[: len(packages)]  # it may still have had to compile
    took = {name: [one["seconds"] for package, one in children if package == name] for name in packages}
    held = {name: [one["megabytes"] for package, one in children if package == name] for name in packages}
    time_, memory = milliseconds(took[OURS]), figure(held[OURS])
    yield Line("Import", time_, MS, aim=TIME_AIM)
    for peer in PEERS:
        yield Line("Import", time_, MS, peer, milliseconds(took[peer]), FASTER)
    yield Line("Import: memory", memory, MB, aim=MEMORY_AIM)
    for peer in PEERS:
        yield Line("Import: memory", memory, MB, peer, figure(held[peer]), SHARE)


def load(name: str) -> dict[str, float]:
    """Import Home Assistant, then a package with all its modules, and return the cost of the latter."""
    for loaded in LOADED:
        importlib.import_module(loaded)
    memory, started = Memory(), time.perf_counter()
    package = importlib.import_module(name)
    # A library imports what it needs itself; Home Assistant loads an integration's modules one by one.
    if name == OURS:
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            importlib.import_module(module.name)
    return {"seconds": time.perf_counter() - started, "megabytes": memory.growth}
