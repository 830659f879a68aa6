"""Drafts: a briefing in Markdown, plain text or Word as paragraphs with their notes, each where its writer finds it."""

import html
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import CasebookError, ReportError
from corpus.readers.text import decode, front_matter_end

if TYPE_CHECKING:
    from docx.document import Document

MAX_DRAFT_BYTES = 20_000_000
"""A larger draft file is refused."""
MAX_TEXT_BYTES = 50_000_000
"""A Word file whose text parts unpack to more is refused."""

SUFFIXES = (".md", ".markdown", ".txt", ".docx")


class DraftError(CasebookError):
    """A draft that cannot be read or checked."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a draft. ``number`` is its first line, or in a Word file which paragraph it is, from 1.

    ``block`` numbers the block quote that it belongs to. Marks of notes stand in ``text`` as ``[^id]``.
    """

    text: str
    number: int
    block: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft's paragraphs, and its notes by id. ``unit`` is what paragraphs are numbered by: "line" or "paragraph"."""

    paragraphs: tuple[Paragraph, ...]
    notes: dict[str, Paragraph]
    unit: str


def read_draft(path: Path) -> Draft:
    """Read a draft file by its suffix. Raises DraftError where it cannot be read."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise DraftError(f"{path.name!r} is of no format that can be checked", f"save it as {', '.join(SUFFIXES)}")
    try:
        size = path.stat().st_size
        if size > MAX_DRAFT_BYTES:
            raise DraftError(f"{path.name!r} has {size:,} bytes, more than {MAX_DRAFT_BYTES:,}", "check it in parts")
        data = path.read_bytes()
    except FileNotFoundError:
        raise DraftError(f"there is no file {str(path)!r}", "check the path") from None
    except OSError as error:
        raise DraftError(f"{str(path)!r} cannot be read ({error.strerror})", "check the file and its rights") from None
    if suffix == ".docx":
        return read_word(data, path.name)
    try:
        text, _ = decode(data, path.name)
    except ReportError as error:
        raise DraftError(error.problem, "save the draft as UTF-8 text") from None
    return read_markdown(text) if suffix != ".txt" else read_text(text)


_FENCE = re.compile(r"[ ]{0,3}(```+|~~~+)")
_QUOTED = re.compile(r"[ ]{0,3}(?:>[ ]?)+")
_NOTE = re.compile(r"[ ]{0,3}\[(?P<mark>\^?)(?P<id>[^\]\[\s^]{1,100})\](?P<colon>:?)[ \t]*(?=\S)")
_SUPERSCRIPT_NOTE = re.compile(r"[ ]{0,3}([¹²³⁰⁴-⁹]{1,4})[ \t]*(?=\S)")
_STARTS_ITEM = re.compile(r"[ ]*(?:[-*+•][ \t]+|\d{1,3}[.)][ \t]+|#{1,6}[ \t]+)")
_INDENTED = re.compile(r"(?:[ ]{2,}|\t)\S")


def read_markdown(text: str) -> Draft:
    """Read a draft in Markdown: as plain text, but without front matter and code, and with entities resolved."""
    begin = front_matter_end(text)
    lines = [""] * text.count("\n", 0, begin) + text[begin:].split("\n")
    fence = ""
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        if fence:
            closing = mark is not None and mark[1].startswith(fence) and not line.strip(" `~")
            fence, lines[number] = "" if closing else fence, ""
        elif mark:
            fence, lines[number] = mark[1], ""
    return read_text("\n".join(html.unescape(line) if "&" in line else line for line in lines))


def read_text(text: str) -> Draft:
    """Read a draft in plain text: paragraphs end with a blank line, ``>`` opens a line of a block quote.

    Notes are paragraphs that begin with ``[^id]:``, ``[1]`` or a superscript figure.
    """
    paragraphs: list[Paragraph] = []
    notes: dict[str, Paragraph] = {}
    lines: list[str] = []
    begun, block, blocks, note = 1, None, 0, ""

    def close() -> None:
        if lines and (joined := "\n".join(lines)).strip():
            if note and note not in notes:
                notes[note] = Paragraph(joined, begun)
            else:
                paragraphs.append(Paragraph(joined, begun, block))
        lines.clear()

    blank = True
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.replace("\f", " ").replace("\t", "    ") if raw[:1].isspace() else raw
        quoted = _QUOTED.match(line)
        if not line.strip():
            close()
            block, blank = None, True
            continue
        inner = line[quoted.end() :] if quoted else line
        if quoted:
            if block is None:
                close()
                note, blocks = "", blocks + 1
                block = blocks
            if not inner.strip():
                close()
                continue
        elif blank and note and not _INDENTED.match(line):
            note = ""
        opened = None if quoted else _opens_note(inner)
        if opened:
            close()
            note, inner, block = opened[0], inner[opened[1] :], None
        elif not quoted and _STARTS_ITEM.match(inner):
            close()
            block = None
        if not lines:
            begun = number
        lines.append(inner)
        blank = False
    close()
    return Draft(tuple(paragraphs), notes, "line")


def _opens_note(line: str) -> tuple[str, int] | None:
    """Return the id of the note that ``line`` opens, and where its text begins."""
    if found := _NOTE.match(line):
        if found["colon"] or (not found["mark"] and found["id"].isdigit()):
            return found["id"], found.end()
    elif superscript := _SUPERSCRIPT_NOTE.match(line):
        return plain_figures(superscript[1]), superscript.end()
    return None


def plain_figures(superscript: str) -> str:
    """Return superscript figures as plain ones."""
    return superscript.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789"))


_QUOTE_STYLES = re.compile(r"(?:intense )?quot(?:e|ation)s?|block ?(?:text|quot\w*)", re.I)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NOT_TEXT = {f"{_W}moveFrom", f"{_W}del", f"{_W}txbxContent", f"{_W}pPr", f"{_W}rPr"}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_AS_TEXT = {f"{_W}tab": " ", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-", f"{_W}softHyphen": ""}


def read_word(data: bytes, name: str) -> Draft:
    """Read a draft made by Word: its paragraphs, those in tables and text boxes too, and its foot- and endnotes.

    Deleted text is left out and inserted text counts. Raises DraftError for a file that is broken, encrypted, of
    another format, or unpacks to over ``MAX_TEXT_BYTES``.
    """
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise DraftError(f"{name!r} is encrypted, or of Word's old format", "save it as .docx without a password")
    try:
        return _from_word(_open_word(data, name))
    except DraftError:
        raise
    except Exception as error:  # whatever python-docx, lxml and zipfile stumble over is the file's fault
        reason = str(error).strip("'\"") or type(error).__name__
        raise DraftError(f"{name!r} is no Word file that can be read ({reason})", "save it anew as .docx") from None


def _open_word(data: bytes, name: str) -> "Document":
    from docx import Document

    with zipfile.ZipFile(BytesIO(data)) as packed:
        sizes = {part.filename: part.file_size for part in packed.infolist()}
    texts = sum(size for part, size in sizes.items() if part.lower().endswith((".xml", ".rels")))
    if texts > MAX_TEXT_BYTES or sum(sizes.values()) > 10 * MAX_TEXT_BYTES:
        raise DraftError(f"{name!r} unpacks to {sum(sizes.values()):,} bytes", "check it in parts")
    return Document(BytesIO(data))


def _from_word(document: "Document") -> Draft:
    styles = _quote_styles(document)
    paragraphs: list[Paragraph] = []
    cited_in: dict[str, int] = {}
    blocks = 0
    before = False
    for number, element in enumerate(_paragraphs(document.element.body), 1):
        text = "".join(_text(element))
        if not text.strip():
            continue
        quoted = element.style in styles
        blocks += quoted and not before
        paragraphs.append(Paragraph(text, number, blocks if quoted else None))
        before = quoted
        for mark in re.finditer(r"\[\^([^\]\s]+)\]", text):
            cited_in.setdefault(mark[1], number)
    return Draft(tuple(paragraphs), _word_notes(document, cited_in), "paragraph")


def _paragraphs(body: Any) -> Iterator[Any]:
    """Yield the paragraphs under ``body`` in order; of two forms of a text box the first."""
    return iter(body.xpath(".//w:p[not(ancestor::*[local-name()='Fallback'])]"))


def _text(element: Any) -> Iterator[str]:
    """Yield the text of a paragraph, marks of notes among it."""
    stack = list(reversed(element))
    while stack:
        at = stack.pop()
        if at.tag in _NOT_TEXT or at.tag == _FALLBACK:
            continue
        if at.tag == f"{_W}t":
            yield at.text or ""
        elif at.tag in (f"{_W}footnoteReference", f"{_W}endnoteReference"):
            kind = "footnote" if at.tag.endswith("footnoteReference") else "endnote"
            yield f"[^{kind}-{at.get(f'{_W}id')}]"
        elif at.tag in _AS_TEXT:
            yield _AS_TEXT[at.tag]
        else:
            stack += reversed(at)


def _quote_styles(document: "Document") -> set[str]:
    """Return the ids of the paragraph styles for block quotes, and of those made from them."""
    found = set()
    for style in document.styles:
        at: Any = style
        for _ in range(10):
            if at is None:
                break
            if _QUOTE_STYLES.fullmatch(at.name or ""):
                found.add(style.style_id)
                break
            at = getattr(at, "base_style", None)
    return found


def _word_notes(document: "Document", cited_in: dict[str, int]) -> dict[str, Paragraph]:
    """Return the notes by id, each with the number of the paragraph that refers to it."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import parse_xml

    notes: dict[str, Paragraph] = {}
    for kind, relation in (("footnote", RELATIONSHIP_TYPE.FOOTNOTES), ("endnote", RELATIONSHIP_TYPE.ENDNOTES)):
        try:
            root = parse_xml(document.part.part_related_by(relation).blob)
        except KeyError:
            continue
        for note in root.iter(f"{_W}{kind}"):
            identity = f"{kind}-{note.get(f'{_W}id')}"
            text = "\n".join("".join(_text(p)) for p in note.iter(f"{_W}p")).strip()
            if text and identity in cited_in:
                notes[identity] = Paragraph(text, cited_in[identity])
    return notes
