"""Metadata of reports in TOML: one table a report, named by its id, with the keys of ``Metadata``."""

import tomllib
from dataclasses import asdict, fields
from pathlib import Path

from corpus.errors import LibraryError
from corpus.model import Metadata

FILE_NAME = "catalogue.toml"


def read_catalogue(path: Path) -> dict[str, Metadata]:
    """Return the metadata in the file at ``path`` by report id; empty where there is no file.

    Raises LibraryError for a file that is not TOML, an unknown key, or a value that is not text.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise LibraryError(
            f"{str(path)!r} cannot be read ({error.strerror})", "check the file and its rights"
        ) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LibraryError(
            f"{str(path)!r} cannot be read as TOML ({error})", "correct the file or move it away"
        ) from None
    known = {field.name for field in fields(Metadata)}
    found = {}
    for identity, table in tables.items():
        if not isinstance(table, dict):
            raise LibraryError(
                f"{str(path)!r} has the key {identity!r} outside a table", f"write [{identity}] above it"
            )
        for key, value in table.items():
            if key not in known:
                raise LibraryError(f"{str(path)!r} has the unknown key {key!r}", f"use {', '.join(sorted(known))}")
            if not isinstance(value, str):
                raise LibraryError(f"{str(path)!r} has {key} = {value!r}, not text", "put the value in quotation marks")
        found[identity] = Metadata(**table)
    return found


def write_catalogue(entries: dict[str, Metadata]) -> str:
    """Return ``entries`` as TOML that ``read_catalogue`` reads back unchanged; empty values are left out."""
    lines: list[str] = []
    for identity in sorted(entries):
        lines.append(f"[{_quoted(identity)}]")
        lines += [f"{key} = {_quoted(value)}" for key, value in asdict(entries[identity]).items() if value]
        lines.append("")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    escaped = "".join(
        f"\\u{ord(c):04x}" if ord(c) < 0x20 or ord(c) == 0x7F else {"\\": "\\\\", '"': '\\"'}.get(c, c) for c in text
    )
    return f'"{escaped}"'
