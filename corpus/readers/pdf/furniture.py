"""What layout puts on every page: running headers and footers, page numbers, panels at the side, watermarks, text that
runs upwards.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.folding import fold
from corpus.readers.pdf.stretches import Stretch, rows_of

EDGE = 0.13
"""The part of a page's height, at its head and at its foot, in which running headers and footers stand."""
SAME_HEIGHT = 3.0
"""In points: so far may a running header move from page to page."""
LONGEST = 150
"""In characters."""
SIDEWAYS = 100
"""In characters: so much text set sideways on one page may be the labels of a chart."""
PANEL_LINES = 3
"""A panel at the side of the pages has at least so many lines."""
PANEL_STEP = 5.0
"""So far apart are they at most, in times their size: headings in the margin of a form are further apart."""
CELL_WIDTH = 20.0
"""In times the size of its letters: a value beside its label is narrower, a line of running text is wider."""
_PAGE_NUMBER = re.compile(
    r"(?:(?:page|p\.)\s*)?[-–|\s]*(?P<number>\d{1,4}|[ivxl]{1,7})[-–|\s]*(?:(?:of|/)\s*\d{1,4})?", re.I
)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}


@dataclass(frozen=True, slots=True)
class _Group:
    """What stands together on a row at the edge of a page."""

    page: int
    members: tuple[Stretch, ...]
    text: str

    @property
    def y(self) -> float:
        return self.members[0].y

    @property
    def size(self) -> float:
        return max(member.size for member in self.members)

    def heights(self) -> tuple[int, int]:
        """Return two names for the height, of which heights at most ``SAME_HEIGHT`` apart have one in common."""
        step = self.y / (2 * SAME_HEIGHT)
        return 2 * round(step), 2 * round(step - 0.5) + 1


def find_furniture(pages: Sequence[Sequence[Stretch]], heights: Sequence[float], body: float) -> list[set[Stretch]]:
    """Return what is furniture on each page.

    ``heights`` are those of the pages, ``body`` is the size of the running text, all in points.
    """
    at_edges = _at_edges(pages, heights, body)
    panels = _panels(pages, at_edges)
    if any(panels):  # without their upper ends, which may pass for running headers
        rest = [[s for s in page if s not in panel] for page, panel in zip(pages, panels, strict=True)]
        at_edges = _at_edges(rest, heights, body)
    return [edge | panel for edge, panel in zip(at_edges, panels, strict=True)]


def _at_edges(pages: Sequence[Sequence[Stretch]], heights: Sequence[float], body: float) -> list[set[Stretch]]:
    """Return what is furniture on each page but panels."""
    found = [{stretch for stretch in page if not stretch.upright} for page in pages]
    groups = [g for n, page in enumerate(pages) for g in _groups(n, page, heights[n])]
    marked = [*_page_numbers(groups), *_repeated(groups, len(pages), body), *_titles(groups, pages, body)]
    for group in [*marked, *_beside(groups, marked, len(pages))]:
        found[group.page].update(group.members)
    for page, stretch in _watermarks(pages, body):
        found[page].add(stretch)
    return found


def unread_sideways(pages: Sequence[Sequence[Stretch]]) -> list[int]:
    """Return the numbers of the pages (1 is the first) with running text that is not upright.

    Single words, as on the axes of charts, are none, nor is what comes again on another page: a mark of layout.
    """
    if all(s.upright for page in pages for s in page):
        return []
    on = Counter(key for page in pages for key in {_key(s.text) for s in page})
    return [
        number
        for number, page in enumerate(pages, start=1)
        if sum(len(s.text) for s in page if not s.upright and s.text.count(" ") > 2 and on[_key(s.text)] == 1)
        > SIDEWAYS
    ]


def _key(text: str) -> str:
    return re.sub(r"\d+", "0", fold(text))


def body_size(stretches: Iterable[Stretch]) -> float:
    """Return the size in points in which most letters are set, to half a point; 0 where there are none."""
    letters: Counter[float] = Counter()
    for stretch in stretches:
        letters[round(stretch.size * 2) / 2] += len(stretch.text)
    return max(letters, key=lambda size: (letters[size], -size), default=0.0)


def _groups(number: int, page: Sequence[Stretch], height: float) -> list[_Group]:
    outer = [s for s in page if s.upright and not EDGE * height < s.y < (1 - EDGE) * height]
    groups = []
    for row in rows_of(outer):
        parts = [[row[0]]]
        for a, b in pairwise(row):
            if b.x0 - a.x1 > 4 * a.size:
                parts.append([])
            parts[-1].append(b)
        for part in parts:
            text = " ".join(s.text for s in part)
            if len(text) <= LONGEST:
                groups.append(_Group(number, tuple(part), text))
    return groups


def _page_numbers(groups: list[_Group]) -> list[_Group]:
    """Return the figures that are the page's own number, or that count with the pages at one height."""
    counted: dict[tuple[int, int], list[_Group]] = defaultdict(list)
    for group in groups:
        if shape := _PAGE_NUMBER.fullmatch(group.text):
            for height in group.heights():
                counted[_value(shape["number"]) - group.page, height].append(group)
    return [
        group
        for (ahead, _), members in counted.items()
        for group in members
        if ahead == 1 or len({g.page for g in members}) >= 2
    ]


def _value(figures: str) -> int:
    if figures.isdecimal():
        return int(figures)
    values = [_ROMAN[letter] for letter in figures.lower()]
    return sum(-a if a < b else a for a, b in pairwise([*values, 0]))


