"""Lines -> pieces, each told by what its format marks it as or by its own shape: Markdown headings, list items, tables,
footnotes, left-overs, candidates for headings, and paragraphs. What only the neighbourhood tells is in ``layout`` and
``headings``.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from corpus.contents import ContentsEntry, find_contents
from corpus.folding import fold
from corpus.left_overs import is_left_over
from corpus.model import BlockKind, Span
from corpus.readers import Mark

HEADING_WORDS = 18
"""A longer line is no heading unless markup says so."""
LONGEST_HEADING = 1_000
"""In characters; a longer line is text, whatever marks it bears."""

_HASHES = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t]*#*\Z")
_BOLD_LINE = re.compile(r"(?:\*\*|__)(?P<text>[^*_].*?)(?:\*\*|__):?\Z")
_UNDERLINE = re.compile(r"(?:={3,}|-{3,})\Z")
_LIST_ITEM = re.compile(r"(?:[-*+•▪■◦‣●○·➢✓–]|\d{1,2}[.)]|\(?[a-z]\)|\([ivx]+\))[ \t]+(?=\S)")
_FOOTNOTE = re.compile(r"(?:[¹²³⁴-⁹⁰]+|\[\^[^\]\s]+\]:?)[ \t]*(?=\S)")
_NOTE_NUMBER = re.compile(rf"{_FOOTNOTE.pattern}|\d{{1,3}}[.)]?[ \t]+(?=\S)")
_STRAY_PIPE = re.compile(r"\|[ \t]+(?=[^|]+\Z)")
_TERMINAL = re.compile(r"[.!?:;…](?:[\"'”’)\]*_]|[¹²³⁴-⁹⁰]|[ \t]\d{1,2}\Z)*\Z")
_NOT_AT_END = re.compile(r"[.!,;:…][\"'”’)\]*_]*\Z")
_TAIL = 60
"""How many characters at its end tell whether a text ends a sentence."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A block in the making.

    ``group`` numbers the runs of lines between blank lines; ``blank_before`` counts the blank lines above;
    ``maybe_heading`` says that the shape allows a heading; ``markup`` that markup states it; ``in_contents`` and
    ``in_imprint`` that it belongs to the contents list or the publication details.
    """

    kind: BlockKind
    span: Span
    content: Span
    text: str
    group: int
    blank_before: int
    level: int = 0
    maybe_heading: bool = False
    markup: bool = False
    in_contents: bool = False
    in_imprint: bool = False

    @property
    def is_body(self) -> bool:
        """Whether the piece carries running text."""
        return self.kind in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.TABLE)

    @property
    def is_candidate(self) -> bool:
        """Whether the piece is a heading or may be one."""
        return self.kind is BlockKind.HEADING or self.maybe_heading


def as_kind(piece: Piece, kind: BlockKind) -> Piece:
    """Return ``piece`` as another kind; only a heading keeps its heading marks."""
    return replace(piece, kind=kind, maybe_heading=False, markup=piece.markup and kind is BlockKind.HEADING)


def joined(text: str, first: Piece, last: Piece) -> Piece:
    """Return one piece from the start of ``first`` to the end of ``last``, which is a piece of ``text`` below it."""
    content = Span(first.content.start, last.content.end)
    return replace(
        first, span=Span(first.span.start, last.span.end), content=content, text=text[content.start : content.end]
    )


def ends_sentence(text: str) -> bool:
    """Return whether ``text`` ends as a finished sentence or lead-in does."""
    return bool(_TERMINAL.search(text[-_TAIL:].rstrip()))


def find_pieces(
    text: str, begin: int = 0, marks: Sequence[Mark] = (), markdown: bool = True
) -> tuple[list[Piece], list[ContentsEntry]]:
    """Split ``text`` from offset ``begin`` into pieces, in order and without overlap, and read its contents list.

    What one of ``marks`` covers is one piece of that kind, or one a row of a table; a contents list stays what it is.
    ``markdown`` says that Markdown's signs make headings: in a printed page "# total" is a line of a program.
    """
    lines = _lines(text, begin)
    marked = _marked_lines(lines, marks)
    contents, contents_lines = find_contents([line.text for line in lines])
    wrapped_at = _wrap_width([line.text for line in lines])
    pieces: list[Piece] = []
    open_piece: list[Piece] = []
    open_mark: Mark | None = None
    group, blank = 0, 2
    for number, line in enumerate(lines):
        if not line.text:
            blank += 1
            continue
        blank = max(blank, line.opens_page)
        group += bool(blank)
        mark = None if number in contents_lines else marked.get(number)
        if number in contents_lines:
            piece = line.piece(BlockKind.FURNITURE, group, blank, in_contents=True)
        elif mark:
            piece = _as_marked(line, mark, group, blank)
        elif markdown and open_piece and not open_mark and not blank and (level := _underlined(open_piece, line.text)):
            open_piece = [_under_rule(open_piece[0], line, level)]
            continue
        else:
            piece = (_signed(line, group, blank) if markdown else None) or _classify(line, group, blank)
        if mark and mark is open_mark:
            goes_on = mark.kind is not BlockKind.TABLE
        else:
            unmarked = open_piece and not mark and not open_mark
            goes_on = bool(unmarked) and not blank and _continues(open_piece, piece, line.indent, wrapped_at)
        if not goes_on:
            pieces += _closed(text, open_piece)
            open_piece = []
        open_piece.append(piece)
        open_mark = mark
        blank = 0
    return pieces + _closed(text, open_piece), contents


def _closed(text: str, lines: list[Piece]) -> list[Piece]:
    """Return the one piece that ``lines`` make up together, in a list that is empty where they are none."""
    if len(lines) < 2:
        return lines
    return [replace(joined(text, lines[0], lines[-1]), maybe_heading=_may_head(lines))]


def _may_head(lines: list[Piece]) -> bool:
    return (
        len(lines) <= 4
        and all(line.maybe_heading for line in lines)
        and sum(len(line.text.split()) for line in lines) <= HEADING_WORDS
    )


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    text: str
    indent: int
    opens_page: bool

    def piece(self, kind: BlockKind, group: int, blank: int, skip: int = 0, in_contents: bool = False) -> Piece:
        """Make a piece of this line whose content begins after ``skip`` characters."""
        span = Span(self.start, self.start + len(self.text))
        content = Span(self.start + skip, span.end)
        return Piece(kind, span, content, self.text[skip:], group, blank, in_contents=in_contents)

    def heading(self, group: int, blank: int, inner: tuple[int, int], level: int) -> Piece:
        """Make a marked-up heading of this line whose words stand at ``inner``."""
        piece = self.piece(BlockKind.HEADING, group, blank)
        content = Span(self.start + inner[0], self.start + inner[1])
        return replace(piece, content=content, text=self.text[inner[0] : inner[1]], level=level, markup=True)


def _lines(text: str, begin: int) -> list[_Line]:
    lines, at = [], begin
    for raw in text[begin:].split("\n"):
        indent = len(raw) - len(raw.lstrip())
        lines.append(_Line(at + indent, raw.strip(), indent, "\f" in raw[:indent]))
        at += len(raw) + 1
    return lines


def _marked_lines(lines: list[_Line], marks: Sequence[Mark]) -> dict[int, Mark]:
    """Return the mark that covers each line's first character, by the line's number."""
    starts = [mark.span.start for mark in marks]
    over = ((number, bisect_right(starts, line.start) - 1, line) for number, line in enumerate(lines))
    return {number: marks[at] for number, at, line in over if at >= 0 and line.start < marks[at].span.end}


def _as_marked(line: _Line, mark: Mark, group: int, blank: int) -> Piece:
    """Make a piece of a line that ``mark`` covers; its content begins behind a list marker or a note's number."""
    heading = mark.kind is BlockKind.HEADING
    if heading and mark.span.length > LONGEST_HEADING:
        return line.piece(BlockKind.PARAGRAPH, group, blank)
    opening = {BlockKind.LIST_ITEM: _LIST_ITEM, BlockKind.FOOTNOTE: _NOTE_NUMBER}.get(mark.kind)
    skipped = opening.match(line.text) if opening else None
    piece = line.piece(mark.kind, group, blank, skipped.end() if skipped else 0)
    return replace(piece, level=mark.level, markup=heading)


