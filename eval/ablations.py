"""Ablations: each part of retrieval off in turn, against the settings as they are."""

import hashlib
import platform
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from eval.compare import Difference, compare
from eval.judge import Reason
from eval.metrics import ANSWER_HIT, COVERAGE
from eval.questions import FACT, SURVEY, read_questions
from eval.runner import run_questions
from eval.runs import RunMeta, read_run
from eval.score import Scores, score_run
from eval.tables import cell
from index.encoders import cores
from index.search import Searcher
from index.settings import RANKERS, IndexOptions, Settings
from qa.workspace import Workspace

SHIPPED = "as shipped"
EMBEDDINGS = "embeddings"
"""Where a home folder keeps the embeddings of its texts."""

COLUMNS = (("Success@1", FACT), ("Success@5", FACT), (ANSWER_HIT, FACT), (COVERAGE, SURVEY))
"""The measures that the table shows, each over questions of one kind."""


@dataclass(frozen=True, slots=True)
class Ablation:
    """A change to the settings: its name, how to search, how to index."""

    name: str
    settings: Settings
    options: IndexOptions


@dataclass(frozen=True, slots=True)
class Row:
    """What an ablation came to: its scores, and its paired differences from the settings as shipped, by column."""

    name: str
    scores: Scores
    differences: tuple[Difference | None, ...]


def _weighted(settings: Settings, **factors: float) -> Settings:
    """Return ``settings`` with the weight of each ranker named multiplied by its factor."""
    weights = {name: weight * factors.get(name, 1.0) for name, weight in settings.weights.items()}
    return replace(settings, weights=weights)


def ablations() -> tuple[Ablation, ...]:
    """Return the settings as shipped, then one change after another."""
    full, options = Settings(), IndexOptions()
    searching = {
        "without cross-encoder": replace(full, rerank=False),
        **{f"without {name} ranker": _weighted(full, **{name: 0.0}) for name in RANKERS},
        "without sentence and window rankers": _weighted(full, sentence=0.0, window=0.0),
        "half weight to the lexical ranker": _weighted(full, lexical=0.5),
        "double weight to the lexical ranker": _weighted(full, lexical=2.0),
        "without synonyms and abbreviations": replace(full, variants=0.0),
        "without spread": replace(full, spread=0.0),
        "cross-encoder alone orders the first": replace(full, rerank_weight=1.0),
        "equal weight to the cross-encoder": replace(full, rerank_weight=0.5),
        "cross-encoder reads 10 passages": replace(full, rerank_depth=10),
        "cross-encoder reads two windows": replace(full, rerank_windows=2),
        "cross-encoder reads single sentences": replace(full, rerank_sentences=1),
    }
    indexing = {
        "without headings": replace(options, headings=False),
        "without stemming": replace(options, stemming=False),
        "passages of 100 words": replace(options, passage_words=100),
        "passages of 190 words": replace(options, passage_words=190),
    }
    return (
        Ablation(SHIPPED, full, options),
        *(Ablation(name, settings, options) for name, settings in searching.items()),
        *(Ablation(name, full, changed) for name, changed in indexing.items()),
    )


def run_ablations(
    workspace: Workspace, questions: Path, progress: Callable[[int, int], None] | None = None
) -> Iterator[Row]:
    """Yield the row of every ablation on the reports of ``workspace`` and the questions of a file, as each is done.

    Passages are judged by their text over the passages as shipped, so that other borders are measured alike.
    ``progress`` is told how many questions of how many were asked. Raises QuestionError for a file that cannot be used,
    LibraryError where there is no report.
    """
    asked = read_questions(questions)
    collection = [passage for _, passage in workspace.open().passages]
    base: Scores | None = None
    with tempfile.TemporaryDirectory() as folder:
        searchers = {IndexOptions(): workspace.searcher()}
        steps = ablations()
        for number, step in enumerate(steps):
            if step.options not in searchers:
                searchers[step.options] = _indexed(workspace, Path(folder) / str(number), step.options)
            out = Path(folder) / f"{number}.jsonl"

            def tell(done: int, total: int, before: int = number) -> None:
                if progress:
                    progress(before * total + done, len(steps) * total)

            run_questions(searchers[step.options], questions, out, 20, step.settings, tell)
            scores = score_run(replace(read_run(out), name=step.name), asked, collection)
            differences = _differences(base, scores) if base else (None,) * len(COLUMNS)
            base = base or scores
            yield Row(step.name, scores, differences)


