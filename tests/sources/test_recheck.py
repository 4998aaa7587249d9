"""The recheck: what came late is found in time, at a price that is known."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from random import Random
from typing import NamedTuple, cast, override

from aiohttp import ClientSession, web
from freezegun.api import FrozenDateTimeFactory
from hypothesis import example, given, settings, strategies as st
import pytest

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.archive.late import Fingerprint, digest, note_reading
from custom_components.fitbit_cardiogram.archive.outbox import Outbox
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from custom_components.fitbit_cardiogram.sources.consequences import Importance, consequence
from custom_components.fitbit_cardiogram.sources.errors import SourceError, UnexpectedAnswerError
from custom_components.fitbit_cardiogram.sources.fitbit import Fitbit
from custom_components.fitbit_cardiogram.sources.google_health import ROLLUP_MAX, GoogleHealth
from custom_components.fitbit_cardiogram.sources.kinds import LATE_DATA
from custom_components.fitbit_cardiogram.sources.poll import OVERLAP
from custom_components.fitbit_cardiogram.sources.recheck import Recheck
from custom_components.fitbit_cardiogram.sources.source import RECENT, HeartRateSource, Reading
from tests.helpers.archives import open_archive
from tests.helpers.home import NOW
from tests.helpers.sources import Steady
from tests.simulators import FitbitSimulator, GoogleSimulator
from tests.simulators.server import Handler, Simulator

NOW_S = int(NOW.timestamp()) + 137
ROUND = LATE_DATA.every
TWO_WEEKS = 14 * DAY


@pytest.fixture(autouse=True)
def integration(socket_enabled: None) -> None:
    """Do without Home Assistant."""


@dataclass
class Memory:
    """A source that has its samples in memory, and notes what it is asked for."""

    samples_by_time: dict[int, int] = field(default_factory=dict)
    told: list[tuple[int, int]] = field(default_factory=list)
    read: list[tuple[int, int]] = field(default_factory=list)
    fail_after: int | None = None
    """After so many requests one goes wrong."""
    skipped: int = 0
    """How many odd points every reading leaves out; its first sample is one of them."""

    failed: str = ""
    """What went wrong."""
    at_once: int = RECENT

    def _ask(self, asked: str) -> None:
        if self.fail_after is not None:
            self.fail_after -= 1
            if self.fail_after < 0:
                self.fail_after = None
                self.failed = asked
                raise UnexpectedAnswerError("on purpose")

    def found(self, start: int, end: int) -> list[Sample]:
        """Return the samples of a range."""
        return sorted(one for one in self.samples_by_time.items() if start <= one[0] < end)

    async def samples(self, start: int, end: int) -> Reading:
        """Return the samples of a range as a source does."""
        self._ask("samples")
        self.read.append((start, end))
        return Reading(self.found(start, end)[bool(self.skipped) :], self.skipped)

    def fingerprints_at_once(self) -> int:
        """Return the seconds whose marks are asked for at once."""
        return self.at_once

    async def fingerprints(self, start: int, end: int) -> Mapping[int, Fingerprint]:
        """Return marks that tell every change."""
        self._ask("fingerprints")
        assert start % HOUR == 0
        assert end - start <= max(self.at_once, DAY)
        self.told.append((start, end))
        hours: dict[int, list[Sample]] = {}
        for sample in self.found(start, end):
            hours.setdefault(sample[0] // HOUR * HOUR, []).append(sample)
        return {hour: Fingerprint(digest(samples)) for hour, samples in hours.items()}

    def as_source(self) -> HeartRateSource:
        """Return it as what the recheck takes; it is asked for nothing else."""
        return cast(HeartRateSource, self)


@pytest.fixture
def archive() -> Iterator[Archive]:
    archive = open_archive()
    yield archive
    archive.delete()


def contents(archive: Archive) -> dict[int, int]:
    """Return the samples that the archive holds."""
    with archive.writing() as connection:
        return dict(connection.execute("SELECT time, bpm FROM samples"))


# In its turn


def worst_delay(looks: list[tuple[int, int, int]], moments: range, age: int) -> float:
    """Return the longest time in hours until data of some age is looked at, whenever it arrives."""
    by_hour: dict[int, list[int]] = {}
    for now, start, end in looks:
        for hour in range(start, end, HOUR):
            by_hour.setdefault(hour, []).append(now)
    delays = []
    for moment in moments:
        later = by_hour.get((moment - age) // HOUR * HOUR, [])
        position = bisect_left(later, moment)
        delays.append((later[position] - moment) / HOUR if position < len(later) else float("inf"))
    return max(delays)


@pytest.mark.parametrize(
    ("restart_after", "fail_each"),
    [(None, None), (1, None), (5, None), (20, None), (None, 8)],
    ids=["steady", "restarts each round", "restarts often", "restarts daily", "failures"],
)
@pytest.mark.parametrize("at_once", [RECENT, ROLLUP_MAX])
async def test_every_hour_has_its_turn(
    archive: Archive, restart_after: int | None, fail_each: int | None, at_once: int
) -> None:
    """Those compared each time within one hour, the others of two weeks within a day."""
    source = Memory(at_once=at_once)
    recheck = Recheck(source.as_source(), archive)
    looks: list[tuple[int, int, int]] = []
    now, end = NOW_S, NOW_S + 4 * DAY
    for number in count(1):
        if now > end:
            break
        source.told.clear()
        source.read.clear()
        source.fail_after = 1 if fail_each and number % fail_each == 0 else None
        wait = ROUND
        try:
            await recheck.run(0, now)
        except SourceError as error:
            wait = int(consequence(error, Importance.LATE).again_after)
        looks += [(now, *stretch) for stretch in (*source.told, *source.read)]
        if restart_after and number % restart_after == 0:
            recheck = Recheck(source.as_source(), archive)
        now += wait
    moments = range(NOW_S + DAY, NOW_S + 2 * DAY, 997)
    soon = at_once // HOUR - 2
    assert max(worst_delay(looks, moments, age * HOUR) for age in range(soon)) <= 1
    assert max(worst_delay(looks, moments, age * HOUR) for age in range(soon, 14 * 24 + 1, 5)) <= 24


async def test_a_round_asks_for_little(archive: Archive) -> None:
    """Two marks, and not a sample where nothing is new."""
    source = Memory(dict.fromkeys(range(NOW_S - TWO_WEEKS, NOW_S, 1200), 60))
    archive.store(source.found(0, NOW_S), NOW_S)
    recheck = Recheck(source.as_source(), archive)
    for _ in range(100):
        await recheck.run(0, NOW_S)
    source.told.clear()
    source.read.clear()
    for _ in range(32):
        await recheck.run(0, NOW_S)
    assert len(source.told) <= 64
    assert source.read == []


@pytest.mark.parametrize("since", [NOW_S - 30 * 60, NOW_S - 3 * HOUR, NOW_S - 3 * DAY - 5, NOW_S + HOUR])
async def test_nothing_before_the_beginning_is_asked_for(archive: Archive, since: int) -> None:
    source = Memory(dict.fromkeys(range(NOW_S - TWO_WEEKS, NOW_S, 1200), 60))
    recheck = Recheck(source.as_source(), archive)
    for _ in range(40):
        await recheck.run(since, NOW_S)
    asked = source.told + source.read
    assert all(start >= since for start, _ in asked)
    assert contents(archive) == dict(source.found(-(-since // HOUR) * HOUR, NOW_S))


@pytest.mark.parametrize("fail_after", range(6))
async def test_what_fails_has_its_turn_again(archive: Archive, fail_after: int) -> None:
    """Of a reading that fails nothing is taken in, and nothing is doubted for it."""
    held = {NOW_S - 5 * HOUR: 60, NOW_S - 3 * HOUR: 61, NOW_S - 10 * HOUR: 62}
    archive.store(sorted(held.items()), NOW_S)
    late = {NOW_S - 5 * HOUR + 7: 70, NOW_S - 3 * HOUR + 7: 71, NOW_S - 10 * HOUR + 7: 72}
    source = Memory(late, fail_after=fail_after)
    recheck = Recheck(source.as_source(), archive)
    try:
        await recheck.run(0, NOW_S)
    except UnexpectedAnswerError:
        assert fail_after < 5
        if source.failed == "samples":
            assert len(contents(archive)) < 6
        await recheck.run(0, NOW_S)
    assert contents(archive) == held | late
    with archive.writing() as connection:
        missing = connection.execute("SELECT time FROM suspects ORDER BY time").fetchall()
    assert missing == [(time,) for time in sorted(held)]


async def test_a_reading_with_odd_points_brings_samples_but_no_doubts(archive: Archive) -> None:
    hour = NOW_S // HOUR * HOUR - HOUR
    source = Memory({hour + second: 60 for second in range(5)})
    archive.store(source.found(0, NOW_S), NOW_S)
    recheck = Recheck(source.as_source(), archive)
    await recheck.run(0, NOW_S)
    del source.samples_by_time[hour + 3]
    source.samples_by_time[hour + 9] = 70
    source.skipped = 1
    for number in range(1, 6):
        await recheck.run(0, NOW_S + number * HOUR)
    assert contents(archive) == source.samples_by_time | {hour + 3: 60}
    source.skipped = 0
    for number in range(6, 9):
        await recheck.run(0, NOW_S + number * HOUR)
    assert contents(archive) == source.samples_by_time | {hour + 3: 60}


# Whatever happens at the source


@dataclass(frozen=True)
class Change:
    """In a round, what becomes of one second: another value, or none."""

    round: int
    age: int
    """Hours before that round."""
    slot: int
    bpm: int | None


SLOTS = (5, 700, 1500, 3000)
CHANGES = st.lists(
    st.builds(
        Change,
        st.integers(0, 40),
        # The youngest and the oldest are of most interest, and so is what happens twice in an hour.
        st.sampled_from([0, 1, 2, 7, 8, 9, 20, 21, 100, 312, 325, 335]) | st.integers(0, 14 * 24 - 1),
        st.integers(0, len(SLOTS) - 1),
        st.none() | st.integers(100, 105),
    ),
    max_size=30,
)


class World:
    """A source, an archive and a destination, and what has to be true of them."""

    def __init__(self, seed: int) -> None:
        self.now = NOW_S
        self.source = Memory()
        self.random = Random(seed)
        for hour in range(-(15 * 24), 0):
            self._measure(NOW_S // HOUR * HOUR + hour * HOUR, self.random.randrange(5))
        self.archive = open_archive()
        self.archive.store(self.source.found(0, self.now), self.now)
        self.outbox = Outbox(self.archive, "cardiogram")
        self.covers_from = self.now - 5 * DAY
        self.outbox.create(start=self.covers_from, automatic=True, now=self.now)
        self.waiting = {time: bpm for time, bpm in contents(self.archive).items() if time >= self.covers_from}
        self.known = contents(self.archive)
        self.delivered: dict[int, int] = {}
        self.recheck = Recheck(self.source.as_source(), self.archive)

    def _measure(self, hour: int, number: int) -> None:
        for slot in SLOTS[:number]:
            self.source.samples_by_time[hour + slot] = self.random.randint(60, 90)

    def change(self, change: Change) -> None:
        """Let the source gain, lose or correct a sample."""
        time = (self.now // HOUR - change.age) * HOUR + SLOTS[change.slot]
        if time > self.now - 60:
            return
        if change.bpm is None:
            self.source.samples_by_time.pop(time, None)
        else:
            self.source.samples_by_time[time] = change.bpm

    async def live(self, *, forward: bool = True) -> None:
        """Let a round pass: something is measured and polled, then the recheck runs."""
        self.now += ROUND
        self.source.samples_by_time[self.now - 90] = self.random.randint(60, 90)
        latest = self.archive.latest()
        assert latest
        self.archive.store(self.source.found(latest[0] - OVERLAP, self.now + 1), self.now)
        self.note()
        try:
            await self.recheck.run(self.now - 30 * DAY, self.now)
        except SourceError:
            self.recheck = Recheck(self.source.as_source(), self.archive)
        self.note()
        if forward:
            self.forward()

    def note(self) -> None:
        """Note the beats to be sent: new ones and corrected ones, once, unless they are deleted before."""
        found = contents(self.archive)
        assert {time // HOUR for time in self.known} <= {time // HOUR for time in found}
        for time in self.known.keys() - found.keys():
            self.waiting.pop(time, None)
        for time, bpm in found.items() - self.known.items():
            self.waiting.pop(time, None)
            if time >= self.covers_from and self.delivered.get(time) != bpm:
                self.waiting[time] = bpm
        self.known = found

    def forward(self) -> None:
        """Send all that waits."""
        batch = self.outbox.next_batch(10_000, lambda samples: repr(samples).encode(), self.now)
        if batch:
            self.outbox.accepted(batch, self.now)
        assert (batch.body if batch else b"[]") == repr(sorted(self.waiting.items())).encode()
        self.delivered |= self.waiting
        self.waiting.clear()

    def lacking(self) -> list[Sample]:
        """Return the source's samples that the archive lacks, or has with another value."""
        return sorted(self.source.samples_by_time.items() - contents(self.archive).items())

    def beyond(self) -> list[Sample]:
        """Return the archive's samples of two weeks beyond the source's, but for hours wholly empty there."""
        hours = {time // HOUR for time in self.source.samples_by_time}
        more = contents(self.archive).items() - self.source.samples_by_time.items()
        return sorted(one for one in more if one[0] >= self.now - TWO_WEEKS and one[0] // HOUR in hours)


@settings(max_examples=6)
@example([Change(10, 335, 3, 100), Change(30, 14 * 24 - 1, 3, 101)], {}, set(), set(), 0)
@example([Change(35, 3, slot, 100) for slot in range(4)] + [Change(36, 3, 1, None)], {}, set(), {35, 36}, 0)
@given(
    changes=CHANGES,
    failures=st.dictionaries(st.integers(0, 40), st.integers(0, 3), max_size=4),
    odd=st.sets(st.integers(0, 40), max_size=4),
    held_up=st.sets(st.integers(0, 40), max_size=20),
    seed=st.integers(0, 3),
)
async def test_the_archive_becomes_what_the_source_has(
    changes: list[Change], failures: dict[int, int], odd: set[int], held_up: set[int], seed: int
) -> None:
    """Within a day of quiet what was gained or corrected; what was deleted within two more.

    An hour that loses more than half is doubted for a day.
    Whatever is covered is sent once for each value, and no hour ever loses its last sample.
    """
    world = World(seed)
    for number in range(1 + max((change.round for change in changes), default=0)):
        for change in changes:
            if change.round == number:
                world.change(change)
        world.source.fail_after = failures.get(number)
        world.source.skipped = int(number in odd)
        await world.live(forward=number not in held_up)
    world.source.fail_after, world.source.skipped = None, 0
    for _ in range(DAY // ROUND + 2):
        await world.live()
    assert world.lacking() == []
    for _ in range(2 * DAY // ROUND + 2):
        await world.live()
    assert world.lacking() == world.beyond() == []
    world.archive.delete()


# What it costs


class Metered(Simulator):
    """A service that notes the bytes of its answers, by the path that was asked for."""

    answered: list[tuple[str, int]] = []

    @web.middleware
    @override
    async def _serve(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        answer = await super()._serve(request, handler)
        assert isinstance(answer, web.Response)
        assert isinstance(answer.body, bytes)
        self.answered.append((request.path, len(answer.body)))
        return answer


class MeteredGoogle(Metered, GoogleSimulator):
    """Google, metered."""


class MeteredFitbit(Metered, FitbitSimulator):
    """A gateway, metered."""


class Case(NamedTuple):
    """What a service does, and what a day may cost with it, in megabytes."""

    service: type[MeteredGoogle | MeteredFitbit]
    switches: dict[str, bool]
    limit: float


CASES = {
    "google": Case(MeteredGoogle, {}, 5),
    "google, roll-ups differ": Case(MeteredGoogle, {"rollup_differs": True}, 5),
    "google, fields ignored": Case(MeteredGoogle, {"partial_responses": False}, 5),
    "google, both": Case(MeteredGoogle, {"rollup_differs": True, "partial_responses": False}, 7),
    "fitbit": Case(MeteredFitbit, {}, 5),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_what_a_day_costs(
    archive: Archive,
    session: ClientSession,
    clock: FrozenDateTimeFactory,
    record_property: Callable[[str, object], None],
    case: Case,
) -> None:
    """In steady state: two weeks are known, and a sample every five seconds comes in by polls."""
    person = Steady()
    async with case.service(person) as service:
        for name, value in case.switches.items():
            setattr(service, name, value)

        async def token(refused: str | None = None) -> str:
            return str(service.grant()["access_token"])

        source: HeartRateSource = (
            GoogleHealth(session, token, f"{service.url}/v4")
            if isinstance(service, GoogleSimulator)
            else Fitbit(session, token, service.url)
        )
        today = NOW_S // HOUR * HOUR
        archive.store(person.samples(today - DAY, NOW_S, NOW_S), NOW_S)
        for start in range(today - 15 * DAY, today, DAY // 2):
            marks = await source.fingerprints(start, start + DAY // 2)
            note_reading(archive, start, start + DAY // 2, [], marks, NOW_S)
        recheck = Recheck(source, archive)
        service.answered = []
        for moment in range(NOW_S, NOW_S + DAY, 300):
            clock.move_to(datetime.fromtimestamp(moment, UTC))
            archive.store(person.samples(moment - 1200, moment, moment), moment)
            if (moment - NOW_S) % ROUND < 300:
                await recheck.run(0, moment)

    told = [size for path, size in service.answered if "rollUp" in path or "1min" in path]
    total = sum(size for _, size in service.answered) / 1e6
    figures = f"{len(told)} marks, {sum(told) / 1e6:.2f} MB; in all {len(service.answered)}, {total:.2f} MB"
    record_property("figures", figures)
    assert total <= case.limit, figures
    assert len(service.answered) / 24 <= 6
    assert contents(archive) == dict(person.samples(today - DAY, NOW_S + DAY, moment))
