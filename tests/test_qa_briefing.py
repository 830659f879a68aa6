"""The briefing: pinning, looking up again, refusing by name, and exports that hostile text cannot break."""

import io
import json
import os
import re
import shutil
import subprocess
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import docx
import pytest
import rispy
import test_app_commands
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from markdown_it import MarkdownIt
from small_library import NORTH, SOUTH, HashEncoder, write_reports

from corpus.characters import flat
from corpus.disk import exclusive
from corpus.errors import CasebookError
from corpus.library import Found, Library
from corpus.model import Metadata
from index.build import build
from index.search import Index, open_index
from index.settings import Settings
from qa.briefing import Pinned, Refusal, Standing, look_up, look_up_all, pin
from qa.export import Exported, export, refusal
from qa.pins import (
    FILE_NAME,
    KEPT,
    Briefing,
    BriefingError,
    Pin,
    add_pin,
    move,
    put_back,
    read_briefing,
    set_note,
    set_title,
    step,
    unpin,
)
from qa.references import Style, in_marks

Run = test_app_commands.Run
one_line = test_app_commands.one_line
run = test_app_commands.run

MADE = {
    "casebook": "9.9", "corpus": "c0ffee", "encoder": "hash (h)", "reranker": None, "settings": {"rerank": False},
    "date": "2026-01-02T03:04:05+00:00",
}  # fmt: skip
MADE_LINES = (
    "Made by casebook 9.9 on 2026-01-02 at 03:04 UTC; 2 of 2 quotes found word for word in their reports at that time.",
    "Corpus c0ffee; encoder hash (h); cross-encoder none; standard settings but for rerank false; references in plain "
    "style.",
)
KNOWN = Metadata(publisher="The Coast Institute", published="2021-06", url="https://example.org/north")


