"""How cost grows, drawn as SVG: with the length of the archive, and with the number of accounts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10
from typing import Any

from scripts.benchmark.growth import DRAWN

WIDTH, HEIGHT = 960, 430
TOP, BOTTOM = 70, 370
LABEL_GAP = 15
COLOURS = ("#c2255c", "#1971c2", "#2f9e44", "#e8590c", "#6741d9", "#0c8599")
STYLE = (
    "text{font:12px sans-serif;fill:#333}.title{font-weight:bold;font-size:14px}"
    ".end{text-anchor:end}.tick{text-anchor:middle}"
)


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the picture: its frame, and curves over the same positions; both axes are logarithmic."""

    title: str
    left: int
    right: int
    ticks: Mapping[float, str]
    """The labels below some positions."""
    curves: Mapping[str, Sequence[float]]

    def draw(self) -> Iterator[str]:
        """Yield the elements."""
        values = [value for curve in self.curves.values() for value in curve]
        low, high = floor(log10(min(values))), ceil(log10(max(values)))
        xs = [self._x(position) for position in self.ticks]

        def y(value: float) -> float:
            return BOTTOM - (log10(value) - low) / (high - low) * (BOTTOM - TOP)

        yield text(self.left, TOP - 24, self.title, "title")
        for power in range(low, high + 1):
            level = y(10**power)
            yield f'<path d="M{self.left} {level:.1f}H{self.right}" stroke="#ddd"/>'
            yield text(self.left - 8, level + 4, f"{10.0**power:g}", "end")
        for x, tick in zip(xs, self.ticks.values(), strict=True):
            yield text(x, BOTTOM + 20, tick, "tick")
        labels = spread({name: y(curve[-1]) for name, curve in self.curves.items()})
        for (name, curve), colour in zip(self.curves.items(), COLOURS, strict=False):
            points = [f"{x:.1f},{y(value):.1f}" for x, value in zip(xs, curve, strict=True)]
            yield f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}" stroke-width="2"/>'
            for x, value in zip(xs, curve, strict=True):
                yield f'<circle cx="{x:.1f}" cy="{y(value):.1f}" r="3.5" fill="{colour}"/>'
            yield text(self.right + 10, labels[name] + 4, f"{name}, {curve[-1]:.3g}", colour=colour)

    def _x(self, position: float) -> float:
        first, last = min(self.ticks), max(self.ticks)
        return self.left + log10(position / first) / log10(last / first) * (self.right - self.left)


def spread(levels: Mapping[str, float]) -> dict[str, float]:
    """Return heights for labels that are near those wanted and do not overlap, from the lowest label up."""
    placed: dict[str, float] = {}
    below = float(BOTTOM + LABEL_GAP)
    for name, level in sorted(levels.items(), key=lambda item: -item[1]):
        below = placed[name] = min(level, below - LABEL_GAP)
    return placed


def text(x: float, y: float, words: str, kind: str = "", colour: str = "") -> str:
    """Return words at a place."""
    attributes = (f' class="{kind}"' if kind else "") + (f' style="fill:{colour}"' if colour else "")
    return f'<text x="{x:.1f}" y="{y:.1f}"{attributes}>{escape(words)}</text>'


def plot(growth: Sequence[Mapping[str, Any]], polls: Sequence[Mapping[str, Any]]) -> str:
    """Return the picture of the figures, as they are kept."""
    days = {size["days"]: str(size["days"]) for size in growth}
    works = {name: [size["figures"][name]["median"] for size in growth] for name in DRAWN}
    accounts = {one["accounts"]: str(one["accounts"]) for one in polls}
    costs = {
        "event loop, a poll, ms": [one["busy"]["median"] for one in polls],
        "memory, MB": [one["memory"] / one["accounts"] for one in polls],
    }
    panels = (
        Panel("An archive of so many days: milliseconds", 60, 420, days, works),
        Panel("So many accounts: cost of each", 690, 790, accounts, costs),
    )
    elements = "\n".join(element for panel in panels for element in panel.draw())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">\n<style>{STYLE}</style>\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="#fff"/>\n{elements}\n</svg>\n'
    )
