"""The archive: one SQLite file per account, the only truth that everything else is a view of.

Samples are unique by `time`. Every transaction that stores samples has a number, the archive's `version`; a
sample carries the number of the transaction that gave it its present value. So "what is new or changed" is
"what carries this version", and a batch in flight can tell whether a value has moved on since.

In the same transaction each touched hour is counted anew from its stored samples, and the samples that a
destination covers enter its outbox (the transactional outbox pattern, see `outbox.py`).
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
import json
from pathlib import Path
import sqlite3
from threading import RLock
from typing import Any

import msgspec

from .day import DaySummary
from .sample import HOUR, Sample

SCHEMA_VERSION = 1

SCHEMA = """
CREATE TABLE samples (time INTEGER PRIMARY KEY, bpm INTEGER NOT NULL, version INTEGER NOT NULL) STRICT;
CREATE TABLE hours (
    hour INTEGER PRIMARY KEY,
    count INTEGER NOT NULL, sum INTEGER NOT NULL, min INTEGER NOT NULL, max INTEGER NOT NULL
) STRICT;
CREATE TABLE days (day TEXT PRIMARY KEY, summary TEXT NOT NULL) STRICT;
CREATE TABLE facts (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT;
CREATE TABLE destinations (
    id TEXT PRIMARY KEY, automatic INTEGER NOT NULL,
    delivered INTEGER NOT NULL DEFAULT 0, last_delivery INTEGER
) STRICT;
CREATE TABLE coverage (destination TEXT NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL) STRICT;
CREATE TABLE outbox (
    destination TEXT NOT NULL, time INTEGER NOT NULL, version INTEGER NOT NULL, arrived INTEGER NOT NULL,
    in_flight INTEGER, PRIMARY KEY (destination, time)
) STRICT, WITHOUT ROWID;
CREATE TABLE batches (
    destination TEXT PRIMARY KEY, key TEXT NOT NULL, body BLOB NOT NULL,
    count INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL
) STRICT;
CREATE TABLE quarantine (
    destination TEXT NOT NULL, time INTEGER NOT NULL, bpm INTEGER NOT NULL, version INTEGER NOT NULL,
    arrived INTEGER NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (destination, time)
) STRICT, WITHOUT ROWID;
"""


_DAY_SUMMARY = msgspec.json.Decoder(DaySummary)


class ArchiveError(Exception):
    """The archive's file cannot be used; `args[0]` is SQLite's short reason, never data."""


class ArchiveTooNewError(ArchiveError):
    """The file was written by a newer release of the integration; it is left untouched."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What one call of `store` did, in numbers of samples.

    `held_back` lay in the future and was not stored; `too_old` lay before what the archive keeps.
    """

    added: int = 0
    changed: int = 0
    held_back: int = 0
    too_old: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """What a stretch of time holds: samples, the first and last time, and mean, lowest and highest bpm."""

    count: int
    first: int
    last: int
    mean: float
    min: int
    max: int


class Archive:
    """One account's samples, hours and days, on one connection behind one lock.

    Every method blocks on the disk: call them from a worker thread. All times are UNIX seconds (UTC).
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = RLock()
        self._connection: sqlite3.Connection | None = None

    def open(self) -> None:
        """Open the file, creating it where there is none.

        Raises ArchiveTooNewError if a newer release wrote it, ArchiveError if it cannot be read.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # For its owner's eyes alone, as are the files that SQLite puts beside it.
            self._path.touch(mode=0o600)
            connection = sqlite3.connect(self._path, check_same_thread=False, autocommit=True, timeout=10)
        except (OSError, sqlite3.Error) as error:
            raise ArchiveError(_reason(error)) from error
        try:
            (found,) = connection.execute("PRAGMA user_version").fetchone()
            if found > SCHEMA_VERSION:
                raise ArchiveTooNewError(f"schema {found}")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            if found == 0:
                connection.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT")
        except sqlite3.Error as error:
            connection.close()
            raise ArchiveError(_reason(error)) from error
        except ArchiveError:
            connection.close()
            raise
        self._connection = connection

    def close(self) -> None:
        """Close the file; what was committed is on the disk."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def delete(self) -> None:
        """Close the file and remove it with all that SQLite keeps beside it."""
        self.close()
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Give the connection inside one transaction: all of it happens, or nothing.

        Raises ArchiveError if SQLite fails or the archive is closed.
        """
        with self._lock:
            if (connection := self._connection) is None:
                raise ArchiveError("closed")
            try:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    # SQLite has rolled back by itself after some errors, a full disk among them.
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise ArchiveError(_reason(error)) from error

    def store(self, samples: Sequence[Sample], now: int) -> Stored:
        """Store a reading: samples in order of time, one for each second, as `one_per_second` gives them.

        A sample that is there already changes nothing; another value for its time replaces it. Samples
        later than `now` are held back: they are read again when their time has come.
        """
        present = bisect_left(samples, (now + 1,))
        held_back = len(samples) - present
        with self.transaction() as connection:
            too_old = bisect_left(samples, (_fact(connection, "kept_from"),))
            samples = samples[too_old:present]
            if not samples:
                return Stored(held_back=held_back, too_old=too_old)
            first, last = samples[0][0], samples[-1][0]
            version = _fact(connection, "version") + 1
            count = "SELECT count(*) FROM samples WHERE time BETWEEN ? AND ?"
            (before,) = connection.execute(count, (first, last)).fetchone()
            written = connection.executemany(
                f"INSERT INTO samples VALUES (?, ?, {version}) ON CONFLICT (time)"
                " DO UPDATE SET bpm = excluded.bpm, version = excluded.version WHERE bpm <> excluded.bpm",
                samples,
            ).rowcount
            if written == 0:
                return Stored(held_back=held_back, too_old=too_old)
            (after,) = connection.execute(count, (first, last)).fetchone()
            connection.execute("INSERT OR REPLACE INTO facts VALUES ('version', ?)", (version,))
            connection.execute(
                "INSERT OR REPLACE INTO hours"
                " SELECT time / 3600 * 3600, count(*), sum(bpm), min(bpm), max(bpm) FROM samples"
                " WHERE time >= ? AND time < ? GROUP BY time / 3600",
                (first // HOUR * HOUR, (last // HOUR + 1) * HOUR),
            )
            connection.execute(
                "INSERT INTO outbox (destination, time, version, arrived)"
                " SELECT destination, time, version, ? FROM samples JOIN coverage"
                " ON time >= start AND time < end WHERE time BETWEEN ? AND ? AND version = ?"
                " ON CONFLICT DO UPDATE SET version = excluded.version",
                (now, first, last, version),
            )
            connection.execute(
                "DELETE FROM quarantine WHERE time BETWEEN ? AND ? AND EXISTS (SELECT 1 FROM outbox"
                " WHERE outbox.destination = quarantine.destination AND outbox.time = quarantine.time)",
                (first, last),
            )
        added = after - before
        return Stored(added=added, changed=written - added, held_back=held_back, too_old=too_old)

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
            return _fact(connection, "version")

    def count(self) -> int:
        """Return the number of samples."""
        with self.transaction() as connection:
            (count,) = connection.execute("SELECT count(*) FROM samples").fetchone()
        return int(count)

    def store_day(self, summary: DaySummary) -> None:
        """Keep the summary of a day in place of what was known of that day."""
        with self.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO days VALUES (?, ?)",
                (summary.day.isoformat(), json.dumps(asdict(summary), default=date.isoformat)),
            )

    def last_day(self, until: date) -> DaySummary | None:
        """Return the newest kept summary of a day not after `until`."""
        with self.transaction() as connection:
            row = connection.execute(
                "SELECT summary FROM days WHERE day <= ? ORDER BY day DESC LIMIT 1", (until.isoformat(),)
            ).fetchone()
        return _DAY_SUMMARY.decode(row[0]) if row else None

    def remember(self, name: str, value: str | int | None) -> None:
        """Keep a fact about the account under a name; None forgets it."""
        with self.transaction() as connection:
            if value is None:
                connection.execute("DELETE FROM facts WHERE name = ?", (name,))
            else:
                connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def recall(self, name: str) -> Any:
        """Return the fact kept under a name, or None."""
        with self.transaction() as connection:
            row = connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def prune(self, before: int) -> int:
        """Drop the samples before a time, except those still waiting to be delivered; return how many.

        Their hours stay. From then on samples before that time are refused, so that nothing which was
        delivered and dropped can come back as new.
        """
        with self.transaction() as connection:
            kept_from = max(before // HOUR * HOUR, _fact(connection, "kept_from"))
            connection.execute("INSERT OR REPLACE INTO facts VALUES ('kept_from', ?)", (kept_from,))
            return connection.execute(
                "DELETE FROM samples WHERE time < ? AND time NOT IN (SELECT time FROM outbox WHERE time < ?)",
                (kept_from, kept_from),
            ).rowcount

    def pause_checkpoints(self) -> None:
        """Bring the main file up to date, then leave it alone until `resume_checkpoints`.

        A copy of the main file that is made in between is a consistent one, while writing goes on beside it.
        """
        self._pragma("wal_checkpoint(TRUNCATE)", "wal_autocheckpoint = 0")

    def resume_checkpoints(self) -> None:
        """Let SQLite move what was written into the main file again (1000 pages is its own default)."""
        self._pragma("wal_autocheckpoint = 1000")

    def _pragma(self, *pragmas: str) -> None:
        with self._lock:
            if self._connection is None:
                raise ArchiveError("closed")
            try:
                for pragma in pragmas:
                    self._connection.execute(f"PRAGMA {pragma}").fetchall()
            except sqlite3.Error as error:
                raise ArchiveError(_reason(error)) from error


def _fact(connection: sqlite3.Connection, name: str) -> int:
    row = connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return int(row[0]) if row else 0


def _reason(error: Exception) -> str:
    """Name an error without its message, which may quote a path or a value."""
    return getattr(error, "sqlite_errorname", type(error).__name__)
