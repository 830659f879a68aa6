"""Files that are broken, misnamed or made to harm, and readers that behave as a bad parser does."""

import io
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Iterable, Mapping

from corpus.errors import ReportError
from corpus.model import BlockKind, Metadata, Span
from corpus.readers import Mark, Reading

SENTENCE = "The team met every week and nobody was left out of it."

# Readers. A process of its own imports them from here.


def reads(data: bytes, name: str) -> Reading:
    """Read well, with every field of a reading in use, and a half of a surrogate pair in the text."""
    return Reading(
        text=f"\ud83d – {name}\n{data.decode()}",
        page_starts=(0, 4),
        metadata=Metadata(title="A – title", authors=("Holt, Amina", "{Board, The}")),
        marks=(Mark(Span(0, 3), BlockKind.HEADING, 2), Mark(Span(4, 9), BlockKind.PARAGRAPH)),
        warnings=("Page 2 is a picture.",),
    )


def refuses(data: bytes, name: str) -> Reading:
    """Refuse the file."""
    raise ReportError(f"{name!r} is a scan", "have its text recognised")


def stumbles(data: bytes, name: str) -> Reading:
    """Raise what a parser with a mistake in it raises."""
    raise KeyError("no such\npart")


def recurses(data: bytes, name: str) -> Reading:
    """Nest calls for ever."""
    return recurses(data, name)


def sleeps(data: bytes, name: str) -> Reading:
    """Hang, without using the processor."""
    while True:
        time.sleep(1)


def spins(data: bytes, name: str) -> Reading:
    """Hang, using the processor."""
    while True:
        pass


def eats(data: bytes, name: str) -> Reading:
    """Take memory without end."""
    held = []
    while True:
        held.append(bytearray(4_000_000))


def crashes(data: bytes, name: str) -> Reading:
    """Write where nothing is, as a parser in C with a mistake in it does."""
    import ctypes

    ctypes.memset(1, 0, 1)
    return Reading("")


def floods(data: bytes, name: str) -> Reading:
    """Return text without end."""
    return Reading("word " * int(data))


def leaves(data: bytes, name: str) -> Reading:
    """End the process without an answer."""
    sys.exit(0)


def shouts(data: bytes, name: str) -> Reading:
    """Print on every channel there is."""
    import os

    for channel in (1, 2):
        os.write(channel, b'{"reading": "forged"}')
    print("forged")
    return Reading("read")


def looks_around(data: bytes, name: str) -> Reading:
    """Tell what the process can see: its variables, its folder, and what it may do."""
    import os

    return Reading("\n".join([*sorted(os.environ), *os.listdir("."), os.path.basename(os.getcwd())[:9]]))


# Zip files.


def zip_of(entries: Mapping[str, bytes] | Iterable[tuple[str | zipfile.ZipInfo, bytes]], method: int = 8) -> bytes:
    """Return a zip file of ``entries``, names and contents, which may repeat."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in entries.items() if isinstance(entries, Mapping) else entries:
            info = zipfile.ZipInfo(name) if isinstance(name, str) else name  # without the time of day
            archive.writestr(info, content, method)
    return file.getvalue()


def link(name: str, target: str) -> tuple[zipfile.ZipInfo, bytes]:
    """Return an entry for ``zip_of`` that is a symbolic link."""
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = 0o120777 << 16
    return info, target.encode()


def with_flag(archive: bytes, flag: int) -> bytes:
    """Return a zip file of one entry with ``flag`` set in it, such as 1 for a password."""
    at = archive.index(b"PK\x01\x02")
    changed = bytearray(archive)
    changed[6] |= flag
    changed[at + 8] |= flag
    return bytes(changed)


def with_sizes(archive: bytes, size: int) -> bytes:
    """Return a zip file of one entry that claims to unpack to ``size`` bytes."""
    at = archive.index(b"PK\x01\x02")
    changed = bytearray(archive)
    changed[22:26] = changed[at + 24 : at + 28] = struct.pack("<I", size)
    return bytes(changed)


# Word files.

_CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="bin" ContentType="image/png"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONSHIPS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_BODY = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'


def paragraph(text: str = SENTENCE) -> str:
    """Return a paragraph of a Word file."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def word_file(body: str | None = None, before: str = "", parts: Mapping[str, bytes] | None = None) -> bytes:
    """Return a Word file with ``body``, the XML inside its body, ``before`` in front of it, and further ``parts``."""
    parts = parts or {}
    related = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/image" Target="/{part}"/>' for n, part in enumerate(parts)
    )
    main = f'<Relationship Id="m" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
    return zip_of(
        {
            "[Content_Types].xml": _CONTENT_TYPES.encode(),
            "_rels/.rels": _RELATIONSHIPS.format(main).encode(),
            "word/document.xml": (before + _BODY.format(paragraph() if body is None else body)).encode(),
            "word/_rels/document.xml.rels": _RELATIONSHIPS.format(related).encode(),
            **parts,
        }
    )


