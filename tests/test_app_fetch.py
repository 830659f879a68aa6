"""`casebook add URL` and `casebook fetch`, against a made-up publisher on loopback."""

import html
import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import test_app_commands
from hypothesis import given
from hypothesis import strategies as st
from llm_server import sends
from publisher import Publisher, page, redirects
from small_library import NORTH, SOUTH, write_reports

from corpus.catalogue import read_catalogue
from corpus.errors import DownloadError
from corpus.web import download, reports
from corpus.web.download import Downloader, Limits
from corpus.web.pages import MAX_LINKS, below, documents, joined, links
from qa.workspace import Workspace

Run = test_app_commands.Run
run = test_app_commands.run
one_line = test_app_commands.one_line

CHAPTER = "<header>Made-up publisher</header><main><h1>{}</h1>{}</main><footer>Contact us</footer>"
HARBOUR = """<h2>Background</h2><p>The Harbour Alliance joins three hospitals on the coast.</p>
<h2>Impact</h2><p>Mutual aid between the hospitals kept theatres open through two winters.</p>"""
VALLEY = """<h2>Background</h2><p>The Valley Partnership brings general practices and the council together.</p>
<h2>Impact</h2><p>Twelve practices share one rota, and patients wait four days less than they did before.</p>"""
CONTENTS = """<p>How providers of care work together, told by the people who do it.</p><ul>
<li><a href="harbour">Harbour Alliance</a><li><a href="/better/valley#top">Valley Partnership</a>
<li><a href="/better/harbour">again</a><li><a href="/other">Other</a><li><a href="https://else.example/better/x">x</a>
<li><a href="harbour?print=1">Print</a><li><a href="cover.jpg">Cover</a><li><a href="/better/">Start</a></ul>"""


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands ask a host once a second at most; the tests do not wait for that."""
    monkeypatch.setattr(download, "Limits", partial(Limits, interval=0.0))


@pytest.fixture
def site() -> Iterator[Publisher]:
    with Publisher() as found:
        found.pages |= {
            "/reports/north.md": sends(NORTH.encode(), Content_Type="text/markdown"),
            "/better/": page("Better care", CHAPTER.format("Better care", CONTENTS)),
            "/better/harbour": page("Harbour Alliance", CHAPTER.format("Harbour Alliance", HARBOUR)),
            "/better/valley": page("Valley Partnership", CHAPTER.format("Valley Partnership", VALLEY)),
        }
        yield found


@pytest.fixture
def catalogue(site: Publisher, tmp_path: Path) -> Path:
    path = tmp_path / "known.toml"
    path.write_text(
        f'[made-up-2021-better]\ntitle = "Better care"\npublisher = "The Forum"\npublished = "2021-06"\n'
        f'url = "{site.url}/better/"\n\n[made-up-2022-north]\ntitle = "In the north"\npublished = "2022"\n'
        f'url = "{site.url}/reports/north.md"\n\n[unpublished]\ntitle = "Without an address"\n'
    )
    return path


# casebook add URL


def test_an_address_is_added_beside_files_and_its_citations_name_it(run: Run, site: Publisher, tmp_path: Path) -> None:
    home = tmp_path / "home"
    file = write_reports(tmp_path / "reports") / "south.md"
    added = run("add", file, f"{site.url}/reports/north.md#part", "--allow-private", "--home", home)
    assert (added.code, added.err) == (0, "")
    assert "    added  south\n    added  north-" in added.out
    assert added.out.endswith("2 added; the index is new\n")
    found = json.loads(run("ask", "Who pays for transport?", "--home", home, "--json").out)
    citation = found["groups"][0]["quotes"][0]["citation"]
    assert citation["url"] == f"{site.url}/reports/north.md"
    assert citation["report"] == "Working together in the north"
    (kept,) = (home / "library").glob("north-*.md")
    assert kept.read_text() == NORTH


def test_an_address_again_replaces_its_report_where_it_changed(run: Run, site: Publisher, tmp_path: Path) -> None:
    address = f"{site.url}/reports/north.md"
    options = ("--allow-private", "--home", tmp_path / "home")
    run("add", address, *options)
    assert run("add", address, *options).out.endswith("1 unchanged; the index was up to date\n")
    site.pages["/reports/north.md"] = sends(SOUTH.encode(), Content_Type="text/markdown")
    assert run("add", address, *options).out.endswith("1 replaced; the index is new\n")
    (report,) = json.loads(run("reports", "--home", tmp_path / "home", "--json").out)
    assert (report["title"], report["url"]) == ("Lessons from the south", address)


def test_what_an_address_refuses_is_one_line_and_the_rest_is_added(run: Run, site: Publisher, tmp_path: Path) -> None:
    site.pages["/robots.txt"] = sends(b"User-agent: *\nDisallow: /private\n")
    site.pages["/scan.png"] = sends(b"\x89PNG\r\n\x1a\n", Content_Type="image/png")
    addresses = [f"{site.url}/{path}" for path in ("gone.txt?key=s3cret", "private", "reports/north.md", "scan.png")]
    added = run("add", *addresses, "ftp://reports.example/a", "--allow-private", "--home", tmp_path / "home", "--json")
    assert added.code == 1
    told = json.loads(added.out)
    assert [one["outcome"] for one in told["added"]] == ["added"]
    assert told["refused"] == [
        f"there is nothing at {site.url}/gone.txt?... (HTTP 404); check the address",
        f"the site's robots.txt does not give {site.url}/private to programs; save it with a browser and add the file",
        f"{site.url}/scan.png is of the type 'image/png', which casebook does not read; save it with a browser and add"
        " the file",
        "'ftp://reports.example/a' is no address of the web; give one that begins with https://",
    ]
    assert added.err == "".join(f"casebook: {problem}\n" for problem in told["refused"])


def test_a_private_address_needs_leave(run: Run, site: Publisher, tmp_path: Path) -> None:
    home = tmp_path / "home"
    one_line(run("add", "http://localhost/a.txt", "--home", home), "localhost is at", "need --allow-private")
    one_line(run("add", f"{site.url}/a.txt", "--home", home), f"asks for port {site.place[1]}")
    assert site.asked == []


def test_a_missing_file_keeps_no_address_from_being_added(run: Run, site: Publisher, tmp_path: Path) -> None:
    address = f"{site.url}/reports/north.md"
    added = run("add", address, tmp_path / "no.txt", "--allow-private", "--home", tmp_path / "home")
    assert added.code == 1
    assert "1 added; the index is new" in added.out
    assert added.err.startswith("casebook: there is no file ")
    assert len(added.err.splitlines()) == 1


def test_a_page_without_words_is_refused_by_its_reader(run: Run, site: Publisher, tmp_path: Path) -> None:
    for body in (b"<!-- -->", b"<html>"):
        site.pages["/empty"] = sends(body, Content_Type="text/html")
        one_line(run("add", f"{site.url}/empty", "--allow-private", "--home", tmp_path / "home"), "empty-")


def test_a_page_of_several_is_one_report_when_that_is_asked_for(run: Run, site: Publisher, tmp_path: Path) -> None:
    address, options = f"{site.url}/better/", ("--allow-private", "--home", tmp_path / "home")
    hint = f"{address} links to 2 pages below it; to add them as one report: casebook add --pages {address}\n"
    assert run("add", address, *options).out.startswith(hint)
    (report,) = json.loads(run("reports", *options[1:], "--json").out)
    assert report["case_studies"] == []
    assert run("add", "--pages", address, *options).out.endswith("1 replaced; the index is new\n")
    (report,) = json.loads(run("reports", *options[1:], "--json").out)
    assert report["case_studies"] == ["Harbour Alliance", "Valley Partnership"]


# casebook fetch


def test_the_catalogue_that_ships_is_listed(run: Run) -> None:
    listed = run("fetch", "--list")
    assert listed.code == 0
    lines = listed.out.rstrip("\n").split("\n")
    assert lines[6:9] == [
        "nhs-confederation-2022-provider-collaboration",
        "    Integration and innovation in action: provider collaboration (NHS Confederation, 2022-04-21)",
        "    https://www.nhsconfed.org/publications/integration-and-innovation-action-provider-collaboration",
    ]
    found = json.loads(run("fetch", "--list", "--json", "lga").out)
    assert [one["id"] for one in found] == ["lga-2021-must-know-integrated-health-and-care"]
    assert found[0]["publisher"] == "Local Government Association"
    one_line(run("fetch", "--list", "nhs"), "4 reports have an id that begins with 'nhs'; see: casebook fetch --list")


def test_the_catalogue_that_ships_knows_the_real_reports(reports_folder: Path) -> None:
    known = {name: wanted.metadata for name, wanted in reports.known_reports().items()}
    beside = read_catalogue(reports_folder / "catalogue.toml")
    assert {name: entry.url for name, entry in known.items()} == {name: entry.url for name, entry in beside.items()}
    assert all(wanted.address.startswith("https://") for wanted in reports.known_reports().values())


def test_fetch_adds_the_reports_with_what_the_catalogue_says(
    run: Run, site: Publisher, catalogue: Path, tmp_path: Path
) -> None:
    options = ("--catalogue", catalogue, "--allow-private", "--home", tmp_path / "home")
    fetched = run("fetch", *options)
    assert (fetched.code, fetched.err) == (0, "")
    assert fetched.out.startswith("    added  made-up-2021-better\n    added  made-up-2022-north\n")
    assert site.paths == ["/robots.txt", "/better/", "/better/harbour", "/better/valley", "/reports/north.md"]
    better, north = json.loads(run("reports", "--home", tmp_path / "home", "--json").out)
    assert (better["file"], north["file"]) == ("made-up-2021-better.html", "made-up-2022-north.md")
    assert (better["publisher"], better["published"], better["url"]) == ("The Forum", "2021-06", f"{site.url}/better/")
    assert better["case_studies"] == ["Harbour Alliance", "Valley Partnership"]
    answer = run("ask", "What kept theatres open?", "--report", "made-up-2021", "--home", tmp_path / "home").out
    assert "Mutual aid between the hospitals kept theatres open through two winters." in answer
    assert f"Harbour Alliance. Impact. Better care. The Forum. 2021-06. {site.url}/better/" in " ".join(answer.split())


def test_what_is_in_the_library_is_fetched_again_only_by_name(
    run: Run, site: Publisher, catalogue: Path, tmp_path: Path
) -> None:
    options = ("--catalogue", catalogue, "--allow-private", "--home", tmp_path / "home")
    assert run("fetch", "made-up-2022", *options).out.endswith("1 added; the index is new\n")
    site.asked.clear()
    again = run("fetch", *options).out
    assert again.startswith(
        "1 of 2 are in the library already; to get one again, name it\n    added  made-up-2021-better"
    )
    assert "/reports/north.md" not in site.paths
    assert run("fetch", *options).out == "2 of 2 are in the library already; to get one again, name it\n"
    assert run("fetch", "made-up-2022", *options).out.endswith("1 unchanged; the index was up to date\n")


def test_fetch_keeps_what_the_library_has_in_another_format(
    run: Run, site: Publisher, catalogue: Path, tmp_path: Path
) -> None:
    own = tmp_path / "made-up-2022-north.txt"
    own.write_text(SOUTH)
    options = ("--home", tmp_path / "home")
    run("add", own, *options)
    fetched = run("fetch", "made-up-2022", "--catalogue", catalogue, "--allow-private", *options)
    one_line(fetched, "as 'made-up-2022-north.txt' in the library does", "casebook remove made-up-2022-north")
    assert (tmp_path / "home/library/made-up-2022-north.txt").read_text() == SOUTH


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param(None, "names no report with a url; give a catalogue.toml that does", id="missing"),
        pytest.param('[a]\ntitle = "A"\n', "names no report with a url", id="no-address"),
        pytest.param("[a\n", "cannot be read as TOML", id="no-toml"),
        pytest.param('["../a\\u0000b"]\nurl = "javascript:alert(1)"\n', "is no address of the web", id="script"),
    ],
)
def test_a_catalogue_that_helps_nobody_is_said(run: Run, tmp_path: Path, text: str | None, problem: str) -> None:
    if text is not None:
        (tmp_path / "known.toml").write_text(text)
    one_line(run("fetch", "--catalogue", tmp_path / "known.toml", "--home", tmp_path / "home"), problem)
    assert not list(tmp_path.rglob("library"))


def test_an_id_in_a_catalogue_is_no_path(run: Run, site: Publisher, tmp_path: Path) -> None:
    (tmp_path / "known.toml").write_text(f'["../../b\\u0000c"]\nurl = "{site.url}/reports/north.md"\n')
    options = ("--catalogue", tmp_path / "known.toml", "--allow-private", "--home", tmp_path / "home")
    assert run("fetch", *options).out.startswith("    added  b-c\n")
    assert (tmp_path / "home/library/b-c.md").read_text() == NORTH


# Reports of several pages


def get(address: str, say: list[str]) -> bytes:
    downloads = reports.download_reports(
        [reports.Wanted(address)], Downloader(True, Limits(interval=0)), True, say.append, lambda *_: None
    )
    return next(iter(downloads)).load()


def test_a_page_that_is_gone_is_said_and_the_others_are_taken(site: Publisher) -> None:
    del site.pages["/better/harbour"]
    said: list[str] = []
    assert b"Twelve practices" in get(f"{site.url}/better/", said)
    assert said == [
        f"{site.url}/better/ is taken without a page: there is nothing at {site.url}/better/harbour (HTTP 404)"
    ]


def test_a_page_that_fails_spoils_the_report(run: Run, site: Publisher, catalogue: Path, tmp_path: Path) -> None:
    site.pages["/better/valley"] = sends(b"", 429, Retry_After="60")
    options = ("--catalogue", catalogue, "--allow-private", "--home", tmp_path / "home")
    problem = f"{site.url}/better/valley answers HTTP 429 and asks to wait: 60 seconds; try again later"
    one_line(run("fetch", "made-up-2021", *options), problem)
    fetched = run("fetch", *options)
    assert fetched.out.endswith("1 added; the index is new\n")
    assert fetched.err == f"casebook: {problem}\n"


def test_pages_are_taken_up_to_a_bound(site: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "MAX_PAGES", 2)
    said: list[str] = []
    whole = get(f"{site.url}/better/", said)
    assert said == [f"{site.url}/better/ has 3 pages, of which the first 2 are taken"]
    assert b"Mutual aid" in whole and b"Twelve practices" not in whole
    monkeypatch.setattr(reports, "MAX_PAGES_BYTES", 900)
    with pytest.raises(DownloadError, match="have more than 900 bytes; add them one by one"):
        get(f"{site.url}/better/", said)


def test_pages_are_those_below_where_the_address_leads_to(site: Publisher) -> None:
    site.pages["/short"] = redirects("/better/")
    assert b"Twelve practices" in get(f"{site.url}/short", [])


def test_a_link_to_a_pdf_is_named_and_left_to_the_user(site: Publisher) -> None:
    site.pages["/better/"] = page("Better care", "<p>Read it.</p><a href='/files/better care$(rm).pdf?v=1'>PDF</a>")
    said: list[str] = []
    get(f"{site.url}/better/", said)
    pdf = f"'{site.url}/files/better%20care$(rm).pdf?v=1'"
    assert said == [f"{site.url}/better/ links to a PDF; to add that too: casebook add {pdf}"]
    site.pages["/better/"] = page("All reports", "".join(f"<a href='{number}.pdf'>{number}</a>" for number in range(4)))
    get(f"{site.url}/better/", said)
    assert len(said) == 1


def test_links_are_those_of_the_page_as_a_browser_follows_them() -> None:
    source = """<base href="https://reports.example/better/">
    <a href="a">A</a><a href=" /better/b ">B</a><a href="a#x">A</a>
    <a href="javascript:alert(1)">J</a><a href="mailto:a@b.example">M</a><a>N</a><a href="http://[">X</a>
    <a href="https://me:pw@reports.example/better/c">P</a><a href="/better.pdf">D</a><a href="/better/">S</a>"""
    found = links(source.encode(), "https://reports.example/better/")
    assert found == [f"https://reports.example/{path}" for path in ("better/a", "better/b", "better.pdf")]
    assert documents(found) == ["https://reports.example/better.pdf"]


def test_only_pages_of_the_same_site_below_the_same_path_are_parts() -> None:
    address = "https://reports.example/a%20b"
    inside = [f"{address}/c", f"{address}/d/e.html"]
    others = ["https://reports.example/a%20bc", "http://reports.example/a%20b/c", "https://x.example/a%20b/c"]
    others += [f"{address}/f.pdf", f"{address}/c?print=1", f"{address}/", "https://reports.example:8080/a%20b/c"]
    assert below([*others, *inside], address) == inside
    assert below(["https://reports.example/c"], "https://reports.example/") == []


def test_joined_pages_keep_their_words_and_their_own_character_sets() -> None:
    first = "<title>Café</title><main><h1>Café – one</h1><p>First</p></main><footer>End</footer>".encode()
    second = '<meta charset="windows-1252"><nav>Menu</nav><main><h1>Naïve</h1><h2>Part</h2><p>“Two”</p></main>'
    third = "<?xml version='1.0' encoding='utf-8'?><html><body><h6>Deep</h6>Three ﬁne</body></html>".encode()
    whole = joined([first, second.encode("cp1252"), third, b"<!-- nothing -->"]).decode("utf-8-sig")
    assert "<h1>Café – one</h1>" in whole and "<footer>End</footer>" in whole
    assert "<section><h2>Naïve</h2><h3>Part</h3><p>“Two”</p></section>" in whole
    assert "<h6>Deep</h6>Three ﬁne" in whole and "Menu" not in whole
    assert whole.index("Naïve") < whole.index("Deep") < whole.index("</main>")


@given(st.lists(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1), min_size=1))
def test_joined_pages_lose_no_word(words: list[str]) -> None:
    pages = [f"<html><body><main><p>{html.escape(word)}</p></main></body></html>".encode() for word in words]
    found = re.findall("<p>(.*?)</p>", joined(pages).decode("utf-8-sig"))
    assert [html.unescape(word) for word in found] == words


def test_a_page_made_to_choke_on_is_bounded() -> None:
    many = "".join(f"<a href={number}>x</a>" for number in range(MAX_LINKS + 10))
    assert len(links(many.encode(), "https://reports.example/")) == MAX_LINKS
    deep = b"<div>" * 50_000 + b"text"
    for parse in (lambda: links(deep, "https://reports.example/"), lambda: joined([b"<p>First", deep])):
        with pytest.raises(DownloadError, match="nested deeper than casebook reads"):
            parse()


def test_a_stopped_download_leaves_the_library_as_it_was(site: Publisher, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "home")

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    wanted = [reports.Wanted(f"{site.url}/reports/north.md")]
    with pytest.raises(KeyboardInterrupt):
        workspace.add([], None, reports.download_reports(wanted, Downloader(True), True, print, stop))
    assert not (tmp_path / "home").exists()
