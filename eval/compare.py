"""Two runs over the same questions: paired differences, whether chance explains them, and which questions changed."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from corpus.errors import QuestionError
from eval.judge import Reason
from eval.lines import shown
from eval.metrics import MEASURES
from eval.score import ALL, QuestionScore, Scores, rounded
from eval.significance import RESAMPLES, bootstrap_interval, randomisation_test

SIGNIFICANT = 0.05


@dataclass(frozen=True, slots=True)
class Difference:
    """How far ``other`` is from ``base`` on one measure, over the ``count`` questions of a kind (or all) with a value.

    ``base`` and ``other`` are means, ``mean`` is other less base with its 95 % interval, ``p`` the two-sided p value of
    the paired randomisation test, not corrected for the number of measures looked at. ``wins`` counts the questions on
    which other is better.
    """

    measure: str
    kind: str
    count: int
    base: float
    other: float
    mean: float
    low: float
    high: float
    p: float
    wins: int
    losses: int
    ties: int
    verdict: str

    @property
    def told_apart(self) -> bool:
        """Whether the interval leaves out zero and p is below 0.05."""
        return (self.low > 0 or self.high < 0) and self.p < SIGNIFICANT


@dataclass(frozen=True, slots=True)
class Change:
    """A question on which the two runs differ by a measure."""

    question: str
    text: str
    kind: str
    measure: str
    base: float
    other: float

    @property
    def won(self) -> bool:
        """Whether the other run is better than the base."""
        return self.other > self.base


@dataclass(frozen=True, slots=True)
class Comparison:
    """The run ``other`` against the run ``base``. ``notes`` says what could not be checked or paired."""

    base: str
    other: str
    differences: tuple[Difference, ...]
    changes: tuple[Change, ...]
    notes: tuple[str, ...]

    @property
    def verdicts(self) -> tuple[str, ...]:
        """One plain sentence for every measure, over all questions."""
        return tuple(difference.verdict for difference in self.differences if difference.kind == ALL)

    def difference(self, measure: str, kind: str = ALL) -> Difference:
        """Return the difference by ``measure`` over questions of ``kind``. Raises QuestionError where there is none."""
        for difference in self.differences:
            if (difference.measure, difference.kind) == (measure, kind):
                return difference
        known = ", ".join(d.measure for d in self.differences if d.kind == kind)
        if known:
            raise QuestionError(f"no question of kind {shown(kind)} has a {shown(measure)}", f"use one of {known}")
        kinds = ", ".join(dict.fromkeys(d.kind for d in self.differences))
        raise QuestionError(f"no question of kind {shown(kind)} is compared", f"use one of {kinds}")

    def fails_under(self, measure: str, minimum_difference: float, kind: str = ALL) -> bool:
        """Return whether other less base by ``measure`` is below ``minimum_difference``, such as -0.02 for a gate that
        allows a loss of 0.02. Raises QuestionError for a measure or kind not compared and a minimum not finite."""
        if not math.isfinite(minimum_difference):
            raise QuestionError(f"the least difference is {minimum_difference}", "give a number such as -0.02")
        # A difference equal to the minimum but for rounding passes.
        return self.difference(measure, kind).mean < minimum_difference - 1e-9

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as a JSON object, numbers rounded to six decimals."""
        found: dict[str, Any] = rounded(asdict(self))
        return found


def compare(base: Scores, other: Scores, *, resamples: int = RESAMPLES, seed: int = 0) -> Comparison:
    """Return ``other`` against ``base``: every measure, over all questions and by kind.

    Raises QuestionError where the runs are known to be over different corpora, or were not scored on the same
    questions.
    """
    names = (base.name or "base", other.name or "other")
    if names[0] == names[1]:
        names = (f"{names[0]} (base)", f"{names[1]} (other)")
    notes = _check_corpora(base, other, names)
    pairs = _pairs(base, other, names)
    kinds = dict.fromkeys(first.kind for first, _ in pairs)
    differences = []
    changes = []
    for measure in MEASURES:
        paired = [(a, b) for a, b in pairs if measure in a.values and measure in b.values]
        if lone := [a.id for a, b in pairs if (measure in a.values) != (measure in b.values)]:
            where = f" where only one run has it: {', '.join(lone)}" if paired else ": only one run has it"
            notes.append(f"{measure} is left out{where}")
        for kind in (ALL, *kinds):
            chosen = [(a.values[measure], b.values[measure]) for a, b in paired if kind in (ALL, a.kind)]
            if chosen:
                differences.append(_difference(measure, kind, chosen, names, resamples, seed))
        changes += [
            Change(a.id, a.question, a.kind, measure, a.values[measure], b.values[measure])
            for a, b in paired
            if a.values[measure] != b.values[measure]
        ]
    notes += [
        f"{name} has no result, and scores zero, for: {', '.join(scores.missing)}"
        for name, scores in zip(names, (base, other), strict=True)
        if scores.missing
    ]
    left_out = dict.fromkeys([*base.exclusions, *other.exclusions])
    notes += [str(exclusion) for exclusion in left_out if exclusion.reason is not Reason.NO_PROBABILITY]
    return Comparison(*names, tuple(differences), tuple(changes), tuple(notes))


