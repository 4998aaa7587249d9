"""The import of history by itself: real sources over HTTP, and a real archive."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
import time
from typing import Any, Final
from zoneinfo import ZoneInfo

from aiohttp import ClientSession
from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.archive.facts import Fact
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR, midnight
from custom_components.fitbit_cardiogram.heart_rate.day import RestingHeartRate
from custom_components.fitbit_cardiogram.heart_rate.figures import figures
from custom_components.fitbit_cardiogram.heart_rate.interval import without
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from custom_components.fitbit_cardiogram.sources.consequences import BACK_OFF_MAX
from custom_components.fitbit_cardiogram.sources.fitbit import DETAIL_LEVELS, Fitbit
from custom_components.fitbit_cardiogram.sources.google_health import GoogleHealth
from custom_components.fitbit_cardiogram.sources.history_import import IMPORT, HistoryImport, Import, Stage
from custom_components.fitbit_cardiogram.sources.kinds import kinds_of
from custom_components.fitbit_cardiogram.sources.source import READ_AT_ONCE, HeartRateSource
from tests.helpers.home import NOW, import_rests, until
from tests.helpers.sources import FitbitToken, GoogleToken, Wearer
from tests.simulators import Fault, FitbitSimulator, GoogleSimulator
from tests.simulators.sleeping import Sleep
from tests.simulators.training import Night, Training

MINUTE: Final = 60
NOW_S: Final = int(NOW.timestamp())
RETENTION: Final = 90 * DAY
BERLIN: Final = ZoneInfo("Europe/Berlin")
GOOGLE: Final = "Google"
GATEWAY: Final = "gateway"
LOCAL_TIMES: Final = "gateway with local times"
LOCAL_DATES: Final = "gateway with local dates"
WAITS: Final = "Sam: the import waits"
GOES_ON: Final = "Sam: the import goes on"


@pytest.fixture(autouse=True)
def integration(socket_enabled: None) -> None:
    """Do without Home Assistant."""


@pytest.fixture
def person(clock: FrozenDateTimeFactory) -> Wearer:
    return Wearer()


@pytest.fixture
def archive(tmp_path: Path) -> Generator[Archive]:
    archive = Archive(tmp_path / "archive.db")
    archive.open()
    yield archive
    archive.close()


@pytest.fixture
def google_health(session: ClientSession, google: GoogleSimulator) -> GoogleHealth:
    return GoogleHealth(session, GoogleToken(google), f"{google.url}/v4")


@pytest.fixture
def web_api(session: ClientSession, fitbit: FitbitSimulator) -> Fitbit:
    return Fitbit(session, FitbitToken(fitbit), fitbit.url)


@pytest.fixture(params=[GOOGLE, GATEWAY, LOCAL_TIMES, LOCAL_DATES])
def source(
    request: pytest.FixtureRequest, fitbit: FitbitSimulator, google_health: GoogleHealth, web_api: Fitbit
) -> HeartRateSource:
    """Each kind of service in turn."""
    fitbit.timezone_honoured = request.param != LOCAL_TIMES
    fitbit.utc_dates_local = request.param == LOCAL_DATES
    return google_health if request.param == GOOGLE else web_api


class Run:
    """An import, and where it stood whenever there was something new to show."""

    def __init__(self, source: HeartRateSource, archive: Archive) -> None:
        self.archive = archive
        self.told: list[Import] = []
        self.seen: Callable[[], object] = lambda: None
        kinds = kinds_of(source.offers())
        self.history = HistoryImport(
            source, archive, RETENTION, lambda: BERLIN, self.changed, "Sam", kinds=kinds
        )

    async def changed(self) -> None:
        """Note the progress of the import."""
        assert self.history.current
        self.told.append(self.history.current)
        self.seen()

    @property
    def waits(self) -> bool:
        """Whether it waits for its time, or for something to import."""
        return import_rests(self.history)

    def in_trouble(self) -> bool:
        """Tell whether it runs, but something is in its way."""
        return self.history.is_running and self.history.trouble is not None

    async def pass_time(self, clock: FrozenDateTimeFactory, seconds: float) -> None:
        """Let time pass, and what falls due by that happen."""
        clock.tick(seconds)
        for _ in range(5):
            await asyncio.sleep(0)
        await until(lambda: self.waits)

    @asynccontextmanager
    async def going(self) -> AsyncGenerator[None]:
        """Let it run; a request under way is dropped in the end."""
        await self.history.load()
        self.task = asyncio.create_task(self.history.run())
        try:
            yield
        finally:
            await self.history.stop()
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)

    async def finish(self, clock: FrozenDateTimeFactory) -> None:
        """Let time pass until nothing is left to import."""
        await until(lambda: self.waits)
        while self.history.is_running:
            await self.pass_time(clock, 5 * MINUTE)

    async def bring_in(self, clock: FrozenDateTimeFactory, start: int, end: int) -> None:
        """Import a range from its begin to its end."""
        async with self.going():
            await self.history.begin(start, end)
            await self.finish(clock)


def kept(archive: Archive) -> list[Sample]:
    """Return all samples of the archive."""
    with archive.writing() as connection:
        found: list[Sample] = connection.execute("SELECT time, bpm FROM samples ORDER BY time").fetchall()
    return found


def down(moment: int) -> int:
    return moment // HOUR * HOUR


def up(moment: int) -> int:
    return -(-moment // HOUR) * HOUR


def seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp())


# What comes in


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-10-20T11:22:33", "2026-11-02T00:30:00"),  # Berlin falls back
        ("2026-03-25T11:22:33", "2026-04-02T00:30:00"),  # and springs forward
        ("2026-10-25T00:10:00", "2026-10-25T01:50:00"),  # from one pass of an hour into the other
        ("2026-11-21T21:00:00", "2026-11-21T22:00:00"),
        ("2014-02-27T00:00:00", "2014-03-02T00:00:00"),
    ],
)
async def test_all_of_a_range_at_its_true_times(
    source: HeartRateSource,
    archive: Archive,
    person: Wearer,
    clock: FrozenDateTimeFactory,
    start: str,
    end: str,
) -> None:
    person.since = 0
    run = Run(source, archive)
    asked = (seconds(start), seconds(end))
    await run.bring_in(clock, *asked)
    found = person.samples(down(asked[0]), up(asked[1]), NOW_S)
    assert kept(archive) == found
    assert run.history.current == Import(
        down(asked[0]), up(asked[1]), run.told[-1].reached, len(found), Stage.DONE
    )
    assert run.history.current.share >= 1


@pytest.mark.parametrize("honoured", [True, False])
@pytest.mark.parametrize("detail", DETAIL_LEVELS)
async def test_each_detail_level(
    session: ClientSession,
    fitbit: FitbitSimulator,
    archive: Archive,
    person: Wearer,
    clock: FrozenDateTimeFactory,
    detail: str,
    honoured: bool,
) -> None:
    """Means as the service makes them, at the moments at which they begin."""
    person.step = 40
    fitbit.timezone_honoured = honoured
    source = Fitbit(session, FitbitToken(fitbit), fitbit.url, detail)
    start, end = seconds("2026-11-03T00:00:00"), seconds("2026-11-06T00:00:00")
    await Run(source, archive).bring_in(clock, start, end)
    size = {"1sec": 1, "1min": MINUTE, "5min": 5 * MINUTE, "15min": 15 * MINUTE}[detail]
    means: dict[int, list[int]] = {}
    for moment, bpm in person.samples(start, end, NOW_S):
        means.setdefault(moment // size * size, []).append(bpm)
    assert kept(archive) == [(moment, round(sum(bpms) / len(bpms))) for moment, bpms in means.items()]


async def test_newest_first_and_each_stretch_stored_before_the_next_is_read(
    source: HeartRateSource, archive: Archive, person: Wearer, clock: FrozenDateTimeFactory
) -> None:
    run = Run(source, archive)
    start = NOW_S - 20 * DAY

    def check() -> None:
        stored, reached = kept(archive), run.told[-1].reached
        assert stored == person.samples(max(reached, down(start)), NOW_S, NOW_S)
        assert run.told[-1].added == len(stored)
        job = archive.recall(IMPORT)
        assert job
        assert job.reached == reached

    run.seen = check
    await run.bring_in(clock, start, NOW_S)
    reached = [job.reached for job in run.told]
    assert reached == sorted(set(reached), reverse=True)
    assert all(before - after <= READ_AT_ONCE for before, after in pairwise(reached))
    assert [job.stage for job in run.told] == [*[Stage.RUNNING] * (len(reached) - 1), Stage.DONE]
    shares = [job.share for job in run.told]
    assert shares == sorted(shares)
    assert shares[-1] == 1


async def test_the_days_of_the_range_too(
    source: HeartRateSource, archive: Archive, clock: FrozenDateTimeFactory
) -> None:
    await Run(source, archive).bring_in(clock, seconds("2026-10-20T12:00:00"), seconds("2026-11-03T12:00:00"))
    for day in (date(2026, 10, 20), date(2026, 10, 25), date(2026, 11, 3)):
        found = archive.day(day)
        assert found.resting == RestingHeartRate(day, 50 + day.day)
        light = found.zone("light")
        assert light
        assert light.minutes == day.day
    assert archive.day(date(2026, 10, 19)).resting is None
    assert archive.day(date(2026, 11, 4)).zones == ()


async def test_importing_again_changes_nothing(
    google_health: GoogleHealth, archive: Archive, clock: FrozenDateTimeFactory
) -> None:
    run = Run(google_health, archive)
    await run.bring_in(clock, NOW_S - 10 * DAY, NOW_S)
    before, version = kept(archive), archive.version()
    again = Run(google_health, archive)
    await again.bring_in(clock, NOW_S - 10 * DAY, NOW_S)
    assert (kept(archive), archive.version()) == (before, version)
    assert again.told[-1].added == 0


async def test_what_lies_ahead_is_left_to_the_polls(
    google_health: GoogleHealth, archive: Archive, person: Wearer, clock: FrozenDateTimeFactory
) -> None:
    """The hour that has begun is asked for as a whole, whatever a wrong clock wrote into it."""
    clock.move_to(datetime.fromtimestamp(NOW_S + 600, UTC))
    person.samples = lambda *_: [(NOW_S + 300, 60), (NOW_S + 900, 61)]  # type: ignore[method-assign]
    run = Run(google_health, archive)
    await run.bring_in(clock, NOW_S, NOW_S + 600)
    assert kept(archive) == [(NOW_S + 300, 60)]
    assert run.told[-1].end == NOW_S + HOUR


# Where it was left


@pytest.mark.parametrize("again_after", range(4))
async def test_it_goes_on_where_it_was(
    google_health: GoogleHealth,
    google: GoogleSimulator,
    archive: Archive,
    person: Wearer,
    clock: FrozenDateTimeFactory,
    tmp_path: Path,
    again_after: int,
) -> None:
    """Nothing is read twice but the stretch that was under way."""
    requests = "/heart-rate/dataPoints:reconcile"
    whole = Archive(tmp_path / "whole.db")
    whole.open()
    await Run(google_health, whole).bring_in(clock, NOW_S - 20 * DAY, NOW_S)
    in_one_go = google.count(requests)
    whole.close()

    google.requests.clear()
    google.faults = [Fault(requests, kind="hang", after=again_after)]
    first = Run(google_health, archive)
    async with first.going():
        await first.history.begin(NOW_S - 20 * DAY, NOW_S)
        await until(lambda: not google.faults)
    archive.close()
    archive.open()
    second = Run(google_health, archive)
    async with second.going():
        assert second.history.current == (first.told[-1] if first.told else first.history.current)
        await second.finish(clock)
    assert google.count(requests) == in_one_go + 1
    assert kept(archive) == person.samples(down(NOW_S - 20 * DAY), NOW_S, NOW_S)
    assert second.told[-1].added == len(kept(archive))


# A second one


@pytest.mark.parametrize("killed_after", [0, 3, 6])
async def test_what_is_asked_for_meanwhile_is_added(
    google_health: GoogleHealth,
    google: GoogleSimulator,
    archive: Archive,
    person: Wearer,
    clock: FrozenDateTimeFactory,
    killed_after: int,
) -> None:
    """Older, newer, around, apart and within: each part comes in once, whenever it is killed."""
    person.since = NOW_S - 200 * DAY
    requests = "/heart-rate/dataPoints:reconcile"
    google.faults = [Fault(requests, kind="hang", after=killed_after)]
    begun = NOW_S - 30 * DAY
    first = Run(google_health, archive)
    async with first.going():
        await first.history.begin(begun, NOW_S - 20 * DAY)
        for start, end in (
            (begun - 10 * DAY, begun),
            (begun - 2 * DAY, NOW_S - 15 * DAY),
            (begun - 60 * DAY, begun - 58 * DAY),
            (begun + DAY, begun + 2 * DAY),
        ):
            job = await first.history.begin(start, end)
        assert job.whole == (down(begun - 60 * DAY), up(NOW_S - 15 * DAY))
        assert sum(end - start for start, end in job.asked) == 27 * DAY
        await until(lambda: not google.faults)
    archive.close()
    archive.open()
    google.requests.clear()
    second = Run(google_health, archive)
    async with second.going():
        assert second.history.is_importing(begun - 60 * DAY, begun - 59 * DAY)
        assert not second.history.is_importing(begun - 50 * DAY, begun - 49 * DAY)
        await second.finish(clock)
    apart = person.samples(down(begun - 60 * DAY), up(begun - 58 * DAY), NOW_S)
    joined = person.samples(down(begun - 10 * DAY), up(NOW_S - 15 * DAY), NOW_S)
    assert kept(archive) == apart + joined
    done = second.history.current
    assert done
    assert (done.stage, done.share, done.added, done.left) == (Stage.DONE, 1, len(kept(archive)), ())
    assert sum(end - start for start, end in done.asked) == 27 * DAY
    assert archive.holdings().days == 27


def test_intervals_that_touch_are_one() -> None:
    """Of those that are yet to be imported, and of those that are in."""
    job = Import(50 * HOUR, 60 * HOUR, 55 * HOUR)
    for start, end in ((30, 40), (10, 20), (20, 31), (60, 70), (65, 72), (45, 50)):
        job = job.with_more((start * HOUR, end * HOUR))
    assert job.further == ((60 * HOUR, 72 * HOUR), (45 * HOUR, 50 * HOUR), (10 * HOUR, 40 * HOUR))
    job = job.at(50 * HOUR, 0).at(60 * HOUR, 0)
    assert (job.start, job.end, job.over) == (45 * HOUR, 50 * HOUR, ((50 * HOUR, 72 * HOUR),))


@pytest.mark.parametrize("is_newer_first", [True, False])
async def test_a_workout_that_two_intervals_share(
    google_health: GoogleHealth,
    archive: Archive,
    person: Wearer,
    clock: FrozenDateTimeFactory,
    is_newer_first: bool,
) -> None:
    """Its samples stay until the second interval has told of it, though they are older than what is kept."""
    border = down(NOW_S - 100 * DAY)
    person.since, person.step = border - 5 * DAY, 97
    person.exercises = [Training("across", "RUNNING", border - 900, border + 900)]
    archive.store([(NOW_S - MINUTE, 60)], NOW_S)
    run = Run(google_health, archive)
    older, newer = (border - 3 * DAY, border), (border, border + 3 * DAY)
    first, second = (newer, older) if is_newer_first else (older, newer)
    await run.history.begin(*first)
    await run.bring_in(clock, *second)
    (found,) = archive.workouts(0, NOW_S)
    assert found.figures
    expected = figures(person.samples(border - 960, border + 1100, NOW_S), border - 900, border + 900)
    assert replace(found.figures, zones={}) == expected
    assert archive.count() == 1


def test_the_parts_of_an_interval_that_are_in_no_other() -> None:
    for others, left in (
        ([], [(10, 20)]),
        ([(0, 10), (20, 30)], [(10, 20)]),
        ([(12, 14)], [(10, 12), (14, 20)]),
        ([(12, 14), (13, 16), (18, 22)], [(10, 12), (16, 18)]),
        ([(5, 12), (19, 25)], [(12, 19)]),
        ([(10, 20)], []),
        ([(0, 15), (15, 30)], []),
    ):
        assert without((10, 20), others) == left


async def test_what_it_takes_is_known_before(
    source: HeartRateSource,
    google: GoogleSimulator,
    fitbit: FitbitSimulator,
    archive: Archive,
    person: Wearer,
    clock: FrozenDateTimeFactory,
) -> None:
    """But for the pages of heart rates, which the table counts for a device that is always worn."""
    run = Run(source, archive)
    interval = NOW_S - 30 * DAY, NOW_S - 2 * DAY
    cost = run.history.cost([interval])
    await run.bring_in(clock, *interval)
    asked = google.requests if isinstance(source, GoogleHealth) else fitbit.requests
    counted = cost.requests
    if isinstance(source, GoogleHealth):
        counted -= 4 * (source.requests_for("samples", READ_AT_ONCE) - 1)
    assert cost.days == 28
    assert len(asked) == pytest.approx(counted, abs=8)


async def test_what_is_through_is_not_begun_again(
    google_health: GoogleHealth, google: GoogleSimulator, archive: Archive, clock: FrozenDateTimeFactory
) -> None:
    await Run(google_health, archive).bring_in(clock, NOW_S - DAY, NOW_S)
    google.requests.clear()
    run = Run(google_health, archive)
    async with run.going():
        await run.pass_time(clock, DAY)
    assert google.requests == []
    assert run.history.current
    assert run.history.current.stage is Stage.DONE


# Cancelling


@pytest.mark.parametrize("asked", ["samples", "resting_heart_rate", "zone_minutes"])
async def test_cancelled_during_a_request(
    google_health: GoogleHealth,
    google: GoogleSimulator,
    archive: Archive,
    person: Wearer,
    clock: FrozenDateTimeFactory,
    monkeypatch: pytest.MonkeyPatch,
    asked: str,
) -> None:
    """What is in stays, and nothing more comes in, though the request is answered well."""
    run = Run(google_health, archive)
    answer = getattr(person, asked)

    def answer_late(*arguments: Any) -> Any:
        google.latency = 10 if run.told else 0
        return answer(*arguments)

    monkeypatch.setattr(person, asked, answer_late)
    async with run.going():
        await run.history.begin(NOW_S - 20 * DAY, NOW_S)
        await until(lambda: google.latency)
        await run.history.cancel()
        monkeypatch.undo()
        made, google.latency = len(google.requests), 0
        await run.pass_time(clock, 11)
        await run.pass_time(clock, DAY)
    cancelled = run.history.current
    assert cancelled
    assert (cancelled.stage, run.history.trouble) == (Stage.CANCELLED, None)
    assert len(google.requests) <= made + 1
    assert kept(archive) == person.samples(cancelled.reached, NOW_S, NOW_S)
    assert kept(archive)[0][0] - NOW_S > -8 * DAY
    after = Run(google_health, archive)
    await after.history.load()
    assert after.history.current == cancelled


async def test_another_one_after_cancelling(
    google_health: GoogleHealth,
    google: GoogleSimulator,
    archive: Archive,
    person: Wearer,
    clock: FrozenDateTimeFactory,
) -> None:
    """Even while the request of the one before still hangs."""
    run = Run(google_health, archive)
    google.faults = [Fault("reconcile", kind="hang")]
    async with run.going():
        await run.history.begin(NOW_S - 20 * DAY, NOW_S)
        await until(lambda: not google.faults)
        await run.history.cancel()
        await run.history.begin(NOW_S - 20 * DAY, NOW_S - 18 * DAY)
        clock.tick(61)
        await run.finish(clock)
    assert kept(archive) == person.samples(down(NOW_S - 20 * DAY), up(NOW_S - 18 * DAY), NOW_S)


async def test_nothing_to_cancel(google_health: GoogleHealth, archive: Archive) -> None:
    run = Run(google_health, archive)
    async with run.going():
        await run.history.cancel()
    assert run.history.current is None
    assert archive.recall(IMPORT) is None


# Trouble


TROUBLE: Final[dict[str, tuple[dict[str, Any], float]]] = {
    "503": ({"status": 503}, MINUTE),
    "503 for a while": ({"status": 503, "headers": {"Retry-After": "700"}}, 700),
    "429": ({"status": 429, "headers": {"Retry-After": "1800"}}, 1800),
    "429 by a date": ({"status": 429, "headers": {"Retry-After": "Sat, 21 Nov 2026 22:10:00 GMT"}}, 600),
    "429 without a time": ({"status": 429}, MINUTE),
    # A connection that was kept open and proves to be dead is replaced at once.
    "no answer": ({"kind": "reset_before", "times": 2}, MINUTE),
    "half an answer": ({"kind": "truncate"}, MINUTE),
    "nonsense": ({"status": 200, "body": "<html>"}, MINUTE),
    "401": ({"status": 401, "times": 2}, MINUTE),
    "403": ({"status": 403}, MINUTE),
    "410": ({"status": 410}, MINUTE),
}


@pytest.mark.parametrize(("fault", "pause"), TROUBLE.values(), ids=TROUBLE)
@pytest.mark.parametrize("match", ["/heart-rate/dataPoints:reconcile"])
async def test_it_waits_and_goes_on_by_itself(
    google_health: GoogleHealth,
    google: GoogleSimulator,
    archive: Archive,
    person: Wearer,
    clock: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    match: str,
    fault: dict[str, Any],
    pause: float,
) -> None:
    """As long as the service asks for, else for a minute; nothing of the stretch is in meanwhile."""
    run = Run(google_health, archive)
    google.faults = [Fault(match, **fault)]
    async with run.going():
        await run.history.begin(NOW_S - 3 * DAY, NOW_S)
        await until(lambda: run.waits)
        assert run.in_trouble()
        assert kept(archive) == []
        made = len(google.requests)
        await run.pass_time(clock, pause - 1)
        assert len(google.requests) == made
        await run.pass_time(clock, 2)
        assert run.told[-1].stage is Stage.DONE
        assert not run.in_trouble()
    assert kept(archive) == person.samples(down(NOW_S - 3 * DAY), NOW_S, NOW_S)
    texts = [record.getMessage() for record in caplog.records if "Sam: " in record.getMessage()]
    assert [":".join(text.split(":")[:2]) for text in texts] == [WAITS, GOES_ON]


def request_after(google: GoogleSimulator, moment: float) -> float:
    """Return the time of the first request after a moment."""
    return next(request.time for request in google.requests if request.time > moment)


async def test_the_pause_grows_and_begins_anew(
    google_health: GoogleHealth,
    google: GoogleSimulator,
    archive: Archive,
    person: Wearer,
    clock: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """To an hour at most, told once in the log; after a stretch that came in it is a minute again."""
    run = Run(google_health, archive)

    def fail_again() -> None:
        if len(run.told) == 13:
            google.faults = [Fault("reconcile", 500)]

    run.seen = fail_again
    google.faults = [Fault("reconcile", 500, times=12)]
    async with run.going():
        await run.history.begin(NOW_S - 20 * DAY, NOW_S)
        await until(lambda: run.waits)
        while run.history.is_running:
            await run.pass_time(clock, 10)
    failed = [request.time for request in google.requests if request.fault]
    pauses = [later - earlier for earlier, later in pairwise(failed)]
    grown = [*(MINUTE * 2**number for number in range(6)), *[BACK_OFF_MAX] * 5]
    assert pauses[:11] == pytest.approx(grown, abs=11)
    assert len(pauses) == 12
    assert request_after(google, failed[-1]) == pytest.approx(failed[-1] + MINUTE, abs=11)
    assert all(pause >= least for pause, least in zip(pauses, grown, strict=False))
    assert [text for text in caplog.messages if text.startswith(WAITS)] == [f"{WAITS}: status 500"] * 2
    assert kept(archive) == person.samples(down(NOW_S - 20 * DAY), NOW_S, NOW_S)


async def test_zones_that_are_denied_are_left_out(
    google: GoogleSimulator,
    google_health: GoogleHealth,
    archive: Archive,
    person: Wearer,
    clock: FrozenDateTimeFactory,
) -> None:
    google.faults = [Fault("time-in-heart-rate-zone", 403, times=-1)]
    await Run(google_health, archive).bring_in(clock, NOW_S - 3 * DAY, NOW_S)
    assert kept(archive) == person.samples(down(NOW_S - 3 * DAY), NOW_S, NOW_S)
    found = archive.day(date(2026, 11, 20))
    assert found.resting
    assert found.zones == ()


async def test_an_archive_that_cannot_be_used_for_a_while(
    google_health: GoogleHealth, archive: Archive, person: Wearer, clock: FrozenDateTimeFactory
) -> None:
    run = Run(google_health, archive)
    async with run.going():
        await run.history.begin(NOW_S - 3 * DAY, NOW_S)
        archive.close()
        await until(lambda: run.waits)
        assert run.in_trouble()
        archive.open()
        await run.finish(clock)
        assert not run.in_trouble()
    assert kept(archive) == person.samples(down(NOW_S - 3 * DAY), NOW_S, NOW_S)


async def test_stopping_stores_nothing_more(
    google_health: GoogleHealth, google: GoogleSimulator, archive: Archive, clock: FrozenDateTimeFactory
) -> None:
    """An answer that comes after it counts as not read."""
    run = Run(google_health, archive)
    google.latency = 10
    async with run.going():
        await run.history.begin(NOW_S - 3 * DAY, NOW_S)
        await until(lambda: google.requests)
        await run.history.stop()
        archive.close()
        google.latency = 0
        clock.tick(11)
        await until(run.task.done)
    archive.open()
    assert kept(archive) == []
    assert run.told == []


# The share of the requests


async def test_google_admits_so_many_requests_a_minute(
    google_health: GoogleHealth,
    google: GoogleSimulator,
    archive: Archive,
    person: Wearer,
    clock: FrozenDateTimeFactory,
) -> None:
    google.quota_per_minute = 300
    google.max_page = 30
    person.since = NOW_S - 50 * DAY
    await Run(google_health, archive).bring_in(clock, person.since, NOW_S)
    assert kept(archive) == person.samples(down(person.since), NOW_S, NOW_S)
    made = Counter(request.time // MINUTE for request in google.requests)
    assert len(made) == 2
    assert max(made.values()) <= 300 - 20


@pytest.mark.parametrize("lag", [0, 30])
async def test_fitbit_admits_so_many_requests_an_hour(
    web_api: Fitbit,
    fitbit: FitbitSimulator,
    archive: Archive,
    person: Wearer,
    clock: FrozenDateTimeFactory,
    lag: int,
) -> None:
    """Some are always left over for the polls."""
    fitbit.headers_lag = lag
    person.since, person.step = NOW_S - 365 * DAY, 7001
    run = Run(web_api, archive)
    await run.bring_in(clock, NOW_S - 365 * DAY, NOW_S)
    found = person.samples(down(NOW_S - 365 * DAY), NOW_S, NOW_S)
    assert kept(archive) == [one for one in found if one[0] >= down(found[-1][0] - RETENTION)]
    assert run.told[-1].added == len(found)
    made = list(fitbit.calls_by_hour().values())
    assert sum(made) < 365 + 53 * 3
    assert max(made) <= 130
    assert len(made) <= 5
    assert time.time() - NOW_S < 5 * HOUR


# Days, workouts and daily values


SIDE_TYPES: Final = {
    "daily-resting-heart-rate": "resting",
    "time-in-heart-rate-zone": "zones",
    "/exercise/": "workouts",
    "/sleep/": "sleep",
    "active-zone-minutes": "active zone minutes",
    "daily-heart-rate-variability": "variability",
}


def trainings(start: int, end: int, every: int = DAY) -> list[Training]:
    """Return a run every so many seconds."""
    return [Training(f"{at}", "RUNNING", at, at + 1800, mean=120) for at in range(start + HOUR, end, every)]


def slept(start: int, end: int) -> list[Sleep]:
    """Return seven hours of sleep of each day, of an interval that begins in an evening."""
    starts = range(start + HOUR, end - 7 * HOUR, DAY)
    return [Sleep(f"{at}", at, at + 7 * HOUR, is_main=True, created=at) for at in starts]


def nights(first: date, last: date) -> dict[date, Night]:
    """Return the variability of each night."""
    values = {"dailyHeartRateVariability": {"averageHeartRateVariabilityMilliseconds": 41.5}}
    return dict.fromkeys((first + timedelta(number) for number in range((last - first).days + 1)), values)


def held(archive: Archive, first: date, last: date) -> set[str]:
    """Return the archive's values of the first day and of the last one."""
    found = set()
    for day in (first, last):
        begun = midnight(day, BERLIN)
        summary = archive.day(day)
        has = {
            "resting": summary.resting == RestingHeartRate(day, 50 + day.day),
            "zones": bool(summary.zones) and summary.zones[0].minutes == day.day,
            "workouts": len(archive.workouts(begun, begun + DAY)) == 1,
            "sleep": [night.day for night in archive.nights(begun, begun + DAY)][:1] == [day],
            "active zone minutes": len(archive.daily_values("active_zone_minutes", day, day)) == 1,
            "variability": len(archive.daily_values("heart_rate_variability", day, day)) == 1,
        }
        found.add(frozenset(name for name, is_there in has.items() if is_there))
    return set.intersection(*map(set, found))


