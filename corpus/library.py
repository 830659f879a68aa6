"""The user's library: copies of their report files in one folder, and one catalogue of their metadata.

<home>/library/<file name>       the report files, byte for byte as added
<home>/library/catalogue.toml    what is known of each report
<home>/readings/                 the reports as they were read (corpus/readings.py)
"""

import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from corpus import readers, zips
from corpus.catalogue import FILE_NAME as CATALOGUE
from corpus.catalogue import checked, read_catalogue, write_catalogue
from corpus.disk import disk_errors, replace_file
from corpus.errors import CasebookError, LibraryError, ReportError
from corpus.model import Metadata, Report
from corpus.passages import TARGET_WORDS
from corpus.readings import Readings, reading_key
from corpus.report import report_id

DOCUMENTS = frozenset(
    ".doc .docm .dot .dotx .odt .ott .fodt .rtf .wpd .wps .pages .epub .mobi .djvu .ps .xps .ppt .pptx .odp".split()
)
"""Suffixes of documents that casebook does not read and that can be saved as ones that it does."""
SAVE_AS = "save them as .docx or .pdf and add them"


class Outcome(StrEnum):
    """What adding a file came to."""

    ADDED = "added"
    REPLACED = "replaced"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Found:
    """A report file to add, and the metadata that a catalogue beside it gives.

    One that is no file of its own, inside a zip file or from the web, has ``unpack``, which returns its bytes or raises
    CasebookError.
    """

    path: Path
    metadata: Metadata | None = None
    unpack: Callable[[], bytes] | None = None

    def load(self) -> bytes:
        """Return the file's bytes. Raises CasebookError where it cannot be read."""
        return self.unpack() if self.unpack else readers.load(self.path)


@dataclass(frozen=True, slots=True)
class Added:
    """A file that was added: the report's id, what adding came to, and what of the file could not be read."""

    report_id: str
    file_name: str
    outcome: Outcome
    warnings: tuple[str, ...] = ()


def find_files(paths: Iterable[Path]) -> Iterator[Found]:
    """Yield the report files that ``paths`` name: files as they are, folders and zip files searched for known formats.

    Raises ReportError for a path that does not exist, LibraryError for a folder without reports.
    """
    for path in paths:
        if os.path.isdir(path):
            kinds = (*sorted(readers.READERS), zips.SUFFIX)
            files = _files_in(path, kinds)
            if not files:
                problem, remedy = (
                    f"the folder {str(path)!r} holds no report",
                    f"put files of type {', '.join(kinds)} in it",
                )
                if skipped := skipped_files([path]):
                    problem, remedy = f"{problem} of a format casebook reads: {listed(skipped)}", SAVE_AS
                raise LibraryError(problem, remedy)
            for file in files:
                yield from _found_in(file)
        elif os.path.exists(path):
            yield from _found_in(path)
        else:
            raise ReportError(f"there is no file {str(path)!r}", "check the path")


def skipped_files(paths: Iterable[Path]) -> list[str]:
    """Return the documents in the folders and zip files among ``paths`` that ``find_files`` passes over because of
    their format, by their names inside.
    """
    return [name for path in paths for name in _skipped_in(path)]


def _skipped_in(path: Path) -> list[str]:
    if path.suffix.lower() == zips.SUFFIX and not os.path.isdir(path):
        return [f"{path.name}/{name}" for name in zips.names(path, DOCUMENTS)]
    found = [file.relative_to(path).as_posix() for file in _files_in(path, DOCUMENTS)]
    for file in _files_in(path, [zips.SUFFIX]):
        found += [f"{file.relative_to(path).as_posix()}/{name}" for name in zips.names(file, DOCUMENTS)]
    return found


def listed(names: Sequence[str], most: int = 10) -> str:
    """Return ``names`` in a row, the first ``most`` of many."""
    more = len(names) - most
    return ", ".join([*names[:most], *([f"and {more:,} more"] if more > 0 else [])])


def _files_in(folder: Path, suffixes: Collection[str]) -> list[Path]:
    """Return the files under ``folder`` with these suffixes, hidden ones left out.

    What turns out to be a pipe or out of reach is refused by name when it is read.
    """
    files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in suffixes and not os.path.isdir(p))
    return [p for p in files if not any(part.startswith(".") for part in p.relative_to(folder).parts)]


