"""Who is let in: requests to a name of this server, from its own page or a program, with a password if one is asked.

A page from elsewhere, open in the same browser, must not reach the library through it. It is told by its Origin, and
where it has this server's address put under a name of its own (DNS rebinding), by that name.
"""

import base64
import binascii
import hashlib
import hmac
import ipaddress
import socket
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from corpus.errors import CasebookError

if TYPE_CHECKING:
    from starlette.responses import Response

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

TRIES, WAIT = 10, 60.0
"""After how many wrong passwords from one address the next ones are not looked at, and for how many seconds."""

REMEMBERED = 10_000
"""Of how many addresses wrong passwords are counted."""

OPEN_TO_ALL = "/gradio_api/startup-events"
"""Gradio's own first request to itself, which comes without a password and learns nothing."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who is let in: ``names`` of this server in lower case, the ``origin`` of its page where a proxy stands before it,
    and the SHA-256 of "user:password" of each account; without accounts, everybody.
    """

    names: frozenset[str]
    origin: str | None = None
    accounts: frozenset[bytes] = frozenset()


def access(host: str, public_url: str = "", auth: Path | None = None) -> Access:
    """Return who is let in by a server that listens at ``host``.

    ``public_url`` is its address behind a reverse proxy, ``auth`` a file of accounts, "user:password" a line. Raises
    CasebookError where either is none.
    """
    names, origin = {host, socket.gethostname()}, None
    if public_url:
        parts = _split(public_url)
        if parts is None:
            raise CasebookError(
                f"{public_url!r} is no address of a page", "give one such as https://example.org/casebook"
            )
        names.add(parts[1])
        origin = parts[0]
    return Access(frozenset(map(str.lower, names)), origin, _accounts(auth) if auth else frozenset())


def _split(url: str) -> tuple[str, str] | None:
    """Return the origin and the host of ``url``; None where it is not the plain address of a page."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or {*"@?#"} & {*url}:
        return None
    return f"{parts.scheme}://{parts.netloc.lower()}", parts.hostname


def _accounts(file: Path) -> frozenset[bytes]:
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CasebookError(f"{str(file)!r} cannot be read ({error})", "check the file and its rights") from None
    found = [line.strip() for line in lines if line.strip()]
    for number, line in enumerate(found, 1):
        user, _, password = line.partition(":")
        if not user or not password:
            raise CasebookError(f"account {number} of {str(file)!r} has no user or no password", "write user:password")
    if not found:
        raise CasebookError(f"{str(file)!r} holds no account", "write a line user:password for each")
    return frozenset(hashlib.sha256(line.encode()).digest() for line in found)


class AccessControl:
    """ASGI middleware that lets in whom ``access`` lets in, and gives everybody else one line."""

    def __init__(self, app: App, access: Access) -> None:
        self._app = app
        self._access = access
        self._wrong: dict[str, tuple[int, float]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> "Response | None":
        from starlette.datastructures import Headers

        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if not self._is_ours(host):
            return _line(403, f"casebook does not go by the name {host[:100]!r}; start it with --public-url or --host")
        if origin is not None and origin.lower() != self._access.origin and not _same_place(origin, host):
            return _line(403, f"casebook answers no page of {origin[:100]!r}; behind a proxy, start with --public-url")
        if self._access.accounts and scope["path"] != OPEN_TO_ALL:
            return self._without_password((scope.get("client") or ("",))[0], headers.get("authorization"))
        return None

    def _is_ours(self, host: str) -> bool:
        """Return whether ``host`` can be nobody else's: an address, a name without a dot, or one of this server's."""
        try:
            name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
            ipaddress.ip_address(name)
        except ValueError:
            pass
        else:
            return True
        return name in self._access.names or (name != "" and "." not in name) or name.endswith((".localhost", ".local"))

    def _without_password(self, address: str, given: str | None) -> "Response | None":
        """Return a refusal unless ``given``, an Authorization header, is of one of the accounts."""
        if given is None:
            return _line(401, "casebook asks for a user and a password")
        now = time.monotonic()
        count, last = self._wrong.get(address, (0, now))
        if now - last >= WAIT:
            count = 0
        if count >= TRIES:
            return _line(429, "too many wrong passwords; wait a minute")
        if self._is_account(given):
            return None
        self._wrong.pop(address, None)
        self._wrong[address] = (count + 1, now)
        if len(self._wrong) > REMEMBERED:
            del self._wrong[next(iter(self._wrong))]
        return _line(401, "the user or the password is wrong")

    def _is_account(self, given: str) -> bool:
        scheme, _, encoded = given.partition(" ")
        try:
            digest = hashlib.sha256(base64.b64decode(encoded, validate=True)).digest()
        except (binascii.Error, ValueError):
            return False
        matching = sum(hmac.compare_digest(digest, account) for account in self._access.accounts)  # all, in any case
        return scheme.lower() == "basic" and matching > 0


def _same_place(origin: str, host: str) -> bool:
    return origin.partition("://")[2].lower() == host.lower()


def _line(status: int, text: str) -> "Response":
    from starlette.responses import PlainTextResponse

    headers = {
        401: {"WWW-Authenticate": 'Basic realm="casebook", charset="UTF-8"'},
        429: {"Retry-After": f"{WAIT:.0f}"},
    }
    return PlainTextResponse(f"{text}\n", status, headers.get(status))
