"""The Briefing view: order, notes, undo and export in a browser, and what it shows of hostile and of lost quotes."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
from served_page import QUIET, Server, Tab, opened
from test_web_render import HOSTILE, Reading, report_with, squeezed

from corpus.errors import CasebookError
from corpus.model import Span
from qa.briefing import Pinned, Standing, pin
from qa.citation import cite
from qa.pins import Pin, TakenOut, move, read_briefing, set_note, unpin
from qa.web.briefing import briefing_html, done
from qa.web.place import Place, View
from qa.workspace import Workspace

NURSE = "A shared telephone number helped patients to reach the nurse on duty without waiting."
PHARMACIST = "The practices lend one another a pharmacist when somebody is ill."


def pinned_from(text: str, standing: Standing = Standing.STANDS, detail: str = "") -> Pinned:
    report = report_with(text)
    passage = report.passages[0]
    made = Pin(report.id, report.sha256, *_ends(passage.span), passage.text, passage.id, f"Note {text}", "2026-01-02")
    if standing is Standing.REFUSED:
        return Pinned(1, made, standing, detail)
    return Pinned(1, made, standing, detail, passage.text, passage.span, cite(report, passage), passage.id)


def _ends(span: Span) -> tuple[int, int]:
    return span.start, span.end


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_quotes_notes_and_reasons_are_shown_as_text(text: str) -> None:
    one = pinned_from(text, Standing.FOUND_AGAIN, f"because {text}")
    refused = pinned_from(text, Standing.REFUSED, f"because {text}")
    html = briefing_html([one, refused], [TakenOut(one.pin, 3)], Place(View.BRIEFING, text))
    shown = Reading(html)
    assert shown.names == set(
        "h2 h3 div ol ul li figure blockquote figcaption p a cite span button label textarea details summary".split()
    )
    assert shown.attributes <= {
        *("class", "tabindex", "role", "aria-live", "dir", "href", "target", "rel", "type", "disabled", "for", "id"),
        *("rows", "maxlength", "hidden", "data-count", "data-quote", "data-do", "data-saved"),
    }
    assert squeezed(shown.words).count(squeezed(one.text)) == 2
    assert squeezed(shown.words).count(squeezed(f"because {text}")) == 2
    saved = [attributes["data-saved"] for name, attributes in shown.elements if name == "textarea"]
    assert saved == [f"Note {text}"] * 2


def test_every_quote_shows_whether_it_stands(tmp_path: Path) -> None:
    stands = pinned_from("plain")
    again = pinned_from("plain", Standing.FOUND_AGAIN, "the report 'r' changed")
    refused = pinned_from("plain", Standing.REFUSED, "the words stand in it no longer")
    shown = Reading(briefing_html([stands, again, refused], [], Place()))
    assert "3 quotes, 1 of which no longer stands in the reports" in shown.words
    assert "Checked: stands word for word in its report" in shown.words
    assert "Found again: the report 'r' changed" in shown.words
    assert "Left out of what is exported: the words stand in it no longer" in shown.words
    assert shown.words.count("Read in context") == 2
    assert "2 quotes, 2 of which no longer stand" in briefing_html([refused, refused], [], Place())


@pytest.mark.parametrize(
    "wanted",
    [None, "out", [], {}, {"do": "out"}, {"do": "out", "pin": 1}, {"do": "burn", "pin": "x"},
     {"do": "note", "pin": "x", "note": "y"}, {"do": "note", "pin": "x", "note": 3, "was": ""}],
)  # fmt: skip
def test_what_no_button_of_the_page_says_does_nothing(tmp_path: Path, wanted: Any) -> None:
    with pytest.raises(CasebookError, match="nothing was done; reload the page and try again"):
        done(tmp_path, wanted)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("briefing")
    (folder / "quiet-towns.md").write_text(QUIET, encoding="utf-8")
    Workspace(folder / "home").add([folder / "quiet-towns.md"])
    with Server(folder / "home") as server:
        yield server


@pytest.fixture
def tab(browser: Any, server: Server) -> Iterator[Tab]:
    """The Briefing view with two quotes."""
    (server.home / "briefing.json").unlink(missing_ok=True)
    index = Workspace(server.home).open()
    for words in (NURSE, PHARMACIST):
        pin(index, server.home, next(passage.id for _, passage in index.passages if words in passage.text), words)
    with opened(browser, server) as tab:
        tab.page.get_by_role("link", name="Briefing (2)").click()
        tab.page.locator(".cb-pins li").nth(1).wait_for()
        yield tab
        assert tab.errors == []


browsing = pytest.mark.browser


def said(tab: Tab, line: str) -> None:
    tab.page.locator("#cb-briefing [role=status]", has_text=line).wait_for()


def focused(tab: Tab) -> str:
    return str(tab.page.evaluate("document.activeElement.innerText"))


@browsing
def test_quotes_are_moved_by_keyboard_and_the_focus_stays_with_them(tab: Tab, server: Server) -> None:
    assert tab.texts(".cb-pins blockquote") == [NURSE, PHARMACIST]
    assert tab.texts(".cb-standing") == ["Checked: stands word for word in its report"] * 2
    tab.page.get_by_role("button", name="Up (quote 2)").focus()
    tab.page.keyboard.press("Enter")
    said(tab, "Moved: it is quote 1 now.")
    assert tab.texts(".cb-pins blockquote") == [PHARMACIST, NURSE]
    assert focused(tab).split() == ["Down", "(quote", "1)"]
    tab.page.keyboard.press("Enter")
    said(tab, "Moved: it is quote 2 now.")
    assert focused(tab).split() == ["Up", "(quote", "2)"]
    assert [one.text for one in read_briefing(server.home).pins] == [NURSE, PHARMACIST]
    tab.page.get_by_role("link", name="Read in context").first.click()
    tab.page.locator("#cb-here", has_text=NURSE).wait_for()


@browsing
def test_a_note_outlives_other_actions_until_it_is_saved(tab: Tab, server: Server) -> None:
    tab.page.get_by_label("Note to quote 2").fill("for the <b>introduction</b>\nand the end")
    assert tab.texts(".cb-unsaved:not([hidden])") == ["Not saved yet"]
    tab.page.get_by_role("button", name="Up (quote 2)").click()
    said(tab, "quote 1 now")
    assert tab.page.get_by_label("Note to quote 1").input_value() == "for the <b>introduction</b>\nand the end"
    assert tab.page.get_by_label("Note to quote 2").input_value() == ""
    tab.page.reload()
    tab.page.get_by_label("Note to quote 1").wait_for()
    assert tab.page.get_by_label("Note to quote 1").input_value() == "for the <b>introduction</b>\nand the end"
    assert [one.note for one in read_briefing(server.home).pins] == ["", ""]
    tab.page.get_by_role("button", name="Save note (quote 1)").click()
    said(tab, "The note of quote 1 is saved.")
    assert tab.page.locator(".cb-unsaved:visible").count() == 0
    assert [one.note for one in read_briefing(server.home).pins] == ["for the <b>introduction</b>\nand the end", ""]


@browsing
def test_a_note_changed_elsewhere_is_told_before_it_is_replaced(tab: Tab, server: Server) -> None:
    tab.page.get_by_label("Note to quote 1").fill("mine")
    set_note(server.home, 1, "theirs")
    tab.page.get_by_role("button", name="Save note (quote 1)").click()
    said(tab, "The note of quote 1 was changed meanwhile, to 'theirs'; save yours once more to replace it")
    assert tab.page.get_by_label("Note to quote 1").input_value() == "mine"
    assert read_briefing(server.home).pins[0].note == "theirs"
    tab.page.get_by_role("button", name="Save note (quote 1)").click()
    said(tab, "The note of quote 1 is saved.")
    assert read_briefing(server.home).pins[0].note == "mine"


@browsing
def test_a_quote_taken_out_comes_back_where_it_was(tab: Tab, server: Server) -> None:
    set_note(server.home, 1, "keep me")
    tab.page.get_by_role("button", name="Remove (quote 1)").click()
    said(tab, "Quote 1 is taken out.")
    assert tab.texts(".cb-pins blockquote") == [PHARMACIST]
    tab.page.get_by_role("link", name="Briefing (1)").wait_for()
    assert focused(tab).startswith("Undo")
    tab.page.keyboard.press("Enter")
    said(tab, "Quote 1 is back.")
    assert tab.texts(".cb-pins blockquote") == [NURSE, PHARMACIST]
    assert read_briefing(server.home).pins[0].note == "keep me"
    for _ in range(2):
        tab.page.get_by_role("button", name="Remove (quote 1)").click()
        said(tab, "Quote 1 is taken out.")
        tab.page.locator(".cb-pins li").nth(1).wait_for(state="detached")
    tab.page.get_by_role("heading", name="No quote is pinned yet").wait_for()
    assert not tab.page.get_by_role("button", name="Download").is_visible()
    tab.page.reload()
    tab.page.get_by_text("Taken out (2)").click()
    tab.page.get_by_role("button", name="Put back").nth(1).click()
    said(tab, "Quote 1 is back.")
    assert tab.texts(".cb-pins blockquote") == [NURSE]


@browsing
def test_a_stale_page_moves_and_removes_the_quote_it_means(tab: Tab, server: Server) -> None:
    move(server.home, 2, 1)
    tab.page.get_by_role("button", name="Remove (quote 1)").click()
    said(tab, "Quote 2 is taken out.")
    assert [one.text for one in read_briefing(server.home).pins] == [PHARMACIST]
    unpin(server.home, 1)
    tab.page.get_by_role("button", name="Remove (quote 1)").click()
    said(tab, "The briefing has changed, and this quote is no longer in it; see it anew")
    tab.page.get_by_role("heading", name="No quote is pinned yet").wait_for()
    assert [gone.pin.text for gone in read_briefing(server.home).taken_out] == [PHARMACIST, NURSE]


@browsing
def test_the_briefing_is_downloaded_with_its_title_and_what_is_refused_is_named(tab: Tab, server: Server) -> None:
    from playwright.sync_api import Page

    page: Page = tab.page

    def download(label: str | None = None) -> Path:
        if label:
            page.get_by_label("Format").click()
            page.get_by_role("option", name=label).click()
        with page.expect_download() as found:
            page.get_by_role("button", name="Download").click()
        return Path(found.value.path()).rename(server.home.parent / found.value.suggested_filename)

    page.get_by_label("Title").fill("Quiet & calm")
    page.get_by_label("Style of references").click()
    page.get_by_role("option", name="Vancouver").click()
    word = docx.Document(str(download()))
    texts = [paragraph.text for paragraph in word.paragraphs]
    assert (texts[0], texts[1], texts[2]) == ("Quiet & calm", NURSE, PHARMACIST)
    assert "2 of 2 quotes found word for word" in texts[-2]
    assert texts[-1].endswith("; standard settings; references in vancouver style.")
    assert read_briefing(server.home).title == "Quiet & calm"

    file = server.home / "briefing.json"
    value = json.loads(file.read_text())
    value["pins"][0] |= {"text": "Nobody said so.", "start": 0, "end": 15}
    file.write_text(json.dumps(value))
    assert "# Quiet \\& calm" in download("Markdown, with footnotes").read_text(encoding="utf-8")
    assert tab.texts(".cb-left-out li") == [
        "quote 1 (“Nobody said so.”, Quiet towns) is left out: the report “Quiet towns” is read otherwise now, and the "
        "words stand in it no longer; read what the report says now and pin that, or take the quote out"
    ]
    references = download("References, RIS")
    assert references.name == "briefing.ris"
    assert len(re.findall("^TY  - RPRT", references.read_text(encoding="utf-8"), re.M)) == 1
    unpin(server.home, 2)
    page.get_by_role("button", name="Download").click()
    page.locator("#cb-file .cb-problem", has_text="No quote of the briefing can be exported").wait_for()


@browsing
def test_what_is_pinned_twice_is_there_once_and_copied_with_its_citation(browser: Any, server: Server) -> None:
    (server.home / "briefing.json").unlink(missing_ok=True)
    with opened(browser, server) as tab:
        tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        tab.ask("What helped patients to reach the nurse?")
        tab.page.get_by_role("button", name="Copy with citation").first.click()
        tab.page.get_by_role("button", name="Copied").wait_for()
        copied = tab.page.evaluate("navigator.clipboard.readText()")
        assert copied == f"“{NURSE}” (Chalk Hills Federation. What helped. Quiet towns)"
        tab.page.locator("button[data-pin]").first.click()
        tab.page.get_by_role("button", name="Pinned as quote 1").wait_for()
        tab.page.get_by_role("link", name="Compare").click()
        tab.page.locator("#cb-comparison button[data-pin]").first.click()
        tab.page.locator("#cb-comparison button", has_text="Pinned as quote 1").wait_for()
        assert tab.page.get_by_role("link", name="Briefing (1)").count() == 1
        assert [one.text for one in read_briefing(server.home).pins] == [NURSE]