class Home:
    """A library with its index, remade from given texts."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.library = folder / "home", Library(folder / "home")
        self._inbox = folder
        self.fill(north=NORTH, south=SOUTH)

    def fill(self, **texts: str) -> None:
        for name, text in texts.items():
            (self._inbox / f"{name}.md").write_text(text, encoding="utf-8")
            self.library.add(Found(self._inbox / f"{name}.md", KNOWN))
        self.reindex()

    def reindex(self) -> None:
        build(self.folder / "index", self.library.read(), HashEncoder(), {"casebook": "0", "date": "x"})

    @property
    def index(self) -> Index:
        return open_index(self.folder / "index")

    def id_of(self, words: str, report: str = "north") -> str:
        (found,) = [p.id for p in self.index.reports[report].passages if words in p.text]
        return found

    def look_up(self) -> list[Pinned]:
        return look_up_all(self.index, self.library)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_a_whole_passage_and_words_of_one_are_pinned_as_the_report_has_them(home: Home) -> None:
    whole = pin(home.index, home.folder, home.id_of("Money"))
    assert whole.text.startswith("Money was the hardest subject.")
    words = pin(
        home.index, home.folder, home.id_of("ventilators"), "“SPARE  ventilators were lent\nwithin a day,", "a note"
    )
    assert (words.text, words.number) == ("Spare ventilators were lent within a day,", 2)
    assert tuple(one.pin for one in home.look_up()) == read_briefing(home.folder).pins
    assert [(p.note, p.report_id, p.sha256) for p in read_briefing(home.folder).pins] == [
        ("", "north", home.index.reports["north"].sha256),
        ("a note", "north", home.index.reports["north"].sha256),
    ]
    for one in home.look_up():
        assert one.span is not None
        assert home.index.reports["north"].text[one.span.start : one.span.end] == one.text
        assert one.standing is Standing.STANDS


@pytest.mark.parametrize("quote", ["Spare ventilators were never lent", "lent within a", "…", "", "hree hospitals"])
def test_words_that_the_passage_does_not_hold_are_refused(home: Home, quote: str) -> None:
    wanted = home.id_of("ventilators")
    if quote == "lent within a":  # whole words of it do
        assert pin(home.index, home.folder, wanted, quote).text == quote
        return
    with pytest.raises(BriefingError, match=r"does not hold the words .*; copy them from: casebook show north-"):
        pin(home.index, home.folder, wanted, quote)
    assert read_briefing(home.folder) == Briefing()


def test_the_same_words_in_two_reports_are_one_quote_with_both_citations(home: Home) -> None:
    found = pin(home.index, home.folder, home.id_of("ventilators"), "Spare ventilators were lent within a day")
    assert [citation.report for citation in found.citations] == [
        "Working together in the north",
        "Lessons from the south",
    ]
    assert [citation.case_study for citation in found.citations] == ["Harbour Alliance"] * 2


def test_quotes_are_moved_noted_and_taken_out(home: Home) -> None:
    for words in ("Money", "ventilators", "Twelve practices"):
        pin(home.index, home.folder, home.id_of(words), note=words)

    def notes() -> list[str]:
        return [one.note for one in read_briefing(home.folder).pins]

    move(home.folder, 3, 1)
    assert notes() == ["Twelve practices", "Money", "ventilators"]
    move(home.folder, 1, 3)
    assert notes() == ["Money", "ventilators", "Twelve practices"]
    set_note(home.folder, 2, " ")
    unpin(home.folder, 1)
    assert notes() == ["", "Twelve practices"]
    for change in (
        lambda: unpin(home.folder, 3),
        lambda: move(home.folder, 1, 0),
        lambda: set_note(home.folder, 0, "x"),
    ):
        with pytest.raises(BriefingError, match=r"there is no quote .: the briefing has 2; see: casebook briefing"):
            change()
    assert notes() == ["", "Twelve practices"]
    unpin(home.folder, 1)
    unpin(home.folder, 1)
    with pytest.raises(BriefingError, match="there is no quote 1: the briefing is empty; pin a quote with"):
        unpin(home.folder, 1)


def notes(home: Home) -> list[str]:
    return [one.note for one in read_briefing(home.folder).pins]


def three_pinned(home: Home) -> list[str]:
    """Pin three passages with notes that name them, and return their ids."""
    for words in ("Money", "ventilators", "Twelve practices"):
        pin(home.index, home.folder, home.id_of(words), note=words)
    return [one.id for one in read_briefing(home.folder).pins]


def test_a_quote_is_known_by_its_id_wherever_it_has_gone(home: Home) -> None:
    money, ventilators, practices = three_pinned(home)
    assert step(home.folder, practices, -1) == 2
    assert step(home.folder, practices, -1) == 1
    assert step(home.folder, practices, -1) == 1
    assert notes(home) == ["Twelve practices", "Money", "ventilators"]
    assert step(home.folder, practices, 2) == 3
    assert set_note(home.folder, ventilators, "lent") == 2
    unpin(home.folder, money)
    assert notes(home) == ["lent", "Twelve practices"]
    for change in (
        lambda: step(home.folder, money, 1),
        lambda: set_note(home.folder, money, "x"),
        lambda: unpin(home.folder, money),
    ):
        with pytest.raises(BriefingError, match="the briefing has changed, and this quote is no longer in it"):
            change()
    assert notes(home) == ["lent", "Twelve practices"]


def test_what_was_taken_out_comes_back_to_its_place_with_its_note(home: Home) -> None:
    money, ventilators, practices = three_pinned(home)
    assert [unpin(home.folder, one).number for one in (ventilators, money)] == [2, 1]
    assert [gone.pin.id for gone in read_briefing(home.folder).taken_out] == [money, ventilators]
    assert put_back(home.folder, money) == 1
    assert put_back(home.folder, ventilators) == 2
    assert notes(home) == ["Money", "ventilators", "Twelve practices"]
    with pytest.raises(BriefingError, match="this quote is not among those taken out; pin it anew"):
        put_back(home.folder, money)
    for one in (practices, ventilators, money):
        unpin(home.folder, one)
    assert put_back(home.folder, practices) == 1
    assert notes(home) == ["Twelve practices"]


def test_only_so_many_are_kept_of_those_taken_out(home: Home) -> None:
    for number in range(KEPT + 1):
        unpin(home.folder, pin(home.index, home.folder, home.id_of("Money"), note=str(number)).pin.id)
    assert [gone.pin.note for gone in read_briefing(home.folder).taken_out] == [str(n) for n in range(KEPT, 0, -1)]


def test_words_are_pinned_twice_for_another_note_only(home: Home) -> None:
    (first, *_) = three_pinned(home)
    again = pin(home.index, home.folder, home.id_of("Money"))
    assert (again.number, again.pin.id) == (1, first)
    assert pin(home.index, home.folder, home.id_of("Money"), note="Money").number == 1
    assert pin(home.index, home.folder, home.id_of("Money"), "Money was the hardest subject.").number == 4
    assert pin(home.index, home.folder, home.id_of("Money"), note="other").number == 5


def test_a_note_that_was_changed_meanwhile_is_not_written_over(home: Home) -> None:
    (money, *_) = three_pinned(home)
    with pytest.raises(BriefingError, match="the note of quote 1 was changed meanwhile, to 'Money'; save yours once"):
        set_note(home.folder, money, "mine", was="")
    assert set_note(home.folder, money, "Money", was="") == 1
    assert set_note(home.folder, money, " mine\r\nof two lines ", was="Money") == 1
    assert notes(home)[0] == "mine\nof two lines"
    with pytest.raises(BriefingError, match="the note has 20,001 characters; write at most 20,000"):
        set_note(home.folder, money, "x" * 20_001)


def test_the_title_is_kept_on_one_line(home: Home) -> None:
    assert read_briefing(home.folder).title == "Briefing"
    assert set_title(home.folder, " Mutual\n aid ") == "Mutual aid"
    three_pinned(home)
    assert read_briefing(home.folder).title == "Mutual aid"
    assert set_title(home.folder, " ") == "Briefing"
    with pytest.raises(BriefingError, match="the title has 301 characters; write at most 300"):
        set_title(home.folder, "x" * 301)


def test_a_briefing_of_the_first_format_is_read_and_edited(home: Home) -> None:
    three_pinned(home)
    value = json.loads((home.folder / FILE_NAME).read_text())
    old = [{key: entry[key] for key in entry if key != "id"} for entry in value["pins"]]
    (home.folder / FILE_NAME).write_text(json.dumps({"format": 1, "pins": [*old, old[0]]}))
    before = read_briefing(home.folder)
    assert [one.note for one in before.pins] == ["Money", "ventilators", "Twelve practices", "Money"]
    assert len({one.id for one in before.pins}) == 4
    unpin(home.folder, before.pins[3].id)
    assert read_briefing(home.folder).pins == before.pins[:3]


def test_a_library_that_is_written_to_can_be_quoted_from(home: Home) -> None:
    with exclusive(home.folder):
        three_pinned(home)
    assert len(notes(home)) == 3


def test_edits_from_many_sides_all_count(home: Home) -> None:
    index, wanted = home.index, home.id_of("Money")
    with ThreadPoolExecutor(8) as people:
        list(people.map(lambda number: pin(index, home.folder, wanted, note=str(number)), range(40)))
    assert sorted(notes(home)) == sorted(map(str, range(40)))


@settings(max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(["step", "unpin", "put back"]), st.integers(0, 4), st.integers(-2, 2))))
def test_no_quote_is_lost_or_doubled_whatever_is_done(
    tmp_path_factory: pytest.TempPathFactory, done: list[tuple[str, int, int]]
) -> None:
    home = tmp_path_factory.mktemp("pins")
    for number in range(5):
        add_pin(home, Pin("r", "0", 0, 1, "x", "p", str(number), "2026-01-01", id=str(number)))
    here, gone = list("01234"), []
    for what, which, by in done:
        one = str(which)
        if what == "put back" and one in gone:
            here.insert(put_back(home, one) - 1, one)
            gone.remove(one)
        elif what == "unpin" and one in here:
            assert unpin(home, one).number == here.index(one) + 1
            here.remove(one)
            gone.append(one)
        elif what == "step" and one in here:
            to = min(max(here.index(one) + by, 0), len(here) - 1)
            assert step(home, one, by) == to + 1
            here.remove(one)
            here.insert(to, one)
        else:
            act = {"step": partial(step, by=by), "unpin": unpin, "put back": put_back}[what]
            with pytest.raises(BriefingError):
                act(home, one)
    now = read_briefing(home)
    assert [one.id for one in now.pins] == here
    assert {out.pin.id for out in now.taken_out} == set(gone)


@pytest.mark.parametrize(
    ("north", "standing", "detail"),
    [
        pytest.param(NORTH + "\nMore.\n", Standing.STANDS, "", id="elsewhere"),
        pytest.param(
            NORTH.replace("### Background", "### Background\n\nNew words stand here now.", 1),
            Standing.FOUND_AGAIN,
            "the report “Working together in the north” changed; the same words stand once, elsewhere in it",
            id="shifted",
        ),
        pytest.param(
            NORTH.replace("hospitals on", "hospitals\non").replace("# W", "# Words, w"),
            Standing.FOUND_AGAIN,
            "the report “Words, working together in the north” changed; the same words stand once, elsewhere in it",
            id="rewrapped",
        ),
        pytest.param(
            NORTH.replace("three hospitals", "four hospitals"),
            Standing.REFUSED,
            "the report “Working together in the north” changed, and the words stand in it no longer",
            id="reworded",
        ),
        pytest.param(
            NORTH.replace("three hospitals on the coast.", "three hospitals on the coast!"),
            Standing.REFUSED,
            "the report “Working together in the north” changed, and the words stand in it no longer",
            id="repunctuated",
        ),
        pytest.param(
            "# Working in the north\n\n## Twice" + "\n\nThe Harbour Alliance joins three hospitals on the coast." * 2,
            Standing.REFUSED,
            "the report “Working in the north” changed, and the words stand in it 2 times",
            id="twice",
        ),
    ],
)  # fmt: skip
def test_every_quote_is_looked_up_again(home: Home, north: str, standing: Standing, detail: str) -> None:
    pin(home.index, home.folder, home.id_of("410,000"), "The Harbour Alliance joins three hospitals on the coast.")
    home.fill(north=north)
    (found,) = home.look_up()
    assert (found.standing, found.detail) == (standing, detail)
    if standing is Standing.REFUSED:
        assert (found.span, found.citation, found.citations) == (None, None, ())
    else:
        assert found.span is not None
        assert home.index.reports["north"].text[found.span.start : found.span.end] == found.text
        assert found.text.split() == "The Harbour Alliance joins three hospitals on the coast.".split()


def test_a_report_taken_out_or_changed_behind_the_index_is_refused(home: Home) -> None:
    pin(home.index, home.folder, home.id_of("Money"))
    file = home.library.folder / "north.md"
    file.write_text(NORTH + "\n")
    (found,) = home.look_up()
    assert (found.detail, found.refusal) == (
        "the report “Working together in the north” has changed since it was indexed", Refusal.NOT_INDEXED
    )  # fmt: skip
    assert found.reason() == f"{found.detail}; run: casebook index"
    file.unlink()
    assert home.look_up()[0].standing is Standing.REFUSED
    home.reindex()
    (found,) = home.look_up()
    assert (found.detail, found.refusal) == ("the report 'north' is no longer in the library", Refusal.REPORT_GONE)


@pytest.fixture(scope="module")
def pinned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Index, Pinned]:
    """An index, and a quote pinned from it."""
    home = Home(tmp_path_factory.mktemp("pinned"))
    return home.index, pin(home.index, home.folder, home.id_of("Money"), "The partners could not agree who pays")


@given(st.integers(0, 36), st.sampled_from("abcdefghij £7"))
def test_a_quote_altered_in_one_letter_is_refused(pinned: tuple[Index, Pinned], at: int, letter: str) -> None:
    index, found = pinned
    altered = found.text[:at] + letter + found.text[at + 1 :]
    again = look_up(index, replace(found.pin, text=altered), 1)
    assert (again.standing is Standing.REFUSED) == (altered != found.text)


@pytest.mark.parametrize(
    "content",
    [
        b"nonsense", b"[]", b'{"format": 3, "pins": []}', b'{"format": 1}', b'{"format": 1, "pins": [{"text": "x"}]}',
        b"\xff", b'{"format": 1, "pins": [1]}',
    ],
)  # fmt: skip
def test_a_damaged_briefing_is_named(home: Home, content: bytes) -> None:
    (home.folder / FILE_NAME).write_bytes(content)
    for read in (lambda: home.look_up(), lambda: pin(home.index, home.folder, home.id_of("Money"))):
        with pytest.raises(
            BriefingError, match=r"the briefing .*briefing\.json' cannot be read .*; mend the file or move"
        ):
            read()
    assert (home.folder / FILE_NAME).read_bytes() == content


def test_numbers_in_a_pin_are_numbers(home: Home) -> None:
    pin(home.index, home.folder, home.id_of("Money"))
    value = json.loads((home.folder / FILE_NAME).read_text())
    value["pins"][0]["start"] = "0"
    (home.folder / FILE_NAME).write_text(json.dumps(value))
    with pytest.raises(BriefingError, match=r"cannot be read \(start is '0'\)"):
        read_briefing(home.folder)


def two_quotes(home: Home) -> list[Pinned]:
    """Pin two quotes with notes and return them looked up."""
    pin(
        home.index, home.folder, home.id_of("Money"), "Money was the hardest subject.", "Costs come first.\n\nAnd last."
    )
    pin(home.index, home.folder, home.id_of("ventilators"), "Spare ventilators were lent within a day")
    return home.look_up()


def exported(found: list[Pinned], suffix: str, style: Style = Style.PLAIN) -> str:
    done = export(found, suffix, MADE, style, "On <ships> & *ports*")
    assert done.refused == ()
    return done.content.decode()


def test_markdown_has_quotes_notes_and_a_footnote_each(home: Home) -> None:
    assert exported(two_quotes(home), ".md").split("\n") == [
        "# On \\<ships\\> \\& \\*ports\\*",
        "",
        "Costs come first.",
        "",
        "And last.",
        "",
        "> Money was the hardest subject.[^1]",
        "",
        "> Spare ventilators were lent within a day[^2]",
        "",
        "---",
        "",
        MADE_LINES[0],
        "",
        MADE_LINES[1],
        "",
        "[^1]: Valley Partnership. Challenges. Working together in the north. The Coast Institute. 2021-06. "
        "<https://example.org/north>",
        "",
        "[^2]: Harbour Alliance. The impact of COVID-19. Working together in the north. The Coast Institute. 2021-06. "
        "https\\://example.org/north; also in: Harbour Alliance. The impact of COVID-19. Lessons from the south. "
        "The Coast Institute. 2021-06. <https://example.org/north>",
        "",
    ]


def test_a_style_adds_its_list_of_references(home: Home) -> None:
    text = exported(two_quotes(home), ".md", Style.HARVARD)
    assert "[^1]: The Coast Institute (2021b), Valley Partnership, Challenges\n" in text
    assert (
        "[^2]: The Coast Institute (2021b), Harbour Alliance, The impact of COVID-19; also in: "
        "The Coast Institute (2021a), Harbour Alliance, The impact of COVID-19\n"
    ) in text
    assert (
        "## References\n\nThe Coast Institute (2021a) Lessons from the south. Available at: <https://example.org/north>.\n\n"
        "The Coast Institute (2021b) Working together in the north. Available at: <https://example.org/north>.\n"
    ) in text


def test_references_alone_hold_both_reports_and_what_made_them(home: Home) -> None:
    found = two_quotes(home)
    entries = rispy.loads(exported(found, ".ris"))
    assert [entry["title"] for entry in entries] == ["Working together in the north", "Lessons from the south"]
    assert entries[0]["notes"] == [
        "Valley Partnership, Challenges", "Harbour Alliance, The impact of COVID-19", " ".join(MADE_LINES)
    ]  # fmt: skip
    assert [item["custom"] for item in json.loads(exported(found, ".json"))] == [{"remark": " ".join(MADE_LINES)}] * 2
    assert exported(found, ".bib").count("  annote = {Made by casebook 9.9 on ") == 2


def notes_of(data: bytes) -> list[str]:
    """Return the texts of a Word file's footnotes, less the rules above them."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        root = etree.fromstring(parts.read("word/footnotes.xml"))
        settings_part = etree.fromstring(parts.read("word/settings.xml"))
    rules = [note.get(qn("w:id")) for note in root if note.get(qn("w:type"))]
    assert rules == [note.get(qn("w:id")) for note in settings_part.find(qn("w:footnotePr"))]
    notes = [note for note in root if not note.get(qn("w:type"))]
    assert [note.get(qn("w:id")) for note in notes] == [str(n) for n in range(1, len(notes) + 1)]
    return ["".join(note.itertext()).strip() for note in notes]


