"""LlamaIndex: SentenceSplitter, VectorStoreIndex and BM25Retriever under a QueryFusionRetriever, and a postprocessor.

The fusion is that of its example "Reciprocal Rerank Fusion Retriever", without the queries that a language model would
add.
"""

from collections.abc import Sequence
from typing import Any

from adapter import Passage, Report, load_models, main
from llama_index.core import Document, VectorStoreIndex  # type: ignore[import-not-found]
from llama_index.core.embeddings import BaseEmbedding  # type: ignore[import-not-found]
from llama_index.core.llms import MockLLM  # type: ignore[import-not-found]
from llama_index.core.node_parser import SentenceSplitter  # type: ignore[import-not-found]
from llama_index.core.postprocessor.types import BaseNodePostprocessor  # type: ignore[import-not-found]
from llama_index.core.retrievers import QueryFusionRetriever  # type: ignore[import-not-found]
from llama_index.core.schema import MetadataMode, NodeWithScore, QueryBundle  # type: ignore[import-not-found]
from llama_index.retrievers.bm25 import BM25Retriever  # type: ignore[import-not-found]


class PackagedEmbedding(BaseEmbedding):  # type: ignore[misc]
    """The packaged encoder as an embedding model of LlamaIndex."""

    encoder: Any

    def _get_query_embedding(self, query: str) -> list[float]:
        return list(self.encoder.encode_query(query).tolist())

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return list(self.encoder.encode_passages(texts).tolist())

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


class PackagedRerank(BaseNodePostprocessor):  # type: ignore[misc]
    """The packaged cross-encoder in the place of SentenceTransformerRerank, which reads the same text of a node."""

    cross_encoder: Any

    def _postprocess_nodes(self, nodes: list[Any], query_bundle: Any = None) -> list[Any]:
        texts = [node.node.get_content(metadata_mode=MetadataMode.EMBED) for node in nodes]
        scores = self.cross_encoder.score([(query_bundle.query_str, text) for text in texts])
        ranked = [NodeWithScore(node=node.node, score=float(score)) for node, score in zip(nodes, scores, strict=True)]
        return sorted(ranked, key=lambda node: -node.score)


class LlamaIndex:
    """An index in memory, asked through one fused retriever."""

    def __init__(self, reports: Sequence[Report], chunks: dict[str, Any], limit: int) -> None:
        encoder, cross_encoder = load_models()
        documents = [Document(text=r.text, id_=r.id, metadata={"title": r.title}) for r in reports]
        self._nodes = SentenceSplitter(**chunks).get_nodes_from_documents(documents)
        index = VectorStoreIndex(self._nodes, embed_model=PackagedEmbedding(encoder=encoder))
        keywords = BM25Retriever.from_defaults(nodes=self._nodes, similarity_top_k=limit)
        self._retriever = QueryFusionRetriever(
            [index.as_retriever(similarity_top_k=limit), keywords],
            llm=MockLLM(),
            mode="reciprocal_rerank",
            similarity_top_k=limit,
            num_queries=1,
            use_async=False,
        )
        self._rerank = PackagedRerank(cross_encoder=cross_encoder)

    def chunks(self) -> list[str]:
        """Return the text of every chunk, without the title that is embedded with it."""
        return [node.get_content(metadata_mode=MetadataMode.NONE) for node in self._nodes]

    def hybrid(self, question: str) -> list[Passage]:
        """Return the fused passages."""
        return _passages(self._retriever.retrieve(question))

    def reranked(self, question: str) -> list[Passage]:
        """Return the fused passages in the order of the cross-encoder."""
        found = self._retriever.retrieve(question)
        return _passages(self._rerank.postprocess_nodes(found, query_bundle=QueryBundle(question)))


def _passages(nodes: list[Any]) -> list[Passage]:
    return [
        Passage(n.node.node_id, n.node.get_content(metadata_mode=MetadataMode.NONE), float(n.score), n.node.ref_doc_id)
        for n in nodes
    ]


if __name__ == "__main__":
    main(LlamaIndex)
