"""Quotes, passages and answers as HTML. What comes from a report, its metadata or a user passes through ``escaped``."""

import html
import json
import re
from collections.abc import Iterable
from dataclasses import replace

from corpus.catalogue import web_address
from corpus.model import Span
from index.search import Hit
from qa.answer import Answer, Status
from qa.citation import Citation, cite
from qa.digests import ABOUT
from qa.digests import NAME as DIGESTS
from qa.quotes import Quote, Words, in_pieces
from qa.references import Style, quoted
from qa.units import case_study_count
from qa.web.live import State
from qa.web.place import Chosen, Place, View
from qa.workspace import WAITING

RANKERS = {
    "lexical": "Words (BM25)",
    "passage": "Meaning of the passage",
    "sentence": "Meaning of the best sentence",
    "window": "Meaning of the best two sentences",
    "fused": "All four together",
    "rerank": "Read beside the question (cross-encoder)",
}

STAGES = {"reading": "reports read", "embedding": "texts indexed", "downloading": "pages fetched"}
"""What is counted at a stage of the work in the background."""

_BREAK = re.compile(r"[^\S\n]*\n\s*")
_ENDS = re.compile(r"[.!?:;…][\"'”’)\]]*$")
_ITEM = re.compile(r"[-*•–‣●▪◦·]\s|\(?\w{1,3}[.)]\s")


def escaped(text: str) -> str:
    """Return ``text`` as HTML that shows just its characters."""
    return html.escape(text.encode("utf-8", "replace").decode("utf-8"), quote=True)


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun: "1 report", "2 case studies"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def library_line(state: State) -> str:
    """Return what the library holds, in one line; empty where it holds nothing yet."""
    if state.index is None:
        return ""
    reports = state.index.reports.values()
    cases = case_study_count(state.index)
    parts = [
        count(len(reports), "digest" if state.generation == DIGESTS else "report"),
        count(cases, "case study", "case studies"),
        count(len(state.index.passages), "passage"),
    ]
    return f"<p>{' · '.join(parts)}</p>"


def notice(state: State) -> str:
    """Return what there is to say of the library: being indexed, something amiss, or nothing."""
    if state.building:
        meanwhile = "Answers come from the last index meanwhile." if state.index else "Questions can be asked soon."
        return f'<p class="cb-notice">The reports are being indexed. {meanwhile}</p>'
    if state.problem:
        return problem(state.problem)
    if state.generation == DIGESTS:
        link = f'<a href="{Place(View.LIBRARY).query}">Add reports in the library.</a>'
        return f'<p class="cb-notice">{escaped(ABOUT[0].upper() + ABOUT[1:])}. {link}</p>'
    return ""


def progress(state: State) -> str:
    """Return how far the indexing is, as a bar and in numbers; empty when nothing is being indexed."""
    if not state.building:
        return ""
    how_far = f' value="{state.done}" max="{state.total}"' if state.total else ""
    words = f"{state.done:,} of {state.total:,} {STAGES.get(state.stage, 'texts')}" if state.total else "beginning"
    words += f", {state.rate:,.0f} a second" if state.rate >= 1 else ""
    if state.stage == WAITING:
        how_far, words = "", "waiting until another casebook process has written to the library"
    return f'<p class="cb-progress"><progress aria-label="Indexing"{how_far}></progress> <span>{words}</span></p>'


def searching(question: str) -> str:
    """Return the status while a question is being answered."""
    return f'<h2 class="cb-status cb-wait">Searching…</h2><p class="cb-asked">{escaped(_short(question))}</p>'


def problem(line: str) -> str:
    """Return an error as one line."""
    return f'<p class="cb-problem">{escaped(line[:1].upper() + line[1:])}</p>'


def status(answer: Answer, place: Place) -> str:
    """Return whether the reports answer, and from where: one line, with the question under it, and what to ask next.

    Links keep what is chosen at ``place``.
    """
    asked = f'<p class="cb-asked">{escaped(_short(answer.question))}</p>'
    tone = "silent" if answer.status is Status.NOT_FOUND else "found"
    kind = "cb-notice cb-doubt" if answer.doubtful else "cb-unknown"
    cautions = "<br>".join(map(escaped, answer.cautions))
    told = f'<p class="{kind}">{cautions}</p>' if cautions else ""
    return f'<h2 class="cb-status cb-{tone}">{escaped(answer.lead)}</h2>{asked}{told}{_ways_on(answer, place)}'


