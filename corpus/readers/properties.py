"""Titles and authors that a file's properties hold: those that programs put in by themselves are none."""

import re

_NO_TITLE = re.compile(
    r"\A(?:untitled|unnamed|no ?title|title|(?:word )?document ?\d*|slide \d+|powerpoint presentation|print\b.*"
    r"|microsoft (?:word|powerpoint|excel)\b.*|[\W\d_]*)\Z"
    r"|\.(?:docx?|pptx?|xlsx?|pdf|indd|qxp|odt|pages|html?|txt|rtf|tex)\Z|\A(?:file|https?)://",
    re.I,
)
_NO_AUTHOR = re.compile(
    r"\S*|[\W_]*|.*[@\\].*|(?:microsoft|windows|apache|default|office|local|unknown)\b.*|.*\b(?:user|admin)\b.*"
    r"|.*\b(?:dept|department|design|studio|comms|communications|marketing|team)\.?",
    re.I,
)
_BETWEEN_PERSONS = re.compile(r",? and |, | & ")
_PARTICLES = frozenset("al bin da de del den der di du el la le ten ter van von".split())
INSTITUTION = re.compile(
    r"\b(?:agency|alliance|association|board|care|centre|charity|college|commission|confederation|council|department"
    r"|england|federation|forum|foundation|fund|group|health|institute|ministry|network|office|partnership|press"
    r"|providers|service|services|society|trust|union|university)\b|\b(?-i:[A-Z]{2,})\b",
    re.I,
)
"""A word that the names of institutions have and those of persons have not."""


def real_title(text: str) -> str:
    """Return a title on one line, "" where it is a file's name or what a program calls a file without one."""
    title = " ".join(text.split())
    return "" if _NO_TITLE.search(title) else title


def real_authors(text: str) -> tuple[str, ...]:
    """Return the authors in ``text``, between semicolons, and persons between commas or "and" too.

    A single word is a login as often as a name, and left out, as are departments that lay files out.
    """
    names = (name for part in text.split(";") for name in _persons(" ".join(part.split())))
    return tuple(dict.fromkeys(name for name in names if not _NO_AUTHOR.fullmatch(name)))


def _persons(name: str) -> list[str]:
    """Return the persons that ``name`` names, or itself where it may be one name, as "Holt, Amina" is."""
    names = _BETWEEN_PERSONS.split(name)
    return names if all(map(_is_person, names)) and not INSTITUTION.search(name) else [name]


def _is_person(name: str) -> bool:
    """Return whether ``name`` is two to five words with capitals, as first names and a surname are."""
    told = name.split()
    return 2 <= len(told) <= 5 and all(word[0].isupper() or word in _PARTICLES for word in told)
