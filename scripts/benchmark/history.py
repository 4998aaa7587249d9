"""The cost of an import of many days: samples a second from end to end, memory, and the event loop meanwhile.

The account goes on polling while it imports.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import asdict
import gc
from http import HTTPStatus
import time
from typing import Any, override

from aiohttp import web

from custom_components.fitbit_cardiogram.coordinator import Account
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY
from scripts.benchmark.home import Watch, add_account, google_home, watched, watching, wearers
from scripts.benchmark.rounds import STEP, Memory
from scripts.benchmark.table import MB, MS, RATE, Line, figure
from tests.simulators import GoogleSimulator

POLL_EVERY = 0.5
"""Seconds between polls while it imports, far more often than in life."""
RATE_AIM, MEMORY_AIM, HELD_AIM = 50_000, 60, 50


class Prepared(GoogleSimulator):
    """A Google for people who all measured the same: each answer is made once and kept."""

    def __init__(self) -> None:
        super().__init__()
        self._bodies: dict[str, bytes] = {}

    @override
    async def _health(self, request: web.Request) -> web.Response:
        """Answer, about heart rates with a kept answer if there is one."""
        if not request.path.endswith("dataPoints:reconcile"):
            return await super()._health(request)
        if request.raw_path not in self._bodies:
            answer = await super()._health(request)
            if not isinstance(answer.body, bytes) or answer.status != HTTPStatus.OK:
                return answer
            self._bodies[request.raw_path] = answer.body
        return web.Response(body=self._bodies[request.raw_path], content_type="application/json")


def count_requests(google: GoogleSimulator) -> int:
    """Return the number of requests so far."""
    return len(google.requests)


@watched
async def measure(watch: Watch, days: int) -> dict[str, Any]:
    """Let one account import, so that Google has its answers ready, then measure the import of another."""
    now = int(time.time()) // STEP * STEP
    people = wearers(2, now, days)
    peak = 0.0
    async with google_home(people, Prepared) as (google, signed_in, hass):
        for who in signed_in:
            account = await add_account(hass, who)
            requests = await google.ask(count_requests)
            before = await asyncio.to_thread(account.archive.count)
            gc.collect()
            memory, started = Memory(), time.perf_counter()
            with watching(watch) as spell:
                polls = await import_all(account, now - days * DAY, now)
            seconds, peak = time.perf_counter() - started, max(peak, memory.peak)
            asked = await google.ask(count_requests) - requests
            brought = await asyncio.to_thread(account.archive.count) - before
            if abs(brought + before - days * DAY // STEP) > DAY // STEP // 24:
                raise RuntimeError("The import did not bring what was measured")
    figures = {"samples": brought, "seconds": seconds, "memory": peak, "polls": polls, "requests": asked}
    return figures | asdict(spell)


async def import_all(account: Account, start: int, end: int) -> int:
    """Import a range and return the number of polls meanwhile."""
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
