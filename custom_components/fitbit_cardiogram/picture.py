"""The picture: the heart rate of one civil day, as a PNG that can be read in a notification on a phone.

It is read from the archive and drawn only on request; its outline is a few numbers that differ where the
picture would.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time as clock_time, timedelta, tzinfo
from io import BytesIO
from itertools import chain, groupby, pairwise
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from .archive.archive import Archive
from .archive.history import samples
from .archive.samples import Summary
from .heart_rate.alert import GAP
from .heart_rate.clock import midnight
from .heart_rate.day import DaySummary, ZoneName
from .heart_rate.sample import Sample

CONTENT_TYPE: Final = "image/png"
WIDTH: Final = 1000
HEIGHT: Final = 500
# The edges of the plot, which has a column for each pixel; the zones' names stand to the right of it.
LEFT: Final = 64
RIGHT: Final = 900
TOP: Final = 76
BOTTOM: Final = 448
COLUMNS: Final = RIGHT - LEFT
# Shapes are drawn so many times as large and scaled down, which smooths their edges.
SCALE: Final = 3

GRID_BPM: Final = 20
GRID_HOURS: Final = 3
# The axis reaches so far beyond the values, and spans at least so much.
MARGIN_BPM: Final = 8
SPAN_BPM: Final = 60
# The margin of the words, and the height in pixels that a zone needs for its name.
EDGE: Final = 24
NAME_HEIGHT: Final = 20

type Colour = tuple[int, int, int] | tuple[int, int, int, int]
type Point = tuple[float, float]
type Extreme = tuple[float, int]
"""A place in the day from 0 to 1, and bpm."""

PAPER: Final = (255, 255, 255)
INK: Final = (38, 43, 51)
PENCIL: Final = (107, 114, 128)
GRID: Final = (228, 231, 236)
LINE: Final = (200, 22, 66)
BAND: Final = (225, 29, 72, 82)
RESTING: Final = (37, 99, 235)
ZONE_PAPER: Final = {
    ZoneName.MODERATE: (236, 248, 238),
    ZoneName.VIGOROUS: (255, 245, 228),
    ZoneName.PEAK: (255, 234, 232),
}
ZONE_INK: Final = {
    ZoneName.MODERATE: (76, 145, 88),
    ZoneName.VIGOROUS: (184, 121, 24),
    ZoneName.PEAK: (200, 80, 70),
}


@dataclass(frozen=True, slots=True)
class Column:
    """The samples within one column of pixels: the column's number, and bpm."""

    x: int
    min: int
    mean: float
    max: int


@dataclass(frozen=True, slots=True)
class Curve:
    """The contents of a picture of a civil day.

    `hours` are the ticks: their place in the day from 0 to 1, and the hour on the account's clock. `runs` are
    the columns between two gaps. `zones` are the bpm at which the zones begin, from the lowest on.
    """

    day: date
    hours: tuple[tuple[float, int], ...]
    runs: tuple[tuple[Column, ...], ...] = ()
    lowest: Extreme | None = None
    highest: Extreme | None = None
    mean: float | None = None
    resting: int | None = None
    zones: tuple[tuple[ZoneName, int], ...] = ()


def outline_of(archive: Archive, today: date, zone: tzinfo) -> tuple[object, ...]:
    """Return some numbers that differ where the curve of a day would; its samples are not read."""
    day, summary = _shown(archive, today, zone)
    return day.day, zone, _resting(day), _zone_starts(day), summary


def curve_of(archive: Archive, today: date, zone: tzinfo, gap: int = GAP) -> Curve:
    """Return today's curve, or yesterday's where there is no sample of today yet.

    Samples that are further apart than `gap` seconds have a gap between them.
    """
    summary, _ = _shown(archive, today, zone)
    found = [*chain.from_iterable(samples(archive, *_ends(summary.day, zone)))]
    return _curve(summary, zone, found, gap)


def _shown(archive: Archive, today: date, zone: tzinfo) -> tuple[DaySummary, Summary | None]:
    """Return the newer one of the last two days that has samples, and the summary of its samples."""
    for day in (today, today - timedelta(days=1)):
        if summary := archive.summary(*_ends(day, zone)):
            return archive.day(day), summary
    return archive.day(today), None


def _ends(day: date, zone: tzinfo) -> tuple[int, int]:
    return midnight(day, zone), midnight(day + timedelta(days=1), zone)