def _repeated(groups: list[_Group], page_count: int, body: float) -> list[_Group]:
    """Return what comes again at one height of pages at most two apart, figures aside.

    Three times are enough, and two in smaller type than the running text or where there are no more pages. What is
    larger may be a heading: it must come on pages in a row.
    """
    placed: dict[tuple[str, int], list[_Group]] = defaultdict(list)
    for group in groups:
        for height in group.heights():
            placed[_key(group.text), height].append(group)
    found = []
    for members in placed.values():
        on = sorted({group.page for group in members})
        enough = 3 if page_count > 2 and members[0].size > 0.94 * body else 2
        apart = 1 if members[0].size > 1.1 * body else 2
        if sum(b - a <= apart for a, b in pairwise(on)) >= enough - 1:
            found += members
    return found


def _titles(groups: list[_Group], pages: Sequence[Sequence[Stretch]], body: float) -> list[_Group]:
    """Return the report's title where it stands in small type at the edge of a further page."""
    title = fold(" ".join(s.text for s in pages[0] if s.size > 1.2 * body)) if pages else ""
    small = (g for g in groups if g.page and g.size <= body and len(g.text) >= 10)
    return [group for group in small if fold(group.text) in title]


def _beside(groups: list[_Group], marked: list[_Group], page_count: int) -> list[_Group]:
    """Return what stands, in the same size, where most pages have furniture: the name of a chapter of one page, say."""
    rows: dict[tuple[int, int], set[int]] = defaultdict(set)
    for group in marked:
        for height in group.heights():
            rows[height, round(group.size)].add(group.page)
    usual = {row for row, pages in rows.items() if page_count > 3 and len(pages) > 0.6 * page_count}
    return [g for g in groups if any((height, round(g.size)) in usual for height in g.heights())]


def _watermarks(pages: Sequence[Sequence[Stretch]], body: float) -> list[tuple[int, Stretch]]:
    """Return large words that stand in one place of most pages, wherever that is."""
    placed: dict[tuple[str, int, int], list[tuple[int, Stretch]]] = defaultdict(list)
    for page, stretches in enumerate(pages):
        for s in stretches:
            if s.size > 2 * body:
                placed[fold(s.text), round(s.x0), round(s.y)].append((page, s))
    most = max(2, len(pages) / 2)
    return [one for members in placed.values() if len(members) > most for one in members]


def _panels(pages: Sequence[Sequence[Stretch]], found: Sequence[set[Stretch]]) -> list[set[Stretch]]:
    """Return what panels at the left or right of each page hold, such as a list of the chapters to go to.

    ``found`` is what else is furniture on each page: a panel may stand beside it, and its upper end may be in it.

    The lines of one come again, in the same words and place, on a third of the pages and at least on two: it may
    stand left on even pages and right on odd ones, and not on the first. On so many pages all other text is at one side
    of it; what stands between its lines on further pages belongs to it.
    """
    enough = max(2, len(pages) / 3)
    placed = [[(_place(s), s) for s in page if s.upright] for page in pages]
    on = Counter(place for page in placed for place in {place for place, _ in page})
    aside: Counter[tuple[str, int, int]] = Counter()
    for page, places, marked in zip(pages, placed, found, strict=True):
        again = [s for place, s in places if on[place] >= enough]
        others = [s for s in page if s not in again and s not in marked]
        aside.update({_place(s) for stack in _stacks_aside(again, others) for s in stack})
    panels = []
    for page, places in zip(pages, placed, strict=True):
        lines = [s for place, s in places if aside[place] >= enough]
        stacks = _stacks(lines)
        panels.append({s for s in page if s in lines or any(_is_within(s, stack) for stack in stacks)})
    return panels


def _place(stretch: Stretch) -> tuple[str, int, int]:
    return stretch.text, round(stretch.x0 / 2), round(stretch.y / 2)


def _stacks_aside(again: Sequence[Stretch], others: Sequence[Stretch]) -> list[list[Stretch]]:
    """Return the stacks of ``again`` that have all the ``others`` on their page at their right or left."""
    if not others:
        return []
    left, right = min(s.x0 for s in others), max(s.x1 for s in others)
    sides = [s for s in again if s.x1 < left], [s for s in again if s.x0 > right]
    return [stack for side in sides for stack in _stacks(side) if not _are_labels(stack, others)]


def _stacks(stretches: Iterable[Stretch]) -> list[list[Stretch]]:
    """Return the stretches that stand close together one below another, where they are enough for a panel."""
    stacks: list[list[Stretch]] = []
    for s in sorted(stretches, key=lambda s: -s.y):
        near = [stack for stack in stacks if stack[-1].y - s.y <= PANEL_STEP * s.size and _share_strip(stack[-1], s)]
        if near:
            near[0].append(s)
        else:
            stacks.append([s])
    return [stack for stack in stacks if len(stack) >= PANEL_LINES]


def _share_strip(a: Stretch, b: Stretch) -> bool:
    return a.x0 < b.x1 and b.x0 < a.x1


def _is_within(stretch: Stretch, stack: Sequence[Stretch]) -> bool:
    left, right = min(s.x0 for s in stack), max(s.x1 for s in stack)
    return stack[-1].y < stretch.y < stack[0].y and left - 1 < stretch.x0 and stretch.x1 < right + 2 * stretch.size


def _are_labels(stack: Sequence[Stretch], others: Sequence[Stretch]) -> bool:
    """Return whether most lines of ``stack`` are labels in a table, each with a value beside it.

    Text beside a panel may stand on its rows, but is wider or goes on above or below it.
    """
    top, foot, reach = stack[0].y, stack[-1].y, 2.5 * stack[0].size
    goes_on = {round(s.x0) for s in others if 1 < s.y - top < reach or 1 < foot - s.y < reach}
    values = [s for s in others if s.x1 - s.x0 < CELL_WIDTH * s.size and round(s.x0) not in goes_on]
    return sum(any(abs(value.y - label.y) < 1 for value in values) for label in stack) > 0.7 * len(stack)
