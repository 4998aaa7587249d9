"""The workouts and nights that are to be announced: each once, however late it comes."""

from typing import Final

from .archive.archive import Archive
from .archive.sleep import Night
from .archive.workouts import Kept
from .heart_rate.clock import HOUR
from .heart_rate.figures import reach

# A workout waits so many seconds, counted from its end, for the samples of its recovery; a night for its own.
WAITS_FOR_SAMPLES: Final = HOUR
# A night with less sleep, in seconds, may be the first part of a longer one. Since a night is announced once,
# it waits so many seconds from its end for another part.
SHORT: Final = 4 * HOUR
WAITS_FOR_MORE: Final = 8 * HOUR


def due_workouts(archive: Archive, now: int, newest: int) -> tuple[Kept, ...]:
    """Return the finished workouts that nothing has announced yet, in order of time.

    One waits for its figures, and for the samples of its recovery: `newest` is the time of the newest
    sample.
    """
    return tuple(
        kept
        for kept in archive.workouts_to_announce(now)
        if kept.figures is not None
        and (
            newest >= reach(kept.session.start, kept.session.end)[1]
            or now - kept.session.end >= WAITS_FOR_SAMPLES
        )
    )


def due_nights(archive: Archive, now: int, newest: int) -> tuple[Night, ...]:
    """Return the finished nights that nothing has announced yet, in order of time.

    One waits for its samples: `newest` is the time of the newest. A short one waits for another part.
    """
    return tuple(
        night
        for night in archive.nights_to_announce(now)
        if (newest >= night.end or now - night.end >= WAITS_FOR_SAMPLES)
        and (night.asleep >= SHORT or now - night.end >= WAITS_FOR_MORE)
    )
