"""PDF: pages of words with boxes -> canonical text with pages, and marks for what layout tells.

    document    PDFium: bytes -> pages of words
    turn        how a page is turned to be shown or read
    stretches   words -> what stands side by side on a row
    furniture   running headers and footers, page numbers, watermarks
    lines       what columns are read as: lines with their place on the page
    tables      stretches of a row -> cells, rows -> tables
    gutters     what parts columns, and over which height of the page
    asides      boxes that the running text runs around
    columns     stretches -> lines in reading order
    hyphens     words cut by the end of a line
    blocks      lines -> paragraphs, list items, rows of tables, footnotes
    headings    which blocks are headings, and of what level
    joining     paragraphs cut by a page or column, the place of footnotes

In the canonical text every block is a line of its own; lines of the page are joined, words cut by a line's end made
whole, marks of footnotes left out. A paragraph that goes on in the next column or page is one.
"""

from collections.abc import Sequence
from dataclasses import replace

from corpus.errors import ReportError
from corpus.folding import words
from corpus.model import BlockKind, Span
from corpus.readers import Mark, Reading
from corpus.readers.pdf.blocks import Block, find_setting, split_lines
from corpus.readers.pdf.columns import find_lines
from corpus.readers.pdf.document import LOCK, metadata_of, opened, read_sheet
from corpus.readers.pdf.furniture import body_size, find_furniture, unread_sideways
from corpus.readers.pdf.headings import mark_headings
from corpus.readers.pdf.hyphens import Vocabulary
from corpus.readers.pdf.joining import join_halves, place_notes, set_depths
from corpus.readers.pdf.stretches import Stretch, find_stretches

MOST_PAGES = 2_000
"""Further pages are left unread, with a warning."""


def read(data: bytes, name: str) -> Reading:
    """Return the text of the PDF ``data``, with pages, marks and what the file says of itself.

    ``warnings`` name the pages that could not be read. Raises ReportError where the file cannot be opened, or is
    encrypted, or no page of it has text.
    """
    stretches: list[list[Stretch]] = []
    heights: list[float] = []
    pictures: list[int] = []
    recognised: list[int] = []
    damaged: list[int] = []
    with LOCK, opened(data, name) as document:
        metadata = metadata_of(document)
        count = len(document)
        bold_fonts: dict[int, bool] = {}
        for index in range(min(count, MOST_PAGES)):
            sheet = read_sheet(document, index, bold_fonts)
            page = find_stretches(sheet) if sheet else []
            stretches.append(page)
            heights.append(sheet.height if sheet else 1.0)
            if sheet is None:
                damaged.append(index + 1)
            elif sheet.is_picture:
                pictures.append(index + 1)
            elif sheet.is_recognised:
                recognised.append(index + 1)
    if not any(stretches):
        raise _without_text(name, pictures, damaged)
    sideways = unread_sideways(stretches)
    text, page_starts, marks = _written(stretches, heights)
    if not _opens_with(text[: page_starts[1:3][-1] if page_starts[1:] else None], metadata.title):
        metadata = replace(metadata, title="")
    return Reading(text, page_starts, metadata, marks, _warnings(pictures, recognised, damaged, sideways, count))


def _opens_with(opening: str, title: str) -> bool:
    """Return whether the words of ``title`` stand on the first pages: else a program or template put it in."""
    return set(words(title)) <= set(words(opening))


def _without_text(name: str, pictures: list[int], damaged: list[int]) -> ReportError:
    if pictures:
        which = _pages(pictures)
        remedy = "have its text recognised (OCR), for example with: ocrmypdf SCAN.pdf TEXT.pdf, and add the result"
        return ReportError(f"{name!r} is a scan: {which} {_are(pictures)} without text", remedy)
    if damaged:
        return ReportError(f"{name!r} has no page that can be read", "print it to a new PDF and add that")
    return ReportError(f"{name!r} has no text", "give a file with the report's text")


def _warnings(
    pictures: list[int], recognised: list[int], damaged: list[int], sideways: list[int], count: int
) -> tuple[str, ...]:
    said = []
    if pictures:
        said.append(f"{_pages(pictures).capitalize()} {_are(pictures)} without text.")
    if recognised:
        said.append(f"The text of {_pages(recognised)} was recognised in pictures (OCR): compare quotes with the page.")
    if sideways:
        has = "has" if len(sideways) == 1 else "have"
        said.append(f"{_pages(sideways).capitalize()} {has} text set sideways that was not read.")
    if damaged:
        said.append(f"{_pages(damaged).capitalize()} cannot be read.")
    if count > MOST_PAGES:
        said.append(f"Of {count:,} pages the first {MOST_PAGES:,} were read.")
    return tuple(said)


def _are(pages: Sequence[int]) -> str:
    return "is a picture" if len(pages) == 1 else "are pictures"


def _pages(numbers: Sequence[int]) -> str:
    """Return page numbers in words: "page 3", "pages 3, 7-9"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    named = ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return f"page{'s' if len(numbers) > 1 else ''} {named}"


def _written(
    pages: Sequence[Sequence[Stretch]], heights: Sequence[float]
) -> tuple[str, tuple[int, ...], tuple[Mark, ...]]:
    """Return the canonical text of pages of stretches, where each page begins in it, and its marks."""
    upright = [stretch for page in pages for stretch in page if stretch.upright]
    body = body_size(upright)
    furniture = find_furniture(pages, heights, body)
    lines = find_lines([[s for s in page if s not in marked] for page, marked in zip(pages, furniture, strict=True)])
    vocabulary = Vocabulary.of([line.text for page in lines for line in page])
    setting = find_setting(lines, body)
    blocks = mark_headings(split_lines(lines, setting, vocabulary), setting)
    return _composed(set_depths(place_notes(join_halves(blocks, vocabulary))), furniture)


def _composed(
    blocks: Sequence[Block], furniture: Sequence[set[Stretch]]
) -> tuple[str, tuple[int, ...], tuple[Mark, ...]]:
    """Write blocks one below another; furniture before the next heading, where it cuts no running text in two."""
    parts: list[str] = []
    marks: list[Mark] = []
    starts: list[int] = []
    at = shown = 0
    above: BlockKind | None = None

    def write(text: str, kind: BlockKind | None, level: int = 0) -> int:
        nonlocal at, above
        together = kind in (BlockKind.LIST_ITEM, BlockKind.TABLE) and kind is above
        gap = "" if not parts else "\n" if together else "\n\n"
        parts.append(gap + text)
        start, at, above = at + len(gap), at + len(gap) + len(text), kind
        if kind:
            marks.append(Mark(Span(start, at), kind, level))
        return start

    def turn_to(page: int, start: int) -> None:
        """Begin the pages up to ``page`` at the offset ``start``."""
        starts.extend([start] * (page - len(starts)))

    def write_furniture() -> None:
        nonlocal shown
        for page in furniture[shown : len(starts)]:
            for stretch in sorted(page, key=lambda s: (-s.y, s.x0)):
                write(stretch.text, BlockKind.FURNITURE)
        shown = len(starts)

    for block in blocks:
        if block.kind is BlockKind.HEADING:
            write_furniture()
        turn_to(block.page, at)
        start = write(block.text, block.kind, block.level)
        for offset, page in block.breaks:
            turn_to(page, start + offset)
    turn_to(len(furniture), at)
    write_furniture()
    return "".join(parts) + "\n", tuple(starts), tuple(marks)
