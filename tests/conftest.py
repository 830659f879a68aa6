"""What many tests need: the real reports where they are at hand."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from served_page import chromium

from corpus.catalogue import read_catalogue
from corpus.model import Report
from corpus.report import parse

REPORTS = Path(__file__).resolve().parents[2] / "shared" / "reports"
"""The folder with the five real reports, which are not part of the repository."""

# The same examples on every run: a failure is one that the next person sees too.
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.load_profile("fixed")


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are processors, as tests of the page mostly wait for the browser."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that drive a browser: they take longest, and must not be what is waited for at the end."""
    browsing = {item.path for item in items if item.get_closest_marker("browser")}
    items.sort(key=lambda item: item.path not in browsing)


@pytest.fixture(scope="session")
def reports_folder() -> Path:
    """The folder of the real reports; skips where it is missing, and fails where CI=true."""
    if not REPORTS.is_dir():
        reason = f"the real reports are not at {REPORTS}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return REPORTS


@pytest.fixture(scope="session")
def real_reports(reports_folder: Path) -> dict[str, Report]:
    """The five real reports by id."""
    known = read_catalogue(reports_folder / "catalogue.toml")
    files = sorted(reports_folder.glob("*.txt"))
    return {f.stem: parse(f.read_bytes(), f.name, known.get(f.stem)) for f in files}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium; skips where there is none, and fails where CI=true."""
    with chromium() as found:
        yield found
