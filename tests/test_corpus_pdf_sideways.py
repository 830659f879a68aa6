"""PDF pages whose text, or some of it, is set sideways."""

from collections.abc import Callable

import pytest
from reportlab.pdfgen.canvas import Canvas
from test_corpus_pdf import SENTENCES, TEXT, both, columns_of, drawn, lines, marked, paragraphs

from corpus.model import BlockKind
from corpus.readers.pdf import read

TABLE = ("Place", "Visits", "Quay", "312", "Ward", "1,204")


def turned(draw: Callable[[Canvas], None], quarters: int) -> Callable[[Canvas], None]:
    """Return what draws on the page turned by quarters against the clock."""

    def sideways(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.translate(*((0, 0), (595, 0), (595, 842), (0, 842))[quarters])
        canvas.rotate(90 * quarters)
        draw(canvas)
        canvas.restoreState()

    return sideways


def table(canvas: Canvas) -> None:
    for n, cell in enumerate(TABLE):
        lines(cell, x=72 + 150 * (n % 2), top=300 - 14 * (n // 2))(canvas)


@pytest.mark.parametrize("quarters", [1, 2, 3], ids=["upwards", "upside down", "downwards"])
def test_a_page_of_text_set_sideways_is_read_along_its_lines(quarters: int) -> None:
    heading = lines("What was saved", top=520, size=16, font="Helvetica-Bold")
    page = both(heading, lines(*SENTENCES, top=490), table)
    reading = read(drawn(lines(*SENTENCES), turned(page, quarters), lines(*SENTENCES)), "a.pdf")
    second = reading.text[reading.page_starts[1] : reading.page_starts[2]]
    assert " ".join(second.split()) == f"What was saved {TEXT} {' '.join(TABLE)}"
    assert marked(reading) == [
        ("What was saved", BlockKind.HEADING),
        *((f"{a}\t{b}", BlockKind.TABLE) for a, b in zip(TABLE[::2], TABLE[1::2], strict=True)),
    ]
    assert reading.warnings == ()


def test_the_header_of_a_page_that_is_turned_is_furniture() -> None:
    header = lines("The harbour forum", top=815, size=8)
    upright = both(header, columns_of(TEXT, gap=0, justified=False))
    page = both(header, turned(columns_of(TEXT, gap=0, top=520, justified=False), 1))
    reading = read(drawn(upright, page, upright), "a.pdf")
    assert marked(reading) == [("The harbour forum", BlockKind.FURNITURE)] * 3
    assert reading.warnings == ()
    assert paragraphs(drawn(upright, page, upright)).count(TEXT) == 3


def test_text_set_sideways_beside_more_that_is_upright_is_named() -> None:
    page = both(lines(*SENTENCES[:3] * 3), turned(lines(*SENTENCES[3:], top=40), 1))
    warnings = read(drawn(lines(*SENTENCES[:3]), page), "a.pdf").warnings
    assert warnings == ("Page 2 has text set sideways that was not read.",)


@pytest.mark.parametrize(
    "mark",
    [
        pytest.param(lines("The harbour forum: five years of meetings on the quay", top=40), id="a running mark"),
        pytest.param(lines("Visits to the clinic", top=100), id="the axis of a chart"),
    ],
)
def test_a_mark_in_the_margin_set_sideways_is_furniture_without_a_warning(mark: Callable[[Canvas], None]) -> None:
    page = both(columns_of(TEXT, gap=0, justified=False), turned(mark, 1))
    reading = read(drawn(page, page, page), "a.pdf")
    assert [kind for _, kind in marked(reading)] == [BlockKind.FURNITURE] * 3
    assert reading.warnings == ()
