"""A web page's elements -> parts, in one walk without recursion; menus, banners and what is hidden are passed over.

A summary, or a button that opens a panel, is a heading. It is as deep as that of the panel beside it, else one deeper
than the heading above: what heads a panel does not head the panels after it.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from corpus.model import BlockKind
from corpus.readers.flow import SUPERSCRIPT, Part, bold_line, in_table, number_in
from corpus.readers.html_notes import Notes
from corpus.readers.html_panels import ROLES, Panels, hidden_words, is_hidden, mostly_links

SMALL_SHARE = 0.3
"""An element that only its class or id calls a menu or banner is one if it holds no more of the page's characters."""
LONGEST_NAME = 60
MOST_WRAPPERS = 3
"""How many elements a page may put around each of its panels."""

_PASSED_OVER = frozenset(
    "script style noscript template svg head iframe object embed video audio canvas map nav select textarea "
    "input dialog menu datalist progress meter rt rp".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main ol p pre section summary table tbody td "
    "tfoot th thead tr ul".split()
)
_HEADINGS = {f"h{n}": n + 1 for n in range(1, 7)}
_BOLD = frozenset({"b", "strong", "summary"})
_GAP = re.compile(r"[ \t\r\n\f]+")
_EMPTY_BRACKETS = re.compile(r"[ ]?(?:\[[ ,]*\]|\([ ,]*\))")
_WORDS_FOR_LINKS = "bar|wrapper|container|links?|list|menu|area|section|block"
_CALLED = re.compile(
    r"(?:(?:site|page|global|main|top|primary|secondary|mobile|local|sub|side)[-_]?)?"
    rf"(?:nav|navbar|navigation|menu|breadcrumbs?|footer|masthead|sidebar)(?:[-_](?:{_WORDS_FOR_LINKS}))?"
    r"|(?:[a-z]+[-_])?cookies?[-_]?(?:banner|notice|consent|bar|popup|message|law|policy|control).*|cookies?|gdpr.*|consent[-_].*"
    rf"|(?:social|share|sharing)[-_]?(?:share|sharing|media|icons?|buttons?|this|{_WORDS_FOR_LINKS})|addthis.*|sharedaddy"
    r"|related[-_](?:posts?|content|articles?|links?|items?|news|pages?|resources?|reports?|publications?|reading)"
    r"|newsletter(?:[-_].*)?|subscribe(?:[-_].*)?|skip[-_]?(?:links?|to|nav|content).*|pagination|pager|widget[-_]area"
    r"|comments?[-_](?:area|list|form)|advert(?:s|isement|ising)?|ad[-_](?:slot|banner).*|back[-_]to[-_]top|no[-_]?print"
    r"|(?:[a-z]+[-_])?toc(?:[-_][a-z]+)?|table[-_]?of[-_]?contents|contents[-_]list|jump[-_]?links?"
    r"|sr-only|(?:[a-z]+-)?visually-?hidden|screen-reader-text|[a-z]+-accordion__section-toggle|mw-editsection|headerlink",
    re.I,
)
_PAGE_EDGES = frozenset({"header", "footer"})
"""How LibreOffice titles what a word processor prints at the edge of every page."""


@dataclass(slots=True)
class _List:
    ordered: bool
    next: int
    letters: bool


