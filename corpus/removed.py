"""Reports taken out of the library, kept for a while so that they can be put back.

<home>/removed/<number>-<report id>/    one a removal, the highest number is the newest:
    <file name>                         the report's file, byte for byte
    catalogue.toml                      what the library's catalogue said of it
    removed.json                        the ``Removed`` record
"""

import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus.catalogue import FILE_NAME as CATALOGUE
from corpus.catalogue import read_catalogue, write_catalogue
from corpus.disk import aside, disk_errors, flush_folder, write_flushed
from corpus.errors import LibraryError
from corpus.library import Library
from corpus.report import report_id
from corpus.serial import record_from_json

FOLDER = "removed"
RECORD = "removed.json"
KEPT = 20
"""How many removed reports are kept; with the next one the oldest is gone for good."""


@dataclass(frozen=True, slots=True)
class Removed:
    """A report that was taken out of the library; ``removed`` is the date (UTC) as YYYY-MM-DD."""

    report_id: str
    title: str
    file_name: str
    removed: str


def removed(home: Path) -> tuple[Removed, ...]:
    """Return the removed reports that can be put back, the newest first. Raises LibraryError for a damaged record."""
    return tuple(_record(folder) for folder in _folders(home))


def remove(library: Library, record: Removed) -> None:
    """Take the report that ``record`` names out of ``library`` and keep its file and metadata aside.

    Its file leaves the library only when the copy is safe. The caller holds the right to write. Raises CasebookError
    where the disk refuses.
    """
    known = library.metadata()
    path = library.folder / record.file_name
    kept = library.home / FOLDER
    folders = _folders(library.home)
    number = int(folders[0].name[:6]) + 1 if folders else 1
    new = aside(kept / record.report_id)
    with disk_errors(kept):
        new.mkdir(parents=True)
        write_flushed(new / record.file_name, path.read_bytes())
        if record.report_id in known:
            entry = {record.report_id: known[record.report_id]}
            write_flushed(new / CATALOGUE, write_catalogue(entry).encode())
        write_flushed(new / RECORD, json.dumps(asdict(record)).encode("ascii"))
        flush_folder(new)
        os.replace(new, kept / f"{number:06}-{record.report_id}")
        flush_folder(kept)
        path.unlink()
        library.describe(record.report_id, None)
        for folder in folders[KEPT - 1 :]:
            _drop(folder)


def put_back(library: Library) -> Removed:
    """Put the report that was removed last back into ``library``, with its metadata, and return its record.

    Raises LibraryError where none is kept, or where the library has a report of that id again.
    """
    folders = _folders(library.home)
    if not folders:
        raise LibraryError("no removed report is kept", "add its file again with: casebook add PATH")
    record = _record(folders[0])
    there = library.by_id().get(record.report_id)
    data = (folders[0] / record.file_name).read_bytes()
    if there is not None and (there.name != record.file_name or there.read_bytes() != data):
        raise LibraryError(
            f"the library holds another report {record.report_id!r} by now",
            f"take it out first with: casebook remove {record.report_id}",
        )
    metadata = read_catalogue(folders[0] / CATALOGUE).get(record.report_id)
    if metadata is not None:
        library.describe(record.report_id, metadata)
    library.keep(record.file_name, data)
    with disk_errors(library.home):
        _drop(folders[0])
    return record


def _folders(home: Path) -> list[Path]:
    """Return the folders of removed reports, the newest first."""
    return sorted((home / FOLDER).glob("[0-9][0-9][0-9][0-9][0-9][0-9]-*"), reverse=True)


def _record(folder: Path) -> Removed:
    try:
        record = record_from_json(Removed, json.loads((folder / RECORD).read_bytes()))
        if Path(record.file_name).name != record.file_name or report_id(record.file_name) != record.report_id:
            raise ValueError(f"it names the file {record.file_name!r}")
        if not (folder / record.file_name).is_file():
            raise ValueError("its file is missing")
        return record
    except (OSError, TypeError, ValueError) as error:
        raise LibraryError(
            f"the removed report in {str(folder)!r} cannot be read ({error})", "delete that folder to forget it"
        ) from None


def _drop(folder: Path) -> None:
    """Delete ``folder``, of which no half is ever seen."""
    gone = aside(folder)
    os.replace(folder, gone)
    shutil.rmtree(gone, ignore_errors=True)
