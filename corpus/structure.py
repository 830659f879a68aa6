"""Headings -> case studies and sections.

Case studies are recognised, in this order, by: a heading over a list of the partners involved; numbered entries of the
contents list; headings that say "Case study"; the children of a heading "Case studies"; a cycle of section headings
that starts anew under one heading after another; headings that are names of organisations or places which the text
below takes up; and, for a report that is a single case study, its title or its run of case-study sections.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace

from corpus.blocks import ContentsEntry, Piece
from corpus.folding import fold, words
from corpus.kinds import closes_case_studies, is_part, is_partners, kind_of
from corpus.model import BlockKind, CaseStudy, Section, SectionKind, Span

END_MATTER = "End matter"

_CASE_STUDY_LABEL = re.compile(
    r"case stud(?:y|ies)\b[ \t]*(?:[\dA-Za-z]{1,3}\b)?[ \t]*[:.–—-]?[ \t]*(?P<name>.*)", re.I
)
_ORGANISATION = re.compile(
    r"\b(?:trusts?|councils?|partnerships?|collaboratives?|ics|icb|icp|ccg|pcn|stp|forum|alliance|group|federation"
    r"|board|system|network|hospitals?|services?|county|borough|city|programme|consortium|hub|centre|association"
    r"|practices?|university|company|initiative|project)\b",
    re.I,
)
_TYPICAL = frozenset(
    {
        SectionKind.SETTING_UP,
        SectionKind.CASE_FOR_CHANGE,
        SectionKind.IMPACT,
        SectionKind.COVID,
        SectionKind.CHALLENGES,
        SectionKind.LESSONS,
        SectionKind.NEXT_STEPS,
        SectionKind.NATIONAL_POLICY,
    }
)


@dataclass(frozen=True, slots=True)
class Head:
    """A heading placed in the tree: what it is called, where it starts, its depth, and what it opens."""

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
    heads = _place(pieces, contents, title)
    if _is_single(pieces, heads, title):
        end = len(text.rstrip())
        begin = min([h.start for h in heads] + [p.span.start for p in pieces if p.is_body], default=0)
        name = next((_clean(p.text) for p in pieces if p.span.start < begin and _is_of(p.text, title)), title)
        case = CaseStudy(0, name, name, _partners(pieces, Span(begin, end)), Span(begin, end))
        sections = _sections([replace(h, in_case_study=True) for h in heads], end, [case.span])
        return (case,), sections
    return _cases_and_sections(pieces, heads, len(text.rstrip()))


def _is_of(heading: str, title: str) -> bool:
    """Return whether ``heading`` and ``title`` are the same but for a subtitle."""
    own, known = fold(heading), fold(title)
    return bool(own and known) and (own in known or known in own)


def guess_title(pieces: list[Piece]) -> str:
    """Return the title that stands above the text: a top heading in markup, or the longest of two or more title lines.

    Empty where there is none to be had.
    """
    above: list[Piece] = []
    for piece in pieces:
        if piece.is_body and not piece.maybe_heading:
            break
        above.append(piece)
    marked = [p.text for p in above if p.markup and p.level == 1]
    lines = [p.text for p in above if p.maybe_heading]
    if marked:
        return _clean(marked[0])
    return _clean(max(lines, key=len)) if len(lines) > 1 and not is_partners(lines[-1]) else ""


def _place(pieces: list[Piece], contents: list[ContentsEntry], title: str) -> list[Head]:
    """Return the heads in order: those in the text, and those that only the contents list names."""
    numbers = [n for n, p in enumerate(pieces) if p.kind is BlockKind.HEADING]
    cases = _case_study_headings(pieces, numbers, contents)
    names = _names(pieces, cases, contents)
    parts = _listed_parts(pieces, numbers, cases, contents)
    levels = _levels(pieces, numbers, set(cases), set(parts))
    repeated = Counter(fold(pieces[n].text) for n in numbers)
    heads: list[Head] = []
    case_level = 0
    for n in numbers:
        heading, level = _clean(pieces[n].text), levels[n]
        part = n in parts or (closes_case_studies(heading) and repeated[fold(pieces[n].text)] == 1)
        if n in names:
            case_level = level
        elif level <= case_level or part:
            case_level = 0
        heads.append(Head(heading, pieces[n].span.start, level, n, n in names, names.get(n, ""), case_level > 0, part))
    heads += _missing_parts(pieces, heads, contents, parts)
    heads += _untitled(pieces, heads, title)
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


def _clean(heading: str) -> str:
    """Return a heading without emphasis marks and a trailing colon."""
    return re.sub(r"\*+|(?<!\w)_+|_+(?!\w)", "", heading).strip().rstrip(":").strip()


def _case_study_headings(pieces: list[Piece], numbers: list[int], contents: list[ContentsEntry]) -> list[int]:
    """Return the numbers of the pieces that are headings of case studies, in order."""
    over_partners = [
        a
        for a, b in zip(numbers, numbers[1:], strict=False)
        if is_partners(pieces[b].text)
        and not any(p.is_body for p in pieces[a + 1 : b])
        and not is_partners(pieces[a].text)
    ]
    if over_partners:
        return over_partners
    labelled = [n for n in numbers if (m := _CASE_STUDY_LABEL.match(pieces[n].text)) and m["name"] and m.start() == 0]
    labelled = [n for n in labelled if re.match(r"case study\b", pieces[n].text, re.I)]
    if labelled:
        return labelled
    listed = [e for e in contents if e.label and not is_part(e.title)]
    if len(listed) >= 2:
        found = [n for e in listed if (n := _heading_of(pieces, numbers, e)) is not None]
        if len(found) == len(listed) and _has_inner_headings(pieces, numbers, found):
            return found
    gathered = _children_of_case_studies(pieces, numbers)
    if gathered:
        return gathered
    return _cycle_starts(pieces, numbers) or _organisation_names(pieces, numbers)


def _has_inner_headings(pieces: list[Piece], numbers: list[int], found: list[int]) -> bool:
    """Return whether the sections under numbered entries look like those of case studies, not like chapters."""
    kinds = Counter(kind_of(pieces[n].text) for n in numbers if n not in found)
    return any(count > 1 for kind, count in kinds.items() if kind in _TYPICAL) or any(
        _ORGANISATION.search(pieces[n].text) for n in found
    )


def _heading_of(pieces: list[Piece], numbers: list[int], entry: ContentsEntry) -> int | None:
    wanted = fold(entry.title)
    return next((n for n in numbers if fold(_clean(pieces[n].text)) == wanted), None)


def _children_of_case_studies(pieces: list[Piece], numbers: list[int]) -> list[int]:
    """Return the headings one level under a marked-up heading "Case studies"."""
    found: list[int] = []
    under = 0
    for n in numbers:
        level = pieces[n].level
        if under and level and level <= under:
            under = 0
        if under and level == under + 1:
            found.append(n)
        if level and re.fullmatch(r"(?:the |our )?case studies", fold(pieces[n].text)):
            under = level
    return found


def _cycle_starts(pieces: list[Piece], numbers: list[int]) -> list[int]:
    """Return the headings under each of which the same section headings come again.

    A heading starts a cycle when it is of no kind of its own, is not repeated, and the next heading is one that the
    report repeats. There must be two or more.
    """
    keys = [_key(pieces[n].text) for n in numbers]
    counts = Counter(keys)
    starts = [
        n
        for i, n in enumerate(numbers[:-1])
        if counts[keys[i]] == 1
        and counts[keys[i + 1]] > 1
        and kind_of(pieces[n].text) is SectionKind.OTHER
        and not is_part(pieces[n].text)
        and (not pieces[n].level or not pieces[numbers[i + 1]].level or pieces[n].level < pieces[numbers[i + 1]].level)
    ]
    if any(pieces[n].level for n in starts):
        usual = Counter(pieces[n].level for n in starts).most_common(1)[0][0]
        starts = [n for n in starts if pieces[n].level == usual]
    return starts if len(starts) >= 2 else []


def _key(heading: str) -> str:
    kind = kind_of(heading)
    return fold(heading) if kind is SectionKind.OTHER else f"kind: {kind}"


def _organisation_names(pieces: list[Piece], numbers: list[int]) -> list[int]:
    """Return headings that name organisations or places and whose first paragraph speaks of them; two or more."""
    found = []
    for n in numbers:
        text = _clean(pieces[n].text)
        name = re.split(r"[:–—]", text)[0].strip()
        tokens = [w for w in re.findall(r"[^\W\d_][\w'’&-]*", text)]
        capitals = [w for w in tokens[1:] if w[0].isupper()]
        if len(capitals) < 2 or not _ORGANISATION.search(text) or is_part(text) or not tokens[-1][0].isupper():
            continue
        below = next((p.text for p in pieces[n + 1 :] if p.is_body), "")
        spoken = set(words(below))
        main = [w for w in words(name) if len(w) > 2 and w not in {"and", "the", "for"}]
        if main and sum(w in spoken for w in main) >= 0.5 * len(main):
            found.append(n)
    if len({pieces[n].level for n in found}) > 1:
        usual = min(pieces[n].level for n in found)
        found = [n for n in found if pieces[n].level == usual]
    return found if len(found) >= 2 else []


def _names(pieces: list[Piece], cases: list[int], contents: list[ContentsEntry]) -> dict[int, str]:
    """Return the name of each case study by its heading's piece: as the contents list has it, or the heading itself."""
    listed = [e for e in contents if e.label and not is_part(e.title)] or [e for e in contents if not is_part(e.title)]
    if len(listed) == len(cases):
        return {n: e.title for n, e in zip(cases, listed, strict=True)}
    names = {}
    for n in cases:
        heading = _clean(pieces[n].text)
        label = _CASE_STUDY_LABEL.match(heading)
        best = max(listed, key=lambda e: _overlap(e.title, heading), default=None)
        if best and _overlap(best.title, heading) >= 0.6:
            names[n] = best.title
        else:
            names[n] = label["name"] if label and label["name"] else heading
    return names


