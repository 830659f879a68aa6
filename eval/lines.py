"""JSON lines with errors that name the file and the line, and files that are written whole or not at all."""

import json
import math
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.disk import replace_file
from corpus.errors import QuestionError

_NOTHING: Any = object()


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object and where it was read; every getter raises QuestionError with that place, the key and the value."""

    where: str
    value: dict[str, Any]

    def error(self, problem: str, remedy: str) -> QuestionError:
        """Return the error that says ``problem`` of this object."""
        return QuestionError(f"{self.where}: {problem}", remedy)

    def text(self, key: str, default: Any = _NOTHING) -> str:
        """Return the string at ``key``; ``default`` where the key is missing."""
        found = self._get(key, default)
        if found is default:
            return str(found)
        if not isinstance(found, str):
            raise self.error(f"{key} is {shown(found)}", "give a string in double quotes")
        if _lone_surrogate(found):
            raise self.error(f"{key} holds half a character (a lone surrogate)", "write the character in full")
        return found

    def name(self, key: str) -> str:
        """Return the string at ``key``, which must hold more than white space."""
        found = self.text(key)
        if not found.strip():
            raise self.error(f"{key} is empty", f"give every line its own {key}")
        return found

    def identity(self, key: str) -> str:
        """Return the name at ``key``; a whole number is taken for its digits."""
        found = self.value.get(key)
        return str(found) if isinstance(found, int) and not isinstance(found, bool) else self.name(key)

    def optional_text(self, key: str) -> str | None:
        """Return the string at ``key``; None where it is null or missing."""
        return None if self.value.get(key) is None else self.text(key)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the list of strings at ``key``; an empty one where it is missing."""
        found = self._get(key, [])
        if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
            raise self.error(f"{key} is {shown(found)}", "give a list of strings")
        if any(_lone_surrogate(item) for item in found):
            raise self.error(f"{key} holds half a character (a lone surrogate)", "write the character in full")
        return tuple(found)

    def number(self, key: str) -> float:
        """Return the finite number at ``key``."""
        found = self._get(key, _NOTHING)
        if isinstance(found, int | float) and not isinstance(found, bool):
            try:
                if math.isfinite(as_float := float(found)):
                    return as_float
            except OverflowError:
                pass
        raise self.error(f"{key} is {shown(found)}", "give a finite number")

    def probability(self, key: str) -> float | None:
        """Return the number from 0 to 1 at ``key``; None where it is null or missing."""
        if self.value.get(key) is None:
            return None
        found = self.number(key)
        if not 0.0 <= found <= 1.0:
            raise self.error(f"{key} is {shown(found)}", "give a probability from 0 to 1")
        return found

    def whole(self, key: str) -> int | None:
        """Return the whole number, 0 or more, at ``key``; None where it is null or missing."""
        found = self.value.get(key)
        if found is None:
            return None
        if not isinstance(found, int) or isinstance(found, bool) or found < 0:
            raise self.error(f"{key} is {shown(found)}", "give a whole number, 0 or more, or null")
        return found

    def flag(self, key: str) -> bool:
        """Return the true or false at ``key``."""
        found = self._get(key, _NOTHING)
        if not isinstance(found, bool):
            raise self.error(f"{key} is {shown(found)}", "give true or false")
        return found

    def objects(self, key: str) -> list["Fields"]:
        """Return the list of objects at ``key``, each of which knows its number (1 is the first)."""
        found = self._get(key, _NOTHING)
        if not isinstance(found, list):
            raise self.error(f"{key} is {shown(found)}", "give a list of objects")
        members = [Fields(f"{self.where}, {key} number {n}", item) for n, item in enumerate(found, start=1)]
        for member in members:
            if not isinstance(member.value, dict):
                raise member.error(f"{shown(member.value)} is not an object", "write it as {...}")
        return members

    def _get(self, key: str, default: Any) -> Any:
        found = self.value.get(key, default)
        if found is _NOTHING:
            raise self.error(f"{key} is missing", f'add "{key}" to the object')
        return found


def read_objects(path: Path) -> Iterator[Fields]:
    """Yield the object of every line of ``path`` that is not blank. Lines end with a line feed and nothing else.

    Raises QuestionError for a file that cannot be read, and for a line that is not UTF-8, not JSON or not an object.
    """
    for number, text in read_text_lines(path):
        where = f"{path} line {number}"
        yield Fields(where, parse_object(text, where))


def read_text_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the number (1 is the first) and the text of every line of ``path`` that is not blank; a byte order mark is
    left out. Raises QuestionError for a file that cannot be read and for a line that is not UTF-8."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise QuestionError(f"{path} cannot be read ({error.strerror})", "give the name of a file") from error
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise QuestionError(f"{path} line {number}: not UTF-8 text", "save the file as UTF-8") from error
        if text.strip():
            yield number, text


def parse_object(text: str, where: str) -> dict[str, Any]:
    """Return the JSON object ``text``; raises QuestionError with ``where`` for anything else, NaN and repeated keys."""
    try:
        value = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError) as error:
        raise QuestionError(f"{where}: not JSON ({error})", "write one JSON object there") from error
    if not isinstance(value, dict):
        raise QuestionError(f"{where}: {shown(value)} is not an object", "write one JSON object there")
    return value


def dump(value: Any, where: str, *, indent: int | None = None) -> str:
    """Return ``value`` as JSON text. Raises QuestionError with ``where`` for what JSON does not have."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)
    except (TypeError, ValueError) as error:
        raise QuestionError(f"{where} cannot be written as JSON ({error})", "use text and finite numbers") from error


def check_out(out: Path, read: Iterable[Path]) -> None:
    """Raise QuestionError where ``out`` cannot be written, or is one of the files ``read``."""
    if out.resolve() in {path.resolve() for path in read}:
        raise QuestionError(
            f"the result would be written over the questions or a run, in {str(out)!r}", "give another file"
        )
    if out.is_dir() or not os.access(out.resolve().parent, os.W_OK):
        raise QuestionError(f"the result cannot be written to {str(out)!r}", "give a file in a folder that exists")


def write_text(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` as UTF-8 with line feeds, aside first, so that a crash leaves the old file whole.

    Raises QuestionError where the folder cannot be written to or ``text`` is not valid Unicode.
    """
    try:
        replace_file(path, text.encode("utf-8"))
    except UnicodeEncodeError as error:
        raise QuestionError(f"{path}: {shown(error.object)} is not valid Unicode", "mend the text") from error
    except OSError as error:
        raise QuestionError(f"{path} cannot be written ({error.strerror})", "name a folder you may write to") from error


def shown(value: Any, limit: int = 60) -> str:
    """Return ``value`` for a message: as Python writes it, at most ``limit`` characters."""
    try:
        text = repr(value)
    except ValueError:
        text = "a number of thousands of digits"
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _lone_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(key for key in keys if keys.count(key) > 1)!r} stands twice")
    return found
