"""Metadata of reports in TOML: one table a report, named by its id, with the keys of ``Metadata``."""

import re
import tomllib
from dataclasses import asdict, fields
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from corpus.characters import inert
from corpus.errors import LibraryError
from corpus.model import Metadata

FILE_NAME = "catalogue.toml"


def read_catalogue(path: Path) -> dict[str, Metadata]:
    """Return the metadata in the file at ``path`` by report id; empty where there is no file.

    Raises LibraryError for a file that is not TOML, an unknown key, or a value that is not text (a list of texts for
    ``authors``).
    """
    try:
        if not path.exists():
            return {}
        if not path.is_file():  # a pipe would be waited for
            raise LibraryError(f"{str(path)!r} is no file", "move it away")
        return parse_catalogue(path.read_bytes(), str(path))
    except OSError as error:
        raise LibraryError(
            f"{str(path)!r} cannot be read ({error.strerror})", "check the file and its rights"
        ) from None


def parse_catalogue(data: bytes, where: str) -> dict[str, Metadata]:
    """Return the metadata in the content ``data`` of the catalogue ``where``; raises LibraryError as above."""
    try:
        tables = tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise LibraryError(f"{where!r} cannot be read as TOML ({error})", "correct the file or move it away") from None
    known = {field.name for field in fields(Metadata)}
    found = {}
    for identity, table in tables.items():
        if not isinstance(table, dict):
            raise LibraryError(f"{where!r} has the key {identity!r} outside a table", f"write [{identity}] above it")
        for key, value in table.items():
            if key not in known:
                raise LibraryError(f"{where!r} has the unknown key {key!r}", f"use {', '.join(sorted(known))}")
            if key == "authors":
                if not isinstance(value, list) or not all(isinstance(author, str) for author in value):
                    raise LibraryError(
                        f"{where!r} has authors = {value!r}, not a list of texts", 'write authors = ["...", "..."]'
                    )
            elif not isinstance(value, str):
                raise LibraryError(f"{where!r} has {key} = {value!r}, not text", "put the value in quotation marks")
        found[identity] = Metadata(**table | {"authors": tuple(table.get("authors", ()))})
    return found


def write_catalogue(entries: dict[str, Metadata]) -> str:
    """Return ``entries`` as TOML that ``read_catalogue`` reads back unchanged; empty values are left out."""
    lines: list[str] = []
    for identity in sorted(entries):
        lines.append(f"[{_quoted(identity)}]")
        lines += [f"{key} = {_toml(value)}" for key, value in asdict(entries[identity]).items() if value]
        lines.append("")
    return "\n".join(lines)


def checked(metadata: Metadata) -> Metadata:
    """Return ``metadata`` where a citation can stand on it.

    Raises LibraryError for a control character, a date that is none, or a URL that is no address of the web.
    """
    for key, value in asdict(metadata).items():
        for text in value if key == "authors" else (value,):
            if "\n" in inert(text) or inert(text) != text:
                raise LibraryError(f"the {key} {text!r} holds a control character", "write it without, on one line")
    if metadata.published and parsed_date(metadata.published) is None:
        raise LibraryError(f"the date {metadata.published!r} is none", "write YYYY, YYYY-MM or YYYY-MM-DD")
    if metadata.url and web_address(metadata.url) is None:
        raise LibraryError(f"the URL {metadata.url!r} is no address of the web", "begin it with https:// or http://")
    return metadata


def parsed_date(text: str) -> tuple[int, ...] | None:
    """Return year, month and day of a date written YYYY, YYYY-MM or YYYY-MM-DD, as far as given; None for another."""
    if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", text):
        return None
    parts = tuple(int(part) for part in text.split("-"))
    try:
        date(*(*parts, 1, 1)[:3])
    except ValueError:
        return None
    return parts


def web_address(url: str) -> str | None:
    """Return ``url`` where it is an address of the web, None for anything else (javascript:, data:, a path)."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else None


def _toml(value: Any) -> str:
    return f"[{', '.join(_quoted(item) for item in value)}]" if isinstance(value, tuple) else _quoted(value)


def _quoted(text: str) -> str:
    escaped = "".join(
        f"\\u{ord(c):04x}" if ord(c) < 0x20 or ord(c) == 0x7F else {"\\": "\\\\", '"': '\\"'}.get(c, c) for c in text
    )
    return f'"{escaped}"'
