"""The Ask view: a question, its filters, the answer."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from corpus.errors import CasebookError
from qa.answer import ask as answer_of
from qa.web import render
from qa.web.choices import case_study_choices, chosen_filters, report_choices, still_offered
from qa.web.live import LiveIndex

if TYPE_CHECKING:
    from gradio import Blocks

EXAMPLES = (
    "What helped mutual aid in COVID?",
    "How do organisations share staff?",
    "What made it hard to work together?",
)
PASSAGES = 10
AT_ONCE = 8
"""How many questions are answered at the same time; further ones wait their turn."""


def answer_events(
    live: LiveIndex, question: str | None, reports: list[str] | None, case_studies: list[str] | None
) -> Iterator[tuple[str, str]]:
    """Yield status and answer as HTML: first that the search is on, then what came of it.

    What nobody foresaw is told in one line too, and then raised for the terminal.
    """
    asked = (question or "").encode("utf-8", "replace").decode("utf-8")
    yield render.searching(asked), ""
    try:
        searcher = live.searcher()
        filters = chosen_filters(searcher.index, reports or [], case_studies or [])
        found = answer_of(searcher, asked, PASSAGES, filters=filters, calibration=live.calibration())
        yield render.status(found), render.answer(found)
    except CasebookError as error:
        yield render.problem(str(error)), ""
    except Exception:
        yield render.problem("this question could not be answered; see the terminal in which casebook runs"), ""
        raise


def view(blocks: "Blocks", live: LiveIndex) -> None:
    """Put the view into the page that is being built."""
    import gradio as gr

    plain: dict[str, Any] = {"apply_default_css": False, "js_on_load": None}
    spoken = '<div role="status" aria-live="polite">${value}</div>'
    library = gr.HTML("", elem_id="cb-library", **plain)
    notice = gr.HTML("", html_template=spoken, elem_id="cb-notice", **plain)
    progress = gr.HTML("", elem_id="cb-progress", **plain)
    with gr.Row(elem_id="cb-form", equal_height=False):
        question = gr.Textbox(
            label="Your question",
            placeholder="Ask in your own words, then press Enter",
            lines=1,
            max_lines=6,
            autofocus=True,
            scale=8,
            elem_id="cb-question",
        )
        button = gr.Button("Ask", variant="primary", scale=1, min_width=96, elem_id="cb-ask")
    with gr.Row(elem_id="cb-examples"):
        gr.HTML('<p class="cb-try">For example</p>', **plain)
        examples = [gr.Button(text, size="sm", variant="secondary", min_width=0) for text in EXAMPLES]
    with gr.Row(elem_id="cb-filters"):
        shared: dict[str, Any] = {"multiselect": True, "choices": [], "value": [], "min_width": 280}
        reports = gr.Dropdown(label="Only these reports", elem_id="cb-reports", **shared)
        cases = gr.Dropdown(label="Only these case studies", elem_id="cb-cases", **shared)
    status = gr.HTML("", html_template=spoken, elem_id="cb-status", **plain)
    answer = gr.HTML("", elem_id="cb-answer", **plain)
    shown = gr.State(None)
    timer = gr.Timer(1.0, active=False)

    def refresh(seen: str | None, chosen: list[str] | None, chosen_cases: list[str] | None) -> list[Any]:
        state = live.state()
        line = f"<p>{render.library_line(state.index)}</p>" if state.index else ""
        filters = [gr.skip(), gr.skip()]
        if state.index is not None and state.generation != seen:
            offered = report_choices(state.index)
            kept = still_offered(chosen or [], offered)
            offered_cases = case_study_choices(state.index, kept)
            filters = [
                gr.Dropdown(choices=offered, value=kept),
                gr.Dropdown(choices=offered_cases, value=still_offered(chosen_cases or [], offered_cases)),
            ]
        active = gr.Timer(active=state.busy or state.index is None)
        return [line, render.notice(state), render.progress(state), *filters, state.generation, active]

    def narrow(chosen: list[str] | None, chosen_cases: list[str] | None) -> Any:
        state = live.state()
        if state.index is None:
            return gr.skip()
        offered = case_study_choices(state.index, chosen or [])
        return gr.Dropdown(choices=offered, value=still_offered(chosen_cases or [], offered))

    # Values chosen before a restart are checked against the index of now, not against what this session was offered.
    raw: dict[str, Any] = {"preprocess": False, "api_visibility": "private"}
    quiet: dict[str, Any] = {**raw, "show_progress": "hidden", "queue": False}
    renewed: dict[str, Any] = {
        "fn": refresh,
        "inputs": [shown, reports, cases],
        "outputs": [library, notice, progress, reports, cases, shown, timer],
        **quiet,
    }
    blocks.load(**renewed)
    timer.tick(**renewed)
    reports.change(narrow, [reports, cases], cases, **quiet)  # .input misses the cross that clears all
    asking: dict[str, Any] = {
        **raw,
        "inputs": [question, reports, cases],
        "outputs": [status, answer],
        "show_progress": "hidden",
        "trigger_mode": "always_last",
        "concurrency_limit": AT_ONCE,
        "concurrency_id": "ask",
    }
    gr.on([question.submit, button.click], partial(answer_events, live), **asking).then(**renewed)
    for example in examples:
        example.click(lambda text: text, example, question, **quiet).then(partial(answer_events, live), **asking)
