"""Variants of a query's terms: other words for the same thing.

They come from a reviewed list of health and care synonyms (``data/synonyms.toml``) and from the reports themselves,
which explain most of their abbreviations once: "integrated care systems (ICSs)" (Schwartz and Hearst 2003).
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from importlib.resources import files

from index.lexical import STOP_WORDS, Analyzer

_BRACKETED = re.compile(r"\((?P<short>[A-Z][A-Za-z&]*[A-Z][A-Za-z]{0,2})\)")
_BEFORE = re.compile(r"(?:[\w’'&/-]+[ \n]+){1,9}[\w’'&/-]+(?=\s*\Z)")
_REACH = 500
"""Characters before a bracket among which the words that it abbreviates are looked for."""


def reviewed() -> list[list[str]]:
    """Return the groups of phrases of the reviewed list."""
    return list(tomllib.loads(files("index").joinpath("data/synonyms.toml").read_text(encoding="utf-8"))["groups"])


def abbreviations(text: str) -> list[tuple[str, str]]:
    """Return the abbreviations that ``text`` explains as pairs (short, long), in the order of the text."""
    found = []
    for match in _BRACKETED.finditer(text):
        short = match["short"]
        letters = [c for c in short.removesuffix("s") if c.isalpha()]
        before = _BEFORE.search(text[max(0, match.start() - _REACH) : match.start()])
        if before and (long := _explained(before[0].split(), [c.lower() for c in letters])):
            found.append((short.removesuffix("s") if short[-1] == "s" else short, long))
    return list(dict.fromkeys(found))


def _explained(before: list[str], letters: list[str]) -> str | None:
    """Return the last words of ``before`` whose initials spell ``letters``, small words skipped; None where none do."""
    words = [part for word in before for part in re.split(r"[-/]", word) if part]
    for start in range(len(words) - 1, max(-1, len(words) - 2 * len(letters) - 2), -1):
        candidate = words[start:]
        initials = [w[0].lower() for w in candidate if w.lower() not in STOP_WORDS or w[0].isupper()]
        if initials == letters:
            return " ".join(candidate)
    return None


class Variants:
    """Groups of phrases that stand for each other, as stemmed terms."""

    def __init__(self, groups: Iterable[Sequence[str]], analyzer: Analyzer) -> None:
        phrases = [[tuple(analyzer.terms(phrase)) for phrase in group] for group in groups]
        self._groups = [[phrase for phrase in group if phrase] for group in phrases]
        self._holding: dict[str, list[int]] = {}
        for number, group in enumerate(self._groups):
            for term in {phrase[0] for phrase in group}:
                self._holding.setdefault(term, []).append(number)

    def expand(self, terms: Sequence[str]) -> dict[str, float]:
        """Return the terms that ``terms`` lack and their variants have, each with a weight up to 1.

        A term of a phrase of n terms weighs 1/n, so that a long name counts no more than a short one.
        """
        found: dict[str, float] = {}
        asked = set(terms)
        for number in sorted({n for term in asked for n in self._holding.get(term, ())}):
            group = self._groups[number]
            if not any(_holds(terms, phrase) for phrase in group):
                continue
            for phrase in group:
                for term in phrase:
                    if term not in asked:
                        found[term] = max(found.get(term, 0.0), 1 / len(phrase))
        return found


def _holds(terms: Sequence[str], phrase: tuple[str, ...]) -> bool:
    size = len(phrase)
    return any(tuple(terms[i : i + size]) == phrase for i in range(len(terms) - size + 1))
