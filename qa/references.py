"""References to reports in the forms that other programs read: CSL-JSON, RIS, BibTeX, Markdown, and by a style.

Every form is made from the CSL-JSON items of ``csl_items``: one a report, with all the places that are cited in it.
What metadata holds is data: it can neither end a field nor begin another.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from corpus.catalogue import parsed_date, web_address
from corpus.characters import flat
from qa.citation import Citation
from qa.markdown import escaped

STYLES = Path(__file__).parent / "styles"


class Style(StrEnum):
    """How a reference reads: casebook's own line, or one of the styles in ``STYLES``."""

    PLAIN = "plain"
    HARVARD = "harvard"
    VANCOUVER = "vancouver"

    @classmethod
    def named(cls, name: Any) -> "Style":
        """Return the style that a browser names; the plain one for whatever else it says."""
        return cls(name) if name in list(cls) else cls.PLAIN


class Form(StrEnum):
    """What citations can be written as."""

    PLAIN = "plain"
    HARVARD = "harvard"
    VANCOUVER = "vancouver"
    MARKDOWN = "markdown"
    RIS = "ris"
    BIBTEX = "bibtex"
    CSL = "csl"


@dataclass(frozen=True, slots=True)
class Styled:
    """Citations in a style: ``notes`` has one for each, with its pinpoint; ``references`` lists each report once, in
    the style's order. The plain style has notes that need no list.
    """

    notes: tuple[str, ...]
    references: tuple[str, ...]


def written(citations: Sequence[Citation], form: Form) -> str:
    """Return ``citations`` as text in ``form``."""
    write: dict[Form, Callable[[Sequence[Citation]], str]] = {
        Form.MARKDOWN: markdown,
        Form.RIS: ris,
        Form.BIBTEX: bibtex,
        Form.CSL: csl_json,
    }
    if form in write:
        return write[form](citations)
    done = styled(citations, Style(form.value))
    return "\n".join([*done.notes, *([""] if done.references else []), *done.references, ""])


def quoted(text: str, citation: Citation, style: Style = Style.PLAIN, leans_on: str = "") -> str:
    """Return ``text`` in quotation marks with its citation in ``style``, the reference below it, ready to paste.

    What it ``leans_on`` stands before it in brackets.
    """
    done = styled([citation], style)
    note = done.notes[0] if done.references else f"({done.notes[0]})"
    before = f"[{flat(leans_on)}] " if leans_on else ""
    return "\n\n".join([f"{before}{in_marks(flat(text))} {note}", *done.references])


def in_marks(words: str) -> str:
    """Return ``words`` in quotation marks: double ones, or single ones where the words have double ones themselves."""
    return f"‘{words}’" if any(mark in words for mark in '"“”„') else f"“{words}”"


def opening(words: str, most: int) -> str:
    """Return ``words`` in quotation marks, cut behind ``most`` characters."""
    return in_marks(words if len(words) <= most else f"{words[:most]}…")


def csl_items(citations: Sequence[Citation]) -> list[dict[str, Any]]:
    """Return one CSL-JSON item a report, in the order of first citation.

    ``note`` holds the places cited, a line each, and ``locator`` their pages. The publisher stands in for authors that
    are not known.
    """
    by_report: dict[str, list[Citation]] = {}
    for citation in citations:
        by_report.setdefault(citation.report_id, []).append(citation)
    return [_item(cited) for cited in by_report.values()]


def _item(cited: Sequence[Citation]) -> dict[str, Any]:
    first = cited[0]
    publisher = flat(first.publisher)
    authors = [name for author in first.authors if (name := _name(flat(author)))]
    when = flat(first.published)
    issued = parsed_date(when)
    item = {
        "id": first.report_id,
        "type": "report",
        "title": flat(first.report) or first.report_id,
        "author": authors or ([{"literal": publisher}] if publisher else []),
        "publisher": publisher,
        "issued": {"date-parts": [list(issued)]} if issued else {"literal": when} if when else {},
        "collection-title": flat(first.series),
        "URL": _url(first.url),
        "locator": ", ".join(dict.fromkeys(str(citation.page) for citation in cited if citation.page)),
        "note": "\n".join(dict.fromkeys(citation.pinpoint for citation in cited if citation.pinpoint)),
    }
    return {name: value for name, value in item.items() if value}