def _ways_on(answer: Answer, place: Place) -> str:
    """Return links to the question without its slips, without filters, and put to every case study."""
    links = []
    if answer.did_you_mean:
        there = replace(place, question=answer.did_you_mean).query
        links.append(f'Did you mean <a href="{escaped(there)}">{escaped(_short(answer.did_you_mean))}</a>?')
    if answer.filtered:
        everywhere = replace(place, chosen=Chosen()).query
        links.append(f'<a href="{escaped(everywhere)}">Ask without filters</a>')
    if answer.status is Status.ANSWERED and answer.case_studies > 1:
        every = escaped(place.at(View.COMPARE).query)
        links.append(f'The best passages only: <a href="{every}">put the question to every case study</a>')
    return f'<p class="cb-ways-on">{"<br>".join(links)}</p>' if links else ""


def answer(found: Answer, place: Place, style: Style = Style.PLAIN) -> str:
    """Return quotes by case study, then passages, then what produced them. Links keep the question of ``place``."""

    def figures(quotes: Iterable[Quote]) -> str:
        return "".join(quote(one, place, style) for one in quotes)

    quotes = "".join(
        f'<section class="cb-group"><h3>{escaped(group.name)}</h3>{figures(group.quotes)}</section>'
        for group in found.groups
    )
    if found.sentence:
        quotes = f'<section class="cb-group cb-first">{figures([found.sentence])}</section>{quotes}'
    silent = found.status is Status.NOT_FOUND
    if silent and found.passages:
        quotes = '<p class="cb-silence">The passages that come closest follow; none of them answers.</p>'
    elif silent:
        quotes = '<p class="cb-silence">No passage is left under these filters.</p>'
    passages = "".join(_passage(hit, place, style, not silent) for hit in found.passages)
    if passages:
        title = "Closest passages" if silent else "Passages"
        passages = f'<section class="cb-passages"><h2>{title}</h2><ol>{passages}</ol></section>'
    layout = "cb-answer cb-answer-silent" if silent else "cb-answer"
    return f'<div class="{layout}"><div class="cb-quotes">{quotes}</div>{passages}</div>{_made(found)}'


def citation(found: Citation) -> str:
    """Return a citation, narrowest part first; the report's title links to its publisher's page on the web."""
    inside = " › ".join(heading for heading in found.section_path if heading != found.case_study)
    parts = [
        ("cb-case", found.case_study or ""),
        ("cb-section", inside),
        ("cb-page", f"p. {found.page}" if found.page else ""),
    ]
    shown = [f'<span class="{name}">{escaped(text)}</span>' for name, text in parts if text]
    title, url = f"<cite>{escaped(found.report)}</cite>", web_address(found.url)
    if url:
        new = '<span class="cb-hidden"> (opens in a new tab)</span>'
        title = f'<a href="{escaped(url)}" target="_blank" rel="noopener noreferrer">{title}{new}</a>'
    unlinked = found.url if found.url and not url else ""
    if found.summed_up:
        title += f" (sums up: {escaped('; '.join(found.summed_up))})"
    rest = [escaped(text) for text in (found.publisher, found.published, unlinked) if text]
    return "\N{NO-BREAK SPACE}· ".join([*shown, title, *rest])


def places(citations: Iterable[Citation]) -> str:
    """Return citations of the same words, each as a paragraph."""
    return "".join(
        f'<p class="cb-citation">{"Also in: " if number else ""}{citation(one)}</p>'
        for number, one in enumerate(citations)
    )


def prose(text: str) -> str:
    """Return a stretch of a report; a line break is shown where a sentence or a list item ends, a space elsewhere."""
    text = text.replace("\N{NO-BREAK SPACE}", " ")  # left over from layout: lines would break in odd places
    shown, at = [], 0
    for found in _BREAK.finditer(text):
        shown.append(escaped(text[at : found.start()]))
        ends = not text[: found.start()] or _ENDS.search(text[: found.start()])
        shown.append('<span class="cb-break">\n</span>' if ends or _ITEM.match(text[found.end() :]) else " ")
        at = found.end()
    return "".join([*shown, escaped(text[at:])])


