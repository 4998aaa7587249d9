"""Figures, and the one table that they are printed in."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
import statistics
from typing import Any, NamedTuple

HEADING = ("", "ratio or figure", "aim", "", "ours (best round)", "beside it (best round)")


@dataclass(frozen=True, slots=True)
class Figure:
    """Something measured in some rounds."""

    median: float
    least: float
    most: float
    rounds: int


def figure(values: Sequence[float]) -> Figure:
    """Return the median and the bounds of the rounds' values."""
    return Figure(statistics.median(values), min(values), max(values), len(values))


def milliseconds(seconds: Sequence[float]) -> Figure:
    """Return the figure of the rounds' seconds, in ms."""
    return figure([taken * 1000 for taken in seconds])


def per_second(count: int, seconds: Sequence[float]) -> Figure:
    """Return the figure of the rate in each round."""
    return figure([count / taken for taken in seconds])


class Unit(NamedTuple):
    """How figures of a kind are written, and whether more of it is better."""

    words: str
    digits: int
    more_is_better: bool = False

    def write(self, value: float) -> str:
        """Write a value."""
        return f"{value:,.{self.digits}f}{self.words}"

    def write_rounds(self, figure: Figure) -> str:
        """Write the median, and the best round where there were several."""
        best = figure.most if self.more_is_better else figure.least
        return self.write(figure.median) + (f" ({best:,.{self.digits}f})" if figure.rounds > 1 else "")


class Relation(NamedTuple):
    """How two figures are compared: the ratio of ours and theirs, and how that is written."""

    ratio: Callable[[float, float], float]
    unit: Unit


MS = Unit(" ms", 2)
MB = Unit(" MB", 1)
RATE = Unit("/s", 0, more_is_better=True)
PER_HOUR = Unit(" requests/h", 1)

FASTER = Relation(lambda ours, theirs: theirs / ours, Unit(" times as fast", 1, more_is_better=True))
TIMES = Relation(lambda ours, theirs: ours / theirs, Unit(" times its time", 1))
SHARE = Relation(lambda ours, theirs: ours / theirs, Unit(" of it", 2))
AS_FAST = Relation(lambda ours, theirs: ours / theirs, Unit(" of its rate", 2, more_is_better=True))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: a figure of ours, the figure beside it, and the aim.

    The aim is a bound of the ratio if there is a figure beside it, else of our figure.
    """

    what: str
    ours: Figure
    unit: Unit
    beside: str = ""
    theirs: Figure | None = None
    relation: Relation | None = None
    aim: float | None = None

    @property
    def value(self) -> float:
        """The ratio, or the figure where there is none."""
        if self.theirs is None or self.relation is None:
            return self.ours.median
        return self.relation.ratio(self.ours.median, self.theirs.median)

    @property
    def met(self) -> bool | None:
        """Whether the aim was met, if there is one."""
        if self.aim is None:
            return None
        return self.value >= self.aim if self._value_unit.more_is_better else self.value <= self.aim

    @property
    def _value_unit(self) -> Unit:
        return self.relation.unit if self.relation else self.unit

    def cells(self) -> tuple[str, ...]:
        """Write the line."""
        unit = self._value_unit
        bound = "≥" if unit.more_is_better else "≤"
        theirs = [self.unit.write_rounds(self.theirs)] if self.theirs else []
        return (
            self.what,
            unit.write(self.value),
            "" if self.aim is None else f"{bound} {self.aim:,g}",
            {True: "met", False: "missed", None: ""}[self.met],
            self.unit.write_rounds(self.ours),
            " ".join([self.beside, *theirs]).strip(),
        )

    def as_json(self) -> dict[str, Any]:
        """Return the line as it is kept in a file."""
        return {
            "what": self.what,
            "unit": self.unit.words.strip(),
            "ours": asdict(self.ours),
            "beside": self.beside,
            "theirs": asdict(self.theirs) if self.theirs else None,
            "ratio": self.value if self.relation else None,
            "aim": self.aim,
            "met": self.met,
        }


def table(lines: Sequence[Line]) -> str:
    """Return the lines as a table, also in Markdown; a heading that several share is written once."""
    rows = [HEADING, *(line.cells() for line in lines)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    written = []
    said = ""
    for row in rows:
        first, said = ("" if row[0] == said else row[0]), row[0]
        cells = (cell.ljust(width) for cell, width in zip((first, *row[1:]), widths, strict=True))
        written.append(f"| {' | '.join(cells)} |")
    written.insert(1, f"|{'|'.join('-' * (width + 2) for width in widths)}|")
    return "\n".join(written)
