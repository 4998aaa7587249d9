"""Setting up, unloading and removing accounts."""

import asyncio
from contextlib import closing
import logging
from pathlib import Path
import sqlite3

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_STOP, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.archive.outbox import Outbox
from custom_components.fitbit_cardiogram.const import DOMAIN
from custom_components.fitbit_cardiogram.diagnostics import async_get_config_entry_diagnostics
from custom_components.fitbit_cardiogram.system_health import async_info
from tests.helpers.home import (
    NOW,
    SUBENTRY_ID,
    SetUp,
    account_entry,
    advance,
    begin_archive,
    destination,
    settle,
    state_of,
    until,
)
from tests.simulators import CardiogramSimulator, Fault, GoogleSimulator, Recording


def begin_outbox(archives: Path, entry: MockConfigEntry, subentry_id: str) -> None:
    """Leave in the archive a destination that forwards by itself."""
    archive = Archive(archives / f"{entry.entry_id}.db")
    archive.open()
    Outbox(archive, subentry_id).create(start=0, automatic=True, now=int(NOW.timestamp()))
    archive.close()


async def test_unload_and_set_up_again(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, google: GoogleSimulator
) -> None:
    await set_up(entry)
    assert entry.state is ConfigEntryState.LOADED

    assert await home.config_entries.async_unload(entry.entry_id)
    assert state_of(home, "sensor.sam_sample_heart_rate").state == "unavailable"

    assert await home.config_entries.async_setup(entry.entry_id)
    await settle(home)
    assert state_of(home, "sensor.sam_sample_heart_rate").state == "79"


async def test_devices_are_linked(
    home: HomeAssistant, google: GoogleSimulator, cardiogram: CardiogramSimulator, set_up: SetUp
) -> None:
    entry = await set_up(account_entry(google, subentries_data=[destination(cardiogram)]))
    devices = dr.async_get(home)
    account = devices.async_get_device_by_identifier((DOMAIN, entry.entry_id), entry.entry_id)
    receiver = devices.async_get_device_by_identifier((DOMAIN, SUBENTRY_ID), entry.entry_id)
    assert account
    assert receiver
    assert account.entry_type is dr.DeviceEntryType.SERVICE
    assert receiver.via_device_id == account.id
    assert receiver.config_subentry_id == SUBENTRY_ID


