"""One report in every format: the same outline and the same passages. And what marks make of the lines they cover."""

from io import BytesIO

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_formats import REPORT, docx_file, headings, markdown, plain_text, web_page
from test_corpus_properties import check

from corpus.blocks import LONGEST_HEADING, Piece, find_pieces
from corpus.characters import flowed
from corpus.folding import words
from corpus.model import BlockKind, Report, Span
from corpus.readers import Mark
from corpus.report import parse

FILES = {
    "report.txt": lambda: plain_text().encode(),
    "report.md": lambda: markdown().encode(),
    "report.docx": docx_file,
    "report.html": web_page,
}
TITLE = "Closer to the harbour: two accounts of joint care"
CASES = ("Lowmere Health Hub", "Saltby and Fenwick Partnership")
INNER = ("Background", "What we did", "Results", "Lessons learned")


@pytest.fixture(scope="module", params=FILES)
def report(request: pytest.FixtureRequest) -> Report:
    return parse(FILES[request.param](), request.param)


def test_every_format_gives_the_same_outline(report: Report) -> None:
    check(report)
    assert report.metadata.title == TITLE
    assert [(case.name, case.heading) for case in report.case_studies] == list(zip(CASES, headings()[1:3], strict=True))
    case_sections = [(case, name, 2) for case in CASES for name in INNER]
    found = [
        (report.case_studies[s.case_study].name if s.case_study is not None else None, s.heading, s.level)
        for s in report.sections
    ]
    assert found == [(None, "Introduction", 1), *case_sections, (None, "Conclusion", 1)]


def test_every_format_gives_the_same_passages(report: Report) -> None:
    expected = parse(markdown().encode(), "report.md")
    assert [p.id for p in report.passages] == [p.id for p in expected.passages]
    assert [words(p.text) for p in report.passages] == [words(p.text) for p in expected.passages]


def test_every_format_gives_the_same_kinds_of_blocks(report: Report) -> None:
    kinds = {
        "heading": BlockKind.HEADING, "paragraph": BlockKind.PARAGRAPH, "bullet": BlockKind.LIST_ITEM,
        "number": BlockKind.LIST_ITEM, "row": BlockKind.TABLE, "footnote": BlockKind.FOOTNOTE,
        "pull quote": BlockKind.PULL_QUOTE,
    }  # fmt: skip
    found = [
        (block.kind, words(report.text[block.content.start : block.content.end]))
        for block in report.blocks
        if block.kind is not BlockKind.FURNITURE
    ]
    said = [(part.kind, part.text.partition(". ")[2] if part.kind == "number" else part.text) for part in REPORT]
    assert [block for block in found if block[1]] == [
        (kinds[kind], words(text)) for kind, text in said if kind in kinds
    ]


def test_every_format_keeps_the_depth_of_lists(report: Report) -> None:
    items = [block for block in report.blocks if block.kind is BlockKind.LIST_ITEM]
    inner = [report.text[i.content.start : i.content.end] for i in items if i.level > min(j.level for j in items)]
    assert inner == [part.text for part in REPORT if part.kind == "bullet" and part.level == 2]


def test_what_stands_around_a_web_page_is_in_no_passage() -> None:
    text = parse(web_page(), "report.html").text
    assert not any(word in text for word in ("cookies", "script", "Home", "Related", "charity that", "Coast Forum"))


def test_rows_of_a_table_are_shown_on_lines_of_their_own() -> None:
    text = parse(docx_file(), "report.docx").passages[5].text
    assert "| Days to a first appointment | 19 | 6 days |" in flowed(text).split("\n")


TEXT = """One line

A line in
two halves
1 A note.
Short Line Here
| a | b |
| c | d |
- one
more of it
Plain end
===
"""


def mark(words_of: str, kind: BlockKind, level: int = 0) -> Mark:
    start = TEXT.index(words_of)
    return Mark(Span(start, start + len(words_of)), kind, level)


def kinds_and_contents(pieces: list[Piece], text: str) -> list[tuple[BlockKind, str, int]]:
    return [(p.kind, text[p.content.start : p.content.end], p.level) for p in pieces]


def test_marked_lines_are_what_their_mark_says_and_the_others_what_their_shape_says() -> None:
    marks = [
        mark("A line in\ntwo halves", BlockKind.HEADING, 2),
        mark("1 A note.", BlockKind.FOOTNOTE),
        mark("Short Line Here", BlockKind.PARAGRAPH),
        mark("| a | b |\n| c | d |", BlockKind.TABLE),
        mark("- one\nmore of it", BlockKind.LIST_ITEM, 1),
    ]
    pieces, _ = find_pieces(TEXT, 0, marks)
    assert kinds_and_contents(pieces, TEXT) == [
        (BlockKind.PARAGRAPH, "One line", 0),
        (BlockKind.HEADING, "A line in\ntwo halves", 2),
        (BlockKind.FOOTNOTE, "A note.", 0),
        (BlockKind.PARAGRAPH, "Short Line Here", 0),
        (BlockKind.TABLE, "| a | b |", 0),
        (BlockKind.TABLE, "| c | d |", 0),
        (BlockKind.LIST_ITEM, "one\nmore of it", 1),
        (BlockKind.PARAGRAPH, "Plain end", 0),
        (BlockKind.FURNITURE, "===", 0),
    ]
    assert [p.maybe_heading for p in pieces] == [True, *[False] * 6, True, False]
    assert [p.markup for p in pieces] == [False, True, *[False] * 7]


