"""The page as a whole: its head, the way between the views, and what happens when somebody arrives at a place."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import CasebookError
from qa.pins import count_pins
from qa.quality import Measure
from qa.references import Style
from qa.web import address, form, render
from qa.web.answering import Answering
from qa.web.latest import Latest
from qa.web.live import LiveIndex
from qa.web.place import Place
from qa.web.place import View as Name
from qa.web.view import PLAIN, QUIET, SPOKEN, Page, View, note

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
        shown, earlier = note(), note([])

    frame = [bar, ways, problem, asking.column, asking.question, asking.earlier, earlier, *columns.values()]
    filters = [asking.more, *asking.filters]
    inner = [output for part in parts.values() for output in part.outputs]
    latest = Latest()

    def nothing_new() -> list[Any]:
        return [gr.skip() for _ in outputs]

    def arrive(place: Place, style: str, kept: Any, request: gr.Request, asked: bool = False) -> Iterator[list[Any]]:
        """Show ``place``: the frame around the view first, then whatever the view has to show, as it comes.

        Where it is ``asked`` from the form, the form stays as it is: somebody may be typing on. What comes after
        somebody has gone elsewhere is not shown.
        """
        late = latest.begin(request.session_hash)
        if place.view not in parts:
            place = place.at(Name.ASK)
        known = form.remembered(kept, place)
        around = [
            place.query,
            _ways(place, list(parts), live),
            "",
            gr.Column(visible=place.view in form.ASKING),
            gr.skip() if asked else place.question,
            form.earlier_questions(known, place),
            known,
            *(gr.Column(visible=name is place.view) for name in columns),
            *form.offered(asking, live, place.chosen, place.chosen if asked else None),
        ]
        still = [gr.skip() for _ in around]
        others = {name: [gr.skip() for _ in part.outputs] for name, part in parts.items()}

        def inside(changes: Sequence[Any]) -> list[Any]:
            return [one for name in parts for one in (changes if name is place.view else others[name])]

        view = parts[place.view]
        nothing = inside(others[place.view] if view.blank is None else view.blank)
        told = False
        try:
            for changes in view.arrive(place, Style(style) if style in list(Style) else Style.PLAIN):
                if late():
                    break
                yield [*(still if told else around), *inside(changes)]
                told = True
            if not told and not late():
                yield [*around, *inside(others[place.view])]
        except CasebookError as error:
            if not late():
                yield [*_with_problem(still if told else around, str(error)), *nothing]
        except Exception:
            line = "this could not be shown; see the terminal in which casebook runs"
            if not late():
                yield [*_with_problem(still if told else around, line), *nothing]
            raise
        yield nothing_new()  # Gradio shows what came last once more at the end: somebody may be elsewhere by then

    def visit(style: str, kept: Any, data: gr.EventData, request: gr.Request) -> Iterator[list[Any]]:
        yield from arrive(Place.from_query(getattr(data, "query", "")), style, kept, request)

    def begin(style: str, kept: Any, request: gr.Request) -> Iterator[list[Any]]:
        place = Place.from_query(str(request.query_params))
        if place != Place():
            yield from arrive(place, style, kept, request)
            return
        if not latest.has_begun(request.session_hash):
            # As the page was built, but for the number of quotes; somebody may be typing already.
            yield [gr.skip(), _ways(place, list(parts), live), *(gr.skip() for _ in outputs[2:])]
        yield nothing_new()

    def submit(
        query: str, style: str, kept: Any, request: gr.Request, question: str | None, *chosen: Any
    ) -> Iterator[list[Any]]:
        before = Place.from_query(query)
        place = replace(before, question=question or "", chosen=form.chosen_from(chosen), passage="", quote=None)
        asking_view = place.view if place.view in form.ASKING else Name.ASK
        yield from arrive(place.at(asking_view), style, kept, request, asked=True)

    def narrow(query: str, style: str, kept: Any, request: gr.Request, _: Any, *chosen: Any) -> Iterator[list[Any]]:
        """Ask what is asked already anew where other filters have been chosen."""
        place = replace(Place.from_query(query), chosen=form.chosen_from(chosen))
        if place.question and place.view in form.ASKING and place.query != query:
            yield from arrive(place, style, kept, request, asked=True)
        else:
            yield nothing_new()

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

    outputs = [*frame, *filters, *inner]
    # One line for all that moves, else Gradio takes them in any order and not the latest is begun last.
    whole: dict[str, Any] = {"outputs": outputs, "concurrency_limit": None, "concurrency_id": "moves", **QUIET}
    renewing = {
        "fn": refresh,
        "inputs": [shown, *asking.filters],
        "outputs": [library, notice, progress, shown, timer, *filters],
        "queue": False,
        **QUIET,
    }
    session = [asking.style, earlier]
    with blocks:
        blocks.load(begin, session, **whole).then(**renewing)
        timer.tick(**renewing)
        bar.visit(visit, session, trigger_mode="multiple", **whole)
        bar.recall(recall, [bar, earlier], [asking.earlier, earlier], queue=False, **QUIET)
        form_inputs = [bar, *session, asking.question, *asking.filters]
        asked = {"inputs": form_inputs, **whole}
        triggers = [asking.question.submit, asking.button.click, asking.style.input]
        gr.on(triggers, submit, trigger_mode="multiple", **asked).then(**renewing)
        for dropdown in asking.filters:
            dropdown.change(narrow, trigger_mode="always_last", **asked)
        for example in asking.examples:
            example.click(lambda text: text, example, asking.question, queue=False, **QUIET).then(submit, **asked)
    return blocks


def _with_problem(updates: Sequence[Any], line: str) -> list[Any]:
    return [*updates[:2], render.problem(line), *updates[3:]]


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
