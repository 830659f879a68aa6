"""The outlines of made-up reports in the shapes that report files come in."""

import re

import pytest
from reports_made_up import (
    NAMES,
    SHAPES,
    MadeUp,
    Shape,
    boxed,
    collection,
    hashes,
    pages,
    plain,
    single,
    thematic,
    themes_with_cycles,
    varied,
)

from corpus.contents import find_contents
from corpus.folding import fold
from corpus.model import Report
from corpus.report import parse

UNNAMED = ("Bringing care home in Eastmoor", "A single front door for Harbour", "Nurses without borders in Thornby")
OTHER_SECTIONS = ("The challenge", "The solution", "The difference it made", "Top tips")

every_shape = pytest.mark.parametrize("shape", [pytest.param(s, id=s.name) for s in SHAPES])


def read(report: MadeUp, shape: Shape) -> Report:
    return parse(shape.write(report).encode(), "made-up" + shape.suffix)


def outline(report: Report) -> list[tuple[str | None, str]]:
    """Return case study and heading of each section, folded, without numbers and labels."""
    names = [fold(c.name) for c in report.case_studies]
    bare = [re.sub(r"^(?:[\d.]+ |case study \d+: )", "", fold(s.heading)) for s in report.sections]
    cases = [None if s.case_study is None else names[s.case_study] for s in report.sections]
    return [pair for pair in zip(cases, bare, strict=True) if pair != (None, "case studies")]


def folded(pairs: list[tuple[str | None, str]]) -> list[tuple[str | None, str]]:
    return [(case and fold(case), fold(heading)) for case, heading in pairs]


@every_shape
@pytest.mark.parametrize(
    "report",
    [
        pytest.param(collection(), id="same-sections"),
        pytest.param(collection(UNNAMED, OTHER_SECTIONS), id="titles-that-name-no-organisation"),
        pytest.param(varied(), id="no-section-in-common"),
    ],
)
def test_case_studies_are_found_in_every_shape(report: MadeUp, shape: Shape) -> None:
    found = read(report, shape)
    assert [fold(c.name) for c in found.case_studies] == [fold(name) for name in report.cases()]
    assert outline(found) == folded(report.outline())


@every_shape
@pytest.mark.parametrize(
    "report",
    [pytest.param(thematic(), id="themes"), pytest.param(themes_with_cycles(), id="themes-with-the-same-headings")],
)
def test_a_report_in_themes_has_no_case_study_in_any_shape(report: MadeUp, shape: Shape) -> None:
    found = read(report, shape)
    assert found.case_studies == ()
    assert outline(found) == folded(report.outline())


@every_shape
def test_an_article_is_one_case_study_in_every_shape(shape: Shape) -> None:
    found = read(single(), shape)
    assert [fold(c.name) for c in found.case_studies] == ["lowmere health hub"]
    assert outline(found) == [("lowmere health hub", fold(heading)) for _, heading in single().outline()]


def test_a_labelled_case_study_in_a_chapter_ends_with_the_chapter() -> None:
    found = parse(hashes(boxed(), "Case study: {name}").encode(), "boxed.md")
    assert [(c.name, c.heading) for c in found.case_studies] == [
        (NAMES[0], f"Case study: {NAMES[0]}"),
        (NAMES[1], f"Case study: {NAMES[1]}"),
    ]
    assert [(s.heading, s.case_study) for s in found.sections] == [
        ("Trust takes time", None),
        (f"Case study: {NAMES[0]}", 0),
        ("Money follows people", None),
        (f"Case study: {NAMES[1]}", 1),
        ("Keeping going", None),
    ]


def test_names_of_organisations_over_single_examples_are_no_case_studies_without_a_label() -> None:
    assert parse(plain(boxed()).encode(), "boxed.txt").case_studies == ()


def test_text_without_any_heading_is_one_section_under_the_name_of_its_file() -> None:
    text = "\n\n".join(p for _, part in thematic().walk() for p in part.paragraphs)
    found = parse(text.encode(), "what_lasts.txt")
    assert found.case_studies == ()
    assert [s.heading for s in found.sections] == ["What lasts"]
    assert len(found.passages) >= 5


def test_front_matter_gives_metadata_and_is_no_text() -> None:
    shape = next(s for s in SHAPES if s.name == "markdown-bold")
    found = read(collection(), shape)
    assert found.metadata.title == "Working side by side: three accounts of joint care"
    assert (found.metadata.publisher, found.metadata.published) == ("Nobody in Particular", "2022-05-01")
    assert not any("publisher" in p.text for p in found.passages)


