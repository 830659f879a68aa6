"""Ablations: each part of retrieval off in turn, against the settings as they are."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eval.compare import Difference, compare
from eval.metrics import ANSWER_HIT, COVERAGE
from eval.questions import FACT, SURVEY, read_questions
from eval.runner import run_questions
from eval.runs import read_run
from eval.score import Scores, score_run
from index.settings import RANKERS, IndexOptions, Settings
from qa.workspace import Workspace

SHIPPED = "as shipped"
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


def ablations() -> tuple[Ablation, ...]:
    """Return the settings as shipped, then one change after another."""
    full, options = Settings(), IndexOptions()
    searching = {
        "without cross-encoder": replace(full, rerank=False),
        **{
            f"without {name} ranker": replace(full, weights={r: w for r, w in full.weights.items() if r != name})
            for name in RANKERS
        },
        "without synonyms and abbreviations": replace(full, variants=0.0),
        "without spread": replace(full, spread=0.0),
        "cross-encoder alone orders the first": replace(full, rerank_weight=1.0),
        "half weight to the cross-encoder": replace(full, rerank_weight=0.5),
        "cross-encoder reads 20 passages": replace(full, rerank_depth=20),
        "cross-encoder reads one window": replace(full, rerank_windows=1),
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

    Passages are judged by their text over the passages as shipped, so that other borders are measured alike. Raises
    QuestionError for a file that cannot be used, LibraryError where there is no report.
    """
    asked = read_questions(questions)
    collection = [passage for _, passage in workspace.open().passages]
    base: Scores | None = None
    with tempfile.TemporaryDirectory() as folder:
        homes: dict[IndexOptions, Workspace] = {IndexOptions(): workspace}
        steps = ablations()
        for number, step in enumerate(steps):
            if step.options not in homes:
                homes[step.options] = _indexed(workspace, Path(folder) / str(number), step.options)
            out = Path(folder) / f"{number}.jsonl"
            run_questions(homes[step.options].searcher(), questions, out, 20, step.settings)
            scores = score_run(replace(read_run(out), name=step.name), asked, collection)
            base = base or scores
            yield Row(step.name, scores, _differences(base, scores) if scores is not base else (None,) * len(COLUMNS))
            if progress:
                progress(number + 1, len(steps))


def _indexed(workspace: Workspace, home: Path, options: IndexOptions) -> Workspace:
    """Return a workspace under ``home`` with the same reports, indexed with ``options``."""
    other = Workspace(home, workspace.encoder().name, options)
    other.add([workspace.library.folder])
    return other


def _differences(base: Scores, other: Scores) -> tuple[Difference | None, ...]:
    found = {(d.measure, d.kind): d for d in compare(base, other).differences}
    return tuple(found.get(column) for column in COLUMNS)


def ablation_table(rows: Sequence[Row]) -> str:
    """Return ``rows`` as a Markdown table: the means, each with the paired p value against the settings as shipped."""
    lines = [
        "| settings | " + " | ".join(f"{measure}, {kind}s" for measure, kind in COLUMNS) + " | ms a question |",
        "|---" * (len(COLUMNS) + 2) + "|",
    ]
    for row in rows:
        cells = []
        for (measure, kind), difference in zip(COLUMNS, row.differences, strict=True):
            found = row.scores.by_kind.get(kind, {}).get(measure)
            mean = f"{found.mean:.3f}" if found else ""
            cells.append(f"{mean} (p {difference.p:.2f})" if found and difference and difference.mean else mean)
        latency = f"{row.scores.latency.median * 1000:.0f}" if row.scores.latency else ""
        lines.append(f"| {row.name} | {' | '.join(cells)} | {latency} |")
    return "\n".join(lines)
