"""The forwarder gets every pending beat through, oldest first, and says what keeps it from that."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import date, datetime, timedelta
from functools import partial
from itertools import pairwise
import logging
from pathlib import Path
import random
from sqlite3 import Connection
import time
from typing import Any, override

from aiohttp import ClientSession
from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.archive.database import ArchiveError
from custom_components.fitbit_cardiogram.archive.outbox import Batch, Outbox
from custom_components.fitbit_cardiogram.destinations.cardiogram import Cardiogram
from custom_components.fitbit_cardiogram.destinations.forwarder import (
    PAUSE_MIN,
    REFUSED_SINGLES_MAX,
    STOP_TIMEOUT,
    TURN,
    Forwarder,
    ForwarderState,
    ForwardResult,
)
from custom_components.fitbit_cardiogram.destinations.outcome import SOON, Outcome, Problem
from custom_components.fitbit_cardiogram.destinations.posting import TIMEOUT
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR, utc
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from custom_components.fitbit_cardiogram.net.request import RETRY_AFTER_MAX
from tests.helpers.home import until
from tests.simulators import CardiogramSimulator, Fault

TOKEN = "cardiogram-demo-token"
NOW = 1_795_298_400
START = NOW - 3 * 3600


@pytest.fixture(autouse=True)
def integration(socket_enabled: None) -> None:
    """Do without Home Assistant."""


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    archive = Archive(tmp_path / "archive.db")
    archive.open()
    yield archive
    archive.close()


class Hooked(Cardiogram):
    """Cardiogram, with something happening whenever an answer has come and before it is acted on."""

    answered: Callable[[], Awaitable[object]] | None = None

    @override
    async def post(self, batch: Batch) -> Outcome:
        outcome = await super().post(batch)
        if self.answered:
            await self.answered()
        return outcome


@pytest.fixture
def destination(session: ClientSession, cardiogram: CardiogramSimulator) -> Hooked:
    return Hooked(session, cardiogram.url, "1", TOKEN)


@pytest.fixture
def forwarder(archive: Archive, destination: Hooked) -> Forwarder:
    """Return a forwarder that covers everything, and forwards by itself while it runs."""
    outbox = Outbox(archive, "cardiogram")
    outbox.create(start=0, automatic=True, now=NOW)
    return Forwarder(outbox, destination, "Cardiogram")


@asynccontextmanager
async def running(*forwarders: Forwarder) -> AsyncGenerator[None]:
    """Let forwarders run; they end by themselves when stopped."""
    tasks = [asyncio.create_task(forwarder.run()) for forwarder in forwarders]
    yield
    for forwarder in forwarders:
        await forwarder.stop()
    await asyncio.gather(*tasks)


def beats(count: int, first: int = 0, bpm: int = 60) -> list[Sample]:
    """Return a beat every second."""
    return [(START + second, bpm) for second in range(first, first + count)]


async def settle(forwarder: Forwarder) -> None:
    """Let the forwarder do what it would do now, if anything."""
    for _ in range(3):
        await forwarder.refresh()


def is_waiting(forwarder: Forwarder, until: datetime) -> bool:
    """Return whether the next try is at that time."""
    return forwarder.state.retry_at == until


def sizes(cardiogram: CardiogramSimulator) -> list[int]:
    return [len(batch) for batch in cardiogram.batches]


# Draining


async def test_everything_pending_goes_out_oldest_first(
    archive: Archive, cardiogram: CardiogramSimulator, forwarder: Forwarder
) -> None:
    samples = [(time, 50 + time % 90) for time, _ in beats(2500)]
    archive.store(samples[1000:], NOW)
    archive.store(samples[:1000], NOW)
    assert await forwarder.forward() == ForwardResult(2500, 0, None)
    assert sizes(cardiogram) == [1000, 1000, 500]
    assert [(beat.start, beat.value) for beat in cardiogram.ledger] == samples
    assert all(beat.start == beat.end for beat in cardiogram.ledger)
    assert forwarder.state.outbox.delivered == 2500
    assert forwarder.state.outbox.last_delivery == NOW
    assert await forwarder.forward() == ForwardResult(0, 0, None)
    assert len(cardiogram.requests) == 3


async def test_only_what_is_covered_goes_out(
    archive: Archive, cardiogram: CardiogramSimulator, destination: Hooked
) -> None:
    archive.store(beats(30), NOW)
    outbox = Outbox(archive, "from a date")
    outbox.create(start=START + 20, automatic=False, now=NOW)
    forwarder = Forwarder(outbox, destination, "Cardiogram")
    assert await forwarder.forward() == ForwardResult(10, 0, None)
    assert await forwarder.cover(START + 5, START + 25) == 15
    assert forwarder.state.outbox.pending == 15
    await forwarder.forward()
    assert cardiogram.values() == dict(beats(25, 5))
    assert await forwarder.cover(START + 5, START + 6, resend=True) == 1
    await forwarder.forward()
    assert cardiogram.repeats() == 1


async def test_new_samples_go_out_by_themselves(
    archive: Archive, cardiogram: CardiogramSimulator, forwarder: Forwarder
) -> None:
    archive.store(beats(5), NOW)
    await forwarder.refresh()
    async with running(forwarder):
        await until(lambda: len(cardiogram.ledger) == 5)
        archive.store(beats(3, 5), NOW)
        await forwarder.refresh()
        await until(lambda: forwarder.state.outbox.delivered == 8)
    assert sizes(cardiogram) == [5, 3]


async def test_by_hand_and_by_itself_at_once_doubles_nothing(
    archive: Archive, cardiogram: CardiogramSimulator, forwarder: Forwarder
) -> None:
    archive.store(beats(3000), NOW)
    await forwarder.refresh()
    async with running(forwarder):
        results = await asyncio.gather(forwarder.forward(), forwarder.forward())
        await until(lambda: not forwarder.state.outbox.pending)
    assert sum(result.delivered for result in results) <= 3000
    assert (len(cardiogram.ledger), cardiogram.repeats()) == (3000, 0)


# The switch


async def test_switched_off_it_forwards_only_when_asked(
    archive: Archive, cardiogram: CardiogramSimulator, forwarder: Forwarder
) -> None:
    archive.store(beats(5), NOW)
    await forwarder.set_automatic(False)
    async with running(forwarder):
        await settle(forwarder)
        assert cardiogram.requests == []
        assert await forwarder.forward() == ForwardResult(5, 0, None)
        archive.store(beats(5, 5), NOW)
        await settle(forwarder)
        assert len(cardiogram.requests) == 1
        await forwarder.set_automatic(True)
        await until(lambda: len(cardiogram.ledger) == 10)
    assert Outbox(archive, "cardiogram").state().automatic


async def test_switching_off_ends_a_drain_after_the_batch_in_flight(
    archive: Archive, cardiogram: CardiogramSimulator, destination: Hooked, forwarder: Forwarder
) -> None:
    archive.store(beats(2500), NOW)
    await forwarder.refresh()
    destination.answered = lambda: forwarder.set_automatic(False)
    async with running(forwarder):
        await until(lambda: forwarder.state.outbox.delivered == 1000)
        await settle(forwarder)
    assert sizes(cardiogram) == [1000]
    assert forwarder.state.outbox.pending == 1500
    assert forwarder.state.problem is None


# A lost answer


@pytest.mark.parametrize("restarted", [False, True], ids=["running on", "after a restart"])
@pytest.mark.parametrize("kind", ["reset_after", "reset_before", "truncate"])
async def test_a_lost_answer_repeats_the_same_bytes_before_anything_else(
    archive: Archive,
    cardiogram: CardiogramSimulator,
    destination: Hooked,
    forwarder: Forwarder,
    kind: Any,
    restarted: bool,
) -> None:
    archive.store(beats(10, 10), NOW)
    cardiogram.faults = [Fault("beats", kind=kind)]
    assert await forwarder.forward() == ForwardResult(0, 10, Problem.NO_ANSWER)
    archive.store([*beats(5), *beats(10, 10, bpm=70)], NOW)
    if restarted:
        archive.close()
        archive.open()
        forwarder = Forwarder(Outbox(archive, "cardiogram"), destination, "Cardiogram")
    assert await forwarder.forward() == ForwardResult(25, 0, None)
    lost, again, rest = cardiogram.requests
    assert (lost.body, lost.headers["Idempotency-Key"]) == (again.body, again.headers["Idempotency-Key"])
    assert rest.headers["Idempotency-Key"] != again.headers["Idempotency-Key"]
    assert cardiogram.values() == dict([*beats(5), *beats(10, 10, bpm=70)])
    assert cardiogram.repeats() == (0 if kind == "reset_before" else 10)


async def test_a_value_that_changes_in_flight_is_sent_once_more(
    archive: Archive, cardiogram: CardiogramSimulator, destination: Hooked, forwarder: Forwarder
) -> None:
    archive.store(beats(10), NOW)

    async def correct() -> None:
        archive.store(beats(1, 5, bpm=70), NOW)

    destination.answered = correct
    assert await forwarder.forward() == ForwardResult(11, 0, None)
    assert sizes(cardiogram) == [10, 1]
    assert (cardiogram.values()[START + 5], cardiogram.repeats()) == (70, 0)


# Trouble that passes


async def test_it_tries_again_when_it_said_and_not_before(
    archive: Archive, cardiogram: CardiogramSimulator, forwarder: Forwarder, clock: FrozenDateTimeFactory
) -> None:
    archive.store(beats(5), NOW)
    await forwarder.refresh()
    cardiogram.faults = [Fault("beats", 503, times=2)]
    due = [float(NOW)]
    async with running(forwarder):
        for tries in (1, 2):
            before = forwarder.state.retry_at
            await until(lambda before=before: forwarder.state.retry_at != before)  # type: ignore[misc]
            assert (forwarder.state.problem, forwarder.state.paused) == (Problem.SERVER_ERROR, False)
            assert forwarder.state.retry_at
            due.append(forwarder.state.retry_at.timestamp())
            clock.move_to(forwarder.state.retry_at - timedelta(seconds=0.1))
            archive.store(beats(1, 10 + tries), NOW)
            await settle(forwarder)
            assert len(cardiogram.requests) == tries
            clock.tick(timedelta(seconds=0.2))
        await until(lambda: not forwarder.state.outbox.pending)
    assert (forwarder.state.problem, forwarder.state.retry_at) == (None, None)
    assert sizes(cardiogram) == [5, 2]
    tried = [request.time for request in cardiogram.requests]
    assert all(0 <= moment - then < 0.2 for moment, then in zip(tried[:3], due, strict=True))


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", 120),
        ("Sat, 21 Nov 2026 22:05:00 GMT", 300),
        ("86400", RETRY_AFTER_MAX),
        ("0", PAUSE_MIN),
        ("1", PAUSE_MIN),
        ("Sat, 21 Nov 2026 21:59:00 GMT", PAUSE_MIN),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_is_honoured_within_bounds(
    archive: Archive,
    cardiogram: CardiogramSimulator,
    forwarder: Forwarder,
    status: int,
    value: str,
    wait: float,
) -> None:
    """No receiver can stop the forwarding for days, or have itself asked without a pause."""
    archive.store(beats(5), NOW)
    cardiogram.faults = [Fault("beats", status, "", {"Retry-After": value})]
    await forwarder.forward()
    assert forwarder.state.retry_at == utc(NOW + wait)


async def test_the_back_off_grows_up_to_a_bound_and_begins_anew(
    archive: Archive,
    cardiogram: CardiogramSimulator,
    forwarder: Forwarder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    archive.store(beats(5), NOW)
    cardiogram.faults = [Fault("beats", 500, times=-1)]

    async def wait() -> float:
        await forwarder.forward()
        assert forwarder.state.retry_at
        return forwarder.state.retry_at.timestamp() - NOW

    for _ in range(12):
        assert PAUSE_MIN <= await wait() <= SOON[1]
    monkeypatch.setattr(random, "uniform", lambda _low, high: high)
    assert await wait() == SOON[1]

    cardiogram.faults = []
    await forwarder.forward()
    archive.store(beats(5, 5), NOW)
    cardiogram.faults = [Fault("beats", 500, times=-1)]
    waits = [await wait() for _ in range(9)]
    assert waits[0] == 2 * PAUSE_MIN
    assert all(later == min(2 * earlier, SOON[1]) for earlier, later in pairwise(waits))


async def test_without_anybody_there_a_beat_waits(
    archive: Archive, cardiogram: CardiogramSimulator, forwarder: Forwarder
) -> None:
    archive.store(beats(5), NOW)
    port = cardiogram.port
    await cardiogram.stop()
    assert await forwarder.forward() == ForwardResult(0, 5, Problem.NO_ANSWER)
    await cardiogram.start(port)
    assert await forwarder.forward() == ForwardResult(5, 0, None)


# Trouble that a person must mend


REFUSALS = [
    (401, "", Problem.TOKEN_REFUSED),
    (403, "", Problem.USER_MISMATCH),
    (400, '{"message": "User does not exist."}', Problem.USER_MISMATCH),
    (302, "", Problem.WRONG_ADDRESS),
    (404, "", Problem.WRONG_ADDRESS),
]
UNCLEAR = [(200, "<html>", Problem.UNEXPECTED_ANSWER), (402, "", Problem.UNEXPECTED_ANSWER)]


@pytest.mark.parametrize(("status", "body", "problem"), REFUSALS)
async def test_a_refusal_that_passes_is_noticed(
    archive: Archive,
    cardiogram: CardiogramSimulator,
    forwarder: Forwarder,
    clock: FrozenDateTimeFactory,
    status: int,
    body: str,
    problem: Problem,
) -> None:
    """After 1, 2, 4 … 24 hours the same batch is tried again; a person is asked all the while."""
    archive.store(beats(5), NOW)
    await forwarder.refresh()
    cardiogram.faults = [Fault("beats", status, body, times=7)]
    async with running(forwarder):
        for number in range(1, 8):
            pause = min(2 ** (number - 1) * HOUR, DAY)
            retry_at = utc(time.time() + pause)
            await until(partial(is_waiting, forwarder, retry_at))
            assert forwarder.state.problem == problem
            assert forwarder.state.paused
            clock.tick(timedelta(seconds=pause - 1))
            await settle(forwarder)
            assert len(cardiogram.requests) == number
            clock.tick(timedelta(seconds=2))
            await forwarder.refresh()
        await until(lambda: not forwarder.state.outbox.pending)
        assert not forwarder.state.trouble
    assert len({request.body for request in cardiogram.requests}) == 1


@pytest.mark.parametrize(("status", "body", "problem"), [*REFUSALS, *UNCLEAR])
async def test_it_pauses_until_it_is_asked_again(
    archive: Archive,
    cardiogram: CardiogramSimulator,
    forwarder: Forwarder,
    clock: FrozenDateTimeFactory,
    status: int,
    body: str,
    problem: Problem,
) -> None:
    archive.store(beats(5), NOW)
    await forwarder.refresh()
    cardiogram.faults = [Fault("beats", status, body, times=2)]
    async with running(forwarder):
        await until(lambda: forwarder.state.paused)
        waits = forwarder.state.retry_at is not None
        assert waits == ((status, body, problem) in REFUSALS)
        clock.tick(timedelta(minutes=59) if waits else timedelta(days=1))
        archive.store(beats(5, 5), NOW)
        await settle(forwarder)
        assert len(cardiogram.requests) == 1
        assert await forwarder.forward() == ForwardResult(0, 10, problem)
        assert await forwarder.forward() == ForwardResult(10, 0, None)
        assert (forwarder.state.problem, forwarder.state.paused) == (None, False)
        archive.store(beats(5, 10), NOW)
        await forwarder.refresh()
        await until(lambda: len(cardiogram.ledger) == 15)


async def test_asked_by_hand_it_goes_on_by_itself(
    archive: Archive, cardiogram: CardiogramSimulator, forwarder: Forwarder, clock: FrozenDateTimeFactory
) -> None:
    """What got through before the next trouble ends the pause; the rest does not wait for another request."""
    archive.store(beats(1500), NOW)
    await forwarder.refresh()
    cardiogram.faults = [Fault("beats", 401)]

    def fail_after_the_first(_: ForwarderState, new: ForwarderState) -> None:
        if new.outbox.delivered:
            cardiogram.faults = [Fault("beats", 503)]

    async with running(forwarder):
        await until(lambda: forwarder.state.paused)
        stop_listening = forwarder.listen(fail_after_the_first)
        assert await forwarder.forward() == ForwardResult(1000, 500, Problem.SERVER_ERROR)
        stop_listening()
        cardiogram.faults = []
        assert forwarder.state.retry_at
        clock.move_to(forwarder.state.retry_at + timedelta(milliseconds=1))
        await until(lambda: not forwarder.state.outbox.pending)
    assert cardiogram.values() == dict(beats(1500))


# Turns


async def test_a_long_drain_goes_turn_by_turn(
    archive: Archive,
    cardiogram: CardiogramSimulator,
    destination: Hooked,
    forwarder: Forwarder,
    clock: FrozenDateTimeFactory,
) -> None:
    """What waits for a moment without a request, a purge say, does not wait for the whole backlog."""
    archive.store(beats(5000), NOW)
    rests: list[int] = []
    heard: list[int] = []
    forwarder.listen(lambda _, new: heard.append(new.outbox.pending))

    async def rest() -> None:
        async with forwarder.at_rest():
            rests.append(len(cardiogram.ledger))

    async def pass_time() -> None:
        clock.tick(TURN / 2 + 1)

    destination.answered = pass_time
    drain = asyncio.create_task(forwarder.forward())
    await until(lambda: cardiogram.requests)
    await asyncio.create_task(rest())
    assert await drain == ForwardResult(5000, 0, None)
    assert rests == [2000]
    assert heard == [5000, 3000, 1000, 0]


async def test_asked_to_look_once_it_takes_one_turn(
    archive: Archive, destination: Hooked, forwarder: Forwarder, clock: FrozenDateTimeFactory
) -> None:
    archive.store(beats(3000), NOW)
    await forwarder.set_automatic(False)

    async def pass_time() -> None:
        clock.tick(TURN + 1)

    destination.answered = pass_time
    assert await forwarder.attempt() == ForwardResult(1000, 2000, None)


@pytest.mark.parametrize("taken", [False, True])
async def test_other_credentials_are_kept_only_if_beats_get_through(
    archive: Archive,
    session: ClientSession,
    cardiogram: CardiogramSimulator,
    forwarder: Forwarder,
    taken: bool,
) -> None:
    archive.store(beats(5), NOW)
    cardiogram.users = {"1": "another" if taken else TOKEN}
    result = await forwarder.attempt(Cardiogram(session, cardiogram.url, "1", "another"))
    assert result.problem == (None if taken else Problem.TOKEN_REFUSED)
    archive.store(beats(6), NOW)
    assert (await forwarder.forward()).problem is None


async def test_a_clock_set_back_does_not_put_off_the_next_try(
    archive: Archive,
    cardiogram: CardiogramSimulator,
    forwarder: Forwarder,
    clock: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    archive.store(beats(5), NOW)
    await forwarder.refresh()
    cardiogram.faults = [Fault("beats", 503)]
    async with running(forwarder):
        await until(lambda: forwarder.state.retry_at)
        shown = time.time
        monkeypatch.setattr(time, "time", lambda: shown() - 30 * 24 * 3600)
        await forwarder.refresh()
        clock.tick(PAUSE_MIN * 2 + 1)
        await until(lambda: cardiogram.ledger)


# What has waited too long


async def test_what_has_waited_too_long_is_given_up_with_a_line_in_the_log(
    archive: Archive,
    cardiogram: CardiogramSimulator,
    destination: Hooked,
    forwarder: Forwarder,
    clock: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Hour by hour it is looked for, whether forwarding is on, paused or off; the warning comes first."""
    archive.store(beats(5, bpm=173), NOW)
    await forwarder.set_automatic(False)
    async with running(forwarder):
        clock.tick(24 * DAY)
        await until(lambda: forwarder.state.outbox.expires)
        assert forwarder.state.outbox.expires == NOW + 30 * DAY
        clock.tick(6 * DAY)
        await until(lambda: forwarder.state.outbox.given_up)
    assert (forwarder.state.outbox.pending, forwarder.state.outbox.given_up) == (0, 5)
    assert cardiogram.requests == []
    # A restart tells nothing anew.
    await Forwarder(Outbox(archive, "cardiogram"), destination, "Cardiogram").refresh()
    assert [record.getMessage() for record in caplog.records if "given up" in record.getMessage()] == [
        "5 beats for Cardiogram are given up"
    ]


