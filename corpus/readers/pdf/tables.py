"""Rows of stretches -> cells, and the rows that are a table's: one below another, or on both sides of a gutter."""

import re
from itertools import pairwise

from corpus.readers.pdf.lines import MARKER
from corpus.readers.pdf.stretches import GAP, Stretch

SHORT_CELL = 18
"""In characters: most lines of a column of text are longer."""
_PAGE = re.compile(r"[\d ]{1,5}|[ivxl]{1,6}")

Cells = list[list[Stretch]]
"""What stands on a row, cell by cell."""


def cells_of(row: list[Stretch]) -> Cells:
    """Return what stands together in a row: a bullet or number with its text, words with wide spaces."""
    if len(row) == 2 and _PAGE.fullmatch(row[1].text) and not MARKER.fullmatch(row[0].text):
        return [[row[0]], [row[1]]]
    cells = [[row[0]]]
    for a, b in pairwise(row):
        wide = b.x0 - a.x1 > 2 * GAP * max(a.size, b.size)
        if wide and not (len(cells) == 1 and MARKER.fullmatch(a.text)):
            cells.append([b])
        else:
            cells[-1].append(b)
    return cells


def is_entry(cells: Cells) -> bool:
    """Return whether a row is one of a contents list: a title and a page."""
    return len(cells) == 2 and bool(_PAGE.fullmatch(" ".join(s.text for s in cells[1])))


def table_end(rows: list[Cells], start: int) -> int:
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
    if (last == start and not alone) or all(is_entry(cells) for cells in held):
        return start
    return wrapped


def _fits_cell(row: Cells, line: Cells) -> bool:
    """Return whether ``line`` crosses no gap between the cells of ``row``."""
    gaps = [(a[-1].x1, b[0].x0) for a, b in pairwise(row)]
    return not any(s.x0 < (a + b) / 2 < s.x1 for cell in line for s in cell for a, b in gaps)


def _aligned(above: Cells, below: Cells) -> bool:
    """Return whether two rows share a gap between cells and stand close to each other."""
    if above[0][0].y - below[0][0].y > 4 * below[0][0].size:
        return False
    gaps = [[(a[-1].x1, b[0].x0) for a, b in pairwise(cells)] for cells in (above, below)]
    return any(min(a[1], b[1]) - max(a[0], b[0]) > below[0][0].size / 2 for a in gaps[0] for b in gaps[1])


def unwrapped(rows: list[Cells]) -> list[Cells]:
    """Return the rows of a table with the lines of a cell that is broken put together.

    Such lines are nearer to each other than rows are, and fill fewer cells.
    """
    steps = [a[0][0].y - b[0][0].y for a, b in pairwise(rows)]
    done: list[Cells] = rows[:1]
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


def is_table(sides: list[list[list[Stretch]]], narrow: bool) -> bool:
    """Return whether what stands side by side is rows of a table: on one baseline each, short or far apart.

    Beside a ``narrow`` gutter every gap is one between cells.
    """
    left, right = ([row[0].y for row in side] for side in sides)
    aligned = sum(any(abs(a - b) < 2 for b in right) for a in left)
    if aligned < 0.7 * min(len(left), len(right)):
        return False
    cells = [[cell for row in side for cell in ([[s] for s in row] if narrow else cells_of(row))] for side in sides]
    lengths = [sorted(len(" ".join(s.text for s in cell)) for cell in side) for side in cells]
    steps = sorted(a - b for a, b in pairwise(left))
    is_airy = bool(steps) and steps[len(steps) // 2] > 1.7 * sides[0][0][0].size
    return is_airy or min(of_side[len(of_side) // 2] for of_side in lengths) < SHORT_CELL
