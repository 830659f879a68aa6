"""Search: a query against an opened index generation gives ranked hits."""

import io
import json
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import IndexFileError
from corpus.folding import words
from corpus.model import Passage, Report, SectionKind, Span
from corpus.serial import report_from_json
from index import store
from index.build import windows
from index.context import standing, with_standing
from index.encoders import Encoder, Reranker, Vectors
from index.fusion import Scores, best_of, standardised, weighted_sum
from index.lexical import Analyzer, LexicalIndex
from index.settings import IndexOptions, Settings
from index.spread import asks_many, spread
from index.variants import Variants, reviewed
from index.vectors import VectorIndex

SPREAD_DEPTH = 30
"""How many of the first passages are spread over case studies."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which passages may be hits; an empty tuple lets all pass.

    ``years`` are those of publication, "" for reports without one; ``case_studies`` holds pairs of report id and the
    case study's number.
    """

    reports: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    case_studies: tuple[tuple[str, int], ...] = ()
    kinds: tuple[SectionKind, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found: its rank score, what each ranker said, the part that fits best, and where else the text stands.

    ``scores`` are the raw scores by ranker, with "fused" and, for passages that the cross-encoder read, "rerank".
    ``best_window`` is the run of a few sentences that fits the query best, ``best_sentence`` the best one in it.
    """

    passage: Passage
    report: Report
    score: float
    scores: dict[str, float]
    best_window: Span
    best_sentence: Span
    duplicates: tuple[tuple[Report, Passage], ...] = ()


class Index:
    """An opened generation: everything in memory, nothing of it changes."""

    def __init__(self, generation: store.Generation) -> None:
        files = generation.files
        try:
            self.manifest: dict[str, Any] = generation.manifest
            options = IndexOptions(**self.manifest["options"])
            self.reports: dict[str, Report] = {
                value["id"]: report_from_json(value) for value in json.loads(files["reports.json"])
            }
            self.passages: list[tuple[Report, Passage]] = [
                (report, passage) for report in self.reports.values() for passage in report.passages
            ]
            with np.load(io.BytesIO(files["arrays.npz"]), allow_pickle=False) as arrays:
                self._sentence_owners: NDArray[np.int32] = arrays["sentence_owners"]
                self._window_owners: NDArray[np.int32] = arrays["window_owners"]
                self._duplicate_of: NDArray[np.int32] = arrays["duplicate_of"]
                vocabulary = {term: number for number, term in enumerate(json.loads(files["vocabulary.json"]))}
                self.lexical = LexicalIndex(
                    vocabulary,
                    arrays["lexical_starts"],
                    arrays["lexical_rows"],
                    arrays["lexical_weights"],
                    len(self.passages),
                )
            explained = [list(pair) for pair in json.loads(files["abbreviations.json"])]
            self._passage_vectors = VectorIndex.from_bytes(files["passages.faiss"], "passages.faiss")
            self._sentence_vectors = VectorIndex.from_bytes(files["sentences.faiss"], "sentences.faiss")
            self._window_vectors = VectorIndex.from_bytes(files["windows.faiss"], "windows.faiss")
        except (KeyError, TypeError, ValueError) as error:
            raise IndexFileError(
                f"the index {generation.name!r} does not fit this casebook ({error})", store.REBUILD
            ) from error
        self.contexts = [standing(report, p) if options.headings else "" for report, p in self.passages]
        self.analyzer = Analyzer(options.stemming)
        self.variants = Variants([*reviewed(), *explained], self.analyzer)
        self.number_of = {passage.id: number for number, (_, passage) in enumerate(self.passages)}
        counts = np.bincount(self._sentence_owners, minlength=len(self.passages))
        self._first_sentence = np.concatenate([[0], np.cumsum(counts)])

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the corpus that was indexed."""
        return str(self.manifest["corpus"])

    def check_encoder(self, encoder: Encoder) -> None:
        """Raise IndexFileError where the index was made by another encoder."""
        made = self.manifest["encoder"]
        if made["fingerprint"] != encoder.fingerprint:
            raise IndexFileError(
                f"the index was made by the encoder {made['name']!r} ({made['fingerprint']}), "
                f"not by {encoder.name!r} ({encoder.fingerprint})",
                f"use --encoder {made['name']}, or run: casebook index --rebuild --encoder {encoder.name}",
            )

    def allowed(self, filters: Filters) -> NDArray[np.bool_]:
        """Return which passages ``filters`` lets pass, of shape (passages,)."""
        return np.array([_passes(report, passage, filters) for report, passage in self.passages], dtype=bool)

    def rank(self, query: str, vector: Vectors, variants: float) -> tuple[dict[str, Scores], NDArray[np.float32]]:
        """Return each ranker's score of every passage, and the cosine of every sentence.

        ``variants`` is what a variant of a query's term counts against the term itself.
        """
        count = len(self.passages)
        terms = self.analyzer.terms(query)
        wanted: dict[str, float] = {**Counter(terms)}
        if variants:
            wanted |= {term: variants * weight for term, weight in self.variants.expand(terms).items()}
        by_sentence = self._sentence_vectors.scores(vector)
        by_window = self._window_vectors.scores(vector)
        scores = {
            "lexical": self.lexical.weighted_scores(wanted),
            "passage": self._passage_vectors.scores(vector).astype(np.float64),
            "sentence": best_of(by_sentence, self._sentence_owners, count),
            "window": best_of(by_window, self._window_owners, count),
        }
        return scores, by_sentence

    def unknown_words(self, query: str) -> list[str]:
        """Return the words of ``query`` that stand in no passage, name or heading, not as a variant or in another
        form either; stop words aside.
        """

        known = self.lexical.vocabulary.keys()
        asked = {word: self.analyzer.terms(word) for word in words(query)}
        return [word for word, terms in asked.items() if terms and not any(self.holds(term, known) for term in terms)]

    def rarity(self, query: str) -> dict[str, float]:
        """Return for each different term of ``query`` the logarithm of how many passages there are to each with it."""
        count = len(self.passages) + 1
        return {
            term: math.log(count / (self.lexical.frequency(term) + 0.5))
            for term in sorted({*self.analyzer.terms(query)})
        }

    def holds(self, term: str, terms: Set[str]) -> bool:
        """Return whether ``terms`` have ``term`` or a variant of it."""
        return term in terms or not terms.isdisjoint(self.variants.expand([term]))

    def fold(self, order: Sequence[int]) -> list[tuple[int, list[int]]]:
        """Return ``order`` with every passage that repeats an earlier one put beside it."""
        places: dict[int, int] = {}
        folded: list[tuple[int, list[int]]] = []
        for number in order:
            group = int(self._duplicate_of[number])
            if group in places:
                folded[places[group]][1].append(number)
            else:
                places[group] = len(folded)
                folded.append((number, []))
        return folded

    def sentences_of(self, number: int, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the part of ``values``, one an indexed sentence, that belongs to passage ``number``."""
        return values[self._first_sentence[number] : self._first_sentence[number + 1]]


def _passes(report: Report, passage: Passage, filters: Filters) -> bool:
    if filters.reports and report.id not in filters.reports:
        return False
    if filters.publishers and report.metadata.publisher not in filters.publishers:
        return False
    if filters.years and report.metadata.year not in filters.years:
        return False
    if filters.case_studies and (report.id, passage.case_study) not in filters.case_studies:
        return False
    return not filters.kinds or report.sections[passage.section].kind in filters.kinds


@dataclass(frozen=True, slots=True)
class _Ranked:
    """What rankers and cross-encoder said to one query; ``read`` has a score and a window by passage number."""

    scores: Mapping[str, Scores]
    fused: Scores
    by_sentence: NDArray[np.float32]
    read: Mapping[int, tuple[float, Span]]
    settings: Settings


class Searcher:
    """An index with the models that query it."""

    def __init__(self, index: Index, encoder: Encoder, load_reranker: Callable[[], Reranker] | None = None) -> None:
        index.check_encoder(encoder)
        self.index = index
        self.encoder = encoder
        self._load_reranker = load_reranker
        self._reranker: Reranker | None = None

    @property
    def reranker(self) -> Reranker | None:
        """The cross-encoder, loaded when it is first wanted; None where there is none."""
        if self._reranker is None and self._load_reranker is not None:
            self._reranker = self._load_reranker()
        return self._reranker

    def search(
        self, query: str, top: int = 20, settings: Settings | None = None, filters: Filters | None = None
    ) -> list[Hit]:
        """Return the ``top`` hits for ``query``, best first; scores compare within one call only.

        Passages near enough the same are one hit, of which the best stands for all.
        """
        settings = settings or Settings()
        index = self.index
        scores, by_sentence = index.rank(query, self.encoder.encode_query(query), settings.variants)
        fused = weighted_sum(scores, settings.weights)
        allowed = np.flatnonzero(index.allowed(filters)) if filters and filters != Filters() else np.arange(len(fused))
        order = allowed[np.argsort(-fused[allowed], kind="stable")]
        folded = index.fold([int(n) for n in order])
        final = {number: float(fused[number]) for number, _ in folded}
        read: dict[int, tuple[float, Span]] = {}
        reranker = self.reranker if settings.rerank else None
        if reranker is not None and folded:
            head = [number for number, _ in folded[: settings.rerank_depth]]
            read = self._rerank(reranker, query, head, by_sentence, settings)
            final |= _blend(head, fused, [read[n][0] for n in head], settings.rerank_weight, final)
        folded.sort(key=lambda item: -final[item[0]])
        if settings.spread and asks_many(query):
            folded = self._spread(folded, final, max(top, SPREAD_DEPTH), settings.spread)
        ranked = _Ranked(scores, fused, by_sentence, read, settings)
        return [self._hit(number, others, final[number], ranked) for number, others in folded[:top]]

    def search_each(
        self, query: str, groups: Sequence[Sequence[int]], depth: int, settings: Settings | None = None
    ) -> list[list[Hit]]:
        """Return for each of ``groups``, which hold numbers of passages, its ``depth`` best hits for ``query``.

        They are those with the best fused scores, best first, and the cross-encoder reads them all. Passages near
        enough the same are one hit of a group, which lists the others of any group.
        """
        settings = settings or Settings()
        index = self.index
        scores, by_sentence = index.rank(query, self.encoder.encode_query(query), settings.variants)
        fused = weighted_sum(scores, settings.weights)
        group_of = {number: place for place, group in enumerate(groups) for number in group}
        best: list[dict[int, list[int]]] = [{} for _ in groups]
        order = np.argsort(-fused, kind="stable")
        for first, others in index.fold([int(n) for n in order if n in group_of]):
            alike = [first, *others]
            leaders = {group_of[n]: n for n in reversed(alike)}
            for place, number in leaders.items():
                if len(best[place]) < depth:
                    best[place][number] = [n for n in alike if n != number]
        reranker = self.reranker if settings.rerank else None
        numbers = [number for chosen in best for number in chosen]
        read = self._rerank(reranker, query, numbers, by_sentence, settings) if reranker and numbers else {}

        ranked = _Ranked(scores, fused, by_sentence, read, settings)
        return [
            [self._hit(number, others, float(fused[number]), ranked) for number, others in chosen.items()]
            for chosen in best
        ]

    def _hit(self, number: int, others: Sequence[int], score: float, ranked: "_Ranked") -> Hit:
        report, passage = self.index.passages[number]
        values = {name: float(of[number]) for name, of in ranked.scores.items()}
        values["fused"] = float(ranked.fused[number])
        cosines = self.index.sentences_of(number, ranked.by_sentence)
        if number in ranked.read:
            values["rerank"], window = ranked.read[number]
        else:
            window = promising(passage, cosines, ranked.settings)[0]
        repeats = tuple(self.index.passages[n] for n in others)
        return Hit(passage, report, score, values, window, _best_sentence(passage, cosines, window), repeats)

    def _spread(
        self, folded: list[tuple[int, list[int]]], final: dict[int, float], depth: int, step: float
    ) -> list[tuple[int, list[int]]]:
        """Return ``folded`` with its first ``depth`` passages spread over case studies, and ``final`` made to match."""
        head = {number: others for number, others in folded[:depth]}
        places = {number: self.index.passages[number] for number in head}
        groups = {number: (report.id, passage.case_study) for number, (report, passage) in places.items()}
        order = spread({number: final[number] for number in head}, groups, step)
        final.update(zip(order, sorted((final[number] for number in order), reverse=True), strict=True))
        return [*((number, head[number]) for number in order), *folded[depth:]]

    def _rerank(
        self, reranker: Reranker, query: str, numbers: list[int], by_sentence: NDArray[np.float32], settings: Settings
    ) -> dict[int, tuple[float, Span]]:
        """Return for each passage the cross-encoder's best score among its most promising windows, and that window."""
        pairs: list[tuple[str, str]] = []
        places: list[tuple[int, Span]] = []
        for number in numbers:
            report, passage = self.index.passages[number]
            cosines = self.index.sentences_of(number, by_sentence)
            for span in promising(passage, cosines, settings)[: settings.rerank_windows]:
                pairs.append((query, with_standing(self.index.contexts[number], report.text[span.start : span.end])))
                places.append((number, span))
        best: dict[int, tuple[float, Span]] = {}
        for (number, span), score in zip(places, reranker.score(pairs), strict=True):
            if number not in best or score > best[number][0]:
                best[number] = (float(score), span)
        return best


def promising(passage: Passage, cosines: NDArray[np.float32], settings: Settings) -> list[Span]:
    """Return the windows of ``passage``, those first whose sentences are nearest to the query."""
    size = settings.rerank_sentences
    spans = windows(passage, size)
    parts = [cosines[n : n + size] for n in range(len(spans))]
    promise = np.array([float(part.max() + 0.3 * part.mean()) for part in parts])
    return [spans[n] for n in np.argsort(-promise, kind="stable")]


def _best_sentence(passage: Passage, cosines: NDArray[np.float32], window: Span) -> Span:
    inside = [n for n, s in enumerate(passage.sentences) if window.start <= s.start < window.end]
    return passage.sentences[max(inside, key=lambda n: float(cosines[n]))]


def _blend(
    head: list[int], fused: Scores, read: list[float], weight: float, final: dict[int, float]
) -> dict[int, float]:
    """Return the blended scores of the passages in ``head``, all above those of the passages behind them."""
    blended = (1 - weight) * standardised(fused[head]) + weight * standardised(np.array(read))
    behind = max((score for n, score in final.items() if n not in set(head)), default=0.0)
    lift = max(0.0, behind - float(blended.min()) + 0.001)
    return {n: float(score) + lift for n, score in zip(head, blended, strict=True)}


def open_index(folder: Path) -> Index:
    """Open the published generation under ``folder``. Raises IndexFileError where it is missing or damaged."""
    return Index(store.read(folder))