def _indexed(workspace: Workspace, home: Path, options: IndexOptions) -> Searcher:
    """Return a search under ``home`` over the same reports, indexed with ``options``; texts that the index of
    ``workspace`` has embedded are not embedded again."""
    if (known := workspace.home / EMBEDDINGS).is_dir():
        shutil.copytree(known, home / EMBEDDINGS)
    other = Workspace(home, workspace.encoder().name, options)
    other.add([workspace.library.folder])
    return other.searcher()


def _differences(base: Scores, other: Scores) -> tuple[Difference | None, ...]:
    found = {(d.measure, d.kind): d for d in compare(base, other).differences}
    return tuple(found.get(column) for column in COLUMNS)


def ablation_table(rows: Sequence[Row]) -> str:
    """Return ``rows`` as a Markdown table: the means, the shipped settings' with their 95 % intervals, the others' with
    the paired p value against them where they differ."""
    lines = [
        "| settings | " + " | ".join(f"{measure}, {kind}s" for measure, kind in COLUMNS) + " | ms a question |",
        "|---" * (len(COLUMNS) + 2) + "|",
    ]
    for row in rows:
        cells = []
        for (measure, kind), difference in zip(COLUMNS, row.differences, strict=True):
            found = row.scores.by_kind.get(kind, {}).get(measure)
            if found and row.name == SHIPPED:
                cells.append(cell(found))
            elif found:
                cells.append(
                    f"{found.mean:.3f}" + (f" (p {difference.p:.2f})" if difference and difference.mean else "")
                )
            else:
                cells.append("")
        latency = f"{row.scores.latency.median * 1000:.0f}" if row.scores.latency else ""
        lines.append(f"| {row.name} | {' | '.join(cells)} | {latency} |")
    return "\n".join(lines)


def ablation_report(rows: Sequence[Row], questions: Path) -> str:
    """Return ``rows`` as a Markdown page that says what was measured, on what, with which versions, and when.

    ``questions`` is the file they were measured on.
    """
    scores = rows[0].scores
    meta = scores.meta or RunMeta("")
    kinds = Counter(question.kind for question in scores.questions)
    counts = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    digest = hashlib.sha256(questions.read_bytes()).hexdigest()
    packages = ("onnxruntime", "tokenizers", "faiss-cpu", "numpy", "rank-bm25", "ir-measures")
    facts = (
        ("Questions", f"{questions.name} (SHA-256 {digest[:12]}): {counts}"),
        ("Corpus", meta.corpus_fingerprint),
        ("Models", ", ".join(f"{name} ({fingerprint})" for name, fingerprint in meta.models.items())),
        ("Versions", ", ".join([f"casebook {meta.version}", *(f"{name} {version(name)}" for name in packages)])),
        ("Machine", machine()),
        ("Date", meta.date),
    )
    left_out = [str(e) for e in scores.exclusions if e.reason is not Reason.NO_PROBABILITY]
    return "\n".join(
        [
            "# Retrieval with each part changed in turn",
            "",
            "Means over the questions of a kind; in brackets the 95 % bootstrap interval, or the p value of a paired",
            "randomisation test against the settings as shipped. A p value is not corrected for the number of rows.",
            "",
            ablation_table(rows),
            "",
            *(f"- {name}: {fact}" for name, fact in facts),
            *(f"- {line}" for line in left_out),
            "",
        ]
    )


def machine() -> str:
    """Return what figures are measured on: cores, architecture, operating system, Python."""
    return f"{cores()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"
