"""Measures of one question's result: of ranking, through ir_measures, and of coverage and quotes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from eval.judge import anchors_in

if TYPE_CHECKING:
    from ir_measures import Measure

NDCG, RR, SUCCESS_1, SUCCESS_5, RECALL = "nDCG@10", "RR@10", "Success@1", "Success@5", "R@10"
RANKING_MEASURES = (NDCG, RR, SUCCESS_1, SUCCESS_5, RECALL)
"""Measures of a ranking, by their names in ir_measures."""

COVERAGE, ANSWER_HIT, DECISION = "Coverage@10", "AnswerHit", "Decision"
MEASURES = (*RANKING_MEASURES, COVERAGE, ANSWER_HIT, DECISION)
"""Every measure that has a value per question, in the order of reports."""

MEANINGS = {
    NDCG: "how high the relevant passages stand in the first ten; 1 where all stand before the others",
    RR: "one divided by the rank of the first relevant passage, 0 where none is in the first ten",
    SUCCESS_1: "share of questions whose first passage is relevant",
    SUCCESS_5: "share of questions with a relevant passage in the first five",
    RECALL: "share of the relevant passages found in the first ten",
    COVERAGE: "for surveys, share of the question's anchors found in the first ten passages",
    ANSWER_HIT: "share of questions with a quote that contains an anchor",
    DECISION: "share of questions rightly answered or rightly abstained from",
}
"""What each measure says, in plain words."""

COVERAGE_DEPTH = 10


def ranking_values(
    grades: Mapping[str, Sequence[int]], rankings: Mapping[str, Sequence[int | None]]
) -> dict[str, dict[str, float]]:
    """Return the value, from 0 to 1, of each ranking measure for each question of ``grades``: measure -> question ->
    value.

    ``grades`` has the relevance of every distinct answer to a question, all of which make up the ideal ranking of nDCG
    and the whole of recall. ``rankings`` has, best first, the answer that each passage gives, None for a passage that
    gives none. A question without a ranking scores zero. The order alone ranks, so that no tie is broken by an id.

    Sources: nDCG, Järvelin and Kekäläinen 2002, "Cumulated gain-based evaluation of IR techniques", with the grade
    itself as the gain; reciprocal rank, Kantor and Voorhees 2000, "The TREC-5 confusion track"; all as computed by
    ir_measures (MacAvaney et al. 2022), https://ir-measur.es.
    """
    values: dict[str, dict[str, float]] = {name: dict.fromkeys(grades, 0.0) for name in RANKING_MEASURES}
    # Questions and answers pass through ir_measures under numbers: its C code does not take every string as an id.
    numbers = {identity: str(number) for number, identity in enumerate(grades)}
    identities = {number: identity for identity, number in numbers.items()}
    qrels = {
        numbers[identity]: {f"answer{n}": grade for n, grade in enumerate(found)} for identity, found in grades.items()
    }
    run = {
        numbers[identity]: {
            f"none{rank}" if answer is None else f"answer{answer}": float(-rank) for rank, answer in enumerate(ranking)
        }
        for identity, ranking in rankings.items()
        if identity in numbers and ranking
    }
    if not qrels or not run:
        return values
    # Imported here because ir_measures installs a log handler when it is imported.
    import ir_measures

    measures: dict[Measure, str] = {ir_measures.parse_measure(name): name for name in RANKING_MEASURES}
    for metric in ir_measures.iter_calc(list(measures), qrels, run):
        values[measures[metric.measure]][identities[metric.query_id]] = float(metric.value)
    return values


def first_ranks(anchors: Sequence[str], texts: Sequence[str]) -> tuple[int | None, ...]:
    """Return for each of the folded ``anchors`` the rank (1 is the first) of the first of ``texts`` that contains it,
    None where none does."""
    ranks: dict[str, int] = {}
    for rank, text in enumerate(texts, start=1):
        for anchor in anchors_in(text, anchors):
            ranks.setdefault(anchor, rank)
    return tuple(ranks.get(anchor) for anchor in anchors)


def share_within(ranks: Sequence[int | None], depth: int) -> float:
    """Return the share, from 0 to 1, of ``ranks`` that are at most ``depth``.

    Over the first ranks of anchors it is subtopic recall (Zhai, Cohen and Lafferty 2003, "Beyond independent
    relevance"). Raises ValueError where there is no rank.
    """
    if not ranks:
        raise ValueError("a share needs a rank")
    return sum(rank is not None and rank <= depth for rank in ranks) / len(ranks)


def answer_hit(anchors: Sequence[str], quotes: Iterable[str]) -> float:
    """Return 1.0 where one of ``quotes`` contains one of the folded ``anchors``, otherwise 0.0."""
    return float(any(anchors_in(quote, anchors) for quote in quotes))
