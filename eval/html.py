"""Reports and plots of runs as HTML: one file without scripts or outside resources, for light and dark screens."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from corpus.errors import QuestionError
from eval import plots
from eval.abstention import Abstention
from eval.charts import Chart, charts, label
from eval.compare import Comparison
from eval.lines import write_text
from eval.metrics import ANSWER_HIT, COVERAGE, DECISION, MEANINGS, RR, SUCCESS_1
from eval.questions import SURVEY, UNANSWERABLE
from eval.score import QuestionScore, Scores
from eval.significance import Estimate
from eval.tables import abstention_counts, abstention_rows

_STYLE = """
body { background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto;
  max-width: 60rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.5rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; }
caption { color: var(--soft); text-align: left; padding-bottom: 0.5rem; }
th, td { border-bottom: 1px solid var(--rule); padding: 0.3rem 0.8rem 0.3rem 0; text-align: left; vertical-align: top; }
td { overflow-wrap: anywhere; }
"""


def report_page(scores: Scores, title: str, comparison: Comparison | None = None) -> str:
    """Return the report of ``scores`` as an HTML page, with ``comparison`` in it where one is given.

    The page names no outside resource, and everything that comes from a file is escaped.
    """
    return _page(
        title,
        _measured([scores]),
        _section("Comparison", _comparison(comparison)) if comparison else "",
        _section("Questions that failed", _failures(scores.questions)),
        _section("Left out of the score", _exclusions([scores])),
    )


def write_plots(runs: Sequence[Scores], out: Path) -> None:
    """Write the charts of ``runs`` to ``out``, a page or a picture by its suffix. Raises QuestionError for another
    suffix and for a folder that cannot be written to."""
    names = " and ".join(scores.name for scores in runs)
    if out.suffix == ".html":
        write_text(out, plot_page(runs, f"casebook: {names}"))
    elif out.suffix == ".svg":
        write_text(out, plot_svg(runs))
    else:
        raise QuestionError(f"plots cannot be written as {str(out.suffix)!r}", "give a file that ends in .html or .svg")


def plot_page(runs: Sequence[Scores], title: str) -> str:
    """Return the charts of ``runs`` as an HTML page like ``report_page``; with several runs [1] is the first."""
    return _page(title, _measured(runs), _section("Left out of the scores", _exclusions(runs)))


def plot_svg(runs: Sequence[Scores]) -> str:
    """Return the charts of ``runs`` as one SVG file that needs nothing from outside."""
    legend = []
    for number, scores in enumerate(runs):
        left_out = len(scores.exclusions) + len(scores.missing)
        parts = [f"{label(runs, number)} {scores.name}".strip(), f"{len(scores.questions)} questions"]
        parts += [f"corpus {scores.corpus_fingerprint}"] if scores.corpus_fingerprint else []
        parts += [f"left out or scored as zero: {left_out} (`eval score` lists them)"] if left_out else []
        legend.append(", ".join(parts))
    return plots.svg_file([chart.plot for chart in charts(runs)], legend)


def _page(title: str, *parts: str) -> str:
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    style = f"<style>{plots.STYLE}{_STYLE}</style>"
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>{head}{style}</head>\n<body>\n<main>\n<h1>{escape(title)}</h1>\n'
        + "\n".join(part for part in parts if part)
        + "\n</main>\n</body>\n</html>\n"
    )


def _measured(runs: Sequence[Scores]) -> str:
    """Return what was run, the charts and the measures of abstaining."""
    names = [label(runs, number) for number in range(len(runs))]
    parts = [_facts(scores, name) for scores, name in zip(runs, names, strict=True)]
    found = charts(runs)
    parts += [_section(chart.plot.title, _chart(chart)) for chart in found]
    if not found:
        parts.append("<p>No question could be scored.</p>")
    meanings = _table(("Measure", "What it says"), MEANINGS.items(), "Each is better the nearer to 1")
    abstaining = "".join(_abstention(scores.abstention, name) for scores, name in zip(runs, names, strict=True))
    return (
        "\n".join(parts)
        + _section("Telling what the reports do not answer", abstaining)
        + _section("What the measures say", meanings)
    )


def _chart(chart: Chart) -> str:
    table = _table(chart.columns, chart.rows, "The same as numbers") if chart.rows else ""
    return f"<p>{escape(chart.note)}</p>{_scroll(chart.plot.title, chart.plot.svg)}{table}"


def failed(question: QuestionScore) -> bool:
    """Return whether ``question`` failed: it was decided wrongly, is a survey not covered in full, or is another
    question whose first passage is not relevant."""
    values = question.values
    ranked = values.get(COVERAGE, 1.0) if question.kind == SURVEY else values.get(SUCCESS_1, 1.0)
    return values.get(DECISION, 1.0) < 1.0 or ranked < 1.0


def _facts(scores: Scores, name: str) -> str:
    meta = scores.meta
    rows = [("Run", f"{name} {scores.name}".strip()), ("Questions", str(len(scores.questions)))]
    if scores.latency:
        rows.append(
            ("Seconds a query", f"{scores.latency.median:.3f} median, {scores.latency.p95:.3f} 95th percentile")
        )
    if meta:
        rows += [("System", f"{meta.system} {meta.version}".strip()), ("Date", meta.date)]
        rows += [("Corpus", meta.corpus_fingerprint)]
        rows += [(f"Model {model}", fingerprint) for model, fingerprint in sorted(meta.models.items())]
        rows += [(f"Setting {key}", str(value)) for key, value in sorted(meta.settings.items())]
    else:
        rows.append(("Made by", "not recorded"))
    body = "".join(f'<tr><th scope="row">{escape(key)}</th><td>{escape(value)}</td></tr>' for key, value in rows)
    caption = f"{name} What was measured".strip()
    return _scroll(caption, f"<table><caption>{escape(caption)}</caption>{body}</table>")


def _abstention(found: Abstention | None, name: str) -> str:
    if found is None:
        return f"<p>{escape(name)} No question tells whether it can be answered.</p>"
    caption = f"{name} {abstention_counts(found)}".strip()
    return _table(("Measure", "Mean and 95 % interval"), abstention_rows(found), caption)


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
        f"<ul>{sentences}</ul><p>{escape(title)}:</p>{_scroll(title, plots.differences(rows, title).svg)}"
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
            outcome(question),
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


def outcome(question: QuestionScore) -> str:
    """Return what happened to ``question``, in a few words."""
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


def _exclusions(runs: Sequence[Scores]) -> str:
    rows = []
    for number, scores in enumerate(runs):
        name = label(runs, number)
        rows += [(name, e.question, e.reason.value, e.detail) for e in scores.exclusions]
        rows += [(name, identity, "no result in the run: scored as zero", "") for identity in scores.missing]
    return _table(("Run", "Question", "Why", "What"), rows, f"{len(rows)} entries") if rows else "<p>Nothing.</p>"


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
