"""A reader in a process of its own, so that a file that hangs, crashes or bloats its parser harms nothing else.

The process is a fresh interpreter for one file: no environment, an empty folder to work in, nothing printed. It gets
the file on its standard input and answers with the ``Reading`` as JSON. Time and the size of the answer are limited
everywhere; memory, processor time and core dumps where the system knows limits (not on Windows).
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from corpus.errors import ReportError
from corpus.model import BlockKind, Metadata, Span
from corpus.readers import Mark, Reading

_PROGRAM = (
    "import json, sys; request = json.loads(sys.stdin.buffer.readline()); sys.path[:] = request['path'];"
    "from corpus.readers.child import answer; answer(request)"
)
COMMAND = (sys.executable, "-I", "-X", "utf8", "-c", _PROGRAM)
"""Starts a child, which reads its request, a line of JSON, and then the file on its standard input."""
_OUT_OF_MEMORY = 77
"""The exit code of a child that needs more memory than it may."""
_REMEDY = "open it in its program, save it anew or as plain text (.txt), and add that"


@dataclass(frozen=True, slots=True)
class Limits:
    """What the reading of one file may cost: seconds, and bytes of memory and of the answer."""

    seconds: float = 60
    memory: int = 1024 * 1024 * 1024
    answer: int = 64 * 1024 * 1024


LIMITS = Limits()


def read_in_child(reader: Callable[[bytes, str], Reading], data: bytes, name: str, limits: Limits = LIMITS) -> Reading:
    """Return what ``reader``, a function at the top of a module, makes of ``data``.

    Raises the ReportError that it raises, and ReportError where it crashes or goes beyond ``limits``.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="casebook-", ignore_cleanup_errors=True) as folder:
            asked, answered = Path(folder, "request"), Path(folder, "answer")
            with asked.open("wb") as file:
                file.write(request(reader, name, limits))
                file.write(data)
            code = _run(asked, answered, limits.seconds)
            too_long = answered.stat().st_size > limits.answer
            if code == 0 and not too_long:
                return _from_json(json.loads(answered.read_bytes()))
    except (ValueError, KeyError, TypeError):
        raise ReportError(f"{name!r} is damaged: its reader gave no sense", _REMEDY) from None
    except OSError as error:
        raise ReportError(
            f"{name!r} is read in a process of its own, which cannot be started ({error.strerror})",
            "check the memory and the disk, and try again",
        ) from None
    raise ReportError(f"{name!r} {_what_happened(code, too_long, limits)}", _REMEDY)


def request(reader: Callable[[bytes, str], Reading], name: str, limits: Limits) -> bytes:
    """Return what tells the child what to do; it imports what this process would."""
    asked = {
        "path": [os.path.abspath(folder) for folder in sys.path],
        "reader": [reader.__module__, reader.__qualname__],
        "name": name,
        **asdict(limits),
    }
    return json.dumps(asked).encode() + b"\n"


def _run(asked: Path, answered: Path, seconds: float) -> int | None:
    """Run the child and return its exit code, None where it took longer than ``seconds``."""
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    folder = str(asked.parent)
    with asked.open("rb") as stdin, answered.open("wb") as stdout:
        child = subprocess.Popen(
            COMMAND,
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=kept | {"TMPDIR": folder, "TEMP": folder, "TMP": folder, "OPENBLAS_NUM_THREADS": "1"},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        try:
            return child.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            child.kill()
            child.wait()


def _what_happened(code: int | None, too_long: bool, limits: Limits) -> str:
    if too_long:
        return f"holds more text than the {limits.answer // 1024**2:,} MB that casebook reads"
    if code is None or -code == getattr(signal, "SIGXCPU", None):
        return f"takes more than the {limits.seconds:g} seconds that reading a file may take"
    if code == _OUT_OF_MEMORY:
        return f"needs more than the {limits.memory // 1024**2:,} MB of memory that reading a file may take"
    how = signal.strsignal(-code) if code < 0 else f"code {code}"
    return f"is damaged, or too large for the memory that reading may take: its reader stopped ({how})"


def answer(request: dict[str, Any]) -> None:
    """Be the child: read the file on standard input as ``request`` says, print the answer and end the process."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whatever a parser prints is not the answer
    _limit(request["seconds"], request["memory"], request["answer"])
    module, function = request["reader"]
    try:
        reading = getattr(import_module(module), function)(sys.stdin.buffer.read(), request["name"])
        found = _to_bytes({"reading": asdict(reading)})
    except ReportError as error:
        found = _to_bytes({"refused": [error.problem, error.remedy]})
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)
    except Exception as error:  # whatever a parser stumbles over is the file's fault
        found = _to_bytes(
            {"refused": [f"{request['name']!r} cannot be read ({type(error).__name__}: {error})", _REMEDY]}
        )
    out.write(found)
    out.flush()
    os._exit(0)  # without the clean-up of libraries, which could hang or crash


def _to_bytes(value: dict[str, Any]) -> bytes:
    """Return ``value`` as JSON; halves of surrogate pairs, which no file can hold, become U+FFFD."""
    return re.sub("[\ud800-\udfff]", "\ufffd", json.dumps(value, ensure_ascii=False)).encode()


def _from_json(value: dict[str, Any]) -> Reading:
    if "refused" in value:
        raise ReportError(*value["refused"])
    found = value["reading"]
    return Reading(
        text=found["text"],
        page_starts=tuple(found["page_starts"]),
        metadata=Metadata(**found["metadata"] | {"authors": tuple(found["metadata"]["authors"])}),
        marks=tuple(Mark(Span(**mark["span"]), BlockKind(mark["kind"]), mark["level"]) for mark in found["marks"]),
        warnings=tuple(found["warnings"]),
    )


def _limit(seconds: float, memory: int, answer: int) -> None:
    """Set the limits that the system knows for this process."""
    if sys.platform == "win32":
        return
    import resource

    at_most = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: int(seconds) + 1,
        resource.RLIMIT_FSIZE: answer + 1,
        resource.RLIMIT_AS: memory,
    }
    for kind, most in at_most.items():
        try:
            resource.setrlimit(kind, (most, most + 1))  # processor time at the second figure is killed silently
        except (OSError, ValueError):  # macOS knows no limit of memory; a hard limit below ours stays
            continue
    if sys.platform != "linux":
        watch_memory(memory)


def watch_memory(most: int) -> None:
    """End this process once it has held over ``most`` bytes, where the system sets no such limit itself.

    Some systems count what the process that started this one held; where that is more, it is the limit.
    """
    limit = max(most, _most_held())

    def watch() -> None:
        while _most_held() <= limit:
            time.sleep(0.05)
        os._exit(_OUT_OF_MEMORY)

    threading.Thread(target=watch, daemon=True).start()


def _most_held() -> int:
    """Return how many bytes of memory this process has held at most."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