def _overlap(a: str, b: str) -> float:
    first, second = set(words(a)), set(words(b))
    return len(first & second) / max(1, len(first))


def _listed_parts(
    pieces: list[Piece], numbers: list[int], cases: list[int], contents: list[ContentsEntry]
) -> dict[int, ContentsEntry]:
    """Return the headings outside case studies that the contents list names, by piece number."""
    found = {}
    for entry in contents:
        n = _heading_of(pieces, [n for n in numbers if n not in cases], entry)
        if n is not None:
            found[n] = entry
    return found


def _levels(pieces: list[Piece], numbers: list[int], cases: set[int], parts: set[int]) -> dict[int, int]:
    """Return the depth of each heading: as marked up, else 1 for parts and case studies and 2 for what is in them."""
    levels: dict[int, int] = {}
    used = [pieces[n].level for n in numbers if pieces[n].level]
    top = min(used, default=1)
    opened, above_pair = False, ""
    for i, n in enumerate(numbers):
        piece = pieces[n]
        if piece.level:
            levels[n] = piece.level - top + 1
        elif n in cases or n in parts:
            levels[n] = 1
            opened = True
        elif used:
            above = [levels[m] for m in numbers[:i] if pieces[m].level]
            levels[n] = (above[-1] if above else 0) + 1
        else:
            levels[n] = 2 if opened and not closes_case_studies(piece.text) else 1
            before = numbers[i - 1] if i else None
            if before is not None and before not in cases and not _has_body(pieces, before, n):
                levels[n] = levels[before] + 1
                above_pair = pieces[before].text
            elif above_pair and set(words(piece.text)) <= set(words(above_pair)):
                levels[n] += 1
            else:
                above_pair = ""
    return levels