def test_pages_come_out_right_and_their_furniture_is_in_no_heading() -> None:
    text = pages(collection())
    found = parse(text.encode(), "pages.txt")
    sheets = text.split("\f")
    assert len(found.page_starts) == len([s for s in sheets if s.strip()])
    for section in found.sections:
        page = found.page_at(section.span.start)
        assert page is not None
        assert section.heading in " ".join(sheets[page - 1].split())
    running = [s for s in found.sections if s.heading == found.title]
    assert running == []


def test_a_paragraph_over_a_page_break_is_one_paragraph_in_every_shape_of_page() -> None:
    found = parse(pages(collection(), rows=31, width=70).encode(), "pages.txt")
    whole = {" ".join(p.split()) for _, part in collection().walk() for p in part.paragraphs}
    crossing = [p for p in found.passages if "\f" in p.text]
    assert crossing != []
    held = " ".join(" ".join(p.text.split()) for p in found.passages)
    title = collection().title
    held = re.sub(rf" \d+ {re.escape(title)}(?= )", "", held)
    assert [p for p in whole if p not in held] == []


PRINTED = """Better together
Stories of provider collaboration

March 2022

Contents

Foreword                                                             3
Case study one: Kernow Health Alliance                               4
Case study two: Pennine Care Network                                 5
Conclusion                                                           6
\fBetter together                                             3

Foreword

Collaboration is the word of the year. We asked two groups of providers to
tell us what it means to them, and what they would do differently if they
were to begin again.

Jane Marsh
Chief executive
\fBetter together                                             4

Case study one

Kernow Health Alliance

Overview

The alliance was formed in 2019 by three trusts in Cornwall who shared the
same problem: too few staff for too many sites, and no way of moving people

\fBetter together                                             5

between them. It now has a staff bank.

Case study two

Pennine Care Network

Overview

The network runs seven services for five boroughs and has done so since the
spring of 2020.
\fBetter together                                             6

Conclusion

Both groups say that trust came before structure.
"""


def test_a_printed_report_is_read_with_its_contents_labels_sign_off_and_pages() -> None:
    found = parse(PRINTED.encode(), "printed.txt")
    assert [(c.name, c.heading) for c in found.case_studies] == [
        ("Kernow Health Alliance", "Case study one: Kernow Health Alliance"),
        ("Pennine Care Network", "Case study two: Pennine Care Network"),
    ]
    assert [(s.heading, s.case_study, found.page_at(s.span.start)) for s in found.sections] == [
        ("Foreword", None, 2),
        ("Overview", 0, 3),
        ("Overview", 1, 4),
        ("Conclusion", None, 5),
    ]
    held = " ".join(p.text for p in found.passages)
    assert "Jane Marsh" not in held
    assert "Conclusion" not in held


SAVED = """Skip to main content
Home > Publications > Neighbourhood teams
Neighbourhood teams: learning from three places
15 March 2023
On this page
Why neighbourhoods
Leeds
Torbay
What next
Why neighbourhoods
Neighbourhood teams bring together staff from the council, the hospitals and charities.
Leeds
Leeds set up 19 partnerships in 2018. Each covers about 40,000 people.
What they did
The Leeds teams began with frailty. Nurses and social workers met every week.
Torbay
Torbay has joined its care budget with that of the hospitals since 2005.
What they did
A single record was built for all staff in Torbay.
What next
The government has promised guidance. We think two things matter:
• time
• trust
Was this page helpful?
Share this page
"""


def test_a_saved_web_page_is_read_without_its_navigation() -> None:
    found = parse(SAVED.encode(), "saved.txt")
    assert found.title == "Neighbourhood teams: learning from three places"
    assert [c.name for c in found.case_studies] == ["Leeds", "Torbay"]
    assert [(s.heading, s.case_study) for s in found.sections] == [
        ("Why neighbourhoods", None),
        ("Leeds", 0),
        ("What they did", 0),
        ("Torbay", 1),
        ("What they did", 1),
        ("What next", None),
    ]
    assert not any(words in p.text for p in found.passages for words in ("Skip", "helpful", "Share"))


@pytest.mark.parametrize(
    ("opening", "title"),
    [
        ("Case studies of care\n\nCase study 1: Northfield Alliance", "Case studies of care"),
        ("Review of three\n\nNorthfield Alliance", "Review of three"),
        ("Case study 1: Northfield Alliance", "first"),
    ],
)
def test_the_first_case_study_is_not_taken_for_the_title(opening: str, title: str) -> None:
    second = opening.split("\n")[-1].replace("1", "2").replace("Northfield Alliance", "Eastbrook Network")
    text = "The teams met on Mondays and agreed who would visit whom.\n\n"
    parts = [f"{name}\n\nBackground\n\n{text}Lessons learned\n\n{text}" for name in (opening, second)]
    found = parse("".join(parts).encode(), "first.txt")
    assert found.title == title
    assert [(c.name, len([s for s in found.sections if s.case_study == c.index])) for c in found.case_studies] == [
        ("Northfield Alliance", 2),
        ("Eastbrook Network", 2),
    ]


