"""The formats of TREC: relevance judgements (qrels) and ranked runs, as trec_eval and ir_measures read them.

Source: https://github.com/usnistgov/trec_eval (README, "qrels" and "results" files).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import QuestionError
from eval.lines import read_text_lines, shown, write_text

Qrels = dict[str, dict[str, int]]
"""Question id -> passage id -> relevance: 0 or less is not relevant."""


@dataclass(frozen=True, slots=True)
class TrecRun:
    """Rankings of one system: question id -> (passage id, score), best first, no score above the one before it."""

    tag: str
    rankings: Mapping[str, tuple[tuple[str, float], ...]]


def read_qrels(path: Path) -> Qrels:
    """Return the judgements of ``path``: on each line question, iteration (ignored), passage, relevance.

    Raises QuestionError, with the line number, for a malformed line and a pair judged twice, and for an empty file.
    """
    qrels: Qrels = {}
    for number, line in read_text_lines(path):
        columns = _columns(path, number, line, ("question", "iteration", "passage", "relevance"))
        question, _, passage, relevance = columns
        judged = qrels.setdefault(question, {})
        if passage in judged:
            raise QuestionError(f"{path} line {number}: {question} {passage} is judged twice", "keep one of the lines")
        judged[passage] = _whole(path, number, "relevance", relevance)
    if not qrels:
        raise QuestionError(f"{path} holds no judgement", "write lines of: question 0 passage relevance")
    return qrels


def write_qrels(qrels: Mapping[str, Mapping[str, int]], path: Path) -> None:
    """Write ``qrels`` to ``path``; a question with no judged passage has no line.

    Raises QuestionError for an id that is empty or holds white space, which the format cannot hold.
    """
    lines = []
    for question, judged in qrels.items():
        for passage, relevance in judged.items():
            lines.append(f"{_word(question)} 0 {_word(passage)} {relevance:d}\n")
    write_text(path, "".join(lines))


def read_trec_run(path: Path) -> TrecRun:
    """Return the run of ``path``: on each line question, Q0, passage, rank, score, tag.

    As in trec_eval the score orders the passages; equal scores stay in the order of their ranks. Raises QuestionError,
    with the line number, for a malformed line, a passage named twice for a question and a second tag, and for an empty
    file.
    """
    found: dict[str, dict[str, tuple[float, int]]] = {}
    tag = ""
    for number, line in read_text_lines(path):
        columns = _columns(path, number, line, ("question", "Q0", "passage", "rank", "score", "tag"))
        question, _, passage, rank, score, this_tag = columns
        if tag and this_tag != tag:
            raise QuestionError(f"{path} line {number}: the tag {shown(this_tag)} after {shown(tag)}", "split the runs")
        tag = this_tag
        ranked = found.setdefault(question, {})
        if passage in ranked:
            raise QuestionError(f"{path} line {number}: {question} {passage} is ranked twice", "keep one of the lines")
        ranked[passage] = (_finite(path, number, score), _whole(path, number, "rank", rank))
    if not found:
        raise QuestionError(f"{path} holds no ranking", "write lines of: question Q0 passage rank score tag")
    return TrecRun(tag, {question: _ordered(ranked) for question, ranked in found.items()})


def write_trec_run(run: TrecRun, path: Path) -> None:
    """Write ``run`` to ``path``, ranks from 1; a question without passages has no line.

    Raises QuestionError for an id or tag that is empty or holds white space, a passage ranked twice, and a score that
    is not finite or above the one before it: a reader would order the passages otherwise.
    """
    lines = []
    for question, ranking in run.rankings.items():
        if len({passage for passage, _ in ranking}) < len(ranking):
            raise QuestionError(f"the ranking of {shown(question)} names a passage twice", "keep its best rank")
        last = math.inf
        for rank, (passage, score) in enumerate(ranking, start=1):
            if not math.isfinite(score) or score > last:
                raise QuestionError(
                    f"the score {score} of {shown(passage)} for {shown(question)} is out of order",
                    "give finite scores that do not rise",
                )
            last = score
            lines.append(f"{_word(question)} Q0 {_word(passage)} {rank} {float(score)!r} {_word(run.tag)}\n")
    write_text(path, "".join(lines))


def _ordered(ranked: dict[str, tuple[float, int]]) -> tuple[tuple[str, float], ...]:
    best_first = sorted(ranked.items(), key=lambda item: (-item[1][0], item[1][1]))
    return tuple((passage, score) for passage, (score, _) in best_first)


def _columns(path: Path, number: int, line: str, names: tuple[str, ...]) -> list[str]:
    columns = line.split()
    if len(columns) != len(names):
        raise QuestionError(
            f"{path} line {number}: {len(columns)} columns in {shown(line.strip())}", f"give {' '.join(names)}"
        )
    return columns


def _whole(path: Path, number: int, name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise QuestionError(f"{path} line {number}: the {name} {shown(text)}", "give a whole number") from error


def _finite(path: Path, number: int, text: str) -> float:
    try:
        score = float(text)
    except ValueError:
        score = math.nan
    if not math.isfinite(score):
        raise QuestionError(f"{path} line {number}: the score {shown(text)}", "give a finite number")
    return score


def _word(identity: str) -> str:
    if identity.split() != [identity] or "\ufeff" in identity:
        raise QuestionError(
            f"{shown(identity)} cannot stand in a TREC file", "use ids and tags of one word without white space"
        )
    return identity
