"""What the page's filters offer, with the number of passages behind each, and the filters that a choice stands for."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, fields, replace

from corpus.errors import QuestionError
from corpus.model import Passage, Report, SectionKind
from index.search import Filters, Index
from qa.web.place import Chosen
from qa.web.render import count

Choice = tuple[str, str]
"""What is shown, and the value it stands for."""


@dataclass(frozen=True, slots=True)
class Facet:
    """One of the filters: what it is called, the value of a passage (None: it has none), and how a value is shown."""

    label: str
    value: Callable[[Report, Passage], str | None]
    shown: Callable[[Index, str], str] = lambda _, value: value


def _case_study(report: Report, passage: Passage) -> str | None:
    """Return the value of a case study: its report's id and its name, which outlive a new index."""
    return f"{report.id}/{report.case_studies[passage.case_study].name}" if passage.case_study is not None else None


FACETS: dict[str, Facet] = {
    "reports": Facet("Report", lambda report, _: report.id, lambda index, value: index.reports[value].title),
    "publishers": Facet("Publisher", lambda report, _: report.metadata.publisher or None),
    "years": Facet("Year", lambda report, _: report.metadata.year or None),
    "case_studies": Facet("Case study", _case_study, lambda _, value: value.partition("/")[2]),
    "kinds": Facet(
        "Kind of section",
        lambda report, passage: report.sections[passage.section].kind.value,
        lambda _, value: "COVID-19" if value == SectionKind.COVID else value.capitalize(),
    ),
}
"""The filters by their name in ``Chosen``."""


def choices(index: Index, chosen: Chosen) -> dict[str, list[Choice]]:
    """Return what each filter offers, by its name in ``FACETS``.

    The number behind a choice is how many passages it leaves under what is chosen in the *other* filters; choices that
    leave none are not offered, unless they are chosen. The report is named beside case studies of the same name.
    """
    wanted = {name: frozenset(getattr(chosen, name)) for name in FACETS}
    counts: dict[str, Counter[str]] = {name: Counter({v: 0 for v in getattr(chosen, name)}) for name in FACETS}
    known: dict[str, set[str]] = {name: set() for name in FACETS}
    for report, passage in index.passages:
        values = {name: facet.value(report, passage) for name, facet in FACETS.items()}
        failing = [name for name in FACETS if wanted[name] and values[name] not in wanted[name]]
        for name, value in values.items():
            if value is not None:
                known[name].add(value)
                if not failing or failing == [name]:
                    counts[name][value] += 1
    return {name: _offered(index, name, counts[name], known[name]) for name in FACETS}


def _offered(index: Index, name: str, counts: Counter[str], known: set[str]) -> list[Choice]:
    shown = {value: FACETS[name].shown(index, value) for value in counts if value in known}
    times = Counter(shown.values())
    label = {
        value: f"{text}, in {index.reports[value.partition('/')[0]].title}"
        if name == "case_studies" and times[text] > 1
        else text
        for value, text in shown.items()
    }
    order = sorted(label, key=lambda value: (label[value].casefold(), value), reverse=name == "years")
    return [(f"{label[value]} ({count(counts[value], 'passage')})", value) for value in order]


def still_known(index: Index, chosen: Chosen) -> Chosen:
    """Return what is left of ``chosen`` in ``index``, which may be newer than the choice."""
    if not chosen.count:
        return chosen
    known = {name: {value for _, value in offered} for name, offered in choices(index, chosen).items()}
    return replace(chosen, **{name: tuple(v for v in getattr(chosen, name) if v in known[name]) for name in known})


def filters_of(index: Index, chosen: Chosen) -> Filters:
    """Return the filters for what is chosen. Raises QuestionError where a value is not, or no longer, in the index."""
    kept = still_known(index, chosen)
    for field in fields(chosen):
        for value in getattr(chosen, field.name):
            if value not in getattr(kept, field.name):
                raise QuestionError(
                    f"the library no longer holds {value!r}, which was chosen in the filters", "ask again without it"
                )
    pairs = {
        f"{report.id}/{case.name}": (report.id, case.index)
        for report in index.reports.values()
        for case in report.case_studies
    }
    return Filters(
        reports=chosen.reports,
        publishers=chosen.publishers,
        years=chosen.years,
        case_studies=tuple(pairs[value] for value in chosen.case_studies),
        kinds=tuple(SectionKind(value) for value in chosen.kinds),
    )
