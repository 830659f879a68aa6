"""PDF files: the made-up report in two layouts, and each thing that layout does to text."""

import io
import re
import string
from collections.abc import Callable

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pdf_writer import write_pdf
from report_formats import MARK, REPORT, Part, markdown
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from test_corpus_properties import check

from corpus.errors import ReportError
from corpus.folding import words
from corpus.model import BlockKind, Report
from corpus.readers import Reading, pdf
from corpus.readers.pdf import read
from corpus.readers.pdf.document import Look, Sheet, Word
from corpus.readers.pdf.hyphens import Vocabulary, joined_lines
from corpus.readers.pdf.stretches import find_stretches
from corpus.report import parse

SENTENCES = (
    "The partners met every fortnight and agreed on very little at first.",
    "Nurses from two trusts drew up their weeks on one sheet of paper.",
    "It took five months to sign a page on sharing records with the council.",
    "Nobody could say who would answer for a mistake made across the border.",
    "Volunteers carried a hundred people a month to the clinic on the quay.",
)
TEXT = " ".join(SENTENCES)


@pytest.fixture(scope="module", params=(1, 2), ids=("one column", "two columns"))
def columns(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="module")
def report(columns: int) -> Report:
    return parse(write_pdf(REPORT, columns).data, "report.pdf")


def test_a_pdf_gives_the_outline_and_the_passages_of_other_formats(report: Report) -> None:
    expected = parse(markdown().encode(), "report.md")
    check(report)
    assert report.metadata.title == expected.metadata.title
    assert [(c.name, c.heading) for c in report.case_studies] == [(c.name, c.heading) for c in expected.case_studies]
    assert [(s.heading, s.level, s.kind, s.case_study) for s in report.sections] == [
        (s.heading, s.level, s.kind, s.case_study) for s in expected.sections
    ]
    assert [p.id for p in report.passages] == [p.id for p in expected.passages]


def test_blocks_are_what_they_were_written_as(report: Report) -> None:
    kinds = {
        "heading": BlockKind.HEADING,
        "paragraph": BlockKind.PARAGRAPH,
        "bullet": BlockKind.LIST_ITEM,
        "number": BlockKind.LIST_ITEM,
        "row": BlockKind.TABLE,
        "footnote": BlockKind.FOOTNOTE,
        "pull quote": BlockKind.PULL_QUOTE,
    }
    found = {
        (block.kind, tuple(words(report.text[block.content.start : block.content.end])))
        for block in report.blocks
        if block.kind is not BlockKind.FURNITURE
    }
    texts = [(part.kind, part.text.partition(". ")[2] if part.kind == "number" else part.text) for part in REPORT]
    assert found == {(kinds[kind], tuple(words(text.replace(MARK, "")))) for kind, text in texts if kind in kinds}


def test_every_block_stands_on_the_page_it_was_drawn_on(columns: int) -> None:
    parts = [*REPORT[:4], *(Part("paragraph", 0, f"Number {n}. {TEXT}") for n in range(40)), *REPORT[4:]]
    written = write_pdf(parts, columns)
    found = parse(written.data, "report.pdf")
    assert len(found.page_starts) == max(page for pages in written.pages.values() for page in pages) > 2
    for number, pages in written.pages.items():
        if parts[number].kind == "paragraph":
            text = parts[number].text.replace(MARK, "")
            start = found.text.index(text)
            assert (found.page_at(start), found.page_at(start + len(text) - 1)) == (pages[0], pages[-1])


def test_the_depth_of_lists_is_kept(report: Report) -> None:
    items = [block for block in report.blocks if block.kind is BlockKind.LIST_ITEM]
    inner = [report.text[i.content.start : i.content.end] for i in items if i.level > 1]
    assert inner == [part.text for part in REPORT if part.kind == "bullet" and part.level == 2]


PARAGRAPHS = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=6).map(" ".join)
HEADINGS = st.text(string.ascii_lowercase, min_size=4, max_size=9).map(str.capitalize)
BODY_PARTS = st.one_of(
    PARAGRAPHS.map(lambda text: Part("paragraph", 0, text)),
    st.integers(1, 4).map(lambda n: Part("bullet", 1, f"{n} boxes of paper")),
    st.sampled_from(SENTENCES).map(lambda text: Part("bullet", 1, text)),
)
SECTIONS = st.tuples(HEADINGS, PARAGRAPHS, st.lists(BODY_PARTS, max_size=8))


