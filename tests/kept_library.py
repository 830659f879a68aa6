"""A library that holds one report, and a look at whether something that is refused left it as it was."""

from pathlib import Path

import pytest

from corpus.errors import CasebookError
from corpus.library import Found, Library, find_files
from corpus.model import Metadata


def kept_library(folder: Path) -> Library:
    """Return a library under ``folder`` that holds one report, with metadata."""
    library = Library(folder / "home")
    (folder / "kept.txt").write_text("It is kept. Nothing is lost.", encoding="utf-8")
    library.add(Found(folder / "kept.txt", Metadata(title="Kept")))
    return library


def everything(library: Library) -> dict[str, bytes]:
    """Return all files of a library."""
    return {path.name: path.read_bytes() for path in library.folder.iterdir()}


def refusal(library: Library, path: Path) -> str:
    """Return the error with which the one file at ``path`` is refused; nothing in the library may change."""
    before = everything(library)
    with pytest.raises(CasebookError) as error:
        for found in find_files([path]):
            library.add(found)
    assert everything(library) == before
    assert [report.title for report in library.read()] == ["Kept"]
    message = str(error.value)
    assert len(message) < 700 and message.isprintable()
    return message
