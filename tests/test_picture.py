"""The picture shows what the archive holds of a day, at its place, and can be drawn of whatever that is."""

from datetime import date, timedelta
from io import BytesIO
from itertools import chain, pairwise
import json
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
from PIL import Image, ImageDraw, ImageFont
import pytest

from custom_components.fitbit_cardiogram.archive.archive import Archive
from custom_components.fitbit_cardiogram.heart_rate.clock import DAY, HOUR, midnight
from custom_components.fitbit_cardiogram.heart_rate.day import DaySummary, RestingHeartRate, Zone, ZoneName
from custom_components.fitbit_cardiogram.heart_rate.sample import BPM_MAX, BPM_MIN, Sample
from custom_components.fitbit_cardiogram.heart_rate.sleep import SleepSession
from custom_components.fitbit_cardiogram.heart_rate.workout import Workout
from custom_components.fitbit_cardiogram.lettering import Colour as AnyColour, _split, write
from custom_components.fitbit_cardiogram.picture import (
    BOTTOM,
    COLUMNS,
    HEIGHT,
    LEFT,
    PALETTES,
    RIGHT,
    TOP,
    WIDTH,
    Curve,
    Palette,
    curve_of,
    draw,
    outline_of,
)
from custom_components.fitbit_cardiogram.picture_words import Words
from tests.helpers.archives import open_archive
from tests.repository.files import COMPONENT

LIGHT = PALETTES["light"]
PAPER, LINE, RESTING = (LIGHT[name] for name in ("paper", "line", "resting"))
WORDS = {
    path.stem: Words(json.loads(path.read_text())["common"], twelve_hours=False)
    for path in (COMPONENT / "translations").iterdir()
}
BERLIN = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 11, 21)
START = midnight(TODAY, BERLIN)
ZONES = tuple(
    Zone(name, 1.0, low, high)
    for name, low, high in zip(ZoneName, (30, 108, 134, 165), (107, 133, 164, 220), strict=True)
)

type Colour = tuple[int, int, int]


def store(archive: Archive, samples: list[Sample]) -> None:
    archive.store(samples, START + 2 * DAY)


def know(archive: Archive, day: date = TODAY, zone: ZoneInfo = BERLIN) -> None:
    """Let zones and a resting heart rate of 60 be known of a day."""
    known = DaySummary(day, RestingHeartRate(day, 60), ZONES)
    archive.store_days([known], lambda day: midnight(day, zone), today=day)


def steady(bpm: int, first: float, last: float, step: int = 10) -> list[Sample]:
    """Return samples from one hour of the day to another."""
    return [(time, bpm) for time in range(int(START + first * HOUR), int(START + last * HOUR), step)]


class Picture:
    """A picture that was decoded again."""

    def __init__(self, curve: Curve, palette: Palette = LIGHT, language: str = "en") -> None:
        self.png = draw(curve, palette, WORDS[language])
        self.image = Image.open(BytesIO(self.png))
        assert self.image.format == "PNG"
        assert self.image.size == (WIDTH, HEIGHT)
        self.pixels = self.image.convert("RGB").load()

    def at(self, x: float, y: float) -> Colour:
        """Return the colour of a pixel."""
        assert self.pixels is not None
        found = self.pixels[int(x), int(y)]
        assert isinstance(found, tuple)
        return found[0], found[1], found[2]

    def column(self, hour: float, hours: float = 24) -> list[Colour]:
        """Return the pixels of the plot at an hour, between the lines of the grid."""
        return [self.at(LEFT + hour / hours * COLUMNS, y) for y in range(TOP + 1, BOTTOM)]

    def y(self, colour: AnyColour, hour: float) -> float | None:
        """Return the middle of what has about this colour at an hour."""
        found = [TOP + 1 + row for row, seen in enumerate(self.column(hour)) if is_like(seen, colour)]
        return sum(found) / len(found) if found else None

    def has_ink(self, left: float, top: float, right: float, bottom: float) -> bool:
        """Tell whether something dark is within a box."""
        return any(
            sum(self.at(x, y)) < 500
            for x in range(int(left), int(right))
            for y in range(int(top), int(bottom))
        )


