"""How well a system knows that the reports do not answer: its decisions, and the probabilities behind them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval.significance import RESAMPLES, Estimate, estimate, percentile_interval

BINS = 10


@dataclass(frozen=True, slots=True)
class Decision:
    """One question: whether it can be answered, whether the system abstained, and its stated probability, from 0 to 1,
    that it can be answered (None where it stated none)."""

    answerable: bool
    abstained: bool
    probability: float | None = None

    @property
    def right(self) -> bool:
        """Whether the system abstained from an unanswerable question or answered an answerable one."""
        return self.abstained != self.answerable


@dataclass(frozen=True, slots=True)
class Bin:
    """The questions given a probability from ``low`` up to ``high``: their mean probability, the share of them that is
    answerable, and how many they are."""

    low: float
    high: float
    predicted: float
    observed: float
    count: int


@dataclass(frozen=True, slots=True)
class Abstention:
    """The measures of abstaining; None where there is nothing to measure on.

    ``precision``: share of the abstentions that are right. ``recall``: share of the unanswerable questions abstained
    from. ``refused``: share of the answerable questions abstained from. ``auroc``: how often an answerable question has
    a higher probability than an unanswerable one. ``brier``: mean squared error of the probabilities.
    """

    answerable: int
    unanswerable: int
    abstained: int
    precision: Estimate | None
    recall: Estimate | None
    refused: Estimate | None
    auroc: Estimate | None
    brier: Estimate | None
    reliability: tuple[Bin, ...]


def abstention(decisions: Sequence[Decision], *, resamples: int = RESAMPLES, seed: int = 0) -> Abstention:
    """Return the measures of abstaining over ``decisions``, with bootstrap intervals.

    A decision without a probability counts in precision, recall and refused, and in nothing else. The Brier score is
    from Brier 1950, "Verification of forecasts expressed in terms of probability".
    """

    def share(values: list[bool]) -> Estimate | None:
        return estimate([float(value) for value in values], resamples=resamples, seed=seed) if values else None

    stated = [(d.probability, d.answerable) for d in decisions if d.probability is not None]
    positive = [probability for probability, answerable in stated if answerable]
    negative = [probability for probability, answerable in stated if not answerable]
    errors = [(probability - answerable) ** 2 for probability, answerable in stated]
    both = bool(positive and negative)
    return Abstention(
        answerable=sum(d.answerable for d in decisions),
        unanswerable=sum(not d.answerable for d in decisions),
        abstained=sum(d.abstained for d in decisions),
        precision=share([not d.answerable for d in decisions if d.abstained]),
        recall=share([d.abstained for d in decisions if not d.answerable]),
        refused=share([d.abstained for d in decisions if d.answerable]),
        auroc=auroc(positive, negative, resamples=resamples, seed=seed) if both else None,
        brier=estimate(errors, resamples=resamples, seed=seed) if errors else None,
        reliability=reliability(stated),
    )


def auroc(
    positive: Sequence[float], negative: Sequence[float], *, resamples: int = RESAMPLES, seed: int = 0
) -> Estimate:
    """Return the area under the ROC curve: how often a positive scores above a negative, a tie counting half.

    The interval is a percentile bootstrap that draws positives and negatives apart. Raises ValueError where one of them
    is missing. Source: Hanley and McNeil 1982, "The meaning and use of the area under a receiver operating
    characteristic (ROC) curve".
    """
    if not positive or not negative:
        raise ValueError("AUROC needs a positive and a negative")
    # Scores stand as ranks among the distinct scores; a sample is then how often each rank was drawn.
    levels, ranks = np.unique(np.asarray([*positive, *negative], dtype=np.float64), return_inverse=True)
    above, below = ranks[: len(positive)], ranks[len(positive) :]
    pairs = len(positive) * len(negative)

    def area(drawn_above: np.ndarray, drawn_below: np.ndarray) -> float:
        wins = np.bincount(drawn_above, minlength=levels.size)
        losses = np.bincount(drawn_below, minlength=levels.size)
        twice = 2 * (np.cumsum(losses) - losses) + losses
        return float(wins @ twice) / (2 * pairs)

    rng = np.random.default_rng(seed)
    samples = [
        area(above[rng.integers(0, above.size, above.size)], below[rng.integers(0, below.size, below.size)])
        for _ in range(resamples)
    ]
    low, high = percentile_interval(np.asarray(samples))
    return Estimate(area(above, below), low, high, len(positive) + len(negative))


def reliability(stated: Sequence[tuple[float, bool]], bins: int = BINS) -> tuple[Bin, ...]:
    """Return the reliability curve of (probability, whether it came true): ``bins`` of equal width, without empty ones.

    A probability of 1 belongs to the last bin. Source: Murphy and Winkler 1977, "Reliability of subjective probability
    forecasts of precipitation and temperature".
    """
    groups: dict[int, list[tuple[float, bool]]] = {}
    for probability, outcome in stated:
        groups.setdefault(min(int(probability * bins), bins - 1), []).append((probability, outcome))
    return tuple(
        Bin(
            low=number / bins,
            high=(number + 1) / bins,
            predicted=math.fsum(probability for probability, _ in group) / len(group),
            observed=sum(outcome for _, outcome in group) / len(group),
            count=len(group),
        )
        for number, group in sorted(groups.items())
    )
