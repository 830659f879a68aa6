"""The parts of a Word file (ECMA-376): the document, its styles, numbering and notes, and what it says of itself.

Read straight from the archive: python-docx refuses a file with one dangling relationship, loads every picture, and
knows nothing of notes, text boxes and tracked changes. Elements are told by their local names, which transitional and
strict files share.
"""

import lzma
import re
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from posixpath import dirname, join, normpath
from typing import Any

from corpus.errors import ReportError
from corpus.model import Metadata
from corpus.readers.flow import number_in
from corpus.readers.properties import real_authors, real_title

MAX_PART_BYTES = 48 * 1024 * 1024
"""The text of thousands of pages; a larger part is no report's."""

_REMEDY = "open it in a word processor and save it as .docx again"
_HEADING = re.compile(
    r"(?:heading|überschrift|titre|título|titolo|kop|rubrik|overskrift|otsikko|nagłówek|nadpis|заголовок|标题|見出し)"
    r" ?(?P<level>[1-9])",
    re.I,
)
_LISTED = re.compile(r"list (?:bullet|number) (?P<level>[2-9])", re.I)
_CONTENTS = re.compile(r"(?:toc|contents) (?:[1-9]|heading)|(?:index|table of contents) heading", re.I)


def local(element: Any) -> str:
    """Return the name of an element without its namespace, "" for a comment or the like and for DrawingML's."""
    tag = element.tag
    if not isinstance(tag, str) or "/drawingml/" in tag.rpartition("}")[0]:
        return ""
    return tag.rpartition("}")[2]


def child(element: Any, *names: str) -> Any:
    """Return the first child called by the first of ``names``, in it that by the second and so on; None without."""
    for name in names:
        element = next((each for each in element if local(each) == name), None)
        if element is None:
            return None
    return element


def value(element: Any, name: str = "val") -> str:
    """Return the attribute ``name`` of an element in whatever namespace, "" where there is none or no element."""
    if element is None:
        return ""
    return next((v for k, v in element.attrib.items() if k.rpartition("}")[2] == name), "")


def is_on(element: Any) -> bool:
    """Return whether a switch such as bold or hidden is there and not turned off."""
    return element is not None and value(element) not in ("0", "false", "off")


class Package:
    """A Word file: its main document and the parts that this refers to. Raises ReportError for anything else."""

    def __init__(self, data: bytes, name: str) -> None:
        self._name = name
        try:
            self._archive = zipfile.ZipFile(BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            raise ReportError(f"{name!r} is no Word file, or a damaged one", _REMEDY) from None
        main = [target for kind, target in self._related("") if kind == "officeDocument"]
        self._main = main[0] if main else ""
        document = self._part(self._main) if main else None
        if document is None or local(document) != "document":
            raise ReportError(f"{name!r} holds no Word document", _REMEDY)
        self.document = document
        self._parts = dict(reversed(self._related(self._main)))

    def part(self, kind: str) -> Any:
        """Return the root of the part that the document refers to as ``kind`` ("styles", say); None without it."""
        return self._part(self._parts[kind]) if kind in self._parts else None

    def metadata(self) -> Metadata:
        """Return title and author as the file's properties have them, where they are not what programs fill in."""
        core = next((self._part(target) for kind, target in self._related("") if kind == "core-properties"), None)
        found = {local(each): each.text or "" for each in core} if core is not None else {}
        return Metadata(title=real_title(found.get("title", "")), authors=real_authors(found.get("creator", "")))

    def _related(self, source: str) -> list[tuple[str, str]]:
        """Return the last word of each relationship's type and its target, of the part ``source`` ("": the package)."""
        folder = dirname(source)
        root = self._part(join(folder, "_rels", source[len(folder) :].lstrip("/") + ".rels"))
        if root is None:
            return []
        inner = [each for each in root if value(each, "TargetMode") != "External"]
        targets = [value(each, "Target") for each in inner]
        paths = [t.lstrip("/") if t.startswith("/") else normpath(join(folder, t)) for t in targets]
        return [(value(each, "Type").rpartition("/")[2], path) for each, path in zip(inner, paths, strict=True)]

    def _part(self, path: str) -> Any:
        """Return the root of the part at ``path``, None where the archive has none."""
        from lxml import etree

        try:
            size = self._archive.getinfo(path).file_size
        except KeyError:
            return None
        if size > MAX_PART_BYTES:
            raise ReportError(
                f"{self._name!r} has a part of {size:,} bytes, more than the {MAX_PART_BYTES:,} casebook reads",
                "split it into single reports",
            )
        # Neither entities nor anything from outside the part is ever loaded.
        parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
        try:
            root = etree.fromstring(self._archive.read(path), parser)
        except (etree.XMLSyntaxError, ValueError):
            raise ReportError(f"{self._name!r} is damaged in its part {path!r}", _REMEDY) from None
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, RuntimeError):
            raise ReportError(f"{self._name!r} is damaged or encrypted in its part {path!r}", _REMEDY) from None
        if root.getroottree().docinfo.doctype:
            raise ReportError(f"{self._name!r} declares a document type, which no Word file may", _REMEDY)
        return root


