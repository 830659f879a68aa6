"""From a question to an answer: quotes grouped by case study, each verified against its report, and the passages."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from corpus.errors import QuestionError
from corpus.folding import word_count
from corpus.model import Span
from index.encoders import DEFAULT_ENCODER
from index.search import Filters, Hit, Searcher
from index.settings import Settings
from qa.citation import Citation, cite

MAX_QUESTION_CHARACTERS = 10_000
QUOTED_PASSAGES = 6
"""From how many of the best passages quotes are taken."""

ALWAYS_QUOTED, QUOTE_MARGIN = 3, 6.0
"""A passage behind the first three is quoted where the cross-encoder's score is within the margin of the best."""

QUOTE_WORDS = 90
"""A longer quote loses sentences at its ends, as far as its best sentence allows."""

_LEANS = re.compile(
    r"[\"“'‘(]*(?:he|she|they|it|this|that|these|those|his|her|their|its|such|here|there|as a result|however|also|both"
    r"|for example|another|the former|the latter|in addition|one of these)\b",
    re.I,
)


OFF_SUBJECT_RERANK, OFF_SUBJECT_COSINE = -10.0, 0.64
"""Where the packaged models' best scores lie under both, the reports do not speak of the question's subject at all.
What the rule refuses and catches is in benchmarks/retrieval.md; it does not see a missing detail of a known subject.
"""


class Status(StrEnum):
    """Whether the reports answer the question."""

    ANSWERED = "answered"
    NOT_FOUND = "not found"


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a report: ``text`` is ``report.text[span.start:span.end]``, found there again before it is shown.

    ``also_in`` cites other places where near enough the same passage stands.
    """

    text: str
    span: Span
    passage_id: str
    score: float
    citation: Citation
    also_in: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """The quotes of one case study, or of one report outside any; ``name`` is the case study's or the report's."""

    name: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reports say to a question, and what produced it."""

    question: str
    status: Status
    groups: tuple[Group, ...]
    passages: tuple[Hit, ...]
    produced_by: dict[str, Any]

    @property
    def quotes(self) -> list[Quote]:
        """All quotes, best first."""
        return sorted((q for group in self.groups for q in group.quotes), key=lambda q: -q.score)

    def to_json(self) -> dict[str, Any]:
        """Return the answer as a JSON object with stable keys."""
        return {
            "question": self.question,
            "status": self.status.value,
            "groups": [{"name": g.name, "quotes": [quote_to_json(q) for q in g.quotes]} for g in self.groups],
            "passages": [hit_to_json(hit) for hit in self.passages],
            "produced_by": self.produced_by,
        }


def check_question(question: str, where: str = "the question") -> str:
    """Return ``question`` on one line, what is no character replaced.

    Raises QuestionError, naming ``where`` it stands, for one without a word or over ``MAX_QUESTION_CHARACTERS`` long.
    """
    if len(question) > MAX_QUESTION_CHARACTERS:
        raise QuestionError(
            f"{where} has {len(question):,} characters", f"ask in no more than {MAX_QUESTION_CHARACTERS:,}"
        )
    flat = " ".join(question.encode("utf-8", "replace").decode("utf-8").split())
    if not any(character.isalnum() for character in flat):
        raise QuestionError(f"{where} {flat[:40]!r} holds no word", "ask in your own words")
    return flat


def ask(
    searcher: Searcher, question: str, top: int = 20, settings: Settings | None = None, filters: Filters | None = None
) -> Answer:
    """Return the answer to ``question``: quotes from the best passages, and the ``top`` best passages themselves.

    Raises QuestionError for a question that cannot be asked.
    """
    asked = check_question(question)
    settings = settings or Settings()
    hits = searcher.search(asked, max(top, settings.rerank_depth), settings, filters)
    quoted = [] if _is_off_subject(searcher, hits) else _worth_quoting(hits)
    quotes = [quote for hit in quoted if is_verbatim(searcher, quote := _quote(hit, _quotable(hit)))]
    return Answer(
        question=asked,
        status=Status.ANSWERED if quotes else Status.NOT_FOUND,
        groups=_grouped(quotes),
        passages=tuple(hits[:top]),
        produced_by=produced_by(searcher, settings),
    )


def _is_off_subject(searcher: Searcher, hits: Sequence[Hit]) -> bool:
    read = [hit.scores["rerank"] for hit in hits if "rerank" in hit.scores]
    if not read or searcher.encoder.name != DEFAULT_ENCODER:
        return False
    nearest = max(hit.scores["sentence"] for hit in hits)
    return bool(max(read) < OFF_SUBJECT_RERANK and nearest < OFF_SUBJECT_COSINE)


