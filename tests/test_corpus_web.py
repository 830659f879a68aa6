"""Downloads: which addresses are asked, what is taken from them, and what a site can do to hinder it."""

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from ipaddress import IPv4Address, ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from llm_server import Reply, drips, endless, hangs, hangs_up, hangs_up_in_the_middle, sends
from publisher import CERTIFICATE, PUBLIC, PUBLIC_V6, Internet, Publisher, page, redirects

from corpus.errors import DownloadError
from corpus.web.addresses import is_address, is_public, machines, parse_address, resolve_name, shown
from corpus.web.download import MAX_ROBOTS_BYTES, Downloader, Limits

TEXT = b"The Harbour Alliance joins three hospitals on the coast.\n"
QUICK = Limits(size=100_000, seconds=20, stall=10, interval=0)


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Internet:
    return Internet(monkeypatch)


@pytest.fixture
def site(internet: Internet) -> Iterator[Publisher]:
    """The site of reports.example, at a public number."""
    with Publisher() as found:
        internet.machines[PUBLIC] = found
        yield found


Get = Callable[..., bytes]


@pytest.fixture
def get(internet: Internet, site: Publisher) -> Get:
    """Put a reply at http://reports.example/report.txt and get it."""

    def call(reply: Reply, limits: Limits = QUICK) -> bytes:
        site.pages["/report.txt"] = reply
        return Downloader(limits=limits, resolve=internet.resolve).get("http://reports.example/report.txt").data

    return call


def text(body: bytes = TEXT, **headers: str) -> Reply:
    return sends(body, Content_Type="text/plain", **headers)


def refused(downloader: Downloader, address: str, problem: str) -> None:
    with pytest.raises(DownloadError) as error:
        downloader.get(address)
    assert problem in str(error.value), str(error.value)
    assert "\n" not in str(error.value)


# Addresses


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        pytest.param("ftp://reports.example/a.txt", "'ftp://reports.example/a.txt' is no address of the web", id="ftp"),
        pytest.param("file:///etc/passwd", "'file:///etc/passwd' is no address of the web", id="file"),
        pytest.param("javascript://%0aalert(1)", "is no address of the web", id="script"),
        pytest.param("https:///a.txt", "is no address of the web", id="no-host"),
        pytest.param("https://reports.example/a\nb", "is no address of the web", id="newline"),
        pytest.param("https://[::1", "is no address of the web", id="broken"),
        pytest.param("https://reports.example/" + "a" * 2000, "is no address of the web", id="long"),
        pytest.param("http://reports.example:25/", "asks for port 25", id="mail"),
        pytest.param("http://reports.example:0/", "asks for port 0", id="no-port"),
        pytest.param("http://reports.example:99999/", "asks for port 99999", id="beyond"),
    ],
)
def test_what_is_no_address_of_a_report_is_refused(internet: Internet, address: str, problem: str) -> None:
    refused(Downloader(resolve=internet.resolve), address, problem)
    assert internet.looked_up == []


@pytest.mark.parametrize(
    "address",
    [
        "https://amina:s3cret@reports.example/",
        "https://s3cret@reports.example/",
        "https://amina:s3cret\n@reports.example/",
        "ftp://amina:s3cret@reports.example/",
        "http://s3cret\\@reports.example/",
        "//s3cret@reports.example:99999/",
    ],
)
def test_an_address_with_a_password_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(DownloadError, match="holds a user or a password") as error:
        parse_address(address, allow_private=True)
    assert "s3cret" not in str(error.value)


def test_a_message_leaves_out_what_may_be_secret() -> None:
    assert shown("https://reports.example/a?token=s3cret#part") == "https://reports.example/a?..."
    with pytest.raises(DownloadError) as error:
        parse_address("https://reports.example:25/a?token=s3cret")
    assert "s3cret" not in str(error.value)


def test_an_address_is_kept_in_its_normal_form() -> None:
    assert str(parse_address(" HTTPS://Reports.example/a b?q=1#part ")) == "https://reports.example/a%20b?q=1"
    assert str(parse_address("http://reports.example:8080/")) == "http://reports.example:8080/"
    assert str(parse_address("http://reports.example:9999/", allow_private=True)) == "http://reports.example:9999/"


