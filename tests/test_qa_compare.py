"""One question put to every case study: what the units are, what each is quoted for, and what is counted."""

from pathlib import Path

import numpy as np
import pytest
from small_library import HashEncoder, OverlapReranker, made_up_reports

from corpus.model import Report
from corpus.report import parse
from index.build import build
from index.fusion import weighted_sum
from index.search import Filters, Searcher, open_index
from index.settings import Settings
from qa.compare import FUSED_WEIGHT, SPEAKS, Comparison, compare
from qa.quotes import is_verbatim
from qa.units import By, UnitKind, units

WEST = """# Views from the west

## Foreword

Mutual aid between hospitals is older than the health service. The pandemic only gave it a name.

## What leaders say

### Money

Leaders want budgets that last for longer than one year.

### Trust

Trust grows where people meet often. Mutual aid between hospitals built much of it.
"""
QUESTION = "How did mutual aid between hospitals keep theatres open?"


def searcher_of(folder: Path, reports: list[Report]) -> Searcher:
    build(folder, reports, HashEncoder(), {"casebook": "0", "date": "2026-01-01"})
    return Searcher(open_index(folder), HashEncoder(), OverlapReranker)


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    reports = [*made_up_reports(), parse(WEST.encode(), "west.md")]
    return searcher_of(tmp_path_factory.mktemp("home") / "index", reports)


def shape(found: Comparison) -> list[tuple[str, str, tuple[str, ...], int]]:
    return [(row.kind.value, row.name, tuple(i for i, _ in row.reports), row.passages) for row in found.rows]


def test_every_case_study_and_every_part_is_a_row_and_a_repeated_one_is_one_row(searcher: Searcher) -> None:
    found = compare(searcher, QUESTION)
    assert sorted(shape(found)) == [
        ("case study", "Downland Trust", ("south",), 1),
        ("case study", "Harbour Alliance", ("north", "south"), 3),
        ("case study", "Valley Partnership", ("north",), 2),
        ("part", "Foreword", ("west",), 1),
        ("part", "What leaders say", ("west",), 2),
    ]
    (harbour,) = [row for row in found.rows if row.name == "Harbour Alliance"]
    (best, *_) = harbour.quotes
    assert {citation.report_id for citation in (best.citation, *best.also_in)} == {"north", "south"}


def test_kinds_of_section_are_units_over_all_reports(searcher: Searcher) -> None:
    found = compare(searcher, QUESTION, By.SECTION_KIND)
    assert {(row.kind, row.name, row.passages) for row in found.rows} == {
        (UnitKind.SECTION_KIND, "background", 2),
        (UnitKind.SECTION_KIND, "covid", 2),
        (UnitKind.SECTION_KIND, "challenges", 1),
        (UnitKind.SECTION_KIND, "next steps", 1),
        (UnitKind.SECTION_KIND, "other", 3),
    }
    assert found.rows[0].name == "covid"
    assert found.lead.endswith(" of 5 kinds of section speak to this")


def test_the_lead_counts_what_speaks_of_all_that_was_examined(searcher: Searcher) -> None:
    found = compare(searcher, QUESTION, speaks=1.0)
    speaking = {row.name for row in found.rows if row.speaks}
    assert speaking == {"Harbour Alliance", "Foreword", "What leaders say"}
    assert found.lead == "1 of 3 case studies and 2 of 2 parts outside them speak to this"
    assert compare(searcher, QUESTION, speaks=99.0).lead.startswith("0 of 3 case studies and 0 of 2 parts")
    assert compare(searcher, QUESTION, speaks=-99.0).lead.startswith("3 of 3 case studies and 2 of 2 parts")


def test_quotes_are_verbatim_best_first_and_silent_units_show_their_nearest_words(searcher: Searcher) -> None:
    for speaks in (-99.0, 3.0, 99.0):
        for row in compare(searcher, QUESTION, quotes=2, speaks=speaks).rows:
            scores = [quote.score for quote in row.quotes]
            assert scores == sorted(scores, reverse=True)
            assert len(scores) <= 2
            assert all(score >= speaks for score in scores)
            assert (row.nearest is None) == row.speaks
            shown = [*row.quotes, *([row.nearest] if row.nearest else [])]
            assert shown
            for quote in shown:
                assert is_verbatim(searcher, quote)
                assert quote.citation.report_id in {identity for identity, _ in row.reports}


