"""The Ask view: what the reports say to the question."""

from collections.abc import Iterator

from qa.answer import ask as answer_of
from qa.references import Style
from qa.web import render
from qa.web.choices import filters_of
from qa.web.live import LiveIndex
from qa.web.place import Place
from qa.web.view import PLAIN, SPOKEN, Page, View

PASSAGES = 10


def put(page: Page) -> View:
    """Put the view into the page that is being built."""
    import gradio as gr

    status = gr.HTML("", html_template=SPOKEN, elem_id="cb-status", **PLAIN)
    answer = gr.HTML("", elem_id="cb-answer", **PLAIN)

    def arrive(place: Place, style: Style) -> Iterator[tuple[str, str]]:
        return answer_events(page.live, place, style)

    return View([status, answer], arrive)


def answer_events(live: LiveIndex, place: Place, style: Style) -> Iterator[tuple[str, str]]:
    """Yield status and answer as HTML: first that the search is on, then what came of it."""
    if not place.question:
        yield "", ""
        return
    yield render.searching(place.question), ""
    searcher = live.searcher()
    filters = filters_of(searcher.index, place.chosen)
    found = answer_of(searcher, place.question, PASSAGES, filters=filters, calibration=live.calibration())
    yield render.status(found), render.answer(found, place, style)
