"""What the first and the last page of a report say plainly of its publisher, date, authors and rights.

Only wording that leaves no doubt counts, as a wrong citation is worse than an empty field: where two lines differ,
nothing is taken.
"""

import re
from collections.abc import Callable, Iterable

from corpus.blocks import Piece
from corpus.characters import flat
from corpus.dates import read_date
from corpus.model import Metadata
from corpus.readers.properties import INSTITUTION

NEAR_EDGE = 1_500
"""How many characters from its start or end a report says what it is."""
LONGEST = 400
"""In characters; a longer line is text."""

_PUBLISHED = re.compile(
    r"(?:(?:first )?published|publication date|date of publication)(?: on| in)?:? (?P<date>.+)", re.I
)
_PUBLISHER = re.compile(r"(?:published (?:\w+ )?by|publisher):? (?P<name>.+)", re.I)
_DATE_BEHIND = re.compile(r"(?:,| in| on|[ ]*[|–—-])[ ]+(?P<date>[\w ,]*(?:19|20)\d\d)\.?\Z")
_RIGHTS = re.compile(r"(?:©|\(c\)|copyright)[ ].{0,100}?\b(?:19|20)\d\d\b.*", re.I)
_NO_HOLDER = re.compile(
    r"©|\(c\)(?!\w)|\bcopyright\b|\b(?:19|20)\d\d(?:[ ]?[-–/][ ]?\d{2,4})?\b|[,.;]?[ ]all rights reserved\Z", re.I
)
_AUTHORS = re.compile(r"(?:(?:written )?by|authors?:|written by:)[ ](?P<names>.+)", re.I)
_PERSON = re.compile(r"(?:(?:Dr|Prof|Professor|Sir|Dame) )?[A-Z][\w'’-]+(?: [A-Z][\w'’.-]*){1,3}")
_NAME = re.compile(r"(?:the )?[A-Z][^\W_]*.{0,80}", re.S)
_SENTENCE = re.compile(r"(?<=[a-z0-9])[.;][ ].*|\.\Z", re.S)


def guess_metadata(pieces: list[Piece]) -> Metadata:
    """Return what lines near the start of a report, and near its end, say plainly of it; never its title."""
    end = pieces[-1].span.end if pieces else 0
    lines = [
        (p.span.start, flat(p.text))
        for p in pieces
        if not p.in_contents and len(p.text) <= LONGEST and (p.span.start < NEAR_EDGE or p.span.end > end - NEAR_EDGE)
    ]
    opening = [line for start, line in lines if start < NEAR_EDGE]
    everywhere = [line for _, line in lines]
    rights = _alone(_rights_in, everywhere)
    dated = _alone(_date_in, everywhere, lambda line: bool(_PUBLISHED.match(line) or _PUBLISHER.match(line)))
    return Metadata(
        publisher=_alone(_publisher_in, everywhere) or _holder_in(rights, opening),
        published=dated or _alone(read_date, opening, lambda line: not line.isdecimal()),
        rights=rights,
        authors=tuple(filter(None, _alone(_authors_in, opening).split("\n"))),
    )


def _alone(read: Callable[[str], str], lines: Iterable[str], wanted: Callable[[str], bool] = bool) -> str:
    """Return what ``read`` finds in the ``wanted`` lines, "" where it finds nothing or several things."""
    found = {value for line in lines if wanted(line) and (value := read(line))}
    return found.pop() if len(found) == 1 else ""


def _date_in(line: str) -> str:
    stated = _PUBLISHED.fullmatch(line)
    behind = _DATE_BEHIND.search(line)
    return (read_date(stated["date"].rstrip(".")) if stated else "") or (read_date(behind["date"]) if behind else "")


def _publisher_in(line: str) -> str:
    stated = _PUBLISHER.fullmatch(line)
    if not stated:
        return ""
    name = _SENTENCE.sub("", _DATE_BEHIND.sub("", stated["name"]))
    return name if _NAME.fullmatch(name) else ""


def _rights_in(line: str) -> str:
    stated = _RIGHTS.fullmatch(line)
    return _SENTENCE.sub("", line) if stated else ""


def _holder_in(rights: str, opening: list[str]) -> str:
    """Return the institution that ``rights`` belong to where its name is a line of the opening too, "" elsewhere."""
    holder = " ".join(_NO_HOLDER.sub(" ", rights).split()).strip(" ,.;")
    shown = next((line for line in opening if holder and line.casefold() == holder.casefold()), "")
    return shown if INSTITUTION.search(shown) else ""


def _authors_in(line: str) -> str:
    stated = _AUTHORS.fullmatch(line)
    names = re.split(r",? and |, | & |; ", stated["names"].rstrip(".")) if stated else []
    return "\n".join(names) if all(_PERSON.fullmatch(name) for name in names) else ""
