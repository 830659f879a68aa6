"""A process that changes the library may be killed or interrupted at any moment: nothing is lost, what was published
still answers, and the next command mends the rest.
"""

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from killed_writer import State, content, state, write_sources
from small_library import HashEncoder, HashWorkspace

from corpus import disk
from corpus.errors import IndexFileError, LibraryError
from corpus.removed import KEPT
from index.search import Searcher, open_index

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a child that is cheap to kill needs fork")

LONGEST = 0.15
"""Seconds after which a child is killed at the latest; a change takes about a third of that."""

Writer = Callable[[dict[str, object], float | None, signal.Signals], int]


@pytest.fixture(autouse=True)
def in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what only a power cut would show, as the writer does, and hold what is unfinished for abandoned."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    monkeypatch.setattr(disk, "ABANDONED_SECONDS", 0)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("killed")
    write_sources(root / "sources")
    finished(root, State({}, []))
    return root


@pytest.fixture(scope="module")
def writer(root: Path) -> Iterator[Writer]:
    """What starts a child, sends it a signal after some seconds, and returns its exit status."""
    here = Path(__file__).parent
    command = [sys.executable, "-W", "error", str(here / "killed_writer.py"), str(root)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(here.parent), str(here)])}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        asks, says = process.stdin, process.stdout
        assert asks and says

        def run(asked: dict[str, object], seconds: float | None, kind: signal.Signals) -> int:
            asks.write(json.dumps(asked) + "\n")
            asks.flush()
            child = int(says.readline())
            if seconds is not None:
                time.sleep(seconds)
                os.kill(child, kind)
            return int(says.readline())

        yield run
        asks.close()


def finished(root: Path, now: State) -> None:
    """Begin the log anew, with a library that stands as ``now``."""
    (root / "log").write_text(json.dumps({"done": now}) + "\n")


def last_change(root: Path) -> tuple[State, State]:
    """Return how the library stood before the last change that was begun, and how it should stand behind it."""
    before = after = State({}, [])
    for line in (root / "log").read_text().splitlines():
        said = json.loads(line)
        if "done" in said:
            library, removed = said["done"]
            before = after = State(library, [(name, version) for name, version in removed])
        else:
            after = changed(before, *said["begin"])
    return before, after


def changed(before: State, what: str, name: str, version: int) -> State:
    """Return what a change makes of ``before``."""
    library, removed = dict(before.library), list(before.removed)
    if what == "add":
        library[name] = version
    elif what == "remove" and name in library:
        removed.insert(0, (name, library.pop(name)))
    elif what == "undo" and removed and library.get(removed[0][0], removed[0][1]) == removed[0][1]:
        library |= [removed.pop(0)]
    return State(library, removed[:KEPT])


def check_library(root: Path) -> State:
    """Check that the library is as before the last change or as after it, that every report can be read, and that no
    file is lost. Return how it stands.
    """
    before, after = last_change(root)
    workspace = HashWorkspace(root / "home")
    now = state(workspace.home)
    assert now.library in (before.library, after.library)
    assert now.removed[:KEPT] in (before.removed, after.removed)
    gone = {*before.library.items()} - {*now.library.items()} - {*now.removed}
    assert {name for name, _ in gone} <= now.library.keys()  # each was replaced
    assert {*before.removed[: KEPT - 1]} <= {*now.library.items(), *now.removed}
    assert {report.id for report in workspace.library.read()} == now.library.keys()
    assert [removed.report_id for removed in workspace.removed()] == [name for name, _ in now.removed]
    titles = {name: entry.title for name, entry in workspace.library.metadata().items()}
    assert all(titles[name] == f"Title of {name}" for name in now.library)
    return now


def check_index(root: Path) -> None:
    """Check that the published index, if there is one, is whole and answers."""
    try:
        index = open_index(root / "home" / "index")
    except IndexFileError as error:
        assert "pointer" in str(error), error  # nothing is published
        return
    for report, passage in index.passages:
        assert passage.text == report.text[passage.span.start : passage.span.end]
    hits = Searcher(index, HashEncoder()).search("How many rings had the tree?")
    assert {hit.report.id for hit in hits} == set(index.reports)


def mend(root: Path, now: State) -> None:
    """Check that one command brings the index up to date with the library, and clears what was left half done."""
    workspace = HashWorkspace(root / "home")
    if now.library:
        workspace.rebuild()
        assert workspace.is_current()
        index = workspace.open()
        texts = {report.id: report.text for report in index.reports.values()}
        assert texts == {name: content(name, version) for name, version in now.library.items()}
    else:
        with pytest.raises(LibraryError, match="holds no report"):
            workspace.rebuild()
    assert not [*(root / "home").rglob("*.tmp")]


@pytest.mark.parametrize(("kind", "times"), [(signal.SIGKILL, 75), (signal.SIGINT, 25)], ids=["killed", "interrupted"])
def test_nothing_is_lost_when_a_writer_is_stopped_at_random(
    root: Path, writer: Writer, kind: signal.Signals, times: int
) -> None:
    for seed in range(times):
        status = writer({"seed": seed}, Random(f"{kind} {seed}").uniform(0.005, LONGEST), kind)
        assert status == -kind
        now = check_library(root)
        check_index(root)
        if seed % 2:  # otherwise the next writer finds what this one left
            mend(root, now)
        finished(root, now)


@pytest.mark.parametrize(
    "change",
    [("add", "cedar", 0), ("add", "ash", 1), ("remove", "ash", 0), ("undo", "", 0)],
    ids=["add", "replace", "remove", "undo"],
)
def test_nothing_is_lost_when_a_writer_is_killed_before_any_touch_of_a_file(
    root: Path, writer: Writer, change: tuple[str, str, int]
) -> None:
    home = root / "home"
    shutil.rmtree(home, ignore_errors=True)
    workspace = HashWorkspace(home)
    workspace.add([root / "sources" / "0" / f"{name}.md" for name in ("ash", "birch")])
    workspace.remove("birch")
    shutil.copytree(home, root / "begin")
    begin = state(home)
    for touch in itertools.count(1):
        finished(root, begin)
        status = writer({"change": change, "touch": touch}, None, signal.SIGKILL)
        now = check_library(root)
        check_index(root)
        mend(root, now)
        if not status:
            break
        shutil.rmtree(home)
        shutil.copytree(root / "begin", home)
    shutil.rmtree(root / "begin")
    assert touch > 10
    assert now == changed(begin, *change)
