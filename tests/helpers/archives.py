"""Archives for tests that need thousands of them: no disk is waited for."""

from pathlib import Path
from uuid import uuid4

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.heart_rate.clock import HOUR
from custom_components.fitbit_cardiogram.heart_rate.sample import Sample


def open_archive() -> Archive:
    """Open a new archive in the machine's memory; `delete` it at the end."""
    archive = Archive(Path("/dev/shm") / f"{uuid4()}.db")  # noqa: S108
    archive.open()
    return archive


START = 1_795_255_200  # the top of an hour
NOW = START + 10 * HOUR
type Hour = tuple[int, int, int, int, int]


def contents(archive: Archive) -> list[Sample]:
    with archive.writing() as connection:
        return connection.execute("SELECT time, bpm FROM samples ORDER BY time").fetchall()


def hours(archive: Archive) -> list[Hour]:
    with archive.writing() as connection:
        return connection.execute("SELECT hour, count, sum, min, max FROM hours ORDER BY hour").fetchall()


def recount(samples: list[Sample]) -> list[Hour]:
    values: dict[int, list[int]] = {}
    for time, bpm in samples:
        values.setdefault(time // HOUR * HOUR, []).append(bpm)
    return [(hour, len(bpms), sum(bpms), min(bpms), max(bpms)) for hour, bpms in sorted(values.items())]
