"""What rankers see of a passage besides its words: where it stands. Never part of what is quoted."""

from corpus.model import Passage, Report


def standing(report: Report, passage: Passage) -> str:
    """Return the name of the passage's case study, or of the report outside any, and the headings above it."""
    case = report.case_studies[passage.case_study].name if passage.case_study is not None else ""
    headings = " ".join(h for h in report.section_path(passage.section) if h != case)
    return " – ".join(part for part in (case or report.title, headings) if part)


def names_around(report: Report, passage: Passage) -> str:
    """Return the case study's heading in full and its partners, whose names place a passage that leaves them out."""
    if passage.case_study is None:
        return ""
    case = report.case_studies[passage.case_study]
    return " ".join([case.heading if case.heading != case.name else "", *case.partners])


def with_standing(context: str, text: str) -> str:
    """Return ``text`` under its ``context``, the form in which encoders and the reranker read it."""
    flat = " ".join(text.split())
    return f"{context}: {flat}" if context else flat
