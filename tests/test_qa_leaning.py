"""The sentence that a quotation cannot do without: who speaks, or what "this" is."""

import pytest

from corpus.model import Passage, Report, Span
from corpus.report import parse
from qa.leaning import leaned_on, leans

TEXT = """# Ferries and wards

## Case study 1: Island Care

### Background

Rosa Marsh, chief nurse at Island Care NHS Trust, has worked on the island for ten years. Tom Pell chairs the board of
the ferry company as its director.

The nights were the hardest. This changed when the ferry ran late. Rosa says the crews were patient.

### Impact

Waiting fell by a third. She adds that nobody had to leave the island. “It took courage,” Tom says.

## Case study 2: Inland Care

### Impact

She says the bus was full. These are early days.

## Case study 3: Upland Care

### Impact

Ann Lee, head of care, came in 2019. Snow fell in April. Ann discusses the thaw.
"""


@pytest.fixture(scope="module")
def report() -> Report:
    return parse(TEXT.encode(), "ferries.md")


def _find(report: Report, words: str) -> tuple[Passage, Span]:
    start = report.text.index(words)
    passage = next(p for p in report.passages if p.span.start <= start < p.span.end)
    return passage, next(s for s in passage.sentences if s.start <= start < s.end)


@pytest.mark.parametrize(
    ("quoted", "needed"),
    [
        ("Rosa says", "Rosa Marsh, chief nurse"),
        ("This changed", "The nights were"),
        ("She adds", "Rosa Marsh, chief nurse"),
        ("“It took courage", "Tom Pell chairs"),
        ("These are early", "She says the bus"),
        ("Ann discusses", "Ann Lee, head of care"),
    ],
)
def test_the_sentence_that_is_leaned_on_comes_along(report: Report, quoted: str, needed: str) -> None:
    passage, span = _find(report, quoted)
    found = leaned_on(report, passage, span)
    assert found is not None
    assert report.text[found.start : found.end].startswith(needed)
    assert found.end <= span.start


@pytest.mark.parametrize("quoted", ["Waiting fell", "Rosa Marsh", "The nights"])
def test_a_sentence_that_stands_alone_leans_on_nothing(report: Report, quoted: str) -> None:
    assert leaned_on(report, *_find(report, quoted)) is None


def test_nobody_of_another_case_study_speaks(report: Report) -> None:
    assert leaned_on(report, *_find(report, "She says the bus")) is None


def test_what_points_back() -> None:
    assert leans("This changed.") and leans("“They left.”") and leans("However, it rained.")
    assert not leans("Thistles grew.") and not leans("Waiting fell.")


@pytest.mark.reports
def test_what_is_leaned_on_stands_before_in_the_same_case_study(real_reports: dict[str, Report]) -> None:
    found = 0
    for report in real_reports.values():
        for passage in report.passages:
            for span in passage.sentences:
                if (needed := leaned_on(report, passage, span)) is None:
                    continue
                found += 1
                home = next(p for p in report.passages if needed in p.sentences)
                assert needed.end <= span.start
                assert home.case_study == passage.case_study
                if passage.case_study is None:
                    assert home.section == passage.section
    assert found > 200
