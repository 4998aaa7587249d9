"""Rounds: contenders take turns, so that whatever else the machine does falls on all of them alike."""

from collections.abc import Callable, Iterator, Mapping
import gc
from importlib import import_module
import json
from pathlib import Path
import subprocess
import sys
import time
from typing import Any

from scripts.distribution.package import ROOT

STEP = 5
"""Seconds between two samples."""


def samples(start: int, count: int, step: int = STEP) -> Iterator[tuple[int, int]]:
    """Yield made-up samples (UNIX second, bpm) in order of time."""
    for number in range(count):
        yield start + number * step, 50 + number % 97


def take_turns[Name](contenders: Mapping[Name, Callable[[], object]], rounds: int) -> dict[Name, list[float]]:
    """Return the seconds that each contender took in each round."""
    taken: dict[Name, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, work in contenders.items():
            gc.collect()
            started = time.perf_counter()
            result = work()
            taken[name].append(time.perf_counter() - started)
            del result
    return taken


def child(work: Callable[..., object], *arguments: Any) -> Any:
    """Return the result of a module's function in a process of its own; values pass as JSON."""
    command = [sys.executable, "-m", __name__, work.__module__, work.__name__, json.dumps(arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} has failed:\n{done.stdout}\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


class Memory:
    """The memory of this process beyond its size at the beginning, in MB."""

    def __init__(self) -> None:
        # Sets the highest mark back to the present size.
        Path("/proc/self/clear_refs").write_text("5")
        self.before = _held("VmRSS")

    @property
    def growth(self) -> float:
        """The growth until now."""
        return _held("VmRSS") - self.before

    @property
    def peak(self) -> float:
        """The greatest growth."""
        return _held("VmHWM") - self.before


def _held(name: str) -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition(f"{name}:")[2].split()[0]) / 1000


if __name__ == "__main__":
    module, function, given = sys.argv[1:]
    print(json.dumps(getattr(import_module(module), function)(*json.loads(given))))
