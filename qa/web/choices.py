"""What the page's filters offer, with the number of passages behind each, and the filters that a choice stands for."""

from collections import Counter
from collections.abc import Collection, Sequence

from corpus.errors import QuestionError
from index.search import Filters, Index
from qa.web.render import count

Choice = tuple[str, str]
"""What is shown, and the value it stands for."""


def report_choices(index: Index) -> list[Choice]:
    """Return one choice a report, by title."""
    reports = sorted(index.reports.values(), key=lambda report: report.title.casefold())
    return [(f"{report.title} ({count(len(report.passages), 'passage')})", report.id) for report in reports]


def case_study_choices(index: Index, reports: Collection[str] = ()) -> list[Choice]:
    """Return one choice a case study of ``reports`` (all, where there is none), by name.

    The report is named beside case studies of the same name.
    """
    offered = []
    for value, (report_id, number) in _case_studies(index).items():
        report = index.reports[report_id]
        passages = sum(passage.case_study == number for passage in report.passages)
        if passages and (not reports or report_id in reports):
            offered.append((report.case_studies[number].name, report.title, count(passages, "passage"), value))
    names = Counter(name for name, *_ in offered)
    found = [
        (f"{name}, in {title} ({passages})" if names[name] > 1 else f"{name} ({passages})", value)
        for name, title, passages, value in offered
    ]
    return sorted(found, key=lambda choice: choice[0].casefold())


def still_offered(chosen: Sequence[str], choices: Sequence[Choice]) -> list[str]:
    """Return those of ``chosen`` that are among the values of ``choices``."""
    values = {value for _, value in choices}
    return [value for value in chosen if value in values]


def chosen_filters(index: Index, reports: Sequence[str], case_studies: Sequence[str]) -> Filters:
    """Return the filters for the chosen values. Raises QuestionError where one is not, or no longer, in the index."""
    known = _case_studies(index)
    for value in [*(r for r in reports if r not in index.reports), *(c for c in case_studies if c not in known)]:
        raise QuestionError(f"the library no longer holds {value!r}, which is chosen", "take it out of the filters")
    return Filters(reports=tuple(reports), case_studies=tuple(known[value] for value in case_studies))


def _case_studies(index: Index) -> dict[str, tuple[str, int]]:
    return {
        f"{report.id}#{case.index}": (report.id, case.index)
        for report in index.reports.values()
        for case in report.case_studies
    }