def _wrap_width(lines: list[str]) -> int:
    """Return the column at which lines break, where they break at one and not where a paragraph ends; else 0.

    In such a text most lines that have a neighbour below are about as long as the longest, and few end a sentence.
    """
    pairs = [(a, b) for a, b in pairwise(lines) if a and b and not _LIST_ITEM.match(b)]
    if len(pairs) < 3:
        return 0
    lengths = sorted(len(line) for line in lines if line)
    width = lengths[int(0.95 * (len(lengths) - 1))]
    broken = sum(len(a) >= 0.6 * width and not ends_sentence(a) for a, _ in pairs)
    return width if width <= 160 and broken >= 0.5 * len(pairs) else 0


def _signed(line: _Line, group: int, blank: int) -> Piece | None:
    """Return the heading that Markdown's signs make of a line, None where they make none."""
    text = line.text
    if len(text) > LONGEST_HEADING:
        return None
    if (hashes := _HASHES.match(text)) and hashes[2]:
        inner = _BOLD_LINE.match(hashes[2])
        begin, end = inner.span("text") if inner else (0, len(hashes[2]))
        return line.heading(group, blank, (hashes.start(2) + begin, hashes.start(2) + end), len(hashes[1]))
    if (bold := _BOLD_LINE.match(text)) and not is_left_over(text) and _could_head(bold["text"], bold_line=True):
        return line.heading(group, blank, bold.span("text"), 0)
    return None


