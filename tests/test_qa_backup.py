"""Backups: all that a user made, in one zip file, and back again unless it is damaged, foreign or hostile."""

import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_library import HashWorkspace, write_reports

from corpus import disk
from qa.backup import DEPTHS, BackupError, backup, restore
from qa.briefing import pin
from qa.calibration import read_calibration
from qa.pins import read_briefing
from qa.workspace import Workspace

MADE_AGAIN = {"index", "embeddings", "readings", ".lock", ".briefing.json.lock"}

name = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=40).filter(
    lambda text: text not in (".", "..") and not disk.is_passing(text)
)
paths = st.one_of(*(st.tuples(st.just(first), *[name] * (depth - 1)).map("/".join) for first, depth in DEPTHS.items()))
homes = st.dictionaries(paths, st.binary(max_size=200), min_size=1, max_size=8)


def write(home: Path, files: dict[str, bytes]) -> dict[str, bytes]:
    for path, data in files.items():
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_bytes(data)
    return files


def content(home: Path) -> dict[str, bytes]:
    return {path.relative_to(home).as_posix(): path.read_bytes() for path in home.rglob("*") if path.is_file()}


def user_made(home: Path) -> dict[str, bytes]:
    return {path: data for path, data in content(home).items() if path.split("/")[0] not in MADE_AGAIN}


@pytest.fixture
def workspace(tmp_path: Path) -> HashWorkspace:
    """A library with a report, a removed one, a pinned quote and a calibration of its own."""
    made = HashWorkspace(tmp_path / "home")
    made.add([write_reports(tmp_path / "reports")])
    index = made.open()
    pin(index, made.home, index.passages[0][1].id, note="Mind the coast.")
    made.calibrate(made.calibration())
    made.edit("north", {"publisher": "The Forum"})
    made.remove("south")
    return made


def test_a_user_makes_nothing_that_a_backup_leaves_out(workspace: Workspace) -> None:
    assert {path.name for path in workspace.home.iterdir()} <= DEPTHS.keys() | MADE_AGAIN


def test_a_restored_library_is_the_old_one_and_answers(workspace: Workspace, tmp_path: Path) -> None:
    assert workspace.backup(tmp_path / "all.zip") == 7
    other = HashWorkspace(tmp_path / "other")
    assert other.restore(tmp_path / "all.zip") == 7
    assert user_made(other.home) == user_made(workspace.home)
    assert other.is_current()
    assert [passage for _, passage in other.open().passages] == [passage for _, passage in workspace.open().passages]
    assert [one.note for one in read_briefing(other.home).pins] == ["Mind the coast."]
    assert read_calibration(other.home) == read_calibration(workspace.home)
    assert other.undo_remove() == "south"


def test_what_is_only_passing_is_left_out(tmp_path: Path) -> None:
    made = {"library/a.txt": b"One.", "library/.hidden.txt": b"Two.", "removed/000001-b/b.txt": b"Three."}
    passing = ["library/.0123456789ab.tmp", "removed/.0123456789ab.tmp/c.txt", "judgements/.lock"]
    write(tmp_path / "home", made | dict.fromkeys(passing, b"x"))
    backup(tmp_path / "home", tmp_path / "a.zip")
    (tmp_path / "other").mkdir()
    restore(tmp_path / "other", tmp_path / "a.zip")
    assert content(tmp_path / "other") == made


@given(homes)
def test_whatever_a_home_holds_comes_back_byte_for_byte(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]
) -> None:
    folder = tmp_path_factory.mktemp("homes")
    try:
        write(folder / "home", files)
    except (FileExistsError, IsADirectoryError, NotADirectoryError):  # one name as a file and as a folder
        return
    try:
        assert backup(folder / "home", folder / "a.zip") == len(files)
        backup(folder / "home", folder / "b.zip")
        assert (folder / "a.zip").read_bytes() == (folder / "b.zip").read_bytes()
        (folder / "other").mkdir()
        assert restore(folder / "other", folder / "a.zip") == len(files)
        assert content(folder / "other") == files
    finally:
        shutil.rmtree(folder)


