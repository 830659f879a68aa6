"""Addresses of the web: which ones may be asked for, and which machines they lead to."""

import re
import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

from corpus.errors import DownloadError

if TYPE_CHECKING:
    import httpx

PORTS = (80, 443, 8080, 8443)
MAX_ADDRESS_CHARACTERS = 2_000

Resolve = Callable[[str, int], Sequence[str]]
"""Gives the numbers, as text, of the machines that answer for a host's name at a port. Raises OSError for none."""

_UNICAST = IPv6Network("2000::/3")
_TUNNELS = IPv6Network("2002::/16")
_INSIDE = "addresses inside your own network need --allow-private"


def is_address(text: str) -> bool:
    """Return whether ``text`` is meant as an address rather than as a path."""
    return "://" in text


def shown(address: object) -> str:
    """Return ``address`` as a message may repeat it: without what stands in its query, which may be secret."""
    before, mark, _ = str(address).partition("#")[0].partition("?")
    return f"{before}?..." if mark else before


def parse_address(address: str, allow_private: bool = False, base: "httpx.URL | None" = None) -> "httpx.URL":
    """Return ``address``, which may be relative to ``base``, in its normal form and without fragment.

    Raises DownloadError for anything but http and https, for a user or password in it, which is not repeated, and for
    a port that is none of ``PORTS`` without ``allow_private``.
    """
    import httpx

    address = address.strip()
    if re.match(r"[^/?#]*//[^/?#]*@", address):
        raise DownloadError("the address holds a user or a password", "leave what stands before the @ out")
    try:
        url = (base.join(address) if base else httpx.URL(address)).copy_with(fragment=None)
        named = bool(url.host) and "%" not in url.host
        usable = url.scheme in ("http", "https") and named and not url.userinfo
    except (httpx.InvalidURL, ValueError):
        usable = False
    if not usable or len(address) > MAX_ADDRESS_CHARACTERS:
        raise DownloadError(f"{shown(address)!r} is no address of the web", "give one that begins with https://")
    if url.port is not None and not (url.port in PORTS or (allow_private and 0 < url.port < 65_536)):
        raise DownloadError(f"{shown(url)} asks for port {url.port}, which reports do not come from", _INSIDE)
    return url


def machines(url: "httpx.URL", allow_private: bool, resolve: Resolve) -> Sequence[str]:
    """Return the numbers of the machines that ``url`` leads to; a connection to one of them needs no name any more.

    Raises DownloadError where the name is unknown, or where one of them is not public, without ``allow_private``.
    """
    host = url.raw_host.decode("ascii")
    try:
        found = resolve(host, url.port or {"http": 80, "https": 443}[url.scheme])
    except (OSError, UnicodeError):
        found = ()
    if not found:
        raise DownloadError(f"the host {host} is not found", "check the address and the network")
    private = next((number for number in found if not is_public(number)), None)
    if private is not None and not allow_private:
        raise DownloadError(f"the host {host} is at {private}, which is not on the public internet", _INSIDE)
    local = next((number for number in found if ip_address(number).is_link_local), None)
    if local is not None:  # where clouds answer with secrets, to whoever follows a redirect
        raise DownloadError(f"the host {host} is at {local}, which is link-local", "give another address")
    return found


def is_public(number: str) -> bool:
    """Return whether the IP address ``number`` is one of a single machine on the public internet.

    Of IPv6 only global unicast addresses are: those that wrap an IPv4 address (mapped, 6to4, NAT64) are not, whatever
    they wrap. Lists: IANA's special-purpose address registries, as ``ipaddress`` has them.
    """
    ip = ip_address(number)
    if ip.is_multicast or ip.is_reserved or not ip.is_global:
        return False
    return isinstance(ip, IPv4Address) or (ip in _UNICAST and ip not in _TUNNELS)


def resolve_name(host: str, port: int) -> list[str]:
    """Return the machines that the operating system knows for ``host``, in the order to try them."""
    known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in known))
