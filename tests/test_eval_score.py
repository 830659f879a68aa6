"""Scores of a run: values worked by hand, nothing that disappears, and everything left out listed."""

import json
from dataclasses import dataclass, replace

import pytest

from corpus.errors import QuestionError
from eval.judge import Exclusion, Reason
from eval.metrics import RANKING_MEASURES
from eval.questions import Question
from eval.runs import Result, Run, RunMeta, RunPassage, RunQuote
from eval.score import Latency, Scores, score_run
from eval.significance import Estimate


@dataclass(frozen=True)
class Stored:
    """A passage of the collection."""

    id: str
    text: str
    report_id: str


COLLECTION = (
    Stored("a", "Nurses were led by Ann.", "north"),
    Stored("b", "The board met weekly.", "north"),
    Stored("b2", "The board met weekly.", "south"),
    Stored("c", "Trust took time.", "south"),
    Stored("d", "Money helped.", "south"),
)
QUESTIONS = (
    Question("f1", "Who led the nurses?", "fact", ("led by ann",), "Ann"),
    Question("f2", "When did the board meet?", "fact", ("board met weekly",), "Weekly"),
    Question("s1", "What helped?", "survey", ("trust took", "money helped")),
    Question("u1", "Who cooked?", "unanswerable"),
    Question("u2", "Who sang?", "unanswerable"),
)
TEXTS = {passage.id: passage.text for passage in COLLECTION}


def result(
    number: int, ids: str, *, quote: str = "", abstained: bool = False, answerable: float | None = None
) -> Result:
    passages = tuple(RunPassage(i, TEXTS.get(i, "Nothing."), 1.0, "north", "Hill", "Lessons") for i in ids.split())
    question = QUESTIONS[number]
    quotes = (RunQuote(quote, "a"),) if quote else ()
    return Result(question.id, question.question, passages, quotes, abstained, number / 10, answerable)


RUN = Run(
    (
        result(0, "a x", quote="led by Ann", answerable=0.9),
        result(1, "x b2 b", quote="Nothing", answerable=0.4),
        result(2, "d x b", abstained=True, answerable=0.3),
        result(3, "x", abstained=True, answerable=0.2),
        result(4, "x", answerable=0.6),
    ),
    RunMeta("c0ffee", system="us"),
    "mine",
)


def values(scores: Scores, identity: str) -> dict[str, float]:
    return dict(next(question.values for question in scores.questions if question.id == identity))


def scored(run: Run = RUN, questions: tuple[Question, ...] = QUESTIONS) -> Scores:
    return score_run(run, questions, COLLECTION, resamples=200)


def test_values_of_each_question() -> None:
    scores = scored()
    first = dict.fromkeys(RANKING_MEASURES, 1.0)
    assert values(scores, "f1") == {**first, "AnswerHit": 1.0, "Decision": 1.0}
    # b and b2 are one answer: found at rank 2, nothing else to find; nDCG = 1 / log2(3)
    assert values(scores, "f2") == pytest.approx(
        {
            "nDCG@10": 0.63093,
            "RR@10": 0.5,
            "Success@1": 0.0,
            "Success@5": 1.0,
            "R@10": 1.0,
            "AnswerHit": 0.0,
            "Decision": 1.0,
        },
        abs=1e-5,
    )
    # one of two answers, at rank 1: nDCG = 1 / (1 + 0.63093); refused though answerable
    assert values(scores, "s1") == pytest.approx(
        {
            **first,
            "nDCG@10": 0.61315,
            "R@10": 0.5,
            "Coverage@10": 0.5,
            "AnswerHit": 0.0,
            "Decision": 0.0,
        },
        abs=1e-5,
    )
    assert values(scores, "u1") == {"Decision": 1.0}
    assert values(scores, "u2") == {"Decision": 0.0}
    assert [(q.found_at, q.top) for q in scores.questions][:2] == [
        (1, "north, Hill, Lessons"),
        (2, "north, Hill, Lessons"),
    ]


def test_means_over_all_by_kind_and_by_report() -> None:
    scores = scored()
    assert list(scores.by_kind) == ["fact", "survey", "unanswerable"]
    assert scores.overall["Success@1"] == Estimate(pytest.approx(2 / 3), 0.0, 1.0, 3)
    assert scores.by_kind["fact"]["Success@1"] == Estimate(0.5, 0.0, 1.0, 2)
    assert scores.by_kind["survey"]["Coverage@10"] == Estimate(0.5, 0.5, 0.5, 1)
    assert scores.by_kind["unanswerable"] == {"Decision": Estimate(0.5, 0.0, 1.0, 2)}
    # f2 counts for both reports, as its answer stands in both
    assert {name: means["RR@10"].mean for name, means in scores.by_report.items()} == {"north": 0.75, "south": 0.75}
    assert {name: means["RR@10"].count for name, means in scores.by_report.items()} == {"north": 2, "south": 2}


def test_abstention_and_latency() -> None:
    scores = scored()
    found = scores.abstention
    assert found is not None and found.auroc is not None and found.precision is not None and found.refused is not None
    # 0.9 beats both; 0.4 and 0.3 beat 0.2 and lose to 0.6: 4 of 6
    assert found.auroc.mean == pytest.approx(4 / 6)
    assert (found.precision.mean, found.refused.mean) == (0.5, pytest.approx(1 / 3))
    # seconds 0, 0.1, 0.2, 0.3, 0.4; the 95th percentile is 0.8 of the way from 0.3 to 0.4
    assert scores.latency == Latency(pytest.approx(0.2), pytest.approx(0.38))
    assert scores.exclusions == ()


