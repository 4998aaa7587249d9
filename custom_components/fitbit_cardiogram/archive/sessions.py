"""Sessions: what the source says of each, and its figures, which outlive the samples.

A session keeps the number of the transaction that gave it its present value; the number rises with removals
too. Duplicates are remembered, but shown to nobody. Figures are counted again when samples that they depend
on were stored, changed or deleted: each touched hour carries the version of its samples, so that storing
samples costs nothing more.

The module of each kind owns its table. Intervals are half-open, times are UNIX seconds.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from sqlite3 import Connection
from typing import Any, Final, Literal, Protocol

import msgspec

from ..heart_rate.clock import DAY, FOREVER, HOUR
from ..heart_rate.interval import Interval, Span, Spanning
from . import purged
from .facts import Counter, Fact
from .rows import NUMBER_MAX, DamagedRowsError
from .samples import VERSION

# Seconds after which a second reading without any session is believed.
BELIEVED_AFTER: Final = HOUR
# One that ended more seconds ago is not announced any more, although nothing has announced it yet.
ANNOUNCED_WITHIN: Final = 31 * DAY
# Sessions whose figures are counted in one transaction.
COUNTED_AT_ONCE: Final = 50
# A session that is longer, in seconds, is odd and left out.
LONGEST: Final = 2 * DAY

# The start and the id of a session, by which sessions are in order.
type Place = tuple[int, str]
FIRST: Final[Place] = (-FOREVER, "")

_COLUMNS: Final = "id, start, end, day, session, figures, version, duplicate_of, suspect_since, announced_at"


class Session(Protocol):
    """What sessions of all kinds have."""

    @property
    def id(self) -> str:
        """The id, a hash."""

    @property
    def start(self) -> int:
        """The moment at which it begins."""

    @property
    def end(self) -> int:
        """The moment at which it ends, which is not after the start where it is not known yet."""

    @property
    def day(self) -> date:
        """The civil day that it belongs to."""

    @property
    def created(self) -> int | None:
        """The moment at which the source has got it."""

    def is_final(self, now: int) -> bool:
        """Return whether it is over, and the source has had time to complete it."""


@dataclass(frozen=True, slots=True)
class Kept[S: Session, F]:
    """A session of the archive, its figures once they are counted, and its version.

    `duplicate_of` is the id of the better one that tells of the same. `suspect_since` is the moment of the
    first reading that lacked it, `announced_at` that of its event.
    """

    session: S
    figures: F | None
    version: int
    duplicate_of: str | None = None
    suspect_since: int | None = None
    announced_at: int | None = None

    @property
    def place(self) -> Place:
        """The place of the session among others."""
        return self.session.start, self.session.id


@dataclass(frozen=True)
class SessionKind[S: Session, F]:
    """A kind of sessions, and the ways to its table.

    - `anchor`: the column by whose moment a session belongs to a reading.
    - `announced_from`: the moment of the first reading; what was over and known to the source before it is
      never announced.
    - `announced_and_gone`: the times of sessions that were removed after their announcement.
    - `duplicates` and `overlap`: which of several tell of the same.
    - `basis`: the part of a session that its figures are counted from.
    - `reach`: the interval of the samples that they are counted from.
    - `count`: counts them.
    - `fuller`: of figures before and now, those that lack fewer samples.
    - `stale`: what else makes them stale, as a condition.
    - `at_once`: how many are counted in one transaction.
    """

    table: str
    anchor: Literal["start", "end"]
    session: msgspec.json.Decoder[S]
    figures: msgspec.json.Decoder[F]
    version: Counter
    announced_from: Fact[int]
    announced_and_gone: Fact[list[Span]]
    duplicates: Callable[[Iterable[S]], Mapping[str, str]]
    overlap: Callable[[Spanning, Spanning], bool]
    basis: Callable[[S], object]
    reach: Callable[[int, int], Interval]
    count: Callable[[Connection, S], F]
    fuller: Callable[[F, F], F]
    stale: str = "0"
    at_once: int = COUNTED_AT_ONCE

    def store(
        self,
        connection: Connection,
        read: Iterable[S],
        start: int,
        end: int,
        now: int,
        *,
        even_purged: bool = False,
    ) -> list[S]:
        """Store a complete reading of the sessions of an interval; those that it lacks are removed.

        A reading without any removes them only if one an hour earlier was without any too: a service in
        trouble may well answer with nothing. New sessions in purged intervals are left out, unless
        `even_purged` is set. Returns what changed, as it was and as it is.
        """
        if self.announced_from.get(connection) is None:
            self.announced_from.set(connection, now)
        version = self.version.number(connection) + 1
        condition = f"{self.anchor} >= ? AND {self.anchor} < ?"
        before = {kept.session.id: kept for kept in self.select(connection, condition, start, end)}
        read = [one for one in read if start <= self._anchored(one) < end and one.end - one.start <= LONGEST]
        changed: list[S] = []
        for session in read:
            known = before.get(session.id) or self.find(connection, session.id)
            is_new = known is None and not even_purged
            if is_new and purged.touches(connection, session.start, max(session.end, session.start + 1)):
                continue
            changed += self._put(connection, session, known, version, now)
        lacking = before.keys() - {session.id for session in read}
        gone = [before[key] for key in lacking]
        removed = gone if read else self._believed(connection, gone, now)
        self.remove(connection, removed, version)
        changed += [kept.session for kept in removed]
        first = min([start, *(one.start for one in changed)])
        last = max([end, *(one.end for one in changed)])
        told = self._announced_and_gone(connection, removed, now)
        self._compare(connection, self._around(connection, first, last), told, version, now)
        return changed

    def count_figures(self, connection: Connection, now: int) -> bool:
        """Count the figures of some finished sessions that need it; return whether there may be more."""
        rows = self.select(
            connection,
            f"duplicate_of IS NULL AND end > start AND end <= ? AND ({self._stale}) ORDER BY start DESC",
            now,
        )
        due = [kept for kept in rows if kept.session.is_final(now)]
        for kept in due[: self.at_once]:
            self._count(connection, kept)
        return len(due) > self.at_once

    def recount(self, connection: Connection, start: int, end: int) -> None:
        """Let the figures that depend on an interval be counted again."""
        connection.execute(
            f"UPDATE {self.table} SET counted = NULL WHERE start < ? AND end > ?", self._reaching(start, end)
        )

    def select(self, connection: Connection, condition: str, *values: object) -> list[Kept[S, F]]:
        """Return the sessions that meet a condition. Raises DamagedRowsError."""
        query = f"SELECT {_COLUMNS} FROM {self.table} WHERE {condition}"
        return [
            Kept(self._session(row[4], *row[:4]), row[5] and _decode(self.figures, row[5]), *row[6:])
            for row in connection.execute(query, values).fetchall()
        ]

    def find(self, connection: Connection, key: str) -> Kept[S, F] | None:
        """Return the session with an id, even one that is a duplicate, or None where there is none."""
        return next(iter(self.select(connection, "id = ?", key)), None)

    def note_announced(self, connection: Connection, keys: Iterable[str], now: int) -> None:
        """Mark the sessions with these ids as announced."""
        connection.executemany(
            f"UPDATE {self.table} SET announced_at = ? WHERE id = ? AND announced_at IS NULL",
            [(now, key) for key in keys],
        )

    def purge(self, connection: Connection, start: int, end: int) -> list[S]:
        """Remove the sessions that touch an interval whose samples have been removed already; return them.

        Others whose figures depend on these samples are counted again.
        """
        removed = self.select(connection, *touching(start, end))
        self.remove(connection, removed, self.version.number(connection) + 1)
        told = self.announced_and_gone.get(connection) or ()
        left = [one for one in told if one.end < start or one.start >= end]
        self.announced_and_gone.set(connection, left or None)
        depending = "start < ? AND end > ? AND figures IS NOT NULL"
        for kept in self.select(connection, depending, *self._reaching(start, end)):
            self._count(connection, kept)
        return [kept.session for kept in removed]

    def remove(self, connection: Connection, removed: Iterable[Kept[S, F]], version: int) -> None:
        """Remove sessions, under a version."""
        keys = [(kept.session.id,) for kept in removed]
        connection.executemany(f"DELETE FROM {self.table} WHERE id = ?", keys)
        if keys:
            self.version.set(connection, version)

    def mend(self, connection: Connection) -> int:
        """Remove the sessions that cannot be read, and figures that cannot; return the number of both."""
        texts = ", ".join(f"CAST({name} AS BLOB) AS {name}" for name in ("id", "day", "session", "figures"))
        other = "CAST(duplicate_of AS BLOB) AS duplicate_of"
        numbers = "start, end, version, suspect_since, announced_at, counted"
        cursor = connection.execute(f"SELECT rowid, {texts}, {other}, {numbers} FROM {self.table}")
        names = [name for name, *_ in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        damaged = [row["rowid"] for row in rows if not self._is_session(row)]
        spoilt = [row["rowid"] for row in rows if self._is_session(row) and not self._has_figures(row)]
        connection.executemany(f"DELETE FROM {self.table} WHERE rowid = ?", [(row,) for row in damaged])
        connection.executemany(
            f"UPDATE {self.table} SET figures = NULL, counted = NULL WHERE rowid = ?",
            [(row,) for row in spoilt],
        )
        return len(damaged) + len(spoilt)

    @cached_property
    def _stale(self) -> str:
        """The condition of figures that are lacking, or of other samples than there are now."""
        first, last = self.reach(0, 0)
        return (
            "counted IS NULL OR EXISTS (SELECT 1 FROM hours"
            f" WHERE hour > {self.table}.start + {first - HOUR} AND hour < {self.table}.end + {last}"
            f" AND hours.version > {self.table}.counted) OR ({self.stale})"
        )

    def _reaching(self, start: int, end: int) -> Interval:
        """Return the moments before which a session begins, and after which it ends, to depend on these."""
        first, last = self.reach(0, 0)
        return end - first, start - last

    def _anchored(self, session: S) -> int:
        return session.start if self.anchor == "start" else session.end

    def _around(self, connection: Connection, start: int, end: int) -> list[Kept[S, F]]:
        """Return the sessions that touch an interval, and those that touch these, however far that goes."""
        while True:
            found = self.select(connection, *touching(start, end))
            first = min([start, *(kept.session.start for kept in found)])
            last = max([end, *(kept.session.end for kept in found)])
            if (first, last) == (start, end):
                return found
            start, end = first, last

    def _put(
        self, connection: Connection, session: S, known: Kept[S, F] | None, version: int, now: int
    ) -> list[S]:
        """Insert a session, or update the known one; one that is the same stays as it is.

        Returns what changed, as it was and as it is.
        """
        if known and known.session == session:
            if known.suspect_since is not None:
                connection.execute(
                    f"UPDATE {self.table} SET suspect_since = NULL WHERE id = ?", (session.id,)
                )
            return []
        told_from = self.announced_from.get(connection) or 0
        is_old = max(session.end, session.created or 0) < told_from
        is_other = known is None or self.basis(known.session) != self.basis(session)
        is_stale = is_other and not self._lacks_samples(connection, session)
        connection.execute(
            f"INSERT INTO {self.table} (id, start, end, day, session, version, announced_at)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id) DO UPDATE SET"
            " start = ?2, end = ?3, day = ?4, session = ?5, version = ?6, suspect_since = NULL,"
            " figures = iif(?8, NULL, figures), counted = iif(?9, NULL, counted)",
            (
                session.id,
                session.start,
                session.end,
                session.day.isoformat(),
                msgspec.json.encode(session).decode(),
                version,
                now if is_old else None,
                is_stale,
                is_other,
            ),
        )
        self.version.set(connection, version)
        return [known.session, session] if known else [session]

    def _believed(self, connection: Connection, gone: Iterable[Kept[S, F]], now: int) -> list[Kept[S, F]]:
        """Suspect sessions that a reading without any lacked; return those that are suspect long enough."""
        connection.executemany(
            f"UPDATE {self.table} SET suspect_since = ? WHERE id = ? AND suspect_since IS NULL",
            [(now, kept.session.id) for kept in gone],
        )
        before = now - BELIEVED_AFTER
        return [kept for kept in gone if kept.suspect_since is not None and kept.suspect_since <= before]

    def _announced_and_gone(
        self, connection: Connection, removed: Iterable[Kept[S, F]], now: int
    ) -> list[Span]:
        """Remember the times of announced sessions that are removed: a source can lack one for a while."""
        sessions = [kept.session for kept in removed if kept.announced_at is not None]
        gone = [Span(session.start, session.end) for session in sessions]
        told = [*(self.announced_and_gone.get(connection) or ()), *gone]
        told = [one for one in told if one.end > now - ANNOUNCED_WITHIN]
        self.announced_and_gone.set(connection, told or None)
        return told

    def _compare(
        self,
        connection: Connection,
        sessions: Iterable[Kept[S, F]],
        told: Iterable[Span],
        version: int,
        now: int,
    ) -> None:
        """Hide the duplicates among sessions; one that tells of an announced one is not announced again."""
        hidden = self.duplicates(kept.session for kept in sessions)
        repeated = (
            kept.session for kept in sessions if kept.announced_at is not None and kept.session.id in hidden
        )
        announced: list[Spanning] = [*told, *repeated]
        for kept in sessions:
            better = hidden.get(kept.session.id)
            if better != kept.duplicate_of:
                connection.execute(
                    f"UPDATE {self.table} SET duplicate_of = ?, version = ? WHERE id = ?",
                    (better, version, kept.session.id),
                )
                self.version.set(connection, version)
            if any(self.overlap(one, kept.session) for one in announced):
                self.note_announced(connection, [kept.session.id], now)

    def _count(self, connection: Connection, kept: Kept[S, F]) -> None:
        """Count the figures of a session; those of samples that were let go by age meanwhile stay."""
        session = kept.session
        found = self.count(connection, session)
        if kept.figures is not None and self._lacks_samples(connection, session):
            found = self.fuller(kept.figures, found)
        connection.execute(
            f"UPDATE {self.table} SET figures = ?, counted = ? WHERE id = ?",
            (msgspec.json.encode(found).decode(), VERSION.number(connection), session.id),
        )
        if found != kept.figures:
            version = self.version.rise(connection)
            connection.execute(f"UPDATE {self.table} SET version = ? WHERE id = ?", (version, session.id))

    def _lacks_samples(self, connection: Connection, session: S) -> bool:
        """Return whether samples that the figures of a session are counted from were let go by age."""
        first, _ = self.reach(session.start, session.end)
        return first < purged.beginning(connection)

    def _is_session(self, row: Mapping[str, Any]) -> bool:
        """Return whether the columns of a row are those of the session that it holds."""
        try:
            (row["duplicate_of"] or b"").decode()
            texts = [row[name].decode() for name in ("session", "id", "day")]
            self._session(texts[0], texts[1], row["start"], row["end"], texts[2])
        except DamagedRowsError, UnicodeDecodeError:
            return False
        moments = [row[name] for name in ("suspect_since", "announced_at") if row[name] is not None]
        return all(isinstance(one, int) and 0 <= one < NUMBER_MAX for one in (*moments, row["version"]))

    def _session(self, written: str, *columns: object) -> S:
        """Return the session of a row, of which these are the id, start, end and day.

        Raises DamagedRowsError where they differ, as they do for one whose day cannot be.
        """
        session = _decode(self.session, written)
        try:
            found = (session.id, session.start, session.end, session.day.isoformat())
        except OSError, OverflowError, ValueError:
            raise DamagedRowsError from None
        if found != columns:
            raise DamagedRowsError
        return session

    def _has_figures(self, row: Mapping[str, Any]) -> bool:
        """Return whether a row's figures can be read, or there are none."""
        try:
            if row["figures"] is not None:
                _decode(self.figures, row["figures"].decode())
        except DamagedRowsError, UnicodeDecodeError:
            return False
        return row["counted"] is None or isinstance(row["counted"], int)


def touching(start: int, end: int) -> tuple[str, int, int, int, int]:
    """Return the condition of the sessions that touch an interval, and its values."""
    # The lower limit of the start spares SQLite the look at all that came before.
    return "start >= ? AND start < ? AND (end > ? OR start >= ?)", start - LONGEST, end, start, start


def _decode[T](decoder: msgspec.json.Decoder[T], text: str | bytes) -> T:
    try:
        return decoder.decode(text)
    except msgspec.DecodeError, TypeError, UnicodeDecodeError:
        raise DamagedRowsError from None