def _has_body(pieces: list[Piece], a: int, b: int) -> bool:
    return any(p.is_body for p in pieces[a + 1 : b])


def _missing_parts(
    pieces: list[Piece], heads: list[Head], contents: list[ContentsEntry], parts: dict[int, ContentsEntry]
) -> list[Head]:
    """Place the parts that the contents list names and the text gives no heading: a foreword under a picture, say.

    They lie between their listed neighbours. The first begins with the first body text there; each next one at the
    heading nearest to where its page number puts it, a heading right under a sign-off first.
    """
    placed = {fold(head.name or head.text): head.start for head in heads}
    supplied: list[Head] = []
    body = [p for p in pieces if p.is_body]
    after_contents = max((p.span.end for p in pieces if p.in_contents), default=0)
    for i, entry in enumerate(contents):
        if fold(entry.title) in placed or not (is_part(entry.title) and not entry.label):
            continue
        low = max([placed[fold(e.title)] for e in contents[:i] if fold(e.title) in placed], default=after_contents)
        following = [e for e in contents[i + 1 :] if fold(e.title) in placed]
        high = placed[fold(following[0].title)] if following else (body[-1].span.end if body else 0)
        first_in_region = i == 0 or low == after_contents
        if first_in_region:
            start = next((p.span.start for p in body if low <= p.span.start < high), None)
        else:
            start = _nearest_heading(pieces, heads, contents, i, placed, high)
        if start is not None:
            supplied.append(Head(entry.title, start, 1, None, in_case_study=False, is_part=True))
            placed[fold(entry.title)] = start
    return supplied


