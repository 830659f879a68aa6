"""Manners of the whole page: every view by axe-core, by keyboard alone, in two tabs, over a restart, off the web."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from served_page import QUIET, Server, Tab, opened

from qa.briefing import pin
from qa.pins import read_briefing, unpin
from qa.web.page import views
from qa.web.place import Place, View
from qa.workspace import Workspace

pytestmark = pytest.mark.browser

FOUND = "What helped patients to reach the nurse on duty?"
SILENT = "Who won the football cup of 1966?"
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
SEEN = {"light": (1920, 1280, 360), "dark": (360, 1920, 1280)}
"""Schemes with the widths of the window; axe-core looks at the last."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A library, with one quote pinned that stands, one that does not, and one taken out."""
    folder = tmp_path_factory.mktemp("manners")
    file = folder / "quiet-towns.md"
    file.write_text(QUIET.replace("A shared telephone", "A new telephone"), encoding="utf-8")
    workspace = Workspace(folder / "home")
    workspace.add([file])
    for _, passage in workspace.open().passages:
        pin(workspace.open(), workspace.home, passage.id)
    file.write_text(QUIET, encoding="utf-8")
    workspace.add([file])
    for _, passage in workspace.open().passages:
        pin(workspace.open(), workspace.home, passage.id)
    unpin(workspace.home, 2)
    with Server(workspace.home) as server:
        yield server


READY = {
    "empty": (Place(), "#cb-ask"),
    "found": (Place(question=FOUND), "#cb-status .cb-found"),
    "silent": (Place(question=SILENT), "#cb-status .cb-silent"),
    "compare": (Place(View.COMPARE, FOUND), ".cb-table-of-quotes"),
    "read": (Place(View.READ), "#cb-here"),
    "briefing": (Place(View.BRIEFING), ".cb-pins li"),
    "library": (Place(View.LIBRARY), "#cb-view-library h2"),
    "judge": (Place(View.JUDGE, FOUND), "#cb-view-judge h2"),
}
"""Where to go to see each view, and what is there when it has come."""


def address(server: Server, name: str) -> str:
    """Return the query of the place called ``name``."""
    place, _ = READY[name]
    if place.view is View.READ:
        _, passage = Workspace(server.home).open().passages[0]
        place = place.reading(passage.id, passage.span)
    return place.query


def arrived(tab: Tab, name: str) -> None:
    """Wait for the place called ``name``, and unfold what is folded."""
    tab.page.locator(READY[name][1]).first.wait_for()
    if tab.page.get_by_role("button", name="Filters").is_visible():
        tab.page.get_by_role("button", name="Filters").click()
        tab.page.get_by_label("Kind of section").wait_for()
    if name == "briefing":
        tab.page.get_by_text("Taken out (1)").click()


def test_every_view_is_among_those_looked_at() -> None:
    assert {place.view for place, _ in READY.values()} == set(views())


@pytest.mark.parametrize("name", READY)
def test_axe_core_finds_nothing_nothing_is_wider_than_the_window_and_nothing_asked_elsewhere(
    browser: Any, server: Server, name: str
) -> None:
    with opened(browser, server, place=address(server, name)) as tab:
        arrived(tab, name)
        found = []
        for scheme, widths in SEEN.items():
            tab.page.emulate_media(color_scheme=scheme)
            tab.page.wait_for_function(f"document.body.matches('.dark') === {str(scheme == 'dark').lower()}")
            for width in widths:
                tab.page.set_viewport_size({"width": width, "height": 800})
                assert tab.page.evaluate("document.documentElement.scrollWidth") == width
            tab.page.wait_for_timeout(300)  # colours fade into one another
            for violation in Axe().run(tab.page, options=WCAG).response["violations"]:
                nodes = [(node["html"][:200], node["failureSummary"]) for node in violation["nodes"]]
                found.append((scheme, violation["id"], nodes))
        assert found == []
        assert tab.page.locator("h1:visible").count() == 1
        assert tab.errors == []
        hosts = {url.split("/")[2] for url in tab.requests if not url.startswith(("data:", "blob:"))}
        assert hosts == {server.address.removeprefix("http://")}


def tab_to(tab: Tab, name: str, key: str = "Tab") -> None:
    """Press Tab until the control whose name begins with ``name`` has the focus, which is visible all the way."""
    look = """() => {
        const here = document.activeElement, around = [here, here.closest('.wrap')].filter(Boolean);
        const name = here.ariaLabel || here.labels?.[0]?.innerText || here.innerText || '';
        const seen = around.some((one) => {
            const style = getComputedStyle(one);
            return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
        });
        return [name.replace(/\\s+/g, ' ').trim(), seen || here === document.body, here.outerHTML.slice(0, 200)];
    }"""
    for _ in range(80):
        tab.page.keyboard.press(key)
        here, seen, html = tab.page.evaluate(look)
        assert seen, f"the focus cannot be seen on {html}"
        if here.startswith(name):
            return
    pytest.fail(f"Tab does not reach {name!r}")


