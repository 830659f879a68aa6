"""Readers: from a file of one format to canonical text. One module a format, registered here by suffix."""

import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from corpus.errors import ReportError
from corpus.model import BlockKind, Metadata, Span
from corpus.readers import text as _text
from corpus.readers.signature import kind_of


@dataclass(frozen=True, slots=True)
class Mark:
    """What a format itself says of a stretch of whole lines: that it is a heading, a footnote, furniture and so on.

    ``level`` is a heading's depth (1 is the highest) or a list item's; 0 where the format does not tell.
    """

    span: Span
    kind: BlockKind
    level: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader got out of a file.

    ``text`` is canonical from here on: newlines are ``\\n`` and nothing else is touched. ``page_starts`` holds the
    offset at which each page begins, and is empty for formats without pages. ``metadata`` is what the file says of
    itself. ``marks`` are in order and do not overlap; what none covers is told by its shape. ``warnings`` say in whole
    sentences what of the file could not be read.
    """

    text: str
    page_starts: tuple[int, ...] = ()
    metadata: Metadata = field(default_factory=Metadata)
    marks: tuple[Mark, ...] = ()
    warnings: tuple[str, ...] = ()


def _read_plain(data: bytes, name: str) -> Reading:
    content, warnings = _text.decode(data, name)
    return Reading(content, _text.page_starts(content), warnings=warnings)


def _read_docx(data: bytes, name: str) -> Reading:
    from corpus.readers.docx import read as read_docx

    return read_docx(data, name)


def _read_html(data: bytes, name: str) -> Reading:
    from corpus.readers.html import read as read_html

    return read_html(data, name)


def _read_html_archive(data: bytes, name: str) -> Reading:
    from corpus.readers.html import read_archive

    return read_archive(data, name)


def _read_pdf(data: bytes, name: str) -> Reading:
    from corpus.readers.pdf import read as read_pdf

    return read_pdf(data, name)


READERS: dict[str, Callable[[bytes, str], Reading]] = {
    ".txt": _read_plain,
    ".text": _read_plain,
    ".md": _read_plain,
    ".markdown": _read_plain,
    ".docx": _read_docx,
    ".html": _read_html,
    ".htm": _read_html,
    ".mhtml": _read_html_archive,
    ".mht": _read_html_archive,
    ".pdf": _read_pdf,
}
"""Reader by lower-case suffix: takes the file's bytes and its name, raises ReportError."""

DECODED = frozenset({".txt", ".text", ".md", ".markdown"})
"""Formats that casebook decodes itself; the parser of any other runs in a process of its own."""

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_CHARACTERS = 10_000_000
MAX_LINES = 200_000
"""A text with more is no report: one of a thousand pages has a third of it. Its structure is found in half a minute."""
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])\s*(?:\.|\Z)", re.I)


def load(path: Path) -> bytes:
    """Return the bytes of the report file at ``path``.

    Raises ReportError where the file is missing, empty, unreadable, over ``MAX_FILE_BYTES`` or of no known format, is
    no ordinary file, has the name of a device, or changes while it is read.
    """
    check_name(path.name)
    return load_bytes(path, MAX_FILE_BYTES)


def check_name(name: str) -> None:
    """Raise ReportError where a file called ``name`` is of no known format, or cannot be kept on every system."""
    if Path(name).suffix.lower() not in READERS:
        suffixes = ", ".join(sorted(READERS))
        raise ReportError(f"{name!r} is of no format casebook reads", f"convert it to one of {suffixes}")
    if _DEVICE.match(name):
        raise ReportError(f"{name!r} is the name of a device on Windows", "rename the file")
    if any("\ud800" <= character <= "\udfff" for character in name):  # how Python shows bytes that are no text
        raise ReportError(f"{name!r} is no name in UTF-8", "rename the file")


def load_bytes(path: Path, most: int) -> bytes:
    """Return the bytes of the ordinary file at ``path``, which are not blank and at most ``most``.

    Never waits for a pipe or a device. Raises ReportError where the file is another, or changes while it is read.
    """
    try:
        with open(path, "rb", opener=_open_without_waiting) as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise ReportError(f"{str(path)!r} is a device or a pipe, no file", "give a file with the report's text")
            data = file.read(most + 1) if before.st_size <= most else b""
            after = os.fstat(file.fileno())
    except FileNotFoundError:
        raise ReportError(f"there is no file {str(path)!r}", "check the path") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ReportError(f"{str(path)!r} cannot be read ({reason})", "check the file and its rights") from None
    if max(before.st_size, len(data)) > most:
        raise ReportError(
            f"{path.name!r} has {max(before.st_size, len(data)):,} bytes, more than the {most:,} casebook reads",
            "split it into single reports",
        )
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise ReportError(f"{path.name!r} changed while it was read", "add it again when it is complete")
    if not data.strip():
        raise ReportError(f"{path.name!r} is empty", "give a file with the report's text")
    return data


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def read(data: bytes, name: str) -> Reading:
    """Read the bytes of a report file called ``name``, whose suffix must be in ``READERS``.

    A file whose first bytes prove it to be of another format is read as that, with a warning. Raises ReportError.
    """
    suffix = Path(name).suffix.lower()
    kind = kind_of(data)
    if kind is None or (kind.suffix and READERS[suffix] is READERS.get(kind.suffix)):
        return _read_as(suffix, data, name)
    if kind.suffix not in READERS:
        raise ReportError(f"{name!r} is {kind.words}", kind.remedy)
    reading = _read_as(kind.suffix, data, name)
    warning = f"The name ends in {suffix}, but the file is {kind.words} and was read as one."
    return replace(reading, warnings=(warning, *reading.warnings))


def _read_as(suffix: str, data: bytes, name: str) -> Reading:
    if suffix in DECODED:
        reading = READERS[suffix](data, name)
    else:
        from corpus.readers.child import read_in_child

        reading = read_in_child(READERS[suffix], data, name)
    for count, most, what in (
        (len(reading.text), MAX_CHARACTERS, "characters"),
        (reading.text.count("\n"), MAX_LINES, "lines"),
    ):
        if count > most:
            raise ReportError(
                f"{name!r} has {count:,} {what} of text, more than the {most:,} casebook reads",
                "split it into single reports",
            )
    return reading
