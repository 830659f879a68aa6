"""LangChain: RecursiveCharacterTextSplitter, BM25Retriever and FAISS in an EnsembleRetriever, CrossEncoderReranker."""

import re
from collections.abc import Sequence
from typing import Any

from adapter import Passage, Report, load_models, main
from langchain_classic.retrievers import (  # type: ignore[import-not-found]
    ContextualCompressionRetriever,
    EnsembleRetriever,
)
from langchain_classic.retrievers.document_compressors import CrossEncoderReranker  # type: ignore[import-not-found]
from langchain_community.retrievers import BM25Retriever  # type: ignore[import-not-found]
from langchain_community.vectorstores import FAISS  # type: ignore[import-not-found]
from langchain_core.cross_encoders import BaseCrossEncoder  # type: ignore[import-not-found]
from langchain_core.documents import Document  # type: ignore[import-not-found]
from langchain_core.embeddings import Embeddings  # type: ignore[import-not-found]
from langchain_text_splitters import RecursiveCharacterTextSplitter  # type: ignore[import-not-found]


class PackagedEmbeddings(Embeddings):  # type: ignore[misc]
    """The packaged encoder as an embedding model of LangChain."""

    def __init__(self, encoder: Any) -> None:
        self._encoder = encoder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return one vector a text."""
        return list(self._encoder.encode_passages(texts).tolist())

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a query."""
        return list(self._encoder.encode_query(text).tolist())


class PackagedCrossEncoder(BaseCrossEncoder):  # type: ignore[misc]
    """The packaged cross-encoder as a model of CrossEncoderReranker."""

    def __init__(self, cross_encoder: Any) -> None:
        self._cross_encoder = cross_encoder

    def score(self, text_pairs: list[tuple[str, str]]) -> list[float]:
        """Return one score a pair of query and text."""
        return [float(score) for score in self._cross_encoder.score(text_pairs)]


class LangChain:
    """Two retrievers in an ensemble, and the ensemble under a reranker."""

    def __init__(self, reports: Sequence[Report], chunks: dict[str, Any], limit: int) -> None:
        encoder, cross_encoder = load_models()
        documents = [Document(page_content=r.text, metadata={"title": r.title, "report": r.id}) for r in reports]
        self._chunks = RecursiveCharacterTextSplitter(**chunks).split_documents(documents)
        for number, chunk in enumerate(self._chunks):
            chunk.metadata["chunk"] = f"{chunk.metadata['report']}-{number}"
        keywords = BM25Retriever.from_documents(self._chunks, preprocess_func=_words)
        keywords.k = limit
        dense = FAISS.from_documents(self._chunks, PackagedEmbeddings(encoder)).as_retriever(search_kwargs={"k": limit})
        self._ensemble = EnsembleRetriever(retrievers=[keywords, dense], weights=[0.5, 0.5])
        compressor = CrossEncoderReranker(model=PackagedCrossEncoder(cross_encoder), top_n=limit)
        self._reranker = ContextualCompressionRetriever(base_compressor=compressor, base_retriever=self._ensemble)

    def chunks(self) -> list[str]:
        """Return the text of every chunk."""
        return [chunk.page_content for chunk in self._chunks]

    def hybrid(self, question: str) -> list[Passage]:
        """Return the fused passages."""
        return _passages(self._ensemble.invoke(question))

    def reranked(self, question: str) -> list[Passage]:
        """Return every fused passage in the order of the cross-encoder."""
        return _passages(self._reranker.invoke(question))


def _words(text: str) -> list[str]:
    """Return the lower-case words of ``text``. The default splits at white space and keeps case and punctuation; the
    documentation advises to tokenize into words."""
    return re.findall(r"\w+", text.lower())


def _passages(documents: list[Any]) -> list[Passage]:
    """Return the passages; the documents come in order but without a score."""
    return [
        Passage(document.metadata["chunk"], document.page_content, float(-rank), document.metadata["report"])
        for rank, document in enumerate(documents)
    ]


if __name__ == "__main__":
    main(LangChain)