def _resting(summary: DaySummary) -> int | None:
    return summary.resting.bpm if summary.resting else None


def _zone_starts(summary: DaySummary) -> tuple[tuple[ZoneName, int], ...]:
    zones = ((name, summary.zone(name)) for name in ZoneName)
    return tuple((name, one.min_bpm) for name, one in zones if one and one.min_bpm is not None)


def _curve(summary: DaySummary, zone: tzinfo, found: list[Sample], gap: int) -> Curve:
    start, end = _ends(summary.day, zone)

    def place(moment: int) -> float:
        return (moment - start) / (end - start)

    def hour(number: int) -> int:
        return int(datetime.combine(summary.day, clock_time(number), zone).timestamp())

    lowest = min(found, key=lambda sample: sample[1], default=None)
    highest = max(found, key=lambda sample: sample[1], default=None)
    return Curve(
        day=summary.day,
        hours=(*((place(hour(number)), number) for number in range(0, 24, GRID_HOURS)), (1.0, 24)),
        runs=tuple(
            tuple(_columns((int(place(moment) * COLUMNS), bpm) for moment, bpm in run))
            for run in _runs(found, gap)
        ),
        lowest=lowest and (place(lowest[0]), lowest[1]),
        highest=highest and (place(highest[0]), highest[1]),
        mean=round(sum(bpm for _, bpm in found) / len(found), 1) if found else None,
        resting=_resting(summary),
        zones=_zone_starts(summary),
    )


def _runs(found: list[Sample], gap: int) -> Iterator[list[Sample]]:
    """Yield the samples between two gaps."""
    first = 0
    for number, (one, other) in enumerate(pairwise(found), start=1):
        if other[0] - one[0] > gap:
            yield found[first:number]
            first = number
    if found:
        yield found[first:]


def _columns(points: Iterable[tuple[int, int]]) -> Iterator[Column]:
    for x, group in groupby(points, key=lambda point: point[0]):
        beats = [bpm for _, bpm in group]
        yield Column(x, min(beats), round(sum(beats) / len(beats), 1), max(beats))


def draw(curve: Curve) -> bytes:
    """Return the picture of a curve as a PNG."""
    return _Sheet(curve).draw()


