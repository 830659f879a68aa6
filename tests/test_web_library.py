"""The Library view: reports listed with what is known of them, added, removed, put back and described on the page."""

import re
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from served_page import QUIET, Server, Tab, opened
from small_library import HashWorkspace

from corpus.errors import LibraryError
from corpus.model import Metadata
from qa.pins import Pin, add_pin
from qa.web.jobs import Outcome
from qa.web.library import about_html, doing_html, done_html, heading, stated
from qa.web.live import Finished, LiveIndex, State
from qa.web.shelf import listing_html, removed_html, report_rows
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
    (_, copied), (_, quiet) = report_rows(workspace.open())
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
    assert '<p class="cb-citation">No publisher, author or date is known</p>' in copied


def test_what_stands_in_another_report_too_is_said_once(workspace: Workspace) -> None:
    shown = "".join(html for _, html in report_rows(workspace.open()))
    quiet = "Quiet &lt;img src=x onerror=alert(1)&gt; towns"
    lines = [f"100 % of the passages of {a} stand in {b} too." for a, b in permutations((quiet, "Copied towns"))]
    assert sum(map(shown.count, lines)) == 1


def pin(report: str, text: str) -> Pin:
    return Pin(report, "", 0, len(text), text, f"{report}-1", "", "2026-01-01")


def test_what_was_removed_last_is_listed_where_it_stood(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "mute-towns.md").write_text(MUTE, encoding="utf-8")
    workspace.add([tmp_path / "mute-towns.md"])
    live = LiveIndex(workspace)
    assert order(listing_html(live, live.state())) == ["copied-towns", "mute-towns", "quiet-towns"]
    workspace.remove("copied-towns")
    workspace.remove("mute-towns")
    shown = listing_html(live, live.state())
    assert order(shown) == ["mute-towns", "quiet-towns"]
    assert shown.count('name="put_back" data-report="mute-towns"') == 1
    workspace.add([tmp_path / "mute-towns.md"])
    assert "put_back" not in listing_html(live, live.state())
    workspace.remove("mute-towns")
    workspace.remove("quiet-towns")
    assert order(listing_html(live, live.state())) == ["quiet-towns"]


def order(listing: str) -> list[str]:
    """Return the reports that ``listing`` has a button to remove or to put back for."""
    return re.findall(r'name="(?:remove|put_back)" data-report="([^"]*)"', listing)


def test_a_removed_report_is_told_with_the_quotes_that_hang_on_it(workspace: Workspace) -> None:
    live = LiveIndex(workspace)
    workspace.remove("quiet-towns")
    (record,) = workspace.removed()
    told = f'<p id="cb-removed">“Quiet &lt;img src=x onerror=alert(1)&gt; towns” was removed on {record.removed}.'
    assert f"{told}</p>" in listing_html(live, live.state())
    add_pin(workspace.home, pin("copied-towns", "Nobody knows."))
    add_pin(workspace.home, pin("quiet-towns", "A shared number helped."))
    assert f"{told} 1 quote of your briefing is from it.</p>" in listing_html(live, live.state())
    assert f"{told} 2 quotes of your briefing are from it.</p>" in removed_html(record, 2)
    (workspace.home / "briefing.json").write_text("spoiled")
    assert f"{told}</p>" in listing_html(live, live.state())


def test_a_damaged_record_of_a_removed_report_is_told_above_the_others(workspace: Workspace) -> None:
    live = LiveIndex(workspace)
    workspace.remove("quiet-towns")
    (workspace.home / "removed" / "000001-quiet-towns" / "removed.json").write_text("spoiled")
    shown = listing_html(live, live.state())
    assert shown.startswith('<p class="cb-problem">The removed report in ')
    assert order(shown) == ["copied-towns"]


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


def test_only_the_latest_outcome_is_open_with_what_went_wrong_in_one_block() -> None:
    def finished(number: int, *problems: str) -> Finished:
        return Finished(f"Adding {number}", Outcome("None added.", problems=problems))

    assert done_html([]) == ""
    one = '<div class="cb-done"><p><b>Adding 1:</b> None added.</p><p class="cb-problem">A &amp; b</p></div>'
    two = (
        '<div class="cb-done"><p><b>Adding 2:</b> None added.</p>'
        '<ul class="cb-problem"><li>c</li><li>&lt;d&gt;</li></ul></div>'
    )
    assert done_html([finished(1, "a & b")]) == one
    assert done_html([finished(2, "c", "<d>"), finished(1, "a & b")]) == (
        f'{two}<details class="cb-done-before"><summary>Earlier changes (1)</summary>{one}</details>'
    )


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


