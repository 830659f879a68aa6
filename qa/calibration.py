"""The probability that the reports answer a question, and the threshold below which casebook says that they do not.

Both come from questions known to be answerable or not, asked of the same models: ``casebook eval calibrate``.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from corpus.errors import CasebookError
from corpus.folding import words
from index.context import names_around
from index.search import Hit, Index, Searcher
from index.spread import asks_many
from qa.marking import FIGURES, Wanted, marks, wanted

FILE_NAME = "calibration.json"


EVIDENCE = ("rerank", "rerank_top", "cosine", "covered", "figure", "shapeless", "many")
"""What is weighed: the cross-encoder's best score, and the mean of the best three tenths of what it gave; the best
cosine of a sentence; the share of the question's terms, by rarity, in the stretch that scored best; and 1 or 0 for
whether the question asks for a figure, whether it asks for a figure, time or name that this stretch lacks, and whether
several case studies may answer. Nothing hangs on how large the library is.
"""


class CalibrationError(CasebookError):
    """A calibration that cannot be read, or cannot be made."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic model of the evidence, and what it was fitted on.

    The probability is the logistic function of ``bias`` plus each weight times the evidence of its name. Below
    ``threshold`` the answer is "not found". ``encoder`` and ``reranker`` are fingerprints: with other models the
    calibration says nothing. ``questions`` is the SHA-256 of the question set, ``corpus`` the fingerprint of the
    library. The rest was measured by cross-validation: ``auroc``, the share of answerable questions ``refused``, the
    share of unanswerable ones ``caught``, and for each bin of ``reliability`` the mean probability, the share of its
    questions that is answerable, and how many they are.
    """

    weights: Mapping[str, float]
    bias: float
    threshold: float
    encoder: str
    reranker: str
    questions: str
    corpus: str
    answerable: int
    unanswerable: int
    auroc: float
    refused: float
    caught: float
    reliability: tuple[tuple[float, float, int], ...]
    casebook: str
    date: str

    def probability(self, evidence: Mapping[str, float]) -> float:
        """Return the probability, from 0 to 1, that the reports answer, given the ``evidence``."""
        total = self.bias + math.fsum(weight * evidence[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-500.0, min(500.0, total))))

    def fits(self, encoder: str, reranker: str) -> bool:
        """Return whether it was made with the models of these fingerprints."""
        return (self.encoder, self.reranker) == (encoder, reranker)

    def to_json(self) -> dict[str, Any]:
        """Return the calibration as a JSON object, which ``from_json`` reads back unchanged."""
        return asdict(self)


def from_json(value: Any, where: str) -> Calibration:
    """Return the calibration in the JSON object ``value``. Raises CalibrationError, naming ``where``, for any other."""
    remedy = "make it again with: casebook eval calibrate, or delete it"
    try:
        numbers = {f.name: float(value[f.name]) for f in fields(Calibration) if f.type is float}
        counts = {f.name: int(value[f.name]) for f in fields(Calibration) if f.type is int}
        texts = {f.name: str(value[f.name]) for f in fields(Calibration) if f.type is str}
        weights = {str(name): float(weight) for name, weight in value["weights"].items()}
        bins = tuple((float(mean), float(share), int(count)) for mean, share, count in value["reliability"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CalibrationError(f"{where} is no calibration ({type(error).__name__}: {error})", remedy) from None
    if not all(map(math.isfinite, (*numbers.values(), *weights.values()))) or not 0 <= numbers["threshold"] <= 1:
        raise CalibrationError(f"{where} has numbers that no calibration has", remedy)
    if unknown := sorted(set(weights) - set(EVIDENCE)):
        raise CalibrationError(f"{where} weighs the unknown evidence {unknown[0]!r}", remedy)
    return Calibration(**numbers, **counts, **texts, weights=weights, reliability=bins)  # type: ignore[arg-type]


def read_calibration(home: Path) -> Calibration:
    """Return the calibration of the library at ``home``, or where it has none the one that comes with casebook.

    Raises CalibrationError for a damaged file.
    """
    path = home / FILE_NAME
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return shipped()
    except (OSError, UnicodeDecodeError) as error:
        raise CalibrationError(f"{str(path)!r} cannot be read ({error})", "check the file and its rights") from None
    try:
        return from_json(json.loads(text), repr(str(path)))
    except json.JSONDecodeError as error:
        raise CalibrationError(
            f"{str(path)!r} is not JSON ({error})", "make it again with: casebook eval calibrate, or delete it"
        ) from None


def shipped() -> Calibration:
    """Return the calibration that comes with casebook, made with the packaged models."""
    return from_json(json.loads(files("qa").joinpath("data", FILE_NAME).read_text(encoding="utf-8")), FILE_NAME)


STRANGE_SHARE, STRANGE_VOCABULARY = 0.6, 1_500
"""A question is strange where this share of its words is unknown to reports that have so many different ones.

