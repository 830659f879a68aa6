"""What goes beyond one page: paragraphs cut in two, the place of footnotes, the depth of lists."""

import re
import unicodedata
from collections import defaultdict
from dataclasses import replace
from itertools import dropwhile, pairwise

from corpus.blocks import ends_sentence
from corpus.model import BlockKind
from corpus.readers.pdf.blocks import Block, starts_item
from corpus.readers.pdf.hyphens import Vocabulary, joined_lines
from corpus.readers.pdf.lines import has_room


def join_halves(blocks: list[Block], vocabulary: Vocabulary) -> list[Block]:
    """Join paragraphs that the end of a column or page, or a box, cuts in two.

    What floats between the halves goes before the paragraph if it stands on the page on which the paragraph begins and
    that goes on to another page, and behind it otherwise.
    """
    done: list[Block] = []
    halves: list[Block] = []
    between: list[Block] = []

    def close() -> None:
        if halves:
            whole = _whole(halves, vocabulary)
            leaves_page = halves[-1].page > whole.page
            early = [b for b in between if leaves_page and b.page == whole.page]
            done.extend([*early, whole, *(b for b in between if b not in early)])
            halves.clear()
        else:
            done.extend(between)
        between.clear()

    waiting: list[Block] = []
    for block in blocks:
        if halves and block.floats:
            waiting.append(block)
        elif halves and _is_cut(halves[-1], block):
            between += waiting
            waiting = []
            halves.append(block)
        else:
            close()
            done += waiting
            waiting = []
            if block.kind in (None, BlockKind.LIST_ITEM) and not block.floats:
                halves.append(block)
            else:
                done.append(block)
    close()
    return done + waiting


def place_notes(blocks: list[Block]) -> list[Block]:
    """Move each footnote to the end of the section that calls for it, if that ends on the note's page.

    So it cuts no running text in two, and still stands on its page.
    """
    on_page: dict[int, list[Block]] = defaultdict(list)
    for block in blocks:
        for page in {line.page for line in block.lines}:
            on_page[page].append(block)
    moved: dict[int, list[Block]] = defaultdict(list)
    left = []
    for note in blocks:
        if note.kind is BlockKind.FOOTNOTE and (head := _heading_behind_call(note, on_page[note.page])):
            moved[id(head)].append(note)
        else:
            left.append(note)
    return [each for block in left for each in (*moved.get(id(block), ()), block)]


def _heading_behind_call(note: Block, on_page: list[Block]) -> Block | None:
    """Return the next heading on the note's page behind the block that calls for it."""
    number = _plain_number(note.text)
    behind = dropwhile(lambda block: number not in _calls_on(block, note.page), on_page)
    return next((block for block in behind if block.kind is BlockKind.HEADING and block.page == note.page), None)


def _calls_on(block: Block, page: int) -> list[str]:
    return [call for line in block.lines if line.page == page for call in line.calls]


def _plain_number(note: str) -> str:
    """Return the number that a note begins with, in plain figures."""
    figures = re.match(r"[\d⁰¹²³⁴-⁹]*", note)
    return "".join(str(unicodedata.digit(c)) for c in figures[0]) if figures else ""


def set_depths(blocks: list[Block]) -> list[Block]:
    """Give the items of a list the depth at which they are set in."""
    done = []
    indents: list[float] = []
    for block in blocks:
        if block.kind is BlockKind.LIST_ITEM:
            indent = block.lines[0].x0 - block.lines[0].left
            while indents and indent < indents[-1] - 3:
                indents.pop()
            if not indents or indent > indents[-1] + 3:
                indents.append(indent)
            block = replace(block, level=len(indents))
        elif not block.floats:
            indents = []
        done.append(block)
    return done


def _is_cut(first: Block, second: Block) -> bool:
    """Return whether ``second`` goes on with the paragraph or item ``first``, which ends in mid-sentence."""
    above, below = first.lines[-1], second.lines[0]
    is_text = second.kind is None or (second.kind is BlockKind.LIST_ITEM and not starts_item(below))
    if not is_text or ends_sentence(first.text) or abs(above.size - below.size) > 0.06 * below.size:
        return False
    together = (above.page, above.column) == (below.page, below.column)
    if together and below.y < above.y - 4 * below.size:
        return False
    if below.text[:1].islower():
        return True
    if together and above.y - below.y > 1.5 * below.size:
        return False  # a heading in the size of the running text, and the paragraph below it
    return len(above.text) >= 20 and len(below.text) >= 20 and not has_room(above, below) and above.bold == below.bold


def _whole(halves: list[Block], vocabulary: Vocabulary) -> Block:
    """Return the halves of a block as one."""
    text = halves[0].text
    breaks: list[tuple[int, int]] = []
    for above, half in pairwise(halves):
        text = joined_lines(text, half.text, vocabulary)
        if half.page > above.page:
            breaks.append((len(text) - len(half.text), half.page))
    lines = tuple(line for half in halves for line in half.lines)
    return replace(halves[0], text=text, lines=lines, breaks=tuple(breaks))
