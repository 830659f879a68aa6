"""Judgements: which passages answer which question, as a person marked them.

<home>/judgements/questions.jsonl    a line a question: id, question, and its kind where that was chosen
<home>/judgements/qrels.txt          a line a judged passage, as trec_eval reads them: question 0 passage relevance

Both are what `casebook eval` takes. The id of a question is made of its folded words, so that the same question, asked
again, finds its judgements.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from pathlib import Path

from corpus.disk import disk_errors, exclusive, replace_file
from corpus.errors import CasebookError
from corpus.folding import fold
from qa.answer import check_question

FOLDER = "judgements"
QUESTIONS, QRELS = "questions.jsonl", "qrels.txt"
WAIT = 10.0
"""Seconds that a judgement waits for another one to be saved."""


class JudgementError(CasebookError):
    """Judgements that cannot be read, or one that cannot be kept."""


class Relevance(IntEnum):
    """How a passage answers a question, as the grade of TREC judgements."""

    NOT = 0
    PARTLY = 1
    RELEVANT = 2


class Kind(StrEnum):
    """What kind of question one is, by the words that question sets use."""

    FACT = "fact"
    SURVEY = "survey"
    UNANSWERABLE = "unanswerable"


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with the relevance of its judged passages by id; ``kind`` is None where none was chosen."""

    id: str
    question: str
    kind: Kind | None
    passages: Mapping[str, int]


def question_id(question: str) -> str:
    """Return the id of ``question``: twelve hexadecimal digits of its folded words, behind a q."""
    return f"q{hashlib.sha256(fold(question).encode('utf-8', 'replace')).hexdigest()[:12]}"


def read_judgements(home: Path) -> dict[str, Judged]:
    """Return what has been judged, by the id of the question, in the order of asking.

    Raises JudgementError for files that cannot be read.
    """
    graded: dict[str, dict[str, int]] = {}
    for number, line in _lines(home / FOLDER / QRELS):
        try:
            question, _, passage, relevance = line.split()
            graded.setdefault(question, {})[passage] = int(relevance)
        except ValueError:
            raise _damaged(home / FOLDER / QRELS, number) from None
    found = {}
    for number, line in _lines(home / FOLDER / QUESTIONS):
        try:
            entry = json.loads(line)
            identity, kind = str(entry["id"]), entry.get("kind")
            found[identity] = Judged(
                identity, str(entry["question"]), Kind(kind) if kind else None, graded.pop(identity, {})
            )
        except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
            raise _damaged(home / FOLDER / QUESTIONS, number) from None
    if graded:
        raise JudgementError(
            f"{str(home / FOLDER / QRELS)!r} judges {min(graded)!r}, which is no question of {QUESTIONS}",
            "take its lines out, or add the question",
        )
    return found


def judged(home: Path, question: str) -> Judged:
    """Return what has been judged of ``question``, nothing where it is new. Raises JudgementError as above, and
    QuestionError where it is none.
    """
    asked = check_question(question)
    return read_judgements(home).get(question_id(asked), Judged(question_id(asked), asked, None, {}))


def judge_passage(home: Path, question: str, passage_id: str, relevance: Relevance | None) -> Judged:
    """Keep how the passage answers ``question``, or that it is not judged, and return what is judged of it now.

    Raises QuestionError for a question that is none, JudgementError for an id that is none or judgements that cannot be
    read, CasebookError where the disk refuses.
    """
    if passage_id.split() != [passage_id] or not passage_id.isascii() or not passage_id.isprintable():
        raise JudgementError(f"{passage_id[:60]!r} is no id of a passage", "judge a passage of the library")

    def change(old: Judged) -> Judged:
        others = {name: grade for name, grade in old.passages.items() if name != passage_id}
        return replace(old, passages=others if relevance is None else others | {passage_id: int(relevance)})

    return _change(home, question, change)


def choose_kind(home: Path, question: str, kind: Kind | None) -> Judged:
    """Keep what kind of question ``question`` is, and return what is judged of it. Raises as ``judge_passage`` does."""
    return _change(home, question, lambda old: replace(old, kind=kind))


def _change(home: Path, question: str, change: Callable[[Judged], Judged]) -> Judged:
    """Keep what ``change`` makes of what is judged of ``question``; one that nothing is kept of is forgotten."""
    check_question(question)
    with exclusive(home / FOLDER, WAIT):
        known = read_judgements(home)
        after = change(judged(home, question))
        known[after.id] = after
        if not (after.passages or after.kind):
            del known[after.id]
        _write(home / FOLDER, known)
    return after


def _write(folder: Path, known: Mapping[str, Judged]) -> None:
    """Write both files. The judgements come last where a question is new, first where one goes, so that what a crash
    leaves between them never judges a question that is not there.
    """
    lines = [
        json.dumps({"id": one.id, "question": one.question} | ({"kind": one.kind} if one.kind else {}))
        for one in known.values()
    ]
    qrels = [f"{one.id} 0 {name} {grade}" for one in known.values() for name, grade in one.passages.items()]
    contents = [(QUESTIONS, lines), (QRELS, qrels)]
    with disk_errors(folder):
        shrinking = len(lines) < sum(1 for _ in _lines(folder / QUESTIONS))
        for name, content in reversed(contents) if shrinking else contents:
            replace_file(folder / name, "".join(f"{line}\n" for line in content).encode("ascii"))


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the number and the text of every line that is not blank; none where there is no file."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError) as error:
        raise JudgementError(f"{str(path)!r} cannot be read ({error})", "mend the file or move it away") from None
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, line


def _damaged(path: Path, number: int) -> JudgementError:
    return JudgementError(f"{str(path)!r} line {number} is no judgement", "mend the line or take it out")
