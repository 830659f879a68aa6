"""Reports from the web as files to add to a library."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path
from typing import NoReturn

from corpus.catalogue import read_catalogue
from corpus.errors import DownloadError, LibraryError
from corpus.library import Found
from corpus.model import Metadata
from corpus.report import report_id
from corpus.web.addresses import shown
from corpus.web.download import Download, Downloader, NothingThereError
from corpus.web.pages import below, documents, joined, links

MAX_PAGES = 60
MAX_PAGES_BYTES = 16_000_000
"""What the pages of one report may come to."""
MAX_PDFS = 3
"""A page that links to more PDF files is a list of publications; those of others are named."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A report to get: its ``address``, what is known of it, and the report id it is to have; one is made from the
    address where that is empty.
    """

    address: str
    report_id: str = ""
    metadata: Metadata = field(default_factory=Metadata)


def known_reports(catalogue: Path | None = None) -> dict[str, Wanted]:
    """Return by id the reports that ``catalogue`` has an address for; those of casebook's own where that is None.

    Raises LibraryError for a catalogue that cannot be read or has none.
    """
    if catalogue is None:
        with as_file(files("corpus") / "data" / "catalogue.toml") as own:
            return known_reports(own)
    entries = read_catalogue(catalogue)
    known = {name: Wanted(entry.url, name, entry) for name, entry in entries.items() if entry.url}
    if not known:
        raise LibraryError(f"{str(catalogue)!r} names no report with a url", "give a catalogue.toml that does")
    return known


def download_reports(
    wanted: Sequence[Wanted],
    downloader: Downloader,
    all_pages: bool,
    say: Callable[[str], None],
    progress: Callable[[int, int], None],
) -> Iterator[Found]:
    """Get the reports ``wanted``, and yield each as a file to add.

    With ``all_pages`` the pages that an address links to below its own path become part of its report. A report that
    cannot be got is a file that cannot be loaded, for the same reason. ``say`` is told in a sentence what else there
    was to get, ``progress`` how many of how many reports, or pages of one, are done.
    """
    for number, one in enumerate(wanted):
        progress(number, len(wanted))
        try:
            download = downloader.get(one.address)
            if download.suffix == ".html" and len(download.data) <= MAX_PAGES_BYTES:
                download = _whole(download, downloader, all_pages, say, progress)
        except DownloadError as error:
            yield Found(Path(one.address), unpack=partial(_refuse, error))
        else:
            yield _file(one, download)


def _whole(
    page: Download,
    downloader: Downloader,
    all_pages: bool,
    say: Callable[[str], None],
    progress: Callable[[int, int], None],
) -> Download:
    """Return the report that begins with ``page``, of that page alone where ``all_pages`` is not set."""
    linked = links(page.data, page.final)
    others, pdfs = below(linked, page.final), documents(linked)
    for pdf in pdfs if len(pdfs) <= MAX_PDFS else ():
        say(f"{page.address} links to a PDF; to add that too: casebook add {shlex.quote(pdf)}")
    if others and not all_pages:
        command = f"casebook add --pages {shlex.quote(page.address)}"
        say(f"{page.address} links to {len(others)} pages below it; to add them as one report: {command}")
    if not (others and all_pages):
        return page
    if len(others) >= MAX_PAGES:
        say(f"{page.address} has {len(others) + 1} pages, of which the first {MAX_PAGES} are taken")
    rest = _pages(page, others[: MAX_PAGES - 1], downloader, say, progress)
    return replace(page, data=joined([page.data, *rest]))


def _pages(
    first: Download,
    addresses: Sequence[str],
    downloader: Downloader,
    say: Callable[[str], None],
    progress: Callable[[int, int], None],
) -> Iterator[bytes]:
    """Yield the pages at ``addresses``. One that fails fails them all, but for one that is gone for good."""
    size = len(first.data)
    for number, address in enumerate(addresses, 1):
        progress(number, len(addresses) + 1)
        try:
            page = downloader.get(address)
        except NothingThereError as error:
            say(f"{first.address} is taken without a page: {error.problem}")
            continue
        size += len(page.data)
        if size > MAX_PAGES_BYTES:
            raise DownloadError(
                f"the pages of {shown(first.address)} have more than {MAX_PAGES_BYTES:,} bytes", "add them one by one"
            )
        if page.suffix == first.suffix:
            yield page.data


def _file(wanted: Wanted, download: Download) -> Found:
    name = download.file_name
    if wanted.report_id:
        name = f"{report_id(wanted.report_id + download.suffix)}{download.suffix}"
    return Found(Path(name), replace(wanted.metadata, url=download.address), lambda: download.data)


def _refuse(error: DownloadError) -> NoReturn:
    raise error
