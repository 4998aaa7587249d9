"""Faults of the machine and of the disk: what they stop goes on by itself, and nothing is lost."""

import asyncio
from contextlib import closing
from datetime import timedelta
from pathlib import Path
import shutil
import sqlite3
import time

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
)

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.archive.outbox import Outbox
from custom_components.fitbit_cardiogram.backup import async_post_backup, async_pre_backup
from custom_components.fitbit_cardiogram.const import (
    CONF_ALERTS,
    CONF_AUTOMATIC,
    CONF_DURATION,
    CONF_HIGH,
    CONF_HYSTERESIS,
    DOMAIN,
)
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR, MINUTE
from tests.helpers.home import (
    NOW,
    SUBENTRY_ID,
    SetUp,
    account_entry,
    advance,
    archive_file,
    destination,
    forwarded,
    issues,
    kept,
    pass_time,
    purge,
    reauths,
    settle,
    state_of,
    until,
)
from tests.simulators import CardiogramSimulator, GoogleSimulator, Recording

NOW_S = int(NOW.timestamp())
ALERT = "event.sam_sample_heart_rate_alert"


@pytest.fixture
async def account(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    person: Recording,
    set_up: SetUp,
) -> MockConfigEntry:
    """Return an account that has forwarded all it knows."""
    entry = account_entry(
        google,
        subentries_data=[destination(cardiogram, **{CONF_AUTOMATIC: True})],
        options={CONF_ALERTS: {CONF_HIGH: 150, CONF_DURATION: 5, CONF_HYSTERESIS: 5}},
    )
    await set_up(entry)
    person.synced_at = None
    await forwarded(home, entry)
    return entry


