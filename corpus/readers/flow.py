"""From the parts that a format marks to canonical text with marks: what Word files and web pages have in common."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.characters import flat, inert
from corpus.model import BlockKind, Span
from corpus.readers import Mark

SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_ALWAYS_TOGETHER = (BlockKind.LIST_ITEM, BlockKind.TABLE)
_GAP = re.compile(r"\s+")
MOST_CELL_WORDS = 100
"""A cell with more holds text that a table was only used to lay out."""
MOST_BOLD_WORDS = 18
"""A bold line with more is emphasis, not a heading."""


@dataclass(frozen=True, slots=True)
class Part:
    """A block of a file: its text, what the format says it is (None where it says nothing), and its depth.

    ``level`` is a heading's or a list item's, 1 for the outermost, a heading's 0 where nothing tells. ``notes`` are
    the footnotes called for in it, whose numbers are not part of the text. Line breaks in ``text`` stay only where
    ``kind`` is None.
    """

    text: str
    kind: BlockKind | None = None
    level: int = 0
    notes: tuple[str, ...] = ()


def write(parts: Iterable[Part]) -> tuple[str, tuple[Mark, ...]]:
    """Return the canonical text of ``parts`` and the marks on it.

    Items of a list and rows of a table stand on lines right below one another, all else has a blank line above it.
    Footnotes stand at the end of their section, so that none cuts running text in two.
    """
    lines: list[str] = []
    marks: list[Mark] = []
    at = 0
    above: Part | None = None
    for part in _with_notes(parts):
        text = _tidy(part)
        if not text:
            continue
        if above is not None:
            together = part.kind in _ALWAYS_TOGETHER and part.kind is above.kind
            gap = "\n" if together else "\n\n"
            lines.append(gap)
            at += len(gap)
        if part.kind is not None:
            marks.append(Mark(Span(at, at + len(text)), part.kind, part.level))
        lines.append(text)
        at += len(text)
        above = part
    return "".join(lines), tuple(marks)


def number_in(text: str, default: int) -> int:
    """Return the number that an attribute holds, ``default`` where it holds none, or none below 100,000."""
    return int(text) if text.isdecimal() and len(text) < 6 else default


def in_table(rows: Sequence[Sequence[Sequence[Part]]]) -> list[Part]:
    """Return what stands in a table, given as the parts in each cell of each row: its rows, as Markdown writes them.

    A table of one column, with a heading in it or with a cell of more than ``MOST_CELL_WORDS`` words only lays out
    text, which comes as it would without.
    """
    cells = [cell for row in rows for cell in row]
    inner = [part for cell in cells for part in cell]
    longest = max((sum(len(part.text.split()) for part in cell) for cell in cells), default=0)
    lays_out = any(part.kind is BlockKind.HEADING and part.level for part in inner)
    if lays_out or longest > MOST_CELL_WORDS or max(map(len, rows), default=0) < 2:
        return inner
    return [_row(row) for row in rows]


def _row(cells: Sequence[Sequence[Part]]) -> Part:
    texts = [" ".join(" ".join(part.text for part in cell).split()) for cell in cells]
    notes = tuple(note for cell in cells for part in cell for note in part.notes)
    return Part(f"| {' | '.join(texts)} |" if any(texts) else "", BlockKind.TABLE, 0, notes)


def bold_line(text: str) -> Part:
    """Return a paragraph that is bold from end to end: a heading of unknown depth, or text where it is none."""
    heads = len(text.split()) <= MOST_BOLD_WORDS and "\n" not in text and text[-1:] not in ".,;!?"
    return Part(text, BlockKind.HEADING if heads else None)


def titled(parts: Iterable[Part]) -> list[Part]:
    """Return ``parts``, whose headings are from level 2 on below a title, with the first heading as the title where it
    alone has level 2 and none has level 1.
    """
    held = list(parts)
    levels = [part.level for part in held if part.kind is BlockKind.HEADING and part.level]
    if not levels or levels[0] != 2 or levels.count(2) > 1 or 1 in levels:
        return held
    return [replace(p, level=p.level - 1) if p.kind is BlockKind.HEADING and p.level else p for p in held]


def title_of(parts: Iterable[Part]) -> str:
    """Return the words of the title that ``parts`` hold, "" without one."""
    shown = next((part.text for part in parts if part.kind is BlockKind.HEADING and part.level == 1), "")
    return flat(shown)


def _with_notes(parts: Iterable[Part]) -> Iterator[Part]:
    waiting: list[str] = []
    count = 0
    for part in parts:
        if part.kind is BlockKind.HEADING:
            yield from map(_note, range(count - len(waiting) + 1, count + 1), waiting)
            waiting = []
        yield part
        waiting += part.notes
        count += len(part.notes)
    yield from map(_note, range(count - len(waiting) + 1, count + 1), waiting)


def _note(number: int, text: str) -> Part:
    return Part(f"{str(number).translate(SUPERSCRIPT)} {text}", BlockKind.FOOTNOTE)


def _tidy(part: Part) -> str:
    """Return the text of a part without steering characters and runs of white space, an item of a list indented.

    A tab stays one: it sets the page apart from an entry of a contents list.
    """
    lines = [
        _GAP.sub(lambda gap: "\t" if "\t" in gap[0] else " ", line.strip()) for line in inert(part.text).split("\n")
    ]
    text = ("\n" if part.kind is None else " ").join(line for line in lines if line)
    inner = part.level - 1 if part.kind is BlockKind.LIST_ITEM else 0
    return "  " * inner + text if text else ""
