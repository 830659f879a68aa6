"""The list of the library's reports: what is known of each, what can be done with it, and what was removed last."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from corpus.catalogue import web_address
from corpus.errors import LibraryError
from corpus.model import Report
from corpus.removed import Removed
from index.duplicates import Overlap, overlaps
from index.search import Index
from qa.digests import NAME as DIGESTS
from qa.pins import BriefingError, read_briefing
from qa.web import render
from qa.web.live import LiveIndex, State
from qa.web.place import Place
from qa.web.place import View as Name

HERE = Place(Name.LIBRARY)
GUESSED = ' <span class="cb-guessed">(guessed)</span>'


def listing_html(live: LiveIndex, state: State) -> str:
    """Return the reports by title, each with what can be done with it, and what was removed last where it stood."""
    index = state.index if state.generation != DIGESTS else None
    above, rows = "", [] if index is None else report_rows(index)
    try:
        removed = next(iter(live.removed()), None)
    except LibraryError as error:
        above, removed = render.problem(str(error)), None
    if removed and not (index and removed.report_id in index.reports):
        quotes = _quotes_from(live, removed.report_id)
        rows.append((removed.title, removed_html(removed, quotes)))
    listed = "".join(html for _, html in sorted(rows, key=lambda row: row[0].casefold()))
    # A job that changed no report is told to the page's script too, so that a button that was pressed can be again.
    return f'{above}<div data-jobs="{state.jobs_done}">{listed}</div>'


def report_rows(index: Index) -> list[tuple[str, str]]:
    """Return title and HTML of each report of ``index``: what is known of it, its counts, and what to mind."""
    alike = overlaps(index)
    ordered = sorted(index.reports.values(), key=lambda report: report.title.casefold())
    titles = {report.id: report.title for report in ordered}
    return [
        (report.title, _card(report, [one for one in alike if one.report_id == report.id], titles))
        for report in ordered
    ]


def removed_html(removed: Removed, quotes: int) -> str:
    """Return what stands in the place of a removed report, of which the briefing holds so many ``quotes``."""
    pinned = f" {render.count(quotes, 'quote')} of your briefing {'is' if quotes == 1 else 'are'} from it."
    told = f"“{removed.title}” was removed on {removed.removed}.{pinned if quotes else ''}"
    button = _button("put_back", removed.report_id, "Put it back", removed.title, 'aria-describedby="cb-removed"')
    return (
        f'<div class="cb-shelved cb-removed"><p id="cb-removed">{render.escaped(told)}</p>'
        f'<p class="cb-actions">{button}</p></div>'
    )


def _quotes_from(live: LiveIndex, identity: str) -> int:
    try:
        return sum(pin.report_id == identity for pin in read_briefing(live.home).pins)
    except BriefingError:  # the Briefing view tells it
        return 0


def _card(report: Report, alike: Sequence[Overlap], titles: Mapping[str, str]) -> str:
    counts = [
        render.count(len(report.case_studies), "case study", "case studies"),
        render.count(len(report.sections), "section"),
        render.count(len(report.passages), "passage"),
        report.file_name,
    ]
    lines = (*report.warnings, *(one.told(titles) for one in alike))
    mind = "".join(f"<li>{render.escaped(line)}</li>" for line in lines)
    mind = f'<ul class="cb-mind">{mind}</ul>' if mind else ""
    read = replace(HERE, view=Name.READ, report=report.id).query
    correct = replace(HERE, report=report.id).query
    guessed = GUESSED if "title" in report.guessed else ""
    return (
        f'<article class="cb-shelved"><h3>{render.escaped(report.title)}{guessed}</h3>'
        f'<p class="cb-citation">{_origin(report)}</p><p class="cb-counts">{render.escaped(" · ".join(counts))}</p>'
        f"{mind}"
        f'<p class="cb-actions">{_link(read, "Outline and text", report)}'
        f"{_link(correct, 'Correct its description', report)}"
        f"{_button('remove', report.id, 'Remove', report.title)}</p></article>"
    )


def _origin(report: Report) -> str:
    """Return what is known of where ``report`` comes from, on one line."""
    guessed = report.guessed
    known = asdict(report.metadata) | {"authors": "; ".join(report.metadata.authors)}
    said = [_said(known[name], name in guessed) for name in ("authors", "publisher", "published", "series", "rights")]
    url = web_address(report.metadata.url)
    if url:
        new = '<span class="cb-hidden"> (opens in a new tab)</span>'
        source = f'<a href="{render.escaped(url)}" target="_blank" rel="noopener noreferrer">At its publisher{new}</a>'
        said.append(source + (GUESSED if "url" in guessed else ""))
    return "\N{NO-BREAK SPACE}· ".join(part for part in said if part) or "No publisher, author or date is known"


def _said(text: str, guessed: bool) -> str:
    return f"{render.escaped(text)}{GUESSED if guessed else ''}" if text else ""


def _link(query: str, words: str, report: Report) -> str:
    of = f'<span class="cb-hidden"> of {render.escaped(report.title)}</span>'
    return f'<a href="{render.escaped(query)}">{words}{of}</a>'


def _button(name: str, identity: str, words: str, title: str, more: str = "") -> str:
    of = f'<span class="cb-hidden"> “{render.escaped(title)}”</span>'
    report = render.escaped(identity)
    return f'<button type="button" name="{name}" data-report="{report}"{more and " " + more}>{words}{of}</button>'