def test_case_studies_stand_first_and_those_that_speak_before_those_that_do_not(searcher: Searcher) -> None:
    rows = compare(searcher, QUESTION, speaks=1.0).rows
    assert [row.kind.value for row in rows] == ["case study"] * 3 + ["part"] * 2
    assert [row.name for row in rows[:3]] == ["Harbour Alliance", "Valley Partnership", "Downland Trust"]


@pytest.mark.parametrize("report", ["north", "south", "west"])
def test_a_filter_leaves_rows_out_and_changes_no_verdict(searcher: Searcher, report: str) -> None:
    everything = {row.name: row for row in compare(searcher, QUESTION, speaks=1.0).rows}
    for row in compare(searcher, QUESTION, speaks=1.0, filters=Filters(reports=(report,))).rows:
        assert {identity for identity, _ in row.reports} == {report}
        assert row.speaks == everything[row.name].speaks
        known = {quote.passage_id: quote for quote in everything[row.name].quotes}
        for quote in row.quotes:
            assert quote.also_in == ()
            if quote.passage_id in known:
                assert quote.score == known[quote.passage_id].score
            else:
                assert row.name == "Harbour Alliance"  # of its two like passages, the one left


def test_without_a_cross_encoder_the_fused_score_decides(searcher: Searcher) -> None:
    found = compare(searcher, QUESTION, settings=Settings(rerank=False), speaks=1.0)
    for row in found.rows:
        for quote in row.quotes:
            number = searcher.index.number_of[quote.passage_id]
            scores, _ = searcher.index.rank(QUESTION, searcher.encoder.encode_query(QUESTION), 0.7)
            assert quote.score == pytest.approx(FUSED_WEIGHT * weighted_sum(scores, Settings().weights)[number])
    assert found.rows[0].name == "Harbour Alliance"
    assert found.produced_by["reranker"] is None


def test_the_comparison_says_what_made_it(searcher: Searcher) -> None:
    made = compare(searcher, QUESTION, quotes=1).produced_by
    assert made["corpus"] == searcher.index.fingerprint
    assert made["compare"] == {
        "by": "case-study",
        "quotes": 1,
        "passages_read": 3,
        "speaks": SPEAKS,
        "fused_weight": FUSED_WEIGHT,
    }


def test_case_studies_that_share_less_than_half_stay_apart(tmp_path: Path) -> None:
    shared = "### Background\n\nEvery ward has a nurse who knows the whole hospital and its neighbours by name.\n\n"
    sections = ["### Impact\n\nWaiting fell by a third in the first winter of the work.\n\n"]
    sections += ["### Challenges\n\nNobody wanted to give up the old rota at first.\n\n"]
    other = ["### Impact\n\nPatients now choose the day and the place themselves.\n\n"]
    other += ["### Challenges\n\nThe two computer systems still cannot talk to each other.\n\n"]
    texts = ["".join(["# A\n\n## Case study: Moor\n\n", shared, *sections])]
    texts += ["".join(["# B\n\n## Case study: Fen\n\n", shared, *other])]
    reports = [parse(text.encode(), f"{n}.md") for n, text in enumerate(texts)]
    found = units(searcher_of(tmp_path / "index", reports).index, By.CASE_STUDY)
    assert [(unit.kind, unit.numbers) for unit in found] == [
        (UnitKind.CASE_STUDY, (0, 1, 2)),
        (UnitKind.CASE_STUDY, (3, 4, 5)),
    ]


def test_each_group_is_searched_to_the_same_depth_by_fused_score(searcher: Searcher) -> None:
    index = searcher.index
    numbers = list(range(len(index.passages)))
    scores, _ = index.rank(QUESTION, searcher.encoder.encode_query(QUESTION), 0.7)
    fused = weighted_sum(scores, Settings().weights)
    groups = [[n for n in numbers if index.passages[n][0].id == name] for name in ("north", "west")]
    found = searcher.search_each(QUESTION, groups, 2)
    for group, hits in zip(groups, found, strict=True):
        expected = sorted(group, key=lambda n: -fused[n])[:2]
        assert [index.number_of[hit.passage.id] for hit in hits] == expected
        assert all("rerank" in hit.scores for hit in hits)
        assert np.allclose([hit.score for hit in hits], fused[expected])
    assert searcher.search_each(QUESTION, [], 2) == []
    assert searcher.search_each(QUESTION, [[]], 2) == [[]]
