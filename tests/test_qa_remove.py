"""Taking reports out of the library, and putting them back."""

import json
from pathlib import Path

import pytest
from small_library import HashEncoder, HashWorkspace, write_reports

from corpus.errors import LibraryError
from corpus.model import Metadata
from corpus.removed import KEPT, Removed
from index import build, store
from index.search import Searcher
from qa.permalink import Change, Vanished, show
from qa.web.live import LiveIndex
from qa.workspace import Workspace

ABOUT = '[north]\ntitle = "The north"\npublisher = "The Forum"\n'


@pytest.fixture
def workspace(tmp_path: Path) -> HashWorkspace:
    """A library with the reports north, which a catalogue describes, and south."""
    folder = write_reports(tmp_path / "reports")
    (folder / "catalogue.toml").write_text(ABOUT)
    made = HashWorkspace(tmp_path / "home")
    made.add([folder])
    return made


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_removed_report_is_gone_from_library_catalogue_and_index(workspace: Workspace) -> None:
    kept = (workspace.library.folder / "north.md").read_bytes()
    assert workspace.remove("north") == "The north"
    assert list(workspace.library.by_id()) == list(workspace.open().reports) == ["south"]
    assert workspace.library.metadata() == {}
    assert workspace.is_current()
    (record,) = workspace.removed()
    assert record == Removed("north", "The north", "north.md", record.removed)
    assert (workspace.home / "removed" / "000001-north" / "north.md").read_bytes() == kept


def test_putting_back_restores_every_byte_and_answer(workspace: Workspace) -> None:
    before = files(workspace.library.folder)
    passages = [(report.id, passage) for report, passage in workspace.open().passages]
    workspace.remove("north")
    assert workspace.undo_remove() == "north"
    assert files(workspace.library.folder) == before
    assert [(report.id, passage) for report, passage in workspace.open().passages] == passages
    assert workspace.open().reports["north"].metadata.publisher == "The Forum"
    assert workspace.removed() == ()
    with pytest.raises(LibraryError, match=r"no removed report is kept; add its file again with: casebook add PATH"):
        workspace.undo_remove()


