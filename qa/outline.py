"""A report's outline: its case studies and sections, with passages and words."""

from typing import Any

from corpus.folding import word_count
from corpus.model import Report, Section


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
    """Return the outline as lines of text in the order of the report, deeper parts further in."""
    sizes = _sizes(report)
    lines = [f"{report.title} ({report.id}): {len(report.passages)} passages"]
    opened: int | None = None
    for section in report.sections:
        if section.case_study is not None and section.case_study != opened:
            case = report.case_studies[section.case_study]
            lines.append(f"  [{case.index + 1}] {case.name}")
            if case.heading != case.name:
                lines.append(f"      ({case.heading})")
        opened = section.case_study
        depth = len(report.section_path(section.index)) + (section.case_study is not None)
        passages, words = sizes[section.index]
        kind = "" if section.kind.value == "other" else f" [{section.kind.value}]"
        counts = f"{passages} passage{'' if passages == 1 else 's'}, {words} words"
        lines.append(f"{'  ' * depth}{section.heading}{kind} ({counts})")
    return lines


def _sizes(report: Report) -> dict[int, tuple[int, int]]:
    """Return passages and words that stand in each section itself, not in its inner sections."""
    sizes = {section.index: (0, 0) for section in report.sections}
    for passage in report.passages:
        count, words = sizes[passage.section]
        sizes[passage.section] = (count + 1, words + word_count(passage.text))
    return sizes