def test_an_address_is_told_from_a_path() -> None:
    assert is_address("https://reports.example/a.txt") and is_address("ftp://reports.example")
    assert not is_address("reports/a.txt") and not is_address("C:\\reports") and not is_address("http:a")


@given(
    st.sampled_from(["", "//", "http://", "https://["]),
    st.text(max_size=60) | st.text("htps:/@[]?#%.01\\\n\u2100\udc80", max_size=20),
    st.sampled_from([None, parse_address("https://reports.example/a/")]),
)
def test_every_text_is_an_address_or_refused(begin: str, rest: str, base: Any) -> None:
    try:
        url = parse_address(begin + rest, base=base)
    except DownloadError:
        return
    assert url.scheme in ("http", "https") and url.host and not url.userinfo
    assert parse_address(str(url)) == url


PRIVATE = """0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.9.9.9 169.254.169.254 172.16.0.1 192.0.0.1 192.0.2.1 192.168.1.1
198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.251 239.1.1.1 240.0.0.1 255.255.255.255
:: ::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::8.8.8.8 64:ff9b::7f00:1 64:ff9b:1::1 100::1 2001::1 2001:db8::1 2002:7f00:1::
fc00::1 fd12::1 fe80::1 fe80::1%lo fec0::1 ff02::1""".split()


@pytest.mark.parametrize("number", PRIVATE)
def test_special_numbers_are_not_public(number: str) -> None:
    assert not is_public(number)
    with pytest.raises(DownloadError, match=r"not on the public internet; .* need --allow-private"):
        machines(parse_address("http://reports.example/"), False, lambda *_: [PUBLIC, number])
    if ip_address(number).is_link_local:
        with pytest.raises(DownloadError, match="which is link-local"):
            machines(parse_address("http://reports.example/"), True, lambda *_: [number])
    else:
        assert machines(parse_address("http://reports.example/"), True, lambda *_: [number]) == [number]


@pytest.mark.parametrize("number", [PUBLIC, PUBLIC_V6, "1.1.1.1", "151.101.0.81", "2a00:1450:4009::200e"])
def test_numbers_of_the_public_internet_are(number: str) -> None:
    assert is_public(number)


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_no_wrapping_makes_a_number_public(inner: IPv4Address) -> None:
    halves = f"{int(inner) >> 16:x}:{int(inner) & 0xFFFF:x}"
    for wrapped in (f"::ffff:{inner}", f"::{inner}", f"64:ff9b::{inner}", f"2002:{halves}::", f"2001:0:{halves}::"):
        assert not is_public(wrapped)


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "127.1", "017700000001", "[::1]", "localhost"])
def test_no_spelling_of_this_machine_passes(host: str) -> None:
    with pytest.raises(DownloadError, match="not on the public internet"):
        machines(parse_address(f"http://{host}/"), False, resolve_name)


@pytest.mark.parametrize("host", ["a..b", "x" * 70 + ".example", "nowhere.invalid"])
def test_a_name_that_nobody_has_is_said(host: str) -> None:
    with pytest.raises(DownloadError, match=f"the host {host} is not found"):
        machines(parse_address(f"http://{host}/"), False, resolve_name)


# Where a request goes


def test_a_download_goes_to_the_number_that_was_checked_and_names_the_host(internet: Internet, site: Publisher) -> None:
    site.pages["/a/Report one.txt"] = site.pages["/a/Report%20one.txt"] = text()
    found = Downloader(limits=QUICK, resolve=internet.resolve).get("http://reports.example/a/Report one.txt#part")
    assert (found.data, found.suffix) == (TEXT, ".txt")
    assert found.address == found.final == "http://reports.example/a/Report%20one.txt"
    assert site.paths == ["/robots.txt", "/a/Report%20one.txt"]
    assert internet.looked_up == ["reports.example"] * 2
    assert internet.connected == [PUBLIC] * 2
    head = site.asked[1][1]
    assert head["host"] == "reports.example"
    assert head["user-agent"].split()[0] == "casebook"
    assert not {"cookie", "authorization", "referer"} & set(head)


