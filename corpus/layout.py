"""What only the neighbourhood of a piece tells: pull quotes, sign-offs, running headers, footnote lists, legends,
which short lines are headings, and paragraphs cut in two by a page break.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from corpus.blocks import ContentsEntry, Piece, ends_sentence
from corpus.folding import fold, words
from corpus.kinds import is_imprint, is_notes, is_partners, kind_of
from corpus.model import BlockKind, SectionKind, Span

NEIGHBOURHOOD = 12
"""How many pieces away a pull quote may stand from the text that it repeats."""

_ROLE = re.compile(
    r"\b(?:chief|executive|director|chair(?:man|woman)?|head of|manager|officer|president|secretary|minister|leader"
    r"|lead|professor|editor|partner|consultant|author)\b",
    re.I,
)
_PERSON = re.compile(
    r"(?:(?:Dr|Prof|Professor|Sir|Dame|Lord|Baroness|Mr|Mrs|Ms)\.? )?[A-Z][\w'’-]+(?: [A-Z][\w'’.-]*){1,3}\Z"
)


def arrange(text: str, pieces: list[Piece], contents: list[ContentsEntry], title: str = "") -> list[Piece]:
    """Return ``pieces`` with their final kinds, headings decided and cut paragraphs joined.

    ``text`` is the canonical text, ``title`` the report's title where it is known.
    """
    pieces = _mark_running_headers(pieces, text)
    pieces = _mark_sign_offs(pieces)
    pieces = _mark_notes(pieces)
    pieces = _mark_pull_quotes(pieces)
    pieces = _decide_headings(pieces, contents, title)
    pieces = _mark_imprint(pieces)
    pieces = _demote_directories(pieces)
    return _join_cut_paragraphs(text, pieces)


def as_kind(piece: Piece, kind: BlockKind) -> Piece:
    """Return ``piece`` as another kind; only a heading keeps its heading marks."""
    return replace(piece, kind=kind, maybe_heading=False, markup=piece.markup and kind is BlockKind.HEADING)


def _mark_running_headers(pieces: list[Piece], text: str) -> list[Piece]:
    """Mark short lines that recur at the edges of pages, or that recur in the middle of sentences, as furniture."""
    edges: Counter[str] = Counter()
    page_edges: set[int] = set()
    for number, piece in enumerate(pieces):
        after = pieces[number + 1].span.start if number + 1 < len(pieces) else len(text)
        before = pieces[number - 1].span.end if number else 0
        at_edge = "\f" in text[piece.span.end : after] or "\f" in text[before : piece.span.start]
        cuts = _cuts_sentence(pieces, number)
        if (at_edge or cuts) and len(piece.text) <= 120 and not piece.markup:
            edges[_without_figures(piece.text)] += 1
            page_edges.add(number)
    return [
        as_kind(p, BlockKind.FURNITURE)
        if n in page_edges and edges[_without_figures(p.text)] >= 3 and p.kind is not BlockKind.FOOTNOTE
        else p
        for n, p in enumerate(pieces)
    ]


def _cuts_sentence(pieces: list[Piece], number: int) -> bool:
    if not 0 < number < len(pieces) - 1 or not pieces[number].maybe_heading:
        return False
    before, after = pieces[number - 1], pieces[number + 1]
    return (
        before.kind is BlockKind.PARAGRAPH
        and after.kind is BlockKind.PARAGRAPH
        and not ends_sentence(before.text)
        and after.text[:1].islower()
    )


def _without_figures(text: str) -> str:
    return re.sub(r"\d+", "0", fold(text))


def _mark_sign_offs(pieces: list[Piece]) -> list[Piece]:
    """Mark the name, role and organisation lines under a foreword or over an opinion as furniture.

    They are two or more short lines in one run, none a sentence, of which one holds a role.
    """
    marked = list(pieces)
    for members in _groups(pieces):
        short = [
            n for n in members if pieces[n].kind is BlockKind.PARAGRAPH and pieces[n].maybe_heading | _tail(pieces[n])
        ]
        if len(short) < 2 or len(short) != len([n for n in members if pieces[n].is_body]) or len(short) > 5:
            continue
        if any(_ROLE.search(pieces[n].text) for n in short):
            for n in short:
                marked[n] = as_kind(marked[n], BlockKind.FURNITURE)
    for n, piece in enumerate(marked):
        if _PERSON.match(piece.text) and piece.maybe_heading and n + 1 < len(marked) and n:
            role = marked[n + 1]
            alone = role.kind is BlockKind.PARAGRAPH and len(role.text) < 80 and not ends_sentence(role.text)
            if alone and _ROLE.search(role.text) and not piece.markup:
                marked[n] = as_kind(piece, BlockKind.FURNITURE)
                marked[n + 1] = as_kind(role, BlockKind.FURNITURE)
    return marked


def _tail(piece: Piece) -> bool:
    """Return whether a piece is a short line that ends in a comma, as a role above an organisation does."""
    return len(piece.text) <= 80 and piece.text.endswith(",")


def _groups(pieces: list[Piece]) -> Iterator[list[int]]:
    members: list[int] = []
    for number, piece in enumerate(pieces):
        if members and pieces[members[-1]].group != piece.group:
            yield members
            members = []
        members.append(number)
    if members:
        yield members


def _mark_notes(pieces: list[Piece]) -> list[Piece]:
    """Mark what stands under a heading such as "Footnotes" or "References" as footnotes, the heading as furniture."""
    marked: list[Piece] = []
    inside = False
    for piece in pieces:
        if piece.kind is BlockKind.HEADING or piece.maybe_heading:
            inside = is_notes(piece.text)
            if inside:
                piece = as_kind(piece, BlockKind.FURNITURE)
        elif inside and piece.is_body:
            piece = as_kind(piece, BlockKind.FOOTNOTE)
        marked.append(piece)
    return marked


def _mark_pull_quotes(pieces: list[Piece]) -> list[Piece]:
    """Mark short pieces whose words a longer paragraph nearby holds as pull quotes."""
    folded = [words(piece.text) for piece in pieces]
    joined = [f" {' '.join(w)} " for w in folded]
    marked = list(pieces)
    for n, piece in enumerate(pieces):
        count = len(folded[n])
        own_line = piece.kind is BlockKind.PARAGRAPH or (piece.kind is BlockKind.HEADING and not piece.level)
        quoted = bool(re.match(r"[*_ ]*[\"“'‘]", piece.text))
        captions_heading = bool(n and pieces[n - 1].kind is BlockKind.HEADING and not quoted)
        if not own_line or captions_heading or count > 70 or count < (5 if quoted else 8):
            continue
        for m in range(max(0, n - NEIGHBOURHOOD), min(len(pieces), n + NEIGHBOURHOOD + 1)):
            longer = pieces[m]
            if m == n or not longer.is_body or len(folded[m]) <= count:
                continue
            if joined[n] in joined[m] or (count >= 12 and _shared_shingles(folded[n], folded[m]) >= 0.75):
                marked[n] = as_kind(piece, BlockKind.PULL_QUOTE)
                break
    return marked


def _shared_shingles(short: list[str], long: list[str], size: int = 3) -> float:
    """Return the share of the runs of ``size`` words of ``short`` that ``long`` holds too."""
    held = {tuple(long[i : i + size]) for i in range(len(long) - size + 1)}
    runs = [tuple(short[i : i + size]) for i in range(len(short) - size + 1)]
    return sum(run in held for run in runs) / max(1, len(runs))


def _decide_headings(pieces: list[Piece], contents: list[ContentsEntry], title: str) -> list[Piece]:
    listed = {fold(entry.title) for entry in contents}
    hashes = sum(p.markup and p.level > 0 for p in pieces)
    recurring = Counter(fold(p.text) for p in pieces if p.maybe_heading or p.kind is BlockKind.HEADING)
    dense = len(pieces) > 3 * len({p.group for p in pieces})
    sizes = Counter(p.group for p in pieces if p.kind is not BlockKind.FURNITURE)
    heads = [n for n, p in enumerate(pieces) if p.kind is BlockKind.HEADING]
    if hashes < 3:
        heads += [n for n, p in enumerate(pieces) if p.maybe_heading and _stands_as_heading(pieces, n, dense, sizes)]
    chosen = set(heads)
    for run in _heading_runs(pieces, chosen):
        at_start = not any(p.is_body and n not in chosen for n, p in enumerate(pieces[: run[0]]))
        if at_start:
            chosen -= {n for n in run[:-1] if not pieces[n].level}
            chosen -= {n for n in run if _is_title(pieces, n, title)}
        elif len(run) > 2:
            for n in run[:-1]:
                keep = (
                    pieces[n].markup
                    or is_partners(pieces[n + 1].text)
                    or fold(pieces[n].text) in listed
                    or recurring[fold(pieces[n].text)] > 1
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
    return decided


def _stands_as_heading(pieces: list[Piece], n: int, dense: bool, sizes: Counter[int]) -> bool:
    """Return whether what stands above and below piece ``n`` lets it be a heading."""
    piece = pieces[n]
    below = next((p for p in pieces[n + 1 :] if p.kind not in (BlockKind.FURNITURE, BlockKind.PULL_QUOTE)), None)
    above = next((p for p in reversed(pieces[:n]) if p.is_body or p.kind is BlockKind.HEADING), None)
    if below is None or not (below.is_body or below.kind is BlockKind.HEADING) or below.text[:1].islower():
        return below is not None and is_partners(piece.text)
    if not dense and sizes[piece.group] > 1:
        return below.group == piece.group and below.kind is BlockKind.LIST_ITEM and is_partners(piece.text)
    if above is None or above.kind is not BlockKind.PARAGRAPH or above.maybe_heading:
        return True
    return ends_sentence(above.text) or len(above.text) < 60


def _is_title(pieces: list[Piece], n: int, title: str) -> bool:
    """Return whether heading ``n``, with no body above it, is the report's title or stands over its contents list."""
    own, known = fold(pieces[n].text), fold(title)
    if known and (own in known or known in own):
        return True
    below = next((p for p in pieces[n + 1 :] if p.is_body or p.kind is BlockKind.HEADING or p.maybe_heading), None)
    return below is not None and sum(p.span.start < below.span.start for p in pieces[n + 1 :] if p.in_contents) >= 3


