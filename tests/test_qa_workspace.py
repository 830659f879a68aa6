"""A home folder at work: what is read and embedded again, what is told of it, and two processes at once."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import NamedTuple

import pytest
from small_library import HashEncoder, HashWorkspace, write_reports

from corpus import readers
from corpus.disk import exclusive
from corpus.errors import BusyError, ReportError
from corpus.readers import Reading
from index.duplicates import Overlap
from qa.workspace import Step, Workspace

SIMPLE = "The {n} team met every week. Nobody in team {n} was left out."


class Seen(NamedTuple):
    """The names of the files that were read, and the texts that were embedded, since they were last forgotten."""

    read: list[str]
    embedded: list[str]

    def forget(self) -> None:
        self.read.clear()
        self.embedded.clear()


class Watched(HashWorkspace):
    """A workspace that notes what it embeds."""

    def __init__(self, home: Path, seen: Seen) -> None:
        super().__init__(home)
        self._noting = HashEncoder()
        self._noting.seen = seen.embedded

    def encoder(self) -> HashEncoder:
        return self._noting


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    """What is read, by a reader of text files that notes it, and embedded."""
    found = Seen([], [])
    plain = readers.READERS[".txt"]

    def read(data: bytes, name: str) -> Reading:
        found.read.append(name)
        return plain(data, name)

    monkeypatch.setitem(readers.READERS, ".txt", read)
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a hundred small reports."""
    made = tmp_path / "reports"
    made.mkdir()
    for number in range(100):
        (made / f"report-{number:03}.txt").write_text(SIMPLE.format(n=number))
    return made


def test_one_report_more_is_one_file_read_and_its_texts_embedded(tmp_path: Path, folder: Path, seen: Seen) -> None:
    workspace = Watched(tmp_path / "home", seen)
    workspace.add([folder])
    assert sorted(seen.read) == [f"report-{number:03}.txt" for number in range(100)]
    seen.forget()
    (folder / "new.txt").write_text(SIMPLE.format(n="newest"))
    result = workspace.add([folder])
    assert [one.report_id for one in result.added if one.outcome != "unchanged"] == ["new"]
    assert seen.read == ["new.txt"]
    assert seen.embedded
    assert all("newest" in text for text in seen.embedded)


def test_what_has_not_changed_is_never_read_again(tmp_path: Path, folder: Path, seen: Seen) -> None:
    Watched(tmp_path / "home", seen).add([folder])
    seen.forget()
    workspace = Watched(tmp_path / "home", seen)
    assert workspace.is_current()
    assert not workspace.add([folder]).indexed
    workspace.rebuild()
    workspace.remove("report-007")
    assert seen == ([], [])
    workspace.undo_remove()
    assert seen.read == ["report-007.txt"]


def test_a_changed_title_reads_that_report_alone(tmp_path: Path, folder: Path, seen: Seen) -> None:
    workspace = Watched(tmp_path / "home", seen)
    workspace.add([folder])
    seen.forget()
    workspace.edit("report-042", {"title": "Weekly meetings"})
    assert seen.read == ["report-042.txt"]


def test_reading_all_again_can_be_asked_for(tmp_path: Path, folder: Path, seen: Seen) -> None:
    workspace = Watched(tmp_path / "home", seen)
    workspace.add([folder])
    seen.forget()
    workspace.rebuild(read_again=True)
    assert len(seen.read) == 100
    assert seen.embedded == []


