"""The quotations of a draft against the reports: found, altered, misattributed or not found, and where.

Weak evidence never makes a quotation "found": one that is too short, that stands in several places between which its
citation does not decide, or that lacks its closing mark, is said to be so.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from corpus.model import Report, Span
from qa.checking.align import COST, Kind
from qa.checking.cited import Bibliography, Cited, is_ibid
from qa.checking.drafts import Draft, read_draft, read_markdown
from qa.checking.quotations import Quotation, find_quotations
from qa.checking.shelf import MAX_ALIGNED, Match, Shelf, keeps_together
from qa.checking.words import ELLIPSIS, Word, quoted_words, read_quotation
from qa.citation import Citation, cite

MIN_WORDS = 5
"""A quotation of fewer words is too short to check."""
MIN_PIECE = 3
"""So is one with a piece of fewer words before or behind an ellipsis."""
_NOT_COMPARED = "it stands nowhere as it is, and is too long, or the draft too large, to look for what is like it"
MAX_PLACES = 10
"""How many places of one quotation are listed."""


class Verdict(StrEnum):
    """What became of a quotation."""

    FOUND = "found"
    ALTERED = "altered"
    MISATTRIBUTED = "misattributed"
    NOT_FOUND = "not found"
    TOO_SHORT = "too short to check"
    SEVERAL = "stands in several places"
    UNCLOSED = "no closing quotation mark"


class Attribution(StrEnum):
    """Whether a quotation stands where its citation says."""

    AS_CITED = "as cited"
    ELSEWHERE = "not as cited"
    UNKNOWN = "citation not recognised"
    NONE = "no citation"


@dataclass(frozen=True, slots=True)
class Place:
    """Where words stand: ``span`` of the report's text, and the citation of its beginning."""

    span: Span
    citation: Citation
    case_study: int | None

    def to_json(self) -> dict[str, Any]:
        """Return the place as a JSON object."""
        return {"start": self.span.start, "end": self.span.end, "citation": self.citation.to_json()}


@dataclass(frozen=True, slots=True)
class Segment:
    """Words of the draft and the words of the report that they stand for; either may be empty."""

    kind: Kind
    draft: str
    report: str


@dataclass(frozen=True, slots=True)
class Check:
    """A quotation with its verdict.

    ``places`` are where it stands, for an altered one where the words most like it do. ``also_in`` are places other
    than the ones cited. ``difference`` covers the whole quotation, for one that is altered or has marks of omission.
    """

    quotation: Quotation
    verdict: Verdict
    attribution: Attribution
    places: tuple[Place, ...] = ()
    also_in: tuple[Place, ...] = ()
    difference: tuple[Segment, ...] = ()
    note: str = ""

    @property
    def verified(self) -> bool:
        """Whether the words stand in a report as quoted, and where the citation says if there is one."""
        return self.verdict is Verdict.FOUND and self.attribution in (Attribution.AS_CITED, Attribution.NONE)

    def to_json(self) -> dict[str, Any]:
        """Return the check as a JSON object with stable keys."""
        return {
            "number": self.quotation.number,
            "text": self.quotation.text,
            "citations": list(self.quotation.citations),
            "verdict": self.verdict.value,
            "attribution": self.attribution.value,
            "verified": self.verified,
            "places": [place.to_json() for place in self.places],
            "also_in": [place.to_json() for place in self.also_in],
            "difference": [{"kind": s.kind.value, "draft": s.draft, "report": s.report} for s in self.difference],
            "note": self.note,
        }


