"""The address bar as a component: its value is the query of the place that the page shows."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import CasebookError
from corpus.model import Span
from qa.briefing import find_selected, pin
from qa.citation import cite
from qa.pins import count_pins
from qa.references import Style, quoted
from qa.web.live import LiveIndex

if TYPE_CHECKING:
    from gradio import HTML

SCRIPT = Path(__file__).with_name("address.js")
MOST_SELECTED = 5_000
"""In characters; no passage is longer."""
SPOKEN = '<div role="status" aria-live="polite" class="cb-hidden"></div><span hidden>${value}</span>'


def component(live: LiveIndex) -> "HTML":
    """Return the component. It raises ``visit``, with ``query``, when a link or the browser goes somewhere, and
    ``recall``, with ``queries``, when the page was loaded anew.
    """
    import gradio as gr

    def pin_quote(data: str) -> tuple[str, int]:
        return pinned(live, data), count_pins(live.home)

    def select_words(data: str) -> tuple[str, str, str]:
        return selected(live, data)

    pin_quote.__name__, select_words.__name__ = "pin", "select"
    return gr.HTML(
        "",
        elem_id="cb-address",
        html_template=SPOKEN,
        apply_default_css=False,
        js_on_load=SCRIPT.read_text(encoding="utf-8"),
        server_functions=[pin_quote, select_words],
    )


def selected(live: LiveIndex, data: Any) -> tuple[str, str, str]:
    """Find the words selected in a report that is being read (JSON: passage, words, style, near).

    Return them with their citation, ready to be copied, what pins them, and in a few words what is amiss, if anything.
    """
    try:
        wanted = json.loads(data)
        words, style = str(wanted["words"])[:MOST_SELECTED], str(wanted["style"])
        report, passage, span = find_selected(live.searcher().index, str(wanted["passage"]), words, int(wanted["near"]))
    except CasebookError as error:
        return "", "", str(error)
    except (KeyError, TypeError, ValueError, RecursionError):
        return "", "", "Nothing was selected"
    chosen = Style.named(style)
    text = report.text[span.start : span.end]
    to_pin = json.dumps({"passage": passage.id, "start": span.start, "end": span.end})
    return quoted(text, cite(report, passage, span.start), chosen), to_pin, ""


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
