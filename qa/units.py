"""What one question is put to: the case studies and the parts outside them, or the kinds of section."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import combinations

import numpy as np

from index.search import Filters, Index

SAME_SHARE = 0.5
"""Two case studies are the same where this share of the smaller one's passages is repeated in the other."""


class By(StrEnum):
    """What the question is put to."""

    CASE_STUDY = "case-study"
    SECTION_KIND = "section-kind"


class UnitKind(StrEnum):
    """What a unit is. A part is a section of the highest level that stands outside any case study."""

    CASE_STUDY = "case study"
    PART = "part"
    SECTION_KIND = "section kind"


_Key = tuple[UnitKind, str, int, str]
"""A unit's kind, its report's id, its number there, and its name."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Something that a question is put to: what it is, its name, and the numbers of its passages in the index."""

    kind: UnitKind
    name: str
    numbers: tuple[int, ...]


def units(index: Index, by: By = By.CASE_STUDY, filters: Filters | None = None) -> list[Unit]:
    """Return the units among the passages that ``filters`` let pass, in the order of the reports.

    A case study that stands in several reports in near enough the same words is one unit.
    """
    key_of = {int(n): _key(index, int(n), by) for n in np.flatnonzero(index.allowed(filters or Filters()))}
    leaders = _repeated(index, key_of)
    members: dict[_Key, list[int]] = {}
    for number, key in key_of.items():
        members.setdefault(leaders.get(key, key), []).append(number)
    return [Unit(kind, name, tuple(numbers)) for (kind, _, _, name), numbers in members.items()]


@lru_cache(maxsize=1)  # an opened index never changes, and one is open at a time
def case_study_count(index: Index, filters: Filters | None = None) -> int:
    """Return how many different case studies have a passage that ``filters`` let pass."""
    return sum(unit.kind is UnitKind.CASE_STUDY for unit in units(index, filters=filters))


def _key(index: Index, number: int, by: By) -> _Key:
    report, passage = index.passages[number]
    if by is By.SECTION_KIND:
        kind = report.sections[passage.section].kind
        return (UnitKind.SECTION_KIND, "", 0, kind.value)
    if passage.case_study is not None:
        return (UnitKind.CASE_STUDY, report.id, passage.case_study, report.case_studies[passage.case_study].name)
    top = report.sections[passage.section]
    while top.parent is not None:
        top = report.sections[top.parent]
    return (UnitKind.PART, report.id, top.index, top.heading or report.title)


def _repeated(index: Index, key_of: Mapping[int, _Key]) -> dict[_Key, _Key]:
    """Return for each case study that repeats an earlier one that earlier one."""
    sizes: Counter[_Key] = Counter()
    shared: Counter[tuple[_Key, _Key]] = Counter()
    for number, others in index.fold(list(key_of)):
        holders = sorted({key for n in (number, *others) if (key := key_of[n])[0] is UnitKind.CASE_STUDY})
        sizes.update(holders)
        shared.update(combinations(holders, 2))
    leaders: dict[_Key, _Key] = {}
    for (first, later), count in sorted(shared.items()):
        if count >= SAME_SHARE * min(sizes[first], sizes[later]):
            leaders[later] = leaders.get(first, first)
    return leaders