def test_a_name_that_turns_to_a_private_number_is_not_followed(internet: Internet, site: Publisher) -> None:
    site.pages["/robots.txt"] = lambda *_: internet.names.update({"reports.example": ["127.0.0.1"]})
    refused(Downloader(limits=QUICK, resolve=internet.resolve), "http://reports.example/a.txt", "")
    internet.names["reports.example"] = [PUBLIC]
    site.pages["/robots.txt"] = sends(b"", 404)
    downloader = Downloader(limits=QUICK, resolve=internet.resolve)
    site.pages["/a.txt"] = text()
    assert downloader.get("http://reports.example/a.txt").data == TEXT
    internet.names["reports.example"] = ["127.0.0.1"]
    refused(downloader, "http://reports.example/a.txt", "the host reports.example is at 127.0.0.1, which is")
    assert set(internet.connected) == {PUBLIC}


def test_the_next_machine_of_a_name_is_tried(internet: Internet, site: Publisher, get: Get) -> None:
    internet.names["reports.example"] = ["2606:4700::1", "1.1.1.1", PUBLIC]
    assert get(text()) == TEXT
    assert internet.connected == ["2606:4700::1", "1.1.1.1", PUBLIC] * 2
    internet.machines.clear()
    refused(
        Downloader(limits=QUICK, resolve=internet.resolve),
        "http://reports.example/report.txt",
        "http://reports.example/robots.txt cannot be reached (All connection attempts failed); check address and",
    )


def test_a_site_at_an_ipv6_number_is_reached(internet: Internet) -> None:
    with Publisher({"/a.txt": text()}, host="::1") as site:
        internet.machines[PUBLIC_V6] = internet.machines["::1"] = site
        found = Downloader(limits=QUICK, resolve=internet.resolve).get(f"http://[{PUBLIC_V6}]/a.txt")
        assert found.data == TEXT
        assert site.asked[1][1]["host"] == f"[{PUBLIC_V6}]"
        assert Downloader(True, QUICK).get(f"{site.url}/a.txt").data == TEXT


def test_loopback_is_reached_only_when_allowed(internet: Internet, site: Publisher) -> None:
    internet.machines["127.0.0.1"] = site
    site.pages["/a.txt"] = text()
    refused(Downloader(limits=QUICK), f"{site.url}/a.txt", f"asks for port {site.place[1]}")
    refused(Downloader(limits=QUICK), "http://127.0.0.1/a.txt", "the host 127.0.0.1 is at 127.0.0.1, which is not")
    assert internet.connected == []
    assert Downloader(True, QUICK).get(f"{site.url}/a.txt").data == TEXT


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch, get: Get, site: Publisher) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://10.0.0.1:3128")
    assert get(text()) == TEXT


def test_cookies_are_not_given_back(internet: Internet, site: Publisher) -> None:
    site.pages["/a.txt"] = sends(b"", 302, Location="/b.txt", Set_Cookie="who=you")
    site.pages["/b.txt"] = text(Set_Cookie="who=you")
    downloader = Downloader(limits=QUICK, resolve=internet.resolve)
    downloader.get("http://reports.example/a.txt")
    downloader.get("http://reports.example/b.txt")
    assert len(site.asked) == 4
    assert not any("cookie" in head for _, head in site.asked)


# Certificates


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    path = tmp_path / "certificate.pem"
    path.write_text(CERTIFICATE)
    return path


@pytest.fixture
def safe_site(internet: Internet, certificate: Path) -> Iterator[Publisher]:
    with Publisher({"/a.txt": text()}, tls=certificate) as found:
        internet.machines[PUBLIC] = found
        yield found