def marks_of(data: bytes) -> list[tuple[str, str]]:
    """Return the texts of a Word file's paragraphs that bear a footnote's mark, with its number."""
    paragraphs = docx.Document(io.BytesIO(data)).paragraphs
    marked = [(p.text, p._p.findall(f".//{qn('w:footnoteReference')}")) for p in paragraphs]
    return [(text, mark.get(qn("w:id"))) for text, marks in marked for mark in marks]


def test_word_has_a_real_footnote_for_each_quote(home: Home) -> None:
    done = export(two_quotes(home), ".docx", MADE, title="On <ships>")
    assert marks_of(done.content) == [
        ("Money was the hardest subject.", "1"),
        ("Spare ventilators were lent within a day", "2"),
    ]
    first, second = notes_of(done.content)
    assert first == (
        "Valley Partnership. Challenges. Working together in the north. The Coast Institute. 2021-06. "
        "https://example.org/north"
    )
    assert "; also in: Harbour Alliance. The impact of COVID-19. Lessons from the south." in second
    document = docx.Document(io.BytesIO(done.content))
    assert [p.text for p in document.paragraphs][:3] == ["On <ships>", "Costs come first.", "And last."]
    assert [p.text for p in document.paragraphs][-2:] == list(MADE_LINES)
    assert document.core_properties.title == "On <ships>"
    assert {"footnote text", "footnote reference"} <= {style.name for style in document.styles}
    main = document.part
    (relation,) = [r for r in main.rels.values() if r.reltype.endswith("/footnotes")]
    assert relation.target_part.content_type.endswith("wordprocessingml.footnotes+xml")


