"""The outbox: the beats that each destination has yet to receive, kept in the archive's own file.

A destination covers intervals. A sample enters the outbox in the transaction that stores it (the
transactional outbox pattern), or when an interval that holds it is covered later; nothing else is sent.
A row leaves when its batch was accepted, unless its value has changed meanwhile: then the new value is still
pending. A beat that has waited for too long is given up and counted. From then on it is treated
like a delivered one: it may have arrived, if only its answer was lost, so only a person has it sent again.

This module owns the tables `destinations`, `coverage`, `outbox`, `batches`, `quarantine`, `delivered` and
`delivered_hours`. The view `all_delivered` alone defines a delivered beat. Intervals are half-open, times are
UNIX seconds.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from sqlite3 import Connection
import uuid

from ..heart_rate.clock import DAY, FOREVER, HOUR
from ..heart_rate.sample import Sample
from .database import Database
from .rows import NUMBER_MAX, checked_samples, objects

# Seconds after its arrival at which a beat is given up, and at which a warning of that is shown. The warning
# stands for at least WARNING_MIN seconds first: a clock that jumps ahead must not cost a beat.
GIVE_UP_AFTER = 30 * DAY
WARN_AFTER = 24 * DAY
WARNING_MIN = DAY

# The tables with rows of a destination, and the types of their other columns.
TABLES = {
    "coverage": {"start": "integer", "end": "integer"},
    "outbox": {"time": "integer", "version": "integer", "arrived": "integer"},
    "batches": {"key": "text", "body": "blob", "count": "integer", "first": "integer", "last": "integer"},
    "quarantine": {"time": "integer", "bpm": "integer", "version": "integer", "arrived": "integer"},
    "delivered": {"time": "integer", "bpm": "integer"},
    "delivered_hours": {"hour": "integer"},
}


@dataclass(frozen=True, slots=True)
class Batch:
    """The exact body in flight, kept before it is posted, with the key that every try of it carries.

    `first` and `last` are the times of its oldest and newest beat.
    """

    key: str
    body: bytes
    count: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class OutboxState:
    """The state of a destination, in numbers of beats and UNIX seconds.

    A `held` destination gets nothing until a person has chosen its coverage. At `expires` the oldest beats
    are given up. `withdrawn` counts the delivered beats whose samples the source deleted later.
    """

    automatic: bool = False
    pending: int = 0
    oldest_pending: int | None = None
    delivered: int = 0
    last_delivery: int | None = None
    quarantined: int = 0
    held: bool = False
    given_up: int = 0
    expires: int | None = None
    withdrawn: int = 0


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A beat that the destination refused: its time and value, and the reason."""

    time: int
    bpm: int
    reason: str


_NOT_AS_DELIVERED = (
    "NOT EXISTS (SELECT 1 FROM delivered WHERE delivered.time = samples.time"
    " AND delivered.destination = coverage.destination AND delivered.bpm = samples.bpm)"
)


def add_stored(connection: Connection, first: int, last: int, version: int, now: int) -> None:
    """Add the samples of one version between `first` and `last`, both included, to the outboxes.

    Each becomes pending for every destination that covers it, unless the same value was delivered to that
    destination already, or beats of the same hour were delivered to it before the hour was purged, and this
    one neither waits nor is quarantined.
    """
    times = (first, last)
    remembered = connection.execute("SELECT 1 FROM delivered WHERE time BETWEEN ? AND ?", times).fetchone()
    connection.execute(
        "INSERT INTO outbox (destination, time, version, arrived)"
        # CROSS, so that SQLite begins with this reading's samples and not with all of them.
        " SELECT destination, time, version, ? FROM samples CROSS JOIN coverage"
        " ON time >= start AND time < end WHERE time BETWEEN ? AND ? AND version = ?"
        f" AND {_NOT_AS_DELIVERED if remembered else 'TRUE'}"
        " AND (NOT EXISTS (SELECT 1 FROM delivered_hours JOIN purged"
        " ON time >= purged.start AND time < purged.end"
        f" WHERE delivered_hours.destination = coverage.destination AND hour = time / {HOUR} * {HOUR})"
        " OR EXISTS (SELECT 1 FROM outbox"
        " WHERE outbox.destination = coverage.destination AND outbox.time = samples.time)"
        " OR EXISTS (SELECT 1 FROM quarantine"
        " WHERE quarantine.destination = coverage.destination AND quarantine.time = samples.time))"
        " ON CONFLICT DO UPDATE SET version = excluded.version, arrived = excluded.arrived",
        (now, *times, version),
    )
    connection.execute(
        "DELETE FROM quarantine WHERE time BETWEEN ? AND ? AND EXISTS (SELECT 1 FROM outbox"
        " WHERE outbox.destination = quarantine.destination AND outbox.time = quarantine.time)",
        times,
    )
    if remembered:
        _take_back(connection, first, last)


