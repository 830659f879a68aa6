"""Index generations on disk: written aside, flushed, checked by checksum, published by one atomic rename.

    <home>/index/CURRENT            the name of the published generation and the SHA-256 of its manifest
    <home>/index/<generation>/      its files, with MANIFEST.json over them

A reader loads everything when it opens a generation, so that a later publication never disturbs it.
"""

import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.disk import disk_errors, flush_folder, replace_file, write_flushed
from corpus.errors import IndexFileError

FORMAT_VERSION = 1
POINTER, MANIFEST = "CURRENT", "MANIFEST.json"
REBUILD = "run: casebook index --rebuild"


@dataclass(frozen=True, slots=True)
class Generation:
    """A published generation: its name, its manifest, and the content of its files, whose checksums hold."""

    name: str
    manifest: dict[str, Any]
    files: dict[str, bytes]


def publish(folder: Path, manifest: Mapping[str, Any], files: Mapping[str, bytes]) -> str:
    """Write ``files`` as a new generation under ``folder``, make it the current one, and return its name.

    ``manifest`` is completed with the format version and the size and SHA-256 of each file. Older generations are
    removed. Raises CasebookError where the disk is full or cannot be written; the current generation then stays.
    """
    name = f"g-{uuid.uuid4().hex[:12]}"
    aside = folder / f".{name}.tmp"
    sums = {n: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for n, data in sorted(files.items())}
    complete = {"format": FORMAT_VERSION, **manifest, "files": sums}
    with disk_errors(folder):
        try:
            aside.mkdir(parents=True)
            for file_name, data in files.items():
                write_flushed(aside / file_name, data)
            listing = json.dumps(complete, indent=1, sort_keys=True).encode()
            write_flushed(aside / MANIFEST, listing)
            flush_folder(aside)
            os.replace(aside, folder / name)
            replace_file(folder / POINTER, f"{name} {hashlib.sha256(listing).hexdigest()}\n".encode())
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            if _pointer(folder)[:1] != [name]:
                shutil.rmtree(folder / name, ignore_errors=True)
            raise
    _remove_others(folder, name)
    return name


def withdraw(folder: Path) -> None:
    """Take back what was published under ``folder``: from now on there is no index, not even an older one.

    Raises CasebookError where the disk refuses.
    """
    with disk_errors(folder):
        (folder / POINTER).unlink(missing_ok=True)
        if folder.is_dir():
            _remove_others(folder, keep="")


def _pointer(folder: Path) -> list[str]:
    """Return the two words of the pointer: generation and checksum of its manifest; empty where there is none."""
    try:
        return (folder / POINTER).read_text(encoding="ascii").split()
    except (FileNotFoundError, UnicodeDecodeError):
        return []


def _remove_others(folder: Path, keep: str) -> None:
    for path in folder.iterdir():
        if path.is_dir() and path.name != keep and path.name.lstrip(".").startswith("g-"):
            shutil.rmtree(path, ignore_errors=True)


def exists(folder: Path) -> bool:
    """Return whether a generation has been published under ``folder``."""
    return (folder / POINTER).exists()


def current_name(folder: Path) -> str:
    """Return the name of the published generation. Raises IndexFileError where the pointer is missing or damaged."""
    return _current(folder)[0]


def _current(folder: Path) -> tuple[str, str]:
    """Return the published generation's name and its manifest's checksum. Raises as ``current_name`` does."""
    words = _pointer(folder)
    if len(words) != 2 or not re.fullmatch(r"g-[0-9a-f]{12}", words[0]):
        raise IndexFileError(f"the index pointer {str(folder / POINTER)!r} is missing or damaged", REBUILD)
    return words[0], words[1]


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of the published generation. Raises IndexFileError where it is missing or damaged, or was
    written in another format.
    """
    return _manifest(folder, *_current(folder))


def _manifest(folder: Path, name: str, checksum: str) -> dict[str, Any]:
    manifest = json.loads(_checked(folder / name / MANIFEST, checksum))
    if manifest["format"] != FORMAT_VERSION:
        raise IndexFileError(
            f"the index {str(folder / name)!r} has format {manifest['format']!r}, this casebook reads {FORMAT_VERSION}",
            REBUILD,
        )
    return dict(manifest)


def _checked(path: Path, checksum: str) -> bytes:
    """Return the content of an index file. Raises IndexFileError where it is missing or has another SHA-256."""
    try:
        data = path.read_bytes()
    except OSError:
        raise IndexFileError(f"the index file {str(path)!r} is missing", REBUILD) from None
    if hashlib.sha256(data).hexdigest() != checksum:
        raise IndexFileError(f"the index file {str(path)!r} is damaged: its checksum differs", REBUILD)
    return data


def read(folder: Path) -> Generation:
    """Return the published generation with every file checked against its checksum.

    Raises IndexFileError, naming the file, where one is missing, truncated or altered.
    """
    for attempt in range(3):
        name, checksum = _current(folder)
        try:
            manifest = _manifest(folder, name, checksum)
            files = {file: _checked(folder / name / file, sums["sha256"]) for file, sums in manifest["files"].items()}
            return Generation(name, manifest, files)
        except IndexFileError:  # unless another process has published, and removed what was being read
            if attempt == 2 or _pointer(folder)[:1] == [name]:
                raise
    raise IndexFileError(f"the index under {str(folder)!r} changes faster than it can be read", "try again")
