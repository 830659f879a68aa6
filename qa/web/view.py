"""What a view is to the page: components, and what they become when somebody arrives at a place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qa.quality import Measure
from qa.references import Style
from qa.web.answering import Answering, Left
from qa.web.live import LiveIndex
from qa.web.place import Place

if TYPE_CHECKING:
    from gradio import Blocks
    from gradio.components import Component

PLAIN: dict[str, Any] = {"apply_default_css": False, "js_on_load": None}
"""For HTML of casebook's own that neither styles nor scripts of Gradio touch."""

SPOKEN = '<div role="status" aria-live="polite">${value}</div>'
"""Template for HTML whose changes a screen reader tells."""

QUIET: dict[str, Any] = {
    "api_visibility": "private",
    "show_progress": "hidden",
    # Values chosen before a restart are checked against the library of now, not against what the session was offered.
    "preprocess": False,
}
"""For events of the page itself."""


def note(value: Any = None) -> "Component":
    """Return a component, never shown, by which a page tells the server later what the server has told it.

    For gr.State every page would keep a connection open, of which a browser has six for all its tabs: no further tab
    would come up. What comes back is the browser's, hostile until shown otherwise.
    """
    import gradio as gr

    kept: Component = gr.JSON(value, visible=False)
    return kept


@dataclass(frozen=True, slots=True)
class Page:
    """What every view may use: the index behind the page, what answers questions from it, the page itself, its address,
    whose value is a place's query, and what measures the answers, if anything does.

    A handler that moves somewhere has ``address`` among its outputs and gives it ``Place(...).query``; one that asks
    where it is has it among its inputs and reads ``Place.from_query(value)``. One that gives ``live`` something to do
    has ``timer`` among its outputs and gives it ``gr.Timer(active=True)``: the frame then tells how far it is.
    """

    live: LiveIndex
    answering: Answering
    blocks: "Blocks"
    address: "Component"
    timer: "Component"
    measure: Measure | None = None


Changes = Sequence[Any]
"""A value or an update for each of a view's outputs."""


@dataclass(frozen=True, slots=True)
class View:
    """A view that has been put into the page.

    ``arrive`` returns what ``outputs`` become when somebody arrives at a place: at once, as the page waits for it.
    What takes longer, the answer to the place's question, ``later`` returns; it may raise AskerLeft where its last
    argument says that nobody is there any more. Both raise CasebookError where the place cannot be shown; the page then
    tells the line, and ``outputs`` become ``blank`` where that is given.
    """

    outputs: "Sequence[Component]"
    arrive: Callable[[Place, Style], Changes]
    later: Callable[[Place, Style, Left], Changes] | None = None
    blank: Changes | None = None