LISTED = {
    "Foreword": 3,
    "Introduction": 4,
    "1 Lowmere Health Partnership": 5,
    "2 Saltby and Fenwick Hospitals Alliance with the Ferry Towns Trust": 8,
    "3 Harbour Care Network": 11,
    "Conclusion": 14,
}
BODY = """Welcome to this report, which three groups of boards wrote with us.

Why we ask

Every board was asked the same five questions in the spring of 2021.

Joint rotas on the coast

Partners involved in this work

- Lowmere Trust
- Lowmere Council

Background

Lowmere has one road in and one road out, and its nurses know it well.

One waiting list across the water

Partners involved in this work

- Saltby Hospital
- Fenwick Hospital

Background

The two hospitals kept two lists until the winter of 2019.

Bringing care to the quay

Partners involved in this work

- Harbour Trust
- Ferry Towns Council

Background

The network began with a single van that stood on the quay.

Conclusion

All three groups say that they would begin earlier.
"""


def with_contents(*lines: str, gap: str = "\n\n") -> str:
    return "Side by side: what three places did\n\nMay 2021\n\nContents\n\n" + gap.join(lines) + "\n\n" + BODY


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(with_contents(*(f"{e}\t{page}" for e, page in LISTED.items()), gap="\n"), id="tabs"),
        pytest.param(with_contents(*(f"{e} {page}" for e, page in LISTED.items())), id="a-paragraph-each"),
        pytest.param(with_contents(*(f"- {e} {page}" for e, page in LISTED.items())), id="bullets"),
        pytest.param(with_contents(*(f"| {e} | {page} |" for e, page in LISTED.items()), gap="\n"), id="table"),
        pytest.param(with_contents("Page", *(f"{e} {page}" for e, page in LISTED.items())), id="over-a-column"),
        pytest.param(
            with_contents(*(f"{e} {page}" for e, page in LISTED.items())).replace(" 8\n\n3 ", " 8 3 "),
            id="two-entries-on-a-line",
        ),
    ],
)
def test_a_contents_list_is_one_however_its_pages_are_set_off(text: str) -> None:
    found = parse(text.encode(), "side-by-side.txt")
    assert [(c.name, c.heading) for c in found.case_studies] == [
        ("Lowmere Health Partnership", "Joint rotas on the coast"),
        ("Saltby and Fenwick Hospitals Alliance with the Ferry Towns Trust", "One waiting list across the water"),
        ("Harbour Care Network", "Bringing care to the quay"),
    ]
    inner = ["Partners involved in this work", "Background"]
    assert [(s.heading, s.level, s.case_study) for s in found.sections] == [
        ("Foreword", 1, None),
        ("Introduction", 1, None),
        ("Why we ask", 2, None),
        *((heading, 2, case) for case in range(3) for heading in inner),
        ("Conclusion", 1, None),
    ]
    assert not any("Contents" in p.text or "Foreword" in p.text for p in found.passages)


def test_a_group_of_entries_has_the_page_of_its_first() -> None:
    lines = ["Contents", "Foreword 3", "", "Case studies", "", "1 The quay 5", "2. Band 5 nurses 9", "Foreword", "A."]
    entries, numbers = find_contents(lines)
    assert [(e.label, e.title, e.page) for e in entries] == [
        ("", "Foreword", 3),
        ("", "Case studies", 5),
        ("1", "The quay", 5),
        ("2", "Band 5 nurses", 9),
    ]
    assert numbers == {0, 1, 3, 5, 6}


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["Beds 12", "Nurses 15", "Wards 20"], id="not-under-contents"),
        pytest.param(["Contents", "Part 1", "Part 2", "Part 3"], id="numbers-of-parts"),
        pytest.param(["Contents", "Foreword 3", "The quay 5"], id="two"),
        pytest.param(["Contents", "The quay 9", "Foreword 3", "Notes 2"], id="falling"),
        pytest.param(["Contents", f"{'word ' * 80}3", "The quay 5", "Notes 7"], id="long"),
    ],
)
def test_lines_that_end_in_numbers_are_no_contents_list(lines: list[str]) -> None:
    assert find_contents(lines) == ([], set())


def test_a_line_below_one_that_ends_in_a_comma_is_no_heading() -> None:
    text = with_contents("Foreword 3", "The view from the quay 4", "Conclusion 14").replace(
        "Why we ask", "The view from the quay\n\nAn assistant harbour master,\n\nSaltby and Fenwick Quays"
    )
    headings = [s.heading for s in parse(text.encode(), "side-by-side.txt").sections]
    assert "The view from the quay" in headings
    assert "Saltby and Fenwick Quays" not in headings
