"""The Read view: a report open at a passage, the quote marked, the outline beside it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from corpus.catalogue import web_address
from corpus.model import BlockKind, Report
from qa.permalink import Vanished, show
from qa.reading import Entry, Opened, Stretch, open_at, open_report
from qa.references import Style, quoted
from qa.web import render
from qa.web.live import LiveIndex
from qa.web.place import Place
from qa.web.view import PLAIN, Page, View

SELECT = "These are for the marked words, or for those you select in the text."


def put(page: Page) -> View:
    """Put the view into the page that is being built."""
    import gradio as gr

    shown = gr.HTML("", elem_id="cb-read", **PLAIN)

    def arrive(place: Place, style: Style) -> tuple[str]:
        return (read_html(page.live, place, style),)

    return View([shown], arrive)


def read_html(live: LiveIndex, place: Place, style: Style) -> str:
    """Return what ``place`` opens, or what can be opened. Raises LibraryError for a report that is not there."""
    index = live.searcher().index
    if place.report:
        return _opened(open_report(index, place.report), place, style)
    if not place.passage:
        return nothing_open_html(index.reports.values(), place)
    found = show(index, live.home, place.passage, context=0)
    if isinstance(found, Vanished):
        return _vanished(found, place)
    return _opened(open_at(found.report, found.passage, place.quote), place, style)


def nothing_open_html(reports: Iterable[Report], place: Place) -> str:
    """Return the ways to something to read: a question, and every report by its title."""
    ask = render.escaped(place.at(place.view.ASK).query or "?")
    links = []
    for report in sorted(reports, key=lambda one: one.title.casefold()):
        there = replace(place.reading(""), report=report.id).query
        source = " · ".join(part for part in (report.metadata.publisher, report.metadata.published) if part)
        small = f'<span class="cb-unit">{render.escaped(source)}</span>' if source else ""
        links.append(f'<li><a href="{render.escaped(there)}">{render.escaped(report.title)}</a>{small}</li>')
    return (
        '<div class="cb-nothing-open"><h2 class="cb-status" tabindex="-1">No report is open</h2>'
        f'<p class="cb-begin"><a href="{ask}">Ask a question</a>, and follow “Read in context” at a quote; or open a '
        f'report at its beginning:</p><ul class="cb-to-open">{"".join(links)}</ul></div>'
    )


def _opened(found: Opened, place: Place, style: Style) -> str:
    report = found.report
    whole = place.quote or found.passage.span
    text = report.text[whole.start : whole.end]
    cited = f'<p class="cb-citation">{render.citation(found.citation)}</p>'
    buttons = render.buttons(found.passage.id, whole, quoted(text, found.citation, style))
    url = web_address(report.metadata.url)
    page = f", page {found.citation.page}" if found.citation.page else ""
    source = (
        f'<p class="cb-source"><a href="{render.escaped(url)}" target="_blank" rel="noopener noreferrer">'
        f"The report at its publisher{page}</a></p>"
        if url
        else ""
    )
    body = "".join(_stretches(found.stretches))
    turns = _turn(found.previous, "Previous", found, place) + _turn(found.following, "Next", found, place)
    ways = f'<nav class="cb-turn" aria-label="Sections">{turns}</nav>'
    acts = (
        f'<p class="cb-actions" data-passage="{render.escaped(found.passage.id)}" data-style="{style.value}">'
        f'{buttons}<span class="cb-hint">{SELECT}</span></p>'
    )
    return (
        f'<div class="cb-reading">{_outline(found, place)}'
        f'<article class="cb-report"><h2 tabindex="-1">{render.escaped(found.section.heading)}</h2>{cited}{source}'
        f'{ways}<div class="cb-body">{body}</div>{acts}{ways}</article></div>'
    )


def _stretches(stretches: tuple[Stretch, ...]) -> Iterator[str]:
    target = ' id="cb-here"'
    for stretch in stretches:
        words = ""
        for piece in stretch.pieces:
            if piece.quoted:
                words += f"<mark{target}>{render.prose(piece.text)}</mark>"
                target = ""
            else:
                words += render.prose(piece.text)
        name = stretch.kind.value.replace(" ", "-")
        here = " cb-in-passage" if stretch.in_passage else ""
        tag = "pre" if stretch.kind is BlockKind.TABLE else "p"
        yield f'<{tag} class="cb-block cb-{name}{here}" data-at="{stretch.start}" dir="auto">{words}</{tag}>'


def _outline(found: Opened, place: Place) -> str:
    """Return the outline; case studies are folded but for the one that is open."""
    parts = []
    for name, entries in groupby(found.outline, key=lambda entry: entry.case_study):
        group = list(entries)
        lines = f"<ol>{''.join(_entry(entry, place) for entry in group)}</ol>"
        unfolded = " open" if any(entry.current for entry in group) else ""
        fold = f"<details{unfolded}><summary>{render.escaped(name or '')}</summary>{lines}</details>"
        parts.append(fold if name else lines)
    title = f'<p class="cb-outline-title">{render.escaped(found.report.title)}</p>'
    return f'<nav class="cb-outline" aria-label="Outline of the report">{title}{"".join(parts)}</nav>'


def _entry(entry: Entry, place: Place) -> str:
    current = ' aria-current="true"' if entry.current else ""
    link = f'<a href="{render.escaped(place.reading(entry.passage_id).query)}"{current}>'
    return f'<li style="--depth:{entry.depth}">{link}{render.escaped(entry.heading)}</a></li>'


def _turn(entry: Entry | None, word: str, found: Opened, place: Place) -> str:
    if entry is None:
        return "<span></span>"
    elsewhere = entry.case_study and entry.case_study != found.citation.case_study
    title = f"{entry.case_study}: {entry.heading}" if elsewhere else entry.heading
    return render.read_link(place, entry.passage_id, words=f"{word}: {title}")


def _vanished(found: Vanished, place: Place) -> str:
    former = f"<p>It began: {render.prose(found.former.opening)} …</p>" if found.former else ""
    closest = ""
    if found.closest:
        _, passage = found.closest
        link = render.read_link(place, passage.id, words="Open the passage most like it")
        closest = f"<p>{link}</p>"
    return f'<div class="cb-report">{render.problem(found.detail)}{former}{closest}</div>'