def _found_in(path: Path) -> Iterator[Found]:
    """Yield the report files in the zip file at ``path``, or the file itself."""
    if path.suffix.lower() == zips.SUFFIX:
        yield from (Found(path / entry.name, entry.metadata, entry.load) for entry in zips.find_entries(path))
    else:
        yield Found(path, read_catalogue(path.parent / CATALOGUE).get(report_id(path.name)))


class Library:
    """The report files and metadata under ``home``; nothing is created before something is added."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / "library"
        self.readings = Readings(home / "readings")

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

    def add(self, found: Found, target_words: int = TARGET_WORDS) -> Added:
        """Copy a report file into the library, after reading it whole to be sure that it can be read.

        The bytes are taken from the file once: what is copied is what was read, whatever becomes of the file meanwhile.
        Raises ReportError where it cannot be read, LibraryError where another file already gives the same report id.
        """
        data = found.load()
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
                f"rename the new file, or take the other out with: casebook remove {identity}",
            )
        same = identity in old and _digest(old[identity].read_bytes()) == _digest(data)
        if same and metadata == known.get(identity):
            return Added(identity, name, Outcome.UNCHANGED)
        report = self.readings.parse(data, name, metadata, target_words)
        if metadata is not None and metadata != known.get(identity):
            self.describe(identity, metadata)
        if not same:
            self.keep(name, data)
        outcome = Outcome.REPLACED if identity in old else Outcome.ADDED
        return Added(identity, name, outcome, report.warnings)

    def edit(self, identity: str, changes: Mapping[str, Any]) -> None:
        """Change what the catalogue says of the report ``identity``: the fields of Metadata that ``changes`` names.

        Raises LibraryError for a value that no citation can stand on.
        """
        self.describe(identity, checked(replace(self.metadata().get(identity, Metadata()), **changes)))

    def describe(self, identity: str, metadata: Metadata | None) -> None:
        """Have the catalogue say ``metadata`` of the report ``identity``, nothing any more where that is None.

        A report is described before its file is kept, and until its file is gone: it never stands without metadata.
        """
        known = self.metadata()
        known.pop(identity, None)
        entries = known if metadata is None else known | {identity: metadata}
        self.keep(CATALOGUE, write_catalogue(entries).encode())

    def keep(self, name: str, data: bytes) -> None:
        """Put the file ``name`` with the content ``data`` into the library's folder, in one step."""
        with disk_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            replace_file(self.folder / name, data)

    def keys(self, target_words: int = TARGET_WORDS) -> dict[str, str]:
        """Return by report id what changes with the report's file, its metadata or this version's way of reading it.

        Nothing is read but the files' bytes. Raises LibraryError where a file is gone or cannot be read.
        """
        known = self.metadata()
        return {
            identity: reading_key(_load(path), path.name, known.get(identity), target_words)
            for identity, path in self.by_id().items()
        }

    def read(
        self, target_words: int = TARGET_WORDS, progress: Callable[[int, int], None] | None = None
    ) -> list[Report]:
        """Return every report of the library, with passages of about ``target_words`` words.

        One that was read before is not read again. ``progress`` is told how many of how many are done. Raises
        LibraryError where one can no longer be read.
        """
        known = self.metadata()
        files = self.files()
        reports = []
        for number, path in enumerate(files, 1):
            reports.append(self._read(path, known, target_words))
            if progress:
                progress(number, len(files))
        return reports

    def read_one(self, path: Path) -> Report:
        """Return the report in the library's file ``path``. Raises LibraryError where it can no longer be read."""
        return self._read(path, self.metadata(), TARGET_WORDS)

    def _read(self, path: Path, known: Mapping[str, Metadata], target_words: int) -> Report:
        data = _load(path)
        try:
            return self.readings.parse(data, path.name, known.get(report_id(path.name)), target_words)
        except CasebookError as error:
            raise _unreadable(path, error) from error


def _load(path: Path) -> bytes:
    try:
        return readers.load(path)
    except CasebookError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: CasebookError) -> LibraryError:
    return LibraryError(
        f"the library's file {str(path)!r} can no longer be read: {error.problem}",
        f"add it again, or take it out with: casebook remove {report_id(path.name)}",
    )


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
