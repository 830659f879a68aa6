"""Fusion of rankers' scores: standardise each over the passages, then add them by weight.

Standard scores keep how far ahead a passage is, which fusion by rank (Cormack and others 2009) throws away.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]


def standardised(scores: NDArray[np.floating]) -> Scores:
    """Return ``scores`` less their mean, over their standard deviation; all zero where they are all alike."""
    values = np.asarray(scores, dtype=np.float64)
    spread = float(values.std()) if values.size else 0.0
    return np.zeros_like(values) if spread < 1e-9 else (values - values.mean()) / spread


def weighted_sum(scores: Mapping[str, NDArray[np.floating]], weights: Mapping[str, float]) -> Scores:
    """Return the sum of the standardised ``scores``, each times its weight; all arrays are of shape (passages,).

    A ranker whose weight is missing or zero takes no part.
    """
    parts = [weights[name] * standardised(values) for name, values in scores.items() if weights.get(name)]
    size = next(iter(scores.values())).shape
    return np.sum(parts, axis=0) if parts else np.zeros(size)


def best_of(scores: NDArray[np.floating], owners: NDArray[np.int32], passages: int) -> Scores:
    """Return for each passage the best score among its windows.

    ``scores`` and ``owners`` have one entry a window; ``owners`` holds the number of the window's passage. A passage
    without a window gets the lowest score there is.
    """
    lowest = float(scores.min()) if len(scores) else 0.0
    best = np.full(passages, lowest)
    np.maximum.at(best, owners, scores)
    return best
