"""The Library view: reports listed with what is known of them, added, removed, put back and described on the page."""

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from served_page import QUIET, Server, Tab, opened
from small_library import HashWorkspace

from corpus.errors import LibraryError
from corpus.model import Metadata
from qa.web.jobs import Outcome
from qa.web.library import about_html, doing_html, done_html, heading, reports_html, stated
from qa.web.live import Finished, State
from qa.workspace import Workspace

MUTE = """# Mute towns

## Harbour Alliance

### What helped

Volunteers carried medicines to people at home during the pandemic, in the second year as well.
"""
CATALOGUE = """[quiet-towns]
title = "Quiet <img src=x onerror=alert(1)> towns"
publisher = "<script>alert(2)</script> Press"
published = "2021-06"
url = "javascript:alert(3)"
authors = ["Holt, Amina", "{Department of Ships, Sails and <b>Care</b>}"]
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    reports = tmp_path / "reports"
    reports.mkdir()
    (reports / "quiet-towns.md").write_text(QUIET, encoding="utf-8")
    (reports / "copied-towns.md").write_text(QUIET.replace("Quiet", "Copied"), encoding="utf-8")
    (reports / "catalogue.toml").write_text(CATALOGUE, encoding="utf-8")
    made = HashWorkspace(tmp_path / "home")
    made.add([reports])
    return made


def test_a_report_is_listed_with_what_is_known_of_it_as_text(workspace: Workspace) -> None:
    copied, quiet = reports_html(workspace.open()).split("</article>")[:2]
    assert "Quiet &lt;img src=x onerror=alert(1)&gt; towns</h3>" in quiet
    assert "Holt, Amina; {Department of Ships, Sails and &lt;b&gt;Care&lt;/b&gt;}" in quiet
    assert "&lt;script&gt;alert(2)&lt;/script&gt; Press\N{NO-BREAK SPACE}· 2021-06" in quiet
    assert "javascript:" not in quiet
    assert "2 case studies · 2 sections · 2 passages · copied-towns.md" in copied
    assert 'href="?view=read&amp;open=quiet-towns"' in quiet
    assert 'href="?view=library&amp;open=quiet-towns"' in quiet
    assert 'name="remove" data-report="quiet-towns"' in quiet
    assert 'Copied towns <span class="cb-guessed">(guessed)</span></h3>' in copied
    assert "(guessed)" not in quiet


def test_what_stands_in_another_report_too_is_said_once(workspace: Workspace) -> None:
    shown = reports_html(workspace.open())
    quiet = "Quiet &lt;img src=x onerror=alert(1)&gt; towns"
    lines = [f"100 % of the passages of {a} stand in {b} too." for a, b in permutations((quiet, "Copied towns"))]
    assert sum(map(shown.count, lines)) == 1


def test_the_form_says_what_was_guessed(workspace: Workspace) -> None:
    reports = workspace.open().reports
    assert "Guessed from the file: title" in about_html(reports["copied-towns"])
    assert "Guessed" not in about_html(reports["quiet-towns"])
    assert "&lt;img" in about_html(reports["quiet-towns"])


def test_what_is_stated_is_read_box_by_box() -> None:
    values = [" Towns ", "Holt, Amina\n\n {Ships, Sails} \n", "Press", "2021-06", "", "https://example.org", "©"]
    said = Metadata("Towns", "Press", "2021-06", "https://example.org", "©", "", ("Holt, Amina", "{Ships, Sails}"))
    assert stated(values) == said
    assert stated([None, 3, [], {}, True, "", ""]) == Metadata()
    with pytest.raises(LibraryError, match="the date '21' is none"):
        stated(["", "", "", "21", "", "", ""])
    with pytest.raises(LibraryError, match="no address of the web"):
        stated(["", "", "", "", "", "javascript:alert(1)", ""])


def test_an_empty_library_says_how_to_begin() -> None:
    assert "Add report files below" in heading(State(None, None, False, False, 0, 0, ""))
    assert "Add report files below" in heading(State(None, "digests", False, False, 0, 0, ""))


def test_jobs_are_told_as_text() -> None:
    state = State(None, None, True, True, 0, 0, "", job="Adding <b>.md", waiting=("Removing <i>",))
    assert "Adding &lt;b&gt;.md…" in doing_html(state)
    assert "<li>Removing &lt;i&gt;</li>" in doing_html(state)
    told = done_html([Finished("Adding <b>", Outcome("1 added.", ("<i>: added",), ("'<u>' is empty; mend",)))])
    assert "<b>Adding &lt;b&gt;:</b> 1 added." in told
    assert "<li>&lt;i&gt;: added</li>" in told
    assert "&#x27;&lt;u&gt;&#x27; is empty; mend" in told


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("library")
    (folder / "quiet-towns.md").write_text(QUIET, encoding="utf-8")
    Workspace(folder / "home").add([folder / "quiet-towns.md"])
    with Server(folder / "home") as server:
        yield server


def go_to_library(tab: Tab, title: str) -> None:
    """Go to the Library view and wait until it lists ``title``."""
    tab.page.get_by_role("link", name="Library", exact=True).click()
    tab.page.get_by_role("heading", name=title).wait_for()


@pytest.mark.browser
def test_files_are_added_removed_put_back_and_described(browser: Any, server: Server, tmp_path: Path) -> None:
    (tmp_path / "mute-towns.md").write_text(MUTE, encoding="utf-8")
    (tmp_path / "empty.txt").write_text("")
    with opened(browser, server) as tab, opened(browser, server) as other:
        go_to_library(tab, "Quiet towns")
        uploads = [tmp_path / "mute-towns.md", tmp_path / "empty.txt"]
        tab.page.locator("#cb-files input[type=file]").set_input_files(uploads)
        tab.page.get_by_role("heading", name="Mute towns").wait_for()
        tab.page.locator(".cb-done", has_text="1 added, 1 refused").wait_for()
        assert tab.texts(".cb-done .cb-problem") == ["'empty.txt' is empty; give a file with the report's text"]
        tab.page.locator("#cb-library-line", has_text="2 reports").wait_for()
        assert other.ask("Who carried medicines to people at home?").startswith("Quotes from 1 report")

        tab.page.get_by_role("button", name="Remove “Mute towns”").click()
        tab.page.get_by_role("heading", name="Mute towns").wait_for(state="detached")
        other.ask("Who brought medicines to people at home?")
        assert not any("medicines" in text for text in other.texts("blockquote"))
        tab.page.get_by_role("button", name="Put it back “Mute towns”").click()
        tab.page.get_by_role("heading", name="Mute towns").wait_for()

        tab.page.get_by_role("link", name="Correct its description of Mute towns").click()
        tab.page.get_by_label("Publisher").fill("Chalk Press")
        tab.page.get_by_label("Date").fill("20x1")
        tab.page.get_by_role("button", name="Save").click()
        tab.page.locator("#cb-library-problem .cb-problem").wait_for()
        assert tab.texts("#cb-library-problem .cb-problem") == [
            "The date '20x1' is none; write YYYY, YYYY-MM or YYYY-MM-DD"
        ]
        tab.page.get_by_label("Date").fill("2021")
        tab.page.get_by_role("button", name="Save").click()
        tab.page.locator(".cb-shelved .cb-citation", has_text="Chalk Press\N{NO-BREAK SPACE}· 2021").wait_for()
        assert not tab.page.get_by_label("Publisher").is_visible()
        assert tab.page.evaluate("location.search") == "?view=library"
        assert (tab.errors, other.errors) == ([], [])


@pytest.mark.browser
def test_an_address_that_is_refused_is_one_line(browser: Any, server: Server) -> None:
    with opened(browser, server) as tab:
        go_to_library(tab, "Quiet towns")
        tab.page.get_by_label("Or the address of a report on the web").fill("http://127.0.0.1:9/x.pdf")
        tab.page.keyboard.press("Enter")
        tab.page.locator(".cb-done .cb-problem", has_text="127.0.0.1").wait_for()


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1920])
def test_the_library_fits_the_window_and_every_control_has_a_name(browser: Any, server: Server, width: int) -> None:
    with opened(browser, server, width) as tab:
        tab.page.goto(f"{server.address}/?view=library&open=quiet-towns")
        tab.page.get_by_role("heading", name="Correct the description of “Quiet towns”").wait_for()
        assert tab.page.evaluate("document.documentElement.scrollWidth") == width
        unnamed = """() => [...document.querySelectorAll("main button, main input, main textarea")].filter(
            e => e.checkVisibility() && !(e.ariaLabel || e.innerText.trim() || e.labels?.length || e.title)
        ).map(e => e.outerHTML)"""
        assert tab.page.evaluate(unnamed) == []
