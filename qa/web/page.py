"""The page as a whole: its head, the way between the views, and what happens when somebody arrives at a place."""

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import CasebookError
from qa.pins import count_pins
from qa.quality import Measure
from qa.references import Style
from qa.web import address, form, render
from qa.web.answering import Answering, AskerLeft
from qa.web.latest import Latest
from qa.web.live import LiveIndex
from qa.web.place import Place
from qa.web.place import View as Name
from qa.web.view import PLAIN, QUIET, SPOKEN, Changes, Page, View, note

if TYPE_CHECKING:
    from gradio import Blocks

STYLE_SHEET = Path(__file__).with_name("page.css")
HEAD = """<header class="cb-head"><h1>casebook</h1>
<p>Answers from reports, in their own words, each with its place.</p></header>"""


def views() -> dict[Name, Callable[[Page], View]]:
    """Return what puts each view into the page, in the order of the navigation."""
    from qa.web import ask, briefing, compare, judge, library, read

    return {
        Name.ASK: ask.put,
        Name.COMPARE: compare.put,
        Name.READ: read.put,
        Name.BRIEFING: briefing.put,
        Name.LIBRARY: library.put,
        Name.JUDGE: judge.put,
    }


LABELS = {
    Name.ASK: "Ask",
    Name.COMPARE: "Compare",
    Name.READ: "Read",
    Name.BRIEFING: "Briefing",
    Name.LIBRARY: "Library",
    Name.JUDGE: "Judge",
}