# What waits for a person's word


async def test_a_held_destination_is_sent_nothing_until_it_begins(
    archive: Archive, cardiogram: CardiogramSimulator, destination: Hooked
) -> None:
    outbox = Outbox(archive, "held")
    outbox.create(start=0, automatic=True, now=NOW, held=True)
    forwarder = Forwarder(outbox, destination, "Cardiogram")
    archive.store(beats(5), NOW)
    await forwarder.cover(START, START + 1)
    async with running(forwarder):
        assert await forwarder.forward() == ForwardResult(0, 1, Problem.ARCHIVE_REPLACED)
        await settle(forwarder)
        assert (forwarder.state.problem, forwarder.state.paused) == (Problem.ARCHIVE_REPLACED, True)
        assert cardiogram.requests == []
        await forwarder.begin(START + 2)
        await until(lambda: forwarder.state.outbox.delivered == 4)
    assert (forwarder.state.problem, forwarder.state.paused) == (None, False)
    assert [beat.start - START for beat in cardiogram.ledger] == [0, 2, 3, 4]


# Refused beats


@pytest.mark.parametrize("bad", [{0}, {99}, {37}, {3, 20, 50, 51, 66, 98}])
async def test_bad_beats_are_found_and_set_aside(
    archive: Archive, cardiogram: CardiogramSimulator, forwarder: Forwarder, bad: set[int]
) -> None:
    archive.store(beats(100), NOW)
    cardiogram.reject = lambda beat: beat["start"] - START in bad
    assert await forwarder.forward() == ForwardResult(100 - len(bad), 0, None)
    assert cardiogram.values() == {time: bpm for time, bpm in beats(100) if time - START not in bad}
    assert cardiogram.repeats() == 0
    assert forwarder.state.outbox.quarantined == len(bad)
    assert len(cardiogram.requests) < 20 * len(bad)
    # Afterwards batches are as large as before.
    archive.store(beats(3000, 1000), NOW)
    await forwarder.forward()
    assert max(sizes(cardiogram)) == 1000