HOSTILE = """# Report <script>

## Case study: <b>Far</b> [Side](http://evil.example)

### Back*ground* & more

The ferry \x0b\x1b[31m carries insulin \u202eto the islands\u202c </w:t> [click](javascript:alert(1)) <img src=x> `now`.
"""


def test_hostile_text_is_inert_in_every_export(home: Home) -> None:
    home.fill(far=HOSTILE)
    wanted = home.id_of("ferry", "far")
    pin(
        home.index,
        home.folder,
        wanted,
        note="<script>alert(1)</script>\x00\x1b # x\n# heading\n[^1]: fake\n\x0c- \ud800item",
    )
    found = home.look_up()
    assert found[0].standing is Standing.STANDS
    data = export(found, ".docx", MADE).content
    words = "The ferry [31m carries insulin to the islands </w:t> [click](javascript:alert(1)) <img src=x> `now`."
    ((text, _),) = marks_of(data)
    assert text == words
    assert notes_of(data)[0].startswith("<b>Far</b> [Side](http://evil.example). Background & more. Report <script>")
    markdown = exported(found, ".md")
    body = markdown.split("[^1]: <")[0]
    rendered = MarkdownIt("commonmark", {"html": True}).render(body)
    assert set(re.findall(r"<(\w+)", rendered)) <= {"h1", "p", "blockquote", "hr", "a"}
    assert re.findall(r'href="([^"]*)"', rendered) == ["https://example.org/north"]
    assert len(re.findall(r"^\[\^1\]:", markdown, re.M)) == 1
    for suffix in (".ris", ".bib", ".json"):
        assert not set(exported(found, suffix)) & set("\x00\x0b\x1b\u202e\u202c")
    assert len(rispy.loads(exported(found, ".ris"))) == 1


