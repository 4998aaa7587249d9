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

    The times are in the order in which they happened, all in the interval. Each becomes the first moment, not
    before that of the time ahead of it, at which the zone's clock showed it. So a time that jumps back lies
    after midnight or in the second pass of the hour repeated in autumn. A time that does not fit yields None.
    """
    intervals = list(_constant_offsets(zone, start, end))
    earliest = start
    for time in times:
        for since, until, offset in intervals:
            lower = max(earliest, since)
            moment = lower + (time - offset - lower) % DAY
            if moment < until:
                earliest = moment
                yield moment
                break
        else:
            yield None


def midnight_before(times: Sequence[int], zone: tzinfo, start: int, end: int) -> int | None:
    """Return the midnight to add each time to, with the same result as `moments`, or None.

    Nearly every day has one: its times rise, all fit, and the zone keeps its offset.
    """
    (_, _, offset), *others = _constant_offsets(zone, start, end)
    if others or not times or sorted(times) != times:
        return None
    midnight = start + (times[0] - offset - start) % DAY - times[0]
    return midnight if midnight + times[-1] < end else None


def _constant_offsets(zone: tzinfo, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield the parts of an interval in which the zone keeps one offset: start, end, offset."""
    since, offset = start, offset_at(zone, start)
    for step in range(start // _STEP * _STEP + _STEP, end, _STEP):
        changed = offset_at(zone, step)
        if changed != offset:
            yield since, step, offset
            since, offset = step, changed
    yield since, end, offset
