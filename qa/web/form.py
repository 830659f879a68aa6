"""The question and its filters, which the views for asking, comparing and judging share."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from corpus.errors import QuestionError
from qa.answer import check_question
from qa.references import Style
from qa.web import render
from qa.web.choices import FACETS, choices, still_known
from qa.web.live import LiveIndex
from qa.web.place import Chosen, Place, View
from qa.web.view import PLAIN, QUIET

if TYPE_CHECKING:
    from gradio import HTML, Accordion, Button, Column, Dropdown, Textbox

EXAMPLES = (
    "What helped mutual aid in COVID?",
    "How do organisations share staff?",
    "What made it hard to work together?",
)
ASKING = (View.ASK, View.COMPARE, View.JUDGE)
"""The views that a question is put in."""
MOST_ADDRESS = 30_000
"""How many characters a place's address may have; libraries on its way refuse 65,536."""
TOO_LONG = "the question with its filters is too long for an address; ask in fewer words"
EARLIER = 20
"""How many earlier questions of a session are offered again."""


@dataclass(frozen=True, slots=True)
class Form:
    """The form's components; ``filters`` are in the order of ``FACETS``."""

    column: "Column"
    question: "Textbox"
    button: "Button"
    examples: "Sequence[Button]"
    more: "Accordion"
    filters: "Sequence[Dropdown]"
    style: "Dropdown"
    earlier: "HTML"


def put(live: LiveIndex) -> Form:
    """Put the form into the page that is being built."""
    import gradio as gr

    with gr.Column(elem_id="cb-asking", elem_classes="cb-view") as column:
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
            gr.HTML('<p class="cb-try">For example</p>', **PLAIN)
            examples = [gr.Button(text, size="sm", variant="secondary", min_width=0) for text in EXAMPLES]
        earlier = gr.HTML("", elem_id="cb-earlier", **PLAIN)
        with gr.Accordion("Filters", open=False, elem_id="cb-filters") as more, gr.Row():
            shared: dict[str, Any] = {"multiselect": True, "choices": [], "value": [], "min_width": 260}
            filters = [
                gr.Dropdown(label=facet.label, elem_id=f"cb-{name.replace('_', '-')}", **shared)
                for name, facet in FACETS.items()
            ]
            style = gr.Dropdown(
                label="Style of copied citations",
                choices=[(style.value.capitalize(), style.value) for style in Style],
                value=Style.PLAIN.value,
                filterable=False,
                min_width=260,
                elem_id="cb-style",
            )
    form = Form(column, question, button, examples, more, filters, style, earlier)

    def narrow(*values: Sequence[str] | None) -> list[Any]:
        state = live.state()
        if state.index is None:
            return [gr.skip() for _ in (more, *filters)]
        return offered(form, live, chosen_from(values), chosen_from(values))

    for dropdown in filters:  # .input misses the cross that clears all
        dropdown.change(narrow, filters, [more, *filters], queue=False, **QUIET)
    return form


def amiss(place: Place) -> str:
    """Return why the question of a place where it would be asked cannot be; empty where it can, or there is none."""
    if not place.question or place.view not in ASKING:
        return ""
    try:
        check_question(place.question)
    except QuestionError as error:
        return str(error)
    return TOO_LONG if len(place.query) > MOST_ADDRESS else ""


def chosen_from(values: Sequence[Sequence[str] | None]) -> Chosen:
    """Return what is chosen in the dropdowns, given in the order of ``FACETS``."""
    return Chosen(**{name: tuple(value or ()) for name, value in zip(FACETS, values, strict=True)})


def offered(form: Form, live: LiveIndex, chosen: Chosen, shown: Chosen | None = None) -> list[Any]:
    """Return the updates of accordion and filters for what is chosen, as far as the library still holds it.

    What is ``shown`` as chosen already is not set again: that would be a change, which asks what to offer, without end.
    """
    import gradio as gr

    index = live.state().index
    if index is None:
        return [gr.skip() for _ in (form.more, *form.filters)]
    kept = still_known(index, chosen)
    found = choices(index, kept)
    names = " · ".join(FACETS[name].shown(index, value) for name in FACETS for value in getattr(kept, name))
    label = f"Filters ({kept.count} chosen): {names}" if kept.count else "Filters"

    def value(name: str) -> dict[str, Any]:
        values = getattr(kept, name)
        return {} if shown and getattr(shown, name) == values else {"value": list(values)}

    dropdowns = [gr.Dropdown(choices=found[name], **value(name)) for name in FACETS]
    return [gr.Accordion(label=label), *dropdowns]


def earlier_questions(queries: Sequence[str], place: Place) -> str:
    """Return links to the places asked from before in this session, newest first, but for the question of ``place``."""
    asked = [(query, Place.from_query(query).question) for query in queries]
    links = [
        f'<li><a href="{render.escaped(query)}">{render.escaped(question)}</a></li>'
        for query, question in asked
        if question != place.question
    ]
    if not links:
        return ""
    title = f"Earlier questions ({len(links)})"
    return f'<details class="cb-earlier"><summary>{title}</summary><ul>{"".join(links)}</ul></details>'


def remembered(kept: Any, place: Place) -> list[str]:
    """Return what the page has ``kept`` with the question of ``place`` first, each once and at most ``EARLIER``."""
    return list(dict.fromkeys([*_asked(place), *_known(kept)]))[:EARLIER]


def recalled(kept: Any, before: Any) -> list[str]:
    """Return what the page has ``kept`` and behind it what the browser has from ``before`` the page was loaded anew."""
    return list(dict.fromkeys([*_known(kept), *_known(before)]))[:EARLIER]


def _known(kept: Any) -> list[str]:
    """Return the queries of questions among what a browser says: hostile until shown otherwise."""
    return [
        query for one in (kept[:EARLIER] if isinstance(kept, list) else []) for query in _asked(Place.from_query(one))
    ]


def _asked(place: Place) -> list[str]:
    """Return the query of the question of ``place`` with its filters, if it has a question."""
    return [replace(Place(), question=place.question, chosen=place.chosen).query] if place.question.strip() else []