def is_like(seen: Colour, colour: AnyColour) -> bool:
    return all(abs(one - other) <= 24 for one, other in zip(seen, colour, strict=False))


def test_what_is_shown_is_at_its_place(archive: Archive) -> None:
    """The line, the zones, the resting heart rate and the extremes."""
    know(archive)
    store(archive, [*steady(120, 8, 10), *steady(80, 10, 12), (START + 18 * HOUR, 180)])
    curve = curve_of(archive, TODAY, BERLIN)
    assert curve.lowest == (10 / 24, 80)
    assert curve.highest == (18 / 24, 180)
    assert curve.resting == 60
    assert curve.zones == tuple(zip(ZoneName, (30, 108, 134, 165), strict=True))
    picture = Picture(curve)
    assert len(picture.png) < 60_000
    # 60 - 8 and 180 + 8, rounded to tens outwards: 50 to 190.
    per_bpm = (BOTTOM - TOP) / 140
    at_120, at_80 = picture.y(LIGHT["moderate"], 9.1), picture.y(LINE, 11.1)
    assert at_120 == pytest.approx(BOTTOM - 70 * per_bpm, abs=1.5)
    assert at_80 == pytest.approx(BOTTOM - 30 * per_bpm, abs=1.5)
    for bpm, zone in ((121, ZoneName.MODERATE), (150, ZoneName.VIGOROUS), (175, ZoneName.PEAK)):
        assert picture.at(RIGHT + 12, BOTTOM - (bpm - 50) * per_bpm) == LIGHT[zone]
    assert picture.at(RIGHT + 12, BOTTOM - 42 * per_bpm) == PAPER
    row = int(BOTTOM - 10 * per_bpm)
    dashes = [is_like(picture.at(x, row), RESTING) for x in range(LEFT, RIGHT)]
    assert 0.4 < sum(dashes) / len(dashes) < 0.7
    # The highest, with its number above; the dot has a rim of paper.
    x, y = LEFT + 0.75 * COLUMNS, BOTTOM - 130 * per_bpm
    assert is_like(picture.at(x, y), LIGHT["peak"])
    assert picture.has_ink(x - 20, y - 28, x + 20, y - 10)


def test_a_gap_stays_a_gap(archive: Archive) -> None:
    """Of more than 300 seconds, or of more than samples have that are coarse."""
    store(archive, [(START, 70), (START + 300, 70), (START + 601, 80), (START + 800, 80)])
    curve = curve_of(archive, TODAY, BERLIN)
    assert [[column.mean for column in run] for run in curve.runs] == [[70, 70], [80, 80]]
    assert len(curve_of(archive, TODAY, BERLIN, gap=301).runs) == 1

    store(archive, [*steady(100, 6, 8), *steady(100, 16, 18)])
    picture = Picture(curve_of(archive, TODAY, BERLIN))
    assert picture.y(LINE, 7) == picture.y(LINE, 17) is not None
    assert picture.y(LINE, 7.5)
    assert picture.y(LINE, 11) is None


def test_a_column_has_its_lowest_mean_and_highest(archive: Archive) -> None:
    store(archive, [(START, 60), (START + 1, 80), (START + 2, 100), (START + 110, 90), (START + 120, 91)])
    ((first, second),) = curve_of(archive, TODAY, BERLIN).runs
    assert (first.x, first.min, first.mean, first.max) == (0, 60, 80, 100)
    assert (second.x, second.min, second.mean, second.max) == (1, 90, 90.5, 91)


