"""The Briefing view: the pinned quotes in order, each looked up again, their notes, and the export."""

import base64
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpus.characters import flat
from corpus.errors import CasebookError
from corpus.library import Library
from index.settings import Settings
from qa.answer import produced_by
from qa.briefing import Pinned, Refusal, Standing, look_up_all
from qa.export import Exported, NothingStandsError, export, refusal
from qa.pins import (
    MAX_NOTE_CHARACTERS,
    MAX_TITLE_CHARACTERS,
    BriefingError,
    TakenOut,
    put_back,
    read_briefing,
    set_note,
    set_title,
    step,
    unpin,
)
from qa.references import Style, opening
from qa.web import render
from qa.web.live import LiveIndex
from qa.web.place import Place
from qa.web.view import QUIET, SPOKEN, Page, View

SCRIPT = Path(__file__).with_name("briefing.js")
SAVING = """watch('value', () => {
  element.querySelector('a[download]')?.click();
  const unsaved = [...document.querySelectorAll('.cb-unsaved')].filter((one) => !one.hidden).length;
  if (unsaved) element.querySelector('.cb-said')?.append(`, without what is not saved yet in ${unsaved} of its notes`);
});"""
"""Saves the file that has been made, and says what is not in it."""

FORMATS = {
    ".docx": "Word, with footnotes (.docx)",
    ".md": "Markdown, with footnotes (.md)",
    ".ris": "References, RIS (.ris)",
    ".bib": "References, BibTeX (.bib)",
    ".json": "References, CSL-JSON (.json)",
}
STANDINGS = {
    Standing.STANDS: "Checked: stands word for word in its report",
    Standing.FOUND_AGAIN: "Found again",
    Standing.REFUSED: "Left out of what is exported",
}
REMEDIES = {
    Refusal.REPORT_GONE: "put the report back in the Library, or take the quote out",
    Refusal.NOT_INDEXED: "start casebook anew, which indexes the report as it is now",
    Refusal.WORDS_GONE: "read what the report says now and pin that, or take the quote out",
}
"""What can be done on the page about a quote that is refused."""


def put(page: Page) -> View:
    """Put the view into the page that is being built."""
    import gradio as gr

    with gr.Row(elem_id="cb-export", visible=False, equal_height=False) as exporting:
        title = gr.Textbox(label="Title", max_length=MAX_TITLE_CHARACTERS, scale=2, min_width=220, elem_id="cb-title")
        styles = [(style.value.capitalize(), style.value) for style in Style]
        shared: dict[str, Any] = {"filterable": False}
        style = gr.Dropdown(styles, value=Style.PLAIN.value, label="Style of references", min_width=170, **shared)
        formats = [(name, key) for key, name in FORMATS.items()]
        # As wide as its longest name, which would run under the arrow otherwise.
        suffix = gr.Dropdown(formats, value=".docx", label="Format", min_width=300, **shared)
        button = gr.Button("Download", variant="primary", scale=0, min_width=120, elem_id="cb-download")
    file = gr.HTML(
        "", html_template=SPOKEN, elem_id="cb-file", apply_default_css=False,
        js_on_load=SAVING,
    )  # fmt: skip
    shown = gr.HTML("", elem_id="cb-briefing", apply_default_css=False, js_on_load=SCRIPT.read_text(encoding="utf-8"))

    def arrive(place: Place, _: Style) -> list[Any]:
        return [*look(place), ""]

    def look(place: Place, said: str = "") -> list[Any]:
        briefing = read_briefing(page.live.home)
        html = briefing_html(look_up(page.live), briefing.taken_out, place, said)
        return [gr.Row(visible=bool(briefing.pins)), briefing.title, html]

    def act(query: str, data: gr.EventData) -> list[Any]:
        try:
            try:
                said = done(page.live.home, getattr(data, "wanted", None))
            except CasebookError as error:
                said = render.problem(str(error))
            return look(Place.from_query(query), said)
        except CasebookError as error:
            return [gr.skip(), gr.skip(), render.problem(str(error))]

    def download(title: Any, style: Any, suffix: Any) -> str:
        try:
            return file_html(exported(page.live, title, style, suffix), suffix)
        except NothingStandsError as error:
            why = error.first.refusal
            return render.problem(f"{error.problem}; {REMEDIES[why]}" if why else error.problem)
        except CasebookError as error:
            return render.problem(str(error))

    def name(title: Any) -> Any:
        try:
            set_title(page.live.home, title if isinstance(title, str) else "")
        except CasebookError as error:
            return render.problem(str(error))
        return gr.skip()

    outputs = [exporting, title, shown]
    shown.act(act, page.address, outputs, trigger_mode="multiple", **QUIET)
    gr.on([title.blur, title.submit], name, title, file, queue=False, **QUIET)
    button.click(download, [title, style, suffix], file, **QUIET)
    return View([*outputs, file], arrive)


