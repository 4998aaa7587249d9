"""Texts in Pillow's own font, which has letters without accents only: the accents are drawn."""

from collections.abc import Iterator
from typing import Final
import unicodedata

from PIL import ImageDraw, ImageFont

type Colour = tuple[int, int, int] | tuple[int, int, int, int]
type Point = tuple[float, float]

# By the combining character: lines of points from the middle above a letter, in shares of the font's size.
_ACCENTS: Final[dict[str, tuple[tuple[Point, Point], ...]]] = {
    "\N{COMBINING ACUTE ACCENT}": (((-0.05, -0.07), (0.09, -0.19)),),
    "\N{COMBINING GRAVE ACCENT}": (((0.05, -0.07), (-0.09, -0.19)),),
    "\N{COMBINING CIRCUMFLEX ACCENT}": (((-0.12, -0.07), (0.0, -0.18)), ((0.0, -0.18), (0.12, -0.07))),
    "\N{COMBINING TILDE}": (((-0.14, -0.08), (-0.04, -0.14)), ((-0.04, -0.14), (0.14, -0.09))),
    "\N{COMBINING DIAERESIS}": (((-0.13, -0.12), (-0.10, -0.12)), ((0.10, -0.12), (0.13, -0.12))),
}
_THICKNESS: Final = 0.085


def write(
    sheet: ImageDraw.ImageDraw,
    at: Point,
    text: str,
    size: float,
    colour: Colour,
    anchor: str,
    rim: float = 0,
    rim_colour: Colour = (0, 0, 0, 0),
) -> tuple[float, float]:
    """Write a text, with a rim that sets it off from what is below; return its left and right end."""
    font = ImageFont.load_default(size)
    letters, accents = _split(text)
    sheet.text(at, letters, colour, font, anchor, stroke_width=rim, stroke_fill=rim_colour)
    # The left end of the base line.
    placed, based = (font.getbbox(letters, anchor=one) for one in (anchor, "ls"))
    x, y = at[0] + placed[0] - based[0], at[1] + placed[1] - based[1]
    for place, accent in accents:
        letter = letters[place]
        middle = x + font.getlength(letters[:place]) + font.getlength(letter) / 2
        top = y + font.getbbox(letter, anchor="ls")[1]
        for line in _ACCENTS[accent]:
            points = [(middle + right * size, top + down * size) for right, down in line]
            sheet.line(points, colour, round(_THICKNESS * size))
    return x, x + font.getlength(letters)


def _split(text: str) -> tuple[str, list[tuple[int, str]]]:
    """Return the letters of a text without accents, and the places of those that can be drawn."""
    letters, accents = "", list[tuple[int, str]]()
    for character in _characters(text):
        if character in _ACCENTS and letters:
            accents.append((len(letters) - 1, character))
        elif not unicodedata.combining(character):
            letters += character
    return letters, accents


def _characters(text: str) -> Iterator[str]:
    yield from unicodedata.normalize("NFD", text.replace("ß", "ss"))
