"""Word files (.docx): headings, lists, tables, footnotes, text boxes and tracked changes as the file marks them.

Insertions are part of the text, deletions are not; hidden text, headers, footers and comments are left out. A Word file
has no certain pages, so it gives none.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from corpus.model import BlockKind
from corpus.readers import Reading
from corpus.readers.docx_parts import (
    Numbering,
    Package,
    Styles,
    child,
    is_on,
    local,
    numbering_of,
    outline_level,
    value,
)
from corpus.readers.flow import Part, bold_line, in_table, title_of, titled, write

_LEFT_OUT = frozenset(
    "pPr rPr sdtPr del moveFrom instrText delText delInstrText rt Fallback annotationRef footnoteRef endnoteRef".split()
)
_WRAPPERS = frozenset("ins moveTo customXml smartTag sdt sdtContent AlternateContent Choice body".split())
_CHARACTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_NOTES = {"footnoteReference": "footnote", "endnoteReference": "endnote"}


def read(data: bytes, name: str) -> Reading:
    """Read a Word file. Raises ReportError where it is damaged, encrypted, too large or no Word file."""
    package = Package(data, name)
    parts = titled(_Walk(package).parts(package.document))
    text, marks = write(parts)
    known = package.metadata()
    return Reading(text, metadata=replace(known, title=title_of(parts) or known.title), marks=marks)


@dataclass(slots=True)
class _Words:
    """What the runs of a paragraph hold."""

    texts: list[tuple[str, bool]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.texts).strip()

    @property
    def is_bold(self) -> bool:
        return all(bold for text, bold in self.texts if text.strip())


class _Walk:
    """Goes through a document once, in order, and says what its paragraphs and tables are."""

    def __init__(self, package: Package) -> None:
        self._styles = Styles(package.part("styles"))
        self._numbering = Numbering(package.part("numbering"))
        self._notes: dict[tuple[str, str], str] = {}
        self._carried = _Words()
        for kind in _NOTES.values():
            root = package.part(f"{kind}s")
            for note in [] if root is None else root:
                if not value(note, "type"):
                    self._notes[kind, value(note, "id")] = " ".join(part.text for part in self.parts(note))

    def parts(self, element: Any) -> Iterator[Part]:
        """Yield the paragraphs and tables in ``element``, a body, a cell, a note or a text box."""
        for each in element:
            name = local(each)
            if name == "p":
                yield from self._paragraph(each)
            elif name == "tbl":
                rows = [row for row in self._inside(each, "tr") if child(row, "trPr", "del") is None]
                yield from in_table([[list(self.parts(cell)) for cell in self._inside(row, "tc")] for row in rows])
            elif name in _WRAPPERS and not _is_placeholder(each):
                yield from self.parts(each)

    def _inside(self, element: Any, name: str) -> Iterator[Any]:
        """Yield the rows of a table or the cells of a row, also those in content controls and insertions."""
        for each in element:
            if local(each) == name:
                yield each
            elif local(each) in _WRAPPERS:
                yield from self._inside(each, name)

    def _paragraph(self, element: Any) -> Iterator[Part]:
        properties = child(element, "pPr")
        style = self._styles.get(value(child(element, "pPr", "pStyle")))
        words, self._carried = self._carried, _Words()
        self._collect(element, style.is_bold, words)
        if child(element, "pPr", "rPr", "del") is not None:
            self._carried = words  # the end of the paragraph is deleted: the next one goes on with it
            return
        if words.text:
            yield self._told(properties, style, words)
        elif words.notes:
            yield Part("", notes=tuple(words.notes))
        for box in words.boxes:
            yield from self.parts(box)

    def _told(self, properties: Any, style: Any, words: _Words) -> Part:
        """Return a paragraph as what its style and properties say it is."""
        text, notes = words.text, tuple(words.notes)
        stated = outline_level(properties)
        level = style.outline if stated is None else stated
        listed = numbering_of(properties) or style.numbering
        if style.is_contents:
            return Part(text, BlockKind.FURNITURE)
        if level:
            return Part(text, BlockKind.HEADING, level, notes)
        if listed and listed[0] != "0":
            return Part(f"{self._numbering.marker(*listed)} {text}", BlockKind.LIST_ITEM, listed[1] + 1, notes)
        return replace(bold_line(text), notes=notes) if words.is_bold else Part(text, notes=notes)

    def _collect(self, element: Any, bold: bool, words: _Words) -> None:
        """Add the text of ``element`` to ``words``: what is shown, with insertions and without deletions."""
        for each in element:
            name = local(each)
            if name in _LEFT_OUT or _is_placeholder(each):
                continue
            if name == "t":
                words.texts.append((each.text or "", bold))
            elif name in _CHARACTERS and local(element) == "r":
                words.texts.append((_CHARACTERS[name], bold))
            elif name in _NOTES:
                words.notes += [note for note in [self._notes.pop((_NOTES[name], value(each, "id")), "")] if note]
            elif name == "txbxContent":
                words.boxes.append(each)
            elif name == "r":
                if not is_on(child(each, "rPr", "vanish")):
                    self._collect(each, self._is_bold(each, bold), words)
            else:
                self._collect(each, bold, words)

    def _is_bold(self, run: Any, bold: bool) -> bool:
        own = child(run, "rPr", "b")
        return is_on(own) if own is not None else bold or self._styles.get(value(child(run, "rPr", "rStyle"))).is_bold


def _is_placeholder(element: Any) -> bool:
    """Return whether an element is a form's field that nobody has filled in."""
    return local(element) == "sdt" and is_on(child(element, "sdtPr", "showingPlcHdr"))
