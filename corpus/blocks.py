"""Lines -> blocks, each told by its own shape: Markdown headings, list items, tables, footnotes, contents entries,
layout left-overs, candidates for headings, and paragraphs. What only the neighbourhood tells is in ``layout``.
"""

import re
from dataclasses import dataclass, replace

from corpus.folding import fold
from corpus.model import BlockKind, Span

HEADING_WORDS = 18
"""A longer line is no heading unless markup says so."""

_MARKDOWN_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t]*#*\Z")
_BOLD_LINE = re.compile(r"(?:\*\*|__)(?P<text>[^*_].*?)(?:\*\*|__):?\Z")
_RULE = re.compile(r"(?:[-*_=~][ \t]*){3,}\Z")
_LIST_ITEM = re.compile(r"(?:[-*+•▪■◦‣●○·➢✓–]|\d{1,2}[.)]|\(?[a-z]\)|\([ivx]+\))[ \t]+(?=\S)")
_FOOTNOTE = re.compile(r"(?:[¹²³⁴-⁹⁰]+|\[\^[^\]\s]+\]:?)[ \t]*(?=\S)")
_TABLE_ROW = re.compile(r"\|.*\|.*\S|\S.*\t.*\S.*\t")
_STRAY_PIPE = re.compile(r"\|[ \t]+(?=[^|]+\Z)")
_CONTENTS_ENTRY = re.compile(
    r"(?P<label>(?:case study[ \t]+)?\d{1,2}[.:)]?[ \t]+)?(?P<title>\S.*?)(?:[ \t]*\t[ \t]*|[ \t]*[.…·]{3,}[ \t]*|[ ]{3,})"
    r"(?P<page>\d{1,3})\Z",
    re.I,
)
_CONTENTS_LINK = re.compile(r"(?:[-*+]|\d{1,2}[.)])[ \t]+\[(?P<title>[^\]]+)\]\(#[^)]*\)\Z")
_TERMINAL = re.compile(r"[.!?:;…](?:[\"'”’)\]*_]|[¹²³⁴-⁹⁰]|[ \t]\d{1,2}\Z)*\Z")
_URL = r"(?:https?://|www\.)\S+"
_EMAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_LINK = rf"(?:\[[^\]]*\]\([^)]*\)|<?{_URL}>?|{_EMAIL})"
_ONLY_CONTACT = re.compile(
    rf"(?:(?:e-?mail|tel(?:ephone)?|phone|fax|web(?:site)?|twitter|visit us at|follow us(?: on)?|t|e|w)?[:.]?[ \t]*"
    rf"(?:{_LINK}|@\w+|\+?\(?\d[\d ()-]{{8,}}\d)[.,;]?[ \t]*)+\Z",
    re.I,
)
_LEFT_OVER = re.compile(
    r"(?:"
    r"(?:profile )?(?:picture|photo|photograph|image|logo|portrait|headshot) of\b.{0,120}"
    r"|a handwritten signature\b.*"
    r"|!\[[^\]]*\]\([^)]*\)"
    r"|<!--.*-->"
    r"|(?:page|p\.)?[ \t]*[-–]?[ \t]*\d{1,4}[ \t]*[-–]?(?:[ \t]*(?:of|/)[ \t]*\d{1,4})?"
    r"|(?:©|\(c\)|copyright\b).*"
    r"|(?:registered (?:charity|office|in england|company)|isbn\b|charity (?:no|number)|company (?:no|number)).*"
    r"|if you require this publication in an alternative format.*"
    r"|(?:back|return) to (?:top|contents)"
    r"|follow .{0,60}\bon\b.{0,20}\[?(?:twitter|linkedin|x|facebook)\b.*"
    r")\Z",
    re.I,
)
_DATE = re.compile(
    r"(?:published:?[ \t]*)?(?:\d{1,2}(?:st|nd|rd|th)?[ \t]+)?(?:january|february|march|april|may|june|july|august"
    r"|september|october|november|december)[ \t]+(?:\d{1,2},?[ \t]+)?(?:19|20)\d\d\Z",
    re.I,
)
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\Z")


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """A line of a contents list: its title, its number where it has one, and its printed page."""

    title: str
    label: str
    page: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A block in the making.

    ``group`` numbers the runs of lines between blank lines; ``blank_before`` counts the blank lines above;
    ``maybe_heading`` says that the shape allows a heading; ``markup`` that markup states it; ``in_contents`` and ``in_imprint``
    that it belongs to the contents list or the publication details.
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