def test_a_question_without_a_result_scores_zero_and_is_named() -> None:
    scores = scored(replace(RUN, results=(RUN.results[1], RUN.results[3])))
    assert scores.missing == ("f1", "s1", "u2")
    assert values(scores, "f1") == {**dict.fromkeys(RANKING_MEASURES, 0.0), "AnswerHit": 0.0, "Decision": 0.0}
    assert values(scores, "s1")["Coverage@10"] == 0.0
    assert scores.overall["nDCG@10"] == Estimate(pytest.approx(0.63093 / 3, abs=1e-5), 0.0, pytest.approx(0.63093), 3)
    # without a result every decision is wrong: f1 and s1 refused at 0, u2 answered at 1; f2 0.4 beats u1 0.2 alone
    found = scores.abstention
    assert found is not None and found.auroc is not None and found.refused is not None and found.recall is not None
    assert (found.auroc.mean, found.refused.mean, found.recall.mean) == (1 / 6, pytest.approx(2 / 3), 0.5)


def test_a_run_without_results_scores_zero_everywhere() -> None:
    scores = scored(Run(()))
    assert {name: found.mean for name, found in scores.overall.items()} == dict.fromkeys(scores.overall, 0.0)
    assert (len(scores.overall), scores.latency) == (8, None)


def test_passages_with_other_ids_and_borders_are_judged_by_their_text() -> None:
    passage = RunPassage("chunk-7", "It is said that nurses were LED  by Ann, and more.", 1.0)
    scores = scored(replace(RUN, results=(replace(RUN.results[0], passages=(passage,)),)))
    assert values(scores, "f1")["nDCG@10"] == 1.0


def test_judging_by_qrels() -> None:
    scores = score_run(RUN, QUESTIONS, COLLECTION, {"f1": {"c": 1, "gone": 1}, "x": {"a": 1}}, resamples=200)
    assert values(scores, "f1") == {**dict.fromkeys(RANKING_MEASURES, 0.0), "AnswerHit": 1.0, "Decision": 1.0}
    assert scores.exclusions == (
        Exclusion("f1", Reason.UNKNOWN_PASSAGE, "gone"),
        Exclusion("x", Reason.UNKNOWN_QUESTION),
    )


def test_what_is_left_out_is_listed() -> None:
    questions = (
        Question("f1", "Who led the nurses?", "fact", ("led by bob",)),
        Question("k", "Why?", None, ()),
        Question("n", "Who led?", None, ("led by ann",)),
    )
    extra = Result("k", "Why?", (), (), False, 0.0)
    scores = scored(replace(RUN, results=(*RUN.results[:2], extra)), questions)
    assert scores.exclusions == (
        Exclusion("f1", Reason.VANISHED, "led by bob"),
        Exclusion("f1", Reason.NOTHING_RELEVANT),
        Exclusion("k", Reason.NOTHING_RELEVANT),
        Exclusion("f2", Reason.NOT_ASKED),
        Exclusion("k", Reason.NO_KIND),
    )
    assert values(scores, "f1") == {"Decision": 1.0}
    assert values(scores, "k") == {}
    assert list(scores.by_kind) == ["fact", "unstated"]


def test_results_that_state_no_probability_are_listed() -> None:
    some = replace(RUN, results=(replace(RUN.results[0], answerable=None), *RUN.results[1:]))
    assert scored(some).exclusions == (Exclusion("f1", Reason.NO_PROBABILITY),)
    none = replace(RUN, results=tuple(replace(found, answerable=None) for found in RUN.results))
    scores = scored(none)
    assert scores.exclusions == (Exclusion("", Reason.NO_PROBABILITY, "every result"),)
    assert scores.abstention is not None
    assert (scores.abstention.auroc, scores.abstention.brier, scores.abstention.reliability) == (None, None, ())


def test_a_run_over_another_corpus_is_refused() -> None:
    with pytest.raises(QuestionError, match="is over corpus c0ffee, not decaf"):
        score_run(RUN, QUESTIONS, COLLECTION, corpus_fingerprint="decaf")
    assert score_run(RUN, QUESTIONS, COLLECTION, corpus_fingerprint="c0ffee", resamples=10).name == "mine"


def test_a_run_that_asked_something_else_is_refused() -> None:
    other = replace(RUN, results=(replace(RUN.results[0], question="Who led the doctors?"),))
    with pytest.raises(QuestionError, match="asked 'Who led the doctors\\?' under the id 'f1'"):
        scored(other)


def test_there_must_be_a_question_and_a_passage() -> None:
    with pytest.raises(QuestionError, match="no question to score"):
        scored(questions=())
    with pytest.raises(QuestionError, match="no passage to judge with"):
        score_run(RUN, QUESTIONS, ())


def test_scores_are_the_same_every_time_and_go_to_json() -> None:
    one, two = scored().to_json(), scored().to_json()
    text = json.dumps(one, allow_nan=False)
    assert text == json.dumps(two, allow_nan=False)
    assert list(one) == [
        "name",
        "meta",
        "questions",
        "overall",
        "by_kind",
        "by_report",
        "abstention",
        "latency",
        "depth",
        "exclusions",
        "missing",
    ]
    assert one["by_kind"]["fact"]["RR@10"] == {"mean": 0.75, "low": 0.5, "high": 1.0, "count": 2}
    assert one["questions"][1]["values"]["nDCG@10"] == 0.63093
    assert one["exclusions"] == []