@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.lists(SECTIONS, min_size=3, max_size=6, unique_by=lambda section: section[0]), st.sampled_from((1, 2)))
def test_any_report_has_the_sentences_of_its_text_file(
    sections: list[tuple[str, str, list[Part]]], columns: int
) -> None:
    parts = [Part("title", 0, "An account of many meetings in a harbour town")]
    for n, (heading, opening, body) in enumerate(sections):
        parts += [Part("heading", 1, f"{heading} {n}"), Part("paragraph", 0, opening), *body]
    lines = {"title": "# {}", "heading": "## {}", "bullet": "- {}"}
    text = "\n\n".join(lines.get(part.kind, "{}").format(part.text) for part in parts)
    # Drawn as such a report is, read without the child process: this is about text.
    found, expected = read(write_pdf(parts, columns).data, "a.pdf"), parse(text.encode(), "a.md")
    assert words(_body(found)) == words(" ".join(part.text for part in parts))
    assert [found.text[m.span.start : m.span.end] for m in found.marks if m.kind is BlockKind.HEADING][1:] == [
        section.heading for section in expected.sections
    ]


def _body(reading: Reading) -> str:
    """Return the text of a reading without its furniture."""
    text, at = [], 0
    for mark in reading.marks:
        if mark.kind is BlockKind.FURNITURE:
            text.append(reading.text[at : mark.span.start])
            at = mark.span.end
    return " ".join([*text, reading.text[at:]])


def drawn(*pages: Callable[[Canvas], None], **options: object) -> bytes:
    """Return a PDF whose pages are drawn by ``pages``."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842), **options)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def lines(
    *texts: str, x: float = 72, top: float = 700, size: float = 11, font: str = "Helvetica"
) -> Callable[[Canvas], None]:
    """Return what draws lines of text one below another."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont(font, size)
        for n, text in enumerate(texts):
            canvas.drawString(x, top - 1.25 * size * n, text)

    return draw


def both(*draws: Callable[[Canvas], None]) -> Callable[[Canvas], None]:
    """Return what draws all of ``draws`` on one page."""
    return lambda canvas: [draw(canvas) for draw in draws] and None


def paragraphs(data: bytes) -> list[str]:
    return [line for line in read(data, "a.pdf").text.split("\n") if line]


@pytest.mark.parametrize(
    ("drawn_lines", "expected"),
    [
        pytest.param(
            ("Organisation matters, and the organi-", "sation of it most of all, say all of them"),
            "Organisation matters, and the organisation of it most of all, say all of them",
            id="cut by layout",
        ),
        pytest.param(
            ("A long-term plan is organisation and organi-", "sation alone, and theirs was a long-", "term plan too"),
            "A long-term plan is organisation and organisation alone, and theirs was a long-term plan too",
            id="a hyphen of its own, known elsewhere",
        ),
        pytest.param(
            ("The decision was in the making, as decision-", "making was slow; organisation and organi-", "sation"),
            "The decision was in the making, as decision-making was slow; organisation and organisation",
            id="two words known by themselves",
        ),
        pytest.param(
            ("They sat with their place-", "based partners for an afternoon or two, all of them"),
            "They sat with their place-based partners for an afternoon or two, all of them",
            id="a document that cuts no word",
        ),
        pytest.param(
            ("They counted visits in the Lowmere-", "Saltby area for a year or two, all of them by hand"),
            "They counted visits in the Lowmere-Saltby area for a year or two, all of them by hand",
            id="a name goes on in capitals",
        ),
    ],
)
def test_words_cut_by_the_end_of_a_line_are_made_whole(drawn_lines: tuple[str, ...], expected: str) -> None:
    assert paragraphs(drawn(lines(*drawn_lines))) == [expected]


def test_soft_hyphens_go_but_at_the_end_of_a_line_and_ligatures_are_letters() -> None:
    look, space = Look(y=700, size=10), Word(" ", 0, 0, None)
    words_drawn = "a hy\u00adphen, \ufb01ne, of a li\u00ad".split()
    row = [each for n, word in enumerate(words_drawn) for each in (Word(word, 50 + 40 * n, 85 + 40 * n, look), space)]
    (stretch,) = find_stretches(Sheet(1, 595, 842, row, [], False, False))
    assert stretch.text == "a hyphen, fine, of a li\u00ad"
    assert joined_lines(stretch.text, "ne of text", Vocabulary(frozenset())) == "a hyphen, fine, of a line of text"


