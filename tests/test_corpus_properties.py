"""What must hold for every report: the slice rule, the limit of 200 words, and that nothing is lost or said twice."""

import json
import random
import re
import textwrap
from bisect import bisect_right

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reports_made_up import SHAPES, Shape, collection, single, thematic, varied

from corpus.catalogue import read_catalogue, write_catalogue
from corpus.folding import fold, words
from corpus.model import BlockKind, Metadata, Report
from corpus.report import parse
from corpus.serial import report_from_json, report_to_json

BODY = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.TABLE)


def check(report: Report) -> None:
    """Assert everything that a report promises of its blocks, sections and passages."""
    text = report.text
    for passage in report.passages:
        span = passage.span
        assert passage.text == text[span.start : span.end]
        assert 0 < len(passage.text.split()) <= 200
        assert (passage.sentences[0].start, passage.sentences[-1].end) == (span.start, span.end)
        assert all(a.end <= b.start for a, b in zip(passage.sentences, passage.sentences[1:], strict=False))
        section = report.sections[passage.section]
        assert section.span.start <= span.start and span.end <= section.span.end
        assert passage.case_study == section.case_study
        # The innermost section: none of those inside it begins at or before the passage.
        assert bisect_right([s.span.start for s in report.sections], span.start) - 1 == passage.section
    assert [p.span for p in report.passages] == sorted(p.span for p in report.passages)
    assert len({p.id for p in report.passages}) == len(report.passages)
    # Every visible character of the body is in exactly one sentence of one passage.
    covered = [0] * len(text)
    for passage in report.passages:
        for sentence in passage.sentences:
            for at in range(sentence.start, sentence.end):
                covered[at] += 1
    for block in report.blocks:
        if block.kind in BODY:
            inside = range(block.content.start, block.content.end)
            assert {covered[at] for at in inside if not text[at].isspace()} <= {1}
        elif block.kind is not BlockKind.FOOTNOTE:
            assert not any(covered[block.span.start : block.span.end])
    assert all(a.span.end <= b.span.start for a, b in zip(report.blocks, report.blocks[1:], strict=False))
    for case in report.case_studies:
        assert all(
            case.span.start <= s.span.start and s.span.end <= case.span.end
            for s in report.sections
            if s.case_study == case.index
        )
    assert report_from_json(json.loads(json.dumps(report_to_json(report)))) == report


@pytest.mark.reports
def test_the_real_reports_keep_every_promise(real_reports: dict[str, Report]) -> None:
    assert len(real_reports) == 5
    for report in real_reports.values():
        check(report)


@pytest.mark.parametrize("shape", [pytest.param(s, id=s.name) for s in SHAPES])
def test_made_up_reports_keep_every_promise_in_every_shape(shape: Shape) -> None:
    for report in (collection(), thematic(), single(), varied()):
        check(parse(shape.write(report).encode(), "made-up" + shape.suffix))


LINES = st.sampled_from(
    [
        "",
        "",
        "Background",
        "# Background",
        "## Case study 1: Eastmoor",
        "Case studies",
        "1. Introduction",
        "2.1 Results",
        "Partners involved in this work:",
        "- a trust",
        "  • a council, which pays.",
        "**Bold words**",
        "===",
        "---",
        "¹ A footnote that says a good deal about how the money was counted.",
        "[^2]: https://www.example.org",
        "| a | b |",
        "Foreword .......... 4",
        "Results .......... 5",
        "Lessons .......... 6",
        "Contents",
        "Footnotes",
        "Suggested citation",
        "Jane Smith",
        "Chief executive",
        "Profile picture of xx",
        "\f",
        "\fRunning header",
        "12",
        "“The team met every week and nobody was left out of it,” says Jane Smith.",
        "The team met every week and nobody was left out of it. It was worth the while, e.g. for the nurses",
        "and it went on in the middle of a sentence as if a page had ended.",
        "word " * 230,
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=40))
@example(
    ["## Case study 1: A", "Background", "## Case study 2: B", "¹ A footnote that says how all the money was counted."]
)
def test_any_heap_of_lines_keeps_every_promise(lines: list[str]) -> None:
    text = "\n".join([*lines, "", "## End", "", "One sentence stands here in any case, so there is something to cite."])
    check(parse(text.encode(), "heap.md"))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=300))
def test_any_text_keeps_every_promise(text: str) -> None:
    check(
        parse((text + "\n\nOne sentence stands here in any case, so that something can be cited.").encode(), "any.txt")
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(50, 110))
def test_ids_do_not_change_when_a_report_is_wrapped_and_quoted_anew(seed: int, width: int) -> None:
    chance = random.Random(seed)
    paragraphs = [p for _, part in collection().walk() for p in part.paragraphs if len(p.split()) > 30]
    chosen = chance.sample(paragraphs, 6)
    plain = "\n\n".join(chosen)
    quoted = plain.replace("’", "'").replace("“", '"').replace("”", '"').replace("–", "-")
    wrapped = "\n\n".join(textwrap.fill(p, width) for p in chosen)
    ids = [[p.id for p in parse(t.encode(), "same.txt").passages] for t in (plain, quoted, wrapped)]
    assert ids[0] == ids[1] == ids[2]


def test_a_footnote_of_more_words_than_a_passage_may_have_is_cut_between_sentences() -> None:
    note = "¹ " + "The money was counted by hand in every one of the twelve towns. " * 40
    report = parse(f"The team met every week.\n\n{note}\n\nIt ended well.".encode(), "notes.txt")
    check(report)
    assert sum(len(passage.sentences) for passage in report.passages) == 42


def test_a_passage_that_comes_twice_has_two_ids() -> None:
    text = "Background\n\nThe team met every week.\n\nResults\n\nThe team met every week."
    first, second = parse(text.encode(), "twice.txt").passages
    assert (first.text, second.id) == (second.text, first.id + "-2")


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert words(fold(text)) == words(text)


def test_folding_drops_type_and_case_and_white_space() -> None:
    assert fold("  The ‘Act\u00a0as  One’ – **plan**\n") == "the 'act as one' - plan"
    assert words("It’s 3.5% of O'Neill’s (sic)") == ["it's", "3", "5", "of", "o'neill's", "sic"]


VALUES = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40)


@settings(max_examples=200, deadline=None)
@given(entries=st.dictionaries(VALUES.filter(bool), st.builds(Metadata, *[VALUES] * 6), max_size=4))
def test_a_catalogue_is_read_back_as_it_was_written(
    entries: dict[str, Metadata], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("catalogue") / "catalogue.toml"
    path.write_bytes(write_catalogue(entries).encode())
    assert read_catalogue(path) == entries


def test_words_of_a_heading_are_in_no_passage_under_markdown() -> None:
    report = parse(SHAPES[0].write(collection()).encode(), "made-up.md")
    assert not any(re.search(r"^#", p.text, re.M) for p in report.passages)
