"""Relevance: which passages answer a question, told from its anchors or from TREC judgements.

Passages that share an anchor, such as one text printed in two reports, are copies of one answer. A system that folds
copies into one hit finds as much as one that lists them, and listing the second gains nothing. Relevance is told from
the text of a passage, so that a run whose passages have other ids and borders can be scored too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from corpus.errors import QuestionError
from corpus.folding import fold
from eval.questions import UNANSWERABLE, Question
from eval.trec import Qrels

MAX_TEXTS = 2
"""An anchor found in more distinct texts than this does not tell an answering passage."""


class JudgedPassage(Protocol):
    """A passage of the collection, as far as judging needs it; ``corpus.model.Passage`` is one."""

    @property
    def id(self) -> str: ...

    @property
    def text(self) -> str: ...

    @property
    def report_id(self) -> str: ...


class Reason(StrEnum):
    """Why something of a question set is left out of a score."""

    VANISHED = "anchor found in no passage"
    AMBIGUOUS = f"anchor found in more than {MAX_TEXTS} different passages"
    NOT_WANTED = "anchor or relevant passage of an unanswerable question"
    UNKNOWN_PASSAGE = "judged passage is not in the collection"
    UNKNOWN_QUESTION = "judged question is not in the question set"
    RANKINGS_ONLY = "a TREC run holds rankings alone: answer hits, abstention and time are not scored"
    NOT_ASKED = "result for a question that is not in the question set"
    NOTHING_RELEVANT = "no passage is known to be relevant: retrieval is not scored"
    NO_KIND = "neither a kind nor a relevant passage: abstention is not scored"
    NO_PROBABILITY = "result states no probability of being answerable: left out of AUROC, Brier and reliability"


@dataclass(frozen=True, slots=True, order=True)
class Exclusion:
    """Something left out of a score: of which question, why, and what (the anchor or the passage id; may be empty)."""

    question: str
    reason: Reason
    detail: str = ""

    def __str__(self) -> str:
        return f"left out: {f'{self.question} {self.detail}'.strip()}: {self.reason.value}"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is relevant to one question.

    ``anchors`` are folded, and only those that count. ``grades`` has the relevance of each distinct answer, ``firsts``
    the id of the first passage of the collection that gives it. ``reports`` are those with a relevant passage. The
    others map each anchor, passage id and folded passage text to the number of its answer.
    """

    anchors: tuple[str, ...] = ()
    grades: tuple[int, ...] = ()
    firsts: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    by_anchor: Mapping[str, int] = field(default_factory=dict)
    by_id: Mapping[str, int] = field(default_factory=dict)
    by_text: Mapping[str, int] = field(default_factory=dict)

    def answers(self, identity: str, text: str) -> set[int]:
        """Return the numbers of the answers that a passage gives; none where it is not relevant."""
        folded = fold(text)
        found = {answer for anchor, answer in self.by_anchor.items() if anchor in folded}
        if identity in self.by_id:
            found.add(self.by_id[identity])
        if folded in self.by_text:
            found.add(self.by_text[folded])
        return found

    def ranking(self, passages: Sequence[tuple[str, str]]) -> tuple[int | None, ...]:
        """Return, for each (id, text), best first, the answer it is the first to give; None where it gives no new one.

        A passage that gives several new answers counts as the one of highest grade.
        """
        claimed: set[int] = set()
        ranking: list[int | None] = []
        for identity, text in passages:
            new = self.answers(identity, text) - claimed
            first = min(new, key=lambda answer: (-self.grades[answer], answer)) if new else None
            ranking.append(first)
            if first is not None:
                claimed.add(first)
        return tuple(ranking)


def anchors_in(text: str, anchors: Iterable[str]) -> set[str]:
    """Return those of the folded ``anchors`` that ``text``, folded, contains."""
    folded = fold(text)
    return {anchor for anchor in anchors if anchor in folded}


