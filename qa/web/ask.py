"""The Ask view: what the reports say to the question."""

from collections.abc import Iterator

from qa.references import Style
from qa.web import render
from qa.web.place import Place
from qa.web.view import PLAIN, SPOKEN, Page, View

PASSAGES = 10


def put(page: Page) -> View:
    """Put the view into the page that is being built."""
    import gradio as gr

    status = gr.HTML("", html_template=SPOKEN, elem_id="cb-status", **PLAIN)
    answer = gr.HTML("", elem_id="cb-answer", **PLAIN)

    def arrive(place: Place, style: Style) -> Iterator[tuple[str, str]]:
        if not place.question:
            yield "", ""
            return
        yield render.searching(place.question), ""
        found = page.answering.ask(place.question, PASSAGES, place.chosen)
        yield render.status(found, place), render.answer(found, place, style)

    return View([status, answer], arrive, blank=("", ""))
