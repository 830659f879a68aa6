"""Chapters behind the case studies, numbered and listed as they are, are no case studies themselves."""

import pytest
from reports_made_up import NAMES, MadeUp, Part, collection, hashes, numbered, part

from corpus.report import parse

every_ending = pytest.mark.parametrize(
    "ending",
    [
        ("Cross-cutting themes", "Conclusion and recommendations", "Annex A: Method"),
        ("Common themes", "What next", "About the authors"),
        ("Discussion", "Recommendations for boards", "References to look up"),
        ("Findings and implications", "Next steps", "Appendix 1: Interviews"),
    ],
    ids=lambda ending: ending[0],
)


def ending_with(first: str, *others: str) -> MadeUp:
    """Return the collection with other chapters behind its case studies, of which the first has sections."""
    inner = tuple(part(heading, "the county", 400 + n) for n, heading in enumerate(("Money", "Workforce")))
    chapters = (Part(first, children=inner), *(part(h, "the county", 410 + n) for n, h in enumerate(others)))
    report = collection()
    return MadeUp(report.title, (*report.parts[:-1], *chapters))


def with_contents(report: MadeUp) -> str:
    title, body = numbered(report).split("\n", 1)
    listed = [f"{n} {each.heading} {'.' * 40} {2 * n}" for n, each in enumerate(report.parts, 1)]
    return "\n".join([title, "", "Contents", "", *listed, "", body])


@every_ending
def test_numbered_chapters_of_a_contents_list_are_no_case_studies(ending: tuple[str, ...]) -> None:
    report = ending_with(*ending)
    found = parse(with_contents(report).encode(), "made-up.txt")
    assert [case.name for case in found.case_studies] == list(NAMES)
    outside = [section.heading for section in found.sections if section.case_study is None]
    chapters = ["1 Foreword", "2 Introduction", f"6 {ending[0]}", "6.1 Money", "6.2 Workforce"]
    assert outside == [*chapters, f"7 {ending[1]}", f"8 {ending[2]}"]


@every_ending
def test_they_are_none_without_a_contents_list_either(ending: tuple[str, ...]) -> None:
    found = parse(hashes(ending_with(*ending)).encode(), "made-up.md")
    assert [case.name for case in found.case_studies] == list(NAMES)
    outside = [section.heading for section in found.sections if section.case_study is None]
    assert outside == ["Foreword", "Introduction", ending[0], "Money", "Workforce", *ending[1:]]


@pytest.mark.parametrize(
    "name", ["Next Generation Care Alliance", "Themes and Streams Partnership", "The Lessons Trust"]
)
def test_a_name_with_such_a_word_in_it_is_a_case_study(name: str) -> None:
    report = collection((name, *NAMES[1:]))
    assert [case.name for case in parse(with_contents(report).encode(), "made-up.txt").case_studies] == [
        name,
        *NAMES[1:],
    ]
