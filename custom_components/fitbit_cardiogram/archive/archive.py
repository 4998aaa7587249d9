"""The archive: one SQLite file per account, the only truth that everything else is a view of.

Samples are unique by `time`. Every transaction that stores samples has a number, the archive's `version`; a
sample carries the number of the transaction that gave it its present value. So "what is new or changed" is
"what carries this version", and a batch in flight can tell whether a value has moved on since.

In the same transaction each touched hour is counted anew from its stored samples, under the same version, and
the samples that a destination covers enter its outbox (the transactional outbox pattern, see `outbox.py`).

What was dropped, because it was old or because a person wanted it gone, is noted as a stretch of time that
takes in no more samples, so that nothing comes back as new.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
import json
from pathlib import Path
import sqlite3
from threading import RLock
from typing import Any

import msgspec

from ..heart_rate.clock import HOUR
from ..heart_rate.day import DaySummary
from ..heart_rate.sample import Sample
from .schema import MIGRATIONS, SCHEMA, SCHEMA_VERSION

# The facts of the last transaction that stored samples, and of the last that stored days: their numbers.
VERSION = "version"
DAYS_VERSION = "days_version"
# A fact that a new archive begins with, until its user has taken note and forgets it.
FRESH = "fresh"
# The fact how often hours and days were removed: who keeps a copy of them has to begin anew then.
REMOVALS = "removals"

# Another program may hold the file for a moment, such as one that copies it.
BUSY_TIMEOUT = 3.0
# Beyond this the write-ahead log is cut back once its content is in the main file.
LOG_SIZE_MAX = 16 * 2**20


_DAY_SUMMARY = msgspec.json.Decoder(DaySummary)


class ArchiveError(Exception):
    """The archive's file cannot be used; `args[0]` is SQLite's short reason, never data."""


class ArchiveTooNewError(ArchiveError):
    """The file was written by a newer release of the integration; it is left untouched."""


class ArchiveDamagedError(ArchiveError):
    """The file is no archive any more. It was set aside, and the next one that opens it opens a fresh one."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What one call of `store` did, in numbers of samples.

    `held_back` lay in the future and was not stored; `gone` lay where samples were dropped on purpose.
    """

    added: int = 0
    changed: int = 0
    held_back: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge removed: samples, and beats that waited for a destination or were set aside."""

    samples: int
    pending: int


@dataclass(frozen=True, slots=True)
class Span:
    """What a stretch of time holds: samples, the first and last time, and mean, lowest and highest bpm."""

    count: int
    first: int
    last: int
    mean: float
    min: int
    max: int


@dataclass(frozen=True, slots=True)
class Holdings:
    """What an archive holds, in numbers, and the times of the oldest and the newest sample."""

    samples: int
    hours: int
    days: int
    oldest: int | None
    newest: int | None


