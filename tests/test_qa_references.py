"""References in every form: exact values, read back by other programs' readers, and metadata that tries to get out."""

import json
import re
import string
import warnings
from dataclasses import replace
from html import unescape

import pytest
import rispy
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pybtex.database import parse_string
from small_library import made_up_reports

from corpus.characters import flat
from qa.citation import Citation, cite
from qa.markdown import escaped
from qa.references import (
    STYLES,
    Form,
    Style,
    bibtex,
    csl_items,
    csl_json,
    linked,
    markdown,
    quoted,
    ris,
    styled,
    written,
)

NORTH = Citation(
    report_id="north",
    report="Working together",
    publisher="The Coast Institute",
    published="2021-06",
    url="https://example.org/north?a=1_2&b=%20",
    case_study="Harbour Alliance",
    section="COVID-19",
    section_path=("Harbour Alliance", "Impact", "COVID-19"),
    page=4,
)
LATER = replace(NORTH, case_study=None, section="Foreword", section_path=("Foreword",), page=9)
SOUTH = Citation(
    "south", "Lessons", "The Coast Institute", "2021", "", None, "Money", ("Money",), None,
    authors=("Holt, Amina Jane", "{Board of Ships, Ports and Piers}", "Mersey Forum"), series="Papers",
)  # fmt: skip
UNKNOWN = Citation("bare", "No name", "", "", "", None, "", (), None)

CSL_KEYS = {
    "id", "type", "title", "author", "publisher", "issued", "collection-title", "URL", "locator", "note", "custom",
}  # fmt: skip
"""Those of the CSL data schema 1.0.2 that casebook writes."""

MARKS = "\\{}%$&#_^~\"'@,;:<>[]()*`|!.-+= \n\r\t\x00\x0b\x1b\u2028\u202e\u200b\ufffe\u05d0é–\u0301"
ugly = st.text(st.sampled_from(MARKS + string.ascii_letters), max_size=25)
line = st.one_of(
    ugly,
    st.sampled_from(
        ["\nTY  - JOUR\nER  - \n", "ER  - ", "}\n}\n@misc{x, title={y}}", "@comment{", '<span class="nocase">x', "\\"]
    ),
)
citations = st.builds(
    Citation,
    report_id=st.sampled_from(["a", "b-1"]),
    report=line,
    publisher=line,
    published=st.one_of(line, st.sampled_from(["2021", "2021-06", "1999-12-31"])),
    url=st.one_of(line, line.map(lambda text: f"https://example.org/{text}")),
    case_study=st.one_of(st.none(), line),
    section=line,
    section_path=st.lists(line, max_size=2).map(tuple),
    page=st.one_of(st.none(), st.integers(1, 999)),
    authors=st.lists(line, max_size=3).map(tuple),
    series=line,
)


def test_an_item_of_csl_holds_a_report_once_with_all_its_places() -> None:
    assert csl_items([NORTH, SOUTH, LATER, NORTH]) == [
        {
            "id": "north",
            "type": "report",
            "title": "Working together",
            "author": [{"literal": "The Coast Institute"}],
            "publisher": "The Coast Institute",
            "issued": {"date-parts": [[2021, 6]]},
            "URL": "https://example.org/north?a=1_2&b=%20",
            "locator": "4, 9",
            "note": "Harbour Alliance, Impact, COVID-19, p. 4\nForeword, p. 9",
        },
        {
            "id": "south",
            "type": "report",
            "title": "Lessons",
            "author": [
                {"family": "Holt", "given": "Amina Jane"},
                {"literal": "Board of Ships, Ports and Piers"},
                {"literal": "Mersey Forum"},
            ],
            "publisher": "The Coast Institute",
            "issued": {"date-parts": [[2021]]},
            "collection-title": "Papers",
            "note": "Money",
        },
    ]
    assert csl_items([UNKNOWN]) == [{"id": "bare", "type": "report", "title": "No name"}]
    assert csl_items([replace(UNKNOWN, published="Spring 2020", url="javascript:alert(1)", authors=("{}",))]) == [
        {"id": "bare", "type": "report", "title": "No name", "issued": {"literal": "Spring 2020"}}
    ]