def judge(
    questions: Sequence[Question], passages: Iterable[JudgedPassage], qrels: Qrels | None = None
) -> tuple[dict[str, Judgement], tuple[Exclusion, ...]]:
    """Return the judgement of every question over the collection ``passages``, and everything that was left out.

    Where ``qrels`` judge a question, they alone say which passages are relevant to it; its anchors still tell coverage
    and answer hits. Raises QuestionError where there is no passage to find the anchors in.
    """
    collection = [(passage, fold(passage.text)) for passage in passages]
    if not collection:
        raise QuestionError("there is no passage to judge with", "build the index of the reports first")
    qrels = qrels or {}
    judgements: dict[str, Judgement] = {}
    exclusions: list[Exclusion] = []
    for question in questions:
        if question.kind == UNANSWERABLE:
            wanted = [passage for passage, grade in qrels.get(question.id, {}).items() if grade > 0]
            exclusions += [Exclusion(question.id, Reason.NOT_WANTED, what) for what in (*question.anchors, *wanted)]
            judgements[question.id] = Judgement()
            continue
        found = _find(question, collection, exclusions)
        if question.id in qrels:
            judgement = _from_qrels(question.id, qrels[question.id], found, collection, exclusions)
        else:
            judgement = _from_anchors(found, collection)
        if not judgement.grades:
            exclusions.append(Exclusion(question.id, Reason.NOTHING_RELEVANT))
        judgements[question.id] = judgement
    exclusions += [Exclusion(identity, Reason.UNKNOWN_QUESTION) for identity in qrels if identity not in judgements]
    return judgements, tuple(exclusions)


def trec_qrels(judgements: Mapping[str, Judgement]) -> Qrels:
    """Return ``judgements`` for TREC tools: the grade of every distinct answer under the id of its first passage.

    Such tools would count the copies of an answer as further answers, so that they stand for one here as in the score.
    """
    return {
        identity: dict(zip(found.firsts, found.grades, strict=True))
        for identity, found in judgements.items()
        if found.grades
    }


_Collection = list[tuple[JudgedPassage, str]]


def _find(question: Question, collection: _Collection, exclusions: list[Exclusion]) -> dict[str, list[int]]:
    """Return where in the collection each anchor that counts stands, and add the other anchors to ``exclusions``."""
    places: dict[str, list[int]] = {}
    for anchor in dict.fromkeys(fold(anchor) for anchor in question.anchors):
        found = [number for number, (_, text) in enumerate(collection) if anchor in text]
        if not found:
            exclusions.append(Exclusion(question.id, Reason.VANISHED, anchor))
        elif len({collection[number][1] for number in found}) > MAX_TEXTS:
            exclusions.append(Exclusion(question.id, Reason.AMBIGUOUS, anchor))
        else:
            places[anchor] = found
    return places


def _from_anchors(places: dict[str, list[int]], collection: _Collection) -> Judgement:
    numbers = {number: None for found in places.values() for number in found}
    roots = {anchor: anchor for anchor in places}
    for number in numbers:
        first, *others = [anchor for anchor, found in places.items() if number in found]
        for other in others:
            old, new = roots[other], roots[first]
            roots = {anchor: new if root == old else root for anchor, root in roots.items()}
    order = {root: answer for answer, root in enumerate(dict.fromkeys(roots.values()))}
    by_anchor = {anchor: order[root] for anchor, root in roots.items()}
    firsts = [
        min(number for anchor, found in places.items() if by_anchor[anchor] == answer for number in found)
        for answer in order.values()
    ]
    return Judgement(
        anchors=tuple(places),
        grades=(1,) * len(order),
        firsts=tuple(collection[number][0].id for number in firsts),
        reports=tuple(dict.fromkeys(collection[number][0].report_id for number in sorted(numbers))),
        by_anchor=by_anchor,
    )


def _from_qrels(
    identity: str,
    judged: Mapping[str, int],
    places: dict[str, list[int]],
    collection: _Collection,
    exclusions: list[Exclusion],
) -> Judgement:
    known = {passage.id: (passage, text) for passage, text in collection}
    exclusions += [Exclusion(identity, Reason.UNKNOWN_PASSAGE, passage) for passage in judged if passage not in known]
    relevant = {passage: grade for passage, grade in judged.items() if grade > 0 and passage in known}
    firsts: dict[str, str] = {}
    for passage in relevant:
        firsts.setdefault(known[passage][1], passage)
    by_text = {text: answer for answer, text in enumerate(firsts)}
    by_id = {passage: by_text[known[passage][1]] for passage in relevant}
    grades = [0] * len(by_text)
    for passage, grade in relevant.items():
        grades[by_id[passage]] = max(grades[by_id[passage]], grade)
    reports = tuple(dict.fromkeys(known[passage][0].report_id for passage in relevant))
    return Judgement(
        anchors=tuple(places),
        grades=tuple(grades),
        firsts=tuple(firsts.values()),
        reports=reports,
        by_id=by_id,
        by_text=by_text,
    )
