"""Titles and authors that a file's properties hold: those that programs put in by themselves are none."""

import re

_NO_TITLE = re.compile(
    r"\A(?:untitled|unnamed|no ?title|title|(?:word )?document ?\d*|slide \d+|powerpoint presentation|print\b.*"
    r"|microsoft (?:word|powerpoint|excel)\b.*|[\W\d_]*)\Z"
    r"|\.(?:docx?|pptx?|xlsx?|pdf|indd|qxp|odt|pages|html?|txt|rtf|tex)\Z|\A(?:file|https?)://",
    re.I,
)
_NO_AUTHOR = re.compile(
    r"\S*|.*[@\\].*|(?:microsoft|windows|apache|default|office|local)\b.*|.*\b(?:user|admin)\b.*", re.I
)


def real_title(text: str) -> str:
    """Return a title on one line, "" where it is a file's name or what a program calls a file without one."""
    title = " ".join(text.split())
    return "" if _NO_TITLE.search(title) else title


def real_authors(text: str) -> tuple[str, ...]:
    """Return the authors in ``text``, between semicolons; a single word is a login as often as a name, and left out."""
    names = (" ".join(name.split()) for name in text.split(";"))
    return tuple(name for name in names if not _NO_AUTHOR.fullmatch(name))
