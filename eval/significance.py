"""How sure a mean is, and whether two systems differ: bootstrap intervals and the randomisation test."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
RESAMPLES = 10_000
RANDOMISATIONS = 100_000

_CELLS = 4_000_000
"""Random numbers drawn at a time, so that memory stays bounded however many questions there are."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over ``count`` questions and its 95 % interval from ``low`` to ``high``."""

    mean: float
    low: float
    high: float
    count: int


def estimate(values: Sequence[float], *, resamples: int = RESAMPLES, seed: int = 0) -> Estimate:
    """Return the mean of ``values`` with its bootstrap interval. Raises ValueError where there is no value."""
    low, high = bootstrap_interval(values, resamples=resamples, seed=seed)
    mean = math.fsum(values) / len(values)
    return Estimate(mean, low, high, len(values))


def bootstrap_interval(
    values: Sequence[float], *, confidence: float = CONFIDENCE, resamples: int = RESAMPLES, seed: int = 0
) -> tuple[float, float]:
    """Return the percentile bootstrap interval (low, high) of the mean of ``values``.

    The values are drawn with replacement ``resamples`` times, and the interval holds the middle ``confidence`` share of
    the means. The same values and seed give the same interval. With few values it is too narrow, and where all are
    equal it has no width. Raises ValueError where there is no value.

    Source: Efron 1979, "Bootstrap methods: another look at the jackknife"; Efron and Tibshirani 1993, "An introduction
    to the bootstrap", chapter 13.
    """
    if not values:
        raise ValueError("a bootstrap needs a value")
    data = np.asarray(values, dtype=np.float64)
    rng = np.random.default_rng(seed)
    means = [data[rng.integers(0, data.size, (rows, data.size))].mean(axis=1) for rows in _rows(resamples, data.size)]
    return percentile_interval(np.concatenate(means), confidence)


def percentile_interval(samples: NDArray[np.float64], confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return the interval (low, high) that holds the middle ``confidence`` share of ``samples``, shape (n,)."""
    tail = 100.0 * (1.0 - confidence) / 2.0
    low, high = np.percentile(samples, [tail, 100.0 - tail])
    return float(low), float(high)


def randomisation_test(differences: Sequence[float], *, samples: int = RANDOMISATIONS, seed: int = 0) -> float:
    """Return the two-sided p value of the paired ``differences`` between two systems over the same questions.

    If the systems were alike, each difference could as well have had the other sign: p is the share of all sign
    changes that give a mean at least as far from zero. Every sign change is tried where there are at most ``samples``
    of them; otherwise as many are drawn at random, and the one observed is counted with them, so that p is never 0.
    Differences of zero change nothing; where there are no others p is 1.

    Source: Smucker, Allan and Carterette 2007, "A comparison of statistical significance tests for information
    retrieval evaluation"; counting the observed one, Phipson and Smyth 2010, "Permutation p-values should never be
    zero".
    """
    data = np.asarray([difference for difference in differences if difference], dtype=np.float64)
    if not data.size:
        return 1.0
    # Sums that are equal but for rounding count as equal.
    bound = abs(math.fsum(data)) - 1e-9 * math.fsum(abs(data))
    if data.size < 60 and 2**data.size <= samples:
        return _exact(data, bound)
    rng = np.random.default_rng(seed)
    extreme = 0
    for rows in _rows(samples, data.size):
        signs = rng.integers(0, 2, (rows, data.size)) * 2 - 1
        extreme += int(np.count_nonzero(np.abs(signs @ data) >= bound))
    return (extreme + 1) / (samples + 1)


def _exact(data: NDArray[np.float64], bound: float) -> float:
    sums = np.zeros(1)
    for difference in data:
        sums = np.concatenate([sums + difference, sums - difference])
    return int(np.count_nonzero(np.abs(sums) >= bound)) / sums.size


def _rows(total: int, width: int) -> list[int]:
    """Return how many rows of ``width`` cells to draw at a time until there are ``total``."""
    step = max(1, _CELLS // width)
    return [min(step, total - start) for start in range(0, total, step)]
