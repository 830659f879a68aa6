"""Reports of a library as a user names and lists them."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from corpus.characters import flat
from corpus.errors import LibraryError
from corpus.library import find_files
from corpus.model import Report
from corpus.readers import load
from corpus.report import parse
from qa.workspace import NO_REPORTS, Workspace

Kept = TypeVar("Kept")


def match_report(known: Mapping[str, Kept], name: str) -> Kept:
    """Return what is kept of the report whose id is ``name`` or alone begins with it.

    Raises LibraryError where none or several do.
    """
    matches = [known[name]] if name in known else [r for identity, r in known.items() if identity.startswith(name)]
    if len(matches) != 1:
        problem = "no report has" if not matches else f"{len(matches)} reports have"
        raise LibraryError(f"{problem} an id that begins with {name!r}", "see: casebook reports")
    return matches[0]


def find_report(name: str, workspace: Workspace) -> Report:
    """Return the report in the file ``name``, which need not be in the library, or the one of the library with that id
    or beginning of one. Raises CasebookError where there is none.
    """
    if Path(name).is_file():
        found = next(iter(find_files([Path(name)])))
        return parse(load(found.path), found.path.name, found.metadata)
    return match_report(workspace.open().reports, name)


def library_report(name: str, workspace: Workspace) -> Report:
    """Return the library's report with the id ``name`` or beginning of one, read from its file, indexed or not.

    Raises LibraryError where there is none.
    """
    files = workspace.library.by_id()
    if not files:
        raise NO_REPORTS
    return workspace.library.read_one(match_report(files, name))


def metadata_lines(report: Report) -> list[str]:
    """Return what is known of a report, a line a field; a dash where nothing is."""
    known = asdict(report.metadata) | {"authors": "; ".join(report.metadata.authors)}
    return [report.id, *(f"{name:>10}  {flat(value) or '-'}" for name, value in known.items())]


def report_line(report: Report) -> str:
    """Return a report's id, and under it its title, publisher, date and counts."""
    about = ", ".join(part for part in (report.metadata.publisher, report.metadata.published) if part)
    studies = "1 case study" if len(report.case_studies) == 1 else f"{len(report.case_studies)} case studies"
    counts = f"{studies}, {len(report.passages)} passages"
    return f"{report.id}\n    {report.title} ({about or 'publisher unknown'}): {counts}"


def report_to_json(report: Report) -> dict[str, Any]:
    """Return what is known of a report, and its counts, as a JSON object."""
    return {
        "id": report.id,
        "file": report.file_name,
        **asdict(report.metadata),
        "case_studies": [case.name for case in report.case_studies],
        "sections": len(report.sections),
        "passages": len(report.passages),
    }