def look_up(live: LiveIndex) -> list[Pinned]:
    """Return every pin as its report stands now. Raises CasebookError where there is no index."""
    return look_up_all(live.searcher().index, Library(live.home))


def done(home: Path, wanted: Any) -> str:
    """Do with a quote what ``wanted`` says, and return what came of it as HTML.

    ``wanted`` comes from the browser: ``do`` ("up", "down", "out", "back" or "note"), the quote's id as ``pin``, and
    for a note ``note`` and what it ``was``. Raises BriefingError where the briefing has no such quote any more.
    """
    match wanted:
        case {"do": "up" | "down" as way, "pin": str(one)}:
            return _told(f"Moved: it is quote {step(home, one, -1 if way == 'up' else 1)} now.")
        case {"do": "out", "pin": str(one)}:
            gone = unpin(home, one)
            return _told(f"Quote {gone.number} is taken out.", _back(gone, "Undo"))
        case {"do": "back", "pin": str(one)}:
            return _told(f"Quote {put_back(home, one)} is back.")
        case {"do": "note", "pin": str(one), "note": str(note), "was": str(was)}:
            return _told(f"The note of quote {set_note(home, one, note, was)} is saved.")
    raise BriefingError("nothing was done", "reload the page and try again")


def exported(live: LiveIndex, title: Any, style: Any, suffix: Any) -> Exported:
    """Return the briefing as a file, each quote looked up again. Raises BriefingError where it has none,
    NothingStandsError where none can go out.
    """
    chosen = Style.named(style)
    searcher = live.searcher()
    made = produced_by(searcher, Settings())
    line = set_title(live.home, title if isinstance(title, str) else "")
    found = look_up(live)
    if not found:
        raise BriefingError("the briefing is empty", "pin a quote to it under Ask first")
    return export(found, suffix if isinstance(suffix, str) else "", made, chosen, line)


def file_html(done: Exported, suffix: str) -> str:
    """Return a link that holds the file, and what was left out of it, by name."""
    left_out = "".join(f"<li>{render.escaped(refusal(one, REMEDIES))}</li>" for one in done.refused)
    listed = f'<ul class="cb-problem cb-left-out">{left_out}</ul>' if left_out else ""
    name, content = f"briefing{suffix}", base64.b64encode(done.content).decode("ascii")
    # The time makes each file another one, so that the page sees that there is one to save.
    link = (
        f'<a download="{name}" data-made="{time.monotonic_ns()}" href="data:application/octet-stream;base64,{content}">'
        f"{name}</a>"
    )
    return f'<p class="cb-said">Saved as {link}</p>{listed}'