def _nearest_heading(
    pieces: list[Piece], heads: list[Head], contents: list[ContentsEntry], i: int, placed: dict[str, int], high: int
) -> int | None:
    low_entry = next(e for e in reversed(contents[:i]) if fold(e.title) in placed)
    low = placed[fold(low_entry.title)]
    high_page = next((e.page for e in contents[i + 1 :] if fold(e.title) in placed), low_entry.page + 1)
    pages = max(1, high_page - low_entry.page)
    expected = low + (high - low) * (contents[i].page - low_entry.page) / pages
    inner = [head for head in heads if low < head.start < high and head.piece is not None]
    after_sign_off = [
        h
        for h in inner
        if h.piece and pieces[h.piece - 1].kind is BlockKind.FURNITURE and not pieces[h.piece - 1].in_contents
    ]
    nearest = min(after_sign_off or inner, key=lambda head: abs(head.start - expected), default=None)
    return nearest.start if nearest else None


def _untitled(pieces: list[Piece], heads: list[Head], title: str) -> list[Head]:
    """Give a heading to body text that stands above the first heading, and to text behind an imprint."""
    added: list[Head] = []
    supplied = [h.start for h in heads]
    first = next((p.span.start for p in pieces if p.is_body), None)
    if first is not None and (not supplied or first < min(supplied)):
        added.append(Head(title or "Opening", first, 1, None, in_case_study=False))
    for n, piece in enumerate(pieces):
        if piece.is_body and n and pieces[n - 1].in_imprint:
            added.append(Head(END_MATTER, piece.span.start, 1, None, in_case_study=False))
    return added


def _is_single(pieces: list[Piece], heads: list[Head], title: str) -> bool:
    """Return whether the report is one case study as a whole."""
    if any(head.opens_case_study for head in heads):
        return False
    if any(head.piece is not None and is_partners(head.text) for head in heads):
        return True
    opening = [fold(p.text) for p in pieces if p.kind is not BlockKind.FOOTNOTE][:6]
    opening = [t for t in opening if len(t) <= 160]
    if any(re.search(r"\b(?:a|an|this|in-depth)?\b ?case study\b", t) for t in [fold(title), *opening]):
        return True
    kinds = Counter(kind_of(head.text) for head in heads)
    return sum(kinds[kind] == 1 for kind in _TYPICAL) >= 4


def _partners(pieces: list[Piece], span: Span) -> tuple[str, ...]:
    """Return the organisations listed under the first heading of partners inside ``span``."""
    listed: list[str] = []
    inside = False
    for piece in pieces:
        if not span.start <= piece.span.start < span.end:
            continue
        if piece.kind is BlockKind.HEADING:
            if listed:
                break
            inside = is_partners(piece.text)
        elif inside and piece.kind is BlockKind.LIST_ITEM:
            listed.append(" ".join(_clean(piece.text).split()))
    return tuple(listed)


def _cases_and_sections(
    pieces: list[Piece], heads: list[Head], end: int
) -> tuple[tuple[CaseStudy, ...], tuple[Section, ...]]:
    cases: list[CaseStudy] = []
    for i, head in enumerate(heads):
        if head.opens_case_study:
            stop = next((h.start for h in heads[i + 1 :] if h.opens_case_study or not h.in_case_study), end)
            span = Span(head.start, stop)
            cases.append(CaseStudy(len(cases), head.name, head.text, _partners(pieces, span), span))
    return tuple(cases), _sections(heads, end, [case.span for case in cases], pieces)


def _sections(heads: list[Head], end: int, cases: list[Span], pieces: list[Piece] | None = None) -> tuple[Section, ...]:
    """Return the sections of ``heads``; the heading of a case study becomes one only where text stands right under it."""
    kept: list[Head] = []
    for i, head in enumerate(heads):
        stop = heads[i + 1].start if i + 1 < len(heads) else end
        has_text = pieces is not None and any(p.is_body and head.start < p.span.start < stop for p in pieces)
        if not head.opens_case_study or has_text:
            kept.append(head)
    sections: list[Section] = []
    open_sections: list[int] = []
    for i, head in enumerate(kept):
        level = head.level + head.opens_case_study
        while open_sections and sections[open_sections[-1]].level >= level:
            open_sections.pop()
        case = next((c for c, span in enumerate(cases) if span.start <= head.start < span.end), None)
        if open_sections and sections[open_sections[-1]].case_study != case:
            open_sections.clear()
        borders = [h.start for h in kept[i + 1 :] if h.level + h.opens_case_study <= level]
        borders += [edge for span in cases for edge in (span.start, span.end) if edge > head.start]
        stop = min(borders, default=end)
        kind = SectionKind.OTHER if head.opens_case_study else kind_of(head.text)
        parent = open_sections[-1] if open_sections else None
        sections.append(Section(i, head.text, kind, level, Span(head.start, stop), parent, case))
        open_sections.append(i)
    return tuple(sections)