@given(st.text(st.sampled_from("a \n\t\x00\x0b\x1b\r<>&]\\`*_#|\u202e\u05d0\ufffe\ud800e\u0301"), max_size=30))
@settings(max_examples=15)
def test_any_note_is_exported_as_its_characters(pinned: tuple[Index, Pinned], note: str) -> None:
    index, found = pinned
    noted = [look_up(index, replace(found.pin, note=note), 1)]
    data = export(noted, ".docx", MADE).content
    shown = [p.text for p in docx.Document(io.BytesIO(data)).paragraphs]
    until = shown.index(marks_of(data)[0][0])
    assert flat(" ".join(shown[1:until])) == flat(note)
    exported(noted, ".md")


NOTHING_STANDS = (
    "no quote of the briefing can be exported: the report “Working together in the north” changed, "
    "and the words stand in it no longer; see: casebook briefing$"
)


def test_what_no_longer_stands_is_left_out_and_named(home: Home) -> None:
    two_quotes(home)
    home.fill(north=NORTH.replace("hardest", "last"))
    done = export(home.look_up(), ".md", MADE)
    assert isinstance(done, Exported)
    text = done.content.decode()
    assert "Money" not in text
    assert "> Spare ventilators were lent within a day[^1]" in text
    assert "1 of 2 quotes found word for word" in text
    assert [refusal(one) for one in done.refused] == [
        "quote 1 (“Money was the hardest subject.”, Working together in the north) is left out: "
        "the report “Working together in the north” changed, and the words stand in it no longer"
    ]
    unpin(home.folder, 2)
    with pytest.raises(BriefingError, match=NOTHING_STANDS):
        export(home.look_up(), ".md", MADE)
    unpin(home.folder, 1)
    with pytest.raises(BriefingError, match="the briefing is empty; pin a quote with: casebook pin PASSAGE_ID"):
        export(home.look_up(), ".md", MADE)