async def test_a_receiver_of_small_batches_gets_small_batches(
    archive: Archive, cardiogram: CardiogramSimulator, forwarder: Forwarder
) -> None:
    cardiogram.max_batch = 300
    archive.store(beats(2000), NOW)
    assert await forwarder.forward() == ForwardResult(2000, 0, None)
    assert [beat.start for beat in cardiogram.ledger] == [time for time, _ in beats(2000)]
    assert forwarder.state.outbox.quarantined == 0


async def test_if_all_are_refused_it_is_not_the_beats(
    archive: Archive, cardiogram: CardiogramSimulator, forwarder: Forwarder
) -> None:
    archive.store(beats(20), NOW)
    cardiogram.reject = lambda _: True
    assert await forwarder.forward() == ForwardResult(0, 20, Problem.BEATS_REFUSED)
    assert forwarder.state.paused
    assert forwarder.state.outbox.quarantined == 0
    singles = [request for request in cardiogram.requests if request.body.count(b"start") == 1]
    assert len(singles) == REFUSED_SINGLES_MAX
    cardiogram.reject = None
    assert await forwarder.forward() == ForwardResult(20, 0, None)
    assert cardiogram.values() == dict(beats(20))


async def test_that_all_are_refused_can_pass_by_itself(
    archive: Archive, cardiogram: CardiogramSimulator, forwarder: Forwarder, clock: FrozenDateTimeFactory
) -> None:
    archive.store(beats(20), NOW)
    await forwarder.refresh()
    cardiogram.reject = lambda _: True
    async with running(forwarder):
        await until(lambda: forwarder.state.problem == Problem.BEATS_REFUSED)
        cardiogram.reject = None
        clock.tick(timedelta(seconds=HOUR + 1))
        await forwarder.refresh()
        await until(lambda: not forwarder.state.outbox.pending)
    assert (forwarder.state.problem, forwarder.state.outbox.quarantined) == (None, 0)
    assert cardiogram.values() == dict(beats(20))


