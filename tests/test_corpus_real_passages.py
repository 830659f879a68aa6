"""What the passages of the five real reports hold, and what they leave out."""

import re

import pytest
from test_corpus_real_outlines import BRADFORD, COLLECTION, FINANCE, MUST_KNOW, THEMES

from corpus.folding import fold
from corpus.model import Block, BlockKind, Passage, Report

pytestmark = pytest.mark.reports


def with_words(report: Report, phrase: str) -> list[Passage]:
    return [p for p in report.passages if fold(phrase) in fold(p.text)]


def blocks_with(report: Report, phrase: str) -> list[Block]:
    return [b for b in report.blocks if fold(phrase) in fold(report.text[b.span.start : b.span.end])]


@pytest.mark.parametrize(
    ("report", "phrase"),
    [
        pytest.param(COLLECTION, "A handwritten signature", id="signature"),
        pytest.param(COLLECTION, "Deputy Chief Executive\nNHS Providers", id="sign-off"),
        pytest.param(COLLECTION, "Somerset Integrated Care System\t62", id="contents list"),
        pytest.param(COLLECTION, "Foreword\t4", id="contents list's first line"),
        pytest.param(COLLECTION, "Suggested citation", id="suggested citation"),
        pytest.param(COLLECTION, "Registered charity 1140900", id="imprint"),
        pytest.param(COLLECTION, "One Birdcage Walk", id="address"),
        pytest.param(COLLECTION, "JUNE 2021", id="date line"),
        pytest.param(COLLECTION, "Health Service Journal, 9 April 2021", id="footnote that only cites"),
        pytest.param(BRADFORD, "Profile picture of xx", id="picture"),
        pytest.param(THEMES, "Chapter footnotes", id="heading of footnotes"),
        pytest.param(THEMES, "patient information factsheet", id="chapter footnote"),
    ],
)
def test_layout_and_publication_details_are_in_the_text_and_in_no_passage(
    real_reports: dict[str, Report], report: str, phrase: str
) -> None:
    assert fold(phrase) in fold(real_reports[report].text)
    assert with_words(real_reports[report], phrase) == []


@pytest.mark.parametrize(
    "phrase",
    [
        pytest.param("The project has achieved life-changing, sustainable improvements", id="life-changing"),
        pytest.param("Carers now feel more empowered to look", id="carers"),
        pytest.param("Working differently and taking a risk requires", id="risk"),
        pytest.param("was a huge step", id="you-me-we"),
        pytest.param("Absolutely central to the project was the", id="parent-partners"),
    ],
)
def test_a_pull_quote_is_told_from_the_body_that_it_repeats(real_reports: dict[str, Report], phrase: str) -> None:
    kinds = [b.kind for b in blocks_with(real_reports[THEMES], phrase)]
    assert kinds.count(BlockKind.PULL_QUOTE) == 1
    assert len(with_words(real_reports[THEMES], phrase)) <= 1


def test_pull_quotes_are_as_many_as_the_reports_have(real_reports: dict[str, Report]) -> None:
    counts = {i: sum(b.kind is BlockKind.PULL_QUOTE for b in r.blocks) for i, r in real_reports.items()}
    assert counts == {COLLECTION: 0, BRADFORD: 0, FINANCE: 1, THEMES: 6, MUST_KNOW: 0}


@pytest.mark.parametrize(
    ("above", "below"),
    [
        pytest.param("However, there is an", "expectation that decision making", id="national-policy"),
        pytest.param("which will be", "important for the recovery", id="enablers"),
        pytest.param("facilitated by the MHLDA", "core team", id="west-yorkshire"),
        pytest.param("She recalls receiving a call", "from Daniel Elkeles", id="surrey-downs"),
        pytest.param("has set up with", "Warwickshire County Council", id="capital-below"),
    ],
)
def test_a_paragraph_cut_by_a_page_break_is_one_paragraph_and_one_sentence(
    real_reports: dict[str, Report], above: str, below: str
) -> None:
    report = real_reports[COLLECTION]
    cut = re.search(re.escape(above) + r"\s*\n\s*" + re.escape(below), report.text)
    assert cut is not None
    (passage,) = [p for p in report.passages if p.span.start <= cut.start() and cut.end() <= p.span.end]
    assert [s for s in passage.sentences if s.start <= cut.start() and cut.end() <= s.end] != []


def test_a_short_list_stands_with_its_lead_in(real_reports: dict[str, Report]) -> None:
    (roles,) = with_words(real_reports[FINANCE], "We have three roles:")
    assert "support our members to continually improve care" in roles.text
    (measures,) = with_words(real_reports[MUST_KNOW], "Measures include:")
    assert [line[:2] for line in measures.text.split("\n")[-3:]] == ["- ", "- ", "- "]
    (forum,) = with_words(real_reports[THEMES], "Join the forum to benefit from:")
    assert forum.text.count("•") == 3


def test_a_partners_list_is_one_passage(real_reports: dict[str, Report]) -> None:
    report = real_reports[BRADFORD]
    assert [p.section for p in report.passages].count(0) == 1
    assert report.passages[0].text.count("•") == 8  # the ninth mark stands before the passage's first word


def test_a_footnote_that_says_something_is_a_passage_of_its_own(real_reports: dict[str, Report]) -> None:
    (note,) = with_words(real_reports[COLLECTION], "The 2015 Memorandum of Understanding between the")
    assert [b.kind for b in blocks_with(real_reports[COLLECTION], "The 2015 Memorandum of Understanding")] == [
        BlockKind.FOOTNOTE
    ]
    assert len(note.sentences) == 2


def test_passages_are_as_many_as_measured_when_their_borders_were_set(real_reports: dict[str, Report]) -> None:
    assert {i: len(r.passages) for i, r in real_reports.items()} == {
        COLLECTION: 210,
        BRADFORD: 13,
        FINANCE: 38,
        THEMES: 45,
        MUST_KNOW: 12,
    }
