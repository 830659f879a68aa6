"""Runs to TREC rankings and back, so that other tools can measure casebook and casebook can measure other systems."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from corpus.errors import QuestionError
from eval.judge import JudgedPassage
from eval.lines import shown
from eval.questions import Question
from eval.runs import Result, Run, RunPassage
from eval.trec import TrecRun


def trec_run(run: Run, tag: str) -> TrecRun:
    """Return the rankings of ``run`` under the name ``tag``, a word without white space.

    TREC tools order by score and break ties by id, so that the scores of a ranking stand only where each is below the
    one before it; any other ranking, such as one spread over case studies, gets 1/rank in their place.
    """
    rankings = {}
    for result in run.results:
        scores = [passage.score for passage in result.passages]
        if any(below >= above for above, below in pairwise(scores)):
            scores = [1.0 / rank for rank in range(1, len(scores) + 1)]
        rankings[result.id] = tuple(zip((passage.id for passage in result.passages), scores, strict=True))
    return TrecRun(tag, rankings)


def run_from_trec(trec: TrecRun, questions: Sequence[Question], passages: Iterable[JudgedPassage]) -> Run:
    """Return ``trec`` as a run over ``passages``: no quotes, nothing abstained from, no times and no metadata.

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
    return Run(tuple(results), name=trec.tag)
