"""From a question to an answer: quotes grouped by case study, each verified against its report, and the passages."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from corpus.errors import QuestionError
from index.encoders import OnnxEncoder
from index.search import Filters, Hit, Searcher
from index.settings import Settings
from index.spelling import corrected
from index.spread import asks_many
from qa.calibration import Calibration, judge, shipped
from qa.citation import cite
from qa.quotes import Quote, is_verbatim, quote_at, quote_of, quote_to_json, telling_sentence
from qa.units import case_study_count

MAX_QUESTION_CHARACTERS = 10_000
QUOTED_PASSAGES = 6
"""From how many of the best passages quotes are taken."""

QUOTE_MARGIN = 5.0
"""A passage behind the first is quoted where the cross-encoder's score is within the margin of the best."""


class Status(StrEnum):
    """Whether the reports answer the question."""

    ANSWERED = "answered"
    NOT_FOUND = "not found"


@dataclass(frozen=True, slots=True)
class Group:
    """The quotes of one case study, or of one report outside any; ``name`` is the case study's or the report's."""

    name: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reports say to a question, and what produced it.

    ``sentence`` is the one sentence that answers a question for a single fact best; None for other questions, and where
    that is ``doubtful``.
    ``answerable`` is the probability, from 0 to 1, that the reports answer; None where no calibration fits the models.
    ``case_studies`` is how many different case studies the filters let pass, ``unknown_words`` which words of the
    question stand in no report, ``did_you_mean`` the question without the slips among them ("" where there is none).
    ``doubtful``: something is quoted that may well not answer; ``filtered``: it was asked of a part of the library.
    """

    question: str
    status: Status
    groups: tuple[Group, ...]
    passages: tuple[Hit, ...]
    produced_by: dict[str, Any]
    sentence: Quote | None = None
    answerable: float | None = None
    case_studies: int = 0
    unknown_words: tuple[str, ...] = ()
    doubtful: bool = False
    filtered: bool = False
    did_you_mean: str = ""

    @property
    def lead(self) -> str:
        """What was found, in one line: "Quotes from 4 of 17 case studies and from 1 report outside them"."""
        if self.status is Status.NOT_FOUND:
            return "Under these filters the reports do not say" if self.filtered else "The reports do not say"
        inside = sum(group.quotes[0].citation.case_study is not None for group in self.groups)
        outside = len(self.groups) - inside
        parts = [f"{inside} of {_counted(self.case_studies, 'case study', 'case studies')}"] if inside else []
        if outside:
            parts.append(_counted(outside, "report", "reports") + (" outside them" if inside else ""))
        return f"Quotes from {' and from '.join(parts)}"

    @property
    def silence(self) -> str:
        """Which words of the question no report contains, in one line; empty where each stands in some report."""
        return f"No report contains: {', '.join(self.unknown_words)}" if self.unknown_words else ""

    @property
    def cautions(self) -> list[str]:
        """What a reader has to know before the quotes, or instead of them, as lines."""
        if self.status is Status.ANSWERED and not self.doubtful:
            return []
        doubt = ["These quotes may not answer the question: read them before you use them."] if self.doubtful else []
        return [*doubt, *([self.silence] if self.silence else [])]

    @property
    def quotes(self) -> list[Quote]:
        """All quotes, best first."""
        return sorted((q for group in self.groups for q in group.quotes), key=lambda q: -q.score)

    def to_json(self) -> dict[str, Any]:
        """Return the answer as a JSON object with stable keys."""
        return {
            "question": self.question,
            "status": self.status.value,
            "lead": self.lead,
            "answerable": None if self.answerable is None else round(self.answerable, 4),
            "doubtful": self.doubtful,
            "unknown_words": list(self.unknown_words),
            "did_you_mean": self.did_you_mean or None,
            "sentence": quote_to_json(self.sentence) if self.sentence else None,
            "groups": [{"name": g.name, "quotes": [quote_to_json(q) for q in g.quotes]} for g in self.groups],
            "passages": [hit_to_json(hit) for hit in self.passages],
            "produced_by": self.produced_by,
        }


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


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
    searcher: Searcher,
    question: str,
    top: int = 20,
    settings: Settings | None = None,
    filters: Filters | None = None,
    calibration: Calibration | None = None,
) -> Answer:
    """Return the answer to ``question``: quotes from the best passages, and the ``top`` best passages themselves.

    Where the probability that the reports answer lies below the threshold of ``calibration``, by default the shipped
    one, the status is "not found" and nothing is quoted. A calibration of other models is not used. Raises
    QuestionError for a question that cannot be asked.
    """
    asked = check_question(question)
    settings = settings or Settings()
    hits = searcher.search(asked, max(top, settings.rerank_depth), settings, filters)
    judged = judge(searcher, asked, hits, calibration or shipped())
    quoted = [] if judged.silent else _worth_quoting(hits)
    quotes = [quote for hit in quoted if is_verbatim(searcher, quote := quote_of(hit, asked))]
    fact = bool(quoted) and not judged.doubtful and not asks_many(asked)
    sentence = quote_at(quoted[0], telling_sentence(quoted[0], asked), asked) if fact else None
    unknown = tuple(searcher.index.unknown_words(asked))
    return Answer(
        question=asked,
        status=Status.ANSWERED if quotes else Status.NOT_FOUND,
        groups=_grouped(quotes),
        passages=tuple(hits[:top]),
        produced_by=produced_by(searcher, settings) | {"threshold": judged.threshold},
        sentence=sentence if sentence and is_verbatim(searcher, sentence) else None,
        answerable=judged.probability,
        case_studies=case_study_count(searcher.index, filters),
        unknown_words=unknown,
        doubtful=judged.doubtful,
        filtered=filters is not None and filters != Filters(),
        did_you_mean=_without_slips(searcher, asked, unknown),
    )


def _without_slips(searcher: Searcher, question: str, unknown: Sequence[str]) -> str:
    """Return ``question`` with the words of the reports in place of those slips of them that are ``unknown``."""
    encoder = searcher.encoder
    is_word = encoder.knows_word if isinstance(encoder, OnnxEncoder) else lambda _: False
    right = {word: found for word in unknown if (found := corrected(searcher.index, word, is_word))}
    if not right:
        return ""
    slips = re.compile(rf"\b(?:{'|'.join(map(re.escape, right))})\b", re.I)
    return slips.sub(lambda slip: _in_case_of(slip[0], right.get(slip[0].lower(), slip[0])), question)


def _in_case_of(slip: str, word: str) -> str:
    """Return ``word`` with capitals where ``slip`` has them: at its beginning, or throughout."""
    if slip.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if slip[:1].isupper() else word


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


def _worth_quoting(hits: Sequence[Hit]) -> list[Hit]:
    """Return the first hits, less those behind the very first that the cross-encoder scores far below the best."""
    first = hits[:QUOTED_PASSAGES]
    floor = max((hit.scores["rerank"] for hit in first if "rerank" in hit.scores), default=0.0) - QUOTE_MARGIN
    return [hit for hit in first if hit is first[0] or hit.scores.get("rerank", floor) >= floor]


def _grouped(quotes: Iterable[Quote]) -> tuple[Group, ...]:
    """Return quotes grouped by case study, or by report outside any, in the order of each group's best quote."""
    members: dict[tuple[str, str | None], list[Quote]] = {}
    for quote in sorted(quotes, key=lambda q: -q.score):
        members.setdefault((quote.citation.report_id, quote.citation.case_study), []).append(quote)
    return tuple(Group(name or found[0].citation.report, tuple(found)) for (_, name), found in members.items())


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
