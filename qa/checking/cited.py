"""What a citation in a draft names: reports of the library, by title, publisher and year, id or address, and case
studies by name.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from corpus.folding import words
from corpus.model import Report

_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"\])]{3,500}", re.I)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_PAGES = re.compile(r"\bpp?\.?\s?(\d{1,4})(?:\s?[-–]\s?(\d{1,4}))?", re.I)
_CASE_STUDY = re.compile(r"((?:[^\W_][\w’'&.-]*\s+){1,8})case\s+study\b", re.I)
_BARE = re.compile(r"[\W\d]*(?:pp?\b[\W\d]*)?")
"""A citation of nothing but a year or pages."""
_NARRATIVE = re.compile(r"case\s+study|\((?:19|20)\d\d[a-z]?[,)]", re.I)
_COMMON = frozenset(
    "this that their other second third first last next final each every same above health care".split()
)


@dataclass(frozen=True, slots=True)
class Cited:
    """What citations name: pairs of a report's id and the case study's number, or None for the whole report.

    ``pages`` are the page numbers they give.
    """

    targets: frozenset[tuple[str, int | None]]
    pages: frozenset[int] = frozenset()

    def names(self, report: str, case_study: int | None) -> bool:
        """Return whether words in this report and case study stand where the citation says."""
        return (report, None) in self.targets or (report, case_study) in self.targets


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of one report, folded: words between spaces, with one at either end."""

    report: Report
    own: tuple[str, ...]
    publisher: tuple[str, ...]
    year: str
    url: str
    case_studies: tuple[tuple[int, str], ...]


class Bibliography:
    """What the reports of a library may be called."""

    def __init__(self, reports: Iterable[Report]) -> None:
        self._names = [_names_of(report) for report in reports]

    def is_citation(self, words_in_brackets: str) -> bool:
        """Return whether words in brackets are a citation and not another remark."""
        text = words_in_brackets[:2_000]
        if _YEAR.search(text) or _PAGES.search(text) or _URL.search(text) or is_ibid(text):
            return True
        return bool(self.resolve([text]))

    def is_title(self, text: str) -> bool:
        """Return whether ``text`` is just the name of a report or case study."""
        folded = _folded(text[:500])
        return any(folded in names.own or folded in (n for _, n in names.case_studies) for names in self._names)

    def resolve(self, citations: Iterable[str]) -> Cited | None:
        """Return what the citations name together, None where they name nothing in the library."""
        targets: set[tuple[str, int | None]] = set()
        pages: set[int] = set()
        for citation in citations:
            text = citation[:5_000]
            for part in re.split(r";\s", text, maxsplit=20):
                targets |= self._targets(part)
            for match in _PAGES.finditer(text):
                first = int(match[1])
                pages |= set(range(first, min(int(match[2] or first), first + 50) + 1))
        return Cited(frozenset(targets), frozenset(pages)) if targets else None

    def source(self, citations: Sequence[str], lead_in: str) -> Cited | None:
        """Return what a quotation's citations name, of which the words before it may give a part or all:
        "the Dorset case study", "NHS Example (2021)".
        """
        if not citations:
            return self.resolve([lead_in]) if _NARRATIVE.search(lead_in) else None
        return self.resolve(citations) or (
            self.resolve([f"{lead_in} {' '.join(citations)}"]) if all(map(_BARE.fullmatch, citations)) else None
        )

    def _targets(self, text: str) -> set[tuple[str, int | None]]:
        folded, years = _folded(text), set(_YEAR.findall(text))
        urls = {_plain_url(url) for url in _URL.findall(text)}
        cases = self._cases(text, folded)
        titles = self._by_title(folded)
        named = [n for n in self._names if n.url and n.url in urls] or [n for n in self._names if n.report.id in titles]
        if not named:
            published = [n for n in self._names if any(name in folded for name in n.publisher)]
            named = [n for n in published if not years or n.year in years]
            if published and not named:
                return set()
        reports = {n.report.id for n in named}
        # A case study may bear the title of another report: then either is meant.
        kept = {case for case, name in cases.items() if not reports or case[0] in reports or name in titles.values()}
        inside = {report for report, _ in kept}
        return {*kept, *((report, None) for report in reports - inside)}

    def _by_title(self, folded: str) -> dict[str, str]:
        """Return the reports whose title or id stands in a citation, with that name; not one inside another's."""
        found = {n.report.id: max((o for o in n.own if _holds(folded, o)), key=len, default="") for n in self._names}
        return {k: v for k, v in found.items() if v and not any(v != other and v in other for other in found.values())}

    def _cases(self, text: str, folded: str) -> dict[tuple[str, int], str]:
        """Return the case studies that a citation names in full, or as "the ... case study", with their names."""
        every = [((n.report.id, number), name) for n in self._names for number, name in n.case_studies]
        found = {case: name for case, name in every if _holds(folded, name)}
        for match in _CASE_STUDY.finditer(text):
            asked = words(match[1])
            ends = [f" {' '.join(asked[n:])} " for n in range(len(asked)) if _tells(asked[n:])]
            fitting = next((fit for end in ends if (fit := {c: n for c, n in every if end in n})), {})
            found |= fitting
        return found


def _holds(folded: str, name: str) -> bool:
    """Return whether a folded citation holds ``name``; a name of one word counts only where little else stands."""
    return name in folded and (name.count(" ") > 2 or folded.count(" ") < 6)


def is_ibid(text: str) -> bool:
    """Return whether a citation says that it is the one before."""
    return bool(re.match(r"\W*ibid\b", text, re.I))


def _tells(part: list[str]) -> bool:
    """Return whether words before "case study" can tell one from another."""
    return any(len(word) > 3 and word not in _COMMON for word in part)


def _names_of(report: Report) -> _Names:
    about = report.metadata
    titles = [report.title, report.id, report.id.replace("-", " "), report.file_name]
    titles.append(re.sub(r"\s*\([^()]*\)\Z", "", report.title))
    titles += [part for part in re.split(r":\s", report.title)[:2] if len(words(part)) > 1]
    initials = "".join(word[0] for word in re.findall(r"[A-Z][\w’']*", about.publisher))
    publishers = [about.publisher, initials if len(initials) > 2 else ""]
    cases = ((case.index, _folded(name)) for case in report.case_studies for name in {case.name, case.heading})
    return _Names(
        report=report,
        own=tuple(_folded(title) for title in titles if title.strip()),
        publisher=tuple(_folded(name) for name in publishers if name.strip()),
        year=about.published[:4],
        url=_plain_url(about.url),
        case_studies=tuple((number, name) for number, name in cases if name.strip()),
    )


def _folded(text: str) -> str:
    return f" {' '.join(words(text))} "


def _plain_url(url: str) -> str:
    plain = unquote(url.strip().lower()).split("#")[0]
    return re.sub(r"\Ahttps?://|\Awww\.", "", re.sub(r"\Ahttps?://", "", plain)).rstrip("/.,;: ")