@pytest.mark.parametrize("damage", ["flip", "truncate", "foreign"])
def test_a_damaged_reading_is_made_again(tmp_path: Path, folder: Path, seen: Seen, damage: str) -> None:
    workspace = Watched(tmp_path / "home", seen)
    workspace.add([folder / "report-000.txt"])
    wanted = workspace.library.read()
    (kept,) = (tmp_path / "home" / "readings").iterdir()
    data = bytearray(kept.read_bytes())
    data[len(data) // 2] ^= 1
    kept.write_bytes({"flip": bytes(data), "truncate": data[:100], "foreign": b"{}"}[damage])
    seen.forget()
    assert workspace.library.read() == wanted
    assert seen.read == ["report-000.txt"]
    assert workspace.library.read() == wanted
    assert seen.read == ["report-000.txt"]


def test_a_file_changed_by_hand_is_noticed_without_being_read(tmp_path: Path, folder: Path, seen: Seen) -> None:
    workspace = Watched(tmp_path / "home", seen)
    workspace.add([folder])
    seen.forget()
    (workspace.library.folder / "report-001.txt").write_text("Quite another text stands here now.")
    assert not workspace.is_current()
    assert seen.read == []


def test_readings_of_what_is_gone_are_forgotten(tmp_path: Path, folder: Path, seen: Seen) -> None:
    workspace = Watched(tmp_path / "home", seen)
    workspace.add([folder])
    workspace.remove("report-000")
    assert len(list((tmp_path / "home" / "readings").iterdir())) == 99


def test_a_file_rewritten_while_it_is_read_is_kept_as_it_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.txt"
    file.write_text("The old text. It has two sentences.")
    plain = readers.READERS[".txt"]

    def read(data: bytes, name: str) -> Reading:
        file.write_text("The new text.")
        return plain(data, name)

    monkeypatch.setitem(readers.READERS, ".txt", read)
    workspace = HashWorkspace(tmp_path / "home")
    workspace.add([file])
    assert (workspace.library.folder / "a.txt").read_text() == "The old text. It has two sentences."
    assert workspace.open().reports["a"].text == "The old text. It has two sentences."


def test_adding_names_what_stands_in_another_report_too(tmp_path: Path) -> None:
    reports = write_reports(tmp_path / "reports")
    workspace = HashWorkspace(tmp_path / "home")
    assert workspace.add([reports / "north.md"]).overlaps == ()
    harbour = "Harbour Alliance"
    assert workspace.add([reports / "south.md"]).overlaps == (Overlap("south", harbour, "north", harbour, 1.0),)
    assert workspace.add([reports]).overlaps == ()
    (tmp_path / "other.txt").write_text("This says something else altogether, and it says so twice.")
    assert workspace.add([tmp_path / "other.txt"]).overlaps == ()


def test_work_tells_how_far_it_is_at_each_stage(tmp_path: Path) -> None:
    steps: list[Step] = []
    HashWorkspace(tmp_path / "home").add([write_reports(tmp_path / "reports")], steps.append)
    reading = [step for step in steps if step.stage == "reading"]
    assert reading[:2] == [Step("reading", 1, 2), Step("reading", 2, 2)]


HOLD = """
import sys
from pathlib import Path
from corpus.disk import exclusive
with exclusive(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_second_writer_says_that_it_waits_and_then_goes_on(tmp_path: Path) -> None:
    home, reports = tmp_path / "home", write_reports(tmp_path / "reports")
    said: list[Step] = []
    waiting = threading.Event()

    def tell(step: Step) -> None:
        said.append(step)
        waiting.set()

    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdin
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with pytest.raises(BusyError, match="another casebook process is writing"):
            HashWorkspace(home).add([reports])
        with pytest.raises(BusyError, match="another casebook process is writing"):
            HashWorkspace(home, wait=0.1).add([reports])
        second = threading.Thread(target=HashWorkspace(home, wait=60).add, args=([reports], tell))
        second.start()
        assert waiting.wait(30)
        assert said == [Step("waiting", 0, 60)]
        assert not (home / "library").exists()
        other.stdin.write("\n")
        other.stdin.close()
        second.join(30)
    assert sorted(Workspace(home).library.by_id()) == ["north", "south"]


def test_the_next_writer_clears_away_what_a_dead_one_left(tmp_path: Path) -> None:
    left = [".0123456789ab.tmp", "library/.0123456789ab.tmp", "index/.g-0123456789ab.tmp"]
    kept = ["library/.notes.tmp", "a.tmp", "library/deep/.0123456789ab.tmp"]
    for name in (*left, *kept):
        (tmp_path / name).mkdir(parents=True)
        os.utime(tmp_path / name, (1e9, 1e9))
    (tmp_path / "library" / ".ba9876543210.tmp").write_text("A living process writes this.")
    kept.append("library/.ba9876543210.tmp")
    with exclusive(tmp_path):
        assert [name for name in (*left, *kept) if (tmp_path / name).exists()] == kept


def test_two_files_with_one_name_in_one_folder_do_not_replace_each_other(tmp_path: Path) -> None:
    for year in ("2021", "2022"):
        (tmp_path / "all" / year).mkdir(parents=True)
        (tmp_path / "all" / year / "report.txt").write_text(SIMPLE.format(n=year), encoding="utf-8")
    workspace = HashWorkspace(tmp_path / "home")
    result = workspace.add([tmp_path / "all"])
    assert [one.report_id for one in result.added] == ["report"]
    assert [str(error) for error in result.refused] == [
        f"{str(tmp_path / 'all/2022/report.txt')!r} gives the same report id as "
        f"{str(tmp_path / 'all/2021/report.txt')!r}, which was taken; rename one of them and add it again"
    ]
    assert "team 2021" in workspace.open().reports["report"].text


def test_a_path_that_is_missing_keeps_no_other_from_being_added(tmp_path: Path) -> None:
    good = tmp_path / "good.txt"
    good.write_text(SIMPLE.format(n="one"), encoding="utf-8")
    workspace = HashWorkspace(tmp_path / "home")
    result = workspace.add([tmp_path / "missing.txt", good])
    assert [one.report_id for one in result.added] == ["good"]
    assert [error.problem for error in result.refused] == [f"there is no file {str(tmp_path / 'missing.txt')!r}"]
    with pytest.raises(ReportError, match="there is no file"):
        workspace.add([tmp_path / "missing.txt"])
