"""Survey questions are recognised, and their hits spread over case studies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.spread import asks_many, spread


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How do partnerships share staff in the NHS?", True),
        ("what helped mutual aid in COVID", True),
        ("Which trusts work across several ICSs?", True),
        ("How many practices does the alliance have?", False),
        ("What did Darren Banks say?", False),
        ("who leads the programme", False),
        ("what changed in 2019", False),
    ],
)
def test_survey_questions_name_nobody_and_ask_for_no_single_figure(question: str, expected: bool) -> None:
    assert asks_many(question) is expected


def test_spread_worked_by_hand() -> None:
    # a has 3.0, 2.9, 2.2 and b has 2.8. With a step of 0.3: 3.0 first; then 2.9 - 0.3 = 2.6 < 2.8, so b; then 2.6;
    # then 2.2 - 2 * 0.3 = 1.6.
    order = spread({1: 3.0, 2: 2.9, 3: 2.2, 4: 2.8}, {1: "a", 2: "a", 3: "a", 4: "b"}, 0.3)
    assert order == [1, 4, 2, 3]


@given(st.dictionaries(st.integers(0, 50), st.floats(-5, 5), max_size=30), st.floats(0, 3))
def test_spread_keeps_all_hits_the_first_first_and_each_group_in_order(scores: dict[int, float], step: float) -> None:
    order = spread(scores, {n: n % 3 for n in scores}, step)
    assert sorted(order) == sorted(scores)
    if scores:
        assert scores[order[0]] == max(scores.values())
    for group in range(3):
        values = [scores[n] for n in order if n % 3 == group]
        assert values == sorted(values, reverse=True)
