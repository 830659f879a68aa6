"""The Library view: the reports, what is being done to them, and the ways to add, describe, remove and put back."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from corpus.catalogue import checked
from corpus.errors import CasebookError
from corpus.model import Metadata, Report
from corpus.readers import READERS
from corpus.zips import SUFFIX as ZIP
from qa.digests import NAME as DIGESTS
from qa.references import Style
from qa.web import jobs, render
from qa.web.live import Finished, State
from qa.web.place import Place
from qa.web.shelf import HERE, listing_html
from qa.web.view import PLAIN, QUIET, SPOKEN, Page, View, note

SCRIPT = Path(__file__).with_name("library.js")

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
    seen = note()
    timer = gr.Timer(1.0, active=False)

    standing = [doing, done, status, listing, seen, timer]

    def stands(seen: list[Any] | None = None) -> list[Any]:
        """Return what ``standing`` shows now; the list of reports only where there is something new since ``seen``."""
        state = live.state()
        now = [state.generation, state.jobs_done]
        shown: list[Any] = [gr.skip(), gr.skip()]
        if now != seen:
            shown = [heading(state), listing_html(live, state)]
        # The timer goes on: an answer that is still on its way must not stop it just after a job has begun.
        return [doing_html(state), done_html(state.finished), *shown, now, gr.Timer(active=True)]

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

    def arrive(place: Place, _: Style) -> list[Any]:
        state = live.state()
        report = state.index.reports.get(place.report) if state.index and state.generation != DIGESTS else None
        values = [about_html(report), *_values(report)] if report else [gr.skip() for _ in (about, *boxes)]
        return [gr.Column(visible=report is not None), *values, "", *stands()]

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
    """Return what the latest job came to, and folded under it what those before it did, the newest first."""
    if not finished:
        return ""
    latest, *earlier = map(_done, finished)
    title = f"<summary>Earlier changes ({len(earlier)})</summary>"
    return latest + (f'<details class="cb-done-before">{title}{"".join(earlier)}</details>' if earlier else "")


def _done(one: Finished) -> str:
    found = one.outcome
    lines = "".join(f"<li>{render.escaped(line)}</li>" for line in found.lines)
    more = f"<details><summary>Details</summary><ul>{lines}</ul></details>" if lines else ""
    said = f"<p><b>{render.escaped(one.name)}:</b> {render.escaped(found.summary)}</p>"
    return f'<div class="cb-done">{said}{_problems(found.problems)}{more}</div>'


def _problems(lines: Sequence[str]) -> str:
    """Return what went wrong in one block, however many things did."""
    if len(lines) < 2:
        return "".join(map(render.problem, lines))
    return f'<ul class="cb-problem">{"".join(f"<li>{render.escaped(line)}</li>" for line in lines)}</ul>'


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
