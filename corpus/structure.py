"""Headings -> the tree of case studies and sections."""

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, replace

from corpus.blocks import Piece
from corpus.case_studies import Headed, find_case_studies, is_single_case_study, name_case_studies, partners_in
from corpus.contents import ContentsEntry
from corpus.folding import fold, words
from corpus.headings import clean
from corpus.kinds import closes_case_studies, is_part, kind_of
from corpus.model import BlockKind, CaseStudy, Section, SectionKind, Span

END_MATTER = "End matter"
OPENING = "Opening"


@dataclass(frozen=True, slots=True)
class Head:
    """A heading placed in the tree: what it is called, where it starts, its depth, and what it opens.

    ``piece`` is None for a heading that only the contents list gives.
    """

    text: str
    start: int
    level: int
    piece: int | None
    opens_case_study: bool = False
    name: str = ""
    in_case_study: bool = True
    is_part: bool = False


def build(
    text: str, pieces: list[Piece], contents: list[ContentsEntry], title: str
) -> tuple[tuple[CaseStudy, ...], tuple[Section, ...]]:
    """Return the case studies and the sections of a report whose headings are decided.

    ``title`` is the report's title, which names a report that is one case study. Spans are offsets into ``text``.
    Every body piece lies in exactly one innermost section.
    """
    report = Headed(pieces)
    heads = _place(report, contents, title)
    end = len(text.rstrip())
    starts = [p.span.start for p in pieces]
    if any(head.opens_case_study for head in heads):
        cases = _cases(pieces, starts, heads, end)
        return cases, _sections(heads, end, [case.span for case in cases], pieces)
    if not is_single_case_study(report, [head.text for head in heads], title):
        return (), _sections(heads, end, [], pieces)
    begin = min([h.start for h in heads] + [p.span.start for p in pieces if p.is_body], default=0)
    name = next((clean(p.text) for p in pieces if p.span.start < begin and _is_of(p.text, title)), title)
    span = Span(begin, end)
    case = CaseStudy(0, name, name, partners_in(pieces, starts, span), span)
    return (case,), _sections([replace(h, in_case_study=True) for h in heads], end, [span], pieces)


def _is_of(heading: str, title: str) -> bool:
    """Return whether ``heading`` and ``title`` are the same but for a subtitle."""
    own, known = fold(heading), fold(title)
    return bool(own and known) and (own in known or known in own)


def _cases(pieces: list[Piece], starts: list[int], heads: list[Head], end: int) -> tuple[CaseStudy, ...]:
    cases: list[CaseStudy] = []
    stop = end
    for head in reversed(heads):
        if head.opens_case_study:
            span = Span(head.start, stop)
            cases.append(CaseStudy(0, head.name, head.text, partners_in(pieces, starts, span), span))
        if head.opens_case_study or not head.in_case_study:
            stop = head.start
    return tuple(replace(case, index=n) for n, case in enumerate(reversed(cases)))


def _place(report: Headed, contents: list[ContentsEntry], title: str) -> list[Head]:
    """Return the heads in order: those in the text, and those that only the contents list names."""
    cases = find_case_studies(report, contents)
    names = name_case_studies(report, cases, contents)
    parts = {n for e in contents if (n := report.of_entry(e)) is not None} - set(cases)
    repeated = Counter(fold(report.text(n)) for n in report.numbers)
    # What is called a conclusion between two case studies is that of the first.
    outside = [n for n in report.numbers if not cases or not cases[0] < n < cases[-1]]
    closing = {n for n in outside if closes_case_studies(report.text(n)) and repeated[fold(report.text(n))] == 1}
    levels = _levels(report, set(cases), parts, closing)
    heads: list[Head] = []
    case_level = 0
    for n in report.numbers:
        heading, level = report.text(n), levels[n]
        part = n in parts or n in closing
        if n in names:
            case_level = level
        elif level <= case_level or (part and not (report.pieces[n].level and level > case_level)):
            case_level = 0
        start = report.pieces[n].span.start
        heads.append(Head(heading, start, level, n, n in names, names.get(n, ""), case_level > 0, part))
    heads += _missing_parts(report, heads, contents)
    heads += _untitled(report, heads, title)
    heads.sort(key=lambda head: (head.start, head.piece is not None))
    return _under_supplied(heads)


def _under_supplied(heads: list[Head]) -> list[Head]:
    """Put the headings that follow a part named only by the contents list one level below it."""
    placed: list[Head] = []
    inside = False
    for head in heads:
        if head.piece is None:
            inside = head.is_part
        elif head.opens_case_study or head.is_part:
            inside = False
        placed.append(replace(head, level=head.level + 1) if inside and head.piece is not None else head)
    return placed


def _levels(report: Headed, cases: set[int], parts: set[int], closing: set[int]) -> dict[int, int]:
    """Return the depth of each heading: as marked up, else 1 for parts and case studies and 2 for what is in them."""
    levels: dict[int, int] = {}
    used = [report.pieces[n].level for n in report.numbers if report.pieces[n].level]
    top = min(used, default=1)
    opened, above_pair, marked = False, "", 0
    before: int | None = None
    for n in report.numbers:
        piece = report.pieces[n]
        if piece.level:
            levels[n] = marked = piece.level - top + 1
        elif n in cases or n in parts:
            levels[n] = 1
            opened = True
        elif used:
            levels[n] = marked + 1
        else:
            levels[n] = 2 if opened and n not in closing else 1
            if before is not None and before not in cases and not report.has_body(before, n):
                levels[n] = levels[before] + 1
                above_pair = report.pieces[before].text
            elif above_pair and set(words(piece.text)) <= set(words(above_pair)):
                levels[n] += 1
            else:
                above_pair = ""
        before = n
    return levels


