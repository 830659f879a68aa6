"""A comparison as a table: on a terminal, as CSV, and as a spreadsheet.

Text of reports is hostile here: a spreadsheet would calculate a cell that begins with an equals sign. In a workbook
every text is stored as text, which is never calculated; CSV has no types, and there such a cell gets an apostrophe.
"""

import csv
import io
import json
import sys
from enum import StrEnum
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from corpus.characters import flat
from qa.compare import Comparison, Row
from qa.terminal import PIPED_WIDTH
from qa.units import UnitKind


class Format(StrEnum):
    """How a comparison is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"


COLUMNS = {
    "kind": 14,
    "name": 30,
    "speaks": 8,
    "quote_number": 8,
    "quote": 80,
    "leans_on": 30,
    "citation": 60,
    "also_in": 40,
    "report_id": 24,
    "report": 30,
    "authors": 20,
    "publisher": 20,
    "published": 12,
    "url": 30,
    "series": 20,
    "case_study": 30,
    "section": 30,
    "section_path": 30,
    "page": 8,
    "passage_id": 24,
    "start": 10,
    "end": 10,
    "score": 10,
}
"""The columns of a comparison by name, each with its width in a spreadsheet, in characters."""

Cell = str | int | float | None
HEADINGS = {UnitKind.CASE_STUDY: "Case study", UnitKind.PART: "Outside case studies", UnitKind.SECTION_KIND: "Sections"}

_FORMULA = tuple("=+-@＝＋－＠")
_CELL_CHARACTERS = 32_767
"""A workbook holds no more in one cell."""


def to_file(comparison: Comparison, form: Format) -> bytes:
    """Return a comparison as the content of a file. CSV begins with a byte order mark, or Excel would garble it."""
    match form:
        case Format.XLSX:
            return to_xlsx(comparison)
        case Format.CSV:
            return to_csv(comparison).encode("utf-8-sig")
        case Format.JSON:
            return to_json(comparison).encode()
        case Format.TABLE:
            return to_text(comparison).encode()


def to_json(comparison: Comparison) -> str:
    """Return a comparison as JSON text."""
    return json.dumps(comparison.to_json(), ensure_ascii=False, indent=2) + "\n"


def records(comparison: Comparison) -> list[dict[str, Cell]]:
    """Return a comparison as records of ``COLUMNS``: one a quote, and one for each unit that is silent."""
    return [record for row in comparison.rows for record in _records(row)]


def _records(row: Row) -> list[dict[str, Cell]]:
    empty: dict[str, Cell] = dict.fromkeys(COLUMNS)
    unit = empty | {"kind": row.kind.value, "name": flat(row.name), "speaks": "yes" if row.speaks else "no"}
    found = []
    for number, quote in enumerate(row.quotes, 1):
        cited = quote.citation.to_json()
        place = {name: _cell(value) for name, value in cited.items() if name in COLUMNS}
        words: dict[str, Cell] = {
            "quote_number": number,
            "quote": flat(quote.text),
            "leans_on": flat(quote.leans_on.text) if quote.leans_on else None,
            "citation": quote.citation.line(),
            "also_in": " | ".join(citation.line() for citation in quote.also_in),
            "passage_id": quote.passage_id,
            "start": quote.span.start,
            "end": quote.span.end,
            "score": round(quote.score, 4),
        }
        found.append(unit | place | words)
    if not found:
        identities, titles = zip(*row.reports, strict=True) if row.reports else ((), ())
        found.append(unit | {"report_id": "; ".join(identities), "report": flat("; ".join(titles))})
    return found


def _cell(value: Any) -> Cell:
    """Return a field of a citation as a cell: text inert and on one line, several texts as one."""
    if isinstance(value, tuple):
        return flat("; ".join(value))
    return flat(value) if isinstance(value, str) else value


def to_csv(comparison: Comparison) -> str:
    """Return a comparison as CSV (RFC 4180), with a heading; no cell of text can be taken for a formula."""
    file = io.StringIO()
    writer = csv.DictWriter(file, list(COLUMNS))
    writer.writeheader()
    for record in records(comparison):
        writer.writerow({name: _guarded(cell) if isinstance(cell, str) else cell for name, cell in record.items()})
    return file.getvalue()


def _guarded(text: str) -> str:
    """Return ``text``, after an apostrophe where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def to_xlsx(comparison: Comparison) -> bytes:
    """Return a comparison as a workbook: a sheet of quotes under a frozen heading, and one of what produced it."""
    from xlsxwriter import Workbook

    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("Comparison")
    for column, (name, width) in enumerate(COLUMNS.items()):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name.replace("_", " "), bold)
    rows = records(comparison)
    for line, record in enumerate(rows, 1):
        for column, cell in enumerate(record.values()):
            if isinstance(cell, str):
                sheet.write_string(line, column, _fitting(cell), plain)
            elif cell is not None:
                sheet.write_number(line, column, cell, plain)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, len(rows), len(COLUMNS) - 1)
    made = book.add_worksheet("How it was made")
    made.set_column(0, 0, 24)
    made.set_column(1, 1, 100)
    for line, (name, fact) in enumerate(_facts(comparison)):
        made.write_string(line, 0, name, bold)
        made.write_string(line, 1, _fitting(fact), plain)
    book.close()
    return file.getvalue()


