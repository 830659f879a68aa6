"""Asking every question of a file in one process, and keeping what came back as a run."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from corpus.errors import QuestionError
from eval.lines import check_out
from eval.questions import read_asked
from eval.runs import Result, Run, RunMeta, RunPassage, RunQuote, write_run
from index.search import Searcher
from index.settings import Settings
from qa.answer import Answer, Status, ask
from qa.calibration import Calibration
from qa.citation import cite
from qa.workspace import version


def run_questions(
    searcher: Searcher,
    questions: Path,
    out: Path,
    top: int,
    settings: Settings,
    progress: Callable[[int, int], None] | None = None,
    calibration: Calibration | None = None,
) -> int:
    """Ask every question of the file ``questions`` and write the run to ``out``; return how many were asked.

    ``top`` passages are kept a question. ``progress`` is told how many of how many are done. A question that cannot be
    asked has no passages, and counts as abstained. Raises QuestionError for a file that cannot be used, and for an
    ``out`` that cannot be written, before anything is asked.
    """
    asked = read_asked(questions)
    check_out(out, (questions,))
    run = ask_all(searcher, asked, top, settings, progress, calibration)
    write_run(run, out)
    return len(run.results)


def ask_all(
    searcher: Searcher,
    asked: Sequence[tuple[str, str]],
    top: int = 20,
    settings: Settings | None = None,
    progress: Callable[[int, int], None] | None = None,
    calibration: Calibration | None = None,
) -> Run:
    """Ask every question of ``asked``, pairs of id and question, and return the run, as ``run_questions`` writes it."""
    settings = settings or Settings()
    searcher.search("warm up", 1, settings)
    results = []
    for number, (identity, question) in enumerate(asked, 1):
        began = time.perf_counter()
        try:
            answer = ask(searcher, question, top, settings, calibration=calibration)
        except QuestionError:
            results.append(Result(identity, question, (), (), True, 0.0))
        else:
            results.append(_result(identity, question, answer, time.perf_counter() - began))
        if progress:
            progress(number, len(asked))
    return Run(tuple(results), _meta(searcher, top, settings))


def _meta(searcher: Searcher, top: int, settings: Settings) -> RunMeta:
    """Return what produced a run: with the settings, ``top`` and how the index was made."""
    reranker = searcher.reranker if settings.rerank else None
    return RunMeta(
        corpus_fingerprint=searcher.index.fingerprint,
        models={model.name: model.fingerprint for model in (searcher.encoder, reranker) if model},
        settings={**settings.to_json(), "top": top, "index": searcher.index.manifest["options"]},
        version=version(),
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        system="casebook",
    )


def _result(identity: str, question: str, answer: Answer, seconds: float) -> Result:
    return Result(
        id=identity,
        question=question,
        passages=tuple(_passages(answer)),
        quotes=tuple(RunQuote(quote.text, quote.passage_id) for quote in answer.quotes),
        abstained=answer.status is Status.NOT_FOUND,
        seconds=round(seconds, 4),
        answerable=None if answer.answerable is None else round(answer.answerable, 6),
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
