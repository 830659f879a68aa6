"""The Library view: the reports, what is being done to them, and the ways to add, describe, remove and put back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from corpus.catalogue import checked, web_address
from corpus.errors import CasebookError, LibraryError
from corpus.model import Metadata, Report
from corpus.readers import READERS
from corpus.removed import Removed
from corpus.zips import SUFFIX as ZIP
from index.duplicates import Overlap, overlaps
from index.search import Index
from qa.digests import NAME as DIGESTS
from qa.references import Style
from qa.web import jobs, render
from qa.web.live import Finished, LiveIndex, State
from qa.web.place import Place
from qa.web.place import View as Name
from qa.web.view import PLAIN, QUIET, SPOKEN, Page, View

SCRIPT = Path(__file__).with_name("library.js")
HERE = Place(Name.LIBRARY)

FIELDS = {
    "title": ("Title", ""),
    "authors": ("Authors", "One a line: Family, Given for a person; an institution with a comma in braces"),
    "publisher": ("Publisher", ""),
    "published": ("Date", "YYYY, YYYY-MM or YYYY-MM-DD"),
    "series": ("Series", ""),
    "url": ("Address on the web", "Begins with https://"),
    "rights": ("Rights", ""),
}
"""Label and hint of what can be said of a report, by the field of Metadata."""


def put(page: Page) -> View:
    """Put the view into the page that is being built."""
    import gradio as gr

    live = page.live
    status = gr.HTML("", elem_id="cb-shelf", **PLAIN)
    with gr.Row(elem_id="cb-adding", equal_height=False):
        files = gr.File(
            label=f"Add report files ({_kinds()})",
            file_count="multiple",
            height=120,
            min_width=280,
            elem_id="cb-files",
        )
        with gr.Column(min_width=280):
            address = gr.Textbox(
                label="Or the address of a report on the web", placeholder="https://", max_lines=1, elem_id="cb-url"
            )
            with gr.Row():
                pages = gr.Checkbox(label="With the pages it links to below it", container=False, min_width=200)
                fetch = gr.Button("Add from the web", size="md", min_width=170, scale=0)
    problem = gr.HTML("", html_template=SPOKEN, elem_id="cb-library-problem", **PLAIN)
    doing = gr.HTML("", elem_id="cb-doing", **PLAIN)
    done = gr.HTML("", html_template=SPOKEN, elem_id="cb-done", **PLAIN)
    with gr.Column(visible=False, elem_id="cb-describing") as form:
        about = gr.HTML("", **PLAIN)
        with gr.Row(equal_height=False):
            boxes = [
                gr.Textbox(label=label, info=hint or None, lines=3 if name == "authors" else 1, min_width=260)
                for name, (label, hint) in FIELDS.items()
            ]
        with gr.Row():
            save = gr.Button("Save", variant="primary", size="md", min_width=120, scale=0)
            gr.HTML(f'<p class="cb-actions"><a href="{HERE.query}">Leave it as it is</a></p>', **PLAIN)
    script = SCRIPT.read_text(encoding="utf-8")
    listing: Any = gr.HTML("", elem_id="cb-reports", **PLAIN | {"js_on_load": script})
    seen = gr.State(None)
    timer = gr.Timer(1.0, active=False)

    standing = [doing, done, status, listing, seen, timer]

    def stands(seen: str | None = None) -> list[Any]:
        """Return what ``standing`` shows now; the list of reports only where it is not of the generation ``seen``."""
        state = live.state()
        shown: list[Any] = [gr.skip(), gr.skip()]
        if state.generation is None or state.generation != seen:
            shown = [heading(state), listing_html(live, state)]
        # The timer goes on: an answer that is still on its way must not stop it just after a job has begun.
        return [doing_html(state), done_html(state.finished), *shown, state.generation, gr.Timer(active=True)]

    def begin(work: jobs.Job | CasebookError) -> list[Any]:
        """Have ``work`` done, and return what ``problem``, the frame's timer and ``standing`` become."""
        try:
            if isinstance(work, CasebookError):
                raise work
            live.submit(work)
        except CasebookError as error:
            return [render.problem(str(error)), gr.skip(), *(gr.skip() for _ in standing)]
        state = live.state()
        now = [doing_html(state), done_html(state.finished), gr.skip(), gr.skip(), gr.skip()]
        return ["", gr.Timer(active=True), *now, gr.Timer(active=True)]

    begun = [problem, page.timer, *standing]

    def upload(paths: list[str] | None) -> list[Any]:
        return [None, *(begin(jobs.add_files([Path(path) for path in paths])) if paths else stay())]

    def stay() -> list[Any]:
        return [gr.skip() for _ in begun]

    def add_address(given: Any, with_pages: Any) -> list[Any]:
        text = given.strip() if isinstance(given, str) else ""
        if not text:
            return [gr.skip(), *stay()]
        return ["", *begin(jobs.add_address(text, with_pages is True))]

    def remove(data: gr.EventData) -> list[Any]:
        return begin(jobs.remove(str(getattr(data, "report", ""))))

    def put_back(data: gr.EventData) -> list[Any]:
        return begin(jobs.put_back(str(getattr(data, "report", ""))))

    def describe(query: str, *values: Any) -> list[Any]:
        place = Place.from_query(query)
        try:
            work: jobs.Job | CasebookError = jobs.edit(place.report, asdict(stated(values)))
        except CasebookError as error:
            work = error
        told = begin(work)
        if told[0]:
            return [gr.skip(), gr.skip(), *told]
        return [gr.Column(visible=False), replace(place, report="").query, *told]

    def arrive(place: Place, style: Style) -> Iterator[Sequence[Any]]:
        state = live.state()
        report = state.index.reports.get(place.report) if state.index and state.generation != DIGESTS else None
        values = [about_html(report), *_values(report)] if report else [gr.skip() for _ in (about, *boxes)]
        yield [gr.Column(visible=report is not None), *values, "", *stands()]

    files.upload(upload, files, [files, *begun], **QUIET | {"preprocess": True})  # it makes sure these are uploads
    for told in (address.submit, fetch.click):
        told(add_address, [address, pages], [address, *begun], queue=False, **QUIET)
    listing.remove(remove, None, begun, queue=False, **QUIET)
    listing.put_back(put_back, None, begun, queue=False, **QUIET)
    save.click(describe, [page.address, *boxes], [form, page.address, *begun], queue=False, **QUIET)
    timer.tick(stands, seen, standing, queue=False, **QUIET)
    return View([form, about, *boxes, problem, *standing], arrive)


