"""Prints how long what is synced takes to be read: by the polls every five minutes alone, and with looks."""

import asyncio
import sys
from typing import cast

from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory

from tests.helpers.rhythms import RHYTHMS, Delays, delays

HEAD = "| syncs | polls alone: median, 90 %, worst | requests an hour | with looks | requests an hour |"


async def main(days: float) -> None:
    """Let each rhythm go on for so many simulated days, with the same syncs both times."""
    print(HEAD, "|---|---|---|---|---|", sep="\n")
    for name, syncing in RHYTHMS.items():
        cells = []
        for looks in (False, True):
            with freeze_time("2026-11-21T22:00:00") as clock:
                frozen = cast(FrozenDateTimeFactory, clock)
                cells += _cells(await delays(syncing, frozen, days=days, seed=1, looks=looks))
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def _cells(found: Delays) -> list[str]:
    spread = (found.share(0.5), found.share(0.9), max(found.seconds))
    return [", ".join(f"{seconds:.0f}" for seconds in spread), f"{found.requests:.1f}"]


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 7))
