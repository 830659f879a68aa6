"""What a file is by its first bytes, whatever its name says. Only what these prove is told."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A format: in words, its ``suffix`` where casebook has a reader for it, else what to do with such a file."""

    words: str
    suffix: str = ""
    remedy: str = "save it as .docx, .pdf or .txt and add that"


_PDF = Kind("a PDF file", ".pdf")
_WORD = Kind("a Word file", ".docx")
_PAGE = Kind("a web page", ".html")
_ZIP = Kind("a zip file", remedy="let its name end in .zip and add it again")
_PACKED = Kind("a packed file", remedy="unpack it and add what it holds")
_PICTURE = Kind("a picture", remedy="have its text recognised (OCR) and add the text")
_OLD_OFFICE = Kind("a Word file of the old format or with a password", remedy="save it as .docx without a password")

_SIGNATURES = (
    (b"%PDF-", _PDF),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLD_OFFICE),
    (b"{\\rtf", Kind("a rich text file")),
    (b"\x1f\x8b\x08", _PACKED),
    (b"7z\xbc\xaf\x27\x1c", _PACKED),
    (b"Rar!\x1a\x07", _PACKED),
    (b"\x89PNG\r\n\x1a\n", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF89a", _PICTURE),
    (b"GIF87a", _PICTURE),
    (b"II*\x00", _PICTURE),
    (b"MM\x00*", _PICTURE),
)
_HTML = re.compile(r"\s*(?:<\?xml[^<>]{0,200}>\s*)?(?:<!doctype\s+html|<html)[\s>]", re.I)
_OFFICE_PARTS = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"word/", b"xl/", b"ppt/")


def kind_of(data: bytes) -> Kind | None:
    """Return what the file with the content ``data`` certainly is; None for plain text and what is not known."""
    for start, kind in _SIGNATURES:
        if data.startswith(start):
            return kind
    if data.startswith(b"PK\x03\x04"):
        return _zipped(data)
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return _PAGE if _HTML.match(data[:1024].decode(encoding, "replace")) else None


def _zipped(data: bytes) -> Kind:
    """Return which of the formats that are zip files ``data`` is, by the name of the first file in it."""
    first = data[30 : 30 + int.from_bytes(data[26:28], "little")]
    if first.startswith(_OFFICE_PARTS):
        other = b"word/" not in data and (b"xl/workbook" in data or b"ppt/presentation" in data)
        return Kind("a workbook or a set of slides", remedy="save it as a PDF and add that") if other else _WORD
    if first == b"mimetype":
        return Kind("an e-book or an OpenDocument file")
    return _ZIP
