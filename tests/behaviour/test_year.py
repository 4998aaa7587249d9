"""A year in one process: all that happens in one, with the clock moved forward.

The plan below is that of a month, and is gone through again each month. DAYS says for how many days, such as
365; then a table tells what each month took. The recorder is left out: it would keep the year in memory.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
import ctypes
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
import gc
import logging
import os
from pathlib import Path
import sys
import threading
import time
from typing import Any, Final, NamedTuple, cast, override
from zoneinfo import ZoneInfo

from _pytest.logging import LogCaptureHandler
from aiohttp.test_utils import TestClient
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.storage import Store
from homeassistant.loader import async_get_integration
from homeassistant.setup import async_setup_component
from homeassistant.util.async_ import get_scheduled_timer_handles
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.fitbit_cardiogram import PLATFORMS
from custom_components.fitbit_cardiogram.archive.database import LOG_SIZE_MAX
from custom_components.fitbit_cardiogram.backup import async_post_backup, async_pre_backup
from custom_components.fitbit_cardiogram.const import (
    CONF_AUTOMATIC,
    CONF_COVERS_FROM,
    CONF_FRESHNESS,
    CONF_RETENTION,
    DOMAIN,
)
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR, utc
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from tests.helpers.home import (
    NOW,
    SUBENTRY_ID,
    SetUp,
    account_entry,
    advance,
    archive_file,
    destination,
    import_rests,
    is_at_rest,
    kept,
    reauths,
    settle,
    until,
)
from tests.simulators import CardiogramSimulator, Fault, GoogleSimulator, Recording
from tests.simulators.person import day_start
from tests.simulators.server import Simulator

QUICK: Final = 4
DAYS: Final = int(os.environ.get("DAYS", QUICK))
MINUTE: Final = 60
MONTH: Final = 30
START: Final = int(NOW.timestamp())
BERLIN: Final = ZoneInfo("Europe/Berlin")
RETENTION: Final = 30
# Days go by in steps of two hours; one a month, and those on which clocks change, at the rhythm of polls.
STEP: Final = 2 * HOUR
POLL: Final = 5 * MINUTE
TRUE_RHYTHM: Final = 3
# At the end nothing goes wrong any more, so that what is left over by then stays.
QUIET_DAYS: Final = 3
# What hours, days and the hours that destinations had may take in a month, in bytes.
KEPT_MAX: Final = 80_000
# How much more memory the process may take after ten months, in bytes, and in blocks of the interpreter's (it
# has 1.2 million): the pieces that free memory is in, and what the test tools remember.
MEMORY_MAX: Final = 30 * 2**20
BLOCKS_MAX: Final = 30_000
# Idle connections are closed after 15 seconds.
IDLE: Final = 30


class Delay(NamedTuple):
    """What is measured from an hour of a day of each month on, for so many hours, syncs some hours late."""

    day: int
    hour: int
    hours: int
    late: int


# The phone is away, and nothing else comes either until it is back.
AWAY: Final = (Delay(2, 10, 5, 0), Delay(7, 6, 30, 0), Delay(16, 9, 4, 0))
# The rest of the day is there, and this comes later.
LATE: Final = (Delay(1, 4, 2, 6), Delay(10, 21, 1, 5), Delay(19, 2, 3, 40))


class Outage(NamedTuple):
    """Every request to a service whose line contains a text goes wrong for hours."""

    service: str
    day: int
    hour: int
    hours: int
    fault: Fault


def fails(match: str, **answer: Any) -> Fault:
    return Fault(match, times=-1, **answer)


GOOGLE, CARDIOGRAM = "google", "cardiogram"
HTML: Final = {"body": "<html>", "headers": {"Content-Type": "text/html"}}
OUTAGES: Final = (
    Outage(GOOGLE, 0, 6, 4, fails("/v4/", status=503)),
    Outage(CARDIOGRAM, 0, 12, 10, fails("beats", status=503)),
    Outage(GOOGLE, 1, 2, 6, fails("/v4/", kind="reset_before")),
    Outage(GOOGLE, 1, 14, 4, fails("/v4/", status=429, headers={"Retry-After": "1800"})),
    Outage(GOOGLE, 2, 0, 6, fails("/token", status=200, **HTML)),
    Outage(GOOGLE, 2, 10, 6, fails("/token", status=404)),
    Outage(CARDIOGRAM, 3, 10, 8, fails("beats", status=429, headers={"Retry-After": "3600"})),
    Outage(CARDIOGRAM, 5, 0, 72, fails("beats", status=500, **HTML)),
    Outage(GOOGLE, 9, 0, 12, fails("/v4/", status=500, **HTML)),
    Outage(CARDIOGRAM, 12, 6, 50, fails("beats", kind="reset_before")),
    Outage(GOOGLE, 13, 20, 20, fails("", status=502, **HTML)),
    Outage(GOOGLE, 18, 4, 6, fails("reconcile", kind="truncate")),
    Outage(GOOGLE, 21, 8, 16, fails("/token", kind="reset_before")),
    Outage(CARDIOGRAM, 22, 0, 96, fails("beats", status=503)),
)


def seconds(planned: Delay | Outage) -> tuple[int, int]:
    """Return the hour of the month at which a planned event begins, and its length."""
    return planned.day * DAY + planned.hour * HOUR, planned.hours * HOUR


def within(planned: Delay | Outage, moment: float) -> bool:
    begin, length = seconds(planned)
    return 0 <= (moment - START) % (MONTH * DAY) - begin < length


@dataclass
class Wearer(Recording):
    """A wearer whose heart is measured each minute but while the device is charged; some of it syncs late."""

    is_punctual: bool = False

    @override
    def samples(self, start: int, end: int, now: float) -> list[Sample]:
        """Return the synced samples of a range."""
        end = min(end, self.last_sync(now) + 1)
        found = measured(start, end)
        for begin, length, arrival in [] if self.is_punctual else late(now):
            if start < begin + length and begin < end and now < arrival:
                found = [sample for sample in found if not begin <= sample[0] < begin + length]
        return found

    @override
    def last_sync(self, now: float) -> int:
        """Return the last quarter of an hour at which the phone was near."""
        for away in () if self.is_punctual else AWAY:
            if within(away, now):
                begin, _ = seconds(away)
                now -= (now - START) % (MONTH * DAY) - begin
        return int(now) // 900 * 900

    @override
    def zone_minutes(self, day: date, now: float) -> dict[str, float]:
        """Return a minute more with each hour of the day."""
        hours = (now - day_start(day, BERLIN)) // HOUR
        return {"LIGHT": 60.0 + day.day, "PEAK": max(0.0, min(hours, 24))}

    @override
    def resting_heart_rate(self, day: date, now: float) -> int | None:
        """Return another rate on each day of a month."""
        return 50 + day.day


def late(now: float) -> Iterator[tuple[int, int, int]]:
    """Yield the newest stretch of each kind of late data: its begin, its length, and when it arrives."""
    for delay in LATE:
        begin, length = seconds(delay)
        begin = int(now - (now - START - begin) % (MONTH * DAY))
        yield begin, length, begin + length + delay.late * HOUR


def measured(start: int, end: int) -> list[Sample]:
    """Return all that is measured in a range."""
    return [
        (moment, 55 + minute // 20 * 7919 % 61 + minute * 31 % 13)
        for minute in range(start // MINUTE, -(-end // MINUTE))
        if start <= (moment := minute * MINUTE + minute * 17 % 50) < end and minute % 1440 >= 40
    ]


# What a person and Home Assistant do


@dataclass(frozen=True, slots=True)
class Standing:
    """What the process holds while nothing is going on; memory and sizes in bytes."""

    tasks: Counter[str]
    timers: Counter[str]
    connections: int
    threads: int
    files: int
    objects: Counter[str]
    archive: int
    log: int
    kept_for_good: int
    memory: int
    blocks: int


def named(callback: object) -> str:
    """Return by what name something that runs, or will, is known in a report."""
    while (inner := getattr(callback, "func", None)) is not None:
        callback = inner
    return str(getattr(callback, "__qualname__", None) or type(callback).__qualname__)


def own_objects() -> Counter[str]:
    """Count the live objects of our own classes."""
    gc.collect()
    kinds = (type(one) for one in gc.get_objects())
    return Counter(
        f"{kind.__module__.removeprefix(OURS)}.{kind.__qualname__}"
        for kind in kinds
        if kind.__module__.startswith(OURS)
    )


def open_files() -> list[str]:
    """Return the targets of the process's open file descriptors."""
    found = []
    for file in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.append(str(file.readlink()))
    return found