def _heading_runs(pieces: list[Piece], chosen: set[int]) -> list[list[int]]:
    """Return the runs of two or more headings with no body between them, and a single one that opens the text."""
    runs: list[list[int]] = [[]]
    for n, piece in enumerate(pieces):
        if n in chosen:
            runs[-1].append(n)
        elif piece.is_body and runs[-1]:
            runs.append([])
    first = next((n for n, p in enumerate(pieces) if n in chosen or p.is_body), None)
    return [run for run in runs if len(run) > 1 or (run and run[0] == first)]


def _mark_imprint(pieces: list[Piece]) -> list[Piece]:
    """Mark what stands under an imprint heading as furniture, up to the next heading or wide gap."""
    marked: list[Piece] = []
    inside = False
    for piece in pieces:
        if piece.kind is BlockKind.HEADING:
            inside = is_imprint(piece.text)
        elif piece.blank_before >= 3:
            inside = False
        if inside:
            piece = replace(as_kind(piece, BlockKind.FURNITURE), in_imprint=True)
        marked.append(piece)
    return marked


def _demote_directories(pieces: list[Piece]) -> list[Piece]:
    """Turn three or more sibling headings with a few words each, as in a list of people, into list items."""
    heads = [n for n, p in enumerate(pieces) if p.kind is BlockKind.HEADING] + [len(pieces)]
    tiny = [
        bool(p.markup and len(p.text.split()) <= 6 and _is_entry(pieces[a + 1 : b]))
        for a, b in zip(heads, heads[1:], strict=False)
        for p in [pieces[a]]
    ]
    marked = list(pieces)
    start = 0
    while start < len(tiny):
        end = start
        while end < len(tiny) and tiny[end] and pieces[heads[end]].level == pieces[heads[start]].level:
            end += 1
        if end - start >= 3:
            for n in heads[start:end]:
                marked[n] = as_kind(pieces[n], BlockKind.LIST_ITEM)
        start = max(end, start + 1)
    return marked