def stated(values: Sequence[Any]) -> Metadata:
    """Return what is said of a report in boxes in the order of ``FIELDS``, the authors one a line.

    Raises LibraryError for what no citation can stand on.
    """
    texts = [value if isinstance(value, str) else "" for value in values]
    said: dict[str, Any] = {name: text.strip() for name, text in zip(FIELDS, texts, strict=True)}
    said["authors"] = tuple(line.strip() for line in said["authors"].splitlines() if line.strip())
    return checked(Metadata(**said))


def heading(state: State) -> str:
    """Return the heading over the reports, and how to begin where there are none."""
    if state.index is None or state.generation == DIGESTS:
        words = (
            "Add report files below, or the address of a report on the web. They are copied into the library on this "
            "computer; questions can be asked as soon as they are indexed."
        )
        return f'<h2 class="cb-status">The library is empty</h2><p class="cb-asked">{words}</p>'
    return '<h2 class="cb-status">Reports in the library</h2>'


def doing_html(state: State) -> str:
    """Return what is being done to the library and what waits for it; empty where nothing is."""
    if not state.job:
        return ""
    waiting = "".join(f"<li>{render.escaped(name)}</li>" for name in state.waiting)
    then = f"<p>Then:</p><ul>{waiting}</ul>" if waiting else ""
    return f'<div class="cb-doing"><p>{render.escaped(state.job)}…</p>{then}</div>'


def done_html(finished: Sequence[Finished]) -> str:
    """Return what the latest jobs came to, the newest first."""
    return "".join(_done(one) for one in finished)


