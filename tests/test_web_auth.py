"""Who is let in: by which name, from which page, and with which password; served for real and seen from a browser."""

import asyncio
import base64
import json
import re
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AuthenticationError
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from served_page import QUIET, ROOT, Server, Tab, free_port

from corpus.errors import CasebookError
from qa.web import access as module
from qa.web.access import Access, AccessControl, Receive, Scope, Send, access
from qa.web.server import serve
from qa.workspace import Workspace

ACCOUNTS = "anna:secret one\n\nben:pä:ss\n"
ANNA = ("anna", "secret one")
QUESTION = "What helped patients to reach the nurse?"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("auth")
    (folder / "quiet-towns.md").write_text(QUIET, encoding="utf-8")
    Workspace(folder / "home").add([folder / "quiet-towns.md"])
    return folder / "home"


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    file = tmp_path / "accounts"
    file.write_text(ACCOUNTS, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def guarded(home: Path) -> Iterator[Server]:
    """A server with MCP that asks for a password."""
    file = home.parent / "accounts"
    file.write_text(ACCOUNTS, encoding="utf-8")
    with Server(home, ("--auth", str(file), "--mcp")) as server:
        yield server


@pytest.fixture(scope="module")
def unguarded(home: Path) -> Iterator[Server]:
    with Server(home) as server:
        yield server


class Visitors:
    """Requests to an application behind ``access``, each from an address of the visitor's own."""

    def __init__(self, access: Access) -> None:
        self.control = AccessControl(self.inside, access)

    async def inside(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"in"})

    def get(self, path: str = "/", address: str = "10.0.0.1", **headers: str) -> httpx.Response:
        async def request() -> httpx.Response:
            transport = httpx.ASGITransport(self.control, client=(address, 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost:7860") as client:
                return await client.get(path, headers=headers)

        return asyncio.run(request())


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


OURS = (
    "localhost:7860",
    "LOCALHOST",
    "127.0.0.1:7860",
    "[::1]:7860",
    "192.168.1.20",
    "casebook",
    "pc.local",
    "x.localhost.",
)
FOREIGN = (
    "evil.example",
    "evil.example:7860",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "127.0.0.1.nip.io",
    ".",
    "",
)


@pytest.mark.parametrize("host", [*OURS, socket.gethostname()])
def test_a_name_that_only_this_server_can_have_is_served(host: str) -> None:
    assert Visitors(access("127.0.0.1")).get(host=host).text == "in"


@pytest.mark.parametrize("host", FOREIGN)
def test_a_name_put_over_the_address_from_elsewhere_is_refused(host: str) -> None:
    refused = Visitors(access("127.0.0.1")).get(host=host)
    assert refused.status_code == 403
    assert refused.text == f"casebook does not go by the name {host!r}; start it with --public-url or --host\n"


def test_the_names_it_was_started_with_are_served() -> None:
    visitors = Visitors(access("Reports.Trust.example", "https://cases.example:8443/casebook"))
    statuses = {
        host: visitors.get(host=host).status_code for host in ("reports.trust.example", "cases.example", "a.example")
    }
    assert statuses == {"reports.trust.example": 200, "cases.example": 200, "a.example": 403}


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost:7860", 200),
        ("https://LOCALHOST:7860", 200),
        ("https://cases.example:8443", 200),
        ("http://cases.example:8443", 403),
        ("https://cases.example", 403),
        ("http://localhost:3000", 403),
        ("http://127.0.0.1:7860", 403),
        ("https://evil.example", 403),
        ("null", 403),
        ("", 403),
    ],
)
def test_only_the_page_itself_may_ask(origin: str, status: int) -> None:
    visitors = Visitors(access("127.0.0.1", "https://cases.example:8443/casebook"))
    assert visitors.get(origin=origin).status_code == status


