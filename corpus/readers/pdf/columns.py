"""Stretches of a page -> its lines in reading order: columns one after another, what spans them in between.

A band of the page with enough text on both sides of a gutter is read side by side. The rest is rows, but for asides:
boxes that the running text runs around.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

from corpus.readers.pdf.asides import Aside, find_asides, place_of
from corpus.readers.pdf.gutters import LINES_A_SIDE, NARROWEST, Gutter, bands_of, find_gutters, parts_text, sides_of
from corpus.readers.pdf.lines import MARKER, Line
from corpus.readers.pdf.stretches import Stretch, rows_of
from corpus.readers.pdf.tables import Cells, cells_of, is_entry, table_end, unwrapped


@dataclass(frozen=True, slots=True)
class _Column:
    """Stretches that are read from top to bottom, the left and right edge of the strip they are set in, and the boxes
    in it that they run around.
    """

    stretches: list[Stretch]
    left: float
    right: float
    asides: tuple[Aside, ...] = ()
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


def _shared_gutters(pages: Sequence[Sequence[Stretch]]) -> list[Gutter]:
    shared: dict[int, list[Gutter]] = defaultdict(list)
    for page in pages:
        for gutter in find_gutters(page):
            if parts_text(page, gutter):
                shared[round(gutter.middle / 5)].append(gutter)
    return [gutters[0] for gutters in shared.values() if len(gutters) >= 3]


def _left_edge(page: Sequence[Stretch]) -> float:
    """Return where the lines of a page begin that begin furthest to the left, a single one that hangs out aside."""
    starts = Counter(round(row[0].x0) for row in rows_of(page))
    enough = min(max(starts.values()), max(3, sum(starts.values()) // 10))
    return min(x for x, count in starts.items() if count >= enough)


def _in_order(column: _Column, gutters: Sequence[Gutter] = ()) -> list[_Column]:
    """Return the columns that a strip of a page falls into in reading order, those that span others in between.

    ``gutters`` were found in more of the page: they part even what is too short to show one.
    """
    asides = find_asides(column.stretches)
    cut = [aside for aside in asides if aside.cuts]
    column = _without_boxes(column, cut)
    size = sorted(s.size for s in column.stretches)[len(column.stretches) // 2]
    found = [g for g in find_gutters(column.stretches) if parts_text(column.stretches, g)]
    for gutter in (*(g for g in gutters if g not in found), *found):
        bands = bands_of(column.stretches, gutter)
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
    return [_without_boxes(column, find_asides(column.stretches) if cut else asides)]


def _without_boxes(column: _Column, asides: Sequence[Aside]) -> _Column:
    """Return a column with boxes set apart."""
    boxed = {s for aside in asides for s in aside.box}
    left = [s for s in column.stretches if s not in boxed]
    return replace(column, stretches=left, asides=(*column.asides, *asides)) if asides else column


def _parts(band: list[Stretch], gutter: Gutter, column: _Column) -> tuple[_Column, _Column]:
    left, right = sides_of(band, gutter)
    return _part(left, column.left, gutter.x0, column), _part(right, gutter.x1, column.right, column)


def _part(stretches: list[Stretch], left: float, right: float, column: _Column) -> _Column:
    held = set(stretches)
    return _Column(stretches, left, right, tuple(a for a in column.asides if a.beside[0] in held))


def _lines_around(column: _Column, page: int, numbers: Iterator[int]) -> list[Line]:
    """Return the lines of a column, those of a box behind the paragraph that runs around it."""
    lines = _lines(column, page, next(numbers))
    for aside in column.asides:
        lines = [aside.narrowed(line) for line in lines]
    for aside in column.asides:
        box = _Column(aside.box, min(s.x0 for s in aside.box), max(s.x1 for s in aside.box), is_aside=True)
        at = place_of(aside, lines)
        lines[at:at] = _lines(box, page, next(numbers))
    return lines


def _lines(column: _Column, page: int, number: int) -> list[Line]:
    """Return the lines of a column, with the rows of tables in it; ``number`` is the column's on the page."""
    rows = [cells_of(row) for row in rows_of(column.stretches)]
    lines: list[Line] = []
    n = 0
    while n < len(rows):
        end = table_end(rows, n)
        for cells in unwrapped(rows[n:end]):
            lines.append(_line(cells, page, number, column, is_table=True))
        if end == n:
            lines.append(_line(rows[n], page, number, column, is_table=False))
        n = max(end, n + 1)
    return lines


def _line(cells: Cells, page: int, number: int, column: _Column, is_table: bool) -> Line:
    texts = tuple(" ".join(s.text for s in cell) for cell in cells)
    stretches = [s for cell in cells for s in cell]
    first = stretches[0]
    letters = sum(len(s.text) for s in stretches)
    longest = max(stretches, key=lambda s: len(s.text))
    behind_marker = stretches[1] if len(stretches) > 1 and MARKER.fullmatch(first.text) else first
    return Line(
        page=page,
        column=number,
        text=("\t" if is_table or is_entry(cells) else " ").join(texts),
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
