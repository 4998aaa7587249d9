"""A backlog out of the archive as line protocol: our own work, without the network."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
import tempfile

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.archive.outbox import Outbox
from custom_components.fitbit_cardiogram.destinations.line_protocol import BATCH_SIZE, encode, prefix
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from scripts.benchmark.rounds import take_turns
from scripts.benchmark.storing import START, new_archive, recorded
from scripts.benchmark.table import AS_FAST, RATE, Line, per_second

AIM = 100_000
"""Samples a second."""
LINE = prefix("heart_rate", "Anna")
OURS, BARE = "from the outbox to the outbox", "encoding alone"


def measure(count: int, rounds: int) -> Iterator[Line]:
    """Yield the lines; every round drains a new archive."""
    backlog = recorded(count)
    now = backlog[-1][0]
    with ExitStack() as open_files:
        folder = Path(open_files.enter_context(tempfile.TemporaryDirectory(prefix="fitbit-cardiogram-")))
        archives = [new_archive(folder / f"{number}.db", destination=True) for number in range(rounds)]
        for archive in archives:
            open_files.enter_context(closing(archive))
            archive.store(backlog, now)
        works: dict[str, Callable[[], object]] = {
            OURS: partial(_drain_next, iter(archives)),
            BARE: partial(_encode, backlog),
        }
        taken = take_turns(works, rounds)
    ours, bare = (per_second(count, taken[name]) for name in (OURS, BARE))
    what = f"Line protocol, a backlog of {count:,}"
    yield Line(what, ours, RATE, aim=AIM)
    yield Line(what, ours, RATE, BARE, bare, AS_FAST)


def _drain_next(archives: Iterator[Archive]) -> None:
    outbox = Outbox(next(archives), "cardiogram")
    while batch := outbox.next_batch(BATCH_SIZE, lambda samples: encode(samples, LINE), START):
        outbox.accepted(batch, START)


def _encode(backlog: list[Sample]) -> None:
    for first in range(0, len(backlog), BATCH_SIZE):
        encode(backlog[first : first + BATCH_SIZE], LINE)
