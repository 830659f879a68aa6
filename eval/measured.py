"""What the page shows of measured quality: a question set asked, scored and drawn."""

from collections.abc import Callable
from pathlib import Path

from eval.charts import charts
from eval.html import failed, outcome
from eval.metrics import MEANINGS, MEASURES
from eval.questions import read_questions
from eval.runner import ask_all
from eval.score import QuestionScore, Scores, score_run
from eval.tables import cell
from eval.trec import read_qrels
from index.search import Searcher
from index.settings import Settings
from qa.calibration import Calibration
from qa.quality import Chart, Quality, Shortfall

DEPTH = 20
"""How many passages are asked for, as ``casebook eval run`` does by default."""


def measure(
    searcher: Searcher,
    calibration: Calibration,
    questions: Path,
    qrels: Path | None,
    progress: Callable[[int, int], None],
) -> Quality:
    """Ask every question of the file ``questions`` with the settings of the page and return how well they are answered,
    judged by the TREC judgements in ``qrels``, by anchors where that is None.

    Raises QuestionError for files that cannot be used.
    """
    asked = read_questions(questions)
    judged = read_qrels(qrels) if qrels else None
    run = ask_all(searcher, [(one.id, one.question) for one in asked], DEPTH, Settings(), progress, calibration)
    passages = [passage for _, passage in searcher.index.passages]
    return _quality(score_run(run, asked, passages, judged, corpus_fingerprint=searcher.index.fingerprint))


def _quality(scores: Scores) -> Quality:
    measures = [(name, scores.overall[name]) for name in MEASURES if name in scores.overall]
    return Quality(
        questions=len(scores.questions),
        date=scores.meta.date if scores.meta else "",
        measures=tuple((name, MEANINGS[name], f"{cell(found)} ({found.count})") for name, found in measures),
        charts=tuple(Chart(one.plot.title, one.note, one.plot.svg) for one in charts([scores])),
        shortfalls=tuple(_shortfall(one) for one in scores.questions if failed(one)),
        left_out=tuple(map(str, scores.exclusions)),
    )


def _shortfall(question: QuestionScore) -> Shortfall:
    return Shortfall(question.question, outcome(question))
