"""The HTML report of a run: one file without scripts or outside resources, for light and dark screens."""

from collections.abc import Iterable, Sequence
from html import escape

from eval import plots
from eval.abstention import Abstention
from eval.compare import Comparison
from eval.metrics import ANSWER_HIT, COVERAGE, DECISION, MEANINGS, MEASURES, RR, SUCCESS_1
from eval.questions import SURVEY, UNANSWERABLE
from eval.score import ALL, Means, QuestionScore, Scores
from eval.significance import Estimate

_STYLE = """
:root { color-scheme: light dark; --paper: #ffffff; --ink: #1b1b1f; --soft: #55565c; --mark: #2f6fba; --rule: #85868c; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #15171a; --ink: #f0f0f2; --soft: #b4b6bd; --mark: #4a7fc1; --rule: #75777e; }
}
body { background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto;
  max-width: 60rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.5rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; }
caption { color: var(--soft); text-align: left; padding-bottom: 0.5rem; }
th, td { border-bottom: 1px solid var(--rule); padding: 0.3rem 0.8rem 0.3rem 0; text-align: left; vertical-align: top; }
td { overflow-wrap: anywhere; }
svg { font: 13px system-ui, sans-serif; max-width: none; }
svg text { fill: var(--ink); } svg .heading { font-weight: 600; }
.bar { fill: var(--mark); } .frame { fill: none; stroke: var(--rule); }
.whisker, .curve { fill: none; stroke: var(--ink); stroke-width: 1.5; }
.tick { stroke: var(--rule); stroke-width: 1; stroke-dasharray: 2 3; }
.guide { stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 6 4; }
"""


def report_page(scores: Scores, title: str, comparison: Comparison | None = None) -> str:
    """Return the report of ``scores`` as an HTML page, with ``comparison`` in it where one is given.

    The page names no outside resource, and everything that comes from a file is escaped.
    """
    parts = [
        f"<h1>{escape(title)}</h1>",
        _facts(scores),
        _section("Means", _means(scores)),
        _section("Telling what the reports do not answer", _abstention(scores.abstention)),
        _section("By report", _by_report(scores)),
        _section("Comparison", _comparison(comparison)) if comparison else "",
        _section("Questions that failed", _failures(scores.questions)),
        _section("Left out of the score", _exclusions(scores)),
    ]
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>{head}<style>{_STYLE}</style></head>\n<body>\n<main>\n'
        + "\n".join(part for part in parts if part)
        + "\n</main>\n</body>\n</html>\n"
    )


def failed(question: QuestionScore) -> bool:
    """Return whether ``question`` failed: it was decided wrongly, is a survey not covered in full, or is another
    question whose first passage is not relevant."""
    values = question.values
    ranked = values.get(COVERAGE, 1.0) if question.kind == SURVEY else values.get(SUCCESS_1, 1.0)
    return values.get(DECISION, 1.0) < 1.0 or ranked < 1.0