def _missing_parts(report: Headed, heads: list[Head], contents: list[ContentsEntry]) -> list[Head]:
    """Place the parts that the contents list names and the text gives no heading: a foreword under a picture, say.

    They lie between their listed neighbours. The first begins with the first body text there; each next one at the
    heading nearest to where its page number puts it, a heading right under a sign-off first.
    """
    placed = {fold(called): head.start for head in heads for called in (head.text, head.name) if called}
    supplied: list[Head] = []
    body = [p.span.start for p in report.pieces if p.is_body]
    last = max((p.span.end for p in report.pieces if p.is_body), default=0)
    after_contents = max((p.span.end for p in report.pieces if p.in_contents), default=0)
    for i, entry in enumerate(contents):
        if fold(entry.title) in placed or not (is_part(entry.title) and not entry.label):
            continue
        low = max([placed[fold(e.title)] for e in contents[:i] if fold(e.title) in placed], default=after_contents)
        following = [e for e in contents[i + 1 :] if fold(e.title) in placed]
        high = placed[fold(following[0].title)] if following else last
        if low == after_contents:
            at = bisect_left(body, low)
            start = body[at] if at < len(body) and body[at] < high else None
        else:
            start = _nearest_heading(report, heads, contents, i, placed, high)
        if start is not None:
            supplied.append(Head(entry.title, start, 1, None, in_case_study=False, is_part=True))
            placed[fold(entry.title)] = start
    return supplied


def _nearest_heading(
    report: Headed, heads: list[Head], contents: list[ContentsEntry], i: int, placed: dict[str, int], high: int
) -> int | None:
    low_entry = next(e for e in reversed(contents[:i]) if fold(e.title) in placed)
    low = placed[fold(low_entry.title)]
    high_page = next((e.page for e in contents[i + 1 :] if fold(e.title) in placed), low_entry.page + 1)
    pages = max(1, high_page - low_entry.page)
    expected = low + (high - low) * (contents[i].page - low_entry.page) / pages
    inner = [head for head in heads if low < head.start < high and head.piece is not None]
    above = [report.pieces[h.piece - 1] if h.piece else None for h in inner]
    after_sign_off = [
        h
        for h, p in zip(inner, above, strict=True)
        if p is not None and p.kind is BlockKind.FURNITURE and not p.in_contents
    ]
    nearest = min(after_sign_off or inner, key=lambda head: abs(head.start - expected), default=None)
    return nearest.start if nearest else None


def _untitled(report: Headed, heads: list[Head], title: str) -> list[Head]:
    """Give a heading to body text that stands above the first heading, and to text behind an imprint."""
    added: list[Head] = []
    first = next((p.span.start for p in report.pieces if p.is_body), None)
    if first is not None and first < min((h.start for h in heads), default=first + 1):
        added.append(Head(title or OPENING, first, 1, None, in_case_study=False))
    for n, piece in enumerate(report.pieces):
        if piece.is_body and n and report.pieces[n - 1].in_imprint:
            added.append(Head(END_MATTER, piece.span.start, 1, None, in_case_study=False))
    return added


def _sections(heads: list[Head], end: int, cases: list[Span], pieces: list[Piece]) -> tuple[Section, ...]:
    """Return the sections of ``heads``. That of a case study becomes one only where text stands right under it."""
    body = [p.span.start for p in pieces if p.is_body or p.kind is BlockKind.FOOTNOTE]
    stops = [h.start for h in heads[1:]] + [end] * bool(heads)
    kept = [
        head
        for head, stop in zip(heads, stops, strict=True)
        if not head.opens_case_study or bisect_right(body, head.start) < bisect_left(body, stop)
    ]
    levels = [head.level + head.opens_case_study for head in kept]
    case_starts = [span.start for span in cases]
    sections: list[Section] = []
    open_sections: list[int] = []
    for i, (head, level, stop) in enumerate(zip(kept, levels, _stops(kept, levels, end), strict=True)):
        while open_sections and sections[open_sections[-1]].level >= level:
            open_sections.pop()
        at = bisect_right(case_starts, head.start) - 1
        case = at if at >= 0 and head.start < cases[at].end else None
        if open_sections and sections[open_sections[-1]].case_study != case:
            open_sections.clear()
        edges = [cases[at].end] if case is not None else [s.start for s in cases[at + 1 : at + 2]]
        kind = SectionKind.OTHER if head.opens_case_study else kind_of(head.text)
        parent = open_sections[-1] if open_sections else None
        sections.append(Section(i, head.text, kind, level, Span(head.start, min(stop, *edges, end)), parent, case))
        open_sections.append(i)
    return tuple(sections)


def _stops(heads: list[Head], levels: list[int], end: int) -> list[int]:
    """Return where each head's section ends: at the next head of the same or a higher level."""
    stops = [end] * len(heads)
    waiting: list[int] = []
    for i, head in enumerate(heads):
        while waiting and levels[waiting[-1]] >= levels[i]:
            stops[waiting.pop()] = head.start
        waiting.append(i)
    return stops