@pytest.fixture(scope="module")
def long_list(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """casebook over twelve reports, whose list is longer than the window."""
    folder = tmp_path_factory.mktemp("long")
    for number in range(12):
        (folder / f"towns-{number:02}.md").write_text(QUIET.replace("Quiet", f"{number:02}"), encoding="utf-8")
    Workspace(folder / "home").add([folder])
    for words in ("A shared telephone number helped.", "The practices lend one another a pharmacist."):
        add_pin(folder / "home", pin("towns-08", words))
    with Server(folder / "home") as server:
        yield server


def wait_for_focus(tab: Tab, words: str) -> None:
    """Wait until what has the focus says ``words`` and is in sight."""
    seen = """(words) => {
        const {top, bottom} = document.activeElement.getBoundingClientRect();
        return document.activeElement.textContent === words && top >= 0 && bottom <= innerHeight;
    }"""
    tab.page.wait_for_function(seen, arg=words)


@pytest.mark.browser
def test_a_removed_report_can_be_put_back_where_it_stood_and_the_focus_is_there(
    browser: Any, long_list: Server
) -> None:
    with opened(browser, long_list, 360) as tab:
        go_to_library(tab, "08 towns")
        tab.page.get_by_role("button", name="Remove “08 towns”").focus()
        tab.page.keyboard.press("Enter")
        undo = tab.page.get_by_role("button", name="Put it back “08 towns”")
        undo.wait_for()
        wait_for_focus(tab, "Put it back “08 towns”")
        around = "article:has-text('07 towns') + .cb-removed + article:has-text('09 towns')"
        assert tab.page.locator(around).count() == 1
        described = "document.getElementById(document.activeElement.getAttribute('aria-describedby')).textContent"
        assert tab.page.evaluate(described).endswith("2 quotes of your briefing are from it.")

        uploads = [long_list.home.parent / "00-more.md"]
        uploads[0].write_text(MUTE.replace("Mute", "00 more"), encoding="utf-8")
        tab.page.locator("#cb-files input[type=file]").set_input_files(uploads)
        tab.page.get_by_role("heading", name="00 more towns").wait_for()
        tab.page.locator("#cb-done .cb-done").first.get_by_text("1 added").wait_for()
        wait_for_focus(tab, "Put it back “08 towns”")
        assert tab.page.evaluate("document.documentElement.scrollWidth") == 360

        tab.page.keyboard.press("Enter")
        tab.page.get_by_role("heading", name="08 towns").wait_for()
        wait_for_focus(tab, "Outline and text of 08 towns")
        tab.page.get_by_role("button", name="Remove “00 more towns”").click()
        tab.page.get_by_role("button", name="Put it back “00 more towns”").wait_for()
        assert tab.errors == []


@pytest.mark.browser
def test_a_removal_that_fails_leaves_a_button_that_can_be_pressed_again(browser: Any, long_list: Server) -> None:
    kept = long_list.home / "library" / "towns-03.md"
    text = kept.read_bytes()
    with opened(browser, long_list) as tab:
        go_to_library(tab, "03 towns")
        kept.unlink()
        button = tab.page.get_by_role("button", name="03 towns”")
        button.click()
        tab.page.locator(".cb-done .cb-problem", has_text="holds no report 'towns-03'").wait_for()
        kept.write_bytes(text)
        tab.page.get_by_role("button", name="Remove “03 towns”", disabled=False).click()
        tab.page.get_by_role("button", name="Put it back “03 towns”").click()
        tab.page.get_by_role("heading", name="03 towns").wait_for()


@pytest.mark.browser
def test_the_boxes_of_a_description_have_an_edge_and_stand_in_line(browser: Any, long_list: Server) -> None:
    with opened(browser, long_list, place="?view=library&open=towns-03") as tab:
        tab.page.get_by_role("heading", name="Correct the description of “03 towns”").wait_for()
        look = """() => [...document.querySelectorAll('#cb-describing textarea')].map((box) => {
            const style = getComputedStyle(box);
            return [`${style.borderTopWidth} ${style.borderTopColor}`, Math.round(box.getBoundingClientRect().top)];
        })"""
        tab.page.wait_for_function(f"new Set(({look})().map((box) => box[1])).size === 2")
        for scheme, edge in {"light": "rgb(135, 148, 154)", "dark": "rgb(109, 124, 130)"}.items():
            tab.page.emulate_media(color_scheme=scheme)
            tab.page.wait_for_function(f"({look})().every(([drawn]) => drawn === '1px {edge}')")


@pytest.mark.browser
def test_an_address_that_is_refused_is_one_line(browser: Any, server: Server) -> None:
    with opened(browser, server) as tab:
        go_to_library(tab, "Quiet towns")
        tab.page.get_by_label("Or the address of a report on the web").fill("http://127.0.0.1:9/x.pdf")
        tab.page.keyboard.press("Enter")
        tab.page.locator(".cb-done .cb-problem", has_text="127.0.0.1").wait_for()


@pytest.mark.browser
def test_the_library_fits_the_window_and_every_control_has_a_name(browser: Any, server: Server) -> None:
    with opened(browser, server, 360, "?view=library&open=quiet-towns") as tab:
        tab.page.get_by_role("heading", name="Correct the description of “Quiet towns”").wait_for()
        assert tab.page.evaluate("document.documentElement.scrollWidth") == 360
        unnamed = """() => [...document.querySelectorAll("main button, main input, main textarea")].filter(
            e => e.checkVisibility() && !(e.ariaLabel || e.innerText.trim() || e.labels?.length || e.title)
        ).map(e => e.outerHTML)"""
        assert tab.page.evaluate(unnamed) == []