def test_sleep_and_workouts_are_bands(archive: Archive) -> None:
    """Of the part of the day that they take up; the time asleep and the length are written above."""
    night = SleepSession("night", START - 2 * HOUR, START + 6 * HOUR, is_main=True)
    run = Workout("run", "RUNNING", START + 18 * HOUR, START + 19 * HOUR)
    archive.store_sleep([night], START - DAY, START + DAY, START + 20 * HOUR)
    archive.store_workouts([run], START - DAY, START + DAY, START + 20 * HOUR)
    store(archive, steady(70, 8, 9))
    curve = curve_of(archive, TODAY, BERLIN)
    ((begin, end, _),), (workout,) = curve.sleep, curve.workouts
    assert (begin, end) == (0, 6 / 24)
    assert workout == (18 / 24, 19 / 24, 60)
    for palette in PALETTES.values():
        picture = Picture(curve, palette)
        seen = {hour: picture.at(LEFT + hour / 24 * COLUMNS, TOP + 5) for hour in (3, 12, 18.5)}
        assert len(set(seen.values())) == 3
        assert seen[12] == palette["paper"]
        assert picture.at(5, 5) == palette["paper"]
    assert outline_of(archive, TODAY, BERLIN)[-2:] == (curve.sleep, curve.workouts)


@pytest.mark.parametrize("language", sorted(WORDS))
def test_each_language_has_its_words(archive: Archive, language: str) -> None:
    """And no letter is missing from the font."""
    store(archive, steady(70, 8, 9))
    words = WORDS[language]
    font = ImageFont.load_default(20)
    missing = font.getmask("\N{SNOWMAN}").getbbox(), bytes(font.getmask("\N{SNOWMAN}"))
    texts = [text for texts in (words.texts.values(), [words.nothing]) for text in texts]
    for letter in {letter for text in texts for letter in _split(text)[0]} - {" "}:
        assert (font.getmask(letter).getbbox(), bytes(font.getmask(letter))) != missing
    assert Picture(curve_of(archive, TODAY, BERLIN), language=language).png
    dates = {words.date(TODAY + timedelta(days=30 * month)) for month in range(12)}
    assert len(dates) == 12


def test_an_accent_is_drawn_above_its_letter() -> None:
    def inked(text: str) -> tuple[int, int, int, int] | None:
        image = Image.new("RGB", (60, 60))
        write(ImageDraw.Draw(image), (10, 50), text, 40, PAPER, "ls")
        return image.getbbox()

    plain = inked("e")
    assert plain
    for accented in "éèêëẽ":
        seen = inked(accented)
        assert seen
        assert (seen[3], plain[1] - 12 < seen[1] < plain[1]) == (plain[3], True)


def test_nothing_measured_is_told_in_words(archive: Archive) -> None:
    curve = curve_of(archive, TODAY, BERLIN)
    assert curve.runs == ()
    picture = Picture(curve)
    middle, centre = (LEFT + RIGHT) / 2, (TOP + BOTTOM) / 2
    assert picture.has_ink(middle - 100, centre - 15, middle + 100, centre + 15)
    assert picture.has_ink(LEFT, 15, LEFT + 200, 45)
    # And the hours below, as ever.
    assert picture.has_ink(LEFT - 20, BOTTOM + 10, RIGHT, BOTTOM + 30)


