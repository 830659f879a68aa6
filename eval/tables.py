"""Scores and comparisons as plain text tables."""

from collections.abc import Sequence

from corpus.errors import QuestionError
from eval.compare import Comparison
from eval.metrics import MEASURES
from eval.score import Scores
from eval.significance import Estimate


def scores_table(scores: Scores) -> str:
    """Return every mean with its 95 % interval, by kind of question, and what was left out."""
    rows = [["measure", *scores.by_kind, "all"]]
    for measure in MEASURES:
        cells = [_cell(means.get(measure)) for means in (*scores.by_kind.values(), scores.overall)]
        if any(cells):
            rows.append([measure, *cells])
    lines = [f"{scores.name}: {len(scores.questions)} questions", "", *_aligned(rows)]
    if scores.latency:
        lines.append(
            f"\nmedian {scores.latency.median * 1000:.0f} ms a question, "
            f"95 in 100 under {scores.latency.p95 * 1000:.0f} ms"
        )
    if found := scores.abstention:
        lines.append(
            f"abstaining: precision {_cell(found.precision)}, recall {_cell(found.recall)}, AUROC {_cell(found.auroc)}"
        )
    lines += [
        " ".join(f"left out: {e.question or 'every question'} ({e.reason.value}) {e.detail}".split())
        for e in scores.exclusions
    ]
    return "\n".join(lines)


def comparison_table(found: Comparison, measure: str) -> str:
    """Return every paired difference with its interval, p value and verdict, and the wins and losses by ``measure``.

    Raises QuestionError for an unknown measure.
    """
    if measure not in MEASURES:
        raise QuestionError(f"there is no measure {measure!r}", f"use one of {', '.join(MEASURES)}")
    rows = [["measure", "kind", found.base, found.other, "difference", "p", ""]]
    for d in found.differences:
        interval = f"{d.mean:+.3f} [{d.low:+.3f}, {d.high:+.3f}]"
        told = "told apart" if d.told_apart else "cannot be told apart"
        rows.append([d.measure, d.kind, f"{d.base:.3f}", f"{d.other:.3f}", interval, f"{d.p:.3f}", told])
    lines = _aligned(rows)
    changes = [change for change in found.changes if change.measure == measure]
    for title, won in (("wins", True), ("losses", False)):
        chosen = [change for change in changes if change.won is won]
        lines += ["", f"{title} of {found.other} by {measure}: {len(chosen)}"]
        lines += [f"  {c.question}  {c.base:.2f} -> {c.other:.2f}  {c.text}" for c in chosen]
    return "\n".join([*lines, *(f"note: {note}" for note in found.notes)])


def _cell(value: Estimate | None) -> str:
    return f"{value.mean:.3f} [{value.low:.3f}, {value.high:.3f}]" if value else ""


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
