"""A backup: one zip file with all that a user made under a home folder, and a list that says what belongs in it.

Nothing in it is compressed, so that the same home always gives the same bytes and no small file unpacks to a large one.
The index, the embeddings and the readings are left out: they are made again.
"""

import hashlib
import json
import os
import shutil
import struct
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from corpus.disk import aside, disk_errors, is_passing, swap, write_flushed
from corpus.errors import CasebookError
from corpus.removed import FOLDER as REMOVED
from corpus.serial import record_from_json
from qa.calibration import FILE_NAME as CALIBRATION
from qa.judgements import FOLDER as JUDGEMENTS
from qa.permalink import FILE_NAME as FORMER
from qa.pins import FILE_NAME as BRIEFING

FORMAT = 1
LIST = "backup.json"
DEPTHS = {"library": 2, REMOVED: 3, JUDGEMENTS: 2, BRIEFING: 1, CALIBRATION: 1, FORMER: 1}
"""What a user makes under a home folder, and how many parts the paths of its files have."""

_DAMAGE = (
    OSError,
    EOFError,
    KeyError,
    NotImplementedError,
    RecursionError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
)
_UNSAFE = {"\0", "\\", ":"} if os.name == "nt" else {"\0"}


class BackupError(CasebookError):
    """A backup that cannot be written, is none, or is damaged."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One file of a backup: its path under the home folder, its name in the zip file, its size and its SHA-256."""

    path: str
    entry: str
    size: int
    sha256: str


def backup(home: Path, file: Path) -> int:
    """Write all that the user made under ``home`` to the zip file ``file``, and return how many files that are.

    The caller holds the right to write under ``home``. Raises CasebookError where there is nothing to back up, or the
    disk refuses; a ``file`` that was there before is then left as it was.
    """
    paths = list(_user_made(home))
    if not paths:
        raise BackupError(f"{str(home)!r} holds nothing to back up", "add reports with: casebook add PATH")
    if not file.parent.is_dir():
        raise BackupError(f"there is no folder {str(file.parent)!r}", "make it, or give another path")
    new = aside(file)
    with disk_errors(file.parent):
        try:
            with zipfile.ZipFile(new, "w") as archive:
                kept = [_put(archive, home, path, number) for number, path in enumerate(paths)]
                listing = {"format": FORMAT, "files": [asdict(one) for one in kept]}
                archive.writestr(_entry(LIST), json.dumps(listing, indent=1).encode("ascii"))
            with new.open("rb") as written:
                os.fsync(written.fileno())
            os.replace(new, file)
        finally:
            new.unlink(missing_ok=True)
    return len(kept)


def _user_made(home: Path) -> Iterator[str]:
    """Yield the paths of the files that the user made, in order."""
    for name, depth in sorted(DEPTHS.items()):
        for path in sorted(home.glob("/".join([name, *["*"] * (depth - 1)]))):
            inside = path.relative_to(home)
            if path.is_file() and not any(map(is_passing, inside.parts)):
                yield inside.as_posix()


def _put(archive: zipfile.ZipFile, home: Path, path: str, number: int) -> Kept:
    data = (home / path).read_bytes()
    try:
        path.encode()
        entry = path
    except UnicodeEncodeError:  # a name whose bytes are no text
        entry = f"{number}{Path(path).suffix}"
    archive.writestr(_entry(entry), data)
    return Kept(path, entry, len(data), hashlib.sha256(data).hexdigest())


def _entry(name: str) -> zipfile.ZipInfo:
    """Return a zip entry that says nothing of the machine or the time."""
    entry = zipfile.ZipInfo(name)
    entry.create_system = 3
    entry.external_attr = 0o600 << 16
    return entry


def restore(home: Path, file: Path, replace: bool = False) -> int:
    """Put what the backup ``file`` holds under ``home``, and return how many files that are.

    All is unpacked and checked beside what is there before anything changes. The caller holds the right to write.
    Raises BackupError for a file that is no whole backup, or where ``home`` holds something that ``replace`` does not
    allow to be replaced.
    """
    if not replace and any(_user_made(home)):
        raise BackupError(f"{str(home)!r} holds something already", "give --replace, or another folder with --home")
    new = aside(home / LIST)
    try:
        with zipfile.ZipFile(file) as archive:
            kept = _listed(archive, file)
            for one in kept:
                data = archive.read(one.entry)
                if (len(data), hashlib.sha256(data).hexdigest()) != (one.size, one.sha256):
                    raise ValueError(f"{one.path!r} is altered")
                with disk_errors(home):
                    (new / one.path).parent.mkdir(parents=True, exist_ok=True)
                    write_flushed(new / one.path, data)
    except FileNotFoundError:
        raise BackupError(f"there is no file {str(file)!r}", "check the path") from None
    except _DAMAGE as error:
        raise BackupError(f"{str(file)!r} is no whole backup of casebook's ({error})", "give another backup") from None
    else:
        with disk_errors(home):
            swap(home, new, DEPTHS)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return len(kept)


def _listed(archive: zipfile.ZipFile, file: Path) -> list[Kept]:
    """Return the files that the list of a backup names, which are just those in the archive and safe to write.

    Raises an error of ``_DAMAGE``.
    """
    entries = archive.infolist()
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
        raise ValueError("it is compressed")
    if sum(entry.file_size for entry in entries) > file.stat().st_size:
        raise ValueError("its entries overlap")
    listing: Mapping[str, Any] = json.loads(archive.read(LIST))
    if listing["format"] != FORMAT:
        raise ValueError(f"format {listing['format']!r}, not {FORMAT}")
    kept = [record_from_json(Kept, value) for value in listing["files"]]
    for one in kept:
        _check_path(one.path)
    if sorted(entry.filename for entry in entries) != sorted([LIST, *(one.entry for one in kept)]):
        raise ValueError("it holds other files than it lists")
    if len({one.path for one in kept}) != len(kept):
        raise ValueError("it lists a file twice")
    return kept


def _check_path(path: str) -> None:
    parts = path.split("/")
    if DEPTHS.get(parts[0]) != len(parts) or {"", ".", ".."} & {*parts} or {*path} & _UNSAFE:
        raise ValueError(f"{path!r} is no path of a backup")
