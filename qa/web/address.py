"""The address bar as a component: its value is the query of the place that the page shows."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import CasebookError
from corpus.model import Span
from qa.briefing import pin
from qa.pins import count_pins
from qa.web.live import LiveIndex

if TYPE_CHECKING:
    from gradio import HTML

SCRIPT = Path(__file__).with_name("address.js")
SPOKEN = '<div role="status" aria-live="polite" class="cb-hidden"></div><span hidden>${value}</span>'


def component(live: LiveIndex) -> "HTML":
    """Return the component. It raises ``visit``, with ``query``, when a link or the browser goes somewhere."""
    import gradio as gr

    def pin_quote(data: str) -> tuple[str, int]:
        return pinned(live, data), count_pins(live.home)

    pin_quote.__name__ = "pin"
    return gr.HTML(
        "",
        elem_id="cb-address",
        html_template=SPOKEN,
        apply_default_css=False,
        js_on_load=SCRIPT.read_text(encoding="utf-8"),
        server_functions=[pin_quote],
    )


def pinned(live: LiveIndex, data: Any) -> str:
    """Pin the quote that ``data`` names (JSON: passage, start, end) and say in a few words what came of it."""
    try:
        wanted = json.loads(data)
        span = Span(int(wanted["start"]), int(wanted["end"]))
        done = pin(live.searcher().index, live.home, str(wanted["passage"]), span)
    except CasebookError as error:
        return str(error)
    except (KeyError, TypeError, ValueError):
        return "Nothing was pinned"
    return f"Pinned as quote {done.number}"
