"""Nothing lost, nothing doubled: whatever goes wrong, in whatever order, held against a plain model.

Archive, outbox, forwarder and client are the real ones and speak HTTP with the simulated receiver, once for
each kind of destination; the model knows only sets and dictionaries. SCHEDULES says how many random schedules
of 30 steps are tried of each kind, SEED which.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
import gzip
from itertools import accumulate, count, cycle
import json
import os
from pathlib import Path
import shutil
from sqlite3 import Connection
import sys
import time as real_time
from typing import Any, ClassVar, override

from aiohttp import ClientSession, web
from aiohttp.helpers import TimeoutHandle
from hypothesis import HealthCheck, Phase, note, seed, settings, strategies as st
from hypothesis.internal.conjecture import engine
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
import pytest

from custom_components.fitbit_cardiogram.archive.archive import Archive, Purged
from custom_components.fitbit_cardiogram.archive.database import ArchiveError
from custom_components.fitbit_cardiogram.archive.late import LOSS_BELIEVED_AFTER, note_reading
from custom_components.fitbit_cardiogram.archive.outbox import Batch, Outbox, OutboxState
from custom_components.fitbit_cardiogram.destinations import forwarder as forwarding, posting, webhook
from custom_components.fitbit_cardiogram.destinations.cardiogram import Cardiogram
from custom_components.fitbit_cardiogram.destinations.forwarder import (
    REFUSED_SINGLES_MAX,
    Destination,
    Forwarder,
)
from custom_components.fitbit_cardiogram.destinations.line_protocol import DIALECTS, Account, LineProtocol
from custom_components.fitbit_cardiogram.destinations.outcome import Outcome, Verdict
from custom_components.fitbit_cardiogram.destinations.webhook import Secret, Webhook
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, FOREVER, HOUR
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from tests.helpers.home import until
from tests.simulators import CardiogramSimulator, Fault, InfluxSimulator, WebhookSimulator
from tests.simulators.influx import parse
from tests.simulators.server import Handler, Request, Simulator
from tests.simulators.webhook import SECRET

QUICK = 20
# So many schedules meet everything that can be met.
COMPLETE = 60
SCHEDULES = int(os.environ.get("SCHEDULES", QUICK))
SEED = int(os.environ.get("SEED", "0"))
STEPS = 30
# From the eleventh on, hypothesis mostly varies what it drew before; but here it is variety that counts.
ROUND = 10
# Seconds that hypothesis may spend on making a failing schedule shorter.
SHRINKING = 20

NAMES = ("first", "second")
TOKEN = "cardiogram-demo-token"
START = 1_795_255_200  # the top of an hour
NOW = START + 10 * HOUR
BATCH_SIZE = 5
# Seconds between the bytes of an answer that has no end.
ENDLESS = 3600

# The promise: given up 30 days after its arrival, and not before a warning of that has stood for a day.
GIVEN_UP_AFTER = 30 * DAY
WARNED_AFTER = 24 * DAY
WARNING_STANDS = DAY


# What goes wrong


@dataclass
class Trouble(Fault):
    """A fault, what it must be taken for, and whether it strikes only after the receiver took the batch."""

    verdict: Verdict = Verdict.RETRY
    afterwards: bool = False
    endless: bool = False
    """Whether the answer never comes to an end."""

    @property
    def outlasts(self) -> bool:
        """Whether the client's time is over before the answer; where a status is enough, it is not."""
        return self.endless and self.verdict is Verdict.RETRY


def trouble(verdict: Verdict = Verdict.RETRY, **fault: Any) -> Trouble:
    return Trouble("POST", verdict=verdict, **fault)


SUCCESS = '{"success": true}'
TROUBLES = {
    "500": trouble(status=500, body="Traceback"),
    "503 with Retry-After": trouble(status=503, headers={"Retry-After": "120"}),
    "429 with a date": trouble(status=429, headers={"Retry-After": "Sat, 21 Nov 2026 22:05:00 GMT"}),
    "401": trouble(Verdict.PAUSE, status=401, body='{"message": "Unauthorized."}'),
    "403": trouble(Verdict.PAUSE, status=403),
    "404": trouble(Verdict.PAUSE, status=404, body="<html>"),
    "302": trouble(Verdict.PAUSE, status=302, headers={"Location": "/elsewhere"}),
    "400": trouble(Verdict.REFUSED, status=400, body='{"message": "Malformed input."}'),
    "400, user unknown": trouble(Verdict.PAUSE, status=400, body='{"message": "User does not exist."}'),
    "413": trouble(Verdict.REFUSED, status=413),
    "200 that is none": trouble(Verdict.PAUSE, status=200, body='{"success": false}'),
    "200 and a page": trouble(Verdict.PAUSE, status=200, body="<html>"),
    "200 and a page, taken": trouble(Verdict.PAUSE, status=200, body="<html>", afterwards=True),
    "200 {}": trouble(Verdict.DELIVERED, status=200, body="{}", afterwards=True),
    "502 of a gateway, taken": trouble(status=502, body="<html>", afterwards=True),
    "huge answer, taken": trouble(status=200, body=SUCCESS + " " * 2**17, afterwards=True),
    "hang": trouble(kind="hang", endless=True),
    "drip without end": trouble(status=200, body=SUCCESS, kind="drip", endless=True),
    "drip": trouble(Verdict.DELIVERED, kind="drip"),
    "reset before": trouble(kind="reset_before"),
    "reset after, taken": trouble(kind="reset_after"),
    "truncated, taken": trouble(kind="truncate"),
    "truncated": trouble(status=200, body=SUCCESS, kind="truncate"),
}


class Interruption(StrEnum):
    """What ends a turn other than an answer."""

    BEFORE_POST = "crash before the post"
    AFTER_ANSWER = "crash after the answer"
    AFTER_COMMIT = "crash once it was noted"
    UNUSABLE = "archive unusable"
    FULL = "disk full"


class CrashError(Exception):
    """The process is gone; what it left is a copy of the files."""


