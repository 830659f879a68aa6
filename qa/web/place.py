"""A place in the page: view, question, filters, passage. The address bar holds it, so that a link opens it again.

``Place.from_query(place.query) == place``. A query is hostile until shown otherwise: unknown keys and views fall away,
and what is left is only ever looked up, compared and shown as text.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlencode

from corpus.model import Span
from qa.units import By

MAX_QUERY_CHARACTERS = 100_000
_LONGEST_OFFSET = 12
"""In digits; no report is longer."""


class View(StrEnum):
    """The views of the page by the name that their addresses bear."""

    ASK = "ask"
    COMPARE = "compare"
    READ = "read"
    BRIEFING = "briefing"
    LIBRARY = "library"
    JUDGE = "judge"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The values chosen in the filters, as ``qa.web.choices`` offers them; an empty tuple lets all pass."""

    reports: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    case_studies: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many values are chosen."""
        return sum(map(len, (self.reports, self.publishers, self.years, self.case_studies, self.kinds)))


_KEYS = {
    "report": "reports",
    "publisher": "publishers",
    "year": "years",
    "case": "case_studies",
    "kind": "kinds",
}
"""Key in the address by filter."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is. ``passage`` is a passage's id and ``quote`` the span of its report that is quoted from it."""

    view: View = View.ASK
    question: str = ""
    chosen: Chosen = field(default_factory=Chosen)
    by: By = By.CASE_STUDY
    report: str = ""
    passage: str = ""
    quote: Span | None = None

    @property
    def query(self) -> str:
        """The place as an address on the page: "" for the page's beginning, else "?view=..."."""
        pairs = [("view", self.view.value)] if self.view is not View.ASK else []
        pairs += [("q", self.question)] if self.question else []
        pairs += [(key, value) for key, name in _KEYS.items() for value in getattr(self.chosen, name)]
        pairs += [("by", self.by.value)] if self.by is not By.CASE_STUDY else []
        pairs += [("open", self.report)] if self.report else []
        pairs += [("passage", self.passage)] if self.passage else []
        pairs += [("quote", f"{self.quote.start}-{self.quote.end}")] if self.quote else []
        return f"?{urlencode(pairs, errors='replace')}" if pairs else ""

    @staticmethod
    def from_query(query: Any) -> "Place":
        """Return the place that ``query`` names; what it does not name is as at the beginning."""
        if not isinstance(query, str):
            return Place()
        pairs = parse_qsl(query[:MAX_QUERY_CHARACTERS].removeprefix("?"), max_num_fields=None)
        last = dict(pairs)
        chosen = {
            name: tuple(dict.fromkeys(value for found, value in pairs if found == key)) for key, name in _KEYS.items()
        }
        return Place(
            view=View(last["view"]) if last.get("view") in list(View) else View.ASK,
            question=last.get("q", ""),
            chosen=Chosen(**chosen),
            by=By(last["by"]) if last.get("by") in list(By) else By.CASE_STUDY,
            report=last.get("open", ""),
            passage=last.get("passage", ""),
            quote=_span(last.get("quote", "")),
        )

    def at(self, view: View) -> "Place":
        """Return this place in another view; question, filters and passage stay."""
        return replace(self, view=view)

    def comparing(self, by: By) -> "Place":
        """Return the place where the question is put to every unit of the kind ``by``."""
        return replace(self, view=View.COMPARE, by=by)

    def reading(self, passage: str, quote: Span | None = None) -> "Place":
        """Return the place where ``passage`` is read in its report; question and filters stay."""
        return replace(self, view=View.READ, passage=passage, quote=quote, report="")


def _span(text: str) -> Span | None:
    start, dash, end = text.partition("-")
    if not (dash and all(part.isascii() and part.isdigit() and len(part) <= _LONGEST_OFFSET for part in (start, end))):
        return None
    return Span(int(start), int(end)) if int(start) < int(end) else None
