"""What a web page hides: panels that open under a title (accordions, tabs), which are its text, and all the rest."""

import re
from dataclasses import dataclass, field
from typing import Any

LEAST_WORDS = 10
"""Hidden words are told of from this many on; what is shorter is a label, a count, a date in another form."""

ROLES = frozenset("navigation banner contentinfo complementary search dialog alertdialog menu menubar toolbar".split())
"""Of what surrounds the text of a page, or lies over it."""

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "summary"})
_FIELDS = ".//input | .//select | .//textarea"
_OF_THE_SITE = "ancestor::nav | ancestor::header | ancestor::footer | ancestor::dialog | ancestor::*[@role='dialog']"
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_OPENS = frozenset({"collapse", "tab", "pill"})
_CALLED_PANEL = re.compile(r"accordion|collaps|expand|toggle|panel|\btab|faq", re.I)
_CALLED_OTHERWISE = re.compile(
    r"modal|dialog|pop-?(?:up|over)|lightbox|overlay|drawer|off-?canvas|tooltip|cookie|menu|\bnav(?:bar|igation)?\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Panels:
    """The hidden panels that are text of the page, and the buttons outside headings that open one and so name it."""

    opened: set[Any] = field(default_factory=set)
    titles: set[Any] = field(default_factory=set)


def is_hidden(element: Any) -> bool:
    """Return whether a browser shows nothing of an element, or an aid for the blind says nothing of it."""
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    return bool(_HIDDEN.search((element.get("style") or "")[:1000]))


def find_panels(body: Any) -> Panels:
    """Return the hidden panels under ``body`` that a reader of the page can open: those it lets a search in the page
    find, and those with prose in them that something shown opens.
    """
    openers = _openers(body)
    panels = Panels()
    for element in body.iter("*"):
        if not is_hidden(element) or element.get("role") in ROLES or _CALLED_OTHERWISE.search(_names(element)):
            continue
        opener = _opener(element, openers)
        if element.get("hidden") == "until-found" or (opener is not None and _is_prose(element)):
            panels.opened.add(element)
            if opener is not None and opener.tag == "button" and not _in_heading(opener):
                panels.titles.add(opener)
    return panels


def hidden_words(element: Any) -> list[str]:
    """Return the words of running text that a hidden element keeps to itself: none in a form, a menu, a pop-up."""
    words = " ".join(element.itertext()).split()
    told = len(words) >= LEAST_WORDS and _is_prose(element) and not _CALLED_OTHERWISE.search(_names(element))
    return words if told else []


def mostly_links(element: Any) -> bool:
    """Return whether at least half of an element's characters lead elsewhere."""
    linked = sum(len("".join("".join(link.itertext()).split())) for link in element.iter("a"))
    return linked * 2 >= len("".join("".join(element.itertext()).split()))


def _openers(body: Any) -> dict[str, Any]:
    """Return by the id of what it opens each element that opens something and is no part of the site around."""
    found: dict[str, Any] = {}
    for element in body.iter("*"):
        names = (element.get("aria-controls") or "").split()
        if (element.get("data-toggle") or element.get("data-bs-toggle")) in _OPENS:
            target = element.get("data-target") or element.get("data-bs-target") or element.get("href") or ""
            names.append(target.removeprefix("#"))
        if names and (_in_heading(element) or not element.xpath(_OF_THE_SITE)):
            for name in names:
                found.setdefault(name, element)
    return found


def _opener(panel: Any, openers: dict[str, Any]) -> Any:
    """Return what opens ``panel``: what names it, else a heading or button right above it that says so; None else."""
    if (named := openers.get(panel.get("id") or "")) is not None:
        return named
    above = panel.getprevious()
    if above is None:
        return None
    heads = above.tag in _HEADINGS or above.tag in ("button", "dt") or above.get("role") in ("heading", "button", "tab")
    if not heads and not above.xpath(".//h2 | .//h3 | .//h4 | .//h5 | .//h6"):
        return None
    around = panel.getparent()
    called = " ".join(map(_names, (above, panel, *([] if around is None else [around]))))
    opens = above.xpath("boolean(descendant-or-self::*[@aria-expanded])") or _CALLED_PANEL.search(called)
    return above if opens else None


def _in_heading(element: Any) -> bool:
    return any(e.tag in _HEADINGS or e.get("role") == "heading" for e in (element, *element.iterancestors()))


def _is_prose(element: Any) -> bool:
    return not element.xpath(_FIELDS) and not mostly_links(element)


def _names(element: Any) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"[:2000]
