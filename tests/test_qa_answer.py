"""What an answer says of itself: the lead, the sentence, silence, and what stands in no report."""

from dataclasses import replace
from pathlib import Path

import pytest
from small_library import HashEncoder, OverlapReranker, made_up_reports

from corpus.model import SectionKind
from corpus.report import parse
from index.build import build
from index.search import Filters, Searcher, open_index
from qa.answer import Answer, Status, ask
from qa.calibration import EVIDENCE, Calibration, shipped
from qa.quotes import in_pieces


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    folder = tmp_path_factory.mktemp("home") / "index"
    build(folder, made_up_reports(), HashEncoder(), {"casebook": "0", "date": "2026-01-01"})
    return Searcher(open_index(folder), HashEncoder(), OverlapReranker)


def calibration(searcher: Searcher, **changes: object) -> Calibration:
    """One for the made-up models: the probability rises steeply, and is 0.5 where the reranker's best score is 0.4."""
    assert searcher.reranker
    made = replace(
        shipped(),
        weights=dict.fromkeys(EVIDENCE, 0.0) | {"rerank": 100.0},
        bias=-40.0,
        threshold=0.5,
        encoder=searcher.encoder.fingerprint,
        reranker=searcher.reranker.fingerprint,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def answer(searcher: Searcher, question: str) -> Answer:
    return ask(searcher, question, calibration=calibration(searcher))


def test_a_fact_gets_one_sentence_with_its_figure_marked(searcher: Searcher) -> None:
    found = answer(searcher, "How many people does the Harbour Alliance serve?")
    assert found.status is Status.ANSWERED
    assert found.sentence is not None
    assert found.sentence.text == "It was founded in 2018 and serves 410,000 people."
    report = searcher.index.reports[found.sentence.citation.report_id]
    assert [report.text[m.span.start : m.span.end] for m in found.sentence.marks] == [
        m.text for m in found.sentence.marks
    ]
    assert "410,000" in [m.text for m in found.sentence.marks]
    assert found.sentence.leans_on is not None
    assert found.sentence.leans_on.text.startswith("The Harbour Alliance joins")


BEDS = b"""# Beds

## Case study 1: Frailty Hub

### Impact

Table 1: Bed days released

The hub worked well. In all 1,204 bed days came free because of it. Staff liked it.
"""


def test_a_caption_is_passed_over_for_the_sentence_with_the_figure(tmp_path: Path) -> None:
    build(tmp_path / "index", [parse(BEDS, "beds.md")], HashEncoder(), {"casebook": "0", "date": "2026-01-01"})
    found = ask(Searcher(open_index(tmp_path / "index"), HashEncoder()), "How many bed days were released?")
    assert found.passages[0].report.text[found.passages[0].best_sentence.start :].startswith("Table 1")
    assert found.sentence is not None
    assert found.sentence.text == "In all 1,204 bed days came free because of it."


def test_a_survey_has_no_first_sentence(searcher: Searcher) -> None:
    assert answer(searcher, "what helped mutual aid between hospitals").sentence is None


def test_the_lead_counts_case_studies_told_twice_once(searcher: Searcher) -> None:
    found = answer(searcher, "mutual aid between the hospitals kept theatres open")
    inside = sum(group.quotes[0].citation.case_study is not None for group in found.groups)
    assert found.case_studies == 3
    assert found.lead == f"Quotes from {inside} of 3 case studies"
    assert any(quote.also_in for quote in found.quotes)


def test_below_the_threshold_nothing_is_quoted_and_unknown_words_are_named(searcher: Searcher) -> None:
    found = answer(searcher, "Which zeppelins did the hospitals charter for Iceland in winter?")
    assert found.status is Status.NOT_FOUND
    assert found.answerable is not None and found.answerable < 0.5
    assert (found.groups, found.sentence, found.lead) == ((), None, "The reports do not say")
    assert {"zeppelins", "iceland"} <= set(found.unknown_words)
    assert "hospitals" not in found.unknown_words
    assert found.passages
    assert found.to_json()["produced_by"]["threshold"] == 0.5


def test_between_threshold_and_doubt_it_is_quoted_with_a_caution_and_no_single_sentence(searcher: Searcher) -> None:
    question = "How many people does the Harbour Alliance serve in iceland?"

    def answered(bias: float) -> Answer:
        return ask(
            searcher, question, calibration=calibration(searcher, weights=dict.fromkeys(EVIDENCE, 0.0), bias=bias)
        )

    unsure, sure = answered(0.5), answered(1.0)  # probabilities of 0.62 and 0.73; doubt ends at 0.7
    assert unsure.doubtful and unsure.to_json()["doubtful"]
    assert unsure.groups and unsure.sentence is None
    assert unsure.cautions == [
        "These quotes may not answer the question: read them before you use them.",
        "No report contains: many, iceland",
    ]
    assert not sure.doubtful
    assert sure.groups == unsure.groups
    assert sure.sentence is not None and sure.cautions == []


@pytest.mark.parametrize(
    ("question", "foreign"),
    [
        ("How did mutual aid work in Iceland?", True),
        ("How did mutual aid work in iceland?", False),  # may be no name
        ("Iceland and its mutual aid", False),  # the first word has a capital anyway
        ("How Did Mutual Aid Work In Iceland", False),  # every word has
        ("How does the Harbour Alliance work?", False),
    ],
)
def test_a_name_that_no_report_has_makes_an_answer_doubtful(searcher: Searcher, question: str, foreign: bool) -> None:
    certain = calibration(searcher, weights=dict.fromkeys(EVIDENCE, 0.0), bias=5.0)
    assert ask(searcher, question, calibration=certain).doubtful is foreign


def test_a_slip_of_the_pen_is_named_in_the_question_as_it_was_put(searcher: Searcher) -> None:
    found = answer(searcher, "What did the Harbuor Alliance do for hospitls?")
    assert found.did_you_mean == "What did the Harbour Alliance do for hospitals?"
    assert found.to_json()["did_you_mean"] == found.did_you_mean
    assert answer(searcher, "What did the Harbour Alliance do for hospitals?").to_json()["did_you_mean"] is None


def test_silence_under_filters_is_not_silence_of_the_reports(searcher: Searcher) -> None:
    def lead(filters: Filters | None) -> str:
        silent = calibration(searcher, weights=dict.fromkeys(EVIDENCE, 0.0), bias=-5.0)
        return ask(searcher, "mutual aid", calibration=silent, filters=filters).lead

    assert lead(None) == lead(Filters()) == "The reports do not say"
    assert lead(Filters(kinds=(SectionKind.LESSONS,))) == "Under these filters the reports do not say"


def test_a_calibration_of_other_models_says_nothing(searcher: Searcher) -> None:
    question = "Which zeppelins did the hospitals charter for Iceland?"
    found = ask(searcher, question, calibration=calibration(searcher, reranker="another"))
    assert (found.status, found.answerable) == (Status.ANSWERED, None)
    assert ask(searcher, question).answerable is None  # the shipped one is for the packaged models


def test_pieces_join_to_the_quote(searcher: Searcher) -> None:
    found = answer(searcher, "How many people does the Harbour Alliance serve?")
    for quote in (*found.quotes, *([found.sentence] if found.sentence else [])):
        pieces = in_pieces(quote)
        assert "".join(text for text, _ in pieces) == quote.text
        assert all(text for text, _ in pieces)
        marked = [text for text, is_mark in pieces if is_mark]
        assert set(marked) <= {mark.text for mark in quote.marks}


def test_json_has_all_of_it(searcher: Searcher) -> None:
    value = answer(searcher, "How many people does the Harbour Alliance serve?").to_json()
    assert list(value) == [
        "question",
        "status",
        "lead",
        "answerable",
        "doubtful",
        "unknown_words",
        "did_you_mean",
        "sentence",
        "groups",
        "passages",
        "produced_by",
    ]
    assert value["sentence"]["marks"][0].keys() == {"text", "start", "end"}


def test_an_answer_may_come_without_a_reranker(searcher: Searcher) -> None:
    bare = Searcher(searcher.index, searcher.encoder)
    found = ask(bare, "mutual aid", calibration=calibration(searcher))
    assert found.answerable is None
    assert found.status is Status.ANSWERED