def test_a_name_whose_bytes_are_no_text_comes_back(tmp_path: Path) -> None:
    files = write(
        tmp_path / "home", {f"library/{os.fsdecode(b'caf' + bytes([0xE9]))}.txt": b"One.", "library/a.txt": b"Two."}
    )
    backup(tmp_path / "home", tmp_path / "a.zip")
    (tmp_path / "other").mkdir()
    restore(tmp_path / "other", tmp_path / "a.zip")
    assert content(tmp_path / "other") == files


def test_a_library_that_holds_something_is_replaced_only_if_that_is_said(workspace: Workspace, tmp_path: Path) -> None:
    other = HashWorkspace(tmp_path / "other")
    (tmp_path / "own.txt").write_text("This is my own report.")
    other.add([tmp_path / "own.txt"])
    other.backup(tmp_path / "own.zip")
    before = content(workspace.home)
    with pytest.raises(BackupError, match="holds something already; give --replace"):
        workspace.restore(tmp_path / "own.zip")
    assert content(workspace.home) == before
    workspace.restore(tmp_path / "own.zip", replace=True)
    assert list(workspace.open().reports) == ["own"]
    assert {path.name for path in workspace.home.iterdir()} == {"library", *MADE_AGAIN, "former-passages.jsonl"}
    assert workspace.removed() == ()


def test_a_home_without_anything_and_a_file_that_cannot_be_written_are_named(
    workspace: Workspace, tmp_path: Path
) -> None:
    with pytest.raises(BackupError, match="holds nothing to back up"):
        HashWorkspace(tmp_path / "none").backup(tmp_path / "none.zip")
    with pytest.raises(BackupError, match=r"there is no folder .*no'; make it, or give another path"):
        workspace.backup(tmp_path / "no" / "where.zip")
    with pytest.raises(BackupError, match=r"there is no file .*gone\.zip"):
        workspace.restore(tmp_path / "gone.zip", replace=True)


Change = Callable[[dict[str, bytes]], None]


def rewritten(file: Path, change: Change, compression: int = zipfile.ZIP_STORED) -> None:
    """Write the zip file ``file`` anew after ``change`` to its entries."""
    with zipfile.ZipFile(file) as archive:
        entries = {entry: archive.read(entry) for entry in archive.namelist()}
    change(entries)
    with zipfile.ZipFile(file, "w", compression) as archive:
        for entry, data in entries.items():
            archive.writestr(entry, data)


def listing(change: Callable[[dict[str, object]], object]) -> Change:
    """Return a change to the list of a backup."""

    def changed(entries: dict[str, bytes]) -> None:
        value = json.loads(entries["backup.json"])
        change(value)
        entries["backup.json"] = json.dumps(value).encode()

    return changed


def renamed(to: str) -> Change:
    """Return a change of the first file's path, in the list and as an entry."""

    def changed(entries: dict[str, bytes]) -> None:
        value = json.loads(entries["backup.json"])
        entries[to] = entries.pop(value["files"][0]["entry"])
        value["files"][0] |= {"path": to, "entry": to}
        entries["backup.json"] = json.dumps(value).encode()

    return changed


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(
            lambda e: e.update({"library/north.md": b"Other words."}), "'library/north.md' is altered", id="altered"
        ),
        pytest.param(lambda e: e.pop("library/north.md"), "other files than it lists", id="missing"),
        pytest.param(lambda e: e.update({"library/new.md": b"More."}), "other files than it lists", id="more"),
        pytest.param(lambda e: e.pop("backup.json"), "backup.json", id="foreign"),
        pytest.param(lambda e: e.update({"backup.json": b"[" * 100_000}), "", id="deep"),
        pytest.param(lambda e: e.update({"backup.json": b"\xff"}), "", id="no-json"),
        pytest.param(listing(lambda v: v.update(format=2)), "format 2, not 1", id="format"),
        pytest.param(listing(lambda v: v.update(files=7)), "", id="no-list"),
        pytest.param(listing(lambda v: v["files"].append(v["files"][0])), "other files", id="twice"),
        pytest.param(listing(lambda v: v["files"][0].pop("size")), "", id="no-size"),
        *(
            pytest.param(renamed(to), "is no path of a backup", id=to)
            for to in (
                "../evil.txt",
                "library/../evil.txt",
                "library/..",
                "library/deep/a.txt",
                "/library/a.txt",
                "library//a.txt",
                "index/CURRENT",
                ".lock",
                "evil.txt",
                "removed/000001-a/../a",
            )
        ),
    ],
)
def test_a_zip_file_that_is_no_whole_backup_changes_nothing(
    workspace: Workspace, tmp_path: Path, change: Change, message: str
) -> None:
    file = tmp_path / "all.zip"
    workspace.backup(file)
    rewritten(file, change)
    before = content(tmp_path)
    with pytest.raises(BackupError) as error:
        workspace.restore(file, replace=True)
    assert message in str(error.value)
    assert "all.zip' is no whole backup of casebook's (" in str(error.value)
    assert "\n" not in str(error.value)
    assert content(tmp_path) == before