class RecordingWorkspace(HashWorkspace):
    """A workspace that remembers what it embedded."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self.given = HashEncoder()

    def encoder(self) -> HashEncoder:
        return self.given


def vectors(workspace: Workspace) -> dict[str, bytes]:
    """Return the files of the published index that hold vectors."""
    folder = workspace.index_folder / store.current_name(workspace.index_folder)
    return {path.name: path.read_bytes() for path in folder.glob("*.faiss")}


def test_putting_back_embeds_nothing_and_gives_the_same_vectors(workspace: Workspace) -> None:
    before = vectors(workspace)
    again = RecordingWorkspace(workspace.home)
    again.remove("north")
    again.remove("south")
    again.undo_remove()
    again.undo_remove()
    assert again.given.seen == []
    assert vectors(again) == before


def test_of_what_is_not_indexed_any_more_only_what_was_needed_last_is_spared(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two", "three"):  # each gives a passage, a sentence and a run of sentences, of which two differ
        (tmp_path / f"{name}.txt").write_text(f"The {name}.")
    again = RecordingWorkspace(workspace.home)
    again.add([tmp_path / f"{name}.txt" for name in ("one", "two", "three")])
    count = len(again.given.seen)
    assert count % 3 == 0
    monkeypatch.setattr(build, "SPARE_EMBEDDINGS", 2 * count // 3)
    for name in ("one", "two", "three"):
        again.remove(name)
    again.given.seen.clear()
    assert [again.undo_remove(), again.undo_remove()] == ["three", "two"]
    assert again.given.seen == []
    again.undo_remove()
    assert len(again.given.seen) == count // 3


@pytest.mark.parametrize("damage", ["flip", "truncate", "other-encoder"])
def test_spared_embeddings_that_are_damaged_are_made_again(workspace: Workspace, damage: str) -> None:
    before = vectors(workspace)
    workspace.remove("north")
    (path,) = (workspace.home / "embeddings").glob("*.npz")
    data = bytearray(path.read_bytes())
    if damage == "flip":
        data[len(data) // 2] ^= 0x40
    path.write_bytes(data[:-100] if damage == "truncate" else data)
    if damage == "other-encoder":
        path.rename(path.with_name("0123456789abcdef.npz"))
    again = RecordingWorkspace(workspace.home)
    again.undo_remove()
    assert again.given.seen != []
    assert vectors(again) == before


def test_the_last_removed_comes_back_first(workspace: Workspace) -> None:
    workspace.remove("north")
    workspace.remove("south")
    assert [record.report_id for record in workspace.removed()] == ["south", "north"]
    assert [workspace.undo_remove(), workspace.undo_remove()] == ["south", "north"]


def test_passages_of_a_removed_report_are_remembered_until_it_is_back(workspace: Workspace) -> None:
    passage = workspace.open().reports["north"].passages[-1]
    workspace.remove("north")
    gone = show(workspace.open(), workspace.home, passage.id)
    assert isinstance(gone, Vanished)
    assert gone.change is Change.REPORT_GONE
    assert gone.former is not None
    assert passage.text.startswith(gone.former.opening[:40])
    workspace.undo_remove()
    assert not isinstance(show(workspace.open(), workspace.home, passage.id), Vanished)


def test_removing_the_last_report_leaves_an_empty_library_without_an_index(workspace: Workspace) -> None:
    workspace.remove("north")
    workspace.remove("south")
    assert not store.exists(workspace.index_folder)
    assert [path for path in workspace.index_folder.iterdir() if path.is_dir()] == []
    for use in (workspace.open, workspace.rebuild):
        with pytest.raises(LibraryError, match="the library holds no report yet"):
            use()
    assert Workspace(workspace.home).serves_digests
    assert workspace.undo_remove() == "south"
    assert list(workspace.open().reports) == ["south"]


def test_deleting_every_file_by_hand_empties_the_index_too(workspace: Workspace) -> None:
    for path in workspace.library.files():
        path.unlink()
    with pytest.raises(LibraryError, match="the library holds no report yet"):
        workspace.rebuild()
    assert not store.exists(workspace.index_folder)


def test_a_page_that_is_open_follows_every_removal(workspace: HashWorkspace) -> None:
    live = LiveIndex(workspace)
    assert sorted(live.searcher().index.reports) == ["north", "south"]
    other = HashWorkspace(workspace.home)
    other.remove("north")
    assert list(live.searcher().index.reports) == ["south"]
    other.remove("south")
    with pytest.raises(LibraryError, match="the library holds no report yet"):
        live.searcher()
    assert live.state().problem.startswith("the library holds no report yet")
    other.undo_remove()
    assert list(live.searcher().index.reports) == ["south"]


def test_a_searcher_keeps_what_it_opened(workspace: Workspace) -> None:
    searcher = Searcher(workspace.open(), workspace.encoder())
    workspace.remove("north")
    assert {hit.report.id for hit in searcher.search("Who pays for transport?")} == {"north", "south"}


def test_a_report_that_came_anew_is_not_overwritten_by_putting_back(workspace: Workspace, tmp_path: Path) -> None:
    workspace.remove("north")
    (tmp_path / "north.txt").write_text("Another report. It is quite new.")
    workspace.add([tmp_path / "north.txt"])
    with pytest.raises(LibraryError, match=r"holds another report 'north' by now; .*: casebook remove north"):
        workspace.undo_remove()
    assert [path.name for path in workspace.library.files()] == ["north.txt", "south.md"]
    assert len(workspace.removed()) == 1


def test_the_oldest_removed_report_is_dropped(workspace: Workspace, tmp_path: Path) -> None:
    for number in range(KEPT + 2):
        (tmp_path / "extra.txt").write_text(f"This is version {number}.")
        workspace.add([tmp_path / "extra.txt"])
        workspace.remove("extra")
    assert len(workspace.removed()) == KEPT
    texts = [path.read_text() for path in sorted((workspace.home / "removed").glob("*/extra.txt"))]
    assert texts == [f"This is version {number}." for number in range(2, KEPT + 2)]


def test_what_cannot_be_read_any_more_can_be_taken_out(workspace: Workspace) -> None:
    (workspace.library.folder / "north.md").write_bytes(b"\x00\x01")
    with pytest.raises(LibraryError, match=r"can no longer be read: .*casebook remove north"):
        workspace.rebuild()
    assert workspace.remove("north") == "north.md"
    assert list(workspace.open().reports) == ["south"]


def test_a_report_that_is_not_there_is_named(workspace: Workspace) -> None:
    with pytest.raises(LibraryError, match=r"the library holds no report 'east'; see: casebook reports"):
        workspace.remove("east")


@pytest.mark.parametrize(
    "record",
    [
        pytest.param({"file_name": "../north.md"}, id="climbing"),
        pytest.param({"report_id": "south"}, id="other-report"),
        pytest.param({"file_name": "north.txt"}, id="no-such-file"),
        pytest.param({"title": None}, id="no-title"),
    ],
)
def test_a_record_that_was_tampered_with_puts_nothing_back(workspace: Workspace, record: dict[str, object]) -> None:
    workspace.remove("north")
    path = workspace.home / "removed" / "000001-north" / "removed.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | record))
    with pytest.raises(LibraryError, match=r"000001-north' cannot be read .*; delete that folder to forget it"):
        workspace.undo_remove()
    assert [path.name for path in workspace.home.rglob("north.md")] == ["north.md"]
    assert list(workspace.library.by_id()) == ["south"]


def test_metadata_that_was_edited_comes_back_too(workspace: Workspace) -> None:
    workspace.edit("south", {"title": "The south", "authors": ("Holt, Amina",)})
    workspace.remove("south")
    workspace.undo_remove()
    assert workspace.library.metadata()["south"] == Metadata(title="The south", authors=("Holt, Amina",))
