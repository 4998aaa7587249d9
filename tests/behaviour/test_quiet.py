"""A new account is quiet: a day leaves few lines in Activity, and few rows in the recorder."""

from collections import Counter
from datetime import datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.logbook.helpers import async_determine_event_types
from homeassistant.components.logbook.processor import EventProcessor
from homeassistant.components.recorder.core import Recorder
from homeassistant.components.recorder.db_schema import States, StatesMeta
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import get_instance, session_scope
from homeassistant.setup import async_setup_component
from homeassistant.util.dt import utcnow
import pytest
from pytest_homeassistant_custom_component.common import mock_component
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done

from custom_components.fitbit_cardiogram.const import CONF_AUTOMATIC, CONF_HOURLY_DELIVERIES
from tests.helpers.home import SetUp, account_entry, advance, destination, forwarded
from tests.simulators import CardiogramSimulator, GoogleSimulator, Person

# An hour in which a night ends. A whole day has 26 lines and some 1110 rows. With each entity of a moment
# enabled, and an event for each delivery, it would have 1960 lines and 3839 rows.
BEGIN = datetime.fromisoformat("2026-11-22T06:30:00+01:00")
LINES_OF_A_DAY = 200
ROWS_OF_A_DAY = 1600


@pytest.fixture
def person(clock: FrozenDateTimeFactory) -> Person:
    """Return a lifelike person whose device syncs from poll to poll."""
    clock.move_to(BEGIN)
    return Person(sync_every=300)


async def rows(home: HomeAssistant, since: datetime) -> Counter[str]:
    """Return the number of the recorder's rows by entity."""

    def read() -> list[str]:
        with session_scope(hass=home, read_only=True) as session:
            found = session.query(StatesMeta.entity_id).join(
                States, States.metadata_id == StatesMeta.metadata_id
            )
            return [name for (name,) in found.filter(States.last_updated_ts > since.timestamp())]

    return Counter(await get_instance(home).async_add_executor_job(read))


async def lines(home: HomeAssistant, since: datetime) -> Counter[str]:
    """Return the number of the lines in Activity by entity."""
    activity = EventProcessor(home, async_determine_event_types(home, None, None))
    found = await get_instance(home).async_add_executor_job(activity.get_events, since, utcnow())
    return Counter(line["entity_id"] for line in found if "entity_id" in line)


async def test_a_new_account_leaves_little(
    recorder_mock: Recorder,
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
) -> None:
    """Although its device syncs from poll to poll, and each time something is forwarded."""
    entry = account_entry(
        google,
        options={CONF_HOURLY_DELIVERIES: True},
        subentries_data=[destination(cardiogram, **{CONF_AUTOMATIC: True})],
    )
    await set_up(entry)
    # Activity needs no more of the frontend than that it is there.
    mock_component(home, "frontend")
    assert await async_setup_component(home, "logbook", {})
    await forwarded(home, entry)
    await async_wait_recording_done(home)
    since = BEGIN + timedelta(seconds=1)
    for _ in range(12):
        await advance(home, clock, minutes=5)
        await forwarded(home, entry)
    await async_wait_recording_done(home)

    seen, kept = await lines(home, since), await rows(home, since)
    assert seen.total() * 24 <= LINES_OF_A_DAY
    assert kept.total() * 24 <= ROWS_OF_A_DAY
