"""Abstention: decisions, AUROC, Brier score and the reliability curve, against sums worked by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.abstention import Abstention, Bin, Decision, abstention, auroc, reliability
from eval.significance import Estimate


def test_precision_recall_and_refusals() -> None:
    decisions = [
        Decision(answerable=True, abstained=False, probability=0.9),
        Decision(answerable=True, abstained=False, probability=0.7),
        Decision(answerable=True, abstained=True, probability=0.2),
        Decision(answerable=True, abstained=False),
        Decision(answerable=False, abstained=True, probability=0.1),
        Decision(answerable=False, abstained=False, probability=0.7),
    ]
    found = abstention(decisions)
    assert (found.answerable, found.unanswerable, found.abstained) == (4, 2, 2)
    assert found.precision is not None and found.recall is not None and found.refused is not None
    # two abstentions, one right; two unanswerable, one abstained from; four answerable, one refused
    assert (found.precision.mean, found.precision.count) == (0.5, 2)
    assert (found.recall.mean, found.recall.count) == (0.5, 2)
    assert (found.refused.mean, found.refused.count) == (0.25, 4)
    # pairs of 0.9, 0.7, 0.2 with 0.1, 0.7: wins 0.9>0.1, 0.9>0.7, 0.7>0.1, 0.2>0.1; a tie 0.7=0.7: 4.5 of 6
    assert found.auroc is not None and found.auroc.mean == 0.75
    # 0.1**2, 0.3**2, 0.8**2, 0.1**2, 0.7**2 = 0.01 + 0.09 + 0.64 + 0.01 + 0.49 = 1.24, over 5
    assert found.brier is not None and found.brier.mean == pytest.approx(0.248)
    assert sum(b.count for b in found.reliability) == 5


def test_what_there_is_nothing_to_measure_on_is_none() -> None:
    assert abstention([]) == Abstention(0, 0, 0, None, None, None, None, None, ())
    assert abstention([Decision(True, False)]) == Abstention(
        1, 0, 0, None, None, Estimate(0.0, 0.0, 0.0, 1), None, None, ()
    )


@pytest.mark.parametrize(
    ("answerable", "abstained", "right"),
    [(True, False, True), (True, True, False), (False, True, True), (False, False, False)],
)
def test_a_decision_is_right_when_it_abstains_from_the_unanswerable(
    answerable: bool, abstained: bool, right: bool
) -> None:
    assert Decision(answerable, abstained).right is right


def test_auroc_of_apart_reversed_and_equal_scores() -> None:
    assert auroc([0.8, 0.9], [0.1, 0.2]) == Estimate(1.0, 1.0, 1.0, 4)
    assert auroc([0.1], [0.2, 0.3]) == Estimate(0.0, 0.0, 0.0, 3)
    assert auroc([0.5] * 3, [0.5] * 4) == Estimate(0.5, 0.5, 0.5, 7)


def test_auroc_needs_both_sides() -> None:
    with pytest.raises(ValueError, match="a positive and a negative"):
        auroc([0.5], [])


SCORES = st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0]), min_size=1, max_size=12)


@given(positive=SCORES, negative=SCORES)
def test_auroc_is_the_share_of_pairs_in_order(positive: list[float], negative: list[float]) -> None:
    wins = sum((p > n) + (p == n) / 2 for p in positive for n in negative)
    found = auroc(positive, negative, resamples=50)
    assert found.mean == pytest.approx(wins / (len(positive) * len(negative)))
    assert 0.0 <= found.low <= found.high <= 1.0
    turned = auroc(negative, positive, resamples=50)
    assert turned.mean == pytest.approx(1 - found.mean)


def test_the_interval_of_auroc_holds_it_and_narrows_with_more_questions() -> None:
    few = auroc([0.9, 0.4, 0.8, 0.6], [0.5, 0.3, 0.7])
    many = auroc([0.9, 0.4, 0.8, 0.6] * 20, [0.5, 0.3, 0.7] * 20)
    # pairs in order: 0.9 beats 3, 0.4 beats 1, 0.8 beats 3, 0.6 beats 2: 9 of 12
    assert few.mean == many.mean == 0.75
    assert few.low < many.low < 0.75 < many.high < few.high


def test_the_reliability_curve() -> None:
    stated = [(0.0, False), (0.05, True), (0.1, False), (0.95, True), (1.0, True), (0.99, False)]
    assert reliability(stated) == (
        Bin(0.0, 0.1, predicted=pytest.approx(0.025), observed=0.5, count=2),
        Bin(0.1, 0.2, predicted=pytest.approx(0.1), observed=0.0, count=1),
        Bin(0.9, 1.0, predicted=pytest.approx(0.98), observed=pytest.approx(2 / 3), count=3),
    )
    assert reliability([]) == ()


@given(stated=st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=40))
def test_every_statement_is_in_one_bin_that_holds_it(stated: list[tuple[float, bool]]) -> None:
    bins = reliability(stated)
    assert sum(b.count for b in bins) == len(stated)
    assert sum(b.observed * b.count for b in bins) == pytest.approx(sum(outcome for _, outcome in stated))
    assert all(b.low - 1e-9 <= b.predicted <= b.high + 1e-9 for b in bins)
