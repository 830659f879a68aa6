"""Folding: the comparison form of a text, in which type, case, markup and white space no longer matter."""

import re
import unicodedata

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
        "\u00ad": "",
        "\u200b": "",
        "\ufeff": "",
    }
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def fold(text: str) -> str:
    """Return ``text`` lower-cased, compatibility-normalised, with straight quotes, plain hyphens, no ``*``, and ``_``
    and ``#`` turned to spaces, every run of white space one space, and none at the ends. Folding twice changes nothing.
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
