"""One question put to every case study, or to every kind of section: quotes where they speak to it, silence elsewhere.

Every unit is examined: the cross-encoder reads the best passages of each, not only of those that rank high among all.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from index.search import Filters, Hit, Index, Searcher
from index.settings import Settings
from qa.answer import check_question, produced_by
from qa.quotes import Quote, is_verbatim, quote_of, quote_to_json
from qa.units import By, Unit, UnitKind, units

QUOTES, MOST_QUOTES = 3, 5
"""Quotes a unit by default, and at most."""

FUSED_WEIGHT, SPEAKS = 0.6, 3.75
"""A passage speaks to the question where its evidence makes ``SPEAKS``: the cross-encoder's score and ``FUSED_WEIGHT``
times the fused score. Both are the same whatever units are asked, so that a filter changes no verdict.
benchmarks/compare.md says what the rule finds and misses.
"""

UNREAD = 0.0
"""Stands for the cross-encoder's score where there is no cross-encoder."""

WINDOWS = 2
"""How many stretches of a passage the cross-encoder reads."""

DEPTH = {By.CASE_STUDY: 3, By.SECTION_KIND: 8}
"""How many passages of a unit the cross-encoder reads; kinds of section are fewer and larger than case studies."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one unit says: its best quotes, or none where it is silent, and then its ``nearest`` words, no answer.

    ``reports`` are the ids and titles of the reports it stands in, ``passages`` how many passages it has.
    """

    kind: UnitKind
    name: str
    reports: tuple[tuple[str, str], ...]
    passages: int
    quotes: tuple[Quote, ...]
    nearest: Quote | None

    @property
    def speaks(self) -> bool:
        """Whether the unit speaks to the question."""
        return bool(self.quotes)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One question put to every unit: case studies first, those that speak first, best first; the others in order."""

    question: str
    by: By
    rows: tuple[Row, ...]
    produced_by: dict[str, Any]

    @property
    def counts(self) -> dict[UnitKind, tuple[int, int]]:
        """How many units of each kind speak to the question, of how many that were examined."""
        asked = Counter(row.kind for row in self.rows)
        speaking = Counter(row.kind for row in self.rows if row.speaks)
        return {kind: (speaking[kind], asked[kind]) for kind in UnitKind if asked[kind]}

    @property
    def lead(self) -> str:
        """What was found, in one sentence: "9 of 17 case studies and 1 of 3 parts outside them speak to this"."""
        names = {UnitKind.PART: "parts outside them", UnitKind.SECTION_KIND: "kinds of section"}
        told = [f"{some} of {all_} {names.get(kind, 'case studies')}" for kind, (some, all_) in self.counts.items()]
        return f"{' and '.join(told) or '0 of 0 case studies'} speak to this"

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as a JSON object with stable keys."""
        counts = self.counts.items()
        return {
            "question": self.question,
            "by": self.by.value,
            "lead": self.lead,
            "counts": {kind.value: {"speak": some, "examined": all_} for kind, (some, all_) in counts},
            "rows": [row_to_json(row) for row in self.rows],
            "produced_by": self.produced_by,
        }


def row_to_json(row: Row) -> dict[str, Any]:
    """Return a row as a JSON object."""
    return {
        "name": row.name,
        "kind": row.kind.value,
        "reports": [{"report_id": identity, "report": title} for identity, title in row.reports],
        "passages": row.passages,
        "speaks": row.speaks,
        "quotes": [quote_to_json(quote) for quote in row.quotes],
        "nearest": quote_to_json(row.nearest) if row.nearest else None,
    }


def compare(
    searcher: Searcher,
    question: str,
    by: By = By.CASE_STUDY,
    quotes: int = QUOTES,
    settings: Settings | None = None,
    filters: Filters | None = None,
    speaks: float = SPEAKS,
) -> Comparison:
    """Return what every case study and every part outside them, or every kind of section, says to ``question``.

    Each gives up to ``quotes`` quotes (at most ``MOST_QUOTES``). ``filters`` leave passages out, and with them units
    that have no other; ``speaks`` is the evidence that a quote needs. How much the cross-encoder reads is set here,
    not by ``settings``. Raises QuestionError for a question that cannot be asked.
    """
    asked = check_question(question)
    settings = replace(settings or Settings(), rerank_windows=WINDOWS)
    most = min(quotes, MOST_QUOTES)
    depth = max(DEPTH[by], most)
    examined = units(searcher.index, by, filters)
    found = searcher.search_each(asked, [unit.numbers for unit in examined], depth, settings)
    rows = []
    for unit, hits in zip(examined, found, strict=True):
        ranked = sorted((replace(hit, score=_evidence(hit)) for hit in hits), key=lambda hit: -hit.score)
        verified = [quote for hit in ranked if is_verbatim(searcher, quote := quote_of(hit, asked))]
        rows.append(_row(searcher.index, unit, verified, most, speaks))
    rule = {"speaks": speaks, "fused_weight": FUSED_WEIGHT}
    made = {"by": by.value, "quotes": most, "passages_read": depth, **rule}
    return Comparison(asked, by, tuple(sorted(rows, key=_place)), produced_by(searcher, settings) | {"compare": made})


def _evidence(hit: Hit) -> float:
    """Return how much there is for it that ``hit`` speaks to the question."""
    return hit.scores.get("rerank", UNREAD) + FUSED_WEIGHT * hit.scores["fused"]


def _row(index: Index, unit: Unit, verified: Sequence[Quote], most: int, needed: float) -> Row:
    said = tuple(quote for quote in verified[:most] if quote.score >= needed)
    reports = dict.fromkeys(index.passages[number][0].id for number in unit.numbers)
    return Row(
        kind=unit.kind,
        name=unit.name,
        reports=tuple((identity, index.reports[identity].title) for identity in reports),
        passages=len(unit.numbers),
        quotes=said,
        nearest=None if said else next(iter(verified), None),
    )


def _place(row: Row) -> tuple[int, float]:
    """Return what rows are ordered by."""
    return list(UnitKind).index(row.kind), -row.quotes[0].score if row.quotes else float("inf")
