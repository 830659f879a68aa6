"""Footnotes of a web page: which links call for one, and what it says."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

LONGEST_NOTE = 3_000
"""In characters; what a link leads to is no footnote if it is longer."""

_HOLDERS = frozenset({"li", "p", "div", "dd", "td", "aside"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_SIGN = re.compile(r"[\[(]?(?:\d{1,3}|[a-z]|[ivx]{1,5}|[*†‡§]{1,3})[\])]?", re.I)
_NAMED = re.compile(r"\b(?:foot|end)?note|\bfn|noteref|sdfootnote|sdendnote", re.I)
_BACK = re.compile(r"[↩↑⤴^\ufe0e\ufe0f\s]*|back(?: to (?:top|text|content|reference).*)?", re.I)


@dataclass(frozen=True, slots=True)
class Notes:
    """The footnotes by the link that calls for each first, every such link, and the elements that hold the notes."""

    texts: dict[Any, str] = field(default_factory=dict)
    links: set[Any] = field(default_factory=set)
    holders: set[Any] = field(default_factory=set)


def find_notes(body: Any) -> Notes:
    """Return the footnotes under ``body``: what a raised figure or a link that names itself one leads to, below it."""
    places: dict[str, tuple[int, Any]] = {}
    order: dict[Any, int] = {}
    for number, element in enumerate(body.iter()):
        for name in (element.get("id"), element.get("name") if element.tag == "a" else None):
            if name:
                places.setdefault(name, (number, element))
        if element.tag == "a" and _fragment(element):
            order[element] = number
    notes = Notes()
    back: set[Any] = set()
    for link, number in order.items():
        at, target = places.get(_fragment(link), (-1, None))
        if link in back or at <= number or not _calls(link):
            continue
        holder = next((e for e in (target, *target.iterancestors()) if e.tag in _HOLDERS), None)
        if holder is None or any(e is holder for e in link.iterancestors()):
            continue
        if holder not in notes.holders:
            said, returns = _said(holder, _shown(link).strip("[]()"), notes.holders)
            if not any(map(str.isalnum, said)):
                continue
            back |= returns
            notes.holders.add(holder)
            notes.texts[link] = said
        notes.links.add(link)
    return notes


def _calls(link: Any) -> bool:
    """Return whether a link calls for a footnote: it says so in its attributes, or it is a raised sign."""
    shown = _shown(link)
    if not _SIGN.fullmatch(shown):
        return False
    around = link.getparent()
    raised = link.find(".//sup") is not None or (around is not None and around.tag == "sup")
    stated = " ".join(link.get(key) or "" for key in ("role", "class", "href", "id", "name", "rel", "epub:type"))
    return raised or bool(_NAMED.search(stated)) or shown[:1] in "[("


def _fragment(link: Any) -> str:
    """Return the place in the page that a link leads to; a saved page may name the page's address before it."""
    return unquote((link.get("href") or "").partition("#")[2])


def _shown(link: Any) -> str:
    return "".join(link.itertext()).strip()


def _leads_back(link: Any) -> bool:
    shown = _shown(link)
    return bool(_BACK.fullmatch(shown) or _SIGN.fullmatch(shown))


def _said(holder: Any, sign: str, taken: set[Any]) -> tuple[str, set[Any]]:
    """Return the words of a note without its ``sign`` and the links that lead back from it, and these links.

    There are no words where ``holder`` holds a heading or more than ``LONGEST_NOTE`` characters, or is in one of the
    elements ``taken`` already, or around one.
    """
    from lxml import etree

    if any(each in taken for each in holder.iterancestors()):
        return "", set()
    words: list[str] = []
    returns: set[Any] = set()
    length = 0
    walk = etree.iterwalk(holder, ("start", "end"))
    for event, element in walk:
        if event == "start" and element.tag == "a" and _fragment(element) and _leads_back(element):
            returns.add(element)
            walk.skip_subtree()
            continue
        if event == "end":
            words.append("" if element is holder else element.tail or "")
        else:
            words.append(element.text or "")
        length += len(words[-1])
        if length > LONGEST_NOTE or element.tag in _HEADINGS or element in taken:
            return "", set()
    text = " ".join("".join(words).split())
    own = re.match(rf"[\[(]?{re.escape(sign)}[\])]?[.:]?\s+(?=\S)", text)
    return (text[own.end() :] if own else text), returns
