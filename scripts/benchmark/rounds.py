"""Rounds: contenders take turns, so that whatever else the machine does falls on all of them alike."""

from collections.abc import Callable, Mapping
import gc
import json
from pathlib import Path
import subprocess
import sys
import time
from typing import Any

ROOT = Path(__file__).parents[2]


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


def child(*arguments: str) -> Any:
    """Run a module or code in a process of its own, and return what it prints."""
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)[:200]} has failed:\n{done.stdout}\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


class Memory:
    """How much memory this process holds beyond what it held at first, in MB."""

    def __init__(self) -> None:
        # The highest mark is set back to what is held now.
        Path("/proc/self/clear_refs").write_text("5")
        self._before = _held("VmRSS")

    @property
    def growth(self) -> float:
        """By how much it has grown."""
        return _held("VmRSS") - self._before

    @property
    def peak(self) -> float:
        """By how much it had grown at most."""
        return _held("VmHWM") - self._before


def _held(name: str) -> float:
    status = Path("/proc/self/status").read_text()
    (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith(f"{name}:"))
    return int(kilobytes) / 1000
