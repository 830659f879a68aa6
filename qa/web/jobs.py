"""What the page can have done to the library in the background: reports added, removed, put back, described anew."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from corpus.catalogue import FILE_NAME as CATALOGUE
from corpus.catalogue import read_catalogue
from corpus.errors import CasebookError, LibraryError
from corpus.library import Added, Found, find_files, skipped_files
from corpus.model import Metadata
from corpus.report import report_id
from qa.library import skipped_lines
from qa.workspace import AddResult, Progress, Step, Workspace, describe_outcomes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a job came to: a sentence, more lines for whoever wants to know, and what went wrong, a line each."""

    summary: str
    lines: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """Work on a workspace, and what it is called while it goes on: "Adding 3 files".

    ``work`` tells how far it is and raises CasebookError where it fails. ``indexes``: the index is new behind it.
    """

    name: str
    work: Callable[[Workspace, Progress], Outcome]
    indexes: bool = True


def add_files(paths: Sequence[Path]) -> Job:
    """Return the job of adding uploaded copies of files, which are deleted behind it.

    A catalogue.toml among them tells the metadata of the others.
    """

    def work(workspace: Workspace, tell: Progress) -> Outcome:
        refused: list[CasebookError] = []
        try:
            skipped = skipped_lines(skipped_files(paths))
            done = _added(workspace.add([], tell, _found(paths, refused)), refused)
            return replace(done, lines=(*skipped, *done.lines))
        finally:
            for path in paths:
                with suppress(OSError):
                    path.unlink()

    name = f"Adding {paths[0].name}" if len(paths) == 1 else f"Adding {len(paths):,} files"
    return Job(name, work)


def add_address(address: str, all_pages: bool) -> Job:
    """Return the job of adding the report at an address of the web, ``all_pages`` with those it links to below it."""

    def work(workspace: Workspace, tell: Progress) -> Outcome:
        from corpus.web.download import Downloader
        from corpus.web.reports import Wanted, download_reports

        def downloading(done: int, total: int) -> None:
            tell(Step("downloading", done, total))

        notes: list[str] = []
        found = download_reports([Wanted(address)], Downloader(), all_pages, notes.append, downloading)
        done = _added(workspace.add([], tell, found), [])
        return replace(done, lines=(*notes, *done.lines))

    return Job(f"Adding {address}", work)


def remove(identity: str) -> Job:
    """Return the job of taking a report out of the library."""

    def work(workspace: Workspace, tell: Progress) -> Outcome:
        return Outcome(f"“{workspace.remove(identity, tell)}” is removed; it can be put back.")

    return Job(f"Removing {identity}", work)


def put_back(identity: str) -> Job:
    """Return the job of putting the report back that was removed last, where that is still ``identity``."""

    def work(workspace: Workspace, tell: Progress) -> Outcome:
        newest = next(iter(workspace.removed()), None)
        if newest is None or newest.report_id != identity:
            raise LibraryError(f"{identity!r} is not what was removed last", "look at the library again")
        workspace.undo_remove(tell)
        return Outcome(f"“{newest.title}” is back in the library.")

    return Job(f"Putting {identity} back", work)


def edit(identity: str, changes: Mapping[str, Any]) -> Job:
    """Return the job of changing what citations say of a report: fields of Metadata by name."""

    def work(workspace: Workspace, tell: Progress) -> Outcome:
        if identity not in workspace.library.by_id():
            raise LibraryError(f"the library holds no report {identity!r}", "look at the library again")
        workspace.edit(identity, changes, tell)
        return Outcome(f"What citations say of {identity} is changed.")

    return Job(f"Changing {identity}", work)


def _found(paths: Iterable[Path], refused: list[CasebookError]) -> Iterator[Found]:
    """Yield the report files among ``paths``; what holds none, and why, goes to ``refused``."""
    known: dict[str, Metadata] = {}
    reports = []
    for path in paths:
        if path.name == CATALOGUE:
            known |= read_catalogue(path)
        else:
            reports.append(path)
    for path in reports:
        try:
            for found in find_files([path]):
                yield replace(found, metadata=found.metadata or known.get(report_id(found.path.name)))
        except CasebookError as error:
            refused.append(error)


def _added(result: AddResult, refused: Sequence[CasebookError]) -> Outcome:
    problems = tuple(map(str, (*refused, *result.refused)))
    summary = describe_outcomes(result.added)
    return Outcome(
        f"{summary[0].upper()}{summary[1:]}{f', {len(problems)} refused' if problems else ''}.",
        (*map(str, result.overlaps), *(line for one in result.added for line in _lines(one))),
        problems,
    )


def _lines(added: Added) -> Iterator[str]:
    yield f"{added.file_name}: {added.outcome.value}"
    yield from (f"{added.file_name}: {warning}" for warning in added.warnings)
