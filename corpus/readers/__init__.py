"""Readers: from a file of one format to canonical text. One module a format, registered here by suffix."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from corpus.errors import ReportError
from corpus.model import BlockKind, Metadata, Span
from corpus.readers import text as _text


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
    content = _text.decode(data, name)
    return Reading(content, _text.page_starts(content))


def _read_markdown(data: bytes, name: str) -> Reading:
    content = _text.decode(data, name)
    return Reading(content, _text.page_starts(content), _text.front_matter(content))


READERS: dict[str, Callable[[bytes, str], Reading]] = {
    ".txt": _read_plain,
    ".text": _read_plain,
    ".md": _read_markdown,
    ".markdown": _read_markdown,
}
"""Reader by lower-case suffix: takes the file's bytes and its name, raises ReportError."""

MAX_FILE_BYTES = 64 * 1024 * 1024


def load(path: Path) -> bytes:
    """Return the bytes of the report file at ``path``.

    Raises ReportError where the file is missing, empty, unreadable, over ``MAX_FILE_BYTES`` or of no known format.
    """
    suffixes = ", ".join(sorted(READERS))
    if path.suffix.lower() not in READERS:
        raise ReportError(f"{path.name!r} is of no format casebook reads", f"convert it to one of {suffixes}")
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise ReportError(
                f"{path.name!r} has {size:,} bytes, more than the {MAX_FILE_BYTES:,} casebook reads",
                "split it into single reports",
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise ReportError(f"there is no file {str(path)!r}", "check the path") from None
    except OSError as error:
        raise ReportError(f"{str(path)!r} cannot be read ({error.strerror})", "check the file and its rights") from None
    if not data.strip():
        raise ReportError(f"{path.name!r} is empty", "give a file with the report's text")
    return data


def read(data: bytes, name: str) -> Reading:
    """Read the bytes of a report file called ``name``, whose suffix must be in ``READERS``. Raises ReportError."""
    return READERS[Path(name).suffix.lower()](data, name)
