"""A process that changes a library until it is killed; tests/test_corpus_kill.py starts it and kills its children.

Each line of its standard input asks for a child, whose process id is printed, and its exit status when it is dead:
{"seed": int} changes the library at random for ever; {"change": [what, name, version], "touch": int} makes one change
and kills itself just before the library's files and folders are touched for that time.
"""

import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from small_library import HashWorkspace

import index.build  # noqa: F401
from corpus.errors import LibraryError
from corpus.report import parse

NAMES = ("ash", "birch", "cedar")
VERSIONS = 2
TOUCHES = {"os.mkdir", "os.remove", "os.rename", "os.rmdir"}


def content(name: str, version: int) -> str:
    """Return the text of a made-up report."""
    return f"# The {name} report\n\n## Findings\n\nThe {name} tree had {version + 3} rings. It lost its leaves.\n"


def write_sources(folder: Path) -> None:
    """Write every version of every report, with a catalogue, into ``folder``."""
    for version in range(VERSIONS):
        (folder / str(version)).mkdir(parents=True)
        tables = "".join(f'[{name}]\ntitle = "Title of {name}"\n' for name in NAMES)
        (folder / str(version) / "catalogue.toml").write_text(tables)
        for name in NAMES:
            (folder / str(version) / f"{name}.md").write_text(content(name, version))


class State(NamedTuple):
    """Which version of which report the library holds, and which were removed, the newest first."""

    library: dict[str, int]
    removed: list[tuple[str, int]]


def state(home: Path) -> State:
    """Return the state of the files under ``home``, each of which must be whole."""
    texts = {content(name, version): (name, version) for name in NAMES for version in range(VERSIONS)}
    kept = sorted((home / "removed").glob("[!.]*/*.md"), reverse=True)
    held = (home / "library").glob("[!.]*.md")
    return State(dict(texts[path.read_text()] for path in held), [texts[path.read_text()] for path in kept])


def change(root: Path, what: str, name: str, version: int) -> None:
    """Make one change, and write to <root>/log what is begun and how the library stands after it."""
    workspace = HashWorkspace(root / "home")
    log = os.open(root / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(log, json.dumps({"begin": [what, name, version]}).encode() + b"\n")
    with suppress(LibraryError):  # nothing to remove or to put back
        if what == "add":
            workspace.add([root / "sources" / str(version) / f"{name}.md"])
        elif what == "remove":
            workspace.remove(name)
        else:
            workspace.undo_remove()
    os.write(log, json.dumps({"done": state(root / "home")}).encode() + b"\n")
    os.close(log)


def die_at(touch: int, home: str) -> None:
    """Have this process kill itself just before it writes, renames or removes under ``home`` for that time."""
    left = touch

    def count(name: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        writes = name in TOUCHES or (name == "open" and int(str(arguments[2])) & (os.O_WRONLY | os.O_RDWR))
        if writes and str(arguments[0]).startswith(home):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def live(root: Path, asked: dict[str, Any]) -> None:
    """Be the child that was asked for."""
    if "change" in asked:
        die_at(asked["touch"], str(root / "home"))
        change(root, *asked["change"])
        os._exit(0)
    random = Random(asked["seed"])
    while True:
        what = random.choices(["add", "remove", "undo"], [3, 2, 1])[0]
        change(root, what, random.choice(NAMES), random.randrange(VERSIONS))


def serve(root: Path) -> None:
    parse(content("ash", 0).encode(), "ash.md")  # loads what every child needs
    os.fsync = lambda _: None  # a process that is killed loses nothing that it has written
    for line in sys.stdin:
        child = os.fork()
        if not child:
            # Told here and not by the parent: until fork has come back in the child, an interrupt is lost in the hooks
            # that Python runs there.
            print(os.getpid(), flush=True)
            live(root, json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