def measure(person: Recording, start: int, end: int, step: int = MINUTE) -> None:
    person.readings += [(moment, 60 + moment // MINUTE % 30) for moment in range(start, end, step)]


# The archive's place


async def set_up_again(home: HomeAssistant, clock: FrozenDateTimeFactory, **delta: float) -> None:
    """Let time pass for an account that may be set up again by it."""
    clock.tick(timedelta(**delta))
    async_fire_time_changed(home)
    await settle(home)
    (entry,) = home.config_entries.async_entries(DOMAIN)
    await until(lambda: entry.state is not ConfigEntryState.SETUP_IN_PROGRESS)
    await settle(home)


@pytest.mark.parametrize("is_new", [True, False])
async def test_an_archive_that_does_not_open_is_told_after_an_hour(
    home: HomeAssistant,
    google: GoogleSimulator,
    set_up: SetUp,
    clock: FrozenDateTimeFactory,
    is_new: bool,
) -> None:
    """At the first set-up, and at a later one; it goes on by itself."""
    entry = account_entry(google)
    file = archive_file(home, entry)
    unusable = f"archive_unusable_{entry.entry_id}"
    if not is_new:
        await set_up(entry)
        await home.config_entries.async_unload(entry.entry_id)
        file.rename(file.with_suffix(".away"))
    # As in a folder that takes nothing, which no folder is for root.
    file.mkdir(parents=True)
    if is_new:
        await set_up(entry)
    else:
        await home.config_entries.async_setup(entry.entry_id)
    for _ in range(5):
        await set_up_again(home, clock, minutes=10)
        assert (entry.state, issues(home)) == (ConfigEntryState.SETUP_RETRY, set())
    await set_up_again(home, clock, minutes=11)
    assert issues(home) == {unusable}
    file.rmdir()
    if not is_new:
        file.with_suffix(".away").rename(file)
    await set_up_again(home, clock, minutes=11)
    assert (entry.state, issues(home)) == (ConfigEntryState.LOADED, set())
    assert len(kept(entry)) == 175
    assert reauths(home) == 0


async def test_a_failure_that_passes_within_the_hour_is_not_counted_on(
    home: HomeAssistant, google: GoogleSimulator, set_up: SetUp, clock: FrozenDateTimeFactory
) -> None:
    entry = account_entry(google)
    file = archive_file(home, entry)
    file.mkdir(parents=True)
    await set_up(entry)
    await set_up_again(home, clock, minutes=40)
    file.rmdir()
    await set_up_again(home, clock, minutes=11)
    assert entry.state is ConfigEntryState.LOADED
    await home.config_entries.async_unload(entry.entry_id)
    file.rename(file.with_suffix(".away"))
    file.mkdir()
    await home.config_entries.async_setup(entry.entry_id)
    await set_up_again(home, clock, minutes=30)
    assert (entry.state, issues(home)) == (ConfigEntryState.SETUP_RETRY, set())


async def test_its_place_is_taken_while_it_runs(
    home: HomeAssistant,
    account: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    """The file is put back after two hours: all goes on, and what was measured meanwhile is there."""
    file = archive_file(home, account)
    before = kept(account)
    await home.async_add_executor_job(account.runtime_data.archive.close)
    shutil.copy(file, file.with_suffix(".away"))
    await home.async_add_executor_job(account.runtime_data.archive.open)
    file.unlink()
    file.mkdir()
    measure(person, NOW_S + MINUTE, NOW_S + 2 * HOUR)
    for _ in range(12):
        await set_up_again(home, clock, minutes=10)
    unusable = f"archive_unusable_{account.entry_id}"
    assert (account.state, issues(home)) == (ConfigEntryState.SETUP_RETRY, {unusable})
    file.rmdir()
    file.with_suffix(".away").rename(file)
    await set_up_again(home, clock, minutes=11)
    assert (account.state, issues(home)) == (ConfigEntryState.LOADED, set())
    await forwarded(home, account)
    assert kept(account)[: len(before)] == before
    assert cardiogram.values().items() >= dict(person.readings[-60:]).items()
    assert cardiogram.repeats() == 0


async def test_a_downgrade_and_an_upgrade(
    home: HomeAssistant,
    account: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    """The older release says at once that it cannot read the file, and leaves it byte for byte as it is."""
    file = archive_file(home, account)
    await home.config_entries.async_unload(account.entry_id)
    with closing(sqlite3.connect(file)) as newer:
        (version,) = newer.execute("PRAGMA user_version").fetchone()
        newer.execute(f"PRAGMA user_version = {version + 1}")
    before = file.read_bytes()
    await home.config_entries.async_setup(account.entry_id)
    await settle(home)
    assert account.state is ConfigEntryState.SETUP_ERROR
    assert account.error_reason_translation_key == "archive_too_new"
    assert issues(home) == {f"archive_too_new_{account.entry_id}"}
    assert file.read_bytes() == before
    with closing(sqlite3.connect(file)) as upgraded:
        upgraded.execute(f"PRAGMA user_version = {version}")
    measure(person, NOW_S + MINUTE, NOW_S + HOUR)
    clock.tick(HOUR)
    await home.config_entries.async_reload(account.entry_id)
    await settle(home)
    await forwarded(home, account)
    assert (account.state, issues(home)) == (ConfigEntryState.LOADED, set())
    assert cardiogram.values().items() >= dict(person.readings[-59:]).items()
    assert cardiogram.repeats() == 0


# A machine that slept


@pytest.mark.parametrize("stands_still", [True, False], ids=["monotonic stands still", "both go on"])
async def test_three_days_asleep(
    home: HomeAssistant,
    account: MockConfigEntry,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    stands_still: bool,
) -> None:
    """Linux stops the monotonic clock for a suspend, a virtual machine that is moved may not."""
    events = async_capture_events(home, "state_changed")
    monotonic = time.monotonic
    measure(person, NOW_S + MINUTE, NOW_S + 3 * DAY + HOUR)
    # A run of high values in the night before last: too old to be news.
    start = NOW_S + DAY
    person.readings = [
        (moment, 170 if start <= moment < start + HOUR else bpm) for moment, bpm in person.readings
    ]
    google.expire_access_tokens()
    clock.tick(timedelta(days=3))
    if stands_still:
        monkeypatch.setattr(time, "monotonic", lambda: monotonic() - 3 * DAY)
    await advance(home, clock)
    for _ in range(3):
        await pass_time(home, clock, minutes=5)
    await forwarded(home, account)
    coordinator = account.runtime_data.coordinator
    assert coordinator.last_update_success
    now = int(time.time())
    measured = {moment: bpm for moment, bpm in person.readings if moment <= now}
    assert dict(kept(account)) == measured
    assert cardiogram.values() == measured
    assert cardiogram.repeats() == 0
    assert (issues(home), reauths(home)) == (set(), 0)
    alerts = {event.data["new_state"].state for event in events if event.data["entity_id"] == ALERT}
    assert alerts <= {STATE_UNAVAILABLE, STATE_UNKNOWN}
    for _ in range(12):
        await pass_time(home, clock, minutes=5)
    assert coordinator.last_update_success
    assert state_of(home, "sensor.sam_sample_heart_rate").state == str(person.readings[-1][1])
    assert issues(home) == set()


# A backup during everything


async def test_a_backup_during_everything(
    home: HomeAssistant,
    account: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
    tmp_path: Path,
) -> None:
    """An import, polls, forwarding and a purge are under way while the file is copied, bit by bit."""
    runtime = account.runtime_data
    await runtime.forwarders[SUBENTRY_ID].set_automatic(False)
    measure(person, NOW_S - 40 * DAY, NOW_S - 2 * DAY, 601)
    await runtime.forwarders[SUBENTRY_ID].cover(0, NOW_S)
    await runtime.coordinator.history_import.begin(NOW_S - 40 * DAY, NOW_S)
    before = len(kept(account))
    await until(lambda: runtime.archive.holdings().samples > before)
    source, copy = archive_file(home, account), tmp_path / "copy.db"

    night = {"start": "2026-11-20T00:00:00+00:00", "end": "2026-11-20T06:00:00+00:00"}
    await async_pre_backup(home)
    measure(person, NOW_S - HOUR, NOW_S, 7)
    work = [
        asyncio.create_task(runtime.coordinator.async_read_now()),
        asyncio.create_task(runtime.forwarders[SUBENTRY_ID].forward()),
        asyncio.create_task(purge(home, account, **night)),
    ]
    with source.open("rb") as whole, copy.open("wb") as part:
        while chunk := whole.read(2**16):
            part.write(chunk)
            for _ in range(300):
                await asyncio.sleep(0)
    await asyncio.gather(*work)
    await async_post_backup(home)

    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        counted = connection.execute(
            "SELECT time / 3600 * 3600, count(*), sum(bpm) FROM samples GROUP BY 1 ORDER BY 1"
        ).fetchall()
        hours = connection.execute("SELECT hour, count, sum FROM hours ORDER BY hour").fetchall()
        assert counted == hours
        lost = "SELECT count(*) FROM outbox WHERE time NOT IN (SELECT time FROM samples)"
        assert connection.execute(lost).fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM batches").fetchone() <= (1,)
    restored = Archive(copy)
    restored.open()
    outbox = Outbox(restored, SUBENTRY_ID).state()
    held = restored.holdings().samples
    restored.close()
    assert before <= held
    assert outbox.pending <= held
    # What was written during the backup is in the file, and all that was under way comes to its end.
    for _ in range(20):
        await pass_time(home, clock, minutes=1)
    await until(lambda: not runtime.coordinator.history_import.is_running)
    await runtime.forwarders[SUBENTRY_ID].forward()
    samples = dict(kept(account))
    assert samples.items() <= cardiogram.values().items()
    assert cardiogram.repeats() == 0
    assert issues(home) == set()
