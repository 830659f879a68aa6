"""Text in Markdown that shows just its characters: no link, no markup, no HTML."""

import re

from corpus.characters import inert

_MARKS = re.compile(r"[\\`*_\[\]<>&~|$^{}@]|(?<=www)\.|:(?=//|[a-z+-][\w+-]*:)", re.I)
_LINE_START = re.compile(r"^(\s*\d*)([-+=#.)])", re.M)


def escaped(text: str) -> str:
    """Return ``text`` with a backslash before every mark that a reader of Markdown, or of the kinds with footnotes,
    tables and addresses, may take for more than itself. Line breaks stay.
    """
    return _LINE_START.sub(r"\1\\\2", _MARKS.sub(r"\\\g<0>", inert(text)))
