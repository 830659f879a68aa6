"""Stretches of a page -> its lines in reading order: columns one after another, what spans them in between.

A gutter is a strip that parts lines side by side and that no line crosses over some height of the page. What crosses
it cuts the page into bands; a band with enough text on both sides is read side by side. The rest is rows, but for
asides: boxes that the running text runs around.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, pairwise
from math import inf
from typing import NamedTuple

from corpus.blocks import ends_sentence
from corpus.readers.pdf.stretches import GAP, NARROW, NARROW_ROWS, Stretch, rows_of

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
SHORT_CELL = 18
"""In characters: most lines of a column of text are longer."""
ASIDE_LETTERS = 8
"""A box has at least so many."""
FULL = 8.0
"""In times the size of its letters: at most so much room has a line that goes on in the next."""
_MARKER = re.compile(r"[•▪■◦‣●○·➢✓–*o-]|\(?\d{1,2}[.)]|\(?[a-z]\)|\([ivx]+\)|[⁰¹²³⁴-⁹]+|\d{1,2}(?:\.\d{1,2})*")
_PAGE = re.compile(r"[\d ]{1,5}|[ivxl]{1,6}")


_Cells = list[list[Stretch]]
"""What stands on a row, cell by cell."""


@dataclass(frozen=True, slots=True)
class _Gutter:
    """A strip of a page, by its left and right edge in points."""

    x0: float
    x1: float

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2

    def is_crossed(self, stretch: Stretch) -> bool:
        """Return whether ``stretch`` reaches into the strip, further than a hanging comma does."""
        slack = max(2.0, 0.4 * (self.x1 - self.x0))
        return stretch.x0 < self.x1 - slack and stretch.x1 > self.x0 + slack


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, or a row of a table where it has more than one of ``cells``.

    ``left`` and ``right`` are the edges of the column it stands in, ``column`` that column's number on the page;
    ``marker_end`` is where its text begins behind a bullet or number set apart, ``x0`` where there is none. ``calls``
    are the numbers of the notes it calls for. ``is_aside`` says that it stands in a box that other text runs around.
    """

    page: int
    column: int
    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    left: float = 0.0
    right: float = 0.0
    marker_end: float = 0.0
    cells: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    is_aside: bool = False


@dataclass(frozen=True, slots=True)
class _Aside:
    """A box, and what stands beside it of the text that runs around it; ``cuts`` says that this goes on above or below
    the box across the whole column.
    """

    box: list[Stretch]
    beside: list[Stretch]
    cuts: bool

    @property
    def is_left(self) -> bool:
        return self.box[0].x0 < self.beside[0].x0

    def narrowed(self, line: Line) -> Line:
        """Return a line of the column with the edges that the box leaves it."""
        if not any(s.y == line.y for s in self.beside):
            return line
        if self.is_left:
            return replace(line, left=min(s.x0 for s in self.beside))
        return replace(line, right=min(s.x0 for s in self.box) - line.size)


@dataclass(frozen=True, slots=True)
class _Column:
    """Stretches that are read from top to bottom, the left and right edge of the strip they are set in, and the boxes
    in it that they run around.
    """

    stretches: list[Stretch]
    left: float
    right: float
    asides: tuple[_Aside, ...] = ()
    is_aside: bool = False


