"""Downloads: one address after the other, bounded in time and size, by the rules of its site.

No proxy of the environment is used: it would look names up itself, and could be led to machines that are not public.
"""

import asyncio
import hashlib
import re
import time
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from pathlib import PurePosixPath
from ssl import create_default_context
from typing import TYPE_CHECKING
from urllib.parse import unquote

from corpus.errors import DownloadError
from corpus.readers import MAX_FILE_BYTES, READERS
from corpus.readers.signature import kind_of
from corpus.report import report_id
from corpus.web.addresses import Resolve, machines, parse_address, resolve_name, shown

if TYPE_CHECKING:
    import httpx
    from protego import Protego

USER_AGENT = "casebook (gets single reports for one reader)"
"""How casebook calls itself; the first word is its name in robots.txt."""
MAX_REDIRECTS = 5
MAX_ROBOTS_BYTES = 512_000
"""What RFC 9309 asks a program to read of robots.txt at least."""
MAX_CRAWL_DELAY = 10.0
"""Seconds between two requests that a site's robots.txt can ask for at most."""

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SUFFIXES = {
    "application/pdf": ".pdf",
    "application/xhtml+xml": ".html",
    _DOCX: ".docx",
    "text/html": ".html",
    "text/markdown": ".md",
    "text/plain": ".txt",
}
_OTHER_CHARSET = re.compile(r"charset=[\"']?(iso-8859-\d+|windows-125\d|utf-16(?:le|be)?)\b")
_AGENT = re.compile(r"\s*user[- ]?agent\b\s*:?\s*([^\s#]*)", re.I)
_UNTOLD = ("", "application/octet-stream", "binary/octet-stream")
_BY_HAND = "save it with a browser and add the file"


class NothingThereError(DownloadError):
    """An address that its site does not know, or no longer."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``size`` bounds a file in bytes, unpacked; ``seconds`` a whole download with robots.txt, redirects and waits;
    ``stall`` the seconds without a byte; ``interval`` is the least time between two requests to one host, in seconds.
    """

    size: int = MAX_FILE_BYTES
    seconds: float = 120.0
    stall: float = 20.0
    interval: float = 1.0


