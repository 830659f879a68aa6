"""What a web page says of itself, in meta tags (Highwire, Dublin Core, Open Graph), in JSON-LD, and in its title."""

import json
import re
from collections.abc import Iterator
from typing import Any

from corpus.catalogue import web_address
from corpus.characters import flat
from corpus.dates import read_date
from corpus.model import Metadata
from corpus.readers.properties import real_authors, real_title

_TITLE = ("citation_title", "dc.title", "dcterms.title")
_PUBLISHER = ("citation_publisher", "dc.publisher", "dcterms.publisher", "citation_technical_report_institution")
_DATE = (
    "citation_publication_date", "citation_date", "dcterms.issued", "dc.date.issued", "dcterms.date", "dc.date",
    "article:published_time", "datepublished",
)  # fmt: skip
_AUTHORS = ("citation_author", "dc.creator", "dcterms.creator", "author")
_RIGHTS = ("dc.rights", "dcterms.rights", "copyright")
_SERIES = ("citation_series_title",)
_WORKS = frozenset(
    "article newsarticle report scholarlyarticle techarticle blogposting creativework webpage book".split()
)
_MOST_BYTES = 1_000_000
_MOST_CHARACTERS = 300


def page_metadata(root: Any, heading: str, address: str) -> Metadata:
    """Return the metadata of the page ``root``, whose text has the title ``heading`` and which was saved from
    ``address``; both may be "".

    What a page gives to libraries and search engines goes before what it gives to social networks.
    """
    tags = _tags(root)
    work = _work(root)
    site = _first(tags, ("og:site_name",))
    shown = " ".join("".join(root.xpath("string(//head/title)")).split())
    titles = (
        _first(tags, _TITLE),
        heading,
        _text(work.get("headline")),
        _first(tags, ("og:title",)),
        shown,
    )
    publishers = (_first(tags, _PUBLISHER), _name(work.get("publisher")), site)
    authors = _all(tags, _AUTHORS) or _names(work.get("author"))
    canonical = root.xpath("string(//link[@rel='canonical']/@href)")
    addresses = (canonical, _first(tags, ("og:url",)), address)
    return Metadata(
        title=next((found for title in titles if (found := _without_site(title, site))), ""),
        publisher=next(filter(None, publishers), ""),
        published=next(filter(None, map(read_date, [*_all(tags, _DATE), _text(work.get("datePublished"))])), ""),
        url=next(filter(None, (web_address(each) for each in addresses)), "") or "",
        rights=_first(tags, _RIGHTS),
        series=_first(tags, _SERIES),
        authors=tuple(dict.fromkeys(real for name in authors for real in real_authors(name))),
    )


def _tags(root: Any) -> dict[str, list[str]]:
    tags: dict[str, list[str]] = {}
    for tag in root.iter("meta"):
        name = (tag.get("name") or tag.get("property") or tag.get("itemprop") or "").lower()
        content = flat(tag.get("content") or "")
        if name and content and len(content) <= _MOST_CHARACTERS:
            tags.setdefault(name, []).append(content)
    return tags


def _all(tags: dict[str, list[str]], names: tuple[str, ...]) -> list[str]:
    """Return what the first of ``names`` that the page has says."""
    return next((tags[name] for name in names if name in tags), [])


def _first(tags: dict[str, list[str]], names: tuple[str, ...]) -> str:
    return next(iter(_all(tags, names)), "")


def _work(root: Any) -> dict[str, Any]:
    """Return the JSON-LD object that describes an article or report, {} where there is none."""
    for script in root.xpath("//script[@type='application/ld+json']"):
        try:
            value = json.loads((script.text or "")[:_MOST_BYTES])
        except (ValueError, RecursionError):
            continue
        for each in _objects(value):
            kinds = each.get("@type")
            if {str(kind).lower() for kind in (kinds if isinstance(kinds, list) else [kinds])} & _WORKS:
                return each
    return {}


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            yield each
            graph = each.get("@graph")
            yield from (inner for inner in graph if isinstance(inner, dict)) if isinstance(graph, list) else ()


def _text(value: Any) -> str:
    return flat(value) if isinstance(value, str) and len(value) <= _MOST_CHARACTERS else ""


def _name(value: Any) -> str:
    return next(iter(_names(value)), "")


def _names(value: Any) -> list[str]:
    found = [_text(each.get("name") if isinstance(each, dict) else each) for each in _as_list(value)]
    return [name for name in found if name and not web_address(name)]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _without_site(title: str, site: str) -> str:
    """Return a page's title without the name of the site behind it ("Report | Site")."""
    title = real_title(title)[:_MOST_CHARACTERS]
    own, bar, name = re.sub(r"\s+[|–—·»-]\s+", " | ", title).rpartition(" | ")
    return title[: len(own)].rstrip() if site and bar and name.casefold() == site.casefold() else title
