"""Purging: what a person wants gone is gone for good, and nothing else."""

import asyncio
from datetime import date
from pathlib import Path
import time
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.fitbit_cardiogram.const import CONF_AUTOMATIC, DOMAIN
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from tests.helpers.home import (
    NOW,
    SUBENTRY_ID,
    SetUp,
    account_entry,
    advance,
    at,
    destination,
    purge,
    settle,
    state_of,
    until,
)
from tests.simulators import CardiogramSimulator, Fault, GoogleSimulator, Recording

OTHER_ID = "01OTHERRECEIVER0000000000000"
NOW_S = int(NOW.timestamp())
A_STRETCH = {"start": "2026-11-21T21:40:00+00:00", "end": "2026-11-21T21:45:00+00:00"}
HEART_RATE = "sensor.sam_sample_heart_rate"
PENDING = "sensor.cardiogram_pending_beats"
QUARANTINED = "sensor.cardiogram_quarantined_beats"
RECONCILE = "/heart-rate/dataPoints:reconcile"


@pytest.fixture
async def account(google: GoogleSimulator, cardiogram: CardiogramSimulator, set_up: SetUp) -> MockConfigEntry:
    """Return an account whose destination waits to be asked."""
    return await set_up(account_entry(google, subentries_data=[destination(cardiogram)]))


async def forward(entry: MockConfigEntry) -> int:
    """Forward and return how many beats were delivered by that."""
    delivered: int = (await entry.runtime_data.forwarders[SUBENTRY_ID].forward()).delivered
    return delivered


def rows(entry: MockConfigEntry, table: str, columns: str = "*") -> list[Any]:
    """Return the rows of a table of the archive."""
    with entry.runtime_data.archive.writing() as connection:
        return list(connection.execute(f"SELECT {columns} FROM {table}").fetchall())


