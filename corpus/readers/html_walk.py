"""A web page's elements -> parts, in one walk without recursion; menus, banners and what is hidden are passed over."""

import re
from dataclasses import dataclass, field
from typing import Any

from corpus.model import BlockKind
from corpus.readers.flow import SUPERSCRIPT, Part, bold_line, in_table, number_in
from corpus.readers.html_notes import Notes

SMALL_SHARE = 0.3
"""An element that only its class or id calls a menu or banner is one if it holds no more of the page's characters."""
LONGEST_NAME = 60

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
_ROLES = frozenset("navigation banner contentinfo complementary search dialog alertdialog menu menubar toolbar".split())
_GAP = re.compile(r"[ \t\r\n\f]+")
_EMPTY_BRACKETS = re.compile(r"[ ]?(?:\[[ ,]*\]|\([ ,]*\))")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_WORDS_FOR_LINKS = "bar|wrapper|container|links?|list|menu|area|section|block"
_CALLED = re.compile(
    r"(?:(?:site|page|global|main|top|primary|secondary|mobile|local|sub|side)[-_]?)?"
    rf"(?:nav|navbar|navigation|menu|breadcrumbs?|footer|masthead|sidebar)(?:[-_](?:{_WORDS_FOR_LINKS}))?"
    r"|(?:[a-z]+[-_])?cookies?[-_]?(?:banner|notice|consent|bar|popup|message|law|policy|control).*|cookies?|gdpr.*|consent[-_].*"
    rf"|(?:social|share|sharing)[-_]?(?:share|sharing|media|icons?|buttons?|this|{_WORDS_FOR_LINKS})|addthis.*|sharedaddy"
    r"|related[-_](?:posts?|content|articles?|links?|items?|news|pages?|resources?)"
    r"|newsletter(?:[-_].*)?|subscribe(?:[-_].*)?|skip[-_]?(?:links?|to|nav|content).*|pagination|pager|widget[-_]area"
    r"|comments?[-_](?:area|list|form)|advert(?:s|isement|ising)?|ad[-_](?:slot|banner).*|back[-_]to[-_]top|no[-_]?print"
    r"|(?:[a-z]+[-_])?toc(?:[-_][a-z]+)?|table[-_]?of[-_]?contents|contents[-_]list|jump[-_]?links?"
    r"|sr-only|visually-?hidden|screen-reader-text|mw-editsection|headerlink",
    re.I,
)


@dataclass(slots=True)
class _List:
    ordered: bool
    next: int
    letters: bool


@dataclass(slots=True)
class Walk:
    """Collects the parts of one element; ``outside_main`` says that it also holds what surrounds the main text."""

    notes: Notes
    outside_main: bool = False
    _cells: list[list[Part]] = field(default_factory=lambda: [[]])
    _open_cells: list[Any] = field(default_factory=list)
    _rows: list[list[list[list[Part]]]] = field(default_factory=list)
    _lists: list[_List] = field(default_factory=list)
    _words: list[tuple[str, bool]] = field(default_factory=list)
    _called: list[str] = field(default_factory=list)
    _marker: str = ""
    _heading: int = 0
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
                if element is not root and self._is_passed_over(element, size):
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

    def _is_passed_over(self, element: Any, size: float) -> bool:
        tag = element.tag
        if element in self.notes.links:
            self._called += [text for text in [self.notes.texts.get(element, "")] if text]
            return True
        if self._heading and tag == "a" and not any(map(str.isalnum, "".join(element.itertext()))):
            return True  # the sign that a heading's own address hangs on
        if tag in _PASSED_OVER or element in self.notes.holders or (tag == "button" and not self._heading):
            return True
        if element.get("hidden") is not None or element.get("aria-hidden") == "true":
            return True
        if _HIDDEN.search((element.get("style") or "")[:1000]) or element.get("role") in _ROLES:
            return True
        surrounds = tag == "footer" or (self.outside_main and tag in ("header", "aside"))
        if not surrounds and not _is_called_menu(element):
            return False
        kept = element.xpath("boolean(descendant-or-self::h1 | descendant-or-self::main | descendant-or-self::article)")
        return not kept and element.xpath("string-length(.)") <= SMALL_SHARE * size

    def _open(self, element: Any) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            self._flush()
        self._bold += tag in _BOLD
        self._pre += tag == "pre"
        if level := _heading_level(element):
            self._heading = level
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
        if tag in _BLOCKS:
            self._flush()
        self._bold -= tag in _BOLD
        self._pre -= tag == "pre"
        if _heading_level(element):
            self._heading = 0
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
            part = Part(text, told.kind, 0, notes)
        self._cells[-1].append(part)


def _heading_level(element: Any) -> int:
    if element.get("role") == "heading" and (element.get("aria-level") or "") in tuple("123456"):
        return int(element.get("aria-level")) + 1
    return _HEADINGS.get(element.tag, 0)


def _is_called_menu(element: Any) -> bool:
    """Return whether the class or id of an element calls it a menu, a banner or the like."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}"[:2000].split()
    return any(len(name) <= LONGEST_NAME and _CALLED.fullmatch(name) for name in names)
