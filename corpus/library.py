"""The user's library: copies of their report files in one folder, and one catalogue of their metadata.

<home>/library/<file name>       the report files, byte for byte as added
<home>/library/catalogue.toml    what is known of each report
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from corpus import readers
from corpus.catalogue import FILE_NAME as CATALOGUE
from corpus.catalogue import checked, read_catalogue, write_catalogue
from corpus.disk import disk_errors, replace_file
from corpus.errors import CasebookError, LibraryError, ReportError
from corpus.model import Metadata, Report
from corpus.passages import TARGET_WORDS
from corpus.report import parse, report_id


class Outcome(StrEnum):
    """What adding a file came to."""

    ADDED = "added"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Found:
    """A report file to add, and the metadata that a catalogue beside it gives."""

    path: Path
    metadata: Metadata | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """A file that was added: the report's id and what adding came to."""

    report_id: str
    file_name: str
    outcome: Outcome


def find_files(paths: Iterable[Path]) -> Iterator[Found]:
    """Yield the report files that ``paths`` name: files as they are, folders searched for files of known formats.

    Raises ReportError for a path that does not exist, LibraryError for a folder without reports.
    """
    for path in paths:
        if path.is_dir():
            files = sorted(p for p in path.rglob("*") if p.suffix.lower() in readers.READERS and p.is_file())
            files = [p for p in files if not any(part.startswith(".") for part in p.relative_to(path).parts)]
            if not files:
                kinds = ", ".join(sorted(readers.READERS))
                raise LibraryError(f"the folder {str(path)!r} holds no report", f"put files of type {kinds} in it")
            for file in files:
                yield Found(file, read_catalogue(file.parent / CATALOGUE).get(report_id(file.name)))
        elif path.exists():
            yield Found(path, read_catalogue(path.parent / CATALOGUE).get(report_id(path.name)))
        else:
            raise ReportError(f"there is no file {str(path)!r}", "check the path")


class Library:
    """The report files and metadata under ``home``; nothing is created before something is added."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / "library"

    def files(self) -> list[Path]:
        """Return the library's report files, by name."""
        if not self.folder.is_dir():
            return []
        return sorted(p for p in self.folder.iterdir() if p.suffix.lower() in readers.READERS and p.is_file())

    def by_id(self) -> dict[str, Path]:
        """Return the library's report files by report id."""
        return {report_id(path.name): path for path in self.files()}

    def metadata(self) -> dict[str, Metadata]:
        """Return what the library's catalogue says, by report id."""
        return read_catalogue(self.folder / CATALOGUE)

    def add(self, found: Found) -> Added:
        """Copy a report file into the library, after reading it whole to be sure that it can be read.

        Raises ReportError where it cannot, LibraryError where another file already gives the same report id.
        """
        data = readers.load(found.path)
        name = found.path.name
        identity = report_id(name)
        known = self.metadata()
        metadata = known.get(identity)
        if found.metadata is not None:
            metadata = found.metadata.filled_from(metadata or Metadata())
        old = self.by_id()
        if identity in old and old[identity].name != name:
            raise LibraryError(
                f"{name!r} gives the report id {identity!r}, as {old[identity].name!r} in the library does",
                "rename the new file",
            )
        same = identity in old and _digest(old[identity].read_bytes()) == _digest(data)
        if same and metadata == known.get(identity):
            return Added(identity, name, Outcome.UNCHANGED)
        parse(data, name, metadata)
        with disk_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            if not same:
                replace_file(self.folder / name, data)
            if metadata is not None and metadata != known.get(identity):
                replace_file(self.folder / CATALOGUE, write_catalogue(known | {identity: metadata}).encode())
        return Added(identity, name, Outcome.REPLACED if identity in old else Outcome.ADDED)

    def edit(self, identity: str, changes: Mapping[str, Any]) -> None:
        """Change what the catalogue says of the report ``identity``: the fields of Metadata that ``changes`` names.

        Raises LibraryError for a value that no citation can stand on.
        """
        known = self.metadata()
        edited = checked(replace(known.get(identity, Metadata()), **changes))
        with disk_errors(self.folder):
            replace_file(self.folder / CATALOGUE, write_catalogue(known | {identity: edited}).encode())

    def read(self, target_words: int = TARGET_WORDS) -> list[Report]:
        """Return every report of the library, parsed, with passages of about ``target_words`` words.

        Raises LibraryError where one can no longer be read.
        """
        known = self.metadata()
        return [_read(path, known, target_words) for path in self.files()]

    def read_one(self, path: Path) -> Report:
        """Return the report in the library's file ``path``. Raises LibraryError where it can no longer be read."""
        return _read(path, self.metadata(), TARGET_WORDS)


def _read(path: Path, known: Mapping[str, Metadata], target_words: int) -> Report:
    try:
        return parse(readers.load(path), path.name, known.get(report_id(path.name)), target_words)
    except CasebookError as error:
        raise LibraryError(
            f"the library's file {str(path)!r} can no longer be read: {error.problem}", "add it again or delete it"
        ) from error


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