def test_a_bomb_is_refused_before_it_is_unpacked(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "all.zip"
    workspace.backup(file)
    rewritten(file, lambda e: e.update({"library/north.md": bytes(50_000_000)}), zipfile.ZIP_DEFLATED)
    with pytest.raises(BackupError, match="it is compressed"):
        workspace.restore(file, replace=True)


def test_entries_that_share_their_bytes_are_refused(workspace: Workspace, tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a", bytes(10_000))
        first = archive.infolist()[0]
        for number in range(50):
            copy = zipfile.ZipInfo(f"copy-{number}")
            copy.header_offset, copy.CRC = first.header_offset, first.CRC
            copy.file_size = copy.compress_size = first.file_size
            archive.filelist.append(copy)
            archive.NameToInfo[copy.filename] = copy
    (tmp_path / "shared.zip").write_bytes(made.getvalue())
    with pytest.raises(BackupError, match="its entries overlap"):
        workspace.restore(tmp_path / "shared.zip", replace=True)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_backup_cut_short_or_flipped_is_refused(workspace: Workspace, tmp_path: Path, share: float) -> None:
    file = tmp_path / "all.zip"
    workspace.backup(file)
    whole = bytearray(file.read_bytes())
    at = int(share * len(whole))
    before = content(workspace.home)
    for data in (whole[:at], whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]):
        file.write_bytes(data)
        try:
            workspace.restore(file, replace=True)
        except BackupError:
            assert content(workspace.home) == before
        else:  # a byte that carries nothing, like a date
            assert workspace.is_current()


def test_a_swap_that_was_cut_short_is_finished_by_the_next_writer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stop a swap before each of its renamings; the next holder of the lock finds the old entries or the new."""
    names = ["library", "briefing.json", "gone.json", "new.json"]
    old = {"library/a.txt": b"old", "briefing.json": b"old", "gone.json": b"old", "index/CURRENT": b"kept"}
    new = {"library/b.txt": b"new", "briefing.json": b"new", "new.json": b"new"}
    monkeypatch.setattr(disk, "ABANDONED_SECONDS", 0)
    found = []
    replace = os.replace
    for stop in range(1, 14):
        home = tmp_path / str(stop)
        write(home, old)
        write(home / ".0123456789ab.tmp", new)
        left = stop

        def rename(source: Path, target: Path) -> None:
            nonlocal left
            left -= 1
            if not left:
                raise KeyboardInterrupt
            replace(source, target)

        with monkeypatch.context() as patched:
            patched.setattr(os, "replace", rename)
            try:
                disk.swap(home, home / ".0123456789ab.tmp", names)
            except KeyboardInterrupt:
                pass
        with disk.exclusive(home):
            after = {path: data for path, data in content(home).items() if path != ".lock"}
        assert after in (old, {**new, "index/CURRENT": b"kept"})
        assert not [path for path in home.iterdir() if path.name.startswith(".") and path.name != ".lock"]
        found.append(after == old)
    assert found == sorted(found, reverse=True)
    assert {*found} == {True, False}