# Stopping


async def test_stopping_waits_for_the_request_in_flight_but_not_for_ever(
    archive: Archive, cardiogram: CardiogramSimulator, forwarder: Forwarder, clock: FrozenDateTimeFactory
) -> None:
    archive.store(beats(5), NOW)
    await forwarder.refresh()
    cardiogram.faults = [Fault("beats", kind="hang")]
    run = asyncio.create_task(forwarder.run())
    await until(lambda: bool(cardiogram.requests))
    stopping = asyncio.create_task(forwarder.stop())
    await asyncio.sleep(0)
    clock.tick(STOP_TIMEOUT - 1)
    await settle(forwarder)
    assert not stopping.done()
    assert STOP_TIMEOUT < TIMEOUT
    clock.tick(1.1)
    await stopping
    run.cancel()
    await asyncio.wait([run])
    assert Outbox(archive, "cardiogram").state().pending == 5


async def test_after_stopping_no_batch_goes_out(
    archive: Archive, cardiogram: CardiogramSimulator, destination: Hooked, forwarder: Forwarder
) -> None:
    archive.store(beats(2500), NOW)
    await forwarder.refresh()
    stopping: list[asyncio.Task[None]] = []

    async def stop() -> None:
        stopping.append(asyncio.create_task(forwarder.stop()))
        await asyncio.sleep(0)

    destination.answered = stop
    await forwarder.run()
    await stopping[0]
    assert sizes(cardiogram) == [1000]
    assert forwarder.state.outbox.delivered == 1000
    assert await forwarder.forward() == ForwardResult(0, 1500, None)
    assert len(cardiogram.requests) == 1


