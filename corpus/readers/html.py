"""Web pages (.html, .htm) and saved ones (.mhtml, .mht): the main text with its headings, lists, tables and footnotes.

The elements are read by explicit rules. trafilatura 2.3 was tried on the page that the tests make: it keeps headings
and tables, flattens lists, leaves the numbers of footnotes in the sentences, and brings fourteen packages.
"""

import re
from email import message_from_bytes, policy
from typing import Any

from corpus.errors import ReportError
from corpus.readers import Reading
from corpus.readers.flow import Part, title_of, titled, write
from corpus.readers.html_metadata import page_metadata
from corpus.readers.html_notes import find_notes
from corpus.readers.html_panels import LEAST_WORDS, find_panels
from corpus.readers.html_walk import Walk

MAIN_SHARE = 0.5
"""What a page says is its main part must hold at least this share of the words outside menus to be taken for it."""

_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_MEANT = dict.fromkeys(("iso-8859-1", "latin1", "latin-1", "ascii", "us-ascii"), "windows-1252") | dict.fromkeys(
    ("utf-16", "utf-16le", "utf-16be", "utf-32", "utf-7", "unicode"), "utf-8"
)
"""What browsers take a declared encoding for (WHATWG Encoding): nothing can be read in UTF-16 without a mark."""
_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)|\A\s*<\?xml[^>]{0,100}encoding=[\"']([\w.:-]+)", re.I
)
_OF_THE_HEAD = frozenset("title meta link base basefont script style noscript template object isindex".split())
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S{1,2000})\s")


def read(data: bytes, name: str) -> Reading:
    """Read a web page. Raises ReportError for one without text or nested deeper than the parser follows."""
    return _read_page(_decoded(data), name)


def read_archive(data: bytes, name: str) -> Reading:
    """Read a page that a browser saved as one file (MHTML, RFC 2557). Raises ReportError for one without a page."""
    message = message_from_bytes(data, policy=policy.default)
    page = next((each for each in message.walk() if each.get_content_type() == "text/html"), None)
    content = page.get_payload(decode=True) if page else None
    if page is None or not isinstance(content, bytes):
        raise ReportError(f"{name!r} holds no saved web page", "save the page again, as HTML")
    address = str(message.get("Snapshot-Content-Location") or page.get("Content-Location") or "")
    return _read_page(_decoded(content, page.get_content_charset() or ""), name, address)


def _decoded(data: bytes, charset: str = "") -> str:
    """Return the text of a page by its byte order mark, its declared encoding, UTF-8, or Windows' Western one."""
    declared = _DECLARED.search(data[:4096])
    stated = (declared[1] or declared[2]).decode("ascii") if declared else ""
    marked = next((encoding for mark, encoding in _BOMS.items() if data.startswith(mark)), "")
    for encoding in filter(None, (marked, *(_MEANT.get(name.lower(), name) for name in (charset, stated)), "utf-8")):
        try:
            return data.decode(encoding)
        except (ValueError, LookupError):
            continue
    return data.decode("windows-1252", "replace")


def _read_page(page: str, name: str, address: str = "") -> Reading:
    from lxml import etree

    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True, default_doctype=False
    )
    root = etree.fromstring(page.encode("utf-8", "replace"), parser)
    if any("depth" in error.message for error in parser.error_log):
        raise ReportError(f"{name!r} is nested deeper than casebook reads", "save the page as plain text and add that")
    if root is None:
        return Reading("")
    body = _body(root)
    found, hidden = _main_parts(body)
    parts = titled(found)
    text, marks = write(parts)
    saved = _SAVED_FROM.search(page[:4096])
    metadata = page_metadata(root, title_of(parts), address or (saved[1] if saved else ""))
    return Reading(text, metadata=metadata, marks=marks, warnings=_warnings(text, hidden))


def _warnings(text: str, hidden: list[list[str]]) -> tuple[str, ...]:
    """Return the warning of ``hidden`` words that the page's ``text`` has nowhere else, none where there are none."""
    shown = " ".join(text.split())
    count = sum(len(words) for words in hidden if " ".join(words[:LEAST_WORDS]) not in shown)
    return (f"The page hides {count:,} words of its main part, and they were left out.",) if count else ()


def _body(root: Any) -> Any:
    """Return the page's body. The parser leaves elements younger than HTML 4 in the head where no body is begun."""
    body = root.find("body")
    if body is None:
        body = root.makeelement("body")
        root.append(body)
    for head in root.findall("head"):
        strays = [element for element in head if element.tag not in _OF_THE_HEAD]
        for at, stray in enumerate(strays):
            body.insert(at, stray)
    return body


def _main_parts(body: Any) -> tuple[list[Part], list[list[str]]]:
    """Return the parts of the page's main element where it holds most of the text, of the whole body else; and the
    running text that was left out of them because the page hides it, as words.
    """
    notes, panels = find_notes(body), find_panels(body)
    around = Walk(notes, panels, outside_main=True)
    whole = around.parts(body)
    mains = body.xpath(".//main | .//*[@role='main']") or body.xpath(".//article[not(ancestor::article)]")
    if len(mains) == 1:
        main = Walk(notes, panels)
        parts = main.parts(mains[0])
        if _words(parts) >= MAIN_SHARE * _words(whole):
            return parts, main.hidden
    return whole, around.hidden


def _words(parts: list[Part]) -> int:
    return sum(len(part.text.split()) for part in parts)