def test_raised_figures_are_kept_out_of_the_sentence_and_units_keep_theirs() -> None:
    def draw(canvas: Canvas) -> None:
        text = canvas.beginText(72, 700)
        for word, rise, size in (("It covers 12 km", 0, 11), ("2", 4, 6), (" of land.", 0, 11), ("3", 4, 6)):
            text.setFont("Helvetica", size)
            text.setRise(rise)
            text.textOut(word)
        canvas.drawText(text)
        lines("Nobody minds.", top=686)(canvas)

    assert paragraphs(drawn(draw)) == ["It covers 12 km² of land. Nobody minds."]


def test_running_headers_and_page_numbers_are_furniture_and_a_paragraph_goes_on_over_them() -> None:
    def page(number: int) -> Callable[[Canvas], None]:
        body = ["which went on over the page without a stop"] * 3 if number else [SENTENCES[0], "A sentence"]
        return both(lines(*body), lines("A running header", top=810, size=8), lines(f"Page {number + 6}", top=30))

    reading = read(drawn(*(page(n) for n in range(4))), "a.pdf")
    furniture = [reading.text[m.span.start : m.span.end] for m in reading.marks if m.kind is BlockKind.FURNITURE]
    assert furniture == [each for n in range(4) for each in ("A running header", f"Page {n + 6}")]
    body, *_ = reading.text.split("\n\n")
    assert (
        body.startswith(f"{SENTENCES[0]}\nA sentence which") or "A sentence which went on over the page" in reading.text
    )
    assert len(reading.page_starts) == 4


def test_a_heading_that_repeats_in_the_middle_of_pages_is_no_furniture() -> None:
    pages = [both(lines("Background", size=14, font="Helvetica-Bold", top=600), lines(*SENTENCES, top=570))] * 4
    reading = read(drawn(*pages), "a.pdf")
    assert [m.kind for m in reading.marks] == [BlockKind.HEADING] * 4


def test_headings_rank_by_size_and_bold_lines_come_last() -> None:
    def page(canvas: Canvas) -> None:
        for top, size, font, text in (
            (780, 24, "Helvetica-Bold", "The title of it all"),
            (720, 16, "Helvetica-Bold", "A chapter"),
            (640, 13, "Helvetica-Bold", "A section"),
            (560, 11, "Helvetica-Bold", "A bold line over text"),
        ):
            lines(text, top=top, size=size, font=font)(canvas)
            lines(*SENTENCES[:3], top=top - 26)(canvas)

    reading = read(drawn(page), "a.pdf")
    assert [(reading.text[m.span.start : m.span.end], m.level) for m in reading.marks] == [
        ("The title of it all", 1),
        ("A chapter", 2),
        ("A section", 3),
        ("A bold line over text", 4),
    ]


def test_three_columns_are_read_one_after_another_below_a_heading_across_them() -> None:
    texts = [[f"column {c} row {n} of the text here" for n in range(12)] for c in range(3)]
    page = both(
        lines(
            "A heading that stands across all three of the columns on the page", size=15, font="Helvetica-Bold", top=760
        ),
        *(lines(*rows, x=50 + 175 * c, top=720, size=9) for c, rows in enumerate(texts)),
    )
    text = read(drawn(page), "a.pdf").text
    assert text.split("\n\n")[1].split() == " ".join(" ".join(rows) for rows in texts).split()


def test_a_contents_list_keeps_its_lines() -> None:
    entries = [f"Chapter {name} {'.' * 40} {n}" for n, name in enumerate(("one", "two", "three"), start=3)]
    assert paragraphs(drawn(both(lines(*entries), lines(*SENTENCES, top=500))))[:3] == entries


def marked(reading: Reading) -> list[tuple[str, BlockKind]]:
    return [(reading.text[m.span.start : m.span.end], m.kind) for m in reading.marks]


def test_drawn_bullets_are_items_too() -> None:
    items = ("a rota", "a telephone line", "a page of rules")

    def page(canvas: Canvas) -> None:
        lines("Three things were agreed:")(canvas)
        for n, item in enumerate(items):
            canvas.circle(82, 680 - 14 * n, 1.8, fill=1)
            lines(item, x=92, top=676 - 14 * n)(canvas)

    reading = read(drawn(page), "a.pdf")
    assert [reading.text[m.span.start : m.span.end] for m in reading.marks] == [
        "• a rota",
        "• a telephone line",
        "• a page of rules",
    ]


