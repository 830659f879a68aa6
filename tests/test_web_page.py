"""The page in a browser, served by casebook itself over made-up reports, some of them hostile."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from served_page import QUIET, Server, Tab, opened

from qa.workspace import Workspace

HOSTILE = """# Care in hostile towns

## Otter <img src=x onerror=alert(1)> Alliance

### What helped

Shared rotas <script>alert("script")</script> helped most, because every ward could see where nurses were missing.
A joint bank of staff <img src="https://example.org/x.png" onerror="alert(2)"> came later, in the second year.

### Challenges

Records were hard to share between the hospitals [read more](javascript:alert(3)) of **the valley**.

## Harbour Partnership ${alert(4)} {{this}}

### What helped

Volunteers carried medicines to people at home during the pandemic <svg/onload=alert(5)> every day.
"""
CATALOGUE = """[hostile-towns]
title = "Hostile <img src=y onerror=alert(6)> towns"
publisher = "<script>alert(7)</script> Publishing"
published = "2021"
url = "javascript:alert(8)"
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("hostile")
    reports = folder / "reports"
    reports.mkdir()
    (reports / "hostile-towns.md").write_text(HOSTILE, encoding="utf-8")
    (reports / "quiet-towns.md").write_text(QUIET, encoding="utf-8")
    (reports / "catalogue.toml").write_text(CATALOGUE, encoding="utf-8")
    Workspace(folder / "home").add([reports])
    with Server(folder / "home") as server:
        yield server


@pytest.fixture
def tab(browser: Any, hostile: Server) -> Iterator[Tab]:
    with opened(browser, hostile) as tab:
        yield tab


pytestmark = pytest.mark.browser


def test_enter_brings_quotes_with_citations_and_marked_passages(tab: Tab, hostile: Server) -> None:
    assert hostile.first_line == f"casebook is open at {hostile.address} (Ctrl-C stops it)\n"
    assert tab.ask("What helped patients to reach the nurse on duty?").startswith("Quotes from ")
    assert tab.texts("blockquote")[0] == (
        "A shared telephone number helped patients to reach the nurse on duty without waiting."
    )
    assert tab.texts(".cb-quote .cb-citation")[0] == "Chalk Hills Federation\xa0· What helped\xa0· Quiet towns"
    assert tab.texts(".cb-passages mark")[0] == tab.texts("blockquote")[0]
    assert [tab.page.locator(f"h{level}").count() > 0 for level in (1, 2, 3)] == [True, True, True]
    tab.page.get_by_text("Scores").first.click()
    assert "Words (BM25)" in tab.texts(".cb-passages dl")[0]
    assert tab.errors == []


def test_an_example_is_asked_with_one_click(tab: Tab) -> None:
    tab.page.get_by_role("button", name="How do organisations share staff?").click()
    assert tab.status("How do organisations share staff?") != ""
    assert tab.page.get_by_label("Your question").input_value() == "How do organisations share staff?"


def test_filters_narrow_one_another_and_the_answer(tab: Tab) -> None:
    tab.page.locator("#cb-library-line p").wait_for()
    assert tab.texts("#cb-library-line p") == ["2 reports · 4 case studies · 5 passages"]
    tab.page.get_by_role("button", name="Filters").click()
    tab.page.get_by_label("Report").click()
    tab.page.get_by_role("option", name="Quiet towns (2 passages)").click()
    tab.page.keyboard.press("Escape")
    tab.page.get_by_role("button", name="Filters (1 chosen)").wait_for()
    tab.page.get_by_label("Case study").click()
    tab.page.get_by_role("option", name="Harbour Partnership").wait_for(state="detached")
    assert [text.strip("✓ \n") for text in tab.texts("#cb-case-studies [role=option]")] == [
        "Chalk Hills Federation (1 passage)",
        "Ferry Quay Practices (1 passage)",
    ]
    tab.page.get_by_role("option", name="Ferry Quay Practices (1 passage)").click()
    tab.page.keyboard.press("Escape")
    assert tab.ask("Who lends a pharmacist when somebody is ill?") == "Quotes from 1 of 1 case study"
    assert tab.texts("blockquote") == ["The practices lend one another a pharmacist when somebody is ill."]
    assert tab.texts(".cb-passages li .cb-case") == ["Ferry Quay Practices"]
    assert "report=quiet-towns&case=quiet-towns%2FFerry+Quay+Practices" in tab.page.url
    tab.page.get_by_label("Your question").fill("half a question")
    tab.page.get_by_label("Case study").click()
    tab.page.keyboard.press("Backspace")  # another filter asks again what is asked already
    tab.page.locator("#cb-status", has_text="Quotes from 1 of 2 case studies").wait_for()
    assert tab.page.url.endswith("?q=Who+lends+a+pharmacist+when+somebody+is+ill%3F&report=quiet-towns")
    assert tab.page.get_by_label("Your question").input_value() == "half a question"


