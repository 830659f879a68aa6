"""What a report says of itself: wording on its first page, front matter, dates; and that a guess is called one."""

import io
import json
from pathlib import Path

import pytest
import test_app_commands
from docx import Document
from report_formats import docx_file, web_page
from reportlab.pdfgen.canvas import Canvas

from corpus.dates import read_date
from corpus.model import Metadata, Report
from corpus.readers.properties import real_authors, real_title
from corpus.readers.text import front_matter
from corpus.report import parse
from corpus.serial import report_from_json, report_to_json

Run = test_app_commands.Run
run = test_app_commands.run

BOLD = "*Closer to home: health in three places"
BODY = "\n\n## Background\n\nThe team met every week in the old tide room, and it kept a list of who knew whom.\n"


def report(opening: str = "", closing: str = "", metadata: Metadata | None = None) -> Report:
    middle = BODY + "\n".join(f"\nThe rota of week {n} was pinned to the wall of the hall.\n" for n in range(60))
    return parse(f"# Joint care\n\n{opening}{middle}{closing}".encode(), "joint-care.md", metadata)


@pytest.mark.parametrize(
    ("opening", "known"),
    [
        pytest.param("June 2021", Metadata(published="2021-06"), id="month"),
        pytest.param("14th June 2021", Metadata(published="2021-06-14"), id="day"),
        pytest.param("Published: 14 June 2021", Metadata(published="2021-06-14"), id="labelled"),
        pytest.param("Published in June 2021", Metadata(published="2021-06"), id="labelled-in"),
        pytest.param(
            "Published: 2 May 2020\n\nUpdated in\n\n3 June 2021", Metadata(published="2020-05-02"), id="label-first"
        ),
        pytest.param("May 2020\n\nJune 2021", Metadata(), id="two-dates"),
        pytest.param("2021", Metadata(), id="bare-year"),
        pytest.param("We met in June 2021", Metadata(), id="date-in-a-sentence"),
        pytest.param("31 June 2021", Metadata(), id="no-such-day"),
        pytest.param("Published by the Coast Forum", Metadata(publisher="the Coast Forum"), id="publisher"),
        pytest.param(
            "Published by Coast Forum, June 2021.",
            Metadata(publisher="Coast Forum", published="2021-06"),
            id="publisher-and-date",
        ),
        pytest.param("Publisher: Coast Forum", Metadata(publisher="Coast Forum"), id="publisher-labelled"),
        pytest.param("Published by Coast Forum\n\nPublished by Port Trust", Metadata(), id="two-publishers"),
        pytest.param("Published by hand and carried over the hill", Metadata(), id="no-name"),
        pytest.param("© Coast Forum 2021", Metadata(rights="© Coast Forum 2021"), id="rights-are-no-publisher"),
        pytest.param(
            "© Coast Forum 2021. You may copy it.", Metadata(rights="© Coast Forum 2021"), id="rights-in-short"
        ),
        pytest.param("Copyright Coast Forum 2021", Metadata(rights="Copyright Coast Forum 2021"), id="copyright"),
        pytest.param(
            "Coast Forum\n\n© Coast Forum 2021",
            Metadata(publisher="Coast Forum", rights="© Coast Forum 2021"),
            id="rights-of-who-stands-alone",
        ),
        pytest.param(
            "COAST\n\nCopyright © 2019–2021 Coast. All rights reserved.",
            Metadata(publisher="COAST", rights="Copyright © 2019–2021 Coast"),
            id="rights-with-years",
        ),
        pytest.param("Amina Holt\n\n© Amina Holt 2021", Metadata(rights="© Amina Holt 2021"), id="rights-of-a-person"),
        pytest.param(
            "Coast Forum\n\n© Coast Forum 2021\n\nPublished by Port Trust",
            Metadata(publisher="Port Trust", rights="© Coast Forum 2021"),
            id="publisher-before-rights",
        ),
        pytest.param("© Port Pictures", Metadata(), id="picture-credit"),
        pytest.param("© A 2021\n\n© B 2020", Metadata(), id="two-holders"),
        pytest.param("By Amina Holt and Bo Lund", Metadata(authors=("Amina Holt", "Bo Lund")), id="by"),
        pytest.param(
            "Authors: Dr Amina Holt, Bo Lund, and Jo O'Hara",
            Metadata(authors=("Dr Amina Holt", "Bo Lund", "Jo O'Hara")),
            id="authors",
        ),
        pytest.param("By the harbour", Metadata(), id="by-a-place"),
        pytest.param("By Coast and by sea", Metadata(), id="by-no-person"),
        pytest.param("Author: the editors of this report", Metadata(), id="no-person"),
    ],
)
def test_only_wording_without_doubt_gives_metadata(opening: str, known: Metadata) -> None:
    found = report(opening)
    assert found.metadata == known.filled_from(Metadata(title="Joint care"))
    assert set(found.guessed) == {"title"} | {name for name in Metadata.__dataclass_fields__ if getattr(known, name)}


