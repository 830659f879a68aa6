"""Calibrating silence: from questions that the reports answer, and ones that they do not, to a probability.

A logistic regression on the evidence that ``qa.calibration.weigh`` gives. What is told of it, and the threshold, come
from cross-validation: the probability of each question is that of a model fitted without it.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.errors import QuestionError
from eval.abstention import Abstention, Decision, abstention
from eval.questions import UNANSWERABLE, Question, read_questions
from index.search import Searcher
from index.settings import Settings
from qa.answer import check_question
from qa.calibration import EVIDENCE, Calibration, CalibrationError, weigh
from qa.workspace import version

FOLDS, REPEATS = 5, 5
FEWEST = 20
"""A calibration needs at least this many answerable and this many unanswerable questions."""


def calibrate(
    searcher: Searcher,
    questions: Sequence[Path],
    refuse: float = 0.05,
    settings: Settings | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Calibration, Abstention]:
    """Return the calibration of ``searcher``'s models on the question sets in ``questions``, and how well it abstains.

    Its threshold refuses the share ``refuse`` of the answerable questions. ``progress`` is told how many of how many
    questions have been asked. Raises QuestionError for a file that cannot be used, a question without a kind or too
    few of either sort, CalibrationError where no cross-encoder reads along.
    """
    asked = [question for path in questions for question in read_questions(path)]
    answerable = np.array([_is_answerable(question) for question in asked])
    for sort, count in (("answerable", answerable.sum()), ("unanswerable", (~answerable).sum())):
        if count < FEWEST:
            raise QuestionError(f"there are {count} {sort} questions", f"give at least {FEWEST} of them")
    settings, reranker = settings or Settings(), searcher.reranker
    unread = CalibrationError("nothing that a cross-encoder reads was found", "give it a library and its models")
    if reranker is None:
        raise unread
    evidence = []
    for number, question in enumerate(asked, 1):
        text = check_question(question.question)
        found = weigh(searcher, text, searcher.search(text, settings.rerank_depth, settings))
        if found is None:
            raise unread
        evidence.append([found[name] for name in EVIDENCE])
        if progress:
            progress(number, len(asked))
    values = np.array(evidence)
    unseen = cross_validated(values, answerable)
    threshold = float(np.quantile(unseen[answerable], refuse, method="lower"))
    decisions = [
        Decision(bool(known), bool(p < threshold), float(p)) for known, p in zip(answerable, unseen, strict=True)
    ]
    measured = abstention(decisions)
    assert measured.auroc and measured.refused and measured.recall  # there are questions of both sorts
    weights, bias = fitted(values, answerable)
    calibration = Calibration(
        weights={name: round(float(weight), 6) for name, weight in zip(EVIDENCE, weights, strict=True)},
        bias=round(bias, 6),
        threshold=threshold,
        encoder=searcher.encoder.fingerprint,
        reranker=reranker.fingerprint,
        questions=hashlib.sha256(b"".join(path.read_bytes() for path in questions)).hexdigest(),
        corpus=searcher.index.fingerprint,
        answerable=measured.answerable,
        unanswerable=measured.unanswerable,
        auroc=round(measured.auroc.mean, 4),
        refused=round(measured.refused.mean, 4),
        caught=round(measured.recall.mean, 4),
        reliability=tuple((round(b.predicted, 4), round(b.observed, 4), b.count) for b in measured.reliability),
        casebook=version(),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return calibration, measured


def fitted(values: NDArray[np.float64], answerable: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
    """Return the weights, of shape (evidence,), and bias of the logistic regression of ``answerable`` on ``values``.

    ``values`` has the shape (questions, evidence). It is fitted on standardised values with scikit-learn's default
    penalty; the weights returned are for the values as they are.
    """
    from sklearn.linear_model import LogisticRegression

    mean, spread = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-9)
    model = LogisticRegression(max_iter=1000).fit((values - mean) / spread, answerable)
    weights = model.coef_[0] / spread
    return weights, float(model.intercept_[0] - weights @ mean)


def cross_validated(values: NDArray[np.float64], answerable: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return for each question the mean probability, over ``REPEATS`` splits, of models fitted without it."""
    from sklearn.model_selection import StratifiedKFold

    total = np.zeros(len(values))
    for seed in range(REPEATS):
        for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(values, answerable):
            weights, bias = fitted(values[train], answerable[train])
            total[test] += 1 / (1 + np.exp(-(values[test] @ weights + bias)))
    return np.asarray(total / REPEATS)


def _is_answerable(question: Question) -> bool:
    if question.kind is None:
        raise QuestionError(f"question {question.id!r} has no kind", "give each question of a calibration its kind")
    return question.kind != UNANSWERABLE
