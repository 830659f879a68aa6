"""Question sets: questions, what kind they are, and the phrases that tell an answering passage."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from corpus.errors import QuestionError
from corpus.folding import fold
from eval.lines import Fields, read_objects, shown

FACT, SURVEY, UNANSWERABLE = "fact", "survey", "unanswerable"
KINDS = (FACT, SURVEY, UNANSWERABLE)

_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Question:
    """A question to measure with. ``kind`` is one of ``KINDS``, or None where the set does not say.

    ``anchors`` are phrases that only an answering passage contains, after folding: for a fact any of them will do, for
    a survey each tells a different answering passage. ``answer`` is for people to read.
    """

    id: str
    question: str
    kind: str | None = None
    anchors: tuple[str, ...] = ()
    answer: str = ""


def read_asked(path: Path) -> tuple[tuple[str, str], ...]:
    """Return the id and the text of every question of the JSON lines file ``path``, in its order.

    Nothing else on a line is looked at, so that a run cannot depend on the expected answers. Raises QuestionError as
    ``read_questions`` does.
    """
    return tuple(_each(path, _asked))


def read_questions(path: Path) -> tuple[Question, ...]:
    """Return the questions of the JSON lines file ``path``, in its order.

    A line has ``id`` and ``question`` (or ``q``), and may have ``kind``, ``anchors`` and ``answer``; other keys are
    left alone. Raises QuestionError, with the line number, for anything that cannot be used, and for an empty file.
    """
    return tuple(_each(path, _question))


def read_kind(fields: Fields) -> str | None:
    """Return the kind that ``fields`` names, None where it names none. Raises QuestionError for an unknown one."""
    kind = fields.value.get("kind")
    if kind is not None and kind not in KINDS:
        raise fields.error(f"kind is {shown(kind)}", f"use one of {', '.join(KINDS)}, or leave it out")
    return kind


def once_each(thing: str) -> Callable[[str, Fields], None]:
    """Return a check that raises QuestionError when it is given an id for the second time, naming both places."""
    places: dict[str, str] = {}

    def check(identity: str, fields: Fields) -> None:
        if identity in places:
            first = places[identity].rpartition(" ")[2]
            raise fields.error(
                f"the {thing} id {shown(identity)} stands on line {first} already", "give each line its own id"
            )
        places[identity] = fields.where

    return check


def _each(path: Path, read: Callable[[Fields], _Read]) -> list[_Read]:
    check = once_each("question")
    found = []
    for fields in read_objects(path):
        found.append(read(fields))
        check(fields.identity("id"), fields)
    if not found:
        raise QuestionError(f"{path} holds no question", 'write one {"id": ..., "question": ...} a line')
    return found


def _asked(fields: Fields) -> tuple[str, str]:
    key = "q" if "question" not in fields.value and "q" in fields.value else "question"
    return fields.identity("id"), fields.name(key)


def _question(fields: Fields) -> Question:
    identity, question = _asked(fields)
    anchors = fields.texts("anchors")
    for anchor in anchors:
        if not fold(anchor):
            raise fields.error(f"the anchor {shown(anchor)} is empty", "give a phrase of an answering passage")
    return Question(
        id=identity,
        question=question,
        kind=read_kind(fields),
        anchors=anchors,
        answer=fields.optional_text("answer") or "",
    )