def ends_sentence(text: str) -> bool:
    """Return whether ``text`` ends as a finished sentence or lead-in does."""
    return bool(_TERMINAL.search(text.rstrip()))


def is_left_over(text: str) -> bool:
    """Return whether a line is a left-over of layout or conversion, or contact data, by its own words."""
    return bool(_LEFT_OVER.match(text) or _ONLY_CONTACT.match(text) or _DATE.match(text) or _RULE.match(text))


def is_address(text: str) -> bool:
    """Return whether a short line ends in a United Kingdom postcode."""
    return len(text) <= 100 and bool(_POSTCODE.search(text))


def find_pieces(text: str, begin: int = 0) -> tuple[list[Piece], list[ContentsEntry]]:
    """Split ``text`` from offset ``begin`` into pieces, in order and without overlap, and read its contents list."""
    lines = _lines(text, begin)
    contents, contents_lines = _contents(lines)
    wrapped = _is_hard_wrapped([line.text for line in lines])
    pieces: list[Piece] = []
    group, blank = 0, 2
    for number, line in enumerate(lines):
        if not line.text:
            blank += 1
            continue
        if blank:
            group += 1
        if number in contents_lines:
            piece = line.piece(BlockKind.FURNITURE, group, blank, in_contents=True)
        else:
            piece = _classify(line, group, blank)
        if pieces and not blank and _continues(pieces[-1], piece, line.indent, wrapped):
            pieces[-1] = _joined(text, pieces[-1], piece)
        else:
            pieces.append(piece)
        blank = 0
    return pieces, contents


def _joined(text: str, first: Piece, second: Piece) -> Piece:
    """Return one piece from the start of ``first`` to the end of ``second``."""
    span, content = Span(first.span.start, second.span.end), Span(first.content.start, second.content.end)
    heading = first.maybe_heading and second.maybe_heading and len(text[content.start : content.end].split()) <= 18
    return replace(first, span=span, content=content, text=text[content.start : content.end], maybe_heading=heading)


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    text: str
    indent: int

    def piece(self, kind: BlockKind, group: int, blank: int, skip: int = 0, **more: int | bool) -> Piece:
        """Make a piece of this line whose content begins after ``skip`` characters."""
        span = Span(self.start, self.start + len(self.text))
        content = Span(self.start + skip, span.end)
        return Piece(kind, span, content, self.text[skip:], group, blank, **more)  # type: ignore[arg-type]


def _lines(text: str, begin: int) -> list[_Line]:
    lines, at = [], begin
    for raw in text[begin:].split("\n"):
        stripped = raw.strip()
        indent = len(raw) - len(raw.lstrip())
        lines.append(_Line(at + indent, stripped, indent))
        at += len(raw) + 1
    return lines


def _contents(lines: list[_Line]) -> tuple[list[ContentsEntry], set[int]]:
    """Return the entries of contents lists (three or more in a row) and the numbers of their lines."""
    found: list[tuple[int, ContentsEntry]] = []
    runs: list[list[tuple[int, ContentsEntry]]] = []
    for number, line in enumerate(lines):
        if not line.text:
            continue
        if entry := _contents_entry(line.text):
            found.append((number, entry))
        elif found:
            runs.append(found)
            found = []
    runs.append(found)
    kept = [run for run in runs if len(run) >= 3 and _rising([entry.page for _, entry in run])]
    numbers = {number for run in kept for number, _ in run}
    for run in kept:
        above = next((n for n in range(run[0][0] - 1, -1, -1) if lines[n].text), None)
        if above is not None and re.fullmatch(r"#* ?(?:table of )?contents:?|in this report", lines[above].text, re.I):
            numbers.add(above)
    return [entry for run in kept for _, entry in run], numbers