def test_the_last_page_gives_publisher_and_rights_and_no_date_by_itself() -> None:
    closing = "\n\nPublished by Coast Forum\n\n© Coast Forum 2021\n\n14 June 2021\n"
    assert report(closing=closing).metadata == Metadata("Joint care", "Coast Forum", rights="© Coast Forum 2021")
    middle = "\n\nPublished by Coast Forum\n\nJune 2021\n\n© Coast Forum 2021\n\n"
    far = "\nThe rota of the week was pinned to the wall of the hall.\n" * 60
    assert report(closing=middle + far).metadata == Metadata("Joint care")


@pytest.mark.reports
def test_what_is_guessed_of_the_real_reports_is_what_the_catalogue_says(real_reports: dict[str, Report]) -> None:
    guesses = {}
    for identity, known in real_reports.items():
        alone = parse(known.text.encode(), known.file_name)
        for name in alone.guessed:
            guesses[identity, name] = getattr(alone.metadata, name)
            stated = getattr(known.metadata, name)
            assert stated.startswith(guesses[identity, name]), (identity, name)
    assert len(guesses) == 6


@pytest.mark.parametrize(
    ("lines", "known"),
    [
        (
            "title: Joint care: a report\npublisher: 'Coast Forum'\ndate: 2021-06-14\nrights: \"© 2021\"\n"
            "series: Ports\nurl: https://e.org/a",
            Metadata("Joint care: a report", "Coast Forum", "2021-06-14", "https://e.org/a", "© 2021", "Ports"),
        ),
        ('author: "Holt, Amina"', Metadata(authors=("Holt, Amina",))),
        ('Authors: ["Holt, Amina", Bo Lund]', Metadata(authors=("Holt, Amina", "Bo Lund"))),
        ("authors:\n  - Holt, Amina\n  - 'The Forum'\ntitle: X", Metadata("X", authors=("Holt, Amina", "The Forum"))),
        ("authors:\n- A B\n- C D", Metadata(authors=("A B", "C D"))),
        (
            "published: June 2021\ncopyright: All\nlink: https://e.org\nother: 1",
            Metadata(published="2021-06", rights="All", url="https://e.org"),
        ),
        ("date: soon\nauthors: []\ntitle:", Metadata()),
        ("title: A title that\n  goes on", Metadata("A title that goes on")),
    ],
)  # fmt: skip
def test_front_matter_states_every_field(lines: str, known: Metadata) -> None:
    text = f"---\n{lines}\n---\n{BODY}"
    assert front_matter(text) == known
    stated = {name for name in Metadata.__dataclass_fields__ if getattr(known, name)}
    assert not stated & set(parse(text.encode(), "a.md").guessed)


def test_a_stated_field_is_no_guess_and_goes_before_every_guess() -> None:
    found = report("June 2021\n\nPublished by Coast Forum", metadata=Metadata(published="2020", title="Joint care"))
    assert found.metadata == Metadata("Joint care", "Coast Forum", "2020")
    assert found.guessed == ("publisher",)
    assert report_from_json(json.loads(json.dumps(report_to_json(found)))) == found


def test_what_word_files_and_web_pages_say_is_a_guess() -> None:
    assert parse(docx_file(), "a.docx").guessed == parse(web_page(), "a.html").guessed == ("title",)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2021", "2021"), ("2021-06", "2021-06"), ("2021/6/3", "2021-06-03"), ("2021-06-14T09:00:00Z", "2021-06-14"),
        ("2021-06-14 09:00", "2021-06-14"), ("14 June 2021", "2021-06-14"), ("1st of May 2021", "2021-05-01"),
        ("JUNE 2021", "2021-06"), ("Sept. 2021", "2021-09"), ("June 14, 2021", "2021-06-14"),
        ("June 14th 2021", "2021-06-14"),
        ("14/06/2021", ""), ("2021-13", ""), ("2021-02-30", ""), ("June", ""), ("Juniper 2021", ""), ("", ""),
        ("in June 2021", ""), ("2021-06-14x", ""), ("May 3021", ""),
    ],
)  # fmt: skip
def test_dates_are_read_where_they_are_plain(text: str, date: str) -> None:
    assert read_date(text) == date