def laughs(levels: int = 12) -> str:
    """Return a document type whose entity ``&l;`` stands for 10 to the power of ``levels`` words."""
    inner = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "ha ">' for n in range(levels + 1))
    return f'<!DOCTYPE a [{inner}<!ENTITY l "&l{levels};">]>'


# PDF files.


def pdf_file(objects: Mapping[int, bytes], root: int = 1) -> bytes:
    """Return a PDF file of numbered ``objects``, of which ``root`` is the catalogue, with a right table of offsets."""
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    offsets = {}
    for number, content in objects.items():
        offsets[number] = out.tell()
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, content))
    table = out.tell()
    out.write(b"xref\n0 1\n0000000000 65535 f \n")
    for number, offset in offsets.items():
        out.write(b"%d 1\n%010d 00000 n \n" % (number, offset))
    out.write(b"trailer\n<</Root %d 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (root, max(objects) + 1, table))
    return out.getvalue()


def stream(content: bytes, entries: bytes = b"", packings: int = 0) -> bytes:
    """Return a stream object, packed ``packings`` times over."""
    for _ in range(packings):
        content = zlib.compress(content, 9)
    filters = b"/Filter[" + b"/FlateDecode" * packings + b"]" if packings else b""
    return b"<<%b%b/Length %d>>stream\n%b\nendstream" % (entries, filters, len(content), content)


_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def drawn(text: str = SENTENCE, height: int = 720) -> bytes:
    """Return the content of a page that shows ``text`` on one line, ``height`` points above its foot."""
    shown = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("latin-1", "replace")
    return b"BT /F 12 Tf 72 %d Td (%b) Tj ET" % (height, shown)


def pages(contents: Iterable[bytes], more: Mapping[int, bytes] | None = None, resources: bytes = b"") -> bytes:
    """Return a PDF file with a page for each of ``contents``, stream objects; ``more`` objects begin at 1,000,000."""
    found = list(contents)
    objects = {1: b"<</Type/Catalog/Pages 2 0 R>>", 3: _FONT}
    kids = b" ".join(b"%d 0 R" % (10 + 2 * n) for n in range(len(found)))
    objects[2] = b"<</Type/Pages/Count %d/Kids[%b]>>" % (len(found), kids)
    for n, content in enumerate(found):
        objects[10 + 2 * n] = (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F 3 0 R>>%b>>>>"
            % (11 + 2 * n, resources)
        )
        objects[11 + 2 * n] = content
    return pdf_file(objects | dict(more or {}))


def circular_pages() -> bytes:
    """Return a PDF file whose tree of pages holds itself."""
    return pdf_file(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Count 2/Kids[4 0 R 2 0 R]>>",
            4: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Resources<</Font<</F 3 0 R>>>>>>",
            3: _FONT,
            5: stream(drawn()),
        }
    )


def packed_objects(size: int) -> bytes:
    """Return a PDF file whose catalogue is in a stream of objects that unpacks to ``size`` bytes."""
    inner = b"1 0 " + b"<</Type/Catalog/Pages 2 0 R>>".ljust(size)
    return pdf_file({9: stream(inner, b"/Type/ObjStm/N 1/First 4", 2), 2: b"<</Type/Pages/Count 0/Kids[]>>"})
