"""Lines of a page -> blocks: paragraphs, list items, rows of tables, footnotes."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from corpus.blocks import ends_sentence
from corpus.model import BlockKind
from corpus.readers.pdf.hyphens import Vocabulary, joined_lines
from corpus.readers.pdf.lines import Line, has_room
from corpus.readers.pdf.stretches import SOFT_HYPHEN

_ITEM = re.compile(r"(?:[•▪■◦‣●○·➢✓–*-]|o(?=\s+[A-Z])|\d{1,2}[.)]|\(?[a-z]\)|\([ivx]+\))\s+(?=\S)")
_NOTE = re.compile(r"(?:[⁰¹²³⁴-⁹]{1,3}|\d{1,3}[.)]?\s|[*†‡§]{1,3})\s*(?=\S)")
_NAMED = re.compile(
    r"\d{1,2}(?:\.\d{1,2})*[.)]\s*[A-Z]|\d{1,2}(?:\.\d{1,2})+\s+[A-Z]"
    r"|(?i:case study|chapter|part|section|annex|appendix|box)(?:\s+(?:\d{1,2}|[IVX]+|[A-Z])\b|\s*[:–—-])"
)
"""How a heading with a number or label begins."""
ENTRY = re.compile(r".*\S(?:\t|\s*(?:[.…·]\s?){3,}\s*)\d{1,4}\Z")
_CUT_WORD = re.compile(rf"[^\W\d_][-‐{SOFT_HYPHEN}]\Z")
_LEADER = re.compile(r"(?:[.…·]\s?){3,}")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of one or more lines.

    ``breaks`` are the offsets in ``text`` at which further pages begin, with their numbers. ``floats`` says that the
    block stands outside the running text: furniture, a footnote, a box.
    """

    kind: BlockKind | None
    lines: tuple[Line, ...]
    text: str
    breaks: tuple[tuple[int, int], ...] = ()
    level: int = 0
    floats: bool = False

    @property
    def page(self) -> int:
        """The page on which the block begins."""
        return self.lines[0].page

    @property
    def size(self) -> float:
        """The size of its letters in points."""
        return self.lines[0].size


@dataclass(frozen=True, slots=True)
class Setting:
    """How the running text is set: the size of its letters, whether they are bold, and for each size of letters how
    far apart the baselines of a paragraph are.
    """

    size: float
    bold: bool
    leading: dict[float, float]

    def is_body(self, line: Line) -> bool:
        """Return whether a line is set as the running text is."""
        return abs(line.size - self.size) <= 0.06 * self.size and line.bold == self.bold

    def stands_out(self, line: Line) -> bool:
        """Return whether a line is larger than the running text, or bold where that is not."""
        return line.size > 1.06 * self.size or (line.bold and not self.bold and line.size > 0.94 * self.size)


def find_setting(pages: Sequence[Sequence[Line]], body: float) -> Setting:
    """Return how the running text of ``pages`` is set, whose letters are ``body`` points in size."""
    steps: dict[float, Counter[float]] = defaultdict(Counter)
    letters: Counter[bool] = Counter()
    for page in pages:
        for line in page:
            if abs(line.size - body) <= 0.06 * body:
                letters[line.bold] += len(line.text)
        for a, b in pairwise(page):
            if a.column == b.column and round(a.size) == round(b.size) and 0 < a.y - b.y < 2.5 * a.size:
                steps[round(a.size)][round(2 * (a.y - b.y)) / 2] += 1
    leading = {size: max(found, key=lambda step: (found[step], -step)) for size, found in steps.items()}
    return Setting(body, letters[True] > letters[False], leading)


def split_lines(pages: Sequence[Sequence[Line]], setting: Setting, vocabulary: Vocabulary) -> list[Block]:
    """Return the blocks of each page in reading order; footnotes and items of lists are told."""
    blocks = [_block(group, vocabulary) for page in pages for group in _groups(page, setting)]
    return _as_footnotes(_as_items(blocks, setting), setting)