def tables(entry: MockConfigEntry) -> Counter[str]:
    """Return the bytes that each table of the archive takes up."""
    with entry.runtime_data.archive.writing() as connection:
        return Counter(dict(connection.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name")))


@dataclass
class Year:
    """A Home Assistant with an account, and what has become of them so far."""

    home: HomeAssistant
    clock: FrozenDateTimeFactory
    google: GoogleSimulator
    cardiogram: CardiogramSimulator
    entry: MockConfigEntry
    browser: TestClient[Any, Any]
    person: Wearer
    logged: pytest.LogCaptureFixture
    read: list[tuple[int, int]] = field(default_factory=lambda: [(START - DAY, 2**40)])
    """Of which ranges samples were brought in."""
    purged: list[tuple[int, int]] = field(default_factory=list)
    received_until: int = START
    """All that was measured before is known to be at Cardiogram."""
    month: Counter[str] = field(default_factory=Counter)
    met: set[str] = field(default_factory=set)
    """What went wrong with requests."""
    standings: list[Standing] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)

    async def live(self, day: int) -> None:
        """Let a day pass, with all that is planned for it while the wearer is not punctual."""
        start = START + day * DAY
        is_true = day % MONTH == TRUE_RHYTHM or offset(start) != offset(start + DAY)
        for moment in range(start, start + DAY, POLL if is_true else STEP):
            for service, simulator in ((GOOGLE, self.google), (CARDIOGRAM, self.cardiogram)):
                simulator.faults = [
                    outage.fault
                    for outage in OUTAGES
                    if outage.service == service and not self.person.is_punctual and within(outage, moment)
                ]
            await self.pass_time_until(moment)
            if not self.person.is_punctual:
                await self.act(day, (moment - start) / HOUR)

    async def act(self, day: int, hour: float) -> None:
        """Do everything planned for this hour."""
        for planned in PLAN:
            if (planned.day, planned.hour) == (day % MONTH, hour) and day // MONTH % planned.months == 0:
                await planned.act(self)
                await self.come_to_rest()

    async def pass_time_until(self, moment: int) -> None:
        """Let the clock jump to a moment, unless it is past that."""
        if moment > time.time():
            await advance(self.home, self.clock, seconds=moment - time.time())
        await self.come_to_rest()

    async def come_to_rest(self) -> None:
        """Wait until no beat is on its way and no stretch is being imported."""
        await settle(self.home)
        if self.home.config_entries.async_loaded_entries(DOMAIN):
            account = self.entry.runtime_data
            await until(lambda: import_rests(account.coordinator.history_import))
            while not is_at_rest(self.entry):
                # Awaits what the forwarder's threads do, where to look again and again would hold them up.
                async with account.forwarders[SUBENTRY_ID].at_rest():
                    await asyncio.sleep(0)
        await settle(self.home)

    async def call(self, action: str, **asked: Any) -> Any:
        """Call an action for the account and return what it answers."""
        data = {"config_entry_id": self.entry.entry_id} | asked
        return await self.home.services.async_call(DOMAIN, action, data, blocking=True, return_response=True)

    async def reload(self) -> None:
        """Set the account up anew."""
        assert await self.home.config_entries.async_reload(self.entry.entry_id)

    async def restart(self) -> None:
        """Be off for three hours."""
        assert await self.home.config_entries.async_unload(self.entry.entry_id)
        await self.pass_time_until(int(time.time()) + 3 * HOUR)
        assert await self.home.config_entries.async_setup(self.entry.entry_id)

    async def change_options(self) -> None:
        """Set another freshness limit than before."""
        freshness = 150 - self.entry.options[CONF_FRESHNESS]
        options = {**self.entry.options, CONF_FRESHNESS: freshness}
        self.home.config_entries.async_update_entry(self.entry, options=options)

    async def back_up(self) -> None:
        """Go on for hours while a backup is made."""
        await async_pre_backup(self.home)
        for _ in range(6):
            await self.pass_time_until(int(time.time()) + HOUR // 2)
        await async_post_backup(self.home)

    async def hang(self, simulator: Simulator, match: str, limit: int) -> None:
        """Let a request hang until its client has had enough."""
        fault = Fault(match, kind="hang")
        simulator.faults.append(fault)
        self.clock.tick(20 * MINUTE)
        async_fire_time_changed(self.home)
        await until(lambda: fault not in simulator.faults)
        await advance(self.home, self.clock, seconds=limit + 1)

    async def bring_in(self, days_ago: int) -> None:
        """Import two days."""
        start = int(time.time()) // HOUR * HOUR - days_ago * DAY
        await self.import_range(start, start + 2 * DAY)

    async def import_range(self, start: int, end: int) -> None:
        """Import a range of whole hours."""
        await self.call("import_history", **spelled(start, end))
        self.read.append((start, end))
        self.purged = [stretch for stretch in self.purged if stretch != (start, end)]

    async def purge(self) -> None:
        """Remove some hours of the day before yesterday."""
        start = int(time.time()) // HOUR * HOUR - 2 * DAY
        before = self.known(start, start + 5 * HOUR)
        answer = await self.call("purge", confirm=True, **spelled(start, start + 5 * HOUR))
        assert answer == {"samples": len(before), "pending": 0}
        self.purged.append((start, start + 5 * HOUR))

    async def bring_back(self) -> None:
        """Import the range that was purged last."""
        await self.import_range(*self.purged[-1])

    async def look_up(self) -> None:
        """Ask for the hours of a day."""
        start = int(time.time()) // HOUR * HOUR - 2 * DAY
        answer = await self.call("get_heart_rate", resolution="1h", **spelled(start, start + DAY))
        counted = [(bucket["count"], bucket["min"], bucket["max"]) for bucket in answer["buckets"]]
        hours = [hour for hour in self.hours() if start <= hour[0] < start + DAY]
        assert counted == [(count, low, high) for _, count, _, low, high in hours]

    async def export(self) -> None:
        """Fetch a file of everything."""
        link = (await self.call("export"))["path"]
        async with self.browser.get(link) as response:
            assert response.status == 200
            assert len((await response.text()).splitlines()) == 1 + len(kept(self.entry))

    def known(self, start: int, end: int) -> list[Sample]:
        """Return the samples of a range that should have come in, those dropped by age included."""

        def lies_in(ranges: list[tuple[int, int]], moment: int) -> bool:
            return any(begin <= moment < until for begin, until in ranges)

        return [
            sample
            for sample in self.person.samples(start, end, time.time())
            if lies_in(self.read, sample[0]) and not lies_in(self.purged, sample[0])
        ]

    def hours(self) -> list[tuple[int, int, int, int, int]]:
        """Return the hours that should be known, of all of the past."""
        first = min(start for start, _ in self.read) // HOUR * HOUR
        by_hour = (
            (hour, [bpm for _, bpm in self.known(hour, hour + HOUR)])
            for hour in range(first, int(time.time()) + 1, HOUR)
        )
        return [(hour, len(bpm), sum(bpm), min(bpm), max(bpm)) for hour, bpm in by_hour if bpm]

    # What is held against it

    async def check(self, name: str) -> None:
        """Check the archive and the receiver for everything due and nothing more, and begin a new month."""
        self.check_samples()
        self.check_receiver()
        self.check_told()
        self.note_requests()
        self.standings.append(await self.stand_idle())
        self.rows.append(self.row(name))

    def check_samples(self) -> None:
        """Check the archive for the samples within the retention, and for every hour."""
        stored = kept(self.entry)
        keep = RETENTION * DAY
        newest = self.person.samples(int(time.time()) - DAY, int(time.time()) + 1, time.time())[-1][0]
        # What is older goes at midnight.
        assert newest - keep - DAY - 3 * HOUR < stored[0][0]
        expected = self.known(min(stored[0][0], newest - keep), newest + 1)
        assert stored == expected
        with self.entry.runtime_data.archive.writing() as connection:
            query = "SELECT hour, count, sum, min, max FROM hours ORDER BY hour"
            assert connection.execute(query).fetchall() == self.hours()
        self.month["samples"] = len(self.person.samples(self.received_until, newest + 1, time.time()))

    def check_receiver(self) -> None:
        """Cardiogram has each beat once; no import, purge or outage makes a difference to that."""
        newest = int(time.time()) + 1
        received = sorted((beat.start, int(beat.value)) for beat in self.cardiogram.ledger)
        assert received == self.person.samples(self.received_until, newest, time.time())
        self.received_until = received[-1][0] + 1

    def check_told(self) -> None:
        """Nobody is asked for anything, and the log holds no surprise."""
        assert reauths(self.home) == 0
        assert [issue for domain, issue in ir.async_get(self.home).issues if domain == DOMAIN] == []
        assert self.told() == []

    def told(self) -> list[str]:
        """Return the errors in the log, but for the line about polls that begin to fail."""
        return [
            record.getMessage()
            for record in self.logged.records
            if record.exc_info or (record.levelno >= logging.ERROR and record.name != f"{OURS}coordinator")
        ]

    def note_requests(self) -> None:
        """Count the requests by kind, and forget what simulators, log and the mocked storage remember."""
        for request in [*self.google.requests, *self.cardiogram.requests]:
            kind = next(kind for kind, match in KINDS.items() if match in request.path)
            self.month[kind] += 1
            self.month["failed"] += request.fault is not None
            self.met.add(str(request.fault))
        for records in (
            self.google.requests,
            self.cardiogram.requests,
            self.cardiogram.accepted,
            self.cardiogram.auth_headers,
            self.cardiogram.batches,
            self.cardiogram.ledger,
        ):
            cast(list[Any], records).clear()
        self.google.forget_pages()
        cast(Any, Store._async_write_data).reset_mock()  # noqa: SLF001 - the mock of the test tools
        for grant in self.google.grants:
            now = time.time()
            grant.access_tokens = {token: end for token, end in grant.access_tokens.items() if end > now}
        for handler in logging.getLogger().handlers:
            if isinstance(handler, LogCaptureHandler):
                handler.clear()

    async def stand_idle(self) -> Standing:
        """Return the process's holdings once idle connections are closed, at both ends."""
        for _ in range(2):
            await advance(self.home, self.clock, seconds=IDLE)
            await self.come_to_rest()
        return standing(self)

    def row(self, name: str) -> str:
        """Return a line of the table."""
        now = self.standings[-1]
        counts = [self.month[kind] for kind in (*KINDS, "failed", "samples")]
        sizes = [f"{size / 2**20:.2f}" for size in (now.archive, now.log, now.kept_for_good, now.memory)]
        held = (now.tasks.total(), now.timers.total(), now.connections, now.threads, now.files)
        self.month.clear()
        return table_row([name, *counts, *sizes, *held, now.objects.total(), now.blocks])


def spelled(start: int, end: int) -> dict[str, str]:
    """Return a range as actions take it."""
    return {"start": utc(start).isoformat(), "end": utc(end).isoformat()}


def offset(moment: int) -> timedelta | None:
    """Return by how much the wearer's clock is ahead."""
    return datetime.fromtimestamp(moment, BERLIN).utcoffset()


def standing(year: Year) -> Standing:
    """Return the process's holdings of now."""
    home, entry = year.home, year.entry
    objects = own_objects()
    # What is free already, but not given back yet.
    ctypes.CDLL(None).malloc_trim(0)
    timers = [timer for timer in get_scheduled_timer_handles(home.loop) if not timer.cancelled()]
    sizes: Counter[str] = Counter()
    archive = log = 0
    if entry.state is ConfigEntryState.LOADED:
        sizes = tables(entry)
        path = archive_file(home, entry)
        archive, log = (file.stat().st_size for file in (path, path.with_name(f"{path.name}-wal")))
    return Standing(
        tasks=Counter(named(task.get_coro()) for task in asyncio.all_tasks()),
        timers=Counter(named(cast(Any, timer)._callback) for timer in timers),  # noqa: SLF001 - no public way
        connections=year.google.connections + year.cardiogram.connections,
        threads=threading.active_count(),
        files=len(open_files()),
        objects=objects,
        archive=archive,
        log=log,
        kept_for_good=sum(sizes[table] for table in KEPT_FOR_GOOD),
        memory=int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE"),
        blocks=sys.getallocatedblocks(),
    )


OURS: Final = "custom_components.fitbit_cardiogram."
KEPT_FOR_GOOD: Final = ("hours", "days", "had", "sqlite_autoindex_days_1")
KINDS: Final = {
    "tokens": "/token",
    "polls": "pairedDevices",
    "readings": "/heart-rate/dataPoints:reconcile",
    "roll-ups": "heart-rate/dataPoints:rollUp",
    "workouts": "exercise",
    "sleep": "sleep/",
    "zone minutes": "active-zone-minutes",
    "days": "aily",
    "zone": "settings",
    "posts": "beats",
}
"""What the address of each kind of request contains."""


class Planned(NamedTuple):
    """What happens at an hour of a day of each month, or of every so many months."""

    day: int
    hour: int
    act: Callable[[Year], Awaitable[None]]
    months: int = 1


PLAN: Final = (
    Planned(0, 4, Year.reload),
    Planned(1, 0, lambda year: year.hang(year.google, "/v4/", 60)),
    Planned(1, 8, Year.back_up),
    Planned(1, 20, lambda year: year.bring_in(12)),
    Planned(2, 6, lambda year: year.hang(year.cardiogram, "beats", 30)),
    Planned(2, 18, Year.look_up),
    Planned(2, 18, Year.export),
    Planned(2, 20, Year.purge),
    Planned(3, 2, Year.change_options),
    Planned(3, 20, Year.restart),
    Planned(6, 4, Year.reload),
    Planned(13, 22, Year.restart, 2),
    Planned(14, 0, Year.bring_back, 2),
    Planned(17, 0, lambda year: year.bring_in(40)),
    Planned(23, 4, Year.restart, 3),
    Planned(24, 4, Year.back_up),
)


@pytest.fixture
def person(clock: FrozenDateTimeFactory) -> Wearer:
    return Wearer()


@pytest.mark.timeout(60 + 5 * DAYS)
async def test_a_year(
    home: HomeAssistant,
    google: GoogleSimulator,
    cardiogram: CardiogramSimulator,
    person: Wearer,
    clock: FrozenDateTimeFactory,
    set_up: SetUp,
    archives: Path,
    hass_client: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """All samples are there and at Cardiogram once, and nothing grows or is left over."""
    # Other tests hold the answers against the schema, and let the loop look into each step that it takes.
    google.checks_answers = False
    home.loop.set_debug(False)
    caplog.set_level(logging.WARNING)
    # The test client lets nothing be served that comes later.
    for component in (DOMAIN, "image"):
        assert await async_setup_component(home, component, {})
    # What is made once, when a module is read, is nothing that is left over.
    await (await async_get_integration(home, DOMAIN)).async_get_platforms(PLATFORMS)
    target = destination(cardiogram, **{CONF_AUTOMATIC: True, CONF_COVERS_FROM: START})
    options = {CONF_RETENTION: RETENTION, CONF_FRESHNESS: 60}
    entry = account_entry(google, subentries_data=[target], options=options)
    year = Year(home, clock, google, cardiogram, entry, await hass_client(), person, caplog)
    before = await year.stand_idle()
    clock.move_to(NOW)

    await set_up(entry)
    for day in range(DAYS):
        await year.live(day)
        if day == 0 or (day + 1) % MONTH == 0:
            await year.check(str(day + 1))
    person.is_punctual = True
    for day in range(DAYS, DAYS + QUIET_DAYS):
        await year.live(day)
    await year.check("end")
    if DAYS > QUICK:
        with capsys.disabled():
            sys.stdout.write("\n".join(["", table_row(COLUMNS), *year.rows, ""]))
        assert {str(outage.fault) for outage in OUTAGES} <= year.met or DAYS < MONTH
    check_flat(year.standings)

    await home.config_entries.async_remove(entry.entry_id)
    left = await year.stand_idle()
    assert (left.tasks - before.tasks, left.timers - before.timers) == (Counter(), Counter())
    assert left.objects - before.objects == Counter()
    assert (left.connections, left.threads - year.standings[-1].threads) == (0, 0)
    assert not [file for file in open_files() if file.startswith(str(archives))]
    assert not list(archives.glob("*"))
    assert year.told() == []


def check_flat(standings: list[Standing]) -> None:
    """Check the figures for growth since the first day, or since the retention was reached."""
    first, last = standings[0], standings[-1]
    for now in standings:
        assert (now.tasks, now.timers, now.connections) == (first.tasks, first.timers, 0)
        assert now.files <= first.files
        # The pool begins another thread whenever all it has are busy.
        assert now.threads <= first.threads + 8
        # The last import, and what the traceback of the last error holds.
        assert (now.objects - first.objects).total() <= 12
        assert now.log <= LOG_SIZE_MAX
    if len(standings) > 4:
        full = standings[2]
        months = len(standings) - 4
        assert last.kept_for_good - full.kept_for_good <= (months + 1) * KEPT_MAX
        assert last.archive - last.kept_for_good <= 1.1 * (full.archive - full.kept_for_good)
        assert last.memory - full.memory < MEMORY_MAX
        assert last.blocks - full.blocks < BLOCKS_MAX


COLUMNS: Final = (
    *("day", *KINDS, "failed", "samples", "archive", "log", "kept", "rss"),
    *("tasks", "timers", "connect.", "threads", "files", "objects", "blocks"),
)


def table_row(cells: Iterable[object]) -> str:
    return " ".join(f"{cell:>9}" for cell in cells)
