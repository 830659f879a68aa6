"""The Judge view: passages marked by how they answer the question at hand, and the quality that is measured by it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from corpus.errors import CasebookError
from corpus.model import Passage, Report, Span
from index.search import Hit
from qa.answer import Answer
from qa.citation import cite
from qa.judgements import Judged, Kind, Relevance, choose_kind, judge_passage, judged, read_judgements
from qa.permalink import find_passage
from qa.quality import Quality
from qa.references import Style
from qa.web import render
from qa.web.answering import Left
from qa.web.live import LiveIndex, State
from qa.web.measuring import NAME, Kept, Measuring
from qa.web.place import Place
from qa.web.place import View as Name
from qa.web.view import PLAIN, QUIET, SPOKEN, Page, View

SCRIPT = Path(__file__).with_name("judge.js")
PASSAGES = 20
FEW = 20
"""Fewer questions are too few to tell how well others are answered."""

KIND = "kind"
"""The name of the control that says what kind the question is; no passage has such an id."""

MARKS = {
    Relevance.RELEVANT: "Relevant",
    Relevance.PARTLY: "Partly",
    Relevance.NOT: "Not relevant",
    None: "Not judged",
}
KINDS = {
    None: "not said",
    Kind.FACT: "fact: one passage answers it",
    Kind.SURVEY: "survey: many passages answer it",
    Kind.UNANSWERABLE: "unanswerable: the reports do not answer it",
}


def put(page: Page) -> View:
    """Put the view into the page that is being built."""
    import gradio as gr

    live = page.live
    measuring = Measuring(live, page.measure) if page.measure else None

    def keep(data: str) -> str:
        return kept(live, data)

    status = gr.HTML("", html_template=SPOKEN, elem_id="cb-judged", **PLAIN)
    script = {"js_on_load": SCRIPT.read_text(encoding="utf-8"), "server_functions": [keep]}
    passages = gr.HTML("", elem_id="cb-passages-to-judge", **PLAIN | script)
    questions = gr.HTML("", elem_id="cb-judged-questions", **PLAIN)
    with gr.Row(visible=measuring is not None, elem_id="cb-measure"):
        button = gr.Button("Measure the answers", size="md", min_width=160, scale=0)
        going = gr.HTML("", html_template=SPOKEN, **PLAIN)
    quality = gr.HTML("", elem_id="cb-quality", **PLAIN)
    timer = gr.Timer(1.0, active=False)
    measured = [going, quality, timer]
    rest = [gr.skip() for _ in (questions, *measured)]

    def stands() -> list[Any]:
        """Return what ``measured`` shows now."""
        if measuring is None:
            return ["", "", gr.Timer(active=False)]
        state = live.state()
        at_work = NAME in (state.job, *state.waiting)
        shown = gr.skip() if at_work else quality_html(measuring.kept())
        return [_going(measuring, state), shown, gr.Timer(active=at_work)]

    def begin() -> list[Any]:
        try:
            if measuring:
                measuring.begin()
            return stands()
        except CasebookError as error:
            return [render.problem(str(error)), gr.skip(), gr.Timer(active=False)]

    def arrive(place: Place, _: Style) -> list[Any]:
        known = questions_html(list(read_judgements(live.home).values()), place)
        begun = render.searching(place.question) if place.question else _invitation()
        return [begun, "", known, *stands()]

    def later(place: Place, _: Style, left: Left) -> list[Any]:
        found = page.answering.ask(place.question, PASSAGES, place.chosen, left)
        before = judged(live.home, place.question)
        return [render.status(found, place), judging_html(live, found, before, place), *rest]

    def tick() -> list[Any]:
        try:
            return stands()
        except CasebookError as error:
            return [render.problem(str(error)), gr.skip(), gr.Timer(active=False)]

    button.click(begin, None, measured, queue=False, **QUIET)
    timer.tick(tick, None, measured, queue=False, **QUIET)
    return View([status, passages, questions, *measured], arrive, later, blank=["", "", *rest])


def kept(live: LiveIndex, data: Any) -> str:
    """Keep the choice that ``data`` names (JSON: question, passage or "kind", chosen) and say what came of it."""
    try:
        wanted = json.loads(data)
        question, passage, chosen = (str(wanted[key]) for key in ("question", "passage", "chosen"))
        if passage == KIND:
            found = choose_kind(live.home, question, Kind(chosen) if chosen else None)
        else:
            relevance = Relevance(int(chosen)) if chosen else None
            if relevance is not None and find_passage(live.searcher().index, passage) is None:
                return "Not saved: the library no longer holds this passage"
            found = judge_passage(live.home, question, passage, relevance)
    except CasebookError as error:
        return f"Not saved: {error}"
    except (KeyError, TypeError, ValueError, RecursionError):
        return "Not saved"
    return f"Saved. {render.count(len(found.passages), 'passage')} of this question judged"


def judging_html(live: LiveIndex, found: Answer, before: Judged, place: Place) -> str:
    """Return the passages of an answer, best first, and those judged before that are not among them, to be marked."""
    shown = [_passage(n, hit.report, hit.passage, hit.best_sentence, before, place) for n, hit in _numbered(found)]
    names = {hit.passage.id for hit in found.passages}
    index = live.searcher().index
    others = [pair for name in before.passages if name not in names and (pair := find_passage(index, name))]
    further = [
        _passage(n, report, passage, None, before, place) for n, (report, passage) in enumerate(others, len(names) + 1)
    ]
    below = f"<h3>Judged before, and not among the first {PASSAGES} now</h3><ol>{''.join(further)}</ol>"
    told = f"{render.count(len(before.passages), 'passage')} of this question judged"
    return (
        f'<div class="cb-judging cb-passages" data-question="{render.escaped(found.question)}">'
        f'<p class="cb-saved"><span role="status">{told}</span> · <a href="#cb-measure">Measure the answers</a></p>'
        f"{_kinds(before.kind)}"
        f"<ol>{''.join(shown)}</ol>{below if further else ''}</div>"
    )


def _numbered(found: Answer) -> Iterator[tuple[int, Hit]]:
    return enumerate(found.passages, 1)


def _passage(number: int, report: Report, passage: Passage, best: Span | None, before: Judged, place: Place) -> str:
    words = render.prose(passage.text)
    if best:
        start, end = best.start - passage.span.start, best.end - passage.span.start
        text = passage.text
        words = f"{render.prose(text[:start])}<mark>{render.prose(text[start:end])}</mark>{render.prose(text[end:])}"
    cited = f'<p class="cb-citation">{render.citation(cite(report, passage))}</p>'
    read = render.read_link(place, passage.id, best)
    return (
        f'<li>{cited}<div class="cb-text" dir="auto">{words}</div>{_marks(number, passage.id, before)}'
        f'<p class="cb-actions">{read}</p></li>'
    )


def _marks(number: int, identity: str, before: Judged) -> str:
    now = before.passages.get(identity)
    choices = "".join(
        f'<label><input type="radio" name="{render.escaped(identity)}" '
        f'value="{"" if mark is None else int(mark)}"{" checked" if mark == now else ""}> {words}</label>'
        for mark, words in MARKS.items()
    )
    return f'<fieldset class="cb-marks"><legend class="cb-hidden">Passage {number}</legend>{choices}</fieldset>'


def _kinds(now: Kind | None) -> str:
    choices = "".join(
        f'<option value="{kind or ""}"{" selected" if kind is now else ""}>{words}</option>'
        for kind, words in KINDS.items()
    )
    return f'<p class="cb-kind"><label>Kind of question <select name="{KIND}">{choices}</select></label></p>'


def _invitation() -> str:
    return (
        '<h2 class="cb-status">Judge passages</h2><p class="cb-asked">Ask a question, then mark how each passage '
        "answers it. Your marks are kept in the library’s folder, and tell below how well questions are answered.</p>"
    )


def questions_html(known: Sequence[Judged], place: Place) -> str:
    """Return links to the questions judged before, with how many of their passages are; empty where there is none."""
    if not known:
        return ""
    rows = "".join(
        f"<li>{_link(one.question, place)} ({render.count(len(one.passages), 'passage')})</li>" for one in known
    )
    title = f"Questions judged ({len(known)})"
    return f'<details class="cb-earlier"><summary>{title}</summary><ul>{rows}</ul></details>'


def _link(question: str, place: Place) -> str:
    there = replace(Place(Name.JUDGE), question=question, chosen=place.chosen)
    return f'<a href="{render.escaped(there.query)}">{render.escaped(question)}</a>'


def _going(measuring: Measuring, state: State) -> str:
    if state.job == NAME:
        words = f"Asking {state.done} of {state.total}…" if state.total else "Beginning to ask…"
        return f'<p class="cb-asked">{words}</p>'
    if NAME in state.waiting:
        return f'<p class="cb-asked">Waiting for: {render.escaped(state.job)}…</p>'
    if problem := measuring.why_failed(state):
        return render.problem(problem)
    found = measuring.question_set()
    words = f"Asks {found.name} again and compares." if found else "Judge some passages first."
    return f'<p class="cb-asked">{render.escaped(words)}</p>'


def quality_html(found: Kept | None) -> str:
    """Return what was measured: the measures, their plots, and which questions fail, with links that ask them."""
    if found is None:
        return ""
    quality = found.quality
    changed = '<p class="cb-notice">The library, the calibration or the judgements have changed; measure again.</p>'
    old = "" if found.current else changed
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("Measure", "Mean and 95 % interval", "What it says"))
    rows = "".join(
        f'<tr><th scope="row">{render.escaped(name)}</th><td>{render.escaped(value)}</td>'
        f"<td>{render.escaped(meaning)}</td></tr>"
        for name, meaning, value in quality.measures
    )
    table = f'<table class="cb-measures"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    asked = f"On {found.name}, {quality.date}. In brackets: over how many questions."
    if quality.questions < FEW:
        asked += f" So few tell little: judge {FEW} or more before you rely on the figures."
    return (
        f'<section class="cb-quality"><h2>How well questions are answered</h2>{old}'
        f'<p class="cb-asked">{render.escaped(asked)}</p>{_scrolling("Measures", table)}{_shortfalls(quality)}'
        f"{''.join(_chart(one.title, one.note, one.svg) for one in quality.charts)}{_left_out(quality)}</section>"
    )


def _shortfalls(quality: Quality) -> str:
    rows = "".join(
        f"<li>{_link(one.question, Place())}: {render.escaped(one.happened)}</li>" for one in quality.shortfalls
    )
    return f"<h3>Questions that fail ({len(quality.shortfalls)})</h3>" + (
        f"<ul>{rows}</ul>" if rows else "<p>None.</p>"
    )


def _chart(title: str, note: str, svg: str) -> str:
    return f"<h3>{render.escaped(title)}</h3><p>{render.escaped(note)}</p>{_scrolling(title, svg)}"


def _left_out(quality: Quality) -> str:
    rows = "".join(f"<li>{render.escaped(line)}</li>" for line in quality.left_out)
    title = f"Left out of the score ({len(quality.left_out)})"
    return f"<details><summary>{title}</summary><ul>{rows}</ul></details>" if rows else ""


def _scrolling(label: str, inner: str) -> str:
    return f'<div class="cb-scroll" role="region" tabindex="0" aria-label="{render.escaped(label)}">{inner}</div>'
