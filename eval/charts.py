"""What the plots of one run or of several show: means by kind and by report, curves over rank, reliability."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from eval import plots
from eval.metrics import MEASURES, SUCCESS_1, share_within
from eval.questions import SURVEY
from eval.score import ALL, Means, QuestionScore, Scores
from eval.significance import Estimate, estimate
from eval.tables import cell, reliability_rows

DEPTH = 20
"""How far down a ranking the curves go, where every run goes as far."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A plot, a note on how to read it, and the same as a table where the plot does not hold the numbers itself."""

    plot: plots.Plot
    note: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def charts(runs: Sequence[Scores]) -> list[Chart]:
    """Return the charts of ``runs``, those left out that there is nothing to draw for.

    With several runs each is called by its number: [1] is the first.
    """
    depth = min([DEPTH, *(scores.depth for scores in runs)])
    found = [
        _by_kind(runs),
        _by_report(runs),
        _curve(
            runs,
            "Success at k: share of questions, surveys aside, with a relevant passage in the first k",
            depth,
            _ranks_of_questions,
        ),
        _curve(
            runs, "Coverage at k: share of a survey's anchors found in the first k passages", depth, _ranks_of_anchors
        ),
    ]
    return [chart for chart in found if chart] + list(_reliability(runs))


def label(runs: Sequence[Scores], number: int) -> str:
    """Return what the charts of ``runs`` call the run ``number`` (0 is the first); empty where it is alone."""
    return f"[{number + 1}]" if len(runs) > 1 else ""


def _by_kind(runs: Sequence[Scores]) -> Chart | None:
    groups: list[Mapping[str, Means]] = [{ALL: scores.overall, **scores.by_kind} for scores in runs]
    kinds = dict.fromkeys(kind for means in groups for kind in means)
    cells = [
        (measure, kind, [means.get(kind, {}).get(measure) for means in groups])
        for measure in MEASURES
        for kind in kinds
    ]
    return _bars(runs, cells, "Mean of each measure by kind of question", "Numbers of questions in brackets.")


def _by_report(runs: Sequence[Scores]) -> Chart | None:
    reports = sorted({report for scores in runs for report in scores.by_report})
    cells = [
        (report, measure, [scores.by_report.get(report, {}).get(measure) for scores in runs])
        for report in reports
        for measure in MEASURES
    ]
    note = "Over the questions with a relevant passage in the report; their numbers in brackets."
    return _bars(runs, cells, "Mean of each measure by report", note)


def _bars(
    runs: Sequence[Scores], cells: Sequence[tuple[str, str, Sequence[Estimate | None]]], title: str, note: str
) -> Chart | None:
    """Return a bar for each estimate of ``cells``: (heading, what is under it, the estimate of each run)."""
    rows = []
    last = ""
    for heading, name, estimates in cells:
        for number, found in enumerate(estimates):
            if found:
                text = f"{label(runs, number)} {name} ({found.count})".strip()
                rows.append(plots.Row(text, found, heading if heading != last else ""))
                last = heading
    return Chart(plots.bars(rows, f"{title}, with 95 % bootstrap intervals"), note) if rows else None


def _ranks_of_questions(question: QuestionScore) -> tuple[int | None, ...]:
    return (question.found_at,) if SUCCESS_1 in question.values and question.kind != SURVEY else ()


def _ranks_of_anchors(question: QuestionScore) -> tuple[int | None, ...]:
    return question.anchor_ranks if question.kind == SURVEY else ()


def _curve(
    runs: Sequence[Scores], title: str, depth: int, ranks_of: Callable[[QuestionScore], tuple[int | None, ...]]
) -> Chart | None:
    """Return the mean share of ranks within k, for k from 1 to ``depth``, over the questions that ``ranks_of`` gives
    ranks of."""
    ranks = [[found for question in scores.questions if (found := ranks_of(question))] for scores in runs]
    if not depth or not all(ranks):
        return None
    lines = [
        plots.Line(
            label(runs, number),
            tuple(estimate([share_within(one, k) for one in found]) for k in range(1, depth + 1)),
        )
        for number, found in enumerate(ranks)
    ]
    rows = [(str(k + 1), *(cell(line.estimates[k]) for line in lines)) for k in range(depth)]
    counts = " and ".join(dict.fromkeys(str(len(found)) for found in ranks))
    columns = tuple(line.label or "Mean and 95 % interval" for line in lines)
    return Chart(plots.curves(lines, title), f"Questions: {counts}.", ("k", *columns), tuple(rows))


def _reliability(runs: Sequence[Scores]) -> Iterator[Chart]:
    for number, scores in enumerate(runs):
        if scores.abstention and (bins := scores.abstention.reliability):
            title = f"{label(runs, number)} Reliability curve: observed share over stated probability".strip()
            yield Chart(
                plots.reliability(bins, title),
                "On the dashed line what is stated is what happens; the larger a point, the more questions.",
                *reliability_rows(bins),
            )