DAYS_TROUBLE: Final[dict[str, dict[str, Any]]] = {
    "403": {"status": 403, "body": '{"error": {"code": 403, "status": "PERMISSION_DENIED"}}'},
    "500": {"status": 500},
    "429": {"status": 429, "headers": {"Retry-After": "999999999"}},
    "410": {"status": 410},
    "no answer": {"kind": "reset_before"},
    "odd": {"status": 200, "body": "<html>"},
}


@pytest.mark.parametrize("fault", DAYS_TROUBLE.values(), ids=DAYS_TROUBLE)
@pytest.mark.parametrize("match", SIDE_TYPES)
async def test_days_that_cannot_be_read_hold_nothing(
    google_health: GoogleHealth,
    google: GoogleSimulator,
    archive: Archive,
    person: Wearer,
    clock: FrozenDateTimeFactory,
    match: str,
    fault: dict[str, Any],
) -> None:
    """All the rest comes in and the import ends; the one follows when it can be read, across a restart."""
    first, last = date(2026, 11, 8), date(2026, 11, 20)
    person.exercises, person.nights = trainings(NOW_S - 14 * DAY, NOW_S), nights(first, last)
    person.slept = slept(NOW_S - 15 * DAY, NOW_S)
    google.faults = [Fault(match, times=-1, **fault)]
    run = Run(google_health, archive)
    async with run.going():
        await run.history.begin(NOW_S - 14 * DAY, NOW_S)
        await run.finish(clock)
        assert run.history.current
        assert (run.history.current.stage, run.history.current.share) == (Stage.DONE, 1)
        assert kept(archive) == person.samples(down(NOW_S - 14 * DAY), NOW_S, int(clock().timestamp()))
        assert held(archive, first, last) == set(SIDE_TYPES.values()) - {SIDE_TYPES[match]}
        asked = google.count(match)
        for _ in range(30):
            await run.pass_time(clock, HOUR)
        assert google.count(match) - asked <= 2 * 31
        assert not run.in_trouble()
    google.faults = []
    run = Run(google_health, archive)
    async with run.going():
        await until(lambda: run.waits)
        assert run.history.current
        assert run.history.current.left_out == {}
    assert held(archive, first, last) == set(SIDE_TYPES.values())


