"""Reports -> a published index generation."""

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import LibraryError
from corpus.model import Passage, Report, Span
from corpus.report import STRUCTURE_VERSION
from corpus.serial import report_to_json
from index.context import names_around, standing, with_standing
from index.duplicates import groups
from index.encoders import Encoder, Progress
from index.lexical import Analyzer, LexicalIndex
from index.settings import IndexOptions
from index.store import publish
from index.variants import abbreviations
from index.vectors import EmbeddingCache, VectorIndex

INDEX_VERSION = 2
"""Raised whenever the same reports would give another index."""

WINDOW_SENTENCES = 2

SPARE_EMBEDDINGS = 40_000
"""Of how many texts that are no longer indexed the embeddings are kept, at 1.6 kB each: those of twenty reports of a
hundred pages, as many as are kept when removed. What comes back need not be embedded again.
"""


def fingerprint(reports: Sequence[Report]) -> str:
    """Return twelve hexadecimal digits that change with any report's file, metadata or way of being read."""
    parts = sorted(f"{r.id}\0{r.sha256}\0{r.metadata}" for r in reports)
    versions = f"{STRUCTURE_VERSION}.{INDEX_VERSION}"
    return hashlib.sha256("\0".join([versions, *parts]).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def windows(passage: Passage, size: int) -> list[Span]:
    """Return the runs of ``size`` sentences of ``passage`` as spans of the report, one at least."""
    sentences = passage.sentences
    last = max(1, len(sentences) - size + 1)
    return [Span(sentences[n].start, sentences[min(n + size, len(sentences)) - 1].end) for n in range(last)]


@dataclass(frozen=True, slots=True)
class _Texts:
    """What is embedded: passages, their sentences and runs of sentences; owners are numbers of passages."""

    whole: list[str]
    sentences: list[str] = field(default_factory=list)
    sentence_owners: list[int] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    run_owners: list[int] = field(default_factory=list)

    @property
    def all(self) -> list[str]:
        return self.whole + self.sentences + self.runs


def texts_of(reports: Sequence[Report], options: IndexOptions | None = None) -> list[str]:
    """Return every text that ``build`` embeds for ``reports``."""
    passages = [(report, passage) for report in reports for passage in report.passages]
    return _texts(passages, _contexts(passages, options or IndexOptions())).all


def _contexts(passages: Sequence[tuple[Report, Passage]], options: IndexOptions) -> list[str]:
    return [standing(report, passage) if options.headings else "" for report, passage in passages]


def _texts(passages: Sequence[tuple[Report, Passage]], contexts: Sequence[str]) -> _Texts:
    texts = _Texts([with_standing(context, p.text) for context, (_, p) in zip(contexts, passages, strict=True)])
    for number, (context, (report, passage)) in enumerate(zip(contexts, passages, strict=True)):
        for span in passage.sentences:
            texts.sentences.append(with_standing(context, report.text[span.start : span.end]))
            texts.sentence_owners.append(number)
        for span in windows(passage, WINDOW_SENTENCES):
            texts.runs.append(" ".join(report.text[span.start : span.end].split()))
            texts.run_owners.append(number)
    return texts


def build(
    folder: Path,
    reports: Sequence[Report],
    encoder: Encoder,
    made: dict[str, Any],
    progress: Progress | None = None,
    options: IndexOptions | None = None,
) -> str:
    """Index ``reports``, publish the index under ``folder`` and return the generation's name.

    ``made`` (version, date) goes to the manifest. Embeddings of texts seen before are taken from the cache beside the
    generations, which keeps ``SPARE_EMBEDDINGS`` of texts that are no longer indexed. Raises LibraryError where there
    is no report, CasebookError where the disk is full.
    """
    if not reports:
        raise LibraryError("there is no report to index", "add some with: casebook add PATH")
    ordered = sorted(reports, key=lambda r: r.id)
    passages = [(report, passage) for report in ordered for passage in report.passages]
    options = options or IndexOptions()
    contexts = _contexts(passages, options)
    names = [names_around(report, p) if options.headings else "" for report, p in passages]
    analyzer = Analyzer(options.stemming)
    lexical = LexicalIndex.build(
        analyzer.terms(f"{p.text} {context} {around}")
        for context, around, (_, p) in zip(contexts, names, passages, strict=True)
    )

    texts = _texts(passages, contexts)
    cache = EmbeddingCache(folder.parent / "embeddings", encoder)
    vectors = cache.encode(texts.all, progress)
    a, b = len(texts.whole), len(texts.whole) + len(texts.sentences)
    files = {
        "reports.json": _json([report_to_json(report) for report in ordered]),
        "passages.faiss": VectorIndex.build(vectors[:a]).to_bytes(),
        "sentences.faiss": VectorIndex.build(vectors[a:b]).to_bytes(),
        "windows.faiss": VectorIndex.build(vectors[b:]).to_bytes(),
        "abbreviations.json": _json([pair for report in ordered for pair in abbreviations(report.text)]),
        "vocabulary.json": _json(list(lexical.vocabulary)),
        "arrays.npz": _arrays(
            sentence_owners=np.array(texts.sentence_owners, dtype=np.int32),
            window_owners=np.array(texts.run_owners, dtype=np.int32),
            duplicate_of=np.array(groups([p.text for _, p in passages]), dtype=np.int32),
            lexical_starts=lexical.starts,
            lexical_rows=lexical.rows,
            lexical_weights=lexical.weights,
        ),
    }
    manifest = {
        **made,
        "corpus": fingerprint(ordered),
        "structure_version": STRUCTURE_VERSION,
        "index_version": INDEX_VERSION,
        "options": asdict(options),
        "encoder": {"name": encoder.name, "fingerprint": encoder.fingerprint},
        "counts": {
            "reports": len(ordered),
            "case_studies": sum(len(r.case_studies) for r in ordered),
            "sections": sum(len(r.sections) for r in ordered),
            "passages": len(passages),
            "sentences": len(texts.sentences),
        },
    }
    name = publish(folder, manifest, files)
    cache.keep_only(texts.all, SPARE_EMBEDDINGS)
    return name


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def _arrays(**arrays: NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()