def _classify(line: _Line, group: int, blank: int) -> Piece:
    text = line.text
    if is_left_over(text):
        return line.piece(BlockKind.FURNITURE, group, blank)
    if note := _FOOTNOTE.match(text):
        return line.piece(BlockKind.FOOTNOTE, group, blank, note.end())
    if stray := _STRAY_PIPE.match(text):
        return line.piece(BlockKind.PARAGRAPH, group, blank, stray.end())
    if _is_table_row(text):
        return line.piece(BlockKind.TABLE, group, blank)
    if item := _LIST_ITEM.match(text):
        return replace(line.piece(BlockKind.LIST_ITEM, group, blank, item.end()), level=line.indent)
    return replace(line.piece(BlockKind.PARAGRAPH, group, blank), maybe_heading=_could_head(text))


def _is_table_row(text: str) -> bool:
    return (text[0] == "|" and text.count("|") >= 2) or (
        text.count("\t") >= 2 and sum(bool(cell.strip()) for cell in text.split("\t")) >= 3
    )


def _could_head(text: str, bold_line: bool = False) -> bool:
    """Return whether the shape of ``text`` allows a heading: short, capital or figure first, no stop at the end."""
    if len(text) > (300 if bold_line else 140) or len(text.split()) > (40 if bold_line else HEADING_WORDS):
        return False
    first = text.lstrip("*_ ")[:1]
    if first in "\"'“‘(" or not (first.isupper() or first.isdigit()):
        return False
    if bold_line:
        return "**" not in text and "__" not in text
    return not _NOT_AT_END.search(text) or bool(re.match(r"partner\w* (?:involved|organi)", fold(text)))


def _underlined(open_piece: list[Piece], line: str) -> int:
    """Return the level that the rule ``line`` gives to the one line above it, 0 where it gives none."""
    above = open_piece[0]
    alone = len(open_piece) == 1 and above.kind is BlockKind.PARAGRAPH and above.blank_before > 0
    if not alone or not _UNDERLINE.match(line) or not _could_head(above.text, bold_line=True):
        return 0
    return 1 if line[0] == "=" else 2


def _under_rule(above: Piece, rule: _Line, level: int) -> Piece:
    return replace(
        above,
        kind=BlockKind.HEADING,
        span=Span(above.span.start, rule.start + len(rule.text)),
        level=level,
        maybe_heading=False,
        markup=True,
    )


def _continues(lines: list[Piece], piece: Piece, indent: int, wrapped_at: int) -> bool:
    """Return whether ``piece``, on the line right below ``lines``, is part of the same paragraph or list item.

    ``wrapped_at`` is the column at which the lines of the text break, 0 where they end with a paragraph.
    """
    first, last = lines[0], lines[-1]
    # A line that ends although the next word had room was ended on purpose.
    had_room = len(last.text) + 1 + len(piece.text.split(None, 1)[0]) < 0.85 * wrapped_at
    if piece.kind is BlockKind.LIST_ITEM and first.kind is BlockKind.PARAGRAPH:
        # A dash or a year's last figures that wrapping put first.
        return bool(wrapped_at) and not had_room and not ends_sentence(last.text)
    carries_on = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.FOOTNOTE)
    if piece.kind is not BlockKind.PARAGRAPH or first.kind not in carries_on:
        return False
    if first.kind is BlockKind.LIST_ITEM and indent > first.level and not ends_sentence(last.text):
        return True
    if not wrapped_at or piece.text[:1].islower() or not _may_head(lines):
        return bool(wrapped_at)
    return not had_room
