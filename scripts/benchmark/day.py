"""The requests of a day and an account, counted at simulated services that a lifelike person syncs with.

The clock is put forward from poll to poll.
"""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
import time
from typing import Any

from custom_components.fitbit_cardiogram.fitbit_provider import SOURCE_FITBIT
from custom_components.fitbit_cardiogram.google_provider import SOURCE_GOOGLE_HEALTH
from custom_components.fitbit_cardiogram.heart_rate.clock import HOUR
from custom_components.fitbit_cardiogram.sources.kinds import POLL_EVERY
from scripts.benchmark.home import Watch, add_account, add_credential, home, sign_in, watched
from tests.simulators import FitbitSimulator, GoogleSimulator, Person
from tests.simulators.oauth import SignIn

TOKEN_PATHS = ("/token", "/oauth2/token")
STEP = float(POLL_EVERY)


class Clock:
    """The clocks of this process, which can be put forward; those of the event loop too."""

    def __init__(self) -> None:
        self.ahead = 0.0
        for name in ("time", "monotonic"):
            setattr(time, name, self._shifted(getattr(time, name)))

    def _shifted(self, real: Any) -> Any:
        return lambda: real() + self.ahead


@watched
async def count(_: Watch, hours: int) -> dict[str, list[int]]:
    """Return the requests of each hour after the first, by source."""
    clock = Clock()
    services: dict[str, SignIn] = {
        SOURCE_GOOGLE_HEALTH: GoogleSimulator(Person()),
        SOURCE_FITBIT: FitbitSimulator(Person()),
    }
    async with AsyncExitStack() as running:
        for service in services.values():
            await running.enter_async_context(service)
        hass = await running.enter_async_context(home(services[SOURCE_GOOGLE_HEALTH].url))
        hass.loop.time = time.monotonic  # type: ignore[method-assign]
        coordinators = []
        for name, service in services.items():
            await add_credential(hass, name, service.client_id, service.client_secret)
            (who,) = sign_in(service)
            base_url = service.url if name == SOURCE_FITBIT else None
            coordinators.append((await add_account(hass, who, name, base_url)).coordinator)
        start = time.time()
        while time.time() < start + (hours + 1) * HOUR:
            clock.ahead += STEP
            # Begun before the loop looks at its timers, so that no timer polls as well.
            await asyncio.gather(*(coordinator.async_refresh() for coordinator in coordinators))
            await hass.async_block_till_done()
            if failed := [one.last_exception for one in coordinators if not one.last_update_success]:
                raise RuntimeError(f"A poll has failed: {failed}")
    return {name: by_hour(service, start, hours) for name, service in services.items()}


def by_hour(service: SignIn, start: float, hours: int) -> list[int]:
    """Return the number of requests of each full hour after the first, without those for tokens."""
    counted = Counter(
        int((request.time - start) // HOUR) for request in service.requests if request.path not in TOKEN_PATHS
    )
    return [counted[hour] for hour in range(1, hours + 1)]
