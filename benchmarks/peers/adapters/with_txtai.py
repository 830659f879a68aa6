"""txtai: its Segmentation, ``hybrid=True`` (BM25 and vectors, normalised scores added half and half) and Reranker."""

from collections.abc import Sequence
from typing import Any

from adapter import Passage, Report, load_models, main
from txtai import Embeddings  # type: ignore[import-not-found]
from txtai.pipeline import Reranker, Segmentation  # type: ignore[import-not-found]


class Txtai:
    """An Embeddings database with content. The query prefix is given as an instruction, as its documentation says."""

    def __init__(self, reports: Sequence[Report], chunks: dict[str, Any], limit: int) -> None:
        encoder, cross_encoder = load_models()

        def transform(texts: list[str]) -> Any:
            return encoder.encode_passages(texts)

        def similarity(query: str, texts: list[str]) -> list[tuple[int, float]]:
            scores = cross_encoder.score([(query, text) for text in texts])
            return sorted(enumerate(map(float, scores)), key=lambda pair: -pair[1])

        segment = Segmentation(**chunks)
        self._limit = limit
        self._reports = {
            f"{report.id}-{number}": (report.id, text)
            for report in reports
            for number, text in enumerate(segment(report.text))
        }
        self._embeddings = Embeddings(
            method="external", transform=transform, instructions={"query": encoder.prefix}, hybrid=True, content=True
        )
        self._embeddings.index((identity, text, None) for identity, (_, text) in self._reports.items())
        self._reranker = Reranker(self._embeddings, similarity)

    def chunks(self) -> list[str]:
        """Return the text of every chunk."""
        return [text for _, text in self._reports.values()]

    def hybrid(self, question: str) -> list[Passage]:
        """Return the passages that ``Embeddings.search`` finds."""
        return self._passages(self._embeddings.search(question, self._limit))

    def reranked(self, question: str) -> list[Passage]:
        """Return the same number of candidates in the order of the cross-encoder."""
        return self._passages(self._reranker(question, limit=self._limit, factor=1))

    def _passages(self, rows: list[dict[str, Any]]) -> list[Passage]:
        return [Passage(row["id"], row["text"], float(row["score"]), self._reports[row["id"]][0]) for row in rows]


if __name__ == "__main__":
    main(Txtai)
