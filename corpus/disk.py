"""Writing that a crash, a full disk or a second reader cannot spoil."""

import errno
import os
import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from corpus.errors import BusyError, CasebookError

ABANDONED_SECONDS = 3600
"""An unfinished file that was not touched for so long has no writer any more."""

_LOCK = ".lock"
_SWAP = ".swap"
_ASIDE = re.compile(r"\.(g-)?[0-9a-f]{12}\.tmp")


def aside(path: Path) -> Path:
    """Return a new name beside ``path`` for what is being written; ``exclusive`` clears away what a crash left."""
    return path.with_name(f".{uuid.uuid4().hex[:12]}.tmp")


def is_passing(name: str) -> bool:
    """Return whether a file or folder of that name serves the writing of others, and holds nothing by itself."""
    return name in (_LOCK, _SWAP) or bool(_ASIDE.fullmatch(name))


def write_flushed(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` and force it to the disk."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def replace_file(path: Path, data: bytes) -> None:
    """Replace the file at ``path`` with ``data`` in one step: a reader sees the old content or the new."""
    new = aside(path)
    try:
        write_flushed(new, data)
        os.replace(new, path)
        flush_folder(path.parent)
    finally:
        new.unlink(missing_ok=True)


def flush_folder(folder: Path) -> None:
    """Force to the disk which files ``folder`` holds, where the platform can."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def disk_errors(where: Path) -> Iterator[None]:
    """Turn the errors of a full or read-only disk into one CasebookError that names ``where``."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            problem, remedy = f"the disk is full while writing under {str(where)!r}", "free some space and try again"
        elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
            problem = f"{str(where)!r} cannot be written ({error.strerror})"
            remedy = "give another folder with --home"
        else:
            problem = f"writing under {str(where)!r} failed ({error.strerror or error})"
            remedy = "check the disk and try again"
        raise CasebookError(problem, f"{remedy}; what was published before still answers") from error


@contextmanager
def exclusive(folder: Path, wait: float = 0, waiting: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold the right to write under ``folder``, which is made where it is missing.

    Where another process holds it, ``waiting`` is called and ``wait`` seconds are given to it. Raises BusyError where
    they pass in vain, CasebookError where the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / _LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if wait and waiting:
                waiting()
            try:
                lock.acquire(timeout=wait)
            except Timeout:
                raise BusyError(
                    f"another casebook process is writing to {str(folder)!r}", "wait until it is done and try again"
                ) from None
    try:
        with disk_errors(folder):
            _clear_away(folder)
            _finish_swap(folder)
        yield
    finally:
        lock.release()


def swap(folder: Path, new: Path, names: Iterable[str]) -> None:
    """Put what ``new``, a folder beside them, holds in the place of the entries ``names`` of ``folder``.

    Those that ``new`` lacks are gone behind it. What a crash interrupts, ``exclusive`` finishes; the caller holds it.
    """
    pending = aside(folder / _SWAP)
    (pending / "old").mkdir(parents=True)
    os.replace(new, pending / "new")
    write_flushed(pending / "names", "\n".join(names).encode())
    flush_folder(pending)
    os.replace(pending, folder / _SWAP)
    _finish_swap(folder)


def _finish_swap(folder: Path) -> None:
    pending = folder / _SWAP
    if not pending.exists():
        return
    with suppress(FileNotFoundError):  # the old entries were put aside before
        for name in (pending / "names").read_text().split("\n"):
            with suppress(FileNotFoundError):
                os.replace(folder / name, pending / "old" / name)
        (pending / "names").unlink()
        flush_folder(pending)
    for entry in (pending / "new").iterdir():
        os.replace(entry, folder / entry.name)
    flush_folder(folder)
    done = aside(pending)
    os.replace(pending, done)
    shutil.rmtree(done, ignore_errors=True)


def _clear_away(folder: Path) -> None:
    """Remove what processes that died while writing left unfinished in ``folder`` and in its folders."""
    for path in [*folder.glob(".*.tmp"), *folder.glob("*/.*.tmp")]:
        with suppress(OSError):
            if not _ASIDE.fullmatch(path.name) or time.time() - path.stat().st_mtime < ABANDONED_SECONDS:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()
