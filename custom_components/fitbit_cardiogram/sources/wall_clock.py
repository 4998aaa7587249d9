"""Wall-clock times of day, without date or zone, turned into the moments they were."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo

from ..heart_rate.clock import DAY

# Since 1972 no zone has changed its offset at any other moment than a quarter of an hour of UTC.
_STEP = 900


def offset_at(zone: tzinfo, moment: int) -> int:
    """Return the zone's offset from UTC at a moment, in seconds."""
    offset = datetime.fromtimestamp(moment, zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def moments(times: Iterable[int], zone: tzinfo, start: int, end: int) -> Iterator[int | None]:
    """Yield the moment (UNIX seconds) of each time of day, given in seconds after the zone's midnight.

    The times are in the order in which they happened, within the half-open range of moments. Each is the
    first moment at which the zone's clock showed it, not before the one ahead of it: so a jump back tells
    the second pass of the hour that is repeated in autumn, and midnight. None for one that does not fit.
    """
    stretches = list(_constant_offsets(zone, start, end))
    earliest = start
    for time in times:
        for since, until, offset in stretches:
            lower = max(earliest, since)
            moment = lower + (time - offset - lower) % DAY
            if moment < until:
                earliest = moment
                yield moment
                break
        else:
            yield None


def midnight_before(times: Sequence[int], zone: tzinfo, start: int, end: int) -> int | None:
    """Return the midnight from which on all the times, added to it, are what `moments` makes of them.

    Nearly every day has one: its times rise, all fit, and the zone keeps its offset. None where it has not.
    """
    (_, _, offset), *others = _constant_offsets(zone, start, end)
    if others or not times or sorted(times) != times:
        return None
    midnight = start + (times[0] - offset - start) % DAY - times[0]
    return midnight if midnight + times[-1] < end else None


def _constant_offsets(zone: tzinfo, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield the stretches of the range in which the zone keeps one offset: start, end, offset."""
    since, offset = start, offset_at(zone, start)
    for step in range(start // _STEP * _STEP + _STEP, end, _STEP):
        changed = offset_at(zone, step)
        if changed != offset:
            yield since, step, offset
            since, offset = step, changed
    yield since, end, offset