@dataclass(frozen=True, slots=True)
class Download:
    """What an address gave. ``address`` is the one asked for, ``final`` the one that redirects led to; ``suffix`` is
    that of the format, one of ``READERS``.
    """

    address: str
    final: str
    suffix: str
    data: bytes

    @property
    def file_name(self) -> str:
        """A name for the file: the last words of the address's path, and six digits that tell addresses apart."""
        last = self.address.partition("?")[0].rstrip("/").rpartition("/")[2]
        digits = hashlib.sha256(self.address.encode()).hexdigest()[:6]
        return f"{report_id(unquote(last))[:60].strip('-')}-{digits}{self.suffix}"


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Downloader:
    """Gets addresses, one after the other; while it lives it remembers what each site allows and when it was asked.

    With ``allow_private`` it also asks machines that are not on the public internet, at any port. ``resolve`` finds the
    machines of a name: it is asked once for each request, and the connection goes to what it said.
    """

    def __init__(
        self, allow_private: bool = False, limits: Limits | None = None, resolve: Resolve = resolve_name
    ) -> None:
        self._allow_private = allow_private
        self._limits = limits or Limits()
        self._resolve = resolve
        self._robots: dict[str, Protego] = {}
        self._asked: dict[str, float] = {}

    def get(self, address: str) -> Download:
        """Return what ``address`` gives. Not to be called inside an event loop.

        Raises DownloadError for an address that may not be asked for, for whatever goes wrong on the way, and for
        content of no known format.
        """
        return asyncio.run(self._get(address))

    async def _get(self, address: str) -> Download:
        asked = parse_address(address, self._allow_private)
        try:
            async with asyncio.timeout(self._limits.seconds):
                url, reply = await self._follow(asked, self._limits.size, obey_robots=True)
        except TimeoutError:
            problem = f"{shown(asked)} took over {self._limits.seconds:g} seconds"
            raise DownloadError(problem, f"try again later, or {_BY_HAND}") from None
        if reply.status != 200:
            raise _refusal(url, reply)
        if not reply.body.strip():
            raise DownloadError(f"{shown(url)} is empty", "check the address")
        suffix, charset = _format(url, reply)
        return Download(str(asked), str(url), suffix, _as_utf8(reply.body, charset))

    async def _follow(self, asked: "httpx.URL", size: int, obey_robots: bool) -> "tuple[httpx.URL, _Reply]":
        """Return the last address that the redirects from ``asked`` lead to, and what it answers."""
        url = asked
        for _ in range(MAX_REDIRECTS + 1):
            try:
                if obey_robots:
                    await self._check_robots(url)
                reply = await self._ask(url, size)
                if not (300 <= reply.status < 400 and "location" in reply.headers):
                    return url, reply
                url = self._redirected(url, reply.headers["location"])
            except DownloadError as error:
                if url == asked:
                    raise
                raise DownloadError(f"{shown(asked)} leads on: {error.problem}", error.remedy) from None
        raise DownloadError(f"{shown(asked)} leads on more than {MAX_REDIRECTS} times", "check the address")

    def _redirected(self, url: "httpx.URL", location: str) -> "httpx.URL":
        target = parse_address(location, self._allow_private, url)
        if (url.scheme, target.scheme) == ("https", "http"):
            raise DownloadError(f"{shown(url)} leads from https to http, where anyone can alter it", _BY_HAND)
        return target

    async def _check_robots(self, url: "httpx.URL") -> None:
        """Raise DownloadError where the robots.txt of the site does not allow ``url``, or fails (RFC 9309)."""
        from protego import Protego

        site = _site(url)
        if site not in self._robots:
            where, reply = await self._follow(url.join("/robots.txt"), MAX_ROBOTS_BYTES, obey_robots=False)
            if reply.status >= 500:
                raise _refusal(where, reply)
            self._robots[site] = Protego.parse(_for_us(reply.body.decode("utf-8-sig", "replace")))
        if not self._robots[site].can_fetch(str(url), USER_AGENT):
            raise DownloadError(f"the site's robots.txt does not give {shown(url)} to programs", _BY_HAND)

    async def _ask(self, url: "httpx.URL", size: int) -> _Reply:
        """Return the answer to one request, with the body where the status is 200."""
        import httpx

        numbers = await asyncio.to_thread(machines, url, self._allow_private, self._resolve)
        await self._wait(url)
        *others, last = numbers
        try:
            for number in others:
                with suppress(httpx.ConnectError, httpx.ConnectTimeout):
                    return await self._ask_machine(url, number, size)
            return await self._ask_machine(url, last, size)
        except httpx.TimeoutException:
            raise DownloadError(
                f"{shown(url)} sent nothing for {self._limits.stall:g} seconds", f"try again later, or {_BY_HAND}"
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise DownloadError(
                f"{shown(url)} cannot be reached ({error or type(error).__name__})",
                f"check address and network (no proxy is used), or {_BY_HAND}",
            ) from None

    async def _ask_machine(self, url: "httpx.URL", number: str, size: int) -> _Reply:
        """Ask the machine ``number``, which must prove by its certificate that it is the host of ``url``."""
        import httpx

        headers = {"Host": url.netloc.decode("ascii"), "User-Agent": USER_AGENT, "Accept-Encoding": "gzip"}
        async with (
            httpx.AsyncClient(verify=create_default_context(), timeout=self._limits.stall, trust_env=False) as client,
            client.stream(
                "GET",
                url.copy_with(host=number),
                headers=headers,
                extensions={"sni_hostname": url.raw_host.decode("ascii")},
            ) as response,
        ):
            body = await _body(response, size, url) if response.status_code == 200 else b""
            return _Reply(response.status_code, response.headers, body)

    async def _wait(self, url: "httpx.URL") -> None:
        """Wait until the host of ``url`` may be asked again."""
        rules = self._robots.get(_site(url))
        wished = rules.crawl_delay(USER_AGENT) if rules else None
        pause = max(self._limits.interval, min(wished or 0.0, MAX_CRAWL_DELAY))
        await asyncio.sleep(max(0.0, self._asked.get(url.host, -inf) + pause - time.monotonic()))
        self._asked[url.host] = time.monotonic()


async def _body(response: "httpx.Response", size: int, url: "httpx.URL") -> bytes:
    """Return the unpacked body. Raises DownloadError where it has over ``size`` bytes: no more is ever unpacked."""
    coding = response.headers.get("content-encoding", "identity").lower()
    if coding not in ("identity", "gzip", "x-gzip"):
        raise DownloadError(f"{shown(url)} is packed as {coding!r}, which nobody asked for", _BY_HAND)
    unpack = None if coding == "identity" else zlib.decompressobj(zlib.MAX_WBITS | 16)
    body = bytearray()
    async for chunk in response.aiter_raw():
        try:
            body += unpack.decompress(chunk, size + 1 - len(body)) if unpack else chunk
        except zlib.error:
            raise DownloadError(f"{shown(url)} is packed in a damaged way", _BY_HAND) from None
        if len(body) > size:
            raise DownloadError(f"{shown(url)} has more than the {size:,} bytes casebook reads", _BY_HAND)
        if unpack and unpack.eof:
            break
    if unpack and not unpack.eof:
        raise DownloadError(f"{shown(url)} broke off", "try again")
    return bytes(body)


def _site(url: "httpx.URL") -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii')}"


def _for_us(robots: str) -> str:
    """Return a robots.txt in which all programs but casebook have one name: the parser copies each rule for each name,
    which takes minutes for a file made to that end.
    """
    return "\n".join(
        "User-agent: other" if (agent := _AGENT.match(line)) and agent[1].lower() not in ("*", "casebook") else line
        for line in robots.splitlines()
    )


def _refusal(url: "httpx.URL", reply: _Reply) -> DownloadError:
    if reply.status in (404, 410):
        return NothingThereError(f"there is nothing at {shown(url)} (HTTP {reply.status})", "check the address")
    problem = f"{shown(url)} answers HTTP {reply.status}"
    if wait := reply.headers.get("retry-after"):
        problem += f" and asks to wait: {wait[:40]}{' seconds' * wait.isdecimal()}"
    busy = reply.status == 429 or reply.status >= 500
    return DownloadError(problem, "try again later" if busy else _BY_HAND)


def _format(url: "httpx.URL", reply: _Reply) -> tuple[str, str]:
    """Return the suffix of the format that the first bytes prove, else the content type names, else the address, and
    the character set where a text has another than UTF-8.

    Raises DownloadError for a format that casebook does not read.
    """
    kind, _, parameters = reply.headers.get("content-type", "").lower().partition(";")
    kind = kind.strip()
    own = PurePosixPath(url.path).suffix.lower()
    proven = kind_of(reply.body)
    if proven and proven.suffix:
        suffix = proven.suffix
    elif kind in _UNTOLD or (kind == "text/plain" and own in (".md", ".markdown")):
        suffix = own
    else:
        suffix = _SUFFIXES.get(kind, "")
    if suffix not in READERS:
        told = kind or own or "unknown"
        raise DownloadError(f"{shown(url)} is of the type {told!r}, which casebook does not read", _BY_HAND)
    charset = _OTHER_CHARSET.search(parameters) if kind.startswith("text/") else None
    return suffix, charset[1] if charset else ""


def _as_utf8(data: bytes, charset: str) -> bytes:
    """Return ``data`` in UTF-8 with its mark where its site says that it is in another ``charset``: a file on disk
    no longer has anybody to say so. What cannot be read by it stays as it is.
    """
    try:
        return data.decode({"iso-8859-1": "cp1252"}.get(charset, charset)).encode("utf-8-sig") if charset else data
    except (LookupError, UnicodeError):
        return data
