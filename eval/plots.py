"""Plots as inline SVG, drawn by hand: bars and differences with intervals, curves over rank, the reliability curve.

Colours are classes that ``STYLE`` gives a meaning, so that a plot works on light and dark. Every value is also written
as text, beside the plot or in its table: no plot tells anything by colour alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from corpus.errors import one_line
from eval.abstention import Bin
from eval.significance import Estimate

STYLE = """
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1b1b1f; --soft: #55565c; --mark: #2f6fba; --rule: #85868c; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #15171a; --ink: #f0f0f2; --soft: #b4b6bd; --mark: #4a7fc1; --rule: #75777e; }
}
svg { font: 13px system-ui, sans-serif; max-width: none; }
svg text { fill: var(--ink); } svg .heading { font-weight: 600; } .paper { fill: var(--paper); }
.bar { fill: var(--mark); } .frame { fill: none; stroke: var(--rule); }
.whisker, .curve { fill: none; stroke: var(--ink); stroke-width: 1.5; }
.tick { stroke: var(--rule); stroke-width: 1; stroke-dasharray: 2 3; }
.guide { stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 6 4; }
"""

_WIDTH = 720
_LABEL = 190
_VALUE = 180
_ROW = 22
_PLOT = _WIDTH - _LABEL - _VALUE
_HEADING_CHARACTERS = 90
_DASHES = ("", "7 4", "2 3", "10 3 2 3")
"""How the first lines of a plot of curves are dashed; every line also has its label at its end."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot of a size in pixels: ``parts`` are SVG elements, ``title`` says what it shows."""

    title: str
    parts: tuple[str, ...]
    width: float
    height: float

    @property
    def svg(self) -> str:
        """The plot as an ``svg`` element for a page that has ``STYLE``."""
        return f'<svg role="img" aria-label="{escape(self.title)}" {self._size}>{"".join(self.parts)}</svg>'

    def at(self, y: float) -> str:
        """Return the plot as an element of another one, ``y`` below its top."""
        return f'<svg y="{_n(y)}" {self._size}>{"".join(self.parts)}</svg>'

    @property
    def _size(self) -> str:
        width, height = _n(self.width), _n(self.height)
        return f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled estimate; ``heading`` opens a group of rows where it is not empty."""

    label: str
    estimate: Estimate
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A labelled curve: the estimates at 1, 2, 3 and so on."""

    label: str
    estimates: tuple[Estimate, ...]


def bars(rows: Sequence[Row], title: str) -> Plot:
    """Return bars from 0 to 1, one for each of ``rows``, with the interval as a whisker."""
    return _chart(rows, title, 0.0, 1.0, as_bars=True)


def differences(rows: Sequence[Row], title: str) -> Plot:
    """Return a mark for the mean of each of ``rows``, with the interval as a whisker, around a line at zero."""
    reach = max((abs(bound) for row in rows for bound in (row.estimate.low, row.estimate.high)), default=0.0)
    reach = max(0.05, min(1.0, reach * 1.1))
    return _chart(rows, title, -reach, reach, as_bars=False)


def curves(lines: Sequence[Line], title: str) -> Plot:
    """Return ``lines`` from 0 to 1 over the rank; the intervals are drawn as whiskers where there is one line alone."""
    square = _Square(480, 300)
    depth = max((len(line.estimates) for line in lines), default=0)
    step = 1 / max(1, depth - 1)
    parts = square.frame("rank k", "mean")
    parts += [square.tick_below(n * step, str(n + 1)) for n in range(depth) if n == 0 or (n + 1) % 5 == 0]
    ends: list[float] = []
    for number, line in enumerate(lines):
        values = line.estimates
        points = " ".join(f"{_n(square.x(n * step))},{_n(square.y(found.mean))}" for n, found in enumerate(values))
        dash = _DASHES[number % len(_DASHES)]
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        parts.append(f'<polyline class="curve"{dashed} points="{points}"/>')
        if len(lines) == 1:
            parts += [
                f'<path class="whisker" d="M{_n(square.x(n * step))} {_n(square.y(found.low))}'
                f'V{_n(square.y(found.high))}"/>'
                for n, found in enumerate(values)
            ]
        if values:
            y = square.y(values[-1].mean) + 4
            while any(abs(y - other) < 15 for other in ends):
                y += 1
            ends.append(y)
            parts.append(_text(square.x(1.0) + 8, y, line.label, "start"))
    return Plot(title, tuple(parts), square.left + square.width + 150, square.height + 70)


def reliability(bins: Sequence[Bin], title: str) -> Plot:
    """Return the reliability curve: the observed share over the mean probability; the diagonal is perfect calibration.

    The area of a point grows with the number of questions it stands for.
    """
    square = _Square(320, 320)
    largest = max((found.count for found in bins), default=1)
    x0, y0, x1, y1 = (_n(value) for value in (square.x(0), square.y(0), square.x(1), square.y(1)))
    parts = square.frame("stated probability of being answerable", "share answerable")
    parts.append(f'<line class="guide" x1="{x0}" y1="{y0}" x2="{x1}" y2="{y1}"/>')
    parts += [square.tick_below(tick, f"{tick:g}") for tick in _TICKS]
    places = [(_n(square.x(found.predicted)), _n(square.y(found.observed)), found) for found in bins]
    points = " ".join(f"{x},{y}" for x, y, _ in places)
    parts.append(f'<polyline class="curve" points="{points}"/>')
    for x, y, found in places:
        radius = 3.0 + 9.0 * (found.count / largest) ** 0.5
        parts.append(
            f'<circle class="bar" cx="{x}" cy="{y}" r="{_n(radius)}">'
            f"<title>{found.count} questions: stated {found.predicted:.2f}, observed {found.observed:.2f}</title>"
            "</circle>"
        )
    return Plot(title, tuple(parts), square.left + square.width + 20, square.height + 70)