async def test_workouts_and_values_of_months(
    google_health: GoogleHealth,
    google: GoogleSimulator,
    archive: Archive,
    person: Wearer,
    clock: FrozenDateTimeFactory,
) -> None:
    """Their figures are counted before the samples are let go, even of one that two intervals share."""
    first, last = date(2026, 7, 15), date(2026, 11, 20)
    person.since, person.step = NOW_S - 130 * DAY, 97
    boundary = (NOW_S - 110 * DAY) // READ_AT_ONCE * READ_AT_ONCE
    across = Training("across", "RUNNING", boundary - 900, boundary + 900, mean=120)
    person.exercises = [*trainings(NOW_S - 130 * DAY, NOW_S), across]
    person.nights = nights(first, last)
    await Run(google_health, archive).bring_in(clock, NOW_S - 130 * DAY, NOW_S)
    found = archive.workouts(0, NOW_S)
    assert len(found) == 131
    assert archive.latest(NOW_S - 92 * DAY) is None
    for one in found:
        start, end = one.session.start, one.session.end
        assert one.figures
        expected = figures(person.samples(start - 60, end + 200, NOW_S), start, end)
        assert replace(one.figures, zones={}) == expected
        assert one.figures.zones
    assert len(archive.daily_values("heart_rate_variability", first, last)) == len(person.nights)
    # Twelve weeks at once.
    assert google.count("daily-heart-rate-variability") <= 3


