"""Sections -> passages: whole sentences, at most 200 words, borders where the text itself pauses.

The borders of a section are chosen together, by the least sum of costs (Knuth and Plass 1981 do the same for lines of
a paragraph): breaking inside a paragraph or a list costs, and so does a passage far from the size wished for.
"""

import hashlib
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass

from corpus.blocks import Piece, ends_sentence
from corpus.folding import words
from corpus.model import BlockKind, Passage, Section, Span
from corpus.sentences import MAX_WORDS, sentence_spans

TARGET_WORDS = 150

_IN_PARAGRAPH, _IN_LIST, _BEHIND_LEAD_IN, _BETWEEN_PARAGRAPHS = 0.6, 0.8, 3.0, 0.05
_FORCED = -1.0


@dataclass(frozen=True, slots=True)
class _Atom:
    """A sentence, and what it costs to break before it; ``_FORCED`` where a passage must begin."""

    span: Span
    break_cost: float


def find_passages(
    text: str,
    pieces: list[Piece],
    sections: tuple[Section, ...],
    report_id: str,
    target_words: int = TARGET_WORDS,
) -> tuple[Passage, ...]:
    """Return the passages of a report, in the order of the text.

    Every sentence of a body piece is in exactly one passage, every passage in one section. ``target_words`` is the
    size wished for, at most ``MAX_WORDS``. A footnote that says something itself is a passage of its own.
    """
    target_words = min(target_words, MAX_WORDS)
    counter = _WordCounter(text)
    spans: list[tuple[int, tuple[Span, ...]]] = []
    for number, members in _by_section(pieces, sections):
        spans += [(number, group) for group in _pack(_atoms(text, members), counter, target_words)]
        for piece in members:
            if piece.kind is BlockKind.FOOTNOTE and _says_something(piece.text):
                spans.append((number, tuple(sentence_spans(text, piece.content.start, piece.content.end))))
    spans.sort(key=lambda item: item[1][0].start)
    seen: Counter[str] = Counter()
    passages = []
    for number, sentences in spans:
        span = Span(sentences[0].start, sentences[-1].end)
        words_of = text[span.start : span.end]
        passage_id = f"{report_id}-{words_hash(words_of)}"
        seen[passage_id] += 1
        if seen[passage_id] > 1:
            passage_id += f"-{seen[passage_id]}"
        section = sections[number]
        passages.append(Passage(passage_id, report_id, number, section.case_study, span, words_of, sentences))
    return tuple(passages)


def words_hash(text: str) -> str:
    """Return twelve hexadecimal digits that depend on the folded words of ``text`` alone."""
    return hashlib.sha256(" ".join(words(text)).encode()).hexdigest()[:12]


class _WordCounter:
    """Counts the white-space separated words of any stretch of a text in logarithmic time."""

    def __init__(self, text: str) -> None:
        found = [match.span() for match in re.finditer(r"\S+", text)]
        self._starts = [start for start, _ in found]
        self._ends = [end for _, end in found]

    def count(self, start: int, end: int) -> int:
        return bisect_left(self._starts, end) - bisect_right(self._ends, start)


def _by_section(pieces: list[Piece], sections: tuple[Section, ...]) -> list[tuple[int, list[Piece]]]:
    """Return the pieces of each section that are in none of its inner sections."""
    starts = [section.span.start for section in sections]
    groups: dict[int, list[Piece]] = {}
    for piece in pieces:
        number = bisect_right(starts, piece.span.start) - 1
        if number >= 0:
            groups.setdefault(number, []).append(piece)
    return sorted(groups.items())


def _says_something(note: str) -> bool:
    return len(note.split()) >= 8 and ends_sentence(note) and not re.search(r"https?://|www\.", note)


def _atoms(text: str, pieces: list[Piece]) -> list[_Atom]:
    atoms: list[_Atom] = []
    last: Piece | None = None
    interrupted = False
    for piece in pieces:
        if not piece.is_body:
            interrupted = interrupted or piece.kind is not BlockKind.HEADING
            continue
        cost = _FORCED if interrupted or last is None else _cost_between(last, piece)
        for n, span in enumerate(sentence_spans(text, piece.content.start, piece.content.end)):
            atoms.append(_Atom(span, _IN_PARAGRAPH if n else cost))
        last, interrupted = piece, False
    return atoms


def _cost_between(above: Piece, below: Piece) -> float:
    if below.kind is BlockKind.LIST_ITEM:
        return _IN_LIST if above.kind is BlockKind.LIST_ITEM else _BEHIND_LEAD_IN
    if above.kind is BlockKind.LIST_ITEM and not ends_sentence(above.text) and len(below.text.split()) < 20:
        return _IN_LIST
    if above.kind is below.kind is BlockKind.TABLE or above.text.rstrip().endswith(":"):
        return _BEHIND_LEAD_IN
    return _BETWEEN_PARAGRAPHS


def _pack(atoms: list[_Atom], counter: _WordCounter, target: int) -> list[tuple[Span, ...]]:
    """Group ``atoms`` into passages of at most ``MAX_WORDS`` words with the least sum of costs."""
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(atoms) + 1):
        options: list[tuple[float, int]] = []
        for start in range(end - 1, -1, -1):
            count = counter.count(atoms[start].span.start, atoms[end - 1].span.end)
            if count > MAX_WORDS and start < end - 1:
                break
            cost = best[start][0] + _size_cost(count, target) + max(0.0, atoms[start].break_cost if start else 0.0)
            options.append((cost, start))
            if atoms[start].break_cost == _FORCED:
                break
        best.append(min(options))
    groups: list[tuple[Span, ...]] = []
    end = len(atoms)
    while end:
        start = best[end][1]
        groups.append(tuple(atom.span for atom in atoms[start:end]))
        end = start
    return groups[::-1]


def _size_cost(count: int, target: int) -> float:
    return ((count - target) / target) ** 2 + 0.05
