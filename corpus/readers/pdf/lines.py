"""Lines of text with their place on the page: what columns are read as, and blocks made of."""

import re
from dataclasses import dataclass

MARKER = re.compile(r"[•▪■◦‣●○·➢✓–*o-]|\(?\d{1,2}[.)]|\(?[a-z]\)|\([ivx]+\)|[⁰¹²³⁴-⁹]+|\d{1,2}(?:\.\d{1,2})*")
"""A bullet or number set apart from the text behind it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, or a row of a table where it has more than one of ``cells``.

    ``left`` and ``right`` are the edges of the column it stands in, ``column`` that column's number on the page;
    ``marker_end`` is where its text begins behind a bullet or number set apart, ``x0`` where there is none. ``calls``
    are the numbers of the notes it calls for. ``is_aside`` says that it stands in a box that other text runs around.
    """

    page: int
    column: int
    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    left: float = 0.0
    right: float = 0.0
    marker_end: float = 0.0
    cells: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    is_aside: bool = False


def has_room(above: Line, below: Line, spare: float = 0.0) -> bool:
    """Return whether the first word of ``below`` had room on the line above, with ``spare`` points left: the line was
    ended on purpose.
    """
    word = below.text.split(None, 1)[0]
    width = (below.x1 - below.x0) / max(1, len(below.text))
    return above.x1 + (len(word) + 3) * width + spare < above.right
