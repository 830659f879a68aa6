"""Intervals and the randomisation test, against enumeration and sums worked by hand."""

import itertools
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.significance import Estimate, bootstrap_interval, estimate, randomisation_test

VALUES = st.lists(st.floats(-1, 1), min_size=1, max_size=30)


def test_an_interval_is_the_same_for_the_same_seed() -> None:
    values = [0.0, 1.0, 1.0, 0.5, 0.25]
    assert bootstrap_interval(values, seed=3) == bootstrap_interval(values, seed=3)
    assert bootstrap_interval(values, resamples=50, seed=3) != bootstrap_interval(values, resamples=50, seed=4)


def test_the_interval_of_a_share_is_that_of_the_binomial() -> None:
    # The mean of a resample of 40 ones and 60 zeros is binomial(100, 0.4) / 100. Its 2.5 and 97.5 % points are 0.31 and
    # 0.50: P(X <= 30) = 0.0248, P(X <= 31) = 0.0398, P(X <= 49) = 0.9729, P(X <= 50) = 0.9832.
    below = [sum(comb(100, k) * 0.4**k * 0.6 ** (100 - k) for k in range(top + 1)) for top in (30, 31, 49, 50)]
    assert below == pytest.approx([0.0248, 0.0398, 0.9729, 0.9832], abs=1e-4)
    low, high = bootstrap_interval([1.0] * 40 + [0.0] * 60)
    assert (low, high) == (pytest.approx(0.31, abs=0.0101), pytest.approx(0.50, abs=0.0101))


def test_two_values_give_their_own_range() -> None:
    # A resample of (0, 1) has mean 0, 1/2 or 1 with chances 1/4, 1/2, 1/4: both ends are beyond 2.5 %.
    assert estimate([0.0, 1.0]) == Estimate(0.5, 0.0, 1.0, 2)


def test_one_value_and_equal_values_have_no_width() -> None:
    assert estimate([0.25]) == Estimate(0.25, 0.25, 0.25, 1)
    assert estimate([1.0] * 7) == Estimate(1.0, 1.0, 1.0, 7)


def test_nothing_has_no_interval() -> None:
    with pytest.raises(ValueError, match="needs a value"):
        estimate([])


def test_an_interval_covers_the_true_mean_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    samples = rng.random((300, 60))
    intervals = [bootstrap_interval(list(sample), resamples=500, seed=n) for n, sample in enumerate(samples)]
    covered = sum(low <= 0.5 <= high for low, high in intervals) / 300
    assert 0.91 <= covered <= 0.98


@given(values=VALUES)
def test_an_interval_lies_within_the_values(values: list[float]) -> None:
    low, high = bootstrap_interval(values, resamples=200)
    assert min(values) - 1e-12 <= low <= high <= max(values) + 1e-12


def test_many_values_are_drawn_in_parts() -> None:
    low, high = bootstrap_interval([0.0, 1.0] * 50_000, resamples=100)
    # standard error 0.5 / sqrt(100 000) = 0.0016
    assert (low, high) == (pytest.approx(0.497, abs=0.002), pytest.approx(0.503, abs=0.002))


def test_p_of_five_wins_in_a_row() -> None:
    # Of 2**5 = 32 sign changes only all plus and all minus are as far from zero: 2 / 32.
    assert randomisation_test([0.1, 0.2, 0.3, 0.4, 0.5]) == 2 / 32


def test_p_of_one_small_loss_among_wins() -> None:
    # |+1 +1 +1 -1| = 2. Sums of four signs: 4 (once), 2 (4 times), 0 (6), -2 (4), -4 (once); 10 of 16 reach 2.
    assert randomisation_test([1.0, 1.0, 1.0, -1.0]) == 10 / 16


def test_no_difference_has_p_one() -> None:
    assert randomisation_test([]) == 1.0
    assert randomisation_test([0.0] * 50) == 1.0
    assert randomisation_test([0.5, -0.5]) == 1.0


def test_rounding_does_not_split_equal_sums() -> None:
    # 0.1 + 0.2 - 0.3 is not 0 in floating point; every sign change with that sum must still count as equal.
    assert randomisation_test([0.1, 0.2, -0.3]) == 1.0


@given(differences=st.lists(st.floats(-1, 1).map(lambda x: round(x, 2)), max_size=8))
def test_p_agrees_with_enumeration_and_ignores_sign_and_zeros(differences: list[float]) -> None:
    observed = abs(sum(differences))
    sums = [
        abs(sum(sign * difference for sign, difference in zip(signs, differences, strict=True)))
        for signs in itertools.product((1, -1), repeat=len(differences))
    ]
    expected = sum(total >= observed - 1e-9 for total in sums) / len(sums)
    assert randomisation_test(differences) == pytest.approx(expected)
    assert randomisation_test([-difference for difference in differences] + [0.0] * 3) == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(3))
def test_drawn_signs_agree_with_all_signs(seed: int) -> None:
    differences = list(np.random.default_rng(seed).normal(0.2, 0.5, 14))
    exact = randomisation_test(differences)  # 2**14 sign changes
    drawn = randomisation_test(differences, samples=16_000, seed=seed)
    # the standard error of a share over 16 000 draws is below 0.004
    assert drawn == pytest.approx(exact, abs=0.016)
    assert drawn != exact


def test_p_of_a_clear_difference_is_small_and_never_zero() -> None:
    assert randomisation_test([1.0] * 80, samples=2_000) == 1 / 2_001


def test_p_is_about_even_where_nothing_differs() -> None:
    rng = np.random.default_rng(1)
    found = [randomisation_test(list(rng.normal(0, 1, 30)), samples=400, seed=n) for n in range(300)]
    # under the null hypothesis one in twenty is below 0.05: 15 expected, standard deviation 3.8
    assert 4 <= sum(p < 0.05 for p in found) <= 27