def _take_back(connection: Connection, first: int, last: int) -> None:
    """Let a delivered value that is back stand as delivered, whatever waited in its place."""
    connection.execute(
        "DELETE FROM outbox WHERE (destination, time) IN (SELECT delivered.destination, delivered.time"
        " FROM delivered JOIN samples USING (time, bpm) WHERE delivered.time BETWEEN ? AND ?)",
        (first, last),
    )
    connection.execute(
        "DELETE FROM delivered WHERE time BETWEEN ? AND ? AND EXISTS (SELECT 1 FROM samples"
        " WHERE samples.time = delivered.time AND samples.bpm = delivered.bpm)",
        (first, last),
    )


def keep_delivered(connection: Connection, start: int, end: int) -> None:
    """Keep the delivered beats of an interval as hours, before the interval is purged."""
    connection.execute(
        f"INSERT OR IGNORE INTO delivered_hours SELECT DISTINCT destination, time / {HOUR} * {HOUR}"
        " FROM all_delivered WHERE time >= ? AND time < ?",
        (start, end),
    )
    connection.execute("DELETE FROM delivered WHERE time >= ? AND time < ?", (start, end))


def withdraw(connection: Connection, times: Iterable[int]) -> None:
    """Remove the beats of samples that the source has deleted; delivered ones are counted and remembered."""
    rows = [(time,) for time in times]
    connection.executemany(
        "UPDATE destinations SET withdrawn = withdrawn + 1"
        " WHERE id IN (SELECT destination FROM all_delivered WHERE time = ?)",
        rows,
    )
    connection.executemany(
        "INSERT INTO delivered (destination, time, bpm)"
        " SELECT destination, time, bpm FROM all_delivered WHERE time = ? ON CONFLICT DO NOTHING",
        rows,
    )
    for table in ("outbox", "quarantine"):
        connection.executemany(f"DELETE FROM {table} WHERE time = ?", rows)


def in_flight(connection: Connection, start: int, end: int) -> set[int]:
    """Return the times of an interval whose beats are in a batch in flight."""
    rows = connection.execute(
        "SELECT time FROM outbox WHERE time >= ? AND time < ? AND in_flight IS NOT NULL", (start, end)
    )
    return {time for (time,) in rows}


def purge(connection: Connection, start: int, end: int) -> int:
    """Remove the pending and quarantined beats of an interval; return their number.

    A batch in flight that holds any of them is taken out of flight.
    """
    interval = (start, end)
    flying = connection.execute(
        "SELECT DISTINCT destination FROM outbox WHERE time >= ? AND time < ? AND in_flight IS NOT NULL",
        interval,
    ).fetchall()
    connection.executemany("DELETE FROM batches WHERE destination = ?", flying)
    connection.executemany("UPDATE outbox SET in_flight = NULL WHERE destination = ?", flying)
    return sum(
        connection.execute(f"DELETE FROM {table} WHERE time >= ? AND time < ?", interval).rowcount
        for table in ("outbox", "quarantine")
    )


def forget_destinations(archive: Database, *, but: Iterable[str]) -> None:
    """Forget every destination but those named, with everything that waits for it."""
    with archive.writing() as connection:
        known = {row[0] for row in connection.execute("SELECT id FROM destinations")}
        for removed in known.difference(but):
            connection.execute("DELETE FROM destinations WHERE id = ?", (removed,))
            for table in TABLES:
                connection.execute(f"DELETE FROM {table} WHERE destination = ?", (removed,))