def test_a_certificate_is_checked_against_the_name(
    internet: Internet, safe_site: Publisher, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    internet.names["other.example"] = [PUBLIC]
    downloader = Downloader(limits=QUICK, resolve=internet.resolve)
    assert downloader.get("https://reports.example/a.txt").data == TEXT
    refused(downloader, "https://other.example/a.txt", "Hostname mismatch")
    refused(downloader, f"https://{PUBLIC}/a.txt", "IP address mismatch")
    assert len(safe_site.asked) == 2


def test_a_certificate_that_nobody_vouches_for_is_refused(internet: Internet, safe_site: Publisher) -> None:
    refused(
        Downloader(limits=QUICK, resolve=internet.resolve), "https://reports.example/a.txt", "CERTIFICATE_VERIFY_FAILED"
    )
    assert safe_site.asked == []


def test_a_redirect_away_from_https_is_refused(
    internet: Internet, safe_site: Publisher, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    safe_site.pages["/b.txt"] = redirects("http://reports.example/a.txt")
    refused(
        Downloader(limits=QUICK, resolve=internet.resolve),
        "https://reports.example/b.txt",
        "https://reports.example/b.txt leads from https to http, where anyone can alter it",
    )


# Redirects


def test_a_redirect_is_followed_and_both_addresses_are_known(internet: Internet, site: Publisher) -> None:
    internet.names["other.example"] = [PUBLIC]
    site.pages |= {"/old": redirects("/newer?x=1", 301), "/newer?x=1": redirects("//other.example/new", 308)}
    site.pages["/new"] = page("Report", "<p>Text.</p>")
    found = Downloader(limits=QUICK, resolve=internet.resolve).get("http://reports.example/old")
    assert (found.address, found.final) == ("http://reports.example/old", "http://other.example/new")
    assert found.suffix == ".html"
    assert site.paths == ["/robots.txt", "/old", "/newer?x=1", "/robots.txt", "/new"]


@pytest.mark.parametrize(
    ("location", "problem"),
    [
        pytest.param("http://127.0.0.1/", "leads on: the host 127.0.0.1 is at 127.0.0.1, which is", id="loopback"),
        pytest.param("http://169.254.169.254/latest", "is at 169.254.169.254, which is not", id="link-local"),
        pytest.param("http://[::ffff:10.0.0.1]/", "the host ::ffff:10.0.0.1 is at ::ffff:10.0.0.1", id="mapped"),
        pytest.param("http://inside.example/", "the host inside.example is at 192.168.0.7, which", id="name"),
        pytest.param("http://reports.example:22/", "http://reports.example:22/ asks for port 22", id="port"),
        pytest.param("file:///etc/passwd", "'file:///etc/passwd' is no address of the web", id="file"),
        pytest.param("http://me:s3cret@reports.example/", "holds a user or a password", id="password"),
        pytest.param("http://h:x/", "cannot be reached (Invalid URL in location header", id="broken"),
    ],
)
def test_a_redirect_is_checked_as_an_address_is(
    internet: Internet, site: Publisher, location: str, problem: str
) -> None:
    internet.names["inside.example"] = ["192.168.0.7"]
    site.pages["/a.txt"] = redirects(location)
    downloader = Downloader(limits=QUICK, resolve=internet.resolve)
    with pytest.raises(DownloadError) as error:
        downloader.get("http://reports.example/a.txt")
    assert problem in str(error.value)
    assert "s3cret" not in str(error.value)
    assert set(internet.connected) == {PUBLIC}
    assert site.paths == ["/robots.txt", "/a.txt"]


def test_redirects_come_to_an_end(internet: Internet, site: Publisher) -> None:
    site.pages |= {"/a.txt": redirects("/b.txt"), "/b.txt": redirects("/a.txt")}
    refused(
        Downloader(limits=QUICK, resolve=internet.resolve),
        "http://reports.example/a.txt",
        "http://reports.example/a.txt leads on more than 5 times; check the address",
    )
    assert len(site.paths) == 7


# Bounds


def test_a_body_is_read_up_to_the_limit(get: Get) -> None:
    assert len(get(text(b"x" * 100_000))) == 100_000
    with pytest.raises(DownloadError, match=r"report\.txt has more than the 100,000 bytes casebook reads; save it"):
        get(text(b"x" * 100_001))
    with pytest.raises(DownloadError, match="has more than the 100,000 bytes"):
        get(endless)


def test_a_packed_body_is_unpacked_up_to_the_limit(get: Get, site: Publisher) -> None:
    assert get(text(gzip.compress(b"x" * 100_000), Content_Encoding="gzip")) == b"x" * 100_000
    assert site.asked[1][1]["accept-encoding"] == "gzip"
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(DownloadError, match="has more than the 100,000 bytes"):
        get(text(bomb, Content_Encoding="gzip"))


def test_what_follows_a_packed_body_is_not_waited_for(get: Get) -> None:
    def reply(handler: BaseHTTPRequestHandler, stopping: threading.Event) -> None:
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        handler.end_headers()
        handler.wfile.write(gzip.compress(TEXT))
        endless(handler, stopping)

    assert get(reply) == TEXT


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        pytest.param(text(gzip.compress(TEXT)[:-9], Content_Encoding="gzip"), "broke off; try again", id="cut"),
        pytest.param(text(TEXT, Content_Encoding="gzip"), "is packed in a damaged way", id="not-gzip"),
        pytest.param(text(TEXT, Content_Encoding="br"), "is packed as 'br', which nobody asked for", id="brotli"),
        pytest.param(text(TEXT, Content_Encoding="gzip, gzip"), "is packed as 'gzip, gzip'", id="twice"),
        pytest.param(hangs_up, "cannot be reached (Server disconnected", id="hangs-up"),
        pytest.param(hangs_up_in_the_middle, "cannot be reached (peer closed connection", id="breaks-off"),
        pytest.param(text(b" \n"), "is empty; check the address", id="blank"),
        pytest.param(sends(b"", 204), "answers HTTP 204; save it with a browser", id="nothing"),
        pytest.param(sends(b"", 304), "answers HTTP 304", id="no-location"),
        pytest.param(text(TEXT, Content_Length="x"), "cannot be reached (", id="odd-length"),
    ],
)
def test_a_broken_answer_is_said_in_a_line(get: Get, reply: Reply, problem: str) -> None:
    with pytest.raises(DownloadError) as error:
        get(reply)
    assert problem in str(error.value)
    assert "http://reports.example/report.txt" in str(error.value)


