"""What an import of many days costs: samples a second from end to end, memory, and the event loop meanwhile.

`python -m scripts.benchmark.history --days 90` prints JSON. The account goes on polling while it imports.
"""

import argparse
import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import asdict
import gc
import json
import time
from typing import Any

from custom_components.fitbit_cardiogram.const import CONF_SOURCE
from custom_components.fitbit_cardiogram.coordinator import Account
from custom_components.fitbit_cardiogram.google_provider import SOURCE_GOOGLE_HEALTH
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY
from scripts.benchmark.elsewhere import Prepared, google_elsewhere
from scripts.benchmark.home import Watch, add_account, add_credential, home, run, watching
from scripts.benchmark.rounds import Memory
from scripts.benchmark.table import MB, MS, RATE, Line, figure
from tests.simulators import GoogleSimulator, Recording

STEP = 5
"""Seconds between measurements."""
POLL_EVERY = 0.5
"""Seconds between polls while it imports, far more often than in life."""
RATE_AIM, MEMORY_AIM, HELD_AIM = 50_000, 60, 50


def count_requests(google: GoogleSimulator) -> int:
    """Return how many requests there were."""
    return len(google.requests)


async def measure(days: int, watch: Watch) -> dict[str, Any]:
    """Let one account import, so that Google has its answers ready, then measure another one that does."""
    now = int(time.time()) // STEP * STEP
    readings = [(when, 50 + when // STEP % 97) for when in range(now - days * DAY, now, STEP)]
    people = [Recording(readings, name=f"Sam {number}", health_user_id=f"{number:021}") for number in (1, 2)]
    peak = 0.0
    async with google_elsewhere(people, Prepared) as google, home(google.url) as hass:
        await add_credential(hass, "google", "demo.apps.googleusercontent.com", "demo-secret")
        for who in google.signed_in:
            account = await add_account(hass, who, "google", **{CONF_SOURCE: SOURCE_GOOGLE_HEALTH})
            requests = await google.ask(count_requests)
            before = await asyncio.to_thread(account.archive.count)
            gc.collect()
            memory, started = Memory(), time.perf_counter()
            with watching(watch) as spell:
                polls = await import_all(account, now - days * DAY, now)
            seconds, peak = time.perf_counter() - started, max(peak, memory.peak)
            asked = await google.ask(count_requests) - requests
            brought = await asyncio.to_thread(account.archive.count) - before
            if abs(brought + before - len(readings)) > DAY // STEP // 24:
                raise RuntimeError("The import did not bring what was measured")
    return {
        "samples": brought,
        "seconds": seconds,
        "memory": peak,
        "polls": polls,
        "requests": asked,
        **asdict(spell),
    }


async def import_all(account: Account, start: int, end: int) -> int:
    """Import a range and return how many polls there were meanwhile."""
    polls = 0
    await account.coordinator.history_import.begin(start, end)
    while account.coordinator.history_import.is_running:
        await asyncio.sleep(POLL_EVERY)
        await account.coordinator.async_refresh()
        polls += 1
    return polls


def lines(days: int, seen: Mapping[str, Any]) -> Iterator[Line]:
    """Yield the lines on an import of so many days."""
    what = f"Import, {days} days of {seen['samples']:,} samples"
    yield Line(what, figure([seen["samples"] / seen["seconds"]]), RATE, aim=RATE_AIM)
    yield Line(f"{what}: memory", figure([seen["memory"]]), MB, aim=MEMORY_AIM)
    held = figure([seen["held"] * 1000])
    yield Line("Event loop, longest without a pause while it imports", held, MS, aim=HELD_AIM)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m scripts.benchmark.history", description=__doc__)
    parser.add_argument("--days", type=int, default=90)
    options = parser.parse_args()
    watch = Watch()
    print(json.dumps(run(measure(options.days, watch), watch)))


if __name__ == "__main__":
    main()
