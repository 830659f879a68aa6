"""Which word of the reports a misspelt word of a question stands for."""

from collections import Counter
from collections.abc import Callable
from functools import lru_cache

from corpus.folding import words
from index.search import Index

SHORTEST = 5
"""A shorter word has too many neighbours to tell which one was meant."""
LONG = 8
"""From here on two slips may be in a word, else one."""


def corrected(index: Index, word: str, is_word: Callable[[str], bool]) -> str | None:
    """Return the word of the reports that ``word``, which stands in none, is a slip of; None where it is none.

    A slip is a letter too many, missing, or another, or two neighbours exchanged (Damerau 1964). Of several words the
    nearest is meant, among these the most frequent. What ``is_word`` knows is spelt as it should be, and a word with
    letters before or behind a known one ("unplanned") is another word.
    """
    if len(word) < SHORTEST or not word.isalpha() or is_word(word):
        return None
    most = 2 if len(word) >= LONG else 1
    letters = _letters(word)
    found = [
        (slips, -count, other)
        for other, (count, others) in _vocabulary(index).items()
        if abs(len(other) - len(word)) <= most
        and (letters ^ others).bit_count() <= 2 * most
        and not (len(word) - len(other) > 1 and other in word)
        and (slips := distance(word, other, most)) <= most
    ]
    return min(found)[2] if found else None


def distance(one: str, other: str, most: int) -> int:
    """Return how many slips lead from ``one`` word to the ``other``, or ``most`` + 1 where these are more.

    The optimal string alignment: no stretch is changed twice.
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


@lru_cache(maxsize=1)  # an opened index never changes, and one is open at a time
def _vocabulary(index: Index) -> dict[str, tuple[int, int]]:
    """Return every word of the passages and what stands around them with its count and its letters."""
    counts = Counter(
        word
        for (_, passage), context in zip(index.passages, index.contexts, strict=True)
        for word in words(f"{context} {passage.text}")
        if word.isalpha() and len(word) >= SHORTEST - 2
    )
    return {word: (count, _letters(word)) for word, count in counts.items()}


def _letters(word: str) -> int:
    """Return which letters ``word`` has, as the bits of a number."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 31)
    return bits
