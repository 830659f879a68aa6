"""Footnotes of PDF pages: which text is one, and what taking out their marks leaves."""

from collections.abc import Callable

import pytest
from reportlab.pdfgen.canvas import Canvas
from test_corpus_pdf import SENTENCES, both, columns_of, drawn, lines, marked, paragraphs

from corpus.model import BlockKind
from corpus.readers.pdf import read

NOTES = (
    "1 The forum's own count of its visits to the clinic on the quay and to the ward, of which",
    "the council keeps a copy.",
    "2 A page from the clinic.",
)


def set_in_pieces(*pieces: tuple[str, float, float], top: float = 700) -> Callable[[Canvas], None]:
    """Return what draws a line of text in pieces, each with how far it is raised and the size of its letters."""

    def draw(canvas: Canvas) -> None:
        text = canvas.beginText(72, top)
        for piece, rise, size in pieces:
            text.setFont("Helvetica", size)
            text.setRise(rise)
            text.textOut(piece)
        canvas.drawText(text)

    return draw


def called(*numbers: str) -> Callable[[Canvas], None]:
    """Return what draws a line that calls for notes."""
    pieces = [each for number in numbers for each in (("They met and counted", 0.0, 11.0), (number, 4.0, 6.0))]
    return set_in_pieces(*pieces, (".", 0, 11))


def ruled(canvas: Canvas) -> None:
    canvas.line(72, 104, 200, 104)


def test_notes_in_the_size_of_the_text_below_a_rule_are_footnotes() -> None:
    body = columns_of(" ".join(SENTENCES * 2), gap=0, size=11, top=660, justified=False)
    page = both(called("1", "2"), body, ruled, lines(*NOTES, top=90))
    reading = read(drawn(page), "a.pdf")
    assert marked(reading) == [
        (" ".join(NOTES[:2]), BlockKind.FOOTNOTE),
        ("2 A page from the clinic.", BlockKind.FOOTNOTE),
    ]


def test_a_paragraph_goes_on_over_such_a_note() -> None:
    first = both(called("1"), lines("It took five months to sign a page on sharing records with", top=140), ruled)
    pages = both(first, lines("1 A page from the clinic.", top=90)), lines("the council of the town.", top=760)
    assert "It took five months to sign a page on sharing records with the council of the town." in paragraphs(
        drawn(*pages)
    )


@pytest.mark.parametrize(
    ("first", "below"),
    [
        pytest.param(called("7"), lines("1 In May they met.", top=90), id="a number that nothing calls for"),
        pytest.param(called("1"), lines("1 In May they met.", "", "And so on.", top=110), id="text below it"),
    ],
)
def test_other_text_that_begins_with_a_number_is_no_footnote(
    first: Callable[[Canvas], None], below: Callable[[Canvas], None]
) -> None:
    assert marked(read(drawn(both(first, lines(*SENTENCES, top=600), below)), "a.pdf")) == []


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param((("a page", 0, 11), ("3", 4, 6), (" , kept by the council", 0, 11)), id="a space behind it"),
        pytest.param((("a page ", 0, 11), ("3", 4, 6), (", kept by the council", 0, 11)), id="a space before it"),
        pytest.param((("a page", 0, 11), ("3, 4", 4, 6), (", kept by the council", 0, 11)), id="no space, two marks"),
    ],
)
def test_taking_out_a_mark_leaves_no_space_before_a_comma(pieces: tuple[tuple[str, float, float], ...]) -> None:
    assert paragraphs(drawn(set_in_pieces(("They signed ", 0, 11), *pieces))) == [
        "They signed a page, kept by the council"
    ]


def test_taking_out_a_mark_keeps_the_space_between_words() -> None:
    page = set_in_pieces(("They signed a page", 0, 11), ("3", 4, 6), (" in May", 0, 11))
    assert paragraphs(drawn(page)) == ["They signed a page in May"]