@pytest.mark.parametrize(
    ("given", "status"),
    [
        (basic(*ANNA), 200),
        (basic("ben", "pä:ss"), 200),
        (basic(*ANNA).replace("Basic", "bAsIc"), 200),
        (basic("anna", "secret"), 401),
        (basic("anna", "secret one "), 401),
        (basic("anna", "pä:ss"), 401),
        (basic("", ""), 401),
        (basic(*ANNA).replace("Basic", "Bearer"), 401),
        ("Basic", 401),
        ("Basic !!!", 401),
        ("Basic " + "A" * 100_000, 401),
        ("", 401),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_password_lets_in_who_has_it(accounts: Path, given: str, status: int) -> None:
    answer = Visitors(access("127.0.0.1", auth=accounts)).get(authorization=given)
    assert answer.status_code == status
    assert ("www-authenticate" in answer.headers) == (status == 401)


def test_guessing_is_stopped_for_a_minute_and_only_for_the_guesser(
    accounts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    visitors = Visitors(access("127.0.0.1", auth=accounts))
    guesses = [visitors.get(authorization=basic("anna", str(number))).status_code for number in range(12)]
    assert guesses == [401] * 10 + [429] * 2
    stopped = visitors.get(authorization=basic(*ANNA))
    assert (stopped.status_code, stopped.headers["retry-after"]) == (429, "60")
    assert visitors.get(address="10.0.0.2", authorization=basic(*ANNA)).status_code == 200
    assert visitors.get().status_code == 401  # a browser that has not been asked yet
    now[0] += 60
    assert visitors.get(authorization=basic(*ANNA)).status_code == 200


def test_guessers_are_remembered_within_bounds(accounts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 3)
    visitors = Visitors(access("127.0.0.1", auth=accounts))
    for number in range(20):
        visitors.get(address=f"10.0.1.{number}", authorization=basic("anna", "guess"))
    assert list(visitors.control._wrong) == ["10.0.1.17", "10.0.1.18", "10.0.1.19"]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "holds no account; write a line user:password for each"),
        (b"anna\n", "account 1 of .* has no user or no password; write user:password"),
        (b"anna:x\n:y\n", "account 2 of .* has no user or no password; write user:password"),
        (b"\xff\xfe", "cannot be read .*; check the file and its rights"),
        (None, "cannot be read .*; check the file and its rights"),
    ],
    ids=["empty", "no password", "no user", "no text", "missing"],
)
def test_a_file_of_accounts_that_is_none_is_named(tmp_path: Path, content: bytes | None, line: str) -> None:
    file = tmp_path / "accounts"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CasebookError, match=line) as raised:
        access("127.0.0.1", auth=file)
    assert "anna" not in str(raised.value)
    assert str(file) in str(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        "cases.example",
        "/casebook",
        "ftp://cases.example",
        "https://",
        "https://a:b@c.example",
        "https://c.example:x/",
        "https://c.example/?a=1",
        "https://c.example/#a",
        "https://[c",
    ],
)
def test_a_public_address_that_is_none_is_named(url: str) -> None:
    with pytest.raises(CasebookError, match=re.escape(repr(url)) + " is no address of a page; give one such as"):
        access("127.0.0.1", url)


def status_of(server: Server, path: str, body: bytes | None = None, **headers: str) -> int:
    request = urllib.request.Request(f"{server.address}{path}", body, {"Content-Type": "application/json", **headers})
    try:
        with urllib.request.urlopen(request) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return int(error.code)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/", None),
        ("/config", None),
        ("/theme.css", None),
        ("/manifest.json", None),
        ("/gradio_api/info", None),
        ("/gradio_api/openapi.json", None),
        ("/gradio_api/mcp/", None),
        ("/gradio_api/mcp/schema", None),
        ("/gradio_api/mcp/sse", None),
        ("/gradio_api/queue/data?session_hash=a", None),
        ("/gradio_api/heartbeat/a", None),
        ("/gradio_api/mcp/", b"{}"),
        ("/gradio_api/run/ask", b"{}"),
        ("/gradio_api/call/v2/ask", b"{}"),
        ("/gradio_api/queue/join", b"{}"),
        ("/gradio_api/upload", b""),
        ("/login", b""),
    ],
)
def test_nothing_is_served_without_the_password(guarded: Server, path: str, body: bytes | None) -> None:
    assert status_of(guarded, path, body) == 401


def test_a_refusal_tells_nothing_and_has_the_security_headers(guarded: Server) -> None:
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(guarded.address)
    assert raised.value.read() == b"casebook asks for a user and a password\n"
    assert raised.value.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert raised.value.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_program_with_the_password_gets_its_answers(guarded: Server) -> None:
    client = Client(guarded.address, verbose=False, httpx_kwargs={"auth": ANNA})
    assert client.predict(QUESTION, api_name="/ask")["status"] == "answered"
    with pytest.raises(AuthenticationError):
        Client(guarded.address, verbose=False)


def test_an_mcp_client_with_the_password_gets_its_answers(guarded: Server) -> None:
    async def answer(auth: tuple[str, str] | None) -> str:
        async with httpx.AsyncClient(auth=auth) as http:
            async with streamable_http_client(f"{guarded.address}/gradio_api/mcp/", http_client=http) as (
                read,
                write,
                _,
            ):
                async with ClientSession(read, write) as session:
                    await session.initialize()
                    result = await session.call_tool("ask", {"question": QUESTION})
                    return str(json.loads(getattr(result.content[0], "text", ""))["status"])

    assert asyncio.run(answer(ANNA)) == "answered"
    with pytest.raises(BaseExceptionGroup):
        asyncio.run(answer(None))


