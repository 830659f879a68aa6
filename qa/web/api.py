"""What other programs may call: four endpoints beside the page, which are the tools of the MCP server too.

Each gives the JSON object of the command of the same name (`passage`: of `show`). Gradio makes their description from
signature and docstring.
"""

import json
import reprlib
from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, Literal, ParamSpec

from corpus.errors import CasebookError, QuestionError
from index.search import Index
from qa.answer import check_question, hit_to_json
from qa.compare import MOST_QUOTES
from qa.permalink import show
from qa.units import By
from qa.web.answering import Answering
from qa.web.choices import FACETS
from qa.web.live import LiveIndex
from qa.web.place import Chosen

if TYPE_CHECKING:
    from mcp.types import TextContent

Parameters = ParamSpec("Parameters")
Json = dict[str, Any]
Texts = list[str] | None

MOST_PASSAGES, MOST_CONTEXT, MOST_VALUES = 200, 50, 100
LONGEST_VALUE = 1_000
"""In characters, of anything but a question."""

FILTERS = """reports: Only these reports, by id or title.
    publishers: Only reports of these publishers.
    years: Only reports published in these years.
    case_studies: Only case studies of these names, as citations give them.
    section_kinds: Only sections of these kinds, such as "covid", "challenges", "lessons" or "next steps"."""