class _Sheet:
    """A picture being drawn: shapes are drawn large and scaled down, then texts are written over them."""

    def __init__(self, curve: Curve) -> None:
        self._curve = curve
        self._low, self._high = _axis(curve)

    def draw(self) -> bytes:
        large = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), PAPER)
        self._large = ImageDraw.Draw(large, "RGBA")
        self._draw_paper()
        self._draw_resting()
        for run in self._curve.runs:
            self._draw_run(run)
        for point in (self._curve.lowest, self._curve.highest):
            if point:
                self._dot(self._at(point), 5, LINE)
        image = large.reduce(SCALE)
        self._words = ImageDraw.Draw(image)
        self._write()
        png = BytesIO()
        image.save(png, "PNG")
        return png.getvalue()

    def _x(self, place: float) -> float:
        return LEFT + place * COLUMNS

    def _y(self, bpm: float) -> float:
        return BOTTOM - (bpm - self._low) / (self._high - self._low) * (BOTTOM - TOP)

    def _at(self, point: Point) -> Point:
        return self._x(point[0]), self._y(point[1])

    def _grid(self) -> range:
        return range(-(-self._low // GRID_BPM) * GRID_BPM, self._high + 1, GRID_BPM)

    def _bands(self) -> Iterator[tuple[ZoneName, float, float]]:
        """Yield the zones above the lowest one, which is rest, with their top and bottom."""
        zones = self._curve.zones
        for (name, begin), end in zip(zones, [*(bpm for _, bpm in zones[1:]), self._high], strict=False):
            low, high = max(begin, self._low), min(end, self._high)
            if name in ZONE_PAPER and low < high:
                yield name, self._y(high), self._y(low)

    def _draw_paper(self) -> None:
        for name, top, bottom in self._bands():
            self._box(LEFT, top, RIGHT, bottom, ZONE_PAPER[name])
        for bpm in self._grid():
            self._stroke([(LEFT, self._y(bpm)), (RIGHT, self._y(bpm))], 1, GRID)
        for place, _ in self._curve.hours:
            self._stroke([(self._x(place), TOP), (self._x(place), BOTTOM)], 1, GRID)

    def _draw_run(self, run: tuple[Column, ...]) -> None:
        """Draw a band from the lowest to the highest of each column, and the mean as a line."""
        xs = [LEFT + column.x + 0.5 for column in run]
        if len(run) == 1:
            ((x, column),) = zip(xs, run, strict=True)
            self._stroke([(x, self._y(column.min) + 1), (x, self._y(column.max) - 1)], 3, LINE)
            return
        upper = [(x, self._y(column.max)) for x, column in zip(xs, run, strict=True)]
        lower = [(x, self._y(column.min)) for x, column in zip(xs, run, strict=True)]
        self._large.polygon(_scaled([*upper, *reversed(lower)]), fill=BAND)
        self._stroke([(x, self._y(column.mean)) for x, column in zip(xs, run, strict=True)], 2, LINE)

    def _draw_resting(self) -> None:
        if self._curve.resting is None:
            return
        y = self._y(self._curve.resting)
        for x in range(LEFT, RIGHT, 14):
            self._stroke([(x, y), (min(x + 8, RIGHT), y)], 2, RESTING)

    def _write(self) -> None:
        curve = self._curve
        self._text((LEFT, 40), f"{curve.day:%A}, {curve.day.day} {curve.day:%B}", 26, INK, "ls")
        if curve.lowest and curve.highest:
            seen = f"{curve.lowest[1]} to {curve.highest[1]}, mean {curve.mean:.0f} bpm"
            self._text((WIDTH - EDGE, 40), seen, 22, PENCIL, "rs")
        for bpm in self._grid():
            self._text((LEFT - 10, self._y(bpm)), f"{bpm}", 17, PENCIL, "rm")
        for place, hour in curve.hours:
            self._text((self._x(place), BOTTOM + 14), f"{hour}:00", 17, PENCIL, "mt")
        for name, top, bottom in self._bands():
            if bottom - top >= NAME_HEIGHT:
                self._text((RIGHT + 8, (top + bottom) / 2), name, 16, ZONE_INK[name], "lm")
        if curve.resting is not None:
            self._text((RIGHT + 8, self._y(curve.resting)), f"resting {curve.resting}", 16, RESTING, "lm")
        if curve.highest and curve.lowest:
            self._note(curve.highest, -10, "b")
            self._note(curve.lowest, 10, "t")
        else:
            middle = ((LEFT + RIGHT) / 2, (TOP + BOTTOM) / 2)
            self._text(middle, "No heart rate yet", 30, PENCIL, "mm", rim=6)

    def _note(self, extreme: Extreme, offset: float, edge: str) -> None:
        """Write a value beside its dot, within the edges of the plot."""
        x, y = self._at(extreme)
        at = (min(max(x, LEFT + 20), RIGHT - 20), y + offset)
        self._text(at, f"{extreme[1]}", 21, LINE, f"m{edge}", rim=3)

    def _text(self, at: Point, text: str, size: int, colour: Colour, anchor: str, rim: int = 0) -> None:
        """Write a text, with a rim of paper that sets it off from the shapes below."""
        font = ImageFont.load_default(size)
        self._words.text(at, text, colour, font, anchor, stroke_width=rim, stroke_fill=PAPER)

    def _box(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        self._large.rectangle(_scaled([(left, top), (right, bottom)]), fill=colour)

    def _stroke(self, points: list[Point], width: int, colour: Colour) -> None:
        self._large.line(_scaled(points), fill=colour, width=width * SCALE, joint="curve")

    def _dot(self, at: Point, radius: float, colour: Colour) -> None:
        """Draw a dot with a rim of paper."""
        x, y = at
        for size, fill in ((radius + 2, PAPER), (radius, colour)):
            self._large.ellipse(_scaled([(x - size, y - size), (x + size, y + size)]), fill=fill)


def _axis(curve: Curve) -> tuple[int, int]:
    """Return the lowest and the highest bpm of the picture."""
    shown = [point[1] for point in (curve.lowest, curve.highest) if point]
    if curve.resting is not None:
        shown.append(curve.resting)
    low, high = min(shown, default=50) - MARGIN_BPM, max(shown, default=50) + MARGIN_BPM
    low = max(int(low // 10 * 10), 0)
    return low, max(int(-(-high // 10) * 10), low + SPAN_BPM)


def _scaled(points: Iterable[Point]) -> list[Point]:
    return [(x * SCALE, y * SCALE) for x, y in points]
