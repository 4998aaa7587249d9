"""The entities: what they show, and what they do."""

import asyncio
from random import Random

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.button.const import SERVICE_PRESS
from homeassistant.const import ATTR_ENTITY_ID, SERVICE_TURN_OFF, SERVICE_TURN_ON, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, snapshot_platform
from syrupy.assertion import SnapshotAssertion

from custom_components.fitbit_cardiogram.const import (
    CONF_ALERTS,
    CONF_AUTOMATIC,
    CONF_DURATION,
    CONF_HIGH,
    CONF_HYSTERESIS,
    CONF_LOW,
)
from tests.conftest import NOW, SUBENTRY_ID, SetUp, account_entry, advance, at, destination, settle, state_of
from tests.simulators import CardiogramSimulator, Fault, GoogleSimulator, Recording

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.EVENT,
    Platform.IMAGE,
    Platform.SENSOR,
    Platform.SWITCH,
]

SWITCH = "switch.cardiogram_automatic_forwarding"
BUTTON = "button.cardiogram_forward_now"
PROBLEM = "binary_sensor.cardiogram_forwarding_problem"
PENDING = "sensor.cardiogram_pending_beats"
FORWARDING = "event.cardiogram_forwarding"


@pytest.fixture
async def account(google: GoogleSimulator, cardiogram: CardiogramSimulator, set_up: SetUp) -> MockConfigEntry:
    """An account with Cardiogram as its destination, forwarding only when asked."""
    return await set_up(
        account_entry(google, entry_id="01ACCOUNT", subentries_data=[destination(cardiogram)])
    )