def test_a_format_that_is_none_is_refused(home: Home) -> None:
    with pytest.raises(
        CasebookError, match=r"is not written as '.pdf'; use a name that ends in .md, .docx, .ris, .bib, .json"
    ):
        export(two_quotes(home), ".pdf", MADE)


def test_a_pin_of_a_span_out_of_the_report_is_refused(home: Home) -> None:
    found = pin(home.index, home.folder, home.id_of("Money"))
    for start, end, text in [(10**9, 10**9 + 5, "x"), (0, 0, ""), (-5, -1, "ghost"), (0, 5, " \n ")]:
        lost = look_up(home.index, replace(found.pin, start=start, end=end, text=text), 1)
        assert lost.standing is Standing.REFUSED


@pytest.fixture
def office() -> str:
    """LibreOffice with pdftotext; skips where they are missing, and fails where CI=true."""
    found = shutil.which("soffice")
    if found is None or shutil.which("pdftotext") is None:
        reason = "LibreOffice or pdftotext is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def test_libreoffice_prints_the_quotes_and_their_footnotes(home: Home, office: str, tmp_path: Path) -> None:
    home.fill(far=HOSTILE)
    pin(home.index, home.folder, home.id_of("ferry", "far"))
    found = two_quotes(home)
    (tmp_path / "briefing.docx").write_bytes(export(found, ".docx", MADE, Style.VANCOUVER, "Ships & ports").content)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        office,
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        tmp_path / "briefing.docx",
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    printed = subprocess.run(["pdftotext", tmp_path / "briefing.pdf", "-"], check=True, capture_output=True, text=True)
    text = " ".join(printed.stdout.split())
    body, made, notes = text.partition("How this was made")
    assert made
    for quote in (
        "carries insulin to the islands",
        "Money was the hardest subject.",
        "Spare ventilators were lent within",
    ):
        assert quote in body
    assert "2. The Coast Institute. Working together in the north. The Coast Institute; 2021 June." in body
    for note in (
        "[1] <b>Far</b> [Side](http://evil.example), Background & more",
        "[2] Valley Partnership, Challenges",
        "[2] Harbour Alliance, The impact of COVID-19; also in: [3] Harbour Alliance, The impact of COVID-19",
    ):
        assert note in notes


