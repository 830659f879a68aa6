"""What commands say besides their results: what could not be read, what was skipped, what waits to be indexed."""

import json
import zipfile
from pathlib import Path

import pytest
import test_app_commands
from small_library import write_reports

from corpus import readers
from corpus.library import Library, skipped_files
from corpus.readers import Reading
from qa.digests import open_digests
from qa.library import skipped_lines

Run = test_app_commands.Run
run = test_app_commands.run
one_line = test_app_commands.one_line


def test_outline_says_what_of_a_file_could_not_be_read(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = readers.READERS[".txt"]

    def read(data: bytes, name: str) -> Reading:
        return Reading(plain(data, name).text, warnings=("Page 7 is a picture.", "Page 9\nis too."))

    monkeypatch.setitem(readers.READERS, ".txt", read)
    file = tmp_path / "scan.txt"
    file.write_text("The first page can be read. The rest cannot.")
    assert run("outline", file, "--home", tmp_path / "home").out.splitlines() == [
        "scan (scan): 1 passage",
        "    warning: Page 7 is a picture.",
        "    warning: Page 9 is too.",
        "  Scan (1 passage, 9 words)",
    ]
    found = json.loads(run("outline", file, "--home", tmp_path / "home", "--json").out)
    assert (list(found), found["warnings"]) == (
        ["id", "title", "warnings", "case_studies", "sections"],
        ["Page 7 is a picture.", "Page 9\nis too."],
    )


def test_doctor_finds_nothing_behind_where_the_digests_answer(run: Run, tmp_path: Path) -> None:
    examined = run("doctor", "--home", tmp_path / "none")
    passages = len(open_digests().passages)
    assert (examined.code, examined.out.splitlines()[2:4]) == (
        0,
        [
            f"ok   library {str(tmp_path / 'none')!r}: 0 reports, 0 passages; 0 removed kept",
            f"ok   index: {passages} passages of casebook's digests, which answer while the library is empty",
        ],
    )


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """A folder with the report ok.md, and files that casebook does not read."""
    folder = tmp_path / "mixed"
    (folder / "old").mkdir(parents=True)
    for name in ("b.doc", "a.odt", "old/c.RTF", ".d.doc", "picture.png", "figures.csv"):
        (folder / name).write_text("x")
    (folder / "ok.md").write_text("# Towns\n\nShared rotas helped most.\n")
    return folder


def test_documents_of_other_formats_in_a_folder_are_named(run: Run, tmp_path: Path, mixed: Path) -> None:
    added = run("add", mixed, "--home", tmp_path / "home")
    assert (added.code, added.err) == (0, "")
    assert added.out.splitlines() == [
        "skipped, of no format casebook reads: a.odt, b.doc, old/c.RTF; save them as .docx or .pdf and add them",
        "    added  ok",
        "1 added; the index is new",
    ]
    said = json.loads(run("add", mixed, mixed / "ok.md", "--home", tmp_path / "home", "--json").out)
    assert said["skipped"] == ["a.odt", "b.doc", "old/c.RTF"]
    said = json.loads(run("add", mixed / "ok.md", "--home", tmp_path / "home", "--json").out)
    assert said["skipped"] == []


def test_documents_of_other_formats_in_a_zip_file_are_named(run: Run, tmp_path: Path, mixed: Path) -> None:
    hidden = ("__MACOSX/b.doc", ".e.doc")
    with zipfile.ZipFile(mixed / "all.zip", "w") as archive:
        archive.mkdir("notes.pages")
        for name in ("ok.md", "a\x1b[2J.odt", "old/c.RTF", "picture.png", *hidden):
            archive.writestr(name, "# Towns\n\nShared rotas helped most.\n")
    (mixed / "broken.zip").write_text("no zip file")
    assert skipped_files([mixed / "all.zip"]) == ["all.zip/a\x1b[2J.odt", "all.zip/old/c.RTF"]
    assert skipped_files([mixed])[3:] == ["all.zip/a\x1b[2J.odt", "all.zip/old/c.RTF"]
    assert skipped_files([mixed / "broken.zip", mixed / "gone.zip", mixed / "ok.md"]) == []
    added = run("add", mixed / "all.zip", "--home", tmp_path / "home").out.splitlines()
    assert added[0].startswith("skipped, of no format casebook reads: all.zip/a")
    assert "\x1b" not in added[0]
    assert added[1:] == ["    added  ok", "1 added; the index is new"]


def test_a_folder_of_documents_of_other_formats_alone_is_one_line(run: Run, tmp_path: Path, mixed: Path) -> None:
    (mixed / "ok.md").unlink()
    refused = run("add", mixed, "--home", tmp_path / "home")
    assert (refused.code, refused.out, refused.err) == (
        1,
        "",
        f"casebook: the folder {str(mixed)!r} holds no report of a format casebook reads: a.odt, b.doc, old/c.RTF; "
        "save them as .docx or .pdf and add them\n",
    )


def test_many_skipped_documents_are_named_in_part() -> None:
    assert skipped_lines([f"{n}.doc" for n in range(1011)]) == [
        "skipped, of no format casebook reads: 0.doc, 1.doc, 2.doc, 3.doc, 4.doc, 5.doc, 6.doc, 7.doc, 8.doc, 9.doc, "
        "and 1,001 more; save them as .docx or .pdf and add them"
    ]


def test_reports_that_wait_to_be_indexed_are_told_of_until_they_are(run: Run, tmp_path: Path) -> None:
    reports, home = write_reports(tmp_path / "reports"), tmp_path / "home"
    run("add", reports / "north.md", "--home", home)
    commands = (["ask", "Who pays for transport?"], ["search", "transport"], ["compare", "Transport?"], ["reports"])
    library = Library(home)

    def told() -> set[str]:
        return {run(*command, "--home", home).err for command in commands}

    assert told() == {""}
    for name, line in (("south", "1 report waits"), ("east", "2 reports wait")):
        library.keep(f"{name}.md", (reports / "south.md").read_bytes())  # as far as a killed add comes
        assert told() == {f"casebook: {line} to be indexed; run: casebook index\n"}
    assert json.loads(run("reports", "--home", home, "--json").out)[0]["id"] == "north"
    run("index", "--home", home)
    assert told() == {""}
