"""What a poll of five minutes costs the event loop, from the request to the states, and an account in memory.

`python -m scripts.benchmark.polls --accounts 10` prints JSON. Each poll brings a minute's worth of samples a
minute, for a destination that waits for them; the accounts poll at the same time, as they do.
"""

import argparse
import asyncio
from dataclasses import asdict
import gc
import json
import time
from typing import Any

from custom_components.fitbit_cardiogram.const import CONF_SOURCE
from custom_components.fitbit_cardiogram.google_provider import SOURCE_GOOGLE_HEALTH
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY
from custom_components.fitbit_cardiogram.sources.poll import POLL_INTERVAL
from scripts.benchmark.elsewhere import google_elsewhere
from scripts.benchmark.home import Spell, Watch, add_account, add_credential, home, run, watching
from scripts.benchmark.rounds import Memory
from tests.simulators import GoogleSimulator, Recording

STEP = 5
"""Seconds between measurements."""
POLL = int(POLL_INTERVAL.total_seconds())


def wearers(count: int, polls: int, now: int) -> list[Recording]:
    """Return people who have worn a tracker for a day, and whose last syncs are still to come."""
    readings = [(when, 50 + when // STEP % 97) for when in range(now - DAY, now, STEP)]
    synced = now - polls * POLL - 1
    return [
        Recording(readings, synced, name=f"Sam {number}", health_user_id=f"{number:021}")
        for number in range(1, count + 1)
    ]


def sync(google: GoogleSimulator) -> None:
    """Let everyone's tracker sync what it measured since the last poll."""
    for person in google.people:
        if isinstance(person, Recording) and person.synced_at is not None:
            person.synced_at += POLL


def count_requests(google: GoogleSimulator) -> int:
    """Return how many requests there were."""
    return len(google.requests)


async def measure(accounts: int, polls: int, watch: Watch) -> dict[str, Any]:
    """Set accounts up and let them poll."""
    people = wearers(accounts, polls, int(time.time()))
    spells: list[Spell] = []
    async with google_elsewhere(people) as google, home(google.url) as hass:
        await add_credential(hass, "google", "demo.apps.googleusercontent.com", "demo-secret")
        gc.collect()
        memory = Memory()
        added = [
            await add_account(hass, who, "google", **{CONF_SOURCE: SOURCE_GOOGLE_HEALTH})
            for who in google.signed_in
        ]
        coordinators = [account.coordinator for account in added]
        before = [await asyncio.to_thread(account.archive.count) for account in added]
        for _ in range(polls):
            await google.ask(sync)
            with watching(watch) as spell:
                await asyncio.gather(*(coordinator.async_refresh() for coordinator in coordinators))
                await hass.async_block_till_done()
            spells.append(spell)
        gc.collect()
        grown = memory.growth
        brought = [await asyncio.to_thread(account.archive.count) for account in added]
        if brought != [count + polls * POLL // STEP for count in before]:
            raise RuntimeError("The polls did not bring what was measured")
        waiting = [forwarder for account in added for forwarder in account.forwarders.values()]
        if [forwarder.state.outbox.pending for forwarder in waiting] != brought:
            raise RuntimeError("What the polls brought does not wait for the destination")
    return {"accounts": accounts, "spells": [asdict(spell) for spell in spells], "memory": grown}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m scripts.benchmark.polls", description=__doc__)
    parser.add_argument("--accounts", type=int, default=1)
    parser.add_argument("--polls", type=int, default=40)
    options = parser.parse_args()
    watch = Watch()
    print(json.dumps(run(measure(options.accounts, options.polls, watch), watch)))


if __name__ == "__main__":
    main()
