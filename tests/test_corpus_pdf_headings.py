"""PDF pages on which one heading stands below another, or goes over two lines."""

import pytest
from reportlab.pdfgen.canvas import Canvas
from test_corpus_pdf import SENTENCES, drawn, lines, marked

from corpus.model import BlockKind
from corpus.readers.pdf import read

Drawn = tuple[str, float, float, str]
"""Text, the step from the line above, the size of the letters, their font."""
BOLD = "Helvetica-Bold"


def headings(*drawn_lines: Drawn) -> list[str]:
    """Return the headings read from lines over running text."""

    def page(canvas: Canvas) -> None:
        top = 720.0
        for text, step, size, font in drawn_lines:
            top -= step
            lines(text, top=top, size=size, font=font)(canvas)
        lines(*SENTENCES, top=top - 30)(canvas)

    return [text for text, kind in marked(read(drawn(page), "a.pdf")) if kind is BlockKind.HEADING]


@pytest.mark.parametrize(
    "pair",
    [
        pytest.param((("Case studies", 0, 15, BOLD), ("Case study: the quay", 18, 15, BOLD)), id="a label"),
        pytest.param((("Three places", 0, 15, BOLD), ("Case study 1: the quay", 18, 15, BOLD)), id="a label, numbered"),
        pytest.param((("1.1) The harbour", 0, 15, BOLD), ("1.1.1) The early years", 18, 15, BOLD)), id="numbers"),
        pytest.param((("What we saw", 0, 15, BOLD), ("2.1 The early years", 18, 15, BOLD)), id="a number"),
        pytest.param((("What we saw", 0, 15, BOLD), ("The early years", 18, 15, "Helvetica")), id="another weight"),
        pytest.param((("What we saw", 0, 15.5, BOLD), ("The early years", 18, 14.8, BOLD)), id="another size"),
    ],
)
def test_a_heading_close_below_another_is_one_of_its_own(pair: tuple[Drawn, Drawn]) -> None:
    assert headings(*pair) == [text for text, *_ in pair]


def test_a_heading_further_below_the_two_lines_of_another_is_one_of_its_own() -> None:
    first = ("What the nurses and the volunteers of the two towns", 0.0, 15.0, BOLD), ("saw", 17.0, 15.0, BOLD)
    assert headings(*first, ("The early years", 22, 15, BOLD)) == [
        "What the nurses and the volunteers of the two towns saw",
        "The early years",
    ]


@pytest.mark.parametrize(
    "pair",
    [
        pytest.param(("Neighbourhood collaboratives and interdependencies until", "2021 in the towns"), id="a year"),
        pytest.param(("Chapter 3", "What we saw"), id="a label above its name"),
        pytest.param(("Understanding neighbourhood collaboratives, with a whole", "section on boats"), id="a word"),
        pytest.param(("Bradford District and Craven", "Health and Care Partnership"), id="broken on purpose"),
    ],
)
def test_a_heading_over_two_lines_is_one(pair: tuple[str, str]) -> None:
    assert headings((pair[0], 0, 15, BOLD), (pair[1], 18, 15, BOLD)) == [" ".join(pair)]
