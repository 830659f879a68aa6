"""PDF pages with a panel at their side that comes again on page after page, such as a list of the chapters to go to."""

from collections.abc import Callable

import pytest
from reportlab.pdfgen.canvas import Canvas
from test_corpus_pdf import SENTENCES, TEXT, both, drawn, lines, marked, paragraphs

from corpus.model import BlockKind
from corpus.readers.pdf import read

PANEL = ("Contents", "Summary", "Case studies", "Themes", "Conclusion")
WORDS = ("alpha", "beta", "gamma", "delta")


def body(page: str, x: float) -> Callable[[Canvas], None]:
    """Return what draws a heading and two columns, each one sentence, whose lines stand where no panel's do."""
    left, right = ([f"{side} line {n} of {page} goes on" for n in range(14)] for side in ("left", "right"))
    return both(
        lines(f"Heading of {page}", x=x, top=728, size=16, font="Helvetica-Bold"),
        lines(*left, x=x, top=690, size=9),
        lines(*right, x=x + 210, top=690, size=9),
    )


def panel(*texts: str, x: float) -> Callable[[Canvas], None]:
    return lines(*texts, x=x, top=680, size=8)


def sentences(page: str) -> str:
    return " ".join(f"{side} line {n} of {page} goes on" for side in ("left", "right") for n in range(14))


@pytest.mark.parametrize(("panel_x", "body_x"), [(14, 110), (500, 40)], ids=["at the left", "at the right"])
def test_a_panel_beside_columns_is_furniture_and_every_line_of_them_is_kept(panel_x: float, body_x: float) -> None:
    reading = read(drawn(*(both(panel(*PANEL, x=panel_x), body(word, body_x)) for word in WORDS)), "a.pdf")
    assert marked(reading) == [
        each
        for word in WORDS
        for each in ((f"Heading of {word}", BlockKind.HEADING), *((line, BlockKind.FURNITURE) for line in PANEL))
    ]
    flat = " ".join(reading.text.split())
    assert all(sentences(word) in flat for word in WORDS)


def test_a_panel_may_change_sides_and_open_under_the_chapter_of_its_page() -> None:
    opened = ("Summary", "Case studies", "The quay", "Themes")
    closed = ("Summary", "Case studies", "", "Themes")
    pages = [
        both(panel(*(opened if n == 4 else closed), x=500 if n % 2 else 14), body(f"page{n}", 40 if n % 2 else 110))
        for n in range(8)
    ]
    reading = read(drawn(*pages), "a.pdf")
    furniture = [text for text, kind in marked(reading) if kind is BlockKind.FURNITURE]
    expected = [line for n in range(8) for line in (opened if n == 4 else closed) if line]
    assert furniture == expected


def test_headings_and_labels_that_stand_in_one_place_of_every_page_are_no_panel() -> None:
    labels = ("Region", "Started", "Staff", "Patients")

    def page(canvas: Canvas, word: str) -> None:
        lines(*labels, x=72, top=720)(canvas)
        lines(*(f"{label} of {word}" for label in labels), x=200, top=720)(canvas)
        for n, heading in enumerate(("Challenge", "Work", "Results")):
            lines(heading, x=72, top=620 - 120 * n, font="Helvetica-Bold")(canvas)
            lines(f"In {word} it was so.", *SENTENCES[:3], x=200, top=620 - 120 * n, size=9)(canvas)

    reading = read(drawn(*(lambda canvas, word=word: page(canvas, word) for word in WORDS)), "a.pdf")
    assert BlockKind.FURNITURE not in [kind for _, kind in marked(reading)]


def test_text_that_is_the_same_on_every_page_is_no_panel() -> None:
    pages = [lines(*SENTENCES, f"And page {word} ends so.") for word in WORDS]
    assert " ".join(paragraphs(drawn(*pages))) == " ".join(f"{TEXT} And page {word} ends so." for word in WORDS)


def test_a_panel_on_the_rows_of_narrow_columns_at_the_head_of_two_pages_takes_no_line_of_them() -> None:
    def page(word: str) -> Callable[[Canvas], None]:
        columns = ([f"{side} line {n} of {word}" for n in range(20)] for side in ("left", "right"))
        left, right = (lines(*rows, x=110 + 200 * n, top=780, size=9) for n, rows in enumerate(columns))
        return both(lines(*PANEL, x=14, top=780, size=9), left, right)

    reading = read(drawn(*(page(word) for word in WORDS[:2])), "a.pdf")
    assert marked(reading) == [(line, BlockKind.FURNITURE) for _ in WORDS[:2] for line in PANEL]
    texts = (f"{side} line {n} of {word}" for word in WORDS[:2] for side in ("left", "right") for n in range(20))
    assert " ".join(_without(reading.text, PANEL).split()) == " ".join(texts)


def _without(text: str, left_out: tuple[str, ...]) -> str:
    return "\n".join(line for line in text.split("\n") if line not in left_out)
