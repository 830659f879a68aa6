"""Which short lines are headings, and the numbers that headings bear."""

import re
from collections import Counter
from dataclasses import replace

from corpus.blocks import HEADING_WORDS, Piece, as_kind, ends_sentence, joined
from corpus.contents import ContentsEntry
from corpus.folding import fold
from corpus.kinds import is_part, is_partners, kind_of
from corpus.model import BlockKind, SectionKind

_NUMBER = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})[.)]?[ \t]+(?=[^\W\d])")
_LABEL_ONLY = re.compile(
    r"case study(?:[ \t]+(?:\d{1,2}|[a-z]|one|two|three|four|five|six|seven|eight|nine|ten))?[.:]?", re.I
)


def clean(heading: str) -> str:
    """Return a heading without emphasis marks and a trailing colon."""
    return re.sub(r"\*+|(?<!\w)_+|_+(?!\w)", "", heading).strip().rstrip(":").strip()


def unnumbered(heading: str) -> str:
    """Return a heading without the number before it ("2.1 Background" -> "Background")."""
    return _NUMBER.sub("", heading, count=1)


def guess_title(pieces: list[Piece], contents: list[ContentsEntry]) -> str:
    """Return the title above the text: a top heading in markup, a bold line over a publisher or a date, or the first
    line that has three words, where a second line or a heading in markup follows.

    Empty where there is none to be had; a line that opens a case study or stands in the contents list is none.
    """
    listed = {fold(entry.title) for entry in contents}
    above: list[Piece] = []
    for piece in pieces:
        if piece.is_body and not piece.maybe_heading:
            break
        above.append(piece)
    marked = [p.text for p in above if p.markup and p.level == 1]
    lines = [p.text for p in above if p.maybe_heading]
    if marked or (shown := _bold_title(above, listed)):
        return clean(marked[0] if marked else shown)
    if not lines or len(lines) + sum(p.markup for p in above) < 2 or is_partners(lines[-1]):
        return ""
    free = [line for line in lines if not _opens_part(line, listed)]
    free = [line for line in free if len(line.split()) > 4 or kind_of(line) is SectionKind.OTHER]
    return clean(next((line for line in free if len(line.split()) >= 3), max(free, key=len, default="")))


def _bold_title(above: list[Piece], listed: set[str]) -> str:
    """Return the first heading without a level where a short line that is none follows it, "" where it names a part."""
    n = next((n for n, piece in enumerate(above) if piece.markup and not piece.level), len(above))
    if n + 1 >= len(above) or above[n + 1].markup or above[n + 1].in_contents:
        return ""
    shown = above[n].text
    names_part = _opens_part(shown, listed) or (len(shown.split()) <= 4 and kind_of(shown) is not SectionKind.OTHER)
    return "" if names_part or is_part(clean(shown)) else shown


def _opens_part(line: str, listed: set[str]) -> bool:
    """Return whether a line names a case study or part by its label, its number or its place in the contents list."""
    plain = clean(line)
    labelled = re.match(r"case study\b.*\w", plain, re.I) and not re.match(r"case study (?:report|series)", plain, re.I)
    return bool(labelled or _NUMBER.match(plain) or fold(plain) in listed)


def admit_numbered(text: str, pieces: list[Piece]) -> list[Piece]:
    """Let list items that stand alone, short and numbered without a gap ("1. Introduction"), be headings.

    Their numbers are part of their words from then on.
    """
    alone = []
    sizes = Counter(p.group for p in pieces)
    for n, piece in enumerate(pieces):
        if piece.kind is not BlockKind.LIST_ITEM or sizes[piece.group] > 1 or piece.text.rstrip()[-1:] in ".,;:":
            continue
        short = len(piece.text.split()) <= HEADING_WORDS and piece.text[:1].isupper()
        follows = n + 1 < len(pieces) and pieces[n + 1].kind is not BlockKind.LIST_ITEM
        if short and follows and _NUMBER.match(text, piece.span.start):
            alone.append(n)
    numbers = [int(re.match(r"\d+", text[pieces[n].span.start : pieces[n].span.end])[0]) for n in alone]  # type: ignore[index]
    if len(alone) < 3 or numbers != list(range(numbers[0], numbers[0] + len(alone))) or numbers[0] > 1:
        return pieces
    admitted = list(pieces)
    for n in alone:
        whole = pieces[n].span
        admitted[n] = replace(
            pieces[n],
            kind=BlockKind.PARAGRAPH,
            content=whole,
            text=text[whole.start : whole.end],
            level=0,
            maybe_heading=True,
        )
    return admitted


def join_labels(text: str, pieces: list[Piece]) -> list[Piece]:
    """Join a line "Case study 3" to the line below it that names the case study, where both may be headings."""
    done: list[Piece] = []
    for piece in pieces:
        above = done[-1] if done else None
        if above and above.is_candidate and piece.is_candidate and _LABEL_ONLY.fullmatch(clean(above.text)):
            label = clean(above.text).rstrip(".")
            marks = piece if above.level == 0 else above
            whole = joined(text, above, piece)
            done[-1] = replace(whole, kind=marks.kind, text=f"{label}: {piece.text}", level=marks.level)
        else:
            done.append(piece)
    return done


