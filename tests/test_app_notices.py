"""What commands say besides their results: what could not be read, what was skipped, what waits to be indexed."""

import json
from pathlib import Path

import pytest
import test_app_commands
from small_library import write_reports

from corpus import readers
from corpus.readers import Reading
from qa.digests import open_digests

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