def _name(author: str) -> dict[str, str]:
    if author.startswith("{") and author.endswith("}"):
        author = author[1:-1].strip()
        return {"literal": author} if author else {}
    family, _, given = (part.strip() for part in author.partition(","))
    return {"family": family, "given": given} if family and given else {"literal": author} if author else {}


def _url(url: str) -> str:
    """Return an address of the web without a character that ends an address in any form; "" for anything else."""
    address = web_address(flat(url)) or ""
    return re.sub(r"[\s{}\\\"<>^`|]", lambda c: "".join(f"%{byte:02X}" for byte in c[0].encode()), address)


def csl_json(citations: Sequence[Citation], remark: str = "") -> str:
    """Return ``citations`` as CSL-JSON, which Zotero, Mendeley and pandoc read; ``remark`` goes to every item."""
    more = {"custom": {"remark": flat(remark)}} if remark else {}
    return json.dumps([item | more for item in csl_items(citations)], ensure_ascii=False, indent=2) + "\n"


def ris(citations: Sequence[Citation], remark: str = "") -> str:
    """Return ``citations`` in RIS: type RPRT, a note (N1) for each place cited and for ``remark``, pages in SP."""
    lines = (line for item in csl_items(citations) for line in _ris_lines(item, flat(remark)))
    return "".join(f"{tag}  - {value}\r\n" for tag, value in lines)


def _ris_lines(item: dict[str, Any], remark: str) -> list[tuple[str, str]]:
    date = item.get("issued", {})
    parts = [f"{part:02}" for part in date["date-parts"][0]] if "date-parts" in date else []
    lines = [("TY", "RPRT"), ("ID", item["id"]), ("TI", item["title"])]
    lines += [("AU", name.get("literal") or f"{name['family']}, {name['given']}") for name in item.get("author", [])]
    lines += [("PB", item.get("publisher", "")), ("T2", item.get("collection-title", ""))]
    lines += [("PY", f"{date['date-parts'][0][0]:04}" if parts else date.get("literal", ""))]
    lines += [("DA", "/".join([*parts, "", ""][:3]) + "/" if len(parts) > 1 else "")]
    lines += [("UR", item.get("URL", "")), ("SP", item.get("locator", ""))]
    lines += [("N1", note) for note in (*item.get("note", "").split("\n"), remark)]
    return [(tag, value) for tag, value in lines if value] + [("ER", "")]


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TEX = {
    "\\": r"{\textbackslash}",
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    **{mark: f"\\{mark}" for mark in "#$%&_"},
}


def bibtex(citations: Sequence[Citation], remark: str = "") -> str:
    """Return ``citations`` as BibTeX entries of the type techreport, in UTF-8, the places cited in ``note``, ``remark``
    in ``annote``.
    """
    return "\n".join(_bibtex_entry(item, flat(remark)) for item in csl_items(citations))


def _bibtex_entry(item: dict[str, Any], remark: str) -> str:
    date = item.get("issued", {})
    parts = date.get("date-parts", [[]])[0]
    values = {
        "author": " and ".join(_tex_name(name) for name in item.get("author", [])),
        "title": f"{{{_tex(item['title'])}}}",
        "institution": _tex(item.get("publisher", "")),
        "year": f"{parts[0]:04}" if parts else _tex(date.get("literal", "")),
        "series": _tex(item.get("collection-title", "")),
        "url": item.get("URL", ""),
        "pages": _tex(item.get("locator", "")),
        "note": _tex(item.get("note", "").replace("\n", "; ")),
        "annote": _tex(remark),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in values.items() if value]
    if len(parts) > 1:
        lines.append(f"  month = {_MONTHS[parts[1] - 1]}")
    return f"@techreport{{{item['id']},\n" + ",\n".join(lines) + "\n}\n"