class Gateway(Simulator):
    """A receiver behind a gateway that may answer in its stead though it took the batch."""

    @override
    async def _fail(self, fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
        if isinstance(fault, Trouble) and fault.afterwards:
            answer = await handler(request)
            if answer.status >= 300:
                return answer
        return await super()._fail(fault, request, handler)


class CardiogramReceiver(Gateway, CardiogramSimulator):
    """Cardiogram."""

    def forget(self) -> None:
        """Begin anew."""
        for kept in (self.requests, self.faults, self.ledger, self.batches, self.accepted):
            kept.clear()
        self.reject = self.max_batch = None


class WebhookReceiver(Gateway, WebhookSimulator):
    """A web address."""


class InfluxReceiver(Gateway, InfluxSimulator):
    """A database."""


type Receiver = CardiogramReceiver | WebhookReceiver | InfluxReceiver
type Post = Callable[[Batch], Awaitable[Outcome]]


class Watched:
    """A client, with each post in the hands of the machine."""

    batch_size = BATCH_SIZE

    def __init__(self, destination: Destination, around: Callable[[Batch, Post], Awaitable[Outcome]]) -> None:
        self._destination = destination
        self._around = around
        self.encode = destination.encode

    async def post(self, batch: Batch) -> Outcome:
        """Post a batch; return the outcome."""
        return await self._around(batch, self._destination.post)


class KeyedLines(LineProtocol):
    """Line protocol with a key, which it lacks, so that the model can tell one batch from another."""

    @override
    async def post(self, batch: Batch) -> Outcome:
        self._headers["Idempotency-Key"] = batch.key
        return await super().post(batch)


def unpacked(body: bytes) -> bytes:
    """Return a body as it is without compression: the simulators' server has taken that away already."""
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


def key_of(request: Request) -> str:
    return request.headers["Idempotency-Key"].strip('"')


def read_cardiogram(body: bytes) -> list[Sample]:
    beats = json.loads(body)["beats"]
    assert all(beat["start"] == beat["end"] for beat in beats)
    return [(beat["start"], beat["value"]) for beat in beats]


def read_webhook(body: bytes) -> list[Sample]:
    return [(beat["time"], beat["bpm"]) for beat in json.loads(body)["data"]["beats"]]


def read_lines(body: bytes) -> list[Sample]:
    points = map(parse, unpacked(body).decode().split("\n"))
    return [(point.time, int(point.value.removesuffix("i"))) for point in points]


def open_cardiogram(session: ClientSession, url: str) -> Destination:
    return Cardiogram(session, url, "1", TOKEN)


def open_webhook(session: ClientSession, url: str) -> Destination:
    return Webhook(session, url, [Secret(SECRET)])


def open_lines(session: ClientSession, url: str) -> Destination:
    account = Account("health", "home", token="influx-demo-token")
    dialect = DIALECTS["api_v2_write"]
    return KeyedLines(session, url, dialect, account, measurement="heart_rate", person="Anna")


@dataclass(frozen=True)
class Kind:
    """A kind of destination: its receiver, its client, the samples in its body, and its own view of troubles.

    A trouble without a verdict cannot be told from a success there: the receiver must not do that.
    """

    receiver: type[Receiver]
    open: Callable[[ClientSession, str], Destination]
    read: Callable[[bytes], list[Sample]]
    verdicts: Mapping[str, Verdict | None] = field(default_factory=dict)

    @property
    def troubles(self) -> dict[str, Trouble]:
        """What can go wrong, and what it must be taken for."""
        judged = {name: self.verdicts.get(name, known.verdict) for name, known in TROUBLES.items()}
        return {name: replace(TROUBLES[name], verdict=found) for name, found in judged.items() if found}


KINDS = {
    "cardiogram": Kind(CardiogramReceiver, open_cardiogram, read_cardiogram),
    "webhook": Kind(
        WebhookReceiver,
        open_webhook,
        read_webhook,
        {
            "400, user unknown": Verdict.REFUSED,
            "200 that is none": None,
            "200 and a page": None,
            "200 and a page, taken": Verdict.DELIVERED,
            # Of a success only the status counts.
            "huge answer, taken": Verdict.DELIVERED,
            "drip without end": None,
            "truncated": None,
            # A refusal has a body that can be cut, a success has none.
            "truncated, taken": None,
        },
    ),
    "line protocol": Kind(
        InfluxReceiver,
        open_lines,
        read_lines,
        {
            "400, user unknown": Verdict.REFUSED,
            # Its success is 204, whatever else a 200 says.
            "200 {}": Verdict.PAUSE,
            "huge answer, taken": Verdict.PAUSE,
            "drip without end": Verdict.PAUSE,
            "truncated": Verdict.PAUSE,
            "truncated, taken": None,
        },
    ),
}


class CrashingArchive(Archive):
    """An archive whose process may be gone right after the next transaction was committed."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.crashes = False
        self.is_full = False

    @override
    def open(self) -> None:
        super().open()
        # The process crashes here, not the machine: nobody has to wait for the disk.
        with self._exclusive() as connection:
            connection.execute("PRAGMA synchronous = OFF")

    @override
    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with super().writing() as connection:
            yield connection
            if self.is_full:
                self.is_full = False
                raise ArchiveError("SQLITE_FULL")
        if self.crashes:
            self.crash()

    def crash(self) -> None:
        """Leave the files as they are now, and go."""
        for suffix in ("", "-wal"):
            shutil.copy(f"{self.path}{suffix}", f"{self.path}.crashed{suffix}")
        raise CrashError


# The model


@dataclass
class Waiting:
    """A beat that waits: the number of its value's last change, since when, and the change in flight."""

    change: int
    since: int
    flying: int | None = None


@dataclass
class Flight:
    """A batch in flight: time and number of change of its beats, and what became of the last try."""

    key: str
    body: bytes
    beats: dict[int, int]
    taken: bool = False
    lost_by: str | None = None
    """What kept the forwarder from knowing that it was taken."""


type Values = dict[int, tuple[int, int]]
"""By time: bpm, and the number of the change that brought it. No two changes have the same."""


class Duty:
    """What one destination has yet to be sent.

    `owed` holds what may go out under a key that the receiver has not seen: each change of each value, once.
    `due` is what the receiver must hold in the end.
    """

    def __init__(self, counts: Counter[tuple[str, str]], read: Callable[[bytes], list[Sample]]) -> None:
        self.counts = counts
        self.read = read
        self.covered: list[tuple[int, int]] = []
        self.waiting: dict[int, Waiting] = {}
        self.aside: dict[int, Waiting] = {}
        self.flight: Flight | None = None
        self.owed: set[tuple[int, int]] = set()
        self.due: dict[int, int] = {}
        # The value that the destination is known to have of each second, or had before it was purged.
        self.had: dict[int, int] = {}
        self.had_hours: set[int] = set()
        self.given_up: set[int] = set()
        self.ever: set[Sample] = set()
        self.bodies: dict[str, bytes] = {}
        self.reasons: Counter[int] = Counter()
        self.refused: list[int] = []
        self.lost = self.repeats = 0
        self.warned: int | None = None
        self.state = OutboxState()

    def agrees(self, outbox: OutboxState) -> None:
        """Compare the numbers."""
        assert outbox == replace(
            self.state,
            pending=len(self.waiting),
            oldest_pending=min(self.waiting, default=None),
            quarantined=len(self.aside),
        )

    # What enters

    def store(self, time: int, bpm: int, change: int, now: int, *, is_purged: bool) -> None:
        """Note a new value; none that was delivered before goes out again."""
        if not self._covers(time):
            return
        before = self.waiting.get(time) or self.aside.get(time)
        if is_purged and before is None and time // HOUR in self.had_hours:
            self.had.setdefault(time, bpm)
            if self.due.get(time) != bpm:
                self.due.pop(time, None)  # nobody knows any more that it was another one
            self.counts["reason", "none: imported after a purge"] += 1
            return
        if self.had.get(time) == bpm:
            if waiting := self.waiting.pop(time, None):
                self._forgive(time, waiting.change)
            if time not in self.given_up:
                self.due[time] = bpm
            self.counts["reason", "none: back as it was delivered"] += 1
            return
        if before and before.flying != before.change:
            self._forgive(time, before.change)  # it was never sent, and never will be
        self.aside.pop(time, None)
        self.waiting[time] = Waiting(change, now, before.flying if before else None)
        self._owe(time, change, bpm, "new or changed")

    def cover(self, start: int, end: int, values: Values, now: int, *, resend: bool) -> int:
        """Cover a stretch as well, or send it again on purpose."""
        added = 0
        for time, (bpm, change) in values.items():
            is_known = self._covers(time)
            if start <= time < end and (resend or not is_known) and time not in self.waiting:
                self.waiting[time] = Waiting(change, now)
                self.aside.pop(time, None)
                # On purpose a beat is sent twice.
                self._owe(time, change, bpm, "resent" if is_known else "covered")
                added += 1
            if resend and start <= time < end:
                self.had.pop(time, None)
        self.covered.append((start, end))
        return added

    def release(self, start: int, end: int, values: Values) -> int:
        """Let the beats that were set aside wait again."""
        times = [time for time in self.aside if start <= time < end]
        for time in times:
            self.waiting[time] = self.aside.pop(time)
            bpm, change = values[time]
            # Twice: the receiver took a beat, the answer was lost, it refused the same beat then, and the
            # person had it sent all the same.
            self._owe(time, change, bpm, "released after a lost answer")
        return len(times)

    # What leaves

    def post(self, batch: Batch, values: Values) -> None:
        """Note a post: the batch in flight, unchanged, or else the oldest waiting beats as they are now."""
        if self.flight:
            assert (batch.key, batch.body) == (self.flight.key, self.flight.body)
            return
        assert batch.key not in self.bodies
        assert 1 <= batch.count <= BATCH_SIZE
        times = sorted(self.waiting)[: batch.count]
        assert self.read(batch.body) == [(time, values[time][0]) for time in times]
        assert (batch.first, batch.last) == (times[0], times[-1])
        self.bodies[batch.key] = batch.body
        for time in times:
            self.waiting[time].flying = self.waiting[time].change
            self.had.pop(time, None)
        self.flight = Flight(batch.key, batch.body, {time: self.waiting[time].change for time in times})

    def take(self, request: Request) -> None:
        """Note the receipt of the batch in flight."""
        assert self.flight
        assert (key_of(request), request.body) == (self.flight.key, unpacked(self.flight.body))
        if self.flight.taken:
            # The same bytes under the same key, once for each answer that did not arrive or was not noted.
            assert self.flight.lost_by
            self.counts[self.flight.lost_by, "taken again"] += 1
            self.flight.lost_by = None
            self.repeats += 1
            return
        beats = set(self.flight.beats.items())
        assert beats <= self.owed
        self.owed -= beats
        self.flight.taken = True

    def lose(self, cause: str) -> None:
        """Note a receipt that the forwarder does not learn of."""
        assert self.flight
        self.lost += 1
        self.flight.lost_by = cause

    def settle(self, verdict: Verdict, values: Values, now: int) -> None:
        """Note the duty of the forwarder after an answer."""
        flight = self.flight
        assert flight
        match verdict:
            case Verdict.DELIVERED:
                self._accept(flight, values, now)
            case Verdict.REFUSED if len(flight.beats) > 1:
                # Twice: the receiver took the batch, the answer was lost, and then it refused the batch.
                self._ground("cut smaller after a lost answer")
            case Verdict.REFUSED if len(self.refused) + 1 < REFUSED_SINGLES_MAX:
                ((time, change),) = flight.beats.items()
                self.refused.append(time)
                if self.waiting[time].change == change:
                    self.aside[time] = replace(self.waiting.pop(time), flying=None)
                self._ground()
                self.counts["total", "set aside"] += 1
            case Verdict.REFUSED:
                for time in self.refused:
                    self.release(time, time + 1, values)
                self.refused.clear()

    def _accept(self, flight: Flight, values: Values, now: int) -> None:
        assert flight.taken
        delivered = self.state.delivered + len(flight.beats)
        self.state = replace(self.state, delivered=delivered, last_delivery=now)
        self.refused.clear()
        for time, change in flight.beats.items():
            if self.waiting[time].change == change:
                del self.waiting[time]
                self.had[time] = values[time][0]
                self.given_up.discard(time)
        self._ground()

    def delete(self, times: Iterable[int]) -> None:
        """Delete samples, as the source has."""
        for time in times:
            if time in self.had:
                self.state = replace(self.state, withdrawn=self.state.withdrawn + 1)
            for beats in (self.waiting, self.aside):
                if beat := beats.pop(time, None):
                    self._forgive(time, beat.change)
            self.due.pop(time, None)

    def forget(self, start: int, end: int, values: Values) -> None:
        """Keep no more than the hours of delivered beats, except of samples that stay for the other side."""
        for time in [time for time in self.had if start <= time < end]:
            self.had_hours.add(time // HOUR)
            if time not in values or time in self.waiting or time in self.aside:
                del self.had[time]
            else:
                self.had[time] = values[time][0]
                self.given_up.discard(time)

    def restart(self) -> None:
        """Forget everything that only the process knew."""
        self.refused.clear()

    def drop(self, start: int, end: int) -> int:
        """Give up what was set aside."""
        dropped = self._give_up(self.aside, [time for time in self.aside if start <= time < end])
        self.counts["total", "dropped"] += dropped
        return dropped

    def purge(self, start: int, end: int) -> int:
        """Forget a stretch of time."""
        self.forget(start, end, {})
        pending = 0
        for beats in (self.waiting, self.aside):
            for time in [time for time in beats if start <= time < end]:
                self._forgive(time, beats.pop(time).change)
                pending += 1
        self.due = {time: bpm for time, bpm in self.due.items() if not start <= time < end}
        if self.flight and any(start <= time < end for time in self.flight.beats):
            # Twice: the receiver took the batch, the answer was lost, and then some of its beats were purged;
            # so it can never be sent again as it was, and its other beats go out anew.
            self._ground("purged in part after a lost answer")
        return pending

    def expire(self, now: int) -> None:
        """Give up what has waited too long, if a warning has stood for long enough."""
        oldest = self._warn(now)
        if oldest is not None and self.state.expires is not None and self.state.expires <= now:
            due = now - GIVEN_UP_AFTER
            flying = [time for time, beat in self.waiting.items() if beat.flying == beat.change]
            if all(self.waiting[time].since <= due for time in flying):
                self._give_up(self.waiting, flying)
                self._ground()
            for beats in (self.waiting, self.aside):
                self._give_up(
                    beats,
                    [
                        time
                        for time, beat in beats.items()
                        if beat.since <= due and (beats is self.aside or beat.flying is None)
                    ],
                )
            self._warn(now)

    # What all that needs

    def _covers(self, time: int) -> bool:
        return any(start <= time < end for start, end in self.covered)

    def _owe(self, time: int, change: int, bpm: int, reason: str) -> None:
        self.due[time] = bpm
        self.ever.add((time, bpm))
        if (time, change) not in self.owed:
            self.owed.add((time, change))
            self.reasons[time] += 1
            self.counts["reason", reason] += 1

    def _forgive(self, time: int, change: int) -> None:
        if (time, change) in self.owed:
            self.owed.remove((time, change))
            self.reasons[time] -= 1

    def _ground(self, again: str = "") -> None:
        """Take the batch out of flight; what still waits as it was sent goes out again, for this reason."""
        flight, self.flight = self.flight, None
        for time, change in flight.beats.items() if flight else ():
            waiting, aside = self.waiting.get(time), self.aside.get(time)
            if waiting and waiting.change == change:
                self._owe(time, change, self.due[time], again)
            elif not aside or aside.change != change:
                self._forgive(time, change)
        for beat in self.waiting.values():
            beat.flying = None

    def _give_up(self, beats: dict[int, Waiting], times: list[int]) -> int:
        for time in times:
            self._forgive(time, beats.pop(time).change)
            bpm = self.due.pop(time)
            if time not in self.had:
                # It counts as delivered, though the destination does not have it.
                self.had[time] = bpm
                self.given_up.add(time)
        self.state = replace(self.state, given_up=self.state.given_up + len(times))
        return len(times)

    def _warn(self, now: int) -> int | None:
        """Warn while something has waited for long; return since when."""
        beats = [*self.waiting.values(), *self.aside.values()]
        oldest = min((beat.since for beat in beats), default=None)
        if oldest is None or oldest > now - WARNED_AFTER:
            self.warned = expires = None
        else:
            self.warned = now if self.warned is None else self.warned
            expires = max(oldest + GIVEN_UP_AFTER, self.warned + WARNING_STANDS)
        self.state = replace(self.state, expires=expires)
        return oldest


# The machine


class World:
    """What all schedules share: a loop, receivers, a clock that stands still, and counts of what happened."""

    strftime = staticmethod(real_time.strftime)
    gmtime = staticmethod(real_time.gmtime)

    def __init__(self, folder: Path, loop: asyncio.AbstractEventLoop, kind: Kind) -> None:
        self.loop = loop
        self.kind = kind
        self.folder = folder
        self.files = count()
        self.now = NOW
        self.counts: Counter[tuple[str, str]] = Counter()
        self.session: ClientSession
        self.receivers: list[Receiver]

    def time(self) -> float:
        """Return the time, in place of the module's function of that name."""
        return self.now

    def monotonic(self) -> float:
        """Return the real clock's time, which never stands still."""
        return real_time.monotonic()

    async def start(self) -> None:
        """Let the receivers run."""
        self.session = ClientSession()
        self.receivers = [self.kind.receiver(clock=self.time) for _ in NAMES]
        for receiver in self.receivers:
            receiver.drip_pause = 0
            await receiver.start()

    async def stop(self) -> None:
        """Let them rest."""
        await self.session.close()
        for receiver in self.receivers:
            await receiver.stop()


@dataclass
class Side:
    """A destination: its receiver, its duty, and the forwarder between them until the next restart."""

    name: str
    receiver: Receiver
    duty: Duty
    outbox: Outbox = field(init=False)
    forwarder: Forwarder = field(init=False)


type Arguments = dict[str, Any]
type Operation = tuple[str, Arguments]


@dataclass
class Turn:
    """A turn, and from which post on it is interrupted; changes that were put off come if it is alone."""

    is_alone: bool = False
    interruption: Interruption | None = None
    at: int = 0
    posts: int = 0
    is_archive_closed: bool = False


PICK = st.integers(0, 10**6)
BPM = st.integers(60, 62)
AHEAD = st.sampled_from([0, 0, 0, 1, 2, 3])
STRETCH = {
    "pick": PICK,
    "shift": st.integers(-6, 2),
    "length": st.sampled_from([1, 2, 4, 8, 16, 64, 2 * HOUR]),
}


def arguments(**strategies: st.SearchStrategy[Any]) -> st.SearchStrategy[Arguments]:
    return st.fixed_dictionaries(strategies)


class When(StrEnum):
    """When a change comes: at once, at once and the last that this process does, or with the next request."""

    NOW = "now"
    POSTED = "while the next request is under way"
    ANSWERED = "before the next answer is acted on"
    CRASH = "now, and a crash as soon as it is on the disk"


# What changes the archive, and how often among all that is done.
CHANGES = {
    "poll": (
        6,
        arguments(
            steps=st.lists(st.sampled_from([1, 1, 1, 2, 5]), min_size=1, max_size=8),
            gap=st.sampled_from([0, 0, 0, 0, HOUR]),
            bpm=BPM,
        ),
    ),
    "late": (2, arguments(picks=st.dictionaries(PICK, st.integers(1, 9), min_size=1, max_size=4), bpm=BPM)),
    "correct": (
        3,
        arguments(picks=st.dictionaries(PICK, BPM, min_size=1, max_size=4), flying=st.booleans()),
    ),
    "cover": (2, arguments(**STRETCH, resend=st.booleans())),
    "release": (2, arguments(**STRETCH)),
    "drop": (2, arguments(**STRETCH)),
    "purge": (1, arguments(**STRETCH, flying=st.booleans())),
    "lose": (2, arguments(picks=st.sets(PICK, min_size=1, max_size=4), again=st.booleans())),
    "give_back": (2, arguments(picks=st.sets(PICK, min_size=1, max_size=6))),
    "coarser": (1, arguments(pick=PICK, bpm=BPM)),
    # As far as the clocks of two time zones can be apart within an hour, and by whole hours.
    "move": (2, arguments(pick=PICK, quarters=st.sampled_from([-4, -3, -2, -1, 1, 2, 3, 4]))),
    "import": (1, arguments(picks=st.dictionaries(PICK, BPM, min_size=1, max_size=4))),
    "prune": (2, arguments(keep=st.sampled_from([0, 30, HOUR]))),
    "expire": (2, arguments(after=st.sampled_from([0, HOUR, DAY, 6 * DAY, 25 * DAY, 31 * DAY]))),
}


def one_of(choices: dict[str, tuple[int, st.SearchStrategy[Arguments]]]) -> st.SearchStrategy[Operation]:
    names = [name for name, (weight, _) in choices.items() for _ in range(weight)]
    return st.sampled_from(names).flatmap(lambda name: st.tuples(st.just(name), choices[name][1]))


OTHERS = {
    "refuse": (
        3,
        arguments(
            kind=st.sampled_from(["none", "some", "large", "some", "all"]),
            size=st.integers(1, 4),
            picks=st.sets(PICK, max_size=6),
        ),
    ),
    "forward": (
        12,
        arguments(
            troubles=AHEAD,
            interrupted=st.sampled_from([False, False, True]),
            at=st.sampled_from([0, 0, 1]),
        ),
    ),
    "at_once": (1, arguments(troubles=AHEAD)),
    "neighbour": (1, arguments()),
    "restart": (1, arguments()),
    "crash": (1, arguments()),
}
ACTIONS = CHANGES | OTHERS
# Beats expire only while no request is under way; so it is with a purge, but that can be asked for.
MEANWHILE = CHANGES.keys() - {"expire"}


class PromiseMachine(RuleBasedStateMachine):
    """Two destinations of one archive: the first meets every trouble, the second must never notice."""

    world: ClassVar[World]

    @initialize(
        steps=st.lists(st.integers(1, 3), max_size=8),
        covered=st.integers(0, 12),
        troubles=st.permutations(list(TROUBLES)),
        interruptions=st.permutations(list(Interruption)),
    )
    def begin(
        self, steps: list[int], covered: int, troubles: list[str], interruptions: list[Interruption]
    ) -> None:
        """Begin with some samples, and cover everything from some second on."""
        world = self.world
        world.now = NOW
        self.values: Values = {}
        self.changes = 0
        self.gone: list[tuple[int, int]] = []
        # What the source deleted, and what was purged: by time, the last value.
        self.lost: dict[int, int] = {}
        self.purged: dict[int, int] = {}
        # Each in its turn, or chance would have favourites.
        self.troubles = cycle([name for name in troubles if name in world.kind.troubles])
        self.interruptions = cycle(interruptions)
        self.turn = Turn()
        self.put_off: list[tuple[When, Operation]] = []
        self.asked: list[asyncio.Task[None]] = []
        self.archive = CrashingArchive(world.folder / f"{next(world.files)}.db")
        self.archive.open()
        self.sides = [
            Side(name, receiver, Duty(world.counts, world.kind.read))
            for name, receiver in zip(NAMES, world.receivers, strict=True)
        ]
        for side in self.sides:
            side.receiver.forget()
        self._set_up()
        self._store([(START - 20 + step, 60) for step in accumulate(steps)])
        for side in self.sides:
            side.outbox.create(start=START - 20 + covered, automatic=False, now=NOW)
            side.duty.cover(START - 20 + covered, FOREVER, self.values, NOW, resend=False)

    # One rule for all: a schedule in which hypothesis leaves out polls or turns shows nothing.
    @rule(action=one_of(ACTIONS), when=st.sampled_from([When.NOW, *When, *When]))
    def act(self, action: Operation, when: When) -> None:
        """Do something; what changes the archive may be put off, or be cut short by a crash."""
        name, what = action
        self.world.counts["action", name] += 1
        if name in MEANWHILE and when in (When.POSTED, When.ANSWERED):
            self.put_off.append((when, action))
            return
        self.archive.crashes = name in CHANGES and when is When.CRASH
        self._run(name, what)

    # What must hold

    @invariant()
    def agrees(self) -> None:
        """Compare the numbers of both destinations."""
        for side in getattr(self, "sides", ()):
            side.duty.agrees(side.outbox.state())
            assert [beat.time for beat in side.outbox.quarantined()] == sorted(side.duty.aside)

    @override
    def teardown(self) -> None:
        """Keep the promise, if nothing has gone wrong before."""
        if hasattr(self, "sides"):
            if not sys.exception():
                self._run("keep", {})
            self.archive.delete()

    async def _keep(self) -> None:
        """With all trouble gone, what was promised is there, once."""
        with self.archive.writing() as connection:
            samples = dict(connection.execute("SELECT time, bpm FROM samples"))
        assert samples == {time: bpm for time, (bpm, _) in self.values.items()}
        self.turn = Turn()
        for side in self.sides:
            duty, receiver = side.duty, side.receiver
            receiver.faults.clear()
            receiver.reject = receiver.max_batch = None
            await side.forwarder.release()
            duty.release(0, FOREVER, self.values)
            result = await side.forwarder.forward()
            assert (result.pending, result.problem) == (0, None)
            # Nothing is lost: the receiver's latest value of all that is due is the archive's.
            assert duty.owed == set()
            assert duty.due.items() <= receiver.values().items()
            known = [time for time in duty.due if time in samples]
            assert all(duty.due[time] == samples[time] for time in known)
            # Nothing is invented.
            assert {(beat.start, beat.value) for beat in receiver.ledger} <= duty.ever
            # Nothing is doubled: a key always means the same bytes, a beat goes out under as many keys as
            # there were reasons, and under the same key again once for each answer that got lost.
            sent = [(key_of(request), request.body) for request in receiver.requests]
            assert all(unpacked(duty.bodies[key]) == body for key, body in sent)
            keys = [key_of(request) for request in receiver.accepted]
            deliveries = Counter(time for key in set(keys) for time, _ in duty.read(duty.bodies[key]))
            assert deliveries <= duty.reasons
            assert len(keys) - len(set(keys)) == duty.repeats <= duty.lost
            self.world.counts["total", f"beats taken by the {side.name}"] += len(receiver.ledger)
        assert self.sides[1].duty.repeats == 0

    # How it is done

    def _run(self, name: str, what: Arguments) -> None:
        try:
            self.world.loop.run_until_complete(getattr(self, f"_{name}")(**what))
        except CrashError:
            self.world.counts["total", "crashes"] += 1
            self._rise()
        self.archive.crashes = False

    def _set_up(self) -> None:
        """Make the parts of a process."""
        self.posting = 0
        self.unsettled: tuple[Side, Verdict, str] | None = None
        for side in self.sides:
            client = self.world.kind.open(self.world.session, side.receiver.url)
            destination = Watched(client, partial(self._post, side))
            side.outbox = Outbox(self.archive, side.name)
            side.forwarder = Forwarder(side.outbox, destination, side.name)
            side.duty.restart()

    def _rise(self) -> None:
        """Go on with what a crash has left."""
        left = self.archive.path.with_name(self.archive.path.name + ".crashed")
        self.archive.delete()
        self.archive = CrashingArchive(left)
        self.archive.open()
        self._set_up()

    def _known(self, flying: bool = False) -> list[int]:
        """Return the known times, or those in flight if such are wanted and there are any."""
        flight = self.sides[0].duty.flight
        return list(flight.beats) if flying and flight else sorted(self.values) or [START]

    def _store(self, reading: list[Sample], *, detail: int = 0, even_purged: bool = False) -> None:
        """Note a reading, and store it."""
        now, before = self.world.now, set(self.values)
        for time, bpm in reading:
            is_gone = any(start <= time < end for start, end in self.gone)
            is_finer = any(time < known < time + detail for known in before)
            is_left_out = (is_gone and not even_purged) or is_finer
            if time > now or is_left_out or self.values.get(time, (0, 0))[0] == bpm:
                continue
            self.changes += 1
            self.values[time] = (bpm, self.changes)
            for side in self.sides:
                side.duty.store(time, bpm, self.changes, now, is_purged=is_gone)
        self.archive.store(reading, now, detail=detail, even_purged=even_purged)

    def _read_twice(self, hour: int, reading: list[Sample], *, detail: int = 0) -> None:
        """Let two readings of an hour, a day apart, say what the source has of it."""
        crashes = self.archive.crashes
        for self.archive.crashes in (False, crashes):
            note_reading(self.archive, hour, hour + HOUR, reading, {}, self.world.now, detail=detail)
            self.world.now += LOSS_BELIEVED_AFTER

    async def _lose(self, picks: set[int], again: bool) -> None:
        """Let the source lose samples of an hour; those in flight stay until their batch has landed."""
        times = {_pick(pick, self._known()) for pick in picks} & self.values.keys()
        hour = min(times, default=START) // HOUR * HOUR
        left = [(time, bpm) for time, bpm in self._held(hour) if time not in times]
        deleted = await self._leave(hour, left)
        if again and deleted:
            self._store(sorted((time, self.lost[time]) for time in deleted))

    def _held(self, hour: int) -> list[Sample]:
        return sorted((time, bpm) for time, (bpm, _) in self.values.items() if hour <= time < hour + HOUR)

    async def _leave(self, hour: int, left: list[Sample]) -> set[int]:
        """Let the source have only these samples of an hour; return the times of those that are deleted."""
        if not left:
            return set()  # that proves nothing
        held = dict(self._held(hour))
        flying = {time for side in self.sides for time, one in side.duty.waiting.items() if one.flying}
        deleted = held.keys() - dict(left).keys() - flying
        self.lost |= {time: held[time] for time in deleted}
        for time in deleted:
            del self.values[time]
        for side in self.sides:
            side.duty.delete(deleted)
        self.world.counts["total", "deleted at the source"] += len(deleted)
        self._read_twice(hour, left)
        for side in self.sides:
            await side.forwarder.refresh()
        return deleted

    async def _move(self, pick: int, quarters: int) -> None:
        """Read an hour by the clock of another time zone: its values lie at other moments than before."""
        hour = _pick(pick, self._known()) // HOUR * HOUR
        moved = [(time + quarters * HOUR // 4, bpm) for time, bpm in self._held(hour)]
        self._store(moved)
        await self._leave(hour, [(time, bpm) for time, bpm in moved if hour <= time < hour + HOUR])

    async def _give_back(self, picks: set[int]) -> None:
        """Let the source have again some samples that it had lost, with their values."""
        if self.lost:
            times = {_pick(pick, sorted(self.lost)) for pick in picks}
            self._store(sorted((time, self.lost[time]) for time in times))

    async def _coarser(self, pick: int, bpm: int) -> None:
        """Read an hour at a coarser detail: nothing that was measured more finely changes."""
        hour = _pick(pick, self._known()) // HOUR * HOUR
        grid = sorted({time // 4 * 4 for time in self.values if hour <= time < hour + HOUR})
        reading = [(time, self.values.get(time, (bpm, 0))[0]) for time in grid]
        self._store(reading, detail=4)
        self._read_twice(hour, reading, detail=4)

    async def _import(self, picks: dict[int, int]) -> None:
        """Import a purged interval, or one near it; nothing of a delivered hour goes out twice."""
        times = sorted(self.purged) or self._known()
        reading = {_pick(pick, times): bpm for pick, bpm in picks.items()}
        self._store(
            sorted({time: self.purged.get(time, bpm) for time, bpm in reading.items()}.items()),
            even_purged=True,
        )

    async def _poll(self, steps: list[int], gap: int, bpm: int) -> None:
        """Store new samples, and some known ones again."""
        newest = max(self.values, default=START)
        times = [newest + gap + step for step in accumulate(steps)]
        self.world.now = max(self.world.now, times[-1])
        known = [(time, self.values[time][0]) for time in sorted(self.values)[-3:]]
        self._store([*known, *((time, bpm) for time in times)])

    async def _late(self, picks: dict[int, int], bpm: int) -> None:
        """Store samples older than the newest, perhaps older than the delivered ones."""
        times = {_pick(pick, self._known()) - offset for pick, offset in picks.items()}
        self._store([(time, bpm) for time in sorted(times)])

    async def _correct(self, picks: dict[int, int], flying: bool) -> None:
        """Store other values for known times."""
        times = self._known(flying)
        self._store(sorted({_pick(pick, times): bpm for pick, bpm in picks.items()}.items()))

    async def _cover(self, resend: bool, **stretch: int) -> None:
        """Cover a stretch as well, or send it again."""
        start, end = _stretch(self._known(), **stretch)
        side = self.sides[0]
        added = side.duty.cover(start, end, self.values, self.world.now, resend=resend)
        assert await side.forwarder.cover(start, end, resend=resend) == added

    async def _release(self, **stretch: int) -> None:
        """Let the beats that were set aside wait again."""
        side = self.sides[0]
        start, end = _stretch(sorted(side.duty.aside) or self._known(), **stretch)
        released = side.duty.release(start, end, self.values)
        assert await side.forwarder.release(start, end) == released

    async def _drop(self, **stretch: int) -> None:
        """Give up what was set aside."""
        side = self.sides[0]
        start, end = _stretch(sorted(side.duty.aside) or self._known(), **stretch)
        dropped = side.duty.drop(start, end)
        assert await side.forwarder.drop(start, end) == dropped

    async def _purge(self, flying: bool, **stretch: int) -> None:
        """Remove a stretch from the archive, as soon as no request is under way."""
        start, end = _stretch(self._known(flying), **stretch)
        async with AsyncExitStack() as rest:
            for side in self.sides:
                await rest.enter_async_context(side.forwarder.at_rest())
            assert not self.posting
            now = self.world.now
            end = min(end, now + 1)
            times = [time for time in self.values if start <= time < end]
            for time in times:
                self.purged[time] = self.values.pop(time)[0]
            self.gone.append((start, end))
            purged = Purged(len(times), sum(side.duty.purge(start, end) for side in self.sides))
            first, last = (datetime.fromtimestamp(time, UTC).date() for time in (start, end - 1))
            assert await asyncio.to_thread(self.archive.purge, start, end, (first, last), now) == purged
            for side in self.sides:
                await side.forwarder.refresh()

    async def _prune(self, keep: int) -> None:
        """Drop old samples, but none that waits or was set aside."""
        if not self.values:
            return
        before = (min(max(self.values), self.world.now) - keep) // HOUR * HOUR
        kept = {time for side in self.sides for time in (*side.duty.waiting, *side.duty.aside)}
        dropped = [time for time in self.values if time < before and time not in kept]
        for time in dropped:
            self.purged[time] = self.values.pop(time)[0]
        for side in self.sides:
            side.duty.forget(0, before, self.values)
        self.gone.append((0, before))
        assert self.archive.prune(keep, self.world.now) == len(dropped)

    async def _expire(self, after: int) -> None:
        """Let time pass, and give up what has waited too long."""
        self.world.now += after
        for side in self.sides:
            async with side.forwarder.at_rest():
                before = side.duty.state.given_up
                side.duty.expire(self.world.now)
                self.world.counts["total", "expired"] += side.duty.state.given_up - before
                side.outbox.expire(self.world.now)

    async def _refuse(self, kind: str, size: int, picks: set[int]) -> None:
        """Let the receiver refuse nothing, large batches, some beats, or all."""
        bad = {_pick(pick, self._known()) for pick in picks}
        receiver = self.sides[0].receiver
        receiver.max_batch = size if kind == "large" else None
        receiver.reject = {"some": lambda beat: beat["start"] in bad, "all": lambda _: True}.get(kind)

    async def _forward(self, troubles: int, interrupted: bool, at: int) -> None:
        """Forward, with trouble at the next requests, and perhaps an interruption at one of them."""
        self.turn = Turn(is_alone=True, interruption=next(self.interruptions) if interrupted else None, at=at)
        self._expect(troubles)
        side = self.sides[0]
        try:
            result = await side.forwarder.forward()
            if self.turn.is_archive_closed:
                self.archive.open()
                await side.forwarder.refresh()
            if self.unsettled:
                await asyncio.gather(*self.asked)
                await side.forwarder.forward()
                self._settle_late()
            elif not self.turn.is_archive_closed:
                assert result.pending == len(side.duty.waiting)
            await asyncio.gather(*self.asked)
        finally:
            for task in self.asked:
                task.cancel()
            await asyncio.gather(*self.asked, return_exceptions=True)
            self.asked.clear()
            self.turn = Turn()

    def _expect(self, troubles: int) -> None:
        names = [next(self.troubles) for _ in range(troubles)]
        note(f"trouble ahead: {names}, interruption: {self.turn.interruption}")
        self.sides[0].receiver.faults += [replace(self.world.kind.troubles[name]) for name in names]

    async def _at_once(self, troubles: int) -> None:
        """Forward by hand and by itself, and to the other destination, all at the same time."""
        self._expect(troubles)
        first, second = self.sides
        await asyncio.gather(first.forwarder.forward(), first.forwarder.forward(), second.forwarder.forward())

    async def _neighbour(self) -> None:
        """Forward to the second destination: whatever befell the first, everything gets through."""
        await self.sides[1].forwarder.forward()
        assert not self.sides[1].duty.waiting

    async def _restart(self) -> None:
        """Stop and start again."""
        for side in self.sides:
            await side.forwarder.stop()
        self.archive.close()
        self.archive.open()
        self._set_up()

    async def _crash(self) -> None:
        """Be gone between two turns."""
        self.archive.crash()

    async def _post(self, side: Side, batch: Batch, post: Post) -> Outcome:
        """Post a batch, with what is to happen meanwhile, and hold what comes of it against the model."""
        duty, turn, counts = side.duty, self.turn, self.world.counts
        self._settle_late()
        assert not self.archive.is_full
        duty.post(batch, self.values)
        interruption = turn.interruption if turn.posts >= turn.at else None
        turn.posts += 1
        if interruption is Interruption.BEFORE_POST:
            counts[interruption, "met"] += 1
            self.archive.crash()
        self.posting += 1
        await self._meanwhile(When.POSTED)
        name, outcome, taken = await self._try(side, batch, post)
        await self._meanwhile(When.ANSWERED)
        self.posting -= 1
        if interruption is Interruption.AFTER_ANSWER:
            counts[interruption, "met"] += 1
            if taken:
                counts[interruption, "taken"] += 1
                duty.lose(interruption)
            self.archive.crash()
        if taken and outcome.verdict is not Verdict.DELIVERED:
            duty.lose(name)
        if interruption in (Interruption.UNUSABLE, Interruption.FULL):
            self._fail_to_note(side, interruption, outcome.verdict, batch)
            if self.unsettled:
                return outcome
            interruption = None
        duty.settle(outcome.verdict, self.values, self.world.now)
        if interruption and not duty.flight:
            counts[interruption, "met"] += 1
            self.archive.crashes = True
        return outcome

    def _fail_to_note(self, side: Side, interruption: Interruption, verdict: Verdict, batch: Batch) -> None:
        """Let the archive fail after an answer, which is noted later where it has to be noted."""
        self.world.counts[interruption, "met"] += 1
        self.turn.interruption = None
        if interruption is Interruption.UNUSABLE:
            self.archive.close()
            self.turn.is_archive_closed = True
        if verdict in (Verdict.DELIVERED, Verdict.REFUSED):
            self.archive.is_full = interruption is Interruption.FULL
            self.unsettled = (side, verdict, batch.key)

    def _settle_late(self) -> None:
        """Note an answer that could not be noted on a full disk, if its batch is still in flight."""
        if self.unsettled:
            (side, verdict, key), self.unsettled = self.unsettled, None
            if side.duty.flight and side.duty.flight.key == key:
                side.duty.settle(verdict, self.values, self.world.now)

    async def _try(self, side: Side, batch: Batch, post: Post) -> tuple[str, Outcome, bool]:
        """Post a batch; return what it met with, the outcome, and whether the receiver took it."""
        receiver = side.receiver
        fault = next(iter(receiver.faults), None)
        name = next(
            (name for name, known in self.world.kind.troubles.items() if known == fault), "no trouble"
        )
        before = len(receiver.accepted)
        with pytest.MonkeyPatch.context() as patch:
            if isinstance(fault, Trouble) and fault.endless:
                patch.setattr(receiver, "drip_pause", ENDLESS)
            outlasts = isinstance(fault, Trouble) and fault.outlasts
            outcome = await (_out_of_time(post(batch), receiver) if outlasts else post(batch))
        taken = receiver.accepted[before:]
        for request in taken:
            side.duty.take(request)
        assert outcome.verdict is _verdict(fault, bool(taken))
        for what in ("met", outcome.verdict, *["taken" for _ in taken]):
            self.world.counts[name, what] += 1
        return name, outcome, bool(taken)

    async def _meanwhile(self, when: When) -> None:
        """Do everything that was put off until now; a purge has to wait until the turn is over."""
        if not self.turn.is_alone:
            return
        operations = [operation for due, operation in self.put_off if due is when]
        self.put_off = [(due, operation) for due, operation in self.put_off if due is not when]
        for name, what in operations:
            self.world.counts["meanwhile", name] += 1
            work = getattr(self, f"_{name}")(**what)
            if name == "purge":
                self.asked.append(asyncio.create_task(work))
                await asyncio.sleep(0)
            else:
                await work


async def _out_of_time(answer: Awaitable[Outcome], receiver: Receiver) -> Outcome:
    """Return the outcome of a post whose time is over as soon as the receiver has the request.

    The client's real time-out would be over sooner on a busy machine: before the receiver has it.
    """
    before, start = len(receiver.requests), TimeoutHandle.start
    timeouts: list[TimeoutHandle] = []
    waiting = asyncio.ensure_future(answer)

    def hold(timeout: TimeoutHandle) -> asyncio.TimerHandle | None:
        if asyncio.current_task() is not waiting:
            return start(timeout)
        timeouts.append(timeout)
        return None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TimeoutHandle, "start", hold)
        await until(lambda: len(receiver.requests) > before)
        for timeout in timeouts:
            timeout()
        return await waiting


def _pick(pick: int, times: list[int]) -> int:
    return times[pick % len(times)]


def _stretch(times: list[int], pick: int, shift: int, length: int) -> tuple[int, int]:
    """Return a stretch of time near one of these."""
    start = _pick(pick, times) + shift
    return start, start + length


def _verdict(fault: Fault | None, taken: bool) -> Verdict:
    """Return the verdict on an answer."""
    if (
        not isinstance(fault, Trouble)
        or fault.verdict is Verdict.DELIVERED
        or (fault.afterwards and not taken)
    ):
        return Verdict.DELIVERED if taken else Verdict.REFUSED
    return fault.verdict


TITLES = {
    "action": "what was done",
    "meanwhile": "what was done while a request was in flight",
    "reason": "why a beat had to go out, and again",
    "total": "altogether",
}


def table(world: World) -> str:
    """Return the table of everything that happened, and of its outcomes."""
    columns = ["met", "taken", "delivered", "retry", "pause", "refused", "taken again"]
    lines = [f"{'trouble':28}" + "".join(f"{column:>13}" for column in columns)]
    lines += [
        f"{name:28}" + "".join(f"{world.counts[name, column]:13}" for column in columns)
        for name in ("no trouble", *TROUBLES, *Interruption)
    ]
    for kind, title in TITLES.items():
        lines += ["", title]
        lines += [f"{what:40}{number:9}" for (of, what), number in sorted(world.counts.items()) if of == kind]
    return "\n".join(lines)


class AtOnce(ThreadPoolExecutor):
    """Threads that are never changed to: what works with the archive here, it does in turn anyway."""

    @override
    def submit(self, work: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(work(*arguments, **options))
        except Exception as error:  # noqa: BLE001 - a future has it
            done.set_exception(error)
        return done


@pytest.fixture
def world(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, socket_enabled: None
) -> Iterator[World]:
    with asyncio.Runner() as runner:
        world = World(tmp_path, runner.get_loop(), KINDS[request.param])
        for module in (forwarding, posting, webhook):
            monkeypatch.setattr(module, "time", world)
        world.loop.set_default_executor(AtOnce())
        runner.run(world.start())
        yield world
        runner.run(world.stop())


@pytest.mark.timeout(600)
@pytest.mark.parametrize("world", KINDS, indirect=True)
def test_whatever_happens_the_promise_is_kept(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    PromiseMachine.world = world
    monkeypatch.setattr(engine, "MAX_SHRINKING_SECONDS", SHRINKING)
    is_long = SCHEDULES > QUICK
    for done in range(0, SCHEDULES, ROUND):
        run_state_machine_as_test(
            seed(SEED + done)(PromiseMachine),
            settings=settings(
                max_examples=min(ROUND, SCHEDULES - done),
                stateful_step_count=STEPS,
                print_blob=is_long,
                database=None,
                phases=(Phase.generate, Phase.shrink),
                suppress_health_check=list(HealthCheck),
            ),
        )
    if is_long:
        with capsys.disabled():
            sys.stdout.write(f"\n{table(world)}\n")
    if SCHEDULES >= COMPLETE:
        due = [*(("action", name) for name in ACTIONS), *(("meanwhile", name) for name in MEANWHILE)]
        due += [(name, "met") for name in (*world.kind.troubles, *Interruption)]
        assert [what for what in due if not world.counts[what]] == []
