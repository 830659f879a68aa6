"""Passages that say the same in the same words: one hit, several citations.

Likeness is the Jaccard index of their runs of five folded words (shingling: Broder 1997).
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

from corpus.folding import words

SHINGLE_WORDS = 5
LIKENESS = 0.6


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


def _shingles(text: str) -> set[tuple[str, ...]]:
    folded = words(text)
    if len(folded) < SHINGLE_WORDS:
        return {tuple(folded)} if folded else set()
    return {tuple(folded[i : i + SHINGLE_WORDS]) for i in range(len(folded) - SHINGLE_WORDS + 1)}
