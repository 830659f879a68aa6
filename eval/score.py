"""From a run and its questions to scores: for each question, by kind and by report, with everything left out listed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from corpus.errors import QuestionError
from corpus.folding import fold
from eval.abstention import Abstention, Decision, abstention
from eval.judge import Exclusion, JudgedPassage, Judgement, Reason, judge
from eval.lines import shown
from eval.metrics import (
    ANSWER_HIT,
    COVERAGE,
    COVERAGE_DEPTH,
    DECISION,
    MEASURES,
    answer_hit,
    first_ranks,
    ranking_values,
    share_within,
)
from eval.questions import SURVEY, UNANSWERABLE, Question
from eval.runs import Result, Run, RunMeta
from eval.significance import RESAMPLES, Estimate, estimate
from eval.trec import Qrels

ALL = "all"
UNSTATED = "unstated"
"""Stands for the kind of a question whose set does not say."""

Means = Mapping[str, Estimate]
"""Measure -> its mean over the questions that have a value for it."""


@dataclass(frozen=True, slots=True)
class QuestionScore:
    """The values of one question, by measure; a measure that does not apply to it, or cannot be judged, is not there.

    ``found_at`` is the rank (1 is the first) of the first relevant passage, None where none was returned, and
    ``anchor_ranks`` that of the first passage with each anchor; ``top`` says where the first passage stands.
    ``missing``: the run has no result, and every value is zero.
    """

    id: str
    question: str
    kind: str
    answer: str
    reports: tuple[str, ...]
    values: Mapping[str, float]
    found_at: int | None
    anchor_ranks: tuple[int | None, ...]
    top: str
    abstained: bool
    answerable: float | None
    seconds: float | None
    missing: bool


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds a query took: the median, and what 95 in 100 stayed under."""

    median: float
    p95: float


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of a run: ``overall``, ``by_kind`` and ``by_report`` (of the relevant passages; a question counts for
    each of its reports) hold means with intervals; ``abstention`` is None where no question tells. ``depth`` is the
    greatest number of passages returned for a question."""

    name: str
    meta: RunMeta | None
    questions: tuple[QuestionScore, ...]
    overall: Means
    by_kind: Mapping[str, Means]
    by_report: Mapping[str, Means]
    abstention: Abstention | None
    latency: Latency | None
    depth: int
    exclusions: tuple[Exclusion, ...]

    @property
    def corpus_fingerprint(self) -> str:
        """The fingerprint of the corpus that was searched; empty where it is not recorded."""
        return self.meta.corpus_fingerprint if self.meta else ""

    @property
    def missing(self) -> tuple[str, ...]:
        """The ids of the questions the run has no result for; they score zero."""
        return tuple(question.id for question in self.questions if question.missing)

    def to_json(self) -> dict[str, Any]:
        """Return the scores as a JSON object, numbers rounded to six decimals, with ``missing`` beside the fields."""
        found: dict[str, Any] = rounded(asdict(self))
        return {**found, "missing": list(self.missing)}


def score_run(
    run: Run,
    questions: Sequence[Question],
    passages: Iterable[JudgedPassage],
    qrels: Qrels | None = None,
    *,
    corpus_fingerprint: str = "",
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Scores:
    """Return the scores of ``run`` on ``questions``, judged over the collection ``passages``.

    The passages of the run are judged by their text, and need not be those of the collection. A passage is ranked as it
    was returned even where the system abstained; an answer hit needs a quote. A question without a result scores zero
    and counts as wrongly decided. ``corpus_fingerprint``, where given, is that of ``passages``.

    Raises QuestionError where there is no question or no passage, where the run asked something else under the id of a
    question, and where it is known to be over another corpus.
    """
    if not questions:
        raise QuestionError("there is no question to score", "give a question set with at least one line")
    check_corpus(run, corpus_fingerprint)
    results = _results(run, questions)
    judgements, left_out = judge(questions, passages, qrels)
    rankings = {
        identity: judgements[identity].ranking([(passage.id, passage.text) for passage in result.passages])
        for identity, result in results.items()
        if identity in judgements
    }
    grades = {identity: judgement.grades for identity, judgement in judgements.items() if judgement.grades}
    ranked = ranking_values(grades, rankings)
    rows = tuple(
        _score(question, judgements[question.id], results.get(question.id), rankings.get(question.id, ()), ranked)
        for question in questions
    )
    if run.rankings_only:
        rows = tuple(_ranking_alone(row) for row in rows)
    asked = {question.id for question in questions}
    exclusions = [*left_out, *(Exclusion(i, Reason.NOT_ASKED) for i in results if i not in asked)]
    lacking = [q.id for q in rows if DECISION in q.values and not q.missing and q.answerable is None]
    if run.rankings_only:
        exclusions.append(Exclusion("", Reason.RANKINGS_ONLY, "every result"))
    else:
        exclusions += [Exclusion(q.id, Reason.NO_KIND) for q in rows if DECISION not in q.values]
    if lacking and all(row.answerable is None for row in rows):
        exclusions.append(Exclusion("", Reason.NO_PROBABILITY, "every result"))
    else:
        exclusions += [Exclusion(identity, Reason.NO_PROBABILITY) for identity in lacking]
    kinds = list(dict.fromkeys(row.kind for row in rows))
    reports = sorted({report for row in rows for report in row.reports})
    return Scores(
        name=run.name,
        meta=run.meta,
        questions=rows,
        overall=_means(rows, resamples, seed),
        by_kind={kind: _means([q for q in rows if q.kind == kind], resamples, seed) for kind in kinds},
        by_report={name: _means([q for q in rows if name in q.reports], resamples, seed) for name in reports},
        abstention=_abstention(rows, resamples, seed),
        latency=_latency(rows),
        depth=max((len(result.passages) for result in run.results), default=0),
        exclusions=tuple(exclusions),
    )


def check_corpus(run: Run, corpus_fingerprint: str) -> None:
    """Raise QuestionError where ``run`` is known to be over another corpus than the one of a fingerprint, if any."""
    if corpus_fingerprint and run.corpus_fingerprint not in ("", corpus_fingerprint):
        raise QuestionError(
            f"the run {shown(run.name)} is over corpus {run.corpus_fingerprint}, not {corpus_fingerprint}",
            "make the run again, or score it with the index it was made on",
        )


def rounded(value: Any) -> Any:
    """Return the JSON value ``value`` with every fraction rounded to six decimals."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, Mapping):
        return {key: rounded(item) for key, item in value.items()}
    return [rounded(item) for item in value] if isinstance(value, list | tuple) else value