def find_lines(pages: Sequence[Sequence[Stretch]]) -> list[list[Line]]:
    """Return the lines of each page in reading order.

    A page whose text is narrower than most is taken to be as wide as most: its lines are short, not its columns.
    Gutters that three pages have may part the others too.
    """
    gutters = _shared_gutters(pages)
    edges = [(_left_edge(page), max(s.x1 for s in page)) if page else (0.0, 0.0) for page in pages]
    widths = sorted(right - left for left, right in edges)
    usual = widths[len(widths) // 2] if widths else 0.0
    found = []
    for number, (page, (left, right)) in enumerate(zip(pages, edges, strict=True), start=1):
        if page:
            numbers = count()
            columns = _in_order(_Column(list(page), left, max(right, left + usual)), gutters)
            found.append([line for column in columns for line in _lines_around(column, number, numbers)])
    return found


def has_room(above: Line, below: Line, spare: float = 0.0) -> bool:
    """Return whether the first word of ``below`` had room on the line above, with ``spare`` points left: the line was
    ended on purpose.
    """
    word = below.text.split(None, 1)[0]
    width = (below.x1 - below.x0) / max(1, len(below.text))
    return above.x1 + (len(word) + 3) * width + spare < above.right


def _shared_gutters(pages: Sequence[Sequence[Stretch]]) -> list[_Gutter]:
    shared: dict[int, list[_Gutter]] = defaultdict(list)
    for page in pages:
        for gutter in _gutters(page):
            if _parts_text(page, gutter):
                shared[round(gutter.middle / 5)].append(gutter)
    return [gutters[0] for gutters in shared.values() if len(gutters) >= 3]


def _left_edge(page: Sequence[Stretch]) -> float:
    """Return where the lines of a page begin that begin furthest to the left, a single one that hangs out aside."""
    starts = Counter(round(row[0].x0) for row in rows_of(page))
    enough = min(max(starts.values()), max(3, sum(starts.values()) // 10))
    return min(x for x, count in starts.items() if count >= enough)


def _in_order(column: _Column, gutters: Sequence[_Gutter] = ()) -> list[_Column]:
    """Return the columns that a strip of a page falls into in reading order, those that span others in between.

    ``gutters`` were found in more of the page: they part even what is too short to show one.
    """
    asides = _asides(column.stretches)
    cut = [aside for aside in asides if aside.cuts]
    column = _without_boxes(column, cut)
    size = sorted(s.size for s in column.stretches)[len(column.stretches) // 2]
    found = [g for g in _gutters(column.stretches) if _parts_text(column.stretches, g)]
    for gutter in (*(g for g in gutters if g not in found), *found):
        bands = _bands(column.stretches, gutter)
        beside = sum(len(band) for band, parted in bands if parted)
        if beside > len(column.stretches) / 2 or (beside and gutter in found):
            others = [g for g in {*gutters, *found} if abs(g.middle - gutter.middle) > NARROWEST * size]
            return [
                inner
                for band, parted in bands
                for part in (
                    _parts(band, gutter, column) if parted else (_part(band, column.left, column.right, column),)
                )
                for inner in _in_order(part, others)
            ]
    for gutter in gutters:
        ends = [s.x1 for s in column.stretches if s.x1 > gutter.x0 - 4 * size]
        if len(ends) >= LINES_A_SIDE and max(ends) < gutter.middle:
            column = replace(column, right=gutter.x0)  # nothing stands in the columns at the right
            break
    return [_without_boxes(column, _asides(column.stretches) if cut else asides)]


def _without_boxes(column: _Column, asides: Sequence[_Aside]) -> _Column:
    """Return a column with boxes set apart."""
    boxed = {s for aside in asides for s in aside.box}
    left = [s for s in column.stretches if s not in boxed]
    return replace(column, stretches=left, asides=(*column.asides, *asides)) if asides else column


def _parts_text(stretches: Sequence[Stretch], gutter: _Gutter) -> bool:
    """Return whether ``gutter`` has a column of text on either side in some band."""
    return any(parted and _is_parted(band, gutter) for band, parted in _bands(stretches, gutter))


def _parts(band: list[Stretch], gutter: _Gutter, column: _Column) -> tuple[_Column, _Column]:
    left, right = _sides(band, gutter)
    return _part(left, column.left, gutter.x0, column), _part(right, gutter.x1, column.right, column)


def _part(stretches: list[Stretch], left: float, right: float, column: _Column) -> _Column:
    held = set(stretches)
    return _Column(stretches, left, right, tuple(a for a in column.asides if a.beside[0] in held))


def _gutters(stretches: Sequence[Stretch]) -> list[_Gutter]:
    """Return where gutters may run: what the gaps beside most stretches have in common."""
    gaps = _gaps(stretches) if len(stretches) <= MOST_STRETCHES else []
    found: list[_Gutter] = []
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
            found.append(_Gutter(first, last))
        gaps = [(start, end) for start, end in gaps if end < first or start > last]
    return found


def _gaps(stretches: Sequence[Stretch]) -> list[tuple[int, int]]:
    """Return the wide gaps between each stretch and the nearest one beside it, from left to right, in whole points."""
    ordered = sorted(stretches, key=lambda s: -s.y)
    gaps = []
    for n, stretch in enumerate(ordered):
        if _MARKER.fullmatch(stretch.text):
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


def _sides(band: Sequence[Stretch], gutter: _Gutter) -> tuple[list[Stretch], list[Stretch]]:
    return [s for s in band if s.x0 < gutter.middle], [s for s in band if s.x0 >= gutter.middle]


def _bands(stretches: Sequence[Stretch], gutter: _Gutter) -> list[tuple[list[Stretch], bool]]:
    """Return the bands of a strip from the top, each with whether ``gutter`` parts it: text stands on both sides."""
    rows = rows_of(stretches)
    size = sorted(s.size for s in stretches)[len(stretches) // 2]
    left, right = _sides(stretches, gutter)
    bands: list[tuple[list[Stretch], bool]] = []
    for row in rows:
        free = not any(gutter.is_crossed(s) for s in row) and not _spans(row, left, [s.y for s in right], size)
        if not bands or bands[-1][1] != free:
            bands.append(([], free))
        bands[-1][0].extend(row)
    return [(band, free and all(_sides(band, gutter))) for band, free in bands]


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


def _is_parted(run: list[Stretch], gutter: _Gutter) -> bool:
    """Return whether a gutter that no stretch of ``run`` crosses has a column of text on either side."""
    sides = [rows_of(side) for side in _sides(run, gutter)]
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
    return not _is_table(sides, narrow)


def _is_table(sides: list[list[list[Stretch]]], narrow: bool) -> bool:
    """Return whether what stands side by side is rows of a table: on one baseline each, short or far apart.

    Beside a ``narrow`` gutter every gap is one between cells.
    """
    left, right = ([row[0].y for row in side] for side in sides)
    aligned = sum(any(abs(a - b) < 2 for b in right) for a in left)
    if aligned < 0.7 * min(len(left), len(right)):
        return False
    cells = [[cell for row in side for cell in ([[s] for s in row] if narrow else _cells(row))] for side in sides]
    lengths = [sorted(len(" ".join(s.text for s in cell)) for cell in side) for side in cells]
    steps = sorted(a - b for a, b in pairwise(left))
    is_airy = bool(steps) and steps[len(steps) // 2] > 1.7 * sides[0][0][0].size
    return is_airy or min(of_side[len(of_side) // 2] for of_side in lengths) < SHORT_CELL


def _lines_around(column: _Column, page: int, numbers: Iterator[int]) -> list[Line]:
    """Return the lines of a column, those of a box behind the paragraph that runs around it."""
    lines = _lines(column, page, next(numbers))
    for aside in column.asides:
        lines = [aside.narrowed(line) for line in lines]
    for aside in column.asides:
        box = _Column(aside.box, min(s.x0 for s in aside.box), max(s.x1 for s in aside.box), is_aside=True)
        at = _place_of(aside, lines)
        lines[at:at] = _lines(box, page, next(numbers))
    return lines


def _place_of(aside: _Aside, lines: list[Line]) -> int:
    """Return the number of the line before which a box is read: where it cuts no paragraph in two, if it can."""
    beside = [n for n, line in enumerate(lines) if any(s.y == line.y for s in aside.beside)]
    if not beside:
        return len(lines)
    if aside.is_left and not aside.cuts:
        return beside[0]
    behind = (n for n in range(beside[-1] + 1, len(lines)) if _parts_paragraphs(lines[n - 1], lines[n]))
    before = (n for n in range(beside[0], 0, -1) if _parts_paragraphs(lines[n - 1], lines[n]))
    return next(behind, next(before, len(lines)))


def _parts_paragraphs(above: Line, below: Line) -> bool:
    """Return whether a paragraph surely ends between two lines."""
    if above.column != below.column or above.bold != below.bold or abs(above.size - below.size) > 0.06 * above.size:
        return True
    is_ended = ends_sentence(above.text) and has_room(above, below, 2 * above.size)
    return is_ended or above.y - below.y > 1.7 * above.size or bool(_MARKER.match(below.text.split(None, 1)[0] + " "))


def _asides(stretches: Sequence[Stretch]) -> list[_Aside]:
    """Return the boxes in a column that its text runs around, from the top."""
    if len(stretches) > MOST_STRETCHES:
        return []
    ordered = sorted(stretches, key=lambda s: -s.y)
    starts = {round(start) for _, start in _gaps(stretches)}
    found: list[_Aside] = []
    for x in sorted(starts):
        for stack in _stacks([s for s in ordered if abs(s.x0 - x) <= 1]):
            taken = {s for aside in found for s in (*aside.box, *aside.beside)}
            if taken.isdisjoint(stack) and (aside := _aside(stack, ordered)) and taken.isdisjoint(aside.box):
                found.append(aside)
    return sorted(found, key=lambda aside: -aside.box[0].y)


def _stacks(stretches: Sequence[Stretch]) -> list[list[Stretch]]:
    """Return the stretches, sorted from the top, in groups that stand close together in letters of one size."""
    stacks: list[list[Stretch]] = []
    for s in stretches:
        last = stacks[-1][-1] if stacks else None
        if last and last.y - s.y <= 1.8 * s.size and abs(last.size - s.size) <= 0.06 * s.size:
            stacks[-1].append(s)
        else:
            stacks.append([s])
    return stacks


def _aside(right: list[Stretch], ordered: list[Stretch]) -> _Aside | None:
    """Return the box that ``right``, lines that begin one below another, or what stands left of them is, if one is."""
    x0, size = min(s.x0 for s in right), right[0].size
    top, foot = right[0].y + 0.8 * size, right[-1].y - 0.8 * size
    across = [s for s in ordered if foot < s.y < top and s not in right]
    left = [s for s in across if s.x1 < x0 - 0.5 * s.size]
    if not left or len(left) < len(across):
        return None
    sides = [(right, left), (left, right)]
    ways = [(_joints(beside, left, x0, ordered), _width(beside), box, beside) for box, beside in sides]
    joints, _, box, beside = max(ways, key=lambda way: (way[0].running, len(way[0].lines), way[1]))
    if sum(c.isalpha() for s in box for c in s.text) < ASIDE_LETTERS or len(_stacks(box)) > 1:
        return None
    differs = all(abs(box[0].size - s.size) > 0.06 * size for s in beside)
    on_rows = sum(any(abs(a.y - b.y) < 1 for b in beside) for a in box) >= 0.7 * len(box)
    if not joints.lines:
        is_apart = differs and not on_rows and min(len(box), len(beside)) > 1
        return _Aside(box, beside, False) if is_apart else None
    cuts = not on_rows and (differs or joints.running > 0)
    if not cuts and joints.running and (differs or len(box) > 1):
        is_wide = x0 - max(s.x1 for s in left) > 1.2 * size
        is_text = sorted(len(s.text) for s in beside)[len(beside) // 2] >= SHORT_CELL
        is_text = is_text and any(s.text[0].islower() for s in beside)  # cells begin with a capital letter
        cuts = is_wide and is_text and not _is_flush(right, joints.lines)
    return _Aside(box, [*beside, *_beside_margin(box, beside, x0, ordered)], True) if cuts else None


def _beside_margin(box: list[Stretch], beside: list[Stretch], x0: float, ordered: list[Stretch]) -> list[Stretch]:
    """Return the lines of the text ``beside`` a box at the right that stand beside its upper and lower margin."""
    size = beside[0].size
    found = []
    for step in (1, -1) if box[0].x0 >= x0 else ():
        end = beside[0].y if step > 0 else beside[-1].y
        outer = sorted((s for s in ordered if step * (s.y - end) > 0 and s not in box), key=lambda s: step * s.y)
        for s in outer:
            if s.x1 > x0 - 0.5 * size or abs(s.y - end) > 1.6 * size or abs(s.size - size) > 0.06 * size:
                break
            found.append(s)
            end = s.y
    return found


def _width(stretches: Sequence[Stretch]) -> float:
    return max(s.x1 for s in stretches) - min(s.x0 for s in stretches)


def _is_flush(right: Sequence[Stretch], lines: Sequence[Stretch]) -> bool:
    """Return whether what is right of a gap ends where a line does: behind a wide space in a justified paragraph."""
    end = max(s.x1 for s in right)
    return end - min(s.x1 for s in right) < 1 and any(abs(line.x1 - end) < 1 for line in lines)


class _Joints(NamedTuple):
    """The lines above and below a box with which text beside it goes on, and how many surely do, in mid-sentence."""

    lines: list[Stretch]
    running: int


def _joints(beside: Sequence[Stretch], left: Sequence[Stretch], x0: float, ordered: list[Stretch]) -> _Joints:
    """Return the joints of the text ``beside`` a box with lines across ``x0``; ``left`` is what stands left of that."""
    size, edge = beside[0].size, min(s.x0 for s in left)
    lines = [s for s in ordered if s.x0 < x0 - size and s.x1 > x0 and abs(s.x0 - edge) < 2 * size]
    above = min((s for s in lines if s.y > beside[0].y), key=lambda s: s.y, default=None)
    below = max((s for s in lines if s.y < beside[-1].y), key=lambda s: s.y, default=None)
    steps = sorted(a.y - b.y for a, b in pairwise(beside) if a.y - b.y > 1)
    most = 1.1 * steps[len(steps) // 2] if len(steps) > 1 else 1.6 * size
    right = max(s.x1 for s in ordered)
    found, running = [], 0
    for line, a, b, end in ((above, above, beside[0], right), (below, beside[-1], below, max(s.x1 for s in beside))):
        if line and a and b and a.y - b.y < most and abs(a.size - b.size) <= 0.06 * size and a.bold == b.bold:
            found.append(line)
            is_cut = a.x1 > end - FULL * size and not ends_sentence(a.text) and not a.text.endswith(":")
            running += is_cut and any(c.isalpha() for c in a.text) and not _MARKER.fullmatch(b.text)
    return _Joints(found, running)


def _lines(column: _Column, page: int, number: int) -> list[Line]:
    """Return the lines of a column, with the rows of tables in it; ``number`` is the column's on the page."""
    rows = [_cells(row) for row in rows_of(column.stretches)]
    lines: list[Line] = []
    n = 0
    while n < len(rows):
        end = _table_end(rows, n)
        for cells in _unwrapped(rows[n:end]):
            lines.append(_line(cells, page, number, column, is_table=True))
        if end == n:
            lines.append(_line(rows[n], page, number, column, is_table=False))
        n = max(end, n + 1)
    return lines


def _table_end(rows: list[_Cells], start: int) -> int:
    """Return the number of the row behind the table that begins with row ``start``, ``start`` where none does."""
    first = rows[start]
    end = last = start
    while (end < len(rows) and rows[end - 1][0][0].y - rows[end][0][0].y < 4 * first[0][0].size) or end == start:
        if len(rows[end]) > 1 and (end == start or _aligned(rows[last], rows[end])):
            last = end
        elif len(first) == 1 or end == start or not _fits_cell(rows[last], rows[end]) or end - last > 2:
            break
        end += 1
    wrapped = last + 1
    while wrapped < end and rows[wrapped - 1][0][0].y - rows[wrapped][0][0].y < 1.5 * first[0][0].size:
        wrapped += 1
    # In a justified line all spaces are wide, in a row those between cells.
    alone = len(first) > 2 and any(" " in s.text for cell in first for s in cell)
    held = rows[start:wrapped]
    if (last == start and not alone) or all(_is_entry(cells) for cells in held):
        return start
    return wrapped


def _fits_cell(row: _Cells, line: _Cells) -> bool:
    """Return whether ``line`` crosses no gap between the cells of ``row``."""
    gaps = [(a[-1].x1, b[0].x0) for a, b in pairwise(row)]
    return not any(s.x0 < (a + b) / 2 < s.x1 for cell in line for s in cell for a, b in gaps)


def _unwrapped(rows: list[_Cells]) -> list[_Cells]:
    """Return the rows of a table with the lines of a cell that is broken put together.

    Such lines are nearer to each other than rows are, and fill fewer cells.
    """
    steps = [a[0][0].y - b[0][0].y for a, b in pairwise(rows)]
    done: list[_Cells] = rows[:1]
    for row, step in zip(rows[1:], steps, strict=True):
        if len(row) < len(done[-1]) and step < 1.5 * row[0][0].size and _fits_cell(done[-1], row):
            middles = [(a[-1].x1 + b[0].x0) / 2 for a, b in pairwise(done[-1])]
            cells = [list(cell) for cell in done[-1]]
            for s in (s for cell in row for s in cell):
                cells[sum(s.x0 > middle for middle in middles)].append(s)
            done[-1] = cells
        else:
            done.append(row)
    return done


def _cells(row: list[Stretch]) -> _Cells:
    """Return what stands together in a row: a bullet or number with its text, words with wide spaces."""
    if len(row) == 2 and _PAGE.fullmatch(row[1].text) and not _MARKER.fullmatch(row[0].text):
        return [[row[0]], [row[1]]]
    cells = [[row[0]]]
    for a, b in pairwise(row):
        wide = b.x0 - a.x1 > 2 * GAP * max(a.size, b.size)
        if wide and not (len(cells) == 1 and _MARKER.fullmatch(a.text)):
            cells.append([b])
        else:
            cells[-1].append(b)
    return cells


def _aligned(above: _Cells, below: _Cells) -> bool:
    """Return whether two rows share a gap between cells and stand close to each other."""
    if above[0][0].y - below[0][0].y > 4 * below[0][0].size:
        return False
    gaps = [[(a[-1].x1, b[0].x0) for a, b in pairwise(cells)] for cells in (above, below)]
    return any(min(a[1], b[1]) - max(a[0], b[0]) > below[0][0].size / 2 for a in gaps[0] for b in gaps[1])


def _is_entry(cells: _Cells) -> bool:
    """Return whether a row is one of a contents list: a title and a page."""
    return len(cells) == 2 and bool(_PAGE.fullmatch(" ".join(s.text for s in cells[1])))


def _line(cells: _Cells, page: int, number: int, column: _Column, is_table: bool) -> Line:
    texts = tuple(" ".join(s.text for s in cell) for cell in cells)
    stretches = [s for cell in cells for s in cell]
    first = stretches[0]
    letters = sum(len(s.text) for s in stretches)
    longest = max(stretches, key=lambda s: len(s.text))
    behind_marker = stretches[1] if len(stretches) > 1 and _MARKER.fullmatch(first.text) else first
    return Line(
        page=page,
        column=number,
        text=("\t" if is_table or _is_entry(cells) else " ").join(texts),
        x0=first.x0,
        x1=max(s.x1 for s in stretches),
        y=longest.y,
        size=longest.size,
        bold=sum(len(s.text) for s in stretches if s.bold) > 0.6 * letters,
        left=column.left,
        right=column.right,
        marker_end=behind_marker.x0,
        cells=texts if is_table else (),
        calls=tuple(call for s in stretches for call in s.calls),
        is_aside=column.is_aside,
    )