class Archive:
    """One account's samples, hours and days, on one connection behind one lock.

    Every method blocks on the disk: call them from a worker thread. All times are UNIX seconds (UTC).
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = RLock()
        self._connection: sqlite3.Connection | None = None
        self._is_damaged = False

    @property
    def set_aside(self) -> Path:
        """Where a damaged file was put, if there was one."""
        return self._path.with_name(self._path.name + ".damaged")

    def open(self) -> None:
        """Open the file, creating it where there is none; a damaged one is set aside for a fresh one.

        Raises ArchiveTooNewError if a newer release wrote the file, ArchiveError if it cannot be read.
        """
        try:
            self._open()
        except ArchiveDamagedError:
            self._open()

    def _open(self) -> None:
        with _sqlite_errors():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # For its owner's eyes alone, as are the files that SQLite puts beside it.
            self._path.touch(mode=0o600)
            was_left_open = self._path.with_name(self._path.name + "-wal").exists()
            self._connection = sqlite3.connect(
                self._path, check_same_thread=False, autocommit=True, timeout=BUSY_TIMEOUT
            )
        try:
            with self._damage_set_aside(), _sqlite_errors():
                self._prepare(self._connection, was_left_open)
        except ArchiveError:
            self.close()
            raise

    def _prepare(self, connection: sqlite3.Connection, was_left_open: bool) -> None:
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        if found > SCHEMA_VERSION:
            raise ArchiveTooNewError(f"schema {found}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA journal_size_limit = {LOG_SIZE_MAX}")
        # A crash harms nothing; what caused it may have. Otherwise damage shows when it is met.
        if was_left_open and connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise ArchiveDamagedError("quick_check")
        steps = [SCHEMA] if found == 0 else [MIGRATIONS[known] for known in range(found, SCHEMA_VERSION)]
        if steps:
            script = f"{''.join(steps)} PRAGMA user_version = {SCHEMA_VERSION};"
            connection.executescript(f"BEGIN; {script} COMMIT")

    def close(self) -> None:
        """Close the file; what was committed is on the disk."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def delete(self) -> None:
        """Close the file and remove it with all that was ever kept beside it."""
        self.close()
        for suffix in ("", "-wal", "-shm", ".damaged"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Give the connection inside one transaction: all of it happens, or nothing.

        Raises ArchiveError if SQLite fails or the archive is closed, ArchiveDamagedError if that is because
        the file is damaged: it is closed and set aside then.
        """
        with self._in_use() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                # SQLite has rolled back by itself after some errors, a full disk among them.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _in_use(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._connection is None:
                raise ArchiveDamagedError("set aside") if self._is_damaged else ArchiveError("closed")
            with self._damage_set_aside(), _sqlite_errors():
                yield self._connection

    @contextmanager
    def _damage_set_aside(self) -> Iterator[None]:
        """Close the file and put it aside when it proves to be damaged; a fresh one can take its place."""
        try:
            yield
        except ArchiveDamagedError:
            self.close()
            self._is_damaged = True
            with _sqlite_errors():
                self._path.replace(self.set_aside)
                for suffix in ("-wal", "-shm"):
                    self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
            raise

    def store(self, samples: Sequence[Sample], now: int, *, even_gone: bool = False) -> Stored:
        """Store a reading: samples in order of time, one for each second, as `one_per_second` gives them.

        A sample that is there already changes nothing; another value for its time replaces it. Samples
        later than `now` are held back: they are read again when their time has come. With `even_gone`, what
        was dropped is taken in again.
        """
        present = bisect_left(samples, (now + 1,))
        held_back = len(samples) - present
        with self.transaction() as connection:
            samples = samples[:present] if even_gone else _without_gone(connection, samples[:present])
            gone = present - len(samples)
            if not samples:
                return Stored(held_back=held_back, gone=gone)
            first, last = samples[0][0], samples[-1][0]
            version = fact(connection, VERSION) + 1
            count = "SELECT count(*) FROM samples WHERE time BETWEEN ? AND ?"
            (before,) = connection.execute(count, (first, last)).fetchone()
            written = connection.executemany(
                f"INSERT INTO samples VALUES (?, ?, {version}) ON CONFLICT (time)"
                " DO UPDATE SET bpm = excluded.bpm, version = excluded.version WHERE bpm <> excluded.bpm",
                samples,
            ).rowcount
            if written == 0:
                return Stored(held_back=held_back, gone=gone)
            (after,) = connection.execute(count, (first, last)).fetchone()
            set_fact(connection, VERSION, version)
            count_hours(connection, first, last + 1, version)
            connection.execute(
                "INSERT INTO outbox (destination, time, version, arrived)"
                # CROSS, so that SQLite begins with this reading's samples and not with all of them.
                " SELECT destination, time, version, ? FROM samples CROSS JOIN coverage"
                " ON time >= start AND time < end WHERE time BETWEEN ? AND ? AND version = ?"
                # What a destination had before it was dropped does not wait for it again.
                " AND NOT EXISTS (SELECT 1 FROM had JOIN gone ON time >= gone.start AND time < gone.end"
                " WHERE had.destination = coverage.destination AND hour = time / 3600 * 3600)"
                " ON CONFLICT DO UPDATE SET version = excluded.version, arrived = excluded.arrived",
                (now, first, last, version),
            )
            connection.execute(
                "DELETE FROM quarantine WHERE time BETWEEN ? AND ? AND EXISTS (SELECT 1 FROM outbox"
                " WHERE outbox.destination = quarantine.destination AND outbox.time = quarantine.time)",
                (first, last),
            )
        added = after - before
        return Stored(added=added, changed=written - added, held_back=held_back, gone=gone)

    def latest(self) -> Sample | None:
        """Return the newest sample; its time is the watermark."""
        with self.transaction() as connection:
            row: Sample | None = connection.execute(
                "SELECT time, bpm FROM samples ORDER BY time DESC LIMIT 1"
            ).fetchone()
        return row

    def span(self, start: int, end: int, *, newer_than: int = -1) -> Span | None:
        """Return what the half-open range of time holds, or None where it holds nothing.

        With `newer_than`, only what got its present value after that version of the archive.
        """
        with self.transaction() as connection:
            row = connection.execute(
                "SELECT count(*), min(time), max(time), avg(bpm), min(bpm), max(bpm) FROM samples"
                " WHERE time >= ? AND time < ? AND version > ?",
                (start, end, newer_than),
            ).fetchone()
        return Span(*row) if row[0] else None

    def version(self) -> int:
        """Return the number of the last transaction that stored samples."""
        with self.transaction() as connection:
            return fact(connection, VERSION)

    def count(self) -> int:
        """Return the number of samples."""
        with self.transaction() as connection:
            (count,) = connection.execute("SELECT count(*) FROM samples").fetchone()
        return int(count)

    def holdings(self) -> Holdings:
        """Return what there is, in numbers."""
        counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in ("samples", "hours", "days"))
        with self.transaction() as connection:
            row = connection.execute(
                f"SELECT {counts}, (SELECT min(time) FROM samples), (SELECT max(time) FROM samples)"
            ).fetchone()
        return Holdings(*row)

    def store_days(
        self,
        found: Iterable[DaySummary],
        midnight: Callable[[date], int],
        *,
        today: date | None = None,
        even_gone: bool = False,
    ) -> None:
        """Keep what was found out about civil days; what it leaves open stays as it was known.

        `midnight` tells when a day begins. A day of which anything was dropped takes in no more, unless it is
        `today` or with `even_gone`.
        """
        with self.transaction() as connection:
            version = fact(connection, DAYS_VERSION) + 1
            for summary in found:
                day = (midnight(summary.day), midnight(summary.day + timedelta(days=1)))
                touched = connection.execute("SELECT 1 FROM gone WHERE end > ? AND start < ?", day).fetchone()
                if touched and not even_gone and summary.day != today:
                    continue
                known = _day(connection, summary.day)
                resting, zones = summary.resting or known.resting, summary.zones or known.zones
                if (resting, zones) != (known.resting, known.zones):
                    text = json.dumps(asdict(replace(known, resting=resting, zones=zones)), default=str)
                    connection.execute(
                        "INSERT OR REPLACE INTO days VALUES (?, ?, ?)",
                        (summary.day.isoformat(), text, version),
                    )
                    set_fact(connection, DAYS_VERSION, version)

    def day(self, day: date) -> DaySummary:
        """Return what is known on a civil day: its zones, and the newest resting heart rate up to then."""
        with self.transaction() as connection:
            known = _day(connection, day)
            row = connection.execute(
                "SELECT summary FROM days WHERE day <= ? AND summary ->> '$.resting' IS NOT NULL"
                " ORDER BY day DESC LIMIT 1",
                (day.isoformat(),),
            ).fetchone()
        return replace(known, resting=_DAY_SUMMARY.decode(row[0]).resting) if row else known

    def remember(self, name: str, value: str | int | None) -> None:
        """Keep a fact about the account under a name; None forgets it."""
        with self.transaction() as connection:
            if value is None:
                connection.execute("DELETE FROM facts WHERE name = ?", (name,))
            else:
                set_fact(connection, name, value)

    def recall(self, name: str) -> Any:
        """Return the fact kept under a name, or None."""
        with self.transaction() as connection:
            row = connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def prune(self, keep: int, now: int) -> int:
        """Drop the samples that are older by `keep` seconds than the newest one; return how many.

        What waits to be delivered and what was set aside stays, and so do the hours. Age is counted from
        the newest sample, or a clock that jumps ahead would empty the archive.
        """
        with self.transaction() as connection:
            (newest,) = connection.execute("SELECT max(time) FROM samples").fetchone()
            if newest is None:
                return 0
            before = (min(newest, now) - keep) // HOUR * HOUR
            _note_had(connection, 0, before)
            _note_gone(connection, 0, before)
            return connection.execute(
                "DELETE FROM samples WHERE time < ?1"
                " AND time NOT IN (SELECT time FROM outbox WHERE time < ?1)"
                " AND time NOT IN (SELECT time FROM quarantine WHERE time < ?1)",
                (before,),
            ).rowcount

    def purge(self, start: int, end: int, days: tuple[date, date], now: int) -> Purged:
        """Remove everything known of a half-open stretch of time, pending beats included.

        `days` are the first and last civil day that the stretch touches. Nothing of the stretch that lies
        in the past is taken in again. A batch in flight that holds any of it is taken out of flight, so
        there must be no request under way.
        """
        if (end := min(end, now + 1)) <= start:
            return Purged(0, 0)
        with self.transaction() as connection:
            stretch = (start, end)
            within = "WHERE time >= ?1 AND time < ?2"
            flying = connection.execute(
                f"SELECT DISTINCT destination FROM outbox {within} AND in_flight IS NOT NULL", stretch
            ).fetchall()
            connection.executemany("DELETE FROM batches WHERE destination = ?", flying)
            connection.executemany("UPDATE outbox SET in_flight = NULL WHERE destination = ?", flying)
            _note_had(connection, start, end)
            pending = 0
            for table in ("outbox", "quarantine"):
                pending += connection.execute(f"DELETE FROM {table} {within}", stretch).rowcount
            samples = connection.execute(f"DELETE FROM samples {within}", stretch).rowcount
            connection.execute(f"DELETE FROM missing {within}", stretch)
            for table in ("hours", "marks"):
                connection.execute(f"DELETE FROM {table} WHERE hour > ?1 - 3600 AND hour < ?2", stretch)
            version = fact(connection, VERSION)
            for edge in (start, end - 1):
                count_hours(connection, edge, edge + 1, version)
            connection.execute(
                "DELETE FROM days WHERE day BETWEEN ? AND ?", [day.isoformat() for day in days]
            )
            _note_gone(connection, start, end)
            set_fact(connection, REMOVALS, fact(connection, REMOVALS) + 1)
        # The disk holds what was deleted until it is written over; where there is no room for that, later.
        with suppress(ArchiveError), self._in_use() as connection:
            self.set_aside.unlink(missing_ok=True)
            connection.execute("VACUUM")
            # While a backup copies the main file, that has to stay as it is.
            if connection.execute("PRAGMA wal_autocheckpoint").fetchone() != (0,):
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return Purged(samples, pending)

    def size(self) -> int:
        """Return the bytes that the archive takes up on the disk."""
        files = (self._path, self._path.with_name(self._path.name + "-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def pause_checkpoints(self) -> None:
        """Bring the main file up to date, then leave it alone until `resume_checkpoints`.

        A copy of the main file that is made in between is a consistent one, while writing goes on beside it.
        """
        self._pragma("wal_checkpoint(TRUNCATE)", "wal_autocheckpoint = 0")

    def resume_checkpoints(self) -> None:
        """Let SQLite move what was written into the main file again (1000 pages is its own default)."""
        self._pragma("wal_autocheckpoint = 1000")

    def _pragma(self, *pragmas: str) -> None:
        with self._in_use() as connection:
            for pragma in pragmas:
                connection.execute(f"PRAGMA {pragma}").fetchall()


def fact(connection: sqlite3.Connection, name: str) -> int:
    """Return a fact that is a number, 0 where it is not kept."""
    row = connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return int(row[0]) if row else 0


def set_fact(connection: sqlite3.Connection, name: str, value: str | int) -> None:
    """Keep a fact."""
    connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))


def count_hours(connection: sqlite3.Connection, start: int, end: int, version: int) -> None:
    """Count the hours that a stretch of time touches anew from the samples that they hold."""
    connection.execute(
        "INSERT OR REPLACE INTO hours"
        " SELECT time / 3600 * 3600, count(*), sum(bpm), min(bpm), max(bpm), ? FROM samples"
        " WHERE time >= ? AND time < ? GROUP BY time / 3600",
        (version, start // HOUR * HOUR, ((end - 1) // HOUR + 1) * HOUR),
    )


def _day(connection: sqlite3.Connection, day: date) -> DaySummary:
    row = connection.execute("SELECT summary FROM days WHERE day = ?", (day.isoformat(),)).fetchone()
    return _DAY_SUMMARY.decode(row[0]) if row else DaySummary(day)


def _note_gone(connection: sqlite3.Connection, start: int, end: int) -> None:
    connection.execute("DELETE FROM gone WHERE start >= ? AND end <= ?", (start, end))
    connection.execute(
        "INSERT INTO gone SELECT ?1, ?2"
        " WHERE NOT EXISTS (SELECT 1 FROM gone WHERE start <= ?1 AND end >= ?2)",
        (start, end),
    )


def _note_had(connection: sqlite3.Connection, start: int, end: int) -> None:
    """Note the hours of which destinations had what is about to be dropped."""
    connection.execute(
        "INSERT OR IGNORE INTO had SELECT DISTINCT destination, time / 3600 * 3600"
        " FROM samples CROSS JOIN coverage ON time >= start AND time < end"
        " WHERE time >= ?1 AND time < ?2"
        " AND NOT EXISTS (SELECT 1 FROM outbox"
        " WHERE outbox.destination = coverage.destination AND outbox.time = samples.time)"
        " AND NOT EXISTS (SELECT 1 FROM quarantine"
        " WHERE quarantine.destination = coverage.destination AND quarantine.time = samples.time)",
        (start, end),
    )


def _without_gone(connection: sqlite3.Connection, samples: Sequence[Sample]) -> Sequence[Sample]:
    """Return the samples without those that lie where samples were dropped on purpose."""
    if not samples:
        return samples
    gone = connection.execute(
        "SELECT start, end FROM gone WHERE end > ? AND start <= ?", (samples[0][0], samples[-1][0])
    )
    for start, end in gone.fetchall():
        samples = [*samples[: bisect_left(samples, (start,))], *samples[bisect_left(samples, (end,)) :]]
    return samples


@contextmanager
def _sqlite_errors() -> Iterator[None]:
    """Raise what the disk or SQLite has to say as our own errors, by SQLite's short names.

    The messages may quote a path or a value.
    """
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "sqlite_errorname", type(error).__name__)
        damaged = reason.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))
        raise (ArchiveDamagedError if damaged else ArchiveError)(reason) from error
