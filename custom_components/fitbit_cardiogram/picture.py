"""The picture: the heart rate of one civil day, as a PNG that can be read in a notification on a phone.

It is read from the archive and drawn only on request; its outline is a few numbers that differ where the
picture would.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time as clock_time, timedelta, tzinfo
from io import BytesIO
from itertools import chain, groupby, pairwise
import json
from pathlib import Path
from typing import Final

from PIL import Image, ImageColor, ImageDraw

from .archive.archive import Archive
from .archive.history import samples
from .archive.samples import Summary
from .heart_rate.alert import GAP
from .heart_rate.clock import day_interval
from .heart_rate.day import DaySummary, ZoneName
from .heart_rate.sample import Sample
from .lettering import Colour, Point, write
from .picture_words import Words


def _colour(name: str) -> Colour:
    red, green, blue = ImageColor.getrgb(name)[:3]
    return red, green, blue


CONTENT_TYPE: Final = "image/png"
WIDTH: Final = 1000
HEIGHT: Final = 500
# The edges of the plot, which has a column for each pixel; the scale of the zones stands to the right of it.
LEFT: Final = 64
RIGHT: Final = 952
TOP: Final = 122
BOTTOM: Final = 444
COLUMNS: Final = RIGHT - LEFT
# The picture is drawn so many times as large and scaled down, which smooths its edges.
SCALE: Final = 3

GRID_BPM: Final = 20
GRID_HOURS: Final = 3
# The axis reaches so far beyond the values, and spans at least so much.
MARGIN_BPM: Final = 8
SPAN_BPM: Final = 60

type Extreme = tuple[float, int]
"""A place in the day from 0 to 1, and bpm."""
type Band = tuple[float, float, int]
"""A part of the day from 0 to 1, and the minutes that are written beside it."""

# The palette of the cards, too. Its names are those of zones and of parts of a picture.
Palette = Mapping[str, Colour]
_COLOURS: Final = json.loads(Path(__file__).with_name("palette.json").read_bytes())
PALETTES: Final[Mapping[str, Palette]] = {
    theme: {name: _colour(value) for name, value in _COLOURS[theme].items()} for theme in ("light", "dark")
}
# The zones above rest have colours of their own.
RAISED: Final = (ZoneName.MODERATE, ZoneName.VIGOROUS, ZoneName.PEAK)
# Shares of a colour on the paper: of the bands of sleep and workouts, and of the range around the line.
BAND: Final = 0.11
RANGE: Final = 0.24
# The place that the words above a band take up.
LABEL_WIDTH: Final = 100


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
    the columns between two gaps. `zones` are the bpm at which the zones begin, from the lowest on. `until` is
    the time of the newest sample.
    """

    day: date
    hours: tuple[tuple[float, int], ...]
    runs: tuple[tuple[Column, ...], ...] = ()
    lowest: Extreme | None = None
    highest: Extreme | None = None
    mean: float | None = None
    newest: Extreme | None = None
    until: datetime | None = None
    resting: int | None = None
    sleep: tuple[Band, ...] = ()
    workouts: tuple[Band, ...] = ()
    zones: tuple[tuple[ZoneName, int], ...] = ()


def outline_of(archive: Archive, today: date, zone: tzinfo) -> tuple[object, ...]:
    """Return some numbers that differ where the curve of a day would; its samples are not read."""
    day, summary = _shown(archive, today, zone)
    return day.day, zone, _resting(day), _zone_starts(day), summary, *_bands(archive, day.day, zone)


def curve_of(archive: Archive, today: date, zone: tzinfo, gap: int = GAP) -> Curve:
    """Return today's curve, or yesterday's where there is no sample of today yet.

    Samples that are further apart than `gap` seconds have a gap between them.
    """
    summary, _ = _shown(archive, today, zone)
    found = [*chain.from_iterable(samples(archive, *day_interval(summary.day, zone)))]
    sleep, workouts = _bands(archive, summary.day, zone)
    return replace(_curve(summary, zone, found, gap), sleep=sleep, workouts=workouts)


def _shown(archive: Archive, today: date, zone: tzinfo) -> tuple[DaySummary, Summary | None]:
    """Return the newer one of the last two days that has samples, and the summary of its samples."""
    for day in (today, today - timedelta(days=1)):
        if summary := archive.summary(*day_interval(day, zone)):
            return archive.day(day), summary
    return archive.day(today), None


def _bands(archive: Archive, day: date, zone: tzinfo) -> tuple[tuple[Band, ...], tuple[Band, ...]]:
    """Return sleep and workouts that are over and touch a day, with the minutes asleep or of the workout."""
    start, end = day_interval(day, zone)

    def band(first: int, last: int, seconds: int) -> Band:
        left, right = ((min(max(moment, start), end) - start) / (end - start) for moment in (first, last))
        return left, right, round(seconds / 60)

    nights = [one for one in archive.nights(start, end) if one.start < one.end]
    workouts = [
        kept.session for kept in archive.workouts(start, end) if kept.session.start < kept.session.end
    ]
    return (
        tuple(band(one.start, one.end, one.asleep) for one in nights),
        tuple(band(one.start, one.end, one.end - one.start) for one in workouts),
    )