def test_ris_names_place_and_page() -> None:
    assert ris([NORTH, LATER], "Made by hand.").split("\r\n") == [
        "TY  - RPRT",
        "ID  - north",
        "TI  - Working together",
        "AU  - The Coast Institute",
        "PB  - The Coast Institute",
        "PY  - 2021",
        "DA  - 2021/06//",
        "UR  - https://example.org/north?a=1_2&b=%20",
        "SP  - 4, 9",
        "N1  - Harbour Alliance, Impact, COVID-19, p. 4",
        "N1  - Foreword, p. 9",
        "N1  - Made by hand.",
        "ER  - ",
        "",
    ]


def test_bibtex_escapes_what_tex_reads_as_commands() -> None:
    hard = replace(SOUTH, report="50% of {C&A} \\ x_1 ~ #1", page=3)
    assert bibtex([hard], "By hand.").split("\n") == [
        "@techreport{south,",
        "  author = {{Holt}, {Amina Jane} and {Board of Ships, Ports and Piers} and {Mersey Forum}},",
        r"  title = {{50\% of {\textbraceleft}C\&A{\textbraceright} {\textbackslash} x\_1 {\textasciitilde} \#1}},",
        "  institution = {The Coast Institute},",
        "  year = {2021},",
        "  series = {Papers},",
        "  pages = {3},",
        "  note = {Money, p. 3},",
        "  annote = {By hand.}",
        "}",
        "",
    ]
    assert "month = jun\n}" in bibtex([NORTH])


def test_harvard_names_authors_and_year_and_lists_each_report_once() -> None:
    found = styled([SOUTH, NORTH, UNKNOWN, LATER], Style.HARVARD)
    assert found.notes == (
        "Holt, Board of Ships, Ports and Piers and Mersey Forum (2021), Money",
        "The Coast Institute (2021), Harbour Alliance, Impact, COVID-19, p. 4",
        "No name (n.d.)",
        "The Coast Institute (2021), Foreword, p. 9",
    )
    assert found.references == (
        "Holt, A.J., Board of Ships, Ports and Piers and Mersey Forum (2021) Lessons. Papers. The Coast Institute.",
        "No name (n.d.).",
        "The Coast Institute (2021) Working together. Available at: https://example.org/north?a=1_2&b=%20.",
    )


def test_harvard_tells_reports_of_one_year_apart_by_a_letter() -> None:
    other = replace(NORTH, report_id="other", report="A way of working", published="2021-01-05", url="")
    found = styled([NORTH, other, SOUTH], Style.HARVARD)
    assert [note.split(",")[0] for note in found.notes][:2] == [
        "The Coast Institute (2021b)",
        "The Coast Institute (2021a)",
    ]
    assert found.references[1] == "The Coast Institute (2021a) A way of working. The Coast Institute."
    assert "(2021)" in found.notes[2]


def test_vancouver_numbers_reports_in_the_order_of_citation() -> None:
    found = styled([SOUTH, NORTH, LATER, UNKNOWN], Style.VANCOUVER)
    assert found.notes == (
        "[1] Money",
        "[2] Harbour Alliance, Impact, COVID-19, p. 4",
        "[2] Foreword, p. 9",
        "[3]",
    )
    assert found.references == (
        "1. Holt AJ, Board of Ships, Ports and Piers, Mersey Forum. Lessons. The Coast Institute; 2021. (Papers).",
        "2. The Coast Institute. Working together. The Coast Institute; 2021 June. "
        "Available from: https://example.org/north?a=1_2&b=%20.",
        "3. No name.",
    )