async def test_a_destination_of_a_newer_version_is_left_alone(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    archives: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """After a downgrade, the account goes on, and what its archive knows of that destination stays."""
    newer = {
        **destination(cardiogram),
        "subentry_type": "newer",
        "subentry_id": "01NEWER",
        "title": "Newer",
    }
    entry = account_entry(google, subentries_data=[destination(cardiogram), newer])
    entry.add_to_hass(home)
    await home.async_add_executor_job(begin_archive, home, entry)
    await home.async_add_executor_job(begin_outbox, archives, entry, "01NEWER")
    await home.config_entries.async_setup(entry.entry_id)
    await settle(home)
    assert entry.state is ConfigEntryState.LOADED
    assert list(entry.runtime_data.forwarders) == [SUBENTRY_ID]
    assert not dr.async_get(home).async_get_device_by_identifier((DOMAIN, "01NEWER"), entry.entry_id)
    told = [record for record in caplog.records if "Newer" in record.getMessage()]
    assert [record.levelname for record in told] == ["WARNING"]
    assert Outbox(entry.runtime_data.archive, "01NEWER").state().automatic

    shown = await async_get_config_entry_diagnostics(home, entry)
    assert shown["destinations"][1] == {"kind": "unknown"}
    info = await async_info(home)
    reached = {key: await value for key, value in info.items() if key.startswith("can_reach_")}
    services = ("can_reach_google_health", "can_reach_google_sign_in", "can_reach_cardiogram")
    assert reached == dict.fromkeys(services, "ok")
    await entry.runtime_data.forwarders[SUBENTRY_ID].forward()
    assert cardiogram.ledger


async def test_removing_an_account_leaves_nothing(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, archives: Path
) -> None:
    await set_up(entry)
    assert (archives / f"{entry.entry_id}.db").exists()

    await home.config_entries.async_remove(entry.entry_id)
    assert list(archives.iterdir()) == []
    assert not dr.async_entries_for_config_entry(dr.async_get(home), entry.entry_id)


async def test_stopping_closes_the_archive(
    home: HomeAssistant, entry: MockConfigEntry, set_up: SetUp, archives: Path
) -> None:
    await set_up(entry)
    home.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await home.async_block_till_done()
    # SQLite tidies its side files away when the last connection closes.
    assert [file.name for file in archives.iterdir()] == [f"{entry.entry_id}.db"]


@pytest.mark.parametrize("how", ["unload", "stop", "switch off"])
async def test_a_request_under_way_holds_up_nothing_for_long(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    archives: Path,
    how: str,
) -> None:
    """Ten seconds at most; the batch waits on the disk and is sent first when all is well again."""
    cardiogram.faults = [Fault("beats", kind="hang")]
    entry = await set_up(
        account_entry(google, subentries_data=[destination(cardiogram, automatic_forwarding=True)])
    )
    await until(lambda: cardiogram.requests)
    (forwarder,) = entry.runtime_data.forwarders.values()
    if how == "switch off":
        switch = {"entity_id": "switch.cardiogram_automatic_forwarding"}
        await home.services.async_call("switch", "turn_off", switch, blocking=True)
        assert not forwarder.state.outbox.automatic
        return
    if how == "unload":
        home.async_create_task(home.config_entries.async_unload(entry.entry_id))
    else:
        home.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await until(lambda: forwarder._stopping)  # noqa: SLF001 - the product need not know
    clock.tick(10)
    await home.async_block_till_done()
    assert [file.name for file in archives.iterdir()] == [f"{entry.entry_id}.db"]


async def test_two_accounts_side_by_side(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp, archives: Path
) -> None:
    now = int(NOW.timestamp())
    other = Recording(name="Robin", health_user_id="2", readings=[(now - 30, 150)], time_zone="Asia/Tokyo")
    google.people.append(other)
    await set_up(account_entry(google))
    await set_up(account_entry(google, person=other))
    assert state_of(home, "sensor.sam_sample_heart_rate").state == "79"
    assert state_of(home, "sensor.robin_heart_rate").state == "150"
    assert len(list(archives.glob("*.db"))) == 2


async def test_a_new_account_loads_whatever_the_source_does(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    google: GoogleSimulator,
    clock: FrozenDateTimeFactory,
) -> None:
    """Its entities are there at once, without a value."""
    google.faults.append(Fault("GET", status=503, times=-1))
    await set_up(entry)
    assert entry.state is ConfigEntryState.LOADED
    assert entry.runtime_data.coordinator.last_exception.translation_key == "service_unavailable"
    assert state_of(home, "sensor.sam_sample_heart_rate").state == STATE_UNKNOWN
    google.faults.clear()
    await advance(home, clock, minutes=5)
    assert state_of(home, "sensor.sam_sample_heart_rate").state == "79"


async def test_set_up_does_not_wait_for_the_source(
    home: HomeAssistant, entry: MockConfigEntry, google: GoogleSimulator
) -> None:
    """A source without answers holds up nothing."""
    google.faults.append(Fault("GET", kind="hang", times=-1))
    entry.add_to_hass(home)
    assert await home.config_entries.async_setup(entry.entry_id)
    assert state_of(home, "sensor.sam_sample_heart_rate").state == STATE_UNKNOWN
    assert await home.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("fault", [{"status": 503}, {"kind": "reset_before"}, {"status": 401}])
async def test_trouble_at_the_source_stops_neither_set_up_nor_forwarding(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    set_up: SetUp,
    fault: dict[str, str],
) -> None:
    entry = await set_up(account_entry(google, subentries_data=[destination(cardiogram)]))
    await home.config_entries.async_unload(entry.entry_id)

    google.faults.append(Fault("/v4/", times=-1, **fault))  # type: ignore[arg-type]
    await home.config_entries.async_setup(entry.entry_id)
    await settle(home)
    assert entry.state is ConfigEntryState.LOADED
    assert state_of(home, "sensor.sam_sample_heart_rate").state == "79"

    await home.services.async_call(
        "button", "press", {"entity_id": "button.cardiogram_forward_now"}, blocking=True
    )
    assert cardiogram.values() == dict(google.person.samples(0, 2**40, NOW.timestamp()))


@pytest.mark.parametrize(
    ("damage", "state", "reason"),
    [
        ("directory", ConfigEntryState.SETUP_RETRY, "archive_unusable"),
        ("newer", ConfigEntryState.SETUP_ERROR, "archive_too_new"),
    ],
)
async def test_an_archive_that_cannot_be_used(
    home: HomeAssistant,
    entry: MockConfigEntry,
    set_up: SetUp,
    archives: Path,
    damage: str,
    state: ConfigEntryState,
    reason: str,
) -> None:
    archives.mkdir(parents=True)
    file = archives / f"{entry.entry_id}.db"
    match damage:
        case "directory":
            file.mkdir()
        case "newer":
            with sqlite3.connect(file) as connection:
                connection.execute("PRAGMA user_version = 999")
            connection.close()
    await set_up(entry)
    assert entry.state is state
    assert entry.error_reason_translation_key == reason


async def test_polling_goes_on_without_any_entity(
    home: HomeAssistant,
    google: GoogleSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
) -> None:
    """A coordinator without listeners polls no more; forwarding must not die with the last entity."""
    entry = await set_up(account_entry(google, pref_disable_new_entities=True))
    assert not home.states.async_all("sensor")
    before = len(google.requests)
    await advance(home, clock, minutes=6)
    assert len(google.requests) > before
    assert entry.state is ConfigEntryState.LOADED


async def test_unloading_during_a_poll_is_no_trouble(
    home: HomeAssistant,
    google: GoogleSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await set_up(account_entry(google))
    caplog.clear()
    before = len(google.requests)
    poll = asyncio.create_task(entry.runtime_data.coordinator.async_refresh())
    await until(lambda: len(google.requests) > before)
    assert await home.config_entries.async_unload(entry.entry_id)
    await poll
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


ODD_NUMBERS = (-(2**62), -1, 0, 2**62)
ODD_FACTS: dict[str, tuple[int | str, ...]] = {
    "alerts_told": ("{", "[]", '[["high", -1, 4611686018427387904]]', '[["nigh", 1, 2]]'),
    "alerts_decided": ("{", '[["high", -1, 4611686018427387904]]'),
    "statistics": ("{", "{}", '{"version": 4611686018427387904, "time_zone": "Nowhere"}'),
    "replaced_at": ODD_NUMBERS,
    "replaced_unseen": ODD_NUMBERS,
    "late_turn": ODD_NUMBERS,
    "import": (
        "{",
        '{"start": 0, "end": 0, "reached": 0}',
        '{"start": -4611686018427387904, "end": 4611686018427387904, "reached": 0}',
    ),
    "refused_since": ODD_NUMBERS,
    "denied_since": ODD_NUMBERS,
    "time_zone": ("", "Nowhere/Land", "../../etc/passwd", "Europe/Berlin\0", "Pacific/Kiritimati", 7),
    "last_sync": ODD_NUMBERS,
    "version": ODD_NUMBERS,
    "removals": ODD_NUMBERS,
    "days_version": ODD_NUMBERS,
    "complete_from": ODD_NUMBERS,
    "source": ("", "nobody", 7),
    "source_since": ODD_NUMBERS,
    "revision": (-1, 2**53),
    "token": ("{", "[]", '{"sign_in": 7, "token": {}}'),
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in ODD_FACTS.items() for value in values]
)
async def test_set_up_completes_whatever_is_damaged(
    home: HomeAssistant,
    google: GoogleSimulator,
    entry: MockConfigEntry,
    set_up: SetUp,
    archives: Path,
    name: str,
    value: int | str,
) -> None:
    """The account loads, and its entities are there."""
    await set_up(entry)
    await home.config_entries.async_unload(entry.entry_id)
    with closing(sqlite3.connect(archives / f"{entry.entry_id}.db")) as connection:
        connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))
        connection.commit()
    await home.config_entries.async_setup(entry.entry_id)
    await settle(home)
    assert entry.state is ConfigEntryState.LOADED
    assert state_of(home, "sensor.sam_sample_heart_rate").state != STATE_UNAVAILABLE


async def test_a_text_that_is_none_is_quoted_nowhere(
    home: HomeAssistant,
    google: GoogleSimulator,
    entry: MockConfigEntry,
    set_up: SetUp,
    archives: Path,
    clock: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """SQLite's own error holds what it could not read, and a log shows the errors that led to another one."""
    caplog.set_level(logging.DEBUG)
    await set_up(entry)
    unreadable = b"173 bpm of body-sentinel-5813 \xff".hex()
    with closing(sqlite3.connect(archives / f"{entry.entry_id}.db")) as connection:
        for name in ("late_turn", "complete_from", "time_zone"):
            value = f"CAST(X'{unreadable}' AS TEXT)"
            connection.execute(f"INSERT OR REPLACE INTO facts VALUES (?, {value})", (name,))
        connection.commit()
    for _ in range(3):
        await advance(home, clock, hours=1)
    await home.config_entries.async_reload(entry.entry_id)
    await settle(home)
    assert entry.state is ConfigEntryState.LOADED
    assert entry.runtime_data.coordinator.last_update_success
    assert "body-sentinel" not in caplog.text
    assert "direct cause" not in caplog.text