class Checker:
    """Checks quotations against ``reports``; making one reads all of their words, checking is quick."""

    def __init__(self, reports: Iterable[Report]) -> None:
        self._shelf = Shelf(reports)
        self._bibliography = Bibliography(self._shelf.reports)

    @property
    def reports(self) -> tuple[Report, ...]:
        """The reports that quotations are checked against."""
        return self._shelf.reports

    def check_draft(self, draft: Draft) -> list[Check]:
        """Return a check of every quotation of ``draft``, in order, those of its notes last.

        The title of a report or case study in quotation marks is no quotation. Raises DraftError for a draft with too
        many quotations.
        """
        self._shelf.start_over()
        checks = []
        before: tuple[str, ...] = ()
        for quotation in find_quotations(draft, self._bibliography.is_citation):
            if self._bibliography.is_title(quotation.text):
                continue
            cited = quotation.citations
            if any(map(is_ibid, cited)):
                cited = (*before, *(c for c in cited if not is_ibid(c)))
            checks.append(self.check(quotation, self._bibliography.source(cited, quotation.lead_in)))
            before = cited or before
        return checks

    def check(self, quotation: Quotation, cited: Cited | None = None) -> Check:
        """Return the check of one quotation whose citation names ``cited``, None where it names nothing known."""
        if not quotation.closed:
            return Check(quotation, Verdict.UNCLOSED, _attribution(quotation, cited))
        exact = quoted_words(quotation.text)
        words = read_quotation(quotation.text)
        if _is_short(words):
            found = _places(self._shelf.exact(exact, 4 * MAX_PLACES))
            return _short(quotation, cited, found)
        matches = self._shelf.exact(exact) or self._shelf.marked(words)
        if matches:
            return _found(quotation, words, cited, matches)
        return self._nearly(quotation, words, cited)

    def _nearly(self, quotation: Quotation, words: Sequence[Word], cited: Cited | None) -> Check:
        """Return the check of a quotation that no report holds as it is."""
        limit = (2 * _count(words) * COST) // 5 + COST // 2
        near = [(match, _place(match)) for match in self._shelf.near(words) if match.alignment.cost <= limit]
        if not near:
            note = _NOT_COMPARED if self._shelf.is_spent or len(words) > MAX_ALIGNED else ""
            return Check(quotation, Verdict.NOT_FOUND, _attribution(quotation, cited), note=note)
        match, place = min(near, key=lambda one: (one[0].alignment.cost, not _named(cited, one[1]), one[0].is_aside))
        note = "" if keeps_together(match) else "its ellipsis joins words too far apart, or of two case studies"
        attribution = _attribution(quotation, cited, place)
        return Check(quotation, Verdict.ALTERED, attribution, (place,), (), _segments(quotation, words, match), note)


def check_file(path: Path, reports: Iterable[Report]) -> tuple[Draft, list[Check]]:
    """Return the draft in the file at ``path`` and the checks of its quotations. Raises DraftError."""
    draft = read_draft(path)
    return draft, Checker(reports).check_draft(draft)


def check_text(text: str, reports: Iterable[Report]) -> list[Check]:
    """Return the checks of the quotations of a draft in Markdown. Raises DraftError where there are too many."""
    return Checker(reports).check_draft(read_markdown(text))


def verify(quotation: str, report: Report, span: Span) -> bool:
    """Return whether the words of ``quotation``, be they few, stand as they are inside ``span`` of the report's text;
    folded, and with ellipses and square brackets, as in a draft.
    """
    shelf = Shelf([report], within=span)
    return bool(shelf.exact(quoted_words(quotation)) or shelf.marked(read_quotation(quotation)))


def to_json(draft: Draft, checks: Sequence[Check]) -> dict[str, Any]:
    """Return the checks of a draft as a JSON object with stable keys."""
    return {
        "unit": draft.unit,
        "verified": all(check.verified for check in checks),
        "counts": {verdict.value: sum(check.verdict is verdict for check in checks) for verdict in Verdict},
        "quotations": [check.to_json() for check in checks],
    }


def _count(words: Sequence[Word]) -> int:
    return sum(word.is_word for word in words)


def _is_short(words: Sequence[Word]) -> bool:
    """Return whether words, or a piece of them between ellipses, are too few to tell where they come from."""
    pieces: list[int] = [0]
    for word in words:
        if word.form == ELLIPSIS:
            pieces.append(0)
        pieces[-1] += word.is_word
    return sum(pieces) < MIN_WORDS or min(pieces) < MIN_PIECE


def _short(quotation: Quotation, cited: Cited | None, places: Sequence[Place]) -> Check:
    count = len(places)
    many = f"in {count} places" if count <= MAX_PLACES else f"in more than {MAX_PLACES} places"
    stands = "nowhere" if not count else "in one place" if count == 1 else many
    note = f"its words stand {stands}" if _count(quoted_words(quotation.text)) else ""
    return Check(quotation, Verdict.TOO_SHORT, _attribution(quotation, cited), tuple(places[:MAX_PLACES]), note=note)


