"""What importing costs at a cold start, beyond what Home Assistant has loaded by then.

`python -m scripts.benchmark.imports PACKAGE` imports a package with all its modules and prints JSON.
"""

from collections.abc import Iterator
import importlib
import json
import pkgutil
import sys
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
    children = [
        (package, child("-m", "scripts.benchmark.imports", package))
        for _ in range(rounds)
        for package in packages
    ]
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


def main(name: str) -> None:
    """Load what Home Assistant has loaded, then the package, and print what that took."""
    for loaded in LOADED:
        importlib.import_module(loaded)
    known = set(sys.modules)
    memory = Memory()
    started = time.perf_counter()
    package = importlib.import_module(name)
    # What a library needs, it imports itself; Home Assistant loads an integration's modules one by one.
    if name == OURS:
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            importlib.import_module(module.name)
    seconds = time.perf_counter() - started
    print(
        json.dumps(
            {
                "seconds": seconds,
                "megabytes": memory.growth,
                "modules": sorted(set(sys.modules) - known),
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
