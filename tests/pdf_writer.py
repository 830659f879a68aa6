"""Writes a neutral report (see ``report_formats``) as PDF, in one column or in two, and says what stands where.

One column has a running header and a page number on every page. Two columns have headings of level 1 across both. Notes
stand in small type at the foot of the page on which their paragraph begins, and their marks are raised figures.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from report_formats import MARK, Part
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 595.0, 842.0
LEFT, RIGHT, TOP, FOOT = 60.0, 535.0, 770.0, 70.0
GUTTER = 22.0
BODY = 10.0
REGULAR, BOLD = "Helvetica", "Helvetica-Bold"
SIZES = {"title": 24.0, "contents": 16.0, "heading 1": 16.0, "heading 2": 12.5, "pull quote": 14.0, "row": 7.0}
CELLS = (0.0, 0.46, 0.74)


@dataclass(frozen=True, slots=True)
class Row:
    """A line to be drawn: pieces of text, each with how far from the column's left edge it begins."""

    part: int
    pieces: tuple[tuple[float, str], ...]
    font: str
    size: float
    above: float
    mark: str = ""
    stays: bool = False
    note: str = ""

    @property
    def height(self) -> float:
        return self.above + 1.25 * self.size


@dataclass
class Written:
    """A PDF, and for each part of the report the pages on which its lines were drawn."""

    data: bytes
    pages: dict[int, list[int]] = field(default_factory=dict)


def write_pdf(parts: Sequence[Part], columns: int = 1) -> Written:
    """Return ``parts`` as a PDF in one or two columns."""
    return _Sheet(columns).write(parts)