def _groups(lines: Sequence[Line], setting: Setting) -> list[list[Line]]:
    """Return the lines of one page in groups, each of which is one block."""
    groups: list[list[Line]] = []
    called = _calls(lines)
    for line in lines:
        listed = len(groups) > 1 and bool(ENTRY.match(groups[-2][-1].text))
        is_next_note = bool(groups and called) and {_number(groups[-1][0]), _number(line)} <= called
        if is_next_note:
            groups.append([line])
        elif groups and (_ends_entry(groups[-1], line, listed) or _goes_on(groups[-1], line, setting)):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _ends_entry(group: list[Line], line: Line, listed: bool) -> bool:
    """Return whether ``line`` ends an entry of a contents list that ``group`` begins; ``listed`` says that an entry
    stands above that.
    """
    last = group[-1]
    if not ENTRY.match(line.text) or ENTRY.match(last.text) or len(group) > 2 or last.y - line.y > 2 * line.size:
        return False
    return bool(_LEADER.match(line.text)) or (listed and has_room(line, line) and not has_room(last, line))


def _goes_on(group: list[Line], line: Line, setting: Setting) -> bool:
    """Return whether ``line``, the next one on the page, belongs to the block of ``group``."""
    first, last = group[0], group[-1]
    if line.cells or last.cells or abs(line.size - last.size) > 0.06 * last.size:
        return False
    if ENTRY.match(line.text) or ENTRY.match(last.text):
        return False
    if starts_item(line) and (starts_item(first) or not _wraps_to_marker(last, line)):
        return False
    if line.size < 0.94 * setting.size and _NOTE.match(line.text) and _NOTE.match(first.text):
        return False
    step, usual = last.y - line.y, setting.leading.get(round(line.size), 1.2 * line.size)
    if setting.stands_out(line) and setting.stands_out(last) and line.size > 1.06 * setting.size:
        return 0 < step <= max(1.15 * usual, 1.5 * line.size) and not _heads_anew(group, line)
    if line.column != last.column or not 0 < step <= max(1.22 * usual, usual + 1.5):
        return False
    cuts_word = bool(_CUT_WORD.search(last.text))
    mid_sentence = cuts_word or (line.text[:1].islower() and not ends_sentence(last.text))
    if mid_sentence and not cuts_word and line.x0 > line.left + line.size and not starts_item(first):
        mid_sentence = not has_room(last, line, 0.15 * (line.right - line.left))
    if line.bold != last.bold and not mid_sentence:
        return False
    if starts_item(first):
        text_begins = first.marker_end if first.marker_end > first.x0 else first.x0 + first.size
        if line.x0 < text_begins - 0.5 * line.size and has_room(last, line):
            return False
        return mid_sentence or not has_room(last, line)
    indented = line.x0 > last.x0 + 0.7 * line.size and line.x0 > line.left + 0.7 * line.size
    if indented and not mid_sentence:
        return False
    return mid_sentence or not has_room(last, line)


def _heads_anew(group: list[Line], line: Line) -> bool:
    """Return whether ``line``, larger than the running text as ``group`` is, begins a heading of its own."""
    first, last = group[0], group[-1]
    if line.bold != last.bold or abs(line.size - last.size) > 0.03 * line.size:
        return True
    if len(group) > 1 and last.y - line.y > 1.2 * (group[-2].y - last.y):
        return True
    is_named = bool(_NAMED.match(line.text))
    return is_named and (bool(_NAMED.match(first.text)) or has_room(last, line))


def _wraps_to_marker(above: Line, below: Line) -> bool:
    """Return whether the end of a full line put a dash or a figure first in the next: no item of a list begins."""
    is_weak = not below.text.startswith(("•", "▪", "■", "◦", "‣", "●", "○", "·", "➢", "✓"))
    full = not has_room(above, below) and not ends_sentence(above.text)
    return is_weak and full and abs(below.x0 - above.x0) < 0.3 * below.size


