"""How cost grows with the archive: one that gets longer and longer, looked at on the way."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
import tempfile

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.archive.history import buckets
from custom_components.fitbit_cardiogram.archive.outbox import GIVE_UP_AFTER, Outbox, forget_destinations
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from custom_components.fitbit_cardiogram.sources.poll import SYNCED_AT, TIME_ZONE_NAME
from scripts.benchmark.rounds import STEP, take_turns
from scripts.benchmark.storing import START, recorded
from scripts.benchmark.table import FASTER, MS, Figure, Line, milliseconds

POLL = 60
"""Samples that a poll brings."""
WEEK = 7 * DAY // STEP
"""Samples that are stored at once where there are many."""
BUCKETS = 720
CHART_AIMS = {DAY: 10, 90 * DAY: 50}
"""The aim for a chart, in ms, by its length in seconds."""

STORE, LOOK = "storing a poll", "looking for what to show"
STATE, WAITING = "state of an outbox", "state of an outbox, 30 days waiting"
DAY_CHART, CHART, GROUPED = "chart of a day", "chart of everything", "chart of everything by GROUP BY"
DRAWN = (STORE, LOOK, STATE, WAITING, DAY_CHART, CHART)

GROUP_BY = (
    "SELECT time / :width * :width, count(*), min(bpm), avg(bpm), max(bpm) FROM samples"
    " WHERE time >= :start AND time < :end GROUP BY time / :width"
)


@dataclass(frozen=True, slots=True)
class Size:
    """An archive of some days: the times of each work, in ms, and the size of its file in MB."""

    days: int
    samples: int
    figures: Mapping[str, Figure]
    megabytes: float


def grow(days: Sequence[int], rounds: int) -> Iterator[Size]:
    """Yield the cost of each size, smallest first."""
    with tempfile.TemporaryDirectory(prefix="fitbit-cardiogram-") as folder:
        archive = Archive(Path(folder) / "archive.db")
        with closing(archive):
            archive.open()
            for length in days:
                samples = length * DAY // STEP
                for first in range(archive.count(), samples, WEEK):
                    store(archive, recorded(min(WEEK, samples - first), first))
                yield measure(archive, length, rounds)


def measure(archive: Archive, days: int, rounds: int) -> Size:
    """Measure the work of every poll and every look at a chart."""
    held = archive.count()
    end = START + held * STEP
    outbox, waiting = Outbox(archive, "new"), Outbox(archive, "waiting")
    outbox.create(start=end, automatic=False, now=end)
    polls = (recorded(POLL, held + POLL * number) for number in count())
    whole = (archive, end - days * DAY, end, width_for(days * DAY))
    day = (archive, end - DAY, end, width_for(DAY))
    works: dict[str, Callable[[], object]] = {
        STORE: lambda: store(archive, next(polls)),
        LOOK: partial(look, archive, end),
        STATE: outbox.state,
        DAY_CHART: partial(chart, *day),
        CHART: partial(chart, *whole),
    }
    if days * DAY in CHART_AIMS:
        works[GROUPED] = partial(grouped, *whole)
    taken = take_turns(works, rounds)
    waiting.create(start=end - GIVE_UP_AFTER, automatic=False, now=end)
    taken |= take_turns({WAITING: waiting.state}, rounds)
    forget_destinations(archive, but=())
    return Size(
        days, held, {name: milliseconds(seconds) for name, seconds in taken.items()}, archive.size() / 1e6
    )


def store(archive: Archive, samples: Sequence[Sample]) -> None:
    """Store samples as they arrive."""
    archive.store(samples, samples[-1][0])


def look(archive: Archive, now: int) -> None:
    """Ask the coordinator's questions after a poll, at the end of a day."""
    archive.recall(TIME_ZONE_NAME)
    archive.day(datetime.fromtimestamp(now, UTC).date())
    newest = archive.version()
    archive.recall(SYNCED_AT)
    archive.summary(now - 2 * POLL * STEP, now, newer_than=newest - 1)
    archive.latest()
    archive.summary(now - DAY, now)
    archive.size()


def width_for(seconds: int) -> int:
    """Return the width of a chart's buckets, in whole hours where it is that much."""
    width = seconds // BUCKETS
    return width if width < HOUR else width // HOUR * HOUR


def chart(archive: Archive, start: int, end: int, width: int) -> int:
    """Ask for a chart; return the number of its buckets."""
    return sum(map(len, buckets(archive, start, end, width)))


def grouped(archive: Archive, start: int, end: int, width: int) -> int:
    """Ask SQLite for the same in the plainest way."""
    with archive.writing() as connection:
        return len(connection.execute(GROUP_BY, {"start": start, "end": end, "width": width}).fetchall())


def lines(sizes: Sequence[Size]) -> Iterator[Line]:
    """Yield the lines on the charts."""
    for size in sizes:
        if (aim := CHART_AIMS.get(size.days * DAY)) is None:
            continue
        what = f"Chart, {size.days} days of {size.samples:,} samples".replace("1 days", "24 hours")
        yield Line(what, size.figures[CHART], MS, aim=aim)
        yield Line(what, size.figures[CHART], MS, "GROUP BY", size.figures[GROUPED], FASTER)
