"""Markdown's signs make headings in text and Markdown files, and are printed characters in every other format."""

import io

import pytest
from docx import Document
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from corpus.report import parse

LINES = (
    "# total of the visits, all wards",
    "The clinic on the quay counts its visits every week and sends the figures to the ferry company on Monday.",
    "## only the wards by the quay",
    "The ferry company answers by Friday, and the clinic reads the answer aloud to everyone who works there.",
)


def pdf() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for n, line in enumerate(LINES):
        canvas.setFont("Times-Roman", 10)
        canvas.drawString(60, 700 - 40 * n, line)
    canvas.save()
    return out.getvalue()


def word() -> bytes:
    document = Document()
    for line in LINES:
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def page() -> bytes:
    return ("<html><body>" + "".join(f"<p>{line}</p>" for line in LINES) + "</body></html>").encode()


@pytest.mark.parametrize(
    ("data", "name"),
    [(pdf(), "ward.pdf"), (word(), "ward.docx"), (page(), "ward.html"), (pdf(), "ward.md")],
    ids=["pdf", "word", "page", "pdf called .md"],
)
def test_signs_of_markdown_are_words_of_a_printed_page(data: bytes, name: str) -> None:
    report = parse(data, name)
    assert [(section.heading, section.level) for section in report.sections] == [("Ward", 1)]
    assert [passage.text.split("\n\n") for passage in report.passages] == [list(LINES)]


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_signs_of_markdown_make_headings_of_text(name: str) -> None:
    report = parse("\n\n".join(LINES).encode(), name)
    assert [section.heading for section in report.sections] == [line.lstrip("# ") for line in LINES[::2]]