Of 45 questions on other subjects 26 are, of the answerable ones of all question sets (1,270) none.
"""


DOUBT = 0.7
"""An answer of a lower probability is shown as doubtful; so is one to a question with a name that no report has.

By cross-validation over 395 answerable and 135 unanswerable questions: of the doubtful answers 41 % are to unanswerable
questions, of the others 6 %; and 11 % of the answerable questions get a doubtful answer.
"""


def weigh(searcher: Searcher, question: str, hits: Sequence[Hit]) -> dict[str, float] | None:
    """Return the evidence, by the names in ``EVIDENCE``, that ``hits`` give; None where no cross-encoder read any."""
    read = sorted((hit for hit in hits if "rerank" in hit.scores), key=lambda hit: -hit.scores["rerank"])
    if not read:
        return None
    best, index = read[0], searcher.index
    stretch = best.report.text[best.best_window.start : best.best_window.end]
    around = f"{index.contexts[index.number_of[best.passage.id]]} {names_around(best.report, best.passage)}"
    rarity = index.rarity(question)
    total = math.fsum(rarity.values()) or 1.0
    held = set(index.analyzer.terms(f"{stretch} {around}"))
    many, shape = asks_many(question), wanted(question)
    return {
        "rerank": best.scores["rerank"],
        "rerank_top": float(np.mean([hit.scores["rerank"] for hit in read[: max(1, len(read) * 3 // 10)]])),
        "cosine": max(hit.scores["sentence"] for hit in hits),
        "covered": math.fsum(weight for term, weight in rarity.items() if index.holds(term, held)) / total,
        "figure": float(shape in FIGURES),
        "shapeless": float(shape is not Wanted.ANYTHING and not many and not marks(question, stretch)),
        "many": float(many),
    }


@dataclass(frozen=True, slots=True)
class Judgement:
    """The probability that the reports answer, and the threshold it was held against; both None where unknown.

    ``strange``: the question is about something that the reports have no words for. ``foreign``: it names somebody or
    something that no report names.
    """

    probability: float | None
    threshold: float | None
    strange: bool = False
    foreign: bool = False

    @property
    def silent(self) -> bool:
        """Whether the question is strange to the reports or the probability lies below the threshold."""
        if self.probability is None or self.threshold is None:
            return self.strange
        return self.strange or self.probability < self.threshold

    @property
    def doubtful(self) -> bool:
        """Whether there is an answer, and too little that speaks for it."""
        if self.silent or self.probability is None:
            return False
        return self.foreign or self.probability < DOUBT


def judge(searcher: Searcher, question: str, hits: Sequence[Hit], calibration: Calibration) -> Judgement:
    """Return what ``calibration`` makes of ``hits``: nothing where it was made with other models."""
    evidence = weigh(searcher, question, hits)
    reranker = searcher.reranker if evidence else None
    if evidence is None or reranker is None:
        return Judgement(None, None)
    if not calibration.fits(searcher.encoder.fingerprint, reranker.fingerprint):
        return Judgement(None, None)
    index = searcher.index
    strange, foreign = is_strange(index, question), has_foreign_name(index, question)
    return Judgement(calibration.probability(evidence), calibration.threshold, strange, foreign)


def is_strange(index: Index, question: str) -> bool:
    """Return whether ``STRANGE_SHARE`` of the question's words, stop words aside, stand nowhere in the reports.

    In a library of few words that says nothing.
    """
    if len(index.lexical.vocabulary) < STRANGE_VOCABULARY:
        return False
    asked = set(index.analyzer.terms(question))
    return bool(asked) and len(index.unknown_words(question)) >= STRANGE_SHARE * len(asked)


def has_foreign_name(index: Index, question: str) -> bool:
    """Return whether a word that ``question`` writes with a capital, as names are, stands nowhere in the reports.

    The first word says nothing, nor do capitals where every word has one.
    """
    later = [word for word in question.split()[1:] if word[:1].isalpha()]
    if all(word[0].isupper() for word in later):
        return False
    named = {name for word in later if word[0].isupper() for name in words(word)}
    return not named.isdisjoint(index.unknown_words(question))
