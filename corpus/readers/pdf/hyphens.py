"""Words cut by the end of a line: which hyphens layout put in, and which are the word's own."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from corpus.readers.pdf.stretches import SOFT_HYPHEN

_WORD = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*")
_CUT = re.compile(rf"(?P<first>[^\W\d_]+(?:-[^\W\d_]+)*)(?P<hyphen>[-‐{SOFT_HYPHEN}])\Z")
_REST = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
LONGEST_WORD = 60
_PREFIXES = frozenset("anti co cross ex half mid multi non pan post pre quasi self semi".split())
"""What stands before whole words and is none itself; where both spell a usual word ("nonsense"), that goes first."""
_LINKS = frozenset("a and at by de for from in of off on or out per the to up with".split())
"""Words that hyphens stand on both sides of, as in "day-to-day" and "end-of-life"."""
_RARE = 50
"""A word that the list counts so often stands in it for completeness; the usual ones have larger counts."""
_BRITISH = tuple(
    (re.compile(british), american)
    for british, american in (
        (r"is(?=(?:e[ds]?|ers?|ing|ations?|ational)\Z)", "iz"),
        (r"ys(?=(?:e[ds]?|ers?|ing)\Z)", "yz"),
        (r"our", "or"),
        (r"tre(?=s?\Z)", "ter"),
        (r"mme(?=s?\Z)", "m"),
        (r"ll(?=(?:ed|ing|ers?|ors?)\Z)", "l"),
        (r"[ao]e", "e"),
        (r"ogue", "og"),
        (r"ence(?=s?\Z)", "ense"),
    )
)
"""How British spelling becomes American: "organisation", "centre", "programme", "travelling", "paediatric"."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a document that no line's end cuts, in lower case; ``hyphenates`` says that layout cuts words."""

    known: frozenset[str]
    hyphenates: bool = True

    @classmethod
    def of(cls, lines: Sequence[str]) -> "Vocabulary":
        """Return the vocabulary of ``lines``, one below another."""
        known: set[str] = set()
        cuts: list[tuple[str, str]] = []
        cut_above = False
        for line, below in zip(lines, [*lines[1:], ""], strict=True):
            words = [word.lower() for word in _WORD.findall(line)]
            cut, rest = _cut(line), _REST.match(below)
            known.update(words[cut_above : len(words) - bool(cut)])
            if cut and rest:
                cuts.append((cut["first"].lower(), rest[0].lower()))
            cut_above = bool(cut)
        return cls(frozenset(known), any(first + rest in known or _is_split(first, rest) for first, rest in cuts))

    def keeps_hyphen(self, first: str, rest: str) -> bool:
        """Return whether the hyphen between two parts of a word is the word's own, and not put in by layout.

        The document's own words go first: whether it has the word without the hyphen or with it, and whether its layout
        cuts words at all. Then usual words decide: the hyphen is layout's in one of them, and the word's own between
        two of them, or behind one with a capital inside ("MySQL-compatible").
        """
        _, inner, first = first.rpartition("-")
        tail = first.lower()
        head = rest.lower().partition("-")[0]
        whole = tail + head
        if inner and tail in _LINKS:
            return True
        if whole in self.known:
            return False
        if f"{tail}-{head}" in self.known or not self.hyphenates or len(tail) == 1:
            return True
        if _is_usual(whole):
            return False
        return first[1:] != tail[1:] or ((tail in _PREFIXES or self._is_word(tail)) and self._is_word(head))

    def _is_word(self, part: str) -> bool:
        return part in self.known or _is_usual(part)


def _cut(line: str) -> re.Match[str] | None:
    """Return the word with a hyphen behind it that ends a line."""
    if not line.endswith(("-", "‐", SOFT_HYPHEN)):
        return None
    return _CUT.search(line, max(0, len(line) - LONGEST_WORD))


def joined_lines(above: str, below: str, vocabulary: Vocabulary) -> str:
    """Return two lines as one, a word that the line's end cuts made whole."""
    cut, rest = _cut(above), _REST.match(below)
    if cut and rest:
        in_capitals = cut["first"][1:].isupper() and rest[0][1:].isupper()
        own = rest[0][0].isupper() and not in_capitals
        own = own or vocabulary.keeps_hyphen(cut["first"], rest[0])
        return above + below if own and cut["hyphen"] != SOFT_HYPHEN else above[:-1] + below
    tight = above[-1:] in ("-", "/", "–", "—") and above[-2:-1] not in ("", " ")
    return above + below if tight else f"{above} {below}"


def _is_split(first: str, rest: str) -> bool:
    """Return whether layout alone can have cut a usual word in these parts, of which the second is no word."""
    return _is_usual(first + rest) and not _is_usual(rest)


def _is_usual(word: str) -> bool:
    """Return whether ``word``, in lower case, is in common use, as American English spells it or as British."""
    usual = _usual_words()
    return word in usual or any(
        american in usual for british, ending in _BRITISH if (american := british.sub(ending, word)) != word
    )


@cache
def _usual_words() -> frozenset[str]:
    """Return words in common use in American English, in lower case."""
    from spellchecker import SpellChecker

    counts: Mapping[str, int] = SpellChecker("en").word_frequency.dictionary
    return frozenset(word for word, count in counts.items() if count > _RARE)