class _Sheet:
    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.column_width = (RIGHT - LEFT - GUTTER * (columns - 1)) / columns
        self.buffer = io.BytesIO()
        self.canvas = Canvas(self.buffer, pagesize=(WIDTH, HEIGHT))
        self.written = Written(b"")
        self.page = 1
        self.y = TOP
        self.notes: list[str] = []
        self.note_count = 0
        self.title = ""

    def write(self, parts: Sequence[Part]) -> Written:
        self.title = next((part.text for part in parts if part.kind == "title"), "")
        headings = [part.text for part in parts if part.kind == "heading" and part.level == 1]
        notes = iter([part.text for part in parts if part.kind == "footnote"])
        flow: list[Row] = []
        for number, part in enumerate(parts):
            note = next(notes) if MARK in part.text else ""
            if part.kind == "footnote":
                continue
            across = part.kind in ("title", "contents") or (part.kind == "heading" and part.level == 1)
            if across and self.columns > 1:
                self.flow(flow)
                flow = []
                self.across(self.rows(number, part, RIGHT - LEFT, note))
            else:
                flow += self.rows(number, part, self.column_width, note)
            if part.kind == "contents":
                dotted = [f"{heading} {'.' * 30} {3 + 4 * n}" for n, heading in enumerate(headings)]
                flow += [Row(number, ((0.0, line),), REGULAR, BODY, 2.0) for line in dotted]
        self.flow(flow)
        self.end_page()
        self.canvas.save()
        self.written.data = self.buffer.getvalue()
        return self.written

    def rows(self, number: int, part: Part, width: float, note: str) -> list[Row]:
        """Return the lines of a part that is ``width`` points wide."""
        key = f"heading {part.level}" if part.kind == "heading" else part.kind
        size = SIZES.get(key, BODY)
        font = BOLD if part.kind in ("title", "contents", "heading") else REGULAR
        if part.kind == "row":
            cells = part.text.split("\t")
            return [Row(number, tuple((CELLS[n] * width, cell) for n, cell in enumerate(cells)), font, size, 3.0)]
        indent, marker, text = 0.0, "", part.text.replace(MARK, "")
        if part.kind == "bullet":
            indent, marker = 14.0 * part.level, "•"
        elif part.kind == "number":
            marker, _, text = text.partition(" ")
            indent = 18.0
        lines = simpleSplit(text, font, size, width - indent - 6 * bool(note))
        above = {"heading": size, "title": 0.0, "contents": size}.get(part.kind, 3.0 if indent else 7.0)
        rows = []
        for n, line in enumerate(lines):
            pieces = ((indent - 11, marker), (indent, line)) if marker and not n else ((indent, line),)
            last = n == len(lines) - 1
            rows.append(
                Row(
                    number,
                    pieces,
                    font,
                    size,
                    above if not n else 0.0,
                    mark=MARK if note and last else "",
                    stays=part.kind == "heading",
                    note=note if not n else "",
                )
            )
        return rows

    def across(self, rows: list[Row]) -> None:
        """Draw lines across all columns, on a new page where they and some text do not fit."""
        if self.y - sum(row.height for row in rows) < self.foot() + 80:
            self.end_page()
        for row in rows:
            self.y -= row.height
            self.draw(row, LEFT, self.y)

    def flow(self, rows: list[Row]) -> None:
        """Draw lines down the columns, of equal height at the end."""
        while rows:
            high = self.y - self.foot(rows)
            even = sum(row.height for row in rows) / self.columns + (40 if self.columns > 1 else 0)
            top, lowest = self.y, self.y
            drawn = 0
            for column in range(self.columns):
                y = top
                while rows and top - (y - self.needed(rows)) <= min(high, even) + 0.01:
                    row = rows.pop(0)
                    y -= row.height
                    self.draw(row, LEFT + column * (self.column_width + GUTTER), y)
                    drawn += 1
                lowest = min(lowest, y)
            self.y = lowest
            if rows:
                assert drawn or top < TOP, "a line is higher than a page"
                self.end_page()

    def needed(self, rows: list[Row]) -> float:
        """Return the height of the next line and of those that must stand below it: a heading needs text."""
        count = next((n for n, row in enumerate(rows) if not row.stays), 0)
        return sum(row.height for row in rows[: count + 1])

    def foot(self, rows: Sequence[Row] = ()) -> float:
        """Return how far down text may go, above the notes of the page and of ``rows``."""
        coming = [row.note for row in rows if row.note]
        lines = [
            line for note in [*self.notes, *coming] for line in simpleSplit(f"9 {note}", REGULAR, 7.5, RIGHT - LEFT)
        ]
        return FOOT + 10.0 * len(lines) + (8.0 if lines else 0.0)

    def draw(self, row: Row, x: float, y: float) -> None:
        self.written.pages.setdefault(row.part, []).append(self.page)
        self.canvas.setFont(row.font, row.size)
        for offset, text in row.pieces:
            self.canvas.drawString(x + offset, y, text)
        if row.note:
            self.note_count += 1
            self.notes.append(row.note)
        if row.mark:
            offset, text = row.pieces[-1]
            self.canvas.setFont(REGULAR, 0.6 * row.size)
            end = x + offset + stringWidth(text, row.font, row.size)
            self.canvas.drawString(end, y + 0.35 * row.size, str(self.note_count))

    def end_page(self) -> None:
        y = FOOT + 8.0
        first = self.note_count - len(self.notes) + 1
        lines = []
        for number, note in enumerate(self.notes, start=first):
            split = simpleSplit(note, REGULAR, 7.5, RIGHT - LEFT - 8)
            lines += [(str(number) if not n else "", line) for n, line in enumerate(split)]
        for number_text, line in reversed(lines):
            self.canvas.setFont(REGULAR, 5)
            self.canvas.drawString(LEFT, y + 2.5, number_text)
            self.canvas.setFont(REGULAR, 7.5)
            self.canvas.drawString(LEFT + 6, y, line)
            y += 10.0
        self.canvas.setFont(REGULAR, 8)
        if self.page > 1:
            self.canvas.drawString(LEFT, 805, self.title)
        self.canvas.drawCentredString(WIDTH / 2, 35, str(self.page))
        self.canvas.showPage()
        self.page += 1
        self.y = TOP
        self.notes = []
