"""PDF pages with a box that the running text runs around, as a text box in a word processor."""

from collections.abc import Callable

import pytest
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from test_corpus_pdf import SENTENCES, both, columns_of, drawn, lines, marked, paragraphs

from corpus.model import BlockKind
from corpus.readers.pdf import read

LEFT, WIDTH, BOX_WIDTH, GAP = 72.0, 450.0, 170.0, 18.0
SIZE, LEADING = 11.0, 14.3
BOX = (
    "It changed how I think",
    "of home and of the street,",
    "said a patient of the quay,",
    "who has lived there by the",
    "water for sixty years now",
)
LONG = " ".join((*SENTENCES, *SENTENCES[::-1]))
NEXT = " ".join(SENTENCES[1:4])


def around_box(
    box: tuple[str, ...], *, size: float, shift: float, at_left: bool = False, text: str = LONG
) -> Callable[[Canvas], None]:
    """Return what draws ``text`` around a box below its second line, whose first line is ``shift`` points lower than
    the line beside it, and the paragraph ``NEXT`` below.
    """
    count = -(-(len(box) * 1.3 * size + shift + 4) // LEADING)

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Times-Roman", SIZE)
        rest, n = text.split(), 0
        while rest:
            beside = 2 <= n < 2 + count
            room = WIDTH - (BOX_WIDTH + GAP) * beside
            held = next(
                k for k in range(len(rest), 0, -1) if stringWidth(" ".join(rest[:k]), "Times-Roman", SIZE) <= room
            )
            x = LEFT + (BOX_WIDTH + GAP) * (beside and at_left)
            canvas.drawString(x, 700 - LEADING * n, " ".join(rest[:held]))
            rest, n = rest[held:], n + 1
        for k, line in enumerate(simpleSplit(NEXT, "Times-Roman", SIZE, WIDTH)):
            canvas.drawString(LEFT, 690 - LEADING * (n + k), line)
        x = LEFT if at_left else LEFT + WIDTH - BOX_WIDTH
        canvas.setFont("Times-Roman", size)
        for k, line in enumerate(box):
            canvas.drawString(x, 700 - 2 * LEADING - shift - 1.3 * size * k, line)

    return draw


@pytest.mark.parametrize("at_left", [False, True], ids=["at the right", "at the left"])
@pytest.mark.parametrize(
    ("size", "shift"),
    [
        pytest.param(14, 5, id="large and lower"),
        pytest.param(14, 0, id="large"),
        pytest.param(9, 2, id="small and lower"),
        pytest.param(11, 4, id="of the text's size and lower"),
    ],
)
@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_a_box_is_read_behind_the_paragraph_that_runs_around_it(
    count: int, size: float, shift: float, at_left: bool
) -> None:
    page = around_box(BOX[:count], size=size, shift=shift, at_left=at_left)
    assert paragraphs(drawn(page)) == [LONG, " ".join(BOX[:count]), NEXT]


@pytest.mark.parametrize("at_left", [False, True], ids=["at the right", "at the left"])
@pytest.mark.parametrize("count", [2, 3, 5])
def test_a_box_on_the_rows_of_the_text_is_told_by_the_sentence_that_runs_around_it(count: int, at_left: bool) -> None:
    page = around_box(BOX[:count], size=SIZE, shift=0, at_left=at_left)
    assert paragraphs(drawn(page)) == [LONG, " ".join(BOX[:count]), NEXT]


def test_a_box_in_one_place_of_many_pages_is_set_apart_on_each() -> None:
    texts = [" ".join((*SENTENCES[n:], *SENTENCES)) for n in range(4)]
    pages = [around_box(BOX, size=14, shift=5, text=text) for text in texts]
    assert paragraphs(drawn(*pages)) == [each for text in texts for each in (text, " ".join(BOX), NEXT)]


def test_a_box_is_no_heading() -> None:
    reading = read(drawn(around_box(("Our home changed",), size=14, shift=5)), "a.pdf")
    assert marked(reading) == []


def test_rows_of_a_table_close_below_a_sentence_stay_rows() -> None:
    def page(canvas: Canvas) -> None:
        lines(*SENTENCES, "What each of the four places spent on its nurses and on volunteers is said below here")(
            canvas
        )
        for n, place in enumerate(("The clinic on the quay", "The ward by the sea", "The house in the town")):
            y = 700 - 1.25 * 11 * (6 + n)
            lines(place, top=y)(canvas)
            lines(f"{n + 3}00,000 a year", x=260, top=y)(canvas)

    rows = [text for text, kind in marked(read(drawn(page), "a.pdf")) if kind is BlockKind.TABLE]
    assert rows == [
        "The clinic on the quay\t300,000 a year",
        "The ward by the sea\t400,000 a year",
        "The house in the town\t500,000 a year",
    ]


def test_a_wide_space_of_a_justified_line_parts_nothing() -> None:
    def page(canvas: Canvas) -> None:
        full = "Nurses from two trusts drew up their weeks on one sheet of paper, and met with the"
        end = LEFT + stringWidth(full, "Times-Roman", SIZE)
        canvas.setFont("Times-Roman", SIZE)
        canvas.drawString(LEFT, 700, full)
        canvas.drawString(LEFT, 700 - LEADING, "neighbourhood collaboratives and")
        canvas.drawRightString(end, 700 - LEADING, "their interdependencies in")
        canvas.drawString(LEFT, 700 - 2 * LEADING, "the town, where nobody had met them before that year.")

    assert " ".join(paragraphs(drawn(page))) == (
        "Nurses from two trusts drew up their weeks on one sheet of paper, and met with the neighbourhood "
        "collaboratives and their interdependencies in the town, where nobody had met them before that year."
    )


def test_two_columns_below_a_paragraph_across_them_are_no_box() -> None:
    left, right = " ".join(SENTENCES), " ".join(SENTENCES[::-1])
    page = both(columns_of(NEXT, gap=0, top=740, justified=False), columns_of(left, right, gap=25, justified=False))
    assert " ".join(paragraphs(drawn(page))) == f"{NEXT} {left} {right}"
