"""Which headings open a case study, what the case studies are called, and who their partners are.

They are recognised, in this order, by: a heading over a list of the partners involved; headings that say "Case study";
entries of the contents list under "Case studies", or numbered; the children of a heading "Case studies";
a cycle of section headings that starts anew under one heading after another; and headings that are names of
organisations or places which the text below takes up. A report with none of these may be one case study as a whole.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from corpus.blocks import Piece
from corpus.contents import ContentsEntry
from corpus.folding import fold, words
from corpus.headings import clean, unnumbered
from corpus.kinds import is_part, is_partners, kind_of
from corpus.model import BlockKind, SectionKind, Span

_NUMBER_WORD = "one|two|three|four|five|six|seven|eight|nine|ten"
_LABEL = re.compile(
    rf"case (?:study|example|history)\b[ \t]*(?:(?:\d{{1,2}}|[A-Za-z]|{_NUMBER_WORD})\b[ \t]*(?:[:.|–—-][ \t]*)?"
    r"|[:.|–—-][ \t]*)(?P<name>.*)\Z",
    re.I | re.S,
)
_GATHERING = re.compile(r"(?:\w+ ){0,3}case (?:studies|examples|histories)(?: ?:.*| in\b.*| from\b.*)?\Z")
_ORGANISATION = re.compile(
    r"\b(?:trusts?|councils?|partnerships?|collaboratives?|ics|icb|icp|ccg|pcn|stp|forum|alliance|group|federation"
    r"|board|system|network|hospitals?|services?|county|borough|city|programme|consortium|hub|centre|association"
    r"|practices?|university|company|initiative|project)\b",
    re.I,
)
_CHAPTER_WORDS = frozenset(
    "conclusion conclusions discussion findings implications lessons method methodology methods next recommendation"
    " recommendations references reflections themes".split()
)
_BESIDE_THEM = frozenset(
    "and common cross cutting emerging final for from further general key learned learnt main of on our overall policy"
    " research steps summary the what wider".split()
)
_OPENS_CHAPTER = frozenset(
    "acknowledgements annex appendices appendix bibliography conclusion conclusions glossary methodology"
    " recommendations references".split()
)
_TELLING = frozenset({SectionKind.SETTING_UP, SectionKind.IMPACT, SectionKind.COVID, SectionKind.LESSONS})
"""Kinds of sections that tell what somebody did; themes seldom have them."""
TYPICAL = _TELLING | {
    SectionKind.CASE_FOR_CHANGE,
    SectionKind.CHALLENGES,
    SectionKind.NEXT_STEPS,
    SectionKind.NATIONAL_POLICY,
}


@dataclass(frozen=True)
class Headed:
    """The pieces of a report whose headings are decided, with what is asked of them again and again."""

    pieces: Sequence[Piece]

    @cached_property
    def numbers(self) -> list[int]:
        """The numbers of the pieces that are headings."""
        return [n for n, p in enumerate(self.pieces) if p.kind is BlockKind.HEADING]

    @cached_property
    def _bodies(self) -> list[int]:
        return [n for n, p in enumerate(self.pieces) if p.is_body]

    @cached_property
    def _first_by_words(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for n in self.numbers:
            found.setdefault(fold(self.text(n)), n)
        for n in self.numbers:
            found.setdefault(fold(unnumbered(self.text(n))), n)
        return found

    def text(self, n: int) -> str:
        """Return the words of heading ``n`` without markup."""
        return clean(self.pieces[n].text)

    def has_body(self, a: int, b: int) -> bool:
        """Return whether there is running text between the pieces ``a`` and ``b``."""
        return bisect_right(self._bodies, a) < bisect_left(self._bodies, b)

    def body(self, a: int, b: int) -> list[str]:
        """Return the running text between the pieces ``a`` and ``b``."""
        return [self.pieces[n].text for n in self._bodies[bisect_right(self._bodies, a) : bisect_left(self._bodies, b)]]

    def section(self, n: int) -> list[str]:
        """Return the running text under heading ``n``, or where there is none that under the next heading."""
        at = bisect_right(self.numbers, n)
        borders = [n, *self.numbers[at : at + 2], len(self.pieces)]
        return self.body(n, borders[1]) or self.body(borders[1], borders[min(2, len(borders) - 1)])

    def of_entry(self, entry: ContentsEntry) -> int | None:
        """Return the heading that an entry of the contents list names."""
        return self._first_by_words.get(fold(entry.title))


def find_case_studies(report: Headed, contents: list[ContentsEntry]) -> list[int]:
    """Return the numbers of the pieces that are headings of case studies, in order."""
    return (
        _over_partners(report)
        or _labelled(report)
        or _listed(report, contents)
        or _gathered(report)
        or _cycle_starts(report)
        or _organisations(report)
    )


def _is_chapter(heading: str) -> bool:
    """Return whether ``heading`` names a chapter that no case study is called: a part of a report, or words such as
    "Cross-cutting themes" and "Conclusion and recommendations" and no others.
    """
    told = words(heading)
    plain = set(told) <= _CHAPTER_WORDS | _BESIDE_THEM and not _CHAPTER_WORDS.isdisjoint(told)
    return plain or is_part(heading) or not _OPENS_CHAPTER.isdisjoint(told[:1])


def _over_partners(report: Headed) -> list[int]:
    found = [
        a
        for a, b in pairwise(report.numbers)
        if is_partners(report.text(b)) and not report.has_body(a, b) and not is_partners(report.text(a))
    ]
    return found if len(found) > 1 else []


def _labelled(report: Headed) -> list[int]:
    return [n for n in report.numbers if _LABEL.match(unnumbered(report.text(n)))]


def _listed(report: Headed, contents: list[ContentsEntry]) -> list[int]:
    """Return the headings of the numbered entries of the contents list, or of those under its "Case studies"."""
    gathering = next((i for i, e in enumerate(contents) if _GATHERING.match(fold(e.title))), len(contents))
    under = contents[gathering + 1 :]
    until = next((i for i, e in enumerate(under) if _is_chapter(e.title)), len(under))
    for entries, certain in (
        (under[:until], True),
        ([e for e in contents if e.label and not _is_chapter(e.title)], False),
    ):
        found = [n for e in entries if (n := report.of_entry(e)) is not None]
        if len(found) >= 2 and len(found) == len(entries) and (certain or _look_like_case_studies(report, found)):
            return sorted(found)
    return []


def _look_like_case_studies(report: Headed, found: list[int]) -> bool:
    """Return whether numbered entries are those of case studies, not chapters, by their sections or their names."""
    inner = set(report.numbers) - set(found)
    kinds = Counter(kind_of(report.text(n)) for n in inner)
    repeated = any(count > 1 for kind, count in kinds.items() if kind in TYPICAL)
    return repeated or any(_ORGANISATION.search(report.text(n)) for n in found)


def _gathered(report: Headed) -> list[int]:
    """Return the headings one level under a marked-up heading "Case studies"."""
    found: list[int] = []
    under = 0
    for n in report.numbers:
        level = report.pieces[n].level
        if under and level and level <= under:
            under = 0
        if under and level == under + 1:
            found.append(n)
        if level and _GATHERING.match(fold(unnumbered(report.text(n)))):
            under = level
    return found


def _cycle_starts(report: Headed) -> list[int]:
    """Return the headings under each of which the same section headings come again; two or more.

    A heading starts a cycle when it is of no kind of its own, is not repeated, and the next heading is one that the
    report repeats. Themes may have such cycles too; those of case studies tell what was done, or stand under names.
    """
    numbers, pieces = report.numbers, report.pieces
    keys = [_key(report.text(n)) for n in numbers]
    counts = Counter(keys)
    starts = []
    for i, (n, below) in enumerate(pairwise(numbers)):
        own = pieces[n].level < pieces[below].level or not pieces[n].level or not pieces[below].level
        plain = kind_of(report.text(n)) is SectionKind.OTHER and not _is_chapter(unnumbered(report.text(n)))
        if own and plain and counts[keys[i]] == 1 and counts[keys[i + 1]] > 1:
            starts.append(n)
    if any(pieces[n].level for n in starts):
        usual = Counter(pieces[n].level for n in starts).most_common(1)[0][0]
        starts = [n for n in starts if pieces[n].level == usual]
    if len(starts) < 2:
        return []
    telling = any(counts[f"kind: {kind}"] > 1 for kind in _TELLING)
    spans = pairwise([*starts, len(pieces)])
    named = sum(_proper_words(report.text(a), report.body(a, b)) > 0 for a, b in spans)
    return starts if telling or named >= len(starts) / 2 else []


def _key(heading: str) -> str:
    kind = kind_of(heading)
    return fold(unnumbered(heading)) if kind is SectionKind.OTHER else f"kind: {kind}"


def _organisations(report: Headed) -> list[int]:
    """Return headings that name organisations or places and stand over text that speaks of them.

    There must be two or more on one level, and the other headings on it must be fewer, or theirs: most have text that
    goes on speaking of the name above. Else the names are examples under a theme, whose end nothing shows.
    """
    found = []
    for n in report.numbers:
        heading = unnumbered(report.text(n))
        tokens = re.findall(r"[^\W\d_][\w'’&-]*", heading)
        capitals = [w for w in tokens[1:] if w[0].isupper()]
        if len(capitals) < 2 or not _ORGANISATION.search(heading) or is_part(heading) or not tokens[-1][0].isupper():
            continue
        name = re.split(r"[:–—]", heading)[0].strip()
        main = [w for w in words(name) if len(w) > 2 and w not in {"and", "the", "for"}]
        if main and _proper_words(name, report.section(n)) >= 0.5 * len(main):
            found.append(n)
    if not found:
        return []
    usual = min(report.pieces[n].level for n in found)
    found = [n for n in found if report.pieces[n].level == usual]
    peers = [n for n in report.numbers if report.pieces[n].level == usual and not is_part(report.text(n))]
    others = [n for n in peers if n not in set(found) and n > found[0]]
    theirs = sum(_proper_words(report.text(found[bisect_left(found, n) - 1]), report.section(n)) > 0 for n in others)
    return found if len(found) >= 2 and (len(found) * 2 >= len(peers) or theirs * 2 > len(others)) else []


def _proper_words(heading: str, below: list[str]) -> int:
    """Return how many capitalised words of ``heading`` are names: the text below never has them in small letters."""
    spoken = {word for text in below for word in re.findall(r"[^\W\d_][\w&-]*", text)}
    tokens = {w for w in re.findall(r"[^\W\d_][\w&-]*", heading) if len(w) > 2 and w[0].isupper()}
    forms = {w: (w, w.capitalize()) if w.isupper() and len(w) > 4 else (w,) for w in tokens}
    return sum(any(form in spoken for form in forms[w]) and w.lower() not in spoken for w in tokens)


def name_case_studies(report: Headed, cases: list[int], contents: list[ContentsEntry]) -> dict[int, str]:
    """Return the name of each case study by its heading: as the contents list has it, or the heading itself."""
    titled = [e for e in contents if not _is_chapter(e.title)]
    listed = [e for e in titled if e.label] or titled
    if len(listed) == len(cases):
        return {n: _name_in(e.title) for n, e in zip(cases, listed, strict=True)}
    vocabularies = [(entry, set(words(entry.title))) for entry in listed]
    names = {}
    for n in cases:
        own = set(words(report.text(n)))
        shares = [(len(v & own) / max(1, len(v)), entry) for entry, v in vocabularies]
        share, best = max(shares, key=lambda pair: pair[0], default=(0.0, None))
        names[n] = _name_in(best.title if best and share >= 0.6 else report.text(n))
    return names


def _name_in(heading: str) -> str:
    """Return a heading without its number and the label "Case study 1:"."""
    own = unnumbered(heading)
    label = _LABEL.match(own)
    return label["name"] if label and label["name"] else own


def is_single_case_study(report: Headed, heads: list[str], title: str) -> bool:
    """Return whether a report without marked case studies is one as a whole.

    ``heads`` are its headings, supplied ones included. It calls itself one at its start, begins with its partners, or
    has four or more of the sections that case studies have, once each.
    """
    if any(is_partners(report.text(n)) for n in report.numbers[:2]):
        return True
    opening = [p.text for p in report.pieces if p.kind in (BlockKind.HEADING, BlockKind.FURNITURE)][:6]
    calls = [fold(text) for text in (title, *opening) if len(text.split()) <= 20 and not text.endswith(".")]
    if any(re.search(r"\bcase study\b", text) for text in calls):
        return True
    kinds = Counter(kind_of(heading) for heading in heads)
    return sum(kinds[kind] == 1 for kind in TYPICAL) >= 4


def partners_in(pieces: Sequence[Piece], starts: list[int], span: Span) -> tuple[str, ...]:
    """Return the organisations listed under the first heading of partners inside ``span``.

    ``starts`` holds where each piece begins.
    """
    listed: list[str] = []
    inside = False
    for n in range(bisect_left(starts, span.start), bisect_left(starts, span.end)):
        if pieces[n].kind is BlockKind.HEADING:
            if listed:
                break
            inside = is_partners(pieces[n].text)
        elif inside and pieces[n].kind is BlockKind.LIST_ITEM:
            listed.append(re.sub(r"(?:[,;.]|\s+and)+\Z", "", " ".join(clean(pieces[n].text).split())))
    return tuple(listed)
