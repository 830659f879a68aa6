"""The Compare view: the units that speak first, the silent ones folded under them, and an invitation to ask."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from served_page import QUIET, Server, opened
from small_library import HashEncoder, OverlapReranker, made_up_reports
from test_web_render import Reading

from corpus.report import parse
from index.build import build
from index.search import Searcher, open_index
from qa.compare import Comparison, compare
from qa.references import Style
from qa.web.compare import comparison_html
from qa.web.place import Place, View
from qa.workspace import Workspace

QUESTION = "How did mutual aid between hospitals keep theatres open?"
PLACE = Place(View.COMPARE, QUESTION)
WEST = """# Views from the west

## Foreword

Mutual aid between hospitals kept theatres open, and aid did so at night.

## What leaders say

Leaders want budgets that last for longer than one year.
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """A comparison in which one case study of three, and one part of two outside them, speaks."""
    folder = tmp_path_factory.mktemp("compared") / "index"
    reports = [*made_up_reports(), parse(WEST.encode(), "west.md")]
    build(folder, reports, HashEncoder(), {"casebook": "0", "date": "2026-01-01"})
    return compare(Searcher(open_index(folder), HashEncoder(), OverlapReranker), QUESTION, speaks=1.8)


def shown(html: str) -> tuple[str, str]:
    """Return the words before the fold and those inside it."""
    before, _, folded = html.partition("<details")
    return " ".join(Reading(before).words.split()), " ".join(Reading(f"<details{folded}").words.split())


def test_what_speaks_comes_first_and_what_is_silent_is_folded_with_its_links(found: Comparison) -> None:
    assert [(row.name, row.speaks) for row in found.rows] == [
        ("Harbour Alliance", True), ("Valley Partnership", False), ("Downland Trust", False),
        ("Foreword", True), ("What leaders say", False),
    ]  # fmt: skip
    html = comparison_html(found, PLACE, Style.PLAIN)
    speaks, silent = shown(html)
    assert speaks.index("Harbour Alliance") < speaks.index("Foreword")
    assert not any(row.name in speaks for row in found.rows if not row.speaks)
    assert silent == (
        "Silent: 3Nothing in these answers the question.Case studiesWhat comes closest"
        "Valley PartnershipWorking together in the northRead what comes closest"
        "Downland TrustLessons from the southRead what comes closest"
        "What leaders sayOutside case studies · Views from the westRead what comes closest"
    )
    nearest = [row.nearest for row in found.rows if row.nearest]
    links = [attributes["href"] for name, attributes in Reading(html).elements if name == "a"]
    assert links[-3:] == [PLACE.reading(one.passage_id, one.span).query for one in nearest]
    assert '<details class="cb-fold"><summary>' in html


def test_where_nothing_speaks_the_fold_is_open_and_no_table_is_empty(found: Comparison) -> None:
    silent = replace(found, rows=tuple(replace(row, quotes=()) for row in found.rows))
    html = comparison_html(silent, PLACE, Style.PLAIN)
    assert html.startswith('<details class="cb-fold" open><summary>Silent: 5</summary>')
    assert html.count("<table") == 1


def test_where_everything_speaks_nothing_is_folded(found: Comparison) -> None:
    html = comparison_html(replace(found, rows=found.rows[:1]), PLACE, Style.PLAIN)
    assert "<details" not in html
    assert html.count("<table") == 1


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("comparing")
    (folder / "quiet-towns.md").write_text(QUIET, encoding="utf-8")
    Workspace(folder / "home").add([folder / "quiet-towns.md"])
    with Server(folder / "home") as server:
        yield server


@pytest.mark.browser
def test_a_comparison_begins_with_an_invitation_and_unfolds_by_keyboard(browser: Any, server: Server) -> None:
    with opened(browser, server, width=360, place=Place(View.COMPARE).query) as tab:
        page = tab.page
        page.get_by_role("heading", name="Compare what they say").wait_for()
        assert tab.texts("#cb-compared .cb-asked") == [
            "Ask a question, and it is put to every case study, or to every kind of section: each answers in its own "
            "words, or is silent."
        ]
        page.get_by_label("Your question").fill("What helped patients to reach the nurse on duty?")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="1 of 2 case studies speak to this").wait_for()
        assert tab.texts(".cb-table-of-quotes:not(.cb-mute) tbody th") == ["Chalk Hills Federation\nQuiet towns"]
        closest = page.get_by_role("row", name="Ferry Quay Practices").get_by_role("link")
        assert not closest.is_visible()
        page.locator(".cb-fold summary").focus()
        page.keyboard.press("Enter")
        closest.click()
        page.locator("#cb-here", has_text="lend one another a pharmacist").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        assert tab.errors == []
