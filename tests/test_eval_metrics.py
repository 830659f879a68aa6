"""Measures of a ranking, coverage and answer hits, against sums worked by hand."""

from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics import RANKING_MEASURES, answer_hit, first_ranks, ranking_values, share_within


def values(grades: list[int], ranking: list[int | None]) -> dict[str, float]:
    found = ranking_values({"q": grades}, {"q": ranking})
    return {name: by_question["q"] for name, by_question in found.items()}


def test_one_answer_at_the_top_is_perfect() -> None:
    assert values([1], [0, None, None]) == dict.fromkeys(RANKING_MEASURES, 1.0)


def test_two_of_three_answers_at_ranks_two_and_four() -> None:
    # DCG = 1/log2(3) + 1/log2(5) = 0.6309 + 0.4307 = 1.0616
    # ideal: all three answers first = 1/log2(2) + 1/log2(3) + 1/log2(4) = 1 + 0.6309 + 0.5 = 2.1309
    # nDCG = 0.4982; RR = 1/2; nothing first; one in five; recall 2 of 3
    assert values([1, 1, 1], [None, 2, None, 0]) == pytest.approx(
        {"nDCG@10": 0.49818, "RR@10": 0.5, "Success@1": 0.0, "Success@5": 1.0, "R@10": 2 / 3}, abs=1e-5
    )


def test_grades_are_gains() -> None:
    # DCG = 1/log2(2) + 3/log2(3); ideal 3/log2(2) + 1/log2(3)
    expected = (1 + 3 / log2(3)) / (3 + 1 / log2(3))
    assert values([3, 1], [1, 0])["nDCG@10"] == pytest.approx(expected)


def test_nothing_below_rank_ten_counts() -> None:
    assert values([1], [*[None] * 10, 0]) == dict.fromkeys(RANKING_MEASURES, 0.0)
    assert values([1], [*[None] * 9, 0]) == pytest.approx(
        {"nDCG@10": 1 / log2(11), "RR@10": 0.1, "Success@1": 0.0, "Success@5": 0.0, "R@10": 1.0}
    )


def test_the_sixth_is_not_among_the_first_five() -> None:
    assert values([1], [*[None] * 5, 0])["Success@5"] == 0.0
    assert values([1], [*[None] * 4, 0])["Success@5"] == 1.0


def test_twelve_answers_leave_recall_at_ten_below_one() -> None:
    # ten of twelve can be in the first ten; the ideal ranking is cut at ten too
    assert values([1] * 12, list(range(12))) == pytest.approx(
        {"nDCG@10": 1.0, "RR@10": 1.0, "Success@1": 1.0, "Success@5": 1.0, "R@10": 10 / 12}
    )


@pytest.mark.parametrize(
    "rankings", [{}, {"a": []}, {"b": [0]}, {"z": [0]}], ids=["none", "empty", "others", "foreign"]
)
def test_a_question_without_results_scores_zero_and_stays(rankings: dict[str, list[int | None]]) -> None:
    found = ranking_values({"a": [1], "b": [1]}, rankings)
    expected = 1.0 if "b" in rankings else 0.0
    assert found == {name: {"a": 0.0, "b": expected} for name in RANKING_MEASURES}


def test_no_question_gives_no_value() -> None:
    assert ranking_values({}, {"a": [0]}) == {name: {} for name in RANKING_MEASURES}


def test_odd_question_ids_are_kept_apart() -> None:
    ids = ["a b", "a\0b", "a\0c", "", "é", "0"]
    found = ranking_values({i: [1] for i in ids}, {i: [None] * n + [0] for n, i in enumerate(ids)})
    assert found["RR@10"] == pytest.approx({i: 1 / (n + 1) for n, i in enumerate(ids)})


@given(grades=st.lists(st.integers(1, 3), min_size=1, max_size=14), data=st.data())
def test_values_agree_with_the_definitions(grades: list[int], data: st.DataObject) -> None:
    order = data.draw(st.permutations([*range(len(grades)), *[None] * 8]))
    found = values(grades, order)
    top = order[:10]
    ranks = [rank for rank, answer in enumerate(top, start=1) if answer is not None]
    gain = sum(grades[answer] / log2(rank + 1) for rank, answer in enumerate(top, start=1) if answer is not None)
    ideal = sum(grade / log2(rank + 1) for rank, grade in enumerate(sorted(grades, reverse=True)[:10], start=1))
    assert found == pytest.approx(
        {
            "nDCG@10": gain / ideal,
            "RR@10": 1 / ranks[0] if ranks else 0.0,
            "Success@1": float(1 in ranks),
            "Success@5": float(any(rank <= 5 for rank in ranks)),
            "R@10": len(ranks) / len(grades),
        }
    )


def test_the_first_rank_of_each_anchor_and_the_share_within_a_depth() -> None:
    texts = ["Trust took time. Money helped.", "Nothing.", "MONEY  helped", "The board met."]
    ranks = first_ranks(("trust took time", "money helped", "the board met", "not there"), texts)
    assert ranks == (1, 1, 4, None)
    # the first passage holds two of four, the fourth one more
    assert [share_within(ranks, depth) for depth in (1, 3, 4, 10)] == [0.5, 0.5, 0.75, 0.75]
    assert first_ranks(("a", "b"), []) == (None, None)


def test_the_share_of_no_ranks_is_an_error() -> None:
    with pytest.raises(ValueError, match="needs a rank"):
        share_within((), 10)


def test_an_answer_hit_needs_one_quote_with_one_anchor() -> None:
    anchors = ("led by ann", "2019")
    assert answer_hit(anchors, ["nothing", "It was *Led by* Ann."]) == 1.0
    assert answer_hit(anchors, ["It was led", "by Ann"]) == 0.0
    assert answer_hit(anchors, []) == 0.0
