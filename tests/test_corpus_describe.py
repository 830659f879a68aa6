"""Metadata: authors in catalogues and files, what is refused, and `casebook describe`, which the index then shows."""

import json
from pathlib import Path

import pytest
import test_app_commands
from hypothesis import given
from hypothesis import strategies as st
from small_library import NORTH, write_reports

from corpus.catalogue import checked, parsed_date, read_catalogue, web_address, write_catalogue
from corpus.characters import flat, inert
from corpus.errors import LibraryError
from corpus.library import Found, Library
from corpus.model import Metadata
from corpus.report import parse
from corpus.serial import report_from_json, report_to_json
from qa.workspace import Workspace

Run = test_app_commands.Run
one_line = test_app_commands.one_line
run = test_app_commands.run

text = st.text(st.characters(codec="utf-8"), max_size=20)


@given(st.builds(Metadata, title=text, publisher=text, authors=st.lists(text, max_size=3).map(tuple)))
def test_a_catalogue_is_read_back_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, known: Metadata) -> None:
    path = tmp_path_factory.mktemp("c") / "catalogue.toml"
    path.write_text(write_catalogue({"a": known}), encoding="utf-8", newline="")
    assert read_catalogue(path) == {"a": known}


@pytest.mark.parametrize("value", ['"Holt"', "[1]", '["a", 2]'])
def test_authors_in_a_catalogue_are_a_list_of_texts(tmp_path: Path, value: str) -> None:
    (tmp_path / "catalogue.toml").write_text(f"[a]\nauthors = {value}\n")
    with pytest.raises(LibraryError, match=r"has authors = .*, not a list of texts; write authors = "):
        read_catalogue(tmp_path / "catalogue.toml")


def test_a_file_may_name_its_author_and_a_catalogue_goes_before_it() -> None:
    data = b"---\nauthor: Holt, Amina\npublisher: Their Own\n---\n\n" + NORTH.encode()
    assert parse(data, "north.md").metadata.authors == ("Holt, Amina",)
    named = parse(data, "north.md", Metadata(authors=("The Forum",))).metadata
    assert (named.authors, named.publisher) == (("The Forum",), "Their Own")


def test_a_report_with_authors_survives_json() -> None:
    report = parse(NORTH.encode(), "north.md", Metadata(authors=("Holt, Amina", "The Forum")))
    assert report_from_json(json.loads(json.dumps(report_to_json(report)))) == report


@pytest.mark.parametrize(
    ("known", "problem"),
    [
        pytest.param(Metadata(title="two\nlines"), "the title 'two\\nlines' holds a control character", id="newline"),
        pytest.param(Metadata(publisher="a\x00"), "the publisher 'a\\x00' holds a control character", id="nul"),
        pytest.param(Metadata(series="a\u202eb"), "the series 'a\\u202eb' holds a control character", id="direction"),
        pytest.param(Metadata(rights="a\ud800"), "the rights 'a\\ud800' holds a control character", id="half"),
        pytest.param(
            Metadata(authors=("A", "b\t\x1b")), "the authors 'b\\t\\x1b' holds a control character", id="author"
        ),
        pytest.param(Metadata(published="June 2021"), "the date 'June 2021' is none; write YYYY, YYYY-MM", id="words"),
        pytest.param(Metadata(published="2021-02-30"), "the date '2021-02-30' is none", id="no-such-day"),
        pytest.param(Metadata(published="2021-6"), "the date '2021-6' is none", id="one-figure"),
        pytest.param(Metadata(published="٢٠٢١"), "is none", id="other-figures"),
        pytest.param(
            Metadata(url="javascript:alert(1)"), "is no address of the web; begin it with https://", id="script"
        ),
        pytest.param(Metadata(url="file:///etc/passwd"), "is no address of the web", id="file"),
        pytest.param(Metadata(url="example.org"), "is no address of the web", id="bare"),
    ],
)
def test_what_no_citation_can_stand_on_is_refused(known: Metadata, problem: str) -> None:
    with pytest.raises(LibraryError) as error:
        checked(known)
    assert problem in str(error.value)


