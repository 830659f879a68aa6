"""Reports as they were read, kept so that an unchanged file is not read again: <home>/readings/<key>.json.

A file that cannot be used is worth nothing and is ignored: every report can be read again.
"""

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from corpus.disk import replace_file
from corpus.model import Metadata, Report
from corpus.report import STRUCTURE_VERSION, parse
from corpus.serial import report_from_json, report_to_json

_DIGEST_LENGTH = 64


def reading_key(data: bytes, file_name: str, metadata: Metadata | None, target_words: int) -> str:
    """Return 32 hexadecimal digits that change with all that ``parse`` makes a report of, and with the way it does."""
    content = hashlib.sha256(data).hexdigest()
    parts = (STRUCTURE_VERSION, content, file_name, metadata or Metadata(), target_words)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


class Readings:
    """The readings kept in ``folder``, which is made when the first one is kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def parse(self, data: bytes, file_name: str, metadata: Metadata | None, target_words: int) -> Report:
        """Return what ``corpus.report.parse`` returns, without reading the file's content again where it was kept."""
        path = self._folder / f"{reading_key(data, file_name, metadata, target_words)}.json"
        kept = _kept(path)
        if kept is not None:
            return kept
        report = parse(data, file_name, metadata, target_words)
        with suppress(OSError):  # a disk that is full or read-only costs time at the next reading, and nothing else
            self._folder.mkdir(parents=True, exist_ok=True)
            content = json.dumps(report_to_json(report)).encode("ascii")
            replace_file(path, hashlib.sha256(content).hexdigest().encode("ascii") + content)
        return report

    def keep_only(self, keys: Iterable[str]) -> None:
        """Forget all readings but those of ``keys``."""
        names = {f"{key}.json" for key in keys}
        for path in self._folder.glob("*.json"):
            if path.name not in names:
                path.unlink(missing_ok=True)


def _kept(path: Path) -> Report | None:
    try:
        data = path.read_bytes()
        content = data[_DIGEST_LENGTH:]
        if hashlib.sha256(content).hexdigest().encode("ascii") != data[:_DIGEST_LENGTH]:
            return None
        return report_from_json(json.loads(content))
    except (OSError, KeyError, TypeError, ValueError):
        return None
