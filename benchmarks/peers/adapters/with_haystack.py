"""Haystack: DocumentSplitter, BM25 and embedding retrievers in memory, joined by reciprocal rank fusion, and a ranker.

The pipeline is that of its tutorial "Creating a Hybrid Retrieval Pipeline"; the packaged models stand in for the
components that would fetch theirs from a hub.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from adapter import Passage, Report, load_models, main
from haystack import Document, Pipeline, component  # type: ignore[import-not-found]
from haystack.components.joiners import DocumentJoiner  # type: ignore[import-not-found]
from haystack.components.preprocessors import DocumentSplitter  # type: ignore[import-not-found]
from haystack.components.retrievers.in_memory import (  # type: ignore[import-not-found]
    InMemoryBM25Retriever,
    InMemoryEmbeddingRetriever,
)
from haystack.document_stores.in_memory import InMemoryDocumentStore  # type: ignore[import-not-found]


@component
class PackagedTextEmbedder:
    """Embeds a query with the packaged encoder."""

    def __init__(self, encoder: Any) -> None:
        self._encoder = encoder

    @component.output_types(embedding=list[float])  # type: ignore[untyped-decorator]
    def run(self, text: str) -> dict[str, Any]:
        """Return the vector of ``text``."""
        return {"embedding": self._encoder.encode_query(text).tolist()}


@component
class PackagedRanker:
    """Ranks documents by the packaged cross-encoder."""

    def __init__(self, cross_encoder: Any) -> None:
        self._cross_encoder = cross_encoder

    @component.output_types(documents=list[Document])  # type: ignore[untyped-decorator]
    def run(self, query: str, documents: list[Document]) -> dict[str, Any]:
        """Return ``documents`` with their new scores, best first."""
        scores = self._cross_encoder.score([(query, document.content) for document in documents])
        ranked = [replace(document, score=float(score)) for document, score in zip(documents, scores, strict=True)]
        return {"documents": sorted(ranked, key=lambda document: -document.score)}


class Haystack:
    """Two pipelines over one document store: with and without the ranker."""

    def __init__(self, reports: Sequence[Report], chunks: dict[str, Any], limit: int) -> None:
        encoder, cross_encoder = load_models()
        documents = [Document(content=r.text, meta={"title": r.title, "report": r.id}) for r in reports]
        split = DocumentSplitter(**chunks).run(documents=documents)["documents"]
        vectors = encoder.encode_passages([document.content for document in split])
        self._documents = [replace(d, embedding=v.tolist()) for d, v in zip(split, vectors, strict=True)]
        store = InMemoryDocumentStore()
        store.write_documents(self._documents)
        self._hybrid = _pipeline(store, encoder, limit)
        self._reranked = _pipeline(store, encoder, limit)
        self._reranked.add_component("ranker", PackagedRanker(cross_encoder))
        self._reranked.connect("joiner.documents", "ranker.documents")

    def chunks(self) -> list[str]:
        """Return the text of every chunk."""
        return [document.content for document in self._documents]

    def hybrid(self, question: str) -> list[Passage]:
        """Return the fused passages."""
        found = self._hybrid.run({"bm25": {"query": question}, "embedder": {"text": question}})
        return _passages(found["joiner"]["documents"])

    def reranked(self, question: str) -> list[Passage]:
        """Return the fused passages in the order of the cross-encoder."""
        inputs = {"bm25": {"query": question}, "embedder": {"text": question}, "ranker": {"query": question}}
        return _passages(self._reranked.run(inputs)["ranker"]["documents"])


def _pipeline(store: Any, encoder: Any, limit: int) -> Any:
    pipeline = Pipeline()
    pipeline.add_component("embedder", PackagedTextEmbedder(encoder))
    pipeline.add_component("dense", InMemoryEmbeddingRetriever(store, top_k=limit))
    pipeline.add_component("bm25", InMemoryBM25Retriever(store, top_k=limit))
    pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=limit))
    pipeline.connect("embedder.embedding", "dense.query_embedding")
    pipeline.connect("bm25", "joiner")
    pipeline.connect("dense", "joiner")
    return pipeline


def _passages(documents: list[Any]) -> list[Passage]:
    return [Passage(d.id, d.content, float(d.score), d.meta["report"]) for d in documents]


if __name__ == "__main__":
    main(Haystack)
