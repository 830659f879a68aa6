"""Words: how texts become terms, and BM25 over them.

The statistics and scores are those of rank-bm25's BM25Okapi (Robertson and Zaragoza 2009, with its floor under
negative idf), laid out by term, so that a query touches the postings of its own terms only.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.folding import words

K1, B = 1.2, 0.75

STOP_WORDS = frozenset(
    """a about an and are as at be been being but by can could did do does doing for from had has have having he her
    hers him his how i if in into is it its me my no nor not of on or our ours she should so than that the their
    theirs them then there these they this those to was we were what when where which who whom whose why will with
    would you your yours""".split()
)


class Analyzer:
    """Turns text into terms, stop words left out, stemmed (Snowball English) unless ``stemming`` is off."""

    def __init__(self, stemming: bool = True) -> None:
        import Stemmer

        self._stemmer = Stemmer.Stemmer("english") if stemming else None

    def terms(self, text: str) -> list[str]:
        """Return the terms of ``text`` in order."""
        found = [word.removesuffix("'s") for word in words(text)]
        kept = [word for word in found if word not in STOP_WORDS]
        return [str(term) for term in self._stemmer.stemWords(kept)] if self._stemmer else kept


@dataclass(frozen=True)
class LexicalIndex:
    """Postings by term: for term number t, documents ``rows[starts[t]:starts[t+1]]`` and their BM25 weights."""

    vocabulary: dict[str, int]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    weights: NDArray[np.float64]
    documents: int

    @classmethod
    def build(cls, documents: Iterable[Sequence[str]], k1: float = K1, b: float = B) -> "LexicalIndex":
        """Return the index of ``documents``, each a list of terms; there must be at least one term in all."""
        from rank_bm25 import BM25Okapi

        corpus = [list(document) for document in documents]
        statistics = BM25Okapi(corpus, k1=k1, b=b)
        postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for row, (frequencies, length) in enumerate(zip(statistics.doc_freqs, statistics.doc_len, strict=True)):
            norm = k1 * (1 - b + b * length / statistics.avgdl)
            for term, count in frequencies.items():
                postings[term].append((row, statistics.idf[term] * count * (k1 + 1) / (count + norm)))
        vocabulary = {term: number for number, term in enumerate(sorted(postings))}
        lengths = [len(postings[term]) for term in vocabulary]
        flat = [entry for term in vocabulary for entry in postings[term]]
        return cls(
            vocabulary,
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            np.array([row for row, _ in flat], dtype=np.int32),
            np.array([weight for _, weight in flat], dtype=np.float64),
            len(corpus),
        )

    def scores(self, query: Sequence[str]) -> NDArray[np.float64]:
        """Return the BM25 score of every document for the terms of ``query``, of shape (documents,)."""
        return self.weighted_scores(Counter(query))

    def weighted_scores(self, query: Mapping[str, float]) -> NDArray[np.float64]:
        """Return the sum over the terms of ``query`` of weight times BM25 score, of shape (documents,)."""
        total = np.zeros(self.documents)
        for term, weight in query.items():
            number = self.vocabulary.get(term)
            if number is not None:
                part = slice(int(self.starts[number]), int(self.starts[number + 1]))
                total[self.rows[part]] += weight * self.weights[part]
        return total

    def frequency(self, term: str) -> int:
        """Return how many documents hold ``term``."""
        number = self.vocabulary.get(term)
        return 0 if number is None else int(self.starts[number + 1] - self.starts[number])
