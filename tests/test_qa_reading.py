"""A report opened at a passage: what is shown, what is marked, and where the ways lead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.model import BlockKind, Metadata, Report, Span
from corpus.report import parse
from qa.reading import Entry, innermost, open_at

TOWNS = """# Two towns

## Introduction

Both towns share a river.

## Otter Valley Alliance

### What helped

Shared rotas helped most. A joint bank of staff came later.

- nurses on call
- a shared telephone

### Challenges

Records were hard to share.

## Harbour Partnership

### What helped

Volunteers carried medicines.

### Challenges

Nobody knew how many drivers would be needed.
"""


@pytest.fixture(scope="module")
def towns() -> Report:
    return parse(TOWNS.encode(), "two-towns.md", Metadata(title="Two towns"))


def test_the_section_is_shown_block_by_block_with_the_quote_marked(towns: Report) -> None:
    start = towns.text.index("A joint bank")
    passage = next(p for p in towns.passages if p.span.start <= start < p.span.end)
    found = open_at(towns, passage, Span(start, start + len("A joint bank")))
    assert [(s.kind, "".join(p.text for p in s.pieces)) for s in found.stretches] == [
        (BlockKind.PARAGRAPH, "Shared rotas helped most. A joint bank of staff came later."),
        (BlockKind.LIST_ITEM, "nurses on call"),
        (BlockKind.LIST_ITEM, "a shared telephone"),
    ]
    assert [(p.text, p.quoted) for p in found.stretches[0].pieces] == [
        ("Shared rotas helped most. ", False),
        ("A joint bank", True),
        (" of staff came later.", False),
    ]
    assert found.section.heading == "What helped"
    assert found.citation.case_study == "Otter Valley Alliance"


def test_the_outline_knows_where_it_is_and_the_ways_go_round_it(towns: Report) -> None:
    first = open_at(towns, towns.passages[0])
    assert [(e.case_study, e.heading, e.current) for e in first.outline] == [
        (None, "Introduction", True),
        ("Otter Valley Alliance", "What helped", False),
        ("Otter Valley Alliance", "Challenges", False),
        ("Harbour Partnership", "What helped", False),
        ("Harbour Partnership", "Challenges", False),
    ]
    assert first.previous is None
    walked = [first.section.heading]
    by_id = {passage.id: passage for passage in towns.passages}
    at: Entry | None = first.following
    while at is not None:
        opened = open_at(towns, by_id[at.passage_id])
        walked.append(opened.section.heading)
        at = opened.following
    assert walked == ["Introduction", "What helped", "Challenges", "What helped", "Challenges"]


@given(st.data())
def test_any_quote_is_marked_exactly_and_nothing_is_lost(towns: Report, data: st.DataObject) -> None:
    passage = data.draw(st.sampled_from(towns.passages))
    start = data.draw(st.integers(passage.span.start, passage.span.end - 1))
    quote = Span(start, data.draw(st.integers(start + 1, passage.span.end)))
    found = open_at(towns, passage, quote)
    marked = "".join(p.text for s in found.stretches for p in s.pieces if p.quoted)
    within = [
        towns.text[max(quote.start, b.content.start) : min(quote.end, b.content.end)]
        for b in towns.blocks
        if b.kind is not BlockKind.HEADING
    ]
    assert marked == "".join(within)
    assert all("".join(p.text for p in s.pieces) in towns.text for s in found.stretches)


@pytest.mark.reports
def test_every_passage_of_the_real_reports_opens_in_its_section(real_reports: dict[str, Report]) -> None:
    for report in real_reports.values():
        for passage in report.passages:
            found = open_at(report, passage)
            shown = " ".join("".join(p.text for p in s.pieces) for s in found.stretches)
            assert passage.sentence_text(0)[:30].split()[0] in shown
            assert innermost(report, passage.span.start) is report.sections[passage.section]
            assert found.section is report.sections[passage.section]
