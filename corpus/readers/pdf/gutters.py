"""Stretches of a page -> the gutters between them, and the bands of the page that a gutter parts.

A gutter is a strip that parts lines side by side and that no line crosses over some height of the page. What crosses
it cuts the page into bands.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from corpus.readers.pdf.lines import MARKER
from corpus.readers.pdf.stretches import GAP, NARROW, NARROW_ROWS, Stretch, rows_of
from corpus.readers.pdf.tables import is_table

LINES_A_SIDE = 3
"""A band with fewer lines on one side is a row or a table."""
NARROWEST = 7.0
"""In times the size of the letters: no column of text is narrower."""
NARROWEST_GUTTER = 5
"""In points."""
WIDEST_GUTTER = 400
"""In points."""
MOST_GUTTERS = 6
MOST_STRETCHES = 2_000
"""A page with more, such as a map, is read by rows."""


@dataclass(frozen=True, slots=True)
class Gutter:
    """A strip of a page, by its left and right edge in points."""

    x0: float
    x1: float

    @property
    def middle(self) -> float:
        """Return how far from the left of the page its middle is."""
        return (self.x0 + self.x1) / 2

    def is_crossed(self, stretch: Stretch) -> bool:
        """Return whether ``stretch`` reaches into the strip, further than a hanging comma does."""
        slack = max(2.0, 0.4 * (self.x1 - self.x0))
        return stretch.x0 < self.x1 - slack and stretch.x1 > self.x0 + slack


def find_gutters(stretches: Sequence[Stretch]) -> list[Gutter]:
    """Return where gutters may run: what the gaps beside most stretches have in common."""
    gaps = wide_gaps(stretches) if len(stretches) <= MOST_STRETCHES else []
    found: list[Gutter] = []
    for _ in range(MOST_GUTTERS):
        votes = Counter(x for start, end in gaps for x in range(start, end + 1))
        most = max(votes.values(), default=0)
        if most < LINES_A_SIDE:
            break
        first = last = min(x for x, count in votes.items() if count == most)
        while votes[first - 1] > 0.92 * most:
            first -= 1
        while votes[last + 1] > 0.92 * most:
            last += 1
        if last - first >= NARROWEST_GUTTER:
            found.append(Gutter(first, last))
        gaps = [(start, end) for start, end in gaps if end < first or start > last]
    return found


def wide_gaps(stretches: Sequence[Stretch]) -> list[tuple[int, int]]:
    """Return the wide gaps between each stretch and the nearest one beside it, from left to right, in whole points."""
    ordered = sorted(stretches, key=lambda s: -s.y)
    gaps = []
    for n, stretch in enumerate(ordered):
        if MARKER.fullmatch(stretch.text):
            continue
        near = (s for step in (-1, 1) for s in _near(ordered, n, step, 0.8 * stretch.size))
        nearest = min((s.x0 for s in near if s.x0 > stretch.x1), default=0.0)
        if NARROW * stretch.size <= nearest - stretch.x1 <= WIDEST_GUTTER:
            gaps.append((round(stretch.x1), round(nearest)))
    return gaps


def _near(ordered: list[Stretch], n: int, step: int, reach: float) -> list[Stretch]:
    """Return the stretches before or behind the ``n``-th whose baselines are at most ``reach`` away."""
    near = []
    m = n + step
    while 0 <= m < len(ordered) and abs(ordered[m].y - ordered[n].y) <= reach:
        near.append(ordered[m])
        m += step
    return near


def sides_of(band: Sequence[Stretch], gutter: Gutter) -> tuple[list[Stretch], list[Stretch]]:
    """Return the stretches of a band that begin left of the middle of ``gutter``, and the others."""
    return [s for s in band if s.x0 < gutter.middle], [s for s in band if s.x0 >= gutter.middle]


def bands_of(stretches: Sequence[Stretch], gutter: Gutter) -> list[tuple[list[Stretch], bool]]:
    """Return the bands of a strip from the top, each with whether ``gutter`` parts it: text stands on both sides."""
    rows = rows_of(stretches)
    size = sorted(s.size for s in stretches)[len(stretches) // 2]
    left, right = sides_of(stretches, gutter)
    bands: list[tuple[list[Stretch], bool]] = []
    for row in rows:
        free = not any(gutter.is_crossed(s) for s in row) and not _spans(row, left, [s.y for s in right], size)
        if not bands or bands[-1][1] != free:
            bands.append(([], free))
        bands[-1][0].extend(row)
    return [(band, free and all(sides_of(band, gutter))) for band, free in bands]


def _spans(row: list[Stretch], left: list[Stretch], right: list[float], size: float) -> bool:
    """Return whether a row at the left is a heading that spans the columns, though it is too short to cross a gutter.

    ``right`` are the heights of the text right of the gutter, ``left`` is the text left of it, ``size`` that of most
    text: beside such a heading, all of its lines, the columns at the right stand apart.
    """
    first, y = row[0], row[0].y
    if not all(s.bold or s.size > 1.04 * size for s in row) or any(abs(other - y) < size / 2 for other in right):
        return False
    above = min((other for other in right if other > y), default=inf)
    below = max((other for other in right if other < y), default=-inf)
    if below == -inf or (above - below < 3 * size if above < inf else y - below < 1.5 * size):
        return False
    lines = (s for s in left if abs(s.size - first.size) < 0.06 * size and abs(s.y - y) < 1.6 * first.size)
    return all(below < s.y < above for s in lines)


def parts_text(stretches: Sequence[Stretch], gutter: Gutter) -> bool:
    """Return whether ``gutter`` has a column of text on either side in some band."""
    return any(parted and _is_parted(band, gutter) for band, parted in bands_of(stretches, gutter))


def _is_parted(run: list[Stretch], gutter: Gutter) -> bool:
    """Return whether a gutter that no stretch of ``run`` crosses has a column of text on either side."""
    sides = [rows_of(side) for side in sides_of(run, gutter)]
    size = sorted(s.size for s in run)[len(run) // 2]
    narrow = gutter.x1 - gutter.x0 < GAP * size
    if min(map(len, sides)) < (NARROW_ROWS if narrow else LINES_A_SIDE):
        return False
    tops = [side[0][0].y for side in sides]
    feet = [side[-1][0].y for side in sides]
    if min(tops) <= max(feet):
        return False
    widths = [[max(s.x1 for s in row) - min(s.x0 for s in row) for row in side] for side in sides]
    if min(max(side) for side in widths) < NARROWEST * size:
        return False
    starts = Counter(round(row[0].x0) for row in sides[1])
    if max(starts[x] + starts[x + 1] for x in starts) < 0.4 * len(sides[1]):
        return False  # wide spaces between words, one below another
    return not is_table(sides, narrow)
