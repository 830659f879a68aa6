"""Stretches of a column -> the boxes in it that the running text runs around, and where they are read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from corpus.blocks import ends_sentence
from corpus.readers.pdf.gutters import MOST_STRETCHES, wide_gaps
from corpus.readers.pdf.lines import MARKER, Line, has_room
from corpus.readers.pdf.stretches import Stretch
from corpus.readers.pdf.tables import SHORT_CELL

ASIDE_LETTERS = 8
"""A box has at least so many."""
FULL = 8.0
"""In times the size of its letters: at most so much room has a line that goes on in the next."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A box, and what stands beside it of the text that runs around it; ``cuts`` says that this goes on above or below
    the box across the whole column.
    """

    box: list[Stretch]
    beside: list[Stretch]
    cuts: bool

    @property
    def is_left(self) -> bool:
        """Return whether the box stands left of the text."""
        return self.box[0].x0 < self.beside[0].x0

    def narrowed(self, line: Line) -> Line:
        """Return a line of the column with the edges that the box leaves it."""
        if not any(s.y == line.y for s in self.beside):
            return line
        if self.is_left:
            return replace(line, left=min(s.x0 for s in self.beside))
        return replace(line, right=min(s.x0 for s in self.box) - line.size)


def find_asides(stretches: Sequence[Stretch]) -> list[Aside]:
    """Return the boxes in a column that its text runs around, from the top."""
    if len(stretches) > MOST_STRETCHES:
        return []
    ordered = sorted(stretches, key=lambda s: -s.y)
    starts = {round(start) for _, start in wide_gaps(stretches)}
    found: list[Aside] = []
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


def _aside(right: list[Stretch], ordered: list[Stretch]) -> Aside | None:
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
        return Aside(box, beside, False) if is_apart else None
    cuts = not on_rows and (differs or joints.running > 0)
    if not cuts and joints.running and (differs or len(box) > 1):
        is_wide = x0 - max(s.x1 for s in left) > 1.2 * size
        is_text = sorted(len(s.text) for s in beside)[len(beside) // 2] >= SHORT_CELL
        is_text = is_text and any(s.text[0].islower() for s in beside)  # cells begin with a capital letter
        cuts = is_wide and is_text and not _is_flush(right, joints.lines)
    return Aside(box, [*beside, *_beside_margin(box, beside, x0, ordered)], True) if cuts else None


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
            running += is_cut and any(c.isalpha() for c in a.text) and not MARKER.fullmatch(b.text)
    return _Joints(found, running)


def place_of(aside: Aside, lines: list[Line]) -> int:
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
    return is_ended or above.y - below.y > 1.7 * above.size or bool(MARKER.match(below.text.split(None, 1)[0] + " "))
