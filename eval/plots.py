"""Plots as inline SVG, drawn by hand: bars with intervals, differences with intervals, and the reliability curve.

Colours are classes that the page's style sheet gives a meaning, so that a plot works on light and dark. Every value is
also written as text: no plot tells anything by colour alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from eval.abstention import Bin
from eval.significance import Estimate

_WIDTH = 720
_LABEL = 190
_VALUE = 180
_ROW = 22
_PLOT = _WIDTH - _LABEL - _VALUE


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled estimate; ``heading`` opens a group of rows where it is not empty."""

    label: str
    estimate: Estimate
    heading: str = ""


def bars(rows: Sequence[Row], title: str) -> str:
    """Return bars from 0 to 1, one for each of ``rows``, with the interval as a whisker."""
    return _chart(rows, title, 0.0, 1.0, as_bars=True)


def differences(rows: Sequence[Row], title: str) -> str:
    """Return a mark for the mean of each of ``rows``, with the interval as a whisker, around a line at zero."""
    reach = max((abs(bound) for row in rows for bound in (row.estimate.low, row.estimate.high)), default=0.0)
    reach = max(0.05, min(1.0, reach * 1.1))
    return _chart(rows, title, -reach, reach, as_bars=False)


def reliability(bins: Sequence[Bin], title: str) -> str:
    """Return the reliability curve: the observed share over the mean probability; the diagonal is perfect calibration.

    The area of a point grows with the number of questions it stands for.
    """
    side, left, top = 320, 60, 20
    largest = max((found.count for found in bins), default=1)

    def x(value: float) -> str:
        return _n(left + value * side)

    def y(value: float) -> str:
        return _n(top + (1.0 - value) * side)

    parts = [
        f'<rect class="frame" x="{left}" y="{top}" width="{side}" height="{side}"/>',
        f'<line class="guide" x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}"/>',
    ]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(_text(left + tick * side, top + side + 18, f"{tick:g}", "middle"))
        parts.append(_text(left - 8, top + (1.0 - tick) * side + 4, f"{tick:g}", "end"))
    parts.append(_text(left + side / 2, top + side + 40, "stated probability of being answerable", "middle"))
    parts.append(
        f'<text transform="translate(16 {_n(top + side / 2)}) rotate(-90)" text-anchor="middle">share answerable</text>'
    )
    points = " ".join(f"{x(found.predicted)},{y(found.observed)}" for found in bins)
    parts.append(f'<polyline class="curve" points="{points}"/>')
    for found in bins:
        radius = 3.0 + 9.0 * (found.count / largest) ** 0.5
        parts.append(
            f'<circle class="bar" cx="{x(found.predicted)}" cy="{y(found.observed)}" r="{_n(radius)}">'
            f"<title>{found.count} questions: stated {found.predicted:.2f}, observed {found.observed:.2f}</title>"
            "</circle>"
        )
    return _svg(parts, left + side + 20, top + side + 50, title)


def _chart(rows: Sequence[Row], title: str, low: float, high: float, *, as_bars: bool) -> str:
    def x(value: float) -> float:
        return _LABEL + (min(max(value, low), high) - low) / (high - low) * _PLOT

    parts: list[str] = []
    y = 12.0
    for row in rows:
        if row.heading:
            y += 10
            parts.append(_text(0, y + 4, row.heading, "start", "heading"))
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
    return _svg(parts, _WIDTH, y + 24, title)


def _whisker(left: float, right: float, y: float) -> str:
    a, b = _n(left), _n(right)
    ends = f"M{a} {_n(y - 4)}V{_n(y + 4)}M{b} {_n(y - 4)}V{_n(y + 4)}"
    return f'<path class="whisker" d="M{a} {_n(y)}H{b}{ends}"/>'


def _text(x: float, y: float, text: str, anchor: str, name: str = "") -> str:
    kind = f' class="{name}"' if name else ""
    return f'<text{kind} x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(parts: Sequence[str], width: float, height: float, title: str) -> str:
    size = f'viewBox="0 0 {_n(width)} {_n(height)}" width="{_n(width)}" height="{_n(height)}"'
    return f'<svg role="img" aria-label="{escape(title)}" {size}>{"".join(parts)}</svg>'


def _n(value: float) -> str:
    return f"{value:.1f}"
