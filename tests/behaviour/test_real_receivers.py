"""What arrived in a database, read back and compared with the archive.

In the servers that scripts/receivers starts, else in the simulated one.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Iterator
import json
import os
from pathlib import Path
from typing import override
import uuid

from aiohttp import ClientSession
import pytest

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.archive.outbox import Outbox
from custom_components.fitbit_cardiogram.destinations.forwarder import Forwarder
from custom_components.fitbit_cardiogram.destinations.line_protocol import (
    BATCH_SIZE,
    DIALECTS,
    Account,
    LineProtocol,
)
from custom_components.fitbit_cardiogram.destinations.outcome import Problem
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, FOREVER
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from tests.simulators import InfluxSimulator

NOW = 1_795_298_400
FUTURE = 4_000_000_000
COUNT = 2 * BATCH_SIZE + 5
SAMPLES: list[Sample] = [(NOW - 5 * step, 50 + step % 90) for step in reversed(range(COUNT))]
PERSON = "Ännä, = at home"


@pytest.fixture(autouse=True)
def integration(socket_enabled: None) -> None:
    """Do without Home Assistant."""


class Receiver(ABC):
    """A server with one database of its own."""

    database = f"test_{uuid.uuid4().hex}"

    def __init__(self, session: ClientSession, url: str) -> None:
        self.session = session
        self.url = url

    @abstractmethod
    async def prepare(self) -> None:
        """Make the database."""

    @abstractmethod
    async def read(self) -> list[tuple[int, int]]:
        """Return all beats, sorted."""


class InfluxDB(Receiver):
    """InfluxDB 1."""

    async def ask(self, query: str) -> str:
        """Return the answer to a query."""
        params = {"q": query, "db": self.database, "epoch": "s"}
        async with self.session.post(f"{self.url}/query", params=params) as answer:
            assert answer.status == 200
            return await answer.text()

    @override
    async def prepare(self) -> None:
        await self.ask(f"DROP DATABASE {self.database}")
        await self.ask(f"CREATE DATABASE {self.database}")

    @override
    async def read(self) -> list[tuple[int, int]]:
        found = json.loads(await self.ask("SELECT bpm, person FROM heart_rate"))
        (series,) = found["results"][0]["series"]
        assert {person for _, _, person in series["values"]} == {PERSON}
        return [(time, bpm) for time, bpm, _ in series["values"]]


class VictoriaMetrics(Receiver):
    """VictoriaMetrics, which makes a label of the database."""

    @override
    async def prepare(self) -> None:
        match = {"match[]": '{__name__="heart_rate_bpm"}'}
        async with self.session.get(f"{self.url}/api/v1/admin/tsdb/delete_series", params=match) as answer:
            assert answer.status == 204

    @override
    async def read(self) -> list[tuple[int, int]]:
        async with self.session.get(f"{self.url}/internal/force_flush") as answer:
            assert answer.status == 200
        match = {"match[]": f'heart_rate_bpm{{db="{self.database}"}}'}
        found: list[tuple[int, int]] = []
        async with self.session.get(f"{self.url}/api/v1/export", params=match) as answer:
            for line in (await answer.text()).splitlines():
                row = json.loads(line)
                assert row["metric"]["person"] == PERSON
                found += [
                    (time // 1000, int(bpm))
                    for time, bpm in zip(row["timestamps"], row["values"], strict=True)
                ]
        return sorted(found)


class Simulated(Receiver):
    """The simulated InfluxDB."""

    def __init__(self, session: ClientSession, simulator: InfluxSimulator) -> None:
        super().__init__(session, simulator.url)
        self.simulator = simulator

    @override
    async def prepare(self) -> None:
        self.simulator.database = self.database

    @override
    async def read(self) -> list[tuple[int, int]]:
        assert {tags for _, tags, _ in self.simulator.points} == {(("person", PERSON),)}
        return sorted((time, int(bpm.rstrip("i"))) for (_, _, time), bpm in self.simulator.points.items())


REAL: dict[str, type[Receiver]] = {"INFLUXDB": InfluxDB, "VICTORIAMETRICS": VictoriaMetrics}
RECEIVERS = [name for name in REAL if name in os.environ] or ["simulated"]
# VictoriaMetrics has neither databases nor types.
STRICT = [name for name in RECEIVERS if name != "VICTORIAMETRICS"]


@pytest.fixture
async def session() -> AsyncGenerator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
async def receiver(
    request: pytest.FixtureRequest, session: ClientSession, influx: InfluxSimulator
) -> Receiver:
    name: str = request.param
    receiver = REAL[name](session, os.environ[name]) if name in REAL else Simulated(session, influx)
    await receiver.prepare()
    return receiver


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    archive = Archive(tmp_path / "archive.db")
    archive.open()
    archive.store(SAMPLES, NOW)
    yield archive
    archive.close()


def forwarder_to(archive: Archive, receiver: Receiver, database: str = "", name: str = "one") -> Forwarder:
    """Return a forwarder of all samples."""
    outbox = Outbox(archive, name)
    outbox.create(start=0, automatic=False, now=NOW)
    account = Account(database or receiver.database)
    destination = LineProtocol(
        receiver.session,
        receiver.url,
        DIALECTS["write"],
        account,
        measurement="heart_rate",
        person=PERSON,
    )
    return Forwarder(outbox, destination, name)


@pytest.mark.parametrize("receiver", RECEIVERS, indirect=True)
async def test_the_archive_is_there_and_a_repeat_changes_nothing(
    archive: Archive, receiver: Receiver
) -> None:
    forwarder = forwarder_to(archive, receiver)
    assert (await forwarder.forward()).delivered == COUNT
    assert await receiver.read() == SAMPLES
    assert await forwarder.cover(0, FOREVER, resend=True) == COUNT
    assert (await forwarder.forward()).delivered == COUNT
    assert await receiver.read() == SAMPLES


@pytest.mark.parametrize("receiver", STRICT, indirect=True)
async def test_a_corrected_value_replaces_the_old_one(archive: Archive, receiver: Receiver) -> None:
    forwarder = forwarder_to(archive, receiver)
    await forwarder.forward()
    archive.store([(SAMPLES[7][0], 199)], NOW)
    assert (await forwarder.forward()).delivered == 1
    assert await receiver.read() == [*SAMPLES[:7], (SAMPLES[7][0], 199), *SAMPLES[8:]]


@pytest.mark.parametrize("receiver", STRICT, indirect=True)
async def test_a_database_that_is_missing(archive: Archive, receiver: Receiver) -> None:
    result = await forwarder_to(archive, receiver, "nowhere").forward()
    assert (result.problem, result.pending) == (Problem.DATABASE_MISSING, COUNT)


async def test_what_is_beyond_the_retention_is_counted(
    tmp_path: Path, session: ClientSession, influx: InfluxSimulator
) -> None:
    """A real server measures its retention by the real clock, so what it keeps is of the future."""
    old: list[Sample] = [(NOW - 400 * DAY + step, 60) for step in range(10)]
    kept: list[Sample] = [(FUTURE + step, 70) for step in range(20)]
    if url := os.environ.get("INFLUXDB"):
        server = InfluxDB(session, url)
        await server.prepare()
        policy = f"CREATE RETENTION POLICY short ON {server.database} DURATION 1h REPLICATION 1 DEFAULT"
        await server.ask(policy)
        receiver: Receiver = server
    else:
        receiver = Simulated(session, influx)
        await receiver.prepare()
        influx.oldest = NOW
    archive = Archive(tmp_path / "another.db")
    archive.open()
    archive.store([*old, *kept], FUTURE + DAY)
    forwarder = forwarder_to(archive, receiver)
    assert (await forwarder.forward()).problem is None
    outbox = forwarder.state.outbox
    assert (outbox.given_up, outbox.delivered, outbox.pending) == (len(old), len(kept), 0)
    assert await receiver.read() == kept
    archive.close()


async def test_a_conflict_of_types(archive: Archive, session: ClientSession, influx: InfluxSimulator) -> None:
    if url := os.environ.get("INFLUXDB"):
        receiver: Receiver = InfluxDB(session, url)
        await receiver.prepare()
        line = f"heart_rate,person=other bpm=1.5 {SAMPLES[0][0]}"
        async with session.post(
            f"{url}/write", params={"db": receiver.database, "precision": "s"}, data=line
        ) as answer:
            assert answer.status == 204
    else:
        receiver = Simulated(session, influx)
        await receiver.prepare()
        influx.has_floats = True
    result = await forwarder_to(archive, receiver).forward()
    assert (result.problem, result.pending) == (Problem.TYPE_CONFLICT, COUNT)
