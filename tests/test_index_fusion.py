"""Fusion: standard scores, weighted sums and best windows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from corpus.errors import QuestionError
from index.fusion import best_of, standardised, weighted_sum
from index.settings import Settings, settings_from_json

FLOATS = st.floats(-1e3, 1e3)


def test_standard_scores_worked_by_hand() -> None:
    # mean 2, deviations -1 0 1, variance 2/3
    assert np.allclose(standardised(np.array([1.0, 2.0, 3.0])), np.array([-1, 0, 1]) / np.sqrt(2 / 3))
    assert standardised(np.array([5.0, 5.0])).tolist() == [0, 0]


@given(arrays(np.float64, st.integers(2, 20), elements=FLOATS))
def test_standard_scores_keep_the_order(values: np.ndarray) -> None:
    scores = standardised(values)
    assert all(a <= b + 1e-9 for a, b in zip(scores[np.argsort(values)], scores[np.argsort(values)][1:], strict=False))


def test_a_weighted_sum_worked_by_hand() -> None:
    # Both standardise to (-1, 1): 2 * (-1, 1) + 1 * (1, -1) = (-1, 1)
    found = weighted_sum({"a": np.array([0.0, 2.0]), "b": np.array([3.0, 1.0])}, {"a": 2.0, "b": 1.0})
    assert found.tolist() == [-1, 1]


def test_a_ranker_without_weight_takes_no_part() -> None:
    scores = {"a": np.array([0.0, 2.0]), "b": np.array([3.0, 1.0])}
    assert weighted_sum(scores, {"a": 1.0, "b": 0.0}).tolist() == [-1, 1]
    assert weighted_sum(scores, {}).tolist() == [0, 0]


@given(st.lists(st.tuples(FLOATS, st.integers(0, 4)), min_size=1, max_size=30))
def test_the_best_window_is_the_highest_of_each_passage(windows: list[tuple[float, int]]) -> None:
    scores = np.array([score for score, _ in windows])
    owners = np.array([owner for _, owner in windows], dtype=np.int32)
    for passage, best in enumerate(best_of(scores, owners, 5)):
        assert best == max([s for s, o in windows if o == passage], default=min(scores))


@pytest.mark.parametrize(
    "change",
    [
        {"rerank_depth": 0},
        {"rerank_weight": 1.5},
        {"weights": {"magic": 1.0}},
        {"weights": {"lexical": -1.0}},
        {"top": 3},
    ],
)
def test_settings_out_of_bounds_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(QuestionError):
        settings_from_json(Settings().to_json() | change)


def test_settings_survive_json() -> None:
    assert settings_from_json(Settings(rerank_depth=7).to_json()) == Settings(rerank_depth=7)
