"""The Compare view: what every case study, or every kind of section, says to the question."""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from qa.compare import QUOTES, Comparison, Row
from qa.references import Style
from qa.tables import Format, to_file
from qa.units import By, UnitKind
from qa.web import render
from qa.web.answering import Left
from qa.web.place import Place
from qa.web.view import PLAIN, SPOKEN, Page, View

BY = {By.CASE_STUDY: "Case studies", By.SECTION_KIND: "Kinds of section"}
INVITATION = (
    '<h2 class="cb-status">Compare what they say</h2><p class="cb-asked">Ask a question, and it is put to every case '
    "study, or to every kind of section: each answers in its own words, or is silent.</p>"
)


def put(page: Page) -> View:
    """Put the view into the page that is being built."""
    import gradio as gr

    status = gr.HTML("", html_template=SPOKEN, elem_id="cb-compared", **PLAIN)
    with gr.Row(elem_id="cb-tables", visible=False) as files:
        sheet = gr.DownloadButton("Download as spreadsheet (.xlsx)", size="sm", min_width=0)
        commas = gr.DownloadButton("Download as CSV", size="sm", min_width=0)
    table = gr.HTML("", elem_id="cb-comparison", **PLAIN)

    def arrive(place: Place, _: Style) -> list[Any]:
        begun = _searching(place) if place.question else INVITATION
        return [_ways(place) + begun, gr.Row(visible=False), None, None, ""]

    def later(place: Place, style: Style, left: Left) -> list[Any]:
        found = page.answering.compare(place.question, place.by, QUOTES, place.chosen, left)
        folder = Path(tempfile.mkdtemp(prefix="casebook-"))
        paths = [str(_written(folder, found, form)) for form in (Format.XLSX, Format.CSV)]
        return [_ways(place) + _lead(found), gr.Row(visible=True), *paths, comparison_html(found, place, style)]

    blank = ("", gr.Row(visible=False), None, None, "")
    return View([status, files, sheet, commas, table], arrive, later, blank)


def comparison_html(found: Comparison, place: Place, style: Style) -> str:
    """Return the units that speak as a table, a row each with its quotes, and the silent ones folded under it.

    The units that speak stand in the comparison's order: case studies first, as the question is put to them, and the
    best first, so that whoever stops early has read what matters most. Where none speaks, the silent ones are unfolded.
    """
    speaking = [row for row in found.rows if row.speaks]
    silent = [row for row in found.rows if not row.speaks]
    said = [f"<tr>{_head(row)}<td>{_quotes(row, place, style)}</td></tr>" for row in speaking]
    shown = _table("cb-table-of-quotes", (BY[found.by], "What it says"), said)
    if not silent:
        return shown
    rows = [f"<tr>{_head(row)}<td>{_nearest(row, place)}</td></tr>" for row in silent]
    table = _table("cb-table-of-quotes cb-mute", (BY[found.by], "What comes closest"), rows)
    unfolded = "" if speaking else " open"
    told = "<p>Nothing in these answers the question.</p>"
    return f'{shown}<details class="cb-fold"{unfolded}><summary>Silent: {len(silent)}</summary>{told}{table}</details>'


def _table(name: str, heads: Iterable[str], rows: Sequence[str]) -> str:
    """Return a table of ``rows``; nothing where there are none."""
    if not rows:
        return ""
    columns = "".join(f'<th scope="col">{head}</th>' for head in heads)
    return f'<table class="{name}"><thead><tr>{columns}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def _head(row: Row) -> str:
    reports = "; ".join(title for _, title in row.reports)
    outside = "Outside case studies · " if row.kind is UnitKind.PART else ""
    small = f'<span class="cb-unit">{outside}{render.escaped(reports)}</span>'
    return f'<th scope="row">{render.escaped(row.name)}{small}</th>'


def _quotes(row: Row, place: Place, style: Style) -> str:
    return "".join(render.quote(one, place, style) for one in row.quotes)


def _nearest(row: Row, place: Place) -> str:
    if row.nearest is None:
        return ""
    link = render.read_link(place, row.nearest.passage_id, row.nearest.span, "Read what comes closest")
    return f'<span class="cb-actions">{link}</span>'


def _ways(place: Place) -> str:
    links = []
    for by, label in BY.items():
        current = ' aria-current="true"' if by is place.by else ""
        links.append(f'<a href="{render.escaped(place.comparing(by).query)}"{current}>{label}</a>')
    return f'<nav class="cb-by" aria-label="What the question is put to">{"".join(links)}</nav>'


def _searching(place: Place) -> str:
    words = f"Putting the question to all {BY[place.by].lower()}…"
    return f'<h2 class="cb-status cb-wait">{words}</h2>'


def _lead(found: Comparison) -> str:
    speaks = any(row.speaks for row in found.rows)
    return f'<h2 class="cb-status cb-{"found" if speaks else "silent"}">{render.escaped(found.lead)}</h2>'


def _written(folder: Path, found: Comparison, form: Format) -> Path:
    path = folder / f"comparison.{form.value}"
    path.write_bytes(to_file(found, form))
    return path