def test_many_authors_are_shortened() -> None:
    many = replace(SOUTH, authors=tuple(f"Name{letter}, A" for letter in "ABCDEFGH"))
    assert styled([many], Style.HARVARD).notes == ("NameA et al. (2021), Money",)
    assert (
        styled([many], Style.VANCOUVER)
        .references[0]
        .startswith("1. NameA A, NameB A, NameC A, NameD A, NameE A, NameF A, et al. Lessons.")
    )


def test_the_plain_style_is_one_line_a_citation() -> None:
    assert styled([NORTH], Style.PLAIN).notes == (NORTH.line(),)
    assert written([SOUTH], Form.PLAIN) == (
        "Money. Lessons. Holt, Amina Jane; Board of Ships, Ports and Piers; Mersey Forum. The Coast Institute. 2021\n"
    )
    assert written([NORTH], Form.VANCOUVER).startswith("[1] Harbour Alliance, Impact, COVID-19, p. 4\n\n1. The Coast")


@pytest.mark.parametrize("style", ["harvard", "vancouver"])
def test_the_style_files_are_valid_csl(style: str) -> None:
    from citeproc import CitationStylesStyle

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        CitationStylesStyle(str(STYLES / f"{style}.csl"), validate=True)


@pytest.mark.parametrize("form", list(Form))
def test_the_same_words_in_two_reports_are_cited_twice_in_every_form(form: Form) -> None:
    north, south = made_up_reports()
    both = [cite(north, north.passages[1]), cite(south, south.passages[0])]
    text = written(both, form)
    assert text.index("Working together in the north") != text.index("Lessons from the south")
    assert text.count("Harbour Alliance") >= 2
    assert text.endswith("\n")


@settings(max_examples=30)
@given(st.lists(citations, min_size=1, max_size=4))
def test_csl_json_has_only_known_keys_and_printable_text(cited: list[Citation]) -> None:
    for item in json.loads(csl_json(cited, "made\nhere")):
        assert set(item) <= CSL_KEYS
        assert item["type"] == "report"
        assert item["custom"] == {"remark": "made here"}
        assert all(set(name) in ({"literal"}, {"family", "given"}) for name in item.get("author", []))
        assert re.fullmatch(r'https?://[^\s{}\\"<>^`|]+', item.get("URL", "https://x"))
        for text in (item["title"], item.get("publisher", ""), *item.get("note", "").split("\n")):
            assert text == flat(text)


@settings(max_examples=30)
@given(st.lists(citations, min_size=1, max_size=4))
def test_ris_is_read_back_as_it_was_meant(cited: list[Citation]) -> None:
    items = csl_items(cited)
    for entry, item in zip(rispy.loads(ris(cited)), items, strict=True):
        # the reader leaves white space at the ends and cuts no field in two
        assert entry["type_of_reference"] == "RPRT"
        assert entry["id"] == item["id"]
        assert entry["title"] == item["title"]
        assert entry.get("publisher", "") == item.get("publisher", "")
        assert entry.get("secondary_title", "") == item.get("collection-title", "")
        assert entry.get("start_page", "") == item.get("locator", "")
        assert entry.get("notes", []) == [note for note in item.get("note", "").split("\n") if note]
        assert len(entry.get("authors", [])) == len(item.get("author", []))
        assert "unknown_tag" not in entry


@settings(max_examples=30)
@given(st.lists(citations, min_size=1, max_size=4))
def test_bibtex_is_read_back_as_it_was_meant(cited: list[Citation]) -> None:
    items = csl_items(cited)
    entries = parse_string(bibtex(cited), "bibtex").entries
    assert list(entries) == [item["id"] for item in items]
    for item in items:
        entry = entries[item["id"]]
        assert entry.type == "techreport"
        assert untexed(entry.fields["title"]) == item["title"]
        assert untexed(entry.fields.get("institution", "")) == item.get("publisher", "")
        assert untexed(entry.fields.get("note", "")) == item.get("note", "").replace("\n", "; ")
        assert entry.fields.get("url", "") == item.get("URL", "")
        assert len(entry.persons.get("author", [])) == len(item.get("author", []))


