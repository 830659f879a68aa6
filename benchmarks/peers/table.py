"""One row a system, and the rows as a Markdown table."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from reading import name, within_words

from corpus.folding import fold
from corpus.model import Passage
from eval.judge import anchors_in, judge
from eval.metrics import COVERAGE, NDCG, SUCCESS_1, SUCCESS_5
from eval.questions import FACT, SURVEY, Question
from eval.runs import Run
from eval.score import Latency, rounded, score_run
from eval.significance import estimate, randomisation_test

RANKED = ((FACT, SUCCESS_1), (FACT, SUCCESS_5), (SURVEY, COVERAGE), (FACT, NDCG))
COLUMNS = {
    f"{FACT} {SUCCESS_1}": "facts, first",
    f"{FACT} {SUCCESS_5}": "facts, first five",
    f"{SURVEY} {COVERAGE}": "surveys, coverage@10",
    name(FACT, 200): "facts, 200 words read",
    name(FACT, 1000): "facts, 1,000 words read",
    name(SURVEY, 2000): "surveys, 2,000 words read",
}
"""The measures of the tables. None depends on the borders that casebook gives its own passages."""

Values = Mapping[str, Mapping[str, float]]
"""Measure -> question -> value."""


@dataclass(frozen=True, slots=True)
class System:
    """A system that was measured: its values, its times, the text of its chunks and what it was."""

    name: str
    values: Values
    latency: Latency
    build_seconds: float
    chunks: Sequence[str]
    reranked: bool
    versions: Mapping[str, str]
    settings: str
    source: str


def values(run: Run, questions: Sequence[Question], passages: Sequence[Passage]) -> Values:
    """Return the values of ``run``, judged by the text of what it returned; ``passages`` say which anchors count."""
    scored = score_run(run, questions, passages).questions
    ranked = {
        f"{kind} {measure}": {q.id: q.values[measure] for q in scored if q.kind == kind and measure in q.values}
        for kind, measure in RANKED
    }
    judgements, _ = judge(questions, passages)
    return ranked | within_words(run, questions, judgements)


def row(system: System, base: System, questions: Iterable[Question]) -> dict[str, Any]:
    """Return what is recorded of ``system``: quality with 95 % intervals, times, and by how much ``base`` is ahead of
    it, question by question, each with its p value.

    ``reachable`` is the share of the fact questions whose anchor stands whole in a chunk: no ranking can do better.
    """
    words = [len(chunk.split()) for chunk in system.chunks]
    found: dict[str, Any] = {
        "system": system.name,
        "quality": {measure: asdict(estimate(list(by.values()))) for measure, by in system.values.items()},
        "median_ms": system.latency.median * 1000,
        "p95_ms": system.latency.p95 * 1000,
        "build_seconds": system.build_seconds,
        "chunks": len(words),
        "words_a_chunk": statistics.mean(words),
        "longest_chunk": max(words),
        "reachable": reachable(system.chunks, questions),
        "versions": dict(system.versions),
        "settings": system.settings,
        "source": system.source,
    }
    if system is not base:
        found["compared_with"] = base.name
        found["behind_by"] = {measure: _behind(by, base.values[measure]) for measure, by in system.values.items()}
    result: dict[str, Any] = rounded(found)
    return result


def _behind(values: Mapping[str, float], base: Mapping[str, float]) -> dict[str, float]:
    differences = [base[question] - value for question, value in values.items()]
    found = estimate(differences)
    return {"mean": found.mean, "low": found.low, "high": found.high, "p": randomisation_test(differences)}


def reachable(chunks: Iterable[str], questions: Iterable[Question]) -> float:
    """Return the share of the fact questions that have an anchor which stands whole in one of ``chunks``."""
    facts = [question for question in questions if question.kind == FACT]
    anchors = {fold(anchor) for question in facts for anchor in question.anchors}
    there = {anchor for chunk in chunks for anchor in anchors_in(chunk, anchors)}
    return statistics.mean(any(fold(anchor) in there for anchor in question.anchors) for question in facts)


def markdown(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the rows as Markdown tables: quality and times, distance from casebook, and what each system was."""
    quality = [
        [found["system"], *(_cell(found["quality"][measure]) for measure in COLUMNS), _words(found)] for found in rows
    ]
    times = [
        [
            found["system"],
            f"{found['median_ms']:.0f}",
            f"{found['p95_ms']:.0f}",
            f"{found['build_seconds']:.1f}",
            f"{found['chunks']:,}",
            f"{found['reachable']:.2f}",
        ]
        for found in rows
    ]
    behind = [
        [found["system"], found["compared_with"], *(_difference(found["behind_by"][measure]) for measure in COLUMNS)]
        for found in rows
        if "behind_by" in found
    ]
    settings = [[found["system"], found["settings"], found["source"]] for found in rows]
    packages = {found["system"].split("-")[0].split(",")[0]: found["versions"] for found in rows}
    versions = [[name, ", ".join(f"{k} {v}" for k, v in found.items())] for name, found in packages.items()]
    tables = [
        (["system", *COLUMNS.values(), "words a chunk (longest)"], quality),
        (["system", "median ms a query", "95 in 100 under", "build s", "chunks", "facts within reach"], times),
        (["system", "behind", *COLUMNS.values()], behind),
        (["system", "settings", "recommended in"], settings),
        (["library", "versions"], versions),
    ]
    return "\n\n".join(_table(head, body) for head, body in tables)


def _table(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    rows = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def _cell(found: Mapping[str, float]) -> str:
    return f"{found['mean']:.2f} [{found['low']:.2f}, {found['high']:.2f}]"


def _words(found: Mapping[str, Any]) -> str:
    return f"{found['words_a_chunk']:.0f} ({found['longest_chunk']:,})"


def _difference(found: Mapping[str, float]) -> str:
    p = f"p {found['p']:.3f}" if found["p"] >= 0.001 else "p < 0.001"
    return f"{found['mean']:+.2f}, {p}"
