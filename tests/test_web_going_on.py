"""Going on from an answer: without filters, without slips, to other words, elsewhere, and after a reload."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from served_page import QUIET, Server, Tab, opened
from small_library import HashEncoder

from corpus.model import Span
from corpus.report import parse
from index.build import build
from index.search import open_index
from qa.briefing import find_selected
from qa.pins import BriefingError, read_briefing
from qa.web.form import EARLIER, TOO_LONG, amiss, recalled, remembered
from qa.web.place import Place, View
from qa.workspace import Workspace

FOUND = "What helped patients to reach the nurse on duty?"
OTHER = "Who lends a pharmacist when somebody is ill?"
NUMBER = "A shared telephone number helped patients to reach the nurse on duty without waiting."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("going-on")
    (folder / "quiet-towns.md").write_text(QUIET, encoding="utf-8")
    Workspace(folder / "home").add([folder / "quiet-towns.md"])
    return folder / "home"


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Server]:
    with Server(home) as server:
        yield server


@pytest.mark.browser
def test_a_slip_is_mended_with_one_click_and_filters_are_left_with_another(browser: Any, server: Server) -> None:
    slip = "What helped pateints to reach the nurse on duty?"
    case = "?case=quiet-towns%2FFerry+Quay+Practices"
    with opened(browser, server, place=case) as tab:
        tab.page.get_by_role("button", name="Filters (1 chosen): Ferry Quay Practices").wait_for()
        tab.ask(slip)
        tab.page.get_by_role("link", name=FOUND).click()
        tab.status(FOUND)
        assert tab.page.title() == f"{FOUND} · casebook"
        tab.page.get_by_role("link", name="Ask without filters").click()
        tab.page.get_by_role("button", name="(1 chosen)").wait_for(state="detached")
        tab.page.locator(".cb-quotes blockquote", has_text="A shared telephone number").first.wait_for()
        tab.page.get_by_role("link", name="put the question to every case study").click()
        tab.page.locator(".cb-table-of-quotes").first.wait_for()
        assert tab.page.title() == f"{FOUND} · Compare · casebook"
        assert tab.errors == []


SELECT = """([from, to]) => {
    const words = document.createTreeWalker(document.querySelector('.cb-body'), NodeFilter.SHOW_TEXT);
    const find = (text) => {
        words.currentNode = words.root;
        while (words.nextNode()) {
            const at = words.currentNode.data.indexOf(text);
            if (at >= 0) return [words.currentNode, at];
        }
    };
    const [first, start] = find(from), [last, end] = find(to), range = document.createRange();
    range.setStart(first, start);
    range.setEnd(last, end + to.length);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
}"""


def read_in_context(tab: Tab) -> None:
    """Open the report at the answer, with the clipboard at hand."""
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.ask(FOUND)
    tab.page.get_by_role("link", name="Read in context").first.click()
    tab.page.locator("#cb-here").wait_for()
    tab.settle()


@pytest.mark.browser
def test_words_that_are_selected_are_copied_and_pinned_whole(browser: Any, server: Server) -> None:
    text = server.home.parent / "quiet-towns.md"
    report = parse(text.read_bytes(), text.name)
    with opened(browser, server) as tab:
        read_in_context(tab)
        tab.page.evaluate(SELECT, ["ared telephone", "reach the nur"])
        copy = tab.page.locator(".cb-report button[data-copy]")
        copy.click()
        tab.page.get_by_role("button", name="Copied the selection").wait_for()
        assert tab.page.evaluate("navigator.clipboard.readText()") == (
            "“shared telephone number helped patients to reach the nurse” "
            "(Chalk Hills Federation. What helped. Quiet towns)"
        )
        tab.page.locator(".cb-report button[data-pin]").click()
        tab.page.get_by_role("button", name="Pinned as quote").wait_for()
        pin = read_briefing(server.home).pins[-1]
        assert pin.text == "shared telephone number helped patients to reach the nurse"
        assert report.text[pin.start : pin.end] == pin.text
        tab.page.evaluate("getSelection().removeAllRanges()")
        copy.click()
        tab.page.get_by_role("button", name="Copied", exact=True).wait_for()
        assert tab.page.evaluate("navigator.clipboard.readText()").startswith(f"“{NUMBER}”")


@pytest.mark.browser
def test_what_is_selected_to_the_end_or_beyond_the_text_is_copied_as_it_stands(browser: Any, server: Server) -> None:
    with opened(browser, server) as tab:
        read_in_context(tab)
        copy = tab.page.locator(".cb-report button[data-copy]")
        tab.page.evaluate(SELECT, ["duty without", "waiting."])
        copy.click()
        tab.page.get_by_role("button", name="Copied the selection").wait_for()
        assert tab.page.evaluate("navigator.clipboard.readText()").startswith("“duty without waiting.” (")
        tab.page.evaluate("navigator.clipboard.writeText('')")
        tab.page.evaluate("getSelection().extend(document.querySelector('.cb-report button'), 0)")
        copy.click()
        tab.page.wait_for_function("navigator.clipboard.readText().then((text) => text !== '')")
        assert tab.page.evaluate("navigator.clipboard.readText()").startswith("“duty without waiting.” (")
        assert tab.errors == []


def test_of_words_that_stand_twice_those_that_were_selected_are_found(tmp_path: Path) -> None:
    text = b"# Twice\n\n## Case study 1: Echo\n\n### Impact\n\nThe bell rings. It helps. Then the bell rings again.\n"
    build(tmp_path / "index", [parse(text, "twice.md")], HashEncoder(), {"casebook": "0", "date": "2026-01-01"})
    index = open_index(tmp_path / "index")
    report, passage = index.passages[0]
    first, second = (report.text.index(words) for words in ("The bell rings.", "the bell rings again"))
    for near in (first, second):
        found = find_selected(index, passage.id, "the bell rings", near)
        assert found == (report, passage, Span(near, near + len("the bell rings")))
    with pytest.raises(BriefingError, match="holds no words"):
        find_selected(index, passage.id, "—", 0)


@pytest.mark.browser
def test_a_whole_passage_is_pinned_from_the_list(browser: Any, server: Server) -> None:
    with opened(browser, server) as tab:
        tab.ask(OTHER)
        last = tab.page.locator(".cb-passages li").last
        last.get_by_role("button", name="Pin to briefing").click()
        last.get_by_role("button", name="Pinned as quote").wait_for()
        assert read_briefing(server.home).pins[-1].text == NUMBER


def earlier(tab: Tab) -> list[str]:
    tab.page.locator("#cb-earlier summary").click()
    tab.page.locator("#cb-earlier a").first.wait_for()
    return tab.texts("#cb-earlier a")


@pytest.mark.parametrize("hostile", [None, "?q=Who", {"0": "?q=Who"}, [None, 7, ["?q=Who"], "", "?q=+", "?view=judge"]])
def test_what_a_browser_says_was_asked_before_is_taken_for_questions_alone(hostile: Any) -> None:
    place = Place(View.COMPARE, "Who won?")
    assert remembered(hostile, place) == ["?q=Who+won%3F"]
    assert recalled(hostile, hostile) == []
    assert recalled(["?q=Who"] * 50, [f"?q={number}" for number in range(50)])[:2] == ["?q=Who", "?q=0"]
    assert len(remembered([f"?q={number}" for number in range(50)], place)) == EARLIER


@pytest.mark.parametrize(
    ("view", "question", "line"),
    [
        (View.ASK, "", ""),
        (View.ASK, FOUND, ""),
        (View.JUDGE, "?!", "holds no word"),
        (View.COMPARE, "x" * 10_001, "has 10,001 characters"),
        (View.ASK, "\U00010400" * 10_000, TOO_LONG),
        (View.READ, "?!", ""),
    ],
)
def test_a_question_that_cannot_be_asked_says_why(view: View, question: str, line: str) -> None:
    assert (line in amiss(Place(view, question))) is True
    assert bool(amiss(Place(view, question))) is bool(line)


@pytest.mark.browser
def test_as_many_tabs_can_be_open_as_somebody_likes(browser: Any, server: Server) -> None:
    """A browser has six connections for all its tabs: none may be kept open."""
    with opened(browser, server) as tab:
        tab.ask(FOUND)
        tab.settle()
    assert httpx.get(f"{server.address}/config", trust_env=False).json()["connect_heartbeat"] is False


@pytest.mark.browser
def test_earlier_questions_outlive_a_reload(browser: Any, server: Server) -> None:
    with opened(browser, server) as tab:
        for question in ("Who won?", OTHER, FOUND):
            tab.ask(question)
        tab.settle()
        tab.page.reload()
        tab.status(FOUND)
        tab.page.get_by_text("Earlier questions (2)").wait_for()
        assert earlier(tab) == [OTHER, "Who won?"]
        tab.page.get_by_role("link", name=OTHER).click()
        tab.status(OTHER)


SLOW = """
import pathlib, time
from qa.web.answering import Answering
compare = Answering.compare
def slow(self, question, *arguments):
    while question == {question!r} and not pathlib.Path({goes_on!r}).exists():
        time.sleep(0.05)
    return compare(self, question, *arguments)
