"""Which libraries are measured, and in which settings: those that the library's own documentation shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Configuration:
    """One library with one way of chunking. ``distributions`` are those whose versions the table names.

    ``settings`` says in a line what was chosen, ``source`` where it is recommended. ``rerank``: measure it with the
    cross-encoder as well.
    """

    name: str
    library: str
    distributions: tuple[str, ...]
    chunks: Mapping[str, Any]
    rerank: bool
    settings: str
    source: str


TXTAI = ("txtai", "chonkie", "torch")
HAYSTACK = ("haystack-ai",)
LLAMAINDEX = ("llama-index-core", "llama-index-retrievers-bm25")
LANGCHAIN = ("langchain-classic", "langchain-community", "langchain-text-splitters")

CONFIGURATIONS = (
    Configuration(
        "txtai-paragraphs",
        "txtai",
        TXTAI,
        {"paragraphs": True},
        True,
        "Segmentation(paragraphs=True); Embeddings(hybrid=True, content=True): BM25 and vectors, normalised, 0.5 each",
        "documentation of Segmentation and of Embeddings configuration",
    ),
    Configuration(
        "txtai-sections",
        "txtai",
        TXTAI,
        {"sections": True},
        False,
        "the same with Segmentation(sections=True), split at two empty lines: a report without any is one chunk",
        "example rag_quickstart",
    ),
    Configuration(
        "txtai-recursive",
        "txtai",
        TXTAI,
        {"chunker": "recursive"},
        False,
        "the same with Segmentation(chunker='recursive'): chonkie's default, 2,048 characters",
        "documentation of Textractor: chonkie chunkers",
    ),
    Configuration(
        "haystack-200",
        "haystack",
        HAYSTACK,
        {"split_by": "word", "split_length": 200, "split_overlap": 0},
        True,
        "DocumentSplitter default, 200 words; BM25 and embedding retriever in memory; reciprocal rank fusion",
        "defaults of DocumentSplitter; documentation of DocumentJoiner",
    ),
    Configuration(
        "haystack-512",
        "haystack",
        HAYSTACK,
        {"split_by": "word", "split_length": 512, "split_overlap": 32},
        False,
        "the same with 512 words, overlap 32",
        "tutorial 33, Creating a Hybrid Retrieval Pipeline",
    ),
    Configuration(
        "llamaindex-256",
        "llamaindex",
        LLAMAINDEX,
        {"chunk_size": 256},
        True,
        "SentenceSplitter 256 tokens, its default overlap of 200; VectorStoreIndex, BM25Retriever; "
        "QueryFusionRetriever reciprocal_rerank without generated queries",
        "example Reciprocal Rerank Fusion Retriever",
    ),
    Configuration(
        "llamaindex-1024",
        "llamaindex",
        LLAMAINDEX,
        {},
        False,
        "the same with the default of SentenceSplitter: 1,024 tokens, overlap 200",
        "defaults of SentenceSplitter",
    ),
    Configuration(
        "langchain-1000",
        "langchain",
        LANGCHAIN,
        {"chunk_size": 1000, "chunk_overlap": 200},
        True,
        "RecursiveCharacterTextSplitter 1,000 characters, overlap 200; BM25Retriever over lower-case words, FAISS; "
        "EnsembleRetriever 0.5/0.5",
        "tutorials on retrieval; documentation of BM25Retriever and EnsembleRetriever",
    ),
)