def _check_corpora(base: Scores, other: Scores, names: tuple[str, str]) -> list[str]:
    fingerprints = (base.corpus_fingerprint, other.corpus_fingerprint)
    unknown = [name for name, fingerprint in zip(names, fingerprints, strict=True) if not fingerprint]
    if unknown:
        return [f"the corpus of {' and '.join(unknown)} is not recorded: that it is the same was not checked"]
    if fingerprints[0] != fingerprints[1]:
        raise QuestionError(
            f"{names[0]} is over corpus {fingerprints[0]}, {names[1]} over {fingerprints[1]}",
            "compare runs over the same reports: make one of them again",
        )
    return []


def _pairs(base: Scores, other: Scores, names: tuple[str, str]) -> list[tuple[QuestionScore, QuestionScore]]:
    sides = ({q.id: q for q in base.questions}, {q.id: q for q in other.questions})
    for here, there in ((0, 1), (1, 0)):
        if only := next((identity for identity in sides[here] if identity not in sides[there]), None):
            raise QuestionError(
                f"question {shown(only)} is scored for {names[here]} and not for {names[there]}",
                "score both on one question set",
            )
    pairs = [(question, sides[1][question.id]) for question in base.questions]
    for first, second in pairs:
        if (first.question, first.kind) != (second.question, second.kind):
            raise QuestionError(
                f"question {shown(first.id)} is not the same for {names[0]} and {names[1]}",
                "score both on one question set",
            )
    return pairs


def _difference(
    measure: str, kind: str, pairs: Sequence[tuple[float, float]], names: tuple[str, str], resamples: int, seed: int
) -> Difference:
    gains = [other - base for base, other in pairs]
    low, high = bootstrap_interval(gains, resamples=resamples, seed=seed)
    count = len(pairs)
    found: Mapping[str, Any] = {
        "measure": measure,
        "kind": kind,
        "count": count,
        "base": math.fsum(base for base, _ in pairs) / count,
        "other": math.fsum(other for _, other in pairs) / count,
        "mean": math.fsum(gains) / count,
        "low": low,
        "high": high,
        "p": randomisation_test(gains, seed=seed),
        "wins": sum(gain > 0 for gain in gains),
        "losses": sum(gain < 0 for gain in gains),
        "ties": sum(gain == 0 for gain in gains),
    }
    difference = Difference(**found, verdict="")
    return Difference(**found, verdict=_verdict(difference, names))


def _verdict(found: Difference, names: tuple[str, str]) -> str:
    base, other = names
    of_kind = "" if found.kind == ALL else f"{found.kind} "
    subject = f"{found.measure} over {found.count} {of_kind}question{'s' if found.count > 1 else ''}"
    if not found.wins and not found.losses:
        return f"{subject}: {other} and {base} cannot be told apart; every question scores the same."
    better, worse, sign = (base, other, -1) if found.told_apart and found.mean < 0 else (other, base, 1)
    low, high = sorted((sign * found.low, sign * found.high))
    p = "p < 0.001" if found.p < 0.001 else f"p = {found.p:.3f}"
    evidence = f"95 % interval {low:+.3f} to {high:+.3f}, {p}"
    if found.told_apart:
        return f"{subject}: {better} is better than {worse} by {abs(found.mean):.3f} ({evidence})."
    return f"{subject}: {other} and {base} cannot be told apart (difference {found.mean:+.3f}, {evidence})."
