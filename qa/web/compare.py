"""The Compare view: what every case study, or every kind of section, says to the question."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qa.compare import QUOTES, Comparison, Row
from qa.references import Style
from qa.tables import Format, to_file
from qa.units import By, UnitKind
from qa.web import render
from qa.web.place import Place
from qa.web.view import PLAIN, SPOKEN, Page, View

BY = {By.CASE_STUDY: "Case studies", By.SECTION_KIND: "Kinds of section"}


def put(page: Page) -> View:
    """Put the view into the page that is being built."""
    import gradio as gr

    status = gr.HTML("", html_template=SPOKEN, elem_id="cb-compared", **PLAIN)
    with gr.Row(elem_id="cb-tables", visible=False) as files:
        sheet = gr.DownloadButton("Download as spreadsheet (.xlsx)", size="sm", min_width=0)
        commas = gr.DownloadButton("Download as CSV", size="sm", min_width=0)
    table = gr.HTML("", elem_id="cb-comparison", **PLAIN)

    def arrive(place: Place, style: Style) -> Iterator[list[Any]]:
        yield [_ways(place) + (_searching(place) if place.question else ""), gr.Row(visible=False), None, None, ""]
        if place.question:
            found = page.answering.compare(place.question, place.by, QUOTES, place.chosen)
            folder = Path(tempfile.mkdtemp(prefix="casebook-"))
            paths = [str(_written(folder, found, form)) for form in (Format.XLSX, Format.CSV)]
            yield [_ways(place) + _lead(found), gr.Row(visible=True), *paths, table_html(found, place, style)]

    return View([status, files, sheet, commas, table], arrive, blank=("", gr.Row(visible=False), None, None, ""))


def table_html(found: Comparison, place: Place, style: Style) -> str:
    """Return the comparison as a table: a row a unit, its quotes, or that it is silent and what comes closest."""
    rows = "".join(_row(row, place, style) for row in found.rows)
    heads = "".join(f'<th scope="col">{head}</th>' for head in (BY[found.by], "What it says"))
    return f'<table class="cb-table-of-quotes"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def _row(row: Row, place: Place, style: Style) -> str:
    reports = "; ".join(title for _, title in row.reports)
    outside = "Outside case studies · " if row.kind is UnitKind.PART else ""
    small = f'<span class="cb-unit">{outside}{render.escaped(reports)}</span>'
    head = f'<th scope="row">{render.escaped(row.name)}{small}</th>'
    if row.speaks:
        return f"<tr>{head}<td>{''.join(render.quote(one, place, style) for one in row.quotes)}</td></tr>"
    nearest = ""
    if row.nearest:
        link = render.read_link(place, row.nearest.passage_id, row.nearest.span, "Read what comes closest")
        nearest = f'<span class="cb-actions">{link}</span>'
    return f'<tr class="cb-mute">{head}<td><p>Silent: nothing in it answers the question.</p>{nearest}</td></tr>'


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