def _tex(text: str) -> str:
    return "".join(_TEX.get(c, c) for c in text)


def _tex_name(name: dict[str, str]) -> str:
    """Return a name whose parts BibTeX does not take apart any further."""
    if "literal" in name:
        return f"{{{_tex(name['literal'])}}}"
    return f"{{{_tex(name['family'])}}}, {{{_tex(name['given'])}}}"


def markdown(citations: Sequence[Citation]) -> str:
    """Return ``citations`` as Markdown footnotes, [^1] the first."""
    return "".join(f"[^{n}]: {linked(citation.line(), [citation])}\n" for n, citation in enumerate(citations, 1))


def linked(text: str, citations: Sequence[Citation]) -> str:
    """Return a reference as Markdown in which the address at its end is a link where one of ``citations`` has it."""
    body = text.rstrip(".")
    for address in sorted({_url(citation.url) for citation in citations} - {""}, key=len, reverse=True):
        if body.endswith(address):
            return f"{escaped(body.removesuffix(address))}<{address}>{text[len(body) :]}"
    return escaped(text)


_LESS = "\ue000"
"""Stands in for "<" where citeproc would take a title's ``<span class="nocase">`` for an instruction."""


def styled(citations: Sequence[Citation], style: Style) -> Styled:
    """Return ``citations`` in ``style``, made by citeproc from one of the style files shipped with casebook."""
    if style is Style.PLAIN:
        return Styled(tuple(citation.line() for citation in citations), ())
    from citeproc import Citation as Cluster
    from citeproc import CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
    from citeproc.source.json import CiteProcJSON

    items = _told_apart(csl_items([replace(c, page=None, section_path=(), case_study=None) for c in citations]))
    source = CiteProcJSON(json.loads(json.dumps(items).replace("<", _LESS)))
    rules = CitationStylesStyle(str(STYLES / f"{style.value}.csl"), validate=False)
    bibliography = CitationStylesBibliography(rules, source, formatter.plain)
    before = " " if style is Style.VANCOUVER else ", "
    pinpoints = [before + citation.pinpoint if citation.pinpoint else "" for citation in citations]
    clusters = [
        Cluster([CitationItem(citation.report_id, suffix=pinpoint)])
        for citation, pinpoint in zip(citations, pinpoints, strict=True)
    ]
    for cluster in clusters:
        bibliography.register(cluster)
    bibliography.sort()
    notes = [str(bibliography.cite(cluster, lambda _: "")) for cluster in clusters]
    entries = [str(entry) for entry in bibliography.bibliography()]
    return Styled(*(tuple(text.replace(_LESS, "<") for text in texts) for texts in (notes, entries)))


def _told_apart(items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return ``items`` with a letter behind the year (2021a, 2021b) where authors and year alone do not tell apart."""

    def known_by(item: dict[str, Any]) -> str:
        names = [name.get("literal") or name["family"] for name in item.get("author", [{"literal": item["title"]}])]
        return json.dumps([names, item.get("issued", {}).get("date-parts", [[0]])[0][0]])

    many = Counter(known_by(item) for item in items)
    letters: Counter[str] = Counter()
    told = {}
    for item in sorted(items, key=lambda item: str(item["title"])):
        known = known_by(item)
        if many[known] > 1:
            told[item["id"]] = _letter(letters[known])
            letters[known] += 1
    return [item | ({"year-suffix": told[item["id"]]} if item["id"] in told else {}) for item in items]


def _letter(number: int) -> str:
    """Return a, b ... z, aa, ab ... for 0, 1 ..."""
    return (_letter(number // 26 - 1) if number >= 26 else "") + chr(ord("a") + number % 26)