def test_the_briefing_at_the_command_line(run: Run, tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "out.md"
    run("add", write_reports(tmp_path / "reports"), "--home", home)
    assert run("briefing", "--home", home).out == "The briefing is empty.\n"
    one_line(run("briefing", "export", file, "--home", home), "the briefing is empty", "casebook pin")
    hits = json.loads(run("search", "who pays for transport", "--home", home, "--json").out)["passages"]
    one_line(run("pin", "north-0", "--home", home), "there is no passage 'north-0'", "casebook show north-0")
    assert run("pin", hits[0]["id"], "--quote", "Money was the hardest subject.", "--home", home).code == 0
    pinned = json.loads(run("pin", hits[1]["id"], "--note", "two\nlines", "--home", home, "--json").out)
    assert (pinned["number"], pinned["standing"], pinned["text"]) == (2, "stands", hits[1]["text"])
    assert run("briefing", "move", "2", "1", "--home", home).code == 0
    assert run("briefing", "note", "2", "Costs.", "--home", home).code == 0
    listed = run("briefing", "--home", home)
    assert "2. stands\n   Costs.\n   Money was the hardest subject.\n     — Valley Partnership." in listed.out
    assert not any(line != line.rstrip() for line in listed.out.split("\n"))
    assert [one["note"] for one in json.loads(run("briefing", "--home", home, "--json").out)] == [
        "two\nlines",
        "Costs.",
    ]
    assert (
        run("briefing", "--home", home, "export", file, "--style", "harvard").out
        == f"2 of 2 quotes written to {file}\n"
    )
    assert "> Money was the hardest subject.[^2]" in file.read_text("utf-8")
    assert "cross-encoder casebook-reranker-int8; standard settings; references in harvard style." in file.read_text(
        "utf-8"
    )
    one_line(run("briefing", "export", tmp_path / "no" / "x.md", "--home", home), "x.md' cannot be written")
    one_line(run("briefing", "remove", "9", "--home", home), "there is no quote 9: the briefing has 2")

    (home / "library" / "north.md").write_text(NORTH.replace("hardest", "last"), encoding="utf-8")
    run("index", "--home", home)
    one_line(
        run("briefing", "export", file, "--home", home),
        "quote 2 (“Money was the hardest subject.”, Working together in the north) is left out",
    )
    assert "Money" not in file.read_text("utf-8")
    assert run("briefing", "--home", home).code == 1
    assert run("briefing", "remove", "2", "--home", home).code == 0
    assert run("briefing", "--home", home).code == 0


def test_the_settings_are_told_as_far_as_they_are_not_the_standard_ones(home: Home) -> None:
    def told(used: dict[str, Any]) -> str:
        text = export(two, ".json", MADE | {"settings": used}).content.decode()
        return str(json.loads(text)[0]["custom"]["remark"]).partition("cross-encoder none; ")[2]

    two = two_quotes(home)
    assert told(Settings().to_json()) == "standard settings; references in plain style."
    weighted = Settings(weights={"lexical": 0.5, "passage": 1.0}, rerank_depth=30)
    assert told(weighted.to_json() | {"speaks": 3.75}) == (
        "standard settings but for weights {lexical: 0.5, passage: 1.0}, rerank depth 30, speaks 3.75; "
        "references in plain style."
    )


@pytest.mark.parametrize(
    ("words", "marked"),
    [
        ("It took courage.", "“It took courage.”"),
        ("the nurses’ rota", "“the nurses’ rota”"),
        ("“It took courage,” Tom says.", "‘“It took courage,” Tom says.’"),
        ('He says "no".', '‘He says "no".’'),
    ],
)
def test_words_in_double_quotation_marks_are_put_in_single_ones(words: str, marked: str) -> None:
    assert in_marks(words) == marked


def test_words_with_quotation_marks_are_exported_as_a_block_without_more_of_them(home: Home) -> None:
    home.fill(far='# Ferries\n\n## Crews\n\n“It took courage,” Tom says. The "crew" stayed.\n')
    pin(home.index, home.folder, home.id_of("courage", "far"))
    words = '“It took courage,” Tom says. The "crew" stayed.'
    assert f"\n\n> {words}[^1]\n\n" in export(home.look_up(), ".md", MADE).content.decode()
    assert marks_of(export(home.look_up(), ".docx", MADE).content) == [(words, "1")]