def _results(run: Run, questions: Sequence[Question]) -> dict[str, Result]:
    results = {result.id: result for result in run.results}
    for question in questions:
        result = results.get(question.id)
        if result is not None and fold(result.question) != fold(question.question):
            raise QuestionError(
                f"the run {shown(run.name)} asked {shown(result.question)} under the id {shown(question.id)}",
                "score it with the question set it was made with",
            )
    return results


def _score(
    question: Question,
    judgement: Judgement,
    result: Result | None,
    ranking: Sequence[int | None],
    ranked: Mapping[str, Mapping[str, float]],
) -> QuestionScore:
    values = {name: by_question[question.id] for name, by_question in ranked.items() if question.id in by_question}
    texts = [passage.text for passage in result.passages] if result else []
    anchor_ranks = first_ranks(judgement.anchors, texts)
    if anchor_ranks:
        if question.kind == SURVEY:
            values[COVERAGE] = share_within(anchor_ranks, COVERAGE_DEPTH)
        values[ANSWER_HIT] = answer_hit(judgement.anchors, [quote.text for quote in result.quotes] if result else [])
    answerable = question.kind != UNANSWERABLE
    if question.kind is not None or judgement.grades:
        values[DECISION] = float(Decision(answerable, result.abstained).right) if result else 0.0
    top = result.passages[0] if result and result.passages else None
    return QuestionScore(
        id=question.id,
        question=question.question,
        kind=question.kind or UNSTATED,
        answer=question.answer,
        reports=judgement.reports,
        values=values,
        found_at=next((rank for rank, answer in enumerate(ranking, start=1) if answer is not None), None),
        anchor_ranks=anchor_ranks,
        top=", ".join(part for part in (top.report, top.case_study, top.section) if part) if top else "",
        abstained=result.abstained if result else answerable,
        answerable=result.answerable if result else None,
        seconds=result.seconds if result else None,
        missing=result is None,
    )


def _ranking_alone(row: QuestionScore) -> QuestionScore:
    """Return ``row`` without what a run that holds rankings alone says nothing about."""
    values = {name: value for name, value in row.values.items() if name not in (ANSWER_HIT, DECISION)}
    return replace(row, values=values, seconds=None)


def _means(rows: Sequence[QuestionScore], resamples: int, seed: int) -> Means:
    found = {name: [row.values[name] for row in rows if name in row.values] for name in MEASURES}
    return {name: estimate(values, resamples=resamples, seed=seed) for name, values in found.items() if values}


def _abstention(rows: Sequence[QuestionScore], resamples: int, seed: int) -> Abstention | None:
    """Return the measures of abstaining; a question without a result counts as decided wrongly with full conviction."""
    decided = [row for row in rows if DECISION in row.values]
    if not decided:
        return None
    stated = any(row.answerable is not None for row in decided)
    decisions = []
    for row in decided:
        answerable = row.kind != UNANSWERABLE
        worst = float(not answerable) if row.missing and stated else None
        decisions.append(Decision(answerable, row.abstained, worst if row.missing else row.answerable))
    return abstention(decisions, resamples=resamples, seed=seed)


def _latency(rows: Sequence[QuestionScore]) -> Latency | None:
    seconds = [row.seconds for row in rows if row.seconds is not None]
    if not seconds:
        return None
    return Latency(float(np.median(seconds)), float(np.percentile(seconds, 95)))