def quote(found: Quote, place: Place, style: Style = Style.PLAIN) -> str:
    """Return a quote with its citations, and what can be done with it: read in its report, copied, pinned."""
    words = "".join(f"<mark>{prose(text)}</mark>" if marked else prose(text) for text, marked in in_pieces(found))
    text = f'{leaned_on(found.leans_on)}<blockquote dir="auto">{words}</blockquote>'
    cited = places((found.citation, *found.also_in))
    read = read_link(place, found.passage_id, found.span)
    copied = quoted(found.text, found.citation, style, found.leans_on.text if found.leans_on else "")
    do = f'<p class="cb-actions">{read}{buttons(found.passage_id, found.span, copied)}</p>'
    return f'<figure class="cb-quote">{text}<figcaption>{cited}{do}</figcaption></figure>'


def leaned_on(words: Words | None) -> str:
    """Return the words that a quote leans on, as they stand before it; empty where it leans on none."""
    return f'<p class="cb-before" dir="auto">{prose(words.text)}</p>' if words else ""


def buttons(passage_id: str, span: Span, copied: str) -> str:
    """Return the buttons that copy ``copied``, and pin the words at ``span``."""
    pin = json.dumps({"passage": passage_id, "start": span.start, "end": span.end})
    return (
        f'<button type="button" data-copy="{escaped(copied)}">Copy with citation</button>'
        f'<button type="button" data-pin="{escaped(pin)}">Pin to briefing</button>'
    )


def read_link(place: Place, passage_id: str, span: Span | None = None, words: str = "Read in context") -> str:
    """Return a link that opens the report at a passage, the words at ``span`` marked."""
    return f'<a href="{escaped(place.reading(passage_id, span).query)}">{escaped(words)}</a>'


def _passage(hit: Hit, place: Place, style: Style, answers: bool) -> str:
    start, best = hit.passage.span.start, hit.best_sentence
    text = hit.passage.text
    before, marked, after = (
        text[: best.start - start],
        text[best.start - start : best.end - start],
        text[best.end - start :],
    )
    also = "".join(
        f'<p class="cb-citation">Also in: {citation(cite(report, passage))}</p>' for report, passage in hit.duplicates
    )
    cited = f'<p class="cb-citation">{citation(cite(hit.report, hit.passage))}</p>{also}'
    words = f"{prose(before)}<mark>{prose(marked)}</mark>{prose(after)}" if answers else prose(text)
    do = buttons(hit.passage.id, hit.passage.span, quoted(text, cite(hit.report, hit.passage), style))
    actions = f'<p class="cb-actions">{read_link(place, hit.passage.id, best)}{do}</p>'
    return f'<li>{cited}<div class="cb-text" dir="auto">{words}</div>{actions}{_scores(hit)}</li>'


def _scores(hit: Hit) -> str:
    rows = [(RANKERS.get(name, name), f"{value:.3f}") for name, value in hit.scores.items()]
    return details("Scores", [*rows, ("Passage", hit.passage.id)])


def _made(found: Answer) -> str:
    names = {"corpus": "Collection", "encoder": "Encoder", "reranker": "Cross-encoder", "date": "Asked"}
    rows = [(label, str(found.produced_by[key])) for key, label in names.items() if found.produced_by.get(key)]
    return f'<div class="cb-made">{details("How this answer was made", rows)}</div>'


def details(title: str, rows: Iterable[tuple[str, str]]) -> str:
    """Return rows of name and value behind a title that opens them."""
    body = "".join(f"<dt>{escaped(name)}</dt><dd>{escaped(value)}</dd>" for name, value in rows)
    return f"<details><summary>{escaped(title)}</summary><dl>{body}</dl></details>"


def _short(question: str, limit: int = 300) -> str:
    flat = " ".join(question.split())
    return flat if len(flat) <= limit else f"{flat[:limit]}…"
