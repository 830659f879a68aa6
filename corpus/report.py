"""The whole way from the bytes of a file to a ``Report`` with its structure and passages."""

import hashlib
import re
import unicodedata
from dataclasses import fields, replace
from pathlib import Path

from corpus import readers
from corpus.blocks import find_pieces
from corpus.characters import inert
from corpus.errors import ReportError
from corpus.first_page import guess_metadata
from corpus.folding import words
from corpus.headings import admit_numbered, guess_title, join_labels
from corpus.layout import arrange
from corpus.model import Block, Metadata, Report
from corpus.passages import TARGET_WORDS, find_passages
from corpus.readers.signature import kind_of
from corpus.readers.text import front_matter, front_matter_end
from corpus.structure import build

STRUCTURE_VERSION = 6
"""Raised whenever the same file would give other blocks, sections or passages."""


def report_id(file_name: str) -> str:
    """Return the id of a report: its file name without the suffix as lower-case letters, digits and hyphens."""
    stem = unicodedata.normalize("NFKD", Path(file_name).stem).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", stem).strip("-")[:100]
    return slug or "report-" + hashlib.sha256(file_name.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def parse(data: bytes, file_name: str, metadata: Metadata | None = None, target_words: int = TARGET_WORDS) -> Report:
    """Return the report that the file ``file_name`` with the content ``data`` holds.

    ``metadata`` goes before what the file says of itself, in its front matter, on its first page, in its properties;
    all but the first of these is a guess. ``target_words`` is the size wished for in passages.
    Raises ReportError where the file cannot be read or holds no sentence.
    """
    reading = readers.read(data, file_name)
    markdown = _is_text(data, file_name)
    pieces, contents = find_pieces(reading.text, front_matter_end(reading.text), reading.marks, markdown)
    pieces = join_labels(reading.text, admit_numbered(reading.text, pieces))
    stated = (metadata or Metadata()).filled_from(front_matter(reading.text))
    known = stated.filled_from(guess_metadata(pieces)).filled_from(reading.metadata)
    if not known.title:
        known = replace(known, title=guess_title(pieces, contents))
    pieces = arrange(reading.text, pieces, contents, known.title)
    cases, sections = build(reading.text, pieces, contents, known.title or _spelled_out(file_name))
    identity = report_id(file_name)
    passages = find_passages(reading.text, pieces, sections, identity, target_words)
    if not any(words(passage.text) for passage in passages):
        raise ReportError(f"{file_name!r} holds no sentence to cite", "give a file with the report's text")
    return Report(
        id=identity,
        file_name=file_name,
        sha256=hashlib.sha256(data).hexdigest(),
        metadata=known,
        text=reading.text,
        blocks=tuple(Block(p.kind, p.span, p.content, p.level) for p in pieces),
        case_studies=cases,
        sections=sections,
        passages=passages,
        page_starts=reading.page_starts,
        warnings=reading.warnings,
        guessed=tuple(f.name for f in fields(Metadata) if getattr(known, f.name) and not getattr(stated, f.name)),
    )


def _is_text(data: bytes, file_name: str) -> bool:
    """Return whether a file is plain text or Markdown by its name, and its first bytes prove nothing else."""
    return Path(file_name).suffix.lower() in readers.DECODED and kind_of(data) is None


def _spelled_out(file_name: str) -> str:
    """Return the words of a file name, which stand in where a report has no title."""
    return re.sub(r"[-_\s]+", " ", inert(Path(file_name).stem)).strip().capitalize()