def _done(one: Finished) -> str:
    found = one.outcome
    problems = "".join(render.problem(line) for line in found.problems)
    lines = "".join(f"<li>{render.escaped(line)}</li>" for line in found.lines)
    more = f"<details><summary>Details</summary><ul>{lines}</ul></details>" if lines else ""
    said = f"<p><b>{render.escaped(one.name)}:</b> {render.escaped(found.summary)}</p>"
    return f'<div class="cb-done">{said}{problems}{more}</div>'


def listing_html(live: LiveIndex, state: State) -> str:
    """Return the reports by title, each with what can be done with it, and above them what was removed last."""
    try:
        removed = next(iter(live.removed()), None)
        above = _removed(removed) if removed else ""
    except LibraryError as error:
        above = render.problem(str(error))
    if state.index is None or state.generation == DIGESTS:
        return above
    return above + reports_html(state.index)


def reports_html(index: Index) -> str:
    """Return the reports of ``index`` by title: what is known of each, its counts, and what to mind."""
    alike = overlaps(index)
    ordered = sorted(index.reports.values(), key=lambda report: report.title.casefold())
    titles = {report.id: report.title for report in ordered}
    return "".join(_card(report, [one for one in alike if one.report_id == report.id], titles) for report in ordered)


def _removed(removed: Removed) -> str:
    title = render.escaped(removed.title)
    button = _button("put_back", removed.report_id, "Put it back", removed.title)
    return f'<p class="cb-removed">“{title}” was removed on {render.escaped(removed.removed)}. {button}</p>'


def _card(report: Report, alike: Sequence[Overlap], titles: Mapping[str, str]) -> str:
    guessed = report.guessed
    known = asdict(report.metadata) | {"authors": "; ".join(report.metadata.authors)}
    said = [_said(known[name], name in guessed) for name in ("authors", "publisher", "published", "series", "rights")]
    url = web_address(report.metadata.url)
    if url:
        new = '<span class="cb-hidden"> (opens in a new tab)</span>'
        source = f'<a href="{render.escaped(url)}" target="_blank" rel="noopener noreferrer">At its publisher{new}</a>'
        said.append(source + (GUESSED if "url" in guessed else ""))
    shown = "\N{NO-BREAK SPACE}· ".join(part for part in said if part) or "Nothing is known of its origin"
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
    return (
        f'<article class="cb-shelved"><h3>{render.escaped(report.title)}{GUESSED if "title" in guessed else ""}</h3>'
        f'<p class="cb-citation">{shown}</p><p class="cb-counts">{render.escaped(" · ".join(counts))}</p>'
        f"{mind}"
        f'<p class="cb-actions">{_link(read, "Outline and text", report)}'
        f"{_link(correct, 'Correct its description', report)}"
        f"{_button('remove', report.id, 'Remove', report.title)}</p></article>"
    )


GUESSED = ' <span class="cb-guessed">(guessed)</span>'


def _said(text: str, guessed: bool) -> str:
    return f"{render.escaped(text)}{GUESSED if guessed else ''}" if text else ""


def _link(query: str, words: str, report: Report) -> str:
    of = f'<span class="cb-hidden"> of {render.escaped(report.title)}</span>'
    return f'<a href="{render.escaped(query)}">{words}{of}</a>'


def _button(name: str, identity: str, words: str, title: str) -> str:
    of = f'<span class="cb-hidden"> “{render.escaped(title)}”</span>'
    return f'<button type="button" name="{name}" data-report="{render.escaped(identity)}">{words}{of}</button>'


def about_html(report: Report) -> str:
    """Return what stands over the boxes for what citations say of ``report``."""
    guesses = ", ".join(FIELDS[name][0].lower() for name in FIELDS if name in report.guessed)
    mind = f" Guessed from the file: {guesses}. What you save counts as stated." if guesses else ""
    return (
        f'<h2 class="cb-status" tabindex="-1">Correct the description of “{render.escaped(report.title)}”</h2>'
        f'<p class="cb-asked">Citations are made of it.{mind} The library is indexed again behind a change.</p>'
    )


def _values(report: Report) -> list[str]:
    known = asdict(report.metadata) | {"authors": "\n".join(report.metadata.authors)}
    return [known[name] for name in FIELDS]


def _kinds() -> str:
    return ", ".join([*sorted(suffix.removeprefix(".") for suffix in READERS), ZIP.removeprefix(".")])