def test_titles_and_authors_that_programs_make_up_are_none() -> None:
    junk = ("Microsoft Word - draft", "Untitled", "document 2", "report_v3.DOCX", "file:///C:/a", "12", "Title", "")
    assert [real_title(title) for title in junk] == [""] * len(junk)
    assert real_title("  Untitled stories\nof care ") == "Untitled stories of care"
    logins = ("jholt", "Microsoft Office User", "COAST\\holt a", "a holt@e.org", "Default Admin", "")
    assert [real_authors(name) for name in logins] == [()] * len(logins)
    assert real_authors("Amina  Holt; jlund; Coast Forum") == ("Amina Holt", "Coast Forum")


@pytest.mark.parametrize(
    ("opening", "title"),
    [
        ((BOLD, "Coast Forum", "October 2023"), BOLD),
        (("Coast Forum", BOLD, "October 2023"), BOLD),
        ((BOLD, "October 2023"), BOLD),
        (("*Background", "Key facts of the coast"), "Key facts of the coast"),
        (("*Executive summary", "The coast in short"), "The coast in short"),
        (("Care along the whole coast", "*Background"), "Care along the whole coast"),
    ],
)
def test_the_title_of_a_word_file_is_the_bold_line_over_publisher_and_date(
    opening: tuple[str, ...], title: str
) -> None:
    document = Document()
    for line in (*opening, "*The team", *[f"The team met on day {n} in the old tide room." for n in range(3)]):
        document.add_paragraph().add_run(line.lstrip("*")).bold = line.startswith("*")
    out = io.BytesIO()
    document.save(out)
    found = parse(out.getvalue(), "a.docx")
    assert (found.metadata.title, "title" in found.guessed) == (title.lstrip("*"), bool(title))


@pytest.mark.parametrize(
    ("text", "authors"),
    [
        ("Sebastian Meyer, Leonhard Held, Michael Höhle", ("Sebastian Meyer", "Leonhard Held", "Michael Höhle")),
        ("Michaela Paul and Sebastian Meyer", ("Michaela Paul", "Sebastian Meyer")),
        ("A. M. Holt, Dr Bo van der Lund, and Jo O'Hara", ("A. M. Holt", "Dr Bo van der Lund", "Jo O'Hara")),
        ("Amina Holt & Bo Lund; Amina Holt", ("Amina Holt", "Bo Lund")),
        ("Holt, Amina", ("Holt, Amina",)),
        ("Holt, Amina; Lund, Bo", ("Holt, Amina", "Lund, Bo")),
        ("Department of Health and Social Care", ("Department of Health and Social Care",)),
        ("Mental Health and Learning Disability Trust", ("Mental Health and Learning Disability Trust",)),
        ("North Somerset and South Gloucestershire ICB", ("North Somerset and South Gloucestershire ICB",)),
        ("Design Dept.", ()),
        ("Communications Team", ()),
        ("jsmith", ()),
        ("Unknown author", ()),
        ("- -", ()),
    ],
)
def test_persons_between_commas_are_several_authors_and_logins_none(text: str, authors: tuple[str, ...]) -> None:
    canvas = Canvas(out := io.BytesIO())
    canvas.setAuthor(text)
    canvas.drawString(60, 700, "The team met every week in the old tide room.")
    canvas.save()
    assert (real_authors(text), parse(out.getvalue(), "a.pdf").metadata.authors) == (authors, authors)


def test_guesses_are_shown_as_such_until_somebody_states_them(run: Run, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (tmp_path / "joint-care.md").write_text(f"# Joint care\n\nJune 2021\n{BODY}", encoding="utf-8")
    assert run("add", tmp_path / "joint-care.md", "--home", home).code == 0
    shown = run("describe", "joint-care", "--home", home).out.splitlines()
    assert shown[1:4] == ["     title  Joint care (guessed)", " publisher  -", " published  2021-06 (guessed)"]
    assert run("reports", "--home", home).out.splitlines()[2] == "    guessed: title, published"
    assert json.loads(run("reports", "--home", home, "--json").out)[0]["guessed"] == ["title", "published"]
    changed = run("describe", "joint-care", "--title", "Joint care", "--home", home, "--json")
    assert json.loads(changed.out)["guessed"] == ["published"]
    assert run("describe", "joint-care", "--home", home).out.splitlines()[1] == "     title  Joint care"
