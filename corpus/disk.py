"""Writing that a crash, a full disk or a second reader cannot spoil."""

import errno
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.errors import BusyError, CasebookError


def write_flushed(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path`` and force it to the disk."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def replace_file(path: Path, data: bytes) -> None:
    """Replace the file at ``path`` with ``data`` in one step: a reader sees the old content or the new."""
    aside = path.with_name(f".{uuid.uuid4().hex[:12]}.tmp")
    try:
        write_flushed(aside, data)
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


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
def exclusive(folder: Path) -> Iterator[None]:
    """Hold the right to write under ``folder``, which is made where it is missing.

    Raises BusyError where another process holds it, CasebookError where the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise BusyError(
                f"another casebook process is writing to {str(folder)!r}", "wait until it is done and try again"
            ) from None
    try:
        yield
    finally:
        lock.release()
