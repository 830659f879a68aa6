"""Zip files of reports: each report file in one is an entry that can be added like a file of its own."""

import io
import re
import zipfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from corpus.catalogue import FILE_NAME as CATALOGUE
from corpus.catalogue import parse_catalogue
from corpus.errors import CasebookError, LibraryError, ReportError
from corpus.model import Metadata
from corpus.readers import MAX_FILE_BYTES, READERS, check_name, load_bytes
from corpus.report import report_id

SUFFIX = ".zip"
MAX_ZIP_BYTES = 256 * 1024 * 1024
"""The size of a zip file, and what all that is read of it may unpack to."""
MAX_ENTRIES = 2_000
MAX_RATIO = 200
"""An entry of over a megabyte that unpacks to more times its size is no report: text unpacks to 3 to 10 times."""

_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The other ways of packing can ask for gigabytes of memory to unpack a byte."""
_OUTSIDE = re.compile(r"/|[a-z]:", re.I)
_AGAIN = "pack the zip file anew"


@dataclass(frozen=True, slots=True)
class Entry:
    """A report file in a zip file: its name without folders, what a catalogue beside it says, and how to get its bytes.

    ``load`` raises CasebookError where the entry is refused or damaged.
    """

    name: str
    metadata: Metadata | None
    load: Callable[[], bytes]


def find_entries(path: Path) -> list[Entry]:
    """Return the report files in the zip file at ``path``, by name; entries of other formats are passed over.

    Nothing is raised: where something is wrong with the zip file as a whole, its one entry says so.
    """
    try:
        archive = _opened(load_bytes(path, MAX_ZIP_BYTES), path.name)
        found = _entries(archive, path.name)
        if not found:
            kinds = ", ".join(sorted(READERS))
            raise LibraryError(f"the zip file {path.name!r} holds no report", f"put files of type {kinds} in it")
        return found
    except CasebookError as error:
        return [Entry(path.name, None, partial(_refuse, error))]


def names(path: Path, suffixes: Collection[str]) -> list[str]:
    """Return the names with their folders of what has one of ``suffixes`` in the zip file at ``path``, hidden ones left
    out; none where it cannot be read, which ``find_entries`` tells.
    """
    try:
        archive = _opened(load_bytes(path, MAX_ZIP_BYTES), path.name)
    except CasebookError:
        return []
    found = sorted(_name(info) for info in archive.infolist() if not info.is_dir())
    return [name for name in found if Path(name).suffix.lower() in suffixes and not _is_hidden(name)]


def _opened(data: bytes, name: str) -> zipfile.ZipFile:
    try:
        # Counted before zipfile makes an object of each; zip files stored in this one may bring some of their own.
        if data.count(b"PK\x01\x02") < 50 * MAX_ENTRIES:
            archive = zipfile.ZipFile(io.BytesIO(data))
            if len(archive.infolist()) <= MAX_ENTRIES:
                return archive
    except Exception as error:  # whatever zipfile stumbles over is the file's fault
        raise ReportError(f"{name!r} is no zip file that can be read ({error})", _AGAIN) from None
    raise ReportError(f"{name!r} holds more than {MAX_ENTRIES:,} files", "split it into several")


def _entries(archive: zipfile.ZipFile, zip_name: str) -> list[Entry]:
    found: list[Entry] = []
    ids: set[str] = set()
    unpacked = 0
    catalogues: dict[str, dict[str, Metadata]] = {}
    infos = [(_name(info), info) for info in archive.infolist() if not info.is_dir()]
    # Catalogues first, as they tell of the files beside them; then by name.
    for full_name, info in sorted(infos, key=lambda each: (not each[0].endswith(CATALOGUE), each[0])):
        folder, _, name = full_name.rpartition("/")
        if not _is_wanted(full_name, name):
            continue
        unpacked += info.file_size
        identity = report_id(name)
        problem = _problem(full_name, info, unpacked)
        if identity in ids and not problem:
            problem = f"gives the report id {identity!r}, as a file before it does"
        what = f"{full_name!r} in {zip_name!r}"
        if problem:
            refusal = ReportError(f"{what} {problem}", "unpack the zip file and add what you trust in it")
            found.append(Entry(name, None, partial(_refuse, refusal)))
        elif name == CATALOGUE:
            catalogues[folder] = parse_catalogue(_unpack(archive, info, what), f"{zip_name}/{full_name}")
        else:
            ids.add(identity)
            metadata = catalogues.get(folder, {}).get(identity)
            found.append(Entry(name, metadata, partial(_report, archive, info, what, name)))
    return found


def _name(info: zipfile.ZipInfo) -> str:
    """Return the entry's name with its folders, read as UTF-8 where it can be, though it may not say so."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            pass
    return name.replace("\\", "/")


def _is_wanted(full_name: str, name: str) -> bool:
    """Return whether an entry is a report file or a catalogue, or a zip file to be refused; hidden ones are neither."""
    if _is_hidden(full_name):
        return False
    return name == CATALOGUE or Path(name).suffix.lower() in (*READERS, SUFFIX)


def _is_hidden(full_name: str) -> bool:
    return any((part.startswith(".") and part != "..") or part == "__MACOSX" for part in full_name.split("/"))


def _problem(full_name: str, info: zipfile.ZipInfo, unpacked: int) -> str:
    """Return why an entry is not unpacked, "" where it may be; ``unpacked`` is what all so far unpack to."""
    if _OUTSIDE.match(full_name) or ".." in full_name.split("/"):
        return "has a name that leads out of the folder"
    if full_name.lower().endswith(SUFFIX):
        return "is a zip file itself"
    if info.external_attr >> 16 & 0o170000 == 0o120000:
        return "is a link to another file"
    if info.flag_bits & 0x1:
        return "has a password"
    if info.compress_type not in _METHODS:
        return "is packed in a way that casebook does not read"
    if info.file_size > MAX_FILE_BYTES:
        return f"unpacks to {info.file_size:,} bytes, more than the {MAX_FILE_BYTES:,} casebook reads"
    if info.file_size > max(1_000_000, MAX_RATIO * info.compress_size):
        return f"unpacks to {info.file_size:,} bytes from {info.compress_size:,}, as no report does"
    if unpacked > MAX_ZIP_BYTES:
        return f"goes beyond the {MAX_ZIP_BYTES:,} bytes that a zip file may unpack to"
    return ""


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, what: str) -> bytes:
    try:
        return archive.read(info)  # reads no more than the size that was checked
    except Exception as error:  # whatever zipfile stumbles over is the file's fault
        raise ReportError(f"{what} cannot be unpacked ({error})", _AGAIN) from None


def _report(archive: zipfile.ZipFile, info: zipfile.ZipInfo, what: str, name: str) -> bytes:
    check_name(name)
    data = _unpack(archive, info, what)
    if not data.strip():
        raise ReportError(f"{what} is empty", "give a file with the report's text")
    return data


def _refuse(error: CasebookError) -> bytes:
    raise error