async def test_an_idle_forwarder_stops_at_once(forwarder: Forwarder) -> None:
    run = asyncio.create_task(forwarder.run())
    await asyncio.sleep(0)
    await forwarder.stop()
    await run


# Several destinations


async def test_one_destination_does_not_delay_another(
    archive: Archive,
    cardiogram: CardiogramSimulator,
    session: ClientSession,
    forwarder: Forwarder,
    clock: FrozenDateTimeFactory,
) -> None:
    async with CardiogramSimulator() as receiver:
        outbox = Outbox(archive, "receiver")
        outbox.create(start=0, automatic=True, now=NOW)
        other = Forwarder(outbox, Cardiogram(session, receiver.url, "1", TOKEN), "Receiver")
        cardiogram.faults = [Fault("beats", kind="hang")]
        archive.store(beats(2500), NOW)
        await forwarder.refresh()
        await other.refresh()
        async with running(forwarder, other):
            await until(lambda: bool(cardiogram.requests))
            await until(lambda: other.state.outbox.delivered == 2500)
            assert forwarder.state.outbox.pending == 2500
            clock.tick(TIMEOUT + 1)
            await until(lambda: forwarder.state.problem is Problem.NO_ANSWER)
    assert other.state.problem is None


# The archive


async def test_trouble_with_the_archive_is_told_and_passes(
    archive: Archive,
    cardiogram: CardiogramSimulator,
    destination: Hooked,
    forwarder: Forwarder,
    clock: FrozenDateTimeFactory,
) -> None:
    """An answer that could not be noted is noted then; the batch is not sent again."""
    archive.store(beats(5), NOW)
    await forwarder.refresh()

    async def fail() -> None:
        archive.close()

    destination.answered = fail
    async with running(forwarder):
        await until(lambda: forwarder.state.problem is Problem.ARCHIVE_UNUSABLE)
        assert not forwarder.state.paused
        for reopened in (False, True):
            assert forwarder.state.retry_at
            before = forwarder.state
            if reopened:
                destination.answered = None
                archive.open()
            clock.move_to(forwarder.state.retry_at + timedelta(milliseconds=1))
            await until(lambda before=before: forwarder.state != before)  # type: ignore[misc]
        assert forwarder.state.problem is None
    assert len(cardiogram.requests) == 1
    assert forwarder.state.outbox.delivered == 5


