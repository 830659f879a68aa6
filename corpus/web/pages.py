"""Web pages: what they link to, and several of them joined into one."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from corpus.errors import DownloadError
from corpus.web.addresses import parse_address, shown

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MAX_LINKS = 2_000
"""So many links of a page are looked at; no report has as many pages."""

_HEADINGS = ("h1", "h2", "h3", "h4", "h5")


def links(data: bytes, address: str) -> list[str]:
    """Return where the page ``data`` at ``address`` links to, in order and each once, in normal form.

    Raises DownloadError for a page that cannot be parsed whole.
    """
    tree = _tree(data, shown(address))
    base = parse_address(address, allow_private=True)
    found = {}
    for target in tree.xpath("//base/@href | //a/@href")[:MAX_LINKS]:
        with suppress(DownloadError):
            link = parse_address(target, True, base)
            if target.getparent().tag == "base":
                base = link
            else:
                found[str(link)] = True
    return [link for link in found if link != address]


def below(found: Sequence[str], address: str) -> list[str]:
    """Return which of the links ``found`` on the page at ``address`` lead to pages below its own path: the other pages
    of a report that is published as several. None do where the address is that of a whole site.
    """
    site, folder = _split(address)
    pages = [link for link in found if "?" not in link and _suffix(link) in ("", ".html", ".htm")]
    return [link for link in pages if folder != "/" and _split(link)[0] == site and _inside(link, folder)]


def documents(found: Sequence[str]) -> list[str]:
    """Return which of the links ``found`` lead to a PDF file."""
    return [link for link in found if _suffix(link) == ".pdf"]


def joined(pages: Sequence[bytes]) -> bytes:
    """Return ``pages`` as one page, in UTF-8 with its mark: the first, and at the end of its main part those of the
    others, whose headings go a level down. Raises DownloadError where one cannot be parsed whole.
    """
    from lxml.html import tostring

    first, *others = [_tree(page, "a page of the report") for page in pages]
    for part in map(_main, others):
        part.tag = "section"
        for heading in list(part.iter(*_HEADINGS)):
            heading.tag = f"h{int(heading.tag[1]) + 1}"
        _main(first).append(part)
    whole: str = tostring(first, encoding="unicode", doctype="<!doctype html>")
    return whole.encode("utf-8-sig", "replace")


def _tree(data: bytes, name: str) -> "HtmlElement":
    from lxml.etree import ParserError
    from lxml.html import HTMLParser, document_fromstring

    try:
        data.decode("utf-8")
        encoding = "utf-8"
    except UnicodeDecodeError:
        encoding = None  # lxml looks for what the page says itself
    parser = HTMLParser(encoding=encoding, huge_tree=True)
    try:
        tree = document_fromstring(data, parser, ensure_head_body=True)
    except ParserError:  # nothing in it
        tree = document_fromstring("<body></body>", ensure_head_body=True)
    if any("depth" in error.message for error in parser.error_log):
        raise DownloadError(f"{name} is nested deeper than casebook reads", "save its text and add that")
    return tree


def _main(tree: "HtmlElement") -> "HtmlElement":
    """Return the element that holds a page's own text; its body where none is marked."""
    return (tree.xpath("//main | //*[@role='main']") or [tree.body])[0]


def _split(address: str) -> tuple[str, str]:
    """Return the site of an address, and its path as that of a folder."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}", f"{parts.path.rstrip('/')}/"


def _inside(address: str, folder: str) -> bool:
    path = _split(address)[1]
    return path.startswith(folder) and path != folder


def _suffix(address: str) -> str:
    return PurePosixPath(urlsplit(address).path).suffix.lower()
