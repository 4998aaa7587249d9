"""Late data: the hours that have to be read again, and the samples that the source has deleted.

A source describes each hour in a few bytes: the hour's fingerprint. An hour whose fingerprint is not the one
of its last reading at the same detail is read again. Samples of the archive that this reading lacks, though
it asked for them, are suspect; they are deleted when another reading lacks them too, an hour later or, where
the hour has suddenly lost more than half, a day later. A reading without any sample proves nothing, since a
service in trouble may well answer with nothing.

This module owns the tables `fingerprints` and `suspects`. Intervals are half-open, times are UNIX seconds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby
from math import isclose
from sqlite3 import Connection
from typing import Final

from ..heart_rate.clock import DAY, HOUR
from ..heart_rate.interval import Interval
from ..heart_rate.sample import Sample
from . import outbox, samples as stored, sleep, workouts
from .database import Database
from .facts import Fact
from .history import joined

# The moment from which everything was read once: late data is looked for from there.
COMPLETE_FROM: Final = Fact("complete_from", int)
# The key of the present source, and the time from which samples are its own: older ones are another's.
SOURCE: Final = Fact("source", str)
SOURCE_SINCE: Final = Fact("source_since", int)
# Seconds back to which a source is rechecked and its fingerprints are kept.
REACH = 15 * DAY
# Seconds after which a second reading without the sample proves that it was deleted.
BELIEVED_AFTER = HOUR
# The same for an hour that suddenly holds less than half of its samples: a service in trouble does that.
LOSS_BELIEVED_AFTER = DAY


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A source's short description of an hour, without its samples.

    The `digest` changes when the samples do. `values` are the lowest, the mean and the highest bpm, where the
    source gives them. `detail` is the number of seconds that each value behind the digest stands for, or 0;
    fingerprints of different detail cannot be compared.
    """

    digest: int
    values: tuple[float, float, float] | None = None
    detail: int = 0


def note_complete(connection: Connection, start: int, end: int, now: int) -> None:
    """Extend the complete part by an interval that was read as a whole, if the two adjoin.

    A complete part that begins in the future was noted by a clock that was ahead: it counts for nothing.
    """
    known = COMPLETE_FROM.get(connection)
    if known is None or known > now or start < known <= end:
        COMPLETE_FROM.set(connection, start)


def change_source(archive: Database, source: str) -> bool:
    """Note the account's present source; return whether it was another one before.

    Samples of the other source stay and are not rechecked: this one may have measured at other seconds.
    """
    with archive.writing() as connection:
        known = SOURCE.get(connection)
        if known is not None and known != source and (latest := stored.latest(connection)):
            SOURCE_SINCE.set(connection, latest[0] + 1)
        SOURCE.set(connection, source)
    return known not in (None, source)


def digest(described: object) -> int:
    """Return a 64-bit hash of the values."""
    return int.from_bytes(blake2b(repr(described).encode(), digest_size=8).digest(), signed=True)


def hours_to_read(
    archive: Database, start: int, end: int, fingerprints: Mapping[int, Fingerprint], now: int
) -> list[Interval]:
    """Return the hours of an interval of whole hours that have to be read again, joined to intervals.

    An hour whose samples agree with its fingerprint needs no reading: the fingerprint is noted at once.
    """
    interval = (start, end)
    with archive.writing() as connection:
        _forget_old(connection, now)
        known: dict[int, dict[int, int]] = {}
        for hour, detail, known_digest in connection.execute(
            "SELECT hour, detail, digest FROM fingerprints WHERE hour >= ? AND hour < ?", interval
        ):
            known.setdefault(hour, {})[detail] = known_digest
        believed = dict(
            connection.execute(
                f"SELECT time / {HOUR} * {HOUR}, min(believed_at) FROM suspects"
                " WHERE time >= ? AND time < ? GROUP BY 1",
                interval,
            )
        )
        counted = {
            hour: values
            for hour, *values in connection.execute(
                "SELECT hour, min, sum * 1.0 / count, max FROM hours WHERE hour >= ? AND hour < ?", interval
            )
        }
        hours: list[int] = []
        for hour in range(start, end, HOUR):
            fingerprint = fingerprints.get(hour)
            is_due = _is_new(fingerprint, known.get(hour, {}))
            if hour in believed:
                is_due = is_due or believed[hour] <= now
            elif is_due and fingerprint and _agree(fingerprint.values, counted.get(hour)):
                _note(connection, hour, fingerprint)
                is_due = False
            if is_due:
                hours.append(hour)
    return [*joined(hours)]