def test_hostile_reports_and_questions_stay_text(tab: Tab) -> None:
    question = "What helped <img src=z onerror=alert(9)> most, ${alert(10)} {{this}}?"
    tab.ask(question)
    tab.page.get_by_role("button", name="Filters").click()
    tab.page.get_by_label("Case study").click()
    tab.page.get_by_role("option", name="Harbour Partnership").wait_for()
    shown = tab.page.locator("main").inner_text()
    for text in (
        'Shared rotas <script>alert("script")</script> helped most',
        '<img src="https://example.org/x.png" onerror="alert(2)">',
        "[read more](javascript:alert(3)) of **the valley**.",
        "Harbour Partnership ${alert(4)} {{this}}",
        "<svg/onload=alert(5)>",
        "Hostile <img src=y onerror=alert(6)> towns",
        "<script>alert(7)</script> Publishing",
        "javascript:alert(8)",
        question,
    ):
        assert text in shown
    assert (
        tab.page.locator("main script, .cb-answer img, .cb-answer svg, #cb-case-studies [role=option] img").count() == 0
    )
    assert tab.page.locator("a[href^=javascript]").count() == 0
    assert tab.dialogs == []
    assert tab.errors == []


def test_a_question_that_cannot_be_asked_is_answered_with_one_line(tab: Tab) -> None:
    for question, line in {
        " ": "The question '' holds no word",
        "?!": "The question '?!' holds no word",
        "x" * 100_000: "The question has 100,000 characters",
    }.items():
        tab.page.get_by_label("Your question").fill(question)
        tab.page.locator("#cb-ask").click()
        told = tab.page.locator(".cb-problem", has_text=line)
        told.wait_for()
        assert "\n" not in told.inner_text()
        assert len(told.inner_text()) < 300
        assert tab.page.evaluate("location.search.length") < 10
    assert tab.ask("What helped patients to reach the nurse on duty?").startswith("Quotes from ")


def test_no_request_leaves_the_machine(tab: Tab, hostile: Server) -> None:
    tab.ask("What helped the wards most?")
    assert {url.partition("/gradio_api")[0][: len(hostile.address)] for url in tab.requests} == {hostile.address}
    assert hostile.recorded("connect") == {"127.0.0.1"}
    assert hostile.recorded("look up") == {"127.0.0.1"}
    assert hostile.recorded("import") == set()


def test_nothing_is_too_wide_changes_are_announced_and_every_control_has_a_name(tab: Tab) -> None:
    tab.ask("What helped the wards most?")
    tab.page.set_viewport_size({"width": 360, "height": 800})
    assert tab.page.evaluate("document.documentElement.scrollWidth") == 360
    assert tab.page.locator("#cb-status [role=status][aria-live=polite] h2").count() == 1
    unnamed = """() => [...document.querySelectorAll("main button, main input, main textarea")].filter(
        e => e.checkVisibility() && !(e.ariaLabel || e.innerText.trim() || e.labels?.length || e.title)
    ).map(e => e.outerHTML)"""
    assert tab.page.evaluate(unnamed) == []


def test_memory_of_the_serving_process(tab: Tab, hostile: Server) -> None:
    for question in ("What helped?", "Who carried medicines?", "What was hard?"):
        tab.ask(question)
    if not Path("/proc/self/status").exists():
        pytest.skip("memory is read from /proc")
    assert hostile.megabytes() < 700