def test_a_silent_site_is_left(get: Get) -> None:
    with pytest.raises(DownloadError, match=r"report\.txt sent nothing for 0\.2 seconds; try again later, or save"):
        get(hangs, Limits(seconds=20, stall=0.2, interval=0))


@pytest.mark.parametrize("reply", [drips, hangs], ids=["headers-drip", "hangs"])
def test_a_slow_site_is_left(get: Get, reply: Reply) -> None:
    with pytest.raises(DownloadError, match=r"report\.txt took over 0\.4 seconds; try again later, or save it with"):
        get(reply, Limits(seconds=0.4, stall=10, interval=0))


def test_a_site_that_drips_its_report_is_left(get: Get) -> None:
    def reply(handler: BaseHTTPRequestHandler, stopping: threading.Event) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not stopping.wait(0.02):
            handler.wfile.write(b"x")

    with pytest.raises(DownloadError, match=r"took over 0\.4 seconds"):
        get(reply, Limits(seconds=0.4, stall=10, interval=0))


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (sends(b"", 404), "there is nothing at http://reports.example/report.txt (HTTP 404); check the address"),
        (sends(b"", 410), "there is nothing at http://reports.example/report.txt (HTTP 410); check the address"),
        (
            sends(b"", 403),
            "http://reports.example/report.txt answers HTTP 403; save it with a browser and add the file",
        ),
        (
            sends(b"", 429, Retry_After="120"),
            "http://reports.example/report.txt answers HTTP 429 and asks to wait: 120 seconds; try again later",
        ),
        (
            sends(b"", 503, Retry_After="Mon, 23 Nov 2026 10:00:00 GMT"),
            "answers HTTP 503 and asks to wait: Mon, 23 Nov 2026 10:00:00 GMT; try again later",
        ),
        (sends(b"", 500), "http://reports.example/report.txt answers HTTP 500; try again later"),
    ],
)
def test_a_refusal_is_passed_on_with_what_to_do(get: Get, reply: Reply, said: str) -> None:
    with pytest.raises(DownloadError) as error:
        get(reply)
    assert str(error.value).endswith(said)


# robots.txt and politeness

ROBOTS = b"""User-agent: casebook
Disallow: /no/
Disallow: /*.pdf$
Allow: /no/but-this

User-agent: *
Disallow: /
"""


