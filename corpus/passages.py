"""Sections -> passages: whole sentences, at most 200 words, borders where the text itself pauses.

The borders of a section are chosen together, by the least sum of costs (Knuth and Plass 1981 do the same for lines of
a paragraph): breaking inside a paragraph or a list costs, and so does a passage far from the size wished for.
"""

import hashlib
import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from math import inf

from corpus.blocks import Piece, as_kind, ends_sentence
from corpus.folding import word_count, words
from corpus.model import BlockKind, Passage, Section, Span
from corpus.sentences import MAX_WORDS, sentence_spans

TARGET_WORDS = 150
MAX_SENTENCES = 60
"""Sentences of a word or two, or rows of a table, make a passage too long to read before they make 200 words."""

_IN_PARAGRAPH, _IN_LIST, _IN_ITEM, _BEHIND_LEAD_IN, _BETWEEN_PARAGRAPHS = 0.6, 0.8, 1.6, 3.0, 0.05
_PASSAGE = 0.05
_FORCED = -1.0


@dataclass(frozen=True, slots=True)
class _Atom:
    """A sentence, and what it costs to break before it; ``_FORCED`` where a passage must begin.

    ``words`` counts its own words, ``words_behind`` those between it and the next atom.
    """

    span: Span
    break_cost: float
    words: int
    words_behind: int


def find_passages(
    text: str,
    pieces: list[Piece],
    sections: tuple[Section, ...],
    report_id: str,
    target_words: int = TARGET_WORDS,
) -> tuple[Passage, ...]:
    """Return the passages of a report, in the order of the text.

    Every sentence of a body piece is in exactly one passage, every passage in one section. ``target_words`` is the
    size wished for, at most ``MAX_WORDS``. A footnote that says something itself has passages of its own.
    """
    target_words = min(target_words, MAX_WORDS)
    spans: list[tuple[int, tuple[Span, ...]]] = []
    for number, members in _by_section(pieces, sections):
        spans += [(number, group) for group in _pack(_atoms(text, members), target_words)]
        for piece in members:
            if piece.kind is BlockKind.FOOTNOTE and _says_something(piece.text):
                note = _atoms(text, [as_kind(piece, BlockKind.PARAGRAPH)])
                spans += [(number, group) for group in _pack(note, target_words)]
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
    found: list[tuple[Span, float]] = []
    last: Piece | None = None
    interrupted = False
    for piece in pieces:
        if not piece.is_body:
            interrupted = interrupted or piece.kind is not BlockKind.HEADING
            continue
        cost = _FORCED if interrupted or last is None else _cost_between(last, piece)
        for n, span in enumerate(sentence_spans(text, piece.content.start, piece.content.end)):
            inside = _IN_ITEM if piece.kind is BlockKind.LIST_ITEM else _IN_PARAGRAPH
            found.append((span, inside if n else cost))
        last, interrupted = piece, False
    ends = [span.start for span, _ in found[1:]] + [found[-1][0].end] if found else []
    return [
        _Atom(span, cost, word_count(text[span.start : span.end]), word_count(text[span.end : end]))
        for (span, cost), end in zip(found, ends, strict=True)
    ]


def _cost_between(above: Piece, below: Piece) -> float:
    if below.kind is BlockKind.LIST_ITEM:
        return _IN_LIST if above.kind is BlockKind.LIST_ITEM else _BEHIND_LEAD_IN
    if above.kind is BlockKind.LIST_ITEM and not ends_sentence(above.text) and len(below.text.split()) < 20:
        return _IN_LIST
    if above.kind is below.kind is BlockKind.TABLE or above.text.rstrip().endswith(":"):
        return _BEHIND_LEAD_IN
    return _BETWEEN_PARAGRAPHS


def _pack(atoms: list[_Atom], target: int) -> list[tuple[Span, ...]]:
    """Group ``atoms`` into passages of at most ``MAX_WORDS`` words with the least sum of costs.

    What stands between two atoms that share a passage counts too: the number of a list item, a page number.
    """
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(atoms) + 1):
        cheapest, begin, count = inf, end - 1, 0
        for start in range(end - 1, max(-1, end - 1 - MAX_SENTENCES), -1):
            atom = atoms[start]
            count += atom.words + (atom.words_behind if start < end - 1 else 0)
            if count > MAX_WORDS and start < end - 1:
                break
            cost = best[start][0] + ((count - target) / target) ** 2 + _PASSAGE
            if start and atom.break_cost > 0:
                cost += atom.break_cost
            if cost <= cheapest:
                cheapest, begin = cost, start
            if atom.break_cost == _FORCED:
                break
        best.append((cheapest, begin))
    groups: list[tuple[Span, ...]] = []
    end = len(atoms)
    while end:
        start = best[end][1]
        groups.append(tuple(atom.span for atom in atoms[start:end]))
        end = start
    return groups[::-1]
