"""Which blocks are headings: those that stand out by size or weight, in a look that most short lines have."""

from collections import Counter
from dataclasses import replace

from corpus.blocks import ends_sentence
from corpus.model import BlockKind
from corpus.readers.pdf.blocks import ENTRY, Block, Setting

HEADING_WORDS = 30
BOLD_HEADING_WORDS = 18
"""A bold line in the size of the running text is a heading only when it is short."""
_OPENING_QUOTE = ("“", "‘", '"', "'")


def mark_headings(blocks: list[Block], setting: Setting) -> list[Block]:
    """Make headings of blocks that stand out, their levels by the rank of their size and weight.

    On a cover, a first page without running text, only the largest is one: it is the title.
    """
    cover = _cover(blocks)
    title = _title(blocks, cover, setting)
    looks = _heading_looks(blocks, setting)
    marked: list[Block] = []
    for block, below in zip(blocks, [*blocks[1:], None], strict=True):
        if block is title:
            block = replace(block, kind=BlockKind.HEADING)
        elif block.page == cover and setting.stands_out(block.lines[0]) and not ENTRY.match(block.text):
            block = replace(block, kind=BlockKind.FURNITURE)
        elif _rank(block) in looks and _may_head(block) and _heads(block, below, setting):
            block = replace(block, kind=BlockKind.HEADING)
        elif _floats(block, setting):
            block = replace(block, floats=True)
        marked.append(block)
    ranks = sorted({_rank(b) for b in marked if b.kind is BlockKind.HEADING}, reverse=True)
    levels = {rank: level for level, rank in enumerate(ranks, start=1)}
    return [replace(b, level=levels[_rank(b)]) if b.kind is BlockKind.HEADING else b for b in marked]


def _floats(block: Block, setting: Setting) -> bool:
    return (
        abs(block.size - setting.size) > 0.06 * setting.size or block.kind is BlockKind.TABLE or block.lines[0].is_aside
    )


def _title(blocks: list[Block], cover: int, setting: Setting) -> Block | None:
    """Return the largest block of the first page, if it is on a cover or much larger than the running text."""
    first_page = [b for b in blocks if b.page == blocks[0].page and b.kind is None]
    largest = max(first_page, key=_rank, default=None)
    if largest is None or not setting.stands_out(largest.lines[0]) or len(largest.text.split()) > HEADING_WORDS:
        return None
    return largest if cover or largest.size > 1.4 * setting.size else None


def _heading_looks(blocks: list[Block], setting: Setting) -> set[tuple[float, bool]]:
    """Return the sizes and weights that headings are set in: most text in them is short and no sentence."""
    short: Counter[tuple[float, bool]] = Counter()
    for block in blocks:
        if setting.stands_out(block.lines[0]) and any(c.isalpha() for c in block.text):
            is_short = len(block.text.split()) <= 12 and not block.text.endswith((".", ",", ";"))
            short[_rank(block)] += 1 if is_short and _may_head(block) else -1
    return {look for look, count in short.items() if count > 0}


def _rank(block: Block) -> tuple[float, bool]:
    return round(2 * block.size) / 2, block.lines[0].bold


def _cover(blocks: list[Block]) -> int:
    """Return the number of the first page with text if no running text is on it, else 0."""
    page = blocks[0].page if blocks else 0
    on_it = [block for block in blocks if block.page == page]
    running = any(ends_sentence(b.text) and len(b.text) > 80 for b in on_it)
    return 0 if running or len(on_it) == len(blocks) else page


def _may_head(block: Block) -> bool:
    """Return whether the words of a block may be a heading's."""
    text = block.text
    if block.kind is BlockKind.TABLE or ENTRY.match(text) or len(text.split()) > HEADING_WORDS:
        return False
    if block.lines[0].is_aside:
        return False
    if block.kind is BlockKind.LIST_ITEM and not text[0].isdigit():
        return False
    return not text.startswith(_OPENING_QUOTE) and any(c.isalpha() for c in text)


def _heads(block: Block, below: Block | None, setting: Setting) -> bool:
    """Return whether a block that looks like a heading stands as one: in the size of the running text, over text."""
    if block.size > 1.06 * setting.size:
        return block.size > 1.25 * setting.size or not block.text[0].islower()
    text = block.text
    if below is None or text[0].islower() or text.endswith((".", ",", ";")) or len(text.split()) > BOLD_HEADING_WORDS:
        return False
    return len(below.text) >= 60 or below.kind is BlockKind.LIST_ITEM or setting.stands_out(below.lines[0])
