"""The user's library: adding, replacing, names that are hard, folders that cannot be written."""

import os
from pathlib import Path

import pytest

from corpus.errors import CasebookError, LibraryError, ReportError
from corpus.library import Added, Found, Library, Outcome, find_files
from corpus.model import Metadata

TEXT = "The team met every week. Nobody was left out."


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "home")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def write(folder: Path, name: str, text: str = TEXT) -> Found:
    (folder / name).write_text(text, encoding="utf-8")
    return Found(folder / name)


def test_nothing_is_made_before_something_is_added(library: Library) -> None:
    assert library.files() == []
    assert library.read() == []
    assert not library.home.exists()


def test_adding_says_what_it_came_to(library: Library, folder: Path) -> None:
    found = write(folder, "a.txt")
    assert library.add(found) == Added("a", "a.txt", Outcome.ADDED)
    assert library.add(found) == Added("a", "a.txt", Outcome.UNCHANGED)
    write(folder, "a.txt", TEXT + " It rained.")
    assert library.add(found) == Added("a", "a.txt", Outcome.REPLACED)
    assert [r.text for r in library.read()] == [TEXT + " It rained."]


def test_files_are_kept_byte_for_byte(library: Library, folder: Path) -> None:
    (folder / "a.txt").write_bytes(b"\xef\xbb\xbfOne.\r\nTwo.\r\n")
    library.add(Found(folder / "a.txt"))
    assert (library.folder / "a.txt").read_bytes() == b"\xef\xbb\xbfOne.\r\nTwo.\r\n"


def test_a_catalogue_beside_the_files_gives_their_metadata(library: Library, folder: Path) -> None:
    write(folder, "a.txt")
    write(folder, "b.txt")
    (folder / "catalogue.toml").write_text('[a]\ntitle = "The A report"\nurl = "https://example.org/a"\n')
    known = Metadata(title="The A report", url="https://example.org/a")
    found = list(find_files([folder]))
    assert found == [Found(folder / "a.txt", known), Found(folder / "b.txt", None)]
    assert list(find_files([folder / "a.txt"])) == found[:1]
    for each in found:
        library.add(each)
    assert library.metadata() == {"a": known}
    assert [r.title for r in library.read()] == ["The A report", "b"]


def test_new_metadata_alone_replaces_and_none_keeps_what_is_known(library: Library, folder: Path) -> None:
    path = write(folder, "a.txt").path
    library.add(Found(path, Metadata(title="Old")))
    assert library.add(Found(path, Metadata(title="New"))).outcome is Outcome.REPLACED
    assert library.add(Found(path)).outcome is Outcome.UNCHANGED
    assert library.metadata() == {"a": Metadata(title="New")}


def test_two_names_with_one_id_are_refused(library: Library, folder: Path) -> None:
    library.add(write(folder, "My report.txt"))
    with pytest.raises(LibraryError) as error:
        library.add(write(folder, "my-report.txt"))
    assert str(error.value) == (
        "'my-report.txt' gives the report id 'my-report', as 'My report.txt' in the library does; "
        "rename the new file, or take the other out with: casebook remove my-report"
    )


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("two\nlines.txt", id="newline"),
        pytest.param("報告 – ünïcode.txt", id="unicode"),
        pytest.param("-rf.txt", id="leading-hyphen"),
        pytest.param("x" * 240 + ".txt", id="very-long"),
        pytest.param("[brackets] 'and' \"quotes\".md", id="marks"),
        pytest.param("CAPITALS.TXT", id="capital-suffix"),
    ],
)
def test_hard_names_are_added_and_read_back(library: Library, folder: Path, name: str) -> None:
    write(folder, name)
    (found,) = find_files([folder])
    assert library.add(Found(found.path, Metadata(title="Hard"))).outcome is Outcome.ADDED
    (report,) = library.read()
    assert (report.file_name, report.title) == (name, "Hard")


def test_a_name_with_a_newline_stays_one_line_in_an_error(library: Library, folder: Path) -> None:
    with pytest.raises(ReportError) as error:
        library.add(write(folder, "two\nlines.txt", "—"))
    assert "\n" not in str(error.value)


def test_hidden_files_and_other_formats_in_a_folder_are_passed_over(folder: Path) -> None:
    for name in (".hidden.txt", "picture.png", "b.md", "a.txt"):
        write(folder, name)
    (folder / ".git").mkdir()
    write(folder / ".git", "c.txt")
    assert [f.path.name for f in find_files([folder])] == ["a.txt", "b.md"]


def test_a_folder_without_reports_and_a_missing_path_are_refused(folder: Path) -> None:
    with pytest.raises(LibraryError, match=r"holds no report; put files of type .*\.md, .*\.txt, \.zip in it"):
        list(find_files([folder]))
    with pytest.raises(ReportError, match=r"there is no file .*gone\.txt'; check the path"):
        list(find_files([folder / "gone.txt"]))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("title = ", "cannot be read as TOML", id="no-toml"),
        pytest.param('title = "x"', "has the key 'title' outside a table", id="outside"),
        pytest.param('[a]\ntitel = "x"', "has the unknown key 'titel'", id="unknown-key"),
        pytest.param("[a]\npublished = 2021", "has published = 2021, not text", id="no-text"),
    ],
)
def test_a_catalogue_that_is_wrong_is_named(folder: Path, content: str, message: str) -> None:
    write(folder, "a.txt")
    (folder / "catalogue.toml").write_text(content)
    with pytest.raises(LibraryError) as error:
        list(find_files([folder]))
    assert message in str(error.value)
    assert "catalogue.toml" in str(error.value)


def test_a_file_that_vanishes_is_an_error_that_names_it(library: Library, folder: Path) -> None:
    found = write(folder, "a.txt")
    found.path.unlink()
    with pytest.raises(ReportError, match=r"there is no file .*a\.txt'; check the path"):
        library.add(found)


def test_a_file_spoiled_in_the_library_is_an_error_that_names_it(library: Library, folder: Path) -> None:
    library.add(write(folder, "a.txt"))
    (library.folder / "a.txt").write_bytes(b"\x00\x01")
    with pytest.raises(
        LibraryError, match=r"a\.txt' can no longer be read: .*; add it again, or take it out with: casebook remove a$"
    ):
        library.read()


def test_what_cannot_be_read_is_not_added(library: Library, folder: Path) -> None:
    library.add(write(folder, "a.txt"))
    write(folder, "a.txt", "\x00")
    with pytest.raises(ReportError):
        library.add(Found(folder / "a.txt"))
    assert [r.text for r in library.read()] == [TEXT]


def test_a_home_that_cannot_be_written_is_an_error_with_a_remedy(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CasebookError) as error:
        Library(tmp_path / "file").add(write(folder, "a.txt"))
    assert "cannot be written (Not a directory); give another folder with --home" in str(error.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to a read-only folder")
def test_a_read_only_home_is_an_error_with_a_remedy(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o500)
    with pytest.raises(CasebookError, match=r"cannot be written \(Permission denied\); give another folder"):
        Library(tmp_path / "home").add(write(folder, "a.txt"))