def recount(samples: list[Sample]) -> set[tuple[int, ...]]:
    """Return the hours that the samples make."""
    hours: dict[int, list[int]] = {}
    for moment, bpm in samples:
        hours.setdefault(moment // HOUR * HOUR, []).append(bpm)
    return {(hour, len(bpm), sum(bpm), min(bpm), max(bpm)) for hour, bpm in hours.items()}


async def poll(home: HomeAssistant, clock: FrozenDateTimeFactory, hours: int = 3) -> None:
    """Let so many hours of polls pass, each of which asks for everything."""
    for _ in range(hours):
        await advance(home, clock, hours=1)


async def test_everything(
    home: HomeAssistant,
    account: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    """It does not come back, neither here nor at the receiver; what is measured afterwards comes."""
    cardiogram.reject = lambda beat: beat["start"] == at("21:35:00")
    await forward(account)
    person.synced_at = None
    await advance(home, clock, minutes=5)
    assert (state_of(home, PENDING).state, state_of(home, QUARANTINED).state) == ("5", "1")
    assert rows(account, "days")

    assert await purge(home, account) == {"samples": 180, "pending": 6}
    for table in ("samples", "hours", "days", "outbox", "batches", "quarantine"):
        assert rows(account, table) == []
    assert (state_of(home, PENDING).state, state_of(home, QUARANTINED).state) == ("0", "0")
    for what in ("heart_rate", "highest_heart_rate_today", "resting_heart_rate", "light_zone_today"):
        assert state_of(home, f"sensor.sam_sample_{what}").state == "unknown"

    await poll(home, clock)
    assert rows(account, "samples") == []
    assert await forward(account) == 0
    assert len(cardiogram.ledger) == 174

    person.readings += [(at("22:04:00"), 70), (at("22:05:00"), 71), (at("22:05:01"), 72)]
    await poll(home, clock)
    assert rows(account, "samples", "time, bpm") == [(at("22:05:01"), 72)]
    assert await forward(account) == 1
    assert cardiogram.repeats() == 0


async def test_a_stretch(
    home: HomeAssistant,
    account: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    """From its start to before its end; what lies beside it stays and is forwarded."""
    left = [one for one in person.samples(0, NOW_S, 0) if not at("21:40:00") <= one[0] < at("21:45:00")]
    assert await purge(home, account, **A_STRETCH) == {"samples": 30, "pending": 30}
    assert rows(account, "samples", "time, bpm") == left
    assert set(rows(account, "hours", "hour, count, sum, min, max")) == recount(left)
    assert state_of(home, HEART_RATE).state == "79"
    assert state_of(home, PENDING).state == "145"

    await poll(home, clock)
    assert await forward(account) == 145
    assert cardiogram.values() == dict(left)
    assert await purge(home, account, **A_STRETCH) == {"samples": 0, "pending": 0}


async def test_the_days_of_a_stretch(
    home: HomeAssistant, account: MockConfigEntry, person: Recording, clock: FrozenDateTimeFactory
) -> None:
    """By the account's own midnight, which is at 23:00 UTC."""
    person.zones[date(2026, 11, 22)] = {"LIGHT": 1.0}
    await poll(home, clock)
    assert [day for (day,) in rows(account, "days", "day")] == ["2026-11-21", "2026-11-22"]
    await purge(home, account, start="2026-11-21T20:00:00+00:00", end="2026-11-21T23:00:00+00:00")
    assert [day for (day,) in rows(account, "days", "day")] == ["2026-11-22"]
    await poll(home, clock)
    assert [day for (day,) in rows(account, "days", "day")] == ["2026-11-22"]


async def test_the_part_of_a_stretch_that_is_yet_to_come(
    home: HomeAssistant, account: MockConfigEntry, person: Recording, clock: FrozenDateTimeFactory
) -> None:
    into_the_future = {"start": "2026-11-21T21:59:59+00:00", "end": "2026-11-21T23:30:00+00:00"}
    assert await purge(home, account, **into_the_future) == {"samples": 0, "pending": 0}
    person.readings += [(at("22:20:00"), 70), (at("22:40:00"), 71)]
    person.synced_at = None
    await poll(home, clock)
    assert rows(account, "samples", "time, bpm") == person.readings


@pytest.mark.parametrize("asked", [{}, {"confirm": False}])
async def test_nothing_without_being_sure(
    home: HomeAssistant, account: MockConfigEntry, asked: dict[str, bool]
) -> None:
    data = {"config_entry_id": account.entry_id, **asked}
    with pytest.raises(ServiceValidationError) as raised:
        await home.services.async_call(DOMAIN, "purge", data, blocking=True)
    assert raised.value.translation_key == "purge_unconfirmed"
    assert len(rows(account, "samples")) == 175
    assert state_of(home, PENDING).state == "175"


async def test_of_all_destinations_and_of_one_account(
    home: HomeAssistant, google: GoogleSimulator, cardiogram: CardiogramSimulator, set_up: SetUp
) -> None:
    robin = Recording(name="Robin", health_user_id="2", readings=[(NOW_S - 30, 150)])
    google.people.append(robin)
    other = await set_up(account_entry(google, person=robin))
    async with CardiogramSimulator() as receiver:
        also = destination(receiver) | {"subentry_id": OTHER_ID, "title": "Own receiver"}
        entry = await set_up(account_entry(google, subentries_data=[destination(cardiogram), also]))
        assert await purge(home, entry, **A_STRETCH) == {"samples": 30, "pending": 60}
        for forwarder in entry.runtime_data.forwarders.values():
            assert (await forwarder.forward()).delivered == 145
        assert receiver.values() == cardiogram.values()
    await purge(home, entry)
    assert state_of(home, "sensor.robin_heart_rate").state == "150"
    assert len(rows(other, "samples")) == 1


# While something is under way


@pytest.mark.parametrize("answered", [True, False])
async def test_a_request_in_flight_comes_first(
    home: HomeAssistant,
    account: MockConfigEntry,
    cardiogram: CardiogramSimulator,
    clock: FrozenDateTimeFactory,
    answered: bool,
) -> None:
    """Nobody can tell whether a batch has arrived while its answer is awaited."""
    if answered:
        cardiogram.latency = 10
    else:
        cardiogram.faults = [Fault("POST", kind="hang")]
    forwarding = asyncio.create_task(forward(account))
    await until(lambda: cardiogram.requests)
    purging = asyncio.create_task(purge(home, account))
    if answered:
        clock.tick(11)
        await until(lambda: cardiogram.ledger)
    await home.async_add_executor_job(str)
    assert not purging.done()
    assert len(rows(account, "samples")) == 175
    clock.tick(11 if answered else 31)
    await until(purging.done)
    assert purging.result() == {"samples": 175, "pending": 0 if answered else 175}
    assert await forwarding == (175 if answered else 0)
    assert await forward(account) == 0
    assert len(cardiogram.requests) == 1
    assert rows(account, "batches") == []


async def test_a_reading_in_flight_brings_nothing_back(
    home: HomeAssistant,
    account: MockConfigEntry,
    google: GoogleSimulator,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    read = person.samples

    def answer_late(start: int, end: int, now: float) -> list[Sample]:
        google.latency = 10
        return read(start, end, now)

    person.samples = answer_late  # type: ignore[method-assign]
    person.synced_at = None
    poll = asyncio.create_task(account.runtime_data.coordinator.async_refresh())
    await until(lambda: google.latency)
    assert await purge(home, account) == {"samples": 175, "pending": 175}
    clock.tick(11)
    google.latency = 0
    await poll
    await settle(home)
    assert rows(account, "samples") == []


async def test_forwarding_by_itself_goes_on(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    set_up: SetUp,
    person: Recording,
    clock: FrozenDateTimeFactory,
) -> None:
    entry = await set_up(
        account_entry(google, subentries_data=[destination(cardiogram, **{CONF_AUTOMATIC: True})])
    )
    await until(lambda: state_of(home, PENDING).state == "0")
    await purge(home, entry)
    person.readings.append((at("22:02:00"), 90))
    person.synced_at = None
    await advance(home, clock, minutes=5)
    await until(lambda: len(cardiogram.ledger) == 176)
    assert cardiogram.repeats() == 0


# The file


def varint(number: int) -> bytes:
    """Return a number as SQLite writes the key of a row."""
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.insert(0, number & 0x7F | 0x80)
    return bytes(digits)


def on_disk(archives: Path) -> bytes:
    """Return all that is in the files of all archives."""
    return b"".join(file.read_bytes() for file in sorted(archives.iterdir()) if file.suffix != ".db-shm")


async def test_nothing_stays_on_the_disk(
    home: HomeAssistant, account: MockConfigEntry, cardiogram: CardiogramSimulator, archives: Path
) -> None:
    """Neither the samples, nor what waits, nor the batch whose answer was lost, nor a day's summary."""
    file = archives / f"{account.entry_id}.db"
    archive = account.runtime_data.archive
    older = [(NOW_S - 10**6 + second, 60) for second in range(50_000)]
    await home.async_add_executor_job(archive.store, older, NOW_S)
    cardiogram.faults = [Fault("POST", kind="reset_after")]
    await forward(account)
    aside = file.with_name(f"{file.name}.damaged")
    aside.write_bytes(b"what was damaged once")
    (batch,) = cardiogram.requests
    times = [time for time, _ in older[::1000]]
    secrets = [batch.body[:60], batch.body[-60:], b'"2026-11-21"', b"what was damaged once"]
    secrets += [time.to_bytes(4) for time in times] + [varint(time) for time in times]
    before = on_disk(archives)
    assert all(secret in before for secret in secrets)

    assert await purge(home, account) == {"samples": 50_175, "pending": 50_175}
    after = on_disk(archives)
    assert [secret for secret in secrets if secret in after] == []
    assert len(after) < len(before) / 10
    assert not aside.exists()
    await settle(home)
    assert await forward(account) == 0
    assert float(state_of(home, "sensor.sam_sample_archive_size").state) == pytest.approx(0.1, abs=0.11)


async def test_of_a_stretch_nothing_stays_on_the_disk(
    home: HomeAssistant, account: MockConfigEntry, person: Recording, archives: Path
) -> None:
    inside = [time for time, _ in person.readings if at("21:40:00") < time < at("21:45:00")]
    outside = [time for time, _ in person.readings if time < at("21:40:00")]
    await purge(home, account, **A_STRETCH)
    left = on_disk(archives)
    for write in (varint, lambda time: time.to_bytes(4)):
        assert not [time for time in inside if write(time) in left]
        assert all(write(time) in left for time in outside)


@pytest.mark.parametrize("is_heard", [True, False], ids=["the service's time", "the newest sample"])
async def test_a_clock_that_is_ahead_swallows_nothing(
    home: HomeAssistant,
    google: GoogleSimulator,
    account: MockConfigEntry,
    person: Recording,
    clock: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    is_heard: bool,
) -> None:
    """A purge of everything ends where something can have been measured, not a month later."""
    client = account.runtime_data.coordinator._source._client  # noqa: SLF001
    assert client.answered_at == NOW_S
    if not is_heard:
        client.answered_at = None
    monkeypatch.setattr(time, "time", lambda: float(NOW_S + 30 * DAY))
    await purge(home, account)
    monkeypatch.undo()
    person.readings.append((NOW_S + 60, 99))
    person.synced_at = NOW_S + 60
    await advance(home, clock, minutes=5)
    # The last ones of before were not synced at that time.
    late = [] if is_heard else [(NOW_S - second, 79) for second in (50, 40, 30, 20, 10)]
    assert rows(account, "samples", "time, bpm") == [*late, (NOW_S + 60, 99)]
