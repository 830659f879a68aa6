"""What every adapter shares: reading the job, timing, writing the results, and the packaged models.

An adapter runs in the environment of the library that it adapts:

    python with_LIBRARY.py JOB OUT

JOB is a JSON object: ``reports`` (id, title, text), ``questions`` (id, question), ``chunks`` (the library's own
chunking settings), ``limit`` (passages a question) and ``rerank``. OUT gets ``build_seconds``, ``chunks`` (the text of
each) and ``runs``: for "hybrid", and "reranked" where asked for, one line a question as in a casebook run.

The models are run by casebook's own code, so that every system has the same vectors at the same price.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from index.encoders import OnnxEncoder, OnnxReranker

ROOT = Path(__file__).resolve().parents[3]
WARM_UP = "warm up"


@dataclass(frozen=True, slots=True)
class Report:
    """A report as every system is given it: the text of the file, unchanged."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk as it was returned; higher scores are better."""

    id: str
    text: str
    score: float
    report: str


class Peer(Protocol):
    """A library with an index in it. Both searches return passages best first."""

    def chunks(self) -> list[str]:
        """Return the text of every chunk of the index."""

    def hybrid(self, question: str) -> Sequence[Passage]:
        """Return what keywords and vectors find together."""

    def reranked(self, question: str) -> Sequence[Passage]:
        """Return the same with the cross-encoder's order."""


Build = Callable[[Sequence[Report], dict[str, Any], int], Peer]
"""From the reports, the chunking settings and how many passages a question to the library with its index."""


def load_models() -> "tuple[OnnxEncoder, OnnxReranker]":
    """Return the packaged encoder and cross-encoder. casebook comes last on the path, so that it shadows nothing."""
    if str(ROOT) not in sys.path:
        sys.path.append(str(ROOT))
    from index.encoders import OnnxEncoder, OnnxReranker

    return OnnxEncoder(), OnnxReranker()


def main(build: Build) -> None:
    """Run the job that the command line names through the library that ``build`` makes."""
    source, out = map(Path, sys.argv[1:3])
    job = json.loads(source.read_text(encoding="utf-8"))
    began = time.perf_counter()
    peer = build([Report(**report) for report in job["reports"]], job["chunks"], job["limit"])
    build_seconds = time.perf_counter() - began
    searches = {"hybrid": peer.hybrid} | ({"reranked": peer.reranked} if job["rerank"] else {})
    result = {
        "build_seconds": build_seconds,
        "chunks": peer.chunks(),
        "runs": {name: _ask(search, job["questions"], job["limit"]) for name, search in searches.items()},
    }
    out.write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")


def _ask(
    search: Callable[[str], Sequence[Passage]], questions: Sequence[dict[str, str]], limit: int
) -> list[dict[str, Any]]:
    search(WARM_UP)
    lines = []
    for question in questions:
        began = time.perf_counter()
        passages = search(question["question"])[:limit]
        seconds = time.perf_counter() - began
        lines.append(
            {
                "id": question["id"],
                "question": question["question"],
                "passages": [asdict(passage) for passage in passages],
                "quotes": [],
                "abstained": False,
                "seconds": round(seconds, 4),
            }
        )
    return lines
