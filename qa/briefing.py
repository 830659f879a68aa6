"""Quotes on their way into the briefing and out of it: pinned as the report has them, and looked up again.

A pin remembers the words, where they stood and in which file. Before a quote is shown or exported its words are looked
up again: what no longer stands in the report is refused by name.
"""

import hashlib
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from corpus.characters import flat
from corpus.digests import is_bundled
from corpus.errors import LibraryError, one_line
from corpus.folding import fold
from corpus.library import Library
from corpus.model import Passage, Report, Span
from corpus.removed import removed
from index.search import Index
from qa.citation import Citation, cite
from qa.leaning import leaned_on
from qa.permalink import find_passage, repeats
from qa.pins import BriefingError, Pin, add_pin, checked_note, read_briefing
from qa.quotes import Words, words_at, words_to_json
from qa.references import in_marks, opening


class Standing(StrEnum):
    """What became of a pinned quote's words."""

    STANDS = "stands"
    FOUND_AGAIN = "found again"
    REFUSED = "refused"


class Refusal(StrEnum):
    """Why a pinned quote is refused."""

    REPORT_GONE = "report gone"
    NOT_INDEXED = "not indexed"
    WORDS_GONE = "words gone"


COMMANDS: Mapping[Refusal, str] = {
    Refusal.REPORT_GONE: "add the report again, or take the quote out with: casebook briefing remove",
    Refusal.NOT_INDEXED: "run: casebook index",
}
"""What can be done about a refusal on the command line; the page has remedies of its own."""