def mend(connection: Connection, *, hold_all: bool) -> int:
    """Hold the destinations with damaged rows, or all of them; return the number of damaged rows.

    A held destination keeps its counters only: a person chooses what it covers, as after a lost archive.
    """
    damaged = _mend_destinations(connection)
    held: set[str] = set()
    known = {name for (name,) in connection.execute("SELECT id FROM destinations")}
    for table, columns in TABLES.items():
        is_sound = " AND ".join(f"typeof({column}) = '{kind}'" for column, kind in columns.items())
        rows = connection.execute(
            f"SELECT CAST(destination AS BLOB), count(*) FROM {table} WHERE NOT ({is_sound})"
            " OR destination NOT IN (SELECT id FROM destinations) GROUP BY 1"
        ).fetchall()
        for destination, count in rows:
            damaged += count
            name = bytes(destination or b"").decode(errors="replace")
            # Nobody knows whose row it was.
            held |= {name} if name in known else known
        connection.execute(f"DELETE FROM {table} WHERE destination NOT IN (SELECT id FROM destinations)")
    for destination in known if hold_all else held:
        _hold(connection, destination)
    for (destination,) in connection.execute(
        "SELECT id FROM destinations WHERE NOT held AND id NOT IN (SELECT destination FROM coverage)"
    ).fetchall():
        damaged += 1
        _hold(connection, destination)
    # Their samples were damaged; read again, they wait again.
    damaged += connection.execute("DELETE FROM outbox WHERE time NOT IN (SELECT time FROM samples)").rowcount
    return damaged


def _mend_destinations(connection: Connection) -> int:
    """Set damaged counters to nothing and hold their destinations; return the number of damaged rows."""
    rows = connection.execute("SELECT rowid, CAST(id AS BLOB) FROM destinations").fetchall()
    unreadable = [
        (rowid,) for rowid, name in rows if name is None or name.decode(errors="replace").encode() != name
    ]
    connection.executemany("DELETE FROM destinations WHERE rowid = ?", unreadable)
    counters = ("delivered", "given_up", "withdrawn")
    is_sound = " AND ".join(
        [
            *(f"typeof({name}) = 'integer' AND {name} BETWEEN 0 AND {NUMBER_MAX}" for name in counters),
            *(f"{name} IN (0, 1)" for name in ("automatic", "held")),
            *(
                f"({name} IS NULL OR typeof({name}) = 'integer' AND {name} BETWEEN 0 AND {NUMBER_MAX})"
                for name in ("last_delivery", "expires")
            ),
        ]
    )
    damaged = connection.execute(
        f"SELECT id FROM destinations WHERE typeof(id) = 'text' AND NOT ({is_sound})"
    ).fetchall()
    for (destination,) in damaged:
        connection.execute(
            "UPDATE destinations SET automatic = 0, delivered = 0, given_up = 0, withdrawn = 0,"
            " last_delivery = NULL WHERE id = ?",
            (destination,),
        )
        _hold(connection, destination)
    return len(unreadable) + len(damaged)


def _hold(connection: Connection, destination: str) -> None:
    for table in TABLES:
        connection.execute(f"DELETE FROM {table} WHERE destination = ?", (destination,))
    connection.execute("UPDATE destinations SET held = 1, expires = NULL WHERE id = ?", (destination,))