Answering.compare = slow
"""
"""Has no comparison of a certain question come to an end before there is a certain file."""


@pytest.mark.browser
def test_what_comes_after_somebody_has_gone_elsewhere_is_not_shown(browser: Any, home: Path, tmp_path: Path) -> None:
    goes_on = tmp_path / "goes-on"
    with Server(home, changed=SLOW.format(question=FOUND, goes_on=str(goes_on))) as slow, opened(browser, slow) as tab:
        tab.ask(FOUND)
        tab.page.get_by_role("link", name="Compare").first.click()
        tab.page.get_by_text("Putting the question to all case studies").wait_for()
        tab.page.get_by_role("link", name="Briefing").click()
        tab.page.locator("#cb-briefing h2").wait_for()
        tab.page.go_back()
        tab.page.get_by_label("Your question").fill(OTHER)
        tab.page.keyboard.press("Enter")
        said = tab.page.locator(".cb-table-of-quotes").first
        said.wait_for()
        assert tab.under_way  # the first comparison
        goes_on.touch()
        tab.settle()
        assert "pharmacist" in said.inner_text()
        assert "telephone" not in said.inner_text()


def test_nothing_is_shown_in_parts_by_gradio(server: Server) -> None:
    """It shows the last part once more at its end, over what came meanwhile, and mends parts that are not yet shown."""
    config = httpx.get(f"{server.address}/config", trust_env=False).json()
    assert [one["api_name"] for one in config["dependencies"] if one["types"]["generator"]] == []


@pytest.mark.browser
def test_a_link_can_be_followed_as_soon_as_it_is_there(browser: Any, server: Server) -> None:
    for _ in range(3):
        with opened(browser, server) as tab:
            tab.page.get_by_role("link", name="Library", exact=True).click()
            tab.page.get_by_role("heading", name="Quiet towns").wait_for()