def starts_item(line: Line) -> bool:
    """Return whether a line begins with a bullet or a number, as an item of a list does."""
    return bool(_ITEM.match(line.text))


def _block(lines: list[Line], vocabulary: Vocabulary) -> Block:
    first = lines[0]
    text = first.text
    for line in lines[1:]:
        text = joined_lines(text, line.text, vocabulary)
    if first.cells:
        return Block(BlockKind.TABLE, tuple(lines), text)
    if starts_item(first):
        return Block(BlockKind.LIST_ITEM, tuple(lines), re.sub(r"\Ao(?=\s)", "◦", text))
    return Block(None, tuple(lines), text)


def _as_items(blocks: list[Block], setting: Setting) -> list[Block]:
    """Make items of a list of two or more blocks in a row that are set in from the edge of their column alike: the
    bullets are drawn, not written.
    """
    marked = list(blocks)
    start = 0
    while start < len(blocks):
        end = start
        while end < len(blocks) and _set_in(blocks[end], setting) and _aligned(blocks[start], blocks[end]):
            end += 1
        if end - start >= 2:
            marked[start:end] = [replace(block, kind=BlockKind.LIST_ITEM) for block in blocks[start:end]]
        start = max(end, start + 1)
    return marked


def _set_in(block: Block, setting: Setting) -> bool:
    first = block.lines[0]
    edges = {round(line.x0) for line in block.lines}
    is_text = block.kind is None and not ENTRY.match(block.text) and setting.is_body(first)
    return is_text and len(edges) == 1 and first.x0 > first.left + first.size


def _aligned(a: Block, b: Block) -> bool:
    return abs(a.lines[0].x0 - b.lines[0].x0 - a.lines[0].left + b.lines[0].left) < 1


def _as_footnotes(blocks: list[Block], setting: Setting) -> list[Block]:
    """Make footnotes of text that begins with a note's number, with no running text below it: small text, and text of
    any size whose number a raised figure on its page calls for.
    """
    lines: dict[int, list[Line]] = defaultdict(list)
    for block in blocks:
        lines[block.page] += block.lines
    called = {page: _calls(on_page) for page, on_page in lines.items()}
    may_be = [_is_small(block, setting) or _number(block.lines[0]) in called[block.page] for block in blocks]
    body: dict[int, list[Line]] = defaultdict(list)
    for block, is_outside in zip(blocks, may_be, strict=True):
        if not is_outside:
            body[block.page] += block.lines
    marked = []
    for block, is_outside in zip(blocks, may_be, strict=True):
        first = block.lines[0]
        is_note = is_outside and block.kind is not BlockKind.TABLE and _NOTE.match(block.text)
        if is_note and not any(_is_below(line, first) for line in body[block.page]):
            if _is_small(block, setting) or _stands_off(first, body[block.page], setting):
                block = replace(block, kind=BlockKind.FOOTNOTE, floats=True)
        marked.append(block)
    return marked


def _stands_off(first: Line, body: Sequence[Line], setting: Setting) -> bool:
    """Return whether there is more room than between lines, as for a rule, above a note that begins with ``first``."""
    above = min((line.y - first.y for line in body if _is_below(first, line)), default=0.0)
    return above > 1.4 * setting.leading.get(round(first.size), 1.2 * first.size)


def _number(line: Line) -> str:
    """Return the number of a note that a line may begin, "" where it begins with none."""
    number = re.match(r"(\d{1,3}|[⁰¹²³⁴-⁹]{1,3})[.)]?\s+(?=\S)", line.text)
    return "".join(str(unicodedata.digit(c)) for c in number[1]) if number else ""


def _calls(lines: Iterable[Line]) -> frozenset[str]:
    return frozenset(call for line in lines for call in line.calls)


def _is_below(line: Line, above: Line) -> bool:
    return line.y < above.y and line.x0 < above.x1 and line.x1 > above.x0


def _is_small(block: Block, setting: Setting) -> bool:
    return block.size < 0.94 * setting.size
