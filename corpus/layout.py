"""What only the neighbourhood of a piece tells: sign-offs, footnote lists, imprints, directories, and paragraphs cut in
two by a page break. Repeated lines are in ``repetition``, headings in ``headings``.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from corpus.blocks import Piece, as_kind, ends_sentence, joined
from corpus.contents import ContentsEntry
from corpus.headings import decide_headings
from corpus.kinds import is_imprint, is_notes
from corpus.left_overs import is_contact
from corpus.model import BlockKind
from corpus.repetition import mark_pull_quotes, mark_running_headers

LONGEST_ENTRY = 5
"""How many pieces the last entry of a directory may have: a name, roles and addresses."""

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
    pieces = mark_running_headers(pieces, text, title)
    pieces = _mark_sign_offs(pieces)
    pieces = _mark_notes(pieces)
    pieces = mark_pull_quotes(pieces)
    pieces = decide_headings(pieces, contents, title)
    pieces = _mark_imprint(pieces)
    pieces = _demote_directories(pieces)
    return _join_cut_paragraphs(text, pieces)


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
    """Turn three or more sibling headings with a few words each, as in a list of people, into list items.

    The addresses under them are then part of the list.
    """
    heads = [n for n, p in enumerate(pieces) if p.kind is BlockKind.HEADING] + [len(pieces)]
    tiny = [
        bool(p.markup and len(p.text.split()) <= 6 and _is_entry(pieces[a + 1 : b]))
        for a, b in pairwise(heads)
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
            for n in range(heads[start], heads[end - 1] + LONGEST_ENTRY):
                if n < len(pieces) and pieces[n].kind is BlockKind.FURNITURE and is_contact(pieces[n].text):
                    marked[n] = as_kind(pieces[n], BlockKind.PARAGRAPH)
        start = max(end, start + 1)
    return marked


def _is_entry(body: list[Piece]) -> bool:
    held = [p for p in body if p.is_body]
    return bool(held) and sum(len(p.text.split()) for p in held) <= 25 and not any(ends_sentence(p.text) for p in held)


def _join_cut_paragraphs(text: str, pieces: list[Piece]) -> list[Piece]:
    """Join a paragraph or list item that ends in mid-sentence to the paragraph that goes on with it.

    Furniture, footnotes and pull quotes may stand between the halves; they stay inside the joined span.
    """
    halves: list[Piece] = []
    between: list[Piece] = []
    done: list[Piece] = []

    def close() -> None:
        if halves:
            done.append(joined(text, halves[0], halves[-1]) if len(halves) > 1 else halves[0])
        done.extend(between)
        halves.clear()
        between.clear()

    for piece in pieces:
        if halves and piece.kind is BlockKind.PARAGRAPH and _is_cut(halves, piece):
            halves.append(piece)
            between.clear()
        elif piece.is_body:
            close()
            halves.append(piece)
        else:
            between.append(piece)
            if piece.kind is BlockKind.HEADING:
                close()
    close()
    return done


def _is_cut(halves: list[Piece], after: Piece) -> bool:
    first, last = halves[0], halves[-1]
    length = last.content.end - first.content.start
    if ends_sentence(last.text) or first.kind is BlockKind.TABLE:
        return False
    if after.text.lstrip("\"'“‘*_(")[:1].islower():
        return length >= 30
    return (
        first.kind is BlockKind.PARAGRAPH
        and length >= 80
        and len(after.text) >= 80
        and (last.text[-1:].isalnum() or last.text[-1:] in ",-–")
    )
