"""Comparing two runs: paired differences, plain verdicts, and refusals of what cannot be compared."""

import json
from dataclasses import replace

import pytest

from corpus.errors import QuestionError
from eval.compare import Change, compare
from eval.runs import RunMeta
from eval.score import QuestionScore, Scores


def scores(name: str, values: dict[str, float], *, corpus: str = "c0ffee", measure: str = "RR@10") -> Scores:
    questions = tuple(
        QuestionScore(
            id=identity,
            question=f"Text of {identity}?",
            kind="survey" if identity.startswith("s") else "fact",
            answer="",
            reports=(),
            values={measure: value},
            found_at=None,
            anchor_ranks=(),
            top="",
            abstained=False,
            answerable=None,
            seconds=None,
            missing=False,
        )
        for identity, value in values.items()
    )
    meta = RunMeta(corpus) if corpus else None
    return Scores(name, meta, questions, {}, {}, {}, None, None, 0, ())


BASE = scores("bm25", {"f1": 0.0, "f2": 1.0, "f3": 0.5, "s1": 0.5})
OTHER = scores("fused", {"f1": 1.0, "f2": 1.0, "f3": 0.25, "s1": 1.0})


def test_differences_over_all_and_by_kind() -> None:
    found = compare(BASE, OTHER)
    assert [(d.measure, d.kind, d.count) for d in found.differences] == [
        ("RR@10", "all", 4),
        ("RR@10", "fact", 3),
        ("RR@10", "survey", 1),
    ]
    whole = found.difference("RR@10")
    # differences 1, 0, -0.25, 0.5: mean 1.25 / 4
    assert (whole.base, whole.other, whole.mean) == (0.5, 0.8125, 0.3125)
    assert (whole.wins, whole.losses, whole.ties) == (2, 1, 1)
    # signs of 1, 0.25, 0.5 with a sum of 1.25 or more: +1 with +0.5 (both signs of 0.25); 2 of 8, and as many below
    assert whole.p == 0.5
    assert whole.low < 0 < whole.high


def test_wins_and_losses_are_listed_question_by_question() -> None:
    changes = compare(BASE, OTHER).changes
    assert changes == (
        Change("f1", "Text of f1?", "fact", "RR@10", 0.0, 1.0),
        Change("f3", "Text of f3?", "fact", "RR@10", 0.5, 0.25),
        Change("s1", "Text of s1?", "survey", "RR@10", 0.5, 1.0),
    )
    assert [change.won for change in changes] == [True, False, True]


def test_a_verdict_says_when_two_runs_cannot_be_told_apart() -> None:
    # Of the 4**4 resamples of 1, 0, -0.25, 0.5, five have a mean below -0.125 and five one above 0.75 (2.0 % each), and
    # with those at -0.125 and 0.75 it is 4.3 % and 5.9 %: these two are the 2.5 and 97.5 % points.
    assert compare(BASE, OTHER).verdicts == (
        "RR@10 over 4 questions: fused and bm25 cannot be told apart "
        "(difference +0.312, 95 % interval -0.125 to +0.750, p = 0.500).",
    )
    same = compare(BASE, replace(BASE, name="again"))
    assert same.verdicts == (
        "RR@10 over 4 questions: again and bm25 cannot be told apart; every question scores the same.",
    )
    assert same.changes == ()


@pytest.mark.parametrize("turned", [False, True], ids=["better", "worse"])
def test_a_verdict_names_the_better_run(turned: bool) -> None:
    low = scores("low", {f"f{n}": 0.0 for n in range(12)})
    high = scores("high", {f"f{n}": 1.0 for n in range(12)})
    found = compare(high, low) if turned else compare(low, high)
    assert found.difference("RR@10").told_apart
    # 2 of 2**12 sign changes
    assert found.difference("RR@10").p == 2 / 4096
    assert found.verdicts == (
        "RR@10 over 12 questions: high is better than low by 1.000 (95 % interval +1.000 to +1.000, p < 0.001).",
    )