class Outbox:
    """The outbox of one destination. Its methods block on the disk, as the archive's do."""

    def __init__(self, archive: Database, destination: str) -> None:
        self._archive = archive
        self._destination = destination

    def create(self, *, start: int, automatic: bool, now: int, held: bool = False) -> None:
        """Make the destination known, covering everything from `start` on, unless it is known already.

        A `held` one covers nothing until `begin`.
        """
        with self._archive.writing() as connection:
            added = connection.execute(
                "INSERT OR IGNORE INTO destinations (id, automatic, held) VALUES (?, ?, ?)",
                (self._destination, automatic, held),
            ).rowcount
            if (
                added
                and connection.execute(
                    "SELECT 1 FROM coverage WHERE destination = ?", (self._destination,)
                ).fetchone()
            ):
                _hold(connection, self._destination)  # its own row was lost
            elif added and not held:
                self._cover(connection, start, FOREVER, now)

    def begin(self, start: int, now: int) -> None:
        """Hold the destination no longer: it covers everything from `start` on."""
        with self._archive.writing() as connection:
            connection.execute("UPDATE destinations SET held = FALSE WHERE id = ?", (self._destination,))
            self._cover(connection, start, FOREVER, now)

    def set_automatic(self, automatic: bool) -> None:
        """Switch forwarding without being asked on or off."""
        with self._archive.writing() as connection:
            connection.execute(
                "UPDATE destinations SET automatic = ? WHERE id = ?", (automatic, self._destination)
            )

    def cover(self, start: int, end: int, now: int, *, resend: bool = False) -> int:
        """Cover an interval as well; return the number of beats that became pending by it.

        Beats covered before are not sent again, unless with `resend`.
        """
        with self._archive.writing() as connection:
            return self._cover(connection, start, end, now, resend=resend)

    def next_batch(self, limit: int, encode: Callable[[Sequence[Sample]], bytes], now: int) -> Batch | None:
        """Return the batch in flight, or make one of the oldest pending beats; None if nothing is pending.

        The body and this attempt to post it are on the disk before this returns: after a crash the same bytes
        are sent again, and without room on the disk nothing is sent.
        """
        with self._archive.writing() as connection:
            in_flight = connection.execute(
                "SELECT key, body, count, first, last FROM batches WHERE destination = ?",
                (self._destination,),
            )
            for batch in objects(in_flight, Batch):
                connection.execute(
                    "UPDATE batches SET attempted_at = ? WHERE destination = ?",
                    (now, self._destination),
                )
                return batch
            return self._make_batch(connection, limit, encode, now)

    def _make_batch(
        self, connection: Connection, limit: int, encode: Callable[[Sequence[Sample]], bytes], now: int
    ) -> Batch | None:
        samples: list[Sample] = connection.execute(
            "SELECT time, bpm FROM outbox JOIN samples USING (time)"
            " WHERE destination = ? ORDER BY time LIMIT ?",
            (self._destination, limit),
        ).fetchall()
        if not checked_samples(samples):
            return None
        batch = Batch(uuid.uuid4().hex, encode(samples), len(samples), samples[0][0], samples[-1][0])
        connection.execute(
            "UPDATE outbox SET in_flight = version WHERE destination = ? AND time BETWEEN ? AND ?",
            (self._destination, batch.first, batch.last),
        )
        # From the first attempt on, nobody knows whether the destination has the old or the new value.
        connection.execute(
            "DELETE FROM delivered WHERE time BETWEEN ?2 AND ?3 AND destination = ?1"
            " AND EXISTS (SELECT 1 FROM outbox WHERE destination = ?1 AND outbox.time = delivered.time)",
            (self._destination, batch.first, batch.last),
        )
        connection.execute(
            "INSERT INTO batches (destination, key, body, count, first, last, attempted_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (self._destination, batch.key, batch.body, batch.count, batch.first, batch.last, now),
        )
        return batch

    def is_in_flight(self, batch: Batch) -> bool:
        """Return whether a batch is in flight still: a purge can have taken it out."""
        with self._archive.reading() as connection:
            row = connection.execute("SELECT key FROM batches WHERE destination = ?", (self._destination,))
            return bool(row.fetchone() == (batch.key,))

    def accepted(self, batch: Batch, now: int, given_up: int = 0) -> None:
        """Count a batch as delivered: its beats leave, except those whose value has changed since.

        So many of them are counted as given up instead: the destination never takes them.
        """
        with self._archive.writing() as connection:
            connection.execute(
                "UPDATE destinations SET delivered = delivered + ?1,"
                " last_delivery = iif(?1, ?2, last_delivery) WHERE id = ?3",
                (batch.count - given_up, now, self._destination),
            )
            self._give_up(connection, given_up)
            self._land(connection, batch)

    def split(self, batch: Batch) -> None:
        """Take a batch out of flight undelivered, so that the next one can be cut smaller."""
        with self._archive.writing() as connection:
            connection.execute(
                "UPDATE outbox SET in_flight = NULL WHERE destination = ? AND time BETWEEN ? AND ?",
                (self._destination, batch.first, batch.last),
            )
            self._land(connection, batch)

    def quarantine(self, batch: Batch, reason: str) -> None:
        """Quarantine the beats of a batch: the destination refuses them for this reason."""
        with self._archive.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO quarantine"
                " SELECT destination, time, bpm, outbox.version, arrived, ?"
                " FROM outbox JOIN samples USING (time)"
                " WHERE destination = ? AND time BETWEEN ? AND ? AND in_flight = outbox.version",
                (reason, self._destination, batch.first, batch.last),
            )
            self._land(connection, batch)

    def quarantined(self, start: int = 0, end: int = FOREVER) -> list[Quarantined]:
        """Return the quarantined beats of an interval, oldest first."""
        with self._archive.reading() as connection:
            rows = connection.execute(
                "SELECT time, bpm, reason FROM quarantine"
                " WHERE destination = ? AND time >= ? AND time < ? ORDER BY time",
                (self._destination, start, end),
            )
            return [*objects(rows, Quarantined)]

    def release(self, start: int = 0, end: int = FOREVER) -> int:
        """Let the quarantined beats of an interval wait for delivery again; return their number."""
        with self._archive.writing() as connection:
            released = connection.execute(
                "INSERT OR IGNORE INTO outbox (destination, time, version, arrived)"
                " SELECT destination, time, samples.version, arrived"
                " FROM quarantine JOIN samples USING (time)"
                " WHERE destination = ? AND time >= ? AND time < ?",
                (self._destination, start, end),
            ).rowcount
            self._leave_quarantine(connection)
        return released

    def drop(self, start: int = 0, end: int = FOREVER) -> int:
        """Give up the quarantined beats of an interval; return their number."""
        with self._archive.writing() as connection:
            return self._give_up(
                connection,
                connection.execute(
                    "DELETE FROM quarantine WHERE destination = ? AND time >= ? AND time < ?",
                    (self._destination, start, end),
                ).rowcount,
            )

    def expire(self, now: int) -> None:
        """Give up the beats that have waited too long, and note when the next ones will be given up.

        There must be no request under way. A batch in flight is given up as a whole: it may have been
        delivered and only its answer lost. Beats that arrived while the clock was ahead wait longer.
        """
        with self._archive.writing() as connection:
            (noted,) = connection.execute(
                "SELECT max(expires) FROM destinations WHERE id = ?", (self._destination,)
            ).fetchone()
            oldest = self._oldest_arrival(connection)
            expires = _expires(oldest, noted, now)
            if expires is not None and expires <= now:
                self._give_up_before(connection, now - GIVE_UP_AFTER)
                expires = _expires(self._oldest_arrival(connection), expires, now)
            connection.execute(
                "UPDATE destinations SET expires = ? WHERE id = ?", (expires, self._destination)
            )

    def state(self) -> OutboxState:
        """Return the destination's state."""
        with self._archive.reading() as connection:
            rows = connection.execute(
                "SELECT automatic,"
                " (SELECT count(*) FROM outbox WHERE destination = id) AS pending,"
                " (SELECT min(time) FROM outbox WHERE destination = id) AS oldest_pending,"
                " delivered, last_delivery,"
                " (SELECT count(*) FROM quarantine WHERE destination = id) AS quarantined,"
                " held, given_up, expires, withdrawn"
                " FROM destinations WHERE id = ?",
                (self._destination,),
            )
            state = next(objects(rows, OutboxState), OutboxState())
        # SQLite keeps truth values as 0 and 1.
        return replace(state, automatic=bool(state.automatic), held=bool(state.held))

    def _cover(self, connection: Connection, start: int, end: int, now: int, *, resend: bool = False) -> int:
        covered: list[tuple[int, int]] = connection.execute(
            "DELETE FROM coverage WHERE destination = ? AND start <= ? AND end >= ? RETURNING start, end",
            (self._destination, end, start),
        ).fetchall()
        if resend:
            connection.execute(
                "DELETE FROM delivered WHERE destination = ?1 AND time >= ?2 AND time < ?3"
                " AND EXISTS (SELECT 1 FROM samples WHERE samples.time = delivered.time)",
                (self._destination, start, end),
            )
        added = 0
        for gap_start, gap_end in [(start, end)] if resend else _gaps(start, end, covered):
            added += connection.execute(
                "INSERT INTO outbox (destination, time, version, arrived) SELECT ?, time, version, ?"
                " FROM samples WHERE time >= ? AND time < ? ON CONFLICT DO NOTHING",
                (self._destination, now, gap_start, gap_end),
            ).rowcount
        connection.execute(
            "INSERT INTO coverage VALUES (?, ?, ?)",
            (
                self._destination,
                min([start, *(known_start for known_start, _ in covered)]),
                max([end, *(known_end for _, known_end in covered)]),
            ),
        )
        self._leave_quarantine(connection)
        return added

    def _land(self, connection: Connection, batch: Batch) -> None:
        """Take a batch out of flight; its beats leave the outbox, except those whose value has changed."""
        connection.execute(
            "DELETE FROM outbox WHERE destination = ? AND time BETWEEN ? AND ? AND in_flight = version",
            (self._destination, batch.first, batch.last),
        )
        connection.execute(
            "UPDATE outbox SET in_flight = NULL WHERE destination = ? AND time BETWEEN ? AND ?",
            (self._destination, batch.first, batch.last),
        )
        connection.execute("DELETE FROM batches WHERE destination = ?", (self._destination,))

    def _oldest_arrival(self, connection: Connection) -> int | None:
        (oldest,) = connection.execute(
            "SELECT min(arrived) FROM (SELECT arrived FROM outbox WHERE destination = ?1"
            " UNION ALL SELECT arrived FROM quarantine WHERE destination = ?1)",
            (self._destination,),
        ).fetchone()
        found: int | None = oldest
        return found

    def _give_up_before(self, connection: Connection, arrived: int) -> None:
        """Give up the beats that arrived by a moment; a batch in flight only when all of it did."""
        due = (self._destination, arrived)
        flying = "destination = ?1 AND in_flight = version"
        young = f"SELECT 1 FROM outbox WHERE {flying} AND arrived > ?2"
        given_up = 0
        if not connection.execute(young, due).fetchone():
            given_up += connection.execute(f"DELETE FROM outbox WHERE {flying}", due[:1]).rowcount
            connection.execute("UPDATE outbox SET in_flight = NULL WHERE destination = ?", due[:1])
            connection.execute("DELETE FROM batches WHERE destination = ?", due[:1])
        for table, condition in (("outbox", "in_flight IS NULL"), ("quarantine", "TRUE")):
            given_up += connection.execute(
                f"DELETE FROM {table} WHERE destination = ? AND arrived <= ? AND {condition}", due
            ).rowcount
        self._give_up(connection, given_up)

    def _give_up(self, connection: Connection, count: int) -> int:
        connection.execute(
            "UPDATE destinations SET given_up = given_up + ? WHERE id = ?", (count, self._destination)
        )
        return count

    def _leave_quarantine(self, connection: Connection) -> None:
        """Remove from the quarantine the beats that wait for delivery again."""
        connection.execute(
            "DELETE FROM quarantine WHERE destination = ?1"
            " AND time IN (SELECT time FROM outbox WHERE destination = ?1 AND outbox.time = quarantine.time)",
            (self._destination,),
        )


def _expires(oldest: int | None, noted: int | None, now: int) -> int | None:
    """Return the time at which the oldest beats are given up, or None while no warning is due.

    `oldest` is the earliest arrival of a waiting beat, `noted` the time that the present warning names.
    """
    if oldest is None or oldest > now - WARN_AFTER:
        return None
    warned_until = now + WARNING_MIN if noted is None else min(noted, now + GIVE_UP_AFTER - WARN_AFTER)
    return max(oldest + GIVE_UP_AFTER, warned_until)


def _gaps(start: int, end: int, covered: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the parts of [start, end) that lie in none of the covered intervals."""
    for known_start, known_end in sorted(covered):
        if start < known_start:
            yield start, known_start
        start = max(start, known_end)
    if start < end:
        yield start, end