def _found(quotation: Quotation, words: Sequence[Word], cited: Cited | None, matches: Sequence[Match]) -> Check:
    places = _places(matches)
    named = [place for place in places if _named(cited, place)]
    others = tuple(place for place in places if place not in named) if named else ()
    kept = tuple(named or places)
    attribution = _attribution(quotation, cited, *kept)
    if cited and not named:
        verdict = Verdict.MISATTRIBUTED
    elif len({(place.citation.report_id, place.case_study) for place in kept}) > 1:
        verdict = Verdict.SEVERAL
    else:
        verdict = Verdict.FOUND
    note = _page_note(cited, kept) if verdict is Verdict.FOUND else ""
    first = next(match for match in matches if match.span == kept[0].span)
    marked = any(step.kind is not Kind.SAME for step in first.alignment.steps)
    difference = _segments(quotation, words, first) if marked else ()
    return Check(quotation, verdict, attribution, kept[:MAX_PLACES], others[:MAX_PLACES], difference, note)


def _named(cited: Cited | None, place: Place) -> bool:
    return cited is not None and cited.names(place.citation.report_id, place.case_study)


def _attribution(quotation: Quotation, cited: Cited | None, *places: Place) -> Attribution:
    if cited is None:
        return Attribution.UNKNOWN if quotation.citations else Attribution.NONE
    if not places or any(_named(cited, place) for place in places):
        return Attribution.AS_CITED
    return Attribution.ELSEWHERE


def _page_note(cited: Cited | None, places: Sequence[Place]) -> str:
    pages = {place.citation.page for place in places}
    if cited is None or not cited.pages or None in pages or cited.pages & pages:
        return ""
    said, stands = (", ".join(map(str, sorted(p for p in some if p))) for some in (cited.pages, pages))
    return f"cited as p. {said}, stands on page {stands} of the file"


def _places(matches: Sequence[Match]) -> list[Place]:
    """Return the places of matches, each once; a pull quote or running header only where no text in the report says
    the same.
    """
    spoken = {match.stream.report.id for match in matches if not match.is_aside}
    kept = [match for match in matches if not match.is_aside or match.stream.report.id not in spoken]
    unique = {(match.stream.report.id, match.span): match for match in kept}
    return [_place(match) for match in unique.values()]


def _place(match: Match) -> Place:
    """Return where a match stands; its section is the innermost one there."""
    report, span = match.stream.report, match.span
    inside = [s for s in report.sections if s.span.start <= span.start < s.span.end]
    section = max(inside, key=lambda s: (s.span.start, s.index), default=None)
    cases = [c.index for c in report.case_studies if c.span.start <= span.start < c.span.end]
    case = section.case_study if section is not None and section.case_study is not None else next(iter(cases), None)
    citation = replace(
        cite(report, report.passages[0], span.start),
        case_study=None if case is None else report.case_studies[case].name,
        section=section.heading if section else "",
        section_path=report.section_path(section.index) if section else (),
    )
    return Place(span, citation, case)


def _segments(quotation: Quotation, words: Sequence[Word], match: Match) -> tuple[Segment, ...]:
    """Return an alignment as segments of text, neighbours of one kind joined."""
    runs: list[tuple[Kind, tuple[int, int], tuple[int, int]]] = []
    for kind, draft, report in match.alignment.steps:
        if runs and runs[-1][0] is kind:
            runs[-1] = (kind, (runs[-1][1][0], draft[1]), (runs[-1][2][0], report[1]))
        else:
            runs.append((kind, draft, report))
    stretch = match.stream.words[match.first : match.last + 1]
    return tuple(
        Segment(kind, _slice(quotation.text, words, draft), _slice(match.stream.text, stretch, report))
        for kind, draft, report in runs
    )


def _slice(text: str, words: Sequence[Word], ends: tuple[int, int]) -> str:
    first, last = ends
    return " ".join(text[words[first].start : words[last - 1].end].split()) if first < last else ""