def svg_file(plots: Sequence[Plot], legend: Sequence[str]) -> str:
    """Return ``plots`` one below the other as an SVG file that needs nothing from outside, under the lines ``legend``
    and each under its title."""
    y = 20.0
    parts = []
    for line in legend:
        parts.append(_text(0, y, line, "start"))
        y += _ROW
    for plot in plots:
        y += _ROW
        parts.append(_text(0, y, plot.title, "start", "heading"))
        parts.append(plot.at(y + 12))
        y += plot.height + 24
    width = max([_WIDTH, *(plot.width for plot in plots)]) + 40
    size = f'viewBox="-20 0 {_n(width)} {_n(y + 10)}" width="{_n(width)}" height="{_n(y + 10)}"'
    paper = f'<rect class="paper" x="-20" y="0" width="{_n(width)}" height="{_n(y + 10)}"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>\n<style>{STYLE}</style>\n{paper}\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class _Square:
    """A framed area for values from 0 to 1 both ways, ``width`` by ``height`` pixels."""

    width: float
    height: float
    left: float = 60.0
    top: float = 20.0

    def x(self, value: float) -> float:
        return self.left + value * self.width

    def y(self, value: float) -> float:
        return self.top + (1.0 - value) * self.height

    def frame(self, below: str, beside: str) -> list[str]:
        """Return the frame, the ticks and their values beside it, and the names of what lies below and beside."""
        size = f'width="{_n(self.width)}" height="{_n(self.height)}"'
        middle = _n(self.top + self.height / 2)
        return [
            f'<rect class="frame" x="{_n(self.left)}" y="{_n(self.top)}" {size}/>',
            *(_text(self.left - 8, self.y(tick) + 4, f"{tick:g}", "end") for tick in _TICKS),
            _text(self.left + self.width / 2, self.top + self.height + 40, below, "middle"),
            f'<text transform="translate(16 {middle}) rotate(-90)" text-anchor="middle">{escape(beside)}</text>',
        ]

    def tick_below(self, value: float, text: str) -> str:
        return _text(self.x(value), self.top + self.height + 18, text, "middle")


def _chart(rows: Sequence[Row], title: str, low: float, high: float, *, as_bars: bool) -> Plot:
    def x(value: float) -> float:
        return _LABEL + (min(max(value, low), high) - low) / (high - low) * _PLOT

    parts: list[str] = []
    y = 12.0
    for row in rows:
        if row.heading:
            y += 10
            parts.append(_text(0, y + 4, _shortened(row.heading), "start", "heading"))
            y += _ROW
        found = row.estimate
        parts.append(_text(_LABEL - 10, y + 4, row.label, "end"))
        if as_bars:
            width = x(found.mean) - _LABEL
            parts.append(f'<rect class="bar" x="{_LABEL}" y="{_n(y - 7)}" width="{_n(width)}" height="14"/>')
        else:
            parts.append(f'<circle class="bar" cx="{_n(x(found.mean))}" cy="{_n(y)}" r="5"/>')
        parts.append(_whisker(x(found.low), x(found.high), y))
        sign = "" if as_bars else "+"
        value = f"{found.mean:{sign}.3f} ({found.low:{sign}.3f} to {found.high:{sign}.3f})"
        parts.append(_text(_LABEL + _PLOT + 10, y + 4, value, "start"))
        y += _ROW
    for tick in (low, (low + high) / 2, high):
        middle = " guide" if tick == (low + high) / 2 and not as_bars else ""
        parts.append(f'<line class="tick{middle}" x1="{_n(x(tick))}" y1="0" x2="{_n(x(tick))}" y2="{_n(y)}"/>')
        parts.append(_text(x(tick), y + 16, f"{tick:.2g}", "middle"))
    return Plot(title, tuple(parts), _WIDTH, y + 24)


def _whisker(left: float, right: float, y: float) -> str:
    a, b = _n(left), _n(right)
    ends = f"M{a} {_n(y - 4)}V{_n(y + 4)}M{b} {_n(y - 4)}V{_n(y + 4)}"
    return f'<path class="whisker" d="M{a} {_n(y)}H{b}{ends}"/>'


def _text(x: float, y: float, text: str, anchor: str, name: str = "") -> str:
    kind = f' class="{name}"' if name else ""
    return f'<text{kind} x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}">{escape(one_line(text))}</text>'


def _shortened(text: str) -> str:
    return text if len(text) <= _HEADING_CHARACTERS else f"{text[: _HEADING_CHARACTERS - 1]}…"


def _n(value: float) -> str:
    return f"{value:.1f}"