def test_yesterday_stands_in_for_a_day_that_has_nothing_yet(archive: Archive) -> None:
    """But not the day before."""
    store(archive, steady(70, 12, 13))
    before = curve_of(archive, TODAY, BERLIN)
    assert curve_of(archive, TODAY + timedelta(days=1), BERLIN) == before
    assert curve_of(archive, TODAY + timedelta(days=2), BERLIN).runs == ()
    store(archive, [(START + DAY, 75)])
    assert curve_of(archive, TODAY + timedelta(days=1), BERLIN).day == TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2026, 3, 29), "Europe/Berlin", (0, 2, 5, 8, 11, 14, 17, 20, 23)),
        (date(2026, 10, 25), "Europe/Berlin", (0, 4, 7, 10, 13, 16, 19, 22, 25)),
        (date(2026, 11, 21), "Asia/Kathmandu", (0, 3, 6, 9, 12, 15, 18, 21, 24)),
        # Its midnight is skipped: the day begins at one o'clock, and has 23 hours.
        (date(2026, 4, 24), "Africa/Cairo", (0, 2, 5, 8, 11, 14, 17, 20, 23)),
        (date(2026, 4, 5), "Australia/Lord_Howe", (0, 3.5, 6.5, 9.5, 12.5, 15.5, 18.5, 21.5, 24.5)),
    ],
)
def test_the_hours_are_those_of_the_accounts_clock(
    archive: Archive, day: date, zone: str, hours: tuple[float, ...]
) -> None:
    """On the days on which clocks change, too."""
    info = ZoneInfo(zone)
    start = midnight(day, info)
    store(archive, [(int(start + hours[4] * HOUR), 70)])
    curve = curve_of(archive, day, info)
    assert [number for _, number in curve.hours] == [*range(0, 25, 3)]
    assert [place * hours[-1] for place, _ in curve.hours] == pytest.approx(hours)
    # What is measured at noon is at noon.
    ((column,),) = curve.runs
    assert column.x == int(hours[4] / hours[-1] * COLUMNS)
    # 70 of 60 to 120 bpm.
    x, y = LEFT + hours[4] / hours[-1] * COLUMNS, BOTTOM - (BOTTOM - TOP) / 6
    assert is_like(Picture(curve).at(x, y), LINE)


BEATS = st.lists(
    st.tuples(st.integers(START, START + DAY - 1), st.integers(BPM_MIN, BPM_MAX)),
    max_size=60,
    unique_by=lambda sample: sample[0],
)


@settings(max_examples=60)
@given(beats=BEATS, gap=st.integers(1, 3 * HOUR))
def test_no_beat_is_left_out(beats: list[Sample], gap: int) -> None:
    archive = open_archive()
    store(archive, sorted(beats))
    curve = curve_of(archive, TODAY, BERLIN, gap)
    columns = [*chain.from_iterable(curve.runs)]
    assert [column.x for column in columns] == sorted(column.x for column in columns)
    assert {column.x for column in columns} == {(time - START) * COLUMNS // DAY for time, _ in beats}
    times = sorted(time for time, _ in beats)
    gaps = sum(other - one > gap for one, other in pairwise(times))
    assert len(curve.runs) == (gaps + 1 if beats else 0)
    if beats:
        assert min(column.min for column in columns) == min(bpm for _, bpm in beats)
        assert max(column.max for column in columns) == max(bpm for _, bpm in beats)
    assert all(column.min <= column.mean <= column.max for column in columns)
    archive.delete()


@settings(max_examples=25)
@given(
    beats=BEATS,
    resting=st.none() | st.integers(BPM_MIN, BPM_MAX),
    bounds=st.lists(st.none() | st.integers(0, 400), min_size=4, max_size=4),
)
def test_whatever_is_known_can_be_drawn(
    beats: list[Sample], resting: int | None, bounds: list[int | None]
) -> None:
    """Include zones beyond the plot or out of order; the same twice is the same picture."""
    archive = open_archive()
    store(archive, sorted(beats))
    zones = tuple(Zone(name, None, low) for name, low in zip(ZoneName, bounds, strict=True))
    rested = RestingHeartRate(TODAY, resting) if resting else None
    archive.store_days([DaySummary(TODAY, rested, zones)], lambda day: midnight(day, BERLIN), today=TODAY)
    curve = curve_of(archive, TODAY, BERLIN)
    picture = Picture(curve)
    assert picture.png == draw(curve_of(archive, TODAY, BERLIN), LIGHT, WORDS["en"])
    # Nothing of the plot lies outside of it, but for the words.
    assert all(picture.at(x, TOP - 30) == PAPER for x in range(LEFT, RIGHT))
    archive.delete()
