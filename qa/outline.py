"""A report's outline: its case studies and sections, with passages and words, and what could not be read of it."""

from typing import Any

from corpus.folding import word_count
from corpus.model import Report, Section
from qa.library import warning_lines


def outline_to_json(report: Report) -> dict[str, Any]:
    """Return the outline as a JSON object: case studies with their sections, and the sections outside any."""
    sizes = _sizes(report)

    def row(section: Section) -> dict[str, Any]:
        passages, words = sizes[section.index]
        return {
            "heading": section.heading,
            "kind": section.kind.value,
            "level": section.level,
            "parent": section.parent,
            "passages": passages,
            "words": words,
            "start": section.span.start,
            "end": section.span.end,
            "page": report.page_at(section.span.start),
        }

    return {
        "id": report.id,
        "title": report.title,
        "warnings": list(report.warnings),
        "case_studies": [
            {
                "name": case.name,
                "heading": case.heading,
                "partners": list(case.partners),
                "sections": [row(s) for s in report.sections if s.case_study == case.index],
            }
            for case in report.case_studies
        ],
        "sections": [row(s) for s in report.sections if s.case_study is None],
    }


def outline_lines(report: Report) -> list[str]:
    """Return the outline as lines of text in the order of the report, deeper parts further in; warnings come first."""
    sizes = _sizes(report)
    lines = [f"{report.title} ({report.id}): {_passages(len(report.passages))}", *warning_lines(report.warnings)]
    opened: int | None = None
    for section in report.sections:
        if section.case_study is not None and section.case_study != opened:
            case = report.case_studies[section.case_study]
            lines.append(f"  [{case.index + 1}] {case.name}")
            if case.heading != case.name:
                lines.append(f"      ({case.heading})")
        opened = section.case_study
        depth = len(report.section_path(section.index)) + (section.case_study is not None)
        count, words = sizes[section.index]
        kind = "" if section.kind.value == "other" else f" [{section.kind.value}]"
        lines.append(f"{'  ' * depth}{section.heading}{kind} ({_passages(count)}, {words} words)")
    return lines


def _passages(count: int) -> str:
    return "1 passage" if count == 1 else f"{count} passages"


def _sizes(report: Report) -> dict[int, tuple[int, int]]:
    """Return passages and words that stand in each section itself, not in its inner sections."""
    sizes = {section.index: (0, 0) for section in report.sections}
    for passage in report.passages:
        count, words = sizes[passage.section]
        sizes[passage.section] = (count + 1, words + word_count(passage.text))
    return sizes
