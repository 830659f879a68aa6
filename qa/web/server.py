"""Serving the page and its API: address, security headers, start and stop."""

import io
import os
import socket
import sys
from collections.abc import MutableMapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import CasebookError
from corpus.zips import MAX_ZIP_BYTES
from qa.digests import ABOUT, REMEDY
from qa.quality import Measure
from qa.web.access import AccessControl, App, Receive, Scope, Send, access
from qa.web.answering import Answering
from qa.web.live import LiveIndex

if TYPE_CHECKING:
    from gradio import Blocks

    from qa.workspace import Workspace

HEADERS = {
    # Whatever a report may smuggle in, the browser fetches nothing from another machine. Gradio needs the two unsafe-*.
    "Content-Security-Policy": (
        "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; object-src 'none'; base-uri 'self'; "
        "form-action 'self'; frame-ancestors 'self'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

MCP_PATH = "/gradio_api/mcp/"
THREADS = 64
"""Half of them can hold a question that waits its turn; the page's clicks have the others."""
SESSIONS = 256
"""Of how many pages Gradio remembers what it changed in them, half a megabyte each; older ones go on without."""


class SecurityHeaders:
    """ASGI middleware that adds ``HEADERS`` to every response."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                extra = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
                message = {**message, "headers": [*message.get("headers", []), *extra]}
            await send(message)

        await self._app(scope, receive, send_with_headers)


@dataclass(frozen=True, slots=True)
class Served:
    """A page that is being served."""

    address: str
    live: LiveIndex
    answering: Answering
    blocks: "Blocks"

    def wait(self) -> None:
        """Return when the server has stopped."""
        while self.blocks.server.thread.is_alive():
            self.blocks.server.thread.join(1)

    def close(self) -> None:
        """Stop the server, and the indexing if it is still going on; questions that wait are given up."""
        self.answering.stop()
        self.live.stop()
        self.blocks.close(verbose=False)


def serve(
    workspace: "Workspace",
    host: str = "127.0.0.1",
    port: int = 7860,
    *,
    auth: Path | None = None,
    public_url: str = "",
    mcp: bool = False,
    measure: Measure | None = None,
) -> None:
    """Serve the page until it is interrupted; see ``start`` for the arguments and errors."""
    served = start(workspace, host, port, auth=auth, public_url=public_url, mcp=mcp, measure=measure)
    if auth is None and not _is_loopback(host):
        line = f"whoever reaches port {port} of this computer can read the library; ask for a password with --auth FILE"
        print(f"casebook: {line}", file=sys.stderr, flush=True)
    print(f"casebook is open at {served.address} (Ctrl-C stops it)", flush=True)
    if mcp:
        print(f"MCP clients connect to {served.address}{MCP_PATH}", flush=True)
    if workspace.serves_digests:
        print(f"casebook: {ABOUT}; {REMEDY}", flush=True)
    try:
        served.wait()
    finally:
        served.close()


def start(
    workspace: "Workspace",
    host: str = "127.0.0.1",
    port: int = 7860,
    *,
    auth: Path | None = None,
    public_url: str = "",
    mcp: bool = False,
    measure: Measure | None = None,
) -> Served:
    """Serve page and API from a thread and return at once; models and index are made ready in another.

    With ``auth``, a file of lines "user:password", everything asks for one of these; ``public_url`` is the address
    behind a reverse proxy; with ``mcp`` the API is an MCP server too, and ``measure`` is what the page measures its
    answers with. Raises CasebookError where ``host`` and ``port`` cannot be had, or ``auth`` or ``public_url`` are of
    no use.
    """
    who = access(host, public_url, auth)
    _check_address(host, port)
    _stay_on_this_machine(host)
    _count_nothing()
    from starlette.middleware import Middleware

    from qa.web.api import endpoints, mcp_content
    from qa.web.page import STYLE_SHEET, build
    from qa.web.theme import theme

    live = LiveIndex(workspace)
    answering = Answering(live)
    blocks = build(live, answering, measure)
    with blocks:
        endpoints(live, answering)
    try:
        with redirect_stdout(io.StringIO()):  # Gradio announces an MCP server even where it is to be quiet
            blocks.launch(
                server_name=host,
                server_port=port,
                root_path=public_url.rstrip("/"),
                max_threads=THREADS,
                state_session_capacity=SESSIONS,
                max_file_size=MAX_ZIP_BYTES,
                mcp_server=mcp,
                share=False,
                quiet=True,
                prevent_thread_lock=True,
                inbrowser=False,
                ssr_mode=False,
                run_history=False,
                enable_monitoring=False,
                footer_links=[],
                theme=theme(),
                css_paths=STYLE_SHEET,
                app_kwargs={"middleware": [Middleware(SecurityHeaders), Middleware(AccessControl, access=who)]},
            )
    except OSError as error:
        raise _cannot_listen(host, port, str(error)) from error
    if mcp:
        server: Any = blocks.mcp_server_obj
        server.postprocess_output_data = mcp_content
    live.start()
    return Served(public_url.rstrip("/") or f"http://{_in_address(host)}:{port}", live, answering, blocks)


def _check_address(host: str, port: int) -> None:
    """Raise CasebookError where nothing can listen at ``host`` and ``port``."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            if os.name == "posix":  # elsewhere the option lets two servers share a port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise _cannot_listen(host, port, error.strerror or str(error)) from error


def _cannot_listen(host: str, port: int, why: str) -> CasebookError:
    return CasebookError(f"port {port} of {host!r} cannot be opened ({why})", "choose another with --port or --host")


def _stay_on_this_machine(host: str) -> None:
    """Keep Gradio from sending anything out, and from looking for this very server behind a proxy."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    for name in ("NO_PROXY", "no_proxy"):
        known = [part for part in os.environ.get(name, "").split(",") if part]
        os.environ[name] = ",".join(dict.fromkeys([*known, "localhost", "127.0.0.1", host]))


def _count_nothing() -> None:
    """Keep Gradio from making statistics of all events so far behind every event, in a table of pandas."""
    os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(sys.maxsize)


def _is_loopback(host: str) -> bool:
    return host == "localhost" or host.startswith("127.") or host == "::1"


def _in_address(host: str) -> str:
    if host in ("0.0.0.0", "::", ""):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