@pytest.mark.browser
def test_the_page_works_with_the_password_that_the_browser_asked_for(browser: Any, guarded: Server) -> None:
    context = browser.new_context(http_credentials={"username": "ben", "password": "pä:ss"})
    tab = Tab(context.new_page(), [], [], [])
    tab.page.on("console", lambda said: tab.errors.append(said.text) if said.type == "error" else None)
    tab.page.goto(guarded.address)
    assert tab.ask(QUESTION).startswith("Quotes from ")
    assert tab.errors == []
    context.close()


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The address of a page that is none of casebook's."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>elsewhere</title><body>")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()
        thread.join()


REACH = """async ([address, question]) => {
    const body = JSON.stringify({data: [question, 5, null, null, null, null, null]});
    const ways = {
        ask: [`${address}/gradio_api/run/ask`, {method: "POST", body, headers: {"Content-Type": "application/json"}}],
        blind: [`${address}/gradio_api/run/ask`, {method: "POST", body, mode: "no-cors"}],
        read: [`${address}/gradio_api/info`, {}],
        credentials: [`${address}/config`, {credentials: "include"}],
    };
    const found = {};
    for (const [name, [url, options]] of Object.entries(ways)) {
        found[name] = await fetch(url, options).then(r => r.text(), () => "refused");
    }
    const image = new Image();
    image.src = `${address}/favicon.ico`;
    found.picture = await image.decode().then(() => "shown", () => "refused");
    return found;
}"""


@pytest.mark.browser
def test_a_page_from_elsewhere_reaches_nothing(browser: Any, unguarded: Server, elsewhere: str) -> None:
    statuses: dict[str, set[int]] = {}
    context = browser.new_context()
    page = context.new_page()
    page.on("response", lambda got: statuses.setdefault(got.url, set()).add(got.status))
    page.goto(elsewhere)
    found = page.evaluate(REACH, [unguarded.address, QUESTION])
    context.close()
    refusals = ("refused", "casebook answers no page of ")  # Gradio lets other pages of this machine read the line
    assert {name: told.startswith(refusals) for name, told in found.items()} == dict.fromkeys(found, True)
    asked = {of for url, seen in statuses.items() if "/gradio_api/" in url or url.endswith("/config") for of in seen}
    assert asked <= {200, 403}  # 200 is the preflight, which asks whether it may ask
    assert statuses[f"{unguarded.address}/gradio_api/info"] == {403}
    assert status_of(unguarded, "/gradio_api/info") == 200


def test_behind_a_proxy_the_page_knows_its_public_address(home: Path) -> None:
    with Server(home, ("--public-url", "https://cases.example/casebook/")) as server:
        assert server.first_line == "casebook is open at https://cases.example/casebook (Ctrl-C stops it)\n"
        request = urllib.request.Request(
            f"{server.address}/config", headers={"Host": "cases.example", "Origin": "https://cases.example"}
        )
        with urllib.request.urlopen(request) as response:
            assert json.load(response)["root"] == "https://cases.example/casebook"
        assert status_of(server, "/config", Host="cases.example", Origin="https://evil.example") == 403
        assert status_of(server, "/config", Host="evil.example") == 403


def test_a_server_open_to_the_network_without_a_password_says_so(home: Path) -> None:
    command = [sys.executable, "app.py", "serve", "--home", str(home), "--port", str(free_port()), "--host", "0.0.0.0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("casebook is open at ")
        process.terminate()
        warned = process.communicate(timeout=30)[1]
    assert re.search(
        r"^casebook: whoever reaches port \d+ of this computer can read the library; .*--auth FILE$", warned, re.M
    )


@dataclass
class Closed:
    """Stands for a page that was served and is not any more."""

    address: str = "http://127.0.0.1:7860"

    def wait(self) -> None: ...

    def close(self) -> None: ...


@pytest.mark.parametrize(
    ("host", "with_password", "warned"),
    [("0.0.0.0", False, True), ("0.0.0.0", True, False), ("127.0.0.1", False, False), ("::1", False, False)],
)
def test_only_a_server_open_to_the_network_without_a_password_says_so(
    home: Path,
    accounts: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    host: str,
    with_password: bool,
    warned: bool,
) -> None:
    monkeypatch.setattr("qa.web.server.start", lambda *_, **__: Closed())
    serve(Workspace(home), host, auth=accounts if with_password else None)
    assert ("whoever reaches port" in capsys.readouterr().err) is warned