def _fitting(text: str) -> str:
    return text if len(text) <= _CELL_CHARACTERS else text[: _CELL_CHARACTERS - 1] + "…"


def _facts(comparison: Comparison) -> list[tuple[str, str]]:
    """Return what another machine needs to make the comparison again, and what was found."""
    reports = dict.fromkeys(report for row in comparison.rows for report in row.reports)
    made = {
        name: fact if isinstance(fact, str) else json.dumps(fact, ensure_ascii=False)
        for name, fact in comparison.produced_by.items()
    }
    return [
        ("question", flat(comparison.question)),
        ("found", comparison.lead),
        *made.items(),
        *(("report", flat(f"{title} ({identity})")) for identity, title in reports),
    ]


def to_text(comparison: Comparison, width: int | None = PIPED_WIDTH) -> str:
    """Return a comparison as a table for a terminal, ``width`` characters wide, None for the width of the terminal.

    The units that speak stand in it with their quotes; under it are the names of those that are silent.
    """
    console = Console(highlight=False, width=width)
    with console.capture() as captured:
        console.print(Text(comparison.lead, style="bold"))
        for kind in comparison.counts:
            rows = [row for row in comparison.rows if row.kind is kind]
            table = Table(box=None, padding=(0, 2, 1, 0), pad_edge=False)
            table.add_column(HEADINGS[kind], style="bold", max_width=28)
            table.add_column("What it says")
            for row in rows:
                if row.speaks:
                    table.add_row(Text(flat(row.name)), _said(row))
            if table.rows:
                console.print()
                console.print(table)
            console.print()
            if silent := [flat(row.name) for row in rows if not row.speaks]:
                console.print(Text(f"Silent: {'; '.join(silent)}", style="dim"))
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def _said(row: Row) -> Text:
    text = Text()
    for quote in row.quotes:
        if text:
            text.append("\n\n")
        if quote.leans_on:
            text.append(f"({flat(quote.leans_on.text)}) ", style="dim")
        text.append(flat(quote.text))
        for citation in (quote.citation, *quote.also_in):
            text.append(f"\n— {citation.line()}", style="dim")
    return text


def print_comparison(comparison: Comparison, form: Format) -> None:
    """Print a comparison in any form but a workbook; a table as wide as the terminal."""
    match form:
        case Format.JSON:
            print(to_json(comparison), end="")
        case Format.CSV:
            print(to_csv(comparison), end="")
        case _:
            print(to_text(comparison, None if sys.stdout.isatty() else PIPED_WIDTH), end="")
