"""casebook served by a process of its own, and a browser to look at it with."""

import json
import multiprocessing
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, TextIO

import pytest

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT.parent / "shared" / "reports"
IN_CI = os.environ.get("CI") == "true"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
CHROMIUM_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

QUIET = """# Quiet towns

## Chalk Hills Federation

### What helped

A shared telephone number helped patients to reach the nurse on duty without waiting.

## Ferry Quay Practices

### What helped

The practices lend one another a pharmacist when somebody is ill.
"""

HEAVY = ("torch", "sentence_transformers")


def serve_recorded(arguments: list[str], record: Path, changed: str, output: Any) -> None:
    """Be casebook, with a record of the addresses it connects to and of the heavy imports it attempts."""
    os.dup2(output.fileno(), sys.stdout.fileno())
    os.environ["HTTP_PROXY"] = "http://127.0.0.1:9"  # nothing listens there
    os.chdir(ROOT)
    seen = record.open("a", encoding="utf-8")

    def note(*told: str) -> None:
        print(json.dumps(told), file=seen, flush=True)

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.connect" and isinstance(arguments[1], tuple):
            note("connect", str(arguments[1][0]))
        if event == "socket.getaddrinfo":
            note("look up", str(arguments[0]))
        if event == "import" and arguments[0].partition(".")[0] in HEAVY:
            note("import", arguments[0])

    for name in sys.modules.keys() & set(HEAVY):
        note("import", name)
    sys.addaudithook(audit)
    exec(changed, {})
    import app

    sys.argv = ["casebook", "serve", *arguments]
    app.main()


# Where it can, a server begins as a copy of a process that has imported Gradio already, which takes seconds.
STARTING: Any = multiprocessing.get_context(
    "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
)
STARTING.set_forkserver_preload(["gradio"])


@dataclass
class Server:
    """casebook served by a process of its own over ``home``; ``changed`` is Python code that changes it before."""

    home: Path
    arguments: tuple[str, ...] = ()
    changed: str = ""
    port: int = 0
    first_line: str = ""
    record: Path = field(init=False)
    process: Any = field(init=False)
    output: TextIO = field(init=False)

    def __enter__(self) -> "Server":
        self.record = self.home.parent / "record.jsonl"
        self.port = free_port()
        self.start()
        return self

    def start(self) -> None:
        """Start the process."""
        arguments = ["--home", str(self.home), "--port", str(self.port), *self.arguments]
        reading, writing = STARTING.Pipe(duplex=False)
        self.process = STARTING.Process(target=serve_recorded, args=(arguments, self.record, self.changed, writing))
        self.process.start()
        writing.close()
        self.output = open(os.dup(reading.fileno()), encoding="utf-8")
        reading.close()
        self.first_line = self.output.readline()
        if not self.first_line:
            self.stop()
            pytest.fail(f"casebook did not start: it ended with exit code {self.process.exitcode}")

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop the process."""
        self.process.terminate()
        self.process.join(20)
        self.output.close()
        if self.process.exitcode is None:
            self.process.kill()
            pytest.fail("casebook did not end when it was told to")

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def recorded(self, what: str) -> set[str]:
        """Return what the process connected to ("connect"), looked up ("look up") or imported ("import")."""
        rows = [json.loads(line) for line in self.record.read_text(encoding="utf-8").splitlines()]
        return {value for kind, value in rows if kind == what}

    def megabytes(self) -> float:
        """Return the most memory that the process has held, in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024


@dataclass
class Tab:
    """A browser's page with all that it asked for, said and popped up."""

    page: Any
    requests: list[str]
    dialogs: list[str]
    errors: list[str]
    under_way: set[Any] = field(default_factory=set)

    def settle(self) -> None:
        """Wait until the page waits for nothing, each of ten times that it is looked at in a second."""
        quiet = 0
        for _ in range(300):
            quiet = 0 if self.under_way else quiet + 1
            if quiet > 10:
                return
            self.page.wait_for_timeout(100)
        pytest.fail(f"the page still waits for {sorted(request.url for request in self.under_way)}")

    def ask(self, question: str) -> str:
        """Ask with Enter and return the status line once it has come."""
        self.page.get_by_label("Your question").fill(question)
        self.page.keyboard.press("Enter")
        return self.status(question)

    def status(self, question: str) -> str:
        """Return the status line once the answer to ``question`` has come."""
        self.page.locator(".cb-asked", has_text=question[:40]).wait_for()
        self.page.locator("#cb-status").locator(".cb-found, .cb-silent, .cb-problem").wait_for()
        return str(self.page.locator("#cb-status h2, #cb-status .cb-problem").inner_text())

    def texts(self, selector: str) -> list[str]:
        """Return what the elements show."""
        return [str(text) for text in self.page.locator(selector).all_inner_texts()]


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def missing(reason: str) -> NoReturn:
    """Skip the test that runs; fail it in CI."""
    if IN_CI:
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def chromium() -> Iterator[Any]:
    """Start a browser; skip the test where there is none, or fail it in CI."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed")
    if CHROMIUM is None:
        missing("chromium is not installed")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_ARGUMENTS))
        yield found
        found.close()


@contextmanager
def opened(browser: Any, server: Server, width: int = 1280, place: str = "") -> Iterator[Tab]:
    """Open the page of ``server`` at ``place``, a query, in a tab of its own.

    The tabs of a browser share what it keeps of the files of the page, which then load sooner.
    """
    context = next(iter(browser.contexts), None) or browser.new_context()
    tab = Tab(context.new_page(), [], [], [])
    tab.page.set_viewport_size({"width": width, "height": 800})
    tab.page.on("request", lambda request: tab.requests.append(request.url))
    tab.page.on("request", lambda request: tab.under_way.add(request))
    for end in ("requestfinished", "requestfailed"):
        tab.page.on(end, lambda request: tab.under_way.discard(request))
    tab.page.on("pageerror", lambda error: tab.errors.append(str(error)))
    tab.page.on("console", lambda said: tab.errors.append(said.text) if said.type == "error" else None)
    tab.page.on("dialog", lambda dialog: (tab.dialogs.append(dialog.message), dialog.dismiss()))
    tab.page.goto(f"{server.address}/{place}")
    tab.page.get_by_role("navigation", name="Views").wait_for()
    try:
        yield tab
    except BaseException:
        waits = [request.url for request in tab.under_way]
        print(f"the page at {tab.page.url} said {tab.errors}, waits for {waits}, and shows:")
        with suppress(Exception):
            print(tab.page.locator("body").inner_text(timeout=1000))
        raise
    finally:
        tab.page.close()
