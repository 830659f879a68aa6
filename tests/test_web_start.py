"""How the page begins: with nothing, and with reports that are not indexed yet."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from served_page import HEAVY, QUIET, REPORTS, ROOT, Server, missing, opened

from qa.digests import ABOUT
from qa.workspace import Workspace

IMPORTS = """
import sys
def audit(event, arguments):
    if event in ("socket.getaddrinfo", "socket.connect") and isinstance(arguments[-1], (str, tuple)):
        print(event, arguments)
sys.addaudithook(audit)
import app, gradio, qa.web.server
print(sorted(sys.modules.keys() & set(sys.argv[1:])))
"""


def test_importing_what_serves_the_page_asks_nothing_of_the_network() -> None:
    """The servers of the other tests begin with Gradio imported."""
    done = subprocess.run([sys.executable, "-c", IMPORTS, *HEAVY], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.browser
def test_an_empty_library_answers_from_digests_and_comes_alive_when_reports_are_added(
    browser: Any, tmp_path: Path
) -> None:
    with Server(tmp_path / "home") as server:
        with opened(browser, server) as tab:
            told = f"{ABOUT[0].upper()}{ABOUT[1:]}. Add reports in the library."
            tab.page.locator("#cb-notice", has_text=told).wait_for()
            tab.ask("What helped?")
            (tmp_path / "quiet-towns.md").write_text(QUIET, encoding="utf-8")
            Workspace(tmp_path / "home").add([tmp_path / "quiet-towns.md"])
            assert tab.ask("Who lends a pharmacist when somebody is ill?") == "Quotes from 1 of 2 case studies"
            tab.page.locator("#cb-library-line", has_text="1 report · 2 case studies · 2 passages").wait_for()
            tab.page.locator("#cb-notice", has_text=ABOUT[5:]).wait_for(state="hidden")
            assert tab.errors == []


@pytest.mark.browser
@pytest.mark.reports
def test_the_real_reports_are_indexed_under_an_open_page_and_asked(browser: Any, tmp_path: Path) -> None:
    if not REPORTS.is_dir():
        missing(f"{REPORTS} is missing")
    library = tmp_path / "home" / "library"
    library.mkdir(parents=True)
    for name in ("catalogue.toml", "lga-2021-must-know-integrated-health-and-care.txt"):
        shutil.copy(REPORTS / name, library / name)
    with Server(tmp_path / "home") as server:
        with opened(browser, server) as tab:
            tab.page.locator("#cb-library-line", has_text="1 report · 3 case studies").wait_for(timeout=60_000)
            assert tab.ask("What does the place forum in Coventry and Warwickshire do?").startswith("Quotes from ")
            assert "Coventry and Warwickshire Place Forum" in tab.texts(".cb-group h3")
            link = tab.page.locator(".cb-quote .cb-citation a").first
            assert link.get_attribute("href").startswith("https://www.local.gov.uk/publications/must-know")
            assert link.get_attribute("rel") == "noopener noreferrer"
