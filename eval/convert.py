"""Runs to TREC rankings and back, so that other tools can measure casebook and casebook can measure other systems."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from corpus.errors import QuestionError
from eval.judge import Exclusion, JudgedPassage, Judgement, judge, trec_qrels
from eval.lines import shown
from eval.questions import Question, read_questions
from eval.runs import Result, Run, RunPassage, read_run
from eval.score import check_corpus
from eval.trec import TrecRun, read_trec_run, write_qrels, write_trec_run
from index.search import Index


def load_run(path: Path, questions: Sequence[Question], passages: Iterable[JudgedPassage]) -> Run:
    """Return the run in ``path``: in TREC format where its name ends in .trec, otherwise as ``eval run`` writes it.

    Raises QuestionError as ``run_from_trec`` and ``read_run`` do.
    """
    return run_from_trec(read_trec_run(path), questions, passages) if path.suffix == ".trec" else read_run(path)


def export_run(run: Path, questions: Path, index: Index, out: Path) -> list[str]:
    """Write the run in the file ``run`` to ``out`` in TREC format; return a line for everything that was left out.

    Raises QuestionError for a file that cannot be used and a run over another corpus than ``index``.
    """
    found = read_run(run)
    check_corpus(found, index.fingerprint)
    judgements, exclusions = _judged(questions, index)
    write_trec_run(trec_run(found, judgements, "-".join(found.name.split()) or "casebook"), out)
    return [str(exclusion) for exclusion in exclusions]


def export_qrels(questions: Path, index: Index, out: Path) -> list[str]:
    """Write the judgements of a question set over the passages of ``index`` to ``out`` in TREC format; return a line
    for everything that was left out. Raises QuestionError for a file that cannot be used, and where nothing is left."""
    judgements, exclusions = _judged(questions, index)
    qrels = trec_qrels(judgements)
    if not qrels:
        raise QuestionError(f"no anchor of {str(questions)!r} is found", "give the question set of these reports")
    write_qrels(qrels, out)
    return [str(exclusion) for exclusion in exclusions]


def _judged(questions: Path, index: Index) -> tuple[dict[str, Judgement], tuple[Exclusion, ...]]:
    return judge(read_questions(questions), [passage for _, passage in index.passages])


def trec_run(run: Run, judgements: Mapping[str, Judgement], tag: str) -> TrecRun:
    """Return the rankings of ``run`` under the name ``tag``, a word without white space.

    The first passage that gives an answer stands under the id that ``trec_qrels`` has for the answer, so that TREC
    tools come to the same values as casebook's score. They keep scores in single precision, order by them and break
    ties by id: a ranking whose scores do not fall, such as one spread over case studies, gets 1/rank in their place.
    Raises QuestionError where the run has other texts under the ids of the collection.
    """
    rankings = {}
    for result in run.results:
        identities = _identities(result, judgements.get(result.id, Judgement()))
        scores = [passage.score for passage in result.passages]
        with np.errstate(over="ignore"):
            kept = np.asarray(scores, dtype=np.float32)
        if any(below >= above for above, below in pairwise(kept)):
            scores = [1.0 / rank for rank in range(1, len(scores) + 1)]
        rankings[result.id] = tuple(zip(identities, scores, strict=True))
    return TrecRun(tag, rankings)


def _identities(result: Result, judgement: Judgement) -> list[str]:
    """Return the ids of the passages of ``result``, an answer's copies having changed ids so that the best of them has
    that of the answer's first passage in the collection."""
    found = [passage.id for passage in result.passages]
    ranking = judgement.ranking([(passage.id, passage.text) for passage in result.passages])
    for place, answer in enumerate(ranking):
        if answer is not None and (first := judgement.firsts[answer]) != found[place]:
            if first in found:
                found[found.index(first)] = found[place]
            found[place] = first
    for place, answer in enumerate(ranking):
        if (found[place] in judgement.firsts) != (answer is not None):
            raise QuestionError(
                f"the run has another text under the id {shown(found[place])} for {shown(result.id)}",
                "export it with the index it was made on",
            )
    return found


def run_from_trec(trec: TrecRun, questions: Sequence[Question], passages: Iterable[JudgedPassage]) -> Run:
    """Return ``trec`` as a run over ``passages`` that holds rankings only.

    A question without a ranking has no result, and is scored as zero. Raises QuestionError for a ranking of a question
    or a passage that is not among those given.
    """
    asked = {question.id: question for question in questions}
    known = {passage.id: passage for passage in passages}
    if unknown := next((i for i in trec.rankings if i not in asked), None):
        raise QuestionError(f"the run ranks for the unknown question {shown(unknown)}", "give the run's question set")
    results = []
    for question in questions:
        if question.id not in trec.rankings:
            continue
        found = []
        for identity, score in trec.rankings[question.id]:
            if identity not in known:
                raise QuestionError(
                    f"the run ranks the unknown passage {shown(identity)} for {question.id}",
                    "give the collection the run was made on, or a run file with the passages' text",
                )
            found.append(RunPassage(identity, known[identity].text, score, report=known[identity].report_id))
        results.append(Result(question.id, question.question, tuple(found), (), False, 0.0, kind=question.kind))
    return Run(tuple(results), name=trec.tag, rankings_only=True)
