"""A report opened at a passage: its section block by block, with the quote marked, and the outline around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from corpus.errors import LibraryError
from corpus.model import Block, BlockKind, Passage, Report, Section, Span
from index.search import Index
from qa.citation import Citation, cite

SHOWN = frozenset(BlockKind) - {BlockKind.HEADING, BlockKind.FURNITURE}
"""What a section shows of itself; its heading is shown apart, running headers and the like not at all."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a report's text as it stands there, and whether the quote covers it."""

    text: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """A block of the section: what it is, its depth in a list, its text in pieces, whether the passage has it, and
    where it begins in the report's text.
    """

    kind: BlockKind
    level: int
    pieces: tuple[Piece, ...]
    in_passage: bool
    start: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the outline: a section, its depth, its case study, the passage to open it at (its first, or the first
    inside it), and whether it is the one that is open.
    """

    heading: str
    depth: int
    passage_id: str
    current: bool
    case_study: str | None


@dataclass(frozen=True, slots=True)
class Opened:
    """A report open at ``passage``. ``previous`` and ``following`` are the sections with text on either side."""

    report: Report
    section: Section
    passage: Passage
    citation: Citation
    stretches: tuple[Stretch, ...]
    outline: tuple[Entry, ...]
    previous: Entry | None
    following: Entry | None


def open_at(report: Report, passage: Passage, quote: Span | None = None) -> Opened:
    """Return ``report`` open at ``passage``, which is one of its own, with the words at ``quote`` marked."""
    section = report.sections[passage.section]
    blocks = [b for b in report.blocks if b.kind in SHOWN and innermost(report, b.span.start) is section]
    outline = _outline(report, section)
    texts = [entry for entry in _with_own_text(report, outline)]
    at = next(n for n, entry in enumerate(texts) if entry.current)
    return Opened(
        report=report,
        section=section,
        passage=passage,
        citation=cite(report, passage, quote.start if quote else None),
        stretches=tuple(_stretch(report, block, passage, quote) for block in blocks),
        outline=outline,
        previous=texts[at - 1] if at else None,
        following=texts[at + 1] if at + 1 < len(texts) else None,
    )


def open_report(index: Index, report_id: str) -> Opened:
    """Return the report open at its first passage. Raises LibraryError where the library does not hold it."""
    report = index.reports.get(report_id)
    if report is None:
        raise LibraryError(f"the library holds no report {report_id!r}", "choose another in the library")
    return open_at(report, report.passages[0])


def innermost(report: Report, offset: int) -> Section | None:
    """Return the innermost section of ``report`` around the character at ``offset``; None where there is none."""
    around = [section for section in report.sections if section.span.start <= offset < section.span.end]
    return around[-1] if around else None


def _stretch(report: Report, block: Block, passage: Passage, quote: Span | None) -> Stretch:
    start, end = block.content.start, block.content.end
    edges = {start, end}
    if quote:
        edges |= {min(max(edge, start), end) for edge in (quote.start, quote.end)}
    cuts = sorted(edges)
    pieces = tuple(
        Piece(report.text[a:b], quote is not None and quote.start <= a < quote.end) for a, b in pairwise(cuts)
    )
    overlap = block.span.start < passage.span.end and passage.span.start < block.span.end
    in_passage = overlap and block.kind is not BlockKind.PULL_QUOTE
    return Stretch(block.kind, block.level, pieces, in_passage, start)


def _outline(report: Report, current: Section) -> tuple[Entry, ...]:
    first = _first_passages(report)
    return tuple(
        Entry(
            heading=section.heading,
            depth=len(report.section_path(section.index)) - 1,
            passage_id=first[section.index].id,
            current=section is current,
            case_study=None if section.case_study is None else report.case_studies[section.case_study].name,
        )
        for section in report.sections
        if section.index in first
    )


def _first_passages(report: Report) -> dict[int, Passage]:
    """Return the first passage inside each section by the section's number, its inner sections counted in."""
    first: dict[int, Passage] = {}
    for passage in report.passages:
        at: int | None = passage.section
        while at is not None:
            first.setdefault(at, passage)
            at = report.sections[at].parent
    return first


def _with_own_text(report: Report, outline: Sequence[Entry]) -> list[Entry]:
    """Return the entries of sections with text of their own: of several that open at one passage, the innermost."""
    return [list(same)[-1] for _, same in groupby(outline, key=lambda entry: entry.passage_id)]
