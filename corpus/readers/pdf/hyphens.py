"""Words cut by the end of a line: which hyphens layout put in, and which are the word's own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.readers.pdf.stretches import SOFT_HYPHEN

_WORD = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*")
_CUT = re.compile(rf"(?P<first>[^\W\d_]+(?:-[^\W\d_]+)*)(?P<hyphen>[-‐{SOFT_HYPHEN}])\Z")
_REST = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_PREFIXES = frozenset(("non", "self", "ex", "cross", "mid", "semi"))
LONGEST_WORD = 60
_LONG = 4
"""Two halves with so many letters each, both known as words, are a compound and no word cut by layout."""


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
        return cls(frozenset(known), any(first + rest in known for first, rest in cuts))

    def keeps_hyphen(self, first: str, rest: str) -> bool:
        """Return whether the hyphen between two parts of a word is the word's own, and not put in by layout.

        It is where the document knows the word with it and not without it, or both halves as words by themselves, or
        has no cut word that it knows whole, or where the word has another behind it.
        """
        head, hyphen, _ = rest.lower().partition("-")
        _, inner, first = first.lower().rpartition("-")
        if first + head in self.known:
            return False
        if hyphen or f"{first}-{head}" in self.known or not self.hyphenates or first in _PREFIXES:
            return True
        long = inner or min(len(first), len(head)) >= _LONG
        return bool(long) and {first, head} <= self.known


def _cut(line: str) -> re.Match[str] | None:
    """Return the word with a hyphen behind it that ends a line."""
    if not line.endswith(("-", "‐", SOFT_HYPHEN)):
        return None
    return _CUT.search(line, max(0, len(line) - LONGEST_WORD))


def joined_lines(above: str, below: str, vocabulary: Vocabulary) -> str:
    """Return two lines as one, a word that the line's end cuts made whole."""
    cut, rest = _cut(above), _REST.match(below)
    if cut and rest:
        own = rest[0][0].isupper() or vocabulary.keeps_hyphen(cut["first"], rest[0])
        return above + below if own and cut["hyphen"] != SOFT_HYPHEN else above[:-1] + below
    tight = above[-1:] in ("-", "/", "–", "—") and above[-2:-1] not in ("", " ")
    return above + below if tight else f"{above} {below}"
