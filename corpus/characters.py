"""Characters that steer a display instead of showing something: what goes to a file for other programs has none."""

import re
import unicodedata

_BREAKS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_JOINERS = "\u200c\u200d"


def inert(text: str) -> str:
    """Return ``text`` without control characters, marks of direction, invisible format characters and halves of
    surrogate pairs. Line breaks of every kind become ``\\n``; tabs and the joiners that some scripts need stay.
    """
    if text.isprintable():
        return text
    return "".join(c for c in _BREAKS.sub("\n", text) if c in "\n\t" or not _steers(c))


def flat(text: str) -> str:
    """Return ``text`` made inert, on one line, with every run of white space one space."""
    return " ".join(inert(text).split())


def flowed(text: str) -> str:
    """Return ``text`` made inert, with every run of white space one space, or one line break before a list item or a
    row of a table.
    """
    return re.sub(
        r"\s+(?P<item>[-•*]\s|\d+[.)]\s|(?<=\n)\|\s)?",
        lambda gap: "\n" + gap["item"] if gap["item"] else " ",
        inert(text),
    )


def _steers(character: str) -> bool:
    category = unicodedata.category(character)
    if category == "Cf":
        return character not in _JOINERS
    return category in ("Cc", "Cs") or (category == "Cn" and _is_noncharacter(ord(character)))


def _is_noncharacter(code: int) -> bool:
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
