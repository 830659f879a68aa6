"""Folding: the comparison form of a text, in which type, case, markup and white space no longer matter."""

import re
import unicodedata

INVISIBLE = (
    "\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
"""Characters inside words that show nothing: soft hyphens, joints, and marks of direction."""

_QUOTES = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "‚": "'",
        "‛": "'",
        "′": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "‟": '"',
        "″": '"',
        "–": "-",
        "—": "-",
        "‐": "-",
        "‑": "-",
        "−": "-",
        "*": "",
        "_": " ",
        "#": " ",
        **dict.fromkeys(INVISIBLE, ""),
    }
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def fold(text: str) -> str:
    """Return ``text`` lower-cased, compatibility-normalised, with straight quotes, plain hyphens, no ``*`` and nothing
    ``INVISIBLE``, ``_`` and ``#`` turned to spaces, every run of white space one space, and none at the ends. Folding
    twice changes nothing.
    """
    folded = unicodedata.normalize("NFKC", text).translate(_QUOTES).lower()
    again = " ".join(unicodedata.normalize("NFKC", folded).split())
    return again


def words(text: str) -> list[str]:
    """Return the folded words of ``text``: runs of letters and digits, inner apostrophes kept."""
    return _WORD.findall(fold(text))


def word_count(text: str) -> int:
    """Return the number of white-space separated words, the measure of the 200-word limit on passages."""
    return len(text.split())