def _resting(summary: DaySummary) -> int | None:
    return summary.resting.bpm if summary.resting else None


def _zone_starts(summary: DaySummary) -> tuple[tuple[ZoneName, int], ...]:
    zones = ((name, summary.zone(name)) for name in ZoneName)
    return tuple((name, one.min_bpm) for name, one in zones if one and one.min_bpm is not None)


def _curve(summary: DaySummary, zone: tzinfo, found: list[Sample], gap: int) -> Curve:
    start, end = day_interval(summary.day, zone)

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
        newest=(place(found[-1][0]), found[-1][1]) if found else None,
        until=datetime.fromtimestamp(found[-1][0], zone) if found else None,
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


def draw(curve: Curve, palette: Palette, words: Words) -> bytes:
    """Return the picture of a curve as a PNG."""
    return _Sheet(curve, palette, words).draw()


class _Sheet:
    """A picture being drawn, large; its lengths are pixels of the picture as it is in the end."""

    def __init__(self, curve: Curve, palette: Palette, words: Words) -> None:
        self._curve = curve
        self._palette = palette
        self._words = words
        self._low, self._high = _axis(curve)
        self._image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), palette["paper"])
        self._sheet = ImageDraw.Draw(self._image)

    def draw(self) -> bytes:
        """Return the picture as a PNG."""
        self._draw_bands()
        self._draw_axes()
        self._draw_resting()
        for run in self._curve.runs:
            self._draw_run(run)
        self._draw_scale()
        self._write_title()
        self._draw_marks()
        png = BytesIO()
        self._image.reduce(SCALE).save(png, "PNG")
        return png.getvalue()

    def _x(self, place: float) -> float:
        return LEFT + place * COLUMNS

    def _y(self, bpm: float) -> float:
        return BOTTOM - (bpm - self._low) / (self._high - self._low) * (BOTTOM - TOP)

    def _at(self, point: Point) -> Point:
        return self._x(point[0]), self._y(point[1])

    def _zones(self) -> Iterator[tuple[ZoneName, float, float]]:
        """Yield the zones above rest, with the part of the axis that they take up."""
        zones = self._curve.zones
        for (name, begin), end in zip(zones, [*(bpm for _, bpm in zones[1:]), self._high], strict=False):
            low, high = max(begin, self._low), min(end, self._high)
            if name in RAISED and low < high:
                yield name, low, high

    def _colour_at(self, bpm: float) -> Colour:
        """Return the colour of the line at a heart rate."""
        found = (name for name, low, high in self._zones() if low <= bpm <= high)
        return self._palette[next(found, "line")]

    def _draw_bands(self) -> None:
        """Draw sleep and workouts as quiet bands, with how long they were above, where there is room."""
        named = (("sleep", self._curve.sleep), ("workout", self._curve.workouts))
        written_to = 0.0
        for name, (begin, end, minutes) in sorted(
            ((name, band) for name, bands in named for band in bands), key=lambda one: one[1]
        ):
            left, right = self._x(begin), max(self._x(end), self._x(begin) + 2)
            self._box(left, TOP, right, BOTTOM, self._mixed(name, BAND), min(6, (right - left) / 2))
            middle = min(max((left + right) / 2, LEFT + LABEL_WIDTH / 2), RIGHT - LABEL_WIDTH / 2)
            if middle - LABEL_WIDTH / 2 > written_to:
                first, written_to = self._text((middle, TOP - 12), _length(minutes), 15, name, "ms")
                if name == "sleep":
                    self._draw_moon((first - 14, TOP - 17))

    def _draw_moon(self, at: Point) -> None:
        x, y = at
        self._disc((x, y), 6, self._palette["sleep"])
        self._disc((x + 3.5, y - 1.5), 5.2, self._palette["paper"])

    def _draw_axes(self) -> None:
        for bpm in range(-(-self._low // GRID_BPM) * GRID_BPM, self._high + 1, GRID_BPM):
            self._stroke([(LEFT, self._y(bpm)), (RIGHT, self._y(bpm))], 1, self._palette["grid"])
            self._text((LEFT - 12, self._y(bpm)), f"{bpm}", 16, "pencil", "rm")
        for place, hour in self._curve.hours:
            self._text((self._x(place), BOTTOM + 16), self._words.hour(hour), 16, "pencil", "mt")

    def _draw_resting(self) -> None:
        if self._curve.resting is None:
            return
        y = self._y(self._curve.resting)
        for x in range(LEFT, RIGHT, 10):
            self._stroke([(x, y), (min(x + 6, RIGHT), y)], 2, self._palette["resting"])

    def _draw_run(self, run: tuple[Column, ...]) -> None:
        """Draw the range of each column, and the mean as a line in the colours of the zones."""
        points = [(LEFT + column.x + 0.5, column.mean) for column in run]
        if len(run) == 1:
            ((x, mean),) = points
            ends = [(x, self._y(run[0].min) + 1), (x, self._y(run[0].max) - 1)]
            self._stroke(ends, 3, self._colour_at(mean))
            return
        upper = [(x, self._y(column.max)) for (x, _), column in zip(points, run, strict=True)]
        lower = [(x, self._y(column.min)) for (x, _), column in zip(points, run, strict=True)]
        self._sheet.polygon(_scaled([*upper, *reversed(lower)]), fill=self._mixed("line", RANGE))
        limits = [bpm for _, low, high in self._zones() for bpm in (low, high)]
        pieces = pairwise(chain.from_iterable(_split(*pair, limits) for pair in pairwise(points)))
        for colour, group in groupby(
            pieces, key=lambda piece: self._colour_at((piece[0][1] + piece[1][1]) / 2)
        ):
            joined = [*group]
            line = [joined[0][0], *(end for _, end in joined)]
            self._stroke([(x, self._y(bpm)) for x, bpm in line], 2.5, colour)

    def _draw_scale(self) -> None:
        """Draw the zones as a thin scale at the right edge."""
        for name, low, high in self._zones():
            self._box(RIGHT + 10, self._y(high) + 1, RIGHT + 14, self._y(low) - 1, self._palette[name], 2)

    def _write_title(self) -> None:
        curve = self._curve
        day = self._words.date(curve.day)
        self._text((LEFT, 48), day[0].upper() + day[1:], 28, "ink", "ls")
        if curve.lowest and curve.highest and curve.mean is not None and curve.until:
            figures = self._words.figures(curve.lowest[1], curve.highest[1], curve.mean, curve.until)
            self._text((LEFT, 78), figures, 18, "pencil", "ls")
        else:
            self._text(
                ((LEFT + RIGHT) / 2, (TOP + BOTTOM) / 2), self._words.nothing, 28, "pencil", "mm", rim=6
            )

    def _draw_marks(self) -> None:
        """Mark the newest, the lowest and the highest sample, and name the resting heart rate."""
        curve = self._curve
        if curve.resting is not None:
            name = self._words.resting(curve.resting)
            self._text((RIGHT, self._y(curve.resting) - 7), name, 15, "resting", "rs", rim=3)
        if curve.newest:
            self._dot(self._at(curve.newest), 5, self._colour_at(curve.newest[1]))
        for extreme, offset, edge in ((curve.highest, -11, "s"), (curve.lowest, 11, "t")):
            if extreme:
                x, y = self._at(extreme)
                colour = self._colour_at(extreme[1])
                self._dot((x, y), 4, colour)
                at = (min(max(x, LEFT + 20), RIGHT - 20), y + offset)
                self._text(at, f"{extreme[1]}", 19, colour, f"m{edge}", rim=3)

    def _mixed(self, name: str, share: float) -> Colour:
        """Return a colour of the palette as it looks when it is spread thin on the paper."""
        paper, colour = self._palette["paper"], self._palette[name]
        red, green, blue = (round(p + (c - p) * share) for p, c in zip(paper, colour, strict=True))
        return red, green, blue

    def _text(
        self, at: Point, text: str, size: float, colour: str | Colour, anchor: str, rim: float = 0
    ) -> Point:
        """Write a text; return its left and right end."""
        found = self._palette[colour] if isinstance(colour, str) else colour
        ((x, y),) = _scaled([at])
        paper = self._palette["paper"]
        left, right = write(self._sheet, (x, y), text, size * SCALE, found, anchor, rim * SCALE, paper)
        return left / SCALE, right / SCALE

    def _box(
        self, left: float, top: float, right: float, bottom: float, colour: Colour, radius: float
    ) -> None:
        if top < bottom:
            ends = _scaled([(left, top), (right, bottom)])
            self._sheet.rounded_rectangle(ends, radius * SCALE, fill=colour)

    def _stroke(self, points: list[Point], width: float, colour: Colour) -> None:
        self._sheet.line(_scaled(points), fill=colour, width=round(width * SCALE), joint="curve")

    def _dot(self, at: Point, radius: float, colour: Colour) -> None:
        """Draw a dot with a rim of paper."""
        self._disc(at, radius + 2, self._palette["paper"])
        self._disc(at, radius, colour)

    def _disc(self, at: Point, radius: float, colour: Colour) -> None:
        x, y = at
        self._sheet.ellipse(_scaled([(x - radius, y - radius), (x + radius, y + radius)]), fill=colour)


def _length(minutes: int) -> str:
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def _split(one: Point, other: Point, limits: Iterable[float]) -> list[Point]:
    """Return the ends of a piece of the line, and the places between them where it crosses a limit."""
    (left, begin), (right, end) = one, other
    low, high = sorted((begin, end))
    crossed = sorted((limit for limit in set(limits) if low < limit < high), reverse=begin > end)
    between = [(left + (limit - begin) / (end - begin) * (right - left), limit) for limit in crossed]
    return [one, *between, other]


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