@dataclass(frozen=True, slots=True)
class Style:
    """What a paragraph style says, with what it inherits.

    ``outline`` is the level of a heading, 1 for the title and 2 for the highest heading, 0 for none; ``numbering`` the
    id of a list and the item's depth in it, from 0.
    """

    outline: int = 0
    is_contents: bool = False
    is_bold: bool = False
    numbering: tuple[str, int] | None = None


class Styles:
    """The styles of a Word file, by id."""

    def __init__(self, root: Any) -> None:
        elements = [] if root is None else [each for each in root if local(each) == "style"]
        self._elements = {value(each, "styleId"): each for each in elements}
        self._resolved: dict[str, Style] = {}

    def get(self, identity: str) -> Style:
        """Return the style ``identity``; one that says nothing where the file has none."""
        if identity not in self._resolved:
            self._resolved[identity] = self._resolve(identity)
        return self._resolved[identity]

    def _resolve(self, identity: str) -> Style:
        outline: int | None = None
        bold: bool | None = None
        contents = False
        numbering: tuple[str, int] | None = None
        seen: set[str] = set()
        while identity in self._elements and identity not in seen:
            seen.add(identity)
            element = self._elements[identity]
            name = value(child(element, "name"))
            contents = contents or bool(_CONTENTS.fullmatch(name))
            if outline is None:
                outline = _named_level(name) or outline_level(child(element, "pPr"))
            if numbering is None and (own := numbering_of(child(element, "pPr"))):
                depth = _LISTED.fullmatch(name)
                numbering = (own[0], int(depth["level"]) - 1 if depth else own[1])
            if bold is None and (switch := child(element, "rPr", "b")) is not None:
                bold = is_on(switch)
            identity = value(child(element, "basedOn"))
        return Style(0 if contents else outline or 0, contents, bool(bold), numbering)


def _named_level(name: str) -> int | None:
    if name.lower() == "title":
        return 1
    heading = _HEADING.fullmatch(name)
    return int(heading["level"]) + 1 if heading else None


def outline_level(properties: Any) -> int | None:
    """Return the level of a heading that paragraph properties state, 0 where they say body text, None without."""
    stated = number_in(value(child(properties, "outlineLvl")) if properties is not None else "", -1)
    if stated < 0:
        return None
    return stated + 2 if stated < 9 else 0


def numbering_of(properties: Any) -> tuple[str, int] | None:
    """Return the list that paragraph properties put a paragraph in and its depth there, from 0; None without.

    The list "0" takes a paragraph out of the list that its style names.
    """
    stated = child(properties, "numPr") if properties is not None else None
    if stated is None or child(stated, "numId") is None:
        return None
    return value(child(stated, "numId")), min(number_in(value(child(stated, "ilvl")), 0), 8)


class Numbering:
    """The lists of a Word file: which marker each item bears, asked for in the order of the text."""

    def __init__(self, root: Any) -> None:
        root = [] if root is None else root
        self._levels = {
            (value(kind, "abstractNumId"), value(level, "ilvl")): level
            for kind in root
            if local(kind) == "abstractNum"
            for level in kind
            if local(level) == "lvl"
        }
        self._kinds = {
            value(each, "numId"): (value(child(each, "abstractNumId")), child(each, "lvlOverride", "startOverride"))
            for each in root
            if local(each) == "num"
        }
        self._counts: dict[tuple[str, int], int] = {}
        self._begun: set[str] = set()

    def marker(self, identity: str, depth: int) -> str:
        """Return the marker of the next item at ``depth`` (0 is the outermost) of the list ``identity``."""
        kind, restart = self._kinds.get(identity, ("", None))
        level = self._levels.get((kind, str(depth)))
        shape = value(child(level, "numFmt")) if level is not None else "bullet"
        if restart is not None and identity not in self._begun:
            self._counts = {key: count for key, count in self._counts.items() if key[0] != kind}
        self._begun.add(identity)
        if shape in ("bullet", "none", ""):
            return "-"
        first = number_in(value(child(level, "start")), 1)
        number = self._counts.get((kind, depth), first - 1) + 1
        self._counts = {key: count for key, count in self._counts.items() if key[0] != kind or key[1] < depth}
        self._counts[kind, depth] = number
        if shape == "lowerLetter" and number <= 26:
            return f"{chr(96 + number)})"
        return f"{number}."