def _contents_entry(text: str) -> ContentsEntry | None:
    if link := _CONTENTS_LINK.match(text):
        return ContentsEntry(link["title"].strip(), "", 0)
    if (entry := _CONTENTS_ENTRY.match(text)) and re.search(r"[^\W\d_]{2}", entry["title"]):
        return ContentsEntry(entry["title"].strip(" .\t"), (entry["label"] or "").strip(" .:)"), int(entry["page"]))
    return None


def _rising(pages: list[int]) -> bool:
    return all(a <= b for a, b in zip(pages, pages[1:], strict=False))


def _is_hard_wrapped(lines: list[str]) -> bool:
    """Return whether lines break where a column ends, not where a paragraph ends.

    In such a text most lines that have a neighbour below are about as long as the longest, and few end a sentence.
    """
    pairs = [(a, b) for a, b in zip(lines, lines[1:], strict=False) if a and b and not _LIST_ITEM.match(b)]
    if len(pairs) < 3:
        return False
    width = sorted(len(line) for line in lines if line)[int(0.95 * (sum(map(bool, lines)) - 1))]
    if width > 160:
        return False
    broken = sum(len(a) >= 0.6 * width and not ends_sentence(a) for a, _ in pairs)
    return broken >= 0.5 * len(pairs)


def _classify(line: _Line, group: int, blank: int) -> Piece:
    text = line.text
    if heading := _MARKDOWN_HEADING.match(text):
        skip = heading.start(2)
        bold = _BOLD_LINE.match(heading[2])
        skip += bold.start("text") if bold else 0
        end = skip + len(bold["text"] if bold else heading[2])
        piece = line.piece(BlockKind.HEADING, group, blank, skip, level=len(heading[1]), markup=True)
        return replace(piece, content=Span(line.start + skip, line.start + end), text=text[skip:end])
    if is_left_over(text) or is_address(text):
        return line.piece(BlockKind.FURNITURE, group, blank)
    if note := _FOOTNOTE.match(text):
        return line.piece(BlockKind.FOOTNOTE, group, blank, note.end())
    if stray := _STRAY_PIPE.match(text):
        return line.piece(BlockKind.PARAGRAPH, group, blank, stray.end())
    if _TABLE_ROW.match(text):
        return line.piece(BlockKind.TABLE, group, blank)
    if (bold := _BOLD_LINE.match(text)) and _could_head(bold["text"], bold_line=True):
        piece = line.piece(BlockKind.HEADING, group, blank, bold.start("text"), markup=True)
        return replace(
            piece, content=Span(line.start + bold.start("text"), line.start + bold.end("text")), text=bold["text"]
        )
    if item := _LIST_ITEM.match(text):
        return line.piece(BlockKind.LIST_ITEM, group, blank, item.end(), level=line.indent)
    return line.piece(BlockKind.PARAGRAPH, group, blank, maybe_heading=_could_head(text))


def _could_head(text: str, bold_line: bool = False) -> bool:
    """Return whether the shape of ``text`` allows a heading: short, capital or figure first, no full stop at the end."""
    plain = fold(text)
    count = len(plain.split())
    if not plain or count > (40 if bold_line else HEADING_WORDS) or len(text) > (300 if bold_line else 140):
        return False
    first = text.lstrip("*_ ")[:1]
    if first in "\"'“‘(" or not (first.isupper() or first.isdigit()):
        return False
    if bold_line:
        return "**" not in text and "__" not in text
    return not re.search(r"[.!,;:…][\"'”’)\]*_]*\Z", text) or bool(re.match(r"partner\w* (?:involved|organi)", plain))


def _continues(last: Piece, piece: Piece, indent: int, wrapped: bool) -> bool:
    """Return whether ``piece``, on the line right below ``last``, is part of the same paragraph or list item."""
    if piece.kind is not BlockKind.PARAGRAPH or last.kind not in (
        BlockKind.PARAGRAPH,
        BlockKind.LIST_ITEM,
        BlockKind.FOOTNOTE,
    ):
        return False
    if last.kind is BlockKind.LIST_ITEM and indent > last.level and not ends_sentence(last.text):
        return True
    if not wrapped:
        return False
    return not (last.maybe_heading and piece.maybe_heading and len(last.text) < 60 and not _mid_sentence(piece.text))


def _mid_sentence(text: str) -> bool:
    return text[:1].islower()