def produced_by(searcher: Searcher, settings: Settings) -> dict[str, Any]:
    """Return what another machine needs to get the same answer: version, corpus, models, settings; and the date."""
    reranker = searcher.reranker if settings.rerank else None
    return {
        "casebook": searcher.index.manifest.get("casebook", "0"),
        "corpus": searcher.index.fingerprint,
        "encoder": f"{searcher.encoder.name} ({searcher.encoder.fingerprint})",
        "reranker": reranker.name if reranker else None,
        "settings": settings.to_json(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def is_verbatim(searcher: Searcher, quote: Quote) -> bool:
    """Return whether the quote's words stand at its span, inside the passage that it names."""
    number = searcher.index.number_of.get(quote.passage_id)
    if number is None:
        return False
    report, passage = searcher.index.passages[number]
    inside = passage.span.start <= quote.span.start < quote.span.end <= passage.span.end
    return inside and report.text[quote.span.start : quote.span.end] == quote.text


def _worth_quoting(hits: Sequence[Hit]) -> list[Hit]:
    """Return the first hits, less those that the cross-encoder scores far below the best of them.

    ``ALWAYS_QUOTED`` hits stay whatever they score, as the cross-encoder may err about any one.
    """
    first = hits[:QUOTED_PASSAGES]
    floor = max((hit.scores["rerank"] for hit in first if "rerank" in hit.scores), default=0.0) - QUOTE_MARGIN
    return [hit for n, hit in enumerate(first) if n < ALWAYS_QUOTED or hit.scores.get("rerank", floor) >= floor]


def _quotable(hit: Hit) -> Span:
    """Return the hit's best window, less the sentences at its ends where it is over ``QUOTE_WORDS`` words.

    The best sentence always stays, and so does the one before it where its opening leans on that one. Where the quote
    would open with a sentence that leans, the one before it is taken in if there is room.
    """
    report, sentences = hit.report, hit.passage.sentences

    def leans(n: int) -> bool:
        return n > 0 and bool(_LEANS.match(report.text[sentences[n].start : sentences[n].end]))

    def length(first: int, last: int) -> int:
        return word_count(report.text[sentences[first].start : sentences[last].end])

    inside = [n for n, s in enumerate(sentences) if hit.best_window.start <= s.start < hit.best_window.end]
    first, last, best = inside[0], inside[-1], sentences.index(hit.best_sentence)
    needed = max(first, best - 1) if leans(best) else best
    while length(first, last) > QUOTE_WORDS:
        if last > best and (last - best >= best - first or first == needed):
            last -= 1
        elif first < needed:
            first += 1
        else:
            break
    if leans(first) and length(first - 1, last) <= QUOTE_WORDS:
        first -= 1
    return Span(sentences[first].start, sentences[last].end)


def _quote(hit: Hit, span: Span) -> Quote:
    return Quote(
        text=hit.report.text[span.start : span.end],
        span=span,
        passage_id=hit.passage.id,
        score=hit.score,
        citation=cite(hit.report, hit.passage, span.start),
        also_in=tuple(cite(report, passage) for report, passage in hit.duplicates),
    )


def _grouped(quotes: Iterable[Quote]) -> tuple[Group, ...]:
    """Return quotes grouped by case study, or by report outside any, in the order of each group's best quote."""
    members: dict[tuple[str, str | None], list[Quote]] = {}
    for quote in sorted(quotes, key=lambda q: -q.score):
        members.setdefault((quote.citation.report_id, quote.citation.case_study), []).append(quote)
    return tuple(Group(name or found[0].citation.report, tuple(found)) for (_, name), found in members.items())


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
    }


def hit_to_json(hit: Hit) -> dict[str, Any]:
    """Return a hit as a JSON object."""
    return {
        "id": hit.passage.id,
        "text": hit.passage.text,
        "start": hit.passage.span.start,
        "end": hit.passage.span.end,
        "score": round(hit.score, 4),
        "scores": {name: round(value, 4) for name, value in hit.scores.items()},
        "best_window": [hit.best_window.start, hit.best_window.end],
        "best_sentence": [hit.best_sentence.start, hit.best_sentence.end],
        "citation": cite(hit.report, hit.passage).to_json(),
        "also_in": [cite(report, passage).to_json() for report, passage in hit.duplicates],
    }
