"""The trial of databases: Home Assistant and a real InfluxDB are killed, a real VictoriaMetrics is restarted.

`scripts/receivers python -m scripts.world.database_kills` lets a day of beats drain into both databases at
once. It kills Home Assistant with SIGKILL while a request is under way, before or after the database has
worked on it, in turns with SIGKILL for InfluxDB and SIGINT for VictoriaMetrics, which keeps the last seconds
in memory and so has to end in order. At the end it reads back what the databases hold.
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
import json
import os
from pathlib import Path
from random import Random, randrange
import shlex
import signal
import sys
import time

from aiohttp import ClientError, ClientSession, web

from scripts.waiting import until
from scripts.world.client import Client
from scripts.world.journey import SUBENTRY_FLOW, add_account, add_credential, sign_up
from scripts.world.kills import PATIENCE, keep_bytecode
from scripts.world.proof import Proof, check_log
from scripts.world.stored import archive_path, archived, execute
from scripts.world.world import World, evening, free_port, world

DATABASE, MEASUREMENT, PERSON = "beats", "heart_rate", "Alex"
BEATS_PER_KILL, BATCH_MIN = 500, 20
"""The largest batch that a gate lets through, for one kill, and however many there are."""
LATENCY = 0.02
"""Seconds that a gate takes for a request, so that the two destinations drain side by side."""
SOONEST, LATEST = 1, 6
"""The batches that pass a gate in one run of Home Assistant before something happens there."""
COUNTS = "SELECT delivered, (SELECT count(*) FROM outbox WHERE destination = id), held FROM destinations"


@dataclass
class Server:
    """A database of scripts/receivers, which can be ended and started again."""

    name: str
    url: str
    command: str
    pid: int
    end: signal.Signals
    process: asyncio.subprocess.Process | None = None
    was_orderly: bool = True

    @classmethod
    def of(cls, name: str, end: signal.Signals) -> Server:
        """Return the database of a name in the environment."""
        environment = (os.environ[name + suffix] for suffix in ("", "_COMMAND", "_PID"))
        url, command, pid = environment
        return cls(name, url, command, int(pid), end)

    async def restart(self, session: ClientSession) -> None:
        """End the database, and start it again on the same files."""
        os.kill(self.pid, self.end)
        if self.process:
            # A VictoriaMetrics that has not closed within seven seconds gives up, and loses what it holds.
            self.was_orderly &= await self.process.wait() in (0, -signal.SIGKILL)
        await until(self._is_gone)
        self.process = await asyncio.create_subprocess_exec(
            *shlex.split(self.command), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
        self.pid = self.process.pid

        async def is_up() -> bool:
            with suppress(ClientError):
                async with session.get(f"{self.url}/ping") as answer:
                    return answer.ok
            return False

        await until(is_up)

    async def _is_gone(self) -> bool:
        return is_gone(self.pid)

    async def stop(self) -> None:
        """Stop the database if it was started here."""
        if self.process:
            self.process.terminate()
            await self.process.wait()


@dataclass
class Gate:
    """Stands before a database: refuses large batches, and lets something happen around a certain one.

    `happens` is called before or after the database has worked on the batch after so many others, once.
    """

    server: Server
    session: ClientSession
    largest: int
    port: int = field(default_factory=lambda: free_port(0))
    is_open: asyncio.Event = field(default_factory=asyncio.Event)
    passed: int = 0
    countdown: int = 0
    is_before: bool = True
    happens: Callable[[], None] | None = None

    @property
    def url(self) -> str:
        """The address that Home Assistant knows."""
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def standing(self) -> AsyncIterator[Gate]:
        """Answer until the block ends."""
        application = web.Application(client_max_size=2**24)
        application.router.add_route("POST", "/write", self._pass)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        yield self
        await runner.cleanup()

    async def _pass(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()  # which aiohttp has decompressed
        await self.is_open.wait()
        if body.count(b"\n") >= self.largest:
            return web.Response(status=413)
        await asyncio.sleep(LATENCY)
        self.countdown -= 1
        self._let_it_happen(before=True)
        try:
            async with self.session.post(
                f"{self.server.url}/write", params=request.query, data=body
            ) as answer:
                content = await answer.read()
        except ClientError:
            # The database died over it: so does the connection.
            if request.transport:
                request.transport.abort()
            return web.Response(status=500)
        self._let_it_happen(before=False)
        self.passed += answer.status == 204
        return web.Response(status=answer.status, body=content)

    def _let_it_happen(self, *, before: bool) -> None:
        if self.happens and self.countdown < 0 and before is self.is_before:
            happens, self.happens = self.happens, None
            happens()


@dataclass
class Trial:
    """A world with an account that feeds both databases."""

    around: World
    gates: list[Gate]
    random: Random
    entry_id: str = ""
    met_backlog: int = 0
    logs: list[str] = field(default_factory=list)

    def pending(self) -> int:
        """Return the number of beats that wait for the databases."""
        path = archive_path(self.around.config, self.entry_id)
        return sum(pending for _, pending, _ in execute(path, COUNTS))

    async def live(self, process: asyncio.subprocess.Process, number: int) -> None:
        """Restart one database, and kill Home Assistant while it posts to the other."""
        shaken, other = self.gates if number % 2 == 0 else reversed(self.gates)
        restarts: list[asyncio.Task[None]] = []

        def shake() -> None:
            restarts.append(asyncio.create_task(shaken.server.restart(shaken.session)))
            # Not before: a killed Home Assistant posts nothing that could restart the database.
            self.expect(other, process.kill)

        self.expect(shaken, shake)
        for gate in self.gates:
            gate.is_open.set()
        try:
            async with asyncio.timeout(PATIENCE):
                await process.wait()
        except TimeoutError:
            raise RuntimeError(f"Home Assistant forwards nothing:\n{self.around.log[-3000:]}") from None
        pending = self.pending()
        self.met_backlog += pending > 0
        async with asyncio.timeout(60):
            await until(lambda: done(restarts))
        await asyncio.gather(*restarts)
        self.logs.append(self.around.log)
        moment = "before" if other.is_before else "after"
        print(
            f"{number + 1:>4}  killed {moment} {other.server.name} worked, {shaken.server.name} restarted,"
            f" {pending:,} beats pending",
            flush=True,
        )

    def expect(self, gate: Gate, happens: Callable[[], None]) -> None:
        """Let something happen around one of the next batches of a gate."""
        gate.countdown = self.random.randint(SOONEST, LATEST)
        gate.is_before, gate.happens = self.random.random() < 0.5, happens

    async def come_to_rest(self, proof: Proof) -> None:
        """Let the rest drain, and compare the archive with what the databases hold."""
        for gate in self.gates:
            gate.largest, gate.happens = sys.maxsize, None
        service, now = self.around.source.service, time.time()
        # From now on nothing new is measured.
        service.clock = lambda: now

        async def is_at_rest() -> bool:
            truth = dict(service.person.samples(min(self.samples()), int(now), now))
            return self.pending() == 0 and self.samples() == truth

        async with self.around.running() as process:
            with suppress(TimeoutError):
                await until(is_at_rest)
        self.logs.append(self.around.log)
        samples = self.samples()
        path = archive_path(self.around.config, self.entry_id)
        ((integrity,),) = execute(path, "PRAGMA integrity_check")
        counts = execute(path, COUNTS)
        proof.note("Samples", f"{len(samples):,}")
        proof.note("Batches", ", ".join(f"{gate.server.name} {gate.passed}" for gate in self.gates))
        proof.check("Ended in order", process.returncode == 0)
        proof.check("Archive whole", integrity == "ok")
        proof.check("Nothing pending", counts == [(len(samples), 0, 0)] * 2)
        for gate, read in zip(self.gates, (read_influxdb, read_victoriametrics), strict=True):
            await gate.server.restart(gate.session)
            proof.check(f"{gate.server.name} ended as it was told to", gate.server.was_orderly)
            held = await read(gate.session, gate.server.url)
            wanted = sorted(samples.items())
            missing, other = (Counter(one) - Counter(two) for one, two in ((wanted, held), (held, wanted)))
            proof.note(f"Missing in {gate.server.name}, and held beside", f"{len(missing)}, {len(other)}")
            proof.check(f"{gate.server.name} equal to archive, each beat once", held == wanted)

    def samples(self) -> dict[int, int]:
        """Return every sample of the archive."""
        return archived(self.around.config, self.entry_id)


def is_gone(pid: int) -> bool:
    """Return whether a process has ended; until its parent waits for it, it stays as a zombie."""
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


async def done(tasks: list[asyncio.Task[None]]) -> bool:
    """Return whether there is a task, and all have ended."""
    return bool(tasks) and all(task.done() for task in tasks)


async def read_influxdb(session: ClientSession, url: str) -> list[tuple[int, int]]:
    """Return all beats in InfluxDB, sorted."""
    params = {"db": DATABASE, "epoch": "s", "q": f"SELECT bpm FROM {MEASUREMENT} WHERE person = '{PERSON}'"}
    async with session.get(f"{url}/query", params=params) as answer:
        (result,) = (await answer.json())["results"]
    return [(time, bpm) for series in result.get("series", []) for time, bpm in series["values"]]


async def read_victoriametrics(session: ClientSession, url: str) -> list[tuple[int, int]]:
    """Return all beats in VictoriaMetrics, sorted."""
    found: list[tuple[int, int]] = []
    match = f'{MEASUREMENT}_bpm{{db="{DATABASE}",person="{PERSON}"}}'
    async with session.get(f"{url}/api/v1/export", params={"match[]": match}) as answer:
        for line in (await answer.text()).splitlines():
            row = json.loads(line)
            found += [
                (at // 1000, int(bpm)) for at, bpm in zip(row["timestamps"], row["values"], strict=True)
            ]
    return sorted(found)


async def furnish(trial: Trial, client: Client) -> None:
    """Set up the first account and a destination for each database."""
    await sign_up(client)
    await add_credential(client, trial.around.source)
    trial.entry_id = await add_account(client, trial.around.source)
    for gate in trial.gates:
        answers = {
            "name": gate.server.name,
            "dialect": "write",
            "database": DATABASE,
            "person": PERSON,
            "measurement": MEASUREMENT,
            "base_url": gate.url,
            "allow_http": True,
            "forward_from": "everything",
            "automatic_forwarding": True,
            "consent": True,
        }
        await client.walk(SUBENTRY_FLOW, [trial.entry_id, "line_protocol"], answers)
    storage = trial.around.config / ".storage"

    async def is_stored() -> bool:
        """Home Assistant writes what it was told some seconds later."""
        kept, credentials = storage / "core.config_entries", storage / "application_credentials"
        if not (kept.exists() and credentials.exists()):
            return False
        entries = kept.read_text()
        return all(gate.url in entries for gate in trial.gates)

    await until(is_stored)


async def prepare(session: ClientSession, servers: list[Server]) -> None:
    """Make the database anew."""
    influxdb, victoria = servers
    for query in (f"DROP DATABASE {DATABASE}", f"CREATE DATABASE {DATABASE}"):
        async with session.post(f"{influxdb.url}/query", params={"q": query}) as answer:
            answer.raise_for_status()
    match = {"match[]": f'{{db="{DATABASE}"}}'}
    async with session.get(f"{victoria.url}/api/v1/admin/tsdb/delete_series", params=match) as answer:
        answer.raise_for_status()


async def run(kills: int, seed: int) -> int:
    """Set up, kill, and print the findings."""
    started, proof = time.monotonic(), Proof()
    servers = [Server.of("INFLUXDB", signal.SIGKILL), Server.of("VICTORIAMETRICS", signal.SIGINT)]
    largest = max(BEATS_PER_KILL // kills, BATCH_MIN)
    try:
        async with ClientSession() as session, world(port=free_port(0), time_zone=evening()) as around:
            await prepare(session, servers)
            for server in servers:
                # Only the end of a process of its own tells whether it was in order.
                await server.restart(session)
            keep_bytecode(around)
            gates = [Gate(server, session, largest) for server in servers]
            async with gates[0].standing(), gates[1].standing():
                trial = Trial(around, gates, Random(seed))
                process = await around.start()
                async with Client(f"http://127.0.0.1:{around.port}") as client:
                    await furnish(trial, client)
                for number in range(kills):
                    if number:
                        process = await around.start()
                    await trial.live(process, number)
                await trial.come_to_rest(proof)
            (around.config / "home-assistant.log").write_text("".join(trial.logs))
            check_log(proof, around, made=" WARNING ")
            proof.check("Kills met a backlog", trial.met_backlog == kills)
    finally:
        for server in servers:
            await server.stop()
    proof.note("Seconds", f"{time.monotonic() - started:.0f}")
    return proof.conclude()


async def main() -> int:
    """Run a trial with the command line's options."""
    parser = argparse.ArgumentParser(prog="python -m scripts.world.database_kills")
    kills = int(os.environ.get("KILLS", "1"))
    parser.add_argument("--kills", type=int, default=kills, help="of Home Assistant; KILLS=… does the same")
    parser.add_argument("--seed", type=int, default=randrange(10**6), help="of the moments")
    options = parser.parse_args()
    print(f"{options.kills} kills, --seed {options.seed}", flush=True)
    return await run(options.kills, options.seed)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
