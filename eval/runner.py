"""Asking every question of a file in one process, and keeping what came back as a run."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from corpus.errors import QuestionError
from eval.questions import read_asked
from eval.runs import Result, Run, RunMeta, RunPassage, RunQuote, write_run
from index.search import Searcher
from index.settings import Settings
from qa.answer import Answer, Status, ask, produced_by
from qa.citation import cite


def run_questions(
    searcher: Searcher,
    questions: Path,
    out: Path,
    top: int,
    settings: Settings,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Ask every question of the file ``questions`` and write the run to ``out``; return how many were asked.

    ``top`` passages are kept a question. ``progress`` is told how many of how many are done. A question that cannot be
    asked has no passages, and counts as abstained. Raises QuestionError for a file that cannot be used, and for an
    ``out`` that cannot be written, before anything is asked.
    """
    asked = read_asked(questions)
    _check_out(out, questions)
    searcher.search("warm up", 1, settings)
    results = []
    for number, (identity, question) in enumerate(asked, 1):
        began = time.perf_counter()
        try:
            answer = ask(searcher, question, top, settings)
        except QuestionError:
            results.append(Result(identity, question, (), (), True, 0.0))
        else:
            results.append(_result(identity, question, answer, time.perf_counter() - began))
        if progress:
            progress(number, len(asked))
    made = produced_by(searcher, settings)
    models = {"encoder": str(made["encoder"]), "reranker": str(made["reranker"])}
    meta = RunMeta(
        str(made["corpus"]), models, settings.to_json(), str(made["casebook"]), str(made["date"]), "casebook"
    )
    write_run(Run(tuple(results), meta), out)
    return len(results)


def _check_out(out: Path, questions: Path) -> None:
    if out.resolve() == questions.resolve():
        raise QuestionError(f"the run would be written over the questions in {str(out)!r}", "give another --out")
    if out.is_dir() or not os.access(out.resolve().parent, os.W_OK):
        raise QuestionError(f"the run cannot be written to {str(out)!r}", "give a file in a folder that exists")


def _result(identity: str, question: str, answer: Answer, seconds: float) -> Result:
    return Result(
        id=identity,
        question=question,
        passages=tuple(_passages(answer)),
        quotes=tuple(RunQuote(quote.text, quote.passage_id) for quote in answer.quotes),
        abstained=answer.status is Status.NOT_FOUND,
        seconds=round(seconds, 4),
    )


def _passages(answer: Answer) -> Iterator[RunPassage]:
    for hit in answer.passages:
        citation = cite(hit.report, hit.passage)
        yield RunPassage(
            id=hit.passage.id,
            text=hit.passage.text,
            score=round(hit.score, 6),
            report=citation.report_id,
            case_study=citation.case_study,
            section=citation.section,
            page=citation.page,
            start=hit.passage.span.start,
            end=hit.passage.span.end,
        )
