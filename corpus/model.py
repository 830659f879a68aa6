"""What passes from the corpus to every other package: reports and their parts, as frozen dataclasses.

All spans are half-open offsets in characters into ``Report.text``, the canonical text of the report.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from enum import StrEnum


class BlockKind(StrEnum):
    """What a block of a report is. Headings, paragraphs, list items and tables are the report's body."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list item"
    TABLE = "table"
    FOOTNOTE = "footnote"
    PULL_QUOTE = "pull quote"
    FURNITURE = "furniture"


class SectionKind(StrEnum):
    """What a section speaks of; the same kind makes sections comparable across case studies."""

    BACKGROUND = "background"
    SETTING_UP = "setting up"
    CASE_FOR_CHANGE = "case for change"
    IMPACT = "impact"
    COVID = "covid"
    CHALLENGES = "challenges"
    LESSONS = "lessons"
    NEXT_STEPS = "next steps"
    NATIONAL_POLICY = "national policy"
    PARTNERS = "partners"
    SUMMARY = "summary"
    OTHER = "other"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of characters of a report's canonical text."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """Length in characters."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text that layout sets apart.

    ``level`` is the depth of a heading (1 is the highest, 0 where the layout does not tell) or of a list item.
    ``content`` is the span without list markers, hash signs and the like.
    """

    kind: BlockKind
    span: Span
    content: Span
    level: int = 0


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a citation says of a report; empty where it is not known.

    ``published`` is YYYY, YYYY-MM or YYYY-MM-DD. An author is a person, "Family, Given", or an institution; one whose
    name holds a comma stands in braces: "{Department for Housing, Communities and Ships}".
    """

    title: str = ""
    publisher: str = ""
    published: str = ""
    url: str = ""
    rights: str = ""
    series: str = ""
    authors: tuple[str, ...] = ()

    @property
    def year(self) -> str:
        """The year of publication, "" where it is not known."""
        return self.published[:4]

    def filled_from(self, other: "Metadata") -> "Metadata":
        """Return this metadata with what ``other`` knows wherever it is empty."""
        names = self.__dataclass_fields__
        return Metadata(**{name: getattr(self, name) or getattr(other, name) for name in names})


@dataclass(frozen=True, slots=True)
class CaseStudy:
    """One case study: its short name, its heading in full, the partners it lists, and where it stands."""

    index: int
    name: str
    heading: str
    partners: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of a report. ``span`` runs to the next heading of the same or a higher level.

    ``heading`` may come from the contents list where the text itself has none. ``parent`` and ``case_study`` are
    indices into ``Report.sections`` and ``Report.case_studies``; ``case_study`` is None outside any case study.
    """

    index: int
    heading: str
    kind: SectionKind
    level: int
    span: Span
    parent: int | None = None
    case_study: int | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """At most 200 words of one section, whole sentences only; ``text`` is ``report.text[span.start:span.end]``."""

    id: str
    report_id: str
    section: int
    case_study: int | None
    span: Span
    text: str
    sentences: tuple[Span, ...]

    def sentence_text(self, number: int) -> str:
        """Return the text of the passage's sentence ``number`` (0 is the first)."""
        s = self.sentences[number]
        return self.text[s.start - self.span.start : s.end - self.span.start]


@dataclass(frozen=True, slots=True)
class Report:
    """A report as read from its file, with the structure found in it.

    ``warnings`` say in whole sentences what of the file could not be read. ``guessed`` names the fields of the metadata
    that nobody has stated: they are read off the first page, or from what a program put into the file.
    """

    id: str
    file_name: str
    sha256: str
    metadata: Metadata
    text: str
    blocks: tuple[Block, ...] = field(repr=False)
    case_studies: tuple[CaseStudy, ...] = field(repr=False)
    sections: tuple[Section, ...] = field(repr=False)
    passages: tuple[Passage, ...] = field(repr=False)
    page_starts: tuple[int, ...] = ()
    warnings: tuple[str, ...] = ()
    guessed: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The title, or the id where none is known."""
        return self.metadata.title or self.id

    def page_at(self, offset: int) -> int | None:
        """Return the page (1 is the first) on which the character at ``offset`` stands; None without pages."""
        return bisect_right(self.page_starts, offset) if self.page_starts else None

    def section_path(self, section: int) -> tuple[str, ...]:
        """Return the headings from the outermost section down to ``section``."""
        path: list[str] = []
        at: int | None = section
        while at is not None:
            path.append(self.sections[at].heading)
            at = self.sections[at].parent
        return tuple(reversed(path))
