"""Measures ours beside its peers, in one run, and prints one table."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
import json
import os
from pathlib import Path
import platform
import sys
from typing import Any

from scripts.benchmark import day, decoding, forwarding, growth, history, imports, polls, storing
from scripts.benchmark.plot import plot
from scripts.benchmark.rounds import child
from scripts.benchmark.table import MB, MS, PER_HOUR, SHARE, Figure, Line, figure, milliseconds, table

PACKAGES = ("homeassistant", "msgspec", "orjson", "fitbit-web-api", "google-health-api", "pydantic")
BUSY_AIM = 5
"""Milliseconds of the event loop that a poll may take in all."""
ACCOUNTS = (1, 10)

# Published by them, or counted in their code; none of them reads single measurements.
PUBLISHED = {
    "google_health": (("core google_health", 33, 33), ("ResiyHome Health Sync", 144, 168)),
    "fitbit": (("core fitbit", 46, 72),),
}
SOURCES = {"google_health": "Google Health", "fitbit": "Fitbit gateway"}


@dataclass(frozen=True, slots=True)
class Form:
    """The amount of work: the long form gives times, the short one only shows that everything works."""

    share: int
    """The divisor of each case's number of samples."""
    rounds: int
    processes: int
    """Rounds of measuring memory, each in a process of its own."""
    imports: int
    days: tuple[int, ...]
    polls: int
    hours: int
    history: int
    """Days of the import."""


LONG = Form(share=1, rounds=11, processes=3, imports=6, days=(1, 30, 90, 365), polls=60, hours=24, history=90)
SHORT = Form(share=40, rounds=2, processes=1, imports=1, days=(1, 2), polls=2, hours=2, history=2)


@dataclass(frozen=True, slots=True)
class Polled:
    """Polls of some accounts at the same time: milliseconds of the event loop each, MB of memory in all."""

    accounts: int
    busy: Figure
    cpu: Figure
    """The processor's part of it: without waiting, for it or for other threads."""
    held: Figure
    memory: float


def poll(accounts: int, count: int) -> Polled:
    """Let some accounts poll `count` times at the same time."""
    seen = child(polls.measure, accounts, count)
    spells = seen["spells"]
    busy, cpu = ([spell[name] / accounts for spell in spells] for name in ("busy", "cpu"))
    held = [spell["held"] for spell in spells]
    return Polled(accounts, milliseconds(busy), milliseconds(cpu), milliseconds(held), seen["memory"])


def poll_lines(polled: Sequence[Polled]) -> Iterator[Line]:
    """Yield the lines on polls: of one account, and of many at the same time."""
    for one in polled:
        at_once = "" if one.accounts == 1 else f", {one.accounts} accounts at once, each"
        aim = BUSY_AIM if one.accounts == 1 else None
        yield Line(f"Event loop, a poll{at_once}", one.busy, MS, aim=aim)
        yield Line(f"Event loop, a poll{at_once}: processor", one.cpu, MS)
        yield Line(f"Event loop, longest without a pause{at_once.removesuffix(', each')}", one.held, MS)
    first, last = polled[0], polled[-1]
    each = (last.memory - first.memory) / (last.accounts - first.accounts)
    yield Line("An account in memory", figure([each]), MB)


def request_lines(hours: dict[str, list[int]]) -> Iterator[Line]:
    """Yield the lines on requests an hour and account."""
    for source, counted in hours.items():
        for peer, least, most in PUBLISHED[source]:
            said = f"{least}" if least == most else f"{least} to {most}"
            what = f"Requests, {SOURCES[source]}"
            beside = f"{peer} (published: {said})"
            yield Line(what, figure(counted), PER_HOUR, beside, figure([least]), SHARE)


def measure(form: Form) -> Iterator[tuple[str, list[Line], Any]]:
    """Yield part by part: its name, its lines, and further figures to keep."""
    for key, case in decoding.CASES.items():
        count = case.count // form.share
        yield f"decoding, {key}", [*decoding.measure(case, count, form.rounds)], None
        yield f"memory, {key}", [*decoding.measure_memory(key, count, form.processes)], None
    yield "storing", [*storing.measure(storing.COUNT // form.share, form.rounds)], None
    yield "forwarding", [*forwarding.measure(storing.COUNT // form.share, form.rounds)], None
    sizes = [*growth.grow(form.days, form.rounds)]
    yield "growth", [*growth.lines(sizes)], [asdict(size) for size in sizes]
    polled = [poll(accounts, form.polls) for accounts in ACCOUNTS]
    yield "polls", [*poll_lines(polled)], [asdict(one) for one in polled]
    hours = child(day.count, form.hours)
    yield "requests", [*request_lines(hours)], hours
    seen = child(history.measure, form.history)
    yield "history", [*history.lines(form.history, seen)], seen
    yield "imports", [*imports.measure(form.imports)], None


def machine() -> dict[str, Any]:
    """Return the circumstances of the figures."""
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "load": os.getloadavg(),
        "packages": {name: version(name) for name in PACKAGES},
    }


def main() -> None:
    """Measure, print the table, and keep the figures in the files asked for."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--short", action="store_true", help="only see that everything works")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures in a file")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw how cost grows, as SVG")
    options = parser.parse_args()
    begun = machine()
    lines: list[Line] = []
    kept: dict[str, Any] = {}
    for name, measured, more in measure(SHORT if options.short else LONG):
        print(f"Measured: {name}", file=sys.stderr, flush=True)
        lines += measured
        kept |= {name: more} if more else {}
    if options.short:
        lines = [replace(line, aim=None) for line in lines]
    print(table(lines))
    if options.short:
        print("Everything works. The figures are of too little work to mean anything.")
    figures = {"begun": begun, "ended": machine(), "lines": [line.as_json() for line in lines], **kept}
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n")
    if options.plot:
        options.plot.write_text(plot(kept["growth"], kept["polls"]))


if __name__ == "__main__":
    main()