def _facts(scores: Scores) -> str:
    meta = scores.meta
    rows = [("Run", scores.name), ("Questions", str(len(scores.questions)))]
    if scores.latency:
        rows.append(
            ("Seconds a query", f"{scores.latency.median:.3f} median, {scores.latency.p95:.3f} 95th percentile")
        )
    if meta:
        rows += [("System", f"{meta.system} {meta.version}".strip()), ("Date", meta.date)]
        rows += [("Corpus", meta.corpus_fingerprint)]
        rows += [(f"Model {name}", fingerprint) for name, fingerprint in sorted(meta.models.items())]
        rows += [(f"Setting {name}", str(value)) for name, value in sorted(meta.settings.items())]
    else:
        rows.append(("Made by", "not recorded"))
    body = "".join(f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>' for name, value in rows)
    return _scroll("What was measured", f"<table><caption>What was measured</caption>{body}</table>")


def _means(scores: Scores) -> str:
    groups = [(ALL, scores.overall), *scores.by_kind.items()]
    rows = []
    for measure in MEASURES:
        heading = measure
        for kind, means in groups:
            if measure in means:
                found = means[measure]
                rows.append(plots.Row(f"{kind} ({found.count})", found, heading))
                heading = ""
    if not rows:
        return "<p>No question could be scored.</p>"
    title = "Mean of each measure by kind of question, with 95 % bootstrap intervals"
    note = "The mean of each measure by kind (number of questions); whiskers and brackets are 95 % bootstrap intervals."
    meanings = _table(("Measure", "What it says"), MEANINGS.items(), "The measures; each is better the nearer to 1")
    return f"<p>{note}</p>{_scroll(title, plots.bars(rows, title))}{meanings}"


def _abstention(found: Abstention | None) -> str:
    if found is None:
        return "<p>No question tells whether it can be answered.</p>"
    rows = [
        ("AUROC of the stated probability", _estimate(found.auroc)),
        ("Precision of abstaining", _estimate(found.precision)),
        ("Recall of abstaining", _estimate(found.recall)),
        ("Answerable questions refused", _estimate(found.refused)),
        ("Brier score", _estimate(found.brier)),
    ]
    caption = (
        f"{found.answerable} answerable and {found.unanswerable} unanswerable questions; "
        f"the system abstained from {found.abstained}"
    )
    table = _table(("Measure", "Mean and 95 % interval"), rows, caption)
    if not found.reliability:
        return table
    bins = [
        (f"{b.low:.1f} to {b.high:.1f}", f"{b.predicted:.3f}", f"{b.observed:.3f}", str(b.count))
        for b in found.reliability
    ]
    title = "Reliability curve: observed share over stated probability"
    curve = _scroll(title, plots.reliability(found.reliability, title))
    columns = ("Stated between", "Mean stated", "Observed", "Questions")
    return f"{table}{curve}{_table(columns, bins, 'The same as numbers')}"


def _by_report(scores: Scores) -> str:
    if not scores.by_report:
        return ""
    present = [name for name in MEASURES if any(name in means for means in scores.by_report.values())]
    rows = [(report, *_cells(means, present)) for report, means in scores.by_report.items()]
    return _table(
        ("Report", *present),
        rows,
        "Means (and numbers of questions) over the questions with a relevant passage in the report",
    )


def _cells(means: Means, names: Sequence[str]) -> list[str]:
    return [f"{means[name].mean:.3f} ({means[name].count})" if name in means else "" for name in names]


def _comparison(found: Comparison) -> str:
    title = f"{found.other} less {found.base}, with 95 % bootstrap intervals"
    rows = []
    numbers = []
    last = ""
    for d in found.differences:
        heading = d.measure if d.measure != last else ""
        rows.append(plots.Row(f"{d.kind} ({d.count})", Estimate(d.mean, d.low, d.high, d.count), heading))
        p = "< 0.001" if d.p < 0.001 else f"{d.p:.3f}"
        numbers.append((d.measure, d.kind, f"{d.base:.3f}", f"{d.other:.3f}", p, str(d.wins), str(d.losses)))
        last = d.measure
    changes = [
        (c.question, c.text, c.measure, f"{c.base:.3f}", f"{c.other:.3f}", "win" if c.won else "loss")
        for c in found.changes
    ]
    sentences = "".join(f"<li>{escape(sentence)}</li>" for sentence in (*found.verdicts, *found.notes))
    means = ("Measure", "Kind", found.base, found.other, "p", "Wins", "Losses")
    return (
        f"<ul>{sentences}</ul><p>{escape(title)}:</p>{_scroll(title, plots.differences(rows, title))}"
        + _table(means, numbers, "Means, p values, and on how many questions each is better")
        + _table(("Id", "Question", "Measure", found.base, found.other, ""), changes, "Wins and losses")
    )


def _failures(questions: Iterable[QuestionScore]) -> str:
    rows = [
        (
            question.id,
            question.kind,
            question.question,
            question.answer,
            _outcome(question),
            question.top,
            ", ".join(f"{name} {question.values[name]:.2f}" for name in _TELLING if name in question.values),
        )
        for question in questions
        if failed(question)
    ]
    if not rows:
        return "<p>None.</p>"
    columns = ("Id", "Kind", "Question", "Answer", "What happened", "First passage", "Values")
    return _table(columns, rows, f"{len(rows)} questions")


_TELLING = (RR, COVERAGE, ANSWER_HIT)


def _outcome(question: QuestionScore) -> str:
    if question.missing:
        return "no result in the run"
    if question.kind == UNANSWERABLE:
        return "answered, though the reports do not"
    refused = "refused; " if question.abstained else ""
    if SUCCESS_1 not in question.values:
        return f"{refused}not judged"
    if question.found_at is None:
        return f"{refused}no relevant passage"
    return f"{refused}first relevant passage at rank {question.found_at}"


def _exclusions(scores: Scores) -> str:
    rows = [(exclusion.question, exclusion.reason.value, exclusion.detail) for exclusion in scores.exclusions]
    rows += [(identity, "no result in the run: scored as zero", "") for identity in scores.missing]
    return _table(("Question", "Why", "What"), rows, f"{len(rows)} entries") if rows else "<p>Nothing.</p>"


def _estimate(found: Estimate | None) -> str:
    return f"{found.mean:.3f} ({found.low:.3f} to {found.high:.3f})" if found else "not measured"


def _section(heading: str, body: str) -> str:
    return f"<section><h2>{escape(heading)}</h2>{body}</section>" if body else ""


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]], caption: str) -> str:
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    inner = f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return _scroll(caption, f"<table>{inner}</table>")


def _scroll(label: str, inner: str) -> str:
    """Return ``inner`` in a named box that scrolls sideways on a narrow screen, by keyboard too."""
    return f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(label)}">{inner}</div>'