async def press(home: HomeAssistant) -> None:
    await home.services.async_call(Platform.BUTTON, SERVICE_PRESS, {ATTR_ENTITY_ID: BUTTON}, blocking=True)
    await settle(home)


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_entities(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    set_up: SetUp,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    platform: Platform,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.fitbit_cardiogram.PLATFORMS", [platform])
    monkeypatch.setattr("homeassistant.helpers.entity.Entity.entity_registry_enabled_default", True)
    # What a picture's address is signed with.
    monkeypatch.setattr("homeassistant.components.image._RND", Random(1))
    # The person's heart rate is about 70; the first of these limits has its alert.
    alerts = {CONF_HIGH: 75, CONF_LOW: 40, CONF_DURATION: 5, CONF_HYSTERESIS: 5}
    entry = account_entry(
        google,
        entry_id="01ACCOUNT",
        options={CONF_ALERTS: alerts},
        subentries_data=[destination(cardiogram)],
    )
    await set_up(entry)
    await snapshot_platform(home, entity_registry, snapshot, entry.entry_id)


async def test_entities_belong_to_their_subentry(
    home: HomeAssistant, account: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    for entity in er.async_entries_for_config_entry(entity_registry, account.entry_id):
        of_destination = entity.unique_id.startswith(SUBENTRY_ID)
        assert entity.config_subentry_id == (SUBENTRY_ID if of_destination else None)
        assert of_destination or entity.unique_id.startswith(account.entry_id)


async def test_the_button_forwards_what_is_pending(
    home: HomeAssistant, account: MockConfigEntry, cardiogram: CardiogramSimulator, google: GoogleSimulator
) -> None:
    assert state_of(home, PENDING).state == "175"
    assert state_of(home, "sensor.cardiogram_oldest_pending_beat").state == "2026-11-21T21:30:00+00:00"
    assert cardiogram.ledger == []

    await press(home)
    assert cardiogram.values() == dict(google.person.samples(0, 2**40, NOW.timestamp()))
    assert state_of(home, PENDING).state == "0"
    assert state_of(home, "sensor.cardiogram_delivered_beats").state == "175"
    assert state_of(home, "sensor.cardiogram_last_delivery").state == "2026-11-21T22:00:00+00:00"
    assert state_of(home, "sensor.cardiogram_oldest_pending_beat").state == "unknown"
    event = state_of(home, FORWARDING)
    assert (event.attributes["event_type"], event.attributes["count"]) == ("delivered", 175)

    await press(home)
    assert cardiogram.repeats() == 0


async def test_the_switch_forwards_what_arrives(
    home: HomeAssistant,
    account: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    google: GoogleSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    assert state_of(home, SWITCH).state == "off"
    await home.services.async_call(Platform.SWITCH, SERVICE_TURN_ON, {ATTR_ENTITY_ID: SWITCH}, blocking=True)
    await forwarded(home, account)
    assert state_of(home, SWITCH).state == "on"
    assert len(cardiogram.ledger) == 175

    person.readings.append((at("22:04:00"), 88))
    person.synced_at = at("22:04:00")
    await advance(home, clock, minutes=5)
    await forwarded(home, account)
    assert cardiogram.values() == dict(person.samples(0, 2**40, NOW.timestamp()))

    await home.services.async_call(Platform.SWITCH, SERVICE_TURN_OFF, {ATTR_ENTITY_ID: SWITCH}, blocking=True)
    person.readings.append((at("22:09:00"), 89))
    person.synced_at = at("22:09:00")
    await advance(home, clock, minutes=5)
    await advance(home, clock, minutes=5)
    await forwarded(home, account)
    assert state_of(home, PENDING).state == "1"
    assert cardiogram.repeats() == 0


async def test_the_switch_outlives_a_restart(
    home: HomeAssistant, account: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    await home.services.async_call(Platform.SWITCH, SERVICE_TURN_ON, {ATTR_ENTITY_ID: SWITCH}, blocking=True)
    await home.config_entries.async_reload(account.entry_id)
    await settle(home)
    assert state_of(home, SWITCH).state == "on"


async def test_a_destination_that_forwards_from_the_start(
    home: HomeAssistant, google: GoogleSimulator, cardiogram: CardiogramSimulator, set_up: SetUp
) -> None:
    entry = await set_up(
        account_entry(google, subentries_data=[destination(cardiogram, **{CONF_AUTOMATIC: True})])
    )
    await forwarded(home, entry)
    assert len(cardiogram.ledger) == 175


async def test_a_problem_is_shown_and_told(
    home: HomeAssistant, account: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    assert state_of(home, PROBLEM).state == "off"
    cardiogram.faults.append(Fault("POST", status=401, body='{"message": "Unauthorized."}'))
    with pytest.raises(HomeAssistantError) as raised:
        await press(home)
    assert raised.value.translation_key == "forwarding_token_refused"
    problem = state_of(home, PROBLEM)
    assert (problem.state, problem.attributes["reason"], problem.attributes["paused"]) == (
        "on",
        "token_refused",
        True,
    )
    assert state_of(home, FORWARDING).attributes["event_type"] == "paused"
    assert state_of(home, PENDING).state == "175"

    await press(home)
    assert state_of(home, PROBLEM).state == "off"
    assert state_of(home, PENDING).state == "0"


async def test_trouble_that_passes_names_the_next_try(
    home: HomeAssistant, account: MockConfigEntry, cardiogram: CardiogramSimulator
) -> None:
    cardiogram.faults.append(Fault("POST", status=503, headers={"Retry-After": "120"}))
    with pytest.raises(HomeAssistantError):
        await press(home)
    problem = state_of(home, PROBLEM)
    assert problem.attributes["retry_at"] == "2026-11-21T22:02:00+00:00"
    assert problem.attributes["paused"] is False

    await press(home)
    event = state_of(home, FORWARDING)
    assert event.attributes["event_type"] == "delivered"


async def test_destination_entities_do_not_depend_on_the_source(
    home: HomeAssistant, account: MockConfigEntry, google: GoogleSimulator, clock: FrozenDateTimeFactory
) -> None:
    google.faults.append(Fault("/v4/", kind="reset_before", times=-1))
    for _ in range(14):
        await advance(home, clock, minutes=5)
    assert state_of(home, "sensor.sam_sample_resting_heart_rate").state == "unavailable"
    assert state_of(home, PENDING).state == "175"


async def test_samples_received_fires_once_for_each_poll_that_brought_some(
    home: HomeAssistant, account: MockConfigEntry, person: Recording, clock: FrozenDateTimeFactory
) -> None:
    received = "event.sam_sample_samples_received"
    # The first poll, which was before there was an entity, is told all the same.
    assert state_of(home, received).attributes["count"] == 175
    person.readings += [(at("22:01:00"), 70), (at("22:02:00"), 75)]
    person.synced_at = at("22:02:00")
    await advance(home, clock, minutes=5)
    await advance(home, clock, minutes=5)
    event = state_of(home, received)
    assert {key: event.attributes[key] for key in ("count", "first", "last", "min", "mean", "max")} == {
        "count": 7,
        "first": "2026-11-21T21:59:10+00:00",
        "last": "2026-11-21T22:02:00+00:00",
        "min": 70,
        "mean": 77.1,
        "max": 79,
    }
    fired = event.state
    await advance(home, clock, minutes=5)
    assert state_of(home, received).state == fired


async def test_an_unusable_archive_is_told(home: HomeAssistant, account: MockConfigEntry) -> None:
    account.runtime_data.archive.close()
    for domain, service, entity_id, told in (
        (Platform.BUTTON, SERVICE_PRESS, BUTTON, "forwarding_archive_unusable"),
        (Platform.SWITCH, SERVICE_TURN_ON, SWITCH, "archive_not_usable_now"),
        (Platform.SWITCH, SERVICE_TURN_OFF, SWITCH, "archive_not_usable_now"),
    ):
        with pytest.raises(HomeAssistantError) as raised:
            await home.services.async_call(domain, service, {ATTR_ENTITY_ID: entity_id}, blocking=True)
        assert raised.value.translation_key == told
    assert state_of(home, PROBLEM).attributes["reason"] == "archive_unusable"
    account.runtime_data.archive.open()
    await press(home)
    assert state_of(home, PROBLEM).state == "off"


async def forwarded(home: HomeAssistant, entry: MockConfigEntry) -> None:
    """Wait until what is forwarded by itself has been."""
    await settle(home)
    for forwarder in entry.runtime_data.forwarders.values():
        drained = asyncio.Event()
        stop = forwarder.listen(lambda _, new, drained=drained: new.outbox.pending or drained.set())
        if forwarder.state.outbox.automatic and forwarder.state.outbox.pending:
            await drained.wait()
        stop()
    await settle(home)
