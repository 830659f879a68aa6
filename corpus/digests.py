"""The bundled digests: short accounts of known reports in casebook's own words, and which sections each part digests.

A digest is a Markdown file under the id of its report; a TOML file of the same name holds its pointers. Both name a
section "case study / heading", or by its heading alone outside any case study.
"""

import hashlib
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, NoReturn

from corpus.errors import LibraryError
from corpus.model import Report
from corpus.report import parse, report_id

REPORT_ID_PREFIX = "digest-of-"
"""What the id of a digest begins with where it is read as a report, so that it is never taken for what it digests."""


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest as it ships: its file, the id of the report it digests, and for each of its sections that holds text the
    sections of that report that it digests.
    """

    report_id: str
    file_name: str
    data: bytes
    pointers: Mapping[str, tuple[str, ...]]


@cache
def bundled() -> tuple[Digest, ...]:
    """Return the digests that come with casebook, in the order of their ids.

    Raises LibraryError where one is damaged.
    """
    kept = {file.name: file.read_bytes() for file in (files("corpus") / "data" / "digests").iterdir() if file.is_file()}
    texts = sorted(name for name in kept if name.endswith(".md"))
    return tuple(read_digest(name, kept[name], kept.get(f"{name.removesuffix('.md')}.toml", b"")) for name in texts)


def is_bundled(report: Report) -> bool:
    """Return whether ``report`` is a bundled digest, word for word."""
    return report.id.startswith(REPORT_ID_PREFIX) and report.sha256 in _by_content()


def sources(report: Report, section: int) -> tuple[str, ...]:
    """Return what the section with the number ``section`` of ``report`` digests; nothing where it is no digest."""
    if not is_bundled(report):
        return ()
    return _by_content()[report.sha256].pointers.get(section_name(report, section), ())


@cache
def _by_content() -> dict[str, Digest]:
    return {hashlib.sha256(digest.data).hexdigest(): digest for digest in bundled()}


def read_digest(file_name: str, data: bytes, pointers: bytes) -> Digest:
    """Return the digest in the Markdown file ``file_name`` with the content ``data`` and the TOML ``pointers``.

    Raises LibraryError for TOML that is none, a key other than ``sections``, sections that are no list of names, and
    for anything but one pointer to each section that holds text.
    """
    known = {name: _names(file_name, name, table) for name, table in _tables(file_name, pointers).items()}
    report = parse(data, file_name)
    told = [section_name(report, number) for number in sorted({passage.section for passage in report.passages})]
    if twice := [name for name, count in Counter(told).items() if count > 1]:
        _refuse(file_name, f"has two sections {twice[0]!r}")
    if lost := sorted(set(known) - set(told)):
        _refuse(file_name, f"has no section {lost[0]!r}, which a pointer names")
    if bare := [name for name in told if name not in known]:
        _refuse(file_name, f"has no pointer for its section {bare[0]!r}")
    return Digest(report_id(file_name), file_name, data, MappingProxyType(known))


def section_name(report: Report, section: int) -> str:
    """Return how pointers name the section with the number ``section`` of a report."""
    found = report.sections[section]
    return named(None if found.case_study is None else report.case_studies[found.case_study].name, found.heading)


def named(case_study: str | None, heading: str) -> str:
    """Return how pointers name the section ``heading`` of ``case_study``, None for one outside any."""
    return heading if case_study is None else f"{case_study} / {heading}"


def _tables(file_name: str, pointers: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(pointers.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        _refuse(file_name, f"has pointers that are no TOML ({error})")


def _names(file_name: str, name: str, table: Any) -> tuple[str, ...]:
    if not isinstance(table, dict) or set(table) != {"sections"}:
        _refuse(file_name, f"has a pointer {name!r} that is no table with the one key 'sections'")
    names = table["sections"]
    if not isinstance(names, list) or not names or not all(isinstance(one, str) for one in names):
        _refuse(file_name, f"has a pointer {name!r} whose sections are no list of names")
    return tuple(names)


def _refuse(file_name: str, problem: str) -> NoReturn:
    raise LibraryError(f"the digest {file_name!r} {problem}", "install casebook again, or mend the digest")
