"""The rhythm in which a device syncs: when to look for the next sync.

Every moment here is in seconds of the service's clock, so a wrong clock of ours changes nothing.
"""

from collections import deque
from collections.abc import Iterable
from itertools import pairwise
from statistics import median
from typing import Final

from ..heart_rate.clock import HOUR, MINUTE

# Samples that reach this close to a sync, in seconds, are all that it brought.
REACHED: Final = 60
# The number of intervals between syncs that are remembered, and the number that makes a rhythm.
REMEMBERED: Final = 8
NEEDED: Final = 4
# Polls every five minutes meet a faster rhythm as soon; a slower one cannot be told from chance.
PERIOD_MIN: Final = 12 * MINUTE
PERIOD_MAX: Final = 3 * HOUR
# Syncs are in rhythm if most intervals differ from the usual one by at most this part of it.
TOLERANCE: Final = 0.25
# The share of syncs that a look is late enough for, and the seconds that it waits beyond that.
MOST: Final = 0.8
SPARE: Final = 10
# After the last sync, so many looks are taken; a device that is asleep costs no more.
LOOKS_MAX: Final = 3
# Two polls that lie this close together, in seconds, are one.
SAME: Final = 2.0
# Samples that are missing for longer were not measured: the device is not worn.
LAG_MAX: Final = 10 * MINUTE


class Rhythm:
    """Learns the intervals between syncs, and the lag until their samples can be read."""

    def __init__(self) -> None:
        self._syncs: deque[int] = deque(maxlen=REMEMBERED + 1)
        # Of each of the last syncs: the seconds after it at which its samples were still missing, and those
        # at which they were there.
        self._missing: deque[float] = deque(maxlen=REMEMBERED)
        self._present: deque[float] = deque(maxlen=REMEMBERED)
        # The moments of the last poll and of the last reading, and the newest sample after that.
        self._polled = 0.0
        self._read = 0.0
        self._newest = 0

    def note(self, moment: float, sync: int | None, newest: int | None) -> None:
        """Note a poll: the last sync that is known after it, and the newest sample if it read samples."""
        if sync is not None:
            self._note_sync(sync)
        was_behind = self._is_behind
        if newest is not None:
            self._read, self._newest = moment, newest
        self._polled = moment
        if was_behind and (late := moment - self._syncs[-1]) <= LAG_MAX:
            (self._missing if self._is_behind else self._present).append(late)

    def _note_sync(self, sync: int) -> None:
        """Note the last sync; what seemed to be a later one was a mistake of the device's clock."""
        while self._syncs and self._syncs[-1] > sync:
            self._syncs.pop()
        if self._syncs and self._syncs[-1] == sync:
            return
        self._syncs.append(sync)
        if self._is_behind:
            # The poll before may have been made after the sync, and have met none of it.
            self._missing.append(max(self._polled - sync, 0.0))
        else:
            self._present.append(self._read - sync)

    @property
    def _is_behind(self) -> bool:
        """Whether samples of the last sync are missing."""
        return bool(self._syncs) and self._newest < self._syncs[-1] - REACHED

    def has_reached(self, sync: int) -> bool:
        """Return whether the last reading was made after a sync and brought all of its samples."""
        return self._read >= sync and self._newest >= sync - REACHED

    def is_due(self, moment: float) -> bool:
        """Return whether a look has become due since the last poll."""
        look = self.next_look(self._polled)
        return look is not None and look <= moment

    def next_look(self, moment: float) -> float | None:
        """Return the moment of the next look after this one, or None if no sync is expected."""
        intervals = [later - sooner for sooner, later in pairwise(self._syncs)]
        if len(intervals) < NEEDED:
            return None
        period = median(intervals)
        late = [interval - period for interval in intervals]
        if not PERIOD_MIN <= period <= PERIOD_MAX or _most(map(abs, late)) > TOLERANCE * period:
            return None
        lag = min(max(self._missing, default=0.0), min(self._present, default=0.0))
        last = self._syncs[-1] + lag + SPARE
        looks = [last + number * period + _most(late) for number in range(1, LOOKS_MAX + 1)]
        if self._is_behind:
            # A poll of the grid came before the samples.
            looks.insert(0, last)
        return next((look for look in looks if look > moment), None)


def next_poll(began: float, now: float, every: float, look: float | None) -> float:
    """Return the seconds until the next poll: until the next one of the grid or, if that is sooner, the look.

    The grid has a poll each `every` seconds since it `began`. One that is only SAME seconds away is this one:
    timers may be a little early.
    """
    grid = every - (now - began) % every
    if grid <= SAME:
        grid += every
    return grid if look is None else min(grid, max(look - now, SAME))


def _most(values: Iterable[float]) -> float:
    """Return the value that most of these values do not exceed."""
    ordered = sorted(values)
    return ordered[int(MOST * (len(ordered) - 1))]
