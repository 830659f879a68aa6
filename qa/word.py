"""Word files with real footnotes, which python-docx has none of: the part, its relationship, settings and styles.

The parts and where they go: ECMA-376 part 1, 11.3.7 (footnotes part), 17.11 (footnotes), 17.15.1 (settings).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from corpus.characters import inert

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_FOOTNOTES_TYPE = f"{_MAIN}.footnotes+xml"
_FOOTNOTES_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
_SEPARATORS = {-1: "separator", 0: "continuationSeparator"}
_TEXT_STYLE, _MARK_STYLE = "footnote text", "footnote reference"


def add_paragraph(document: "Document", text: str, style: str | None = None) -> "Paragraph":
    """Add ``text`` as a paragraph that shows just its characters; a line break in it stays one."""
    return document.add_paragraph(inert(text), style)


def add_before(document: "Document", text: str) -> "Paragraph":
    """Add what a quotation leans on as a small upright paragraph, which stays on the page of the one after it."""
    from docx.shared import Pt, RGBColor

    paragraph = add_paragraph(document, text)
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_after = Pt(2)
    for run in paragraph.runs:
        run.font.size, run.font.color.rgb = Pt(10), RGBColor(0x50, 0x60, 0x66)
    return paragraph


class Footnotes:
    """The footnotes of a document: ``add`` each where its mark goes, then ``close`` once."""

    def __init__(self, document: "Document") -> None:
        from docx.enum.style import WD_STYLE_TYPE
        from docx.shared import Pt

        self._document = document
        text = document.styles.add_style(_TEXT_STYLE, WD_STYLE_TYPE.PARAGRAPH)
        text.base_style = document.styles["Normal"]
        text.font.size = Pt(9)
        text.paragraph_format.space_after = Pt(2)
        mark = document.styles.add_style(_MARK_STYLE, WD_STYLE_TYPE.CHARACTER)
        mark.font.superscript = True
        self._text_style, self._mark_style = text.style_id, mark.style_id
        self._notes: list[Any] = []

    def add(self, paragraph: "Paragraph", text: str) -> None:
        """Put the mark of a footnote that says ``text`` at the end of ``paragraph``."""
        number = str(len(self._notes) + 1)
        paragraph._p.append(self._run(_element("w:footnoteReference", id=number)))
        words = _element("w:t")
        words.text = " " + " ".join(inert(text).split())
        words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        plain = _element("w:r")
        plain.append(words)
        self._notes.append(_note(number, [self._run(_element("w:footnoteRef")), plain], self._text_style))

    def close(self) -> None:
        """Write the footnotes part and say in the settings which notes are the rules above them."""
        from docx.opc.oxml import serialize_part_xml
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part
        from docx.oxml.ns import qn

        rules = [_note(str(n), [_within("w:r", _element(f"w:{kind}"))], None, kind) for n, kind in _SEPARATORS.items()]
        root = _element("w:footnotes")
        root.extend([*rules, *self._notes])
        package = self._document.part.package
        assert package is not None
        part = Part(PackURI("/word/footnotes.xml"), _FOOTNOTES_TYPE, serialize_part_xml(root), package)
        self._document.part.relate_to(part, _FOOTNOTES_RELATION)
        listed = _element("w:footnotePr")
        listed.extend([_element("w:footnote", id=str(number)) for number in _SEPARATORS])
        (compatibility,) = self._document.settings.element.iterchildren(qn("w:compat"))  # which the schema puts behind
        compatibility.addprevious(listed)

    def _run(self, mark: Any) -> Any:
        properties = _within("w:rPr", _element("w:rStyle", val=self._mark_style))
        return _within("w:r", properties, mark)


def _note(number: str, runs: Sequence[Any], style: str | None, kind: str | None = None) -> Any:
    paragraph = _within("w:p", *runs)
    if style:
        paragraph.insert(0, _within("w:pPr", _element("w:pStyle", val=style)))
    note = _within("w:footnote", paragraph)
    note.attrib.update(_element("w:footnote", **({"type": kind} if kind else {}), id=number).attrib)
    return note


def _within(tag: str, *children: Any) -> Any:
    element = _element(tag)
    element.extend(children)
    return element


def _element(tag: str, **attributes: str) -> Any:
    """Return an element of WordprocessingML with attributes of the same namespace."""
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement

    return OxmlElement(tag, attrs={qn(f"w:{name}"): value for name, value in attributes.items()})