def endpoints(live: LiveIndex, answering: Answering) -> None:
    """Put the endpoints into the page that is being built. They wait in the line of ``answering``, not in Gradio's."""
    from gradio import Error
    from gradio.events import api

    class OneLine(Error):
        def __str__(self) -> str:  # what MCP clients are told; Gradio's own is quoted
            return str(self.message)

    def endpoint(call: Callable[Parameters, Json]) -> None:
        @wraps(call)
        def told(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Json:
            try:
                return call(*args, **kwargs)
            except CasebookError as error:
                raise OneLine(str(error), title="casebook", print_exception=False) from None

        told.__doc__ = (call.__doc__ or "").replace("FILTERS", FILTERS)
        api(told, queue=False, concurrency_limit=None)

    @endpoint
    def ask(
        question: str,
        top: int = 5,
        reports: Texts = None,
        publishers: Texts = None,
        years: list[int] | None = None,
        case_studies: Texts = None,
        section_kinds: Texts = None,
    ) -> Json:
        """Answer a question from the library's reports with verbatim quotes, grouped by case study, each cited.

        The status is "answered" or "not found"; then the reports do not answer, and the passages are the nearest only.

        Args:
            question: The question, in plain words.
            top: How many passages to give beside the quotes, best first, at most 200.
            FILTERS

        Returns:
            status, lead, answerable, doubtful, unknown_words, did_you_mean, sentence, groups of quotes, passages,
            produced_by
        """
        asked, number = _question(question), _number("top", top, 1, MOST_PASSAGES)
        chosen = _chosen(live, reports, publishers, years, case_studies, section_kinds)
        return answering.ask(asked, number, chosen).to_json()

    @endpoint
    def search(
        question: str,
        top: int = 10,
        reports: Texts = None,
        publishers: Texts = None,
        years: list[int] | None = None,
        case_studies: Texts = None,
        section_kinds: Texts = None,
    ) -> Json:
        """Find the passages of the library's reports that fit a question best, each with its text and citation.

        Args:
            question: The question, in plain words.
            top: How many passages to give, best first, at most 200.
            FILTERS

        Returns:
            question, passages
        """
        asked, number = _question(question), _number("top", top, 1, MOST_PASSAGES)
        chosen = _chosen(live, reports, publishers, years, case_studies, section_kinds)
        return {"question": asked, "passages": [hit_to_json(hit) for hit in answering.search(asked, number, chosen)]}

    @endpoint
    def compare(
        question: str,
        by: Literal["case-study", "section-kind"] = "case-study",
        quotes: int = 3,
        reports: Texts = None,
        publishers: Texts = None,
        years: list[int] | None = None,
        case_studies: Texts = None,
        section_kinds: Texts = None,
    ) -> Json:
        """Put one question to every case study, and give what each says to it in verbatim quotes, or that it is silent.

        Args:
            question: The question, in plain words.
            by: What the question is put to: every "case-study" or every "section-kind".
            quotes: How many quotes each gives, at most 5.
            FILTERS

        Returns:
            question, by, lead, counts, rows (each name, kind, speaks, quotes, nearest), produced_by
        """
        asked, number = _question(question), _number("quotes", quotes, 1, MOST_QUOTES)
        if by not in list(By):
            raise QuestionError(f"by is {reprlib.repr(by)}", f"give one of: {', '.join(By)}")
        chosen = _chosen(live, reports, publishers, years, case_studies, section_kinds)
        return answering.compare(asked, By(by), number, chosen).to_json()

    @endpoint
    def passage(passage_id: str, context: int = 1) -> Json:
        """Give a passage by its id, in its context and with its citation, or say what became of it.

        Args:
            passage_id: The passage's id, as quotes and passages name it, or its last twelve digits.
            context: How many passages before and behind it to give too, at most 50.

        Returns:
            status "found" with id, text, start, end, section, section_kind, citation, also_in, before, after, or
            status "not found" with id, change, detail, former, closest
        """
        wanted, number = _text("passage_id", passage_id), _number("context", context, 0, MOST_CONTEXT)
        return show(live.searcher().index, live.home, wanted, number).to_json()


def mcp_content(data: Sequence[Any], _: str = "") -> "list[TextContent]":
    """Return what a tool gave as MCP content: JSON, where Gradio would write Python."""
    from mcp.types import TextContent

    return [TextContent(type="text", text=json.dumps(value, ensure_ascii=False)) for value in data]


def _chosen(
    live: LiveIndex, reports: Texts, publishers: Texts, years: list[int] | None, case_studies: Texts, kinds: Texts
) -> Chosen:
    """Return the filters' values. Raises QuestionError where one is in none of the library's passages."""
    index = live.searcher().index
    return Chosen(
        reports=_known(index, "reports", reports),
        publishers=_known(index, "publishers", publishers),
        years=_known(index, "years", [str(year) for year in years] if isinstance(years, list) else years),
        case_studies=_known(index, "case_studies", case_studies),
        kinds=_known(index, "section_kinds", kinds),
    )


def _known(index: Index, name: str, wanted: Any) -> tuple[str, ...]:
    """Return the values of the filter ``name`` that are ``wanted``, each by itself or as the page shows it."""
    if wanted is None or wanted == []:
        return ()
    if not isinstance(wanted, list) or len(wanted) > MOST_VALUES:
        raise QuestionError(f"{name} is {reprlib.repr(wanted)}", f"give a list of at most {MOST_VALUES} values")
    facet = FACETS[name.removeprefix("section_")]
    values = dict.fromkeys(facet.value(report, passage) for report, passage in index.passages)
    shown = {value: {value.casefold(), facet.shown(index, value).casefold()} for value in values if value is not None}
    found: dict[str, None] = {}
    for text in (_text(name, value) for value in wanted):
        matching = [value for value, names in shown.items() if text.casefold() in names]
        if not matching:
            known = ", ".join(repr(facet.shown(index, value)) for value in list(shown)[:5])
            raise QuestionError(
                f"{name} has {text[:80]!r}, which the library does not", f"it has, among others, {known}"
            )
        found |= dict.fromkeys(matching)
    return tuple(found)


def _question(value: Any) -> str:
    if not isinstance(value, str):
        raise QuestionError(f"the question is {reprlib.repr(value)}", "give a text")
    return check_question(value)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_VALUE:
        raise QuestionError(f"{name} has {reprlib.repr(value)}", f"give a text of 1 to {LONGEST_VALUE:,} characters")
    return value.encode("utf-8", "replace").decode("utf-8")


def _number(name: str, value: Any, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise QuestionError(f"{name} is {reprlib.repr(value)}", f"give a whole number from {least} to {most}")
    return value
