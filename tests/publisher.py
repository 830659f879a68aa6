"""A made-up publisher's web site on loopback, and an internet of made-up numbers that leads to it."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import pytest
from llm_server import Reply, sends

PUBLIC = "93.184.215.14"
PUBLIC_V6 = "2606:2800:21f:cb07:6820:80da:af6b:8b2c"

CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBdzCCAR2gAwIBAgIBATAKBggqhkjOPQQDAjAcMRowGAYDVQQDDBFNYWRlLXVw
IHB1Ymxpc2hlcjAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowHDEa
MBgGA1UEAwwRTWFkZS11cCBwdWJsaXNoZXIwWTATBgcqhkjOPQIBBggqhkjOPQMB
BwNCAATvsPLJhrmlgwQ+P6LNj9JWEvGZTe4hhV6IxkymXaMpQauSKKSMbMRhH+Ct
t/KJwDEu86VOqdi05Wwqtdc+p38lo04wTDAaBgNVHREEEzARgg9yZXBvcnRzLmV4
YW1wbGUwDwYDVR0TAQH/BAUwAwEB/zAdBgNVHQ4EFgQUBIQ1aWKoEeeJ4aLS88Ij
VuNDZpkwCgYIKoZIzj0EAwIDSAAwRQIhAMPGyG43KaYe/YdTCJuGRJlY2mYB+vjK
mTRrMsq2g4b1AiBMZYxjvtHOhYXrgfSRoIUGPh97GarVWuytI0M7pXDABQ==
-----END CERTIFICATE-----
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgJ+yyJP+QoD7BXizt
A4Wr7cuSfwYFhnC0scrhfcJgiQmhRANCAATvsPLJhrmlgwQ+P6LNj9JWEvGZTe4h
hV6IxkymXaMpQauSKKSMbMRhH+Ctt/KJwDEu86VOqdi05Wwqtdc+p38l
-----END PRIVATE KEY-----
"""
"""For reports.example, signed by itself, with a key that is good for nothing else."""


class Publisher:
    """Answers a GET of a path with what ``pages`` has for it, 404 for others; ``asked`` holds the requests' heads.

    ``tls`` names a file with certificate and key.
    """

    def __init__(self, pages: Mapping[str, Reply] | None = None, host: str = "127.0.0.1", tls: Path | None = None):
        self.pages = dict(pages or {})
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.stopping = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                try:
                    outer.pages.get(self.path, sends(b"nothing here", 404))(self, outer.stopping)
                except OSError:
                    self.close_connection = True  # the client has heard enough

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

            def handle_error(self, *_: object) -> None:
                pass  # a client that does not like the certificate

        self._server = Server((host, 0), Handler)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self.place = (host, self._server.server_port)
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{self.place[1]}"

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [path for path, _ in self.asked]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Internet:
    """Leads every connection to one of ``machines`` to the publisher given for that number; any other fails.

    ``names`` holds the numbers of each host; ``looked_up`` and ``connected`` what was asked for, in order.
    """

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.names: dict[str, list[str]] = {"reports.example": [PUBLIC]}
        self.machines: dict[str, Publisher] = {}
        self.looked_up: list[str] = []
        self.connected: list[str] = []
        really = asyncio.SelectorEventLoop.sock_connect

        async def sock_connect(loop: Any, sock: socket.socket, address: tuple[Any, ...]) -> None:
            self.connected.append(address[0])
            if address[0] not in self.machines:
                raise ConnectionRefusedError(f"nobody is at {address[0]}")
            await really(loop, sock, self.machines[address[0]].place)

        patch.setattr(asyncio.SelectorEventLoop, "sock_connect", sock_connect)

    def resolve(self, host: str, port: int) -> list[str]:
        """Return the numbers of ``host``: those of ``names``, or the one that it is itself."""
        self.looked_up.append(host)
        if host in self.names:
            return self.names[host]
        return [str(place[0]) for *_, place in socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST)][:1]


def redirects(location: str, status: int = 302) -> Reply:
    """Reply with a redirect to ``location``."""
    return sends(b"", status, Location=location)


def page(title: str, body: str, head: str = "") -> Reply:
    """Reply with a web page."""
    html = f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    return sends(html.encode(), Content_Type="text/html; charset=utf-8")