def test_robots_txt_is_asked_once_and_obeyed(internet: Internet, site: Publisher) -> None:
    site.pages |= {"/robots.txt": sends(ROBOTS), "/no/but-this": text(), "/yes": text(), "/to-no": redirects("/no/x")}
    downloader = Downloader(limits=QUICK, resolve=internet.resolve)
    assert downloader.get("http://reports.example/no/but-this").data == TEXT
    assert downloader.get("http://reports.example/yes").data == TEXT
    no = "the site's robots.txt does not give http://reports.example/{} to programs; save it with a browser and add"
    refused(downloader, "http://reports.example/no/at-all", no.format("no/at-all"))
    refused(downloader, "http://reports.example/a.pdf", no.format("a.pdf"))
    refused(downloader, "http://reports.example/to-no", "leads on: " + no.format("no/x"))
    assert site.paths == ["/robots.txt", "/no/but-this", "/yes", "/to-no"]


NAMES = b"".join(b"User-agent: a%d*\nUseragent b%d\n" % (n, n) for n in range(5_000))
MANY_NAMES = NAMES + b"".join(b"Disallow: /%d*x\n" % n for n in range(5_000))


@pytest.mark.parametrize(
    ("robots", "problem"),
    [
        pytest.param(sends(b"", 404), None, id="none"),
        pytest.param(sends(b"Disallow: /", 403), None, id="kept-to-itself"),
        pytest.param(sends(b"<html>Welcome</html>"), None, id="a-page-instead"),
        pytest.param(sends(b"\xff\xfe\x00" * 100), None, id="bytes"),
        pytest.param(sends(b"User-agent: *\nDisallow: /" + b"*a" * 5_000), None, id="many-stars"),
        pytest.param(sends(b"", 204), None, id="empty"),
        pytest.param(sends(MANY_NAMES + b"Disallow: /\n"), None, id="many-names"),
        pytest.param(sends(MANY_NAMES + b"User-Agent : CaseBook # x\nDisallow: /\n"), "does not give", id="named"),
        pytest.param(sends(b"\xef\xbb\xbfUser-agent: *\nDisallow: /"), "does not give", id="marked-utf-8"),
        pytest.param(sends(b"", 500), "/robots.txt answers HTTP 500; try again later", id="failing"),
        pytest.param(redirects("/robots.txt"), "/robots.txt leads on more than 5 times", id="loop"),
        pytest.param(redirects("http://10.0.0.1/"), "/robots.txt leads on: the host 10.0.0.1 is at", id="inside"),
        pytest.param(sends(b"#" * (MAX_ROBOTS_BYTES + 1)), "has more than the 512,000 bytes", id="long"),
        pytest.param(hangs_up, "/robots.txt cannot be reached", id="hangs-up"),
    ],
)
def test_where_robots_txt_fails_nothing_is_taken(
    internet: Internet, site: Publisher, get: Get, robots: Reply, problem: str | None
) -> None:
    site.pages["/robots.txt"] = robots
    if problem is None:
        assert get(text()) == TEXT
    else:
        with pytest.raises(DownloadError) as error:
            get(text())
        assert problem in str(error.value)
        assert "/report.txt" not in site.paths
        assert set(internet.connected) == {PUBLIC}


def test_requests_to_one_host_keep_their_distance(internet: Internet, site: Publisher) -> None:
    internet.names["other.example"] = [PUBLIC]
    times: dict[str, float] = {}

    def noted(handler: BaseHTTPRequestHandler, _: threading.Event) -> None:
        times[f"{handler.headers['host']}{handler.path}"] = time.monotonic()
        text()(handler, threading.Event())

    site.pages |= {"/robots.txt": sends(b"User-agent: *\nCrawl-delay: 0.3\n"), "/a": noted, "/b": noted, "/c": noted}
    downloader = Downloader(limits=Limits(interval=0.1), resolve=internet.resolve)
    started = time.monotonic()
    for address in ("reports.example/a", "other.example/c", "reports.example/b"):
        downloader.get(f"http://{address}")
    assert times["reports.example/a"] - started >= 0.3
    assert times["reports.example/b"] - times["reports.example/a"] >= 0.29
    assert list(times) == ["reports.example/a", "other.example/c", "reports.example/b"]


def test_a_site_cannot_ask_to_be_waited_for_without_end(get: Get, site: Publisher) -> None:
    site.pages["/robots.txt"] = sends(b"User-agent: *\nCrawl-delay: 86400\n")
    with pytest.raises(DownloadError, match=r"took over 0\.3 seconds"):
        get(text(), Limits(seconds=0.3, interval=0))


# Formats and names