async def test_what_an_older_release_left_out_is_filled_in(
    google_health: GoogleHealth, archive: Archive, clock: FrozenDateTimeFactory
) -> None:
    start, end = NOW_S - 20 * DAY, NOW_S - 2 * DAY
    before = {"start": start, "end": end, "reached": start, "stage": "done", "lacking": [[start, end]]}
    archive.remember(Fact(IMPORT.name, dict), before)
    run = Run(google_health, archive)
    async with run.going():
        await until(lambda: run.waits)
    assert run.history.current == Import(start, end, start, stage=Stage.DONE)
    assert held(archive, date(2026, 11, 2), date(2026, 11, 18)) >= {"resting", "zones"}


async def test_days_that_are_purged_meanwhile_stay_away(
    google_health: GoogleHealth, google: GoogleSimulator, archive: Archive, clock: FrozenDateTimeFactory
) -> None:
    google.faults = [Fault("daily-resting-heart-rate", 500, times=-1)]
    await Run(google_health, archive).bring_in(clock, NOW_S - 3 * DAY, NOW_S)
    archive.purge(0, NOW_S, (date(2026, 1, 1), date(2026, 11, 21)), NOW_S)
    google.faults = []
    run = Run(google_health, archive)
    async with run.going():
        await until(lambda: run.waits)
        assert run.history.current
        assert run.history.current.left_out == {}
    assert archive.holdings().days == 0


