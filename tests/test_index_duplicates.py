"""Reports and case studies that stand in another report too."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from small_library import HashEncoder, made_up_reports

from corpus.model import Report
from corpus.report import parse
from index.build import build
from index.duplicates import Overlap, overlaps
from index.search import Index, open_index


def indexed(folder: Path, reports: list[Report]) -> Index:
    build(folder / "index", reports, HashEncoder(), {})
    return open_index(folder / "index")


SENTENCES = [
    f"The {place} team lent {number} nurses to the wards of the next town when the winter was at its hardest."
    for number, place in enumerate(["coastal", "valley", "hill", "island", "river", "forest", "harbour", "market"], 3)
]


def report(name: str, sentences: list[str]) -> Report:
    """Return a report with a section, and so a passage, a sentence."""
    parts = [f"## Part {number}\n\n{sentence}\n" for number, sentence in enumerate(sentences, 1)]
    return parse(f"# Report {name}\n\n{''.join(parts)}".encode(), f"{name}.md")


def case_studies(name: str, told: dict[str, list[str]]) -> Report:
    """Return a report with case studies, each of which has a section a sentence."""
    lines = [f"# Report {name}\n"]
    for number, (case, sentences) in enumerate(told.items(), 1):
        lines.append(f"## Case study {number}: {case}\n")
        for heading, sentence in zip(["Background", "Impact", "Challenges", "Next steps"], sentences, strict=False):
            lines.append(f"### {heading}\n\n{sentence}\n")
    return parse("\n".join(lines).encode(), f"{name}.md")


def test_a_case_study_in_two_reports_is_told_of_the_one_that_has_more_of_it(tmp_path: Path) -> None:
    # The Harbour Alliance has one passage in the south, which the north has too, beside another one: 1 of 1, 1 of 2.
    assert overlaps(indexed(tmp_path, made_up_reports())) == (
        Overlap("south", "Harbour Alliance", "north", "Harbour Alliance", 1.0),
    )


def test_a_part_of_a_report_stands_in_the_whole(tmp_path: Path) -> None:
    found = overlaps(indexed(tmp_path, [report("part", SENTENCES[:3]), report("whole", SENTENCES)]))
    assert found == (Overlap("part", None, "whole", None, 1.0),)
    assert str(found[0]) == "100 % of the passages of part stand in whole too."


def test_less_than_most_is_not_told(tmp_path: Path) -> None:
    # 2 of 4 passages, a share of 0.5, is under 0.6; 3 of 4 is above.
    other = [sentence.replace("nurses", "drivers").replace("wards", "clinics") for sentence in SENTENCES]
    some, most = [*SENTENCES[:2], *other[2:4]], [*SENTENCES[:3], *other[3:4]]
    assert overlaps(indexed(tmp_path / "some", [report("a", some), report("b", SENTENCES)])) == ()
    assert overlaps(indexed(tmp_path / "most", [report("a", most), report("b", SENTENCES)])) == (
        Overlap("a", None, "b", None, 0.75),
    )


def test_reports_that_are_the_same_are_told_once_and_without_their_case_studies(tmp_path: Path) -> None:
    told = {"Coast": SENTENCES[:3], "Hills": SENTENCES[3:6]}
    found = overlaps(indexed(tmp_path, [case_studies("first", told), case_studies("second", told)]))
    assert found == (Overlap("first", None, "second", None, 1.0),)


def test_a_case_study_under_another_name_is_told_with_both(tmp_path: Path) -> None:
    first = case_studies("first", {"Coast": SENTENCES[:3], "Hills": SENTENCES[3:6]})
    second = case_studies("second", {"The coastal team": SENTENCES[:3]})
    found = overlaps(indexed(tmp_path, [first, second]))
    assert found == (
        Overlap("second", None, "first", None, 1.0),
        Overlap("first", "Coast", "second", "The coastal team", 1.0),
    )
    assert str(found[1]) == (
        "The case study Coast of first stands in second too, as The coastal team: 100 % of its passages."
    )


def test_a_passage_that_a_report_repeats_is_no_overlap(tmp_path: Path) -> None:
    assert overlaps(indexed(tmp_path, [report("a", [*SENTENCES[:2], *SENTENCES[:2]])])) == ()


@settings(max_examples=30)
@given(st.lists(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=6), min_size=2, max_size=4))
def test_shares_are_those_of_counting_passage_by_passage(tmp_path_factory: object, told: list[list[str]]) -> None:
    made = [report(f"r{number}", sentences) for number, sentences in enumerate(told)]
    folder = tmp_path_factory.mktemp("counted")  # type: ignore[attr-defined]
    found = {(one.report_id, one.other_id): one.share for one in overlaps(indexed(folder, made)) if not one.case_study}
    counted = {}
    for a, one in enumerate(told):
        for b, other in enumerate(told):
            share = sum(sentence in other for sentence in one) / len(one)
            back = sum(sentence in one for sentence in other) / len(other)
            if a != b and share >= 0.6 and (share > back or (share == back and a < b)):
                counted[f"r{a}", f"r{b}"] = share
    assert found == counted
