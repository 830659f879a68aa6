"""A language model's server for tests: real HTTP on a free loopback port, replying as a test tells it to."""

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


@dataclass(frozen=True)
class Request:
    """What a client sent."""

    path: str
    headers: dict[str, str]
    body: Any

    @property
    def material(self) -> list[dict[str, str]]:
        """The question and the quotes that the model was given."""
        return [json.loads(line) for line in self.body["messages"][1]["content"].split("\n")]


class LlmServer:
    """Replies to every POST with ``reply`` and keeps what it was asked in ``requests``."""

    def __init__(self, reply: "Reply") -> None:
        self.requests: list[Request] = []
        self.stopping = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.requests.append(Request(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                try:
                    reply(self, outer.stopping)
                except OSError:
                    self.close_connection = True  # the client has heard enough

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


Reply = Callable[[BaseHTTPRequestHandler, threading.Event], None]


def sends(body: bytes, status: int = 200, **headers: str) -> Reply:
    """Reply with ``body``."""

    def reply(handler: BaseHTTPRequestHandler, _: threading.Event) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def says(content: object) -> Reply:
    """Reply as a model that says ``content``."""
    return sends(json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]}).encode())


def hangs(_: BaseHTTPRequestHandler, stopping: threading.Event) -> None:
    """Never reply."""
    stopping.wait(30)


def drips(handler: BaseHTTPRequestHandler, stopping: threading.Event) -> None:
    """Reply with one header after another, and never come to an end of them."""
    handler.wfile.write(b"HTTP/1.0 200 OK\r\n")
    while not stopping.wait(0.05):
        handler.wfile.write(b"X-More: x\r\n")


def endless(handler: BaseHTTPRequestHandler, stopping: threading.Event) -> None:
    """Reply with a body that never ends."""
    handler.send_response(200)
    handler.end_headers()
    while not stopping.is_set():
        handler.wfile.write(b" " * 65_536)


def hangs_up(handler: BaseHTTPRequestHandler, _: threading.Event) -> None:
    """Close the connection without a word."""
    handler.close_connection = True


def hangs_up_in_the_middle(handler: BaseHTTPRequestHandler, _: threading.Event) -> None:
    """Close the connection before the body is as long as announced."""
    handler.send_response(200)
    handler.send_header("Content-Length", "10")
    handler.end_headers()
    handler.wfile.write(b"{")


def free_port() -> int:
    """Return a loopback port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