def note_reading(
    archive: Database,
    start: int,
    end: int,
    reading: Sequence[Sample],
    fingerprints: Mapping[int, Fingerprint],
    now: int,
    *,
    detail: int = 0,
) -> None:
    """Note a reading of whole hours, which was stored after their fingerprints had been taken.

    `detail` is the number of seconds that each sample of the reading stands for, or 0.
    """
    with archive.writing() as connection:
        for hour in range(start, end, HOUR):
            _note(connection, hour, fingerprints.get(hour))
        for hour, samples in groupby(reading, lambda sample: sample[0] // HOUR * HOUR):
            if start <= hour < end:
                _compare(connection, hour, {time for time, _ in samples}, now, detail)


def _is_new(fingerprint: Fingerprint | None, known: Mapping[int, int]) -> bool:
    """Return whether a fingerprint, or the lack of one, differs from those known of the hour by detail."""
    return bool(known) if fingerprint is None else known.get(fingerprint.detail) != fingerprint.digest


def _agree(values: Iterable[float] | None, counted: Iterable[float] | None) -> bool:
    if values is None or counted is None:
        return False
    return all(isclose(one, other, rel_tol=1e-9) for one, other in zip(values, counted, strict=True))


def _note(connection: Connection, hour: int, fingerprint: Fingerprint | None) -> None:
    if fingerprint is None:
        connection.execute("DELETE FROM fingerprints WHERE hour = ?", (hour,))
    else:
        row = (hour, fingerprint.detail, fingerprint.digest)
        connection.execute("INSERT OR REPLACE INTO fingerprints VALUES (?, ?, ?)", row)


def _forget_old(connection: Connection, now: int) -> None:
    """Forget the hours that lie too far back to be rechecked."""
    before = now - REACH - DAY
    connection.execute("DELETE FROM fingerprints WHERE hour < ?", (before,))
    connection.execute("DELETE FROM suspects WHERE time < ?", (before,))


def _compare(connection: Connection, hour: int, read: set[int], now: int, detail: int) -> None:
    """Suspect the samples of an hour that its reading lacks, and delete those suspected for long enough.

    A reading of coarser detail asks for the first second of each of its steps only.
    """
    interval = (hour, hour + HOUR)
    rows = connection.execute("SELECT time FROM samples WHERE time >= ? AND time < ?", interval)
    asked = {time for (time,) in rows if detail <= 1 or time % detail == 0}
    suspects = dict(
        connection.execute("SELECT time, believed_at FROM suspects WHERE time >= ? AND time < ?", interval)
    )
    pause = LOSS_BELIEVED_AFTER if 2 * len(read) < len(asked) else BELIEVED_AFTER
    lacking = {time: min(suspects.get(time, now + pause), now + pause) for time in asked - read}
    connection.execute("DELETE FROM suspects WHERE time >= ? AND time < ?", interval)
    deleted = {time for time, believed_at in lacking.items() if believed_at <= now}
    # A batch in flight stays as it is; its beats are compared again when it has landed.
    deleted -= outbox.in_flight(connection, *interval)
    connection.executemany(
        "INSERT INTO suspects VALUES (?, ?)",
        [(time, believed_at) for time, believed_at in lacking.items() if time not in deleted],
    )
    if deleted:
        stored.delete(connection, hour, deleted)
        for kind in (workouts, sleep):
            kind.recount(connection, hour, hour + HOUR)


def purge(connection: Connection, start: int, end: int) -> None:
    """Remove everything known of an interval."""
    connection.execute("DELETE FROM suspects WHERE time >= ? AND time < ?", (start, end))
    connection.execute(f"DELETE FROM fingerprints WHERE hour > ? - {HOUR} AND hour < ?", (start, end))


def mend(connection: Connection, hours: Iterable[int]) -> int:
    """Remove damaged rows, and the fingerprints of these hours, so that they are read again."""
    removed = connection.execute(
        "DELETE FROM fingerprints WHERE typeof(hour) <> 'integer' OR typeof(detail) <> 'integer'"
        " OR typeof(digest) <> 'integer'"
    ).rowcount
    removed += connection.execute("DELETE FROM suspects WHERE typeof(believed_at) <> 'integer'").rowcount
    connection.executemany("DELETE FROM fingerprints WHERE hour = ?", [(hour,) for hour in hours])
    return removed
