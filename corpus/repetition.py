"""What stands in a report more than once because of its layout: running headers and footers, and pull quotes."""

import re
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from corpus.blocks import Piece, as_kind, ends_sentence
from corpus.folding import fold, words
from corpus.model import BlockKind

NEIGHBOURHOOD = 12
"""How many pieces away a pull quote may stand from the text that it repeats."""
LONGEST_PULL_QUOTE = 70
"""In words."""


def mark_running_headers(pieces: list[Piece], text: str, title: str = "") -> list[Piece]:
    """Mark short lines that come again at the edges of pages or in the middle of sentences as furniture.

    They come three times or more, on pages at most two apart (left and right pages differ), so that a section heading
    that happens to open a page in each chapter is none. A line with the words of ``title`` at an edge is always one.
    """
    breaks = [match.start() for match in re.finditer("\f", text)]
    pages: dict[str, list[int]] = defaultdict(list)
    suspects: dict[int, str] = {}
    for number, piece in enumerate(pieces):
        if len(piece.text) > 120 or piece.markup or piece.kind is BlockKind.FOOTNOTE:
            continue
        if _at_page_edge(pieces, number, breaks, text) or _cuts_sentence(pieces, number):
            suspects[number] = re.sub(r"\d+", "0", fold(piece.text))
            pages[suspects[number]].append(bisect_right(breaks, piece.span.start))
    running = {
        line
        for line, on in pages.items()
        if (len(on) >= 3 and sum(b - a <= 2 for a, b in pairwise(on)) >= 2) or (line == fold(title) and line)
    }
    first = next((n for n, p in enumerate(pieces) if p.kind is not BlockKind.FURNITURE), 0)
    return [
        as_kind(p, BlockKind.FURNITURE) if suspects.get(n) in running and n != first else p
        for n, p in enumerate(pieces)
    ]


def _at_page_edge(pieces: list[Piece], number: int, breaks: list[int], text: str) -> bool:
    """Return whether nothing but furniture stands between a piece and the start or end of its page."""
    if not breaks:
        return False
    for step in (-1, 1):
        n = number + step
        # A header has at most a page number and a line of its own kind beyond it.
        while 0 <= n < len(pieces) and abs(n - number) < 3 and pieces[n].kind is BlockKind.FURNITURE:
            if _break_between(pieces[number], pieces[n], breaks):
                break
            n += step
        if not 0 <= n < len(pieces) or _break_between(pieces[number], pieces[n], breaks):
            return True
    return False


def _break_between(a: Piece, b: Piece, breaks: list[int]) -> bool:
    return bisect_right(breaks, a.span.start) != bisect_right(breaks, b.span.start)


def _cuts_sentence(pieces: list[Piece], number: int) -> bool:
    if not 0 < number < len(pieces) - 1 or not pieces[number].maybe_heading:
        return False
    before, after = pieces[number - 1], pieces[number + 1]
    return (
        before.kind is BlockKind.PARAGRAPH
        and after.kind is BlockKind.PARAGRAPH
        and not ends_sentence(before.text)
        and after.text[:1].islower()
    )


@dataclass(frozen=True, slots=True)
class _Wording:
    words: tuple[str, ...]
    vocabulary: frozenset[str]
    line: str


def mark_pull_quotes(pieces: list[Piece]) -> list[Piece]:
    """Mark short pieces whose words a longer paragraph nearby holds as pull quotes."""
    wordings: dict[int, _Wording] = {}
    marked = list(pieces)
    for n, piece in enumerate(pieces):
        own_line = piece.kind is BlockKind.PARAGRAPH or (piece.kind is BlockKind.HEADING and not piece.level)
        if not own_line or len(piece.text.split()) > LONGEST_PULL_QUOTE:
            continue
        quoted = bool(re.match(r"[*_ ]*[\"“'‘]", piece.text))
        if (n and pieces[n - 1].kind is BlockKind.HEADING and not quoted) or _is_first_half(pieces, n):
            continue
        wordings.pop(n - NEIGHBOURHOOD - 1, None)
        short = _wording(wordings, pieces, n)
        if not (5 if quoted else 8) <= len(short.words) <= LONGEST_PULL_QUOTE:
            continue
        near = (m for m in range(max(0, n - NEIGHBOURHOOD), min(len(pieces), n + NEIGHBOURHOOD + 1)) if m != n)
        if any(pieces[m].is_body and _repeats(short, _wording(wordings, pieces, m)) for m in near):
            marked[n] = as_kind(piece, BlockKind.PULL_QUOTE)
    return marked


def _is_first_half(pieces: list[Piece], n: int) -> bool:
    """Return whether the next text goes on with piece ``n`` in mid-sentence: a paragraph cut by a page break."""
    below = next((pieces[m] for m in range(n + 1, len(pieces)) if pieces[m].kind is not BlockKind.FURNITURE), None)
    return (
        below is not None
        and below.kind is BlockKind.PARAGRAPH
        and below.text[:1].islower()
        and not ends_sentence(pieces[n].text)
    )


def _wording(known: dict[int, _Wording], pieces: list[Piece], n: int) -> _Wording:
    if n not in known:
        found = tuple(words(pieces[n].text))
        known[n] = _Wording(found, frozenset(found), f" {' '.join(found)} ")
    return known[n]


def _repeats(short: _Wording, long: _Wording) -> bool:
    """Return whether ``long`` holds ``short`` word for word, or three quarters of its runs of three words."""
    if len(long.words) <= len(short.words):
        return False
    # Runs shared by three quarters cannot be had from fewer than half of the words: most pairs end here.
    if len(short.vocabulary & long.vocabulary) < len(short.vocabulary) / 2:
        return False
    if short.line in long.line:
        return True
    if len(short.words) < 12:
        return False
    runs = list(zip(short.words, short.words[1:], short.words[2:], strict=False))
    held = set(zip(long.words, long.words[1:], long.words[2:], strict=False))
    return sum(run in held for run in runs) >= 0.75 * len(runs)