def decide_headings(pieces: list[Piece], contents: list[ContentsEntry], title: str) -> list[Piece]:
    """Return ``pieces`` with every candidate made a heading, a title line (furniture) or text.

    ``title`` is the report's title where it is known.
    """
    heads = _candidates(pieces)
    chosen = set(heads)
    listed = {fold(entry.title) for entry in contents}
    recurring = Counter(fold(p.text) for p in pieces if p.is_candidate)
    body_above = next((n for n, p in enumerate(pieces) if p.is_body and n not in chosen), len(pieces))
    for run in _runs(pieces, chosen):
        if run[0] < body_above:
            kept = {n for n in run if pieces[n].level or _opens_part(pieces[n].text, listed)} | {run[-1]}
            if len(run) > 2 and recurring[fold(pieces[run[-1]].text)] > 1:
                kept.add(run[-2])  # a title, a case study, and the first of the sections that each case study has
            chosen -= {n for n in run if n not in kept or _is_title(pieces, n, title)}
        elif len(run) > 2:
            for n in run[:-1]:
                own = fold(pieces[n].text)
                keep = (
                    pieces[n].markup
                    or is_partners(pieces[n + 1].text)
                    or own in listed
                    or recurring[own] > 1
                    or kind_of(pieces[n].text) is not SectionKind.OTHER
                )
                if not keep:
                    chosen.discard(n)
    opening = next((n for n, p in enumerate(pieces) if n in chosen or (p.is_body and not p.maybe_heading)), 0)
    decided = []
    for n, piece in enumerate(pieces):
        if n in chosen:
            decided.append(replace(piece, kind=BlockKind.HEADING))
        elif n in heads or (n < opening and piece.maybe_heading):
            decided.append(as_kind(piece, BlockKind.FURNITURE))
        else:
            decided.append(replace(piece, maybe_heading=False))
    return _numbered_levels(decided)


def _candidates(pieces: list[Piece]) -> set[int]:
    heads = {n for n, p in enumerate(pieces) if p.kind is BlockKind.HEADING}
    if sum(p.markup and p.level > 0 for p in pieces) >= 3:
        return heads
    sizes = Counter(p.group for p in pieces if p.kind is not BlockKind.FURNITURE)
    dense = len(pieces) > 3 * len({p.group for p in pieces})
    return heads | {n for n, p in enumerate(pieces) if p.maybe_heading and _stands_as_heading(pieces, n, dense, sizes)}


def _stands_as_heading(pieces: list[Piece], n: int, dense: bool, sizes: Counter[int]) -> bool:
    """Return whether what stands above and below piece ``n`` lets it be a heading."""
    piece = pieces[n]
    passed_over = (BlockKind.FURNITURE, BlockKind.PULL_QUOTE)
    below = next((pieces[m] for m in range(n + 1, len(pieces)) if pieces[m].kind not in passed_over), None)
    above = next(
        (pieces[m] for m in range(n - 1, -1, -1) if pieces[m].is_body or pieces[m].kind is BlockKind.HEADING), None
    )
    if below is None or not (below.is_body or below.kind is BlockKind.HEADING) or below.text[:1].islower():
        return below is not None and is_partners(piece.text)
    if not dense and sizes[piece.group] > 1:
        if below.group != piece.group or not piece.blank_before:
            return False
        if below.kind is BlockKind.LIST_ITEM:
            return is_partners(piece.text)
        return sizes[piece.group] == 2 and len(piece.text) < 80 <= len(below.text) and not below.maybe_heading
    if above is None or above.kind is not BlockKind.PARAGRAPH or above.maybe_heading:
        return True
    return ends_sentence(above.text) or (len(above.text) < 60 and not above.text.endswith(","))


def _is_title(pieces: list[Piece], n: int, title: str) -> bool:
    """Return whether heading ``n``, with no body above it, is the report's title or stands over its contents list."""
    own, known = fold(pieces[n].text), fold(title)
    if known and (own in known or known in own):
        return True
    entries = 0
    for m in range(n + 1, len(pieces)):
        if pieces[m].is_body or pieces[m].is_candidate:
            return entries >= 3
        entries += pieces[m].in_contents
    return False


def _runs(pieces: list[Piece], chosen: set[int]) -> list[list[int]]:
    """Return the runs of two or more headings with no body between them, and a single one that opens the text."""
    runs: list[list[int]] = [[]]
    for n, piece in enumerate(pieces):
        if n in chosen:
            runs[-1].append(n)
        elif piece.is_body and runs[-1]:
            runs.append([])
    first = next((n for n, p in enumerate(pieces) if n in chosen or p.is_body), None)
    return [run for run in runs if len(run) > 1 or (run and run[0] == first)]


def _numbered_levels(pieces: list[Piece]) -> list[Piece]:
    """Give headings the depth of their numbers, where no hash signs say more and numbers such as 2.1 show depth."""
    heads = [n for n, p in enumerate(pieces) if p.kind is BlockKind.HEADING]
    depths = {n: match["number"].count(".") + 1 for n in heads if (match := _NUMBER.match(pieces[n].text))}
    if any(pieces[n].level for n in heads) or sum(depth > 1 for depth in depths.values()) < 2:
        return pieces
    levelled = list(pieces)
    for n, depth in depths.items():
        levelled[n] = replace(pieces[n], level=depth)
    for n in heads:
        if n not in depths and (n < min(depths) or n > max(depths)):
            levelled[n] = replace(pieces[n], level=1)
    return levelled
