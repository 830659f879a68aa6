"""The commands that change a library: remove and put back, back up, two processes at once; what `reports` tells."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import test_app_commands
from small_library import write_reports

import app
from corpus import readers
from corpus.disk import exclusive
from corpus.readers import Reading
from qa.workspace import Workspace

Run = test_app_commands.Run
run = test_app_commands.run
one_line = test_app_commands.one_line

ALIKE = "The case study Harbour Alliance of south stands in north too: 100 % of its passages."


@pytest.fixture
def home(run: Run, tmp_path: Path) -> Path:
    """A library with the reports north and south."""
    run("add", write_reports(tmp_path / "reports"), "--home", tmp_path / "home")
    return tmp_path / "home"


def test_a_report_is_removed_and_put_back(run: Run, home: Path) -> None:
    removed = run("remove", "nor", "--home", home)
    assert removed.out == "north is removed; put it back with: casebook remove --undo (the last 20 removed are kept)\n"
    assert [report["id"] for report in json.loads(run("reports", "--home", home, "--json").out)] == ["south"]
    one_line(run("remove", "nor", "--home", home), "no report has an id that begins with 'nor'; see: casebook reports")
    assert run("remove", "--undo", "--home", home).out == "north is back in the library\n"
    assert run("ask", "Who pays for transport?", "--home", home).code == 0
    one_line(run("remove", "--undo", "--home", home), "no removed report is kept", "casebook add PATH")


def test_removing_takes_either_a_report_or_undo(run: Run, home: Path) -> None:
    for arguments in ([], ["north", "--undo"]):
        outcome = run("remove", *arguments, "--home", home)
        assert outcome.code == 2
        assert "give either a report or --undo" in outcome.err


def test_a_backup_is_written_and_restored(run: Run, home: Path, tmp_path: Path) -> None:
    file, other = tmp_path / "all.zip", tmp_path / "other"
    assert run("backup", file, "--home", home).out == f"2 files written to {file}\n"
    assert run("restore", file, "--home", other).out == "2 files restored; the index is new\n"
    assert run("ask", "Who pays for transport?", "--home", other).code == 0
    one_line(run("restore", file, "--home", other), "holds something already", "--replace")
    assert run("restore", file, "--home", other, "--replace").code == 0
    file.write_bytes(file.read_bytes()[:-30])
    one_line(run("restore", file, "--home", other, "--replace"), "is no whole backup")


def test_reports_names_what_could_not_be_read_and_what_stands_twice(
    run: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = readers.READERS[".txt"]

    def read(data: bytes, name: str) -> Reading:
        return Reading(plain(data, name).text, warnings=("Page 7 is a picture.",))

    monkeypatch.setitem(readers.READERS, ".txt", read)
    (tmp_path / "scan.txt").write_text("The first page can be read. The rest cannot.")
    added = run("add", tmp_path / "scan.txt", "--home", home)
    assert added.out == "    added  scan\n    warning: Page 7 is a picture.\n1 added; the index is new\n"
    printed = run("reports", "--home", home).out.splitlines()
    assert "    warning: Page 7 is a picture." in printed
    assert printed[-1] == ALIKE
    listed = {report["id"]: report for report in json.loads(run("reports", "--home", home, "--json").out)}
    assert listed["scan"]["warnings"] == ["Page 7 is a picture."]
    assert (listed["north"]["overlaps"], listed["scan"]["overlaps"]) == ([], [])
    assert listed["south"]["overlaps"] == [
        {
            "report_id": "south",
            "case_study": "Harbour Alliance",
            "other_id": "north",
            "other_case_study": "Harbour Alliance",
            "share": 1.0,
        }
    ]


def test_adding_says_that_it_waits_and_for_how_long(run: Run, home: Path, tmp_path: Path) -> None:
    with exclusive(home):
        outcome = run("add", tmp_path / "reports", "--home", home, "--wait", "1")
        assert outcome.code == 1
        assert outcome.err.splitlines() == [
            "casebook: another casebook process is writing to the library; waiting up to 1 s",
            f"casebook: another casebook process is writing to {str(home)!r}; wait until it is done and try again",
        ]
        one_line(run("add", tmp_path / "reports", "--home", home, "--wait", "0"), "another casebook process")


def test_two_processes_that_add_at_once_both_do(tmp_path: Path) -> None:
    reports, home = write_reports(tmp_path / "reports"), tmp_path / "home"
    command = [sys.executable, app.__file__, "add", "--home", str(home)]
    both = [
        subprocess.Popen([*command, str(reports / name)], stdout=subprocess.DEVNULL)
        for name in ("north.md", "south.md")
    ]
    assert [process.wait(120) for process in both] == [0, 0]
    workspace = Workspace(home)
    assert workspace.is_current()
    assert sorted(workspace.open().reports) == ["north", "south"]