@pytest.mark.parametrize(
    ("path", "kind", "body", "suffix"),
    [
        pytest.param("/a", "text/plain", TEXT, ".txt", id="text"),
        pytest.param("/a.md", "text/plain; charset=utf-8", TEXT, ".md", id="markdown-sent-as-text"),
        pytest.param("/a", "text/markdown", TEXT, ".md", id="markdown"),
        pytest.param("/a.md", "application/octet-stream", TEXT, ".md", id="by-suffix"),
        pytest.param("/a.TXT", "", TEXT, ".txt", id="untyped"),
        pytest.param("/a.pdf", "Text/HTML", b"<p>Moved.</p>", ".html", id="page-at-a-pdf"),
        pytest.param("/a", "application/xhtml+xml", b"<p>Text.</p>", ".html", id="xhtml"),
        pytest.param("/a.html", "application/octet-stream", b"%PDF-1.7 ...", ".pdf", id="pdf-by-its-bytes"),
    ],
)
def test_the_format_is_what_the_bytes_prove_or_the_site_says_or_the_address(
    internet: Internet, site: Publisher, path: str, kind: str, body: bytes, suffix: str
) -> None:
    site.pages[path] = sends(body, Content_Type=kind)
    found = Downloader(limits=QUICK, resolve=internet.resolve).get(f"http://reports.example{path}")
    assert (found.suffix, found.data) == (suffix, body)


@pytest.mark.parametrize(
    ("path", "kind", "said"),
    [
        ("/a.txt", "image/png", "'image/png'"),
        ("/a", "application/json", "'application/json'"),
        ("/a.exe", "application/octet-stream", "'application/octet-stream'"),
        ("/a", "", "'unknown'"),
        ("/a.txt", "\x1b[31m", "'\\x1b[31m'"),
    ],
)
def test_another_format_is_refused(internet: Internet, site: Publisher, path: str, kind: str, said: str) -> None:
    site.pages[path] = sends(b"\0\1\2", Content_Type=kind)
    refused(
        Downloader(limits=QUICK, resolve=internet.resolve),
        f"http://reports.example{path}",
        f"http://reports.example{path} is of the type {said}, which casebook does not read; save it",
    )


@pytest.mark.parametrize(
    ("charset", "body", "kept"),
    [
        ("ISO-8859-1", "“Café”".encode("cp1252"), "“Café”".encode("utf-8-sig")),
        ('"windows-1251"', "Да".encode("cp1251"), "Да".encode("utf-8-sig")),
        ("utf-8", "“Café”".encode(), "“Café”".encode()),
        ("utf-16", "Да".encode("utf-16"), "Да".encode("utf-8-sig")),
        ("utf-16le", b"odd", b"odd"),
        ("punycode", b"abc", b"abc"),
        ("iso-8859-99", b"abc", b"abc"),
    ],
)
def test_a_text_in_another_character_set_is_kept_as_utf_8(get: Get, charset: str, body: bytes, kept: bytes) -> None:
    assert get(sends(body, Content_Type=f"text/plain; charset={charset}")) == kept


@pytest.mark.parametrize(
    ("path", "stem"),
    [
        ("/reports/2021/Better%20care.pdf", "better-care"),
        ("/reports/better-care/?page=2", "better-care"),
        ("", "reports"),
        ("/%2e%2e/%2fetc%2fpasswd", "passwd"),
        ("/con.txt", "con"),
        ("/" + "long-" * 60, ("long-" * 60)[:59]),
    ],
)
def test_the_file_name_is_made_from_the_address(internet: Internet, site: Publisher, path: str, stem: str) -> None:
    address = f"http://reports.example{path}"
    site.pages[parse_address(address).raw_path.decode()] = text()
    name = Downloader(limits=QUICK, resolve=internet.resolve).get(address).file_name
    assert name.startswith(stem), name
    assert len(name) == len(stem) + len("-123456.txt")
    assert Path(name).name == name


def test_two_addresses_never_share_a_file(internet: Internet, site: Publisher) -> None:
    site.pages = dict.fromkeys(["/a/report", "/b/report", "/a/report?id=2", "/%C3%84", "/%C3%96"], text())
    downloader = Downloader(limits=QUICK, resolve=internet.resolve)
    assert len({downloader.get(f"http://reports.example{path}").file_name for path in site.pages}) == 5
