"""Quality against how much a person reads, so that long chunks gain nothing by their length.

Success at a rank counts a chunk of a thousand words as one of fifty. Here the returned passages are laid end to end and
read for a number of words; what stands after is not seen.
"""

from collections.abc import Mapping, Sequence

from eval.judge import Judgement, anchors_in
from eval.questions import FACT, SURVEY, Question
from eval.runs import Result, Run

BUDGETS = ((FACT, 200), (FACT, 1000), (SURVEY, 2000))
"""Kind of question and words read: what one, five and ten of casebook's longest passages hold."""


def within_words(
    run: Run, questions: Sequence[Question], judgements: Mapping[str, Judgement]
) -> dict[str, dict[str, float]]:
    """Return, for each of ``BUDGETS``, the value of each question of that kind: measure -> question -> value.

    A fact scores 1 where one of its anchors is read, a survey the share of its anchors that are. A question without a
    result scores 0; one whose anchors were all excluded in judging is left out.
    """
    results = {result.id: result for result in run.results}
    found: dict[str, dict[str, float]] = {name(kind, words): {} for kind, words in BUDGETS}
    for kind, words in BUDGETS:
        for question in questions:
            anchors = judgements[question.id].anchors
            if question.kind != kind or not anchors:
                continue
            read = first_words(results[question.id], words) if question.id in results else []
            seen = {anchor for text in read for anchor in anchors_in(text, anchors)}
            found[name(kind, words)][question.id] = float(bool(seen)) if kind == FACT else len(seen) / len(anchors)
    return found


def name(kind: str, words: int) -> str:
    """Return the name of the measure of questions of ``kind`` when ``words`` words are read."""
    return f"{kind} in {words} words"


def first_words(result: Result, words: int) -> list[str]:
    """Return the texts of the passages of ``result``, best first, cut where ``words`` words have been read."""
    texts = []
    for passage in result.passages:
        if words <= 0:
            break
        read = passage.text.split()[:words]
        texts.append(" ".join(read))
        words -= len(read)
    return texts
