"""The file of an archive: its connections and transactions, its damage, and its copy by a backup.

There is one connection that writes and one that only reads, each behind a lock of its own: a read takes no
write lock, and does not wait while a writer waits for another program. Every method blocks on the disk: call
them from a worker thread.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path
import sqlite3
from sqlite3 import Connection
from threading import RLock, get_ident
from typing import Final

from .facts import REVISION, Fact
from .rows import DamagedRowsError
from .schema import MIGRATIONS, SCHEMA, SCHEMA_VERSION

# Set in a new archive until an account has begun to use it.
FRESH: Final = Fact("fresh", int)

# Another program may hold the file for a moment, such as one that copies it.
BUSY_TIMEOUT: Final = 3.0
# Beyond this the write-ahead log is cut back once its content is in the main file.
LOG_SIZE_MAX: Final = 16 * 2**20
# Pages in the log after which SQLite moves them into the main file by itself: its own default.
AUTOCHECKPOINT: Final = 1000
# A reader can keep the log from being emptied, for as long as it reads.
EMPTY_LOG_TRIES: Final = 5
# No release ever gets there: such a number is damage, not the work of a newer release.
SCHEMA_VERSION_MAX: Final = 1000

# The place of the byte in the header that says how the file is to be written; 2 is a write-ahead log.
WRITE_VERSION: Final = 18
WRITE_VERSION_MAX: Final = 2

# The files that a backup is copying: connections to them must not write to the main file.
_protected: Final[set[Path]] = set()


class ArchiveError(Exception):
    """The archive's file cannot be used; `args[0]` is SQLite's short reason, never data."""


class ArchiveTooNewError(ArchiveError):
    """The file was written by a newer release of the integration; it is left untouched."""


class ArchiveDamagedError(ArchiveError):
    """The file is damaged. It was set aside, and the next `open` creates a fresh one."""


class ArchiveMendedError(ArchiveError):
    """Damaged rows were found; they are dropped, and the same works now."""


class ArchiveReplacedError(ArchiveDamagedError):
    """The file was deleted or replaced while it was open. The next `open` uses the file at the path."""


def protect(folder: Path) -> None:
    """Keep the main files of all archives in a folder as they are until `unprotect`, whoever opens them."""
    _protected.update(folder.glob("*.db"))


def unprotect() -> None:
    """Let archives change their main files again, from the next opening or `resume_checkpoints` on."""
    _protected.clear()


class Database:
    """One account's SQLite file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # Lock order: a thread that needs both takes the write lock first.
        self._write_lock = RLock()
        self._read_lock = RLock()
        self._writer: Connection | None = None
        self._reader: Connection | None = None
        self._is_damaged = self._is_mending = False
        self._reading_thread: int | None = None
        self._identity: tuple[int, int] | None = None

    @property
    def path(self) -> Path:
        """The path of the file."""
        return self._path

    @property
    def set_aside(self) -> Path:
        """The path that a damaged file is moved to."""
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
        try:
            with self._damage_set_aside(), self._write_lock, self._read_lock, _damage_of_schema():
                self._path.parent.mkdir(parents=True, exist_ok=True)
                # Readable by the owner alone, as are the files that SQLite puts beside it.
                self._path.touch(mode=0o600)
                was_left_open = self._path.with_name(self._path.name + "-wal").exists()
                self._writer, self._is_damaged = self._connect(), False
                _check_header(self._path)
                _prepare(self._writer, was_left_open)
                self._reader = self._connect()
                self._reader.execute("PRAGMA query_only = ON")
                self._identity = self._identify()
        except ArchiveError:
            self.close()
            raise

    def _connect(self) -> Connection:
        connection = sqlite3.connect(
            self._path, check_same_thread=False, autocommit=True, timeout=BUSY_TIMEOUT
        )
        # SQLite quotes a text that is not UTF-8 in its error; a damaged value is its reader's to leave out.
        connection.text_factory = lambda text: text.decode(errors="replace")
        if self._path in _protected:
            _keep_main_file(connection, True)
        return connection

    def _identify(self) -> tuple[int, int] | None:
        """Return the identity of the file at the path, or None where there is none."""
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return None
        return status.st_dev, status.st_ino

    def close(self) -> None:
        """Close the file; everything that was committed is on the disk."""
        with self._write_lock, self._read_lock:
            # The last connection that closes moves the log into the main file.
            for connection in self._connections():
                connection.close()
            self._reader = self._writer = None

    def _connections(self) -> list[Connection]:
        return [connection for connection in (self._reader, self._writer) if connection is not None]

    def delete(self) -> None:
        """Close the file and remove it with all files that were ever kept beside it."""
        self.close()
        for suffix in ("", "-wal", "-shm", ".damaged"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give the writing connection inside one transaction: all of it happens, or nothing.

        Raises ArchiveError if SQLite fails or the archive is closed, ArchiveDamagedError if that is because
        the file is damaged: it is closed and set aside then.
        """
        with self._exclusive() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                changes = connection.total_changes
                yield connection
                if connection.total_changes != changes:
                    REVISION.rise(connection)
                connection.execute("COMMIT")
            except BaseException:
                # SQLite has rolled back by itself after some errors, a full disk among them.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give the reading connection inside one transaction: all reads in the block see the same state.

        Blocks can be nested, so the methods of an archive share the transaction of the block they are called
        in. Raises the errors of `writing`.
        """
        if self._reading_thread == get_ident():
            # The outer block handles damage: it holds the lock, and the file is closed without it.
            with _sqlite_errors():
                yield self._opened(self._reader)
            return
        with self._damage_set_aside(), self._read_lock, _sqlite_errors():
            connection = self._opened(self._reader)
            connection.execute("BEGIN")
            self._reading_thread = get_ident()
            try:
                yield connection
            finally:
                self._reading_thread = None
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def recall[T](self, fact: Fact[T]) -> T | None:
        """Return the value of a fact, or None where none is kept."""
        with self.reading() as connection:
            return fact.get(connection)

    def remember[T](self, fact: Fact[T], value: T | None) -> None:
        """Keep the value of a fact; None removes it."""
        with self.writing() as connection:
            fact.set(connection, value)

    def size(self) -> int:
        """Return the bytes that the archive takes up on the disk."""
        files = (self._path, self._path.with_name(self._path.name + "-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def pause_checkpoints(self) -> None:
        """Bring the main file up to date, then leave it alone until `resume_checkpoints`.

        A copy of the main file that is made in between is a consistent one, while writing goes on beside it.
        """
        with self._exclusive() as connection:
            _empty_log(connection)
            _protected.add(self._path)
            for one in self._connections():
                _keep_main_file(one, True)

    def resume_checkpoints(self) -> None:
        """Let SQLite move the log into the main file again."""
        _protected.discard(self._path)
        with self._exclusive():
            for connection in self._connections():
                _keep_main_file(connection, False)

    def _shrink(self) -> None:
        """Write over deleted rows, which the disk holds until then; without room for that, do nothing."""
        with suppress(ArchiveError), self._exclusive() as connection:
            self.set_aside.unlink(missing_ok=True)
            connection.execute("VACUUM")
            # While a backup copies the main file, that has to stay as it is.
            if self._path not in _protected:
                _empty_log(connection)

    @contextmanager
    def _exclusive(self) -> Iterator[Connection]:
        """Give the writing connection outside of a transaction."""
        with self._damage_set_aside(), self._write_lock, _sqlite_errors():
            yield self._opened(self._writer)

    def mend(self, connection: Connection) -> int:
        """Drop damaged rows and hold the destinations whose delivery is in doubt; return their number."""
        return 0

    def _mended(self, reason: str) -> ArchiveError:
        """Drop damaged rows; return the error of whoever met them.

        Raises ArchiveDamagedError where rows are not what is damaged.
        """
        with self._write_lock:
            if self._is_mending:
                return ArchiveDamagedError(reason)
            self._is_mending = True
            try:
                with self.writing() as connection:
                    if self.mend(connection):
                        return ArchiveMendedError(reason)
                with self._exclusive() as connection:
                    if connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
                        raise ArchiveDamagedError("integrity_check")
            finally:
                self._is_mending = False
        return ArchiveError(reason)

    def _opened(self, connection: Connection | None) -> Connection:
        if connection is None:
            raise ArchiveDamagedError("set aside") if self._is_damaged else ArchiveError("closed")
        if self._identify() != self._identity:
            raise ArchiveReplacedError("replaced")
        return connection

    @contextmanager
    def _damage_set_aside(self) -> Iterator[None]:
        """Close the file and move it aside when it proves to be damaged; a fresh one can take its place."""
        try:
            yield
        except _SuspiciousError as error:
            raise self._mended(str(error)) from None
        except ArchiveDamagedError as error:
            with self._write_lock, self._read_lock, _sqlite_errors():
                # Reader and writer may both meet the damage: the first one acts.
                if self._connections():
                    self.close()
                    self._is_damaged = True
                    if not isinstance(error, ArchiveReplacedError):
                        self._path.replace(self.set_aside)
                    for suffix in ("-wal", "-shm"):
                        self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
            raise


class _SuspiciousError(ArchiveError):
    """SQLite failed as it does for damaged rows only."""


def _check_header(path: Path) -> None:
    """Raise ArchiveDamagedError for a header that SQLite takes for one of a release to come.

    It would open the file for reading only, for ever.
    """
    with path.open("rb") as file:
        header = file.read(WRITE_VERSION + 1)
    if len(header) > WRITE_VERSION and header[WRITE_VERSION] > WRITE_VERSION_MAX:
        raise ArchiveDamagedError("header")


def _prepare(connection: Connection, was_left_open: bool) -> None:
    """Bring the file to today's schema. Raises ArchiveTooNewError and ArchiveDamagedError."""
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if SCHEMA_VERSION < found < SCHEMA_VERSION_MAX:
        raise ArchiveTooNewError(f"schema {found}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA journal_size_limit = {LOG_SIZE_MAX}")
    # A crash leaves the file whole, but its cause (disk, power) may have damaged it, so it is checked here.
    if was_left_open and connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise ArchiveDamagedError("quick_check")
    steps = [SCHEMA] if found == 0 else [MIGRATIONS[known] for known in range(found, SCHEMA_VERSION)]
    if steps:
        script = "".join(steps)
        connection.executescript(f"BEGIN; {script} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT")
    if found >= SCHEMA_VERSION_MAX or _shape(connection) != _sound_shape():
        raise ArchiveDamagedError("schema")


def _shape(connection: Connection) -> set[tuple[str | None, ...]]:
    """Return the kind, name and columns of all that the schema holds, and the text of views and triggers."""
    return set(
        connection.execute(
            "SELECT schema.type, schema.name, column.name, iif(schema.type = 'table', NULL, schema.sql)"
            " FROM sqlite_schema AS schema LEFT JOIN pragma_table_info(schema.name) AS column"
        )
    )


@cache
def _sound_shape() -> set[tuple[str | None, ...]]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA)
        return _shape(connection)


def _keep_main_file(connection: Connection, wanted: bool) -> None:
    """Stop a connection from moving the log into the main file, or let it do so again."""
    connection.execute(f"PRAGMA wal_autocheckpoint = {0 if wanted else AUTOCHECKPOINT}")
    connection.setconfig(sqlite3.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, wanted)


def _empty_log(connection: Connection) -> None:
    """Move the whole write-ahead log into the main file and cut it to nothing.

    Raises ArchiveError where a reader keeps that from happening for too long.
    """
    for _ in range(EMPTY_LOG_TRIES):
        is_busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not is_busy:
            return
    raise ArchiveError("SQLITE_BUSY")


@contextmanager
def _sqlite_errors() -> Iterator[None]:
    """Raise errors of the disk and of SQLite as our own, by SQLite's short names.

    The messages may quote a path or a value.
    """
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "sqlite_errorname", type(error).__name__)
        # A message can quote a row, and stays in the context of our own error.
        error.args = (reason,)
        # The extended codes, which also have no name each, end with the byte of the plain one.
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        raise _KINDS.get(code, ArchiveError)(reason) from None
    except DamagedRowsError, UnicodeDecodeError:
        raise _SuspiciousError("damaged rows") from None


@contextmanager
def _damage_of_schema() -> Iterator[None]:
    """Raise errors that only damage causes as damage of the file: opening reads no rows."""
    try:
        with _sqlite_errors():
            yield
    except _SuspiciousError as error:
        raise ArchiveDamagedError(str(error)) from None


# The error of our own by SQLite's code.
_KINDS: Final[dict[int, type[ArchiveError]]] = {
    sqlite3.SQLITE_CORRUPT: ArchiveDamagedError,
    sqlite3.SQLITE_NOTADB: ArchiveDamagedError,
    sqlite3.SQLITE_ERROR: _SuspiciousError,
    sqlite3.SQLITE_CONSTRAINT: _SuspiciousError,
    sqlite3.SQLITE_MISMATCH: _SuspiciousError,
}
