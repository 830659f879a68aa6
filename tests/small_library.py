"""A small made-up library and tiny models, for tests of what stands above the corpus."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.folding import words
from corpus.model import Report
from corpus.report import parse
from qa.workspace import Workspace

NORTH = """# Working together in the north

## Case study 1: Harbour Alliance

### Background

The Harbour Alliance joins three hospitals on the coast. It was founded in 2018 and serves 410,000 people.

### The impact of COVID-19

Mutual aid between the hospitals kept theatres open. Spare ventilators were lent within a day, and staff moved with
them. Dr Amina Holt says the calls at seven each morning made the difference.

## Case study 2: Valley Partnership

### Background

The Valley Partnership brings general practices and the council together. Twelve practices share one rota.

### Challenges

Money was the hardest subject. The partners could not agree who pays for transport, so volunteers drove patients home.
"""

SOUTH = """# Lessons from the south

## Case study: Harbour Alliance

### The impact of COVID-19

Mutual aid between the hospitals kept theatres open. Spare ventilators were lent within a day, and staff moved with
them. Dr Amina Holt says the calls at seven each morning made the difference.

## Case study: Downland Trust

### Next steps

The trust will open a dementia clinic in an empty school. Physiotherapy classes begin in spring.
"""


def made_up_reports() -> list[Report]:
    """Return the two reports, of which one case study stands in both."""
    return [parse(NORTH.encode(), "north.md"), parse(SOUTH.encode(), "south.md")]


def write_reports(folder: Path) -> Path:
    """Write the two reports' files into ``folder`` and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "north.md").write_text(NORTH, encoding="utf-8")
    (folder / "south.md").write_text(SOUTH, encoding="utf-8")
    return folder


class HashEncoder:
    """Embeds a text as the unit vector of its hashed words: like texts are near, and nothing has to load."""

    def __init__(self, name: str = "hash", dimension: int = 64) -> None:
        self.name = name
        self.fingerprint = f"{name}-{dimension}"
        self.dimension = dimension
        self.seen: list[str] = []

    def encode_query(self, query: str) -> NDArray[np.float32]:
        return self._vector(query)

    def encode_passages(self, texts: Sequence[str], progress: object = None) -> NDArray[np.float32]:
        self.seen += texts
        return np.array([self._vector(text) for text in texts], dtype=np.float32).reshape(-1, self.dimension)

    def _vector(self, text: str) -> NDArray[np.float32]:
        vector = np.full(self.dimension, 1e-3, dtype=np.float32)
        for word in words(text):
            vector[int.from_bytes(hashlib.sha256(word.encode()).digest()[:4]) % self.dimension] += 1
        return vector / np.linalg.norm(vector)


class HashWorkspace(Workspace):
    """A workspace whose encoder has nothing to load; the bundled digests, which another made, never stand in for it."""

    def __init__(self, home: Path, wait: float = 0) -> None:
        super().__init__(home, HashEncoder().name, wait=wait)

    def encoder(self) -> HashEncoder:
        return HashEncoder()


class OverlapReranker:
    """Scores a text by the share of the query's words that it holds."""

    name = fingerprint = "overlap"

    def score(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        return np.array([len({*words(q)} & {*words(t)}) / (len({*words(q)}) or 1) for q, t in pairs], dtype=np.float32)
