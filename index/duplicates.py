"""Passages that say the same in the same words: one hit, several citations. Reports and case studies that hold the same
passages.

Likeness is the Jaccard index of their runs of five folded words (shingling: Broder 1997).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, NamedTuple

from corpus.characters import flat
from corpus.folding import words
from corpus.model import Passage, Report

if TYPE_CHECKING:
    from index.search import Index

SHINGLE_WORDS = 5
LIKENESS = 0.6


@dataclass(frozen=True, slots=True)
class Overlap:
    """A report, or a case study of it, most of which stands in another report too.

    ``share`` is the part of its passages that have one near enough the same in ``other_id``, there in the case study
    ``other_case_study``. For a whole report both case studies are None.
    """

    report_id: str
    case_study: str | None
    other_id: str
    other_case_study: str | None
    share: float

    def names(self, report_ids: Collection[str]) -> bool:
        """Return whether one of its reports is among ``report_ids``."""
        return self.report_id in report_ids or self.other_id in report_ids

    def __str__(self) -> str:
        """Return it as a sentence on one line, the reports by their ids."""
        return self.told({self.report_id: self.report_id, self.other_id: self.other_id})

    def told(self, names: Mapping[str, str]) -> str:
        """Return it as a sentence on one line, the reports by what ``names`` calls them."""
        own, other = names[self.report_id], names[self.other_id]
        percent = f"{int(100 * self.share)} %"
        if self.case_study is None:
            return flat(f"{percent} of the passages of {own} stand in {other} too.")
        name = "" if self.other_case_study == self.case_study else f", as {self.other_case_study}"
        return flat(
            f"The case study {self.case_study} of {own} stands in {other} too{name}: {percent} of its passages."
        )


def groups(texts: Sequence[str], likeness: float = LIKENESS) -> list[int]:
    """Return for each text the number of the first text that is near enough the same, its own number if none is.

    Likeness is passed on: where a is like b and b like c, all three share a group.
    """
    shingles = [_shingles(text) for text in texts]
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    leader = list(range(len(texts)))

    def find(n: int) -> int:
        while leader[n] != n:
            leader[n] = leader[leader[n]]
            n = leader[n]
        return n

    for n, own in enumerate(shingles):
        shared: Counter[int] = Counter(m for shingle in own for m in holders[shingle])
        for m, count in shared.items():
            if count / (len(own) + len(shingles[m]) - count) >= likeness:
                a, b = sorted((find(m), find(n)))
                leader[b] = a
        for shingle in own:
            holders[shingle].append(n)
    return [find(n) for n in range(len(texts))]


def overlaps(index: "Index") -> tuple[Overlap, ...]:
    """Return which reports and case studies of ``index`` stand mostly in another report too, whole reports first.

    Of two that hold each other only the one with the larger share is returned. Where two reports are nearly the same
    their case studies are left out.
    """
    sizes: Counter[_Unit] = Counter()
    shared: Counter[tuple[_Unit, _Unit]] = Counter()
    for first, others in index.fold(range(len(index.passages))):
        alike = [index.passages[number] for number in (first, *others)]
        for of in (_whole, _case_study):
            units = [unit for report, passage in alike if (unit := of(report, passage))]
            sizes.update(units)
            counts = Counter(units)
            for one, other in permutations(counts, 2):
                if one.report_id != other.report_id:
                    shared[one, other] += counts[one]
    shares = {pair: count / sizes[pair[0]] for pair, count in shared.items()}
    mostly = {pair: share for pair, share in shares.items() if share >= LIKENESS}
    same = {(one.report_id, other.report_id) for one, other in mostly if one.name is None and (other, one) in mostly}
    found = [
        Overlap(one.report_id, one.name, other.report_id, other.name, share)
        for (one, other), share in mostly.items()
        if (share, other) >= (mostly.get((other, one), 0), one)
        and (one.name is None or (one.report_id, other.report_id) not in same)
    ]
    return tuple(sorted(found, key=lambda o: (o.case_study is not None, o.report_id, o.other_id, o.case_study or "")))


class _Unit(NamedTuple):
    """A report (``number`` -1), or the case study ``number`` of it."""

    report_id: str
    number: int
    name: str | None


def _whole(report: Report, _: Passage) -> _Unit:
    return _Unit(report.id, -1, None)


def _case_study(report: Report, passage: Passage) -> _Unit | None:
    number = passage.case_study
    return None if number is None else _Unit(report.id, number, report.case_studies[number].name)


def _shingles(text: str) -> set[tuple[str, ...]]:
    folded = words(text)
    if len(folded) < SHINGLE_WORDS:
        return {tuple(folded)} if folded else set()
    return {tuple(folded[i : i + SHINGLE_WORDS]) for i in range(len(folded) - SHINGLE_WORDS + 1)}
