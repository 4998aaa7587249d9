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

# Loaded by every Home Assistant with any sign-in, sensor, switch or button, and by its recorder.
LOADED = (
    "bootstrap helpers.config_entry_oauth2_flow components.application_credentials components.backup"
    " components.binary_sensor components.button components.event components.recorder.statistics"
    " components.repairs components.sensor components.switch components.websocket_api"
)


def measure(rounds: int) -> Iterator[Line]:
    """Yield the lines, each import in a process of its own."""
    children = [{name: child(load, name) for name in (OURS, *PEERS)} for _ in range(rounds)]
    if rounds > 1:
        del children[0]  # it may still have had to compile
    took = {name: [one[name]["seconds"] for one in children] for name in (OURS, *PEERS)}
    held = {name: [one[name]["megabytes"] for one in children] for name in (OURS, *PEERS)}
    time_, memory = milliseconds(took[OURS]), figure(held[OURS])
    yield Line("Import", time_, MS, aim=TIME_AIM)
    for peer in PEERS:
        yield Line("Import", time_, MS, peer, milliseconds(took[peer]), FASTER)
    yield Line("Import: memory", memory, MB, aim=MEMORY_AIM)
    for peer in PEERS:
        yield Line("Import: memory", memory, MB, peer, figure(held[peer]), SHARE)


def load(name: str) -> dict[str, float]:
    """Import Home Assistant, then a package with all its modules, and return the cost of the latter."""
    for loaded in LOADED.split():
        importlib.import_module(f"homeassistant.{loaded}")
    memory, started = Memory(), time.perf_counter()
    package = importlib.import_module(name)
    # A library imports what it needs itself; Home Assistant loads an integration's modules one by one.
    if name == OURS:
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            importlib.import_module(module.name)
    return {"seconds": time.perf_counter() - started, "megabytes": memory.growth}