async def test_trouble_with_the_archive_ends_though_nothing_is_pending(
    archive: Archive, cardiogram: CardiogramSimulator, forwarder: Forwarder, clock: FrozenDateTimeFactory
) -> None:
    """Nobody is left with a problem shown that there is no longer, until the next beat comes."""
    archive.store(beats(5), NOW)
    await forwarder.forward()
    async with running(forwarder):
        await settle(forwarder)
        archive.close()
        await forwarder.refresh()
        assert forwarder.state.problem is Problem.ARCHIVE_UNUSABLE
        assert forwarder.state.outbox.pending == 0
        archive.open()

        def has_ended() -> bool:
            # The task itself may have met the closed archive, too, and wait for longer.
            if forwarder.state.retry_at:
                clock.move_to(forwarder.state.retry_at + timedelta(milliseconds=1))
            return forwarder.state.problem is None

        await until(has_ended)
    assert len(cardiogram.requests) == 1


async def test_an_archive_that_cannot_be_read_is_told(
    archive: Archive, cardiogram: CardiogramSimulator, forwarder: Forwarder
) -> None:
    """Whoever says that something has changed need not care whether the archive can be used."""
    archive.store(beats(5), NOW)
    archive.close()
    await forwarder.refresh()
    assert (forwarder.state.problem, forwarder.state.paused) == (Problem.ARCHIVE_UNUSABLE, False)
    assert forwarder.state.retry_at
    archive.open()
    assert await forwarder.forward() == ForwardResult(5, 0, None)
    assert len(cardiogram.requests) == 1


