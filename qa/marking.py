"""The figure, date or name that answers a question, told by its shape from what the question asks for.

A reader's eye is led to words of the quotation; nothing is ever added to them. Where the shape is not there, nothing
is marked.
"""

import re
from enum import StrEnum

from corpus.folding import words
from corpus.model import Span

MOST_MARKS = 4
"""Where more parts of a quotation have the shape that is asked for, none of them is the answer's sign."""


class Wanted(StrEnum):
    """What shape of answer a question asks for."""

    FIGURE = "figure"
    MONEY = "money"
    SHARE = "share"
    TIME = "time"
    NAME = "name"
    ANYTHING = "anything"


FIGURES = (Wanted.FIGURE, Wanted.MONEY, Wanted.SHARE)
"""The shapes that are figures."""

_ASKS = (
    (
        Wanted.MONEY,
        r"\bhow much (?:money|funding|is spent|was spent|did .{0,80} (?:cost|pay|spend|save))|\b(?:cost|price|budget"
        r"|spend|spending|spent|funding|grant|income|deficit|surplus|salary|fee|savings?|sum|pounds|£)\b",
    ),
    (Wanted.SHARE, r"\b(?:what|which) (?:share|percentage|proportion|fraction|part)\b|\b(?:percentage|rate|uptake)\b"),
    (
        Wanted.TIME,
        r"\b(?:when|(?:what|which) (?:year|date|month|day)|how (?:long|often|frequently|quickly|soon|fast|far back)"
        r"|since when|by when)\b",
    ),
    (
        Wanted.FIGURE,
        r"\bhow (?:many|much|large|big|far|old|few)\b|\b(?:number|size|population|count|quantity|volume|total|amount"
        r"|figures?) (?:of|for|in|served|living)\b|\blist size\b|\bsize\b|\bpopulation\b",
    ),
    (
        Wanted.NAME,
        r"\b(?:who|whom|whose|which|what (?:is|was|are|were) .{0,80}(?:called|name)|name|called|what (?:\w+ ){0,2}"
        r"(?:trust|hospital|charity|organisation|programme|scheme|company|firm|supplier|tool|system|body|group|network|board))\b",
    ),
)
_NUMBER_WORDS = (
    "(?i:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    "|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|dozen)"
)
_REST = rf"(?:[\d,]*\d)?(?:\.\d+)?(?:[ -]?(?:{_NUMBER_WORDS}|bn|m|k)\b)*"
_AMOUNT = rf"(?:\d{_REST}|\b(?:{_NUMBER_WORDS})\b(?:[ -](?:{_NUMBER_WORDS})\b)*)"
_SCALE = rf"{_AMOUNT}(?: ?(?:to|and|or|-|–) ?{_AMOUNT})*"
_MONTH = (
    "(?:January|February|March|April|May|June|July|August|September|October|November|December|spring|summer|autumn"
    "|winter)"
)
_UNIT = "(?:minute|hour|day|week|fortnight|month|quarter|year|decade)s?"
_NAME_WORD = (
    r"(?!(?:In|The|A|An|At|On|For|From|With|By|As|We|It|He|She|They|This|That|Our|I)\b)(?:[A-Z][\w’'&-]*\w|[A-Z])"
)
_SMALL = frozenset("of and for the in on upon to a an nhs".split())
_SHAPES: dict[Wanted, tuple[str, ...]] = {
    Wanted.MONEY: (rf"£ ?{_SCALE}", rf"{_AMOUNT}(?= pounds)"),
    Wanted.SHARE: (
        rf"{_AMOUNT} ?(?:per cent|percent|%)",
        r"\b(?:a|one|two|three) (?:half|third|quarter|fifth|tenth)s?\b|\bhalf\b|\b(?:one|two|three|\d+) (?:in|out of) "
        rf"{_AMOUNT}|\b\w+fold\b",
    ),
    Wanted.TIME: (
        rf"(?:\d{{1,2}} )?{_MONTH} (?:19|20)\d\d|\b(?:19|20)\d\d(?:[/-]\d\d(?:\d\d)?)?\b",
        rf"{_SCALE}[ -]{_UNIT}\b(?: ago)?|\b(?:daily|weekly|fortnightly|monthly|quarterly|annually|every {_UNIT})\b"
        rf"|\b(?:within|a|next|last|following) {_UNIT}\b|\b{_MONTH}\b",
    ),
    Wanted.FIGURE: (
        rf"(?:£ ?)?\d{_REST}(?: ?(?:to|-|–) ?{_AMOUNT})?(?: ?(?:per cent|percent|%))?",
        rf"{_SCALE}",
        r"\b\w+fold\b|\b(?:half|twice|double)\b",
    ),
    Wanted.NAME: (
        rf"[‘'“\"][A-Z][^’'”\"\n]{{2,60}}[’'”\"]|{_NAME_WORD}(?:[ -](?:(?:of the|of|and|for|upon|&) )?{_NAME_WORD})+",
        rf"\b{_NAME_WORD}",
    ),
}


def wanted(question: str) -> Wanted:
    """Return what shape of answer ``question`` asks for."""
    return next((kind for kind, asks in _ASKS if re.search(asks, question, re.I)), Wanted.ANYTHING)


def marks(question: str, text: str) -> tuple[Span, ...]:
    """Return the parts of ``text`` that have the shape ``question`` asks for and that it does not hold itself.

    Spans are offsets in characters into ``text``. Shapes are tried from the most telling to the least; nothing is
    marked where more than ``MOST_MARKS`` parts fit.
    """
    asked = set(words(question))
    for shape in _SHAPES.get(wanted(question), ()):
        found = [Span(*match.span()) for match in re.finditer(shape, text) if _is_news(match[0], asked)]
        if found and wanted(question) is Wanted.NAME:
            found = [span for span in found if not _opens_sentence(text, span)] or found
        if found:
            return tuple(found) if len(found) <= MOST_MARKS else ()
    return ()


def _is_news(part: str, asked: set[str]) -> bool:
    held = [word for word in words(part) if word not in _SMALL]
    return bool(held) and not all(word.removesuffix("'s") in asked for word in held)


def _opens_sentence(text: str, span: Span) -> bool:
    """Return whether the part is one word whose capital is that of a sentence."""
    before = text[: span.start].rstrip()
    return " " not in text[span.start : span.end] and (not before or before[-1] in ".!?:“‘\"'")