def test_the_keyboard_alone_asks_reads_pins_orders_and_exports(browser: Any, server: Server) -> None:
    with opened(browser, server) as tab:
        keys = tab.page.keyboard
        tab.page.wait_for_function("document.activeElement.tagName === 'TEXTAREA'")
        keys.type("Who lends a pharmacist when somebody is ill?")
        keys.press("Enter")
        tab.status("Who lends a pharmacist")
        tab.page.locator("button[data-pin]").first.wait_for()
        tab_to(tab, "Filters")
        keys.press("Enter")
        tab_to(tab, "Year")
        tab_to(tab, "Read in context")
        keys.press("Enter")
        tab.page.locator("#cb-here").wait_for()
        tab.page.wait_for_function("document.activeElement.matches('.cb-report h2')")
        tab_to(tab, "Pin to briefing")
        keys.press("Enter")
        tab.page.get_by_role("button", name="Pinned as quote").wait_for()
        count = len(read_briefing(server.home).pins)
        tab_to(tab, f"Briefing ({count})", "Shift+Tab")
        keys.press("Enter")
        tab.page.locator(".cb-pins li").first.wait_for()
        tab.page.wait_for_function("document.activeElement.matches('#cb-briefing h2')")
        last = read_briefing(server.home).pins[-1].id
        tab_to(tab, f"Up (quote {count})")
        keys.press("Enter")
        tab.page.get_by_text(f"Moved: it is quote {count - 1} now.").wait_for()
        assert read_briefing(server.home).pins[-2].id == last
        tab_to(tab, "Download", "Shift+Tab")
        with tab.page.expect_download() as download:
            keys.press("Enter")
        assert download.value.suggested_filename == "briefing.docx"


def test_two_tabs_keep_their_own_question_and_share_the_briefing(browser: Any, server: Server) -> None:
    with opened(browser, server) as one, opened(browser, server) as other:
        one.page.get_by_label("Your question").fill(FOUND)
        other.page.get_by_label("Your question").fill("Who lends a pharmacist when somebody is ill?")
        for tab in (one, other):
            tab.page.get_by_label("Your question").press("Enter")
        one.status(FOUND)
        other.status("Who lends a pharmacist")
        assert one.texts(".cb-quotes blockquote")[0].startswith("A shared telephone number")
        assert other.texts(".cb-quotes blockquote")[0].startswith("The practices lend")
        other.page.locator("button[data-pin]").first.click()
        other.page.get_by_role("button", name="Pinned as quote").wait_for()
        count = len(read_briefing(server.home).pins)
        one.page.get_by_role("link", name="Briefing").click()
        one.page.locator(".cb-pins > li").nth(count - 1).wait_for()
        assert one.errors == other.errors == []


def test_open_pages_go_on_when_the_server_was_away_and_no_question_is_lost(browser: Any, server: Server) -> None:
    """Gradio reloads a page that was waiting for the server; the page that waits for nothing notices nothing."""
    lost = "Who lends a pharmacist when somebody is ill?"
    with opened(browser, server) as idle, opened(browser, server, place=Place(question=FOUND).query) as asking:
        idle.ask(FOUND)
        idle.page.locator("button[data-pin]").first.wait_for()
        asking.status(FOUND)
        for tab in (idle, asking):
            tab.settle()
        server.stop()
        asking.page.get_by_label("Your question").fill(lost)
        asking.page.get_by_label("Your question").press("Enter")
        asking.page.get_by_text("Connection to the server was lost").wait_for()
        server.start()
        asking.page.get_by_text("Connection to the server was lost").wait_for(state="detached")
        asking.status(FOUND)
        kept = "(lost) => document.querySelector('#cb-question textarea')?.value === lost"
        asking.page.wait_for_function(kept, arg=lost)
        asking.settle()
        asking.page.get_by_label("Your question").press("Enter")
        asking.status(lost)

        idle.page.locator("button[data-pin]").first.click()
        idle.page.get_by_role("button", name="Pinned as quote").wait_for()
        idle.page.get_by_role("link", name="Read in context").first.click()
        idle.page.locator("#cb-here").wait_for()
        idle.page.get_by_role("link", name="Briefing").click()
        idle.page.get_by_role("button", name="Down (quote 1)").click()
        idle.page.get_by_text("Moved: it is quote 2 now.").wait_for()
        idle.page.go_back()
        idle.page.locator("#cb-here").wait_for()


def test_no_request_leaves_the_machine_from_any_view(browser: Any, server: Server) -> None:
    """Nor does the server go anywhere, for this page and for those that the tests above looked at."""
    with opened(browser, server, place=address(server, "compare")) as tab:
        arrived(tab, "compare")
    assert server.recorded("connect") | server.recorded("look up") <= {"127.0.0.1"}
    assert server.recorded("import") == set()
