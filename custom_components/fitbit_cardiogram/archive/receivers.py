"""The receivers that have got beats of this account, by fingerprints that tell no address.

A destination that is removed takes its outbox with it. What remains is that its receiver may hold beats, so
that a person who adds it again is told. This module owns the facts RECEIVERS and LEFT.
"""

from collections.abc import Mapping
import hashlib
from typing import Final

from .database import Database
from .facts import Fact

# The fingerprint of each destination's receiver, by the destination's id.
RECEIVERS: Final = Fact("receivers", dict[str, str])
# The fingerprints of receivers that got beats and are no destination's any more.
LEFT: Final = Fact("left_receivers", list[str])


def fingerprint(receiver: str) -> str:
    """Return the fingerprint of a receiver."""
    return hashlib.sha256(receiver.encode()).hexdigest()


def note(archive: Database, receivers: Mapping[str, str]) -> None:
    """Note the receivers of all destinations by their ids, and remember those that are left with beats.

    To be called before the destinations that were removed are forgotten.
    """
    marks = {destination: fingerprint(receiver) for destination, receiver in receivers.items()}
    with archive.writing() as connection:
        # A batch in flight may have arrived.
        rows = connection.execute(
            "SELECT id FROM destinations WHERE delivered > 0 OR id IN (SELECT destination FROM batches)"
        )
        fed = {destination for (destination,) in rows}
        before = RECEIVERS.get(connection) or {}
        left = {mark for key, mark in before.items() if key in fed and marks.get(key) != mark}
        if left:
            LEFT.set(connection, sorted(left.union(LEFT.get(connection) or [])))
        RECEIVERS.set(connection, marks)


def may_hold_beats(archive: Database, receiver: str) -> bool:
    """Return whether a receiver got beats from a destination that is no more."""
    with archive.reading() as connection:
        return fingerprint(receiver) in (LEFT.get(connection) or [])