@dataclass(slots=True)
class Walk:
    """Collects the parts of one element; ``outside_main`` says that it also holds what surrounds the main text.

    ``hidden`` holds, for each hidden element that was passed over, its words where they are running text.
    """

    notes: Notes
    panels: Panels
    outside_main: bool = False
    hidden: list[list[str]] = field(default_factory=list)
    _cells: list[list[Part]] = field(default_factory=lambda: [[]])
    _open_cells: list[Any] = field(default_factory=list)
    _rows: list[list[list[list[Part]]]] = field(default_factory=list)
    _lists: list[_List] = field(default_factory=list)
    _words: list[tuple[str, bool]] = field(default_factory=list)
    _called: list[str] = field(default_factory=list)
    _marker: str = ""
    _heading: int = 0
    _above: int = 0
    _last: int = 0
    _title: int = 0
    _levels: dict[Any, int] = field(default_factory=dict)
    _enclosing: list[int] = field(default_factory=list)
    _bold: int = 0
    _pre: int = 0
    _raised: list[int] = field(default_factory=list)

    def parts(self, root: Any) -> list[Part]:
        """Return the parts of ``root``."""
        from lxml import etree

        size = root.xpath("string-length(.)")
        walk = etree.iterwalk(root, ("start", "end"))
        passed_over: Any = None
        for event, element in walk:
            if event == "start":
                if element is not root and self._is_passed_over(element, root, size):
                    passed_over = element
                    walk.skip_subtree()
                else:
                    self._open(element)
                    self._add(element.text)
                continue
            if element is not passed_over:
                self._close(element)
            passed_over = None
            if element is not root:
                self._add(element.tail)
        self._flush()
        return self._cells[0]

    def _is_passed_over(self, element: Any, root: Any, size: float) -> bool:
        tag = element.tag
        if element in self.notes.links:
            self._called += [text for text in [self.notes.texts.get(element, "")] if text]
            return True
        if self._heading and tag == "a" and not any(map(str.isalnum, "".join(element.itertext()))):
            return True  # the sign that a heading's own address hangs on
        if tag in _PASSED_OVER or element in self.notes.holders or element.get("role") in ROLES:
            return True
        if tag == "button" and not self._heading and element not in self.panels.titles:
            return True
        at_top = element.getparent() is root
        if at_top and tag == "div" and element.get("title") in _PAGE_EDGES:
            return True
        surrounds = tag == "footer" or (self.outside_main and tag in ("header", "aside")) or _is_called_menu(element)
        if is_hidden(element) and element not in self.panels.opened:
            if not surrounds and not (self.outside_main and at_top):  # where pages keep their pop-ups
                self.hidden.append(hidden_words(element))
            return True
        if not surrounds:
            return False
        kept = element.xpath("boolean(descendant-or-self::h1 | descendant-or-self::main | descendant-or-self::article)")
        return not kept and element.xpath("string-length(.)") <= SMALL_SHARE * size

    def _open(self, element: Any) -> None:
        tag = element.tag
        if tag in _BLOCKS or element in self.panels.titles:
            self._flush()
        self._bold += tag in _BOLD or element in self.panels.titles
        self._pre += tag == "pre"
        if tag == "details" or element in self.panels.opened:
            self._open_panel(element)
        if level := _heading_level(element):
            self._heading = self._above = self._last = level
        elif element in self.panels.titles:
            self._title = self._last = self._level_beside(element)
        elif tag == "summary":
            self._title = self._last = self._above
        elif tag in ("ul", "ol"):
            first = number_in(element.get("start") or "", 1)
            self._lists.append(_List(tag == "ol", first, element.get("type") in ("a", "A")))
        elif tag == "li":
            self._marker = self._next_marker(element)
        elif tag == "table":
            self._rows.append([])
        elif tag == "tr" and self._rows:
            self._rows[-1].append([])
        elif tag in ("td", "th") and self._rows and self._rows[-1]:
            self._open_cells.append(element)
            self._cells.append([])
        elif tag == "br":
            self._add_plain("\n")
        elif tag == "q":
            self._add_plain("“")
        elif tag == "sup":
            self._raised.append(len(self._words))

    def _close(self, element: Any) -> None:
        tag = element.tag
        if tag in _BLOCKS or element in self.panels.titles:
            self._flush()
        self._bold -= tag in _BOLD or element in self.panels.titles
        self._pre -= tag == "pre"
        if tag == "details" or element in self.panels.opened:
            self._above = self._enclosing.pop()
        if _heading_level(element):
            self._heading = 0
        elif tag == "summary":
            self._levels[element.getparent()] = self._above  # that of a heading in it where there is one
            self._title = 0
        elif element in self.panels.titles:
            self._title = 0
        elif tag in ("ul", "ol"):
            self._lists.pop()
        elif tag == "li":
            self._marker = ""
        elif self._open_cells and element is self._open_cells[-1]:
            self._open_cells.pop()
            self._rows[-1][-1].append(self._cells.pop())
        elif tag == "table":
            self._cells[-1] += in_table(self._rows.pop())
        elif tag == "q":
            self._add_plain("”")
        elif tag == "sup":
            self._raise(self._raised.pop())

    def _open_panel(self, panel: Any) -> None:
        level = self._level_beside(panel) if panel.tag == "details" else self._last
        self._enclosing.append(self._above)
        self._above = self._levels[panel] = level

    def _level_beside(self, element: Any) -> int:
        """Return the level of the title of a panel: that of the panel right before it, else one below what is above."""
        for _ in range(MOST_WRAPPERS):
            before = element.getprevious()
            if before is not None:
                beside = next((self._levels[each] for each in before.iter() if each in self._levels), 0)
                return beside or self._next_level()
            element = element.getparent()
            if element is None:
                break
        return self._next_level()

    def _next_level(self) -> int:
        return self._above + 1 if self._above else 0

    def _next_marker(self, item: Any) -> str:
        if not self._lists or not self._lists[-1].ordered:
            return "-"
        listed = self._lists[-1]
        number = number_in(item.get("value") or "", listed.next)
        listed.next = number + 1
        return f"{chr(96 + number)})" if listed.letters and 1 <= number <= 26 else f"{number}."

    def _raise(self, begin: int) -> None:
        """Write figures raised since ``begin`` as such: a power, or a number that leads to no note. Drop commas."""
        text = "".join(text for text, _ in self._words[begin:]).strip()
        if not any(character.isalnum() for character in text):
            del self._words[begin:]
        elif text.isdecimal() and text.isascii():
            self._words[begin:] = [(text.translate(SUPERSCRIPT), bool(self._bold))]

    def _add(self, text: str | None) -> None:
        if text:
            self._add_plain(text if self._pre else _GAP.sub(lambda gap: "\t" if gap[0] == "\t" else " ", text))

    def _add_plain(self, text: str) -> None:
        self._words.append((text, bool(self._bold)))

    def _flush(self) -> None:
        """Close the block whose words have been collected."""
        text = "".join(text for text, _ in self._words).strip()
        all_bold = all(bold for word, bold in self._words if word.strip())
        self._words.clear()
        self._raised = [0] * len(self._raised)
        notes, self._called = tuple(self._called), []
        if not text:
            if notes:
                self._cells[-1].append(Part("", notes=notes))
            return
        if notes:
            text = _EMPTY_BRACKETS.sub("", text)
        if self._heading:
            self._marker = ""
            part = Part(text, BlockKind.HEADING, self._heading, notes)
        elif self._marker:
            part = Part(f"{self._marker} {text}", BlockKind.LIST_ITEM, max(1, len(self._lists)), notes)
            self._marker = ""
        else:
            told = bold_line(text) if all_bold else Part(text)
            part = Part(text, told.kind, self._title if told.kind else 0, notes)
        self._cells[-1].append(part)


def _heading_level(element: Any) -> int:
    if element.get("role") == "heading" and (element.get("aria-level") or "") in tuple("123456"):
        return int(element.get("aria-level")) + 1
    return _HEADINGS.get(element.tag, 0)


def _is_called_menu(element: Any) -> bool:
    """Return whether the class or id of an element calls it a menu, a banner or the like."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}"[:2000].split()
    called = any(len(name) <= LONGEST_NAME and _CALLED.fullmatch(name) for name in names)
    return called or ("related" in names and mostly_links(element))
