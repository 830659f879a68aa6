"""Scores and comparisons as plain text tables."""

from collections.abc import Mapping, Sequence

from corpus.errors import QuestionError
from eval.abstention import Abstention, Bin
from eval.compare import Comparison
from eval.metrics import MEASURES
from eval.score import ALL, Means, Scores
from eval.significance import Estimate
from qa.calibration import Calibration


def scores_table(scores: Scores) -> str:
    """Return every mean with its 95 % interval, by kind of question and by report, how well the system abstains, and
    what was left out."""
    lines = [f"{scores.name}: {len(scores.questions)} questions", ""]
    lines += _means({**scores.by_kind, ALL: scores.overall})
    for report, means in scores.by_report.items():
        lines += ["", *_means({report: means})]
    if found := scores.abstention:
        lines += ["", *_abstaining(found)]
    if scores.latency:
        median, p95 = scores.latency.median * 1000, scores.latency.p95 * 1000
        lines += ["", f"median {median:.0f} ms a question, 95 in 100 under {p95:.0f} ms"]
    lines += [f"no result in the run, scored as zero: {identity}" for identity in scores.missing]
    return "\n".join([*lines, *map(str, scores.exclusions)])


def calibration_table(calibration: Calibration, measured: Abstention) -> str:
    """Return a calibration as text: its threshold, and what cross-validation says of it."""
    weights = [(name, f"{weight:+.3f}") for name, weight in calibration.weights.items()]
    lines = [
        f"below the probability {calibration.threshold:.3f} the answer is: not found",
        f"question set {calibration.questions[:12]}, corpus {calibration.corpus}; measured by cross-validation",
        "",
        *_abstaining(measured),
        "",
        *_aligned([("Evidence", "Weight"), *weights]),
    ]
    return "\n".join(lines)


def _abstaining(found: Abstention) -> list[str]:
    lines = [f"abstaining: {abstention_counts(found)}", *_aligned(abstention_rows(found))]
    if found.reliability:
        columns, rows = reliability_rows(found.reliability)
        lines += ["", *_aligned([columns, *rows])]
    return lines


def abstention_counts(found: Abstention) -> str:
    """Return how many questions the measures of abstaining are over."""
    return (
        f"{found.answerable} answerable and {found.unanswerable} unanswerable questions; "
        f"the system abstained from {found.abstained}"
    )


def abstention_rows(found: Abstention) -> list[tuple[str, str]]:
    """Return the name and the value of every measure of abstaining."""
    rows = [
        ("AUROC of the stated probability", found.auroc),
        ("Precision of abstaining", found.precision),
        ("Recall of abstaining", found.recall),
        ("Answerable questions refused", found.refused),
        ("Brier score", found.brier),
    ]
    return [(name, cell(value) or "not measured") for name, value in rows]


def reliability_rows(bins: Sequence[Bin]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return the columns and the rows of a reliability curve."""
    rows = tuple(
        (f"{b.low:.1f} to {b.high:.1f}", f"{b.predicted:.3f}", f"{b.observed:.3f}", str(b.count)) for b in bins
    )
    return ("Stated probability", "Mean stated", "Share answerable", "Questions"), rows


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


def cell(value: Estimate | None) -> str:
    """Return a mean with its interval as text; empty where there is none."""
    return f"{value.mean:.3f} [{value.low:.3f}, {value.high:.3f}]" if value else ""


def _means(groups: Mapping[str, Means]) -> list[str]:
    """Return a line a measure, with a column for each of ``groups`` and its number of questions."""
    counts = [max((found.count for found in means.values()), default=0) for means in groups.values()]
    rows = [["measure", *(f"{name} ({count})" for name, count in zip(groups, counts, strict=True))]]
    for measure in MEASURES:
        cells = [cell(means.get(measure)) for means in groups.values()]
        if any(cells):
            rows.append([measure, *cells])
    return _aligned(rows)


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