def test_an_interval_without_zero_is_not_enough_when_p_is_large() -> None:
    # Three wins of one size: the interval has no width, but p is 2 / 8.
    found = compare(scores("a", dict.fromkeys("xyz", 0.0)), scores("b", dict.fromkeys("xyz", 0.5)))
    assert (found.difference("RR@10").low, found.difference("RR@10").p) == (0.5, 0.25)
    assert "cannot be told apart" in found.verdicts[0]


def test_swapping_the_runs_turns_the_differences_round() -> None:
    there, back = compare(BASE, OTHER).difference("RR@10"), compare(OTHER, BASE).difference("RR@10")
    assert (there.mean, there.wins, there.p) == (-back.mean, back.losses, back.p)


@pytest.mark.parametrize(
    ("minimum", "fails"), [(0.3, False), (0.3125, False), (0.32, True), (-0.5, False), (1.0, True)]
)
def test_a_gate_fails_under_the_least_difference(minimum: float, fails: bool) -> None:
    assert compare(BASE, OTHER).fails_under("RR@10", minimum) is fails


def test_a_gate_can_be_for_one_kind_and_refuses_what_was_not_compared() -> None:
    found = compare(BASE, OTHER)
    assert found.fails_under("RR@10", 0.5, "survey") is False
    assert found.fails_under("RR@10", 0.5, "fact") is True
    with pytest.raises(QuestionError, match="has a 'MRR'; use one of RR@10"):
        found.fails_under("MRR", 0.0)
    with pytest.raises(QuestionError, match="kind 'facts' is compared; use one of all, fact, survey"):
        found.fails_under("RR@10", 0.0, "facts")
    with pytest.raises(QuestionError, match="the least difference is nan"):
        found.fails_under("RR@10", float("nan"))


def test_a_tie_with_rounding_passes_the_gate() -> None:
    found = compare(scores("a", {"x": 0.3}), scores("b", {"x": 0.1}))
    assert found.fails_under("RR@10", -0.2) is False


def test_runs_over_different_corpora_are_refused() -> None:
    with pytest.raises(QuestionError, match="bm25 is over corpus c0ffee, fused over decaf"):
        compare(BASE, replace(OTHER, meta=RunMeta("decaf")))


def test_a_corpus_that_is_not_recorded_is_noted() -> None:
    found = compare(BASE, replace(OTHER, meta=None))
    assert found.notes == ("the corpus of fused is not recorded: that it is the same was not checked",)


def test_runs_scored_on_different_questions_are_refused() -> None:
    shorter = replace(OTHER, questions=OTHER.questions[:3])
    with pytest.raises(QuestionError, match="question 's1' is scored for bm25 and not for fused"):
        compare(BASE, shorter)
    with pytest.raises(QuestionError, match="question 's1' is scored for bm25 and not for fused"):
        compare(shorter, BASE)
    other_text = replace(OTHER, questions=(replace(OTHER.questions[0], question="Else?"), *OTHER.questions[1:]))
    with pytest.raises(QuestionError, match="question 'f1' is not the same"):
        compare(BASE, other_text)


def test_questions_may_stand_in_another_order() -> None:
    turned = replace(OTHER, questions=OTHER.questions[::-1])
    assert compare(BASE, turned).differences == compare(BASE, OTHER).differences


def test_a_value_that_only_one_run_has_is_noted_and_left_out() -> None:
    lacking = replace(OTHER, questions=(replace(OTHER.questions[0], values={}), *OTHER.questions[1:]))
    found = compare(BASE, lacking)
    assert found.notes == ("RR@10 is left out where only one run has it: f1",)
    assert found.difference("RR@10").count == 3


def test_runs_of_one_name_are_kept_apart() -> None:
    found = compare(BASE, BASE)
    assert (found.base, found.other) == ("bm25 (base)", "bm25 (other)")


def test_a_comparison_goes_to_json() -> None:
    found = json.loads(json.dumps(compare(BASE, OTHER).to_json(), allow_nan=False))
    assert list(found) == ["base", "other", "differences", "changes", "notes"]
    assert found["differences"][0]["mean"] == 0.3125
    assert found["changes"][0]["question"] == "f1"
