"""Serving the page: address, security headers, start and stop."""

import os
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from corpus.errors import CasebookError
from qa.web.live import LiveIndex
from qa.workspace import NO_REPORTS

if TYPE_CHECKING:
    from gradio import Blocks

    from qa.workspace import Workspace

HEADERS = {
    # Whatever a report may smuggle in, the browser fetches nothing from another machine. Gradio needs the two unsafe-*.
    "Content-Security-Policy": (
        "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; object-src 'none'; base-uri 'self'; "
        "form-action 'self'; frame-ancestors 'self'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class SecurityHeaders:
    """ASGI middleware that adds ``HEADERS`` to every response."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
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
    blocks: "Blocks"

    def wait(self) -> None:
        """Return when the server has stopped."""
        while self.blocks.server.thread.is_alive():
            self.blocks.server.thread.join(1)

    def close(self) -> None:
        """Stop the server, and the indexing if it is still going on."""
        self.live.stop()
        self.blocks.close(verbose=False)


def serve(workspace: "Workspace", host: str = "127.0.0.1", port: int = 7860) -> None:
    """Serve the page until it is interrupted. Raises CasebookError where ``host`` and ``port`` cannot be had."""
    served = start(workspace, host, port)
    print(f"casebook is open at {served.address} (Ctrl-C stops it)", flush=True)
    if not workspace.library.files():
        print(NO_REPORTS, flush=True)
    try:
        served.wait()
    finally:
        served.close()


def start(workspace: "Workspace", host: str = "127.0.0.1", port: int = 7860) -> Served:
    """Serve the page from a thread and return at once; models and index are made ready in another.

    Raises CasebookError where ``host`` and ``port`` cannot be had.
    """
    _check_address(host, port)
    _stay_on_this_machine(host)
    from starlette.middleware import Middleware

    from qa.web.page import STYLE_SHEET, build
    from qa.web.theme import theme

    live = LiveIndex(workspace)
    blocks = build(live)
    try:
        blocks.launch(
            server_name=host,
            server_port=port,
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
            app_kwargs={"middleware": [Middleware(SecurityHeaders)]},
        )
    except OSError as error:
        raise _cannot_listen(host, port, str(error)) from error
    live.start()
    return Served(f"http://{_in_address(host)}:{port}", live, blocks)


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


def _in_address(host: str) -> str:
    if host in ("0.0.0.0", "::", ""):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
