"""What the simulated receivers of a person's own share: a ledger of what they took, and what they refuse."""

from collections.abc import Callable, Iterable
from typing import Any

from .cardiogram import Beat
from .server import Request, Simulator


class ReceiverSimulator(Simulator):
    """Keeps what it took, and refuses what it is told to."""

    def __init__(self, *, clock: Callable[[], float] | None = None) -> None:
        super().__init__(clock=clock)
        self.reject: Callable[[dict[str, Any]], bool] | None = None
        self.max_batch: int | None = None
        self.ledger: list[Beat] = []
        self.batches: list[list[Beat]] = []
        self.accepted: list[Request] = []
        """The request that brought each batch."""

    def forget(self) -> None:
        """Begin anew."""
        for kept in (self.requests, self.faults, self.ledger, self.batches, self.accepted):
            kept.clear()
        self.reject = self.max_batch = None

    def values(self) -> dict[int, float]:
        """Return the last value of each time."""
        return {beat.start: beat.value for beat in self.ledger}

    def is_refused(self, samples: Iterable[tuple[int, int]]) -> bool:
        """Return whether one of the samples is refused."""
        reject = self.reject
        return reject is not None and any(
            reject({"start": time, "end": time, "value": bpm}) for time, bpm in samples
        )

    def keep(self, request: Request, user: str, samples: Iterable[tuple[int, int]]) -> None:
        """Take a batch."""
        batch = [Beat(user, time, time, bpm, request.time) for time, bpm in samples]
        self.batches.append(batch)
        self.accepted.append(request)
        self.ledger += batch
