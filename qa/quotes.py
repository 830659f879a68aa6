"""Quotes: the words of a hit that answer, cut, marked, with what they lean on; each verified against its report."""

import re
from dataclasses import dataclass
from typing import Any

from corpus.folding import word_count
from corpus.model import Report, Span
from index.search import Hit, Searcher
from qa.citation import Citation, cite
from qa.leaning import leaned_on, leans
from qa.marking import FIGURES, marks, wanted

QUOTE_WORDS = 90
"""A longer quote loses sentences at its ends, as far as its best sentence allows."""

_CAPTION = re.compile(r"(?:table|figure|fig\.|chart|box|exhibit) \d+\b", re.I)


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a report, beside a quote: ``text`` is ``report.text[span.start:span.end]``."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a report: ``text`` is ``report.text[span.start:span.end]``, found there again before it is shown.

    ``also_in`` cites other places where near enough the same passage stands. ``marks`` are the words in it that have
    the shape the question asks for: a figure, a date, a name. ``leans_on`` is a sentence from before the quote that it
    cannot do without: who "he" is, or what "this" is.
    """

    text: str
    span: Span
    passage_id: str
    score: float
    citation: Citation
    also_in: tuple[Citation, ...] = ()
    marks: tuple[Words, ...] = ()
    leans_on: Words | None = None


def in_pieces(quote: Quote) -> list[tuple[str, bool]]:
    """Return the text of ``quote`` in order as pieces, each with whether it is one of its marks."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for mark in quote.marks:
        start, end = mark.span.start - quote.span.start, mark.span.end - quote.span.start
        if at <= start and end <= len(quote.text):
            pieces += [(quote.text[at:start], False), (quote.text[start:end], True)]
            at = end
    return [piece for piece in (*pieces, (quote.text[at:], False)) if piece[0]]


def is_verbatim(searcher: Searcher, quote: Quote) -> bool:
    """Return whether the quote's words stand at its span, inside the passage that it names."""
    number = searcher.index.number_of.get(quote.passage_id)
    if number is None:
        return False
    report, passage = searcher.index.passages[number]
    inside = passage.span.start <= quote.span.start < quote.span.end <= passage.span.end
    return inside and report.text[quote.span.start : quote.span.end] == quote.text


def _quotable(hit: Hit) -> Span:
    """Return the hit's best window, less the sentences at its ends where it is over ``QUOTE_WORDS`` words.

    The best sentence always stays, and so does the one before it where its opening leans on that one. Where the quote
    would open with a sentence that leans, the one before it is taken in if there is room.
    """
    report, sentences = hit.report, hit.passage.sentences

    def points_back(n: int) -> bool:
        return n > 0 and leans(report.text[sentences[n].start : sentences[n].end])

    def length(first: int, last: int) -> int:
        return word_count(report.text[sentences[first].start : sentences[last].end])

    inside = [n for n, s in enumerate(sentences) if hit.best_window.start <= s.start < hit.best_window.end]
    first, last, best = inside[0], inside[-1], sentences.index(hit.best_sentence)
    needed = max(first, best - 1) if points_back(best) else best
    while length(first, last) > QUOTE_WORDS:
        if last > best and (last - best >= best - first or first == needed):
            last -= 1
        elif first < needed:
            first += 1
        else:
            break
    if points_back(first) and length(first - 1, last) <= QUOTE_WORDS:
        first -= 1
    return Span(sentences[first].start, sentences[last].end)


def quote_of(hit: Hit, question: str) -> Quote:
    """Return the words of ``hit`` that answer ``question`` best, cut to a quote; not yet verified."""
    return quote_at(hit, _quotable(hit), question)


def telling_sentence(hit: Hit, question: str) -> Span:
    """Return the sentence that stands first: the best, but where a figure is asked for that it lacks, the nearest to it
    of the best window that has one. A caption has its number only.
    """
    best, report = hit.best_sentence, hit.report

    def tells(sentence: Span) -> bool:
        text = report.text[sentence.start : sentence.end]
        return bool(marks(question, text)) and not _CAPTION.match(text)

    if wanted(question) not in FIGURES or tells(best):
        return best
    window = [s for s in hit.passage.sentences if hit.best_window.start <= s.start < hit.best_window.end]
    return min(filter(tells, window), key=lambda s: abs(s.start - best.start), default=best)


def quote_at(hit: Hit, span: Span, question: str) -> Quote:
    """Return the words at ``span`` of the passage of ``hit`` as a quote, marked for ``question``; not yet verified."""
    report = hit.report
    before = leaned_on(report, hit.passage, span)
    return Quote(
        text=report.text[span.start : span.end],
        span=span,
        passage_id=hit.passage.id,
        score=hit.score,
        citation=cite(report, hit.passage, span.start),
        also_in=tuple(cite(report, passage) for report, passage in hit.duplicates),
        marks=_marked(report, hit.best_sentence, question) or _marked(report, span, question),
        leans_on=words_at(report, before) if before else None,
    )


def _marked(report: Report, span: Span, question: str) -> tuple[Words, ...]:
    found = marks(question, report.text[span.start : span.end])
    return tuple(words_at(report, Span(span.start + one.start, span.start + one.end)) for one in found)


def words_at(report: Report, span: Span) -> Words:
    """Return the words of ``report`` at ``span``."""
    return Words(report.text[span.start : span.end], span)


def quote_to_json(quote: Quote) -> dict[str, Any]:
    """Return a quote as a JSON object."""
    return {
        "text": quote.text,
        "passage_id": quote.passage_id,
        "start": quote.span.start,
        "end": quote.span.end,
        "score": round(quote.score, 4),
        "citation": quote.citation.to_json(),
        "also_in": [citation.to_json() for citation in quote.also_in],
        "marks": [words_to_json(words) for words in quote.marks],
        "leans_on": words_to_json(quote.leans_on) if quote.leans_on else None,
    }


def words_to_json(words: Words) -> dict[str, Any]:
    """Return words of a report as a JSON object."""
    return {"text": words.text, "start": words.span.start, "end": words.span.end}
