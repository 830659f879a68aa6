"""Reports and records to JSON values and back; ``report_from_json(report_to_json(r)) == r``."""

from dataclasses import asdict, fields
from typing import Any, TypeVar, cast

from corpus.model import Block, BlockKind, CaseStudy, Metadata, Passage, Report, Section, SectionKind, Span

Record = TypeVar("Record")


def report_to_json(report: Report) -> dict[str, Any]:
    """Return ``report`` as a JSON object; the text of passages is left out, as it is a slice of the report's."""
    return {
        "id": report.id,
        "file_name": report.file_name,
        "sha256": report.sha256,
        "metadata": asdict(report.metadata),
        "text": report.text,
        "page_starts": list(report.page_starts),
        "warnings": list(report.warnings),
        "guessed": list(report.guessed),
        "blocks": [[b.kind.value, *_pair(b.span), *_pair(b.content), b.level] for b in report.blocks],
        "case_studies": [[c.name, c.heading, list(c.partners), *_pair(c.span)] for c in report.case_studies],
        "sections": [
            [s.heading, s.kind.value, s.level, *_pair(s.span), s.parent, s.case_study] for s in report.sections
        ],
        "passages": [
            [p.id, p.section, p.case_study, *_pair(p.span), [_pair(s) for s in p.sentences]] for p in report.passages
        ],
    }


def report_from_json(value: dict[str, Any]) -> Report:
    """Return the report that ``report_to_json`` gave ``value`` for. Raises KeyError, TypeError or ValueError."""
    text = value["text"]
    return Report(
        id=value["id"],
        file_name=value["file_name"],
        sha256=value["sha256"],
        metadata=Metadata(**value["metadata"] | {"authors": tuple(value["metadata"].get("authors", ()))}),
        text=text,
        blocks=tuple(Block(BlockKind(k), Span(a, b), Span(c, d), level) for k, a, b, c, d, level in value["blocks"]),
        case_studies=tuple(
            CaseStudy(n, name, heading, tuple(partners), Span(a, b))
            for n, (name, heading, partners, a, b) in enumerate(value["case_studies"])
        ),
        sections=tuple(
            Section(n, heading, SectionKind(kind), level, Span(a, b), parent, case)
            for n, (heading, kind, level, a, b, parent, case) in enumerate(value["sections"])
        ),
        passages=tuple(
            Passage(i, value["id"], section, case, Span(a, b), text[a:b], tuple(Span(*s) for s in sentences))
            for i, section, case, a, b, sentences in value["passages"]
        ),
        page_starts=tuple(value["page_starts"]),
        warnings=tuple(value.get("warnings", ())),
        guessed=tuple(value.get("guessed", ())),
    )


def record_from_json(kind: type[Record], value: Any) -> Record:
    """Return the dataclass ``kind`` of plain values that ``asdict`` gave ``value`` for.

    Raises TypeError where a field is missing, unknown or of another type.
    """
    made = kind(**value)
    for field in fields(cast(Any, kind)):
        if not isinstance(getattr(made, field.name), cast(type, field.type)):
            raise TypeError(f"{field.name} is {getattr(made, field.name)!r}")
    return made


def _pair(span: Span) -> list[int]:
    return [span.start, span.end]