def test_what_a_citation_can_stand_on_is_kept() -> None:
    known = Metadata("Té – 中文 “x”\u00a0y", "P", "2021-06", "https://e.org/a%20b", "©", "S", ("Holt, A", "{B, C}"))
    assert checked(known) == known
    assert checked(Metadata()) == Metadata()
    assert [parsed_date(d) for d in ("2021", "2021-06", "2024-02-29", "0000", "")] == [
        (2021,), (2021, 6), (2024, 2, 29), None, None,
    ]  # fmt: skip
    assert web_address(" https://e.org/ ") == "https://e.org/"


@given(st.text())
def test_inert_text_holds_no_character_that_steers(value: str) -> None:
    assert inert(inert(value)) == inert(value)
    assert not set(inert(value)) & set("\x00\x1b\r\x7f\x85\u2028\u202e\u2066\u200f\u00ad\ufeff\ufffe")
    assert all(word in inert(value) for word in flat(value).split())
    inert(value).encode()


def test_describing_changes_what_is_named_and_nothing_else(tmp_path: Path) -> None:
    library = Library(tmp_path / "home")
    (tmp_path / "a.txt").write_text("The team met every week.")
    library.add(Found(tmp_path / "a.txt", Metadata(title="Old", rights="All")))
    library.edit("a", {"title": "New", "authors": ("Holt, Amina",)})
    assert library.metadata() == {"a": Metadata(title="New", rights="All", authors=("Holt, Amina",))}
    with pytest.raises(LibraryError):
        library.edit("a", {"title": "Newer", "published": "soon"})
    assert library.metadata()["a"].title == "New"
    library.add(Found(tmp_path / "a.txt", Metadata(title="From a catalogue")))
    assert library.metadata() == {"a": Metadata(title="From a catalogue", rights="All", authors=("Holt, Amina",))}


def test_describe_prints_and_changes_what_citations_say(run: Run, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert run("add", write_reports(tmp_path / "reports"), "--home", home).code == 0
    assert run("describe", "nor", "--home", home).out.splitlines()[:3] == [
        "north",
        "     title  Working together in the north (guessed)",
        " publisher  -",
    ]
    changed = run(
        "describe", "north", "--title", "North, again", "--publisher", "The Forum", "--published", "2021-06",
        "--author", "Holt, Amina", "--author", "{Ships, Ports}", "--url", "https://e.org/n", "--home", home, "--json",
    )  # fmt: skip
    known = json.loads(changed.out)
    assert known["title"] == "North, again"
    assert known["authors"] == ["Holt, Amina", "{Ships, Ports}"]
    assert Workspace(home).is_current()
    assert {"id": "north", "title": "North, again"}.items() <= json.loads(run("reports", "--home", home, "--json").out)[
        0
    ].items()
    asked = run("search", "who pays for transport", "--home", home, "--top", "1").out
    assert "North, again. Holt, Amina; Ships, Ports. The Forum. 2021-06. https://e.org/n" in asked
    assert (
        json.loads(run("describe", "north", "--author", "", "--title", "", "--home", home, "--json").out)["authors"]
        == []
    )
    assert (
        run("describe", "north", "--home", home).out.splitlines()[1]
        == "     title  Working together in the north (guessed)"
    )


def test_describe_names_what_it_cannot_do(run: Run, tmp_path: Path) -> None:
    home = tmp_path / "home"
    one_line(run("describe", "north", "--home", home), "holds no report yet")
    library = Library(home)
    library.add(Found(write_reports(tmp_path / "reports") / "north.md"))
    one_line(run("describe", "east", "--home", home), "no report has an id that begins with 'east'")
    one_line(run("describe", "north", "--published", "soon", "--home", home), "'soon'", "YYYY-MM-DD")
    one_line(run("describe", "north", "--url", "javascript:x", "--home", home), "'javascript:x'", "https://")
    assert not (library.folder / "catalogue.toml").exists()


def test_a_changed_catalogue_makes_the_index_old_until_it_is_rebuilt(run: Run, tmp_path: Path) -> None:
    home = tmp_path / "home"
    run("add", write_reports(tmp_path / "reports"), "--home", home)
    Library(home).edit("north", {"publisher": "The Forum"})
    assert not Workspace(home).is_current()
    Workspace(home).edit("north", {"publisher": "The Forum"})
    assert Workspace(home).is_current()
    before = (home / "index" / "CURRENT").read_text()
    Workspace(home).edit("north", {"publisher": "The Forum"})
    assert (home / "index" / "CURRENT").read_text() == before