def test_text_that_runs_upwards_and_watermarks_are_furniture() -> None:
    def page(canvas: Canvas) -> None:
        lines(*SENTENCES)(canvas)
        canvas.saveState()
        canvas.translate(300, 400)
        canvas.rotate(45)
        lines("DRAFT", x=0, top=0, size=60)(canvas)
        canvas.restoreState()

    reading = read(drawn(page), "a.pdf")
    assert [(reading.text[m.span.start : m.span.end], m.kind) for m in reading.marks] == [
        ("DRAFT", BlockKind.FURNITURE)
    ]
    assert reading.text.startswith(SENTENCES[0])


def test_a_page_turned_by_a_quarter_is_read_as_it_shows() -> None:
    def page(canvas: Canvas) -> None:
        canvas.setPageRotation(90)
        canvas.translate(595, 0)
        canvas.rotate(90)
        lines(*SENTENCES, top=500)(canvas)

    assert " ".join(paragraphs(drawn(page))) == TEXT


def hidden(canvas: Canvas) -> None:
    text = canvas.beginText(72, 600)
    text.setFont("Helvetica", 11)
    text.setTextRenderMode(3)
    text.textLine("Read by a program from the picture of the page.")
    canvas.drawText(text)


def test_invisible_text_is_left_out_beside_text_that_shows_and_read_over_a_scan() -> None:
    assert paragraphs(drawn(both(lines(SENTENCES[0]), hidden))) == [SENTENCES[0]]
    assert paragraphs(drawn(hidden)) == ["Read by a program from the picture of the page."]


def picture(canvas: Canvas) -> None:
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    canvas.drawImage(ImageReader(Image.new("RGB", (8, 8), "grey")), 72, 72, 400, 600)


def test_pages_that_are_pictures_are_named() -> None:
    pages = [lines(*SENTENCES), lines(*SENTENCES), picture, lines(*SENTENCES), lambda _: None, picture, picture]
    assert read(drawn(*pages), "a.pdf").warnings == ("Pages 3, 6-7 are pictures without text.",)


def test_pages_whose_text_was_recognised_are_named() -> None:
    scan = both(picture, hidden)
    printed = lines(*SENTENCES)
    reading = read(drawn(scan, both(printed, scan), both(picture, printed), hidden, scan), "a.pdf")
    assert reading.warnings == (
        "The text of pages 1, 5 was recognised in pictures (OCR): compare quotes with the page.",
    )


def refused(data: bytes) -> str:
    with pytest.raises(ReportError) as error:
        read(data, "a.pdf")
    return str(error.value)


def test_a_scan_says_so() -> None:
    assert refused(drawn(picture, picture)) == (
        "'a.pdf' is a scan: pages 1-2 are pictures without text; have its text recognised (OCR), for example with: "
        "ocrmypdf SCAN.pdf TEXT.pdf, and add the result"
    )
    assert refused(drawn(lambda _: None)) == "'a.pdf' has no text; give a file with the report's text"


def test_an_encrypted_file_is_refused_and_one_that_opens_without_password_is_read() -> None:
    locked = drawn(lines(*SENTENCES), encrypt=StandardEncryption("secret", "owner"))
    assert refused(locked) == (
        "'a.pdf' is encrypted and opens only with a password; save a copy without a password and add that"
    )
    assert " ".join(paragraphs(drawn(lines(*SENTENCES), encrypt=StandardEncryption("", "owner")))) == TEXT


