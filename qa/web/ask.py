"""The Ask view: what the reports say to the question."""

from qa.references import Style
from qa.web import render
from qa.web.answering import Left
from qa.web.place import Place
from qa.web.view import PLAIN, SPOKEN, Page, View

PASSAGES = 10


def put(page: Page) -> View:
    """Put the view into the page that is being built."""
    import gradio as gr

    status = gr.HTML("", html_template=SPOKEN, elem_id="cb-status", **PLAIN)
    answer = gr.HTML("", elem_id="cb-answer", **PLAIN)

    def arrive(place: Place, _: Style) -> tuple[str, str]:
        return render.searching(place.question) if place.question else "", ""

    def later(place: Place, style: Style, left: Left) -> tuple[str, str]:
        found = page.answering.ask(place.question, PASSAGES, place.chosen, left)
        return render.status(found, place), render.answer(found, place, style)

    return View([status, answer], arrive, later, blank=("", ""))
