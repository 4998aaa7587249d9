"""The table of the kinds of data: what it says of requests is what the services are asked."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
import re

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.fitbit_cardiogram.archive.late import COMPLETE_FROM
from custom_components.fitbit_cardiogram.fitbit_provider import SOURCE_FITBIT
from custom_components.fitbit_cardiogram.google_provider import SOURCE_GOOGLE_HEALTH
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR
from custom_components.fitbit_cardiogram.providers import PROVIDERS
from custom_components.fitbit_cardiogram.sources.google_daily import GROUPS
from custom_components.fitbit_cardiogram.sources.kinds import (
    DAILY_VALUES,
    LAST_SYNC,
    LATE_DATA,
    RESTING,
    SAMPLES,
    SLEEP,
    TIME_ZONE,
    WORKOUTS,
    ZONES,
    Kind,
)
from scripts.kinds import table
from tests.helpers.home import NOW, SetUp, account_entry, advance, gateway_entry
from tests.helpers.sources import Steady
from tests.simulators import FitbitSimulator, GoogleSimulator
from tests.simulators.server import Request

HOURS = 4
# At most, in an hour.
MOST = {SOURCE_GOOGLE_HEALTH: 34, SOURCE_FITBIT: 26}
# The kind of each request, by a part of its path or of its filter.
PATHS: Mapping[str, Mapping[str, Kind]] = {
    SOURCE_GOOGLE_HEALTH: {
        "pairedDevices": LAST_SYNC,
        "/heart-rate/dataPoints:reconcile": SAMPLES,
        "settings": TIME_ZONE,
        "daily-resting-heart-rate": RESTING,
        "heart-rate-zone": ZONES,
        "/exercise/": WORKOUTS,
        "/sleep/": SLEEP,
        **{f"/{GROUPS[kind.key].name}/": kind for kind in DAILY_VALUES},
        "heart-rate/dataPoints:rollUp": LATE_DATA,
    },
    SOURCE_FITBIT: {
        "devices.json": LAST_SYNC,
        "1sec": SAMPLES,
        r"heart/date/[-0-9]+/[-0-9]+\.json": RESTING,
        r"1min|15min": LATE_DATA,
    },
}


def kind_of(request: Request, paths: Mapping[str, Kind]) -> Kind | None:
    """Return the kind of data that a request asks for; the profile belongs to more than one."""
    return next((kind for pattern, kind in paths.items() if re.search(pattern, request.path)), None)


@pytest.mark.parametrize("source", [SOURCE_GOOGLE_HEALTH, SOURCE_FITBIT])
async def test_requests_of_an_hour(
    home: HomeAssistant,
    google: GoogleSimulator,
    gateway: FitbitSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    source: str,
) -> None:
    """Of each kind what the table says, and no hour has too many, while a device syncs every quarter."""
    google.people[:] = gateway.people[:] = [Steady(every=60, offset=130)]
    simulator: GoogleSimulator | FitbitSimulator = google if source == SOURCE_GOOGLE_HEALTH else gateway
    entry = await set_up(account_entry(google) if source == SOURCE_GOOGLE_HEALTH else gateway_entry(gateway))
    # An account that has been there for weeks.
    entry.runtime_data.archive.remember(COMPLETE_FROM, int(NOW.timestamp()) - 20 * DAY)
    for _ in range(18):
        await advance(home, clock, minutes=5)
    simulator.requests.clear()
    for _ in range(HOURS * 120):
        await advance(home, clock, seconds=30)
    calls = [request for request in simulator.requests if request.path.startswith(("/v4/", "/1/"))]
    counted = Counter(kind_of(request, PATHS[source]) for request in calls)
    expected = {kind: number * HOURS for kind, number in PROVIDERS[source].requests.items()}
    if source == SOURCE_FITBIT:
        # One request brings both.
        expected[RESTING] += expected.pop(ZONES)
    assert {
        kind: abs(counted[kind] - number) <= HOURS / 2 for kind, number in expected.items()
    } == dict.fromkeys(expected, True)
    assert None not in counted or source == SOURCE_FITBIT
    hourly = Counter((request.time - calls[0].time) // HOUR for request in calls)
    assert max(hourly.values()) <= MOST[source]


def test_the_documentation_has_the_table() -> None:
    assert table() in (Path(__file__).parents[2] / "docs" / "requests.md").read_text()