def test_what_is_no_pdf_or_cut_off_is_one_line_with_a_remedy() -> None:
    whole = drawn(*(lines(*SENTENCES) for _ in range(5)))
    assert refused(b"%PDF-1.7 and nothing more") == (
        "'a.pdf' is no PDF, or too damaged to open; open it in a PDF viewer, print it to a new PDF and add that"
    )
    for size in range(0, len(whole), len(whole) // 40):
        try:
            assert SENTENCES[0] in read(whole[:size], "a.pdf").text
        except ReportError as error:
            assert "\n" not in str(error)


def test_a_cyclic_page_tree_ends() -> None:
    whole = drawn(lines(*SENTENCES))
    kids = re.search(rb"/Kids \[ (\d+) 0 R \]", whole)
    tree = re.search(rb"/Pages (\d+) 0 R", whole)
    assert kids and tree
    cyclic = whole.replace(kids[0], b"/Kids [ %s 0 R ]" % tree[1])
    assert refused(cyclic).startswith("'a.pdf' has no ")


def test_pages_beyond_the_limit_are_left_unread_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MOST_PAGES", 2)
    reading = read(drawn(*(lines(sentence) for sentence in SENTENCES)), "a.pdf")
    assert reading.warnings == ("Of 5 pages the first 2 were read.",)
    assert SENTENCES[1] in reading.text and SENTENCES[2] not in reading.text


@pytest.mark.parametrize(
    ("title", "expected"),
    [("Nurses from two trusts", "Nurses from two trusts"), ("Microsoft Word - final_v2.docx", ""), ("untitled", "")],
)
def test_a_title_that_stands_nowhere_at_the_start_is_not_believed(title: str, expected: str) -> None:
    def page(canvas: Canvas) -> None:
        canvas.setTitle(title)
        canvas.setAuthor("Amina Holt")
        lines(*SENTENCES)(canvas)

    metadata = read(drawn(page), "a.pdf").metadata
    assert (metadata.title, metadata.authors) == (expected, ("Amina Holt",))


def columns_of(
    *texts: str, gap: float, justified: bool = True, by_row: bool = True, size: float = 10, top: float = 700
) -> Callable[[Canvas], None]:
    """Return what draws texts side by side on the page, ``gap`` points apart, row by row or column by column."""
    width = (475 - gap * (len(texts) - 1)) / len(texts)
    split = [simpleSplit(text, "Times-Roman", size, width) for text in texts]
    order = sorted((n, c) if by_row else (c, n) for c, rows in enumerate(split) for n in range(len(rows)))

    def draw(canvas: Canvas) -> None:
        for a, b in order:
            n, c = (a, b) if by_row else (b, a)
            text = canvas.beginText(60 + c * (width + gap), top - 1.2 * size * n)
            text.setFont("Times-Roman", size)
            line = split[c][n]
            if justified and n < len(split[c]) - 1:
                text.setWordSpace((width - stringWidth(line, "Times-Roman", size)) / line.count(" "))
            text.textOut(line)
            canvas.drawText(text)

    return draw


@pytest.mark.parametrize("by_row", [True, False], ids=["drawn by row", "drawn by column"])
@pytest.mark.parametrize("justified", [True, False], ids=["justified", "ragged"])
@pytest.mark.parametrize("gap", [7.5, 10, 25])
def test_columns_are_parted_by_a_gutter_as_wide_as_a_letter(gap: float, justified: bool, by_row: bool) -> None:
    across = "A line that stands across both of the columns, far above them and far below them, as a box does it"
    left, right = " ".join(SENTENCES * 3), " ".join(SENTENCES[::-1] * 3)
    page = both(
        columns_of(across, gap=0, top=760, justified=False),
        columns_of(left, right, gap=gap, justified=justified, by_row=by_row),
        columns_of(across, gap=0, top=300, justified=False),
    )
    assert words(" ".join(paragraphs(drawn(page)))) == words(f"{across} {left} {right} {across}")


@pytest.mark.parametrize("size", [8, 10, 12])
def test_wide_spaces_of_a_justified_page_are_no_gutter(size: float) -> None:
    text = " ".join(SENTENCES * 6)
    assert paragraphs(drawn(columns_of(text, gap=0, size=size))) == [text]


def test_the_rows_of_a_narrow_set_table_stay_rows() -> None:
    def page(canvas: Canvas) -> None:
        for n in range(12):
            cells = ((60, f"Visits to the clinic on quay {n}"), *((198 + 31 * c, f"{n}{c} %") for c in range(6)))
            for x, text in cells:
                lines(text, x=x, top=600 - 14 * n, size=10)(canvas)
        lines(*SENTENCES)(canvas)

    text = " ".join(" ".join(paragraphs(drawn(page))).split())
    rows = (" ".join(f"{n}{c} %" for c in range(6)) for n in range(12))
    assert all(f"Visits to the clinic on quay {n} {row}" in text for n, row in enumerate(rows))


def test_a_heading_in_the_type_of_the_text_does_not_swallow_the_paragraph_below_it() -> None:
    heading = "About the many meetings of the harbour forum in May"
    body = columns_of(TEXT, TEXT, gap=25, justified=False, top=660)
    page = both(columns_of(heading, heading, gap=25, justified=False, top=684), body)
    assert paragraphs(drawn(page)) == [heading, TEXT, heading, TEXT]


def test_a_page_with_text_in_its_first_column_alone_is_as_narrow_as_that() -> None:
    full = columns_of(TEXT, TEXT, gap=25, justified=False)
    last = columns_of(TEXT.title(), "", gap=25, justified=False)
    assert paragraphs(drawn(full, full, full, last)) == [TEXT] * 6 + [TEXT.title()]


def test_the_date_of_the_file_is_not_taken_for_that_of_publication() -> None:
    data = drawn(lines(*SENTENCES))
    assert b"/CreationDate" in data
    assert read(data, "a.pdf").metadata.published == ""