def untexed(value: str) -> str:
    """Return what TeX would set of ``value``: commands turned back, braces that group dropped."""
    commands = {
        "textbackslash": "\\", "textbraceleft": "{", "textbraceright": "}",
        "textasciitilde": "~", "textasciicircum": "^",
    }  # fmt: skip
    tokens = re.findall(r"\\[a-z]+|\\.|.", value)
    shown = [commands[t[1:]] if len(t) > 2 else t[1:] if t[0] == "\\" else "" if t in "{}" else t for t in tokens]
    return "".join(shown)


@settings(max_examples=30)
@given(citations, st.sampled_from([Style.HARVARD, Style.VANCOUVER]))
def test_no_metadata_is_lost_or_read_as_an_instruction_in_a_style(cited: Citation, style: Style) -> None:
    found = styled([cited], style)
    (reference,) = found.references
    title = (flat(cited.report) or cited.report_id).strip(" .,;:!?")  # a style may join punctuation at the ends
    assert title in reference
    assert cited.pinpoint in found.notes[0]
    assert "\n" not in reference


def shown(source: str) -> str:
    """Return the text that a reader of Markdown shows for ``source``, which must be one paragraph without markup."""
    rendered = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(source)
    assert re.fullmatch(r"(<p>[^<>]*</p>\n)?", rendered), rendered
    return unescape(rendered.removeprefix("<p>").removesuffix("</p>\n"))


@given(line)
def test_escaped_text_shows_just_its_characters(text: str) -> None:
    assert shown(escaped(flat(text))) == flat(text)


@pytest.mark.parametrize(
    "text",
    [
        "# no heading", "- no item", "1. no item", "+ no item", "> no quote", "=== x", "--- x",
        "<script>alert(1)</script>", "![x](http://e.org/p.png)", "[x](javascript:alert(1))", "<https://e.org>", "a | b",
        "&lt;b&gt;", "[^1]: no note", "*a* _b_ `c` ~~d~~", "http://e.org www.e.org a@e.org",
    ],
)  # fmt: skip
def test_markup_in_text_is_shown_and_does_nothing(text: str) -> None:
    assert shown(escaped(text)) == text
    for mark in ("http://", "www.e", "a@e"):  # which some readers turn into links without any markup
        assert mark not in escaped(text)


def test_only_the_address_of_the_report_becomes_a_link() -> None:
    hostile = replace(NORTH, report="See https://evil.example/x", section_path=("<b>", "[a](https://evil.example)"))
    assert markdown([hostile]) == (
        "[^1]: Harbour Alliance. \\<b\\>, \\[a\\](https\\://evil.example). p. 4. See https\\://evil.example/x. "
        "The Coast Institute. 2021-06. <https://example.org/north?a=1_2&b=%20>\n"
    )
    assert linked("x https://evil.example", [NORTH]) == "x https\\://evil.example"
    assert linked(f"At: {NORTH.url}.", [NORTH]) == f"At: <{NORTH.url}>."


def test_a_pinpoint_and_a_line_stay_on_one_line() -> None:
    broken = replace(NORTH, case_study="A\nB", section_path=("A\nB", "C\x00\u202eD"), report="T\r\nU", page=None)
    assert broken.pinpoint == "A B, CD"
    assert broken.line().startswith("A B. CD. T U. ")


def test_words_to_copy_bring_what_they_lean_on_and_nest_their_marks() -> None:
    cited = Citation("r", "Report", "", "2021", "", "Case", "Impact", ("Impact",), 3)
    assert quoted("He said “yes”.", cited, leans_on="Tom Pell is chair.") == (
        "[Tom Pell is chair.] ‘He said “yes”.’ (Case. Impact. p. 3. Report. 2021)"
    )
    assert quoted("It helped.", cited) == "“It helped.” (Case. Impact. p. 3. Report. 2021)"