# What is told


async def test_listeners_hear_each_change_once(
    archive: Archive, cardiogram: CardiogramSimulator, forwarder: Forwarder
) -> None:
    heard: list[tuple[ForwarderState, ForwarderState]] = []
    stop_listening = forwarder.listen(lambda old, new: heard.append((old, new)))
    archive.store(beats(5), NOW)
    cardiogram.faults = [Fault("beats", 401)]
    await forwarder.refresh()
    await forwarder.refresh()
    await forwarder.forward()
    await forwarder.forward()
    assert [(new.outbox.pending, new.outbox.delivered, new.problem) for _, new in heard] == [
        (5, 0, None),
        (5, 0, Problem.TOKEN_REFUSED),
        (0, 5, None),
    ]
    assert all(new == old for (_, new), (old, _) in pairwise(heard))
    stop_listening()
    archive.store(beats(5, 5), NOW)
    await forwarder.refresh()
    assert len(heard) == 3


async def test_the_log_says_when_trouble_starts_and_ends(
    archive: Archive,
    cardiogram: CardiogramSimulator,
    forwarder: Forwarder,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """One line each, and nothing of a person in them."""
    archive.store(beats(2000, bpm=173), NOW)
    with caplog.at_level(logging.DEBUG):
        for status in (503, 503, 429, 401, 400, 0, 0):
            cardiogram.faults = [Fault("beats", status, '{"message": "bpm 173"}')] if status else []
            await forwarder.forward()
    told = [record for record in caplog.records if record.name.startswith("custom_components")]
    assert [(record.levelname, record.getMessage()) for record in told] == [
        ("WARNING", "Forwarding to Cardiogram does not get through: server_error"),
        ("INFO", "Forwarding to Cardiogram gets through again"),
    ]
    for secret in (TOKEN, "173", str(START), cardiogram.url):
        assert all(secret not in record.getMessage() for record in told)
    assert TOKEN not in caplog.text


async def test_an_unusable_archive_does_not_hide_what_a_person_must_mend(
    archive: Archive, cardiogram: CardiogramSimulator, forwarder: Forwarder
) -> None:
    archive.store(beats(5), NOW)
    cardiogram.users["1"] = "another token"
    await forwarder.forward()
    archive.close()
    await forwarder.refresh()
    assert (forwarder.state.problem, forwarder.state.paused) == (Problem.TOKEN_REFUSED, True)


async def test_an_archive_that_works_again_is_no_problem_any_more(
    archive: Archive, forwarder: Forwarder
) -> None:
    await forwarder.set_automatic(False)
    archive.close()
    await forwarder.refresh()
    broken = forwarder.state
    assert broken.problem is Problem.ARCHIVE_UNUSABLE
    archive.open()
    await forwarder.refresh()
    mended = forwarder.state
    assert (mended.problem, mended.retry_at) == (None, None)


@pytest.mark.parametrize("is_purged", [False, True])
async def test_on_a_full_disk_an_answer_is_noted_before_anything_else_is_posted(
    archive: Archive,
    cardiogram: CardiogramSimulator,
    forwarder: Forwarder,
    destination: Hooked,
    is_purged: bool,
) -> None:
    """Nothing goes out while there is no room, however often it is tried; a purge makes the answer void."""
    archive.store(beats(20), NOW)

    def full() -> AbstractContextManager[Connection]:
        raise ArchiveError("SQLITE_FULL")

    with pytest.MonkeyPatch.context() as patch:

        async def fill_up() -> None:
            patch.setattr(archive, "writing", full)

        destination.answered = fill_up
        for _ in range(5):
            assert (await forwarder.forward()).problem is Problem.ARCHIVE_UNUSABLE
        destination.answered = None
    assert len(cardiogram.requests) == 1
    archive.store(beats(5, 30), NOW)
    if is_purged:
        archive.purge(START, START + 1, (date.min, date.min), NOW)
    result = await forwarder.forward()
    assert (result.pending, result.problem) == (0, None)
    assert sizes(cardiogram) == ([20, 24] if is_purged else [20, 5])
    assert forwarder.state.outbox.delivered == (24 if is_purged else 25)


async def test_a_person_gets_another_try_after_a_refusal_that_could_not_be_noted(
    archive: Archive, cardiogram: CardiogramSimulator, forwarder: Forwarder, destination: Hooked
) -> None:
    archive.store(beats(5), NOW)
    token, cardiogram.users["1"] = cardiogram.users["1"], "another token"

    async def close() -> None:
        archive.close()

    destination.answered = close
    assert (await forwarder.forward()).problem is Problem.ARCHIVE_UNUSABLE
    destination.answered = None
    archive.open()
    cardiogram.users["1"] = token
    result = await forwarder.forward()
    assert (result.delivered, result.problem) == (5, None)
    assert len(cardiogram.requests) == 2
