"""Settings of retrieval and of the index: frozen objects with bounded fields, passed in and recorded."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from corpus.errors import QuestionError
from corpus.passages import TARGET_WORDS
from corpus.sentences import MAX_WORDS

RANKERS = ("lexical", "passage", "sentence", "window")
"""BM25 over the passage with its headings; cosine of the passage with its headings; best cosine among its sentences
with their headings; best cosine among its runs of two sentences."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How passages are ranked.

    ``weights`` multiply the standardised score of each ranker. ``variants`` is what a synonym or spelled-out
    abbreviation of a query's term counts in BM25 against the term itself. The cross-encoder reads the
    ``rerank_windows`` most promising runs of ``rerank_sentences`` sentences of the ``rerank_depth`` best passages; its
    best score a passage, standardised, counts ``rerank_weight`` against the fused score's ``1 - rerank_weight``.
    For a question that several case studies may answer, each hit lowers the next ones of its case study by ``spread``.
    """

    weights: dict[str, float] = field(default_factory=lambda: dict.fromkeys(RANKERS, 1.0))
    variants: float = 0.7
    rerank: bool = True
    rerank_depth: int = 17
    rerank_windows: int = 1
    rerank_sentences: int = 3
    rerank_weight: float = 0.7
    spread: float = 0.3

    def __post_init__(self) -> None:
        """Raise QuestionError for a field out of its bounds."""
        if set(self.weights) - set(RANKERS):
            raise QuestionError(
                f"weights has the unknown ranker in {sorted(self.weights)}", f"use {', '.join(RANKERS)}"
            )
        _bounded("weights", min(self.weights.values(), default=0.0), 0.0, 100.0)
        _bounded("weights", max(self.weights.values(), default=0.0), 0.01, 100.0)
        _bounded("variants", self.variants, 0.0, 1.0)
        _bounded("rerank_depth", self.rerank_depth, 1, 200)
        _bounded("rerank_windows", self.rerank_windows, 1, 20)
        _bounded("rerank_sentences", self.rerank_sentences, 1, 20)
        _bounded("rerank_weight", self.rerank_weight, 0.0, 1.0)
        _bounded("spread", self.spread, 0.0, 10.0)

    def to_json(self) -> dict[str, Any]:
        """Return the settings as a JSON object."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class IndexOptions:
    """How an index is made. ``headings``: rankers see where a passage stands; ``stemming``: words are stemmed;
    ``passage_words``: the size wished for in passages, at most 200.
    """

    headings: bool = True
    stemming: bool = True
    passage_words: int = TARGET_WORDS

    def __post_init__(self) -> None:
        """Raise QuestionError for a field out of its bounds."""
        _bounded("passage_words", self.passage_words, 20, MAX_WORDS)


def settings_from_json(value: dict[str, Any]) -> Settings:
    """Return the settings in a JSON object; an unknown key raises QuestionError."""
    known = {f.name for f in fields(Settings)}
    if unknown := sorted(set(value) - known):
        raise QuestionError(f"the settings have the unknown key {unknown[0]!r}", f"use {', '.join(sorted(known))}")
    return Settings(**value)


def _bounded(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise QuestionError(f"{name} is {value}", f"give a number from {low} to {high}")