@dataclass(frozen=True, slots=True)
class Pinned:
    """A pin as its report stands now. ``number`` counts from 1; ``detail`` says what changed.

    ``text`` is ``report.text[span.start:span.end]`` of the report as it is now, and ``passage_id`` the passage in which
    it begins. A refused quote has no span, citation and passage, but a ``refusal``. ``also_in`` cites the other places
    of the same words. ``report`` is the report's title, "" where nothing tells it any more. ``leans_on`` is a sentence
    from before the quote that it cannot do without; it is not kept, as report, passage and span tell it.
    """

    number: int
    pin: Pin
    standing: Standing
    detail: str
    text: str = ""
    span: Span | None = None
    citation: Citation | None = None
    passage_id: str = ""
    also_in: tuple[Citation, ...] = ()
    report: str = ""
    leans_on: Words | None = None
    refusal: Refusal | None = None

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All places where the words stand, that of the pin first; none for a refused quote."""
        return (self.citation, *self.also_in) if self.citation else ()

    @property
    def name(self) -> str:
        """What a person knows the quote by: its number, its first words and its report."""
        return f"quote {self.number} ({opening(flat(self.pin.text), 60)}, {self.report or self.pin.report_id})"

    def reason(self, remedies: Mapping[Refusal, str] = COMMANDS) -> str:
        """Return what changed, and for a refused quote what ``remedies`` have against that."""
        remedy = remedies.get(self.refusal) if self.refusal else None
        return f"{self.detail}; {remedy}" if remedy else self.detail

    def to_json(self) -> dict[str, Any]:
        """Return the pin and what became of it as a JSON object."""
        return {
            "number": self.number,
            "standing": self.standing.value,
            "detail": self.detail,
            "text": self.text or self.pin.text,
            "start": self.span.start if self.span else None,
            "end": self.span.end if self.span else None,
            "note": self.pin.note,
            "pinned": self.pin.pinned,
            "passage_id": self.passage_id or self.pin.passage_id,
            "report_id": self.pin.report_id,
            "citation": self.citation.to_json() if self.citation else None,
            "also_in": [citation.to_json() for citation in self.also_in],
            "leans_on": words_to_json(self.leans_on) if self.leans_on else None,
        }


def pin(index: Index, home: Path, passage_id: str, quote: str | Span | None = None, note: str = "") -> Pinned:
    """Put words of a passage, by default all of it, at the end of the briefing, and return the pin.

    ``quote`` are the words, or their span in the report. What is kept are the report's own characters. Words that are
    pinned already are pinned again only with another note; else the pin that is there is returned. Raises
    BriefingError where there is no such passage, or where it does not hold these words.
    """
    found = find_passage(index, passage_id.strip())
    if found is None:
        raise BriefingError(f"there is no passage {passage_id!r}", f"see: casebook show {flat(passage_id)[:200]}")
    report, passage = found
    if isinstance(quote, Span):
        span = _inside(passage, quote)
    else:
        span = passage.span if quote is None else _find_words(report, passage, quote)
    new = Pin(
        report_id=report.id,
        sha256=report.sha256,
        start=span.start,
        end=span.end,
        text=report.text[span.start : span.end],
        passage_id=passage.id,
        note=checked_note(note),
        pinned=datetime.now(UTC).date().isoformat(),
    )
    return look_up(index, *add_pin(home, new))


def find_selected(index: Index, passage_id: str, words: str, near: int) -> tuple[Report, Passage, Span]:
    """Return where the ``words`` selected in the section around a passage stand, and in which passage of it.

    They may stand in another passage than the one named, but not go beyond one; where they stand several times it is
    the place that begins nearest to ``near`` in the report. Raises BriefingError where no passage of the section holds
    them.
    """
    found = find_passage(index, passage_id)
    if found is None:
        raise BriefingError(f"there is no passage {passage_id!r}", "open the report again")
    report, opened = found
    around = [one for one in report.passages if one.section == opened.section]
    places = [(span, passage) for passage in around for span in _places_of(report, passage, words)]
    if not places:
        raise BriefingError("the selection holds no words, or goes beyond one passage", "select other words")
    span, passage = min(places, key=lambda place: abs(place[0].start - near))
    return report, passage, span


def look_up_all(index: Index, library: Library) -> list[Pinned]:
    """Return every pin of the library's briefing as its report stands now.

    A report whose file is no longer the one indexed counts as changed out of sight: its quotes are refused.
    """
    files, titles = library.by_id(), _titles(index, library)
    read: dict[str, str | None] = {}
    found = []
    for number, one in enumerate(read_briefing(library.home).pins, 1):
        identity = one.report_id
        if identity not in read:
            data = files[identity].read_bytes() if identity in files else None
            read[identity] = hashlib.sha256(data).hexdigest() if data is not None else None
        report = index.reports.get(identity)
        bundled = report is not None and is_bundled(report)
        title = titles.get(identity, "")
        if not bundled and (report.sha256 if report else None) != read[identity]:
            detail = f"the report {_named(one, title)} has changed since it was indexed"
            found.append(Pinned(number, one, Standing.REFUSED, detail, report=title, refusal=Refusal.NOT_INDEXED))
        else:
            found.append(look_up(index, one, number, title))
    return found


def look_up(index: Index, one: Pin, number: int, title: str = "") -> Pinned:
    """Return the pin ``one``, quote ``number`` of the briefing, as the indexed report stands.

    Words that left their span are found again where they stand exactly once in the report, in the same order and with
    the same punctuation; only white space may differ. ``title`` is what a report was called that is no longer there.
    """
    report = index.reports.get(one.report_id)
    called = report.title if report else title
    name = _named(one, called)

    def refused(detail: str, why: Refusal = Refusal.WORDS_GONE) -> Pinned:
        return Pinned(number, one, Standing.REFUSED, detail, report=called, refusal=why)

    if report is None:
        return refused(f"the report {name} is no longer in the library", Refusal.REPORT_GONE)
    span, standing, detail = Span(one.start, one.end), Standing.STANDS, ""
    if not one.text.strip() or report.text[one.start : one.end] != one.text:
        places = _places(report.text, one.text)
        what = "changed" if report.sha256 != one.sha256 else "is read otherwise now"
        if len(places) != 1:
            times = f"{len(places)} times" if places else "no longer"
            return refused(f"the report {name} {what}, and the words stand in it {times}")
        span, standing = places[0], Standing.FOUND_AGAIN
        detail = f"the report {name} {what}; the same words stand once, elsewhere in it"
    passage = _passage_at(report, span)
    if passage is None:
        return refused(f"the words stand in the report {name}, but no longer in a passage of it")
    words = fold(report.text[span.start : span.end])
    also_in = [place for place in repeats(index, passage) if words in fold(place[1].text)]
    before = leaned_on(report, passage, span)
    return Pinned(
        number=number,
        pin=one,
        standing=standing,
        detail=detail,
        text=report.text[span.start : span.end],
        span=span,
        citation=cite(report, passage, span.start),
        passage_id=passage.id,
        also_in=tuple(cite(*place) for place in also_in),
        report=report.title,
        leans_on=words_at(report, before) if before else None,
    )


def _named(one: Pin, title: str) -> str:
    return in_marks(one_line(flat(title), 120)) if title else repr(one.report_id)


def _titles(index: Index, library: Library) -> dict[str, str]:
    """Return what the reports are called by id, those that were removed but are kept too."""
    titles = {report.id: report.title for report in index.reports.values()}
    with suppress(LibraryError):  # a damaged record of what was removed takes no quote away
        for gone in reversed(removed(library.home)):
            titles.setdefault(gone.report_id, gone.title)
    return titles


def _inside(passage: Passage, span: Span) -> Span:
    if not passage.span.start <= span.start < span.end <= passage.span.end:
        raise BriefingError(
            f"characters {span.start} to {span.end} do not stand in the passage {passage.id!r}",
            "ask again and pin anew",
        )
    return span


def _find_words(report: Report, passage: Passage, quote: str) -> Span:
    """Return where the words ``quote`` first stand in ``passage``."""
    places = _places_of(report, passage, quote)
    if not places:
        raise BriefingError(
            f"the passage {passage.id!r} does not hold the words {flat(quote)[:120]!r}",
            f"copy them from: casebook show {passage.id}",
        )
    return min(places)


def _places_of(report: Report, passage: Passage, quote: str) -> list[Span]:
    """Return where the words ``quote`` stand in ``passage``: type may differ, no word, figure or inner mark may."""
    from qa.checking.shelf import Shelf
    from qa.checking.words import quoted_words

    wanted = quoted_words(quote)
    found = Shelf([report], within=passage.span).exact(wanted) if wanted else []
    return [_with_marks(report, passage, match.span, quote) for match in found]


def _with_marks(report: Report, passage: Passage, span: Span, quote: str) -> Span:
    """Return ``span`` with the punctuation around it that ``quote`` has too."""
    start, end = span.start, span.end
    for mark in reversed(_marks_at(r"^[^\w\s]*", quote)):
        if start > passage.span.start and fold(report.text[start - 1]) == mark:
            start -= 1
    for mark in _marks_at(r"[^\w\s]*$", quote):
        if end < passage.span.end and fold(report.text[end]) == mark:
            end += 1
    return Span(start, end)


def _marks_at(end: str, quote: str) -> str:
    """Return the punctuation that the pattern ``end`` finds at an end of ``quote``, folded."""
    found = re.search(end, fold(quote))
    return found[0] if found else ""


def _places(text: str, words: str) -> list[Span]:
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    return [Span(*match.span()) for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", text)] if pattern else []


def _passage_at(report: Report, span: Span) -> Passage | None:
    return next((p for p in report.passages if p.span.start <= span.start < p.span.end), None)