def briefing_html(found: Sequence[Pinned], taken_out: Sequence[TakenOut], place: Place, said: str = "") -> str:
    """Return the view: how many quotes there are, what was ``said`` last, the quotes, and those taken out."""
    refused = sum(one.standing is Standing.REFUSED for one in found)
    lead = render.count(len(found), "quote") if found else "No quote is pinned yet"
    if refused:
        lead += f", {refused} of which no longer {'stands' if refused == 1 else 'stand'} in the reports"
    tone = "silent" if refused else "found"
    items = "".join(_item(one, len(found), place) for one in found)
    body = f'<ol class="cb-pins">{items}</ol>' if found else _how_to_begin(place)
    kept = "".join(f"<li>{_opening(gone)} {_back(gone, 'Put back')}</li>" for gone in taken_out)
    if kept:
        title = f"Taken out ({len(taken_out)})"
        kept = f'<details class="cb-taken-out"><summary>{title}</summary><ul>{kept}</ul></details>'
    heading = f'<h2 class="cb-status cb-{tone}" tabindex="-1" data-count="{len(found)}">{render.escaped(lead)}</h2>'
    return f'{heading}<div role="status" aria-live="polite">{said}</div>{body}{kept}'


def _how_to_begin(place: Place) -> str:
    ask = render.escaped(place.at(place.view.ASK).query or "?")
    return (
        f'<p class="cb-begin"><a href="{ask}">Ask a question</a>, and press “Pin to briefing” at a quote you want to'
        " cite; it comes here. On the command line it is <code>casebook pin PASSAGE_ID</code>.</p>"
    )


def _item(one: Pinned, count: int, place: Place) -> str:
    number, identity = one.number, render.escaped(one.pin.id)
    refused = one.standing is Standing.REFUSED
    words = one.text or one.pin.text
    standing = STANDINGS[one.standing] + (f": {one.reason(REMEDIES)}" if one.detail else "")
    tone = one.standing.value.replace(" ", "-")
    way_on = "" if refused else render.read_link(place, one.passage_id, one.span)
    if one.refusal is Refusal.REPORT_GONE:
        way_on = f'<a href="{render.escaped(place.at(place.view.LIBRARY).query)}">Open the Library</a>'
    buttons = [
        _button("up", "Up", number, disabled=number == 1),
        _button("down", "Down", number, disabled=number == count),
        _button("out", "Remove", number),
    ]
    note = render.escaped(one.pin.note)
    return (
        f'<li data-quote="{identity}"><h3>Quote {number}</h3><figure class="cb-quote cb-{tone}">'
        f'{render.leaned_on(one.leans_on)}<blockquote dir="auto">{render.prose(words)}</blockquote>'
        f'<figcaption>{render.places(one.citations)}<p class="cb-standing">{render.escaped(standing)}</p>'
        f'<p class="cb-actions">{way_on}{"".join(buttons)}</p></figcaption></figure>'
        f'<div class="cb-note"><label for="cb-note-{identity}">Note to quote {number}</label>'
        f'<textarea id="cb-note-{identity}" rows="2" maxlength="{MAX_NOTE_CHARACTERS}" dir="auto"'
        f' data-saved="{note}">{note}</textarea>'
        f'<p class="cb-actions">{_button("note", "Save note", number)}'
        '<span class="cb-unsaved" hidden>Not saved yet</span></p></div></li>'
    )


def _button(do: str, words: str, number: int, disabled: bool = False) -> str:
    off = " disabled" if disabled else ""
    return f'<button type="button" data-do="{do}"{off}>{words}<span class="cb-hidden"> (quote {number})</span></button>'


def _back(gone: TakenOut, words: str) -> str:
    whose = f'<span class="cb-hidden"> {_opening(gone)}</span>'
    return f'<button type="button" data-do="back" data-quote="{render.escaped(gone.pin.id)}">{words}{whose}</button>'


def _opening(gone: TakenOut) -> str:
    words = flat(gone.pin.text)
    return render.escaped(opening(words, 80))


def _told(line: str, more: str = "") -> str:
    return f'<p class="cb-said cb-actions"><span>{render.escaped(line)}</span>{more}</p>'
