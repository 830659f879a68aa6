"""What the page says where it has nothing to show, or cannot do what was asked: what to do next, on the page."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from served_page import QUIET, Server, opened
from test_web_render import HOSTILE, Reading, report_with, squeezed

from qa.briefing import Refusal, look_up_all, pin
from qa.export import NothingStandsError, export
from qa.web.briefing import REMEDIES
from qa.web.place import Chosen, Place, View
from qa.web.read import nothing_open_html
from qa.workspace import Workspace

LOUD = "# “Loud” towns\n\n## Bell Hill\n\n### What helped\n\n“Bells help,” the vicar says.\n"
REMEDY = "put the report back in the Library, or take the quote out"
GONE = "the report ‘“Loud” towns’ is no longer in the library"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Two reports, a quote of each in the briefing, of which one report is removed."""
    folder: Path = tmp_path_factory.mktemp("ways-on")
    (folder / "quiet-towns.md").write_text(QUIET, encoding="utf-8")
    (folder / "loud-towns.md").write_text(LOUD, encoding="utf-8")
    workspace = Workspace(folder / "home")
    workspace.add([folder / "quiet-towns.md", folder / "loud-towns.md"])
    index = workspace.open()
    for identity in ("loud-towns", "quiet-towns"):
        pin(index, workspace.home, index.reports[identity].passages[0].id)
    workspace.remove("loud-towns")
    with Server(workspace.home) as server:
        yield server


@pytest.mark.parametrize("text", HOSTILE)
def test_the_reports_that_can_be_opened_are_links_that_keep_question_and_filters(text: str) -> None:
    place = Place(View.READ, text, Chosen(years=("2021",)))
    report = report_with(text)
    read = Reading(nothing_open_html([report], place))
    assert read.names == set("div h2 p a ul li span".split())
    links = [attributes["href"] for name, attributes in read.elements if name == "a"]
    assert [Place.from_query(link) for link in links] == [
        Place(View.ASK, text, Chosen(years=("2021",))),
        Place(View.READ, text, Chosen(years=("2021",)), report=report.id),
    ]
    assert squeezed(read.words).endswith(squeezed(f"Title {text}Publisher {text} · 2021-06"))


def test_every_refusal_has_a_remedy_on_the_page_that_is_no_command() -> None:
    assert set(REMEDIES) == set(Refusal)
    assert not any("casebook " in remedy.replace("start casebook anew", "") for remedy in REMEDIES.values())


def test_a_removed_report_is_called_by_its_title(server: Server) -> None:
    workspace = Workspace(server.home)
    gone, stands = look_up_all(workspace.open(), workspace.library)
    assert (gone.report, gone.detail, stands.report) == ("“Loud” towns", GONE, "Quiet towns")
    assert gone.name == "quote 1 (‘“Bells help,” the vicar says.’, “Loud” towns)"
    with pytest.raises(NothingStandsError) as raised:
        export([gone], ".md", {})
    assert str(raised.value) == f"no quote of the briefing can be exported: {GONE}; see: casebook briefing"


@pytest.mark.browser
def test_a_report_that_is_gone_is_told_with_what_the_page_can_do(browser: Any, server: Server) -> None:
    with opened(browser, server, place=Place(View.BRIEFING).query) as tab:
        page = tab.page
        page.locator(".cb-pins li").nth(1).wait_for()
        assert tab.texts(".cb-refused .cb-standing") == [f"Left out of what is exported: {GONE}; {REMEDY}"]
        with page.expect_download():
            page.get_by_role("button", name="Download").click()
        assert tab.texts(".cb-left-out li") == [
            f"quote 1 (‘“Bells help,” the vicar says.’, “Loud” towns) is left out: {GONE}; {REMEDY}"
        ]
        page.get_by_role("button", name="Remove (quote 2)").click()
        page.get_by_text("Quote 2 is taken out.").wait_for()
        page.get_by_role("button", name="Download").click()
        problem = page.locator("#cb-file p.cb-problem")
        problem.wait_for()
        assert problem.inner_text() == f"No quote of the briefing can be exported: {GONE}; {REMEDY}"
        page.get_by_role("link", name="Open the Library").click()
        page.get_by_role("button", name="Put it back").wait_for()
        assert tab.errors == []


@pytest.mark.browser
def test_no_chosen_format_runs_under_its_arrow(browser: Any, server: Server) -> None:
    with opened(browser, server, place=Place(View.BRIEFING).query) as tab:
        field = tab.page.get_by_label("Format")
        field.wait_for()
        assert field.input_value() == "Word, with footnotes (.docx)"
        cut = """(one) => {
            const pen = document.createElement('canvas').getContext('2d'), style = getComputedStyle(one);
            pen.font = style.font;
            const end = one.getBoundingClientRect().left + parseFloat(style.paddingLeft)
                + pen.measureText(one.value).width;
            const arrow = one.closest('.wrap').querySelector('svg').getBoundingClientRect().left;
            return end > arrow;
        }"""
        for width in (360, 768):
            tab.page.set_viewport_size({"width": width, "height": 800})
            assert tab.page.evaluate("document.documentElement.scrollWidth") == width
            assert field.evaluate(cut) is False


@pytest.mark.browser
def test_where_no_report_is_open_each_can_be_opened(browser: Any, server: Server) -> None:
    with opened(browser, server, 360, Place(View.READ, "Who lends a pharmacist?").query) as tab:
        page = tab.page
        page.get_by_role("heading", name="No report is open").wait_for()
        assert page.locator(".cb-problem:visible").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        page.get_by_role("link", name="Quiet towns").click()
        page.locator(".cb-report h2", has_text="What helped").wait_for()
        page.go_back()
        page.get_by_role("link", name="Ask a question").click()
        tab.status("Who lends a pharmacist?")
        assert tab.errors == []
