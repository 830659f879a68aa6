"""The cheapest way to turn a stretch of a report into a quotation, word by word, the writer's own marks being free."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.checking.words import BRACKETS, ELLIPSIS, Word, same_form

COST = 20
"""The cost of a word put in, left out or put for another. Of a run left out, every further word costs ``FURTHER``."""
FURTHER, PUNCTUATION = 1, 4

BRACKET_WORDS = 6
"""How many words and punctuation marks of a report one pair of square brackets may stand for."""


class Kind(StrEnum):
    """What became of a report's words in a quotation."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    LEFT_OUT = "left out"
    ELLIPSIS = "ellipsis"
    BRACKETS = "brackets"


class Step(NamedTuple):
    """One step of an alignment: words ``draft[0]`` to ``draft[1]`` of the quotation for ``report[0]`` to ``report[1]``
    of the report's stretch; ends are exclusive.
    """

    kind: Kind
    draft: tuple[int, int]
    report: tuple[int, int]


class Alignment(NamedTuple):
    """Steps in order, and their cost; a cost of 0 says that the quotation stands there as written."""

    cost: int
    steps: tuple[Step, ...]

    @property
    def report(self) -> tuple[int, int]:
        """The part of the stretch that the quotation stands for."""
        return self.steps[0].report[0], self.steps[-1].report[1]


def align(quoted: Sequence[Word], stretch: Sequence[Word]) -> Alignment:
    """Return the cheapest alignment of all of ``quoted`` with some part of ``stretch``; neither may be empty.

    Semi-global alignment with affine gaps in the report (Gotoh 1982), one row a word of the quotation. Time and memory
    grow with the product of both lengths.
    """
    rows = _rows(quoted, stretch)
    return _walk_back(quoted, stretch, rows)


def is_same(a: Word, b: Word) -> bool:
    """Return whether two words are the same, folded."""
    return a.key == b.key and same_form(a.form, b.form)


def _put_for(word: Word, places: Sequence[int], stretch: Sequence[Word], marks: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return the cost of ``word`` standing for each word of ``stretch``, where ``marks`` tells punctuation and
    ``places`` holds the words with the same key.
    """
    costs = np.full(len(stretch), COST, dtype=np.int32)
    if word.is_punctuation:
        costs[marks] = PUNCTUATION
    costs[[n for n in places if same_form(word.form, stretch[n].form)]] = 0
    return costs


def _rows(quoted: Sequence[Word], stretch: Sequence[Word]) -> NDArray[np.int32]:
    """Return the cost of aligning the first i words with a part of the stretch that ends before its word j."""
    width = len(stretch)
    places: dict[str, list[int]] = {}
    for n, word in enumerate(stretch):
        places.setdefault(word.key, []).append(n)
    marks = np.array([word.is_punctuation for word in stretch])
    ramp = np.arange(width + 1, dtype=np.int32) * FURTHER
    costs = np.zeros((len(quoted) + 1, width + 1), dtype=np.int32)
    for i, word in enumerate(quoted, 1):
        above, row = costs[i - 1], costs[i]
        if word.form == ELLIPSIS:
            np.minimum.accumulate(above, out=row)
        elif word.form == BRACKETS:
            row[:] = above
            for back in range(1, min(BRACKET_WORDS, width) + 1):
                np.minimum(row[back:], above[:-back], out=row[back:])
        else:
            row[:] = above + _extra(word)
            put_for = _put_for(word, places.get(word.key, ()), stretch, marks)
            np.minimum(row[1:], above[:-1] + put_for, out=row[1:])
            skipped = np.minimum.accumulate(row - ramp) + ramp + COST - FURTHER
            np.minimum(row, skipped, out=row)
    return costs


def _extra(word: Word) -> int:
    return PUNCTUATION if word.is_punctuation else COST


def _walk_back(quoted: Sequence[Word], stretch: Sequence[Word], costs: NDArray[np.int32]) -> Alignment:
    """Return the steps that gave the least cost; where several do, one that leaves out least of the report."""
    j = int(np.argmin(costs[-1]))
    i = len(quoted)
    total = int(costs[i, j])
    while j < len(stretch) and costs[i, j + 1] == total and stretch[j].is_word:
        j += 1  # a last word put for another, rather than put in
    steps: list[Step] = []
    while i > 0:
        word, here = quoted[i - 1], int(costs[i, j])
        above = costs[i - 1]
        if word.is_mark:
            kind = Kind.ELLIPSIS if word.form == ELLIPSIS else Kind.BRACKETS
            first = int(np.flatnonzero(above[: j + 1] == here)[-1])
            steps.append(Step(kind, (i - 1, i), (first, j)))
            i, j = i - 1, first
            continue
        if j > 0:
            other = stretch[j - 1]
            equal = is_same(word, other)
            both = word.is_punctuation and other.is_punctuation
            if above[j - 1] + (0 if equal else PUNCTUATION if both else COST) == here:
                steps.append(Step(Kind.SAME if equal else Kind.CHANGED, (i - 1, i), (j - 1, j)))
                i, j = i - 1, j - 1
                continue
        if above[j] + _extra(word) == here:
            steps.append(Step(Kind.ADDED, (i - 1, i), (j, j)))
            i -= 1
            continue
        back = next(k for k in range(1, j + 1) if costs[i, j - k] + COST + (k - 1) * FURTHER == here)
        steps.append(Step(Kind.LEFT_OUT, (i, i), (j - back, j)))
        j -= back
    return Alignment(total, tuple(reversed(steps)))