async def test_a_cancelled_import_leaves_nothing_out(
    google_health: GoogleHealth, google: GoogleSimulator, archive: Archive, clock: FrozenDateTimeFactory
) -> None:
    google.faults = [
        Fault("daily-resting-heart-rate", 500, times=-1),
        Fault("/heart-rate/dataPoints:reconcile", 500, times=-1, after=1),
    ]
    run = Run(google_health, archive)
    async with run.going():
        await run.history.begin(NOW_S - 20 * DAY, NOW_S)
        await until(lambda: run.waits)
        assert run.history.current
        assert run.history.current.left_out
        await run.history.cancel()
        assert run.history.current.left_out == {}


@pytest.mark.parametrize(
    "damaged",
    [
        {"start": HOUR, "end": HOUR, "reached": HOUR},
        {"start": 2 * HOUR, "end": HOUR, "reached": HOUR},
        {"start": HOUR, "end": 2 * HOUR, "reached": 1},
        {"start": HOUR, "end": 10**20, "reached": 2 * HOUR},
        {"start": -HOUR, "end": HOUR, "reached": HOUR},
        {"start": HOUR, "end": 2 * HOUR, "reached": HOUR, "stage": "done", "lacking": [[HOUR, 10**15]]},
        {"start": HOUR, "end": 2 * HOUR, "reached": HOUR, "stage": "done", "lacking": [[2 * HOUR, HOUR]]},
        {"start": HOUR, "end": 2 * HOUR, "reached": HOUR, "left_out": {"zones": [[2 * HOUR, HOUR]]}},
        {"start": HOUR, "end": 2 * HOUR, "reached": HOUR, "further": [[HOUR, HOUR]]},
        {"start": HOUR, "end": 2 * HOUR, "reached": HOUR, "over": [[2 * HOUR, HOUR]]},
        {"start": HOUR, "end": 2 * HOUR, "reached": HOUR, "unconfirmed": -1},
    ],
)
async def test_an_import_that_cannot_be_is_none(
    google_health: GoogleHealth, archive: Archive, damaged: dict[str, Any]
) -> None:
    """It could never end, and its share is a division by zero."""
    archive.remember(Fact(IMPORT.name, dict), damaged)
    run = Run(google_health, archive)
    async with run.going():
        assert run.history.current is None