def test_a_marked_paragraph_may_go_on_behind_a_blank_line() -> None:
    text = "The first half of it\n\nand the second.\n\nAnother."
    (piece, other), _ = find_pieces(text, 0, [Mark(Span(0, text.index("\n\nAnother")), BlockKind.PARAGRAPH)])
    assert (piece.text, other.text) == ("The first half of it\n\nand the second.", "Another.")


def test_a_heading_too_long_to_be_one_is_text() -> None:
    text = "word " * 250
    (piece,), _ = find_pieces(text, 0, [Mark(Span(0, LONGEST_HEADING + 1), BlockKind.HEADING, 1)])
    assert (piece.kind, piece.markup, piece.maybe_heading) == (BlockKind.PARAGRAPH, False, False)


def test_a_contents_list_stays_one_whatever_marks_say() -> None:
    text = "Contents\n\nFirst part\t3\n\nSecond part\t5\n\nThird part\t9\n\nFirst part\n\nText stands here."
    lines = text.split("\n\n")[:4]
    marks = [Mark(Span(text.index(line), text.index(line) + len(line)), BlockKind.HEADING, 1) for line in lines]
    pieces, contents = find_pieces(text, 0, marks)
    assert [entry.title for entry in contents] == ["First part", "Second part", "Third part"]
    assert [p.in_contents for p in pieces] == [True] * 4 + [False] * 2


def as_paragraphs(blocks: list[str]) -> bytes:
    """Return a Word file with ``blocks`` as ordinary paragraphs."""
    document, file = docx.Document(), BytesIO()
    for block in blocks:
        document.add_paragraph(block)
    document.save(file)
    return file.getvalue()


def test_a_contents_list_in_ordinary_paragraphs_names_the_case_studies_in_every_format() -> None:
    entries = ("Foreword 2", "1 Lowmere Health Hub 3", "2 Saltby and Fenwick Partnership 6", "Conclusion 9")
    inner = ("Partners involved", "The partners are the trust and the council.", "Background", "Both began in 2019.")
    body = (
        "We thank all who spoke to us.",
        "On the coast",
        *inner,
        "Over the water",
        *inner,
        "Conclusion",
        "It lasts.",
    )
    blocks = ["Contents", *entries, *body]
    files = {
        "list.txt": "\n\n".join(blocks).encode(),
        "list.html": "".join(f"<p>{block}</p>" for block in blocks).encode(),
        "list.docx": as_paragraphs(blocks),
    }
    for name, data in files.items():
        report = parse(data, name)
        assert [(case.name, case.heading) for case in report.case_studies] == [
            ("Lowmere Health Hub", "On the coast"),
            ("Saltby and Fenwick Partnership", "Over the water"),
        ]
        assert [(s.heading, s.case_study) for s in report.sections] == [
            ("Foreword", None),
            ("Partners involved", 0),
            ("Background", 0),
            ("Partners involved", 1),
            ("Background", 1),
            ("Conclusion", None),
        ]


KINDS = st.sampled_from(list(BlockKind))


@settings(max_examples=300)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["A line.", "Two\nlines", "- item", "1 note", "| a | b |", "# x", "===", "The end of it"]),
            st.none() | st.tuples(KINDS, st.integers(0, 3)),
            st.sampled_from(["\n", "\n\n", "\n\f", "\n\n\n"]),
        ),
        min_size=1,
        max_size=15,
    )
)
def test_no_marks_lose_a_character_or_put_one_in_two_pieces(
    blocks: list[tuple[str, tuple[BlockKind, int] | None, str]],
) -> None:
    text, marks = "", []
    for words_of, kind, gap in blocks:
        if kind:
            marks.append(Mark(Span(len(text), len(text) + len(words_of)), *kind))
        text += words_of + gap
    pieces, _ = find_pieces(text, 0, marks)
    covered = [at for piece in pieces for at in range(piece.span.start, piece.span.end)]
    assert sorted(set(covered)) == covered
    assert "".join(text[at] for at in covered if not text[at].isspace()) == "".join(text.split())
    for m in marks:
        of_mark = [p for p in pieces if m.span.start <= p.span.start < m.span.end]
        assert {p.kind for p in of_mark} <= {m.kind}
        assert len(of_mark) == 1 or m.kind is BlockKind.TABLE