def build(live: LiveIndex, answering: Answering, measure: Measure | None = None) -> "Blocks":
    """Return the page over ``live``, answered by ``answering``; nothing is opened or loaded for it.

    ``measure`` is what the quality of the answers is measured with, if it is to be.
    """
    import gradio as gr

    blocks: Blocks = gr.Blocks(title="casebook", analytics_enabled=False, fill_width=True, delete_cache=(3600, 86400))
    with blocks:
        gr.HTML(HEAD, **PLAIN)
        library = gr.HTML("", elem_id="cb-library-line", **PLAIN)
        bar = address.component(live)
        ways = gr.HTML(_ways(Place(), list(views()), live), elem_id="cb-ways", **PLAIN)
        notice = gr.HTML("", html_template=SPOKEN, elem_id="cb-notice", **PLAIN)
        progress = gr.HTML("", elem_id="cb-progress", **PLAIN)
        asking = form.put(live)
        problem = gr.HTML("", html_template=SPOKEN, elem_id="cb-problem", **PLAIN)
        timer = gr.Timer(1.0, active=False)
        page = Page(live, answering, blocks, bar, timer, measure)
        columns, parts = {}, {}
        for name, put in views().items():
            first = name is Name.ASK
            with gr.Column(visible=first, elem_id=f"cb-view-{name.value}", elem_classes="cb-view") as columns[name]:
                parts[name] = put(page)
        shown, earlier, awaited = note(), note([]), note()

    frame = [bar, ways, problem, asking.column, asking.question, asking.earlier, earlier, awaited, *columns.values()]
    filters = [asking.more, *asking.filters]
    waiting = {name: part for name, part in parts.items() if part.later}
    outputs, moved = ([*frame, *filters, *_outputs(among)] for among in (parts, waiting))
    filled = [problem, awaited, *_outputs(waiting)]
    latest = Latest()

    def nothing_new(some: Sequence[Any] = outputs) -> list[Any]:
        return [gr.skip() for _ in some]

    def inside(among: Mapping[Name, View], name: Name, changes: Changes | None) -> list[Any]:
        """Return what the outputs of some views become where ``changes`` are those of one of them, if any."""
        return [
            one
            for view, part in among.items()
            for one in (changes if view is name and changes is not None else nothing_new(part.outputs))
        ]

    def shown_by(make: Callable[[], Changes], among: Mapping[Name, View], place: Place) -> tuple[str, list[Any]]:
        """Return why ``place`` cannot be shown ("": it can), and what outputs become by what ``make`` returns."""
        try:
            return "", inside(among, place.view, make())
        except CasebookError as error:
            line = str(error)
        except AskerLeft:
            raise
        except Exception:
            traceback.print_exc()
            line = "this could not be shown; see the terminal in which casebook runs"
        return render.problem(line), inside(among, place.view, parts[place.view].blank)

    def go(place: Place, style: str, kept: Any, request: gr.Request, asked: bool = False) -> list[Any]:
        """Show the frame around ``place``, and what its view has to show at once; ``fill`` shows the rest.

        Where it is ``asked`` from the form, the form stays as it is: somebody may be typing on. Neither is a generator:
        Gradio would show the last that one yields once more at its end, over a place visited meanwhile, and change what
        it yielded before while the browser may still have to show it.
        """
        number = latest.begin(request.session_hash)
        if place.view not in parts:
            place = place.at(Name.ASK)
        view, among = parts[place.view], waiting if asked else parts  # what is asked is answered in one of these
        if amiss := form.amiss(place):
            line, changes = render.problem(amiss), inside(among, place.view, view.blank)
        else:
            line, changes = shown_by(lambda: view.arrive(place, Style.named(style)), among, place)
        if len(place.query) > form.MOST_ADDRESS:
            place = replace(place, question="")
        known = form.remembered(kept, place)
        waits = view.later and place.question and not line
        whole = [
            place.query,
            _ways(place, list(parts), live),
            line,
            gr.Column(visible=place.view in form.ASKING),
            gr.skip() if asked else place.question,
            form.earlier_questions(known, place),
            known,
            [place.query, number] if waits else None,
            *(gr.Column(visible=name is place.view) for name in columns),
            *form.offered(asking, live, place.chosen, place.chosen if asked else None),
            *changes,
        ]
        return nothing_new(whole) if latest.is_late(request.session_hash, number) else whole

    def fill(asked: Any, style: str, request: gr.Request) -> list[Any]:
        """Show what takes longer of the place that is awaited, unless somebody has gone elsewhere meanwhile."""
        session = request.session_hash
        query, number = asked if isinstance(asked, list) and len(asked) == 2 else ("", None)
        place = Place.from_query(query)
        view = waiting.get(place.view)
        later = view.later if view and place.question else None
        if later is None or not latest.finish(session, number):
            return nothing_new(filled)

        def left() -> bool:
            return latest.is_late(session, number)

        try:
            line, changes = shown_by(lambda: later(place, Style.named(style), left), waiting, place)
        except AskerLeft:
            return nothing_new(filled)
        return nothing_new(filled) if left() else [line, None, *changes]

    def visit(style: str, kept: Any, data: gr.EventData, request: gr.Request) -> list[Any]:
        return go(Place.from_query(getattr(data, "query", "")), style, kept, request)

    def begin(style: str, kept: Any, request: gr.Request) -> list[Any]:
        place = Place.from_query(str(request.query_params))
        if latest.has_begun(request.session_hash):  # somebody was quicker
            return nothing_new()
        if place != Place():
            return go(place, style, kept, request)
        # As the page was built, but for the number of quotes; somebody may be typing already.
        return [gr.skip(), _ways(place, list(parts), live), *nothing_new(outputs[2:])]

    def submit(query: str, style: str, kept: Any, request: gr.Request, question: str | None, *chosen: Any) -> list[Any]:
        before, words = Place.from_query(query), question if isinstance(question, str) else ""
        place = replace(before, question=words, chosen=form.chosen_from(chosen), passage="", quote=None)
        asking_view = place.view if place.view in form.ASKING else Name.ASK
        return go(place.at(asking_view), style, kept, request, asked=True)

    def narrow(query: str, style: str, kept: Any, request: gr.Request, _: Any, *chosen: Any) -> list[Any]:
        """Ask what is asked already anew where other filters have been chosen."""
        place = replace(Place.from_query(query), chosen=form.chosen_from(chosen))
        if place.question and place.view in form.ASKING and place.query != query:
            return go(place, style, kept, request, asked=True)
        return nothing_new(moved)

    def recall(query: str, kept: Any, data: gr.EventData) -> list[Any]:
        """Offer again what was asked before the page was loaded anew."""
        known = form.recalled(kept, getattr(data, "queries", None))
        return [form.earlier_questions(known, Place.from_query(query)), known]

    def refresh(seen: Any, *chosen: Any) -> list[Any]:
        state = live.state()
        stands = [state.generation]
        now = form.chosen_from(chosen)
        renewed = state.index is not None and stands != seen
        filters = form.offered(asking, live, now, now) if renewed else [gr.skip()] * (1 + len(chosen))
        active = gr.Timer(active=state.busy or state.index is None)
        told = [render.library_line(state), render.notice(state), render.progress(state)]
        return [*told, stands, active, *filters]

    renewing = {
        "fn": refresh,
        "inputs": [shown, *asking.filters],
        "outputs": [library, notice, progress, shown, timer, *filters],
        "queue": False,
        **QUIET,
    }
    # Without Gradio's queue a request has its answer: there is no stream to be closed between two of them.
    going: dict[str, Any] = {"outputs": outputs, "queue": False, "trigger_mode": "multiple", **QUIET}
    filling: dict[str, Any] = {
        "fn": fill,
        "inputs": [awaited, asking.style],
        "outputs": filled,
        "queue": False,
        "trigger_mode": "multiple",
        **QUIET,
    }
    session = [asking.style, earlier]
    asked = [bar, *session, asking.question, *asking.filters]
    with blocks:
        blocks.load(begin, session, **going).then(**filling).then(**renewing)
        timer.tick(**renewing)
        bar.visit(visit, session, **going).then(**filling)
        bar.recall(recall, [bar, earlier], [asking.earlier, earlier], queue=False, **QUIET)
        triggers = [asking.question.submit, asking.button.click, asking.style.input]
        asking_anew = going | {"outputs": moved}
        gr.on(triggers, submit, asked, **asking_anew).then(**filling).then(**renewing)
        for dropdown in asking.filters:
            dropdown.change(narrow, asked, **asking_anew | {"trigger_mode": "always_last"}).then(**filling)
        for example in asking.examples:
            chosen = example.click(lambda text: text, example, asking.question, queue=False, **QUIET)
            chosen.then(submit, asked, **asking_anew).then(**filling)
    return blocks


def _outputs(parts: Mapping[Name, View]) -> list[Any]:
    return [output for part in parts.values() for output in part.outputs]


def _ways(place: Place, names: Sequence[Name], live: LiveIndex) -> str:
    """Return the links to the views; each keeps question, filters and passage. Behind the briefing stands how many
    quotes it has, which the page's scripts keep up to date.
    """
    pins = count_pins(live.home)
    told = f" ({pins})" if pins else ""
    labels = LABELS | {Name.BRIEFING: f'{LABELS[Name.BRIEFING]}<span id="cb-pins">{told}</span>'}
    links = [
        f'<a href="{render.escaped(place.at(name).query or "?")}"'
        f"{' aria-current=page' if name is place.view else ''}>{labels[name]}</a>"
        for name in LABELS
        if name in names
    ]
    return f'<nav class="cb-ways" aria-label="Views">{"".join(links)}</nav>'
