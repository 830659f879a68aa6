"""What the page shows of an answer: the characters of the reports, and nothing of them as HTML."""

import html
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.catalogue import web_address
from corpus.model import Metadata, Report, Span
from corpus.report import parse
from index.search import Hit
from qa.answer import Answer, Group, Status
from qa.citation import Citation, cite
from qa.quotes import Quote, Words
from qa.web import render
from qa.web.live import State
from qa.web.place import Chosen, Place

HOSTILE = (
    '<script>alert("x")</script>',
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "**not bold** _nor italic_ # no heading",
    "</mark></blockquote><iframe src=//example.org>",
    "${alert(1)} {{#each this}} @children",
    "' onmouseover='alert(1)",
)
ELEMENTS = {
    "div",
    "section",
    "h2",
    "h3",
    "p",
    "span",
    "figure",
    "blockquote",
    "figcaption",
    "a",
    "cite",
    "ol",
    "li",
    "button",
} | {
    "mark",
    "details",
    "summary",
    "dl",
    "dt",
    "dd",
}


class Reading(HTMLParser):
    """What a browser makes of HTML: the elements, their attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.marked = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data
        if "mark" in self._open:
            self.marked += data

    @property
    def names(self) -> set[str]:
        return {name for name, _ in self.elements}

    @property
    def attributes(self) -> set[str]:
        return {attribute for _, attributes in self.elements for attribute in attributes}


def squeezed(text: str) -> str:
    return " ".join(text.split())


def report_with(text: str, url: str = "https://example.org/a?b=1&c=2") -> Report:
    metadata = Metadata(title=f"Title {text}", publisher=f"Publisher {text}", published="2021-06", url=url)
    body = (
        f"# Care together\n\n## What helped\n\nThe first sentence stands here. Then {text} was said by all of them.\n"
    )
    return parse(body.encode(), "care-together.md", metadata)


def answer_over(report: Report, question: str, status: Status = Status.ANSWERED) -> Answer:
    passage = report.passages[0]
    best = passage.sentences[-1]
    hit = Hit(
        passage=passage,
        report=report,
        score=1.0,
        scores={"lexical": 2.5, "rerank": -0.25},
        best_window=passage.span,
        best_sentence=best,
        duplicates=((report, passage),),
    )
    words = report.text[best.start : best.end]
    quote = Quote(words, best, passage.id, 1.0, cite(report, passage, best.start), (cite(report, passage),))
    groups = (Group("Care together", (quote,)),) if status is Status.ANSWERED else ()
    return Answer(question, status, groups, (hit,), {"corpus": "abc", "reranker": None})


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_text(text: str) -> None:
    report = report_with(text)
    answer = answer_over(report, f"why {text}?")
    shown = Reading(render.answer(answer, Place(question=answer.question)))
    assert shown.names <= ELEMENTS
    assert shown.attributes == {"class", "dir", "href", "target", "rel", "type", "data-copy", "data-pin"}
    assert squeezed(report.passages[0].text) in squeezed(shown.words)
    assert squeezed(f"Title {text}") in squeezed(shown.words)
    assert squeezed(shown.marked) == squeezed(answer.groups[0].quotes[0].text)
    links = [attributes["href"] or "" for name, attributes in shown.elements if name == "a"]
    ours = [Place.from_query(link) for link in links if link.startswith("?")]
    assert {place.question for place in ours} == {f"why {text}?"}
    for one in (render.status(answer, Place()), render.searching(f"why {text}?"), render.problem(f"why {text}?")):
        assert Reading(one).names <= {"h2", "p"}
        assert squeezed(f"hy {text}?") in squeezed(Reading(one).words)


@given(st.text())
def test_escaped_text_reads_back_as_itself(text: str) -> None:
    shown = render.escaped(text)
    assert html.unescape(shown) == text
    assert not set("<>\"'") & set(shown)


@given(st.text(alphabet=st.sampled_from("ab.!”- \n\t•<&1)")))
def test_prose_keeps_every_word_in_its_place(text: str) -> None:
    shown = Reading(render.prose(text))
    assert squeezed(shown.words) == squeezed(text)
    assert shown.names <= {"span"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("one line\nand its end", "one line and its end"),
        ("an end.\n\nA start", 'an end.<span class="cb-break">\n</span>A start'),
        (
            "they said:\n- one\n- two",
            'they said:<span class="cb-break">\n</span>- one<span class="cb-break">\n</span>- two',
        ),
        ("“so be it.”\nNext", '“so be it.”<span class="cb-break">\n</span>Next'),
    ],
    ids=["wrapped line", "paragraphs", "list", "closing quotation mark"],
)
def test_line_breaks_are_kept_where_something_ends(text: str, shown: str) -> None:
    assert render.prose(text) == shown


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://example.org/a", "https://example.org/a"),
        (" http://example.org ", "http://example.org"),
        ("HTTPS://EXAMPLE.ORG", "HTTPS://EXAMPLE.ORG"),
        ("javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        (" JavaScript://example.org/%0aalert(1)", None),
        ("data:text/html,<script>alert(1)</script>", None),
        ("//example.org", None),
        ("https:example.org", None),
        ("http://[", None),
        ("doi:10.1000/1", None),
        ("", None),
    ],
)
def test_only_addresses_of_the_web_become_links(url: str, target: str | None) -> None:
    assert web_address(url) == target


def test_a_citation_shows_every_part_and_links_to_the_publisher() -> None:
    found = Citation(
        "r", "Report & Co", "The Publisher", "2021-06", "https://e.org/?a=1&b=2", "Case", "B", ("Case", "A", "B"), 7
    )
    dot = "\N{NO-BREAK SPACE}· "
    assert render.citation(found) == dot.join(
        [
            '<span class="cb-case">Case</span>',
            '<span class="cb-section">A › B</span>',
            '<span class="cb-page">p. 7</span>',
            '<a href="https://e.org/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">'
            "<cite>Report &amp; Co</cite>"
            '<span class="cb-hidden"> (opens in a new tab)</span></a>',
            "The Publisher",
            "2021-06",
        ]
    )


def test_an_unsafe_address_is_shown_and_not_linked() -> None:
    found = Citation("r", "Report", "", "", "javascript:alert(1)", None, "B", ("B",), None)
    dot = "\N{NO-BREAK SPACE}· "
    assert (
        render.citation(found) == f'<span class="cb-section">B</span>{dot}<cite>Report</cite>{dot}javascript:alert(1)'
    )


def test_the_status_says_where_quotes_come_from() -> None:
    inside = Citation("r", "Report", "", "", "", "Case", "B", ("B",), None)
    outside = Citation("r", "Report", "", "", "", None, "B", ("B",), None)

    def line(*citations: Citation) -> str:
        groups = tuple(Group("g", (Quote("w", Span(0, 1), "p", 1.0, citation),)) for citation in citations)
        answer = Answer("q", Status.ANSWERED, groups, (), {}, case_studies=17)
        return Reading(render.status(answer, Place())).words.partition("The best passages")[0]

    assert line(inside) == "Quotes from 1 of 17 case studiesq"
    assert line(inside, inside, outside) == "Quotes from 2 of 17 case studies and from 1 report outside themq"
    assert line(outside, outside) == "Quotes from 2 reportsq"


def test_marks_and_what_a_quote_leans_on_are_set_apart_and_escaped() -> None:
    citation = Citation("r", "Report", "", "", "", None, "B", ("B",), None)
    quote = Quote(
        "He opened 12 <b>wards</b>.",
        Span(10, 36),
        "p",
        1.0,
        citation,
        marks=(Words("12", Span(20, 22)),),
        leans_on=Words("Tom <Pell>, a director.", Span(0, 9)),
    )
    html = render.answer(Answer("q", Status.ANSWERED, (Group("g", (quote,)),), (), {}, sentence=quote), Place())
    assert html.count("He opened <mark>12</mark> &lt;b&gt;wards&lt;/b&gt;.") == 2
    assert html.count('<p class="cb-before" dir="auto">Tom &lt;Pell&gt;, a director.</p>') == 2


def test_words_that_no_report_contains_are_named() -> None:
    silent = Answer("q", Status.NOT_FOUND, (), (), {}, unknown_words=("zebra", "<i>"))
    assert "No report contains: zebra, &lt;i&gt;" in render.status(silent, Place())


def test_doubt_is_told_with_the_words_that_no_report_contains() -> None:
    unsure = replace(answer_over(report_with("plain"), "q"), doubtful=True, unknown_words=("<i>",))
    assert render.status(unsure, Place()).endswith(
        '<p class="cb-notice cb-doubt">These quotes may not answer the question: read them before you use them.'
        "<br>No report contains: &lt;i&gt;</p>"
    )
    assert "cb-doubt" not in render.status(replace(unsure, doubtful=False), Place())


def test_links_lead_on_from_an_answer() -> None:
    place = Place(question="q", chosen=Chosen(years=("2021",)))
    found = replace(answer_over(report_with("plain"), "q"), filtered=True, case_studies=3, did_you_mean="<b>")
    assert re.findall('<a href="([^"]*)">([^<]*)</a>', render.status(found, place)) == [
        ("?q=%3Cb%3E&amp;year=2021", "&lt;b&gt;"),
        ("?q=q", "Ask without filters"),
        ("?view=compare&amp;q=q&amp;year=2021", "put the question to every case study"),
    ]


def test_not_found_says_so_and_offers_the_closest_passages() -> None:
    silent = answer_over(report_with("plain"), "who won?", Status.NOT_FOUND)
    assert render.status(silent, Place()) == (
        '<h2 class="cb-status cb-silent">The reports do not say</h2><p class="cb-asked">who won?</p>'
    )
    shown = Reading(render.answer(silent, Place(question="who won?")))
    assert "none of them answers" in shown.words
    assert "Closest passages" in shown.words
    assert "blockquote" not in shown.names


def test_a_long_question_is_shortened_where_it_is_repeated() -> None:
    assert Reading(render.searching("x" * 100_000)).words == f"Searching…{'x' * 300}…"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State(None, None, True, True, 0, 0, ""), ("The reports are being indexed. Questions can be asked soon.",)),
        (State(None, None, True, True, 3, 1200, ""), ("3 of 1,200 texts",)),
        (
            State(None, None, False, False, 0, 0, "the <b>index</b> is damaged; mend"),
            ("The <b>index</b> is damaged; mend",),
        ),
        (State(None, None, False, False, 0, 0, ""), ("",)),
    ],
    ids=["begun", "on the way", "problem", "nothing to say"],
)
def test_the_notice_tells_how_the_library_stands(state: State, words: tuple[str]) -> None:
    shown = Reading(render.notice(state) + render.progress(state))
    assert words[0] in shown.words
    assert shown.names <= {"p", "progress", "span"}