def _is_entry(body: list[Piece]) -> bool:
    held = [p for p in body if p.is_body]
    return bool(held) and sum(len(p.text.split()) for p in held) <= 25 and not any(ends_sentence(p.text) for p in held)


def _join_cut_paragraphs(text: str, pieces: list[Piece]) -> list[Piece]:
    """Join a paragraph or list item that ends in mid-sentence to the paragraph that goes on with it.

    Furniture, footnotes and pull quotes may stand between the halves; they stay inside the joined span.
    """
    joined: list[Piece] = []
    last: int | None = None
    for piece in pieces:
        before = joined[last] if last is not None else None
        if before is not None and piece.kind is BlockKind.PARAGRAPH and _is_cut(before, piece):
            span = Span(before.span.start, piece.span.end)
            content = Span(before.content.start, piece.content.end)
            assert last is not None
            joined[last:] = [replace(before, span=span, content=content, text=text[content.start : content.end])]
            continue
        joined.append(piece)
        if piece.is_body:
            last = len(joined) - 1
        elif piece.kind is BlockKind.HEADING:
            last = None
    return joined


def _is_cut(before: Piece, after: Piece) -> bool:
    if ends_sentence(before.text) or before.kind is BlockKind.TABLE:
        return False
    begins = after.text.lstrip("\"'“‘*_(")[:1]
    if begins.islower():
        return len(before.text) >= 30
    return (
        before.kind is BlockKind.PARAGRAPH
        and len(before.text) >= 80
        and len(after.text) >= 80
        and (before.text[-1:].isalnum() or before.text[-1:] in ",-–")
    )
