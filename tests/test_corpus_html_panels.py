"""Web pages that hide some of their text: what can be opened is read, what cannot is left out and counted."""

import pytest

from corpus.model import BlockKind
from corpus.readers import Reading
from corpus.readers.html import read

PROSE = "A single frailty hub opened in March 2022 in a disused day room."
OTHER = "The board met in every week of the year and wrote down what it had tried."


def page(body: str) -> Reading:
    return read(f"<!doctype html><html><body>{body}</body></html>".encode(), "a.html")


def headings(reading: Reading) -> list[tuple[str, int]]:
    kept = [mark for mark in reading.marks if mark.kind is BlockKind.HEADING]
    return [(reading.text[mark.span.start : mark.span.end], mark.level) for mark in kept]


@pytest.mark.parametrize(
    "panel",
    [
        pytest.param(f"<h3>What we did</h3><div hidden=until-found><p>{PROSE}</p></div>", id="until-found"),
        pytest.param("<h3><button aria-expanded=false>What we did <span class=sr-only>Show</span></button></h3>"
                     f"<div style='display:none'><p>{PROSE}</p></div>", id="heading-that-expands"),
        pytest.param("<div class=gov-accordion__header><h3><button aria-controls=p1>What we did<span class="
                     "'v-visually-hidden'>, </span><span class=gov-accordion__section-toggle>Show</span></button></h3>"
                     f"</div><div class=wide></div><div id=p1 hidden><p>{PROSE}</p></div>", id="controlled"),
        pytest.param(f"<h3>What we did</h3><div class=accordion-body style='display: none'>{PROSE}</div>", id="called"),
        pytest.param("<h3 data-toggle=collapse href='#p1'>What we did</h3><p></p>"
                     f"<div id=p1 aria-hidden=true><p>{PROSE}</p></div>", id="bootstrap"),
        pytest.param(f"<button aria-controls=p>What we did</button><div id=p hidden><p>{PROSE}</p></div>", id="button"),
        pytest.param(f"<details><summary>What we did</summary><p>{PROSE}</p></details>", id="details"),
    ],
)  # fmt: skip
def test_a_panel_that_something_shown_opens_is_read_under_its_title(panel: str) -> None:
    reading = page(f"<h1>T</h1><h2>Case</h2><p>{OTHER}</p>{panel}<h2>Next</h2><p>{OTHER}</p>")
    assert reading.text == f"T\n\nCase\n\n{OTHER}\n\nWhat we did\n\n{PROSE}\n\nNext\n\n{OTHER}"
    assert headings(reading) == [("T", 1), ("Case", 2), ("What we did", 3), ("Next", 2)]
    assert reading.warnings == ()


@pytest.mark.parametrize(
    "hidden",
    [
        pytest.param(f"<button aria-controls=c>Cookies</button><div id=c class=cookie-box hidden>{PROSE}</div>",
                     id="cookies"),
        pytest.param(f"<button aria-controls=d>More</button><div id=d role=dialog aria-hidden=true>{PROSE}</div>",
                     id="dialog"),
        pytest.param(f"<button data-toggle=modal data-target='#m'>Sign up</button><div id=m class=modal hidden>{PROSE}"
                     "</div>", id="modal"),
        pytest.param("<button aria-controls=m>Menu</button><ul id=m hidden><li><a href=/>Home and all the other pages"
                     " that the site has for those who look</a></ul>", id="menu"),
        pytest.param(f"<button aria-controls=f>Feedback</button><form id=f hidden>{PROSE}<input></form>", id="form"),
        pytest.param(f"<noscript><img src=x>{PROSE}</noscript>", id="noscript"),
    ],
)  # fmt: skip
def test_what_is_hidden_and_no_text_of_the_page_stays_out_without_a_word(hidden: str) -> None:
    reading = page(f"<main><h2>Case</h2><p>{OTHER}</p>{hidden}<p>{OTHER}</p></main>")
    assert (reading.text, reading.warnings) == (f"Case\n\n{OTHER}\n\n{OTHER}", ())


def test_a_warning_counts_the_hidden_words_of_the_main_part() -> None:
    hidden = f"<div hidden><p>{PROSE}</p><p>{PROSE}</p></div><div style='visibility:hidden'>{PROSE}</div>"
    shown_elsewhere = f"<div hidden><p>{OTHER}</p></div><p>Short<span hidden> and not told of</span>.</p>"
    reading = page(f"<div hidden>{PROSE}</div><main><h2>Case</h2><p>{OTHER}</p>{hidden}{shown_elsewhere}</main>")
    assert reading.text == f"Case\n\n{OTHER}\n\nShort."
    assert reading.warnings == ("The page hides 39 words of its main part, and they were left out.",)
    assert page(f"<div hidden>{PROSE}</div><h2>Case</h2><p>{OTHER}</p>").warnings == ()


def test_the_titles_of_panels_side_by_side_have_one_level() -> None:
    accordion = f"<div class=accordion><h3><button aria-expanded=false>One</button></h3><div hidden>{PROSE}</div></div>"
    details = f"<details><summary>Two</summary><p>{PROSE}</p><h5>In two</h5><p>{PROSE}</p></details>"
    last = (
        f"<details><summary><h3>Three</h3></summary>{PROSE}</details><details><summary>Four</summary>{PROSE}</details>"
    )
    reading = page(
        f"<h1>T</h1><h2>Case</h2><h3>Aim</h3><p>{OTHER}</p>{accordion}{details}{last}<h2>Next</h2><p>{OTHER}"
    )
    assert headings(reading) == [
        *(("T", 1), ("Case", 2), ("Aim", 3), ("One", 3), ("Two", 3), ("In two", 5), ("Three", 3), ("Four", 3)),
        ("Next", 2),
    ]


def test_the_titles_of_wrapped_panels_have_one_level_and_those_in_a_panel_the_next() -> None:
    inner = f"<details><summary>Inner</summary><p>{PROSE}</p></details>"
    panels = [
        f"<div><button aria-controls=p{n}>No {n}</button><div id=p{n} hidden>{PROSE}{inner}</div></div>" for n in (1, 2)
    ]
    reading = page(f"<h1>T</h1><h2>Case</h2><p>{OTHER}</p>{''.join(panels)}<p>{OTHER}</p>{inner}")
    assert headings(reading) == [
        *(("T", 1), ("Case", 2), ("No 1", 3), ("Inner", 4), ("No 2", 3), ("Inner", 4), ("Inner", 3)),
    ]


def test_links_to_related_reports_are_left_out_and_text_of_that_class_is_not() -> None:
    links = "<aside class=related><h3>Related reports</h3><ul><li><a href=/w>Virtual wards: what next?</a></ul></aside>"
    text = f"<div class=related><p>{PROSE}</p></div>"
    assert page(f"<main><p>{OTHER}</p>{links}{text}<p>{OTHER}</p><p>{OTHER}</p></main>").text == (
        f"{OTHER}\n\n{PROSE}\n\n{OTHER}\n\n{OTHER}"
    )


def test_what_a_word_processor_prints_on_every_page_is_left_out() -> None:
    edges = "<div title=header><p>Closer to home</p></div>{}<div title=footer><p>Centre | Page <span>7</span></p></div>"
    assert page(edges.format(f"<p>{PROSE}</p>")).text == PROSE
    assert page(f"<div title=Header><p>{PROSE}</p></div><main><div title=footer>{OTHER}</div></main>").text == (
        f"{PROSE}\n\n{OTHER}"
    )
