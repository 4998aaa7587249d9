"""Samples into the archive, ours beside a bare table of SQLite's."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
import sqlite3
import tempfile

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.archive.outbox import Outbox
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample
from scripts.benchmark.rounds import STEP, samples, take_turns
from scripts.benchmark.table import AS_FAST, FASTER, MS, RATE, Line, milliseconds, per_second

START = 1_790_000_000
"""When the first sample was measured; no sample lies in the future of it."""
COUNT = 7 * DAY // STEP
"""The most samples that are stored at once."""
BARE = "bare SQLite"
BARE_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE samples (time INTEGER PRIMARY KEY, bpm INTEGER NOT NULL);
"""
# New samples a second.
AIMS = {"": 300_000, " for a destination": 150_000}


def recorded(count: int, first: int = 0) -> list[Sample]:
    """Return samples in order of time, from the one of that number on."""
    return [*samples(START + first * STEP, count)]


class Bare:
    """A table that knows no more of a sample than its time and value."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, autocommit=True)
        self._connection.executescript(BARE_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def store(self, arrived: Sequence[Sample], _now: int) -> None:
        """Store new samples in one transaction."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany("INSERT OR IGNORE INTO samples VALUES (?, ?)", arrived)
        self._connection.execute("COMMIT")


def new_archive(path: Path, *, destination: bool) -> Archive:
    """Open a new archive, with or without a destination that covers everything."""
    archive = Archive(path)
    archive.open()
    if destination:
        Outbox(archive, "cardiogram").create(start=0, automatic=True, now=START)
    return archive


KINDS: dict[str, Callable[[Path], Archive | Bare]] = {
    "": partial(new_archive, destination=False),
    " for a destination": partial(new_archive, destination=True),
    BARE: Bare,
}


def measure(count: int, rounds: int) -> Iterator[Line]:
    """Yield the lines: every round begins with new files, and ends with storing the same again."""
    arrived = recorded(count)
    now = START + count * STEP
    with ExitStack() as open_files:
        folder = Path(open_files.enter_context(tempfile.TemporaryDirectory(prefix="fitbit-cardiogram-")))
        works = {}
        for number, (name, create) in enumerate(KINDS.items()):
            stores = [create(folder / f"{number}-{turn}.db") for turn in range(rounds)]
            for store in stores:
                open_files.enter_context(closing(store))
            for when in ("new", "again"):
                works[name, when] = partial(_store_next, iter(stores), arrived, now)
        taken = take_turns(works, rounds)
    for name, aim in AIMS.items():
        what = f"Archive, {count:,} new samples{name}"
        new, bare = (per_second(count, taken[kind, "new"]) for kind in (name, BARE))
        yield Line(what, new, RATE, aim=aim)
        yield Line(what, new, RATE, BARE, bare, AS_FAST)
        first, again = (milliseconds(taken[name, when]) for when in ("new", "again"))
        yield Line(f"The same again{name}", again, MS, "new", first, FASTER, 1)


def _store_next(stores: Iterator[Archive | Bare], arrived: Sequence[Sample], now: int) -> None:
    next(stores).store(arrived, now)
