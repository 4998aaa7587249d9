"""The cost of a poll of five minutes: the event loop from request to states, and an account in memory.

Each poll brings the samples of five minutes for a destination that waits for them; all accounts poll at once.
"""

import asyncio
from dataclasses import asdict
import gc
import time
from typing import Any

from custom_components.fitbit_cardiogram.sources.kinds import POLL_EVERY
from scripts.benchmark.home import Spell, Watch, add_account, google_home, watched, watching, wearers
from scripts.benchmark.rounds import STEP, Memory
from tests.simulators import GoogleSimulator, Recording

POLL = POLL_EVERY


def sync(google: GoogleSimulator) -> None:
    """Let everyone's tracker sync the measurements since the last poll."""
    for person in google.people:
        if isinstance(person, Recording) and person.synced_at is not None:
            person.synced_at += POLL


@watched
async def measure(watch: Watch, accounts: int, polls: int) -> dict[str, Any]:
    """Set accounts up and let them poll."""
    now = int(time.time())
    people = wearers(accounts, now, synced_at=now - polls * POLL - 1)
    spells: list[Spell] = []
    async with google_home(people) as (google, signed_in, hass):
        gc.collect()
        memory = Memory()
        added = [await add_account(hass, who) for who in signed_in]
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
