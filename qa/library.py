"""Reports of a library as a user names and lists them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from corpus.characters import flat
from corpus.errors import LibraryError, ReportError
from corpus.library import SAVE_AS, find_files, listed
from corpus.model import Metadata, Report
from corpus.readers import load
from corpus.report import parse
from corpus.zips import SUFFIX as ZIP
from index.search import Index
from qa.workspace import NO_REPORTS, Workspace

if TYPE_CHECKING:
    from corpus.web.reports import Wanted

Kept = TypeVar("Kept")


def match_report(known: Mapping[str, Kept], name: str, listed: str = "casebook reports") -> Kept:
    """Return what is kept of the report whose id is ``name`` or alone begins with it.

    Raises LibraryError where none or several do, which names the command by which they are ``listed``.
    """
    matches = [known[name]] if name in known else [r for identity, r in known.items() if identity.startswith(name)]
    if len(matches) != 1:
        problem = "no report has" if not matches else f"{len(matches)} reports have"
        raise LibraryError(f"{problem} an id that begins with {name!r}", f"see: {listed}")
    return matches[0]


def find_report(name: str, workspace: Workspace) -> Report:
    """Return the report in the file ``name``, which need not be in the library, or the one of the library with that id
    or beginning of one. Raises CasebookError where there is none.
    """
    if Path(name).is_file():
        path = Path(name)
        if path.suffix.lower() == ZIP:
            raise ReportError(
                f"{name!r} holds reports, and is none itself", "unpack it, or add it: casebook add FILE.zip"
            )
        data = load(path)
        return parse(data, path.name, next(iter(find_files([path]))).metadata)
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
    """Return what is known of a report, a line a field; a dash where nothing is, a mark where nobody has stated it."""
    known = asdict(report.metadata) | {"authors": "; ".join(report.metadata.authors)}
    marks = dict.fromkeys(report.guessed, " (guessed)")
    return [report.id, *(f"{name:>10}  {flat(value) or '-'}{marks.get(name, '')}" for name, value in known.items())]


def known_line(known: "Wanted") -> str:
    """Return the id of a report on the web, and under it its title, publisher, date and address."""
    title = known.metadata.title or known.report_id
    return "\n    ".join(map(flat, (known.report_id, f"{title} ({_source(known.metadata)})", known.address)))


def report_line(report: Report) -> str:
    """Return a report's id, and under it its title, publisher, date and counts, and what could not be read of it."""
    studies = "1 case study" if len(report.case_studies) == 1 else f"{len(report.case_studies)} case studies"
    counts = f"{studies}, {len(report.passages)} passages"
    guesses = [f"    guessed: {', '.join(report.guessed)}"] if report.guessed else []
    title = f"    {report.title} ({_source(report.metadata)}): {counts}"
    return "\n".join([report.id, title, *guesses, *warning_lines(report.warnings)])


def warning_lines(warnings: Sequence[str]) -> list[str]:
    """Return what could not be read of a report's file, a line each."""
    return [f"    warning: {flat(warning)}" for warning in warnings]


def skipped_lines(skipped: Sequence[str]) -> list[str]:
    """Return one line that names the documents that were ``skipped``, none where there are none."""
    return [f"skipped, of no format casebook reads: {flat(listed(skipped))}; {SAVE_AS}"] if skipped else []


def waiting_lines(workspace: Workspace, index: Index) -> list[str]:
    """Return one line that says how many files of the library its ``index`` does not know, none where it knows all.

    Only names are looked at, so that every question can afford it.
    """
    count = len(workspace.library.by_id().keys() - index.reports.keys())
    waiting = "1 report waits" if count == 1 else f"{count} reports wait"
    return [f"{waiting} to be indexed; run: casebook index"] if count else []


def _source(metadata: Metadata) -> str:
    return ", ".join(filter(None, (metadata.publisher, metadata.published))) or "publisher unknown"


def report_to_json(report: Report) -> dict[str, Any]:
    """Return what is known of a report, and its counts, as a JSON object."""
    return {
        "id": report.id,
        "file": report.file_name,
        **asdict(report.metadata),
        "case_studies": [case.name for case in report.case_studies],
        "sections": len(report.sections),
        "passages": len(report.passages),
        "warnings": list(report.warnings),
        "guessed": list(report.guessed),
    }
