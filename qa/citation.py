"""Citations: made from a passage's place and its report's metadata, never from anything a model wrote."""

from dataclasses import asdict, dataclass
from typing import Any

from corpus.characters import flat
from corpus.digests import named, sources
from corpus.model import Passage, Report


@dataclass(frozen=True, slots=True)
class Citation:
    """Where quoted words stand. ``case_study`` is None outside any case study, ``page`` where there are no pages.

    ``digests`` are the sections that a section of a bundled digest sums up; a report's own sections have none.
    """

    report_id: str
    report: str
    publisher: str
    published: str
    url: str
    case_study: str | None
    section: str
    section_path: tuple[str, ...]
    page: int | None
    authors: tuple[str, ...] = ()
    series: str = ""
    digests: tuple[str, ...] = ()

    @property
    def summed_up(self) -> tuple[str, ...]:
        """The sections that a digest sums up here, where they are called otherwise than its own."""
        own = (named(self.case_study, self.section),)
        return () if self.digests == own else self.digests

    @property
    def pinpoint(self) -> str:
        """The place within the report on one line: case study, headings, page."""
        headings = [heading for heading in self.section_path if heading != self.case_study]
        page = f"p. {self.page}" if self.page else None
        parts = [flat(part) for part in (self.case_study, *headings, page) if part]
        return ", ".join(part for part in parts if part)

    def line(self) -> str:
        """Return the citation on one line, the narrowest part first."""
        parts = [
            self.case_study,
            ", ".join(h for h in self.section_path if h != self.case_study),
            f"p. {self.page}" if self.page else None,
            self.report,
            f"It sums up: {'; '.join(self.summed_up)}" if self.summed_up else None,
            "; ".join(author.strip("{}") for author in self.authors),
            self.publisher,
            self.published,
            self.url,
        ]
        return ". ".join(flat(part).rstrip(".") for part in parts if part and flat(part))

    def to_json(self) -> dict[str, Any]:
        """Return the citation as a JSON object."""
        return asdict(self)


def cite(report: Report, passage: Passage, offset: int | None = None) -> Citation:
    """Return the citation of the words at ``offset`` of ``report``, by default of the start of ``passage``."""
    case = report.case_studies[passage.case_study].name if passage.case_study is not None else None
    return Citation(
        report_id=report.id,
        report=report.title,
        publisher=report.metadata.publisher,
        published=report.metadata.published,
        url=report.metadata.url,
        case_study=case,
        section=report.sections[passage.section].heading,
        section_path=report.section_path(passage.section),
        page=report.page_at(passage.span.start if offset is None else offset),
        authors=report.metadata.authors,
        series=report.metadata.series,
        digests=sources(report, passage.section),
    )
